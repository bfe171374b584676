"""Deleted sessions: a folder `<session>.<day>` in the trash each, for so many days.

Deleting and restoring are one rename each; what is removed for good is first renamed to what is no deleted session.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from voiceprep import durable
from voiceprep.errors import SessionError, StorageError
from voiceprep.sessions.moving import moving
from voiceprep.sessions.store import SessionFolder, find

KEPT_DAYS = 30
_NAME = re.compile(r"(?P<id>.+)\.(?P<day>\d{4}-\d\d-\d\d)(\.(?P<again>\d+))?")
_GOING = ".going."


@dataclass(frozen=True, slots=True)
class Deleted:
    """A session in the trash. `gone_on` is the day on which a start removes it."""

    path: Path
    session_id: str
    day: date
    again: int

    @property
    def gone_on(self) -> date:
        return self.day + timedelta(days=KEPT_DAYS)


def deleted(trash: Path) -> list[Deleted]:
    """What is in the trash, the longest there first."""
    found = [_deleted(path) for path in trash.iterdir()] if trash.is_dir() else []
    return sorted((d for d in found if d is not None), key=lambda d: (d.day, d.again, d.session_id))


def _deleted(path: Path) -> Deleted | None:
    named = _NAME.fullmatch(path.name)
    try:
        if named is None or path.is_symlink() or not path.is_dir():
            return None
        return Deleted(path, named["id"], date.fromisoformat(named["day"]), int(named["again"] or 0))
    except ValueError:
        return None


def delete(root: Path, trash: Path, session_ids: Sequence[str], today: date) -> list[Deleted]:
    """Moves sessions to the trash. Raises SessionError, before anything is moved, for one that isn't there or is open;
    StorageError."""
    with moving(root):
        folders = [find(root, session_id) for session_id in dict.fromkeys(session_ids)]
        for folder in folders:
            _check_free(folder)
        durable.make_folder(trash)
        gone = []
        for folder in folders:
            again = sum(d.session_id == folder.id and d.day == today for d in deleted(trash))
            name = f"{folder.id}.{today}{f'.{again}' if again else ''}"
            with folder.locked():
                _rename(folder.path, trash / name)
            gone.append(Deleted(trash / name, folder.id, today, again))
        return gone


def _check_free(folder: SessionFolder) -> None:
    if folder.path.is_symlink():
        raise SessionError(f"Session {folder.id} is a link to another place.", "Delete it there, then remove the link.")
    with folder.locked():
        return


def restore(root: Path, trash: Path, session_id: str) -> SessionFolder:
    """Brings a session back, as it was when it was deleted last. Raises SessionError, StorageError."""
    with moving(root):
        # The id is compared with names on disk, never joined to a path.
        found = [d for d in deleted(trash) if d.session_id == session_id]
        if not found:
            raise SessionError(
                f"There is no session {session_id!r} in the trash.", "See `voiceprep sessions list --trash`."
            )
        target = root / found[-1].session_id
        if os.path.lexists(target):
            raise SessionError(
                f"Session {session_id} is here as well as in the trash.",
                "Delete the one that is here, then restore the other.",
            )
        _rename(found[-1].path, target)
        return SessionFolder(target)


def empty(root: Path, trash: Path) -> list[Deleted]:
    """Removes for good what is in the trash. Raises SessionError, StorageError."""
    with moving(root):
        return _removed(trash, deleted(trash))


def _removed(trash: Path, over: list[Deleted]) -> list[Deleted]:
    for one in over:
        _rename(one.path, trash / f"{_GOING}{secrets.token_hex(4)}")
    try:
        for path in trash.iterdir() if trash.is_dir() else ():
            if path.name.startswith(_GOING):
                shutil.rmtree(path)
    except OSError as error:
        raise durable.storage_error(error, trash) from error
    return over


def tidy(root: Path, trash: Path, today: date) -> list[Deleted]:
    """What a start does: mends what a kill left of moving, and removes what has been in the trash for its days. A start
    doesn't fail for it; somebody else who is moving, or a disk that refuses, leave it to the next one."""
    if root.is_dir():
        with contextlib.suppress(SessionError, StorageError), moving(root):
            return _removed(trash, [d for d in deleted(trash) if d.gone_on <= today])
    return []


def _rename(path: Path, target: Path) -> None:
    try:
        os.rename(path, target)
        durable.sync_folder(target.parent)
        durable.sync_folder(path.parent)
    except OSError as error:
        raise durable.storage_error(error, path) from error
