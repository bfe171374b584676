"""Transcript x rubric -> findings: what of the rubric was said, with the candidate's own words.

An answer is read stretch by stretch (`core.clauses`). A pattern that matches is a *finding*: it was said, said of the
wrong subject, denied, turned into its opposite, or it's a counterclaim outright. What the speaker took back is gone;
what stands in a bare list of terms isn't said of anything. Findings make verdicts in `core.verdicts`.

Reading is incremental: `advance` takes the words that are new, and what lies far enough back is never read again.
Feeding an answer word by word gives the findings of feeding it whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from voiceprep.core.asides import to_the_judge
from voiceprep.core.clauses import Stretch, denied, only_named, stretches, taken_back
from voiceprep.core.fluency import predicated
from voiceprep.core.patterns import ARTICLES, Hit, Line, Pattern, find, find_all
from voiceprep.core.rubric import CompiledClaim, Rubric
from voiceprep.core.transcript import Transcript, Word
from voiceprep.core.words import Break, Token, tokenise

MATCHER_VERSION = "claims-5"

Kind = Literal["said", "near", "denied", "swapped", "turned", "countered"]

SOFT_PAUSE_S = 0.15
HARD_PAUSE_S = 0.45
"""Pauses that end a clause and a stretch when a recogniser gives no punctuation."""

HELD_BACK = 40
"""Tokens at the end that are always read again: further back than any repair reaches."""

NEAR_SLOTS = 3
"""Slots that must have been heard for a match with one slot missing to be worth a *please check*."""

LONG_QUOTE = 28
"""Words above which a quote is cut down to the match and its neighbours."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern that matched: what it says about which claim, and the characters that say it."""

    item: str
    claim: int
    kind: Kind
    bound: Literal["itself", "clause", "carried", "nothing"]
    char_start: int
    char_end: int
    unclear: bool
    pattern: str
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far an answer has been read: settled findings, and the text still open."""

    findings: tuple[Finding, ...] = ()
    settled: int = 0
    """Characters whose findings are settled."""
    subject: str | None = None
    """What the settled text last spoke of."""
    open_findings: tuple[Finding, ...] = ()
    text: str = ""
    pauses: Mapping[int, Break] = field(default_factory=dict)
    unclear: frozenset[int] = frozenset()
    last_end_s: float | None = None
    heard: bool = False

    @property
    def all(self) -> tuple[Finding, ...]:
        return self.findings + self.open_findings


def read(rubric: Rubric, transcript: Transcript) -> Reading:
    """The whole answer at once."""
    heard = transcript.source == "asr"
    if heard or transcript.words:  # of edited text the pauses still say where a sentence may end
        return advance(rubric, Reading(heard=heard), transcript.words)
    return _read_on(rubric, Reading(text=transcript.text))


def advance(rubric: Rubric, reading: Reading, words: Sequence[Word]) -> Reading:
    """The answer with recognised words added at its end."""
    text, end_s = reading.text, reading.last_end_s
    pauses, unclear = dict(reading.pauses), set(reading.unclear)
    for word in words:
        place = len(text) + 1 if text else 0
        text = f"{text} {word.text}" if text else word.text
        if end_s is not None and word.start_s - end_s >= SOFT_PAUSE_S:
            pauses[place] = "hard" if word.start_s - end_s >= HARD_PAUSE_S else "soft"
        if word.unclear:
            unclear.add(place)
        end_s = word.end_s
    grown = replace(reading, text=text, pauses=pauses, unclear=frozenset(unclear), last_end_s=end_s)
    return _read_on(rubric, grown)


def believed(reading: Reading) -> tuple[Finding, ...]:
    """The findings, without those in words to the judge. What these are only the whole answer says: a word that comes
    later may make it plain whom a sentence was spoken to."""
    tokens = tokens_of(reading)
    aside = {tokens[n].char_start for n in to_the_judge(tokens)}
    return tuple(f for f in reading.all if f.char_start not in aside) if aside else reading.all


def tokens_of(reading: Reading) -> tuple[Token, ...]:
    """All tokens of what has been read."""
    return tokenise(reading.text, reading.pauses, reading.unclear)


def _read_on(rubric: Rubric, reading: Reading) -> Reading:
    tokens = tokenise(reading.text[reading.settled :], reading.pauses, reading.unclear, reading.settled)
    edges = rubric.folder.fold(tokens, rubric.owned if reading.heard else ())
    gone = taken_back(tokens)
    subject = reading.subject
    border = _border(tokens)
    settled: list[Finding] = []
    open_: list[Finding] = []
    subject_at_border = subject
    for stretch in stretches(tokens, edges, rubric.subject_terms):
        if stretch.start == border:
            subject_at_border = subject
        mentions = _mentions(rubric, stretch)
        found = _findings(rubric, stretch, mentions, subject, reading.heard, gone)
        (settled if stretch.start < border else open_).extend(found)
        subject = next((m.subject for m in reversed(mentions) if not m.oblique), subject)
    if border == 0:
        return replace(reading, open_findings=tuple(open_))
    return replace(
        reading,
        findings=(*reading.findings, *settled),
        settled=tokens[border].char_start,
        subject=subject_at_border,
        open_findings=tuple(open_),
    )


def _border(tokens: Sequence[Token]) -> int:
    """The last hard boundary far enough back that nothing said later can reach across it; 0 for none."""
    for n in range(len(tokens) - HELD_BACK, 0, -1):
        if tokens[n].before == "hard":
            return n
    return 0


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    subject: str
    oblique: bool  # "unlike REST", "rather than REST": named, but not what is spoken of


def _mentions(rubric: Rubric, stretch: Stretch) -> list[_Mention]:
    found = [
        _Mention(hit.start, hit.end, name, _oblique(stretch.line.tokens, hit.start))
        for name, aliases in rubric.subjects.items()
        for alias in aliases
        for hit in find_all(alias, stretch.line)
    ]
    return sorted(set(found), key=lambda m: (m.start, -m.end, m.subject))


@dataclass(frozen=True, slots=True)
class Naming:
    """A place in the text where one of the rubric's subjects is spoken of, not only compared with."""

    char_start: int
    char_end: int
    subject: str


