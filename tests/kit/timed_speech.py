"""Takes whose truth is known: phrases of voices cut to what can be heard of them, with silences of known length between
them and a room's noise over everything. And the product's own way from such a take to its delivery."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import soundfile
from numpy.typing import NDArray

from voiceprep.audio.capture import TakeRecorder
from voiceprep.audio.files import FileMicrophone
from voiceprep.audio.silero import SileroVad
from voiceprep.clock import MonotonicClock
from voiceprep.core import events as e
from voiceprep.core.delivery import Delivery, Unmeasured, measure
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word, heard
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE
from voiceprep.speech.voice import ChildSynthesizer

Samples = NDArray[np.float64]
Split = Literal["dev", "check"]
T = TypeVar("T")

FRAME = RATE // 100
FAINT_DB = 35.0
"""What is this much under a voice's loudest hundredth of a second isn't counted as heard."""
HUMAN_FAINT_DB = 28.0
"""The same for recordings, which have a room of their own below."""
ABOVE_ROOM_DB = 10.0
"""And what isn't this much above that room can't be told from it. Its level: a tenth of the moments are quieter."""
SETTLED_S = 0.12
"""A recording's silences of this length and more are where it is cut into phrases."""
LEAST_S = 0.5
WORDS_PER_S = 2.6
"""What a phrase of a recording is given for words: the truth of a rate is in its times."""

PHRASES: dict[Split, tuple[str, ...]] = {
    "dev": (
        "I would begin with the shape of the data",
        "the cache keeps what was read most often",
        "then every replica answers for a part of the keys",
        "we saw it in the logs on Tuesday",
        "an index makes this one query fast",
        "writes get slower",
        "because each of them has to be updated",
        "and the queue holds them back until somebody is free",
        "so I asked the team what they had changed",
        "it turned out to be a missing timeout",
        "that was my mistake",
        "after that we never deployed on a Friday again",
    ),
    "check": (
        "my first step is to measure where the time goes",
        "a relational database gives me transactions",
        "most of the traffic only reads",
        "the two services share nothing but a contract",
        "if one of them fails the other goes on",
        "we put a limit on retries",
        "otherwise they would have made it worse",
        "at night a job compares both sides",
        "the price is that a reader may see old data",
        "nobody noticed for a month",
        "today I would choose the simpler one",
        "and that is what I told my manager",
    ),
}
VOICES: dict[Split, tuple[str, ...]] = {
    "dev": ("flite slt", "flite kal16", "espeak en-us"),
    "check": ("flite rms", "flite awb", "espeak en-gb-scotland"),
}
"""Voices that development listened to, and those it never did."""
RECORDINGS: dict[Split, tuple[tuple[str, float, float], ...]] = {
    "dev": (("two_cities.flac", 0.0, 22.0),),
    "check": (("two_cities.flac", 22.0, 60.0), ("jfk.flac", 0.0, 60.0)),
}
"""File, and the seconds of it that are used."""


@dataclass(frozen=True)
class Phrase:
    """Sound in -1..1 at 16 kHz that begins and ends with something audible, and how many words it is."""

    sound: Samples
    words: int


@dataclass(frozen=True)
class Take:
    """A take with the truth about it: where each phrase lies, and its words, spread evenly over it."""

    sound: Samples
    speech: tuple[Span, ...]
    words: tuple[Word, ...]


def spoken(voice: str, split: Split, folder: Path) -> list[Phrase]:
    """The split's phrases, said by "flite <name>" or "espeak <name>"."""
    program, name = voice.split(" ")
    # In a process of its own, as the product has it: espeak's library keeps global state and dies of a second use.
    with contextlib.closing(ChildSynthesizer(voice, {"engine": "espeak", "voice": name}, folder / "voice")) as espeak:
        found = []
        for text in PHRASES[split]:
            path = folder / "said.wav"
            if program == "flite":
                subprocess.run(["flite", "-voice", name, "-t", text, "-o", str(path)], check=True, capture_output=True)
            else:
                sound = espeak.synthesize(text)
                soundfile.write(path, np.frombuffer(sound.pcm, np.int16), sound.rate)
            found.append(Phrase(_trimmed(_floats(path), FAINT_DB), len(text.split())))
    return found


