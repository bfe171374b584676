"""What the shipped questions promise: each is worded so that its own model answer is heard, and nothing else is."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from voiceprep.bank import bank_folder
from voiceprep.bank.check import check_bank
from voiceprep.bank.contents import Bank
from voiceprep.bank.ids import IDS
from voiceprep.bank.load import load_bank
from voiceprep.core.everyday import EVERYDAY
from voiceprep.core.feedback import Assessment, Ground, assess, assess_follow_up
from voiceprep.core.patterns import compile_pattern
from voiceprep.core.transcript import typed
from voiceprep.core.words import tokenise

QUESTIONS = (
    "sql-or-nosql", "rest-or-graphql", "slow-endpoint", "own-architecture", "flash-sale", "web-vulnerabilities",
    "concurrency-in-a-language", "why-ci-cd", "code-quality", "link-shortener",
)  # fmt: skip


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
    """None of its form, of how it's written, or of its ids; what is heard stands in `test_shipped_heard.py`."""
    checked = check_bank(bank_folder())
    assert checked.problems == ()
    assert set(QUESTIONS) <= set(checked.bank.questions)
    assert (bank_folder() / IDS).is_file()


MISREAD = {
    "join-or-union": "its pitfall, the two swapped, is heard in the words that tell them apart",
    "websockets": "its pitfall, WebSockets for everything, is heard in the words that warn of it",
}


@pytest.mark.parametrize("question_id", with_known(MISREAD))
def test_a_model_answer_says_its_points_and_walks_into_no_pitfall(grounds: Grounds, question_id: str) -> None:
    found = judged(grounds, question_id, grounds[question_id].question.model_answer)
    assert found.unscored is None
    assert [p.id for p in found.points if p.verdict == "contradicted"] == []
    assert [p.id for p in found.pitfalls] == []
    assert found.coverage is not None and found.coverage >= 0.9


FOLLOW_UP_MISREAD = {
    "difficult-colleague": "their-view: a point isn't heard",
    "faster-backend": "what-to-cache: a point isn't heard",
}


@pytest.mark.parametrize("question_id", with_known(FOLLOW_UP_MISREAD))
def test_a_follow_ups_model_answer_says_its_points(grounds: Grounds, question_id: str) -> None:
    ground = grounds[question_id]
    parent = judged(grounds, question_id, ground.question.model_answer)
    for follow_up in ground.question.follow_ups:
        own, _ = assess_follow_up(ground, follow_up, parent, typed(follow_up.model_answer))
        assert [p.id for p in own.points if p.verdict != "covered"] == [], follow_up.id


UNHEARD = {"bottleneck-story": "before-after: two figures alone tell no outcome"}


@pytest.mark.parametrize("question_id", with_known(UNHEARD))
def test_the_sentence_that_would_say_a_point_says_it(grounds: Grounds, question_id: str) -> None:
    """Alone, as it is said again after an answer; and it goes against no point."""
    for point in grounds[question_id].question.points:
        found = {p.id: p.verdict for p in judged(grounds, question_id, point.say).points}
        assert found[point.id] in ("covered", "partly", "unsure"), point.id
        assert [i for i, v in found.items() if v == "contradicted"] == [], point.id


def test_the_sentence_that_would_say_a_point_rarely_says_another(grounds: Grounds) -> None:
    """Neighbours in meaning may be said in one breath: of 568 sentences 14 are credited with a second core point."""
    asked, twice = 0, []
    for question_id, ground in grounds.items():
        for point in ground.question.points:
            found = judged(grounds, question_id, point.say)
            asked += 1
            twice += [f"{p.id} for {point.id}" for p in found.points if p.id != point.id and p.core and said(p.verdict)]
    assert len(twice) <= 0.03 * asked, twice


def said(verdict: str) -> bool:
    return verdict in ("covered", "partly")


