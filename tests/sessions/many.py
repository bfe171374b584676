"""Many small sessions, written fast: real journals that fold, of made assessments. The same seed makes the same."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.core.questions import ON_PICKS, scored
from voiceprep.core import events as e
from voiceprep.core.delivery import Delivery, Unmeasured
from voiceprep.core.feedback import Assessment, Unscored
from voiceprep.core.pressure import Clocked, Cut
from voiceprep.core.spans import Span
from voiceprep.core.verdicts import Status
from voiceprep.sessions import store
from voiceprep.sessions.journal import encode

QUESTIONS, TOPICS, ASKED = 400, 25, 4
"""Each session asks four of these questions, the n-th of them from the n-th quarter."""
VARIANTS = 6


def topic_of(question: int) -> str:
    return f"topic-{question % TOPICS:02}"


@functools.cache
def _heard() -> Assessment:
    return scored(ON_PICKS)


def measured(pace: float, typed: bool = False) -> Delivery:
    if typed:
        none = Unmeasured("the answer was typed")
        return Delivery(none, none, none, none, none, none, none, none)
    return Delivery(90.0, 1.0 + pace / 200, 70.0, 9, 3, Span(10.0, 10.0 + pace / 60), pace, 2)


def answer(
    question: str = "question-0", day: int = 0, *, take_id: str = "a001", engine: str = "whisper:base",
    rubric: str = "r1", matcher: str = "1", pace: float = 130.0, sure: bool = True, unscored: str = "",
    clocked: Clocked | None = None, dispute: str = "", **verdicts: Status,
) -> Assessment:  # fmt: skip
    """An answer to a question of three core points (one, two, three) and an extra one, covered unless said otherwise;
    `dispute` is the id of a disputed point; an empty engine is a typed answer."""
    first = _heard().points[0]
    points = tuple(
        replace(
            first, id=i, text=f"Point {i} of {question}.", core=i != "extra", verdict=verdicts.get(i, "covered"),
            dispute="I said it" if i == dispute else None,
            evidence=tuple(replace(piece, take_id=take_id) for piece in first.evidence),
        )
        for i in ("one", "two", "three", "extra")
    )  # fmt: skip
    return replace(
        _heard(), question_id=question, take_id=take_id, rubric=rubric, matcher_version=matcher, engine=engine,
        source="asr" if engine else "typed", points=points, coverage=0.5 if sure else None, clocked=clocked,
        unscored=Unscored(unscored) if unscored else None, delivery=measured(pace, not engine), follow_up=None,
    )  # fmt: skip


@functools.cache
def _made(question: int, variant: int, nth: int) -> Assessment:
    rng = random.Random(question * VARIANTS + variant)
    statuses: Sequence[Status] = ("covered", "covered", "partly", "missed", "unsure", "contradicted")
    verdicts = {i: rng.choice(statuses[: 5 + (rng.random() < 0.2)]) for i in ("one", "two", "three")}
    return answer(
        f"question-{question}", take_id=f"a{nth + 1:03}", pace=110.0 + rng.random() * 40,
        engine=("whisper:base", "whisper:base", "whisper:base", "", "basic")[variant % 5],
        sure=variant % 5 != 4, unscored="skipped" if rng.random() < 0.1 else "",
        clocked=Clocked(60.0, cut=Cut("limit", 60.0)) if rng.random() < 0.1 else None,
        dispute="two" if rng.random() < 0.1 else "", **verdicts,
    )  # fmt: skip


@functools.cache
def _lines(question: int, variant: int, nth: int) -> bytes:
    assessment = _made(question, variant, nth)
    told: list[e.Event] = [
        e.QuestionSpoken(f"t{nth + 1:03}", "", 0.0, "quiet"),
        e.AnswerTyped(assessment.take_id, "What was said."),
        e.Assessed(assessment.take_id, assessment),
    ]
    return b"".join(encode(2 + 3 * nth + n, event) for n, event in enumerate(told))


def session_id(number: int) -> str:
    """One a day and hour, from 2001 on, so that names sort as they come."""
    year, rest = divmod(number, 12 * 28)
    month, day = divmod(rest, 28)
    return f"{2001 + year:04}{month + 1:02}{day + 1:02}-100000-{number & 0xFFFF:04x}"


def write(root: Path, number: int, seed: int = 1, name: str = "") -> store.SessionFolder:
    """The session of this number; its name says when it was."""
    rng = random.Random(f"{seed} {number}")
    quarter = QUESTIONS // ASKED
    asked = [(n * quarter + rng.randrange(quarter), rng.randrange(VARIANTS)) for n in range(ASKED)]
    name = name or session_id(number)
    folder = store.SessionFolder(root / name)
    folder.path.mkdir(parents=True)
    planned = tuple(e.PlannedQuestion(f"question-{q}", "What is it?") for q, _ in asked)
    questions = [{"id": f"question-{q}", "short": f"Question {q}", "topic": topic_of(q)} for q, _ in asked]
    meta = {
        "schema": 1, "id": name, "title": "Made", "created": f"{name[:4]}-{name[4:6]}-{name[6:8]}T10:00:00+0000",
        "bank_version": "1", "engines": {}, "questions": questions, "lexicon": {},
    }  # fmt: skip
    folder.meta_path.write_text(json.dumps(meta))
    first = encode(1, e.SessionOpened(name, "Made", planned, 0))
    last = encode(2 + 3 * ASKED, e.SessionClosed("finished"))
    folder.journal.write_bytes(first + b"".join(_lines(q, v, n) for n, (q, v) in enumerate(asked)) + last)
    return folder


def write_many(root: Path, count: int, seed: int = 1) -> list[store.SessionFolder]:
    return [write(root, number, seed) for number in range(count)]
