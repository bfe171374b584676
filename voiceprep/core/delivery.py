"""How it was said: rates and pauses from the VAD's spans, never from word times; or why they can't be known."""

from __future__ import annotations

from dataclasses import dataclass

from voiceprep.core.spans import Span, gaps, total_s
from voiceprep.core.transcript import Transcript

PAUSE_S = 0.25
"""Silence from which a gap between speech counts as a pause."""
LONG_PAUSE_S = 1.0
ENOUGH_S, ENOUGH_WORDS = 15.0, 40
"""Below these no rate is given: the interval would be too wide."""
FILLERS = frozenset("um uh er erm hmm uhm".split())


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A measure that can't be given, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Times in seconds from the take's start. `words_per_minute` is words / (last speech end - first speech start)."""

    duration_s: float | Unmeasured
    first_speech_s: float | Unmeasured
    speech_s: float | Unmeasured
    pauses: int | Unmeasured
    long_pauses: int | Unmeasured
    longest_pause: Span | Unmeasured
    words_per_minute: float | Unmeasured
    fillers_at_least: int | Unmeasured


def measure(transcript: Transcript) -> Delivery:
    """The measures of one answer; each that can't be had says why."""
    if transcript.source == "typed":
        typed = Unmeasured("the answer was typed")
        return Delivery(typed, typed, typed, typed, typed, typed, typed, typed)
    if not transcript.speech:
        silent = Unmeasured("no speech was found")
        return Delivery(transcript.duration_s, silent, silent, silent, silent, silent, silent, silent)
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
    )


def content_only(delivery: Delivery, reason: str) -> Delivery:
    """The measures that say something of an answer that wasn't said aloud: its length."""
    none = Unmeasured(reason)
    return Delivery(delivery.duration_s, none, none, none, none, none, none, none)


def _rate(transcript: Transcript) -> float | Unmeasured:
    spoken_s = transcript.speech[-1].end_s - transcript.speech[0].start_s
    if spoken_s < ENOUGH_S:
        return Unmeasured(f"under {ENOUGH_S:.0f} seconds of speech")
    if len(transcript.words) < ENOUGH_WORDS:
        return Unmeasured(f"under {ENOUGH_WORDS} words")
    if transcript.source == "edited":
        return Unmeasured("the transcript was edited")
    return 60 * len(transcript.words) / spoken_s


def _fillers(transcript: Transcript) -> int | Unmeasured:
    if transcript.credits_only:
        return Unmeasured("the basic recogniser doesn't hear fillers")
    return sum(w.text.lower().strip(".,!?") in FILLERS for w in transcript.words)
