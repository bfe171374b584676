"""Learns from sentences what saying a point sounds like, and looks for it in an answer.

A bank lists *sayings* for its points: sentences that say the point, sentences that get it wrong, sentences that only
name its words, and background talk that makes no point at all. From their counts each side of each point ("says",
"against") gets a weight of evidence for every word and ordered pair of words: the log-odds of naive Bayes. Nothing is
fitted by iteration, so learning takes a fraction of a second, needs no library, and gives the same numbers everywhere.

An answer is searched in windows of one to three of its pieces. What the speaker took back isn't read, and what was
denied as a whole is read with the opposite sign.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from voiceprep.core.clauses import CONNECTIVE, CONTRAST, disclaimed
from voiceprep.core.fluency import FUNCTION_WORDS
from voiceprep.core.folding import Edge, Folder, folder_of
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.question import Pitfall, Point
from voiceprep.core.words import Token, tokenise

Side = tuple[str, Literal["says", "against", "pitfall"]]
Features = Mapping[str, float]
Counts = dict[str, float]

NEGATORS = frozenset("not no never without nobody nothing none neither nor hardly instead rather".split())
NEGATED_WORDS = 8
"""Content words over which a negation marks what follows it, up to the next boundary."""
_LIGHT_WORDS = (
    FUNCTION_WORDS | frozenset("i like well really just thing things actually okay say know mean got get".split())
) - frozenset("more less only all one any same".split())

PAIR, UNMARKED = 0.7, 0.25
"""What a pair of near words counts beside a word, and a negated word beside its marked form."""
PAIR_REACH = 3
"""How many words on the second of a pair may stand."""
MODEL = 3.0
"""What the words of a model answer count against wrong sayings: they go against nothing and walk into no pitfall."""
WRITTEN = 2.0
"""What the point's own text counts beside a saying."""
DENIED = 0.3
"""What a right sentence, denied, counts among the wrong ones beside one that somebody wrote."""
DOUBT = 15.0
"""Imaginary observations, spread as all words are, that every side begins with: rare words prove little."""

_NEGATIVE = re.compile(
    r"n't\b|\b(?:no|not|never|nobody|nothing|none|neither|nor|hardly|cannot|without|instead|rather|avoid\w*|prevent\w*|"
    r"stop\w*|save[sd]?|spare[sd]?|keep\w* .* from|free[sd]? .* from|rid of|lack\w*|fewer|less)\b",
    re.IGNORECASE,
)
"""Right sentences that say what is not: denied, they would be right in other words."""

LEAST, MOST, PIECES = 4, 45, 3
"""Words a window may have, and the most pieces it may be made of."""
LONG_PIECE = 24
SOUNDS_LIKE = 4.0
"""Log-odds from which a window speaks of the question at all."""
NEARLY = 0.75
"""Share of the heaviest window's log-odds that makes a shorter part of it the better quote."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights of evidence: for each feature one log-odds per side, in the order of `sides`. Packed: a question has
    some 20,000 features."""

    sides: tuple[Side, ...]
    weights: Mapping[str, array[float]]

    def __hash__(self) -> int:
        return hash(self.sides)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The window that sounds most like a side: its log-odds (natural), by how much they pass those of the contrary in
    the same window and those of every other point, and its first and last character."""

    log_odds: float
    margin: float
    char_start: int
    char_end: int
    unclear: bool = False
    apart: float = 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as the sayings hear it: what sounds most like each side, the share of its words that stand in anything
    that sounds like any of them, and each point's leaning: where the answer speaks of it most, by how much that sounds
    more like saying it than like getting it wrong (log-odds)."""

    closest: Mapping[Side, Likeness]
    spoken_of: float
    leaning: Mapping[str, float] = field(default_factory=dict)


NOTHING = Likeness(-math.inf, 0.0, 0, 0)


def features(tokens: Sequence[Token], edges: Sequence[Edge], denied: Collection[int] = ()) -> Features:
    """The words, terms and neighbouring pairs of a piece of speech; `denied` are positions read as negated."""
    at = {e.start: e for e in edges}
    row: list[str] = []
    n = reach = 0
    while n < len(tokens):
        token = tokens[n]
        if token.before:
            reach = 0
        whole = n in denied
        if whole and n - 1 not in denied:
            reach = 0  # the "not" of "it's not true that" is what denies the whole, no second negation
        if edge := at.get(n):
            key, n = f"@{edge.term}", edge.end
        else:
            n += 1
            if token.text in NEGATORS:
                reach = NEGATED_WORDS
                row.append("not")
                continue
            if token.text in _LIGHT_WORDS:
                reach = max(0, reach - 1)
                continue
            key = token.stem
        row.append(f"~{key}" if (reach > 0) is not whole else key)
        reach = max(0, reach - 1)
    found = dict.fromkeys(row, 1.0)
    for key in row:
        if key.startswith("~") and not denied:
            found.setdefault(key[1:], UNMARKED)
    for gap in range(1, PAIR_REACH + 1):
        for a, b in zip(row, row[gap:], strict=False):
            found[f"{a} {b}"] = PAIR  # in their order: who does what to whom tells a right sentence from a turned one
    return found


