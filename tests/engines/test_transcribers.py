"""One contract for every recogniser: the basic one, and Whisper through its real loader on a locally made model."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import MODELS, need
from tests.kit.models.whisper_folder import make_scripted
from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.config import Places
from voiceprep.errors import EngineError, SetupMissing
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import recogniser
from voiceprep.speech.recogniser import ChildTranscriber

MICRO = Path(__file__).parents[1] / "kit" / "models" / "micro_whisper"
SENTENCES = (MICRO / "sentences.txt").read_text().splitlines() if MICRO.is_dir() else []

ENGINES: dict[str, Callable[[Bank], ChildTranscriber]] = {
    "basic": lambda bank: recogniser.basic(bank.lexicon.sounds(), least_s=4.0),
    "whisper": lambda bank: recogniser.whisper(MICRO, threads=1, beam_size=1, least_s=4.0),
}


@pytest.fixture(params=sorted(ENGINES))
def ear(request: pytest.FixtureRequest, bank: Bank) -> Iterator[ChildTranscriber]:
    engine = ENGINES[request.param](bank)
    yield engine
    engine.close()


def say(program: str, text: str, path: Path, voice: str = "slt") -> Path:
    """A sentence spoken by flite, as a take."""
    spoken = path.with_suffix(".flite.wav")
    subprocess.run([program, "-voice", voice, "-t", text, "-o", str(spoken)], check=True)
    return take(path, read_16k(spoken))


def take(path: Path, pcm: bytes) -> Path:
    file = TakeFile(path)
    file.append(pcm)
    file.close()
    return path


@pytest.fixture
def sentence(flite: str, tmp_path: Path) -> Path:
    return say(flite, SENTENCES[0], tmp_path / "a.wav")


def test_words_come_in_order_inside_the_sound(ear: ChildTranscriber, sentence: Path) -> None:
    heard = ear.transcribe(sentence)
    assert len(heard.words) >= 4
    assert heard.source == "asr"
    assert heard.engine == ear.name
    assert heard.credits_only is (ear.name == "basic")
    times = [t for w in heard.words for t in (w.start_s, w.end_s)]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= heard.duration_s + 0.05
    assert all(0 <= w.probability <= 1 for w in heard.words)
    assert [heard.text[w.char_start : w.char_end] for w in heard.timed()] == [w.text for w in heard.words]


def test_most_of_a_clear_sentence_is_right(ear: ChildTranscriber, sentence: Path) -> None:
    heard = set(ear.transcribe(sentence).text.lower().replace(".", "").split())
    said = set(SENTENCES[0].lower().split())
    assert len(heard & said) >= 0.6 * len(said)


def test_times_of_a_range_count_from_the_takes_start(ear: ChildTranscriber, sentence: Path, tmp_path: Path) -> None:
    pcm = sentence.read_bytes()[44:]
    later = take(tmp_path / "later.wav", b"\0\0" * (3 * RATE) + pcm)
    whole = ear.transcribe(sentence)
    ranged = ear.transcribe(later, 3 * RATE)
    assert ranged.text == whole.text
    assert ranged.words[0].start_s == pytest.approx(whole.words[0].start_s + 3, abs=0.01)


def test_no_sound_gives_no_words(ear: ChildTranscriber, tmp_path: Path) -> None:
    assert ear.transcribe(take(tmp_path / "empty.wav", b"")).words == ()


def test_silence_and_noise_invent_nothing(ear: ChildTranscriber, tmp_path: Path) -> None:
    """Through the way a take goes: the VAD finds no speech, so the recogniser isn't believed."""
    import soundfile

    rng = np.random.default_rng(0)
    places = Places(tmp_path, tmp_path / "cache")
    for name, samples in (("silence", np.zeros(3 * RATE)), ("noise", rng.normal(0, 0.02, 3 * RATE))):
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, samples, RATE)
        heard = wiring.hear_file(path, ear, places)
        assert heard.words == (), name
        assert heard.speech == (), name


def test_a_killed_process_costs_a_retry(ear: ChildTranscriber, sentence: Path) -> None:
    told: list[str] = []
    ear.child.restarted = told.append
    before = ear.transcribe(sentence)
    assert ear.child.pid is not None
    os.kill(ear.child.pid, signal.SIGKILL)
    assert ear.transcribe(sentence).text == before.text
    assert told == ["it had ended"] or told == ["it ended with SIGKILL"]


def test_a_hung_process_costs_a_retry(ear: ChildTranscriber, sentence: Path) -> None:
    told: list[str] = []
    before = ear.transcribe(sentence)
    ear.child.restarted = told.append
    stopped = ear.child.pid
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)
    began = time.monotonic()
    assert ear.transcribe(sentence).text == before.text
    assert told[0].startswith("no answer in")
    assert time.monotonic() - began < 60
    with pytest.raises(ProcessLookupError):
        os.kill(stopped, 0)


def test_a_missing_take_is_an_engine_error(ear: ChildTranscriber, tmp_path: Path) -> None:
    with pytest.raises((EngineError, FileNotFoundError)):
        ear.transcribe(tmp_path / "none.wav")


def test_after_close_nothing_is_left_and_nothing_starts_again(ear: ChildTranscriber, sentence: Path) -> None:
    ear.transcribe(sentence)
    pid = ear.child.pid
    ear.close()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(EngineError):
        ear.transcribe(sentence)