def namings(rubric: Rubric, reading: Reading) -> tuple[Naming, ...]:
    """Where the answer names what, in order."""
    if not rubric.subjects:
        return ()
    tokens = tokens_of(reading)
    edges = rubric.folder.fold(tokens, rubric.owned if reading.heard else ())
    found = []
    for stretch in stretches(tokens, edges, rubric.subject_terms):
        line = stretch.line
        for m in _mentions(rubric, stretch):
            if not m.oblique:
                first, last = line.tokens[m.start], line.tokens[m.end - 1]
                found.append(Naming(first.char_start, last.char_end, m.subject))
    return tuple(found)


def _oblique(tokens: Sequence[Token], at: int) -> bool:
    before = [t.text for t in tokens[max(0, at - 3) : at] if t.text not in ("a", "an", "the")][-2:]
    if before[-1:] and before[-1] in ("unlike", "than", "versus", "over", "not"):
        return True
    return tuple(before) in {
        ("compared", "to"), ("compared", "with"), ("opposed", "to"), ("contrast", "to"), ("instead", "of"),
        ("rather", "than"), ("away", "from"),
    }  # fmt: skip


def _findings(
    rubric: Rubric,
    stretch: Stretch,
    mentions: Sequence[_Mention],
    carried: str | None,
    heard: bool,
    gone: frozenset[int],
) -> Iterator[Finding]:
    line = stretch.line
    for item in rubric.points:
        point_id = item.point.id
        for n, claim in enumerate(item.claims):
            yield from _claim(point_id, n, claim, stretch, mentions, carried, heard, gone)
        for n, counter in enumerate(item.contradictions):
            for pattern in counter.patterns:
                for hit in _hits(pattern, line):
                    if not _stands(hit, stretch, gone) or denied(hit, line):
                        continue
                    bound, other = _bind(hit, counter.about, mentions, line, carried)
                    if bound in ("itself", "clause") and not other:
                        yield _finding(
                            point_id, n, "countered", bound, hit, stretch, mentions, pattern, counter.correction
                        )
    for pitfall in rubric.pitfalls:
        for n, claim in enumerate(pitfall.claims):
            for found in _claim(f"!{pitfall.pitfall.id}", n, claim, stretch, mentions, carried, False, gone):
                if found.kind == "said" and found.bound != "nothing":
                    yield found


def _claim(
    item: str,
    n: int,
    claim: CompiledClaim,
    stretch: Stretch,
    mentions: Sequence[_Mention],
    carried: str | None,
    heard: bool,
    gone: frozenset[int],
) -> Iterator[Finding]:
    line = stretch.line
    for pattern in claim.patterns:
        for hit in _hits(pattern, line, near=heard):
            if not _stands(hit, stretch, gone):
                continue
            bound, other = _bind(hit, claim.about, mentions, line, carried)
            against = denied(hit, line)
            if other:
                if bound == "clause" and not against and not hit.missing:
                    yield _finding(item, n, "swapped", bound, hit, stretch, mentions, pattern)
                continue
            kind: Kind = "near" if hit.missing else "denied" if against else "said"
            yield _finding(item, n, kind, bound, hit, stretch, mentions, pattern)
    for pattern in claim.turned:
        for hit in _hits(pattern, line):
            if not _stands(hit, stretch, gone):
                continue
            bound, other = _bind(hit, claim.about, mentions, line, carried)
            if not other and bound in ("itself", "clause"):
                kind = "said" if denied(hit, line) else "turned"
                yield _finding(item, n, kind, bound, hit, stretch, mentions, pattern)


