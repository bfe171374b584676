"""Text from outside is shown as it stands, in every place where it can come: never an action, never a crash."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events as textual_events
from textual.app import ComposeResult
from textual.widgets import Input, Static, TextArea

import voiceprep.tui
from tests.kit.screen_backend import ScreenBackend, with_ask, without_follow_ups
from tests.tui.stage import GOOD, HALF, REST, SQL, Stage, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.clean import LONGEST, clean
from voiceprep.core.feedback import Evidence
from voiceprep.core.plan import Round
from voiceprep.core.transcript import Word
from voiceprep.errors import EngineError
from voiceprep.tui.backend import HomeView, News, PastSession, Wanted, WarmUp
from voiceprep.tui.base import Choose, Help, Note
from voiceprep.tui.literal import Literal, hanging, literal

CORPUS = {
    "bold": "[bold]x[/]",
    "click": "[@click=app.quit]q[/]",
    "click self": "[@click='screen.leave']press[/]",
    "link": "[link=https://x]y",
    "closing": "[/ no",
    "open": "[b",
    "backslash": "\\[b]x\\",
    "variable": "[$primary on red]x[/] $text",
    "clipboard": "\x1b]52;c;QUJD\x07",
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x1b\\",
    "c1": "\x9b31mx \x9d52;c;QUJD\x9c",
    "cr": "seen\roverwritten",
    "bidi": "\u202eevil\u202c \u2066x\u2069",
    "zero width": "a\u200bb\ufeffc\u2060d",
    "surrogate": "a\ud800b\udfffc",
    "nul": "a\x00b",
    "del": "a\x7fb\x08c",
    "long": "x" * 10_000,
    "long words": "word " * 2_000,
    "emoji": "👩‍👩‍👧 🏳️‍🌈 é 漢字",
    "newlines": "a\n\n\nb\tc",
}
DANGER = frozenset(chr(n) for n in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(n) not in "\n\t") | frozenset(
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2060\ufeff"
)
SCROLL_BAR = frozenset(["scroll_up", "scroll_down", "grab", "release"])
"""Actions that Textual's own scroll bar carries."""
CASES = pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS.keys())
TOGETHER = "\u2003".join(text for name, text in CORPUS.items() if not name.startswith(("long", "newlines")))
"""Everything short at once: many places are tried with this, one corpus entry after the other in a few."""


def harmless(stage: Stage) -> None:
    """Nothing on the screen is a control character or half a one, and no cell of it runs an action or is a link."""
    for line in stage.lines():
        bad = [c for c in line if c in DANGER or "\ud800" <= c <= "\udfff"]
        assert not bad, f"{bad!r} in {line!r}"
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            assert style is None or style.link is None, "a link came out of text"
            meta = {k: v for k, v in (style.meta if style else {}).items() if k.startswith("@") and v not in SCROLL_BAR}
            assert not meta, f"an action came out of text: {meta}"
    assert not stage.app.fault


async def clicked_all_over(stage: Stage) -> None:
    """A click on every fourth cell runs nothing."""
    width, height = stage.app.size
    where = stage.screen
    for y in range(0, height, 2):
        for x in range(1, width, 4):
            for kind in (textual_events.MouseDown, textual_events.MouseUp):
                stage.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))
        await stage.settle()
    assert stage.screen == where and not stage.app._exit


def squeezed(text: str) -> str:
    """Without what wrapping adds or takes."""
    return "".join(text.split())


async def whole_question(stage: Stage, text: str) -> None:
    """It stands there as it is; what doesn't fit says so, and `i` shows all of it."""
    shown, sought = squeezed(stage.text("#question")), squeezed(clean(text))
    if shown != sought:
        begun, more = shown.split("…goeson:", 1)
        assert sought.startswith(begun) and begun and more == "ishowsallofit"
    await stage.press("i")
    assert sought in squeezed(stage.texts())
    harmless(stage)
    await stage.press("escape")
    assert stage.screen == "InterviewScreen"


# The door itself ----------------------------------------------------------------------------------------------------


@CASES
def test_the_door_gives_the_characters_or_the_replacement_mark(text: str) -> None:
    content = literal("before ", (text, "bold"), " after")
    assert content.plain == f"before {clean(text)} after"
    assert not any(c in DANGER or "\ud800" <= c <= "\udfff" for c in content.plain)
    styles = {str(span.style) for span in content.spans}
    assert styles <= {"bold"}, "no style out of the text"
    printable = [c for c in text if c not in DANGER and not "\ud800" <= c <= "\udfff" and c != "\u200d"]
    assert [c for c in content.plain if c in printable] >= [] and "\ufffd" not in printable
    assert len(content.plain) == len("before  after") + len(text), "each unwanted character leaves one mark"


