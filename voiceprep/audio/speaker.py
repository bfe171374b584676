"""The card's speaker: plays a sound to its end, or until it's told to stop, and knows how much of it was heard."""

from __future__ import annotations

import time
from typing import Protocol

import numpy as np
import soxr

from voiceprep.audio import echo, lines
from voiceprep.audio.gate import Question
from voiceprep.audio.lines import OutputLine, Playing, Samples
from voiceprep.errors import DeviceError
from voiceprep.ports import Sound

POLL_S = 0.005
PLAY_OVERDUE_S = 1.2
"""How much longer than its sound `play` may take, when the watch has found nothing wrong."""


class Side(Protocol):
    """The speaker's half of the card: its stream of now, and whether it is lost."""

    @property
    def line(self) -> OutputLine | None: ...

    @property
    def lost(self) -> object | None: ...

    def error(self) -> DeviceError: ...


class CardSpeaker:
    """The card's speaker, as ports.Speaker. Sounds handed in while one plays come after it."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._question: Question | None = None
        self._latest: tuple[Sound, OutputLine, Playing] | None = None
        self.stops = 0
        """How often it was told to stop."""

    @property
    def playing(self) -> bool:
        line = self._side.line
        return line is not None and line.playing

    def play(self, sound: Sound, since: int | None = None) -> None:
        """Returns when the last audible sample has left the speaker, or after `stop`; the silence at a sound's end goes
        on sounding after that. With `since` nothing sounds if it was told to stop after it had been so often: not even
        while the sound was being made ready. Raises DeviceError within 1.5 s when the speaker is lost."""
        line = self._running()
        playing = _playing(sound, line.rate)
        ahead = sum(len(other.samples) - other.given for other in list(line.waiting))
        overdue_s = time.monotonic() + (ahead + playing.audible) / line.rate + lines.OUTPUT_LATENCY_S + PLAY_OVERDUE_S
        self._latest = sound, line, playing
        line.waiting.append(playing)
        if since is not None and since != self.stops:
            line.cut()
        try:
            self._wait(line, playing, overdue_s)
        finally:
            if playing.given:
                self._question = Question(line, playing.last if playing.over else line.ring.end, playing.cut_s)
            if not playing.over:
                line.cut()

    def at_its_rate(self, sound: Sound) -> Sound:
        """The sound as the stream takes it, for what may be played more than once. Raises DeviceError."""
        rate = self._running().rate
        return Sound(_at_rate(sound, rate).tobytes(), rate)

    def stop(self) -> None:
        """Cuts what sounds: `play` returns with the next block, and the speaker is silent one latency later."""
        self.stops += 1
        line = self._side.line
        if line is not None:
            line.cut()

    def heard_s(self, sound: Sound) -> float | None:
        """Seconds of it that have left the speaker by now, if it was played last; None before it has begun to."""
        if self._latest is None or self._latest[0] is not sound or not self._latest[2].given:
            return None
        _, line, playing = self._latest
        return min(sound.duration_s, max(0.0, time.monotonic() - line.when_s(playing.first)))

    def forget(self) -> None:
        self._question = None

    def take_question(self) -> Question | None:
        """What was played last, once."""
        question, self._question = self._question, None
        return question

    def _running(self) -> OutputLine:
        """The stream; while the devices are listed anew there is none for a moment. Raises DeviceError."""
        until_s = time.monotonic() + PLAY_OVERDUE_S
        while True:
            line = self._side.line
            if self._side.lost is not None or time.monotonic() >= until_s:
                raise self._side.error()
            if line is not None:
                return line
            time.sleep(POLL_S)

    def _wait(self, line: OutputLine, playing: Playing, overdue_s: float) -> None:
        left_s: float | None = None
        while True:
            now_s = time.monotonic()
            if left_s is None and playing.over:
                left_s = now_s if playing.cut else line.when_s(playing.last)
            if left_s is not None and now_s >= left_s:
                return
            if self._side.lost is not None or self._side.line is not line:
                raise self._side.error()
            if now_s >= overdue_s:
                raise DeviceError("The speaker does not play on.", "Read the question on the screen.")
            time.sleep(POLL_S)


def _playing(sound: Sound, rate: int) -> Playing:
    samples = _at_rate(sound, rate)
    return Playing(samples, echo.audible(samples) or len(samples))


def _at_rate(sound: Sound, rate: int) -> Samples:
    samples: Samples = np.frombuffer(sound.pcm, np.int16)
    return samples if sound.rate == rate else np.asarray(soxr.resample(samples, sound.rate, rate), np.int16)
