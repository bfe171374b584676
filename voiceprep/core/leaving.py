"""Leaving, running out of time, and coming back. (state, event) -> (state, effects)."""

from __future__ import annotations

from dataclasses import replace

from voiceprep.core import beside
from voiceprep.core import events as e
from voiceprep.core.beside import orders_due
from voiceprep.core.feedback import no_time_left
from voiceprep.core.floor import brief, cut_off, finish, quiet, speak
from voiceprep.core.judged import assess, go_on, next_question, settled, transcribe
from voiceprep.core.pressure import CUT_OFF
from voiceprep.core.state import Result, State
from voiceprep.core.transcript import typed

LEAST_LEFT_S = 5.0
TOO_LITTLE_S = 0.5
"""A recovered take shorter than this is asked again."""


# Leaving, and coming back -----------------------------------------------------------------------------------------


def time_ran_short(state: State, event: e.TimeRanShort) -> Result:
    return replace(state, time_is_short=True), ()


def session_time_up(state: State, event: e.SessionTimeUp) -> Result:
    """The answer under way is cut off; what wasn't put isn't."""
    state = replace(state, time_is_up=True)
    if state.phase == "listening" or state.paused_from == "listening" or state.goes_on:
        return (state, ()) if state.done_asked else cut_off(state, e.CutOff(state.take_id, "session"))
    if state.phase in ("rating", "transcribing", "assessing", "checking", "reviewing"):
        return state, ()
    if state.follow_up_id is not None:
        state = replace(state, assessments=(*state.assessments[:-1], no_time_left(state.assessments[-1])))
    after, effects = finish(replace(state, paused_from=None, goes_on=False, before_end=None))
    return after, (e.SetClock(()), e.StopSpeaking(), e.Cue(CUT_OFF["session"]), *effects)


def resumed(state: State, event: e.SessionResumed) -> Result:
    after, effects = _resumed(state, event)
    return after, (*orders_due(after), *after.checks_due, *effects)  # what the process didn't live to do


def _resumed(state: State, event: e.SessionResumed) -> Result:
    phase = state.left_from or state.phase
    state = replace(
        state, phase=phase, left_from=None, close_reason=None, review=event.review, before_end=None, done_asked=False,
        hold=False, typing=False, judge=event.judge, opinions_due=(), quick=event.quick,
        hands_free_s=event.hands_free_s,
    )  # fmt: skip
    if phase == "paused":
        phase = state.paused_from or "asking"
    if phase == "briefing" and state.pressure is not None:
        return brief(replace(state, paused_from=None, paused_because="", clock_left_s=None), state.pressure)
    if phase == "thinking":
        phase = "asking"
    if phase == "asking" and state.goes_on:
        phase = "listening"  # the question was only being said again
    state = replace(state, goes_on=False, paused_from=None, paused_because="")
    if phase == "closing":
        return replace(state, phase="closing"), (e.Close("finished"),)
    if phase == "listening" and state.transcript is not None:
        return assess(state)
    if phase == "listening" and event.recovered_s >= TOO_LITTLE_S:
        state = replace(quiet(state, event.recovered_s), duration_s=event.recovered_s)
        if event.review and not state.cut:
            return replace(state, phase="paused", paused_from="listening", clock_left_s=_left_s(state)), ()
        return transcribe(state, event.recovered_s)
    if phase == "rating":
        return replace(state, phase="rating"), ()
    if phase == "transcribing":
        return transcribe(state, state.duration_s)
    if phase == "assessing":
        return assess(state)
    if phase == "checking":  # what was awaited may have come while the session was being closed
        return go_on(state) if settled(state) else (state, ())
    if phase == "reviewing":
        if event.review:
            return replace(state, phase="reviewing"), ()
        return next_question(state) if state.debrief is None else finish(state)
    if phase == "listening":
        state = replace(state, clock_left_s=None)
    if state.retake:
        state = replace(state, retake=None, timed=None)
        return (replace(state, phase="reviewing"), ()) if event.review else next_question(state)
    return speak(state) if state.questions else finish(state)


def _left_s(state: State) -> float | None:
    """What is left of the clock for a take that lies on disk; a few seconds at least, or going on would be no use."""
    if state.rules is None:
        return None
    return max(LEAST_LEFT_S, state.rules.limit_s(follow_up=state.follow_up_id is not None) - state.duration_s)


def ended_late(state: State, event: e.AnswerEnded) -> Result:
    """The take that was running when the candidate left has been closed."""
    return replace(quiet(state, event.duration_s), duration_s=event.duration_s), ()


def typed_late(state: State, event: e.AnswerTyped) -> Result:
    """An answer sent off as the candidate left: it's judged when the session goes on."""
    return replace(state, transcript=typed(event.text)), ()


def left(state: State, event: e.CandidateLeft) -> Result:
    stop: tuple[e.Effect, ...] = ()
    if state.phase == "listening":
        stop = (e.StopListening(state.take_id),)
    elif state.phase in ("briefing", "asking"):
        stop = (e.StopSpeaking(),)
    if state.opinions_due:
        stop = (*stop, e.StopOpinions())
    return replace(state, phase="closing", left_from=state.phase), (*stop, e.Close("left"))


def left_while_closing(state: State, event: e.CandidateLeft) -> Result:
    """Nobody need wait for opinions, nor for careful words: these are listened to when the session is taken up."""
    after, stop = beside.opinions_skipped(state, event)
    if not state.checks_due or state.left_from is not None:
        return after, stop
    return replace(after, left_from="closing"), (*stop, e.Close("left"))


def closed(state: State, event: e.SessionClosed) -> Result:
    left_from = None if event.reason == "finished" else state.left_from or state.phase
    return replace(state, phase="closed", close_reason=event.reason, left_from=left_from, opinions_due=()), ()
