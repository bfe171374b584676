"""Puts the house together: the only module that names concrete engines."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voiceprep import durable
from voiceprep.audio.capture import TakeRecorder, speech_spans
from voiceprep.audio.files import FileMicrophone, SilentSpeaker
from voiceprep.audio.silero import SileroVad
from voiceprep.bank.load import Bank, sound_bank
from voiceprep.clock import MonotonicClock
from voiceprep.config import Places
from voiceprep.core import events, hearing
from voiceprep.core.endpointing import spans
from voiceprep.core.events import Event
from voiceprep.core.interview import State
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.plan import Plan
from voiceprep.core.speakable import speakable
from voiceprep.core.transcript import Transcript
from voiceprep.errors import SetupMissing, UsageError
from voiceprep.pcm.sound_file import SoundFile, read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.ports import Answers, Microphone, Synthesizer, TypedAnswer
from voiceprep.report.markdown import Facts, markdown
from voiceprep.runner import Lane, Ports, Runner
from voiceprep.sessions import store
from voiceprep.sessions.journal import FileJournal
from voiceprep.speech import flite, models, recogniser
from voiceprep.speech.recogniser import ChildTranscriber
from voiceprep.speech.voice import ChildSynthesizer


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engines the user wants; `model` and `voice_model` are paths. Typed answers need no `ears`."""

    engine: str = "auto"
    model: str | None = None
    voice: str = "auto"
    voice_model: str | None = None
    ears: bool = True


def load_bank(folder: str | None = None) -> Bank:
    """The bank in `folder`, or the shipped one. Raises BankError with every located problem."""
    from voiceprep.bank import bank_folder

    return sound_bank(Path(folder) if folder else bank_folder())


def transcriber(choice: Choice, places: Places, lexicon: Lexicon) -> ChildTranscriber:
    """The recogniser: Whisper where a whole model is on disk, else the basic one."""
    log = _log(places)
    if choice.engine == "whisper" or (choice.engine == "auto" and choice.model):
        found = Path(choice.model) if choice.model else next(models.whisper_folders(places.models), None)
        if found is None:
            raise SetupMissing(
                f"There is no Whisper model in {places.models / 'whisper'} or in the Hub cache.",
                "Copy a faster-whisper model folder there or give its path with --model, or use --engine basic.",
            )
        return recogniser.whisper(found, threads=_threads(), log=log)
    if choice.engine == "auto" and (model := next(models.whisper_folders(places.models), None)):
        return recogniser.whisper(model, threads=_threads(), log=log)
    _need_sphinx()
    return recogniser.basic(lexicon.sounds(), log=log)


def voice(choice: Choice, places: Places) -> ChildSynthesizer | None:
    """The interviewer's voice: Piper where one is on disk, else the system's flite, else espeak-ng; None for none."""
    options: dict[str, Any] = {"log": _log(places)}
    cache = places.speech_cache
    wanted = choice.voice
    if wanted == "none":
        return None
    if wanted == "piper" or (wanted == "auto" and choice.voice_model):
        model = Path(choice.voice_model) if choice.voice_model else next(models.piper_voices(places.models), None)
        if model is None:
            raise SetupMissing(
                f"There is no Piper voice in {places.models / 'piper'}.",
                "Copy NAME.onnx and NAME.onnx.json there, or use --voice espeak.",
            )
        return _piper(model, cache, options)
    if wanted == "auto" and (model := next(models.piper_voices(places.models), None)):
        return _piper(model, cache, options)
    if wanted == "flite" or (wanted == "auto" and flite.program()):
        if flite.program() is None:
            raise SetupMissing("flite is not installed.", "Install flite, or use --voice espeak.")
        return ChildSynthesizer("flite (plain)", {"engine": "flite", "voice": "slt"}, cache, **options)
    return ChildSynthesizer("espeak-ng (robotic)", {"engine": "espeak", "voice": "en-us"}, cache, **options)


def _piper(model: Path, cache: Path, options: Mapping[str, Any]) -> ChildSynthesizer:
    from voiceprep.speech.piper import check_voice

    check_voice(model)
    settings = {"engine": "piper", "model": str(model), "size": model.stat().st_size}
    return ChildSynthesizer(f"Piper {model.stem}", settings, cache, **options)


