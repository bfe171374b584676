"""What a question's form can't show: references that lead nowhere, patterns that can't be read, nothing to hear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from voiceprep.bank.rounds_file import TAGS
from voiceprep.bank.yaml_file import Path_
from voiceprep.core.folding import Folder
from voiceprep.core.patterns import PatternError, compile_pattern
from voiceprep.core.plain import FEWEST_KEYS, is_plain, key_words
from voiceprep.core.question import TOLD, Point, Question
from voiceprep.core.star import STAR_KINDS

FEWEST_SAID, FEWEST_MISSAID = 6, 4
UNHEARD = f"needs something to be heard by: claims, or {FEWEST_SAID} sayings and {FEWEST_MISSAID} that go against it"


def meaning(question: Question, folder: Folder, tags: frozenset[str] | None) -> Iterator[tuple[Path_, str]]:
    """What the form alone can't see: references that lead nowhere, patterns that can't be read."""
    for n, tag in enumerate(question.technologies):
        if tags is not None and tag not in tags:
            yield ("technologies", n), f"{tag!r} is not in {TAGS}: use one that is, or add it there"
    low, high = question.target_s
    if not 5 <= low <= high <= 600:
        yield ("target_s",), "the target length runs from low to high, 5 to 600 seconds"
    for name, aliases in question.subjects.items():
        for m, alias in enumerate(aliases):
            try:
                compile_pattern(alias, folder)
            except PatternError as error:
                yield ("subjects", name, m), str(error)
    ids = [p.id for p in question.points]
    for n, point in enumerate(question.points):
        if ids.index(point.id) != n:
            yield ("points", n, "id"), f"the point {point.id!r} is defined twice"
        yield from _point(point, ("points", n), question, folder)
    if not any(p.core for p in question.points):
        yield ("points",), "at least one point must be core: true"
    traps = [p.id for p in question.pitfalls]
    for n, pitfall in enumerate(question.pitfalls):
        if traps.index(pitfall.id) != n:
            yield ("pitfalls", n, "id"), f"the pitfall {pitfall.id!r} is defined twice"
        for m, omitted in enumerate(pitfall.omits):
            if omitted not in ids:
                yield ("pitfalls", n, "omits", m), f"there is no point {omitted!r}"
        for m, claim in enumerate(pitfall.claims):
            yield from _claim(claim, ("pitfalls", n, "claims", m), question, folder)
    seen: set[str] = set()
    for n, follow_up in enumerate(question.follow_ups):
        if follow_up.id in seen:
            yield ("follow_ups", n, "id"), f"the follow-up {follow_up.id!r} is defined twice"
        seen.add(follow_up.id)
        for m, probe in enumerate(follow_up.probes):
            if probe not in ids:
                yield ("follow_ups", n, "probes", m), f"there is no point {probe!r}"
        if not follow_up.probes and not follow_up.deepens:
            yield ("follow_ups", n), "a follow-up probes at least one point, or deepens: true"
        own = [p.id for p in follow_up.points]
        for m, point in enumerate(follow_up.points):
            if point.id in ids or own.index(point.id) != m:
                yield ("follow_ups", n, "points", m, "id"), f"the point {point.id!r} is defined twice"
            yield from _point(point, ("follow_ups", n, "points", m), question, folder)


def unheard(question: Question) -> Iterator[tuple[Path_, str]]:
    """What nobody's words could ever be held against: no claims, and too few sayings."""
    for n, point in enumerate(question.points):
        if not _hearable(point):
            yield ("points", n), UNHEARD
    for n, follow_up in enumerate(question.follow_ups):
        for m, point in enumerate(follow_up.points):
            if not _hearable(point):
                yield ("follow_ups", n, "points", m), UNHEARD
    for n, pitfall in enumerate(question.pitfalls):
        if not (pitfall.claims or pitfall.omits or pitfall.said):
            yield ("pitfalls", n), "say what gives it away: claims, the points it omits, or sayings"


def wordless(question: Question, folder: Folder) -> Iterator[tuple[Path_, str]]:
    """What could be heard by nothing at all, its own words included, or by too few sayings to be heard rightly."""

    def wrong(ask: str, point: Point) -> str:
        if (point.said or point.missaid) and not _hearable(point):
            return f"{FEWEST_SAID} sayings and {FEWEST_MISSAID} that go against it teach a point: give more, or none"
        if is_plain(point) and len(key_words(ask, point.text, folder)) < FEWEST_KEYS:
            return "has hardly a word that the question hasn't: write it out as a sentence, or give it claims"
        return ""

    for n, point in enumerate(question.points):
        if message := wrong(question.ask, point):
            yield ("points", n), message
    for n, follow_up in enumerate(question.follow_ups):
        for m, point in enumerate(follow_up.points):
            if message := wrong(follow_up.ask, point):
                yield ("follow_ups", n, "points", m), message
    for path, message in unheard(question):
        if path[0] == "pitfalls":
            yield path, message


def _hearable(point: Point) -> bool:
    enough = len(point.said) >= FEWEST_SAID and len(point.missaid) >= FEWEST_MISSAID
    return bool(point.claims) or enough or point.kind in STAR_KINDS


def _point(point: Point, path: Path_, question: Question, folder: Folder) -> Iterator[tuple[Path_, str]]:
    if point.kind in STAR_KINDS:
        if question.type not in TOLD:
            yield (*path, "kind"), f"{point.kind} is for behavioral and situational questions only"
        for key in ("claims", "contradictions"):
            if getattr(point, key):
                yield (*path, key), f"a point of kind {point.kind} has none: what is told covers it"
        if point.needs != 1:
            yield (*path, "needs"), f"a point of kind {point.kind} needs 1: what is told covers it"
        return
    if point.needs > max(1, len(point.claims)):
        yield (*path, "needs"), f"needs {point.needs} claims, but there are only {len(point.claims)}"
    for n, claim in enumerate(point.claims):
        yield from _claim(claim, (*path, "claims", n), question, folder)
    for n, counterclaim in enumerate(point.contradictions):
        yield from _claim(counterclaim, (*path, "contradictions", n), question, folder)


def _claim(claim: Any, path: Path_, question: Question, folder: Folder) -> Iterator[tuple[Path_, str]]:
    if not claim.patterns and not getattr(claim, "plain", ()):
        yield path, "a claim needs at least one pattern"
    if claim.about is not None and claim.about not in question.subjects:
        yield (*path, "about"), f"{claim.about!r} is not one of the question's subjects"
    for key in ("patterns", "plain"):
        for n, text in enumerate(getattr(claim, key, ())):
            try:
                pattern = compile_pattern(text, folder)
            except PatternError as error:
                yield (*path, key, n), str(error)
                continue
            if sum(min(len(c) for c in slot.choices) for slot in pattern.slots if not slot.optional) < 2:
                yield (*path, key, n), "one word of it would be enough, and proves nothing: require what is said of it"
