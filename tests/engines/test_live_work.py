"""What live recognition costs, by exact counters: the same on a busy machine. And what happens to what it makes up.

Through the real process, with models that say a script to any sound (`tests.kit.models`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.conftest import MODELS, need
from tests.kit.models.whisper_folder import make_scripted
from tests.kit.ports import ManualClock, instant_ports
from voiceprep import memory, quick_words, wiring
from voiceprep.bank.contents import Bank
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core.spans import Span
from voiceprep.core.state import State
from voiceprep.core.transcript import Transcript, heard
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.quick_words import QuickWords
from voiceprep.speech import recogniser, windows
from voiceprep.speech.counted import Counted, Work
from voiceprep.speech.recogniser import ChildTranscriber

MICRO = Path(__file__).parents[1] / "kit" / "models" / "micro_whisper"
WORDS_PER_S = 2.6
NOTICED_S = 0.2
"""How late it's known that somebody speaks, or doesn't."""
NO_GROUND: Any = None
LENGTHS_S = (3.2, 5.1, 2.4, 6.8, 4.0, 1.7, 7.9, 3.6, 2.9, 5.5)
PAUSES_S = (0.6, 1.4, 0.4, 0.9, 2.2, 0.5, 0.7, 1.1, 0.3)


def answer(lasts_s: float) -> list[Span]:
    """Speech and pauses of an answer about so long, as people talk; its last sentence is no scrap, since the models say
    all of their script to one as well."""
    found: list[Span] = []
    at_s = 0.4
    while at_s < lasts_s:
        found.append(Span(at_s, at_s + LENGTHS_S[len(found) % len(LENGTHS_S)]))
        at_s = found[-1].end_s + PAUSES_S[(len(found) - 1) % len(PAUSES_S)]
    return [*found, Span(at_s, at_s + 4.5)]


@dataclass
class Ear:
    """Passes a recogniser is asked for, in seconds; `whisper` hears them, where there is one."""

    phrase_s: tuple[float, float]
    sound: Path
    whisper: ChildTranscriber | None = None
    asked: list[tuple[float, float]] = field(default_factory=list)
    name: str = "counted"
    hears_more_with_care: bool = True

    def transcribe(self, path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript:
        assert quick and end is not None
        self.asked.append((start / RATE, end / RATE))
        return self.whisper.transcribe(self.sound, start, end, quick=True) if self.whisper else heard((), engine="none")

    def close(self) -> None: ...


def hear_live(ear: Ear, speech: Sequence[Span], *, hands_free_s: float | None = None) -> Transcript:
    """An answer as the runner has it heard: phrases while it's given, guesses at its tail, and the tail."""
    clock = ManualClock()
    ports, _, _ = instant_ports([], {}, clock)
    state = State(phase="listening", takes=1, take=1, quick=True, hands_free_s=hands_free_s)
    ports = replace(ports, live=True, transcriber=ear)
    words = QuickWords(ports, lambda event: None, lambda lane, work, *args: lane.submit(work, *args),
                       lambda: state, lambda state: NO_GROUND)  # fmt: skip
    words.begin("a001")
    ends_s = speech[-1].end_s + 0.05
    started = [(s.start_s + NOTICED_S, e.SpeechStarted("a001", s.start_s)) for s in speech]
    ended = [(s.end_s + NOTICED_S, e.SpeechEnded("a001", s.end_s)) for s in speech]
    told: list[tuple[float, e.Event]] = sorted([*started, *ended], key=lambda one: one[0])
    while clock.at_s < ends_s:
        while told and told[0][0] <= clock.at_s:
            _, event = told.pop(0)
            known = tuple(s for s in speech if s.end_s + NOTICED_S <= clock.at_s)
            state = replace(state, speech=known)
            words.follow(event, state)
        words.look(state)
        clock.at_s += 0.1
    state = replace(state, phase="transcribing", speech=tuple(speech))
    return words.transcribe(e.Transcribe("a001", ends_s + 0.2, tuple(speech), quick=True))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes and a half of something: the models say their script to anything."""
    path = tmp_path_factory.mktemp("sound") / "a.wav"
    file = TakeFile(path)
    file.append((np.random.default_rng(0).normal(0, 0.05, 150 * RATE) * 32767).astype(np.int16).tobytes())
    file.close()
    return path


def scripted(folder: Path, words: int) -> Path:
    return make_scripted(folder, "micro", [f"w{n}" for n in range(words)])


def whisper(folder: Path, **options: object) -> ChildTranscriber:
    return recogniser.whisper(folder, threads=1, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("short", [True, False], ids=["short", "padded"])
def test_live_recognition_encodes_at_most_twice_the_speech_and_writes_its_words_once(
    tmp_path: Path, sound: Path, short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    typical_s = 8 if short else 26
    said = round(typical_s * WORDS_PER_S)
    engine = whisper(scripted(tmp_path / "model", said), short=short)
    try:
        for lasts_s in (60.0, 120.0):
            speech, before = answer(lasts_s), engine.quick_work
            monkeypatch.undo()
            ear = Ear(engine.phrase_s, sound, engine)
            hear_live(ear, speech)
            work = engine.quick_work - before
            monkeypatch.setattr(quick_words, "CHEAP_S", 0.0)
            once = Ear(engine.phrase_s, sound)
            hear_live(once, speech)
            speech_s = sum(s.length_s for s in speech)
            assert sum(end - start for start, end in once.asked) >= speech_s, "all of it was heard"
            assert len(ear.asked) > len(once.asked) if short else ear.asked == once.asked, "the tail was guessed at"
            assert work.mel_frames <= 2 * 100 * speech_s
            assert work.tokens <= 1.6 * len(once.asked) * said
            assert work.passes == len(ear.asked) and work.encode_calls == work.align_calls == work.passes + work.redone
            assert work.redone <= 1 and len(ear.asked) >= (6 if short else 3), "a scrap may get too long a script"
    finally:
        engine.close()


def test_what_is_free_goes_back_before_each_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two windows of base at a time took 50 MB more than one."""
    done: list[str] = []
    monkeypatch.setattr(memory, "give_back", lambda: done.append("gave back"))
    model = SimpleNamespace(encode=lambda features: done.append("encoded"))
    counted = Counted(model)
    for _ in range(2):
        counted.encode(np.zeros((1, 80, 3000), np.float32))
    assert done == ["gave back", "encoded"] * 2 and counted.mel_frames == 6000


