"""Clocks that lie: the wall clock jumps, the year is 1970, an hour comes twice, a sound card is slow. Order comes from
the journal, durations from a clock that only goes forward, and places in a take from its samples."""

from __future__ import annotations

import itertools
import json
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.quick import Quick
from tests.sessions import made
from voiceprep.core import events as e
from voiceprep.core.replay import replay_of
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word, heard
from voiceprep.pcm.wav import RATE
from voiceprep.sessions import archive, store
from voiceprep.sessions.finalise import left_over
from voiceprep.wiring import write_report
from voiceprep.wiring.past import index

SUMMER_S = 1792889999
"""2026-10-25 02:59:59 in Berlin, a second before that hour comes again."""
WALLS = {
    "back and forth": (SUMMER_S, SUMMER_S - 7_200, SUMMER_S + 86_400, SUMMER_S - 1),
    "1970": (3.0,),
    "an hour that comes twice": (SUMMER_S, SUMMER_S + 1),
    "far ahead": (4_070_908_800.0, SUMMER_S),
}


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def set_walls(monkeypatch: pytest.MonkeyPatch, walls: tuple[float, ...]) -> None:
    """From now on the wall clock says these, one after the other and again."""
    real, turn = time.strftime, itertools.cycle(walls)
    monkeypatch.setattr(time, "strftime", lambda form, *at: real(form, *(at or (time.localtime(next(turn)),))))
    monkeypatch.setattr(time, "time", lambda: next(turn))


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("name", WALLS)
def test_a_wall_clock_that_lies_while_a_session_is_held_changes_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    quick = Quick(tmp_path)
    usual = quick.hold()
    with monkeypatch.context() as patch:
        set_walls(patch, WALLS[name])
        held = quick.hold()
    assert store.verify(held.folder) == []
    history, as_usual = held.folder.history(), usual.folder.history()
    assert [type(event) for event in history.events] == [type(event) for event in as_usual.events]
    assert held.state.assessments == usual.state.assessments
    assert list(history.mono_ns) == sorted(history.mono_ns)
    told = [json.loads(line) for line in held.folder.journal.read_text().splitlines()]
    assert [line["seq"] for line in told] == list(range(1, len(told) + 1))
    assert len({line["wall"] for line in told}) == len(WALLS[name]), "the clock did lie"
    takes = replay_of(history.events, [at / 1e9 for at in history.mono_ns]).takes
    assert [t.length_s for t in takes] == [t.length_s for t in replay_of(as_usual.events).takes]


def test_sessions_of_any_clock_are_listed_once_and_all_found_and_only_the_list_is_by_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Quick(tmp_path)
    monkeypatch.setenv("VOICEPREP_CACHE_DIR", str(quick.where.cache))
    held = [quick.hold().folder.id]
    for walls in ((3.0,), (4_070_908_800.0,), (SUMMER_S,)):
        with monkeypatch.context() as patch:
            set_walls(patch, walls)
            held.append(quick.hold().folder.id)
    assert len(set(held)) == 4
    with index(quick.where.sessions) as found:
        assert [row.id for row in found.sessions()] == sorted(held)
        assert [row.problem for row in found.sessions()] == [""] * 4
    for session_id in held:
        assert store.find(quick.where.sessions, session_id).state().close_reason == "finished"


def test_of_a_card_that_gives_15990_samples_a_second_an_hour_is_replayed_where_it_was_said(tmp_path: Path) -> None:
    """Words and quotes have the places of their samples, and none of the clock's; what only the clock knows is off by
    as much as the card is slow since it was known last, and marked as about."""
    bank, plan = made.bank_and_plan(tmp_path)
    slow = 15_990 / RATE
    events = made.story(bank, plan)[:2]
    said_at_s = [60.0 * n for n in range(60)]  # by the clock
    words = tuple(
        Word(text, round(at * slow + 0.4 * n, 3), round(at * slow + 0.4 * n + 0.3, 3), 0.9)
        for at in said_at_s
        for n, text in enumerate("reads come back much faster".split())
    )
    speech = tuple(Span(words[n].start_s, words[n + 4].end_s) for n in range(0, len(words), 5))
    at_s = [0.0, 0.0]
    for start, span in zip(said_at_s, speech, strict=True):
        events += [e.SpeechStarted("a001", span.start_s), e.SpeechEnded("a001", span.end_s), e.HintTaken("why-cache")]
        at_s += [start + 0.2, start + 2.4, start + 30.0]
    hour_s = 3_600 * slow
    transcript = heard(words, engine="whisper:test", speech=speech, duration_s=hour_s)
    events += [e.AnswerEnded("a001", "done", hour_s), e.AnswerTranscribed("a001", transcript)]
    at_s += [3_600.1, 3_601.0]
    (take,) = replay_of(events, at_s).takes
    assert take.length_s == hour_s and take.speech == speech
    for at, word in zip(said_at_s, take.words[::5], strict=True):
        sample = round(at * 15_990)
        assert abs(word.start_s - sample / RATE) <= 0.1
    hints = [mark for mark in take.marks if mark.kind == "hint"]
    assert len(hints) == 60 and all(mark.about for mark in hints)
    off_s = [mark.at_s - (at + 30.0) * slow for at, mark in zip(said_at_s, hints, strict=True)]
    assert max(map(abs, off_s)) <= 3_600 * (1 - slow)


def test_whatever_the_umask_every_file_of_a_whole_session_is_its_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = Quick(tmp_path)
    monkeypatch.setenv("VOICEPREP_CACHE_DIR", str(quick.where.cache))
    before = os.umask(0o022)
    try:
        held = quick.hold()
        for form in ("html", "json"):
            write_report(held.folder, form=form)
        index(quick.where.sessions).close()
        archive.export([held.folder], quick.where.data / "mine.zip", audio=True)
        left_over(quick.where.sessions, lambda: False)
    finally:
        os.umask(before)
    modes = {
        p.relative_to(tmp_path).as_posix(): (stat.S_IMODE(p.stat().st_mode), p.is_dir())
        for root in (quick.where.data, quick.where.cache)
        for p in (root, *root.rglob("*"))
    }
    assert {name: oct(mode) for name, (mode, folder) in modes.items() if mode != (0o700 if folder else 0o600)} == {}
    ends = {Path(name).suffix for name in modes}
    assert {".flac", ".md", ".html", ".json", ".jsonl", ".db", ".zip"} <= ends
