"""What of an answer is situation, task, action and result, and what tells no story."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import LEXICON, question, spoken
from tests.core.stories import ROLE_OF, figures, stories
from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment, Ground, assess, assess_retake
from voiceprep.core.question import Kind, Point, Type
from voiceprep.core.star import ROLES, StarShares, role_spans, star_shares, star_verdicts
from voiceprep.core.transcript import typed
from voiceprep.core.words import tokenise
from voiceprep.report import wording

SITUATION = "Last spring our order service at a food company was timing out every evening."
TASK = "My job was to find out why before the summer."
ACTION = "I added a timer to every call and moved the voucher call out of the transaction."
RESULT = "After that the slowest page came in under one second, and nobody complained any more."
STORY = f"{SITUATION} {TASK} {ACTION} {RESULT}"
TALK = (
    "I am a very good communicator and I always try to listen. I think honesty is important in a team. You should "
    "never blame anybody. I would talk to the person first, because people like it when one is calm. That is my "
    "strength."
)


def shares(text: str) -> StarShares:
    found = star_shares(tokenise(text))
    assert isinstance(found, StarShares), found
    return found


def role(sentence: str) -> str:
    """The role most of a sentence gets between the others of a whole story: second of four."""
    before = f"{SITUATION} {ACTION} "
    spans = role_spans(tokenise(f"{before}{sentence} {ACTION} {RESULT}"))
    at = len(before) + len(sentence) // 2
    return next(s.role for s in spans if s.char_start <= at < s.char_end)


def star_point(kind: Kind, core: bool = True) -> Point:
    return Point(kind.replace("_", "-"), f"The {kind} of it.", f"Say the {kind}.", core, 1.0, kind, ())


POINTS = tuple(star_point(kind) for kind in ("star_s", "star_t", "star_a", "star_r"))


def ground(type_: Type = "behavioral") -> Ground:
    asked = question("hard-problem", "Tell me about a hard problem that you solved.", POINTS)
    return Ground(replace(asked, type=type_), LEXICON, "1")


def statuses(a: Assessment) -> list[str]:
    return [p.verdict for p in a.points]


# How right it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["typed", "heard"])
@pytest.mark.parametrize(("half", "floor"), [("dev", 0.95), ("check", 0.90)])
def test_sentences_get_the_role_a_listener_gives_them(half: str, floor: float, how: str) -> None:
    got = figures(half, how)
    print(f"\n{half} {how}: sentences {got.sentences:.3f}, words {got.words:.3f}, story or not {got.stories:.3f}")
    assert got.sentences >= floor and got.words >= floor and got.stories == 1.0


def test_the_two_halves_are_of_one_kind_and_share_nothing() -> None:
    dev, check = stories("dev"), stories("check")
    assert len(dev) + len(check) >= 40 and len(dev) == len(check)
    assert not {s.text for s in dev} & {s.text for s in check}
    for half in (dev, check):
        assert {r for s in half for r, _ in s.lines} == set(ROLE_OF.values())
        assert all(s.told == any(r == "action" for r, _ in s.lines) for s in half)


# What counts -------------------------------------------------------------------------------------------------------


def test_a_whole_story_has_its_four_parts_in_order() -> None:
    found = shares(STORY)
    assert [s.role for s in found.spans] == ["situation", "task", "action", "result"]
    assert [STORY[s.char_start : s.char_end] + "." for s in found.spans] == [SITUATION, TASK, ACTION, RESULT]
    assert found.story and found.none == 0


def test_what_one_is_thinks_and_would_do_is_no_story() -> None:
    found = shares(TALK)
    assert (found.none, found.story) == (1.0, False)


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("I rewrote the nightly import in three evenings.", "action"),
        ("Then I put a limit on the cache.", "action"),
        ("And then wrote a short page about it.", "action"),
        ("I have asked two colleagues in the other office.", "action"),
        ("I always try to write tests for everything.", "none"),
        ("I would write more tests for such a thing.", "none"),
        ("You should write tests for such a thing.", "none"),
        ("I am a careful person and I care about quality.", "none"),
        ("The solution was to solve the problem.", "none"),
        ("I solved it by solving one thing after the other.", "none"),
        ("I stay focused and calm.", "none"),
        ("I had to convince the finance department as well.", "task"),
        ("What I learned from it is to ask earlier.", "result"),
    ],
)
def test_a_sentence_inside_a_story(sentence: str, wanted: str) -> None:
    assert role(sentence) == wanted


def test_we_alone_is_weaker_than_i() -> None:
    """An answer that says only "we" may have done it: please check, not covered."""
    (mine,) = star_verdicts([POINTS[2]], tokenise(STORY))
    (ours,) = star_verdicts([POINTS[2]], tokenise(STORY.replace("I added", "We added")))
    assert (mine.status, ours.status) == ("covered", "unsure")


def test_a_passive_is_not_something_the_speaker_did() -> None:
    passive = f"{SITUATION} A timer was added to every call and the voucher call was moved out. {RESULT}"
    (found,) = star_verdicts([POINTS[2]], tokenise(passive))
    assert found.status == "missed"


def test_what_the_speaker_takes_back_is_not_counted() -> None:
    found = shares(f"{SITUATION} {TASK} {ACTION} {RESULT} I am a perfectionist, no wait, scratch that. {ACTION}")
    assert found.none == 0


# What isn't measured, and what isn't held against anyone -----------------------------------------------------------


def test_a_short_answer_has_no_shares() -> None:
    assert star_shares(tokenise(f"{SITUATION} {ACTION}")) == Unmeasured("under 40 clear words")


def test_without_punctuation_and_pauses_there_are_no_shares() -> None:
    bare = STORY.replace(".", "").replace(",", "")
    assert star_shares(tokenise(bare)) == Unmeasured("there is neither punctuation nor a pause to tell sentences by")


def test_unclear_words_are_not_held_against_anyone() -> None:
    """A clause nobody could hear is in no share, and what it may have said isn't missed."""
    lost = "I am a perfectionist in everything."
    text = f"{STORY} {lost}"
    blurred = frozenset(range(len(STORY) + 1, len(text)))
    heard_clearly, unclear = star_shares(tokenise(text)), star_shares(tokenise(text, unclear=blurred))
    assert isinstance(heard_clearly, StarShares) and isinstance(unclear, StarShares)
    assert heard_clearly.none > 0 and unclear.none == 0
    without_action = f"{SITUATION} {TASK} {RESULT} {lost}"
    blurred = frozenset(range(len(without_action) - len(lost), len(without_action)))
    (missing,) = star_verdicts([POINTS[2]], tokenise(without_action))
    (unheard,) = star_verdicts([POINTS[2]], tokenise(without_action, unclear=blurred))
    assert (missing.status, unheard.status) == ("missed", "unheard")


