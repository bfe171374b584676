"""A clip of the user's own voice, heard by each model both ways, and what came of it kept for the next session."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from voiceprep import durable
from voiceprep.audio.capture import speech_spans
from voiceprep.audio.silero import SileroVad
from voiceprep.clock import MonotonicClock
from voiceprep.config import Places, Settings
from voiceprep.core.calibration import Heard, Tried, phrases
from voiceprep.core.endpointing import spans
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.spans import Span
from voiceprep.errors import DeviceError, SetupMissing, UsageError
from voiceprep.pcm.convert import Resampler
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.sessions import store
from voiceprep.speech import models, windows
from voiceprep.speech.recogniser import ChildTranscriber
from voiceprep.speech.whisper import check_folder, window_s
from voiceprep.wiring.engines import whisper_ear
from voiceprep.wiring.room import Room

CLIP_S = 30.0
LONGEST_S = 60.0
"""More of a recording than this tells nothing new."""
SHORTEST_S = 10.0
"""A take with less than this is passed over for an older one."""
HOPELESS_S = 15.0
"""A phrase that takes so long: the model isn't tried any further."""


def model_folders(places: Places, chosen: str | None) -> list[Path]:
    """The models to try: the chosen one, or all on disk. Raises SetupMissing when there is none."""
    if chosen:
        check_folder(Path(chosen))
        return [Path(chosen)]
    found = list(models.whisper_folders(places.models))
    if not found:
        raise SetupMissing(
            "There is no Whisper model on this machine to calibrate.",
            "Get one with `voiceprep models fetch base.en`; the basic recogniser needs none.",
        )
    return found


def recorded_clip(settings: Settings, places: Places, tell: Callable[[float], None]) -> bytes:
    """CLIP_S seconds of the microphone, 16 kHz int16 mono; `tell` gets the seconds so far. Raises DeviceError when
    there is no microphone."""
    room = Room(settings, places.engine_log, lambda news: None, quiet="")
    try:
        if room.card is None or not room.listens:
            raise DeviceError(next(iter(room.notices), "No microphone."), "Give a recording: --answer-audio FILE.")
        microphone, clock = room.card.microphone, MonotonicClock()
        pcm, resampler = b"", None
        microphone.open()
        tell(0.0)
        began_s = clock.now_s()
        while (lasted_s := clock.now_s() - began_s) < CLIP_S and (block := microphone.read()) is not None:
            resampler = resampler or Resampler(block.rate)
            pcm += resampler.feed(block.pcm)
            tell(lasted_s)
        microphone.close()
        return pcm
    finally:
        room.close()


def newest_take(places: Places) -> tuple[str, bytes] | None:
    """The latest recording of the candidate's that is long enough: what it's called, and its sound."""
    for folder in reversed(store.folders(places.sessions)):
        for path in reversed(folder.takes()):
            pcm = read_recording(path, 0, int(LONGEST_S * RATE))
            if len(pcm) / 2 / RATE >= SHORTEST_S:
                return f"{path.stem} of {folder.id}", pcm
    return None


def file_clip(path: Path) -> bytes:
    return read_16k(path)[: int(LONGEST_S * RATE) * 2]


def try_models(
    folders: Sequence[Path], pcm: bytes, places: Places, lexicon: Lexicon, tell: Callable[[str], None]
) -> Iterator[tuple[Path, Tried]]:
    """Each model on the clip, keeping what was found out. Raises UsageError when nobody speaks in it, EngineError."""
    speech = spans(speech_spans(pcm, SileroVad()))
    if not speech:
        raise UsageError("Nobody speaks in this recording.", "Give one of half a minute in which you do.")
    durable.make_folder(places.cache)
    with tempfile.TemporaryDirectory(dir=places.cache) as name:
        take = Path(name) / "take.wav"
        file = TakeFile(take)
        file.append(pcm)
        file.close()
        for folder in folders:
            tell(f"Trying {models.name_of(folder)} ...")
            tried = _tried(folder, take, speech, places, lexicon)
            windows.keep(folder, _calibration(folder, tried), places.calibration)
            yield folder, tried


def _tried(folder: Path, take: Path, speech: Sequence[Span], places: Places, lexicon: Lexicon) -> Tried:
    whole_s = window_s(folder)
    # A model with a small window of its own has no shorter ones; its phrases are what fits into it.
    has_short = windows.SHORT_PHRASES_S[1] < whole_s
    live = phrases(speech, *windows.phrases_s(whole_s, short=False))
    cut = phrases(speech, *windows.SHORT_PHRASES_S) if has_short else live
    size = sum(p.stat().st_size for p in folder.iterdir() if p.is_file())
    tried = Tried(models.name_of(folder), size, Heard("", ()))
    ear = whisper_ear(folder, places, lexicon, short=False)
    try:
        began = _heard(ear, take, cut[:1] * 2)  # the first pays for loading it
        if began.took[1][1] > HOPELESS_S:
            return replace(tried, padded=Heard(began.text, began.took[1:]), gave_up=True)
        tried = replace(tried, padded=_heard(ear, take, cut), live_padded=_heard(ear, take, live))
    finally:
        ear.close()
    if not has_short:
        return tried
    ear = whisper_ear(folder, places, lexicon, short=True)
    try:
        _heard(ear, take, cut[:1])
        return replace(tried, short=_heard(ear, take, cut))
    finally:
        ear.close()


def _heard(ear: ChildTranscriber, take: Path, cut: Sequence[Span]) -> Heard:
    texts, took = [], []
    for span in cut:
        began_s = time.monotonic()
        heard = ear.transcribe(take, int(span.start_s * RATE), int(span.end_s * RATE), quick=True)
        took.append((span.length_s, time.monotonic() - began_s))
        texts.append(heard.text)
    return Heard(" ".join(texts), tuple(took))


def _calibration(folder: Path, tried: Tried) -> windows.Calibration:
    length_s, wait_s = tried.in_force.tail
    return windows.Calibration(
        files=windows.fingerprint(folder),
        short=tried.safe,
        words=tried.words,
        different=tried.different,
        live_cost=round(tried.live_cost, 3),
        tail_s=round(wait_s, 3),
        tail_of_s=round(length_s, 2),
    )
