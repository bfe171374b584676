"""What a candidate is told: scores and their absence, quotes, the earned follow-up, and what it fills in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import (
    COMPARE,
    FIXED,
    GROUND,
    ON_FIXED,
    ON_PICKS,
    ON_SINGLE,
    ON_VERSIONS,
    PICKS,
    SINGLE,
    STEPS_GROUND,
    VERSIONS,
    WHOLE,
    of,
    scored,
    spoken,
    verdicts,
)
from tests.core.test_matching import SENTENCES, answers
from voiceprep.core.feedback import (
    Assessment,
    PointFeedback,
    Retake,
    Unscored,
    assess,
    assess_follow_up,
    assess_retake,
    choose_follow_up,
    no_time_left,
    once_more,
)
from voiceprep.core.transcript import Transcript, typed

COOKING = (
    "You start with olive oil and garlic on a low flame, and you don't let the garlic go brown, or it gets bitter."
)
ROOM = " So, for a start, let me think about how I would put that." * 5
"""Words that say nothing: an answer of fewer than 70 leaves things out because it's short, and that is no pitfall."""
SHUFFLED = (
    "the of is and a in the to is of the can will the a of in and the is to the of a can the in of should the a of "
    "with REST GraphQL client fields endpoint"
)

# Unscored ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(typed(""), "no answer", id="empty"),
        pytest.param(typed(" ... \n"), "no answer", id="no words"),
        pytest.param(spoken(""), "no words were heard", id="silence"),
        pytest.param(typed("GraphQL, of course not."), "only 4 words", id="too short"),
        pytest.param(typed(COOKING), "off topic: nothing in it speaks of this question", id="off topic"),
        pytest.param(spoken(COOKING), "off topic: nothing in it speaks of this question", id="off topic, spoken"),
        pytest.param(spoken(WHOLE, probability=0.2), "unclear: 0 of about 31 words were heard clearly", id="unclear"),
        pytest.param(typed(SHUFFLED), "the words don't form sentences", id="no sentences"),
    ],
)
def test_an_answer_that_cannot_be_judged_says_why_and_has_no_score(answer: Transcript, reason: str) -> None:
    assessment = scored(answer)
    assert assessment.unscored == Unscored(reason)
    assert assessment.coverage is None
    assert set(verdicts(assessment).values()) == {"unheard"}
    assert (assessment.pitfalls, assessment.follow_up) == ((), None)
    assert not any(p.evidence for p in assessment.points)
    assert assessment.text == answer.text, "nothing that was said is lost"
    assert assessment.next_step.startswith("Answer it again")


def test_no_transcript_is_unscored_with_the_reason_given() -> None:
    assessment = assess(GROUND, None, "a001", reason="the microphone was unplugged")
    assert assessment.unscored == Unscored("the microphone was unplugged")
    assert (assessment.coverage, assessment.text, assessment.take_id) == (None, "", "a001")
    assert assess(GROUND, None).unscored == Unscored("no answer")


def test_a_few_unclear_words_do_not_make_an_answer_unclear() -> None:
    assert scored(spoken(WHOLE, unclear={"the", "In", "a"})).unscored is None


# Coverage ---------------------------------------------------------------------------------------------------------

AGAINST_FIXED = "In REST no endpoint returns a fixed shape."
AGAINST_SINGLE = "GraphQL has multiple endpoints for everything."
AGAINST_PICKS = "In GraphQL the fields are fixed."


@pytest.mark.parametrize(
    ("sentences", "coverage"),
    [
        # weights: PICKS 2, FIXED 1, SINGLE 1, VERSIONS 0.5
        ((ON_PICKS, ON_FIXED, ON_SINGLE, ON_VERSIONS), 1.0),
        ((ON_PICKS,), 2 / 4.5),
        ((ON_FIXED, ON_VERSIONS), 1.5 / 4.5),
        ((AGAINST_PICKS, ON_FIXED, ON_SINGLE), 2 / 4.5),
        ((AGAINST_FIXED, ON_PICKS), 2 / 4.5),  # as many against as covered: no cap
        ((AGAINST_FIXED, AGAINST_SINGLE, ON_PICKS), 0.3),  # more against than covered
        ((AGAINST_FIXED, AGAINST_PICKS, ON_VERSIONS), 0.5 / 4.5),  # the cap lifts nobody
        ((AGAINST_PICKS,), 0.0),
    ],
)
def test_coverage_is_the_weighted_share_of_what_was_judged(sentences: tuple[str, ...], coverage: float) -> None:
    assert scored(" ".join(sentences)).coverage == pytest.approx(coverage, abs=1e-4)


