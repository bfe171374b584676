"""An archive of sessions that may come from anybody: all of it is as it should be, or none of it is taken in.

Names in the archive are compared with the names that a session's files have, and never made into a path. It's read
member by member, counting, into a folder beside the sessions; what is in that folder is checked as `sessions verify`
checks it, and more; then all of it is renamed into place (`moving`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from voiceprep import durable
from voiceprep.core.clean import one_line
from voiceprep.errors import SessionError, StorageError
from voiceprep.pcm import recording
from voiceprep.sessions import archive as form
from voiceprep.sessions import moving, store

MOST_PACKED = 200
"""Text may be so many times larger than it is in the archive; a journal comes to 5 or 10."""
MOST_TEXT = 64_000_000
"""Bytes of one file that isn't sound."""
MOST_MEMBERS = 200_000
_HINT = "Nothing was imported; export the sessions again where they are."
_TARS = ((257, b"ustar"), (0, b"\x1f\x8b"), (0, b"BZh"), (0, b"\xfd7zXZ"))
_ENCRYPTED = 0x1 | 0x40 | 0x2000


@dataclass(frozen=True, slots=True)
class Imported:
    """Ids of the sessions that came in, and of those that were there already, the same."""

    new: tuple[str, ...]
    there: tuple[str, ...]


