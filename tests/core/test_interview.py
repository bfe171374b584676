"""The interview's table, walked step by step: exact states, exact effects."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import PICKS, WHOLE, scored
from voiceprep.core import events as e
from voiceprep.core.feedback import Chosen, Retake, Unscored
from voiceprep.core.interview import OVERTAKEN, TABLE, ImpossibleEvent, State, diagram, fold, stale, step
from voiceprep.core.opinion import NoOpinion
from voiceprep.core.pressure import Pressure
from voiceprep.core.spans import Span
from voiceprep.core.transcript import heard, typed

FIRST = e.PlannedQuestion("first", "First?", (("more", "More?"), ("most", "Most?")))
SECOND = e.PlannedQuestion("second", "Second?")
OPENED = e.SessionOpened("s", "Test", (FIRST, SECOND), follow_ups=1)
RULES = Pressure(answer_s=90.0, follow_up_s=45.0, think_s=30.0)
"""One take, no repeats, no end of the whole round."""
LENIENT = replace(RULES, takes=2, repeats=True, session_s=600.0, terse=True, cuts_in_s=20.0)
QUICK = replace(OPENED, quick=True, asks_again=True)
PRESSED = replace(OPENED, review=True, pressure=RULES, real=True)

NO_OPINION = NoOpinion("tiny can't be reached.")
DONE = replace(scored(WHOLE), question_id="first", follow_up=None)
OFF_TOPIC = replace(DONE, unscored=Unscored("off topic: nothing in it speaks of this question"))
EARNED_MORE = replace(DONE, follow_up=Chosen("more", "More?", (), "not heard yet"))
AFTER_MORE = replace(EARNED_MORE, follow_up=Chosen("most", "Most?", (), "not heard yet"), follow_ups_asked=(DONE,))
SPOKEN = heard((), engine="whisper", duration_s=8.0)
BACK = object()
"""In the row of an answer's end: the state to go back to is the one before it."""


def assess(take: str, *, transcript=SPOKEN, follow_up=None, parent=None, reason="", question="first") -> e.Assess:
    return e.Assess(take, question, follow_up, transcript, parent, reason)


