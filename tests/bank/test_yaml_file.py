"""The reader of bank files can't be surprised: what it refuses, it refuses with file, line and column."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bank import small_bank
from voiceprep.bank.contents import MAX_BYTES
from voiceprep.bank.load import load_bank
from voiceprep.bank.yaml_file import MAX_NODES, read


def reading(folder: Path, raw: bytes | str) -> tuple[object, list[str]]:
    """The data and the problems of a file t.yaml with this content."""
    path = folder / "t.yaml"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass"))
    document, problems = read(path, "t.yaml")
    assert (document is None) == bool(problems)
    return document and document.data, [str(p) for p in problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &x b\nc: *x\n", "t.yaml:1:4: anchors and aliases are not allowed"),
        ("a: b\nc: *x\n", "t.yaml:2:4: anchors and aliases are not allowed"),
        ("a: &x [b]\n", "t.yaml:1:4: anchors and aliases are not allowed"),
        ("a: !!python/object/apply:os.system [ls]\n", "t.yaml:1:4: tags (!…) are not allowed"),
        ("a: b\nc:\n  - !!str 5\n", "t.yaml:3:5: tags (!…) are not allowed"),
        ("a: b\nc:\n  <<: {d: e}\n", "t.yaml:3:3: merge keys are not allowed"),
        ("a: b\nc: d\na: e\n", "t.yaml:3:1: the key 'a' stands here twice"),
        ("a:\n  - {b: c, b: d}\n", "t.yaml:2:12: the key 'b' stands here twice"),
        ("a: b\n[c]: d\n", "t.yaml:2:1: a key must be plain text"),
        ("a: b\nc: x\u202ey\n", "t.yaml:2:4: the control character U+202E is not allowed"),
        ("a: [b, 'c\u200bd']\n", "t.yaml:1:8: the control character U+200B is not allowed"),
        ('a: "\\e]52;c;x"\n', "t.yaml:1:4: the control character U+001B is not allowed"),
        ('a: "\\0"\n', "t.yaml:1:4: the control character U+0000 is not allowed"),
        ('a: "\\ud800"\n', "t.yaml:1:4: the control character U+D800 is not allowed"),
        (b"a: b\nc: d\xff\n", "t.yaml:2:5: not UTF-8"),
        (b"a: \xe9t\xe9\n", "t.yaml:1:4: not UTF-8"),
        (b"\xff\xfea\x00:\x00 \x00b\x00", "t.yaml:1:1: not UTF-8"),
        ("", "t.yaml:1:1: the file is empty"),
        ("# nothing\n", "t.yaml:2:1: the file is empty"),
        ("a: b\n---\nc: d\n", "t.yaml:2:1: only one document in a file"),
        ("a:\n\tb: c\n", "t.yaml:2:1: not valid YAML: found character '\\t'"),
        ("a: [b\nc: d\n", "t.yaml:2:2: not valid YAML"),
        ("[\n" * 20, "t.yaml:14:1: nested deeper than 12 levels"),
        ("[" * 100_000, "t.yaml:1:14: nested deeper than 12 levels"),
        ("".join(" " * n + "a:\n" for n in range(900)), "t.yaml:14:14: nested deeper than 12 levels"),
        (f"a: {'b' * MAX_BYTES}\n", "t.yaml:1:1: larger than 1,000,000 bytes"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_refused_is_refused_with_its_place(tmp_path: Path, text: str | bytes, problem: str) -> None:
    data, problems = reading(tmp_path, text)
    assert data is None
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_a_flood_of_values_is_refused_and_not_read_on(tmp_path: Path) -> None:
    _, problems = reading(tmp_path, "- a\n" * (MAX_NODES + 10))
    assert [p.split(": ", 1)[1] for p in problems] == [f"more than {MAX_NODES} values in one file: split it"]


def test_an_alias_bomb_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    started = time.process_time()
    assert reading(tmp_path, bomb)[1] == [
        "t.yaml:1:5: anchors and aliases are not allowed: write the value out",
    ]
    assert time.process_time() - started < 1


def test_text_stays_what_the_author_wrote(tmp_path: Path) -> None:
    document = """\
        - no
        - yes
        - Off
        - True
        - 1:30
        - 010
        - 0x10
        - 1e3
        - 1_000
        - .5
        - .inf
        - ~
        - null
        - 2024-01-01
        - '5'
        - "true"
        -
        - a: |
            no
    """
    data, problems = reading(tmp_path, document)
    assert not problems
    assert data == [
        "no", "yes", "Off", "True", "1:30", "010", "0x10", "1e3", "1_000", ".5", ".inf", "~", "null", "2024-01-01",
        "5", "true", "", {"a": "no\n"},
    ]  # fmt: skip


def test_only_plain_numbers_and_true_false_are_more_than_text(tmp_path: Path) -> None:
    data, _ = reading(tmp_path, "[true, false, 0, -12, 1.5, -0.25]\n")
    assert data == [True, False, 0, -12, 1.5, -0.25]
    assert [type(v) for v in data] == [bool, bool, int, int, float, float]


def test_a_byte_order_mark_from_windows_and_its_line_ends_are_no_fault(tmp_path: Path) -> None:
    assert reading(tmp_path, "\ufeffa: b\r\nc: d\r\n") == ({"a": "b", "c": "d"}, [])


def test_what_cannot_be_read_is_a_problem_and_not_an_exception(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").mkdir()
    document, problems = read(tmp_path / "t.yaml", "t.yaml")
    assert document is None
    assert str(problems[0]) == "t.yaml:1:1: can't be read: Is a directory"
    assert str(read(tmp_path / "none.yaml", "none.yaml")[1][0]).startswith("none.yaml:1:1: can't be read: No such file")


# Fuzzing ----------------------------------------------------------------------------------------------------------

GOOD = small_bank.TOPIC.encode()
PIECES = st.sampled_from(
    [b"&a ", b"*a", b"!!x ", b"<<: ", b"? ", b"- ", b": ", b"\n", b"\t", b"[", b"{", b"}", b"|\n", b">-\n", b"---\n",
     b"...\n", b"%TAG ! x\n", b"'", b'"', b'"\\x00"', b"\xff", b"\x1b", "\u202e".encode(), "\u2028".encode(),
     b"\xef\xbb\xbf", b"no", b"1:30", b"#", b"@", b"`", b"~"]
)  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A good file with a few bytes cut out, doubled, or put in."""
    raw = GOOD
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        end = min(len(raw), at + draw(st.integers(0, 30)))
        what = draw(st.sampled_from(["cut", "double", "put", "byte"]))
        new = {
            "cut": b"",
            "double": raw[at:end] * 2,
            "put": draw(PIECES) + raw[at:end],
            "byte": bytes([draw(st.integers(0, 255))]) + raw[at + 1 : end],
        }[what]
        raw = raw[:at] + new + raw[end:]
    return raw


ONCE = settings(
    max_examples=150, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@ONCE
@given(raw=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_are_data_or_one_located_problem(tmp_path: Path, raw: bytes) -> None:
    started = time.process_time()
    reading(tmp_path, raw)
    assert time.process_time() - started < 1


@ONCE
@given(raw=mutations())
def test_a_broken_bank_is_problems_with_places_and_never_an_exception(tmp_path: Path, raw: bytes) -> None:
    folder = small_bank.write(tmp_path / "bank")
    (folder / "caches.yaml").write_bytes(raw)
    started = time.process_time()
    bank, problems = load_bank(folder)
    assert time.process_time() - started < 1
    lines = raw.count(b"\n") + raw.count(b"\r") + raw.count("\u2028".encode()) + raw.count("\u2029".encode()) + 10
    for problem in problems:
        assert problem.line >= 1 and problem.column >= 1 and problem.message
        assert problem.line <= lines
    assert list(problems) == sorted(problems)
    if not problems:
        for question in bank.questions.values():
            assert question.points and question.ask.strip() and question.rubric
