"""The candidate's data is the candidate's: the commands that show, export, import, delete and wipe it."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.sessions import archives
from tests.sessions.archives import SESSION
from tests.sessions.command import batch, run
from voiceprep.belongings import belongings, size
from voiceprep.config import Places, Settings
from voiceprep.sessions import store

MINE = ("notes.txt", "sessions/notes.txt", "models/readme.txt", f"sessions/{SESSION}/mine.txt", "questions/mine.md")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bank.write(tmp_path_factory.mktemp("small") / "bank")


@pytest.fixture(scope="module")
def filled(bank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder and a cache as the real commands fill them: a session practised, one deleted, questions, terms,
    settings, and a model."""
    home = tmp_path_factory.mktemp("filled")
    os.rename(archives.session(home / "made").path.parent, home / "sessions")
    (home / "data").mkdir(mode=0o700)
    os.rename(home / "sessions", home / "data" / "sessions")
    (home / "own.md").write_text("## What is a goroutine?\n\n- It is a function that runs concurrently with others.\n")
    here = ["--bank", bank, "--data-dir", home / "data"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICEPREP_CACHE_DIR", str(home / "cache"))
        done = batch(
            [
                ["practice", "--text", "--voice", "none", "--question", "queue-or-call", *here],
                ["sessions", "delete", SESSION, "--yes", *here],
                ["bank", "import", home / "own.md", "--yes", *here],
                ["lexicon", "add", "queue", "--heard", "kew", *here],
                ["config", "set", "time", "1.25", *here],
            ],
            stdin="The queue keeps the messages while the worker is down.\n\n",
        )
    assert [r.code for r in done] == [0] * len(done), done
    model = home / "data" / "models" / "whisper" / "tiny" / "model.bin"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"weights" * 100)
    return home


