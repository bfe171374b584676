"""The ladder of engines: what is on disk is used, what is missing is named, and nothing is asked of the network."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import pytest

from tests.engines.test_transcribers import MICRO
from tests.kit.models.piper_voice import make_voice
from tests.sessions.command import batch, run
from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.config import Places, Settings
from voiceprep.errors import DeviceError, SetupMissing, UsageError
from voiceprep.speech import flite
from voiceprep.wiring.voices import chosen


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


# By name ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_pipers(places: Places) -> Places:
    (places.models / "piper").mkdir(parents=True)
    make_voice(places.models / "piper" / "en_GB-one")
    make_voice(places.models / "piper" / "en_US-many", speakers=3)
    return places


@pytest.mark.parametrize(
    ("wanted", "named", "settings"),
    [
        ("auto", "Piper en_GB-one", {"engine": "piper"}),
        ("piper", "Piper en_GB-one", {"engine": "piper"}),
        ("en_US-many", "Piper en_US-many", {"engine": "piper"}),
        ("piper:en_US-many#2", "Piper en_US-many #2", {"engine": "piper", "speaker": 2}),
        ("espeak", "espeak-ng (robotic)", {"voice": "en-us"}),
        ("espeak:en-gb", "espeak-ng en-gb (robotic)", {"voice": "en-gb"}),
    ],
)
def test_a_voice_is_chosen_by_its_name(
    two_pipers: Places, wanted: str, named: str, settings: dict[str, object]
) -> None:
    found = chosen(wanted, two_pipers)
    assert found is not None
    assert found.name == named
    assert settings.items() <= found.settings.items()


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("nobody", "There are: auto, piper:en_GB-one, piper:en_US-many, "),
        ("piper:en_US-many#3", "They are piper:en_US-many#0 to #2"),
        ("en_US-many#", "They are"),
        ("en_GB-one#0x", "one speaker"),
        ("", "There are: auto"),
    ],
)
def test_a_voice_that_isnt_there_is_refused_with_those_that_are(two_pipers: Places, wanted: str, hint: str) -> None:
    with pytest.raises(UsageError, match=r"no voice|no speaker") as refused:
        chosen(wanted, two_pipers)
    assert hint in refused.value.hint


@pytest.mark.parametrize("voice", ["espeak:en-gb", "espeak:en-gb-scotland", "espeak:en-029", "espeak:en-gb-x-rp"])
def test_every_accent_that_is_offered_speaks(places: Places, voice: str) -> None:
    mouth = wiring.voice(wiring.Choice(voice=voice), places)
    assert mouth is not None
    try:
        assert mouth.synthesize("Good morning.").duration_s > 0.4
    finally:
        mouth.close()


def test_the_voice_and_the_pace_of_the_settings_are_used_unless_the_command_line_says_otherwise(
    two_pipers: Places,
) -> None:
    Settings(voice="espeak:en-gb", rate=9.0).save(two_pipers)
    settled = wiring.voice(wiring.Choice(), two_pipers)
    said = wiring.voice(wiring.Choice(voice="auto"), two_pipers)
    given = wiring.voice(wiring.Choice(voice_model=str(two_pipers.models / "piper" / "en_US-many.onnx")), two_pipers)
    assert settled and said and given
    assert (settled.name, said.name, given.name) == ("espeak-ng en-gb (robotic)", "Piper en_GB-one", "Piper en_US-many")
    assert json.loads(settled.child._command[-1])["rate"] == 1.4, "as fast as is allowed"
    Settings(voice="none").save(two_pipers)
    assert wiring.voice(wiring.Choice(), two_pipers) is None


def test_voices_are_listed_chosen_and_refused_at_the_command_line(two_pipers: Places) -> None:
    here = ["--data-dir", two_pipers.data]
    unknown, fast, slow, kept, none, listed, data, dumb, off = batch(
        [
            ["config", "set", "voice", "nobody", *here],
            ["config", "set", "rate", "1.5", *here],
            ["config", "set", "rate", "nan", *here],
            ["config", "set", "voice", "piper:en_US-many#1", *here],
            ["voices", "--voice", "nobody", *here],
            ["voices", *here],
            ["voices", "--json", *here],
            ["voices", "--say", "Hello.", "--voice", "none", *here],
            ["config", "set", "voice", "", *here],
        ]
    )
    unknown.failed(2, "There is no voice 'nobody'.", "piper:en_GB-one")
    fast.failed(2, "rate can't be that.", "from 0.7 to 1.4")
    slow.failed(2, "rate can't be that.")
    assert kept.code == off.code == 0
    none.failed(2, "There is no voice 'nobody'.")
    assert "* piper:en_US-many " in listed.out and "piper:en_US-many#0" in listed.out
    assert "GPL-3.0-or-later" in listed.out
    assert (data.json()["chosen"], data.json()["voices"][0]["id"]) == ("piper:en_US-many#1", "piper:en_GB-one")
    dumb.failed(3, "No voice is chosen.")


def test_without_a_speaker_a_voice_cant_be_heard_and_says_so(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    from voiceprep.audio.devices import outputs

    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    with contextlib.suppress(DeviceError, SetupMissing):
        if outputs():
            pytest.skip("this machine has a speaker")
    heard = run("voices", "--say", "Hello.", "--voice", "espeak", "--data-dir", places.data)
    heard.failed(1, "speaker", "voiceprep doctor")


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
