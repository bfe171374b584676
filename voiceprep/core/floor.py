"""Who has the floor: the interviewer speaks, the candidate has it, somebody pauses. (state, event) -> (state, effects);
which may happen when is the table's business, in `interview`."""

from __future__ import annotations

from dataclasses import replace

from voiceprep.core import events as e
from voiceprep.core.pressure import CUT_OFF, Pressure, answer_dues, cues, said_at, seconds_in_words, thinking_dues
from voiceprep.core.spans import Span
from voiceprep.core.state import Result, State

SENTENCE_S = 20.0
"""How long the retake of one sentence may last."""
ACKNOWLEDGED = ("Thank you.", "Okay.", "All right.", "I see.")
"""That an answer has been heard, said at once; nothing about its worth."""


# The interviewer speaks -------------------------------------------------------------------------------------------


def speak(state: State) -> Result:
    """A new turn of the interviewer; when a pause was asked for meanwhile, it comes first."""
    state = replace(
        state,
        phase="asking",
        turns=state.turns + 1,
        turn=state.turns + 1,
        transcript=None,
        reason="",
        done_asked=False,
        typing=state.typing and state.goes_on,
    )
    if state.hold:
        return replace(state, phase="paused", paused_from="asking", hold=False), ()
    return state, (e.Speak(state.turn_id, state.says),)


def opened(state: State, event: e.SessionOpened) -> Result:
    state = replace(
        state,
        session_id=event.session_id,
        title=event.title,
        questions=event.questions,
        follow_ups=event.follow_ups,
        review=event.review,
        minutes=event.minutes,
        judge=event.judge,
        asks_again=event.asks_again,
        pressure=event.pressure,
        real=event.real,
        coached=event.coached,
        quiet=event.quiet,
        quick=event.quick,
        hands_free_s=event.hands_free_s,
    )
    if not state.questions:
        return finish(state)
    return speak(state) if state.pressure is None else brief(state, state.pressure)


def brief(state: State, rules: Pressure) -> Result:
    """The rules come first. What may have to be said at an exact moment is made ready meanwhile."""
    state = replace(state, phase="briefing", turns=state.turns + 1, turn=state.turns + 1)
    return state, (e.Prepare(cues(rules)), e.Speak(state.turn_id, state.says))


def briefed(state: State, event: e.QuestionSpoken) -> Result:
    return speak(state)


def finish(state: State) -> Result:
    """Where feedback waits for the end, it's looked at first. Who has looked at it isn't kept waiting for the opinions
    still due; where nobody has, they are waited for."""
    if state.real and state.review and state.debrief is None and state.assessments:
        if state.checks_due and state.awaited != "end":
            return replace(state, phase="checking", awaited="end"), ()
        return replace(state, phase="reviewing", debrief=0, follow_up_id=None, retake=None, hold=False), ()
    stop: tuple[e.Effect, ...] = (e.StopOpinions(),) if state.opinions_due and state.review else ()
    return replace(state, phase="closing"), (*stop, e.Close("finished"))


def spoken(state: State, event: e.QuestionSpoken) -> Result:
    if state.thinks and not state.goes_on:
        return think(state)
    if state.goes_on and state.typing:  # back to the box: nothing is recorded there
        return on_the_clock(replace(state, phase="listening", goes_on=False), ())
    return on_the_clock(*listen_on(state)) if state.goes_on else new_take(state)


def repeat(state: State, event: e.RepeatAsked) -> Result:
    """The question again; a take that has begun goes on afterwards."""
    state = replace(state, lead="")
    if state.phase == "listening":
        after, effects = speak(replace(state, goes_on=True))
        return after, (e.PauseListening(state.take_id), *effects)
    after, effects = speak(state)
    return after, (e.StopSpeaking(), *effects)


# The candidate has the floor --------------------------------------------------------------------------------------


def new_take(state: State, *, thought_s: float = 0.0, own_takes: int = 1, from_now: bool = False) -> Result:
    state = replace(
        state,
        phase="listening",
        thought_s=thought_s,
        own_takes=own_takes,
        cut=None,
        interrupted="",
        clock_left_s=None,
        live=(),
        said=(),
        takes=state.takes + 1,
        take=state.takes + 1,
        ending=1,
        goes_on=False,
        done_asked=False,
        typing=False,
        speech=(),
        speaking_since_s=None,
        duration_s=0.0,
        transcript=None,
        reason="",
        paused_from=None,
        paused_because="",
    )
    listen = e.Listen(state.take_id, limit_s=SENTENCE_S if state.retake else None, from_now=from_now)
    ahead = (e.Prepare((acknowledged(state),)), e.Prepare(next_texts(state), ahead=True)) if state.quick else ()
    # In this order, for a recording that's over as soon as it's begun.
    return state, (*clock(state), listen, *ahead)


