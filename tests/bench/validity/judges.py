"""Answers held against a question, each way the product can do it, as one plain shape."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.validity.data import SAID, WORTH, Asked, Row
from voiceprep.bank.contents import Bank
from voiceprep.core import reference
from voiceprep.core.feedback import Assessment, Ground, assess
from voiceprep.core.transcript import Transcript, typed
from voiceprep.core.words import tokenise


@dataclass(frozen=True)
class Said:
    """A verdict on one point. A probability is how often such a verdict is right in that way, None when none is
    given."""

    status: str
    probability: float | None = None
    quotes: tuple[tuple[int, int, str], ...] = ()

    @property
    def credit(self) -> bool:
        return self.status in SAID


@dataclass(frozen=True)
class Judged:
    """What a judge made of a row. `points` is None for a judge that gives a coverage only, `pitfalls` for one that
    knows none. A missing coverage is 0."""

    row: Row
    coverage: float
    gold: float
    unscored: bool = False
    points: Mapping[str, Said] | None = None
    pitfalls: frozenset[str] | None = None
    gain: float = 0.0
    """For an injection: coverage beyond what its honest sentences earn."""


def product(ground: Ground, transcript: Transcript) -> Assessment:
    """By the bank's rubric."""
    return assess(ground, transcript)


def verdicts(found: Assessment) -> dict[str, Said]:
    return {
        p.id: Said(
            "missed" if found.unscored else p.verdict,
            None if found.unscored else p.probability,
            tuple((e.char_start, e.char_end, e.quote) for e in p.evidence),
        )
        for p in found.points
    }


def by_reference(asked: Asked, text: str, bank: Bank, known: reference.Known | None = None) -> Assessment:
    """By question and model answer only, with what `known` questions teach."""
    return reference.assess(asked.ask, asked.reference, typed(text), bank.lexicon, known)


def by_points(
    asked: Asked, text: str, bank: Bank, known: reference.Known | None = None
) -> tuple[Assessment, dict[str, Said]]:
    """By the points' texts, given as a reference: what is derived from each is counted for the point it's most like.

    A point that nothing is derived from can't be heard this way.
    """
    found = reference.assess(asked.ask, "\n".join(asked.texts.values()), typed(text), bank.lexicon, known)
    bags = {p: Counter(t.stem for t in tokenise(t_)) for p, t_ in asked.texts.items()}
    parts: dict[str, list[Said]] = defaultdict(list)
    for point in found.points:
        words = Counter(t.stem for t in tokenise(point.text))
        home = max(bags, key=lambda p: (sum((bags[p] & words).values()), -sum(bags[p].values())))
        quotes = tuple((e.char_start, e.char_end, e.quote) for e in point.evidence)
        parts[home].append(Said(point.verdict, point.probability, quotes))
    if found.unscored:
        return found, {p: Said("missed") for p in asked.texts}
    return found, {p: together(parts[p]) for p in asked.texts}


def together(parts: Sequence[Said]) -> Said:
    """One verdict from those on a point's parts."""
    if not parts:
        return Said("missed")
    statuses = {p.status for p in parts}
    if "contradicted" in statuses:
        status = "contradicted"
    elif statuses == {"covered"}:
        status = "covered"
    elif statuses & set(SAID):
        status = "partly"
    else:
        status = "unsure" if "unsure" in statuses else "missed"
    known = [p.probability for p in parts if p.probability is not None]
    return Said(status, sum(known) / len(known) if known else None, tuple(q for p in parts for q in p.quotes))


def weighted(points: Mapping[str, Said], asked: Asked) -> float:
    """The weighted share of all points that got credit: nothing leaves the denominator."""
    whole = sum(asked.weights[p] for p in points)
    return sum(asked.weights[p] * WORTH.get(s.status, 0.0) for p, s in points.items()) / whole if whole else 0.0


def honest(row: Row) -> str:
    """An injection without its injection."""
    text = row.text
    for piece in row.injected:
        text = text.replace(piece, " ", 1)
    return " ".join(text.split())
