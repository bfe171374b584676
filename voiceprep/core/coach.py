"""What a coach says while one practises: hints, one rung at a time, and a word on pace. In practice only."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from voiceprep.core.question import Question
from voiceprep.core.transcript import Word

PACE_S = 20.0
"""The stretch that pace is taken from: the last so many seconds that were heard."""
FAST = 180.0
"""Words per minute from which listeners lose technical speech; lively talk has 150 to 170."""
FEWEST_WORDS = 30
"""Fewer in the stretch say nothing about pace."""
LONG_SILENCE_S = 6.0


def hints(question: Question, heard: Collection[str], *, coached: bool) -> tuple[str, ...]:
    """The ladder: the question's tips, how many points there are; and from a coach, about the weightiest core point not
    in `heard`, what it's about and then a sentence that says it."""
    core = [p for p in question.points if p.core]
    ladder = [*question.tips, f"A good answer has {len(core)} main points."]
    missing = max((p for p in core if p.id not in heard), key=lambda p: p.weight, default=None)
    if coached and missing is not None:
        ladder += [f"Not heard yet: {missing.text}", f"One sentence would do it: {missing.say}"]
    return tuple(ladder)


def pace_hint(words: Sequence[Word]) -> str:
    """A word on speaking too fast, by the rough words; empty when there is nothing to say."""
    if not words:
        return ""
    until_s = words[-1].end_s
    latest = [w for w in words if w.start_s >= until_s - PACE_S]
    lasts_s = until_s - latest[0].start_s
    if len(latest) < FEWEST_WORDS or lasts_s <= 0:
        return ""
    rate = 60 * len(latest) / lasts_s
    return f"That's about {round(rate, -1):.0f} words a minute. Slower is easier to follow." if rate > FAST else ""
