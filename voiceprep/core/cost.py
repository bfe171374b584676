"""What a clock costs: an answer given calm, beside one to the same question given under a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment, PointFeedback
from voiceprep.core.takes import HEARD, incomparable, kind_of
from voiceprep.core.verdicts import Status

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
    if kind_of(calm) == kind_of(clocked):
        return Unmeasured(f"both were given {'calm' if kind_of(calm) == 'calm' else 'under a clock'}")
    if why := incomparable(calm, clocked, ("calm one", "one under the clock")):
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


def _heard(point: PointFeedback, own: Mapping[str, Status]) -> bool:
    return own.get(point.id) in HEARD


def _side(answer: Assessment, own: Mapping[str, Status]) -> Side:
    core = [p for p in answer.points if p.core]
    rate = answer.delivery.words_per_minute
    return Side(
        sum(_heard(p, own) for p in core),
        sum(own.get(p.id) == "unsure" for p in core),
        len(core),
        None if isinstance(rate, Unmeasured) else rate,
    )


def cost_beside(answer: Assessment, other: Assessment) -> Cost | Unmeasured:
    """`cost`, whichever of the two is the calm one."""
    return cost(other, answer) if kind_of(other) == "calm" else cost(answer, other)
