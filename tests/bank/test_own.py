"""The candidate's own questions: kept whole or not at all, read like the bank's, never in a shipped one's place."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bank import small_bank
from voiceprep import durable
from voiceprep.bank.contents import Bank
from voiceprep.bank.incoming import offered
from voiceprep.bank.load import sound_bank
from voiceprep.bank.own import keep, remove, with_own
from voiceprep.bank.written import as_yaml
from voiceprep.core.question import Question
from voiceprep.errors import StorageError

OWN = """\
form: voiceprep-questions/1
topic: mine
questions:
  - id: own-lock
    version: 1
    ask: What is a lock good for?
    short: Locks
    type: technical
    difficulty: easy
    level: junior
    technologies: [posix]
    assesses: [Knows why two writers need one.]
    why: I keep getting it wrong.
    target_s: [20, 60]
    points:
      - {id: one-writer, text: Only one writer changes the data at a time., say: One writer at a time., core: true}
      - id: waits
        text: The others wait until it is released.
        say: Everybody else waits for the release.
        core: false
        weight: 0.125
        says: [They queue up., "yes: 5", They have to wait., Nobody else gets in., One stands in line., It blocks them.]
        against: [Nobody waits., They all go on., "no", The others overtake it.]
        names: ["null"]
    model_answer: A lock lets one writer change the data at a time, and the others wait until it is released.
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return sound_bank(small_bank.write(tmp_path_factory.mktemp("small") / "bank"))


