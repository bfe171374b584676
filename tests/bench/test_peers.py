"""The bench beside peers measures what it says: real parts, a small made model, an answer of 10 s; nothing is timed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.bench.peers import WORDS_PER_S, table
from tests.bench.peers.__main__ import page, turns
from tests.bench.peers.answers import LOUD, Spoken, made_answers, made_model
from tests.bench.peers.runs import FILES, OURS, realtimestt, run_one
from tests.bench.peers.table import Row
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="the bench reads /proc")

START = {
    "python_s": 0.02, "python_cpu_s": 0.02, "help_s": 0.06, "help_cpu_s": 0.05, "help_imports": 70, "help_heavy": [],
    "first_paint_s": 0.5, "usable_s": 0.6, "usable_first_time_s": 2.0, "first_question_s": 0.3,
    "first_question_first_time_s": 1.0,
}  # fmt: skip
ABOUT = dict.fromkeys(("command", "day", "machine", "load", "versions", "speech"), "…")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, Spoken]]:
    """A model that costs next to nothing, and two answers."""
    folder = tmp_path_factory.mktemp("peers")
    return made_model(folder / "model", "micro"), made_answers(folder, [10, 20])


def took(**figures: float) -> Mapping[str, Any]:
    return {"question_s": 1.0, "cpu_s": 1.0, "peak_mb": 300.0, "other_load": 0.0, **figures}


def test_answers_differ_in_length_and_end_alike(made: tuple[Path, dict[int, Spoken]]) -> None:
    short, long = (np.frombuffer(read_16k(made[1][n].path), "<i2") for n in (10, 20))
    ends = [np.flatnonzero(np.abs(s.astype(int)) > LOUD)[-1] / RATE for s in (short, long)]
    assert ends == pytest.approx([made[1][10].end_s, made[1][20].end_s], abs=0.01)
    assert len(long) - len(short) == pytest.approx(10 * RATE, abs=RATE)
    last = slice(-10 * RATE, None)
    assert np.array_equal(short[last], long[last])


def test_a_peer_is_counted_by_windows_and_by_words_for_the_sound_it_was_given(
    made: tuple[Path, dict[int, Spoken]],
) -> None:
    found = run_one(FILES[1], made[0], made[1][10], 10)
    assert found["frames_per_frame"] == 3.0, "one window of 30 s for 10 s"
    assert abs(found["words"] - 10 * WORDS_PER_S) <= 2
    assert found["cpu_s"] > 0
    assert found["question_s"] >= found["text_s"] > 0
    assert found["peak_mb"] > 20


def test_ours_is_a_whole_session_that_asks_on(made: tuple[Path, dict[int, Spoken]]) -> None:
    found = run_one(replace(OURS, order={"hurried": 5.0}), made[0], made[1][10], 10)
    assert not found.get("failed")
    assert found["question_s"] >= found["sound_s"] > 0
    assert 0 < found["live_recogniser_cpu_s"] < found["live_cpu_s"] <= found["cpu_s"]
    assert found["frames_per_frame"] >= 3.0, "at least the careful pass"
    assert found["unscored"] is None


def test_a_peer_that_is_not_there_says_why_and_has_no_figures(made: tuple[Path, dict[int, Spoken]]) -> None:
    peer = realtimestt(sys.executable)[0]
    found = run_one(peer, made[0], made[1][10], 10)
    assert "RealtimeSTT" in found["failed"]
    row = Row(peer.name, peer.settings, {10: [found]})
    assert row.figure("question_s", 10) is None
    written = page(
        [Row("voiceprep", "", {10: [took(sound_s=0.1)]}), Row("app", "", {10: [took()]}), row], [10], START, ABOUT
    )
    assert found["failed"] in written
    assert "| RealtimeSTT | – | – |" in written


def test_the_page_tells_ratios_growth_unmet_goals_and_where_a_peer_wins() -> None:
    ours = Row("voiceprep", "", {10: [took(sound_s=0.02, question_s=0.5)], 60: [took(sound_s=0.02, question_s=0.5)]})
    app = Row("app", "", {10: [took(question_s=2.0, peak_mb=200.0)], 60: [took(question_s=6.0)]})
    written = page([ours, app], [10, 60], START, ABOUT)
    assert "| app | 2.00 s (4.0x) | 6.00 s (12x) | 3.0x |" in written
    assert "- app, memory, in MB: 10 s 200 (ours 300)." in written
    assert "| done to the first sound, median | ≤ 0.03 s | 0.020 s | yes |" in written
    assert "| stand-in app's wait over our first sound, 60 s | ≥ 20x | 300x | yes |" in written
    assert "| live recognition, CPU-s per s | ≤ 0.15 | – | – |" in written


def test_a_disturbed_run_counts_only_where_there_is_no_other() -> None:
    row = Row(
        "app", "", {10: [took(question_s=9.0, other_load=0.5), took()], 60: [took(question_s=9.0, other_load=0.5)]}
    )
    assert (row.figure("question_s", 10), row.figure("question_s", 60)) == (1.0, 9.0)
    assert "in 2 runs" in table.loads([row])


def test_peers_take_turns_and_those_that_take_long_have_one_at_each_length() -> None:
    by_pauses, _, whole = realtimestt("python")
    assert [(p.name, n) for p, n in turns([by_pauses, whole], {60: 2, 300: 2})] == [
        (by_pauses.name, 60), (whole.name, 60), (by_pauses.name, 300), (whole.name, 300),
    ]  # fmt: skip
    order = turns([OURS, FILES[0]], {10: 2, 60: 1})
    assert [(p.name, n) for p, n in order] == [
        ("voiceprep", 10), ("stand-in app", 10), ("voiceprep", 60), ("stand-in app", 60),
        ("voiceprep", 10), ("stand-in app", 10),
    ]  # fmt: skip
