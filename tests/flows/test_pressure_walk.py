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
from tests.kit.speech_fixture import LOUD, likeness, samples, spoken
from voiceprep.bank.contents import Bank
from voiceprep.core.pressure import COUNTED, CUT_OFF
from voiceprep.pcm.wav import RATE
from voiceprep.sessions import store

pytestmark = pytest.mark.slow

make_room, room = test_terminal.make_room, test_terminal.room

QUESTION = "slow-endpoint"
LIMIT_S = 15
ANSWER = (
    "I work step by step and narrow it down instead of guessing. First I look at the dashboards, at traffic, latency "
    "and error rate, to see how far the trouble reaches. Then I follow a few slow requests in a distributed trace, "
    "and I find out where the time goes, in our own code, in a database query, or in an outside call. For a slow query "
    "I read the execution plan. Then I read the application logs for errors on that endpoint, and I ask what changed "
    "just before, a deployment or a configuration."
)
"""More than can be said in that time."""
VOICE = "slt"
"""The interviewer's, of flite's."""
LATE_S = 0.3
"""How late the clock may be on a busy machine, and how much longer than its limit a recording."""
SOUNDS_WITHIN_S = 0.3
"""The cut-off, by a tape that may be 0.06 s early; a quiet machine needs less than 0.1."""
SAID_S = 2.0
"""Longer than the interviewer takes for the cut-off."""
CLEAR_S = 0.1
"""What a moment on the tape may be out by, and a little more."""
TAIL_S = 3.0
"""How long the tape goes on, so that what was being said is on it whole however soon the screen went on."""


class Tape:
    """What came out of the speaker, on the journal's clock.

    Nobody tells when a recording's first sample was. But what lies in the file at a moment was recorded before it, so
    that moment less the file's length is the beginning or later, by as long as the sound was on its way. The smallest
    of many looks is the beginning, however busy the machine is, but for what the sound server renders ahead: by this
    clock a sound may come 0.06 s early (measured against `tests.bench.cut_off`), and never late."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looks: list[tuple[int, int]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.004):
            size = self._path.stat().st_size if self._path.exists() else 0
            if size and (not self._looks or self._looks[-1][1] != size):
                self._looks.append((time.monotonic_ns(), size))

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def read(self) -> None:
        with wave.open(str(self._path)) as file:
            per_s = file.getframerate() * file.getsampwidth() * file.getnchannels()
            header = self._path.stat().st_size - file.getnframes() * file.getsampwidth() * file.getnchannels()
        self._sound = samples(self._path)
        self._began_ns = min(at - (size - header) * 10**9 // per_s for at, size in self._looks if size > header)

    def between(self, moment_ns: int, from_s: float, to_s: float) -> np.ndarray:
        """What sounded so long before (negative) and after a moment."""
        start, end = ((moment_ns - self._began_ns) / 1e9 + s for s in (from_s, to_s))
        assert start >= 0 and end <= len(self._sound) / RATE, "that isn't on the tape"
        return self._sound[round(start * RATE) : round(end * RATE)]

    def sounds(self, moment_ns: int, from_s: float, to_s: float) -> bool:
        return bool(np.max(np.abs(self.between(moment_ns, from_s, to_s))) > LOUD)

    def onset_s(self, moment_ns: int, from_s: float, to_s: float) -> float:
        """When the first sound came, in seconds from that moment."""
        loud = np.flatnonzero(np.abs(self.between(moment_ns, from_s, to_s)) > LOUD)
        assert len(loud), "nothing sounded"
        return from_s + float(loud[0]) / RATE

    def holds(self, text: str, moment_ns: int, from_s: float, to_s: float) -> float:
        """How alike what sounded then is to the text as the interviewer's voice says it."""
        said = samples(spoken(text, self._path.with_name("interviewer.wav"), VOICE))
        loud = np.flatnonzero(np.abs(said) > LOUD)
        return likeness(said[loud[0] : loud[-1]], self.between(moment_ns, from_s, to_s))


@contextmanager
def taped(room: Room) -> Iterator[Tape]:
    path = room.folder / "speaker.wav"
    tape = Tape(path)
    try:
        with room.card.record(path):
            yield tape
            time.sleep(TAIL_S)
    finally:
        tape.end()
    tape.read()