def own(folder: Path, bank: Bank, text: str = OWN) -> tuple[Question, ...]:
    """The questions of a YAML text, as an import would keep them."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    offer, problems = offered(path, bank)
    assert problems == ()
    return offer.questions


def test_what_is_kept_is_read_again_beside_the_banks_questions(tmp_path: Path, small: Bank) -> None:
    (lock,) = own(tmp_path, small)
    assert lock.sources == ("own",)
    keep(tmp_path / "q", [lock])
    both = with_own(small, tmp_path / "q")
    assert list(both.questions) == ["why-cache", "queue-or-call", "own-lock"]
    assert both.own == {"own-lock"} and both.questions["own-lock"] == lock and both.set_aside == ()
    assert both.version == small.version, "what is judged by the bank's own questions hasn't changed"
    for path in (tmp_path / "q").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_without_a_folder_there_are_no_own_questions(tmp_path: Path, small: Bank) -> None:
    assert with_own(small, tmp_path / "none") == small
    assert not (tmp_path / "none").exists()


def test_of_a_question_imported_twice_the_newest_counts_and_the_other_goes(tmp_path: Path, small: Bank) -> None:
    (lock,) = own(tmp_path, small)
    other = replace(lock, id="own-other")
    keep(tmp_path / "q", [lock, other])
    keep(tmp_path / "q", [replace(lock, short="New")])
    both = with_own(small, tmp_path / "q")
    assert both.questions["own-lock"].short == "New" and "own-other" in both.own
    assert sorted(str(p.relative_to(tmp_path / "q")) for p in (tmp_path / "q").rglob("*.yaml")) == [
        "000001/own-other.yaml", "000002/own-lock.yaml",
    ]  # fmt: skip


def test_after_a_crash_between_new_and_old_the_new_one_counts(tmp_path: Path, small: Bank) -> None:
    (lock,) = own(tmp_path, small)
    for n, title in enumerate(("old", "new"), 1):
        (tmp_path / "q" / f"00000{n}").mkdir(parents=True)
        (tmp_path / "q" / f"00000{n}" / "own-lock.yaml").write_text(as_yaml([replace(lock, short=title)]))
    (tmp_path / "q" / ".import.half").mkdir()
    (tmp_path / "q" / ".import.half" / "own-half.yaml").write_text(as_yaml([replace(lock, id="own-half")]))
    found = with_own(small, tmp_path / "q")
    assert found.own == {"own-lock"} and found.questions["own-lock"].short == "new"
    assert remove(tmp_path / "q", "own-lock") and with_own(small, tmp_path / "q").own == frozenset()


def test_a_disk_that_fails_half_way_keeps_nothing(tmp_path: Path, small: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    (lock,) = own(tmp_path, small)
    real, written = durable.write_atomic, []

    def failing(path: Path, data: bytes) -> None:
        if len(written) == 2:
            raise StorageError("The disk is full.", "Free some space.")
        written.append(path)
        real(path, data)

    monkeypatch.setattr(durable, "write_atomic", failing)
    with pytest.raises(StorageError):
        keep(tmp_path / "q", [replace(lock, id=f"own-{n}") for n in range(4)])
    assert len(written) == 2
    assert list((tmp_path / "q").iterdir()) == []


def test_removing_takes_one_and_leaves_the_others(tmp_path: Path, small: Bank) -> None:
    (lock,) = own(tmp_path, small)
    keep(tmp_path / "q", [lock, replace(lock, id="own-other")])
    assert remove(tmp_path / "q", "own-lock")
    assert with_own(small, tmp_path / "q").own == {"own-other"}
    assert not remove(tmp_path / "q", "own-lock")
    for name in ("../000001/own-other", "000001/own-other", "own-other.yaml", "", "."):
        assert not remove(tmp_path / "q", name)
    assert remove(tmp_path / "q", "own-other") and list((tmp_path / "q").iterdir()) == []


def test_what_is_damaged_by_hand_is_set_aside_alone_and_can_be_removed(tmp_path: Path, small: Bank) -> None:
    (lock,) = own(tmp_path, small)
    keep(tmp_path / "q", [lock, replace(lock, id="own-other")])
    torn = tmp_path / "q" / "000001" / "own-lock.yaml"
    torn.write_text(torn.read_text().replace("core: true", "core: yes", 1))
    found = with_own(small, tmp_path / "q")
    assert found.own == {"own-other"}
    (problem,) = found.set_aside
    assert problem.file == str(torn) and "Input should be a valid boolean" in problem.message and problem.line > 20
    assert remove(tmp_path / "q", "own-lock") and with_own(small, tmp_path / "q").set_aside == ()


def test_a_file_put_there_cannot_stand_in_for_a_shipped_question(tmp_path: Path, small: Bank) -> None:
    (tmp_path / "q" / "000001").mkdir(parents=True)
    shadow = replace(small.questions["why-cache"], ask="Ha ha?")
    (tmp_path / "q" / "000001" / "why-cache.yaml").write_text(as_yaml([shadow]))
    (tmp_path / "q" / "000001" / "own-x.yaml").write_text(as_yaml([shadow]))
    found = with_own(small, tmp_path / "q")
    assert found.questions == small.questions and found.own == frozenset()
    assert sorted(p.message[:40] for p in found.set_aside) == [
        "'why-cache' is the id of a question that", "must hold the one question 'own-x'",
    ]  # fmt: skip


def test_links_pipes_and_strange_names_in_the_folder_are_no_questions(tmp_path: Path, small: Bank) -> None:
    (lock,) = own(tmp_path, small)
    keep(tmp_path / "q", [lock])
    inside = tmp_path / "q" / "000001"
    (tmp_path / "elsewhere.yaml").write_text(as_yaml([replace(lock, id="elsewhere")]))
    (inside / "elsewhere.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    os.mkfifo(inside / "pipe.yaml")
    (inside / "notes.txt").write_text("mine")
    (tmp_path / "q" / "000002").symlink_to(inside)
    (tmp_path / "q" / "\u0664").mkdir()
    found = with_own(small, tmp_path / "q")
    assert found.own == {"own-lock"} and found.set_aside == ()


# There and back ---------------------------------------------------------------------------------------------------


def test_every_shipped_question_comes_back_as_it_went(tmp_path: Path, bank: Bank) -> None:
    empty = Bank({}, bank.lexicon, {}, "")
    (tmp_path / "out").mkdir()
    for question in bank.questions.values():
        (tmp_path / "out" / f"{question.id}.yaml").write_text(as_yaml([question]), encoding="utf-8")
    offer, problems = offered(tmp_path / "out", empty)
    assert problems == ()
    assert {q.id: q for q in offer.questions} == dict(bank.questions)
    keep(tmp_path / "q", offer.questions)
    kept = with_own(empty, tmp_path / "q")
    assert kept.set_aside == () and dict(kept.questions) == dict(bank.questions)


def test_questions_of_several_topics_come_back_from_one_file(tmp_path: Path, small: Bank) -> None:
    (lock,) = own(tmp_path, small)
    every = [*small.questions.values(), lock]
    (tmp_path / "all.yaml").write_text(as_yaml(every), encoding="utf-8")
    offer, problems = offered(tmp_path / "all.yaml", Bank({}, small.lexicon, {}, ""))
    assert problems == ()
    assert [q.topic for q in offer.questions] == ["caches", "caches", "mine"]
    assert [replace(q, sources=()) for q in offer.questions] == [replace(q, sources=()) for q in every]


WORDS = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Z"]), min_size=1, max_size=8
)
TEXTS = st.lists(
    st.one_of(WORDS, st.sampled_from(["no", "~", "null", "1:30", "010", "0.5", "-", ":", "'", '"', "|", "%", "@"])),
    min_size=2,
    max_size=30,
).map(" ".join).filter(lambda t: len(t) <= 400 and t == t.strip() and any(c.isalnum() for c in t))  # fmt: skip


@settings(
    max_examples=60, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(texts=st.lists(TEXTS, min_size=4, max_size=4), weight=st.floats(0.001, 5).map(lambda w: round(w, 6)))
def test_whatever_the_text_it_comes_back(tmp_path: Path, small: Bank, texts: list[str], weight: float) -> None:
    cache = small.questions["why-cache"]
    odd = replace(
        cache.points[0], text=texts[0], say=texts[1], weight=weight, said=(texts[2],), missaid=(texts[3],), named=()
    )
    question = replace(cache, ask=texts[3], why=texts[2], tips=(texts[0],), points=(odd, *cache.points[1:]))
    (tmp_path / "x.yaml").write_text(as_yaml([question]), encoding="utf-8")
    offer, problems = offered(tmp_path / "x.yaml", Bank({}, small.lexicon, {}, ""))
    assert problems == ()
    assert replace(offer.questions[0], rubric="", sources=()) == replace(question, rubric="", sources=())