@pytest.mark.parametrize(("beams", "gave_back"), [(1, []), (5, ["gave back"])])
def test_what_is_free_goes_back_before_a_wide_search_only(
    beams: int, gave_back: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quick pass, for which somebody waits, goes on with what it has."""
    done: list[str] = []
    monkeypatch.setattr(memory, "give_back", lambda: done.append("gave back"))
    model = SimpleNamespace(generate=lambda **options: done.append("searched") or [])
    Counted(model).generate(beam_size=beams)
    assert done == [*gave_back, "searched"]


def test_a_quick_pass_pads_to_the_whole_window_unless_it_is_told_otherwise(tmp_path: Path, sound: Path) -> None:
    model = scripted(tmp_path / "model", 12)
    frames = {}
    for short in (False, True):
        ear = whisper(model, short=short)
        try:
            for end_s in (2, 8, 27):
                before = ear.quick_work
                ear.transcribe(sound, 0, end_s * RATE, quick=True)
                frames[short, end_s] = (ear.quick_work - before).mel_frames
            ear.transcribe(sound, 0, 8 * RATE)
            assert ear.careful_work.mel_frames % 3000 == 0, "the careful pass is padded, always"
        finally:
            ear.close()
    assert {frames[False, s] for s in (2, 8, 27)} == {3000}
    assert [frames[True, s] for s in (2, 8, 27)] == [500, 900, 3000]


def test_sound_too_long_for_one_window_is_cut_and_no_word_of_it_is_left_out(tmp_path: Path, sound: Path) -> None:
    ear = whisper(scripted(tmp_path / "model", 20))
    try:
        heard = ear.transcribe(sound, 5 * RATE, 80 * RATE, quick=True)
    finally:
        ear.close()
    assert ear.quick_work.encode_calls >= 3 and len(heard.words) == 20 * ear.quick_work.encode_calls
    assert all(5 <= w.start_s <= w.end_s <= 80 for w in heard.words)
    assert [w.start_s for w in heard.words] == sorted(w.start_s for w in heard.words)


def test_pieces_end_where_it_is_quiet_and_none_is_longer_than_a_window() -> None:
    levels = [1.0] * 70
    levels[25], levels[45] = 0.0, 0.1
    assert windows.pieces(levels, 30, 12) == [(0, 26), (26, 46), (46, 70)]
    assert windows.pieces([1.0] * 30, 30, 12) == [(0, 30)]
    assert windows.pieces([], 30, 12) == [(0, 0)]


def test_a_short_window_that_loops_is_heard_once_more_padded_and_then_cut_back(tmp_path: Path, sound: Path) -> None:
    loop = make_scripted(tmp_path / "loop", "micro", "we keep it there".split() * 6)
    ear = whisper(loop, short=True)
    try:
        heard = ear.transcribe(sound, 60 * RATE, 68 * RATE, quick=True)
        assert heard.text == "we keep it there"
        assert ear.quick_work.redone == 1 and ear.quick_work.mel_frames == 900 + 3000
        assert len(heard.doubts) == 1 and "20 words left out: the recogniser repeated itself" in heard.doubts[0]
        assert heard.doubts[0].startswith("At 6")
    finally:
        ear.close()


def test_a_fast_speakers_words_all_have_room(tmp_path: Path, sound: Path) -> None:
    """CTranslate2 halves the length it's given: with half the room the second half of a phrase was never written."""
    for hints in ((), tuple(f"Hint{n}" for n in range(40))):
        ear = whisper(scripted(tmp_path / str(len(hints)), 55), short=True, quick_hot_words=hints)
        try:
            assert len(ear.transcribe(sound, 0, 8 * RATE, quick=True).words) == 55
        finally:
            ear.close()


def test_a_script_too_long_for_its_sound_is_not_believed(tmp_path: Path, sound: Path) -> None:
    ear = whisper(scripted(tmp_path / "model", 40), short=True)
    try:
        assert ear.transcribe(sound, 0, 3 * RATE, quick=True).words == ()
        assert len(ear.transcribe(sound, 0, 9 * RATE, quick=True).words) == 40
        careful = ear.transcribe(sound, 0, 3 * RATE)
    finally:
        ear.close()
    assert careful.words and all(w.unclear for w in careful.words) and careful.doubts


@pytest.mark.parametrize("quick", [True, False])
def test_silence_noise_and_a_tone_give_no_words(tmp_path: Path, quick: bool) -> None:
    """The model says a known sentence to any sound; the VAD stands before it."""
    import soundfile

    rng = np.random.default_rng(0)
    seconds = np.arange(4 * RATE) / RATE
    ear = whisper(MICRO, beam_size=1)
    try:
        for name, samples in (
            ("silence", np.zeros(4 * RATE)),
            ("noise", rng.normal(0, 0.05, 4 * RATE)),
            ("tone", 0.2 * np.sin(2 * np.pi * 440 * seconds)),
        ):
            path = tmp_path / f"{name}.wav"
            soundfile.write(path, samples, RATE)
            heard = wiring.hear_file(path, ear, Places(tmp_path, tmp_path / "cache"))
            assert heard.words == () == heard.speech, name
            assert ear.careful_work == Work(), "nobody was asked about it"
    finally:
        ear.close()


def test_short_windows_need_a_calibration_of_this_very_model(tmp_path: Path, bank: Bank) -> None:
    model = scripted(tmp_path / "models" / "whisper" / "base.en", 12)
    places = Places(tmp_path, tmp_path / "cache")

    def phrase_s() -> tuple[float, float]:
        ear = wiring.transcriber(wiring.Choice(), places, bank.lexicon)
        ear.close()
        assert ear.name == "whisper:base.en"
        return ear.phrase_s

    padded = phrase_s()
    assert padded[0] > 15
    found = windows.Calibration(windows.fingerprint(model), True, 80, 1, 0.1, 0.4, 8.0)
    windows.keep(model, found, places.calibration)
    assert phrase_s() == windows.SHORT_PHRASES_S
    assert places.calibration.stat().st_mode & 0o777 == 0o600
    (model / "config.json").write_text((model / "config.json").read_text() + " ")
    assert phrase_s() == padded, "the model has changed"
    windows.keep(
        model, windows.Calibration(windows.fingerprint(model), False, 80, 9, 0.1, 0.4, 8.0), places.calibration
    )
    assert phrase_s() == padded, "its words differed"
    for damage in ("{", "[]", json.dumps({"form": 1, "models": {str(model): {"short": True}}})):
        places.calibration.write_text(damage)
        assert phrase_s() == padded


@pytest.mark.models
def test_a_real_model_invents_nothing_for_silence_and_noise(tmp_path: Path) -> None:
    from voiceprep.speech.models import whisper_folders

    found = list(whisper_folders(MODELS))
    need("models", found, f"no Whisper weights: copy a model folder to {MODELS / 'whisper'}")
    rng = np.random.default_rng(0)
    for short in (False, True):
        ear = whisper(found[0], short=short)
        try:
            for n, level in enumerate((0.0, 0.001, 0.05)):
                path = tmp_path / f"{short}{n}.wav"
                file = TakeFile(path)
                file.append((rng.normal(0, 1, 8 * RATE) * level * 32767).astype(np.int16).tobytes())
                file.close()
                assert wiring.hear_file(path, ear, Places(tmp_path, tmp_path / "cache")).words == ()
        finally:
            ear.close()
