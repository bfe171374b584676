"""The recorded candidate: which answer goes with which question."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from voiceprep.bank.contents import Bank
from voiceprep.core.plan import Plan
from voiceprep.wiring.answers import ScriptedAnswers

TITLE = "Demo"
"""By this title a session of the recorded candidate is known."""
QUESTIONS = ("sql-or-nosql", "rest-or-graphql", "slow-endpoint")


def plan_demo(bank: Bank) -> Plan:
    """The three questions of the demo."""
    chosen = tuple(bank.questions[i] for i in QUESTIONS)
    return Plan(TITLE, chosen, ("part of the demo",) * len(chosen), 1, 0)


def demo_folder() -> Path:
    """The recorded candidate that ships with the package."""
    return Path(str(files("voiceprep"))) / "demo"


def demo_answers(bank: Bank) -> ScriptedAnswers:
    """The recorded candidate, speaking as fast as people do."""
    return ScriptedAnswers(answers_by_question(bank, demo_folder()), paced=True)


def answers_by_question(bank: Bank, folder: Path) -> dict[str, Path | str]:
    """Each thing the demo may be asked, with its answer: a recording, or text that is typed.

    Files are named after what they answer: `<question>.ogg`, `<question>.<follow-up>.ogg`, or `.txt` for typed ones.
    """
    answers: dict[str, Path | str] = {}
    for question_id in QUESTIONS:
        question = bank.questions[question_id]
        asked = {question.ask: question_id, **{f.ask: f"{question_id}.{f.id}" for f in question.follow_ups}}
        for ask, name in asked.items():
            text, sound = folder / f"{name}.txt", folder / f"{name}.ogg"
            if sound.is_file():
                answers[ask] = sound
            elif text.is_file():
                answers[ask] = " ".join(text.read_text(encoding="utf-8").split())
    return answers
