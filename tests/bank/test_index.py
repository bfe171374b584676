"""The compiled index gives what the files give, and is believed only while it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.bank.small_bank import edited
from voiceprep.bank import bank_folder, index
from voiceprep.bank.contents import Bank
from voiceprep.bank.index import IndexedQuestions, indexed_bank
from voiceprep.bank.load import sound_bank
from voiceprep.core.question import outline_of
from voiceprep.errors import BankError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_bank.write(tmp_path / "bank")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "bank"


def same(one: Bank, other: Bank) -> None:
    assert dict(one.questions) == dict(other.questions)
    assert list(one.questions) == list(other.questions), "in the same order"
    assert list(one.rounds.items()) == list(other.rounds.items())
    assert one.lexicon == other.lexicon
    assert one.version == other.version
    assert one.outlines == other.outlines == {i: outline_of(q) for i, q in other.questions.items()}


def by_index(bank: Bank) -> bool:
    return isinstance(bank.questions, IndexedQuestions)


def the_file(cache: Path) -> Path:
    (path,) = cache.iterdir()
    return path


READERS = ("yaml", "voiceprep.bank.load", "voiceprep.bank.schema", "jinja2")


def test_with_a_true_index_nothing_that_reads_banks_is_loaded(folder: Path, tmp_path: Path) -> None:
    """A tenth of a second and some megabytes of every start, for a session that needs none of it."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from voiceprep.config import Places\n"
        "import voiceprep.wiring.screens\n"
        "from voiceprep.wiring.engines import load_bank\n"
        f"places = Places(Path({str(tmp_path / 'data')!r}), Path({str(tmp_path / 'cache')!r}))\n"
        f"bank = load_bank({str(folder)!r}, places)\n"
        f"print(len(bank.questions), *sorted(set({READERS!r}) & set(sys.modules)))"
    )

    def started() -> list[str]:
        told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        return told.stdout.split()

    first, second = started(), started()
    assert "voiceprep.bank.load" in first, "there was no index yet"
    assert second == first[:1]


@pytest.mark.parametrize("which", ["small", "shipped"])
def test_a_bank_by_its_index_is_the_bank_of_its_files(which: str, folder: Path, cache: Path) -> None:
    where = folder if which == "small" else bank_folder()
    loaded = sound_bank(where)
    first = indexed_bank(where, cache)
    assert not by_index(first)
    same(first, loaded)
    second = indexed_bank(where, cache)
    assert by_index(second)
    same(second, loaded)


def test_a_question_is_parsed_when_it_is_asked_for_and_once(folder: Path, cache: Path) -> None:
    indexed_bank(folder, cache)
    questions = indexed_bank(folder, cache).questions
    assert isinstance(questions, IndexedQuestions)
    assert len(questions) == 2 and "why-cache" in questions and "why" not in questions and questions.get("why") is None
    assert questions._made == {}
    assert questions["why-cache"] is questions["why-cache"]
    assert list(questions._made) == ["why-cache"]
    with pytest.raises(KeyError):
        questions["why"]


def test_the_index_is_for_its_owner_only(folder: Path, cache: Path) -> None:
    indexed_bank(folder, cache)
    assert the_file(cache).stat().st_mode & 0o777 == 0o600
    assert cache.stat().st_mode & 0o777 == 0o700


def add_sayings(folder: Path) -> None:
    (folder / "sayings").mkdir()
    line = {"point": "faster-reads", "kind": "says", "text": "It answers sooner."}
    (folder / "sayings" / "why-cache.jsonl").write_text(json.dumps(line) + "\n")


