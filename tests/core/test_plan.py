"""Which questions are asked: the author's order, one drawn from a seed, the chosen ones, as many as fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import COMPARE
from voiceprep.core.home import seconds_of
from voiceprep.core.plan import Plan, Round, plan_minutes, plan_questions, plan_round

IDS = tuple("abcdefgh")
QUESTIONS = {i: replace(COMPARE, id=i) for i in IDS}
ROUND = Round("r", "A round", "About", IDS, follow_ups=2)


def asked(plan: Plan) -> str:
    return "".join(q.id for q in plan.questions)


def test_a_round_is_asked_in_its_authors_order() -> None:
    plan = plan_round(ROUND, QUESTIONS, 0)
    assert (asked(plan), plan.title, plan.follow_ups, plan.seed) == ("abcdefgh", "A round", 2, 0)
    assert plan.why == ("next in A round",) * 8


def test_a_seed_draws_an_order_that_is_the_same_everywhere() -> None:
    assert asked(plan_round(ROUND, QUESTIONS, 7)) == "fdgehbca"
    assert asked(plan_round(ROUND, QUESTIONS, 8)) == "dbchgefa"
    assert plan_round(ROUND, QUESTIONS, 7).why == ("drawn by seed",) * 8


@pytest.mark.parametrize("seed", [-1, 1, 2**32, 2**40 + 5])
def test_no_question_is_lost_or_doubled_in_the_draw(seed: int) -> None:
    assert sorted(asked(plan_round(ROUND, QUESTIONS, seed))) == list(IDS)


def test_chosen_questions_are_asked_as_chosen() -> None:
    plan = plan_questions(["c", "a"], QUESTIONS, 3)
    assert (asked(plan), plan.why, plan.follow_ups, plan.seed) == ("ca", ("you chose it",) * 2, 1, 3)


ONE_S = seconds_of(COMPARE, 2)


@pytest.mark.parametrize(
    ("minutes", "questions"),
    [
        (0.0, "a"),
        (ONE_S / 60, "a"),
        (2 * ONE_S / 60 - 0.01, "a"),
        (2 * ONE_S / 60, "ab"),
        (3.5 * ONE_S / 60, "abc"),
        (1000.0, "abcdefgh"),
    ],
)
def test_as_many_questions_as_fit_into_the_time_and_at_least_one(minutes: float, questions: str) -> None:
    plan = plan_minutes(plan_round(ROUND, QUESTIONS, 0), minutes)
    assert asked(plan) == questions
    assert len(plan.why) == len(questions)
    assert (plan.follow_ups, plan.seed) == (2, 0)


def test_a_plan_of_minutes_is_called_by_them() -> None:
    assert plan_minutes(plan_round(ROUND, QUESTIONS, 0), 15.0).title == "15 minutes"
    assert plan_minutes(plan_round(ROUND, QUESTIONS, 0), 7.5).title == "7.5 minutes"
