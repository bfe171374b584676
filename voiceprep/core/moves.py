"""What each transition of the interview does: (state, event) -> (state, effects). Which may happen when is the
table's business, in `interview`."""

from __future__ import annotations

from dataclasses import replace

from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment, no_time_left, once_more
from voiceprep.core.own_terms import Told
from voiceprep.core.spans import Span
from voiceprep.core.state import Result, State
from voiceprep.core.transcript import typed

TOO_LITTLE_S = 0.5
"""A recovered take shorter than this is asked again."""
SENTENCE_S = 20.0
"""How long the retake of one sentence may last."""
SKIPPED = "skipped"
ASK_AGAIN = "I couldn't connect that with my question, so let me ask it once more."
"""Said before a question whose answer was off topic."""
MOVE_ON = "That's all right, let's go on."
"""Said before the next question when the second answer was off topic too."""


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
    )
    return speak(state) if state.questions else finish(state)


def finish(state: State) -> Result:
    """Who has looked at the feedback isn't kept waiting for the opinions still due; where nobody has, they are waited
    for."""
    stop: tuple[e.Effect, ...] = (e.StopOpinions(),) if state.opinions_due and state.review else ()
    return replace(state, phase="closing"), (*stop, e.Close("finished"))


def spoken(state: State, event: e.QuestionSpoken) -> Result:
    if state.goes_on and state.typing:  # back to the box: nothing is recorded there
        return replace(state, phase="listening", goes_on=False), ()
    return listen_on(state) if state.goes_on else new_take(state)


def repeat(state: State, event: e.RepeatAsked) -> Result:
    """The question again; a take that has begun goes on afterwards."""
    state = replace(state, lead="")
    if state.phase == "listening":
        after, effects = speak(replace(state, goes_on=True))
        return after, (e.PauseListening(state.take_id), *effects)
    after, effects = speak(state)
    return after, (e.StopSpeaking(), *effects)


# The candidate has the floor --------------------------------------------------------------------------------------


