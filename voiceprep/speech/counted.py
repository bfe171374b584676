"""What recognition costs, counted where it's done: exact, and the same on a busy machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from voiceprep import memory


@dataclass(frozen=True, slots=True)
class Work:
    """Passes over a sound and what they took: seconds of sound, mel frames encoded (100 are a second), tokens written,
    and the process's own seconds of computing."""

    passes: int = 0
    sound_s: float = 0.0
    encode_calls: int = 0
    mel_frames: int = 0
    tokens: int = 0
    align_calls: int = 0
    redone: int = 0
    """Quick passes that were doubted and heard once more, padded."""
    cpu_s: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __sub__(self, other: Work) -> Work:
        return Work(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))

    def as_reply(self) -> dict[str, float | int]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def work_of(reply: Mapping[str, Any]) -> Work:
    """The work that a reply of the recogniser's process tells of; none when it tells of none."""
    return Work(**reply.get("work", {}))


class Counted:
    """A CTranslate2 Whisper model that counts its calls. Everything else is the model's own."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.encode_calls = self.mel_frames = self.tokens = self.align_calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode(self, features: Any, *args: Any, **options: Any) -> Any:
        """`features`: a float array of shape (1, mels, frames)."""
        self.encode_calls += 1
        self.mel_frames += int(features.shape[-1])
        memory.give_back()  # nothing takes as much as this: what is free by now needn't lie beside it
        return self._model.encode(features, *args, **options)

    def generate(self, *args: Any, **options: Any) -> Any:
        if options.get("beam_size", 1) > 1:
            memory.give_back()  # a wide search takes nearly as much as the encoding did, in pieces of other sizes
        found = self._model.generate(*args, **options)
        self.tokens += sum(len(result.sequences_ids[0]) for result in found)
        return found

    def align(self, *args: Any, **options: Any) -> Any:
        self.align_calls += 1
        return self._model.align(*args, **options)

    def work(self) -> Work:
        """All calls so far."""
        return Work(
            encode_calls=self.encode_calls,
            mel_frames=self.mel_frames,
            tokens=self.tokens,
            align_calls=self.align_calls,
        )
