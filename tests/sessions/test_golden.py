"""Sessions that older versions left on disk: each still loads, folds, verifies and can be shown.

golden/vN was written by the program when N was its format (see make_golden.py) and is never made again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bank import small_bank
from voiceprep.core import interview
from voiceprep.core.feedback import assess
from voiceprep.core.state import State
from voiceprep.core.transcript import typed
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.wav import RATE
from voiceprep.report.answer_json import answer_json
from voiceprep.report.markdown import literal
from voiceprep.sessions import store
from voiceprep.sessions.journal import read_journal
from voiceprep.wiring import write_report

GOLDEN = Path(__file__).parent / "golden"
BEFORE = Path(__file__).parent / "before"
"""Journals of today's format, written by the program before it did something that it does now."""


@pytest.fixture(params=sorted(p.name for p in GOLDEN.iterdir()))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> store.SessionFolder:
    """A copy of a golden session, where a user's would lie."""
    shutil.copytree(GOLDEN / request.param, tmp_path / "sessions" / request.param)
    return store.find(tmp_path / "sessions", request.param)


def test_there_is_a_golden_session_of_every_format() -> None:
    assert sorted(p.name for p in GOLDEN.iterdir()) == [f"v{n}" for n in range(1, store.SCHEMA + 1)]


def test_it_loads_and_folds_to_the_answers_that_were_given(folder: store.SessionFolder) -> None:
    history = read_journal(folder.journal)
    assert history.damage == () and history.torn_at is None
    state = interview.fold(history.events)
    assert state.close_reason == "finished"
    first, second = state.assessments
    assert (first.question_id, first.source, first.text) == ("why-cache", "typed", small_bank.HALF)
    assert [f.text for f in first.follow_ups_asked] == [small_bank.INVALIDATE]
    assert (second.question_id, second.source, second.engine) == ("queue-or-call", "asr", "basic")
    assert second.unscored is None and second.coverage is None
    quotes = [piece for a in (first, *first.follow_ups_asked, second) for p in a.points for piece in p.evidence]
    assert len(quotes) >= 3
    spoken = next(piece for piece in quotes if piece.take_id == "a003")
    assert second.text[spoken.char_start : spoken.char_end] == spoken.quote
    assert spoken.start_s is not None and spoken.end_s is not None and 0 <= spoken.start_s < spoken.end_s < 3


def test_it_verifies_and_recovers_without_a_change(folder: store.SessionFolder) -> None:
    before = {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()}
    assert store.verify(folder) == []
    assert store.recover(folder).state == folder.state()
    assert {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()} == before
    ended = next(e for e in folder.history().events if type(e).__name__ == "AnswerEnded")
    assert len(read_recording(folder.recording("a003"))) == round(ended.duration_s * RATE) * 2


def test_what_a_format_means_is_said_in_words_of_todays(folder: store.SessionFolder) -> None:
    meta = folder.meta()
    assert (meta["schema"], meta["recordings"]) == (store.SCHEMA, "kept")
    kept = "wav" if folder.id == "v1" else "flac"
    assert [p.name for p in folder.takes()] == [f"a003.{kept}"]


def test_a_session_in_which_nothing_was_asked_again_stays_what_it_was() -> None:
    """Its first answer was off topic, and the program of that day went on to the next question."""
    history = read_journal(BEFORE / "off_topic.jsonl")
    assert history.damage == () and history.torn_at is None
    state = State()
    for event in history.events:
        assert not interview.stale(state, event), event
        state, _ = interview.step(state, event)
    first, second = state.assessments
    assert first.unscored is not None and first.unscored.off_topic and first.first_take is None
    assert (second.question_id, second.heard(core=True), second.first_take) == ("queue-or-call", (2, 2), None)
    assert (state.turns, state.takes, state.close_reason) == (2, 2, "finished")


def test_it_can_be_judged_again_on_its_own_questions(folder: store.SessionFolder) -> None:
    grounds = folder.grounds()
    assert set(grounds.by_id) == {"why-cache", "queue-or-call"}
    for question_id, ground in grounds.by_id.items():
        assert ground.question.id == question_id and len(ground.question.rubric) == 64
        assert ground.lexicon.terms[0].id == "queue" and len(ground.lexicon.digest) == 64
    assert grounds.ground("why-cache").question.follow_up("invalidate").points


def test_one_from_before_there_were_sayings_is_judged_as_it_was(folder: store.SessionFolder) -> None:
    ground = folder.grounds().ground("why-cache")
    stored = bool(folder.meta()["questions"][0]["points"][0].get("said"))
    assert (ground.rubric.learned is None, ground.lexicon.background == ()) == (not stored, not stored)
    first = folder.state().assessments[0]
    again = assess(ground, typed(first.text), first.take_id)
    own = first.own_verdicts()
    assert own
    assert {p: v for p, v in again.own_verdicts().items() if p in own} == own


def test_it_can_be_shown(folder: store.SessionFolder) -> None:
    (folder.path / "report.md").unlink()
    text = write_report(folder).read_text(encoding="utf-8")
    for assessment in folder.state().assessments:
        assert answer_json(assessment)["schema"] == 1
        assert literal(assessment.ask) in text and literal(assessment.text) in text
        for point in assessment.points:
            for piece in point.evidence:
                assert literal(piece.quote) in text
