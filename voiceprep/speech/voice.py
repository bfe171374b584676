"""The interviewer's voice as the interview sees it: text in, sound out, from a cache where it was said before."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voiceprep import durable
from voiceprep.errors import EngineError
from voiceprep.pcm.convert import without_silence
from voiceprep.pcm.loudness import made_even
from voiceprep.ports import Sound
from voiceprep.speech.child import Child
from voiceprep.speech.protocol import RATE_BYTES

LONGEST_TEXT = 2_000
"""Characters spoken at most; the whole text stays on the screen."""
DEADLINE_S = 30.0
FORM = 4
"""Of what lies in the cache: four bytes of rate, then the samples."""
MOST_KEPT_BYTES = 200_000_000
"""As much stays in the cache, the longest unused goes first: an hour and more of speech."""
DEAD_S = 24 * 3600.0
"""What was being written so long ago never will be."""


class ChildSynthesizer:
    """A voice in a child process. `name` tells the candidate who speaks; `plain` marks a robotic one.

    What was said once is said again with the same samples, whether the engine could make them twice or not."""

    def __init__(
        self,
        name: str,
        settings: Mapping[str, Any],
        cache: Path,
        *,
        log: Path | None = None,
        deadline_s: float = DEADLINE_S,
        most_kept_bytes: int = MOST_KEPT_BYTES,
    ) -> None:
        self.name = name
        self._settings = json.dumps(dict(settings), sort_keys=True)
        self._cache = cache
        self._most_kept_bytes = most_kept_bytes
        self._trimmed = False
        self._deadline_s = deadline_s
        self._speaking = threading.Lock()
        self.child = Child("voiceprep.speech.voice_process", [self._settings], log=log)

    def synthesize(self, text: str) -> Sound:
        """The text as sound. Empty text is silence. From any thread. Raises EngineError when the voice fails twice."""
        text = " ".join(text.split())[:LONGEST_TEXT]
        if not text:
            return Sound(b"", 16_000)
        key = hashlib.sha256(f"{FORM}\0{self._settings}\0{text}".encode()).hexdigest()[:32]
        kept = self._cache / f"{key}.pcm"
        if (sound := _kept(kept)) is not None:
            return sound
        durable.make_folder(self._cache)
        part = self._cache / f".{key}.{os.getpid()}.{threading.get_ident()}.part"
        try:
            with self._speaking:
                if not self._trimmed:
                    self._trimmed = True
                    trim(self._cache, self._most_kept_bytes)
                self.child.ask({"op": "speak", "text": text, "out": str(part)}, self._deadline_s)
            if (sound := _kept(part)) is None:
                raise EngineError(f"{self.name} gave no sound.")
            # Voices begin and end with a quarter of a second of silence, which would be a delay.
            sound = Sound(made_even(without_silence(sound.pcm, sound.rate), sound.rate), sound.rate)
            part.write_bytes(sound.rate.to_bytes(RATE_BYTES, "little") + sound.pcm)
            os.replace(part, kept)
        except OSError as error:
            raise durable.storage_error(error, self._cache) from error
        finally:
            part.unlink(missing_ok=True)
        return sound

    def close(self) -> None:
        self.child.close()


def trim(cache: Path, most_bytes: int) -> None:
    """Removes what was unused for longest until `most_bytes` are left, and what a dead process left half written.
    Another process may use the same cache: what is gone already is gone."""
    kept: list[tuple[float, int, Path]] = []
    for path in cache.iterdir():
        with contextlib.suppress(OSError):
            about = path.stat()
            if path.suffix == ".pcm":
                kept.append((about.st_mtime, about.st_size, path))
            elif path.suffix == ".part" and time.time() - about.st_mtime > DEAD_S:
                path.unlink()
    left = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if left <= most_bytes:
            break
        with contextlib.suppress(OSError):
            path.unlink()
        left -= size


def _kept(path: Path) -> Sound | None:
    """What lies there, and noted as used; None when it isn't whole."""
    try:
        data = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    rate = int.from_bytes(data[:RATE_BYTES], "little")
    pcm = data[RATE_BYTES:]
    return Sound(pcm, rate) if pcm and len(pcm) % 2 == 0 and 4_000 <= rate <= 200_000 else None
