"""Where one statement ends and the next begins, and what turns a statement around.

A *stretch* is what a pattern may match in: it ends at a hard boundary (a full stop, a long pause) and at words that
set one thing against another ("but", "whereas"). Inside it, *clauses* end at commas, short pauses and connectives;
a negation reaches no further than its clause.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceprep.core.folding import Edge
from voiceprep.core.patterns import LIGHT, Hit, Line
from voiceprep.core.words import Token, stem, tokenise

CONTRAST = frozenset("but whereas while although though however yet".split())
CONNECTIVE = frozenset("because since so which when if unless where then until therefore".split())
PRONOUNS = frozenset("i you we they it he she this that these those there".split())

OPENERS = PRONOUNS | frozenset("the a an in with for each every your my our if when then".split())
"""After "and", these begin a new statement."""

NEGATIONS = frozenset("not never no without neither nor hardly".split())
NEGATING_VERBS = frozenset(stem(v) for v in "avoid skip lack refuse forget prevent eliminate".split())
NEGATING_PAIRS = frozenset({("instead", "of"), ("rather", "than"), ("fail", "to"), ("no", "longer")})
_NEUTRAL = tuple(
    tuple(phrase.split())
    for phrase in (
        "not only", "not just", "not necessarily", "not merely", "not simply", "not sure", "not always",
        "no matter", "no doubt", "no problem", "no wonder", "no question", "no idea", "why not", "if not",
        "not to mention", "no wait", "no sorry", "no actually", "oh no", "not the only",
    )
)  # fmt: skip
"""Phrases whose "not" or "no" says nothing against what follows."""

_DENIALS = tuple(
    tuple(t.stem for t in tokenise(phrase))
    for phrase in (
        "is a myth", "is wrong", "is not true", "is not the case", "is not right", "is false", "is nonsense",
        "is a mistake", "is irrelevant", "is unnecessary", "is not needed", "is not necessary", "is a bad idea",
        "does not matter", "does not help", "do not help", "does not work", "do not matter", "do not work",
        "makes it worse", "makes things worse", "is a waste", "is pointless", "is impossible", "never works",
        "is useless", "are useless", "is not useful", "are not useful", "tells you nothing", "tell you nothing",
        "does not tell you anything", "do not tell you anything", "can be left alone", "leave alone",
        "is overrated", "are overrated", "is a myth", "are a myth", "are irrelevant", "are pointless", "never helps",
        "is not worth it", "are not worth it", "i would skip", "i would ignore", "can be ignored",
        "is not possible", "is not a concern", "is not an issue", "is not important",
    )
)  # fmt: skip
"""Evaluations after a statement that turn it around."""

_DISCLAIMERS = tuple(
    tuple(t.stem for t in tokenise(phrase))
    for phrase in (
        "is not true that", "is false that", "is simply false that", "is just false that", "is wrong that",
        "is not the case that", "is a myth that", "is nonsense that", "do not believe", "do not agree that",
        "should think that", "should believe that", "would never say that", "would not say that", "i doubt that",
        "there is no truth in", "is not as if", "is not like", "is a mistake to think", "is wrong to think",
        "is a misconception that", "is a mistake to say", "is wrong to say", "is wrong to believe",
    )
)  # fmt: skip
"""What denies the whole statement after it."""
_DENY_BY_SUBJECT = frozenset("nobody none no".split())
"""Who has to stand before "should think that" for it to deny."""

_MENTIONS = tuple(
    tuple(t.stem for t in tokenise(phrase))
    for phrase in (
        "talk about", "talk of", "speak about", "speak of", "mention", "discuss",
        "hear about", "aware of", "come up", "is a topic", "are topics", "is a concept", "are concepts", "is a term",
        "are terms", "is a thing", "are things", "is a word", "are words",
        "is relevant", "are relevant", "is interesting", "is a keyword", "are keywords", "is a buzzword",
        "are buzzwords", "consider things like", "topics like", "concepts like", "terms like", "words like",
    )
)  # fmt: skip
"""What names a thing without saying anything of it."""

_REPAIRS = tuple(
    tuple(phrase.split())
    for phrase in (
        "no wait", "wait no", "wait sorry", "scratch that", "strike that", "let me correct", "correct myself",
        "correcting myself", "i misspoke", "sorry i mean", "sorry i meant", "no sorry", "sorry no", "actually no",
        "no actually", "i take that back", "no i mean", "no i meant", "wait i mean", "let me rephrase",
        "the other way round", "the other way around", "i said that wrong", "that is wrong sorry", "i got that wrong",
        "i mixed that up", "i mixed them up", "i got those mixed up", "i got that backwards", "let me fix that",
        "that came out wrong", "sorry other way", "take that back", "correction",
    )
)  # fmt: skip
"""What people say when they take back what they just said."""

_DOERS = frozenset("i we you they".split())
_AUXILIARIES = frozenset("do does did would should could can will must".split())

_HESITATIONS = frozenset("sorry wait no um uh er hmm oh well ah".split())

REPAIR_REACH = 22
"""Words before a repair that it can take back."""

NEGATION_REACH = 8
FAR_REACH = 14
"""Words over which a negated verb ("I don't ...") reaches the rest of what it heads."""
VERB_REACH = 3
"""Words over which "avoid" or "prevent" reaches its object."""
DENIAL_REACH = 5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens `start` to `end` of the answer, ready to be matched."""

    start: int
    end: int
    line: Line


