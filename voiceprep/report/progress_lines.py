"""Progress in words: as lines of a page, and as data. Counts and medians with how many answers they rest on."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from voiceprep.core.clean import one_line
from voiceprep.core.delivery import Unmeasured
from voiceprep.core.past import day_in_words
from voiceprep.core.progress import LEAST, Break, MeasureTrend, PointStanding, Progress, Tally, TopicTrend

SCHEMA = 1
SHOWN = 8
"""Points, and questions that are due, in a page; the data has them all."""
NAME_WIDTH = 26
_HEAD = f"{{:<{NAME_WIDTH + 4}}}{'newest':<14}{'before':<14}answers each"

_NAMES = {
    "words_per_minute": "pace, words/min",
    "first_speech_s": "first word after, s",
    "long_pauses_per_minute": "pauses over 1 s, a minute",
    "longest_pause_s": "longest pause, s",
    "fillers_per_minute": "um, at least, a minute",
}
_EARS = {"typed": "typed", "corrected": "corrected by hand", "basic": "the basic recogniser"}


def lines(progress: Progress, today: str, width: int = 80) -> Iterator[str]:
    """The page, in lines of at most `width` columns; `today` is "2026-11-03"."""
    wrap = _wrapping(width)
    many = f"{progress.answers} scored answer{'s' * (progress.answers != 1)}"
    yield from wrap(f"{many} to {progress.questions} question{'s' * (progress.questions != 1)}.")
    yield ""
    yield f"DUE NOW  {len(progress.due)}" if progress.due else "DUE NOW  nothing"
    for due in progress.due[:SHOWN]:
        since = "today" if due.since == today else f"since {day_in_words(due.since)}"
        yield from wrap(f"{due.title} ({due.topic}), {since}: {due.why}", "  ", "    ")
    yield from _and_more(len(progress.due))
    if progress.next_due:
        yield f"  Next: {day_in_words(progress.next_due)}."
    yield ""
    yield "WEAKEST POINTS" if progress.weak else "WEAKEST POINTS  none"
    for weak in progress.weak[:SHOWN]:
        yield from wrap(f"{weak.point.text.rstrip('.')}.", "  ", "    ")
        yield from wrap(f"{weak.title}: {point_line(weak.point)}", "      ", "      ")
    yield from _and_more(len(progress.weak))
    yield ""
    yield _HEAD.format("TOPICS, core points heard")
    for topic in progress.topics:
        if not isinstance(topic.now, Unmeasured):
            yield _row(topic.topic, topic, _tally)
            yield from _break(topic.broken, wrap)
    if few := [f"{t.topic} {t.n}" for t in progress.topics if isinstance(t.now, Unmeasured)]:
        yield from wrap(f"Too few to compare ({LEAST} answers alike are needed): {', '.join(few)}.", "  ", "    ")
    yield ""
    yield _HEAD.format("DELIVERY, median")
    for measure in progress.delivery:
        yield _row(_NAMES.get(measure.name, measure.name), measure, _figure)
    for broken in dict.fromkeys(m.broken for m in progress.delivery if not isinstance(m.now, Unmeasured)):
        yield from _break(broken, wrap)
    yield "  Calm spoken answers only; a clock changes how one speaks."
    if progress.broken:
        yield ""
        yield "QUESTIONS WHOSE HISTORY BREAKS"
        for title, broken in progress.broken[:SHOWN]:
            yield from wrap(f"{title}: {break_line(broken)}.", "  ", "    ")
        yield from _and_more(len(progress.broken))


def point_line(point: PointStanding) -> str:
    """How a point stands: "not heard in the last 2 answers, heard before"."""
    on = f" on {day_in_words(point.day)}" if point.day else ""
    if point.last == "heard":
        return f"heard{on}"
    if not point.last:
        return "nothing known"
    said = "went against the rubric" if point.last == "against" else "not heard"
    times = f"{said}{on}" if point.running == 1 else f"{said}{on}, {_times(point.running)} running without it"
    return f"{times}; {'heard before' if point.ever else 'not heard before either'}"


def break_line(broken: Break) -> str:
    """What isn't compared, and why: "since 12 Nov another recogniser (whisper); 14 older answers are left out"."""
    ear = _EARS.get(broken.ear, one_line(broken.ear, 40))
    heard = ear if broken.ear in ("typed", "corrected") else f"another recogniser ({ear})"
    what = " and ".join(heard if w == "recogniser" else f"another {w}" for w in broken.what)
    older = "older" if broken.since else "other"
    left = f"{broken.left_out} {older} answer{'s are' if broken.left_out != 1 else ' is'} left out"
    if broken.since:
        return f"since {day_in_words(broken.since)} {what}; {left}"
    return f"{what}; {left}" if broken.what != ("recogniser",) else f"only {ear}; {left}"


def progress_json(progress: Progress) -> dict[str, Any]:
    """Everything, as data; what isn't measured is null beside its reason."""
    told = asdict(progress)
    return {"schema": SCHEMA, **{name: _plain(value) for name, value in told.items() if name != "broken"},
            "breaks": [{"question": title, **asdict(broken)} for title, broken in progress.broken]}  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"reason"}:
            return {"value": None, "reason": value["reason"]}
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def _row(name: str, trend: TopicTrend | MeasureTrend, said: Callable[[Any], str]) -> str:
    """A trend as a row of the table; what can't be told says why."""
    name = one_line(name, NAME_WIDTH)
    if isinstance(trend.now, Unmeasured):
        return f"  {name:<{NAME_WIDTH}}  {trend.now.reason}"
    before = "too few" if isinstance(trend.before, Unmeasured) else said(trend.before)
    return f"  {name:<{NAME_WIDTH}}  {said(trend.now):<14}{before:<14}{trend.n}"


def _break(broken: Break | None, wrap: Callable[..., list[str]]) -> list[str]:
    return wrap(break_line(broken), "      ", "      ") if broken is not None else []


def _tally(tally: Tally) -> str:
    return f"{tally.heard} of {tally.of}"


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def _times(count: int) -> str:
    return {2: "twice", 3: "three times"}.get(count, f"{count} times")


def _and_more(count: int) -> Iterator[str]:
    if count > SHOWN:
        yield f"  and {count - SHOWN} more"


def _wrapping(width: int) -> Callable[..., list[str]]:
    def wrap(text: str, first: str = "", rest: str = "") -> list[str]:
        said = one_line(text, 2_000)
        return textwrap.wrap(said, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)

    return wrap
