"""How it was said: figures from the speech that was heard, or why there are none."""

from __future__ import annotations

from dataclasses import fields

import pytest
from pydantic import TypeAdapter

from tests.core.questions import words
from voiceprep.core.delivery import Delivery, Unmeasured, measure
from voiceprep.core.hearing import within_speech
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word, heard, typed
from voiceprep.sessions import codec

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
        pace=(192.0, 0.0),  # all 48 words lie before 16 s
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
    same = {figure, "pace"} if figure == "words_per_minute" else {figure}
    others = [getattr(delivery, f.name) for f in fields(delivery) if f.name not in same]
    assert sum(isinstance(o, Unmeasured) for o in others) <= 1, "the rest is still measured"


# The pace over time ----------------------------------------------------------------------------------------------


def at(*middles_s: float) -> list[Word]:
    """Words half a second long, around these moments."""
    return [Word("word", max(0.0, m - 0.25), m + 0.25, 0.9) for m in middles_s]


def spread(start_s: float, end_s: float, count: int) -> list[float]:
    """So many moments, evenly between the two."""
    return [start_s + (end_s - start_s) * (n + 0.5) / count for n in range(count)]


def paced(middles_s: list[float], end_s: float, start_s: float = 2.0) -> Delivery:
    return measure(heard(at(*middles_s), engine="whisper", speech=(Span(start_s, end_s),), duration_s=end_s + 5))


def test_the_pace_is_counted_from_the_first_speech_on_in_steps_of_15_s() -> None:
    moments = [*spread(2, 17, 30), *spread(17, 32, 35), *spread(32, 47, 43)]
    assert paced(moments, 47.0).pace == pytest.approx((120.0, 140.0, 172.0))


@pytest.mark.parametrize(
    ("end_s", "pace"),
    [
        (17.0 + 7.4, (60 * 50 / 22.4,)),  # under half a step: it belongs to the stretch before
        (17.0 + 7.5, (160.0, 60 * 10 / 7.5)),  # half a step: one by itself, as long as it is
        (17.0 + 14.9, (160.0, 60 * 10 / 14.9)),
        (17.0 + 22.4, (160.0, 60 * 10 / 22.4)),
        (17.0 + 22.6, (160.0, 60 * 10 / 15, 0.0)),
    ],
)
def test_what_is_left_over_is_merged_under_half_a_step(end_s: float, pace: tuple[float, ...]) -> None:
    moments = [*spread(2, 17, 40), *spread(17, 24, 10)]
    assert paced(moments, end_s).pace == pytest.approx(pace)


def test_a_word_belongs_where_its_middle_is() -> None:
    early, late = [Word("edge", 16.5, 17.4, 0.9)], [Word("edge", 16.6, 17.5, 0.9)]  # around 17 s, two after the start
    for edge, first in ((early, 41), (late, 40)):
        words_ = [*at(*spread(2, 16, 40)), *edge, *at(*spread(18, 32, 20))]
        found = measure(heard(words_, engine="whisper", speech=(Span(2.0, 32.0),), duration_s=33.0))
        assert found.pace == pytest.approx((60 * first / 15, 60 * (61 - first) / 15))


def test_no_word_is_lost_just_before_or_after_the_speech() -> None:
    moments = [1.8, *spread(2, 17, 30), *spread(17, 32, 30), 32.2]
    found = paced(moments, 32.0)
    assert found.pace == pytest.approx((60 * 31 / 15, 60 * 31 / 15))
    assert found.words_per_minute == pytest.approx(60 * 62 / 30), "all stretches together are the whole"


@pytest.mark.parametrize(
    "transcript", [answer(39), answer(speech=(Span(0.0, 14.9),)), answer(source="edited"), typed("word " * 60)]
)
def test_where_there_is_no_rate_there_is_no_pace_for_the_same_reason(transcript: Transcript) -> None:
    delivery = measure(transcript)
    assert isinstance(delivery.pace, Unmeasured) and delivery.pace == delivery.words_per_minute


def test_a_delivery_of_before_says_that_its_pace_was_not_measured_then() -> None:
    data = codec.to_json(measure(answer()))
    assert TypeAdapter(Delivery).validate_python(data) == measure(answer())
    del data["pace"]
    assert TypeAdapter(Delivery).validate_python(data).pace == Unmeasured("not measured then")


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
