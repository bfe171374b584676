"""A take on disk, whatever it is kept as: the WAV it was recorded into, or the FLAC that was made of it."""

from __future__ import annotations

from pathlib import Path

from voiceprep.pcm import wav


def read_recording(path: Path, start: int = 0, end: int | None = None) -> bytes:
    """Samples `start` to `end` as 16 kHz mono int16 bytes. Raises OSError or AudioFileError."""
    if path.suffix == ".wav":
        return wav.read_pcm(path, start, end)
    import soundfile

    with soundfile.SoundFile(str(path)) as file:
        file.seek(min(start, file.frames))
        return bytes(file.read(-1 if end is None else max(0, end - start), dtype="int16").tobytes())


def length_s(path: Path) -> float:
    """Seconds of sound in it; 0 where there is none."""
    if path.suffix == ".wav":
        return wav.recorded_s(path)
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as file:
            return float(file.frames / file.samplerate)
    except (soundfile.LibsndfileError, OSError):
        return 0.0
