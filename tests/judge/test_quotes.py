"""Sentences, spans, and the pre-scan."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.judge import prompts
from voiceprep.judge.quotes import Answer

TWICE = "We cache the hot rows. It helps reads a lot. We cache the hot rows again, because it helps reads a lot."


def test_a_quote_that_stands_twice_is_the_one_in_the_named_sentence() -> None:
    answer = Answer(TWICE)
    assert len(answer.sentences) == 3
    assert answer.locate("we cache the hot rows", 1) == (0, 21)
    assert answer.locate("we cache the hot rows", 3) == (TWICE.rindex("We"), TWICE.index(" again"))
    assert answer.locate("we cache the hot rows", 99) == answer.locate("we cache the hot rows", None) == (0, 21)


def test_one_word_wrong_in_ten_is_the_span_itself() -> None:
    said = "so the broker keeps every message on disk until each consumer has read it"
    quote = "the broker keeps every message on a disk until each consumer has read it"
    assert Answer(said).locate(quote, None) == (3, len(said))


@pytest.mark.parametrize(
    "quote",
    [
        "the broker never keeps every message on disk until each consumer has read it",
        "the broker keeps no message on disk until each consumer has read it",
        "a queue holds every note on tape until all readers are done",
    ],
)
def test_another_claim_is_no_quote(quote: str) -> None:
    assert Answer("so the broker keeps every message on disk until each consumer has read it").locate(quote, 1) is None


def test_a_short_answer_may_be_quoted_whole() -> None:
    assert Answer("An index.").locate("an index", None) == (0, 8)
    assert Answer("An index on it.").locate("an index", None) is None


def test_speech_without_full_stops_has_sentences_too() -> None:
    text = " ".join(f"word{n}" for n in range(100))
    assert len(Answer(text).sentences) == 4


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=80), st.integers() | st.none())
def test_any_text_is_covered_by_its_sentences_and_a_span_is_inside(text: str, quote: str, number: int | None) -> None:
    answer = Answer(text)
    assert "".join(text[a:b] for a, b in answer.sentences).split() == text.split()
    found = answer.locate(quote, number)
    assert found is None or 0 <= found[0] < found[1] <= len(text)


@given(st.text())
def test_data_holds_no_mark_and_loses_nothing(text: str) -> None:
    import json

    data = prompts.as_data([{"text": text}])
    assert "<" not in data and json.loads(data) == [{"text": text}]


def test_a_prompt_wants_its_variables() -> None:
    prompt = prompts.load("quote-alone")
    with pytest.raises(ValueError, match="wants"):
        prompt.render(boundary="b")
    assert prompt.render(boundary="{{quotes}}", quotes="x")[1].startswith("BEGIN {{quotes}}\nx\n")
