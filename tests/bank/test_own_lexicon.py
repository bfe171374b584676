"""The candidate's own lexicon on disk: kept whole, refused whole, each problem with its place."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from voiceprep import durable
from voiceprep.bank.contents import Bank
from voiceprep.bank.own_lexicon import FORM, add, read_additions, remove, with_additions
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.own_terms import MAX_PHRASES, MAX_TERMS, Addition
from voiceprep.errors import BankError, StorageError, UsageError

LEXICON = Lexicon(
    (
        Term("kubernetes", "Kubernetes", forms=("K eights",), heard=("cuban eighties",)),
        Term("redis", "Redis"),
        Term("rest", "REST", unlike=("rest of",)),
    ),
    digest="d",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lexicon.yaml"


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_added_is_read_back_and_is_the_owners_only(path: Path) -> None:
    assert read_additions(path, LEXICON) == ((), ())
    assert add(path, LEXICON, Addition("k eights", heard=("cooper netties",))) == Addition(
        "Kubernetes", heard=("cooper netties",)
    )
    add(path, LEXICON, Addition("KUBERNETES", heard=("cooper nets",)))
    add(path, LEXICON, Addition("Fargate", ("AWS Fargate",), ("far gate",)))
    assert read_additions(path, LEXICON) == (
        (
            Addition("Kubernetes", heard=("cooper netties", "cooper nets")),
            Addition("Fargate", ("AWS Fargate",), ("far gate",)),
        ),
        (),
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "phrase", ["null thing", "yes: 5", "- dash", "true gate", "3.5 gate", "ünïcode gate", "it's a gate", "'quoted gate"]
)
def test_any_phrase_survives_the_file(path: Path, phrase: str) -> None:
    if ":" in phrase:
        with pytest.raises(UsageError, match="has the character"):
            add(path, LEXICON, Addition("Fargate", heard=(phrase,)))
        return
    add(path, LEXICON, Addition("Fargate", heard=(phrase,)))
    assert read_additions(path, LEXICON) == ((Addition("Fargate", heard=(phrase,)),), ())


def test_what_was_added_is_taken_back_phrase_by_phrase_or_whole(path: Path) -> None:
    add(path, LEXICON, Addition("Redis", heard=("read this", "radish")))
    add(path, LEXICON, Addition("Fargate", heard=("far gate",)))
    assert remove(path, LEXICON, "redis", ("radish",)) == Addition("Redis", heard=("read this",))
    assert remove(path, LEXICON, "Redis", ("read this",)) is None, "nothing is left of it"
    assert remove(path, LEXICON, "fargate", ("far gate",)) == Addition("Fargate"), "a term of one's own stays one"
    assert remove(path, LEXICON, "Fargate") is None
    assert read_additions(path, LEXICON) == ((), ())
    for name, heard in (("Redis", ()), ("nothing", ())):
        with pytest.raises(UsageError, match="added nothing about"):
            remove(path, LEXICON, name, heard)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (Addition("Redis", heard=("rest",)), "is how people say REST"),
        (Addition("Redis", heard=("cuban eighties",)), "is taken for Kubernetes already"),
        (Addition("Redis", heard=("key",)), "everyday word"),
        (Addition("Redis", heard=("radish", "the")), "only small words"),
        (Addition("Redis"), "is known already"),
        (Addition("Redis", forms=("ready service",)), "comes with voiceprep"),
        (Addition("Redos"), "There is no term 'Redos'. Did you mean Redis"),
        (Addition("Fargate", heard=tuple(f"far gate {a} {b}" for a in "stuvwxyz" for b in "pqr")), "as many as fit"),
    ],
)
def test_what_is_refused_changes_nothing(path: Path, given: Addition, why: str) -> None:
    add(path, LEXICON, Addition("Kubernetes", heard=("cooper netties",)))
    before = path.read_bytes()
    with pytest.raises(UsageError) as caught:
        add(path, LEXICON, given)
    assert why in str(caught.value) and caught.value.hint
    assert path.read_bytes() == before


def test_a_term_that_looks_mistyped_is_ones_own_only_when_that_is_said(path: Path) -> None:
    assert add(path, LEXICON, Addition("Redos", heard=("ready oh",)), surely=True).written == "Redos"
    assert add(path, LEXICON, Addition("Redos", heard=("red oath",))).heard == ("ready oh", "red oath")


def test_no_two_terms_of_ones_own_share_a_phrase(path: Path) -> None:
    add(path, LEXICON, Addition("Fargate", heard=("far gate",)))
    with pytest.raises(UsageError, match="is taken for Fargate already"):
        add(path, LEXICON, Addition("Terraform", heard=("far gate",)))
    with pytest.raises(UsageError, match="is how people say Fargate"):
        add(path, LEXICON, Addition("Redis", heard=("fargate",)))


BAD = f"""\
form: {FORM}
terms:
  - written: Redis
    heard: [rest, radish]
  - written: redis
    heard: [ready s]
  - {{written: Kubernetes, forms: [K S]}}
  - {{written: the}}
  - {{written: Fargate, heard: [far gate, far gate]}}
  - {{written: REST}}
