"""Any rate and channel count to the take's 16 kHz mono int16, in one go or as a stream."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from voiceprep.pcm.wav import RATE

Samples = NDArray[np.int16]
AUDIBLE = 100
"""An int16 sample louder than this can be heard: -50 dBFS."""


def to_int16(samples: NDArray[np.floating]) -> Samples:
    """Float samples in -1..1 as int16; what lies outside is clipped, what isn't a number is silence."""
    return np.asarray(np.clip(np.round(finite(samples) * 32768.0), -32768, 32767), dtype=np.int16)


def finite(samples: NDArray[np.floating]) -> NDArray[np.floating]:
    """The samples with silence where there's no number, and full scale where it's infinite."""
    return np.asarray(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0))


class Resampler:
    """A stream of int16 mono at `rate` samples per second, given back at 16 kHz. Identity at 16 kHz."""

    def __init__(self, rate: int) -> None:
        self._stream = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="int16", quality="HQ")

    def feed(self, pcm: bytes, *, last: bool = False) -> bytes:
        """The 16 kHz samples that are ready; with `last` all that remain."""
        if self._stream is None:
            return pcm
        block = np.frombuffer(pcm, dtype=np.int16)
        return bytes(np.asarray(self._stream.resample_chunk(block, last=last), dtype=np.int16).tobytes())


class Rechunker:
    """Bytes of any length in, chunks of exactly `size` bytes out; the rest waits for more."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        data = self.rest + data
        whole = len(data) // self.size * self.size
        self.rest = data[whole:]
        return [data[n : n + self.size] for n in range(0, whole, self.size)]


def level_dbfs(pcm: bytes) -> float | None:
    """Root-mean-square level of int16 samples in dB under full scale; None for digital silence."""
    samples = np.frombuffer(pcm, dtype=np.int16).astype(np.float64)
    if not samples.size or not samples.any():
        return None
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) / 32768.0))


SILENCE_DBFS = -96.0
"""Given for digital silence where a number is needed: 16 bits hold nothing quieter."""


def levels_dbfs(pcm: bytes, rate: int, step_s: float) -> tuple[float, ...]:
    """The root-mean-square level of each `step_s` of int16 samples in dBFS, the last step as long as it is."""
    samples = np.frombuffer(pcm, dtype=np.int16).astype(np.float64)
    step = max(1, round(step_s * rate))
    starts = np.arange(0, len(samples), step)
    if not len(starts):
        return ()
    power = np.add.reduceat(samples**2, starts) / np.diff(np.append(starts, len(samples)))
    return tuple((10 * np.log10(np.maximum(power, 32768.0**2 * 10 ** (SILENCE_DBFS / 10)) / 32768.0**2)).tolist())


def floor_dbfs(pcm: bytes, rate: int) -> float | None:
    """The level under which a tenth of the sound lies, in dBFS, over moments of 50 ms: the room, whoever speaks in it.

    A mean over "the silence" would count the voice's own fading edges as noise. Moments of digital silence are left
    out: a device gives them before it has begun. None when there is nothing else.
    """
    step = rate // 20 * 2
    moments = (level_dbfs(pcm[at : at + step]) for at in range(0, len(pcm) - step + 1, step))
    heard = [level for level in moments if level is not None]
    return float(np.percentile(heard, 10)) if heard else None


def without_silence(pcm: bytes, rate: int) -> bytes:
    """int16 samples without the silence around what can be heard, but for a hundredth of a second before and a tenth
    after it."""
    samples = np.frombuffer(pcm, dtype=np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE)
    return pcm[max(0, int(loud[0]) - rate // 100) * 2 : (int(loud[-1]) + rate // 10) * 2] if len(loud) else pcm
