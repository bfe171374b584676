"""What of a recogniser's words is believed: nothing outside the speech that the VAD heard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from voiceprep.core.doubts import closing_in_silence, hurried, marked, sentences, without
from voiceprep.core.events import Check, Transcribe
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, heard

MARGIN_S = 0.3
"""Recognisers put a word's start and end this far off; further away it was invented."""
PIECE_S = 28.0
"""How much is recognised at a time at most: a recogniser's window has 30 s."""
ON_ITS_WAY_S = 0.8
"""How much later than it was handed to the speaker a warning may come in by the microphone."""


def believed(transcript: Transcript, order: Transcribe | Check) -> Transcript:
    """Without words where nobody spoke, and without the interviewer's."""
    kept = within_speech(transcript, order.speech, order.duration_s)
    return without_interviewer(kept, [(one.text, Span(one.start_s, one.end_s)) for one in order.said])


def within_speech(transcript: Transcript, speech: Sequence[Span], duration_s: float) -> Transcript:
    """The transcript without words said where nobody spoke; with more words than the speech has room for marked
    unclear, where the recogniser is one that makes up whole sentences."""
    near = [Span(max(0.0, s.start_s - MARGIN_S), s.end_s + MARGIN_S) for s in speech]
    doubts = () if transcript.credits_only else closing_in_silence(transcript.words, speech)
    notes = [*transcript.doubts, *sentences(doubts, transcript.words)]
    believed = without(transcript.words, doubts)
    kept = [w for w in believed if any(w.start_s < s.end_s and s.start_s < w.end_s for s in near)]
    too_many = () if transcript.credits_only else hurried(kept, speech)
    notes += sentences(too_many, kept)
    again = heard(marked(kept, too_many), engine=transcript.engine, credits_only=transcript.credits_only)
    return replace(again, speech=tuple(speech), duration_s=duration_s, doubts=tuple(notes))


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
    return replace(again, speech=tuple(own), duration_s=transcript.duration_s, doubts=transcript.doubts)


_FIGURES = {"ten": "10", "thirty": "30", "fifteen": "15", "twenty": "20", "sixty": "60", "three": "3", "two": "2",
            "one": "1"}  # fmt: skip
"""Recognisers write numbers either way."""


def _words(text: str) -> frozenset[str]:
    words = frozenset(re.findall(r"[a-z0-9]+", text.lower()))
    return words | {_FIGURES[w] for w in words if w in _FIGURES}


def pieces(speech: Sequence[Span], longest_s: float = PIECE_S) -> tuple[Span, ...]:
    """What is to be recognised where speech was heard, cut in its silences: stretches of at most `longest_s`, of which
    each but one that can't be cut better ends where the longest of its later silences begins."""
    near = _with_margins(speech)
    found: list[Span] = []
    while near:
        start_s = near[0].start_s
        fits = [n for n, s in enumerate(near) if s.end_s - start_s <= longest_s]
        if not fits:  # nobody paused for so long
            found.append(Span(start_s, start_s + longest_s))
            near[0] = Span(start_s + longest_s, near[0].end_s)
            continue
        last = fits[-1]
        if last + 1 < len(near):
            later = [n for n in fits if near[n].end_s - start_s >= longest_s / 2] or [last]
            last = max(later, key=lambda n: near[n + 1].start_s - near[n].end_s)
        found.append(Span(start_s, near[last].end_s))
        near = near[last + 1 :]
    return tuple(found)


def _with_margins(speech: Sequence[Span]) -> list[Span]:
    """Each with some of the silence around it, and none with what is another's."""
    starts = [max(0.0, s.start_s - MARGIN_S) for s in speech]
    ends = [s.end_s + MARGIN_S for s in speech]
    for n in range(len(speech) - 1):
        if ends[n] > starts[n + 1]:
            ends[n] = starts[n + 1] = (speech[n].end_s + speech[n + 1].start_s) / 2
    return [Span(a, b) for a, b in zip(starts, ends, strict=True)]
