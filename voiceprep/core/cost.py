"""What a clock costs: an answer given calm, beside one to the same question given under a clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment, PointFeedback
from voiceprep.core.past import day_in_words
from voiceprep.core.verdicts import Status

Kind = Literal["calm", "clocked"]


def kind_of(answer: Assessment) -> Kind:
    """Whether it was given calm or under a clock."""
    return "calm" if answer.clocked is None else "clocked"


# Two takes beside each other ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One take by itself: core points heard (in part counts) and to be checked, of how many; words per minute of the
    whole take, None when not measured."""

    heard: int
    to_check: int
    of: int
    words_per_minute: float | None


@dataclass(frozen=True, slots=True)
class Cost:
    """A calm take and one under a clock.

    `lost` are the texts of the core points heard calm and not under the clock, `gained` those heard only under it.
    What a follow-up or a retake filled in counts for neither take, also where the take itself had said it in part:
    that isn't kept. `sure` is False when one of `lost` is still to be checked, or may only have been misheard.
    `cut_at_s`: where the interviewer ended the take under the clock, in seconds of it; None when nobody did."""

    calm: Side
    clocked: Side
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    sure: bool = True
    cut_at_s: float | None = None


def cost(calm: Assessment, clocked: Assessment) -> Cost | Unmeasured:
    """What the clock cost, or why these two can't be compared, in a clause without a full stop."""
    if why := _incomparable(calm, clocked):
        return Unmeasured(why)
    before, under = calm.own_verdicts(), clocked.own_verdicts()
    core = [p for p in calm.points if p.core]
    lost = [p for p in core if _heard(p, before) and not _heard(p, under)]
    gained = [p for p in core if _heard(p, under) and not _heard(p, before)]
    cut = clocked.clocked.cut if clocked.clocked is not None else None
    return Cost(
        _side(calm, before),
        _side(clocked, under),
        tuple(p.text for p in lost),
        tuple(p.text for p in gained),
        sure=not any(under.get(p.id) in ("unsure", "unheard") for p in lost),
        cut_at_s=None if cut is None else cut.at_s,
    )


def _incomparable(calm: Assessment, clocked: Assessment) -> str:
    """Why not, or "". Whatever differs besides the clock would pass for its doing."""
    if (calm.question_id, calm.follow_up_id) != (clocked.question_id, clocked.follow_up_id):
        return "they answer different questions"
    if kind_of(calm) == kind_of(clocked):
        return f"both were given {'calm' if kind_of(calm) == 'calm' else 'under a clock'}"
    for answer, name in ((calm, "calm one"), (clocked, "one under the clock")):
        if answer.unscored is not None:
            return f"the {name} isn't scored ({answer.unscored.reason})"
    if clocked.clocked is not None and clocked.clocked.interrupted:
        return f"the one under the clock is no fair measure ({clocked.clocked.interrupted.rstrip('.')})"
    if calm.source != clocked.source:
        return f"the calm one was {_SOURCES[calm.source]}, the one under the clock {_SOURCES[clocked.source]}"
    if calm.engine != clocked.engine:
        return f"{calm.engine} heard the calm one, {clocked.engine} the one under the clock"
    if calm.rubric != clocked.rubric:
        return "the question's points were changed in between"
    if calm.matcher_version != clocked.matcher_version:
        return "answers are read in another way since one of them"
    return ""


_SOURCES = {"asr": "spoken", "typed": "typed", "edited": "edited"}


def _heard(point: PointFeedback, own: Mapping[str, Status]) -> bool:
    return own.get(point.id) in ("covered", "partly")


def _side(answer: Assessment, own: Mapping[str, Status]) -> Side:
    core = [p for p in answer.points if p.core]
    rate = answer.delivery.words_per_minute
    return Side(
        sum(_heard(p, own) for p in core),
        sum(own.get(p.id) == "unsure" for p in core),
        len(core),
        None if isinstance(rate, Unmeasured) else rate,
    )


# Which two ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Take:
    """An answer, and when it was given: `day` is "2026-11-03", or "" where nobody knows. `session_id` is "" for a take
    of the session itself."""

    assessment: Assessment
    day: str = ""
    session_id: str = ""

    @property
    def when(self) -> str:
        """When it was, as a sentence has it."""
        if not self.session_id:
            return "earlier in this session"
        return f"on {day_in_words(self.day)}" if self.day else "before"


@dataclass(frozen=True, slots=True)
class Takes:
    """The newest scored answers to one question; None where there is none of that kind."""

    calm: Take | None = None
    clocked: Take | None = None

    def of(self, kind: Kind) -> Take | None:
        return self.calm if kind == "calm" else self.clocked


@dataclass(frozen=True, slots=True)
class SessionAnswers:
    """A session's answers, oldest first, those that were replaced among them."""

    session_id: str
    day: str
    answers: Sequence[Assessment]


def newest_takes(sessions: Iterable[SessionAnswers], question_ids: Collection[str]) -> dict[str, Takes]:
    """Each of these questions' newest scored answers, from sessions that come oldest first; a question that has none is
    left out."""
    newest: dict[tuple[str, Kind], Take] = {}
    for held in sessions:
        for answer in held.answers:
            if answer.question_id in question_ids and answer.unscored is None:
                newest[answer.question_id, kind_of(answer)] = Take(answer, held.day, held.session_id)
    known = dict.fromkeys(question_id for question_id, _ in newest)
    return {q: Takes(newest.get((q, "calm")), newest.get((q, "clocked"))) for q in known}


def other_take(answer: Assessment, earlier: Sequence[Assessment], others: Takes | None) -> Take | None:
    """Which take of the other kind an answer is held beside: the newest scored one among the `earlier` of its own
    session, oldest first, else the newest from other sessions. None for an answer without a score."""
    if answer.unscored is not None:
        return None
    kind: Kind = "clocked" if kind_of(answer) == "calm" else "calm"
    for before in reversed(earlier):
        if before.question_id == answer.question_id and before.unscored is None and kind_of(before) == kind:
            return Take(before)
    return others.of(kind) if others is not None else None


def cost_beside(answer: Assessment, other: Assessment) -> Cost | Unmeasured:
    """`cost`, whichever of the two is the calm one."""
    return cost(other, answer) if kind_of(other) == "calm" else cost(answer, other)
