"""Fits how a point's evidence becomes a probability: `python -m tests.bench.validity.fit`.

Reads the development split and the fresh batches that have been opened. Prints what goes into `core/weighing.py`, and
the same fitted with each question left out in turn and judged on that one: those figures are the honest ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.validity import data, spoken
from tests.bench.validity.taught import grounds_of
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core import weighing
from voiceprep.core.feedback import Ground, evidence_of, traps_of
from voiceprep.core.transcript import typed

Array = NDArray[np.float64]
RIDGE = 0.5
OPENED = ("fresh-1", "fresh-3", "fresh-4")
"""Batches that were reported once, as fresh, and have been development answers since."""
FEW: Mapping[str, float] = {"stranger": 0.1, "neighbour": 0.2, "aside": 0.1}
"""What answers to other questions, and answers with talk beside the point, count beside all answers to the question."""


_DOUBTS = dict.fromkeys((n for n in weighing.SIGNS if n.startswith("answer_")), -1)
FOR: Mapping[str, int] = {
    "says": 1, "margin": 1, "apart": 1, "leaning": 1, "matched": 1,
    "against": -1, "countered": -1, "turned": -1, **_DOUBTS,
}  # fmt: skip
TOWARDS_WRONG: Mapping[str, int] = {**{n: -v for n, v in FOR.items()}, "answer_elsewhere": -1}
"""Which way each sign may count: an answer's other points only ever lower a point's credit."""


@dataclass(frozen=True)
class Case:
    """One point of one answer: what was found of it, and what gold says."""

    question_id: str
    variant: str
    gold: str
    signs: tuple[float, ...]


def cases(rows: Sequence[data.Row], grounds: Mapping[str, Ground]) -> list[Case]:
    """A case for every point of every answer that can be judged at all."""
    found = []
    for row in rows:
        ground = grounds.get(row.question_id)
        if ground is None or not set(row.gold) <= {p.id for p in ground.question.points}:
            continue
        for point_id, signs in evidence_of(ground, typed(row.text)).items():
            found.append(Case(row.question_id, row.variant, row.gold[point_id], signs.row()))
    return found


def heard_cases(rows: Sequence[data.Row], grounds: Mapping[str, Ground], bank: Bank) -> list[Case]:
    """The same of what the basic recogniser heard of these answers in earlier runs (`spoken`)."""
    return [
        Case(row.question_id, row.variant, row.gold[point_id], signs.row())
        for row, transcript in spoken.kept([r for r in rows if r.question_id in grounds], bank)
        for point_id, signs in evidence_of(grounds[row.question_id], transcript).items()
    ]


def heard_report(found: Sequence[Case]) -> str:
    """Weights for a basic recogniser's text, and what they credit with each question left out."""
    x, y = np.array([c.signs for c in found]), np.array([float(c.gold in data.SAID) for c in found])
    one = np.ones(len(found))
    credited: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    names = np.array([c.question_id for c in found])
    for question_id in sorted(set(names)):
        out = names == question_id
        w = signed(x[~out], y[~out], one[~out], FOR)
        for c in (c for c in found if c.question_id == question_id):
            said = float(1 / (1 + np.exp(-np.array(c.signs) @ w)))
            marked = weighing.mark(said, 0.0, weighing.Signs(*c.signs), rough=True)
            credited[c.variant, c.gold in data.SAID].append(marked == "said")
    rates = "  ".join(
        f"{variant}{'' if true else ' (false)'} {sum(c) / len(c):.2f}"
        for (variant, true), c in sorted(credited.items())
    )
    inside = ", ".join(f'"{n}": {v:.2f}' for n, v in zip(weighing.SIGNS, signed(x, y, one, FOR), strict=True))
    return f"heard, each question left out: {rates}\nSAID_HEARD = {{{inside}}}"


def read_aloud(grounds: Mapping[str, Ground]) -> list[Case]:
    """Every question's own model answer, which says every point."""
    return [
        Case(question_id, "textbook", "covered", signs.row())
        for question_id, ground in sorted(grounds.items())
        for signs in evidence_of(ground, typed(ground.question.model_answer)).values()
    ]


