"""Does the microphone hear the speaker, and how late? Pure arithmetic over two stretches of 16 kHz sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
LOWEST_HZ, HIGHEST_HZ = 150, 7_000
"""Below is hum, above is what small speakers don't play."""
WINDOW_S = 0.01
FAINT_DBFS = -55.0
FAINT_DB = 30.0
QUIETEST_BAND = 1e-3
"""Frequencies of the played sound weaker than this share of its strongest (-60 dB) say nothing about where it is."""
SURE = 20.0
"""How far the correlation at the echo stands out, in standard deviations of the correlation elsewhere.

Measured, for half a second of speech and more: without an echo at most 18 with a candidate speaking (5 in noise); with
one 20 dB under the candidate, 30 and more once a second of it is known."""
SURE_OF_LITTLE = 32.0
"""The same for less than half a second of speech, which any other voice resembles somewhere: without an echo at most 25
from 0.2 s on (50 below), with one mostly 40 and more."""
EDGE_SAMPLES = 320
"""What was heard begins and ends in mid-sound. To a phase transform such an edge is a click, alike to the edge of what
was played; so both ends are faded over these 20 ms."""
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


def find(played: Sound, heard: Sound, earliest: int, latest: int, sure: float = SURE) -> Echo | None:
    """Where `played` begins in `heard`, looked for from `earliest` to `latest`; None where it can't be found.

    Both are 16 kHz samples in -1..1. Every frequency counts the same however loud it is (a phase transform), so a
    candidate who already speaks doesn't move the peak: their sound isn't where the played one is."""
    if not played.any() or not heard.any() or latest < earliest:
        return None
    correlation = _phase_correlation(played, _faded(heard))
    looked = np.arange(earliest, latest + 1)
    values = correlation[looked % len(correlation)]
    best = int(np.argmax(np.abs(values)))
    score = abs(values[best]) / float(np.std(correlation))
    if score < sure:
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


def _faded(heard: Sound) -> Sound:
    count = min(EDGE_SAMPLES, len(heard) // 2)
    ramp = np.sin(np.pi / 2 * (np.arange(count) + 0.5) / count) ** 2 if count else np.zeros(0)
    return np.concatenate(
        [heard[:count] * ramp, heard[count : len(heard) - count], heard[len(heard) - count :] * ramp[::-1]]
    )


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


LOOKED_AT = 16_384
"""Samples at a time."""


def audible(samples: NDArray[np.int16], below_db: float = 50.0) -> int:
    """How many samples come before the silence at the end: what stays `below_db` under the loudest sample."""
    least = max(int(samples.max(initial=0)), -int(samples.min(initial=0))) * 10 ** (-below_db / 20)
    for end in range(len(samples), 0, -LOOKED_AT):  # from its end: a replayed take is millions of samples
        start = max(0, end - LOOKED_AT)
        heard = np.flatnonzero(np.abs(samples[start:end].astype(np.int32)) > least)
        if heard.size:
            return start + int(heard[-1]) + 1
    return 0


def sounding_s(samples: NDArray[np.int16], rate: int) -> float:
    """How long it is loud enough to be known again: above -55 dBFS, and less than 30 dB under its loudest moment."""
    window = int(WINDOW_S * rate)
    whole = samples[: len(samples) // window * window].astype(np.float64) / 32768.0
    loud = np.sqrt(np.mean(whole.reshape(-1, window) ** 2, axis=1))
    least = max(10 ** (FAINT_DBFS / 20), loud.max(initial=0.0) * 10 ** (-FAINT_DB / 20))
    return float(np.count_nonzero(loud > least)) * WINDOW_S
