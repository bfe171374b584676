"""Sessions as one file: a zip of their files as they lie on disk, and at its end a manifest that says what is in it.

    20261121-053713-2a81/audio/a001.flac        stored
    20261121-053713-2a81/events.jsonl           deflated
    20261121-053713-2a81/session.json           deflated
    manifest.json                               deflated

The same sessions give the same bytes. Reports stay out: they're made from the journal again, and a page with a
stranger's script shall not come in with a session. What can't be imported again isn't exported either.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, ClassVar, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from voiceprep import __version__, durable
from voiceprep.core.anew import takes_of
from voiceprep.core.clean import one_line
from voiceprep.errors import SessionError, StorageError
from voiceprep.pcm import checked
from voiceprep.sessions import store
from voiceprep.sessions.strict import strictly_json

SCHEMA = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
SESSION_ID = r"[0-9]{8}-[0-9]{6}-[0-9a-z]{4}"
TAKE_FILE = r"audio/a[0-9]{3}(\.orphan-[0-9a-f]{4})?\.(wav|flac)"
_SOUND = re.compile(TAKE_FILE)
_CLOSED = {"extra": "forbid", "strict": True}


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a session: where it lies in the session's folder, its bytes, and their SHA-256."""

    __pydantic_config__: ClassVar = _CLOSED
    path: Annotated[str, StringConstraints(pattern=rf"^(session\.json|events\.jsonl|{TAKE_FILE})\z")]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]


@dataclass(frozen=True, slots=True)
class Packed:
    """A session in an archive."""

    __pydantic_config__: ClassVar = _CLOSED
    id: Annotated[str, StringConstraints(pattern=rf"^{SESSION_ID}\z")]
    files: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds."""

    __pydantic_config__: ClassVar = _CLOSED
    form: Literal["voiceprep-sessions"]
    schema: int
    program: str
    audio: bool
    sessions: tuple[Packed, ...]


MANIFESTS: TypeAdapter[Manifest] = TypeAdapter(Manifest)


@dataclass(frozen=True, slots=True)
class Exported:
    """An archive that was written, and for each session left out of it the reason."""

    manifest: Manifest
    bytes: int
    left_out: tuple[tuple[str, SessionError], ...]


def is_sound(path: str) -> bool:
    """Whether a session's file of this path is a recording."""
    return _SOUND.fullmatch(path) is not None


def export(
    folders: Sequence[store.SessionFolder], out: Path, *, audio: bool, force: bool = False, leave_out: bool = False
) -> Exported:
    """Writes the sessions to `out`, as a whole or not at all. With `leave_out` a session that is open elsewhere or
    damaged is left out and told of; else it's raised, as SessionError. Raises StorageError."""
    if out.is_dir() or (out.exists() and not force):
        hint = "Name a file in it." if out.is_dir() else "Choose another name, or write over it with --force."
        raise StorageError(f"{out} is there already.", hint)
    packed: list[Packed] = []
    left_out: list[tuple[str, SessionError]] = []
    try:
        with _writing(out) as file, zipfile.ZipFile(file, "w") as archive:
            for folder in sorted(folders, key=lambda f: f.id):
                try:
                    # A session that is being held is refused, not cut where it is: half an answer isn't what one keeps.
                    with folder.locked():
                        check(folder)
                        packed.append(Packed(folder.id, tuple(_put_all(archive, folder, audio))))
                except SessionError as error:
                    if not leave_out:
                        raise
                    left_out.append((folder.id, error))
            if not packed:
                raise SessionError("No session can be exported.", "See `voiceprep sessions verify`.")
            manifest = Manifest("voiceprep-sessions", SCHEMA, __version__, audio, tuple(packed))
            with archive.open(_info(MANIFEST), "w") as to:
                to.write(MANIFESTS.dump_json(manifest, indent=1))
        durable.sync_folder(out.parent)
    except OSError as error:
        raise durable.storage_error(error, out) from error
    return Exported(manifest, out.stat().st_size, tuple(left_out))


@contextlib.contextmanager
def _writing(out: Path) -> Iterator[BinaryIO]:
    """A new file for the owner's eyes, under a name that nobody has; on disk and called `out` when the block ends."""
    fd, part = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)
    try:
        with os.fdopen(fd, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, out)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)


def _put_all(archive: zipfile.ZipFile, folder: store.SessionFolder, audio: bool) -> Iterator[Member]:
    for path in files_of(folder):
        name = path.relative_to(folder.path).as_posix()
        if audio or not is_sound(name):
            yield _put(archive, path, folder.id, name)


def files_of(folder: store.SessionFolder) -> list[Path]:
    """What of a session goes into an archive, by name: its meta, its journal, and each take once."""
    sounds = [p for p in folder.audio.glob("*") if is_sound(f"audio/{p.name}") and _is_plain(p)]
    once = {p.stem: p for p in sorted(sounds, key=lambda p: p.suffix == ".flac")}
    return [*(once[stem] for stem in sorted(once)), folder.journal, folder.meta_path]


def _is_plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _put(archive: zipfile.ZipFile, path: Path, session_id: str, name: str) -> Member:
    size, digest = 0, hashlib.sha256()
    with path.open("rb") as source, archive.open(_info(f"{session_id}/{name}"), "w", force_zip64=True) as to:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            digest.update(chunk)
            to.write(chunk)
    return Member(name, size, digest.hexdigest())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # its day is always the same, so that the bytes are
    info.create_system = 3
    info.external_attr = (stat.S_IFREG | durable.FILE_MODE) << 16
    # Sound hardly shrinks, and an archive in which it isn't packed can't be a bomb of it.
    info.compress_type = zipfile.ZIP_STORED if name.endswith((".wav", ".flac")) else zipfile.ZIP_DEFLATED
    return info


def check(folder: store.SessionFolder) -> None:
    """Raises SessionError unless the session is whole: what `verify` finds, that its parts are of one session, and that
    its recordings are what they say. That it wasn't ended, or has lost recordings, is no damage."""
    try:
        damage = next(_damage(folder), "")
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError, RuntimeError) as error:
        # A story that passes every check and still can't be told was written by nobody's voiceprep.
        damage = f"events.jsonl tells an impossible story: {type(error).__name__}."
    except SessionError as error:
        damage = error.message
    if damage:
        what = damage.replace(f"{folder.path}{os.sep}", "").rstrip(".")
        raise SessionError(f"Session {folder.id}: {what}.", f"See `voiceprep sessions verify {folder.id}`.")


def _damage(folder: store.SessionFolder) -> Iterator[str]:
    for path in (folder.meta_path, folder.journal):
        strictly_json(path, by_line=path == folder.journal)
    for path in files_of(folder):
        if is_sound(f"audio/{path.name}") and (wrong := checked.wrong_with(path)):
            yield f"audio/{path.name} {wrong}"
    yield from (problem for problem in store.verify(folder) if not isinstance(problem, store.Bearable))
    meta, state, known = folder.meta(), folder.state(), folder.grounds().by_id
    if meta["id"] != folder.id or state.session_id != folder.id:
        yield "session.json and events.jsonl are not of this session"
    judged = [*state.assessments, *state.earlier, *(r.assessment for r in state.rescored)]
    if lacking := [i for i in (*(q.id for q in state.questions), *(a.question_id for a in judged)) if i not in known]:
        yield f"session.json lacks the question {one_line(lacking[0], 60)!r}"
    for take_id in sorted({take_id for a in judged for take_id in takes_of(a)}):
        folder.take(take_id)
