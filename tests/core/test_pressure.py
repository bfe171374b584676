"""Rounds under a clock: when each thing is due and what is said of it, and every rule as a short scene."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.core.questions import PICKS
from tests.core.test_interview import (
    AFTER_MORE,
    DONE,
    EARNED_MORE,
    FIRST,
    LENIENT,
    OFF_TOPIC,
    OPENED,
    PRESSED,
    RULES,
    SECOND,
    SPOKEN,
    possible,
)
from tests.core.test_moves import answered, ask, at, go, ignores
from voiceprep.core import events as e
from voiceprep.core.feedback import SKIPPED, no_time_left
from voiceprep.core.interview import OVERTAKEN, ImpossibleEvent, State, fold, stale, step
from voiceprep.core.judged import ASK_AGAIN
from voiceprep.core.leaving import LEAST_LEFT_S
from voiceprep.core.pressure import (
    CUT_OFF,
    FACTORS,
    NEXT,
    Clocked,
    Cut,
    Due,
    Pressure,
    answer_dues,
    cues,
    push_back,
    rules_in_words,
    said_at,
    seconds_in_words,
    thinking_dues,
    turns_s,
    with_numbers,
)
from voiceprep.core.spans import Span
from voiceprep.core.transcript import typed

PLAIN = Pressure(answer_s=90.0, follow_up_s=45.0)
"""No time to think, one take, no repeats."""


# Numbers of the candidate's own --------------------------------------------------------------------------------------


def test_numbers_are_put_into_a_clock_and_the_rest_of_it_stays() -> None:
    rules = replace(PLAIN, think_s=30.0, repeats=True, session_s=600.0, terse=True, cuts_in_s=20.0, nudges_s=(15.0,))
    assert with_numbers(rules, 60.0) == replace(rules, answer_s=60.0)
    assert with_numbers(rules, 120.0) == replace(rules, answer_s=120.0), "the follow-ups' time is the round's"
    assert with_numbers(rules, 40.0) == replace(rules, answer_s=40.0, follow_up_s=40.0)
    assert with_numbers(rules, None, 0.0, 3) == replace(rules, think_s=0.0, takes=3)
    odd = replace(PLAIN, follow_up_s=100.0)
    assert with_numbers(odd, takes=2) == replace(odd, takes=2), "no number was given for an answer"
    assert with_numbers(rules) == rules


def test_numbers_alone_make_a_clock_when_there_are_seconds_for_an_answer() -> None:
    assert with_numbers(None, 40.0) == Pressure(40.0, 40.0)
    assert with_numbers(None, 90.0, 20.0, 2) == Pressure(90.0, 60.0, 20.0, 2)
    assert with_numbers(None) is None and with_numbers(None, None, 20.0, 2) is None


def test_turns_last_their_thinking_once_and_every_take() -> None:
    rules = replace(PLAIN, think_s=30.0)
    assert [turns_s(rules, n) for n in range(3)] == [120, 165, 210]
    assert turns_s(replace(rules, takes=2), 1) == 30 + 2 * (90 + 45)


# When each thing is due ---------------------------------------------------------------------------------------------


def times(dues: tuple[Due, ...]) -> list[tuple[float, float]]:
    return [(d.in_s, d.left_s) for d in dues]


def test_thinking_is_counted_down_and_over_on_the_second() -> None:
    assert times(thinking_dues(RULES)) == [(20.0, 10.0), (27.0, 3.0), (28.0, 2.0), (29.0, 1.0), (30.0, 0.0)]


def test_ten_seconds_to_think_are_only_told_when_there_were_twice_as_many() -> None:
    assert times(thinking_dues(replace(RULES, think_s=20.0)))[0] == (10.0, 10.0)
    assert times(thinking_dues(replace(RULES, think_s=19.0)))[0] == (16.0, 3.0)


def test_no_number_is_counted_that_is_not_left() -> None:
    assert times(thinking_dues(replace(RULES, think_s=3.0))) == [(1.0, 2.0), (2.0, 1.0), (3.0, 0.0)]
    assert times(thinking_dues(replace(RULES, think_s=1.0))) == [(1.0, 0.0)]


def test_who_has_thought_for_a_while_hears_only_what_is_still_to_come() -> None:
    assert times(thinking_dues(RULES, 20.0)) == [(7.0, 3.0), (8.0, 2.0), (9.0, 1.0), (10.0, 0.0)]
    assert times(thinking_dues(RULES, 28.5)) == [(0.5, 1.0), (1.5, 0.0)]
    assert times(thinking_dues(RULES, 31.0)) == [(0.0, 0.0)], "over is over, and told once"


def test_an_answer_is_warned_twice_and_cut_off_on_the_second() -> None:
    assert times(answer_dues(RULES, follow_up=False)) == [(60.0, 30.0), (80.0, 10.0), (90.0, 0.0)]


def test_a_warning_in_the_first_half_is_left_out() -> None:
    assert times(answer_dues(RULES, follow_up=True)) == [(35.0, 10.0), (45.0, 0.0)]
    assert times(answer_dues(replace(RULES, answer_s=60.0), follow_up=False))[0] == (30.0, 30.0), "half of it is told"
    assert times(answer_dues(replace(RULES, answer_s=15.0), follow_up=False)) == [(15.0, 0.0)]


def test_warnings_come_in_their_order_however_they_are_written() -> None:
    rules = replace(RULES, nudges_s=(5.0, 20.0, 0.0, -1.0))
    assert times(answer_dues(rules, follow_up=False)) == [(70.0, 20.0), (85.0, 5.0), (90.0, 0.0)]


def test_the_rest_of_an_answer_has_what_is_still_to_come() -> None:
    assert times(answer_dues(RULES, follow_up=False, spoken_s=60.0)) == [(20.0, 10.0), (30.0, 0.0)]
    assert times(answer_dues(RULES, follow_up=False, spoken_s=59.5)) == [(0.5, 30.0), (20.5, 10.0), (30.5, 0.0)]
    assert times(answer_dues(RULES, follow_up=False, spoken_s=95.0)) == [(0.0, 0.0)]


# Longer times -------------------------------------------------------------------------------------------------------


def test_longer_times_are_rounded_up_to_five_seconds_and_the_warnings_stay() -> None:
    longer = LENIENT.longer(1.25)
    assert (longer.answer_s, longer.follow_up_s, longer.think_s) == (115.0, 60.0, 40.0)
    assert (longer.session_s, longer.cuts_in_s, longer.nudges_s) == (750.0, 25.0, (30.0, 10.0))
    assert replace(longer, answer_s=90.0, follow_up_s=45.0, think_s=30.0, session_s=600.0, cuts_in_s=20.0) == LENIENT


def test_times_as_they_are_stay_to_the_second() -> None:
    odd = replace(RULES, answer_s=61.0, think_s=7.0)
    assert odd.longer(1.0) == odd


def test_what_is_not_limited_is_not_limited_for_longer_either() -> None:
    longer = PLAIN.longer(2.0)
    assert (longer.think_s, longer.session_s, longer.cuts_in_s, longer.answer_s) == (0.0, None, None, 180.0)


@pytest.mark.parametrize("factor", FACTORS)
def test_nobody_gets_less_than_the_factor_says(factor: float) -> None:
    for seconds in range(5, 200):
        got = replace(RULES, answer_s=float(seconds)).longer(factor).answer_s
        assert factor * seconds <= got < factor * seconds + 5


# What is said -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "one second"), (2, "two seconds"), (15, "fifteen seconds"), (20, "twenty seconds"),
        (45, "forty-five seconds"), (60, "sixty seconds"), (90, "ninety seconds"), (99.6, "a hundred seconds"),
        (100, "a hundred seconds"), (101, "one minute and forty-one seconds"), (120, "two minutes"),
        (121, "two minutes and one second"), (150, "two and a half minutes"), (600, "ten minutes"),
        (630, "ten and a half minutes"), (3600, "sixty minutes"), (6000, "a hundred minutes"), (7200, "120 minutes"),
    ],
)  # fmt: skip
def test_times_are_said_as_one_would_say_them(seconds: float, said: str) -> None:
    assert seconds_in_words(seconds) == said


def test_what_is_left_is_said_and_the_last_seconds_of_thinking_are_counted() -> None:
    assert said_at(10.0, thinking=True) == "Ten seconds to think."
    assert [said_at(n, thinking=True) for n in (3.0, 2.0, 1.0)] == ["Three.", "Two.", "One."]
    assert said_at(30.0, thinking=False) == "Thirty seconds left."
    assert said_at(3.0, thinking=False) == "Three seconds left.", "nobody counts while another speaks"
    assert (said_at(0.0, thinking=True), said_at(0.0, thinking=False)) == ("", "")


def test_what_must_be_said_on_the_second_is_made_ahead_and_once() -> None:
    assert cues(RULES) == (
        "Ten seconds to think.", "Three.", "Two.", "One.", "Thirty seconds left.", "Ten seconds left.",
        CUT_OFF["limit"],
    )  # fmt: skip
    assert cues(PLAIN) == ("Thirty seconds left.", "Ten seconds left.", CUT_OFF["limit"])
    assert cues(LENIENT)[-3:] == (CUT_OFF["limit"], CUT_OFF["nothing new"], CUT_OFF["session"])


@pytest.mark.parametrize("warnings", ["bell", "silent"])
def test_where_warnings_are_not_spoken_only_the_cut_off_is_made_ahead(warnings: str) -> None:
    assert cues(replace(RULES, warnings=warnings)) == (CUT_OFF["limit"],)


def test_everything_the_clock_can_say_was_made_ahead() -> None:
    for rules in (RULES, LENIENT, PLAIN, replace(RULES, nudges_s=(40.0, 20.0, 5.0), think_s=12.0)):
        said = [said_at(d.left_s, thinking=True) for d in thinking_dues(rules) if rules.think_s]
        said += [said_at(d.left_s, thinking=False) for f in (False, True) for d in answer_dues(rules, follow_up=f)]
        assert set(filter(None, said)) <= set(cues(rules))


def test_the_rules_of_a_short_round() -> None:
    assert rules_in_words(RULES, 3, follows_up=True) == (
        "Three questions. For each you have thirty seconds to think; recording starts by itself. "
        "Then ninety seconds to answer, and I'll cut you off. A follow-up gets forty-five seconds. "
        "One take, and no repeats."
    )


def test_the_rules_of_a_long_round() -> None:
    assert rules_in_words(LENIENT, 12, follows_up=False) == (
        "Twelve questions, ten minutes for all of it; then we stop, wherever we are. "
        "For each you have thirty seconds to think; recording starts by itself. "
        "Then ninety seconds to answer, and I'll cut you off. "
        "Two takes, I repeat a question if you ask. If I hear nothing new for a while, I'll cut in."
    )


def test_the_rules_say_nothing_of_what_there_is_not() -> None:
    said = "One question. You have ninety seconds to answer, then I'll cut you off. One take, and no repeats."
    assert rules_in_words(replace(PLAIN, follow_up_s=90.0), 1, follows_up=True) == said
    assert rules_in_words(PLAIN, 1, follows_up=False) == said
    assert "You have ninety seconds for each answer, then" in rules_in_words(PLAIN, 2, follows_up=False)


def test_one_question_is_not_each() -> None:
    said = rules_in_words(RULES, 1, follows_up=False)
    assert said.startswith("One question. You have thirty seconds to think; recording starts by itself. Then ninety")


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("you said something that goes against it: It's fixed", "Are you sure about that?"),
        ("not heard yet: It's fixed", "Something is missing."),
        ("heard in part: It's fixed", "That's half of it."),
        ("every core point was heard, so this goes deeper", "Fine. Further."),
        ("not heard, though I may have misheard you: It's fixed", "Go on."),
        ("I may have misheard what is still open, so I don't ask for it again: this goes deeper", "Go on."),
    ],
)
def test_a_terse_interviewer_pushes_back_as_the_answer_earned(why: str, said: str) -> None:
    assert push_back(why) == said


# The rules first, then the question, then time to think ---------------------------------------------------------------

BRIEFING = at(State(), PRESSED)
ASKING = at(BRIEFING, ask(1))
THINKING = at(ASKING, ask(2))
TALKING = at(THINKING, e.ThinkingEnded("t002"), e.SpeechStarted("a001", 1.0))
"""In mid-sentence."""
CLOCK = e.SetClock(((60.0, e.Nudged("a001", 30.0)), (80.0, e.Nudged("a001", 10.0)), (90.0, e.CutOff("a001", "limit"))))
STOP = e.StopListening("a001")
LIMIT = e.CutOff("a001", "limit")
LOST = e.MicrophoneLost("a001", "unplugged")
NAP = e.MachineSlept(600.0, 20.0)
NAPPED = "This machine was asleep for ten minutes."


def under(rules: Pressure, **changed: object) -> State:
    """In the first answer of a round under these rules."""
    state = at(State(), replace(PRESSED, pressure=rules, **changed), ask(1), ask(2))
    return at(state, e.ThinkingEnded("t002")) if state.phase == "thinking" else state


def clocks(effects: tuple[e.Effect, ...]) -> list[e.SetClock]:
    return [effect for effect in effects if isinstance(effect, e.SetClock)]


def rest(left_s: float, take: str = "a001") -> e.SetClock:
    """The clock of an answer of which only so much is left: less than the last warning would tell, or exactly."""
    warned = tuple((left_s - n, e.Nudged(take, n)) for n in (30.0, 10.0) if n < left_s)
    return e.SetClock((*warned, (left_s, e.CutOff(take, "limit"))))


def test_the_rules_are_spoken_before_the_first_question_and_what_is_timed_is_made_ahead() -> None:
    state, effects = go(State(), PRESSED)
    assert (state.phase, state.turn_id) == ("briefing", "t001")
    assert effects == (e.Prepare(cues(RULES)), e.Speak("t001", rules_in_words(RULES, 2, follows_up=True)))
    asking, effects = go(state, ask(1))
    assert (asking.phase, effects) == ("asking", (e.Speak("t002", "First?"),))


def test_a_round_without_follow_ups_promises_no_time_for_them() -> None:
    assert "follow-up" not in go(State(), replace(PRESSED, follow_ups=0))[1][1].text


def test_a_calm_session_has_no_rules_no_thinking_and_no_clock() -> None:
    state, effects = go(State(), OPENED)
    assert effects == (e.Speak("t001", "First?"),)
    talking, effects = go(state, ask(1))
    assert (talking.phase, effects) == ("listening", (e.Listen("a001"),))
    assert (talking.rules, talking.clocked, talking.takes_left) == (None, None, None)
    order = go(talking, *answered("a001"))[1][0]
    assert order.clocked is None


def test_time_to_think_begins_when_the_question_has_been_asked() -> None:
    thinking, effects = go(ASKING, ask(2))
    assert thinking.phase == "thinking"
    assert effects == (
        e.SetClock(
            (
                (20.0, e.CountedDown("t002", 10.0)), (27.0, e.CountedDown("t002", 3.0)),
                (28.0, e.CountedDown("t002", 2.0)), (29.0, e.CountedDown("t002", 1.0)),
                (30.0, e.ThinkingEnded("t002")),
            )
        ),
    )  # fmt: skip


def test_the_countdown_is_spoken_rung_or_only_shown_as_the_rules_say() -> None:
    three = e.CountedDown("t002", 3.0)
    assert go(THINKING, three) == (THINKING, (e.Cue("Three."),))
    for warnings, cue in (("bell", (e.Cue("Three.", bell=True),)), ("silent", ())):
        assert go(at(State(), replace(PRESSED, pressure=replace(RULES, warnings=warnings)), ask(1), ask(2)), three)[
            1
        ] == (cue)


def test_recording_starts_by_itself_when_the_time_to_think_is_over() -> None:
    talking, effects = go(THINKING, e.ThinkingEnded("t002"))
    assert (talking.phase, talking.take_id, talking.thought_s) == ("listening", "a001", 30.0)
    assert effects == (CLOCK, e.Listen("a001", from_now=True))


def test_who_is_ready_begins_at_once_and_has_the_whole_time_to_answer() -> None:
    talking, effects = go(THINKING, e.Ready("t002", 12.5))
    assert (talking.phase, talking.thought_s, effects) == ("listening", 12.5, (CLOCK, e.Listen("a001", from_now=True)))
    assert ignores(talking, e.Ready("t002", 13.0), e.ThinkingEnded("t002"), e.CountedDown("t002", 3.0))
    assert go(talking, *answered("a001"))[1][0].clocked == Clocked(90.0, 30.0, 12.5)


def test_nobody_is_ready_before_the_question_has_been_asked() -> None:
    assert ignores(BRIEFING, e.Ready("t001", 0.0)) and ignores(ASKING, e.Ready("t002", 0.0), e.Ready("t001", 0.0))


def test_a_follow_up_has_its_own_limit_and_no_time_to_think() -> None:
    asked = at(TALKING, *answered("a001", e.Assessed("a001", EARNED_MORE)))
    talking, effects = go(asked, ask(3))
    assert talking.phase == "listening"
    cut = (45.0, e.CutOff("a002", "limit"))
    assert effects == (e.SetClock(((35.0, e.Nudged("a002", 10.0)), cut)), e.Listen("a002"))
    assert go(talking, *answered("a002"))[1][0].clocked == Clocked(45.0)


def test_every_question_has_its_time_to_think() -> None:
    second = at(TALKING, *answered("a001", e.Assessed("a001", DONE)))
    thinking, effects = go(second, ask(3))
    assert (second.at, thinking.phase) == (1, "thinking")
    assert clocks(effects)[0].dues[-1] == (30.0, e.ThinkingEnded("t003"))


def test_where_there_is_no_time_to_think_recording_starts_after_the_question() -> None:
    assert go(at(State(), replace(PRESSED, pressure=PLAIN), ask(1)), ask(2))[1] == (CLOCK, e.Listen("a001"))


def test_a_question_may_be_skipped_while_one_thinks() -> None:
    skipped, effects = go(THINKING, e.Skipped("t002"))
    assert (skipped.phase, skipped.take_id, effects[0]) == ("assessing", "a001", e.StopSpeaking())
    assert (effects[1].reason, effects[1].transcript) == (SKIPPED, None)
    assert ignores(skipped, e.ThinkingEnded("t002"), e.CountedDown("t002", 3.0), e.Ready("t002", 3.0))


def test_a_terse_interviewer_says_next_and_pushes_back() -> None:
    talking = under(replace(LENIENT, session_s=None))
    assert go(talking, *answered("a001", e.Assessed("a001", DONE)))[1] == (e.Speak("t003", f"{NEXT} Second?"),)
    pushed = go(talking, *answered("a001", e.Assessed("a001", EARNED_MORE)))[1]
    assert pushed == (e.Speak("t003", "Something is missing. More?"),)
    assert go(TALKING, *answered("a001", e.Assessed("a001", EARNED_MORE)))[1] == (e.Speak("t003", "More?"),)


# No pauses, no repeats, so many takes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [BRIEFING, ASKING, THINKING, TALKING], ids=lambda s: s.phase)
def test_there_is_no_pause_while_asked_or_answering(state: State) -> None:
    assert ignores(state, e.Paused())


@pytest.mark.parametrize("done", [False, True], ids=["being judged", "just done"])
def test_a_pause_between_two_answers_holds_the_next_question(done: bool) -> None:
    over: list[e.Event] = [e.DoneAsked("a001"), e.Paused()] if done else []
    state = at(TALKING, *over, *answered("a001"), *([] if done else [e.Paused()]))
    held, effects = go(state, e.Assessed("a001", DONE))
    assert (held.phase, held.paused_from, effects) == ("paused", "asking", ())
    on, effects = go(held, e.Unpaused())
    assert (on.at, effects) == (1, (e.Speak("t004", "Second?"),))
    assert clocks(go(on, ask(4))[1])[0].dues[-1] == (30.0, e.ThinkingEnded("t004")), "with its whole time to think"


def test_a_question_is_repeated_only_where_the_rules_allow_it() -> None:
    assert ignores(ASKING, e.RepeatAsked()) and ignores(THINKING, e.RepeatAsked()) and ignores(TALKING, e.RepeatAsked())
    lenient = at(State(), replace(PRESSED, pressure=LENIENT), ask(1))
    assert go(lenient, e.RepeatAsked())[1] == (e.StopSpeaking(), e.Speak("t003", "First?"))
    assert go(under(LENIENT), e.RepeatAsked())[1] == (e.PauseListening("a001"), e.Speak("t003", "First?"))


def test_one_take_is_all_there_is() -> None:
    assert TALKING.takes_left == 0
    assert ignores(TALKING, e.TakeRestarted("a001"))


def test_as_many_takes_as_the_rules_say_each_with_its_whole_time() -> None:
    first = under(replace(RULES, takes=2))
    assert first.takes_left == 1
    second, effects = go(first, e.TakeRestarted("a001"))
    whole = replace(CLOCK, dues=tuple((s, replace(due, take_id="a002")) for s, due in CLOCK.dues))
    assert effects == (e.PauseListening("a001"), whole, e.Listen("a002", from_now=True))
    assert (second.takes_left, second.thought_s) == (0, 30.0)
    assert ignores(second, e.TakeRestarted("a002"), LIMIT, e.Nudged("a001", 10.0))
    followed = at(second, *answered("a002", e.Assessed("a002", EARNED_MORE)), ask(3))
    assert followed.takes_left == 1, "each turn anew"


@pytest.mark.parametrize("broke", [[LOST], [NAP], [NAP, e.Unpaused()]], ids=["microphone", "asleep", "gone on"])
def test_a_take_in_which_something_broke_does_not_count(broke: list[e.Event]) -> None:
    broken = at(TALKING, *broke)
    assert broken.takes_left == 1
    again, effects = go(broken, e.TakeRestarted("a001"))
    assert (again.phase, again.takes_left, again.interrupted) == ("listening", 0, "")
    assert clocks(effects)[0].dues[-1] == (90.0, e.CutOff("a002", "limit"))
    assert ignores(again, e.TakeRestarted("a002"))


def test_who_answers_on_after_something_broke_has_that_said() -> None:
    over = at(TALKING, LOST, e.MicrophoneBack(), e.Unpaused(), e.DoneAsked("a001"))
    assert go(over, *answered("a001"))[1][0].clocked == Clocked(90.0, 30.0, 30.0, None, "unplugged")
    following = at(over, *answered("a001", e.Assessed("a001", EARNED_MORE)), ask(3))
    assert following.interrupted == "", "the next take is whole"


# The clock and what breaks --------------------------------------------------------------------------------------------


def test_a_warning_is_spoken_on_the_recording_and_kept() -> None:
    assert go(TALKING, e.Nudged("a001", 30.0)) == (TALKING, (e.Cue("Thirty seconds left.", "a001"),))
    bell = under(replace(RULES, warnings="bell"))
    assert go(bell, e.Nudged("a001", 30.0))[1] == (e.Cue("Thirty seconds left.", "a001", bell=True),)
    assert go(under(replace(RULES, warnings="silent")), e.Nudged("a001", 30.0))[1] == ()
    said = e.InterviewerSaid("a001", "Thirty seconds left.", 60.0, 61.5)
    order = go(TALKING, said, e.DoneAsked("a001"), e.AnswerEnded("a001", "done", 70.0))[1][0]
    assert order.said == (said,), "so that it isn't taken for the candidate's"
    assert go(TALKING, said, LIMIT, e.AnswerEnded("a001", "done", 90.0))[0].said == (said,)


def test_nobody_is_warned_who_is_done() -> None:
    assert ignores(at(TALKING, e.DoneAsked("a001")), e.Nudged("a001", 10.0), LIMIT)


def test_the_clock_goes_on_while_the_microphone_is_lost() -> None:
    lost, effects = go(TALKING, LOST)
    assert (lost.phase, lost.interrupted, effects) == ("paused", "unplugged", (e.PauseListening("a001"),))
    assert go(lost, e.Nudged("a001", 10.0))[1] == (e.Cue("Ten seconds left.", "a001"),)
    assert clocks(go(lost, e.MicrophoneBack(), e.Unpaused())[1]) == [], "it has never stopped"
    cut, effects = go(lost, LIMIT)
    assert (cut.phase, effects) == ("listening", (e.Cue(CUT_OFF["limit"], "a001"), STOP))
    judging = go(cut, *answered("a001"))[1][0]
    assert judging.clocked == Clocked(90.0, 30.0, 30.0, Cut("limit", 90.0), "unplugged")


@pytest.mark.parametrize("state", [BRIEFING, ASKING, THINKING, TALKING], ids=lambda s: s.phase)
def test_after_a_sleep_nothing_runs_until_the_candidate_goes_on(state: State) -> None:
    left_s = 20.0 if state.phase in ("thinking", "listening") else None
    slept, effects = go(state, e.MachineSlept(600.0, left_s))
    assert (slept.phase, slept.paused_from, slept.paused_because) == ("paused", state.phase, NAPPED)
    assert effects[0] == e.SetClock(())
    assert effects[1:] == {"thinking": (), "listening": (e.PauseListening("a001"),)}.get(
        state.phase, (e.StopSpeaking(),)
    )
    assert ignores(slept, *([LIMIT] if slept.take else []), e.ThinkingEnded(state.turn_id))


def test_after_a_sleep_the_answer_goes_on_with_what_was_left() -> None:
    slept = at(TALKING, NAP)
    on, effects = go(slept, e.Unpaused())
    assert effects == (rest(20.0), e.Listen("a001", goes_on=True))
    assert (on.phase, on.interrupted, on.clock_left_s) == ("listening", NAPPED, None)
    assert go(on, LIMIT)[1][-1] == STOP


def test_after_a_sleep_the_thinking_goes_on_with_what_was_left() -> None:
    on, effects = go(THINKING, e.MachineSlept(600.0, 9.0), e.Unpaused())
    assert (on.phase, on.turn_id) == ("thinking", "t002")
    assert clocks(effects)[0].dues[0] == (6.0, e.CountedDown("t002", 3.0))
    assert clocks(effects)[0].dues[-1] == (9.0, e.ThinkingEnded("t002"))


def test_after_a_sleep_a_box_goes_on_with_what_was_left() -> None:
    on, effects = go(TALKING, e.TypingStarted("a001"), NAP, e.Unpaused())
    assert (on.phase, on.typing, effects) == ("listening", True, (rest(20.0),))


def test_who_types_after_a_sleep_has_what_was_left_and_no_more() -> None:
    on, effects = go(TALKING, NAP, e.TypingStarted("a001"))
    assert (on.typing, clocks(effects)) == (True, [rest(20.0)])


def test_a_second_sleep_does_not_lose_what_was_left_before_the_first() -> None:
    slept = at(TALKING, NAP, e.MachineSlept(60.0, None))
    assert clocks(go(slept, e.Unpaused())[1]) == [rest(20.0)], "the clock stood still already"


def test_what_was_left_of_one_answer_is_not_the_next_questions_time_to_think() -> None:
    for end in ([e.DoneAsked("a001"), *answered("a001")], [e.Skipped("t002")]):
        second = at(TALKING, NAP, *end, e.Assessed("a001", DONE))
        dues = clocks(go(second, ask(3))[1])[0].dues
        assert dues[-1] == (30.0, e.ThinkingEnded("t003"))


def test_a_sleep_while_the_rules_are_spoken_can_be_gone_on_from() -> None:
    slept = at(BRIEFING, e.MachineSlept(600.0))
    assert isinstance(go(slept, e.Unpaused())[1][-1], e.Speak)
    assert ignores(slept, e.Paused(), e.DoneAsked("a000"), e.TypingStarted("a000"), e.TakeRestarted("a000"))


def test_no_answer_is_judged_that_was_never_asked_for() -> None:
    slept = at(BRIEFING, e.MachineSlept(600.0))
    state, effects = step(slept, e.Skipped("t001"))
    assert not any(isinstance(effect, e.Assess) and effect.take_id == "a000" for effect in effects)
    assert stale(slept, e.Skipped("t001")) or state.take_id == "a001"


def test_a_sleep_does_not_hold_up_who_is_done_or_was_cut_off() -> None:
    for end in (e.DoneAsked("a001"), LIMIT):
        over = at(TALKING, end)
        slept = step(over, e.MachineSlept(600.0, None))[0]
        judged = step(slept, e.AnswerEnded("a001", "done", 90.0))[0]
        assert judged.phase == "transcribing", end


def test_a_sleep_gives_nobody_who_was_cut_off_the_floor_again() -> None:
    slept = step(at(TALKING, LIMIT), e.MachineSlept(600.0, None))[0]
    assert not any(isinstance(effect, e.Listen) for effect in step(slept, e.Unpaused())[1])


def test_a_warning_too_late_says_nothing_while_the_clock_stands_still() -> None:
    assert step(at(TALKING, NAP), e.Nudged("a001", 10.0))[1] == ()


def test_a_sleep_between_two_takes_breaks_neither() -> None:
    held = at(TALKING, *answered("a001"), e.Paused(), e.Assessed("a001", EARNED_MORE))
    slept = at(held, e.MachineSlept(600.0))
    assert slept.interrupted == ""
    clocked = go(slept, e.Skipped(slept.turn_id))[1][1].clocked
    assert clocked.interrupted == ""


def test_a_calm_session_that_slept_asks_too_and_goes_on_as_from_a_pause() -> None:
    talking = at(State(), OPENED, ask(1))
    slept, effects = go(talking, e.MachineSlept(600.0))
    assert (slept.phase, slept.paused_because, slept.interrupted) == ("paused", NAPPED, "")
    assert e.PauseListening("a001") in effects
    assert go(slept, e.Unpaused()) == (talking, (e.Listen("a001", goes_on=True),))


def test_a_calm_session_that_slept_after_done_is_not_lost() -> None:
    done = at(State(), OPENED, ask(1), e.DoneAsked("a001"), e.Paused())
    slept = step(done, e.MachineSlept(600.0))[0]
    on = step(slept, e.Unpaused())[0]
    step(on, e.RepeatAsked())  # an asked-for pause that is left over breaks the table's promise here


# Cut off --------------------------------------------------------------------------------------------------------------


def test_a_cut_off_ends_the_answer_in_mid_sentence_and_what_was_said_is_judged() -> None:
    cut, effects = go(TALKING, LIMIT)
    assert (cut.phase, cut.done_asked) == ("listening", True)
    assert effects == (e.Cue(CUT_OFF["limit"], "a001"), STOP)
    ended, effects = go(cut, e.AnswerEnded("a001", "done", 90.2))
    assert effects == (e.Transcribe("a001", 90.2, (Span(1.0, 90.2),)),)
    order = go(ended, e.AnswerTranscribed("a001", SPOKEN))[1][0]
    assert (order.transcript, order.clocked) == (SPOKEN, Clocked(90.0, 30.0, 30.0, Cut("limit", 90.0)))


def test_there_is_no_going_on_after_a_cut_off() -> None:
    cut = at(TALKING, LIMIT)
    assert ignores(cut, e.DoneAsked("a001"), e.TypingStarted("a001"), e.TakeRestarted("a001"), LIMIT)
    state = cut
    for event in [*answered("a001"), e.Assessed("a001", EARNED_MORE), ask(3)]:
        assert ignores(state, e.AnswerReopened("a001")), state.phase
        state = at(state, event)
    assert ignores(state, e.AnswerReopened("a001"))


def test_the_next_answer_is_not_cut_off_by_the_last_ones_clock() -> None:
    following = at(TALKING, LIMIT, *answered("a001", e.Assessed("a001", EARNED_MORE)), ask(3))
    assert following.cut is None
    assert ignores(following, LIMIT, e.CutOff("a001", "nothing new"), e.Nudged("a001", 10.0))


def test_a_cut_off_that_comes_too_late_is_no_event() -> None:
    state = at(TALKING, e.DoneAsked("a001"))
    for event in [*answered("a001"), e.Assessed("a001", EARNED_MORE), e.CandidateLeft()]:
        assert ignores(state, LIMIT, e.Nudged("a001", 10.0)), state.phase
        state = at(state, event)
    assert ignores(state, LIMIT, e.SessionTimeUp(), e.MachineSlept(60.0))


def test_who_was_cut_off_before_a_word_is_told_so() -> None:
    order = go(TALKING, LIMIT, e.AnswerEnded("a001", "done", 0.0))[1][0]
    assert (order.transcript, order.reason) == (None, "cut off before anything was said")


def test_who_was_cut_off_with_a_dead_microphone_is_told_that() -> None:
    assert go(TALKING, LOST, LIMIT, e.AnswerEnded("a001", "done", 0.0))[1][0].reason == "unplugged"


def test_a_box_being_typed_into_is_cut_off_and_what_stands_in_it_is_the_answer() -> None:
    cut, effects = go(TALKING, e.TypingStarted("a001"), LIMIT)
    assert effects == (e.Cue(CUT_OFF["limit"], "a001"), e.StopListening("a001", typed=True))
    judging, effects = go(cut, e.AnswerTyped("a001", "Half a sent"))
    assert (judging.phase, effects[0].transcript) == ("assessing", typed("Half a sent"))
    assert effects[0].clocked == Clocked(90.0, 30.0, 30.0, Cut("limit", 90.0))
    assert ignores(judging, e.AnswerReopened("a001"))


def test_a_box_that_was_empty_ends_with_what_was_recorded_before() -> None:
    cut = at(TALKING, e.TypingStarted("a001"), LIMIT)
    assert go(cut, e.AnswerEnded("a001", "done", 12.0))[1] == (e.Transcribe("a001", 12.0, (Span(1.0, 12.0),)),)


def test_who_was_cut_off_typing_does_not_get_the_microphone_instead() -> None:
    assert ignores(at(TALKING, e.TypingStarted("a001"), LIMIT), e.TypingStopped("a001"))


def test_a_spoken_answer_that_is_cut_off_is_not_asked_for_in_a_box() -> None:
    back = at(TALKING, e.TypingStarted("a001"), e.TypingStopped("a001"))
    assert go(back, LIMIT)[1][-1] == STOP


def test_after_ones_own_done_one_goes_on_with_the_rest_of_the_time() -> None:
    judging = at(TALKING, e.DoneAsked("a001"), e.AnswerEnded("a001", "done", 70.0))
    back, effects = go(judging, e.AnswerReopened("a001"))
    assert (back.phase, effects) == ("listening", (rest(20.0), e.Listen("a001", goes_on=True)))
    assert go(back, LIMIT)[1][-1] == STOP


def test_the_rest_of_the_time_is_the_same_when_the_follow_up_is_already_being_asked_or_answered() -> None:
    over = [e.DoneAsked("a001"), e.AnswerEnded("a001", "done", 70.0), e.AnswerTranscribed("a001", SPOKEN)]
    asked = at(TALKING, *over, e.Assessed("a001", EARNED_MORE))
    for state in (asked, at(asked, ask(3))):
        assert clocks(go(state, e.AnswerReopened("a001"))[1]) == [rest(20.0)], state.phase


def test_a_typed_answer_that_is_reopened_has_no_new_clock() -> None:
    sent = at(TALKING, e.TypingStarted("a001"), e.Nudged("a001", 10.0), e.AnswerTyped("a001", "Half"))
    again = clocks(step(sent, e.AnswerReopened("a001"))[1])
    assert all(clock.dues[-1][0] < 90.0 for clock in again), "ten seconds were left"


def test_nothing_new_for_a_while_and_the_interviewer_cuts_in() -> None:
    begun, effects = go(at(State(), replace(PRESSED, pressure=LENIENT), ask(1), ask(2)), e.Ready("t002", 1.0))
    assert effects[1] == e.WaitForNew("a001", 40.0), "at first twice as long"
    heard, effects = go(begun, e.NewHeard("a001", (PICKS,)))
    assert (heard.live, effects) == ((PICKS,), (e.WaitForNew("a001", 20.0),))
    cut, effects = go(heard, e.CutOff("a001", "nothing new"))
    assert effects == (e.Cue(CUT_OFF["nothing new"], "a001"), STOP)
    assert go(cut, *answered("a001"))[1][0].clocked == Clocked(90.0, 30.0, 1.0, Cut("nothing new", 8.0))
    assert ignores(at(cut, *answered("a001")), e.AnswerReopened("a001"))


def test_where_nobody_cuts_in_what_was_heard_is_only_shown() -> None:
    assert go(TALKING, e.NewHeard("a001", (PICKS,))) == (replace(TALKING, live=(PICKS,)), ())
    again = at(under(replace(RULES, takes=2)), e.NewHeard("a001", (PICKS,)), e.TakeRestarted("a001"))
    assert again.live == (), "of this take"


def test_a_cut_off_while_the_question_is_repeated_is_not_lost() -> None:
    """The clock goes on while it's repeated: the cut comes then, or there is a clock when the answer goes on."""
    repeating = at(under(LENIENT), e.RepeatAsked())
    after = step(repeating, LIMIT)[0]
    if after.done_asked:
        return
    assert clocks(go(after, ask(3))[1]), "else the answer has no end any more"


