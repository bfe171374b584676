"""Findings -> a verdict for each point, and the pitfalls that were walked into."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from voiceprep.core.asides import unread
from voiceprep.core.folding import Edge
from voiceprep.core.matching import Finding, Kind, Reading, believed, namings, tokens_of
from voiceprep.core.rubric import Rubric
from voiceprep.core.sayings import NOTHING, Heard, Learned, Likeness, hear
from voiceprep.core.weighing import (
    SHOWN,
    TRAPPED,
    Mark,
    Signs,
    mark,
    probabilities,
    signs,
    together,
    trap,
    trap_signs,
)
from voiceprep.core.words import Token

Status = Literal["covered", "partly", "missed", "contradicted", "unsure", "unheard"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was heard of one point. Characters index the transcript's text; `why` names the pattern and how it fell."""

    point_id: str
    status: Status
    probability: float
    evidence: tuple[tuple[int, int], ...] = ()
    why: str = ""
    correction: str = ""


@dataclass(frozen=True, slots=True)
class PitfallHit:
    """A pitfall that the answer walked into, with the characters that show it (none for an omission)."""

    pitfall_id: str
    evidence: tuple[tuple[int, int], ...] = ()


ALARM_HEARD = 0.5
"""Share of an answer's judged points that come out contradicted at which a basic recogniser's text credits nothing."""
BRIEF_WORDS = 40
"""Of an answer of fewer words there is too little to tell how it goes as a whole."""
ALARM_TYPED = 0.25
"""Share at which a claim that was only denied or swapped, not countered outright, is shown as going against."""

CARRIED_CHARS, FOLLOWING_CHARS = 200, 40
"""As far a subject's name reaches that words without one are spoken of: about two sentences on, half a clause back."""

TURNS = re.compile(r"\b(?:but|other|others|whereas|while|however|instead|opposite|contrary|now)\b", re.IGNORECASE)
"""After these something else may be spoken of than what was named last."""

ROOM_WORDS = 70
"""About half a minute of speech: an answer of fewer words leaves things out because it's short."""

PROBABILITY: Mapping[str, float] = {
    "said": 0.8,
    "said, carried": 0.76,
    "said, unbound": 0.75,
    "part": 0.7,
    "near": 0.5,
    "unclear": 0.5,
    "countered": 0.69,
    "denied": 0.6,
    "nothing": 0.15,
    "nothing heard": 0.3,
}
"""How often the point was really said (for a contradiction: really contradicted) when a verdict fell this way: shares
of the development answers, rounded; where fewer than ten fell so, a guess. The check answers gave 0.74, 0.79 and 0.71
for the first three, 0.67 for countered and 0.23 for nothing."""


def verdicts(rubric: Rubric, reading: Reading, *, credits_only: bool = False) -> tuple[Verdict, ...]:
    """A verdict for each point, in the rubric's order.

    With `credits_only` (a basic recogniser) a point is covered, partly or unheard; only when half of the judged
    points come out contradicted does polarity count, and then nothing is credited: all that is *unsure*. Where the
    rubric has sayings they are weighed in, and the alarm is in the weights.
    """
    by_item = _by_item(reading)
    strict = [_strict(c.point.id, c.point.needs, by_item.get(c.point.id, [])) for c in rubric.points]
    judged = [v for v in strict if v.status in ("covered", "partly", "contradicted")]
    against = sum(v.status == "contradicted" for v in strict)
    if rubric.learned is not None:
        return _weighed(rubric, reading, strict, credits_only=credits_only)
    if not credits_only:
        sure = against >= ALARM_TYPED * len(strict)
        return tuple(v if sure or v.why.startswith("countered") else _doubted(v) for v in strict)
    if against >= 2 and against >= ALARM_HEARD * len(judged):
        return tuple(_alarmed(v) for v in strict)
    return tuple(_credit(c.point.id, c.point.needs, by_item.get(c.point.id, [])) for c in rubric.points)


def weigh(rubric: Rubric, reading: Reading) -> dict[str, Signs]:
    """The signs found of every point that sayings are known of; nothing without sayings."""
    by_item = _by_item(reading)
    strict = [_strict(c.point.id, c.point.needs, by_item.get(c.point.id, [])) for c in rubric.points]
    return _signs(rubric, reading, strict, sounds_like(rubric, reading))


