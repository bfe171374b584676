"""Where the candidate says what was misheard: the words as they were heard, and the term that was said."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events as textual_events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input

from voiceprep.core.clean import one_line
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import LONGEST, stands_in, term_of, told_problem
from voiceprep.core.sounds_alike import guesses, nearest
from voiceprep.tui.literal import KEY, MUTED, TITLE, WARN, Literal, Styled

OFFERED = 4


class Words(Input):
    """A line for a few words; up and down go through what is offered."""

    class Offered(Message):
        """The one before or after is wanted."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    async def _on_key(self, event: textual_events.Key) -> None:
        if event.key in ("up", "down"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Offered(1 if event.key == "down" else -1))
            return
        await super()._on_key(event)

    def _on_paste(self, event: textual_events.Paste) -> None:
        event.text = one_line(event.text, LONGEST)  # the line's own handler comes after this one


class MisheardScreen(ModalScreen[tuple[str, str] | None]):
    """Dismissed with (words as they were heard, the term as it's written), or None. `texts` are what was heard, `about`
    what the question is about, `lexicon` the one by which the answer is read."""

    BINDINGS = [
        Binding("escape", "none", "back"),
        Binding("pageup", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(1)", show=False),
    ]

    def __init__(self, texts: Sequence[str], about: Sequence[str], lexicon: Lexicon) -> None:
        super().__init__()
        self._texts, self._lexicon = tuple(texts), lexicon
        self._guesses = guesses(texts[0], about, lexicon, OFFERED) if texts else ()
        self._near: tuple[str, ...] = ()
        self._at = -1
        self._surely = ""
        """The term of their own that the candidate has been asked about."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Literal(("You misheard a term", TITLE))
            with VerticalScroll(classes="text", id="heard-text", can_focus=False):
                yield Literal("\n\n".join(self._texts))
            yield Literal("I heard (as it stands above)", classes="title")
            yield Words(id="heard", max_length=LONGEST, compact=True)
            yield Literal("You said")
            yield Words(id="said", max_length=LONGEST, compact=True)
            yield Literal(id="offered", classes="title")
            yield Literal(id="problem")
            yield Literal(
                ("enter", KEY), " on, then judge anew   ", ("esc", KEY), " back   ", ("up down", KEY), " offers   ",
                ("page up down", KEY), " read",
            )  # fmt: skip

    def on_mount(self) -> None:
        self._heard.focus()
        self._show()

    @property
    def _heard(self) -> Words:
        return self.query_one("#heard", Words)

    @property
    def _said(self) -> Words:
        return self.query_one("#said", Words)

    def _show(self, problem: str = "") -> None:
        pieces: list[Styled] = []
        if self._heard.has_focus and self._guesses:
            pieces = [("Perhaps  ", MUTED), "   ".join(f"“{heard}”: {term}" for heard, term in self._guesses)]
        elif self._said.has_focus and self._near:
            pieces = [("Sounds like  ", MUTED), "   ".join(self._near)]
        self.query_one("#offered", Literal).show(*pieces)
        self.query_one("#problem", Literal).show((problem, WARN))

    def on_words_offered(self, message: Words.Offered) -> None:
        """Fills in one of those offered, round and round."""
        offered = self._guesses if self._heard.has_focus else self._near
        if not offered:
            return
        self._at = (self._at + message.by) % len(offered) if self._at >= 0 else (0 if message.by > 0 else -1)
        self._at %= len(offered)
        if self._heard.has_focus:
            self._heard.value, self._said.value = self._guesses[self._at]
        else:
            self._said.value = self._near[self._at]

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if message.input is self._heard:
            self._at = -1
            self._near = nearest(one_line(self._heard.value, LONGEST), self._lexicon, OFFERED)
            if not self._said.value and self._near:
                self._said.value, self._at = self._near[0], 0
            self._said.focus()
            self.call_later(self._show)
        else:
            self._send()

    def on_descendant_focus(self) -> None:
        self._show()

    def _send(self) -> None:
        heard, said = (one_line(line.value, LONGEST) for line in (self._heard, self._said))
        if problem := told_problem(heard, said, self._texts, self._lexicon):
            self._show(problem)
            return
        term = term_of(said, self._lexicon)
        if term is None and self._surely != said:
            self._surely = said
            near = nearest(said, self._lexicon, 1)
            meant = f" Did you mean {near[0]}?" if near else ""
            self._show(f"I don't know “{said}” yet.{meant} enter again makes it a term of your own.")
            return
        exact = next(filter(None, (stands_in(heard, text) for text in self._texts)))
        self.dismiss((exact, term.written if term else said))

    def action_scroll(self, by: int) -> None:
        box = self.query_one("#heard-text", VerticalScroll)
        box.scroll_relative(y=by * max(1, box.size.height - 1), animate=False)

    def action_none(self) -> None:
        self.dismiss(None)