def test_a_sleep_while_the_question_is_repeated_leaves_the_answer_its_clock() -> None:
    slept = at(under(LENIENT), e.RepeatAsked(), NAP)
    on = at(slept, e.Unpaused())
    effects = go(on, ask(on.turns))[1] if on.phase == "asking" else step(slept, e.Unpaused())[1]
    assert clocks(effects), "it was stopped and must go on"
    assert slept.interrupted, "the take was broken by it"


# The end of the whole round -------------------------------------------------------------------------------------------

UP = e.SessionTimeUp()
OVER = at(TALKING, *answered("a001"))
SECOND_ASKED = at(OVER, e.Assessed("a001", DONE))
ENDS = (e.SetClock(()), e.StopSpeaking(), e.Cue(CUT_OFF["session"]))


def test_the_end_of_the_round_cuts_off_the_answer_under_way_and_it_is_the_last() -> None:
    cut, effects = go(TALKING, UP)
    assert effects == (e.Cue(CUT_OFF["session"], "a001"), STOP)
    judging, effects = go(cut, *answered("a001"))
    assert effects[0].clocked == Clocked(90.0, 30.0, 30.0, Cut("session", 8.0))
    over, effects = go(judging, e.Assessed("a001", EARNED_MORE))
    assert (over.phase, over.debrief, over.assessments, effects) == ("reviewing", 0, (no_time_left(EARNED_MORE),), ())
    assert over.not_reached == (SECOND,)
    assert ignores(over, UP, e.AnswerReopened("a001"))


