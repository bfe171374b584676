"""`calibrate`: the user's own clip, heard both ways by each model; which windows are safe, and which model keeps up."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from voiceprep import wiring
from voiceprep.commands.banks import bank_of
from voiceprep.commands.output import data, note, progress, say
from voiceprep.config import Places, load_settings, places
from voiceprep.core.calibration import Tried, suggestion, windows_line
from voiceprep.errors import DeviceError
from voiceprep.wiring import calibrating


def calibrate(args: Namespace) -> int:
    where = places(args.data_dir)
    folders = calibrating.model_folders(where, args.model)
    source, pcm = _clip(args, where)
    note(f"Heard on: {source}.")
    tried = []
    for _, one in calibrating.try_models(folders, pcm, where, bank_of(args).lexicon, note):
        tried.append(one)
        if not args.json:
            for line in _lines(one):
                say(line)
    if args.json:
        data({"schema": 1, "clip": source, "models": [_json(t) for t in tried], "suggestion": suggestion(tried)})
    else:
        say(suggestion(tried))
    return 0


def _clip(args: Namespace, where: Places) -> tuple[str, bytes]:
    """What it's heard on: the file, else the microphone, else the newest take."""
    if args.answer_audio:
        path = Path(args.answer_audio)
        wiring.check_files([path])
        return path.name, calibrating.file_clip(path)
    settings = load_settings(where).with_devices(args.microphone, None)
    try:
        shown = -1

        def tell(lasted_s: float) -> None:
            nonlocal shown
            if shown < 0:
                note(f"Speak for {calibrating.CLIP_S:.0f} seconds, as you would in an interview.")
            if int(lasted_s) > shown:
                shown = int(lasted_s)
                progress(f"{shown} s", shown, int(calibrating.CLIP_S))

        return "what you just said", calibrating.recorded_clip(settings, where, tell)
    except DeviceError as error:
        take = calibrating.newest_take(where)
        if take is None:
            raise
        note(error.message)
        return f"your recording {take[0]}", take[1]


def _lines(tried: Tried) -> list[str]:
    length_s, wait_s = tried.in_force.tail
    found = [tried.name, f"  {windows_line(tried)}"]
    if tried.short is not None:
        cost = f"padded {tried.padded.cost:.2f}, short {tried.short.cost:.2f}"
        found.append(f"  Seconds of work for each second of phrases of {length_s:.0f} s: {cost}.")
    return [
        *found,
        f"  Live recognition takes {tried.live_cost:.0%} of real time; the last {length_s:.0f} s take {wait_s:.1f} s.",
    ]


def _json(tried: Tried) -> dict[str, Any]:
    length_s, wait_s = tried.in_force.tail
    return {
        "model": tried.name,
        "windows": "short" if tried.safe else "padded",
        "why": windows_line(tried),
        "words": tried.words,
        "different": tried.different,
        "cost_padded": round(tried.padded.cost, 3),
        "cost_short": None if tried.short is None else round(tried.short.cost, 3),
        "live_cost": round(tried.live_cost, 3),
        "tail_of_s": round(length_s, 2),
        "tail_s": round(wait_s, 2),
        "keeps_up": tried.keeps_up,
    }
