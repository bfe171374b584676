"""The session that gets killed: `python -m tests.faults.kill_subject DATA SOUND PROGRESS SPEED`.

The real wiring and engines; only the microphone counts what it hands over, into PROGRESS (two little-endian int64:
16 kHz samples handed over in the take being recorded, events accepted).
"""

from __future__ import annotations

import mmap
import struct
import sys
from pathlib import Path

from voiceprep import wiring
from voiceprep.audio.files import FileMicrophone
from voiceprep.clock import MonotonicClock
from voiceprep.config import Places
from voiceprep.core.plan import plan_questions
from voiceprep.ports import Sound


class FastClock:
    """The machine's clock, `speed` times as fast."""

    def __init__(self, speed: float) -> None:
        self._real, self._speed = MonotonicClock(), speed

    def now_s(self) -> float:
        return self._real.now_s() * self._speed

    def sleep_s(self, seconds: float) -> None:
        self._real.sleep_s(seconds / self._speed)


class CountingMicrophone(FileMicrophone):
    """Says how many samples have been handed over so far."""

    def __init__(self, path: Path, clock: FastClock, progress: mmap.mmap) -> None:
        super().__init__(path, clock)
        self._progress, self._given = progress, 0

    def open(self) -> None:
        self._given = 0
        self._progress[:8] = struct.pack("<q", 0)
        super().open()

    def read(self) -> Sound | None:
        block = super().read()
        if block is not None:
            self._given += len(block.pcm) // 2
            self._progress[:8] = struct.pack("<q", self._given)
        return block


class Answers:
    def __init__(self, sound: Path, clock: FastClock, progress: mmap.mmap) -> None:
        self._sound, self._clock, self._progress = sound, clock, progress

    def next(self, question: str) -> CountingMicrophone:
        return CountingMicrophone(self._sound, self._clock, self._progress)


def main() -> None:
    data, sound, progress_path, speed = sys.argv[1:5]
    with open(progress_path, "r+b") as file:
        progress = mmap.mmap(file.fileno(), 16)
    seen = 0

    def watch(event: object, state: object) -> None:
        nonlocal seen
        seen += 1
        progress[8:16] = struct.pack("<q", seen)

    bank = wiring.load_bank()
    clock = FastClock(float(speed))
    places = Places(Path(data), Path(data) / "cache")
    plan = plan_questions(["sql-or-nosql", "rest-or-graphql"], bank.questions)
    choice = wiring.Choice("basic", voice="espeak")
    wiring.hold(plan, bank, Answers(Path(sound), clock, progress), places, choice, watch, wiring.Manner(paced=False))


if __name__ == "__main__":
    main()