class Eyes:
    """Somebody who looks at the screen all the time, and remembers everything that stood there."""

    def __init__(self, room: Room) -> None:
        self._term = room.term
        self.seen: list[str] = []

    def until(self, *texts: str, within_s: float = 40.0, every_s: float = 0.02) -> str:
        """Looks until any of the texts stands there, however it's wrapped."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            shown = self._term.screen()
            if not self.seen or self.seen[-1] != shown:
                self.seen.append(shown)
            if any(text in squeezed(shown) for text in texts):
                return shown
            time.sleep(every_s)
        raise AssertionError(f"never on the screen: {texts}\n{self.seen[-1]}")

    def ever(self, text: str) -> bool:
        return any(text in squeezed(shown) for shown in self.seen)

    def in_order(self, *texts: str) -> bool:
        first = [next((n for n, shown in enumerate(self.seen) if text in squeezed(shown)), -1) for text in texts]
        return -1 not in first and first == sorted(first)

    def clock(self, whose: str, of_s: int) -> list[int]:
        """The seconds that were left, one after another, beside whose turn it was."""
        there = re.compile(rf"{whose}\s+0:(\d\d) left\s+of 0:{of_s:02d}")
        left = [int(found[1]) for shown in self.seen if (found := there.search(shown))]
        return [n for n, before in zip(left, [None, *left], strict=False) if n != before]


def counts_down(left: list[int], from_s: int, to_s: int) -> bool:
    """Whether a clock went down all the way; a busy machine may lose a second at its ends, or between."""
    return left == sorted(left, reverse=True) and left[0] >= from_s - 1 and left[-1] <= to_s + 1 and len(left) >= 3


def moment_ns(room: Room, kind: str) -> int:
    """When the journal was told of it."""
    (line,) = [line for line in room.events(kind) if line["type"] == kind]
    return int(str(line["mono_ns"]))


def begin(room: Room, eyes: Eyes, think_s: int) -> None:
    """Up to the recording, which begins by itself; the rules and the question are cut short, since they are long."""
    room.voice(ANSWER)  # made before it's needed
    clock = ("--limit", str(LIMIT_S), "--think", str(think_s))
    room.term.start("practice", "--question", QUESTION, *clock, "--voice", "flite")
    for shows, comes in (("THE RULES", "INTERVIEWER SPEAKS"), ("INTERVIEWER SPEAKS", "TIME TO THINK")):
        eyes.until(shows)
        time.sleep(0.5)  # a key that comes before the voice cuts nothing short
        room.term.press("Enter")
        eyes.until(comes)
    eyes.until("YOUR TURN: SPEAK")


def to_the_feedback(room: Room, eyes: Eyes) -> None:
    """A follow-up may have been earned; it's skipped, but not before what is being said is over: a skip hushes it."""
    if "Feedback 1 of 1" not in eyes.until("FOLLOW-UP", "Feedback 1 of 1", within_s=60):
        time.sleep(SAID_S)
        room.term.press("s")
        eyes.until("Feedback 1 of 1")


def to_the_end(room: Room, eyes: Eyes) -> None:
    room.term.press("Escape")
    eyes.until("WHAT WAS HEARD")
    eyes.until("SAVED")
    room.term.press("q")
    assert room.term.wait_ended() == 0
    assert room.state().close_reason == "finished"
    assert store.verify(room.session) == []


