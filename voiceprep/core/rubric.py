"""A question's points, compiled once with the lexicon so that answers can be matched against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voiceprep.core.fluency import FUNCTION_WORDS
from voiceprep.core.folding import Folder, folder_of
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.patterns import Atom, Pattern, compile_pattern, opposite_of
from voiceprep.core.question import Claim, Counterclaim, FollowUp, Pitfall, Point, Question
from voiceprep.core.sayings import Learned, learn
from voiceprep.core.words import tokenise


@dataclass(frozen=True)
class CompiledClaim:
    """A claim's patterns; `turned` are those that say its contrary."""

    patterns: tuple[Pattern, ...]
    turned: tuple[Pattern, ...]
    about: str | None


@dataclass(frozen=True)
class CompiledCounterclaim:
    patterns: tuple[Pattern, ...]
    about: str | None
    correction: str


@dataclass(frozen=True)
class CompiledPoint:
    point: Point
    claims: tuple[CompiledClaim, ...]
    contradictions: tuple[CompiledCounterclaim, ...]


@dataclass(frozen=True)
class CompiledPitfall:
    pitfall: Pitfall
    claims: tuple[CompiledClaim, ...]


@dataclass(frozen=True)
class Rubric:
    """Points and pitfalls ready for matching, and what the question talks about."""

    points: tuple[CompiledPoint, ...]
    pitfalls: tuple[CompiledPitfall, ...]
    subjects: dict[str, tuple[Pattern, ...]]
    subject_terms: frozenset[str]
    owned: frozenset[str]
    """Terms that the rubric itself names: only their mishearings are believed."""
    domain: frozenset[str]
    """Stems and terms that belong to the question's field: an answer without them is about something else."""
    folder: Folder
    learned: Learned | None = None
    """What the points' sayings taught; None where they have none."""


def compile_rubric(
    question: Question, lexicon: Lexicon, points: Sequence[Point] | None = None, ask: str = ""
) -> Rubric:
    """The question's rubric, or one over other `points` of it (a follow-up's own)."""
    folder = folder_of(lexicon)
    opposites: dict[str, tuple[str, ...]] = {}
    for a, b in lexicon.opposites:
        left, right = tokenise(a)[0].stem, tokenise(b)[0].stem
        opposites[left] = (*opposites.get(left, ()), b)
        opposites[right] = (*opposites.get(right, ()), a)

    def claim(c: Claim) -> CompiledClaim:
        patterns = tuple(compile_pattern(p, folder) for p in (*c.patterns, *c.plain))
        return CompiledClaim(patterns, tuple(t for p in patterns for t in opposite_of(p, opposites)), c.about)

    def counterclaim(c: Counterclaim) -> CompiledCounterclaim:
        return CompiledCounterclaim(tuple(compile_pattern(p, folder) for p in c.patterns), c.about, c.correction)

    chosen = question.points if points is None else tuple(points)
    compiled = tuple(
        CompiledPoint(p, tuple(map(claim, p.claims)), tuple(map(counterclaim, p.contradictions))) for p in chosen
    )
    pitfalls = tuple(CompiledPitfall(p, tuple(map(claim, p.claims))) for p in question.pitfalls)
    subjects = {name: tuple(compile_pattern(a, folder) for a in aliases) for name, aliases in question.subjects.items()}
    subject_terms = frozenset(a.key for ps in subjects.values() for a in _atoms(ps) if a.kind == "term")
    every = [p for c in compiled for claims in (c.claims, c.contradictions) for k in claims for p in k.patterns]
    named = list(_atoms([*every, *(p for ps in subjects.values() for p in ps)]))
    words = " ".join([ask or question.ask, *(p.text + " " + p.say for p in chosen)])
    written = {e.term for p in chosen for t in (p.text, p.say) for e in folder.fold(tokenise(t))}
    domain = {t.stem for t in tokenise(words) if len(t.text) > 3 and t.text not in FUNCTION_WORDS | _PLAIN}
    return Rubric(
        points=compiled,
        pitfalls=pitfalls,
        subjects=subjects,
        subject_terms=subject_terms,
        owned=frozenset(written | {a.key for a in named if a.kind == "term"}),
        domain=frozenset(domain | written | {a.key for a in named if a.kind == "term"}),
        folder=folder,
        learned=learn(chosen, question.pitfalls if points is None else (), question.model_answer, lexicon, folder),
    )


def follow_up_rubric(question: Question, follow_up: FollowUp, lexicon: Lexicon) -> Rubric:
    """A rubric over the follow-up's own points."""
    return compile_rubric(question, lexicon, follow_up.points, follow_up.ask)


def _atoms(patterns: Sequence[Pattern]) -> Iterator[Atom]:
    return (atom for p in patterns for s in p.slots for choice in s.choices for atom in choice)


_PLAIN = frozenset(
    "when what would which have give them each pick both real work works step many very much some most thing things "
    "case time look looks find found take takes make makes come comes want wants need needs must fits good great "
    "important know known people person little large small only also after before over same other these those where "
    "into more than your with without does suddenly become follow follows start starts part parts part".split()
)
"""Everyday words that say nothing about the field."""
