"""A few of the kill table's kills (`make kill-table` makes a hundred)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.kill_table import kill_once
from voiceprep.wiring.demo import demo_folder


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_killed_session_loses_nothing_and_goes_on(tmp_path: Path, seed: int) -> None:
    row = kill_once(demo_folder() / "rest-or-graphql.versioning.ogg", seed, tmp_path)
    assert row is not None, "the session was over before the kill: choose another seed"
    assert row.lost_s <= 0.10
    assert row.bit_exact
    assert row.events_kept >= row.events_accepted
    assert row.finished
    assert row.whole
