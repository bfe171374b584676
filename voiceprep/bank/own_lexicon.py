"""The candidate's own additions to the lexicon, one file in the user's data folder:

    form: voiceprep-own-lexicon/1
    terms:
      - {written: Kubernetes, heard: [cooper netties]}
      - {written: Fargate, forms: [AWS Fargate]}

It is read like a bank's files, and refused whole: a wrong line in it must neither keep a session away nor be half
believed. It's written as a whole, beside and renamed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from voiceprep import durable
from voiceprep.bank import schema
from voiceprep.bank.contents import Bank, Problem
from voiceprep.bank.load import read_form
from voiceprep.bank.own import read_plain
from voiceprep.bank.yaml_file import Document, Path_
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.own_terms import (
    MAX_PHRASES,
    MAX_TERMS,
    Addition,
    Phrases,
    merged,
    phrases,
    refusal,
    refused_term,
    term_of,
)
from voiceprep.core.sounds_alike import mistyped
from voiceprep.errors import BankError, UsageError

FORM = "voiceprep-own-lexicon/1"


def with_additions(bank: Bank, path: Path) -> Bank:
    """The bank with the additions in `path`; without any of them, and with the problems, when one of them is wrong."""
    additions, problems = read_additions(path, bank.lexicon)
    if problems:
        return replace(bank, unheeded=problems)
    return replace(bank, lexicon=merged(bank.lexicon, additions), additions=additions) if additions else bank


def read_additions(path: Path, lexicon: Lexicon) -> tuple[tuple[Addition, ...], tuple[Problem, ...]]:
    """What the file adds to the lexicon, or every problem of it; nothing of either when there's no file."""
    document, wrong = read_plain(path)
    if document is None:
        return (), wrong
    problems: list[Problem] = []
    form = read_form(document, schema.OwnLexiconFile, problems)
    if form is None:
        return (), tuple(sorted(problems))
    additions = tuple(Addition(t.written, tuple(t.forms), tuple(t.heard)) for t in form.terms)
    problems += _wrong(document, additions, lexicon)
    return (() if problems else additions), tuple(sorted(problems))


def _wrong(document: Document, additions: Sequence[Addition], lexicon: Lexicon) -> Iterator[Problem]:
    if len(additions) > MAX_TERMS:
        yield document.problem(("terms", MAX_TERMS), f"more than {MAX_TERMS} terms: remove some")
        return
    known, seen = phrases(lexicon), set[str]()
    for n, one in enumerate(additions):
        where: Path_ = ("terms", n)
        term = term_of(one.written, lexicon)
        name = (term.written if term else one.written).casefold()
        if name in seen:
            yield document.problem((*where, "written"), f"{one.written!r} stands here twice: put them together")
        seen.add(name)
        yield from (document.problem((*where, *path), what) for path, what in _wrong_in(one, term, known))


def _wrong_in(one: Addition, term: Term | None, known: Phrases) -> Iterator[tuple[Path_, str]]:
    """What is wrong with one addition; what isn't is known from now on."""
    written = term.written if term else one.written
    if term is not None and one.forms:
        yield ("forms",), f"{written} comes with voiceprep: only heard can be added to it"
        return
    if term is not None and not one.heard:
        yield (), f"adds nothing to {written}: give heard, or remove it"
    if term is None and (why := refused_term(one.written, known)):
        yield ("written",), f"{one.written!r} {why}"
        return
    if term is None:
        known.add(Term("", written))
    for key in ("forms", "heard"):
        given: tuple[str, ...] = getattr(one, key)
        if len(given) > MAX_PHRASES:
            yield (key, MAX_PHRASES), f"more than {MAX_PHRASES} of a term: remove some"
        for n, phrase in enumerate(given[:MAX_PHRASES]):
            if why := refusal(phrase, written, known):
                yield (key, n), f"{phrase!r} {why}"
            else:
                known.add(Term("", written, forms=(phrase,)) if key == "forms" else Term("", written, heard=(phrase,)))


