"""What a clock costs: like is held beside like only, each take by itself, and the right two takes are chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import (
    GROUND,
    ON_FIXED,
    ON_PICKS,
    ON_SINGLE,
    ON_VERSIONS,
    WHOLE,
    scored,
    spoken,
)
from voiceprep.core.cost import Cost, cost, cost_beside
from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment, Unscored, assess_follow_up, assess_retake
from voiceprep.core.pressure import Clocked, Cut
from voiceprep.core.takes import SessionAnswers, Take, Takes, kind_of, newest_takes, other_kind, take_beside
from voiceprep.core.transcript import typed

SAYS_PICKS, SAYS_FIXED, SAYS_SINGLE = (p.text for p in GROUND.question.points if p.core)
CLOCK = Clocked(90.0)


def calm(text: str = WHOLE, wpm: float | None = None) -> Assessment:
    """A calm answer by a good recogniser, at this pace."""
    answer = scored(spoken(text))
    assert answer.unscored is None
    rate = Unmeasured("under 40 words") if wpm is None else wpm
    return replace(answer, delivery=replace(answer.delivery, words_per_minute=rate))


def clocked(text: str = WHOLE, wpm: float | None = None, clock: Clocked = CLOCK) -> Assessment:
    return replace(calm(text, wpm), clocked=clock)


def unscored(answer: Assessment) -> Assessment:
    return replace(answer, unscored=Unscored("skipped"))


def measured(one: Assessment, other: Assessment) -> Cost:
    found = cost(one, other)
    assert isinstance(found, Cost), found
    return found


# What it cost -----------------------------------------------------------------------------------------------------


def test_core_points_and_pace_of_each_take() -> None:
    found = measured(calm(WHOLE, 132.0), clocked(ON_PICKS, 171.0))
    assert (found.calm.heard, found.calm.of, found.calm.words_per_minute) == (3, 3, 132.0)
    assert (found.clocked.heard, found.clocked.of, found.clocked.words_per_minute) == (1, 3, 171.0)
    assert (found.lost, found.gained, found.cut_at_s) == ((SAYS_FIXED, SAYS_SINGLE), (), None)
    assert found.sure


def test_the_other_way_round_and_both_at_once() -> None:
    found = measured(calm(f"{ON_PICKS} {ON_FIXED}"), clocked(f"{ON_PICKS} {ON_SINGLE}"))
    assert (found.lost, found.gained) == ((SAYS_FIXED,), (SAYS_SINGLE,))
    assert measured(calm(ON_PICKS), clocked()).gained == (SAYS_FIXED, SAYS_SINGLE)


def test_an_extra_point_is_in_neither_and_no_pace_is_none() -> None:
    found = measured(calm(), clocked(WHOLE.replace(ON_VERSIONS, "")))
    assert (found.lost, found.gained, found.calm.of) == ((), (), 3)
    assert (found.calm.words_per_minute, found.clocked.words_per_minute) == (None, None)


def test_where_it_was_cut_is_said() -> None:
    assert measured(calm(), clocked(clock=Clocked(20.0, cut=Cut("limit", 20.0)))).cut_at_s == 20.0


def test_what_a_follow_up_or_a_retake_filled_in_counts_for_neither_take() -> None:
    by_itself = calm(ON_PICKS)
    _, followed = assess_follow_up(GROUND, GROUND.question.follow_up("ask-fixed"), by_itself, spoken(ON_FIXED), "a002")
    filled = assess_retake(GROUND, followed, "single-endpoint", spoken(ON_SINGLE), "a003")
    assert (by_itself.heard(core=True), filled.heard(core=True)) == ((1, 3), (3, 3)), (
        "the test needs what was filled in"
    )
    under = clocked(ON_PICKS)
    assert measured(filled, under) == measured(by_itself, under)
    assert measured(calm(), replace(filled, clocked=CLOCK)).lost == (SAYS_FIXED, SAYS_SINGLE)


def test_what_was_put_right_later_was_not_heard_in_the_take() -> None:
    against = scored(spoken(f"In GraphQL the fields are fixed. {ON_FIXED}"))
    follow_up = GROUND.question.follow_up("ask-fields")
    _, right = assess_follow_up(GROUND, follow_up, against, spoken(ON_PICKS), "a002")
    assert any(p.put_right for p in right.points), "the test needs a contradiction that was put right"
    assert measured(right, clocked(f"{ON_PICKS} {ON_FIXED}")).gained == (SAYS_PICKS,)


def test_what_may_only_have_been_misheard_is_not_sure() -> None:
    basic, rough = scored(spoken(WHOLE, basic=True)), scored(spoken(ON_PICKS, basic=True))
    found = measured(basic, replace(rough, clocked=CLOCK))
    assert found.lost and not found.sure
    assert measured(calm(), clocked(ON_PICKS)).sure, "a good recogniser's gap is one"


def test_a_point_to_check_is_counted_apart() -> None:
    unclear = scored(spoken(f"{ON_SINGLE} In REST the client picks exactly the fields.", unclear={"REST"}))
    found = measured(calm(), replace(unclear, clocked=CLOCK))
    assert (found.clocked.heard, found.clocked.to_check, found.lost, found.sure) == (
        1,
        1,
        (SAYS_PICKS, SAYS_FIXED),
        False,
    )


# What can't be compared -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (calm(), replace(clocked(), question_id="other"), "they answer different questions"),
        (calm(), replace(clocked(), follow_up_id="deeper"), "they answer different questions"),
        (calm(), calm(), "both were given calm"),
        (clocked(), clocked(), "both were given under a clock"),
        (unscored(calm()), clocked(), "the calm one isn't scored (skipped)"),
        (calm(), unscored(clocked()), "the one under the clock isn't scored (skipped)"),
        (
            calm(),
            clocked(clock=replace(CLOCK, interrupted="This machine was asleep for two minutes.")),
            "the one under the clock is no fair measure (This machine was asleep for two minutes)",
        ),
        (scored(WHOLE), clocked(), "the calm one was typed, the one under the clock spoken"),
        (calm(), replace(clocked(), source="edited"), "the calm one was spoken, the one under the clock edited"),
        (calm(), replace(clocked(), engine="basic"), "whisper heard the calm one, basic the one under the clock"),
        (calm(), replace(clocked(), rubric="new"), "the question's points were changed in between"),
        (calm(), replace(clocked(), matcher_version="new"), "answers are read in another way since one of them"),
    ],
)  # fmt: skip
def test_what_differs_besides_the_clock_is_never_mixed(one: Assessment, other: Assessment, reason: str) -> None:
    assert cost(one, other) == Unmeasured(reason)


def test_two_typed_answers_can_be_compared() -> None:
    under = replace(scored(typed(ON_PICKS)), clocked=CLOCK)
    assert measured(scored(WHOLE), under).lost == (SAYS_FIXED, SAYS_SINGLE)


# Which two --------------------------------------------------------------------------------------------------------


def test_whichever_is_the_calm_one_stands_on_its_side() -> None:
    a, b = calm(WHOLE, 132.0), clocked(ON_PICKS, 171.0)
    assert (kind_of(a), kind_of(b)) == ("calm", "clocked")
    assert cost_beside(a, b) == cost_beside(b, a) == cost(a, b) != cost(b, a)


def test_the_newest_scored_answer_of_each_kind_is_kept_with_its_day_and_session() -> None:
    old, new, under = calm(ON_PICKS), calm(), clocked(ON_FIXED)
    found = newest_takes(
        [
            SessionAnswers("s1", "2026-11-01", [under, old]),
            SessionAnswers("s2", "2026-11-02", [new, replace(new, question_id="other")]),
            SessionAnswers("s3", "2026-11-03", [unscored(clocked()), unscored(calm())]),
        ],
        [new.question_id, "never asked"],
    )
    assert found == {new.question_id: Takes(Take(new, "2026-11-02", "s2"), Take(under, "2026-11-01", "s1"))}


def test_of_a_session_the_later_of_its_answers_counts() -> None:
    first, second = calm(ON_PICKS), calm(ON_FIXED)
    found = newest_takes([SessionAnswers("s", "", [first, second])], {first.question_id})
    assert found[first.question_id] == Takes(calm=Take(second, "", "s"))


def other_take(answer: Assessment, earlier: list[Assessment], others: Takes | None) -> Take | None:
    return take_beside(answer, earlier, others, other_kind(answer))


ELSEWHERE = Takes(Take(calm(ON_FIXED), "2026-11-01", "s1"), Take(clocked(ON_SINGLE), "2026-11-02", "s2"))


def test_an_earlier_take_of_the_same_session_comes_first() -> None:
    before = calm(ON_PICKS)
    assert other_take(clocked(), [calm(), before, clocked()], ELSEWHERE) == Take(before)
    under = clocked(ON_PICKS)
    assert other_take(calm(), [clocked(), under, calm()], ELSEWHERE) == Take(under)


@pytest.mark.parametrize("earlier", [[], [clocked()], [unscored(calm())], [replace(calm(), question_id="other")]])
def test_without_one_it_is_the_newest_of_other_sessions(earlier: list[Assessment]) -> None:
    assert other_take(clocked(), earlier, ELSEWHERE) == ELSEWHERE.calm
    assert other_take(clocked(), earlier, None) is None
    assert other_take(clocked(), earlier, replace(ELSEWHERE, calm=None)) is None


def test_a_calm_answer_is_held_beside_one_under_the_clock() -> None:
    assert other_take(calm(), [], ELSEWHERE) == ELSEWHERE.clocked


def test_an_answer_without_a_score_is_held_beside_nothing() -> None:
    assert other_take(unscored(clocked()), [calm()], ELSEWHERE) is None
