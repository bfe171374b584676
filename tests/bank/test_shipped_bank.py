"""What the shipped questions promise: each is worded so that its own model answer is heard, and nothing else is."""

from __future__ import annotations

import json
import random
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

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


Grounds = Mapping[str, Ground]
Worths = Mapping[str, Mapping[str, float]]
EVERY = tuple(sorted(load_bank(bank_folder())[0].questions))


def with_known(known: Mapping[str, str], ids: Sequence[str] = EVERY) -> list[object]:
    """The questions, those that are known to fail each with its reason."""
    return [pytest.param(i, marks=pytest.mark.xfail(reason=known[i])) if i in known else i for i in ids]


def judged(grounds: Grounds, question_id: str, text: str) -> Assessment:
    return assess(grounds[question_id], typed(text))


def heard(assessment: Assessment) -> float:
    return sum(p.verdict == "covered" for p in assessment.points) / len(assessment.points)


def test_the_shipped_bank_has_no_problems() -> None:
    bank, problems = load_bank(bank_folder())
    assert problems == ()
    assert set(QUESTIONS) <= set(bank.questions)


MISREAD = {
    "rest-or-soap": "one core point isn't heard",
    "reverse-proxy": "three points are taken for contradicted, and a pitfall for walked into",
    "microservices-scaling": "two points are taken for contradicted",
    "join-or-union": "two points are taken for contradicted, and a pitfall for walked into",
}


@pytest.mark.parametrize("question_id", with_known(MISREAD))
def test_a_model_answer_says_its_points_and_walks_into_no_pitfall(grounds: Grounds, question_id: str) -> None:
    found = judged(grounds, question_id, grounds[question_id].question.model_answer)
    assert found.unscored is None
    assert [p.id for p in found.points if p.verdict == "contradicted"] == []
    assert [p.id for p in found.pitfalls] == []
    assert found.coverage is not None and found.coverage >= 0.9


FOLLOW_UP_MISREAD = {
    "decision-under-pressure": "second-best: taken for off topic",
    "unreviewed-pushes": "team-learns: one point is taken for contradicted, two aren't heard",
    "websockets": "scale-sockets: a point is taken for contradicted",
    "what-is-rest": "put-or-post: a point isn't heard",
    "difficult-colleague": "their-view: a point isn't heard",
}


@pytest.mark.parametrize("question_id", with_known(FOLLOW_UP_MISREAD))
def test_a_follow_ups_model_answer_says_its_points(grounds: Grounds, question_id: str) -> None:
    ground = grounds[question_id]
    parent = judged(grounds, question_id, ground.question.model_answer)
    for follow_up in ground.question.follow_ups:
        own, _ = assess_follow_up(ground, follow_up, parent, typed(follow_up.model_answer))
        assert [p.id for p in own.points if p.verdict != "covered"] == [], follow_up.id


UNHEARD: dict[str, str] = {}


@pytest.mark.parametrize("question_id", with_known(UNHEARD))
def test_the_sentence_that_would_say_a_point_says_it(grounds: Grounds, question_id: str) -> None:
    """Alone, as it is said again after an answer; and it goes against no point."""
    for point in grounds[question_id].question.points:
        found = {p.id: p.verdict for p in judged(grounds, question_id, point.say).points}
        assert found[point.id] in ("covered", "partly", "unsure"), point.id
        assert [i for i, v in found.items() if v == "contradicted"] == [], point.id


def test_the_sentence_that_would_say_a_point_rarely_says_another(grounds: Grounds) -> None:
    """Neighbours in meaning may be said in one breath: of 443 sentences six are credited with a second core point."""
    asked, twice = 0, []
    for question_id, ground in grounds.items():
        for point in ground.question.points:
            found = judged(grounds, question_id, point.say)
            asked += 1
            twice += [f"{p.id} for {point.id}" for p in found.points if p.id != point.id and p.core and said(p.verdict)]
    assert len(twice) <= 0.02 * asked, twice


def said(verdict: str) -> bool:
    return verdict in ("covered", "partly")


UNRELATED = [("setting-priorities", "high-availability"), ("social-feed", "own-architecture")]
STRIDES = (1, 9, 17, 25, 33, 41)
"""Every question is held against six others, drawn so that each is drawn as often and topics mix."""
TOO_LIKE = {
    "team-conflict": "tight-deadlines' answer is worth 0.50: it tells a story of a team as well",
    "slow-endpoint": "slow-query's answer is worth 0.45: it looks for what is slow as well, but for one query only",
    "social-feed": "own-architecture's answer is worth 0.76: another system's parts are taken for the feed's",
}


