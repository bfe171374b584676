"""Which source or sink our streams are on, asked from PulseAudio (or PipeWire in its place) with `pactl`.

PortAudio can't say: when a microphone is pulled out, the sound server moves the stream elsewhere without a word.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import Literal

from voiceprep.audio.devices import Kind

ASK_WITHIN_S = 1.0
_WORDS: dict[Kind, tuple[str, str]] = {"microphone": ("source-outputs", "sources"), "speaker": ("sink-inputs", "sinks")}
_DEVICE = re.compile(r"^\s(?:Source|Sink): (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """The name of the source or sink that our stream is on, and the names of all there are."""

    name: str
    all: tuple[str, ...]


def place(kind: Kind) -> Place | None:
    """Where this process's stream is; None when the sound server can't be asked or doesn't answer within a second."""
    program = shutil.which("pactl")
    if program is None:
        return None
    streams, nodes = _WORDS[kind]
    listed = _run([program, "list", streams])
    names = _names(_run([program, "list", "short", nodes]))
    number = _ours(listed)
    if number is None or number not in names:
        return None
    return Place(names[number], tuple(names.values()))


def hears_ourselves(microphone: Place) -> bool:
    """Whether our microphone is only what our own speaker plays: the sound server's choice where there is none."""
    if not microphone.name.endswith(".monitor"):
        return False
    speaker = place("speaker")
    return speaker is None or microphone.name == f"{speaker.name}.monitor"


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=ASK_WITHIN_S, check=False,
            stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _names(short: str) -> dict[int, str]:
    """Numbers and names from `pactl list short`."""
    rows = [line.split("\t") for line in short.splitlines()]
    return {int(row[0]): row[1] for row in rows if len(row) > 1 and row[0].isdigit()}


def _ours(listed: str) -> int | None:
    """The number of the source or sink that the stream of this process is on."""
    ours = f'application.process.id = "{os.getpid()}"'
    for stream in listed.split("\n\n"):
        found = _DEVICE.search(stream)
        if ours in stream and found:
            return int(found[1])
    return None


Answer = Literal["home", "away", "unplugged", "unknown"]


def compare(home: str | None, now: Place | None) -> Answer:
    """Whether the stream is still where it began."""
    if home is None or now is None:
        return "unknown"
    if now.name == home:
        return "home"
    return "away" if home in now.all else "unplugged"
