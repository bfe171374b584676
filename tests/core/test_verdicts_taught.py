"""A rubric that knows its points by sayings alone, through the door that answers come through."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.garden import (
    COMPOST,
    FOLDER,
    GROUND,
    LEXICON,
    MULCH,
    PITFALLS,
    POINTS,
    POISON,
    POISONED,
    QUESTION,
    RIGHT,
    ROTATE,
    RUBRIC,
    SLUGS,
    SUN,
    TALK,
    WATER,
    WRONG,
)
from tests.core.questions import of, scored, spoken, verdicts, words
from voiceprep.core.feedback import Assessment, Ground, Unscored, assess, assess_follow_up, assess_retake, evidence_of
from voiceprep.core.matching import Reading, advance, read
from voiceprep.core.question import Claim, Counterclaim, Point, Question
from voiceprep.core.transcript import Transcript, heard, typed
from voiceprep.core.verdicts import pitfalls, sounds_like, weigh
from voiceprep.core.verdicts import verdicts as judge

ALL_RIGHT, ALL_WRONG = " ".join(RIGHT.values()), " ".join(WRONG.values())
BUT_SUN = " ".join(s for p, s in RIGHT.items() if p != SUN)


def taught(text: str | Transcript, ground: Ground = GROUND) -> Assessment:
    return scored(text, ground)


def with_points(*points: Point, **changes: object) -> Ground:
    question: Question = replace(QUESTION, points=points, **changes)
    return Ground(question, LEXICON, "1")


# Said -------------------------------------------------------------------------------------------------------------


def test_points_are_covered_by_what_sounds_like_them_with_the_sentence_as_proof() -> None:
    found = taught(ALL_RIGHT)
    assert set(verdicts(found).values()) == {"covered"} and found.coverage == 1.0
    for p in found.points:
        (piece,) = p.evidence
        assert piece.quote == RIGHT[p.id].rstrip(".") == found.text[piece.char_start : piece.char_end]
        assert (piece.start_s, piece.end_s, piece.take_id) == (None, None, "a001")
        assert p.why.startswith("sounds like saying it: +") and p.correction == ""
        assert p.probability > 0.8


def test_a_quote_of_something_heard_has_the_times_of_its_words() -> None:
    answer = spoken(ALL_RIGHT)
    found = taught(answer)
    assert set(verdicts(found).values()) == {"covered"}
    for p in found.points:
        (piece,) = p.evidence
        inside = [w for w in answer.timed() if piece.char_start <= w.char_start and w.char_end <= piece.char_end]
        assert " ".join(w.word.text for w in inside) == piece.quote
        assert piece.quote.split()[0] == RIGHT[p.id].split()[0]
        assert (piece.start_s, piece.end_s) == (inside[0].word.start_s, inside[-1].word.end_s)


def test_the_order_in_which_things_are_said_does_not_matter() -> None:
    there, back = taught(ALL_RIGHT), taught(" ".join(reversed(RIGHT.values())))
    assert verdicts(there) == verdicts(back)
    assert [p.probability for p in there.points] == [p.probability for p in back.points]


def test_what_was_said_of_some_points_gives_the_others_nothing() -> None:
    found = taught(f"{RIGHT[WATER]} {RIGHT[MULCH]} {TALK}")
    assert verdicts(found) == {WATER: "covered", MULCH: "covered", SUN: "missed", ROTATE: "missed", COMPOST: "missed"}
    assert found.coverage == 0.4
    assert not any(of(found, p).evidence for p in (SUN, ROTATE, COMPOST))


@pytest.mark.parametrize("said", [(WATER,), (SUN,), (WATER, MULCH), (WATER, MULCH, SUN)], ids=len)
def test_a_short_answer_covers_what_it_says_and_no_more(said: tuple[str, ...]) -> None:
    found = taught(" ".join(RIGHT[p] for p in said))
    assert {p for p, verdict in verdicts(found).items() if verdict == "covered"} == set(said)


NOTHING_OF_IT = Unscored("off topic: nothing in it speaks of this question")


def test_words_that_are_only_named_cover_nothing() -> None:
    """Alone they don't even speak of the question; beside as many words that do they add nothing."""
    for p in POINTS:
        alone, among = " ".join(p.named), f"{RIGHT[WATER]} {RIGHT[MULCH]} {' '.join(p.named)}"
        assert (taught(alone).coverage, taught(alone).unscored) == (None, NOTHING_OF_IT)
        found = taught(among)
        assert found.unscored is None
        assert {i for i, v in verdicts(found).items() if v != "missed"} == {WATER, MULCH}
        assert all(e.quote in f"{RIGHT[WATER]} {RIGHT[MULCH]}" for q in found.points for e in q.evidence)


