"""`voiceprep models` as a user has it: a process of its own, offline but for the hub, and a Ctrl-C in the middle."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.engines.test_transcribers import SENTENCES, say
from tests.kit.loopback_hub import LoopbackHub
from tests.models.conftest import MICRO
from voiceprep import wiring
from voiceprep.commands.models import Meter
from voiceprep.config import Places
from voiceprep.speech.catalogue import CATALOGUE, Model

# The real program; only its catalogue is of models made here.
SCRIPT = """
import sys
from voiceprep.speech import catalogue
from voiceprep.speech.catalogue import HubFile, Model
catalogue.CATALOGUE = {models!r}
from voiceprep.cli import main
sys.exit(main())
"""


@dataclass
class Shell:
    hub: LoopbackHub
    data: Path
    models: tuple[Model, ...] = ()

    def start(self, *words: str, limit: int | None = None) -> subprocess.Popen[str]:
        env = {**os.environ, "VOICEPREP_HUB_URL": self.hub.url, "VOICEPREP_DATA_DIR": str(self.data)}
        env["VOICEPREP_CACHE_DIR"] = str(self.data.parent / "cache")

        def as_from_a_terminal() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job, as these tests may be, ignores it
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.Popen(
            [sys.executable, "-c", SCRIPT.format(models=self.models), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            preexec_fn=as_from_a_terminal,
        )

    def run(self, *words: str, limit: int | None = None) -> tuple[int, str, str]:
        process = self.start(*words, limit=limit)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


@pytest.fixture
def shell(hub: LoopbackHub, ears: Model, voice_folder: Path, tmp_path: Path) -> Shell:
    names = ["en_XX-made-low.onnx.json", "en_XX-made-low.onnx"]
    voice = hub.add("piper", "en_XX-made-low", voice_folder, names)
    return Shell(hub, tmp_path / "data", (ears, voice))


def test_what_was_fetched_hears_and_speaks(shell: Shell, flite: str, tmp_path: Path) -> None:
    code, _, said = shell.run("models", "fetch", "micro.en", "en_XX-made-low")
    assert code == 0, said
    assert "Asking 127.0.0.1." in said and "Asking localhost." in said, "who is asked is said"
    assert "micro.en: 1.3 MB, licence: CC0, 127.0.0.1/made/here" in said
    code, listed, _ = shell.run("models", "list", "--json")
    states = {m["id"]: m["state"] for m in json.loads(listed)["models"]}
    assert code == 0 and states == {"micro.en": "in use", "en_XX-made-low": "in use"}

    spoken = say(flite, SENTENCES[0], tmp_path / "said.wav")
    code, heard, said = shell.run("transcribe", str(spoken), "--json")
    assert code == 0, said
    assert json.loads(heard)["engine"] == "whisper:micro.en"
    assert json.loads(heard)["text"].lower().split()[:3] == SENTENCES[0].lower().split()[:3]
    voice = wiring.voice(wiring.Choice(), Places(shell.data, tmp_path / "cache"))
    assert voice is not None and voice.name == "Piper en_XX-made-low"
    try:
        assert voice.synthesize("Tell me about an index.").duration_s > 0.5
    finally:
        voice.close()


def test_ctrl_c_keeps_what_came_and_the_same_command_goes_on(shell: Shell) -> None:
    hub = shell.hub
    hub.stall_after["model.bin"] = 409_600
    process = shell.start("models", "fetch", "micro.en")
    part = shell.data / "models" / ".fetching" / "micro.en" / "model.bin.part"
    until = time.monotonic() + 30
    while not (part.is_file() and part.stat().st_size >= 409_600) and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "What came is kept: the same command goes on from there." in said and "Traceback" not in said
    assert "model.bin" not in {p.name for p in shell.data.rglob("*")}
    _, listed, _ = shell.run("models", "list")
    assert "35 % so far" in listed
    del hub.stall_after["model.bin"]
    code, _, said = shell.run("models", "fetch", "micro.en")
    assert code == 0 and "of them here" in said
    assert hub.sent["model.bin"] == len(hub.files["model.bin"])


def test_no_room_in_the_middle_is_said_in_words(shell: Shell) -> None:
    code, _, said = shell.run("models", "fetch", "micro.en", limit=600_000)
    assert code == 1 and "Writing failed (File too large)" in said and "Traceback" not in said
    code, _, said = shell.run("models", "fetch", "micro.en")
    assert code == 0
    assert ("model.bin", "bytes=600000-") in shell.hub.asked


def test_verify_names_what_isnt_as_it_was(shell: Shell) -> None:
    shell.run("models", "fetch", "micro.en")
    assert "every byte of 5 files" in shell.run("models", "verify")[1]
    weights = shell.data / "models" / "whisper" / "micro.en" / "model.bin"
    good = weights.read_bytes()
    for harmed, named in (
        (b"?" + good[1:], "model.bin is altered"),
        (good[:-9], "model.bin is cut: 1235000 of 1235009 bytes"),
        (good + b"x", "model.bin is altered"),
    ):
        weights.write_bytes(harmed)
        code, out, err = shell.run("models", "verify", "micro.en")
        assert code == 1 and named in out and "models remove" in err
    weights.unlink()
    code, out, _ = shell.run("models", "verify", "--json")
    assert code == 1 and "model.bin is missing." in json.loads(out)["models"][0]["problems"]
    code, _, err = shell.run("models", "fetch", "micro.en")
    assert code == 1 and "Remove it first" in err, "half a model isn't taken for one, nor written over"


def test_a_model_that_came_otherwise_has_nothing_to_be_compared_with(shell: Shell) -> None:
    shutil.copytree(MICRO, shell.data / "models" / "whisper" / "my-own")
    code, out, _ = shell.run("models", "verify")
    assert code == 0 and "my-own: whole, but nothing is known" in out
    assert str(shell.data / "models" / "whisper" / "my-own") in shell.run("models", "list")[1]


def test_remove_takes_our_own_models_and_no_others(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    cached = tmp_path / "hf" / "hub" / "models--Systran--faster-whisper-tiny.en" / "snapshots" / "0123abcd"
    shutil.copytree(MICRO, cached)
    linked = tmp_path / "elsewhere"
    shutil.copytree(MICRO, linked)
    shell.run("models", "fetch", "micro.en", "en_XX-made-low")
    whisper = shell.data / "models" / "whisper"
    (whisper / "by-link").symlink_to(linked)

    code, _, err = shell.run("models", "remove", "micro.en")
    assert code == 2 and "nobody is there to be asked" in err and (whisper / "micro.en").is_dir()
    code, _, err = shell.run("models", "remove", "tiny.en", "--yes")
    assert code == 2 and "Hub cache" in err
    assert shell.run("models", "remove", "../whisper", "--yes")[0] == 2
    code, _, err = shell.run("models", "remove", "micro.en", "--yes")
    assert code == 0 and "Removed: 1.3 MB." in err
    assert shell.run("models", "remove", "by-link", "--yes")[0] == 0
    assert shell.run("models", "remove", "en_XX-made-low", "--yes")[0] == 0
    assert not list(whisper.iterdir()) and not list((shell.data / "models" / "piper").iterdir())
    assert (linked / "model.bin").is_file() and (cached / "model.bin").is_file()


def test_a_large_model_is_asked_about_first(shell: Shell) -> None:
    large = replace(shell.models[0], files=tuple(replace(f, size=f.size + 300_000_000) for f in shell.models[0].files))
    shell.models = (large,)
    code, _, err = shell.run("models", "fetch", "micro.en")
    assert code == 2 and "--yes" in err and not shell.hub.asked


def test_an_unknown_model_and_one_that_is_here_are_said(shell: Shell) -> None:
    code, _, err = shell.run("models", "fetch", "gigantic")
    assert code == 2 and "models list" in err
    shell.run("models", "fetch", "micro.en")
    shell.hub.asked.clear()
    code, _, err = shell.run("models", "fetch", "micro.en")
    assert code == 0 and "is here already" in err and not shell.hub.asked


def test_progress_tells_bytes_speed_and_time_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr("voiceprep.commands.models.time.monotonic", lambda: now[0])
    model = next(m for m in CATALOGUE if m.id == "base.en")
    with Meter(model, 47_769_510) as meter:
        for _ in range(10):
            now[0] += 1
            meter.arrived(5_000_000)
    assert capsys.readouterr().err.splitlines() == [
        "base.en: 72.8 MB of 147.8 MB, 5.0 MB/s, 15 s left",
        "base.en: 97.8 MB of 147.8 MB, 5.0 MB/s, 10 s left",
    ]
