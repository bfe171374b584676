"""Which recogniser and which voice this machine has, and one file heard with them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voiceprep import durable
from voiceprep.audio.capture import speech_spans
from voiceprep.audio.silero import SileroVad
from voiceprep.bank.load import Bank
from voiceprep.config import Places
from voiceprep.config import places as find_places
from voiceprep.core import hearing
from voiceprep.core.endpointing import spans
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import as_heard, own_terms
from voiceprep.core.transcript import Transcript
from voiceprep.errors import SetupMissing
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
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


def load_bank(folder: str | None = None, places: Places | None = None) -> Bank:
    """The bank in `folder`, or the shipped one, by its index where there is one; and the candidate's own questions,
    rounds and terms in `places`. Raises BankError with every located problem of the bank; own questions with problems
    are set aside, own rounds with problems are refused, own terms with problems aren't heeded."""
    from voiceprep.bank.own import with_own
    from voiceprep.bank.own_lexicon import with_additions
    from voiceprep.bank.own_rounds import with_own_rounds

    bank = bare_bank(folder, places or find_places())
    if places is None:
        return bank
    return with_additions(with_own_rounds(with_own(bank, places.questions), places.rounds), places.lexicon)


def bare_bank(folder: str | None, places: Places) -> Bank:
    """The bank without anything of the candidate's own. Raises BankError as `load_bank`."""
    from voiceprep.bank import bank_folder
    from voiceprep.bank.index import indexed_bank

    return indexed_bank(Path(folder) if folder else bank_folder(), places.bank_cache)


def transcriber(choice: Choice, places: Places, lexicon: Lexicon) -> ChildTranscriber:
    """The recogniser: Whisper where a whole model is on disk, else the basic one. The candidate's own terms are
    expected."""
    log = _log(places)
    expected = tuple(t.written for t in own_terms(lexicon))
    if choice.engine == "whisper" or (choice.engine == "auto" and choice.model):
        found = Path(choice.model) if choice.model else next(models.whisper_folders(places.models), None)
        if found is None:
            raise SetupMissing(
                f"There is no Whisper model in {places.models / 'whisper'} or in the Hub cache.",
                "Copy a faster-whisper model folder there or give its path with --model, or use --engine basic.",
            )
        return recogniser.whisper(found, threads=_threads(), hot_words=expected, log=log)
    if choice.engine == "auto" and (model := next(models.whisper_folders(places.models), None)):
        return recogniser.whisper(model, threads=_threads(), hot_words=expected, log=log)
    _need_sphinx()
    return recogniser.basic(lexicon.sounds(), as_heard(lexicon), log=log)


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


@contextlib.contextmanager
def engines(
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