# One row a step: what happened, what changed in the state (nothing else may), and what is to be done.
WHOLE_INTERVIEW = [
    (
        OPENED,
        {
            "phase": "asking",
            "session_id": "s",
            "title": "Test",
            "questions": (FIRST, SECOND),
            "follow_ups": 1,
            "turns": 1,
            "turn": 1,
        },
        (e.Speak("t001", "First?"),),
    ),
    (
        e.QuestionSpoken("t001", "voice", 2.0),
        {"phase": "listening", "takes": 1, "take": 1, "own_takes": 1},
        (e.Listen("a001"),),
    ),
    (e.SpeechStarted("a001", 1.0), {"speaking_since_s": 1.0}, ()),
    (e.SpeechEnded("a001", 3.0), {"speaking_since_s": None, "speech": (Span(1.0, 3.0),)}, ()),
    (e.WordsHeard("a001", ()), {}, ()),
    (e.SpeechStarted("a001", 4.0), {"speaking_since_s": 4.0}, ()),
    (
        e.AnswerEnded("a001", "done", 8.0),  # speech still going on ends with the take
        {
            "phase": "transcribing",
            "speaking_since_s": None,
            "speech": (Span(1.0, 3.0), Span(4.0, 8.0)),
            "duration_s": 8.0,
            "before_end": BACK,
        },
        (e.Transcribe("a001", 8.0, (Span(1.0, 3.0), Span(4.0, 8.0))),),
    ),
    (e.WordsHeard("a001", ()), {}, ()),
    (e.EngineRestarted("whisper", "hung"), {}, ()),
    (
        e.AnswerTranscribed("a001", SPOKEN),
        {"phase": "assessing", "transcript": SPOKEN, "given": (("a001", SPOKEN),)},
        (assess("a001"),),
    ),
    (
        e.Assessed("a001", EARNED_MORE),
        {
            "phase": "asking",
            "assessments": (EARNED_MORE,),
            "turns": 2,
            "turn": 2,
            "follow_up_id": "more",
            "transcript": None,
        },
        (e.Speak("t002", "More?"),),
    ),
    (
        e.QuestionSpoken("t002", "", 0.0, "no voice"),
        {"phase": "listening", "takes": 2, "take": 2, "speech": (), "duration_s": 0.0},
        (e.Listen("a002"),),
    ),
    (
        e.AnswerTyped("a002", "Less."),
        {
            "phase": "assessing",
            "transcript": typed("Less."),
            "before_end": BACK,
            "given": (("a001", SPOKEN), ("a002", typed("Less."))),
        },
        (assess("a002", transcript=typed("Less."), follow_up="more", parent=EARNED_MORE),),
    ),
    (
        e.Assessed("a002", DONE, parent=AFTER_MORE),  # "most" is earned too, but one follow-up is all there is
        {
            "phase": "asking",
            "assessments": (AFTER_MORE,),
            "turns": 3,
            "turn": 3,
            "at": 1,
            "follow_up_id": None,
            "transcript": None,
            "before_end": None,
        },
        (e.Speak("t003", "Second?"),),
    ),
    (e.QuestionSpoken("t003", "voice", 2.0), {"phase": "listening", "takes": 3, "take": 3}, (e.Listen("a003"),)),
    (
        e.AnswerEnded("a003", "no answer", 0.0),
        {"phase": "assessing", "reason": "no answer", "before_end": BACK},
        (assess("a003", transcript=None, reason="no answer", question="second"),),
    ),
    (
        e.Assessed("a003", DONE),
        {"phase": "closing", "assessments": (AFTER_MORE, DONE), "before_end": None},
        (e.Close("finished"),),
    ),
    (e.SessionClosed("finished"), {"phase": "closed", "close_reason": "finished"}, ()),
]


def test_a_whole_interview_step_by_step() -> None:
    state = State()
    for event, changed, orders in WHOLE_INTERVIEW:
        if changed.get("before_end") is BACK:
            ended_s = getattr(event, "duration_s", 0.0)
            changed = {**changed, "before_end": replace(state, before_end=None, duration_s=ended_s)}
        expected = replace(state, **changed)
        state, effects = step(state, event)
        assert state == expected, event
        assert effects == orders, event


def history(until: int) -> list[e.Event]:
    return [event for event, _, _ in WHOLE_INTERVIEW[:until]]


ASKING = fold(history(11))
"""In every phase from here, there are an earlier turn and an earlier take to be late."""
LISTENING = fold(history(12))
PAUSED = step(LISTENING, e.Paused())[0]
TRANSCRIBING = step(LISTENING, e.AnswerEnded("a002", "done", 3.0))[0]
ASSESSING = fold(history(13))
REVIEWING = fold([replace(OPENED, review=True), *history(14)[1:]])
FINISHED = fold(history(17))
LEFT = step(LISTENING, e.CandidateLeft())[0]
CLOSED = fold(history(18))
BRIEFING = fold([PRESSED])
THINKING = fold(
    [
        PRESSED, *(e.QuestionSpoken(turn, "voice", 2.0) for turn in ("t001", "t002")), e.Ready("t002", 3.0),
        e.AnswerTyped("a001", "x"), e.Assessed("a001", DONE), e.QuestionSpoken("t003", "voice", 2.0),
    ]
)  # fmt: skip
"""About the second question."""
DEBRIEF = fold([replace(OPENED, review=True, real=True), *history(17)[1:]])
PHASES = [ASKING, THINKING, LISTENING, PAUSED, TRANSCRIBING, ASSESSING, REVIEWING, DEBRIEF, FINISHED, LEFT, CLOSED]


