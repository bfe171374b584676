"""All takes of a question in order, and two of them beside each other: what is new, what is gone, and what can't be
compared."""

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
from voiceprep.core.delivery import Pause, Unmeasured
from voiceprep.core.feedback import Assessment, Unscored, assess, assess_follow_up, assess_retake, once_more
from voiceprep.core.pressure import Clocked
from voiceprep.core.spans import Span
from voiceprep.core.takes import (
    Change,
    Compared,
    Heard,
    SessionAnswers,
    Take,
    additions,
    compare,
    first_and_latest,
    take_beside,
    takes_by_question,
    the_last_two,
)
from voiceprep.core.transcript import typed

SAYS_PICKS, SAYS_FIXED, SAYS_SINGLE = (p.text for p in GROUND.question.points if p.core)
SAYS_VERSIONS = next(p.text for p in GROUND.question.points if not p.core)
CLOCK = Clocked(90.0)
QUESTION = GROUND.question.id


def given(text: str = WHOLE, take_id: str = "a001", **delivery: object) -> Assessment:
    """A calm answer by a good recogniser, with these measures."""
    answer = assess(GROUND, spoken(text), take_id)
    assert answer.unscored is None
    return replace(answer, delivery=replace(answer.delivery, **delivery))


def unscored(answer: Assessment, reason: str = "off topic: cooking") -> Assessment:
    return replace(answer, unscored=Unscored(reason))


def disputed(answer: Assessment, text: str) -> Assessment:
    points = tuple(replace(p, dispute="I said it") if p.text == text else p for p in answer.points)
    return replace(answer, points=points)


def beside(then: Assessment, now: Assessment) -> Compared:
    return compare(Take(then, "2026-11-01", "s1"), Take(now, "2026-11-10", "s2"))


def heard(then: Assessment, now: Assessment) -> Heard:
    found = beside(then, now).heard
    assert isinstance(found, Heard), found
    return found


def texts(points: tuple) -> tuple[str, ...]:
    return tuple(p.text for p in points)


# Which takes there are ---------------------------------------------------------------------------------------------


def test_takes_come_in_the_order_of_time_over_all_sessions() -> None:
    one, two, three = given(take_id="a009"), given(take_id="a010"), given(take_id="a001")
    found = takes_by_question([SessionAnswers("s1", "2026-11-01", [two, one]), SessionAnswers("s2", "", [three])])
    assert [(t.session_id, t.day, t.assessment.take_id) for t in found[QUESTION]] == [
        ("s1", "2026-11-01", "a009"),
        ("s1", "2026-11-01", "a010"),
        ("s2", "", "a001"),
    ]


def test_the_first_answer_to_a_question_asked_once_more_is_a_take_and_one_that_nobody_gave_is_none() -> None:
    first, second = unscored(given()), given(take_id="a002")
    skipped, silent = unscored(given(take_id="a003"), "skipped"), unscored(given(take_id="a004"), "no answer")
    other = replace(given(take_id="a005"), question_id="other")
    found = takes_by_question([SessionAnswers("s", "", [once_more(first, second), skipped, silent, other])])
    assert [t.assessment.take_id for t in found[QUESTION]] == ["a001", "a002"]
    assert [t.assessment.take_id for t in found["other"]] == ["a005"]


def test_what_was_added_to_a_take_is_listed_with_it_in_its_order() -> None:
    follow_up = GROUND.question.follow_up("ask-fixed")
    own, parent = assess_follow_up(
        GROUND, follow_up, given(ON_PICKS), typed("Every endpoint has the same shape."), "a003"
    )
    fixed = next(p for p in GROUND.question.points if p.text == SAYS_FIXED)
    whole = assess_retake(GROUND, parent, fixed.id, typed(ON_FIXED), "a002")
    whole = replace(
        whole, follow_ups_asked=(*whole.follow_ups_asked, unscored(replace(own, take_id="a004"), "skipped"))
    )
    assert [(a.take_id, a.kind, a.about, a.heard, a.of) for a in additions(whole)] == [
        ("a002", "sentence", SAYS_FIXED, 1, 1),
        ("a003", "follow-up", follow_up.ask, 1, 1),
    ]


