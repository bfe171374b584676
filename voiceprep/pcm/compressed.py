"""A take made small enough to be carried inside a page."""

from __future__ import annotations

import io

import numpy as np

from voiceprep.errors import AudioFileError
from voiceprep.pcm.wav import RATE

MIME = "audio/mpeg"
_LEVEL = 0.9
"""24 kbit/s at 16 kHz: 180 kB a minute. The rate is constant, so that a second is found by its place in the file."""


def compressed(pcm: bytes) -> bytes:
    """16 kHz mono int16 as MP3, which every browser plays; a second of it is found within 0.05 s. Raises
    AudioFileError where the sound library can't write it."""
    import soundfile

    samples = np.frombuffer(pcm, dtype=np.int16)
    into = io.BytesIO()
    try:
        with soundfile.SoundFile(
            into, "w", RATE, 1, "MPEG_LAYER_III", format="MP3", compression_level=_LEVEL, bitrate_mode="CONSTANT"
        ) as file:
            file.write(samples)
    except (soundfile.LibsndfileError, ValueError) as error:
        raise AudioFileError(
            "The sound library here can't write MP3.", "Leave the recordings out: --no-audio."
        ) from error
    return into.getvalue()
