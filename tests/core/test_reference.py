"""Grading against a plain reference answer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import FOLDER, LEXICON, as_json, spoken
from voiceprep.core.feedback import Assessment, Ground, Unscored
from voiceprep.core.reference import (
    FEWEST_KNOWN,
    MATCHER_VERSION,
    UNKNOWN_WEIGHT,
    Known,
    assess,
    backing,
    derive,
    known,
)
from voiceprep.core.transcript import Transcript, typed

ASK = "What is a database index?"
REFERENCE = (
    "An index is a sorted copy of some columns. Lookups become much faster with it. "
    "Every write gets slower, because each index must be updated. It does not help a table of ten rows."
)


def graded(answer: str, reference: str = REFERENCE) -> Assessment:
    return assess(ASK, reference, typed(answer), LEXICON)


def test_each_sentence_of_the_reference_that_says_something_is_a_point() -> None:
    points = derive(ASK, "A database index is an index. " + REFERENCE, FOLDER)
    assert [p.text for p in points] == [
        "An index is a sorted copy of some columns",
        "Lookups become much faster with it",
        "Every write gets slower, because each index must be updated",
        "It does not help a table of ten rows",
    ]
    assert [p.negated for p in points] == [False, False, False, True]
    assert not any(p.keys & {"index", "databas"} for p in points), "what the question says is no news"


@pytest.mark.parametrize("reference", ["", "  ", "The the of.", "..."])
def test_a_reference_that_says_nothing_gives_no_score(reference: str) -> None:
    assessment = graded("An index makes lookups faster.", reference)
    assert assessment.unscored == Unscored("the reference says nothing to hold an answer against")
    assert (assessment.coverage, assessment.points) == (None, ())


def test_a_reference_that_only_repeats_the_question_is_one_point() -> None:
    assert [p.text for p in derive(ASK, "A database index.", FOLDER)] == ["A database index."]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (REFERENCE.rsplit(" It", 1)[0], ["covered", "covered", "covered", "missed"]),
        ("It keeps a sorted copy of a few columns.", ["covered", "missed", "missed", "missed"]),
        ("With it, writes are slower and lookups faster.", ["missed", "covered", "partly", "missed"]),
        ("Lookups don't become faster with it.", ["missed", "unsure", "missed", "missed"]),
        ("It does help with a table of ten rows.", ["missed", "missed", "missed", "unsure"]),
        ("Lookups become faster, no wait, scratch that. It's a sorted copy of columns.",
         ["covered", "missed", "missed", "missed"]),
    ],
)  # fmt: skip
def test_verdicts(answer: str, expected: list[str]) -> None:
    assert [p.verdict for p in graded(answer).points] == expected


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "no answer"),
        (
            "You start with olive oil and garlic on a low flame, and you don't let it go brown.",
            "off topic: nothing in it speaks of this question",
        ),
        (
            "the of is and a in the to is of the can will the a of in and the is to the of a can the in of index",
            "the words don't form sentences",
        ),
    ],
)
def test_what_cannot_be_judged_says_why(answer: str, reason: str) -> None:
    assessment = graded(answer)
    assert assessment.unscored == Unscored(reason)
    assert assessment.coverage is None
    assert {p.verdict for p in assessment.points} == {"unheard"}


def test_coverage_leaves_out_what_is_unsure() -> None:
    assert graded("Lookups don't become faster with it. It's a sorted copy of columns.").coverage == pytest.approx(
        1 / 3, abs=1e-4
    )
    assert graded(REFERENCE).coverage == 1.0


def test_it_says_what_it_is() -> None:
    one, other = graded(REFERENCE), graded(REFERENCE, REFERENCE + " It takes space.")
    assert one.matcher_version == MATCHER_VERSION
    assert one.rubric != other.rubric
    assert max(p.probability for p in one.points) < 0.8, "it knows less than a rubric does"
    assert as_json(one) == as_json(graded(REFERENCE))


pool = st.sampled_from([*REFERENCE.split(), "no", "wait", "not", "sorry,", "garlic", "\u2014", "\n"])


@given(st.lists(pool, max_size=40))
@settings(max_examples=60, deadline=None)
def test_quotes_are_exact_and_nothing_is_contradicted(said: list[str]) -> None:
    answer = " ".join(said)
    assessment = graded(answer)
    for p in assessment.points:
        assert p.verdict in ("covered", "partly", "missed", "unsure", "unheard")
        assert bool(p.evidence) == (p.verdict in ("covered", "partly", "unsure"))
        for e in p.evidence:
            assert e.quote == answer[e.char_start : e.char_end] != ""


# With what a bank knows -------------------------------------------------------------------------------------------

QUEUE_ASK = "Why would a team put a message queue between two services?"
QUEUE_PARTS = (
    "The producer does not have to wait for the consumer",
    "the queue takes it up as a buffer and the workers go through it at their own pace",
    "A message may arrive twice, so the consumers must be idempotent",
)
QUEUE = (
    f"{QUEUE_PARTS[0]}. When there is a spike, {QUEUE_PARTS[1]}. "
    f"{QUEUE_PARTS[2]}. My uncle paints blue bicycles in Norway."
)
IN_PLAIN_WORDS = (
    "The sender just drops the job off and goes on with its own work, without waiting for the other side. And you "
    "may get the same thing two times, so handling it again has to be harmless."
)
COOKING = "Olive oil and garlic go in the pan on a low flame, don't let it go brown, and then the tomatoes."
BREAD_ASK = "How do you make bread?"
BREAD = "Flour, water, salt and yeast are mixed. The dough rests for an hour. Then it goes into a hot oven."


@pytest.fixture(scope="module")
def shipped(grounds: Mapping[str, Ground]) -> Known:
    return known(tuple(grounds.values()))


def of_queue(answer: str | Transcript, bank: Known | None, reference: str = QUEUE) -> Assessment:
    return assess(QUEUE_ASK, reference, typed(answer) if isinstance(answer, str) else answer, LEXICON, bank)


@pytest.mark.parametrize("question_id", ["message-queue", "https", "slow-query", "code-quality", "difficult-colleague"])
def test_a_questions_own_model_answer_is_understood_by_what_is_known_of_it(
    grounds: Mapping[str, Ground], shipped: Known, question_id: str
) -> None:
    question = grounds[question_id].question
    found = backing(question.ask, question.model_answer, shipped)
    assert found is not None and found.ground is grounds[question_id]
    assert len(found.said) >= 0.8 * len(question.points)
    for start, end in found.said.values():
        assert 0 <= start < end <= len(question.model_answer)


def test_a_reference_that_says_known_points_is_understood_in_plain_words(shipped: Known) -> None:
    by_words, backed = (of_queue(IN_PLAIN_WORDS, bank) for bank in (None, shipped))
    assert "covered" not in {p.verdict for p in by_words.points} and (by_words.coverage or 0) < 0.2
    first, second, third = (p.verdict for p in backed.points if p.id.startswith("k"))
    assert first in ("covered", "unsure") and (second, third) == ("missed", "covered")
    assert backed.coverage is not None and backed.coverage > 0.4
    for p in backed.points:
        for e in p.evidence:
            assert e.quote == IN_PLAIN_WORDS[e.char_start : e.char_end] != ""


def test_the_points_are_the_references_own_words(shipped: Known) -> None:
    points = of_queue(QUEUE, shipped).points
    assert [p.id for p in points] == ["k1", "k2", "k3", "p4"], "what is known first, then the sentences that are not"
    assert [p.text for p in points[:3]] == [f"{t[0].upper()}{t[1:]}." for t in QUEUE_PARTS]
    assert points[3].text == "My uncle paints blue bicycles in Norway"
    assert all(p.say == p.text for p in points)
    assert [(p.core, p.weight) for p in points] == [(True, 1.0)] * 3 + [(False, UNKNOWN_WEIGHT)]
    assert {p.verdict for p in points} == {"covered"}


def test_what_nobody_knows_counts_little_beside_what_is_known(shipped: Known) -> None:
    without = QUEUE.rsplit(" My", 1)[0]
    assert of_queue(QUEUE, shipped).coverage == 1.0
    assert of_queue(without, shipped).coverage == pytest.approx(3 / (3 + UNKNOWN_WEIGHT), abs=1e-4)


@pytest.mark.parametrize(("question", "reference"), [(BREAD_ASK, BREAD), ("Why?", ""), ("", BREAD)])
def test_a_reference_about_something_else_is_heard_by_its_words(shipped: Known, question: str, reference: str) -> None:
    assert backing(question, reference, shipped) is None
    for answer in (BREAD, "Let the dough rest, then it goes into a hot oven.", ""):
        with_bank, without = (assess(question, reference, typed(answer), LEXICON, k) for k in (shipped, None))
        assert as_json(with_bank) == as_json(without)


def test_too_few_known_points_are_no_knowledge(shipped: Known) -> None:
    two = QUEUE.replace(QUEUE_PARTS[1], "nobody is worried")
    assert FEWEST_KNOWN == 3
    assert backing(QUEUE_ASK, two, shipped) is None
    assert backing(QUEUE_ASK, QUEUE, shipped) is not None
    assert as_json(of_queue(IN_PLAIN_WORDS, shipped, two)) == as_json(of_queue(IN_PLAIN_WORDS, None, two))


def test_an_empty_bank_knows_nothing() -> None:
    assert backing(QUEUE_ASK, QUEUE, known(())) is None
    assert as_json(of_queue(QUEUE, known(()))) == as_json(of_queue(QUEUE, None))


def test_what_is_known_says_what_was_graded(shipped: Known) -> None:
    found = of_queue(IN_PLAIN_WORDS, shipped)
    assert (found.question_id, found.ask, found.matcher_version) == ("", QUEUE_ASK, MATCHER_VERSION)
    assert found.rubric == of_queue(IN_PLAIN_WORDS, None).rubric
    assert (found.pitfalls, found.also_said, found.follow_up) == ((), (), None), "the bank's question was not asked"
    assert found.next_step == f"Add one sentence: {found.points[1].text}"


def test_the_same_reference_gives_the_same_whatever_was_asked_before(
    grounds: Mapping[str, Ground], shipped: Known
) -> None:
    first = as_json(of_queue(IN_PLAIN_WORDS, shipped))
    of_queue(COOKING, shipped)
    backing(BREAD_ASK, BREAD, shipped)
    assert as_json(of_queue(IN_PLAIN_WORDS, shipped)) == first
    afresh = known([Ground(g.question, g.lexicon, g.bank_version) for i, g in grounds.items() if i in NEAR])
    again = known([Ground(g.question, g.lexicon, g.bank_version) for i, g in grounds.items() if i in NEAR][::-1])
    assert as_json(of_queue(IN_PLAIN_WORDS, afresh)) == as_json(of_queue(IN_PLAIN_WORDS, again)) == first


NEAR = ("message-queue", "sync-or-async", "https")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "no answer"),
        (COOKING, "off topic: too little in it speaks of this question"),
        ("It waits.", "only 2 words"),
    ],
)
def test_what_cannot_be_judged_passes_through(shipped: Known, answer: str, reason: str) -> None:
    found = of_queue(answer, shipped)
    assert found.unscored == Unscored(reason) and found.coverage is None
    assert found.next_step == "Answer it again: this one is in no average."
    assert {p.verdict for p in found.points if p.id.startswith("k")} == {"unheard"}


def test_nothing_of_an_answer_without_a_score_is_called_missed(shipped: Known) -> None:
    assert {p.verdict for p in of_queue(COOKING, shipped).points} == {"unheard"}


def test_a_basic_recognisers_words_blame_nobody_and_give_no_score(shipped: Known) -> None:
    found = of_queue(spoken(IN_PLAIN_WORDS, basic=True), shipped)
    assert [p.verdict for p in found.points if p.id.startswith("k")] == ["covered", "unheard", "covered"]
    assert found.engine == "basic"
