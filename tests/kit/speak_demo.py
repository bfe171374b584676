"""Speaks the demo's answers again, with flite's free voice rms: `python -m tests.kit.speak_demo`."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import soundfile

from voiceprep.wiring.demo import demo_folder

VOICE = "rms"


def speak(said: Path, out: Path) -> float:
    """One text as Ogg Vorbis; returns its length in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "said.wav"
        subprocess.run(["flite", "-voice", VOICE, "-f", str(said), "-o", str(wav)], check=True)
        samples, rate = soundfile.read(wav, dtype="float32")
    soundfile.write(out, samples, rate, format="OGG", subtype="VORBIS")
    return len(samples) / rate


if __name__ == "__main__":
    for said in sorted(demo_folder().glob("*.said")):
        print(said.stem, round(speak(said, said.with_suffix(".ogg")), 1), "s")
