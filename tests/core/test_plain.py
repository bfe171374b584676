"""A point with nothing but its own words: heard by them, doubted where the sign is wrong, and never gone against."""

from __future__ import annotations

from dataclasses import replace

import pytest

from voiceprep.core.feedback import Assessment, Ground, assess, assess_follow_up, assess_retake
from voiceprep.core.folding import folder_of
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.plain import is_plain, key_words
from voiceprep.core.question import Claim, FollowUp, Point, Question
from voiceprep.core.transcript import Transcript, Word, typed

LEXICON = Lexicon((Term("mutex", "mutex", forms=("lock",)),), digest="x")


def point(point_id: str, text: str, **more: object) -> Point:
    return Point(point_id, text, text, True, 1.0, "fact", (), **more)


WAITS = point("waits", "The second writer waits until the first one has released the data.")
LOST = point("lost", "Without it one update overwrites the other. That loses money.")
NEVER = point("never", "It does not protect readers in another process.")
ASK = "What is a mutex good for?"
ANSWER = "The second writer waits until the first has released the data. Then it may write its update as well."


def ground(*points: Point, follow_ups: tuple[FollowUp, ...] = ()) -> Ground:
    question = Question(
        "own-mutex",
        1,
        ASK,
        "Mutex",
        "own",
        "technical",
        "easy",
        "mid",
        (),
        ("x",),
        "x",
        (30, 60),
        points,
        follow_ups,
        "",
    )
    return Ground(question, LEXICON, "1")


def judged(text: str | Transcript, *points: Point) -> Assessment:
    answer = typed(text) if isinstance(text, str) else text
    return assess(ground(*(points or (WAITS, LOST, NEVER))), answer)


def verdicts(found: Assessment) -> dict[str, str]:
    assert found.unscored is None, found.unscored
    return {p.id: p.verdict for p in found.points}


def test_a_point_is_plain_when_nothing_was_written_for_it() -> None:
    assert is_plain(WAITS)
    assert not is_plain(replace(WAITS, claims=(Claim(("writer waits",)),)))
    assert not is_plain(replace(WAITS, said=("It waits.",)))
    assert not is_plain(replace(WAITS, kind="star_a"))


def test_it_is_heard_by_the_words_that_the_question_has_not() -> None:
    folder = folder_of(LEXICON)
    assert key_words(ASK, WAITS.text, folder) == ("data", "first", "releas", "second", "until", "wait", "writer")
    assert key_words(ASK, "A lock is a lock.", folder) == ()
    assert key_words(ASK, "A mutex is good.", folder) == ()
    assert key_words(ASK, "", folder) == ()


def test_what_is_said_is_covered_with_the_words_that_say_it() -> None:
    found = judged(ANSWER)
    assert verdicts(found)["waits"] == "covered"
    waits = found.points[0]
    assert waits.evidence[0].quote == "second writer waits until the first has released the data"
    assert ANSWER[waits.evidence[0].char_start : waits.evidence[0].char_end] == waits.evidence[0].quote
    assert waits.why == "by its words alone" and 0.5 < waits.probability < 1


def test_half_of_what_is_asked_for_is_partly_and_nothing_is_missed() -> None:
    said = "Without it one update overwrites the other, and I have seen that the data was gone afterwards."
    found = verdicts(judged(said))
    assert found == {"waits": "missed", "lost": "partly", "never": "missed"}


def test_the_same_words_with_the_opposite_sign_are_for_a_person_to_look_at() -> None:
    assert (
        verdicts(judged("The second writer never waits until the first one has released the data."))["waits"]
        == "unsure"
    )
    assert (
        verdicts(judged("Well, it does protect readers in another process, that is what one has it for."))["never"]
        == "unsure"
    )
    assert verdicts(judged("Well, it does not protect readers in another process, so beware."))["never"] == "covered"


