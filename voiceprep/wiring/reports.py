"""A session's reports, from its journal and its recordings: Markdown, JSON, one HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, get_args

from voiceprep import durable
from voiceprep.core.events import AnswerEnded, Assessed
from voiceprep.core.feedback import Assessment
from voiceprep.core.pressure import rules_in_words
from voiceprep.core.state import State
from voiceprep.core.transcript import Transcript
from voiceprep.errors import AudioFileError
from voiceprep.pcm.compressed import MIME, compressed
from voiceprep.pcm.recording import length_s, read_recording
from voiceprep.report import wording
from voiceprep.report.answer_json import session_json
from voiceprep.report.html import Take, page
from voiceprep.report.markdown import Facts, markdown
from voiceprep.sessions import store
from voiceprep.sessions.journal import History
from voiceprep.wiring.past import cost_lines

Format = Literal["html", "md", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
_ENDED = {"finished": "Finished.", "left": "Left early; it can be gone on with.", "fault": "Ended by a fault."}


def write_report(
    folder: store.SessionFolder,
    costs: Mapping[str, str] | None = None,
    form: Format = "md",
    path: Path | None = None,
    *,
    audio: bool = True,
) -> Path:
    """Writes the session's report, into its own folder unless there's a `path`. `costs` are looked up unless they're
    given; without `audio` no recording goes into a page. Raises SessionError or StorageError."""
    path = path or folder.path / f"report.{form}"
    durable.write_atomic(path, report(folder, form, costs, audio=audio).encode())
    return path


def report(
    folder: store.SessionFolder, form: Format, costs: Mapping[str, str] | None = None, *, audio: bool = True
) -> str:
    """The session's report as text, otherwise as above."""
    meta, history = folder.meta(), folder.history()
    state = history.state()
    facts = Facts(folder.id, meta["title"], meta["created"], meta["engines"], _ended(state, history),
                  tuple((t.heard, t.said) for t in state.told), _rules(state), _not_reached(state))  # fmt: skip
    if costs is None:
        costs = cost_lines(folder.path.parent, folder.id, state)
    if form == "json":
        told = session_json(facts, state.assessments, costs, state.rescored)
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    grounds = folder.grounds()
    questions = {a.question_id: grounds.ground(a.question_id).question for a in state.assessments}
    answers = {q: question.model_answer for q, question in questions.items()}
    looked_for = {q: wording.looked_for(question) for q, question in questions.items()}
    if form == "md":
        return markdown(facts, state.assessments, answers, looked_for, costs, state.rescored)
    takes = _takes(folder, state, history, audio=audio)
    return page(facts, state.assessments, answers, looked_for, costs, _whys(history), takes, state.rescored)


def _ended(state: State, history: History) -> str:
    ended = _ENDED.get(state.close_reason or "", "Not ended.")
    if not history.damage:
        return ended
    return f"Its journal is damaged at line {history.damage[0].line}: this is what stands before that."


def _rules(state: State) -> str:
    follows_up = state.follow_ups > 0
    return rules_in_words(state.pressure, len(state.questions), follows_up=follows_up) if state.pressure else ""


def _not_reached(state: State) -> tuple[str, ...]:
    """Only a clock can keep a question from being reached; whoever left can go on."""
    reached = state.time_is_up and state.close_reason != "left"
    return tuple(q.ask for q in state.not_reached) if reached else ()


def _whys(history: History) -> dict[tuple[str, str], str]:
    """By question and follow-up: why it was asked. An assessment tells of the next one only."""
    earned = (event.parent or event.assessment for event in history.events if isinstance(event, Assessed))
    return {(a.question_id, a.follow_up.id): a.follow_up.why for a in earned if a.follow_up is not None}


def _takes(folder: store.SessionFolder, state: State, history: History, *, audio: bool) -> dict[str, Take]:
    """Every take that feedback tells of, by its id."""
    given = dict(state.given)
    recorded = {e.take_id: e.duration_s for e in history.events if isinstance(e, AnswerEnded)}
    told = dict.fromkeys(take_id for a in state.assessments for take_id in _told_of(a))
    return {
        take_id: _take(folder, take_id, given.get(take_id), recorded[take_id], audio=audio)
        for take_id in told
        if recorded.get(take_id)
    }


def _told_of(a: Assessment) -> Iterator[str]:
    yield a.take_id
    yield from (retake.take_id for retake in a.retakes)
    for further in filter(None, (a.first_take, *a.follow_ups_asked)):
        yield from _told_of(further)


def _take(
    folder: store.SessionFolder, take_id: str, transcript: Transcript | None, recorded_s: float, *, audio: bool
) -> Take:
    speech = transcript.speech if transcript else ()
    if not audio:
        return Take(recorded_s, speech, missing="The recording was left out of this page.")
    if folder.no_recording(take_id):
        return Take(recorded_s, speech, missing="There is no recording of this answer any more.")
    path = folder.recording(take_id)
    try:
        pcm = read_recording(path)
    except (AudioFileError, OSError, RuntimeError):  # libsndfile's own error is a RuntimeError
        return Take(recorded_s, speech, missing="The recording of this answer can't be read.")
    return Take(length_s(path), speech, compressed(pcm), MIME)
