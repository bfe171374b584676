"""The candidate's own rounds, one file in the user's data folder, in the form of a bank's `rounds.yaml`:

    form: voiceprep-rounds/1
    rounds:
      - id: friday
        title: Friday
        about: What they said they would ask, two minutes each.
        questions: [sql-or-nosql, link-shortener]
        pressure: {answer_s: 120, think_s: 20}

They ask the bank's questions and the candidate's own. The file is refused whole, as the own lexicon is: a wrong line in
it must neither keep the other rounds away nor be half believed. Nothing writes it but its author.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from voiceprep.bank import schema
from voiceprep.bank.contents import Bank, Problem
from voiceprep.bank.load import read_form
from voiceprep.bank.own import read_plain
from voiceprep.bank.rounds_file import read_rounds, unheld
from voiceprep.core.plan import Round

GROUP = "Your own"
"""The heading of own rounds that name none."""
MAX_ROUNDS = 200


def with_own_rounds(bank: Bank, path: Path) -> Bank:
    """The bank, the candidate's own questions in it, with the rounds in `path` after its own; without any of them, and
    with the problems, when one of them is wrong."""
    rounds, problems = read_own_rounds(path, bank)
    if problems:
        return replace(bank, rounds_refused=problems)
    return replace(bank, rounds={**bank.rounds, **{r.id: r for r in rounds}}) if rounds else bank


def read_own_rounds(path: Path, bank: Bank) -> tuple[tuple[Round, ...], tuple[Problem, ...]]:
    """The file's rounds in its order, or every problem of it; nothing of either when there's no file."""
    document, wrong = read_plain(path)
    if document is None:
        return (), wrong
    problems: list[Problem] = []
    form = read_form(document, schema.RoundsFile, problems)
    if form is None:
        return (), tuple(sorted(problems))
    if len(form.rounds) > MAX_ROUNDS:
        return (), (document.problem(("rounds", MAX_ROUNDS), f"more than {MAX_ROUNDS} rounds: remove some"),)
    for n, item in enumerate(form.rounds):
        if item.id in bank.rounds:
            message = f"{item.id!r} is the id of a round that comes with voiceprep: give yours another"
            problems.append(document.problem(("rounds", n, "id"), message))
    rounds = read_rounds(document, form, bank.outlines, problems)
    problems += unheld(document, rounds, bank.outlines, None)
    if problems:
        return (), tuple(sorted(problems))
    return tuple(replace(r, group=r.group or GROUP) for r in rounds.values()), ()