@pytest.mark.parametrize("text", [TALK, f"{TALK} Tomatoes, soil, roots and so on, in a kitchen garden, that is it."])
def test_talk_that_makes_no_point_covers_nothing(text: str) -> None:
    assert not {"covered", "partly"} & set(verdicts(taught(text)).values())


def test_what_was_taken_back_does_not_count() -> None:
    text = f"{TALK} {WRONG[COMPOST].rstrip('.')}, no wait, scratch that. {ALL_RIGHT}"
    assert verdicts(taught(text)) == verdicts(taught(ALL_RIGHT))


def test_a_point_that_needs_more_than_one_thing_is_heard_in_part() -> None:
    first, *others = POINTS
    found = taught(ALL_RIGHT, with_points(replace(first, needs=2), *others))
    assert verdicts(found) == {**dict.fromkeys(RIGHT, "covered"), WATER: "partly"}
    assert found.coverage == 0.9


# Got wrong --------------------------------------------------------------------------------------------------------


def test_points_are_contradicted_by_what_sounds_like_getting_them_wrong() -> None:
    found = taught(ALL_WRONG)
    assert set(verdicts(found).values()) == {"contradicted"} and found.coverage == 0.0
    for p in found.points:
        (piece,) = p.evidence
        assert piece.quote in WRONG[p.id] and len(piece.quote.split()) >= 5
        assert p.correction == p.say, "a point without a counterclaim's correction is put right by its own sentence"
        assert p.why.startswith("sounds like getting it wrong: +")
    assert found.next_step == f"Put this right: {POINTS[0].say}"


@pytest.mark.parametrize("point_id", [ROTATE, COMPOST])
def test_one_point_got_wrong_among_others_said(point_id: str) -> None:
    found = taught(" ".join(WRONG[p] if p == point_id else s for p, s in RIGHT.items()))
    verdict = of(found, point_id).verdict
    assert verdicts(found) == {**dict.fromkeys(RIGHT, "covered"), point_id: verdict}
    assert verdict in ("contradicted", "unsure"), "in an answer that is right otherwise a person may have to look"
    (piece,) = of(found, point_id).evidence
    assert piece.quote in WRONG[point_id]


@pytest.mark.parametrize("point_id", RIGHT)
def test_a_point_got_wrong_is_never_credited(point_id: str) -> None:
    found = taught(" ".join(WRONG[p] if p == point_id else s for p, s in RIGHT.items()))
    assert of(found, point_id).verdict in ("contradicted", "missed", "unsure")


@pytest.mark.parametrize("silent", RIGHT)
def test_nobody_is_blamed_for_a_point_they_did_not_speak_of(silent: str) -> None:
    found = taught(" ".join(s for p, s in WRONG.items() if p != silent))
    assert of(found, silent).verdict != "contradicted"


def test_a_point_that_cannot_be_got_wrong_is_not_contradicted_by_an_empty_quote() -> None:
    first, *others = POINTS
    ground = with_points(replace(first, missaid=()), *others)
    found = taught(" ".join(s for p, s in WRONG.items() if p != WATER), ground)
    assert all(e.quote for p in found.points for e in p.evidence)


# Unclear words and rough recognisers ------------------------------------------------------------------------------


def test_unclear_words_never_contradict() -> None:
    unclear = {"sprinkle", "bare", "shade", "same", "bottle"}
    found = taught(spoken(ALL_WRONG, unclear=unclear))
    assert set(verdicts(found).values()) == {"unsure"}
    assert {p.why for p in found.points} == {"unclear words"}
    assert verdicts(taught(spoken(ALL_WRONG, unclear={"bottle"}))) == {
        **dict.fromkeys(RIGHT, "contradicted"),
        COMPOST: "unsure",
    }


def test_unclear_words_are_no_credit_either() -> None:
    found = taught(spoken(ALL_RIGHT, unclear={"sunniest"}))
    assert verdicts(found) == {**dict.fromkeys(RIGHT, "covered"), SUN: "unsure"}
    assert found.coverage == 1.0, "what is unsure leaves the denominator"


