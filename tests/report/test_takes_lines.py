"""Takes in words: each by itself, two beside each other, and the line under an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import ON_FIXED, ON_PICKS, WHOLE, scored
from tests.core.test_takes import CLOCK, SAYS_FIXED, SAYS_PICKS, SAYS_SINGLE, beside, given, pauses, unscored
from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment
from voiceprep.core.spans import Span
from voiceprep.core.takes import Addition, QuestionTakes, Take, Takes
from voiceprep.report import takes
from voiceprep.report.takes import addition_line, compared_lines, take_line, takes_json

EARLIER = Takes(calm=Take(given(ON_PICKS), "2026-11-03", "s1"))


def bare(*texts: str) -> str:
    return "; ".join(text.rstrip(".") for text in texts)


def test_a_take_in_one_line() -> None:
    spoken = given(ON_PICKS, duration_s=102.0, words_per_minute=138.2)
    assert take_line(Take(spoken, "2026-11-03", "s1")) == "3 Nov    calm   core 1 of 3   1:42, 138 words/min"
    assert take_line(Take(replace(scored(ON_PICKS), clocked=CLOCK), "", "s1")) == (
        "before   under a clock, typed   core 1 of 3"
    )
    assert "not scored: off topic: cooking" in take_line(Take(unscored(given()), "", ""))


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (Addition("a002", "sentence", "The price.", 1, 1), "one sentence for “The price.”: heard"),
        (Addition("a002", "sentence", "The price.", 0, 1), "one sentence for “The price.”: not heard"),
        (Addition("a002", "follow-up", "Why?", 1, 2), "follow-up “Why?”: 1 of 2 points heard"),
        (Addition("a002", "follow-up", "Why?", 0, 2, "too short"), "follow-up “Why?”: not scored, too short"),
    ],
)
def test_what_was_added_in_one_line(added: Addition, said: str) -> None:
    assert addition_line(added) == said


def test_two_takes_beside_each_other_in_lines() -> None:
    measures = {"words_per_minute": 118.0, "silent_pauses": pauses(4), "longest_pause": Span(3.0, 6.5),
                "duration_s": 60.0, "first_speech_s": 1.5}  # fmt: skip
    later = {**measures, "words_per_minute": 138.0, "silent_pauses": pauses(2), "duration_s": 95.0}
    told = dict(compared_lines(beside(given(f"{ON_PICKS} {ON_FIXED}", **measures), given(WHOLE, **later))))
    assert told["NOW ALSO HEARD"][0] == SAYS_SINGLE and told["NOW ALSO HEARD"][1].endswith("  (extra)")
    assert told["LENGTH"] == ("1:00, then 1:35",)
    assert told["PACE"] == ("118 words/min, then 138 words/min",)
    assert told["PAUSES from 0.5 s"] == ("4, then 2",)
    assert told["LONGEST PAUSE"] == ("3.5 s, then 3.5 s",)
    assert told["FIRST WORD"] == ("after 1.5 s, then after 1.5 s",)
    assert not {"POINTS", "NOT ALIKE", "STILL NOT HEARD"} & told.keys()


def test_why_something_is_not_compared_is_said_once_for_all_of_it() -> None:
    told = dict(compared_lines(beside(scored(WHOLE), scored(WHOLE))))
    assert told["POINTS"] == ("no point is new, and none is gone",)
    assert told["LENGTH, FIRST WORD, PACE, PAUSES from 0.5 s, LONGEST PAUSE"] == (
        "not compared (the earlier one: the answer was typed)",
    )
    pauseless = given(WHOLE, silent_pauses=pauses(0), longest_pause=Unmeasured("there was no pause"))
    told = dict(compared_lines(beside(pauseless, given(WHOLE, silent_pauses=pauses(2)))))
    assert told["PAUSES from 0.5 s"] == ("0, then 2",) and not any("LONGEST PAUSE" in name for name in told)


def test_a_calm_one_and_one_under_a_clock_are_told_apart() -> None:
    told = dict(compared_lines(beside(given(), replace(given(), clocked=CLOCK))))
    assert told["NOT ALIKE"] == ("The earlier one was given calm, the later one under a clock.",)


# The line under an answer ------------------------------------------------------------------------------------------


def test_the_line_says_what_is_heard_now_and_what_still_is_not() -> None:
    line = takes.beside(given(f"{ON_PICKS} {ON_FIXED}"), [], EARLIER, "s2")
    assert line == f"BESIDE YOUR TAKE on 3 Nov. Now also heard: {bare(SAYS_FIXED)}. Still not: {bare(SAYS_SINGLE)}."


def test_the_line_says_what_was_heard_then_and_not_now_and_when_nothing_changed() -> None:
    line = takes.beside(given(ON_FIXED), [given(ON_PICKS)], EARLIER, "s2")
    assert line.startswith("BESIDE YOUR TAKE earlier in this session. Now also heard: ")
    assert f"Heard then and not now: {bare(SAYS_PICKS)}. " in line
    assert takes.beside(given(), [given()], None, "s2").endswith(". The same core points were heard.")


@pytest.mark.parametrize("answer", [given(), replace(given(), clocked=CLOCK)])
def test_the_line_of_its_own_kind_comes_before_what_the_clock_cost(answer: Assessment) -> None:
    line = takes.beside(answer, [given(ON_PICKS), replace(given(ON_PICKS), clocked=CLOCK)], None, "s2")
    assert line.startswith("BESIDE YOUR TAKE ") and "  CALM" in line and line.count("BESIDE") == 1


def test_a_take_of_a_later_session_is_no_take_before() -> None:
    assert takes.beside(given(), [], EARLIER, "s1") == "" == takes.beside(given(), [], EARLIER, "s0")
    assert takes.beside(unscored(given()), [given()], EARLIER, "s2") == ""


def test_what_cannot_be_compared_says_why() -> None:
    assert takes.beside(scored(WHOLE), [], EARLIER, "s2") == (
        "BESIDE YOUR TAKE on 3 Nov: they can't be compared, the earlier one was spoken, the later one typed."
    )


# As data -----------------------------------------------------------------------------------------------------------


def test_a_machine_gets_every_take_and_the_comparison() -> None:
    every = (Take(given(ON_PICKS), "2026-11-03", "s1"), Take(scored(WHOLE), "2026-11-04", "s2"),
             Take(given(WHOLE, words_per_minute=138.25), "2026-11-05", "s3"))  # fmt: skip
    shown = takes_json(QuestionTakes("q", "Short", "Ask?", every, frozenset({("s3", "a001")})))
    assert [(t["n"], t["core"], t["recording"], t["source"]) for t in shown["takes"]] == [
        (1, [1, 3], False, "asr"), (2, [3, 3], False, "typed"), (3, [3, 3], True, "asr"),
    ]  # fmt: skip
    assert shown["takes"][1]["length_s"] == {"unmeasured": "the answer was typed"}
    compared = shown["comparison"]
    assert (compared["then"], compared["now"]) == (1, 3)
    assert compared["points"]["now_also_heard"][:2] == [SAYS_FIXED, SAYS_SINGLE]
    assert set(compared["pace"]) == {"unmeasured"} and compared["points"]["all"][0]["then"] == "heard"
    assert takes_json(QuestionTakes("q", "", "", every[:1]))["comparison"] is None
