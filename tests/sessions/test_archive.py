"""Exported and imported: the same bytes come back, private, as a whole; what is there already stays as it is."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.sessions import archives
from tests.sessions.archives import SESSION
from voiceprep.errors import SessionError, StorageError
from voiceprep.pcm import wav
from voiceprep.sessions import archive, store
from voiceprep.sessions.incoming import import_archive
from voiceprep.sessions.journal import read_journal

OTHER = "20261123-010203-beef"


@pytest.fixture(params=[False, True], ids=["wav", "flac"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> store.SessionFolder:
    return archives.session(tmp_path / "a", flac=request.param)


def here(tmp_path: Path) -> Path:
    return tmp_path / "b" / "sessions"


def test_a_session_comes_back_byte_for_byte(folder: store.SessionFolder, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        out = archives.exported(folder, tmp_path / "x.zip")
        done = import_archive(out, here(tmp_path))
    finally:
        os.umask(before)
    assert (done.new, done.there) == ((SESSION,), ())
    assert archives.tree(folder.path.parent) == archives.tree(here(tmp_path))
    assert store.verify(store.find(here(tmp_path), SESSION)) == []
    for path in (out, tmp_path / "b", *(tmp_path / "b").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_manifest_names_every_file_with_its_size_and_sum(folder: store.SessionFolder, tmp_path: Path) -> None:
    out = archives.exported(folder, tmp_path / "x.zip")
    (packed,) = archive.MANIFESTS.validate_json(archives.members(out)[archive.MANIFEST]).sessions
    files = archives.members(out)
    assert {f"{packed.id}/{f.path}" for f in packed.files} | {archive.MANIFEST} == set(files)
    for file in packed.files:
        data = (folder.path / file.path).read_bytes()
        assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_the_same_sessions_give_the_same_bytes(folder: store.SessionFolder, tmp_path: Path) -> None:
    first, second = (archives.exported(folder, tmp_path / name).read_bytes() for name in ("1.zip", "2.zip"))
    assert first == second


def test_reports_and_locks_stay_out(folder: store.SessionFolder, tmp_path: Path) -> None:
    (folder.path / "report.html").write_text("<script>")
    (folder.audio / "a001.flac.part").write_bytes(b"half")
    names = set(archives.members(archives.exported(folder, tmp_path / "x.zip")))
    assert not {n for n in names if "report" in n or "lock" in n or "part" in n}


def test_without_recordings_the_rest_comes_back(folder: store.SessionFolder, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    archive.export([folder], out, audio=False)
    assert len(archives.members(out)) == 3
    import_archive(out, here(tmp_path))
    back = store.find(here(tmp_path), SESSION)
    assert back.state() == folder.state() and not list(back.audio.iterdir())


def test_a_take_that_is_there_twice_is_exported_once_as_flac(tmp_path: Path) -> None:
    folder = archives.session(tmp_path / "a", flac=True)
    archives.session(tmp_path / "w").take("a001").rename(folder.take("a001"))
    names = archives.members(archives.exported(folder, tmp_path / "x.zip"))
    assert f"{SESSION}/audio/a001.flac" in names and f"{SESSION}/audio/a001.wav" not in names


def test_a_killed_session_comes_back_as_it_was_left(tmp_path: Path) -> None:
    folder = archives.session(tmp_path / "a")
    raw = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(raw[:4]) + raw[4][:20])
    for take_id in ("a003", "a004"):
        folder.take(take_id).unlink()
    sound = folder.take("a001").read_bytes()
    folder.take("a001").write_bytes(wav.header(0) + sound[44:])
    import_archive(archives.exported(folder, tmp_path / "x.zip"), here(tmp_path))
    assert archives.tree(folder.path.parent) == archives.tree(here(tmp_path))
    assert store.recover(store.find(here(tmp_path), SESSION)).take_s == 1.0


def test_what_is_here_already_is_left_alone(folder: store.SessionFolder, tmp_path: Path) -> None:
    out = archives.exported(folder, tmp_path / "x.zip")
    before = archives.tree(folder.path.parent)
    done = import_archive(out, folder.path.parent)
    assert (done.new, done.there) == ((), (SESSION,))
    assert archives.tree(folder.path.parent) == before


def test_the_same_sound_kept_in_another_way_is_the_same_session(tmp_path: Path) -> None:
    out = archives.exported(archives.session(tmp_path / "a"), tmp_path / "x.zip")
    flac = archives.session(tmp_path / "b", flac=True)
    flac.journal.write_bytes((tmp_path / "a" / "sessions" / SESSION / "events.jsonl").read_bytes())
    flac.meta_path.write_bytes((tmp_path / "a" / "sessions" / SESSION / "session.json").read_bytes())
    assert import_archive(out, flac.path.parent).there == (SESSION,)


@pytest.mark.parametrize("lost", ["events.jsonl", "audio/a001.wav"])
def test_another_session_of_the_same_id_is_refused(lost: str, tmp_path: Path) -> None:
    folder = archives.session(tmp_path / "a")
    other = archives.session(tmp_path / "c", OTHER)
    out = tmp_path / "x.zip"
    os.rename(other.path, folder.path.parent / OTHER)
    archive.export(store.folders(folder.path.parent), out, audio=True)
    import_archive(out, here(tmp_path))
    path = here(tmp_path) / SESSION / lost
    path.write_bytes(path.read_bytes()[:-2])
    before = archives.tree(here(tmp_path))
    with pytest.raises(SessionError, match=f"{SESSION} is here already, and not the same") as refused:
        import_archive(out, here(tmp_path))
    assert f"sessions delete {SESSION}" in refused.value.hint
    assert archives.tree(here(tmp_path)) == before


def test_an_archive_that_is_there_is_not_written_over(folder: store.SessionFolder, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    out.write_text("mine")
    with pytest.raises(StorageError, match=r"x\.zip is there already") as refused:
        archives.exported(folder, out)
    assert "--force" in refused.value.hint and out.read_text() == "mine"
    archive.export([folder], out, audio=True, force=True)
    assert zipfile.is_zipfile(out)
    with pytest.raises(StorageError, match="there already"):
        archives.exported(folder, tmp_path)


def test_a_file_of_somebody_elses_beside_it_is_left_alone(folder: store.SessionFolder, tmp_path: Path) -> None:
    stranger = tmp_path / "x.zip.part"
    stranger.write_text("mine")
    archives.exported(folder, tmp_path / "x.zip")
    assert stranger.read_text() == "mine" and not list(tmp_path.glob(".x.zip*"))


@pytest.mark.parametrize("every", [False, True])
def test_an_open_session_is_not_exported(every: bool, tmp_path: Path) -> None:
    folder = archives.session(tmp_path / "a")
    os.rename(archives.session(tmp_path / "c", OTHER).path, folder.path.parent / OTHER)
    holding = (
        "import sys, pathlib; from voiceprep import durable\n"
        "with durable.locked(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", holding, str(folder.path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        out = tmp_path / "x.zip"
        if not every:
            with pytest.raises(SessionError, match=f"already open in process {holder.pid}"):
                archive.export([folder], out, audio=True)
            assert not list(tmp_path.glob("x.zip*"))
        else:
            done = archive.export(store.folders(folder.path.parent), out, audio=True, leave_out=True)
            assert [p.id for p in done.manifest.sessions] == [OTHER]
            assert [i for i, _ in done.left_out] == [SESSION]
    finally:
        holder.communicate(b"")


def test_what_could_not_be_imported_is_not_exported(tmp_path: Path) -> None:
    folder = archives.session(tmp_path / "a")
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join([lines[0], lines[1][:-9] + b"\n", *lines[2:]]))
    assert read_journal(folder.journal).damage
    with pytest.raises(SessionError, match=rf"Session {SESSION}: events.jsonl line 2: not a whole event\."):
        archives.exported(folder, tmp_path / "x.zip")
    assert not list(tmp_path.glob("x.zip*"))
