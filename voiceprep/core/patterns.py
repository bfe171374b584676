"""The small language in which a rubric says how a claim may be worded.

A pattern is slots in order: `client (chooses|picks|asks for) (fields|data)`. A word matches by its stem, a lexicon
term by any of its forms. Between two slots up to GAP words may stand, up to WIDE where `...` is written. `(a|b c)` is
a choice, `word?` may be absent, `~word` is turned into a contradiction by its opposite from the lexicon, `=word` wants
exactly that spelling. A negation written in a pattern ("no joins") belongs to it; any other negation around a match
turns the claim around.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from voiceprep.core.folding import Edge, Folder
from voiceprep.core.words import Token, stem, tokenise

GAP = 3
WIDE = 8

_PIECE = re.compile(
    r"\s*(?:(?P<wide>\.\.\.)|(?P<flip>~?)(?:\((?P<group>[^()]*)\)|(?P<word>[^\s()|]+?))(?P<maybe>\??)(?=\s|\Z))"
)

ARTICLES = frozenset(("a", "an", "the"))

LIGHT = frozenset(
    "a an the um uh er erm hmm well really very actually basically just simply also then quite pretty "
    "kind sort of like you know i mean so usually typically often normally generally maybe perhaps always".split()
)
"""Words that don't use up a gap."""


class PatternError(ValueError):
    """A pattern that can't be read; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing to match: a lexicon term, an exact spelling, or a stem."""

    kind: str  # "term" | "exact" | "stem"
    key: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Choices, each a row of atoms; `flips` when its opposite contradicts; `wide` when a long gap may precede."""

    choices: tuple[tuple[Atom, ...], ...]
    optional: bool = False
    flips: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `source` is the text the author wrote."""

    source: str
    slots: tuple[Slot, ...]

    @cached_property
    def required(self) -> int:
        return len(self.openings)

    @cached_property
    def openings(self) -> tuple[frozenset[Atom], ...]:
        """For each slot that must be said, the atoms one of which must be there: most patterns fall at once."""
        return tuple(frozenset(c[0] for c in s.choices) for s in self.slots if not s.optional)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern matched: token positions that belong to it, and how many slots had to be left out."""

    start: int
    end: int
    used: frozenset[int]
    missing: int = 0


def compile_pattern(source: str, folder: Folder) -> Pattern:
    """Reads a pattern. Raises PatternError with the column of what can't be read."""
    slots: list[Slot] = []
    wide, at = False, 0
    plain_run: list[str] = []

    def flush() -> None:
        # Neighbouring plain words are folded together, so that "load balancer" is one term and not two words.
        nonlocal wide
        if plain_run:
            for n, atoms in enumerate(_split_terms(" ".join(plain_run), folder)):
                slots.append(Slot((atoms,), wide=wide and n == 0))
            wide = False
            plain_run.clear()

    while at < len(source.rstrip()):
        piece = _PIECE.match(source, at)
        if piece is None:
            raise PatternError(f"can't read the pattern from column {at + 1}: {source[at : at + 20]!r}")
        at = piece.end()
        if piece["word"] and ".." in piece["word"]:
            raise PatternError(f"write a space on both sides of '...' in {source!r}")
        if piece["wide"]:
            flush()
            wide = True
            continue
        if piece["word"] and not piece["flip"] and not piece["maybe"] and not piece["word"].startswith("="):
            plain_run.append(piece["word"])
            continue
        flush()
        texts = piece["group"].split("|") if piece["group"] is not None else [piece["word"]]
        if not all(t.strip() for t in texts):
            raise PatternError(f"an empty choice in {source!r}: remove it")
        choices = tuple(_atoms(t.strip(), folder) for t in texts)
        some = tuple(c for c in choices if c)
        # Articles are never looked at: a choice that is only one of them may as well be absent.
        if some:
            slots.append(Slot(some, bool(piece["maybe"]) or len(some) < len(choices), bool(piece["flip"]), wide))
            wide = False
    flush()
    if not any(not s.optional for s in slots):
        raise PatternError(f"nothing in {source!r} has to be said: add a word")
    return Pattern(source, tuple(slots))


@lru_cache(maxsize=50_000)
def _atoms(text: str, folder: Folder) -> tuple[Atom, ...]:
    if text.startswith("="):
        return tuple(Atom("exact", t.text) for t in tokenise(text[1:]))
    return tuple(a for atoms in _split_terms(text, folder) for a in atoms)


