"""The only door by which text gets on a screen: cleaned, and shown as it stands. No markup is ever read out of it.

`Line` is a piece of text with styles of ours laid over it. Everything that shows text here takes Lines or strings, and
a test forbids the widgets that would parse a string.
"""

from __future__ import annotations

import textwrap

from textual.content import Content
from textual.visual import VisualType
from textual.widget import Widget

from voiceprep.core.clean import clean

Styled = str | tuple[str, str]
"""Text, or text with one of the styles below. No style says anything that the words beside it don't."""

STRONG = "bold"
TITLE = "bold $text-accent"
KEY = "bold $text-primary"
MUTED = "$text-muted"
GOOD = "bold $text-success"
WARN = "bold $text-warning"
BAD = "bold $text-error"


def literal(*pieces: Styled) -> Content:
    """The pieces one after another, each cleaned, each in its style."""
    return Content.assemble(*(clean(p) if isinstance(p, str) else (clean(p[0]), p[1]) for p in pieces))


def hanging(text: str, width: int, first: str, rest: str | None = None) -> str:
    """The text wrapped to `width` columns, its first line behind `first`, the others behind `rest` (or as far in)."""
    rest = " " * len(first) if rest is None else rest
    wrapped = textwrap.wrap(
        clean(text), max(20, width), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
    return "\n".join(wrapped) or first


class Literal(Widget):
    """A block of literal text."""

    DEFAULT_CSS = "Literal { height: auto; width: 1fr; }"

    def __init__(self, *pieces: Styled, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content = literal(*pieces)

    @property
    def text(self) -> str:
        """What stands there."""
        return self._content.plain

    def show(self, *pieces: Styled) -> None:
        """Shows this instead; nothing is drawn anew when it's the same."""
        self.show_content(literal(*pieces))

    def show_content(self, content: Content) -> None:
        if not content.is_same(self._content):
            # A clock and a meter change ten times a second: the screen is laid out anew only when a height may change.
            one_line = self._one_line(self._content) and self._one_line(content)
            same_height = one_line or content.plain == self._content.plain
            self._content = content
            self.refresh(layout=not same_height)

    def _one_line(self, content: Content) -> bool:
        return 0 < content.cell_length <= self.size.width and "\n" not in content.plain

    def render(self) -> VisualType:
        return self._content
