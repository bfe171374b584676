"""What becomes of a take that is never gone on with: a FLAC, or nothing where no audio is kept.

A take that may still be gone on with stays a WAV, which is the one form that can be added to; so no FLAC is ever turned
back, and what a crash can hit stays one file that grows.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path

from voiceprep import durable
from voiceprep.core.events import AnswerChecked, AnswerTranscribed, Event, TranscriptionFailed
from voiceprep.core.state import State
from voiceprep.errors import VoiceprepError
from voiceprep.pcm import flac, wav
from voiceprep.sessions.store import SessionFolder, folders

SPARE_BYTES = 100_000_000
"""With less free than this nothing is made: the space belongs to the recording."""


def settled(state: State) -> tuple[str, ...]:
    """The takes that nothing is recorded into or recognised from any more."""
    open_ = {state.take_id} if state.close_reason != "finished" else set()
    if state.before_end is not None:
        open_.add(state.before_end.take_id)
    open_ |= {check.take_id for check in state.checks_due}
    every = (f"a{n:03d}" for n in range(1, state.takes + 1))
    return tuple(take_id for take_id in every if take_id not in open_)


def unheard(events: Iterable[Event], before: frozenset[str] = frozenset()) -> frozenset[str]:
    """Takes that no recogniser has managed to hear: their recording is all there is of them."""
    found = set(before)
    for event in events:
        if isinstance(event, TranscriptionFailed):
            found.add(event.take_id)
        elif isinstance(event, AnswerTranscribed | AnswerChecked):
            found.discard(event.take_id)
    return frozenset(found)


def finalise(
    folder: SessionFolder,
    take_ids: Sequence[str],
    unheard: frozenset[str],
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Each of these takes as it shall stay. Call it with the folder locked. What can't be done costs nothing: the WAV
    stays, and is tried again at the next start."""
    kept = folder.recordings != "not kept"
    for take_id in take_ids:
        if stop():
            return
        path = folder.take(take_id)
        with contextlib.suppress(VoiceprepError, OSError):
            if not kept and take_id not in unheard:
                remove(folder, take_id)
            elif not wav.recorded_s(path):
                path.unlink(missing_ok=True)  # killed before its first sample: nothing was recorded
            elif durable.free_bytes(path.parent) > SPARE_BYTES + path.stat().st_size:
                folder.note_recordings()  # before an older program could take a session with FLACs for one of its own
                flac.from_wav(path)


def remove(folder: SessionFolder, take_id: str) -> None:
    """Removes a take, whatever it's kept as."""
    for path in {folder.take(take_id), folder.recording(take_id)}:
        path.unlink(missing_ok=True)


def left_over(root: Path, stop: Callable[[], bool]) -> None:
    """Sessions whose process was killed before all of their takes were as they shall stay. Ends early on `stop`."""
    for folder in folders(root):
        if stop():
            return
        waiting = [p.stem for p in folder.audio.glob("a[0-9][0-9][0-9].wav")]
        if not waiting and not any(folder.audio.glob(f"*{flac.PART}")):
            continue
        with contextlib.suppress(VoiceprepError, OSError):
            folder.meta()  # one of a newer program isn't even locked
            with folder.locked():
                folder.clear_parts()
                history = folder.history()
                if not history.damage:
                    due = [t for t in settled(history.state()) if t in waiting]
                    finalise(folder, due, unheard(history.events), stop)


class Finaliser:
    """Sees to the takes of a session that is being held, each as soon as it's settled, one at a time in `lane`.
    `writing` tells the take whose file is open: what was abandoned may still be written to for a moment."""

    def __init__(
        self, folder: SessionFolder, history: Sequence[Event], lane: Executor, writing: Callable[[], str] = lambda: ""
    ) -> None:
        self._folder, self._lane, self._writing = folder, lane, writing
        self._unheard = unheard(history)
        self._done: set[str] = set()
        self._closing = threading.Event()
        self._last: Future[None] = lane.submit(left_over, folder.path.parent, self._closing.is_set)

    def follow(self, event: Event, state: State) -> None:
        """Told of every event, with the state after it."""
        self._unheard = unheard((event,), self._unheard)
        wait = {*self._done, self._writing()}
        due = [take_id for take_id in settled(state) if take_id not in wait]
        if due:
            self._done.update(due)
            self._last = self._lane.submit(finalise, self._folder, due, self._unheard)

    def close(self) -> None:
        """Waits for this session's takes, since its lock goes next, and for the take of an older session that is just
        being seen to, whose lock is held for it; the others wait for another start."""
        self._closing.set()
        with contextlib.suppress(Exception):  # the WAV is kept
            self._last.result()
