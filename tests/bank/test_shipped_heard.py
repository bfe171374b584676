"""What answers made for the purpose are worth to each shipped question: `voiceprep bank check --semantic`, as tests.

Neighbouring questions share points: the worst of five neighbours' answers truly gives .35 of a question on average, as
people marked it who saw the points and the answers only. So what is bounded here is what such an answer earns beyond
that; the check itself, which knows no such marks, bounds the whole.

`python -m tests.bank.test_shipped_heard [--write]` prints (or writes) the table of what fails, with the totals.
"""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.bank import known_to_fail
from tests.bank.known_to_fail import KNOWN
from tests.bench.validity import data
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.heard import BOUNDS, Neighbours, Result, heard
from voiceprep.bank.load import load_bank, sound_bank
from voiceprep.core.feedback import Ground
from voiceprep.core.question import Question

Worths = Mapping[str, Mapping[str, Result]]
"""By question and kind."""

EVERY = tuple(sorted(load_bank(bank_folder())[0].questions))
SWAPPABLE = ("rest-or-graphql", "sql-or-nosql")
"""The questions whose points are about a subject."""
SLIPPAGE = 0.1
"""What is known to fail may get worse by so much; by more, it's another failure."""

WHY = {
    "model answer": "a point isn't heard in it, or is taken for contradicted",
    "swapped subjects": "who does what is heard in patterns only",
    "negated claims": "a denial that sounds like saying it",
    "another's answer": "it sounds as if it said what it doesn't",
}


def measured(bank: Bank, grounds: Mapping[str, Ground]) -> Worths:
    neighbours = Neighbours(bank)
    truly: dict[str, dict[str, float]] = defaultdict(dict)
    for question_id, other, points in data.neighbours():
        truly[question_id][other] = true(bank.questions[question_id], points)
    return {
        q.id: {r.kind: r for r in heard(q, bank, neighbours, grounds.get(q.id), truly[q.id])}
        for q in bank.questions.values()
    }


def true(question: Question, points: Mapping[str, str]) -> float:
    """The weighted share of a question that somebody marked as said."""
    whole = sum(p.weight for p in question.points)
    return sum(p.weight * data.WORTH[points[p.id]] for p in question.points if p.id in points) / whole


@pytest.fixture(scope="module")
def worths(bank: Bank, grounds: Mapping[str, Ground]) -> Worths:
    return measured(bank, grounds)


def cases() -> list[object]:
    """Each question with each kind, those that are known to fail each with its reason."""
    found = []
    for kind in BOUNDS:
        for question_id in SWAPPABLE if kind == "swapped subjects" else EVERY:
            known = KNOWN.get(kind, {}).get(question_id)
            marks = [] if known is None else [pytest.mark.xfail(reason=f"worth {known:.2f}: {WHY[kind]}")]
            found.append(pytest.param(kind, question_id, marks=marks, id=f"{question_id}, {kind}"))
    return found


@pytest.mark.parametrize(("kind", "question_id"), cases())
def test_a_question_hears_what_it_should_and_nothing_else(worths: Worths, kind: str, question_id: str) -> None:
    result = worths[question_id][kind]
    assert not result.missed, result.message()


def test_what_is_known_to_fail_gets_no_worse(worths: Worths) -> None:
    worse = {
        (question_id, kind): worths[question_id][kind].worth
        for kind, known in KNOWN.items()
        for question_id, worth in known.items()
        if (worths[question_id][kind].worth - worth) * (1 if BOUNDS[kind].low else -1) > SLIPPAGE
    }
    assert worse == {}


def test_every_question_is_held_to_every_kind(worths: Worths) -> None:
    assert set(worths) == set(EVERY)
    for question_id, results in worths.items():
        assert set(results) == set(BOUNDS) - ({"swapped subjects"} if question_id not in SWAPPABLE else set())


MEANS = {
    "model answer": 0.99,
    "negated claims": 0.02,
    "another's answer": 0.39,
    "noun list": 0.01,
    "shuffled words": 0.01,
}


@pytest.mark.parametrize("kind", MEANS)
def test_on_the_whole_the_bank_does_better_than_its_worst(worths: Worths, kind: str) -> None:
    """Means over all questions of the worst answer of a kind; the figures behind stand in ARCHITECTURE.md."""
    mean = statistics.fmean(results[kind].worth for results in worths.values())
    assert mean <= MEANS[kind] if BOUNDS[kind].low else mean >= MEANS[kind]


def lines(worths: Worths) -> Iterator[str]:
    """The table of what fails, and the totals, as a module."""
    yield '"""What is known to fail, and what it\'s worth. Written by `tests.bank.test_shipped_heard`."""'
    yield ""
    yield "from collections.abc import Mapping"
    yield ""
    yield "KNOWN: Mapping[str, Mapping[str, float]] = {"
    for kind in BOUNDS:
        if missed := {i: r[kind].worth for i, r in sorted(worths.items()) if kind in r and r[kind].missed}:
            yield f'    "{kind}": {{'
            yield from (f'        "{i}": {worth:.2f},' for i, worth in missed.items())
            yield "    },"
    yield "}"
    yield ""
    for kind, bound in BOUNDS.items():
        found = [r[kind] for r in worths.values() if kind in r]
        mean, worst = statistics.fmean(r.worth for r in found), (max if bound.low else min)(r.worth for r in found)
        held = f"held by {sum(not r.missed for r in found)}/{len(found)}"
        yield f"# {kind:<17} bound {bound.worth:.2f}, {held}, mean {mean:.2f}, worst {worst:.2f}"


def main() -> None:
    bank = sound_bank(bank_folder())
    text = "\n".join(lines(measured(bank, {})))
    if "--write" in sys.argv[1:]:
        Path(known_to_fail.__file__).write_text(f"{text}\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
