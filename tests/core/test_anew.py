"""A question's answers judged anew with what was misheard: what follows, what stays, and what the journal keeps."""

from __future__ import annotations

from dataclasses import replace

from tests.core.questions import COMPARE, LEXICON, PICKS, WHOLE
from voiceprep.core import events as e
from voiceprep.core.anew import assess_anew, ground_with, texts_heard
from voiceprep.core.feedback import Assessment, Ground, assess, assess_follow_up, assess_retake
from voiceprep.core.interview import fold, stale, step
from voiceprep.core.own_terms import Told
from voiceprep.core.transcript import Transcript, Word, heard, typed
from voiceprep.sessions.codec import event_from, to_json

GROUND = Ground(COMPARE, LEXICON, "test")
SAID = "REST is what I know best, and its endpoint returns a fixed shape. In graph kewl the client picks the fields."
TOLD = (Told(COMPARE.id, "graph kewl", "GraphQL"),)
FOLLOW_UP = COMPARE.follow_ups[0]


def spoken(text: str) -> Transcript:
    words = [Word(w, 0.3 * n, 0.3 * n + 0.3, 0.9) for n, w in enumerate(text.split())]
    return heard(words, engine="whisper", duration_s=0.3 * len(words))


def verdicts(a: Assessment) -> dict[str, str]:
    return {p.id: p.verdict for p in a.points}


def test_the_answer_gets_what_it_earns_with_the_word_and_loses_it_without() -> None:
    given = {"a001": spoken(SAID)}
    before = assess(GROUND, given["a001"], "a001")
    after = assess_anew(ground_with(GROUND, TOLD), before, given)
    assert verdicts(before)[PICKS] != "covered" and verdicts(after)[PICKS] == "covered"
    piece = next(p for p in after.points if p.id == PICKS).evidence[0]
    assert given["a001"].text[piece.char_start : piece.char_end] == piece.quote and "graph kewl" in piece.quote
    assert assess_anew(ground_with(GROUND, ()), after, given) == before
    assert ground_with(GROUND, ()) is GROUND


def test_follow_ups_and_retakes_are_judged_again_in_their_order() -> None:
    given = {"a001": spoken(SAID), "a002": spoken("It has one graph kewl endpoint."), "a003": typed("Fixed shape.")}
    main = assess(GROUND, given["a001"], "a001")
    _, parent = assess_follow_up(GROUND, FOLLOW_UP, main, given["a002"], "a002")
    whole = assess_retake(GROUND, parent, PICKS, given["a003"], "a003")
    again = assess_anew(GROUND, whole, given)
    assert again == replace(whole, points=again.points), "nothing was told, so nothing differs"
    assert verdicts(again) == verdicts(whole)
    told = assess_anew(ground_with(GROUND, TOLD), whole, given)
    assert [f.take_id for f in told.follow_ups_asked] == ["a002"] and [r.take_id for r in told.retakes] == ["a003"]
    assert texts_heard(whole, given) == {t: given[t].text for t in ("a001", "a002")}


def test_what_was_skipped_stays_skipped() -> None:
    main = assess(GROUND, spoken(SAID), "a001")
    _, parent = assess_follow_up(GROUND, FOLLOW_UP, main, None, "a002", "skipped")
    told = assess_anew(ground_with(GROUND, TOLD), parent, {"a001": spoken(SAID)})
    assert told.follow_ups_asked[0].unscored and told.follow_ups_asked[0].unscored.reason == "skipped"
    assert verdicts(told)[PICKS] == "covered"


# The interview ----------------------------------------------------------------------------------------------------

ASKED = e.PlannedQuestion(COMPARE.id, COMPARE.ask)
OPENED = e.SessionOpened("s", "Test", (ASKED, e.PlannedQuestion("second", "Second?")), follow_ups=0, review=True)
FIRST = assess(GROUND, spoken(SAID), "a001")
JOURNAL: list[e.Event] = [
    OPENED,
    e.QuestionSpoken("t001", "voice", 2.0),
    e.AnswerEnded("a001", "done", 8.0),
    e.AnswerTranscribed("a001", spoken(SAID)),
    e.Assessed("a001", FIRST),
]
WORD = e.Disputed(COMPARE.id, None, PICKS, "misheard", "graph kewl", "GraphQL")
BACK = replace(WORD, claim="")


