"""Two programs on one data folder, and one that is stopped as a sleeping machine's is: nothing is written twice, the
second says who has it and may look, and the first goes on where it was."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.faults.kill_subject import forked
from tests.faults.quick import HUM, Quick
from tests.sessions.command import batch
from voiceprep import clock, round_clock, wiring
from voiceprep.core.events import MachineSlept, Unpaused
from voiceprep.pcm.recording import read_recording
from voiceprep.sessions import store
from voiceprep.sessions.journal import read_journal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")
ASLEEP_S = clock.GAP_S + 0.5


def until(true: Callable[[], bool], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def events_of(root: Path) -> tuple[object, ...]:
    there = [f for f in store.folders(root) if f.journal.is_file()]
    return read_journal(there[0].journal).events if there else ()


@contextlib.contextmanager
def held(data: Path, bank: Path) -> Iterator[subprocess.Popen[str]]:
    """A session that waits for its first typed answer."""
    command = [sys.executable, "-m", "voiceprep", "practice", "--text", "--voice", "none"]
    process = subprocess.Popen(
        [*command, "--bank", str(bank), "--data-dir", str(data)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        until(lambda: len(events_of(data / "sessions")) == 2)
        yield process
    finally:
        process.kill()
        process.wait(10)
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()


def test_the_second_says_who_has_it_and_may_look_and_the_first_goes_on_after_a_sleep(tmp_path: Path) -> None:
    bank, data = small_bank.write(tmp_path / "bank"), ("--data-dir", tmp_path / "data")
    with held(tmp_path / "data", bank) as first:
        (folder,) = store.folders(tmp_path / "data" / "sessions")
        before = {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()}
        os.kill(first.pid, signal.SIGSTOP)
        slept_from = time.monotonic()
        resumed, deleted, rescored, listed, shown, played = batch(
            [
                ["practice", "--text", "--voice", "none", "--resume", "last", *data],
                ["sessions", "delete", "last", "--yes", *data],
                ["rescore", "last", *data],
                ["sessions", "list", *data],
                ["sessions", "show", "last", *data],
                ["replay", "last", *data],
            ],
            stdin="mine\n\n",
        )
        resumed.failed(1, f"already open in process {first.pid}")
        deleted.failed(1, "open")
        assert "wasn't ended" in rescored.out + rescored.err
        for looked in (listed, shown, played):
            assert looked.code == 0 and looked.out, looked
        assert {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()} == before
        time.sleep(max(0.0, ASLEEP_S - (time.monotonic() - slept_from)))
        os.kill(first.pid, signal.SIGCONT)
        assert first.stdin is not None
        first.stdin.write(f"{small_bank.HALF}\n\n{small_bank.INVALIDATE}\n\nmine\n\n")
        first.stdin.close()
        assert first.wait(30) == 0
    assert folder.state().assessments[0].text == small_bank.HALF
    assert folder.state().close_reason == "finished" and store.verify(folder) == []


def test_the_lock_of_a_killed_program_is_free_and_what_it_accepted_is_gone_on_with(tmp_path: Path) -> None:
    bank = small_bank.write(tmp_path / "bank")
    with held(tmp_path / "data", bank) as first:
        first.kill()
        first.wait(10)
    (folder,) = store.folders(tmp_path / "data" / "sessions")
    assert (folder.path / "lock").read_text().split() == [str(first.pid)], "what it left"
    command = ["practice", "--text", "--voice", "none", "--resume", "last", "--data-dir", tmp_path / "data"]
    (done,) = batch([command], stdin="mine\n\n" * 4)
    assert done.code == 0 and "Going on where the session stopped." in done.out
    assert folder.state().close_reason == "finished" and store.verify(folder) == []


def test_a_sleep_in_an_answer_that_nobody_can_unpause_costs_nothing(tmp_path: Path) -> None:
    """A sound file in real time, the process stopped in the middle of it; what counts as a sleep is made short."""
    quick = Quick(tmp_path)

    def deed() -> None:
        clock.GAP_S = round_clock.ASLEEP_S = 0.6
        question, _ = quick.plan.questions
        answers = wiring.ScriptedAnswers({question.ask: quick.sound}, paced=True)
        wiring.hold(
            quick.plan, quick.bank, answers, quick.where, wiring.Choice("basic", voice="none"),
            lambda event, state: None, wiring.Manner(paced=True),
        )  # fmt: skip

    pid = forked(deed, tmp_path / "out")
    until(lambda: len(events_of(quick.where.sessions)) == 2)
    (folder,) = store.folders(quick.where.sessions)
    until(lambda: folder.take("a001").is_file() and folder.take("a001").stat().st_size > 10_000)
    os.kill(pid, signal.SIGSTOP)
    time.sleep(1.0)
    os.kill(pid, signal.SIGCONT)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, (tmp_path / "out").read_text()
    told = folder.history().events
    (slept,) = (event for event in told if isinstance(event, MachineSlept))
    assert slept.for_s >= 0.9
    assert isinstance(told[told.index(slept) + 1], Unpaused)
    assert read_recording(folder.recording("a001")) == HUM
    assert folder.state().close_reason == "finished" and store.verify(folder) == []
