"""The disk refuses the Nth thing that a session asks of it, for every N: nothing that came before is lost, nothing is
said to be saved that isn't, and what is said is one sentence and what to do."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import stops
from tests.faults.quick import HUM, Quick
from tests.sessions import disks, made
from tests.sessions.command import batch
from voiceprep.audio import capture
from voiceprep.config import Places
from voiceprep.core.events import AnswerEnded, Event
from voiceprep.errors import VoiceprepError
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.wav import RATE
from voiceprep.sessions import finalise, store
from voiceprep.wiring import Held


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Quick:
    return Quick(tmp_path_factory.mktemp("quick"))


class Refusing:
    """Refuses the nth call that changes anything under `root`, and all after it when the disk stays `broken`. Of the
    calls by which a take grows only every 25th counts: they are all alike."""

    def __init__(self, nth: int, code: int, *, broken: bool) -> None:
        self.left, self.code, self.broken = nth, code, broken
        self.refused: list[str] = []
        self._blocks = 0
        self._lock = threading.Lock()

    def __call__(self, name: str, kind: str, data: bytes | None, write: Callable[[bytes], Any]) -> None:
        with self._lock:
            if kind == "wav" and name == "write":
                self._blocks += 1
                if self._blocks % 25:
                    return
            self.left -= 1
            if self.left >= 0 or (self.refused and not self.broken):
                return
            if name in ("close", "unlink"):
                return  # neither needs room, and a descriptor that stays open would only be left open here
            self.refused.append(f"{name} {kind}")
        if self.code == errno.ENOSPC and data:
            write(data[: len(data) // 2])  # what still fitted
        raise OSError(self.code, os.strerror(self.code))


def outcome(quick: Quick, where: Places) -> tuple[list[Event], Held | None, str]:
    """A session's accepted events, and the session, or the one sentence about what ended it."""
    accepted: list[Event] = []
    try:
        return accepted, quick.hold(lambda event, state: accepted.append(event), where), ""
    except VoiceprepError as error:
        said, hint = error.message, error.hint
    assert hint and said.endswith(".") and "\n" not in said, said
    return accepted, None, said


def session_refused(quick: Quick, root: Path, nth: int, code: int, broken: bool) -> bool:
    """Holds a session on such a disk and looks at everything; whether anything was refused."""
    where = Places(root / "data", quick.where.cache)
    refusing = Refusing(nth, code, broken=broken)
    with pytest.MonkeyPatch.context() as patch:
        stops.watch(where.sessions, refusing, patch.setattr)
        accepted, held, said = outcome(quick, where)
    kept_all(where, accepted, held, said, nth, refusing.refused)
    return bool(refusing.refused)


def kept_all(where: Places, accepted: list[Event], held: Held | None, said: str, *about: object) -> None:
    """Whether the data folder holds all that was accepted, whole, and no more was said than is true."""
    there = [f for f in store.folders(where.sessions) if f.journal.is_file()]
    assert there or not accepted, about
    assert said or held is not None, about
    for folder in there:
        history = folder.history()
        assert history.damage == (), about
        assert list(history.events[: len(accepted)]) == accepted, about
        for take in folder.takes():
            assert HUM.startswith(read_recording(take)), about
        for end in (e for e in accepted if isinstance(e, AnswerEnded)):
            recording = folder.recording(end.take_id)
            kept = read_recording(recording) if recording.is_file() else b""
            assert len(kept) // 2 == round(end.duration_s * RATE), about
            assert end.detail or len(kept) == len(HUM), (*about, "what was cut short is said with the answer's end")
        found = store.verify(folder)
        assert all(isinstance(problem, store.Bearable) for problem in found), (*about, found)
        if held is not None and held.state.close_reason == "finished":
            assert found == [] and held.report.is_file(), (*about, found)
        assert list(store.recover(folder).history[: len(accepted)]) == accepted, about


@pytest.mark.parametrize(("code", "broken", "step"), [(errno.ENOSPC, True, 1), (errno.EIO, False, 2)])
def test_a_session_refused_at_any_change_of_the_disk_keeps_all_that_came_before(
    quick: Quick, tmp_path: Path, code: int, broken: bool, step: int
) -> None:
    for nth in range(0, 400, step):
        if not session_refused(quick, tmp_path / str(nth), nth, code, broken):
            assert nth > 30, "it never came far"
            return
    pytest.fail("it never ends")


@pytest.fixture
def storm() -> Iterator[None]:
    """A signal every millisecond, so that calls of the system are interrupted."""
    before = signal.signal(signal.SIGALRM, lambda number, frame: None)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("storm")
def test_interrupted_and_short_writes_cost_nothing(
    quick: Quick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[: 1 + len(data) // 3]))
    held = quick.hold(where=Places(tmp_path / "data", quick.where.cache))
    monkeypatch.undo()
    assert held.state.close_reason == "finished" and store.verify(held.folder) == []
    assert [read_recording(take) for take in held.folder.takes()] == [HUM, HUM]


def test_a_disk_that_fills_up_anywhere_in_a_session_keeps_what_fitted(
    quick: Quick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real ones, of a few more pages each; the floors that keep this from happening are taken away."""
    monkeypatch.setattr(store, "LEAST_FREE_BYTES", 0)
    monkeypatch.setattr(capture, "FLOOR_BYTES", 0)
    monkeypatch.setattr(finalise, "SPARE_BYTES", 0)
    outcomes = set()
    for size_kb in range(16, 400, 12):
        with disks.tiny(tmp_path / f"{size_kb}k", f"{size_kb}k") as disk:
            where = Places(disk / "data", quick.where.cache)
            accepted, held, said = outcome(quick, where)
            outcomes.add((len(accepted), held is not None))
            assert held is not None or said.startswith("The disk is full"), said
            kept_all(where, accepted, held, said, size_kb)
    assert {done for _, done in outcomes} == {True, False}
    assert len({accepted for accepted, done in outcomes if not done}) >= 3, "they didn't fill up in different places"


def test_on_a_disk_that_became_read_only_everything_can_be_looked_at_and_nothing_is_begun(tmp_path: Path) -> None:
    with disks.tiny(tmp_path / "disk", "300m") as disk:
        folder = made.session(disk)
        lines = folder.journal.read_bytes().splitlines(keepends=True)
        folder.journal.write_bytes(b"".join(lines[:12]) + lines[12][:9])
        disks.read_only(disk)
        data = ("--data-dir", disk)
        looked = [["sessions", "list"], ["sessions", "show", "last"], ["replay", "last"]]
        *seen, resumed = batch(
            [[*words, *data] for words in looked]
            + [["practice", "--text", "--voice", "none", "--resume", "last", *data]],
            stdin="mine\n\n",
        )
        assert [r.code for r in seen] == [0, 0, 0], seen
        resumed.failed(1, "The disk is read-only")
        assert store.cut_off(folder.path.parent) is None, "it can't be gone on with"
