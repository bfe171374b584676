"""One open stream each: what came in over the last half minute, and what was sent out, both with their times.

The callbacks run in PortAudio's threads. They copy and leave: no lock, no log, nothing that raises. Everything else
reads what they left behind: an array, a count that only grows and a bounded list of blocks.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voiceprep.audio import devices
from voiceprep.audio.devices import Device
from voiceprep.errors import DeviceError

Samples = NDArray[np.int16]

INPUT_RATE = 16_000
KEPT_S = 30.0
SPARE_S = 1.0
"""The oldest second of the ring isn't read: the callback may be about to write over it."""
INPUT_LATENCY_S = 0.1
OUTPUT_LATENCY_S = 0.1
"""Short, because it is also how long the interviewer goes on after being stopped."""
FADE_S = 0.005
KEPT_BLOCKS = 1_000
"""Several seconds of the smallest blocks (4 ms), for the clocks and the watch."""
CLOCK_WINDOW_S = 1.0
ODD_LATENCY_S = 2.0


@dataclass(frozen=True, slots=True)
class Block:
    """When a callback ran (monotonic), its first sample's place in the stream, how many, and when the first of them
    was made by the microphone or leaves the speaker (monotonic, from the sound system's own figures)."""

    at_s: float
    start: int
    count: int
    moment_s: float


class Ring:
    """The last `KEPT_S` seconds of a stream; places are counted in samples from the stream's beginning."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._size = int(KEPT_S * rate)
        self._samples: Samples = np.zeros(self._size, np.int16)
        self.end = 0

    @property
    def oldest(self) -> int:
        return max(0, self.end - self._size + int(SPARE_S * self.rate))

    def write(self, new: Samples) -> None:
        at = self.end % self._size
        first = min(len(new), self._size - at)
        self._samples[at : at + first] = new[:first]
        self._samples[: len(new) - first] = new[first:]
        self.end += len(new)

    def read(self, start: int, end: int) -> Samples:
        """A copy of what is still kept between two places."""
        start, end = max(start, self.oldest), min(end, self.end)
        if end <= start:
            return np.zeros(0, np.int16)
        at, count = start % self._size, end - start
        return np.concatenate([self._samples[at : at + count], self._samples[: max(0, at + count - self._size)]])


class Line:
    """What an input and an output stream have in common. Made, opened and closed at the desk."""

    def __init__(self, device: Device, rate: int) -> None:
        self.device, self.rate = device, rate
        self.ring = Ring(rate)
        self.blocks: deque[Block] = deque(maxlen=KEPT_BLOCKS)
        self.flags = 0
        self.finished = False
        self.stream: Any = None
        self.made_s = time.monotonic()

    def ended(self) -> None:
        """PortAudio's word that the stream has ended; it also comes when we close it, and then nobody looks."""
        self.finished = True

    def close(self) -> None:
        if self.stream is not None:
            stream, self.stream = self.stream, None
            stream.close(ignore_errors=True)

    def when_s(self, place: int) -> float:
        """The monotonic moment of a sample: made by the microphone, or leaving the speaker.

        The sound system's figures waver with the callbacks; the middle one of the last second doesn't."""
        blocks = list(self.blocks)
        if not blocks:
            return self.made_s + place / self.rate
        begins_s = blocks[-1].at_s - CLOCK_WINDOW_S
        recent = itertools.takewhile(lambda block: block.at_s >= begins_s, reversed(blocks))
        return statistics.median(block.moment_s - block.start / self.rate for block in recent) + place / self.rate

    def since(self, place: int) -> list[Block]:
        """The blocks from that place on, first to last, whose samples are in the ring."""
        newest_first = itertools.takewhile(lambda block: block.start >= place, reversed(list(self.blocks)))
        return [block for block in newest_first if block.start + block.count <= self.ring.end][::-1]

    def place(self, when_s: float) -> int:
        """The sample of a monotonic moment."""
        return round((when_s - self.when_s(0)) * self.rate)


def _moment_s(now_s: float, current_s: float, moment_s: float, usual_s: float) -> float:
    """A moment of PortAudio's clock on ours; some sound systems give none, or nonsense."""
    ahead_s = moment_s - current_s
    return now_s + (ahead_s if moment_s > 0 and abs(ahead_s) < ODD_LATENCY_S else usual_s)


class InputLine(Line):
    def heard(self, block: NDArray[np.int16], count: int, times: Any, status: Any) -> None:
        """The input callback. The first channel is taken: a mean of two cancels what is wired the other way round."""
        try:
            now_s = time.monotonic()
            latest_s = now_s - count / self.rate
            moment_s = _moment_s(now_s, times.currentTime, times.inputBufferAdcTime, -count / self.rate)
            # Pulse's figure is too late by a part of the block: nothing comes before it was made.
            self.blocks.append(Block(now_s, self.ring.end, count, min(moment_s, latest_s)))
            if status:
                self.flags += 1
            self.ring.write(block[:, 0])
        except Exception:  # noqa: BLE001 - raising here ends the stream and writes over the screen
            self.flags += 1


