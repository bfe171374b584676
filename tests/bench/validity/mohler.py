"""The Mohler answers, where `MOHLER_CSV` names their file: how well question and reference alone grade strangers'."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from tests.bench.validity import measures
from voiceprep.bank.contents import Bank
from voiceprep.core import reference
from voiceprep.core.transcript import typed

COLUMNS = {
    "question": ("question", "question_text", "prompt"),
    "reference": ("desired_answer", "reference_answer", "reference", "desired", "model_answer", "ref_answer"),
    "answer": ("student_answer", "answer", "student", "response"),
    "score": ("score_avg", "avg_score", "score", "grade", "average", "avg", "ave_score", "score_mean"),
}


def read(path: Path) -> list[tuple[str, str, str, float]]:
    """(question, reference, answer, score) of each row that has a score. Raises ValueError naming a missing column."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        rows = csv.DictReader(file)
        known = {name.strip().lower().replace(" ", "_"): name for name in rows.fieldnames or ()}
        chosen = {}
        for column, names in COLUMNS.items():
            name = next((known[n] for n in names if n in known), None)
            if name is None:
                raise ValueError(f"it has no column for the {column}; it may be called {', '.join(names)}")
            chosen[column] = name
        found = []
        for row in rows:
            try:
                score = float(row[chosen["score"]])
            except (TypeError, ValueError):
                continue
            found.append((*(row[chosen[c]] or "" for c in ("question", "reference", "answer")), score))
    return found


def figures(bank: Bank) -> dict:
    """Raw r, and r and error after a line fitted on other questions; or the reason why there are none."""
    name = os.environ.get("MOHLER_CSV")
    if not name:
        return {"absent": "MOHLER_CSV names no file"}
    try:
        rows = read(Path(name))
    except (OSError, ValueError, csv.Error) as error:
        return {"absent": f"the file that MOHLER_CSV names can't be used: {error}"}
    if len({r[0] for r in rows}) < 5:
        return {"absent": "the file that MOHLER_CSV names has fewer than five questions"}
    ours, unscored = [], 0
    for question, expected, answer, _ in rows:
        found = reference.assess(question, expected, typed(answer), bank.lexicon)
        unscored += found.unscored is not None
        ours.append(found.coverage or 0.0)
    gold = [r[3] for r in rows]
    fitted = measures.mapped([r[0] for r in rows], ours, gold)
    return {
        "answers": len(rows),
        "questions": len({r[0] for r in rows}),
        "unscored": unscored,
        "raw_r": measures.pearson(ours, gold),
        "mapped_r": measures.pearson(fitted, gold),
        "mapped_rmse": measures.rmse(fitted, gold),
    }