@CASES
def test_a_hanging_paragraph_keeps_every_word_of_it(text: str) -> None:
    shown = hanging(text, 40, "  - ")
    assert squeezed(shown) == squeezed("- " + clean(text))
    assert not any(c in DANGER for c in shown)


def test_more_than_the_longest_text_is_cut_with_a_sign_of_it() -> None:
    plain = literal("y" * (LONGEST + 5)).plain
    assert len(plain) == LONGEST and plain.endswith("…")


# Every place --------------------------------------------------------------------------------------------------------


@CASES
async def test_as_question_rough_words_and_news_in_an_interview(bank: Bank, text: str) -> None:
    backend = ScreenBackend(bank)
    backend.change = with_ask(text)
    async with interviewed(bank, backend=backend) as stage:
        await whole_question(stage, text)
        await stage.happens(e.WordsHeard("a001", (Word(text, 1.0, 2.0, 0.9), Word(text, 2.0, 3.0, 0.1))))
        harmless(stage)
        await stage.told(News(text))
        assert squeezed(clean(text))[:30] in squeezed(stage.text("#note"))
        await stage.happens(e.MicrophoneLost("a001", text))
        assert squeezed(clean(text))[:30] in squeezed(stage.text("#kept"))
        harmless(stage)
        assert "PAUSED" in stage.drawn() and "space" in stage.drawn(), "and it pushed nothing away"


async def test_as_device_name_engine_title_and_folder(bank: Bank) -> None:
    title = replace(next(iter(bank.rounds.values())), id="odd", title=TOGETHER)
    assert isinstance(title, Round)
    odd = replace(bank, rounds={"odd": title})
    backend = ScreenBackend(odd)
    backend.microphone_name = backend.recogniser = backend.folder = backend.report = TOGETHER
    backend.notices = (TOGETHER,)
    async with on_stage(odd, Wanted(round_id="odd"), backend=backend) as stage:
        await stage.phase("listening")
        stage.tick()
        harmless(stage)
        assert "[bold]x[/]" in stage.text("#head") + stage.text("#mic")
        await clicked_all_over(stage)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert squeezed(clean(TOGETHER)) in squeezed(stage.texts())
        harmless(stage)