"""


def test_every_problem_of_a_file_is_found_at_its_place_and_none_of_it_is_believed(path: Path) -> None:
    written(path, BAD)
    additions, problems = read_additions(path, LEXICON)
    assert additions == ()
    assert [(p.file, p.line, p.column, p.message) for p in problems] == [
        (str(path), 4, 13, "'rest' is how people say REST"),
        (str(path), 5, 14, "'redis' stands here twice: put them together"),
        (str(path), 7, 34, "Kubernetes comes with voiceprep: only heard can be added to it"),
        (str(path), 8, 15, "'the' has only small words in it, which every sentence has"),
        (str(path), 9, 42, "'far gate' is taken for Fargate already"),
        (str(path), 10, 5, "adds nothing to REST: give heard, or remove it"),
    ]
    bank = Bank({}, LEXICON, {}, "v")
    after = with_additions(bank, path)
    assert after.lexicon is LEXICON and after.additions == () and after.unheeded == problems
    with pytest.raises(BankError, match="4:13"):
        add(path, LEXICON, Addition("Redis", heard=("radish",)))
    with pytest.raises(BankError, match="4:13"):
        remove(path, LEXICON, "Redis")
    assert path.read_text() == BAD, "somebody else's work is never written over"


HEAD = f"form: {FORM}\nterms:\n"
MANY = "".join(f"  - {{written: term{n}x}}\n" for n in range(MAX_TERMS + 1))
LONG = ", ".join(["a b c"] * (MAX_PHRASES + 1))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: [", "not valid YAML"),
        ("form: voiceprep-lexicon/1\nterms: []\n", "form: "),
        (f"{HEAD}  - {{written: Redis, said: red}}\n", "this key isn't known"),
        (f"{HEAD}  - &a {{written: Redis}}\n", "anchors"),
        (HEAD + MANY, "more than 200"),
        (f"{HEAD}  - {{written: Redis, heard: [{LONG}]}}\n", "more than 20"),
    ],
)
def test_a_file_of_another_form_is_refused(path: Path, text: str, what: str) -> None:
    additions, problems = read_additions(written(path, text), LEXICON)
    assert additions == () and any(what in p.message for p in problems), problems


def test_what_is_no_file_is_not_opened(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)  # whoever opened it would wait for ever
    assert "no plain file" in read_additions(path, LEXICON)[1][0].message
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "no plain file" in read_additions(path, LEXICON)[1][0].message


def test_a_full_disk_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(path, LEXICON, Addition("Redis", heard=("radish",)))
    before = path.read_bytes()

    def full(fd: int, data: bytes, where: Path) -> None:
        raise durable.storage_error(OSError(28, "No space left on device"), where)

    monkeypatch.setattr(durable, "write_all", full)
    with pytest.raises(StorageError, match="disk is full"):
        add(path, LEXICON, Addition("Redis", heard=("read this",)))
    assert path.read_bytes() == before and [p.name for p in path.parent.iterdir()] == ["lexicon.yaml"]
