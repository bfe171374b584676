"""Does the microphone hear the speaker, and how late? Pure arithmetic over two stretches of 16 kHz sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
LOWEST_HZ, HIGHEST_HZ = 150, 7_000
"""Below is hum, above is what small speakers don't play."""
QUIETEST_BAND = 1e-3
"""Frequencies of the played sound weaker than this share of its strongest (-60 dB) say nothing about where it is."""
SURE = 16.0
"""How far the correlation at the echo stands out, in standard deviations of the correlation elsewhere.

Measured: without an echo at most 5 in noise and 12.5 with a candidate speaking; with one 20 dB under the candidate,
30 and more once a second of it is known."""
SMEARED_SAMPLES = 4
"""Two clocks that differ, and a room, spread the echo over this many samples either way."""

Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Echo:
    """`at` is where the first sample of what was played lies in what was heard (samples; may be negative), `score` how
    sure that is (see SURE), `gain` how loud it comes back (1: as loud as it was played)."""

    at: int
    score: float
    gain: float


def find(played: Sound, heard: Sound, earliest: int, latest: int) -> Echo | None:
    """Where `played` begins in `heard`, looked for from `earliest` to `latest`; None where it can't be found.

    Both are 16 kHz samples in -1..1. Every frequency counts the same however loud it is (a phase transform), so a
    candidate who already speaks doesn't move the peak: their sound isn't where the played one is."""
    if not played.any() or not heard.any() or latest < earliest:
        return None
    correlation = _phase_correlation(played, heard)
    looked = np.arange(earliest, latest + 1)
    values = correlation[looked % len(correlation)]
    best = int(np.argmax(np.abs(values)))
    score = abs(values[best]) / float(np.std(correlation))
    if score < SURE:
        return None
    at = int(looked[best])
    return Echo(at, score, _gain(played, heard, at))


def _phase_correlation(played: Sound, heard: Sound) -> Sound:
    size = 1 << (len(played) + len(heard) - 1).bit_length()
    one, two = np.fft.rfft(played, size), np.fft.rfft(heard, size)
    power = np.abs(one)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    counts = (hertz >= LOWEST_HZ) & (hertz <= HIGHEST_HZ) & (power > QUIETEST_BAND * power.max())
    cross = np.conj(one) * two
    size_of_cross = np.abs(cross)
    phases = np.where(counts & (size_of_cross > 0), cross / np.where(size_of_cross > 0, size_of_cross, 1), 0)
    return _smeared(np.fft.irfft(phases, size))


def _smeared(correlation: Sound) -> Sound:
    """Each value with its neighbours', so that an echo spread over a few samples isn't lost between them."""
    around = np.hanning(2 * SMEARED_SAMPLES + 3)[1:-1]
    padded = np.concatenate([correlation[-SMEARED_SAMPLES:], correlation, correlation[:SMEARED_SAMPLES]])
    return np.asarray(np.convolve(padded, around, "valid"))


def _gain(played: Sound, heard: Sound, at: int) -> float:
    """How loud the echo is, by least squares over where the two overlap."""
    start, end = max(0, at), min(len(heard), at + len(played))
    if end <= start:
        return 0.0
    one, two = played[start - at : end - at], heard[start:end]
    return abs(float(one @ two) / max(float(one @ one), 1e-12))


def audible(samples: NDArray[np.int16], below_db: float = 50.0) -> int:
    """How many samples come before the silence at the end: what stays `below_db` under the loudest sample."""
    loud = np.abs(samples.astype(np.int32))
    heard = np.flatnonzero(loud > loud.max(initial=0) * 10 ** (-below_db / 20))
    return int(heard[-1]) + 1 if heard.size else 0
