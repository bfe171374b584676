"""A second opinion on the screens: named while it's on, never waited for, beside the verdicts and apart from them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.kit.screen_backend import FakeJudge, Gate, ScreenBackend, without_follow_ups
from tests.tui.stage import HALF, MIXED, REST, SQL, VERSIONS, Stage, interviewed, on_stage
from tests.tui.test_feedback_screen import choose, flat, judged, points
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.opinion import NoOpinion, Opinion, PointOpinion, Quote

NAME = "tiny at 127.0.0.1:11434"
SENT = f"SECOND OPINION ON: your answers are sent, as text, to {NAME}."
NASTY = "[@click=app.quit]x[/] [b]bold[/b]"


def opinion(*points: PointOpinion) -> Opinion:
    return Opinion(NAME, "second-opinion 1 (0)", 1, points, len(points), (), False, 0.5)


@asynccontextmanager
async def reviewing(
    bank: Bank, *found: Opinion | NoOpinion, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Stage, FakeJudge]]:
    """The feedback to the mixed answer, the judge still being asked."""
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    backend.judge = judge = FakeJudge(found=list(found), gate=Gate(opened=False))
    async with interviewed(bank, SQL, REST, size=size, backend=backend) as stage:
        await stage.reviewed(MIXED)
        yield stage, judge


async def comes(stage: Stage, judge: FakeJudge) -> None:
    judge.gate.open()
    await stage.until(lambda: not stage.state.opinions_due, "no opinion came")
    await stage.settle()


def shown(stage: Stage) -> str:
    return flat(stage.texts())


async def test_the_feedback_is_there_at_once_and_says_who_is_asked(bank: Bank) -> None:
    async with reviewing(bank, opinion()) as (stage, judge):
        assert stage.screen == "FeedbackScreen" and judge.found, "nobody has answered yet"
        assert "CORE 2 of 4" in stage.text("#counts") and len(stage.rows()) == len(judged(stage).points)
        assert f"Second opinion: {NAME} is being asked." in shown(stage)
        assert judge.asked == [judged(stage).text]


async def test_a_dispute_is_named_and_moves_no_verdict(bank: Bank) -> None:
    async with reviewing(bank) as (stage, judge):
        covered, missed = points(stage, "covered")[0], points(stage, "missed")[0]
        quote = Quote(judged(stage).text[:20], 0, 20, 1.0, 2.0)
        judge.found.append(opinion(
            PointOpinion(covered.id, "missed", 1, (), NASTY), PointOpinion(missed.id, "covered", 1, (quote,), "So."),
        ))  # fmt: skip
        counts, rows, chosen = stage.text("#counts"), stage.rows(), stage.page.at
        await comes(stage, judge)
        told = shown(stage)
        assert f"Second opinion ({NAME}, one vote) agrees on 0 of 2, disagrees on 2:" in told
        assert f"it doesn't find: {flat(covered.text).rstrip('.')}" in told
        assert f"it finds said: {flat(missed.text).rstrip('.')}" in told
        assert "It comes here" not in told and "A second opinion has come" in stage.text("#note")
        assert (stage.text("#counts"), stage.rows(), stage.page.at) == (counts, rows, chosen)
        await choose(stage, covered)
        await stage.press("w")
        assert f"The second opinion ({NAME}) doesn't find it. In its own words: {NASTY}" in shown(stage), "as it stands"
        await stage.press("escape")
        await choose(stage, missed)
        await stage.press("w")
        assert f"finds it said. “{quote.quote}” 0:01 In its own words: So." in shown(stage)


async def test_why_there_is_none_is_one_sentence(bank: Bank) -> None:
    async with reviewing(bank, NoOpinion(f"{NAME} can't be reached.")) as (stage, judge):
        await comes(stage, judge)
        assert f"No second opinion. {NAME} can't be reached." in flat(stage.text("#note"))
        assert shown(stage).count("can't be reached") == 2, "in the note, and where the opinion would stand"


async def test_o_stops_it_and_is_offered_only_while_it_is_due(bank: Bank) -> None:
    async with reviewing(bank, opinion()) as (stage, judge):
        await stage.press("question_mark")
        assert "the second opinion isn't asked for any further" in shown(stage)
        await stage.press("escape", "o")
        await stage.until(lambda: not stage.state.opinions_due)
        assert judge.stops == 1 and stage.delivered(e.OpinionSkipped)
        await stage.settle()
        assert "No second opinion. It was skipped." in shown(stage)
        before = len(stage.backend.delivered)
        await stage.press("o")
        assert len(stage.backend.delivered) == before


async def test_nothing_waits_for_it_and_it_comes_during_the_next_question(bank: Bank) -> None:
    async with reviewing(bank, NoOpinion("Late.")) as (stage, judge):
        await stage.press("escape")
        await stage.phase("listening")
        await stage.until(lambda: stage.backend.capture.recording == "a002")
        await comes(stage, judge)
        assert stage.screen == "InterviewScreen" and stage.state.phase == "listening"
        assert stage.state.assessments[0].opinion == NoOpinion("Late.")
        assert stage.backend.capture.recording == "a002", "the recording goes on"


async def test_leaving_and_the_end_stop_it(bank: Bank) -> None:
    async with reviewing(bank, opinion()) as (stage, judge):
        await stage.press("q")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        assert judge.stops and stage.state.close_reason == "left"
        assert stage.state.assessments[0].opinion == NoOpinion("It was skipped.")
    async with reviewing(bank, opinion()) as (stage, judge):
        await stage.press("escape")
        await stage.phase("listening")
        await stage.press("s")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        assert judge.stops and stage.state.close_reason == "finished"
        assert stage.state.assessments[0].opinion == NoOpinion("It was skipped.")


async def test_a_follow_ups_opinion_stands_with_the_follow_up(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.judge = FakeJudge(found=[NoOpinion("On the answer."), NoOpinion("On the follow-up.")])
    async with interviewed(bank, REST, backend=backend) as stage:
        await stage.reviewed(HALF, VERSIONS)
        await stage.until(lambda: not stage.state.opinions_due)
        await stage.settle()
        told = shown(stage)
        assert judged(stage).follow_ups_asked, "the half answer earns one"
        assert told.index("On the answer.") < told.index("FOLLOW-UP") < told.index("On the follow-up.")


async def test_a_session_gone_on_with_keeps_it(bank: Bank) -> None:
    async with reviewing(bank, NoOpinion("Said before.")) as (stage, judge):
        await comes(stage, judge)
        await stage.press("q")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        await stage.press("enter")
        await stage.feedback()
        assert "No second opinion. Said before." in shown(stage)


# Named while it's on ----------------------------------------------------------------------------------------------


async def test_every_screen_says_where_the_text_goes(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.judge = FakeJudge(found=[NoOpinion("No.")])
    backend.change = without_follow_ups
    async with on_stage(bank, backend=backend) as stage:
        seen = [stage.screen]
        assert SENT in stage.drawn() and "LOCAL" not in stage.drawn()
        await stage.press("enter")
        await stage.phase("listening")
        for _ in range(2):
            seen.append(stage.screen)
            assert SENT in stage.drawn() and "LOCAL" not in stage.drawn(), stage.screen
            if stage.screen == "InterviewScreen":
                await stage.reviewed(MIXED)
        assert seen == ["HomeScreen", "InterviewScreen", "FeedbackScreen"]
        await stage.press("q")
        await stage.until(lambda: stage.screen == "SummaryScreen" and "SAVED" in stage.texts())
        assert SENT in stage.drawn()


async def test_the_first_start_says_it_too(bank: Bank) -> None:
    backend = ScreenBackend(bank, first_time=True)
    backend.judge = FakeJudge()
    async with on_stage(bank, backend=backend) as stage:
        assert stage.screen == "FirstScreen"
        assert SENT in stage.drawn() and "nothing leaves" not in stage.drawn()


async def test_in_a_small_window_it_is_still_said_and_the_question_too(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.judge = FakeJudge()
    async with interviewed(bank, size=(60, 16), backend=backend) as stage:
        told = flat(stage.drawn())
        assert SENT in told and "YOUR TURN" in told and "How do REST" in told and "enter I'm done" in told


async def test_without_a_judge_nothing_is_said_of_one(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, SQL, backend=backend) as stage:
        assert "LOCAL" in stage.drawn()
        await stage.reviewed(MIXED)
        assert "opinion" not in shown(stage).lower() and "no second opinion" not in stage.bar()
        assert stage.state.assessments[0].opinion is None
