"""What was practised before, read from the newest sessions on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from voiceprep.core import interview
from voiceprep.core.feedback import Assessment
from voiceprep.core.past import Practised, past_of
from voiceprep.errors import SessionError
from voiceprep.sessions import store

NEWEST = 40
"""As many sessions are read: what lies further back is as if it had not been practised."""


def practised(root: Path) -> dict[str, Practised]:
    """How each question went in the newest sessions under `root`; what can't be read is left out."""
    return past_of(_sessions(root))


def _sessions(root: Path) -> Iterator[tuple[str, Sequence[Assessment]]]:
    for folder in store.folders(root)[-NEWEST:]:
        try:
            assessments = folder.state().assessments
        except (SessionError, OSError, interview.ImpossibleEvent):
            continue  # `sessions verify` says why
        day = folder.id[:8]  # a session is named by when it began
        yield (f"{day[:4]}-{day[4:6]}-{day[6:]}" if day.isascii() and day.isdigit() else ""), assessments
