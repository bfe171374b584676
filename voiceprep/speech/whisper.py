"""faster-whisper over a local folder. Never the network: a folder that lacks a file is refused before it's loaded."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from voiceprep.core.doubts import Doubt, made_up, marked, told, without
from voiceprep.core.transcript import Word
from voiceprep.errors import SetupMissing
from voiceprep.pcm.wav import RATE
from voiceprep.speech.counted import Counted, Work
from voiceprep.speech.windows import padded_to_s, pieces

NEEDED = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
FRAMES_PER_S = 100
DEFAULT_WINDOW_S = 30
LEVEL_S = 0.1
"""Length of the stretches whose loudness says where too long a sound is cut."""
LOOK_BACK = 0.4
"""In how much of a window the quietest place is looked for, from its end."""
TOKENS_PER_S = 10
"""More than the fastest speech needs: a pass that loops costs no more than this."""
FIRST_TOKENS = 16
BEFORE, AFTER = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
"""Marks that belong to the word after them, and before them."""


def check_folder(folder: Path) -> None:
    """Raises SetupMissing naming what a model folder lacks."""
    missing = [n for n in NEEDED if not (folder / n).is_file() or not (folder / n).stat().st_size]
    if not any((folder / n).is_file() for n in VOCABULARIES):
        missing.append(VOCABULARIES[0])
    if missing:
        raise SetupMissing(
            f"The Whisper model at {folder} lacks {', '.join(missing)}.",
            "Get a whole one with `voiceprep models fetch base.en`, or use the basic recogniser: --engine basic.",
        )


def window_s(folder: Path) -> int:
    """Seconds of audio the model takes at a time: 30, unless its own preprocessor file says otherwise."""
    try:
        settings = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
        return int(settings.get("chunk_length", DEFAULT_WINDOW_S))
    except (OSError, ValueError, AttributeError):
        return DEFAULT_WINDOW_S


@dataclass(frozen=True, slots=True)
class Piece:
    """The words of one window, in seconds from its start, and what the model says of its own certainty."""

    words: tuple[Word, ...]
    length_s: float
    no_speech: float
    logprob: float

    def doubts(self) -> tuple[Doubt, ...]:
        return made_up(self.words, self.length_s, self.no_speech, self.logprob)


class Whisper:
    """A loaded model. English, word times; no VAD of its own (ours finds the speech).

    A quick pass is greedy and takes each window once; with `short` windows it pads to little more than the sound. A
    careful one searches with a beam, in the windows the model was trained on, always. Each hot word is read before the
    sound is: forty take base 0.35 s, so a quick pass has its own, fewer ones."""

    def __init__(
        self,
        folder: Path,
        threads: int = 0,
        beam_size: int = 5,
        hot_words: Sequence[str] = (),
        quick_hot_words: Sequence[str] = (),
        *,
        short: bool = False,
    ) -> None:
        check_folder(folder)
        import faster_whisper.transcribe as transcribe
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer

        self._window_s = window_s(folder)
        length = self._window_s * FRAMES_PER_S
        self._fit = transcribe.pad_or_trim
        if self._window_s != DEFAULT_WINDOW_S and not isinstance(self._fit, functools.partial):
            # faster-whisper pads every window to 30 s whatever the model says; this process holds one model only.
            transcribe.pad_or_trim = functools.partial(transcribe.pad_or_trim, length=length)
        self._model = WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
        self._counted = self._model.model = Counted(self._model.model)
        self._tokenizer = Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language="en"
        )
        self._silent = transcribe.get_suppressed_tokens(self._tokenizer, [-1])
        self._merge_marks = transcribe.merge_punctuations
        self._beam_size = beam_size
        self._hot_words = ", ".join(hot_words) or None
        self._quick_hot_words = ", ".join(quick_hot_words) or None
        self._short = short

    def hear(self, pcm: bytes, *, quick: bool = False) -> dict[str, Any]:
        """16 kHz int16 mono: `words` with times in seconds from its start and probabilities, `doubts` as
        `core.doubts.sentence` takes them, and the `work` it was."""
        import numpy as np

        audio = np.frombuffer(pcm, np.int16).astype(np.float32) / 32768.0
        before, began_s = self._counted.work(), time.process_time()
        words: list[Word] = []
        doubts: list[tuple[float, int, str]] = []
        redone = 0
        for start in self._starts(audio) if quick else [slice(0, len(audio))] if len(audio) else []:
            found = self._quickly(audio[start]) if quick else self._carefully(audio)
            for piece, again in found:
                redone += again
                doubted = piece.doubts()
                kept = without(piece.words, doubted) if quick else marked(piece.words, doubted)
                shift_s = start.start / RATE
                words += [_later(w, shift_s) for w in kept]
                doubts += told(doubted, [_later(w, shift_s) for w in piece.words])
        spent = Work(1, len(audio) / RATE, redone=redone, cpu_s=time.process_time() - began_s)
        return {
            "words": [
                {"text": w.text, "start_s": round(w.start_s, 3), "end_s": round(w.end_s, 3),
                 "probability": round(w.probability, 4)}
                for w in words
            ],
            "doubts": doubts,
            "work": (self._counted.work() - before + spent).as_reply(),
        }  # fmt: skip

    def _starts(self, audio: Any) -> list[slice]:
        """The sound in pieces that fit into the model's window, cut where it's quiet."""
        import numpy as np

        step = int(LEVEL_S * RATE)
        whole = len(audio) // step
        levels = np.abs(audio[: whole * step]).reshape(whole, step).mean(axis=1).tolist()
        most = int(self._window_s / LEVEL_S)
        cut = pieces([*levels, *([0.0] if len(audio) % step else [])], most, int(LOOK_BACK * most))
        return [slice(a * step, min(b * step, len(audio))) for a, b in cut if a < b]

    # Quick ------------------------------------------------------------------------------------------------------------

    def _quickly(self, audio: Any) -> list[tuple[Piece, bool]]:
        """One window's words; in a short one that gave reason to doubt, the padded one's."""
        piece = self._window(audio, short=self._short)
        if self._short and piece.doubts():
            return [(self._window(audio, short=False), True)]
        return [(piece, False)]

    def _window(self, audio: Any, *, short: bool) -> Piece:
        """One encoding, one greedy search, one alignment: what is between timestamps isn't gone back to, since there is
        one window only."""
        length_s = len(audio) / RATE
        features = self._model.feature_extractor(audio)
        frames = features.shape[-1] - 1
        length = round(padded_to_s(length_s, self._window_s, short=short) * FRAMES_PER_S)
        encoded = self._model.encode(self._fit(features[:, :frames], length=length))
        prompt = self._model.get_prompt(self._tokenizer, [], hotwords=self._quick_hot_words)
        room = FIRST_TOKENS + round(TOKENS_PER_S * length_s)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            # CTranslate2 writes no more than half of it, nor than what the prompt leaves.
            max_length=min(max(len(prompt) + room, 2 * room), self._model.max_length),
            suppress_tokens=self._silent,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        written = result.sequences_ids[0]
        text = [token for token in written if token < self._tokenizer.eot]
        # `scores` is the mean over what was written; Whisper's own measure counts the end as well.
        logprob = result.scores[0] * len(written) / (len(written) + 1)
        if not text:
            return Piece((), length_s, result.no_speech_prob, logprob)
        (aligned,) = self._model.find_alignment(self._tokenizer, [text], encoded, min(frames, length))
        self._merge_marks(aligned, BEFORE, AFTER)
        words = tuple(
            Word(w["word"].strip(), float(w["start"]), min(float(w["end"]), length_s), float(w["probability"]))
            for w in aligned
            if w["word"].strip()
        )
        return Piece(_forward(words), length_s, result.no_speech_prob, logprob)

    # Careful ----------------------------------------------------------------------------------------------------------

    def _carefully(self, audio: Any) -> list[tuple[Piece, bool]]:
        """faster-whisper's own way through the whole sound, window by window."""
        segments, _ = self._model.transcribe(
            audio,
            language="en",
            beam_size=self._beam_size,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=self._hot_words,
        )
        found: dict[int, Piece] = {}
        for segment in segments:
            words = tuple(
                Word(w.word.strip(), float(w.start), float(w.end), float(w.probability))
                for w in segment.words or ()
                if w.word.strip()
            )
            known = found.get(segment.seek)
            length_s = min(self._window_s, len(audio) / RATE - segment.seek / FRAMES_PER_S)
            piece = Piece(words, length_s, segment.no_speech_prob, segment.avg_logprob)
            found[segment.seek] = replace(known, words=known.words + words) if known else piece
        return [(piece, False) for piece in found.values()]


def _later(word: Word, shift_s: float) -> Word:
    return replace(word, start_s=word.start_s + shift_s, end_s=word.end_s + shift_s) if shift_s else word


def _forward(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words with no time that runs backwards: an alignment may end past the sound, which was cut off above."""
    found: list[Word] = []
    for word in words:
        start_s = max(min(word.start_s, word.end_s), found[-1].end_s if found else 0.0)
        found.append(replace(word, start_s=start_s, end_s=max(word.end_s, start_s)))
    return tuple(found)