def recorded(folder: Path, split: Split) -> dict[str, list[Phrase]]:
    """The phrases between a recording's own silences, by file."""
    found: dict[str, list[Phrase]] = {}
    for name, start_s, end_s in RECORDINGS[split]:
        sound = _floats(folder / name)[round(start_s * RATE) : round(end_s * RATE)]
        loud = _loud(sound, min(HUMAN_FAINT_DB, _room_db(sound) - ABOVE_ROOM_DB))
        edges = np.flatnonzero(np.diff(loud) > SETTLED_S * RATE / FRAME)
        starts, ends = [loud[0], *loud[edges + 1]], [*loud[edges], loud[-1]]
        pieces = [sound[a * FRAME : (b + 1) * FRAME] for a, b in zip(starts, ends, strict=True)]
        found[name] = [
            Phrase(_faded(piece), max(1, round(len(piece) / RATE * WORDS_PER_S)))
            for piece in pieces
            if len(piece) / RATE >= LEAST_S
        ]
    return found


def placed(
    phrases: Sequence[Phrase], rng: np.random.Generator, snr_db: float, lasts_s: float = 45.0, tail_s: float = 1.0
) -> Take:
    """Phrases in any order with silences of 0.2 to 4 s before and between them (as many short ones as long ones, by
    their logarithm), for `lasts_s` at least, in a room `snr_db` under the speech."""
    parts: list[Samples] = []
    speech: list[Span] = []
    words: list[Word] = []
    at, spent = 0, 0
    while at < lasts_s * RATE:
        if spent % len(phrases) == 0:
            order = rng.permutation(len(phrases))
        phrase = phrases[order[spent % len(phrases)]]
        spent += 1
        silent = round(np.exp(rng.uniform(np.log(0.2), np.log(4.0))) * RATE)
        parts += [np.zeros(silent), phrase.sound]
        span = Span((at + silent) / RATE, (at + silent + len(phrase.sound)) / RATE)
        step_s = span.length_s / phrase.words
        words += [
            Word("word", span.start_s + n * step_s, span.start_s + (n + 1) * step_s, 0.9) for n in range(phrase.words)
        ]
        speech.append(span)
        at += silent + len(phrase.sound)
    sound = np.concatenate([*parts, np.zeros(round(tail_s * RATE))])
    loud = np.concatenate([p for p in parts if p.any()])
    noise = room(len(sound), rng)
    sound = sound + noise * np.sqrt(np.mean(loud**2)) * 10 ** (-snr_db / 20)
    return Take(sound / max(1.0, np.max(np.abs(sound)) / 0.9), tuple(speech), tuple(words))


def room(samples: int, rng: np.random.Generator) -> Samples:
    """A room's noise with a level of 1: a hum, and a hiss that falls by 3 dB an octave."""
    spectrum = np.fft.rfft(rng.normal(0, 1, samples))
    hertz = np.fft.rfftfreq(samples, 1 / RATE)
    hiss = np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 50)), samples)
    hum = np.sin(2 * np.pi * 100 * np.arange(samples) / RATE)
    noise = hiss / np.std(hiss) + 0.3 * hum
    return np.asarray(noise / np.sqrt(np.mean(noise**2)))


def heard_speech(take: Take, folder: Path) -> tuple[Span, ...]:
    """The speech that a real take finds in it: a file as the microphone, capture, VAD, endpointing."""
    path = folder / "candidate.wav"
    soundfile.write(path, take.sound, RATE, subtype="PCM_16")
    starts: list[float] = []
    ends: list[float] = []
    over = threading.Event()

    def deliver(event: e.Event) -> None:
        if isinstance(event, e.SpeechStarted):
            starts.append(event.at_s)
        elif isinstance(event, e.SpeechEnded):
            ends.append(event.at_s)
        elif isinstance(event, e.AnswerEnded):
            over.set()

    (folder / "a001.wav").unlink(missing_ok=True)  # a take is never written over
    recorder = TakeRecorder(folder, SileroVad, MonotonicClock(), lambda path: 10**12)
    recorder.start("a001", FileMicrophone(path, None), deliver)
    if not over.wait(120):
        raise TimeoutError("the take didn't end")
    recorder.stop()
    return tuple(Span(a, b) for a, b in zip(starts, ends, strict=True))


