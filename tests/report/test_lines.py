"""A session as lines: what the interviewer looks for comes when no follow-up can be spoilt any more."""

from __future__ import annotations

from pathlib import Path

from tests.sessions import made
from voiceprep.commands.conversation import Conversation, feedback_lines, looked_for_lines
from voiceprep.core import events as e
from voiceprep.core.interview import State, step
from voiceprep.report import wording


def held(tmp_path: Path) -> tuple[list[tuple[e.Event, State, list[str]]], Conversation]:
    """The story's events, each with the state after it and the lines it made."""
    bank, plan = made.bank_and_plan(tmp_path)
    lines: list[str] = []
    shown = Conversation(lines.append, bank.questions)
    told, state = [], State()
    for event in made.story(bank, plan):
        state, _ = step(state, event)
        before = len(lines)
        shown(event, state)
        told.append((event, state, lines[before:]))
    return told, shown


def test_what_is_looked_for_is_told_after_the_follow_up_and_not_before(tmp_path: Path) -> None:
    told, _ = held(tmp_path)
    judged = [(state.follow_up_id, lines) for event, state, lines in told if isinstance(event, e.Assessed)]
    assert any(follow_up for follow_up, _ in judged) and any(not follow_up for follow_up, _ in judged)
    for follow_up, lines in judged:
        assert any(wording.LOOKED_FOR in line for line in lines) is (follow_up is None)


def test_the_lines_say_what_the_question_is_asked_for(tmp_path: Path) -> None:
    bank, _ = made.bank_and_plan(tmp_path)
    question = bank.questions["why-cache"]
    text = " ".join(" ".join(looked_for_lines(question)).split())
    assert all(part in text for part in (*question.assesses, f"Why it is asked: {question.why}", "Tip: Name the price"))


def test_what_was_not_heard_comes_with_its_sentence(tmp_path: Path) -> None:
    told, _ = held(tmp_path)
    for event, _, _ in told:
        if isinstance(event, e.Assessed) and event.assessment.unscored is None:
            text = " ".join(" ".join(feedback_lines(event.assessment)).split())
            gaps = [p for p in event.assessment.points if p.verdict in ("missed", "unheard")]
            assert all(f"One sentence would do it: {p.say}" in text for p in gaps)
