"""How it was said: figures from the speech that was heard, or why there are none."""

from __future__ import annotations

import itertools
from dataclasses import MISSING, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tests.core.questions import words
from voiceprep.core.delivery import Aim, Delivery, Pause, Unmeasured, measure
from voiceprep.core.hearing import within_speech
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word, heard, typed
from voiceprep.sessions import codec

SPEECH = (Span(1.0, 9.0), Span(9.2, 12.0), Span(13.0, 20.0), Span(20.5, 25.0))
"""Pauses of 0.2 (none), 1.0 (long) and 0.5 s, 24 s from first to last."""


def answer(n: int = 48, **changes: object) -> Transcript:
    said = itertools.islice(itertools.cycle("data that is read is never changed".split()), n)
    spoken = heard(words(" ".join(said)), engine="whisper", speech=SPEECH, duration_s=27.0)
    return Transcript(**{f.name: changes.get(f.name, getattr(spoken, f.name)) for f in fields(spoken)})


def test_figures_come_from_the_speech_spans() -> None:
    assert measure(answer(), (30, 60)) == Delivery(
        duration_s=27.0,
        first_speech_s=1.0,
        speech_s=pytest.approx(22.3),
        pauses=2,
        long_pauses=1,
        longest_pause=Span(12.0, 13.0),
        words_per_minute=pytest.approx(120.0),
        fillers_at_least=0,
        pace=(192.0, 0.0),  # all 48 words lie before 16 s
        speech=SPEECH,
        silent_pauses=(Pause(Span(12.0, 13.0)), Pause(Span(20.0, 20.5))),
        phonation_ratio=pytest.approx(22.3 / 24),
        articulation_rate=pytest.approx(60 * 48 / 22.3),
        aim=Aim(30, 60, -3.0),
        fillers=(),
        hedges=(),
        repetitions=(),
    )


def test_fillers_are_counted_as_words_of_their_own() -> None:
    said = heard(words("Um I uh like the umbrella Erm hmm ummm"), engine="whisper", speech=SPEECH)
    assert measure(said).fillers_at_least == 4


@pytest.mark.parametrize(
    ("transcript", "figure", "reason"),
    [
        (answer(39), "words_per_minute", "under 40 words"),
        (answer(speech=(Span(0.0, 14.9),)), "words_per_minute", "under 15 seconds of speech"),
        (answer(speech=(Span(0.0, 14.9),)), "phonation_ratio", "under 15 seconds of speech"),
        (answer(source="edited"), "words_per_minute", "the transcript was edited"),
        (answer(speech=(Span(0.0, 20.0),)), "longest_pause", "there was no pause"),
        (answer(credits_only=True), "fillers_at_least", "the basic recogniser doesn't hear fillers"),
    ],
)
def test_a_figure_that_cannot_be_had_says_why(transcript: Transcript, figure: str, reason: str) -> None:
    delivery = measure(transcript, (30, 60))
    assert getattr(delivery, figure) == Unmeasured(reason)
    assert {f.name for f in fields(delivery) if isinstance(getattr(delivery, f.name), Unmeasured)} <= {
        figure, *ALONG.get(reason, ())
    }, "the rest is still measured"  # fmt: skip


RATES = ("words_per_minute", "pace", "articulation_rate")
ALONG = {
    "under 40 words": RATES,
    "under 15 seconds of speech": (*RATES, "phonation_ratio", "longest_pause"),
    "the transcript was edited": (*RATES, "fillers", "fillers_at_least", "hedges", "repetitions"),
    "the basic recogniser doesn't hear fillers": ("fillers", "fillers_at_least", "hedges", "repetitions"),
}
"""What can't be had for the same reason."""


# What is in the way -----------------------------------------------------------------------------------------------


def test_noise_that_passes_for_speech_leaves_nothing_timed() -> None:
    """20 s of "speech" with 19 words: nobody talks like that between pauses."""
    loud = (Span(0.0, 15.0), Span(15.6, 20.6))
    delivery = measure(answer(19, speech=loud), (30, 60))
    reason = Unmeasured("so few words in so much sound: part of it may be noise")
    pauses = {"pauses", "long_pauses", "longest_pause", "silent_pauses"}
    timed = {"first_speech_s", "speech_s", "phonation_ratio", *pauses, *RATES}
    assert {f.name for f in fields(delivery) if getattr(delivery, f.name) == reason} == timed
    assert delivery.speech == loud and delivery.fillers_at_least == 0 and delivery.aim == Aim(30, 60, -3.0)


