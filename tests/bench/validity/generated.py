"""The generators over the whole bank, each held to its bound, by the rubric and by the model answer alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.validity.data import Asked
from tests.bench.validity.figures import mean
from tests.bench.validity.judges import Said, by_reference, product, verdicts
from tests.kit.generators import Made, made
from voiceprep.bank.contents import Bank
from voiceprep.bank.made_answers import Material, material
from voiceprep.core.feedback import Ground
from voiceprep.core.transcript import typed


@dataclass(frozen=True)
class Bound:
    """What a kind is held to. `kept`: share of the model answer's own credit that is still given."""

    measure: str
    bound: float
    moonshot: float
    low: bool = True

    def missed(self, value: float | None) -> bool:
        if value is None:
            return False
        return value > self.bound + 1e-9 if self.low else value < self.bound - 1e-9


BOUNDS = {
    "read aloud": Bound("coverage", 0.90, 0.97, low=False),
    "shuffled words": Bound("coverage", 0.40, 0.15),
    "noun list": Bound("coverage", 0.10, 0.0),
    "swapped subjects": Bound("kept, of bound points", 0.35, 0.08),
    "negated claims": Bound("coverage", 0.35, 0.08),
    "question echoed": Bound("coverage", 0.05, 0.0),
    "another's answer": Bound("coverage", 0.05, 0.0),
    "half irrelevant": Bound("change", 0.02, 0.0),
    "gibberish": Bound("coverage", 0.0, 0.0),
    "silence": Bound("coverage", 0.0, 0.0),
}
"""Shuffled and read aloud from `evaluation.md` 4b; swapped and negated as stuffing there; the rest ours (5.5)."""


@dataclass(frozen=True)
class Scored:
    coverage: float
    unscored: bool
    points: dict[str, Said]


def figures(bank: Bank, grounds: dict[str, Ground]) -> dict:
    """By kind: how many answers, and the measure by rubric and by reference."""
    materials = {q.id: material(q) for q in bank.questions.values()}
    answers = list(made(list(materials.values())))
    found: dict[str, dict] = {kind: {} for kind in BOUNDS}
    for mode in ("product", "reference"):
        scored = [(a, _score(mode, a, bank, grounds)) for a in answers]
        whole = {a.question_id: s for a, s in scored if a.kind == "read aloud"}
        by_kind: dict[str, list[tuple[Made, Scored]]] = defaultdict(list)
        for a, s in scored:
            by_kind[a.kind].append((a, s))
        for kind, bound in BOUNDS.items():
            value = _value(bound.measure, by_kind[kind], whole, materials)
            found[kind] |= {
                "answers": len(by_kind[kind]),
                f"unscored_{mode}": sum(s.unscored for _, s in by_kind[kind]),
                mode: value,
                f"missed_{mode}": bound.missed(value),
            }
    return found


def _score(mode: str, answer: Made, bank: Bank, grounds: dict[str, Ground]) -> Scored:
    if mode == "product":
        got = product(grounds[answer.question_id], typed(answer.text))
        return Scored(got.coverage or 0.0, got.unscored is not None, verdicts(got))
    question = bank.questions[answer.question_id]
    asked = Asked(question.id, question.ask, question.model_answer, {}, {}, question.topic)
    got = by_reference(asked, answer.text, bank)
    return Scored(got.coverage or 0.0, got.unscored is not None, {})


def _value(
    measure: str, rows: Sequence[tuple[Made, Scored]], whole: dict[str, Scored], materials: dict[str, Material]
) -> float | None:
    if measure == "coverage":
        return mean([s.coverage for _, s in rows])
    if measure == "change":
        return mean([abs(s.coverage - whole[a.question_id].coverage) for a, s in rows])
    had = kept = 0
    for a, s in rows:
        for point_id in materials[a.question_id].bound & set(s.points):
            had += whole[a.question_id].points[point_id].credit
            kept += whole[a.question_id].points[point_id].credit and s.points[point_id].credit
    return kept / had if had else None
