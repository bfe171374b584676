"""The system's flite, where it's installed: plainer than Piper, clearer than espeak-ng."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

from voiceprep.errors import SetupMissing

SLOWEST_S = 30
USUAL = "slt"
TELLS_THE_TIME = "awb_time"
"""A voice for that alone."""


def program() -> str | None:
    return shutil.which("flite")


def voices() -> tuple[str, ...]:
    """The voices of the flite here, the usual one first; none without it."""
    found = program()
    if found is None:
        return ()
    try:
        listed = subprocess.run([found, "-lv"], timeout=SLOWEST_S, capture_output=True, text=True, errors="replace")
    except (OSError, subprocess.SubprocessError):
        return ()
    names = set(listed.stdout.partition(":")[2].split()) - {TELLS_THE_TIME}
    return tuple(sorted(names, key=lambda name: (name != USUAL, name)))


class Flite:
    """One flite voice, a process a sentence. `rate` 2.0 is twice as fast."""

    def __init__(self, voice: str = USUAL, rate: float = 1.0) -> None:
        found = program()
        if found is None:
            raise SetupMissing("flite is not installed.", "Use another voice, or install flite.")
        self._program, self._voice, self._stretch = found, voice, f"duration_stretch={1 / rate:.3f}"

    def speak(self, text: str) -> tuple[bytes, int]:
        """(int16 mono samples, rate)."""
        with tempfile.TemporaryDirectory() as folder:
            words, sound = Path(folder) / "text", Path(folder) / "sound.wav"
            words.write_text(text, encoding="utf-8")
            manner = ["-voice", self._voice, "--setf", self._stretch]
            command = [self._program, *manner, "-f", str(words), "-o", str(sound)]
            subprocess.run(command, check=True, timeout=SLOWEST_S, capture_output=True)
            with wave.open(str(sound)) as file:
                return file.readframes(file.getnframes()), file.getframerate()
