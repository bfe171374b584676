"""The interview: `step(state, event) -> (state, effects)`, and nothing else decides what happens next.

Rules: transitions are the table below. An event that isn't in it raises ImpossibleEvent and changes nothing. A result
that belongs to an earlier turn or take is stale: it's ignored, whatever the phase; so is a key pressed too late. No
clock is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from voiceprep.core import beside, floor, judged, leaving
from voiceprep.core import events as e
from voiceprep.core.state import Phase, Result, State

__all__ = ["TABLE", "ImpossibleEvent", "Phase", "State", "diagram", "fold", "stale", "step"]


class ImpossibleEvent(Exception):
    """An event that can't happen in this phase."""


def step(state: State, event: e.Event) -> Result:
    """The next state and what is to be done. Raises ImpossibleEvent, with the state unchanged."""
    if stale(state, event):
        return state, ()
    transition = TABLE.get((state.phase, type(event)))
    if transition is None:
        raise ImpossibleEvent(f"{type(event).__name__} while {state.phase}")
    if isinstance(event, e.SessionResumed):
        _may_resume(state)
    after, effects = transition.act(state, event)
    assert after.phase in transition.to, f"the table promises {transition.to}, not {after.phase}"
    return after, effects


def fold(history: Iterable[e.Event]) -> State:
    """The state after a journal's events; effects are not carried out again."""
    state = State()
    for event in history:
        state, _ = step(state, event)
    return state


def stale(state: State, event: e.Event) -> bool:
    """Whether the event comes too late to matter. Raises ImpossibleEvent for a turn or take never given out."""
    for name, letter, given_out in (("turn_id", "t", state.turns), ("take_id", "a", state.takes)):
        given = getattr(event, name, None)
        if given is None:
            continue
        number = int(given[1:]) if given[:1] == letter and given[1:].isdecimal() else -1
        if number == 0 and isinstance(event, e.WISHES):
            return True  # before the first of them
        if not 1 <= number <= given_out:
            raise ImpossibleEvent(f"{type(event).__name__} of {given!r}, which was never given out")
        if isinstance(event, e.AnswerReopened | e.TranscriptEdited | e.Rescored):
            continue
        if isinstance(event, e.Assessed) and event.anew:
            # It's about its answers whatever take has begun since.
            return (event.assessment.question_id, event.anew) not in state.anew_due
        if isinstance(event, e.OpinionGiven) and state.phase != "closed":
            return (event.take_id, event.ending) not in state.opinions_due  # due whatever take has begun since
        if isinstance(event, e.AnswerChecked | e.CheckFailed) and state.phase != "closed":
            return not beside.is_due(state, event)
        if number != (state.turn if letter == "t" else state.take) or (letter == "a" and _between_takes(state)):
            return True  # another turn's, or the take whose turn has just ended
    if getattr(event, "ending", state.ending) != state.ending:
        return True  # the take went on after that
    if (state.phase, type(event)) in TABLE:
        return _pointless(state, event)
    if state.phase == "closed":
        return False
    # A wish that doesn't fit any more, or what was under way when the candidate paused or took the answer up again.
    return isinstance(event, e.WISHES + OVERTAKEN)


def _between_takes(state: State) -> bool:
    """Whether a question is being asked or thought about, or about to be, whose take hasn't begun."""
    phase = state.paused_from if state.phase == "paused" else state.phase
    return phase in ("briefing", "asking", "thinking") and not state.goes_on


def _pointless(state: State, event: e.Event) -> bool:
    """Whether a wish fits the phase and yet there is nothing left to do about it."""
    match event:
        case e.AnswerReopened():
            return state.before_end is None or state.before_end.take_id != event.take_id
        case e.DoneAsked():
            return state.done_asked
        case e.Nudged():
            return state.done_asked or state.clock_left_s is not None
        case e.RepeatAsked():
            return state.done_asked or (state.rules is not None and not state.rules.repeats)
        case e.TakeRestarted():
            return state.done_asked or state.takes_left == 0
        case e.CutOff():
            # Who types, or isn't heard, says something new all the time.
            unheard = event.why == "nothing new" and (state.typing or state.phase != "listening")
            nothing_open = _between_takes(state)
            return state.done_asked or state.clock_left_s is not None or unheard or nothing_open
        case e.SessionTimeUp():
            return state.time_is_up or state.debrief is not None
        case e.Paused():  # a clock that bites doesn't wait; between two answers there is time to breathe
            return state.rules is not None and state.phase in ("asking", "listening") and not state.done_asked
        case e.NextAsked():
            return state.awaited == "end"
        case e.PreviousAsked():
            return not state.debrief
        case e.TypingStarted():
            return state.done_asked or state.typing
        case e.TypingStopped():
            return not state.typing or state.done_asked
        case e.FollowUpAsked():
            return state.debrief is not None or state.assessments[-1].follow_up is None
        case e.OpinionSkipped():
            return not state.opinions_due
        case e.Assessed():
            return state.phase not in ("assessing", "closing")  # an answer's own result, overtaken
        case e.Disputed(heard="") if state.phase != "closed":
            return state.phase != "reviewing"
        case e.TranscriptEdited():
            return not beside.edits(state, event)
        case e.Disputed() | e.Rescored():
            return all(a.question_id != event.question_id for a in state.assessments)
        case e.RetakeAsked():
            return state.debrief is not None or event.point_id not in (
                "",
                *(p.id for p in state.assessments[-1].points),
            )
        case _:
            return False