def _by_item(reading: Reading) -> dict[str, list[Finding]]:
    """The findings of each point and pitfall, in the order in which they were made."""
    by_item: dict[str, list[Finding]] = {}
    for found in believed(reading):
        by_item.setdefault(found.item, []).append(found)
    return by_item


def sounds_like(rubric: Rubric, reading: Reading) -> Heard:
    """What the rubric's sayings make of the answer; nothing without sayings."""
    if rubric.learned is None:
        return Heard({}, 0.0)
    tokens = tokens_of(reading)
    edges = rubric.folder.fold(tokens, rubric.owned if reading.heard else ())
    return _hear_once(rubric.learned, tokens, edges, unread(tokens))


@lru_cache(maxsize=2)
def _hear_once(learned: Learned, tokens: tuple[Token, ...], edges: tuple[Edge, ...], gone: frozenset[int]) -> Heard:
    """The gate, the verdicts and the pitfalls all ask for the same answer."""
    return hear(learned, tokens, edges, gone)


def _signs(rubric: Rubric, reading: Reading, strict: Sequence[Verdict], heard: Heard) -> dict[str, Signs]:
    alike = heard.closest
    taught = [v for v in strict if (v.point_id, "says") in alike]
    elsewhere = _said_of_another(rubric, reading, heard)
    spoken_of = max(heard.spoken_of, _matched_share(strict, reading))
    each = [
        signs(
            0.0 if v.point_id in elsewhere else alike[v.point_id, "says"].log_odds,
            alike.get((v.point_id, "against"), NOTHING).log_odds,
            alike[v.point_id, "says"].margin,
            alike[v.point_id, "says"].apart * (v.point_id not in elsewhere),
            heard.leaning.get(v.point_id, 0.0) * (v.point_id not in elsewhere),
            matched=v.status in ("covered", "partly"),
            countered=v.why.startswith("countered"),
            turned=v.point_id in elsewhere or (v.status == "contradicted" and not v.why.startswith("countered")),
        )
        for v in taught
    ]
    return {v.point_id: s for v, s in zip(taught, together(each, spoken_of), strict=True)}


def _matched_share(strict: Sequence[Verdict], reading: Reading) -> float:
    """Share of the answer's characters in which patterns heard a point."""
    inside = {n for v in strict if v.status in ("covered", "partly") for a, b in v.evidence for n in range(a, b)}
    return len(inside) / len(reading.text) if reading.text else 0.0


def _said_of_another(rubric: Rubric, reading: Reading, heard: Heard) -> frozenset[str]:
    """Points about one of the question's subjects whose likest words are spoken of another: "REST has one endpoint".
    Words that name none are spoken of what was named last, unless the right one follows at once."""
    named = namings(rubric, reading)
    if not named:
        return frozenset()
    found = set()
    for compiled in rubric.points:
        about = {claim.about for claim in compiled.claims} - {None}
        says = heard.closest.get((compiled.point.id, "says"), NOTHING)
        if len(about) != 1 or says.log_odds < 10 * SHOWN:
            continue
        inside = {n.subject for n in named if says.char_start <= n.char_start and n.char_end <= says.char_end}
        if not inside:
            before = [n for n in named if says.char_start - CARRIED_CHARS <= n.char_end <= says.char_start]
            after = {n.subject for n in named if says.char_end <= n.char_start <= says.char_end + FOLLOWING_CHARS}
            if before and not TURNS.search(reading.text, before[-1].char_end, says.char_end):
                inside = {before[-1].subject} | (after & about)
        if inside and not inside & about:
            found.add(compiled.point.id)
    return frozenset(found)


def _weighed(rubric: Rubric, reading: Reading, strict: Sequence[Verdict], *, credits_only: bool) -> tuple[Verdict, ...]:
    """Patterns and sayings weighed together. A point without sayings keeps what its patterns say."""
    heard = sounds_like(rubric, reading)
    alike, known = heard.closest, _signs(rubric, reading, strict, heard)
    needs = {c.point.id: c.point.needs for c in rubric.points}
    brief = len(tokens_of(reading)) < BRIEF_WORDS
    found = []
    for verdict in strict:
        point_id = verdict.point_id
        if point_id not in known:
            found.append(verdict)
            continue
        said, against = probabilities(known[point_id].row(), rough=credits_only)
        says, contrary = alike[point_id, "says"], alike.get((point_id, "against"), NOTHING)
        decided = mark(said, against, known[point_id], rough=credits_only, brief=brief)
        found.append(_weighed_one(verdict, needs[point_id], decided, said, against, says, contrary))
    return tuple(_unblamed(v) for v in found) if credits_only else tuple(found)


