"""Takes of one question in words and as data: each by itself, and two beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment
from voiceprep.core.past import day_in_words
from voiceprep.core.takes import (
    HEARD,
    Addition,
    Change,
    Compared,
    Heard,
    PointThenNow,
    QuestionTakes,
    Said,
    Take,
    Takes,
    additions,
    compare,
    first_and_latest,
    kind_of,
    take_beside,
)
from voiceprep.report import wording

SCHEMA = 1
HOW = {"calm": "calm", "clocked": "under a clock"}
MARKS: dict[Said, str] = {"heard": "+", "asked for": "»", "to check": "?", "against": "!", "not heard": "-"}
"""Beside each point of a take; `»`: heard only in a follow-up or a sentence said again."""
BASIC = "The basic recogniser heard these: what wasn't heard may have been said."

# One take ----------------------------------------------------------------------------------------------------------


def how(answer: Assessment) -> str:
    """ "calm", "calm, typed", "under a clock", "in your head, calm"."""
    said = HOW[kind_of(answer)]
    if wording.rated_by_self(answer):
        return f"in your head, {said}"
    return said if answer.source == "asr" else f"{said}, {answer.source}"


def own_core(answer: Assessment) -> tuple[int, int]:
    """Core points that the take itself made, wholly or in part, of how many."""
    own = answer.own_verdicts()
    core = [p for p in answer.points if p.core]
    return sum(own.get(p.id) in HEARD for p in core), len(core)


def result(answer: Assessment) -> str:
    """ "core 2 of 4 (3 with what was added)", or why it isn't scored."""
    if answer.unscored is not None:
        return wording.ticked(answer) or f"not scored: {answer.unscored.reason}"
    own, of = own_core(answer)
    heard = answer.heard(core=True)[0]
    return f"core {own} of {of}" + (f" ({heard} with what was added)" if heard > own else "")


def measures(answer: Assessment) -> str:
    """ "1:42, 138 words/min": what of it was measured."""
    d = answer.delivery
    parts = [wording.clock(d.duration_s)] if isinstance(d.duration_s, int | float) and d.duration_s else []
    if isinstance(d.words_per_minute, int | float):
        parts.append(f"{d.words_per_minute:.0f} words/min")
    return ", ".join(parts)


def take_line(take: Take) -> str:
    """ "3 Nov   calm   core 2 of 4   1:42, 138 words/min"."""
    day = day_in_words(take.day) or "before"
    return "   ".join(
        filter(None, (f"{day:<6}", how(take.assessment), result(take.assessment), measures(take.assessment)))
    )


def addition_line(added: Addition) -> str:
    """ "follow-up “Who drops the copy?”: 1 of 2 points heard"."""
    what = f"{'follow-up' if added.kind == 'follow-up' else 'one sentence for'} “{added.about}”"
    if added.unscored:
        return f"{what}: not scored, {added.unscored}"
    if added.kind == "sentence":
        return f"{what}: {'heard' if added.heard else 'not heard'}"
    return f"{what}: {added.heard} of {added.of} points heard"


def name_of(found: QuestionTakes, take: Take) -> str:
    """ "take 1 of 3, on 3 Nov"."""
    return f"take {found.takes.index(take) + 1} of {len(found.takes)}, {take.when}"


def no_recording(answer: Assessment) -> str:
    """Why a take without a recording can't be played, in a sentence."""
    if answer.source == "typed":
        return "That take was typed: there is nothing to play."
    return "That take's recording isn't there any more."


# Two beside each other ---------------------------------------------------------------------------------------------


Told = tuple[str, tuple[str, ...]]
"""A heading in capitals, and what stands under it, a line each."""


def compared_lines(found: Compared) -> Iterator[Told]:
    """What changed from the one take to the other: points, pitfalls, then pace, pauses and times."""
    one, other = kind_of(found.then.assessment), kind_of(found.now.assessment)
    if one != other:
        yield "NOT ALIKE", (f"The earlier one was given {HOW[one]}, the later one {HOW[other]}.",)
    if isinstance(found.heard, Unmeasured):
        yield "POINTS", (f"can't be compared: {found.heard.reason}",)
    else:
        yield from _points_lines(found.heard)
    yield from delivery_changes(found)


def _points_lines(heard: Heard) -> Iterator[Told]:
    for title, points in (
        ("NOW ALSO HEARD", heard.now_also),
        ("HEARD THEN, NOT NOW", heard.no_longer),
        ("STILL NOT HEARD", heard.still_not),
        ("HEARD NOW ONLY WHEN ASKED FOR", heard.now("asked for")),
        ("GOES AGAINST THE RUBRIC NOW", heard.now("against")),
        ("TO CHECK, counted neither way", heard.now("to check")),
    ):
        if points:
            yield title, tuple(p.text + ("" if p.core else "  (extra)") for p in points)
    if not (heard.now_also or heard.no_longer):
        yield "POINTS", ("no point is new, and none is gone",)
    for title, texts in (
        ("PITFALL THEN, NOT NOW", heard.pitfalls_gone),
        ("PITFALL NOW, NOT THEN", heard.pitfalls_new),
        ("LEFT ASIDE, you disagree", heard.disputed),
    ):
        if texts:
            yield title, texts
    if not heard.sure:
        yield "ROUGHLY HEARD", (BASIC,)


