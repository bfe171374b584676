"""A take on disk, whatever it is kept as: the WAV it was recorded into, or the FLAC that was made of it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from voiceprep.errors import AudioFileError
from voiceprep.pcm import wav


def read_recording(path: Path, start: int = 0, end: int | None = None) -> bytes:
    """Samples `start` to `end` as 16 kHz mono int16 bytes. Raises OSError or AudioFileError.

    A WAV that has become a FLAC since somebody asked where it is is read from that."""
    if path.suffix == ".wav":
        with contextlib.suppress(FileNotFoundError):
            return wav.read_pcm(path, start, end)
        path = path.with_suffix(".flac")
    path.open("rb").close()  # what is missing is an OSError, and not one of libsndfile's
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as file:
            file.seek(min(start, file.frames))
            return bytes(file.read(-1 if end is None else max(0, end - start), dtype="int16").tobytes())
    except soundfile.LibsndfileError as error:
        raise AudioFileError(f"{path} is damaged.", "See `voiceprep sessions verify`.") from error


def length_s(path: Path) -> float:
    """Seconds of sound in it; 0 where there is none."""
    if path.suffix == ".wav":
        return wav.recorded_s(path) or (length_s(kept) if (kept := path.with_suffix(".flac")).is_file() else 0.0)
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as file:
            return float(file.frames / file.samplerate)
    except (soundfile.LibsndfileError, OSError):
        return 0.0