@pytest.mark.parametrize("voice", ["slt", "rms", "kal16"])
def test_the_micro_whisper_really_recognises_its_sentences(flite: str, tmp_path: Path, voice: str) -> None:
    """Meaningful words through the real decode path. Its closed set is what it was trained on: no accuracy claim."""
    engine = recogniser.whisper(MICRO, threads=1, beam_size=1)
    try:
        right = sum(
            engine.transcribe(say(flite, s, tmp_path / f"{n}.wav", voice)).text.lower().strip(" .") == s.lower()
            for n, s in enumerate(SENTENCES[:12])
        )
    finally:
        engine.close()
    assert right >= 10


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_model_folder_with_a_file_missing_is_refused_by_name(tmp_path: Path, missing: str) -> None:
    for file in MICRO.iterdir():
        if file.name != missing and file.stem != Path(missing).stem:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(SetupMissing) as refused:
        recogniser.whisper(tmp_path)
    assert missing in refused.value.message


def test_the_lexicons_words_are_heard_only_when_they_are_expected(flite: str, bank: Bank, tmp_path: Path) -> None:
    path = say(flite, "we store it in cassandra and in mongo d b", tmp_path / "a.wav")
    plain, taught = recogniser.basic({}), recogniser.basic({"mongodb": ["M AA NG G OW D IY B IY"]})
    try:
        assert "mongodb" not in plain.transcribe(path).text
        assert "mongodb" in taught.transcribe(path).text
    finally:
        plain.close()
        taught.close()


def test_human_speech_is_heard_by_the_basic_recogniser(shared_audio: Path, bank: Bank, tmp_path: Path) -> None:
    engine = recogniser.basic(bank.lexicon.sounds())
    try:
        heard = wiring.hear_file(shared_audio / "jfk.flac", engine, Places(tmp_path, tmp_path / "cache"))
    finally:
        engine.close()
    assert {"fellow", "country"} & set(heard.text.split()) or "what you can do" in heard.text
    assert 3 <= len(heard.speech) <= 8
    assert heard.duration_s == pytest.approx(11.0, abs=0.01)


@pytest.mark.models
def test_real_whisper_weights_hear_human_speech(shared_audio: Path, tmp_path: Path) -> None:
    from voiceprep.speech.models import whisper_folders

    found = list(whisper_folders(MODELS))
    need("models", found, f"no Whisper model in {MODELS}: voiceprep models fetch base.en")
    engine = recogniser.whisper(found[0])
    try:
        heard = wiring.hear_file(shared_audio / "jfk.flac", engine, Places(tmp_path, tmp_path / "cache"))
    finally:
        engine.close()
    assert "ask what you can do for your country" in heard.text.lower()


def test_a_term_of_ones_own_is_heard_once_the_recogniser_knows_what_it_took_it_for(flite: str, tmp_path: Path) -> None:
    spoken = say(flite, "we deployed the service on fargate last year", tmp_path / "a.wav")
    heard = {}
    for name, as_heard in (("before", {}), ("after", {"fargate": ["far gate", "nosuchword gate"]})):
        engine = recogniser.basic({}, as_heard)
        try:
            heard[name] = engine.transcribe(spoken).text
        finally:
            engine.close()
    assert "fargate" not in heard["before"] and "fargate" in heard["after"]


def kilobytes(ear: ChildTranscriber, what: str) -> int:
    """VmRSS (now) or VmHWM (at most) of the recogniser's process."""
    lines = Path(f"/proc/{ear.child.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="what a process holds is read from /proc")
def test_a_pass_gives_back_what_it_took(tmp_path: Path, sentence: Path) -> None:
    """With a model of tiny's true size, which needs some 100 MB for a pass over 30 s."""
    model = make_scripted(tmp_path / "tiny", "tiny", [f"w{n}" for n in range(6)])
    ear = recogniser.whisper(model, threads=1)
    try:
        ear.load()
        loaded = kilobytes(ear, "VmRSS")
        for quick in (True, False):
            assert ear.transcribe(sentence, quick=quick).words
        assert kilobytes(ear, "VmRSS") - loaded < 40_000 < kilobytes(ear, "VmHWM") - loaded
    finally:
        ear.close()


@pytest.mark.parametrize("beam", [1, 5])
def test_a_made_models_words_are_its_script_whatever_the_beam(tmp_path: Path, sentence: Path, beam: int) -> None:
    words = [f"w{n}" for n in range(6)]
    model = make_scripted(tmp_path / "tiny", "tiny", words)
    ear = recogniser.whisper(model, threads=1, beam_size=beam)
    try:
        assert ear.transcribe(sentence).text == " ".join(words)
    finally:
        ear.close()
    assert (model / "model.bin").stat().st_size < 42_000_000, "the embeddings are there once"


def test_whisper_takes_hot_words(sentence: Path) -> None:
    engine = recogniser.whisper(MICRO, threads=1, beam_size=1, hot_words=("Fargate",), quick_hot_words=("Istio",))
    try:
        for quick in (True, False):
            assert engine.transcribe(sentence, quick=quick).engine.startswith("whisper")
    finally:
        engine.close()