def delivery_changes(found: Compared) -> Iterator[Told]:
    """Pace, pauses and times of the two: "118 words/min, then 138 words/min", or why they aren't compared."""
    why: dict[str, list[str]] = {}
    for name, change, said in (
        ("LENGTH", found.length_s, wording.clock),
        ("FIRST WORD", found.first_word_s, "after {:.1f} s".format),
        ("PACE", found.pace, "{:.0f} words/min".format),
        ("PAUSES from 0.5 s", found.pauses, "{:.0f}".format),
        ("LONGEST PAUSE", found.longest_pause_s, "{:.1f} s".format),
    ):
        if isinstance(change, Change):
            yield name, (f"{said(change.then)}, then {said(change.now)}",)
        elif name != "LONGEST PAUSE" or isinstance(found.pauses, Unmeasured):  # without a pause there's no longest
            why.setdefault(change.reason, []).append(name)
    for reason, names in why.items():
        yield ", ".join(names), (f"not compared ({reason})",)


def beside(answer: Assessment, earlier: Sequence[Assessment], others: Takes | None, session_id: str) -> str:
    """What stands under an answer of session `session_id`: what became of it since the newest take of its kind, and
    what the clock cost beside the newest of the other; empty where there is neither."""
    before = take_beside(answer, earlier, others, kind_of(answer))
    # A session of before may be looked at after later ones: these are no "before" of it.
    if before is not None and before.session_id >= session_id:
        before = None
    since = "" if before is None else since_line(compare(before, Take(answer)))
    return "  ".join(filter(None, (since, wording.cost_of(answer, earlier, others))))


def since_line(found: Compared) -> str:
    """ "BESIDE YOUR TAKE on 3 Nov. Now also heard: …; still not: …." of core points."""
    about = f"BESIDE YOUR TAKE {found.then.when}"
    if isinstance(found.heard, Unmeasured):
        return f"{about}: they can't be compared, {found.heard.reason}."
    parts = [
        f"{title}: {'; '.join(p.text.rstrip('.') for p in points if p.core)}"
        for title, points in (
            ("Now also heard", found.heard.now_also),
            ("Heard then and not now", found.heard.no_longer),
            ("Still not", found.heard.still_not),
        )
        if any(p.core for p in points)
    ]
    return f"{about}. {'. '.join(parts or ['The same core points were heard'])}."


# As data -----------------------------------------------------------------------------------------------------------


def takes_json(found: QuestionTakes) -> dict[str, Any]:
    """All takes of a question, and the first beside the latest: None where there aren't two."""
    two = first_and_latest(found.takes)
    return {
        "schema": SCHEMA,
        "question_id": found.question_id,
        "ask": found.ask,
        "takes": [_take_json(n, take, found) for n, take in enumerate(found.takes, 1)],
        "comparison": None if two is None else _compared_json(compare(*two), found.takes),
    }


def _take_json(n: int, take: Take, found: QuestionTakes) -> dict[str, Any]:
    a = take.assessment
    return {
        "n": n,
        "session_id": take.session_id,
        "take_id": a.take_id,
        "day": take.day,
        "kind": kind_of(a),
        "source": a.source,
        "engine": a.engine,
        "unscored": a.unscored.reason if a.unscored else None,
        "core": None if a.unscored else list(own_core(a)),
        "length_s": _number(a.delivery.duration_s),
        "words_per_minute": _number(a.delivery.words_per_minute),
        "recording": (take.session_id, a.take_id) in found.recorded,
        "added": [
            {**asdict(added), "recording": (take.session_id, added.take_id) in found.recorded}
            for added in additions(a)
        ],
    }  # fmt: skip


def _compared_json(found: Compared, takes: Sequence[Take]) -> dict[str, Any]:
    heard = found.heard
    return {
        "then": takes.index(found.then) + 1,
        "now": takes.index(found.now) + 1,
        "points": {"unmeasured": heard.reason}
        if isinstance(heard, Unmeasured)
        else {
            "now_also_heard": _texts(heard.now_also),
            "no_longer_heard": _texts(heard.no_longer),
            "still_not_heard": _texts(heard.still_not),
            "disputed": list(heard.disputed),
            "pitfalls_gone": list(heard.pitfalls_gone),
            "pitfalls_new": list(heard.pitfalls_new),
            "all": [asdict(p) for p in heard.points],
        },
        **{
            name: _change_json(getattr(found, name))
            for name in ("pace", "pauses", "longest_pause_s", "length_s", "first_word_s")
        },
    }


def _texts(points: Iterable[PointThenNow]) -> list[str]:
    return [p.text for p in points]


def _change_json(change: Change | Unmeasured) -> dict[str, Any]:
    if isinstance(change, Unmeasured):
        return {"unmeasured": change.reason}
    return {"then": round(change.then, 3), "now": round(change.now, 3)}


def _number(value: float | Unmeasured) -> float | dict[str, str]:
    return {"unmeasured": value.reason} if isinstance(value, Unmeasured) else round(value, 3)
