"""Things that were once broken: each test failed on the day it was written."""

from dataclasses import replace

import pytest

from tests.core.questions import (
    COMPARE,
    FOLDER,
    LEXICON,
    ON_FIXED,
    PICKS,
    SINGLE,
    STEPS_GROUND,
    WHOLE,
    of,
    scored,
    spoken,
)
from tests.core.test_interview import history
from voiceprep.core import events as e
from voiceprep.core.clauses import taken_back
from voiceprep.core.feedback import choose_follow_up
from voiceprep.core.folding import Folder
from voiceprep.core.interview import ImpossibleEvent, State, fold, step
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.patterns import Line, PatternError, compile_pattern, find
from voiceprep.core.reference import assess as ref_assess
from voiceprep.core.transcript import typed
from voiceprep.core.words import tokenise

FX = " " + ON_FIXED


# 1 only the first match of a pattern in a stretch is looked at
@pytest.mark.parametrize(
    "said",
    [
        "In REST the client does not pick the fields, in GraphQL the client picks the fields it wants.",
        "In REST the client picks the fields, no wait, in GraphQL the client picks the fields it wants.",
    ],
)
def test_1_second_match_in_a_stretch(said):
    assert of(scored(said + FX), PICKS).verdict == "covered"


# 2 contradicted although a word of the quote (its negation, its subject) was unclear (design 5)
@pytest.mark.parametrize(
    ("said", "unclear"),
    [
        ("In GraphQL the client does not pick the fields.", "not"),
        ("In REST the client picks exactly the fields.", "REST"),
        ("In GraphQL the fields are fixed.", "GraphQL"),
    ],
)
def test_2_contradicted_only_when_every_word_is_clear(said, unclear):
    assert of(scored(spoken(said + FX, unclear={unclear})), PICKS).verdict == "unsure"


# 3 "not always" is neutral even when the pattern itself owns "always"
def test_3_not_always_is_not_always():
    assert scored(ON_FIXED + " GraphQL is not always faster for the client.").pitfalls == ()


# 4 what only sounds like a repair
@pytest.mark.parametrize(
    "text",
    [
        "In GraphQL the client picks the fields, and in REST it is the other way around.",
        "In GraphQL the client picks the fields, and there is no wait for a second call.",
        "In GraphQL the client picks the fields, as in TCP with its error correction.",
        "In GraphQL the client picks the fields. Actually no versions are needed either.",
    ],
)
def test_4_only_sounds_like_a_repair(text):
    assert taken_back(tokenise(text)) == frozenset()


# 5 a dot inside a name
def test_5_a_dot_inside_a_name():
    folder = Folder(Lexicon((Term("node", "Node.js"),)))
    assert [x.term for x in folder.fold(tokenise("We use Node.js here."))] == ["node"]


# 6 unlike of an inflection
def test_6_unlike_an_inflection():
    folder = Folder(Lexicon((Term("index", "index", unlike=("indexed",)),)))
    assert folder.fold(tokenise("the indexed column")) == ()


# 7 optional wide slot left out
def test_7_wide_gap_before_an_absent_word():
    text = "client one two three four five fields"
    t = tokenise(text)
    line = Line(t, {}, (0,) * len(t))
    assert find(compile_pattern("client ... fields", FOLDER), line)
    assert find(compile_pattern("client ... all? fields", FOLDER), line)


# 8 reference: a negation before the first matching word isn't seen
def test_8_reference_denied():
    r = "An index makes lookups faster."
    a = ref_assess("What is an index?", r, typed("It does not make lookups faster at all."), LEXICON)
    assert [p.verdict for p in a.points] == ["unsure"]


def test_8_reference_word_for_word():
    r = "It does not help a table of ten rows."
    a = ref_assess("What is an index?", r, typed(r), LEXICON)
    assert [p.verdict for p in a.points] == ["covered"]


# 9 a fault after the last assessment: resuming asks the last question again
def test_9_fault_while_closing():
    state = fold([*history(17), e.SessionClosed("fault", "the voice died")])
    after, effects = step(state, e.SessionResumed(0.0))
    assert (after.phase, effects) == ("closing", (e.Close("finished"),))


# 10 resume of a session that broke before it opened
def test_10_assertion():
    state, _ = step(State(), e.SessionClosed("fault"))
    with pytest.raises(ImpossibleEvent):
        step(state, e.SessionResumed(0.0))


# 11 ids never given out
def test_11_ids_never_given_out():
    state = fold(history(1))
    for event in (e.QuestionSpoken("t000", "voice", 1.0), e.QuestionSpoken("", "voice", 1.0)):
        with pytest.raises(ImpossibleEvent):
            step(state, event)


def test_11_the_thousandth():
    state = replace(fold(history(2)), takes=1000)
    assert step(state, e.AnswerTyped("a999", "late")) == (state, ())


# 12 a bare n't
def test_12_no_token_is_empty():
    assert all(t.text for t in tokenise("do n't"))


# 13 "..." that touches a word is silently lost
def test_13_dots_that_touch():
    with pytest.raises(PatternError):
        compile_pattern("client...fields", FOLDER)


# 14 "nothing sure is missing" when a core point is
def test_14_why_deeper_is_true():
    points = [replace(p, verdict="missed" if p.id == SINGLE else "covered") for p in scored(WHOLE).points]
    choice = choose_follow_up(COMPARE, points, set())
    assert choice.id == "deeper" and "nothing sure is missing" not in choice.why


# 15 off topic although evidence was found
def test_15_not_off_topic():
    a = scored("I would look at the logs of the service, that is what I do.", STEPS_GROUND)
    assert a.unscored is None or "nothing in it speaks" not in a.unscored.reason
