"""The interview screen: whose turn, clock, question, microphone, rough words; and every key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events as textual_events
from textual.widgets import TextArea

from tests.kit.screen_backend import ScreenBackend, with_ask
from tests.tui.stage import COOKING, GAP_FILLED, GOOD, HALF, REST, SLOW, SQL, Stage, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.judged import ASK_AGAIN
from voiceprep.tui.backend import News, Wanted

SIZES = [(80, 24), (120, 40), (60, 20)]


def where(stage: Stage, text: str) -> int:
    """The row on which a text is drawn."""
    found = [n for n, line in enumerate(stage.lines()) if text in line]
    assert found, f"{text!r} is not on the screen:\n{stage.drawn()}"
    return found[0]


def flat(text: str) -> str:
    return " ".join(text.split())


def box(stage: Stage) -> TextArea:
    return stage.page.query_one(TextArea)


def in_bar(stage: Stage, *texts: str) -> None:
    for text in texts:
        assert text in stage.bar(), f"{text!r} is not in {stage.bar()!r}"


def not_in_bar(stage: Stage, *texts: str) -> None:
    for text in texts:
        assert text not in stage.bar(), f"{text!r} is in {stage.bar()!r}"


# What stands where --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_everything_that_counts_is_on_the_screen_in_its_order(bank: Bank, size: tuple[int, int]) -> None:
    async with interviewed(bank, SQL, REST, size=size) as stage:
        await stage.speak("Um for orders I would stay on (Cassandra?) because I need transactions.")
        order = ["question 1 of 2", "YOUR TURN: SPEAK", "recording, on disk up to 0:05", "QUESTION", "When would you",
                 "MIC   [##########-----]  good", "HEARING YOU", "... Um for orders", "enter I'm done"]  # fmt: skip
        rows = [where(stage, text) for text in order]
        assert rows == sorted(rows)
        assert where(stage, "0:05    aim 1:00 to 2:00") == rows[1]
        assert where(stage, "LOCAL") == rows[0]
        assert where(stage, "MacBook") == rows[5]
        assert "(Cassandra?)" in stage.drawn()
        assert "one real example" in " ".join(stage.drawn().split()), "the question to its last word"
        assert "? all keys" in stage.drawn(), "what has no room is in there"
        if size[0] >= 80:
            assert "esc leave, all saved" in stage.drawn()


@pytest.mark.parametrize("size", SIZES)
async def test_the_interviewer_speaking_is_said_and_enter_cuts_it_short(bank: Bank, size: tuple[int, int]) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = True
    async with on_stage(bank, Wanted(questions=(REST,)), size=size, backend=backend) as stage:
        await stage.phase("asking")
        assert where(stage, "INTERVIEWER SPEAKS") < where(stage, "enter cuts me short") < where(stage, "How do REST")
        assert where(stage, "MIC")
        assert "0:00" not in stage.text("#turn"), "no clock runs while it isn't the candidate's turn"
        in_bar(stage, "space pause", "r repeat", "s skip")
        not_in_bar(stage, "h hint", "t type", "b start again", "u I wasn't")
        backend.speaker.talks = False
        await stage.press("enter")
        await stage.phase("listening")
        assert backend.hushes == 1


async def test_repeating_while_the_interviewer_speaks_begins_the_question_again(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.speaker.talks = True
    async with on_stage(bank, Wanted(questions=(REST,)), backend=backend) as stage:
        await stage.phase("asking")
        await stage.press("r")
        await stage.until(lambda: stage.state.turns == 2)
        assert stage.state.phase == "asking"
        await stage.press("h", "t", "b", "u")
        assert [type(event) for event in backend.delivered] == [e.RepeatAsked], "the others do nothing now"


@pytest.mark.parametrize("size", SIZES)
async def test_while_the_answer_is_checked_the_screen_says_that_it_is_saved(bank: Bank, size: tuple[int, int]) -> None:
    async with interviewed(bank, size=size) as stage:
        stage.backend.recognising.shut()
        stage.backend.judging.shut()
        await stage.answer(HALF)
        await stage.phase("transcribing")
        stage.tick()
        assert (
            where(stage, "CHECKING WHAT I HEARD") < where(stage, "Your answer is saved.") < where(stage, "How do REST")
        )
        not_in_bar(stage, "I'm done", "r repeat", "h hint", "t type", "b start again", "s skip")
        in_bar(stage, "u I wasn't finished", "esc leave")
        await stage.press("r", "h", "t", "b", "s", "enter")
        assert len(stage.backend.delivered) == 1, "one done and nothing else"
        stage.backend.recognising.open()
        await stage.phase("assessing")
        assert "CHECKING" in stage.text("#turn") and "WHAT I HEARD" not in stage.text("#turn")
        stage.backend.judging.open()
        await stage.until(lambda: stage.state.follow_up_id is not None)


async def test_a_pause_asked_for_while_checking_comes_before_the_next_question(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        stage.backend.judging.shut()
        await stage.answer(HALF)
        await stage.phase("assessing")
        await stage.press("space")
        await stage.until(lambda: stage.state.hold)
        stage.tick()
        assert "You asked for a pause: it comes next." in stage.text("#kept")
        stage.backend.judging.open()
        await stage.phase("paused")
        assert "PAUSED" in stage.text("#turn") and "space goes on." in stage.text("#kept")
        await stage.press("space")
        await stage.phase("listening")
        assert "FOLLOW-UP" in stage.text("#asked")


@pytest.mark.parametrize("size", SIZES)
async def test_a_question_asked_once_more_says_so_and_why(bank: Bank, size: tuple[int, int]) -> None:
    async with interviewed(bank, size=size) as stage:
        await stage.answer(COOKING)
        await stage.until(lambda: stage.state.again and stage.state.phase == "listening")
        assert stage.text("#asked").strip() == "QUESTION, ONCE MORE"
        assert flat(stage.text("#question")).startswith(f"{ASK_AGAIN} How do REST and GraphQL differ"), "as it was said"
        stage.clock.at_s += 6  # so that "I wasn't finished" is over
        stage.tick()
        await stage.settle()
        said = "Your first answer was off topic: nothing in it speaks of this question. It's kept, and not scored."
        assert f"{said} s skips." in flat(stage.text("#note")) and "s skips." in flat(stage.drawn())
        await stage.press("r")
        await stage.until(lambda: stage.state.turns == 3 and stage.state.phase == "listening")
        assert flat(stage.text("#question")).startswith("How do REST and GraphQL differ"), "again without the sentence"
        await stage.press("t")
        await stage.until(lambda: stage.page.has_class("-typing"))
        assert "f5 skips." in flat(stage.text("#note")), "letters go into the box"


async def test_who_skips_the_question_asked_once_more_sees_why_the_first_has_no_score(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.answer(COOKING)
        await stage.until(lambda: stage.state.again and stage.state.phase == "listening")
        await stage.press("s")
        await stage.feedback()
        assert "NOT SCORED off topic: nothing in it speaks of this question." in flat(stage.drawn())
        assert "take 1" in stage.text("#head"), "the first answer stands"
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen")


async def test_a_follow_up_says_that_it_is_one_and_has_its_own_aim(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id == "versioning" and stage.state.phase == "listening")
        assert stage.text("#asked").strip() == "FOLLOW-UP"
        assert stage.text("#question") == "How does versioning work in REST, compared with GraphQL?"
        assert "aim 0:20 to 1:00" in stage.text("#turn")
        not_in_bar(stage, "h hint")
        assert "GraphQL the client" not in stage.text("#words"), "the rough words are this take's"


@pytest.mark.parametrize(
    ("dbfs", "clipping", "says", "bars"),
    [(None, False, "no sound", 0), (-70.0, False, "silence", 0), (-50.0, False, "low", 2), (-20.0, False, "good", 10),
     (-1.0, True, "too loud", 15)],
)  # fmt: skip
async def test_the_meter_says_in_a_word_what_its_bar_shows(
    bank: Bank, dbfs: float | None, clipping: bool, says: str, bars: int
) -> None:
    async with interviewed(bank) as stage:
        stage.backend.microphone.dbfs, stage.backend.microphone.clipping = dbfs, clipping
        stage.tick()
        assert says in stage.text("#mic")
        assert stage.text("#mic").count("#") == bars


async def test_silence_is_answered_with_take_your_time_and_only_while_it_lasts(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak("For orders I would stay on SQL.")
        assert stage.text("#note") == ""
        stage.backend.wait_silently(4.0)
        stage.tick()
        assert stage.text("#note").strip() == "Silent for 4 s. Take your time: I will not end your answer."
        assert stage.state.phase == "listening"
        await stage.speak("It needs transactions.")
        assert stage.text("#note") == ""


async def test_rough_words_are_hidden_by_w_and_the_newest_stay_in_sight(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak("first " + "internationalisation " * 70 + "lastword")
        assert "lastword" in stage.drawn(), "the newest words are the ones to see"
        await stage.press("w")
        assert "HEARING YOU" not in stage.drawn() and "lastword" not in stage.drawn()
        await stage.press("w")
        assert "HEARING YOU" in stage.drawn()


async def test_the_newest_rough_words_stay_in_sight_in_a_small_window(bank: Bank) -> None:
    async with interviewed(bank, size=(60, 20)) as stage:
        await stage.speak("first " + "and then some more words " * 12 + "lastword")
        assert "lastword" in stage.drawn()


async def test_the_basic_recogniser_marks_no_word_unclear(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.recogniser, backend.credits_only = "basic", True
    async with interviewed(bank, backend=backend) as stage:
        await stage.speak("I would take (Cassandra?) here")
        assert "?" not in stage.text("#words")
        assert "basic recogniser" in stage.text("#head")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_a_question_longer_than_its_space_pushes_nothing_away_and_says_that_it_goes_on(
    bank: Bank, size: tuple[int, int]
) -> None:
    backend = ScreenBackend(bank)
    backend.change = with_ask("Imagine this. " + "And then one more thing about the system happens. " * 20 + "Why?")
    async with interviewed(bank, size=size, backend=backend) as stage:
        assert where(stage, "YOUR TURN: SPEAK") < where(stage, "Imagine this.") < where(stage, "MIC   [")
        assert where(stage, "enter I'm done")
        assert "Why?" in stage.drawn() or "…" in stage.drawn(), "cut without a sign that it goes on"


# Keys ---------------------------------------------------------------------------------------------------------------


async def test_space_pauses_says_what_is_on_disk_and_goes_on_with_the_same_take(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak("In GraphQL the client asks for exactly the fields it wants.")
        await stage.press("space")
        await stage.phase("paused")
        stage.tick()
        assert "PAUSED" in stage.text("#turn")
        assert stage.text("#kept").strip() == "Paused. 0:04 are on disk. space goes on."
        assert stage.backend.capture.recording == ""
        in_bar(stage, "I'm done", "space")
        await stage.press("space")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        assert "YOUR TURN: SPEAK" in stage.text("#turn")


async def test_a_paused_answer_can_be_handed_over_as_it_is(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak(HALF)
        await stage.press("space")
        await stage.phase("paused")
        await stage.press("enter")
        await stage.until(lambda: stage.state.assessments)
        assert stage.state.assessments[0].text == HALF


async def test_the_undo_key_counts_five_seconds_and_is_then_gone(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        for gone_s, left in ((0.0, 5), (1.2, 4), (4.0, 1), (4.6, 1)):
            stage.clock.at_s = 1000.0 + gone_s
            stage.tick()
            assert stage.text("#note").strip() == f"u  I wasn't finished ({left} s)"
            in_bar(stage, "u I wasn't finished")
        stage.clock.at_s = 1005.1
        stage.tick()
        assert "wasn't finished" not in stage.text("#note")
        not_in_bar(stage, "wasn't finished")
        await stage.press("u")
        assert stage.delivered(e.AnswerReopened) == []


async def test_the_last_moment_of_undo_never_reads_as_none(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        stage.clock.at_s = 1004.7
        stage.tick()
        assert stage.text("#note").strip() == "u  I wasn't finished (1 s)"


async def test_undo_goes_back_into_the_answer_even_out_of_its_follow_up(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        await stage.press("u")
        await stage.until(lambda: stage.state.take_id == "a001" and stage.state.phase == "listening")
        assert stage.state.assessments == () and stage.state.follow_up_id is None
        assert "How do REST and GraphQL differ" in stage.text("#question")
        assert "wasn't finished" not in stage.bar() + stage.text("#note")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        await stage.answer(GAP_FILLED)
        await stage.until(lambda: stage.state.assessments)
        assert stage.state.assessments[0].text == f"{HALF} {GAP_FILLED}"


async def test_while_undo_is_offered_help_is_still_in_the_bar(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        stage.tick()
        in_bar(stage, "u I wasn't finished", "? all keys")


async def test_r_asks_again_and_goes_on_with_the_take(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak("In GraphQL the client asks for exactly the fields it wants.")
        await stage.press("r")
        await stage.until(lambda: stage.state.turns == 2 and stage.state.phase == "listening")
        assert (stage.state.take_id, stage.state.takes) == ("a001", 1)


async def test_hints_come_one_by_one_and_end(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        tips = bank.questions[REST].tips
        for n, tip in enumerate(tips, 1):
            await stage.press("h")
            await stage.until(lambda n=n: stage.state.hints == n)
            assert f"Hint {n} of {len(tips) + 1}: {tip}" in " ".join(stage.text("#note").split())
        await stage.press("h")
        assert "A good answer has 4 main points." in " ".join(stage.text("#note").split())
        await stage.until(lambda: stage.state.hints == len(tips) + 1)
        await stage.press("h")
        assert "There are no more hints." in stage.text("#note")


async def test_a_hint_is_gone_with_its_question(bank: Bank) -> None:
    async with interviewed(bank, REST, SLOW) as stage:
        await stage.press("h")
        await stage.until(lambda: stage.state.hints == 1)
        await stage.press("s")
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "listening")
        assert "Hint" not in stage.text("#note")


async def test_a_hint_is_gone_when_its_answer_goes_on_to_the_follow_up(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("h")
        await stage.until(lambda: stage.state.hints == 1)
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        stage.clock.at_s += 6
        stage.tick()
        assert "Hint" not in stage.text("#note")


async def test_b_keeps_the_take_and_begins_a_new_one(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak("Well. Hm.")
        await stage.press("b")
        await stage.until(lambda: stage.backend.capture.recording == "a002")
        assert "a001" in stage.backend.capture.words, "the first is kept"
        stage.tick()
        assert "0:00" in stage.text("#turn") and "Well" not in stage.text("#words")


async def test_s_goes_on_and_judges_nothing(bank: Bank) -> None:
    async with interviewed(bank, REST, SLOW) as stage:
        await stage.speak("In GraphQL the client asks for exactly the fields it wants.")
        await stage.press("s")
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "listening")
        assert [a.unscored.reason for a in stage.state.assessments] == ["skipped"]
        assert "question 2 of 2" in stage.text("#head")
        assert bank.questions[SLOW].ask in " ".join(stage.text("#question").split())


async def test_esc_leaves_with_everything_saved_and_where(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak("In GraphQL the client asks for exactly the fields it wants.")
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        assert "left early, all saved" in stage.text("#head")
        ended = [ev for ev in stage.backend.sessions[0].journal.events if isinstance(ev, e.AnswerEnded)]
        assert [ev.take_id for ev in ended] == ["a001"], "the take was closed before the session"
        assert stage.backend.sessions[0].state.close_reason == "left"


# Typing -------------------------------------------------------------------------------------------------------------


async def test_t_opens_the_box_enter_sends_and_it_is_judged_as_typed(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("t")
        await stage.until(lambda: stage.state.typing)
        assert "YOUR TURN: TYPE" in stage.text("#turn")
        assert box(stage).has_focus and box(stage).display
        await stage.press("enter")
        assert stage.delivered(e.AnswerTyped) == [], "nothing typed, nothing sent"
        box(stage).text = GOOD
        await stage.press("enter")
        await stage.until(lambda: stage.state.assessments)
        assert stage.delivered(e.AnswerTyped) == [e.AnswerTyped("a001", GOOD)]
        assert stage.state.assessments[0].source == "typed"
        assert box(stage).text == ""


async def test_letters_in_the_box_are_text_and_the_bar_offers_none_of_them(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("t")
        await stage.until(lambda: stage.state.typing)
        await stage.press(*"rhsbuw", "space", "question_mark")
        assert box(stage).text == "rhsbuw ?"
        assert len(stage.backend.delivered) == 1
        not_in_bar(stage, "r repeat", "h hint", "s skip", "space pause", "? all keys", "b start again", "I'm done")
        in_bar(stage, "enter send", "esc back to speaking", "f2 pause", "f3 repeat", "f4 hint", "f5 skip")


@pytest.mark.parametrize("quiet", ["", "typed"])
async def test_in_the_box_the_function_keys_do_what_letters_do_elsewhere(bank: Bank, quiet: bool) -> None:
    async with interviewed(bank, REST, SLOW, quiet=quiet) as stage:
        if not quiet:
            await stage.press("t")
            await stage.until(lambda: stage.state.typing)
        await stage.press(*"abc", "f4")
        await stage.until(lambda: stage.state.hints == 1)
        assert "Hint 1" in stage.text("#note") and box(stage).text == "abc"
        await stage.press("f2")
        await stage.phase("paused")
        in_bar(stage, "space pause")
        await stage.press("f2")
        await stage.phase("listening")
        assert box(stage).has_focus and box(stage).text == "abc"
        await stage.press("f5")
        await stage.until(lambda: stage.state.at == 1 and stage.state.phase == "listening")
        assert box(stage).text == "", "it belonged to the question before"


async def test_what_was_typed_survives_the_question_being_repeated(bank: Bank) -> None:
    async with interviewed(bank, quiet="typed") as stage:
        await stage.press(*"abc", "f3")
        await stage.until(lambda: stage.state.turns == 2 and stage.state.phase == "listening")
        assert stage.delivered(e.RepeatAsked) and box(stage).text == "abc" and box(stage).has_focus


async def test_esc_in_the_box_goes_back_to_speaking_and_the_bar_says_so(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("t")
        await stage.until(lambda: stage.state.typing)
        not_in_bar(stage, "leave, all saved")
        in_bar(stage, "esc back to speaking")
        await stage.press("escape")
        await stage.until(lambda: not stage.state.typing and stage.backend.capture.recording == "a001")
        assert "YOUR TURN: SPEAK" in stage.text("#turn") and not box(stage).display
        in_bar(stage, "enter I'm done", "esc leave, all saved", "space pause", "h hint")
        await stage.press("h")
        assert stage.delivered(e.HintTaken), "the keys work again"


async def test_what_was_typed_survives_a_pause(bank: Bank) -> None:
    async with interviewed(bank, quiet="typed") as stage:
        await stage.press(*"abc")
        await stage.happens(e.Paused())
        assert stage.state.phase == "paused" and "PAUSED" in stage.drawn()
        await stage.press("space")
        await stage.phase("listening")
        assert box(stage).text == "abc" and box(stage).has_focus


async def test_typing_goes_on_after_a_pause(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("t")
        await stage.until(lambda: stage.state.typing)
        await stage.press(*"abc")
        await stage.happens(e.Paused())
        await stage.press("space")
        await stage.phase("listening")
        assert stage.state.typing and box(stage).has_focus, "back to the box, not to the microphone"
        assert box(stage).text == "abc" and stage.backend.capture.recording == ""


async def test_what_is_pasted_is_cleaned(bank: Bank) -> None:
    async with interviewed(bank, quiet="typed") as stage:
        stage.app.post_message(textual_events.Paste("a\x1b]52;c;QUJD\x07b\x9b31mc\x00\u202ed\ud800e [bold]f[/]\rg"))
        await stage.until(lambda: "f[/]" in box(stage).text)
        assert box(stage).text == "a\ufffd]52;c;QUJD\ufffdb\ufffd31mc\ufffd\ufffdd\ufffde [bold]f[/]\ufffdg"


async def test_quiet_mode_has_no_meter_and_no_clock_and_enter_sends(bank: Bank) -> None:
    async with interviewed(bank, quiet="typed") as stage:
        assert "NO MICROPHONE   your answers are typed" in stage.text("#mic")
        assert "aim" not in stage.text("#turn") and "recording" not in stage.drawn()
        assert "LOCAL  typed" in stage.text("#head")
        assert box(stage).has_focus
        in_bar(stage, "enter send", "esc leave, all saved", "f2 pause")
        not_in_bar(stage, "b start again", "t type", "back to speaking")


# What can go wrong --------------------------------------------------------------------------------------------------


async def test_a_lost_microphone_pauses_with_its_sentence_and_space_goes_on_when_it_is_back(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.speak("In GraphQL the client asks for exactly the fields it wants.")
        await stage.happens(e.MicrophoneLost("a001", "The microphone was unplugged."))
        assert stage.state.phase == "paused"
        stage.tick()
        assert "PAUSED" in stage.text("#turn")
        assert stage.text("#kept").strip() == "The microphone was unplugged. 0:04 are on disk. space goes on."
        await stage.happens(e.MicrophoneBack())
        assert "The microphone is back. space goes on where you were." in stage.text("#note")
        await stage.press("space")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        stage.tick()
        assert "microphone is back" not in stage.text("#note") and "unplugged" not in stage.drawn()


async def test_a_lost_microphone_is_told_once(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.happens(e.MicrophoneLost("a001", "The microphone was unplugged."))
        stage.tick()
        assert stage.drawn().count("The microphone was unplugged.") == 1


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (lambda s: s.told(News("Sound now comes from the headphones.")), "Sound now comes from the headphones."),
        (lambda s: s.happens(e.EngineRestarted("whisper", "it hung")), "whisper was started again. Nothing was lost."),
    ],
)
async def test_news_about_the_machine_is_a_sentence_on_the_screen(
    bank: Bank, how: Callable[[Stage], object], says: str
) -> None:
    async with interviewed(bank) as stage:
        await how(stage)
        assert says in stage.text("#note")
        assert stage.state.phase == "listening"


async def test_what_is_missing_at_the_start_is_said(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.microphone_name, backend.notices = "", ("No microphone was found.", "Your answers are typed.")
    async with interviewed(bank, backend=backend) as stage:
        assert "No microphone was found. Your answers are typed." in stage.text("#note")


async def test_what_is_said_at_the_start_gives_way_to_the_answer_to_silence_after_eight_seconds(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.notices = ("There is no speaker. The questions stand on the screen.",)
    async with interviewed(bank, backend=backend) as stage:
        await stage.speak("For orders I would stay on SQL.")
        stage.backend.wait_silently(30.0)
        stage.clock.at_s += 7.9
        stage.tick()
        assert "There is no speaker." in stage.text("#note")
        stage.clock.at_s += 0.1
        stage.tick()
        assert "Take your time" in stage.text("#note")


async def test_a_hint_stays_longer_than_a_notice(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("h")
        await stage.until(lambda: stage.state.hints == 1)
        stage.clock.at_s += 60
        stage.tick()
        assert "Hint 1" in stage.text("#note")


async def test_one_sentence_again_shows_the_sentence_and_its_twenty_seconds(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(HALF)
        await stage.press("g")
        await stage.until(lambda: stage.state.retake and stage.state.phase == "listening")
        stage.tick()
        assert "SAY JUST THIS, IN YOUR OWN WORDS" in stage.text("#asked")
        say = bank.questions[REST].point(stage.state.retake).say
        assert stage.text("#question").split() == say.split() and len(say) > stage.app.size.width
        assert "0:00    of 0:20" in stage.text("#turn")
        assert "no time limit" not in stage.text("#kept")
        not_in_bar(stage, "h hint")
        await stage.until(lambda: stage.backend.capture.recording)
        await stage.answer(GAP_FILLED)
        await stage.feedback()
        assert "Heard now: “" in stage.text("#note")


async def test_the_help_screen_lists_every_key_with_what_it_does(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("question_mark")
        assert stage.screen == "Help"
        drawn = stage.texts()
        for key in ("enter", "space", "u", "r", "h", "t", "b", "s", "esc", "w", "?", "ctrl+p"):
            assert any(line.split()[:1] == [key] for line in drawn.splitlines()), key
        await stage.press("escape")
        assert stage.screen == "InterviewScreen" and stage.state.phase == "listening"
        assert stage.backend.delivered == []


async def test_reading_help_does_not_stop_the_recording_and_keys_in_it_do_nothing(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("question_mark", "s", "b", "r", "h")
        assert stage.backend.delivered == []
        assert stage.backend.capture.recording == "a001"


def hurried(bank: Bank) -> ScreenBackend:
    """The interviewer goes on by quick words, and listens to the answer once more where the test lets it."""
    backend = ScreenBackend(bank)
    backend.live = backend.rough = backend.quick = True
    return backend


@pytest.mark.parametrize("size", SIZES)
async def test_an_answer_that_is_listened_to_once_more_says_so_and_then_its_feedback_comes(
    bank: Bank, size: tuple[int, int]
) -> None:
    backend = hurried(bank)
    async with interviewed(bank, size=size, backend=backend) as stage:
        await stage.answer(HALF)
        await stage.until(lambda: stage.state.follow_up_id is not None and not stage.state.checks_due)
        await stage.phase("listening")
        backend.care.shut()
        await stage.answer(GAP_FILLED)
        await stage.phase("checking")
        stage.tick()
        assert where(stage, "CHECKING WHAT I HEARD") < where(stage, "listening to it once more")
        in_bar(stage, "enter go on")
        assert stage.screen == "InterviewScreen", "no verdict rests on quick words"
        backend.care.open()
        await stage.phase("reviewing")
        await stage.until(lambda: stage.screen == "FeedbackScreen")


async def test_a_key_that_was_meant_for_the_question_does_not_end_the_answer(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.phase("listening")
        await stage.press("enter")
        assert not stage.backend.delivered and "enter ends your answer" in stage.drawn()
        stage.backend.wait_silently(1.5)
        await stage.press("enter")
        assert [type(event) for event in stage.backend.delivered] == [e.DoneAsked]
