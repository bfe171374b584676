"""Which questions are asked: the author's order, one drawn from a seed, the chosen ones, as many as fit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.questions import COMPARE
from voiceprep.core.home import seconds_of
from voiceprep.core.past import Practised
from voiceprep.core.plan import (
    DIFFICULTIES,
    LOOK_ON,
    Pick,
    Plan,
    Round,
    Wants,
    choose,
    picks_of,
    plan_minutes,
    plan_questions,
    plan_round,
)
from voiceprep.core.question import Outline, outline_of

IDS = tuple("abcdefgh")
QUESTIONS = {i: replace(COMPARE, id=i) for i in IDS}
ROUND = Round("r", "A round", "About", IDS, follow_ups=2)


def asked(plan: Plan) -> str:
    return "".join(q.id for q in plan.questions)


def test_a_round_is_asked_in_its_authors_order() -> None:
    plan = plan_round(ROUND, QUESTIONS, 0)
    assert (asked(plan), plan.title, plan.follow_ups, plan.seed) == ("abcdefgh", "A round", 2, 0)
    assert plan.why == ("next in A round",) * 8


def test_a_seed_draws_an_order_that_is_the_same_everywhere() -> None:
    assert asked(plan_round(ROUND, QUESTIONS, 7)) == "fdgehbca"
    assert asked(plan_round(ROUND, QUESTIONS, 8)) == "dbchgefa"
    assert plan_round(ROUND, QUESTIONS, 7).why == ("drawn by seed 7",) * 8


@pytest.mark.parametrize("seed", [-1, 1, 2**32, 2**40 + 5])
def test_no_question_is_lost_or_doubled_in_the_draw(seed: int) -> None:
    assert sorted(asked(plan_round(ROUND, QUESTIONS, seed))) == list(IDS)


def test_chosen_questions_are_asked_as_chosen() -> None:
    plan = plan_questions(["c", "a"], QUESTIONS, 3)
    assert (asked(plan), plan.why, plan.follow_ups, plan.seed) == ("ca", ("you chose it",) * 2, 1, 3)


ONE_S = seconds_of(COMPARE, 2)


@pytest.mark.parametrize(
    ("minutes", "questions"),
    [
        (0.0, "a"),
        (ONE_S / 60, "a"),
        (2 * ONE_S / 60 - 0.01, "a"),
        (2 * ONE_S / 60, "ab"),
        (3.5 * ONE_S / 60, "abc"),
        (1000.0, "abcdefgh"),
    ],
)
def test_as_many_questions_as_fit_into_the_time_and_at_least_one(minutes: float, questions: str) -> None:
    plan = plan_minutes(plan_round(ROUND, QUESTIONS, 0), minutes)
    assert asked(plan) == questions
    assert len(plan.why) == len(questions)
    assert (plan.follow_ups, plan.seed) == (2, 0)


def test_a_plan_of_minutes_is_called_by_them() -> None:
    assert plan_minutes(plan_round(ROUND, QUESTIONS, 0), 15.0).title == "15 minutes"
    assert plan_minutes(plan_round(ROUND, QUESTIONS, 0), 7.5).title == "7.5 minutes"


# Choosing ---------------------------------------------------------------------------------------------------------


def pool(topics: int = 3, each: int = 4) -> list[Outline]:
    """ "t0-0", "t0-1" ...: of each topic `each` questions, in turn easy, medium and hard."""
    return [
        replace(
            outline_of(COMPARE),
            id=f"t{topic}-{n}",
            topic=f"t{topic}",
            difficulty=DIFFICULTIES[n % 3],
            level=("junior", "mid", "senior")[n % 3],
            type=("technical", "behavioral")[n % 2],
            technologies=(f"x{n}", "sql"),
        )
        for topic in range(topics)
        for n in range(each)
    ]


def heard_on(day: str, nth: int, gaps: int = 0, of: int = 4) -> Practised:
    return Practised(day, nth, of, tuple(f"Point {n}." for n in range(gaps)))


def picked(wants: Wants, seed: int = 0, past: Mapping[str, Practised] | None = None, **of: int) -> list[str]:
    return [p.id for p in choose(pool(**of), wants, 1, seed, past or {}, "the round asks for")]


KNOWN = {
    0: ["t2-0", "t1-0", "t0-1", "t2-2"],
    1: ["t1-3", "t0-0", "t0-1", "t2-1"],
    7: ["t2-3", "t1-1", "t0-1", "t2-2"],
    -1: ["t2-0", "t0-0", "t1-0", "t2-2"],
    2**40 + 5: ["t0-3", "t1-3", "t0-1", "t2-2"],
}


@pytest.mark.parametrize(("seed", "ids"), KNOWN.items())
def test_a_seed_chooses_the_same_questions_everywhere(seed: int, ids: list[str]) -> None:
    assert picked(Wants(how_many=4), seed) == ids


CHOICE = """
from tests.core.test_plan import Wants, heard_on, pool, choose
past = {"t0-0": heard_on("2026-11-03", 1, 2), "t1-1": heard_on("2026-11-03", 2), "t2-0": heard_on("2026-11-04", 3, 1)}
for seed in (0, 7):
    print(choose(pool(), Wants(technologies=("sql",), how_many=11), 1, seed, past, "the round asks for"))
