"""A session as one HTML page that needs nothing else: no script, style, font or sound from elsewhere.

Whatever was said, or came from a model or a pack, is text on it: the template escapes all that it's given, and the
browser is told to run this page's own script and no other.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from voiceprep.core.clean import clean
from voiceprep.core.delivery import LONG_PAUSE_S, STRETCH_S, Unmeasured
from voiceprep.core.events import Rescored
from voiceprep.core.feedback import Assessment, Evidence
from voiceprep.core.pressure import Cut
from voiceprep.core.spans import Span, gaps
from voiceprep.report import amended, wording
from voiceprep.report.markdown import Facts, Looked

if TYPE_CHECKING:
    from jinja2 import Environment

TICKS_S = (5, 10, 15, 30, 60, 120, 300, 600, 1800)
MOST_TICKS = 8
NEAR = 4.5
"""Percent of the time line's width: marks that stand closer than this go below one another."""


@dataclass(frozen=True, slots=True)
class Take:
    """What is known of a take's sound: its length, where speech was, and the sound as a browser plays it. Without one
    `missing` says why; that is empty too where the answer was typed."""

    duration_s: float = 0.0
    speech: tuple[Span, ...] = ()
    sound: bytes = b""
    mime: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The candidate's words on a point or a pitfall, and what they are called: "heard: It keeps the answers"."""

    sign: str
    label: str
    piece: Evidence


@dataclass(frozen=True, slots=True)
class Mark:
    """Something said, on the time line: where it stands in percent, and in which row."""

    said: Said
    x: float
    row: int


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A take from left to right, in percent of its length: (start, width) of speech and of long pauses with their
    seconds, (place, name) of the axis."""

    speech: tuple[tuple[float, float], ...]
    pauses: tuple[tuple[float, float, float], ...]
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    rows: int
    cut: tuple[float, str] | None


def page(
    facts: Facts,
    assessments: Sequence[Assessment],
    model_answers: Mapping[str, str],
    looked_for: Mapping[str, Looked] = MappingProxyType({}),
    costs: Mapping[str, str] = MappingProxyType({}),
    whys: Mapping[tuple[str, str], str] = MappingProxyType({}),
    takes: Mapping[str, Take] = MappingProxyType({}),
    rescored: Sequence[Rescored] = (),
) -> str:
    """The whole page. `whys` says by (question id, follow-up id) why it was asked; `takes` go by take id; the rest is
    what the Markdown report is made of."""
    style, script = _part("page.css"), _part("page.js")
    return _environment().get_template("page.html.j2").render(
        facts=facts, assessments=assessments, model_answers=model_answers, looked_for=looked_for, costs=costs,
        whys=whys, takes=takes, rescored=rescored, no_take=Take(), style=style, script=script, style_hash=_hash(style),
        script_hash=_hash(script),
    )  # fmt: skip


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # no session waits for a page to be made

    made = Environment(
        loader=PackageLoader("voiceprep", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
    )
    made.tests["hesitates"] = lambda a: bool(wording.hesitation_line(a))
    made.globals.update(
        wording=wording, amended=amended, said_in=said_in, time_line=time_line, pace_bars=pace_bars, marked=marked,
        data_uri=_data_uri, signs=SIGNS,
    )  # fmt: skip
    return made


def _cleaned(value: Any) -> Any:
    """The one door for text: nothing reaches the page that hasn't been through it."""
    return clean(value, len(value) + 1) if isinstance(value, str) and not isinstance(value, Markup) else value


def _part(name: str) -> Markup:
    environment = _environment()
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])  # ours, and no other's


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data_uri(take: Take) -> Markup:
    return Markup(f"data:{take.mime};base64,{base64.b64encode(take.sound).decode()}")  # letters, digits, + / = only


SIGNS = {
    "covered": "heard", "partly": "heard in part", "unsure": "please check", "contradicted": "goes against",
    "pitfall": "pitfall",
}  # fmt: skip
"""What the signs on a time line and in a transcript mean."""
PITFALL_SIGN = "x"


