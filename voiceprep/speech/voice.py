"""The interviewer's voice as the interview sees it: text in, sound out, from a cache where it was said before."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voiceprep import durable
from voiceprep.errors import EngineError
from voiceprep.pcm.convert import from_first_sound
from voiceprep.ports import Sound
from voiceprep.speech.child import Child

LONGEST_TEXT = 2_000
"""Characters spoken at most; the whole text stays on the screen."""
DEADLINE_S = 30.0
FORM = 2
"""Of what lies in the cache."""


class ChildSynthesizer:
    """A voice in a child process. `name` tells the candidate who speaks; `plain` marks a robotic one."""

    def __init__(
        self,
        name: str,
        settings: Mapping[str, Any],
        cache: Path,
        *,
        log: Path | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self.name = name
        self._settings = json.dumps(dict(settings), sort_keys=True)
        self._cache = cache
        self._deadline_s = deadline_s
        self._speaking = threading.Lock()
        self.child = Child("voiceprep.speech.voice_process", [self._settings], log=log)

    def synthesize(self, text: str) -> Sound:
        """The text as sound. Empty text is silence. From any thread. Raises EngineError when the voice fails twice."""
        text = " ".join(text.split())[:LONGEST_TEXT]
        if not text:
            return Sound(b"", 16_000)
        key = hashlib.sha256(f"{FORM}\0{self._settings}\0{text}".encode()).hexdigest()[:32]
        kept = sorted(self._cache.glob(f"{key}.*.pcm"))
        if kept and (sound := _kept(kept[0])) is not None:
            return sound
        durable.make_folder(self._cache)
        part = self._cache / f".{key}.{os.getpid()}.{threading.get_ident()}.part"
        try:
            with self._speaking:
                reply = self.child.ask({"op": "speak", "text": text, "out": str(part)}, self._deadline_s)
            rate = int(reply["rate"])
            # Voices begin with a quarter of a second of silence, which would be a delay.
            sound = Sound(from_first_sound(part.read_bytes(), rate), rate)
            if not sound.pcm:
                raise EngineError(f"{self.name} gave no sound.")
            part.write_bytes(sound.pcm)
            os.replace(part, self._cache / f"{key}.{rate}.pcm")
        except OSError as error:
            raise durable.storage_error(error, self._cache) from error
        finally:
            part.unlink(missing_ok=True)
        return sound

    def close(self) -> None:
        self.child.close()


def _kept(path: Path) -> Sound | None:
    try:
        rate = int(path.name.split(".")[1])
        data = path.read_bytes()
    except (OSError, ValueError, IndexError):
        return None
    return Sound(data, rate) if data and len(data) % 2 == 0 and 4_000 <= rate <= 200_000 else None
