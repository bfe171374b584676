"""The takes of one question: two beside each other, played back to back, answered again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.kit.screen_backend import ScreenBackend, without_follow_ups
from tests.tui.stage import GOOD, HALF, REST, SQL, Stage, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.tui.backend import Recording
from voiceprep.tui.takes import TakesScreen, open_takes

SIZES = [(80, 24), (120, 40), (60, 20)]


@asynccontextmanager
async def taken_twice(bank: Bank, size: tuple[int, int] = (80, 24), *, typed: bool = False) -> AsyncIterator[Stage]:
    """At the page, after half an answer and a good one to the same question."""
    backend = ScreenBackend(bank)
    backend.change, backend.typed_only = without_follow_ups, typed
    async with interviewed(bank, REST, size=size, backend=backend) as stage:
        await stage.reviewed(HALF)
        assert "compare takes" not in stage.text("#keys"), "there is only one"
        await stage.press("c")
        assert stage.screen == "FeedbackScreen"
        await stage.press("a")
        await stage.reviewed(GOOD)
        await stage.press("c")
        await stage.until(lambda: stage.screen == "TakesScreen")
        yield stage


def flat(text: str) -> str:
    return " ".join(text.split())


def page(stage: Stage) -> TakesScreen:
    assert isinstance(stage.app.screen, TakesScreen)
    return stage.app.screen


@pytest.mark.parametrize("size", SIZES)
async def test_both_takes_and_what_changed_can_be_read_at_every_size(bank: Bank, size: tuple[int, int]) -> None:
    async with taken_twice(bank, size) as stage:
        first, second = stage.state.earlier[0], stage.state.assessments[0]
        lines = stage.lines()
        assert "2 takes" in lines[0] and max(map(len, lines)) <= size[0]
        told = flat(stage.text("#list"))
        assert f"1 21 Nov calm core {first.heard(core=True)[0]} of 4" in told
        assert f"> 2 21 Nov calm core {second.heard(core=True)[0]} of 4" in told
        changes = flat(stage.text("#changes"))
        assert changes.startswith("FROM TAKE 1 TO TAKE 2 NOW ALSO HEARD ") and "LENGTH" in changes
        assert "NOW ALSO HEARD" in stage.drawn()
        for one in (first, second):
            for point in one.points:
                assert point.text[:20] in stage.text("#left") + stage.text("#right")


async def test_two_takes_stand_side_by_side_on_a_wide_screen_and_under_each_other_on_a_narrow_one(bank: Bank) -> None:
    for size, beside in (((120, 40), True), ((80, 24), False)):
        async with taken_twice(bank, size) as stage:
            left, right = (stage.app.screen.query_one(f"#{name}").region for name in ("left", "right"))
            assert (left.y == right.y and left.right <= right.x) is beside
            assert (left.x == right.x and left.bottom <= right.y) is not beside


async def test_enter_plays_the_chosen_take_and_b_both_back_to_back(bank: Bank) -> None:
    async with taken_twice(bank) as stage:
        session = stage.state.session_id
        first, second = (
            Recording(session, "a001", "take 1 of 2, on 21 Nov"),
            Recording(session, "a002", "take 2 of 2, on 21 Nov"),
        )
        await stage.press("enter")
        await stage.press("up", "enter")
        assert stage.backend.recordings == [second, first]
        assert "space quiet" in flat(stage.text("#keys"))
        await stage.press("b")
        assert stage.backend.recordings[2:] == [first, second]
        stage.backend.playing("Playing take 1 of 2, on 21 Nov, 0:12.")
        await stage.until(lambda: "Playing take 1 of 2" in stage.drawn())
        stage.backend.playing("")
        await stage.until(lambda: "Playing" not in stage.drawn())
        assert "quiet" not in stage.text("#keys"), "nothing plays any more"


async def test_what_cannot_be_played_says_so_and_its_keys_are_gone(bank: Bank) -> None:
    async with taken_twice(bank, typed=True) as stage:
        assert "listen" not in stage.text("#keys") and "back to back" not in stage.text("#keys")
        await stage.press("up", "enter", "b")
        assert stage.backend.recordings == []
        assert "That take's recording isn't there any more." in stage.drawn()


async def test_g_goes_back_to_the_question_in_the_session_that_is_being_held(bank: Bank) -> None:
    async with taken_twice(bank) as stage:
        await stage.press("g")
        await stage.phase("listening")
        assert stage.delivered(e.RetakeAsked)[-1] == e.RetakeAsked() and stage.state.take_id == "a003"
        await stage.reviewed(GOOD)
        await stage.press("c")
        await stage.until(lambda: stage.screen == "TakesScreen")
        assert "3 takes" in stage.lines()[0]
        await stage.press("up", "2")
        assert [page(stage).found.takes.index(t) for t in page(stage).two] == [0, 1]
        await stage.press("escape")
        assert stage.screen == "FeedbackScreen"


async def test_g_later_holds_a_session_of_that_question(bank: Bank) -> None:
    async with taken_twice(bank) as stage:
        await stage.press("escape", "escape")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        open_takes(stage.app, REST)
        await stage.until(lambda: stage.screen == "TakesScreen")
        await stage.press("g")
        await stage.until(lambda: len(stage.backend.wanted) == 2)
        assert stage.backend.wanted[1].questions == (REST,)
        await stage.phase("listening")


async def test_the_feedback_says_what_is_heard_since_the_take_before(bank: Bank) -> None:
    async with taken_twice(bank) as stage:
        await stage.press("escape")
        first, second = stage.state.earlier[0], stage.state.assessments[0]
        was = {p.id for p in first.points if p.verdict in ("covered", "partly")}
        new = [p.text.rstrip(".") for p in second.points if p.core and p.verdict == "covered" and p.id not in was]
        assert new, "the test needs a better answer"
        shown = flat(" ".join(stage.texts().splitlines()))
        assert f"BESIDE YOUR TAKE earlier in this session. Now also heard: {new[0]}" in shown


async def test_a_question_never_taken_says_so(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        open_takes(stage.app, SQL)
        await stage.until(lambda: stage.screen == "Note")
        assert "There is no take of it." in stage.texts()