def test_unclear_evidence_is_to_check() -> None:
    at = STORY.index(ACTION)
    blurred = frozenset(range(at, at + len(ACTION)))
    (found,) = star_verdicts([POINTS[2]], tokenise(STORY, unclear=blurred))
    assert found.status == "unsure"


TEXT = st.text(st.sampled_from("Iwe was had did ed ing . , but so I'd we've 12 -?!\n“”é"), max_size=400)
SAID = st.lists(
    st.sampled_from([SITUATION, TASK, ACTION, RESULT, *TALK.split(". "), "I'd", "no wait", "…", "so, and", "I we"]),
    max_size=12,
).map(" ".join)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(TEXT | SAID)
def test_of_any_text_shares_sum_to_one_and_spans_lie_in_it_in_order(text: str) -> None:
    tokens = tokenise(text)
    found = star_shares(tokens)
    assert found == star_shares(tokenise(text)), "the same text gives the same"
    spans = role_spans(tokens)
    assert all(0 <= s.char_start < s.char_end <= len(text) for s in spans)
    assert all(a.char_end <= b.char_start for a, b in itertools.pairwise(spans))
    if isinstance(found, StarShares):
        assert found.spans == spans
        assert sum(found.share(r) for r in ROLES) == pytest.approx(1)
        assert all(0 <= found.share(r) <= 1 for r in ROLES)
        assert sum(wording.tenths(found).values()) == 10


# In the feedback ---------------------------------------------------------------------------------------------------


def test_star_points_are_covered_by_what_is_told_with_its_words_as_evidence() -> None:
    a = assess(ground(), typed(STORY), "a001")
    assert statuses(a) == ["covered"] * 4
    assert [p.evidence[0].quote + "." for p in a.points] == [SITUATION, TASK, ACTION, RESULT]
    assert isinstance(a.star, StarShares) and a.star.story


def test_what_is_not_told_is_missed_and_self_praise_is_off_topic() -> None:
    a = assess(ground(), typed(f"{SITUATION} {ACTION} {ACTION}"), "a001")
    assert statuses(a) == ["covered", "missed", "covered", "missed"]
    assert a.next_step == "Add one sentence: Say the star_t."
    praise = assess(ground(), typed(TALK), "a001")
    assert praise.unscored is not None and praise.star is None


def test_a_basic_recogniser_credits_and_never_blames() -> None:
    a = assess(ground(), spoken(f"{SITUATION} {ACTION} {ACTION}", basic=True), "a001")
    assert statuses(a) == ["covered", "unheard", "covered", "unheard"]
    assert isinstance(a.star, Unmeasured)


def test_one_sentence_said_again_fills_its_point() -> None:
    first = assess(ground(), typed(f"{SITUATION} {TASK} {ACTION}"), "a001")
    assert statuses(first)[3] == "missed"
    again = assess_retake(ground(), first, "star-r", typed("In the end it took one second instead of eleven."), "a002")
    assert statuses(again) == ["covered"] * 4 and again.star == first.star


def test_only_told_questions_have_shares() -> None:
    would = "I would revert the change first. " + TALK
    assert assess(ground("technical"), typed(STORY), "a001").star is None
    assert isinstance(assess(ground("situational"), typed(STORY), "a001").star, StarShares)
    assert assess(ground("situational"), typed(f"{SITUATION} {would}"), "a001").star is None, "what was asked for"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (STORY, "situation 2"),
        (f"{SITUATION} {SITUATION} {SITUATION} {TASK} {ACTION} {RESULT}", "tell more of what you did"),
        (f"{SITUATION} {TASK} {ACTION} {ACTION}", "Say how it ended"),
        (f"{SITUATION} {TASK} {ACTION} {RESULT}".replace("I added", "We added"), "Say what you did yourself"),
        (f"{SITUATION} {TASK} {TALK}", "none told yet"),
    ],
)
def test_the_line_gives_shares_in_words_and_at_most_one_hint(text: str, said: str) -> None:
    a = assess(ground(), typed(text), "a001")
    line = wording.star_line(a)
    assert line.startswith("STORY  ") and said in line and "%" not in line
    hints = ("tell more", "Tell more", "Say how", "Say what you did", "Begin with", "none told")
    assert sum(line.count(h) for h in hints) <= 1


def test_what_is_denied_as_a_whole_tells_nothing() -> None:
    told = "I added detailed logging first, and I rewrote the query. The page went from twelve seconds to one second."
    denied = "It's not true that I added detailed logging first. Nobody should think that I rewrote the query."
    assert {span.role for span in role_spans(tokenise(told)) if span.sure} >= {"action", "result"}
    assert not any(span.role == "action" for span in role_spans(tokenise(denied)))
