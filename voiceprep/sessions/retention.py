"""Recordings that are older than the candidate wants them go; what was said and judged stays."""

from __future__ import annotations

import contextlib
import datetime
from dataclasses import dataclass
from pathlib import Path

from voiceprep.errors import VoiceprepError
from voiceprep.sessions.finalise import remove, settled, unheard
from voiceprep.sessions.store import SessionFolder, folders


@dataclass(frozen=True, slots=True)
class Removed:
    """How many recordings went, and of how many sessions."""

    takes: int = 0
    sessions: int = 0


def remove_old(root: Path, days: int, today: datetime.date) -> Removed:
    """Removes the recordings of sessions that began more than `days` days before `today`; 0 days: none. A session that
    is open, damaged, or a newer program's is left alone; and so is a take that can still be gone on with, or that
    nobody has heard: its words are nowhere else."""
    takes = sessions = 0
    for folder in folders(root) if days > 0 else ():
        with contextlib.suppress(VoiceprepError, OSError, ValueError):
            if any(folder.audio.iterdir()) and (today - _began(folder)).days > days:
                with folder.locked():
                    gone = _removed(folder)
                takes, sessions = takes + gone, sessions + (gone > 0)
    return Removed(takes, sessions)


def _removed(folder: SessionFolder) -> int:
    """How many takes went."""
    history = folder.history()
    if history.damage:
        return 0
    heard = set(settled(history.state())) - unheard(history.events)
    there = [path.stem for path in folder.takes() if path.stem in heard]
    if there:
        folder.clear_parts()
        folder.note_recordings("removed")  # first, so that a kill leaves none that is missed
    for take_id in there:
        remove(folder, take_id)
    return len(there)


def _began(folder: SessionFolder) -> datetime.date:
    return datetime.date.fromisoformat(str(folder.meta()["created"])[:10])
