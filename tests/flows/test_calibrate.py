"""`voiceprep calibrate` with a made model, and what `doctor` says of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.kit.models.whisper_folder import make_scripted
from voiceprep.cli import main
from voiceprep.pcm.wav import RATE


@pytest.fixture
def clip(flite: str, tmp_path: Path) -> Path:
    import subprocess

    path = tmp_path / "clip.wav"
    text = "A read replica serves reads. It may lag behind the primary, by a second or two. That is what I'd tell them."
    subprocess.run([flite, "-voice", "slt", "-t", text, "-o", str(path)], check=True)
    sound, rate = soundfile.read(path)
    soundfile.write(path, np.concatenate([sound, np.zeros(rate), sound, np.zeros(rate), sound]), rate)
    return path


def calibrate(data: Path, *more: str) -> int:
    return main(["calibrate", "--data-dir", str(data), "--json", *more])


def test_a_model_whose_words_stay_gets_short_windows_and_the_doctor_says_so(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_scripted(tmp_path / "models" / "whisper" / "base.en", "micro", [f"word{n}" for n in range(18)])
    assert calibrate(tmp_path, "--answer-audio", str(clip)) == 0
    said = json.loads(capsys.readouterr().out)
    (model,) = said["models"]
    assert (said["clip"], model["model"], model["windows"], model["different"]) == ("clip.wav", "base.en", "short", 0)
    assert model["words"] >= 30 and model["cost_short"] > 0 and model["live_cost"] > 0
    assert said["suggestion"].startswith("base.en keeps up here") or not model["keeps_up"]
    main(["doctor", "--data-dir", str(tmp_path), "--json"])
    lines = {c["name"]: c["found"] for c in json.loads(capsys.readouterr().out)["checks"]}
    assert lines["windows"] == f"short: 0 of {model['words']} of your words came out otherwise in short ones"


def test_a_short_clip_decides_nothing(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_scripted(tmp_path / "models" / "whisper" / "base.en", "micro", ["one", "two"])
    assert calibrate(tmp_path, "--answer-audio", str(clip)) == 0
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert model["windows"] == "padded" and "too few to tell" in model["why"]


def test_without_a_model_one_sentence_and_what_to_do(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(tmp_path, "--answer-audio", str(clip)) == 3
    told = capsys.readouterr()
    assert not told.out and "There is no Whisper model on this machine" in told.err
    assert not (tmp_path / "calibration.json").exists()


def test_a_clip_in_which_nobody_speaks_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_scripted(tmp_path / "models" / "whisper" / "base.en", "micro", ["one", "two"])
    silence = tmp_path / "silence.wav"
    soundfile.write(silence, np.zeros(12 * RATE), RATE)
    assert calibrate(tmp_path, "--answer-audio", str(silence)) == 2
    assert "Nobody speaks in this recording" in capsys.readouterr().err


def test_without_a_microphone_the_newest_take_is_heard_and_named(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from voiceprep.pcm.sound_file import read_16k
    from voiceprep.pcm.wav import TakeFile

    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    make_scripted(tmp_path / "models" / "whisper" / "base.en", "micro", [f"word{n}" for n in range(18)])
    assert calibrate(tmp_path, "--microphone", "none of this name") != 0
    assert "--answer-audio" in capsys.readouterr().err
    session = tmp_path / "sessions" / "2026-01-02-x"
    (session / "audio").mkdir(parents=True)
    (session / "events.jsonl").write_text("")
    file = TakeFile(session / "audio" / "a001.wav")
    file.append(read_16k(clip))
    file.close()
    assert calibrate(tmp_path, "--microphone", "none of this name") == 0
    assert json.loads(capsys.readouterr().out)["clip"] == "your recording a001 of 2026-01-02-x"
