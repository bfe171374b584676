"""The interview's table, walked step by step: exact states, exact effects."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import WHOLE, scored
from voiceprep.core import events as e
from voiceprep.core.feedback import Chosen
from voiceprep.core.interview import TABLE, ImpossibleEvent, State, diagram, fold, step
from voiceprep.core.spans import Span
from voiceprep.core.transcript import heard, typed

FIRST = e.PlannedQuestion("first", "First?", (("more", "More?"), ("most", "Most?")))
SECOND = e.PlannedQuestion("second", "Second?")
OPENED = e.SessionOpened("s", "Test", (FIRST, SECOND), follow_ups=1)

DONE = replace(scored(WHOLE), question_id="first", follow_up=None)
EARNED_MORE = replace(DONE, follow_up=Chosen("more", "More?", (), "not heard yet"))
AFTER_MORE = replace(EARNED_MORE, follow_up=Chosen("most", "Most?", (), "not heard yet"), follow_ups_asked=(DONE,))
SPOKEN = heard((), engine="whisper", duration_s=8.0)


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
        },
        (e.Speak("t001", "First?"),),
    ),
    (e.QuestionSpoken("t001", "voice", 2.0), {"phase": "listening", "takes": 1}, (e.Listen("a001"),)),
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
        },
        (e.Transcribe("a001", 8.0, (Span(1.0, 3.0), Span(4.0, 8.0))),),
    ),
    (e.WordsHeard("a001", ()), {}, ()),
    (e.EngineRestarted("whisper", "hung"), {}, ()),
    (e.AnswerTranscribed("a001", SPOKEN), {"phase": "assessing", "transcript": SPOKEN}, (assess("a001"),)),
    (
        e.Assessed("a001", EARNED_MORE),
        {"phase": "asking", "assessments": (EARNED_MORE,), "turns": 2, "follow_up_id": "more", "transcript": None},
        (e.Speak("t002", "More?"),),
    ),
    (
        e.QuestionSpoken("t002", "", 0.0, "no voice"),
        {"phase": "listening", "takes": 2, "speech": (), "duration_s": 0.0},
        (e.Listen("a002"),),
    ),
    (
        e.AnswerTyped("a002", "Less."),
        {"phase": "assessing", "transcript": typed("Less.")},
        (assess("a002", transcript=typed("Less."), follow_up="more", parent=EARNED_MORE),),
    ),
    (
        e.Assessed("a002", DONE, parent=AFTER_MORE),  # "most" is earned too, but one follow-up is all there is
        {
            "phase": "asking",
            "assessments": (AFTER_MORE,),
            "turns": 3,
            "at": 1,
            "follow_up_id": None,
            "transcript": None,
        },
        (e.Speak("t003", "Second?"),),
    ),
    (e.QuestionSpoken("t003", "voice", 2.0), {"phase": "listening", "takes": 3}, (e.Listen("a003"),)),
    (
        e.AnswerEnded("a003", "no answer", 0.0),
        {"phase": "assessing", "reason": "no answer"},
        (assess("a003", transcript=None, reason="no answer", question="second"),),
    ),
    (
        e.Assessed("a003", DONE),
        {"phase": "closing", "assessments": (AFTER_MORE, DONE)},
        (e.Close("finished"),),
    ),
    (e.SessionClosed("finished"), {"phase": "closed", "close_reason": "finished"}, ()),
]


def test_a_whole_interview_step_by_step() -> None:
    state = State()
    for event, changed, orders in WHOLE_INTERVIEW:
        expected = replace(state, **changed)
        state, effects = step(state, event)
        assert state == expected, event
        assert effects == orders, event


def history(until: int) -> list[e.Event]:
    return [event for event, _, _ in WHOLE_INTERVIEW[:until]]


ASKING = fold(history(11))
"""In every phase from here, there are an earlier turn and an earlier take to be late."""
LISTENING = fold(history(12))
TRANSCRIBING = step(LISTENING, e.AnswerEnded("a002", "done", 3.0))[0]
ASSESSING = fold(history(13))
FINISHED = fold(history(17))
LEFT = step(LISTENING, e.CandidateLeft())[0]
CLOSED = fold(history(18))
PHASES = [ASKING, LISTENING, TRANSCRIBING, ASSESSING, FINISHED, LEFT, CLOSED]


def of_take(take: str) -> list[e.Event]:
    return [
        e.SpeechStarted(take, 1.0),
        e.SpeechEnded(take, 2.0),
        e.WordsHeard(take, ()),
        e.AnswerTyped(take, "Late."),
        e.AnswerEnded(take, "done", 9.0),
        e.AnswerTranscribed(take, SPOKEN),
        e.TranscriptionFailed(take, "died"),
        e.Assessed(take, DONE),
    ]


@pytest.mark.parametrize("state", PHASES, ids=lambda s: s.phase)
def test_what_belongs_to_an_earlier_turn_or_take_is_ignored(state: State) -> None:
    earlier = f"a{state.takes - 1:03d}" if state.takes > 1 else ""
    late = [e.QuestionSpoken("t001", "voice", 2.0), *(of_take(earlier) if earlier else [])]
    for event in late:
        assert step(state, event) == (state, ()), event


@pytest.mark.parametrize("state", [State(), *PHASES], ids=lambda s: s.phase)
def test_an_id_never_given_out_is_refused(state: State) -> None:
    before = replace(state)
    future = [e.QuestionSpoken(f"t{state.turns + 1:03d}", "voice", 2.0), *of_take(f"a{state.takes + 1:03d}")]
    for event in future:
        with pytest.raises(ImpossibleEvent, match="never given out"):
            step(state, event)
    assert state == before


def current(state: State) -> list[e.Event]:
    """One event of each type, of the current turn and take."""
    return [
        OPENED,
        e.QuestionSpoken(state.turn_id, "voice", 2.0),
        *of_take(state.take_id),
        e.EngineRestarted("whisper", "hung"),
        e.SessionResumed(0.0),
        e.CandidateLeft(),
        e.SessionClosed("fault"),
    ]


@pytest.mark.parametrize("state", [State(), *PHASES], ids=lambda s: s.phase)
def test_an_event_that_is_not_in_the_table_is_refused_and_changes_nothing(state: State) -> None:
    refused = [
        event
        for event in current(state)
        # The take of a turn that has ended is stale while the next question is asked.
        if (state.phase, type(event)) not in TABLE and not (state.phase == "asking" and hasattr(event, "take_id"))
    ]
    assert refused, "every phase refuses something"
    for event in refused:
        before = replace(state)
        with pytest.raises(
            ImpossibleEvent, match=f"{type(event).__name__} (while {state.phase}|of .* never given out)"
        ):
            step(state, event)
        assert state == before


def test_a_finished_session_is_not_resumed() -> None:
    with pytest.raises(ImpossibleEvent):
        step(CLOSED, e.SessionResumed(0.0))


def test_every_declared_target_is_reached_and_no_other() -> None:
    nothing_planned = replace(OPENED, questions=())
    alone = fold([replace(OPENED, questions=(FIRST,)), *history(10)[1:]])
    closed_from = [
        step(step(s, e.CandidateLeft())[0], e.SessionClosed("left"))[0]
        for s in (ASKING, LISTENING, TRANSCRIBING, ASSESSING)
    ]
    left_from = [step(s, e.CandidateLeft())[0] for s in (ASKING, LISTENING, TRANSCRIBING, ASSESSING)]
    closing = next(s for s in PHASES if s.phase == "closing")
    closed_from.append(step(closing, e.SessionClosed("fault"))[0])
    states = [State(), *PHASES, alone, *left_from, *closed_from]
    tried = [(s, event) for s in states for event in current(s)]
    tried += [(State(), nothing_planned), (LISTENING, e.AnswerEnded("a002", "no answer", 0.0))]
    tried += [(s, e.SessionResumed(2.0)) for s in states]
    reached = set()
    for state, event in tried:
        if (state.phase, type(event)) not in TABLE:
            continue  # refused, or stale
        try:
            after, _ = step(state, event)
        except ImpossibleEvent:
            continue
        reached.add((state.phase, type(event).__name__, after.phase))
    declared = {(phase, event.__name__, to) for (phase, event), t in TABLE.items() for to in t.to}
    assert reached == declared


RESUMED = {
    "asking": ({"phase": "asking", "turns": 3}, (e.Speak("t003", "More?"),)),
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
    stop = (e.StopListening("a002"),) if state.phase == "listening" else ()
    assert orders == (*stop, e.Close("left"))
    if closed:
        left, orders = step(left, e.SessionClosed("left"))
        assert (left.phase, left.close_reason, orders) == ("closed", "left", ())
    changed, expected = RESUMED[state.phase]
    assert step(left, e.SessionResumed(2.0)) == (replace(state, **changed), expected)


@pytest.mark.parametrize("state", [ASKING, LISTENING, TRANSCRIBING, ASSESSING], ids=lambda s: s.phase)
@pytest.mark.parametrize("fault", [False, True], ids=["killed", "closed by a fault"])
def test_a_session_that_died_goes_on_where_it_was(state: State, fault: bool) -> None:
    dead = step(state, e.SessionClosed("fault", "disk full"))[0] if fault else state
    changed, expected = RESUMED[state.phase]
    assert step(dead, e.SessionResumed(2.0)) == (replace(state, **changed), expected)


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
    for _ in range(data.draw(st.integers(1, 25))):
        possible = [*current(state), *of_take("a001"), e.Assessed(state.take_id, EARNED_MORE)]
        event = data.draw(st.sampled_from(possible))
        if isinstance(event, e.Assessed) and state.follow_up_id is not None:
            event = replace(event, parent=AFTER_MORE)
        if state.phase == "opening" and not isinstance(event, e.SessionOpened):
            continue
        try:
            after, _ = step(state, event)
        except ImpossibleEvent:
            continue
        assert (after.turns, after.takes) >= (state.turns, state.takes)
        state = after
        journal.append(event)
    assert fold(journal) == state


def test_the_diagram_is_the_table() -> None:
    arrows = [line for line in diagram().splitlines() if "-->" in line]
    declared = {(p, ev.__name__, to) for (p, ev), t in TABLE.items() for to in t.to if to != p}
    assert len(arrows) == len(declared) + 2, "one arrow a transition, one in, one out"
    assert "    listening --> transcribing: AnswerEnded" in arrows
