"""Marked answers as sound: a voice says the pieces, the silences between them are as long as they are marked."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.bench.turn_end.answers import NOTICED_S, Marked, Seen, silences
from tests.kit.timed_speech import FAINT_DB, Take, _floats, _trimmed, heard_speech, room
from voiceprep.bank.contents import Bank
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word
from voiceprep.pcm.wav import RATE
from voiceprep.speech import recogniser

VOICE = "slt"
SNR_DB = 30.0


def said(answer: Marked, folder: Path) -> Take:
    parts, speech, at = [np.zeros(RATE // 2)], [], RATE // 2
    for piece, pause_s in zip(answer.pieces, (*answer.pauses_s, 1.0), strict=True):
        path = folder / "said.wav"
        subprocess.run(["flite", "-voice", VOICE, "-t", piece, "-o", str(path)], check=True, capture_output=True)
        sound = _trimmed(_floats(path), FAINT_DB)
        silent = round(pause_s * RATE)
        parts += [sound, np.zeros(silent)]
        speech.append(Span(at / RATE, (at + len(sound)) / RATE))
        at += len(sound) + silent
    sound = np.concatenate(parts)
    level = np.sqrt(np.mean(sound[sound != 0] ** 2))
    sound = sound + room(len(sound), np.random.default_rng(1)) * level * 10 ** (-SNR_DB / 20)
    return Take(sound / max(1.0, np.max(np.abs(sound)) / 0.9), tuple(speech), ())


def heard(answers: Sequence[Marked], bank: Bank) -> tuple[list[tuple[Marked, list[Seen]]], dict[str, float]]:
    """What the basic recogniser hears of each answer, as what is known at its silences; and how well the VAD and
    `core.endpointing` found these: the share found, and how far off their starts are, in ms."""
    found, off_ms, marks = [], [], 0
    ear = recogniser.basic(bank.lexicon.sounds())
    try:
        with tempfile.TemporaryDirectory() as name:
            for answer in answers:
                take = said(answer, Path(name))
                ends = [s.end_s for s in heard_speech(take, Path(name))]
                noticed = [s for s, p in zip(take.speech, answer.pauses_s, strict=False) if p > NOTICED_S + 0.05]
                marks += len(noticed)
                nearest = [min((abs(e - s.end_s) for e in ends), default=9.0) for s in noticed]
                off_ms += [1000 * n for n in nearest if n < 0.2]
                words = ear.transcribe(Path(name) / "candidate.wav").words
                found.append((answer, list(silences(answer, _by_piece(words, take), bank, engine=recogniser.BASIC,
                                                    credits_only=True))))  # fmt: skip
    finally:
        ear.close()
    return found, {"silences": marks, "found": len(off_ms) / marks, "off_median_ms": statistics.median(off_ms)}


def _by_piece(words: Sequence[Word], take: Take) -> list[tuple[Word, ...]]:
    """The words by the piece that their middle lies in, or the one before."""
    starts = [s.start_s for s in take.speech[1:]]
    pieces: list[list[Word]] = [[] for _ in take.speech]
    for word in words:
        pieces[sum(start <= (word.start_s + word.end_s) / 2 for start in starts)].append(word)
    return [tuple(p) for p in pieces]