def import_archive(path: Path, root: Path) -> Imported:
    """Takes the archive's sessions in under `root`, all or none. Raises SessionError that says what in it is wrong,
    StorageError."""
    try:
        with _opened(path) as archive:
            members = _members(archive, path.stat().st_size)
            manifest = _manifest(archive, members)
            _fit(manifest, members)
            with moving.moving(root):
                return _take_in(archive, manifest, members, root)
    except OSError as error:
        raise durable.storage_error(error, root) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever its reader stumbles on means that it's damaged."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(f"{path} is no file.")
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise SessionError(f"{path} can't be read ({error.strerror}).", "Check the path.") from error
    if any(head[at : at + len(mark)] == mark for at, mark in _TARS):
        raise SessionError(f"{path} is a tar or a compressed file.", "Give the zip that `sessions export` wrote.")
    if not head.startswith(b"PK\x03\x04"):
        raise SessionError(f"{path} is no zip archive.", "Give the zip that `sessions export` wrote.")
    with _reading():
        archive = zipfile.ZipFile(path)
    with archive:
        yield archive


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Whatever the archive's reader stumbles on means that it's damaged."""
    try:
        yield
    except (
        zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, LookupError, OverflowError,
        OSError,
    ) as error:  # fmt: skip
        raise _refused(f"The archive is damaged ({one_line(str(error) or type(error).__name__, 120)}).") from error


def _members(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """What the archive says it holds, by name, when all of it is plain files that fit into `size` bytes."""
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise _refused(f"The archive holds more than {MOST_MEMBERS:,} files.")
    for name, times in Counter(info.orig_filename for info in infos).items():
        if times > 1:
            raise _refused(f"The archive holds {_shown(name)} twice.")
    for info in infos:
        name = _shown(info.orig_filename)
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise _refused(f"{name} in the archive is a link, a folder or a device.")
        if info.flag_bits & _ENCRYPTED:
            raise _refused(f"{name} in the archive is encrypted.")
        sound = form.is_sound(info.orig_filename.partition("/")[2])
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(f"{name} in the archive is packed in a way that voiceprep doesn't use.")
        if sound and (info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size):
            raise _refused(f"{name} in the archive is packed, which recordings never are.")
        if not sound and (info.file_size > MOST_TEXT or info.file_size > MOST_PACKED * max(1, info.compress_size)):
            raise _refused(f"{name} in the archive would become far too large ({info.file_size:,} bytes).")
    if sum(info.compress_size + len(info.orig_filename) for info in infos) > size:
        raise _refused("The archive says it holds more than there is in it.")
    return {info.orig_filename: info for info in infos}


def _manifest(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> form.Manifest:
    if form.MANIFEST not in members:
        raise _refused(f"The archive has no {form.MANIFEST}: `sessions export` didn't write it.")
    with _reading():
        raw = archive.read(members[form.MANIFEST])
    try:
        return _known(form.MANIFESTS.validate_json(raw))
    except ValidationError as error:
        with contextlib.suppress(ValueError, RecursionError, KeyError, TypeError):
            _check_schema(json.loads(raw)["schema"])
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _refused(f"{form.MANIFEST} in the archive is damaged{where and f' at {one_line(where, 80)}'}.") from error


def _known(manifest: form.Manifest) -> form.Manifest:
    _check_schema(manifest.schema)
    return manifest


def _check_schema(schema: object) -> None:
    if schema != form.SCHEMA and isinstance(schema, int):
        what = f"The archive was written by another voiceprep (format {schema}; this one reads {form.SCHEMA})."
        raise SessionError(what, "Update voiceprep; nothing was imported.")


def _fit(manifest: form.Manifest, members: dict[str, zipfile.ZipInfo]) -> None:
    """The archive holds exactly what its manifest names, each session once, each of its takes once."""
    named: dict[str, form.Member] = {form.MANIFEST: form.Member("", members[form.MANIFEST].file_size, "")}
    for session in manifest.sessions:
        paths = [file.path for file in session.files]
        stems = [path.rpartition(".")[0] for path in paths]
        if len(set(stems)) != len(stems) or not {"session.json", "events.jsonl"} <= set(paths):
            raise _refused(f"{form.MANIFEST} in the archive names files of {session.id} twice, or not all.")
        if not manifest.audio and len(paths) != 2:
            raise _refused(f"The archive holds recordings of {session.id}, which it says it doesn't.")
        for file in session.files:
            if named.setdefault(f"{session.id}/{file.path}", file) is not file:
                raise _refused(f"{form.MANIFEST} in the archive names session {session.id} twice.")
    for name in members:
        if name not in named:
            raise _refused(f"The archive holds {_shown(name)}, which is no file of a session in it.")
    for name, file in named.items():
        if name not in members:
            raise _refused(f"The archive lacks {name}, which its {form.MANIFEST} names.")
        if members[name].file_size != file.size:
            raise _refused(f"{name} in the archive has another size than its {form.MANIFEST} says.")


def _take_in(
    archive: zipfile.ZipFile, manifest: form.Manifest, members: dict[str, zipfile.ZipInfo], root: Path
) -> Imported:
    needed, free = sum(info.file_size for info in members.values()), durable.free_bytes(root)
    if needed > free:
        raise StorageError(
            f"The archive needs {needed // 1_000_000 + 1} MB; {free // 1_000_000} MB are free at {root}.",
            "Free some space, or choose another place with --data-dir.",
        )
    staged = Path(tempfile.mkdtemp(prefix=moving.STAGED, dir=root))
    new: list[str] = []
    there: list[str] = []
    try:
        for session in manifest.sessions:
            folder = store.SessionFolder(staged / session.id)
            _unpack(archive, session, members, folder)
            try:
                form.check(folder)
            except SessionError as error:
                raise SessionError(f"In the archive: {error.message}", _HINT) from error
            if os.path.lexists(root / session.id):
                _same(folder, store.SessionFolder(root / session.id))
                shutil.rmtree(folder.path)
                there.append(session.id)
            else:
                new.append(session.id)
        moving.arrive(staged)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return Imported(tuple(new), tuple(there))


def _unpack(
    archive: zipfile.ZipFile, session: form.Packed, members: dict[str, zipfile.ZipInfo], folder: store.SessionFolder
) -> None:
    durable.make_folder(folder.audio)
    for file in session.files:
        name = f"{session.id}/{file.path}"
        count, digest = 0, hashlib.sha256()
        target = folder.path / file.path  # one of the few paths that the manifest may hold
        fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), durable.FILE_MODE)
        try:
            with _reading(), archive.open(members[name]) as source:
                while chunk := source.read(form.CHUNK):
                    count += len(chunk)
                    if count > file.size:
                        break
                    digest.update(chunk)
                    durable.write_all(fd, chunk, target)
            if count != file.size or digest.hexdigest() != file.sha256:
                raise _refused(f"{name} in the archive isn't what was exported: its checksum differs.")
            durable.sync(fd)
        finally:
            os.close(fd)
    durable.sync_folder(folder.audio)


def _same(incoming: store.SessionFolder, here: store.SessionFolder) -> None:
    """Raises SessionError unless all that comes in is here: the story, and the sound, whatever that's kept as."""
    try:
        same = incoming.journal.read_bytes() == here.journal.read_bytes() and _grounds(incoming) == _grounds(here)
        for path in form.files_of(incoming)[:-2] if same else ():
            other = here.recording(path.stem)
            same = same and recording.read_recording(path) == recording.read_recording(other)
    except (OSError, RuntimeError, SessionError):
        same = False
    if not same:
        what = f"Session {here.id} is here already, and not the same as in the archive."
        raise SessionError(what, f"Nothing was imported; `voiceprep sessions delete {here.id}` makes room for it.")


def _grounds(folder: store.SessionFolder) -> dict[str, object]:
    """session.json but for what is written there later: what became of the recordings, and in which format."""
    return {name: value for name, value in folder.meta().items() if name not in ("schema", "recordings")}


def _refused(what: str) -> SessionError:
    return SessionError(what, _HINT)


def _shown(name: str) -> str:
    return repr(one_line(name, 120))
