"""The end of a session, help, the command palette, ctrl+c, and a screen that breaks."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.command import CommandPalette
from textual.widgets import Input

from tests.kit.screen_backend import Gate, ScreenBackend, without_follow_ups
from tests.tui.stage import GOOD, HALF, MIXED, REST, SLOW, SQL, Stage, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.tui.backend import Happened, News, Over, Told, Wanted
from voiceprep.tui.base import Page, key_name, own_bindings
from voiceprep.tui.feedback import FeedbackScreen
from voiceprep.tui.home import FirstScreen, HomeScreen
from voiceprep.tui.interview import InterviewScreen
from voiceprep.tui.summary import SummaryScreen
from voiceprep.tui.warmup import WarmUpScreen

CANARY = "sk-canary-0123456789"
SPOKEN = "canarytranscript"
IN_THE_BOX = ("send", "speak")
"""What enter and esc do only where one types."""


def flat(text: str) -> str:
    return " ".join(text.split())


# The summary --------------------------------------------------------------------------------------------------------


async def test_the_summary_has_counts_the_clearest_quote_one_thing_to_practise_and_where_it_is(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, REST, SLOW, backend=backend) as stage:
        await stage.reviewed(HALF)
        await stage.press("escape")
        await stage.reviewed("I like trains.")
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        shown = flat(stage.texts())
        first = stage.state.assessments[0]
        heard, of = first.heard(core=True)
        assert f"REST or GraphQL CORE {heard} of {of}" in shown
        assert f"{bank.questions[SLOW].short} not scored: only 3 words" in shown
        assert "CLEAREST “In GraphQL the client asks for exactly the fields it wants” 0:01" in shown
        assert f"PRACTISE {first.next_step}" in shown
        assert "STILL BEING CHECKED nothing" in shown
        assert "SAVED sessions/s1" in shown and "report: report.md" in shown
        assert "| finished" in stage.text("#head") and "go on from here" not in shown
        assert "%" not in shown


async def test_no_line_of_the_summary_wraps_to_the_left_edge(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, SQL, backend=backend) as stage:
        await stage.reviewed(MIXED)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.settle()
        assert [line for line in stage.lines() if line[:1] not in ("", " ", "-")] == []


async def test_g_asks_the_question_that_lacked_most_in_a_new_session(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, backend=backend) as stage:
        await stage.reviewed(HALF)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("g")
        await stage.until(lambda: len(backend.sessions) == 2)
        await stage.phase("listening")
        assert backend.wanted[-1] == Wanted(questions=(REST,))
        assert (stage.screen, stage.state.assessments) == ("InterviewScreen", ())


async def test_the_screens_of_a_session_that_is_over_are_gone_when_the_next_begins(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, backend=backend) as stage:
        first = [stage.page]
        await stage.reviewed(HALF)
        first.append(stage.page)
        assert [type(screen) for screen in first] == [InterviewScreen, FeedbackScreen]
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("g")
        await stage.until(lambda: len(backend.sessions) == 2)
        await stage.phase("listening")
        for _ in range(20):
            await stage.settle()
        assert not [screen for screen in first if screen.is_running], "their timers go on"


async def test_sessions_one_right_after_another_never_meet_each_others_screens(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceprep.tui.interview.TICK_S", 0.001)
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, SLOW, backend=backend) as stage:
        for n in range(2, 6):
            if n % 2:
                await stage.reviewed("I look at the dashboards to find the cause, and why the endpoint became slow.")
                await stage.press("escape")
            else:
                await stage.press("s")
            await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
            await stage.press("g")
            await stage.until(lambda n=n: len(backend.sessions) == n)
            await stage.phase("listening")
            assert stage.screen == "InterviewScreen"
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        assert len(stage.app._registry) < 120, "what is over has been taken away"


async def test_a_session_can_begin_while_the_one_before_still_gives_its_devices_back(bank: Bank) -> None:
    class Slow(ScreenBackend):
        returning = Gate(opened=False)

        def hold(self, wanted: Wanted, tell: Callable[[Told], None]) -> None:
            super().hold(wanted, tell)
            self.returning.wait(5)

    backend = Slow(bank)
    async with interviewed(bank, backend=backend) as stage:
        await stage.press("s")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("g")
        assert stage.screen == "InterviewScreen" and "ONE MOMENT" in stage.drawn()
        assert len(backend.wanted) == 1, "it has no devices before they are given back"
        backend.returning.open()
        await stage.phase("listening")
        assert len(backend.wanted) == 2


async def test_a_quiet_session_goes_on_quietly_when_its_weakest_question_is_asked_again(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, backend=backend, quiet="typed") as stage:
        stage.page.query_one("#answer").text = HALF
        await stage.press("enter")
        await stage.feedback()
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("g")
        await stage.until(lambda: len(backend.wanted) == 2)
        assert backend.wanted[-1].quiet, "who can't speak now can't speak a minute later"


async def test_a_session_in_which_nothing_lacked_offers_no_weakest_question(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, backend=backend) as stage:
        await stage.reviewed(GOOD)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert "the weakest" not in stage.bar()
        await stage.press("g")
        assert len(backend.wanted) == 1


async def test_leaving_while_the_last_answer_is_checked_says_that_it_goes_on_later(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        stage.backend.recognising.shut()
        await stage.answer(HALF)
        await stage.phase("transcribing")
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert "STILL BEING CHECKED the last answer; it goes on when you come back" in flat(stage.texts())
        assert "No answer was finished." in stage.texts()
        assert "Home offers to go on from here." in stage.texts()


async def test_a_session_ended_by_a_fault_says_so_over_its_summary(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.happens(e.SessionClosed("fault", "OSError: the disk is full"))
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert "ended by a fault, all saved" in stage.text("#head")
        await stage.told(Over(failed="The disk is full.", hint="Free some space."))
        assert "The disk is full." in stage.texts() and "Free some space." in stage.texts()


async def test_q_on_the_summary_quits(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        await stage.press("q")
        await stage.exited()
    assert stage.app.return_code == 0


# Help and the palette -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "screen", [HomeScreen, FirstScreen, InterviewScreen, FeedbackScreen, SummaryScreen, WarmUpScreen]
)
def test_every_key_of_every_screen_has_words_for_help(screen: type[Page]) -> None:
    bindings = own_bindings(screen)
    assert all(b.description for b in bindings)
    assert "question_mark" in [key for b in bindings for key in b.key.split(",")]
    names = [
        (name, screen is InterviewScreen and b.action in IN_THE_BOX) for b in bindings for name in b.key.split(",")
    ]
    assert len(names) == len(set(names)), "one key, one meaning"


async def one_meaning(stage: Stage) -> None:
    """Of the keys that work now, each does one thing."""
    working = [name for b in own_bindings(stage.page) if stage.page.works(b) for name in b.key.split(",")]
    assert len(working) == len(set(working)), working


async def test_at_every_moment_of_an_interview_a_key_has_one_meaning(bank: Bank) -> None:
    for quiet in ("", "typed"):
        async with interviewed(bank, quiet=quiet) as stage:
            await one_meaning(stage)
            if not quiet:
                await stage.press("t")
                await stage.until(lambda: stage.state.typing)
                await one_meaning(stage)
            await stage.press("f2")
            await stage.phase("paused")
            await one_meaning(stage)
            await stage.press("f2")
            await stage.phase("listening")
            await one_meaning(stage)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_help_on_the_feedback_lists_every_key_and_scrolls_to_its_end(bank: Bank, size: tuple[int, int]) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, backend=backend, size=size) as stage:
        await stage.reviewed(HALF)
        await stage.press("question_mark")
        shown = flat(stage.texts())
        for binding in own_bindings(FeedbackScreen):
            assert f"{key_name(binding)} {binding.tooltip or binding.description}" in shown
        await stage.press("end")
        await stage.until(lambda: "every command, by name" in stage.drawn(), "the end of the list can't be reached")
        await stage.press("question_mark")
        assert stage.screen == "FeedbackScreen"


async def test_ctrl_p_lists_the_commands_of_the_screen_and_runs_one(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        names = [command.title for command in stage.app.get_system_commands(stage.page)]
        for name in ("I'm done", "Pause", "Repeat", "Hint", "Type instead", "Skip", "Leave voiceprep"):
            assert name in names
        assert len(names) == len(set(names))
        await stage.press("ctrl+p")
        await stage.until(lambda: isinstance(stage.app.screen, CommandPalette))
        stage.app.screen.query_one(Input).value = "Pause"
        await stage.pilot.pause(0.3)
        await stage.press("enter")
        await stage.pilot.pause(0.1)
        if isinstance(stage.app.screen, CommandPalette):
            await stage.press("enter")
        await stage.phase("paused")
        assert stage.delivered(e.Paused) == [e.Paused()]


async def test_the_palette_offers_no_key_that_does_nothing_now(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        names = [command.title for command in stage.app.get_system_commands(stage.page)]
        assert "I wasn't finished" not in names, "there is nothing to undo yet"


# Leaving ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_ctrl_c_leaves_with_everything_saved(bank: Bank, key: str) -> None:
    async with interviewed(bank) as stage:
        await stage.speak("In GraphQL the client asks for exactly the fields it wants.")
        await stage.press(key)
        await stage.exited()
        session = stage.backend.sessions[0]
        ended = [event for event in session.journal.events if isinstance(event, e.AnswerEnded)]
        assert [event.take_id for event in ended] == ["a001"] and ended[0].duration_s > 4
        assert session.state.close_reason == "left"
    assert (stage.app.return_code, stage.app.fault) == (0, "")


async def test_ctrl_c_works_in_the_box_in_a_dialog_and_at_home(bank: Bank) -> None:
    async with interviewed(bank, quiet="typed") as stage:
        await stage.press(*"abc", "ctrl+c")
        await stage.exited()
    async with interviewed(bank) as stage:
        await stage.press("question_mark", "ctrl+c")
        await stage.exited()
        assert stage.backend.sessions[0].state.close_reason == "left"
    async with on_stage(bank) as stage:
        await stage.press("ctrl+c")
        await stage.exited()
    assert stage.app.return_code == 0


async def test_ctrl_c_while_the_answer_is_recognised_does_not_wait_for_it(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        stage.backend.recognising.shut()
        await stage.answer(HALF)
        await stage.phase("transcribing")
        await stage.press("ctrl+c")
        await stage.exited()
        assert stage.backend.sessions[0].state.left_from == "transcribing", "it goes on from there"


# A screen that breaks -----------------------------------------------------------------------------------------------


class Broken(Exception):
    pass


async def broken(bank: Bank, log: Path) -> Stage:
    """A screen that raises in a handler, with the transcript and a key in its locals and in its message."""
    backend = ScreenBackend(bank)
    backend.log = str(log)
    async with on_stage(bank, Wanted(questions=(SQL,)), backend=backend, faults=True) as stage:
        await stage.phase("listening")
        await stage.until(lambda: backend.capture.recording)
        await stage.speak(f"My {SPOKEN} stays here.")

        def action_words() -> None:
            key = os.environ["OPENAI_API_KEY"]
            raise Broken(f"{key} {SPOKEN} [bold]x[/]")

        stage.page.action_words = action_words
        stage.app.post_message(events.Key("w", "w"))
        await stage.until(lambda: stage.app.fault, faults=True)
        await stage.until(lambda: backend.sessions[0].state.phase == "closed", faults=True)
    return stage


async def test_a_screen_that_breaks_ends_with_one_sentence_and_exit_code_1_and_the_session_in_order(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    log = tmp_path / "engine.log"
    stage = await broken(bank, log)
    assert stage.app.return_code == 1
    assert stage.app.fault == f"The screen broke (Broken). What you said is kept. Where: {log}."
    assert CANARY not in stage.app.fault and SPOKEN not in stage.app.fault
    session = stage.backend.sessions[0]
    assert session.state.close_reason == "left"
    assert any(isinstance(event, e.AnswerEnded) for event in session.journal.events), "the take was closed"


async def test_the_log_of_a_broken_screen_has_the_place_and_nothing_that_was_said(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    log = tmp_path / "engine.log"
    await broken(bank, log)
    text = log.read_text(encoding="utf-8")
    assert "screen: Broken at " in text and "test_leaving.py:" in text and "action_words" in text
    assert CANARY not in text and SPOKEN not in text and "key =" not in text
    assert text.count("\n") == 1
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


async def test_nothing_of_a_broken_screen_is_printed(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    await broken(bank, tmp_path / "engine.log")
    printed = "".join(capfd.readouterr())
    assert CANARY not in printed and SPOKEN not in printed and "Traceback" not in printed


async def test_a_log_that_cannot_be_written_does_not_hide_the_sentence(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    stage = await broken(bank, tmp_path / "missing" / "engine.log")
    assert "The screen broke (Broken). What you said is kept." in stage.app.fault
    assert stage.app.return_code == 1


async def test_what_still_comes_when_the_screens_are_gone_breaks_nothing(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.phase("listening")
        app, state = stage.app, stage.state
    for told in (Happened(e.CandidateLeft(), replace(state, phase="reviewing")), News("The voice went away.")):
        app.on_voiceprep_app_from_session(app.FromSession(told))
    app.on_voiceprep_app_do(app.Do(app.go_home))
