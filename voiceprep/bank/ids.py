"""Ids are permanent: what was practised years ago must still mean the same.

`ids.txt` in a bank's folder lists every id that was ever given out, one a line, sorted:

    <question>[/points/<id> | /pitfalls/<id> | /follow_ups/<id>[/points/<id>]] <version> <digest>
    <the same> gone <why>

`version` is the question's version when the text was last changed, `digest` stands for that text. An id that vanishes,
and a text that changes while its question's version stays, are problems; an id may be given up with a reason, and is
never used again. A bank without the file promises nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voiceprep.bank.contents import MAX_BYTES, Problem
from voiceprep.bank.yaml_file import FORBIDDEN, Path_
from voiceprep.core.question import Question

IDS = "ids.txt"
GONE = "gone"
MAKE = "`voiceprep bank ids` writes it"
HEADER = """\
# Every id of this bank, with the version of its question when its text was last changed. Ids are permanent.
# Written by `voiceprep bank ids`. To give an id up, put `gone` and why in place of its version and digest.
"""

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_KEY = re.compile(rf"{_SLUG}(?:/(?:points|pitfalls)/{_SLUG}|/follow_ups/{_SLUG}(?:/points/{_SLUG})?)?")
_KEPT = re.compile(r"([1-9][0-9]{0,8}) ([0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One id as it was written down; `gone` is why it was given up, empty for one that's in use."""

    line: int
    key: str
    version: int = 0
    digest: str = ""
    gone: str = ""

    def __str__(self) -> str:
        return f"{self.key} {GONE} {self.gone}" if self.gone else f"{self.key} {self.version} {self.digest}"


@dataclass(frozen=True, slots=True)
class Named:
    """One id as the bank has it, and where in its question."""

    key: str
    path: Path_
    version: int
    digest: str


def names(question: Question) -> Iterator[Named]:
    """Every id of a question."""

    def named(path: Path_, text: str, *key: str) -> Named:
        digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]
        return Named("/".join((question.id, *key)), path, question.version, digest)

    yield named(("id",), question.ask)
    for n, point in enumerate(question.points):
        yield named(("points", n, "id"), point.text, "points", point.id)
    for n, pitfall in enumerate(question.pitfalls):
        yield named(("pitfalls", n, "id"), pitfall.text, "pitfalls", pitfall.id)
    for n, follow_up in enumerate(question.follow_ups):
        where: Path_ = ("follow_ups", n)
        yield named((*where, "id"), follow_up.ask, "follow_ups", follow_up.id)
        for m, point in enumerate(follow_up.points):
            key = ("follow_ups", follow_up.id, "points", point.id)
            yield named((*where, "points", m, "id"), point.text, *key)


def all_names(questions: Iterable[Question]) -> tuple[Named, ...]:
    """Every id of every question."""
    return tuple(n for q in questions for n in names(q))


def read_ids(path: Path, shown: str) -> tuple[Mapping[str, Entry], tuple[Problem, ...]]:
    """What the file lists, by key, and every line that can't be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return {}, (Problem(shown, 1, 1, f"is larger than {MAX_BYTES} bytes: split the bank"),)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return {}, (Problem(shown, 1, 1, f"can't be read: {error}"),)
    found: dict[str, Entry] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        entry, wrong = _entry(number, line)
        if entry and entry.key in found:
            wrong = f"{entry.key} stands in line {found[entry.key].line} as well: remove one"
        if wrong:
            problems.append(Problem(shown, number, 1, wrong))
        elif entry:
            found[entry.key] = entry
    return found, tuple(problems)


def _entry(number: int, line: str) -> tuple[Entry | None, str]:
    key, _, rest = line.rstrip("\r").partition(" ")
    if FORBIDDEN.search(rest) or not _KEY.fullmatch(key):
        return None, f"is no id with its version: {MAKE} anew"
    if rest == GONE or rest.startswith(f"{GONE} "):
        why = rest.removeprefix(GONE).strip()
        return (Entry(number, key, gone=why), "") if why else (None, f"{key} is given up without a reason: add it")
    if kept := _KEPT.fullmatch(rest):
        return Entry(number, key, int(kept[1]), kept[2]), ""
    return None, f"{key} has no version and digest: {MAKE} anew, or say `{GONE}` and why"


def broken(
    listed: Mapping[str, Entry], bank: Iterable[Named]
) -> tuple[list[tuple[Named, str]], list[tuple[Entry, str]]]:
    """(what's wrong where it stands in a question, what's wrong where it stands in the list)."""
    in_bank: list[tuple[Named, str]] = []
    seen: set[str] = set()
    for named in bank:
        seen.add(named.key)
        if wrong := _promise_broken(listed.get(named.key), named):
            in_bank.append((named, wrong))
        elif (entry := listed.get(named.key)) is None or entry.digest != named.digest:
            in_bank.append((named, f"{named.key} isn't in {IDS} as it is now: {MAKE}"))
    lost = [
        (entry, f"{key} is gone: put it back, or write `{GONE}` and why in place of its version and digest")
        for key, entry in listed.items()
        if not entry.gone and key not in seen
    ]
    return in_bank, lost


def _promise_broken(entry: Entry | None, named: Named) -> str:
    """Why the id may not be what it is now; what the list merely lacks is no broken promise."""
    if entry is None:
        return ""
    if entry.gone:
        return f"{named.key} was given up ({entry.gone}): choose a new id"
    if named.version < entry.version:
        return f"{named.key} had version {entry.version} of its question: versions only go up"
    if named.digest != entry.digest and named.version == entry.version:
        return (
            f"the text of {named.key} has changed: raise the question's version to {entry.version + 1}, "
            "or give it a new id if it means something else"
        )
    return ""


def updated(listed: Mapping[str, Entry], bank: Iterable[Named]) -> str:
    """The file's text with new ids, and texts that a raised version has changed; what is broken stays as listed."""
    entries = dict(listed)
    for named in bank:
        entry = listed.get(named.key)
        if not _promise_broken(entry, named) and (entry is None or entry.digest != named.digest):
            entries[named.key] = Entry(0, named.key, named.version, named.digest)
    return HEADER + "".join(f"{entries[key]}\n" for key in sorted(entries))
