"""Where things lie on this machine. Flag before environment before the system's own place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of this user: sessions and models in `data`, what can be made again in `cache`."""

    data: Path
    cache: Path

    @property
    def sessions(self) -> Path:
        return self.data / "sessions"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def speech_cache(self) -> Path:
        return self.cache / "speech"

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
