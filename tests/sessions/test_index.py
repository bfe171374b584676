"""The index says what folding every journal says: always, whatever becomes of its file and whoever else writes it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.sessions import made, many
from tests.sessions.command import batch
from voiceprep.core.answered import Answered
from voiceprep.core.progress import Standing, standing_of
from voiceprep.sessions import index as index_module
from voiceprep.sessions import store
from voiceprep.sessions.index import Index
from voiceprep.sessions.rows import SessionRow, day_of, read_session
from voiceprep.wiring.past_session import past_session

GOLDEN = Path(__file__).parent / "golden" / "v1"
COUNT = 12
Said = tuple[list[SessionRow], list[Standing], list[Answered]]


def folded(root: Path) -> Said:
    """The same by folding every journal."""
    read = [read_session(f) for f in store.folders(root)]
    answers = [a for _, given in read for a in given]
    by_question: dict[str, list[Answered]] = {}
    for a in answers:
        by_question.setdefault(a.question_id, []).append(a)
    return [row for row, _ in read], [standing_of(by_question[q]) for q in sorted(by_question)], answers


def said(index: Index) -> Said:
    rows, standings = index.sessions(), index.standings()
    answers = [a for s in standings for a in index.answers_to(s.question_id)]
    return rows, standings, sorted(answers, key=lambda a: (a.session_id, a.nth))


def asked(root: Path, path: Path | None, told: list[str] | None = None) -> Said:
    with Index(root, path, tell=(told if told is not None else []).append) as index:
        return said(index)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sessions and their index."""
    folder = tmp_path_factory.mktemp("kept")
    many.write_many(folder / "sessions", COUNT)
    assert asked(folder / "sessions", folder / "index.db") == folded(folder / "sessions")
    return folder


