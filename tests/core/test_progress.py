"""How it goes: like is held beside like, a break is shown, and what nobody can know is in nothing."""

from __future__ import annotations

import pytest

from tests.sessions.many import answer
from voiceprep.core.answered import Answered, answered_of
from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment
from voiceprep.core.past import due_line, past_of
from voiceprep.core.plan import Wants, choose
from voiceprep.core.pressure import Clocked, Cut
from voiceprep.core.progress import (
    Break,
    PointStanding,
    Standing,
    Tally,
    alike,
    delivery_of,
    practised_of,
    progress_of,
    standing_of,
    topic_of,
)
from voiceprep.core.question import Outline
from voiceprep.report.progress_lines import break_line, lines, point_line, progress_json


def history(*given: Assessment) -> list[Answered]:
    """An answer a day, from the 1st of November on."""
    return [
        answered_of(a, f"202611{n:02}-100000-aaaa", 0, f"2026-11-{n:02}", f"About {a.question_id}", "caching")
        for n, a in enumerate(given, 1)
    ]


def standing(*given: Assessment) -> Standing:
    return standing_of(history(*given))


def point(found: Standing, point_id: str = "one") -> PointStanding:
    return next(p for p in found.points if p.id == point_id)


GOOD, GAP = answer(), answer(one="missed")

# What compares


def test_without_a_difference_there_is_no_break() -> None:
    told = history(GOOD, GAP, GOOD)
    assert alike(told) == (told, None) and alike([]) == ([], None)


@pytest.mark.parametrize(
    ("older", "what"),
    [
        (answer(engine="basic"), "recogniser"),
        (answer(engine=""), "recogniser"),
        (answer(matcher="0"), "matcher"),
        (answer(rubric="r0"), "rubric"),
    ],
)
def test_a_series_breaks_and_says_where_and_why(older: Assessment, what: str) -> None:
    told = history(older, older, GOOD, GAP)
    assert alike(told) == (told[2:], Break("2026-11-03", (what,), "whisper", 2))


def test_another_model_of_the_same_recogniser_is_no_break() -> None:
    assert alike(history(answer(engine="whisper:tiny"), GOOD))[1] is None


def test_answers_of_two_kinds_in_turns_have_no_day_on_which_it_began() -> None:
    told = history(GOOD, answer(engine=""), GOOD)
    assert alike(told) == ([told[0], told[2]], Break("", ("recogniser",), "whisper", 1))


def test_each_question_has_a_rubric_of_its_own() -> None:
    assert alike(history(answer("q", rubric="x"), answer("p", rubric="y")))[1] is None


def test_delivery_depends_on_neither_rubric_nor_matcher() -> None:
    assert alike(history(answer(rubric="r0", matcher="0"), GOOD), judged=False)[1] is None


# Points


def test_a_point_is_heard_now_before_or_never() -> None:
    assert point(standing(GAP, GOOD)).last == "heard"
    assert (point(standing(GOOD, GAP)).ever, point(standing(GAP, GAP)).ever) == (True, False)
    found = point(standing(GOOD, GAP, answer(one="contradicted")))
    assert (found.last, found.day, found.running, found.ever) == ("against", "2026-11-03", 2, True)


@pytest.mark.parametrize(
    "nothing",
    [
        answer(unscored="skipped"),
        answer(one="unheard"),
        answer(one="unsure"),
        answer(one="missed", dispute="one"),
        answer(one="missed", sure=False),
        answer(one="missed", clocked=Clocked(60.0, cut=Cut("limit", 60.0))),
        answer(one="missed", clocked=Clocked(60.0, interrupted="The microphone was lost.")),
    ],
)
def test_what_says_nothing_of_a_point_leaves_it_as_it_was(nothing: Assessment) -> None:
    found = point(standing(GAP, nothing))
    assert (found.last, found.day, found.running) == ("not heard", "2026-11-01", 1)
    assert point(standing(GOOD, nothing)).running == 0


def test_a_disputed_point_is_not_weak_and_a_weak_one_is() -> None:
    assert point(standing(GAP)).weak
    assert not point(standing(GAP, answer(one="missed", dispute="one"))).weak
    assert not point(standing(answer(extra="missed")), "extra").weak


def test_a_break_forgets_what_was_heard_before_it_and_says_so() -> None:
    found = standing(answer(engine="basic"), GAP)
    assert not point(found).ever and found.broken is not None and (found.answers, found.comparable) == (2, 1)


def test_a_standing_tells_the_newest_beside_the_one_before() -> None:
    found = standing(GOOD, answer(unscored="skipped"), GAP)
    assert (found.now, found.before, found.answers) == (Tally(2, 3), Tally(3, 3), 2)
    assert standing(answer(unscored="skipped")).now is None


def test_what_a_plan_knows_is_what_the_sessions_say() -> None:
    given = (GAP, answer(unscored="skipped"), answer(one="missed", two="contradicted"))
    told = past_of((a.day, (b,)) for a, b in zip(history(*given), given, strict=True))
    assert standing(*given).practised == told["question-0"]


# Topics and delivery


