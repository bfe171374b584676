"""Where things lie on this machine. Flag before environment before the system's own place."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from voiceprep import durable


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of this user: sessions and models in `data`, what can be made again in `cache`."""

    data: Path
    cache: Path

    @property
    def settings(self) -> Path:
        return self.data / "settings.json"

    @property
    def sessions(self) -> Path:
        return self.data / "sessions"

    @property
    def trash(self) -> Path:
        """Deleted sessions, until their days are over."""
        return self.data / "trash"

    @property
    def questions(self) -> Path:
        """The candidate's own questions."""
        return self.data / "questions"

    @property
    def lexicon(self) -> Path:
        """What the candidate adds to the lexicon."""
        return self.data / "lexicon.yaml"

    @property
    def rounds(self) -> Path:
        """The candidate's own rounds."""
        return self.data / "rounds.yaml"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def calibration(self) -> Path:
        """What `calibrate` found out about this machine's models."""
        return self.data / "calibration.json"

    @property
    def speech_cache(self) -> Path:
        return self.cache / "speech"

    @property
    def bank_cache(self) -> Path:
        return self.cache / "bank"

    @property
    def engine_log(self) -> Path:
        return self.cache / "engines.log"


def places(data_dir: str | None = None) -> Places:
    """The folders in force. `data_dir` is the command line's --data-dir."""
    import platformdirs

    given = data_dir or os.environ.get("VOICEPREP_DATA_DIR")
    data = Path(given).expanduser() if given else Path(platformdirs.user_data_dir("voiceprep", appauthor=False))
    cache = os.environ.get("VOICEPREP_CACHE_DIR")
    return Places(
        data=data.absolute(),
        cache=Path(cache).absolute() if cache else Path(platformdirs.user_cache_dir("voiceprep", appauthor=False)),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """What the candidate chose and the program remembers. Devices are known by name; empty is the system's own."""

    first_choice: str = ""
    microphone: str = ""
    speaker: str = ""
    judge_url: str = ""
    """Where a second opinion is asked for, by an OpenAI-compatible server; empty: nowhere, and nothing is sent."""
    judge_model: str = ""
    judge_key_name: str = ""
    """The environment variable or keyring entry with the server's key. The key itself is no setting."""
    judge_votes: int = 1
    judge_deadline_s: float = 20.0
    voice: str = "auto"
    """Who speaks: auto, none, or a voice that `voiceprep voices` lists."""
    rate: float = 1.0
    """How fast it speaks, 1.0 being its own pace."""
    pronounce: str = ""
    """How the interviewer says terms, before the lexicon's own way: "SQL=S Q L, GUI=gooey"."""
    interview_date: str = ""
    """The day of the real interview, "2026-12-01"; empty: none is known."""
    interview_set: str = ""
    """The day on which that date was set: the first of the days there are to practise."""
    time: float = 1.0
    """How much longer the times of rounds under a clock are for this candidate: 1, 1.25, 1.5 or 2."""
    warnings: str = "spoken"
    """How such a round warns of its clock: spoken, bell, or silent (on the screen only)."""
    hands_free: str = "no"
    """Whether an answer ends without a key: no; after so many seconds of silence and a countdown, 3.5 or more; or
    quick, by what has been said."""

    keep_audio: str = "yes"
    """Whether recordings are kept (yes), or removed once they're judged and can't be gone on with (no)."""
    keep_audio_days: int = 0
    """After how many days recordings are removed; what was said and judged stays. 0: never."""

    def with_devices(self, microphone: str | None, speaker: str | None) -> Settings:
        """With the command line's devices before those remembered."""
        return replace(self, microphone=microphone or self.microphone, speaker=speaker or self.speaker)

    def save(self, where: Places) -> None:
        durable.make_folder(where.data)
        durable.write_atomic(where.settings, json.dumps(asdict(self), indent=1).encode())


def load_settings(where: Places) -> Settings:
    """The settings on disk; what can't be read is as if it had never been set."""
    try:
        data = json.loads(where.settings.read_text(encoding="utf-8"))
        known = {f.name: data[f.name] for f in fields(Settings) if _fits(data.get(f.name), f.default)}
    except (OSError, ValueError, AttributeError):
        return Settings()
    return Settings(**known)


def _fits(value: Any, default: Any) -> bool:
    kinds = (int, float) if isinstance(default, float) else type(default)
    return isinstance(value, kinds) and not isinstance(value, bool)
