"""Make a tiny Piper voice (NAME.onnx, NAME.onnx.json), no download: speech-like noises, the real interface.

    python -m tests.kit.models.piper_voice OUT/test-voice --rate 22050 --speakers 1

It has a real voice's inputs (``input``, ``input_lengths``, ``scales`` and, with several speakers, ``sid``)
and outputs (audio of shape [1, 1, 1, N], and each phoneme's length in hops), so that ``PiperVoice.load``
and ``synthesize``, the phonemiser, sentence splitting, length_scale, speakers and alignments all run. Each
phoneme is a fixed little waveform (vowel: harmonics of 120 Hz under two formants; consonant: noise; else
silence) of 83 ms times length_scale, up to three times that. What it cannot show: a real network's cost or
sound; the speakers all sound alike. Needs onnx, numpy and piper-tts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

PITCH_HZ = 120
PERIODS = 10  # in one phoneme: a whole number, so that the waveform repeats without a click
HOP = 256
NO_TIME = "_ˈˌːˑ"  # padding and marks: they take no time of their own
FORMANTS = {
    "i": (280, 2250),
    "ɪ": (400, 1900),
    "e": (450, 1850),
    "ɛ": (550, 1770),
    "æ": (690, 1660),
    "a": (710, 1200),
    "ɑ": (710, 1100),
    "ɔ": (590, 880),
    "o": (450, 900),
    "ʊ": (450, 1030),
    "u": (310, 870),
    "ʌ": (640, 1190),
    "ə": (500, 1400),
    "ɜ": (490, 1350),
    "ɐ": (620, 1300),
    "ᵻ": (400, 1700),
    "ɚ": (490, 1350),
}
VOICED = set("bdɡgvzðʒmnŋlɹrwjɾ")


def _hum(formants: tuple[int, int], samples: int, rate: int) -> npt.NDArray[np.float64]:
    """Harmonics of the pitch under two formants, with a peak of 1."""
    t = np.arange(samples) / rate
    wave = np.zeros(samples)
    for harmonic in range(1, 33):
        hz = harmonic * PITCH_HZ
        first, second = (hz - formants[0]) / 120, (hz - formants[1]) / 160
        level = np.exp(-(first**2)) + 0.5 * np.exp(-(second**2)) + 0.02
        wave += level * np.sin(2 * np.pi * hz * t)
    hum: npt.NDArray[np.float64] = wave / np.abs(wave).max()
    return hum


def _waveforms(rate: int, samples: int) -> npt.NDArray[np.int8]:
    """One row of samples per phoneme id."""
    rng = np.random.default_rng(0)
    rows = max(ids[0] for ids in DEFAULT_PHONEME_ID_MAP.values()) + 1
    table = np.zeros((rows, samples))
    for phoneme, ids in DEFAULT_PHONEME_ID_MAP.items():
        if phoneme in FORMANTS:
            table[ids[0]] = 0.6 * _hum(FORMANTS[phoneme], samples, rate)
        elif phoneme in VOICED:
            table[ids[0]] = 0.3 * _hum((300, 1200), samples, rate)
        elif phoneme.isalpha():
            table[ids[0]] = rng.normal(0, 0.06, samples)
    levels: npt.NDArray[np.int8] = np.round(table.clip(-1, 1) * 127).astype(np.int8)
    return levels


def _constants(rate: int) -> list[Any]:
    """The graph's fixed tensors."""
    samples = round(rate * PERIODS / PITCH_HZ)
    table = _waveforms(rate, samples)
    takes_time = np.ones(len(table), np.float32)
    takes_time[[DEFAULT_PHONEME_ID_MAP[mark][0] for mark in NO_TIME]] = 0
    values: dict[str, npt.NDArray[Any]] = {
        "table": table,
        "takes_time": takes_time,
        "samples_each": np.array(samples, np.float32),
        "shortest": np.array(64, np.float32),
        "longest": np.array(3 * samples, np.float32),
        "level": np.array(1 / 127, np.float32),
        "hop": np.array(HOP, np.float32),
        "axis0": np.array([0], np.int64),
        "axis1": np.array([1], np.int64),
        "second": np.array(1, np.int64),
        "three_times": np.array([1, 3], np.int64),
        "audio_shape": np.array([1, 1, 1, -1], np.int64),
    }
    return [numpy_helper.from_array(value, name) for name, value in values.items()]


