"""What an import refuses, and that it refuses all of it: every problem at once with its place, and nothing kept."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bank import small_bank
from tests.bank.test_own import OWN
from voiceprep.bank.contents import MAX_BYTES, Bank
from voiceprep.bank.incoming import Offer, offered, offered_curriculum
from voiceprep.bank.load import sound_bank
from voiceprep.bank.own import keep, with_own


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return sound_bank(small_bank.write(tmp_path_factory.mktemp("small") / "bank"))


def refused(path: Path, bank: Bank, **how: bool) -> list[str]:
    """The problems, with the file's name only; there's nothing to keep beside them."""
    started = time.process_time()
    offer, problems = offered(path, bank, **how)
    assert time.process_time() - started < 2
    assert problems and offer.questions == ()
    return [str(replace(p, file=Path(p.file).name)) for p in problems]


def question(old: str, new: str) -> str:
    return small_bank.edited(old, new, OWN)


BOMB = "a0: &a0 [x, x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))

HOSTILE = {
    "aliases": (BOMB, "1:5: anchors and aliases are not allowed"),
    "a tag": (question("why: I", "why: !!python/object/apply:os.system [id]\n    #"), "13:10: tags (!…) are not"),
    "deep": ("[" * 50_000, "1:14: nested deeper than 12 levels"),
    "many values": ("- a\n" * 40_000, "more than 30000 values"),
    "huge": (f"a: {'b' * MAX_BYTES}", f"1:1: larger than {MAX_BYTES:,} bytes"),
    "a key twice": (question("    version: 1\n", "    version: 1\n    version: 2\n"), "6:5: the key 'version'"),
    "control bytes": (question("I keep", '"\\e]52;c;aGk=\\a"\n    #'), "13:10: the control character U+001B"),
    "a direction mark": (question("I keep", "I \u202e keep"), "13:10: the control character U+202E"),
    "a null byte": (question("I keep", "I \0 keep"), "the control character U+0000 is not allowed"),
    "binary": (b"\x7fELF\x02\x01\x01\x00\xff\xfe", "1:9: not UTF-8"),
    "bad UTF-8": (OWN.encode() + b"    tips: [\xc3\x28]\n", "26:12: not UTF-8"),
    "utf-16": (OWN.encode("utf-16"), "1:1: not UTF-8"),
    "empty": ("", "the file is empty"),
    "another form": (question("questions/1", "pack/9"), "1:7: form: Input should be 'voiceprep-questions/1'"),
    "a path as id": (question("id: own-lock", "id: ../../../home/me/.bashrc"), "4:9: questions.0.id: String"),
    "an absolute path": (question("id: own-lock", "id: /etc/passwd"), "questions.0.id: String should match"),
    "a dot": (question("id: own-lock", "id: own.lock"), "questions.0.id: String should match"),
    "a path as topic": (question("topic: mine", "topic: ../mine"), "2:8: topic: String should match"),
    "an unknown key": (question("    why:", "    run: rm -rf\n    why:"), "questions.0.run: this key isn't known"),
    "a shipped id": (question("id: own-lock", "id: why-cache"), "4:9: 'why-cache' is a question that comes with"),
    "no words to hear": (question("Only one writer changes the data at a time.", "A lock."), "16:9: has hardly"),
    "too few sayings": (question(", It blocks them.", ""), "17:9: 6 sayings and 4 that go against it teach a point"),
    "a mad pattern": (question("core: true", "core: true, claims: [{patterns: ['(a|' ]}]"), "can't read the pattern"),
    "one noun": (question("core: true", "core: true, claims: [{patterns: [writer]}]"), "one word of it would"),
    "too long a text": (question("I keep", "I keep " + "x" * 700), "13:10: questions.0.why: String should"),
    "too heavy": (question("weight: 0.125", "weight: 99"), "questions.0.points.1.weight: Input should be less"),
    "a saying without words": (question("[They queue up.", "['...'"), "questions.0.points.1.says.0: String"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_place(tmp_path: Path, small: Bank, name: str) -> None:
    raw, problem = HOSTILE[name]
    path = tmp_path / "pack.yaml"
    path.write_bytes(raw.encode("utf-8") if isinstance(raw, str) else raw)
    found = refused(path, small)
    assert len(found) == 1 and found[0].startswith("pack.yaml:") and problem in found[0], found
    assert sorted(tmp_path.iterdir()) == [path], "looking writes nothing"


def test_every_problem_of_every_file_comes_at_once_and_good_files_are_not_kept(tmp_path: Path, small: Bank) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "a.yaml").write_text(OWN)
    (pack / "b.yaml").write_text(question("id: own-lock", "id: queue-or-call").replace("version: 1", "version: one"))
    (pack / "c.yaml").write_text("a: &x b")
    (pack / "d.md").write_text("## Why?\n\nBecause.\n")
    (pack / "e.yml").write_text(OWN)
    (pack / "f.yaml").symlink_to("/etc/hostname")
    os.mkfifo(pack / "g.md")
    found = refused(pack, small)
    assert [p.split(": ")[0] for p in found] == [
        "b.yaml:5:14", "c.yaml:1:4", "d.md:1:1", "e.yml:4:9", "f.yaml:1:1", "g.md:1:1",
    ]  # fmt: skip
    assert "the question 'own-lock' is defined twice" in found[3]
    assert "is a link" in found[4] and "is no ordinary file" in found[5]


def test_a_packs_lexicon_rounds_and_tags_are_left_alone(tmp_path: Path, small: Bank) -> None:
    pack = small_bank.write(tmp_path / "pack", caches="", mine=OWN, lexicon="nonsense: [")
    (pack / "README.md").write_text("## How to use it\n")
    offer, problems = offered(pack, small)
    assert problems == () and [q.id for q in offer.questions] == ["own-lock"]
    assert offer.left_alone == ("README.md", "lexicon.yaml", "rounds.yaml", "tags.yaml")


def test_a_packs_sayings_files_are_read_like_the_banks(tmp_path: Path, small: Bank) -> None:
    pack = tmp_path / "pack"
    (pack / "sayings").mkdir(parents=True)
    (pack / "mine.yaml").write_text(question("core: true", "core: true, claims: [{patterns: [one writer]}]"))
    line = '{"point": "%s", "kind": "says", "text": "One at a time, please."}\n'
    (pack / "sayings" / "own-lock.jsonl").write_text(line % "one-writer")
    offer, problems = offered(pack, small)
    assert problems == () and offer.questions[0].point("one-writer").said == ("One at a time, please.",)
    (pack / "sayings" / "own-lock.jsonl").write_text(line % "nothing")
    assert refused(pack, small) == ["own-lock.jsonl:1:1: own-lock has no point 'nothing'"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nowhere.yaml", "nowhere.yaml:1:1: can't be read: No such file or directory"),
        ("notes.pdf", "notes.pdf:1:1: is neither YAML (.yaml) nor Markdown (.md): rename it"),
        ("pipe.yaml", "pipe.yaml:1:1: is no ordinary file: save it as one"),
        ("empty", "empty:1:1: holds no questions: put .yaml or .md files there"),
    ],
)
def test_what_is_no_bank_file_is_said_so(tmp_path: Path, small: Bank, name: str, problem: str) -> None:
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / name, small) == [problem]


def test_the_same_again_is_known_and_another_under_its_name_must_be_wanted(tmp_path: Path, small: Bank) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(OWN)
    keep(tmp_path / "q", offered(path, small)[0].questions)
    mine = with_own(small, tmp_path / "q")
    offer, problems = offered(path, mine)
    assert problems == () and offer.known == {"own-lock"} and offer.changed == frozenset()
    path.write_text(question("I keep getting", "I kept getting"))
    assert refused(path, mine) == [
        "mine.yaml:4:9: you have a question 'own-lock' that differs: add --replace, or `voiceprep bank remove` it first"
    ]
    offer, problems = offered(path, mine, replacing=True)
    assert problems == () and offer.changed == {"own-lock"}
    path.write_text(question("id: own-lock", "id: why-cache"))
    assert "which no import changes" in refused(path, mine, replacing=True)[0]


# Markdown ---------------------------------------------------------------------------------------------------------

THREE = """\
# Go notes

