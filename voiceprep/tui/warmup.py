"""The set-up check as a spoken warm-up: level, noise, echo, in twenty seconds. Never scored, never kept."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from voiceprep.tui.backend import Backend, WarmUp
from voiceprep.tui.base import Page
from voiceprep.tui.literal import TITLE, Literal
from voiceprep.tui.meter import meter

if TYPE_CHECKING:
    from voiceprep.tui.app import VoiceprepApp


class WarmUpScreen(Page):
    """Asks for a few words and says how they came over."""

    HELP_TITLE = "The warm-up"
    BINDINGS = [
        Binding("enter", "enough", "that's enough"),
        Binding("escape", "home", "home"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend = backend
        self._enough = threading.Event()
        self._level: float | None = None
        self.found: WarmUp | None = None

    def body(self) -> ComposeResult:
        yield Literal(("  A WARM-UP, NOT SCORED AND NOT KEPT", TITLE))
        yield Literal("  Listen, then answer in a sentence or two. enter when you have.", id="asked")
        yield Literal(id="mic", classes="title")
        yield Literal(id="found", classes="title")

    def head(self) -> Content:
        return self.right(" voiceprep | warm-up", "LOCAL")

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(0.1, self._meter)
        threading.Thread(target=self._run, args=(self.voiceprep,), name="warm-up", daemon=True).start()

    def _run(self, app: VoiceprepApp) -> None:
        def tell(said: str, level: float | None) -> None:
            self._level = level
            if said:
                app.from_thread(lambda: self._asked(said))

        found = self._backend.warm_up(tell, self._enough.is_set)
        app.from_thread(lambda: self._show(found))

    def _asked(self, said: str) -> None:
        if self.ready:
            self.query_one("#asked", Literal).show(f"  {said}")

    def _meter(self) -> None:
        if self.found is not None or not self.ready:
            return
        self.query_one("#mic", Literal).show(*meter(self._level, False))

    def _show(self, found: WarmUp) -> None:
        self.found = found
        if not self.ready:
            return
        if found.failed:
            text = f"  {found.failed}\n  enter goes home."
        else:
            rows = [f"  {a}" for a in found.advice]
            if found.speech_dbfs is not None:
                noise = "none" if found.noise_dbfs is None else f"{found.noise_dbfs:.0f} dBFS"
                rows.append(f"  Your voice {found.speech_dbfs:.0f} dBFS, the room {noise}.")
            text = "\n".join([*rows, "  enter goes home; your first question waits there."])
        self.query_one("#found", Literal).show(text)

    def action_enough(self) -> None:
        if self.found is not None:
            self.action_home()
        self._enough.set()

    def action_home(self) -> None:
        self._enough.set()
        self.voiceprep.go_home()