@pytest.fixture
def lived_in(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that data folder, the cache beside it."""
    for name in ("data", "cache"):
        shutil.copytree(filled / name, tmp_path / name)
    monkeypatch.setenv("VOICEPREP_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "data"


def test_a_wipe_lists_then_removes_everything_that_is_voicepreps(lived_in: Path, tmp_path: Path) -> None:
    here = ["--data-dir", lived_in]
    on_disk = [p for root in (lived_in, tmp_path / "cache") for p in root.rglob("*") if p.is_file()]
    held = sum(p.stat().st_size for p in on_disk)
    told, done, again = batch([["wipe", "--json", *here], ["wipe", "--yes", *here], ["wipe", "--yes", *here]])
    listed = told.json()
    assert listed["removed"] is False and listed["foreign"] == [] and listed["left"] == []
    assert [kind["name"] for kind in listed["kinds"]] == [
        "sessions", "trash", "questions of your own", "terms and rounds of your own", "settings", "models", "cache",
        "index of the sessions",
    ]  # fmt: skip
    assert sum(kind["files"] for kind in listed["kinds"]) == len(on_disk)
    assert sum(kind["bytes"] for kind in listed["kinds"]) == held
    assert done.code == 0 and f"Removed: {len(on_disk)} files" in done.err
    for name in ("sessions", "trash", "settings", "models", "cache"):
        assert any(line.startswith(name) for line in done.out.splitlines())
    assert not lived_in.exists() and not (tmp_path / "cache").exists()
    assert (again.code, again.out) == (0, "") and "nothing of voiceprep's" in again.err


def test_without_a_terminal_a_wipe_needs_to_be_told(lived_in: Path) -> None:
    before = archives.tree(lived_in)
    done = run("wipe", "--data-dir", lived_in, stdin="wipe\n")
    assert done.code == 2 and "nobody is there to be asked" in done.err and "sessions" in done.out
    assert archives.tree(lived_in) == before


@pytest.mark.parametrize(("typed", "removed"), [("wipe", True), ("y", False)])
def test_in_a_terminal_the_word_is_typed(typed: str, removed: bool, lived_in: Path) -> None:
    assert _in_a_terminal(["wipe", "--data-dir", str(lived_in)], "Type wipe", typed) == 0
    assert lived_in.exists() is not removed


def test_what_is_not_voicepreps_is_named_and_left(lived_in: Path, tmp_path: Path) -> None:
    os.rename(lived_in / "trash" / next(iter(os.listdir(lived_in / "trash"))), lived_in / "sessions" / SESSION)
    for name in MINE:
        (lived_in / name).write_text("mine")
    (lived_in / "photos").mkdir()
    (lived_in / "photos" / "cat.jpg").write_text("mine")
    done = run("wipe", "--yes", "--data-dir", lived_in)
    assert done.code == 0
    for name in (*MINE, "photos"):
        assert f"  {lived_in / name}" in done.out.splitlines()
    left = {name for name, data in archives.tree(lived_in).items() if data is not None}
    assert left == {*MINE, "photos/cat.jpg"}


def test_links_are_never_followed(lived_in: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    os.rename(lived_in / "models" / "whisper", outside)
    (lived_in / "models" / "whisper").symlink_to(outside)
    (tmp_path / "settings").write_text("{}")
    (lived_in / "settings.json").unlink()
    (lived_in / "settings.json").symlink_to(tmp_path / "settings")
    done = run("wipe", "--yes", "--data-dir", lived_in)
    assert done.code == 1 and "2 could not be removed" in done.err and "a link: what it leads to" in done.err
    assert (outside / "tiny" / "model.bin").is_file() and (tmp_path / "settings").read_text() == "{}"
    left = {p.relative_to(lived_in).as_posix() for p in lived_in.rglob("*")}
    assert left == {"models", "models/whisper", "settings.json"}


def test_models_can_be_kept(lived_in: Path) -> None:
    done = run("wipe", "--yes", "--keep-models", "--data-dir", lived_in)
    assert done.code == 0 and "(kept)" in done.out
    assert {n for n, d in archives.tree(lived_in).items() if d is not None} == {"models/whisper/tiny/model.bin"}


def test_what_cannot_be_removed_is_said(lived_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from voiceprep.commands import wipe

    settings, real = lived_in / "settings.json", Path.unlink

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self == settings:
            raise PermissionError(1, "Operation not permitted")
        real(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    where = Places(lived_in, lived_in.parent / "cache")
    left = wipe._removed(where, keep_models=False)
    assert left == {settings: "Operation not permitted"}
    assert [kind.name for kind in belongings(where).kinds] == ["settings"]


def test_nothing_is_wiped_while_a_session_is_open(lived_in: Path) -> None:
    (folder,) = store.folders(lived_in / "sessions")
    with folder.locked():
        done = run("wipe", "--yes", "--data-dir", lived_in)
    assert done.code == 1 and f"already open in process {os.getpid()}" in done.err
    assert folder.journal.is_file() and (lived_in / "settings.json").is_file()


def test_sessions_go_from_one_machine_to_another(lived_in: Path, tmp_path: Path) -> None:
    here, there = ["--data-dir", lived_in], ["--data-dir", tmp_path / "there"]
    (folder,) = store.folders(lived_in / "sessions")
    out = tmp_path / "x.zip"
    none, both, told, again, came, same, listed = batch(
        [
            ["sessions", "export", "--out", out, *here],
            ["sessions", "export", "last", "--all", "--out", out, *here],
            ["sessions", "export", "--all", "--out", out, "--json", *here],
            ["sessions", "export", "last", "--out", out, *here],
            ["sessions", "import", out, *there],
            ["sessions", "import", out, "--json", *there],
            ["sessions", "list", "--json", *there],
        ]
    )
    none.failed(2, "wants to know which")
    both.failed(2, "wants to know which")
    assert told.json()["sessions"][0]["id"] == folder.id and told.json()["bytes"] == out.stat().st_size
    again.failed(1, "is there already", "--force")
    assert (came.code, came.out) == (0, f"{folder.id}\n") and "1 session imported" in came.err
    assert same.json() == {"schema": 1, "imported": [], "there_already": [folder.id]}
    assert [s["id"] for s in listed.json()["sessions"]] == [folder.id]


def test_a_damaged_session_is_left_out_of_all_and_said(lived_in: Path, tmp_path: Path) -> None:
    damaged = archives.session(tmp_path / "more", "20261123-010203-beef")
    os.rename(damaged.path, lived_in / "sessions" / damaged.id)
    (lived_in / "sessions" / damaged.id / "session.json").write_text("{")
    done = run("sessions", "export", "--all", "--out", tmp_path / "x.zip", "--json", "--data-dir", lived_in)
    assert done.code == 1 and f"Left out: Session {damaged.id}: session.json is damaged." in done.err
    told = json.loads(done.out)
    assert [one["id"] for one in told["left_out"]] == [damaged.id] and len(told["sessions"]) == 1


def test_the_trash_is_listed_restored_and_emptied(lived_in: Path) -> None:
    here = ["--data-dir", lived_in]
    (folder,) = store.folders(lived_in / "sessions")
    asked, told, listed, lines, back, gone, empty, nothing = batch(
        [
            ["sessions", "delete", folder.id, *here],
            ["sessions", "delete", "last", "--yes", "--json", *here],
            ["sessions", "list", "--trash", "--json", *here],
            ["sessions", "list", "--trash", *here],
            ["sessions", "restore", folder.id, *here],
            ["sessions", "empty-trash", "--yes", "--json", *here],
            ["sessions", "list", "--trash", *here],
            ["sessions", "empty-trash", *here],
        ]
    )
    asked.failed(2, "nobody is there to be asked", "--yes")
    assert [one["id"] for one in told.json()["deleted"]] == [folder.id]
    trash = listed.json()
    assert trash["kept_days"] == 30 and {one["id"] for one in trash["sessions"]} == {SESSION, folder.id}
    assert all(set(one) == {"id", "deleted", "gone_on", "title", "bytes"} for one in trash["sessions"])
    assert "gone on" in lines.out and "kept for 30 days" in lines.err and "restore" in lines.err
    assert back.out == f"{folder.id}\n"
    assert gone.json() == {"schema": 1, "removed": [SESSION]}
    assert empty.out == "" and "The trash is empty." in empty.err and nothing.code == 0
    assert [f.id for f in store.folders(lived_in / "sessions")] == [folder.id]


def test_a_start_empties_what_is_old(bank: Path, lived_in: Path) -> None:
    (old,) = (lived_in / "trash").iterdir()
    os.rename(old, old.with_name(f"{SESSION}.2020-01-01"))
    begin = ["practice", "--text", "--voice", "none", "--question", "queue-or-call", "--bank", bank]
    first, second = batch([[*begin, "--data-dir", lived_in], ["sessions", "list", "--data-dir", lived_in]])
    said = "Removed for good, 30 days after they were deleted: 1 session."
    assert said in first.err and said not in second.err
    assert list((lived_in / "trash").iterdir()) == []


def test_the_doctor_and_config_path_say_where_it_lies_and_how_much(lived_in: Path) -> None:
    doctor, path = batch([["doctor", "--json", "--data-dir", lived_in], ["config", "path", "--data-dir", lived_in]])
    found = {check["name"]: check["found"] for check in json.loads(doctor.out)["checks"]}
    held = sum(p.stat().st_size for p in (lived_in / "sessions").rglob("*") if p.is_file())
    assert found["sessions"] == f"1 kept ({size(held)}) in {lived_in / 'sessions'}, 0 damaged"
    assert found["trash"].startswith("1 deleted (")
    assert path.out == f"{lived_in / 'settings.json'}\n"
    assert f"Sessions: {lived_in / 'sessions'} (" in path.err and f"Models: {lived_in / 'models'} (700 B)" in path.err


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (2_500_000, "2.5 MB"), (7 * 10**9, "7.0 GB")]
)
def test_sizes_are_said_in_words(count: int, said: str) -> None:
    assert size(count) == said


def test_settings_of_a_data_folder_inside_the_cache_are_found_once(tmp_path: Path) -> None:
    where = Places(tmp_path, tmp_path)
    Settings().save(where)
    (tmp_path / "engines.log").write_text("x")
    found = belongings(where)
    assert [(k.name, len(k.files)) for k in found.kinds] == [("settings", 1), ("log of the engines", 1)]
    assert found.foreign == ()


def _in_a_terminal(args: list[str], asked: str, typed: str) -> int:
    """Runs a command in a pty, types a line when it asks; its exit code."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen([sys.executable, "-m", "voiceprep", *args], stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said, until = b"", time.monotonic() + 60
    sent = False
    while time.monotonic() < until and done.poll() is None:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                said += os.read(ours, 4096)
            except OSError:
                break
        if not sent and asked.encode() in said:
            os.write(ours, f"{typed}\n".encode())
            sent = True
    assert sent, said
    code = done.wait(10)
    os.close(ours)
    return code
