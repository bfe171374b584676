"""How it was said, put into words: what isn't measured is left out or says why, counts are least ones, no praise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sessions import made
from voiceprep.core import events as e
from voiceprep.core.delivery import NOT_THEN, Aim, Delivery, Pause, Unmeasured
from voiceprep.core.disfluency import Said
from voiceprep.core.feedback import Assessment
from voiceprep.core.pressure import Clocked
from voiceprep.core.spans import Span
from voiceprep.report import wording
from voiceprep.report.answer_json import answer_json
from voiceprep.report.markdown import Facts, markdown

LONG, SHORT = Span(30.5, 34.6), Span(50.0, 50.7)
THE, THINK = Said("the", (Span(3.0, 4.0),)), Said("i think", (Span(1.0, 1.5), Span(7.0, 7.5)))
MEASURED = Delivery(
    duration_s=102.0,
    first_speech_s=1.23,
    speech_s=80.0,
    pauses=2,
    long_pauses=1,
    longest_pause=LONG,
    words_per_minute=138.2,
    fillers_at_least=4,
    pace=(130.0, 146.0),
    speech=(Span(1.23, 30.5), Span(34.6, 50.0), Span(50.7, 100.0)),
    silent_pauses=(Pause(LONG, "between sentences"), Pause(SHORT, "inside a clause")),
    phonation_ratio=0.8,
    articulation_rate=172.75,
    aim=Aim(90, 120, 0.0),
    fillers=(Said("um", (Span(2.0, 2.2),) * 4),),
    hedges=(THINK, Said("maybe", (Span(9.0, 9.4),))),
    repetitions=(THE,),
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    first = made.story(*made.bank_and_plan(tmp_path_factory.mktemp("delivery")))[7]
    assert isinstance(first, e.Assessed)
    return first.assessment


@pytest.fixture
def spoken(base: Assessment) -> Assessment:
    return replace(base, delivery=MEASURED)


def changed(a: Assessment, **changes: object) -> Assessment:
    return replace(a, delivery=replace(a.delivery, **changes))


def test_the_first_line_has_length_pause_pace_and_um(spoken: Assessment) -> None:
    assert wording.delivery_line(spoken) == (
        "LENGTH 1:42, aim 1:30 to 2:00   LONGEST PAUSE 4.1 s at 0:30, between sentences   PACE about 138 words/min   "
        "UM at least 4"
    )


def test_the_second_line_has_the_rest(spoken: Assessment) -> None:
    assert wording.hesitation_line(spoken) == (
        "FIRST WORD after 1.2 s   PAUSES from 0.5 s: 2, inside a clause: 1   "
        "HEDGED at least 3: “I think” 2, “maybe”   REPEATED at least 1: “the”"
    )


def test_a_pause_that_is_not_counted_is_not_named_either(spoken: Assessment) -> None:
    a = changed(spoken, longest_pause=Span(33.0, 33.49), silent_pauses=())
    assert "LONGEST" not in wording.delivery_line(a) and "PAUSES from 0.5 s: none" in wording.hesitation_line(a)


def test_places_that_nobody_knows_are_not_told(spoken: Assessment) -> None:
    a = changed(spoken, silent_pauses=(Pause(LONG), Pause(SHORT)))
    assert "PAUSES from 0.5 s: 2   " in wording.hesitation_line(a)
    assert "LONGEST PAUSE 4.1 s at 0:30   " in wording.delivery_line(a)


def test_no_pause_and_nothing_said_twice_is_no_praise(spoken: Assessment) -> None:
    a = changed(spoken, silent_pauses=(), hedges=(), repetitions=Unmeasured("the transcript was edited"))
    assert wording.hesitation_line(a) == "FIRST WORD after 1.2 s   PAUSES from 0.5 s: none"


def test_under_a_clock_the_first_word_stands_in_the_clocks_line_only(spoken: Assessment) -> None:
    a = replace(spoken, clocked=Clocked(limit_s=120))
    assert "FIRST WORD after 1.2 s" in wording.clock_line(a)
    assert wording.hesitation_line(a).startswith("PAUSES")


def test_in_noise_the_first_line_says_so_and_there_is_no_second(spoken: Assessment) -> None:
    noise = Unmeasured("so few words in so much sound: part of it may be noise")
    a = changed(spoken, words_per_minute=noise, silent_pauses=noise, longest_pause=noise, first_speech_s=noise)
    assert "PACE not measured (so few words in so much sound: part of it may be noise)" in wording.delivery_line(a)
    assert wording.hesitation_line(a) == ""


def test_an_answer_of_before_has_the_line_of_before(spoken: Assessment) -> None:
    a = changed(spoken, silent_pauses=NOT_THEN, aim=NOT_THEN, hedges=NOT_THEN, repetitions=NOT_THEN)
    assert wording.delivery_line(a).startswith("LENGTH 1:42   LONGEST PAUSE 4.1 s at 0:30   PACE about 138")
    assert wording.hesitation_line(a) == ""


def test_only_three_kinds_are_named_and_all_are_counted(spoken: Assessment) -> None:
    kinds = tuple(Said(what, (Span(n, n + 1),)) for n, what in enumerate("the a we our".split()))
    assert wording.hesitation_line(changed(spoken, repetitions=kinds)).endswith("REPEATED at least 4: “the”, “a”, “we”")


def test_a_session_tells_its_answers_together(spoken: Assessment) -> None:
    other = replace(changed(spoken, words_per_minute=117.6, longest_pause=SHORT), follow_ups_asked=())
    assert wording.delivery_of_all([replace(spoken, follow_ups_asked=()), other]) == (
        "PACE 118 to 138 words/min   LONGEST PAUSE 4.1 s   UM at least 8"
    )
    assert wording.delivery_of_all([other, replace(spoken, follow_ups_asked=(other,))]).endswith("UM at least 12")
    assert wording.delivery_of_all([other]) == "", "one answer says it by itself"


def test_a_machine_gets_every_measure_with_what_it_rests_on(spoken: Assessment) -> None:
    got = answer_json(spoken)["delivery"]
    assert got["silent_pauses"] == [
        {"span": {"start_s": 30.5, "end_s": 34.6}, "place": "between sentences"},
        {"span": {"start_s": 50.0, "end_s": 50.7}, "place": "inside a clause"},
    ]
    assert got["hedges"][0] == {
        "what": "i think",
        "spans": [{"start_s": 1.0, "end_s": 1.5}, {"start_s": 7.0, "end_s": 7.5}],
    }
    assert (got["aim"], got["phonation_ratio"]) == ({"low_s": 90, "high_s": 120, "off_s": 0.0}, 0.8)
    assert answer_json(changed(spoken, hedges=NOT_THEN))["delivery"]["hedges"] == {"unmeasured": "not measured then"}


def test_a_report_says_how_it_was_measured_once_and_only_where_it_was(base: Assessment, spoken: Assessment) -> None:
    facts = Facts("i", "t", "c", {}, "Finished.")
    source = markdown(facts, [spoken, replace(spoken, question_id="other")], {})
    assert source.count("How the delivery was measured") == 1 and source.count("HEDGED at least 3") == 2
    typed = changed(replace(base, follow_ups_asked=()), silent_pauses=Unmeasured("the answer was typed"))
    assert "How the delivery was measured" not in markdown(facts, [typed], {})