def of_turn(turn: str) -> list[e.Event]:
    """What is reported of a turn."""
    return [e.QuestionSpoken(turn, "voice", 2.0), e.CountedDown(turn, 3.0), e.ThinkingEnded(turn)]


def of_take(take: str, ending: int = 1) -> list[e.Event]:
    """What is reported of a take."""
    return [
        e.Nudged(take, 30.0),
        e.CutOff(take, "limit"),
        e.NewHeard(take, (PICKS,)),
        e.InterviewerSaid(take, "Thirty seconds left.", 60.0, 61.5),
        e.SpeechStarted(take, 1.0),
        e.SpeechEnded(take, 2.0),
        e.WordsHeard(take, ()),
        e.AnswerEnded(take, "done", 9.0),
        e.AnswerTranscribed(take, SPOKEN, ending),
        e.TranscriptionFailed(take, "died", ending),
        e.Assessed(take, DONE, ending=ending),
        e.MicrophoneLost(take, "unplugged"),
    ]


def wishes(turn: str, take: str, ended: str) -> list[e.Event]:
    """What the candidate may ask for; `ended` is the take to go back to."""
    return [
        e.DoneAsked(take),
        e.AnswerReopened(ended),
        e.Paused(),
        e.Unpaused(),
        e.RepeatAsked(),
        e.HintTaken("first"),
        e.TypingStarted(take),
        e.TypingStopped(take),
        e.AnswerTyped(take, "Typed."),
        e.TakeRestarted(take),
        e.Skipped(turn),
        e.NextAsked(),
        e.FollowUpAsked(),
        e.RetakeAsked(),
        e.RetakeAsked(PICKS),
        e.RetakeAsked(limit_s=60.0),
        e.Ready(turn, 3.0),
        e.PreviousAsked(),
        e.SelfRated(take, (PICKS,)),
        e.Disputed("first", None, PICKS, "misheard"),
        e.Disputed("first", None, "", "misheard", "rust", "REST"),
        e.OpinionSkipped(),
        e.TranscriptEdited(take, "In other words."),
    ]


def current(state: State) -> list[e.Event]:
    """At least one event of each type, of the current turn and take."""
    return [
        OPENED,
        *of_turn(state.turn_id),
        *of_take(state.take_id, state.ending),
        *wishes(state.turn_id, state.take_id, state.before_end.take_id if state.before_end else state.take_id),
        e.OpinionGiven("first", None, state.take_id, NO_OPINION, state.ending),
        e.AnswerChecked(state.take_id, SPOKEN, state.ending),
        e.CheckFailed(state.take_id, "died", state.ending),
        e.Rescored("first", "a001", DONE, "today's rubric"),
        e.EngineRestarted("whisper", "hung"),
        e.MicrophoneBack(),
        e.TimeRanShort(),
        e.SessionTimeUp(),
        e.MachineSlept(600.0),
        e.SessionResumed(0.0),
        e.CandidateLeft(),
        e.SessionClosed("fault"),
    ]


def test_the_tests_here_try_every_type_of_event_and_every_wish() -> None:
    assert {type(event) for event in current(LISTENING)} == set(get_args(e.Event))
    assert {type(event) for event in wishes("t001", "a001", "a001")} == set(e.WISHES)


@pytest.mark.parametrize("state", PHASES, ids=lambda s: s.phase)
def test_what_belongs_to_an_earlier_turn_or_take_is_ignored(state: State) -> None:
    turn, take = f"t{state.turns - 1:03d}", f"a{state.takes - 1:03d}"
    late = [*of_turn(turn), e.Skipped(turn), e.Ready(turn, 3.0)]
    if state.takes > 1:
        late += [*of_take(take), *(w for w in wishes(turn, take, take) if hasattr(w, "take_id"))]
    for event in late:
        if isinstance(event, e.AnswerReopened) and state.before_end is not None:
            continue  # the one thing that may still be asked of it
        if isinstance(event, e.TranscriptEdited) and step(state, event)[0] != state:
            continue  # and its words may be put right
        if isinstance(event, e.AnswerReopened) and state.phase == "closed":
            continue  # refused, as everything is
        assert step(state, event) == (state, ()), event
        assert stale(state, event), event


