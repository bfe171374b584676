"""A session held by the product itself on a virtual sound card, with what was handed to the device and when."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from voiceprep import wiring
from voiceprep.audio.lines import InputLine, OutputLine, Playing, Samples
from voiceprep.audio.speaker import CardSpeaker
from voiceprep.bank.contents import Bank
from voiceprep.config import Places, Settings
from voiceprep.core import events as e
from voiceprep.core.plan import Plan
from voiceprep.core.state import State
from voiceprep.pcm.wav import RATE
from voiceprep.ports import Sound
from voiceprep.wiring.room import Room, RoomAnswers
from voiceprep.wiring.session import Held, Steering

LOUD = 300
"""An int16 sample above this is somebody's voice."""
POLL_S = 0.01


class Silent(Exception):
    """What was waited for didn't come."""


@dataclass
class Handed:
    """A sound that was handed to the speaker. Moments are of the monotonic clock."""

    sound: Sound
    lane: str
    called_s: float
    first_s: float = math.nan
    """When the output callback took its first sample that isn't zero."""
    audible_s: float = math.nan
    """The same, for the first one above `LOUD`."""
    over_s: float = math.nan
    """When its last audible sample was due."""


class NotingSpeaker:
    """The card's speaker, and what it was given."""

    def __init__(self, speaker: CardSpeaker, line: OutputLine) -> None:
        self._speaker, self._line = speaker, line
        self.handed: list[Handed] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="noting", daemon=True)
        self._thread.start()

    @property
    def stops(self) -> int:
        return self._speaker.stops

    def play(self, sound: Sound, since: int | None = None) -> None:
        with self._lock:
            self.handed.append(Handed(sound, threading.current_thread().name, time.monotonic()))
        self._speaker.play(sound, since)

    def stop(self) -> None:
        self._speaker.stop()

    def forget(self) -> None:
        self._speaker.forget()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        """Finds each sound in the stream again; they come out in the order in which they were given."""
        known: list[Playing] = []
        noted = 0
        while not self._over.wait(POLL_S):
            known += [one for one in list(self._line.waiting) if not any(one is other for other in known)]
            while noted < min(len(known), len(self.handed)):
                playing, handed = known[noted], self.handed[noted]
                if playing.cut and not playing.given:
                    noted += 1
                    continue
                loud = np.flatnonzero(np.abs(playing.samples.astype(np.int32)) > LOUD)
                first, audible = int(np.flatnonzero(playing.samples)[0]), int(loud[0]) if len(loud) else 0
                if playing.given <= audible and not playing.cut:
                    break
                handed.first_s = self._taken_s(playing.first + first)
                handed.audible_s = self._taken_s(playing.first + audible)
                handed.over_s = handed.first_s + (playing.audible - first) / self._line.rate
                noted += 1

    def _taken_s(self, place: int) -> float:
        """When the callback ran that took the sample."""
        blocks = [block for block in list(self._line.blocks) if block.start <= place < block.start + block.count]
        return blocks[0].at_s if blocks else math.nan


@dataclass
class Told:
    """An event, when the loop had done with it, and what the interview was then."""

    at_s: float
    event: e.Event
    state: State


