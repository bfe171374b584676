"""Grading against a plain reference answer, for questions that have no rubric: any subject.

The reference's sentences become points. What a bank's question knows helps to understand them: where the reference says
points that the bank has sayings for, the answer is held against those, as a rubric would. Any other sentence is heard
as far as its content words, the question's own left out, stand together in the answer. Words alone can't bind a claim
to its subject, so that knows less than a rubric does: its verdicts carry lower probabilities and a smaller weight.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from voiceprep.core.asides import unread
from voiceprep.core.clauses import NEGATIONS, disclaimed
from voiceprep.core.delivery import measure
from voiceprep.core.feedback import Assessment, Evidence, Ground, PointFeedback, Unscored
from voiceprep.core.feedback import assess as assess_by_rubric
from voiceprep.core.fluency import FUNCTION_WORDS, listed, shuffled
from voiceprep.core.folding import Folder, folder_of
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.matching import read
from voiceprep.core.transcript import Transcript, typed
from voiceprep.core.verdicts import Status, sounds_like
from voiceprep.core.words import Token, tokenise

MATCHER_VERSION = "reference-3"

COVERED, PARTLY = 0.55, 0.3
"""Shares of a point's content words heard together from which it's covered, or partly."""
WINDOW = 40
"""Words within which they must stand."""
LEAST_WORDS = 2
PROBABILITY = {"covered": 0.75, "partly": 0.5, "missed": 0.2, "contradicted": 0.5, "unsure": 0.5}


CANDIDATES = 3
"""Questions of the bank that are read against a reference; those whose words are most like it."""
FEWEST_KNOWN = 3
"""Points of one bank question that a reference must say before that question's knowledge is used for it."""
SAID_BY_REFERENCE = 8.0
"""Log-odds from which a reference says a point of the bank."""
UNKNOWN_WEIGHT = 0.1
"""Weight of a sentence heard by its words alone, beside points that the bank knows."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A point made from a sentence of the reference, and where that stands in it."""

    text: str
    keys: frozenset[str]
    negated: bool
    char_start: int
    char_end: int


@dataclass(frozen=True, eq=False)
class Known:
    """A bank's questions as knowledge: each with its words, and how rare a word is among them."""

    grounds: tuple[Ground, ...] = ()
    words: tuple[frozenset[str], ...] = ()
    rarity: Mapping[str, float] = field(default_factory=dict)


def known(grounds: Sequence[Ground]) -> Known:
    """Knowledge from a bank's questions. Nothing is compiled before it's needed."""
    words = tuple(
        frozenset(t.stem for t in tokenise(" ".join([q.ask, q.model_answer, *(p.text for p in q.points)])))
        for q in (g.question for g in grounds)
    )
    in_how_many = Counter(w for bag in words for w in bag)
    rarity = {w: math.log(1 + len(words) / n) for w, n in sorted(in_how_many.items())}
    return Known(tuple(grounds), words, rarity)


@dataclass(frozen=True)
class Backing:
    """A bank question whose points a reference says: for each of them the reference's own words."""

    ground: Ground
    said: Mapping[str, tuple[int, int]]


@lru_cache(maxsize=64)
def backing(question: str, reference: str, bank: Known) -> Backing | None:
    """The bank question that understands most of the reference; None when none understands enough."""
    asked = {t.stem for t in tokenise(f"{question} {reference}")}

    def likeness(n: int) -> float:
        shared = math.fsum(bank.rarity[w] for w in sorted(bank.words[n] & asked))
        return shared / math.sqrt(1 + len(bank.words[n]))

    order = sorted(range(len(bank.grounds)), key=lambda n: (-likeness(n), n))
    found = [_said_by(bank.grounds[n], reference) for n in order[:CANDIDATES]]
    best = max(found, key=lambda b: len(b.said), default=None)
    return best if best is not None and len(best.said) >= FEWEST_KNOWN else None


def _said_by(ground: Ground, reference: str) -> Backing:
    """A reference is no answer: nothing in it is doubted for what else it says."""
    alike = sounds_like(ground.rubric, read(ground.rubric, typed(reference))).closest
    said = {
        point_id: (found.char_start, found.char_end)
        for (point_id, does), found in alike.items()
        if does == "says" and found.log_odds >= SAID_BY_REFERENCE and found.margin > 0
    }
    return Backing(ground, said)