def test_a_round_that_is_cut_off_at_its_second(room: Room) -> None:
    eyes = Eyes(room)
    with taped(room) as tape:
        begin(room, eyes, 6)
        room.card.say(room.voice(ANSWER), wait=False)
        eyes.until("0:01 left of 0:15", "STOPPED, SAVED")
        eyes.until("STOPPED, SAVED", every_s=0.002)
        eyes.until("FOLLOW-UP", "Feedback 1 of 1", every_s=0.002, within_s=60)
        to_the_feedback(room, eyes)
    assert len(samples(room.voice(ANSWER))) > (LIMIT_S + 2) * RATE, "it wasn't cut off in mid-sentence"
    eyes.until("STOPPED at 0:15, its time was up")
    room.term.press("PageDown")
    feedback = squeezed(eyes.until("NOT REACHED, stopped at 0:15", "NOT SCORED"))
    to_the_end(room, eyes)

    # The screen.
    assert eyes.in_order("THE RULES", "TIME TO THINK", "YOUR TURN: SPEAK", "STOPPED, SAVED", "Feedback 1 of 1")
    rules = "You have six seconds to think; recording starts by itself. Then fifteen seconds to answer"
    assert eyes.ever(rules) and not eyes.ever("PAUSED")
    assert eyes.ever(CUT_OFF["limit"]), "the words of the cut-off never stood on the screen"
    assert counts_down(eyes.clock("TIME TO THINK", 6), 6, 1), eyes.clock("TIME TO THINK", 6)
    assert counts_down(eyes.clock("YOUR TURN: SPEAK", 15), 15, 1), eyes.clock("YOUR TURN: SPEAK", 15)
    assert re.search(r"1 of 1 \| A suddenly slow endpoint \| under a clock, 0:1[45]", feedback)

    # The clock, and what was recorded by it.
    thought_ns, cut_ns, ended_ns = (moment_ns(room, kind) for kind in ("ThinkingEnded", "CutOff", "AnswerEnded"))
    lasted_s, taken_s = (cut_ns - thought_ns) / 1e9, len(room.take()) / RATE
    onset_s = tape.onset_s(cut_ns, -CLEAR_S, 2)
    stood_s = (ended_ns - cut_ns) / 1e9
    print(f"\ncut off after {lasted_s:.3f} s of {LIMIT_S}, {taken_s:.2f} s recorded")
    print(f"the cut-off sounded after {onset_s:.3f} s, and stood on the screen for {stood_s:.3f} s")
    assert 0 <= lasted_s - LIMIT_S <= LATE_S
    assert abs(taken_s - LIMIT_S) <= LATE_S
    assert room.holds(ANSWER, first_s=12) > 0.95, "the take lacks what was said"

    # The speaker: "Three. Two. One.", nothing while the candidate has the floor, "I'll stop you there."
    for left_s, text in zip((3, 2, 1), COUNTED, strict=True):
        assert tape.holds(text, thought_ns, -left_s - CLEAR_S, 1 - left_s) > 0.9, f"{text!r} wasn't said in its second"
    assert not tape.sounds(thought_ns, -5, -3 - CLEAR_S), "there was another sound than the countdown"
    assert not tape.sounds(thought_ns, 1, LIMIT_S - CLEAR_S), "it spoke while the candidate had the floor"
    assert onset_s <= SOUNDS_WITHIN_S
    assert tape.holds(CUT_OFF["limit"], cut_ns, -CLEAR_S, 2.5) > 0.9


def test_the_clock_goes_on_without_a_microphone_and_in_a_smaller_window(room: Room, bank: Bank) -> None:
    term, eyes = room.term, Eyes(room)
    begin(room, eyes, 5)
    room.card.say(room.voice(ANSWER), wait=False)
    eyes.until("0:12 left of 0:15", "0:11 left of 0:15")
    term.resize(60, 20)
    small = eyes.until("left of 0:15 recording,")  # there the takes that are left don't stand between
    assert "YOUR TURN: SPEAK" in small and squeezed(bank.questions[QUESTION].ask) in squeezed(small)
    eyes.until("0:10 left of 0:15", "0:09 left of 0:15")
    room.card.unplug()
    paused = eyes.until("PAUSED")
    kept = room.take()
    assert re.search(r"The microphone was unplugged\. 0:0\d are on disk\.", squeezed(paused)), paused
    eyes.until("STOPPED, SAVED")
    assert counts_down(eyes.clock("PAUSED", 15), 6, 1), eyes.clock("PAUSED", 15)

    to_the_feedback(room, eyes)
    assert eyes.in_order("YOUR TURN: SPEAK", "PAUSED", "STOPPED, SAVED", "Feedback 1 of 1")
    why = "STOPPED at 0:15, its time was up It is no fair measure: The microphone was unplugged."
    eyes.until(why)
    to_the_end(room, eyes)
    assert "no fair measure" in (room.session.path / "report.md").read_text(encoding="utf-8")

    lasted_s = (moment_ns(room, "CutOff") - moment_ns(room, "ThinkingEnded")) / 1e9
    lost_s = (moment_ns(room, "MicrophoneLost") - moment_ns(room, "ThinkingEnded")) / 1e9
    print(f"\nlost after {lost_s:.1f} s, {len(kept) / RATE:.1f} s kept; cut off after {lasted_s:.3f} s of {LIMIT_S}")
    assert 0 <= lasted_s - LIMIT_S <= LATE_S
    assert np.array_equal(room.take(), kept), "what was on disk has changed"
    assert room.holds(ANSWER, first_s=4) > 0.95, "the take lacks what was said before"
    answer = room.state().assessments[0]
    assert answer.clocked is not None and answer.clocked.cut is not None
    assert (answer.clocked.cut.at_s, answer.clocked.interrupted) == (LIMIT_S, "The microphone was unplugged.")
