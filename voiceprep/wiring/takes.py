"""All takes of a question, from the sessions on disk, and how their recordings are played."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from voiceprep.config import Places, Settings
from voiceprep.core.clean import one_line
from voiceprep.core.takes import QuestionTakes, SessionAnswers, additions, takes_by_question
from voiceprep.errors import DeviceError, SessionError, VoiceprepError
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.wav import RATE
from voiceprep.ports import Sound, Speaker
from voiceprep.report import wording
from voiceprep.sessions import store
from voiceprep.tui.backend import Recording
from voiceprep.wiring.demo import TITLE
from voiceprep.wiring.past import read
from voiceprep.wiring.room import Room

LONGEST_LINE = 1_000_000


def question_takes(root: Path, question_id: str) -> QuestionTakes:
    """Every take of this question in the sessions under `root`, but the demo's. Raises SessionError when there is
    none."""
    folders = [f for f in store.folders(root) if _asks(f, question_id)]
    return _found(folders, _answers(folders), question_id)


def takes_in(folder: store.SessionFolder, question_id: str) -> QuestionTakes:
    """The same of one session alone, the demo's as well: its candidate's takes are held beside nobody else's."""
    return _found([folder], _answers([folder], demo=True), question_id)


def questions_taken_again(root: Path) -> list[QuestionTakes]:
    """The questions with more than one take in the sessions under `root`, the one taken last first; by their ids only,
    and which recordings are there isn't looked up."""
    again = [
        QuestionTakes(question_id, question_id, takes[-1].assessment.ask, takes)
        for question_id, takes in takes_by_question(_answers(store.folders(root))).items()
        if len(takes) > 1
    ]
    return sorted(again, key=lambda q: q.takes[-1].session_id, reverse=True)


def _found(
    folders: Sequence[store.SessionFolder], answers: Iterable[SessionAnswers], question_id: str
) -> QuestionTakes:
    by_id = {f.id: f for f in folders}
    takes = takes_by_question(answers).get(question_id, ())
    if not takes:
        raise SessionError(
            f"There is no take of {one_line(question_id, 60)!r}.",
            "See which questions were taken more than once: voiceprep takes.",
        )
    there = frozenset(
        (take.session_id, take_id)
        for take in takes
        for take_id in (take.assessment.take_id, *(a.take_id for a in additions(take.assessment)))
        if _recording(by_id[take.session_id], take_id) is not None
    )
    short = _short(by_id[takes[-1].session_id], question_id)
    return QuestionTakes(question_id, short, takes[-1].assessment.ask, takes, there)


def _answers(folders: Iterable[store.SessionFolder], *, demo: bool = False) -> Iterator[SessionAnswers]:
    for session_id, day, state in read(folders):
        if demo or state.title != TITLE:
            yield SessionAnswers(session_id, day, (*state.earlier, *state.assessments))


def _asks(folder: store.SessionFolder, question_id: str) -> bool:
    """Whether the session may have asked it, by its journal's first line: the others needn't be read."""
    try:
        with folder.journal.open("rb") as journal:
            return question_id.encode(errors="replace") in journal.readline(LONGEST_LINE)
    except OSError:
        return False


def _short(folder: store.SessionFolder, question_id: str) -> str:
    try:
        return next(str(q["short"]) for q in folder.meta()["questions"] if q["id"] == question_id)
    except (SessionError, StopIteration):
        return question_id


def _recording(folder: store.SessionFolder, take_id: str) -> Path | None:
    """Where a take can be read; None where it can't."""
    return None if folder.no_recording(take_id) else folder.recording(take_id)


# Playing -----------------------------------------------------------------------------------------------------------


def play_all(
    recordings: Sequence[Recording],
    root: Path,
    speaker: Speaker,
    tell: Callable[[str], None],
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Plays them one after another, in the calling thread, saying which; at the end "". Raises what finding, reading
    and playing raise."""
    for recording in recordings:
        path = _recording(store.find(root, recording.session_id), recording.take_id)
        if path is None:
            raise SessionError(
                f"The recording of {recording.name} isn't there any more.", "What was heard in it is still listed."
            )
        sound = Sound(read_recording(path), RATE)
        stops = speaker.stops  # read before asking: what is hushed from now on is seen by one or the other
        if not goes_on():
            return
        tell(f"Playing {recording.name}, {wording.clock(sound.duration_s)}.")
        speaker.play(sound, stops)
        if not goes_on():
            return
    tell("")


def play_here(
    recordings: Sequence[Recording],
    places: Places,
    settings: Settings,
    tell: Callable[[str], None],
    began: Callable[[Speaker], None] = lambda speaker: None,
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """The same where no session is being held: opens the speaker for it, and gives it back. `began` is told of it."""
    room = Room(settings, places.engine_log, lambda news: None, quiet="", listens=False)
    try:
        if not room.speaks:
            raise DeviceError(
                " ".join(room.notices) or "There is no speaker to play it on.", "What was heard is listed all the same."
            )
        began(room.speaker)
        play_all(recordings, places.sessions, room.speaker, tell, goes_on)
    finally:
        room.close()


class Player:
    """Plays recordings while no session is being held, in a thread of its own; one order replaces the one before."""

    def __init__(self, places: Places, settings: Settings) -> None:
        self._places, self._settings = places, settings
        self._order = 0
        self._speaker: Speaker | None = None
        self._alone = threading.Lock()

    def play_recordings(self, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        self.hush()
        threading.Thread(target=self._play, args=(self._order, recordings, tell), name="player", daemon=True).start()

    def hush(self) -> None:
        """What plays is cut short, and what was to come isn't played."""
        self._order += 1
        if (speaker := self._speaker) is not None:
            speaker.stop()

    def close(self) -> None:
        """Returns when the speaker is free."""
        self.hush()
        while not self._alone.acquire(timeout=0.1):
            self.hush()  # the one before may have come just ahead of the sound it was to stop
        self._alone.release()

    def _play(self, order: int, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        def goes_on() -> bool:
            return self._order == order

        def began(speaker: Speaker) -> None:
            self._speaker = speaker

        with self._alone:
            try:
                if goes_on():
                    play_here(recordings, self._places, self._settings, tell, began, goes_on)
            except (VoiceprepError, OSError) as error:
                tell(one_line(str(error)))
            finally:
                self._speaker = None
