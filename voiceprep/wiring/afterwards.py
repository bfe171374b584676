"""A session that has ended, amended: the candidate's later word on it, and what was judged once more."""

from __future__ import annotations

from voiceprep.core import beside, interview
from voiceprep.core import events as e
from voiceprep.core.anew import ground_with
from voiceprep.core.assessing import assessed_anew
from voiceprep.core.interview import State
from voiceprep.errors import SessionError, UsageError
from voiceprep.ports import Grounds, Journal
from voiceprep.sessions import store
from voiceprep.sessions.journal import FileJournal
from voiceprep.wiring.reports import write_report


def amend(folder: store.SessionFolder, *wanted: e.Event, report: bool = True) -> State:
    """Writes the events into the session's journal, judges anew what they order, and writes the report again; returns
    where it stands then. What an earlier amendment didn't live to judge is judged first; what changes nothing is left
    out. Raises SessionError when the session isn't ended, is damaged or is open elsewhere, UsageError for an event that
    it has no place for."""
    with folder.locked():
        recovered = store.recover(folder)
        state = recovered.state
        if state.phase != "closed":
            raise SessionError(
                f"Session {folder.id} wasn't ended.", f"Go on with it first: voiceprep practice --resume {folder.id}."
            )
        grounds = folder.grounds()
        journal = FileJournal(folder.journal, len(recovered.history))
        try:
            for order in beside.orders_due(state):
                state = _received(state, _judged(order, grounds), journal, grounds)
            for event in wanted:
                state = _received(state, event, journal, grounds)
        finally:
            journal.close()
        if report and state != recovered.state:
            write_report(folder)
    return state


def edit(folder: store.SessionFolder, take_id: str, text: str) -> State:
    """The candidate's own words in the place of what was heard in a take. Raises UsageError when there is nothing of
    the kind to put right, else as `amend`."""
    state = folder.state()
    given = dict(state.given)
    heard = sorted(take for take, transcript in given.items() if transcript.source != "typed")
    if not text.split():
        raise UsageError("The text is empty.", "Give the words that you said.")
    if take_id not in heard:
        why = "was typed" if take_id in given else "has no words that were heard"
        takes = f"These were heard: {', '.join(heard)}." if heard else "Nothing in this session was heard."
        raise UsageError(f"Take {take_id} of session {folder.id} {why}.", takes)
    event = e.TranscriptEdited(take_id, text)
    if not beside.edits(state, event) and text.split() != given[take_id].text.split():
        raise UsageError(
            f"Take {take_id} of session {folder.id} was replaced by a later one.", "Put that one right instead."
        )
    return amend(folder, event)


def _received(state: State, event: e.Event, journal: Journal, grounds: Grounds) -> State:
    try:
        if interview.stale(state, event):
            return state
        state, effects = interview.step(state, event)
    except interview.ImpossibleEvent as error:
        raise UsageError(f"That can't be said of a session that has ended: {error}.", "Nothing was changed.") from error
    journal.append(event, durable=True)
    for order in effects:
        assert isinstance(order, e.AssessAnew), "nothing else is ordered after the end"
        state = _received(state, _judged(order, grounds), journal, grounds)
    return state


def _judged(order: e.AssessAnew, grounds: Grounds) -> e.Assessed:
    return assessed_anew(ground_with(grounds.ground(order.latest.question_id), order.told), order)
