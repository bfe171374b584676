"""The basic recogniser: pocketsphinx with its stock model and the lexicon's words. Rough, and needs no download.

Its word probabilities don't tell right words from wrong ones (measured), so nothing is judged by them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

FRAMES_PER_S = 100
_VARIANT = re.compile(r"\(\d+\)$")


class Sphinx:
    """One decoder, kept for the session: its idea of the microphone settles over the first utterances."""

    def __init__(
        self, sounds: Mapping[str, Sequence[str]], as_heard: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(loglevel="FATAL")
        ways = {word: list(said) for word, said in sounds.items()}
        for word, phrases in (as_heard or {}).items():
            ways.setdefault(word, []).extend(filter(None, map(self._sound_of, phrases)))
        self.added = self._learn(ways)

    def _sound_of(self, phrase: str) -> str:
        """How a phrase sounds that this recogniser once heard: its words' sounds; empty when it hasn't these words."""
        sounds = [self._decoder.lookup_word(word.lower()) for word in phrase.split()]
        return " ".join(sounds) if all(sounds) else ""

    def _learn(self, sounds: Mapping[str, Sequence[str]]) -> int:
        """Adds each pronunciation that the dictionary doesn't have; returns how many were new."""
        new: list[tuple[str, str]] = []
        for word, ways in sounds.items():
            names = [word, *(f"{word}({n})" for n in range(2, 20))]
            known = [self._decoder.lookup_word(name) for name in names]
            free = iter(name for name, way in zip(names, known, strict=True) if way is None)
            new += [(next(free), way) for way in ways if way not in known]
        for n, (name, way) in enumerate(new, 1):
            # The search is rebuilt once, with the last word: doing it for each takes seconds.
            self._decoder.add_word(name, way, n == len(new))
        return len(new)

    def hear(self, pcm: bytes, *, quick: bool = False) -> dict[str, Any]:
        """16 kHz int16 mono: its words, the same whether or not somebody waits."""
        return {"words": self.words(pcm)}

    def words(self, pcm: bytes) -> list[dict[str, Any]]:
        """The words in 16 kHz int16 mono, with times in seconds from its start."""
        if len(pcm) < FRAMES_PER_S:
            return []
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        found = []
        for segment in self._decoder.seg() or ():
            text = _VARIANT.sub("", segment.word)
            if text.startswith(("<", "[")) or text == "(NULL)":
                continue
            found.append(
                {
                    "text": text,
                    "start_s": segment.start_frame / FRAMES_PER_S,
                    "end_s": (segment.end_frame + 1) / FRAMES_PER_S,
                    "probability": min(1.0, max(0.0, float(segment.prob))),
                }
            )
        return found
