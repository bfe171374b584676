"""Text into tokens that keep their place: stems to compare, boundaries where the speaker paused or punctuated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import snowballstemmer

Break = Literal["", "soft", "hard"]

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['\u2019][A-Za-z]+)*|\d+(?:\.\d+)?")
_HARD = re.compile(r"[.?!;:][\"')\]\u201d\u2019]*\s|\n")
_SOFT = re.compile(r"[,()\u2013\u2014]|\s-\s")

_CONTRACTED: Mapping[str, tuple[str, ...]] = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "ain't": ("is", "not"),
    "shan't": ("shall", "not"),
    "let's": ("let", "us"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    **{f"{w}'s": (w, "is") for w in "it that there what here he she who how where this".split()},
}
_ENDINGS: Mapping[str, str] = {"'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}

_ABBREVIATED = frozenset("e g vs etc approx".split()) | {"ie", "eg"}
"""What a dot follows without ending a sentence."""

_NUMBERS = dict(
    zip("0 1 2 3 4 5 6 7 8 9 10".split(), "zero one two three four five six seven eight nine ten".split(), strict=True)
)

_IRREGULAR = {
    form: base
    for base, forms in {
        "be": "is are was were been being am", "have": "has had having", "do": "does did done doing",
        "go": "goes went gone", "get": "got gotten", "give": "gave given", "take": "took taken", "send": "sent",
        "choose": "chose chosen", "grow": "grew grown", "write": "wrote written", "lose": "lost", "keep": "kept",
        "know": "knew known", "run": "ran", "see": "saw seen", "find": "found", "make": "made", "say": "said",
        "tell": "told", "build": "built", "hold": "held", "meet": "met", "spend": "spent", "think": "thought",
        "bring": "brought", "buy": "bought", "catch": "caught", "begin": "began begun", "break": "broke broken",
        "speak": "spoke spoken", "leave": "left", "feel": "felt", "pay": "paid", "come": "came",
        "become": "became", "fall": "fell fallen", "rise": "rose risen", "throw": "threw thrown",
        "understand": "understood", "lead": "led", "mean": "meant", "show": "shown", "split": "splitting",
        "schema": "schemas schemata", "index": "indexes indices indexed indexing", "query": "queries querying queried",
        "slow": "slowly slower slowest", "fast": "faster fastest", "quick": "quickly quicker",
        "big": "bigger biggest", "small": "smaller smallest", "old": "older oldest", "cheap": "cheaper cheapest",
    }.items()
    for form in forms.split()
}  # fmt: skip

_stemmer = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its lower-case text, its stem, its characters in the transcript, the boundary before it."""

    text: str
    stem: str
    char_start: int
    char_end: int
    before: Break = ""
    unclear: bool = False


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The form under which two inflections of a word are the same word."""
    word = _NUMBERS.get(word, word)
    return str(_stemmer.stemWord(_IRREGULAR.get(word, word)))


@lru_cache(maxsize=50_000)
def _parts(word: str) -> tuple[str, ...]:
    word = word.lower().replace("\u2019", "'")
    if known := _CONTRACTED.get(word):
        return known
    if word.endswith("n't") and len(word) > 3:
        return (word[:-3], "not")
    for ending, full in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return (word[: -len(ending)], full)
    return (word.split("'")[0] or word,)


def tokenise(
    text: str, pauses: Mapping[int, Break] | None = None, unclear: frozenset[int] = frozenset(), at: int = 0
) -> tuple[Token, ...]:
    """The words of `text` in order.

    `pauses` gives the boundary before the word that starts at a character; `unclear` the starts of words that the
    recogniser wasn't sure of. `at` is added to every position (for text that follows earlier text).
    """
    pauses = pauses or {}
    tokens: list[Token] = []
    end = 0
    for found in _WORD.finditer(text):
        between = text[end : found.start()]
        before: Break = "hard" if _HARD.search(between) else "soft" if _SOFT.search(between) else ""
        if before == "hard" and between.startswith(".") and tokens and tokens[-1].text in _ABBREVIATED:
            before = "soft"
        paused = pauses.get(at + found.start(), "")
        if paused == "hard" or (paused and not before):
            before = paused
        for n, part in enumerate(_parts(found[0])):
            tokens.append(
                Token(part, stem(part), at + found.start(), at + found.end(), before if n == 0 else "",
                      at + found.start() in unclear)
            )  # fmt: skip
        end = found.end()
    return tuple(tokens)
