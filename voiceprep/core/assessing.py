"""An order to judge an answer, carried out: what is reported of it."""

from __future__ import annotations

from dataclasses import replace

from voiceprep.core import events as e
from voiceprep.core import feedback
from voiceprep.core.anew import assess_anew
from voiceprep.core.feedback import Ground


def assessed(ground: Ground, order: e.Assess) -> e.Assessed:
    """The answer on its ground: a whole one, a follow-up's, one sentence said again, or one that only its own speaker
    heard."""
    reason = order.reason or "no answer"
    follow_up = ground.question.follow_up(order.follow_up_id) if order.follow_up_id and order.parent else None
    if reason == feedback.SELF_RATED:
        own, parent = feedback.self_rated(ground, follow_up, order.parent, order.take_id, reason, order.self_rated)
        return e.Assessed(order.take_id, replace(own, clocked=order.clocked), parent, order.ending)
    if order.point_id and order.parent is not None:
        after = feedback.assess_retake(ground, order.parent, order.point_id, order.transcript, order.take_id, reason)
        return e.Assessed(order.take_id, after, after, order.ending)
    if follow_up is None or order.parent is None:
        own = feedback.assess(ground, order.transcript, order.take_id, reason, order.asked, order.clocked)
        return e.Assessed(order.take_id, own, None, order.ending)
    own, parent = feedback.assess_follow_up(
        ground, follow_up, order.parent, order.transcript, order.take_id, reason, order.asked, order.clocked
    )
    return e.Assessed(order.take_id, own, parent, order.ending)


def assessed_anew(ground: Ground, order: e.AssessAnew) -> e.Assessed:
    """All answers to a question, judged again with what was told."""
    found = assess_anew(ground, order.latest, dict(order.given), order.asked)
    return e.Assessed(order.take_id, found, ending=order.ending, anew=order.anew, lexicon=ground.lexicon.digest)
