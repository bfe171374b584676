"""`bank check`, `bank ids`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from voiceprep.bank import Problem, bank_folder
from voiceprep.bank.check import check_bank, check_heard
from voiceprep.bank.ids import GONE, IDS, all_names, broken, read_ids, updated
from voiceprep.bank.load import sound_bank
from voiceprep.bank.places import shown
from voiceprep.commands.output import data, note, say
from voiceprep.durable import write_atomic
from voiceprep.wiring.plans import known_question


def check(args: Namespace) -> int:
    """Every problem of the folder; 1 when there is any."""
    folder = _folder(args)
    checked = check_bank(folder)
    bank, problems = checked.bank, list(checked.problems)
    if not args.json:
        _print(problems)
    heard: dict[str, dict[str, float]] = {}
    if args.semantic is not None:
        for question_id in args.semantic:
            known_question(bank, question_id)
        for question_id, results, found in check_heard(folder, bank, args.semantic or list(bank.questions)):
            heard[question_id] = {r.kind: round(r.worth, 4) for r in results}
            problems += found
            if not args.json:
                _print(found)
    if args.json:
        shape = [{"file": p.file, "line": p.line, "column": p.column, "message": p.message} for p in problems]
        data({"schema": 1, "problems": shape} | ({"heard": heard} if args.semantic is not None else {}))
    else:
        note(
            f"{len(bank.questions)} questions, {len(bank.lexicon.terms)} terms, {len(bank.rounds)} rounds: "
            + (f"{_count(len(problems))}." if problems else "no problems.")
            + (f" {checked.refused} of them keep the bank from being used." if checked.refused else "")
        )
    return 1 if problems else 0


def ids(args: Namespace) -> int:
    """Brings the folder's list of ids up to date; 1 when an id's promise is broken, which only its author can mend."""
    folder = _folder(args)
    bank = sound_bank(folder)
    path = folder / IDS
    listed, problems = read_ids(path, shown(path)) if path.exists() else ({}, ())
    if problems:
        _print(problems)
        note(f"{shown(path)} is left as it was: mend it first.")
        return 1
    every = all_names(bank.questions.values())
    write_atomic(path, updated(listed, every).encode())
    path.chmod(0o644)  # a bank is for everybody, unlike what is practised with it
    now, _ = read_ids(path, shown(path))
    in_bank, lost = broken(now, every)
    for message in [m for _, m in in_bank] + [m for _, m in lost]:
        say(message)
    gone = sum(bool(e.gone) for e in now.values())
    note(f"{shown(path)}: {len(now)} ids, {gone} of them {GONE}; {len(now) - len(listed)} are new.")
    return 1 if in_bank or lost else 0


def _folder(args: Namespace) -> Path:
    return Path(args.folder or args.bank or bank_folder())


def _count(problems: int) -> str:
    return f"{problems} problem{'s' * (problems > 1)}"


def _print(problems: list[Problem] | tuple[Problem, ...]) -> None:
    for problem in problems:
        say(str(problem))
