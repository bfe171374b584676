"""Makes dev.jsonl from the yardstick's development answers: `python -m tests.bench.turn_end.make`.

Pauses are put where people make them: nearly always between sentences, often between clauses, sometimes after a
connective or before a word of content. Their lengths are log-normal, as measured ones are, with a few of somebody
who thinks. A part of the answers gets an ending as it's spoken; the written ones have none. Seeded: the same each time.
"""

from __future__ import annotations

import json
import math
import random
import re

from tests.bench.turn_end import FOLDER
from tests.bench.validity import data
from voiceprep.bank import bank_folder
from voiceprep.bank.load import sound_bank
from voiceprep.core.fluency import FUNCTION_WORDS

KINDS = {"full": ("full", 16), "plain": ("plain", 16), "partial": ("partial", 16), "pitfall": ("wrong", 14)}
"""By the yardstick's variant: what it's called here, and how many."""
ENDED = 0.5
ENDINGS = (
    "so yeah, that's how I'd go about it", "that's it, I think", "and that's about it", "so that's my take on it",
    "I think that covers it", "yeah, that's pretty much all I can say about it", "so that's what I'd do",
    "I hope that makes sense", "I can't think of anything else right now", "that's the gist of it, really",
    "so yeah", "I'd leave it there", "does that answer it", "so those are the main things for me",
    "that's all that comes to mind", "and that's basically how we do it at work", "so in short, it depends on the case",
    "and I don't know much more about it, sorry", "that would be my answer", "okay, I'm done",
)  # fmt: skip
CONNECTIVES = frozenset("and so because but or then which if when um uh well like".split())
CHANCE = {"sentence": 0.9, "clause": 0.45, "connective": 0.18, "content": 0.035}
MEDIAN_S = {"sentence": 0.8, "clause": 0.55, "connective": 0.7, "content": 0.6}
SPREAD = 0.55
"""Of the logarithm of the lengths: one in twenty is 2.5 times the median."""
THINKS, THINKS_S = 0.035, (2.0, 4.3)
"""How many pauses are somebody thinking, and how long these last."""
LEAST_S = 0.2


def marked(text: str, chance: random.Random) -> str:
    """The text with pauses, without them after its last word."""
    words = text.split()
    out = []
    for n, word in enumerate(words):
        out.append(word)
        place = _place(word, words[n + 1]) if n + 1 < len(words) else None
        if place is not None and chance.random() < CHANCE[place]:
            length_s = chance.lognormvariate(math.log(MEDIAN_S[place]), SPREAD)
            if chance.random() < THINKS:
                length_s = chance.uniform(*THINKS_S)
            out.append(f"<{max(LEAST_S, length_s):.1f}>")
    return " ".join(out)


def _place(word: str, following: str) -> str | None:
    if re.search(r"[.?!]$", word):
        return "sentence"
    if re.search(r"[,;:]$", word):
        return "clause"
    if word.lower() in CONNECTIVES:
        return "connective"
    return None if following.lower().strip(",.?!") in FUNCTION_WORDS else "content"


def main() -> None:
    chance = random.Random(8)
    ours = sound_bank(bank_folder()).questions
    rows = [r for r in data.load("dev") if r.question_id in ours]
    endings = list(ENDINGS)
    lines = []
    for variant, (kind, count) in KINDS.items():
        for row in chance.sample([r for r in rows if r.variant == variant], count):
            text = row.text
            if chance.random() < ENDED:
                text = f"{text} {endings[len(lines) % len(endings)]}"
            lines.append({"question_id": row.question_id, "kind": kind, "marked": marked(text, chance)})
    (FOLDER / "dev.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
