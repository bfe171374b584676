"""Rounds of one's own from the command line and behind the screens; and numbers put into the clock of a round."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.bank.small_bank import edited, place
from tests.bank.test_own import OWN
from tests.sessions.command import batch, run
from voiceprep import wiring
from voiceprep.cli import parser
from voiceprep.commands.screen import wanted_of
from voiceprep.config import load_settings, places
from voiceprep.core import events as e
from voiceprep.core.pressure import Pressure
from voiceprep.errors import UsageError
from voiceprep.sessions import store
from voiceprep.tui.backend import Begun, Happened, Over, Told, Wanted
from voiceprep.wiring.screens import ScreenBackend

CLOCK = Pressure(answer_s=60, follow_up_s=30, think_s=20, repeats=True, session_s=120, terse=True, cuts_in_s=25)
MINE = """\
form: voiceprep-rounds/1
rounds:
  - id: friday
    title: Friday
    about: What they said they would ask.
    questions: [queue-or-call, own-lock]
    pressure:
      {answer_s: 60, follow_up_s: 30, think_s: 20, repeats: true, session_s: 120, terse: true, cuts_in_s: 25}
  - id: slowly
    title: Slowly
    about: One question, calmly.
    group: Short ones
    questions: [own-lock]
    follow_ups: 0
"""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bank.write(tmp_path_factory.mktemp("small") / "bank")


@pytest.fixture
def data(bank: Path, tmp_path: Path) -> Path:
    """A data folder with a question and two rounds of one's own."""
    (tmp_path / "mine.yaml").write_text(OWN)
    folder = tmp_path / "data"
    assert run("bank", "import", tmp_path / "mine.yaml", "--yes", "--bank", bank, "--data-dir", folder).code == 0
    (folder / "rounds.yaml").write_text(MINE)
    return folder


def args_of(*given: object) -> argparse.Namespace:
    return parser().parse_args(["practice", *map(str, given)])


# Rounds of one's own --------------------------------------------------------------------------------------------------


def test_they_are_listed_planned_and_lend_their_clock(bank: Path, data: Path) -> None:
    here = ["--bank", bank, "--data-dir", data]
    shown, as_json, friday, borrowed, calm, none = batch(
        [
            ["bank", "list", "--rounds", *here],
            ["bank", "list", "--rounds", "--json", *here],
            ["practice", "--list", "--round", "friday", *here],
            ["practice", "--list", "--question", "why-cache", "--pressure", "friday", *here],
            ["practice", "--list", "--question", "why-cache", "--pressure", "slowly", *here],
            ["practice", "--list", "--round", "monday", *here],
        ]
    )
    assert shown.code == 0 and shown.err == "" and "What they said they would ask." in shown.out
    rounds = {r["id"]: r for r in as_json.json()["rounds"]}
    assert list(rounds) == ["warm-up", "friday", "slowly"]
    assert (rounds["friday"]["group"], rounds["slowly"]["group"]) == ("Your own", "Short ones")
    assert "Two questions, two minutes for all of it" in friday.out
    assert "1. Queue or call: next in Friday" in friday.out and "2. Locks: next in Friday" in friday.out
    assert "One question, two minutes for all of it" in borrowed.out and "1. Why a cache" in borrowed.out
    calm.failed(2, "The round 'slowly' has no clock.", "These have one: friday.")
    none.failed(2, "There is no round 'monday'.", "warm-up, friday, slowly")


def test_one_is_held_with_a_question_of_the_bank_and_one_of_ones_own(bank: Path, data: Path) -> None:
    held = run(
        "practice", "--round", "slowly", "--text", "--voice", "none", "--bank", bank, "--data-dir", data,
        stdin="Only one writer changes the data at a time.\n\n",
    )  # fmt: skip
    assert held.code == 0 and "Slowly: 1 question." in held.err
    (folder,) = store.folders(data / "sessions")
    assert folder.state().title == "Slowly" and [a.question_id for a in folder.state().assessments] == ["own-lock"]
    assert store.verify(folder) == []


def test_a_wrong_line_is_said_with_its_place_and_keeps_nothing_else_away(bank: Path, data: Path) -> None:
    text = edited("id: friday", "id: warm-up", edited("own-lock]\n    follow", "own-look]\n    follow", MINE))
    (data / "rounds.yaml").write_text(text)
    here = ["--bank", bank, "--data-dir", data]
    listed, planned, away = batch(
        [
            ["bank", "list", "--rounds", *here],
            ["practice", "--list", "--question", "own-lock", "--limit", "60", *here],
            ["practice", "--list", "--round", "friday", *here],
        ]
    )
    said = [
        f"{data}/rounds.yaml:{place('warm-up', text)}: 'warm-up' is the id of a round that comes with voiceprep: give "
        "yours another",
        f"{data}/rounds.yaml:{place('own-look', text)}: there is no question 'own-look'",
        "Your own rounds are left out, all of them. Mend these lines, or move the file away.",
    ]
    for result in (listed, planned, away):
        assert result.err.splitlines()[:3] == said, result
    assert listed.code == planned.code == 0 and "Warm-up" in listed.out and "Locks" in planned.out
    assert "friday" not in listed.out
    away.failed(2, "There is no round 'friday'.", "There are: warm-up.", chatter=3)


