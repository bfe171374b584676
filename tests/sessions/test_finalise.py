"""Which takes become FLACs and when, what is left by a kill and by an older program, and keeping no audio."""

from __future__ import annotations

import datetime
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.quick import Quick
from tests.kit.ports import Inline
from tests.sessions import made
from voiceprep import durable
from voiceprep.core import events as e
from voiceprep.core.interview import fold
from voiceprep.core.state import State
from voiceprep.core.transcript import heard
from voiceprep.errors import SessionError, StorageError
from voiceprep.lanes import Lane
from voiceprep.pcm import flac, wav
from voiceprep.pcm.recording import read_recording
from voiceprep.sessions import store
from voiceprep.sessions.finalise import Finaliser, finalise, left_over, settled, unheard
from voiceprep.sessions.journal import FileJournal
from voiceprep.sessions.retention import Removed, remove_old

GOLDEN = Path(__file__).parent / "golden"
TAKES = ("a001", "a003", "a004")
"""The spoken ones of `made.session`."""


def never() -> bool:
    return False


def names(folder: store.SessionFolder) -> list[str]:
    return sorted(p.name for p in folder.audio.iterdir())


def sounds(folder: store.SessionFolder) -> dict[str, bytes]:
    return {p.stem: read_recording(p) for p in folder.takes()}


def cut_to(folder: store.SessionFolder, events: int) -> None:
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:events]))


# When -------------------------------------------------------------------------------------------------------------


def test_a_take_is_settled_when_the_next_has_begun_and_it_cant_be_gone_back_to() -> None:
    before = State(phase="listening", takes=2, take=2)
    state = State(phase="asking", takes=3, take=3, before_end=before)
    assert settled(state) == ("a001",)
    assert settled(replace(state, before_end=None)) == ("a001", "a002")
    for phase in ("listening", "paused", "transcribing", "assessing", "reviewing"):
        assert settled(replace(state, phase=phase, before_end=None)) == ("a001", "a002")


def test_at_the_end_all_are_and_of_a_session_that_was_left_all_but_the_open_one() -> None:
    assert settled(State(phase="closed", close_reason="finished", takes=2, take=2)) == ("a001", "a002")
    for reason in ("left", "fault"):
        assert settled(State(phase="closed", close_reason=reason, takes=2, take=2)) == ("a001",)
    assert settled(State()) == ()


