"""Who is coached: points light up, hints climb to the missing sentence, a word on pace; nobody else sees any of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.kit.screen_backend import ScreenBackend, with_ask, without_follow_ups
from tests.tui.stage import GOOD, HALF, MIXED, REST, SLOW, SQL, Stage, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.pressure import Pressure
from voiceprep.core.question import Question
from voiceprep.report.wording import CONFIDENTIAL
from voiceprep.tui.backend import Mode, Wanted
from voiceprep.tui.base import KeyBar

SIZES = [(80, 24), (60, 20)]
CLOCK = Pressure(answer_s=90, follow_up_s=45)
FAST = "and then we looked at every query of the service one after the other " * 4
"""In the 0.3 s a word that the candidate here takes, it's 200 words a minute."""


@asynccontextmanager
async def coached(
    bank: Bank, *questions: str, size: tuple[int, int] = (80, 24), backend: ScreenBackend | None = None, **how: object
) -> AsyncIterator[Stage]:
    async with interviewed(bank, *questions, size=size, backend=backend, mode="coached", **how) as stage:
        yield stage


def flat(text: str) -> str:
    return " ".join(text.split())


def told(question: Question) -> Question:
    """The same as a question about one's own work, without a follow-up."""
    return replace(question, type="behavioral", follow_ups=())


def whole(stage: Stage) -> None:
    """Nothing lies under the key bar, nothing has to be scrolled for."""
    page, bar = stage.page, stage.page.query_one(KeyBar)
    for widget in page.query("#head, #turn, #kept, #asked, #question, #mic, #so-far, #hearing, #words, #note"):
        if widget.display and widget.region.height:
            assert widget.region.bottom <= bar.region.y, f"{widget.id} lies under the keys:\n{stage.drawn()}"
    assert page.max_scroll_y == 0, stage.drawn()


async def lights(stage: Stage, *points: str) -> None:
    await stage.happens(e.NewHeard(stage.state.take_id, points))
    await stage.until(lambda: stage.state.live == points)


async def hint(stage: Stage) -> str:
    before = stage.state.hints
    await stage.press("h")
    await stage.until(lambda: stage.state.hints == before + 1)
    return flat(stage.text("#note"))


# Points that light up -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_before_anything_is_heard_there_is_a_dot_for_each_point_and_no_text(
    bank: Bank, size: tuple[int, int]
) -> None:
    async with coached(bank, size=size) as stage:
        assert stage.text("#so-far").strip() == "HEARD SO FAR  ○○○○ core   ○○ extra"
        assert "HEARD SO FAR" in stage.drawn()
        for point in bank.questions[REST].points:
            assert point.text not in flat(stage.drawn()), "nobody is told what to say"
        whole(stage)


@pytest.mark.parametrize("size", SIZES)
async def test_a_point_lights_up_with_its_text_when_it_is_heard(bank: Bank, size: tuple[int, int]) -> None:
    async with coached(bank, size=size) as stage:
        await stage.speak(HALF)
        await lights(stage, "client-picks")
        assert flat(stage.text("#so-far")).startswith("HEARD SO FAR ●○○○ core ○○ extra")
        question = bank.questions[REST]
        assert f"+ {question.point('client-picks').text}" in flat(stage.drawn())
        await lights(stage, "client-picks", "fixed-shape")
        assert flat(stage.text("#so-far")).startswith("HEARD SO FAR ●○○○ core ●○ extra")
        assert f"+ {question.point('fixed-shape').text}" in flat(stage.drawn())
        for point in question.points:
            if point.id not in ("client-picks", "fixed-shape"):
                assert point.text not in flat(stage.drawn())
        whole(stage)


async def test_a_dot_keeps_its_place_whatever_is_heard_first(bank: Bank) -> None:
    async with coached(bank) as stage:
        await lights(stage, "rest-when", "caching")
        assert flat(stage.text("#so-far")).startswith("HEARD SO FAR ○○●○ core ○● extra")


async def test_a_question_without_extra_points_has_no_dots_for_them(bank: Bank) -> None:
    async with coached(bank, SLOW) as stage:
        assert stage.text("#so-far").strip() == "HEARD SO FAR  ○○ core"


async def test_the_point_heard_last_is_always_told(bank: Bank) -> None:
    async with coached(bank) as stage:
        await lights(stage, "no-surplus", "rest-when", "graphql-when")
        await lights(stage, "client-picks", "no-surplus", "rest-when", "graphql-when")
        assert bank.questions[REST].point("client-picks").text in flat(stage.text("#so-far"))


