"""What a recogniser may have made up, on made transcripts; and that what people really say isn't doubted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from voiceprep.core.doubts import CLOSING, HURRY, LOOP, NOTHING, closing_in_silence, hurried, made_up, marked, without
from voiceprep.core.hearing import within_speech
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word, heard


def words(text: str, over_s: float = 0.0, at_s: float = 0.0, probability: float = 0.9) -> tuple[Word, ...]:
    """The words, evenly over a time (three a second unless said)."""
    said = text.split()
    step = (over_s or len(said) / 3) / max(1, len(said))
    return tuple(Word(w, at_s + n * step, at_s + (n + 1) * step, probability) for n, w in enumerate(said))


def text(kept: Sequence[Word]) -> str:
    return " ".join(w.text for w in kept)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("it is fast " + "and so it goes " * 9, "it is fast and so it goes"),
        ("the " * 30 + "index", "the index"),
        ("we cache it. We cache it, we cache it we cache it we cache", "we cache it."),
        ("reads go to a replica first " * 3, "reads go to a replica first"),
    ],
)
def test_of_a_loop_the_first_round_is_kept(said: str, left: str) -> None:
    given = words(said)
    doubts = made_up(given, given[-1].end_s)
    assert {d.why for d in doubts} == {LOOP}
    assert text(without(given, doubts)) == left == text(marked(given, doubts))


@pytest.mark.parametrize(
    "said",
    [
        "no no no no it is not lost",
        "it is very very very very slow",
        "select star from users select star from orders select star from items",
        "read the row write the row read the row write the row and so on",
        "thank you that is all",
        "so I said thank you for listening and went back to the index",
        "",
    ],
)
def test_what_people_say_is_not_doubted(said: str) -> None:
    given = words(said)
    assert made_up(given, 8.0, no_speech=0.1, logprob=-0.3) == ()
    assert hurried(given, [Span(0, 8)]) == () == closing_in_silence(given, [Span(0, 8)])


def test_text_that_packs_too_well_is_doubted_without_an_exact_round() -> None:
    given = words(" ".join(f"and the database is the database {n} of the database" for n in range(12)))
    assert [d.why for d in made_up(given, 60.0)] == [LOOP]


def test_more_words_than_can_be_said_are_doubted_by_the_sounds_length() -> None:
    given = words(" ".join(f"w{n}" for n in range(16)), over_s=2.0)
    assert [d.why for d in made_up(given, 2.0)] == [HURRY]
    assert made_up(given, 2.3) == ()


def test_words_without_speech_by_the_models_own_measure_are_doubted() -> None:
    given = words("we use an index")
    assert [d.why for d in made_up(given, 4.0, no_speech=0.8, logprob=-1.2)] == [NOTHING]
    assert made_up(given, 4.0, no_speech=0.8, logprob=-0.4) == ()
    assert made_up(given, 4.0, no_speech=0.2, logprob=-1.2) == ()


@pytest.mark.parametrize(
    "closing", ["Thanks for watching!", "Thank you.", "Please subscribe to my channel.", "Subtitles by someone"]
)
def test_a_closing_is_a_sign_and_no_proof(closing: str) -> None:
    said = words(f"and the primary takes writes. {closing}")
    assert made_up(said, 6.0, no_speech=0.1, logprob=-0.2) == ()
    for signs in ({"no_speech": 0.7, "logprob": -0.5}, {"no_speech": 0.1, "logprob": -0.8}):
        doubts = made_up(said, 6.0, **signs)
        assert [d.why for d in doubts] == [CLOSING]
        assert text(without(said, doubts)) == "and the primary takes writes."


def test_a_closing_where_the_vad_heard_nobody_is_left_out_and_said_so() -> None:
    told = (*words("the primary takes writes", over_s=2.0), *words("thanks for watching", at_s=2.2, over_s=1.0))
    kept = within_speech(heard(told, engine="whisper:base"), [Span(0.0, 2.1)], 5.0)
    assert kept.text == "the primary takes writes"
    assert kept.doubts == (f"At 2 s 3 words left out: {CLOSING}.",)
    spoken = within_speech(heard(told, engine="whisper:base"), [Span(0.0, 3.3)], 5.0)
    assert spoken.text.endswith("thanks for watching") and spoken.doubts == ()


def test_a_whole_sentence_on_a_click_is_marked_unclear_and_said_so() -> None:
    real = words("the primary takes writes", over_s=2.0)
    invented = words("please like this video and leave a comment below it now", over_s=0.5, at_s=6.0)
    given = heard((*real, *invented), engine="whisper:base")
    kept = within_speech(given, [Span(0.0, 2.1), Span(6.1, 6.4)], 8.0)
    assert [w.unclear for w in kept.words] == [False] * 4 + [True] * 11
    assert kept.doubts == ("At 6 s 11 words can't be relied on: nobody speaks so fast.",)


def test_a_recogniser_that_only_credits_is_not_doubted_by_its_word_times() -> None:
    given = heard(words("a b c d e f g h i j", over_s=0.5), engine="basic", credits_only=True)
    kept = within_speech(given, [Span(0.0, 0.5)], 1.0)
    assert kept.words == given.words and kept.doubts == ()