SENTENCES = [*RIGHT.values(), *WRONG.values(), *TALK.split(". "), POISONED, "No wait, scratch that.", *POINTS[0].named]
answers = st.lists(st.sampled_from(SENTENCES), max_size=9).map(" ".join)


@given(answers)
@settings(max_examples=40, deadline=None)
def test_a_basic_recogniser_blames_nobody(text: str) -> None:
    found = taught(spoken(text, basic=True))
    assert set(verdicts(found).values()) <= {"covered", "partly", "unsure", "unheard"}
    assert (found.coverage, found.pitfalls) == (None, ())


@given(answers, st.sets(st.sampled_from(["shade", "straw", "bed", "water", "compost", "roots"])), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_verdict_is_proved_by_the_candidates_own_clear_words(text: str, unclear: set[str], basic: bool) -> None:
    answer = spoken(text, basic=basic, unclear=unclear)
    found = taught(answer)
    for p in found.points:
        assert bool(p.evidence) == (p.verdict not in ("missed", "unheard"))
        for piece in p.evidence:
            assert piece.quote == answer.text[piece.char_start : piece.char_end] != ""
            inside = [w for w in answer.timed() if piece.char_start <= w.char_start and w.char_end <= piece.char_end]
            assert " ".join(w.word.text for w in inside) == piece.quote, "whole words only"
            if p.verdict in ("covered", "partly", "contradicted") and not basic:
                assert not any(w.word.unclear for w in inside)


# Beside claims ----------------------------------------------------------------------------------------------------

STRAW_CLAIM = Claim(("straw ... ground",))
BARE = Counterclaim(("leave ... bare",), "Cover the ground: bare earth dries out.")


def test_a_pattern_that_matched_gives_the_quote_and_a_counterclaim_its_correction() -> None:
    water, mulch, *others = POINTS
    ground = with_points(water, replace(mulch, claims=(STRAW_CLAIM,), contradictions=(BARE,)), *others)
    found = of(taught(ALL_RIGHT, ground), MULCH)
    assert found.verdict == "covered" and found.why.startswith("said")
    assert found.evidence[0].quote in RIGHT[MULCH]
    wrong = of(taught(ALL_WRONG, ground), MULCH)
    assert (wrong.verdict, wrong.correction) == ("contradicted", BARE.correction)
    assert wrong.why.startswith("countered by")


def test_a_point_without_sayings_keeps_what_its_patterns_say() -> None:
    water, mulch, *others = POINTS
    bare = replace(mulch, claims=(STRAW_CLAIM,), said=(), missaid=(), named=())
    ground = with_points(water, bare, *others)
    for text in (ALL_RIGHT, " ".join(s for p, s in RIGHT.items() if p != MULCH)):
        found = of(taught(text, ground), MULCH)
        assert found.verdict == ("covered" if RIGHT[MULCH] in text else "missed")
        assert found.probability in (0.8, 0.75, 0.15)
    assert MULCH not in evidence_of(ground, typed(ALL_RIGHT))


def test_signs_are_found_of_every_point_with_sayings_and_only_in_what_is_judged() -> None:
    assert set(evidence_of(GROUND, typed(ALL_RIGHT))) == set(RIGHT)
    assert evidence_of(GROUND, typed("Tomatoes.")) == {}
    assert evidence_of(GROUND, typed("")) == {}
    bare = tuple(replace(p, said=(), missaid=(), named=(), claims=(STRAW_CLAIM,)) for p in POINTS)
    ground = with_points(*bare, pitfalls=(), follow_ups=())
    assert evidence_of(ground, typed(ALL_RIGHT)) == {}
    reading = read(ground.rubric, typed(ALL_RIGHT))
    assert (weigh(ground.rubric, reading), sounds_like(ground.rubric, reading).closest) == ({}, {})


# Reading on -------------------------------------------------------------------------------------------------------


@given(
    answers,
    st.randoms(use_true_random=False),
    st.sampled_from([0.1, 0.2, 0.5, 1.2]),
    st.sets(st.sampled_from(["shade", "straw", "not", "wait", "bed"])),
)
@settings(max_examples=40, deadline=None)
def test_an_answer_heard_bit_by_bit_is_judged_as_the_whole(
    text: str, chance: random.Random, pause_s: float, unclear: set[str]
) -> None:
    said = words(text, unclear=unclear, pause_s=pause_s)
    whole = read(RUBRIC, heard(said, engine="whisper"))
    bits, at = Reading(heard=True), 0
    while at < len(said):
        more = chance.choice((1, 2, 5, 30))
        bits = advance(RUBRIC, bits, said[at : at + more])
        at += more
    for credits_only in (False, True):
        assert judge(RUBRIC, bits, credits_only=credits_only) == judge(RUBRIC, whole, credits_only=credits_only)
    assert weigh(RUBRIC, bits) == weigh(RUBRIC, whole)
    assert sounds_like(RUBRIC, bits) == sounds_like(RUBRIC, whole)
    assert pitfalls(RUBRIC, bits, judge(RUBRIC, bits), 99) == pitfalls(RUBRIC, whole, judge(RUBRIC, whole), 99)


def test_a_very_long_answer_is_judged_by_what_it_says() -> None:
    named = " ".join(text for p in POINTS for text in p.named)
    found = taught(" ".join([named, ALL_RIGHT] * 3))
    assert len(found.text.split()) > 600
    assert found.unscored is None and set(verdicts(found).values()) == {"covered"}
    assert all(e.quote in ALL_RIGHT for p in found.points for e in p.evidence)


def test_an_answer_with_very_little_to_the_question_is_off_topic() -> None:
    """One sentence to it among many to something else."""
    found = taught(" ".join([TALK] * 6 + [RIGHT[ROTATE]]))
    assert found.unscored == Unscored("off topic: too little in it speaks of this question")


def test_an_answer_that_says_points_among_much_else_is_on_topic() -> None:
    """However much else: its words are of the field, and some of it sounds very much like the question."""
    named = " ".join(text for p in POINTS for text in p.named)
    assert taught(" ".join([named] * 4 + [ALL_RIGHT])).unscored is None


# The gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["They go in the brightest place, open to the south.", POINTS[2].said[0]])
def test_an_answer_that_sounds_like_a_point_is_not_off_topic(text: str) -> None:
    assert taught(text).unscored is None


def test_an_answer_of_two_thousand_words_to_the_question_is_not_off_topic() -> None:
    assert taught(" ".join([ALL_RIGHT] * 25)).unscored is None


def test_an_answer_about_something_else_is_off_topic_still() -> None:
    assert taught(TALK).unscored == NOTHING_OF_IT


def test_a_term_that_a_points_own_text_asks_for_is_not_also_said() -> None:
    first, *others = POINTS
    asked = replace(first, text="A drip line waters deeply and seldom.", say="I water with a drip line, twice a week.")
    found = taught(f"{ALL_RIGHT} The water comes from a drip line.", with_points(asked, *others))
    assert found.also_said == ()


# Follow-ups -------------------------------------------------------------------------------------------------------


def followed(parent: Assessment, follow_up: str, text: str) -> tuple[Assessment, Assessment]:
    return assess_follow_up(GROUND, QUESTION.follow_up(follow_up), parent, typed(text), "a002")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("To keep slugs away from the beds I collect them by hand after sunset with a torch and a bucket.", "covered"),
        ("To keep slugs away from the beds I put salt on it all, salt is the best way to be rid of them.", "unsure"),
        (f"{RIGHT[WATER]} The shop near the beds sells copper and fences against slugs.", "missed"),
    ],
)  # fmt: skip
def test_a_follow_ups_own_points_are_known_by_their_sayings(text: str, verdict: str) -> None:
    before = taught(BUT_SUN)
    own, after = followed(before, "ask-slugs", text)
    assert verdicts(own) == {SLUGS: verdict}, own.unscored
    assert bool(of(own, SLUGS).evidence) is (verdict != "missed")
    assert all(e.quote in text for e in of(own, SLUGS).evidence)
    assert own.pitfalls == ()
    assert verdicts(after) == verdicts(before), "the parent's points were not spoken of"