async def test_as_follow_up_and_as_the_sentence_to_say_again(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = lambda q: replace(
        q,
        follow_ups=tuple(replace(f, ask=TOGETHER) for f in q.follow_ups),
        points=tuple(replace(p, say=TOGETHER) for p in q.points),
    )
    async with interviewed(bank, backend=backend) as stage:
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        await whole_question(stage, TOGETHER)
        harmless(stage)
        await stage.press("s")
        await stage.feedback()
        assert squeezed(clean(TOGETHER)) in squeezed(stage.text("#next"))
        harmless(stage)
        await stage.press("f")
        assert squeezed(clean(TOGETHER)) in squeezed(stage.texts())
        harmless(stage)
        await clicked_all_over(stage)
        await stage.press("escape", "g")
        await stage.until(lambda: stage.state.retake and stage.state.phase == "listening")
        await whole_question(stage, TOGETHER)
        harmless(stage)


async def test_as_every_text_of_a_points_feedback_and_its_dialogs(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = lambda q: replace(
        without_follow_ups(q),
        short=TOGETHER, model_answer=TOGETHER, tips=(TOGETHER,), pitfalls=(),
        points=tuple(replace(p, text=TOGETHER) for p in q.points),
    )  # fmt: skip
    async with interviewed(bank, backend=backend) as stage:
        await stage.press("h")
        assert "Hint 1" in stage.text("#note")
        harmless(stage)
        await stage.reviewed(GOOD)
        odd = squeezed(clean(TOGETHER))
        assert all(odd in squeezed(row) for row in stage.rows())
        harmless(stage)
        for key in ("d", "w", "m"):
            await stage.press(key)
            assert odd in squeezed(stage.texts()), key
            harmless(stage)
            await clicked_all_over(stage)
            await stage.press("escape")


async def test_as_a_quote_a_correction_a_reason_and_what_else_was_said(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(GOOD, follow_up="nothing to say about it at all")
        a = stage.state.assessments[0]
        piece = Evidence(TOGETHER, 0, 1, 1.0, 2.0, "a001")
        odd = tuple(
            replace(p, verdict=v, evidence=(piece,), correction=TOGETHER)
            for p, v in zip(a.points, ("covered", "contradicted", "unsure", "partly"), strict=False)
        )
        changed = replace(a, points=odd, also_said=(TOGETHER,), next_step=TOGETHER)
        await stage.told(_assessed(stage, changed))
        await stage.until(lambda: squeezed(clean(TOGETHER)) in squeezed(stage.rows()[0]))
        assert "In fact:" in stage.texts()
        harmless(stage)
        await stage.press("w")
        harmless(stage)
        await stage.press("escape")
        unscored = replace(changed, unscored=type(stage.state.assessments[0].follow_ups_asked[0].unscored)(TOGETHER))
        await stage.told(_assessed(stage, unscored))
        await stage.until(lambda: "NOT SCORED" in stage.text("#counts"))
        assert squeezed(clean(TOGETHER)) in squeezed(stage.text("#counts"))
        harmless(stage)


def _assessed(stage: Stage, changed):
    from voiceprep.tui.backend import Happened

    state = replace(stage.backend.state, assessments=(changed,))
    return Happened(e.Assessed("a001", changed), state)


async def test_in_the_box_that_answers_are_typed_into(bank: Bank) -> None:
    async with interviewed(bank, quiet="typed") as stage:
        area = stage.page.query_one(TextArea)
        for name, text in CORPUS.items():
            area.text = ""
            stage.app.post_message(textual_events.Paste(text))
            await stage.until(lambda: area.text, name)
            assert not any(c in DANGER or "\ud800" <= c <= "\udfff" for c in area.text), name
            harmless(stage)


async def test_as_an_answer_that_was_typed(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, backend=backend, quiet="typed") as stage:
        stage.app.post_message(textual_events.Paste(f"{GOOD} {TOGETHER}"))
        await stage.until(lambda: GOOD in stage.page.query_one(TextArea).text)
        await stage.press("enter")
        await stage.feedback()
        assert clean(TOGETHER) in stage.state.assessments[0].text
        assert not any(c in DANGER for c in stage.state.assessments[0].text)
        harmless(stage)


async def test_as_an_answer_that_was_heard(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    odd = TOGETHER.replace(" ", "").replace("\u2003", " ")
    async with interviewed(bank, backend=backend) as stage:
        await stage.reviewed(f"In GraphQL the client asks for {odd} exactly the fields it wants.")
        harmless(stage)
        await stage.press("f", "w")
        harmless(stage)


async def test_as_search_text(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("slash")
        find = stage.page.query_one(Input)
        for name, text in CORPUS.items():
            find.value = ""
            stage.app.post_message(textual_events.Paste(text))
            await stage.until(lambda: find.value, name)
            assert not any(c in DANGER or "\ud800" <= c <= "\udfff" or c in "\n\t" for c in find.value), name
            await stage.settle()
            harmless(stage)


async def test_as_session_title_place_and_question_on_home(bank: Bank) -> None:
    past = PastSession("x", TOGETHER, TOGETHER, 1, 2, (1, 2), True, left_at=TOGETHER)
    gapped = replace(past, open=False, gap=TOGETHER, gap_question=REST, gap_short=TOGETHER)

    class Odd(ScreenBackend):
        def home(self) -> HomeView:
            view = super().home()
            cards = tuple(replace(q, short=TOGETHER, topic=TOGETHER) for q in view.questions)
            rounds = tuple(replace(r, title=TOGETHER) for r in view.rounds)
            return replace(view, questions=cards, rounds=rounds, recogniser=TOGETHER)

    for newest in (past, gapped):
        async with on_stage(bank, backend=Odd(bank, past=(newest,))) as stage:
            await stage.until(stage.rows)
            assert squeezed(clean(TOGETHER)) in squeezed(stage.text("#now"))
            harmless(stage)
            await clicked_all_over(stage)
            await stage.press("slash")
            await stage.until(lambda: all(squeezed(clean(TOGETHER)) in squeezed(row) for row in stage.rows()))
            harmless(stage)


async def test_as_voice_and_folder_on_the_first_screen_and_what_the_warm_up_found(bank: Bank) -> None:
    class Odd(ScreenBackend):
        def home(self) -> HomeView:
            return replace(super().home(), voice=TOGETHER)

        def models_path(self) -> str:
            return TOGETHER

    backend = Odd(bank, first_time=True)
    backend.found = WarmUp(True, -20.0, -60.0, advice=(TOGETHER,))
    async with on_stage(bank, backend=backend) as stage:
        await stage.until(lambda: stage.screen == "FirstScreen")
        assert squeezed(clean(TOGETHER)) in squeezed(stage.texts())
        harmless(stage)
        await stage.press("1")
        assert squeezed(clean(TOGETHER)) in squeezed(stage.texts())
        harmless(stage)
        await stage.press("escape", "3", "u")
        await stage.until(lambda: squeezed(clean(TOGETHER)) in squeezed(stage.texts()))
        harmless(stage)
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen")


async def test_as_the_text_of_an_error(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.failing = EngineError(TOGETHER, TOGETHER)
    async with on_stage(bank, backend=backend) as stage:
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "Note")
        assert squeezed(stage.texts()).count(squeezed(clean(TOGETHER))) == 2
        harmless(stage)
        await clicked_all_over(stage)


async def test_in_a_dialog_the_keys_stay_in_sight(bank: Bank) -> None:
    async with on_stage(bank, size=(60, 20)) as stage:
        for name, text in CORPUS.items():
            for dialog in (Note("Why", [text, text]), Choose(text, ["first", "second"]), Help(text, [])):
                stage.app.push_screen(dialog)
                await stage.settle()
                assert squeezed(clean(text))[:50] in squeezed(stage.texts()), name
                harmless(stage)
                if not isinstance(dialog, Help):
                    assert "esc back" in stage.drawn(), name
                if isinstance(dialog, Choose):
                    assert "first" in stage.drawn() and "second" in stage.drawn(), name
                stage.app.pop_screen()
                await stage.settle()


async def test_a_widget_that_shows_it_is_drawn(bank: Bank) -> None:
    async with interviewed(bank, SQL) as stage:
        widget = stage.page.query_one("#words", Literal)
        for name, text in CORPUS.items():
            widget.show(text, (text, "bold"))
            await stage.settle()
            assert widget.text == clean(text) * 2, name
            harmless(stage)


async def test_the_tests_own_clicks_and_looks_would_find_an_action(bank: Bank) -> None:
    class Unsafe(Note):
        def compose(self) -> ComposeResult:
            yield Static("[@click=app.interrupt]press here[/] " * 100)

    async with on_stage(bank) as stage:
        stage.app.push_screen(Unsafe("", []))
        await stage.settle()
        with pytest.raises(AssertionError):
            harmless(stage)
        with pytest.raises(AssertionError):
            await clicked_all_over(stage)


# The source ---------------------------------------------------------------------------------------------------------

SOURCES = sorted(Path(voiceprep.tui.__file__).parent.glob("**/*.py"))
PARSING = frozenset(
    "Static Label Markdown MarkdownViewer Button Checkbox RadioButton RadioSet OptionList SelectionList Select Tree "
    "DirectoryTree DataTable Collapsible Tab Tabs TabPane TabbedContent ListItem ListView Log RichLog Pretty Rule "
    "Digits Header Footer Link Toast Tooltip Switch Placeholder MaskedInput ProgressBar Sparkline".split()
)
"""Widgets that read markup out of a string, or might one day."""
CALLS = frozenset("notify from_markup render_markup".split())
NAMES = frozenset("border_title border_subtitle sub_title tooltip_text".split())


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_source_of_the_screens_uses_what_would_parse_text(source: Path) -> None:
    """Rich, widgets that parse, notifications and border titles go round the door; only literal.py makes Content."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module, names=names):
                if (module or "").split(".")[0] == "rich":
                    found.append(f"{node.lineno}: imports {module}")
                if (module or "").startswith("textual.widgets"):
                    found += [f"{node.lineno}: {n.name}" for n in names if n.name in PARSING]
                if module == "textual" and any(n.name in ("widgets", "markup") for n in names):
                    found.append(f"{node.lineno}: imports all of textual.widgets, or its markup")
            case ast.Import(names=names):
                found += [
                    f"{node.lineno}: imports {n.name}" for n in names if n.name.split(".")[0] in ("rich", "textual")
                ]
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in CALLS:
                found.append(f"{node.lineno}: {attr}()")
            case ast.Call(func=ast.Name(id="Content" | "Text")) if source.name != "literal.py":
                found.append(f"{node.lineno}: makes Content of its own")
            case ast.Call(func=ast.Attribute(value=ast.Name(id="Content"), attr=attr)) if source.name != "literal.py":
                found.append(f"{node.lineno}: Content.{attr}")
            case ast.Attribute(attr=attr, ctx=ast.Store()) if attr in NAMES | {"tooltip"}:
                found.append(f"{node.lineno}: sets {attr}")
            case ast.keyword(arg="markup"):
                found.append("a `markup=` argument")
    assert not found, f"{source.name}: {found}"


def test_the_scan_finds_what_it_forbids(tmp_path: Path) -> None:
    for forbidden in (
        "from textual.widgets import Static", "from textual.widgets import Label", "from rich.text import Text",
        "self.app.notify('x')", "self.border_title = 'x'", "Content.from_markup('x')", "import rich",
        "from textual import widgets", "self.tooltip = 'x'", "Content('x')",
    ):  # fmt: skip
        source = tmp_path / "screen.py"
        source.write_text(forbidden, encoding="utf-8")
        with pytest.raises(AssertionError, match=r"screen\.py"):
            test_no_source_of_the_screens_uses_what_would_parse_text(source)
