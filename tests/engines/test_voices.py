"""One contract for every voice: espeak-ng, flite, and Piper through its real loader on a locally made voice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MODELS, need
from voiceprep.errors import EngineError, SetupMissing
from voiceprep.pcm.convert import Resampler, level_dbfs
from voiceprep.pcm.wav import TakeFile
from voiceprep.speech import flite as flite_voice
from voiceprep.speech import recogniser
from voiceprep.speech.voice import ChildSynthesizer

QUESTION = "When would you choose a no sequel store over a relational database? Give me one real example."


@pytest.fixture(scope="session")
def piper_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.kit.models.piper_voice import make_voice

    out = tmp_path_factory.mktemp("voice") / "test-voice"
    make_voice(out)
    return out.with_name("test-voice.onnx")


@pytest.fixture(params=["espeak", "flite", "piper"])
def voice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChildSynthesizer]:
    settings: dict[str, object] = {"engine": request.param}
    if request.param == "flite":
        need("engines", flite_voice.program(), "flite is not installed")
    if request.param == "piper":
        settings["model"] = str(request.getfixturevalue("piper_model"))
    made = ChildSynthesizer(request.param, settings, tmp_path / "cache")
    yield made
    made.close()


def test_a_question_sounds(voice: ChildSynthesizer) -> None:
    sound = voice.synthesize(QUESTION)
    assert 3 < sound.duration_s < 15
    assert 8_000 <= sound.rate <= 48_000
    level = level_dbfs(sound.pcm)
    assert level is not None
    assert -35 < level < -5


def test_more_text_takes_longer(voice: ChildSynthesizer) -> None:
    assert voice.synthesize(QUESTION).duration_s > 2 * voice.synthesize("Give me one example.").duration_s


def test_what_was_said_once_comes_from_the_cache(voice: ChildSynthesizer) -> None:
    first = voice.synthesize(QUESTION)
    voice.close()  # nobody is there to speak
    assert voice.synthesize(QUESTION) == first
    with pytest.raises(EngineError):
        voice.synthesize("Something new.")


def test_a_damaged_cache_is_made_again(voice: ChildSynthesizer, tmp_path: Path) -> None:
    first = voice.synthesize(QUESTION)
    for kept in (tmp_path / "cache").glob("*.pcm"):
        kept.write_bytes(b"")
    assert voice.synthesize(QUESTION).duration_s == pytest.approx(first.duration_s, rel=0.05)


ODD = ("[[ɑ]] and ]] the [[", "Ü 日本 🎤 done", "a < b & c > d </speak> [0x1b]", "word " * 2500)


@pytest.mark.parametrize("text", ODD)
def test_odd_text_is_spoken_without_a_crash(voice: ChildSynthesizer, text: str) -> None:
    assert voice.synthesize(text).pcm


def test_nothing_to_say_is_silence(voice: ChildSynthesizer) -> None:
    assert voice.synthesize(" \n ").pcm == b""


def test_a_killed_process_costs_a_retry(voice: ChildSynthesizer) -> None:
    told: list[str] = []
    voice.child.restarted = told.append
    voice.synthesize("One.")
    assert voice.child.pid is not None
    os.kill(voice.child.pid, signal.SIGKILL)
    assert voice.synthesize("Two.").pcm
    assert len(told) == 1


def test_flite_can_be_recognised_back(flite: str, tmp_path: Path) -> None:
    """What the interviewer says is intelligible: a recogniser hears the question's words."""
    mouth = ChildSynthesizer("flite", {"engine": "flite"}, tmp_path / "cache")
    ear = recogniser.basic({})
    try:
        sound = mouth.synthesize(QUESTION)
        path = tmp_path / "said.wav"
        file, resampler = TakeFile(path), Resampler(sound.rate)
        file.append(resampler.feed(sound.pcm) + resampler.feed(b"", last=True))
        file.close()
        heard = set(ear.transcribe(path).text.split())
    finally:
        mouth.close()
        ear.close()
    assert len(heard & set("when would you choose a over relation database give me one".split())) >= 7


def test_a_voice_without_its_settings_file_is_refused(piper_model: Path, tmp_path: Path) -> None:
    from voiceprep.speech.piper import check_voice

    lone = tmp_path / "lone.onnx"
    lone.write_bytes(piper_model.read_bytes())
    with pytest.raises(SetupMissing, match=r"lone\.onnx\.json"):
        check_voice(lone)


@pytest.mark.models
def test_a_real_piper_voice_is_understood_by_the_basic_recogniser(tmp_path: Path) -> None:
    from voiceprep.speech.models import piper_voices

    found = next(piper_voices(MODELS), None)
    need("models", found, f"no Piper voice: copy NAME.onnx and NAME.onnx.json to {MODELS / 'piper'}")
    mouth = ChildSynthesizer("piper", {"engine": "piper", "model": str(found)}, tmp_path / "cache")
    ear = recogniser.basic({})
    try:
        sound = mouth.synthesize(QUESTION)
        file, resampler = TakeFile(tmp_path / "said.wav"), Resampler(sound.rate)
        file.append(resampler.feed(sound.pcm) + resampler.feed(b"", last=True))
        file.close()
        heard = set(ear.transcribe(tmp_path / "said.wav").text.split())
    finally:
        mouth.close()
        ear.close()
    assert len(heard & set("when would you choose a over relation database give me one".split())) >= 7
