"""What the interview needs from the outside, as small protocols. Sound crosses as int16 mono bytes with its rate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from voiceprep.core.events import Event
from voiceprep.core.feedback import Ground
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.question import Point
from voiceprep.core.transcript import Transcript

TAKE_RATE = 16_000
"""Samples a second of a take on disk."""


@dataclass(frozen=True, slots=True)
class Sound:
    """int16 mono samples, little-endian, at `rate` samples per second."""

    pcm: bytes
    rate: int

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / 2 / self.rate


class Clock(Protocol):
    """Seconds that only go forward. `slept_s`: how long the machine has slept, without `now_s` counting it and with it
    counted, from an arbitrary beginning."""

    def now_s(self) -> float: ...

    def slept_s(self) -> tuple[float, float]: ...

    def sleep_s(self, seconds: float) -> None: ...


class Microphone(Protocol):
    """Where the candidate's voice comes from.

    `read` gives the next block, or None when there will be no more; a live one gives an empty block when nothing has
    come within 50 ms, and raises DeviceError when it has died, hung, fallen silent or become another. `lag_s` is how
    much sound has been made and not read yet, `lost_s` how much was lost on its way so far, in seconds."""

    @property
    def name(self) -> str: ...

    def open(self) -> None: ...

    def read(self) -> Sound | None: ...

    @property
    def lost_s(self) -> float: ...

    def lag_s(self) -> float: ...

    def close(self) -> None: ...


class Speaker(Protocol):
    """Plays a sound to its end, or until `stop`; returns when the last of it has left. Raises DeviceError. With `since`
    nothing sounds if it was told to stop after `stops` was that. After `forget` what was played isn't looked for in
    what the microphone hears next."""

    @property
    def stops(self) -> int:
        """How often it was told to stop."""

    def play(self, sound: Sound, since: int | None = None) -> None: ...

    def stop(self) -> None: ...

    def forget(self) -> None: ...


class Vad(Protocol):
    """Speech probability of each 32 ms chunk of 16 kHz int16, in order."""

    chunk_samples: int

    def probability(self, chunk: bytes) -> float: ...


class Transcriber(Protocol):
    """Recognises samples `start` to `end` (None: all) of a take on disk. Raises EngineError.

    `quick`: while somebody waits for it, cheaply; else as carefully as it can, which gives other words only where it
    `hears_more_with_care`. `phrase_s` is how much of an answer is gathered before it's recognised while the candidate
    speaks on: the least that pays at a pause, and the most without one, in seconds."""

    name: str
    phrase_s: tuple[float, float]
    hears_more_with_care: bool

    def transcribe(self, path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript: ...

    def close(self) -> None: ...


class Synthesizer(Protocol):
    """Speaks a text. Raises EngineError."""

    name: str

    def synthesize(self, text: str) -> Sound: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """An answer that comes as text."""

    text: str


@dataclass(frozen=True, slots=True)
class TypedLater:
    """The answer will be typed into the screen, which delivers it as AnswerTyped."""


class Answers(Protocol):
    """Where the next answer comes from: a microphone, typed text, or None when there are no more."""

    def next(self, question: str) -> Microphone | TypedAnswer | TypedLater | None: ...


Deliver = Callable[[Event], None]


class Capture(Protocol):
    """Records one take at a time from a microphone to disk, reporting what it hears until the answer has ended.

    `start` with `goes_on` adds to a take; with `limit_s` the take ends when it's so long. `pause` keeps the take and
    reports nothing; `finish` reports AnswerEnded, whether the take is being recorded or lies there paused. None of them
    waits for a device or the disk; `stop` ends whatever runs as `finish` does, and waits for it a moment."""

    def start(
        self,
        take_id: str,
        microphone: Microphone,
        deliver: Deliver,
        *,
        goes_on: bool = False,
        limit_s: float | None = None,
    ) -> None: ...

    def pause(self) -> None: ...

    def finish(self, take_id: str, deliver: Deliver) -> None: ...

    def stop(self) -> None: ...

    def sounding(self) -> bool:
        """Whether what comes in just now may be speech that isn't reported yet."""


class Judge(Protocol):
    """Gives a second opinion on an answer. `name` says what it is and where the answer's text goes.

    `opinion` raises nothing, and is back within a bounded time, or at once when another thread calls `stop`."""

    @property
    def name(self) -> str: ...

    def opinion(self, ask: str, points: Sequence[Point], transcript: Transcript) -> Opinion | NoOpinion: ...

    def stop(self) -> None: ...


class Journal(Protocol):
    """Where events are written before anything is done about them. `durable` waits until the device has them."""

    def append(self, event: Event, *, durable: bool = False) -> None: ...

    def close(self) -> None: ...


class Grounds(Protocol):
    """What a question's answers are held against; the session's own copy, so that it outlives the bank."""

    def ground(self, question_id: str) -> Ground: ...


@dataclass(frozen=True)
class Ports:
    """Everything outside that an interview uses. `synthesizer` None: captions only, `silent_because` says why;
    `transcriber` None: typed answers only; `judge` None: no second opinion, and no lane for it."""

    journal: Journal
    answers: Answers
    capture: Capture
    transcriber: Transcriber | None
    synthesizer: Synthesizer | None
    speaker: Speaker
    clock: Clock
    grounds: Grounds
    take_path: Callable[[str], Path]
    voice_lane: Executor
    recogniser_lane: Executor
    spoken_form: Callable[[str], str] = lambda text: text
    silent_because: str = ""
    cue_lane: Executor | None = None
    """For what the interviewer says besides; None: it's only shown."""
    ahead_lane: Executor | None = None
    """For what is made ready to be said; None: nothing is."""
    bell: Sound | None = None
    audible: bool = True
    """Whether what is said can come in by the microphone."""
    recorded_s: Callable[[str], float] = lambda take_id: 0.0
    """How much of a take is on disk."""
    live: bool = False
    """Whether answers take the time they take, so that rough words are recognised meanwhile and a clock can run beside
    them. A recording that's read at once is cut where the clock would have been."""
    judge: Judge | None = None
    judge_lane: Executor | None = None
