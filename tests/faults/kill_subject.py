"""The session that gets killed: the real wiring and engines; only the microphone counts what it hands over.

Made in forks of one process that has imported everything, so that a kill costs a session and not Python's start.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import traceback
from collections.abc import Callable, MutableSequence
from pathlib import Path

from tests.bank import small_bank
from voiceprep import cli, wiring
from voiceprep.audio.files import FileMicrophone
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.clock import MonotonicClock
from voiceprep.commands import practice, sessions  # noqa: F401 - imported here, once
from voiceprep.config import Places
from voiceprep.core.plan import plan_questions
from voiceprep.ports import Sound
from voiceprep.sessions import store
from voiceprep.sessions.finalise import left_over

SPEED = 8.0


class FastClock(MonotonicClock):
    """The machine's clock, SPEED times as fast."""

    def now_s(self) -> float:
        return super().now_s() * SPEED

    def sleep_s(self, seconds: float) -> None:
        super().sleep_s(seconds / SPEED)


class Progress:
    """What was handed over in the take being recorded (16 kHz samples) and how many events were accepted, in memory
    that outlives the process."""

    def __init__(self, memory: MutableSequence[int]) -> None:
        self._memory = memory

    handed = property(lambda self: self._get(0), lambda self, n: self._set(0, n))
    accepted = property(lambda self: self._get(8), lambda self, n: self._set(8, n))

    def _get(self, at: int) -> int:
        return struct.unpack("<q", bytes(self._memory[at : at + 8]))[0]

    def _set(self, at: int, n: int) -> None:
        self._memory[at : at + 8] = struct.pack("<q", n)


class CountingMicrophone(FileMicrophone):
    """Says how many samples have been handed over so far."""

    def __init__(self, path: Path, progress: Progress) -> None:
        super().__init__(path, FastClock())
        self._progress, self._given = progress, 0

    def open(self) -> None:
        self._given = self._progress.handed = 0
        super().open()

    def read(self) -> Sound | None:
        block = super().read()
        if block is not None:
            self._given += len(block.pcm) // 2
            self._progress.handed = self._given
        return block


class Answers:
    def __init__(self, sound: Path, progress: Progress) -> None:
        self._sound, self._progress = sound, progress

    def next(self, question: str) -> CountingMicrophone:
        return CountingMicrophone(self._sound, self._progress)


def small(folder: Path) -> Bank:
    """The small bank, written under `folder`."""
    return sound_bank(small_bank.write(folder / "bank"))


def hold(
    bank: Bank,
    where: Places,
    sound: Path,
    progress: Progress,
    apart: Progress | None = None,
    kinds: tuple[type, ...] = (),
) -> None:
    """A session of two questions, each answered with the sound. Events of some `kinds` are counted `apart`, too."""

    def watch(event: object, state: object) -> None:
        progress.accepted += 1
        if apart is not None and isinstance(event, kinds):
            apart.accepted += 1

    plan = plan_questions(list(bank.questions), bank.questions)
    choice = wiring.Choice("basic", voice="espeak")
    wiring.hold(plan, bank, Answers(sound, progress), where, choice, watch, wiring.Manner(paced=False))


def resume(where: Places, session_id: str, sound: Path) -> None:
    """`voiceprep practice --resume` in this process, which it ends with the command's exit code."""
    answers = [part for _ in range(8) for part in ("--answer-audio", str(sound))]
    os.environ["VOICEPREP_CACHE_DIR"] = str(where.cache)
    command = ["practice", "--headless", "--resume", session_id, "--data-dir", str(where.data)]
    raise SystemExit(cli.main([*command, "--engine", "basic", "--voice", "none", *answers]))


def tidy_up(where: Places) -> None:
    """What the next start does about a session whose process died when all was said: its takes, and its report."""
    for folder in store.folders(where.sessions):
        left_over(where.sessions, lambda: False)
        with folder.locked():
            wiring.write_report(folder)


def forked(deed: Callable[[], None], out: Path) -> int:
    """The pid of a process that does it, and prints to `out`."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        fd = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(fd, stream)
        deed()
        code = 0
    except SystemExit as gone:
        code = gone.code if isinstance(gone.code, int) else 1
    except BaseException:  # noqa: BLE001 - a fork must end here, whatever happened
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os._exit(code)
