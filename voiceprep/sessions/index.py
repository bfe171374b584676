"""The index of all sessions: what lists and trends need, so that only journals that changed are folded.

A SQLite file that may be deleted at any time: the folders are the truth, and it's made from them. A session's row is
believed as long as size and time of its journal are those that were indexed. A damaged file, and one that other code
has written, is made again; where no file can be written, the same is kept in memory. Beside the file lies what it
looked like when it was closed last: only when it looks different is all of it checked, which takes longer than a list.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import os
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from voiceprep import durable
from voiceprep.core import answered
from voiceprep.core.answered import Answered
from voiceprep.core.progress import Standing, standing_of
from voiceprep.errors import StorageError
from voiceprep.sessions import codec, journal, rows, store
from voiceprep.sessions.rows import SessionRow, read_session

BUSY_S = 5.0
"""As long is waited for another process that writes."""
BATCH = 200
"""Sessions that are indexed in one go: a kill loses no more of a rebuilding."""
_SCHEMA = """
CREATE TABLE session (
    id TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, row BLOB NOT NULL
);
CREATE TABLE answer (
    session_id TEXT, nth INTEGER, question_id TEXT NOT NULL, topic TEXT NOT NULL, measured INTEGER NOT NULL,
    row BLOB NOT NULL, PRIMARY KEY (session_id, nth)
);
CREATE INDEX answer_question ON answer (question_id, session_id, nth);
CREATE INDEX answer_topic ON answer (topic, session_id, nth);
CREATE INDEX answer_measured ON answer (measured, session_id, nth);
CREATE TABLE standing (question_id TEXT PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE stale (question_id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

Stamp = tuple[int, int]
"""Size and time (ns) of a file; -1 when it isn't there."""
NO_FILE: Stamp = (-1, -1)
CRC_BYTES = 4
_T = TypeVar("_T")


class Index:
    """The sessions under `root`, as they are when it's opened. `path` is its file, None for memory alone. Answers of
    sessions titled one of `apart` are nobody's history. `tell` hears that all has to be read again."""

    def __init__(
        self,
        root: Path,
        path: Path | None,
        apart: Collection[str] = (),
        tell: Callable[[str], None] = lambda said: None,
    ) -> None:
        self._root, self._path, self._apart, self._tell = root, path, apart, tell
        self._db = _memory() if path is None else self._opened(path)
        self._mended(self._refresh)

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *gone: object) -> None:
        self.close()

    def close(self) -> None:
        """Closing twice does nothing."""
        self._db.close()
        if self._path is not None:
            _note_closed(self._path)

    # Reading

    def sessions(self, newest: int | None = None) -> list[SessionRow]:
        """Every session's row, or the newest ones', oldest first."""
        rows = self._rows(
            SessionRow, "SELECT row FROM session ORDER BY id DESC LIMIT ?", (-1 if newest is None else newest,)
        )
        return rows[::-1]

    def standings(self) -> list[Standing]:
        """Every question's history in short."""
        return self._rows(Standing, "SELECT row FROM standing ORDER BY question_id")

    def answers_to(self, question_id: str) -> list[Answered]:
        """All answers to a question, oldest first."""
        return self._mended(lambda: self._answers_to(question_id))

    def newest_of(self, topic: str, most: int) -> list[Answered]:
        """The newest answers to a topic's questions, oldest first."""
        found = "SELECT row FROM answer WHERE topic = ? ORDER BY session_id DESC, nth DESC LIMIT ?"
        return self._rows(Answered, found, (topic, most))[::-1]

    def newest_measured(self, most: int) -> list[Answered]:
        """The newest calm answers of which some delivery was measured, oldest first."""
        found = "SELECT row FROM answer WHERE measured = 1 ORDER BY session_id DESC, nth DESC LIMIT ?"
        return self._rows(Answered, found, (most,))[::-1]

    def _rows(self, kind: type[_T], query: str, given: Sequence[object] = ()) -> list[_T]:
        return self._mended(lambda: _read(kind, self._db.execute(query, given)))

    def _answers_to(self, question_id: str) -> list[Answered]:
        found = "SELECT row FROM answer WHERE question_id = ? ORDER BY session_id, nth"
        return _read(Answered, self._db.execute(found, (question_id,)))

    # Keeping it true

    def _mended(self, work: Callable[[], _T]) -> _T:
        """What `work` gives; when the file turns out to be damaged, or can't be used, from one made anew."""
        try:
            return work()
        except (sqlite3.Error, ValidationError) as error:
            self._db.close()
            if self._path is not None and _damaged(error):
                self._remake(self._path)
            else:
                self._in_memory()
            if work != self._refresh:
                self._refresh()
            return work()

    def _remake(self, path: Path) -> None:
        self._tell("Rebuilding the list of sessions: its index was damaged. Nothing of the sessions is touched.")
        try:
            _delete(path)
            self._db = self._opened(path)
        except OSError:
            self._in_memory()

    def _in_memory(self) -> None:
        self._path, self._db = None, _memory()

    def _opened(self, path: Path) -> sqlite3.Connection:
        """The index's file, a fresh one where it's damaged or of other code; memory where no file can be written."""
        for first in (True, False):
            try:
                durable.make_folder(path.parent)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, durable.FILE_MODE))
                db = _connected(path)
                if _fits(db, path):
                    return db
                db.close()
                said = "Rebuilding the list of sessions: another version of voiceprep made its index."
            except sqlite3.Error as error:
                if not _damaged(error):
                    break
                said = "Rebuilding the list of sessions: its index was damaged. Nothing of the sessions is touched."
            except (OSError, StorageError):
                break
            if first:
                self._tell(said)
                with contextlib.suppress(OSError):
                    _delete(path)
        self._path = None
        return _memory()

    def _refresh(self) -> None:
        found = stamps(self._root)
        known = {name: (size, mtime) for name, size, mtime in self._db.execute("SELECT id, size, mtime FROM session")}
        changed = sorted(name for name, stamp in found.items() if known.get(name) != stamp)
        gone = [name for name in known if name not in found]
        for names in itertools.chain([gone] * bool(gone), _batches(changed)):
            read = [(n, found[n], *read_session(store.SessionFolder(self._root / n))) for n in names if n in found]
            with _transaction(self._db):
                self._replace(names, read)
        while stale := [q for (q,) in self._db.execute("SELECT question_id FROM stale LIMIT ?", (BATCH,))]:
            with _transaction(self._db):
                for question_id in stale:
                    self._restate(question_id)

    def _replace(
        self, names: Iterable[str], read: Iterable[tuple[str, Stamp, SessionRow, tuple[Answered, ...]]]
    ) -> None:
        for name in names:
            asked = "INSERT OR IGNORE INTO stale SELECT DISTINCT question_id FROM answer WHERE session_id = ?"
            self._db.execute(asked, (name,))
            self._db.execute("DELETE FROM answer WHERE session_id = ?", (name,))
            self._db.execute("DELETE FROM session WHERE id = ?", (name,))
        for name, stamp, row, answers in read:
            self._db.execute("INSERT INTO session VALUES (?, ?, ?, ?)", (name, *stamp, _written(row)))
            for a in answers if row.title not in self._apart else ():
                measured = not a.clocked and any(m.value is not None for m in a.delivery)
                values = (a.session_id, a.nth, a.question_id, a.topic, measured, _written(a))
                self._db.execute("INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)", values)
                self._db.execute("INSERT OR IGNORE INTO stale VALUES (?)", (a.question_id,))

    def _restate(self, question_id: str) -> None:
        if answers := self._answers_to(question_id):
            row = _written(standing_of(answers))
            self._db.execute("INSERT OR REPLACE INTO standing VALUES (?, ?)", (question_id, row))
        else:
            self._db.execute("DELETE FROM standing WHERE question_id = ?", (question_id,))
        self._db.execute("DELETE FROM stale WHERE question_id = ?", (question_id,))


