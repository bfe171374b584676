"""Who can't speak at all: an answer in one's head on the clock, its points ticked afterwards, in no average."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.tui.stage import REST, SQL, Stage, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.pressure import Pressure


@asynccontextmanager
async def ticking(bank: Bank, *questions: str, size: tuple[int, int] = (80, 24), **how: object) -> AsyncIterator[Stage]:
    """The floor was given back after ten silent seconds."""
    async with interviewed(bank, *(questions or (REST,)), size=size, quiet="in your head", **how) as stage:
        await stage.phase("listening")
        await stage.passes(10.0, recorded=False)
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "TickScreen" and stage.rows())
        yield stage


async def test_the_time_runs_while_one_answers_in_ones_head_and_nothing_is_recorded(bank: Bank) -> None:
    async with interviewed(bank, REST, quiet="in your head") as stage:
        await stage.phase("listening")
        await stage.passes(12.0, recorded=False)
        assert "0:12" in stage.drawn()
        assert not stage.backend.capture.recording


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40)])
async def test_every_point_of_the_question_stands_there_unticked_with_extra_ones_named(
    bank: Bank, size: tuple[int, int]
) -> None:
    async with ticking(bank, size=size) as stage:
        points = bank.questions[REST].points
        assert len(stage.rows()) == len(points)
        for row, point in zip(stage.rows(), points, strict=True):
            flat = " ".join(row.split())
            assert point.text in flat and "[ ]" in flat
            assert flat.endswith("(extra)") != point.core
        assert "in no average" in stage.texts()


async def test_space_ticks_and_takes_back_and_the_mark_moves_with_the_arrows(bank: Bank) -> None:
    async with ticking(bank) as stage:
        await stage.press("space", "down", "space", "up", "space")
        assert ["[x]" in row for row in stage.rows()[:3]] == [False, True, False]
        assert stage.rows()[0].startswith(" > ")
        await stage.press("up")
        assert stage.rows()[0].startswith(" > "), "there is nothing above the first"


async def test_what_was_ticked_is_shown_as_ones_own_word_and_counts_nowhere(bank: Bank) -> None:
    async with ticking(bank) as stage:
        first = bank.questions[REST].points[0]
        await stage.press("space", "enter")
        await stage.feedback()
        answer = stage.state.assessments[0]
        assert answer.self_rated == (first.id,) and answer.unscored is not None and answer.coverage is None
        assert "CORE 1 of 4, EXTRA 0 of 2, ticked" in stage.drawn()


async def test_nothing_ticked_is_an_answer_too(bank: Bank) -> None:
    async with ticking(bank) as stage:
        await stage.press("enter")
        await stage.feedback()
        assert stage.state.assessments[0].self_rated == ()


async def test_ticks_of_one_question_are_not_those_of_the_next(bank: Bank) -> None:
    async with ticking(bank, REST, SQL) as stage:
        await stage.press("space", "enter")
        await stage.feedback()
        await stage.press("escape")
        await stage.phase("listening")
        await stage.passes(5.0, recorded=False)
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "TickScreen" and len(stage.rows()) == len(bank.questions[SQL].points))
        assert not any("[x]" in row for row in stage.rows())


async def test_a_cut_off_ends_the_answer_in_ones_head_and_asks_what_was_in_it(bank: Bank) -> None:
    async with interviewed(bank, REST, quiet="in your head", clock=Pressure(answer_s=20, follow_up_s=20)) as stage:
        await stage.phase("listening")
        await stage.passes(21.0, recorded=False)
        await stage.until(lambda: stage.screen == "TickScreen")
        assert stage.state.cut == "limit"


async def test_leaving_while_ticking_keeps_the_session_to_be_gone_on_with(bank: Bank) -> None:
    async with ticking(bank) as stage:
        await stage.press("escape")
        await stage.until(lambda: stage.state.phase == "closed")
        assert stage.state.close_reason == "left"
        assert not stage.delivered(e.SelfRated)


async def test_the_night_page_opens_from_home_and_starts_what_is_known(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        stage.backend.page = (("Your own best sentences: the queue keeps the messages.",), (SQL,))
        await stage.press("n")
        await stage.until(lambda: "the queue keeps the messages" in stage.texts())
        await stage.press("1")
        await stage.phase("listening")
        assert (stage.backend.wanted[0].questions, stage.backend.wanted[0].minutes) == ((SQL,), 20)


async def test_a_night_page_without_anything_heard_says_so(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("n")
        await stage.until(lambda: "Nothing was heard yet" in stage.texts())
