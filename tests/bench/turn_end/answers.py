"""Marked answers as what is known at each of their silences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.turn_end import FOLDER
from voiceprep.bank.contents import Bank
from voiceprep.core.feedback import Ground
from voiceprep.core.patience import Silence
from voiceprep.core.so_far import so_far
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word, heard

SPLITS = {"dev": ("dev", "told"), "check": ("check",), "hinted": ("hinted",)}
LETTER_S, BETWEEN_S = 0.055, 0.08
"""How long a letter and the gap between two words take: about 160 words a minute without the pauses."""
NOTICED_S = 0.2
"""Shorter silences are none (`core.endpointing`)."""
MARK = re.compile(r"<\s*(?:pause\s+)?(\d+(?:\.\d+)?)\s*s?\s*>")


@dataclass(frozen=True)
class Marked:
    """An answer: its pieces of speech, and the silence in seconds after each but the last."""

    question_id: str
    kind: str
    pieces: tuple[str, ...]
    pauses_s: tuple[float, ...]


def load(split: str) -> list[Marked]:
    lines = [
        json.loads(line)
        for name in SPLITS[split]
        for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return [_marked(line["question_id"], line["kind"], line["marked"]) for line in lines]


def _marked(question_id: str, kind: str, text: str) -> Marked:
    parts = MARK.split(text.strip())
    pieces, pauses = [], []
    for n in range(0, len(parts), 2):
        if parts[n].strip():
            pieces.append(parts[n].strip())
            pauses.append(float(parts[n + 1]) if n + 1 < len(parts) else 0.0)
        elif pauses:
            pauses[-1] += float(parts[n + 1]) if n + 1 < len(parts) else 0.0
    return Marked(question_id, kind, tuple(pieces), tuple(pauses[:-1]))


def true_words(answer: Marked) -> list[tuple[Word, ...]]:
    """The words of each piece with their times, without case and punctuation."""
    found, at_s = [], 0.0
    for piece, pause_s in zip(answer.pieces, (*answer.pauses_s, 0.0), strict=True):
        words = []
        for text in re.findall(r"[a-z0-9]+(?:['\u2019/-][a-z0-9]+)*", piece.lower()):
            words.append(Word(text, at_s, at_s + LETTER_S * len(text), 0.9))
            at_s = words[-1].end_s + BETWEEN_S
        found.append(tuple(words))
        at_s += pause_s
    return found


@dataclass(frozen=True)
class Seen:
    """A silence, and how long it really lasts; None: it's the end."""

    silence: Silence
    lasts_s: float | None


def silences(
    answer: Marked, pieces: Sequence[tuple[Word, ...]], bank: Bank, *, engine: str, credits_only: bool = False
) -> Iterator[Seen]:
    """What is known at each silence that is noticed, in order, and at the end."""
    question = bank.questions[answer.question_id]
    ground = Ground(question, bank.lexicon, bank.version)
    core = {p.id for p in question.points if p.core}
    earlier: list[float] = []
    words: list[Word] = []
    speech: list[Span] = []
    for piece, lasts_s in zip(pieces, (*answer.pauses_s, None), strict=True):
        words += piece
        if piece:
            speech.append(Span(piece[0].start_s, piece[-1].end_s))
        if lasts_s is not None and lasts_s < NOTICED_S:
            continue
        said = heard(words, engine=engine, credits_only=credits_only, speech=speech)
        points, _ = so_far(ground, None, said)
        yield Seen(
            Silence(
                words=said.words,
                core=(len(core & set(points)), len(core)),
                spoken_s=sum(span.length_s for span in speech),
                pauses_s=tuple(earlier),
            ),
            lasts_s,
        )
        if lasts_s is not None:
            earlier.append(lasts_s)
