"""Whether a question hears what it should and nothing else: the slow checks, a second or so a question.

Its rubric judges answers that are right or wrong by the way they're made: its own model answer, that answer broken in
known ways, and the model answers of its nearest neighbours.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceprep.bank.contents import Bank
from voiceprep.bank.made_answers import (
    BETWEEN,
    material,
    negated_claims,
    noun_list,
    shuffled_words,
    swapped_subjects,
)
from voiceprep.core.feedback import Assessment, Ground, assess
from voiceprep.core.fluency import FUNCTION_WORDS
from voiceprep.core.folding import Folder, folder_of
from voiceprep.core.question import Question
from voiceprep.core.transcript import typed
from voiceprep.core.words import tokenise

NEAREST = 5
SHUFFLES, DENIALS = 3, 2
"""Chance has a part in these; the one that is worth most counts."""


@dataclass(frozen=True)
class Bound:
    """What an answer of a kind may be worth (or must, when it is the right one), and what to do when it isn't."""

    worth: float
    mend: str
    low: bool = True

    def missed(self, worth: float) -> bool:
        return worth > self.worth + 1e-9 if self.low else worth < self.worth - 1e-9


BOUNDS: Mapping[str, Bound] = {
    "model answer": Bound(0.95, "let it say every point, or write sayings like its own sentences", low=False),
    "swapped subjects": Bound(
        0.15, "tie claims to a subject (`about`), or add sayings `against` with the roles swapped"
    ),
    "negated claims": Bound(0.15, "add sayings `against` that deny the points which it is credited with"),
    "another's answer": Bound(0.15, "narrow the sayings which it sounds like, or add it to `names`"),
    "noun list": Bound(0.25, "write sayings as whole sentences, and patterns with their verbs"),
    "shuffled words": Bound(0.40, "write sayings as whole sentences, and patterns with their verbs"),
}


@dataclass(frozen=True)
class Trial:
    """One answer to a question; `other` is the question it really answers, empty for its own material."""

    kind: str
    text: str
    other: str = ""


@dataclass(frozen=True)
class Result:
    """What the worst answer of a kind (for a bound from below: the only one) is worth, 0 to 1."""

    kind: str
    worth: float
    other: str = ""

    @property
    def missed(self) -> bool:
        return BOUNDS[self.kind].missed(self.worth)

    def message(self) -> str:
        """One sentence for what is wrong with it, and what to do."""
        bound = BOUNDS[self.kind]
        what = f"the model answer of {self.other}" if self.other else _NAMES[self.kind]
        limit = f"at most {bound.worth:.2f}" if bound.low else f"at least {bound.worth:.2f}"
        return f"{what} is worth {self.worth:.2f}, and should be {limit}: {bound.mend}"


_NAMES = {
    "model answer": "its model answer",
    "swapped subjects": "its model answer with the subjects exchanged (points about a subject)",
    "negated claims": "an answer that denies every point",
    "noun list": "a list of its points' words",
    "shuffled words": "its model answer in no order",
}


def heard(
    question: Question,
    bank: Bank,
    neighbours: Neighbours,
    ground: Ground | None = None,
    truly: Mapping[str, float] | None = None,
) -> tuple[Result, ...]:
    """One result a kind of answer, each the worst of its kind. `ground` saves compiling the question once more. `truly`
    is what other questions' model answers, by id, truly give of this one: only what they earn beyond it counts."""
    ground = ground or Ground(question, bank.lexicon, bank.version)
    worst: dict[str, Result] = {}
    for trial in trials(question, neighbours.of(question.id)):
        result = Result(trial.kind, worth(ground, trial) - (truly or {}).get(trial.other, 0.0), trial.other)
        known = worst.get(trial.kind)
        if known is None or (result.worth > known.worth) == BOUNDS[trial.kind].low:
            worst[trial.kind] = result
    return tuple(worst.values())


def trials(question: Question, nearest: Sequence[Question]) -> Iterator[Trial]:
    """Every answer that the question is tried with."""
    made = material(question)

    def chance(n: int) -> random.Random:
        return random.Random(f"{question.id} {n}")

    yield Trial("model answer", question.model_answer)
    swapped = swapped_subjects(made, chance(0))
    if swapped is not None and made.bound:
        yield Trial("swapped subjects", swapped)
    for n in range(DENIALS):
        yield Trial("negated claims", negated_claims(made, chance(n)))
    for other in nearest:
        yield Trial("another's answer", other.model_answer, other.id)
    for n, between in enumerate(BETWEEN):
        yield Trial("noun list", noun_list(made, chance(n), (between,)))
    for n in range(SHUFFLES):
        yield Trial("shuffled words", shuffled_words(made, chance(n)))


def worth(ground: Ground, trial: Trial) -> float:
    """What the answer's coverage is; 0 where it isn't scored. With swapped subjects only the points about one count."""
    found = assess(ground, typed(trial.text))
    if trial.kind == "swapped subjects":
        return _of_bound(found, material(ground.question).bound)
    return found.coverage or 0.0


def _of_bound(found: Assessment, bound: frozenset[str]) -> float:
    credit = {"covered": 1.0, "partly": 0.5}
    points = [p for p in found.points if p.id in bound]
    return sum(p.weight * credit.get(p.verdict, 0.0) for p in points) / sum(p.weight for p in points)


class Neighbours:
    """Which questions are nearest to which: by the words and terms they share, rare ones counting more."""

    def __init__(self, bank: Bank) -> None:
        folder = folder_of(bank.lexicon)
        self._questions = dict(bank.questions)
        bags = {q.id: _terms(q, folder) for q in bank.questions.values()}
        times = Counter(t for bag in bags.values() for t in bag)
        self._bags = {i: {t: math.log(len(bags) / times[t]) for t in bag} for i, bag in bags.items()}

    def of(self, question_id: str, count: int = NEAREST) -> tuple[Question, ...]:
        """The nearest other questions, nearest first; of equally near ones the earlier id."""
        others = sorted((-self._near(question_id, i), i) for i in self._questions if i != question_id)
        return tuple(self._questions[i] for _, i in others[:count])

    def _near(self, one: str, other: str) -> float:
        a, b = self._bags[one], self._bags[other]
        shared = math.fsum(a[t] ** 2 for t in sorted(a.keys() & b.keys()))
        lengths = math.sqrt(math.fsum(w**2 for w in a.values()) * math.fsum(w**2 for w in b.values()))
        return shared / lengths if lengths else 0.0


def _terms(question: Question, folder: Folder) -> frozenset[str]:
    """The lexicon's terms and the stems of other content words in the question, its points and its technologies."""
    found = {f"#{t}" for t in question.technologies}
    for text in (question.ask, *(t for p in question.points for t in (p.text, p.say))):
        tokens = tokenise(text)
        edges = folder.fold(tokens)
        inside = {n for e in edges for n in range(e.start, e.end)}
        found |= {f"@{e.term}" for e in edges}
        found |= {t.stem for n, t in enumerate(tokens) if n not in inside and t.text not in FUNCTION_WORDS}
    return frozenset(found)
