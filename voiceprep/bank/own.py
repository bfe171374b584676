"""The candidate's own questions, in the user's data folder: as many folders as there were imports, a file a question.

    questions/000001/own-what-is-a-lock.yaml

An import is written into a folder beside and renamed as a whole, so that all of it is there or nothing; of a question
that was imported twice the newest counts. The files are the bank's own form and go through the bank's own reader. What
is wrong with one of them keeps only that one away, and never a shipped question.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from voiceprep import durable
from voiceprep.bank.contents import MAX_BYTES, Bank, Problem
from voiceprep.bank.load import read_questions
from voiceprep.bank.written import as_yaml
from voiceprep.bank.yaml_file import Document, read
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.question import Outline, Question, outline_of
from voiceprep.errors import BankError

MAX_OWN = 5_000
_TRIES = 20


def with_own(bank: Bank, folder: Path) -> Bank:
    """The bank and the own questions in `folder`. One that can't be read, or has the id of another question of the
    bank, is set aside with its problem."""
    found: dict[str, Question] = {}
    problems: list[Problem] = []
    for path in _files(folder):
        if path.stem in found:
            continue  # imported again since
        if len(found) >= MAX_OWN:
            problems.append(Problem(str(path), 1, 1, f"more than {MAX_OWN} questions of your own: remove some"))
            break
        question, wrong = _read_one(path, bank.lexicon)
        if question is not None and question.id in bank.questions:
            message = f"{question.id!r} is the id of a question that comes with voiceprep: remove it, or rename yours"
            question, wrong = None, (Problem(str(path), 1, 1, message),)
        problems += wrong
        if question is not None:
            found[question.id] = question
    if not found:
        return replace(bank, set_aside=tuple(problems)) if problems else bank
    own = {i: found[i] for i in sorted(found)}
    return replace(bank, questions=_Beside(bank, own), own=frozenset(own), set_aside=tuple(problems))


class _Beside(Mapping[str, Question]):
    """The bank's questions, which are only read when they're asked for, and the own ones after them."""

    def __init__(self, bank: Bank, own: Mapping[str, Question]) -> None:
        self._bank, self._own = bank, own

    def __getitem__(self, question_id: str) -> Question:
        found = self._own.get(question_id)
        return self._bank.questions[question_id] if found is None else found

    def __iter__(self) -> Iterator[str]:
        yield from self._bank.questions
        yield from self._own

    def __len__(self) -> int:
        return len(self._bank.questions) + len(self._own)

    @functools.cached_property
    def outlines(self) -> Mapping[str, Outline]:
        return {**self._bank.outlines, **{i: outline_of(q) for i, q in self._own.items()}}


def keep(folder: Path, questions: Sequence[Question]) -> None:
    """Writes the questions, all of them or none. Raises BankError for one that is too large, or StorageError."""
    durable.make_folder(folder)
    texts = {f"{q.id}.yaml": as_yaml([q]).encode() for q in questions}
    for name, text in texts.items():
        if len(text) > MAX_BYTES:
            raise BankError(f"{name} would be larger than {MAX_BYTES:,} bytes.", "Leave some of its sayings out.")
    try:
        staged = Path(tempfile.mkdtemp(prefix=".import.", dir=folder))
    except OSError as error:
        raise durable.storage_error(error, folder) from error
    try:
        for name, text in texts.items():
            durable.write_atomic(staged / name, text)
        placed = _place(staged, folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    for path in list(_files(folder)):
        if path.name in texts and path.parent != placed:
            _unlink(path)  # what an earlier import left of the same question


def remove(folder: Path, question_id: str) -> bool:
    """Removes an own question, damaged or not; False when there's none of that name."""
    paths = [p for p in _files(folder) if p.stem == question_id]
    for path in reversed(paths):  # the oldest first: a crash in between brings no older one back
        _unlink(path)
    return bool(paths)


def _place(staged: Path, folder: Path) -> Path:
    """Gives the folder its number; another import may take one first."""
    for left in reversed(range(_TRIES)):
        numbers = [int(p.name) for p in folder.iterdir() if p.name.isascii() and p.name.isdigit()]
        placed = folder / f"{max(numbers, default=0) + 1:06d}"
        try:
            os.rename(staged, placed)
            durable.sync_folder(folder)
            break
        except OSError as error:
            if not left:
                raise durable.storage_error(error, folder) from error
    return placed


def _files(folder: Path) -> Iterator[Path]:
    """The files of own questions, those of the newest import first. Links and other odd things are no files."""
    if not folder.is_dir():
        return
    numbered = [p for p in folder.iterdir() if p.name.isascii() and p.name.isdigit() and _is(p, stat.S_ISDIR)]
    for one in sorted(numbered, key=lambda p: (int(p.name), p.name), reverse=True):
        yield from sorted(p for p in one.iterdir() if p.suffix == ".yaml" and _is(p, stat.S_ISREG))


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    try:
        return kind(path.lstat().st_mode)
    except OSError:
        return False


def _read_one(path: Path, lexicon: Lexicon) -> tuple[Question | None, tuple[Problem, ...]]:
    document, problems = read_limited(path, str(path))
    if document is None:
        return None, problems
    found, problems = read_questions([document], lexicon)
    if problems:
        return None, problems
    if len(found) != 1 or found[0][2].id != path.stem:
        return None, (Problem(str(path), 1, 1, f"must hold the one question {path.stem!r}"),)
    return found[0][2], ()


def read_plain(path: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """`read_limited`, of a plain file of the candidate's; neither document nor problem when it isn't there."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None, (Problem(str(path), 1, 1, "is no plain file: move it away"),)
    except FileNotFoundError:
        return None, ()
    except OSError as error:
        return None, (Problem(str(path), 1, 1, f"can't be read: {error.strerror or error}"),)
    return read_limited(path, str(path))


def read_limited(path: Path, shown: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """`yaml_file.read`, of a file whose size is looked at before it's read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, (Problem(shown, 1, 1, f"larger than {MAX_BYTES:,} bytes: split it"),)
    except OSError as error:
        return None, (Problem(shown, 1, 1, f"can't be read: {error.strerror or error}"),)
    return read(path, shown)


def _unlink(path: Path) -> None:
    try:
        path.unlink()
        with contextlib.suppress(OSError):  # others may still be in it
            path.parent.rmdir()
        durable.sync_folder(path.parent if path.parent.is_dir() else path.parent.parent)
    except OSError as error:
        raise durable.storage_error(error, path) from error