def said_in(answer: Assessment, take_id: str) -> tuple[Said, ...]:
    """Everything that the feedback on a question, its follow-ups included, rests on in one take, in the order of its
    words."""
    found: dict[tuple[int, int, str], Said] = {}
    for a in (answer, *answer.follow_ups_asked):
        for point in a.points:
            for piece in point.evidence if point.verdict in SIGNS else ():
                said = Said(wording.MARKS[point.verdict], f"{SIGNS[point.verdict]}: {point.text}", piece)
                found.setdefault((piece.char_start, piece.char_end, point.text), said)
        for pitfall in a.pitfalls:
            for piece in pitfall.evidence:
                said = Said(PITFALL_SIGN, f"{SIGNS['pitfall']}: {pitfall.text}", piece)
                found.setdefault((piece.char_start, piece.char_end, pitfall.text), said)
    return tuple(found[key] for key in sorted(found) if found[key].piece.take_id == take_id)


def marked(text: str, said: Sequence[Said]) -> Iterator[tuple[str, tuple[Said, ...], tuple[Said, ...]]]:
    """A take's text in pieces, each with all that rests on it and with those of them that begin there; together the
    pieces are the text."""
    ends = {0, len(text)}
    for one in said:
        ends |= {min(one.piece.char_start, len(text)), min(one.piece.char_end, len(text))}
    for start, end in itertools.pairwise(sorted(ends)):
        here = tuple(s for s in said if s.piece.char_start <= start and end <= s.piece.char_end)
        yield text[start:end], here, tuple(s for s in here if s.piece.char_start == start)


def time_line(take: Take, said: Sequence[Said], cut: Cut | None = None) -> TimeLine | None:
    """The take's time line, with where it was cut off; None where there is no sound to speak of."""
    length_s = max([take.duration_s, *(s.end_s for s in take.speech)])
    if length_s <= 0 or not (take.speech or take.sound):
        return None

    def place(at_s: float) -> float:
        return round(100 * min(max(at_s, 0.0), length_s) / length_s, 3)

    def stretch(span: Span) -> tuple[float, float]:
        return place(span.start_s), round(place(span.end_s) - place(span.start_s), 3)

    marks: list[Mark] = []
    last: list[float] = []
    for one in sorted((s for s in said if s.piece.start_s is not None), key=lambda s: s.piece.start_s or 0.0):
        x = place(one.piece.start_s or 0.0)
        row = next((n for n, at in enumerate(last) if x - at >= NEAR), len(last))
        last[row : row + 1] = [x]
        marks.append(Mark(one, x, row))
    step_s = next((t for t in TICKS_S if length_s / t <= MOST_TICKS), TICKS_S[-1])
    return TimeLine(
        speech=tuple(stretch(s) for s in take.speech),
        pauses=tuple((*stretch(g), round(g.length_s, 1)) for g in gaps(take.speech) if g.length_s >= LONG_PAUSE_S),
        ticks=tuple((place(n * step_s), wording.clock(n * step_s)) for n in range(int(length_s // step_s) + 1)),
        marks=tuple(marks),
        rows=len(last),
        cut=(place(cut.at_s), wording.clock(cut.at_s)) if cut is not None and cut.at_s else None,
    )


def pace_bars(a: Assessment) -> tuple[tuple[str, int, float], ...]:
    """(from when, words per minute, share of the fastest in percent) of each stretch; empty for a short answer."""
    pace, first = a.delivery.pace, a.delivery.first_speech_s
    if isinstance(pace, Unmeasured) or isinstance(first, Unmeasured) or len(pace) < wording.LEAST_STRETCHES:
        return ()
    most = max(*pace, 1.0)
    return tuple(
        (wording.clock(first + n * STRETCH_S), round(rate), round(100 * rate / most, 1)) for n, rate in enumerate(pace)
    )
