"""How much of what was said in everyday words is heard: at the first attempt, and now.

`python -m tests.bench.recall` prints the table, its last line as JSON. `--first SPLIT` writes a split's figures down as
its first attempt, once: before anything is changed for its answers, and in the commit that freezes them.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.validity import data, judges, measures
from tests.bench.validity.data import SAID, Row
from voiceprep.bank import bank_folder
from voiceprep.bank.load import sound_bank
from voiceprep.core import matching
from voiceprep.core.feedback import Ground
from voiceprep.core.transcript import typed

FIRST = "first-attempt.json"
OPEN = re.compile(r"dev|check|fresh-[13]|plain-\d+")
"""Splits that may be read; the others are closed."""
TOTALS_ONLY = re.compile(r"check|fresh-\d+")
"""Of these nobody looks at single questions."""

Share = tuple[int, int]
"""Points heard, of points said."""


def splits(folder: Path) -> list[str]:
    return sorted(p.stem for p in folder.glob("*.jsonl") if OPEN.fullmatch(p.stem))


def heard(rows: Sequence[Row], grounds: Mapping[str, Ground]) -> tuple[dict[str, Share], Counter[str]]:
    """By question; and how many rows there were, and were left out because the bank has no such question or point."""
    found: dict[str, Share] = defaultdict(lambda: (0, 0))
    count: Counter[str] = Counter()
    for row in (r for r in rows if r.variant == "plain"):
        ground = grounds.get(row.question_id)
        if ground is None or not set(row.gold) <= {p.id for p in ground.question.points}:
            count["left out"] += 1
            continue
        count["answers"] += 1
        said = judges.verdicts(judges.product(ground, typed(row.text)))
        true = [p for p, status in row.gold.items() if status in SAID]
        both, all_ = found[row.question_id]
        found[row.question_id] = both + sum(said[p].credit for p in true), all_ + len(true)
    return dict(found), count


def figures(name: str, rows: Sequence[Row], grounds: Mapping[str, Ground], bank_version: str) -> dict[str, Any]:
    """A split's figures, as they are written down."""
    found, count = heard(rows, grounds)
    whole = [sum(s[n] for s in found.values()) for n in (0, 1)]
    shown = {} if TOTALS_ONLY.fullmatch(name) else {q: list(s) for q, s in sorted(found.items())}
    return {
        "bank": bank_version,
        "matcher": matching.MATCHER_VERSION,
        "answers": count["answers"],
        "left_out": count["left out"],
        "heard": whole,
        "questions": shown,
    }


def lines(now: Mapping[str, Mapping[str, Any]], first: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The table: recall at the first attempt and now."""
    yield f"{'plain words':<32} {'answers':>7} {'points':>7} {'first':>6} {'now':>6}"
    for split, found in now.items():
        before = first.get(split, {})
        yield _line(split, found["answers"], found["heard"], before.get("heard"))
        if found["left_out"]:
            yield f"  {found['left_out']} answers are to questions or points that the bank doesn't have"
        for question_id, share in found["questions"].items():
            yield _line(f"  {question_id}", None, share, before.get("questions", {}).get(question_id))


def _line(name: str, answers: int | None, now: Sequence[int], first: Sequence[int] | None) -> str:
    return f"{name:<32} {'' if answers is None else answers:>7} {now[1]:>7} {_share(first):>6} {_share(now):>6}"


def _share(share: Sequence[int] | None) -> str:
    value = measures.share(share[0], share[1]) if share else None
    return "-" if value is None else f"{value:.2f}"


def read_first(folder: Path) -> dict[str, Any]:
    path = folder / FIRST
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_first(folder: Path, split: str, found: Mapping[str, Any]) -> None:
    """Keeps a first attempt. Raises ValueError for a second one: it would no longer be the first."""
    first = read_first(folder)
    if split in first:
        raise ValueError(f"the first attempt at {split} is written down already")
    text = json.dumps({**first, split: found}, indent=1, sort_keys=True)
    (folder / FIRST).write_text(f"{text}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", metavar="SPLIT", help="write this split's first attempt down")
    args = parser.parse_args()
    folder = data.YARDSTICK
    known = splits(folder)
    if args.first is not None and args.first not in known:
        parser.error(f"there is no open split {args.first}; there are {', '.join(known)}")
    bank = sound_bank(bank_folder())
    grounds = {q.id: Ground(q, bank.lexicon, bank.version) for q in bank.questions.values()}
    chosen = known if args.first is None else [args.first]
    now = {split: figures(split, data.load(split), grounds, bank.version) for split in chosen}
    if args.first is not None:
        try:
            write_first(folder, args.first, now[args.first])
        except ValueError as error:
            parser.error(str(error))
    print("\n".join(lines(now, read_first(folder))))
    print(json.dumps(now, ensure_ascii=False))


if __name__ == "__main__":
    main()