def next_texts(state: State) -> tuple[str, ...]:
    """What may be said after this answer."""
    follow_ups = dict(state.question.follow_ups)
    follow_ups.pop(state.follow_up_id or "", None)
    following = state.questions[state.at + 1 : state.at + 2]
    return (*follow_ups.values(), *(question.ask for question in following))


def clock(state: State, spoken_s: float = 0.0) -> tuple[e.Effect, ...]:
    """The clock of the current take, so much of which is over."""
    rules, take_id = state.rules, state.take_id
    if rules is None:
        return ()
    dues = answer_dues(rules, follow_up=state.follow_up_id is not None, spoken_s=spoken_s)
    events = tuple((d.in_s, e.Nudged(take_id, d.left_s) if d.left_s else e.CutOff(take_id, "limit")) for d in dues)
    if rules.cuts_in_s is None:
        return (e.SetClock(events),)
    # At first twice as long: one begins with what everybody knows.
    return e.SetClock(events), e.WaitForNew(take_id, 2 * rules.cuts_in_s)


def listen_on(state: State) -> Result:
    """The same take, further."""
    state = replace(
        state,
        phase="listening",
        goes_on=False,
        done_asked=False,
        hold=False,
        typing=False,
        paused_from=None,
        paused_because="",
        microphone_back=False,
    )
    return state, (e.Listen(state.take_id, goes_on=True, limit_s=SENTENCE_S if state.retake else None),)


def stay(state: State, event: e.Event) -> Result:
    return state, ()


def speech_started(state: State, event: e.SpeechStarted) -> Result:
    return replace(state, speaking_since_s=event.at_s), ()


def speech_ended(state: State, event: e.SpeechEnded) -> Result:
    return quiet(state, event.at_s), ()


def quiet(state: State, at_s: float) -> State:
    """The state with speech that was still going on ended at `at_s`."""
    if state.speaking_since_s is None:
        return state
    span = Span(state.speaking_since_s, max(at_s, state.speaking_since_s))
    return replace(state, speech=(*state.speech, span), speaking_since_s=None)


def done(state: State, event: e.DoneAsked) -> Result:
    """From a pause too: the take is whole as it lies on disk."""
    state = replace(
        state,
        phase="listening",
        goes_on=False,
        done_asked=True,
        clock_left_s=None,
        typing=False,
        paused_from=None,
        paused_because="",
    )
    stop = e.StopListening(state.take_id)
    if not state.quick or state.cut or (state.rules is not None and state.rules.terse):
        return state, (stop,)
    return state, (e.Cue(acknowledged(state), at_once=True), stop)


def acknowledged(state: State) -> str:
    return ACKNOWLEDGED[state.take % len(ACKNOWLEDGED)]


def typing_started(state: State, event: e.TypingStarted) -> Result:
    state = replace(state, phase="listening", goes_on=False, typing=True, paused_from=None, paused_because="")
    return on_the_clock(state, (e.PauseListening(state.take_id),))


def typing_stopped(state: State, event: e.TypingStopped) -> Result:
    return listen_on(state)


def take_restarted(state: State, event: e.TakeRestarted) -> Result:
    """A take in which something broke doesn't count."""
    own_takes = state.own_takes + (not state.interrupted)
    after, effects = new_take(state, thought_s=state.thought_s, own_takes=own_takes, from_now=state.rules is not None)
    return after, (e.PauseListening(state.take_id), *effects)


def hint_taken(state: State, event: e.HintTaken) -> Result:
    return replace(state, hints=state.hints + 1), ()


# Time to think ----------------------------------------------------------------------------------------------------


def think(state: State) -> Result:
    """The question has been put; the recording begins by itself when the time is over."""
    rules, turn_id = state.rules, state.turn_id
    assert rules is not None, "the state's business"
    thought_s = 0.0 if state.clock_left_s is None else rules.think_s - state.clock_left_s
    dues = tuple(
        (d.in_s, e.CountedDown(turn_id, d.left_s) if d.left_s else e.ThinkingEnded(turn_id))
        for d in thinking_dues(rules, thought_s)
    )
    return replace(state, phase="thinking", clock_left_s=None), (e.SetClock(dues),)


def counted_down(state: State, event: e.CountedDown) -> Result:
    return state, say(state, said_at(event.left_s, thinking=True))


def thought(state: State, event: e.ThinkingEnded) -> Result:
    assert state.rules is not None, "the table's business"
    return new_take(state, thought_s=state.rules.think_s, from_now=True)


def ready(state: State, event: e.Ready) -> Result:
    return new_take(state, thought_s=event.after_s, from_now=True)


