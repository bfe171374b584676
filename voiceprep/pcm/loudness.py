"""How loud a voice is to the ear, and every voice made equally loud."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voiceprep.pcm.convert import to_int16

TARGET_DB = -20.0
"""The level that every clip is brought to, as `loudness_db` measures it."""
CEILING_DB = -1.0
"""No sample gets louder than this, in dBFS: loudspeakers and resamplers want some room."""
MOST_GAIN_DB = 30.0
"""A clip that would need more isn't speech."""
_WINDOW_S, _STEP_S = 0.4, 0.1
_SILENT_DB = -70.0
_BELOW_SPEECH_DB = 10.0
_LIMIT_S = 0.005


def loudness_db(pcm: bytes, rate: int) -> float | None:
    """How loud the speech in int16 mono samples is, in dB under full scale: the mean power of what stands out, weighted
    as in ITU-R BS.1770 (by its curve's shape, not its exact filters). None for silence."""
    return _loudness_db(_floats(pcm), rate)


def made_even(pcm: bytes, rate: int) -> bytes:
    """int16 mono samples at TARGET_DB with no sample over CEILING_DB; as many as before. Silence stays silence."""
    samples = _floats(pcm)
    found = _loudness_db(samples, rate)
    gain = 1.0 if found is None else 10 ** (min(TARGET_DB - found, MOST_GAIN_DB) / 20)
    return to_int16(_limited(samples * gain, rate)).tobytes()


def _floats(pcm: bytes) -> NDArray[np.float64]:
    return np.frombuffer(pcm, dtype=np.int16).astype(np.float64) / 32768


def _loudness_db(samples: NDArray[np.float64], rate: int) -> float | None:
    if not samples.any():
        return None
    power = np.concatenate([[0.0], np.cumsum(_weighted(samples, rate) ** 2)])
    window = min(len(samples), round(_WINDOW_S * rate))
    starts = np.arange(0, len(samples) - window + 1, max(1, round(_STEP_S * rate)))
    windows = np.maximum(power[starts + window] - power[starts], 0) / window
    loud = windows[windows > 10 ** (_SILENT_DB / 10)]
    if not loud.size:
        return None
    # Pauses don't make a voice quieter.
    speech = loud[loud > np.mean(loud) * 10 ** (-_BELOW_SPEECH_DB / 10)]
    return float(10 * np.log10(np.mean(speech)))


def _weighted(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """As an ear has it: without rumble under 40 Hz, and 4 dB more above 1.5 kHz."""
    length = 1 << (len(samples) - 1).bit_length()
    hertz = np.fft.rfftfreq(length, 1 / rate)
    low, high = (hertz / 38.0) ** 4, (hertz / 1500.0) ** 4
    curve = np.sqrt(low / (1 + low) * (1 + 10**0.4 * high) / (1 + high))
    return np.fft.irfft(np.fft.rfft(samples, length) * curve, length)[: len(samples)]


def _limited(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """With the peaks over the ceiling turned down, for so short and so smoothly that nothing crackles."""
    ceiling = 10 ** (CEILING_DB / 20)
    wanted = np.minimum(1.0, ceiling / np.maximum(np.abs(samples), 1e-9))
    if not (wanted < 1).any():
        return samples
    half = round(_LIMIT_S * rate)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(wanted, 2 * half, mode="edge"), 2 * half + 1).min(axis=1)
    kernel = np.hanning(2 * half + 3)[1:-1]
    smooth = np.convolve(around, kernel / kernel.sum(), mode="valid")
    return samples * np.minimum(smooth, wanted)
