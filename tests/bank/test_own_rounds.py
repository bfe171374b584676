"""The candidate's own rounds on disk: read after the bank's, refused whole, each problem with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bank import small_bank, template
from tests.bank.small_bank import edited, place
from tests.bank.test_own import OWN, own
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.bank.own import keep, with_own
from voiceprep.bank.own_rounds import GROUP, MAX_ROUNDS, read_own_rounds, with_own_rounds
from voiceprep.core.plan import Round, Wants
from voiceprep.core.pressure import Pressure

MINE = """\
form: voiceprep-rounds/1
rounds:
  - id: friday
    title: Friday
    about: What they said they would ask.
    questions: [queue-or-call, own-lock]
    pressure: {answer_s: 60, think_s: 20, session_s: 150}
  - id: locks
    title: Locks
    about: One question of my own.
    group: Short ones
    choose: {topic: [mine], technologies: [posix], how_many: 1}
    follow_ups: 0
"""


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """The small bank, with a question of one's own about locks."""
    small = sound_bank(small_bank.write(tmp_path / "bank"))
    keep(tmp_path / "q", own(tmp_path, small, OWN))
    return with_own(small, tmp_path / "q")


def written(folder: Path, text: str = MINE) -> Path:
    path = folder / "rounds.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_rounds_come_after_the_banks_and_ask_both_kinds_of_questions(tmp_path: Path, bank: Bank) -> None:
    both = with_own_rounds(bank, written(tmp_path))
    assert list(both.rounds) == ["warm-up", "friday", "locks"] and both.rounds_refused == ()
    rules = Pressure(answer_s=60, follow_up_s=60, think_s=20, session_s=150)
    about = "What they said they would ask."
    assert both.rounds["friday"] == Round("friday", "Friday", about, ("queue-or-call", "own-lock"), 1, None, GROUP,
                                          rules)  # fmt: skip
    assert both.rounds["locks"].group == "Short ones"
    assert both.rounds["locks"].choose == Wants(("mine",), technologies=("posix",), how_many=1), "tags.yaml isn't asked"
    assert "posix" not in small_bank.TAGS
    assert both.version == bank.version


def test_without_the_file_the_bank_is_as_it_was(tmp_path: Path, bank: Bank) -> None:
    assert with_own_rounds(bank, tmp_path / "none" / "rounds.yaml") is bank
    assert read_own_rounds(written(tmp_path, "form: voiceprep-rounds/1\nrounds: []\n"), bank) == ((), ())


WRONG = [
    ("id: locks", "id: warm-up", "warm-up", "'warm-up' is the id of a round that comes with voiceprep: give yours"),
    ("id: locks", "id: friday", "friday\n    title: Locks", "the round 'friday' is defined twice"),
    ("own-lock]", "own-look]", "own-look", "there is no question 'own-look'"),
    ("own-lock]", "queue-or-call]", "queue-or-call]", "the question 'queue-or-call' stands here twice"),
    ("how_many: 1", "how_many: 2", "2}", "can never be filled: it fits 1 question, and asks for 2"),
    ("[mine]", "[yours]", "yours", "there is no question of the topic 'yours'"),
    ("[posix]", "[cobol]", "cobol", "no question names the technology 'cobol'"),
    ("session_s: 150", "session_s: 999", "999", "session_s can never be up: all turns together last 160 seconds"),
    ("answer_s: 60", "answer_s: 2", "2, think", "rounds.0.pressure.answer_s: Input should be greater than"),
    ("answer_s: 60, ", "", "{think_s", "rounds.0.pressure.answer_s: is missing: add it"),
    ("voiceprep-rounds/1", "voiceprep-rounds/2", "voiceprep-rounds/2", "form: Input should be 'voiceprep-rounds/1'"),
    ("title: Friday", "titel: Friday", "Friday\n    about", "rounds.0.titel: this key isn't known"),
]


@pytest.mark.parametrize(("old", "new", "at", "message"), WRONG, ids=lambda v: " ".join(str(v).split())[:30])
def test_one_wrong_line_keeps_all_own_rounds_away_and_nothing_else(
    tmp_path: Path, bank: Bank, old: str, new: str, at: str, message: str
) -> None:
    text = edited(old, new, MINE)
    path = written(tmp_path, text)
    after = with_own_rounds(bank, path)
    assert (after.rounds, after.questions, after.own) == (bank.rounds, bank.questions, bank.own)
    assert f"{path}:{place(at, text)}: {message}" in " ".join(str(p) for p in after.rounds_refused)


def test_every_problem_is_told_at_once_in_order(tmp_path: Path, bank: Bank) -> None:
    text = edited("id: friday", "id: warm-up", edited("how_many: 1", "how_many: 2", MINE))
    found = read_own_rounds(written(tmp_path, text), bank)[1]
    assert [p.message.split(":")[0] for p in found] == [
        "'warm-up' is the id of a round that comes with voiceprep", "can never be filled",
    ]  # fmt: skip


def test_a_question_that_is_set_aside_is_not_there_to_be_asked(tmp_path: Path, bank: Bank) -> None:
    (file,) = (tmp_path / "q").rglob("*.yaml")
    file.write_text("\t{")
    damaged = with_own(sound_bank(tmp_path / "bank"), tmp_path / "q")
    after = with_own_rounds(damaged, written(tmp_path))
    assert next(p.message for p in after.rounds_refused) == "there is no question 'own-lock'"
    assert list(after.rounds) == ["warm-up"] and len(after.set_aside) == 1


def test_what_is_no_plain_file_or_no_text_is_a_problem_and_no_fault(tmp_path: Path, bank: Bank) -> None:
    path = written(tmp_path)
    (tmp_path / "link.yaml").symlink_to(path)
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"form: \xe9")
    (tmp_path / "large.yaml").write_bytes(b"#" * 1_000_001)
    for name, message in (
        ("link", "is no plain file: move it away"),
        ("folder", "is no plain file: move it away"),
        ("latin", "not UTF-8: save the file as UTF-8"),
        ("large", "larger than 1,000,000 bytes: split it"),
    ):
        (problem,) = with_own_rounds(bank, tmp_path / f"{name}.yaml").rounds_refused
        assert problem.message == message


def test_there_is_an_end_to_how_many(tmp_path: Path, bank: Bank) -> None:
    one = "  - {{id: r{n}, title: Round {n}, about: Again., questions: [why-cache]}}\n"
    head, rounds = "form: voiceprep-rounds/1\nrounds:\n", [one.format(n=n) for n in range(MAX_ROUNDS + 1)]
    assert len(read_own_rounds(written(tmp_path, head + "".join(rounds[:-1])), bank)[0]) == MAX_ROUNDS
    (problem,) = read_own_rounds(written(tmp_path, head + "".join(rounds)), bank)[1]
    assert (problem.line, problem.message) == (MAX_ROUNDS + 3, f"more than {MAX_ROUNDS} rounds: remove some")


def test_the_guides_example_is_a_file_of_ones_own(tmp_path: Path) -> None:
    text = template.GUIDE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(form: voiceprep-rounds/1\n.*?)```", text, re.DOTALL)
    shipped = sound_bank(template.GUIDE.parent)
    rounds, problems = read_own_rounds(written(tmp_path, example), shipped)
    assert problems == () and [r.id for r in rounds] == ["friday", "weak-spots"]
    assert rounds[0].pressure is not None and rounds[0].group == "Under pressure" and rounds[1].group == GROUP
