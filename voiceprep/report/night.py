"""The page for the night before: as Markdown, as plain lines, as data. Everything on it is shown literally."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from voiceprep.core.clean import one_line
from voiceprep.core.night import Night, OnceMore
from voiceprep.report import wording
from voiceprep.report.markdown import literal

SCHEMA = 1
LAST = "Enough. Sleep."
LONGEST = 2_000
"""Characters of a line: no sentence is longer."""

Kind = Literal["title", "text", "heading", "topic", "quote", "step"]

_MARKDOWN: dict[Kind, str] = {
    "title": "# ", "text": "", "heading": "## ", "topic": "### ", "quote": "- ", "step": "{}. ",
}  # fmt: skip
_PLAIN: dict[Kind, str] = {"title": "", "text": "", "heading": "", "topic": "  ", "quote": "    ", "step": "  {}. "}
_APART: frozenset[Kind] = frozenset(("title", "text", "heading", "topic"))
"""What Markdown wants a blank line before."""


@dataclass(frozen=True, slots=True)
class _Row:
    kind: Kind
    text: str
    number: int = 0


def markdown(night: Night, countdown: str = "") -> str:
    """The page as Markdown. `countdown` says how far away the interview is, and may be empty."""
    lines: list[str] = []
    before: Kind = "title"
    for row in _rows(night, countdown):
        if lines and (row.kind in _APART or before in _APART):
            lines.append("")
        lines.append(_MARKDOWN[row.kind].format(row.number) + literal(one_line(row.text, LONGEST)))
        before = row.kind
    return "\n".join(lines) + "\n"


def plain(night: Night, countdown: str, width: int) -> Iterator[str]:
    """The page as lines of at most `width` columns, without markup."""
    for number, row in enumerate(_rows(night, countdown)):
        if number and row.kind in ("text", "heading"):
            yield ""
        text = one_line(row.text, LONGEST)
        first = _PLAIN[row.kind].format(row.number)
        yield from textwrap.wrap(
            text.upper() if row.kind in ("title", "heading") else text,
            width,
            initial_indent=first,
            subsequent_indent=" " * (len(first) + 2),
            break_on_hyphens=False,
        )


def night_json(night: Night, countdown: str = "") -> dict[str, Any]:
    """The page as data, with the ids by which each sentence is found again."""
    return {
        "schema": SCHEMA,
        "countdown": countdown or None,
        "topics": [
            {
                "topic": t.name,
                "takes": [
                    {
                        "question_id": take.answer.question_id,
                        "session": take.session_id,
                        "day": take.day or None,
                        "take_id": take.answer.take_id,
                        "core": [take.heard, take.of],
                        "coverage": take.coverage,
                    }
                    for take in t.takes
                ],
                "sentences": [
                    {
                        "question_id": s.question_id,
                        "point_id": s.point_id,
                        "session": s.session_id,
                        "day": s.day or None,
                        "probability": s.probability,
                        **asdict(s.piece),
                    }
                    for s in t.sentences
                ],
            }
            for t in night.topics
        ],
        "plan": {
            "minutes": night.minutes,
            "questions": [{"id": p.id, "why": p.why, "say": p.say or None} for p in night.plan],
        },
        "ask": list(night.ask),
    }


def _rows(night: Night, countdown: str) -> Iterator[_Row]:
    yield _Row("title", "The night before")
    if countdown:
        yield _Row("text", countdown)
    if any(t.sentences for t in night.topics):
        yield _Row("heading", "Your best sentences")
        for topic in night.topics:
            if topic.sentences:
                yield _Row("topic", topic.name)
            for sentence in topic.sentences:
                yield _Row("quote", f"{wording.quote(sentence.piece)}  ({sentence.source})")
    if night.plan:
        yield _Row("heading", f"Once more, aloud: about {night.minutes} min")
        for number, item in enumerate(night.plan, 1):
            yield _Row("step", _once_more(item), number)
    yield _Row("heading", "Five questions to ask them")
    for number, question in enumerate(night.ask, 1):
        yield _Row("step", question, number)
    yield _Row("text", LAST)


def _once_more(item: OnceMore) -> str:
    return f"{item.short}. Say: {item.say}" if item.say else f"{item.short}: {item.why}"
