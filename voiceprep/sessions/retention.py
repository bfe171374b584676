"""Recordings that are older than the candidate wants them go; what was said and judged stays."""

from __future__ import annotations

import contextlib
import datetime
from dataclasses import dataclass
from pathlib import Path

from voiceprep.errors import VoiceprepError
from voiceprep.sessions.store import SessionFolder, folders


@dataclass(frozen=True, slots=True)
class Removed:
    """How many recordings went, and of how many sessions."""

    takes: int = 0
    sessions: int = 0


def remove_old(root: Path, days: int, today: datetime.date) -> Removed:
    """Removes the recordings of sessions that began more than `days` days before `today`; 0 days: none. A session that
    is open, damaged, or a newer program's is left alone."""
    takes = sessions = 0
    for folder in folders(root) if days > 0 else ():
        with contextlib.suppress(VoiceprepError, OSError, ValueError):
            if any(folder.audio.iterdir()) and (today - _began(folder)).days > days:
                with folder.locked():
                    gone = len(folder.takes())
                    folder.note_recordings("removed")  # first, so that a kill leaves none that is missed
                    for path in folder.audio.iterdir():
                        path.unlink()
                takes, sessions = takes + gone, sessions + 1
    return Removed(takes, sessions)


def _began(folder: SessionFolder) -> datetime.date:
    return datetime.date.fromisoformat(str(folder.meta()["created"])[:10])
