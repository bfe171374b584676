"""A person's own terms: what is refused and why, what is believed where, what sounds like what."""

from __future__ import annotations

import pytest

from tests.core.questions import LEXICON
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.own_terms import (
    Addition,
    Told,
    as_heard,
    merged,
    own_terms,
    phrases,
    refusal,
    refused_term,
    stands_in,
    term_of,
    told_lexicon,
    told_problem,
)
from voiceprep.core.sounds_alike import guesses, nearest

KNOWN = phrases(LEXICON)


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("", "no word"),
        ("...", "no word"),
        ("the", "only small words"),
        ("it is the", "only small words"),
        ("one two three four five six seven", "longer than 6 words"),
        ("x" * 81, "longer than"),
        ("not kafka", "turn sentences around"),
        ("rest", "is how people say REST"),
        ("relational databases", "is how people say SQL"),
        ("the rest of", "only looks like REST"),
        ("graph cool", "is taken for GraphQL already"),
        ("key", "an everyday word by itself"),
        ("the key", "an everyday word by itself"),
        ("my kitchen", "an everyday word by itself"),
        ("<b>", "the character '<'"),
        ("Kafka", "a form of Kafka already"),
    ],
)
def test_a_dangerous_phrase_is_refused_and_why(phrase: str, why: str) -> None:
    assert why in refusal(phrase, "Kafka", KNOWN)


@pytest.mark.parametrize("phrase", ["calf car", "kaffka", "the calf car", "cough cover", "read the kitchen"])
def test_what_only_a_recogniser_makes_up_is_taken(phrase: str) -> None:
    assert refusal(phrase, "Kafka", KNOWN) == ""


def test_a_term_that_begins_with_no_may_be_misheard_with_one() -> None:
    assert refusal("no see quell", "NoSQL", KNOWN) == ""
    assert refusal("no see quell", "SQL", KNOWN) != ""


def test_a_new_term_has_to_be_told_from_everyday_speech() -> None:
    assert refused_term("Fargate", KNOWN) == refused_term("Spring Boot", KNOWN) == ""
    assert "single letter" in refused_term("C++", KNOWN)
    assert "everyday" in refused_term("Spring", KNOWN)
    assert "is how people say SQL" in refused_term("relational database", KNOWN)


def test_merging_adds_and_changes_the_digest_only_when_there_is_something_to_add() -> None:
    added = (Addition("kafka", heard=("calf car",)), Addition("Fargate", ("AWS Fargate",), ("far gate",)))
    after = merged(LEXICON, added)
    assert merged(LEXICON, ()) is LEXICON and merged(LEXICON, (Addition("Kafka"),)) is LEXICON
    assert after.digest != LEXICON.digest and after.digest == merged(LEXICON, added).digest
    assert len(after.terms) == len(LEXICON.terms) + 1
    assert term_of("KAFKA", after) == Term("kafka", "Kafka", heard=("calf car",))
    assert own_terms(after) == (Term("own-fargate", "Fargate", forms=("AWS Fargate",), heard=("far gate",)),)
    assert as_heard(after) == {"fargate": ("far gate",)}
    assert (after.opposites, after.background) == (LEXICON.opposites, LEXICON.background)


def test_two_new_terms_with_one_name_for_the_id_stay_two() -> None:
    after = merged(LEXICON, (Addition("Spring Boot"), Addition("Spring-Boot 3")))
    assert len({t.id for t in own_terms(after)}) == 2


def test_what_was_told_of_an_answer_is_believed_there_always_and_elsewhere_as_a_mishearing() -> None:
    told = (Told("here", "calf car", "Kafka"),)
    here, elsewhere = (term_of("Kafka", told_lexicon(LEXICON, told, q)) for q in ("here", "there"))
    assert here and here.forms == ("calf car",) and here.heard == ()
    assert elsewhere and elsewhere.forms == () and elsewhere.heard == ("calf car",)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("calf car", "Kafka"),
        ("graph kewl", "GraphQL"),
        ("low the balance her", "load balancer"),
        ("no see quill", "NoSQL"),
    ],
)
def test_the_nearest_term_comes_first(heard: str, meant: str) -> None:
    assert nearest(heard, LEXICON)[0] == meant


def test_nothing_is_near_to_nothing() -> None:
    assert nearest(" ", LEXICON) == () and nearest("zzzzzzzz", Lexicon()) == ()


def test_words_of_an_answer_that_may_be_terms_of_the_question_are_offered() -> None:
    text = "I would put a calf car between them, and graph kewl in front. The kitchen is nice."
    about = ["Would you use Kafka?", "GraphQL is in front."]
    assert guesses(text, about, LEXICON) == (("graph kewl", "GraphQL"), ("calf car", "Kafka"))
    assert guesses(text, [], LEXICON) == (), "only what the question is about"
    assert guesses(text + " I mean Kafka.", about[:1], LEXICON) == (), "it was heard by itself"


def test_the_word_on_an_answer_must_be_of_its_words() -> None:
    texts = ["Well, Calf, car is in between."]
    assert stands_in("calf car", texts[0]) == "calf car"
    assert told_problem("calf car", "Kafka", texts, LEXICON) == ""
    assert "don't stand" in told_problem("cough cover", "Kafka", texts, LEXICON)
    assert "which term" in told_problem("calf car", "", texts, LEXICON)
    assert "small words" in told_problem("is in", "Kafka", texts, LEXICON)
    known = merged(LEXICON, (Addition("Kafka", heard=("calf car",)),))
    assert told_problem("calf car", "Kafka", texts, known) == "", "known, and now said of this answer"
    assert "taken for Kafka" in told_problem("calf car", "GraphQL", texts, known)
