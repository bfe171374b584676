"""Questions as YAML that the loader reads back to the very same values, sayings included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

import yaml

from voiceprep.core.question import Claim, Counterclaim, FollowUp, Pitfall, Point, Question

FORM = "voiceprep-questions/1"
_WIDTH = 116


def as_yaml(questions: Sequence[Question]) -> str:
    """A file of questions. Each names its topic when they have several."""
    topics = {q.topic for q in questions}
    topic = questions[0].topic if questions else "own"
    items = [_question(q, named=len(topics) > 1) for q in questions]
    return yaml.dump(
        {"form": FORM, "topic": topic, "questions": items},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=_WIDTH,
    )


class _Dumper(yaml.SafeDumper):
    """No aliases; and a number is written so that it's read as one. What YAML might take for something else than text
    is quoted anyway, and the loader believes quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def _decimal(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    text = format(Decimal(repr(value)), "f")
    return dumper.represent_scalar("tag:yaml.org,2002:float", text if "." in text else f"{text}.0")


_Dumper.add_representer(float, _decimal)


def _question(question: Question, *, named: bool) -> dict[str, Any]:
    written = _but(question, "rubric", "topic", "points", "pitfalls", "follow_ups", "subjects", "model_answer", "tips")
    written["sources"] = written.pop("sources")
    if named:
        written["topic"] = question.topic
    written["subjects"] = {name: list(aliases) for name, aliases in question.subjects.items()}
    written["points"] = [_point(p) for p in question.points]
    written["pitfalls"] = [_pitfall(p) for p in question.pitfalls]
    written["follow_ups"] = [_follow_up(f) for f in question.follow_ups]
    written["model_answer"] = question.model_answer
    written["tips"] = list(question.tips)
    return _filled(written, keep=("technologies",))


def _point(point: Point) -> dict[str, Any]:
    written = _but(point, "claims", "contradictions", "said", "missaid", "named")
    written["claims"] = [_claim(c) for c in point.claims]
    written["contradictions"] = [_claim(c) for c in point.contradictions]
    written |= {"says": list(point.said), "against": list(point.missaid), "names": list(point.named)}
    return _filled(written)


def _pitfall(pitfall: Pitfall) -> dict[str, Any]:
    written = _but(pitfall, "claims", "said")
    written["claims"] = [_claim(c) for c in pitfall.claims]
    written["says"] = list(pitfall.said)
    return _filled(written)


def _follow_up(follow_up: FollowUp) -> dict[str, Any]:
    written = _but(follow_up, "points", "model_answer")
    written["points"] = [_point(p) for p in follow_up.points]
    written["model_answer"] = follow_up.model_answer
    return _filled(written, keep=("probes",))


def _claim(claim: Claim | Counterclaim) -> dict[str, Any]:
    return _filled(_but(claim))


def _but(value: Any, *left_out: str) -> dict[str, Any]:
    """The value's fields, with lists for tuples, without those that are written otherwise."""
    found = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in left_out}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in found.items()}


def _filled(written: Mapping[str, Any], keep: Iterable[str] = ()) -> dict[str, Any]:
    """Without what is empty, which the loader supplies."""
    kept = frozenset(keep)
    return {name: v for name, v in written.items() if name in kept or v not in (None, [], {}, ())}
