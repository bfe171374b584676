"""The answer is over: heard, judged, and what comes next. (state, event) -> (state, effects)."""

from __future__ import annotations

from dataclasses import replace

from voiceprep.core import beside
from voiceprep.core import events as e
from voiceprep.core.feedback import SELF_RATED, SKIPPED, Assessment, earned_by, no_time_left, once_more, with_earned
from voiceprep.core.floor import clock, finish, listen_on, new_take, quiet, speak
from voiceprep.core.pressure import NEXT, Pressure, push_back
from voiceprep.core.state import Result, State
from voiceprep.core.transcript import typed

ASK_AGAIN = "I couldn't connect that with my question, so let me ask it once more."
"""Said before a question whose answer was off topic."""
MOVE_ON = "That's all right, let's go on."
"""Said before the next question when the second answer was off topic too."""


def skipped(state: State, event: e.Skipped) -> Result:
    """On to the next thing; what was said so far is kept and not judged."""
    state = replace(state, clock_left_s=None)
    if state.phase in ("asking", "thinking") or state.paused_from in ("briefing", "asking", "thinking"):
        quiet_down: tuple[e.Effect, ...] = (e.StopSpeaking(),)
        takes = state.takes + 1
        state = replace(state, takes=takes, take=takes, ending=1, cut=None, interrupted="", thought_s=0.0)
    else:
        quiet_down = (e.PauseListening(state.take_id),)
    state = replace(state, transcript=None, reason=SKIPPED, goes_on=False, paused_from=None, paused_because="")
    after, effects = assess(state)
    return after, (*quiet_down, *effects)


# The answer is over -----------------------------------------------------------------------------------------------


def answer_typed(state: State, event: e.AnswerTyped) -> Result:
    back = None if state.rules is not None else _to_go_back_to(state)  # nobody knows how long it was typed
    return assess(replace(state, transcript=typed(event.text), before_end=back, done_asked=False))


def ended(state: State, event: e.AnswerEnded) -> Result:
    # Who was cut off can't go on: that is the round's rule.
    state = replace(state, duration_s=event.duration_s)
    back = None if state.cut else _to_go_back_to(state)
    state = replace(state, before_end=back, done_asked=False)
    if state.quiet == e.IN_HEAD:
        return replace(quiet(state, event.duration_s), phase="rating"), ()
    if not event.duration_s and (state.cut or event.reason in ("no answer", "source lost")):
        nothing = event.detail or event.reason
        if state.cut:
            nothing = state.interrupted.rstrip(".") or "cut off before anything was said"
        return assess(replace(state, transcript=None, reason=nothing))
    return transcribe(state, event.duration_s)


def self_rated(state: State, event: e.SelfRated) -> Result:
    """What was said in one's head can only be told by oneself: it's kept apart from every average."""
    return assess(replace(state, transcript=None, reason=SELF_RATED), event.points)


def _to_go_back_to(state: State) -> State:
    return replace(state, before_end=None, done_asked=False, typing=False, hold=False)


def reopened(state: State, event: e.AnswerReopened) -> Result:
    """Back into the take that was just ended, whatever has begun since; results under way are of no use any more."""
    before = state.before_end
    assert before is not None, "the table's business"
    if state.phase == "asking" or (state.quick and state.phase != "listening"):  # the acknowledgement may still sound
        effects: tuple[e.Effect, ...] = (e.StopSpeaking(),)
    elif state.phase == "listening":
        effects = (e.PauseListening(state.take_id),)
    else:
        effects = ()
    turns = state.turns + (state.phase == "asking")  # so that the interrupted turn's end comes too late
    before, anew = beside.kept(state, before)
    back = replace(
        before,
        turns=turns,
        turn=turns,
        takes=state.takes,
        ending=before.ending + 1,
        time_is_short=state.time_is_short,
        time_is_up=state.time_is_up,
        opinions_due=tuple(due for due in state.opinions_due if due[0] != before.take_id),
        checks_due=tuple(due for due in state.checks_due if due.take_id != before.take_id),
    )
    after, listen = listen_on(back)
    return after, (*effects, *anew, *clock(after, back.duration_s), *listen)