@pytest.fixture(scope="module")
def worths(grounds: Grounds) -> Worths:
    return {i: {o: worth(grounds, i, o) for o in six_others(i)} for i in EVERY}


def worth(grounds: Grounds, question_id: str, other: str) -> float:
    return judged(grounds, question_id, grounds[other].question.model_answer).coverage or 0.0


def six_others(question_id: str) -> list[str]:
    return [EVERY[(EVERY.index(question_id) + n) % len(EVERY)] for n in STRIDES]


@pytest.mark.parametrize("question_id", with_known(TOO_LIKE))
def test_another_questions_model_answer_gets_little(worths: Worths, question_id: str) -> None:
    """Related questions share true facts, so that it may say a third of what this one asks for; no more."""
    assert {o: w for o, w in worths[question_id].items() if w > 0.35} == {}


def test_other_questions_model_answers_get_next_to_nothing_on_the_whole(worths: Worths) -> None:
    """Six of a question are too few for a mean of its own: one related question among them is most of it."""
    found = [w for row in worths.values() for w in row.values()]
    assert statistics.fmean(found) <= 0.05
    assert sum(w > 0 for w in found) <= 0.15 * len(found)


@pytest.mark.xfail(reason="points of another subject are heard in it")
@pytest.mark.parametrize(("question_id", "other"), UNRELATED)
def test_an_unrelated_questions_model_answer_gets_next_to_nothing(
    grounds: Grounds, question_id: str, other: str
) -> None:
    """The worst of all 2,550 pairs that have no facts in common."""
    assert worth(grounds, question_id, other) <= 0.15


@pytest.mark.parametrize(
    "text",
    [
        "for structured data i would choose a relational database because it gives you transaction to",
        "for structured data i would choose a relational database because it gives you trans unchecked",
        "for structured data i would choose a relational database because it gives you try unchecked should should",
    ],
)
def test_one_sentence_of_an_answer_is_not_off_topic_however_its_end_was_misheard(grounds: Grounds, text: str) -> None:
    assert judged(grounds, "sql-or-nosql", text).unscored is None


@pytest.mark.parametrize("between", [", ", " ", ". ", " and "])
@pytest.mark.parametrize("question_id", QUESTIONS)
def test_a_list_of_the_questions_own_words_gets_nothing(grounds: Grounds, question_id: str, between: str) -> None:
    words = re.findall(r"[A-Za-z]{4,}", " ".join(p.text for p in grounds[question_id].question.points))
    found = judged(grounds, question_id, between.join(dict.fromkeys(w for w in words if w.lower() not in SMALL)))
    assert heard(found) == 0.0


SMALL = set("that this when with from they what must have been each does their which where them into than".split())


@pytest.mark.parametrize("question_id", QUESTIONS)
def test_shuffled_words_get_little(grounds: Grounds, question_id: str) -> None:
    words = grounds[question_id].question.model_answer.split()
    for seed in range(5):
        mixed = list(words)
        random.Random(seed).shuffle(mixed)
        assert (judged(grounds, question_id, " ".join(mixed)).coverage or 0.0) <= 0.40


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


FEWEST_SAID, FEWEST_MISSAID, LONGEST = 6, 4, 400


@pytest.mark.parametrize("question_id", EVERY)
def test_every_point_has_sayings_enough(bank: Bank, question_id: str) -> None:
    """A follow-up's own points may be known by claims instead."""
    question = bank.questions[question_id]
    for point in (*question.points, *(p for f in question.follow_ups for p in f.points if not p.claims)):
        assert len(point.said) >= FEWEST_SAID and len(point.missaid) >= FEWEST_MISSAID, point.id


@pytest.mark.parametrize("question_id", EVERY)
def test_no_saying_is_written_twice_or_at_great_length(bank: Bank, question_id: str) -> None:
    """The same words under two sides would teach that neither is meant."""
    question = bank.questions[question_id]
    points = (*question.points, *(p for f in question.follow_ups for p in f.points))
    every = [t for p in points for t in (*p.said, *p.missaid, *p.named)] + [
        t for p in question.pitfalls for t in p.said
    ]
    assert every
    times = Counter(" ".join(re.findall(r"\w+", text.casefold())) for text in every)
    assert [t for t, n in times.items() if n > 1] == []
    assert [t for t in every if len(t) > LONGEST] == []


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