def _split_terms(text: str, folder: Folder) -> Iterator[tuple[Atom, ...]]:
    tokens = tuple(t for t in tokenise(text) if t.text not in ARTICLES)
    edges = {e.start: e for e in folder.fold(tokens)}
    at = 0
    while at < len(tokens):
        if edge := edges.get(at):
            yield (Atom("term", edge.term),)
            at = edge.end
        else:
            yield (Atom("stem", tokens[at].stem),)
            at += 1


def opposite_of(pattern: Pattern, opposites: Mapping[str, Sequence[str]]) -> tuple[Pattern, ...]:
    """The patterns that say the contrary: each `~` slot in turn replaced by its opposites."""
    turned = []
    for n, slot in enumerate(pattern.slots):
        if not slot.flips:
            continue
        words = {w for c in slot.choices if len(c) == 1 for w in opposites.get(c[0].key, ())}
        if words:
            other = Slot(tuple((Atom("stem", stem(w)),) for w in sorted(words)), wide=slot.wide)
            turned.append(Pattern(pattern.source, (*pattern.slots[:n], other, *pattern.slots[n + 1 :])))
    return tuple(turned)


@dataclass(frozen=True)
class Line:
    """Tokens of one stretch of speech with the terms found in them; what patterns are matched against."""

    tokens: tuple[Token, ...]
    edges: Mapping[int, Edge]
    clause: tuple[int, ...]
    """The clause each token stands in, numbered from 0."""
    disclaimed: frozenset[int] = frozenset()
    """Positions in a statement that is denied as a whole."""

    @cached_property
    def atoms(self) -> frozenset[Atom]:
        """Everything that a pattern could find here."""
        stems = {Atom("stem", t.stem) for t in self.tokens}
        return frozenset(
            stems | {Atom("exact", t.text) for t in self.tokens} | {Atom("term", e.term) for e in self.edges.values()}
        )


MAX_CLAUSES_CROSSED = 2


def find(pattern: Pattern, line: Line, allow_missing: int = 0) -> Hit | None:
    """The first place where the pattern matches, complete before incomplete; None where there's none."""
    absent = sum(not (o & line.atoms) for o in pattern.openings)
    for missing in range(absent, allow_missing + 1):
        for start in range(len(line.tokens)):
            hit = _from(pattern, line, start, missing)
            if hit is not None:
                return hit
    return None


def find_all(pattern: Pattern, line: Line) -> Iterator[Hit]:
    """Every complete match, left to right: the first of them may not be the one that counts."""
    if all(o & line.atoms for o in pattern.openings):
        for start in range(len(line.tokens)):
            hit = _from(pattern, line, start, 0)
            if hit is not None:
                yield hit


def _from(pattern: Pattern, line: Line, start: int, missing: int) -> Hit | None:
    used = _walk(pattern.slots, 0, line, start, missing, first=True)
    if used is None:
        return None
    end = max(used) + 1
    if min(used) != start or line.clause[end - 1] - line.clause[start] > MAX_CLAUSES_CROSSED:
        return None
    return Hit(start, end, frozenset(used), missing)


def _walk(
    slots: tuple[Slot, ...], n: int, line: Line, at: int, missing: int, *, first: bool = False, wide: bool = False
) -> set[int] | None:
    """Token positions used by slots n… when the next may stand at `at` or up to a gap later."""
    if n == len(slots):
        return set()
    slot = slots[n]
    wide = wide or slot.wide
    budget = 0 if first else (WIDE if wide else GAP)
    position = at
    while position < len(line.tokens) and budget >= 0:
        for end in _ends(slot, line, position):
            rest = _walk(slots, n + 1, line, end, missing)
            if rest is not None:
                return rest | set(range(position, end))
        if first:
            break
        if line.tokens[position].text not in LIGHT:
            budget -= 1
        position += 1
    if slot.optional:
        return _walk(slots, n + 1, line, at, missing, first=first, wide=wide)
    if missing and not first:
        return _walk(slots, n + 1, line, at, missing - 1)
    return None


def _ends(slot: Slot, line: Line, at: int) -> Iterator[int]:
    for choice in slot.choices:
        end = at
        for atom in choice:
            while end > at and end < len(line.tokens) and line.tokens[end].text in ARTICLES:
                end += 1
            end = _step(atom, line, end)
            if end < 0:
                break
        else:
            yield end


def _step(atom: Atom, line: Line, at: int) -> int:
    if at >= len(line.tokens):
        return -1
    if atom.kind == "term":
        edge = line.edges.get(at)
        return edge.end if edge is not None and edge.term == atom.key else -1
    token = line.tokens[at]
    return at + 1 if atom.key == (token.text if atom.kind == "exact" else token.stem) else -1