OVERTAKEN = (
    e.QuestionSpoken, e.SpeechStarted, e.SpeechEnded, e.WordsHeard, e.AnswerEnded, e.AnswerTranscribed,
    e.TranscriptionFailed, e.Assessed, e.MicrophoneLost, e.MicrophoneBack, e.TimeRanShort,
    e.CountedDown, e.ThinkingEnded, e.Nudged, e.CutOff, e.SessionTimeUp, e.NewHeard, e.InterviewerSaid, e.MachineSlept,
)  # fmt: skip
"""Reports that may come when what they belong to is over."""


def _may_resume(state: State) -> None:
    if not state.session_id:
        raise ImpossibleEvent("SessionResumed before the session was opened")
    if state.close_reason == "finished":
        raise ImpossibleEvent("SessionResumed after the session was finished")


@dataclass(frozen=True, slots=True)
class Transition:
    """What to do, and the phases it may lead to."""

    act: Callable[[State, Any], Result]
    to: tuple[Phase, ...]


_HAS_A_FLOOR: tuple[Phase, ...] = ("briefing", "asking", "thinking", "listening", "paused")
_JUDGED: tuple[Phase, ...] = ("rating", "transcribing", "assessing", "checking", "reviewing")
_UNDER_WAY = (*_HAS_A_FLOOR, *_JUDGED)
_NEXT: tuple[Phase, ...] = ("asking", "paused", "checking", "reviewing", "closing")
_ENDS: tuple[Phase, ...] = ("checking", "reviewing", "closing")
_AGAIN: tuple[Phase, ...] = (
    "closing", "briefing", "asking", "paused", "rating", "transcribing", "assessing", "checking", "reviewing",
)  # fmt: skip

