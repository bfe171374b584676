"""How often the matcher is right on judged answers: `python -m tests.bench.validity dev|check`.

The answers in tests/answers were written by somebody who saw the questions and the points only, never the patterns.
`dev` may be used for repair; `check` is for reporting. Prints a table and, as its last line, the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from voiceprep.bank import bank_folder
from voiceprep.bank.load import Bank, sound_bank
from voiceprep.core.feedback import Assessment, Ground, assess
from voiceprep.core.transcript import typed

ANSWERS = Path(__file__).parents[1] / "answers"


def rows(split: str) -> list[dict]:
    """The judged answers of a split."""
    return [json.loads(line) for line in (ANSWERS / f"{split}.jsonl").read_text().splitlines() if line.strip()]


def judged(row: dict, bank: Bank) -> Assessment:
    """The row's answer, judged as typed text."""
    return assess(Ground(bank.questions[row["question_id"]], bank.lexicon, bank.version), typed(row["text"]))


def figures(split: str, bank: Bank) -> dict:
    """The table's figures, by variant."""
    per: dict[str, Counter] = defaultdict(Counter)
    coverage: dict[str, list[float]] = defaultdict(list)
    for row in rows(split):
        found = judged(row, bank)
        count = per[row["variant"].rstrip("0123456789-")]
        count["rows"] += 1
        count["unscored"] += found.unscored is not None
        coverage[row["variant"]].append(found.coverage or 0.0)
        for point in found.points:
            gold = row["gold"][point.id]
            credit = point.verdict in ("covered", "partly")
            count["given"] += gold in ("covered", "partly")
            count["found"] += gold in ("covered", "partly") and credit
            count["not given"] += gold in ("missed", "contradicted")
            count["false credit"] += gold in ("missed", "contradicted") and credit
            count["contradicted"] += gold == "contradicted"
            count["contradiction found"] += gold == "contradicted" and point.verdict == "contradicted"
            count["false contradiction"] += gold in ("covered", "partly") and point.verdict == "contradicted"
            count["unsure"] += point.verdict == "unsure"
    return {
        variant: {**count, "coverage": round(sum(coverage[variant]) / max(1, len(coverage[variant])), 3)}
        for variant, count in sorted(per.items())
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("split", choices=("dev", "check"))
    parser.add_argument("--rows", action="store_true", help="show each wrong verdict (dev only)")
    args = parser.parse_args()
    bank = sound_bank(bank_folder())
    if args.rows and args.split == "dev":
        for row in rows("dev"):
            found = judged(row, bank)
            print(f"\n{row['id']}: {found.unscored}  coverage {found.coverage}")
            for point in found.points:
                gold = row["gold"][point.id]
                if gold != point.verdict:
                    quote = point.evidence[0].quote if point.evidence else ""
                    print(f"   {point.id:<26} gold {gold:<12} got {point.verdict:<12} {point.why}  «{quote}»")
    table = figures(args.split, bank)
    print(
        f"{'variant':<12} rows  found/given   false credit/not given   contradicted found/of  false  unsure  coverage"
    )
    for variant, c in table.items():
        print(
            f"{variant:<12} {c['rows']:>4}  {c['found']:>5}/{c['given']:<5}  {c['false credit']:>8}/{c['not given']:<8}"
            f"     {c['contradiction found']:>9}/{c['contradicted']:<8} {c['false contradiction']:>4}  {c['unsure']:>5}"
            f"  {c['coverage']:>7.2f}  unscored {c['unscored']}"
        )
    print(json.dumps({"split": args.split, "matcher": judged(rows(args.split)[0], bank).matcher_version, **table}))


if __name__ == "__main__":
    main()
