"""Spans, transcripts, and the door for text."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.core.clean import LONGEST, clean, one_line
from voiceprep.core.spans import Span, gaps, total_s
from voiceprep.core.transcript import Transcript, Word, heard, typed

# Spans ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start_s", "end_s"), [(2.0, 1.0), (-0.1, 1.0), (float("nan"), 1.0), (0.0, float("nan"))])
def test_a_span_runs_forward_from_zero(start_s: float, end_s: float) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        Span(start_s, end_s)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (Span(0, 2), Span(1, 3), True),
        (Span(0, 3), Span(1, 2), True),
        (Span(0, 1), Span(1, 2), False),  # half-open: they only touch
        (Span(0, 1), Span(2, 3), False),
    ],
)
def test_overlap(one: Span, other: Span, overlap: bool) -> None:
    assert (one.overlaps(other), other.overlaps(one)) == (overlap, overlap)


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_speech_and_the_silences_between_fill_the_whole(pieces: list[tuple[float, float]]) -> None:
    spans, at_s = [], 0.0
    for silence_s, speech_s in pieces:
        spans.append(Span(at_s + silence_s, at_s + silence_s + speech_s))
        at_s = spans[-1].end_s
    between = gaps(spans)
    if spans:
        assert total_s(spans) + total_s(between) == pytest.approx(spans[-1].end_s - spans[0].start_s)
    assert all(g.length_s > 0 for g in between)
    assert not any(g.overlaps(s) for g in between for s in spans)


# Transcripts ------------------------------------------------------------------------------------------------------

pieces = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=6)


@given(st.lists(pieces, max_size=20))
@settings(max_examples=60, deadline=None)
def test_each_heard_word_stands_at_its_place_in_the_text(texts: list[str]) -> None:
    transcript = heard([Word(t, n / 2, n / 2 + 0.4, 0.9) for n, t in enumerate(texts)], engine="whisper")
    timed = transcript.timed()
    assert [t.word for t in timed] == list(transcript.words)
    assert [transcript.text[t.char_start : t.char_end] for t in timed] == [t.word.text for t in timed]
    assert all(a.char_end < b.char_start for a, b in pairwise(timed))
    assert [t.word.start_s for t in timed] == [n / 2 for n, t in enumerate(texts) if t.strip()]


def test_a_word_that_came_before_is_found_at_its_own_place() -> None:
    timed = heard([Word(t, 0, 0, 1) for t in ("is", "this", "is", "it", "is")], engine="whisper").timed()
    assert [t.char_start for t in timed] == [0, 3, 8, 11, 14]


@pytest.mark.parametrize("source", ["typed", "edited"])
def test_words_that_were_never_heard_have_no_places(source: str) -> None:
    assert Transcript(source, "it is").timed() == ()
    assert typed("it is").words == ()


@pytest.mark.parametrize(("probability", "unclear"), [(0.0, True), (0.349, True), (0.35, False), (1.0, False)])
def test_a_word_is_unclear_below_a_probability(probability: float, unclear: bool) -> None:
    assert Word("it", 0.0, 0.3, probability).unclear is unclear


# Text from outside ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        (
            "plain, caf\u00e9 \u2014 \u201cquoted\u201d \U0001f600",
            "plain, caf\u00e9 \u2014 \u201cquoted\u201d \U0001f600",
        ),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("dos\r\nlines", "dos\nlines"),
        ("over\rwrite", "over\ufffdwrite"),
        ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
        ("a\x00b\x07c\x9bd", "a\ufffdb\ufffdc\ufffdd"),
        ("abc\u202etxt.exe", "abc\ufffdtxt.exe"),
        ("zero\u200bwidth\ufeff", "zero\ufffdwidth\ufffd"),
        ("tag\U000e0041", "tag\ufffd"),
        ("half \ud83d", "half \ufffd"),
        ("[bold]markup[/bold] <b>&amp;", "[bold]markup[/bold] <b>&amp;"),
        ("", ""),
    ],
)
def test_text_from_outside_is_shown_literally_and_harmless(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(st.characters(), max_size=80), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_clean_text_is_short_enough_harmless_and_stays_as_it_is(raw: str, longest: int) -> None:
    cleaned = clean(raw, longest)
    assert len(cleaned) <= longest
    assert clean(cleaned, longest) == cleaned
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert not [c for c in cleaned if unicodedata.bidirectional(c) in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI")]
    cleaned.encode()


def test_a_cut_is_seen() -> None:
    assert clean("x" * (LONGEST + 1)) == "x" * (LONGEST - 1) + "\u2026"
    assert clean("x" * LONGEST) == "x" * LONGEST


def test_one_line_is_one_line() -> None:
    assert one_line("  two\n lines\tand\x00 more ") == "two lines and\ufffd more"
