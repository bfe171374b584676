"""Fillers, hedges and words said twice: what counts, what doesn't, and where it was."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.core.disfluency import LONGEST_REPEATED, Said, fillers, hedges, repetitions
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word


def words(text: str, unclear: str = "") -> list[Word]:
    """The words one second each, from 0 on; `unclear` ones with a low probability."""
    return [Word(w, n, n + 1, 0.2 if w == unclear else 0.9) for n, w in enumerate(text.split())]


def counts(said: tuple[Said, ...]) -> dict[str, int]:
    return {s.what: len(s.spans) for s in said}


def test_fillers_are_counted_by_kind_with_their_places() -> None:
    assert fillers(words("Um, I uh like the umbrella. Um... hmm ummm")) == (
        Said("um", (Span(0, 1), Span(6, 7))),
        Said("uh", (Span(2, 3),)),
        Said("hmm", (Span(7, 8),)),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I think it is kind of slow, maybe.", {"i think": 1, "kind of": 1, "maybe": 1}),
        ("I think so. I think, perhaps, I guess.", {"i think": 2, "perhaps": 1, "i guess": 1}),
        ("I\u2019m not sure, or something", {"i'm not sure": 1, "or something": 1}),
        ("it was sort of a cache", {"sort of": 1}),
        ("this kind of lock, what sort of index, some kind of queue", {}),
        ("I think of the cache, I think about it, when I think back", {}),
        ("she might think kindly of sorting", {}),
        ("the maybes", {}),
        ("", {}),
    ],
)
def test_a_hedge_is_one_of_a_short_list_in_its_own_meaning(text: str, expected: dict[str, int]) -> None:
    assert counts(hedges(words(text))) == expected


def test_a_hedge_lies_from_its_first_word_to_its_last() -> None:
    assert hedges(words("well I am not sure")) == (Said("i am not sure", (Span(1, 5),)),)


def test_words_that_the_recogniser_was_not_sure_of_are_no_hedge_and_no_repetition() -> None:
    assert hedges(words("it maybe works", unclear="maybe")) == ()
    assert repetitions(words("the the cache", unclear="the")) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the the cache", {"the": 1}),
        ("the um the cache", {"the": 1}),
        ("the the the cache", {"the": 1}),
        ("the the the the the cache", {"the": 1}),
        ("I was I was going", {"i was": 1}),
        ("I was I was I was I was going", {"i was": 1}),
        ("I... I think", {"i": 1}),
        ("We, we had it", {"we": 1}),
        ("so we use the so we use the cache", {"so we use the": 1}),
        ("the the cache and a a key, the the end", {"the": 2, "a": 1}),
        ("it was slow. Slow is bad.", {}),
        ("I don't know. I don't know.", {}),
        ("very very very very slow", {}),
        ("very very slow and really really late, no no", {}),
        ("the one that that team had had", {}),
        ("call 9 9 and two C C", {}),
        ("the cache the", {}),
        ("one two three four five one two three four five", {}),
    ],
)
def test_a_repetition_comes_right_after_itself_and_is_no_emphasis(text: str, expected: dict[str, int]) -> None:
    assert counts(repetitions(words(text))) == expected


def test_a_repetition_lies_from_the_first_time_to_the_last() -> None:
    assert repetitions(words("so the uh the the cache")) == (Said("the", (Span(1, 5),)),)


plain_words = st.lists(st.sampled_from("the cache um i think was . very a".split()), max_size=30).map(
    lambda row: words(" ".join(row))
)


@given(plain_words)
@settings(max_examples=150, deadline=None)
def test_places_run_forward_and_do_not_overlap(said: list[Word]) -> None:
    for found in (fillers(said), hedges(said), repetitions(said)):
        spans = sorted(span for one in found for span in one.spans)
        assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(spans))
        assert [len(one.spans) for one in found] == sorted((len(one.spans) for one in found), reverse=True)


@given(plain_words, plain_words)
@settings(max_examples=80, deadline=None)
def test_more_words_never_have_fewer_fillers(one: list[Word], other: list[Word]) -> None:
    def total(said: list[Word]) -> int:
        return sum(counts(fillers(said)).values())

    assert total([*one, *other]) == total(one) + total(other)


@given(
    st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta"]), min_size=1, max_size=LONGEST_REPEATED, unique=True)
)
@settings(max_examples=30, deadline=None)
def test_whatever_is_said_twice_is_found_once(unit: list[str]) -> None:
    assert counts(repetitions(words(" ".join(["so", *unit, *unit, "on"])))) == {" ".join(unit): 1}
