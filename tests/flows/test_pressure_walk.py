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
        a=time.monotonic_ns()
        with room.card.record(path):
            b=time.monotonic_ns()
            yield tape
    finally:
        tape.end()
    tape.read(); print('began', (tape.began_ns-a)/1e6, (b-tape.began_ns)/1e6, 'ms')


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


def begin(room: Room, eyes: Eyes, think_s: float, after: str) -> None:
    """Up to the time to think, which comes by itself; the rules and the question are cut short, since they are long."""
    clock = ("--limit", f"{LIMIT_S:g}", "--think", f"{think_s:g}")
    room.voice(ANSWER)  # made before it's needed
    room.term.start("practice", "--question", QUESTION, *clock)
    for shows, comes in (("THE RULES", "INTERVIEWER SPEAKS"), ("INTERVIEWER SPEAKS", "TIME TO THINK")):
        eyes.until(shows)
        time.sleep(0.5)  # a key that comes before the voice does nothing
        room.term.press("Enter")
        eyes.until(comes)


def test_probe(room: Room, bank: Bank) -> None:
    term, eyes = room.term, Eyes(room)
    with taped(room) as tape:
        begin(room, eyes, THINK_S, "")
        eyes.until("YOUR TURN: SPEAK")
        room.card.say(room.voice(ANSWER), wait=False)
        eyes.until("STOPPED, SAVED")
        shown = eyes.until("FOLLOW-UP", "Feedback |")
    cut=moment_ns(room,"CutOff"); th=moment_ns(room,"ThinkingEnded")
    print("cut after", (cut-th)/1e9, tape.first_loud_s(cut,3))
    def prof(a,b): return " ".join(str(int(np.max(np.abs(x)))) if len(x:=tape.between(a+n*10**8,a+(n+1)*10**8)) else "." for n in range(b))
    print(prof(th-6*10**9,70)); print(prof(cut-10**9,40))
    import wave as w
    from tests.kit.speech_fixture import words_heard
    for a,b in ((-.3,1.7),(-.3,2.0),(-.1,2.5)):
        piece=tape.between(cut+int(a*1e9),cut+int(b*1e9)).astype("<i2")
        f=room.folder/"cut.wav"
        with w.open(str(f),"wb") as o: o.setparams((1,2,RATE,0,"NONE","")); o.writeframes(piece.tobytes())
        print(words_heard(f,bank,room.folder/f"x{b}.wav"))
    print(room.holds(ANSWER,first_s=12), room.holds(ANSWER,first_s=5), len(room.take())/RATE)
    print(tape.began_ns)
    term.press("s"); eyes.until("Feedback |"); time.sleep(1)
    for k in range(20): term.press("Down")
    time.sleep(1); print(term.screen())
    for k in ("PageDown","End","C-End","C-Down","NPage"): term.press(k)
    time.sleep(1); print(term.screen())
    term.resize(80,60); time.sleep(1); print(term.screen())