def delivery(words: Sequence[Word], speech: Sequence[Span], take: Take) -> Delivery:
    """What is measured of these words in this speech."""
    return measure(heard(words, engine="whisper", speech=speech, duration_s=len(take.sound) / RATE))


# How far off it is ------------------------------------------------------------------------------------------------


@dataclass
class Errors:
    """Errors gathered over takes: what was measured less the truth. Seconds; rates as shares of the true rate."""

    found: int = 0
    missed: int = 0
    invented: int = 0
    pause_s: list[float] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    articulation: list[float] = field(default_factory=list)

    def add(self, take: Take, speech: Sequence[Span]) -> None:
        """One more take, in which `speech` was found."""
        true, got = delivery(take.words, take.speech, take), delivery(take.words, speech, take)
        pauses = [p.span for p in measured(true.silent_pauses)]
        for pause in (p.span for p in measured(got.silent_pauses)):
            same = next((p for p in pauses if _shared_s(p, pause) > max(p.length_s, pause.length_s) / 2), None)
            if same is None:
                self.invented += 1
            else:
                pauses.remove(same)
                self.found += 1
                self.pause_s.append(pause.length_s - same.length_s)
        self.missed += len(pauses)
        self.first_s.append(measured(got.first_speech_s) - measured(true.first_speech_s))
        for errors, name in ((self.rate, "words_per_minute"), (self.articulation, "articulation_rate")):
            truth = measured(getattr(true, name))
            errors.append((measured(getattr(got, name)) - truth) / truth)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.missed + self.invented)

    def figures(self) -> dict[str, float]:
        """The measures that have a goal: F1, medians and 95th percentiles of absolute errors; and the biases."""
        return {
            "pauses": self.found + self.missed,
            "f1": round(self.f1, 3),
            "pause_ms": _ms(np.median(np.abs(self.pause_s))),
            "pause_p95_ms": _ms(np.quantile(np.abs(self.pause_s), 0.95)),
            "pause_bias_ms": _ms(np.median(self.pause_s)),
            "first_ms": _ms(np.median(np.abs(self.first_s))),
            "first_worst_ms": _ms(np.max(np.abs(self.first_s))),
            "first_bias_ms": _ms(np.median(self.first_s)),
            "rate": round(float(np.median(np.abs(self.rate))), 4),
            "rate_worst": round(float(np.max(np.abs(self.rate))), 4),
            "articulation": round(float(np.median(np.abs(self.articulation))), 4),
            "articulation_worst": round(float(np.max(np.abs(self.articulation))), 4),
        }


def measured(value: T | Unmeasured) -> T:
    """The value of a measure that must be there."""
    assert not isinstance(value, Unmeasured), value.reason
    return value


def _shared_s(one: Span, other: Span) -> float:
    return min(one.end_s, other.end_s) - max(one.start_s, other.start_s)


def _ms(seconds: np.floating) -> float:
    return round(float(seconds) * 1000, 1)


# Sound ------------------------------------------------------------------------------------------------------------


def _floats(path: Path) -> Samples:
    return np.frombuffer(read_16k(path), "<i2").astype(np.float64) / 32768.0


def _levels(sound: Samples) -> Samples:
    """Each hundredth of a second's level, 1 for the loudest."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    level = np.sqrt(np.mean(frames**2, axis=1))
    return np.asarray(level / level.max())


def _loud(sound: Samples, faint_db: float) -> NDArray[np.intp]:
    """The hundredths of a second that can be heard."""
    return np.flatnonzero(_levels(sound) > 10 ** (-faint_db / 20))


def _room_db(sound: Samples) -> float:
    """How far a recording's own room lies under its loudest moment."""
    return float(-20 * np.log10(np.quantile(_levels(sound), 0.1)))


def _trimmed(sound: Samples, faint_db: float) -> Samples:
    loud = _loud(sound, faint_db)
    return _faded(sound[loud[0] * FRAME : (loud[-1] + 1) * FRAME])


def _faded(sound: Samples) -> Samples:
    """Without the clicks that a cut makes."""
    ramp = np.linspace(0, 1, FRAME // 2)
    return np.concatenate([sound[: len(ramp)] * ramp, sound[len(ramp) : -len(ramp)], sound[-len(ramp) :] * ramp[::-1]])