def test_config_path_says_where_they_go_and_gives_scripts_the_one_line_they_know(tmp_path: Path) -> None:
    shown = run("config", "path", "--data-dir", tmp_path)
    assert shown.out == f"{tmp_path}/settings.json\n"
    assert shown.err == f"Rounds of your own go into {tmp_path}/rounds.yaml\n"


def backend_of(bank: Path, data: Path) -> ScreenBackend:
    where = places(str(data))
    return ScreenBackend(where, wiring.Choice(voice="none"), str(bank), load_settings(where))


def test_home_has_them_with_their_rules_or_says_why_not(bank: Path, data: Path) -> None:
    view = backend_of(bank, data).home()
    friday = next(r for r in view.rounds if r.id == "friday")
    assert (friday.group, friday.questions, view.notices) == ("Your own", 2, ())
    assert "two minutes for all of it" in friday.rules
    (data / "rounds.yaml").write_text("form: voiceprep-rounds/1\n")
    refused = backend_of(bank, data).home()
    assert [r.id for r in refused.rounds] == ["warm-up"]
    (said,) = refused.notices
    assert said.startswith(f"Your own rounds are left out: {data}/rounds.yaml:1:1: rounds: is missing: add it.")


# Numbers in a clock ---------------------------------------------------------------------------------------------------


CHANGED = [
    (["--round", "friday", "--limit", "40"], replace(CLOCK, answer_s=40)),
    (["--round", "friday", "--limit", "20"], replace(CLOCK, answer_s=20, follow_up_s=20)),
    (["--round", "friday", "--limit", "90"], replace(CLOCK, answer_s=90)),
    (["--round", "friday", "--think", "5"], replace(CLOCK, think_s=5)),
    (["--round", "friday", "--think", "0"], replace(CLOCK, think_s=0)),
    (["--round", "friday", "--takes", "3"], replace(CLOCK, takes=3)),
    (["--pressure", "friday", "--limit", "40", "--takes", "2"], replace(CLOCK, answer_s=40, takes=2)),
    (["--round", "slowly", "--pressure", "friday", "--think", "10"], replace(CLOCK, think_s=10)),
    (["--round", "slowly", "--limit", "40"], Pressure(40, 40)),
    (["--question", "own-lock", "--limit", "90", "--think", "15"], Pressure(90, 60, 15)),
    (["--question", "own-lock", "--pressure", "friday"], CLOCK),
]


@pytest.mark.parametrize(("given", "clock"), CHANGED, ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_numbers_change_only_what_they_are_and_the_screens_get_the_same_clock(
    bank: Path, data: Path, given: list[str], clock: Pressure
) -> None:
    from voiceprep.commands.banks import bank_of, plan_of

    args = args_of(*given, "--bank", bank, "--data-dir", data)
    assert plan_of(args, bank_of(args), places(str(data))).pressure == clock
    assert wanted_of(args).clock == clock


def test_the_round_s_own_clock_is_left_to_the_round(bank: Path, data: Path) -> None:
    assert wanted_of(args_of("--round", "friday", "--bank", bank, "--data-dir", data)) == Wanted("friday")


@pytest.mark.parametrize("given", [["--think", "20"], ["--takes", "2"], ["--think", "0"]], ids=" ".join)
def test_thinking_and_takes_without_any_clock_are_refused_before_there_is_a_screen(
    bank: Path, data: Path, given: list[str]
) -> None:
    for what in ([], ["--round", "slowly"], ["--question", "own-lock"]):
        with pytest.raises(UsageError, match=f"{given[0]} needs a clock.") as refused:
            wanted_of(args_of(*what, *given, "--bank", bank, "--data-dir", data))
        assert "--limit S" in refused.value.hint and "--pressure R" in refused.value.hint


def test_a_session_of_the_screens_is_under_that_clock(bank: Path, data: Path) -> None:
    given = ["--round", "friday", "--limit", "40", "--quiet", "typed", "--bank", bank, "--data-dir", data]
    told: list[Told] = []

    def tell(what: Told) -> None:
        told.append(what)
        if isinstance(what, Happened) and isinstance(what.event, e.SessionOpened):
            next(t for t in told if isinstance(t, Begun)).controls.deliver(e.CandidateLeft())

    backend_of(bank, data).hold(wanted_of(args_of(*given)), tell)
    assert isinstance(told[-1], Over) and not told[-1].failed, told[-1]
    (folder,) = store.folders(data / "sessions")
    assert folder.state().pressure == replace(CLOCK, answer_s=40)