def _weighed_one(
    strict: Verdict, needs: int, decided: Mark, said: float, against: float, says: Likeness, contrary: Likeness
) -> Verdict:
    matched = strict.status in ("covered", "partly")
    window = ((says.char_start, says.char_end),)
    match decided:
        case "against":
            turned = strict.status == "contradicted"
            # Said of another subject it needn't sound wrong: then what sounds like the point shows it.
            wrong = ((contrary.char_start, contrary.char_end),) if contrary.log_odds >= 10 * SHOWN else window
            evidence = strict.evidence if turned else wrong
            why = strict.why if turned else f"sounds like getting it wrong: {contrary.log_odds:+.0f}"
            if strict.why.startswith("countered"):
                against = max(against, PROBABILITY["countered"])
            if contrary.unclear and not turned:
                return Verdict(strict.point_id, "unsure", said, evidence, "unclear words")
            return Verdict(strict.point_id, "contradicted", against, evidence, why, strict.correction)
        case "said":
            if matched:
                return replace(strict, probability=said)
            if says.unclear:
                return Verdict(strict.point_id, "unsure", said, window, "unclear words")
            why = f"sounds like saying it: {says.log_odds:+.0f}"
            return Verdict(strict.point_id, "partly" if needs > 1 else "covered", said, window, why)
        case "unsure":
            why = f"may be it: {says.log_odds:+.0f}"
            if not matched and says.log_odds < contrary.log_odds:
                window = ((contrary.char_start, contrary.char_end),)
            return Verdict(strict.point_id, "unsure", said, strict.evidence if matched else window, why)
        case "nothing":
            return Verdict(strict.point_id, "missed", said, (), "nothing")


def _unblamed(verdict: Verdict) -> Verdict:
    """A basic recogniser's text: what goes against a point may be its own error."""
    if verdict.status == "missed":
        return replace(verdict, status="unheard")
    return replace(verdict, status="unsure") if verdict.status == "contradicted" else verdict


def pitfalls(rubric: Rubric, reading: Reading, heard: Sequence[Verdict], words: int) -> tuple[PitfallHit, ...]:
    """The pitfalls that an answer of so many words walked into.

    An omission counts only when every omitted point is surely missed, in an answer that had room for it and that says
    more of the question truly than wrongly.
    """
    status = {v.point_id: v.status for v in heard}
    said_points = sum(v.status in ("covered", "partly") for v in heard)
    engaged = words >= ROOM_WORDS and said_points > sum(v.status == "contradicted" for v in heard)
    heard_as, by_item = sounds_like(rubric, reading).closest, _by_item(reading)
    traps = weigh_traps(rubric, reading, heard)
    hits = []
    for compiled in rubric.pitfalls:
        pitfall = compiled.pitfall
        said = [f for f in by_item.get(f"!{pitfall.id}", ()) if not f.unclear]
        alike = heard_as.get((pitfall.id, "pitfall"), NOTHING)
        if said:
            hits.append(PitfallHit(pitfall.id, _spans(said[:2])))
        elif pitfall.id in traps and not alike.unclear and trap(traps[pitfall.id]) >= TRAPPED:
            hits.append(PitfallHit(pitfall.id, ((alike.char_start, alike.char_end),)))
        elif engaged and pitfall.omits and all(status.get(p) == "missed" for p in pitfall.omits):
            hits.append(PitfallHit(pitfall.id))
    return tuple(hits)


def weigh_traps(rubric: Rubric, reading: Reading, heard: Sequence[Verdict]) -> dict[str, tuple[float, ...]]:
    """The signs found of every pitfall that has sayings."""
    wrong = sum(v.status == "contradicted" for v in heard) / max(1, len(heard))
    right = sum(v.status == "covered" for v in heard) / max(1, len(heard))
    return {
        pitfall_id: trap_signs(alike.log_odds, alike.margin, wrong, right)
        for (pitfall_id, does), alike in sounds_like(rubric, reading).closest.items()
        if does == "pitfall"
    }


def _spans(findings: Sequence[Finding]) -> tuple[tuple[int, int], ...]:
    """The findings' characters, in order, without those that lie inside another's."""
    spans = sorted({(f.char_start, f.char_end) for f in findings}, key=lambda s: (s[0], -s[1]))
    return tuple(s for n, s in enumerate(spans) if not any(a <= s[0] and s[1] <= b for a, b in spans[:n]))