@dataclass
class Session:
    """`candidate` runs beside the session in a thread of its own; when it returns, or fails, the candidate leaves."""

    plan: Plan
    bank: Bank
    places: Places
    choice: wiring.Choice
    candidate: Callable[[Session], None]
    hands_free_s: float | None = None
    steered: Callable[[Steering], None] = lambda steering: None
    told: list[Told] = field(default_factory=list)
    problem: BaseException | None = None

    def hold(self) -> Held:
        """Raises what the candidate's thread raised."""
        self.places.cache.mkdir(parents=True, exist_ok=True)
        room = Room(Settings(), self.places.cache / "audio.log", lambda news: None, quiet="")
        try:
            card = room.card
            if card is None or not (room.listens and room.speaks):
                raise Silent(" ".join(room.notices) or "The sound card can't do both.")
            output, ears = card._output.line, card._input.line
            assert output is not None and ears is not None
            self.output: OutputLine = output
            self.input: InputLine = ears
            self.microphone = card.microphone
            self.speaker = NotingSpeaker(card.speaker, output)
            manner = wiring.Manner(
                paced=True, speaker=self.speaker, steer=self._steer, hands_free_s=self.hands_free_s
            )  # fmt: skip
            held = wiring.hold(
                self.plan, self.bank, RoomAnswers(room.microphone), self.places, self.choice, self._watch, manner
            )
            self.speaker.close()
        finally:
            room.close()
        if self.problem is not None:
            raise self.problem
        return held

    def _steer(self, steering: Steering) -> None:
        self.steering = steering
        self.steered(steering)
        threading.Thread(target=self._answer, name="candidate", daemon=True).start()

    def _answer(self) -> None:
        try:
            self.candidate(self)
        except BaseException as problem:  # noqa: BLE001 - it's told by `hold`
            self.problem = problem
        self.deliver(e.CandidateLeft())

    def _watch(self, event: e.Event, state: State) -> None:
        self.told.append(Told(time.monotonic(), event, state))

    def deliver(self, event: e.Event) -> None:
        self.steering.runner.deliver(event)

    @property
    def state(self) -> State:
        return self.steering.runner.state

    def wait(self, there: Callable[[], object], within_s: float = 60.0, what: str = "") -> None:
        """Raises Silent."""
        until_s = time.monotonic() + within_s
        while not there():
            if time.monotonic() > until_s:
                raise Silent(f"{what or 'it'} didn't come within {within_s:.0f} s; {self.state.phase}")
            time.sleep(POLL_S)

    def event(self, kind: type, since_s: float = 0.0, take_id: str = "") -> Told | None:
        """The first of that kind, for that take if one is given."""
        for one in list(self.told):
            right = isinstance(one.event, kind) and one.at_s >= since_s
            if right and (not take_id or getattr(one.event, "take_id", take_id) == take_id):
                return one
        return None

    def listening(self, after_take: str = "", within_s: float = 60.0) -> str:
        """The take that the candidate has the floor for, when its recording runs."""

        def runs() -> bool:
            state = self.state
            ready = state.phase == "listening" and state.take_id != after_take and not state.done_asked
            return ready and self.microphone.reading

        self.wait(runs, within_s, "the floor")
        return self.state.take_id

    def hears(self, sound: Samples, since: int) -> int:
        """The place in the microphone's stream where that sound's last loud sample will be, or is: known as soon as its
        first one came in after `since`."""
        found: list[int] = []

        def began() -> bool:
            loud = np.flatnonzero(np.abs(self.input.ring.read(since, self.input.ring.end).astype(np.int32)) > LOUD)
            found.extend(int(n) for n in loud[:1])
            return bool(found)

        self.wait(began, 20.0, "the candidate's voice")
        first, last = ends(sound)
        return max(since, self.input.ring.oldest) + found[0] + round((last - first) * self.input.rate / RATE)

    def wait_for_place(self, place: int, later_s: float = 0.0) -> float:
        """Until so long after the microphone made that sample; how long after it was in truth."""
        while (left_s := self.input.when_s(place) + later_s - time.monotonic()) > 0:
            time.sleep(min(left_s, 0.2))
        return later_s - left_s

    def handed(self, lane: str, since_s: float) -> Handed | None:
        """The first sound that a lane handed over since then and that has begun to sound."""
        found = (h for h in list(self.speaker.handed) if h.lane == lane and h.called_s >= since_s)
        return next((h for h in found if not math.isnan(h.first_s)), None)


def ends(sound: Samples) -> tuple[int, int]:
    """The first and the last loud sample."""
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > LOUD)
    return int(loud[0]), int(loud[-1])


def is_said(sound: Sound, session: Session, text: str) -> bool:
    """Whether it's this sentence, in the session's own voice."""
    ports = session.steering.ports
    assert ports.synthesizer is not None
    own = ports.synthesizer.synthesize(ports.spoken_form(text))
    return sound.pcm[: len(own.pcm)] == own.pcm