def test_everyday_words_are_those_of_our_sentences(grounds: Grounds) -> None:
    """The list that keeps a plain word from being taken for a term: in the sayings of a fourth of the questions, or in
    the background. A few stand there besides."""
    asked: Counter[str] = Counter()
    for ground in grounds.values():
        points = (*ground.question.points, *(p for f in ground.question.follow_ups for p in f.points))
        asked.update({t.text for p in points for text in (*p.said, *p.missaid, *p.named) for t in tokenise(text)})
    behind = {t.text for text in next(iter(grounds.values())).lexicon.background for t in tokenise(text)}
    ours = {w for w, n in asked.items() if n >= len(grounds) / 4} | behind
    assert len(EVERYDAY - ours) <= 0.03 * len(EVERYDAY)
    assert len({w for w, n in asked.items() if n >= len(grounds) / 2} - EVERYDAY) <= 0.03 * len(EVERYDAY)


ANOTHER_SYSTEM = pytest.mark.xfail(reason="worth 0.40: another system's parts are taken for the feed's")
ANOTHER_ORDER = pytest.mark.xfail(reason="worth 0.22: an order of measures is taken for one of tasks")
UNRELATED = [
    pytest.param("setting-priorities", "high-availability", marks=ANOTHER_ORDER),
    pytest.param("social-feed", "own-architecture", marks=ANOTHER_SYSTEM),
]
STRIDES = (1, 9, 17, 25, 33, 41)
"""Every question is held against six others, drawn so that each is drawn as often and topics mix."""
TOO_LIKE = {
    "bottleneck-story": "gradual-slowdown's is worth 0.55: it finds and removes a bottleneck as well",
    "disagree-with-architect": "distributed-consistency's is worth 0.46: what is weighed there is taken for a position",
    "eventual-consistency": "video-catalog-consistency's is worth 0.53: it is about eventual consistency",
    "gradual-slowdown": "speed-up-same-contract's is worth 0.37: both look for what is slow",
    "hard-problem-story": "why-this-company's is worth 0.43: a story of another kind",
    "sharding": "slow-endpoint's is worth 0.38",
    "team-conflict": "tight-deadlines' is worth 0.68: a story of another kind, with a talk and a lesson",
    "faster-backend": "slow-query's is worth 0.65: a faster query is half of a faster back end",
    "flash-sale": "social-feed's is worth 0.80: caches, queues and a CDN are the remedies of both",
    "microservices-or-monolith": "microservices-scaling's is worth 0.38: what it says of services is true here too",
    "millions-of-users": "scale-out-or-up's is worth 0.58: scaling out is most of both",
    "rest-or-graphql": "what-is-rest's is worth 0.74: what it says of REST is true here too, the rest is unsure",
    "slow-endpoint": "slow-query's is worth 0.45: it looks for what is slow as well, but for one query only",
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
def test_every_point_is_worded_in_many_ways_and_contradicted_in_some(bank: Bank, question_id: str) -> None:
    """By patterns; a point that has none is known by its sayings (below)."""
    question = bank.questions[question_id]
    for point in (*question.points, *(p for f in question.follow_ups for p in f.points)):
        if point.claims:
            assert sum(len(c.patterns) for c in point.claims) >= 6, point.id
            assert sum(len(c.plain) for c in point.claims) >= 6, point.id
            assert sum(len(c.patterns) for c in point.contradictions) >= 2, point.id


FEWEST_SAID, FEWEST_MISSAID = 6, 4


@pytest.mark.parametrize("question_id", EVERY)
def test_every_point_has_sayings_enough(bank: Bank, question_id: str) -> None:
    """A follow-up's own points may be known by claims instead."""
    question = bank.questions[question_id]
    for point in (*question.points, *(p for f in question.follow_ups for p in f.points if not p.claims)):
        assert len(point.said) >= FEWEST_SAID and len(point.missaid) >= FEWEST_MISSAID, point.id


def test_every_term_can_be_written_in_a_pattern(bank: Bank) -> None:
    from voiceprep.core.folding import Folder

    folder = Folder(bank.lexicon)
    for term in bank.lexicon.terms:
        ways = [compile_pattern(f"use ({said})", folder) for said in (term.written, *term.forms)]
        assert any(a.key == term.id for w in ways for s in w.slots for c in s.choices for a in c), term.id
