"""The journal: one event, one line, one write. Appended before anything is done about the event.

A kill can tear the last line only; the reader drops it. Any other bad line is damage, and is reported.
Line: `{"v", "seq", "mono_ns", "wall", "type", "data", "crc"}`; `crc` is the CRC-32 of the line without it.
"""

from __future__ import annotations

import json
import os
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voiceprep.core import interview
from voiceprep.core.events import Event
from voiceprep.durable import open_append, storage_error, sync, write_all
from voiceprep.errors import SessionError
from voiceprep.sessions import codec

VERSION = 1
SYNC_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Damage:
    """A line that isn't what was written."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class History:
    """What a journal holds: the events up to the first damage, and where a torn tail begins (None: whole)."""

    events: tuple[Event, ...]
    damage: tuple[Damage, ...]
    torn_at: int | None
    mono_ns: tuple[int, ...] = ()
    """When each of the events was written, by a clock that only goes forward until the machine is started anew."""

    def state(self) -> interview.State:
        """Where the session stands by these events. Raises SessionError when they can't have happened."""
        try:
            return interview.fold(self.events)
        except interview.ImpossibleEvent as error:
            raise SessionError(
                f"events.jsonl tells an impossible story: {error}.", "See `voiceprep sessions verify`."
            ) from error


class FileJournal:
    """Appends to `path`. Another thread asks the device to keep it, once a second."""

    def __init__(self, path: Path, seq: int = 0) -> None:
        self._path = path
        self._fd = open_append(path)
        self._seq = seq
        self._lock = threading.Lock()
        self._dirty = threading.Event()
        self._closing = threading.Event()
        self._syncer = threading.Thread(target=self._sync_often, name="journal sync", daemon=True)
        self._syncer.start()

    def append(self, event: Event, *, durable: bool = False) -> None:
        """Writes the event's line; with `durable` returns only when the device has it."""
        with self._lock:
            self._seq += 1
            line = encode(self._seq, event)
            write_all(self._fd, line, self._path)
            if durable:
                self._sync()
            else:
                self._dirty.set()

    def close(self) -> None:
        """Syncs and closes; closing twice does nothing."""
        self._closing.set()
        self._dirty.set()
        self._syncer.join()
        with self._lock:
            if self._fd >= 0:
                self._sync()
                os.close(self._fd)
                self._fd = -1

    def _sync(self) -> None:
        self._dirty.clear()
        try:
            sync(self._fd)
        except OSError as error:
            raise storage_error(error, self._path) from error

    def _sync_often(self) -> None:
        while not self._closing.is_set():
            self._dirty.wait()
            if self._closing.wait(SYNC_EVERY_S):
                return
            fd = os.dup(self._fd)  # synced outside the lock: a slow disk must not hold up an event
            try:
                self._dirty.clear()
                sync(fd)
            except OSError:
                self._dirty.set()
            finally:
                os.close(fd)


def encode(seq: int, event: Event) -> bytes:
    """One event as its line."""
    record = {
        "v": VERSION,
        "seq": seq,
        "mono_ns": time.monotonic_ns(),
        "wall": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "type": type(event).__name__,
        "data": codec.to_json(event),
    }
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return f'{body[:-1]},"crc":{_crc(body)}}}\n'.encode()


def _crc(body: str) -> int:
    return zlib.crc32(body.encode("utf-8"))


def read_journal(path: Path) -> History:
    """All that the journal holds. Raises SessionError when it can't be read or is newer than this program."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SessionError(
            f"The session's journal can't be read: {path} ({error.strerror}).", "See `voiceprep sessions verify`."
        ) from error
    events: list[Event] = []
    mono_ns: list[int] = []
    damage: list[Damage] = []
    start = 0
    for number, line in enumerate(raw.split(b"\n"), 1):
        end = start + len(line) + 1
        if not line and start == len(raw):
            break
        if end > len(raw):
            return History(tuple(events), tuple(damage), start, tuple(mono_ns))
        parsed = _parse(line, len(events) + 1 if not damage else None)
        if isinstance(parsed, str):
            damage.append(Damage(number, parsed))
        elif not damage:
            events.append(parsed[0])
            mono_ns.append(parsed[1])
        start = end
    return History(tuple(events), tuple(damage), None, tuple(mono_ns))


def _parse(line: bytes, seq: int | None) -> tuple[Event, int] | str:
    """The line's event and when it was written, or what is wrong with it."""
    try:
        text = line.decode("utf-8")
        record: dict[str, Any] = json.loads(text)
        version, number, crc = record["v"], record["seq"], record["crc"]
        kind, data, mono_ns = record["type"], record["data"], record.get("mono_ns")
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, RecursionError):
        return "not a whole event"
    body = text[: text.rfind(',"crc":')] + "}"
    if _crc(body) != crc:
        return "the checksum doesn't fit"
    if not isinstance(version, int) or not isinstance(kind, str):
        return "not a whole event"
    if version > VERSION:
        raise SessionError(
            f"This session was written by a newer voiceprep (format {version}; this one reads {VERSION}).",
            "Update voiceprep; nothing in the session was changed.",
        )
    if seq is not None and number != seq:
        return f"event {number} where {seq} was due"
    try:
        return codec.event_from(kind, data), mono_ns if isinstance(mono_ns, int) else 0
    except SessionError as error:
        return error.message
