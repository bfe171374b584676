"""Finds the lexicon's terms in a row of tokens, longest first, before anything reads polarity.

"no sequel" is NoSQL and not a negation; "the rest of it" is not REST. A term is an edge over the tokens it covers:
the tokens stay, so that a pattern may still read the words inside a term.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from voiceprep.core.lexicon import Lexicon
from voiceprep.core.words import Token, tokenise


@lru_cache(maxsize=8)
def folder_of(lexicon: Lexicon) -> Folder:
    """The lexicon's folder, made once."""
    return Folder(lexicon)


@dataclass(frozen=True, slots=True)
class Edge:
    """A term over tokens `start` to `end` (exclusive)."""

    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class _Entry:
    keys: tuple[str, ...]
    exact: bool
    term: str | None  # None: looks like a term and isn't
    misheard: bool


class Folder:
    """A lexicon, ready to be found in tokens."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._by_first: dict[str, list[_Entry]] = {}
        for term in lexicon.terms:
            for form in (term.written, *term.forms):
                self._add(form, term.id, exact=False, misheard=False)
            for form in term.heard:
                self._add(form, term.id, exact=True, misheard=True)
            for form in term.unlike:
                self._add(form, None, exact=True, misheard=False)
        for entries in self._by_first.values():
            entries.sort(key=_order)

    def _add(self, form: str, term: str | None, *, exact: bool, misheard: bool) -> None:
        keys = tuple(t.text if exact else t.stem for t in tokenise(form))
        if keys:
            self._by_first.setdefault(keys[0], []).append(_Entry(keys, exact, term, misheard))

    def fold(self, tokens: Sequence[Token], mishearings: Collection[str] = ()) -> tuple[Edge, ...]:
        """The terms in `tokens`, left to right, none overlapping another.

        `mishearings` names the terms whose misheard forms are believed (those the question owns).
        """
        edges: list[Edge] = []
        at = 0
        while at < len(tokens):
            entry = self._longest(tokens, at, mishearings)
            if entry is None:
                at += 1
                continue
            if entry.term is not None:
                edges.append(Edge(at, at + len(entry.keys), entry.term))
            at += len(entry.keys)
        return tuple(edges)

    def _longest(self, tokens: Sequence[Token], at: int, mishearings: Collection[str]) -> _Entry | None:
        token = tokens[at]
        candidates = list(self._by_first.get(token.stem, ()))
        if token.text != token.stem:
            candidates = sorted([*candidates, *self._by_first.get(token.text, ())], key=_order)
        best: _Entry | None = None
        for entry in candidates:
            if best is not None and len(entry.keys) <= len(best.keys):
                continue
            if entry.misheard and entry.term not in mishearings:
                continue
            row = tokens[at : at + len(entry.keys)]
            if len(row) < len(entry.keys) or any(t.before == "hard" for t in row[1:]):
                continue
            if all(k == (t.text if entry.exact else t.stem) for k, t in zip(entry.keys, row, strict=True)):
                best = entry
        return best


def _order(entry: _Entry) -> tuple[int, bool, bool, str]:
    """Longest first; of two as long, what only looks like a term hides the term."""
    return (-len(entry.keys), entry.term is not None, entry.misheard, entry.term or "")
