"""From the command line: rounds that choose, why each question is there, and what was practised before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.sessions.command import Result, batch, run

ROUNDS = (
    small_bank.ROUNDS
    + """\
  - id: caching
    title: Caching
    about: One question on caches.
    group: By topic
    choose:
      topic: [caches]
      how_many: 1
    follow_ups: 0
"""
)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bank.write(tmp_path_factory.mktemp("small") / "bank", rounds=ROUNDS)


def plan(bank: Path, data: Path, *args: str) -> list[str]:
    result = run("practice", "--list", "--bank", bank, "--data-dir", data, *args)
    assert (result.code, result.err) == (0, ""), result
    return result.out.splitlines()


def test_a_plan_is_listed_with_its_reasons_and_nothing_is_held(bank: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert plan(bank, data, "--round", "warm-up") == [
        "Warm-up, about 5 min",
        "  1. Why a cache: next in Warm-up; not practised yet",
        "  2. Queue or call: next in Warm-up; not practised yet",
    ]
    title, one = plan(bank, data, "--round", "caching", "--seed", "7")
    assert title.startswith("Caching, about ") and one.endswith(
        ": not practised yet; the round asks for caches; drawn by seed 7"
    )
    assert plan(bank, data, "--technology", "rabbitmq") == [
        "rabbitmq, about 2 min",
        "  1. Queue or call: not practised yet; you asked for rabbitmq",
    ]
    assert len(plan(bank, data, "--topic", "caches", "--minutes", "10")) == 3
    assert not data.exists()


def test_what_was_practised_decides_what_is_asked_next(bank: Path, tmp_path: Path) -> None:
    held = run(
        "practice", "--text", "--voice", "none", "--bank", bank, "--data-dir", tmp_path, "--question", "why-cache",
        stdin=f"{small_bank.HALF}\n\n{small_bank.INVALIDATE}\n\n",
    )  # fmt: skip
    assert held.code == 0 and "1. Why a cache: you chose it" in held.err
    for seed in ("1", "2", "3"):
        assert (
            "1. Queue or call: not practised yet; the round asks for caches"
            in plan(bank, tmp_path, "--round", "caching", "--seed", seed)[1]
        )
    both = plan(bank, tmp_path, "--topic", "caches")
    assert "1. Why a cache: 1 core point was not heard on " in both[1], "easy before medium, whatever comes first"
    assert "2. Queue or call: not practised yet" in both[2]


def test_the_same_seed_and_past_plan_the_same(bank: Path, tmp_path: Path) -> None:
    first, second = (plan(bank, tmp_path, "--round", "caching", "--seed", "5") for _ in range(2))
    assert first == second


def test_rounds_are_listed_for_people_and_programs(bank: Path) -> None:
    shown = run("bank", "list", "--rounds", "--bank", bank)
    assert shown.code == 0 and "warm-up" in shown.out and "One question on caches." in shown.out
    got = run("bank", "list", "--rounds", "--json", "--bank", bank).json()
    listed, chosen = got["rounds"]
    assert got["schema"] == 1 and set(listed) == set(chosen)
    assert listed == {
        "id": "warm-up", "title": "Warm-up", "about": "Two short questions.", "group": None,
        "questions": ["why-cache", "queue-or-call"], "choose": None, "follow_ups": 1,
    }  # fmt: skip
    assert (chosen["group"], chosen["questions"], chosen["follow_ups"]) == ("By topic", None, 0)
    assert chosen["choose"] == {
        "topic": ["caches"], "type": [], "technologies": [], "difficulty": [], "level": [], "how_many": 1,
        "minutes": None,
    }  # fmt: skip


def test_what_cannot_be_chosen_is_said(bank: Path, tmp_path: Path) -> None:
    practice = ["practice", "--text", "--voice", "none", "--bank", str(bank), "--data-dir", str(tmp_path)]
    results: list[Result] = batch(
        [
            [*practice, "--topic", "cooking"],
            [*practice, "--technology", "cobol"],
            [*practice, "--topic", "caches", "--round", "warm-up"],
            [*practice, "--topic", "caches", "--question", "why-cache"],
            [*practice, "--list", "--resume", "last"],
        ]
    )
    results[0].failed(2, "no question has that", "caches")
    results[1].failed(2, "no question has that", "rabbitmq, redis")
    results[2].failed(2, "Leave one kind out.")
    results[3].failed(2, "Leave one kind out.")
    results[4].failed(2, "--list shows a new session")


def test_a_start_by_the_index_is_the_start_without_it(bank: Path, tmp_path: Path) -> None:
    env = {"VOICEPREP_CACHE_DIR": str(tmp_path / "cache")}
    first, second = (run("bank", "show", "why-cache", "--json", "--bank", bank, env=env) for _ in range(2))
    assert first.out == second.out and first.code == second.code == 0
    assert len(list((tmp_path / "cache" / "bank").iterdir())) == 1
