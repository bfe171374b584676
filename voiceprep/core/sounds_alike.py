"""Which term misheard words may have been, and which words of an answer may be misheard: by sound and spelling."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from voiceprep.core.folding import folder_of
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.own_terms import SMALL, phrases, refusal
from voiceprep.core.words import Token, tokenise

NEAR, GUESSED = 62.0, 70.0
"""Likeness from which a term is offered for words, and words for a term (100: the same sounds)."""
LONGEST_GUESS = 4
MISTYPED = 75.0
"""Likeness of the letters from which a name is taken for a mistyped term."""

_LETTERS = {
    "b": "bi", "c": "si", "d": "di", "f": "ef", "g": "dji", "h": "eitsh", "j": "djei", "k": "kei", "l": "el",
    "m": "em", "n": "en", "p": "pi", "q": "kiu", "r": "ar", "s": "es", "t": "ti", "v": "vi", "w": "dabliu",
    "x": "eks", "y": "uai", "z": "zi",
}  # fmt: skip
_SOUNDS = (
    (r"ght", "t"), (r"ph", "f"), (r"sch", "sk"), (r"tch|sh|ch", "S"), (r"ck|qu?|c(?![eiy])|x", "k"), (r"c", "s"),
    (r"\bkn", "n"), (r"\bwr", "r"), (r"th|d", "t"), (r"z", "s"), (r"v", "f"), (r"b", "p"), (r"g|j", "k"), (r"m", "n"),
    (r"[aeiouyhw]+", "a"), (r"\s+", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip
_MAKE = tuple((re.compile(was), becomes) for was, becomes in _SOUNDS)


@lru_cache(maxsize=20_000)
def _sound(phrase: str) -> str:
    """A rough key of how a phrase sounds: voiced like unvoiced, vowels alike, no gaps between words."""
    words = [_LETTERS.get(w, w) if len(w) == 1 else w for w in re.findall(r"[a-z]+", phrase.lower())]
    key = " ".join(words)
    for was, becomes in _MAKE:
        key = was.sub(becomes, key)
    return key


@lru_cache(maxsize=20_000)
def _letters(phrase: str) -> str:
    return re.sub(r"[^a-z]+", "", phrase.lower())


def _alike(one: str, other: str) -> float:
    """0 to 100, by sound before spelling."""
    sound = fuzz.ratio(_sound(one), _sound(other))
    return 0.65 * sound + 0.35 * fuzz.ratio(_letters(one), _letters(other))


def _ways(term: Term) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (term.written, term.said, *term.forms[:4]))))


def nearest(phrase: str, lexicon: Lexicon, most: int = 5) -> tuple[str, ...]:
    """The terms that sound or look most like the phrase, as they are written, the nearest first."""
    if not phrase.strip():
        return ()
    worth = ((max(_alike(phrase, way) for way in _ways(t)), t.written) for t in lexicon.terms)
    best = sorted((w for w in worth if w[0] >= NEAR), key=lambda w: (-w[0], w[1]))
    return tuple(written for _, written in best[:most])


def mistyped(written: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The terms that a name may be a mistyping of, two at most."""
    near = (n for n in nearest(written, lexicon) if fuzz.ratio(n.lower(), written.lower()) >= MISTYPED)
    return tuple(near)[:2]


def guesses(text: str, about: Sequence[str], lexicon: Lexicon, most: int = 5) -> tuple[tuple[str, str], ...]:
    """Words of an answer that may be misheard terms, each with the term: of those that the texts in `about` name and
    the answer doesn't, the likest places, the likest first."""
    folder = folder_of(lexicon)
    tokens = tokenise(text)
    found = folder.fold(tokens)
    said = {e.term for e in found}
    inside = {n for e in found for n in range(e.start, e.end)}
    wanted = {e.term for t in about for e in folder.fold(tokenise(t))} - said
    known = phrases(lexicon)
    best = []
    for term in (t for t in lexicon.terms if t.id in wanted):
        places = ((max(_alike(p, way) for way in _ways(term)), p) for p in _places(text, tokens, inside))
        likest = max((x for x in places if x[0] >= GUESSED), default=None)
        if likest and not refusal(likest[1], term.written, known, told=True):
            best.append((*likest, term.written))
    return tuple((place, written) for _, place, written in sorted(best, key=lambda b: (-b[0], b[1:]))[:most])


def _places(text: str, tokens: Sequence[Token], inside: Collection[int]) -> Iterator[str]:
    """Every row of up to four words that no known term is in."""
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + LONGEST_GUESS, len(tokens)) + 1):
            if end - 1 in inside or (end - 1 > start and tokens[end - 1].before == "hard"):
                break
            if tokens[start].text in SMALL and end - start == 1:
                continue
            yield text[tokens[start].char_start : tokens[end - 1].char_end]
