"""The page of the night before, as a dialog."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from voiceprep.core.night import MINUTES
from voiceprep.tui.backend import Wanted
from voiceprep.tui.base import Choose, Note

if TYPE_CHECKING:
    from voiceprep.tui.app import VoiceprepApp


def night(app: VoiceprepApp, start: Callable[[Wanted], None]) -> None:
    """The page of the night before, and what can be done with it; `start` begins a session the way home does."""

    def load() -> None:
        page, questions = app.backend.night()
        app.from_thread(lambda: show(page, questions))

    def show(page: tuple[str, ...], questions: tuple[str, ...]) -> None:
        if not page:
            app.push_screen(Note("The night before", ["Nothing was heard yet that this page could hold."]))
        else:
            choices = ["Twenty minutes of what I know"] if questions else []
            app.push_screen(Choose("\n".join(page), choices), lambda n: chosen(n, questions))

    def chosen(n: int | None, questions: tuple[str, ...]) -> None:
        if n == 0:
            start(Wanted(questions=questions, minutes=MINUTES))

    threading.Thread(target=load, name="night", daemon=True).start()
