"""Answers judged once more, with another rubric, lexicon or transcript: one pure job for each question of a session.

A job and its result are plain values that can be sent anywhere: to another process, to another machine. The same job
always has the same result.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from voiceprep.core.anew import assess_anew, ground_with, takes_of
from voiceprep.core.beside import with_disputes_of, with_opinions_of
from voiceprep.core.events import Rescored
from voiceprep.core.feedback import Assessment, Ground, PointFeedback
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.matching import MATCHER_VERSION
from voiceprep.core.opinion import Opinion
from voiceprep.core.own_terms import Told
from voiceprep.core.question import Question
from voiceprep.core.transcript import Transcript

TODAY = "today's rubric"

# A question may hold one, and pickle has no way of its own for it.
copyreg.pickle(MappingProxyType, lambda proxy: (MappingProxyType, (dict(proxy),)))


@dataclass(frozen=True, slots=True)
class Job:
    """A session's answers to one question, and what they are to be held against. `given` are the transcripts by take,
    `heard` those of takes that were heard again, `asked` the follow-ups that replaced answers were asked."""

    session_id: str
    question: Question
    lexicon: Lexicon
    bank_version: str
    latest: Assessment
    given: tuple[tuple[str, Transcript], ...]
    told: tuple[Told, ...] = ()
    asked: tuple[str, ...] = ()
    heard: tuple[tuple[str, Transcript], ...] = ()
    why: str = TODAY


def rescore(job: Job) -> Rescored:
    """The answers as they are judged now, with the candidate's disputes, and opinions on the same words, beside it.
    Follow-ups and points that the question has no more are left out, and named."""
    ground = _ground_of(job)
    follow_ups, points = {f.id for f in job.question.follow_ups}, {p.id for p in job.question.points}
    latest = replace(
        job.latest,
        follow_ups_asked=tuple(a for a in job.latest.follow_ups_asked if a.follow_up_id in follow_ups),
        retakes=tuple(r for r in job.latest.retakes if r.point_id in points),
    )
    gone = [f"The follow-up “{a.ask}” isn't asked any more." for a in job.latest.follow_ups_asked
            if a not in latest.follow_ups_asked]  # fmt: skip
    gone += [f"The point of take {r.take_id} isn't looked for any more." for r in job.latest.retakes
             if r not in latest.retakes]  # fmt: skip
    found = assess_anew(ground, latest, {**dict(job.given), **dict(job.heard)}, job.asked)
    found = with_opinions_of(latest, with_disputes_of(latest, found))
    return Rescored(
        found.question_id, found.take_id, found, job.why, job.heard, ground.lexicon.digest, left_out=tuple(gone)
    )


def is_known(job: Job, before: Iterable[Rescored], engine: str = "", judge: str = "") -> bool:
    """Whether one of these has the same words, rubric, lexicon and matcher behind it already; takes heard again by this
    engine, where one is named; and this judge's opinion, where one is asked."""
    versions = (job.question.id, job.question.rubric, _ground_of(job).lexicon.digest, MATCHER_VERSION)
    words = {take: (transcript.text, "") for take, transcript in job.given}

    def same(one: Rescored) -> bool:
        a = one.assessment
        again = {take: (transcript.text, transcript.engine) for take, transcript in one.heard}
        return (
            versions == (a.question_id, a.rubric, one.lexicon, a.matcher_version)
            and {used for _, used in again.values()} == ({engine} if engine else set())
            and all(own.text == {**words, **again}.get(own.take_id, ("", ""))[0] for own in _answers(a))
            and (not judge or has_opinion(a, judge))
        )

    return any(map(same, before))


def has_opinion(assessment: Assessment, judge: str) -> bool:
    """Whether this judge has given an opinion on each answer that it would be asked about."""
    opinions = [a.opinion for a in _answers(assessment) if a.unscored is None]
    return all(isinstance(o, Opinion) and o.model == judge for o in opinions)


def worth_judging(latest: Assessment, given: Iterable[str]) -> str:
    """Why an answer can't be judged once more, as the end of a sentence; empty when it can. `given` are the takes of
    which there are words."""
    if latest.unscored is not None and latest.unscored.self_rated:
        return "it was said in your head"
    return "" if {*takes_of(latest)} & {*given} else "no words of it were kept"


# What became of it --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """Texts of points, those of follow-ups included: heard now and not before, the other way round, judged otherwise
    without that, and those that only one of the two rubrics has. `score` says that one of the two isn't scored."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    otherwise: tuple[str, ...]
    came: tuple[str, ...]
    went: tuple[str, ...]
    score: bool = False

    def __bool__(self) -> bool:
        return any((self.gained, self.lost, self.otherwise, self.came, self.went, self.score))


def change(before: Assessment, after: Assessment) -> Change:
    """What is judged otherwise in the one than in the other."""
    was, now = _points(before), _points(after)
    both = [(was[key], now[key]) for key in now if key in was]
    return Change(
        gained=tuple(n.text for w, n in both if is_heard(n) and not is_heard(w)),
        lost=tuple(n.text for w, n in both if is_heard(w) and not is_heard(n)),
        otherwise=tuple(n.text for w, n in both if w.verdict != n.verdict and is_heard(w) == is_heard(n)),
        came=tuple(n.text for key, n in now.items() if key not in was),
        went=tuple(w.text for key, w in was.items() if key not in now),
        score=(before.unscored is None) != (after.unscored is None),
    )


def is_heard(point: PointFeedback) -> bool:
    """Whether a point counts as heard; in part counts."""
    return point.verdict in ("covered", "partly")


def _points(assessment: Assessment) -> dict[tuple[str | None, str], PointFeedback]:
    return {(a.follow_up_id, p.id): p for a in _answers(assessment) for p in a.points}


def _answers(assessment: Assessment) -> tuple[Assessment, ...]:
    return (assessment, *assessment.follow_ups_asked)


# The ground, learned once -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Against:
    question_id: str
    rubric: str
    lexicon: Lexicon
    bank_version: str
    told: tuple[Told, ...]
    question: Question = field(compare=False)


def _ground_of(job: Job) -> Ground:
    question = job.question
    return _ground(_Against(question.id, question.rubric, job.lexicon, job.bank_version, job.told, question))


@lru_cache(maxsize=64)
def _ground(against: _Against) -> Ground:
    return ground_with(Ground(against.question, against.lexicon, against.bank_version), against.told)