def _hits(pattern: Pattern, line: Line, *, near: bool = False) -> Sequence[Hit]:
    """Every place where the pattern matches; where it doesn't, the best near miss if it's long enough to mean
    anything."""
    found = tuple(find_all(pattern, line))
    if found or not near or pattern.required <= NEAR_SLOTS:
        return found
    hit = find(pattern, line, allow_missing=1)
    return (hit,) if hit is not None else ()


def _stands(hit: Hit, stretch: Stretch, gone: frozenset[int]) -> bool:
    if any(n + stretch.start in gone for n in hit.used):
        return False
    return predicated(stretch.line.tokens, hit.start, hit.end) and not only_named(hit, stretch.line)


def _bind(
    hit: Hit, about: str | None, mentions: Sequence[_Mention], line: Line, carried: str | None
) -> tuple[Literal["itself", "clause", "carried", "nothing"], bool]:
    """How the match is tied to what it should be about, and whether it's tied to something else instead."""
    direct = [m for m in mentions if not m.oblique]
    inside = [m for m in direct if m.start >= hit.start and m.end <= hit.end]
    if about is None:
        return "itself", _belongs_before(hit, inside, direct, line)
    if any(m.subject == about for m in inside):
        return "itself", False
    clause = line.clause
    same = [m for m in direct if clause[m.start] in (clause[hit.start], clause[hit.end - 1])]
    if near := _nearest(same, hit, line.tokens):
        return "clause", near.subject != about
    before = [m for m in direct if m.end <= hit.start]
    if before:
        nearest = before[-1]
        return "carried", nearest.subject != about
    after = [m for m in direct if m.start >= hit.end and m.start - hit.end <= 6]
    if after and after[0].subject == about:
        return "carried", False
    if carried is not None:
        return "carried", carried != about
    return "nothing", False


def _belongs_before(hit: Hit, inside: Sequence[_Mention], direct: Sequence[_Mention], line: Line) -> bool:
    """Whether a match that ends in its subject begins in a clause that already speaks of another one:
    "GraphQL for small public APIs, and REST …" says nothing about REST."""
    first = line.clause[hit.start]
    if len({m.subject for m in inside}) != 1 or any(line.clause[m.start] == first for m in inside):
        return False
    return any(m.end <= hit.start and line.clause[m.start] == first for m in direct)


def _nearest(mentions: Sequence[_Mention], hit: Hit, tokens: Sequence[Token]) -> _Mention | None:
    """The subject of the clause: the owner right behind the match ("the transactions of Cassandra"), else the nearest,
    and of two as near the one before."""
    for m in mentions:
        between = [t.text for t in tokens[hit.end : m.start] if t.text not in ARTICLES]
        if m.start >= hit.end and between == ["of"]:
            return m

    def distance(m: _Mention) -> tuple[int, int]:
        before = m.start < hit.start
        return (max(0, hit.start - m.end) if before else m.start - hit.end + 2, 0 if before else 1)

    return min(mentions, key=distance, default=None)


def _finding(
    item: str,
    claim: int,
    kind: Kind,
    bound: Literal["itself", "clause", "carried", "nothing"],
    hit: Hit,
    stretch: Stretch,
    mentions: Sequence[_Mention],
    pattern: Pattern,
    correction: str = "",
) -> Finding:
    start, end = _quote(hit, stretch)
    tokens = stretch.line.tokens
    # Something that goes against a point hangs on every word around it, its "not" included; something that was said
    # hangs on its own words and on what it was said of.
    if kind in ("said", "near"):
        hangs_on = set(hit.used) | {n for m in mentions for n in range(m.start, m.end)}
    else:
        hangs_on = set(range(len(tokens)))
    return Finding(
        item=item,
        claim=claim,
        kind=kind,
        bound=bound,
        char_start=tokens[start].char_start,
        char_end=tokens[end - 1].char_end,
        unclear=any(tokens[n].unclear for n in hangs_on),
        pattern=pattern.source,
        correction=correction,
    )


def _quote(hit: Hit, stretch: Stretch) -> tuple[int, int]:
    """The clauses the match stands in, cut to the match and its neighbours when they run long."""
    clause = stretch.line.clause
    start, end = hit.start, hit.end
    while start > 0 and clause[start - 1] == clause[hit.start]:
        start -= 1
    while end < len(clause) and clause[end] == clause[hit.end - 1]:
        end += 1
    if end - start > LONG_QUOTE:
        start, end = max(start, hit.start - 3), min(end, hit.end + 3)
    return start, end