async def test_all_texts_that_stand_there_are_drawn_whole(bank: Bank) -> None:
    async with coached(bank, SQL) as stage:
        await stage.speak(MIXED)
        await lights(stage, "decide-by-need", "scaling-out", "transactions")
        shown = flat(stage.text("#so-far"))
        assert shown in flat(stage.drawn()), f"{shown!r} is cut in\n{stage.drawn()}"


async def test_in_an_ordinary_window_what_a_coach_says_is_seen_however_much_was_said(bank: Bank) -> None:
    async with coached(bank, SQL) as stage:
        await stage.speak(f"{MIXED} {FAST}")
        await lights(stage, "scaling-out", "transactions", "no-schema")
        stage.tick()
        await stage.settle()
        assert "words a minute" in stage.text("#note")
        assert "words a minute" in stage.drawn(), stage.drawn()


async def test_in_an_ordinary_window_a_hint_that_was_asked_for_is_seen_however_much_was_said(bank: Bank) -> None:
    async with coached(bank, SQL) as stage:
        await stage.speak(f"{MIXED} {FAST}")
        await lights(stage, "scaling-out", "transactions", "no-schema")
        await hint(stage)
        assert "Hint 1" in stage.drawn(), stage.drawn()


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_with_all_points_lit_a_long_question_and_many_words_nothing_lies_under_the_keys(
    bank: Bank, size: tuple[int, int]
) -> None:
    backend = ScreenBackend(bank)
    backend.change = with_ask("Imagine this. " + "And then one more thing about the system happens. " * 20 + "Why?")
    async with coached(bank, SQL, size=size, backend=backend) as stage:
        await stage.speak(f"{MIXED} {FAST}")
        await lights(stage, *(p.id for p in bank.questions[SQL].points))
        await hint(stage)
        stage.tick()
        await stage.settle()
        drawn = stage.drawn()
        assert "HEARD SO FAR" in drawn and "Hint 1" in drawn
        whole(stage)


