"""A few of the kill table's kills (`make kill-table` makes three hundred)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import power_cut, stops
from tests.faults.kill_subject import forked
from tests.faults.quick import HUM, Quick
from voiceprep.config import Places
from voiceprep.pcm.recording import read_recording
from voiceprep.sessions import store
from voiceprep.sessions.finalise import left_over


def test_killed_sessions_lose_nothing_and_go_on() -> None:
    table = [sys.executable, "-m", "tests.faults.kill_table", "--kills", "2", "--seed", "4"]
    done = subprocess.run(table, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["kills"] == 2


def test_a_power_cut_loses_no_more_than_a_second_of_sound_and_nothing_that_was_waited_for(tmp_path: Path) -> None:
    if not power_cut.possible():
        pytest.skip("an image can only be mounted by root on Linux")
    table = [sys.executable, "-m", "tests.faults.power_cut", "--cuts", "1", "--seed", "7"]
    done = subprocess.run(table, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("part", [0.0, 0.6])
def test_killed_at_any_change_of_session_json_a_take_or_the_report_all_that_was_accepted_is_there(
    tmp_path: Path, part: float
) -> None:
    """No engine is asked in it, so every call can have its kill; the table has the engines."""
    quick = Quick(tmp_path)
    for kind in ("session.json", "flac", "report"):
        for nth in range(40):
            where, counted = Places(tmp_path / f"{kind}{nth}", quick.where.cache), tmp_path / f"{kind}{nth}.events"

            def deed(where: Places = where, kind: str = kind, nth: int = nth, counted: Path = counted) -> None:
                fd = os.open(counted, os.O_WRONLY | os.O_CREAT)
                stops.watch(where.sessions, stops.dies_at(kind, nth, part))
                quick.hold(lambda event, state: os.write(fd, b"."), where)

            lived = os.waitstatus_to_exitcode(os.waitpid(forked(deed, tmp_path / "out"), 0)[1]) == 0
            whole_after(where, counted.stat().st_size, lived)
            if lived:
                break
        else:
            pytest.fail("it never ends")
        assert nth > 4, kind


def whole_after(where: Places, accepted: int, lived: bool) -> None:
    """What a session was left as: all that was accepted is in it, and the next start sees to its takes."""
    for folder in store.folders(where.sessions):
        if not folder.journal.is_file():
            assert not accepted
            continue
        recovered = store.recover(folder)
        assert len(recovered.history) >= accepted
        ended = recovered.state.close_reason == "finished"
        assert ended or not lived
        left_over(where.sessions, lambda: False)
        assert all(HUM.startswith(read_recording(take)) for take in folder.takes())
        assert [p for p in store.verify(folder) if not isinstance(p, store.Bearable)] == []
        if ended:
            assert store.verify(folder) == []
            assert sorted(p.name for p in folder.audio.iterdir()) == ["a002.flac", "a003.flac"]
