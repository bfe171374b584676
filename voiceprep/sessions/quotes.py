"""Whether what feedback quotes was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voiceprep.core.events import (
    AnswerChecked,
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
    quick: dict[str, str] = {}
    """What was heard at first of takes that were listened to once more: a verdict on it may come after that."""
    edited: set[str] = set()
    seen: set[tuple[str, str]] = set()
    for event in history:
        if isinstance(event, AnswerTranscribed):
            texts[event.take_id] = event.transcript.text
            if event.quick:
                quick[event.take_id] = event.transcript.text
        elif isinstance(event, AnswerChecked):
            if event.take_id not in edited:
                texts[event.take_id] = event.transcript.text
        elif isinstance(event, AnswerTyped):
            texts[event.take_id] = event.text
        elif isinstance(event, TranscriptEdited):
            texts[event.take_id] = " ".join(event.text.split())
            edited.add(event.take_id)
        elif isinstance(event, Assessed | OpinionGiven | Rescored):
            again = {take: t.text for take, t in event.heard} if isinstance(event, Rescored) else {}
            for piece in _evidence(event):
                take = piece.take_id
                known = [text[take] for text in (again or texts, texts, quick) if take in text]
                bad = (take, piece.quote)
                if all(text[piece.char_start : piece.char_end] != piece.quote for text in known) and bad not in seen:
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
