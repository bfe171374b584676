"""How it was said: figures from the speech that was heard, or why there are none."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tests.core.questions import words
from voiceprep.core.delivery import Delivery, Unmeasured, measure
from voiceprep.core.hearing import within_speech
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word, heard, typed

SPEECH = (Span(1.0, 9.0), Span(9.2, 12.0), Span(13.0, 20.0), Span(20.5, 25.0))
"""Pauses of 0.2 (none), 1.0 (long) and 0.5 s, 24 s from first to last."""


def answer(n: int = 48, **changes: object) -> Transcript:
    spoken = heard(words("word " * n), engine="whisper", speech=SPEECH, duration_s=27.0)
    return Transcript(**{f.name: changes.get(f.name, getattr(spoken, f.name)) for f in fields(spoken)})


def test_figures_come_from_the_speech_spans() -> None:
    assert measure(answer()) == Delivery(
        duration_s=27.0,
        first_speech_s=1.0,
        speech_s=pytest.approx(22.3),
        pauses=2,
        long_pauses=1,
        longest_pause=Span(12.0, 13.0),
        words_per_minute=pytest.approx(120.0),
        fillers_at_least=0,
    )


def test_fillers_are_counted_as_words_of_their_own() -> None:
    said = heard(words("Um I uh like the umbrella Erm hmm ummm"), engine="whisper", speech=SPEECH)
    assert measure(said).fillers_at_least == 4


@pytest.mark.parametrize(
    ("transcript", "figure", "reason"),
    [
        (answer(39), "words_per_minute", "under 40 words"),
        (answer(speech=(Span(0.0, 14.9),)), "words_per_minute", "under 15 seconds of speech"),
        (answer(source="edited"), "words_per_minute", "the transcript was edited"),
        (answer(speech=(Span(0.0, 20.0),)), "longest_pause", "there was no pause"),
        (answer(credits_only=True), "fillers_at_least", "the basic recogniser doesn't hear fillers"),
    ],
)
def test_a_figure_that_cannot_be_had_says_why(transcript: Transcript, figure: str, reason: str) -> None:
    delivery = measure(transcript)
    assert getattr(delivery, figure) == Unmeasured(reason)
    others = [getattr(delivery, f.name) for f in fields(delivery) if f.name != figure]
    assert sum(isinstance(o, Unmeasured) for o in others) <= 1, "the rest is still measured"


def test_a_typed_answer_has_no_delivery() -> None:
    delivery = measure(typed("word " * 60))
    assert {getattr(delivery, f.name) for f in fields(delivery)} == {Unmeasured("the answer was typed")}


def test_silence_has_a_length_and_nothing_else() -> None:
    delivery = measure(heard((), engine="whisper", duration_s=9.0))
    assert delivery.duration_s == 9.0
    others = {getattr(delivery, f.name) for f in fields(delivery) if f.name != "duration_s"}
    assert others == {Unmeasured("no speech was found")}


@pytest.mark.parametrize(
    ("start_s", "believed"), [(0.2, False), (0.5, True), (1.5, True), (2.1, True), (2.4, False), (5.0, False)]
)
def test_a_word_is_believed_in_and_just_around_speech(start_s: float, believed: bool) -> None:
    said = heard([Word("thanks", start_s, start_s + 0.3, 0.9)], engine="basic", credits_only=True)
    kept = within_speech(said, [Span(1.0, 2.0)], 6.0)
    assert kept.text == ("thanks" if believed else "")
    assert (kept.engine, kept.credits_only, kept.speech, kept.duration_s) == ("basic", True, (Span(1.0, 2.0),), 6.0)


def test_nothing_is_believed_where_nobody_spoke() -> None:
    assert within_speech(heard(words("thanks for watching"), engine="whisper"), [], 6.0).words == ()
