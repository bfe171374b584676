"""The feedback screen: counts, next step, points with quotes, and every key on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.kit.screen_backend import ScreenBackend, clearly, without_follow_ups
from tests.tui.stage import COOKING, GAP_FILLED, GOOD, HALF, MIXED, REST, SLOW, SQL, VERSIONS, WRONG, Stage, interviewed
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment, PointFeedback
from voiceprep.core.question import Point
from voiceprep.core.star import StarShares
from voiceprep.report import wording
from voiceprep.tui.backend import News


@asynccontextmanager
async def given(
    bank: Bank, text: str, *questions: str, size: tuple[int, int] = (80, 24), **how: object
) -> AsyncIterator[Stage]:
    """The feedback to one answer, its question having no follow-ups."""
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, *(questions or (SQL,)), size=size, backend=backend) as stage:
        await stage.reviewed(text, **how)
        yield stage


def judged(stage: Stage) -> Assessment:
    return stage.state.assessments[-1]


def points(stage: Stage, verdict: str) -> list[PointFeedback]:
    found = [p for p in judged(stage).points if p.verdict == verdict]
    assert found, f"the answer was meant to have a point that is {verdict}"
    return found


async def choose(stage: Stage, point: PointFeedback) -> None:
    """Goes down to a point."""
    for _ in range(30):
        row = stage.page.row
        if row.point.id == point.id:
            return
        await stage.press("down")
    raise AssertionError(f"{point.id} can't be reached")


def flat(text: str) -> str:
    return " ".join(text.split())


async def test_counts_and_one_next_step_stand_on_top(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        a = judged(stage)
        assert stage.text("#counts").strip() == "CORE 2 of 4, 1 to check   EXTRA 0 of 2   GOES AGAINST 1"
        assert flat(stage.text("#next")) == f"NEXT {a.next_step}"
        lines = stage.lines()
        assert "NoSQL or relational | take 1, calm, 0:" in lines[0]
        assert any(line.startswith(" CORE ") for line in lines[:4])
        assert not any("%" in line for line in lines), "no percentage anywhere"


async def test_sections_come_in_order_each_point_with_its_mark_and_its_quote_with_seconds(bank: Bank) -> None:
    async with given(bank, MIXED, size=(120, 60)) as stage:
        drawn = stage.drawn()
        titles = ["HEARD, in your words", "HEARD IN PART", "PLEASE CHECK, counted neither way yet",
                  "GOES AGAINST THE RUBRIC", "NOT HEARD", "ALSO SAID", "LENGTH"]  # fmt: skip
        places = [drawn.index(title) for title in titles]
        assert places == sorted(places)
        for verdict, mark in (
            ("covered", "+"),
            ("partly", "~"),
            ("unsure", "?"),
            ("contradicted", "!"),
            ("missed", "-"),
        ):
            for point in points(stage, verdict):
                row = flat(next(r for r in stage.rows() if point.text[:40] in flat(r)))
                assert f"{mark} {point.text}" in row
                for piece in point.evidence:
                    assert piece.start_s is not None
                    assert f"“{piece.quote}” {wording.clock(piece.start_s)}" in row
        assert "Redis, Kafka" in drawn.split("ALSO SAID")[1]
        assert "missed" not in drawn.lower()


async def test_what_goes_against_the_rubric_says_what_is_in_fact_so(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        point = points(stage, "contradicted")[0]
        row = flat(next(r for r in stage.rows() if point.correction[:30] in r))
        assert f"In fact: {point.correction}" in row
        await choose(stage, point)
        await stage.press("w")
        assert f"In fact: {point.correction}" in stage.texts()
        assert "Every word of the quote was heard clearly" in stage.texts()


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_a_question_asked_once_more_keeps_its_first_answer_in_view(bank: Bank, size: tuple[int, int]) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, REST, size=size, backend=backend) as stage:
        await stage.answer(COOKING)
        await stage.until(lambda: stage.state.again)
        await stage.reviewed(GOOD)
        assert "CORE 4 of 4" in stage.text("#counts") and "take 2" in stage.text("#head")
        said = "Asked once more, since the first answer was off topic: nothing in it speaks of this question."
        assert said in flat(stage.drawn())


async def test_a_second_answer_off_topic_is_let_go_kindly(bank: Bank) -> None:
    async with interviewed(bank, REST) as stage:
        await stage.answer(COOKING)
        await stage.until(lambda: stage.state.again)
        await stage.answer(COOKING)
        await stage.feedback()
        assert "NOT SCORED" in stage.text("#counts")
        assert "Leave this one for now: read its model answer" in flat(stage.text("#next"))
        assert len(stage.text("#counts").splitlines()) == 2
        assert all(line.startswith(" ") for line in stage.text("#counts").splitlines()), "none wraps to the left edge"


async def test_without_time_the_feedback_says_which_follow_up_to_prepare(bank: Bank) -> None:
    async with interviewed(bank, REST, minutes=10) as stage:
        await stage.happens(e.TimeRanShort())
        await stage.reviewed(HALF)
        said = "There's no time left for a follow-up: the one to prepare is “How does versioning work in REST"
        assert said in flat(stage.text("#next"))
        await stage.press("f")
        assert "Not asked yet: How does versioning work in REST" in stage.texts()


async def test_what_was_put_right_keeps_what_was_said_before_in_view(bank: Bank) -> None:
    async with given(bank, MIXED, size=(120, 60)) as stage:
        wrong = points(stage, "contradicted")[0]
        await choose(stage, wrong)
        await stage.press("g")
        await stage.answer("NoSQL mostly gives up consistency.")
        await stage.feedback()
        point = next(p for p in judged(stage).points if p.id == wrong.id)
        assert (point.verdict, point.put_right) == ("covered", wrong.evidence)
        row = flat(next(r for r in stage.rows() if point.text[:40] in flat(r)))
        before = f"Put right. Before that: {flat(wording.quote(wrong.evidence[0]))}"
        assert row.index(point.evidence[0].quote) < row.index(before)
        assert "GOES AGAINST none" in stage.text("#counts")
        await choose(stage, point)
        await stage.press("w")
        assert before in flat(stage.texts())


async def test_a_pitfall_stands_with_its_advice_and_the_words_that_walked_into_it(bank: Bank) -> None:
    async with given(bank, WRONG, REST) as stage:
        pitfall = next(p for p in judged(stage).pitfalls if p.evidence)
        shown = flat(stage.texts())
        assert f"PITFALL {pitfall.text} {pitfall.advice}" in shown
        assert wording.quote(pitfall.evidence[0]).replace("  ", " ") in shown


async def test_a_point_to_check_is_answered_yes_or_no_and_kept_beside_the_verdict(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        point = points(stage, "unsure")[0]
        assert "y yes" not in stage.bar(), "not on a point that isn't to check"
        await stage.press("y", "n")
        assert stage.backend.delivered[1:] == []
        await choose(stage, point)
        assert "y yes" in stage.bar() and "n no" in stage.bar()
        assert "Did you say this?  y yes   n no   enter listen" in stage.drawn()
        for key, claim in (("y", "I said it"), ("n", "not said")):
            await stage.press(key)
            await stage.until(lambda c=claim: next(p for p in judged(stage).points if p.id == point.id).dispute == c)
            assert f"you: {claim}" in stage.texts()
        assert stage.delivered(e.Disputed)[-1] == e.Disputed(SQL, None, point.id, "not said")
        assert next(p for p in judged(stage).points if p.id == point.id).verdict == "unsure", "the verdict stays"


@pytest.mark.parametrize(
    ("key", "claim"),
    [("1", "I said it"), ("2", "misheard"), ("3", "not needed"), ("4", "the rubric is wrong")],
)
async def test_a_verdict_is_disputed_with_d_and_a_number_and_taken_back(bank: Bank, key: str, claim: str) -> None:
    async with given(bank, MIXED) as stage:
        point = next(p for p in points(stage, "missed") if not p.core)
        await choose(stage, point)
        before = stage.text("#counts")
        await stage.press("d")
        assert point.text in flat(stage.texts())
        await stage.press(key)
        await stage.until(lambda: f"you: {claim}" in stage.texts())
        assert "Your word is kept beside the verdict." in stage.text("#note")
        assert stage.text("#counts") == before, "a dispute is never merged into the counts"
        await stage.press("d", "5")
        await stage.until(lambda: f"you: {claim}" not in stage.texts())
        assert "Taken back." in stage.text("#note")
        assert [ev.claim for ev in stage.delivered(e.Disputed)] == [claim, ""]


async def test_esc_out_of_a_dispute_claims_nothing(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        await stage.press("d", "escape")
        assert stage.delivered(e.Disputed) == [] and stage.screen == "FeedbackScreen"
        await stage.press("d", "9", "escape")
        assert stage.delivered(e.Disputed) == []


async def test_a_claimed_core_point_is_counted_with_yours(bank: Bank) -> None:
    async with given(bank, HALF, REST) as stage:
        heard, of = judged(stage).heard(core=True)
        await choose(stage, next(p for p in points(stage, "missed") if p.core))
        await stage.press("d", "1")
        await stage.until(lambda: "with yours" in stage.text("#counts"))
        assert f"CORE {heard} of {of} heard, {heard + 1} with yours" in stage.text("#counts")


async def test_w_says_why_and_how_often_such_a_verdict_is_right(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        point = points(stage, "covered")[0]
        await stage.press("w")
        shown = flat(stage.texts())
        assert stage.screen == "Note"
        assert f"+ {point.text}" in shown and "Your words say it." in shown
        assert f"right about {round(point.probability * 10)} times in 10" in shown
        assert wording.quote(point.evidence[0]).replace("  ", " ") in shown
        await stage.press("escape")
        await choose(stage, points(stage, "missed")[0])
        await stage.press("w")
        for said in ("Nothing in what was heard says it.", "When you did say it: d."):
            assert said in stage.texts()


async def test_what_was_not_heard_is_not_called_right_so_seldom(bank: Bank) -> None:
    """A probability of 0.15 that a point was said is not "such a verdict was right about 2 times in 10"."""
    async with given(bank, MIXED) as stage:
        point = points(stage, "missed")[0]
        assert point.probability < 0.5
        await choose(stage, point)
        await stage.press("w")
        assert f"right about {round((1 - point.probability) * 10)} times in 10" in flat(stage.texts())


async def test_enter_plays_the_moment_of_the_quote(bank: Bank) -> None:
    async with given(bank, "Well then. " + MIXED) as stage:
        point = points(stage, "partly")[0]
        await choose(stage, point)
        await stage.press("enter")
        piece = point.evidence[0]
        spoken = clearly("Well then. " + MIXED).split()
        first = next(n for n in range(len(spoken)) if " ".join(spoken[n:]).startswith(piece.quote.split(".")[0]))
        start_s = 1.0 + 0.3 * first
        assert piece.start_s == pytest.approx(start_s)
        assert stage.backend.played == [("a001", round(start_s - 0.3, 2), round(piece.end_s + 0.4, 2))]
        assert f"Playing {wording.clock(start_s)} of take 1." in stage.text("#note")


async def test_a_quote_out_of_a_follow_up_is_played_from_its_own_take(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(HALF, follow_up=GAP_FILLED)
        point = next(p for p in judged(stage).points if p.evidence and p.evidence[0].take_id == "a002")
        await choose(stage, point)
        await stage.press("enter")
        assert stage.backend.played[0][0] == "a002"
        assert "of take 2." in stage.text("#note")


async def test_what_was_not_heard_has_nothing_to_play(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        await choose(stage, points(stage, "missed")[0])
        assert "enter listen" not in stage.bar()
        await stage.press("enter")
        assert stage.backend.played == []


async def test_f_tells_the_follow_up_and_what_was_said_to_it(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(HALF, follow_up=GAP_FILLED)
        own = judged(stage).follow_ups_asked[0]
        await stage.press("f")
        shown = flat(stage.texts())
        assert f"Asked: {own.ask}" in shown and f"You said: {GAP_FILLED}" in shown
        assert "Not asked yet: " in shown and "Why: " in shown
        await stage.press("1")
        await stage.until(lambda: stage.state.follow_up_id is not None and stage.state.phase == "listening")
        assert stage.screen == "InterviewScreen"


async def test_a_follow_ups_points_stand_below_the_questions_own_and_can_be_disputed(bank: Bank) -> None:
    async with interviewed(bank, size=(120, 60)) as stage:
        await stage.reviewed(HALF, follow_up=VERSIONS)
        own = judged(stage).follow_ups_asked[0]
        drawn = stage.drawn()
        assert drawn.index("NOT HEARD") < drawn.index("FOLLOW-UP  How does versioning work")
        below = flat(drawn[drawn.index("FOLLOW-UP") :])
        assert all(p.text in below for p in own.points)
        await stage.press(*["down"] * 20)
        assert stage.page.row.follow_up_id == own.follow_up_id
        point = stage.page.row.point
        await stage.press("d", "1")
        await stage.until(lambda: stage.delivered(e.Disputed))
        assert stage.delivered(e.Disputed) == [e.Disputed(REST, own.follow_up_id, point.id, "I said it")]
        await stage.until(lambda: "you: I said it" in stage.texts())


async def test_a_follow_up_that_was_skipped_says_so(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(HALF)
        assert "not scored: skipped" in stage.texts()


async def test_m_has_the_model_answer_read_and_shows_it_and_esc_is_quiet(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        await stage.press("m")
        model = bank.questions[SQL].model_answer
        assert stage.backend.said == [model]
        assert flat(model) in flat(stage.texts())
        before = stage.backend.hushes
        await stage.press("escape")
        assert stage.screen == "FeedbackScreen" and stage.backend.hushes == before + 1
        assert "Reading" not in stage.text("#note")


async def test_m_again_is_quiet(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        await stage.press("m")
        before = stage.backend.hushes
        await stage.press("m")
        assert stage.screen == "FeedbackScreen" and stage.backend.hushes == before + 1
        await stage.press("m")
        assert len(stage.backend.said) == 2, "and can be read again"


async def test_on_a_follow_ups_point_m_reads_the_follow_ups_model_answer(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(HALF, follow_up=VERSIONS)
        await stage.press(*["down"] * 20)
        await stage.press("m")
        assert stage.backend.said == [bank.questions[REST].follow_up("versioning").model_answer]


async def test_g_retakes_the_sentence_of_the_point_chosen_else_the_heaviest_gap(bank: Bank) -> None:
    async with given(bank, HALF, REST) as stage:
        extra = next(p for p in points(stage, "missed") if not p.core)
        await choose(stage, extra)
        await stage.press("g")
        await stage.phase("listening")
        assert stage.delivered(e.RetakeAsked) == [e.RetakeAsked(extra.id)]
        await stage.press("s")
        await stage.feedback()
        await stage.press("g")
        await stage.phase("listening")
        heaviest = max((p for p in points(stage, "missed") if p.core), key=lambda p: p.weight)
        asked = stage.delivered(e.RetakeAsked)[-1].point_id
        assert asked == heaviest.id, "back at the top the chosen point was heard, so it is the heaviest gap's turn"


async def test_a_retake_that_says_nothing_of_it_takes_nothing_and_offers_both_ways_on(bank: Bank) -> None:
    async with given(bank, HALF, REST) as stage:
        before = judged(stage).points
        await stage.press("g")
        await stage.until(lambda: stage.backend.capture.recording == "a002")
        await stage.answer("I like trains very much indeed.")
        await stage.feedback()
        assert judged(stage).points == before
        assert "Not heard in “I like trains very much indeed.”  g tries again, or d when you did say it." in flat(
            stage.text("#note")
        ).replace("” ", "”  ")


async def test_a_asks_the_whole_question_again_and_keeps_the_first_answer(bank: Bank) -> None:
    async with given(bank, HALF, REST) as stage:
        await stage.press("a")
        await stage.until(lambda: stage.backend.capture.recording == "a002")
        assert "QUESTION" in stage.text("#asked")
        await stage.answer(GOOD)
        await stage.feedback()
        assert "take 2" in stage.text("#head")
        assert [a.text for a in stage.state.earlier] == [HALF]


async def test_esc_goes_on_to_the_next_question_and_after_the_last_to_the_end(bank: Bank) -> None:
    async with given(bank, HALF, REST, SLOW) as stage:
        await stage.press("escape")
        await stage.phase("listening")
        assert "question 2 of 2" in stage.text("#head")
        await stage.reviewed(
            "I would look at the dashboards first, at latency and error rate, and then trace a few slow requests to "
            "find out whether our code or a database query takes the time."
        )
        await stage.press("right")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        assert "finished" in stage.text("#head")


async def test_undo_still_works_out_of_the_feedback_and_is_gone_from_the_bar_after_five_seconds(bank: Bank) -> None:
    async with given(bank, HALF, REST) as stage:
        assert "u I wasn't finished" in stage.bar()
        await stage.press("u")
        await stage.until(lambda: stage.backend.capture.recording == "a001")
        assert stage.screen == "InterviewScreen"
        await stage.reviewed(GAP_FILLED)
        assert judged(stage).text == f"{HALF} {GAP_FILLED}"
        stage.clock.at_s += 6
        await stage.press("u")
        assert len(stage.delivered(e.AnswerReopened)) == 1
        await stage.until(lambda: "wasn't finished" not in stage.bar(), "u stayed in the bar")


async def test_the_chosen_row_is_always_in_sight(bank: Bank) -> None:
    async with given(bank, MIXED, size=(60, 20)) as stage:
        box = stage.page.query_one("#points")
        count = len(stage.rows())
        seen = set()
        for key in ["down"] * (count - 1) + ["k"] * (count - 1):
            await stage.press(key)
            row = next(r for r in stage.page.query(".row.-chosen"))
            assert box.region.contains_region(row.region.intersection(box.region)) and row.region.overlaps(box.region)
            assert row.region.y >= box.region.y, f"the top of row {stage.page.at} is cut off"
            marked = [n for n, r in enumerate(stage.rows()) if r.startswith(" >")]
            assert marked == [stage.page.at]
            seen.add(marked[0])
        assert seen == set(range(count))
        assert stage.page.at == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_counts_next_first_point_and_the_ways_out_are_on_the_screen(bank: Bank, size: tuple[int, int]) -> None:
    async with given(bank, MIXED, size=size) as stage:
        drawn = stage.drawn()
        for text in ("CORE ", "NEXT  ", "HEARD, in your words", " > + ", "g 20 s retake", "d I disagree", "esc next"):
            assert text in drawn, text
        assert "? all keys" in drawn


async def test_an_answer_that_is_not_scored_says_why_and_has_no_numbers(bank: Bank) -> None:
    async with given(bank, "I like trains.") as stage:
        assert stage.text("#counts").strip() == (
            "NOT SCORED  only 3 words. It's in no average; your recording is kept."
        )
        assert "CORE " not in stage.drawn() and " of " not in stage.text("#counts")
        assert "Answer again with a, or go on with esc." in stage.drawn()
        for dead in ("enter listen", "d I disagree", "w why", "g 20 s retake", "y yes"):
            assert dead not in stage.bar()
        await stage.press("enter", "d", "w", "g", "y", "n", "f")
        assert stage.screen == "FeedbackScreen" and len(stage.backend.delivered) == 1
        await stage.press("a")
        await stage.phase("listening")


async def test_what_the_basic_recogniser_did_not_hear_is_not_held_against_anyone(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.recogniser, backend.credits_only, backend.change = "basic", True, without_follow_ups
    async with interviewed(bank, backend=backend, size=(80, 40)) as stage:
        await stage.reviewed(HALF)
        assert "it credits what it hears and holds nothing against you" in flat(stage.drawn())
        assert "NOT HEARD (or not by this recogniser)" in stage.drawn()


async def test_a_typed_answer_is_called_typed_and_has_no_seconds(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, backend=backend, quiet="typed") as stage:
        stage.page.query_one("#answer").text = GOOD
        await stage.press("enter")
        await stage.feedback()
        assert "take 1, typed" in stage.text("#head")
        assert "enter listen" not in stage.bar() and "u I wasn't finished" not in stage.bar()
        assert "PACE" not in stage.drawn()


async def test_news_stands_below_the_points(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        await stage.told(News("There is no speaker to play it on."))
        assert "There is no speaker to play it on." in stage.drawn()


async def test_q_leaves_and_home_offers_to_go_on_at_the_feedback(bank: Bank) -> None:
    async with given(bank, MIXED, SQL, REST) as stage:
        await stage.press("q")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        assert "question 1 of 2, at its feedback" in flat(stage.text("#now"))
        await stage.press("enter")
        await stage.feedback()
        assert stage.text("#counts").strip() == wording.counts(judged(stage))


# Stories, and what the interviewer looks for ------------------------------------------------------------------------

STORY = "hard-problem"
SITUATION = "Last spring our order service was timing out every evening and nobody knew why it did so."
ACTION = "I added a timer to every call and moved the voucher call out of the transaction."
RESULT = "After that the slowest page came in under one second and nobody complained any more."


@pytest.fixture
def telling(bank: Bank) -> Bank:
    """The bank with one question whose answer is told."""
    points = tuple(
        Point(f"own-{role}", f"Tells the {role}.", f"Say the {role}.", True, 1.0, kind, ())
        for role, kind in (("setting", "star_s"), ("duty", "star_t"), ("steps", "star_a"), ("ending", "star_r"))
    )
    asked = replace(
        bank.questions[SQL], id=STORY, short="A hard problem", type="behavioral", points=points, pitfalls=(),
        follow_ups=(), subjects={}, ask="Tell me about a hard problem that you solved.",
        assesses=("Takes problems apart.",), why="Past behaviour says most.", tips=("Say “I”.", "End with a number."),
    )  # fmt: skip
    return replace(bank, questions={**bank.questions, STORY: asked})


async def test_a_story_is_shown_in_its_parts_with_one_hint_and_no_colour_alone(telling: Bank) -> None:
    async with given(telling, f"{SITUATION} {SITUATION} {SITUATION} {ACTION} {RESULT}", STORY, size=(120, 60)) as stage:
        a = judged(stage)
        assert isinstance(a.star, StarShares) and a.star.story
        drawn = flat(stage.drawn())
        assert flat(wording.star_line(a)) in drawn
        assert "situation 6" in drawn or "situation 5" in drawn
        assert "tell more of what you did" in drawn and "%" not in drawn
        assert drawn.index("NOT HEARD") < drawn.index("STORY") < drawn.index("LENGTH"), "delivery comes last"


async def test_a_star_points_words_are_played_like_any_others(telling: Bank) -> None:
    async with given(telling, f"{SITUATION} {ACTION} {RESULT}", STORY) as stage:
        point = next(p for p in points(stage, "covered") if p.id == "own-steps")
        assert point.evidence[0].quote + "." == ACTION
        await choose(stage, point)
        await stage.press("enter")
        assert stage.backend.played[0][0] == "a001"


async def test_what_the_interviewer_looks_for_stands_below_the_points(telling: Bank) -> None:
    async with given(telling, f"{SITUATION} {ACTION} {RESULT}", STORY, size=(120, 60)) as stage:
        drawn = flat(stage.drawn())
        told = ["NOT HEARD", "WHAT THE INTERVIEWER LOOKS FOR", "Takes problems apart.",
                "Why it is asked: Past behaviour says most.", "Tip: Say “I”.", "Tip: End with a number."]  # fmt: skip
        places = [drawn.index(text) for text in told]
        assert places == sorted(places)


async def test_an_answer_without_a_score_still_hears_what_was_looked_for(telling: Bank) -> None:
    async with given(telling, "No idea, sorry.", STORY, size=(120, 60)) as stage:
        assert judged(stage).unscored is not None
        assert "Takes problems apart." in stage.drawn() and "STORY" not in stage.drawn()


async def test_what_was_not_heard_comes_with_a_sentence_that_would_say_it(bank: Bank) -> None:
    async with given(bank, MIXED, size=(120, 60)) as stage:
        for point in points(stage, "missed"):
            row = flat(next(r for r in stage.rows() if point.text[:40] in flat(r)))
            assert f"One sentence would do it: {point.say}" in row
        covered = points(stage, "covered")[0]
        assert "One sentence" not in next(r for r in stage.rows() if covered.text[:40] in flat(r))


async def test_w_says_how_often_what_is_to_check_had_been_said(bank: Bank) -> None:
    async with given(bank, MIXED) as stage:
        point = points(stage, "unsure")[0]
        await choose(stage, point)
        await stage.press("w")
        shown = flat(stage.texts())
        assert f"had really been made about {round(point.probability * 10)} times in 10" in shown


MISHEARD = (
    "In graph kewl the client asks for exactly the fields it wants. A rest endpoint returns a fixed shape. "
    "I would pick REST for a simple public API whose needs are stable."
)


async def unheard(stage: Stage) -> PointFeedback:
    """The point that the misheard words are about, chosen."""
    point = next(p for p in points(stage, "missed") if "names exactly the fields" in p.text)
    await choose(stage, point)
    return point


def verdict(stage: Stage, point: PointFeedback) -> tuple[str, str | None]:
    return next((p.verdict, p.dispute) for p in judged(stage).points if p.id == point.id)


async def test_a_word_put_right_has_the_answer_judged_anew_and_can_be_taken_back(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        first = judged(stage)
        point = await unheard(stage)
        assert "e fix a word" in stage.bar() and "x take" not in stage.bar()
        await stage.press("e", "ctrl+t")
        assert stage.screen == "MisheardScreen" and MISHEARD[:30] in stage.texts()
        assert "Perhaps  “graph kewl”: GraphQL" in stage.texts()
        await stage.press("down", "enter", "enter")
        await stage.until(lambda: "Judged anew" in stage.text("#note"))
        assert stage.delivered(e.Disputed) == [
            e.Disputed(REST, None, point.id, "misheard", "graph kewl", "GraphQL"),
        ]
        assert verdict(stage, point) == ("covered", "misheard")
        assert "with “graph kewl” as GraphQL: 1 point changed. x takes it back." in flat(stage.text("#note"))
        journal = stage.backend.sessions[-1].journal.events
        old, anew = (ev for ev in journal if isinstance(ev, e.Assessed))
        assert old.assessment == first, "the old verdict is on record"
        assert anew.anew == 1 and len(anew.lexicon) == 64
        await stage.press("up", "up", "x")
        await stage.until(lambda: "Judged anew without it" in stage.text("#note"))
        assert verdict(stage, point) == ("missed", None) and judged(stage) == first
        assert "x take" not in stage.bar()


async def test_the_words_are_typed_and_the_nearest_term_is_offered(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        point = await unheard(stage)
        await stage.press("e", "ctrl+t", *"graph", "space", *"kewl", "enter")
        assert "Sounds like  GraphQL" in stage.texts()
        assert stage.app.screen.query_one("#said").value == "GraphQL"
        await stage.press("enter")
        await stage.until(lambda: verdict(stage, point)[0] == "covered")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_what_cannot_be_believed_is_said_in_the_dialog_and_nothing_is_sent(
    bank: Bank, size: tuple[int, int]
) -> None:
    async with given(bank, MISHEARD + " " + MISHEARD * 3, REST, size=size) as stage:
        await stage.press("e", "ctrl+t")
        for heard, said, why in (
            ("exactly", "GraphQL", "is an everyday word by itself"),
            ("graph cool", "GraphQL", "don't stand in what was heard"),
            ("rest endpoint", "", ""),
        ):
            for name, text in (("heard", heard), ("said", said)):
                stage.app.screen.query_one(f"#{name}").value = text
            if why:
                stage.app.screen.query_one("#said").focus()
                await stage.press("enter")
                assert stage.screen == "MisheardScreen" and why in flat(stage.texts())
                drawn = flat(stage.drawn().replace("|", " "))
                assert why in drawn and "esc back" in drawn, "it fits on the screen whatever was heard"
        await stage.press("pagedown", "escape")
        assert stage.screen == "FeedbackScreen" and stage.delivered(e.Disputed) == []


async def test_a_term_nobody_knows_is_asked_about_before_it_is_ones_own(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        await stage.press("e", "ctrl+t")
        stage.app.screen.query_one("#heard").value = "graph kewl"
        stage.app.screen.query_one("#said").value = "Grafkool"
        stage.app.screen.query_one("#said").focus()
        await stage.press("enter")
        assert "I don't know “Grafkool” yet. Did you mean GraphQL? enter again" in flat(stage.texts())
        await stage.press("enter")
        await stage.until(lambda: "Judged anew" in stage.text("#note"))
        assert stage.state.told[0].said == "Grafkool" and "no point changed" in stage.text("#note")


async def test_where_it_cannot_be_kept_the_feedback_says_so(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        await unheard(stage)
        await stage.press("e", "ctrl+t", "down", "enter", "enter")
        await stage.until(lambda: "Judged anew" in stage.text("#note"))
        await stage.told(News("It counts in this session only. The disk is full."))
        assert "It counts in this session only." in stage.text("#note")


async def test_a_typed_answer_was_not_misheard(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.change = without_follow_ups
    async with interviewed(bank, REST, backend=backend, quiet="typed") as stage:
        await stage.press(*[CHARACTERS_OF.get(c, c) for c in HALF], "enter")
        await stage.feedback()
        assert "e fix a word" not in stage.bar()
        await stage.press("e")
        assert stage.screen == "FeedbackScreen"


CHARACTERS_OF = {" ": "space", ".": "full_stop"}


async def test_the_dispute_says_where_the_words_are_put_right(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        await unheard(stage)
        await stage.press("d", "2")
        await stage.until(lambda: "you: misheard" in stage.texts())
        assert "e puts the words right" in flat(stage.text("#note"))
