"""The interview: `step(state, event) -> (state, effects)`, and nothing else decides what happens next.

Rules: transitions are the table below. An event that isn't in it raises ImpossibleEvent and changes nothing. A result
that belongs to an earlier turn or take is stale: it's ignored, whatever the phase. No clock is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, typed

Phase = Literal["opening", "asking", "listening", "transcribing", "assessing", "closing", "closed"]

TOO_LITTLE_S = 0.5
"""A recovered take shorter than this is asked again."""


class ImpossibleEvent(Exception):
    """An event that can't happen in this phase."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the interview stands. Ids count up from 1; the current turn and take are the last ones given out."""

    phase: Phase = "opening"
    session_id: str = ""
    title: str = ""
    questions: tuple[e.PlannedQuestion, ...] = ()
    follow_ups: int = 0
    at: int = 0
    """Index of the question being asked."""
    follow_up_id: str | None = None
    """The follow-up being asked; None while it's the question itself."""
    turns: int = 0
    takes: int = 0
    speech: tuple[Span, ...] = ()
    """Where speech was heard in the current take."""
    speaking_since_s: float | None = None
    duration_s: float = 0.0
    transcript: Transcript | None = None
    reason: str = ""
    left_from: Phase | None = None
    """The phase in which the candidate left, to come back to."""
    close_reason: e.CloseReason | None = None
    assessments: tuple[Assessment, ...] = ()
    """The latest assessment of each question asked so far, follow-ups inside them."""

    @property
    def turn_id(self) -> str:
        return f"t{self.turns:03d}"

    @property
    def take_id(self) -> str:
        return f"a{self.takes:03d}"

    @property
    def question(self) -> e.PlannedQuestion:
        return self.questions[self.at]

    @property
    def text(self) -> str:
        """What the interviewer says in this turn."""
        if self.follow_up_id is None:
            return self.question.ask
        return dict(self.question.follow_ups)[self.follow_up_id]


Result = tuple[State, tuple[e.Effect, ...]]


def step(state: State, event: e.Event) -> Result:
    """The next state and what is to be done. Raises ImpossibleEvent, with the state unchanged."""
    if stale(state, event):
        return state, ()
    transition = TABLE.get((state.phase, type(event)))
    if transition is None:
        raise ImpossibleEvent(f"{type(event).__name__} while {state.phase}")
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
    """Whether the event belongs to an earlier turn or take. Raises ImpossibleEvent for one never given out."""
    for name, letter, current in (("turn_id", "t", state.turns), ("take_id", "a", state.takes)):
        given = getattr(event, name, None)
        if given is None:
            continue
        number = int(given[1:]) if given[:1] == letter and given[1:].isdecimal() else 0
        if not 1 <= number <= current:
            raise ImpossibleEvent(f"{type(event).__name__} of {given!r}, which was never given out")
        if number < current or (letter == "a" and state.phase == "asking"):
            return True  # an earlier turn's, or the take whose turn has just ended
    return False


# What each transition does ----------------------------------------------------------------------------------------


def _speak(state: State) -> Result:
    state = replace(state, phase="asking", turns=state.turns + 1, transcript=None, reason="")
    return state, (e.Speak(state.turn_id, state.text),)


def _opened(state: State, event: e.SessionOpened) -> Result:
    state = replace(
        state, session_id=event.session_id, title=event.title, questions=event.questions, follow_ups=event.follow_ups
    )
    return _speak(state) if state.questions else _finish(state)


def _finish(state: State) -> Result:
    return replace(state, phase="closing"), (e.Close("finished"),)


def _spoken(state: State, event: e.QuestionSpoken) -> Result:
    state = replace(state, phase="listening", takes=state.takes + 1, speech=(), speaking_since_s=None, duration_s=0.0)
    return state, (e.Listen(state.take_id),)


def _stay(state: State, event: e.Event) -> Result:
    return state, ()


def _speech_started(state: State, event: e.SpeechStarted) -> Result:
    return replace(state, speaking_since_s=event.at_s), ()


def _speech_ended(state: State, event: e.SpeechEnded) -> Result:
    return _quiet(state, event.at_s), ()


def _quiet(state: State, at_s: float) -> State:
    """The state with speech that was still going on ended at `at_s`."""
    if state.speaking_since_s is None:
        return state
    span = Span(state.speaking_since_s, max(at_s, state.speaking_since_s))
    return replace(state, speech=(*state.speech, span), speaking_since_s=None)


def _typed(state: State, event: e.AnswerTyped) -> Result:
    return _assess(replace(state, transcript=typed(event.text)))


def _ended(state: State, event: e.AnswerEnded) -> Result:
    if event.reason in ("no answer", "source lost") and not event.duration_s:
        return _assess(replace(state, transcript=None, reason=event.detail or event.reason))
    return _transcribe(state, event.duration_s)


def _transcribe(state: State, duration_s: float) -> Result:
    state = replace(_quiet(state, duration_s), phase="transcribing", duration_s=duration_s)
    return state, (e.Transcribe(state.take_id, duration_s, state.speech),)


def _transcribed(state: State, event: e.AnswerTranscribed) -> Result:
    return _assess(replace(state, transcript=event.transcript))


def _not_transcribed(state: State, event: e.TranscriptionFailed) -> Result:
    return _assess(replace(state, transcript=None, reason=event.reason))


def _assess(state: State) -> Result:
    state = replace(state, phase="assessing")
    parent = state.assessments[-1] if state.follow_up_id is not None else None
    order = e.Assess(state.take_id, state.question.id, state.follow_up_id, state.transcript, parent, state.reason)
    return state, (order,)


