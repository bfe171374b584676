"""A past session as home shows it."""

from __future__ import annotations

from voiceprep.core import home
from voiceprep.errors import SessionError, StorageError
from voiceprep.pcm.recording import length_s
from voiceprep.sessions import store
from voiceprep.sessions.rows import SessionRow
from voiceprep.tui.backend import PastSession
from voiceprep.wiring.replays import when


def past_session(row: SessionRow, folder: store.SessionFolder) -> PastSession:
    """One line of home. What another process is holding can't be gone on with."""
    goes_on = row.open and not _held_elsewhere(folder)
    return PastSession(
        id=row.id,
        when=when(row.created),
        title=row.title,
        answered=row.answered,
        of=row.of,
        core=row.core,
        open=goes_on,
        left_at=_left_at(folder) if goes_on else "",
        gap=row.gap,
        gap_question=row.gap_question,
        gap_short=row.gap_short,
        report=str(folder.path / "report.md"),
    )


def _held_elsewhere(folder: store.SessionFolder) -> bool:
    try:
        with folder.locked():
            return False
    except SessionError:
        return True
    except (StorageError, OSError):
        return False  # a read-only disk: nobody holds it, and going on is refused with the reason


def _left_at(folder: store.SessionFolder) -> str:
    """Where it was left: the recording tells how far its last answer came, which the journal need not."""
    try:
        state = folder.state()
        return home.left_at(state, length_s(folder.recording(state.take_id)))
    except (SessionError, OSError):
        return "some point"  # it went away meanwhile
