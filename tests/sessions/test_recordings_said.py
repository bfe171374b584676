"""What is said about recordings: where they go, what a crash left, what was removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.sessions import made
from voiceprep.config import Places, Settings, load_settings
from voiceprep.core.state import State
from voiceprep.pcm.wav import TakeFile
from voiceprep.sessions import store
from voiceprep.wiring.recordings import NONE_KEPT, cut_off_line, removed_line, taken_up, where_to


def killed_in_answer_3(tmp_path: Path, seconds: int) -> store.SessionFolder:
    """A session whose process died after so many seconds of its third take."""
    folder = made.session(tmp_path)
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:12]))
    for take_id in ("a003", "a004"):
        folder.take(take_id).unlink()
    take = TakeFile(folder.take("a003"))
    take.append(made.SECOND * seconds)
    take.close()
    return folder


def test_what_a_crash_left_is_said_with_its_answer_and_how_much_there_is(tmp_path: Path) -> None:
    folder = killed_in_answer_3(tmp_path, 761)
    assert cut_off_line(folder.path.parent) == (
        f"Recovered: 12:41 of answer 3. Session {folder.id} was cut off; it's kept. "
        f"Go on with it: voiceprep practice --resume {folder.id}"
    )
    assert taken_up(store.recover(folder)) == "Recovered: 12:41 of answer 3. Going on from there."


def test_a_crash_between_answers_recovers_no_answer(tmp_path: Path) -> None:
    folder = killed_in_answer_3(tmp_path, 0)
    assert cut_off_line(folder.path.parent).startswith(f"Session {folder.id} was cut off; it's kept.")
    assert taken_up(store.recover(folder)) == "Going on where the session stopped."


def test_whoever_left_has_nothing_to_recover() -> None:
    left = State(phase="closed", close_reason="left", left_from="listening", takes=2, take=2)
    assert taken_up(store.Recovered((), left, "a002", 75.0)) == "Going on at 1:15 of answer 2."
    reviewing = replace(left, left_from="reviewing")
    assert taken_up(store.Recovered((), reviewing, "a002", 75.0)) == "Going on where you left."


def test_a_session_that_was_ended_is_no_news(tmp_path: Path) -> None:
    assert cut_off_line(tmp_path / "none yet") == ""
    assert cut_off_line(made.session(tmp_path).path.parent) == ""


def test_the_first_recording_says_where_it_goes_and_later_ones_do_not(tmp_path: Path) -> None:
    root = tmp_path / "sessions"
    assert where_to(root, keeps_audio=True) == f"You are recorded to {root}, and to nowhere else."
    made.session(tmp_path)
    assert where_to(root, keeps_audio=True) == ""
    assert where_to(root, keeps_audio=False) == NONE_KEPT


def test_what_was_removed_is_said_once(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    meta = folder.meta_path.read_text(encoding="utf-8")
    folder.meta_path.write_text(meta.replace(folder.meta()["created"], "2020-01-01T00:00:00+0000"), encoding="utf-8")
    where = Places(tmp_path, tmp_path / "cache")
    assert removed_line(where, Settings()) == "" and len(folder.takes()) == 3
    said = removed_line(where, Settings(keep_audio_days=30))
    assert said == (
        "Removed 2 recordings of 1 session, older than 30 days (keep_audio_days). What was said and judged stays."
    )
    assert [p.stem for p in folder.takes()] == ["a004"], "nobody has heard it"
    assert removed_line(where, Settings(keep_audio_days=30)) == ""


def test_both_settings_last(tmp_path: Path) -> None:
    where = Places(tmp_path, tmp_path / "cache")
    assert (Settings().keep_audio, Settings().keep_audio_days) == ("yes", 0)
    Settings(keep_audio="no", keep_audio_days=7).save(where)
    assert (load_settings(where).keep_audio, load_settings(where).keep_audio_days) == ("no", 7)
