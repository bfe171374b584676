"""What is made of a clip that was heard both ways."""

from __future__ import annotations

import pytest

from voiceprep.core.calibration import FEWEST_WORDS, Heard, Tried, phrases, suggestion, windows_line
from voiceprep.core.spans import Span

TEXT = " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(100))


def tried(name: str = "base.en", size: int = 1, work_s: float = 0.5, short: str | None = TEXT) -> Tried:
    padded = Heard(TEXT, ((8.0, 2 * work_s), (8.0, 2 * work_s)))
    other = None if short is None else Heard(short, ((8.0, work_s), (8.0, work_s)))
    return Tried(name, size, padded, other, padded)


@pytest.mark.parametrize(("changed", "safe"), [(0, True), (3, True), (4, False), (40, False)])
def test_short_windows_are_safe_only_where_the_words_stay(changed: int, safe: bool) -> None:
    found = tried(short=" ".join(["other"] * changed + TEXT.split()[changed:]))
    assert (found.different, found.safe) == (changed, safe)
    assert windows_line(found).startswith("Short windows" if safe else "Padded windows stay")
    assert f"{changed} of 100 words" in windows_line(found)


def test_words_left_out_and_put_in_count_as_different() -> None:
    said = TEXT.split()
    assert tried(short=" ".join([*said[:50], "new", "words", *said[53:]])).different == 3


def test_too_few_words_decide_nothing() -> None:
    few = Heard("one two three", ((8.0, 0.1),))
    assert not Tried("base.en", 1, few, few, few).safe
    assert f"(it takes {FEWEST_WORDS})" in windows_line(Tried("base.en", 1, few, few, few))


def test_the_largest_that_keeps_up_is_suggested_and_the_next_is_told_why_not() -> None:
    every = [tried("small.en", 3, 4.1), tried("tiny.en", 1, 0.1), tried("base.en", 2, 0.5)]
    assert suggestion(every) == "base.en keeps up here; small.en would not: a phrase of 8 s takes 4.1 s."
    assert suggestion(every[1:]) == "base.en keeps up here."
    assert suggestion(every[:1]) == "No model here keeps up: small.en: a phrase of 8 s takes 4.1 s."


def test_a_model_whose_short_windows_are_not_safe_is_measured_padded() -> None:
    unsafe = tried(work_s=1.0, short="nothing like it")
    assert unsafe.in_force.tail == (8.0, 2.0) and not unsafe.keeps_up
    assert tried(work_s=1.0).in_force.tail == (8.0, 1.0) and tried(work_s=1.0).keeps_up


def test_a_clip_is_cut_as_a_live_answer_is() -> None:
    speech = [Span(0.5, 4.0), Span(5.0, 7.5), Span(8.0, 22.0), Span(23.0, 24.0)]
    assert phrases(speech, 6.0, 10.0) == (Span(0.0, 7.5), Span(7.5, 17.5), Span(17.5, 24.0))
    assert phrases([], 6.0, 10.0) == ()
