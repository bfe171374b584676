"""Counts what a Whisper model is asked for, and ends its texts where real weights would: equal for every peer.

Python runs this file at its start in each process that has this folder on PYTHONPATH. Weights that were made say their
script to any sound, so a window of 4 s would cost as many words as one of 30 s. Here a text ends after as many words as
the sound in the window has at an even pace. Each call is a line of JSON in $VOICEPREP_BENCH_COUNTS.
"""

import json
import math
import os
import sys
import time
from importlib.abc import MetaPathFinder
from types import SimpleNamespace

FRAMES_PER_S = 100
STAMPS_PER_S = 50
WORDS_PER_S = float(os.environ.get("VOICEPREP_BENCH_WORDS_PER_S", "2.5"))
COUNTS = os.environ.get("VOICEPREP_BENCH_COUNTS", "")


def note(**counted):
    if COUNTS:
        file = os.open(COUNTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(file, json.dumps({**counted, "at_s": time.monotonic()}).encode() + b"\n")
        os.close(file)


def heard_s(features):
    """Seconds of each window that aren't padding: what is behind the last change."""
    import numpy as np

    found = []
    for window in np.array(features):
        changes = np.flatnonzero((window != window[:, -1:]).any(axis=0))
        found.append((int(changes[-1]) + 1) / FRAMES_PER_S if len(changes) else 0.0)
    return found


def counting(whisper):
    """The class `ctranslate2.models.Whisper`, counted."""

    class Counted(whisper):
        _latest = (None, ())

        def encode(self, features, *args, **kwargs):
            encoded = super().encode(features, *args, **kwargs)
            self._latest = encoded, heard_s(features)
            windows, _, frames = features.shape
            note(op="encode", windows=windows, frames=windows * frames)
            return encoded

        def generate(self, features, prompts, **options):
            encoded, lasts_s = self._latest
            if features is not encoded:
                lasts_s = heard_s(features) if features.shape[1] == self.n_mels else [30.0] * features.shape[0]
            starts = max(len(prompt) for prompt in prompts)
            most = 1 + max(1, math.ceil(max(lasts_s) * WORDS_PER_S))
            # CTranslate2 gives no more than half of `max_length`, and no more than what the prompt leaves of it.
            options["max_length"] = min(options.get("max_length", 448), max(2 * most, starts + most))
            results = super().generate(features, prompts, **options)
            note(op="generate", tokens=sum(len(r.sequences_ids[0]) for r in results), beams=options.get("beam_size", 5))
            return [ended(r, p, s) for r, p, s in zip(results, prompts, lasts_s, strict=False)]

        def align(self, *args, **kwargs):
            note(op="align")
            return super().align(*args, **kwargs)

    return Counted


def ended(result, prompt, lasts_s):
    """The result with the closing time stamp that it was cut off before, when it has time stamps."""
    tokens = list(result.sequences_ids[0])
    if tokens and tokens[0] > prompt[-1] and tokens[-1] < prompt[-1]:
        tokens.append(tokens[0] + min(30 * STAMPS_PER_S, round(lasts_s * STAMPS_PER_S)))
    return SimpleNamespace(
        sequences=result.sequences,
        sequences_ids=[tokens, *result.sequences_ids[1:]],
        scores=result.scores,
        no_speech_prob=result.no_speech_prob,
    )


class BeforeFasterWhisper(MetaPathFinder):
    """Whoever never imports faster-whisper pays for none of this."""

    def find_spec(self, name, path, target=None):
        if name == "faster_whisper":
            sys.meta_path.remove(self)
            import ctranslate2

            ctranslate2.models.Whisper = counting(ctranslate2.models.Whisper)


sys.meta_path.insert(0, BeforeFasterWhisper())