def _need_sphinx() -> None:
    from importlib.util import find_spec

    if find_spec("pocketsphinx") is None:
        raise SetupMissing(
            "No recogniser is installed: pocketsphinx has no package for this Python, and no Whisper model is here.",
            "Use Python 3.11, or give a Whisper model with --model, or type your answers with --text.",
        )


def _threads() -> int:
    return max(1, min(4, (os.cpu_count() or 2) - 1))


def _log(places: Places) -> Path:
    durable.make_folder(places.cache)
    return places.engine_log


# One file ---------------------------------------------------------------------------------------------------------


def hear_file(path: Path, engine: ChildTranscriber, places: Places) -> Transcript:
    """A sound file's words and speech spans, heard the way a take is."""
    import tempfile

    pcm = read_16k(path)
    found = spans(speech_spans(pcm, SileroVad()))
    durable.make_folder(places.cache)
    with tempfile.TemporaryDirectory(dir=places.cache) as folder:
        take = Path(folder) / "take.wav"
        file = TakeFile(take)
        file.append(pcm)
        file.close()
        transcript = engine.transcribe(take) if found else Transcript("asr", "", engine=engine.name)
    return hearing.within_speech(transcript, found, len(pcm) / 2 / RATE)


# Where answers come from ------------------------------------------------------------------------------------------


class FileAnswers:
    """Sound files, one a take, in the order given."""

    def __init__(self, paths: Sequence[Path], paced: bool) -> None:
        self._left = list(paths)
        self._clock = MonotonicClock() if paced else None

    def next(self, question: str) -> Microphone | TypedAnswer | None:
        return FileMicrophone(self._left.pop(0), self._clock) if self._left else None


class TypedAnswers:
    """Typed text: `ask` shows the question's prompt and gives the answer, None at the end of input."""

    def __init__(self, ask: Callable[[str], str | None]) -> None:
        self._ask = ask

    def next(self, question: str) -> Microphone | TypedAnswer | None:
        text = self._ask(question)
        return None if text is None else TypedAnswer(text)


class ScriptedAnswers:
    """Answers by what is asked: the demo's candidate."""

    def __init__(self, by_question: Mapping[str, Path | str], paced: bool) -> None:
        self._by_question = by_question
        self._clock = MonotonicClock() if paced else None

    def next(self, question: str) -> Microphone | TypedAnswer | None:
        answer = self._by_question.get(question)
        if answer is None or isinstance(answer, str):
            return None if answer is None else TypedAnswer(answer)
        return FileMicrophone(answer, self._clock)


def check_files(paths: Sequence[Path]) -> None:
    """Raises AudioFileError for the first file that can't be a voice, before a session is begun."""
    for path in paths:
        SoundFile(path).close()


# A session --------------------------------------------------------------------------------------------------------

Watch = Callable[[Event, State], None]


@dataclass(frozen=True)
class Held:
    """A session that has been held."""

    folder: store.SessionFolder
    state: State
    report: Path


def hold(
    plan: Plan, bank: Bank, answers: Answers, places: Places, choice: Choice, watch: Watch, *, paced: bool,
    root: Path | None = None, begun: Callable[[store.SessionFolder, Mapping[str, str]], None] = lambda f, e: None,
) -> Held:  # fmt: skip
    """A new session from its first question to its report."""
    with _engines(choice, places, bank.lexicon) as (ear, mouth):
        names = {"recogniser": ear.name if ear else "none", "voice": mouth.name if mouth else "none"}
        folder = store.create(root or places.sessions, plan, bank.lexicon, bank.version, names)
        begun(folder, names)
        questions = tuple(
            events.PlannedQuestion(q.id, q.ask, tuple((f.id, f.ask) for f in q.follow_ups)) for q in plan.questions
        )
        first = events.SessionOpened(folder.id, plan.title, questions, plan.follow_ups)
        with folder.locked():
            state = _run(folder, State(), 0, first, answers, ear, mouth, watch, paced)
            return Held(folder, state, write_report(folder))


