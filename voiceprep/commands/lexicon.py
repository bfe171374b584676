"""`lexicon list`, `lexicon add`, `lexicon remove`: how you are misheard, and terms of your own."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from voiceprep import wiring
from voiceprep.bank import own_lexicon
from voiceprep.bank.contents import Bank
from voiceprep.commands.output import data, note, say
from voiceprep.config import places
from voiceprep.core.clean import one_line
from voiceprep.core.own_terms import Addition, term_of

EMPTY = 'You have added nothing. For example: voiceprep lexicon add "Kubernetes" --heard "cooper netties"'


def list_(args: Namespace) -> int:
    where = places(args.data_dir)
    bank = wiring.bare_bank(args.bank, where)
    additions, problems = own_lexicon.read_additions(where.lexicon, bank.lexicon)
    if args.json:
        terms = [{"written": a.written, "forms": list(a.forms), "heard": list(a.heard),
                  "own": term_of(a.written, bank.lexicon) is None} for a in additions]  # fmt: skip
        data({"schema": 1, "terms": terms, "problems": [str(p) for p in problems]})
        return 1 if problems else 0
    for problem in problems:
        note(str(problem))
    if problems:
        note("Nothing of the file is believed until these lines are mended, or the file is moved away.")
        return 1
    for addition in additions:
        for line in _believed(addition, bank):
            say(line)
    if not additions:
        note(EMPTY)
    return 0


def add(args: Namespace) -> int:
    where = places(args.data_dir)
    bank = wiring.bare_bank(args.bank, where)
    given = Addition(_said(args.term), _all_said(args.form), _all_said(args.heard))
    for line in _believed(own_lexicon.add(where.lexicon, bank.lexicon, given, surely=args.new), bank):
        say(line)
    return 0


def remove(args: Namespace) -> int:
    where = places(args.data_dir)
    bank = wiring.bare_bank(args.bank, where)
    left = own_lexicon.remove(where.lexicon, bank.lexicon, _said(args.term), _all_said(args.heard))
    if left is None:
        say(f"{_said(args.term)}: nothing of your own is believed about it any more.")
    else:
        for line in _believed(left, bank):
            say(line)
    return 0


def _said(text: str) -> str:
    return one_line(text, 200)


def _all_said(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_said, texts)))


def _believed(addition: Addition, bank: Bank) -> Iterator[str]:
    """What is now believed about a term."""
    own = term_of(addition.written, bank.lexicon) is None
    yield f"{addition.written}{'  (a term of your own)' if own else ''}"
    if addition.forms:
        yield f"  also, everywhere: {', '.join(addition.forms)}"
    if addition.heard:
        yield f"  in spoken answers to questions about it: {', '.join(addition.heard)}"