def test_a_topic_is_compared_from_three_answers_on_and_says_how_many() -> None:
    assert topic_of("t", 1, history(GAP, GOOD)).now == Unmeasured("2 comparable answers, 3 are needed")
    three = topic_of("t", 1, history(GAP, GAP, GOOD))
    assert (three.n, three.now) == (3, Tally(7, 9))
    assert three.before == Unmeasured("0 comparable answers before, 3 are needed")
    six = topic_of("t", 1, history(GAP, GAP, GAP, GOOD, GOOD, GOOD))
    assert (six.n, six.now, six.before) == (3, Tally(9, 9), Tally(6, 9))
    many = topic_of("t", 1, history(*[GOOD] * 7, *[GAP] * 5))
    assert (many.n, many.now, many.before) == (5, Tally(10, 15), Tally(15, 15))


def test_delivery_is_a_median_of_calm_answers_that_were_measured() -> None:
    given = [answer(pace=p) for p in (100, 101, 102, 150, 160, 400)]
    hurried = answer(pace=999, clocked=Clocked(60.0))
    found = delivery_of(history(*given, hurried, answer(engine="")))[0]
    assert (found.name, found.n, found.now, found.before) == ("words_per_minute", 3, 160, 101)
    assert found.broken is None, "a typed answer has no delivery to compare"


def test_a_delivery_trend_breaks_with_the_recogniser() -> None:
    given = [answer(pace=100, engine="basic")] * 3 + [answer(pace=150)] * 3
    found = delivery_of(history(*given))[0]
    assert (found.now, found.broken) == (150, Break("2026-11-04", ("recogniser",), "whisper", 3))
    assert isinstance(found.before, Unmeasured)


# All of it


def whole(*given: Assessment, today: str = "2026-11-20", interview: str = "") -> tuple[list[Standing], object]:
    told = history(*given)
    by_question: dict[str, list[Answered]] = {}
    for a in told:
        by_question.setdefault(a.question_id, []).append(a)
    standings = [standing_of(a) for a in by_question.values()]
    return standings, progress_of(standings, {"caching": told}, told, today, interview)


def test_what_is_due_longest_comes_first_and_the_weakest_points_too() -> None:
    _, found = whole(answer("a", one="missed"), answer("b", one="contradicted"), answer("c"))
    assert [(d.question_id, d.since) for d in found.due] == [
        ("a", "2026-11-02"), ("b", "2026-11-03"), ("c", "2026-11-11"),
    ]  # fmt: skip
    assert found.due[0].why == "1 core point was not heard on 1 Nov"
    assert [(w.question_id, w.point.last) for w in found.weak] == [("b", "against"), ("a", "not heard")]
    _, early = whole(answer("c"), today="2026-11-05")
    assert (early.due, early.next_due) == ((), "2026-11-09")


def test_a_plan_prefers_what_is_due_and_says_since_when() -> None:
    standings, _ = whole(answer("a"), answer("b", one="missed"))
    past = practised_of(standings, "2026-11-05")
    pool = [
        Outline(i, "What?", f"On {i}", "caching", "technical", "easy", "mid", (), (60, 120), ("p",), ())
        for i in ("fresh", "a", "b")
    ]  # fmt: skip
    (pick,) = choose(pool, Wants(how_many=1), 1, 0, past, "")
    assert (pick.id, pick.why) == ("b", "due since 3 Nov; 1 core point was not heard on 2 Nov")
    assert choose(pool, Wants(how_many=1), 1, 0, practised_of(standings, "2026-11-02"), "")[0].id == "fresh"
    assert due_line(past, {q.id: q for q in pool}) == "One question is due, “On b” since 3 Nov."
    assert due_line(past, {}) == ""


def test_the_page_fits_and_has_no_percentage() -> None:
    given = [answer("a", one="missed"), answer("b", engine="basic"), answer("b"), answer("a", one="missed")] * 2
    _, found = whole(*given)
    page = list(lines(found, "2026-11-20"))
    text = "\n".join(page)
    assert max(map(len, page)) <= 80 and "%" not in text
    assert "About a (caching), since 17 Nov: not heard twice" in text
    assert "not heard on 8 Nov, 4 times running without it; not heard before either" in " ".join(text.split())
    assert "About b: only whisper; 2 other answers are left out." in " ".join(text.split())


def test_the_words_of_points_and_breaks() -> None:
    assert point_line(point(standing(GOOD, GAP))) == "not heard on 2 Nov; heard before"
    assert point_line(point(standing(GOOD))) == "heard on 1 Nov"
    assert [break_line(b) for b in (
        Break("2026-11-12", ("recogniser",), "whisper", 14),
        Break("2026-11-12", ("recogniser", "rubric"), "typed", 1),
        Break("", ("recogniser",), "basic", 2),
        Break("", ("matcher",), "whisper", 2),
    )] == [
        "since 12 Nov another recogniser (whisper); 14 older answers are left out",
        "since 12 Nov typed and another rubric; 1 older answer is left out",
        "only the basic recogniser; 2 other answers are left out",
        "another matcher; 2 other answers are left out",
    ]  # fmt: skip


def test_a_machine_gets_reasons_where_there_is_no_figure() -> None:
    _, found = whole(GAP)
    value = progress_json(found)
    assert value["topics"][0]["now"] == {"value": None, "reason": "1 comparable answer, 3 are needed"}
    assert value["weak"][0]["point"]["id"] == "one" and value["breaks"] == []
