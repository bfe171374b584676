"""What is due: ratings from verdicts and disputes, days from FSRS, and nothing weak left for after the interview."""

from __future__ import annotations

import pytest
from fsrs import Rating

from tests.sessions.many import answer
from voiceprep.core.answered import Answered, answered_of
from voiceprep.core.due import Due, due_of, rating_of
from voiceprep.core.feedback import Assessment
from voiceprep.core.pressure import Clocked, Cut

CUT = Clocked(60.0, cut=Cut("limit", 60.0))


def seen(a: Assessment, day: str = "2026-11-01") -> Answered:
    return answered_of(a, "s", 0, day)


@pytest.mark.parametrize(
    ("given", "rating"),
    [
        (answer(), Rating.Easy),
        (answer(extra="missed"), Rating.Easy),
        (answer(one="partly"), Rating.Hard),
        (answer(one="missed"), Rating.Hard),
        (answer(one="missed", two="missed"), Rating.Again),
        (answer(one="contradicted"), Rating.Again),
        (answer(one="contradicted", dispute="one"), Rating.Easy),
        (answer(one="missed", dispute="one"), Rating.Easy),
        (answer(one="unsure"), Rating.Good),
        (answer(one="unsure", two="unsure"), None),
        (answer(one="unheard", sure=False, engine="basic"), None),
        (answer(sure=False, engine="basic"), Rating.Easy),
        (answer(one="missed", clocked=CUT), Rating.Good),
        (answer(one="missed", two="missed", clocked=CUT), None),
        (answer(one="contradicted", clocked=CUT), Rating.Again),
        (answer(unscored="skipped"), None),
    ],
)
def test_an_answer_becomes_a_rating(given: Assessment, rating: Rating | None) -> None:
    assert rating_of(seen(given)) is rating


def test_what_only_a_follow_up_brought_was_not_easy() -> None:
    from dataclasses import replace

    a = answer()
    late = replace(a.points[0], evidence=tuple(replace(e, take_id="a002") for e in a.points[0].evidence))
    assert a.points[0].evidence and rating_of(seen(replace(a, points=(late, *a.points[1:])))) is Rating.Good


def due(*given: tuple[str, Assessment]) -> Due | None:
    return due_of([seen(a, day) for day, a in given])


def test_the_worse_it_went_the_sooner_it_comes_and_never_the_same_day() -> None:
    first = "2026-11-01"
    ways = (answer(one="contradicted"), answer(one="missed"), answer(one="unsure"), answer())
    found = [due((first, a)) for a in ways]
    assert [d and (d.day, d.weak) for d in found] == [
        ("2026-11-02", True), ("2026-11-02", True), ("2026-11-03", False), ("2026-11-09", False),
    ]  # fmt: skip


def test_a_question_that_goes_well_comes_ever_more_rarely_and_a_lapse_brings_it_back() -> None:
    once = due(("2026-11-01", answer()))
    twice = due(("2026-11-01", answer()), ("2026-11-09", answer()))
    lapse = due(("2026-11-01", answer()), ("2026-11-09", answer(one="contradicted")))
    assert once and twice and lapse
    assert twice.day > "2026-12-01" and twice.ratings == 2 and not twice.weak
    assert "2026-11-09" < lapse.day < "2026-11-20" and lapse.weak


def test_what_says_nothing_changes_nothing() -> None:
    asked = ("2026-11-01", answer(one="missed"))
    nothing = (("2026-11-02", answer(unscored="skipped")), ("nobody knows", answer()), ("", answer()))
    assert due(*nothing) is None
    assert due(asked, *nothing) == due(asked)


def test_the_same_history_gives_the_same_days() -> None:
    days = [(f"2026-11-{n:02}", answer(one="missed" if n % 3 else "covered")) for n in range(1, 20)]
    assert len({due(*days) for _ in range(20)}) == 1


def test_a_clock_that_went_back_breaks_nothing() -> None:
    found = due(("2026-11-09", answer()), ("2026-11-01", answer(one="missed")))
    assert found is not None and found.ratings == 2


@pytest.mark.parametrize(
    ("weak", "interview", "day"),
    [
        (True, "2026-11-10", "2026-11-09"),
        (True, "2026-11-30", "2026-11-20"),
        (False, "2026-11-10", "2026-11-20"),
        (True, "2026-11-01", "2026-11-20"),
        (True, "", "2026-11-20"),
        (True, "soon", "2026-11-20"),
        (True, "0001-01-01", "2026-11-20"),
    ],
)
def test_what_is_weak_comes_before_the_interview(weak: bool, interview: str, day: str) -> None:
    assert Due("2026-11-20", weak, 1).before(interview, "2026-11-03") == day