def same_size_and_time(folder: Path) -> None:
    path = folder / "caches.yaml"
    before = path.stat()
    path.write_text(edited("short: Why a cache", "short: Why a hoard"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


CHANGES: list[Callable[[Path], object]] = [
    lambda f: (f / "caches.yaml").write_text(edited("easy", "hard")),
    lambda f: (f / "lexicon.yaml").write_text(edited("said: cue", "said: kew", small_bank.LEXICON)),
    lambda f: (f / "rounds.yaml").write_text(edited("Warm-up", "Cool-down", small_bank.ROUNDS)),
    lambda f: (f / "rounds.yaml").unlink(),
    lambda f: (f / "tags.yaml").write_text(small_bank.TAGS.replace("]", ", kafka]")),
    lambda f: (f / "caches.yaml").rename(f / "stores.yaml"),
    add_sayings,
    same_size_and_time,
]


@pytest.mark.parametrize("change", range(len(CHANGES)))
def test_a_change_in_any_file_of_the_bank_is_seen(folder: Path, cache: Path, change: int) -> None:
    indexed_bank(folder, cache)
    CHANGES[change](folder)
    found = indexed_bank(folder, cache)
    assert not by_index(found)
    same(found, sound_bank(folder))
    assert by_index(indexed_bank(folder, cache)), "the index is written anew"


def test_a_bank_that_has_become_wrong_is_refused_with_its_problems_although_there_is_an_index(
    folder: Path, cache: Path
) -> None:
    indexed_bank(folder, cache)
    good = the_file(cache).read_bytes()
    (folder / "caches.yaml").write_text(edited("core: true", "core: perhaps"))
    with pytest.raises(BankError, match=r"caches\.yaml:.*core: Input should be a valid boolean"):
        indexed_bank(folder, cache)
    assert the_file(cache).read_bytes() == good, "a bank with problems is never indexed"


def test_a_folder_that_is_not_there_is_refused_as_ever(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(BankError, match="There is no question bank"):
        indexed_bank(tmp_path / "nowhere", cache)
    assert not cache.exists()


def head_with(change: dict[str, object]) -> Callable[[bytes], bytes]:
    def work(raw: bytes) -> bytes:
        head, _, body = raw.partition(b"\n")
        return json.dumps({**json.loads(head), **change}).encode() + b"\n" + body

    return work


def resealed(change: Callable[[list[bytes]], object]) -> Callable[[bytes], bytes]:
    """Another content, with a digest that fits: written by somebody who knows how."""

    def work(raw: bytes) -> bytes:
        head, _, body = raw.partition(b"\n")
        lines = body.split(b"\n")
        change(lines)
        body = b"\n".join(lines)
        return json.dumps({**json.loads(head), "body": index._digest(body)}).encode() + b"\n" + body

    return work


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda raw: b"",
    "no head": lambda raw: raw.partition(b"\n")[2],
    "cut off": lambda raw: raw[:-10],
    "one letter": lambda raw: raw.replace(b"faster", b"slower", 1),
    "noise": lambda raw: bytes(range(256)) * 40,
    "a list": lambda raw: b"[]\n" + raw,
    "deep": lambda raw: b"[" * 200_000,
    "another form": head_with({"form": "voiceprep-bank-index/0"}),
    "another key": head_with({"key": "0" * 64}),
    "no digest": head_with({"body": None}),
    "a question less": resealed(lambda lines: lines.pop()),
    "no lexicon": resealed(lambda lines: lines.__delitem__(slice(1, None))),
    "another table": resealed(lambda lines: lines.__setitem__(0, b'{"version": 1}')),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_or_foreign_index_is_written_anew(folder: Path, cache: Path, damage: str) -> None:
    indexed_bank(folder, cache)
    path = the_file(cache)
    whole = path.read_bytes()
    path.write_bytes(DAMAGE[damage](whole))
    assert path.read_bytes() != whole
    found = indexed_bank(folder, cache)
    assert not by_index(found)
    same(found, sound_bank(folder))
    assert path.read_bytes() == whole


@pytest.mark.parametrize("line", [b"{}", b'{"__class__": "os.system"}', b"null", b"not json"])
def test_a_sealed_line_that_is_no_question_gives_the_question_of_the_files(
    folder: Path, cache: Path, line: bytes
) -> None:
    indexed_bank(folder, cache)
    path = the_file(cache)
    path.write_bytes(resealed(lambda lines: lines.__setitem__(2, line))(path.read_bytes()))
    found = indexed_bank(folder, cache)
    assert by_index(found)
    same(found, sound_bank(folder))


def test_two_questions_that_changed_places_are_noticed(folder: Path, cache: Path) -> None:
    indexed_bank(folder, cache)
    path = the_file(cache)
    path.write_bytes(resealed(lambda lines: lines.append(lines.pop(2)))(path.read_bytes()))
    same(indexed_bank(folder, cache), sound_bank(folder))


@pytest.mark.parametrize("obstacle", ["file", "folder"])
def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(folder: Path, cache: Path, obstacle: str) -> None:
    if obstacle == "file":
        cache.parent.write_text("a file where the cache should be")
    else:
        indexed_bank(folder, cache)
        path = the_file(cache)
        path.unlink()
        path.mkdir()
    same(indexed_bank(folder, cache), sound_bank(folder))
    same(indexed_bank(folder, cache), sound_bank(folder))


def test_nothing_is_indexed_while_somebody_writes_in_the_bank(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(where: Path) -> Bank:
        found = sound_bank(where)
        (where / "caches.yaml").write_text(edited("easy", "hard"))
        return found

    monkeypatch.setattr("voiceprep.bank.load.sound_bank", meanwhile)
    assert indexed_bank(folder, cache).questions["why-cache"].difficulty == "easy"
    assert not cache.exists()
    monkeypatch.undo()
    assert indexed_bank(folder, cache).questions["why-cache"].difficulty == "hard"


def test_other_code_does_not_believe_it(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexed_bank(folder, cache)
    monkeypatch.setattr(index, "_code", lambda: "changed")
    assert not by_index(indexed_bank(folder, cache))


def test_each_bank_has_an_index_of_its_own_and_the_oldest_goes(tmp_path: Path, cache: Path) -> None:
    folders = [small_bank.write(tmp_path / f"bank{n}", tags="") for n in range(index.KEPT + 1)]
    for n, folder in enumerate(folders):
        indexed_bank(folder, cache)
        newest = max(cache.iterdir(), key=lambda p: p.stat().st_mtime_ns)
        os.utime(newest, (n, n)) if n == 0 else None
    assert len(list(cache.iterdir())) == index.KEPT
    assert by_index(indexed_bank(folders[-1], cache)) and not by_index(indexed_bank(folders[0], cache))


def test_no_half_written_index_is_left_behind(folder: Path, cache: Path) -> None:
    indexed_bank(folder, cache)
    assert [p.suffix for p in cache.iterdir()] == [".jsonl"]
