"""Loads bank files: every problem of every file at once, each located, and nothing half loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from voiceprep.bank import schema
from voiceprep.bank.contents import SAYINGS, Bank, Problem
from voiceprep.bank.meaning import meaning, unheard, wordless
from voiceprep.bank.places import shown as _shown
from voiceprep.bank.rounds_file import TAGS, read_rounds, unheld
from voiceprep.bank.sayings_file import BACKGROUND, Saying, read_sayings
from voiceprep.bank.yaml_file import Document, Path_, read
from voiceprep.core.folding import folder_of
from voiceprep.core.lexicon import PHONES, Lexicon, Term
from voiceprep.core.question import Point, Question
from voiceprep.core.words import tokenise
from voiceprep.errors import BankError

Form = TypeVar("Form", bound=BaseModel)

LEXICON, ROUNDS = "lexicon.yaml", "rounds.yaml"
OMITTED = "omitted.yaml"
MAX_FILES = 500


def load_bank(folder: Path) -> tuple[Bank, tuple[Problem, ...]]:
    """Everything in `folder`. With problems, the bank holds what could be read, for reporting only.

    Raises BankError when the folder itself can't be read.
    """
    if not folder.is_dir():
        raise BankError(f"There is no question bank at {folder}.", "Give a folder that holds bank files.")
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml"))
    if len(paths) > MAX_FILES:
        raise BankError(f"{folder} holds more than {MAX_FILES} files.", "Split the bank into several folders.")
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    unread = 0
    for path in paths:
        document, found = read(path, _shown(path))
        unread += document is None
        problems += found
        if document is not None:
            documents[path.name] = document
    lexicon = _lexicon(documents.pop(LEXICON, None), _background(folder, problems), problems)
    tags = _tags(documents.pop(TAGS, None), problems)
    rounds_document = documents.pop(ROUNDS, None)
    if omitted := documents.pop(OMITTED, None):
        read_form(omitted, schema.OmittedFile, problems)
    questions: dict[str, Question] = {}
    for document in documents.values():
        before = len(questions)
        for where, question in _topic(document, lexicon, tags, questions, problems):
            taught = _taught(question, folder, problems)
            problems += (document.problem((*where, *path), message) for path, message in unheard(taught))
            questions[question.id] = replace(taught, rubric=_rubric(taught, lexicon))
        unread += len(questions) == before
    if not questions and not problems:
        problems.append(Problem(_shown(folder), 1, 1, "holds no questions: add a topic file"))
    # A question that stands in a refused file is there: its rounds have no problem of their own.
    known = {*questions, *(i for d in documents.values() for i in _written_ids(d))}
    rounds_form = rounds_document and read_form(rounds_document, schema.RoundsFile, problems)
    rounds = read_rounds(rounds_document, rounds_form, known, problems) if rounds_document and rounds_form else {}
    if rounds_document is not None and not unread:
        problems += unheld(rounds_document, rounds, questions, tags)
    problems += _orphans(folder, known)
    version = hashlib.sha256("".join(q.rubric for q in questions.values()).encode()).hexdigest()[:12]
    return Bank(questions, lexicon, rounds, version), tuple(sorted(problems))


def sound_bank(folder: Path) -> Bank:
    """The bank in `folder`, or BankError with every located problem."""
    bank, problems = load_bank(folder)
    if problems:
        shown = "\n".join(str(p) for p in problems[:40])
        raise BankError(
            f"The question bank has {len(problems)} problem{'s' * (len(problems) > 1)}:\n{shown}\n",
            "Mend these lines; `voiceprep bank check` shows all of them.",
        )
    return bank


def read_questions(
    documents: Iterable[Document], lexicon: Lexicon, folder: Path | None = None
) -> tuple[tuple[tuple[Document, Path_, Question], ...], tuple[Problem, ...]]:
    """The questions of documents that come from outside the bank, each with where it stands, and every problem.

    Their technologies are free, and a point may have nothing to be heard by but its words. Sayings are looked for in
    `folder`/sayings, too.
    """
    found: list[tuple[Document, Path_, Question]] = []
    problems: list[Problem] = []
    seen: dict[str, Question] = {}
    folds = folder_of(lexicon)
    for document in documents:
        for where, question in _topic(document, lexicon, None, seen, problems):
            taught = _taught(question, folder, problems) if folder else question
            seen[taught.id] = taught
            problems += (document.problem((*where, *path), message) for path, message in wordless(taught, folds))
            found.append((document, where, replace(taught, rubric=_rubric(taught, lexicon))))
    return tuple(found), tuple(sorted(problems))


def read_form(document: Document, form: type[Form], problems: list[Problem]) -> Form | None:
    """The document in its form; None, and every problem added to `problems`, when it hasn't that form."""
    try:
        return form.model_validate(document.data)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_input=False, include_context=False):
            path: Path_ = tuple(p for p in item["loc"] if p != "[key]")
            name = ".".join(str(p) for p in path)
            what = item["msg"]
            if item["type"] == "extra_forbidden":
                what = "this key isn't known: remove it or mend its spelling"
            elif item["type"] == "missing":
                what = "is missing: add it"
            problems.append(document.problem(path, f"{name}: {what}" if name else what))
        return None


def _background(folder: Path, problems: list[Problem]) -> tuple[str, ...]:
    path = folder / SAYINGS / BACKGROUND
    if not (path.exists() or path.is_symlink()):
        return ()
    found, wrong = read_sayings(path, _shown(path), background=True)
    problems += wrong
    return tuple(s.text for s in found)


