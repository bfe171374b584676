"""Reads `sayings/<question>.jsonl`: one sentence a line, with the point it's about and what it does to it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from voiceprep.bank.contents import MAX_BYTES, Problem
from voiceprep.bank.yaml_file import FORBIDDEN

Does = Literal["says", "against", "names"]

BACKGROUND = "background.jsonl"
LONGEST = 400
KINDS = get_args(Does)
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
        item, column, wrong = _item(line, keys)
        if wrong:
            problems.append(Problem(shown, number, column, wrong))
        else:
            found.append(Saying(number, item["text"], item.get("point", ""), item.get("kind", "says")))
    return tuple(found), tuple(problems)


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _item(line: str, keys: set[str]) -> tuple[dict[str, Any], int, str]:
    """(the saying, the column and the name of what's wrong with it; an empty name for nothing)."""
    if bad := FORBIDDEN.search(line):
        return {}, bad.start() + 1, INVISIBLE
    try:
        item = json.loads(line, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        return {}, getattr(error, "colno", 1), "is no JSON object, or has a key twice"
    if not isinstance(item, dict) or set(item) != keys or not all(isinstance(v, str) for v in item.values()):
        return {}, 1, f"must be an object with {', '.join(sorted(keys))}, each a text"
    if any(FORBIDDEN.search(v) for v in item.values()):
        return {}, 1, INVISIBLE
    if item.get("kind", "says") not in KINDS:
        return {}, line.find('"kind"') + 1, f"the kind is one of {', '.join(KINDS)}"
    if not _WORD.search(item["text"]) or len(item["text"]) > LONGEST:
        return {}, line.find('"text"') + 1, f"a saying has words, and at most {LONGEST} characters"
    return item, 0, ""
