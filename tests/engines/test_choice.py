"""The ladder of engines: what is on disk is used, what is missing is named, and nothing is asked of the network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.engines.test_transcribers import MICRO
from tests.kit.models.piper_voice import make_voice
from voiceprep import wiring
from voiceprep.bank.load import Bank
from voiceprep.config import Places
from voiceprep.errors import SetupMissing
from voiceprep.speech import flite


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "data", tmp_path / "cache")


def hub_snapshot(home: Path, name: str) -> Path:
    folder = home / "hub" / f"models--Systran--faster-whisper-{name}" / "snapshots" / "0123abcd"
    shutil.copytree(MICRO, folder)
    return folder


def test_without_models_the_built_in_engines_are_used(places: Places, bank: Bank) -> None:
    assert wiring.transcriber(wiring.Choice(), places, bank.lexicon).name == "basic"
    voice = wiring.voice(wiring.Choice(), places)
    assert voice is not None
    assert voice.name == ("flite (plain)" if flite.program() else "espeak-ng (robotic)")


def test_a_whisper_model_and_a_piper_voice_are_taken_when_they_are_there(places: Places, bank: Bank) -> None:
    shutil.copytree(MICRO, places.models / "whisper" / "base.en")
    (places.models / "piper").mkdir(parents=True)
    make_voice(places.models / "piper" / "en_US-test")
    assert wiring.transcriber(wiring.Choice(), places, bank.lexicon).name == "whisper:base.en"
    voice = wiring.voice(wiring.Choice(), places)
    assert voice is not None
    assert voice.name == "Piper en_US-test"


def test_the_hub_cache_is_looked_into_and_the_better_model_wins(
    places: Places, bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    hub_snapshot(tmp_path / "hf", "tiny.en")
    wanted = hub_snapshot(tmp_path / "hf", "base.en")
    (hub_snapshot(tmp_path / "hf", "small.en") / "tokenizer.json").unlink()
    from voiceprep.speech.models import whisper_folders

    assert next(whisper_folders(places.models)) == wanted, "a folder without its tokenizer would ask the network"


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        (wiring.Choice(engine="whisper"), "Whisper model"),
        (wiring.Choice(engine="whisper", model="/nowhere/at/all"), "model.bin"),
    ],
)
def test_a_missing_recogniser_is_named(places: Places, bank: Bank, choice: wiring.Choice, named: str) -> None:
    with pytest.raises(SetupMissing, match=named) as refused:
        wiring.transcriber(choice, places, bank.lexicon)
    assert refused.value.exit_code == 3
    assert refused.value.hint


@pytest.mark.parametrize(
    "choice", [wiring.Choice(voice="piper"), wiring.Choice(voice="piper", voice_model="/nowhere.onnx")]
)
def test_a_missing_voice_is_named(places: Places, choice: wiring.Choice) -> None:
    with pytest.raises(SetupMissing, match="Piper voice"):
        wiring.voice(choice, places)


def test_a_whole_interview_with_whisper_and_piper(places: Places, bank: Bank, flite: str, tmp_path: Path) -> None:
    """Both through their real loaders. The micro model says one of its sentences: plumbing, never accuracy."""
    import subprocess

    from voiceprep.core.plan import plan_questions

    shutil.copytree(MICRO, places.models / "whisper" / "micro")
    (places.models / "piper").mkdir(parents=True)
    make_voice(places.models / "piper" / "test")
    sentences = (MICRO / "sentences.txt").read_text().splitlines()
    answer = tmp_path / "answer.wav"
    subprocess.run([flite, "-voice", "slt", "-t", sentences[0], "-o", str(answer)], check=True)
    plan = plan_questions(["sql-or-nosql"], bank.questions)
    held = wiring.hold(
        plan,
        bank,
        wiring.FileAnswers([answer], paced=False),
        places,
        wiring.Choice(),
        lambda e, s: None,
        wiring.Manner(paced=False),
    )
    asked = held.state.assessments[0]
    first = asked.first_take or asked  # what it says has nothing to do with the question, which is asked once more
    assert first.engine == "whisper:micro"
    assert first.text.lower().strip(" .") == sentences[0].lower()
    assert held.folder.meta()["engines"] == {"recogniser": "whisper:micro", "voice": "Piper test"}


def test_typed_answers_need_no_recogniser(places: Places, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a Python that has no package of the basic one; a spoken answer says what is missing instead."""
    import importlib.util

    from voiceprep.core.plan import plan_questions

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pocketsphinx" else real(name))
    plan = plan_questions(["slow-endpoint"], bank.questions)
    said = iter(["I would look at the dashboards first, traffic and latency.", None])
    typed = wiring.TypedAnswers(lambda question: next(said))
    choice = wiring.Choice(voice="none", ears=False)
    held = wiring.hold(plan, bank, typed, places, choice, lambda e, s: None, wiring.Manner(paced=False))
    assert held.state.assessments[0].unscored is None
    assert held.folder.meta()["engines"]["recogniser"] == "none"
    with pytest.raises(SetupMissing, match="No recogniser is installed"):
        wiring.hold(
            plan, bank, typed, places, wiring.Choice(voice="none"), lambda e, s: None, wiring.Manner(paced=False)
        )