def _taught(question: Question, folder: Path, problems: list[Problem]) -> Question:
    """The question with its sayings, those of its follow-ups included."""
    path = folder / SAYINGS / f"{question.id}.jsonl"
    if not (path.exists() or path.is_symlink()):
        return question
    found, wrong = read_sayings(path, _shown(path))
    problems += wrong
    by_point: dict[str, list[Saying]] = {}
    for saying in found:
        by_point.setdefault(saying.point, []).append(saying)
    known = {p.id for p in (*question.points, *(p for f in question.follow_ups for p in f.points))}
    traps = {p.id for p in question.pitfalls} - known
    for point_id in by_point.keys() - known - traps:
        line = by_point[point_id][0].line
        problems.append(Problem(_shown(path), line, 1, f"{question.id} has no point {point_id!r}"))

    def taught(points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple(_with_sayings(p, by_point[p.id]) if p.id in by_point else p for p in points)

    follow_ups = tuple(replace(f, points=taught(f.points)) for f in question.follow_ups)
    for saying in (s for i in sorted(traps & by_point.keys()) for s in by_point[i] if s.does != "says"):
        problems.append(Problem(_shown(path), saying.line, 1, "a pitfall has sayings of the kind says only"))
    pitfalls = tuple(
        replace(p, said=(*p.said, *(s.text for s in by_point.get(p.id, ())))) if p.id in traps else p
        for p in question.pitfalls
    )
    return replace(question, points=taught(question.points), follow_ups=follow_ups, pitfalls=pitfalls)


def _with_sayings(point: Point, sayings: Iterable[Saying]) -> Point:
    by_kind: dict[str, tuple[str, ...]] = {}
    for saying in sayings:
        by_kind[saying.does] = (*by_kind.get(saying.does, ()), saying.text)
    said, missaid, named = (by_kind.get(k, ()) for k in ("says", "against", "names"))
    return replace(point, said=(*point.said, *said), missaid=(*point.missaid, *missaid), named=(*point.named, *named))


def _orphans(folder: Path, questions: Collection[str]) -> Iterator[Problem]:
    """Files of sayings for a question that isn't there: a mistyped name would be forgotten without a word."""
    root = folder / SAYINGS
    for path in sorted(root.glob("*.jsonl")) if root.is_dir() else ():
        if path.name != BACKGROUND and path.stem not in questions:
            yield Problem(_shown(path), 1, 1, f"there is no question {path.stem!r}")


def _lexicon(document: Document | None, background: tuple[str, ...], problems: list[Problem]) -> Lexicon:
    if document is None:
        return Lexicon(background=background, digest=_digest([background]) if background else "")
    form = read_form(document, schema.LexiconFile, problems)
    if form is None:
        return Lexicon(background=background)
    seen: set[str] = set()
    for n, term in enumerate(form.terms):
        if term.id in seen:
            problems.append(document.problem(("terms", n, "id"), f"the term {term.id!r} is defined twice"))
        seen.add(term.id)
        for word, ways in term.sounds.items():
            for m, way in enumerate(ways):
                if unknown := [p for p in way.split() if p not in PHONES]:
                    problem = document.problem(("terms", n, "sounds", word, m), f"{unknown[0]!r} is no ARPAbet sound")
                    problems.append(problem)
    for n, pair in enumerate(form.opposites):
        for m, word in enumerate(pair):
            if len(tokenise(word)) != 1:
                problems.append(document.problem(("opposites", n, m), f"{word!r} is not one word"))
    terms = tuple(
        Term(t.id, t.written, t.said, tuple(t.forms), tuple(t.heard), {w: tuple(s) for w, s in t.sounds.items()},
             tuple(t.unlike))
        for t in form.terms
    )  # fmt: skip
    opposites = tuple((a, b) for a, b in form.opposites if len(tokenise(a)) == len(tokenise(b)) == 1)
    return Lexicon(terms, opposites, _digest([*(asdict(t) for t in terms), opposites, background]), background)


def _tags(document: Document | None, problems: list[Problem]) -> frozenset[str] | None:
    if document is None:
        return None
    form = read_form(document, schema.TagsFile, problems)
    return None if form is None else frozenset(form.technologies)


def _written_ids(document: Document) -> Iterator[str]:
    """The ids of a topic file's questions, whether or not its form is right."""
    questions = document.data.get("questions") if isinstance(document.data, dict) else None
    for item in questions if isinstance(questions, list) else ():
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            yield item["id"]


def _topic(
    document: Document,
    lexicon: Lexicon,
    tags: frozenset[str] | None,
    earlier: Mapping[str, Question],
    problems: list[Problem],
) -> Iterator[tuple[Path_, Question]]:
    form = read_form(document, schema.TopicFile, problems)
    if form is None:
        return
    folder = folder_of(lexicon)
    seen = set(earlier)
    for n, item in enumerate(form.questions):
        question = item.value(form.topic)
        where: Path_ = ("questions", n)
        if question.id in seen:
            problems.append(document.problem((*where, "id"), f"the question {question.id!r} is defined twice"))
        seen.add(question.id)
        for path, message in meaning(question, folder, tags):
            problems.append(document.problem((*where, *path), message))
        yield where, question


def _rubric(question: Question, lexicon: Lexicon) -> str:
    deciding = {
        "id": question.id,
        "subjects": {k: list(v) for k, v in question.subjects.items()},
        "points": [asdict(p) for p in question.points],
        "pitfalls": [asdict(p) for p in question.pitfalls],
        "follow_ups": [asdict(f) for f in question.follow_ups],
        "lexicon": lexicon.digest,
    }
    return _digest(deciding)


def _digest(value: Iterable[Any] | Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
