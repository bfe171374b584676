"""Any window, no colour: what counts is still told, and nothing that is recorded changes."""

from __future__ import annotations

import random

import pytest
from textual import events
from textual.geometry import Size

from tests.kit.screen_backend import ScreenBackend, without_follow_ups
from tests.tui.stage import HALF, MIXED, REST, SQL, Stage, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e

STORM = [(20, 5), (200, 60)] + [
    (random.Random(n).randint(20, 200), random.Random(n + 100).randint(5, 60)) for n in range(28)
]


async def resized(stage: Stage, width: int, height: int) -> None:
    """As the terminal's driver would; Pilot's own way waits much longer."""
    size = Size(width, height)
    stage.app.post_message(events.Resize(size, size))
    await stage.settle()
    assert stage.app.size == size


async def test_a_storm_of_sizes_breaks_nothing_and_the_recording_goes_on(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak(HALF)
        before = stage.state
        for width, height in STORM:
            await resized(stage, width, height)
            assert not stage.app.fault, (width, height)
            assert "YOUR TURN" in stage.drawn(), (width, height)
        assert stage.state is before and stage.backend.capture.recording == "a001"
        assert stage.backend.delivered == []
        await resized(stage, 80, 24)
        assert "enter I'm done" in stage.drawn() and "How do REST" in stage.drawn()


async def test_a_storm_over_feedback_dialogs_summary_and_home_breaks_nothing(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, SQL, backend=backend) as stage:
        await stage.reviewed(MIXED)
        await stage.press("down", "down")
        chosen = stage.page.at
        for width, height in STORM[:6]:
            await resized(stage, width, height)
            assert not stage.app.fault, (width, height)
        await resized(stage, 80, 24)
        await stage.drawn_points()
        assert stage.page.at == chosen, "the row chosen stays chosen"
        for key in ("question_mark", "d", "w", "m"):
            await stage.press(key)
            for width, height in STORM[:2]:
                await resized(stage, width, height)
            await stage.press("escape")
        await resized(stage, 80, 24)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        for width, height in STORM[6:9]:
            await resized(stage, width, height)
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        for width, height in STORM[9:12]:
            await resized(stage, width, height)
            assert " > now" in stage.drawn() or height < 8, (width, height)
        assert not stage.app.fault


async def test_a_resize_while_typing_keeps_what_was_typed(bank: Bank) -> None:
    async with interviewed(bank, quiet="typed") as stage:
        await stage.press(*"abc")
        for width, height in ((20, 5), (120, 40), (60, 20)):
            await resized(stage, width, height)
        assert stage.page.query_one("#answer").text == "abc"
        await stage.press("d")
        assert stage.page.query_one("#answer").text == "abcd"
        assert "abcd" in stage.drawn()


@pytest.mark.parametrize("phase", ["asking", "listening", "paused", "transcribing"])
async def test_the_smallest_window_still_says_whose_turn_it_is(bank: Bank, phase: str) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = phase == "asking"
    async with on_stage(bank, size=(20, 5), backend=backend) as stage:
        await stage.until(stage.rows)
        await stage.press("enter")
        if phase != "asking":
            await stage.phase("listening")
            await stage.until(lambda: backend.capture.recording)
        if phase == "paused":
            await stage.happens(e.Paused())
        if phase == "transcribing":
            backend.recognising.shut()
            await stage.speak(HALF)
            await stage.press("enter")
        await stage.phase(phase)
        whose = {"asking": "INTERVIEWER", "listening": "YOUR TURN: SPEAK", "paused": "PAUSED",
                 "transcribing": "CHECKING"}[phase]  # fmt: skip
        assert whose in stage.drawn()


@pytest.mark.parametrize("size", [(20, 5), (40, 12), (60, 20)])
async def test_what_is_typed_is_in_sight_in_any_window_and_the_turn_again_after_it(
    bank: Bank, size: tuple[int, int]
) -> None:
    async with interviewed(bank, size=size) as stage:
        await stage.press("t")
        await stage.until(lambda: stage.state.typing)
        await stage.press(*"abc")
        await stage.until(lambda: "abc" in stage.drawn(), "nobody sees what they type")
        await stage.press("escape")
        await stage.until(lambda: not stage.state.typing)
        await stage.until(lambda: "YOUR TURN: SPEAK" in stage.drawn())


async def test_in_the_smallest_window_no_scroll_bar_takes_columns(bank: Bank) -> None:
    async with interviewed(bank, size=(20, 5)) as stage:
        assert stage.page.max_scroll_y > 0, "not all of it fits"
        assert stage.page.scrollable_content_region.width == 20
        assert stage.page.query_one("#question").region.right == 20


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_first_screen_shows_its_three_choices_whole(bank: Bank, size: tuple[int, int]) -> None:
    async with on_stage(bank, size=size, backend=ScreenBackend(bank, first_time=True)) as stage:
        await stage.until(lambda: stage.screen == "FirstScreen")
        drawn = stage.drawn()
        for choice in (" 1  With Whisper", " 2  Type today", " 3  Speak now"):
            assert choice in drawn


# Colour -------------------------------------------------------------------------------------------------------------


def hues(stage: Stage) -> set[tuple[int, int, int]]:
    """The colours on the screen that aren't grey."""
    found = set()
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                if colour is not None and colour.triplet is not None:
                    red, green, blue = colour.triplet
                    if max(red, green, blue) - min(red, green, blue) > 2:
                        found.add((red, green, blue))
    return found


async def test_with_no_color_there_is_none_and_everything_is_still_told(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, SQL, backend=backend, size=(100, 50)) as stage:
        await stage.speak(MIXED)
        assert hues(stage) == set()
        assert "YOUR TURN: SPEAK" in stage.drawn() and "good" in stage.text("#mic")
        await stage.press("space")
        await stage.phase("paused")
        assert "PAUSED" in stage.drawn() and hues(stage) == set()
        await stage.press("enter")
        await stage.feedback()
        assert hues(stage) == set()
        marks = {row.split()[0] if not row.startswith(" >") else row.split()[1] for row in stage.rows()}
        assert marks == {"+", "~", "?", "!", "-"}
        assert sum(row.startswith(" > ") for row in stage.rows()) == 1


async def test_the_chosen_row_is_marked_with_a_sign_on_home_too(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.until(stage.rows)
        await stage.press("down")
        assert [row.startswith(" > ") for row in stage.rows()].index(True) == 1
        assert sum(row.startswith(" > ") for row in stage.rows()) == 1


async def test_a_disputed_point_is_marked_in_words(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, REST, backend=backend) as stage:
        await stage.reviewed(HALF)
        await stage.press("d", "3")
        await stage.until(lambda: "you: not needed" in stage.texts())
