"""What every screen has: a head line, a key bar made of its bindings, and help for all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen

from voiceprep.errors import VoiceprepError
from voiceprep.report import wording
from voiceprep.tui.literal import KEY, MUTED, STRONG, TITLE, WARN, Literal, Styled, hanging, literal

if TYPE_CHECKING:
    from textual.content import Content

    from voiceprep.tui.app import VoiceprepApp

_T = TypeVar("_T")
TEXT_KEYS = ("space", "question_mark", "slash")
KEY_NAMES = {"question_mark": "?", "slash": "/", "escape": "esc", "ctrl+p": "ctrl+p"}


def key_name(binding: Binding, *, letters: bool = True) -> str:
    """The key's name; where letters are text, the key that isn't one."""
    keys = binding.key.split(",")
    key = keys[0] if letters else next((k for k in keys if not _is_text(k)), keys[0])
    return binding.key_display or KEY_NAMES.get(key, key)


def _is_text(key: str) -> bool:
    """Whether the key writes something where letters are text."""
    return len(key) == 1 or key in TEXT_KEYS


class KeyBar(Literal):
    """The keys that work now, as many as fit into two lines; `?` shows all."""

    DEFAULT_CSS = "KeyBar { dock: bottom; height: auto; max-height: 3; border-top: ascii $foreground 30%; }"

    def offer(self, bindings: Iterable[Binding], width: int, *, letters: bool = True) -> None:
        """As many as fit, in their order; the last of them always, since it tells of all others."""
        keys = [(key_name(b, letters=letters), b.description) for b in bindings]
        rows: list[list[tuple[str, str]]] = [[], []]
        row, left = 0, width
        last = keys[-1:]
        for key in keys[:-1]:
            room = left - (_size(last[0]) if row == 1 else 0)
            if _size(key) > room and row == 0:
                row, left = 1, width
                room = left - _size(last[0])
            if _size(key) > room:
                break
            rows[row].append(key)
            left -= _size(key)
        rows[row if last and _size(last[0]) <= left else 1] += last
        pieces: list[Styled] = []
        for n, shown in enumerate(filter(None, rows)):
            pieces.append("\n" if n else "")
            for name, what in shown:
                pieces += [" ", (name, KEY), (f" {what}  ", MUTED)]
        self.show(*pieces)


def _size(key: tuple[str, str]) -> int:
    return len(key[0]) + len(key[1]) + 4


class Page(Screen[None]):
    """A full screen with head and key bar. `refresh_keys` after anything that changes which keys work."""

    HELP_TITLE = ""
    AUTO_FOCUS = ""

    @property
    def voiceprep(self) -> VoiceprepApp:
        return cast("VoiceprepApp", self.app)

    @property
    def ready(self) -> bool:
        """Whether there is something to draw on: not before it was first shown, not after it has gone."""
        return self.is_attached and bool(self.query(KeyBar))

    def compose(self) -> ComposeResult:
        yield Literal(id="head")
        yield Literal(id="sent")
        yield from self.body()
        yield KeyBar(id="keys")

    def body(self) -> ComposeResult:
        yield from ()

    def head(self) -> Content:
        return literal(" voiceprep")

    def judge(self) -> str:
        """Where the text of the answers goes; empty when it stays here."""
        return self.voiceprep.begun.judge if self.voiceprep.begun else ""

    def on_mount(self) -> None:
        self.refresh_page()

    def on_resize(self) -> None:
        self.set_class(self.size.width < 80 or self.size.height < 24, "-small")
        self.refresh_page()

    def refresh_page(self) -> None:
        """Draws what the state says."""
        if not self.ready:
            return
        self.query_one("#head", Literal).show_content(self.head())
        judge = self.judge()
        self.set_class(bool(judge), "-sent")
        sent = hanging(wording.sent_to(judge), self.size.width - 1, " ") if judge else ""
        self.query_one("#sent", Literal).show((sent, WARN))
        self.refresh_keys()

    def refresh_keys(self) -> None:
        self.query_one(KeyBar).offer(self.working_keys(), max(20, self.size.width), letters=not self.writing)

    @property
    def writing(self) -> bool:
        """Whether letters are text now, and no keys."""
        return False

    def working_keys(self) -> list[Binding]:
        """The bindings of this screen that do something now and are worth a place in the bar."""
        offered = [b for b in own_bindings(self) if b.show and self.works(b)]
        if self.writing:
            offered = [
                b
                for b in offered
                if any(len(key) > 1 and key not in ("space", "question_mark") for key in b.key.split(","))
            ]
        return offered

    def works(self, binding: Binding) -> bool:
        return bool(self.check_action(binding.action.split("(")[0], ()))

    def right(self, left: str, right: str) -> Content:
        """A line with something at either end."""
        gap = max(1, self.size.width - literal(left).cell_length - literal(right).cell_length - 1)
        return literal((left, STRONG), " " * gap, (right, MUTED))

    def action_help(self) -> None:
        self.app.push_screen(Help(self.HELP_TITLE, [b for b in own_bindings(self) if b.description]))


def own_bindings(screen: Page | type[Page]) -> list[Binding]:
    given: Iterable[BindingType] = screen.BINDINGS
    return [b if isinstance(b, Binding) else Binding(*b) for b in given]


KEY_COLUMN = 10
DIALOG_WIDTH, DIALOG_EDGES = 90, 6
"""As the style sheet has them: the widest dialog, and what its border, padding and scroll bar take of it."""


class Help(ModalScreen[None]):
    """All keys of a screen, and what they do."""

    BINDINGS = [Binding("escape,question_mark,enter,q", "close", "back")]

    def __init__(self, title: str, bindings: list[Binding]) -> None:
        super().__init__()
        self._title, self._shown = title, bindings

    def compose(self) -> ComposeResult:
        rows = [(key_name(b), b.tooltip or b.description) for b in self._shown]
        rows.append(("ctrl+p", "every command, by name"))
        width = min(DIALOG_WIDTH, self.app.size.width * 9 // 10) - DIALOG_EDGES
        pieces: list[Styled] = [(self._title or "Keys", TITLE), "\n"]
        for key, what in rows:
            said = hanging(what, width, " " * KEY_COLUMN)
            pieces += ["\n", (f"{key:>{KEY_COLUMN - 3}}", KEY), f"   {said[KEY_COLUMN:]}"]
        with VerticalScroll(classes="dialog"):
            yield Literal(*pieces)  # one for all: a widget a line takes too long to come up

    def action_close(self) -> None:
        self.dismiss()


class Choose(ModalScreen[int | None]):
    """A question with numbered answers; dismissed with the number chosen, from 0, or None."""

    BINDINGS = [
        Binding("escape", "none", "back"),
        *(Binding(str(n), f"pick({n - 1})", show=False) for n in range(1, 10)),
    ]

    def __init__(self, title: str, choices: list[str]) -> None:
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll(classes="text"):
                yield Literal((self._title, TITLE))
            for n, choice in enumerate(self._choices, 1):
                first = "title" if n == 1 else None
                yield Literal((f" {n} ", KEY), f" {choice}", classes=first)
            yield Literal(("esc", KEY), " back", classes="title")

    def action_pick(self, n: int) -> None:
        if n < len(self._choices):
            self.dismiss(n)

    def action_none(self) -> None:
        self.dismiss(None)


class Note(ModalScreen[None]):
    """A text to read; any of the usual keys goes back."""

    BINDINGS = [Binding("escape,enter,space,q", "close", "back")]

    def __init__(self, title: str, paragraphs: list[str], also_closes: str = "") -> None:
        super().__init__()
        if also_closes:
            self._bindings.bind(also_closes, "close")
        self._title, self._paragraphs = title, paragraphs

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Literal((self._title, TITLE))
            with VerticalScroll(classes="text"):
                for paragraph in self._paragraphs:
                    yield Literal("")
                    yield Literal(paragraph)
            yield Literal(("esc", KEY), " back   ", ("up down", KEY), " to read on", classes="title")

    def action_close(self) -> None:
        self.dismiss()


def open_over(app: VoiceprepApp, title: str, read: Callable[[], _T], page: Callable[[_T], Screen[None]]) -> None:
    """Shows the page of what `read` gives over the one that is up, when it has been read, in a thread of its own; a
    note when it can't be, and nothing when another page has come up meanwhile."""
    up = app.screen

    def load() -> None:
        try:
            found = read()
        except VoiceprepError as error:
            failed = [error.message, error.hint]
            app.from_thread(lambda: show(Note(title, failed)))
        else:
            app.from_thread(lambda: show(page(found)))

    def show(screen: Screen[None]) -> None:
        if app.screen is up:
            app.push_screen(screen)

    threading.Thread(target=load, name=title.lower(), daemon=True).start()
