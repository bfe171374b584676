"""The recall table counts what was said and heard, keeps a first attempt for good, and leaves closed answers closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.bench import recall
from tests.bench.validity.data import Row
from voiceprep.bank.load import sound_bank
from voiceprep.core.feedback import Ground


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ground]:
    bank = sound_bank(small_bank.write(tmp_path_factory.mktemp("bank")))
    return {q.id: Ground(q, bank.lexicon, bank.version) for q in bank.questions.values()}


def row(question_id: str, text: str, variant: str = "plain", **gold: str) -> Row:
    points = {p.replace("_", "-"): status for p, status in gold.items()}
    return Row(f"plain2-{question_id}", question_id, variant, text, points, {}, frozenset())


ROWS = [
    # Of three points said, one only in words that nothing is written for.
    row(
        "why-cache",
        f"{small_bank.GOOD} And all of it.",
        faster_reads="covered",
        less_load="partly",
        stale_data="covered",
    ),
    row(
        "why-cache",
        "It takes a lot of load off the database, and the cache comes back in no time, in a blink.",
        faster_reads="covered",
        less_load="covered",
        stale_data="missed",
    ),
    row("why-cache", small_bank.GOOD, variant="full", faster_reads="covered"),
    row("queue-or-call", small_bank.QUEUE, survives="covered", waits="missed"),
    row("nobody-asked", small_bank.GOOD, faster_reads="covered"),
    row("queue-or-call", small_bank.QUEUE, faster_reads="covered"),
]


def test_recall_is_what_was_heard_of_what_was_said(grounds: dict[str, Ground]) -> None:
    found, count = recall.heard(ROWS, grounds)
    assert found == {"why-cache": (4, 5), "queue-or-call": (1, 1)}
    assert count == {"answers": 3, "left out": 2}


def test_single_questions_are_shown_only_of_answers_that_may_be_looked_at(grounds: dict[str, Ground]) -> None:
    plain = recall.figures("plain-2", ROWS, grounds, "v")
    assert plain["heard"] == [5, 6] and plain["questions"] == {"queue-or-call": [1, 1], "why-cache": [4, 5]}
    for closed in ("check", "fresh-3"):
        found = recall.figures(closed, ROWS, grounds, "v")
        assert found["heard"] == [5, 6] and found["questions"] == {}


def test_closed_answers_are_not_even_found(tmp_path: Path) -> None:
    for name in ("dev", "check", "fresh-1", "fresh-2", "fresh-3", "fresh-4", "plain-2", "questions"):
        (tmp_path / f"{name}.jsonl").touch()
    assert recall.splits(tmp_path) == ["check", "dev", "fresh-1", "fresh-3", "plain-2"]


def test_a_first_attempt_is_written_once(tmp_path: Path, grounds: dict[str, Ground]) -> None:
    first = recall.figures("plain-2", ROWS[:2], grounds, "v1")
    recall.write_first(tmp_path, "plain-2", first)
    with pytest.raises(ValueError, match="written down already"):
        recall.write_first(tmp_path, "plain-2", recall.figures("plain-2", ROWS, grounds, "v2"))
    recall.write_first(tmp_path, "plain-3", recall.figures("plain-3", ROWS, grounds, "v2"))
    kept = recall.read_first(tmp_path)
    assert kept["plain-2"] == first and set(kept) == {"plain-2", "plain-3"}


def test_the_table_sets_both_side_by_side(tmp_path: Path, grounds: dict[str, Ground]) -> None:
    now = {"plain-2": recall.figures("plain-2", ROWS, grounds, "v")}
    first = {"plain-2": {"heard": [3, 6], "questions": {"why-cache": [2, 5]}}}
    table = [" ".join(line.split()) for line in recall.lines(now, first)]
    assert table == [
        "plain words answers points first now",
        "plain-2 3 6 0.50 0.83",
        "2 answers are to questions or points that the bank doesn't have",
        "queue-or-call 1 - 1.00",
        "why-cache 5 0.40 0.80",
    ]
