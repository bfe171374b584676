"""The feedback screen: counts, one next step, the points with the candidate's own words, delivery last."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment, Evidence, PointFeedback
from voiceprep.core.opinion import NoOpinion
from voiceprep.core.pressure import Pressure
from voiceprep.core.state import State
from voiceprep.report import amended, takes, wording
from voiceprep.tui.backend import Begun
from voiceprep.tui.base import Choose, Note
from voiceprep.tui.literal import BAD, GOOD, MUTED, STRONG, TITLE, WARN, Literal, Styled, hanging, literal
from voiceprep.tui.put_right import PutRight
from voiceprep.tui.takes import open_takes
from voiceprep.tui.why import why

TIMED_S = 60.0
BEFORE_S, AFTER_S = 0.3, 0.4
"""How much of what surrounds a quote is played with it."""
CLAIMS: tuple[tuple[e.Dispute, str], ...] = (
    ("I said it", "I said it, in these or other words"),
    ("misheard", "You misheard me"),
    ("not needed", "A good answer doesn't need it"),
    ("the rubric is wrong", "The rubric is wrong here"),
    ("", "No dispute: take mine back"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that can be chosen: a point of the question, or of a follow-up."""

    point: PointFeedback
    follow_up_id: str | None


class RowLine(Literal):
    """A row on the screen; `index` is its place among the rows."""

    def __init__(self, index: int, *pieces: Styled) -> None:
        super().__init__(*pieces, classes="row")
        self.index = index


