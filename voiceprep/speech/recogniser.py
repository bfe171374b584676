"""The recogniser as the interview sees it: a path and a range of samples in, a transcript out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from voiceprep.core.clean import one_line
from voiceprep.core.doubts import sentence
from voiceprep.core.transcript import Transcript, Word, heard
from voiceprep.errors import EngineError
from voiceprep.pcm.recording import length_s as recorded_s
from voiceprep.pcm.wav import RATE
from voiceprep.speech.child import START_S, Child
from voiceprep.speech.counted import Work, work_of
from voiceprep.speech.windows import phrases_s

BASIC = "basic"
SLOWEST = 6.0
"""Seconds of work per second of sound after which a recogniser counts as hung."""
LEAST_S = 20.0


class ChildTranscriber:
    """A recogniser in a child process. `credits_only` marks one whose silence proves nothing. `quick_work` and
    `careful_work` are what its passes took so far."""

    def __init__(
        self,
        name: str,
        settings: Mapping[str, Any],
        *,
        credits_only: bool,
        log: Path | None = None,
        least_s: float = LEAST_S,
        phrase_s: tuple[float, float] = (4.0, 9.0),
    ) -> None:
        self.name = name
        self.phrase_s = phrase_s
        self.hears_more_with_care = not credits_only
        """The basic one has one manner: phrase by phrase it hears what it hears in a whole answer (measured)."""
        self._credits_only = credits_only
        self._least_s = least_s
        self.quick_work = self.careful_work = Work()
        self.child = Child("voiceprep.speech.recogniser_process", [json.dumps(dict(settings))], log=log)

    def transcribe(self, path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript:
        """Words of samples `start` to `end` of a 16 kHz take; times count from the take's start."""
        total_s = recorded_s(path)
        if not total_s and not path.is_file():
            raise EngineError("The recording is missing.", "See `voiceprep sessions verify`.")
        length_s = max(0.0, (total_s if end is None else min(end / RATE, total_s)) - start / RATE)
        request = {"op": "transcribe", "path": str(path), "start": start, "end": end, "quick": quick}
        reply = self.child.ask(request, max(self._least_s, SLOWEST * length_s))
        if quick:
            self.quick_work += work_of(reply)
        else:
            self.careful_work += work_of(reply)
        shift_s = start / RATE
        words = (
            Word(one_line(w["text"], 80), w["start_s"] + shift_s, w["end_s"] + shift_s, w["probability"])
            for w in reply["words"]
        )
        doubts = (sentence(at_s + shift_s, count, one_line(why)) for at_s, count, why in reply.get("doubts", ()))
        return heard(words, engine=self.name, credits_only=self._credits_only, duration_s=length_s, doubts=doubts)

    def load(self) -> None:
        """Has the engine ready, so that nobody waits for it who waits for words. Raises EngineError."""
        self.child.ask({"op": "load"}, START_S)

    def close(self) -> None:
        self.child.close()


def basic(
    sounds: Mapping[str, Sequence[str]], as_heard: Mapping[str, Sequence[str]] | None = None, **options: Any
) -> ChildTranscriber:
    """The built-in recogniser, expecting the lexicon's words, and those that sound like what they were heard as."""
    settings: dict[str, Any] = {"engine": BASIC, "sounds": {w: list(s) for w, s in sounds.items()}}
    if as_heard:
        settings["as_heard"] = {w: list(p) for w, p in as_heard.items()}
    return ChildTranscriber(BASIC, settings, credits_only=True, **options)


def whisper(
    folder: Path,
    *,
    threads: int = 0,
    beam_size: int = 5,
    hot_words: Sequence[str] = (),
    quick_hot_words: Sequence[str] = (),
    short: bool = False,
    **options: Any,
) -> ChildTranscriber:
    """A Whisper model's folder, expecting the hot words where it hears with care, and in a hurry the others; `short`:
    with short windows in a hurry. Raises SetupMissing when a file is missing from it."""
    from voiceprep.speech.whisper import check_folder, window_s

    check_folder(folder)
    settings: dict[str, Any] = {
        "engine": "whisper", "model": str(folder), "threads": threads, "beam_size": beam_size, "short": short
    }  # fmt: skip
    options.setdefault("phrase_s", phrases_s(window_s(folder), short=short))
    for name, words in (("hot_words", hot_words), ("quick_hot_words", quick_hot_words)):
        if words:
            settings[name] = list(words)
    return ChildTranscriber(f"whisper:{one_line(folder.name, 60)}", settings, credits_only=False, **options)
