"""Rounds under a clock: the rules, time to think, the time left, the cut-off; typed, resized, asleep; feedback last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.widgets import TextArea

from tests.kit.screen_backend import ScreenBackend, without_follow_ups
from tests.tui.stage import GOOD, HALF, MIXED, REST, SLOW, SQL, Stage, interviewed, on_stage
from tests.tui.test_sizes import STORM, resized
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.pressure import CUT_OFF, Pressure, rules_in_words
from voiceprep.tui.backend import Wanted
from voiceprep.tui.base import KeyBar
from voiceprep.tui.literal import BAD, STRONG, WARN, Literal

RULES = Pressure(answer_s=90, follow_up_s=45)
THINK = replace(RULES, think_s=30)
WHOLE = replace(RULES, session_s=200)
SIZES = [(80, 24), (60, 20)]
SMALL_TALK = "Well, let me see what I know about this one."
DASHBOARDS = "First I look at the dashboards, and then I ask what the team has changed there."


@asynccontextmanager
async def clocked(
    bank: Bank,
    *questions: str,
    rules: Pressure = RULES,
    phase: str = "",
    size: tuple[int, int] = (80, 24),
    backend: ScreenBackend | None = None,
    **how: object,
) -> AsyncIterator[Stage]:
    """A round under a clock, at the first question's think time, or recording or typing where there's none."""
    wanted = Wanted(questions=questions or (REST,), clock=rules, **how)
    async with on_stage(bank, wanted, size=size, backend=backend) as stage:
        await stage.phase(phase or ("thinking" if rules.think_s else "listening"))
        if stage.state.phase == "listening" and not how.get("quiet"):
            await stage.until(lambda: stage.backend.capture.recording)
        stage.tick()
        await stage.settle()
        yield stage


def flat(text: str) -> str:
    return " ".join(text.split())


def box(stage: Stage) -> TextArea:
    return stage.page.query_one(TextArea)


def style_of(stage: Stage, text: str) -> str:
    """The style in which a piece of the turn's line is written."""
    content = stage.page.query_one("#turn", Literal)._content
    at = content.plain.index(text)
    return next(str(span.style) for span in content.spans if span.start <= at < span.end)


def whole(stage: Stage) -> None:
    """Nothing lies under the key bar, nothing has to be scrolled for."""
    page, bar = stage.page, stage.page.query_one(KeyBar)
    for widget in page.query("#head, #turn, #kept, #asked, #question, #mic, #answer, #so-far, #hearing, #words, #note"):
        if widget.display and widget.region.height:
            assert widget.region.bottom <= bar.region.y, f"{widget.id} lies under the keys:\n{stage.drawn()}"
    assert page.max_scroll_y == 0, stage.drawn()


async def cut_off(stage: Stage) -> None:
    await stage.until(lambda: any(isinstance(event, e.CutOff) for event in journal(stage)), "nobody cut in")


def journal(stage: Stage) -> list[e.Event]:
    return stage.backend.sessions[-1].journal.events


# The rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_rules_stand_on_the_screen_while_they_are_spoken(bank: Bank, size: tuple[int, int]) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = True
    rules = replace(THINK, session_s=900, takes=2, repeats=True, cuts_in_s=25)
    async with clocked(bank, REST, SQL, rules=rules, phase="briefing", size=size, backend=backend) as stage:
        assert "THE RULES" in stage.text("#turn") and stage.text("#asked").strip() == "HOW IT GOES"
        said = rules_in_words(rules, 2, follows_up=True)
        if size[0] == 80:
            assert flat(stage.text("#question")) == said
        else:
            assert stage.text("#question").split()[:8] == said.split()[:8]
            assert "i shows all of it" in stage.drawn(), "cut without a sign that it goes on"
            await stage.press("i")
            assert said in flat(stage.texts())
            await stage.press("escape")
        assert "left" not in stage.text("#turn"), "no clock runs yet"
        assert "enter cut me short" in stage.bar()
        whole(stage)