def _nodes() -> list[Any]:
    """The graph: the length of a phoneme, then the audio, then the length of each phoneme in hops."""
    node = helper.make_node
    return [
        node("Gather", ["scales", "second"], ["length_scale"], axis=0),
        node("Mul", ["length_scale", "samples_each"], ["wanted"]),
        node("Clip", ["wanted", "shortest", "longest"], ["length"]),
        node("Cast", ["length"], ["whole_length"], to=TensorProto.INT64),
        node("Unsqueeze", ["whole_length", "axis0"], ["cut_at"]),
        node("Squeeze", ["input", "axis0"], ["ids"]),
        node("Gather", ["takes_time", "ids"], ["timed"], axis=0),
        node("Cast", ["timed"], ["timed_mask"], to=TensorProto.BOOL),
        node("Compress", ["ids", "timed_mask"], ["timed_ids"], axis=0),
        node("Gather", ["table", "timed_ids"], ["waves"], axis=0),
        node("Tile", ["waves", "three_times"], ["long_waves"]),
        node("Slice", ["long_waves", "axis0", "cut_at", "axis1"], ["cut_waves"]),
        node("Cast", ["cut_waves"], ["float_waves"], to=TensorProto.FLOAT),
        node("Mul", ["float_waves", "level"], ["audio"]),
        node("Reshape", ["audio", "audio_shape"], ["output"]),
        node("Cast", ["whole_length"], ["true_length"], to=TensorProto.FLOAT),
        node("Div", ["true_length", "hop"], ["hops_each"]),
        node("Mul", ["timed", "hops_each"], ["hops"]),
    ]


def _model(rate: int, speakers: int) -> Any:
    """The whole ONNX model, checked."""
    info = helper.make_tensor_value_info
    inputs = [
        info("input", TensorProto.INT64, [1, "phonemes"]),
        info("input_lengths", TensorProto.INT64, [1]),
        info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(info("sid", TensorProto.INT64, [1]))
    outputs = [
        info("output", TensorProto.FLOAT, [1, 1, 1, "samples"]),
        info("hops", TensorProto.FLOAT, ["phonemes"]),
    ]
    graph = helper.make_graph(_nodes(), "tiny-voice", inputs, outputs, _constants(rate))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def _config(rate: int, speakers: int) -> dict[str, Any]:
    """The voice's JSON file."""
    return {
        "audio": {"sample_rate": rate, "quality": "test"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": 256,
        "num_speakers": speakers,
        "speaker_id_map": {str(i): i for i in range(speakers)} if speakers > 1 else {},
        "hop_length": HOP,
        "piper_version": "1.0.0",
        "language": {"code": "en_US"},
        "dataset": "test",
    }


def make_voice(out: Path, rate: int = 22050, speakers: int = 1) -> Path:
    """Write OUT.onnx and OUT.onnx.json (`out` with or without ``.onnx``); returns the path of the former."""
    onnx_file = out if out.suffix == ".onnx" else out.with_name(out.name + ".onnx")
    onnx_file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(_model(rate, speakers), str(onnx_file))
    config = json.dumps(_config(rate, speakers), ensure_ascii=False)
    onnx_file.with_name(onnx_file.name + ".json").write_text(config, encoding="utf-8")
    return onnx_file


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="OUT/NAME, with or without .onnx")
    parser.add_argument("--rate", type=int, default=22050)
    parser.add_argument("--speakers", type=int, default=1)
    options = parser.parse_args(arguments)
    made = make_voice(options.out, options.rate, options.speakers)
    print(f"{made}: {made.stat().st_size} bytes")


if __name__ == "__main__":
    main()