TABLE: dict[tuple[Phase, type], Transition] = {
    ("opening", e.SessionOpened): Transition(floor.opened, ("briefing", "asking", "closing")),
    # Under a clock: the rules come first.
    ("briefing", e.QuestionSpoken): Transition(floor.briefed, ("asking",)),
    # The interviewer speaks.
    ("asking", e.QuestionSpoken): Transition(floor.spoken, ("thinking", "listening")),
    ("asking", e.RepeatAsked): Transition(floor.repeat, ("asking",)),
    ("asking", e.SpeechStarted): Transition(floor.speech_started, ("asking",)),
    ("asking", e.SpeechEnded): Transition(floor.speech_ended, ("asking",)),
    ("asking", e.Paused): Transition(floor.paused, ("paused",)),
    ("asking", e.Skipped): Transition(judged.skipped, ("assessing",)),
    # Time to think.
    ("thinking", e.CountedDown): Transition(floor.counted_down, ("thinking",)),
    ("thinking", e.ThinkingEnded): Transition(floor.thought, ("listening",)),
    ("thinking", e.Ready): Transition(floor.ready, ("listening",)),
    ("thinking", e.Skipped): Transition(judged.skipped, ("assessing",)),
    # The clock, and the interviewer who minds it.
    ("listening", e.Nudged): Transition(floor.nudged, ("listening",)),
    ("paused", e.Nudged): Transition(floor.nudged, ("paused",)),
    ("listening", e.CutOff): Transition(floor.cut_off, ("listening",)),
    ("paused", e.CutOff): Transition(floor.cut_off, ("listening",)),
    ("asking", e.CutOff): Transition(floor.cut_off, ("listening",)),
    ("listening", e.NewHeard): Transition(floor.new_heard, ("listening",)),
    ("listening", e.InterviewerSaid): Transition(floor.interviewer_said, ("listening",)),
    ("paused", e.InterviewerSaid): Transition(floor.interviewer_said, ("paused",)),
    ("listening", e.SessionTimeUp): Transition(leaving.session_time_up, ("listening",)),
    ("paused", e.SessionTimeUp): Transition(leaving.session_time_up, ("listening", *_ENDS)),
    ("asking", e.SessionTimeUp): Transition(leaving.session_time_up, ("listening", *_ENDS)),
    ("thinking", e.SessionTimeUp): Transition(leaving.session_time_up, _ENDS),
    ("briefing", e.SessionTimeUp): Transition(leaving.session_time_up, ("closing",)),
    **{(phase, e.SessionTimeUp): Transition(leaving.session_time_up, (phase,)) for phase in _JUDGED},
    **{
        (phase, e.MachineSlept): Transition(floor.slept, ("paused",))
        for phase in ("briefing", "asking", "thinking", "paused")
    },
    ("listening", e.MachineSlept): Transition(floor.slept, ("paused", "listening")),
    # The candidate speaks, or types.
    ("listening", e.SpeechStarted): Transition(floor.speech_started, ("listening",)),
    ("listening", e.SpeechEnded): Transition(floor.speech_ended, ("listening",)),
    ("listening", e.WordsHeard): Transition(floor.stay, ("listening",)),
    ("listening", e.HintTaken): Transition(floor.hint_taken, ("listening",)),
    ("listening", e.RepeatAsked): Transition(floor.repeat, ("asking",)),
    ("listening", e.Paused): Transition(floor.paused, ("paused", "listening")),
    ("listening", e.Unpaused): Transition(floor.unpaused, ("listening",)),
    ("listening", e.MicrophoneLost): Transition(floor.microphone_lost, ("paused", "listening")),
    ("listening", e.TypingStarted): Transition(floor.typing_started, ("listening",)),
    ("listening", e.TypingStopped): Transition(floor.typing_stopped, ("listening",)),
    ("listening", e.TakeRestarted): Transition(floor.take_restarted, ("listening",)),
    ("listening", e.Skipped): Transition(judged.skipped, ("assessing",)),
    ("listening", e.DoneAsked): Transition(floor.done, ("listening",)),
    ("listening", e.AnswerTyped): Transition(judged.answer_typed, ("assessing",)),
    ("listening", e.AnswerEnded): Transition(judged.ended, ("transcribing", "assessing", "rating")),
    # Said in one's head.
    ("rating", e.SelfRated): Transition(judged.self_rated, ("assessing",)),
    ("rating", e.Skipped): Transition(judged.skipped, ("assessing",)),
    ("rating", e.SessionResumed): Transition(leaving.resumed, ("rating",)),
    # Paused.
    ("paused", e.SpeechStarted): Transition(floor.speech_started, ("paused",)),
    ("paused", e.SpeechEnded): Transition(floor.speech_ended, ("paused",)),
    ("paused", e.WordsHeard): Transition(floor.stay, ("paused",)),
    ("paused", e.MicrophoneBack): Transition(floor.microphone_back, ("paused",)),
    ("paused", e.Unpaused): Transition(floor.unpaused, ("briefing", "asking", "thinking", "listening")),
    ("paused", e.DoneAsked): Transition(floor.done, ("listening",)),
    ("paused", e.TypingStarted): Transition(floor.typing_started, ("listening",)),
    ("paused", e.TakeRestarted): Transition(floor.take_restarted, ("listening",)),
    ("paused", e.Skipped): Transition(judged.skipped, ("assessing",)),
    ("paused", e.HintTaken): Transition(floor.hint_taken, ("paused",)),
    # The answer is over.
    ("transcribing", e.WordsHeard): Transition(floor.stay, ("transcribing",)),
    ("transcribing", e.AnswerTranscribed): Transition(judged.transcribed, ("assessing",)),
    ("transcribing", e.TranscriptionFailed): Transition(judged.not_transcribed, ("assessing",)),
    ("assessing", e.Assessed): Transition(judged.assessed, (*_NEXT, "assessing")),
    # The careful words are awaited before anything is shown.
    ("checking", e.AnswerChecked): Transition(beside.checked, ("checking",)),  # it's to be judged first
    ("checking", e.CheckFailed): Transition(judged.check_failed, _NEXT),
    ("checking", e.NextAsked): Transition(judged.not_awaited, _NEXT),
    **{
        (phase, wish): Transition(act, (phase,))
        for phase in ("transcribing", "assessing", "checking")
        for wish, act in ((e.Paused, floor.paused), (e.Unpaused, floor.unpaused))
    },
    **{
        (phase, e.AnswerReopened): Transition(judged.reopened, ("listening",))
        for phase in ("asking", "listening", "transcribing", "assessing", "checking", "reviewing")
    },
    # Looking at the feedback.
    ("reviewing", e.NextAsked): Transition(judged.next_asked, ("asking", "reviewing", "closing")),
    ("reviewing", e.PreviousAsked): Transition(judged.previous_asked, ("reviewing",)),
    ("reviewing", e.FollowUpAsked): Transition(judged.follow_up_asked, ("asking",)),
    ("reviewing", e.RetakeAsked): Transition(judged.retake_asked, ("asking", "listening")),
    **{
        (phase, e.Disputed): Transition(beside.disputed, (phase,))
        for phase in ("reviewing", "asking", "listening", "paused", "closed")
    },
    **{
        (phase, e.TranscriptEdited): Transition(beside.edited, (phase,))
        for phase in ("reviewing", "asking", "listening", "paused", "closed")
    },
    ("closed", e.Rescored): Transition(beside.rescored, ("closed",)),
    ("reviewing", e.OpinionSkipped): Transition(beside.opinions_skipped, ("reviewing",)),
    # Going on after a crash, or after leaving.
    **{
        (phase, e.SessionResumed): Transition(
            leaving.resumed, tuple(to for to in _AGAIN if to not in ("assessing", "checking", "briefing", "rating"))
        )
        for phase in ("asking", "listening")
    },
    ("paused", e.SessionResumed): Transition(
        leaving.resumed, tuple(to for to in _AGAIN if to not in ("assessing", "checking", "rating"))
    ),
    ("briefing", e.SessionResumed): Transition(leaving.resumed, ("briefing",)),
    ("thinking", e.SessionResumed): Transition(leaving.resumed, ("asking",)),
    ("transcribing", e.SessionResumed): Transition(leaving.resumed, ("transcribing",)),
    ("assessing", e.SessionResumed): Transition(leaving.resumed, ("assessing",)),
    ("checking", e.SessionResumed): Transition(leaving.resumed, ("checking",)),
    ("reviewing", e.SessionResumed): Transition(leaving.resumed, ("reviewing", "asking", "closing")),
    ("closing", e.SessionResumed): Transition(leaving.resumed, _AGAIN),
    ("closed", e.SessionResumed): Transition(leaving.resumed, _AGAIN),
    # Whatever the phase.
    **{(phase, e.OpinionGiven): Transition(beside.opinion_given, (phase,)) for phase in (*_UNDER_WAY[1:], "closing")},
    **{
        (phase, e.Assessed): Transition(beside.judged_anew, (phase,))
        for phase in (*_UNDER_WAY[1:], "closing", "closed")
        if phase not in ("assessing", "checking")
    },
    ("checking", e.Assessed): Transition(judged.judged_by_careful_words, _NEXT),
    **{
        (phase, event): Transition(act, (phase,))
        for phase in (*_UNDER_WAY, "closing")
        if phase not in ("briefing", "rating", "checking")
        for event, act in ((e.AnswerChecked, beside.checked), (e.CheckFailed, beside.check_failed))
    },
    **{(phase, e.EngineRestarted): Transition(floor.stay, (phase,)) for phase in (*_UNDER_WAY, "closing")},
    **{(phase, e.TimeRanShort): Transition(leaving.time_ran_short, (phase,)) for phase in _UNDER_WAY},
    **{(phase, e.CandidateLeft): Transition(leaving.left, ("closing",)) for phase in _UNDER_WAY},
    **{
        (phase, e.SessionClosed): Transition(leaving.closed, ("closed",))
        for phase in ("opening", *_UNDER_WAY, "closing")
    },
    # What was under way when the candidate left comes in late and changes nothing, but the take that it closes.
    ("closing", e.AnswerEnded): Transition(leaving.ended_late, ("closing",)),
    ("closing", e.AnswerTyped): Transition(leaving.typed_late, ("closing",)),
    ("closing", e.SpeechStarted): Transition(floor.speech_started, ("closing",)),
    ("closing", e.SpeechEnded): Transition(floor.speech_ended, ("closing",)),
    **{
        ("closing", late): Transition(floor.stay, ("closing",))
        for late in (e.QuestionSpoken, e.WordsHeard, e.AnswerTranscribed, e.TranscriptionFailed)
    },
    ("closing", e.CandidateLeft): Transition(leaving.left_while_closing, ("closing",)),
}  # fmt: skip


def diagram() -> str:
    """The table as a Mermaid state diagram, for ARCHITECTURE.md; self-loops are left out."""
    lines = ["stateDiagram-v2", "    [*] --> opening"]
    for (phase, event), transition in TABLE.items():
        for to in transition.to:
            if to != phase:
                lines.append(f"    {phase} --> {to}: {event.__name__}")
    return "\n".join([*lines, "    closed --> [*]"])