def strangers(rows: Sequence[data.Row], grounds: Mapping[str, Ground]) -> list[Case]:
    """Good answers to one question held against another of a different topic: nothing of it was said."""
    found = []
    for row in rows:
        if row.variant not in ("full", "plain", "partial") or row.question_id not in grounds:
            continue
        own = grounds[row.question_id].question.topic
        for other, ground in sorted(grounds.items()):
            if ground.question.topic == own or not _drawn(row.id, other):
                continue
            for signs in evidence_of(ground, typed(row.text)).values():
                found.append(Case(other, "stranger", "missed", signs.row()))
    return found


def neighbours(grounds: Mapping[str, Ground], bank: Bank) -> list[Case]:
    """Model answers of the nearest other questions; what they truly make of this one was marked by hand."""
    return [
        Case(question_id, "neighbour", truly.get(point_id, "missed"), signs.row())
        for question_id, answer_of, truly in data.neighbours()
        if question_id in grounds
        for point_id, signs in evidence_of(grounds[question_id], typed(bank.questions[answer_of].model_answer)).items()
    ]


def beside_the_point(rows: Sequence[data.Row], grounds: Mapping[str, Ground]) -> list[Case]:
    """Answers that something follows which makes no point: pleas to the judge, talk of the trade."""
    own = [r for r in rows if r.question_id in grounds and r.variant != "offtopic"]
    return [
        Case(row.question_id, "aside", row.gold[point_id], signs.row())
        for n, (_, text) in enumerate(data.asides())
        for row in own[n % 7 :: len(own) // 3]
        for point_id, signs in evidence_of(grounds[row.question_id], typed(f"{row.text} {text}")).items()
    ]


def _drawn(*names: str) -> bool:
    """One in three, always the same ones."""
    return sum(map(ord, "".join(names))) % 3 == 0


def logistic(x: Array, y: Array, weight: Array) -> Array:
    """Weights of a ridge-penalised logistic regression, by Newton's method."""
    w = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ ((p - y) * weight) + RIDGE * w
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(w))
        w -= np.linalg.solve(hessian, gradient)
    return w


def fitted(found: Sequence[Case]) -> tuple[Array, Array]:
    """Weights for "said" and for "goes against". Every question counts the same."""
    x = np.array([c.signs for c in found])
    size: dict[str, int] = defaultdict(int)
    for c in found:
        size[c.variant if c.variant in FEW else c.question_id] += 1
    own = sum(c.variant not in FEW for c in found)
    questions = len(size.keys() - FEW.keys())
    weight = np.array(
        [
            own * FEW[c.variant] / size[c.variant] if c.variant in FEW else own / questions / size[c.question_id]
            for c in found
        ]
    )
    said = np.array([float(c.gold in data.SAID) for c in found])
    against = np.array([float(c.gold == "contradicted") for c in found])
    return signed(x, said, weight, FOR), signed(x, against, weight, TOWARDS_WRONG)


def signed(x: Array, y: Array, weight: Array, wanted: Mapping[str, int]) -> Array:
    """The regression with every weight on the side where it makes sense: what would have the wrong sign is left out."""
    kept = list(range(x.shape[1]))
    while True:
        w = logistic(x[:, kept], y, weight)
        wrong = [k for k, v in zip(kept, w, strict=True) if v * wanted.get(weighing.SIGNS[k], 0) < 0]
        if not wrong:
            whole = np.zeros(x.shape[1])
            whole[kept] = w
            return whole
        kept = [k for k in kept if k not in wrong]