@pytest.mark.parametrize(
    ("takes", "first", "last"),
    [
        ([given()], None, None),
        ([given(), unscored(given())], None, None),
        ([given(), given(ON_PICKS), given(ON_FIXED)], (0, 2), (1, 2)),
        ([unscored(given()), given(ON_PICKS), given(ON_FIXED)], (1, 2), (1, 2)),
        ([given(), replace(given(), clocked=CLOCK), given(ON_FIXED)], (0, 2), (0, 2)),
        ([given(), given(ON_FIXED), replace(given(), clocked=CLOCK)], (0, 2), (1, 2)),
    ],
)
def test_the_first_and_the_latest_are_scored_ones_and_alike_where_there_are_two(
    takes: list[Assessment], first: tuple[int, int] | None, last: tuple[int, int] | None
) -> None:
    every = [Take(a, "", f"s{n}") for n, a in enumerate(takes)]
    for chosen, wanted in ((first_and_latest(every), first), (the_last_two(every), last)):
        assert chosen == (wanted and tuple(every[n] for n in wanted))


def test_a_calm_take_is_held_beside_the_newest_calm_one_before() -> None:
    old, new, under = given(ON_PICKS), given(ON_FIXED), replace(given(), clocked=CLOCK)
    assert take_beside(given(), [old, new, under], None, "calm") == Take(new)
    assert take_beside(given(), [old, new, under], None, "clocked") == Take(under)
    assert take_beside(given(), [under], None, "calm") is None


# Two beside each other ---------------------------------------------------------------------------------------------


def test_what_is_new_what_is_gone_and_what_is_still_not_heard() -> None:
    found = heard(given(f"{ON_PICKS} {ON_FIXED}"), given(f"{ON_PICKS} {ON_SINGLE}"))
    assert texts(found.now_also) == (SAYS_SINGLE,)
    assert texts(found.no_longer) == (SAYS_FIXED,)
    assert texts(found.still_not) == (SAYS_VERSIONS,)
    assert [p.core for p in found.still_not] == [False]
    assert (texts(found.now("heard")), found.sure) == ((SAYS_PICKS, SAYS_SINGLE), True)


def test_the_other_way_round_is_the_mirror_image() -> None:
    one, other = given(f"{ON_PICKS} {ON_FIXED}"), given(f"{ON_PICKS} {ON_SINGLE}")
    there, back = heard(one, other), heard(other, one)
    assert texts(there.now_also) == texts(back.no_longer) and texts(there.no_longer) == texts(back.now_also)


def test_a_disputed_point_is_aside_in_either_take() -> None:
    one, other = given(ON_PICKS), given(f"{ON_PICKS} {ON_FIXED}")
    for then, now in ((disputed(one, SAYS_FIXED), other), (one, disputed(other, SAYS_FIXED))):
        found = heard(then, now)
        assert found.disputed == (SAYS_FIXED,)
        assert SAYS_FIXED not in texts(found.points) and found.now_also == ()


def test_what_only_a_follow_up_brought_is_neither_heard_nor_gone() -> None:
    follow_up = GROUND.question.follow_up("ask-fixed")
    _, later = assess_follow_up(GROUND, follow_up, given(ON_PICKS), typed(ON_FIXED), "a002")
    assert next(p for p in later.points if p.text == SAYS_FIXED).verdict == "covered", "the test needs a filled point"
    found = heard(given(ON_PICKS), later)
    assert texts(found.now("asked for")) == (SAYS_FIXED,)
    assert SAYS_FIXED not in (*texts(found.now_also), *texts(found.still_not))
    assert texts(heard(later, given(f"{ON_PICKS} {ON_FIXED}")).now_also) == (SAYS_FIXED,), "unasked now"


