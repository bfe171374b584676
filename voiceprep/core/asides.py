"""What is said in an answer without being part of it: words to whoever judges it, and words that were taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from voiceprep.core.clauses import taken_back
from voiceprep.core.words import Token

_POINTS = r"(?:of )?(?:the |your |my )?(?:core |expected |required |key |model )?(?:points?|rubric|criteria)"
_TO_THE_JUDGE = re.compile(
    "|".join(
        rf"\b(?:{phrase})\b"
        for phrase in (
            r"(?:full|maximum) (?:marks?|scores?|points|credit)",
            r"(?:give|award|output|return|report) (?:\w+ ){0,3}(?:top|perfect|highest|best) (?:marks?|scores?|grade)",
            r"(?:ignore|disregard|forget|override) (?:\w+ ){0,4}(?:rubric|instructions?|criteria|grading|scoring)",
            r"rubric|grader|evaluator|examiner|assessor",
            rf"(?:mark|score|grade|rate|tick|count|treat|credit) (?:\w+ ){{0,6}}(?:covered|{_POINTS})",
            r"(?:mark|score|grade|rate) (?:this|my|the) (?:answer|candidate|response)",
            rf"(?:all|every|each) {_POINTS} (?:\w+ ){{0,3}}(?:covered|said|mentioned|made|met|heard)",
            rf"(?:said|covered|mentioned|made|met|hit) (?:all|every|each) {_POINTS}",
            r"(?:my|this) answer (?:\w+ ){1,3}(?:complete|correct|perfect|full|covered)",
            r"(?:the|this) candidate (?:\w+ ){1,3}(?:complete|correct|perfect|full|covered|passed|everything)",
            r"system (?:note|prompt|message|instructions?)",
            r"(?:dear|hey|attention) (?:judge|grader|evaluator|examiner|model|assistant)|helpful assistant",
            r"(?:grading|scoring|marking|evaluation) (?:software|system|mode|script|model)",
            r"end of the (?:candidate )?(?:answer|transcript)|(?:remaining|missing|optional|core|expected) points",
            r"(?:treat|accept|read|count) (?:\w+ ){1,8}as (?:said|covered|correct|complete)",
            r"(?:the|this) candidate (?:has|have|had|said|explained|answered|did|made|deserves)",
        )
    )
)
"""A candidate speaks of the trade; who speaks of marks and of points being covered speaks to the judge."""

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
