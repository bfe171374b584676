"""What of a recogniser's words is believed: nothing outside the speech that the VAD heard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, heard

MARGIN_S = 0.3
"""Recognisers put a word's start and end this far off; further away it was invented."""
ON_ITS_WAY_S = 0.8
"""How much later than it was handed to the speaker a warning may come in by the microphone."""


def within_speech(transcript: Transcript, speech: Sequence[Span], duration_s: float) -> Transcript:
    """The transcript without words said where nobody spoke."""
    near = [Span(max(0.0, s.start_s - MARGIN_S), s.end_s + MARGIN_S) for s in speech]
    kept = [w for w in transcript.words if any(w.start_s < s.end_s and s.start_s < w.end_s for s in near)]
    again = heard(kept, engine=transcript.engine, credits_only=transcript.credits_only)
    return replace(again, speech=tuple(speech), duration_s=duration_s)


def without_interviewer(transcript: Transcript, said: Sequence[tuple[str, Span]]) -> Transcript:
    """The transcript without warnings that the microphone caught: words of them, where they fell.

    The candidate may have gone on beneath; what isn't a word of the warning stays. Speech wholly inside is the
    interviewer's."""
    if not said:
        return transcript
    heard_at = [(_words(text), Span(max(0.0, s.start_s - MARGIN_S), s.end_s + ON_ITS_WAY_S)) for text, s in said]

    def caught(text: str, start_s: float, end_s: float) -> bool:
        return any(_words(text) <= words and s.start_s <= start_s and end_s <= s.end_s for words, s in heard_at)

    kept = [w for w in transcript.words if not caught(w.text, w.start_s, w.end_s)]
    own = [s for s in transcript.speech if not any(a.start_s <= s.start_s and s.end_s <= a.end_s for _, a in heard_at)]
    again = heard(kept, engine=transcript.engine, credits_only=transcript.credits_only)
    return replace(again, speech=tuple(own), duration_s=transcript.duration_s)


_FIGURES = {"ten": "10", "thirty": "30", "fifteen": "15", "twenty": "20", "sixty": "60", "three": "3", "two": "2",
            "one": "1"}  # fmt: skip
"""Recognisers write numbers either way."""


def _words(text: str) -> frozenset[str]:
    words = frozenset(re.findall(r"[a-z0-9]+", text.lower()))
    return words | {_FIGURES[w] for w in words if w in _FIGURES}
