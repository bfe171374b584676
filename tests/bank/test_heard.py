"""The answers that a question is tried with, and what makes one worth too much or too little."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bank import small_bank, template
from voiceprep.bank.contents import Bank
from voiceprep.bank.heard import BOUNDS, NEAREST, Neighbours, Result, Trial, heard, trials, worth
from voiceprep.bank.load import sound_bank
from voiceprep.bank.made_answers import BETWEEN, material, noun_list, shuffled_words
from voiceprep.core.feedback import Ground


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return sound_bank(small_bank.write(tmp_path_factory.mktemp("bank")))


def test_a_bound_is_missed_from_its_own_side() -> None:
    low, high = BOUNDS["noun list"], BOUNDS["model answer"]
    assert (low.missed(0.25), low.missed(0.26), low.missed(0.0)) == (False, True, False)
    assert (high.missed(0.95), high.missed(0.94), high.missed(1.0)) == (False, True, False)


def test_a_result_says_what_it_is_and_what_to_do() -> None:
    other = Result("another's answer", 0.5, "timeouts").message()
    assert other.startswith("the model answer of timeouts is worth 0.50, and should be at most 0.15: ")
    own = Result("model answer", 0.5).message()
    assert own.startswith("its model answer is worth 0.50, and should be at least 0.95: ")
    for kind in BOUNDS.keys() - {"another's answer"}:
        assert BOUNDS[kind].mend in Result(kind, 0.5).message()


def test_each_kind_is_made_from_the_questions_own_material(small: Bank) -> None:
    question = small.questions["queue-or-call"]
    made = list(trials(question, [small.questions["why-cache"]]))
    assert made == list(trials(question, [small.questions["why-cache"]])), "the same chance makes the same"
    by_kind = {t.kind: t for t in made}
    assert set(by_kind) == set(BOUNDS)
    assert by_kind["swapped subjects"].text.startswith(
        "A direct call keeps the work while the worker is down; with a queue"
    )
    assert by_kind["another's answer"].other == "why-cache"
    words = sorted(w.strip(".,;").lower() for w in question.model_answer.split())
    assert sorted(w.strip(".").lower() for w in by_kind["shuffled words"].text.split()) == words
    assert len([t for t in made if t.kind == "noun list"]) == len(BETWEEN)


def test_a_list_is_put_together_as_asked(small: Bank) -> None:
    made = material(small.questions["why-cache"])
    assert " and " in noun_list(made, random.Random(1), (" and ",)) and "," not in noun_list(
        made, random.Random(1), (" ",)
    )
    assert shuffled_words(made, random.Random(1)) != shuffled_words(made, random.Random(2))


def test_without_claims_about_a_subject_nothing_is_exchanged(small: Bank) -> None:
    assert "swapped subjects" not in {t.kind for t in trials(small.questions["why-cache"], [])}


def test_of_exchanged_subjects_only_the_points_about_one_count(small: Bank) -> None:
    question = small.questions["queue-or-call"]
    free = replace(question.points[1], claims=(replace(question.points[1].claims[0], about=None),))
    one = replace(question, points=(question.points[0], free))
    ground = Ground(one, small.lexicon, small.version)
    right = worth(ground, Trial("swapped subjects", "A queue keeps the work while the worker is down for an hour."))
    assert right == 1.0, "the point about no subject isn't missed"
    wrong = worth(ground, Trial("swapped subjects", "With a direct call the caller has to wait for an answer."))
    assert wrong == 0.0, "and isn't counted"


def test_the_worst_of_a_kind_counts(tmp_path: Path) -> None:
    """A second question that asks the same: its model answer says everything, the others' nothing."""
    folder = template.write(tmp_path)
    text = (folder / "resilience.yaml").read_text(encoding="utf-8")
    again = text.replace("id: timeouts", "id: limits").replace("topic: resilience", "topic: again")
    (folder / "again.yaml").write_text(again, encoding="utf-8")
    sayings = folder / "sayings"
    (sayings / "limits.jsonl").write_bytes((sayings / "timeouts.jsonl").read_bytes())
    small_bank.write(folder, tags="")
    bank = sound_bank(folder)
    neighbours = Neighbours(bank)
    assert neighbours.of("timeouts")[0].id == "limits" and len(neighbours.of("timeouts")) == 3
    results = {r.kind: r for r in heard(bank.questions["timeouts"], bank, neighbours)}
    assert results["another's answer"] == Result("another's answer", 1.0, "limits")
    assert results["another's answer"].missed and not results["model answer"].missed


def test_a_question_has_five_neighbours_and_is_none_of_them(bank: Bank) -> None:
    neighbours = Neighbours(bank)
    for question_id in ("sql-injection", "https", "failover"):
        near = [q.id for q in neighbours.of(question_id)]
        assert len(near) == len(set(near)) == NEAREST and question_id not in near
    assert neighbours.of("sql-injection")[0].id == "web-vulnerabilities"
    assert neighbours.of("cap-theorem")[0].id == "eventual-consistency"


def test_a_model_answer_that_leaves_a_point_out_is_worth_less(tmp_path: Path) -> None:
    bank = sound_bank(template.write(tmp_path))
    question = bank.questions["timeouts"]
    short = question.model_answer.split("For the number")[0]
    results = {r.kind: r for r in heard(replace(question, model_answer=short), bank, Neighbours(bank))}
    assert results["model answer"].missed and results["model answer"].worth == pytest.approx(4 / 6, abs=1e-4)
