"""Stopping a process at what it asks of the disk: each call is told before it's made, with the kind of file."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import soundfile

CALLS = ("open", "write", "fsync", "fdatasync", "replace", "rename", "unlink", "truncate", "ftruncate", "mkdir")
"""By which a disk is changed. What libsndfile writes it writes by itself; `soundfile.SoundFile` has the calls there."""
KINDS = ("events.jsonl", "session.json", "wav", "flac", "report", "other")
Told = Callable[[str, str, "bytes | None", Callable[[bytes], Any]], None]
"""Hears of a call before it's made: its name, the kind of file, what is to be written, and how to write less."""


def kind_of(path: str) -> str:
    """What a path in a session's folder is, in one of KINDS."""
    name = os.path.basename(path)
    for kind in KINDS[:2]:
        if kind in name:
            return kind
    if ".flac" in name:
        return "flac"
    if name.endswith(".wav"):
        return "wav"
    return "report" if "report" in name else "other"


def watch(root: Path, told: Told, put: Callable[[Any, str, Any], None] = setattr) -> None:
    """From now on `told` hears of every change of what lies under `root`: for good, so it's for a process of your own,
    or as long as `put` (a MonkeyPatch's setattr) keeps it."""
    inside = f"{root}{os.sep}"

    def guarded(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            path = _path_of(name, args)
            if path.startswith(inside) and not (name == "open" and args[1] == os.O_RDONLY):
                data = bytes(args[1]) if isinstance(args[0], int) and name == "write" else None
                told(name, kind_of(path), data, lambda less: real(args[0], less))
            return real(*args, **more)

        return call

    for name in CALLS:
        put(os, name, guarded(name, getattr(os, name)))
    for name in ("write", "close"):
        put(soundfile.SoundFile, name, guarded(name, getattr(soundfile.SoundFile, name)))


def _path_of(name: str, args: tuple[Any, ...]) -> str:
    what = args[0]
    if isinstance(what, soundfile.SoundFile):
        return str(what.name)
    if isinstance(what, int):
        return os.readlink(f"/proc/self/fd/{what}")
    return os.fsdecode(args[1] if name in ("replace", "rename") else what)


def dies_at(kind: str, nth: int, part: float) -> Told:
    """Kills this process at its nth call about this kind of file, when `part` of what it writes is written: all of it
    is none, since the call that follows is the next to be killed."""
    left = nth

    def told(name: str, of: str, data: bytes | None, write: Callable[[bytes], Any]) -> None:
        nonlocal left
        left -= of == kind
        if left < 0:
            if data is not None:
                write(data[: int(len(data) * part)])
            os.kill(os.getpid(), signal.SIGKILL)

    return told
