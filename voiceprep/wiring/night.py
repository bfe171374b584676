"""What the night before needs of the disk and of the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voiceprep.bank.contents import Bank
from voiceprep.config import Places, Settings
from voiceprep.core.night import Night, Session, night_of
from voiceprep.wiring import demo, past
from voiceprep.wiring.countdown import countdown, today


def sessions(root: Path) -> Iterator[Session]:
    """The newest sessions under `root`, the oldest of them first; what can't be read is left out, and the demo's: its
    sentences are the recorded candidate's."""
    for session_id, day, state in past.sessions(root):
        if state.title != demo.TITLE:
            yield Session(session_id, day, state.assessments, state.earlier)


def night_page(bank: Bank, places: Places) -> Night | None:
    """The page of the night before; None while nothing was heard that it could hold."""
    page = night_of(list(sessions(places.sessions)), bank.outlines)
    return None if page.empty else page


def counted_down(settings: Settings, *, command: bool = True) -> str:
    """How far away the interview of the settings is today, as `countdown` says it."""
    return countdown(today(), settings.interview_set, settings.interview_date, command=command)
