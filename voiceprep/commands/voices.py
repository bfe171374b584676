"""`voices`: who can speak the questions on this machine, and how it sounds."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from pathlib import Path

from voiceprep import durable, wiring
from voiceprep.commands.banks import bank_of
from voiceprep.commands.output import data, note, say
from voiceprep.config import load_settings, places
from voiceprep.core.clean import one_line
from voiceprep.core.speakable import pronunciations, speakable
from voiceprep.errors import DeviceError, SetupMissing
from voiceprep.wiring import Choice
from voiceprep.wiring.room import Room
from voiceprep.wiring.voices import chosen, installed


def voices(args: Namespace) -> int:
    if args.say is not None:
        return _say(args)
    where = places(args.data_dir)
    settings = load_settings(where)
    model = Path(args.voice_model) if args.voice_model else None
    speaks = chosen(args.voice or ("auto" if model else settings.voice), where, model)
    found = list(installed(where))
    if args.json:
        listed = [{"id": v.id, "name": v.name, "licence": v.licence, "speakers": v.speakers} for v in found]
        data({"schema": 1, "chosen": speaks.id if speaks else None, "rate": settings.rate, "voices": listed})
        return 0
    for voice in found:
        # A voice with a speaker chosen in it is listed as the whole.
        mark = "*" if speaks and speaks.id.partition("#")[0] == voice.id else " "
        more = f"  {voice.speakers} speakers: {one_line(voice.id, 60)}#0 ..." if voice.speakers > 1 else ""
        say(f"{mark} {one_line(voice.id, 60):<28} {voice.licence}{more}")
    if not found:
        note("There is no voice here: questions stand on the screen.")
    note("Choose one: voiceprep config set voice NAME. Hear one: voiceprep voices --voice NAME --say TEXT.")
    return 0


def _say(args: Namespace) -> int:
    where = places(args.data_dir)
    settings = load_settings(where).with_devices(None, args.speaker)
    durable.make_folder(where.cache)
    lexicon = bank_of(args).lexicon
    ways, _ = pronunciations(settings.pronounce, lexicon)
    mouth = wiring.voice(Choice(voice=args.voice, voice_model=args.voice_model), where)
    if mouth is None:
        raise SetupMissing("No voice is chosen.", "Name one: voiceprep voices --voice NAME --say TEXT.")
    with contextlib.closing(mouth):
        sound = mouth.synthesize(speakable(args.say, lexicon, ways))
        with contextlib.closing(Room(settings, where.engine_log, lambda news: None, quiet="", listens=False)) as room:
            if not room.speaks:
                raise DeviceError(
                    " ".join(room.notices) or "There is no speaker to play it on.",
                    "See what there is: voiceprep doctor.",
                )
            note(f"{mouth.name}: {one_line(args.say)}")
            room.speaker.play(sound)
    return 0
