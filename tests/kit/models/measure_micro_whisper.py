"""Measure a micro Whisper folder through faster-whisper: exact sentences per flite voice, and word times.

    python -m tests.kit.models.measure_micro_whisper [FOLDER]

Needs faster-whisper, soundfile and the program ``flite``; no torch.
"""

from __future__ import annotations

import argparse
import functools
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import faster_whisper.transcribe
import numpy as np
import numpy.typing as npt
import soundfile

Array = npt.NDArray[np.float32]

FOLDER = Path(__file__).parent / "micro_whisper"
RATE = 16000


def read_sentences() -> list[str]:
    """The closed set."""
    return (FOLDER / "sentences.txt").read_text(encoding="utf-8").splitlines()


def say(text: str, voice: str, speed: float = 1.0) -> Array:
    """The text spoken by a flite voice, at 16 kHz, untrimmed."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        stretch = f"duration_stretch={1 / speed:.4f}"
        command = ["flite", "-voice", voice, "--setf", stretch, "-t", text, "-o", str(wav)]
        subprocess.run(command, check=True, capture_output=True)
        audio, rate = soundfile.read(wav, dtype="float32")
    if rate != RATE:
        raise ValueError(f"the voice {voice} speaks at {rate} Hz, not {RATE}")
    speech: Array = audio
    return speech


def pad(audio: Array, before: float, after: float, gain: float = 1.0) -> Array:
    """The audio with silence around it."""
    return np.pad(audio * np.float32(gain), (round(before * RATE), round(after * RATE)))


@contextmanager
def short_windows(folder: Path) -> Iterator[None]:
    """Let faster-whisper pad to the model's own chunk_length instead of 30 s."""
    config = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
    original = faster_whisper.transcribe.pad_or_trim
    shorter = functools.partial(original, length=100 * config["chunk_length"])
    with mock.patch.object(faster_whisper.transcribe, "pad_or_trim", shorter):
        yield


def load(folder: Path) -> Any:
    """The model, int8, one thread."""
    return faster_whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def listen(model: Any, audio: Array, **options: Any) -> list[Any]:
    """All segments, with word timestamps."""
    settings = {"beam_size": 1, "language": "en", "word_timestamps": True} | options
    return list(model.transcribe(audio, **settings)[0])


def text_of(segments: Sequence[Any]) -> str:
    """The text of all segments."""
    return " ".join("".join(segment.text for segment in segments).split())


def count_exact(
    folder: Path,
    voice: str,
    *,
    speed: float = 1.0,
    before: float = 0.0,
    after: float = 0.0,
    gain: float = 1.0,
    **options: Any,
) -> int:
    """How many sentences come out word for word."""
    with short_windows(folder):
        model = load(folder)
        exact = 0
        for sentence in read_sentences():
            audio = pad(say(sentence, voice, speed), before, after, gain)
            exact += text_of(listen(model, audio, **options)) == sentence
    return exact


def report(folder: Path) -> None:
    """Print the figures."""
    begin = time.perf_counter()
    load(folder)
    print(f"load {time.perf_counter() - begin:.3f} s")
    cases: dict[str, dict[str, Any]] = {
        "as spoken": {},
        "1 s silence before": {"before": 1.0},
        "1 s silence after": {"after": 1.0},
        "0.5 s silence on both sides, gain 0.1": {"before": 0.5, "after": 0.5, "gain": 0.1},
        "speed 0.9": {"speed": 0.9},
        "speed 1.1": {"speed": 1.1},
        "beam 5": {"beam_size": 5},
        "VAD filter": {"vad_filter": True},
        "unknown prompt": {"initial_prompt": "An interview about databases."},
    }
    total = len(read_sentences())
    for name, case in cases.items():
        counts = {voice: count_exact(folder, voice, **case) for voice in ("slt", "rms", "kal16", "awb")}
        print(f"{name}: " + ", ".join(f"{voice} {n}/{total}" for voice, n in counts.items()), flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    report(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    main()
