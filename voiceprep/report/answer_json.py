"""The one shape in which a scored answer leaves the program, and a session made of such answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import Any

from voiceprep.core.delivery import Delivery, Unmeasured
from voiceprep.core.events import Rescored
from voiceprep.core.feedback import SCHEMA, Assessment, Evidence
from voiceprep.core.opinion import NoOpinion, disagreements
from voiceprep.core.star import ROLES, StarShares
from voiceprep.report.markdown import Facts

SESSION_SCHEMA = 1


def session_json(
    facts: Facts, assessments: Sequence[Assessment], costs: Mapping[str, str], rescored: Sequence[Rescored] = ()
) -> dict[str, Any]:
    """A whole session as JSON data. `costs` are lines on what a clock cost, by question id."""
    return {
        "schema": SESSION_SCHEMA,
        "id": facts.session_id,
        "title": facts.title,
        "created": facts.created,
        "engines": dict(facts.engines),
        "ended": facts.ended,
        "rules": facts.rules or None,
        "told": [{"heard": heard, "said": said} for heard, said in facts.told],
        "not_reached": list(facts.not_reached),
        "costs": dict(costs),
        "answers": [answer_json(a) for a in assessments],
        "rescored": [rescored_json(r) for r in rescored],
    }


def answer_json(assessment: Assessment) -> dict[str, Any]:
    """A scored answer as JSON data; every command that prints one uses this."""
    a = assessment
    choice = a.follow_up
    return {
        "schema": SCHEMA,
        "question_id": a.question_id,
        "follow_up_id": a.follow_up_id,
        "take_id": a.take_id,
        "rubric": a.rubric,
        "bank_version": a.bank_version,
        "matcher_version": a.matcher_version,
        "engine": a.engine,
        "transcript": {"source": a.source, "text": a.text},
        "coverage": a.coverage,
        "core": list(a.heard(core=True)),
        "extra": list(a.heard(core=False)),
        "unscored": a.unscored.reason if a.unscored else None,
        "points": [
            {
                "id": p.id,
                "text": p.text,
                "core": p.core,
                "weight": p.weight,
                "verdict": p.verdict,
                "probability": p.probability,
                "dispute": p.dispute,
                "why": p.why,
                "correction": p.correction or None,
                "evidence": [_evidence(piece) for piece in p.evidence],
                "put_right": [_evidence(piece) for piece in p.put_right],
            }
            for p in a.points
        ],
        "pitfalls": [
            {
                "id": p.id,
                "text": p.text,
                "hit": True,
                "advice": p.advice,
                "evidence": [_evidence(piece) for piece in p.evidence],
            }
            for p in a.pitfalls
        ],
        "also_said": list(a.also_said),
        "follow_up": None
        if choice is None
        else {"id": choice.id, "text": choice.text, "probes": list(choice.probes), "why": choice.why},
        "follow_ups_asked": [answer_json(f) for f in a.follow_ups_asked],
        "first_take": None if a.first_take is None else answer_json(a.first_take),
        "not_asked": a.not_asked or None,
        "self_rated": list(a.self_rated) if a.unscored and a.unscored.self_rated else None,
        "clocked": None if a.clocked is None else asdict(a.clocked),
        "delivery": _delivery(a.delivery),
        "star": _star(a.star),
        "next_step": a.next_step,
        "opinion": _opinion(a),
    }


def rescored_json(rescored: Rescored) -> dict[str, Any]:
    """An answer that was judged once more, as JSON data."""
    r = rescored
    heard = [{"take_id": take, "engine": t.engine, "text": t.text} for take, t in r.heard]
    return {
        "question_id": r.question_id,
        "take_id": r.take_id,
        "why": r.why,
        "lexicon": r.lexicon,
        "heard_again": heard,
        "left_out": list(r.left_out),
        "answer": answer_json(r.assessment),
    }


def _evidence(piece: Evidence) -> dict[str, Any]:
    return asdict(piece)


def _opinion(a: Assessment) -> dict[str, Any] | None:
    """The second opinion as it was given, with the points on which it disagrees; or why there is none."""
    if a.opinion is None:
        return None
    if isinstance(a.opinion, NoOpinion):
        return {"none": a.opinion.reason}
    differs = [asdict(d) for d in disagreements(a.opinion, a.own_verdicts())]
    return {**asdict(a.opinion), "disagrees": differs}


def _star(star: StarShares | Unmeasured | None) -> dict[str, Any] | None:
    """The shares of a told answer, `{"unmeasured": reason}`, or None where the question asks for no story."""
    if star is None:
        return None
    if isinstance(star, Unmeasured):
        return {"unmeasured": star.reason}
    return {
        "story": star.story,
        "shares": {role: round(star.share(role), 4) for role in ROLES},
        "spans": [asdict(span) for span in star.spans],
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    """Each measure as its value with the spans it rests on, or as `{"unmeasured": reason}`. What each is, and its
    formula, stands at `core.delivery.Delivery`."""
    return {field.name: _measure(getattr(delivery, field.name)) for field in fields(delivery)}


def _measure(value: Any) -> Any:
    if isinstance(value, Unmeasured):
        return {"unmeasured": value.reason}
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, tuple):
        return [_measure(one) for one in value]
    if is_dataclass(value):
        return {field.name: _measure(getattr(value, field.name)) for field in fields(value)}
    return value
