"""The take's own WAV: header first, samples appended, sizes patched as it grows.

Killed at any moment, the file holds every block that was handed over; read to its end it loses nothing, and any
player opens it up to the last patch.
"""

from __future__ import annotations

import contextlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from voiceprep import durable
from voiceprep.errors import AudioFileError

RATE = 16_000
"""Samples per second of a take, mono int16."""
BYTES_PER_SAMPLE = 2
HEADER_BYTES = 44
_MAX_DATA = 0xFFFFFFFF - HEADER_BYTES


def header(data_bytes: int) -> bytes:
    """A WAV header for so many bytes of 16 kHz mono int16."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + data_bytes, b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * BYTES_PER_SAMPLE, BYTES_PER_SAMPLE, 16,
        b"data", data_bytes,
    )  # fmt: skip


class TakeFile:
    """A take being recorded. `append` from one thread; `sync` may come from another.

    With `goes_on` a take that is there already is added to."""

    def __init__(self, path: Path, *, goes_on: bool = False) -> None:
        self.path = path
        self.samples = 0
        flags = os.O_RDWR | getattr(os, "O_BINARY", 0)
        try:
            if path.with_suffix(".flac").exists():  # nothing is recorded into a take that has become one
                raise FileExistsError
            if goes_on and path.is_file():
                self.samples = repair(path).samples
                self._fd = os.open(path, flags)
                os.lseek(self._fd, 0, os.SEEK_END)
                return
            self._fd = os.open(path, flags | os.O_CREAT | os.O_EXCL, durable.FILE_MODE)
        except FileExistsError as error:
            raise AudioFileError(
                f"There is a recording at {path} already.", "It is kept; nothing was written."
            ) from error
        except OSError as error:
            raise durable.storage_error(error, path) from error
        durable.write_all(self._fd, header(0), path)

    def append(self, pcm: bytes) -> None:
        """Adds whole int16 samples at the end."""
        if len(pcm) % BYTES_PER_SAMPLE:
            raise ValueError("half a sample")
        if self.samples * BYTES_PER_SAMPLE + len(pcm) > _MAX_DATA:
            raise AudioFileError("A take can't be longer than 37 hours.", "End this answer and start another.")
        durable.write_all(self._fd, pcm, self.path)
        self.samples += len(pcm) // BYTES_PER_SAMPLE

    def sync(self) -> None:
        """Patches the sizes to what has been written and asks the device to keep it."""
        try:
            self._patch()
            durable.sync(self._fd)
        except OSError as error:
            raise durable.storage_error(error, self.path) from error

    def close(self) -> None:
        """Patches, syncs and closes; closing twice does nothing."""
        if self._fd >= 0:
            try:
                # A full disk may have taken half a block that was never counted.
                with contextlib.suppress(OSError):
                    os.ftruncate(self._fd, HEADER_BYTES + self.samples * BYTES_PER_SAMPLE)
                self.sync()
            finally:
                os.close(self._fd)
                self._fd = -1

    def _patch(self) -> None:
        # A second descriptor with its own position: Windows has no pwrite, and the append position must not move.
        fd = os.open(self.path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
        try:
            os.write(fd, header(self.samples * BYTES_PER_SAMPLE))
        finally:
            os.close(fd)


@dataclass(frozen=True, slots=True)
class Repair:
    """What a look at a take left by a crash found: its samples, and whether the header had to be mended."""

    samples: int
    mended: bool


def repair(path: Path) -> Repair:
    """Mends the header of a take whose writer died: the samples on disk are all there, half a sample is dropped."""
    size = path.stat().st_size
    samples = max(0, size - HEADER_BYTES) // BYTES_PER_SAMPLE
    whole = HEADER_BYTES + samples * BYTES_PER_SAMPLE
    right = header(samples * BYTES_PER_SAMPLE)
    with path.open("r+b") as file:
        if file.read(HEADER_BYTES) == right and size == whole:
            return Repair(samples, False)
        file.seek(0)
        file.write(right)
        file.truncate(whole)
        file.flush()
        os.fsync(file.fileno())
    return Repair(samples, True)


def recorded_s(path: Path) -> float:
    """Seconds of sound in a take, by its length on disk; 0 where there is none."""
    try:
        return max(0, path.stat().st_size - HEADER_BYTES) // BYTES_PER_SAMPLE / RATE
    except OSError:
        return 0.0


def read_pcm(path: Path, start: int = 0, end: int | None = None) -> bytes:
    """Samples `start` to `end` of a take as int16 bytes, trusting the file's length and not its header."""
    with path.open("rb") as file:
        file.seek(HEADER_BYTES + start * BYTES_PER_SAMPLE)
        data = file.read() if end is None else file.read((end - start) * BYTES_PER_SAMPLE)
    return data[: len(data) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE]