def test_a_follow_ups_answer_that_only_names_words_is_not_judged() -> None:
    own, after = followed(taught(BUT_SUN), "ask-slugs", "The shop near the beds sells copper and fences against slugs.")
    assert own.unscored == NOTHING_OF_IT and verdicts(own) == {SLUGS: "unheard"}
    assert verdicts(after) == verdicts(taught(BUT_SUN))


def test_a_follow_ups_answer_fills_the_gap_it_was_asked_for() -> None:
    before = taught(BUT_SUN)
    assert (of(before, SUN).verdict, before.follow_up and before.follow_up.id) == ("missed", "ask-sun")
    own, after = followed(before, "ask-sun", RIGHT[SUN])
    assert verdicts(own) == {"where": "covered"}
    assert of(after, SUN).verdict == "covered"
    assert [(e.take_id, e.quote) for e in of(after, SUN).evidence] == [("a002", RIGHT[SUN].rstrip("."))]
    assert after.coverage == 1.0
    assert [p for p in after.points if p.id != SUN] == [p for p in before.points if p.id != SUN]


def test_a_follow_ups_answer_in_other_words_is_judged() -> None:
    own, _ = followed(taught(BUT_SUN), "ask-slugs", "I pick them off by hand in the evening, with a lamp and a bucket.")
    assert verdicts(own) == {SLUGS: "covered"}


