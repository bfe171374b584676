"""The recogniser's process for `answering`: the product's own passes, at a true-sized model's true cost; then the words
that were really said there. `python -m tests.bench.answering_process SETTINGS SCRIPT`.

SCRIPT is a file of JSON that the bench writes before it speaks: by take, what is spoken into it one after the other,
each part with its words and their times from its first loud sample, and its length. Where that sample is is found in
the take itself, so nothing here knows when anything was said."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

import tests.bench.peers.counted.sitecustomize  # noqa: F401 - ends a scripted model's texts where the sound ends
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.wav import RATE
from voiceprep.speech import recogniser_process
from voiceprep.speech.protocol import Reply, Request

LOUD = 300
"""As in tests.kit.on_the_card, which would cost this process what the whole program does."""
WORD_MARGIN_S = 0.2
"""So far behind a part's last word the next may begin."""


class Script:
    """What was said in each take, and where."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, list[int]] = {}

    def words(self, take: Path, start: int, end: int) -> list[dict[str, Any]]:
        """The words whose middle is between two samples of a take, their times from the first of these."""
        parts = json.loads(self._path.read_text(encoding="utf-8")).get(take.stem, [])
        found = []
        for n, part in enumerate(parts):
            begins = self._begin(n, parts, take, end)
            if begins is None:
                break
            for text, from_s, until_s in part["words"]:
                if start <= begins + (from_s + until_s) / 2 * RATE < end:
                    shift_s = (begins - start) / RATE
                    from_s, until_s = max(0.0, from_s + shift_s), min(until_s + shift_s, (end - start) / RATE)
                    found.append({"text": text, "start_s": from_s, "end_s": until_s, "probability": 0.9})
        return found

    def _begin(self, n: int, parts: list[dict[str, Any]], take: Path, end: int) -> int | None:
        """The sample at which a part begins; None while it hasn't."""
        begins = self._known.setdefault(take.stem, [])
        if n < len(begins):
            return begins[n]
        after = begins[n - 1] + round((parts[n - 1]["length_s"] + WORD_MARGIN_S) * RATE) if n else 0
        samples = np.frombuffer(read_recording(take, after, end), "<i2")
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > LOUD)
        if not len(loud):
            return None
        begins.append(after + int(loud[0]))
        return begins[n]


def main() -> None:
    script = Script(Path(sys.argv[2]))

    def said(request: Request, reply: Reply) -> Reply:
        start = request.get("start", 0)
        end = start + round(reply["work"]["sound_s"] * RATE)
        return {**reply, "doubts": [], "words": script.words(Path(request["path"]), start, end)}

    recogniser_process.main(said)


if __name__ == "__main__":
    main()
