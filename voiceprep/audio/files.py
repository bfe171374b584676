"""A sound file as the microphone, and a speaker that is only a clock: practice without hardware."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from voiceprep.pcm.convert import level_dbfs
from voiceprep.pcm.sound_file import SoundFile
from voiceprep.ports import Clock, Sound

BLOCK_S = 0.02


class FileMicrophone:
    """Gives a file's sound in 20 ms blocks: each when it's due with a clock, at once without one."""

    lost_s = 0.0

    def __init__(self, path: Path, clock: Clock | None) -> None:
        self.name = path.name
        self._path, self._clock = path, clock
        self._file: SoundFile | None = None
        self._blocks: Iterator[bytes] = iter(())
        self._blocks_given = 0
        self._due_s = 0.0
        self._latest = b""

    def open(self) -> None:
        """From the beginning; after `close`, from where it was. Raises AudioFileError when it can't be a voice."""
        self._file = SoundFile(self._path)
        self._blocks = islice(self._file.blocks(BLOCK_S), self._blocks_given, None)
        self._due_s = self._clock.now_s() if self._clock else 0.0

    def read(self) -> Sound | None:
        if self._file is None:
            return None
        block = next(self._blocks, None)
        if block is None:
            return None
        self._blocks_given += 1
        self._latest = block
        sound = Sound(block, self._file.rate)
        if self._clock is not None:
            self._due_s += sound.duration_s
            self._clock.sleep_s(self._due_s - self._clock.now_s())
        return sound

    def level_dbfs(self) -> float | None:
        """The level of the block that was given last; None for digital silence, or when closed."""
        return level_dbfs(self._latest) if self._file is not None else None

    def lag_s(self) -> float:
        return 0.0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class SilentSpeaker:
    """Takes as long as the sound would, and makes none; without a clock it takes no time."""

    stops = 0

    def __init__(self, clock: Clock | None) -> None:
        self._clock = clock

    def play(self, sound: Sound, since: int | None = None) -> None:
        if self._clock is not None:
            self._clock.sleep_s(sound.duration_s)

    def stop(self) -> None:
        """Nothing sounds, so there is nothing to stop."""

    def forget(self) -> None:
        """Nothing was heard of it."""
