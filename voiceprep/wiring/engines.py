"""Which recogniser and which voice this machine has, and one file heard with them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voiceprep import durable
from voiceprep.audio.capture import speech_spans
from voiceprep.audio.silero import SileroVad
from voiceprep.bank.contents import Bank
from voiceprep.config import Places, load_settings
from voiceprep.config import places as find_places
from voiceprep.core import hearing
from voiceprep.core.endpointing import spans
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import as_heard, expected
from voiceprep.core.transcript import Transcript
from voiceprep.errors import SetupMissing, UsageError
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import models, recogniser, windows
from voiceprep.speech.cores import cores
from voiceprep.speech.recogniser import ChildTranscriber
from voiceprep.speech.voice import ChildSynthesizer
from voiceprep.wiring import voices


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engines the user wants; `model` and `voice_model` are paths, `voice` None is that of the settings. Typed
    answers need no `ears`."""

    engine: str = "auto"
    model: str | None = None
    voice: str | None = None
    voice_model: str | None = None
    ears: bool = True


def load_bank(folder: str | None = None, places: Places | None = None) -> Bank:
    """The bank in `folder`, or the shipped one, by its index where there is one; and the candidate's own questions,
    rounds and terms in `places`. Raises BankError with every located problem of the bank; own questions with problems
    are set aside, own rounds with problems are refused, own terms with problems aren't heeded."""
    bank = bare_bank(folder, places or find_places())
    if places is None:
        return bank
    # What reads files of a bank isn't even imported for somebody who has written none: a tenth of a second.
    if _is_there(places.questions):
        from voiceprep.bank.own import with_own

        bank = with_own(bank, places.questions)
    if _is_there(places.rounds):
        from voiceprep.bank.own_rounds import with_own_rounds

        bank = with_own_rounds(bank, places.rounds)
    if _is_there(places.lexicon):
        from voiceprep.bank.own_lexicon import with_additions

        bank = with_additions(bank, places.lexicon)
    return bank


def _is_there(path: Path) -> bool:
    """Whether there's something to read, or something that is said of it."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        pass  # its reader says what is wrong
    return True


def bare_bank(folder: str | None, places: Places) -> Bank:
    """The bank without anything of the candidate's own. Raises BankError as `load_bank`."""
    from voiceprep.bank import bank_folder
    from voiceprep.bank.index import indexed_bank

    return indexed_bank(Path(folder) if folder else bank_folder(), places.bank_cache)


def transcriber(choice: Choice, places: Places, lexicon: Lexicon) -> ChildTranscriber:
    """The recogniser: Whisper where a whole model is on disk, else the basic one. The candidate's own terms are
    expected."""
    if choice.engine == "whisper" or (choice.engine == "auto" and choice.model):
        found = Path(choice.model) if choice.model else next(models.whisper_folders(places.models), None)
        if found is None:
            raise SetupMissing(
                f"There is no Whisper model in {places.models / 'whisper'} or in the Hub cache.",
                "Get one with `voiceprep models fetch base.en`, give a folder with --model, or use --engine basic.",
            )
        return whisper_ear(found, places, lexicon)
    if choice.engine == "auto" and (model := next(models.whisper_folders(places.models), None)):
        return whisper_ear(model, places, lexicon)
    _need_sphinx()
    return recogniser.basic(lexicon.sounds(), as_heard(lexicon), log=_log(places))


def whisper_ear(folder: Path, places: Places, lexicon: Lexicon, *, short: bool | None = None) -> ChildTranscriber:
    """A Whisper model as it's used here: with short windows only where `calibrate` found them to be safe, unless
    `short` says so. Raises SetupMissing when a file of the folder is missing."""
    if short is None:
        known = windows.calibrated(folder, places.calibration)
        short = known is not None and known.short
    hints, own = expected(lexicon), expected(lexicon, own_only=True)
    return recogniser.whisper(
        folder, threads=_threads(), hot_words=hints, quick_hot_words=own, short=short, log=_log(places)
    )


def voice(choice: Choice, places: Places) -> ChildSynthesizer | None:
    """The interviewer's voice: the chosen one, by the command line or by the settings; else Piper where a voice is on
    disk, else the system's flite, else espeak-ng; None for none."""
    settings = load_settings(places)
    model = Path(choice.voice_model) if choice.voice_model else None
    if choice.voice or model:
        found = voices.chosen(choice.voice or "auto", places, model)
    else:
        try:
            found = voices.chosen(settings.voice, places)
        except (UsageError, SetupMissing):  # it was removed, or the settings are another machine's: doctor tells
            found = voices.chosen("auto", places)
    if found is None:
        return None
    rate = min(max(settings.rate, voices.SLOWEST), voices.FASTEST)
    return ChildSynthesizer(found.name, {**found.settings, "rate": rate}, places.speech_cache, log=_log(places))


def _need_sphinx() -> None:
    from importlib.util import find_spec

    if find_spec("pocketsphinx") is None:
        raise SetupMissing(
            "No recogniser is installed: pocketsphinx has no package for this Python, and no Whisper model is here.",
            "Use Python 3.11, or give a Whisper model with --model, or type your answers with --text.",
        )


def _threads() -> int:
    """As many as there are cores, at most 4: the recogniser's process gives way, so that audio wins all the same."""
    return max(1, min(4, cores()))


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
