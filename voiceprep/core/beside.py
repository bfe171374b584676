"""What stands beside a verdict: the candidate's word, a second opinion, and what was judged once more afterwards.
(state, event) -> (state, effects)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from voiceprep.core import events as e
from voiceprep.core.anew import takes_of
from voiceprep.core.edited import put_right
from voiceprep.core.feedback import Assessment
from voiceprep.core.opinion import NoOpinion
from voiceprep.core.own_terms import Told
from voiceprep.core.state import Result, State

OTHER_WORDS = "The one given was on other words: these have been put right since."


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
    return _judge_anew(replace(state, told=(*others, word) if event.claim else others), event.question_id)


def edits(state: State, event: e.TranscriptEdited) -> bool:
    """Whether there is something to edit so: words of an answer that was heard and judged, and others than these."""
    given = dict(state.given).get(event.take_id)
    if given is None or given.source == "typed" or _question_of(state, event.take_id) is None:
        return False
    words = event.text.split()
    return bool(words) and words != given.text.split()


def edited(state: State, event: e.TranscriptEdited) -> Result:
    """The candidate's words stand in the place of what was heard, and the answers are judged anew by them. To write
    again what was heard takes it back."""
    known, given = dict(state.heard), dict(state.given)
    heard = known.pop(event.take_id, given[event.take_id])
    now = put_right(heard, event.text)
    if now is not heard:
        known[event.take_id] = heard
    question_id = _question_of(state, event.take_id)
    assert question_id is not None, "the table's business"
    state = replace(
        state,
        given=tuple({**given, event.take_id: now}.items()),
        heard=tuple(known.items()),
        opinions_due=tuple(due for due in state.opinions_due if due[0] != event.take_id),
    )
    return _judge_anew(state, question_id)


def _question_of(state: State, take_id: str) -> str | None:
    return next((a.question_id for a in state.assessments if take_id in takes_of(a)), None)


def _judge_anew(state: State, question_id: str) -> Result:
    others = tuple(due for due in state.anew_due if due[0] != question_id)
    state = replace(state, anew=state.anew + 1, anew_due=(*others, (question_id, state.anew + 1)))
    return state, orders_due(state)[-1:]


def orders_due(state: State) -> tuple[e.AssessAnew, ...]:
    """What is still to be judged anew, as orders."""
    return tuple(_order(state, question_id, anew) for question_id, anew in state.anew_due)


def _order(state: State, question_id: str, anew: int) -> e.AssessAnew:
    latest = next(a for a in reversed(state.assessments) if a.question_id == question_id)
    asked = follow_ups_before(state, question_id)
    return e.AssessAnew(takes_of(latest)[-1], latest, state.given, state.told, asked, state.ending, anew)


def kept(state: State, back: State) -> Result:
    """`back`, to which the interview goes back from `state`, with what was said meanwhile about the words of answers
    before it: these are judged anew."""
    now = dict(state.given)
    given = tuple((take, words if take == back.take_id else now.get(take, words)) for take, words in back.given)
    other = {take for (take, words), (_, before) in zip(given, back.given, strict=True) if words != before}
    said = {t.question_id for t in set(state.told) ^ set(back.told)}
    said |= {question_id for question_id, _ in (*state.anew_due, *back.anew_due)}
    again = [a.question_id for a in back.assessments if a.question_id in said or other & {*takes_of(a)}]
    heard = tuple(h for h in state.heard if h[0] != back.take_id)
    back = replace(back, given=given, heard=heard, told=state.told, anew=state.anew, anew_due=())
    effects: tuple[e.Effect, ...] = ()
    for question_id in again:
        back, orders = _judge_anew(back, question_id)
        effects = (*effects, *orders)
    return back, effects


# Careful words after the quick ones ----------------------------------------------------------------------------------


def checks_of(state: State, answer: Assessment) -> tuple[e.Check, ...]:
    """The checks due that an assessment waits for."""
    takes = takes_of(answer)
    return tuple(c for c in state.checks_due if c.take_id in takes)


def is_due(state: State, event: e.AnswerChecked | e.CheckFailed) -> bool:
    known = _question_of(state, event.take_id) is not None
    return known and any((c.take_id, c.ending) == (event.take_id, event.ending) for c in state.checks_due)


def checked(state: State, event: e.AnswerChecked) -> Result:
    """The careful words in the place of the quick ones, and the answers judged by them. What the candidate put right
    meanwhile stays as they wrote it."""
    transcript = replace(event.transcript, whispered=state.quiet == "whispered")
    known, given = dict(state.heard), dict(state.given)
    if event.take_id in known:
        known[event.take_id] = transcript
        transcript = put_right(transcript, given[event.take_id].text)
    state = replace(state, given=tuple({**given, event.take_id: transcript}.items()), heard=tuple(known.items()))
    question_id = _question_of(state, event.take_id)
    assert question_id is not None, "stale's business"
    return _judge_anew(_no_longer_due(state, event), question_id)


def check_failed(state: State, event: e.CheckFailed) -> Result:
    state = _no_longer_due(state, event)
    effects: tuple[e.Effect, ...] = ()
    for answer in state.assessments:
        if event.take_id in takes_of(answer):
            state, effects = seek_opinions(state, answer)
    return state, effects


def _no_longer_due(state: State, event: e.AnswerChecked | e.CheckFailed) -> State:
    return replace(state, checks_due=tuple(c for c in state.checks_due if c.take_id != event.take_id))


def on_other_words(state: State, answer: Assessment) -> bool:
    """Whether it was judged by words that others stand in the place of by now."""
    given = dict(state.given)
    return any(
        one.text != given[one.take_id].text for one in (answer, *answer.follow_ups_asked) if one.take_id in given
    )


def judge_by_the_latest(state: State, answer: Assessment) -> Result:
    return _judge_anew(state, answer.question_id) if on_other_words(state, answer) else (state, ())


def rescored(state: State, event: e.Rescored) -> Result:
    return replace(state, rescored=(*state.rescored, event)), ()


def judged_anew(state: State, event: e.Assessed) -> Result:
    """In the place of what was judged before, with what has been said beside that meanwhile."""
    if not event.anew:
        return state, ()  # an answer's own result, which came when the candidate had left
    at = max(n for n, a in enumerate(state.assessments) if a.question_id == event.assessment.question_id)
    now = state.assessments[at]
    if takes_of(now) != takes_of(event.assessment):
        return _judge_anew(state, now.question_id)  # something was added while it was being judged
    latest = with_opinions_of(now, with_disputes_of(now, event.assessment))
    due = tuple(due for due in state.anew_due if due != (latest.question_id, event.anew))
    after = replace(state, assessments=(*state.assessments[:at], latest, *state.assessments[at + 1 :]), anew_due=due)
    return seek_opinions(after, latest) if state.quick else (after, ())


def with_disputes_of(earlier: Assessment, latest: Assessment) -> Assessment:
    known = {p.id: p.dispute for p in earlier.points}
    own = {a.take_id: a for a in earlier.follow_ups_asked}
    return replace(
        latest,
        points=tuple(replace(p, dispute=known.get(p.id)) for p in latest.points),
        follow_ups_asked=tuple(
            with_disputes_of(own[a.take_id], a) if a.take_id in own else a for a in latest.follow_ups_asked
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
    replaced = state.assessments[-1:] if state.retake == "" else ()
    return (*follow_ups_before(state, state.question.id), *_follow_ups(replaced))


def follow_ups_before(state: State, question_id: str) -> tuple[str, ...]:
    """The follow-ups that answers to the question were asked which others have replaced."""
    return _follow_ups(a for a in state.earlier if a.question_id == question_id)


def _follow_ups(answers: Iterable[Assessment]) -> tuple[str, ...]:
    return tuple(f.follow_up_id for a in answers for f in a.follow_ups_asked if f.follow_up_id is not None)


# A second opinion -------------------------------------------------------------------------------------------------


def seek_opinions(state: State, answer: Assessment) -> Result:
    """About an answer and its follow-ups, as far as nobody has said anything of them."""
    effects: tuple[e.Effect, ...] = ()
    due = {take for take, _ in state.opinions_due}
    for one in (answer, *answer.follow_ups_asked):
        if one.opinion is None and one.take_id not in due:
            state, sought = seek_opinion(state, one, one.take_id, state.ending)
            effects = (*effects, *sought)
    return state, effects


def seek_opinion(state: State, own: Assessment, take_id: str, ending: int) -> Result:
    """About a scored answer of which no better words are to come, when a judge is on; not about the sentence that was
    added for one point."""
    words = dict(state.given).get(take_id)
    unchecked = any(c.take_id == take_id for c in state.checks_due)
    late = state.phase in ("closing", "closed")
    if not state.judge or late or own.unscored is not None or words is None or own.take_id != take_id or unchecked:
        return state, ()
    order = e.SeekOpinion(own.question_id, own.follow_up_id, take_id, words, ending)
    return replace(state, opinions_due=(*state.opinions_due, (take_id, ending))), (order,)


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
    """What has been said about these takes already: one that came while a follow-up was being judged isn't lost. It's
    about the words of then."""
    texts = {a.take_id: a.text for a in (latest, *latest.follow_ups_asked)}
    for known in (earlier, *earlier.follow_ups_asked):
        if known.opinion is not None:
            same = texts.get(known.take_id) == known.text
            opinion = known.opinion if same else NoOpinion(OTHER_WORDS)
            latest = _given(latest, e.OpinionGiven(known.question_id, known.follow_up_id, known.take_id, opinion))
    return latest


def opinions_skipped(state: State, event: e.OpinionSkipped | e.CandidateLeft) -> Result:
    return state, (e.StopOpinions(),) if state.opinions_due else ()
