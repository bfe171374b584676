"""What of a recogniser's words is believed: nothing outside the speech that the VAD heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, heard

MARGIN_S = 0.3
"""Recognisers put a word's start and end this far off; further away it was invented."""


def within_speech(transcript: Transcript, speech: Sequence[Span], duration_s: float) -> Transcript:
    """The transcript without words said where nobody spoke."""
    near = [Span(max(0.0, s.start_s - MARGIN_S), s.end_s + MARGIN_S) for s in speech]
    kept = [w for w in transcript.words if any(w.start_s < s.end_s and s.start_s < w.end_s for s in near)]
    again = heard(kept, engine=transcript.engine, credits_only=transcript.credits_only)
    return replace(again, speech=tuple(speech), duration_s=duration_s)