class FeedbackScreen(PutRight):
    """What was made of one answer. The app shows it a new state whenever there is one."""

    HELP_TITLE = "Feedback"
    BINDINGS = [
        Binding("enter", "listen", "listen", tooltip="plays the moment of the words quoted"),
        Binding("escape,right", "next", "next", tooltip="on to the next question, or to the end"),
        Binding("left", "previous", "back", tooltip="at the end: back to the feedback before"),
        Binding("y", "yes", "yes, I said this", tooltip="for a point to check: yes, I said this"),
        Binding("n", "no", "no", tooltip="for a point to check: no, I didn't"),
        Binding("d", "dispute", "I disagree", tooltip="your word, kept beside the verdict"),
        Binding("u", "undo", "I wasn't finished"),
        Binding("g", "sentence", "20 s retake", tooltip="say the sentence that lacks, in 20 seconds"),
        Binding("c", "takes", "compare takes", tooltip="all takes of this question, two of them beside each other"),
        Binding("e", "edit", "fix a word", tooltip="you misheard: the words as I said them; judged anew"),
        Binding("m", "model", "model answer", tooltip="a model answer, read aloud; again: quiet"),
        Binding("a", "again", "whole answer again", tooltip="the question again; this answer is kept"),
        Binding("t", "timed", "the same in 60 s", tooltip="the question again under a clock of 60 seconds"),
        Binding("f", "follow_up", "follow-up", tooltip="the follow-up, why it was asked, and what you said to it"),
        Binding("w", "why", "why", tooltip="why this verdict"),
        Binding("x", "take_back", "take a fix back", tooltip="takes back the last words put right; judged anew"),
        Binding("o", "skip_opinion", "no second opinion", tooltip="the second opinion isn't asked for any further"),
        Binding("q", "leave", "leave", show=False, tooltip="leave; the home screen offers to go on from here"),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False, tooltip="what doesn't fit on the screen"),
        Binding("pagedown", "page(1)", "page down", show=False, tooltip="what doesn't fit on the screen"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.at = 0
        self._drawn: tuple[Assessment, int, object] | None = None
        self._notice = ""
        self._reading = False

    def body(self) -> ComposeResult:
        yield Literal(id="counts")
        yield Literal(id="next")
        yield VerticalScroll(id="points", can_focus=False)
        yield Literal(id="note")

    def on_mount(self) -> None:
        self.set_interval(0.1, self._undo_runs_out)
        super().on_mount()

    def _undo_runs_out(self) -> None:
        if self.ready and self.has_class("-undo") != (self.voiceprep.undo_left_s() > 0):
            self.refresh_keys()

    def refresh_keys(self) -> None:
        self.set_class(self.voiceprep.undo_left_s() > 0, "-undo")  # what the bar was drawn with
        super().refresh_keys()

    def begin(self, begun: Begun) -> None:
        self.begun, self._drawn = begun, None

    def tell(self, event: e.Event, state: State) -> None:
        before, self.state = self.state, state
        if before.debrief != state.debrief:
            self._notice, self.at = "", 0
        self.judged_by(event, state)
        if before.phase == "reviewing" and isinstance(event, e.Assessed) and event.anew:
            self._notice = " ".join(filter(None, (self.what_changed(before, state), self.trouble)))
        elif isinstance(event, e.Assessed | e.CheckFailed):
            self._notice = self._what_came(state)
            self.at = 0
        if isinstance(event, e.OpinionGiven) and state.phase == "reviewing":
            self._notice = self._opinion_came(event, state)
        if self.ready:
            self.refresh_page()

    def news(self, sentence: str) -> None:
        self._notice = self.trouble = sentence
        if self.ready:
            self.query_one("#note", Literal).show(f"  {sentence}")

    @staticmethod
    def _opinion_came(event: e.OpinionGiven, state: State) -> str:
        latest = state.looked_at
        if latest is None or event.take_id not in (latest.take_id, *(a.take_id for a in latest.follow_ups_asked)):
            return ""  # an earlier question's; it stands in the report
        if isinstance(event.opinion, NoOpinion):
            return f"No second opinion. {event.opinion.reason}"
        return "A second opinion has come: it stands below the points."

    @staticmethod
    def _what_came(state: State) -> str:
        """What a retake of one sentence made of its point."""
        latest = state.assessments[-1] if state.assessments else None
        if latest is None or not latest.retakes or (state.earlier and state.earlier[-1] is latest):
            return ""
        last = latest.retakes[-1]
        if last.unscored is not None:
            return f"Your sentence wasn't judged: {last.unscored.reason}. g tries again."
        said = f"“{last.text}”" if last.text else ""
        return {
            "covered": f"Heard now: {said}",
            "partly": f"Heard in part: {said}  g tries again.",
        }.get(last.verdict, f"Not heard in {said}  g tries again, or d when you did say it.")

    # Drawing -------------------------------------------------------------------------------------------------------

    def refresh_page(self) -> None:
        super().refresh_page()
        a = self.assessment
        if a is None or not self.ready:
            return
        counts = "\n".join(hanging(line, self.columns, " ") for line in self._counts(a))
        self.query_one("#counts", Literal).show((counts, TITLE))
        later = "\n" + hanging(a.not_asked, self.columns, "       ") if a.not_asked else ""
        self.query_one("#next", Literal).show(hanging(a.next_step, self.columns, " NEXT  ") + later)
        self.query_one("#note", Literal).show(f"  {self._notice}" if self._notice else "")
        if (a, self.columns, self.state.opinions_due) != self._drawn:
            self._drawn = a, self.columns, self.state.opinions_due
            self.call_later(self._draw_points, a)

    @property
    def columns(self) -> int:
        """How wide a line may be: the screen less the scroll bar."""
        return self.size.width - 2

    @staticmethod
    def _counts(a: Assessment) -> list[str]:
        if line := wording.ticked(a):
            return [f"{line}. It's in no average."]
        if a.unscored is not None:
            return [f"NOT SCORED  {a.unscored.reason}. It's in no average; your recording is kept."]
        return [line for line in (wording.counts(a), wording.with_yours(a)) if line]

    def head(self) -> Content:
        a = self.assessment
        if a is None or self.begun is None:
            return literal(" Feedback")
        short = self.begun.questions[a.question_id].short
        take = f"take {int(a.take_id[1:])}" if a.take_id else ""
        how = "under a clock" if a.clocked else "typed" if a.source == "typed" else "calm"
        if wording.rated_by_self(a):
            how = f"in your head, {how}"
        if a.source == "edited":
            how = f"{how}, edited"
        length = None if wording.rated_by_self(a) else a.delivery.duration_s
        spoken = f", {wording.clock(length)}" if isinstance(length, int | float) and length else ""
        if self.state.debrief is not None:
            of = f"{self.state.debrief + 1} of {len(self.state.assessments)}"
            return self.right(f" Feedback {of} | {short} | {how}{spoken}", self.voiceprep.engine_line())
        return self.right(f" Feedback | {short} | {take}, {how}{spoken}", self.voiceprep.engine_line())

    async def _draw_points(self, a: Assessment) -> None:
        box = self.query_one("#points", VerticalScroll)
        await box.remove_children()
        self.rows = []
        shown: list[Literal] = []
        if note := amended.heard_note(a):
            shown.append(Literal((hanging(note, self.columns, " "), MUTED)))
        if again := wording.asked_again(a):
            shown.append(Literal((hanging(again, self.columns, " "), MUTED)))
        self._add(a, None, shown)
        self._add_opinion(a, shown)
        for own in a.follow_ups_asked:
            shown.append(Literal((hanging(own.ask, self.columns, " FOLLOW-UP  "), TITLE), classes="title"))
            if own.source == "edited":
                shown.append(Literal((hanging(amended.EDITED_NOTE, self.columns, "   "), MUTED)))
            if own.unscored is not None:
                shown.append(Literal(f"   {wording.ticked(own) or f'not scored: {own.unscored.reason}'}"))
            else:
                self._add(own, own.follow_up_id, shown)
                self._add_opinion(own, shown)
        await box.mount_all(shown)
        self._mark()

    def _add(self, a: Assessment, follow_up_id: str | None, shown: list[Literal]) -> None:
        if line := wording.clock_line(a):
            shown.append(Literal((hanging(line, self.columns, " "), MUTED)))
        if a.unscored is not None:
            if wording.rated_by_self(a):
                shown += [
                    Literal(hanging(p.text, self.columns, f" [{'x' if p.id in a.self_rated else ' '}] "))
                    for p in a.points
                ]
            elif self.state.debrief is None:
                shown.append(Literal("   Answer again with a, or go on with esc."))
            if follow_up_id is None:
                self._add_looked_for(a, shown)
            return
        for title, points in wording.sections(a):
            shown.append(Literal((f" {title}", TITLE), classes="title"))
            for point in points:
                self.rows.append(Row(point, follow_up_id))
                shown.append(RowLine(len(self.rows) - 1, *_point(point, self.columns)))
        for pitfall in a.pitfalls:
            said = hanging(f"{pitfall.text} {pitfall.advice}", self.columns, " PITFALL  ")
            shown.append(Literal(said, classes="title"))
            shown += [Literal(hanging(wording.quote(p), self.columns, "          ")) for p in pitfall.evidence]
        if a.also_said:
            also = f"{', '.join(a.also_said)} (fine, just not in this rubric)"
            shown.append(Literal(hanging(also, self.columns, " ALSO SAID  "), classes="title"))
        if follow_up_id is None:
            self._add_looked_for(a, shown)
        if line := wording.star_line(a):
            shown.append(Literal(hanging(line, self.columns, " "), classes="title story"))
        if follow_up_id is None and (line := beside_line(a, self.state, self.begun)):
            shown.append(Literal(hanging(line, self.columns, " "), classes="title"))
        if follow_up_id is None and a.text and (line := wording.delivery_line(a)):
            shown.append(Literal((hanging(line, self.columns, " "), MUTED), classes="title"))
            if line := wording.hesitation_line(a):
                shown.append(Literal((hanging(line, self.columns, " "), MUTED)))

    def _add_opinion(self, a: Assessment, shown: list[Literal]) -> None:
        """The second opinion, beside the verdicts and apart from them."""
        line = wording.opinion(a)
        if any(take_id == a.take_id for take_id, _ in self.state.opinions_due):
            line = (
                f"Second opinion: {self.judge()} is being asked. It comes here when it's there; nothing waits for it."
            )
        if line:
            shown.append(Literal(hanging(line, self.columns, " ", "   "), classes="title"))

    def _add_looked_for(self, a: Assessment, shown: list[Literal]) -> None:
        looked = wording.looked_for(self.begun.questions[a.question_id]) if self.begun is not None else ()
        if looked:
            shown.append(Literal((f" {wording.LOOKED_FOR}", TITLE), classes="title"))
            shown += [Literal(hanging(label + text, self.columns, "   · ")) for label, text in looked]

    def _mark(self) -> None:
        self.at = max(0, min(self.at, len(self.rows) - 1))
        for line in self.query(RowLine):
            on = line.index == self.at
            line.set_class(on, "-chosen")
            line.show(*_point(self.rows[line.index].point, self.columns, chosen=on))
            if on:
                line.scroll_visible(animate=False)
        self.refresh_keys()

    # Keys ----------------------------------------------------------------------------------------------------------

    @property
    def row(self) -> Row | None:
        return self.rows[self.at] if self.at < len(self.rows) else None

    @property
    def chosen(self) -> tuple[PointFeedback, str | None] | None:
        row = self.row
        return (row.point, row.follow_up_id) if row else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        a, row = self.assessment, self.row
        if self.state.phase != "reviewing":
            return action in ("help",)
        unsure = row is not None and row.point.verdict == "unsure"
        return {
            "listen": row is not None and _spoken(row.point) is not None,
            "yes": unsure,
            "no": unsure,
            "dispute": row is not None,
            "why": row is not None,
            "sentence": self._gap() is not None and self.state.debrief is None,
            "again": self.state.debrief is None,
            "timed": self.state.debrief is None and a is not None and a.unscored is None,
            "previous": bool(self.state.debrief),
            "follow_up": a is not None and bool(a.follow_ups_asked or (a.follow_up and self.state.debrief is None)),
            "undo": self.voiceprep.undo_left_s() > 0,
            "skip_opinion": bool(self.state.opinions_due),
            "edit": bool(self.take_heard()),
            "take_back": self.can_take_back(),
            "takes": self._taken_before(),
        }.get(action, True)

    def works(self, binding: Binding) -> bool:
        if binding.action == "next":
            return self.state.phase == "reviewing"
        return super().works(binding)

    def action_move(self, by: int) -> None:
        beyond = self.at + by >= len(self.rows)
        self.at += by
        self._mark()
        if beyond:  # what stands below the last point can't be chosen, but it can be read
            self.query_one("#points", VerticalScroll).scroll_end(animate=False)

    def action_page(self, by: int) -> None:
        self.query_one("#points", VerticalScroll).scroll_relative(y=by * (self.size.height // 2), animate=False)

    def action_listen(self) -> None:
        row = self.row
        piece = _spoken(row.point) if row else None
        if self.begun is None or piece is None or piece.start_s is None or piece.end_s is None:
            return
        self.begun.controls.play(piece.take_id, max(0.0, piece.start_s - BEFORE_S), piece.end_s + AFTER_S)
        self.news(f"Playing {wording.clock(piece.start_s)} of take {int(piece.take_id[1:])}.")

    def _claim(self, claim: e.Dispute) -> None:
        a, row = self.assessment, self.row
        if a is not None and row is not None:
            self.deliver(e.Disputed(a.question_id, row.follow_up_id, row.point.id, claim))
            self._notice = "Your word is kept beside the verdict." if claim else "Taken back."
            if claim == "misheard" and self.take_heard():
                self._notice += " e puts the words right, and has the answer judged anew."

    def action_yes(self) -> None:
        self._claim("I said it")

    def action_no(self) -> None:
        self._claim("not said")

    def action_dispute(self) -> None:
        def chosen(n: int | None) -> None:
            if n is not None:
                self._claim(CLAIMS[n][0])

        if self.row is not None:
            self.app.push_screen(Choose(self.row.point.text, [said for _, said in CLAIMS]), chosen)

    def action_why(self) -> None:
        a, row = self.assessment, self.row
        if a is None or row is None:
            return
        own = next((f for f in a.follow_ups_asked if f.follow_up_id == row.follow_up_id), a)
        said_so = ["When you did say it: d."] if row.point.verdict == "missed" else []
        self.app.push_screen(Note("Why", [*why(own, row.point), *said_so]))

    def action_skip_opinion(self) -> None:
        self.deliver(e.OpinionSkipped())

    def action_model(self) -> None:
        a = self.assessment
        if self.begun is None or a is None:
            return
        self._reading = not self._reading
        if not self._reading:
            self.begun.controls.hush()
            self._notice = ""
            self.refresh_page()
            return
        question = self.begun.questions[a.question_id]
        row = self.row
        text = question.model_answer
        if row is not None and row.follow_up_id is not None:
            text = question.follow_up(row.follow_up_id).model_answer
        self.begun.controls.say(text)
        self._notice = "Reading a model answer. m again is quiet."

        def closed(_: None) -> None:
            if self._reading:
                self.action_model()

        self.app.push_screen(Note("A model answer", [text], also_closes="m"), closed)

    def _gap(self) -> PointFeedback | None:
        """What a 20-second retake is for: the point chosen when it wasn't heard, else the heaviest gap."""
        a, row = self.assessment, self.row
        if a is None or a.unscored is not None:
            return None
        if row and row.follow_up_id is None and row.point.verdict in _GAPS:
            return row.point
        gaps = [p for p in a.points if p.verdict in _GAPS]
        return min(gaps, key=lambda p: (not p.core, p.verdict == "partly", -p.weight), default=None)

    def action_sentence(self) -> None:
        if (gap := self._gap()) is not None:
            self.deliver(e.RetakeAsked(gap.id))

    def action_again(self) -> None:
        self.deliver(e.RetakeAsked())

    def action_timed(self) -> None:
        if self.begun is not None:
            limit_s = Pressure(TIMED_S, TIMED_S).longer(self.begun.time).answer_s
            self.deliver(e.RetakeAsked(limit_s=limit_s, warnings=self.begun.warnings))

    def _taken_before(self) -> bool:
        """Whether there is another take of this question, here or in another session."""
        a = self.assessment
        if a is None or self.begun is None:
            return False
        here = (*self.state.earlier, *filter(None, (a.first_take,)))
        return a.question_id in self.begun.others or any(b.question_id == a.question_id for b in here)

    def action_takes(self) -> None:
        if self.assessment is not None:
            open_takes(self.voiceprep, self.assessment.question_id)

    def action_previous(self) -> None:
        self.deliver(e.PreviousAsked())

    def action_follow_up(self) -> None:
        a = self.assessment
        if a is None:
            return
        if a.follow_ups_asked:
            last = a.follow_ups_asked[-1]
            told = [f"Asked: {last.ask}", f"You said: {last.text or 'nothing that was heard'}"]
            if last.unscored is None:
                told.append(wording.counts(last))
        else:
            told = []
        if a.follow_up is not None and self.state.debrief is None:
            told += [f"Not asked yet: {a.follow_up.text}", f"Why: {a.follow_up.why}."]

            def chosen(n: int | None) -> None:
                if n == 0:
                    self.deliver(e.FollowUpAsked())

            self.app.push_screen(Choose("\n\n".join(told), ["Ask me that follow-up"]), chosen)
        else:
            self.app.push_screen(Note("The follow-up", told))

    def action_undo(self) -> None:
        if self.state.before_end is not None:
            self.deliver(e.AnswerReopened(self.state.before_end.take_id))
            self.voiceprep.undone()

    def action_next(self) -> None:
        self.deliver(e.NextAsked())

    def action_leave(self) -> None:
        self.voiceprep.leave_session()


_STYLES = {"covered": GOOD, "partly": WARN, "unsure": WARN, "contradicted": BAD, "missed": STRONG, "unheard": STRONG}
_GAPS = ("missed", "unheard", "partly", "contradicted")


def beside_line(a: Assessment, state: State, begun: Begun | None) -> str:
    """What became of it since the take of before, and what the clock cost; empty where there's none to hold it
    beside."""
    others = begun.others.get(a.question_id) if begun is not None else None
    return takes.beside(a, state.earlier, others, state.session_id)


def _spoken(point: PointFeedback) -> Evidence | None:
    """The first quote that has a moment to play."""
    return next((piece for piece in point.evidence if piece.start_s is not None), None)


def _point(point: PointFeedback, columns: int, *, chosen: bool = False) -> list[Styled]:
    mark = ">" if chosen else " "
    extra = "" if point.core else "  (extra)"
    said = hanging(point.text + extra, columns, f" {mark} {wording.MARKS[point.verdict]} ")
    style = STRONG if chosen else ""
    pieces: list[Styled] = [(f" {mark} ", style), (said[3:4], _STYLES[point.verdict]), (said[4:], style)]
    for piece in point.evidence:
        pieces.append(("\n" + hanging(wording.quote(piece), columns, "       "), "italic"))
    for piece in point.put_right:
        pieces.append("\n" + hanging(wording.put_right(piece), columns, "       "))
    if point.verdict == "contradicted":
        pieces.append("\n" + hanging(f"In fact: {point.correction}", columns, "       "))
    if say := wording.would_say(point):
        pieces.append("\n" + hanging(say, columns, "       "))
    if point.verdict == "unsure":
        pieces.append("\n       Did you say this?  y yes   n no   enter listen")
    if point.dispute:
        pieces.append(f"\n       you: {point.dispute}")
    return pieces
