"""How truthfully delivery is measured: `python -m tests.bench.delivery [dev|check] [--shared FOLDER] [--takes N]`.

Takes of at least 45 s with known silences (`tests.kit.timed_speech`), heard the way a real one is: a file as the
microphone, capture, VAD, endpointing, `core.delivery`. *dev* is what the endpointing was tuned on, *check* has other
voices, phrases and seeds. The words are the true ones, so a rate's error is that of its times; what a recogniser leaves
out or makes up comes on top (`tests.bench.recogniser`). Goals: F1 of pauses of 0.5 s and more .95, their length within
60 ms (median), rate 3 %, first word 80 ms (both: the worst take). Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import get_args

import numpy as np

from tests.kit import timed_speech
from tests.kit.timed_speech import Errors, Split

SNR_DB = (50, 30, 20, 10)
SEED: dict[Split, int] = {"dev": 2_000, "check": 9_000}
SHARED = Path(__file__).resolve().parents[3] / "shared" / "audio"
COLUMNS = (
    ("pauses", "pauses", "{}"), ("F1", "f1", "{:.3f}"), ("length off, median ms", "pause_ms", "{:.0f}"),
    ("p95 ms", "pause_p95_ms", "{:.0f}"), ("bias ms", "pause_bias_ms", "{:+.0f}"),
    ("first word off, median ms", "first_ms", "{:.0f}"), ("worst ms", "first_worst_ms", "{:.0f}"),
    ("rate off, median", "rate", "{:.2%}"), ("worst", "rate_worst", "{:.2%}"),
    ("articulation off, median", "articulation", "{:.1%}"), ("worst", "articulation_worst", "{:.1%}"),
)  # fmt: skip


def measured(split: Split, shared: Path, takes: int, folder: Path) -> dict[str, Errors]:
    """Errors by "<source>, <n> dB", and by "all, <n> dB"."""
    voices = [v for v in timed_speech.VOICES[split] if not v.startswith("flite") or shutil.which("flite")]
    sources = {voice: timed_speech.spoken(voice, split, folder) for voice in voices}
    if shared.is_dir():
        sources |= timed_speech.recorded(shared, split)
    found: dict[str, Errors] = {}
    for snr_db in SNR_DB:
        for name, phrases in sources.items():
            for n in range(takes):
                take = timed_speech.placed(phrases, np.random.default_rng(SEED[split] + n), snr_db)
                speech = timed_speech.heard_speech(take, folder)
                for key in (f"{name}, {snr_db} dB", f"all, {snr_db} dB"):
                    found.setdefault(key, Errors()).add(take, speech)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("split", nargs="?", choices=get_args(Split), default="check")
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with recordings of human speech")
    parser.add_argument("--takes", type=int, default=4, help="takes a voice and noise")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        errors = measured(options.split, options.shared, options.takes, Path(folder))
    figures = {name: error.figures() for name, error in errors.items()}
    print(f"| {options.split} | {' | '.join(title for title, _, _ in COLUMNS)} |")
    print("|" + "---|" * (len(COLUMNS) + 1))
    for name, row in sorted(figures.items(), key=lambda item: not item[0].startswith("all")):
        print(f"| {name} | {' | '.join(form.format(row[key]) for _, key, form in COLUMNS)} |")
    print(json.dumps({"bench": "delivery", "split": options.split, "figures": figures}))


if __name__ == "__main__":
    main()
