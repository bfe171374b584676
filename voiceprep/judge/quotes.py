"""The answer as numbered sentences, and a model's quotes held against it: an exact span, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import Indel

FEWEST_WORDS, MOST_WORDS = 4, 40
"""A quote of fewer words proves nothing; one of more proves whatever one likes."""
ALIKE = 0.9
"""Share of words in common from which a quote is taken for the span it misquotes."""
LONGEST_SENTENCE = 30
"""Words after which a sentence without an end is ended; recognisers often write no full stops."""

_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
_END = re.compile(r"[.?!][\"')\]\u201d\u2019]*\s+|\n+")
_DENIES = frozenset("no not never nor none nothing neither without cannot hardly".split())

_ADDRESSED = re.compile(
    r"\b(evaluator|grader|rubric|full (marks|points|score)"
    r"|(ignore|disregard|forget|override)\b.{0,40}\b(instructions?|rules?|above|previous|prior|task|told)"
    r"|(mark|score|grade|rate|give|award|credit|count)\b.{0,30}\b(me|my|this answer|every|all|each)\b"
    r".{0,40}\b(covered|supports?|points?|score|marks?|correct|ten|hundred|\d+)"
    r"|(all|every|each)( of the| of these)? (points?|items?|criteria)\b.{0,30}\b(covered|met|supported|satisfied)"
    r"|system (prompt|message|instructions?)|you are (now )?(an?|the) (\w+ )?(ai|assistant|model|judge|examiner)"
    r"|as an ai)\b|<\|?\w*(system|im_|inst)|\[/?inst",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answer:
    """A transcript's text, ready to be quoted from."""

    text: str

    @cached_property
    def words(self) -> tuple[tuple[str, int, int], ...]:
        return tuple((_key(m[0]), m.start(), m.end()) for m in _WORD.finditer(self.text))

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence stands; the first has number 1."""
        return tuple(self._pieces())

    def _pieces(self) -> Iterator[tuple[int, int]]:
        start = 0
        for end in (*(m.end() for m in _END.finditer(self.text)), len(self.text)):
            inside = list(_WORD.finditer(self.text, start, end))
            for cut in (*(w.start() for w in inside[LONGEST_SENTENCE::LONGEST_SENTENCE]), end):
                if self.text[start:cut].strip():
                    yield start, cut
                start = cut

    @cached_property
    def addressed(self) -> frozenset[int]:
        """Numbers of the sentences that speak to whoever judges, and not of the question."""
        return frozenset(n for n, (a, b) in enumerate(self.sentences, 1) if _ADDRESSED.search(self.text[a:b]))

    def locate(self, quote: str, sentence_no: int | None) -> tuple[int, int] | None:
        """The span that `quote` quotes, the one nearest to the named sentence if it stands there twice; else None."""
        wanted = [_key(w) for w in _WORD.findall(quote)]
        if not self.long_enough(quote) or len(wanted) > MOST_WORDS:
            return None
        keys = [w for w, _, _ in self.words]
        places = [(i, len(wanted)) for i in range(len(keys)) if keys[i : i + len(wanted)] == wanted]
        if not places and (near := _nearest(wanted, keys)):
            places = [near]
        if not places:
            return None
        known = sentence_no is not None and 1 <= sentence_no <= len(self.sentences)
        about = self.sentences[sentence_no - 1][0] if known and sentence_no else 0
        at, length = min(places, key=lambda p: abs(self.words[p[0]][1] - about))
        return self.words[at][1], self.words[at + length - 1][2]

    def long_enough(self, quote: str) -> bool:
        found = len(_WORD.findall(quote))
        return found > 0 and found >= min(FEWEST_WORDS, len(self.words))


def _key(word: str) -> str:
    return word.casefold().replace("\u2019", "'")


def _denials(words: Sequence[str]) -> int:
    return sum(w in _DENIES or w.endswith("n't") for w in words)


def _nearest(wanted: Sequence[str], keys: Sequence[str]) -> tuple[int, int] | None:
    """The window that shares enough words, and every denial: one *not* more is another claim, however alike."""
    n = len(wanted)
    best, place = ALIKE, None
    for length in sorted({n - 1, n, n + 1, n - n // 10, n + n // 10}):
        for at in range(len(keys) - length + 1):
            window = keys[at : at + length]
            alike = Indel.normalized_similarity(wanted, window, score_cutoff=best)
            if alike >= best and alike and _denials(window) == _denials(wanted) and (alike > best or place is None):
                best, place = alike, (at, length)
    return place