def test_the_end_of_the_round_cuts_off_a_box_too() -> None:
    assert go(TALKING, e.TypingStarted("a001"), UP)[1][-1] == e.StopListening("a001", typed=True)


@pytest.mark.parametrize("broke", [LOST, NAP], ids=["microphone", "asleep"])
def test_the_end_of_the_round_comes_in_a_pause_too(broke: e.Event) -> None:
    cut, effects = go(TALKING, broke, UP)
    assert (cut.phase, cut.cut, effects) == ("listening", "session", (e.Cue(CUT_OFF["session"], "a001"), STOP))


@pytest.mark.parametrize("put", [0, 1, 2], ids=["held", "asked", "thought about"])
def test_a_question_that_was_only_being_put_when_the_round_ended_was_not_reached(put: int) -> None:
    state = at(OVER, e.Paused(), e.Assessed("a001", DONE)) if put == 0 else SECOND_ASKED
    state = at(state, ask(3)) if put == 2 else state
    over, effects = go(state, UP)
    assert (over.phase, over.debrief, over.assessments, over.not_reached) == ("reviewing", 0, (DONE,), (SECOND,))
    assert effects == ENDS
    assert ignores(over, e.Unpaused(), ask(3), e.ThinkingEnded("t003"), e.Ready("t003", 1.0), UP)


