"""After an answer said in one's head: which of its points were in it, by the candidate's own word."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from voiceprep.core import events as e
from voiceprep.core.question import Point
from voiceprep.core.state import State
from voiceprep.tui.backend import Begun
from voiceprep.tui.base import Page
from voiceprep.tui.literal import GOOD, MUTED, STRONG, TITLE, Literal, Styled, hanging


class TickScreen(Page):
    """The points of the question that was asked last, to be ticked. The app tells it every event."""

    HELP_TITLE = "What was in it"
    BINDINGS = [
        Binding("space", "tick", "it was in it", tooltip="ticks the marked point, or takes the tick back"),
        Binding("enter", "ready", "that's all", tooltip="on; what you ticked is kept, outside all averages"),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("escape", "leave", "leave, all saved", tooltip="leave; the home screen offers to go on from here"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.begun: Begun | None = None
        self.at = 0
        self.ticked: set[str] = set()

    def body(self) -> ComposeResult:
        yield Literal((" Which of these did you say, in your head?", TITLE), classes="title")
        yield VerticalScroll(id="points", can_focus=False)
        yield Literal((" Your own word: kept beside, in no average.", MUTED), id="note")

    def head(self) -> Content:
        return self.right(f" voiceprep | {self.state.title} | what was in it", self.voiceprep.engine_line())

    def begin(self, begun: Begun) -> None:
        self.begun = begun

    def tell(self, event: e.Event, state: State) -> None:
        before, self.state = self.state.phase, state
        if state.phase == "rating" and before != "rating":
            self.at, self.ticked = 0, set()
        if self.ready:
            self.refresh_page()

    @property
    def points(self) -> Sequence[Point]:
        if self.begun is None or not self.state.questions:
            return ()
        return self.begun.questions[self.state.question.id].points_of(self.state.follow_up_id)

    def refresh_page(self) -> None:
        super().refresh_page()
        if self.ready and self.state.phase == "rating":
            self.call_later(self._draw)

    async def _draw(self) -> None:
        box = self.query_one("#points", VerticalScroll)
        await box.remove_children()
        await box.mount_all([Literal(*self._row(n, p), classes="row") for n, p in enumerate(self.points)])
        rows = list(box.query(Literal))
        if self.at < len(rows):
            rows[self.at].set_class(True, "-chosen")
            rows[self.at].scroll_visible(animate=False)

    def _row(self, n: int, point: Point) -> list[Styled]:
        on, mark = point.id in self.ticked, ">" if n == self.at else " "
        said = hanging(point.text + ("" if point.core else "  (extra)"), self.size.width - 2, "       ")
        return [f" {mark} ", ("[x]" if on else "[ ]", GOOD if on else ""), (said[6:], STRONG if n == self.at else "")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.state.phase == "rating" or action == "help"

    def action_move(self, by: int) -> None:
        self.at = max(0, min(self.at + by, len(self.points) - 1))
        self.refresh_page()

    def action_tick(self) -> None:
        if self.at < len(self.points):
            self.ticked ^= {self.points[self.at].id}
            self.refresh_page()

    def action_ready(self) -> None:
        if self.begun is not None:
            chosen = tuple(p.id for p in self.points if p.id in self.ticked)
            self.begun.controls.deliver(e.SelfRated(self.state.take_id, chosen))

    def action_leave(self) -> None:
        self.voiceprep.leave_session()