def test_partly_counts_half() -> None:
    assert scored("I would look at the logs of that slow endpoint.", STEPS_GROUND).coverage == 0.25


def test_what_is_unsure_leaves_the_denominator_and_nothing_judged_is_no_coverage() -> None:
    text = "I look at the logs, measure the latency, and then I add an index to it."
    some = scored(spoken(text, unclear={"index"}), STEPS_GROUND)
    assert (verdicts(some), some.coverage) == ({"look": "covered", "fix": "unsure"}, 1.0)
    none = scored(spoken(text, unclear={"index", "logs", "latency"}), STEPS_GROUND)
    assert (none.unscored, set(verdicts(none).values()), none.coverage) == (None, {"unsure"}, None)


def test_heard_counts_core_and_extra_apart() -> None:
    assessment = scored(" ".join((ON_PICKS, ON_FIXED, ON_VERSIONS)))
    assert (assessment.heard(core=True), assessment.heard(core=False)) == ((2, 3), (1, 1))


# Quotes -----------------------------------------------------------------------------------------------------------


def quotes(assessment: Assessment) -> list:
    return [e for item in (*assessment.points, *assessment.pitfalls) for e in item.evidence]


@given(answers, st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_quote_of_a_spoken_answer_is_its_words_and_has_their_times(text: str, basic: bool) -> None:
    answer = spoken(text, basic=basic)
    for e in quotes(scored(answer)):
        assert e.quote == answer.text[e.char_start : e.char_end] != ""
        inside = [w for w in answer.timed() if e.char_start <= w.char_start and w.char_end <= e.char_end]
        assert " ".join(w.word.text for w in inside) == e.quote, "whole words only"
        assert (e.start_s, e.end_s) == (inside[0].word.start_s, inside[-1].word.end_s)
        assert e.take_id == "a001"


@given(
    st.lists(
        st.sampled_from([*SENTENCES, "\u201cGraphQL\u201d doesn\u2019t, um \u2014 it\u2019s caf\u00e9!", "\n\t(oh)"])
    )
)
@settings(max_examples=60, deadline=None)
def test_every_quote_of_a_typed_answer_is_its_text_and_has_no_times(sentences: list[str]) -> None:
    text = "  ".join(sentences)
    for e in quotes(scored(text)):
        assert e.quote == text[e.char_start : e.char_end] != ""
        assert (e.start_s, e.end_s) == (None, None)


def test_covered_and_contradicted_points_are_proved() -> None:
    assessment = scored(" ".join((AGAINST_PICKS, ON_FIXED)))
    for p in assessment.points:
        assert bool(p.evidence) == (p.verdict in ("covered", "contradicted")), p.id


# Pitfalls and the rest --------------------------------------------------------------------------------------------


def test_pitfalls_are_what_was_said_or_left_out() -> None:
    hype = "GraphQL is always faster, I think, for the client."
    (said, omitted) = scored(f"{ON_PICKS} {ON_SINGLE} {hype}{ROOM}").pitfalls
    assert (said.id, [e.quote for e in said.evidence]) == ("hype", ["GraphQL is always faster"])
    assert (omitted.id, omitted.evidence) == ("one-sided", ())
    assert scored(WHOLE + ROOM).pitfalls == ()


def test_an_omission_is_a_pitfall_only_where_there_was_room_and_more_was_right_than_wrong() -> None:
    assert [p.id for p in scored(f"{ON_PICKS} {ON_SINGLE}{ROOM}").pitfalls] == ["one-sided"]
    assert scored(f"{ON_PICKS} {ON_SINGLE}").pitfalls == (), "too short to leave something out"
    assert scored(f"{AGAINST_PICKS} {ON_SINGLE}{ROOM}").pitfalls == (), "as much wrong as right: that comes first"
    assert scored(f"{ON_PICKS} {ON_SINGLE}{ROOM} {AGAINST_FIXED}").pitfalls == (), "wrong isn't left out"


def test_terms_that_the_question_does_not_own_are_also_said() -> None:
    assert scored(ON_FIXED + " We put Kafka behind our load balancers, and Kafka was fine.").also_said == (
        "Kafka",
        "load balancer",
    )
    assert scored(WHOLE).also_said == ()


@pytest.mark.parametrize(
    ("sentences", "step"),
    [
        ((AGAINST_PICKS, ON_FIXED), "Put this right: In GraphQL the client names the fields."),
        ((ON_FIXED, ON_SINGLE), "Add one sentence: In GraphQL the client picks the fields."),
        ((ON_PICKS, ON_FIXED, ON_SINGLE), "Add one sentence: A GraphQL schema evolves without versions."),
        ((WHOLE,), "Go deeper: How would you protect a GraphQL endpoint?"),
    ],
)
def test_one_next_step(sentences: tuple[str, ...], step: str) -> None:
    assert scored(" ".join(sentences)).next_step == step


# The follow-up it earned ------------------------------------------------------------------------------------------


def standing(**changed: str) -> list[PointFeedback]:
    """All points covered, but those `changed`."""
    by_name = {"picks": PICKS, "fixed": FIXED, "single": SINGLE, "versions": VERSIONS}
    status = {by_name[name]: verdict for name, verdict in changed.items()}
    return [replace(p, verdict=status.get(p.id, "covered")) for p in scored(WHOLE).points]


@pytest.mark.parametrize(
    ("changed", "asked", "chosen"),
    [
        pytest.param({}, set(), "deeper", id="nothing missing: deeper"),
        pytest.param({"picks": "missed", "fixed": "missed"}, set(), "ask-fields", id="the heaviest gap"),
        pytest.param({"picks": "missed", "fixed": "contradicted"}, set(), "ask-fixed", id="a contradiction first"),
        pytest.param({"picks": "partly", "fixed": "missed"}, set(), "ask-fixed", id="missed before partly"),
        pytest.param({"picks": "partly"}, set(), "ask-fields", id="partly is a gap"),
        pytest.param({"picks": "unheard"}, set(), "deeper", id="what wasn't heard isn't surely lacking"),
        pytest.param(
            {"picks": "unheard", "single": "unsure", "fixed": "missed"}, set(), "ask-fixed", id="the heaviest sure gap"
        ),
        pytest.param({"picks": "unheard"}, {"deeper"}, "ask-fields", id="at last what may have been misheard"),
        pytest.param({"picks": "unsure"}, {"deeper"}, None, id="and never what is to be checked"),
        pytest.param({"single": "missed"}, set(), "deeper", id="nothing asks for it: deeper"),
        pytest.param(
            {"picks": "partly", "fixed": "contradicted", "versions": "contradicted"},
            {"ask-fixed"},
            "ask-versions",
            id="an extra contradiction before a core gap",
        ),
        pytest.param({"picks": "unsure", "fixed": "unsure"}, set(), "deeper", id="what may be a mishearing, never"),
        pytest.param({"versions": "missed"}, set(), "deeper", id="deeper before an extra gap"),
        pytest.param({"versions": "missed"}, {"deeper"}, "ask-versions", id="then the extra gap"),
        pytest.param({"versions": "contradicted"}, set(), "ask-versions", id="an extra contradiction too"),
        pytest.param({"picks": "missed", "fixed": "missed"}, {"ask-fields"}, "ask-fixed", id="none twice"),
        pytest.param({}, {"deeper"}, None, id="nothing left to ask"),
    ],
)
def test_the_follow_up_it_earned(changed: dict[str, str], asked: set[str | None], chosen: str | None) -> None:
    points = standing(**changed)
    for order in (points, points[::-1]):
        choice = choose_follow_up(COMPARE, order, asked)
        assert (choice.id if choice else None) == chosen


@pytest.mark.parametrize(
    ("changed", "asked", "why"),
    [
        ({}, set(), "every core point was heard, so this goes deeper"),
        ({"versions": "missed"}, set(), "every core point was heard, so this goes deeper"),
        ({"single": "missed"}, set(), "no follow-up left asks for what wasn't heard, so this goes deeper"),
        ({"picks": "unsure"}, set(), "I may have misheard what is still open, so I don't ask for it again: this goes "
         "deeper"),
        ({"picks": "unheard"}, set(), "I may have misheard what is still open, so I don't ask for it again: this goes "
         "deeper"),
        ({"picks": "unheard"}, {"deeper"}, "not heard, though I may have misheard you: In GraphQL the client picks the "
         "fields"),
        ({"picks": "partly"}, set(), "heard in part: In GraphQL the client picks the fields"),
    ],
)  # fmt: skip
def test_the_reason_is_no_more_than_what_is_known(changed: dict[str, str], asked: set[str | None], why: str) -> None:
    assert choose_follow_up(COMPARE, standing(**changed), asked).why == why


def test_half_a_point_from_a_recogniser_that_may_not_blame_is_no_sure_gap() -> None:
    points = standing(picks="partly")
    assert choose_follow_up(COMPARE, points, set()).id == "ask-fields"
    assert choose_follow_up(COMPARE, points, set(), blames=False).id == "deeper"
    half = "I would look at the logs of that slow endpoint."
    steps = replace(STEPS_GROUND, question=replace(STEPS_GROUND.question, follow_ups=(
        replace(COMPARE.follow_up("ask-fixed"), probes=("look",)), COMPARE.follow_up("deeper"),
    )))  # fmt: skip
    assert of(scored(half, steps), "look").verdict == of(scored(spoken(half, basic=True), steps), "look").verdict
    assert scored(half, steps).follow_up.id == "ask-fixed"
    assert scored(spoken(half, basic=True), steps).follow_up.id == "deeper"


def test_going_deeper_keeps_away_from_what_may_have_been_misheard() -> None:
    on_picks = replace(COMPARE.follow_up("deeper"), id="deeper-on-picks", probes=(PICKS,))
    two = replace(COMPARE, follow_ups=(on_picks, *COMPARE.follow_ups))
    assert choose_follow_up(two, standing(), set()).id == "deeper-on-picks"
    assert choose_follow_up(two, standing(picks="unsure"), set()).id == "deeper"
    assert choose_follow_up(two, standing(picks="unsure"), {"deeper"}).id == "deeper-on-picks"


def test_among_equals_the_earlier_point_and_the_earlier_follow_up_decide() -> None:
    both = replace(COMPARE.follow_up("ask-fixed"), id="ask-both", probes=(SINGLE, FIXED))
    two = replace(COMPARE, follow_ups=(*COMPARE.follow_ups, both))
    points = standing(fixed="missed", single="missed")
    for order in (points, points[::-1]):
        assert choose_follow_up(two, order, set()).id == "ask-fixed"
        assert choose_follow_up(two, order, {"ask-fixed"}).why.endswith("In REST each endpoint returns a fixed shape")


STATUS = ("covered", "partly", "missed", "contradicted", "unsure", "unheard")


@given(
    st.tuples(*[st.sampled_from(STATUS)] * 4),
    st.sets(st.sampled_from([f.id for f in COMPARE.follow_ups])),
    st.booleans(),
    st.permutations(range(4)),
)
def test_whatever_was_heard_the_choice_keeps_to_its_order(
    found: tuple[str, ...], asked: set[str | None], blames: bool, order: list[int]
) -> None:
    names = ("picks", "fixed", "single", "versions")
    points = standing(**dict(zip(names, found, strict=True)))
    choice = choose_follow_up(COMPARE, points, asked, blames=blames)
    assert choose_follow_up(COMPARE, [points[n] for n in order], asked, blames=blames) == choice
    left = [f for f in COMPARE.follow_ups if f.id not in asked]

    def askable(*wanted: str, core: bool = False) -> set[str]:
        chosen = {p.id for p in points if p.verdict in wanted and (p.core or not core)}
        return {f.id for f in left if chosen & set(f.probes)}

    deeper = {f.id for f in left if f.deepens}
    stages = [askable("contradicted"), askable("missed", core=True), askable("partly", core=True) if blames else set()]
    first = next((s for s in (*stages, deeper, askable("missed"), askable("unheard")) if s), set())
    assert (choice.id in first) if first else choice is None
    if choice is not None:
        heaviest = {p.id: p for p in points}
        assert choice.id not in asked
        assert choice.id in deeper or not any(heaviest[p].verdict in ("covered", "unsure") for p in choice.probes)


def test_a_whole_answer_again_is_not_asked_what_the_first_was() -> None:
    assert scored(ON_PICKS).follow_up.id == "ask-fixed"
    again = assess(GROUND, typed(ON_PICKS), "a003", asked=["ask-fixed"])
    assert again.follow_up.id == "deeper"
    _, after = assess_follow_up(
        GROUND, COMPARE.follow_up("deeper"), again, typed("I limit the depth of a query."), "a004", asked=["ask-fixed"]
    )
    assert after.follow_up.id == "ask-versions"


def test_a_follow_up_says_why() -> None:
    missed = choose_follow_up(COMPARE, standing(fixed="missed"), set())
    assert (missed.text, missed.probes) == ("What does a REST endpoint return?", (FIXED,))
    assert missed.why == "not heard yet: In REST each endpoint returns a fixed shape"
    against = choose_follow_up(COMPARE, standing(fixed="contradicted"), set())
    assert against.why == "you said something that goes against it: In REST each endpoint returns a fixed shape"


# What its answer does ---------------------------------------------------------------------------------------------


def followed(parent: Assessment, follow_up: str, text: str | Transcript) -> tuple[Assessment, Assessment]:
    answer = typed(text) if isinstance(text, str) else text
    return assess_follow_up(GROUND, COMPARE.follow_up(follow_up), parent, answer, "a002")


def test_a_follow_ups_answer_has_its_own_points_and_fills_the_parents() -> None:
    before = scored(f"{ON_PICKS} {ON_SINGLE}{ROOM}")
    assert (before.follow_up.id, [p.id for p in before.pitfalls]) == ("ask-fixed", ["one-sided"])
    own, after = followed(before, "ask-fixed", ON_FIXED)
    assert (own.follow_up_id, own.ask, own.take_id) == ("ask-fixed", "What does a REST endpoint return?", "a002")
    assert (verdicts(own), own.coverage, own.follow_up) == ({"shape": "covered"}, 1.0, None)
    assert of(after, FIXED).verdict == "covered"
    assert [e.take_id for e in of(after, FIXED).evidence] == ["a002"], "the proof lies in the other take"
    assert after.coverage == pytest.approx(4 / 4.5, abs=1e-4)
    assert after.pitfalls == (), "what was left out has been made good"
    assert after.follow_ups_asked == (own,)
    assert after.follow_up.id == "deeper"
    untouched = [p for p in after.points if p.id != FIXED]
    assert untouched == [p for p in before.points if p.id != FIXED]


@pytest.mark.parametrize(
    "answer",
    ["", COOKING, "REST and GraphQL, fields.", spoken(WHOLE, probability=0.1)],
    ids=["empty", "off topic", "short", "unclear"],
)
def test_a_follow_up_without_an_answer_leaves_the_parent_as_it_was(answer: str | Transcript) -> None:
    before = scored(ON_PICKS)
    own, after = followed(before, "ask-fixed", answer)
    assert own.unscored is not None
    assert (after.points, after.coverage, after.pitfalls) == (before.points, before.coverage, before.pitfalls)
    assert after.follow_up is not None
    assert after.follow_up.id != "ask-fixed", "it isn't asked again"


def test_a_follow_ups_answer_that_puts_a_point_right_lifts_the_contradiction_and_keeps_it_in_view() -> None:
    before = scored(" ".join((AGAINST_PICKS, ON_FIXED)))
    assert (before.follow_up.id, of(before, PICKS).verdict) == ("ask-fields", "contradicted")
    own, after = followed(before, "ask-fields", "Sorry: in GraphQL the client picks the fields that it wants.")
    assert own.unscored is None
    point = of(after, PICKS)
    assert (point.verdict, point.correction) == ("covered", "")
    assert [(e.take_id, e.quote) for e in point.evidence] == [
        ("a002", "in GraphQL the client picks the fields that it wants")
    ]
    assert [(e.take_id, e.quote) for e in point.put_right] == [("a001", "In GraphQL the fields are fixed")]
    assert after.coverage > before.coverage
    assert not after.next_step.startswith("Put this right")


@pytest.mark.parametrize(
    "text", [AGAINST_PICKS, "In GraphQL there are fields, and that is all that I know about them.", ON_SINGLE]
)
def test_a_follow_ups_answer_that_does_not_cover_the_point_lifts_nothing(text: str) -> None:
    before = scored(" ".join((AGAINST_PICKS, ON_FIXED)))
    _, after = followed(before, "ask-fields", text)
    assert of(after, PICKS) == of(before, PICKS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Well, it is always the same shape, whoever asks and whatever they need.", id="one word of it"),
        pytest.param("I think you would just pick the ones that you want, on the client I mean.", id="of its question"),
        pytest.param("I'd evolve it slowly, so that nobody has to change anything on their side.", id="of another"),
    ],
)  # fmt: skip
def test_a_short_answer_to_a_follow_up_is_not_off_topic_for_lack_of_words(text: str) -> None:
    own, _ = followed(scored(ON_PICKS), "ask-fixed", text)
    assert own.unscored is None
    assert scored(text).unscored == Unscored("off topic: nothing in it speaks of this question"), "as a whole answer"


