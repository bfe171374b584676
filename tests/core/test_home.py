"""How long things take, where a session was left, and what to work on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import COMPARE, FIXED, ON_PICKS, PICKS, SINGLE, STEPS, VERSIONS, scored
from tests.core.test_moves import ASKED, LEFT, REVIEWING, SECOND, TALKING, at
from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment
from voiceprep.core.home import heaviest_gap, left_at, minutes_of, seconds_of


def test_a_question_takes_its_asking_its_target_its_follow_ups_and_its_feedback() -> None:
    assert COMPARE.target_s == (60, 120)
    assert seconds_of(COMPARE, 0) == 10 + 90 + 45
    assert seconds_of(COMPARE, 2) == 10 + 90 + 2 * (10 + 60) + 45


def test_no_more_follow_ups_are_reckoned_with_than_there_are() -> None:
    assert len(COMPARE.follow_ups) == 4 and STEPS.follow_ups == ()
    assert seconds_of(COMPARE, 99) == seconds_of(COMPARE, 4)
    assert seconds_of(STEPS, 99) == seconds_of(STEPS, 0) == 145


def test_a_rounds_minutes_are_rounded_up() -> None:
    assert minutes_of([], 1) == 0
    assert minutes_of([STEPS], 1) == 3
    assert minutes_of([STEPS] * 12, 1) == 29, "12 times 145 s are 29 minutes to the second"


def test_a_session_was_left_in_a_question() -> None:
    assert left_at(ASKED) == "question 1 of 2"
    assert left_at(at(SECOND, e.CandidateLeft())) == "question 2 of 2"


@pytest.mark.parametrize(
    ("recorded_s", "where"),
    [(0.9, ""), (1.0, ", 0:01 into the answer"), (59.9, ", 0:59 into the answer"), (125.0, ", 2:05 into the answer")],
)
def test_a_session_was_left_so_far_into_an_answer(recorded_s: float, where: str) -> None:
    left = at(TALKING, e.CandidateLeft(), e.AnswerEnded("a001", "done", recorded_s), e.SessionClosed("left"))
    assert left_at(left) == "question 1 of 2" + where
    assert left_at(at(left, e.SessionResumed(recorded_s, review=True))) == "question 1 of 2" + where


@pytest.mark.parametrize("where", ["transcribing", "assessing", "asking"])
def test_an_answer_that_is_over_is_not_one_in_the_middle(where: str) -> None:
    state = replace(LEFT[where][0], duration_s=60.0)
    assert left_at(at(state, e.CandidateLeft(), e.SessionClosed("left"))) == "question 1 of 2"


def test_a_session_was_left_at_its_feedback() -> None:
    assert left_at(REVIEWING) == "question 1 of 2, at its feedback"
    assert left_at(at(REVIEWING, e.CandidateLeft())) == "question 1 of 2, at its feedback"


def marked(**verdicts: str) -> Assessment:
    """The comparison's answer, with these verdicts of points."""
    names = {"picks": PICKS, "fixed": FIXED, "single": SINGLE, "versions": VERSIONS}
    by_id = {names[name]: verdict for name, verdict in verdicts.items()}
    answer = scored(ON_PICKS)
    return replace(answer, points=tuple(replace(p, verdict=by_id.get(p.id, "covered")) for p in answer.points))


def gap(*scored: Assessment) -> str | None:
    found = heaviest_gap(scored)
    return found[1].id if found else None


def test_the_heaviest_core_point_that_was_not_heard_is_the_gap() -> None:
    assert gap(marked(picks="missed", fixed="missed")) == PICKS, "it weighs twice as much"
    assert gap(marked(fixed="unheard")) == FIXED
    assert heaviest_gap([marked(fixed="missed")])[0] == "rest-or-graphql"


def test_what_was_said_wrongly_is_the_gap_before_what_was_left_out() -> None:
    assert gap(marked(picks="missed", fixed="contradicted")) == FIXED
    assert gap(marked(picks="missed"), marked(single="contradicted")) == SINGLE, "over all answers"


def test_there_is_no_gap_in_what_is_extra_partly_heard_unclear_or_disputed() -> None:
    assert gap() is None
    assert gap(marked(versions="missed", fixed="partly", single="unsure")) is None
    answer = marked(picks="missed", fixed="missed")
    disputed = tuple(replace(p, dispute="I said it") if p.id == PICKS else p for p in answer.points)
    assert gap(replace(answer, points=disputed)) == FIXED
