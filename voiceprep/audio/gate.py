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
LEAST_S, LITTLE_S = 0.2, 0.5
"""A question cut short before this much of it sounded isn't looked for, or has to be found more surely: what looks like
its echo may be the candidate, whose first word would be lost. A piece of its first syllable does less harm."""
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
    """A sound that was played: up to which sample of the output stream it was audible, and when it was told to end
    (monotonic; None when it came to its end by itself)."""

    line: OutputLine
    last: int
    cut_s: float | None = None


class Gate:
    """Remembers the round trip from one question to the next."""

    def __init__(self) -> None:
        self.round_trip: RoundTrip | None = None

    def place(self, question: Question, line: InputLine) -> int | None:
        """The first sample of the input stream after the question, which may not have come yet; None while too little
        has come in to tell."""
        rate, out, zero_s = line.rate, question.line, line.when_s(0)
        end_s = out.when_s(question.last) - zero_s  # this and what follows: in seconds of the input stream
        played = _from_its_first(out.ring.read(question.last - int(PLAYED_S * out.rate), question.last))
        begin_s, sounding_s = end_s - len(played) / out.rate, echo.sounding_s(played, out.rate)
        silent_s = (end_s if question.cut_s is None else min(end_s, question.cut_s - zero_s)) - NO_ECHO_S
        if sounding_s < LEAST_S:
            return round(silent_s * rate)
        start = max(round((begin_s + EARLIEST_S) * rate), line.ring.oldest)
        end = min(line.ring.end, round((end_s + LATEST_S) * rate))
        heard = line.ring.read(start, end)
        expected, little = round(begin_s * rate) - start, sounding_s < LITTLE_S
        found = _find(played, out.rate, heard, rate, expected, echo.SURE_OF_LITTLE if little else echo.SURE)
        if found is not None:
            late_s = found.at / echo.RATE - expected / rate
            self.round_trip = RoundTrip(late_s, found.gain)
            return round((end_s + late_s + TAIL_S) * rate)
        if end < round((min(end_s, begin_s + OVERLAP_S) + LATEST_S) * rate):
            return None
        if self.round_trip is None or little or _is_gone(played, heard, self.round_trip):
            return round(silent_s * rate)
        return round((end_s + self.round_trip.late_s) * rate)


def _is_gone(played: Samples, heard: Samples, last: RoundTrip) -> bool:
    """Whether too little is heard for the last echo to be in it, only covered by the candidate."""
    return _level(heard) / max(_level(played), 1e-9) < HEADPHONES * last.gain


def _from_its_first(samples: Samples) -> Samples:
    """Without the silence before it, which would count as heard."""
    return samples[len(samples) - echo.audible(samples[::-1]) :]


def _find(
    played: Samples, played_rate: int, heard: Samples, heard_rate: int, expected: int, sure: float
) -> echo.Echo | None:
    """The echo, in samples of 16 kHz. `expected`: where the clocks say it begins in `heard`, in its own samples."""
    at = expected / heard_rate * echo.RATE
    return echo.find(
        _plain(played, played_rate),
        _plain(heard, heard_rate),
        round(at + EARLIEST_S * echo.RATE),
        round(at + LATEST_S * echo.RATE),
        sure,
    )


def _plain(samples: Samples, rate: int) -> NDArray[np.float64]:
    floats = samples.astype(np.float64) / 32768.0
    if rate == echo.RATE or not len(floats):
        return floats
    return np.asarray(soxr.resample(floats, rate, echo.RATE), dtype=np.float64)


def _level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0