def stamps(root: Path) -> dict[str, Stamp]:
    """What tells whether a session under `root` changed, by its id."""
    found = {}
    with contextlib.suppress(OSError), os.scandir(root) as entries:
        for entry in entries:
            stamp = _stamp(f"{entry.path}/events.jsonl")
            if stamp != NO_FILE or _stamp(f"{entry.path}/session.json") != NO_FILE:
                found[entry.name] = stamp
    return found


def _stamp(path: str | Path) -> Stamp:
    try:
        there = os.stat(path)
    except OSError:
        return NO_FILE
    return there.st_size, there.st_mtime_ns


# The file ----------------------------------------------------------------------------------------------------------


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cell_size_check = ON")
    except BaseException:
        db.close()
        raise
    return db


def _fits(db: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is whole and of this code; an empty one is made to be so."""
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == _code():
            if not _as_closed(path):
                (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
                if said != "ok":
                    raise sqlite3.DatabaseError(said)
            return True
        with _transaction(db):  # two processes may come to an empty file at once
            if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                _make(db)
        return bool(db.execute("PRAGMA user_version").fetchone()[0] == _code())
    except BaseException:
        db.close()
        raise


def _closed_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.closed")


def _as_closed(path: Path) -> bool:
    """Whether the file looks as it did when it was closed last."""
    try:
        return _closed_path(path).read_text("ascii") == "{} {}".format(*_stamp(path))
    except (OSError, ValueError):
        return False


def _note_closed(path: Path) -> None:
    if _as_closed(path):
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with contextlib.suppress(OSError):  # whoever opens it next checks it all
        fd = os.open(_closed_path(path), flags, durable.FILE_MODE)
        os.write(fd, b"%d %d" % _stamp(path))
        os.close(fd)


def _make(db: sqlite3.Connection) -> None:
    for statement in filter(str.strip, _SCHEMA.split(";")):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {_code()}")


def _memory() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None)
    _make(db)
    return db


def _delete(path: Path) -> None:
    for name in ("", "-wal", "-shm", ".closed"):
        path.with_name(path.name + name).unlink(missing_ok=True)


def _damaged(error: Exception) -> bool:
    """Whether it's the file's content that is wrong, and not that it can't be had."""
    if isinstance(error, ValidationError):
        return True
    code = getattr(error, "sqlite_errorcode", None)  # None: our own word for a failed check
    missing = "no such table" in str(error)
    return code is None or missing or code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


@functools.cache
def _code() -> int:
    """A number for the code that makes the rows: after a change in it none of them is believed."""
    digest = hashlib.blake2b(_SCHEMA.encode(), digest_size=4)
    core = sorted(Path(str(answered.__file__)).parent.glob("*.py"))
    with contextlib.suppress(OSError):  # without sources the schema has to do
        for path in (*core, *(Path(str(m.__file__)) for m in (codec, journal, rows, store)), Path(__file__)):
            digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()) & 0x7FFFFFFF or 1


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[n : n + BATCH] for n in range(0, len(names), BATCH))


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _written(row: object) -> bytes:
    kind: Any = type(row)
    told = _adapter(kind).dump_json(row, exclude_defaults=True)
    return zlib.crc32(told).to_bytes(CRC_BYTES) + told


def _read(kind: type[_T], rows: Iterable[tuple[bytes]]) -> list[_T]:
    told = []
    for (row,) in rows:
        if zlib.crc32(row[CRC_BYTES:]) != int.from_bytes(row[:CRC_BYTES]):
            raise sqlite3.DatabaseError("a row isn't what was written")
        told.append(row[CRC_BYTES:])
    found: list[_T] = _adapter(list[kind]).validate_json(b"[" + b",".join(told) + b"]")  # type: ignore[valid-type]
    return found
