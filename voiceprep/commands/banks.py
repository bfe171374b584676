"""The bank that a command works with, and the plan that it asks for."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.bank.incoming import read_text
from voiceprep.commands.output import note
from voiceprep.config import Places, load_settings, places
from voiceprep.core.advert import QUESTIONS, plan_advert, terms_in
from voiceprep.core.clean import one_line
from voiceprep.core.plan import Plan, plan_minutes
from voiceprep.core.pressure import EXTREMES_S, with_numbers
from voiceprep.errors import UsageError
from voiceprep.wiring.past import practised
from voiceprep.wiring.plans import planned, round_with_clock, under_pressure

SHOWN_PROBLEMS = 5
NUMBERS = ("limit", "think", "takes")
"""Options that change a clock's numbers, and nothing else of it; --limit makes one where there's none."""


def bank_of(args: Namespace) -> Bank:
    """The bank and the candidate's own questions, rounds and terms; what of these can't be used is said."""
    bank = wiring.load_bank(args.bank, places(args.data_dir))
    if bank.set_aside:
        for problem in bank.set_aside[:SHOWN_PROBLEMS]:
            note(str(problem))
        note("A question of yours with a problem is left out. Mend it, or take it back: voiceprep bank remove ID")
    if bank.rounds_refused:
        for problem in bank.rounds_refused[:SHOWN_PROBLEMS]:
            note(str(problem))
        note("Your own rounds are left out, all of them. Mend these lines, or move the file away.")
    if said := wiring.terms_left_out(bank):
        note(said)
    return bank


def plan_of(args: Namespace, bank: Bank, where: Places) -> Plan:
    """What `practice` is asked to hold, chosen with what was practised before, under the clock it asks for. Raises
    UsageError."""
    numbers = _numbers(args)
    borrowed = None if args.pressure is None else round_with_clock(bank, args.pressure).pressure
    plan = _plan_of(args, bank, where)
    clock = with_numbers(borrowed or plan.pressure, *numbers)
    if clock is None and (given := [f"--{name}" for name in NUMBERS if getattr(args, name) is not None]):
        raise UsageError(f"{given[0]} needs a clock.", "Add --limit S, the seconds for each answer, or --pressure R.")
    plan = plan if clock is None else under_pressure(plan, clock)
    if plan.pressure is not None and args.text:
        raise UsageError(
            "A clock can't run beside --text.", "Use the screen, --plain --quiet typed, or --answer-audio FILE."
        )
    return plan


def _numbers(args: Namespace) -> tuple[float | None, float | None, int | None]:
    """What --limit, --think and --takes put into a clock. Raises UsageError."""
    least_s, most_s = EXTREMES_S
    for name, value, usual in (("--limit", args.limit, 90), ("--think", args.think or None, 30)):
        if value is not None and not least_s <= value <= most_s:
            raise UsageError(f"{name} wants seconds from {least_s:g} to {most_s:g}.", f"For example: {name} {usual}.")
    if args.takes is not None and not 1 <= args.takes <= 5:
        raise UsageError("--takes wants a number from 1 to 5.", "One is what most one-way videos give.")
    return args.limit, args.think, args.takes


def _plan_of(args: Namespace, bank: Bank, where: Places) -> Plan:
    if not args.advert:
        return planned(
            bank,
            round_id=args.round or "",
            questions=args.question,
            topics=args.topic,
            technologies=args.technology,
            minutes=args.minutes,
            seed=args.seed,
            past=practised(where.sessions, load_settings(where).interview_date),
        )
    if args.question or args.round or args.topic or args.technology:
        raise UsageError("--for chooses the questions by itself.", "Leave out what else chooses.")
    return planned_for(bank, Path(args.advert), minutes=args.minutes, seed=args.seed)


def planned_for(bank: Bank, path: Path, *, minutes: float | None, seed: int) -> Plan:
    """The questions that an advert asks for; says which of its terms were found, and why each question was chosen."""
    text, problems = read_text(path, one_line(str(path), 200))
    if problems:
        raise UsageError(str(problems[0]) + ".", "Give the advert as plain text.")
    if minutes is not None and not 1 <= minutes <= 600:
        raise UsageError("--minutes wants a number from 1 to 600.", "Ten is a good one: --minutes 10.")
    questions = list(bank.questions.values())
    named = terms_in(text, questions, bank.lexicon)
    name = one_line(path.name, 40)
    most = len(questions) if minutes else QUESTIONS
    plan = plan_advert(named, questions, bank.lexicon, title=f"For {name}", seed=seed, most=most)
    if plan is None:
        what = "names no technology that the lexicon knows" if not named else "names nothing that a question asks for"
        raise UsageError(f"{name} {what}.", "Choose a round instead: voiceprep practice --round R.")
    note(f"Found in {name}: {', '.join(named.values())}.")
    plan = plan_minutes(plan, minutes) if minutes else plan
    for question, why in zip(plan.questions, plan.why, strict=True):
        note(f"  {question.id:<28} {why}")
    return plan
