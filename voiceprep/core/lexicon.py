"""The trade's terms: how each is written, said, expected by a recogniser, misheard, and confused with plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PHONES = frozenset(
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()
)
"""The sounds a pronunciation is written in (ARPAbet, without stress)."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `forms` are synonyms and spellings; `heard` are mishearings, believed only in recognised speech
    and only where the question owns the term; `sounds` are pronunciations (ARPAbet) for a recogniser's dictionary;
    `unlike` are phrases that look like the term and aren't it ("the rest of")."""

    id: str
    written: str
    said: str | None = None
    forms: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    sounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms, pairs of words that turn a claim around ("single", "multiple"), and background: sentences that make no
    point of any question."""

    terms: tuple[Term, ...] = ()
    opposites: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    background: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.digest)

    def sounds(self) -> dict[str, tuple[str, ...]]:
        """Words a recogniser should know, each with its pronunciations."""
        return {word: said for term in self.terms for word, said in sorted(term.sounds.items())}
