"""The voice's process: `python -m voiceprep.speech.voice_process SETTINGS` with settings as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Protocol

from voiceprep import offline
from voiceprep.speech.protocol import Reply, Request, claim_pipes, serve


class Voice(Protocol):
    def speak(self, text: str) -> tuple[bytes, int]: ...


def load(settings: dict[str, Any]) -> Voice:
    """The voice that the settings name."""
    if settings["engine"] == "piper":
        from voiceprep.speech.piper import Piper

        return Piper(Path(settings["model"]))
    if settings["engine"] == "flite":
        from voiceprep.speech.flite import Flite

        return Flite(settings.get("voice", "slt"))
    from voiceprep.speech.espeak import Espeak

    return Espeak(settings.get("voice", "en-us"))


def main() -> None:
    offline.enforce()
    requests, replies = claim_pipes()
    settings = json.loads(sys.argv[1])
    voice: list[Voice] = []

    def work(request: Request) -> Reply:
        if not voice:
            voice.append(load(settings))
        if request["op"] == "load":
            return {}
        pcm, rate = voice[0].speak(request["text"])
        # The samples go through a file: pipes carry words, and the cache wants a file anyway.
        fd = os.open(request["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(pcm)
        return {"rate": rate, "samples": len(pcm) // 2}

    serve(work, requests, replies)


if __name__ == "__main__":
    main()
