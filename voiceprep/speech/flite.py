"""The system's flite, where it's installed: plainer than Piper, clearer than espeak-ng."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

from voiceprep.errors import SetupMissing

SLOWEST_S = 30


def program() -> str | None:
    return shutil.which("flite")


class Flite:
    """One flite voice, a process a sentence."""

    def __init__(self, voice: str = "slt") -> None:
        found = program()
        if found is None:
            raise SetupMissing("flite is not installed.", "Use another voice, or install flite.")
        self._program, self._voice = found, voice

    def speak(self, text: str) -> tuple[bytes, int]:
        """(int16 mono samples, rate)."""
        with tempfile.TemporaryDirectory() as folder:
            words, sound = Path(folder) / "text", Path(folder) / "sound.wav"
            words.write_text(text, encoding="utf-8")
            command = [self._program, "-voice", self._voice, "-f", str(words), "-o", str(sound)]
            subprocess.run(command, check=True, timeout=SLOWEST_S, capture_output=True)
            with wave.open(str(sound)) as file:
                return file.readframes(file.getnframes()), file.getframerate()
