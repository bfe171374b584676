"""From what was asked for to a plan, or to a sentence that says why there's none."""

from __future__ import annotations

from collections.abc import Sequence

from voiceprep.bank.load import Bank
from voiceprep.core.clean import clean
from voiceprep.core.plan import Plan, plan_minutes, plan_questions, plan_round
from voiceprep.errors import UsageError


def planned(
    bank: Bank, *, round_id: str = "", questions: Sequence[str] = (), minutes: float | None = None, seed: int = 0
) -> Plan:
    """The questions named, or a round's, or the bank's first round's; with `minutes` as many as fit, of the whole bank
    when nothing else is named. Raises UsageError."""
    if questions and round_id:
        raise UsageError("--question and --round exclude each other.", "Leave one of them out.")
    if minutes is not None and not 1 <= minutes <= 600:
        raise UsageError("--minutes wants a number from 1 to 600.", "Ten is a good one: --minutes 10.")
    if not bank.questions:
        raise UsageError("The question bank holds no questions.", "Give another with --bank, or leave --bank out.")
    for question_id in questions:
        known_question(bank, question_id)
    first = next(iter(bank.rounds), "")
    if questions:
        plan = plan_questions(questions, bank.questions, seed)
    elif (minutes and not round_id) or not (round_id or first):
        plan = plan_questions(list(bank.questions), bank.questions, seed)
    elif (round_id or first) not in bank.rounds:
        raise UsageError(f"There is no round {clean(round_id, 80)!r}.", f"There are: {', '.join(bank.rounds)}.")
    else:
        plan = plan_round(bank.rounds[round_id or first], bank.questions, seed)
    return plan_minutes(plan, minutes) if minutes else plan


def known_question(bank: Bank, question_id: str) -> None:
    """Raises UsageError, with the nearest ids, when there's no such question."""
    if question_id in bank.questions:
        return
    from rapidfuzz import process

    near = [m[0] for m in process.extract(question_id, list(bank.questions), limit=3, score_cutoff=50)]
    hint = f"Did you mean {' or '.join(near)}?" if near else "See `voiceprep bank list`."
    raise UsageError(f"There is no question {clean(question_id, 80)!r}.", hint)
