"""Rounds that choose: what they may ask for, and every way in which one could never be held, each located."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.bank.small_bank import edited, place
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import load_bank, sound_bank
from voiceprep.core.plan import Round, Wants, picks_of

CHOSEN = """\
form: voiceprep-rounds/1
rounds:
  - id: warm-up
    title: Warm-up
    about: Two short questions.
    group: Short ones
    choose:
      topic: [caches]
      type: [technical]
      technologies: [redis, rabbitmq]
      difficulty: [easy, medium]
      level: [mid]
      how_many: 2
      minutes: 30
    follow_ups: 2
"""


def problems_of(folder: Path, **changed: str) -> list[str]:
    _, problems = load_bank(small_bank.write(folder / "bank", **changed))
    return [str(p).removeprefix(f"{folder}/bank/") for p in problems]


def test_a_round_may_choose_by_everything_that_is_known_of_a_question(tmp_path: Path) -> None:
    bank = sound_bank(small_bank.write(tmp_path, rounds=CHOSEN))
    wants = Wants(("caches",), ("technical",), ("redis", "rabbitmq"), ("easy", "medium"), ("mid",), 2, 30.0)
    assert bank.rounds == {
        "warm-up": Round("warm-up", "Warm-up", "Two short questions.", (), 2, wants, "Short ones")
    }  # fmt: skip
    assert [p.id for p in picks_of(bank.rounds["warm-up"], bank.outlines, 1)] == ["why-cache", "queue-or-call"]


def test_a_round_that_asks_for_nothing_chooses_of_the_whole_bank(tmp_path: Path) -> None:
    text = CHOSEN.split("      topic")[0].replace("choose:", "choose: {how_many: 1}")
    bank = sound_bank(small_bank.write(tmp_path, rounds=text))
    assert len(picks_of(bank.rounds["warm-up"], bank.outlines, 0)) == 1


BOUNDS = "      how_many: 2\n      minutes: 30\n"
WRONG = [
    ("how_many: 2", "how_many: 3", "3\n", "can never be filled: it fits 2 questions, and asks for 3"),
    ("[easy, medium]", "[easy]", "2\n      minutes", "can never be filled: it fits 1 question, and asks for 2"),
    ("[easy, medium]", "[hard]", "2\n      minutes", "can never be filled: it fits 0 questions"),
    (BOUNDS, "      minutes: 30\n", "30\n", "can never be filled: what it fits lasts 6 minutes"),
    (BOUNDS, "", "topic: [caches]", "can never be filled: it fits 2 questions, and asks for 4"),
    (BOUNDS, "      colour: 1\n", "1\n    follow", "rounds.0.choose.colour: this key isn't known"),
    ("[caches]", "[caches, cashes]", "cashes", "there is no question of the topic 'cashes'"),
    ("[redis, rabbitmq]", "[redis, cobol]", "cobol", "'cobol' is not in tags.yaml: use one that is"),
    ("[technical]", "[trivia]", "trivia", "rounds.0.choose.type.0: Input should be 'technical'"),
    ("[mid]", "[middle]", "middle", "rounds.0.choose.level.0: Input should be 'junior'"),
    ("[mid]", "[]", "[]", "rounds.0.choose.level: List should have at least 1 item"),
    ("how_many: 2", "how_many: 0", "0\n      minutes", "rounds.0.choose.how_many: Input should be greater than"),
    ("minutes: 30", "minutes: 9000", "9000", "rounds.0.choose.minutes: Input should be less than"),
    ("  topic: [caches]", "  topics: [caches]", "[caches]", "rounds.0.choose.topics: this key isn't known"),
    ("    choose:", "    questions: [why-cache]\n    choose:", "id: warm-up", "a round lists its questions, or"),
]


@pytest.mark.parametrize(("old", "new", "at", "message"), WRONG, ids=lambda v: " ".join(str(v).split())[:30])
def test_what_a_round_cannot_choose_is_pointed_at(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    text = edited(old, new, CHOSEN)
    found = problems_of(tmp_path, rounds=text)
    assert len(found) == 1, found
    assert found[0].startswith(f"rounds.yaml:{place(at, text)}: {message}")


def test_a_technology_that_may_be_named_and_is_not_is_a_problem(tmp_path: Path) -> None:
    tags = edited("rabbitmq]", "rabbitmq, kafka]", small_bank.TAGS)
    text = edited("[redis, rabbitmq]", "[kafka]", CHOSEN)
    found = problems_of(tmp_path, rounds=text, tags=tags)
    assert found == [f"rounds.yaml:{place('kafka', text)}: no question names the technology 'kafka'"]


def test_a_round_with_neither_and_one_with_a_question_twice(tmp_path: Path) -> None:
    neither = CHOSEN.split("    choose")[0]
    assert problems_of(tmp_path / "a", rounds=neither) == [
        f"rounds.yaml:{place('id: warm-up', neither)}: a round lists its questions, or says how to choose them: "
        "give one of questions and choose"
    ]
    twice = edited("queue-or-call]", "why-cache]", small_bank.ROUNDS)
    (found,) = problems_of(tmp_path / "b", rounds=twice)
    assert found.startswith(f"rounds.yaml:{place('why-cache]', twice)}: the question 'why-cache' stands here twice")


def test_a_refused_topic_file_is_the_only_problem_not_the_rounds_that_choose_from_it(tmp_path: Path) -> None:
    found = problems_of(tmp_path, rounds=CHOSEN, caches=edited("core: true", "core: perhaps"))
    assert len(found) == 1 and found[0].startswith("caches.yaml:")
    (tmp_path / "more").mkdir()
    found = problems_of(tmp_path / "more", rounds=CHOSEN, caches="\t- {", tags="")
    assert [f.split(":")[0] for f in found] == ["caches.yaml"]


def test_every_problem_of_every_round_is_told_at_once(tmp_path: Path) -> None:
    one = edited("how_many: 2", "how_many: 9", CHOSEN)
    two = edited("[caches]", "[cashes]", CHOSEN.split("rounds:\n")[1].replace("warm-up", "second"))
    found = problems_of(tmp_path, rounds=one + two)
    assert len(found) == 2 and "it fits 2 questions, and asks for 9" in found[0] and "'cashes'" in found[1]


CLOCKED = edited(
    "    follow_ups: 1\n",
    "    follow_ups: 2\n    pressure: {answer_s: 60, follow_up_s: 30, think_s: 10, takes: 2, session_s: SOON}\n",
    small_bank.ROUNDS,
)


@pytest.mark.parametrize(
    ("listed", "turns_s"),
    [
        ("questions: [why-cache, queue-or-call]", 10 + 120 + 120 + 10 + 120),
        ("questions: [why-cache]", 10 + 120 + 120),
        ("questions: [queue-or-call]", 10 + 120),
        ("choose: {how_many: 1}", 10 + 120 + 120),
        ("choose: {minutes: 3}", 10 + 120 + 120 + 10 + 120),
    ],
)
def test_a_time_for_all_of_it_has_to_be_one_that_can_be_up(tmp_path: Path, listed: str, turns_s: int) -> None:
    """Of the small bank's questions one has two follow-ups, the other none."""
    text = edited("questions: [why-cache, queue-or-call]", listed, CLOCKED)
    assert problems_of(tmp_path / "a", rounds=text.replace("SOON", str(turns_s))) == []
    late = text.replace("SOON", str(turns_s + 1))
    assert problems_of(tmp_path / "b", rounds=late) == [
        f"rounds.yaml:{place(f'{turns_s + 1}}}', late)}: session_s can never be up: all turns together last {turns_s} "
        "seconds at most: give less than that, or leave it out"
    ]


