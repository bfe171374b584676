"""The voices of this machine, each with the name by which it's chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from voiceprep.config import Places
from voiceprep.core.clean import one_line
from voiceprep.errors import SetupMissing, UsageError
from voiceprep.speech import espeak, flite, models
from voiceprep.speech.catalogue import CATALOGUE
from voiceprep.speech.piper import check_voice, speakers

SLOWEST, FASTEST = 0.7, 1.4
"""Between them people still listen with ease."""


@dataclass(frozen=True, slots=True)
class Voice:
    """`id` chooses it, `name` tells the candidate who speaks, `settings` are for its process. `speakers`: how many
    there are in it, chosen by ID#0, ID#1 ..."""

    id: str
    name: str
    licence: str
    settings: Mapping[str, Any]
    speakers: int = 1


def installed(places: Places) -> Iterator[Voice]:
    """Every voice there is, the most wanted first."""
    yield from map(_piper, models.piper_voices(places.models))
    yield from map(_flite, flite.voices())
    if find_spec("espeakng_loader"):
        yield from map(_espeak, espeak.VOICES)


def chosen(wanted: str, places: Places, model: Path | None = None) -> Voice | None:
    """The voice of that name: "auto", an engine, "flite:rms", "piper:NAME", NAME or NAME#3; None for "none". `model` is
    a Piper voice's file, before those on disk. Raises UsageError when there's no such voice, SetupMissing when an
    engine has none here."""
    if wanted == "none":
        return None
    if wanted == "piper" or (wanted == "auto" and model):
        model = model or next(models.piper_voices(places.models), None)
        if model is None:
            raise SetupMissing(
                f"There is no Piper voice in {places.models / 'piper'}.",
                "Get one with `voiceprep models fetch en_US-joe-medium`, or use --voice espeak.",
            )
        return _piper(model)
    if wanted == "auto" and (model := next(models.piper_voices(places.models), None)):
        return _piper(model)
    if wanted == "flite" and flite.program() is None:
        raise SetupMissing("flite is not installed.", "Install flite, or use --voice espeak.")
    if wanted == "flite" or (wanted == "auto" and flite.program()):
        return _flite(flite.USUAL)
    if wanted in ("auto", "espeak"):
        return _espeak(next(iter(espeak.VOICES)))
    return _named(wanted, list(installed(places)))


def _named(wanted: str, found: list[Voice]) -> Voice:
    name, sign, number = wanted.partition("#")
    voice = next((v for v in found if name in (v.id, v.id.partition(":")[2])), None)
    if voice is None:
        there_are = ", ".join(["auto", *(v.id for v in found), "none"])
        raise UsageError(f"There is no voice {one_line(wanted, 80)!r}.", f"There are: {one_line(there_are, 2_000)}.")
    if not sign:
        return voice
    if not (number.isdecimal() and int(number) < voice.speakers):
        last = f"#{voice.speakers - 1}"
        which = f"They are {voice.id}#0 to {last}." if voice.speakers > 1 else "It has one speaker: leave out the #."
        raise UsageError(f"{voice.id} has no speaker {one_line(number, 20)!r}.", which)
    return Voice(f"{voice.id}#{number}", f"{voice.name} #{number}", voice.licence,
                 {**voice.settings, "speaker": int(number)}, voice.speakers)  # fmt: skip


def _piper(model: Path) -> Voice:
    check_voice(model)
    settings = {"engine": "piper", "model": str(model), "size": model.stat().st_size}
    known = next((m for m in CATALOGUE if m.id == model.stem), None)
    licence = known.licence if known is not None else "its own: see its model card"
    return Voice(f"piper:{model.stem}", f"Piper {model.stem}", licence, settings, speakers(model))


def _flite(voice: str) -> Voice:
    which = "" if voice == flite.USUAL else f" {voice}"
    return Voice(f"flite:{voice}", f"flite{which} (plain)", "BSD-like (CMU)", {"engine": "flite", "voice": voice})


def _espeak(voice: str) -> Voice:
    which = "" if voice == next(iter(espeak.VOICES)) else f" {voice}"
    settings = {"engine": "espeak", "voice": voice}
    return Voice(f"espeak:{voice}", f"espeak-ng{which} (robotic)", "GPL-3.0-or-later", settings)