@pytest.mark.parametrize("state", [BRIEFING, ASKING, THINKING], ids=lambda s: s.phase)
def test_a_round_that_ends_before_the_first_answer_has_nothing_to_look_at(state: State) -> None:
    over, effects = go(state, UP)
    assert (over.phase, effects, over.not_reached) == ("closing", (*ENDS, e.Close("finished")), (FIRST, SECOND))


def test_a_follow_up_that_was_being_put_is_told_as_not_asked() -> None:
    judged = e.Assessed("a001", EARNED_MORE)
    for state in (at(OVER, judged), at(OVER, e.Paused(), judged)):
        over = at(state, UP)
        assert over.assessments == (no_time_left(EARNED_MORE),), state.phase
        assert "More?" in over.assessments[0].not_asked


def test_a_follow_up_under_way_is_cut_off_and_judged() -> None:
    following = at(OVER, e.Assessed("a001", EARNED_MORE), ask(3))
    cut, effects = go(following, UP)
    assert effects[-1] == e.StopListening("a002")
    over = at(cut, *answered("a002", e.Assessed("a002", DONE, AFTER_MORE)))
    assert (over.debrief, over.assessments) == (0, (AFTER_MORE,))


@pytest.mark.parametrize("state", [at(TALKING, e.AnswerEnded("a001", "done", 8.0)), OVER], ids=lambda s: s.phase)
def test_a_round_that_ends_while_an_answer_is_judged_asks_nothing_more(state: State) -> None:
    up, effects = go(state, UP)
    assert (up, effects) == (replace(state, time_is_up=True), ())
    if up.phase == "transcribing":
        up = at(up, e.AnswerTranscribed("a001", SPOKEN))
    over, effects = go(up, e.Assessed("a001", EARNED_MORE))
    assert (over.debrief, over.assessments, effects) == (0, (no_time_left(EARNED_MORE),), ())


