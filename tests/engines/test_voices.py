"""One contract for every voice: espeak-ng, flite, and Piper through its real loader on a locally made voice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MODELS, need
from voiceprep.errors import EngineError, SetupMissing
from voiceprep.pcm.convert import Resampler, level_dbfs
from voiceprep.pcm.loudness import TARGET_DB, loudness_db
from voiceprep.pcm.wav import TakeFile
from voiceprep.speech import flite as flite_voice
from voiceprep.speech import recogniser
from voiceprep.speech.voice import DEAD_S, ChildSynthesizer, trim

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


def test_voices_are_as_loud_as_one_another(voice: ChildSynthesizer) -> None:
    for text in (QUESTION, "No."):
        sound = voice.synthesize(text)
        assert loudness_db(sound.pcm, sound.rate) == pytest.approx(TARGET_DB, abs=0.2)


@pytest.mark.parametrize("rate", [0.7, 1.4])
def test_the_pace_is_the_users(voice: ChildSynthesizer, rate: float, tmp_path: Path) -> None:
    usual_s = voice.synthesize(QUESTION).duration_s
    other = ChildSynthesizer("other", {**json.loads(voice.child._command[-1]), "rate": rate}, tmp_path / "cache")
    try:
        assert other.synthesize(QUESTION).duration_s == pytest.approx(usual_s / rate, rel=0.15)
    finally:
        other.close()


def test_its_process_gives_way(voice: ChildSynthesizer) -> None:
    voice.synthesize("One.")
    assert voice.child.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, voice.child.pid) > os.getpriority(os.PRIO_PROCESS, 0)


def test_a_voice_that_only_calls_a_program_does_without_numpy() -> None:
    """Two thirds of its process: what makes its sound even is the program's."""
    asked = "import sys, voiceprep.speech.voice_process, voiceprep.speech.flite, voiceprep.speech.espeak\n"
    told = subprocess.run(
        [sys.executable, "-c", asked + "print('numpy' in sys.modules)"], capture_output=True, text=True
    )
    assert told.stdout.split() == ["False"], told.stderr


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


# The cache --------------------------------------------------------------------------------------------------------


def test_the_cache_keeps_what_was_used_last_and_nothing_half_written(tmp_path: Path) -> None:
    for n in range(4):
        (tmp_path / f"{n}.pcm").write_bytes(bytes(100))
        os.utime(tmp_path / f"{n}.pcm", (0, n))
    for name, age_s in ((".new.part", 0), (".dead.part", DEAD_S + 60)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, time.time() - age_s))
    trim(tmp_path, 250)
    assert {p.name for p in tmp_path.iterdir()} == {"2.pcm", "3.pcm", ".new.part"}


def test_a_use_counts_and_the_next_start_trims(tmp_path: Path) -> None:
    def said(*texts: str) -> ChildSynthesizer:
        mouth = ChildSynthesizer("espeak", {"engine": "espeak"}, tmp_path, most_kept_bytes=1)
        for text in texts:
            mouth.synthesize(text)
        mouth.close()
        return mouth

    said("One.", "Two.")
    assert len(list(tmp_path.iterdir())) == 2, "what is made in a session stays for it"
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
        assert path.stat().st_mode & 0o777 == 0o600
    said("One.")
    assert sorted(p.stat().st_mtime > 0 for p in tmp_path.iterdir()) == [False, True]
    said("Three.")
    assert len(list(tmp_path.iterdir())) == 1


# Piper ------------------------------------------------------------------------------------------------------------


def test_piper_uses_one_thread(piper_model: Path) -> None:
    from voiceprep.speech.piper import Piper

    options = Piper(piper_model)._voice.session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)


def test_a_voice_with_noise_in_it_is_made_the_same_by_every_process(tmp_path: Path) -> None:
    """As real voices have it. Made twice by one process it differs: the cache keeps the first."""
    from voiceprep.speech.piper import Piper

    noisy(tmp_path / "noisy")
    first, again = Piper(tmp_path / "noisy.onnx"), Piper(tmp_path / "noisy.onnx")
    assert first.speak("One.") == again.speak("One.")
    made = first.speak("Two.")
    assert made != first.speak("Two.")
    mouth = ChildSynthesizer("piper", {"engine": "piper", "model": str(tmp_path / "noisy.onnx")}, tmp_path / "cache")
    try:
        assert mouth.synthesize("Two.") == mouth.synthesize("Two.")
    finally:
        mouth.close()


def noisy(out: Path) -> None:
    """The made voice, with noise added as a real one adds it: by a random node without a seed."""
    import onnx
    from onnx import helper

    from tests.kit.models.piper_voice import make_voice

    make_voice(out)
    path = str(out.with_name(out.name + ".onnx"))
    model = onnx.load(path)
    last = next(n for n in model.graph.node if "output" in n.output)
    last.output[:] = ["clean"]
    model.graph.node.append(helper.make_node("RandomNormalLike", ["clean"], ["noise"], scale=0.01))
    model.graph.node.append(helper.make_node("Add", ["clean", "noise"], ["output"]))
    onnx.save(model, path)


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
    need("models", found, f"no Piper voice in {MODELS}: voiceprep models fetch en_US-joe-medium")
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