async def test_enter_cuts_the_rules_short_and_the_first_question_comes(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = True
    async with clocked(bank, rules=THINK, phase="briefing", backend=backend) as stage:
        await stage.press("enter")
        await stage.phase("asking")
        assert backend.hushes == 1
        assert stage.text("#asked").strip() == "QUESTION" and "How do REST" in stage.text("#question")


async def test_while_the_rules_are_told_no_other_key_does_anything(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = True
    async with clocked(bank, phase="briefing", backend=backend) as stage:
        await stage.press("space", "r", "h", "t", "b", "s", "u")
        assert backend.delivered == [] and stage.state.phase == "briefing"
        for key in ("space pause", "r repeat", "h hint", "t type", "b start", "s skip"):
            assert key not in stage.bar()


async def test_a_calm_round_tells_no_rules_and_has_no_clock(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        assert "THE RULES" not in stage.drawn()
        assert not any(event.turn_id != "t001" for event in journal(stage) if isinstance(event, e.QuestionSpoken))
        await stage.passes(120)
        assert stage.state.phase == "listening" and "left" not in stage.text("#turn")


# Time to think ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_think_time_says_how_much_of_it_is_left(bank: Bank, size: tuple[int, int]) -> None:
    async with clocked(bank, rules=THINK, size=size) as stage:
        assert "TIME TO THINK" in stage.text("#turn") and "0:30 left    of 0:30" in stage.text("#turn")
        await stage.passes(12.4)
        assert "0:18 left    of 0:30" in stage.text("#turn")
        assert stage.text("#kept").strip() == "The recording begins by itself. enter begins it now."
        assert "How do REST" in stage.text("#question")
        whole(stage)


async def test_nothing_is_recorded_while_one_thinks(bank: Bank) -> None:
    async with clocked(bank, rules=THINK) as stage:
        await stage.passes(20)
        assert stage.backend.capture.words == {} and stage.state.takes == 0


async def test_the_recording_begins_by_itself_when_the_think_time_is_over(bank: Bank) -> None:
    async with clocked(bank, rules=THINK) as stage:
        await stage.passes(29.9)
        assert stage.state.phase == "thinking" and "0:01 left" in stage.text("#turn")
        await stage.passes(0.2)
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        assert "YOUR TURN: SPEAK" in stage.text("#turn") and "1:30 left of 1:30" in flat(stage.text("#turn"))
        assert stage.state.thought_s == 30.0


async def test_enter_begins_at_once_with_the_seconds_thought(bank: Bank) -> None:
    async with clocked(bank, rules=THINK) as stage:
        await stage.passes(12)
        assert "enter start now" in stage.bar()
        await stage.press("enter")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        assert stage.delivered(e.Ready) == [e.Ready("t002", 12.0)]
        assert stage.state.thought_s == 12.0
        await stage.passes(40)
        assert stage.state.take_id == "a001", "the think time that is over begins nothing any more"


async def test_while_one_thinks_only_begin_skip_and_leave_do_something(bank: Bank) -> None:
    async with clocked(bank, rules=replace(THINK, repeats=True)) as stage:
        await stage.press("space", "r", "h", "t", "b", "u")
        assert stage.backend.delivered == [] and stage.state.phase == "thinking"
        for key in ("pause", "repeat", "hint", "type", "start again", "wasn't finished", "I'm done"):
            assert key not in stage.bar()
        assert "s skip" in stage.bar() and "esc leave" in stage.bar()


async def test_a_question_skipped_while_one_thinks_is_not_judged_and_the_next_has_its_own_time(bank: Bank) -> None:
    async with clocked(bank, REST, SLOW, rules=THINK) as stage:
        await stage.passes(20)
        await stage.press("s")
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "thinking")
        assert [a.unscored.reason for a in stage.state.assessments] == ["skipped"]
        stage.tick()
        assert "0:30 left" in stage.text("#turn")


async def test_a_follow_up_has_no_think_time_and_its_own_limit(bank: Bank) -> None:
    async with clocked(bank, rules=THINK) as stage:
        await stage.press("enter")
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        stage.tick()
        assert "0:45 left of 0:45" in flat(stage.text("#turn"))
        assert not any(isinstance(ev, e.ThinkingEnded) for ev in journal(stage))


async def test_the_think_time_goes_on_behind_the_help(bank: Bank) -> None:
    async with clocked(bank, rules=THINK) as stage:
        await stage.press("question_mark")
        assert stage.screen == "Help"
        await stage.passes(31)
        await stage.until(lambda: stage.backend.capture.recording == "a001")


# The answer under the clock -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_an_answer_says_how_much_of_its_time_is_left(bank: Bank, size: tuple[int, int]) -> None:
    async with clocked(bank, size=size) as stage:
        await stage.passes(48)
        said = flat(stage.text("#turn"))
        assert said.startswith("YOUR TURN: SPEAK 0:42 left of 1:30")
        assert said.endswith("the last take") == (size[0] >= 80)
        assert "recording, on disk up to 0:48" in stage.text("#kept")
        assert "no time limit" not in stage.drawn() and "aim" not in stage.text("#turn")
        whole(stage)


@pytest.mark.parametrize(("left", "style"), [(31, STRONG), (30, WARN), (11, WARN), (10, BAD), (1, BAD)])
async def test_the_clock_changes_its_colour_at_30_and_10_seconds(bank: Bank, left: int, style: str) -> None:
    async with clocked(bank) as stage:
        await stage.passes(90 - left)
        shown = f"0:{left:02d} left"
        assert shown in stage.text("#turn"), "the words say it, too"
        assert style_of(stage, shown) == style


async def test_the_think_time_changes_its_colour_at_10_seconds(bank: Bank) -> None:
    async with clocked(bank, rules=replace(THINK, think_s=60)) as stage:
        for left, style in ((60, STRONG), (30, WARN), (10, BAD)):
            await stage.passes(60 - left - (stage.backend.clock.at_s))
            assert style_of(stage, f"{left // 60}:{left % 60:02d} left") == style


async def test_silence_is_not_comforted_under_a_clock(bank: Bank) -> None:
    async with clocked(bank) as stage:
        await stage.passes(8)
        assert "Take your time" not in stage.drawn()


@pytest.mark.parametrize("size", SIZES)
async def test_the_cut_off_says_that_it_stopped_and_saved(bank: Bank, size: tuple[int, int]) -> None:
    backend = ScreenBackend(bank)
    backend.recognising.shut()
    async with clocked(bank, size=size, backend=backend) as stage:
        await stage.says(HALF)
        await stage.passes(89 - backend.clock.at_s)
        assert stage.state.phase == "listening" and "0:01 left" in stage.text("#turn")
        await stage.passes(1.5)
        await stage.phase("transcribing")
        stage.tick()
        await stage.settle()
        assert stage.text("#turn").strip() == "STOPPED, SAVED"
        assert stage.text("#kept").strip() == "Your answer is saved."
        assert backend.microphone.seconds["a001"] == pytest.approx(90, abs=0.01)
        whole(stage)
        backend.judging.shut()
        backend.recognising.open()
        await stage.phase("assessing")
        assert stage.text("#turn").strip() == "STOPPED, SAVED"


async def test_the_cut_off_shows_what_the_interviewer_says(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.recognising.shut()
    async with clocked(bank, backend=backend) as stage:
        await stage.says(HALF)
        await stage.passes(90)
        await stage.phase("transcribing")
        await stage.settle()
        assert CUT_OFF["limit"] in stage.drawn()


async def test_what_was_said_before_the_cut_off_is_judged_and_the_rest_was_not_reached(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend, size=(80, 60)) as stage:
        await stage.says(HALF)
        await stage.passes(90)
        await stage.feedback()
        a = stage.state.assessments[0]
        assert a.text == HALF and a.clocked.cut.why == "limit"
        drawn = flat(stage.drawn())
        assert "NOT REACHED, stopped at 1:30" in drawn and "NOT HEARD" not in drawn
        assert "UNDER A CLOCK OF 1:30" in drawn and "STOPPED at 1:30, its time was up" in drawn
        assert "under a clock" in stage.text("#head")


async def test_who_said_nothing_until_the_cut_off_is_not_scored(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend) as stage:
        await stage.passes(91)
        await stage.feedback()
        assert "NOT SCORED" in stage.text("#counts")


async def test_the_feedback_says_how_much_was_thought(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, rules=THINK, backend=backend, size=(80, 60)) as stage:
        await stage.passes(18)
        await stage.press("enter")
        await stage.answer(GOOD)
        await stage.feedback()
        assert "THOUGHT 0:18 of 0:30" in flat(stage.drawn()) and "STOPPED" not in stage.drawn()


async def test_the_interviewer_cuts_in_when_nothing_new_is_heard(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    backend.rough = True  # who isn't heard isn't cut in on
    async with clocked(bank, rules=replace(RULES, cuts_in_s=20), backend=backend, size=(80, 60)) as stage:
        await stage.says(HALF)
        await stage.until(lambda: stage.state.live)
        at_s = backend.clock.at_s
        await stage.passes(8)
        assert stage.state.phase == "listening"
        await stage.passes(14)
        await stage.feedback()
        assert stage.state.assessments[0].clocked.cut.why == "nothing new"
        assert backend.clock.at_s - at_s < 90
        assert "nothing new was heard for a while" in flat(stage.drawn())


async def test_the_cut_off_comes_behind_the_help_too(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend) as stage:
        await stage.says(HALF)
        await stage.press("question_mark")
        await stage.passes(90)
        await stage.feedback()
        assert stage.screen == "FeedbackScreen", "and the dialog about another screen is gone"


# Keys under the clock -------------------------------------------------------------------------------------------------


async def test_under_a_clock_there_is_no_pause_no_repeat_and_no_hint(bank: Bank) -> None:
    async with clocked(bank) as stage:
        await stage.says(SMALL_TALK)
        for key in ("space pause", "r repeat", "h hint"):
            assert key not in stage.bar()
        assert "enter I'm done" in stage.bar() and "t type instead" in stage.bar()
        await stage.press("space", "f2", "r", "f3", "h", "f4")
        assert stage.backend.delivered == []
        assert stage.backend.capture.recording == "a001" and "Hint" not in stage.drawn()


async def test_while_a_question_under_a_clock_is_asked_there_is_no_pause_and_no_repeat(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = True
    async with clocked(bank, phase="briefing", backend=backend) as stage:
        await stage.press("enter")
        await stage.phase("asking")
        assert "pause" not in stage.bar() and "repeat" not in stage.bar()
        await stage.press("space", "r")
        assert backend.delivered == []


async def test_where_the_rules_allow_it_r_repeats_the_question_in_the_same_take(bank: Bank) -> None:
    async with clocked(bank, rules=replace(RULES, repeats=True)) as stage:
        await stage.says(SMALL_TALK)
        assert "r repeat" in stage.bar()
        await stage.press("r")
        await stage.until(lambda: stage.state.turns == 3 and stage.state.phase == "listening")
        assert (stage.state.take_id, stage.state.takes) == ("a001", 1)


async def test_a_repeated_question_does_not_stop_the_clock_for_good(bank: Bank) -> None:
    async with clocked(bank, rules=replace(RULES, repeats=True)) as stage:
        await stage.passes(30)
        await stage.press("r")
        await stage.until(lambda: stage.state.turns == 3 and stage.state.phase == "listening")
        stage.tick()
        assert "left of 1:30" in flat(stage.text("#turn"))
        await stage.passes(95)
        await cut_off(stage)


@pytest.mark.parametrize("takes", [1, 2, 3])
async def test_b_begins_anew_only_while_a_take_is_left(bank: Bank, takes: int) -> None:
    async with clocked(bank, rules=replace(RULES, takes=takes)) as stage:
        for n in range(1, takes):
            more = takes - n
            await stage.passes(20)
            assert f"{more} more take{'s' * (more != 1)}" in stage.text("#turn")
            assert "b start again" in stage.bar()
            await stage.press("b")
            await stage.until(lambda n=n: stage.backend.capture.recording == f"a{n + 1:03d}")
            stage.tick()
            assert "1:30 left" in stage.text("#turn"), "a take has all of its time"
        assert "the last take" in stage.text("#turn") and "b start again" not in stage.bar()
        await stage.press("b")
        assert len(stage.delivered(e.TakeRestarted)) == takes - 1


async def test_after_ones_own_enter_i_was_not_finished_goes_on_with_the_time_that_was_left(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.recognising.shut()
    async with clocked(bank, backend=backend) as stage:
        await stage.says(SMALL_TALK)
        await stage.passes(60 - backend.clock.at_s)
        await stage.press("enter")
        await stage.phase("transcribing")
        stage.tick()
        assert "u I wasn't finished" in stage.bar() and "wasn't finished (5 s)" in stage.text("#note")
        await stage.press("u")
        await stage.until(lambda: backend.capture.recording == "a001")
        stage.tick()
        assert "0:30 left of 1:30" in flat(stage.text("#turn"))
        backend.recognising.open()
        await stage.passes(31)
        await stage.until(lambda: stage.state.assessments)
        assert stage.state.assessments[0].clocked.cut.why == "limit"


async def test_out_of_the_follow_up_i_was_not_finished_goes_on_with_the_time_that_was_left(bank: Bank) -> None:
    async with clocked(bank) as stage:
        await stage.says(HALF)
        await stage.passes(60 - stage.backend.clock.at_s)
        await stage.press("enter")
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        await stage.press("u")
        await stage.until(lambda: stage.state.take_id == "a001" and stage.backend.capture.recording == "a001")
        stage.tick()
        assert "0:30 left of 1:30" in flat(stage.text("#turn"))


@pytest.mark.parametrize("until", ["transcribing", "follow-up"])
async def test_after_a_cut_off_i_was_not_finished_is_not_offered(bank: Bank, until: str) -> None:
    backend = ScreenBackend(bank)
    if until == "transcribing":
        backend.recognising.shut()
    async with clocked(bank, backend=backend) as stage:
        await stage.says(HALF)
        await stage.passes(90 - backend.clock.at_s)
        if until == "transcribing":
            await stage.phase("transcribing")
        else:
            await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        stage.tick()
        assert "wasn't finished" not in stage.bar() + stage.text("#note")
        await stage.press("u")
        assert stage.delivered(e.AnswerReopened) == []


async def test_a_take_that_a_lost_microphone_spoilt_does_not_count_and_says_so(bank: Bank) -> None:
    async with clocked(bank) as stage:
        await stage.passes(40)
        assert "b start again" not in stage.bar()
        await stage.happens(e.MicrophoneLost("a001", "The microphone was unplugged."))
        await stage.phase("paused")
        stage.tick()
        kept = flat(stage.text("#kept"))
        assert kept.startswith("The microphone was unplugged. 0:40 are on disk.")
        assert "b begins this answer anew: a take in which something broke doesn't count." in kept
        assert "b start again" in stage.bar() and "0:50 left of 1:30" in flat(stage.text("#turn"))
        await stage.press("b")
        await stage.until(lambda: stage.backend.capture.recording == "a002")
        stage.tick()
        assert "1:30 left" in stage.text("#turn") and "the last take" in stage.text("#turn")


async def test_a_microphone_lost_at_once_offers_the_new_take_too(bank: Bank) -> None:
    async with clocked(bank) as stage:
        await stage.happens(e.MicrophoneLost("a001", "The microphone was unplugged."))
        await stage.phase("paused")
        stage.tick()
        assert "b start again" in stage.bar()
        assert "doesn't count" in flat(stage.text("#kept"))


async def test_the_clock_goes_on_without_the_microphone_and_the_feedback_says_that_it_is_no_fair_measure(
    bank: Bank,
) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend, size=(80, 60)) as stage:
        await stage.says(HALF)
        await stage.happens(e.MicrophoneLost("a001", "The microphone was unplugged."))
        await stage.phase("paused")
        await stage.passes(90)
        await stage.feedback()
        assert stage.state.assessments[0].clocked.cut.why == "limit"
        assert "It is no fair measure: The microphone was unplugged." in flat(stage.drawn())


async def test_space_goes_on_with_the_take_when_the_microphone_is_back_and_the_clock_did_not_wait(bank: Bank) -> None:
    async with clocked(bank) as stage:
        await stage.passes(20)
        await stage.happens(e.MicrophoneLost("a001", "The microphone was unplugged."))
        await stage.passes(20)
        await stage.happens(e.MicrophoneBack())
        await stage.press("space")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        stage.tick()
        assert "0:50 left of 1:30" in flat(stage.text("#turn"))


async def test_leaving_in_the_middle_of_an_answer_comes_back_to_what_was_left_of_its_time(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    async with clocked(bank, backend=backend) as stage:
        await stage.says(HALF)
        await stage.passes(50 - backend.clock.at_s)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        assert "You left" in flat(stage.drawn()) and "0:50 into the answer" in flat(stage.drawn())
        await stage.press("enter")
        await stage.phase("paused")
        stage.tick()
        assert "0:40 left of 1:30" in flat(stage.text("#turn"))
        await stage.passes(30)
        assert "0:40 left of 1:30" in flat(stage.text("#turn")), "it stands still until one goes on"
        await stage.press("space")
        await stage.until(lambda: backend.capture.recording == "a001")
        await stage.passes(41)
        await cut_off(stage)


# What is said at the start, and by a voice that fails -----------------------------------------------------------------


async def test_what_is_missing_at_the_start_is_said_under_a_clock_too(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.microphone_name, backend.notices = "", ("No microphone was found.", "Your answers are typed.")
    async with clocked(bank, backend=backend, rules=THINK, quiet="typed") as stage:
        assert "No microphone was found. Your answers are typed." in flat(stage.drawn())


async def test_a_question_that_could_not_be_spoken_says_why_under_a_clock_too(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = True
    async with clocked(bank, phase="briefing", backend=backend) as stage:
        await stage.press("enter")
        await stage.phase("asking")
        await stage.happens(e.QuestionSpoken("t002", "", 0.0, "the voice hung"))
        await stage.phase("listening")
        assert "On the screen only: the voice hung." in stage.drawn()


# Typed --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_a_typed_answer_is_cut_off_with_what_stands_in_the_box(bank: Bank, size: tuple[int, int]) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend, size=size, quiet="typed") as stage:
        assert "YOUR TURN: TYPE" in stage.text("#turn") and "1:30 left of 1:30" in flat(stage.text("#turn"))
        whole(stage)
        box(stage).text = HALF
        await stage.passes(91)
        await stage.feedback()
        a = stage.state.assessments[0]
        assert (a.text, a.source, a.clocked.cut.why) == (HALF, "typed", "limit")
        assert stage.delivered(e.AnswerTyped) == [e.AnswerTyped("a001", HALF)]


async def test_an_empty_box_is_cut_off_without_an_answer(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend, quiet="typed") as stage:
        await stage.passes(92)
        await stage.feedback()
        assert stage.state.assessments[0].unscored.reason == "cut off before anything was said"


async def test_in_the_box_under_a_clock_no_key_pauses_repeats_or_hints(bank: Bank) -> None:
    async with clocked(bank, quiet="typed") as stage:
        await stage.press(*"abc", "f2", "f3", "f4")
        assert stage.backend.delivered == [] and box(stage).text == "abc"
        for key in ("f2 pause", "f3 repeat", "f4 hint"):
            assert key not in stage.bar()
        assert "enter send" in stage.bar() and "f5 skip" in stage.bar()


async def test_who_changes_to_typing_in_the_middle_keeps_the_clock_and_is_cut_off_in_the_box(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend) as stage:
        await stage.passes(30)
        await stage.press("t")
        await stage.until(lambda: stage.state.typing)
        stage.tick()
        assert "YOUR TURN: TYPE" in stage.text("#turn") and "1:00 left" in stage.text("#turn")
        box(stage).text = HALF
        await stage.passes(61)
        await stage.feedback()
        assert (stage.state.assessments[0].text, stage.state.assessments[0].source) == (HALF, "typed")


async def test_back_from_the_box_to_speaking_the_same_clock_runs(bank: Bank) -> None:
    async with clocked(bank) as stage:
        await stage.passes(30)
        await stage.press("t")
        await stage.until(lambda: stage.state.typing)
        await stage.passes(20)
        await stage.press("escape")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        stage.tick()
        assert "YOUR TURN: SPEAK" in stage.text("#turn") and "0:40 left" in stage.text("#turn")


async def test_when_the_microphone_is_lost_the_rest_can_be_typed_before_the_cut_off(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend) as stage:
        await stage.passes(30)
        await stage.happens(e.MicrophoneLost("a001", "The microphone was unplugged."))
        await stage.phase("paused")
        await stage.press("t")
        await stage.until(lambda: stage.state.typing)
        box(stage).text = HALF
        await stage.passes(61)
        await stage.feedback()
        assert (stage.state.assessments[0].text, stage.state.assessments[0].source) == (HALF, "typed")


async def test_the_box_is_empty_again_for_the_question_after_a_cut_off(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, REST, SLOW, backend=backend, quiet="typed") as stage:
        box(stage).text = HALF
        await stage.passes(91)
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "listening")
        await stage.until(lambda: box(stage).text == "" and box(stage).has_focus, "the box isn't empty, or not focused")


async def test_in_quiet_mode_there_is_time_to_think_and_enter_opens_the_box(bank: Bank) -> None:
    async with clocked(bank, rules=THINK, quiet="typed") as stage:
        assert "TIME TO THINK" in stage.text("#turn") and not box(stage).display
        await stage.passes(10)
        await stage.press("enter")
        await stage.phase("listening")
        assert box(stage).display and box(stage).has_focus and stage.state.thought_s == 10.0


async def test_in_quiet_mode_nothing_is_said_to_be_recorded(bank: Bank) -> None:
    async with clocked(bank, rules=THINK, quiet="typed") as stage:
        assert "recording" not in flat(stage.text("#kept"))


# Any window -----------------------------------------------------------------------------------------------------------


async def test_a_window_resized_while_one_thinks_changes_no_deadline(bank: Bank) -> None:
    async with clocked(bank, rules=THINK) as stage:
        for width, height in STORM[:10]:
            await stage.passes(2)
            await resized(stage, width, height)
            assert not stage.app.fault, (width, height)
            assert "TIME TO THINK" in stage.drawn(), (width, height)
        for size in SIZES:
            await resized(stage, *size)
            assert "0:10 left" in stage.drawn()
            whole(stage)
        await stage.passes(10.1)
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        assert stage.state.thought_s == 30.0


async def test_a_window_resized_in_the_middle_of_an_answer_changes_no_deadline(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.recognising.shut()
    async with clocked(bank, backend=backend) as stage:
        await stage.says(HALF)
        for width, height in STORM[:10]:
            await stage.passes(2)
            await resized(stage, width, height)
            assert not stage.app.fault and "YOUR TURN" in stage.drawn(), (width, height)
        await stage.passes(80 - backend.clock.at_s)
        for size in SIZES:
            await resized(stage, *size)
            assert "0:10 left" in stage.drawn()
            whole(stage)
        await resized(stage, 20, 5)
        await stage.passes(10.1)
        await stage.phase("transcribing")
        stage.tick()
        await stage.settle()
        assert "STOPPED, SAVED" in stage.drawn()


async def test_a_window_resized_while_one_types_under_a_clock_loses_nothing(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend, quiet="typed") as stage:
        box(stage).text = HALF
        for width, height in ((20, 5), (120, 40), (60, 20)):
            await resized(stage, width, height)
            await stage.passes(20)
        whole(stage)
        await stage.passes(31)
        await stage.feedback()
        assert stage.state.assessments[0].text == HALF


# The whole round's time -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_head_says_what_is_left_of_the_whole_round(bank: Bank, size: tuple[int, int]) -> None:
    async with clocked(bank, REST, SQL, SLOW, rules=replace(WHOLE, session_s=900), size=size) as stage:
        await stage.passes(48)
        line = stage.lines()[0]
        assert "question 1 of 3 | 14:12 left" in line


async def test_without_a_clock_for_the_whole_round_the_head_says_nothing_of_it(bank: Bank) -> None:
    async with clocked(bank) as stage:
        assert "left" not in stage.text("#head")


async def test_the_round_s_time_runs_on_between_the_questions(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, REST, SLOW, rules=WHOLE, backend=backend) as stage:
        await stage.passes(40)
        await stage.press("s")
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "listening")
        await stage.passes(20)
        assert "| 2:20 left" in stage.text("#head") and "1:10 left of 1:30" in flat(stage.text("#turn"))


async def test_the_round_s_end_cuts_off_the_answer_and_it_is_judged(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, REST, SLOW, rules=replace(WHOLE, session_s=60), backend=backend, size=(80, 60)) as stage:
        await stage.says(HALF)
        await stage.passes(61)
        await stage.feedback()
        a = stage.state.assessments[0]
        assert len(stage.state.assessments) == 1 and (a.text, a.clocked.cut.why) == (HALF, "session")
        assert "STOPPED at 1:00, the round's time was up" in flat(stage.drawn())
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert "One question was not reached: A suddenly slow endpoint." in flat(stage.texts())
        assert "finished" in stage.text("#head")


async def test_the_round_s_end_in_the_middle_of_an_answer_shows_what_the_interviewer_says(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.recognising.shut()
    async with clocked(bank, REST, SLOW, rules=replace(WHOLE, session_s=60), backend=backend) as stage:
        await stage.says(HALF)
        await stage.passes(61)
        await stage.phase("transcribing")
        await stage.settle()
        assert stage.text("#turn").strip() == "STOPPED, SAVED"
        assert CUT_OFF["session"] in stage.drawn()


async def test_the_round_s_end_cuts_off_a_typed_answer_with_what_stands_in_the_box(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    rules = replace(WHOLE, session_s=60)
    async with clocked(bank, REST, SLOW, rules=rules, backend=backend, quiet="typed") as stage:
        box(stage).text = HALF
        await stage.passes(62)
        await stage.feedback()
        assert stage.state.assessments[0].text == HALF


async def test_the_round_s_end_while_one_thinks_goes_to_the_feedback_of_what_was_answered(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    rules = replace(THINK, session_s=60)
    async with clocked(bank, REST, SLOW, SQL, rules=rules, backend=backend) as stage:
        await stage.press("enter")
        await stage.says(GOOD)
        await stage.passes(35 - backend.clock.at_s)
        await stage.press("enter")
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "thinking")
        await stage.passes(26)
        await stage.feedback()
        assert len(stage.state.assessments) == 1 and "1 of 1" in stage.text("#head")


async def test_the_round_s_end_before_any_answer_goes_to_the_summary(bank: Bank) -> None:
    rules = replace(THINK, think_s=60, session_s=40)
    async with clocked(bank, REST, SLOW, rules=rules) as stage:
        await stage.passes(41)
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert "2 questions were not reached: REST or GraphQL; A suddenly slow endpoint." in flat(stage.texts())


async def test_a_round_that_ends_in_time_has_nothing_that_was_not_reached(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, rules=WHOLE, backend=backend) as stage:
        await stage.answer(GOOD)
        await stage.feedback()
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert "NOT REACHED" not in stage.texts()


async def test_a_pause_between_two_questions_under_a_clock_comes_before_the_next_and_no_clock_runs_in_it(
    bank: Bank,
) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    backend.judging.shut()
    async with clocked(bank, REST, SLOW, rules=THINK, backend=backend) as stage:
        await stage.press("enter")
        await stage.answer(GOOD)
        await stage.phase("assessing")
        assert "space pause" in stage.bar()
        await stage.press("space")
        await stage.until(lambda: stage.state.hold)
        backend.judging.open()
        await stage.phase("paused")
        await stage.passes(120)
        assert stage.state.phase == "paused" and "left" not in stage.text("#turn")
        assert stage.text("#kept").strip() == "Paused. space goes on."
        await stage.press("space")
        await stage.phase("thinking")
        stage.tick()
        assert stage.state.at == 1 and "0:30 left" in stage.text("#turn")


async def test_the_round_s_end_in_a_pause_between_two_questions_goes_to_the_feedback(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    backend.judging.shut()
    async with clocked(bank, REST, SLOW, rules=WHOLE, backend=backend) as stage:
        await stage.answer(GOOD)
        await stage.phase("assessing")
        await stage.press("space")
        await stage.until(lambda: stage.state.hold)
        backend.judging.open()
        await stage.phase("paused")
        await stage.passes(201)
        await stage.feedback()
        assert "1 of 1" in stage.text("#head")


# Real mode ------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def answered(
    bank: Bank, *, size: tuple[int, int] = (80, 24), rules: Pressure | None = None
) -> AsyncIterator[Stage]:
    """A real round of three answers, at the feedback of its first."""
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    wanted = Wanted(questions=(REST, SQL, SLOW), mode="real", clock=rules)
    async with on_stage(bank, wanted, size=size, backend=backend) as stage:
        for n, text in enumerate((HALF, MIXED, DASHBOARDS)):
            await stage.until(lambda n=n: stage.state.at == n and stage.state.phase == "listening")
            assert stage.screen == "InterviewScreen" and stage.state.debrief is None
            await stage.answer(text)
        await stage.feedback()
        yield stage


@pytest.mark.parametrize("rules", [None, RULES])
async def test_a_real_round_shows_no_feedback_between_its_questions(bank: Bank, rules: Pressure | None) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    shown = []
    async with on_stage(bank, Wanted(questions=(REST, SLOW), mode="real", clock=rules), backend=backend) as stage:
        watch = stage.app._show
        stage.app._show = lambda screen: (shown.append(type(screen).__name__), watch(screen))
        await stage.phase("listening")
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "listening")
        assert "FeedbackScreen" not in shown and "CORE" not in stage.drawn()
        await stage.answer(DASHBOARDS)
        await stage.feedback()


async def test_at_the_end_the_feedback_of_each_answer_comes_in_turn(bank: Bank) -> None:
    async with answered(bank) as stage:
        for n, short in enumerate(("REST or GraphQL", "NoSQL or relational", "A suddenly slow endpoint"), 1):
            await stage.until(lambda n=n: f"Feedback {n} of 3" in stage.text("#head"))
            await stage.drawn_points()
            assert f"{n} of 3 | {short} | " in stage.text("#head")
            assert ("left back" in stage.bar()) == (n > 1), "before the first there is none"
            await stage.press("escape" if n == 2 else "right")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert "NOT REACHED" not in stage.texts() and "finished" in stage.text("#head")


async def test_left_goes_back_to_the_feedback_before_and_no_further(bank: Bank) -> None:
    async with answered(bank) as stage:
        await stage.press("right")
        await stage.until(lambda: "2 of 3" in stage.text("#head"))
        await stage.press("left")
        await stage.until(lambda: "1 of 3" in stage.text("#head"))
        await stage.drawn_points()
        assert "In GraphQL the client asks" in flat(stage.drawn())
        await stage.press("left")
        assert stage.state.debrief == 0 and len(stage.delivered(e.PreviousAsked)) == 1


async def test_left_does_nothing_in_a_calm_round(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(GOOD)
        assert "left back" not in stage.bar()
        await stage.press("left")
        assert stage.delivered(e.PreviousAsked) == []


async def test_at_the_end_every_answer_can_be_listened_to(bank: Bank) -> None:
    async with answered(bank) as stage:
        for n in (1, 2, 3):
            await stage.until(lambda n=n: f"{n} of 3" in stage.text("#head"))
            await stage.drawn_points()
            await stage.press("enter")
            assert [take for take, _, _ in stage.backend.played][n - 1 :] == [f"a{n:03d}"]
            await stage.press("right")


async def test_at_the_end_disputes_of_any_answer_are_kept(bank: Bank) -> None:
    async with answered(bank) as stage:
        await stage.press("d", "3")
        await stage.until(lambda: "you: not needed" in stage.texts())
        await stage.press("right")
        await stage.until(lambda: "2 of 3" in stage.text("#head"))
        await stage.drawn_points()
        assert "you: not needed" not in stage.texts()
        await stage.press("d", "4")
        await stage.until(lambda: "you: the rubric is wrong" in stage.texts())
        await stage.press("left")
        await stage.until(lambda: "1 of 3" in stage.text("#head") and "you: not needed" in stage.texts())
        told = [[p.dispute for p in a.points if p.dispute] for a in stage.state.assessments]
        assert told == [["not needed"], ["the rubric is wrong"], []]


async def test_what_is_said_about_one_answer_does_not_stand_below_the_next(bank: Bank) -> None:
    async with answered(bank) as stage:
        await stage.press("d", "3")
        await stage.until(lambda: "Your word is kept" in stage.text("#note"))
        await stage.press("right")
        await stage.until(lambda: "2 of 3" in stage.text("#head"))
        await stage.drawn_points()
        assert stage.text("#note").strip() == ""


async def test_each_feedback_at_the_end_begins_at_its_first_point(bank: Bank) -> None:
    async with answered(bank) as stage:
        await stage.press("down", "down", "down")
        await stage.press("right")
        await stage.until(lambda: "2 of 3" in stage.text("#head"))
        await stage.drawn_points()
        assert stage.page.at == 0


async def test_at_the_end_nothing_can_be_answered_again(bank: Bank) -> None:
    async with answered(bank) as stage:
        for key in ("20 s retake", "whole answer again", "the same in 60 s"):
            assert key not in stage.bar()
        await stage.press("g", "a", "t", "u")
        assert stage.delivered(e.RetakeAsked) == [] and stage.state.phase == "reviewing"
        await stage.press("m")
        assert stage.backend.said == [bank.questions[REST].model_answer], "but a model answer can be heard"


async def test_leaving_at_the_end_comes_back_to_the_same_feedback(bank: Bank) -> None:
    async with answered(bank) as stage:
        await stage.press("right")
        await stage.until(lambda: "2 of 3" in stage.text("#head"))
        await stage.press("q")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        await stage.press("enter")
        await stage.feedback()
        assert "2 of 3 | NoSQL or relational" in stage.text("#head")


async def test_what_was_skipped_has_its_place_in_the_feedback_at_the_end(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    async with on_stage(bank, Wanted(questions=(SLOW, REST), mode="real"), backend=backend) as stage:
        await stage.phase("listening")
        await stage.press("s")
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "listening")
        await stage.answer(GOOD)
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        await stage.press("s")
        await stage.feedback()
        assert "1 of 2 | A suddenly slow endpoint" in stage.text("#head")
        assert "NOT SCORED  skipped" in stage.text("#counts")
        assert "Answer again with a" not in stage.drawn(), "that key does nothing here"
        await stage.press("right")
        await stage.until(lambda: "2 of 2" in stage.text("#head"))


@pytest.mark.parametrize("size", SIZES)
async def test_the_summary_of_a_real_round_counts_every_answer(bank: Bank, size: tuple[int, int]) -> None:
    async with answered(bank, size=size, rules=RULES) as stage:
        await stage.press("right", "right", "right")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        shown = flat(stage.texts())
        assert "NoSQL or relational" in shown and "CORE 2 of 4, 1 to check" in shown
        assert "A suddenly slow endpoint" in shown and "CORE 2 of 2" in shown


# The same in 60 s -----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def in_sixty_seconds(bank: Bank, **how: object) -> AsyncIterator[Stage]:
    backend = ScreenBackend(bank)
    backend.live, backend.change = True, without_follow_ups
    async with interviewed(bank, REST, backend=backend, **how) as stage:
        await stage.says(HALF)
        await stage.press("enter")
        await stage.feedback()
        await stage.passes(6)
        stage.page.refresh_page()
        if stage.app.size.width >= 80:
            assert "t the same in 60 s" in stage.bar()
        await stage.press("t")
        await stage.until(lambda: backend.capture.recording == "a002")
        await stage.passes(0.5)
        yield stage


@pytest.mark.parametrize("size", SIZES)
async def test_the_same_in_sixty_seconds_puts_the_question_under_a_clock(bank: Bank, size: tuple[int, int]) -> None:
    async with in_sixty_seconds(bank, size=size) as stage:
        assert stage.delivered(e.RetakeAsked) == [e.RetakeAsked("", 60.0)]
        assert "1:00 left of 1:00" in flat(stage.text("#turn"))
        assert "How do REST" in stage.text("#question")
        assert "space pause" not in stage.bar() and "h hint" not in stage.bar()
        whole(stage)
        await stage.passes(61)
        await cut_off(stage)


async def test_after_the_same_in_sixty_seconds_both_answers_are_kept(bank: Bank) -> None:
    async with in_sixty_seconds(bank) as stage:
        await stage.says(GOOD)
        await stage.press("enter")
        await stage.feedback()
        state = stage.state
        assert [(a.take_id, a.text) for a in (*state.earlier, *state.assessments)] == [("a001", HALF), ("a002", GOOD)]
        assert state.earlier[0].clocked is None and state.assessments[0].clocked.limit_s == 60
        assert "take 2, under a clock" in stage.text("#head")
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())


async def test_after_the_same_in_sixty_seconds_the_next_answer_is_calm_again(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.live, backend.change = True, without_follow_ups
    async with interviewed(bank, REST, SLOW, backend=backend) as stage:
        await stage.reviewed(HALF)
        await stage.press("t")
        await stage.until(lambda: backend.capture.recording == "a002")
        await stage.answer(GOOD)
        await stage.feedback()
        await stage.press("escape")
        await stage.until(lambda: backend.capture.recording == "a003")
        stage.tick()
        assert "left" not in stage.text("#turn") and "space pause" in stage.bar()


async def test_who_skips_the_same_in_sixty_seconds_keeps_the_answer_before(bank: Bank) -> None:
    async with in_sixty_seconds(bank) as stage:
        await stage.passes(10)
        await stage.press("s")
        await stage.feedback()
        assert [a.text for a in stage.state.assessments] == [HALF] and stage.state.earlier == ()
        await stage.press("a")
        await stage.until(lambda: stage.state.takes == 3 and stage.state.phase == "listening")
        stage.tick()
        assert "left" not in stage.text("#turn"), "the whole answer again is calm"


async def test_the_same_in_sixty_seconds_is_not_offered_for_what_was_not_scored(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, REST, backend=backend) as stage:
        await stage.reviewed("Hm.")
        assert stage.state.assessments[0].unscored is not None
        assert "the same in 60 s" not in stage.bar()


async def test_the_same_in_sixty_seconds_is_cut_off_in_the_box_too(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.live, backend.change = True, without_follow_ups
    async with interviewed(bank, REST, backend=backend, quiet="typed") as stage:
        box(stage).text = HALF
        await stage.press("enter")
        await stage.feedback()
        await stage.press("t")
        await stage.until(lambda: stage.state.take_id == "a002" and stage.state.phase == "listening")
        box(stage).text = GOOD
        await stage.passes(61)
        await stage.feedback()
        assert stage.state.assessments[0].text == GOOD


# A machine that slept -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_a_machine_that_slept_while_one_thought_asks_and_goes_on_with_what_was_left(
    bank: Bank, size: tuple[int, int]
) -> None:
    async with clocked(bank, rules=THINK, size=size) as stage:
        await stage.passes(12)
        await stage.happens(e.MachineSlept(600.0, 18.0))
        await stage.phase("paused")
        stage.tick()
        await stage.settle()
        assert "PAUSED" in stage.text("#turn") and "0:18 left of 0:30" in flat(stage.text("#turn"))
        assert "This machine was asleep for ten minutes. space goes on." in flat(stage.text("#kept"))
        assert "space pause" in stage.bar()
        whole(stage)
        await stage.passes(40)
        assert stage.state.phase == "paused", "the clock stands still"
        await stage.press("space")
        await stage.phase("thinking")
        stage.tick()
        assert "0:18 left of 0:30" in flat(stage.text("#turn"))
        await stage.passes(18.1)
        await stage.until(lambda: stage.backend.capture.recording == "a001")


@pytest.mark.parametrize("size", SIZES)
async def test_a_machine_that_slept_in_an_answer_asks_and_goes_on_with_what_was_left(
    bank: Bank, size: tuple[int, int]
) -> None:
    async with clocked(bank, size=size) as stage:
        await stage.says(HALF)
        await stage.passes(50 - stage.backend.clock.at_s)
        stage.backend.clock.slept += 3000
        stage.backend.wake()
        await stage.phase("paused")
        stage.tick()
        await stage.settle()
        said = flat(stage.text("#kept"))
        assert said.startswith("This machine was asleep for fifty minutes. 0:50 are on disk.")
        assert "doesn't count" in said and "space goes on." in said
        assert stage.backend.capture.recording == ""
        assert "0:40 left of 1:30" in flat(stage.text("#turn"))
        whole(stage)
        await stage.press("space")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        stage.tick()
        assert "0:40 left of 1:30" in flat(stage.text("#turn")), stage.drawn()
        await stage.passes(41)
        await cut_off(stage)


async def test_after_a_sleep_the_answer_may_be_given_anew(bank: Bank) -> None:
    async with clocked(bank) as stage:
        await stage.passes(50)
        await stage.happens(e.MachineSlept(60.0, 40.0))
        await stage.phase("paused")
        assert "b start again" in stage.bar()
        await stage.press("b")
        await stage.until(lambda: stage.backend.capture.recording == "a002")
        stage.tick()
        assert "1:30 left" in stage.text("#turn") and "b start again" not in stage.bar()


async def test_a_machine_that_slept_in_a_typed_answer_keeps_what_stands_in_the_box(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with clocked(bank, backend=backend, quiet="typed") as stage:
        box(stage).text = HALF
        await stage.passes(50)
        await stage.happens(e.MachineSlept(60.0, 40.0))
        await stage.phase("paused")
        await stage.press("space")
        await stage.phase("listening")
        await stage.until(lambda: box(stage).has_focus)
        assert box(stage).text == HALF
        stage.tick()
        assert "0:40 left of 1:30" in flat(stage.text("#turn"))
        await stage.passes(41)
        await stage.feedback()
        assert stage.state.assessments[0].text == HALF


async def test_a_machine_that_slept_in_the_middle_of_the_rules_still_has_the_whole_round_s_clock(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = True
    async with clocked(bank, rules=WHOLE, phase="briefing", backend=backend) as stage:
        await stage.happens(e.MachineSlept(60.0))
        await stage.phase("paused")
        backend.speaker.talks = False
        await stage.press("space")
        await stage.phase("listening")
        stage.tick()
        assert "| 3:20 left" in stage.text("#head")


async def test_a_machine_that_slept_in_a_calm_answer_asks_and_loses_nothing(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak(HALF)
        await stage.happens(e.MachineSlept(60.0))
        await stage.phase("paused")
        stage.tick()
        said = flat(stage.text("#kept"))
        assert said.startswith("This machine was asleep for sixty seconds.") and "doesn't count" not in said
        await stage.press("space")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
