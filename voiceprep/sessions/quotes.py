"""Whether what feedback quotes was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voiceprep.core.events import (
    AnswerTranscribed,
    AnswerTyped,
    Assessed,
    Event,
    OpinionGiven,
    Rescored,
    TranscriptEdited,
)
from voiceprep.core.feedback import Evidence
from voiceprep.core.opinion import Opinion


def bad_quotes(history: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """Every quote in every assessment and opinion that isn't an exact piece of its take."""
    texts: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for event in history:
        if isinstance(event, AnswerTranscribed):
            texts[event.take_id] = event.transcript.text
        elif isinstance(event, AnswerTyped):
            texts[event.take_id] = event.text
        elif isinstance(event, TranscriptEdited):
            texts[event.take_id] = " ".join(event.text.split())
        elif isinstance(event, Assessed | OpinionGiven | Rescored):
            again = {take: t.text for take, t in event.heard} if isinstance(event, Rescored) else {}
            for piece in _evidence(event):
                text = {**texts, **again}.get(piece.take_id)
                bad = (piece.take_id, piece.quote)
                if (text is None or text[piece.char_start : piece.char_end] != piece.quote) and bad not in seen:
                    seen.add(bad)
                    yield bad


def _evidence(event: Assessed | OpinionGiven | Rescored) -> Iterator[Evidence]:
    if isinstance(event, OpinionGiven):
        for opined in event.opinion.points if isinstance(event.opinion, Opinion) else ():
            for q in opined.quotes:
                yield Evidence(q.quote, q.char_start, q.char_end, q.start_s, q.end_s, event.take_id)
        return
    for assessment in filter(None, (event.assessment, event.parent if isinstance(event, Assessed) else None)):
        for a in (assessment, *assessment.follow_ups_asked):
            for point in a.points:
                yield from point.evidence
            for pitfall in a.pitfalls:
                yield from pitfall.evidence
