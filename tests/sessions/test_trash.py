"""Deleted sessions lie in the trash for their days, can be brought back as they were, and then are gone."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.sessions import archives
from tests.sessions.archives import SESSION, tree
from voiceprep import durable
from voiceprep.errors import SessionError
from voiceprep.sessions import store, trash
from voiceprep.sessions.moving import moving

TODAY = date(2026, 11, 22)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return archives.session(tmp_path).path.parent


@pytest.fixture
def bin_(tmp_path: Path) -> Path:
    return tmp_path / "trash"


def test_it_is_away_and_comes_back_as_it_was(root: Path, bin_: Path) -> None:
    before = tree(root)
    (gone,) = trash.delete(root, bin_, [SESSION], TODAY)
    assert store.folders(root) == [] and gone.path == bin_ / f"{SESSION}.2026-11-22"
    assert trash.deleted(bin_) == [gone]
    assert trash.restore(root, bin_, SESSION).path == root / SESSION
    assert tree(root) == before and trash.deleted(bin_) == []


def test_deleted_twice_on_a_day_the_later_one_comes_back(root: Path, bin_: Path, tmp_path: Path) -> None:
    trash.delete(root, bin_, [SESSION], TODAY)
    second = archives.session(tmp_path / "again")
    (second.path / "report.md").write_text("the second")
    os.rename(second.path, root / SESSION)
    trash.delete(root, bin_, [SESSION], TODAY)
    assert [d.path.name for d in trash.deleted(bin_)] == [f"{SESSION}.2026-11-22", f"{SESSION}.2026-11-22.1"]
    assert (trash.restore(root, bin_, SESSION).path / "report.md").read_text() == "the second"
    with pytest.raises(SessionError, match="is here as well as in the trash"):
        trash.restore(root, bin_, SESSION)
    assert len(trash.deleted(bin_)) == 1


@pytest.mark.parametrize("name", ["20260101-000000-none", "..", f"{SESSION}.2026-11-22", f"../trash/{SESSION}", ""])
def test_only_what_is_there_can_be_deleted_or_restored(name: str, root: Path, bin_: Path) -> None:
    before = tree(root)
    with pytest.raises(SessionError, match="There is no session"):
        trash.delete(root, bin_, [SESSION, name], TODAY)
    assert tree(root) == before, "one that isn't there keeps the others too"
    trash.delete(root, bin_, [SESSION], TODAY)
    with pytest.raises(SessionError, match=r"There is no session .* in the trash"):
        trash.restore(root, bin_, name)


def test_an_open_session_is_not_deleted(root: Path, bin_: Path) -> None:
    code = (
        "import sys, pathlib\nfrom datetime import date\nfrom voiceprep.sessions import trash\n"
        "trash.delete(*map(pathlib.Path, sys.argv[1:3]), sys.argv[3:], date.today())"
    )
    with store.find(root, SESSION).locked():
        done = subprocess.run(
            [sys.executable, "-c", code, root, bin_, SESSION], capture_output=True, encoding="utf-8", check=False
        )
    assert f"already open in process {os.getpid()}" in done.stderr and (root / SESSION).is_dir()


def test_a_link_to_a_session_is_not_deleted(root: Path, bin_: Path, tmp_path: Path) -> None:
    os.rename(root / SESSION, tmp_path / "elsewhere")
    (root / SESSION).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SessionError, match="is a link to another place"):
        trash.delete(root, bin_, [SESSION], TODAY)
    assert (tmp_path / "elsewhere" / "events.jsonl").is_file()


def test_two_do_not_move_sessions_at_once(root: Path) -> None:
    code = (
        "import sys, pathlib\nfrom voiceprep.sessions.moving import moving\n"
        "with moving(pathlib.Path(sys.argv[1])): pass"
    )
    with moving(root):
        done = subprocess.run([sys.executable, "-c", code, root], capture_output=True, encoding="utf-8", check=False)
    assert "SessionError: Another voiceprep is importing, deleting or restoring sessions." in done.stderr


@pytest.mark.parametrize("days", [0, 29, 30, 300])
def test_a_start_removes_what_has_been_there_for_its_days(days: int, root: Path, bin_: Path) -> None:
    (gone,) = trash.delete(root, bin_, [SESSION], TODAY)
    assert gone.gone_on == date(2026, 12, 22)
    removed = trash.tidy(root, bin_, TODAY + timedelta(days=days))
    assert (removed, (bin_ / f"{SESSION}.2026-11-22").is_dir()) == (([gone], False) if days >= 30 else ([], True))


def test_a_day_in_the_future_is_not_over(root: Path, bin_: Path) -> None:
    trash.delete(root, bin_, [SESSION], TODAY + timedelta(days=400))
    assert trash.tidy(root, bin_, TODAY) == [] and len(trash.deleted(bin_)) == 1


def test_what_else_lies_in_the_trash_stays(root: Path, bin_: Path, tmp_path: Path) -> None:
    trash.delete(root, bin_, [SESSION], TODAY)
    (bin_ / "notes.txt").write_text("mine")
    (bin_ / f"x.{TODAY}").symlink_to(tmp_path)
    (bin_ / "x.2026-99-99").mkdir()
    assert [d.session_id for d in trash.empty(root, bin_)] == [SESSION]
    assert {p.name for p in bin_.iterdir()} == {"notes.txt", f"x.{TODAY}", "x.2026-99-99"}


def test_a_start_does_not_fail_for_the_trash(root: Path, bin_: Path, tmp_path: Path) -> None:
    trash.delete(root, bin_, [SESSION], TODAY - timedelta(days=99))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "locked", lambda path: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
        assert trash.tidy(root, bin_, TODAY) == []
    assert len(trash.deleted(bin_)) == 1
    assert trash.tidy(tmp_path / "none", tmp_path / "none", TODAY) == [] and not (tmp_path / "none").exists()