def new_take(state: State) -> Result:
    state = replace(
        state,
        phase="listening",
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
    return state, (e.Listen(state.take_id, limit_s=SENTENCE_S if state.retake else None),)


def listen_on(state: State) -> Result:
    """The same take, further."""
    state = replace(
        state,
        phase="listening",
        goes_on=False,
        done_asked=False,
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
        typing=False,
        paused_from=None,
        paused_because="",
    )
    return state, (e.StopListening(state.take_id),)


def typing_started(state: State, event: e.TypingStarted) -> Result:
    state = replace(state, phase="listening", goes_on=False, typing=True, paused_from=None, paused_because="")
    return state, (e.PauseListening(state.take_id),)


def typing_stopped(state: State, event: e.TypingStopped) -> Result:
    return listen_on(state)


def take_restarted(state: State, event: e.TakeRestarted) -> Result:
    after, effects = new_take(state)
    return after, (e.PauseListening(state.take_id), *effects)


def hint_taken(state: State, event: e.HintTaken) -> Result:
    return replace(state, hints=state.hints + 1), ()


def skipped(state: State, event: e.Skipped) -> Result:
    """On to the next thing; what was said so far is kept and not judged."""
    if state.phase == "asking" or state.paused_from == "asking":
        quiet_down: tuple[e.Effect, ...] = (e.StopSpeaking(),)
        state = replace(state, takes=state.takes + 1, take=state.takes + 1, ending=1)
    else:
        quiet_down = (e.PauseListening(state.take_id),)
    state = replace(state, transcript=None, reason=SKIPPED, goes_on=False, paused_from=None, paused_because="")
    after, effects = assess(state)
    return after, (*quiet_down, *effects)


# Pauses, asked for or forced --------------------------------------------------------------------------------------


def paused(state: State, event: e.Paused) -> Result:
    if state.phase in ("transcribing", "assessing") or (state.phase == "listening" and state.done_asked):
        return replace(state, hold=True), ()
    effect: e.Effect = e.StopSpeaking() if state.phase == "asking" else e.PauseListening(state.take_id)
    return replace(state, phase="paused", paused_from=state.phase, paused_because=""), (effect,)


def unpaused(state: State, event: e.Unpaused) -> Result:
    if state.phase != "paused":
        return replace(state, hold=False), ()
    if state.paused_from == "asking":
        return speak(replace(state, paused_from=None, paused_because=""))
    if state.typing:  # back to the box, not to the microphone
        return replace(state, phase="listening", paused_from=None, paused_because=""), ()
    return listen_on(state)


def microphone_lost(state: State, event: e.MicrophoneLost) -> Result:
    """Nothing more comes in: a pause that nobody asked for. Who has said *done* already is not held up by it."""
    if state.done_asked or state.typing:
        return state, ()
    state = replace(state, phase="paused", paused_from="listening", paused_because=event.why, microphone_back=False)
    return state, (e.PauseListening(state.take_id),)


def microphone_back(state: State, event: e.MicrophoneBack) -> Result:
    return replace(state, microphone_back=True), ()


# The answer is over -----------------------------------------------------------------------------------------------


def answer_typed(state: State, event: e.AnswerTyped) -> Result:
    return assess(replace(state, transcript=typed(event.text), before_end=_to_go_back_to(state)))


def ended(state: State, event: e.AnswerEnded) -> Result:
    state = replace(state, before_end=_to_go_back_to(state), done_asked=False)
    if event.reason in ("no answer", "source lost") and not event.duration_s:
        return assess(replace(state, transcript=None, reason=event.detail or event.reason))
    return transcribe(state, event.duration_s)


def _to_go_back_to(state: State) -> State:
    return replace(state, before_end=None, done_asked=False, typing=False, hold=False)


def reopened(state: State, event: e.AnswerReopened) -> Result:
    """Back into the take that was just ended, whatever has begun since; results under way are of no use any more."""
    before = state.before_end
    assert before is not None, "the table's business"
    if state.phase == "asking":
        effects: tuple[e.Effect, ...] = (e.StopSpeaking(),)
    elif state.phase == "listening":
        effects = (e.PauseListening(state.take_id),)
    else:
        effects = ()
    turns = state.turns + (state.phase == "asking")  # so that the interrupted turn's end comes too late
    back = replace(
        before,
        turns=turns,
        turn=turns,
        takes=state.takes,
        told=state.told,
        anew=state.anew,
        ending=before.ending + 1,
        time_is_short=state.time_is_short,
        opinions_due=tuple(due for due in state.opinions_due if due[0] != before.take_id),
    )
    after, listen = listen_on(back)
    return after, (*effects, *listen)


def transcribe(state: State, duration_s: float) -> Result:
    state = replace(quiet(state, duration_s), phase="transcribing", duration_s=duration_s)
    return state, (e.Transcribe(state.take_id, duration_s, state.speech, state.ending),)


def transcribed(state: State, event: e.AnswerTranscribed) -> Result:
    return assess(replace(state, transcript=event.transcript))


def not_transcribed(state: State, event: e.TranscriptionFailed) -> Result:
    return assess(replace(state, transcript=None, reason=event.reason))


def assess(state: State) -> Result:
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
        _asked_before(state),
        state.told,
    )
    return state, (order,)


def _asked_before(state: State) -> tuple[str, ...]:
    """The follow-ups that the answers which this one replaces, or has replaced, were asked."""
    replaced = [a for a in state.earlier if a.question_id == state.question.id]
    if state.retake == "":
        replaced.append(state.assessments[-1])
    return tuple(f.follow_up_id for a in replaced for f in a.follow_ups_asked if f.follow_up_id is not None)


def assessed(state: State, event: e.Assessed) -> Result:
    if event.anew:
        return judged_anew(state, event)
    if state.reason == SKIPPED and (state.retake is not None or state.again):
        state = replace(state, retake=None, again=False, lead="", hold=False)  # what was said before still stands
        return (replace(state, phase="reviewing"), ()) if state.review else next_question(state)
    latest = event.parent or event.assessment
    if state.assessments:
        latest = _with_opinions_of(state.assessments[-1], latest)
    if state.again:
        latest = once_more(state.assessments[-1], latest)
    fresh = event.parent is None and state.retake is None and not state.again
    earlier = state.assessments if fresh else state.assessments[:-1]
    if state.retake == "" and event.parent is None and state.assessments:
        state = replace(state, earlier=(*state.earlier, state.assessments[-1]))
    off_topic = latest.unscored is not None and latest.unscored.off_topic
    asks_again = off_topic and fresh and state.asks_again
    first_time = state.retake is None
    follows_up = first_time and latest.follow_up is not None and len(latest.follow_ups_asked) < state.follow_ups
    if (asks_again or follows_up) and state.time_is_short:
        latest, asks_again, follows_up = no_time_left(latest), False, False
    goes_on_kindly = off_topic and state.again
    hints = state.hints if asks_again else 0
    state = replace(state, assessments=(*earlier, latest), hints=hints, again=False, lead="")
    state, sought = _seek_opinion(state, event.assessment)
    if asks_again:
        after, effects = speak(replace(state, again=True, lead=ASK_AGAIN))
    elif follows_up and latest.follow_up is not None:
        after, effects = speak(replace(state, follow_up_id=latest.follow_up.id))
    elif state.review and not (state.reason == SKIPPED and state.follow_up_id is None):
        after, effects = replace(state, phase="reviewing", follow_up_id=None, retake=None, hold=False), ()
    else:
        after, effects = next_question(state, MOVE_ON if goes_on_kindly else "")
    return after, (*sought, *effects)


