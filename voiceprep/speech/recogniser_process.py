"""The recogniser's process: `python -m voiceprep.speech.recogniser_process SETTINGS` with settings as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from voiceprep import memory, offline
from voiceprep.pcm.recording import read_recording
from voiceprep.speech.protocol import Reply, Request, claim_pipes, serve

GIVES_WAY = 5
"""How far behind the program's own priority: recording and playing come first, whatever is recognised."""


class Recogniser(Protocol):
    def hear(self, pcm: bytes, *, quick: bool = False) -> dict[str, Any]: ...


def load(settings: dict[str, Any]) -> Recogniser:
    """The engine that the settings name."""
    if settings["engine"] == "whisper":
        from voiceprep.speech.whisper import Whisper

        return Whisper(
            Path(settings["model"]),
            settings.get("threads", 0),
            settings.get("beam_size", 5),
            settings.get("hot_words", ()),
            settings.get("quick_hot_words", ()),
            short=settings.get("short", False),
        )
    from voiceprep.speech.sphinx import Sphinx

    return Sphinx(settings.get("sounds", {}), settings.get("as_heard", {}))


def give_way() -> None:
    """Lets audio win: a lower priority where there is such a thing, and no threads that wait by spinning. Before the
    engine's libraries are loaded, which read the environment once."""
    if hasattr(os, "nice"):
        os.nice(GIVES_WAY)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("KMP_BLOCKTIME", "0")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def without_decoders() -> None:
    """Sound comes here as samples, so PyAV, which faster-whisper imports for its file reader, would be 17 MB of
    nothing."""
    sys.modules.setdefault("av", ModuleType("av"))


def main(said: Callable[[Request, Reply], Reply] = lambda request, reply: reply) -> None:
    """`said`: what is told of a pass instead of what came out of it."""
    offline.enforce()
    give_way()
    without_decoders()
    requests, replies = claim_pipes()
    settings = json.loads(sys.argv[1])
    engine: list[Recogniser] = []

    def work(request: Request) -> Reply:
        if not engine:
            engine.append(load(settings))
        if request["op"] == "load":
            return {}
        pcm = read_recording(Path(request["path"]), request.get("start", 0), request.get("end"))
        try:
            return said(request, engine[0].hear(pcm, quick=request.get("quick", False)))
        finally:
            memory.give_back()

    serve(work, requests, replies)


if __name__ == "__main__":
    main()
