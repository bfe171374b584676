"""The only way to the terminal: everything that is printed has been cleaned first."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Any

from voiceprep.core.clean import clean
from voiceprep.errors import VoiceprepError

BAR = 20
"""Characters of a progress bar."""


def say(text: str = "") -> None:
    """A line of data on standard output."""
    _write(sys.stdout, text)


def note(text: str) -> None:
    """A line of chatter on standard error."""
    _write(sys.stderr, text)


def progress(text: str, done: int, of: int) -> None:
    """How far something has come, on standard error: in a terminal a bar that is drawn over, else a line."""
    if not sys.stderr.isatty():
        note(text)
        return
    width = shutil.get_terminal_size((80, 24)).columns - 1
    full = BAR * done // max(1, of)
    line = clean(f"[{'#' * full}{'.' * (BAR - full)}] {text}")[:width]
    sys.stderr.write(f"\r{line:<{width}}" + ("\n" if done >= of else ""))
    sys.stderr.flush()


def data(value: Any) -> None:
    """JSON on standard output, one value."""
    _write(sys.stdout, json.dumps(value, ensure_ascii=False, indent=2))


def complain(error: VoiceprepError) -> int:
    """Says what happened and what to do; returns the exit code."""
    note(f"voiceprep: {error.message}")
    if error.hint:
        note(f"  {error.hint}")
    return error.exit_code


def _write(stream: Any, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(clean(text, len(text) + 1).encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()
    except BrokenPipeError:
        # The reader (`| head`) left. Nobody is there to be told, and a session under way goes on to its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
