"""The end of a session: what was heard per question, the strongest quote, one thing to practise, where it's saved."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from voiceprep.core.feedback import Assessment, Evidence
from voiceprep.core.home import heaviest_gap
from voiceprep.core.state import State
from voiceprep.report import wording
from voiceprep.tui.backend import Begun, Wanted
from voiceprep.tui.base import Page
from voiceprep.tui.feedback import beside_line
from voiceprep.tui.literal import TITLE, Literal, hanging

NAME = 30
"""Columns for a question's short name."""


class SummaryScreen(Page):
    """One page, then home."""

    HELP_TITLE = "The end of a session"
    BINDINGS = [
        Binding("enter,escape", "home", "home"),
        Binding("g", "again", "the weakest question again", tooltip="a new session with the question that lacked most"),
        Binding("r", "replay", "replay", tooltip="listen to it again, its feedback pinned to the second"),
        Binding("q", "quit", "quit", tooltip="leave voiceprep; everything is saved"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.begun: Begun | None = None
        self.report = ""

    def body(self) -> ComposeResult:
        yield VerticalScroll(id="summary", can_focus=False)

    def head(self) -> Content:
        return self.right(f" voiceprep | {self.state.title} | {self._ended()}", self.voiceprep.engine_line())

    def _ended(self) -> str:
        return {"finished": "finished", "left": "left early, all saved", "fault": "ended by a fault, all saved"}.get(
            self.state.close_reason or "", "ended"
        )

    async def show(self, state: State, begun: Begun, report: str) -> None:
        self.state, self.begun, self.report = state, begun, report
        box = self.query_one("#summary", VerticalScroll)
        await box.remove_children()
        await box.mount_all(list(self._lines(state, begun)))
        self.refresh_page()

    def _lines(self, state: State, begun: Begun) -> list[Literal]:
        columns = self.size.width - 2
        shown = [Literal((" WHAT WAS HEARD", TITLE), classes="title")]
        if not state.assessments:
            shown.append(Literal("   No answer was finished."))
        for a in state.assessments:
            short = begun.questions[a.question_id].short
            what = wording.counts(a) if a.unscored is None else wording.ticked(a) or f"not scored: {a.unscored.reason}"
            first = f"   {short:<{NAME}} " if columns > 2 * NAME else f"   {short}: "
            shown.append(Literal(hanging(what, columns, first, None if columns > 2 * NAME else "      ")))
            if yours := wording.with_yours(a):
                shown.append(Literal(hanging(yours, columns, f"   {'':<{NAME}} " if columns > 2 * NAME else "      ")))
        for a in state.assessments:
            if line := beside_line(a, state, begun):
                shown.append(Literal(hanging(line, columns, f"   {begun.questions[a.question_id].short}: ", "      ")))
        asked = [begun.questions[q.id].short for q in state.not_reached] if state.time_is_up else []
        if late := wording.not_reached(asked):
            shown.append(Literal(hanging(late, columns, " NOT REACHED  "), classes="title"))
        if best := strongest(state.assessments):
            shown.append(Literal(hanging(wording.quote(best), columns, " CLEAREST  "), classes="title"))
        if line := wording.delivery_of_all(state.assessments):
            shown.append(Literal(hanging(line, columns, " DELIVERY  "), classes="title"))
        shown.append(Literal(hanging(practise(state.assessments), columns, " PRACTISE  "), classes="title"))
        waiting = state.phase == "closed" and state.left_from in ("transcribing", "assessing")
        checked = "the last answer; it goes on when you come back" if waiting else "nothing"
        shown.append(Literal((" STILL BEING CHECKED", TITLE), f"  {checked}", classes="title"))
        shown.append(Literal((" SAVED", TITLE), f"  {begun.folder}", classes="title"))
        if self.report:
            shown.append(Literal(f"   report: {self.report}"))
        if state.close_reason == "left":
            shown.append(Literal("   Home offers to go on from here."))
        return shown

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._weakest() is not None if action == "again" else True

    def _weakest(self) -> str | None:
        gap = heaviest_gap([a for a in self.state.assessments if a.unscored is None])
        if gap is not None:
            return gap[0]
        unscored = [a.question_id for a in self.state.assessments if a.unscored is not None]
        return unscored[0] if unscored else None

    def action_again(self) -> None:
        if (question := self._weakest()) is not None:
            self.voiceprep.start(Wanted(questions=(question,), quiet=self.voiceprep.quiet, mode=self.voiceprep.mode))

    def action_replay(self) -> None:
        if self.begun is not None:
            self.voiceprep.replay(self.begun.session_id)

    def action_home(self) -> None:
        self.voiceprep.go_home()

    def action_quit(self) -> None:
        self.app.exit()


def strongest(assessments: tuple[Assessment, ...]) -> Evidence | None:
    """The candidate's words for the weightiest point that was wholly heard."""
    covered = [
        (p.core, p.weight, p.probability, p.evidence[0])
        for a in assessments
        if a.unscored is None
        for p in a.points
        if p.verdict == "covered" and p.evidence
    ]
    return max(covered, key=lambda c: c[:3])[3] if covered else None


def practise(assessments: tuple[Assessment, ...]) -> str:
    """One thing, the heaviest."""
    scored = [a for a in assessments if a.unscored is None]
    gap = heaviest_gap(scored)
    if gap is not None:
        return next(a.next_step for a in scored if a.question_id == gap[0])
    return "The same again, in less time." if scored else "One answer, to its end."
