"""What was practised before, read from the newest sessions on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from voiceprep.core import interview
from voiceprep.core.past import Practised, past_of
from voiceprep.core.state import State
from voiceprep.core.takes import SessionAnswers, Takes, newest_takes
from voiceprep.errors import SessionError
from voiceprep.report import takes
from voiceprep.sessions import store
from voiceprep.wiring.demo import TITLE

NEWEST = 40
"""As many sessions are read: what lies further back is as if it had not been practised."""


def practised(root: Path) -> dict[str, Practised]:
    """How each question went in the newest sessions under `root`; what can't be read is left out."""
    return past_of((day, state.assessments) for _, day, state in sessions(root))


def other_takes(root: Path, question_ids: Collection[str], except_session: str) -> dict[str, Takes]:
    """For each of these questions the newest scored answers, calm and under a clock, in the newest sessions under
    `root`: retaken ones count as well, those of the demo's candidate and of `except_session` don't."""
    if not question_ids:
        return {}
    return newest_takes(
        (
            SessionAnswers(session_id, day, (*state.earlier, *state.assessments))
            for session_id, day, state in sessions(root, except_session)
            if state.title != TITLE
        ),
        question_ids,
    )


def cost_lines(root: Path, session_id: str, state: State) -> dict[str, str]:
    """For each question of this session what stands under its answer, in a line: what became of it since the take of
    before, and what the clock cost; beside an earlier take of the session where there is one, else beside the newest of
    the sessions under `root`."""
    if state.title == TITLE:
        return {}  # what the demo's candidate says costs nobody anything
    scored = {a.question_id: a for a in state.assessments if a.unscored is None}
    others = other_takes(root, scored, session_id)
    lines = {q: takes.beside(answer, state.earlier, others.get(q), session_id) for q, answer in scored.items()}
    return {q: line for q, line in lines.items() if line}


def sessions(root: Path, except_session: str = "") -> Iterator[tuple[str, str, State]]:
    """The newest sessions that can be read, oldest first: id, day, where it stands."""
    return read([f for f in store.folders(root) if f.id != except_session][-NEWEST:])


def read(folders: Iterable[store.SessionFolder]) -> Iterator[tuple[str, str, State]]:
    """Those of these sessions that can be read: id, day, where it stands."""
    for folder in folders:
        try:
            state = folder.state()
        except (SessionError, OSError, interview.ImpossibleEvent):
            continue  # `sessions verify` says why
        day = folder.id[:8]  # a session is named by when it began
        known = day.isascii() and day.isdigit()
        yield folder.id, (f"{day[:4]}-{day[4:6]}-{day[6:]}" if known else ""), state