def test_a_round_that_cannot_be_filled_has_that_problem_only(tmp_path: Path) -> None:
    text = edited("questions: [why-cache, queue-or-call]", "choose: {how_many: 9}", CLOCKED).replace("SOON", "3600")
    (found,) = problems_of(tmp_path, rounds=text)
    assert "can never be filled" in found
    text = edited("why-cache,", "why-not,", CLOCKED).replace("SOON", "3600")
    (found,) = problems_of(tmp_path / "more", rounds=text)
    assert "there is no question 'why-not'" in found


# The shipped rounds -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> Bank:
    return sound_bank(bank_folder())


def test_the_first_three_rounds_are_still_called_as_they_were(shipped: Bank) -> None:
    assert list(shipped.rounds)[:3] == ["foundations", "systems", "craft"]
    assert shipped.rounds["foundations"].questions == ("sql-or-nosql", "rest-or-graphql", "slow-endpoint")


def test_there_are_assessments_drills_and_rounds_of_every_kind(shipped: Bank) -> None:
    groups: dict[str, list[Round]] = {}
    for round_ in shipped.rounds.values():
        groups.setdefault(round_.group, []).append(round_)
    assert {len(r.questions) in (3, 4, 5) for r in groups["Assessments"]} == {True} and len(groups["Assessments"]) == 3
    assert len(groups["Drills"]) == 8 and all(4 <= len(r.questions) <= 5 for r in groups["Drills"])
    assert all(r.choose and r.choose.topics for r in groups["By topic"])
    assert all(r.choose and r.choose.technologies for r in groups["By technology"])
    assert {"behavioral", "incident", "design"} <= {r.id for r in groups[""]}


def test_every_topic_of_the_bank_has_a_round(shipped: Bank) -> None:
    chosen = {t for r in shipped.rounds.values() if r.choose for t in r.choose.topics}
    assert {q.topic for q in shipped.questions.values()} <= chosen


def test_every_shipped_round_is_asked_whole(shipped: Bank) -> None:
    for round_ in shipped.rounds.values():
        picks = picks_of(round_, shipped.outlines, 3, {})
        wanted = round_.choose.how_many if round_.choose else len(round_.questions)
        assert len(picks) == (wanted or 5), round_.id
        assert all(p.why for p in picks)
