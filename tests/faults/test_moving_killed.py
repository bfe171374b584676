"""Importing, deleting, restoring, exporting: killed before, or refused at, each thing they ask the system for. After
the next start there is all of it or nothing."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.sessions import archives
from tests.sessions.archives import SESSION, tree
from voiceprep.errors import SessionError, StorageError
from voiceprep.sessions import archive, store, trash
from voiceprep.sessions.incoming import import_archive

OTHER = "20261123-010203-beef"
TODAY = date(2026, 11, 22)
CALLS = ("open", "write", "fsync", "fdatasync", "mkdir", "rename", "replace", "unlink", "rmdir")
Deed = Callable[[], object]


class Fault:
    """The nth call of the system kills the process, or is refused."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, nth: int, kills: bool) -> None:
        self.left, self.kills = nth, kills
        for name in CALLS:
            monkeypatch.setattr(os, name, self._faulty(getattr(os, name)))

    def _faulty(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **more: object) -> object:
            self.left -= 1
            if self.left == 0:
                if self.kills:
                    os._exit(9)
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **more)

        return call


def killed(deed: Deed, nth: int) -> bool:
    """Runs it in a process that is gone before its nth call; whether it came that far."""
    pid = os.fork()
    if not pid:
        with pytest.MonkeyPatch.context() as patch:
            Fault(patch, nth, kills=True)
            try:
                deed()
            finally:
                os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9


def refused(deed: Deed, nth: int) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        fault = Fault(patch, nth, kills=False)
        try:
            deed()
        except (StorageError, SessionError, OSError):
            return True
        return fault.left <= 0


WAYS = pytest.mark.parametrize("stops", [killed, refused])


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Two sessions, their archive, and a data folder that has one other."""
    folder = archives.session(tmp_path / "a").path.parent
    os.rename(archives.session(tmp_path / "b", OTHER).path, folder / OTHER)
    archive.export(store.folders(folder), tmp_path / "two.zip", audio=True)
    return tmp_path


def every_step(stops: Callable[[Deed, int], bool], fresh: Deed, deed: Deed, check: Deed) -> int:
    """Does it again and again, stopped a step later each time, until it isn't stopped; how many steps it has."""
    for nth in range(1, 500):
        fresh()
        stopped = stops(deed, nth)
        check()
        if not stopped:
            return nth - 1
    raise AssertionError("it never ends")


@WAYS
def test_an_import_brings_all_sessions_or_none(stops: Callable[[Deed, int], bool], made: Path) -> None:
    root, whole = made / "data" / "sessions", tree(made / "a" / "sessions")
    seen = []

    def check() -> None:
        if root.is_dir():
            trash.tidy(root, made / "data" / "trash", TODAY)
        seen.append(tree(made / "data"))
        there = {name.removeprefix("sessions/"): data for name, data in seen[-1].items() if name != "sessions"}
        assert there in ({}, whole)

    steps = every_step(
        stops,
        lambda: shutil.rmtree(made / "data", ignore_errors=True),
        lambda: import_archive(made / "two.zip", root),
        check,
    )
    assert steps > 30 and len(seen[0]) < 2 and len(seen[-1]) > 10


@WAYS
def test_a_delete_moves_a_session_whole_or_not_at_all(stops: Callable[[Deed, int], bool], made: Path) -> None:
    root, bin_ = made / "data" / "sessions", made / "data" / "trash"
    whole = tree(made / "a" / "sessions")
    moved = {
        name.replace(SESSION, f"{SESSION}.{TODAY}"): data for name, data in whole.items() if name.startswith(SESSION)
    }
    rest = {name: data for name, data in whole.items() if not name.startswith(SESSION)}
    seen = []

    def fresh() -> None:
        shutil.rmtree(made / "data", ignore_errors=True)
        shutil.copytree(made / "a" / "sessions", root)

    def check() -> None:
        trash.tidy(root, bin_, TODAY)
        seen.append((tree(root), tree(bin_)))
        assert seen[-1] in ((whole, {}), (rest, moved))

    steps = every_step(stops, fresh, lambda: trash.delete(root, bin_, [SESSION], TODAY), check)
    assert steps > 5 and seen[0] == (whole, {}) and seen[-1] == (rest, moved)

    def deleted() -> None:
        fresh()
        trash.delete(root, bin_, [SESSION], TODAY)

    every_step(stops, deleted, lambda: trash.restore(root, bin_, SESSION), check)
    assert seen[-1] == (whole, {})


@WAYS
def test_what_is_emptied_is_restorable_whole_or_gone(stops: Callable[[Deed, int], bool], made: Path) -> None:
    root, bin_ = made / "data" / "sessions", made / "data" / "trash"
    whole = tree(made / "a" / "sessions")

    def fresh() -> None:
        shutil.rmtree(made / "data", ignore_errors=True)
        shutil.copytree(made / "a" / "sessions", root)
        trash.delete(root, bin_, [SESSION, OTHER], TODAY)

    def check() -> None:
        for one in trash.deleted(bin_):
            there = tree(one.path)
            assert there == {
                n.removeprefix(f"{one.session_id}/"): d for n, d in whole.items() if f"{one.session_id}/" in n
            }
        left = len(trash.deleted(bin_))
        trash.tidy(root, bin_, TODAY)
        assert len(list(bin_.iterdir())) == left, "what was half removed goes at the next start"

    assert every_step(stops, fresh, lambda: trash.empty(root, bin_), check) > 10
    assert list(bin_.iterdir()) == []


@WAYS
def test_an_export_is_whole_or_not_there(stops: Callable[[Deed, int], bool], made: Path) -> None:
    out, every = made / "x.zip", store.folders(made / "a" / "sessions")
    good = (made / "two.zip").read_bytes()

    def check() -> None:
        assert not out.exists() or out.read_bytes() == good
        assert stops is killed or not list(made.glob(".x.zip.*.part"))

    def export() -> object:
        return archive.export(every, out, audio=True)

    assert every_step(stops, lambda: out.unlink(missing_ok=True), export, check) > 5
    assert zipfile.is_zipfile(out)