def transcribe(state: State, duration_s: float) -> Result:
    state = replace(quiet(state, duration_s), phase="transcribing", duration_s=duration_s)
    return state, (e.Transcribe(state.take_id, duration_s, state.speech, state.ending, state.said, state.quick),)


def transcribed(state: State, event: e.AnswerTranscribed) -> Result:
    state = replace(state, transcript=replace(event.transcript, whispered=state.quiet == "whispered"))
    if not event.quick:
        return assess(state)
    check = e.Check(state.take_id, state.duration_s, state.speech, state.ending, state.said)
    after, effects = assess(replace(state, checks_due=(*state.checks_due, check)))
    return after, (*effects, check)


def not_transcribed(state: State, event: e.TranscriptionFailed) -> Result:
    return assess(replace(state, transcript=None, reason=event.reason))


def assess(state: State, ticked: tuple[str, ...] = ()) -> Result:
    state = replace(state, phase="assessing")
    if state.transcript is not None:
        earlier = tuple(g for g in state.given if g[0] != state.take_id)
        state = replace(state, given=(*earlier, (state.take_id, state.transcript)))
    parent = state.assessments[-1] if state.follow_up_id is not None or state.retake else None
    order = e.Assess(
        state.take_id,
        state.question.id,
        state.follow_up_id,
        state.transcript,
        parent,
        state.reason,
        state.ending,
        state.retake or "",
        beside.asked_before(state),
        state.told,
        state.clocked,
        ticked,
    )
    return state, (order,)


def assessed(state: State, event: e.Assessed) -> Result:
    if event.anew:
        return beside.judged_anew(state, event)
    if state.reason == SKIPPED and (state.retake is not None or state.again):
        # What was said before still stands.
        state = replace(state, retake=None, timed=None, again=False, lead="", hold=False)
        return (replace(state, phase="reviewing"), ()) if state.review and not state.real else next_question(state)
    latest = event.parent or event.assessment
    if state.assessments:
        latest = beside.with_opinions_of(state.assessments[-1], latest)
    if state.again:
        latest = once_more(state.assessments[-1], latest)
    if event.parent is not None and state.follow_up_id is not None:
        latest = with_earned(latest, state.earned)
    fresh = event.parent is None and state.retake is None and not state.again
    earlier = state.assessments if fresh else state.assessments[:-1]
    if state.retake == "" and event.parent is None and state.assessments:
        state = replace(state, earlier=(*state.earlier, state.assessments[-1]))
    state = replace(state, assessments=(*earlier, latest))
    state, sought = beside.seek_opinion(state, event.assessment, state.take_id, state.ending)
    state, anew = beside.judge_by_the_latest(state, latest) if state.quick and event.parent else (state, ())
    after, effects = decide(state)
    return after, (*sought, *anew, *effects)


