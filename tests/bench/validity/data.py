"""The yardstick's answers and the questions they answer, as values that every judge can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.validity import ANSWERS
from voiceprep.bank.contents import Bank

YARDSTICK = ANSWERS / "yardstick"
SAID = ("covered", "partly")
WORTH = {"covered": 1.0, "partly": 0.5}
CLEAN = ("full", "plain", "partial", "pitfall", "stuffed", "offtopic")
VARIANTS = (*CLEAN, "selfrepair", "textbook", "injection")


@dataclass(frozen=True)
class Asked:
    """A question as a judge without a rubric sees it."""

    id: str
    ask: str
    reference: str
    texts: Mapping[str, str]
    weights: Mapping[str, float]
    topic: str


@dataclass(frozen=True)
class Row:
    """One judged answer: gold by point, and the words that show it."""

    id: str
    question_id: str
    variant: str
    text: str
    gold: Mapping[str, str]
    evidence: Mapping[str, str]
    pitfalls: frozenset[str]
    injected: tuple[str, ...] = ()
    """What of an injection's text speaks to the judge."""


def load(split: str) -> list[Row]:
    """A split's rows."""
    lines = (YARDSTICK / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Row(
            id=r["id"],
            question_id=r["question_id"],
            variant=r["variant"],
            text=r["text"],
            gold=r["points"],
            evidence=r["evidence"],
            pitfalls=frozenset(r["pitfalls"]),
            injected=tuple(r.get("injected", ())),
        )
        for r in map(json.loads, filter(str.strip, lines))
    ]


def neighbours() -> list[tuple[str, str, Mapping[str, str]]]:
    """(question, another question near it, status of each point that the other's model answer truly makes), marked by
    people who saw the points and the answer only."""
    lines = (YARDSTICK / "neighbours.jsonl").read_text(encoding="utf-8").splitlines()
    return [(d["question_id"], d["answer_of"], d["points"]) for d in map(json.loads, lines)]


def asides() -> list[tuple[str, str]]:
    """(kind, text) of speech that makes no point: `injection` pleads with the judge, `honest` only has its words."""
    lines = (YARDSTICK / "asides.jsonl").read_text(encoding="utf-8").splitlines()
    return [(d["kind"], d["text"]) for d in map(json.loads, lines)]


def questions(bank: Bank) -> dict[str, Asked]:
    """The bank's questions and the yardstick's own; where both have one, the bank's."""
    found = {}
    for line in (YARDSTICK / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        if line.strip():
            q = json.loads(line)
            texts = {p["id"]: p["text"] for p in q["points"]}
            weights = {p["id"]: float(p["weight"]) for p in q["points"]}
            found[q["question_id"]] = Asked(q["question_id"], q["ask"], q["reference"], texts, weights, q["topic"])
    for question in bank.questions.values():
        found[question.id] = Asked(
            question.id,
            question.ask,
            question.model_answer,
            {p.id: p.text for p in question.points},
            {p.id: p.weight for p in question.points},
            question.topic,
        )
    return found


def gold_coverage(row: Row, asked: Asked) -> float:
    """The weighted share of the points that the answer really gives."""
    whole = sum(asked.weights[p] for p in row.gold)
    return sum(asked.weights[p] * WORTH.get(status, 0.0) for p, status in row.gold.items()) / whole if whole else 0.0