@pytest.fixture
def place(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    shutil.copytree(kept, tmp_path / "place")
    return tmp_path / "place"


def test_it_says_what_folding_says(kept: Path) -> None:
    rows, standings, answers = folded(kept / "sessions")
    assert len(rows) == COUNT and len(answers) == 4 * COUNT and len(standings) > 30
    assert asked(kept / "sessions", kept / "index.db") == (rows, standings, answers)
    assert asked(kept / "sessions", None) == (rows, standings, answers)


def test_real_sessions_are_in_it_and_damaged_ones_with_their_problem(tmp_path: Path) -> None:
    root = tmp_path / "sessions"
    made.session(tmp_path)
    shutil.copytree(GOLDEN, root / "20260101-000000-gold")
    for name in ("20260102-000000-meta", "20260103-000000-torn", "20260104-000000-line", "20260105-000000-none"):
        shutil.copytree(GOLDEN, root / name)
    (root / "20260102-000000-meta" / "session.json").write_text("{")
    journal = root / "20260103-000000-torn" / "events.jsonl"
    journal.write_bytes(journal.read_bytes()[:-9])
    journal = root / "20260104-000000-line" / "events.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join((*lines[:8], b"{}\n", *lines[9:])))
    (root / "20260105-000000-none" / "events.jsonl").unlink()
    rows, standings, answers = asked(root, tmp_path / "i.db")
    assert (rows, standings, answers) == folded(root)
    gold, meta, torn, line, none, new = rows
    assert (gold.problem, gold.answered, gold.of, gold.open) == ("", 2, 2, False)
    assert meta.unreadable and "session.json is damaged" in meta.problem
    assert torn.problem == "" and torn.open, "a torn line was never written"
    assert not line.unreadable and "line 9" in line.problem and line.answered < gold.answered
    assert none.unreadable and "can't be read" in none.problem
    assert new.title and new.created


def test_only_what_changed_is_folded_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, path = place / "sessions", place / "index.db"
    read: list[str] = []

    def noted(folder: store.SessionFolder) -> tuple[SessionRow, tuple[Answered, ...]]:
        read.append(folder.id)
        return read_session(folder)

    monkeypatch.setattr(index_module, "read_session", noted)
    asked(root, path)
    assert read == [], "nothing changed"
    changed = store.folders(root)[3]
    lines = changed.journal.read_bytes().splitlines(keepends=True)
    changed.journal.write_bytes(b"".join(lines[:5]))
    shutil.rmtree(store.folders(root)[7].path)
    new = many.write(root, COUNT)
    assert asked(root, path) == folded(root)
    assert read == [changed.id, new.id]


def test_a_deleted_index_is_made_again(place: Path) -> None:
    (place / "index.db").unlink()
    assert asked(place / "sessions", place / "index.db") == folded(place / "sessions")


def cut_places(size: int) -> Iterable[int]:
    """The whole header, byte by byte; then around every page's edge, and somewhere inside it."""
    rng = random.Random(1)
    pages = [p for page in range(4096, size, 4096) for p in (page - 1, page, page + 1)]
    inside = [rng.randrange(size) for _ in range(6)]
    return sorted({*range(0, 101, 20), *pages[:: max(1, len(pages) // 16)], *inside, size - 1})


def test_an_index_cut_anywhere_is_made_again(place: Path) -> None:
    root, path = place / "sessions", place / "index.db"
    whole, truth = path.read_bytes(), folded(root)
    for size in cut_places(len(whole)):
        path.write_bytes(whole[:size])
        told: list[str] = []
        assert asked(root, path, told) == truth, size
        assert size == 0 or [t[:10] for t in told] == ["Rebuilding"], (size, told)


def test_any_damaged_bytes_are_noticed_or_harmless(place: Path) -> None:
    root, path = place / "sessions", place / "index.db"
    whole, truth, rng = path.read_bytes(), folded(root), random.Random(2)
    rebuilt = 0
    for _ in range(25):
        damaged = bytearray(whole)
        at = rng.randrange(len(whole))
        damaged[at : at + 16] = rng.randbytes(min(16, len(whole) - at))
        path.write_bytes(damaged)
        told: list[str] = []
        assert asked(root, path, told) == truth, at
        rebuilt += bool(told)
    assert rebuilt > 5


def test_another_versions_index_is_made_again(place: Path) -> None:
    root, path = place / "sessions", place / "index.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 7")
    db.close()
    told: list[str] = []
    assert asked(root, path, told) == folded(root)
    assert told == ["Rebuilding the list of sessions: another version of voiceprep made its index."]


@pytest.mark.parametrize("what", ["a folder", "no folder", "unwritable"])
def test_where_no_file_can_be_written_it_works_without(place: Path, what: str) -> None:
    root, path = place / "sessions", place / "sub" / "index.db"
    if what == "a folder":
        path.mkdir(parents=True)
    elif what == "no folder":
        (place / "sub").write_text("a file")
    else:
        if os.geteuid() == 0:
            path = Path("/proc/voiceprep/index.db")  # nobody may write there, root neither
        else:
            (place / "sub").mkdir(0o500)
    told: list[str] = []
    assert asked(root, path, told) == folded(root)
    assert not path.is_file() and told == []


def test_the_file_is_the_owners_alone(place: Path) -> None:
    path = place / "deep" / "index.db"
    asked(place / "sessions", path)
    assert {oct(p.stat().st_mode & 0o777) for p in (place / "deep").iterdir()} == {"0o600"}
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"


def test_two_processes_at_once_say_the_same(place: Path) -> None:
    root, path = place / "sessions", place / "new.db"
    code = (
        "import sys; from pathlib import Path; from tests.sessions import test_index as t;"
        "root, path = map(Path, sys.argv[1:]); "
        "[t.Index(root, path).close() for _ in range(10)]; assert t.asked(root, path) == t.folded(root)"
    )
    here = Path(__file__).resolve().parents[2]
    running = [subprocess.Popen([sys.executable, "-c", code, str(root), str(path)], cwd=here) for _ in range(2)]
    for number in range(COUNT, COUNT + 3):
        many.write(root, number)
        asked(root, path)
    assert [p.wait(60) for p in running] == [0, 0]
    assert asked(root, path) == folded(root)


def test_a_demos_answers_are_nobodys_history(place: Path) -> None:
    with Index(place / "sessions", None, apart=("Made",)) as index:
        assert len(index.sessions()) == COUNT and index.standings() == []


def test_the_newest_are_given_oldest_first(kept: Path) -> None:
    rows, _, answers = folded(kept / "sessions")
    with Index(kept / "sessions", kept / "index.db") as index:
        assert index.sessions(5) == rows[-5:] and index.sessions(0) == []
        of = [a for a in answers if a.topic == many.topic_of(13)]
        assert len(of) > 2 and index.newest_of(many.topic_of(13), 2) == of[-2:]
        spoken = [a for a in answers if not a.clocked and any(m.value is not None for m in a.delivery)]
        assert index.newest_measured(9) == spoken[-9:]


def test_a_session_is_dated_by_its_name() -> None:
    assert [day_of(i) for i in ("20261103-201500-ab12", "1103", "abcdefgh-1", "²0261103-1")] == [
        "2026-11-03",
        "",
        "",
        "",
    ]


def test_the_commands_read_through_it(place: Path) -> None:
    here = ["--data-dir", place]
    listed, told, as_json, one, none = batch(
        [["sessions", "list", *here], ["progress", *here], ["progress", "--json", *here],
         ["progress", "--topic", many.topic_of(13), *here], ["progress", "--topic", "nope", *here]]
    )  # fmt: skip
    assert len(listed.out.splitlines()) == COUNT and listed.err == ""
    assert told.code == 0 and "DUE NOW" in told.out and "WEAKEST POINTS" in told.out
    assert max(map(len, told.out.splitlines())) <= 80
    value = as_json.json()
    assert set(value) == {
        "schema", "answers", "questions", "due", "next_due", "weak", "topics", "delivery", "breaks",
    }  # fmt: skip
    assert many.topic_of(13) in one.out and many.topic_of(14) not in one.out
    none.failed(2, "No question of the topic 'nope' was answered yet.")


def test_what_is_due_is_asked_when_nothing_is_named(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    made.session(tmp_path).path.rename(tmp_path / "sessions" / "20200101-000000-abcd")
    here = ["--bank", tmp_path / "bank", "--data-dir", tmp_path]
    unnamed, named = batch([["practice", "--list", *here], ["practice", "--list", "--round", "warm-up", *here]])
    first = plan.questions[0]
    assert unnamed.out.startswith("What is due, about")
    assert f"1. {first.short}: due since 2 Jan; " in unnamed.out and plan.questions[1].short not in unnamed.out
    assert named.out.startswith("Warm-up") and "next in Warm-up; due since 2 Jan" in named.out
    assert list(bank.rounds) == ["warm-up"]


def test_home_offers_no_session_that_another_process_is_holding(tmp_path: Path) -> None:
    folder = made.session(tmp_path, lambda *given: made.short_story(*given)[:-1])
    row, _ = read_session(folder)
    assert row.open and past_session(row, folder).open
    with folder.locked():
        held = past_session(row, folder)
    assert not held.open and held.left_at == ""
