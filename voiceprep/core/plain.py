"""Points that nobody wrote sayings or patterns for, heard as a plain reference's sentences are: by their words.

Somebody's own question usually has such points only. Words alone can't bind a claim to its subject, so that knows less
than a rubric does, and nothing heard this way is ever said to go against a point (`core.reference`).
"""

from __future__ import annotations

from collections.abc import Sequence

from voiceprep.core.fluency import predicated
from voiceprep.core.folding import Folder, folder_of
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.matching import Reading, tokens_of
from voiceprep.core.question import Point
from voiceprep.core.star import STAR_KINDS
from voiceprep.core.transcript import typed
from voiceprep.core.verdicts import Status, Verdict
from voiceprep.core.words import Token

UNHEARD_PROBABILITY = 0.3
"""Of a point that a recogniser which may not blame didn't hear: a guess, as in `core.verdicts`."""

FEWEST_KEYS = 2
"""Words of its own that a text needs: one would be enough to be heard, and proves nothing."""

_WORTH = {"covered": 1.0, "partly": 0.5, "unsure": 0.5}
_RANK = {"missed": 0, "unsure": 1, "partly": 2, "covered": 3}


def is_plain(point: Point) -> bool:
    """Whether the point can be heard by its own words only."""
    return not (point.claims or point.said or point.kind in STAR_KINDS)


def key_words(ask: str, text: str, folder: Folder) -> tuple[str, ...]:
    """The words and terms that a plain text is heard by, those of the question left out; none when it says nothing
    that the question doesn't say itself."""
    from voiceprep.core import reference

    asked = {k for d in reference.derive("", ask, folder) for k in d.keys}
    return tuple(sorted({k for d in reference.derive(ask, text, folder) for k in d.keys} - asked))


def plain_verdicts(
    points: Sequence[Point], ask: str, reading: Reading, lexicon: Lexicon, *, credits_only: bool = False
) -> tuple[Verdict, ...]:
    """A verdict for each plain point, in order; other points are passed over. `ask` is the question that was asked.

    A point's text and its example sentence are both listened for, and the better heard of them counts. What isn't heard
    is missed, or unheard where the recogniser may not blame.
    """
    wanted = [p for p in points if is_plain(p)]
    if not wanted:
        return ()
    answer, tokens = _punctuated(reading), tokens_of(reading)
    return tuple(_verdict(p, ask, answer, tokens, lexicon, credits_only) for p in wanted)


def _verdict(
    point: Point, ask: str, answer: str, tokens: Sequence[Token], lexicon: Lexicon, credits_only: bool
) -> Verdict:
    # Imported late: a reference is assessed with what feedback knows, and feedback asks for this.
    from voiceprep.core import reference

    best: tuple[Status, tuple[tuple[int, int], ...]] = ("missed", ())
    for text in dict.fromkeys((point.text, point.say)):
        if len(key_words(ask, text, folder_of(lexicon))) < FEWEST_KEYS:
            continue  # a word or two of the question's own would do
        parts = reference.assess(ask, text, typed(answer), lexicon).points
        spans = [tuple((e.char_start, e.char_end) for e in p.evidence) for p in parts]
        status = _together([p.verdict if _said(tokens, s) else "missed" for p, s in zip(parts, spans, strict=True)])
        if _RANK[status] > _RANK[best[0]]:
            best = (status, tuple(span for row in spans for span in row))
    status, found = best
    if status in ("covered", "partly") and any(t.unclear for span in found for t in _inside(tokens, span)):
        status = "unsure"
    if status == "missed" and credits_only:
        return Verdict(point.id, "unheard", UNHEARD_PROBABILITY, (), "nothing")
    evidence = () if status == "missed" else _apart(found)
    return Verdict(point.id, status, reference.PROBABILITY[status], evidence, "by its words alone")


def _said(tokens: Sequence[Token], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the words stand in something said: those of a bare list of terms are said of nothing."""
    places = [[n for n, t in enumerate(tokens) if a <= t.char_start < b] for a, b in spans]
    return all(predicated(tokens, row[0], row[-1] + 1) for row in places if row)


def _inside(tokens: Sequence[Token], span: tuple[int, int]) -> list[Token]:
    return [t for t in tokens if span[0] <= t.char_start < span[1]]


def _together(parts: Sequence[Status]) -> Status:
    """One verdict from those of a text's sentences."""
    share = sum(_WORTH.get(p, 0.0) for p in parts) / max(1, len(parts))
    if share < 0.25:
        return "missed"
    if "unsure" in parts:
        return "partly" if {"covered", "partly"} & set(parts) else "unsure"
    return "covered" if share >= 0.75 else "partly"


def _apart(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """At most two quotes, in order, none inside another."""
    ordered = sorted(set(spans), key=lambda s: (s[0], -s[1]))
    return tuple(s for n, s in enumerate(ordered) if not any(a <= s[0] and s[1] <= b for a, b in ordered[:n]))[:2]


def _punctuated(reading: Reading) -> str:
    """What was heard with its pauses as line ends and commas; every character stays at its place."""
    text = list(reading.text)
    for place, pause in reading.pauses.items():
        if pause and 0 < place <= len(text) and text[place - 1] == " ":
            text[place - 1] = "\n" if pause == "hard" else ","
    return "".join(text)
