"""Piper over a local voice (NAME.onnx with NAME.onnx.json). Never the network."""

from __future__ import annotations

from pathlib import Path

from voiceprep.errors import SetupMissing

SENTENCE_GAP_S = 0.3


def check_voice(model: Path) -> None:
    """Raises SetupMissing when the voice isn't whole."""
    for path in (model, model.with_name(model.name + ".json")):
        if not path.is_file() or not path.stat().st_size:
            raise SetupMissing(
                f"The Piper voice lacks {path}.", "Copy both files of the voice again: NAME.onnx and NAME.onnx.json."
            )


class Piper:
    """A loaded voice."""

    def __init__(self, model: Path) -> None:
        check_voice(model)
        from piper import PiperVoice

        self._voice = PiperVoice.load(str(model))
        self.rate = int(self._voice.config.sample_rate)

    def speak(self, text: str) -> tuple[bytes, int]:
        """(int16 mono samples, rate), with a breath between sentences."""
        gap = b"\0\0" * int(SENTENCE_GAP_S * self.rate)
        # Piper reads [[…]] as phonemes; a question's text never means that.
        chunks = [c.audio_int16_bytes for c in self._voice.synthesize(text.replace("[[", "[ ["))]
        return gap.join(chunks), self.rate
