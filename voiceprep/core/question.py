"""A question and its rubric, as plain values. Patterns are text here; `core.patterns` gives them meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Kind = Literal["fact", "contrast", "method", "reason", "example", "star_s", "star_t", "star_a", "star_r"]
"""A point of a STAR kind has no claims: a situation, task, action or result in the answer covers it."""
Level = Literal["junior", "mid", "senior"]
Difficulty = Literal["easy", "medium", "hard"]
Type = Literal["technical", "behavioral", "situational", "system-design", "role-specific", "culture-fit", "hr"]

TOLD: frozenset[Type] = frozenset(("behavioral", "situational"))
"""Types of questions whose answers are told: only their points may be of a STAR kind."""

SCHEMA = 1
"""Version of the question's shape; a file of another version is refused by name."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something a candidate may say that satisfies a point.

    `about` is one of the question's subjects: the claim counts only when it's said of that subject.
    `patterns` use the trade's words, `plain` everyday ones; any of them satisfies the claim.
    """

    patterns: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Counterclaim:
    """Something that goes against a point, with the sentence that puts it right."""

    patterns: tuple[str, ...]
    correction: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One expected point. Covered when `needs` of its claims are satisfied, partly from the first on.

    `said` are sentences that say it, `missaid` sentences that get it wrong, `named` sentences that only use its words.
    """

    id: str
    text: str
    say: str
    """One sentence that would say it."""
    core: bool
    weight: float
    kind: Kind
    claims: tuple[Claim, ...]
    contradictions: tuple[Counterclaim, ...] = ()
    needs: int = 1
    sources: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    missaid: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pitfall:
    """A known way to answer badly: by saying something (`claims`, or what sounds like `said`), or by leaving all of
    `omits` out."""

    id: str
    text: str
    advice: str
    claims: tuple[Claim, ...] = ()
    omits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A documented follow-up: what it probes in the parent, and its own points."""

    id: str
    ask: str
    probes: tuple[str, ...]
    deepens: bool
    points: tuple[Point, ...]
    model_answer: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its rubric. `subjects` name what claims can be about, each with its aliases."""

    id: str
    version: int
    ask: str
    short: str
    topic: str
    type: Type
    difficulty: Difficulty
    level: Level
    technologies: tuple[str, ...]
    assesses: tuple[str, ...]
    why: str
    target_s: tuple[int, int]
    points: tuple[Point, ...]
    follow_ups: tuple[FollowUp, ...]
    model_answer: str
    pitfalls: tuple[Pitfall, ...] = ()
    tips: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    rubric: str = ""
    """sha256 over everything that decides a verdict; given by the bank."""

    def point(self, point_id: str) -> Point:
        for point in self.points:
            if point.id == point_id:
                return point
        raise KeyError(point_id)

    def follow_up(self, follow_up_id: str) -> FollowUp:
        for follow_up in self.follow_ups:
            if follow_up.id == follow_up_id:
                return follow_up
        raise KeyError(follow_up_id)

    def points_of(self, follow_up_id: str | None) -> tuple[Point, ...]:
        """The points of a turn: the question's own, or a follow-up's."""
        return self.points if follow_up_id is None else self.follow_up(follow_up_id).points


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a question without its rubric: enough to list it, to choose it and to say how long it takes.

    Fields are called as a `Question`'s are, so that either can be chosen from; points and follow-ups are ids here."""

    id: str
    ask: str
    short: str
    topic: str
    type: Type
    difficulty: Difficulty
    level: Level
    technologies: tuple[str, ...]
    target_s: tuple[int, int]
    points: tuple[str, ...]
    follow_ups: tuple[str, ...]
    sources: tuple[str, ...] = ()


def outline_of(question: Question) -> Outline:
    """The question without what decides a verdict."""
    return Outline(
        id=question.id,
        ask=question.ask,
        short=question.short,
        topic=question.topic,
        type=question.type,
        difficulty=question.difficulty,
        level=question.level,
        technologies=question.technologies,
        target_s=question.target_s,
        points=tuple(p.id for p in question.points),
        follow_ups=tuple(f.id for f in question.follow_ups),
        sources=question.sources,
    )
