"""What the history keeps of one answer: enough for trends and for what is due, without its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voiceprep.core.delivery import Delivery, Unmeasured
from voiceprep.core.feedback import Assessment, PointFeedback
from voiceprep.core.spans import Span
from voiceprep.core.verdicts import Status

Said = Literal["heard", "not heard", "against", ""]
"""What an answer tells about a point; empty when it tells nothing."""


@dataclass(frozen=True, slots=True)
class PointSeen:
    """A point in one answer. `late` when only a follow-up or a retake brought it; `dispute` is the candidate's word."""

    id: str
    text: str
    core: bool
    weight: float
    verdict: Status
    dispute: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of how it was said; `value` is None when it wasn't measured, and `reason` says why."""

    name: str
    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, its follow-ups and retakes counted with it. `day` is "2026-11-03", or "" where nobody knows; `nth`
    counts a session's answers from 0 in the order in which they were given.

    `ear` is what its words come from: "typed", "corrected" (by hand), or the recogniser's kind ("basic", "whisper").
    `sure` is False for a recogniser that may not blame."""

    session_id: str
    nth: int
    day: str
    question_id: str
    title: str
    """The question in a few words."""
    topic: str
    take_id: str
    ear: str
    engine: str
    matcher_version: str
    rubric: str
    bank_version: str
    clocked: bool = False
    cut: bool = False
    """Whether the interviewer ended it, or something broke in it: what wasn't heard was perhaps only not reached."""
    sure: bool = True
    replaced: bool = False
    """Whether a whole new answer took its place in the same session."""
    unscored: str | None = None
    points: tuple[PointSeen, ...] = ()
    delivery: tuple[Measure, ...] = ()

    @property
    def edited(self) -> bool:
        """Whether its transcript was corrected by hand."""
        return self.ear == "corrected"

    def said(self, point: PointSeen) -> Said:
        """What it tells about this point of it; disputed, to be checked, unheard or not reached, it tells nothing."""
        if self.unscored is not None or point.dispute:
            return ""
        if point.verdict in ("covered", "partly"):
            return "heard"
        if point.verdict == "contradicted":
            return "against"
        return "not heard" if point.verdict == "missed" and self.sure and not self.cut else ""

    def tally(self) -> tuple[int, int]:
        """Core points heard, of those it tells something about."""
        said = [s for p in self.points if p.core and (s := self.said(p))]
        return said.count("heard"), len(said)


def answered_of(
    a: Assessment, session_id: str, nth: int, day: str, title: str = "", topic: str = "", *, replaced: bool = False
) -> Answered:
    """What is kept of a question's assessment."""
    broke = a.clocked is not None and bool(a.clocked.interrupted)
    return Answered(
        session_id=session_id,
        nth=nth,
        day=day,
        question_id=a.question_id,
        title=title or a.question_id,
        topic=topic,
        take_id=a.take_id,
        ear=_ear(a),
        engine=a.engine,
        matcher_version=a.matcher_version,
        rubric=a.rubric,
        bank_version=a.bank_version,
        clocked=a.clocked is not None,
        cut=a.cut_short or broke,
        sure=a.coverage is not None,
        replaced=replaced,
        unscored=a.unscored.reason if a.unscored is not None else None,
        points=tuple(_seen(p, a.take_id) for p in a.points),
        delivery=measures_of(a.delivery),
    )


def _ear(a: Assessment) -> str:
    if a.source == "asr":
        return a.engine.split(":")[0].split(",")[0] or "unknown"
    return "typed" if a.source == "typed" else "corrected"


def _seen(p: PointFeedback, take_id: str) -> PointSeen:
    late = bool(p.evidence) and all(e.take_id not in ("", take_id) for e in p.evidence)
    return PointSeen(p.id, p.text, p.core, p.weight, p.verdict, p.dispute, late)


# How it was said ---------------------------------------------------------------------------------------------------

MEASURES = ("words_per_minute", "first_speech_s", "long_pauses_per_minute", "longest_pause_s", "fillers_per_minute")
"""Rates are per minute of the take; fillers are "at least"."""


def measures_of(delivery: Delivery) -> tuple[Measure, ...]:
    """The measures that answers of any length can be compared by, in the order of MEASURES."""
    of_minute = _minutes(delivery.duration_s)
    longest = delivery.longest_pause
    values = (
        delivery.words_per_minute,
        delivery.first_speech_s,
        _per(delivery.long_pauses, of_minute),
        longest.length_s if isinstance(longest, Span) else longest,
        _per(delivery.fillers_at_least, of_minute),
    )
    return tuple(_measure(name, value) for name, value in zip(MEASURES, values, strict=True))


def _measure(name: str, value: float | Unmeasured) -> Measure:
    return Measure(name, None, value.reason) if isinstance(value, Unmeasured) else Measure(name, float(value))


def _minutes(duration_s: float | Unmeasured) -> float | Unmeasured:
    if isinstance(duration_s, Unmeasured):
        return duration_s
    return duration_s / 60 if duration_s > 0 else Unmeasured("no length")


def _per(count: float | Unmeasured, minutes: float | Unmeasured) -> float | Unmeasured:
    if isinstance(count, Unmeasured):
        return count
    return minutes if isinstance(minutes, Unmeasured) else count / minutes
