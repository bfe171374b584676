"""Spoken answers of known length with a known end, made of synthetic speech; and the model that hears them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.peers import QUESTION, WORDS_PER_S
from tests.kit.models.whisper_folder import make_scripted
from voiceprep.pcm.convert import Resampler
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import espeak, flite

PAUSES_S = (0.35, 0.8, 0.5, 1.4, 0.3, 0.6, 2.0)
AFTER_S = 8.0
"""How long the microphone goes on behind the last word: nobody ends an answer by its file's end."""
LONGEST_WORDS = 20
LAST_S = 2.0
"""The last sentence is the shortest one that is longer than this."""
LOUD = 300
WINDOW_WORDS = round(30 * WORDS_PER_S)
ANSWERS = Path(__file__).parents[2] / "answers" / "dev.jsonl"


@dataclass(frozen=True)
class Spoken:
    """An answer on disk. `end_s`: where its last loud sample is."""

    path: Path
    end_s: float


def _texts() -> list[str]:
    rows = map(json.loads, ANSWERS.read_text(encoding="utf-8").splitlines())
    return [row["text"] for row in rows if row["question_id"] == QUESTION]


def made_model(out: Path, size: str) -> Path:
    """A Whisper folder of the size's true cost, whose words are those of an answer to the question."""
    words = " ".join(_texts()).split()
    return make_scripted(out, size, words[:WINDOW_WORDS])


def voice() -> flite.Flite | espeak.Espeak:
    """flite where it's installed, else espeak-ng: which one the interviewer has, too."""
    return flite.Flite("rms") if flite.program() else espeak.Espeak()


def _sentences(at_least_s: float) -> list[np.ndarray]:
    """Sentences of up to eight seconds without the silence around them, so long in all, or every one there is."""
    speaker = voice()
    kept: list[np.ndarray] = []
    for sentence in (s for s in " ".join(_texts()).split(". ") if len(s.split()) <= LONGEST_WORDS):
        pcm, rate = speaker.speak(sentence)
        resampler = Resampler(rate)
        samples = np.frombuffer(resampler.feed(pcm) + resampler.feed(b"", last=True), "<i2")
        loud = np.flatnonzero(np.abs(samples.astype(int)) > LOUD)
        kept.append(samples[loud[0] : loud[-1] + 1])
        if sum(map(len, kept)) > at_least_s * RATE:
            break
    return kept


def made_answers(folder: Path, lengths_s: Sequence[int]) -> dict[int, Spoken]:
    """An answer of about each length, which all end with the same sentence, so that they differ in length only."""
    others = _sentences(max(lengths_s))
    last = min((o for o in others if len(o) >= LAST_S * RATE), key=len)
    found = {}
    for length_s in lengths_s:
        sentences, pauses = itertools.cycle(others), itertools.cycle(PAUSES_S)
        parts: list[np.ndarray] = []
        left = length_s * RATE - len(last)
        while left > 0:
            pause = np.zeros(int(next(pauses) * RATE), "<i2")
            said = next(sentences)[: max(0, left - len(pause))]
            parts += [said, pause]
            left -= len(said) + len(pause)
        spoken = np.concatenate([*parts, last])
        file = TakeFile(folder / f"{length_s}.wav")
        file.append(np.concatenate([spoken, np.zeros(int(AFTER_S * RATE), "<i2")]).tobytes())
        file.close()
        found[length_s] = Spoken(file.path, len(spoken) / RATE)
    return found