def stretches(tokens: Sequence[Token], edges: Sequence[Edge], subjects: Collection[str] = ()) -> Iterator[Stretch]:
    """The answer's stretches in order. `subjects` are terms that open a clause after "and"."""
    inside = {n for e in edges for n in range(e.start + 1, e.end)}
    at = {e.start: e for e in edges}
    start = 0
    clause: list[int] = []
    number = 0
    for n, token in enumerate(tokens):
        folded = n in inside
        if n > start and not folded and (token.before == "hard" or token.text in CONTRAST):
            yield _stretch(tokens, edges, start, n, clause)
            start, clause, number = n, [], 0
        elif n > start and not folded and _opens_clause(tokens, n, at, subjects):
            number += 1
        clause.append(number)
    if start < len(tokens):
        yield _stretch(tokens, edges, start, len(tokens), clause)


def _opens_clause(tokens: Sequence[Token], n: int, edges: Mapping[int, Edge], subjects: Collection[str]) -> bool:
    token = tokens[n]
    if token.before == "soft":
        return True
    if token.text == "so":
        return n + 1 < len(tokens) and tokens[n + 1].text not in ("that", "much", "many", "fast", "far")
    if token.text in CONNECTIVE:
        return True
    if token.text == "and" and n + 1 < len(tokens):
        edge = edges.get(n + 1)
        return tokens[n + 1].text in OPENERS or (edge is not None and edge.term in subjects)
    return False


def _stretch(tokens: Sequence[Token], edges: Sequence[Edge], start: int, end: int, clause: Sequence[int]) -> Stretch:
    moved = {e.start - start: Edge(e.start - start, e.end - start, e.term) for e in edges if start <= e.start < end}
    row = tuple(tokens[start:end])
    return Stretch(start, end, Line(row, moved, tuple(clause), disclaimed(row)))


def taken_back(tokens: Sequence[Token]) -> frozenset[int]:
    """Positions of tokens that the speaker withdrew: what stands before "no wait", back to the last full stop, and the
    words that withdraw it."""
    gone: set[int] = set()
    texts = [t.text for t in tokens]
    n = 0
    while n < len(texts):
        cue = next((c for c in _REPAIRS if tuple(texts[n : n + len(c)]) == c and _repairs(tokens, n, c)), None)
        if cue is None:
            if texts[n] == "sorry" and tokens[n].before and n:
                gone.update(range(_clause_start(tokens, n - 1), n + 1))
            n += 1
            continue
        back = n
        # A cue that opens a sentence takes the whole sentence before it back.
        while back > 0 and n - back < REPAIR_REACH:
            if back < n and tokens[back].before == "hard":
                break
            back -= 1
        gone.update(range(back, n + len(cue)))
        n += len(cue)
    return frozenset(gone)


def _repairs(tokens: Sequence[Token], n: int, cue: tuple[str, ...]) -> bool:
    """Whether the cue's words are said to take something back: "no wait" is, "there is no wait for it" isn't."""
    after = tokens[n + len(cue)] if n + len(cue) < len(tokens) else None
    set_off = after is None or bool(after.before) or after.text in ("i", "that", "it", "sorry", "wait", "this")
    begins = n == 0 or bool(tokens[n].before) or tokens[n - 1].text in _HESITATIONS
    if cue[0] == "the":  # "in REST it is the other way round" takes nothing back
        return n > 0 and tokens[n - 1].text in ("no", "sorry", "mean", "wait")
    if cue[-1] in ("no", "actually", "wait"):
        return set_off and (begins or after is None or not after.before)
    return begins or cue != ("correction",)


