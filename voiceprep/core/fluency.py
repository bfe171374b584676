"""Is this connected speech? Lists of terms and shuffled words are not, whatever terms they hold."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from voiceprep.core.words import Token

_DET = frozenset("the a an my your our their its every".split())
_PREP = frozenset("of for with from into at between through during per".split())
_CONJ = frozenset("and but or because if when while whereas".split())
_AUX = frozenset("is are was were do does did can could would should will must has have had".split())
_MODAL = frozenset("can could would should will must".split())
_SUBJECT = frozenset("i we they he she".split())
FUNCTION_WORDS = (
    _DET | _PREP | _CONJ | _AUX | _SUBJECT
    | frozenset("to in on it you that this there which what who be been not so then than by as up out them us".split())
    | frozenset("all each both how where also just only no any some one more less very much many".split())
)  # fmt: skip
_HOLDS_LISTS = frozenset("and or of with".split())
"""Small words that hold lists of terms together as well as sentences."""
_VERBS = frozenset(
    "use pick choose get give need fit return send ask look find go want keep know say tell let make put take start "
    "depend mean grow become avoid answer handle deal follow narrow ensur guarante allow come happen work serv "
    "solv prefer lose stay".split()
)

_BE = frozenset("is are was were".split())
_NOT_AFTER = (
    (
        _DET,
        _DET | _PREP | _CONJ | _AUX | _SUBJECT | {"not", "to", "it", "that", "there", "what", "which", "so", "then"},
    ),
    (_PREP, _CONJ | _AUX | _SUBJECT | {"of", "not", "then"}),
    (frozenset(("to",)), _PREP | _CONJ | _SUBJECT | _BE | {"to", "not", "has", "had", "would", "can", "so", "then"}),
    (_MODAL, _DET | _PREP | _MODAL | _BE | _CONJ | {"to"}),
    (_SUBJECT, _DET | _PREP | _SUBJECT | {"to", "of", "it", "there"}),
    (frozenset(("and", "or")), frozenset(("and", "or", "of", "not", "are", "was", "were"))),
    (_BE, _BE | _MODAL | {"of", "and", "or", "does", "do", "has", "have"}),
)
_NEVER_LAST = _DET | {"of", "and", "or", "because", "if", "to", "with", "from", "into", "at", "between"}

ENOUGH = 12
DISORDER, DISORDER_HEARD = 0.12, 0.2
"""Shares from which the words are out of order. Of 104 real answers none came above 0.08, of their shuffles nine in ten
lie above 0.12; a recogniser's errors break order too, so what was heard gets more room."""
PREDICATE_SHARE = 0.06
LIST_SHARE, LIST_WORDS = 0.15, 12
"""An answer of so many words with a smaller share of small ones is a list; people speak with a third or more."""
BROKEN_UP = 0.5


def disorder(tokens: Sequence[Token]) -> float | None:
    """Share of small words followed by a word, or by an end, that never follows them; None when too few to tell."""
    chances = broken = 0
    for a, b in itertools.pairwise(tokens):
        for before, never in _NOT_AFTER:
            if a.text in before:
                chances += 1
                # Said twice is a slip of the tongue, not another order.
                broken += (b.text in never and a.text != b.text) or (b.before == "hard" and a.text in _NEVER_LAST)
                break
    return broken / chances if chances >= ENOUGH else None


def shuffled(tokens: Sequence[Token], *, heard: bool = False) -> bool:
    """Whether the small words stand in an order that nobody speaks in."""
    share = disorder(tokens)
    return share is not None and share >= (DISORDER_HEARD if heard else DISORDER)


def listed(tokens: Sequence[Token]) -> bool:
    """Whether the answer is a list of terms: it has next to none of the words that make sentences."""
    return len(tokens) >= LIST_WORDS and sum(map(_small, tokens)) < LIST_SHARE * len(tokens)


def predicated(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether tokens `start` to `end` stand in something said, not in a list of terms."""
    window = tokens[max(0, start - 4) : end + 4]
    if sum(bool(t.before) for t in window) >= BROKEN_UP * len(window):
        return False  # a boundary at every other word is a list, whatever stands in it
    small = sum(map(_small, window))
    verbs = sum(t.stem in _VERBS for t in window)
    return small >= 1 and small + verbs >= PREDICATE_SHARE * len(window)


def _small(token: Token) -> bool:
    return token.text in FUNCTION_WORDS and token.text not in _HOLDS_LISTS
