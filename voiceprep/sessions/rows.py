"""What lists and trends keep of one session, made by folding its journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voiceprep.core.answered import Answered, answered_of
from voiceprep.core.home import heaviest_gap
from voiceprep.core.state import State
from voiceprep.errors import SessionError
from voiceprep.sessions import store


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session in a list. `core` is heard and of, over its scored answers; `open` when it can be gone on with; `gap`
    is the heaviest core point that wasn't heard. `problem` says why it can't be read, or not to its end."""

    id: str
    created: str = ""
    title: str = ""
    close_reason: str | None = None
    open: bool = False
    answered: int = 0
    of: int = 0
    core: tuple[int, int] = (0, 0)
    gap: str = ""
    gap_question: str = ""
    gap_short: str = ""
    problem: str = ""
    unreadable: bool = False
    """Whether the problem is that nothing of it can be read."""


def read_session(folder: store.SessionFolder) -> tuple[SessionRow, tuple[Answered, ...]]:
    """A session's row and its answers in the order they were given, by folding its journal. Raises nothing for a
    session that can't be read: its row says why."""
    try:
        meta, history = folder.meta(), folder.history()
        told = history.state()
        about = {str(q["id"]): (str(q["short"]), str(q["topic"])) for q in meta["questions"]}
    except SessionError as error:
        return SessionRow(folder.id, problem=error.message, unreadable=True), ()
    except OSError as error:
        said = f"{folder.id} can't be read ({error.strerror or error})."
        return SessionRow(folder.id, problem=said, unreadable=True), ()
    damage = history.damage[:1]
    scored = [a for a in told.assessments if a.unscored is None]
    counts = [a.heard(core=True) for a in scored]
    gap = heaviest_gap(scored)
    row = SessionRow(
        id=folder.id,
        created=str(meta["created"]),
        title=str(meta["title"]),
        close_reason=told.close_reason,
        open=store.is_open(told),
        answered=len(told.assessments),
        of=len(told.questions),
        core=(sum(h for h, _ in counts), sum(of for _, of in counts)),
        gap=gap[1].text if gap else "",
        gap_question=gap[0] if gap else "",
        gap_short=about.get(gap[0], (gap[0], ""))[0] if gap else "",
        problem=f"Its journal is damaged at line {damage[0].line}: {damage[0].what}." if damage else "",
    )
    return row, tuple(_answers(told, folder.id, about))


def _answers(told: State, session_id: str, about: dict[str, tuple[str, str]]) -> Iterator[Answered]:
    given = [(a, True) for a in told.earlier] + [(a, False) for a in told.assessments]
    given.sort(key=lambda g: g[0].take_id)  # takes count up
    day = day_of(session_id)
    for nth, (a, replaced) in enumerate(given):
        title, topic = about.get(a.question_id, ("", ""))
        yield answered_of(a, session_id, nth, day, title, topic, replaced=replaced)


def day_of(session_id: str) -> str:
    """ "2026-11-03" of a session that began then: it is named by that; "" for another name."""
    day = session_id[:8]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if len(day) == 8 and day.isascii() and day.isdigit() else ""
