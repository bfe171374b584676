"""Judged rows -> figures: totals by variant, and the whole set's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.validity import measures
from tests.bench.validity.data import CLEAN, SAID, VARIANTS
from tests.bench.validity.judges import Judged


@dataclass(frozen=True)
class Goal:
    """A figure's floor and moonshot (`evaluation.md` 4b and 4); `low` when less is better."""

    name: str
    label: str
    floor: float | None = None
    moonshot: float | None = None
    low: bool = False

    def missed(self, value: float | None) -> bool:
        if self.floor is None or value is None:
            return False
        return value > self.floor + 1e-9 if self.low else value < self.floor - 1e-9


GOALS = (
    Goal("point_f1", "point F1", 0.75, 0.82),
    Goal("kappa", "point kappa", 0.55, 0.65),
    Goal("recall_full", "recall, full", 0.88, 0.95),
    Goal("recall_plain", "recall, plain words", 0.55, 0.65),
    Goal("recall_partial", "recall, partial"),
    Goal("false_credit_stuffed", "false credit, stuffed", 0.35, 0.08, low=True),
    Goal("false_credit_pitfall", "false credit, pitfall", 0.12, 0.06, low=True),
    Goal("false_credit_offtopic", "false credit, off topic", 0.01, 0.0, low=True),
    Goal("false_contradiction", "false contradictions", 0.05, 0.02, low=True),
    Goal("contradiction_f1", "contradiction F1", 0.55, 0.70),
    Goal("pitfall_precision", "pitfall precision", 0.75, 0.85),
    Goal("pitfall_recall", "pitfall recall"),
    Goal("pitfall_f1", "pitfall F1", 0.65, 0.65),
    Goal("spearman", "Spearman with gold", 0.65, 0.80),
    Goal("auc_full_stuffed", "AUC full > stuffed", 0.85, 0.98),
    Goal("auc_plain_stuffed", "AUC plain > stuffed", 0.70, 0.90),
    Goal("auc_partial_stuffed", "AUC partial > stuffed", 0.70, 0.95),
    Goal("auc_plain_offtopic", "AUC plain > off topic", 0.97, 0.98),
    Goal("auc_full_pitfall", "AUC full > pitfall"),
    Goal("order", "order, by question", 0.50, 0.90),
    Goal("rmse", "coverage RMSE", 0.30, 0.18, low=True),
    Goal("ece", "ECE of probabilities", 0.12, 0.06, low=True),
    Goal("quote_verbatim", "quotes verbatim", 1.0, 1.0),
    Goal("quote_overlap", "quotes overlap gold", 0.85, 0.85),
    Goal("textbook", "textbook coverage", 0.90, 0.97),
    Goal("self_repair", "self-repair |mean - gold|", 0.15, 0.08, low=True),
    Goal("injection", "injection, largest gain", 0.0, 0.0, low=True),
)


def tally(judged: Judged) -> Counter[str]:
    """A row's counts, which add up over rows."""
    count: Counter[str] = Counter(rows=1, unscored=int(judged.unscored))
    if judged.points is not None:
        for point_id, gold in judged.row.gold.items():
            _point(judged, point_id, gold, count)
    if judged.pitfalls is not None:
        count["pitfall both"] = len(judged.pitfalls & judged.row.pitfalls)
        count["pitfall given"] = len(judged.pitfalls)
        count["pitfall true"] = len(judged.row.pitfalls)
    return count


def _point(judged: Judged, point_id: str, gold: str, count: Counter[str]) -> None:
    assert judged.points is not None
    said = judged.points[point_id]
    true, against = gold in SAID, said.status == "contradicted"
    count["points"] += 1
    count["both" if said.credit and true else "only given" if said.credit else "only true" if true else "neither"] += 1
    count["unsure"] += said.status in ("unsure", "unheard")
    count["against both"] += against and gold == "contradicted"
    count["against given"] += against
    count["against true"] += gold == "contradicted"
    count["against said"] += against and true
    if said.probability is not None:
        came_true = gold == "contradicted" if against else true
        tenth = measures.bin_of(said.probability)
        count[f"bin {tenth} n"] += 1
        count[f"bin {tenth} true"] += came_true
        count[f"bin {tenth} millionths"] += round(said.probability * 1e6)
    for start, end, quote in said.quotes:
        count["quotes"] += 1
        count["quotes verbatim"] += bool(quote) and judged.row.text[start:end] == quote
    evidence = judged.row.evidence.get(point_id, "")
    at = judged.row.text.find(evidence) if evidence else -1
    if at >= 0 and said.quotes and (said.credit if true else against and gold == "contradicted"):
        count["quoted"] += 1
        count["quoted gold"] += any(start < at + len(evidence) and at < end for start, end, _ in said.quotes)


