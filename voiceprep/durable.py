"""Bytes that stay written: append, sync, atomic write, lock. Portable; every refusal of the disk is a StorageError."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from voiceprep.errors import SessionError, StorageError

if sys.platform == "win32":  # pragma: no cover - nobody has run this on Windows yet
    import msvcrt
else:
    import fcntl

FILE_MODE, FOLDER_MODE = 0o600, 0o700

_ADVICE = {
    errno.ENOSPC: ("The disk is full", "Free some space and run the command again; what was written is kept."),
    errno.EDQUOT: ("Your disk quota is used up", "Free some space and run the command again."),
    errno.EROFS: ("The disk is read-only", "Choose another folder with --data-dir."),
    errno.EACCES: ("This folder may not be written to", "Mend its permissions or choose another with --data-dir."),
    errno.EPERM: ("This folder may not be written to", "Mend its permissions or choose another with --data-dir."),
    errno.ENAMETOOLONG: ("The path is too long", "Choose a shorter folder with --data-dir."),
    errno.ENOTDIR: ("A file stands where a folder is needed", "Choose another folder with --data-dir."),
    errno.EEXIST: ("A file stands where a folder is needed", "Choose another folder with --data-dir."),
}


def storage_error(error: OSError, path: Path) -> StorageError:
    """What the disk refused, in words."""
    what, hint = _ADVICE.get(
        error.errno or 0, (f"Writing failed ({error.strerror or error})", "Check the disk, then run it again.")
    )
    return StorageError(f"{what}: {path}.", hint)


def make_folder(path: Path) -> Path:
    """Creates `path` and its parents, for the owner's eyes only."""
    try:
        missing = [p for p in (path, *path.parents) if not p.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder")
    except OSError as error:
        raise storage_error(error, path) from error
    return path


def open_append(path: Path) -> int:
    """A file descriptor that appends to `path`, created for the owner only."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags, FILE_MODE)
    except OSError as error:
        raise storage_error(error, path) from error


def write_all(fd: int, data: bytes, path: Path) -> None:
    """Writes every byte, going on after short writes."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        raise storage_error(error, path) from error


def sync(fd: int) -> None:
    """Asks the device to keep what was written so far."""
    if sys.platform == "darwin":  # pragma: no cover - a plain fsync doesn't flush the drive there
        with contextlib.suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
            return
    (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(fd)


def sync_folder(path: Path) -> None:
    """Makes a rename or a new file in `path` last. Windows can't sync a folder and needn't."""
    if sys.platform == "win32":  # pragma: no cover
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_atomic(path: Path, data: bytes) -> None:
    """Replaces `path` by `data` as a whole: after a crash the old content stands there, or the new."""
    temporary = None
    try:
        fd, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        try:
            write_all(fd, data, path)
            os.fsync(fd)
        finally:
            os.close(fd)
        _replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _replace(temporary: str, path: Path) -> None:
    """A sync client or a virus scanner may hold the file for a moment."""
    for wait_s in (0.05, 0.2, 0.5):
        try:
            return os.replace(temporary, path)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EBUSY, errno.ETXTBSY):
                raise
            time.sleep(wait_s)
    os.replace(temporary, path)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock file `path`; another process that holds it is a SessionError naming its pid, a folder that can't
    be written to a StorageError."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        try:
            if sys.platform == "win32":  # pragma: no cover
                msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(fd, 20, 0).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
            raise SessionError(
                f"This session is already open{f' in process {owner}' if owner else ''}.",
                "Close it there first, or look at it with `voiceprep sessions show`.",
            ) from error
        with contextlib.suppress(OSError):  # on a full disk: the lock holds, it only can't say whose it is
            os.ftruncate(fd, 0)
            os.write(fd, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(fd)


def free_bytes(path: Path) -> int:
    """Free space where `path` lies, for this user."""
    import shutil

    return shutil.disk_usage(path).free