"""


def test_the_choice_does_not_hang_on_the_salt_of_hashes() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", CHOICE], env={**os.environ, "PYTHONHASHSEED": salt}, capture_output=True,
            encoding="utf-8", check=True,
        ).stdout
        for salt in ("0", "1", "2", "777", "4294967295")
    }  # fmt: skip
    assert len(said) == 1 and "t0-0" in said.pop()


@given(st.integers(), st.integers(1, 14), st.dictionaries(st.sampled_from([q.id for q in pool()]), st.integers(0, 4)))
def test_no_question_is_chosen_twice_and_as_many_as_there_are(seed: int, how_many: int, gaps: dict[str, int]) -> None:
    past = {i: heard_on("2026-11-03", n, g) for n, (i, g) in enumerate(gaps.items())}
    ids = picked(Wants(how_many=how_many), seed, past)
    assert len(ids) == len(set(ids)) == min(how_many, 12)
    assert len([i for i in ids if i not in past]) == min(how_many, 12 - len(past)), "what wasn't practised comes first"


def test_seeds_choose_differently_and_every_question_gets_its_turn() -> None:
    first = [picked(Wants(how_many=1), seed)[0] for seed in range(300)]
    counts = {i: first.count(i) for i in first}
    assert len(counts) == 12 and min(counts.values()) > 5


def test_no_two_questions_are_always_drawn_together() -> None:
    draws = [set(picked(Wants(how_many=2), seed, topics=1, each=12)) for seed in range(400)]
    pairs = [frozenset(d) for d in draws]
    assert len(set(pairs)) > 50, "of 66"
    assert max(pairs.count(p) for p in set(pairs)) < 25


def test_a_new_question_takes_a_place_and_shuffles_nothing() -> None:
    before = choose(pool(topics=1, each=8), Wants(how_many=8), 0, 7, {}, "")
    after = choose(pool(topics=1, each=9), Wants(how_many=9), 0, 7, {}, "")
    assert [p.id for p in after if p.id != "t0-8"] == [p.id for p in before]


def test_what_was_not_practised_comes_first_then_what_was_heard_least_then_what_lies_longest_back() -> None:
    ids = [q.id for q in pool(topics=1, each=6)]
    past = {
        ids[0]: heard_on("2026-11-01", 1),
        ids[1]: heard_on("2026-11-02", 2, gaps=1),
        ids[2]: heard_on("2026-11-03", 3, gaps=3),
        ids[3]: heard_on("2026-11-04", 4),
        ids[4]: heard_on("2026-11-05", 5, gaps=3),
    }
    in_turn = [ids[5], ids[2], ids[4], ids[1], ids[0], ids[3]]
    for n in range(1, 7):
        assert set(picked(Wants(how_many=n), 3, past, topics=1, each=6)) == set(in_turn[:n])


def test_topics_are_spread() -> None:
    for seed in range(20):
        topics = [i.split("-")[0] for i in picked(Wants(how_many=6), seed)]
        assert sorted(topics) == ["t0", "t0", "t1", "t1", "t2", "t2"]


def test_topics_are_spread_among_what_needs_practice_too() -> None:
    past = {q.id: heard_on("2026-11-01", n, gaps=3 if q.topic == "t0" else 1) for n, q in enumerate(pool())}
    assert {i.split("-")[0] for i in picked(Wants(how_many=3), 0, past)} == {"t0", "t1", "t2"}


def test_a_session_goes_from_easy_to_hard() -> None:
    by_id = {q.id: q for q in pool()}
    for seed in range(20):
        ranks = [DIFFICULTIES.index(by_id[i].difficulty) for i in picked(Wants(how_many=6), seed)]
        assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("wants", "ids"),
    [
        (Wants(topics=("t1",), how_many=9), {"t1-0", "t1-1", "t1-2", "t1-3"}),
        (Wants(topics=("t1", "t2"), technologies=("x2", "x3"), how_many=9), {"t1-2", "t1-3", "t2-2", "t2-3"}),
        (Wants(types=("behavioral",), levels=("mid",), how_many=9), {"t0-1", "t1-1", "t2-1"}),
        (Wants(difficulties=("hard",), topics=("t0",), how_many=9), {"t0-2"}),
        (Wants(topics=("t9",)), set()),
    ],
)
def test_a_choice_is_of_each_kind_that_is_asked_for(wants: Wants, ids: set[str]) -> None:
    assert set(picked(wants)) == ids


def test_a_choice_that_says_neither_how_many_nor_how_long_is_of_four() -> None:
    assert len(picked(Wants())) == 4


def test_minutes_are_filled_and_never_passed_but_by_a_first_question() -> None:
    one_s = seconds_of(COMPARE, 1)
    assert len(picked(Wants(minutes=3.5 * one_s / 60))) == 3
    assert len(picked(Wants(minutes=3.5 * one_s / 60, how_many=2))) == 2
    assert len(picked(Wants(minutes=1.0))) == 1


def test_a_shorter_question_fills_what_a_long_one_leaves() -> None:
    long = [replace(q, target_s=(300, 300)) for q in pool(topics=1, each=LOOK_ON + 1)]
    short = replace(outline_of(COMPARE), id="short", topic="t1", target_s=(10, 10))
    past = {"short": heard_on("2026-11-01", 1)}
    minutes = (seconds_of(long[0], 0) + seconds_of(short, 0)) / 60
    chosen = choose([*long[:4], short], Wants(minutes=minutes), 0, 1, past, "")
    assert len(chosen) == 2 and "short" in [p.id for p in chosen]
    chosen = choose(
        [*long, *(replace(q, id=q.id + "-too") for q in long), short], Wants(minutes=minutes), 0, 1, past, ""
    )
    assert len(chosen) == 1, "it gives up"


PAST = {"t0-0": heard_on("2026-11-03", 1, gaps=2), "t0-1": heard_on("2026-11-13", 2)}


@pytest.mark.parametrize(
    ("wants", "why"),
    [
        (Wants(topics=("t2",), how_many=1), "not practised yet; the round asks for t2; drawn by seed 7"),
        (
            Wants(topics=("t2",), levels=("senior",), technologies=("sql", "go")),
            "not practised yet; the round asks for t2, senior, sql",
        ),
        (
            Wants(technologies=("x0",), topics=("t0",)),
            "2 core points were not heard on 3 Nov; the round asks for t0, x0",
        ),
        (
            Wants(technologies=("x1",), topics=("t0",)),
            "every core point was heard on 13 Nov; the round asks for t0, x1",
        ),
        (Wants(how_many=1), "not practised yet; drawn by seed 7"),
        (Wants(how_many=12), "not practised yet; drawn by seed 7"),
    ],
)
def test_every_choice_says_why(wants: Wants, why: str) -> None:
    chosen = choose(pool(), wants, 1, 7, PAST, "the round asks for")
    assert why in [p.why for p in chosen]


def test_who_was_alone_was_not_drawn() -> None:
    (one,) = choose(pool(topics=1, each=1), Wants(), 1, 7, {}, "")
    assert one.why == "not practised yet"
    last = [p.why.endswith("drawn by seed 7") for p in choose(pool(topics=1, each=2), Wants(), 1, 7, {}, "")]
    assert sorted(last) == [False, True], "the second was the only one left"


def test_a_round_that_chooses_is_planned_by_outlines_and_asks_whole_questions() -> None:
    round_ = Round("c", "Chosen", "About", (), follow_ups=2, choose=Wants(how_many=3))
    outlines = {i: outline_of(q) for i, q in QUESTIONS.items()}
    plan = plan_round(round_, QUESTIONS, 7, {}, outlines)
    assert plan == plan_round(round_, QUESTIONS, 7)
    assert len(plan.questions) == 3 and all(q is QUESTIONS[q.id] for q in plan.questions)
    assert (plan.title, plan.follow_ups, plan.seed) == ("Chosen", 2, 7)


def test_a_listed_round_says_what_the_past_has_to_do_with_it() -> None:
    past = {"b": heard_on("2026-11-03", 1, gaps=1)}
    first, second, *_ = picks_of(ROUND, QUESTIONS, 0, past)
    assert first == Pick("a", "next in A round; not practised yet")
    assert second == Pick("b", "next in A round; 1 core point was not heard on 3 Nov")