def test_a_round_whose_time_is_up_stays_so_when_an_answer_is_gone_on_with() -> None:
    up = at(OVER, UP)
    assert step(up, e.AnswerReopened("a001"))[0].time_is_up, "or the round goes on without an end"


def test_nobody_goes_back_into_an_answer_after_the_round_has_ended() -> None:
    over = at(OVER, e.Assessed("a001", EARNED_MORE), UP)
    assert over.debrief == 0
    assert ignores(over, e.AnswerReopened("a001"))


def test_the_end_of_the_round_while_the_question_is_repeated_keeps_the_answer() -> None:
    repeating = at(under(LENIENT), e.RepeatAsked())
    cut, effects = go(repeating, UP)
    assert cut.cut == "session"
    assert STOP in effects


def test_the_end_of_the_round_waits_for_who_is_done_already() -> None:
    done = at(TALKING, e.DoneAsked("a001"))
    assert go(done, UP) == (replace(done, time_is_up=True), ())
    slept = step(done, e.MachineSlept(600.0))[0]
    step(slept, UP)  # whatever it comes to, it's no fault


def test_a_skipped_question_was_not_cut_off_whatever_the_one_before_was() -> None:
    second = at(TALKING, LOST, LIMIT, *answered("a001", e.Assessed("a001", DONE)))
    for state in (second, at(second, ask(3))):
        clocked = go(state, e.Skipped("t003"))[1][1].clocked
        assert (clocked.cut, clocked.interrupted) == (None, ""), state.phase


