"""The words of a take put right on the screen: kept, taken back, given up, and remembered where they were a term."""

from __future__ import annotations

import pytest
from textual import events as textual_events

from tests.tui.stage import HALF, REST, VERSIONS, Stage, interviewed
from tests.tui.test_feedback_screen import MISHEARD, flat, given, judged, unheard, verdict
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.tui.edit import Words

RIGHT = MISHEARD.replace("graph kewl", "GraphQL")


def box(stage: Stage) -> Words:
    return stage.app.screen.query_one(Words)


async def edit(stage: Stage, text: str) -> None:
    await stage.press("e")
    assert stage.screen == "EditScreen"
    box(stage).text = text
    await stage.press("ctrl+s")


async def test_the_words_are_put_right_judged_anew_and_taken_back(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        first = judged(stage)
        point = await unheard(stage)
        assert "e fix a word" in stage.bar() and "x take" not in stage.bar()
        await stage.press("e")
        assert box(stage).text == MISHEARD and "What was heard, take 1" in stage.texts()
        box(stage).text = RIGHT
        await stage.press("ctrl+s")
        await stage.until(lambda: verdict(stage, point)[0] == "covered")
        assert stage.delivered(e.TranscriptEdited) == [e.TranscriptEdited("a001", RIGHT)]
        assert stage.screen == "Choose" and "Shall I remember that “graph kewl” is GraphQL?" in stage.texts()
        await stage.press("2")
        assert stage.delivered(e.Disputed) == [] and judged(stage).source == "edited"
        assert "Judged anew by your words: 1 point changed. x takes it back." in flat(stage.text("#note"))
        assert "You put right what was heard" in flat(stage.drawn()) and "calm, edited" in stage.text("#head")
        piece = next(p for p in judged(stage).points if p.id == point.id).evidence[0]
        assert piece.start_s is not None and "GraphQL" in piece.quote
        await stage.press("x")
        await stage.until(lambda: "Judged anew by what was heard" in stage.text("#note"))
        assert judged(stage) == first and "x take" not in stage.bar()


async def test_a_term_put_right_is_remembered_when_the_candidate_says_so(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        await edit(stage, RIGHT)
        await stage.press("1")
        await stage.until(lambda: bool(stage.state.told))
        assert stage.delivered(e.Disputed) == [e.Disputed(REST, None, "", "misheard", "graph kewl", "GraphQL")]


async def test_other_words_put_right_ask_nothing(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        await edit(stage, MISHEARD.replace("fixed shape", "shape that is fixed"))
        await stage.until(lambda: "Judged anew" in stage.text("#note"))
        assert stage.screen == "FeedbackScreen"


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (120, 40)])
async def test_a_long_answer_and_every_way_out_are_on_the_screen(bank: Bank, size: tuple[int, int]) -> None:
    async with given(bank, " ".join([MISHEARD] * 8), REST, size=size) as stage:
        await stage.press("e")
        drawn = flat(stage.drawn().replace("|", " "))
        assert "ctrl+s keep esc back ctrl+t a misheard term" in drawn and "graph kewl" in drawn


async def test_nothing_typed_is_given_up_by_one_key(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        await stage.press("e", "escape")
        assert stage.screen == "FeedbackScreen", "nothing was changed"
        await stage.press("e", "x", "escape")
        assert stage.screen == "EditScreen" and "Not kept yet: ctrl+s keeps it, esc again" in flat(stage.texts())
        await stage.press("escape")
        assert stage.screen == "FeedbackScreen" and stage.delivered(e.TranscriptEdited) == []


async def test_no_words_are_not_kept(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        await edit(stage, " \n ")
        assert stage.screen == "EditScreen" and "There are no words left to keep." in stage.texts()


async def test_what_is_kept_unchanged_changes_nothing(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        first = judged(stage)
        await edit(stage, f"  {MISHEARD}\n")
        assert stage.screen == "FeedbackScreen" and judged(stage) == first
        journal = stage.backend.sessions[-1].journal.events
        assert not any(isinstance(event, e.TranscriptEdited) for event in journal)


async def test_the_take_of_the_chosen_point_is_the_one_put_right(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(HALF, follow_up=VERSIONS)
        await stage.press(*["down"] * 20, "e")
        assert (box(stage).text, "take 2" in stage.texts()) == (VERSIONS, True)
        await stage.press("escape")
        await stage.press(*["up"] * 20)
        await stage.press("e")
        assert box(stage).text == HALF


async def test_what_is_pasted_is_cleaned_and_nothing_in_it_acts(bank: Bank) -> None:
    async with given(bank, MISHEARD, REST) as stage:
        await stage.press("e")
        stage.app.screen.query_one(Words).post_message(textual_events.Paste("\x1b[31m[bold]red\u202e"))
        await stage.settle()
        assert box(stage).text.endswith("\ufffd[31m[bold]red\ufffd") and not stage.app.fault