def test_while_a_session_is_held_each_take_is_seen_to_once_as_soon_as_its_settled(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    whole, events = sounds(folder), folder.history().events
    with folder.locked():
        follows = Finaliser(folder, (), Inline())
    seen = []
    for n, event in enumerate(events, 1):
        before = set(names(folder))
        follows.follow(event, fold(events[:n]))
        seen += [(name, type(event).__name__) for name in sorted(set(names(folder)) - before)]
    follows.close()
    assert names(folder) == ["a001.flac", "a003.flac", "a004.flac"] and sounds(folder) == whole
    assert [name for name, _ in seen] == ["a001.flac", "a003.flac", "a004.flac"]
    assert seen[-1][1] == "SessionClosed"
    assert store.verify(folder) == []


def test_an_abandoned_take_is_seen_to_when_nothing_is_written_to_it_any_more(tmp_path: Path) -> None:
    folder, writing = made.session(tmp_path), ["a001"]
    with folder.locked():
        follows = Finaliser(folder, (), Inline(), lambda: writing[0])
    restarted = State(phase="listening", takes=2, take=2)
    follows.follow(e.TakeRestarted("a001"), restarted)
    assert names(folder) == ["a001.wav", "a003.wav", "a004.wav"]
    writing[0] = "a002"
    follows.follow(e.SpeechStarted("a002", 0.1), restarted)
    assert names(folder) == ["a001.flac", "a003.wav", "a004.wav"]


def test_whoever_closes_it_waits_for_the_older_session_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = []

    def slow(root: Path, stop: Callable[[], bool]) -> None:
        while not stop():
            time.sleep(0.001)
        time.sleep(0.05)
        over.append(root)

    monkeypatch.setattr("voiceprep.sessions.finalise.left_over", slow)
    lane = Lane("takes")
    Finaliser(store.SessionFolder(tmp_path / "s"), (), lane).close()
    lane.shutdown(wait=False)
    assert over == [tmp_path], "its lock would still be held, by this very process"


def test_a_journal_that_cant_be_closed_keeps_no_take_from_being_seen_to_under_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, seen = Quick(tmp_path), []
    close = Finaliser.close

    def refused(journal: FileJournal) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    def closed(finaliser: Finaliser) -> None:
        close(finaliser)
        (folder,) = store.folders(quick.where.sessions)
        with pytest.raises(SessionError, match="already open"), folder.locked():
            pass
        seen.append(names(folder))

    monkeypatch.setattr(FileJournal, "close", refused)
    monkeypatch.setattr(Finaliser, "close", closed)
    with pytest.raises(StorageError, match="The disk is full"):
        quick.hold()
    assert seen == [["a002.flac", "a003.flac"]]


def test_what_the_disk_refuses_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made.session(tmp_path)
    monkeypatch.setattr(durable, "free_bytes", lambda path: 90_000_000)
    finalise(folder, TAKES, frozenset())
    assert names(folder) == ["a001.wav", "a003.wav", "a004.wav"], "the space belongs to the recording"
    monkeypatch.undo()

    def refused(path: Path) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    monkeypatch.setattr(flac, "from_wav", refused)
    finalise(folder, TAKES, frozenset())
    assert names(folder) == ["a001.wav", "a003.wav", "a004.wav"] and store.verify(folder) == []


# What a kill left -------------------------------------------------------------------------------------------------


def test_what_a_killed_process_left_is_seen_to_at_the_next_start(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    whole = sounds(folder)
    (folder.audio / "a003.flac.part").write_bytes(b"half")
    left_over(folder.path.parent, never)
    assert names(folder) == ["a001.flac", "a003.flac", "a004.flac"] and sounds(folder) == whole
    assert store.verify(folder) == [] and store.recover(folder).state == folder.state()


def test_the_open_take_of_a_session_that_can_go_on_stays_a_wav(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    cut_to(folder, 14)  # the candidate has left in the middle of a003
    folder.take("a004").unlink()
    left_over(folder.path.parent, never)
    assert names(folder) == ["a001.flac", "a003.wav"]
    found = store.recover(folder)
    assert (found.take_id, found.take_s) == ("a003", 0.25)


def test_a_session_that_somebody_holds_and_one_that_is_damaged_are_left_alone(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    with folder.locked():
        left_over(folder.path.parent, never)
    assert names(folder) == ["a001.wav", "a003.wav", "a004.wav"]
    folder.journal.write_bytes(folder.journal.read_bytes().replace(b'"duration_s":1.0', b'"duration_s":1.5'))
    left_over(folder.path.parent, never)
    assert names(folder) == ["a001.wav", "a003.wav", "a004.wav"]


def test_a_take_whose_process_was_killed_before_its_first_sample_goes(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    for left in (b"", wav.header(0)[:20], wav.header(0), wav.header(0) + b"x"):
        folder.take("a002").write_bytes(left)
        left_over(folder.path.parent, never)
        assert names(folder) == ["a001.flac", "a003.flac", "a004.flac"] and store.verify(folder) == []


def test_it_stops_between_two_takes_when_its_told_to(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    asked = iter([False, False, True, True])
    left_over(folder.path.parent, lambda: next(asked))
    assert names(folder) == ["a001.flac", "a003.wav", "a004.wav"]


def test_a_recording_that_no_event_announced_is_kept_aside_whatever_its_form(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    cut_to(folder, 8)  # a power cut took the rest
    flac.from_wav(folder.take("a003"))
    store.recover(folder)
    first, third, fourth = names(folder)
    assert first == "a001.wav" and third.startswith("a003.orphan-") and third.endswith(".flac")
    assert fourth.startswith("a004.orphan-") and fourth.endswith(".wav")


# Formats ----------------------------------------------------------------------------------------------------------


def test_an_older_session_gets_todays_format_with_its_first_flac_and_not_before(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "v1", tmp_path / "v1")
    folder = store.find(tmp_path, "v1")
    before = folder.meta_path.read_bytes()
    assert folder.meta()["schema"] == store.SCHEMA
    store.recover(folder)
    assert folder.meta_path.read_bytes() == before
    left_over(tmp_path, never)
    assert names(folder) == ["a003.flac"] and store.verify(folder) == []
    raw = json.loads(folder.meta_path.read_text(encoding="utf-8"))
    assert raw == {**json.loads(before), "schema": 2, "recordings": "kept"}


def test_nothing_of_a_newer_session_is_changed_and_its_report_is_pointed_at(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    (folder.path / "report.md").write_text("read me")
    folder.meta_path.write_text(json.dumps({**folder.meta(), "schema": store.SCHEMA + 1}))
    cut_to(folder, 9)
    before = {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()}
    left_over(folder.path.parent, never)
    assert remove_old(folder.path.parent, 1, datetime.date(2999, 1, 1)) == Removed()
    assert store.cut_off(folder.path.parent) is None
    with pytest.raises(SessionError, match="newer voiceprep") as refused:
        folder.meta()
    assert "report.md" in refused.value.hint
    assert {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()} == before


# Keeping no audio -------------------------------------------------------------------------------------------------


def test_without_keeping_audio_a_take_goes_once_its_judged_and_one_unheard_stays(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    folder.note_recordings("not kept")
    finalise(folder, TAKES, unheard=frozenset(("a003",)))
    assert names(folder) == ["a003.flac"]
    assert store.verify(folder) == [], "what isn't kept isn't missing"
    assert folder.no_recording("a001") == "No recording of this answer was kept (keep_audio is no)."
    assert folder.no_recording("a003") == ""
    assert folder.state().assessments[0].text, "what was said stays"


def test_a_take_is_unheard_until_a_recogniser_has_managed_it() -> None:
    failed = e.TranscriptionFailed("a001", "not recognised: it died")
    assert unheard([failed, e.TranscriptionFailed("a002", "so did this one")]) == {"a001", "a002"}
    at_last = e.AnswerTranscribed("a001", heard((), engine="basic", duration_s=1.0))
    assert unheard([failed, at_last]) == frozenset()
    assert unheard([at_last], frozenset(("a001", "a002"))) == {"a002"}


def test_recordings_older_than_so_many_days_go_and_what_was_said_stays(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    root = folder.path.parent
    flac.from_wav(folder.take("a001"))
    began = datetime.date.fromisoformat(folder.meta()["created"][:10])
    for days in (0, 1, 30):
        assert remove_old(root, days, began + datetime.timedelta(days)) == Removed()
    assert remove_old(root, 30, began - datetime.timedelta(4_000)) == Removed(), "the clock was wrong"
    with folder.locked():
        assert remove_old(root, 30, began + datetime.timedelta(31)) == Removed(), "somebody is holding it"
    state = folder.state()
    assert remove_old(root, 30, began + datetime.timedelta(31)) == Removed(takes=2, sessions=1)
    assert names(folder) == ["a004.wav"], "nobody has heard that one: its words are nowhere else"
    assert folder.state() == state and store.verify(folder) == []
    assert folder.no_recording("a001") == "The recording of this answer was removed when it was old (keep_audio_days)."
    assert remove_old(root, 30, began + datetime.timedelta(31)) == Removed(), "said once"


def test_what_is_still_open_or_of_a_damaged_session_stays_however_old_it_is(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    root, day = folder.path.parent, datetime.date(2999, 1, 1)
    whole, meta = folder.journal.read_bytes(), folder.meta_path.read_bytes()
    folder.journal.write_bytes(whole.replace(b'"duration_s":1.0', b'"duration_s":1.5'))
    assert remove_old(root, 30, day) == Removed()
    assert names(folder) == ["a001.wav", "a003.wav", "a004.wav"] and folder.meta_path.read_bytes() == meta
    folder.journal.write_bytes(whole)
    cut_to(folder, 15)  # left in the middle of a003
    folder.take("a004").rename(folder.audio / "a004.orphan-00ff.wav")
    folder.take("a001").unlink()
    assert remove_old(root, 30, day) == Removed() and folder.meta_path.read_bytes() == meta, "nothing went"
    assert names(folder) == ["a003.wav", "a004.orphan-00ff.wav"]
    assert store.recover(folder).take_s == 0.25


def test_a_missing_take_is_missing_where_recordings_are_kept(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    left_over(folder.path.parent, never)
    folder.recording("a001").unlink()
    assert store.verify(folder) == ["audio/a001.wav is missing (1.0 s were recorded)."]
    assert store.missing(folder) == ["a001"]
    assert folder.no_recording("a001") == "The recording of this answer is missing."


def test_verify_finds_a_flac_that_isnt_what_was_recorded(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    left_over(folder.path.parent, never)
    kept = folder.recording("a001")
    raw = bytearray(kept.read_bytes())
    raw[len(raw) * 3 // 4] ^= 4
    kept.write_bytes(raw)
    assert any("a001.flac is damaged" in problem for problem in store.verify(folder))
    kept.write_bytes(b"")
    assert any("a001.flac is damaged" in problem for problem in store.verify(folder))
    other = folder.audio / "a001.wav"
    file = wav.TakeFile(folder.path / "x.wav")
    file.append(made.SECOND[: wav.RATE])
    file.close()
    (folder.path / "x.wav").rename(other)
    flac.from_wav(other)
    assert store.verify(folder) == ["audio/a001.flac holds 0.50 s, 1.00 s were recorded."]
