"""Sessions on disk: create, list, open, recover, verify. Folders 0700, files 0600."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from voiceprep import durable
from voiceprep.core import interview
from voiceprep.core.clean import one_line
from voiceprep.core.events import IN_HEAD, AnswerEnded, Event
from voiceprep.core.feedback import Ground
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.matching import MATCHER_VERSION
from voiceprep.core.plan import Plan
from voiceprep.errors import SessionError, StorageError
from voiceprep.pcm import flac, recording, wav
from voiceprep.sessions import codec
from voiceprep.sessions.journal import History, read_journal
from voiceprep.sessions.quotes import bad_quotes

SCHEMA = 2
"""1: takes are WAVs. 2: takes may be FLACs, and `recordings` says whether there should be any."""
COMPILED = 2
"""Questions whose rubrics stay compiled: the one that is asked and the one before, whose answer is still checked."""
META_KEYS = frozenset(("id", "title", "created", "bank_version", "engines", "questions", "lexicon", "recordings"))
Recordings = Literal["kept", "not kept", "removed"]
ABSENT: Mapping[str, str] = {
    "kept": "The recording of this answer is missing.",
    "not kept": "No recording of this answer was kept (keep_audio is no).",
    "removed": "The recording of this answer was removed when it was old (keep_audio_days).",
}
LEAST_FREE_BYTES = 200_000_000
_TAKE_ID = re.compile(r"a[0-9]{3,6}(\.orphan-[0-9a-f]{4})?")
"""Of a take, or of one that was kept aside."""


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """Where one session lies."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def journal(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def audio(self) -> Path:
        return self.path / "audio"

    @property
    def meta_path(self) -> Path:
        return self.path / "session.json"

    def take(self, take_id: str) -> Path:
        """Where the take is recorded to. Raises SessionError for an id that no take has: journals come from elsewhere,
        and what they say doesn't become part of a path unseen."""
        if not _TAKE_ID.fullmatch(take_id):
            raise SessionError(f"No take is called {one_line(take_id, 40)!r}.", "See `voiceprep sessions verify`.")
        return self.audio / f"{take_id}.wav"

    def recording(self, take_id: str) -> Path:
        """Where the take can be read: its FLAC when there is one, else its WAV, which need not be there either. Raises
        as `take` does."""
        recorded = self.take(take_id)
        kept = recorded.with_suffix(".flac")
        return kept if kept.is_file() else recorded

    def takes(self) -> list[Path]:
        """Where the takes that are there can be read, in their order."""
        names = {p.stem for form in ("wav", "flac") for p in self.audio.glob(f"a[0-9][0-9][0-9].{form}")}
        return [self.recording(name) for name in sorted(names)]

    def no_recording(self, take_id: str) -> str:
        """Why there is nothing to play of a spoken take, in a sentence; empty where there is."""
        there = _TAKE_ID.fullmatch(take_id) and self.recording(take_id).is_file()
        return "" if there else ABSENT[self.recordings]

    @property
    def recordings(self) -> Recordings:
        """Whether the takes of this session are kept."""
        try:
            said = self.meta()["recordings"]
        except SessionError:
            return "kept"
        return said if isinstance(said, str) and said in ABSENT else "kept"  # type: ignore[return-value]

    def meta(self) -> dict[str, Any]:
        """session.json, as of today's format. Raises SessionError when it's missing, damaged, or newer than this
        program."""
        try:
            meta = json.loads(self.meta_path.read_text(encoding="utf-8"))
            schema = meta["schema"]
            if schema <= SCHEMA:
                meta = _upcast(meta)
                if lacking := META_KEYS - meta.keys():
                    raise ValueError(f"lacks {sorted(lacking)[0]}")
                _check_shapes(meta)
        except OSError as error:
            raise SessionError(
                f"{self.meta_path} can't be read ({error.strerror}).", "See `voiceprep sessions list`."
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            hint = "Its journal and its recordings are untouched: see `voiceprep sessions verify`."
            raise SessionError(f"{self.meta_path} is damaged.", hint) from error
        if not isinstance(schema, int) or schema > SCHEMA:
            raise SessionError(
                f"Session {self.id} was written by a newer voiceprep (format {schema}).",
                f"Update voiceprep; nothing in it was changed. {self._readable()}",
            )
        return dict(meta)

    def _readable(self) -> str:
        report = self.path / "report.md"
        return f"Its report can be read: {report}." if report.is_file() else f"Its recordings are in {self.audio}."

    def note_recordings(self, recordings: Recordings | None = None) -> None:
        """Writes session.json in today's format, if it isn't, and what has become of the recordings. Call it with the
        folder locked."""
        meta = self.meta()
        wanted = {**meta, "recordings": recordings or meta["recordings"]}
        if wanted != json.loads(self.meta_path.read_text(encoding="utf-8")):
            durable.write_atomic(self.meta_path, json.dumps(wanted, ensure_ascii=False).encode())

    def clear_parts(self) -> None:
        """Drops FLACs that a kill kept from being finished; their WAVs are there. Call it with the folder locked."""
        for part in self.audio.glob(f"*{flac.PART}"):
            part.unlink(missing_ok=True)

    def history(self) -> History:
        return read_journal(self.journal)

    def state(self) -> interview.State:
        """The session as its journal tells it, up to the first damage. Raises SessionError when that can't be told."""
        return self.history().state()

    def grounds(self) -> SessionGrounds:
        """The session's own copy of its questions and lexicon. Raises SessionError as `meta` does."""
        meta = self.meta()
        questions = [codec.question_from(q) for q in meta["questions"]]
        lexicon = codec.lexicon_from(meta["lexicon"])
        version = str(meta["bank_version"])
        return SessionGrounds({q.id: Ground(q, lexicon, version) for q in questions})

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes here meanwhile. Raises SessionError when somebody does."""
        with durable.locked(self.path / "lock"):
            yield


@dataclass(frozen=True)
class SessionGrounds:
    """Grounds by question id."""

    by_id: Mapping[str, Ground]

    def ground(self, question_id: str) -> Ground:
        """Raises SessionError for a question that isn't one of the session's."""
        if question_id not in self.by_id:
            raise SessionError(
                f"session.json lacks the question {one_line(question_id, 60)!r}.", "See `voiceprep sessions verify`."
            )
        return self._latest(question_id)

    @cached_property
    def _latest(self) -> Callable[[str], Ground]:
        """What is compiled of a question takes 3 to 6 MB: the last ones' is kept, not that of all there were."""
        return lru_cache(maxsize=COMPILED)(lambda question_id: replace(self.by_id[question_id]))


def _check_shapes(meta: dict[str, Any]) -> None:
    """Raises ValueError or TypeError where what is read without a look isn't what it should be."""
    said = [meta["title"], meta["created"], *meta["engines"].values()]
    said += [q[key] for q in meta["questions"] for key in ("id", "short", "topic")]
    if not all(isinstance(one, str) for one in said):
        raise ValueError("holds something else than text")


def _upcast(meta: dict[str, Any]) -> dict[str, Any]:
    """What an older program wrote, as this one would have."""
    return {**meta, "schema": SCHEMA, "recordings": "kept"} if meta["schema"] == 1 else meta


def check_space(root: Path) -> None:
    """Raises StorageError when there is too little space for a session."""
    try:
        free = durable.free_bytes(root)
    except OSError as error:
        raise durable.storage_error(error, root) from error
    if free < LEAST_FREE_BYTES:
        raise StorageError(
            f"Only {free // 1_000_000} MB are free at {root}; a session needs {LEAST_FREE_BYTES // 1_000_000} MB.",
            "Free some space, or choose another place with --data-dir.",
        )


def create(
    root: Path, plan: Plan, lexicon: Lexicon, bank_version: str, engines: Mapping[str, str], *, keeps_audio: bool = True
) -> SessionFolder:
    """A new session's folder with its session.json. Refused before anything is recorded when space is short."""
    durable.make_folder(root)
    check_space(root)
    session_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    folder = SessionFolder(root / session_id)
    durable.make_folder(folder.path)
    durable.make_folder(folder.audio)
    meta = {
        "schema": SCHEMA,
        "id": session_id,
        "title": plan.title,
        "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "bank_version": bank_version,
        "matcher_version": MATCHER_VERSION,
        "lexicon_sha256": lexicon.digest,
        "engines": dict(engines),
        "seed": plan.seed,
        "rubrics": {q.id: q.rubric for q in plan.questions},
        "questions": [codec.to_json(q) for q in plan.questions],
        "lexicon": codec.to_json(lexicon),
        "recordings": "kept" if keeps_audio else "not kept",
    }
    durable.write_atomic(folder.meta_path, json.dumps(meta, ensure_ascii=False).encode())
    return folder


def folders(root: Path) -> list[SessionFolder]:
    """All sessions under `root`, oldest first."""
    if not root.is_dir():
        return []
    marks = ("session.json", "events.jsonl")
    return [SessionFolder(p) for p in sorted(root.iterdir()) if any((p / m).is_file() for m in marks)]


def find(root: Path, session_id: str) -> SessionFolder:
    """The session with this id; "last" is the newest. Raises SessionError."""
    every = folders(root)
    if session_id == "last" and every:
        return every[-1]
    # The id is compared with names on disk, never joined to a path.
    for folder in every:
        if folder.id == session_id:
            return folder
    hint = "See `voiceprep sessions list`." if every else "There are none yet: hold one with `voiceprep practice`."
    raise SessionError(f"There is no session {session_id!r}.", hint)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A session taken up again: its events, its state, and what of the open take was on disk."""

    history: tuple[Event, ...]
    state: interview.State
    take_id: str | None
    take_s: float


def recover(folder: SessionFolder) -> Recovered:
    """Mends what a crash left: drops a torn last line and unfinished FLACs, patches WAV headers. Call it with the
    folder locked. Raises SessionError, or StorageError where nothing can be written."""
    try:
        return _recover(folder)
    except OSError as error:
        raise durable.storage_error(error, folder.path) from error


def _recover(folder: SessionFolder) -> Recovered:
    history = folder.history()
    if history.damage:
        first = history.damage[0]
        raise SessionError(
            f"The journal of {folder.id} is damaged at line {first.line}: {first.what}.",
            "It can be looked at, but not gone on with: voiceprep sessions show.",
        )
    state = history.state()
    if history.torn_at is not None:
        os.truncate(folder.journal, history.torn_at)
    take_id, take_s = None, 0.0
    folder.clear_parts()
    for path in folder.takes():
        if path.suffix == ".wav":
            wav.repair(path)
        if path.stem == state.take_id:
            take_id, take_s = path.stem, recording.length_s(path)
        elif path.stem > state.newest_take_id:
            # A power cut kept the recording and lost the event that announced it: kept aside, not written over.
            os.replace(path, path.with_name(f"{path.stem}.orphan-{secrets.token_hex(2)}{path.suffix}"))
    return Recovered(history.events, state, take_id, take_s)


def cut_off(root: Path) -> SessionFolder | None:
    """The newest session that had begun, when its process died in the middle of it; None when it was ended, or is still
    being held."""
    for folder in reversed(folders(root)):
        if not folder.journal.is_file():
            continue  # killed before its first event: it keeps none of those before it from being offered
        with contextlib.suppress(SessionError, StorageError, OSError):
            folder.meta()  # one of a newer program isn't even locked
            with folder.locked():
                history = folder.history()
                if history.events and not history.damage and history.state().phase != "closed":
                    return folder
        break  # ended, held by another process, damaged (`sessions verify` says so), or on a read-only disk
    return None


def is_open(state: interview.State) -> bool:
    """Whether there is something left to go on with."""
    return state.phase != "closed" or state.close_reason != "finished"


class Bearable(str):
    """A sentence of `verify` about what a kill or the candidate's own choice left: true, but no damage."""


def verify(folder: SessionFolder) -> list[str]:
    """Everything that isn't as it was written, a sentence each; an empty list is a whole session."""
    found: list[str] = []
    try:
        folder.grounds()
    except SessionError as error:
        found.append(error.message)
    try:
        history = folder.history()
    except SessionError as error:
        return [*found, error.message]
    found += [f"events.jsonl line {d.line}: {d.what}" for d in history.damage]
    if history.torn_at is not None:
        found.append(Bearable("events.jsonl ends in a torn line (the process was killed); it will be dropped."))
    try:
        state = history.state()
    except SessionError as error:
        return [*found, error.message]
    for event in _spoken(history, state):
        found += _verify_take(folder, event, state)
    found += [f"{take_id}: a quote isn't in its transcript" for take_id, _ in bad_quotes(history.events)]
    if state.phase != "closed":
        found.append(Bearable(f"The session was not ended; go on with: voiceprep practice --resume {folder.id}"))
    return found


def missing(folder: SessionFolder) -> list[str]:
    """Takes that were recorded and aren't there; `no_recording` says why."""
    history = folder.history()
    return [end.take_id for end in _spoken(history, history.state()) if folder.no_recording(end.take_id)]


def _spoken(history: History, state: interview.State) -> list[AnswerEnded]:
    """The last end of each take that something was recorded into."""
    if state.quiet == IN_HEAD:
        return []
    ends = {event.take_id: event for event in history.events if isinstance(event, AnswerEnded)}
    return [end for end in ends.values() if end.duration_s]


def _verify_take(folder: SessionFolder, event: AnswerEnded, state: interview.State) -> list[str]:
    path = folder.recording(event.take_id)
    if not path.is_file():
        if folder.recordings != "kept":
            return []
        return [Bearable(f"audio/{path.name} is missing ({event.duration_s:.1f} s were recorded).")]
    found: list[str] = []
    length_s = recording.length_s(path)
    if length_s > event.duration_s and event.take_id == state.take_id and state.phase != "closed":
        found.append(Bearable(f"audio/{path.name} was gone on with, and holds {length_s:.2f} s."))
    elif not abs(length_s - event.duration_s) <= 0.001:
        found.append(f"audio/{path.name} holds {length_s:.2f} s, {event.duration_s:.2f} s were recorded.")
    if path.suffix == ".flac" and not flac.is_whole(path):
        found.append(f"audio/{path.name} is damaged: its samples aren't those that were recorded.")
    return found
