"""The voice's process: `python -m voiceprep.speech.voice_process SETTINGS` with settings as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Protocol

from voiceprep import memory, offline
from voiceprep.speech.protocol import RATE_BYTES, Reply, Request, claim_pipes, serve


class Voice(Protocol):
    def speak(self, text: str) -> tuple[bytes, int]: ...


GIVES_WAY = 5
"""Added to this process's niceness: recording and playing in the parent come first."""


def load(settings: dict[str, Any]) -> Voice:
    """The voice that the settings name, at its rate: 1.0 is as it is, 2.0 twice as fast."""
    rate = float(settings.get("rate", 1.0))
    if settings["engine"] == "piper":
        from voiceprep.speech.piper import Piper

        return Piper(Path(settings["model"]), settings.get("speaker"), rate)
    if settings["engine"] == "flite":
        from voiceprep.speech.flite import Flite

        return Flite(settings.get("voice", "slt"), rate)
    from voiceprep.speech.espeak import WORDS_PER_MINUTE, Espeak

    return Espeak(settings.get("voice", "en-us"), round(WORDS_PER_MINUTE * rate))


def main() -> None:
    offline.enforce()
    if hasattr(os, "nice"):
        os.nice(GIVES_WAY)
    requests, replies = claim_pipes()
    settings = json.loads(sys.argv[1])
    voice: list[Voice] = []

    def work(request: Request) -> Reply:
        if not voice:
            voice.append(load(settings))
        if request["op"] == "load":
            return {}
        pcm, rate = voice[0].speak(request["text"])
        # The samples go through a file: pipes carry words. They are as the voice made them: a process that only calls
        # a program does without numpy, which would be two thirds of it.
        fd = os.open(request["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(rate.to_bytes(RATE_BYTES, "little") + pcm)
        memory.give_back()
        return {"rate": rate, "samples": len(pcm) // 2}

    serve(work, requests, replies)


if __name__ == "__main__":
    main()
