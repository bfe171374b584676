"""Questions in Markdown: a `## question` with its answer below, and bullets as its points where somebody wrote any.

What is read becomes a document of the form that the YAML files have, each value with the line it came from, so that it
passes the same checks. Without bullets the answer's sentences are the points, as with the plain reference answers of
`grade`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from voiceprep.bank.contents import Problem
from voiceprep.bank.written import FORM
from voiceprep.bank.yaml_file import FORBIDDEN, Document, Path_, Place
from voiceprep.core.folding import Folder
from voiceprep.core.plain import FEWEST_KEYS, key_words
from voiceprep.core.reference import derive

MAX_QUESTIONS, MAX_POINTS = 500, 20
LONGEST_TEXT, FEWEST_ANSWER, LONGEST_ANSWER = 600, 40, 4_000
"""Characters, as the schema has them."""
ID_WORDS, ID_LONGEST = 8, 50
OWN = "own"

_HEADING = re.compile(r"(#{1,6})\s(.*)\Z")
_BULLET = re.compile(r"\s*(?:[-*+\u2022]|\d{1,3}[.)])\s+(.*)\Z")
_FENCE = re.compile(r"\s*(```|~~~)")
_LINK = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`)")
_TOLD = re.compile(r"(tell me about|tell us about|describe a (time|situation)|give (me )?an example of a time)\b", re.I)


@dataclass
class _Section:
    """One question as it stands in the file: its lines with their numbers."""

    line: int
    ask: str
    topic: str
    answer: list[tuple[int, str]] = field(default_factory=list)
    bullets: list[tuple[int, str]] = field(default_factory=list)
    bulleted: bool = False
    """Whether the last line belongs to a bullet."""

    @property
    def said(self) -> str:
        """The answer, or the bullets as one."""
        written = " ".join(text for _, text in self.answer)
        return written or " ".join(t if t.endswith((".", "!", "?")) else f"{t}." for _, t in self.bullets)


def read_markdown(
    text: str, name: str, folder: Folder, taken: Collection[str] = ()
) -> tuple[Document | None, tuple[Problem, ...]]:
    """The text's questions as a document, or every problem that keeps them from being one.

    `name` stands in the problems; ids in `taken` are given to no question.
    """
    problems = [
        Problem(name, n, found.start() + 1, f"the control character U+{ord(found[0]):04X} is not allowed in text")
        for n, line in enumerate(text.split("\n"), 1)
        if (found := FORBIDDEN.search(line.rstrip("\r")))
    ]
    sections = list(_sections(text, name, problems))
    if not sections and not problems:
        problems.append(Problem(name, 1, 1, "holds no question: write each as a line '## question', its answer below"))
    if len(sections) > MAX_QUESTIONS:
        problems.append(Problem(name, 1, 1, f"more than {MAX_QUESTIONS} questions: split the file"))
    if problems:
        return None, tuple(sorted(problems))
    places: dict[Path_, Place] = {(): (1, 1), ("questions",): (1, 1)}
    used, items = set(taken), []
    for n, section in enumerate(sections):
        question_id = named(section.ask, used)
        used.add(question_id)
        points = section.bullets or _derived(section, folder)
        problems += (Problem(name, line, 1, message) for line, message in _wrong(section, points))
        items.append(_item(section, question_id, points, ("questions", n), places))
    if problems:
        return None, tuple(sorted(problems))
    return Document(name, {"form": FORM, "topic": OWN, "questions": items}, places), ()


def named(text: str, used: Collection[str], longest: int = ID_LONGEST) -> str:
    """An id of the text's first words that none of the `used` has. It begins with "own-", as no shipped one does."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("\u2019", ""))[:ID_WORDS]
    slug = "-".join([OWN, *words])[:longest].strip("-")
    numbered = (f"{slug}-{n}" for n in range(2, len(used) + 3))
    return slug if slug not in used else next(i for i in numbered if i not in used)


