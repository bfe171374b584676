"""voiceprep itself, through its own session: `python -m tests.bench.peers.ours ORDER`.

Everything is what a session uses: capture from a file at the pace of speech, VAD, recogniser and voice in their
children, matcher, journal. Only the speaker is a null device: it notes when it's handed sound, and takes as long as the
sound would. The last line printed is what it took, as JSON.

This module is all that knows how a session is held; `hold_one` is the seam.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.bench.peers import NEXT, QUESTION, machine
from voiceprep import memory, wiring
from voiceprep.audio.files import FileMicrophone, SilentSpeaker
from voiceprep.clock import MonotonicClock
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core.plan import plan_questions
from voiceprep.core.state import State
from voiceprep.ports import Sound, TypedLater
from voiceprep.speech import windows
from voiceprep.wiring.session import Steering

IDLE_S = 1.5
"""After so long without work everything about an answer is done."""
IDLE_SHARE = 0.08
GIVES_UP_S = 240.0


class Pace(MonotonicClock):
    """A clock that runs so many times as fast."""

    def __init__(self, times: float) -> None:
        super().__init__()
        self._times = times

    def now_s(self) -> float:
        return time.monotonic() * self._times

    def sleep_s(self, seconds: float) -> None:
        super().sleep_s(seconds / self._times)


class Candidate(FileMicrophone):
    """Speaks an answer and calls `done` when its seconds are over."""

    def __init__(self, path: Path, clock: MonotonicClock, done_s: float, done: Callable[[], None]) -> None:
        super().__init__(path, clock)
        self._left_s, self._done = done_s, done

    def read(self) -> Sound | None:
        block = super().read()
        if block is not None and self._left_s > 0:
            self._left_s -= block.duration_s
            if self._left_s <= 0:
                self._done()
        return block


class Used(NamedTuple):
    """Processor time that was used until a moment: by all processes, and by the recogniser's."""

    all_s: float
    recogniser_s: float

    @classmethod
    def by_now(cls) -> Used:
        return cls(machine.cpu_s(os.getpid()), machine.cpu_s(os.getpid(), "voiceprep.speech.recogniser_process"))


class NullDevice(SilentSpeaker):
    """Notes when the first sample that isn't zero was due of each sound; hurries until it's told not to."""

    def __init__(self) -> None:
        super().__init__(MonotonicClock())
        self.played: list[tuple[float, Used]] = []
        self.hurries = True

    def play(self, sound: Sound, since: int | None = None) -> None:
        loud = np.flatnonzero(np.frombuffer(sound.pcm, "<i2"))
        if len(loud):
            at_s = time.monotonic() + int(loud[0]) / sound.rate
            self.played.append((at_s, Used.by_now()))
        if not self.hurries:
            super().play(sound, since)


def first_sound_s(model: str, folder: Path) -> float:
    """When the first question's first sample was handed over, by the monotonic clock; then the candidate leaves."""
    device = NullDevice()
    steering: list[Steering] = []
    left = threading.Event()

    def watch(event: e.Event, state: State) -> None:
        if isinstance(event, e.QuestionSpoken) and not left.is_set():
            left.set()
            steering[0].runner.deliver(e.CandidateLeft())

    _hold(lambda question: TypedLater(), device, steering.append, watch, model, folder)
    return device.played[0][0]


def _hold(
    answer: Callable[[str], Candidate | TypedLater], device: NullDevice, steer: Callable[[Steering], None],
    watch: Callable[[e.Event, State], None], model: str, folder: Path,
) -> None:  # fmt: skip
    """A session of two questions."""

    class Answers:
        def next(self, question: str) -> Candidate | TypedLater:
            return answer(question)

    where = Places(folder / "data", folder / "cache")
    bank = wiring.load_bank(None, where)
    plan = plan_questions([QUESTION, NEXT], bank.questions)
    manner = wiring.Manner(paced=True, speaker=device, steer=steer)
    wiring.hold(plan, bank, Answers(), where, wiring.Choice("whisper", model, "auto", None), watch, manner)


