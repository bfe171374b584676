"""Feedback pinned to the second: what was made of answers, as marks on the takes that the words are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from voiceprep.core.feedback import Assessment, Evidence, PointFeedback
from voiceprep.core.own_terms import Told
from voiceprep.core.transcript import Word

MarkKind = Literal[
    "heard", "partly", "check", "against", "put right", "not heard", "pitfall", "your word", "hint", "nudge", "cut off",
    "said besides", "paused", "microphone", "slept", "repeated", "typed", "went on", "left",
]  # fmt: skip
FEEDBACK: tuple[MarkKind, ...] = (
    "heard", "partly", "check", "against", "put right", "not heard", "pitfall", "your word",
)  # fmt: skip
"""Kinds that say what was made of an answer; the others say what happened."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a moment of a take, in seconds from its start; `at_s` is None where it has no moment. `about`: the
    position is known to a few tenths of a second only. `quote` are the candidate's words; `judged` is the take whose
    assessment `point` stands in."""

    kind: MarkKind
    at_s: float | None
    end_s: float | None
    text: str
    quote: str = ""
    point: PointFeedback | None = None
    judged: str = ""
    about: bool = False


class Spoken(Protocol):
    """What is asked of a take here."""

    @property
    def id(self) -> str: ...

    @property
    def question_id(self) -> str: ...

    @property
    def words(self) -> tuple[Word, ...]: ...


_KINDS: dict[str, MarkKind] = {
    "covered": "heard", "partly": "partly", "unsure": "check", "contradicted": "against", "missed": "not heard",
    "unheard": "not heard",
}  # fmt: skip


def feedback_marks(
    takes: Sequence[Spoken], answers: Sequence[Assessment], told: Sequence[Told]
) -> dict[str, list[Mark]]:
    """Marks by take id: every quote of every point on the take it was said in, what wasn't heard on the answer's own
    take, pitfalls, and the candidate's word on what was misheard. None twice."""
    found: dict[str, dict[Mark, None]] = {take.id: {} for take in takes}
    for answer in answers:
        for take_id, mark in _of(answer):
            if take_id in found:
                found[take_id][mark] = None
    for word in told:
        for take in takes:
            if take.question_id == word.question_id:
                for at_s, end_s in _said(take.words, word.heard):
                    text = f"You said that this was {word.said}."
                    found[take.id][Mark("your word", at_s, end_s, text, word.heard)] = None
    return {take_id: list(marks) for take_id, marks in found.items()}


def _of(answer: Assessment) -> Iterator[tuple[str, Mark]]:
    if answer.unscored is not None:
        return
    for point in answer.points:
        kind = _KINDS[point.verdict]
        for piece in point.evidence:
            yield piece.take_id or answer.take_id, _pinned(kind, point.text, piece, point, answer.take_id)
        for piece in point.put_right:
            yield piece.take_id or answer.take_id, _pinned("put right", point.text, piece, point, answer.take_id)
        if not point.evidence:
            yield answer.take_id, Mark(kind, None, None, point.text, point=point, judged=answer.take_id)
    for pitfall in answer.pitfalls:
        said = f"{pitfall.text} {pitfall.advice}"
        for piece in pitfall.evidence:
            yield piece.take_id or answer.take_id, _pinned("pitfall", said, piece, None, answer.take_id)
        if not pitfall.evidence:
            yield answer.take_id, Mark("pitfall", None, None, said, judged=answer.take_id)


def _pinned(kind: MarkKind, text: str, piece: Evidence, point: PointFeedback | None, judged: str) -> Mark:
    return Mark(kind, piece.start_s, piece.end_s, text, piece.quote, point, judged)


def _said(words: Sequence[Word], phrase: str) -> Iterator[tuple[float, float]]:
    """Where these words stand one after another, in seconds."""
    sought = [_bare(text) for text in phrase.split()]
    heard = [_bare(word.text) for word in words]
    for n in range(len(heard) - len(sought) + 1 if sought else 0):
        if heard[n : n + len(sought)] == sought:
            yield words[n].start_s, words[n + len(sought) - 1].end_s


def _bare(text: str) -> str:
    return text.lower().strip(".,!?;:\"'")
