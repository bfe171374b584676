"""Measure a micro Whisper folder through faster-whisper: exact sentences per flite voice, and word times.

    python -m tests.kit.models.measure_micro_whisper [FOLDER]

Needs faster-whisper, soundfile and the program ``flite``; no torch.
"""

from __future__ import annotations

import argparse
import functools
import itertools
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
VOICES = ("slt", "rms", "kal16", "awb")


def read_sentences() -> list[str]:
    """The closed set."""
    return (FOLDER / "sentences.txt").read_text(encoding="utf-8").splitlines()


def flite(text: str, voice: str, speed: float = 1.0) -> tuple[Array, list[tuple[str, float]]]:
    """The text spoken by a flite voice at 16 kHz, untrimmed, and flite's phones with their end times."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        stretch = f"duration_stretch={1 / speed:.4f}"
        command = ["flite", "-voice", voice, "--setf", stretch, "-t", text, "-psdur", "-o", str(wav)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        audio, rate = soundfile.read(wav, dtype="float32")
    if rate != RATE:
        raise ValueError(f"the voice {voice} speaks at {rate} Hz, not {RATE}")
    phones = [item.partition(":") for item in printed.split()]
    return audio, [(phone, float(end)) for phone, _, end in phones]


def phone_counts(sentences: Sequence[str]) -> dict[str, int]:
    """How many phones flite gives each word of the sentences."""
    words = {word for sentence in sentences for word in sentence.split()}
    return {word: sum(phone != "pau" for phone, _ in flite(word, "slt")[1]) for word in sorted(words)}


def word_spans(phones: Sequence[tuple[str, float]], counts: Sequence[int]) -> list[tuple[float, float]]:
    """The span of each word, from phone end times and the number of phones of each word."""
    starts = [0.0, *(end for _, end in phones)]
    spoken = [(start, end) for start, (phone, end) in zip(starts, phones, strict=False) if phone != "pau"]
    if len(spoken) != sum(counts):
        raise ValueError(f"{len(spoken)} phones, but the words have {list(counts)}")
    edges = [0, *itertools.accumulate(counts)]
    return [(spoken[a][0], spoken[b - 1][1]) for a, b in itertools.pairwise(edges)]


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
            audio = pad(flite(sentence, voice, speed)[0], before, after, gain)
            exact += text_of(listen(model, audio, **options)) == sentence
    return exact


def word_time_errors(folder: Path, voice: str, before: float = 0.0) -> dict[str, list[float]]:
    """How far word times are off flite's own (s), in the sentences that come out exact."""
    errors: dict[str, list[float]] = {"first start": [], "other starts": [], "ends": []}
    sentences = read_sentences()
    counts = phone_counts(sentences)
    with short_windows(folder):
        model = load(folder)
        for sentence in sentences:
            audio, phones = flite(sentence, voice)
            segments = listen(model, pad(audio, before, 0.5))
            if text_of(segments) != sentence:
                continue
            words = [word for segment in segments for word in segment.words]
            spans = word_spans(phones, [counts[word] for word in sentence.split()])
            for i, (word, (start, end)) in enumerate(zip(words, spans, strict=True)):
                errors["other starts" if i else "first start"].append(word.start - before - start)
                errors["ends"].append(word.end - before - end)
    return errors


def long_answers(folder: Path, voice: str, gap: float = 0.3, **options: Any) -> tuple[int, int]:
    """Sentences spoken three in a row: how many of these answers come out exact, and of how many."""
    sentences = read_sentences()
    answers = [sentences[i : i + 3] for i in range(0, len(sentences), 3)]
    exact = 0
    with short_windows(folder):
        model = load(folder)
        for answer in answers:
            audio = np.concatenate([pad(flite(sentence, voice)[0], 0.0, gap) for sentence in answer])
            exact += text_of(listen(model, audio, **options)) == " ".join(answer)
    return exact, len(answers)


def silent_words(folder: Path) -> int:
    """How many words come out of 5 s windows of silence and of faint noise."""
    rng = np.random.default_rng(0)
    heard = 0
    with short_windows(folder):
        model = load(folder)
        for level in (0.0, 1e-4, 1e-3):
            noise = level * rng.standard_normal(5 * RATE)
            heard += len(text_of(listen(model, noise.astype(np.float32))).split())
    return heard


CASES: dict[str, dict[str, Any]] = {
    "as spoken": {},
    "1 s silence before": {"before": 1.0},
    "1 s silence after": {"after": 1.0},
    "0.5 s silence on both sides, gain 0.1": {"before": 0.5, "after": 0.5, "gain": 0.1},
    "speed 0.9": {"speed": 0.9},
    "speed 1.1": {"speed": 1.1},
    "beam 5": {"beam_size": 5},
    "VAD filter": {"vad_filter": True},
    "foreign prompt": {"initial_prompt": "An interview about databases."},
}


def report(folder: Path) -> None:
    """Print the figures."""
    begin = time.perf_counter()
    model = load(folder)
    print(f"load {time.perf_counter() - begin:.3f} s")
    total = len(read_sentences())
    for name, case in CASES.items():
        counts = {voice: count_exact(folder, voice, **case) for voice in VOICES}
        print(f"{name}: " + ", ".join(f"{voice} {n}/{total}" for voice, n in counts.items()), flush=True)
    for voice in VOICES:
        for free in (True, False):
            exact, answers = long_answers(folder, voice, condition_on_previous_text=free)
            print(f"three sentences in a row, {voice}, condition_on_previous_text={free}: {exact}/{answers}")
    print("word times against flite's own, s: mean; absolute median, p90, worst")
    for voice, before in itertools.product(VOICES, (0.0, 0.7)):
        for kind, errors in word_time_errors(folder, voice, before).items():
            values = np.array(errors or [np.nan])
            off = np.abs(values)
            figures = f"{values.mean():+.3f}; {np.median(off):.3f}, {np.quantile(off, 0.9):.3f}, {off.max():.3f}"
            print(f"{voice}, {before} s silence before, {kind}: {figures}")
    print(f"words heard in silence: {silent_words(folder)}")
    audio = flite(read_sentences()[0], "slt")[0]
    with short_windows(folder):
        begin = time.perf_counter()
        for _ in range(20):
            listen(model, audio)
    print(f"transcribe {len(audio) / RATE:.1f} s of audio: {(time.perf_counter() - begin) / 20 * 1000:.0f} ms")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    report(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    main()