def learn(
    points: Sequence[Point], pitfalls: Sequence[Pitfall], model_answer: str, lexicon: Lexicon, folder: Folder
) -> Learned | None:
    """Weights for the points and pitfalls that have sayings; None when no point has. What the model answer says goes
    against nothing and walks into no pitfall."""
    taught = [p for p in points if p.said]
    if not taught:
        return None
    sides: list[Side] = []
    for p in taught:
        sides += [(p.id, "says"), (p.id, "against")] if p.missaid else [(p.id, "says")]
    sides += [(p.id, "pitfall") for p in pitfalls if p.said]
    counts: dict[Side, Counts] = {s: {} for s in sides}
    total = dict(_background(lexicon))
    for p in points:
        for text, weight in [*((t, 1.0) for t in p.said), (p.text, WRITTEN), (p.say, WRITTEN)]:
            _count(text, folder, weight, total, counts.get((p.id, "says")))
            if p.missaid and not _NEGATIVE.search(text):
                _count(text, folder, weight * DENIED, total, counts.get((p.id, "against")), whole=True)
        for text in p.missaid:
            _count(text, folder, 1.0, total, counts.get((p.id, "against")))
        for text in p.named:
            _count(text, folder, 1.0, total, None)
    for trap in pitfalls:
        for text in trap.said:
            _count(text, folder, 1.0, total, counts[trap.id, "pitfall"])
    innocent: Counts = {}
    _count(model_answer, folder, MODEL, innocent, None)
    return Learned(tuple(sides), dict(_weights(sides, counts, total, innocent)))


def _weights(
    sides: Sequence[Side], counts: Mapping[Side, Counts], total: Counts, innocent: Counts
) -> Iterator[tuple[str, array[float]]]:
    """Each feature with what it tells of every side. Features that come equally often everywhere tell the same and
    share a row: of fifteen rows one is left."""
    everything = math.fsum(total.values())
    own = [math.fsum(counts[s].values()) for s in sides]
    rows: dict[tuple[float, ...], array[float]] = {}
    for feature in sorted(total):
        of, by_model = total[feature], innocent.get(feature, 0.0)
        by_side = [counts[side].get(feature, 0.0) for side in sides]
        known = (of, by_model, *by_side)
        if known not in rows:
            doubt = DOUBT * of / everything
            rows[known] = row = array("d")
            for side, size, by in zip(sides, own, by_side, strict=True):
                inside = (by + doubt) / (size + DOUBT)
                elsewhere = of - by + (by_model if side[1] != "says" else 0.0)
                row.append(math.log(inside / ((elsewhere + doubt) / (everything - size + DOUBT))))
        yield feature, rows[known]


def _count(
    text: str, folder: Folder, weight: float, total: Counts, side: Counts | None, *, whole: bool = False
) -> None:
    """Counts a sentence for a side; `whole` counts what it would be, denied."""
    tokens = tokenise(text)
    denied = disclaimed(tokens)
    turned = frozenset(range(len(tokens))) - denied if whole else denied
    for feature, value in features(tokens, folder.fold(tokens), turned).items():
        total[feature] = total.get(feature, 0.0) + value * weight
        if side is not None:
            side[feature] = side.get(feature, 0.0) + value * weight


@lru_cache(maxsize=4)
def _background(lexicon: Lexicon) -> Counts:
    total: Counts = {}
    folder = folder_of(lexicon)
    for text in lexicon.background:
        _count(text, folder, 1.0, total, None)
    return total