def next_question(state: State, lead: str = "") -> Result:
    state = replace(state, follow_up_id=None, retake=None, before_end=None, again=False, lead=lead)
    if state.at + 1 < len(state.questions) and not state.time_is_short:
        return speak(replace(state, at=state.at + 1))
    return finish(state)


# Looking at the feedback ------------------------------------------------------------------------------------------


def next_asked(state: State, event: e.NextAsked) -> Result:
    return next_question(state)


def follow_up_asked(state: State, event: e.FollowUpAsked) -> Result:
    choice = state.assessments[-1].follow_up
    assert choice is not None, "the table's business"
    return speak(replace(state, follow_up_id=choice.id, before_end=None))


def retake_asked(state: State, event: e.RetakeAsked) -> Result:
    """The whole answer begins with the question; one sentence begins at once, its words are on the screen."""
    state = replace(state, retake=event.point_id, follow_up_id=None, before_end=None)
    return new_take(state) if event.point_id else speak(state)


def disputed(state: State, event: e.Disputed) -> Result:
    """The candidate's word stands beside the verdict. On words that were misheard, the answers are judged anew, too."""
    marked = tuple(_disputed(a, event) if a.question_id == event.question_id else a for a in state.assessments)
    state = replace(state, assessments=marked)
    if not event.heard:
        return state, ()
    word = Told(event.question_id, event.heard, event.said, event.follow_up_id, event.point_id)
    others = tuple(
        t for t in state.told if (t.question_id, t.heard, t.said) != (word.question_id, word.heard, word.said)
    )
    state = replace(state, told=(*others, word) if event.claim else others, anew=state.anew + 1)
    latest = next(a for a in reversed(marked) if a.question_id == event.question_id)
    asked = _asked_before(replace(state, retake=None)) if state.question.id == event.question_id else ()
    takes = (latest.take_id, *(a.take_id for a in latest.follow_ups_asked), *(r.take_id for r in latest.retakes))
    order = e.AssessAnew(max(takes), latest, state.given, state.told, asked, state.ending, state.anew)
    return state, (order,)


def judged_anew(state: State, event: e.Assessed) -> Result:
    """In the place of what was judged before, with what has been said beside that meanwhile."""
    if not event.anew:
        return state, ()  # an answer's own result, which came when the candidate had left
    at = max(n for n, a in enumerate(state.assessments) if a.question_id == event.assessment.question_id)
    now = state.assessments[at]
    latest = _with_opinions_of(now, _with_disputes_of(now, event.assessment))
    return replace(state, assessments=(*state.assessments[:at], latest, *state.assessments[at + 1 :])), ()


def _with_disputes_of(earlier: Assessment, latest: Assessment) -> Assessment:
    known = {p.id: p.dispute for p in earlier.points}
    own = {a.take_id: a for a in earlier.follow_ups_asked}
    return replace(
        latest,
        points=tuple(replace(p, dispute=known.get(p.id)) for p in latest.points),
        follow_ups_asked=tuple(
            _with_disputes_of(own[a.take_id], a) if a.take_id in own else a for a in latest.follow_ups_asked
        ),
    )


def _disputed(assessment: Assessment, event: e.Disputed) -> Assessment:
    if event.follow_up_id is not None:
        asked = tuple(
            _disputed(a, replace(event, follow_up_id=None)) if a.follow_up_id == event.follow_up_id else a
            for a in assessment.follow_ups_asked
        )
        return replace(assessment, follow_ups_asked=asked)
    points = tuple(replace(p, dispute=event.claim or None) if p.id == event.point_id else p for p in assessment.points)
    return replace(assessment, points=points)