def test_what_must_be_checked_counts_neither_way() -> None:
    points = tuple(replace(p, verdict="unsure") if p.text == SAYS_FIXED else p for p in given().points)
    unsure = replace(given(), points=points)
    assert heard(unsure, given()).now_also == () == heard(given(), unsure).no_longer
    assert texts(heard(given(), unsure).now("to check")) == (SAYS_FIXED,)


def test_pitfalls_gone_and_new() -> None:
    into = scored(f"{WHOLE} GraphQL is always better.")
    assert [p.id for p in into.pitfalls] == ["hype"], "the test needs a pitfall"
    (text,) = (p.text for p in into.pitfalls)
    there, back = heard(scored(WHOLE), into), heard(into, scored(WHOLE))
    assert (there.pitfalls_gone, there.pitfalls_new) == ((), (text,))
    assert (back.pitfalls_gone, back.pitfalls_new) == ((text,), ())


def test_a_basic_recogniser_is_never_sure_that_something_was_left_out() -> None:
    basic = scored(spoken(ON_PICKS, basic=True))
    assert not heard(basic, basic).sure


@pytest.mark.parametrize(
    ("then", "now", "reason"),
    [
        (given(), replace(given(), question_id="other"), "they answer different questions"),
        (unscored(given()), given(), "the earlier one isn't scored (off topic: cooking)"),
        (given(), scored(WHOLE), "the earlier one was spoken, the later one typed"),
        (given(), replace(given(), engine="basic"), "whisper heard the earlier one, basic the later one"),
        (given(), replace(given(), rubric="new"), "the question's points were changed in between"),
        (given(), replace(given(), matcher_version="new"), "answers are read in another way since one of them"),
        (
            given(),
            replace(given(), clocked=replace(CLOCK, interrupted="The microphone was lost.")),
            "the later one is no fair measure (The microphone was lost)",
        ),
    ],
)
def test_points_are_compared_like_with_like_only(then: Assessment, now: Assessment, reason: str) -> None:
    assert beside(then, now).heard == Unmeasured(reason)


def pauses(count: int) -> tuple[Pause, ...]:
    return tuple(Pause(Span(n, n + 0.6)) for n in range(count))


def test_pace_pauses_and_times_of_both() -> None:
    found = beside(
        given(
            words_per_minute=118.0,
            silent_pauses=pauses(4),
            longest_pause=Span(3.0, 6.5),
            duration_s=60.0,
            first_speech_s=1.5,
        ),
        given(
            words_per_minute=138.0,
            silent_pauses=pauses(2),
            longest_pause=Span(1.0, 2.0),
            duration_s=95.0,
            first_speech_s=0.5,
        ),
    )
    assert found.pace == Change(118.0, 138.0) and found.pauses == Change(4, 2)
    assert found.longest_pause_s == Change(3.5, 1.0)
    assert (found.length_s, found.first_word_s) == (Change(60.0, 95.0), Change(1.5, 0.5))


def test_a_measure_that_one_of_them_lacks_says_which_and_why() -> None:
    short = given(words_per_minute=Unmeasured("under 40 words"))
    assert beside(short, given(words_per_minute=138.0)).pace == Unmeasured("the earlier one: under 40 words")
    assert beside(given(words_per_minute=138.0), short).pace == Unmeasured("the later one: under 40 words")
    assert beside(given(), scored(WHOLE)).length_s == Unmeasured("the later one: the answer was typed")


def test_another_recogniser_counts_other_words_but_hears_the_same_pauses() -> None:
    now = replace(given(words_per_minute=138.0, silent_pauses=pauses(2)), engine="basic")
    found = beside(given(words_per_minute=118.0, silent_pauses=pauses(4)), now)
    assert found.pace == Unmeasured("whisper heard the earlier one, basic the later one")
    assert found.pauses == Change(4, 2)


def test_a_calm_take_and_one_under_a_clock_can_be_looked_at_beside_each_other() -> None:
    found = beside(given(ON_PICKS), replace(given(f"{ON_PICKS} {ON_VERSIONS}"), clocked=CLOCK))
    assert isinstance(found.heard, Heard) and texts(found.heard.now_also) == (SAYS_VERSIONS,)
