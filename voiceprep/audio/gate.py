"""Where in the microphone's stream a question ends, so that a take has all of the answer and none of the question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from voiceprep.audio import echo
from voiceprep.audio.lines import InputLine, OutputLine, Samples

PLAYED_S = 3.0
"""How much of the question's end is looked for in what came in."""
EARLIEST_S, LATEST_S = -0.15, 0.6
"""How far an echo may lie from where the clocks say; a Bluetooth speaker is 0.3 s late and doesn't say so."""
OVERLAP_S = 1.0
"""So much of the question must have come in, however late the echo is, before it's said that there is none."""
TAIL_S = 0.001
"""The echo is found to the sample, and what comes after its audible end can't be heard: so the answer goes first."""
NO_ECHO_S = 0.05
"""Without an echo nothing of the question can be caught, so the clocks' error (measured: up to 0.02 s) is allowed for
on the safe side."""
HEADPHONES = 0.3
"""Less of the remembered echo's loudness than this, and the echo is gone rather than covered."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What the last echo showed: how much later than the clocks say it comes, and how loud (1: as it was played)."""

    late_s: float
    gain: float


@dataclass(frozen=True, slots=True)
class Question:
    """A sound that was played: up to which sample of the output stream it was audible."""

    line: OutputLine
    last: int


class Gate:
    """Remembers the round trip from one question to the next."""

    def __init__(self) -> None:
        self.round_trip: RoundTrip | None = None

    def place(self, question: Question, line: InputLine) -> int | None:
        """The first sample of the input stream after the question, which may not have come yet; None while too little
        has come in to tell."""
        rate, out = line.rate, question.line
        end_s = out.when_s(question.last)
        played = _from_its_first(out.ring.read(question.last - int(PLAYED_S * out.rate), question.last))
        length_s = len(played) / out.rate
        start = line.place(end_s - length_s + EARLIEST_S)
        heard = line.ring.read(start, line.place(end_s + LATEST_S))
        start = max(start, line.ring.oldest)
        found = _find(played, out.rate, heard, rate, line.place(end_s - length_s) - start)
        if found is not None:
            late_s = found.at / echo.RATE - (line.place(end_s - length_s) - start) / rate
            self.round_trip = RoundTrip(late_s, found.gain)
            return line.place(end_s + late_s + TAIL_S)
        heard_s = (start + len(heard)) / rate - line.place(end_s - length_s) / rate
        if heard_s < min(LATEST_S + OVERLAP_S, LATEST_S + length_s):
            return None
        return line.place(end_s + self._unheard_s(played, heard))

    def _unheard_s(self, played: Samples, heard: Samples) -> float:
        """How much later than the clocks say the question ends, where no echo shows it."""
        if self.round_trip is None or not played.any():
            return -NO_ECHO_S
        could_be = _level(heard) / max(_level(played), 1e-9)
        if could_be < HEADPHONES * self.round_trip.gain:
            return -NO_ECHO_S
        return self.round_trip.late_s


def _from_its_first(samples: Samples) -> Samples:
    """Without the silence before it, which would count as heard."""
    return samples[len(samples) - echo.audible(samples[::-1]) :]


def _find(played: Samples, played_rate: int, heard: Samples, heard_rate: int, expected: int) -> echo.Echo | None:
    """The echo, in samples of 16 kHz. `expected`: where the clocks say it begins in `heard`, in its own samples."""
    at = expected / heard_rate * echo.RATE
    return echo.find(
        _plain(played, played_rate),
        _plain(heard, heard_rate),
        round(at + EARLIEST_S * echo.RATE),
        round(at + LATEST_S * echo.RATE),
    )


def _plain(samples: Samples, rate: int) -> NDArray[np.float64]:
    floats = samples.astype(np.float64) / 32768.0
    if rate == echo.RATE or not len(floats):
        return floats
    return np.asarray(soxr.resample(floats, rate, echo.RATE), dtype=np.float64)


def _level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0
