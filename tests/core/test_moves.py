"""What the candidate may ask for, and what may befall the microphone: each move, from where it matters to its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import FIXED, ON_PICKS, PICKS, scored
from tests.core.test_interview import (
    AFTER_MORE,
    DONE,
    EARNED_MORE,
    OFF_TOPIC,
    OPENED,
    SPOKEN,
    assess,
    of_take,
)
from voiceprep.core import events as e
from voiceprep.core.feedback import SKIPPED, Retake, Unscored, no_time_left, once_more
from voiceprep.core.floor import SENTENCE_S
from voiceprep.core.interview import State, fold, stale, step
from voiceprep.core.judged import ASK_AGAIN, MOVE_ON
from voiceprep.core.leaving import TOO_LITTLE_S
from voiceprep.core.spans import Span
from voiceprep.core.transcript import typed

REVIEWED = replace(OPENED, review=True)


def ask(n: int) -> e.QuestionSpoken:
    return e.QuestionSpoken(f"t{n:03d}", "voice", 2.0)


def answered(take: str, judged: e.Assessed | None = None, ending: int = 1) -> list[e.Event]:
    """A spoken answer of 8 s, and its judgement."""
    events: list[e.Event] = [e.AnswerEnded(take, "done", 8.0), e.AnswerTranscribed(take, SPOKEN, ending)]
    return [*events, judged] if judged else events


def go(state: State, *events: e.Event) -> tuple[State, tuple[e.Effect, ...]]:
    """The state after the events, and what the last of them ordered; none of them is ignored."""
    effects: tuple[e.Effect, ...] = ()
    for event in events:
        assert not stale(state, event), event
        state, effects = step(state, event)
    return state, effects


def at(state: State, *events: e.Event) -> State:
    return go(state, *events)[0]


def ignores(state: State, *events: e.Event) -> bool:
    return all(stale(state, event) and step(state, event) == (state, ()) for event in events)


ASKED = at(State(), REVIEWED)
TALKING = at(ASKED, ask(1), e.SpeechStarted("a001", 1.0), e.SpeechEnded("a001", 3.0))
"""In the middle of the first answer."""
TRANSCRIBING = at(TALKING, e.AnswerEnded("a001", "done", 8.0))
ASSESSING = at(TALKING, *answered("a001"))
FOLLOWED = at(ASSESSING, e.Assessed("a001", EARNED_MORE))
"""The follow-up is being asked."""
FOLLOWING = at(FOLLOWED, ask(2))
REVIEWING = at(ASSESSING, e.Assessed("a001", DONE))
SECOND = at(REVIEWING, e.NextAsked())
LATE = [report for report in of_take("a001") if hasattr(report, "ending")]
"""What the first ending of the first take may still bring."""


# "I wasn't finished" ----------------------------------------------------------------------------------------------

UNDONE = {
    "transcribing": (TRANSCRIBING, {}, ()),
    "assessing": (ASSESSING, {}, ()),
    "the follow-up being asked": (FOLLOWED, {"turns": 3, "turn": 3}, (e.StopSpeaking(),)),
    "the next take listening": (FOLLOWING, {"turns": 2, "turn": 2, "takes": 2}, (e.PauseListening("a002"),)),
    "reviewing": (REVIEWING, {}, ()),
}


@pytest.mark.parametrize("where", UNDONE)
def test_who_was_not_finished_goes_on_in_the_same_take(where: str) -> None:
    state, changed, hush = UNDONE[where]
    after, effects = go(state, e.AnswerReopened("a001"))
    assert after == replace(TALKING, ending=2, duration_s=8.0, **changed)
    assert effects == (*hush, e.Listen("a001", goes_on=True))


@pytest.mark.parametrize("where", UNDONE)
def test_what_the_first_ending_still_brings_is_ignored_and_the_second_counts(where: str) -> None:
    state, _, _ = UNDONE[where]
    undone = at(state, e.AnswerReopened("a001"))
    assert ignores(undone, *LATE)
    again, effects = go(undone, e.SpeechStarted("a001", 9.0), e.DoneAsked("a001"), e.AnswerEnded("a001", "done", 12.0))
    assert effects == (e.Transcribe("a001", 12.0, (Span(1.0, 3.0), Span(9.0, 12.0)), ending=2),)
    assert ignores(again, *LATE)
    judging, effects = go(again, e.AnswerTranscribed("a001", SPOKEN, 2))
    assert effects == (replace(assess("a001"), ending=2),)
    assert ignores(judging, *LATE)
    assert at(judging, e.Assessed("a001", DONE, ending=2)).assessments == (DONE,), "one answer, one assessment"


@pytest.mark.parametrize("where", UNDONE)
def test_the_turn_and_the_take_that_were_left_for_it_never_come_back(where: str) -> None:
    state, _, _ = UNDONE[where]
    undone = at(state, e.AnswerReopened("a001"))
    assert state is ASSESSING or state.turn == 1 or ignores(undone, e.Skipped("t001"))
    if state.turn == 2:
        assert ignores(undone, ask(1)) and ignores(undone, ask(2))
    if state.take == 2:
        assert ignores(undone, *of_take("a002"))
    listening = at(undone, *answered("a001", e.Assessed("a001", EARNED_MORE, ending=2), 2), ask(undone.turns + 1))
    assert listening.take_id == f"a{state.takes + 1:03d}"
    assert listening.ending == 1


def test_done_can_be_undone_as_often_as_it_was_said() -> None:
    undone = at(TRANSCRIBING, e.AnswerReopened("a001"))
    twice = at(undone, *answered("a001", ending=2), e.AnswerReopened("a001"))
    assert twice == replace(TALKING, ending=3, duration_s=8.0)
    assert ignores(twice, e.AnswerTranscribed("a001", SPOKEN, 2), e.Assessed("a001", DONE, ending=2))


def test_a_typed_answer_is_gone_on_with_too() -> None:
    sent = at(TALKING, e.TypingStarted("a001"), e.AnswerTyped("a001", "Half an"))
    assert go(sent, e.AnswerReopened("a001")) == (replace(TALKING, ending=2), (e.Listen("a001", goes_on=True),))


def test_only_the_answer_that_was_just_ended_can_be_undone() -> None:
    assert ignores(TALKING, e.AnswerReopened("a001"))
    assert ignores(SECOND, e.AnswerReopened("a001")), "the feedback was seen and left"
    over = at(FOLLOWING, e.AnswerEnded("a002", "done", 3.0))
    assert ignores(over, e.AnswerReopened("a001"))
    assert at(over, e.AnswerReopened("a002")).take_id == "a002"


def test_the_retake_of_an_answer_can_be_undone_and_replaces_it_once() -> None:
    again = at(REVIEWING, e.RetakeAsked(), ask(2), *answered("a002", e.Assessed("a002", EARNED_MORE)))
    undone = at(again, e.AnswerReopened("a002"))
    assert (undone.assessments, undone.earlier, undone.retake) == ((DONE,), (), "")
    over = at(undone, *answered("a002", e.Assessed("a002", EARNED_MORE, ending=2), 2))
    assert (over.assessments, over.earlier) == ((EARNED_MORE,), (DONE,))


def test_time_that_ran_short_stays_short_when_an_answer_is_gone_on_with() -> None:
    assert at(TRANSCRIBING, e.TimeRanShort(), e.AnswerReopened("a001")).time_is_short


# Pauses -----------------------------------------------------------------------------------------------------------


def test_a_pause_in_the_question_stops_it_and_afterwards_it_is_asked_again() -> None:
    paused, effects = go(ASKED, e.Paused())
    assert (paused, effects) == (replace(ASKED, phase="paused", paused_from="asking"), (e.StopSpeaking(),))
    assert ignores(paused, ask(1)), "what was cut short comes back as spoken"
    on, effects = go(paused, e.Unpaused())
    assert (on, effects) == (replace(ASKED, turns=2, turn=2), (e.Speak("t002", "First?"),))
    assert ignores(on, ask(1))
    assert go(on, ask(2))[1] == (e.Listen("a001"),)


def test_a_pause_in_the_answer_keeps_the_take() -> None:
    paused, effects = go(TALKING, e.Paused())
    assert paused == replace(TALKING, phase="paused", paused_from="listening")
    assert effects == (e.PauseListening("a001"),)
    assert go(paused, e.Unpaused()) == (TALKING, (e.Listen("a001", goes_on=True),))


def test_speech_that_the_pause_cut_off_is_still_counted() -> None:
    paused = at(TALKING, e.SpeechStarted("a001", 5.0), e.Paused(), e.SpeechEnded("a001", 6.5))
    assert paused.speech == (Span(1.0, 3.0), Span(5.0, 6.5))


@pytest.mark.parametrize("state", [TRANSCRIBING, ASSESSING], ids=lambda s: s.phase)
def test_a_pause_while_an_answer_is_judged_comes_before_the_next_turn(state: State) -> None:
    held, effects = go(state, e.Paused())
    assert (held, effects) == (replace(state, hold=True), ())
    if state is TRANSCRIBING:
        held = at(held, e.AnswerTranscribed("a001", SPOKEN))
    paused, effects = go(held, e.Assessed("a001", EARNED_MORE))
    assert (paused.phase, paused.paused_from, paused.hold, effects) == ("paused", "asking", False, ())
    assert go(paused, e.Unpaused())[1] == (e.Speak("t003", "More?"),)


@pytest.mark.parametrize("state", [TRANSCRIBING, ASSESSING], ids=lambda s: s.phase)
def test_a_pause_that_has_not_begun_can_be_taken_back(state: State) -> None:
    assert go(state, e.Paused(), e.Unpaused()) == (state, ())


def test_the_feedback_is_pause_enough() -> None:
    assert at(ASSESSING, e.Paused(), e.Assessed("a001", DONE)) == REVIEWING


def test_a_pause_right_after_done_waits_for_the_answer_that_is_over() -> None:
    held, effects = go(TALKING, e.DoneAsked("a001"), e.Paused())
    assert (held.phase, held.hold, effects) == ("listening", True, ())
    assert at(held, e.Unpaused()) == at(TALKING, e.DoneAsked("a001"))
    judged = at(held, *answered("a001", e.Assessed("a001", EARNED_MORE)))
    assert (judged.phase, judged.paused_from) == ("paused", "asking")
    undone = at(held, e.AnswerEnded("a001", "done", 8.0), e.AnswerReopened("a001"))
    assert not undone.hold, "who goes on has no pause waiting"


def test_a_take_that_ends_by_itself_as_the_pause_begins_ends_when_it_goes_on() -> None:
    paused = at(TALKING, e.Paused())
    assert ignores(paused, e.AnswerEnded("a001", "recording ended", 8.0))
    assert at(paused, e.Unpaused(), e.AnswerEnded("a001", "recording ended", 8.0)) == TRANSCRIBING


def test_a_repeated_question_can_be_paused_and_the_take_still_goes_on() -> None:
    paused = at(TALKING, e.RepeatAsked(), e.Paused())
    assert paused.paused_from == "asking"
    on, effects = go(paused, e.Unpaused())
    assert effects == (e.Speak("t003", "First?"),)
    assert go(on, ask(3))[1] == (e.Listen("a001", goes_on=True),)


# The microphone ---------------------------------------------------------------------------------------------------

LOST = e.MicrophoneLost("a001", "The microphone was unplugged.")


def test_a_lost_microphone_is_a_pause_that_says_why_and_the_take_goes_on_afterwards() -> None:
    lost, effects = go(TALKING, LOST)
    assert effects == (e.PauseListening("a001"),)
    assert lost == replace(
        TALKING, phase="paused", paused_from="listening", paused_because="The microphone was unplugged."
    )
    back, effects = go(lost, e.MicrophoneBack())
    assert (back, effects) == (replace(lost, microphone_back=True), ()), "going on is the candidate's to say"
    assert go(back, e.Unpaused()) == (TALKING, (e.Listen("a001", goes_on=True),))


def test_who_goes_on_without_the_microphone_is_told_again() -> None:
    assert at(TALKING, LOST, e.Unpaused(), LOST) == at(TALKING, LOST)
    assert not at(TALKING, LOST, e.MicrophoneBack(), e.Unpaused(), LOST).microphone_back


def test_with_the_microphone_lost_what_was_recorded_can_be_the_answer() -> None:
    done, effects = go(TALKING, LOST, e.DoneAsked("a001"))
    assert (done, effects) == (replace(TALKING, done_asked=True), (e.StopListening("a001"),))
    assert go(done, e.AnswerEnded("a001", "done", 8.0)) == (
        replace(TRANSCRIBING, before_end=replace(TALKING, duration_s=8.0)),
        (e.Transcribe("a001", 8.0, (Span(1.0, 3.0),)),),
    )


@pytest.mark.parametrize("wish", [e.DoneAsked("a001"), e.TypingStarted("a001")], ids=["done", "typing"])
def test_who_has_said_done_or_types_is_not_held_up_by_the_microphone(wish: e.Event) -> None:
    state = at(TALKING, wish)
    assert go(state, LOST) == (state, ())


@pytest.mark.parametrize("state", [TRANSCRIBING, ASSESSING, REVIEWING, at(TALKING, e.Paused())], ids=lambda s: s.phase)
def test_a_microphone_that_is_lost_when_nobody_speaks_is_no_event(state: State) -> None:
    assert ignores(state, LOST)
    assert state.phase == "paused" or ignores(state, e.MicrophoneBack())


# Done -------------------------------------------------------------------------------------------------------------


def test_done_has_the_recording_stopped_and_is_heard_once() -> None:
    done, effects = go(TALKING, e.DoneAsked("a001"))
    assert (done, effects) == (replace(TALKING, done_asked=True), (e.StopListening("a001"),))
    assert ignores(done, e.DoneAsked("a001"), e.RepeatAsked(), e.TakeRestarted("a001"), e.TypingStarted("a001"))
    ended = at(done, e.AnswerEnded("a001", "done", 8.0))
    assert ignores(ended, e.DoneAsked("a001"), e.AnswerEnded("a001", "done", 8.0)), "pressed twice"


def test_done_ends_a_pause_and_its_answer() -> None:
    done, effects = go(TALKING, e.Paused(), e.DoneAsked("a001"))
    assert effects == (e.StopListening("a001"),)
    assert at(done, e.AnswerEnded("a001", "done", 8.0)) == TRANSCRIBING


def test_nothing_is_done_before_there_is_a_take() -> None:
    asked = at(State(), OPENED)
    early = [e.DoneAsked("a000"), e.TakeRestarted("a000"), e.TypingStarted("a000"), e.AnswerReopened("a000")]
    assert ignores(asked, *early)
    assert ignores(at(asked, e.Paused()), *early)


def test_a_pause_before_the_next_take_is_not_the_last_take() -> None:
    held = at(ASSESSING, e.Paused(), e.Assessed("a001", EARNED_MORE))
    assert (held.phase, held.take_id) == ("paused", "a001")
    assert ignores(held, e.DoneAsked("a001"), e.TakeRestarted("a001"), e.TypingStarted("a001"), *of_take("a001"))


# The question again -----------------------------------------------------------------------------------------------


def test_the_question_in_mid_answer_keeps_the_take() -> None:
    again, effects = go(TALKING, e.RepeatAsked())
    assert again == replace(TALKING, phase="asking", turns=2, turn=2, goes_on=True)
    assert effects == (e.PauseListening("a001"), e.Speak("t002", "First?"))
    on, effects = go(again, ask(2))
    assert (on, effects) == (replace(TALKING, turns=2, turn=2), (e.Listen("a001", goes_on=True),))


def test_speech_that_the_question_cut_off_is_still_counted() -> None:
    again = at(TALKING, e.SpeechStarted("a001", 5.0), e.RepeatAsked(), e.SpeechEnded("a001", 6.5), ask(2))
    assert (again.speech, again.speaking_since_s) == ((Span(1.0, 3.0), Span(5.0, 6.5)), None)


def test_a_question_repeated_while_it_is_asked_begins_again() -> None:
    again, effects = go(ASKED, e.RepeatAsked())
    assert (again, effects) == (
        replace(ASKED, turns=2, turn=2),
        (e.StopSpeaking(), e.Speak("t002", "First?")),
    )
    assert ignores(again, ask(1))
    twice = at(TALKING, e.RepeatAsked(), e.RepeatAsked())
    assert go(twice, ask(3))[1] == (e.Listen("a001", goes_on=True),)


def test_a_follow_up_is_repeated_as_it_was_asked() -> None:
    assert go(FOLLOWING, e.RepeatAsked())[1] == (e.PauseListening("a002"), e.Speak("t003", "More?"))


@pytest.mark.parametrize(
    "end",
    [
        [e.DoneAsked("a001"), *answered("a001")],
        [e.TypingStarted("a001"), e.AnswerTyped("a001", "Typed.")],
    ],
    ids=["done", "typed"],
)
def test_the_turn_after_a_repeated_question_that_was_paused_has_a_take_of_its_own(end: list[e.Event]) -> None:
    paused = at(TALKING, e.RepeatAsked(), e.Paused())
    followed = at(paused, *end, e.Assessed("a001", EARNED_MORE))
    assert go(followed, ask(followed.turn))[1] == (e.Listen("a002"),)


# Start again, hints, typing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [[], [e.Paused()], [LOST]], ids=["speaking", "paused", "lost"])
def test_start_again_keeps_the_old_take_and_begins_a_new_one(before: list[e.Event]) -> None:
    again, effects = go(TALKING, *before, e.TakeRestarted("a001"))
    assert again == replace(TALKING, takes=2, take=2, own_takes=2, speech=())
    assert effects == (e.PauseListening("a001"), e.Listen("a002"))
    assert ignores(again, *of_take("a001")), "what was under way in the old one"
    assert at(again, *answered("a002"), e.Assessed("a002", DONE)).assessments == (DONE,)


def test_hints_are_counted_for_the_question_they_were_for() -> None:
    hinted = at(TALKING, e.HintTaken("first"), e.Paused(), e.HintTaken("first"))
    assert hinted.hints == 2
    over = at(hinted, e.Unpaused(), *answered("a001"))
    assert over.hints == 2, "until it's judged"
    assert at(over, e.Assessed("a001", DONE)).hints == 0


@pytest.mark.parametrize("before", [[], [e.Paused()], [LOST]], ids=["speaking", "paused", "lost"])
def test_the_rest_of_a_turn_can_be_typed_and_the_recording_is_kept(before: list[e.Event]) -> None:
    typing, effects = go(TALKING, *before, e.TypingStarted("a001"))
    assert (typing, effects) == (replace(TALKING, typing=True), (e.PauseListening("a001"),))
    assert ignores(typing, e.TypingStarted("a001"))
    assert go(typing, e.AnswerTyped("a001", "Less."))[1] == (assess("a001", transcript=typed("Less.")),)
    assert go(typing, e.TypingStopped("a001")) == (TALKING, (e.Listen("a001", goes_on=True),))


def test_who_does_not_type_cannot_stop_typing() -> None:
    assert ignores(TALKING, e.TypingStopped("a001"))


def test_the_turn_after_a_typed_answer_is_spoken_again() -> None:
    followed = at(TALKING, e.TypingStarted("a001"), e.AnswerTyped("a001", "x"), e.Assessed("a001", EARNED_MORE))
    assert not followed.typing
    assert not at(followed, ask(2)).typing


# Skipping ---------------------------------------------------------------------------------------------------------

UNASKED = replace(scored(ON_PICKS), question_id="first", follow_up=None)


@pytest.mark.parametrize(
    ("before", "take", "effect"),
    [
        ([], "a001", e.StopSpeaking()),
        ([e.Paused()], "a001", e.StopSpeaking()),
        ([ask(1)], "a001", e.PauseListening("a001")),
        ([ask(1), e.Paused()], "a001", e.PauseListening("a001")),
        ([ask(1), e.DoneAsked("a001")], "a001", e.PauseListening("a001")),
        ([ask(1), e.RepeatAsked()], "a002", e.StopSpeaking()),
    ],
    ids=["asking", "paused question", "answering", "paused answer", "done", "repeated"],
)
def test_a_skipped_question_is_unscored_and_the_next_one_comes(
    before: list[e.Event], take: str, effect: e.Effect
) -> None:
    state = at(ASKED, *before)
    skipped, effects = go(state, e.Skipped(state.turn_id))
    assert effects == (effect, assess(take, transcript=None, reason=SKIPPED))
    assert ignores(skipped, *(r for r in of_take(take) if not isinstance(r, e.Assessed)), ask(state.turn))
    after, effects = go(skipped, e.Assessed(take, UNASKED))
    assert effects == (e.Speak(f"t{state.turn + 1:03d}", "Second?"),), "there's no feedback to look at"
    assert after.assessments == (UNASKED,)


@pytest.mark.parametrize("before", [[], [ask(2)]], ids=["asking", "answering"])
def test_a_skipped_follow_up_leads_to_the_feedback_of_its_question(before: list[e.Event]) -> None:
    skipped, effects = go(at(FOLLOWED, *before), e.Skipped("t002"))
    assert effects[-1] == assess("a002", transcript=None, follow_up="more", parent=EARNED_MORE, reason=SKIPPED)
    after, effects = go(skipped, e.Assessed("a002", UNASKED, AFTER_MORE))
    assert (after.phase, after.assessments, after.follow_up_id, effects) == ("reviewing", (AFTER_MORE,), None, ())


@pytest.mark.parametrize("point", ["", PICKS], ids=["whole", "sentence"])
def test_a_retake_that_is_skipped_leaves_what_was_said_before(point: str) -> None:
    retaking = at(REVIEWING, e.RetakeAsked(point))
    if not point:
        retaking = at(retaking, ask(2))
    skipped, effects = go(retaking, e.Skipped(retaking.turn_id))
    assert effects[0] == e.PauseListening("a002")
    assert effects[1].point_id == point and effects[1].reason == SKIPPED
    after = at(skipped, e.Assessed("a002", UNASKED, UNASKED if point else None))
    assert (after.phase, after.assessments, after.earlier, after.retake) == ("reviewing", (DONE,), (), None)
    assert go(after, e.NextAsked())[1] == (e.Speak(f"t{after.turns + 1:03d}", "Second?"),)


def test_a_skipped_retake_does_not_wait_for_somebody_who_is_not_there() -> None:
    skipped = at(REVIEWING, e.RetakeAsked(), ask(2), e.Skipped("t002"))
    alone = at(skipped, e.SessionResumed(0.0, review=False))
    assert go(alone, e.Assessed("a002", UNASKED))[1] == (e.Speak("t003", "Second?"),)


# The feedback, and what can be done about it ----------------------------------------------------------------------

ADDED = replace(UNASKED, retakes=(Retake(FIXED, "a002", "It's fixed.", "covered"),))
LACKING = at(ASSESSING, e.Assessed("a001", replace(UNASKED, follow_up=AFTER_MORE.follow_up, follow_ups_asked=(DONE,))))


def test_the_feedback_is_left_for_the_next_question() -> None:
    assert (REVIEWING.phase, REVIEWING.assessments) == ("reviewing", (DONE,))
    after, effects = go(REVIEWING, e.NextAsked())
    assert (after.at, after.before_end, effects) == (1, None, (e.Speak("t002", "Second?"),))
    last = at(after, ask(2), *answered("a002"), e.Assessed("a002", DONE))
    assert go(last, e.NextAsked())[1] == (e.Close("finished"),)


def test_a_sentence_said_again_begins_at_once_lasts_a_moment_and_only_adds_to_its_answer() -> None:
    saying, effects = go(LACKING, e.RetakeAsked(FIXED))
    assert (saying.phase, saying.turn, effects) == ("listening", 1, (e.Listen("a002", limit_s=SENTENCE_S),))
    judging, effects = go(saying, *answered("a002"))
    assert effects == (replace(assess("a002", parent=LACKING.assessments[-1]), point_id=FIXED),)
    after, effects = go(judging, e.Assessed("a002", ADDED, ADDED))
    assert (after.phase, after.retake, effects) == ("reviewing", None, ())
    assert (after.assessments, after.earlier) == ((ADDED,), ()), "in its place, and nothing is replaced"


def test_a_sentence_goes_on_within_its_limit_and_starts_again_with_it() -> None:
    saying = at(LACKING, e.RetakeAsked(FIXED))
    assert go(saying, e.Paused(), e.Unpaused())[1] == (e.Listen("a002", goes_on=True, limit_s=SENTENCE_S),)
    assert go(saying, e.TakeRestarted("a002"))[1][-1] == e.Listen("a003", limit_s=SENTENCE_S)


def test_a_whole_answer_again_begins_with_the_question_and_keeps_the_earlier_one() -> None:
    asking, effects = go(REVIEWING, e.RetakeAsked())
    assert (asking.retake, effects) == ("", (e.Speak("t002", "First?"),))
    listening, effects = go(asking, ask(2))
    assert effects == (e.Listen("a002"),), "as long as it takes"
    judging, effects = go(listening, *answered("a002"))
    assert effects == (assess("a002"),), "judged on its own"
    after, effects = go(judging, e.Assessed("a002", EARNED_MORE))
    assert (after.phase, after.assessments, after.earlier, effects) == ("reviewing", (EARNED_MORE,), (DONE,), ())
    third = at(after, e.RetakeAsked(), ask(3), *answered("a003"), e.Assessed("a003", UNASKED))
    assert (third.assessments, third.earlier) == ((UNASKED,), (DONE, EARNED_MORE)), "oldest first"


def test_a_retake_touches_no_other_question() -> None:
    second = at(SECOND, ask(2), *answered("a002"), e.Assessed("a002", UNASKED), e.RetakeAsked(), ask(3))
    after = at(second, *answered("a003"), e.Assessed("a003", DONE))
    assert (after.assessments, after.earlier) == ((DONE, DONE), (UNASKED,))


def test_a_retake_of_a_point_that_is_not_there_is_ignored() -> None:
    assert ignores(REVIEWING, e.RetakeAsked("no-such-point"))


def test_a_follow_up_that_is_still_open_can_be_asked_for() -> None:
    asked, effects = go(LACKING, e.FollowUpAsked())
    assert (asked.follow_up_id, effects) == ("most", (e.Speak("t002", "Most?"),))
    judging, effects = go(asked, ask(2), *answered("a002"))
    assert effects == (assess("a002", follow_up="most", parent=LACKING.assessments[-1]),)
    assert at(judging, e.Assessed("a002", DONE, AFTER_MORE)).phase == "reviewing"
    assert ignores(REVIEWING, e.FollowUpAsked()), "none is left"


# Disputes ---------------------------------------------------------------------------------------------------------


def claims(state: State) -> dict[str, str | None]:
    """What is disputed: each point of each answer, follow-ups with their name before it."""
    found = {}
    for a in state.assessments:
        found |= {f"{a.question_id} {p.id}": p.dispute for p in a.points if p.dispute is not None}
        for f in a.follow_ups_asked:
            found |= {f"{f.follow_up_id} {p.id}": p.dispute for p in f.points if p.dispute is not None}
    return found


def test_a_verdict_is_disputed_the_word_changed_and_taken_back() -> None:
    state, effects = go(REVIEWING, e.Disputed("first", None, PICKS, "I said it"))
    assert (claims(state), effects) == ({f"first {PICKS}": "I said it"}, ())
    before = next(p for p in DONE.points if p.id == PICKS)
    after = next(p for p in state.assessments[0].points if p.id == PICKS)
    assert after == replace(before, dispute="I said it"), "the verdict stands beside it"
    state = at(state, e.Disputed("first", None, PICKS, "misheard"), e.Disputed("first", None, FIXED, "not needed"))
    assert claims(state) == {f"first {PICKS}": "misheard", f"first {FIXED}": "not needed"}
    state = at(state, e.Disputed("first", None, PICKS, ""), e.Disputed("first", None, FIXED, ""))
    assert state == REVIEWING


def test_a_follow_ups_verdict_is_disputed_apart_from_its_questions() -> None:
    more = replace(DONE, follow_up_id="more")
    parent = replace(AFTER_MORE, follow_ups_asked=(more, replace(more, follow_up_id="most")))
    state = at(FOLLOWING, *answered("a002"), e.Assessed("a002", more, parent))
    state = at(state, e.Disputed("first", "more", PICKS, "the rubric is wrong"))
    assert claims(state) == {f"more {PICKS}": "the rubric is wrong"}
    assert at(state, e.Disputed("first", "more", PICKS, "")).assessments == (parent,)


def test_a_dispute_of_something_else_changes_nothing() -> None:
    for event in (
        e.Disputed("second", None, PICKS, "misheard"),
        e.Disputed("first", "more", PICKS, "misheard"),
        e.Disputed("first", None, "no-such-point", "misheard"),
    ):
        assert at(REVIEWING, event) == REVIEWING


def test_a_dispute_outlives_the_retake_of_another_sentence_and_the_next_question() -> None:
    disputed = at(LACKING, e.Disputed("first", None, PICKS, "I said it"))
    assert claims(at(disputed, e.NextAsked())) == {f"first {PICKS}": "I said it"}
    order = go(disputed, e.RetakeAsked(FIXED), *answered("a002"))[1][0]
    assert next(p.dispute for p in order.parent.points if p.id == PICKS) == "I said it"


# The candidate's time ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", [ASKED, TALKING, at(TALKING, e.Paused()), TRANSCRIBING, ASSESSING], ids=lambda s: s.phase
)
def test_with_little_time_left_nothing_new_is_asked(state: State) -> None:
    after, effects = go(state, e.TimeRanShort())
    assert (after, effects) == (replace(state, time_is_short=True), ()), "nobody is interrupted"


def test_with_little_time_left_there_is_no_follow_up_and_no_further_question() -> None:
    state, effects = go(ASSESSING, e.TimeRanShort(), e.Assessed("a001", EARNED_MORE))
    assert (state.phase, effects) == ("reviewing", ())
    assert go(state, e.NextAsked())[1] == (e.Close("finished"),)
    alone = replace(ASSESSING, review=False)
    assert go(alone, e.TimeRanShort(), e.Assessed("a001", EARNED_MORE))[1] == (e.Close("finished"),)
    assert go(at(REVIEWING, e.TimeRanShort()), e.NextAsked())[1] == (e.Close("finished"),)


def test_with_little_time_left_the_feedback_says_which_follow_up_to_prepare() -> None:
    state = at(ASSESSING, e.TimeRanShort(), e.Assessed("a001", EARNED_MORE))
    assert state.assessments == (no_time_left(EARNED_MORE),)
    assert "the one to prepare is “More?”" in state.assessments[0].not_asked
    none_earned = at(ASSESSING, e.TimeRanShort(), e.Assessed("a001", DONE))
    none_planned = at(replace(ASSESSING, follow_ups=0), e.TimeRanShort(), e.Assessed("a001", EARNED_MORE))
    in_time = at(ASSESSING, e.Assessed("a001", EARNED_MORE))
    for other in (none_earned, none_planned, in_time):
        assert other.assessments[0].not_asked == "", "time wasn't the reason"


def test_with_little_time_left_a_skipped_question_is_the_last() -> None:
    skipped = at(TALKING, e.TimeRanShort(), e.Skipped("t001"))
    assert go(skipped, e.Assessed("a001", UNASKED))[1] == (e.Close("finished"),)


# Off topic: the same question once more -----------------------------------------------------------------------------

AGAIN_REVIEWED = at(State(), replace(REVIEWED, asks_again=True))
AGAIN_ALONE = replace(AGAIN_REVIEWED, review=False)
NOTHING_HEARD = replace(DONE, unscored=Unscored("no words were heard"))


def off_topic(state: State, judged: e.Assessed | None = None) -> tuple[State, tuple[e.Effect, ...]]:
    """The first answer given, and judged: off topic unless `judged` otherwise."""
    return go(state, ask(1), *answered("a001", judged or e.Assessed("a001", OFF_TOPIC)))


@pytest.mark.parametrize("state", [AGAIN_REVIEWED, AGAIN_ALONE], ids=["with feedback", "without"])
def test_an_answer_off_topic_is_kept_and_its_question_asked_once_more(state: State) -> None:
    asking, effects = off_topic(state)
    assert effects == (e.Speak("t002", f"{ASK_AGAIN} First?"),)
    assert (asking.again, asking.at, asking.follow_up_id, asking.assessments) == (True, 0, None, (OFF_TOPIC,))
    listening, effects = go(asking, ask(2))
    assert (effects, listening.take_id) == ((e.Listen("a002"),), "a002"), "a new take"
    judging, effects = go(listening, *answered("a002"))
    assert effects == (assess("a002"),), "judged on its own"
    after, effects = go(judging, e.Assessed("a002", EARNED_MORE))
    assert after.assessments == (replace(EARNED_MORE, first_take=OFF_TOPIC),)
    assert (after.again, after.earlier, effects) == (False, (), (e.Speak("t003", "More?"),)), "and on as always"


def test_a_second_answer_off_topic_is_the_last_and_the_interview_goes_on_kindly() -> None:
    both = once_more(OFF_TOPIC, OFF_TOPIC)
    after, effects = go(off_topic(AGAIN_ALONE)[0], ask(2), *answered("a002", e.Assessed("a002", OFF_TOPIC)))
    assert (after.at, after.assessments, effects) == (1, (both,), (e.Speak("t003", f"{MOVE_ON} Second?"),))
    assert go(after, e.RepeatAsked())[1][-1] == e.Speak("t004", "Second?"), "said once"
    after, effects = go(off_topic(AGAIN_REVIEWED)[0], ask(2), *answered("a002", e.Assessed("a002", OFF_TOPIC)))
    assert (after.phase, after.assessments, effects) == ("reviewing", (both,), ())
    assert go(after, e.NextAsked())[1] == (e.Speak("t003", "Second?"),), "the feedback has said it"


@pytest.mark.parametrize(
    "reason", ["no answer", "no words were heard", "only 4 words", "unclear: 1 of about 40 words were heard clearly",
               "the words don't form sentences", "not recognised: it hung"],
)  # fmt: skip
def test_no_other_way_to_have_no_score_is_asked_again(reason: str) -> None:
    unscored = e.Assessed("a001", replace(DONE, unscored=Unscored(reason)))
    assert off_topic(AGAIN_ALONE, unscored)[1] == (e.Speak("t002", "Second?"),)
    assert off_topic(AGAIN_REVIEWED, unscored)[0].phase == "reviewing"


def test_silence_the_second_time_keeps_its_way() -> None:
    again = off_topic(AGAIN_ALONE)[0]
    after, effects = go(again, ask(2), *answered("a002", e.Assessed("a002", NOTHING_HEARD)))
    assert after.assessments == (replace(NOTHING_HEARD, first_take=OFF_TOPIC),)
    assert effects == (e.Speak("t003", "Second?"),)


def test_a_session_of_before_it_was_done_asks_nothing_again() -> None:
    assert off_topic(replace(AGAIN_ALONE, asks_again=False))[1] == (e.Speak("t002", "Second?"),)


@pytest.mark.parametrize("spoken", [False, True], ids=["while it's asked", "while it's answered"])
def test_the_question_once_more_may_be_skipped_and_the_first_answer_stands(spoken: bool) -> None:
    for state, phase in ((AGAIN_REVIEWED, "reviewing"), (AGAIN_ALONE, "asking")):
        again = off_topic(state)[0]
        skipped = at(again, *([ask(2)] if spoken else []), e.Skipped("t002"))
        assert (skipped.phase, skipped.reason) == ("assessing", SKIPPED)
        after = at(skipped, e.Assessed("a002", UNASKED))
        assert (after.phase, after.assessments, after.again, after.lead) == (phase, (OFF_TOPIC,), False, "")


def test_the_second_answer_is_the_last_also_for_who_gives_the_whole_answer_again() -> None:
    reviewing = at(off_topic(AGAIN_REVIEWED)[0], ask(2), *answered("a002", e.Assessed("a002", DONE)), e.RetakeAsked())
    after = at(reviewing, ask(3), *answered("a003", e.Assessed("a003", OFF_TOPIC)))
    assert (after.phase, after.assessments) == ("reviewing", (OFF_TOPIC,))
    assert after.earlier == (replace(DONE, first_take=OFF_TOPIC),)


def test_a_follow_up_off_topic_is_not_asked_again() -> None:
    following = off_topic(AGAIN_ALONE, e.Assessed("a001", EARNED_MORE))[0]
    own = replace(OFF_TOPIC, follow_up_id="more")
    after, effects = go(following, ask(2), *answered("a002", e.Assessed("a002", own, AFTER_MORE)))
    assert (after.again, effects) == (False, (e.Speak("t003", "Second?"),))


def test_without_time_it_is_not_asked_again_and_says_so() -> None:
    after, effects = off_topic(replace(AGAIN_ALONE, time_is_short=True))
    assert (effects, after.assessments) == ((e.Close("finished"),), (no_time_left(OFF_TOPIC),))


def test_who_was_not_finished_goes_back_into_the_first_answer() -> None:
    again = off_topic(AGAIN_REVIEWED)[0]
    for state, turns in ((again, 3), (at(again, ask(2)), 2)):
        back, effects = go(state, e.AnswerReopened("a001"))
        assert (back.again, back.lead, back.assessments, back.turns) == (False, "", (), turns)
        assert effects[-1] == e.Listen("a001", goes_on=True)


def test_a_pause_or_a_break_before_it_is_asked_again_keeps_what_will_be_said() -> None:
    judging = at(AGAIN_REVIEWED, ask(1), *answered("a001"), e.Paused())
    held, effects = go(judging, e.Assessed("a001", OFF_TOPIC))
    assert (held.phase, effects) == ("paused", ())
    assert go(held, e.Unpaused())[1] == (e.Speak("t003", f"{ASK_AGAIN} First?"),)
    left = at(off_topic(AGAIN_REVIEWED)[0], e.CandidateLeft(), e.SessionClosed("left"))
    assert go(left, e.SessionResumed(0.0, True))[1] == (e.Speak("t003", f"{ASK_AGAIN} First?"),)


def test_a_whole_answer_again_is_judged_knowing_which_follow_ups_were_asked() -> None:
    more = replace(DONE, follow_up_id="more")
    asked = replace(DONE, follow_ups_asked=(more,))
    reviewing = at(ASSESSING, e.Assessed("a001", asked))
    order = go(reviewing, e.RetakeAsked(), ask(2), *answered("a002"))[1][0]
    assert (order.parent, order.asked) == (None, ("more",))
    most = replace(DONE, follow_up=AFTER_MORE.follow_up)
    again = at(reviewing, e.RetakeAsked(), ask(2), *answered("a002", e.Assessed("a002", most)), e.FollowUpAsked())
    order = go(again, ask(3), *answered("a003"))[1][0]
    assert (order.follow_up_id, order.asked) == ("most", ("more",))


# Leaving, and coming back -----------------------------------------------------------------------------------------

HALF_S = 6.0
"""What is found of the open take on disk."""
PAUSE = {"phase": "paused", "paused_from": "listening", "duration_s": HALF_S}
ENDED = {"phase": "transcribing", "duration_s": HALF_S}
AGAIN = {"phase": "asking", "turns": 2, "turn": 2}

LEFT = {
    # where one was, what it orders to be stopped, and how it goes on: with the candidate there, and without
    "asking": (ASKED, (e.StopSpeaking(),), (AGAIN, "speak"), (AGAIN, "speak")),
    "listening": (TALKING, (e.StopListening("a001"),), (PAUSE, ""), (ENDED, "transcribe")),
    "typing": (at(TALKING, e.TypingStarted("a001")), (e.StopListening("a001"),), ({**PAUSE, "typing": False}, ""),
               ({**ENDED, "typing": False}, "transcribe")),
    "done": (at(TALKING, e.DoneAsked("a001")), (e.StopListening("a001"),), ({**PAUSE, "done_asked": False}, ""),
             ({**ENDED, "done_asked": False}, "transcribe")),
    "paused": (at(TALKING, e.Paused()), (), (PAUSE, ""), ({**ENDED, "paused_from": None}, "transcribe")),
    "microphone lost": (at(TALKING, LOST), (), ({**PAUSE, "paused_because": ""}, ""),
                        ({**ENDED, "paused_from": None, "paused_because": ""}, "transcribe")),
    "paused question": (at(ASKED, e.Paused()), (), ({**AGAIN, "paused_from": None}, "speak"),
                        ({**AGAIN, "paused_from": None}, "speak")),
    "repeated question": (at(TALKING, e.RepeatAsked()), (e.StopSpeaking(),), ({**PAUSE, "goes_on": False}, ""),
                          ({**ENDED, "goes_on": False}, "transcribe")),
    "transcribing": (TRANSCRIBING, (), ({}, "transcribe"), ({}, "transcribe")),
    "assessing": (ASSESSING, (), ({}, "assess"), ({}, "assess")),
    "held": (at(ASSESSING, e.Paused()), (), ({"hold": False}, "assess"), ({"hold": False}, "assess")),
    "reviewing": (REVIEWING, (), ({}, ""), ({**AGAIN, "at": 1, "transcript": None}, "speak")),
}  # fmt: skip


@pytest.mark.parametrize("review", [True, False], ids=["to go on", "to be judged"])
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "killed"])
@pytest.mark.parametrize("where", LEFT)
def test_whoever_leaves_comes_back_to_where_they_were(where: str, closed: bool, review: bool) -> None:
    state, stop, here, alone = LEFT[where]
    left, effects = go(state, e.CandidateLeft())
    assert (left, effects) == (replace(state, phase="closing", left_from=state.phase), (*stop, e.Close("left")))
    if closed:
        left = at(left, e.SessionClosed("left"))
    changed, order = here if review else alone
    back, effects = go(left, e.SessionResumed(HALF_S, review))
    assert back == replace(state, review=review, before_end=None, **changed)
    expected = {
        "": (),
        "speak": (e.Speak(back.turn_id, back.text),),
        "transcribe": (e.Transcribe("a001", back.duration_s, (Span(1.0, 3.0),)),),
        "assess": (assess("a001"),),
    }[order]
    assert effects == expected


@pytest.mark.parametrize("review", [True, False])
@pytest.mark.parametrize("where", LEFT)
def test_a_kill_is_no_worse_than_leaving(where: str, review: bool) -> None:
    state = LEFT[where][0]
    resumed = e.SessionResumed(HALF_S, review)
    assert go(state, resumed) == go(at(state, e.CandidateLeft(), e.SessionClosed("left")), resumed)


def test_who_comes_back_to_half_an_answer_goes_on_with_it() -> None:
    back = at(TALKING, e.CandidateLeft(), e.AnswerEnded("a001", "done", 5.0), e.SessionClosed("left"))
    assert back.duration_s == 5.0
    back = at(back, e.SessionResumed(5.0, review=True))
    assert go(back, e.Unpaused())[1] == (e.Listen("a001", goes_on=True),)
    assert go(back, e.DoneAsked("a001"))[1] == (e.StopListening("a001"),)


@pytest.mark.parametrize("review", [True, False])
def test_next_to_nothing_on_disk_is_asked_again(review: bool) -> None:
    assert go(TALKING, e.SessionResumed(TOO_LITTLE_S - 0.01, review))[1] == (e.Speak("t002", "First?"),)
    assert step(TALKING, e.SessionResumed(TOO_LITTLE_S, review))[0].phase == ("paused" if review else "transcribing")


def test_a_sentence_of_which_nothing_is_left_is_not_waited_for() -> None:
    saying = at(LACKING, e.RetakeAsked(FIXED))
    for state in (saying, at(saying, e.RepeatAsked()), at(saying, e.Paused())):
        back, effects = go(state, e.SessionResumed(0.0, review=True))
        assert (back.phase, back.retake, effects) == ("reviewing", None, ())
        assert go(state, e.SessionResumed(0.0))[1][0].text == "Second?"
    assert at(saying, e.SessionResumed(HALF_S, review=True)).retake == FIXED


def test_a_session_that_was_closed_by_a_fault_goes_on_too() -> None:
    broken = at(TALKING, e.SessionClosed("fault", "the disk is full"))
    assert at(broken, e.SessionResumed(HALF_S, review=True)).phase == "paused"


def test_an_answer_sent_off_as_the_candidate_left_is_judged_when_they_come_back() -> None:
    left = at(
        TALKING, e.TypingStarted("a001"), e.CandidateLeft(), e.AnswerTyped("a001", "Less."), e.SessionClosed("left")
    )
    assert go(left, e.SessionResumed(0.0, review=True))[1] == (assess("a001", transcript=typed("Less.")),)


# One long evening -------------------------------------------------------------------------------------------------


def test_an_evening_with_everything_in_it_is_told_by_its_events() -> None:
    evening: list[e.Event] = [
        REVIEWED, e.Paused(), e.Unpaused(), e.RepeatAsked(), ask(3),
        e.SpeechStarted("a001", 1.0), e.RepeatAsked(), e.SpeechEnded("a001", 2.0), ask(4),
        e.HintTaken("first"), e.TakeRestarted("a001"), e.MicrophoneLost("a002", "unplugged"),
        e.MicrophoneBack(), e.Unpaused(), e.DoneAsked("a002"), e.AnswerEnded("a002", "done", 9.0),
        e.AnswerReopened("a002"), e.TypingStarted("a002"), e.TypingStopped("a002"), e.DoneAsked("a002"),
        e.AnswerEnded("a002", "done", 12.0), e.AnswerTranscribed("a002", SPOKEN, 2), e.Paused(),
        e.Assessed("a002", EARNED_MORE, ending=2), e.Unpaused(), ask(6), e.Skipped("t006"),
        e.Assessed("a003", UNASKED, AFTER_MORE), e.Disputed("first", None, PICKS, "I said it"),
        e.RetakeAsked(PICKS), e.DoneAsked("a004"), *answered("a004"), e.Assessed("a004", ADDED, ADDED),
        e.RetakeAsked(), ask(7), e.TimeRanShort(), *answered("a005"), e.Assessed("a005", DONE), e.NextAsked(),
        e.SessionClosed("finished"),
    ]  # fmt: skip
    state = at(State(), *evening)
    assert (state.close_reason, state.assessments, state.earlier) == ("finished", (DONE,), (ADDED,))
    assert (state.turns, state.takes, state.at) == (7, 5, 0)
    assert fold(evening) == state


def test_a_pause_while_typing_comes_back_to_the_box_and_not_to_the_microphone() -> None:
    back, effects = step(at(TALKING, e.TypingStarted("a001"), e.Paused()), e.Unpaused())
    assert (back.phase, back.typing, effects) == ("listening", True, ())


def test_the_question_again_while_typing_comes_back_to_the_box() -> None:
    asked = at(TALKING, e.TypingStarted("a001"), e.RepeatAsked())
    back, effects = step(asked, e.QuestionSpoken(asked.turn_id, "voice", 2.0))
    assert (back.phase, back.typing, back.take_id, effects) == ("listening", True, "a001", ())
