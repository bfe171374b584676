"""Hands-free: an end that is said is believed soon, thinking is waited for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceprep.core.endings import ending_of
from voiceprep.core.patience import CORE_S, MOST_S, SOON_S, Silence, hold_s
from voiceprep.core.transcript import Word

BEFORE = "the orders live in a relational database because they have to commit together"


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, 0.4 * n, 0.4 * n + 0.3, 0.9) for n, word in enumerate(text.split()))


def silence(
    text: str,
    core: tuple[int, int] = (2, 4),
    spoken_s: float = 40.0,
    pauses_s: tuple[float, ...] = (),
    heard: bool = True,
) -> Silence:
    return Silence(words(f"{BEFORE} {text}"), core, spoken_s, pauses_s, heard)


def quick(text: str, **known: object) -> float:
    found = hold_s(silence(text, **known))  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        "and that's it", "so yeah that's how I'd do it", "That's basically it.", "I think that covers it",
        "that's all I can say about it", "so that would be my answer", "I can't think of anything else right now",
        "does that answer your question", "I'd leave it there", "those are the main things I'd look at",
        "that's the gist of it I guess", "okay I'm done", "hopefully that makes sense", "there is nothing more to it",
        "I don't remember much more from that project the platform team ran it",
    ],
)  # fmt: skip
def test_an_end_that_is_said(text: str) -> None:
    assert ending_of(words(f"{BEFORE} {text}")) == "said"


@pytest.mark.parametrize(
    "text",
    [
        "and then", "so we put the", "because", "it depends on", "which is why we", "um", "for example",
        "that's it and", "and the caching is", "what else", "so that's how I'd do it but", "let me think", "I would...",
        "first of all I look at the logs",
    ],
)  # fmt: skip
def test_more_has_to_come(text: str) -> None:
    assert ending_of(words(f"{BEFORE} {text}")) == "open"


@pytest.mark.parametrize(
    "text",
    [
        "that is all the server needs", "that's how the client knows", "nothing else needs to change",
        "it doesn't answer the request", "I can say that a queue is slower", "we would stop the old server",
        "this is a simple idea",
    ],
)  # fmt: skip
def test_words_of_an_ending_in_mid_answer_are_none(text: str) -> None:
    assert ending_of(words(f"{BEFORE} {text}")) == "whole"


def test_a_second_answers_a_first() -> None:
    first = "first of all I look at the logs"
    assert ending_of(words(first)) == "open"
    assert ending_of(words(f"{first} and after that I ask the team")) == "whole"


def test_an_end_that_is_said_is_believed_sooner_when_everything_was_heard() -> None:
    assert quick("and that's it", core=(4, 4)) == SOON_S < quick("and that's it", core=(2, 4)) <= 1.15


def test_an_ending_right_at_the_start_is_none() -> None:
    assert quick("that's how we do it at work", core=(0, 4), spoken_s=4.0) > 4


def test_before_the_last_words_are_heard_nothing_is_known() -> None:
    assert quick("and that's it", core=(4, 4), heard=False) > 4 > quick("and that's it", core=(4, 4))


def test_rounding_off_ends_an_answer_that_has_something_to_round_off() -> None:
    text = "so in short it depends on the data you have"
    assert quick(text, core=(2, 4), spoken_s=15) < 1.2 < quick(text, core=(1, 4), spoken_s=15)


def test_nobody_is_cut_off_before_the_first_word() -> None:
    assert hold_s(Silence((), (0, 4), 0.0)) is None


def test_who_pauses_longer_is_waited_for_longer() -> None:
    usual, slow = (0.6, 0.9, 0.5, 1.1, 0.7), (0.6, 6.2, 4.8, 1.1, 0.7)
    assert (
        quick("writes get slower", pauses_s=usual)
        == quick("writes get slower")
        < quick("writes get slower", pauses_s=slow)
    )


SAID = st.lists(st.sampled_from(f"{BEFORE} so yeah that's it and um how i'd do it first the".split()), min_size=1)
COUNTS = st.integers(1, 9).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
PAUSES = st.lists(st.floats(0.2, 60), max_size=30).map(tuple)


@given(SAID, COUNTS, st.floats(0, 600), PAUSES, st.booleans())
def test_a_hold_lies_between_the_least_and_the_most(
    said: list[str], core: tuple[int, int], spoken_s: float, pauses_s: tuple[float, ...], heard: bool
) -> None:
    found = hold_s(Silence(words(" ".join(said)), core, spoken_s, pauses_s, heard))
    assert found is not None and SOON_S <= found <= MOST_S


@given(SAID, COUNTS, st.floats(0, 600), PAUSES)
def test_four_seconds_end_no_answer_that_did_not_say_its_end(
    said: list[str], core: tuple[int, int], spoken_s: float, pauses_s: tuple[float, ...]
) -> None:
    row = words(" ".join(said))
    found = hold_s(Silence(row, core, spoken_s, pauses_s))
    assert found is not None and (found >= CORE_S > 4 or ending_of(row) in ("said", "rounded"))


@given(SAID, st.integers(1, 9), st.integers(0, 8), st.floats(0, 600), PAUSES)
def test_hearing_one_more_core_point_never_makes_it_longer(
    said: list[str], of: int, heard: int, spoken_s: float, pauses_s: tuple[float, ...]
) -> None:
    row, heard = words(" ".join(said)), min(heard, of - 1)
    fewer = hold_s(Silence(row, (heard, of), spoken_s, pauses_s))
    more = hold_s(Silence(row, (heard + 1, of), spoken_s, pauses_s))
    assert fewer is not None and more is not None and more <= fewer


@given(SAID, COUNTS, st.floats(0, 600), st.lists(st.floats(0.2, 60), min_size=5, max_size=30), st.floats(0, 5))
def test_longer_pauses_never_make_it_shorter(
    said: list[str], core: tuple[int, int], spoken_s: float, pauses_s: list[float], longer_s: float
) -> None:
    row = words(" ".join(said))
    before = hold_s(Silence(row, core, spoken_s, tuple(pauses_s)))
    after = hold_s(Silence(row, core, spoken_s, tuple(p + longer_s for p in pauses_s)))
    assert before is not None and after is not None and after >= before