# A second opinion -------------------------------------------------------------------------------------------------


def _seek_opinion(state: State, own: Assessment) -> Result:
    """About a scored answer, when a judge is on; not about the sentence that was added for one point."""
    if not state.judge or own.unscored is not None or state.transcript is None or state.retake:
        return state, ()
    order = e.SeekOpinion(own.question_id, own.follow_up_id, state.take_id, state.transcript, state.ending)
    return replace(state, opinions_due=(*state.opinions_due, (state.take_id, state.ending))), (order,)


def opinion_given(state: State, event: e.OpinionGiven) -> Result:
    """To the answer it's about, wherever that stands by now."""
    before = state.before_end
    return replace(
        _with_opinion(state, event),
        opinions_due=tuple(due for due in state.opinions_due if due != (event.take_id, event.ending)),
        before_end=before and _with_opinion(before, event),
    ), ()


def _with_opinion(state: State, event: e.OpinionGiven) -> State:
    return replace(
        state,
        assessments=tuple(_given(a, event) for a in state.assessments),
        earlier=tuple(_given(a, event) for a in state.earlier),
    )


def _given(assessment: Assessment, event: e.OpinionGiven) -> Assessment:
    if assessment.question_id != event.question_id:
        return assessment
    if event.follow_up_id == assessment.follow_up_id and event.take_id == assessment.take_id:
        return replace(assessment, opinion=event.opinion)
    asked = tuple(_given(a, event) for a in assessment.follow_ups_asked)
    return assessment if asked == assessment.follow_ups_asked else replace(assessment, follow_ups_asked=asked)


def _with_opinions_of(earlier: Assessment, latest: Assessment) -> Assessment:
    """What has been said about these takes already: one that came while a follow-up was being judged isn't lost."""
    for known in (earlier, *earlier.follow_ups_asked):
        if known.opinion is not None:
            given = e.OpinionGiven(known.question_id, known.follow_up_id, known.take_id, known.opinion)
            latest = _given(latest, given)
    return latest


def opinions_skipped(state: State, event: e.OpinionSkipped | e.CandidateLeft) -> Result:
    return state, (e.StopOpinions(),) if state.opinions_due else ()


# Leaving, and coming back -----------------------------------------------------------------------------------------


def time_ran_short(state: State, event: e.TimeRanShort) -> Result:
    return replace(state, time_is_short=True), ()


def resumed(state: State, event: e.SessionResumed) -> Result:
    phase = state.left_from or state.phase
    state = replace(
        state, phase=phase, left_from=None, close_reason=None, review=event.review, before_end=None, done_asked=False,
        hold=False, typing=False, judge=event.judge, opinions_due=(),
    )  # fmt: skip
    if phase == "paused":
        phase = state.paused_from or "asking"
    if phase == "asking" and state.goes_on:
        phase = "listening"  # the question was only being said again
    state = replace(state, goes_on=False, paused_from=None, paused_because="")
    if phase == "closing":
        return replace(state, phase="closing"), (e.Close("finished"),)
    if phase == "listening" and state.transcript is not None:
        return assess(state)
    if phase == "listening" and event.recovered_s >= TOO_LITTLE_S:
        state = replace(quiet(state, event.recovered_s), duration_s=event.recovered_s)
        if event.review:
            return replace(state, phase="paused", paused_from="listening"), ()
        return transcribe(state, event.recovered_s)
    if phase == "transcribing":
        return transcribe(state, state.duration_s)
    if phase == "assessing":
        return assess(state)
    if phase == "reviewing":
        return (replace(state, phase="reviewing"), ()) if event.review else next_question(state)
    if state.retake:
        state = replace(state, retake=None)
        return (replace(state, phase="reviewing"), ()) if event.review else next_question(state)
    return speak(state) if state.questions else finish(state)


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
    elif state.phase == "asking":
        stop = (e.StopSpeaking(),)
    if state.opinions_due:
        stop = (*stop, e.StopOpinions())
    return replace(state, phase="closing", left_from=state.phase), (*stop, e.Close("left"))


def closed(state: State, event: e.SessionClosed) -> Result:
    left_from = None if event.reason == "finished" else state.left_from or state.phase
    return replace(state, phase="closed", close_reason=event.reason, left_from=left_from, opinions_due=()), ()
