"""What is said about recordings: where they go, what a crash left, what is removed."""

from __future__ import annotations

import datetime
from pathlib import Path

from voiceprep.config import Places, Settings
from voiceprep.core.clean import one_line
from voiceprep.core.state import State
from voiceprep.pcm.recording import length_s
from voiceprep.report.wording import clock
from voiceprep.sessions import store
from voiceprep.sessions.retention import remove_old

NONE_KEPT = "Recordings are removed once they're judged (keep_audio is no)."


def where_to(root: Path, *, keeps_audio: bool) -> str:
    """What whoever is recorded for the first time should know; empty later. Ask before the session is made."""
    if not keeps_audio:
        return NONE_KEPT
    return "" if store.folders(root) else f"You are recorded to {one_line(str(root), 200)}, and to nowhere else."


def taken_up(found: store.Recovered) -> str:
    """What is gone on with, in a sentence; "Recovered" where a process died."""
    answer = _of_answer(found.state, found.take_s) if found.take_id else ""
    if found.state.phase != "closed":
        return f"Recovered: {answer}. Going on from there." if answer else "Going on where the session stopped."
    return f"Going on at {answer}." if answer else "Going on where you left."


def cut_off_line(root: Path) -> str:
    """That the last session was cut off, and how it's gone on with; empty where it was ended."""
    folder = store.cut_off(root)
    if folder is None:
        return ""
    state = folder.state()
    answer = _of_answer(state, length_s(folder.recording(state.take_id)))
    kept = f"Recovered: {answer}. Session {folder.id} was cut off" if answer else f"Session {folder.id} was cut off"
    return f"{kept}; it's kept. Go on with it: voiceprep practice --resume {folder.id}"


def removed_line(where: Places, settings: Settings) -> str:
    """Removes the recordings that are too old, and says so; empty where there were none."""
    gone = remove_old(where.sessions, settings.keep_audio_days, datetime.date.today())
    if not gone.takes:
        return ""
    takes = f"{gone.takes} recording{'s' * (gone.takes != 1)} of {gone.sessions} session{'s' * (gone.sessions != 1)}"
    days = f"{settings.keep_audio_days} day{'s' * (settings.keep_audio_days != 1)}"
    return f"Removed {takes}, older than {days} (keep_audio_days). What was said and judged stays."


def _of_answer(state: State, take_s: float) -> str:
    """ "12:41 of answer 3" while that answer was being given or judged."""
    phase = state.left_from or state.phase
    given = phase in ("listening", "transcribing", "assessing") or state.paused_from == "listening" or state.goes_on
    return f"{clock(take_s)} of answer {state.take}" if given and take_s >= 1 else ""