def test_a_follow_up_never_answered_says_why() -> None:
    follow_up = COMPARE.follow_up("deeper")
    own, after = assess_follow_up(GROUND, follow_up, scored(WHOLE), None, "a002", reason="no answer")
    assert own.unscored == Unscored("no answer")
    assert after.points == scored(WHOLE).points


RANK = {"contradicted": 0, "missed": 0, "unheard": 0, "unsure": 1, "partly": 2, "covered": 3}


@given(answers, answers, st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_follow_ups_answer_never_takes_away(first: str, second: str, basic: bool, basic_second: bool) -> None:
    before = scored(spoken(first, basic=basic))
    own, after = followed(before, "ask-fixed", spoken(second, basic=basic_second))
    for old, new in zip(before.points, after.points, strict=True):
        assert new == old or RANK[new.verdict] > max(RANK[old.verdict], RANK["unsure"])
        if old.verdict == "contradicted" and new != old:
            assert new.verdict == "covered", "half an answer doesn't excuse"
            assert new.put_right == old.evidence and {e.take_id for e in new.evidence} == {"a002"}
        else:
            assert new.put_right == ()
    if before.coverage is None:
        assert after.coverage is None
    else:
        assert after.coverage >= before.coverage - 1e-9 or any(p.verdict == "unsure" for p in before.points)
    assert after.unscored == before.unscored
    if before.unscored:
        assert after.follow_up is None
    assert {p.id for p in after.pitfalls} <= {p.id for p in before.pitfalls}
    assert own.follow_up is None


# Asked once more, or not at all --------------------------------------------------------------------------------------


def test_the_first_of_two_answers_is_kept_in_the_second() -> None:
    first, second = scored(COOKING), scored(WHOLE)
    assert first.unscored.off_topic
    assert once_more(first, second) == replace(second, first_take=first)


def test_two_answers_off_topic_are_let_go_kindly() -> None:
    first, second = scored(COOKING), scored(COOKING)
    both = once_more(first, second)
    assert (both.first_take, both.unscored) == (first, second.unscored)
    assert both.next_step.startswith("Leave this one for now")
    nothing = once_more(first, scored(""))
    assert nothing.next_step == scored("").next_step, "silence keeps its own way"


@pytest.mark.parametrize(
    ("answer", "off_topic"),
    [(COOKING, True), ("", False), ("GraphQL, of course not.", False), (SHUFFLED, False), (spoken(""), False),
     (spoken(WHOLE, probability=0.2), False)],
    ids=["off topic", "empty", "too short", "no sentences", "silence", "unclear"],
)  # fmt: skip
def test_only_an_answer_to_something_else_is_off_topic(answer: str | Transcript, off_topic: bool) -> None:
    assert scored(answer).unscored.off_topic is off_topic


def test_without_time_the_answer_says_what_to_prepare() -> None:
    earned = no_time_left(scored(ON_PICKS))
    assert earned.not_asked == (
        "There's no time left for a follow-up: the one to prepare is \u201cWhat does a REST endpoint return?\u201d"
    )
    assert earned.follow_up == scored(ON_PICKS).follow_up
    assert no_time_left(scored(COOKING)).not_asked.startswith("There's no time left to ask it again")
    _, asked_after_all = assess_follow_up(GROUND, COMPARE.follow_up("ask-fixed"), earned, typed(ON_FIXED), "a002")
    assert asked_after_all.not_asked == ""


# One sentence said again ------------------------------------------------------------------------------------------


def added(parent: Assessment, point_id: str, text: str | Transcript) -> Assessment:
    answer = typed(text) if isinstance(text, str) else text
    return assess_retake(GROUND, parent, point_id, answer, "a009")


def test_one_sentence_fills_the_point_it_was_said_for() -> None:
    before = scored(f"{ON_PICKS} {ON_SINGLE}{ROOM}")
    assert [p.id for p in before.pitfalls] == ["one-sided"]
    after = added(before, FIXED, ON_FIXED)
    assert of(after, FIXED).verdict == "covered"
    assert [(e.take_id, e.quote) for e in of(after, FIXED).evidence] != []
    assert {e.take_id for e in of(after, FIXED).evidence} == {"a009"}, "the proof lies in the other take"
    assert after.coverage == pytest.approx(4 / 4.5, abs=1e-4)
    assert after.retakes == (Retake(FIXED, "a009", ON_FIXED, "covered"),)
    assert after.pitfalls == (), "what was left out has been made good"
    assert after.next_step == "Add one sentence: A GraphQL schema evolves without versions."
    assert [p for p in after.points if p.id != FIXED] == [p for p in before.points if p.id != FIXED]
    assert (after.text, after.take_id, after.follow_ups_asked) == (before.text, before.take_id, ())


def test_only_that_point_is_looked_for() -> None:
    before = scored(ON_PICKS)
    after = added(before, FIXED, WHOLE)
    assert {p.id: p.verdict for p in after.points} == {**verdicts(before), FIXED: "covered"}


@pytest.mark.parametrize("text", ["It is about the shape of things.", AGAINST_FIXED, "Yes."])
def test_a_sentence_that_says_nothing_of_the_point_takes_nothing_away(text: str) -> None:
    for before in (scored(" ".join((ON_PICKS, ON_FIXED))), scored(ON_PICKS)):
        after = added(before, FIXED, text)
        assert (after.points, after.coverage, after.pitfalls) == (before.points, before.coverage, before.pitfalls)
        (retake,) = after.retakes
        assert (retake.text, retake.unscored) == (text, None)
        assert retake.verdict in ("missed", "contradicted", "partly"), "what was heard in it is said all the same"


def test_a_sentence_put_right_takes_back_what_went_against_the_point() -> None:
    before = scored(" ".join((AGAINST_PICKS, ON_FIXED)))
    assert of(before, PICKS).verdict == "contradicted"
    right = added(before, PICKS, ON_PICKS)
    assert of(right, PICKS).verdict == "covered"
    assert of(right, PICKS).put_right == of(before, PICKS).evidence != ()
    assert right.coverage > before.coverage
    still = added(before, PICKS, AGAINST_PICKS)
    assert of(still, PICKS) == of(before, PICKS)


@pytest.mark.parametrize(
    ("transcript", "reason"),
    [
        (None, "not recognised: it hung"),
        (spoken(""), "no words were heard"),
        (typed(""), "no words were heard"),
    ],
    ids=["not recognised", "silence", "nothing typed"],
)
def test_a_sentence_that_was_not_heard_is_unscored_and_changes_nothing(
    transcript: Transcript | None, reason: str
) -> None:
    before = scored(ON_PICKS)
    after = assess_retake(GROUND, before, FIXED, transcript, "a009", "not recognised: it hung")
    assert after == replace(before, retakes=(Retake(FIXED, "a009", "", "unheard", Unscored(reason)),))


def test_what_a_basic_recogniser_does_not_hear_is_no_blame_and_gets_no_coverage() -> None:
    before = scored(spoken(ON_PICKS, basic=True))
    assert before.coverage is None
    nothing = added(before, FIXED, spoken("It is about the shape of things.", basic=True))
    assert nothing.retakes[0].verdict == "unheard"
    heard = added(before, FIXED, spoken(ON_FIXED, basic=True))
    assert of(heard, FIXED).verdict == "covered"
    assert heard.coverage is None


def test_every_sentence_is_kept_in_order() -> None:
    after = added(added(scored(ON_PICKS), FIXED, "Hm."), FIXED, ON_FIXED)
    assert [(r.text, r.verdict) for r in after.retakes] == [("Hm.", "missed"), (ON_FIXED, "covered")]


@given(answers, answers, st.sampled_from([PICKS, FIXED, SINGLE, VERSIONS]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_one_sentence_never_takes_away(first: str, second: str, point_id: str, basic: bool) -> None:
    before = scored(spoken(first, basic=basic))
    after = added(before, point_id, spoken(second, basic=basic))
    for old, new in zip(before.points, after.points, strict=True):
        assert new == old or (old.id == point_id and RANK[new.verdict] > RANK[old.verdict])
    assert {p.id for p in after.pitfalls} <= {p.id for p in before.pitfalls}
    assert (after.follow_up, after.unscored, after.text) == (before.follow_up, before.unscored, before.text)
    assert len(after.retakes) == 1
