"""Reads `sayings/<question>.jsonl`: one sentence a line, with the point it's about and what it does to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from voiceprep.bank.yaml_file import FORBIDDEN, MAX_BYTES, Problem

Does = Literal["says", "against", "names"]

BACKGROUND = "background.jsonl"
LONGEST = 400
INVISIBLE = "holds a control or invisible character: remove it"
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence: it says the point, goes against it, or only names its words. `line` counts from 1."""

    line: int
    text: str
    point: str = ""
    does: Does = "says"


def read_sayings(path: Path, shown: str, *, background: bool = False) -> tuple[tuple[Saying, ...], tuple[Problem, ...]]:
    """The file's sayings in order, and every line that isn't one. `background` sayings are of no point."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return (), (Problem(shown, 1, 1, f"is larger than {MAX_BYTES} bytes: split it"),)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return (), (Problem(shown, 1, 1, f"can't be read: {error}"),)
    keys = {"text"} if background else {"point", "kind", "text"}
    found: list[Saying] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        wrong = next(_wrong(line, keys), None)
        if wrong is None:
            item = json.loads(line)
            found.append(Saying(number, item["text"], item.get("point", ""), item.get("kind", "says")))
        else:
            problems.append(Problem(shown, number, wrong[0], wrong[1]))
    return tuple(found), tuple(problems)


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _wrong(line: str, keys: set[str]) -> Iterator[tuple[int, str]]:
    """(column, what's wrong) of a line that isn't a saying."""
    if bad := FORBIDDEN.search(line):
        yield bad.start() + 1, INVISIBLE
        return
    try:
        item = json.loads(line, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        yield getattr(error, "colno", 1), "is no JSON object, or has a key twice"
        return
    if not isinstance(item, dict) or set(item) != keys or not all(isinstance(v, str) for v in item.values()):
        yield 1, f"must be an object with {', '.join(sorted(keys))}, each a text"
        return
    if any(FORBIDDEN.search(v) for v in item.values()):
        yield 1, INVISIBLE
        return
    if "kind" in keys and item["kind"] not in get_args(Does):
        yield line.find('"kind"') + 1, f"the kind is one of {', '.join(get_args(Does))}"
    if not _WORD.search(item["text"]) or len(item["text"]) > LONGEST:
        yield line.find('"text"') + 1, f"a saying has words, and at most {LONGEST} characters"
