"""A second opinion on its way: to the answer it's about, whatever has begun since, and never into a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import COMPARE, FIXED, GROUND, ON_FIXED, ON_PICKS, PICKS, SINGLE, scored
from tests.core.test_interview import DONE, EARNED_MORE
from tests.core.test_moves import ASSESSING, LATE, OPENED, REVIEWED, answered, ask, at, go, ignores
from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment, assess_follow_up, assess_retake
from voiceprep.core.interview import ImpossibleEvent, State, step
from voiceprep.core.opinion import NoOpinion, Opinion, PointOpinion, Quote
from voiceprep.core.transcript import typed
from voiceprep.report import wording

TINY = "tiny at 127.0.0.1:1"
JUDGED = replace(REVIEWED, judge=TINY)
NONE = NoOpinion("tiny can't be reached.")


def opinion(*points: PointOpinion) -> Opinion:
    return Opinion(TINY, "second-opinion 1 (0)", 1, points, len(points), (), False, 0.5)


SEES_LESS = opinion(PointOpinion(PICKS, "missed", 1), PointOpinion(FIXED, "missed", 1))


def given(
    take: str, what: Opinion | NoOpinion = NONE, *, follow_up: str | None = None, ending: int = 1
) -> e.OpinionGiven:
    return e.OpinionGiven("first", follow_up, take, what, ending)


def first_answer(opened: e.SessionOpened = JUDGED) -> State:
    """Being judged by the rubric."""
    return at(State(), opened, ask(1), *answered("a001"))


def asked_about(state: State, assessed: Assessment = DONE) -> State:
    return at(state, e.Assessed(state.take_id, replace(assessed, take_id=state.take_id), ending=state.ending))


REVIEWING = asked_about(first_answer())
FOLLOWED = asked_about(first_answer(), EARNED_MORE)


def test_a_scored_answer_is_asked_about_and_the_feedback_does_not_wait() -> None:
    state, effects = go(first_answer(), e.Assessed("a001", DONE))
    assert state.phase == "reviewing" and state.opinions_due == (("a001", 1),)
    assert effects == (e.SeekOpinion("first", None, "a001", first_answer().transcript),)
    state, effects = go(first_answer(), e.Assessed("a001", EARNED_MORE))
    assert state.phase == "asking", "the follow-up is asked at once"
    assert [type(effect) for effect in effects] == [e.SeekOpinion, e.Speak]


def test_nobody_is_asked_without_a_judge_without_a_score_and_about_one_sentence() -> None:
    assert go(ASSESSING, e.Assessed("a001", DONE))[1] == ()
    unscored = scored("I like trains.")
    assert unscored.unscored is not None
    state, effects = go(first_answer(), e.Assessed("a001", unscored))
    assert state.opinions_due == effects == ()
    sentence = at(REVIEWING, given("a001"), e.RetakeAsked(PICKS), *answered("a002"))
    state, effects = go(sentence, e.Assessed("a002", DONE, DONE))
    assert state.opinions_due == effects == ()
    skipped = at(State(), JUDGED, ask(1), e.Skipped("t001"))
    assert go(skipped, e.Assessed("a001", unscored))[0].opinions_due == ()


def test_it_stands_beside_the_verdicts_and_changes_none_of_them() -> None:
    state, effects = go(REVIEWING, given("a001", SEES_LESS))
    (after,) = state.assessments
    assert effects == state.opinions_due == ()
    assert after == replace(REVIEWING.assessments[0], opinion=SEES_LESS)
    assert (after.points, after.coverage, after.next_step) == (DONE.points, DONE.coverage, DONE.next_step)
    assert state == replace(REVIEWING, assessments=(after,), opinions_due=())


def test_what_is_not_due_is_ignored() -> None:
    assert ignores(REVIEWING, given("a001", ending=2))
    assert ignores(at(REVIEWING, given("a001")), given("a001", SEES_LESS)), "the first word counts"
    assert ignores(at(ASSESSING, e.Assessed("a001", DONE)), given("a001")), "no judge was on"


def test_it_comes_while_the_next_question_is_asked_answered_or_judged() -> None:
    second = at(REVIEWING, e.NextAsked())
    for events in ([], [ask(2)], [ask(2), e.Paused()], [ask(2), e.AnswerEnded("a002", "done", 8.0)],
                   [ask(2), *answered("a002")]):  # fmt: skip
        before = at(second, *events)
        state, effects = go(before, given("a001", SEES_LESS))
        assert effects == () and state.phase == before.phase
        assert state.assessments[0].opinion == SEES_LESS


def test_a_follow_ups_answer_has_an_opinion_of_its_own_and_both_find_their_place() -> None:
    own = replace(DONE, follow_up_id="more", take_id="a002")
    parent = replace(EARNED_MORE, take_id="a001", follow_up=None, follow_ups_asked=(own,))
    judging = at(FOLLOWED, ask(2), *answered("a002"))
    # The parent's comes while the follow-up is being judged, with the parent as it stood before.
    state, effects = go(judging, given("a001", SEES_LESS), e.Assessed("a002", own, parent))
    assert state.assessments[0].opinion == SEES_LESS
    (order,) = effects
    assert isinstance(order, e.SeekOpinion) and (order.follow_up_id, order.take_id) == ("more", "a002")
    state = at(state, given("a002", NONE, follow_up="more"))
    assert state.assessments[0].opinion == SEES_LESS
    assert state.assessments[0].follow_ups_asked[0].opinion == NONE
    again = at(state, e.RetakeAsked(PICKS), *answered("a003"), e.Assessed("a003", parent, parent))
    assert [a.opinion for a in (again.assessments[0], *again.assessments[0].follow_ups_asked)] == [SEES_LESS, NONE]


def test_an_answer_given_again_keeps_the_old_ones_opinion_with_the_old_one() -> None:
    again = at(REVIEWING, e.RetakeAsked(), ask(2), *answered("a002"))
    state, _ = go(asked_about(again), given("a001", SEES_LESS), given("a002", NONE))
    assert [a.opinion for a in (*state.earlier, *state.assessments)] == [SEES_LESS, NONE]


def test_of_an_answer_that_was_gone_on_with_only_the_last_ending_counts() -> None:
    back = at(REVIEWING, e.AnswerReopened("a001"))
    assert back.opinions_due == ()
    assert ignores(back, given("a001", SEES_LESS))
    ended = asked_about(at(back, *answered("a001", ending=2)))
    assert ignores(ended, given("a001", SEES_LESS), *LATE)
    assert at(ended, given("a001", NONE, ending=2)).assessments[0].opinion == NONE


def test_going_back_into_an_answer_loses_no_opinion_on_another() -> None:
    second = at(REVIEWING, e.NextAsked(), ask(2), *answered("a002"))
    assert second.before_end is not None and second.before_end.assessments[0].opinion is None
    assert at(second, given("a001", SEES_LESS), e.AnswerReopened("a002")).assessments[0].opinion == SEES_LESS
    still_due = at(second, e.AnswerReopened("a002"))
    assert at(still_due, given("a001", SEES_LESS)).assessments[0].opinion == SEES_LESS


def test_who_skips_leaves_or_has_seen_the_last_feedback_waits_for_none() -> None:
    assert go(REVIEWING, e.OpinionSkipped())[1] == (e.StopOpinions(),)
    assert ignores(at(REVIEWING, given("a001")), e.OpinionSkipped())
    assert go(REVIEWING, e.CandidateLeft())[1] == (e.StopOpinions(), e.Close("left"))
    last = replace(JUDGED, questions=JUDGED.questions[:1])
    state, effects = go(asked_about(first_answer(last)), e.NextAsked())
    assert effects == (e.StopOpinions(), e.Close("finished"))
    assert at(state, given("a001")).assessments[0].opinion == NONE, "its end still comes in"


def test_where_nobody_looks_the_end_waits_until_somebody_wants_to_go() -> None:
    last = replace(OPENED, judge=TINY, questions=OPENED.questions[:1], follow_ups=0)
    state, effects = go(first_answer(last), e.Assessed("a001", DONE))
    assert (state.phase, effects[1:]) == ("closing", (e.Close("finished"),))
    assert go(state, e.CandidateLeft())[1] == (e.StopOpinions(),)
    assert at(state, e.CandidateLeft(), e.SessionClosed("finished")).close_reason == "finished"


def test_a_session_taken_up_again_keeps_what_was_given_and_waits_for_nothing_old() -> None:
    left = at(REVIEWING, e.NextAsked(), given("a001", SEES_LESS), ask(2), *answered("a002"))
    left = at(asked_about(left, replace(DONE, question_id="second")), e.SessionClosed("fault"))
    assert left.opinions_due == ()
    state = at(left, e.SessionResumed(0.0, True, "other at 127.0.0.1:2"))
    assert state.assessments[0].opinion == SEES_LESS and state.judge == "other at 127.0.0.1:2"
    assert ignores(state, e.OpinionGiven("second", None, "a002", NONE))
    assert at(left, e.SessionResumed(0.0, True)).judge == "", "switched off meanwhile"


def test_a_take_never_given_out_has_none() -> None:
    with pytest.raises(ImpossibleEvent, match="never given out"):
        step(REVIEWING, given("a009"))


# What it's held against -------------------------------------------------------------------------------------------


def test_points_that_a_later_take_filled_are_not_held_against_it() -> None:
    """It read the first answer; what the follow-up added is no disagreement."""
    parent = replace(scored(ON_PICKS), opinion=SEES_LESS)
    _, filled = assess_follow_up(GROUND, COMPARE.follow_up("ask-fixed"), parent, typed(ON_FIXED), "a002")
    assert filled.opinion is None, "the interview keeps it"
    verdicts = {p.id: p.verdict for p in filled.points}
    assert (verdicts[PICKS], verdicts[FIXED]) == ("covered", "covered")
    assert FIXED not in filled.own_verdicts() and filled.own_verdicts()[PICKS] == "covered"
    said = wording.opinion(replace(filled, opinion=SEES_LESS))
    assert "disagrees on 1: it doesn't find: " in said
    assert next(p.text for p in filled.points if p.id == PICKS).rstrip(".") in said
    again = assess_retake(GROUND, parent, FIXED, typed(ON_FIXED), "a003")
    assert again.opinion is None and FIXED not in again.own_verdicts()


def test_what_it_makes_of_a_point_is_told_with_its_words() -> None:
    quote = Quote(ON_PICKS[:10], 0, 10, 1.5, 2.0)
    a = replace(scored(ON_PICKS), opinion=opinion(PointOpinion(PICKS, "covered", 1, (quote,), "It says so.")))
    assert wording.point_opinion(a, PICKS) == (
        f"The second opinion ({TINY}) finds it said. “{ON_PICKS[:10]}”  0:01 In its own words: It says so."
    )
    assert wording.point_opinion(a, SINGLE) == wording.point_opinion(replace(a, opinion=NONE), PICKS) == ""
    assert wording.opinion(replace(a, opinion=None)) == ""
