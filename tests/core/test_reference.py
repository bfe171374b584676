"""Grading against a plain reference answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import FOLDER, LEXICON, as_json
from voiceprep.core.feedback import Assessment, Unscored
from voiceprep.core.reference import MATCHER_VERSION, assess, derive
from voiceprep.core.transcript import typed

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
