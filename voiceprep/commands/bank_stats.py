"""`bank stats`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from voiceprep import wiring
from voiceprep.bank.stats import stats as figures
from voiceprep.commands.output import data, say


def stats(args: Namespace) -> int:
    """What the bank holds, as lines or as JSON."""
    found = figures(wiring.load_bank(args.bank))
    if args.json:
        data({"schema": 1, **found})
        return 0
    questions, points, follow_ups, used = (found[k] for k in ("questions", "points", "follow_ups", "sources"))
    say(f"{questions['all']} questions, {found['rounds']} rounds, {found['terms']} terms")
    for name in ("topic", "type", "difficulty", "level"):
        say(f"  by {name:<11} " + ", ".join(f"{key} {n}" for key, n in questions[name].items()))
    say(f"{points['all']} points, {points['core']} of them core; {found['pitfalls']} pitfalls")
    _wordings(points)
    say(f"{follow_ups['all']} follow-ups with {follow_ups['points']} points")
    _wordings(follow_ups)
    say(f"Sources: {used['questions']} questions and {used['facts']} of their points, pitfalls and follow-ups")
    say("Seconds aloud, shortest, median and longest")
    for name, key in (
        ("question", "ask_s"),
        ("model answer", "model_answer_s"),
        ("of a follow-up", "follow_up_answer_s"),
    ):
        say(f"  {name:<14} {_spread(found[key])}")
    return 0


def _wordings(of: Mapping[str, Any]) -> None:
    say(f"  plain wordings a point: {_spread(of['wordings'])}; ways to go against it: {_spread(of['contradictions'])}")


def _spread(values: Mapping[str, float] | None) -> str:
    return f"{values['min']:g}, {values['median']:g}, {values['max']:g}" if values else "none"