@dataclass
class Playing:
    """A sound on its way out, at the stream's rate. `last` is the place in the stream of its last audible sample that
    was handed over, known once `over`."""

    samples: Samples
    audible: int
    """How many of the samples come before the silence at its end."""
    given: int = 0
    first: int = 0
    last: int = 0
    cut_s: float | None = None
    """When it was told to end (monotonic)."""
    over: bool = False
    """Nothing audible of it is still to be handed over."""

    @property
    def cut(self) -> bool:
        return self.cut_s is not None


class OutputLine(Line):
    """Sends silence, and the sounds in `waiting` one after another."""

    def __init__(self, device: Device, rate: int) -> None:
        super().__init__(device, rate)
        self.waiting: deque[Playing] = deque()
        self.last_audible: int | None = None
        self._ramp = np.linspace(1.0, 0.0, int(FADE_S * rate))

    def cut(self) -> None:
        """Ends everything that sounds or waits, with the next block; what is handed in later sounds."""
        now_s = time.monotonic()
        for sound in list(self.waiting):
            sound.cut_s = sound.cut_s or now_s

    @property
    def playing(self) -> bool:
        return bool(self.waiting)

    def wanted(self, block: NDArray[np.int16], count: int, times: Any, status: Any) -> None:
        """The output callback: fills every channel with the same."""
        try:
            now_s = time.monotonic()
            moment_s = _moment_s(now_s, times.currentTime, times.outputBufferDacTime, OUTPUT_LATENCY_S)
            self.blocks.append(Block(now_s, self.ring.end, count, moment_s))
            if status:
                self.flags += 1
            new = np.zeros(count, np.int16)
            self._fill(new)
            block[:] = new[:, None]
            self.ring.write(new)
        except Exception:  # noqa: BLE001 - raising here ends the stream and writes over the screen
            self.flags += 1
            block[:] = 0

    def _fill(self, new: Samples) -> None:
        filled = 0
        while filled < len(new) and self.waiting:
            sound = self.waiting[0]
            filled += self._fade(sound, new, filled) if sound.cut else self._give(sound, new, filled)
            if sound.cut or sound.given == len(sound.samples):
                self.waiting.popleft()

    def _give(self, sound: Playing, new: Samples, at: int) -> int:
        count = min(len(new) - at, len(sound.samples) - sound.given)
        new[at : at + count] = sound.samples[sound.given : sound.given + count]
        if sound.given == 0:
            sound.first = self.ring.end + at
        sound.given += count
        if not sound.over and sound.given >= sound.audible:
            self._over(sound, sound.first + sound.audible)
        return count

    def _fade(self, sound: Playing, new: Samples, at: int) -> int:
        """The end of a sound that is cut: a few milliseconds of fade instead of a click."""
        if sound.given == 0:
            sound.over = True
            return 0
        rest = sound.samples[sound.given : sound.given + min(len(new) - at, len(self._ramp))]
        new[at : at + len(rest)] = (rest * self._ramp[: len(rest)]).astype(np.int16)
        if not sound.over:
            self._over(sound, self.ring.end + at + len(rest))
        return len(rest)

    def _over(self, sound: Playing, last: int) -> None:
        sound.last = self.last_audible = last
        sound.over = True


def open_input(sd: Any, number: int, device: Device) -> InputLine:
    """A running input stream: 16 kHz mono where the device takes that, else as it likes. Desk; raises DeviceError."""
    ways = [(INPUT_RATE, 1), (device.rate, 1), (device.rate, min(2, device.channels))]
    errors: list[Exception] = []
    for rate, channels in dict.fromkeys(ways):
        line = InputLine(device, rate)
        try:
            line.stream = sd.InputStream(
                samplerate=rate, channels=channels, device=number, dtype="int16", latency=INPUT_LATENCY_S,
                callback=line.heard, finished_callback=line.ended,
            )  # fmt: skip
            line.stream.start()
        except (OSError, ValueError, sd.PortAudioError) as error:
            line.close()
            errors.append(error)
        else:
            return line
    raise _refused("microphone", device, errors[-1])


def open_output(sd: Any, number: int, device: Device) -> OutputLine:
    """A running output stream at the device's own rate, sending silence. Desk only. Raises DeviceError."""
    ways = [(device.rate, 1), (device.rate, 2), (48_000, 2), (44_100, 2)]
    errors: list[Exception] = []
    for rate, channels in dict.fromkeys(ways):
        line = OutputLine(device, rate)
        try:
            line.stream = sd.OutputStream(
                samplerate=rate, channels=channels, device=number, dtype="int16", latency=OUTPUT_LATENCY_S,
                callback=line.wanted, finished_callback=line.ended,
            )  # fmt: skip
            line.stream.start()
        except (OSError, ValueError, sd.PortAudioError) as error:
            line.close()
            errors.append(error)
        else:
            return line
    raise _refused("speaker", device, errors[-1])


def _refused(kind: devices.Kind, device: Device, error: Exception) -> DeviceError:
    plain = devices.explain(error, f'{kind} "{device.name}"')
    return DeviceError(plain.message, plain.hint)
