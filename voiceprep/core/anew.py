"""All answers to a question judged again, in the order in which they were given, with what was told to be misheard or
put right.

Judging is a function of question, lexicon and transcripts: with the same words told and taken back again the verdicts
are what they were. What the candidate said beside them, and second opinions, are put back by the interview.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from voiceprep.core.feedback import (
    Assessment,
    Ground,
    Retake,
    assess,
    assess_follow_up,
    assess_retake,
    no_time_left,
    once_more,
    with_earned,
)
from voiceprep.core.own_terms import Told, told_lexicon
from voiceprep.core.transcript import Transcript


def ground_with(ground: Ground, told: tuple[Told, ...]) -> Ground:
    """What answers to the question are held against when this was told; the same ground when nothing was."""
    lexicon = told_lexicon(ground.lexicon, told, ground.question.id) if told else ground.lexicon
    return ground if lexicon is ground.lexicon else Ground(ground.question, lexicon, ground.bank_version)


def assess_anew(
    ground: Ground, latest: Assessment, given: Mapping[str, Transcript], asked: Collection[str] = ()
) -> Assessment:
    """What `latest` becomes on this ground. `given` are the transcripts by take; a take without one was not heard or
    skipped, and stays so. `asked` are the follow-ups that earlier answers were asked."""
    made = assess(ground, given.get(latest.take_id), latest.take_id, _reason(latest), asked, latest.clocked)
    later: Sequence[Assessment | Retake] = (*latest.follow_ups_asked, *latest.retakes)
    for one in sorted(later, key=lambda x: x.take_id):
        heard = given.get(one.take_id)
        if isinstance(one, Retake):
            made = assess_retake(ground, made, one.point_id, heard, one.take_id, _reason(one))
        elif one.follow_up_id is not None:
            follow_up = ground.question.follow_up(one.follow_up_id)
            _, made = assess_follow_up(ground, follow_up, made, heard, one.take_id, _reason(one), asked, one.clocked)
            made = with_earned(made, one.earned)
    if latest.first_take is not None:
        made = once_more(latest.first_take, made)
    if latest.not_asked and (made.follow_up or (made.unscored and made.unscored.off_topic)):
        made = no_time_left(made)
    return made


def takes_of(latest: Assessment) -> tuple[str, ...]:
    """The takes that an assessment rests on, in their order."""
    later = (*(a.take_id for a in latest.follow_ups_asked), *(r.take_id for r in latest.retakes))
    return tuple(sorted((latest.take_id, *later)))


def texts_heard(latest: Assessment, given: Mapping[str, Transcript]) -> dict[str, str]:
    """What a recogniser heard in the answers to a question, by take, in their order."""
    found = {take: given[take] for take in takes_of(latest) if take in given}
    return {take: t.text for take, t in found.items() if t.source == "asr" and t.text}


def _reason(one: Assessment | Retake) -> str:
    return one.unscored.reason if one.unscored else "no answer"
