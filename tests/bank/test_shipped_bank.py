"""What the shipped questions promise: each is worded so that its own model answer is heard, and nothing else is."""

from __future__ import annotations

import json
import random
import re

import pytest

from tests.conftest import SHARED, need
from voiceprep.bank import bank_folder, load_bank
from voiceprep.bank.load import Bank
from voiceprep.core.feedback import Assessment, Ground, assess, assess_follow_up
from voiceprep.core.patterns import compile_pattern
from voiceprep.core.question import Question
from voiceprep.core.transcript import typed

QUESTIONS = (
    "sql-or-nosql", "rest-or-graphql", "slow-endpoint", "own-architecture", "flash-sale", "web-vulnerabilities",
    "concurrency-in-a-language", "why-ci-cd", "code-quality", "link-shortener",
)  # fmt: skip
ARTICLES = {
    "offereasy-1": "own-architecture", "offereasy-2": "rest-or-graphql", "offereasy-3": "sql-or-nosql",
    "offereasy-4": "flash-sale", "offereasy-5": "web-vulnerabilities", "offereasy-6": "concurrency-in-a-language",
    "offereasy-7": "slow-endpoint", "offereasy-8": "why-ci-cd", "offereasy-9": "code-quality",
    "offereasy-10": "link-shortener", "guvi-2-3": "rest-or-graphql", "guvi-1-1": "sql-or-nosql",
}  # fmt: skip


def judged(bank: Bank, question_id: str, text: str) -> Assessment:
    return assess(Ground(bank.questions[question_id], bank.lexicon, bank.version), typed(text))


def heard(assessment: Assessment) -> float:
    return sum(p.verdict == "covered" for p in assessment.points) / len(assessment.points)


def test_the_shipped_bank_has_no_problems() -> None:
    bank, problems = load_bank(bank_folder())
    assert problems == ()
    assert set(QUESTIONS) <= set(bank.questions)


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_a_model_answer_says_every_point_and_walks_into_no_pitfall(bank: Bank, question_id: str) -> None:
    found = judged(bank, question_id, bank.questions[question_id].model_answer)
    assert [p.id for p in found.points if p.verdict != "covered"] == []
    assert found.coverage == 1.0
    assert found.pitfalls == ()


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_a_follow_ups_model_answer_says_its_points(bank: Bank, question_id: str) -> None:
    question = bank.questions[question_id]
    ground = Ground(question, bank.lexicon, bank.version)
    parent = judged(bank, question_id, question.model_answer)
    for follow_up in question.follow_ups:
        own, _ = assess_follow_up(ground, follow_up, parent, typed(follow_up.model_answer))
        assert [p.id for p in own.points if p.verdict != "covered"] == [], follow_up.id


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_the_sentence_that_would_say_a_point_says_it(bank: Bank, question_id: str) -> None:
    question = bank.questions[question_id]
    lead = {
        "sql-or-nosql": "Now about NoSQL and relational databases. ",
        "rest-or-graphql": "REST and GraphQL differ. ",
    }
    missing = []
    for point in question.points:
        found = judged(bank, question_id, lead.get(question_id, "The endpoint is slow. ") + point.say)
        if next(p for p in found.points if p.id == point.id).verdict != "covered":
            missing.append(point.id)
    assert missing == []


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_another_questions_model_answer_gets_next_to_nothing(bank: Bank, question_id: str) -> None:
    for other in QUESTIONS:
        if other != question_id:
            found = judged(bank, question_id, bank.questions[other].model_answer)
            assert (found.coverage or 0.0) <= 0.15, other


@pytest.mark.parametrize("between", [", ", " ", ". ", " and "])
@pytest.mark.parametrize("question_id", QUESTIONS)
def test_a_list_of_the_questions_own_words_gets_nothing(bank: Bank, question_id: str, between: str) -> None:
    words = re.findall(r"[A-Za-z]{4,}", " ".join(p.text for p in bank.questions[question_id].points))
    found = judged(bank, question_id, between.join(dict.fromkeys(w for w in words if w.lower() not in SMALL)))
    assert heard(found) == 0.0


SMALL = set("that this when with from they what must have been each does their which where them into than".split())


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_shuffled_words_get_little(bank: Bank, question_id: str) -> None:
    words = bank.questions[question_id].model_answer.split()
    for seed in range(5):
        mixed = list(words)
        random.Random(seed).shuffle(mixed)
        assert (judged(bank, question_id, " ".join(mixed)).coverage or 0.0) <= 0.40


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_every_point_is_worded_in_many_ways_and_contradicted_in_some(bank: Bank, question_id: str) -> None:
    question = bank.questions[question_id]
    for point in (*question.points, *(p for f in question.follow_ups for p in f.points)):
        assert sum(len(c.patterns) for c in point.claims) >= 6, point.id
        assert sum(len(c.plain) for c in point.claims) >= 6, point.id
        assert sum(len(c.patterns) for c in point.contradictions) >= 2, point.id


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_every_core_point_is_probed_by_a_follow_up(bank: Bank, question_id: str) -> None:
    question = bank.questions[question_id]
    probed = {p for f in question.follow_ups for p in f.probes}
    assert {p.id for p in question.points if p.core} <= probed
    assert len(question.follow_ups) == 3
    assert sum(f.deepens for f in question.follow_ups) >= 1


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_it_can_be_asked_aloud_in_time(bank: Bank, question_id: str) -> None:
    """Under 25 seconds to ask, 45 to 120 to answer, at 150 words a minute."""
    question = bank.questions[question_id]
    assert len(question.ask.split()) <= 60
    assert 45 <= len(question.model_answer.split()) / 2.5 <= 120


def sources(question: Question) -> set[str]:
    every = [*question.sources]
    for item in (*question.points, *question.pitfalls, *question.follow_ups):
        every += item.sources
    for follow_up in question.follow_ups:
        every += [s for p in follow_up.points for s in p.sources]
    return set(every)


def test_every_fact_of_the_catalogue_has_a_point_of_ours(bank: Bank) -> None:
    path = SHARED / "seed-catalogue.json"
    need("shared", path.is_file(), "the catalogue of facts is not beside this checkout")
    items = {q["id"]: q for q in json.loads(path.read_text(encoding="utf-8"))["questions"]}
    for item_id, question_id in ARTICLES.items():
        item, mapped = items[item_id], sources(bank.questions[question_id])
        wanted = {f"{item_id}#{n}" for n in range(1, len(item["expected_points"]) + 1)}
        wanted |= {f"{item_id}-p{n}" for n in range(1, len(item["pitfalls"]) + 1)}
        wanted |= {f"{item_id}-f{n}" for n in range(1, len(item["follow_ups"]) + 1)}
        assert wanted <= mapped, sorted(wanted - mapped)


def test_every_term_can_be_written_in_a_pattern(bank: Bank) -> None:
    from voiceprep.core.folding import Folder

    folder = Folder(bank.lexicon)
    for term in bank.lexicon.terms:
        ways = [compile_pattern(f"use ({said})", folder) for said in (term.written, *term.forms)]
        assert any(a.key == term.id for w in ways for s in w.slots for c in s.choices for a in c), term.id
