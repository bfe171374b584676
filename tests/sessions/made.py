"""Sessions made by hand: a story with an event of every type, and its folder as the program would have left it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bank import small_bank
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core import events as e
from voiceprep.core.feedback import Ground, assess, assess_follow_up
from voiceprep.core.opinion import Dropped, NoOpinion, Opinion, PointOpinion, Quote
from voiceprep.core.plan import Plan, plan_questions
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word, heard, typed
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.sessions import store
from voiceprep.sessions.journal import encode

ENGINES = {"recogniser": "basic", "voice": "none"}
OPINION = Opinion(
    "tiny at 127.0.0.1:1", "second-opinion 1 (0123456789ab)", 3,
    (
        PointOpinion("faster-reads", "missed", 2, (), "“It’s” ü 日本 🎤"),
        PointOpinion("less-load", "covered", 3, (Quote("load off the database", 18, 39, 0.25, 0.4),)),
    ),
    4, (Dropped("", "a point that doesn't exist"), Dropped("stale-data", "a figure that nobody said")), True, 1.25,
)  # fmt: skip
"""On the story's first answer."""
NO_OPINION = NoOpinion("tiny at 127.0.0.1:1 can't be reached.")
SECOND = bytes(range(256)) * (RATE * 2 // 256)
"""One second of sound that no two blocks of confuse."""


def bank_and_plan(folder: Path) -> tuple[Bank, Plan]:
    """The small bank, and both of its questions."""
    bank = sound_bank(small_bank.write(folder / "bank"))
    return bank, plan_questions(list(bank.questions), bank.questions)


def planned(plan: Plan) -> tuple[e.PlannedQuestion, ...]:
    return tuple(e.PlannedQuestion(q.id, q.ask, tuple((f.id, f.ask) for f in q.follow_ups)) for q in plan.questions)


def story(bank: Bank, plan: Plan, session_id: str = "s") -> list[e.Event]:
    """A whole session: a spoken answer, a typed follow-up, a break, an engine that died, and an end."""
    first, second = (Ground(q, bank.lexicon, bank.version) for q in plan.questions)
    words = tuple(
        Word(w, round(0.05 * n, 3), round(0.05 * n + 0.05, 3), 0.9) for n, w in enumerate(small_bank.HALF.split())
    )
    spoken = heard(words, engine="whisper:test", speech=(Span(0.1, 0.9),), duration_s=1.0)
    own = assess(first, spoken, "a001")
    assert own.unscored is None and own.follow_up is not None and own.follow_up.id == "invalidate"
    assert own.points[1].evidence, "the story needs a quote"
    follow_up = first.question.follow_up("invalidate")
    asked, parent = assess_follow_up(first, follow_up, own, typed(small_bank.INVALIDATE), "a002")
    return [
        e.SessionOpened(session_id, plan.title, planned(plan), 1),
        e.QuestionSpoken("t001", "espeak-ng (robotic)", 2.125),
        e.SpeechStarted("a001", 0.1),
        e.WordsHeard("a001", words[:3]),
        e.SpeechEnded("a001", 0.9),
        e.AnswerEnded("a001", "done", 1.0),
        e.AnswerTranscribed("a001", spoken),
        e.Assessed("a001", own),
        e.QuestionSpoken("t002", "", 0.0, "you chose no voice"),
        e.AnswerTyped("a002", small_bank.INVALIDATE + " “quoted” ü 日本 🎤"),
        e.Assessed("a002", asked, parent),
        e.QuestionSpoken("t003", "", 0.0, "you chose no voice"),
        e.CandidateLeft(),
        e.AnswerEnded("a003", "done", 0.25),
        e.SessionClosed("left"),
        e.SessionResumed(0.25),
        e.EngineRestarted("basic", "it ended with SIGKILL"),
        e.QuestionSpoken("t004", "", 0.0, "you chose no voice"),
        e.AnswerEnded("a004", "recording ended", 1.0),
        e.TranscriptionFailed("a004", "not recognised: The engine failed twice."),
        e.Assessed("a004", assess(second, None, "a004", "not recognised: The engine failed twice.")),
        e.SessionClosed("finished"),
    ]


def lines(events: list[e.Event]) -> list[bytes]:
    return [encode(n, event) for n, event in enumerate(events, 1)]


def opined_story(bank: Bank, plan: Plan, session_id: str = "s") -> list[e.Event]:
    """The story with a judge on: it answers about the first answer while the follow-up is being answered, and is
    missing about that one."""
    events = story(bank, plan, session_id)
    opened, second = events[0], events[10]
    assert isinstance(opened, e.SessionOpened) and isinstance(second, e.Assessed)
    return [
        replace(opened, judge=OPINION.model),
        *events[1:9],
        e.OpinionGiven("why-cache", None, "a001", OPINION),
        *events[9:12],
        e.OpinionGiven("why-cache", "invalidate", "a002", NO_OPINION),
        *events[12:],
    ]


Story = Callable[[Bank, Plan, str], list[e.Event]]


def session(root: Path, told: Story = story) -> store.SessionFolder:
    """The story as a finished session's folder under `root`/sessions."""
    bank, plan = bank_and_plan(root)
    folder = store.create(root / "sessions", plan, bank.lexicon, bank.version, ENGINES)
    folder.journal.write_bytes(b"".join(lines(told(bank, plan, folder.id))))
    for take_id, samples in (("a001", RATE), ("a003", RATE // 4), ("a004", RATE)):
        take = TakeFile(folder.take(take_id))
        take.append(SECOND[: samples * 2])
        take.close()
    return folder


def short_story(bank: Bank, plan: Plan, session_id: str = "s") -> list[e.Event]:
    """As few bytes as a session can have that asks one thing and gets an answer."""
    ground = Ground(plan.questions[1], bank.lexicon, bank.version)
    question = e.PlannedQuestion("queue-or-call", "Queue or call?")
    return [
        e.SessionOpened(session_id, "Short", (question,), 1),
        e.QuestionSpoken("t001", "", 0.0, "ü"),
        e.AnswerTyped("a001", "日本"),
        e.Assessed("a001", assess(ground, typed("日本"), "a001")),
        e.SessionClosed("finished"),
    ]


def rewritten(line: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A journal line with its record changed and a checksum that fits again."""
    record = json.loads(line)
    del record["crc"]
    change(record)
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return f'{body[:-1]},"crc":{zlib.crc32(body.encode())}}}\n'.encode()