_STRENGTH = {"itself": 3, "clause": 3, "carried": 2, "nothing": 0}


def _best_by_claim(findings: Sequence[Finding], kinds: tuple[Kind, ...]) -> list[Finding]:
    best: dict[int, Finding] = {}
    for f in findings:
        if f.kind not in kinds:
            continue
        known = best.get(f.claim)
        if known is None or _rank(f) > _rank(known):
            best[f.claim] = f
    return [best[n] for n in sorted(best)]


def _rank(f: Finding) -> tuple[bool, int]:
    return (not f.unclear, _STRENGTH[f.bound])


def _strict(point_id: str, needs: int, findings: Sequence[Finding]) -> Verdict:
    countered = [f for f in findings if f.kind == "countered"]
    if clear := [f for f in countered if not f.unclear]:
        why = f"countered by {clear[0].pattern!r}"
        p = PROBABILITY["countered"]
        return Verdict(point_id, "contradicted", p, _spans(clear[:1]), why, clear[0].correction)
    said = [f for f in _best_by_claim(findings, ("said",)) if not f.unclear]
    if len(said) >= needs:
        return _said(point_id, "covered", said[:needs])
    turned = [f for f in findings if f.kind in ("denied", "swapped", "turned") and f.bound != "nothing"]
    if turned and not said:
        f = min(turned, key=lambda f: f.unclear)
        if f.unclear:
            return Verdict(point_id, "unsure", PROBABILITY["unclear"], _spans([f]), f"{f.kind}, unclear words")
        return Verdict(point_id, "contradicted", PROBABILITY["denied"], _spans([f]), f"{f.kind}: {f.pattern!r}")
    if said:
        return Verdict(point_id, "partly", PROBABILITY["part"], _spans(said[:2]), f"part: {said[0].pattern!r}")
    return _doubt(point_id, [*countered, *findings])


def _said(point_id: str, status: Status, by: Sequence[Finding]) -> Verdict:
    loosest = min((f.bound for f in by), key=lambda b: _STRENGTH[b])
    kind = {"nothing": "said, unbound", "carried": "said, carried"}.get(loosest, "said")
    return Verdict(point_id, status, PROBABILITY[kind], _spans(by), f"{kind}: {by[0].pattern!r}")


def _doubt(point_id: str, findings: Sequence[Finding]) -> Verdict:
    if unclear := [f for f in findings if f.unclear and f.kind in ("said", "countered", "near")]:
        return Verdict(point_id, "unsure", PROBABILITY["unclear"], _spans(unclear[:1]), "unclear words")
    if near := [f for f in findings if f.kind == "near" and f.bound != "nothing"]:
        return Verdict(point_id, "unsure", PROBABILITY["near"], _spans(near[:1]), f"near: {near[0].pattern!r}")
    return Verdict(point_id, "missed", PROBABILITY["nothing"], (), "nothing")


def _doubted(verdict: Verdict) -> Verdict:
    """One denied claim in an answer that otherwise agrees is more often a misreading than a contradiction."""
    if verdict.status != "contradicted":
        return verdict
    return replace(verdict, status="unsure", probability=PROBABILITY["unclear"])


def _alarmed(verdict: Verdict) -> Verdict:
    if verdict.status == "missed":
        return replace(verdict, status="unheard", probability=PROBABILITY["nothing heard"])
    return replace(verdict, status="unsure", probability=PROBABILITY["unclear"], why=f"alarm; {verdict.why}")


def _credit(point_id: str, needs: int, findings: Sequence[Finding]) -> Verdict:
    """A basic recogniser's text: lost borders make false negations, so polarity isn't read point by point."""
    said = [f for f in _best_by_claim(findings, ("said", "denied")) if not f.unclear]
    if len(said) >= needs:
        return _said(point_id, "covered", said[:needs])
    if said:
        return Verdict(point_id, "partly", PROBABILITY["part"], _spans(said[:2]), f"part: {said[0].pattern!r}")
    doubt = _doubt(point_id, [f for f in findings if f.kind in ("near", "said")])
    if doubt.status == "unsure":
        return doubt
    return Verdict(point_id, "unheard", PROBABILITY["nothing heard"], (), "nothing")