def plain_text(text: str) -> str:
    """A line of Markdown as it would be read aloud: without links' addresses and signs of emphasis."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(r"\1", text)).split())


def _sections(text: str, name: str, problems: list[Problem]) -> Iterator[_Section]:
    section: _Section | None = None
    topic, fenced = OWN, False
    for number, line in enumerate(text.split("\n"), 1):
        if _FENCE.match(line):
            fenced = not fenced  # what stands in a fence is code, which nobody says
            continue
        if fenced:
            continue
        if heading := _HEADING.match(line.rstrip("\r")):
            level, title = len(heading[1]), plain_text(heading[2].strip().rstrip("#"))
            if level == 1:
                topic = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:ID_LONGEST].strip("-") or OWN
                continue
            if level > 2:
                problems.append(Problem(name, number, 1, "a heading inside a question: make it '##', or plain text"))
                continue
            if section is not None:
                yield section
            section = _Section(number, title, topic)
        elif section is not None:
            _add(section, number, line.rstrip("\r"))
    if section is not None:
        yield section


def _add(section: _Section, number: int, line: str) -> None:
    if bullet := _BULLET.match(line):
        section.bullets.append((number, plain_text(bullet[1])))
        section.bulleted = True
    elif not line.strip():
        section.bulleted = False
    elif section.bulleted:
        begun, text = section.bullets[-1]
        section.bullets[-1] = (begun, f"{text} {plain_text(line)}")
    else:
        section.answer.append((number, plain_text(line.lstrip("> "))))


def _wrong(section: _Section, points: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """What's wrong with a question, in the words of whoever wrote it in Markdown."""
    if not 2 <= len(section.ask) <= LONGEST_TEXT:
        yield section.line, f"the question has {len(section.ask)} characters: 2 to {LONGEST_TEXT} can be asked"
    if not FEWEST_ANSWER <= len(section.said) <= LONGEST_ANSWER:
        much = "write out what a good answer says" if len(section.said) < FEWEST_ANSWER else "shorten it, or split it"
        yield section.line, f"its answer has {len(section.said)} characters, not {FEWEST_ANSWER} to 4,000: {much}"
    elif not points:
        yield section.line, "its answer says hardly more than the question: write it out in sentences, or as bullets"
    elif len(points) > MAX_POINTS:
        how = "fewer bullets" if section.bullets else "its points as bullets"
        yield section.line, f"{len(points)} points are more than the {MAX_POINTS} that can be held against: write {how}"
    for line, text in points:
        if len(text) > LONGEST_TEXT:
            yield line, f"a point of {len(text)} characters is more than one says at once: split it"


def _item(
    section: _Section,
    question_id: str,
    points: Sequence[tuple[int, str]],
    where: Path_,
    places: dict[Path_, Place],
) -> dict[str, Any]:
    here = (section.line, 1)
    places |= {where: here, (*where, "ask"): here, (*where, "points"): here}
    for n, (line, _) in enumerate(points):
        places[(*where, "points", n)] = (line, 1)
    return question_form(
        question_id,
        section.ask,
        [{"id": f"p{n}", "text": t, "say": t, "core": True} for n, (_, t) in enumerate(points, 1)],
        section.said,
        topic=section.topic,
        type_="behavioral" if _TOLD.match(section.ask) else "technical",
    )


def question_form(
    question_id: str, ask: str, points: list[dict[str, Any]], model_answer: str, *, topic: str, type_: str
) -> dict[str, Any]:
    """A question's fields, with what its author left open filled in."""
    return {
        "id": question_id,
        "version": 1,
        "ask": ask,
        "short": short(ask),
        "type": type_,
        "difficulty": "medium",
        "level": "mid",
        "technologies": [],
        "assesses": ["What you wrote for it."],
        "why": "It's a question of your own.",
        "target_s": [30, 120],
        "topic": topic,
        "points": points,
        "model_answer": model_answer,
        "sources": [OWN],
    }


def short(text: str, longest: int = 40) -> str:
    """A title of at most `longest` characters, cut between words."""
    text = text.rstrip(" ?.!:")
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "\u2026"


def _derived(section: _Section, folder: Folder) -> list[tuple[int, str]]:
    """The answer's sentences that say something which the question doesn't, each with the line it begins in."""
    answer = section.said
    if len(answer) > LONGEST_ANSWER:
        return []
    starts, at = [], 0
    for line, text in section.answer:
        starts.append((at, line))
        at += len(text) + 1
    found = []
    for point in derive(section.ask, answer, folder):
        line = max((n for start, n in starts if start <= point.char_start), default=section.line)
        text = answer[point.char_start : point.char_end].strip()
        text = f"{text[:1].upper()}{text[1:]}."
        if len(key_words(section.ask, text, folder)) >= FEWEST_KEYS:
            found.append((line, text))
    return found