@pytest.mark.parametrize(
    ("words_", "speech_s", "noisy"), [(20, 20.0, False), (19, 20.0, True), (0, 15.0, True), (0, 14.9, False)]
)
def test_noise_is_less_than_a_word_a_second_in_enough_sound(words_: int, speech_s: float, noisy: bool) -> None:
    delivery = measure(answer(words_, speech=(Span(1.0, 1.0 + speech_s),)))
    assert isinstance(delivery.first_speech_s, Unmeasured) is noisy


def test_an_edited_transcript_is_no_sign_of_noise() -> None:
    assert measure(answer(0, source="edited", text="put right by hand")).first_speech_s == 1.0


def test_a_whispered_answer_has_its_length_and_nothing_else() -> None:
    delivery = measure(answer(whispered=True), (20, 40))
    assert (delivery.duration_s, delivery.aim) == (27.0, Aim(20, 40, 0.0))
    others = {getattr(delivery, f.name) for f in fields(delivery) if f.name not in ("duration_s", "aim")}
    assert others == {Unmeasured("it was whispered")}


@pytest.mark.parametrize(("length_s", "off_s"), [(29.9, -0.1), (30.0, 0.0), (45.0, 0.0), (60.0, 0.0), (61.5, 1.5)])
def test_the_length_is_held_against_the_target(length_s: float, off_s: float) -> None:
    assert measure(answer(duration_s=length_s), (30, 60)).aim == Aim(30, 60, pytest.approx(off_s))


def test_without_a_target_there_is_nothing_to_hold_it_against() -> None:
    assert measure(answer()).aim == Unmeasured("it has no target length")


# Pauses -----------------------------------------------------------------------------------------------------------


def paused(text: str, after: int, silent_s: float) -> Delivery:
    """An answer of half-second words back to back from 0 on, with one silence after so many of them."""
    said = text.split()
    starts = [n * 0.5 + silent_s * (n >= after) for n in range(len(said))]
    words_ = [Word(word, start_s, start_s + 0.5, 0.9) for word, start_s in zip(said, starts, strict=True)]
    speech = (Span(0.0, after * 0.5), Span(after * 0.5 + silent_s, starts[-1] + 0.5))
    return measure(heard(words_, engine="whisper", speech=speech, duration_s=starts[-1] + 1))


@pytest.mark.parametrize(
    ("text", "after", "place"),
    [
        ("It was slow. We measured it.", 3, "between sentences"),
        ("It was slow, we measured it.", 3, "between clauses"),
        ("It was slow because we measured it.", 3, "between clauses"),
        ("It was slow and we measured it.", 3, "between clauses"),
        ("It was slow and wrong. So what?", 3, "inside a clause"),
        ("It was slow, we measured it.", 5, "inside a clause"),
        ("We don't know. Nobody does.", 2, "inside a clause"),
        ("it was slow we measured it", 3, "unknown"),
    ],
)
def test_the_place_of_a_pause_is_what_ends_before_it(text: str, after: int, place: str) -> None:
    delivery = paused(text, after, 0.8)
    assert delivery.silent_pauses == (Pause(Span(after * 0.5, after * 0.5 + 0.8), place),)


@pytest.mark.parametrize(("length_s", "listed"), [(0.49, 0), (0.5, 1), (0.51, 1)])
def test_a_pause_is_listed_from_half_a_second_on(length_s: float, listed: int) -> None:
    delivery = measure(answer(speech=(Span(0.0, 8.0), Span(8.0 + length_s, 27.0))))
    assert not isinstance(delivery.silent_pauses, Unmeasured)
    assert len(delivery.silent_pauses) == listed and delivery.pauses == 1, "a quarter of a second counts already"


def test_a_word_whose_time_goes_across_a_pause_leaves_its_place_unknown() -> None:
    said = [Word("It", 0.0, 0.4, 0.9), Word("was.", 0.4, 1.6, 0.9), Word("Slow.", 2.0, 2.5, 0.9)]
    stretched = heard(said, engine="whisper", speech=(Span(0.0, 0.8), Span(2.0, 2.5)), duration_s=3.0)
    assert measure(stretched).silent_pauses == (Pause(Span(0.8, 2.0), "unknown"),)


