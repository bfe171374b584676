"""Silero VAD, streaming, loaded with onnxruntime alone (the model ships inside faster-whisper's wheel)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from voiceprep.errors import SetupMissing

RATE = 16_000
CHUNK = 512
CONTEXT = 64


def model_path() -> Path:
    """The newest Silero model in faster-whisper's assets; found without importing faster-whisper."""
    spec = find_spec("faster_whisper")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(p for f in folders for p in (Path(f) / "assets").glob("silero_vad*.onnx"))
    if not found:
        raise SetupMissing(
            "The voice activity model is missing (it comes with faster-whisper).",
            "Install voiceprep again: pip install --force-reinstall faster-whisper.",
        )
    return found[-1]


class SileroVad:
    """Keeps its state from chunk to chunk; `reset` before a new take."""

    chunk_samples = CHUNK

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        path = str(model_path())
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.reset()

    def reset(self) -> None:
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def probability(self, chunk: bytes) -> float:
        """Speech probability of the next 512 samples (16 kHz int16)."""
        new = np.frombuffer(chunk, np.int16).astype(np.float32) / 32768.0
        data = np.concatenate([self._context, new])[None, :]
        out, self._h, self._c = self._session.run(None, {"input": data, "h": self._h, "c": self._c})
        self._context = new[-CONTEXT:]
        return float(np.asarray(out).reshape(-1)[-1])
