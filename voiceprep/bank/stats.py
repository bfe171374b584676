"""How many of what a bank holds."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from voiceprep.bank.check import sources
from voiceprep.bank.contents import Bank
from voiceprep.bank.writing import contradictions, seconds, wordings
from voiceprep.core.question import Point
from voiceprep.core.star import STAR_KINDS

_PART = re.compile(r"(#\d+|-[pf]\d+)$")
"""What makes the id of a source's point, pitfall or follow-up from the id of its question."""


def stats(bank: Bank) -> dict[str, Any]:
    """The figures, in JSON's types; a spread of nothing is None."""
    questions = tuple(bank.questions.values())
    main = tuple(p for q in questions for p in q.points)
    own = tuple(p for q in questions for f in q.follow_ups for p in f.points)
    used = {s for q in questions for s in sources(q)}
    return {
        "questions": {
            "all": len(questions),
            "topic": _counted(q.topic for q in questions),
            "type": _counted(q.type for q in questions),
            "difficulty": _counted(q.difficulty for q in questions),
            "level": _counted(q.level for q in questions),
        },
        "points": {
            "all": len(main),
            "core": sum(p.core for p in main),
            "wordings": _spread([wordings(p) for p in _worded(main)]),
            "contradictions": _spread([contradictions(p) for p in _worded(main)]),
        },
        "pitfalls": sum(len(q.pitfalls) for q in questions),
        "follow_ups": {
            "all": sum(len(q.follow_ups) for q in questions),
            "points": len(own),
            "wordings": _spread([wordings(p) for p in _worded(own)]),
            "contradictions": _spread([contradictions(p) for p in _worded(own)]),
        },
        "rounds": len(bank.rounds),
        "terms": len(bank.lexicon.terms),
        "sources": {
            "questions": len({_PART.sub("", s) for s in used}),
            "facts": sum(bool(_PART.search(s)) for s in used),
        },
        "ask_s": _spread([round(seconds(q.ask)) for q in questions]),
        "model_answer_s": _spread([round(seconds(q.model_answer)) for q in questions]),
        "follow_up_answer_s": _spread([round(seconds(f.model_answer)) for q in questions for f in q.follow_ups]),
    }


def _worded(points: Iterable[Point]) -> Iterable[Point]:
    """Those that are heard by their words."""
    return (p for p in points if p.kind not in STAR_KINDS)


def _counted(values: Iterable[str]) -> dict[str, int]:
    """Most often first."""
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))


def _spread(values: Sequence[int]) -> Mapping[str, float | int] | None:
    if not values:
        return None
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}
