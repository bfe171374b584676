"""A round under a clock as a person has it: the rules, the countdown and the cut-off in a real terminal and out of a
real speaker, while a candidate (flite) speaks into a real microphone.

`pytest -s` prints the seconds measured."""

from __future__ import annotations

import re
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.flows import test_terminal
from tests.flows.test_terminal import Room, squeezed
from tests.kit.speech_fixture import LOUD, samples
from voiceprep.bank.load import Bank
from voiceprep.core.pressure import CUT_OFF
from voiceprep.pcm.wav import RATE
from voiceprep.sessions import store

pytestmark = pytest.mark.slow

make_room, room = test_terminal.make_room, test_terminal.room

QUESTION = "slow-endpoint"
LIMIT_S, THINK_S = 15.0, 20.0
ANSWER = (
    "I work step by step and narrow it down instead of guessing. First I look at the dashboards, at traffic, latency "
    "and error rate, to see how far the trouble reaches. Then I follow a few slow requests in a distributed trace, "
    "and I find out where the time goes, in our own code, in a database query, or in an outside call. For a slow query "
    "I read the execution plan. Then I read the application logs for errors on that endpoint, and I ask what changed "
    "just before, a deployment or a configuration."
)
"""More than can be said in that time."""
SOUNDS_WITHIN_S = 0.3
LATE_S = 0.25
"""How late a busy machine may be with what the clock told in time."""


class Tape:
    """What came out of the speaker, on the journal's clock.

    No program can ask when the recording's first sample was; but what has come to the file at a moment was recorded
    before it, so no moment less the length of the file then is earlier than the beginning. The smallest of many is the
    beginning, but for the way from the sound server to the file when that was quickest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._looks: list[tuple[int, int]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.004):
            if self.path.exists():
                size = self.path.stat().st_size
                if not self._looks or self._looks[-1][1] != size:
                    self._looks.append((time.monotonic_ns(), size))

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def read(self) -> None:
        with wave.open(str(self.path)) as file:
            per_s = file.getframerate() * file.getsampwidth() * file.getnchannels()
        self.sound = samples(self.path)
        header = self.path.stat().st_size - round(len(self.sound) / RATE * per_s)
        self.began_ns = min(at - round((size - header) / per_s * 1e9) for at, size in self._looks if size > header)

    def between(self, from_ns: int, to_ns: int) -> np.ndarray:
        start, end = ((ns - self.began_ns) * RATE // 10**9 for ns in (from_ns, to_ns))
        return self.sound[max(0, start) : max(0, end)]

    def first_loud_s(self, from_ns: int, within_s: float) -> float | None:
        """Seconds from that moment to the first sound after it."""
        loud = np.flatnonzero(np.abs(self.between(from_ns, from_ns + round(within_s * 1e9))) > LOUD)
        return float(loud[0]) / RATE if len(loud) else None


@contextmanager
def taped(room: Room) -> Iterator[Tape]:
    path = room.folder / "speaker.wav"
    tape = Tape(path)
    try:
        with room.card.record(path):
            yield tape
    finally:
        tape.end()
    tape.read()


class Eyes:
    """Someone who looks at the screen all the time, and remembers everything that stood there."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.seen: list[str] = []

    def until(self, *texts: str, within_s: float = 30.0) -> str:
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            shown = self.room.term.screen()
            if not self.seen or self.seen[-1] != shown:
                self.seen.append(shown)
            if any(text in squeezed(shown) for text in texts):
                return shown
            time.sleep(0.02)
        raise AssertionError(f"never on the screen: {texts}\n{self.seen[-1]}")

    def ever(self, text: str) -> bool:
        return any(text in squeezed(shown) for shown in self.seen)

    def clock(self, title: str) -> list[int]:
        """The seconds left that stood beside this title, one after another."""
        found = [re.search(rf"{title}\s+0:(\d\d) left\s+of 0:\d\d", shown) for shown in self.seen]
        left = [int(one[1]) for one in found if one]
        return [n for n, before in zip(left, [None, *left], strict=False) if n != before]


def moment_ns(room: Room, kind: str) -> int:
    """When the journal was told of it."""
    (line,) = [line for line in room.events(kind) if line["type"] == kind]
    return int(str(line["mono_ns"]))


def test_probe(room: Room, bank: Bank) -> None:
    term, eyes = room.term, Eyes(room)
    room.voice(ANSWER)
    T=time.monotonic
    t0=T()
    with taped(room) as tape:
        term.start("practice", "--question", QUESTION, "--limit", "15", "--think", "5")
        eyes.until("THE RULES")
        term.press("Enter")
        eyes.until("INTERVIEWER SPEAKS"); term.press("Enter")
        eyes.until("YOUR TURN: SPEAK"); print(T()-t0)
        t1=T()
        room.card.say(room.voice(ANSWER), wait=False)
        time.sleep(3)
        term.resize(60,20)
        time.sleep(.5)
        print(term.screen())
        time.sleep(1.5)
        room.card.unplug()
        print(eyes.until("PAUSED")); print(T()-t1)
        time.sleep(1); print(term.screen())
        eyes.until("STOPPED, SAVED"); print(T()-t1); print(len(room.take())/RATE)
        eyes.until("FOLLOW-UP", "ONCE MORE", "Feedback |"); print(T()-t1)
    print(term.screen())
    if "Feedback |" not in term.screen():
        term.press("s")
    eyes.until("Feedback |"); print(T()-t0)
    time.sleep(1); print(term.screen())
    for k in range(20): term.press("Down")
    time.sleep(1); print(term.screen())
    for k in range(5): term.press("PageDown")
    time.sleep(1); print(term.screen())
    print(eyes.clock("TIME TO THINK"), eyes.clock("YOUR TURN: SPEAK"), eyes.clock("PAUSED"))
    cut=moment_ns(room,"CutOff"); th=moment_ns(room,"ThinkingEnded")
    print("cut after", (cut-th)/1e9, tape.first_loud_s(cut-10**8,3))
    print(" ".join(str(int(np.max(np.abs(tape.between(th+n*10**8,th+(n+1)*10**8))))) for n in range(-50,0)))
    print(" ".join(str(int(np.max(np.abs(tape.between(cut+n*10**8,cut+(n+1)*10**8))))) for n in range(-10,40)))
    print(len(room.take())/RATE, np.abs(room.take())[-RATE*2:].max())
    term.press("Escape"); print(eyes.until("WHAT WAS HEARD"))
    term.press("q"); print(term.wait_ended(), store.verify(room.session))
    for l in room.session.journal.read_text().splitlines(): print(l[:300])