@pytest.mark.parametrize("state", [State(), BRIEFING, *PHASES], ids=lambda s: s.phase)
def test_an_id_never_given_out_is_refused(state: State) -> None:
    before = replace(state)
    turn, take = f"t{state.turns + 1:03d}", f"a{state.takes + 1:03d}"
    future = [*of_turn(turn), e.Skipped(turn), e.Ready(turn, 3.0), *of_take(take), e.AnswerTyped(take, "x")]
    for event in [*future, e.DoneAsked("t001"), e.DoneAsked(""), e.AnswerReopened("a0x1")]:
        with pytest.raises(ImpossibleEvent, match="never given out"):
            step(state, event)
    assert state == before


@pytest.mark.parametrize("state", [State(), BRIEFING, *PHASES], ids=lambda s: s.phase)
def test_an_event_that_is_not_in_the_table_is_refused_and_changes_nothing(state: State) -> None:
    of_nothing = (e.MicrophoneBack, e.TimeRanShort, e.SessionTimeUp, e.MachineSlept)
    may_come_late = {"opening": of_nothing, "closed": ()}.get(state.phase, OVERTAKEN)
    refused = [
        event
        for event in current(state)
        if (state.phase, type(event)) not in TABLE
        and not isinstance(event, may_come_late)
        and (state.phase == "closed" or not isinstance(event, e.WISHES))
    ]
    assert refused, "every phase refuses something"
    for event in refused:
        before = replace(state)
        with pytest.raises(
            ImpossibleEvent, match=f"{type(event).__name__} (while {state.phase}|of .* never given out)"
        ):
            step(state, event)
        assert state == before


@pytest.mark.parametrize("state", [State(), BRIEFING, *PHASES[:-1]], ids=lambda s: s.phase)
def test_a_wish_that_does_not_fit_is_ignored_and_not_worth_a_line(state: State) -> None:
    ignored = [w for w in current(state) if isinstance(w, e.WISHES) and (state.phase, type(w)) not in TABLE]
    assert ignored, "in every phase there is something that can't be asked for"
    for wish in ignored:
        assert stale(state, wish), wish
        assert step(state, wish) == (state, ()), wish


@pytest.mark.parametrize("state", PHASES[:-1], ids=lambda s: s.phase)
def test_a_report_that_was_overtaken_is_ignored_and_not_worth_a_line(state: State) -> None:
    for event in current(state):
        if isinstance(event, OVERTAKEN) and (state.phase, type(event)) not in TABLE:
            assert stale(state, event), event
            assert step(state, event) == (state, ()), event


def test_a_finished_session_is_not_resumed() -> None:
    with pytest.raises(ImpossibleEvent):
        step(CLOSED, e.SessionResumed(0.0))


QUICK_OR_NOT = (
    e.QuestionSpoken, e.Ready, e.SpeechEnded, e.AnswerEnded, e.TranscriptionFailed, e.Paused, e.Unpaused, e.NextAsked,
    e.AnswerReopened, e.CandidateLeft, e.OpinionGiven,
)  # fmt: skip
"""What is tried in sessions where answers are heard quickly at first; the rest is the same as in others."""
UNDER_A_CLOCK = (e.CountedDown, e.ThinkingEnded, e.Nudged, e.CutOff)


