"""What home says: how long things take, where a session was left, and the one line of what to do now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from voiceprep.core.answered import Answered, PointSeen
from voiceprep.core.feedback import Assessment, PointFeedback
from voiceprep.core.pressure import Pressure
from voiceprep.core.question import Outline, Question
from voiceprep.core.state import State

ASKING_S, FOLLOW_UP_S, FEEDBACK_S = 10.0, 60.0, 45.0


def seconds_of(question: Question | Outline, follow_ups: int) -> float:
    """How long a question takes: asked, answered at its target length, followed up, and looked at."""
    low, high = question.target_s
    asked = min(follow_ups, len(question.follow_ups))
    return ASKING_S + (low + high) / 2 + asked * (ASKING_S + FOLLOW_UP_S) + FEEDBACK_S


def minutes_of(questions: Sequence[Question | Outline], follow_ups: int) -> int:
    """Whole minutes of a round, rounded up."""
    return int(-(-sum(seconds_of(q, follow_ups) for q in questions) // 60))


def clocked_minutes(rules: Pressure, questions: Sequence[Question | Outline], follow_ups: int) -> int:
    """The same of a round under a clock; its feedback comes at the end, and takes what it takes."""
    asked = sum(min(follow_ups, len(q.follow_ups)) for q in questions)
    whole_s = len(questions) * (ASKING_S + rules.think_s + rules.answer_s) + asked * (ASKING_S + rules.follow_up_s)
    return int(-(-min(whole_s, rules.session_s or whole_s) // 60))


def left_at(state: State, take_s: float | None = None) -> str:
    """Where a session was left, in words; `take_s` of its open take are on disk (None: as the state knows it)."""
    take_s = state.duration_s if take_s is None else take_s
    phase = state.left_from or state.phase
    where = f"question {state.at + 1} of {len(state.questions)}"
    if (phase == "listening" or (phase == "paused" and state.paused_from == "listening")) and take_s >= 1:
        return f"{where}, {int(take_s) // 60}:{int(take_s) % 60:02d} into the answer"
    if phase == "reviewing":
        return f"{where}, at its feedback"
    return where


def heaviest_gap(scored: Sequence[Assessment]) -> tuple[str, PointFeedback] | None:
    """The question and the heaviest core point that wasn't heard; what the candidate disputes isn't a gap."""
    gaps = [(a.question_id, p) for a in scored for p in core_gaps(a)]
    return max(gaps, key=lambda g: (g[1].verdict == "contradicted", g[1].weight), default=None)


@overload
def core_gaps(scored: Assessment) -> tuple[PointFeedback, ...]: ...


@overload
def core_gaps(scored: Answered) -> tuple[PointSeen, ...]: ...


def core_gaps(scored: Assessment | Answered) -> tuple[PointFeedback | PointSeen, ...]:
    """The core points that weren't heard, or were gone against; what the candidate disputes isn't a gap."""
    return tuple(
        p for p in scored.points if p.core and p.verdict in ("missed", "unheard", "contradicted") and not p.dispute
    )
