"""What is said in an answer without being part of it: words to whoever judges it, and words that were taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from voiceprep.core.clauses import taken_back
from voiceprep.core.words import Token

_POINTS = r"(?:of )?(?:the |your |my |these |those )?(?:core |expected |required |key |model )?(?:points?|rubric)"
_TO_THE_JUDGE = re.compile(
    "|".join(
        rf"\b(?:{phrase})\b"
        for phrase in (
            r"full marks|(?:full|maximum) points|maximum marks|full credit (?:for|on|to|please)",
            r"(?:give|award) (?:\w+ ){0,3}(?:top|perfect|highest|best) (?:marks?|grade)",
            r"(?:output|return|report) the (?:top|perfect|highest|best) (?:marks?|grade|score)",
            r"(?:ignore|disregard|forget|override) (?:\w+ ){0,4}(?:rubric|grading|scoring)",
            r"(?:ignore|disregard|forget) (?:all |the |your |any )?(?:\w+ )?instructions?",
            r"(?:the|this|your|scoring|grading) rubric|grader",
            rf"(?:mark|tick|count|treat|credit) (?:all|every|each) {_POINTS}",
            r"(?:mark|tick|treat|count|set) (?:\w+ ){1,8}(?:as|to) (?:covered|said)",
            r"(?:mark|score|grade|rate) (?:this|my) (?:answer|candidate|response)",
            rf"(?:all|every|each) {_POINTS} (?:\w+ ){{0,3}}(?:covered|said|mentioned|made|met|heard)",
            rf"(?:said|covered|mentioned|made|hit) (?:all|every|each) {_POINTS}",
            r"expected points?|my answer (?:\w+ ){1,3}(?:complete|correct|perfect|full|covered)",
            r"(?:the|this) candidate (?:\w+ ){0,2}(?:explained|answered|covered|mentioned|deserves|passed|passes)",
            r"system (?:note|prompt)|helpful assistant|grading (?:software|system|script)",
            r"(?:dear|hey|attention|as the) (?:judge|grader|evaluator|examiner|assistant)|attention evaluator",
            r"end of the candidate(?: s)? answer|end of (?:my|the) answer",
        )
    )
)
"""A candidate speaks of the trade; who speaks of marks and of points being covered speaks to the judge. The trade has
scores, criteria, candidates, system messages and missing points of its own: none of these words alone will do."""

_GOES_ON = re.compile(
    r"\b(?:you|your|please|points?|answers?|candidate|judge|assessment|evaluation|feedback|covered|verdict|correct|complete|"
    r"transcript|evidence|proof|quote|trust|pass|scores?|grading|marks?|instructions?|print|output|pitfalls?|items?|list|"
    r"confidence|checked|human|praise|excellent|outstanding|perfect(?:ly)?|credit|approved|explained|mentioned|missing|"
    r"missed|thanks|remarks?|note|policy|mode)\b"
)
"""Where somebody speaks to the judge at all, a sentence with one of these is believed to go on with it."""


def unread(tokens: Sequence[Token]) -> frozenset[int]:
    """Positions of tokens that count as not said."""
    return taken_back(tokens) | to_the_judge(tokens)


def to_the_judge(tokens: Sequence[Token]) -> frozenset[int]:
    """Positions of the sentences that are spoken to whoever marks the answer. Whatever they claim proves nothing."""
    said = [(s, " ".join(tokens[n].text for n in s)) for s in _sentences(tokens)]
    if not any(_TO_THE_JUDGE.search(text) for _, text in said):
        return frozenset()
    told = (s for s, text in said if _TO_THE_JUDGE.search(text) or _GOES_ON.search(text))
    return frozenset(n for sentence in told for n in sentence)


def _sentences(tokens: Sequence[Token]) -> Iterator[range]:
    start = 0
    for n in range(1, len(tokens) + 1):
        if n == len(tokens) or tokens[n].before == "hard":
            yield range(start, n)
            start = n
