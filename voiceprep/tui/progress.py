"""How it goes: what is due, what stays weak, topics and delivery; and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from voiceprep.report.progress_lines import lines
from voiceprep.tui.backend import ProgressView, Wanted
from voiceprep.tui.base import Page, open_over
from voiceprep.tui.literal import TITLE, Literal
from voiceprep.tui.takes import open_takes

if TYPE_CHECKING:
    from voiceprep.tui.app import VoiceprepApp

LONGEST_LINE = 100


def open_progress(app: VoiceprepApp, start: Callable[[Wanted], None]) -> None:
    """Shows the page over home when it has been read; `start` begins a session the way home does."""
    open_over(app, "Progress", app.backend.progress, lambda view: ProgressScreen(view, start))


class ProgressScreen(Page):
    HELP_TITLE = "Progress"
    BINDINGS = [
        Binding("enter", "due", "what is due", tooltip="a session with what is due"),
        Binding("g", "weakest", "the weakest again", tooltip="the question whose point was longest not heard, now"),
        Binding("t", "takes", "its takes", tooltip="all takes of that question, two of them beside each other"),
        Binding("up,k", "scroll(-1)", "up", show=False),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("pageup", "scroll(-12)", "page up", show=False),
        Binding("pagedown,space", "scroll(12)", "page down", show=False),
        Binding("escape,q", "back", "back"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self, view: ProgressView, start: Callable[[Wanted], None]) -> None:
        super().__init__()
        self.view, self._start = view, start

    def body(self) -> ComposeResult:
        with VerticalScroll(id="told", can_focus=False):
            yield Literal(id="lines")

    def head(self) -> Content:
        return self.right(" Progress", "LOCAL")

    def refresh_page(self) -> None:
        super().refresh_page()
        if not self.ready:
            return
        shown = self.query_one("#lines", Literal)
        if not self.view.progress.questions:
            shown.show(" No answers yet.")
            return
        pieces: list[str | tuple[str, str]] = []
        for line in lines(self.view.progress, self.view.today, min(self.size.width, LONGEST_LINE) - 3):
            pieces.append((f" {line}\n", TITLE) if line[:1].isupper() and line[:2].isupper() else f" {line}\n")
        shown.show(*pieces)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        found = self.view.progress
        return {"due": bool(found.due), "weakest": bool(found.weak), "takes": bool(found.weak)}.get(action, True)

    def action_scroll(self, by: int) -> None:
        self.query_one("#told", VerticalScroll).scroll_relative(y=by, animate=False)

    def action_due(self) -> None:
        self._leave(Wanted())

    def action_weakest(self) -> None:
        self._leave(Wanted(questions=(self.view.progress.weak[0].question_id,)))

    def action_takes(self) -> None:
        open_takes(self.voiceprep, self.view.progress.weak[0].question_id)

    def action_back(self) -> None:
        self.voiceprep.pop_screen()

    def _leave(self, wanted: Wanted) -> None:
        self.voiceprep.pop_screen()
        self._start(wanted)
