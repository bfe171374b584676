"""faster-whisper over a local folder. Never the network: a folder that lacks a file is refused before it's loaded."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from voiceprep.errors import SetupMissing

NEEDED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
FRAMES_PER_S = 100
DEFAULT_WINDOW_S = 30


def check_folder(folder: Path) -> None:
    """Raises SetupMissing naming what a model folder lacks."""
    missing = [n for n in NEEDED if not (folder / n).is_file() or not (folder / n).stat().st_size]
    if not any((folder / n).is_file() for n in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    if missing:
        raise SetupMissing(
            f"The Whisper model at {folder} lacks {', '.join(missing)}.",
            "Copy the whole model folder again, or use the basic recogniser: --engine basic.",
        )


def window_s(folder: Path) -> int:
    """Seconds of audio the model takes at a time: 30, unless its own preprocessor file says otherwise."""
    try:
        settings = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
        return int(settings.get("chunk_length", DEFAULT_WINDOW_S))
    except (OSError, ValueError, AttributeError):
        return DEFAULT_WINDOW_S


class Whisper:
    """A loaded model. Greedy or beam search, English, word times; no VAD of its own (ours finds the speech)."""

    def __init__(self, folder: Path, threads: int = 0, beam_size: int = 5, hot_words: Sequence[str] = ()) -> None:
        check_folder(folder)
        import faster_whisper.transcribe as transcribe
        from faster_whisper import WhisperModel

        length = window_s(folder) * FRAMES_PER_S
        if length != DEFAULT_WINDOW_S * FRAMES_PER_S:
            # faster-whisper pads every window to 30 s whatever the model says; this process holds one model only.
            transcribe.pad_or_trim = functools.partial(transcribe.pad_or_trim, length=length)
        self._model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
        self._beam_size = beam_size
        self._hot_words = ", ".join(hot_words) or None

    def words(self, pcm: bytes) -> list[dict[str, Any]]:
        """The words in 16 kHz int16 mono, with times in seconds from its start and probabilities."""
        import numpy as np

        audio = np.frombuffer(pcm, np.int16).astype(np.float32) / 32768.0
        if not audio.size:
            return []
        segments, _ = self._model.transcribe(
            audio,
            language="en",
            beam_size=self._beam_size,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=self._hot_words,
        )
        return [
            {
                "text": word.word.strip(),
                "start_s": round(float(word.start), 3),
                "end_s": round(float(word.end), 3),
                "probability": round(float(word.probability), 4),
            }
            for segment in segments
            for word in segment.words or ()
            if word.word.strip()
        ]
