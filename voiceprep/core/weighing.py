"""Weighs what speaks for and against a point: the signs found of it become the two probabilities that decide.

The weights are those of logistic regressions fitted on the development answers, each question counting the same
(`tests/bench/validity/fit.py` prints them). Signs of the whole answer only ever lower a point: somebody who gets
several points wrong is believed less on the next, but nobody is credited for having said something else well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Literal

Mark = Literal["said", "unsure", "against", "nothing"]

SURE, PERHAPS = 0.5, 0.28
"""Probabilities from which a point counts as said, and from which a person should look."""
SURE_HEARD = 0.36
"""The first of these for a basic recogniser's text, which has weights of its own. With it, development clips of all
kinds lose as much coverage as they gain falsely."""
AGAINST = 0.5

SHOWN, SHOWN_HEARD = 0.3, -0.25
"""A sign under which no words of the answer show the point; the same where a basic recogniser's errors weaken it."""

OUTSPOKEN = 1.0
"""A "says" sign under which a counterclaim that somebody wrote out is believed whatever else was said."""

LEAST_ODDS, MOST_ODDS, MOST_MARGIN, MOST_APART, MOST_LEANING = -5.0, 40.0, 30.0, 20.0, 20.0
MOST_WRONG = 20.0
FEWEST = 6
"""Points over which an answer's own signs are averaged at least: one wrong of three says little about the other two."""
PUZZLING = 1.0
"""An "against" sign from which something was said of the point, in an answer too good to be blamed for it: of such
points of the development answers four in ten were said, four contradicted. A person should look."""
WORTH_NOTING = 0.5
"""An "against" sign under which nothing was said against the point at all."""
SPOKEN_OF, SPOKEN_POINTS = 0.7, 0.8
"""Share of an answer's words, or of the question's points, from which it surely speaks of the question; with less of
both it's the more elsewhere. Who explains by pictures touches every point in words that few have used."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What was found of one point: how much the answer sounds like saying it and like getting it wrong (log-odds, cut
    to a range and divided by ten), what the rubric's patterns found, and the same of the answer as a whole."""

    even: float
    says: float
    against: float
    margin: float
    apart: float
    leaning: float
    matched: float
    countered: float
    turned: float
    answer_against: float = 0.0
    answer_countered: float = 0.0
    answer_outweighed: float = 0.0
    answer_elsewhere: float = 0.0
    answer_wrong: float = 0.0

    def row(self) -> tuple[float, ...]:
        return astuple(self)


SIGNS = tuple(f.name for f in fields(Signs))

TRAP: Mapping[str, float] = {"even": -0.84, "says": 1.54, "margin": 0.12, "against": 0.85, "covered": -3.96}
"""Weights for having walked into a pitfall: how much something sounds like it, by how much more than like any point,
and the shares of points that the answer gets wrong and right."""
TRAPPED = 0.5

SAID: Mapping[str, float] = {
    "even": 0.54,
    "says": 0.65,
    "against": 0.00,
    "margin": 0.00,
    "apart": 0.89,
    "leaning": 0.00,
    "matched": 1.15,
    "countered": -0.22,
    "turned": 0.00,
    "answer_against": -3.73,
    "answer_countered": -2.80,
    "answer_outweighed": 0.00,
    "answer_elsewhere": -6.50,
    "answer_wrong": -3.24,
}
SAID_HEARD: Mapping[str, float] = {
    "even": 1.23,
    "says": 0.17,
    "against": 0.00,
    "margin": 0.39,
    "apart": 0.35,
    "leaning": 0.00,
    "matched": 2.16,
    "countered": -0.07,
    "turned": 0.00,
    "answer_against": -3.22,
    "answer_countered": 0.00,
    "answer_outweighed": -2.35,
    "answer_elsewhere": -0.73,
    "answer_wrong": -3.61,
}
"""The first for a basic recogniser's text."""
GOES_AGAINST: Mapping[str, float] = {
    "even": -5.70,
    "says": -0.13,
    "against": 0.36,
    "margin": 0.00,
    "apart": 0.00,
    "leaning": -0.08,
    "matched": -0.17,
    "countered": 1.92,
    "turned": 0.00,
    "answer_against": 4.67,
    "answer_countered": 2.55,
    "answer_outweighed": 0.57,
    "answer_elsewhere": -3.74,
    "answer_wrong": 3.22,
}


