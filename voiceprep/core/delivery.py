"""How it was said, or why it can't be known. Rates and pauses are from the VAD's spans, never from word times; these
only say which stretch of an answer a word belongs to."""

from __future__ import annotations

import math
from dataclasses import dataclass

from voiceprep.core.spans import Span, gaps, total_s
from voiceprep.core.transcript import Transcript

PAUSE_S = 0.25
"""Silence from which a gap between speech counts as a pause."""
LONG_PAUSE_S = 1.0
ENOUGH_S, ENOUGH_WORDS = 15.0, 40
"""Below these no rate is given: the interval would be too wide."""
STRETCH_S = 15.0
"""The step of the pace over time."""
FILLERS = frozenset("um uh er erm hmm uhm".split())


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A measure that can't be given, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Times in seconds from the take's start. `words_per_minute` is words / (last speech end - first speech start).

    `pace` is the same rate in one stretch of STRETCH_S after the other, from the first speech's start to the last
    one's end: 60 * the words whose middle lies in the stretch / its length in seconds, in words per minute. What is
    left over at the end is a stretch by itself from STRETCH_S / 2 on, else it belongs to the one before."""

    duration_s: float | Unmeasured
    first_speech_s: float | Unmeasured
    speech_s: float | Unmeasured
    pauses: int | Unmeasured
    long_pauses: int | Unmeasured
    longest_pause: Span | Unmeasured
    words_per_minute: float | Unmeasured
    fillers_at_least: int | Unmeasured
    pace: tuple[float, ...] | Unmeasured = Unmeasured("not measured then")
    """The default is for journals from before it was measured."""


def measure(transcript: Transcript) -> Delivery:
    """The measures of one answer; each that can't be had says why."""
    if transcript.whispered:
        none = Unmeasured("it was whispered")
        return Delivery(transcript.duration_s, none, none, none, none, none, none, none)
    if transcript.source == "typed":
        typed = Unmeasured("the answer was typed")
        return Delivery(typed, typed, typed, typed, typed, typed, typed, typed, typed)
    if not transcript.speech:
        silent = Unmeasured("no speech was found")
        return Delivery(transcript.duration_s, silent, silent, silent, silent, silent, silent, silent, silent)
    speech = transcript.speech
    pauses = [g for g in gaps(speech) if g.length_s >= PAUSE_S]
    longest = max(pauses, key=lambda p: p.length_s, default=None)
    return Delivery(
        duration_s=transcript.duration_s,
        first_speech_s=speech[0].start_s,
        speech_s=total_s(speech),
        pauses=len(pauses),
        long_pauses=sum(p.length_s >= LONG_PAUSE_S for p in pauses),
        longest_pause=longest if longest is not None else Unmeasured("there was no pause"),
        words_per_minute=_rate(transcript),
        fillers_at_least=_fillers(transcript),
        pace=_pace(transcript),
    )


def _rate(transcript: Transcript) -> float | Unmeasured:
    spoken_s = transcript.speech[-1].end_s - transcript.speech[0].start_s
    if spoken_s < ENOUGH_S:
        return Unmeasured(f"under {ENOUGH_S:.0f} seconds of speech")
    if len(transcript.words) < ENOUGH_WORDS:
        return Unmeasured(f"under {ENOUGH_WORDS} words")
    if transcript.source == "edited":
        return Unmeasured("the transcript was edited")
    return 60 * len(transcript.words) / spoken_s


def _pace(transcript: Transcript) -> tuple[float, ...] | Unmeasured:
    rate = _rate(transcript)
    if isinstance(rate, Unmeasured):
        return rate
    start_s, end_s = transcript.speech[0].start_s, transcript.speech[-1].end_s
    stretches = math.floor((end_s - start_s) / STRETCH_S + 0.5)  # half a stretch or more is one
    words = [0] * stretches
    for word in transcript.words:
        # A word may begin a little before the speech was noticed, and end a little after it.
        at = math.floor(((word.start_s + word.end_s) / 2 - start_s) / STRETCH_S)
        words[min(max(at, 0), stretches - 1)] += 1
    last_s = end_s - start_s - STRETCH_S * (stretches - 1)
    return (*(60 * n / STRETCH_S for n in words[:-1]), 60 * words[-1] / last_s)


def _fillers(transcript: Transcript) -> int | Unmeasured:
    if transcript.credits_only:
        return Unmeasured("the basic recogniser doesn't hear fillers")
    return sum(w.text.lower().strip(".,!?") in FILLERS for w in transcript.words)
