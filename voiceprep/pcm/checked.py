"""Whether a file from elsewhere is a take, as this program writes them."""

from __future__ import annotations

import struct
from pathlib import Path

from voiceprep.pcm import wav

MOST_DECODED = 1_000
"""A FLAC may decode to so many times its size. Digital silence, as a muted microphone gives, comes to about 600."""
_BLOCK = 1 << 16


def wrong_with(path: Path) -> str:
    """What keeps it from being a take, in words; empty when it's 16 kHz mono int16, as our WAV or as FLAC, readable to
    its end. A WAV may hold more than its header says: its program was killed. Raises OSError."""
    return _wrong_wav(path) if path.suffix == ".wav" else _wrong_flac(path)


def _wrong_wav(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(wav.HEADER_BYTES)
    if len(head) == wav.HEADER_BYTES:
        (said,) = struct.unpack("<I", head[-4:])
        if said + wav.HEADER_BYTES <= path.stat().st_size and said + 36 < 1 << 32 and head == wav.header(said):
            return ""
    return "is no WAV of a take"


def _wrong_flac(path: Path) -> str:
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as file:
            kind = (file.format, file.subtype, file.samplerate, file.channels)
            if kind != ("FLAC", "PCM_16", wav.RATE, 1):
                return "is no FLAC of a take"
            if file.frames * wav.BYTES_PER_SAMPLE > MOST_DECODED * path.stat().st_size:
                return "would decode to far more than a recording holds"
            left = int(file.frames)
            while left and (read := len(file.read(min(left, _BLOCK), dtype="int16"))):
                left -= read
    except (soundfile.LibsndfileError, RuntimeError):
        return "can't be read as FLAC"
    return "ends before its end" if left else ""
