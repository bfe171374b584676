"""What was practised: the newest scored answer decides, disputed points are no weakness, and it's said in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import ON_PICKS, scored
from voiceprep.core.feedback import Assessment, Unscored
from voiceprep.core.past import Practised, day_in_words, past_of, said_of
from voiceprep.core.verdicts import Status

HEARD = scored(ON_PICKS)


def answered(question_id: str = "q", **verdicts: Status) -> Assessment:
    """An answer to a question of three core points and an extra one, each covered unless said otherwise."""
    first = HEARD.points[0]
    points = tuple(
        replace(first, id=i, text=f"Point {i}.", core=i != "extra", verdict=verdicts.get(i, "covered"), dispute=None)
        for i in ("one", "two", "three", "extra")
    )
    return replace(HEARD, question_id=question_id, unscored=None, points=points)


def disputed(assessment: Assessment, point_id: str) -> Assessment:
    points = tuple(replace(p, dispute="I said it") if p.id == point_id else p for p in assessment.points)
    return replace(assessment, points=points)


def unscored(question_id: str = "q") -> Assessment:
    return replace(answered(question_id), unscored=Unscored("skipped"))


def of(*answers: Assessment) -> Practised:
    """The past after a session a day, from the 1st of November on."""
    return past_of([(f"2026-11-{day:02}", [a]) for day, a in enumerate(answers, 1)])["q"]


def says(*answers: Assessment) -> str:
    return said_of({"q": of(*answers)}, "q")


def test_what_was_never_asked_is_not_there_and_says_so() -> None:
    assert past_of([]) == {} and said_of({}, "q") == "not practised yet"


@pytest.mark.parametrize("verdict", ["missed", "unheard", "contradicted"])
def test_what_was_not_heard_is_a_gap(verdict: Status) -> None:
    found = of(answered(one=verdict, extra="missed"))
    assert (found.gaps, found.of) == (("Point one.",), 3)
    assert found.weak == pytest.approx(1 / 3)


@pytest.mark.parametrize("verdict", ["covered", "partly", "unsure"])
def test_what_was_heard_or_is_to_be_checked_is_none(verdict: Status) -> None:
    assert of(answered(one=verdict)).weak == 0


def test_a_disputed_point_is_not_weak() -> None:
    assert of(disputed(answered(one="missed"), "one")) == Practised("2026-11-01", 1, 2)
    found = of(disputed(answered(one="missed", two="missed"), "one"), disputed(answered(one="missed"), "one"))
    assert (found.gaps, found.again) == ((), ())


def test_the_newest_answer_decides() -> None:
    assert of(answered(one="missed"), answered()).weak == 0
    assert of(answered(), answered(one="missed")).gaps == ("Point one.",)


def test_an_answer_without_a_score_says_nothing_of_one_that_had_one() -> None:
    assert of(answered(one="missed"), unscored()) == of(answered(one="missed"))
    found = of(unscored(), unscored())
    assert (found.scored, found.weak, found.day) == (False, 1.0, "2026-11-02")
    assert of(unscored(), answered()).scored


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([answered()], "every core point was heard on 1 Nov"),
        ([answered(one="missed")], "1 core point was not heard on 1 Nov"),
        ([answered(), answered(one="missed", two="unheard")], "2 core points were not heard on 2 Nov"),
        ([answered(one="missed"), answered(two="missed")], "1 core point was not heard on 2 Nov"),
        ([answered(one="missed"), answered(one="unheard")], "not heard twice: “Point one”"),
        ([answered(one="missed", two="missed")] * 2, "not heard twice: “Point one” and 1 more"),
        ([answered(one="missed"), unscored(), answered(one="missed")], "not heard twice: “Point one”"),
        ([answered(one="missed"), answered(), answered(one="missed")], "1 core point was not heard on 3 Nov"),
        ([answered(one="contradicted", two="missed")], "1 core point went against the rubric on 1 Nov"),
        ([unscored()], "no answer scored yet, asked on 1 Nov"),
    ],
)
def test_the_past_in_words(answers: list[Assessment], said: str) -> None:
    assert says(*answers) == said


def test_each_question_has_its_own_past() -> None:
    found = past_of([("2026-11-01", [answered("a", one="missed"), answered("b")]), ("2026-11-02", [answered("a")])])
    assert {i: p.nth for i, p in found.items()} == {"a": 3, "b": 2}


def test_a_long_point_is_cut_at_a_word() -> None:
    long = replace(of(answered()), again=("A point " + "with many words " * 9,))
    said = said_of({"q": long}, "q")
    assert said.endswith(" …”") and len(said) < 90


@pytest.mark.parametrize(
    ("day", "said"), [("2026-11-03", "3 Nov"), ("2026-01-31", "31 Jan"), ("2026-13-01", "2026-13-01"), ("x", "x")]
)
def test_days_are_said(day: str, said: str) -> None:
    assert day_in_words(day) == said


def test_a_session_without_a_day_says_before() -> None:
    assert said_of(past_of([("", [answered(one="missed")])]), "q") == "1 core point was not heard before"
