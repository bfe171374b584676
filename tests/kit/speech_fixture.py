"""A candidate made of flite, and ways to find again what was spoken."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType

import numpy as np

from voiceprep.bank.contents import Bank
from voiceprep.core.words import tokenise
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import recogniser

LOUD = 300
"""An int16 sample above this is sound, not noise."""


def spoken(text: str, path: Path, voice: str = "rms") -> Path:
    """The text as a WAV file, in a voice that the interviewer doesn't have."""
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True, capture_output=True)
    return path


def samples(path: Path) -> np.ndarray:
    """A sound file as 16 kHz mono, as floats."""
    return np.frombuffer(read_16k(path), "<i2").astype(np.float64)


def likeness(piece: np.ndarray, whole: np.ndarray) -> float:
    """How alike `piece` is to the part of `whole` that fits best: 1 is the same sound, at any loudness."""
    if len(whole) < len(piece) or not np.any(piece):
        return 0.0
    size = 1 << (len(whole) + len(piece)).bit_length()
    product = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(piece, size)), size)
    power = np.concatenate([[0.0], np.cumsum(whole**2)])
    fits = len(whole) - len(piece) + 1
    energy = power[len(piece) :][:fits] - power[:fits]
    return float(np.max(product[:fits] / np.sqrt(np.maximum(energy, 1.0) * np.sum(piece**2))))


def words_heard(path: Path, bank: Bank, scratch: Path) -> list[str]:
    """What the basic recogniser hears in a sound file."""
    file = TakeFile(scratch)
    file.append(read_16k(path))
    file.close()
    ear = recogniser.basic(bank.lexicon.sounds())
    try:
        return [t.text for t in tokenise(ear.transcribe(scratch).text)]
    finally:
        ear.close()


class FirstSound:
    """Listens to a source of the virtual card from the start of the block on; `at_s` is when the first sound came, on
    the monotonic clock, up to 20 ms late; None while there was none."""

    def __init__(self, env: dict[str, str], device: str = "speaker.monitor") -> None:
        self._process = subprocess.Popen(
            ["parec", f"--device={device}", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1",
             "--latency-msec=20"],
            env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.at_s: float | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while block := os.read(self._process.stdout.fileno(), 4096):
            sound = np.frombuffer(block[: len(block) // 2 * 2], "<i2").astype(int)
            if len(sound) and np.max(np.abs(sound)) > LOUD:
                self.at_s = time.monotonic()
                return

    def __enter__(self) -> FirstSound:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join(2)
