"""`bank import`, `bank remove`, `bank export`: the candidate's own questions."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from voiceprep import durable
from voiceprep.bank.contents import MAX_BYTES, Bank, Problem
from voiceprep.bank.incoming import Offer, offered, offered_curriculum
from voiceprep.bank.own import keep
from voiceprep.bank.own import remove as remove_own
from voiceprep.bank.written import as_yaml
from voiceprep.commands.banks import bank_of
from voiceprep.commands.output import note, say
from voiceprep.config import places
from voiceprep.core.clean import one_line
from voiceprep.core.folding import folder_of
from voiceprep.core.plain import is_plain, key_words
from voiceprep.core.question import Point, Question
from voiceprep.core.star import STAR_KINDS
from voiceprep.core.words import tokenise
from voiceprep.errors import BankError, UsageError
from voiceprep.wiring.plans import known_question

SHOWN_PROBLEMS = 40
YES = frozenset(("y", "yes"))


def import_(args: Namespace) -> int:
    """Shows what would be kept; keeps it with --yes, or when whoever sits there says so."""
    if bool(args.path) == bool(args.cv):
        raise UsageError("bank import wants one thing to read.", "Give PATH, or --cv FILE.")
    bank = bank_of(args)
    read = offered_curriculum if args.cv else offered
    offer, problems = read(Path(args.cv or args.path), bank, replacing=args.replace)
    if problems:
        raise _refused(problems)
    for line in _preview(offer, bank):
        say(line)
    new = [q for q in offer.questions if q.id not in offer.known]
    if not new:
        note("Nothing to keep: you have all of it already.")
        return 0
    if not (args.yes or _confirmed(len(new))):
        note("Nothing was kept." if _asks() else "Nothing was kept: --yes keeps what is shown.")
        return 0
    keep(places(args.data_dir).questions, new)
    note(f"Kept {_count(len(new))}. Practise: voiceprep practice --question {new[0].id}")
    return 0


def remove(args: Namespace) -> int:
    bank = bank_of(args)
    if remove_own(places(args.data_dir).questions, args.question):
        note(f"Removed {one_line(args.question, 80)}.")
        return 0
    if args.question in bank.questions:
        raise UsageError(f"{args.question!r} comes with the bank.", "Only questions of your own can be removed.")
    known_question(bank, args.question)
    return 1  # pragma: no cover - an unknown question is a UsageError


def export(args: Namespace) -> int:
    """Writes the questions; what stands there already is never overwritten."""
    bank = bank_of(args)
    for question_id in args.question:
        known_question(bank, question_id)
    ids = [*args.question, *(sorted(bank.own) if args.own else ())] or ([] if args.own else list(bank.questions))
    questions = [bank.questions[i] for i in dict.fromkeys(ids)]
    if not questions:
        raise UsageError("You have no questions of your own.", "Name questions by their ids, or leave --own out.")
    out = Path(args.out).absolute()
    if not out.parent.is_dir():
        raise UsageError(f"There is no folder {out.parent}.", "Create it, or choose another --out.")
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out} exists already.", "Choose another --out, or remove it first.")
    if out.suffix in (".yaml", ".yml"):
        text = as_yaml(questions).encode()
        if len(text) > MAX_BYTES:
            raise UsageError(
                f"{_count(len(questions))} are more than fits into one file ({MAX_BYTES:,} bytes).",
                "Give a folder instead: --out NAME, without .yaml.",
            )
        durable.write_atomic(out, text)
    else:
        durable.make_folder(out)
        for question in questions:
            durable.write_atomic(out / f"{question.id}.yaml", as_yaml([question]).encode())
    note(f"{_count(len(questions))} exported to {out}")
    return 0


def _refused(problems: Sequence[Problem]) -> BankError:
    shown = "\n".join(str(p) for p in problems[:SHOWN_PROBLEMS])
    more = f"\n... and {len(problems) - SHOWN_PROBLEMS} more" if len(problems) > SHOWN_PROBLEMS else ""
    many = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
    return BankError(f"Refused, with {many}:\n{shown}{more}", "Mend these places and import again; nothing was kept.")


def _asks() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _confirmed(count: int) -> bool:
    if not _asks():
        return False
    note(f"Keep {'it' if count == 1 else 'these ' + str(count)}? y, then enter (anything else: no)")
    return sys.stdin.readline().strip().lower() in YES


def _count(questions: int) -> str:
    return f"{questions} question{'s' * (questions != 1)}"


def _preview(offer: Offer, bank: Bank) -> Iterator[str]:
    """The questions as they'd be asked, and what each point would be heard by."""
    for question in offer.questions:
        state = "  (there already)" if question.id in offer.known else ""
        state = "  (replaces yours)" if question.id in offer.changed else state
        yield f"{question.id}{state}"
        yield f"  {_line(question.ask)}"
        for point in question.points:
            yield f"  {'-' if point.core else '+'} {_line(point.text)}"
            yield f"      {_heard_by(point, question, bank)}"
        for follow_up in question.follow_ups:
            yield f"  then: {_line(follow_up.ask)}"
        yield ""
    if any(is_plain(p) for q in offer.questions for p in q.points):
        yield "A point heard by its words alone is judged weakly: it counts when about half of them fall together."
    for name in offer.left_alone:
        yield f"Left alone: {one_line(name, 80)}"


def _line(text: str) -> str:
    """Text of a file that could otherwise look like several lines of ours."""
    return one_line(text, 1_000)


def _heard_by(point: Point, question: Question, bank: Bank) -> str:
    if point.kind in STAR_KINDS:
        return f"heard as the {STAR_KINDS[point.kind]} of a story"
    if is_plain(point):
        return f"heard by its words: {', '.join(_words(question.ask, point.text, bank))}"
    by = [f"{len(point.said)} sentences"] if point.said else []
    by += [f"{len(point.claims)} claim{'s' * (len(point.claims) != 1)}"] if point.claims else []
    return f"heard by {' and '.join(by)}"


def _words(ask: str, text: str, bank: Bank) -> list[str]:
    """The words that a plain text is heard by, as they stand in it."""
    folder = folder_of(bank.lexicon)
    keys = set(key_words(ask, text, folder))
    written = [t.written for t in bank.lexicon.terms if f"@{t.id}" in keys]
    return list(dict.fromkeys([*written, *(t.text for t in tokenise(text) if t.stem in keys)]))