def report(name: str, found: Sequence[tuple[Case, float, float]]) -> str:
    """Rates of the verdicts that these probabilities give."""
    everything = [(c, weighing.mark(p, q, weighing.Signs(*c.signs))) for c, p, q in found]
    marks = [(c, m) for c, m in everything if c.variant not in FEW]
    credit = {"said": 1, "unsure": 0, "against": 0, "nothing": 0}

    def rate(variant: str, *gold: str) -> str:
        chosen = [credit[m] for c, m in everything if c.variant == variant and c.gold in gold]
        return f"{sum(chosen) / len(chosen):.2f}" if chosen else "-"

    hits = sum(m == "said" and c.gold in data.SAID for c, m in marks)
    wrong = sum(m == "said" and c.gold not in data.SAID for c, m in marks)
    lost = sum(m != "said" and c.gold in data.SAID for c, m in marks)
    found_against = sum(m == "against" and c.gold == "contradicted" for c, m in marks)
    false_against = sum(m == "against" and c.gold != "contradicted" for c, m in marks)
    lost_against = sum(m != "against" and c.gold == "contradicted" for c, m in marks)
    harmed = sum(m == "against" and c.gold in data.SAID for c, m in marks) / max(1, hits + lost)
    unsure = sum(m == "unsure" for _, m in marks) / len(marks)
    return (
        f"{name:24} F1 {2 * hits / (2 * hits + wrong + lost):.3f}  full {rate('full', *data.SAID)}  "
        f"plain {rate('plain', *data.SAID)}  partial {rate('partial', *data.SAID)}  "
        f"textbook {rate('textbook', *data.SAID)}  repaired {rate('selfrepair', *data.SAID)} | false: "
        f"stuffed {rate('stuffed', 'missed', 'contradicted')}  pitfall {rate('pitfall', 'missed', 'contradicted')}  "
        f"partial {rate('partial', 'missed')}  repaired {rate('selfrepair', 'missed', 'contradicted')}  "
        f"off topic {rate('offtopic', 'missed')}  stranger {rate('stranger', 'missed')}  "
        f"neighbour {rate('neighbour', 'missed')}  aside {rate('aside', 'missed', 'contradicted')} (true "
        f"{rate('neighbour', *data.SAID)}, {rate('aside', *data.SAID)}) | against F1 "
        f"{2 * found_against / max(1, 2 * found_against + false_against + lost_against):.2f}  harmed {harmed:.3f}  "
        f"unsure {unsure:.2f}"
    )


def trapped(rows: Sequence[data.Row], grounds: Mapping[str, Ground]) -> list[tuple[str, bool, tuple[float, ...]]]:
    """(question, whether it was walked into, signs) of every pitfall with sayings, for every answer that is judged."""
    return [
        (row.question_id, pitfall_id in row.pitfalls, signs)
        for row in rows
        if row.question_id in grounds
        for pitfall_id, signs in traps_of(grounds[row.question_id], typed(row.text)).items()
    ]


def trap_report(found: Sequence[tuple[str, bool, tuple[float, ...]]]) -> str:
    """Weights for pitfalls, and precision and recall with each question left out."""
    x, y = np.array([f[2] for f in found]), np.array([float(f[1]) for f in found])
    names = np.array([f[0] for f in found])
    hit = np.zeros(len(found), dtype=bool)
    for question_id in sorted(set(names)):
        out = names == question_id
        w = logistic(x[~out], y[~out], np.ones(int((~out).sum())))
        hit[out] = 1 / (1 + np.exp(-x[out] @ w)) >= weighing.TRAPPED
    both = float((hit & (y > 0)).sum())
    inside = ", ".join(f'"{n}": {w:.2f}' for n, w in zip(weighing.TRAP, logistic(x, y, np.ones(len(y))), strict=True))
    precision, recall = both / max(1, hit.sum()), both / max(1.0, y.sum())
    return f"pitfalls with each question left out: precision {precision:.2f}, recall {recall:.2f}\nTRAP = {{{inside}}}"


def main() -> None:
    bank = sound_bank(bank_folder())
    grounds = grounds_of(bank)
    rows = [row for split in ("dev", *OPENED) for row in data.load(split)]
    asked = {r.question_id for r in rows}
    grounds = {q: g for q, g in grounds.items() if q in asked}
    found = [
        *cases(rows, grounds),
        *read_aloud(grounds),
        *strangers(data.load("dev"), grounds),
        *neighbours(grounds, bank),
        *beside_the_point(data.load("dev"), grounds),
    ]
    names = weighing.SIGNS
    left_out = []
    for question_id in sorted({c.question_id for c in found}):
        said, against = fitted([c for c in found if c.question_id != question_id])
        for c in found:
            if c.question_id == question_id:
                x = np.array(c.signs)
                p, q = 1 / (1 + np.exp(-x @ said)), 1 / (1 + np.exp(-x @ against))
                left_out.append((c, float(p), float(q)))
    shipped = [(c, *weighing.probabilities(c.signs)) for c in found]
    print(f"{len(found)} points of {len({c.question_id for c in found})} questions")
    print(report("each question left out", left_out))
    print(report("as shipped", shipped))
    said, against = fitted(found)
    for name, weights in (("SAID", said), ("AGAINST", against)):
        inside = ", ".join(f'"{n}": {w:.2f}' for n, w in zip(names, weights, strict=True))
        print(f"{name} = {{{inside}}}")
    print(trap_report(trapped(rows, grounds)))
    if heard := heard_cases(rows, grounds, bank):
        print(heard_report(heard))


if __name__ == "__main__":
    main()
