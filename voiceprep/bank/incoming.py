"""What somebody wants to import: a file or a folder of our YAML or of Markdown, or a CV. Read, checked, nothing kept.

The files are inert: they are read by the hardened reader, only their questions are taken (a pack's lexicon, rounds and
tags would change how other questions are heard), and nothing in them names a path that is written to.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voiceprep.bank.contents import MAX_BYTES, Bank, Problem
from voiceprep.bank.curriculum import curriculum_document
from voiceprep.bank.load import LEXICON, MAX_FILES, ROUNDS, read_questions
from voiceprep.bank.markdown import MAX_QUESTIONS, OWN, read_markdown
from voiceprep.bank.own import read_limited
from voiceprep.bank.rounds_file import TAGS
from voiceprep.bank.yaml_file import Document
from voiceprep.core.clean import one_line
from voiceprep.core.folding import folder_of
from voiceprep.core.question import Question

YAML, MARKDOWN = (".yaml", ".yml"), (".md", ".markdown")
NOT_QUESTIONS = frozenset((LEXICON, ROUNDS, TAGS))
"""Files of a bank folder that an import leaves alone."""


@dataclass(frozen=True)
class Offer:
    """What an import would add: questions as they'd be kept, those of them that are there already, files left alone."""

    questions: tuple[Question, ...] = ()
    known: frozenset[str] = frozenset()
    """Ids of questions that are there already, the same to the letter."""
    changed: frozenset[str] = frozenset()
    """Ids of own questions that would be replaced."""
    left_alone: tuple[str, ...] = ()


def offered(path: Path, bank: Bank, *, replacing: bool = False) -> tuple[Offer, tuple[Problem, ...]]:
    """The questions of a file or a folder, or every problem of every file: with problems there's nothing to keep."""
    files, left_alone, problems = _files(path)
    documents: list[Document] = []
    used: set[str] = set()
    for file in files:
        name = _shown(file)
        if file.suffix.lower() in YAML:
            document, wrong = read_limited(file, name)
        else:
            text, wrong = read_text(file, name)
            document = None
            if not wrong:
                document, wrong = read_markdown(text, name, folder_of(bank.lexicon), used)
        problems += wrong
        if document is not None:
            documents.append(document)
            used |= _ids(document)
    folder = path if path.is_dir() else None
    return _judged(documents, folder, bank, problems, replacing, left_alone)


def offered_curriculum(path: Path, bank: Bank, *, replacing: bool = False) -> tuple[Offer, tuple[Problem, ...]]:
    """Questions about the projects that a CV or a project summary tells of."""
    name = _shown(path)
    text, problems = read_text(path, name)
    document = None
    if not problems:
        document, problems = curriculum_document(text, name)
    return _judged([document] if document else [], None, bank, problems, replacing, ())


def read_text(path: Path, name: str) -> tuple[str, tuple[Problem, ...]]:
    """A text file of somebody's, whole, or the problem that keeps it from being read."""
    if problems := _no_file(path):
        return "", problems
    try:
        if path.stat().st_size > MAX_BYTES:
            return "", (Problem(name, 1, 1, f"larger than {MAX_BYTES:,} bytes: split it"),)
        raw = path.read_bytes()
    except OSError as error:
        return "", (Problem(name, 1, 1, f"can't be read: {error.strerror or error}"),)
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        what = "not UTF-8 text: save it as UTF-8 (a PDF or a word processor's file: copy its text out)"
        return "", (Problem(name, line, column, what),)


def _judged(
    documents: Sequence[Document], folder: Path | None, bank: Bank, problems: Sequence[Problem], replacing: bool,
    left_alone: tuple[str, ...],
) -> tuple[Offer, tuple[Problem, ...]]:  # fmt: skip
    found, wrong = read_questions(documents, bank.lexicon, folder)
    every = [*problems, *wrong]
    if len(found) > MAX_QUESTIONS:
        every.append(Problem(documents[0].file, 1, 1, f"more than {MAX_QUESTIONS} questions at once: split them"))
    known, changed, questions = set(), set(), []
    for document, where, question in found:
        question = replace(question, sources=question.sources or (OWN,))
        there = bank.questions.get(question.id)
        if question.id in bank.own and there == question:
            known.add(question.id)
        elif question.id in bank.own and replacing:
            changed.add(question.id)
        elif there is not None:
            every.append(document.problem((*where, "id"), _taken(question.id, question.id in bank.own)))
        questions.append(question)
    if every:
        return Offer(left_alone=left_alone), tuple(sorted(every))
    return Offer(tuple(questions), frozenset(known), frozenset(changed), left_alone), ()


def _taken(question_id: str, own: bool) -> str:
    if own:
        return f"you have a question {question_id!r} that differs: add --replace, or `voiceprep bank remove` it first"
    return f"{question_id!r} is a question that comes with the bank, which no import changes: give yours another id"


def _ids(document: Document) -> set[str]:
    questions = document.data.get("questions") if isinstance(document.data, Mapping) else None
    items = questions if isinstance(questions, list) else []
    return {i["id"] for i in items if isinstance(i, Mapping) and isinstance(i.get("id"), str)}


def _files(path: Path) -> tuple[list[Path], tuple[str, ...], list[Problem]]:
    """The files to read, the names of those left alone, and what is no file at all."""
    if not path.is_dir():
        problems = list(_no_file(path))
        if not problems and path.suffix.lower() not in (*YAML, *MARKDOWN):
            problems.append(Problem(_shown(path), 1, 1, "is neither YAML (.yaml) nor Markdown (.md): rename it"))
        return ([] if problems else [path]), (), problems
    files: list[Path] = []
    left_alone: list[str] = []
    problems = []
    try:
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in (*YAML, *MARKDOWN))
    except OSError as error:
        return [], (), [Problem(_shown(path), 1, 1, f"can't be read: {error.strerror or error}")]
    for one in inside:
        if one.name in NOT_QUESTIONS or one.stem.lower() in ("readme", "license", "changelog"):
            left_alone.append(one.name)
        elif one.is_symlink():
            problems.append(Problem(_shown(one), 1, 1, "is a link: put the file itself there"))
        elif wrong := _no_file(one):
            problems += wrong
        else:
            files.append(one)
    if len(files) > MAX_FILES:
        problems.append(Problem(_shown(path), 1, 1, f"holds more than {MAX_FILES} files: import them in parts"))
    if not files and not problems:
        problems.append(Problem(_shown(path), 1, 1, "holds no questions: put .yaml or .md files there"))
    return files, tuple(left_alone), problems


def _no_file(path: Path) -> tuple[Problem, ...]:
    """Why `path` can't be read as a file. Pipes and devices could keep us waiting, or never end."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        return (Problem(_shown(path), 1, 1, f"can't be read: {getattr(error, 'strerror', None) or error}"),)
    if stat.S_ISDIR(mode):
        return (Problem(_shown(path), 1, 1, "is a folder: give a file"),)
    return () if stat.S_ISREG(mode) else (Problem(_shown(path), 1, 1, "is no ordinary file: save it as one"),)


def _shown(path: Path) -> str:
    return one_line(str(path), 200)