# The clock speaks -------------------------------------------------------------------------------------------------


def say(state: State, text: str, take_id: str = "") -> tuple[e.Effect, ...]:
    """A warning, as the round's rules have it."""
    warnings = state.rules.warnings if state.rules is not None else "silent"
    return () if warnings == "silent" else (e.Cue(text, take_id, bell=warnings == "bell"),)


def nudged(state: State, event: e.Nudged) -> Result:
    return state, () if state.done_asked else say(state, said_at(event.left_s, thinking=False), state.take_id)


def cut_off(state: State, event: e.CutOff) -> Result:
    """In mid-sentence. What was recorded, or stands in the box, is the answer."""
    typing = state.typing
    after, effects = done(replace(state, cut=event.why), e.DoneAsked(event.take_id))
    stop = tuple(replace(effect, typed=typing) if isinstance(effect, e.StopListening) else effect for effect in effects)
    return replace(after, typing=typing), (e.Cue(CUT_OFF[event.why], event.take_id), *stop)


def new_heard(state: State, event: e.NewHeard) -> Result:
    state = replace(state, live=event.points)
    rules = state.rules
    if rules is None or rules.cuts_in_s is None:
        return state, ()
    return state, (e.WaitForNew(event.take_id, rules.cuts_in_s),)


def interviewer_said(state: State, event: e.InterviewerSaid) -> Result:
    return replace(state, said=(*state.said, event)), ()


def slept(state: State, event: e.MachineSlept) -> Result:
    """Nobody was there: it asks, and the clock stands still until it's told to go on."""
    long = seconds_in_words(event.for_s) if event.for_s < 3600 else "more than an hour"
    why = f"This machine was asleep for {long}."
    taking = state.phase == "listening" or state.paused_from == "listening" or state.goes_on
    if taking and state.done_asked:
        return state, ()
    if taking and state.rules:
        state = replace(state, interrupted=state.interrupted or why)
    if state.phase == "paused":
        left_s = state.clock_left_s if event.left_s is None else event.left_s
        return replace(state, clock_left_s=left_s), ()
    stop: tuple[e.Effect, ...] = (e.SetClock(()),)
    if state.phase == "listening":
        stop = (*stop, e.PauseListening(state.take_id))
    elif state.phase != "thinking":
        stop = (*stop, e.StopSpeaking())
    return replace(state, phase="paused", paused_from=state.phase, paused_because=why, clock_left_s=event.left_s), stop


# Pauses, asked for or forced --------------------------------------------------------------------------------------


def paused(state: State, event: e.Paused) -> Result:
    if state.phase in ("transcribing", "assessing", "checking") or (state.phase == "listening" and state.done_asked):
        return replace(state, hold=True), ()
    effect: e.Effect = e.StopSpeaking() if state.phase == "asking" else e.PauseListening(state.take_id)
    return replace(state, phase="paused", paused_from=state.phase, paused_because=""), (effect,)


def unpaused(state: State, event: e.Unpaused) -> Result:
    if state.phase != "paused":
        return replace(state, hold=False), ()
    if state.paused_from == "briefing" and state.pressure is not None:
        return brief(replace(state, paused_from=None, paused_because="", clock_left_s=None), state.pressure)
    if state.paused_from == "asking":
        return speak(replace(state, paused_from=None, paused_because=""))
    if state.paused_from == "thinking":
        return think(replace(state, paused_from=None, paused_because=""))
    if state.typing:  # back to the box, not to the microphone
        return on_the_clock(replace(state, phase="listening", paused_from=None, paused_because=""), ())
    return on_the_clock(*listen_on(state))


def on_the_clock(state: State, effects: tuple[e.Effect, ...]) -> Result:
    """With the clock going on from where it was stopped."""
    left_s = state.clock_left_s
    state = replace(state, clock_left_s=None)
    if left_s is None or state.rules is None:
        return state, effects
    spoken_s = state.rules.limit_s(follow_up=state.follow_up_id is not None) - left_s
    return state, (*clock(state, spoken_s), *effects)


def microphone_lost(state: State, event: e.MicrophoneLost) -> Result:
    """Nothing more comes in: a pause that nobody asked for. Who has said *done* already is not held up by it. The
    clock of a round goes on, but such a take doesn't count."""
    if state.done_asked or state.typing:
        return state, ()
    state = replace(state, phase="paused", paused_from="listening", paused_because=event.why, microphone_back=False)
    if state.rules is not None:
        state = replace(state, interrupted=event.why)
    return state, (e.PauseListening(state.take_id),)


def microphone_back(state: State, event: e.MicrophoneBack) -> Result:
    return replace(state, microphone_back=True), ()
