"""What a bank is once it's read, and what may be wrong with one. Apart from the readers: a session with a compiled
index needs neither YAML nor the files' forms."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import Addition
from voiceprep.core.plan import Round
from voiceprep.core.question import Outline, Question, outline_of

SAYINGS = "sayings"
"""The folder of a bank's sayings."""
MAX_BYTES = 1_000_000
"""A larger file is refused."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a bank file, located like a compiler would."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True)
class Bank:
    """All questions by id in file order, the lexicon, the rounds, and a digest of the whole."""

    questions: Mapping[str, Question]
    lexicon: Lexicon
    rounds: Mapping[str, Round]
    version: str
    own: frozenset[str] = frozenset()
    """Which of the questions are the candidate's own (`bank.own`)."""
    set_aside: tuple[Problem, ...] = ()
    """What is wrong with own questions that therefore aren't among them."""
    additions: tuple[Addition, ...] = ()
    """What the lexicon has of the candidate's own (`bank.own_lexicon`)."""
    unheeded: tuple[Problem, ...] = ()
    """What is wrong with the candidate's additions, of which therefore none is in the lexicon."""
    rounds_refused: tuple[Problem, ...] = ()
    """What is wrong with the candidate's own rounds (`bank.own_rounds`), of which therefore none is among these."""

    def question(self, question_id: str) -> Question | None:
        return self.questions.get(question_id)

    @functools.cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """Every question without its rubric: to list and to choose from without reading them all."""
        if isinstance(self.questions, Outlined):
            return self.questions.outlines
        return {i: outline_of(q) for i, q in self.questions.items()}


@runtime_checkable
class Outlined(Protocol):
    """Questions that are known in outline before they are read."""

    @property
    def outlines(self) -> Mapping[str, Outline]: ...