def hold_one(answer: Path, done_s: float, model: str, folder: Path, *, hurried: float = 1.0) -> dict[str, Any]:
    """One answer, up to what is said after it and until all work about it is done. `hurried`: so many times as fast as
    it's spoken; then only the parts are tried, since what is recognised meanwhile depends on it.

    `sound_s`: from *done* to the first sample of whatever is said first; `question_s`: to the first of the question
    that the answer led to. `live_cpu_s` is used from the floor's opening to that, `live_recogniser_cpu_s` of it by the
    recogniser's process, `cpu_s` until nothing works any more.
    """
    device, began = NullDevice(), threading.Event()
    told: list[tuple[float, e.Event]] = []
    steering: list[Steering] = []
    marks: dict[str, float] = {}
    used: dict[str, Used] = {}

    def done() -> None:
        device.hurries = False
        marks["done_s"] = time.monotonic()
        runner = steering[0].runner
        runner.deliver(e.DoneAsked(runner.state.take_id))

    def speak(question: str) -> Candidate | TypedLater:
        if "floor_s" in marks:
            return TypedLater()  # the next answer never comes: whoever listens for it has nothing to do
        marks["floor_s"], used["floor"] = time.monotonic(), Used.by_now()
        return Candidate(answer, Pace(hurried), done_s, done)

    def watch(event: e.Event, state: State) -> None:
        told.append((time.monotonic(), event))
        spoken = [at_s for at_s, one in told if isinstance(one, e.QuestionSpoken)]
        if len(spoken) == 2 and "spoken_s" not in marks:
            marks["spoken_s"] = spoken[1]
            began.set()

    def leave() -> None:
        came = began.wait(done_s + GIVES_UP_S)
        idle_since_s, last_s = time.monotonic(), Used.by_now().all_s
        while came and time.monotonic() - idle_since_s < IDLE_S:
            time.sleep(0.5)
            now = Used.by_now()
            if now.all_s - last_s > IDLE_SHARE * 0.5:
                idle_since_s, used["idle"] = time.monotonic(), now
            last_s = now.all_s
        steering[0].runner.deliver(e.CandidateLeft())

    def steer(given: Steering) -> None:
        steering.append(given)
        threading.Thread(target=leave, daemon=True).start()

    _hold(speak, device, steer, watch, model, folder)
    after = [(at_s, used_s) for at_s, used_s in device.played if marks["done_s"] <= at_s <= marks["spoken_s"]]
    asked_s, asked = after[1]  # after the acknowledgement; more sentences of it may follow
    heard = [event.words for _, event in told if isinstance(event, e.WordsHeard)]
    assessed = [event.assessment for _, event in told if isinstance(event, e.Assessed)]
    return {
        "sound_s": after[0][0] - marks["done_s"],
        "question_s": asked_s - marks["done_s"],
        "live_cpu_s": asked.all_s - used["floor"].all_s,
        "live_recogniser_cpu_s": asked.recogniser_s - used["floor"].recogniser_s,
        "cpu_s": max(asked.all_s, used.get("idle", asked).all_s) - used["floor"].all_s,
        "ready_at_s": device.played[0][0],
        "from_at_s": marks["floor_s"],
        "question_at_s": asked_s,
        "quick_passes": len(heard),
        "quick_words": sum(map(len, heard)),
        "unscored": assessed[0].unscored if assessed else "not assessed",
    }


def main() -> None:
    memory.keep_little()  # as the command line does
    order = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(order.get("folder") or name)
        if order.get("short"):
            model = Path(order["model"])
            found_safe = windows.Calibration(windows.fingerprint(model), True, 1, 0, 0.0, 0.0, 0.0)
            windows.keep(model, found_safe, Places(folder / "data", folder / "cache").calibration)
        if order.get("leaves"):
            found = {"ready_at_s": first_sound_s(order["model"], folder)}
        else:
            hurried = order.get("hurried", 1.0)
            found = hold_one(Path(order["answer"]), order["done_s"], order["model"], folder, hurried=hurried)
    found["ready_s"] = found.pop("ready_at_s") - order["began_s"]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
