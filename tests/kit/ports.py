"""Ports that work at once and remember: an interview on them is instant and the same every time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path

from voiceprep.core import events as e
from voiceprep.core.feedback import Ground
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word, heard
from voiceprep.errors import EngineError
from voiceprep.ports import Deliver, Microphone, Ports, Sound, TypedAnswer, TypedLater


@dataclass
class ManualClock:
    """Time that passes when somebody sleeps, and at no other time. What the machine slept: `slept` without the clock
    counting it, `counted` with it."""

    at_s: float = 0.0
    slept: float = 0.0
    counted: float = 0.0

    def now_s(self) -> float:
        return self.at_s

    def slept_s(self) -> tuple[float, float]:
        return self.slept, self.counted

    def sleep_s(self, seconds: float) -> None:
        self.at_s += max(0.0, seconds)


@dataclass
class Waiting:
    """A runner's inbox that takes no real time: where the loop would wait, the clock moves on by as much, and what is
    planned for then is done. With `real_s` it waits so long in truth, for a thread that may deliver something."""

    clock: ManualClock
    real_s: float = 0.0
    gives_up_s: float = 3600.0
    planned: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    _inbox: queue.SimpleQueue = field(default_factory=queue.SimpleQueue)

    def put(self, event: object) -> None:
        self._inbox.put(event)

    def plan(self, in_s: float, what: Callable[[], None]) -> None:
        self.planned.append((self.clock.now_s() + in_s, what))
        self.planned.sort(key=lambda one: one[0])

    def get(self, timeout: float) -> object:
        try:
            return self._inbox.get(timeout=self.real_s) if self.real_s else self._inbox.get_nowait()
        except queue.Empty:
            until_s = self.clock.now_s() + timeout
            assert until_s < self.gives_up_s, "it stood still"
            if self.planned and self.planned[0][0] <= until_s:
                at_s, what = self.planned.pop(0)
                self.clock.sleep_s(at_s - self.clock.now_s())
                what()
            else:
                self.clock.at_s = until_s
            raise


class Inline(Executor):
    """Does the work where it's submitted."""

    def submit(self, fn: Callable, /, *args: object, **kwargs: object) -> Future:
        done: Future = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass
class MemoryJournal:
    """Events in a list, with which of them waited for the disk."""

    events: list[e.Event] = field(default_factory=list)
    waited: list[str] = field(default_factory=list)

    def append(self, event: e.Event, *, durable: bool = False) -> None:
        self.events.append(event)
        if durable:
            self.waited.append(type(event).__name__)

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Spoken:
    """An answer as a script: what is said, and when. Words last 0.3 s from `start_s`, pauses are silence between."""

    text: str
    start_s: float = 1.0

    name = "script"
    lost_s = 0.0

    def open(self) -> None: ...

    def read(self) -> Sound | None:
        return None

    def lag_s(self) -> float:
        return 0.0

    def close(self) -> None: ...

    def words(self) -> tuple[Word, ...]:
        return tuple(
            Word(w, round(self.start_s + 0.3 * n, 3), round(self.start_s + 0.3 * n + 0.3, 3), 0.9)
            for n, w in enumerate(self.text.split())
        )


@dataclass
class ScriptedCandidate:
    """Answers in turn order: Spoken, TypedAnswer, TypedLater, or None for no answer."""

    script: list[Spoken | TypedAnswer | TypedLater | None]
    asked: list[str] = field(default_factory=list)

    def next(self, question: str) -> Microphone | TypedAnswer | TypedLater | None:
        self.asked.append(question)
        return self.script.pop(0) if self.script else None


@dataclass
class ScriptedCapture:
    """Reports a script's speech as a recording would."""

    takes: dict[str, Spoken] = field(default_factory=dict)

    def start(
        self,
        take_id: str,
        microphone: Microphone,
        deliver: Deliver,
        *,
        goes_on: bool = False,
        limit_s: float | None = None,
    ) -> None:
        assert isinstance(microphone, Spoken)
        self.takes[take_id] = microphone
        words = microphone.words()
        end_s = words[-1].end_s if words else microphone.start_s
        if words:
            deliver(e.SpeechStarted(take_id, words[0].start_s))
            deliver(e.SpeechEnded(take_id, end_s))
        deliver(e.AnswerEnded(take_id, "recording ended", min(end_s + 0.5, limit_s or 1e9)))

    def pause(self) -> None: ...

    def finish(self, take_id: str, deliver: Deliver) -> None: ...

    def stop(self) -> None: ...

    def sounding(self) -> bool:
        return False