# The feedback, at the end ---------------------------------------------------------------------------------------------


def in_the_end(**changed: object) -> State:
    """A real interview, both questions answered."""
    state = at(State(), replace(OPENED, review=True, real=True, **changed), ask(1))
    state = at(state, *answered("a001", e.Assessed("a001", DONE)))
    assert state.phase == "asking", "no feedback yet"
    return at(state, ask(2), *answered("a002", e.Assessed("a002", replace(DONE, question_id="second"))))


def test_in_a_real_interview_the_feedback_is_looked_at_in_the_end_one_after_the_other() -> None:
    over = in_the_end()
    assert (over.phase, over.debrief, over.looked_at) == ("reviewing", 0, over.assessments[0])
    assert ignores(over, e.PreviousAsked())
    second = at(over, e.NextAsked())
    assert (second.debrief, second.looked_at) == (1, over.assessments[1])
    assert at(second, e.PreviousAsked()) == over
    closing, effects = go(second, e.NextAsked())
    assert (closing.phase, effects) == ("closing", (e.Close("finished"),))


def test_after_a_real_interview_nothing_is_answered_any_more() -> None:
    over = in_the_end()
    assert ignores(over, e.RetakeAsked(), e.RetakeAsked(PICKS), e.RetakeAsked(limit_s=60.0), e.FollowUpAsked(), UP)
    assert ignores(over, e.AnswerReopened("a002"), e.AnswerReopened("a001"))
    assert not stale(over, e.Disputed("first", None, PICKS, "I said it"))


