"""Judges that only count words. They must fail on the yardstick (`evaluation.md` 3.2), or its answers are too easy.

Nothing of the product is used here, so that no change of it can make the baseline better.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

HEARD = 0.5
"""Share of a point's keywords from which the baseline calls it covered."""

STOP = frozenset(
    """a about after all also am an and any are as at be because been before being between both but by can could did do
    does doing don down during each for from further had has have having he her here him his how i if in into is it its
    just like me more most my no nor not of off on once one only or other our out over own re s same say she should so
    some such t than that the their them then there these they this those through to too under until up us very was we
    were what when where which while who whom why will with would you your well know really thing things lot get got
    um uh okay yeah mean kind sort""".split()
)
_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its commonest endings."""
    for ending in ("ations", "ation", "ments", "ment", "ingly", "ings", "ing", "edly", "ies", "ied", "ers", "er", "ed",
                   "es", "ly", "s"):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def stems(text: str) -> list[str]:
    """The content words' stems, in order."""
    return [stem(w) for w in _WORD.findall(text.lower().replace("'", "")) if w not in STOP]


def keyword_shares(points: Mapping[str, str], answer: str) -> dict[str, float]:
    """By point, the share of its keywords that the answer says."""
    said = set(stems(answer))
    shares = {}
    for point_id, text in points.items():
        keys = set(stems(text))
        shares[point_id] = len(keys & said) / len(keys) if keys else 0.0
    return shares


def stem_recall(ask: str, reference: str, answer: str) -> float:
    """Share of the reference's stems, the question's own left out, that the answer says."""
    keys = set(stems(reference)) - set(stems(ask))
    return len(keys & set(stems(answer))) / len(keys) if keys else 0.0


def length(answer: str) -> float:
    """How long an answer is, as a share of a long one: what judges nothing at all."""
    return min(1.0, len(answer.split()) / 400)


class TfIdf:
    """Cosine of two texts, words weighted by how rare they are in `texts`."""

    def __init__(self, texts: Iterable[str]) -> None:
        bags = [set(stems(t)) for t in texts]
        seen = Counter(s for bag in bags for s in bag)
        self._idf = {s: math.log((1 + len(bags)) / (1 + n)) + 1 for s, n in seen.items()}
        self._rarest = math.log(1 + len(bags)) + 1

    def _vector(self, text: str) -> dict[str, float]:
        return {s: n * self._idf.get(s, self._rarest) for s, n in Counter(stems(text)).items()}

    def cosine(self, one: str, other: str) -> float:
        a, b = self._vector(one), self._vector(other)
        length = math.hypot(*a.values()) * math.hypot(*b.values())
        return sum(v * b.get(s, 0.0) for s, v in a.items()) / length if length else 0.0
