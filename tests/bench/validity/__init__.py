"""How valid the scores are: `python -m tests.bench.validity dev|check|fresh-N [--spoken] [--json]`.

The answers in tests/answers/yardstick were written by people who saw the questions and the points only, never the
patterns. `dev` is for repair; `check` and a fresh batch are for reporting, and only totals of them are ever printed.

Four ways of judging stand side by side: *product* (the bank's rubric), *points* (the points as plain text, given as the
reference), *reference* (question and model answer only) and *stranger* (the same, by a bank that hasn't that question).
Word-counting baselines stand in the same table.
"""

from __future__ import annotations

import json
from pathlib import Path

ANSWERS = Path(__file__).parents[2] / "answers"


def rows(split: str) -> list[dict]:
    """The older answers to three questions, which the recogniser's bench speaks."""
    return [json.loads(line) for line in (ANSWERS / f"{split}.jsonl").read_text().splitlines() if line.strip()]
