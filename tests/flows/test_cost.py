"""The same recording given calm and then under a clock: what the clock cost is said at the end and in the report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sessions.command import Result, run
from voiceprep.core.past import day_in_words
from voiceprep.sessions import store
from voiceprep.wiring.demo import demo_folder
from voiceprep.wiring.past import cost_lines

ASKED = "sql-or-nosql"
LIMIT_S = 20
"""The recording is 49 s long."""


@dataclass(frozen=True)
class Pair:
    calm: Result
    clocked: Result
    root: Path


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    data = tmp_path_factory.mktemp("cost")
    practise = [
        "practice", "--headless", "--voice", "none", "--engine", "basic", "--data-dir", str(data),
        "--question", ASKED, "--answer-audio", str(demo_folder() / f"{ASKED}.ogg"),
    ]  # fmt: skip
    return Pair(run(*practise), run(*practise, "--limit", str(LIMIT_S)), data / "sessions")


def line_of(result: Result) -> list[str]:
    """What stands about the question between the counts and where the session lies."""
    counted = result.out.rpartition("\nSession: ")[0].splitlines()
    about = [line.removeprefix(f"  {ASKED:<24} ") for line in counted if line.startswith(f"  {ASKED} ")]
    assert about and about[0].startswith("CORE ")
    return about[1:]


def test_a_calm_answer_alone_is_held_beside_nothing(pair: Pair) -> None:
    assert pair.calm.code == 0 and line_of(pair.calm) == []


def test_what_the_clock_cost_is_said_at_the_end_and_in_the_report(pair: Pair) -> None:
    assert pair.clocked.code == 0
    first, second = store.folders(pair.root)
    calm, under = first.state().assessments[0], second.state().assessments[0]
    assert under.clocked is not None and under.clocked.cut is not None, "the test needs an answer that was cut off"
    (line,) = line_of(pair.clocked)
    day = first.id[:8]
    heard = [len([v for p, v in a.own_verdicts().items() if p in core(a) and v in ("covered", "partly")])
             for a in (calm, under)]  # fmt: skip
    assert heard[0] > heard[1], "the test needs a difference"
    rates = [a.delivery.words_per_minute for a in (calm, under)]
    assert all(isinstance(rate, float) for rate in rates)
    assert line.startswith(
        f"CALM on {day_in_words(f'{day[:4]}-{day[4:6]}-{day[6:]}')}: core {heard[0]} of 4, {rates[0]:.0f} words/min. "
        f"UNDER THE CLOCK: core {heard[1]} of 4, "
    )
    assert f"{rates[1]:.0f} words/min, stopped at 0:{LIMIT_S}. It may have cost you " in line, "it's a basic recogniser"
    assert cost_lines(pair.root, second.id, second.state()) == {ASKED: line}
    report = (second.path / "report.md").read_text(encoding="utf-8")
    assert report.replace("\\", "").count(line) == 1
    assert "CALM" not in (first.path / "report.md").read_text(encoding="utf-8")


def test_a_long_answer_shows_its_pace_over_time(pair: Pair) -> None:
    shown = re.search(r"PACE about (\d+) words/min by 15 s: (\d+), (\d+), (\d+)", " ".join(pair.calm.out.split()))
    assert shown is not None
    whole, *stretches = (int(rate) for rate in shown.groups())
    assert min(stretches) <= whole <= max(stretches)
    assert " by 15 s" not in pair.clocked.out, "20 s are one stretch"


def core(assessment) -> set[str]:
    return {p.id for p in assessment.points if p.core}
