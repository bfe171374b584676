"""From what was asked for to a plan, or to a sentence that says why there's none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from voiceprep.bank.contents import Bank
from voiceprep.core.clean import clean
from voiceprep.core.home import clocked_minutes, minutes_of
from voiceprep.core.past import Practised
from voiceprep.core.plan import Plan, Round, Wants, choose, picks_of, plan_minutes, plan_questions, plan_round
from voiceprep.core.plan import planned as plan_of
from voiceprep.core.pressure import Pressure, rules_in_words
from voiceprep.errors import UsageError
from voiceprep.tui.backend import RoundCard


def planned(
    bank: Bank,
    *,
    round_id: str = "",
    questions: Sequence[str] = (),
    topics: Sequence[str] = (),
    technologies: Sequence[str] = (),
    minutes: float | None = None,
    seed: int = 0,
    past: Mapping[str, Practised] | None = None,
) -> Plan:
    """The questions named, or a round's, or what is chosen by topic, technology and minutes; else what is due, or the
    bank's first round's. `past` is what was practised before. Raises UsageError."""
    if questions and round_id:
        raise UsageError("--question and --round exclude each other.", "Leave one of them out.")
    if (topics or technologies) and (questions or round_id):
        raise UsageError(
            "--topic and --technology choose questions; --question and --round name them.", "Leave one kind out."
        )
    if minutes is not None and not 1 <= minutes <= 600:
        raise UsageError("--minutes wants a number from 1 to 600.", "Ten is a good one: --minutes 10.")
    if not bank.questions:
        raise UsageError("The question bank holds no questions.", "Give another with --bank, or leave --bank out.")
    for question_id in questions:
        known_question(bank, question_id)
    if questions:
        plan = plan_questions(questions, bank.questions, seed)
        return plan_minutes(plan, minutes) if minutes else plan
    if topics or technologies or not bank.rounds or (minutes and not round_id):
        return _chosen(bank, Wants(tuple(topics), technologies=tuple(technologies), minutes=minutes), seed, past or {})
    if round_id and round_id not in bank.rounds:
        raise UsageError(f"There is no round {clean(round_id, 80)!r}.", f"There are: {', '.join(bank.rounds)}.")
    if not round_id and any(p.due for i, p in (past or {}).items() if i in bank.outlines):
        return _due(bank, seed, past or {})
    return _of_round(bank, bank.rounds[round_id or next(iter(bank.rounds))], minutes, seed, past)


def _of_round(
    bank: Bank, round_: Round, minutes: float | None, seed: int, past: Mapping[str, Practised] | None
) -> Plan:
    if round_.choose is not None and minutes:
        round_ = replace(round_, title=f"{minutes:g} minutes", choose=replace(round_.choose, minutes=minutes))
        minutes = None
    plan = plan_round(round_, bank.questions, seed, past, bank.outlines)
    return plan_minutes(plan, minutes) if minutes else plan


def _chosen(bank: Bank, wants: Wants, seed: int, past: Mapping[str, Practised]) -> Plan:
    """Of the whole bank, what the candidate asked for."""
    of = bank.outlines.values()
    _known("--topic", wants.topics, (q.topic for q in of))
    _known("--technology", wants.technologies, (t for q in of for t in q.technologies))
    picks = choose(of, wants, 1, seed, past, "you asked for")
    if not picks:
        asked = ", ".join((*wants.topics, *wants.technologies))
        raise UsageError(f"No question is about all of this: {asked}.", "Leave one of them out.")
    named = f"{wants.minutes:g} minutes" if wants.minutes else ", ".join((*wants.topics, *wants.technologies))
    return plan_of(named or "Mixed questions", picks, bank.questions, 1, seed)


def _due(bank: Bank, seed: int, past: Mapping[str, Practised]) -> Plan:
    """Nothing was asked for, and something is due: that, the longest due first."""
    due = [q for q in bank.outlines.values() if q.id in past and past[q.id].due]
    picks = choose(due, Wants(), 1, seed, past, "")
    return plan_of("What is due", picks, bank.questions, 1, seed)


def _known(option: str, given: Sequence[str], there: Iterable[str]) -> None:
    every = sorted(set(there))
    for value in given:
        if value not in every:
            raise UsageError(f"{option} {clean(value, 80)!r}: no question has that.", f"There are: {', '.join(every)}.")


def plan_lines(plan: Plan) -> list[str]:
    """A plan's questions, a line each, with why they're asked."""
    return [f"{n}. {q.short}: {why}" for n, (q, why) in enumerate(zip(plan.questions, plan.why, strict=True), 1)]


def round_cards(bank: Bank, past: Mapping[str, Practised] | None = None, seed: int = 0) -> tuple[RoundCard, ...]:
    """Every round as home shows it, with what it would ask now."""
    return tuple(_card(bank, r, past, seed) for r in bank.rounds.values())


def _card(bank: Bank, round_: Round, past: Mapping[str, Practised] | None, seed: int) -> RoundCard:
    picks = picks_of(round_, bank.outlines, seed, past)
    outlines = [bank.outlines[p.id] for p in picks]
    asks = tuple(f"{o.short}: {p.why}" for o, p in zip(outlines, picks, strict=True))
    minutes = minutes_of(outlines, round_.follow_ups)
    rules = round_.pressure
    if rules is not None:
        minutes = clocked_minutes(rules, outlines, round_.follow_ups)
    said = "" if rules is None else rules_in_words(rules, len(picks), follows_up=round_.follow_ups > 0)
    return RoundCard(round_.id, round_.title, round_.about, len(picks), minutes, round_.group, asks, said)


def under_pressure(plan: Plan, rules: Pressure) -> Plan:
    """The plan under this clock."""
    return replace(plan, pressure=rules)


def round_with_clock(bank: Bank, round_id: str) -> Round:
    """The round whose clock is borrowed. Raises UsageError when there is none, or it has no clock."""
    having = [i for i, r in bank.rounds.items() if r.pressure is not None]
    if round_id not in having:
        what = "has no clock" if round_id in bank.rounds else "isn't there"
        raise UsageError(
            f"The round {clean(round_id, 80)!r} {what}.", f"These have one: {', '.join(having) or 'none'}."
        )
    return bank.rounds[round_id]


def known_question(bank: Bank, question_id: str) -> None:
    """Raises UsageError, with the nearest ids, when there's no such question."""
    if question_id in bank.questions:
        return
    from rapidfuzz import process

    near = [m[0] for m in process.extract(question_id, list(bank.questions), limit=3, score_cutoff=50)]
    hint = f"Did you mean {' or '.join(near)}?" if near else "See `voiceprep bank list`."
    raise UsageError(f"There is no question {clean(question_id, 80)!r}.", hint)
