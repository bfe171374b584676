"""The compiled index of a bank: what loading found, kept in the cache so that the next start needn't read it all.

A file of JSON lines: a head, the rounds and outlines, the lexicon, then a question a line, which is parsed when it's
asked for. It is believed only when its key is the digest of the bank's files as they are now, and of the code that
read them, and when its content has the digest that its head names. In every other case, damage included, the bank is
loaded from its files and the index written anew. It may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from voiceprep import __version__, durable
from voiceprep.bank.contents import MAX_BYTES, SAYINGS, Bank
from voiceprep.core import lexicon as lexicon_module
from voiceprep.core import plan as plan_module
from voiceprep.core import question as question_module
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.plan import Round
from voiceprep.core.question import Outline, Question
from voiceprep.errors import StorageError

FORM = "voiceprep-bank-index/1"
LONGEST = 400_000_000
"""A larger index isn't read: it's none of ours."""
KEPT = 4
"""Indexes of as many banks are kept; the oldest goes when another comes."""


@dataclass(frozen=True)
class _Table:
    version: str
    rounds: tuple[Round, ...]
    outlines: tuple[Outline, ...]


class IndexedQuestions(Mapping[str, Question]):
    """Questions by id, each parsed when it is first asked for. `outlines` are known without that."""

    def __init__(self, outlines: Mapping[str, Outline], lines: Mapping[str, bytes], folder: Path) -> None:
        self.outlines = outlines
        self._lines, self._folder = lines, folder
        self._made: dict[str, Question] = {}

    def __getitem__(self, question_id: str) -> Question:
        made = self._made.get(question_id)
        if made is None:
            made = self._made[question_id] = self._parsed(question_id)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._lines

    def _parsed(self, question_id: str) -> Question:
        line = self._lines[question_id]
        try:
            question: Question = _adapter(Question).validate_json(line)
            if question.id == question_id:
                return question
        except ValidationError:
            pass
        # Its digest was right and it isn't a question: somebody else wrote it. The bank itself is still there.
        return _sound_bank(self._folder).questions[question_id]


def indexed_bank(folder: Path, cache: Path) -> Bank:
    """The bank in `folder`, by its index in `cache` where that is true. Raises BankError with every located problem."""
    key = _key(folder)
    path = cache / f"{hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]}.jsonl"
    if key is not None and (found := _read(path, key, folder)) is not None:
        return found
    bank = _sound_bank(folder)
    if key is not None and _key(folder) == key:  # not while somebody writes in it
        _write(path, key, bank)
    return bank


def _sound_bank(folder: Path) -> Bank:
    from voiceprep.bank.load import sound_bank  # where the index is true, nothing has to be read

    return sound_bank(folder)


def _key(folder: Path) -> str | None:
    """A digest of everything that a bank is made from; None when it can't all be read: the loader says it better."""
    digest = hashlib.blake2b(f"{FORM} {__version__} {_code()}".encode(), digest_size=32)
    try:
        paths = [p for p in folder.iterdir() if p.suffix in (".yaml", ".yml")]
        if (folder / SAYINGS).is_dir():
            paths += (folder / SAYINGS).glob("*.jsonl")
        for path in sorted(paths):
            if path.stat().st_size > MAX_BYTES:
                return None
            content = path.read_bytes()
            digest.update(
                f"\n{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode("utf-8", "surrogateescape")
            )
            digest.update(content)
    except OSError:
        return None
    return digest.hexdigest()


@functools.cache
def _code() -> str:
    """A digest of the code that reads banks: after a change in it no older index is true."""
    digest = hashlib.blake2b(digest_size=16)
    ours = Path(__file__).parent.glob("*.py")
    with contextlib.suppress(OSError):  # without sources the program's version has to do
        for path in sorted([*ours, *(Path(str(m.__file__)) for m in (lexicon_module, plan_module, question_module))]):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _read(path: Path, key: str, folder: Path) -> Bank | None:
    try:
        if not path.is_file() or path.stat().st_size > LONGEST:
            return None
        head, _, body = path.read_bytes().partition(b"\n")
        said = json.loads(head)
        if not isinstance(said, dict) or (said.get("form"), said.get("key")) != (FORM, key):
            return None
        if said.get("body") != _digest(body):
            return None
        lines = body.split(b"\n")
        table = _adapter(_Table).validate_json(lines[0])
        lexicon = _adapter(Lexicon).validate_json(lines[1])
    except (OSError, ValueError, IndexError, RecursionError):  # ValidationError is a ValueError
        return None
    outlines = {o.id: o for o in table.outlines}
    questions = lines[2:]
    if len(outlines) != len(questions):
        return None
    rounds = {r.id: r for r in table.rounds}
    by_id = dict(zip(outlines, questions, strict=True))
    return Bank(IndexedQuestions(outlines, by_id, folder), lexicon, rounds, table.version)


def _write(path: Path, key: str, bank: Bank) -> None:
    """Written whole or not at all; a disk that refuses costs the next start its time, and nothing else."""
    table = _Table(bank.version, tuple(bank.rounds.values()), tuple(bank.outlines.values()))
    written: list[tuple[Any, Any]] = [(_Table, table), (Lexicon, bank.lexicon)]
    written += ((Question, q) for q in bank.questions.values())
    body = b"\n".join(_adapter(kind).dump_json(value) for kind, value in written)
    head = json.dumps({"form": FORM, "key": key, "body": _digest(body)}).encode()
    with contextlib.suppress(StorageError, OSError):
        durable.make_folder(path.parent)
        durable.write_atomic(path, head + b"\n" + body)
        every = sorted(path.parent.glob("*.jsonl"), key=lambda p: p.stat().st_mtime)
        for old in every[:-KEPT]:
            old.unlink(missing_ok=True)


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=32).hexdigest()