def test_where_nobody_looks_a_real_interview_ends_with_its_last_answer() -> None:
    state = at(State(), replace(OPENED, questions=(SECOND,), real=True), ask(1))
    assert go(state, *answered("a001", e.Assessed("a001", DONE)))[1] == (e.Close("finished"),)


def test_who_leaves_in_the_feedback_comes_back_to_it() -> None:
    second = at(in_the_end(), e.NextAsked())
    left = at(second, e.CandidateLeft(), e.SessionClosed("left"))
    assert at(left, e.SessionResumed(0.0, review=True)).debrief == 1
    assert go(left, e.SessionResumed(0.0))[1] == (e.Close("finished"),)


def test_a_question_asked_once_more_and_skipped_shows_no_feedback_before_the_end() -> None:
    state = at(State(), replace(OPENED, review=True, real=True, asks_again=True), ask(1))
    again, effects = go(state, *answered("a001", e.Assessed("a001", OFF_TOPIC)))
    assert effects == (e.Speak("t002", f"{ASK_AGAIN} First?"),)
    after, effects = go(again, e.Skipped("t002"), e.Assessed("a002", DONE))
    assert (after.phase, after.at, effects) == ("asking", 1, (e.Speak("t003", "Second?"),))


# The whole answer once more, under a clock ----------------------------------------------------------------------------

REVIEWING = at(State(), replace(OPENED, review=True), ask(1), *answered("a001", e.Assessed("a001", DONE)))


def test_in_a_calm_session_an_answer_may_be_given_again_under_a_clock() -> None:
    asking, effects = go(REVIEWING, e.RetakeAsked(limit_s=60.0))
    assert effects == (e.Speak("t002", "First?"),), "no rules first"
    assert ignores(asking, e.Paused(), e.RepeatAsked())
    talking, effects = go(asking, ask(2))
    assert effects[-1] == e.Listen("a002")
    assert clocks(effects)[0].dues[-1] == (60.0, e.CutOff("a002", "limit"))
    judging = at(talking, e.CutOff("a002", "limit"), e.AnswerEnded("a002", "done", 60.0))
    order = go(judging, e.AnswerTranscribed("a002", SPOKEN))[1][0]
    assert order.clocked == Clocked(60.0, cut=Cut("limit", 60.0))


@pytest.mark.parametrize("skipped", [False, True], ids=["answered", "skipped"])
def test_after_that_the_session_is_calm_again(skipped: bool) -> None:
    talking = at(REVIEWING, e.RetakeAsked(limit_s=60.0), ask(2))
    end = [e.Skipped("t002")] if skipped else answered("a002")
    after = at(talking, *end, e.Assessed("a002", DONE))
    assert (after.phase, after.timed, after.rules) == ("reviewing", None, None)
    assert go(after, e.RetakeAsked(), ask(3))[1] == (e.Listen("a003"),)


def test_one_sentence_has_no_clock_of_that_kind() -> None:
    assert at(REVIEWING, e.RetakeAsked(PICKS, limit_s=60.0)).timed is None


# Leaving, and coming back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [True, False], ids=["left", "killed"])
@pytest.mark.parametrize(("recorded", "left_s"), [(30.0, 60.0), (88.0, LEAST_LEFT_S), (95.0, LEAST_LEFT_S)])
def test_who_comes_back_goes_on_in_the_take_with_what_was_left(closed: bool, recorded: float, left_s: float) -> None:
    left = at(TALKING, e.CandidateLeft(), e.SessionClosed("left")) if closed else TALKING
    back, effects = go(left, e.SessionResumed(recorded, review=True))
    assert (back.phase, back.paused_from, back.clock_left_s, effects) == ("paused", "listening", left_s, ())
    assert ignores(back, LIMIT), "the clock waits for who has come back"
    effects = go(back, e.Unpaused())[1]
    assert effects[-1] == e.Listen("a001", goes_on=True)
    assert clocks(effects)[0].dues[-1] == (left_s, LIMIT)


def test_a_box_opened_on_coming_back_has_what_was_left_too() -> None:
    back = at(TALKING, e.SessionResumed(70.0, review=True))
    assert clocks(go(back, e.TypingStarted("a001"))[1]) == [rest(20.0)]


def test_a_sleep_on_coming_back_does_not_lose_what_was_left() -> None:
    back = at(TALKING, e.SessionResumed(70.0, review=True), e.MachineSlept(60.0, None))
    assert clocks(go(back, e.Unpaused())[1]) == [rest(20.0)]


def test_what_was_said_before_leaving_is_judged_where_nobody_comes_back() -> None:
    effects = go(TALKING, e.CandidateLeft(), e.SessionClosed("left"), e.SessionResumed(30.0))[1]
    assert effects == (e.Transcribe("a001", 30.0, (Span(1.0, 30.0),)),)


