"""The page of how it goes: from home, and back to practising what it names."""

from __future__ import annotations

import pytest

from tests.tui.stage import REST, SQL, Stage, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core.progress import DueQuestion, PointStanding, Progress, WeakPoint
from voiceprep.tui.backend import ProgressView, Wanted

PRICE = PointStanding("price", "What one gives up with NoSQL.", True, 3.0, "not heard", "2026-11-03", False, 2)
FOUND = Progress(
    answers=4, questions=2, next_due="2026-12-01", topics=(), delivery=(), broken=(),
    due=(DueQuestion(REST, "REST or GraphQL", "apis", "2026-11-03", "1 of 4 core points was not heard"),),
    weak=(WeakPoint(SQL, "SQL or NoSQL", PRICE),),
)  # fmt: skip


async def opened(stage: Stage, found: Progress = FOUND) -> None:
    stage.backend.progressed = ProgressView(found, "2026-11-21")
    await stage.press("p")
    await stage.until(lambda: stage.screen == "ProgressScreen")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40)])
async def test_what_is_due_and_what_stays_weak_stand_there(bank: Bank, size: tuple[int, int]) -> None:
    async with on_stage(bank, size=size) as stage:
        await opened(stage)
        for said in ("DUE NOW  1", "REST or GraphQL", "since 3 Nov", "What one gives up with NoSQL."):
            assert said in stage.texts()
        assert all(len(line) <= size[0] for line in stage.lines())


async def test_enter_asks_what_is_due_as_home_would(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("q")
        await opened(stage)
        await stage.press("enter")
        await stage.phase("listening")
        assert stage.backend.wanted == [Wanted(quiet="typed")]


async def test_g_asks_the_weakest_question(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await opened(stage)
        await stage.press("g")
        await stage.phase("listening")
        assert stage.backend.wanted[0].questions == (SQL,)


async def test_with_nothing_due_or_weak_there_are_no_keys_for_it(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await opened(stage, Progress(0, 0, (), "", (), (), (), ()))
        assert "No answers yet." in stage.texts()
        assert "what is due" not in stage.bar() and "weakest" not in stage.bar()
        await stage.press("enter", "g", "t")
        assert stage.screen == "ProgressScreen" and not stage.backend.wanted
        await stage.press("escape")
        assert stage.screen == "HomeScreen"
