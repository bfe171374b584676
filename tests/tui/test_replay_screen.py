"""The replay: what stands on the time line, keys that play a moment, words lit in step, and every kind of absence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.kit.screen_backend import FakeReplayControls, ScreenBackend
from tests.tui.stage import SQL, Stage, on_stage
from tests.tui.test_snapshots import same
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.feedback import Ground, assess
from voiceprep.core.replay import replay_of
from voiceprep.core.spans import Span
from voiceprep.core.takes import QuestionTakes, SessionAnswers, takes_by_question
from voiceprep.core.transcript import Transcript, Word, heard, typed
from voiceprep.tui.app import VoiceprepApp
from voiceprep.tui.backend import LEVEL_STEP_S, PastSession, ReplayView, Wanted
from voiceprep.tui.replay import BEFORE_S, ReplayScreen
from voiceprep.tui.strip import HERE

STRETCHES = (
    (1.0, "A NoSQL store grows by adding machines."),
    (7.5, "Um, it depends on the shape of the data, I think."),
    (14.0, "But NoSQL guarantees strict consistency."),
)
LENGTH_S = 20.0
FINISHED = PastSession("s1", "20 Nov 21:00", "Chosen", 1, 1, (1, 4), open=False)


def said() -> Transcript:
    words, spans = [], []
    for start_s, text in STRETCHES:
        own = [Word(w, start_s + 0.4 * n, start_s + 0.4 * n + 0.35, 0.9) for n, w in enumerate(text.split())]
        words += own
        spans.append(Span(start_s, own[-1].end_s))
    return heard(words, engine="whisper:test", speech=spans, duration_s=LENGTH_S)


def story(bank: Bank) -> list[e.Event]:
    """A spoken answer of twenty seconds with a hint, and the same question typed again."""
    question = bank.questions[SQL]
    ground = Ground(question, bank.lexicon, bank.version)
    first = typed("It depends on the shape of the data.")
    return [
        e.SessionOpened("s1", "Chosen", (e.PlannedQuestion(question.id, question.ask),), 0, True),
        e.QuestionSpoken("t001", "", 0.0),
        e.SpeechEnded("a001", 12.5),
        e.HintTaken(SQL),
        e.AnswerEnded("a001", "done", LENGTH_S),
        e.AnswerTranscribed("a001", said()),
        e.Assessed("a001", assess(ground, said(), "a001")),
        e.RetakeAsked(),
        e.QuestionSpoken("t002", "", 0.0),
        e.AnswerTyped("a002", first.text),
        e.Assessed("a002", assess(ground, first, "a002")),
        e.NextAsked(),
        e.SessionClosed("finished"),
    ]


def levels() -> tuple[float, ...]:
    """Loud where it was spoken, with a swell, and a quiet room."""
    steps = [n * LEVEL_STEP_S for n in range(int(LENGTH_S / LEVEL_STEP_S))]
    return tuple(
        -20.0 - (7 * at_s % 9) if any(s.start_s <= at_s < s.end_s for s in said().speech) else -60.0 for at_s in steps
    )


def view_of(bank: Bank, **how: object) -> ReplayView:
    recorded = {"a001": LENGTH_S}
    controls = FakeReplayControls(level=levels())
    view = ReplayView("s1", "Chosen", "20 Nov 21:00", replay_of(story(bank)), controls, bank.questions, recorded)
    return replace(view, **how)


@asynccontextmanager
async def replayed(bank: Bank, view: ReplayView, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Stage]:
    """The replay, opened from home."""
    backend = ScreenBackend(bank, past=(FINISHED,))
    backend.replays["s1"] = view
    async with on_stage(bank, backend=backend, size=size) as stage:
        stage.app.replay("s1")
        await stage.until(lambda: stage.screen == "ReplayScreen" and stage.page.view is view)
        await stage.until(lambda: len(stage.rows()) == len(view.replay.takes[0].marks))
        await stage.until(lambda: not view.recorded_s or stage.page._levels.get("a001") == view.controls.level)
        await stage.settle()
        yield stage


def controls_of(stage: Stage) -> FakeReplayControls:
    page = stage.page
    assert isinstance(page, ReplayScreen) and isinstance(page.view.controls, FakeReplayControls)
    return page.view.controls


def lit_words(stage: Stage) -> str:
    """The words that stand out now."""
    content = stage.page.query_one("#said")._content
    return "".join(content.plain[s.start : s.end] for s in content.spans if HERE in str(s.style))


def moment(stage: Stage, kind: str) -> int:
    return next(n for n, mark in enumerate(stage.page.take.marks) if mark.kind == kind)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_replay_as_it_is_drawn(bank: Bank, size: tuple[int, int]) -> None:
    async with replayed(bank, view_of(bank), size) as stage:
        await stage.press("space")
        controls_of(stage).at_s = 8.6
        stage.tick()
        await stage.settle()
        same(stage, f"replay-{size[0]}x{size[1]}")


async def test_space_plays_what_is_heard_and_the_words_are_lit_in_step(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("space")
        assert controls_of(stage).played == [("a001", 0.0)]
        for at_s, word in ((1.1, "A"), (1.5, "NoSQL"), (8.0, "it")):
            controls_of(stage).at_s = at_s
            stage.tick()
            assert (stage.page.at_s, lit_words(stage)) == (at_s, word)
        await stage.press("space")
        assert controls_of(stage).stops and not stage.page.playing
        assert "paused  0:08.0 of 0:20" in stage.text("#status")


async def test_enter_plays_the_moment_of_the_marked_line(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        against = moment(stage, "against") if any(m.kind == "against" for m in stage.page.take.marks) else 1
        await stage.press(*["down"] * against)
        mark = stage.page.mark
        assert stage.rows()[against].startswith(" > ") and f"“{mark.quote}”" in stage.rows()[against].replace("\n", " ")
        await stage.press("enter")
        assert controls_of(stage).played == [("a001", round(mark.at_s - BEFORE_S, 2))]


async def test_the_marked_line_goes_along_until_another_is_chosen(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("space")
        hint = moment(stage, "hint")
        controls_of(stage).at_s = 13.0
        stage.tick()
        assert stage.page.at == hint
        await stage.press("up")
        controls_of(stage).at_s = 13.2
        stage.tick()
        assert stage.page.at == hint - 1


@pytest.mark.parametrize(
    ("keys", "at_s"),
    [
        (("right",), 5.0),
        (("right", "right", "left"), 5.0),
        (("left",), 0.0),
        (("full_stop", "full_stop", "comma"), 1.0),
    ],
)
async def test_the_arrows_go_five_seconds_and_the_points_one(bank: Bank, keys: tuple[str, ...], at_s: float) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press(*keys)
        assert (stage.page.at_s, controls_of(stage).played) == (at_s, [])


async def test_going_elsewhere_while_it_plays_plays_from_there(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("space", "right")
        assert controls_of(stage).played == [("a001", 0.0), ("a001", 5.0)]
        stage.tick()
        assert stage.page.at_s == 5.0, "what isn't heard yet hasn't been played"


async def test_n_goes_to_the_next_mark_and_shift_n_back(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        timed = [m.at_s for m in stage.page.take.marks if m.at_s is not None]
        await stage.press("n")
        assert stage.page.at_s == pytest.approx(timed[1] - BEFORE_S)
        await stage.press("N")
        assert stage.page.at_s == pytest.approx(timed[0] - BEFORE_S)


async def test_at_its_end_it_stops_and_space_begins_anew(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("space")
        controls_of(stage).at_s = LENGTH_S
        stage.tick()
        assert not stage.page.playing
        await stage.press("space")
        assert controls_of(stage).played[-1] == ("a001", 0.0)


async def test_without_a_speaker_it_goes_by_the_clock_and_says_so(bank: Bank) -> None:
    async with replayed(bank, view_of(bank, controls=FakeReplayControls(speaks=False, level=levels()))) as stage:
        controls_of(stage).tell("No speaker was found. It plays silently, on the clock.")
        await stage.settle()
        assert "It plays silently, on the clock." in stage.drawn() and "silent" in stage.text("#head")
        await stage.press("space")
        stage.tick()
        stage.clock.at_s += 1.5
        stage.tick()
        assert stage.page.at_s == pytest.approx(1.5) and lit_words(stage) == "NoSQL"


async def test_a_speaker_that_is_lost_leaves_it_going_on_silently(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("space")
        controls_of(stage).at_s = 6.0
        stage.tick()
        controls_of(stage).speaks = False
        stage.tick()
        stage.clock.at_s += 2
        stage.tick()
        assert stage.page.at_s == pytest.approx(8.0)


async def test_without_a_recording_the_words_and_marks_still_stand_on_the_line(bank: Bank) -> None:
    notice = "No recording was kept: it plays silently, on the clock."
    async with replayed(bank, view_of(bank, recorded_s={}, notices=(notice,))) as stage:
        assert notice in stage.drawn() and "━" in stage.text("#strip") and "0:20" in stage.text("#status")
        await stage.press("space")
        stage.tick()
        stage.clock.at_s += 1.5
        stage.tick()
        assert controls_of(stage).played == [] and lit_words(stage) == "NoSQL"


async def test_a_recording_that_cannot_be_read_is_said(bank: Bank) -> None:
    async with replayed(bank, view_of(bank, controls=FakeReplayControls())) as stage:
        await stage.until(lambda: "can't be read" in stage.drawn())


async def test_a_typed_answer_has_nothing_to_play_and_all_its_feedback(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("2")
        await stage.until(lambda: "It was typed" in stage.drawn())
        await stage.press("space")
        assert controls_of(stage).played == [] and "It depends on the shape of the data." in stage.text("#said")
        assert "space" not in stage.bar()
        await stage.press("left_square_bracket")
        assert stage.page.take_at == 0


async def test_why_and_the_model_answer_and_back(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("w")
        assert "The rubric: matcher" in stage.texts()
        await stage.press("escape", "m")
        assert controls_of(stage).said == [bank.questions[SQL].model_answer]
        stops = controls_of(stage).stops
        await stage.press("m")
        assert controls_of(stage).stops > stops and stage.screen == "ReplayScreen"
        controls = controls_of(stage)
        await stage.press("escape")
        assert stage.screen == "HomeScreen"
        await stage.until(lambda: controls.closed)


async def test_a_damaged_take_goes_on_by_the_clock_and_is_not_asked_for_again(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("space")
        controls_of(stage).damaged.add("a001")
        stage.tick()
        stage.clock.at_s += 2.0
        stage.tick()
        assert stage.page.at_s == pytest.approx(2.0)
        await stage.press("right")
        assert controls_of(stage).played == [("a001", 0.0)] and stage.page.playing


async def test_takes_opened_from_the_replay_are_played_by_its_speaker(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        controls = controls_of(stage)
        taken = takes_by_question([SessionAnswers("s1", "2026-11-20", (stage.page.view.replay.takes[0].judged,))])[SQL]
        found = QuestionTakes(SQL, "SQL", "SQL?", taken, frozenset({("s1", "a001")}))
        monkeypatch.setattr(stage.backend, "takes", lambda question_id: found)
        await stage.press("c")
        await stage.until(lambda: stage.screen == "TakesScreen")
        await stage.press("enter")
        assert [r.take_id for r in controls.recordings] == ["a001"] and not stage.backend.recordings


async def test_g_asks_the_question_again_now(bank: Bank) -> None:
    async with replayed(bank, view_of(bank)) as stage:
        await stage.press("g")
        await stage.phase("listening")
        assert stage.backend.wanted == [Wanted(questions=(SQL,))] and stage.screen == "InterviewScreen"


async def test_a_session_that_is_not_there_is_said_and_left_with_escape(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        stage.app.replay("nothing")
        await stage.until(lambda: "There is no session 'nothing'." in stage.drawn())
        await stage.press("space", "enter", "n", "w", "m", "g")
        await stage.press("escape")
        assert stage.screen == "HomeScreen"


async def test_home_replays_with_r_and_the_command_ends_with_its_screen(bank: Bank) -> None:
    backend = ScreenBackend(bank, past=(FINISHED,))
    backend.replays["s1"] = view_of(bank)
    async with on_stage(bank, backend=backend) as stage:
        row = next(n for n, text in enumerate(stage.rows()) if "20 Nov" in text)
        await stage.press(*["down"] * row, "r")
        await stage.until(lambda: stage.screen == "ReplayScreen" and stage.page.view is not None)
    app = VoiceprepApp(backend, replay=backend.replays["s1"])
    async with app.run_test(size=(60, 20)) as pilot:
        stage = Stage(app, pilot, backend, backend.clock)
        await stage.until(lambda: stage.page.view is not None and stage.rows())
        assert "playing" not in stage.drawn() and "? all keys" in stage.bar()
        await stage.press("escape")
        await stage.exited()
