"""What stands beside a verdict: the candidate's word, and a second opinion. (state, event) -> (state, effects)."""

from __future__ import annotations

from dataclasses import replace

from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment
from voiceprep.core.own_terms import Told
from voiceprep.core.state import Result, State


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
    asked = asked_before(replace(state, retake=None)) if state.question.id == event.question_id else ()
    takes = (latest.take_id, *(a.take_id for a in latest.follow_ups_asked), *(r.take_id for r in latest.retakes))
    order = e.AssessAnew(max(takes), latest, state.given, state.told, asked, state.ending, state.anew)
    return state, (order,)


def judged_anew(state: State, event: e.Assessed) -> Result:
    """In the place of what was judged before, with what has been said beside that meanwhile."""
    if not event.anew:
        return state, ()  # an answer's own result, which came when the candidate had left
    at = max(n for n, a in enumerate(state.assessments) if a.question_id == event.assessment.question_id)
    now = state.assessments[at]
    latest = with_opinions_of(now, _with_disputes_of(now, event.assessment))
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


def asked_before(state: State) -> tuple[str, ...]:
    """The follow-ups that the answers which this one replaces, or has replaced, were asked."""
    replaced = [a for a in state.earlier if a.question_id == state.question.id]
    if state.retake == "":
        replaced.append(state.assessments[-1])
    return tuple(f.follow_up_id for a in replaced for f in a.follow_ups_asked if f.follow_up_id is not None)


# A second opinion -------------------------------------------------------------------------------------------------


def seek_opinion(state: State, own: Assessment) -> Result:
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


def with_opinions_of(earlier: Assessment, latest: Assessment) -> Assessment:
    """What has been said about these takes already: one that came while a follow-up was being judged isn't lost."""
    for known in (earlier, *earlier.follow_ups_asked):
        if known.opinion is not None:
            given = e.OpinionGiven(known.question_id, known.follow_up_id, known.take_id, known.opinion)
            latest = _given(latest, given)
    return latest


def opinions_skipped(state: State, event: e.OpinionSkipped | e.CandidateLeft) -> Result:
    return state, (e.StopOpinions(),) if state.opinions_due else ()