def elsewhere(state: State, event: e.Event) -> bool:
    """Whether this can't come here, or is tried in other sessions: all of it in each would take minutes."""
    if state.quick and isinstance(event, e.SessionTimeUp):
        return state.pressure is None
    if state.quick and (state.phase != "checking" or isinstance(event, e.SessionResumed)):
        return not isinstance(event, QUICK_OR_NOT)
    if isinstance(event, UNDER_A_CLOCK):
        return state.rules is None
    if isinstance(event, e.SessionTimeUp):
        return state.pressure is None
    if isinstance(event, e.MachineSlept):
        return state.rules is not None or state.review or bool(state.judge) or state.asks_again
    if isinstance(event, e.RetakeAsked) and event.limit_s is not None:
        return state.pressure is not None or bool(state.judge) or state.asks_again
    if state.pressure is None:
        return False
    if isinstance(event, e.SessionClosed | e.CandidateLeft):
        return state.phase not in ("briefing", "thinking", "rating")  # a kill is no worse, and tried everywhere
    if isinstance(event, e.Disputed) and event.heard:
        return not state.judge
    easy = (e.Disputed, e.NextAsked, e.Ready, e.DoneAsked, e.FollowUpAsked, e.AnswerTyped, e.SelfRated)
    slow = isinstance(event, e.WISHES) and not isinstance(event, easy) and state.phase != "rating"
    return bool(state.judge) and (slow or isinstance(event, e.MicrophoneLost | e.SessionResumed))


def possible(state: State) -> Iterator[e.Event]:
    """Everything that may come in this state, with a judge that keeps to what it was asked."""
    if state.phase == "opening":
        yield from (OPENED, replace(OPENED, review=True), replace(OPENED, questions=()))
        yield from (replace(OPENED, judge="tiny"), replace(OPENED, judge="tiny", review=True))
        yield from (replace(OPENED, asks_again=True, review=review) for review in (False, True))
        yield from (PRESSED, replace(PRESSED, pressure=LENIENT, questions=(FIRST,)))
        yield replace(PRESSED, real=False, judge="tiny", quiet="in your head")
        yield from (QUICK, replace(QUICK, review=True, judge="tiny"), replace(QUICK, review=True, real=True))
        yield replace(QUICK, pressure=RULES, real=True, review=True, questions=(FIRST, replace(FIRST, id="second")))
    for event in current(state):
        if not isinstance(event, e.Assessed) and not elsewhere(state, event):
            yield event
    if state.rules is not None and not state.judge:
        yield e.MachineSlept(60.0, 20.0)
    if state.anew and state.assessments:
        yield e.Assessed("a001", state.assessments[0], anew=state.anew)
    if state.takes and not state.pressure and not state.quick:
        yield e.TranscriptEdited("a001", "In other words.")
    for take, ending in state.opinions_due:
        yield e.OpinionGiven("first", None, take, NO_OPINION, ending)
    if state.quick and state.takes:
        yield e.AnswerTranscribed(state.take_id, SPOKEN, state.ending, quick=True)
    if state.quick and (state.left_from or state.phase == "checking"):
        yield e.SessionResumed(2.0, state.review, state.judge, quick=True)
    for check in state.checks_due:
        yield e.AnswerChecked(check.take_id, SPOKEN, check.ending)
        yield e.CheckFailed(check.take_id, "died", check.ending)
    for question_id, anew in state.anew_due if state.quick else ():
        answer = next(a for a in reversed(state.assessments) if a.question_id == question_id)
        yield e.Assessed(answer.take_id, answer, anew=anew)
        if state.phase == "checking" and state.question.follow_ups and state.awaited == "answer":
            yield e.Assessed(answer.take_id, replace(answer, follow_up=EARNED_MORE.follow_up), anew=anew)
    yield e.AnswerEnded(state.take_id, "no answer", 0.0)
    if not state.quick or state.phase in ("checking", "closing"):
        yield from (e.SessionClosed("left"), e.SessionClosed("finished"))
    if "rating" in (state.phase, state.left_from):
        yield e.SessionResumed(2.0, True, state.judge)
    elif state.quick:
        pass
    elif not (state.pressure and state.judge):
        yield from (e.SessionResumed(s, review) for s in (0.0, 2.0) for review in (False, True))
    yield e.AnswerTranscribed(state.take_id, SPOKEN, state.ending + 1)
    if not state.takes:
        return
    if state.quick:
        yield from in_quick_words(state)
    elif state.follow_up_id is not None:
        yield e.Assessed(state.take_id, DONE, AFTER_MORE, state.ending)
    elif state.retake:
        nothing = Retake(state.retake, state.take_id, "", "unheard")
        added = replace(state.assessments[-1], retakes=(nothing,))
        yield e.Assessed(state.take_id, added, added, state.ending)
    else:
        yield e.Assessed(state.take_id, replace(DONE, take_id=state.take_id), ending=state.ending)
        yield e.Assessed(state.take_id, OFF_TOPIC, ending=state.ending)
        if state.question.follow_ups:
            yield e.Assessed(state.take_id, EARNED_MORE, ending=state.ending)