def test_one_short_sentence_that_says_a_point_is_on_topic() -> None:
    assert verdicts(judged("Without it one update overwrites the other. That loses money."))["lost"] == "covered"


def test_what_was_taken_back_is_not_said() -> None:
    found = verdicts(
        judged(
            "A mutex is about updates and readers. The second writer waits until the first one has released the "
            "data, no wait, scratch that."
        )
    )
    assert found["waits"] != "covered"


def test_a_list_of_its_words_and_an_answer_to_something_else_are_not_scored() -> None:
    words = "second writer, first, released, data, waits, update, overwrites, readers, protect"
    assert set(verdicts(judged(words)).values()) == {"missed"}
    assert judged(f"mutex, {words}, loses, money, process").unscored is not None
    off = judged(
        "You start with olive oil and garlic, and you don't let it go brown, or it gets bitter and you start again."
    )
    assert off.unscored is not None and off.unscored.off_topic


def spoken(text: str, *, basic: bool = False, unclear: str = "", pause_after: str = "") -> Transcript:
    words, at = [], 0.0
    for w in text.split():
        words.append(Word(w, at, at + 0.3, 0.2 if w == unclear else 0.95))
        at += 1.2 if w == pause_after else 0.35
    return Transcript("asr", text, tuple(words), engine="x", duration_s=at, credits_only=basic)


HEARD = "the second writer waits until the first has released the data"


def test_a_negation_in_another_breath_does_not_turn_it() -> None:
    before = "it is not free by the way"
    apart = judged(spoken(f"{before} {HEARD} and goes on", pause_after="way"))
    together = judged(spoken(f"{before} {HEARD} and goes on"))
    assert (verdicts(apart)["waits"], verdicts(together)["waits"]) == ("covered", "unsure")
    for found in (apart, together):
        quote = found.points[0].evidence[0]
        assert quote.quote == "second writer waits until the first has released the data"
        assert quote.start_s is not None


def test_unclear_words_prove_nothing() -> None:
    assert verdicts(judged(spoken(f"{HEARD} and then goes on", unclear="released")))["waits"] == "unsure"


def test_a_basic_recogniser_credits_and_never_blames() -> None:
    found = judged(spoken(f"{HEARD} and then goes on", basic=True))
    assert verdicts(found) == {"waits": "covered", "lost": "unheard", "never": "unheard"} and found.coverage is None


def test_a_point_with_patterns_beside_it_is_still_judged_by_them() -> None:
    by_pattern = replace(LOST, id="pattern", claims=(Claim(("update ... (overwrites|lost)",)),))
    found = judged(f"{ANSWER} If not, the update just overwrites it.", WAITS, by_pattern)
    assert verdicts(found) == {"waits": "covered", "pattern": "covered"}
    assert [p.why == "by its words alone" for p in found.points] == [True, False]


def test_a_follow_up_and_a_retake_are_heard_by_words_as_well() -> None:
    more = FollowUp("more", "What about readers?", ("never",), False, (replace(NEVER, id="own"),), "")
    here = ground(WAITS, LOST, NEVER, follow_ups=(more,))
    parent = assess(here, typed(ANSWER), "a1")
    assert parent.follow_up is not None and parent.follow_up.id == "more"
    said = typed("It does not protect readers in another process at all.")
    own, filled = assess_follow_up(here, more, parent, said, "a2")
    assert [p.verdict for p in own.points] == ["covered"]
    assert {p.id: p.verdict for p in filled.points}["never"] == "covered"
    again = assess_retake(
        here, parent, "lost", typed("Without it one update overwrites the other. That loses money."), "a3"
    )
    assert {p.id: p.verdict for p in again.points}["lost"] == "covered"


def test_it_is_the_same_every_time() -> None:
    assert judged(ANSWER) == judged(ANSWER)


@pytest.mark.parametrize("text", ["", "yes", "the the the the the the"])
def test_nothing_said_is_no_score(text: str) -> None:
    assert judged(text).unscored is not None