def _clause_start(tokens: Sequence[Token], n: int) -> int:
    """A bare "sorry" takes back the clause before it, no more."""
    while n > 0 and not tokens[n].before:
        n -= 1
    return n


def denied(hit: Hit, line: Line) -> bool:
    """Whether a negation that isn't part of the match reaches it, or an evaluation after it turns it around."""
    folded = {n for e in line.edges.values() for n in range(e.start, e.end)}
    neutral = _neutral(line.tokens, hit.used)
    if hit.start in line.disclaimed:
        return True
    passed = 0
    for n in range(hit.start - 1, -1, -1):
        if line.clause[n] != line.clause[hit.start] or passed >= FAR_REACH:
            break
        if n not in folded and n not in neutral and _reaches(line, n, passed, hit):
            return True
        passed += line.tokens[n].text not in LIGHT
    for n in range(hit.start, hit.end):
        if n not in hit.used and n not in folded and n not in neutral and _negates(line.tokens, n):
            return True
    if any(_negates(line.tokens, n) for n in hit.used):
        return False  # "not worth looking at, they never help": the second says the same as the first
    return _evaluated(hit, line)


def _reaches(line: Line, n: int, passed: int, hit: Hit) -> bool:
    """Whether token `n`, with `passed` words between it and the match, is a negation that reaches the match."""
    tokens = line.tokens
    if tokens[n].stem in NEGATING_VERBS:
        # "to prevent it I check ...": what somebody does about it isn't prevented.
        return passed < VERB_REACH and not any(t.text in _DOERS for t in tokens[n + 1 : hit.end])
    if not _negates(tokens, n):
        return False
    return passed < NEGATION_REACH or (tokens[n].text == "not" and n > 0 and tokens[n - 1].text in _AUXILIARIES)


def disclaimed(tokens: Sequence[Token]) -> frozenset[int]:
    """Positions in a statement that is denied as a whole ("it isn't true that ..."): to the end of the stretch, or to
    where the speaker says how it is instead."""
    stems = [t.stem for t in tokens]
    found: set[int] = set()
    for n in range(len(stems)):
        for phrase in _DISCLAIMERS:
            if tuple(stems[n : n + len(phrase)]) != phrase:
                continue
            if phrase[0] == "should" and not any(t.text in _DENY_BY_SUBJECT for t in tokens[max(0, n - 2) : n]):
                continue
            at = n + len(phrase)
            while at < len(tokens) and not _instead(tokens, at, n + len(phrase)):
                found.add(at)
                at += 1
    return frozenset(found)


def _instead(tokens: Sequence[Token], at: int, start: int) -> bool:
    """Whether a new main clause begins at `at`: ", it's about ..."."""
    if tokens[at].before == "hard":
        return True
    opens = tokens[at].text in _DOERS or tokens[at].text in ("it", "that", "this", "because")
    return opens and at > start + 1 and tokens[at].before == "soft"


def only_named(hit: Hit, line: Line) -> bool:
    """Whether the match stands in a clause that talks about its words instead of using them."""
    first, last = line.clause[hit.start], line.clause[hit.end - 1]
    clause = [t.stem for t, c in zip(line.tokens, line.clause, strict=True) if first <= c <= last]
    return any(tuple(clause[n : n + len(phrase)]) == phrase for n in range(len(clause)) for phrase in _MENTIONS)


def _neutral(tokens: Sequence[Token], used: frozenset[int]) -> frozenset[int]:
    """Positions in phrases whose negation means nothing, unless the match needs a word of the phrase itself."""
    texts = [t.text for t in tokens]
    return frozenset(
        n + k
        for n in range(len(texts))
        for phrase in _NEUTRAL
        if tuple(texts[n : n + len(phrase)]) == phrase and used.isdisjoint(range(n, n + len(phrase)))
        for k in range(len(phrase))
    )


def _negates(tokens: Sequence[Token], n: int) -> bool:
    if tokens[n].text in NEGATIONS or tokens[n].stem in NEGATING_VERBS:
        return True
    return n + 1 < len(tokens) and (tokens[n].stem, tokens[n + 1].text) in NEGATING_PAIRS


def _evaluated(hit: Hit, line: Line) -> bool:
    stems = [t.stem for t in line.tokens]
    last = min(len(stems), hit.end + DENIAL_REACH)
    return any(tuple(stems[n : n + len(phrase)]) == phrase for n in range(hit.end, last) for phrase in _DENIALS)