def in_quick_words(state: State) -> Iterator[e.Event]:
    """What may be made of an answer, under its own take."""
    own = replace(DONE, take_id=state.take_id, question_id=state.question.id)
    if state.follow_up_id is not None:
        parent = replace(state.assessments[-1], follow_up=None, follow_ups_asked=(own,))
        yield e.Assessed(state.take_id, own, parent, state.ending)
        return
    yield e.Assessed(state.take_id, own, ending=state.ending)
    yield e.Assessed(state.take_id, replace(own, unscored=OFF_TOPIC.unscored), ending=state.ending)
    if state.question.follow_ups:
        yield e.Assessed(state.take_id, replace(own, follow_up=EARNED_MORE.follow_up), ending=state.ending)


def kind(state: State) -> object:
    """What makes a difference to what can happen: a state without the counts and the words."""
    back = state.before_end
    return (
        state.phase, state.review, state.at, state.follow_up_id, state.retake, state.goes_on, state.done_asked,
        state.typing, state.hold, state.paused_from, state.left_from, state.close_reason, state.reason == "skipped",
        back and (back.take == state.take, back.goes_on), bool(state.opinions_due), bool(state.judge),
        state.asks_again, state.again, bool(state.lead), state.anew > 0,
        state.pressure, state.timed is not None, state.real, state.debrief is not None and state.debrief > 0,
        state.time_is_up, state.cut is not None and state.done_asked, state.clock_left_s is not None,
        state.quick, state.awaited, *({c.take_id == state.take_id for c in state.checks_due}),
        state.quick and bool(state.anew_due),
    )  # fmt: skip


def ordered(before: State, state: State, effects: tuple[e.Effect, ...]) -> bool:
    """Whether what the state waits for was asked for: an interview never stands still by itself."""
    later = (e.AssessAnew, e.Prepare, e.Check, e.SeekOpinion, e.Cue)
    effects = tuple(order for order in effects if not isinstance(order, later))  # nothing waits for that
    if state.phase == "briefing":
        return before.phase == "briefing" or effects[-1] == e.Speak(state.turn_id, state.says)
    if state.phase == "thinking":
        set_to = [due for effect in effects if isinstance(effect, e.SetClock) for _, due in effect.dues]
        return before.phase == "thinking" or set_to[-1:] == [e.ThinkingEnded(state.turn_id)]
    if state.phase == "asking":
        if (before.phase, before.turn) == ("asking", state.turn):
            return True
        return effects[-1:] == (e.Speak(state.turn_id, state.says),)
    if state.phase == "listening":
        stop = e.StopListening(state.take_id, typed=state.typing)
        if before.phase == "listening" and (before.take, before.typing) == (state.take, state.typing):
            return before.done_asked == state.done_asked or effects[-1:] == (stop,)
        effects = tuple(order for order in effects if not isinstance(order, e.SetClock | e.WaitForNew))
        if state.done_asked:
            return effects[-1] == stop
        if before.phase in ("paused", "asking") and before.typing and state.typing:
            return effects == ()  # back to the box: nothing is recorded there
        order = effects[-1]
        if state.typing:
            return order == e.PauseListening(state.take_id)
        return isinstance(order, e.Listen) and order.take_id == state.take_id
    if state.phase == "transcribing" and before.phase != "transcribing":
        order = effects[-1]
        return isinstance(order, e.Transcribe) and (order.take_id, order.ending) == (state.take_id, state.ending)
    if state.phase == "assessing" and before.phase != "assessing":
        order = effects[-1]
        return isinstance(order, e.Assess) and (order.take_id, order.ending) == (state.take_id, state.ending)
    if state.phase == "closing" and before.phase != "closing":
        stops = bool(state.opinions_due) and (state.review or state.left_from is not None)
        return isinstance(effects[-1], e.Close) and (e.StopOpinions() in effects) == stops
    return True


