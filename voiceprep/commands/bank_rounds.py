"""`bank list --rounds`: every round, with its questions or how they're chosen."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from voiceprep.commands.banks import bank_of
from voiceprep.commands.output import data, say
from voiceprep.core.plan import Round, Wants
from voiceprep.wiring.plans import round_cards


def list_rounds(args: Namespace) -> int:
    bank = bank_of(args)
    if args.json:
        data({"schema": 1, "rounds": [_json(r) for r in bank.rounds.values()]})
        return 0
    for card in round_cards(bank):
        size = f"{card.questions} question{'s' * (card.questions != 1)}, about {card.minutes} min"
        say(f"{card.id:<27} {card.title:<28} {size}")
        say(f"{'':<27} {card.about}")
    return 0


def _json(round_: Round) -> dict[str, Any]:
    return {
        "id": round_.id,
        "title": round_.title,
        "about": round_.about,
        "group": round_.group or None,
        "questions": list(round_.questions) if round_.choose is None else None,
        "choose": None if round_.choose is None else _chosen(round_.choose),
        "follow_ups": round_.follow_ups,
    }


def _chosen(wants: Wants) -> dict[str, Any]:
    return {
        "topic": list(wants.topics),
        "type": list(wants.types),
        "technologies": list(wants.technologies),
        "difficulty": list(wants.difficulties),
        "level": list(wants.levels),
        "how_many": wants.most,
        "minutes": wants.minutes,
    }
