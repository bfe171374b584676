"""Words put right by the candidate: what keeps its seconds, what is judged anew, and what takes it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import COMPARE, LEXICON, PICKS
from tests.core.test_anew import FIRST, FOLLOW_UP, GROUND, JOURNAL, SAID, WORD, spoken, verdicts
from voiceprep.core import events as e
from voiceprep.core.anew import assess_anew, ground_with
from voiceprep.core.assessing import assessed_anew
from voiceprep.core.edited import learned, put_right
from voiceprep.core.feedback import assess, assess_follow_up, assess_retake
from voiceprep.core.interview import State, fold, stale, step
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.transcript import Transcript, Word, heard, typed

RIGHT = SAID.replace("graph kewl", "GraphQL")
EDIT = e.TranscriptEdited("a001", RIGHT)


def times(transcript: Transcript) -> list[tuple[str, float, float]]:
    return [(w.text, w.start_s, w.end_s) for w in transcript.words]


# Alignment ----------------------------------------------------------------------------------------------------------

HEARD = heard(
    [Word("we", 0.0, 0.2, 0.9), Word("use", 0.2, 0.5, 0.9), Word("no", 1.5, 1.7, 0.2), Word("sequel", 1.7, 2.1, 0.3)],
    engine="basic", credits_only=True, duration_s=3.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We use NoSQL", [("We", 0.0, 0.2), ("use", 0.2, 0.5), ("NoSQL", 1.5, 2.1)]),
        ("we use, mostly, no sequel", [("we", 0.0, 0.2), ("use,", 0.2, 0.5), ("mostly,", 0.5, 1.5), ("no", 1.5, 1.7),
                                       ("sequel", 1.7, 2.1)]),
        ("use it", [("use", 0.2, 0.5), ("it", 1.5, 2.1)]),
        ("so we use no sequel now", [("so", 0.0, 0.0), ("we", 0.0, 0.2), ("use", 0.2, 0.5), ("no", 1.5, 1.7),
                                     ("sequel", 1.7, 2.1), ("now", 2.1, 2.1)]),
        ("we use not only SQL", [("we", 0.0, 0.2), ("use", 0.2, 0.5), ("not", 1.5, 1.7), ("only", 1.7, 1.9),
                                 ("SQL", 1.9, 2.1)]),
    ],
)  # fmt: skip
def test_a_word_that_was_heard_so_keeps_its_seconds_and_others_share_those_they_replace(
    text: str, found: list[tuple[str, float, float]]
) -> None:
    now = put_right(HEARD, text)
    assert times(now) == found
    assert (now.source, now.text, now.engine, now.credits_only) == ("edited", text, "basic", False)
    assert [text[t.char_start : t.char_end] for t in now.timed()] == text.split()
    assert not any(w.unclear for w in now.words), "its speaker has read it"


def test_what_was_heard_is_the_same_transcript_again() -> None:
    assert put_right(HEARD, "  we use\nno   sequel ") is HEARD


def test_words_for_what_nobody_heard_have_no_seconds() -> None:
    nothing = heard((), engine="basic", credits_only=True, duration_s=9.0)
    now = put_right(nothing, "I said all of it")
    assert (now.words, now.timed(), now.text, now.duration_s) == ((), (), "I said all of it", 9.0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (RIGHT, ("graph kewl", "GraphQL")),
        (SAID, None),
        (SAID.replace("graph kewl client", "other client"), None),
        (SAID.replace("shape", "GraphQL"), None),
        (SAID + " GraphQL", None),
    ],
)
def test_a_term_is_offered_to_be_remembered_where_nothing_else_was_put_right_with_it(
    text: str, found: tuple[str, str] | None
) -> None:
    assert learned(spoken(SAID.replace("shape", "exactly")), text.replace("shape", "exactly"), LEXICON) == found


# Judged by it -------------------------------------------------------------------------------------------------------


def judged(state: State, effects: tuple[e.Effect, ...]) -> State:
    """The state when what was ordered has been judged."""
    (order,) = effects
    assert isinstance(order, e.AssessAnew)
    return step(state, assessed_anew(ground_with(GROUND, order.told), order))[0]


def test_an_edit_is_judged_in_full_and_its_quotes_keep_their_seconds() -> None:
    basic = replace(spoken(SAID), engine="basic", credits_only=True)
    first = assess(GROUND, basic, "a001")
    assert first.coverage is None
    state = fold([*JOURNAL[:3], e.AnswerTranscribed("a001", basic), e.Assessed("a001", first)])
    after = judged(*step(state, EDIT))
    (now,) = after.assessments
    assert (now.source, now.engine, now.text) == ("edited", "basic", RIGHT)
    assert now.coverage is not None and verdicts(now)[PICKS] == "covered" and verdicts(first)[PICKS] != "covered"
    piece = next(p for p in now.points if p.id == PICKS).evidence[0]
    assert RIGHT[piece.char_start : piece.char_end] == piece.quote
    assert piece.quote.startswith("In GraphQL the")
    assert piece.start_s == next(w.start_s for w in basic.words if w.text == "In")
    assert after.heard == (("a001", basic),) and after.anew_due == ()


def test_to_write_what_was_heard_restores_it_and_all_verdicts() -> None:
    reviewing = fold(JOURNAL)
    edited = judged(*step(reviewing, EDIT))
    assert edited.assessments != reviewing.assessments
    back = judged(*step(edited, e.TranscriptEdited("a001", SAID)))
    assert back == replace(reviewing, anew=2)


@pytest.mark.parametrize(
    "event",
    [
        e.TranscriptEdited("a001", SAID.replace(" ", "\n ")),
        e.TranscriptEdited("a001", " \n"),
        e.TranscriptEdited("a000", "x"),
    ],
)
def test_an_edit_that_changes_nothing_is_ignored(event: e.Event) -> None:
    assert stale(fold(JOURNAL), event)


def test_typed_words_were_not_misheard() -> None:
    typed_in = [*JOURNAL[:2], e.AnswerTyped("a001", SAID), e.Assessed("a001", assess(GROUND, typed(SAID), "a001"))]
    assert stale(fold(typed_in), EDIT)


def test_an_answer_that_is_not_judged_yet_cannot_be_edited() -> None:
    assert stale(fold(JOURNAL[:4]), EDIT)


def test_an_edit_reaches_its_answer_when_the_interview_has_gone_on_and_after_its_end() -> None:
    on = fold([*JOURNAL, e.NextAsked(), e.QuestionSpoken("t002", "voice", 2.0)])
    assert (on.phase, on.take_id) == ("listening", "a002")
    assert verdicts(judged(*step(on, EDIT)).assessments[0])[PICKS] == "covered"
    for reason in ("left", "finished"):
        closed = fold([*JOURNAL, e.CandidateLeft(), e.SessionClosed(reason)])
        after = judged(*step(closed, EDIT))
        assert (after.phase, after.close_reason) == ("closed", reason)
        assert verdicts(after.assessments[0])[PICKS] == "covered"


def test_a_verdict_is_disputed_after_the_end_too() -> None:
    closed = fold([*JOURNAL, e.CandidateLeft(), e.SessionClosed("left")])
    state, effects = step(closed, replace(WORD, heard="", said=""))
    assert effects == () and state.assessments[0].points[0].dispute == "misheard"
    assert verdicts(judged(*step(closed, WORD)).assessments[0])[PICKS] == "covered"
    assert stale(closed, replace(WORD, question_id="second"))


def test_follow_ups_and_retakes_are_edited_by_their_own_take() -> None:
    """Each of three takes of one question, edited and taken back again in every order of two."""
    given = {"a001": spoken(SAID), "a002": spoken("It has one graph kewl endpoint."), "a003": spoken("Fixed shape.")}
    main = assess(GROUND, given["a001"], "a001")
    own, parent = assess_follow_up(GROUND, FOLLOW_UP, main, given["a002"], "a002")
    whole = assess_retake(GROUND, parent, PICKS, given["a003"], "a003")
    state = replace(fold(JOURNAL), assessments=(whole,), given=tuple(given.items()), takes=3, take=3)
    texts = {"a001": RIGHT, "a002": "It has one GraphQL endpoint.", "a003": "In GraphQL the client picks the fields."}
    for first in texts:
        one = judged(*step(state, e.TranscriptEdited(first, texts[first])))
        for second in texts.keys() - {first}:
            both = judged(*step(one, e.TranscriptEdited(second, texts[second])))
            found = {**given, first: put_right(given[first], texts[first])}
            found[second] = put_right(given[second], texts[second])
            assert both.assessments[0] == assess_anew(GROUND, whole, found)
            assert dict(both.heard).keys() == {first, second}
            again = judged(*step(both, e.TranscriptEdited(first, given[first].text)))
            assert judged(*step(again, e.TranscriptEdited(second, given[second].text))).assessments == (whole,)
    assert own.text == "It has one graph kewl endpoint.", "the values before are as they were"


def test_a_follow_up_that_is_gone_on_with_takes_no_edit_of_the_answer_back() -> None:
    asked = e.SessionOpened(
        "s", "Test", (e.PlannedQuestion(COMPARE.id, COMPARE.ask, ((FOLLOW_UP.id, FOLLOW_UP.ask),)),), 1, True
    )
    earned = next(a for a in [assess(GROUND, spoken(SAID), "a001")] if a.follow_up)
    earned = replace(earned, follow_up=replace(earned.follow_up, id=FOLLOW_UP.id))
    own, parent = assess_follow_up(GROUND, FOLLOW_UP, earned, spoken("It has one endpoint."), "a002")
    state = fold(
        [
            asked, *JOURNAL[1:4], e.Assessed("a001", earned), e.QuestionSpoken("t002", "voice", 2.0),
            e.AnswerEnded("a002", "done", 3.0), e.AnswerTranscribed("a002", spoken("It has one endpoint.")),
            e.Assessed("a002", own, parent),
        ]
    )  # fmt: skip
    assert state.phase == "reviewing"
    state = judged(*step(state, EDIT))
    back, effects = step(state, e.AnswerReopened("a002"))
    assert (back.phase, dict(back.given)["a001"].source) == ("listening", "edited")
    orders = tuple(order for order in effects if isinstance(order, e.AssessAnew))
    assert isinstance(effects[-1], e.Listen) and verdicts(judged(back, orders).assessments[0])[PICKS] == "covered"
    over = step(step(state, e.TranscriptEdited("a002", "It has one GraphQL endpoint."))[0], e.AnswerReopened("a002"))[0]
    assert dict(over.heard).keys() == {"a001"}, "its own words are heard anew"


def test_what_a_kill_left_unjudged_is_judged_when_the_session_goes_on() -> None:
    killed = fold([*JOURNAL, EDIT])
    assert killed.anew_due == ((COMPARE.id, 1),)
    resumed, effects = step(killed, e.SessionResumed(0.0, review=True))
    assert verdicts(judged(resumed, effects[:1]).assessments[0])[PICKS] == "covered"


def test_edits_of_two_questions_do_not_overtake_each_other() -> None:
    second = replace(FIRST, question_id="second", take_id="a002")
    state = fold([*JOURNAL, e.NextAsked(), e.QuestionSpoken("t002", "voice", 2.0)])
    state = replace(state, assessments=(FIRST, second), given=(*state.given, ("a002", spoken(SAID))))
    one, _ = step(state, EDIT)
    both, _ = step(one, e.TranscriptEdited("a002", RIGHT))
    assert not stale(both, e.Assessed("a001", FIRST, anew=1)) and not stale(both, e.Assessed("a002", second, anew=2))
    twice, _ = step(one, e.TranscriptEdited("a001", "Something else."))
    assert stale(twice, e.Assessed("a001", FIRST, anew=1)), "its words aren't these any more"


def test_an_opinion_on_other_words_says_so_and_one_under_way_is_dropped() -> None:
    opinion = Opinion("tiny", "p", 1, (), 0, (), False, 0.5)
    opened = replace(JOURNAL[0], judge="tiny")
    due = fold([opened, *JOURNAL[1:]])
    given = e.OpinionGiven(COMPARE.id, None, "a001", opinion)
    assert stale(step(due, EDIT)[0], given)
    kept = judged(*step(step(due, given)[0], EDIT)).assessments[0].opinion
    assert isinstance(kept, NoOpinion) and "put right since" in kept.reason


def test_what_is_rescored_stands_beside_and_changes_no_verdict() -> None:
    closed = fold([*JOURNAL, e.CandidateLeft(), e.SessionClosed("left")])
    again = e.Rescored(COMPARE.id, "a001", replace(FIRST, bank_version="newer"), "today's rubric")
    after, effects = step(closed, again)
    assert effects == () and after == replace(closed, rescored=(again,))
    assert stale(closed, replace(again, question_id="second"))