def hear(learned: Learned, tokens: Sequence[Token], edges: Sequence[Edge], gone: Collection[int]) -> Heard:
    """The answer's tokens, without those taken back, held against everything learned."""
    denied = disclaimed(tokens)
    read = [
        (window, weigh(learned, features(*_cut(tokens, edges, window), denied=_moved(denied, window))))
        for window in windows(tokens, gone)
    ]
    about = {n for window, odds in read if max(odds) >= SOUNDS_LIKE for n in window}
    kept = len(tokens) - len(set(gone))
    closest = {side: _closest(learned.sides, n, read, tokens) for n, side in enumerate(learned.sides)}
    return Heard(closest, len(about) / kept if kept else 0.0, dict(_leaning(learned.sides, [odds for _, odds in read])))


def _leaning(sides: Sequence[Side], read: Sequence[Sequence[float]]) -> Iterator[tuple[str, float]]:
    if not read:
        return
    place = {side: n for n, side in enumerate(sides)}
    for (point_id, does), n in place.items():
        against = place.get((point_id, "against"))
        if does == "says" and against is not None:
            odds = max(read, key=lambda o: max(o[n], o[against]))
            yield point_id, odds[n] - odds[against]


def _closest(
    sides: Sequence[Side], n: int, read: Sequence[tuple[tuple[int, ...], list[float]]], tokens: Sequence[Token]
) -> Likeness:
    """The heaviest window, and for its quote the shortest part of it that still weighs nearly as much."""
    if not read:
        return NOTHING
    window, odds = max(read, key=lambda r: r[1][n])
    most = odds[n]
    inside = [w for w, o in read if o[n] >= NEARLY * most and w[0] >= window[0] and w[-1] <= window[-1]]
    quote = min(inside, key=len, default=window)
    contrary = [odds[k] for k in _contrary(sides, sides[n])]
    margin = most - max(contrary, default=0.0)
    unclear = any(tokens[k].unclear for k in quote)
    apart = most - max((odds[k] for k in _others(sides, sides[n])), default=0.0)
    return Likeness(most, margin, tokens[quote[0]].char_start, tokens[quote[-1]].char_end, unclear, apart)


def weigh(learned: Learned, found: Features) -> list[float]:
    """The log-odds of every side for a window with these features."""
    odds = [0.0] * len(learned.sides)
    for feature, value in found.items():
        if row := learned.weights.get(feature):
            for n, weight in enumerate(row):
                odds[n] += value * weight
    return odds


def windows(tokens: Sequence[Token], gone: Collection[int]) -> Iterator[tuple[int, ...]]:
    """Positions of the tokens of every window. None reaches across words that were taken back."""
    for run in _runs(tokens, gone):
        pieces = list(_pieces(tokens, run))
        for n in range(len(pieces)):
            for size in range(1, PIECES + 1):
                if n + size <= len(pieces):
                    window = tuple(k for piece in pieces[n : n + size] for k in piece)
                    if LEAST <= len(window) <= MOST:
                        yield window


def _runs(tokens: Sequence[Token], gone: Collection[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for n in range(len(tokens)):
        if n not in gone:
            run.append(n)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _pieces(tokens: Sequence[Token], run: Sequence[int]) -> Iterator[list[int]]:
    """Parts between boundaries; one without any is cut before a connective, or else where it gets long."""
    piece: list[int] = []
    for n in run:
        token = tokens[n]
        long = len(piece) >= LONG_PIECE
        if piece and (token.before or long or (len(piece) >= LONG_PIECE // 2 and token.text in _OPENERS)):
            yield piece
            piece = []
        piece.append(n)
    if piece:
        yield piece


_OPENERS = CONNECTIVE | CONTRAST | {"and"}


def _contrary(sides: Sequence[Side], side: Side) -> list[int]:
    """The other side of a point; for a pitfall, everything true that may be said instead."""
    if side[1] == "pitfall":
        return [n for n, (_, does) in enumerate(sides) if does == "says"]
    return [n for n, other in enumerate(sides) if other[0] == side[0] and other[1] not in (side[1], "pitfall")]


def _others(sides: Sequence[Side], side: Side) -> list[int]:
    """What else may be said in the same words: every other point."""
    return [n for n, (item, does) in enumerate(sides) if does == "says" and item != side[0]]


def _cut(tokens: Sequence[Token], edges: Sequence[Edge], window: Sequence[int]) -> tuple[list[Token], list[Edge]]:
    place = {n: k for k, n in enumerate(window)}
    inside = [
        Edge(place[e.start], place[e.end - 1] + 1, e.term) for e in edges if e.start in place and e.end - 1 in place
    ]
    return [tokens[n] for n in window], inside


def _moved(positions: Iterable[int], window: Sequence[int]) -> frozenset[int]:
    inside = set(positions)
    return frozenset(k for k, n in enumerate(window) if n in inside)
