"""The measures, each on plain values: nothing here knows what an answer is."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def auc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """Share of pairs in which the one that should be higher is; a tie is half a pair."""
    if not higher or not lower:
        return None
    won = sum((a > b) + 0.5 * (a == b) for a in higher for b in lower)
    return won / (len(higher) * len(lower))


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for n in order[at : end + 1]:
            found[n] = (at + end) / 2 + 1
        at = end + 1
    return found


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Linear correlation; None when one side never varies."""
    if len(xs) < 2:
        return None
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    sx = math.fsum((x - mx) ** 2 for x in xs)
    sy = math.fsum((y - my) ** 2 for y in ys)
    if sx < 1e-12 or sy < 1e-12:
        return None
    return math.fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / math.sqrt(sx * sy)


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Rank correlation, ties averaged."""
    return pearson(ranks(xs), ranks(ys))


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def f1(right: int, given: int, true: int) -> float | None:
    """`right` of `given` answers were right, of `true` there were to find. None when there was nothing to find and
    nothing was given."""
    return share(2 * right, given + true)


def kappa(both: int, only_given: int, only_true: int, neither: int) -> float | None:
    """Cohen's kappa of two yes-no judges."""
    n = both + only_given + only_true + neither
    if not n:
        return None
    agreed = (both + neither) / n
    yes = (both + only_given) * (both + only_true) / n**2
    no = (neither + only_true) * (neither + only_given) / n**2
    return None if yes + no == 1 else (agreed - yes - no) / (1 - yes - no)


def rmse(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    return math.sqrt(math.fsum((x - y) ** 2 for x, y in zip(xs, ys, strict=True)) / len(xs)) if xs else None


def ece(bins: Sequence[tuple[int, float, float]]) -> float | None:
    """Expected calibration error over bins of (decisions, sum of probabilities, how many came true)."""
    n = sum(count for count, _, _ in bins)
    return math.fsum(abs(said - true) for _, said, true in bins) / n if n else None


BINS = 10


def bin_of(probability: float) -> int:
    """The tenth that a probability lies in; 1 lies in the last."""
    return min(BINS - 1, max(0, int(probability * BINS + 1e-9)))


def in_order(by_question: Sequence[Mapping[str, float]]) -> float | None:
    """Share of questions with full > partial > the better of stuffed and off topic; only those that have all four."""
    whole = [c for c in by_question if {"full", "partial", "stuffed", "offtopic"} <= set(c)]
    right = sum(c["full"] > c["partial"] > max(c["stuffed"], c["offtopic"]) for c in whole)
    return share(right, len(whole))


def interval(
    groups: Sequence[Sequence[T]],
    figures: Callable[[list[T]], Mapping[str, float | None]],
    *,
    times: int = 300,
    seed: int = 5,
) -> dict[str, tuple[float, float]]:
    """95 % percentile bootstrap over groups (questions), of every figure at once."""
    rng = random.Random(seed)
    drawn: dict[str, list[float]] = {}
    for _ in range(times if len(groups) > 1 else 0):
        sample = [row for group in rng.choices(groups, k=len(groups)) for row in group]
        for name, value in figures(sample).items():
            if value is not None:
                drawn.setdefault(name, []).append(value)
    found = {}
    for name, values in drawn.items():
        values.sort()
        last = len(values) - 1
        found[name] = (values[round(0.025 * last)], values[round(0.975 * last)])
    return found


def line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """(slope, offset) of the least-squares line; flat at the mean when x never varies."""
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    sx = math.fsum((x - mx) ** 2 for x in xs)
    slope = math.fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sx if sx > 1e-12 else 0.0
    return slope, my - slope * mx


def mapped(groups: Sequence[str], xs: Sequence[float], ys: Sequence[float], folds: int = 5) -> list[float]:
    """Each x through a line fitted on the other folds; whole groups lie in one fold."""
    names = sorted(set(groups))
    random.Random(5).shuffle(names)
    fold = {name: n % folds for n, name in enumerate(names)}
    found = [0.0] * len(xs)
    for k in range(folds):
        train = [n for n, g in enumerate(groups) if fold[g] != k]
        if not train:
            continue
        slope, offset = line([xs[n] for n in train], [ys[n] for n in train])
        for n, g in enumerate(groups):
            if fold[g] == k:
                found[n] = slope * xs[n] + offset
    return found