def add(path: Path, lexicon: Lexicon, given: Addition, *, surely: bool = False) -> Addition:
    """Adds to what the file holds; returns all that is now added about the term. `lexicon` is the bank's own.

    Raises UsageError for what would be dangerous, or, unless `surely`, for a new term that looks like a mistyped one;
    BankError when the file has problems; StorageError."""
    additions = _sound(path, lexicon)
    term = term_of(given.written, lexicon)
    written = term.written if term else given.written
    at = next((n for n, one in enumerate(additions) if _same(one.written, written, lexicon)), len(additions))
    there = additions[at] if at < len(additions) else Addition(written)
    if term is None and at == len(additions):
        _may_be_new(written, merged(lexicon, additions), surely=surely)
    if term is not None and given.forms:
        raise UsageError(f"{written} comes with voiceprep.", "Only what is heard can be added to it: --heard PHRASE.")
    known = phrases(merged(lexicon, additions))
    known.add(Term("", written))
    forms, heard = there.forms, there.heard
    for phrase in given.forms:
        if phrase not in forms:
            _refuse(phrase, written, known)
            known.add(Term("", written, forms=(phrase,)))
            forms = (*forms, phrase)
    for phrase in given.heard:
        if phrase not in heard:
            _refuse(phrase, written, known)
            known.add(Term("", written, heard=(phrase,)))
            heard = (*heard, phrase)
    after = Addition(there.written, forms, heard)
    if term is not None and not heard:
        raise UsageError(f"{written} is known already.", "Say how it's misheard: --heard PHRASE.")
    if max(len(forms), len(heard)) > MAX_PHRASES or (at == MAX_TERMS and at == len(additions)):
        raise UsageError(
            f"{MAX_TERMS} terms, with {MAX_PHRASES} phrases each, are as many as fit.",
            "Take some back first: voiceprep lexicon remove TERM.",
        )
    if after != there or at == len(additions):
        _write(path, (*additions[:at], after, *additions[at + 1 :]))
    return after


def remove(path: Path, lexicon: Lexicon, written: str, heard: Sequence[str] = ()) -> Addition | None:
    """Takes back what was added about a term, or only these mishearings of it; returns what is left of it.

    Raises UsageError when there's nothing of that kind; BankError, StorageError as `add`."""
    additions = _sound(path, lexicon)
    at = next((n for n, one in enumerate(additions) if _same(one.written, written, lexicon)), None)
    if at is None:
        raise UsageError(f"You have added nothing about {written!r}.", "See `voiceprep lexicon list`.")
    there = additions[at]
    for phrase in heard:
        if phrase not in there.heard:
            raise UsageError(f"{phrase!r} isn't among what you added.", "See `voiceprep lexicon list`.")
    left: Addition | None = replace(there, heard=tuple(h for h in there.heard if h not in heard))
    if not heard or (left == Addition(there.written) and term_of(there.written, lexicon) is not None):
        left = None
    _write(path, (*additions[:at], *((left,) if left else ()), *additions[at + 1 :]))
    return left


def _sound(path: Path, lexicon: Lexicon) -> tuple[Addition, ...]:
    additions, problems = read_additions(path, lexicon)
    if problems:
        shown = "\n".join(str(p) for p in problems[:20])
        raise BankError(f"Your own terms can't be changed while something is wrong with them:\n{shown}",
                        "Mend these lines, or move the file away.")  # fmt: skip
    return additions


def _same(one: str, other: str, lexicon: Lexicon) -> bool:
    terms = [term_of(name, lexicon) for name in (one, other)]
    if terms[0] is not None or terms[1] is not None:
        return terms[0] == terms[1]
    return one.casefold() == other.casefold()


def _may_be_new(written: str, lexicon: Lexicon, *, surely: bool) -> None:
    if why := refused_term(written, phrases(lexicon)):
        raise UsageError(f"{written!r} {why}.", "Give the term in more words, as people say it.")
    if not surely and (near := mistyped(written, lexicon)):
        raise UsageError(
            f"There is no term {written!r}.", f"Did you mean {' or '.join(near)}? --new makes it one of your own."
        )


def _refuse(phrase: str, written: str, known: Phrases) -> None:
    if why := refusal(phrase, written, known):
        raise UsageError(f"{phrase!r} {why}.", f"Give all the words that were heard for {written}.")


def _write(path: Path, additions: Sequence[Addition]) -> None:
    items = [
        {key: value for key, value in (("written", a.written), ("forms", list(a.forms)), ("heard", list(a.heard)))
         if value}
        for a in additions
    ]  # fmt: skip
    text = yaml.safe_dump({"form": FORM, "terms": items}, allow_unicode=True, sort_keys=False, width=116)
    durable.make_folder(path.parent)
    durable.write_atomic(path, text.encode())
