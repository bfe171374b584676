"""One page about the real models on this machine: `python -m tests.bench.models [--models DIR] [--answers N]`.

For each Whisper model: words got wrong, time per second of speech, quick and careful, and how far the times of words
are off (the whole take at once), on sentences of free voices (flite, and the Piper voices here) whose text and edges
are known; then wrong answers with and without hot words. For each Piper voice: time per second of speech, and how much
of it a recogniser gets wrong. Synthetic speech is easier than a person in a room: these figures rank models and find
breakage, no more.
Without models it says which command fetches them, and ends with code 3.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import jiwer
import numpy as np

from tests.bench.recogniser import Figures, listen, plain
from tests.bench.validity import rows
from tests.kit.timed_speech import PHRASES, Phrase, spoken
from voiceprep import __version__
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.config import places
from voiceprep.core.transcript import Transcript
from voiceprep.pcm.convert import Resampler
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import flite, recogniser
from voiceprep.speech.models import piper_voices, whisper_folders
from voiceprep.speech.recogniser import ChildTranscriber
from voiceprep.speech.voice import ChildSynthesizer

NOTHING = 3
TEXTS = PHRASES["check"]
SILENCE = bytes(2 * RATE * 6 // 10)
FLITE = ("slt", "rms", "awb")
HOT_WORDS = 40
LIBRARIES = ("faster-whisper", "ctranslate2", "piper-tts", "onnxruntime", "numpy")


@dataclass(frozen=True)
class Clip:
    """Sentences one after another: the sound, and seconds at which each begins and ends."""

    pcm: bytes
    edges: tuple[tuple[float, float], ...]

    @property
    def length_s(self) -> float:
        return len(self.pcm) / 2 / RATE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=places().models)
    parser.add_argument("--answers", type=int, default=3, help="wrong answers for the hot words")
    args = parser.parse_args()
    ears, voices = list(whisper_folders(args.models)), list(piper_voices(args.models))
    if not ears and not voices:
        print(f"There are no models in {args.models}. Get some: voiceprep models fetch base.en en_US-joe-medium")
        return NOTHING
    print("\n".join(_about(args.models)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = {f"flite {v}": _flite(v, folder) for v in FLITE if flite.program()}
        made = {v.stem: _piper(v, folder) for v in voices}
        clips |= {f"Piper {stem}": clip for stem, (clip, _) in made.items()}
        for line in _ears(ears, clips, folder):
            print(line, flush=True)
        for line in _hot_words(ears, args.answers, folder):
            print(line, flush=True)
        for line in _voices(made, ears, folder):
            print(line, flush=True)
    return 0


def _about(models: Path) -> Iterator[str]:
    cpu = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    yield f"voiceprep {__version__}: real models, {time.strftime('%Y-%m-%d')}"
    yield f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    yield ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load = f"{os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else "unknown"
    yield f"Threads of a recogniser: {_threads()}; load: {load}. Synthetic speech: easier than a person in a room."


def _threads() -> int:
    return max(1, min(4, (os.cpu_count() or 2) - 1))


# Ears -------------------------------------------------------------------------------------------------------------


def _ears(folders: list[Path], clips: dict[str, Clip], scratch: Path) -> Iterator[str]:
    if not folders or not clips:
        yield f"\nNo {'Whisper model: voiceprep models fetch base.en' if clips else 'free voice here: install flite'}."
        return
    yield f"\n{'recogniser':<20}{'speech':<24}{'words wrong':>15}{'s per s':>15}{'begin off':>13}{'end off':>13}"
    yield f"{'':<44}{'careful quick':>15}{'careful quick':>15}{'p50/p95 ms':>13}{'p50/p95 ms':>13}"
    for model in folders:
        with contextlib.closing(recogniser.whisper(model, threads=_threads())) as ear:
            for speech, clip in clips.items():
                take = _take(clip.pcm, scratch)
                ear.transcribe(take, 0, RATE)  # the model is loaded by now
                careful, careful_s = _timed(lambda take=take: ear.transcribe(take))  # type: ignore[misc]
                quick, quick_s = _timed(lambda take=take: ear.transcribe(take, quick=True))  # type: ignore[misc]
                wrong = f"{100 * _wer(careful.text):.1f} % {100 * _wer(quick.text):.1f} %"
                took = f"{careful_s / clip.length_s:.3f} {quick_s / clip.length_s:.3f}"
                begins, ends = _off(careful, clip)
                yield f"{_id(model):<20}{speech:<24}{wrong:>15}{took:>15}{_spread(begins):>13}{_spread(ends):>13}"


def _timed(run: Callable[[], Transcript]) -> tuple[Transcript, float]:
    began_s = time.monotonic()
    return run(), time.monotonic() - began_s


def _wer(heard: str) -> float:
    return float(jiwer.wer(plain(" ".join(TEXTS)), plain(heard) or "-"))


def _off(heard: Transcript, clip: Clip) -> tuple[list[float], list[float]]:
    """Milliseconds between the edges of each sentence and the times of its first and last word, where these were
    recognised."""
    words = [w for w in heard.words if plain(w.text)]
    compared = jiwer.process_words(plain(" ".join(TEXTS)), " ".join(plain(w.text).replace(" ", "") for w in words))
    hits = {
        chunk.ref_start_idx + n: words[chunk.hyp_start_idx + n]
        for chunk in compared.alignments[0]
        if chunk.type == "equal"
        for n in range(chunk.ref_end_idx - chunk.ref_start_idx)
    }
    begins, ends, at = [], [], 0
    for text, (start_s, end_s) in zip(TEXTS, clip.edges, strict=True):
        count = len(plain(text).split())
        if at in hits:
            begins.append(1000 * abs(hits[at].start_s - start_s))
        if at + count - 1 in hits:
            ends.append(1000 * abs(hits[at + count - 1].end_s - end_s))
        at += count
    return begins, ends


def _spread(values: list[float]) -> str:
    if not values:
        return "none right"
    return f"{statistics.median(values):.0f}/{np.percentile(values, 95):.0f}"


def _hot_words(folders: list[Path], answers: int, scratch: Path) -> Iterator[str]:
    """Terms that a wrong answer holds must not become more by being expected."""
    if not folders or not flite.program():
        return
    bank = sound_bank(bank_folder())
    texts = [r["text"] for r in rows("check") if r["variant"] == "wrong"][:answers]
    spoken_texts = [(_say(text, "slt", scratch), text) for text in texts]
    expected = tuple(t.written for t in bank.lexicon.terms[:HOT_WORDS])
    yield f"\n{len(texts)} wrong answers, {len(expected)} hot words: words wrong, terms heard of those said, invented"
    for model in folders:
        told = []
        for name, hot_words in (("off", ()), ("on", expected)):
            ear = recogniser.whisper(model, threads=_threads(), hot_words=hot_words)
            figures = _listened(ear, spoken_texts, bank, scratch)
            told.append(
                f"{name}: {100 * figures.errors / max(1, figures.words):.1f} %, {figures.heard} of {figures.said}, "
                f"{figures.invented}"
            )
        yield f"{_id(model):<20}{'   '.join(told)}"


def _listened(ear: ChildTranscriber, clips: list[tuple[bytes, str]], bank: Bank, scratch: Path) -> Figures:
    figures = Figures()
    with contextlib.closing(ear):
        for pcm, text in clips:
            listen(ear, pcm, text, bank, figures, scratch)
    return figures


# Voices -----------------------------------------------------------------------------------------------------------


def _voices(made: dict[str, tuple[Clip, float]], folders: list[Path], scratch: Path) -> Iterator[str]:
    if not made:
        yield "\nNo Piper voice: voiceprep models fetch en_US-joe-medium."
        return
    heard_by = _id(folders[0]) if folders else "the basic recogniser"
    with contextlib.closing(
        recogniser.whisper(folders[0], threads=_threads()) if folders else recogniser.basic({})
    ) as ear:
        yield f"\n{'voice':<24}{'s per s of speech':>20}{f'words wrong, heard by {heard_by}':>44}"
        for stem, (clip, per_s) in made.items():
            wrong = _wer(ear.transcribe(_take(clip.pcm, scratch)).text)
            yield f"{stem:<24}{per_s:>20.3f}{100 * wrong:>42.1f} %"


def _piper(model: Path, scratch: Path) -> tuple[Clip, float]:
    """The sentences in that voice, and its seconds of work per second of them."""
    parts, took_s, lasts_s = [], 0.0, 0.0
    settings = {"engine": "piper", "model": str(model)}
    with contextlib.closing(ChildSynthesizer(model.stem, settings, scratch / f"cache-{model.stem}")) as voice:
        voice.synthesize("One to begin with.")
        for text in TEXTS:
            began_s = time.monotonic()
            sound = voice.synthesize(text)
            took_s += time.monotonic() - began_s
            lasts_s += sound.duration_s
            resampler = Resampler(sound.rate)
            parts.append(resampler.feed(sound.pcm) + resampler.feed(b"", last=True))
    return _joined(parts), took_s / lasts_s


def _flite(voice: str, scratch: Path) -> Clip:
    return _joined([_pcm(phrase) for phrase in spoken(f"flite {voice}", "check", scratch)])


def _pcm(phrase: Phrase) -> bytes:
    return (np.clip(phrase.sound, -1, 1) * 32767).astype(np.int16).tobytes()


def _joined(parts: list[bytes]) -> Clip:
    """With silence around each; an edge is where the sound is first and last within 35 dB of its loudest."""
    pcm, edges = SILENCE, []
    for part in parts:
        loud = np.flatnonzero(
            np.abs(samples := np.frombuffer(part, np.int16)) > np.max(np.abs(samples)) * 10 ** (-35 / 20)
        )
        at = len(pcm) // 2
        edges.append(((at + int(loud[0])) / RATE, (at + int(loud[-1])) / RATE))
        pcm += part + SILENCE
    return Clip(pcm, tuple(edges))


def _say(text: str, voice: str, scratch: Path) -> bytes:
    with contextlib.closing(
        ChildSynthesizer(f"flite {voice}", {"engine": "flite", "voice": voice}, scratch / "answers")
    ) as mouth:
        sound = mouth.synthesize(text)
    resampler = Resampler(sound.rate)
    return resampler.feed(sound.pcm) + resampler.feed(b"", last=True)


def _take(pcm: bytes, scratch: Path) -> Path:
    path = scratch / "take.wav"
    path.unlink(missing_ok=True)
    file = TakeFile(path)
    file.append(pcm)
    file.close()
    return path


def _id(model: Path) -> str:
    return model.parent.parent.name.rpartition("--")[2] if model.parent.name == "snapshots" else model.name


if __name__ == "__main__":
    sys.exit(main())