def decide(state: State) -> Result:
    """What comes after an answer. Quick words are enough to ask the next thing, not to say that an answer was none, and
    not for a candidate who is to read what was heard: there the careful ones are waited for."""
    latest = state.assessments[-1]
    off_topic = latest.unscored is not None and latest.unscored.off_topic
    first_time = state.retake is None
    asks_again = off_topic and first_time and not state.again and state.follow_up_id is None and state.asks_again
    follows_up = first_time and latest.follow_up is not None and len(latest.follow_ups_asked) < state.follow_ups
    reviews = state.review and not state.real and not (state.reason == SKIPPED and state.follow_up_id is None)
    no_time = (asks_again or follows_up) and (state.time_is_short or state.time_is_up)
    shown = reviews and (no_time or not (asks_again or follows_up))
    if state.quick and (shown or latest.unscored is not None) and not _rests_on_care(state, latest):
        return replace(state, phase="checking", awaited="answer"), ()
    if no_time:
        latest, asks_again, follows_up = no_time_left(latest), False, False
    goes_on_kindly = off_topic and state.again
    hints = state.hints if asks_again else 0
    assessments = (*state.assessments[:-1], latest)
    state = replace(state, assessments=assessments, hints=hints, again=False, lead="", timed=None, awaited="")
    if asks_again:
        return speak(replace(state, again=True, lead=ASK_AGAIN))
    if follows_up and latest.follow_up is not None:
        lead = push_back(latest.follow_up.why) if state.rules and state.rules.terse else ""
        earned = earned_by(latest) if state.quick else ()
        return speak(replace(state, follow_up_id=latest.follow_up.id, earned=earned, lead=lead))
    if shown:
        return replace(state, phase="reviewing", follow_up_id=None, retake=None, hold=False), ()
    return next_question(state, MOVE_ON if goes_on_kindly else "")


# The careful words are awaited ------------------------------------------------------------------------------------


def check_failed(state: State, event: e.CheckFailed) -> Result:
    return _when_settled(beside.check_failed(state, event))


def judged_by_careful_words(state: State, event: e.Assessed) -> Result:
    return _when_settled(beside.judged_anew(state, event))


def _when_settled(result: Result) -> Result:
    state, effects = result
    if not settled(state):
        return result
    after, more = go_on(state)
    return after, (*effects, *more)


def settled(state: State) -> bool:
    """Whether everything awaited has come."""
    if state.awaited == "end":
        return not state.checks_due and not state.anew_due
    return _rests_on_care(state, state.assessments[-1])


def _rests_on_care(state: State, answer: Assessment) -> bool:
    judging = any(question_id == answer.question_id for question_id, _ in state.anew_due)
    return not judging and not beside.checks_of(state, answer)


def go_on(state: State) -> Result:
    """With what is known."""
    after, effects = decide(state) if state.awaited == "answer" else finish(state)
    return replace(after, awaited="") if after.phase != "checking" else after, effects


def not_awaited(state: State, event: e.NextAsked) -> Result:
    """On to the next question; this one is checked meanwhile."""
    return next_question(replace(state, awaited=""))


def next_question(state: State, lead: str = "") -> Result:
    if state.rules is not None and state.rules.terse:
        lead = lead or NEXT
    state = replace(state, follow_up_id=None, retake=None, timed=None, before_end=None, again=False, lead=lead)
    if state.at + 1 < len(state.questions) and not (state.time_is_short or state.time_is_up):
        return speak(replace(state, at=state.at + 1))
    return finish(state)


# Looking at the feedback ------------------------------------------------------------------------------------------


def next_asked(state: State, event: e.NextAsked) -> Result:
    if state.debrief is None:
        return next_question(state)
    if state.debrief + 1 < len(state.assessments):
        return replace(state, debrief=state.debrief + 1), ()
    return finish(state)


def previous_asked(state: State, event: e.PreviousAsked) -> Result:
    assert state.debrief, "the table's business"
    return replace(state, debrief=state.debrief - 1), ()


def follow_up_asked(state: State, event: e.FollowUpAsked) -> Result:
    choice = state.assessments[-1].follow_up
    assert choice is not None, "the table's business"
    earned = earned_by(state.assessments[-1]) if state.quick else ()
    return speak(replace(state, follow_up_id=choice.id, earned=earned, before_end=None))


def retake_asked(state: State, event: e.RetakeAsked) -> Result:
    """The whole answer begins with the question; one sentence begins at once, its words are on the screen."""
    limit_s = None if event.point_id else event.limit_s
    timed = None if limit_s is None else Pressure(answer_s=limit_s, follow_up_s=limit_s, warnings=event.warnings)
    state = replace(state, retake=event.point_id, follow_up_id=None, before_end=None, timed=timed)
    return new_take(state) if event.point_id else speak(state)
