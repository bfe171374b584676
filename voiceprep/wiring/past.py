"""What was practised before, by the index of the sessions on disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from voiceprep.config import places
from voiceprep.core.past import Practised
from voiceprep.core.progress import WINDOW, Progress, practised_of, progress_of
from voiceprep.core.state import State
from voiceprep.core.takes import SessionAnswers, Takes, newest_takes
from voiceprep.errors import SessionError
from voiceprep.report import takes
from voiceprep.sessions import store
from voiceprep.sessions.index import Index
from voiceprep.sessions.rows import SessionRow, day_of
from voiceprep.wiring.countdown import today
from voiceprep.wiring.demo import TITLE

NEWEST = 40
"""As many sessions are read for the page of the night before: it quotes, and only journals hold the words."""


def index(root: Path, tell: Callable[[str], None] = lambda said: None) -> Index:
    """The index of the sessions under `root`, in the cache: it can be made again. `tell` hears when it has to be."""
    name = hashlib.sha256(os.fsencode(root.absolute())).hexdigest()[:16]
    return Index(root, places().cache / "sessions" / f"{name}.db", apart=(TITLE,), tell=tell)


def practised(root: Path, interview_date: str = "") -> dict[str, Practised]:
    """How each question went so far, and since when it's due; what can't be read is left out, and the demo's."""
    return newest_and_practised(root, 0, interview_date)[1]


def newest_and_practised(
    root: Path, newest: int, interview_date: str = ""
) -> tuple[list[SessionRow], dict[str, Practised]]:
    """The rows of so many newest sessions, the newest first, and how each question went."""
    with index(root) as found:
        rows = found.sessions(newest)[::-1]
        return rows, practised_of(found.standings(), today(), interview_date)


def progress(
    root: Path,
    asked: Collection[str],
    interview_date: str = "",
    topic: str = "",
    tell: Callable[[str], None] = lambda said: None,
) -> Progress:
    """How it goes with every question that was answered, or with a topic's; of what isn't `asked` any more nothing is
    due or weak."""
    with index(root, tell) as found:
        standings = [s for s in found.standings() if topic in ("", s.topic)]
        by_topic = {t: found.newest_of(t, WINDOW) for t in dict.fromkeys(s.topic for s in standings)}
        spoken = by_topic.get(topic, []) if topic else found.newest_measured(WINDOW)
    told = progress_of(standings, by_topic, spoken, today(), interview_date)
    return replace(
        told,
        due=tuple(q for q in told.due if q.question_id in asked),
        weak=tuple(q for q in told.weak if q.question_id in asked),
    )


def other_takes(root: Path, question_ids: Collection[str], beside: str) -> dict[str, Takes]:
    """For each of these questions the newest scored answers, calm and under a clock, in the sessions under `root` of
    before that one, else the first of after it: retaken ones count as well, those of the demo's candidate don't."""
    if not question_ids:
        return {}
    chosen: dict[tuple[str, bool], str] = {}
    with index(root) as found:
        for a in (a for question_id in question_ids for a in found.answers_to(question_id)):
            if a.unscored is None and a.session_id != beside:
                if not beside or a.session_id < beside:
                    chosen[a.question_id, a.clocked] = a.session_id
                else:
                    chosen.setdefault((a.question_id, a.clocked), a.session_id)
    folders = [store.SessionFolder(root / session_id) for session_id in sorted(set(chosen.values()))]
    return newest_takes(
        (SessionAnswers(i, day, (*state.earlier, *state.assessments)) for i, day, state in read(folders)),
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


def sessions(root: Path) -> Iterator[tuple[str, str, State]]:
    """The newest sessions that can be read, oldest first: id, day, where it stands."""
    return read(store.folders(root)[-NEWEST:])


def read(folders: Iterable[store.SessionFolder]) -> Iterator[tuple[str, str, State]]:
    """Those of these sessions that can be read: id, day, where it stands."""
    for folder in folders:
        try:
            yield folder.id, day_of(folder.id), folder.state()
        except (SessionError, OSError):
            continue  # `sessions verify` says why
