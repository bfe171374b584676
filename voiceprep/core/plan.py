"""Which questions a session asks, and in what order: explicit seed, explainable choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from voiceprep.core.home import seconds_of
from voiceprep.core.question import Question


@dataclass(frozen=True, slots=True)
class Round:
    """Questions asked together, and how many follow-ups each of them may earn."""

    id: str
    title: str
    about: str
    questions: tuple[str, ...]
    follow_ups: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What a session will ask: questions in order, each with why it was chosen."""

    title: str
    questions: tuple[Question, ...]
    why: tuple[str, ...]
    follow_ups: int
    seed: int


def plan_round(round_: Round, questions: Mapping[str, Question], seed: int) -> Plan:
    """A round's questions in the author's order; with a seed other than 0, in an order drawn from it."""
    ids = _drawn(round_.questions, seed) if seed else list(round_.questions)
    why = "drawn by seed" if seed else f"next in {round_.title}"
    return Plan(round_.title, tuple(questions[i] for i in ids), (why,) * len(ids), round_.follow_ups, seed)


def plan_questions(ids: Sequence[str], questions: Mapping[str, Question], seed: int = 0) -> Plan:
    """Exactly the questions asked for, in that order."""
    title = questions[ids[0]].short if len(ids) == 1 else "Chosen questions"
    return Plan(title, tuple(questions[i] for i in ids), ("you chose it",) * len(ids), 1, seed)


def plan_minutes(plan: Plan, minutes: float) -> Plan:
    """As many of the plan's questions as fit, with a follow-up each where there's time; at least one question."""
    left_s, chosen = minutes * 60.0, 0
    for question in plan.questions:
        left_s -= seconds_of(question, plan.follow_ups)
        if left_s < 0 and chosen:
            break
        chosen += 1
    return replace(
        plan,
        title=f"{minutes:g} minutes",
        questions=plan.questions[:chosen],
        why=plan.why[:chosen],
    )


def _drawn(ids: Sequence[str], seed: int) -> list[str]:
    # A small linear congruential generator: the same order on every platform and Python version.
    left, drawn, state = list(ids), [], seed & 0xFFFFFFFF
    while left:
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        drawn.append(left.pop((state >> 8) % len(left)))
    return drawn