def resume(
    folder: store.SessionFolder, answers: Answers, places: Places, choice: Choice, watch: Watch, *, paced: bool,
    begun: Callable[[store.Recovered], None] = lambda r: None,
) -> Held:  # fmt: skip
    """Goes on with a session whose process died or whose candidate left."""
    with folder.locked():
        grounds = folder.grounds()
        lexicon = next(iter(grounds.by_id.values())).lexicon
        recovered = store.recover(folder)
        if not store.is_open(recovered.state):
            raise UsageError(f"Session {folder.id} is finished.", f"Look at it: voiceprep sessions show {folder.id}.")
        if not recovered.history:
            raise UsageError(f"Session {folder.id} had not begun.", "Start a new one: voiceprep practice.")
        begun(recovered)
        with _engines(choice, places, lexicon) as (ear, mouth):
            first = events.SessionResumed(round(recovered.take_s, 3))
            seq = len(recovered.history)
            state = _run(folder, recovered.state, seq, first, answers, ear, mouth, watch, paced)
            return Held(folder, state, write_report(folder))


def write_report(folder: store.SessionFolder) -> Path:
    """The session's Markdown report, from its journal."""
    meta = folder.meta()
    state = folder.state()
    ended = {"finished": "Finished.", "left": "Left early; it can be gone on with.", "fault": "Ended by a fault."}
    facts = Facts(folder.id, str(meta["title"]), str(meta["created"]), meta["engines"],
                  ended.get(state.close_reason or "", "Not ended."))  # fmt: skip
    answers = {q: g.question.model_answer for q, g in folder.grounds().by_id.items()}
    path = folder.path / "report.md"
    durable.write_atomic(path, markdown(facts, state.assessments, answers).encode())
    return path


@contextlib.contextmanager
def _engines(
    choice: Choice, places: Places, lexicon: Lexicon
) -> Iterator[tuple[ChildTranscriber | None, ChildSynthesizer | None]]:
    try:
        ear = transcriber(choice, places, lexicon)
    except SetupMissing:
        if choice.ears or choice.engine != "auto" or choice.model:
            raise  # it's needed, or was asked for by name
        ear = None
    try:
        mouth = voice(choice, places)
        try:
            yield ear, mouth
        finally:
            if mouth is not None:
                mouth.close()
    finally:
        if ear is not None:
            ear.close()


def _run(
    folder: store.SessionFolder, state: State, seq: int, first: Event, answers: Answers, ear: ChildTranscriber | None,
    mouth: Synthesizer | None, watch: Watch, paced: bool,
) -> State:  # fmt: skip
    clock = MonotonicClock()
    grounds = folder.grounds()
    lexicon = next(iter(grounds.by_id.values())).lexicon
    journal = FileJournal(folder.journal, seq)
    capture = TakeRecorder(folder.audio, SileroVad, clock, durable.free_bytes)
    voice_lane, recogniser_lane = Lane("voice"), Lane("recogniser")
    try:
        ports = Ports(
            journal=journal,
            answers=answers,
            capture=capture,
            transcriber=ear,
            synthesizer=mouth,
            speaker=SilentSpeaker(clock if paced else None),
            grounds=grounds,
            take_path=folder.take,
            voice_lane=voice_lane,
            recogniser_lane=recogniser_lane,
            spoken_form=functools.partial(speakable, lexicon=lexicon),
            silent_because="you chose no voice",
            live=paced,
        )
        runner = Runner(ports, watch, state)
        for engine in (ear, mouth):
            if isinstance(engine, ChildTranscriber | ChildSynthesizer):
                engine.child.restarted = _telling(runner, engine.name)
        return runner.run(first)
    finally:
        capture.stop()
        for engine in (ear, mouth):
            if engine is not None:
                engine.close()
        voice_lane.shutdown(wait=False)
        recogniser_lane.shutdown(wait=True)
        journal.close()


def _telling(runner: Runner, engine: str) -> Callable[[str], None]:
    return lambda reason: runner.deliver(events.EngineRestarted(engine, reason))