def test_who_was_cut_off_and_left_does_not_go_on() -> None:
    left = at(TALKING, LIMIT, e.CandidateLeft(), e.AnswerEnded("a001", "done", 90.0), e.SessionClosed("left"))
    back, effects = go(left, e.SessionResumed(90.0, review=True))
    assert (back.phase, back.cut) == ("transcribing", "limit")
    assert isinstance(effects[0], e.Transcribe)


@pytest.mark.parametrize("state", [ASKING, THINKING, at(THINKING, e.MachineSlept(60.0, 9.0))], ids=lambda s: s.phase)
def test_who_left_before_answering_is_asked_again_and_may_think(state: State) -> None:
    left = at(state, e.CandidateLeft(), e.SessionClosed("left"))
    back, effects = go(left, e.SessionResumed(0.0, review=True))
    assert (back.phase, effects) == ("asking", (e.Speak("t003", "First?"),))
    assert at(back, ask(3)).phase == "thinking"


def test_the_answers_clock_is_not_the_thinkings_when_nothing_was_on_disk() -> None:
    back = at(TALKING, NAP, e.SessionResumed(0.0, review=True))
    assert clocks(go(back, ask(3))[1])[0].dues[-1] == (30.0, e.ThinkingEnded("t003"))


def test_who_left_while_the_rules_were_spoken_loses_no_question() -> None:
    left = at(BRIEFING, e.CandidateLeft(), e.SessionClosed("left"))
    back, effects = go(left, e.SessionResumed(0.0, review=True))
    assert (back.at, back.not_reached) == (0, (FIRST, SECOND))
    assert isinstance(effects[-1], e.Speak)


def test_leaving_early_loses_nothing_that_was_answered() -> None:
    left = at(SECOND_ASKED, ask(3), e.CandidateLeft(), e.SessionClosed("left"))
    assert (left.assessments, left.not_reached) == ((DONE,), (SECOND,))
    back = at(left, e.SessionResumed(0.0, review=True), ask(4), e.Ready("t004", 1.0))
    assert (back.at, back.take_id, back.assessments) == (1, "a002", (DONE,))


# Whatever comes -------------------------------------------------------------------------------------------------------

SEEDS = range(150)
MODES = (
    PRESSED,
    replace(PRESSED, pressure=PLAIN),
    replace(PRESSED, pressure=LENIENT, asks_again=True, coached=True),
    replace(PRESSED, pressure=replace(LENIENT, takes=3), real=False),
)


def anything(state: State, chance: random.Random) -> e.Event:
    """Something that may come in this state, or a little too late."""
    events = list(possible(state))
    if state.takes > 1:
        late = f"a{chance.randint(1, state.takes):03d}"
        events += [e.CutOff(late, "nothing new"), e.Nudged(late, 10.0), e.NewHeard(late, ()), e.AnswerTyped(late, "x")]
    if state.turns > 1:
        late = f"t{chance.randint(1, state.turns):03d}"
        events += [e.ThinkingEnded(late), e.CountedDown(late, 2.0), e.Ready(late, 1.0)]
    if state.pressure is not None:
        events += [e.SessionTimeUp(), e.MachineSlept(60.0, 20.0)]
    return chance.choice(events)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_comes_under_a_clock_is_no_fault_and_the_journal_gives_it_back(seed: int) -> None:
    chance = random.Random(seed)
    journal: list[e.Event] = [MODES[seed % len(MODES)]]
    state = step(State(), journal[0])[0]
    for _ in range(80):
        event = anything(state, chance)
        early = getattr(event, "take_id", "") == "a000"
        quitting = isinstance(event, e.CandidateLeft | e.SessionClosed | e.SessionTimeUp)
        if quitting and chance.random() < 0.8:
            continue  # or every round would be over at once
        try:
            ignored = stale(state, event)
            after, effects = step(state, event)
        except ImpossibleEvent:
            assert state.phase == "closed" or early or not isinstance(event, (*e.WISHES, *OVERTAKEN)), event
            assert state.phase == "closed" or not isinstance(event, e.WISHES), event
            continue
        if ignored:
            assert (after, effects) == (state, ()), event
            continue
        assert after.turns - state.turns in (0, 1) and after.takes - state.takes in (0, 1)
        assert after.phase in ("closing", "closed") or not (state.time_is_up and not after.time_is_up), event
        assert after.phase != "reviewing" or not after.real or after.debrief is not None, event
        journal.append(event)
        state = after
        if state.phase == "closed" and state.close_reason == "finished":
            break
    assert fold(journal) == state


def told(state: State, chance: random.Random) -> e.Event:
    """What an order's carrying out reports, or what a candidate does: nothing that the clock says."""
    own = EARNED_MORE if state.follow_up_id is None and state.question.follow_ups else DONE
    by_itself = {
        "briefing": e.QuestionSpoken(state.turn_id, "voice", 2.0),
        "asking": e.QuestionSpoken(state.turn_id, "voice", 2.0),
        "transcribing": e.AnswerTranscribed(state.take_id, SPOKEN, state.ending),
        "assessing": e.Assessed(state.take_id, own, None, state.ending),
    }
    if state.follow_up_id is not None and state.phase == "assessing":
        return e.Assessed(state.take_id, DONE, AFTER_MORE, state.ending)
    if state.phase == "listening" and state.done_asked:
        by_itself["listening"] = e.AnswerEnded(state.take_id, "done", 40.0)
    if state.phase in by_itself and chance.random() < 0.6:
        return by_itself[state.phase]
    take, turn = state.take_id, state.turn_id
    events = [
        e.Unpaused(),
        e.Paused(),
        e.RepeatAsked(),
        e.TypingStarted(take),
        e.TypingStopped(take),
        e.Ready(turn, 1.0),
    ]
    events += [e.TakeRestarted(take), e.MicrophoneBack(), e.AnswerReopened(take)]
    if state.take:
        events += [e.MicrophoneLost(take, "unplugged"), e.SpeechStarted(take, 1.0), e.NewHeard(take, ())]
    return chance.choice(events)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_comes_every_answer_under_a_clock_ends(seed: int) -> None:
    """With the clock kept as the orders say: who has the floor under a clock always has a cut-off ahead."""
    chance = random.Random(seed)
    journal: list[e.Event] = [MODES[seed % len(MODES)]]
    state, effects = step(State(), journal[0])
    due: list[e.Event] = []
    for _ in range(60):
        limited = any(isinstance(d, e.CutOff | e.ThinkingEnded) for d in due)
        if due and chance.random() < 0.2:
            event = due.pop(0)
        elif chance.random() < 0.05:
            event = e.MachineSlept(60.0, 20.0 if limited else None)
        else:
            event = told(state, chance)
        if stale(state, event):
            continue
        journal.append(event)
        state, effects = step(state, event)
        for effect in effects:
            if isinstance(effect, e.SetClock):
                due = [what for _, what in effect.dues]
        if state.phase == "listening" and not state.done_asked:
            assert e.CutOff(state.take_id, "limit") in due, [type(one).__name__ for one in journal[-6:]]
        if state.phase == "thinking":
            assert e.ThinkingEnded(state.turn_id) in due, [type(one).__name__ for one in journal[-6:]]