def test_every_declared_target_is_reached_and_no_other() -> None:
    """Every kind of state that can be reached is tried with everything that may come in it."""
    heard_before = replace(LISTENING, assessments=(replace(EARNED_MORE, take_id="a001"),))
    seen, ahead, reached = {kind(State())}, deque([heard_before, State()]), set()
    while ahead:
        state = ahead.popleft()
        for event in possible(state):
            try:
                late = stale(state, event)
                after, effects = step(state, event)
            except ImpossibleEvent:
                assert not isinstance(event, e.WISHES) or state.phase == "closed", (state.phase, event)
                continue
            if late:
                assert (after, effects) == (state, ())
                continue
            reached.add((state.phase, type(event).__name__, after.phase))
            assert ordered(state, after, effects), (state, event, effects)
            assert after.turns - state.turns in (0, 1) and after.takes - state.takes in (0, 1)
            if kind(after) not in seen:
                seen.add(kind(after))
                ahead.append(after)
    declared = {(phase, event.__name__, to) for (phase, event), t in TABLE.items() for to in t.to}
    assert reached == declared


RESUMED = {
    "asking": ({"phase": "asking", "turns": 3, "turn": 3}, (e.Speak("t003", "More?"),)),
    "listening": ({"phase": "transcribing", "duration_s": 2.0}, (e.Transcribe("a002", 2.0, ()),)),
    "transcribing": ({}, (e.Transcribe("a002", 3.0, ()),)),
    "assessing": (
        {},
        (assess("a002", transcript=typed("Less."), follow_up="more", parent=EARNED_MORE),),
    ),
}


@pytest.mark.parametrize("closed", [False, True], ids=["killed while closing", "closed"])
@pytest.mark.parametrize("state", [ASKING, LISTENING, TRANSCRIBING, ASSESSING], ids=lambda s: s.phase)
def test_whoever_leaves_comes_back_to_where_they_were(state: State, closed: bool) -> None:
    left, orders = step(state, e.CandidateLeft())
    assert left == replace(state, phase="closing", left_from=state.phase)
    stop = {"asking": (e.StopSpeaking(),), "listening": (e.StopListening("a002"),)}.get(state.phase, ())
    assert orders == (*stop, e.Close("left"))
    if closed:
        left, orders = step(left, e.SessionClosed("left"))
        assert (left.phase, left.close_reason, orders) == ("closed", "left", ())
    changed, expected = RESUMED[state.phase]
    assert step(left, e.SessionResumed(2.0)) == (replace(state, before_end=None, **changed), expected)


@pytest.mark.parametrize("state", [ASKING, LISTENING, TRANSCRIBING, ASSESSING], ids=lambda s: s.phase)
@pytest.mark.parametrize("fault", [False, True], ids=["killed", "closed by a fault"])
def test_a_session_that_died_goes_on_where_it_was(state: State, fault: bool) -> None:
    dead = step(state, e.SessionClosed("fault", "disk full"))[0] if fault else state
    changed, expected = RESUMED[state.phase]
    assert step(dead, e.SessionResumed(2.0)) == (replace(state, before_end=None, **changed), expected)


