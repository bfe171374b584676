"""Three screens as plain text at 80x24. After a change that is meant, renew them and look at the difference:

VOICEPREP_RENEW_SNAPSHOTS=1 python -m pytest tests/tui/test_snapshots.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit.screen_backend import ScreenBackend, without_follow_ups
from tests.tui.stage import MIXED, REST, SLOW, SQL, Stage, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.tui.backend import Wanted

FOLDER = Path(__file__).parent / "snapshots"
RENEW = bool(os.environ.get("VOICEPREP_RENEW_SNAPSHOTS"))
"""Read here, because every test's own environment has nothing of ours in it."""


def same(stage: Stage, name: str) -> None:
    """The screen is what was kept under this name."""
    path, drawn = FOLDER / f"{name}.txt", stage.drawn() + "\n"
    if RENEW:
        path.write_text(drawn, encoding="utf-8")
        pytest.skip(f"renewed {path.name}")
    assert drawn == path.read_text(encoding="utf-8"), "see the head of this file for how to renew it"


async def test_the_interview_while_listening(bank: Bank) -> None:
    async with on_stage(bank, Wanted(questions=(SQL, REST, SLOW), minutes=10)) as stage:
        await stage.phase("listening")
        await stage.until(lambda: stage.backend.capture.recording)
        await stage.speak(
            "so um for orders I would stay on SQL because I need transactions but for the activity feed "
            "I would take (Cassandra?) since the writes"
        )
        stage.backend.wait_silently(3.5)
        stage.tick()
        await stage.settle()
        same(stage, "interview")


async def test_the_feedback(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, SQL, backend=backend) as stage:
        await stage.reviewed(MIXED)
        stage.clock.at_s += 6
        stage.page.refresh_page()
        await stage.settle()
        same(stage, "feedback")


async def test_the_summary(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, SQL, REST, backend=backend) as stage:
        await stage.reviewed(MIXED)
        await stage.press("escape")
        await stage.reviewed("I like trains.")
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.settle()
        same(stage, "summary")