def _assessed(state: State, event: e.Assessed) -> Result:
    latest = event.parent or event.assessment
    earlier = state.assessments if event.parent is None else state.assessments[:-1]
    state = replace(state, assessments=(*earlier, latest))
    choice = latest.follow_up
    if choice is not None and len(latest.follow_ups_asked) < state.follow_ups:
        return _speak(replace(state, follow_up_id=choice.id))
    if state.at + 1 < len(state.questions):
        return _speak(replace(state, at=state.at + 1, follow_up_id=None))
    return _finish(state)


def _resumed(state: State, event: e.SessionResumed) -> Result:
    if not state.session_id:
        raise ImpossibleEvent("SessionResumed before the session was opened")
    if state.close_reason == "finished":
        raise ImpossibleEvent("SessionResumed after the session was finished")
    phase = state.left_from or state.phase
    state = replace(state, phase=phase, left_from=None, close_reason=None)
    if phase == "closing":
        return state, (e.Close("finished"),)
    if phase == "listening" and state.transcript is not None:
        return _assess(state)
    if phase == "listening" and event.recovered_s >= TOO_LITTLE_S:
        return _transcribe(state, event.recovered_s)
    if phase == "transcribing":
        return _transcribe(state, state.duration_s)
    if phase == "assessing":
        return _assess(state)
    return _speak(state) if state.questions else _finish(state)


def _ended_late(state: State, event: e.AnswerEnded) -> Result:
    """The take that was running when the candidate left has been closed."""
    return replace(_quiet(state, event.duration_s), duration_s=event.duration_s), ()


def _typed_late(state: State, event: e.AnswerTyped) -> Result:
    """An answer sent off as the candidate left: it's judged when the session goes on."""
    return replace(state, transcript=typed(event.text)), ()


def _left(state: State, event: e.CandidateLeft) -> Result:
    stop = (e.StopListening(state.take_id),) if state.phase == "listening" else ()
    return replace(state, phase="closing", left_from=state.phase), (*stop, e.Close("left"))


def _closed(state: State, event: e.SessionClosed) -> Result:
    left_from = None if event.reason == "finished" else state.left_from or state.phase
    return replace(state, phase="closed", close_reason=event.reason, left_from=left_from), ()


@dataclass(frozen=True, slots=True)
class Transition:
    """What to do, and the phases it may lead to."""

    act: Callable[[State, Any], Result]
    to: tuple[Phase, ...]


LATE = (
    e.QuestionSpoken,
    e.WordsHeard,
    e.AnswerTranscribed,
    e.TranscriptionFailed,
    e.Assessed,
    e.CandidateLeft,
)
"""What was under way when the candidate left: it comes in late and changes nothing."""

_NEXT: tuple[Phase, ...] = ("asking", "closing")

TABLE: dict[tuple[Phase, type], Transition] = {
    ("opening", e.SessionOpened): Transition(_opened, _NEXT),
    ("asking", e.QuestionSpoken): Transition(_spoken, ("listening",)),
    ("listening", e.SpeechStarted): Transition(_speech_started, ("listening",)),
    ("listening", e.SpeechEnded): Transition(_speech_ended, ("listening",)),
    ("listening", e.WordsHeard): Transition(_stay, ("listening",)),
    ("listening", e.AnswerTyped): Transition(_typed, ("assessing",)),
    ("listening", e.AnswerEnded): Transition(_ended, ("transcribing", "assessing")),
    ("transcribing", e.WordsHeard): Transition(_stay, ("transcribing",)),
    ("transcribing", e.AnswerTranscribed): Transition(_transcribed, ("assessing",)),
    ("transcribing", e.TranscriptionFailed): Transition(_not_transcribed, ("assessing",)),
    ("assessing", e.Assessed): Transition(_assessed, _NEXT),
    ("asking", e.SessionResumed): Transition(_resumed, ("asking",)),
    ("listening", e.SessionResumed): Transition(_resumed, ("transcribing", "asking")),
    ("transcribing", e.SessionResumed): Transition(_resumed, ("transcribing",)),
    ("assessing", e.SessionResumed): Transition(_resumed, ("assessing",)),
    ("closing", e.SessionResumed): Transition(_resumed, ("closing", "asking", "transcribing", "assessing")),
    ("closed", e.SessionResumed): Transition(_resumed, ("closing", "asking", "transcribing", "assessing")),
    **{
        (phase, e.EngineRestarted): Transition(_stay, (phase,))
        for phase in ("asking", "listening", "transcribing", "assessing", "closing")
    },
    **{
        (phase, e.CandidateLeft): Transition(_left, ("closing",))
        for phase in ("asking", "listening", "transcribing", "assessing")
    },
    ("closing", e.AnswerEnded): Transition(_ended_late, ("closing",)),
    ("closing", e.AnswerTyped): Transition(_typed_late, ("closing",)),
    ("closing", e.SpeechStarted): Transition(_speech_started, ("closing",)),
    ("closing", e.SpeechEnded): Transition(_speech_ended, ("closing",)),
    **{
        (phase, e.SessionClosed): Transition(_closed, ("closed",))
        for phase in ("opening", "asking", "listening", "transcribing", "assessing", "closing")
    },
    **{("closing", late): Transition(_stay, ("closing",)) for late in LATE},
}


def diagram() -> str:
    """The table as a Mermaid state diagram, for ARCHITECTURE.md; self-loops are left out."""
    lines = ["stateDiagram-v2", "    [*] --> opening"]
    for (phase, event), transition in TABLE.items():
        for to in transition.to:
            if to != phase:
                lines.append(f"    {phase} --> {to}: {event.__name__}")
    return "\n".join([*lines, "    closed --> [*]"])