def test_a_take_with_next_to_nothing_on_disk_is_asked_again() -> None:
    state, effects = step(LISTENING, e.SessionResumed(0.4))
    assert (state.phase, state.turn_id, effects) == ("asking", "t003", (e.Speak("t003", "More?"),))


def test_a_session_killed_while_closing_after_the_last_answer_only_closes() -> None:
    assert step(FINISHED, e.SessionResumed(0.0)) == (FINISHED, (e.Close("finished"),))


def test_the_take_that_ran_when_the_candidate_left_keeps_its_speech_and_length() -> None:
    state = fold([*history(3), e.CandidateLeft(), e.AnswerEnded("a001", "interrupted", 6.0), e.SessionClosed("left")])
    assert (state.speech, state.duration_s) == ((Span(1.0, 6.0),), 6.0)
    assert step(state, e.SessionResumed(6.0))[1] == (e.Transcribe("a001", 6.0, (Span(1.0, 6.0),)),)


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (e.AnswerEnded("a001", "no answer", 0.0), "no answer"),
        (e.AnswerEnded("a001", "source lost", 0.0, "the microphone was unplugged"), "the microphone was unplugged"),
    ],
)
def test_nothing_recorded_is_assessed_with_its_reason(ended: e.AnswerEnded, reason: str) -> None:
    assert step(fold(history(2)), ended)[1] == (assess("a001", transcript=None, reason=reason),)


def test_a_microphone_lost_in_the_middle_still_has_its_half_heard() -> None:
    state, effects = step(fold(history(4)), e.AnswerEnded("a001", "source lost", 5.0, "unplugged"))
    assert effects == (e.Transcribe("a001", 5.0, (Span(1.0, 3.0),)),)
    assert state.phase == "transcribing"


def test_a_failed_transcription_is_a_reason_and_not_an_answer() -> None:
    state, effects = step(TRANSCRIBING, e.TranscriptionFailed("a002", "the recogniser died twice"))
    assert state.phase == "assessing"
    assert effects[0].transcript is None
    assert effects[0].reason == "the recogniser died twice"


def test_as_many_follow_ups_are_asked_as_were_planned() -> None:
    two: list[e.Event] = [replace(OPENED, follow_ups=2), *history(14)[1:]]
    assert step(fold(two[:-1]), two[-1])[1] == (e.Speak("t003", "Most?"),)
    none: list[e.Event] = [replace(OPENED, follow_ups=0), *history(11)[1:]]
    assert step(fold(none[:-1]), none[-1])[1] == (e.Speak("t002", "Second?"),)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_events_whatever_leave_a_state_that_the_journal_gives_back(data: st.DataObject) -> None:
    """Random walks: refused events change nothing, ids never run backwards, and folding is stepping."""
    state, journal = State(), []
    for _ in range(data.draw(st.integers(1, 40))):
        late = [*of_take("a001"), e.AnswerReopened("a001")] if state.takes else []
        event = data.draw(st.sampled_from([*possible(state), *late]))
        if isinstance(event, e.Assessed) and state.follow_up_id is not None:
            event = replace(event, parent=AFTER_MORE)
        try:
            ignored = stale(state, event)
            after, effects = step(state, event)
        except ImpossibleEvent:
            continue
        assert (after.turns, after.takes) >= (state.turns, state.takes)
        assert after.turn <= after.turns and after.take <= after.takes
        for a in after.assessments:
            assert a.first_take is None or (after.asks_again and a.first_take.first_take is None), "once a question"
        state = after
        if ignored:
            assert effects == ()
        else:
            journal.append(event)
    assert fold(journal) == state


def test_the_diagram_is_the_table() -> None:
    arrows = [line for line in diagram().splitlines() if "-->" in line]
    declared = {(p, ev.__name__, to) for (p, ev), t in TABLE.items() for to in t.to if to != p}
    assert len(arrows) == len(declared) + 2, "one arrow a transition, one in, one out"
    assert "    listening --> transcribing: AnswerEnded" in arrows
