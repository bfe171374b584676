"""What live recognition costs: `python -m tests.bench.live_cost [--size base] [--runs 3]`.

A made model of the true size that says a script (its cost is real, its words are not): answers of 60 and 120 s through
the real process, phrase by phrase as the runner asks for them, with short and with padded windows, with one thread and
with two, interleaved. CPU seconds per second of speech, frames and tokens beside what the speech needs, and how long
one waits for a phrase of 8 s (the least of all runs). Goal: 0.15 CPU-s/s. Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.engines.test_live_work import WORDS_PER_S, Ear, answer, hear_live
from tests.kit.models.whisper_folder import make_scripted
from voiceprep.bank import bank_folder
from voiceprep.bank.load import sound_bank
from voiceprep.core.own_terms import expected
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import recogniser


def run(
    model: Path, eight_s: Path, sound: Path, hints: tuple[str, ...], *, short: bool, threads: int
) -> dict[str, float]:
    """Answers of 60 and of 120 s by `model`, and five phrases of 8 s by one that says as much as fits there."""
    ear = recogniser.whisper(model, threads=threads, quick_hot_words=hints, short=short)
    try:
        ear.transcribe(sound, 0, 8 * RATE, quick=True)  # loads it
        before, speech_s = ear.quick_work, 0.0
        for lasts_s in (60.0, 120.0):
            speech = answer(lasts_s)
            speech_s += sum(s.length_s for s in speech)
            hear_live(Ear(ear.phrase_s, sound, ear), speech)
        work = ear.quick_work - before
    finally:
        ear.close()
    ear = recogniser.whisper(eight_s, threads=threads, quick_hot_words=hints, short=short)
    try:
        ear.transcribe(sound, 0, 8 * RATE, quick=True)
        waits = []
        for _ in range(5):
            began_s = time.monotonic()
            ear.transcribe(sound, 0, 8 * RATE, quick=True)
            waits.append(time.monotonic() - began_s)
    finally:
        ear.close()
    return {
        "cpu_per_s": round(work.cpu_s / speech_s, 3),
        "frames": round(work.mel_frames / 100 / speech_s, 2),
        "tokens_per_s": round(work.tokens / speech_s, 2),
        "wait_8s": round(min(waits), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="base", choices=("tiny", "base", "small"))
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    hints = expected(sound_bank(bank_folder()).lexicon, own_only=True)
    rows: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = folder / "a.wav"
        file = TakeFile(sound)
        file.append((np.random.default_rng(0).normal(0, 0.05, 150 * RATE) * 32767).astype(np.int16).tobytes())
        file.close()
        models = {
            short: make_scripted(
                folder / f"model{typical_s}", args.size, [f"w{n}" for n in range(round(typical_s * WORDS_PER_S))]
            )
            for short, typical_s in ((True, 8), (False, 26))
        }
        for _ in range(args.runs):
            for short in (True, False):
                for threads in (1, 2):
                    key = f"{'short' if short else 'padded'}, {threads} thread{'s' * (threads > 1)}"
                    found = run(models[short], models[True], sound, hints, short=short, threads=threads)
                    best = rows.setdefault(key, found)
                    rows[key] = {k: min(v, best[k]) for k, v in found.items()}
    print(f"{args.size}, int8, {len(hints)} hints; load {os.getloadavg()[0]:.1f}")
    print(f"{'windows':<22}CPU-s per s  frames/speech  tokens/s  wait for 8 s")
    for key, row in rows.items():
        print(f"{key:<22}{row['cpu_per_s']:>11}{row['frames']:>15}{row['tokens_per_s']:>10}{row['wait_8s']:>12} s")
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
