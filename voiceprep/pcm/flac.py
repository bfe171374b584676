"""A take as FLAC, made of its WAV when nothing is recorded into it any more.

While the WAV is there it is the original. It goes last: when the FLAC was read back, is what was recorded, and is on
the device. FLAC keeps an MD5 of its samples in its head, so a take can be checked without a second file, and any
other program can check it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import soundfile

from voiceprep import durable
from voiceprep.errors import AudioFileError
from voiceprep.pcm import wav

PART = ".flac.part"
BLOCK = 10 * wav.RATE
"""Samples that are worked off at once."""
REST_S = 0.005
"""How long others have the machine between two blocks."""
_MD5_AT = 26
"""Where the head has the samples' MD5: after the mark (4 bytes), a block's head (4) and sizes, rate and length (18)."""


def from_wav(path: Path) -> Path:
    """Turns a closed take into `<take>.flac` and returns where that is. Killed at any moment, the WAV is there or the
    FLAC, and whole. Raises StorageError or AudioFileError; then the WAV is as it was."""
    kept, part = path.with_suffix(".flac"), path.with_suffix(PART)
    try:
        if not (kept.is_file() and _same(path, kept)):
            try:
                _encode(path, part)
                if not _same(path, part):
                    raise AudioFileError(f"{part} isn't what was recorded.", "The recording itself is kept as a WAV.")
                os.replace(part, kept)
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(part)
        durable.sync_folder(path.parent)
        os.unlink(path)
    except OSError as error:
        raise durable.storage_error(error, kept) from error
    return kept


def is_whole(path: Path) -> bool:
    """Whether the samples in it are those it was made of. Raises OSError when it can't be read at all."""
    with path.open("rb") as file:
        head = file.read(_MD5_AT + 16)
    found = hashlib.md5(usedforsecurity=False)
    try:
        for pcm in _blocks(path):
            found.update(pcm)
    except soundfile.LibsndfileError:
        return False
    return found.digest() == head[_MD5_AT:]


def _encode(path: Path, part: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(part)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, durable.FILE_MODE))
    try:
        with soundfile.SoundFile(str(part), "w", wav.RATE, 1, "PCM_16", format="FLAC") as file:
            for pcm in _wav_blocks(path):
                file.write(np.frombuffer(pcm, np.int16))
    except soundfile.LibsndfileError as error:
        raise AudioFileError(f"{part} can't be written.", "The recording itself is kept as a WAV.") from error
    fd = os.open(part, os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _same(path: Path, made: Path) -> bool:
    """Whether both hold the same samples, sample by sample."""
    try:
        with contextlib.closing(_blocks(made)) as read:
            for pcm in _wav_blocks(path):
                if next(read, b"") != pcm:
                    return False
            return next(read, b"") == b""
    except soundfile.LibsndfileError:
        return False


def _blocks(path: Path) -> Generator[bytes, None, None]:
    with soundfile.SoundFile(str(path)) as file:
        while len(block := file.read(BLOCK, dtype="int16")):
            yield block.tobytes()


def _wav_blocks(path: Path) -> Iterator[bytes]:
    at = 0
    while pcm := wav.read_pcm(path, at, at + BLOCK):
        yield pcm
        at += BLOCK
        time.sleep(REST_S)