@dataclass
class HeldCapture(ScriptedCapture):
    """Records until it's told to stop. `told` is what it was told; `on_its_way` is reported by the next pause."""

    told: list[str] = field(default_factory=list)
    on_its_way: list[e.Event] = field(default_factory=list)
    _deliver: Deliver = lambda event: None

    def start(
        self,
        take_id: str,
        microphone: Microphone,
        deliver: Deliver,
        *,
        goes_on: bool = False,
        limit_s: float | None = None,
    ) -> None:
        assert isinstance(microphone, Spoken)
        self.told.append(f"{'go on' if goes_on else 'start'} {take_id}")
        self.takes[take_id] = microphone
        self._deliver = deliver
        words = microphone.words()
        if words and not goes_on:
            deliver(e.SpeechStarted(take_id, words[0].start_s))
            deliver(e.SpeechEnded(take_id, words[-1].end_s))

    def pause(self) -> None:
        self.told.append("pause")
        while self.on_its_way:
            self._deliver(self.on_its_way.pop(0))

    def finish(self, take_id: str, deliver: Deliver) -> None:
        self.told.append(f"finish {take_id}")
        spoken = self.takes.get(take_id)
        deliver(e.AnswerEnded(take_id, "done", spoken.words()[-1].end_s + 0.5 if spoken else 0.0))


@dataclass
class ScriptedTranscriber:
    """Hears the script's words; `failures` are raised first, one a call."""

    capture: ScriptedCapture
    name: str = "script"
    failures: list[EngineError] = field(default_factory=list)
    calls: int = 0
    phrase_s: tuple[float, float] = (4.0, 9.0)
    hears_more_with_care: bool = True

    def transcribe(self, path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        spoken = self.capture.takes[path.stem]
        words = spoken.words()
        return heard(words, engine=self.name, speech=(Span(words[0].start_s, words[-1].end_s),) if words else ())

    def close(self) -> None: ...


@dataclass
class ScriptedVoice:
    """Says nothing in 2 s."""

    name: str = "script voice"
    said: list[str] = field(default_factory=list)

    def synthesize(self, text: str) -> Sound:
        self.said.append(text)
        return Sound(b"\0\0" * 32_000, 16_000)

    def close(self) -> None: ...


@dataclass
class ClockSpeaker:
    """Playing takes the sound's time on the clock."""

    clock: ManualClock
    stops: int = 0

    def play(self, sound: Sound, since: int | None = None) -> None:
        self.clock.sleep_s(sound.duration_s)

    def stop(self) -> None: ...

    def forget(self) -> None: ...


@dataclass(frozen=True)
class Grounds:
    """Grounds by question id."""

    by_id: Mapping[str, Ground]

    def ground(self, question_id: str) -> Ground:
        return self.by_id[question_id]


def instant_ports(
    script: Sequence[Spoken | TypedAnswer | TypedLater | None],
    grounds: Mapping[str, Ground],
    clock: ManualClock | None = None,
    capture: ScriptedCapture | None = None,
) -> tuple[Ports, MemoryJournal, ScriptedTranscriber]:
    """All ports of an interview on a script."""
    clock = clock or ManualClock()
    capture = capture or ScriptedCapture()
    transcriber = ScriptedTranscriber(capture)
    journal = MemoryJournal()
    ports = Ports(
        journal=journal,
        answers=ScriptedCandidate(list(script)),
        capture=capture,
        transcriber=transcriber,
        synthesizer=ScriptedVoice(),
        speaker=ClockSpeaker(clock),
        clock=clock,
        grounds=Grounds(grounds),
        take_path=lambda take_id: Path(f"{take_id}.wav"),
        voice_lane=Inline(),
        recogniser_lane=Inline(),
    )
    return ports, journal, transcriber