def judged(n: int, told: tuple[Told, ...]) -> e.Assessed:
    found = assess_anew(ground_with(GROUND, told), FIRST, {"a001": spoken(SAID)})
    return e.Assessed("a001", found, anew=n, lexicon=ground_with(GROUND, told).lexicon.digest)


def test_the_word_is_a_dispute_and_orders_a_judgement_anew_and_the_old_verdict_stays_on_record() -> None:
    reviewing = fold(JOURNAL)
    state, effects = step(reviewing, WORD)
    assert state.phase == "reviewing" and state.assessments[0].points[0].dispute == "misheard"
    told = (Told(COMPARE.id, "graph kewl", "GraphQL", None, PICKS),)
    assert state.told == told
    assert effects == (
        e.AssessAnew("a001", state.assessments[0], (("a001", spoken(SAID)),), told, (), state.ending, 1),
    )
    state, effects = step(state, judged(1, TOLD))
    assert effects == () and state.phase == "reviewing"
    point = state.assessments[0].points[0]
    assert (point.id, point.verdict, point.dispute) == (PICKS, "covered", "misheard")
    assert FIRST.points[0].verdict != "covered", "as the journal has it"
    state, _ = step(state, BACK)
    assert state.told == () and state.assessments[0].points[0].dispute is None
    assert step(state, judged(2, ()))[0].assessments == (FIRST,)


def test_a_judgement_that_a_later_word_has_overtaken_is_ignored() -> None:
    state = fold([*JOURNAL, WORD, BACK])
    assert stale(state, judged(1, TOLD)) and not stale(state, judged(2, ()))
    assert step(state, judged(1, TOLD)) == (state, ())


def test_it_reaches_its_answer_when_the_interview_has_gone_on() -> None:
    state = fold([*JOURNAL, WORD, e.NextAsked(), judged(1, TOLD), e.QuestionSpoken("t002", "voice", 2.0)])
    assert state.phase == "listening" and verdicts(state.assessments[0])[PICKS] == "covered"
    ordered = step(state, e.AnswerTyped("a002", "Yes."))
    assert ordered[1][0].told == (Told(COMPARE.id, "graph kewl", "GraphQL", None, PICKS),)


def test_the_answers_own_late_result_is_still_ignored() -> None:
    state = fold(JOURNAL)
    late = e.Assessed("a001", WHOLE_ELSE)
    assert stale(state, late) and step(state, late) == (state, ())


WHOLE_ELSE = assess(GROUND, typed(WHOLE), "a001")


def test_a_word_on_an_answer_that_was_never_judged_is_ignored() -> None:
    for journal in (JOURNAL[:2], JOURNAL):
        assert stale(fold(journal), replace(WORD, question_id="second"))


def test_a_reader_of_before_sees_a_dispute_and_a_result_that_comes_too_late() -> None:
    """What the new fields say is lost on it, and nothing else: the kinds of events are the old ones."""
    known = {
        "Disputed": {"question_id", "follow_up_id", "point_id", "claim"},
        "Assessed": {"take_id", "assessment", "parent", "ending"},
    }
    state = fold(JOURNAL)
    for event in (WORD, judged(1, TOLD)):
        name = type(event).__name__
        before = event_from(name, {k: v for k, v in to_json(event).items() if k in known[name]})
        if name == "Assessed":
            assert stale(state, before), "an old program has no place for it while reviewing"
        state, effects = step(state, before)
        assert effects == ()
    assert verdicts(state.assessments[0]) == verdicts(FIRST)
    assert state.assessments[0].points[0].dispute == "misheard"
    assert event_from("Disputed", {**to_json(WORD), "unheard_of": 1}) == WORD, "extra keys never broke a reader"
