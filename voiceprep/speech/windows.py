"""How much sound a Whisper model is made to take at a time, and what `calibrate` found out about it.

Every model was trained on windows of 30 s, most of them silence when somebody waits. A shorter one is several times
cheaper, and some models then write other words, so it's used only where it was tried on the user's own voice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from voiceprep import durable

SIZES_S = (5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 20, 24)
"""Short windows: few, since an engine keeps something for each."""
AFTER_S = 0.8
"""Silence that a window has at least behind the sound, as all sounds had that the model was trained on."""
SHORT_PHRASES_S = (6.0, 10.0)
PADDED_PHRASES = (0.8, 0.933)
"""How much of a padded window has to be filled before it pays, and may be. With less than 0.8 an answer of a minute
encodes more than twice its speech."""
FORM = 1


def padded_to_s(sound_s: float, whole_s: float, *, short: bool) -> float:
    """Seconds of the window for so much sound, by a model whose own window is `whole_s`."""
    if not short:
        return whole_s
    return min(whole_s, next((s for s in SIZES_S if s >= sound_s + AFTER_S), whole_s))


def phrases_s(whole_s: float, *, short: bool) -> tuple[float, float]:
    """The least and the most of an answer, in seconds, that's gathered before it's recognised while it's said."""
    if short:
        return SHORT_PHRASES_S
    least, most = (round(share * whole_s, 2) for share in PADDED_PHRASES)
    return least, most


def pieces(levels: Sequence[float], most: int, look_back: int) -> list[tuple[int, int]]:
    """Where sound that's too long for one window is cut: pieces of at most `most` levels (one for each short stretch
    of it), each ending at the quietest among the last `look_back` that it may have."""
    found, start = [], 0
    while len(levels) - start > most:
        room = range(start + most - look_back, start + most)
        cut = min(room, key=lambda n: levels[n]) + 1
        found.append((start, cut))
        start = cut
    return [*found, (start, len(levels))]


# What was found out -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `calibrate` found out about a model on this machine. `words` were heard in padded windows, `different` of
    them otherwise in short ones; `live_cost` is seconds of work per second of sound, `tail_s` how long one waits for
    the last `tail_of_s` seconds, both with the windows that are in force."""

    files: str
    short: bool
    words: int
    different: int
    live_cost: float
    tail_s: float
    tail_of_s: float


def fingerprint(folder: Path) -> str:
    """Changes with any of the model's files, and with what computes it."""
    engines = [f"{name} {version(name)}" for name in ("ctranslate2", "faster-whisper")]
    found = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(folder.iterdir()) if p.is_file()]
    return hashlib.sha256(json.dumps([engines, found]).encode()).hexdigest()


def calibrated(folder: Path, file: Path) -> Calibration | None:
    """What `file` says about the model; None when it says nothing, or the model has changed since."""
    try:
        found = Calibration(**_models(file)[str(folder.resolve())])
        return found if found.files == fingerprint(folder) else None
    except (OSError, KeyError, TypeError):
        return None


def keep(folder: Path, found: Calibration, file: Path) -> None:
    """Writes it beside what is known of other models. Raises StorageError."""
    known = dict(_models(file))
    known[str(folder.resolve())] = asdict(found)
    durable.make_folder(file.parent)
    durable.write_atomic(file, json.dumps({"form": FORM, "models": known}, indent=1).encode())


def _models(file: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        models = data["models"] if data["form"] == FORM else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return models if isinstance(models, dict) else {}
