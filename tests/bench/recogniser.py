"""How much the basic recogniser gets wrong: `python -m tests.bench.recogniser [--answers N]`.

Free synthetic voices (flite; never espeak, which flatters nobody) speak judged answers of the check split; real human
speech comes from the folder beside the checkout where it's there. Each is heard with and without the lexicon's words.
Prints word error rate, terms heard of those said, and terms heard that nobody said. Synthetic speech flatters a
recogniser: the human rows are few, old and literary, and none is an interview. Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import jiwer

from tests.bench.validity import rows
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core.folding import Folder
from voiceprep.core.words import tokenise
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import recogniser
from voiceprep.speech.recogniser import ChildTranscriber

VOICES = ("slt", "rms", "awb", "kal16")
HUMAN = {
    "jfk.flac": (
        "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
    ),
    "two_cities.flac": (
        "it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness it "
        "was the epoch of belief it was the epoch of incredulity it was the season of light it was the season of "
        "darkness it was the spring of hope it was the winter of despair we had everything before us we had nothing "
        "before us we were all going direct to heaven we were all going direct the other way in short the period was "
        "so far like the present period that some of its noisiest authorities insisted on its being received for good "
        "or for evil in the superlative degree of comparison only"
    ),
}


@dataclass
class Figures:
    """Counts over some clips."""

    errors: int = 0
    words: int = 0
    said: int = 0
    heard: int = 0
    invented: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0

    def row(self) -> dict[str, float | int]:
        return {
            "wer": round(self.errors / max(1, self.words), 3),
            "words": self.words,
            "terms_said": self.said,
            "terms_heard": self.heard,
            "terms_invented": self.invented,
            "seconds": round(self.seconds, 1),
            "wall_per_second": round(self.cpu_s / max(0.1, self.seconds), 3),
        }


def plain(text: str) -> str:
    """Words only, lower case, as both sides are compared."""
    return " ".join(t.text for t in tokenise(text))


def terms(text: str, folder: Folder, mishearings: frozenset[str]) -> Counter[str]:
    return Counter(e.term for e in folder.fold(tokenise(text), mishearings))


def listen(ear: ChildTranscriber, pcm: bytes, reference: str, bank: Bank, figures: Figures, folder: Path) -> None:
    path = folder / f"{figures.words}-{id(figures)}.wav"
    file = TakeFile(path)
    file.append(pcm)
    file.close()
    began = time.monotonic()
    heard = ear.transcribe(path).text
    figures.cpu_s += time.monotonic() - began
    path.unlink()
    compared = jiwer.process_words(plain(reference), plain(heard) or "-")
    figures.errors += compared.substitutions + compared.deletions + compared.insertions
    figures.words += compared.hits + compared.substitutions + compared.deletions
    lexicon = Folder(bank.lexicon)
    every = frozenset(t.id for t in bank.lexicon.terms)
    said, got = terms(reference, lexicon, frozenset()), terms(heard, lexicon, every)
    figures.said += sum(said.values())
    figures.heard += sum((said & got).values())
    figures.invented += sum((got - said).values())
    figures.seconds += len(pcm) / 2 / RATE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=6)
    args = parser.parse_args()
    bank = sound_bank(bank_folder())
    texts = [r["text"] for r in rows("check") if r["variant"].startswith(("full", "partial"))][: args.answers]
    ears = {"with the lexicon": recogniser.basic(bank.lexicon.sounds()), "without": recogniser.basic({})}
    table: dict[str, dict[str, dict[str, float | int]]] = {}
    human = Path(__file__).resolve().parents[3] / "shared" / "audio"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for voice in VOICES if shutil.which("flite") else ():
            clips = []
            for text in texts:
                subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(folder / "x.wav")], check=True)
                clips.append((read_16k(folder / "x.wav"), text))
            table[voice] = _rows(ears, clips, bank, folder)
        for file, text in HUMAN.items():
            if (human / file).is_file():
                table[f"human {file}"] = _rows(ears, [(read_16k(human / file), text)], bank, folder)
    for ear in ears.values():
        ear.close()
    print(f"{'speech':<24}{'dictionary':<18}  WER   terms heard  invented  seconds  wall s per s")
    for speech, by_ear in table.items():
        for ear_name, row in by_ear.items():
            print(
                f"{speech:<24}{ear_name:<18}{row['wer']:6.3f}  {row['terms_heard']:>4} of {row['terms_said']:<5}"
                f"{row['terms_invented']:>7}  {row['seconds']:>8}  {row['wall_per_second']:>8}"
            )
    print(json.dumps(table))


def _rows(
    ears: dict[str, ChildTranscriber], clips: list[tuple[bytes, str]], bank: Bank, folder: Path
) -> dict[str, dict[str, float | int]]:
    found = {}
    for name, ear in ears.items():
        figures = Figures()
        for pcm, text in clips:
            listen(ear, pcm, text, bank, figures, folder)
        found[name] = figures.row()
    return found


if __name__ == "__main__":
    main()
