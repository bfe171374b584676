"""Nothing of the guides is lost on the way: what they ask is in the bank, or said to be left out, with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SHARED, need
from voiceprep.bank import bank_folder
from voiceprep.bank.check import omitted_ids, sources
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import OMITTED
from voiceprep.bank.yaml_file import read

PROMISED = frozenset(("numbered", "assessment-sample"))
"""Where a catalogue's question must come from for every one of its facts to be used."""


@pytest.fixture(scope="module")
def catalogue() -> list[dict]:
    path = SHARED / "seed-catalogue.json"
    need("shared", path.is_file(), "the catalogue of facts is not beside this checkout")
    return json.loads(path.read_text(encoding="utf-8"))["questions"]


@pytest.fixture(scope="module")
def used(bank: Bank) -> frozenset[str]:
    return frozenset(s for q in bank.questions.values() for s in sources(q))


@pytest.fixture(scope="module")
def omitted() -> frozenset[str]:
    document, problems = read(bank_folder() / OMITTED, OMITTED)
    assert document is not None and not problems
    return frozenset(source for _, source in omitted_ids(document))


def ids(item: dict) -> Iterator[str]:
    """A catalogue question and each of its facts."""
    yield item["id"]
    for part, mark in (("expected_points", "#"), ("pitfalls", "-p"), ("follow_ups", "-f")):
        yield from (f"{item['id']}{mark}{n}" for n in range(1, len(item[part]) + 1))


def test_every_fact_of_the_guides_answered_questions_is_ours_or_left_out(
    catalogue: list[dict],
    used: frozenset[str],
    omitted: frozenset[str],
) -> None:
    promised = [q for q in catalogue if q["origin"] in PROMISED]
    assert len(promised) == 65
    wanted = {i for q in promised for i in ids(q)}
    assert sorted(wanted - used - omitted) == []


def test_every_other_question_is_used_or_left_out(
    catalogue: list[dict],
    used: frozenset[str],
    omitted: frozenset[str],
) -> None:
    others = {i for q in catalogue if q["origin"] not in PROMISED for i in ids(q)}
    assert sorted(others - used - omitted) == []


def test_no_source_and_no_omission_is_made_up(
    catalogue: list[dict],
    used: frozenset[str],
    omitted: frozenset[str],
) -> None:
    assert sorted((used | omitted) - {i for q in catalogue for i in ids(q)}) == []


def test_what_is_left_out_has_its_reasons() -> None:
    document, _ = read(Path(bank_folder()) / OMITTED, OMITTED)
    assert document is not None
    assert all(len(group["reason"].split()) >= 5 for group in document.data["omitted"])
