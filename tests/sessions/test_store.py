"""Session folders: private, found by name only, one writer at a time, and every missing piece is named."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sessions import made
from voiceprep import durable
from voiceprep.core import events as e
from voiceprep.core import interview
from voiceprep.errors import SessionError, StorageError
from voiceprep.pcm import wav
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.sessions import codec, store
from voiceprep.sessions.journal import FileJournal


@pytest.fixture
def ordinary_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(root: Path) -> dict[str, int]:
    return {str(p.relative_to(root)): stat.S_IMODE(p.stat().st_mode) for p in [root, *root.rglob("*")]}


@pytest.mark.usefixtures("ordinary_umask")
def test_folders_are_0700_and_files_0600_whatever_the_umask(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    root = tmp_path / "new" / "data" / "sessions"
    folder = store.create(root, plan, bank.lexicon, bank.version, made.ENGINES)
    journal = FileJournal(folder.journal)
    journal.append(made.story(bank, plan, folder.id)[0])
    journal.close()
    take = wav.TakeFile(folder.take("a001"))
    take.append(made.SECOND)
    take.close()
    with folder.locked():
        durable.write_atomic(folder.path / "report.md", b"# report")
        for name, mode in modes(tmp_path / "new").items():
            assert mode == (0o700 if (tmp_path / "new" / name).is_dir() else 0o600), name
    assert {p.name for p in folder.path.iterdir()} == {"session.json", "events.jsonl", "audio", "report.md", "lock"}


def test_a_session_keeps_its_own_copy_of_questions_and_lexicon(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    folder = store.create(tmp_path / "s", plan, bank.lexicon, bank.version, made.ENGINES)
    meta = folder.meta()
    assert meta["schema"] == 2 and meta["id"] == folder.id and meta["engines"] == made.ENGINES
    assert meta["rubrics"] == {q.id: q.rubric for q in plan.questions}
    grounds = folder.grounds()
    for question in plan.questions:
        kept = grounds.ground(question.id)
        assert kept.question == question
        assert kept.lexicon == bank.lexicon and kept.bank_version == bank.version
    assert codec.question_from(json.loads(json.dumps(codec.to_json(question)))) == question


def test_what_is_compiled_of_questions_long_answered_is_let_go(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    folder = store.create(tmp_path / "s", plan, bank.lexicon, bank.version, made.ENGINES)
    ground = folder.grounds().ground(plan.questions[0].id)
    many = {f"q{n}": ground for n in range(store.COMPILED + 1)}
    grounds = store.SessionGrounds(many)
    held = [grounds.ground(question_id) for question_id in many]
    assert all(one.rubric and one.question == ground.question for one in held)
    assert grounds.ground("q2") is held[2] and grounds.ground("q1") is held[1], "the one asked and the one before"
    assert grounds.ground("q0") is not held[0]
    assert "rubric" not in vars(ground), "the session's own stay as they were read"


def test_little_space_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    root = tmp_path / "s"
    monkeypatch.setattr(durable, "free_bytes", lambda path: 199_999_999)
    with pytest.raises(StorageError, match=r"Only 199 MB are free at .*; a session needs 200 MB") as refused:
        store.create(root, plan, bank.lexicon, bank.version, made.ENGINES)
    assert "--data-dir" in refused.value.hint
    assert list(root.iterdir()) == []


def test_a_file_where_the_data_folder_should_be_is_a_sentence(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    (tmp_path / "file").write_text("mine")
    for root in (tmp_path / "file", tmp_path / "file" / "sessions"):
        with pytest.raises(StorageError, match="A file stands where a folder is needed"):
            store.create(root, plan, bank.lexicon, bank.version, made.ENGINES)
    assert (tmp_path / "file").read_text() == "mine"


# Found by name ----------------------------------------------------------------------------------------------------


def test_an_id_is_compared_and_never_joined_to_a_path(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    root = tmp_path / "sessions"
    decoy = tmp_path / "x"
    decoy.mkdir()
    (decoy / "session.json").write_bytes(folder.meta_path.read_bytes())
    (root / "session.json").write_text("{}")
    for name in ("../x", str(decoy), "/etc", ".", "..", "", f"{folder.id}/", f"./{folder.id}", "x\0y", "*"):
        with pytest.raises(SessionError, match="There is no session") as refused:
            store.find(root, name)
        assert refused.value.hint
    assert store.find(root, folder.id) == folder
    assert store.find(root, "last") == folder


def test_without_sessions_the_hint_says_how_to_get_one(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        assert store.folders(root) == []
        with pytest.raises(SessionError) as refused:
            store.find(root, "last")
        assert "voiceprep practice" in refused.value.hint


def test_folders_come_oldest_first_and_strangers_are_left_out(tmp_path: Path) -> None:
    for name in ("20260102-000000-aaaa", "20260101-000000-bbbb", "not-a-session"):
        (tmp_path / name).mkdir()
        if name[0] == "2":
            (tmp_path / name / "session.json").write_text("{}")
    (tmp_path / "a-file").touch()
    assert [f.id for f in store.folders(tmp_path)] == ["20260101-000000-bbbb", "20260102-000000-aaaa"]


# One writer -------------------------------------------------------------------------------------------------------


def test_a_second_opener_is_told_who_has_it(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    with folder.locked():
        with pytest.raises(SessionError, match=f"already open in process {os.getpid()}") as refused:
            folder.locked().__enter__()
        assert "sessions show" in refused.value.hint
    with folder.locked():
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    hold = (
        "import sys, time; from pathlib import Path; from voiceprep.durable import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", hold, str(folder.path / "lock")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(SessionError, match=f"in process {process.pid}"):
            folder.locked().__enter__()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        with folder.locked():
            pass
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


# Verified ---------------------------------------------------------------------------------------------------------


def test_a_whole_session_has_no_problems(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    assert store.verify(folder) == []
    assert folder.state().close_reason == "finished"
    assert not store.is_open(folder.state())


def edit_line(folder: store.SessionFolder, number: int, edit: Callable[[bytes], bytes]) -> None:
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    lines[number - 1] = edit(lines[number - 1])
    folder.journal.write_bytes(b"".join(lines))


def other_quote(record: dict) -> None:
    pieces = [piece for point in record["data"]["parent"]["points"] for piece in point["evidence"]]
    pieces[0]["quote"] = "I designed the whole database myself"


def shortened(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


NOT_ENDED = "The session was not ended; go on with: voiceprep practice --resume {id}"


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (lambda f: f.take("a001").unlink(), ["audio/a001.wav is missing (1.0 s were recorded)."]),
        (
            lambda f: shortened(f.take("a001"), 44 + RATE),
            ["audio/a001.wav holds 0.50 s, 1.00 s were recorded."],
        ),
        (lambda f: shortened(f.take("a004"), 10), ["audio/a004.wav holds 0.00 s, 1.00 s were recorded."]),
        (
            lambda f: edit_line(f, 6, lambda x: x.replace(b'"duration_s":1.0', b'"duration_s":1.5')),
            ["events.jsonl line 6: the checksum doesn't fit", NOT_ENDED],
        ),
        (
            lambda f: f.journal.write_bytes(b"".join(f.journal.read_bytes().splitlines(keepends=True)[:10])[:-3]),
            ["events.jsonl ends in a torn line (the process was killed); it will be dropped.", NOT_ENDED],
        ),
        (lambda f: f.journal.unlink(), ["The session's journal can't be read: {path}/events.jsonl (No such file"]),
        (lambda f: f.meta_path.unlink(), ["{path}/session.json can't be read (No such file"]),
        (lambda f: f.meta_path.write_bytes(b'{"schema":'), ["{path}/session.json is damaged."]),
        (lambda f: f.meta_path.write_bytes(b"\xff"), ["{path}/session.json is damaged."]),
        (lambda f: f.meta_path.write_bytes(b"[]"), ["{path}/session.json is damaged."]),
        (lambda f: f.meta_path.write_bytes(b'{"schema": 1}'), ["{path}/session.json is damaged."]),
        (
            lambda f: f.meta_path.write_bytes(b'{"schema": 3}'),
            ["Session {id} was written by a newer voiceprep (format 3)."],
        ),
        (
            lambda f: f.meta_path.write_bytes(f.meta_path.read_bytes().replace(b'"weight":', b'"wait":')),
            ["The session's data is damaged: Question.points.0.weight:"],
        ),
        (
            lambda f: edit_line(f, 11, lambda x: made.rewritten(x, other_quote)),
            ["a001: a quote isn't in its transcript"],
        ),
        (
            lambda f: edit_line(f, 9, lambda x: made.rewritten(x, lambda r: r.update(type="CandidateLeft", data={}))),
            ["events.jsonl tells an impossible story: AnswerTyped of 'a002', which was never given out."],
        ),
    ],
    ids=[
        "take missing", "take shortened", "take without a header", "event changed", "torn line", "no journal",
        "no session.json", "half a session.json", "not text", "a list", "empty session.json", "newer",
        "question damaged", "quote changed", "impossible story",
    ],
)  # fmt: skip
def test_every_harm_is_named(tmp_path: Path, harm: Callable[[store.SessionFolder], object], found: list[str]) -> None:
    folder = made.session(tmp_path)
    meta = json.loads(folder.meta_path.read_text())
    folder.meta_path.write_text(json.dumps(meta, separators=(",", ":")))
    harm(folder)
    problems = store.verify(folder)
    assert len(problems) == len(found), problems
    for problem, expected in zip(problems, found, strict=True):
        assert problem.startswith(expected.format(path=folder.path, id=folder.id))


def test_an_answer_killed_while_it_was_gone_on_with_is_no_damage(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    bank, plan = made.bank_and_plan(tmp_path)
    events = made.story(bank, plan, folder.id)
    folder.journal.write_bytes(b"".join(made.lines([*events[:6], e.AnswerReopened("a001")])))
    take = TakeFile(folder.take("a001"), goes_on=True)
    take.append(made.SECOND[: RATE * 2])
    take.close()
    problems = store.verify(folder)
    assert problems[0] == "audio/a001.wav was gone on with, and holds 2.00 s."
    assert all(isinstance(problem, store.Bearable) for problem in problems)
    folder.journal.write_bytes(b"".join(made.lines(events)))
    assert store.verify(folder) == ["audio/a001.wav holds 2.00 s, 1.00 s were recorded."]


def test_verifying_changes_nothing(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    shortened(folder.take("a001"), 5_001)
    shortened(folder.journal, folder.journal.stat().st_size - 3)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.path.rglob("*") if p.is_file()}
    assert store.verify(folder)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.path.rglob("*") if p.is_file()} == before


def test_the_history_of_a_finished_session_recovers_to_itself(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    before = {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()}
    recovered = store.recover(folder)
    assert recovered.state == interview.fold(recovered.history) == folder.state()
    assert {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()} == before


def test_a_session_that_was_cut_off_is_offered_and_others_are_not(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    root = folder.path.parent
    assert store.cut_off(root) is None, "it was ended"
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:5]) + lines[5][:20])
    assert store.cut_off(root) == folder
    with folder.locked():
        assert store.cut_off(root) is None, "somebody is holding it right now"
    folder.journal.write_bytes(lines[1])
    assert store.cut_off(root) is None, "it's damaged: that is for `sessions verify` to say"


def test_one_killed_before_its_first_event_keeps_no_other_from_being_offered(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:5]))
    newer = store.SessionFolder(folder.path.with_name("99990101-000000-aaaa"))
    newer.audio.mkdir(parents=True)
    newer.meta_path.write_bytes(folder.meta_path.read_bytes())
    assert store.cut_off(folder.path.parent) == folder
    newer.journal.write_bytes(lines[0])
    assert store.cut_off(folder.path.parent) == newer


def test_of_what_was_said_in_ones_head_no_recording_is_missing(tmp_path: Path) -> None:
    def told(quiet: e.Quiet) -> made.Story:
        def story(*given: object) -> list[e.Event]:
            opened, spoken = made.short_story(*given)[:2]
            return [replace(opened, quiet=quiet), spoken, e.AnswerEnded("a001", "done", 9.0)]

        return story

    for quiet, lacks in (("in your head", []), ("", ["a001"])):
        folder = made.session(tmp_path / (quiet or "aloud"), told(quiet))
        folder.take("a001").unlink()
        assert store.missing(folder) == lacks
        assert any("is missing" in sentence for sentence in store.verify(folder)) == bool(lacks)