What stands here belongs to nothing.

## What is a goroutine, and what does it cost?
A goroutine is a function that runs concurrently,
scheduled by the runtime onto a few threads. It starts with
a stack of a few kilobytes. They scale.

## When does a channel deadlock?

When nobody is there. I look at the dump.

- Sending on an unbuffered channel blocks until somebody receives.
- When every goroutine waits for another one,
  the runtime stops the program.
1. A `select` with a *default* never blocks, see [the docs](https://example.org/x).

```go
## not a heading
- not a point
```

## Tell me about a time you were wrong \N{EM DASH} what happened?
> I trusted a cache that nobody had measured, and **it was stale**.
"""


def test_a_markdown_file_of_three_questions(tmp_path: Path, small: Bank) -> None:
    path = tmp_path / "go.md"
    path.write_bytes(THREE.replace("\n", "\r\n").encode("utf-8-sig"))
    offer, problems = offered(path, small)
    assert problems == ()
    goroutine, channel, wrong = offer.questions
    assert [q.id for q in offer.questions] == [
        "own-what-is-a-goroutine-and-what-does-it",
        "own-when-does-a-channel-deadlock",
        "own-tell-me-about-a-time-you-were-wrong",
    ]
    assert {q.topic for q in offer.questions} == {"go-notes"} and {q.sources for q in offer.questions} == {("own",)}
    assert goroutine.ask == "What is a goroutine, and what does it cost?"
    assert [p.text for p in goroutine.points] == [
        "A goroutine is a function that runs concurrently, scheduled by the runtime onto a few threads.",
        "It starts with a stack of a few kilobytes.",
    ], "a sentence of one word is nothing to be heard"
    assert goroutine.model_answer.endswith("They scale.")
    assert [p.text for p in channel.points] == [
        "Sending on an unbuffered channel blocks until somebody receives.",
        "When every goroutine waits for another one, the runtime stops the program.",
        "A select with a default never blocks, see the docs.",
    ]
    assert channel.model_answer == "When nobody is there. I look at the dump."
    assert (goroutine.type, wrong.type) == ("technical", "behavioral")
    assert wrong.points[0].text == "I trusted a cache that nobody had measured, and it was stale."


def test_two_questions_with_the_same_words_get_two_ids(tmp_path: Path, small: Bank) -> None:
    one = "## Why a lock?\n\nBecause two writers would overwrite each other's changes.\n"
    (tmp_path / "a.md").write_text(one + one)
    (tmp_path / "b.md").write_text(one)
    offer, problems = offered(tmp_path, small)
    assert problems == ()
    assert [q.id for q in offer.questions] == ["own-why-a-lock", "own-why-a-lock-2", "own-why-a-lock-3"]


LONG = "A lock makes the second writer wait until the first one is done with it. "

BAD_MARKDOWN = {
    "no question": ("Just text.\n", ["1:1: holds no question: write each as a line '## question'"]),
    "no answer": ("## Why a lock?\n\n## And why two?\n", ["1:1: its answer has 0 characters", "3:1: its answer has 0"]),
    "too short": ("\n## Why a lock?\nBecause.\n", ["2:1: its answer has 8 characters, not 40 to 4,000: write out"]),
    "too long": ("## Why a lock?\n" + LONG * 60, ["1:1: its answer has 4,379 characters".replace(",", "")]),
    "too much": ("## Why a lock?\n" + LONG * 20_000, [f"1:1: larger than {MAX_BYTES:,} bytes"]),
    "too many points": ("## Why a lock?\n" + "- It makes the second writer wait.\n" * 21, ["1:1: 21 points are more"]),
    "a long point": ("## Why a lock?\n- " + LONG * 9, ["2:1: a point of 656 characters"]),
    "nothing new": ("## Why a lock?\nA lock. Why a lock? Why, a lock. A lock is a lock. A lock.", ["1:1: its"]),
    "a noun": ("## Why a lock?\n- Writers\n- The second writer waits for the first one.\n", ["2:1: has hardly a word"]),
    "a heading inside": (f"## Why a lock?\n### Well\n{LONG}", ["2:1: a heading inside a question"]),
    "no title": (f"## \n{LONG}", ["1:1: the question has 0 characters"]),
    "control bytes": (f"## Why\x1b[2J a lock?\n{LONG}\x07", ["1:7: the control character U+001B", "2:74: the control"]),
    "a flood": ("## a b\n" * 501, ["1:1: more than 500 questions: split the file"]),
    "hashes": ("# " + "#" * 50_000 + " " * 100_000 + "x\n", ["1:1: holds no question"]),
    "brackets": ("## Why a lock?\n" + "[" * 100_000 + "](" * 100_000, ["1:1: its answer has"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_MARKDOWN)
def test_markdown_that_makes_no_questions_is_refused_line_by_line(tmp_path: Path, small: Bank, name: str) -> None:
    text, problems = BAD_MARKDOWN[name]
    path = tmp_path / "own.md"
    path.write_text(text, encoding="utf-8")
    found = refused(path, small)
    assert len(found) == len(problems), found
    for got, wanted in zip(found, problems, strict=True):
        assert got.startswith(f"own.md:{wanted}"), got


PIECES = st.sampled_from(
    ["## Why?\n", "# x\n", "### y\n", "- a point that says something\n", "  more\n", "```\n", "> ", "**", "`", "[a](b)",
     "\n", "\n\n", "A lock makes the second writer wait. ", "\x00", "\u202e", "\u2028", "not", "- \n", "1) \n", "\t"]
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(pieces=st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=40))
def test_any_markdown_is_questions_that_can_be_kept_or_located_problems(
    tmp_path: Path, small: Bank, pieces: list[str]
) -> None:
    path = tmp_path / "any.md"
    path.write_bytes("".join(pieces).encode("utf-8", "replace"))
    offer, problems = offered(path, small)
    assert bool(problems) != bool(offer.questions)
    assert all(p.line >= 1 and p.column >= 1 and p.message for p in problems)
    if offer.questions:
        folder = tmp_path / f"q{hash(tuple(pieces))}"
        keep(folder, offer.questions)
        assert {i: q for i, q in with_own(small, folder).questions.items() if i not in small.questions} == {
            q.id: q for q in offer.questions
        }


# A CV -------------------------------------------------------------------------------------------------------------

CV = """\
# Jane Doe
jane@example.org | https://example.org/jane

## Experience

### Senior backend developer, Acme Payments (2021 - present)
- Split the billing monolith into three services
- Cut the p99 of the checkout from 900 to 120 ms

### Backend developer | Shoplift GmbH
Mar 2018 \N{EN DASH} Dec 2020
* Built the stock service in Go and Kafka, which
  handled 4,000 events a second
* On-call

**Link shortener** 2017
I wrote a small link shortener in Python. It served a million clicks.

## Education
BSc Computer Science, 2014-2017
- Wrote a thesis on caches
"""


def cv(folder: Path, bank: Bank, text: str | bytes) -> tuple[Offer, list[str]]:
    path = folder / "cv.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    offer, problems = offered_curriculum(path, bank)
    return offer, [str(replace(p, file=Path(p.file).name)) for p in problems]


def test_a_cv_of_three_projects_is_three_stories_to_tell(tmp_path: Path, small: Bank) -> None:
    offer, problems = cv(tmp_path, small, CV)
    assert problems == []
    assert [q.ask.split(". What")[0] for q in offer.questions] == [
        "Tell me about \u201cSenior backend developer, Acme Payments\u201d",
        "Tell me about \u201cBackend developer, Shoplift GmbH\u201d",
        "Tell me about \u201cLink shortener\u201d",
    ]
    for question_ in offer.questions:
        assert question_.type == "behavioral" and question_.sources == ("own",)
        assert [p.kind for p in question_.points] == ["star_s", "star_t", "star_a", "star_r"]
        assert [f.points[0].kind for f in question_.follow_ups] == ["star_a", "star_r"]
    first = offer.questions[0]
    assert first.point("action").say == "I split the billing monolith into three services."
    assert first.point("result").say == "I cut the p99 of the checkout from 900 to 120 ms."
    assert "2021 - present" in first.point("situation").say
    assert "example.org" not in "".join(q.model_answer + q.ask for q in offer.questions)
    keep(tmp_path / "q", offer.questions)
    assert {q.id: q for q in offer.questions}.items() <= with_own(small, tmp_path / "q").questions.items()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "cv.md:1:1: tells of no project"),
        ("# Jane\n## Skills\n- Go\n- Kafka\n", "cv.md:1:1: tells of no project"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "cv.md:2:2: not UTF-8 text: save it as UTF-8 (a PDF"),
        ("x" * (MAX_BYTES + 1), f"cv.md:1:1: larger than {MAX_BYTES:,} bytes"),
    ],
)
def test_a_cv_without_projects_is_said_so(tmp_path: Path, small: Bank, text: str | bytes, problem: str) -> None:
    offer, problems = cv(tmp_path, small, text)
    assert offer == Offer() and len(problems) == 1 and problems[0].startswith(problem)


def test_what_a_pdf_leaves_in_a_cv_reaches_nobody(tmp_path: Path, small: Bank) -> None:
    offer, problems = cv(tmp_path, small, "Acme\x0c \x1b]52;c;aGk=\x07\u202e (2020)\n- Built\u200b the\u00ad search\n")
    assert problems == []
    everything = str(offer.questions)
    assert "I built the search." in everything
    assert not {"\x1b", "\x07", "\u202e", "\u200b", "\ufffd", "\u00ad"} & set(everything)


@pytest.mark.parametrize(
    "text",
    ["a@" * 200_000, "2020 - " * 60_000, "- Built " + "(" * 300_000, "# " * 200_000, "[x](" * 100_000, "\n" * 900_000],
)
def test_a_cv_made_to_be_slow_is_not(tmp_path: Path, small: Bank, text: str) -> None:
    started = time.process_time()
    cv(tmp_path, small, text)
    assert time.process_time() - started < 5
