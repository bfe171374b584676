"""What the night before needs of the disk and of the calendar."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from voiceprep.config import Settings
from voiceprep.core import interview
from voiceprep.core.countdown import countdown
from voiceprep.core.night import Session
from voiceprep.errors import SessionError
from voiceprep.sessions import store
from voiceprep.wiring import demo
from voiceprep.wiring.past import NEWEST


def sessions(root: Path) -> Iterator[Session]:
    """The newest sessions under `root`, the oldest of them first; what can't be read is left out."""
    for folder in store.folders(root)[-NEWEST:]:
        try:
            state = folder.state()
        except (SessionError, OSError, interview.ImpossibleEvent):
            continue  # `sessions verify` says why
        if state.title == "Demo" and tuple(q.id for q in state.questions) == demo.QUESTIONS:
            continue  # a printed demo lies among the sessions, and its sentences are the recorded candidate's
        day = folder.id[:8]  # a session is named by when it began
        day = f"{day[:4]}-{day[4:6]}-{day[6:]}" if day.isascii() and day.isdigit() else ""
        yield Session(folder.id, day, state.assessments, state.earlier)


def today() -> str:
    """The machine's date, "2026-12-01"."""
    return time.strftime("%Y-%m-%d")


def counted_down(settings: Settings, *, command: bool = True) -> str:
    """How far away the interview of the settings is today, as `countdown` says it."""
    return countdown(today(), settings.interview_set, settings.interview_date, command=command)
