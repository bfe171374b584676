"""Where the candidate puts right what was heard: all words of a take, in a box."""

from __future__ import annotations

from typing import ClassVar

from textual import events as textual_events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import TextArea

from voiceprep.core.clean import clean
from voiceprep.tui.literal import KEY, MUTED, TITLE, WARN, Literal, Styled

TERM = object()
"""Dismissed with this the candidate wants to tell of a term instead."""


class Words(TextArea):
    """The box; what is pasted into it is cleaned first."""

    async def _on_paste(self, event: textual_events.Paste) -> None:
        event.text = clean(event.text)  # the box's own handler comes after this one


class EditScreen(ModalScreen["str | object | None"]):
    """Dismissed with the words as the candidate wants them, TERM, or None. `take` says which they are, `terms` whether
    a misheard term can be told of instead."""

    BINDINGS: ClassVar = [
        Binding("ctrl+s,f2", "keep", "keep", priority=True),
        Binding("ctrl+t,f4", "term", "a term", priority=True),
        Binding("escape", "none", "back", priority=True),
    ]

    def __init__(self, take: str, text: str, *, terms: bool) -> None:
        super().__init__()
        self._take, self._text, self._terms = take, clean(text), terms
        self._sure = False
        """Whether the candidate has been told that leaving gives up what was changed."""

    def compose(self) -> ComposeResult:
        keys: list[Styled] = [("ctrl+s", KEY), " keep   ", ("esc", KEY), " back"]
        if self._terms:
            keys += ["   ", ("ctrl+t", KEY), " a misheard term"]
        with Vertical(classes="dialog"):
            yield Literal((f"What was heard, {self._take}", TITLE))
            yield Literal(("Make it what you said. It's judged anew; what was heard is kept.", MUTED))
            yield Words(self._text, id="words-heard", soft_wrap=True, compact=True)
            yield Literal(id="problem")
            yield Literal(*keys, classes="title")

    def on_mount(self) -> None:
        box = self.query_one(Words)
        box.focus()
        box.move_cursor(box.document.end)

    @property
    def _changed(self) -> bool:
        return self.query_one(Words).text != self._text

    def action_keep(self) -> None:
        text = " ".join(clean(self.query_one(Words).text).split())
        if text:
            self.dismiss(text)
        else:
            self.query_one("#problem", Literal).show(("There are no words left to keep.", WARN))

    def action_term(self) -> None:
        if self._terms and not self._gives_up("ctrl+t"):
            self.dismiss(TERM)

    def action_none(self) -> None:
        if not self._gives_up("esc"):
            self.dismiss(None)

    def _gives_up(self, key: str) -> bool:
        """Whether to stay: nobody's typing is lost by one key."""
        if self._sure or not self._changed:
            return False
        self._sure = True
        self.query_one("#problem", Literal).show((f"Not kept yet: ctrl+s keeps it, {key} again gives it up.", WARN))
        return True
