"""`bank list`, `bank show`; what changes the candidate's own questions stands in `bank_own`."""

from __future__ import annotations

from argparse import Namespace

from voiceprep.commands.banks import bank_of
from voiceprep.commands.output import data, say
from voiceprep.core.question import Point
from voiceprep.sessions import codec
from voiceprep.wiring.plans import known_question


def list_(args: Namespace) -> int:
    if args.rounds:
        from voiceprep.commands.bank_rounds import list_rounds

        return list_rounds(args)
    bank = bank_of(args)
    questions = bank.outlines.values()
    if args.json:
        data(
            {
                "schema": 1,
                "questions": [
                    {
                        "id": q.id,
                        "ask": q.ask,
                        "topic": q.topic,
                        "type": q.type,
                        "difficulty": q.difficulty,
                        "level": q.level,
                        "technologies": list(q.technologies),
                        "sources": list(q.sources),
                        "points": len(q.points),
                        "follow_ups": len(q.follow_ups),
                    }
                    for q in questions
                ],
            }
        )
        return 0
    for q in questions:
        yours = "(yours) " if q.id in bank.own else ""
        say(f"{q.id:<24} {q.topic:<16} {q.difficulty:<7} {yours}{q.ask}")
    return 0


def show(args: Namespace) -> int:
    bank = bank_of(args)
    known_question(bank, args.question)
    q = bank.questions[args.question]
    if args.json:
        data({"schema": 1, **codec.to_json(q)})
        return 0
    say(f"{q.ask}\n")
    say(f"{q.type}, {q.topic}, {q.difficulty}, {q.level}; aim for {q.target_s[0]} to {q.target_s[1]} seconds")
    say(f"Why it's asked: {q.why}\n")
    for title, core in (("Core points", True), ("Extra points", False)):
        say(title)
        for point in q.points:
            if point.core is core:
                _point(point)
    if q.pitfalls:
        say("\nPitfalls")
        for pitfall in q.pitfalls:
            say(f"  - {pitfall.text} {pitfall.advice}")
    say("\nFollow-ups")
    for f in q.follow_ups:
        say(f"  - {f.ask}  (probes {', '.join(f.probes) or 'nothing: it goes deeper'})")
    say(f"\nA model answer\n  {q.model_answer}")
    return 0


def _point(point: Point) -> None:
    say(f"  - {point.text}\n      e.g. “{point.say}”")