# One sentence said again ------------------------------------------------------------------------------------------


def added(parent: Assessment, point_id: str, text: str) -> Assessment:
    return assess_retake(GROUND, parent, point_id, typed(text), "a009")


def test_one_sentence_fills_the_point_it_was_said_for() -> None:
    before = taught(BUT_SUN)
    after = added(before, SUN, RIGHT[SUN])
    assert of(after, SUN).verdict == after.retakes[0].verdict == "covered"
    assert {e.take_id for e in of(after, SUN).evidence} == {"a009"}
    assert after.coverage == 1.0


@pytest.mark.parametrize("text", [WRONG[SUN], RIGHT[MULCH], "Hm.", "The south wall is mentioned in the book.", TALK])
def test_a_sentence_that_does_not_say_the_point_changes_nothing(text: str) -> None:
    before = taught(BUT_SUN)
    after = added(before, SUN, text)
    assert (after.points, after.coverage) == (before.points, before.coverage)


def test_a_sentence_put_right_takes_back_what_went_against_the_point() -> None:
    before = taught(ALL_WRONG)
    assert of(before, COMPOST).verdict == "contradicted"
    assert of(added(before, COMPOST, RIGHT[COMPOST]), COMPOST).verdict == "covered"
    assert of(added(before, COMPOST, WRONG[COMPOST]), COMPOST) == of(before, COMPOST)


@pytest.mark.parametrize("other", [WATER, ROTATE, COMPOST])
def test_a_sentence_about_another_point_does_not_fill_this_one(other: str) -> None:
    assert added(taught(BUT_SUN), SUN, RIGHT[other]).retakes[0].verdict == "missed"


# Pitfalls ---------------------------------------------------------------------------------------------------------


def test_a_pitfall_is_walked_into_by_what_sounds_like_it() -> None:
    (hit,) = taught(f"{ALL_RIGHT} {POISONED}").pitfalls
    (piece,) = hit.evidence
    assert hit.id == POISON and piece.quote in POISONED and "pesticide" in piece.quote
    (spoken_hit,) = taught(spoken(f"{ALL_RIGHT} {POISONED}")).pitfalls
    assert spoken_hit.evidence[0].start_s is not None


@pytest.mark.parametrize("text", [ALL_RIGHT, *[s for p in POINTS for s in p.said[:3]]])
def test_whoever_says_the_points_walks_into_nothing(text: str) -> None:
    assert taught(f"{ALL_RIGHT} {text}").pitfalls == ()


def test_words_that_also_say_a_point_are_no_pitfall() -> None:
    """As true as it's false: what says the point is what says the pitfall."""
    both = PITFALLS[0].said[1]
    water, *others = POINTS
    text = f"{ALL_RIGHT} {both}"
    assert [p.id for p in taught(text).pitfalls] == [POISON]
    true = with_points(replace(water, text=both, say=both, said=PITFALLS[0].said), *others)
    assert taught(text, true).pitfalls == ()


def test_unclear_words_walk_into_nothing() -> None:
    assert taught(spoken(f"{ALL_RIGHT} {POISONED}", unclear={"pesticide"})).pitfalls == ()


def test_what_was_taken_back_or_asked_for_by_nobody_is_no_pitfall() -> None:
    assert taught(f"{ALL_RIGHT} {POISONED.rstrip('.')}, scratch that.").pitfalls == ()
    untaught = replace(PITFALLS[0], said=())
    assert taught(f"{ALL_RIGHT} {POISONED}", with_points(*POINTS, pitfalls=(untaught,))).pitfalls == ()


def test_the_rubric_that_is_tested_here_has_no_patterns() -> None:
    assert not any(c.claims or c.contradictions for c in RUBRIC.points)
    assert not any(c.claims for c in RUBRIC.pitfalls)
    assert FOLDER.fold(()) == () and assess(GROUND, None).unscored == Unscored("no answer")