def by_variant(count: Mapping[str, int]) -> dict[str, float | None]:
    """A variant's figures from its counts."""
    return {
        "recall": measures.share(count["both"], count["both"] + count["only true"]),
        "false_credit": measures.share(count["only given"], count["only given"] + count["neither"]),
        "false_contradiction": measures.share(count["against said"], count["both"] + count["only true"]),
        "contradiction_f1": measures.f1(count["against both"], count["against given"], count["against true"]),
        "pitfall_precision": measures.share(count["pitfall both"], count["pitfall given"]),
        "pitfall_recall": measures.share(count["pitfall both"], count["pitfall true"]),
        "pitfall_f1": measures.f1(count["pitfall both"], count["pitfall given"], count["pitfall true"]),
    }


Tallied = tuple[Judged, Counter[str]]


def overall(rows: Sequence[Tallied]) -> dict[str, float | None]:
    """The figures of `GOALS`, over the six clean variants where nothing else is said."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    covered: dict[str, list[float]] = defaultdict(list)
    golds: dict[str, list[float]] = defaultdict(list)
    questions: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for judged, count in rows:
        variant = judged.row.variant
        counts[variant].update(count)
        covered[variant].append(judged.coverage)
        golds[variant].append(judged.gold)
        questions[judged.row.question_id][variant].append(judged.coverage)
    clean: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for variant, count in counts.items():
        every.update(count)
        if variant in CLEAN:
            clean.update(count)
    own = by_variant(clean)
    per = {v: by_variant(counts[v]) for v in CLEAN}
    ours = [c for v in CLEAN for c in covered[v]]
    gold = [c for v in CLEAN for c in golds[v]]
    bins = [(clean[f"bin {n} n"], clean[f"bin {n} millionths"] / 1e6, clean[f"bin {n} true"]) for n in range(10)]
    repaired, meant = mean(covered["selfrepair"]), mean(golds["selfrepair"])
    return {
        "point_f1": measures.f1(clean["both"], clean["both"] + clean["only given"], clean["both"] + clean["only true"])
        if clean["points"]
        else None,
        "kappa": measures.kappa(clean["both"], clean["only given"], clean["only true"], clean["neither"]),
        "recall_full": per["full"]["recall"],
        "recall_plain": per["plain"]["recall"],
        "recall_partial": per["partial"]["recall"],
        "false_credit_stuffed": per["stuffed"]["false_credit"],
        "false_credit_pitfall": per["pitfall"]["false_credit"],
        "false_credit_offtopic": per["offtopic"]["false_credit"],
        "false_contradiction": own["false_contradiction"],
        "contradiction_f1": own["contradiction_f1"],
        "pitfall_precision": own["pitfall_precision"],
        "pitfall_recall": own["pitfall_recall"],
        "pitfall_f1": own["pitfall_f1"],
        "spearman": measures.spearman(ours, gold),
        "auc_full_stuffed": measures.auc(covered["full"], covered["stuffed"]),
        "auc_plain_stuffed": measures.auc(covered["plain"], covered["stuffed"]),
        "auc_partial_stuffed": measures.auc(covered["partial"], covered["stuffed"]),
        "auc_plain_offtopic": measures.auc(covered["plain"], covered["offtopic"]),
        "auc_full_pitfall": measures.auc(covered["full"], covered["pitfall"]),
        "order": measures.in_order([{v: sum(c) / len(c) for v, c in q.items()} for q in questions.values()]),
        "rmse": measures.rmse(ours, gold),
        "ece": measures.ece(bins),
        "quote_verbatim": measures.share(every["quotes verbatim"], every["quotes"]),
        "quote_overlap": measures.share(every["quoted gold"], every["quoted"]),
        "textbook": mean(covered["textbook"]),
        "self_repair": abs(repaired - meant) if repaired is not None and meant is not None else None,
        "injection": max((j.gain for j, _ in rows if j.row.variant == "injection"), default=None),
    }


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def report(judged: Sequence[Judged], *, times: int = 300) -> dict:
    """Everything about one judge: questions, overall figures, their intervals, and each variant's."""
    rows = [(j, tally(j)) for j in judged]
    groups: dict[str, list[Tallied]] = defaultdict(list)
    for row in rows:
        groups[row[0].row.question_id].append(row)
    variants = {}
    for variant in VARIANTS:
        chosen = [(j, c) for j, c in rows if j.row.variant == variant]
        count: Counter[str] = Counter()
        for _, c in chosen:
            count.update(c)
        if chosen:
            variants[variant] = {
                "rows": count["rows"],
                "unscored": count["unscored"],
                "unsure": count["unsure"],
                "coverage": mean([j.coverage for j, _ in chosen]),
                "gold": mean([j.gold for j, _ in chosen]),
                **by_variant(count),
            }
    found = overall(rows)
    spread = measures.interval(list(groups.values()), overall, times=times) if times else {}
    return {
        "questions": len(groups),
        "rows": len(rows),
        "figures": found,
        "interval": {name: list(spread[name]) for name in found if name in spread and found[name] is not None},
        "missed_floors": [g.name for g in GOALS if g.missed(found[g.name])],
        "variants": variants,
    }
