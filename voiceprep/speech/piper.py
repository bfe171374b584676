"""Piper over a local voice (NAME.onnx with NAME.onnx.json). Never the network."""

from __future__ import annotations

import json
from pathlib import Path

from voiceprep.errors import SetupMissing

SENTENCE_GAP_S = 0.3
SEED = 1


def check_voice(model: Path) -> None:
    """Raises SetupMissing when the voice isn't whole."""
    for path in (model, _settings_of(model)):
        if not path.is_file() or not path.stat().st_size:
            raise SetupMissing(
                f"The Piper voice lacks {path}.", "Get a whole one with `voiceprep models fetch en_US-joe-medium`."
            )


def speakers(model: Path) -> int:
    """How many speakers a voice has; 1 when its settings don't say."""
    try:
        return max(1, int(json.loads(_settings_of(model).read_text(encoding="utf-8"))["num_speakers"]))
    except (OSError, ValueError, KeyError, TypeError):
        return 1


def _settings_of(model: Path) -> Path:
    return model.with_name(model.name + ".json")


class Piper:
    """A loaded voice on one thread: the cores belong to whoever listens. `rate` 2.0 is twice as fast.

    A voice's noise comes from onnxruntime's generator, which is seeded once: a process says the same texts in the same
    order with the same samples. A text said twice differs; the cache keeps the first.
    """

    def __init__(self, model: Path, speaker: int | None = None, rate: float = 1.0) -> None:
        check_voice(model)
        import onnxruntime
        from piper import PiperConfig, PiperVoice, SynthesisConfig

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        onnxruntime.set_seed(SEED)
        session = onnxruntime.InferenceSession(str(model), sess_options=options, providers=["CPUExecutionProvider"])
        config = PiperConfig.from_dict(json.loads(_settings_of(model).read_text(encoding="utf-8")))
        self._voice = PiperVoice(session=session, config=config)
        # Each sentence as loud as the voice has it: they are made even together.
        self._manner = SynthesisConfig(speaker, length_scale=config.length_scale / rate, normalize_audio=False)
        self.rate = int(config.sample_rate)

    def speak(self, text: str) -> tuple[bytes, int]:
        """(int16 mono samples, rate), with a breath between sentences."""
        gap = b"\0\0" * int(SENTENCE_GAP_S * self.rate)
        # Piper reads [[…]] as phonemes; a question's text never means that.
        spoken = self._voice.synthesize(text.replace("[[", "[ ["), self._manner)
        return gap.join(chunk.audio_int16_bytes for chunk in spoken), self.rate
