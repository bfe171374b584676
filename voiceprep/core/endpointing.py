"""Speech probabilities in, boundaries out. Seconds arrive with the audio; no clock is read.

VAD says whether a chunk holds speech. This says where speech begins and ends: it starts after enough speech in a row
(a click isn't speech), and ends after enough silence (a stop consonant isn't silence). Boundaries lie where the sound
changed, not where it was noticed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from voiceprep.core.spans import Span


@dataclass(frozen=True, slots=True)
class Settings:
    """When probabilities become speech. Durations in seconds."""

    threshold: float = 0.5
    release: float = 0.35
    """Probability under which speech, once begun, is silence again."""
    speech_s: float = 0.16
    """Speech in a row before it counts: shorter sounds are clicks and breaths."""
    silence_s: float = 0.20
    """Silence in a row before speech has ended."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Speech began or ended at `at_s`."""

    kind: Literal["started", "ended"]
    at_s: float


@dataclass(frozen=True, slots=True)
class Endpointer:
    """Where the audio stands. `run_s` is how long the other state has lasted, `since_s` where that run began."""

    settings: Settings = Settings()
    at_s: float = 0.0
    speaking: bool = False
    run_s: float = 0.0
    since_s: float = 0.0


def hear(state: Endpointer, probability: float, chunk_s: float) -> tuple[Endpointer, Boundary | None]:
    """One chunk further: the new state, and the boundary this chunk confirmed, if any."""
    s = state.settings
    speech = probability >= (s.release if state.speaking else s.threshold)
    start_s, at_s = state.at_s, state.at_s + chunk_s
    if speech == state.speaking:
        return replace(state, at_s=at_s, run_s=0.0), None
    since_s = state.since_s if state.run_s else start_s
    run_s = state.run_s + chunk_s
    needed = s.silence_s if state.speaking else s.speech_s
    if run_s + 1e-9 < needed:
        return replace(state, at_s=at_s, run_s=run_s, since_s=since_s), None
    kind: Literal["started", "ended"] = "ended" if state.speaking else "started"
    return replace(state, at_s=at_s, speaking=not state.speaking, run_s=0.0), Boundary(kind, since_s)


def finish(state: Endpointer) -> Boundary | None:
    """The boundary that the end of the audio makes of speech still going on."""
    if not state.speaking:
        return None
    return Boundary("ended", state.since_s if state.run_s else state.at_s)


def spans(boundaries: tuple[Boundary, ...]) -> tuple[Span, ...]:
    """Pairs of started and ended as spans."""
    starts = [b.at_s for b in boundaries if b.kind == "started"]
    ends = [b.at_s for b in boundaries if b.kind == "ended"]
    return tuple(Span(a, b) for a, b in zip(starts, ends, strict=False))
