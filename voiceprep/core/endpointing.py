"""Speech probabilities in, boundaries out. Seconds arrive with the audio; no clock is read.

VAD says whether a chunk holds speech. This says where speech begins and ends: it starts after enough speech in a row
(a click isn't speech), and ends after enough silence (a stop consonant isn't silence). Boundaries lie where the sound
changed, not where it was noticed: a VAD is late to be sure of a first sound and late to let go of a last one, in noise
more than ever, so both are moved back to where its probability turned.
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
    rising: float = 0.2
    """Probability from which what comes right before speech belongs to it."""
    falling: float = 0.7
    """Probability under which what comes right before silence belongs to that."""
    smear_s: float = 0.2
    """What lasts longer between silence and speech is no VAD's doubt but quiet speech: no boundary is moved for it."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Speech began or ended at `at_s`."""

    kind: Literal["started", "ended"]
    at_s: float


@dataclass(frozen=True, slots=True)
class Endpointer:
    """Where the audio stands. `run_s` is how long the other state has lasted, `since_s` where that run began, and
    `turned_s` where the sound turned towards it; None while it hasn't."""

    settings: Settings = Settings()
    at_s: float = 0.0
    speaking: bool = False
    run_s: float = 0.0
    since_s: float = 0.0
    turned_s: float | None = None


def hear(state: Endpointer, probability: float, chunk_s: float) -> tuple[Endpointer, Boundary | None]:
    """One chunk further: the new state, and the boundary this chunk confirmed, if any."""
    s = state.settings
    speech = probability >= (s.release if state.speaking else s.threshold)
    turned = probability < s.falling if state.speaking else probability >= s.rising
    start_s, at_s = state.at_s, state.at_s + chunk_s
    turned_s = (start_s if state.turned_s is None else state.turned_s) if turned else None
    if speech == state.speaking:
        return replace(state, at_s=at_s, run_s=0.0, turned_s=turned_s), None
    since_s = state.since_s if state.run_s else start_s
    run_s = state.run_s + chunk_s
    state = replace(state, at_s=at_s, run_s=run_s, since_s=since_s, turned_s=turned_s)
    if run_s + 1e-9 < (s.silence_s if state.speaking else s.speech_s):
        return state, None
    kind: Literal["started", "ended"] = "ended" if state.speaking else "started"
    return replace(state, speaking=not state.speaking, run_s=0.0, turned_s=None), Boundary(kind, _edge_s(state))


def finish(state: Endpointer) -> Boundary | None:
    """The boundary that the end of the audio makes of speech still going on."""
    if not state.speaking:
        return None
    return Boundary("ended", _edge_s(state) if state.run_s else state.at_s)


def _edge_s(state: Endpointer) -> float:
    """Where the run of the other state began, moved back to where the sound turned."""
    if state.turned_s is None or state.since_s - state.turned_s > state.settings.smear_s + 1e-9:
        return state.since_s
    return state.turned_s


def spans(boundaries: tuple[Boundary, ...]) -> tuple[Span, ...]:
    """Pairs of started and ended as spans."""
    starts = [b.at_s for b in boundaries if b.kind == "started"]
    ends = [b.at_s for b in boundaries if b.kind == "ended"]
    return tuple(Span(a, b) for a, b in zip(starts, ends, strict=False))
