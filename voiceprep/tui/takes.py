"""All takes of one question: two of them beside each other, and played back to back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from voiceprep.core import events as e
from voiceprep.core.takes import (
    Addition,
    QuestionTakes,
    Said,
    Take,
    additions,
    compare,
    first_and_latest,
    said_in,
)
from voiceprep.report import wording
from voiceprep.report.takes import (
    MARKS,
    addition_line,
    compared_lines,
    how,
    name_of,
    no_recording,
    result,
    take_line,
)
from voiceprep.tui.backend import Plays, Recording, Wanted
from voiceprep.tui.base import Page, open_over
from voiceprep.tui.literal import BAD, GOOD, MUTED, STRONG, TITLE, WARN, Literal, Styled, hanging

if TYPE_CHECKING:
    from voiceprep.tui.app import VoiceprepApp

WIDE = 110
"""Columns from which two takes stand side by side."""


def open_takes(app: VoiceprepApp, question_id: str, player: Plays | None = None) -> None:
    """Shows the takes of a question over the page that is up, when they have been read. `player` is that page's own,
    where it has the speaker."""
    open_over(app, "Takes", lambda: app.backend.takes(question_id), lambda found: TakesScreen(found, player))


@dataclass(frozen=True, slots=True)
class Row:
    """A take, or what was added to it."""

    take: Take
    added: Addition | None = None

    @property
    def take_id(self) -> str:
        return self.added.take_id if self.added else self.take.assessment.take_id


class TakesScreen(Page, ModalScreen[None]):
    """It lies over the page that it was opened from, and goes with it."""

    HELP_TITLE = "Takes of one question"
    BINDINGS = [
        Binding("enter", "listen", "listen", tooltip="plays the chosen take, whole"),
        Binding("b", "both", "both, back to back", tooltip="plays the first and the latest of the two, back to back"),
        Binding("space", "hush", "quiet", tooltip="stops what is playing"),
        Binding("1", "put(0)", "put left", tooltip="the chosen take stands on the left"),
        Binding("2", "put(1)", "put right", tooltip="the chosen take stands on the right"),
        Binding("g", "again", "answer it again", tooltip="the question again, now; every take is kept"),
        Binding("escape,q", "back", "back"),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False, tooltip="what doesn't fit on the screen"),
        Binding("pagedown", "page(1)", "page down", show=False, tooltip="what doesn't fit on the screen"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self, found: QuestionTakes, player: Plays | None = None) -> None:
        super().__init__()
        self.found, self._player = found, player
        self.rows = [Row(t, a) for t in found.takes for a in (None, *additions(t.assessment))]
        two = first_and_latest(found.takes)
        self.two: list[Take] = list(two or found.takes[-1:])
        """The takes shown, the earlier first."""
        self.at = next(n for n, row in reversed(list(enumerate(self.rows))) if row.added is None)
        self._playing = False
        self._notice = ""

    def body(self) -> ComposeResult:
        yield VerticalScroll(Literal(id="list"), id="taken", can_focus=False)
        with VerticalScroll(id="two", can_focus=False):
            yield Literal(id="changes")
            with Vertical(id="sides"):
                yield Literal(id="left")
                yield Literal(id="right")
        yield Literal(id="note")

    def head(self) -> Content:
        many = f"{len(self.found.takes)} take{'s' * (len(self.found.takes) != 1)}"
        return self.right(f" Takes | {self.found.short} | {many}", self.voiceprep.engine_line())

    # Drawing -------------------------------------------------------------------------------------------------------

    def refresh_page(self) -> None:
        super().refresh_page()
        if not self.ready:
            return
        wide = self.size.width >= WIDE
        self.set_class(wide, "-wide")
        columns = self.size.width - 2
        self.query_one("#list", Literal).show(*self._list(columns))
        self.query_one("#changes", Literal).show(*self._changes(columns))
        for name, take in zip(("left", "right"), (*self.two, None), strict=False):
            side = self._side(name, take, columns // 2 - 1 if wide else columns) if take else []
            self.query_one(f"#{name}", Literal).show(*side)
        self.query_one("#note", Literal).show(f"  {self._notice}" if self._notice else "")

    def _list(self, columns: int) -> list[Styled]:
        pieces: list[Styled] = []
        for n, row in enumerate(self.rows):
            chosen = n == self.at
            mark = ">" if chosen else " "
            if row.added is not None:
                said = hanging(addition_line(row.added), columns, f" {mark}     + ")
            else:
                said = hanging(take_line(row.take), columns, f" {mark} {self._number(row.take):>2}  ", "        ")
                side = self._side_of(row.take)
                said += f"   {side}" if side else ""
            pieces += ["\n" if n else "", (said, STRONG if chosen else MUTED if row.added else "")]
        return pieces

    def _number(self, take: Take) -> int:
        return self.found.takes.index(take) + 1

    def _side_of(self, take: Take) -> str:
        if take not in self.two or len(self.two) < 2:
            return ""
        return ("LEFT", "RIGHT")[self.two.index(take)]

    def _changes(self, columns: int) -> list[Styled]:
        if len(self.two) < 2:
            return [("\n" + hanging("Two scored takes can be compared. Answer it again with g.", columns, " "), MUTED)]
        one, other = map(self._number, self.two)
        pieces: list[Styled] = [(f"\n FROM TAKE {one} TO TAKE {other}", TITLE)]
        for title, told in compared_lines(compare(*self.two)):
            style = _TITLES.get(title, STRONG)
            if len(told) == 1 and len(title) + len(told[0]) + 6 <= columns:
                pieces += ["\n   ", (title, style), f"  {told[0]}"]
            else:
                pieces += ["\n   ", (title, style), *("\n" + hanging(one, columns, "     ") for one in told)]
        return pieces

    def _side(self, name: str, take: Take, columns: int) -> list[Styled]:
        a = take.assessment
        title = f"TAKE {self._number(take)}  {take.when}, {how(a)}, {result(a)}"
        pieces: list[Styled] = [("" if name == "left" or self.has_class("-wide") else "\n", "")]
        pieces.append((hanging(title, columns, " ", "   "), TITLE))
        own = a.own_verdicts()
        for point in sorted(a.points, key=lambda p: (not p.core, -p.weight)) if a.unscored is None else ():
            said = said_in(point, own)
            extra = "" if point.core else "  (extra)"
            disputed = f"  (you: {point.dispute})" if point.dispute else ""
            text = hanging(f"{point.text}{extra}{disputed}", columns, f"   {MARKS[said]} ")
            pieces += ["\n   ", (text[3:4], _STYLES[said]), text[4:]]
        if line := wording.delivery_line(a):
            pieces += ["\n", (hanging(line, columns, " ", "   "), MUTED)]
        return pieces

    def _tell(self, sentence: str) -> None:
        self._notice = sentence
        if self.ready:
            self.query_one("#note", Literal).show(f"  {sentence}" if sentence else "")

    # Keys ----------------------------------------------------------------------------------------------------------

    @property
    def player(self) -> Plays:
        """Who has the speaker: the page below, or the session that is being held."""
        app = self.voiceprep
        return self._player or (app.begun.controls if app.begun is not None and self._in_session else app.backend)

    @property
    def _in_session(self) -> bool:
        return self.voiceprep.state.phase not in ("opening", "closed")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        state = self.voiceprep.state
        if action == "listen":
            return self._recorded(self.rows[self.at])
        if action == "both":
            return len(self.two) > 1 and all(self._recorded(Row(t)) for t in self.two)
        if action == "hush":
            return self._playing
        if action == "put":
            return len(self.found.takes) > 1 and self.rows[self.at].added is None
        if action == "again" and self._in_session:
            looked_at = state.looked_at
            here = looked_at is not None and looked_at.question_id == self.found.question_id
            return here and state.phase == "reviewing" and state.debrief is None
        return True

    def _recorded(self, row: Row) -> bool:
        return (row.take.session_id, row.take_id) in self.found.recorded

    def action_move(self, by: int) -> None:
        self.at = max(0, min(self.at + by, len(self.rows) - 1))
        row = self.rows[self.at]
        self._notice = "" if self._playing or self._recorded(row) else no_recording(row.take.assessment)
        self.refresh_page()
        box = self.query_one("#taken", VerticalScroll)
        box.scroll_to(y=box.max_scroll_y * self.at / max(1, len(self.rows) - 1), animate=False)

    def action_page(self, by: int) -> None:
        self.query_one("#two", VerticalScroll).scroll_relative(y=by * (self.size.height // 2), animate=False)

    def action_put(self, side: int) -> None:
        """The two stay in the order of time, whichever was named last."""
        take = self.rows[self.at].take
        kept = self.two[1 - side] if len(self.two) > 1 else self.two[0]
        if take != kept:
            self.two = sorted((take, kept), key=self._number)
            self.refresh_page()

    def action_listen(self) -> None:
        row = self.rows[self.at]
        name = name_of(self.found, row.take)
        if row.added is not None:
            name = f"the {row.added.kind} of {name}"
        self._play(Recording(row.take.session_id, row.take_id, name))

    def action_both(self) -> None:
        self._play(
            *(Recording(t.session_id, t.assessment.take_id, name_of(self.found, t)) for t in self.two)
        )  # fmt: skip

    def _play(self, *recordings: Recording) -> None:
        app = self.voiceprep

        def told(sentence: str) -> None:
            def show() -> None:
                self._playing = sentence.startswith("Playing ")
                self._tell(sentence)
                self.refresh_keys()

            app.from_thread(show)

        self._playing = True
        self.player.play_recordings(recordings, told)
        self.refresh_keys()

    def action_hush(self) -> None:
        self.player.hush()
        self._playing = False
        self._tell("")
        self.refresh_keys()

    def action_again(self) -> None:
        app = self.voiceprep
        self.player.hush()
        if self._in_session and app.begun is not None:
            self.dismiss()
            app.begun.controls.deliver(e.RetakeAsked())
        else:
            app.start(Wanted(questions=(self.found.question_id,), quiet=app.quiet, mode=app.mode))

    def action_back(self) -> None:
        if self._playing:
            self.player.hush()
        self.dismiss()


_STYLES: dict[Said, str] = {"heard": GOOD, "asked for": GOOD, "to check": WARN, "against": BAD, "not heard": STRONG}
_TITLES = {"NOW ALSO HEARD": GOOD, "HEARD THEN, NOT NOW": WARN, "GOES AGAINST THE RUBRIC NOW": BAD}
