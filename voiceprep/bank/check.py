"""Everything that is wrong with a bank, located: what keeps it from loading, and what keeps it from being good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from voiceprep.bank.contents import SAYINGS, Bank, Problem
from voiceprep.bank.heard import Neighbours, Result, heard
from voiceprep.bank.ids import IDS, all_names, broken, read_ids
from voiceprep.bank.load import LEXICON, OMITTED, ROUNDS, load_bank
from voiceprep.bank.places import shown
from voiceprep.bank.rounds_file import TAGS
from voiceprep.bank.sayings_file import read_sayings
from voiceprep.bank.schema import TopicFile
from voiceprep.bank.writing import badly_said, badly_written
from voiceprep.bank.yaml_file import Document, Path_, read
from voiceprep.core.question import Question

NO_TOPICS = frozenset((LEXICON, ROUNDS, TAGS, OMITTED))


@dataclass(frozen=True)
class Checked:
    """A bank and all its problems in order; `refused` of them keep it from being used."""

    bank: Bank
    problems: tuple[Problem, ...]
    refused: int


class Places:
    """Where each question of a bank's folder stands."""

    def __init__(self, folder: Path) -> None:
        self._found: dict[str, tuple[Document, Path_]] = {}
        for path in sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and p.name not in NO_TOPICS):
            document, _ = read(path, shown(path))
            if document is None:
                continue
            for n, question_id in enumerate(_ids_in(document)):
                self._found[question_id] = document, ("questions", n)

    def problem(self, question_id: str, path: Path_, message: str) -> Problem:
        """A problem at `path` inside the question."""
        document, where = self._found[question_id]
        return document.problem((*where, *path), message)


def _ids_in(document: Document) -> tuple[str, ...]:
    """The questions of a topic file; a refused file has none in the bank."""
    try:
        return tuple(q.id for q in TopicFile.model_validate(document.data).questions)
    except ValidationError:
        return ()


def check_bank(folder: Path) -> Checked:
    """Every problem that can be seen without judging answers. Raises BankError when the folder can't be read."""
    bank, refused = load_bank(folder)
    places = Places(folder)
    problems = list(refused)
    for question in bank.questions.values():
        problems += (places.problem(question.id, path, message) for path, message in badly_written(question))
    problems += _sayings(folder, bank.questions)
    problems += _ids(folder, bank, places, whole=not refused)
    problems += _omitted(folder, bank)
    return Checked(bank, tuple(sorted(problems)), len(refused))


def check_heard(
    folder: Path, bank: Bank, ids: Iterable[str]
) -> Iterator[tuple[str, tuple[Result, ...], list[Problem]]]:
    """For each question named: what answers made for the purpose are worth to it, and those worth too much or too
    little as problems. A second or so a question."""
    places, neighbours = Places(folder), Neighbours(bank)
    for question_id in ids:
        results = heard(bank.questions[question_id], bank, neighbours)
        problems = [
            places.problem(question_id, ("model_answer",) if r.kind == "model answer" else (), r.message())
            for r in results
            if r.missed
        ]
        yield question_id, results, problems


def _sayings(folder: Path, questions: Iterable[str]) -> Iterator[Problem]:
    for question_id in questions:
        path = folder / SAYINGS / f"{question_id}.jsonl"
        if path.is_file():
            for line, message in badly_said(read_sayings(path, shown(path))[0]):
                yield Problem(shown(path), line, 1, message)


def _ids(folder: Path, bank: Bank, places: Places, *, whole: bool) -> Iterator[Problem]:
    """Broken promises. Of a bank that isn't read as a `whole`, nothing can be said to be gone."""
    path = folder / IDS
    if not (path.exists() or path.is_symlink()):
        return
    listed, wrong = read_ids(path, shown(path))
    yield from wrong
    if wrong and not listed:
        return
    in_bank, lost = broken(listed, all_names(bank.questions.values()))
    for named, message in in_bank:
        yield places.problem(named.key.split("/")[0], named.path, message)
    for entry, message in lost if whole else ():
        yield Problem(shown(path), entry.line, 1, message)


def sources(question: Question) -> frozenset[str]:
    """Everything that the question and its parts say they come from."""
    points = [*question.points, *(p for f in question.follow_ups for p in f.points)]
    parts = [p.sources for p in points] + [p.sources for p in question.pitfalls]
    found = [*question.sources, *(s for part in parts for s in part)]
    found += (s for f in question.follow_ups for s in f.sources)
    return frozenset(found)


def _omitted(folder: Path, bank: Bank) -> Iterator[Problem]:
    """What is said to be left out, and is used; what is said twice."""
    path = folder / OMITTED
    document = read(path, shown(path))[0] if path.is_file() else None
    if document is None:
        return
    used = frozenset(s for q in bank.questions.values() for s in sources(q))
    times: Counter[str] = Counter()
    for where, source in omitted_ids(document):
        times[source] += 1
        if source in used:
            yield document.problem(where, f"{source} is used, and isn't left out: remove it here, or from `sources`")
        if times[source] == 2:
            yield document.problem(where, f"{source} stands here twice: remove one")


def omitted_ids(document: Document) -> Iterator[tuple[Path_, str]]:
    """Each id of an `omitted.yaml`, and where."""
    groups = document.data.get("omitted") if isinstance(document.data, dict) else None
    for n, group in enumerate(groups if isinstance(groups, list) else ()):
        ids = group.get("ids") if isinstance(group, dict) else None
        for m, source in enumerate(ids if isinstance(ids, list) else ()):
            if isinstance(source, str):
                yield ("omitted", n, "ids", m), source