def signs(
    says: float,
    against: float,
    margin: float,
    apart: float,
    leaning: float,
    *,
    matched: bool,
    countered: bool,
    turned: bool,
) -> Signs:
    """Signs of one point from log-odds and from what patterns found."""
    return Signs(
        1.0,
        min(MOST_ODDS, max(LEAST_ODDS, says)) / 10,
        min(MOST_ODDS, max(LEAST_ODDS, against)) / 10,
        min(MOST_MARGIN, max(-MOST_MARGIN, margin)) / 10,
        min(MOST_APART, max(-MOST_APART, apart)) / 10,
        min(MOST_LEANING, max(-MOST_LEANING, leaning)) / 10,
        float(matched),
        float(countered),
        float(turned),
    )


def together(points: Sequence[Signs], spoken_of: float) -> tuple[Signs, ...]:
    """The same signs, each with those of the whole answer, of which the share `spoken_of` speaks of the question."""
    n = max(FEWEST, len(points))
    against = math.fsum(min(MOST_WRONG / 10, max(0.0, p.against)) for p in points) / n
    countered = math.fsum(max(p.countered, p.turned) for p in points) / n
    outweighed = sum(p.against > max(p.says, WORTH_NOTING) for p in points) / n
    touched = sum(p.says >= SHOWN and p.margin > 0 for p in points) / max(1, len(points))
    elsewhere = max(0.0, 1.0 - max(spoken_of / SPOKEN_OF, touched / SPOKEN_POINTS))
    wrong = sum(p.leaning < 0 for p in points) / n
    return tuple(
        replace(
            p,
            answer_against=against,
            answer_countered=countered,
            answer_outweighed=outweighed,
            answer_elsewhere=elsewhere,
            answer_wrong=wrong,
        )
        for p in points
    )


def probabilities(row: Sequence[float], *, rough: bool = False) -> tuple[float, float]:
    """How likely the point was said, and the answer goes against it; `rough` is a basic recogniser's text."""
    return _logistic(row, SAID_HEARD if rough else SAID), _logistic(row, GOES_AGAINST)


def trap_signs(says: float, margin: float, against: float, covered: float) -> tuple[float, ...]:
    """Signs of a pitfall, in the order of `TRAP`, from log-odds and from shares of the points."""
    said = min(MOST_MARGIN, max(LEAST_ODDS, says)) / 10
    return (1.0, said, min(MOST_MARGIN, max(-MOST_WRONG, margin)) / 10, against, covered)


def trap(found: Sequence[float]) -> float:
    """How likely a pitfall was walked into."""
    return _sigmoid(math.fsum(value * weight for value, weight in zip(found, TRAP.values(), strict=True)))


def mark(said: float, against: float, found: Signs, *, rough: bool = False, brief: bool = False) -> Mark:
    """What two probabilities come to. Nothing is credited, doubted or blamed without words that show it: how the rest
    of an answer went is no evidence for a point that wasn't spoken of. `brief`: there is hardly any rest, and in a
    basic recogniser's text noise alone would say every point."""
    sure, least = (SURE_HEARD, SHOWN if brief else SHOWN_HEARD) if rough else (SURE, SHOWN)
    shown = found.says >= least or found.matched > 0
    if found.countered and found.says < OUTSPOKEN and not found.matched:
        return "against"
    if against >= AGAINST and against > said and (found.against >= SHOWN or found.countered or found.turned):
        return "against"
    if said >= sure and shown:
        return "said"
    if said >= PERHAPS and shown:
        return "unsure"
    return "unsure" if not rough and found.against >= PUZZLING and found.leaning <= -PUZZLING / 2 else "nothing"


def _logistic(row: Sequence[float], weights: Mapping[str, float]) -> float:
    total = math.fsum(value * weights.get(name, 0.0) for name, value in zip(SIGNS, row, strict=True))
    return _sigmoid(total)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))