async def test_what_is_really_said_lights_its_points_up_while_one_speaks(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.live = backend.rough = True
    async with coached(bank, backend=backend) as stage:
        await stage.speak("In GraphQL the client asks for exactly the fields it wants, which is what I like about it.")
        await stage.until(lambda: stage.state.live)
        assert stage.state.live == ("client-picks",) and stage.state.phase == "listening"
        assert "●○○○ core" in stage.text("#so-far")
        await stage.speak("I would pick REST for a simple public API whose needs are stable, as most of them are.")
        await stage.until(lambda: len(stage.state.live) == 2)
        assert "●○●○ core" in stage.text("#so-far")


async def test_a_new_take_begins_with_no_point_lit(bank: Bank) -> None:
    async with coached(bank) as stage:
        await stage.speak(HALF)
        await lights(stage, "client-picks")
        await stage.press("b")
        await stage.until(lambda: stage.backend.capture.recording == "a002")
        assert "●" not in stage.text("#so-far") and "○○○○ core" in stage.text("#so-far")


async def test_points_stay_lit_in_a_pause(bank: Bank) -> None:
    async with coached(bank) as stage:
        await lights(stage, "client-picks")
        await stage.press("space")
        await stage.phase("paused")
        assert "●○○○ core" in stage.drawn()


async def test_a_follow_up_has_dots_for_its_own_points(bank: Bank) -> None:
    async with coached(bank) as stage:
        await stage.speak(HALF)
        await lights(stage, "client-picks")
        await stage.press("enter")
        await stage.until(lambda: stage.state.follow_up_id == "versioning" and stage.state.phase == "listening")
        assert stage.text("#so-far").strip() == "HEARD SO FAR  ○ core   ○ extra"
        await lights(stage, "rest-versions")
        assert "+ REST numbers its versions in the address." in stage.drawn()


async def test_while_one_sentence_is_given_again_there_are_no_dots(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with coached(bank, backend=backend) as stage:
        await stage.reviewed(HALF)
        await stage.press("g")
        await stage.until(lambda: stage.state.retake and stage.state.phase == "listening")
        assert "HEARD SO FAR" not in stage.drawn()


async def test_after_the_answer_the_feedback_comes_at_once(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with coached(bank, REST, SLOW, backend=backend) as stage:
        await stage.reviewed(GOOD)
        assert "CORE 4 of 4" in stage.text("#counts") and stage.state.debrief is None


async def test_points_that_light_up_late_for_a_take_that_is_over_change_nothing(bank: Bank) -> None:
    async with coached(bank) as stage:
        await stage.press("b")
        await stage.until(lambda: stage.backend.capture.recording == "a002")
        stage.backend.happens(e.NewHeard("a001", ("client-picks",)))
        await stage.speak("Well.")
        assert stage.state.live == () and "●" not in stage.text("#so-far")


@pytest.mark.parametrize(("mode", "clock"), [("practice", None), ("real", None), ("coached", CLOCK)])
async def test_nobody_else_sees_what_was_heard_so_far(bank: Bank, mode: Mode, clock: Pressure | None) -> None:
    async with interviewed(bank, mode=mode, clock=clock) as stage:
        await stage.speak(HALF)
        await stage.happens(e.NewHeard("a001", ("client-picks",)))
        stage.tick()
        await stage.settle()
        drawn = stage.drawn()
        assert "HEARD SO FAR" not in drawn and "●" not in drawn and "○" not in drawn
        assert bank.questions[REST].point("client-picks").text not in flat(drawn)


# Hints ----------------------------------------------------------------------------------------------------------------


async def test_the_hints_of_a_coach_end_with_the_missing_point_and_its_sentence(bank: Bank) -> None:
    question = bank.questions[REST]
    async with coached(bank) as stage:
        ladder = [
            *question.tips,
            "A good answer has 4 main points.",
            f"Not heard yet: {question.point('client-picks').text}",
            f"One sentence would do it: {question.point('client-picks').say}",
        ]
        for n, rung in enumerate(ladder, 1):
            assert await hint(stage) == f"Hint {n} of {len(ladder)}: {rung}"
        assert await hint(stage) == "There are no more hints."


async def test_a_hint_leaves_out_what_was_heard(bank: Bank) -> None:
    question = bank.questions[REST]
    async with coached(bank) as stage:
        await lights(stage, "client-picks")
        for _ in range(3):
            await hint(stage)
        assert await hint(stage) == f"Hint 4 of 5: Not heard yet: {question.point('rest-when').text}"
        assert await hint(stage) == f"Hint 5 of 5: One sentence would do it: {question.point('rest-when').say}"


async def test_with_every_core_point_heard_there_is_nothing_missing_to_hint_at(bank: Bank) -> None:
    async with coached(bank) as stage:
        await lights(stage, "client-picks", "no-surplus", "rest-when", "graphql-when")
        for _ in range(2):
            await hint(stage)
        assert await hint(stage) == "Hint 3 of 3: A good answer has 4 main points."
        assert await hint(stage) == "There are no more hints."


async def test_the_sentence_belongs_to_the_point_that_was_named_before_it(bank: Bank) -> None:
    question = bank.questions[REST]
    async with coached(bank) as stage:
        for _ in range(4):
            last = await hint(stage)
        assert question.point("client-picks").text in last
        await lights(stage, "client-picks")
        last = await hint(stage)
        assert question.point("rest-when").say not in last, "a sentence for a point that was never named"


@pytest.mark.parametrize("size", SIZES)
async def test_the_longest_hint_is_drawn_to_its_end(bank: Bank, size: tuple[int, int]) -> None:
    async with coached(bank, size=size) as stage:
        await stage.speak(HALF)
        await lights(stage, "client-picks", "fixed-shape")
        for _ in range(5):
            last = await hint(stage)
        assert "since everybody can read it and nobody has to learn it." in last
        assert last in flat(stage.drawn()), stage.drawn()
        whole(stage)


async def test_in_practice_hints_name_no_point(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        said = [await hint(stage) for _ in range(4)]
        assert said[-1] == "There are no more hints."
        assert not any("Not heard yet" in line or "One sentence" in line for line in said)


async def test_in_real_mode_there_are_no_hints(bank: Bank) -> None:
    async with interviewed(bank, mode="real") as stage:
        assert "hint" not in stage.bar()
        await stage.press("h", "f4")
        assert stage.backend.delivered == [] and "Hint" not in stage.drawn()
        assert "space pause" in stage.bar() and "r repeat" in stage.bar(), "it's real, not under a clock"


# Pace and silence -----------------------------------------------------------------------------------------------------


async def test_a_coach_says_when_it_is_too_fast(bank: Bank) -> None:
    async with coached(bank) as stage:
        await stage.speak(FAST)
        assert flat(stage.text("#note")) == "That's about 200 words a minute. Slower is easier to follow."


async def test_a_few_fast_words_say_nothing_about_pace(bank: Bank) -> None:
    async with coached(bank) as stage:
        await stage.speak(" ".join(FAST.split()[:20]))
        assert "words a minute" not in stage.drawn()


async def test_slow_words_after_fast_ones_take_the_word_on_pace_back(bank: Bank) -> None:
    async with coached(bank) as stage:
        await stage.speak(FAST)
        for _ in range(8):
            await stage.speak("and so on it went", pause_s=2.5)
        assert "words a minute" not in stage.drawn()


@pytest.mark.parametrize("mode", ["practice", "real"])
async def test_nobody_else_hears_about_pace(bank: Bank, mode: Mode) -> None:
    async with interviewed(bank, mode=mode) as stage:
        await stage.speak(FAST)
        assert "words a minute" not in stage.drawn()


@pytest.mark.parametrize(
    ("mode", "silent_s", "says"),
    [("coached", 4, "Take your time: I will not end your answer."),
     ("coached", 7, "A pause is fine: say what you are weighing."),
     ("practice", 7, "Take your time: I will not end your answer.")],
)  # fmt: skip
async def test_a_long_silence_is_answered_by_a_coach_with_what_to_do(
    bank: Bank, mode: Mode, silent_s: float, says: str
) -> None:
    async with interviewed(bank, mode=mode) as stage:
        await stage.speak("For orders I would stay on SQL.")
        stage.backend.wait_silently(silent_s)
        stage.tick()
        assert says in flat(stage.text("#note"))


# One's own story ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["practice", "coached", "real"])
async def test_who_begins_to_tell_from_their_work_is_reminded_to_leave_names_out(bank: Bank, mode: Mode) -> None:
    backend = ScreenBackend(bank)
    backend.change = told
    async with interviewed(bank, SLOW, mode=mode, backend=backend) as stage:
        stage.tick()
        assert flat(stage.text("#note")) == CONFIDENTIAL
        await stage.speak("At my last job it was the index. " * 6, pause_s=0.2)
        assert stage.backend.microphone.seconds["a001"] > 12
        assert CONFIDENTIAL not in flat(stage.drawn())


async def test_while_one_thinks_about_a_story_the_reminder_stands_there_all_the_time(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = told
    wanted = Wanted(questions=(SLOW,), clock=replace(CLOCK, think_s=30))
    async with on_stage(bank, wanted, backend=backend, size=(60, 20)) as stage:
        await stage.phase("thinking")
        for _ in range(2):
            stage.tick()
            await stage.settle()
            assert CONFIDENTIAL in flat(stage.drawn())
            whole(stage)
            await stage.passes(14)


async def test_other_questions_remind_nobody(bank: Bank) -> None:
    async with coached(bank, SLOW) as stage:
        stage.tick()
        assert CONFIDENTIAL not in flat(stage.drawn())


async def test_who_types_from_their_work_is_reminded_too(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = told
    async with interviewed(bank, SLOW, backend=backend, quiet="typed") as stage:
        stage.tick()
        assert CONFIDENTIAL in flat(stage.drawn())


# Home -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_c_goes_from_practice_to_coached_to_real_and_round_again_and_the_head_says_so(
    bank: Bank, size: tuple[int, int]
) -> None:
    async with on_stage(bank, size=size) as stage:
        await stage.until(stage.rows)
        assert "c coached, or real" in stage.bar() or size[0] < 80
        for mode in ("| coached", "| real", ""):
            await stage.press("c")
            line = stage.lines()[0]
            assert (
                (mode in line) and ("coached" in line) == ("coached" in mode) and ("real" in line) == ("real" in mode)
            )


async def test_the_head_says_quiet_mode_and_coached_together(bank: Bank) -> None:
    async with on_stage(bank, size=(60, 20)) as stage:
        await stage.until(stage.rows)
        await stage.press("q", "c")
        assert "quiet: typed | coached" in stage.lines()[0]


@pytest.mark.parametrize(("presses", "mode"), [(0, "practice"), (1, "coached"), (2, "real"), (3, "practice")])
async def test_what_is_started_from_home_is_held_in_the_mode_chosen(bank: Bank, presses: int, mode: Mode) -> None:
    async with on_stage(bank) as stage:
        await stage.until(stage.rows)
        await stage.press(*["c"] * presses, "enter")
        await stage.phase("listening")
        assert stage.backend.wanted[-1].mode == mode
        assert (stage.state.coached, stage.state.real) == (mode == "coached", mode == "real")


async def test_while_one_searches_c_is_a_letter(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.until(stage.rows)
        await stage.press("slash", "c")
        assert "coached" not in stage.lines()[0]


async def test_the_mode_chosen_is_still_there_after_a_round(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.until(stage.rows)
        await stage.press("c", "enter")
        await stage.phase("listening")
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        assert "| coached" in stage.lines()[0]


async def test_the_weakest_question_again_is_asked_in_the_same_mode(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with coached(bank, backend=backend) as stage:
        await stage.reviewed(HALF)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("g")
        await stage.until(lambda: len(backend.wanted) == 2)
        assert backend.wanted[-1].mode == "coached"


async def test_a_coached_round_that_is_gone_on_with_is_still_coached(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    async with coached(bank, backend=backend) as stage:
        await stage.speak(HALF)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        await stage.press("enter")
        await stage.phase("paused")
        assert "HEARD SO FAR" in stage.drawn()