def spans_of(pairs: list[tuple[float, float]]) -> tuple[Span, ...]:
    """Spans of these (silence before, length)."""
    found, at = [], 0.0
    for silent_s, length_s in pairs:
        found.append(Span(at + silent_s, at + silent_s + length_s))
        at = found[-1].end_s
    return tuple(found)


speeches = st.lists(st.tuples(st.floats(0.05, 5.0), st.floats(0.1, 8.0)), min_size=1, max_size=12).map(spans_of)


@given(speeches, st.integers(0, 200))
@settings(max_examples=80, deadline=None)
def test_the_figures_agree_with_one_another(speech: tuple[Span, ...], count: int) -> None:
    end_s = speech[-1].end_s
    said = heard(at(*spread(speech[0].start_s, end_s, count)), engine="whisper", speech=speech, duration_s=end_s + 1)
    d = measure(said)
    if isinstance(d.silent_pauses, Unmeasured):  # noise
        assert {d.silent_pauses} == {d.first_speech_s, d.speech_s, d.pauses, d.words_per_minute, d.phonation_ratio}
        return
    assert isinstance(d.pauses, int) and isinstance(d.long_pauses, int)
    assert d.long_pauses <= len(d.silent_pauses) <= d.pauses <= len(speech) - 1
    assert not any(pause.span.overlaps(span) for pause in d.silent_pauses for span in speech)
    if not isinstance(d.phonation_ratio, Unmeasured):
        assert 0 < d.phonation_ratio <= 1 + 1e-9
    if not isinstance(d.words_per_minute, Unmeasured):
        assert not isinstance(d.articulation_rate, Unmeasured) and not isinstance(d.phonation_ratio, Unmeasured)
        assert d.words_per_minute == pytest.approx(d.articulation_rate * d.phonation_ratio)


@given(speeches, st.floats(0.6, 5.0))
@settings(max_examples=40, deadline=None)
def test_a_longer_silence_slows_the_rate_and_leaves_the_articulation(speech: tuple[Span, ...], more_s: float) -> None:
    first = Span(0.0, 15.0)
    near = (first, *(Span(s.start_s + 15, s.end_s + 15) for s in speech))
    far = (first, *(Span(s.start_s + 15 + more_s, s.end_s + 15 + more_s) for s in speech))
    one, other = (measure(answer(200, speech=spans_, duration_s=spans_[-1].end_s)) for spans_ in (near, far))
    assert isinstance(one.words_per_minute, float) and isinstance(other.words_per_minute, float)
    assert other.words_per_minute < one.words_per_minute
    assert other.articulation_rate == pytest.approx(one.articulation_rate)
    assert isinstance(one.phonation_ratio, float) and isinstance(other.phonation_ratio, float)
    assert other.phonation_ratio < one.phonation_ratio
    assert other.first_speech_s == one.first_speech_s


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


def test_a_delivery_of_before_says_what_was_not_measured_then() -> None:
    data = codec.to_json(measure(answer()))
    assert TypeAdapter(Delivery).validate_python(data) == measure(answer())
    later = [f.name for f in fields(Delivery) if f.default is not MISSING]
    assert later[0] == "pace" and later[-1] == "repetitions"
    for name in later:
        del data[name]
    old = TypeAdapter(Delivery).validate_python(data)
    assert {getattr(old, name) for name in later} == {Unmeasured("not measured then")}
    assert old.words_per_minute == pytest.approx(120.0), "what was measured then is kept"


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


def test_of_words_put_right_by_hand_nobody_knows_where_a_pause_fell() -> None:
    """Their full stops were written, not heard."""
    told = (Word("one", 0.0, 1.0, 1.0), Word("done.", 1.0, 2.0, 1.0), Word("Next", 4.0, 5.0, 1.0))
    spans = (Span(0.0, 2.0), Span(4.0, 5.0))
    said = heard(told, engine="whisper:base", speech=spans, duration_s=5.0)
    assert [p.place for p in measure(said).silent_pauses] == ["between sentences"]
    assert [p.place for p in measure(replace(said, source="edited")).silent_pauses] == ["unknown"]
