"""Archives made for tests: a session's own, and the same taken apart, changed, and put together with sums that fit."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import soundfile

from tests.sessions import made
from voiceprep.pcm.wav import RATE, read_pcm
from voiceprep.sessions import archive, store

SESSION = "20261122-010203-abcd"
Members = dict[str, bytes]


def session(root: Path, session_id: str = SESSION, *, flac: bool = False) -> store.SessionFolder:
    """The made session with this id, its takes as WAV or as FLAC, under `root`/sessions."""
    folder = made.session(root)
    put = store.SessionFolder(folder.path.with_name(session_id))
    os.rename(folder.path, put.path)
    for path in (put.journal, put.meta_path):
        lines = path.read_bytes().splitlines(keepends=True)
        if path == put.journal:
            lines[0] = made.rewritten(lines[0], lambda record: record["data"].update(session_id=session_id))
        path.write_bytes(b"".join(lines).replace(folder.id.encode(), session_id.encode()))
    for path in sorted(put.audio.glob("*.wav")) if flac else ():
        samples = np.frombuffer(read_pcm(path), np.int16)
        soundfile.write(path.with_suffix(".flac"), samples, RATE, subtype="PCM_16")
        path.with_suffix(".flac").chmod(0o600)
        path.unlink()
    return put


def exported(folder: store.SessionFolder, out: Path) -> Path:
    archive.export([folder], out, audio=True)
    return out


def members(path: Path) -> Members:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(out: Path, files: Mapping[str, bytes], *, sums: bool = True) -> Path:
    """An archive of these members; with `sums` the manifest is made to fit them."""
    files = dict(files)
    if sums:
        manifest = json.loads(files[archive.MANIFEST])
        for one in manifest["sessions"]:
            one["files"] = [
                {"path": name.partition("/")[2], "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in files.items()
                if name.startswith(f"{one['id']}/")
            ]
        files[archive.MANIFEST] = json.dumps(manifest).encode()
    with zipfile.ZipFile(out, "w") as made_of:
        for name, data in files.items():
            made_of.writestr(archive._info(name), data)
    return out


def changed(out: Path, good: Members, name: str, change: Callable[[bytes], bytes], *, sums: bool = True) -> Path:
    """The archive with one of its members changed."""
    return packed(out, {**good, name: change(good[name])}, sums=sums)


def journal_changed(data: bytes, line: int, change: Callable[[dict], object]) -> bytes:
    """The journal with the record of one line changed, its checksum right again."""
    lines = data.splitlines(keepends=True)
    lines[line] = made.rewritten(lines[line], change)
    return b"".join(lines)


def tree(root: Path) -> dict[str, bytes | None]:
    """Everything below, folders as None; the file that only says who is moving things isn't anybody's data."""
    return {
        p.relative_to(root).as_posix(): p.read_bytes() if p.is_file() else None
        for p in root.rglob("*")
        if p.name not in (".moving", "lock")
    }
