"""Careful words after the quick ones, in whatever order results come: nothing that was given is lost, and what stands
at the end was judged by the words that stand there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import WHOLE, scored
from tests.core.test_interview import QUICK
from tests.core.test_moves import at, go
from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment, Chosen
from voiceprep.core.interview import State, step
from voiceprep.core.opinion import NoOpinion
from voiceprep.core.transcript import Transcript, Word, heard, typed

REVIEWED = replace(QUICK, review=True, asks_again=False)


def words(text: str) -> Transcript:
    said = [Word(w, 0.3 * n, 0.3 * n + 0.3, 0.9) for n, w in enumerate(text.split())]
    return heard(said, engine="whisper:base.en", duration_s=8.0)


HURRIED, CAREFUL = words("in a hurry"), words("with all the care there is")


def judged(transcript: Transcript, take: str = "a001", **more: object) -> Assessment:
    own = replace(scored(WHOLE), question_id="first", take_id=take, text=transcript.text, follow_up=None)
    return replace(own, **more)  # type: ignore[arg-type]


EARNED = judged(HURRIED, follow_up=Chosen("more", "More?", (), "not heard yet"))
ASKED = at(
    State(), REVIEWED, e.QuestionSpoken("t001", "voice", 2.0), e.AnswerEnded("a001", "done", 8.0),
    e.AnswerTranscribed("a001", HURRIED, quick=True), e.Assessed("a001", EARNED),
)  # fmt: skip
"""The follow-up is being asked; the careful words of the answer are due."""
TYPED = at(ASKED, e.QuestionSpoken("t002", "voice", 2.0), e.AnswerTyped("a002", "Less."))
"""It was typed, and is being judged."""
ADDED = replace(judged(typed("Less."), "a002"), follow_up_id="more")


def anew(state: State) -> e.AssessAnew:
    """The order that the state waits for, as it would be carried out."""
    from voiceprep.core.beside import orders_due

    (order,) = orders_due(state)
    return order


def carried_out(order: e.AssessAnew) -> e.Assessed:
    """By the words of the order, with the follow-ups that the order knows."""
    given = dict(order.given)
    asked = tuple(replace(a, text=given[a.take_id].text) for a in order.latest.follow_ups_asked)
    found = replace(order.latest, text=given[order.latest.take_id].text, follow_ups_asked=asked, follow_up=None)
    return e.Assessed(order.take_id, found, anew=order.anew)


def settled(state: State) -> State:
    while state.anew_due:
        state = at(state, carried_out(anew(state)))
    return state


def test_the_answer_waits_for_a_check_that_is_ordered_once() -> None:
    assert [c.take_id for c in ASKED.checks_due] == ["a001"] and ASKED.phase == "asking"


def test_a_follow_up_judged_while_its_parent_is_judged_anew_is_kept() -> None:
    checked = at(TYPED, e.AnswerChecked("a001", CAREFUL))
    order = anew(checked)
    assert order.latest.follow_ups_asked == ()
    after = at(checked, e.Assessed("a002", ADDED, replace(EARNED, follow_up=None, follow_ups_asked=(ADDED,))))
    after, _ = step(after, carried_out(order))  # of an order that another has replaced
    (answer,) = settled(after).assessments
    assert answer.text == CAREFUL.text and [f.take_id for f in answer.follow_ups_asked] == ["a002"]


def test_a_parent_judged_by_quick_words_does_not_come_back_with_its_follow_up() -> None:
    checked = at(TYPED, e.AnswerChecked("a001", CAREFUL))
    checked = settled(checked)
    late = e.Assessed("a002", ADDED, replace(EARNED, follow_up=None, follow_ups_asked=(ADDED,)))
    (answer,) = settled(at(checked, late)).assessments
    assert answer.text == CAREFUL.text and len(answer.follow_ups_asked) == 1


@pytest.mark.parametrize("first", ["checked", "judged"])
def test_feedback_waits_until_all_of_it_rests_on_careful_words(first: str) -> None:
    late = e.Assessed("a002", ADDED, replace(EARNED, follow_up=None, follow_ups_asked=(ADDED,)))
    check = e.AnswerChecked("a001", CAREFUL)
    state = at(TYPED, *((check, late) if first == "checked" else (late, check)))
    assert state.phase == "checking"
    assert settled(state).phase == "reviewing"


def test_what_was_judged_anew_stays_when_a_later_answer_is_gone_on_with() -> None:
    state = settled(at(ASKED, e.AnswerChecked("a001", CAREFUL)))
    state = at(state, e.QuestionSpoken("t002", "voice", 2.0), e.AnswerEnded("a002", "done", 3.0))
    state = settled(at(state, e.AnswerReopened("a002")))
    assert state.assessments[0].text == CAREFUL.text


def test_a_verdict_that_was_due_when_the_answer_ended_is_due_again_when_it_goes_on() -> None:
    listening = at(ASKED, e.QuestionSpoken("t002", "voice", 2.0), e.AnswerChecked("a001", CAREFUL))
    ended = at(listening, e.AnswerEnded("a002", "done", 3.0))
    back = at(at(ended, carried_out(anew(ended))), e.AnswerReopened("a002"))
    assert settled(back).assessments[0].text == CAREFUL.text


def test_who_leaves_at_the_end_need_not_wait_for_checks() -> None:
    one = replace(REVIEWED, review=False, follow_ups=0, questions=REVIEWED.questions[:1])
    closing = at(
        State(), one, e.QuestionSpoken("t001", "voice", 2.0), e.AnswerEnded("a001", "done", 8.0),
        e.AnswerTranscribed("a001", HURRIED, quick=True), e.Assessed("a001", judged(HURRIED)),
    )  # fmt: skip
    assert closing.phase == "closing" and closing.checks_due
    left, effects = go(closing, e.CandidateLeft())
    assert effects[-1] == e.Close("left")
    closed = at(left, e.SessionClosed("left"))
    again, effects = go(closed, e.SessionResumed(0.0, quick=True))
    assert again.phase == "closing" and again.checks_due == closing.checks_due
    assert set(closing.checks_due) <= set(effects) and e.Close("finished") in effects


def test_a_judge_is_asked_about_the_careful_words() -> None:
    state = at(
        State(), replace(REVIEWED, judge="tiny", follow_ups=0), e.QuestionSpoken("t001", "voice", 2.0),
        e.AnswerEnded("a001", "done", 8.0), e.AnswerTranscribed("a001", HURRIED, quick=True),
    )  # fmt: skip
    state, effects = go(state, e.Assessed("a001", judged(HURRIED)))
    assert not any(isinstance(order, e.SeekOpinion) for order in effects)
    state = at(state, e.AnswerChecked("a001", CAREFUL))
    state, effects = go(state, carried_out(anew(state)))
    (sought,) = [order for order in effects if isinstance(order, e.SeekOpinion)]
    assert sought.transcript == CAREFUL
    told = at(state, e.OpinionGiven("first", None, "a001", NoOpinion("It was slow."), sought.ending))
    assert told.assessments[0].opinion == NoOpinion("It was slow.")


def test_where_care_fails_the_judge_gets_the_quick_words() -> None:
    state = at(
        State(), replace(REVIEWED, judge="tiny", follow_ups=0), e.QuestionSpoken("t001", "voice", 2.0),
        e.AnswerEnded("a001", "done", 8.0), e.AnswerTranscribed("a001", HURRIED, quick=True),
        e.Assessed("a001", judged(HURRIED)),
    )  # fmt: skip
    after, effects = go(state, e.CheckFailed("a001", "it died"))
    assert after.phase == "reviewing"
    assert [o.transcript for o in effects if isinstance(o, e.SeekOpinion)] == [HURRIED]


def test_what_the_candidate_put_right_meanwhile_stays_as_they_wrote_it() -> None:
    edited = at(settled(ASKED), e.TranscriptEdited("a001", "In my own words."))
    checked = at(edited, e.AnswerChecked("a001", CAREFUL))
    assert dict(checked.given)["a001"].text == "In my own words."
    assert dict(checked.heard)["a001"] == CAREFUL
