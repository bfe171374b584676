"""Sound files of any kind (WAV, FLAC, Ogg, …), read in blocks as int16 mono."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from voiceprep.errors import AudioFileError
from voiceprep.pcm.convert import Resampler, finite, to_int16
from voiceprep.pcm.wav import RATE

MIN_RATE, MAX_RATE = 4_000, 384_000
MAX_CHANNELS = 32


class SoundFile:
    """An open sound file. `rate` in samples per second, `frames` as the header claims."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_dir():
            raise _refused(path, "is a folder", "Give a WAV, FLAC or Ogg file.")
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            raise _refused(path, "is not there", "Check the path.") from None
        except OSError as error:
            raise _refused(path, f"can't be read ({error.strerror})", "Check the path and its permissions.") from None
        if size == 0:
            raise _refused(path, "is empty", "Record it again.")
        try:
            self._file = soundfile.SoundFile(str(path))
        except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
            detail = str(getattr(error, "error_string", error)).rstrip(".")
            hint = "Give a WAV, FLAC or Ogg file; convert anything else first."
            raise _refused(path, f"is not a sound file that can be read ({detail})", hint) from None
        self.rate = int(self._file.samplerate)
        self.frames = int(self._file.frames)
        if not MIN_RATE <= self.rate <= MAX_RATE or not 1 <= self._file.channels <= MAX_CHANNELS:
            self._file.close()
            what = f"has {self.rate} samples per second in {self._file.channels} channels"
            raise _refused(path, what, "Convert it to 16 kHz mono.")
        if self.frames == 0:
            self._file.close()
            raise _refused(path, "holds no sound", "Record it again.")

    def blocks(self, block_s: float = 0.02) -> Iterator[bytes]:
        """Mono int16 blocks of `block_s` seconds. A file cut short gives what it has, then AudioFileError."""
        size = max(1, round(self.rate * block_s))
        given = 0
        try:
            while True:
                block = self._file.read(size, dtype="float32", always_2d=True)
                if not len(block):
                    break
                given += len(block)
                yield to_int16(finite(block).mean(axis=1)).tobytes()
        except (soundfile.LibsndfileError, RuntimeError) as error:
            if not given:
                raise _refused(self.path, "is damaged", "Record or export it again.") from error
            return  # libsndfile gives up at the torn end; what it decoded is the answer

    def close(self) -> None:
        self._file.close()


def _refused(path: Path, what: str, hint: str) -> AudioFileError:
    return AudioFileError(f"{path} {what}.", hint)


def read_16k(path: Path) -> bytes:
    """A whole sound file as 16 kHz mono int16 bytes."""
    source = SoundFile(path)
    try:
        resampler = Resampler(source.rate)
        parts = [resampler.feed(block) for block in source.blocks()]
        parts.append(resampler.feed(np.zeros(0, np.int16).tobytes(), last=True) if source.rate != RATE else b"")
    finally:
        source.close()
    return b"".join(parts)
