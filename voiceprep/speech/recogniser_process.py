"""The recogniser's process: `python -m voiceprep.speech.recogniser_process SETTINGS` with settings as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Protocol

from voiceprep import offline
from voiceprep.pcm.recording import read_recording
from voiceprep.speech.protocol import Reply, Request, claim_pipes, serve


class Recogniser(Protocol):
    def words(self, pcm: bytes) -> list[dict[str, Any]]: ...


def load(settings: dict[str, Any]) -> Recogniser:
    """The engine that the settings name."""
    if settings["engine"] == "whisper":
        from voiceprep.speech.whisper import Whisper

        return Whisper(
            Path(settings["model"]),
            settings.get("threads", 0),
            settings.get("beam_size", 5),
            settings.get("hot_words", ()),
        )
    from voiceprep.speech.sphinx import Sphinx

    return Sphinx(settings.get("sounds", {}), settings.get("as_heard", {}))


def main() -> None:
    offline.enforce()
    requests, replies = claim_pipes()
    settings = json.loads(sys.argv[1])
    engine: list[Recogniser] = []

    def work(request: Request) -> Reply:
        if not engine:
            engine.append(load(settings))
        if request["op"] == "load":
            return {}
        pcm = read_recording(Path(request["path"]), request.get("start", 0), request.get("end"))
        return {"words": engine[0].words(pcm)}

    serve(work, requests, replies)


if __name__ == "__main__":
    main()
