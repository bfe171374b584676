"""The catalogue's table is true: every row has tests that are there. And the one row that had none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.faults.catalogue import ROWS
from tests.faults.noisy_engine import NOISE
from voiceprep.speech.child import Child

TESTS = Path(__file__).parents[1]


def named_in(path: Path) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, functions)}


def test_every_row_that_is_ours_has_its_tests_and_each_of_them_is_there() -> None:
    assert [row.number for row in ROWS] == [*range(1, 27), 39, 40, 41]
    for row in ROWS:
        assert row.tests, row
        for name in row.tests:
            file, _, test = name.partition("::")
            assert test in named_in(TESTS / file), (row.number, name)


@pytest.mark.parametrize("logged", [False, True])
def test_an_engine_that_says_ten_megabytes_on_the_side_is_still_answered_by(tmp_path: Path, logged: bool) -> None:
    log = tmp_path / "engines.log" if logged else None
    engine = Child("tests.faults.noisy_engine", [], log=log)
    try:
        for _ in range(2):
            assert engine.ask({}, 30)["said"] == 2 * len(NOISE)
    finally:
        engine.close()
    assert log is None or log.stat().st_size >= 2 * len(NOISE)