def derive(question: str, reference: str, folder: Folder) -> tuple[Derived, ...]:
    """The reference's points: its sentences that say something the question doesn't."""
    asked = {key for key, _ in _keys(tokenise(question), folder)}
    points = []
    for start, end in _sentences(tokenise(reference)):
        tokens = tokenise(reference)[start:end]
        keys = frozenset(k for k, _ in _keys(tokens, folder))
        new = keys - asked
        if len(new) >= LEAST_WORDS or (new and len(keys) <= 2):
            text = reference[tokens[0].char_start : tokens[-1].char_end]
            points.append(Derived(text, new, _negated(tokens), tokens[0].char_start, tokens[-1].char_end))
    if not points:
        whole = frozenset(k for k, _ in _keys(tokenise(reference), folder))
        points = [Derived(reference.strip(), whole, _negated(tokenise(reference)), 0, len(reference))] if whole else []
    return tuple(points)


def _sentences(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    starts = [0, *(n for n, t in enumerate(tokens) if n and t.before == "hard")]
    return [(a, b) for a, b in zip(starts, [*starts[1:], len(tokens)], strict=True) if b > a]


def _keys(tokens: Sequence[Token], folder: Folder) -> list[tuple[str, int]]:
    """Terms and content stems with their positions; a word inside a term isn't counted again."""
    edges = {e.start: e for e in folder.fold(tokens)}
    found, at = [], 0
    while at < len(tokens):
        if edge := edges.get(at):
            found.append((f"@{edge.term}", at))
            at = edge.end
            continue
        if tokens[at].text not in FUNCTION_WORDS and tokens[at].text not in NEGATIONS:
            found.append((tokens[at].stem, at))
        at += 1
    return found


def _negated(tokens: Sequence[Token]) -> bool:
    return sum(t.text in NEGATIONS for t in tokens) % 2 == 1


def assess(
    question: str, reference: str, answer: Transcript, lexicon: Lexicon, bank: Known | None = None
) -> Assessment:
    """The answer held against a plain reference; Unscored when either says nothing."""
    behind = backing(question, reference, bank) if bank is not None else None
    return (
        _assess_backed(question, reference, answer, lexicon, behind)
        if behind
        else _assess(question, reference, answer, lexicon)
    )


def _assess_backed(question: str, reference: str, answer: Transcript, lexicon: Lexicon, behind: Backing) -> Assessment:
    """By what the bank knows of the reference's points, and by words where it knows nothing."""
    folder = folder_of(lexicon)
    by_rubric = assess_by_rubric(behind.ground, answer)
    by_words = _assess(question, reference, answer, lexicon)
    points = [
        replace(
            p,
            id=f"k{n}",
            text=_sentence(reference, behind.said[p.id]),
            weight=1.0,
            core=True,
            say=_sentence(reference, behind.said[p.id]),
        )
        for n, p in enumerate((p for p in by_rubric.points if p.id in behind.said), 1)
    ]
    taken = list(behind.said.values())
    rest = [
        replace(p, weight=UNKNOWN_WEIGHT, core=False)
        for p, d in zip(by_words.points, derive(question, reference, folder), strict=True)
        if not any(start < d.char_end and d.char_start < end for start, end in taken)
    ]
    judged = (*points, *rest)
    if by_rubric.unscored:
        judged = tuple(replace(p, verdict="unheard", probability=0.0, evidence=()) for p in judged)
    return replace(
        by_words,
        unscored=by_rubric.unscored,
        coverage=None if by_rubric.unscored else _coverage(judged),
        points=judged,
        next_step=_next_step(judged, by_rubric.unscored),
    )


def _sentence(reference: str, span: tuple[int, int]) -> str:
    """The words of the reference that say a point, as a sentence."""
    text = reference[span[0] : span[1]].strip()
    return f"{text[:1].upper()}{text[1:]}."


def _assess(question: str, reference: str, answer: Transcript, lexicon: Lexicon) -> Assessment:
    """By words alone."""
    folder = folder_of(lexicon)
    points = derive(question, reference, folder)
    tokens = tokenise(answer.text)
    lost = unread(tokens) | disclaimed(tokens)
    keys = [(k, n) for k, n in _keys(tokens, folder) if n not in lost]
    unscored = None
    if not points:
        unscored = Unscored("the reference says nothing to hold an answer against")
    elif not tokens:
        unscored = Unscored("no answer")
    elif listed(tokens) or shuffled(tokens):
        unscored = Unscored("the words don't form sentences")
    elif not {k for k, _ in keys} & {k for p in points for k in p.keys} and len(tokens) >= 12:
        unscored = Unscored("off topic: nothing in it speaks of this question")
    judged = tuple(_judge(n, p, tokens, keys, answer.text) for n, p in enumerate(points, 1))
    if unscored:
        judged = tuple(_blank(n, p) for n, p in enumerate(points, 1))
    return Assessment(
        question_id="",
        follow_up_id=None,
        take_id="",
        ask=question,
        rubric=hashlib.sha256(f"{question}\0{reference}\0{lexicon.digest}".encode()).hexdigest(),
        bank_version="",
        matcher_version=MATCHER_VERSION,
        engine=answer.engine,
        source=answer.source,
        text=answer.text,
        unscored=unscored,
        coverage=None if unscored else _coverage(judged),
        points=judged,
        pitfalls=(),
        also_said=(),
        follow_up=None,
        follow_ups_asked=(),
        delivery=measure(answer),
        next_step=_next_step(judged, unscored),
    )


def _judge(
    number: int, point: Derived, tokens: Sequence[Token], keys: Sequence[tuple[str, int]], text: str
) -> PointFeedback:
    share, start, end = _best_window(point, keys)
    verdict: Status = "covered" if share >= COVERED else "partly" if share >= PARTLY else "missed"
    evidence: tuple[Evidence, ...] = ()
    if verdict != "missed":
        span = tokens[start : end + 1]
        if _negated(_sentence_around(tokens, start, end)) != point.negated:
            verdict = "unsure"  # the words are there with the opposite sign: a person should look
        a, b = span[0].char_start, span[-1].char_end
        evidence = (Evidence(text[a:b], a, b),)
    return PointFeedback(
        id=f"p{number}",
        text=point.text,
        core=True,
        weight=1.0,
        verdict=verdict,
        probability=PROBABILITY[verdict],
        say=point.text,
        evidence=evidence,
        why=f"{share:.2f} of the words",
    )


def _sentence_around(tokens: Sequence[Token], start: int, end: int) -> Sequence[Token]:
    """The sentences that tokens `start` to `end` (inclusive) stand in: a "not" before them counts."""
    while start > 0 and tokens[start].before != "hard":
        start -= 1
    end += 1
    while end < len(tokens) and tokens[end].before != "hard":
        end += 1
    return tokens[start:end]


def _best_window(point: Derived, keys: Sequence[tuple[str, int]]) -> tuple[float, int, int]:
    """(share of the point's words, first token, last token) of the best stretch of the answer."""
    hits = [(k, n) for k, n in keys if k in point.keys]
    best = (0.0, 0, 0)
    for a, (_, first) in enumerate(hits):
        seen: set[str] = set()
        for key, position in hits[a:]:
            if position - first > WINDOW:
                break
            seen.add(key)
            share = len(seen) / len(point.keys)
            if share > best[0]:
                best = (share, first, position)
    return best


def _blank(number: int, point: Derived) -> PointFeedback:
    return PointFeedback(f"p{number}", point.text, True, 1.0, "unheard", 0.0, point.text)


def _coverage(points: Sequence[PointFeedback]) -> float | None:
    worth = {"covered": 1.0, "partly": 0.5, "missed": 0.0}
    judged = [p for p in points if p.verdict in (*worth, "contradicted")]
    weight = sum(p.weight for p in judged)
    return round(sum(p.weight * worth.get(p.verdict, 0.0) for p in judged) / weight, 4) if weight else None


def _next_step(points: Sequence[PointFeedback], unscored: Unscored | None) -> str:
    if unscored:
        return "Answer it again: this one is in no average."
    gap = next((p for p in points if p.verdict in ("missed", "partly")), None)
    return f"Add one sentence: {gap.text}" if gap else "Say it again in half the time."
