"""Sayings are loaded whole or every line that isn't one is named, with file, line and column; and they count."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.bank.small_bank import LEXICON, TOPIC, edited, place
from voiceprep.bank.contents import MAX_BYTES, Bank
from voiceprep.bank.load import load_bank, sound_bank
from voiceprep.bank.meaning import FEWEST_MISSAID, FEWEST_SAID
from voiceprep.bank.sayings_file import LONGEST, Saying, read_sayings
from voiceprep.core.feedback import Assessment, Ground, assess, assess_follow_up
from voiceprep.core.plan import plan_questions
from voiceprep.core.transcript import typed
from voiceprep.errors import BankError
from voiceprep.sessions import store


def line(text: str, point: str = "less-load", kind: str = "says") -> str:
    return json.dumps({"point": point, "kind": kind, "text": text}, ensure_ascii=False)


LOAD = [
    *(
        line(text)
        for text in (
            "The database has much less to do when the values are held in memory.",
            "It spares the database most of the reads.",
            "Most requests never get through to the database any more.",
            "The database is relieved, because the cache catches the reads.",
            "Only a few queries still hit the database.",
            "That keeps the pressure away from the database server.",
            "We took eight in ten queries off the database that way.",
            "The database can breathe, since repeated reads end at the cache.",
        )
    ),
    *(
        line(text, kind="against")
        for text in (
            "The database gets more queries than before because of the cache.",
            "Every read still goes to the database first.",
            "A cache adds a second query to the database for each read.",
            "The database works harder once there is a cache.",
            "It changes nothing for the database, all reads still reach it.",
        )
    ),
    line("Load and databases are words you hear a lot.", kind="names"),
    line("There is a cache and there is a database.", kind="names"),
]
BACKGROUND = [
    json.dumps({"text": text})
    for text in ("That is a good question, let me think.", "I worked with a small team on a Monday.")
]
GOOD = line("It takes the load off.")

CLAIMLESS = edited(
    """        core: true
        claims:
          - patterns: [(takes|reduces|removes) ... load, database ... asked less]
""",
    "        core: true\n",
)
"""The small bank's topic with a point, less-load, that only sayings can be heard of."""


def sayings(folder: Path, *lines: str, name: str = "why-cache") -> Path:
    root = folder / "sayings"
    root.mkdir(parents=True, exist_ok=True)
    path = root / f"{name}.jsonl"
    path.write_text("".join(f"{item}\n" for item in lines), encoding="utf-8")
    return path


def bank_with(folder: Path, *lines: str, background: tuple[str, ...] = (), **changed: str) -> Path:
    small_bank.write(folder, **changed)
    if lines:
        sayings(folder, *lines)
    if background:
        sayings(folder, *background, name="background")
    return folder


def problems_of(folder: Path) -> list[str]:
    return [str(p).removeprefix(f"{folder}/") for p in load_bank(folder)[1]]


# What a line may be -----------------------------------------------------------------------------------------------


def test_a_saying_is_a_sentence_with_its_point_and_its_line(tmp_path: Path) -> None:
    path = sayings(
        tmp_path, line("One."), "", "   ", line("Zwei „ü“ 日本.", "stale-data", "against"), line("3", kind="names")
    )
    assert read_sayings(path, "x") == (
        (
            Saying(1, "One.", "less-load", "says"),
            Saying(4, "Zwei „ü“ 日本.", "stale-data", "against"),
            Saying(5, "3", "less-load", "names"),
        ),
        (),
    )


def test_background_is_text_alone(tmp_path: Path) -> None:
    path = sayings(tmp_path, '{"text": "Let me think."}', name="background")
    assert read_sayings(path, "x", background=True) == ((Saying(1, "Let me think."),), ())
    assert [p.message for p in read_sayings(path, "x")[1]] == ["must be an object with kind, point, text, each a text"]


LONG = "w" * (LONGEST + 1)
# (a bad line, what its column points at, message)
BAD = [
    ("{", 2, "is no JSON object"),
    ("not json", 1, "is no JSON object"),
    (GOOD + GOOD, len(GOOD) + 1, "is no JSON object"),
    (GOOD[:-1], len(GOOD), "is no JSON object"),
    ('["less-load", "says", "It helps."]', 1, "must be an object"),
    ('"It helps."', 1, "must be an object"),
    ("null", 1, "must be an object"),
    ('{"point": "less-load", "text": "It helps."}', 1, "must be an object with kind, point, text, each a text"),
    ('{"point": "less-load", "kind": "says", "text": "It helps.", "by": "me"}', 1, "must be an object"),
    ('{"point": "less-load", "kind": "says", "txt": "It helps."}', 1, "must be an object"),
    ('{"point": "less-load", "kind": "says", "text": 3}', 1, "must be an object"),
    ('{"point": "less-load", "kind": null, "text": "It helps."}', 1, "must be an object"),
    ('{"point": "less-load", "kind": "says", "text": NaN}', 1, "must be an object"),
    ('{"point": "less-load", "kind": "says", "text": ["It helps."]}', 1, "must be an object"),
    (line("It helps.", kind="said"), 24, "the kind is one of says, against, names"),
    (line("It helps.", kind="Says"), 24, "the kind is one of"),
    (line(LONG), 40, f"a saying has words, and at most {LONGEST} characters"),
    (line(""), 40, "a saying has words"),
    (line(" ... !"), 40, "a saying has words"),
    (GOOD.replace("load off", "load\x07off"), GOOD.index("load off") + 5, "holds a control or invisible character"),
    (GOOD.replace("load off", "load\u200boff"), GOOD.index("load off") + 5, "holds a control or invisible character"),
    (GOOD.replace("load off", "\x1b[1mload"), GOOD.index("load off") + 1, "holds a control or invisible character"),
    ("\ufeff" + GOOD, 1, "holds a control or invisible character"),
]


@pytest.mark.parametrize(("bad", "column", "message"), BAD, ids=lambda v: ascii(v)[:40])
def test_a_bad_line_is_pointed_at_and_the_others_are_kept(tmp_path: Path, bad: str, column: int, message: str) -> None:
    folder = bank_with(tmp_path / "bank", *LOAD[:2], bad, LOAD[2])
    (found,) = problems_of(folder)
    assert found.startswith(f"sayings/why-cache.jsonl:3:{column}: {message}")
    kept, _ = read_sayings(folder / "sayings" / "why-cache.jsonl", "x")
    assert [s.line for s in kept] == [1, 2, 4]
    assert all(ord(c) >= 32 for c in found), "what is printed about a line is harmless itself"


@pytest.mark.parametrize(
    ("bad", "column", "message"), [b for b in BAD if "kind" not in b[2]], ids=lambda v: ascii(v)[:40]
)
def test_background_is_checked_as_well(tmp_path: Path, bad: str, column: int, message: str) -> None:
    folder = bank_with(tmp_path / "bank", background=(BACKGROUND[0], bad.replace(GOOD, BACKGROUND[1])))
    (found,) = problems_of(folder)
    assert found.startswith("sayings/background.jsonl:2:")


def test_the_longest_saying_is_one(tmp_path: Path) -> None:
    assert problems_of(bank_with(tmp_path, line(LONG[:-1]))) == []


def test_all_bad_lines_come_at_once_and_in_order_with_the_other_files(tmp_path: Path) -> None:
    topic = edited("[cache everything]", "[everything]")
    folder = bank_with(tmp_path / "bank", "{", GOOD, "[]", line("So.", "nowhere"), caches=topic, background=("x",))
    assert [f.split(": ")[0] for f in problems_of(folder)] == [
        f"caches.yaml:{place('everything]', topic)}",
        "sayings/background.jsonl:1:1",
        "sayings/why-cache.jsonl:1:2",
        "sayings/why-cache.jsonl:3:1",
        "sayings/why-cache.jsonl:4:1",
    ]
    with pytest.raises(BankError) as refused:
        sound_bank(folder)
    assert "sayings/why-cache.jsonl:3:1" in refused.value.message


def test_line_ends_of_any_kind_give_the_same_sayings(tmp_path: Path) -> None:
    path = sayings(tmp_path, *LOAD)
    expected = read_sayings(path, "x")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_sayings(path, "x") == expected
    path.write_bytes(path.read_bytes().rstrip(b"\r\n"))
    assert read_sayings(path, "x") == expected, "nor is a last line without its end lost"


def test_an_empty_file_holds_no_sayings(tmp_path: Path) -> None:
    for content in (b"", b"\n\n", b"  \r\n"):
        path = sayings(tmp_path)
        path.write_bytes(content)
        assert read_sayings(path, "x") == ((), ())


@pytest.mark.parametrize("escape", ["\\u001b[2J", "\\u0000", "\\u200b", "\\ud800"])
def test_an_escaped_control_character_is_refused_as_well(tmp_path: Path, escape: str) -> None:
    folder = bank_with(tmp_path / "bank", GOOD.replace("load off", f"load {escape}"))
    (found,) = problems_of(folder)
    assert found.startswith("sayings/why-cache.jsonl:1:")


def test_a_line_nested_without_end_is_pointed_at(tmp_path: Path) -> None:
    folder = bank_with(tmp_path / "bank", GOOD, "[" * 100_000)
    (found,) = problems_of(folder)
    assert found.startswith("sayings/why-cache.jsonl:2:")


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    folder = bank_with(tmp_path / "bank", GOOD.replace('"kind": "says"', '"kind": "says", "kind": "against"'))
    (found,) = problems_of(folder)
    assert found.startswith("sayings/why-cache.jsonl:1:")


# What a file may be -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["why-cache", "background"])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, name: str) -> None:
    folder = bank_with(tmp_path / "bank")
    sayings(folder, name=name).write_bytes(GOOD.encode() + b"\n\xff\xfe\n")
    (found,) = problems_of(folder)
    assert found.startswith(f"sayings/{name}.jsonl:1:1: can't be read: ")


@pytest.mark.parametrize("name", ["why-cache", "background"])
def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, name: str) -> None:
    folder = bank_with(tmp_path / "bank")
    with sayings(folder, name=name).open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert problems_of(folder) == [f"sayings/{name}.jsonl:1:1: is larger than {MAX_BYTES} bytes: split it"]


def test_a_folder_or_nothing_in_place_of_a_file_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.jsonl"):
        found, (problem,) = read_sayings(path, "sayings/x.jsonl")
        assert found == () and str(problem).startswith("sayings/x.jsonl:1:1: can't be read: ")


@pytest.mark.parametrize("name", ["why-cache", "background"])
@pytest.mark.parametrize("what", ["folder", "dead link"])
def test_what_is_there_and_no_file_is_pointed_at(tmp_path: Path, name: str, what: str) -> None:
    folder = bank_with(tmp_path / "bank", GOOD)
    path = folder / "sayings" / f"{name}.jsonl"
    path.unlink(missing_ok=True)
    if what == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "gone")
    (found,) = problems_of(folder)
    assert found.startswith(f"sayings/{name}.jsonl:1:1: ")


@pytest.mark.parametrize("name", ["why-cash", "Why-cache", "invalidate", "why-cache.old"])
def test_a_file_for_no_question_is_pointed_at(tmp_path: Path, name: str) -> None:
    folder = bank_with(tmp_path / "bank")
    sayings(folder, GOOD, name=name)
    assert problems_of(folder) == [f"sayings/{name}.jsonl:1:1: there is no question {name!r}"]


def test_the_file_of_a_question_that_was_refused_is_no_orphan(tmp_path: Path) -> None:
    topic = edited("short: Why a cache", "short: 42")
    (found,) = problems_of(bank_with(tmp_path / "bank", GOOD, caches=topic))
    assert found.startswith(f"caches.yaml:{place('42', topic)}: ")


# Whose sayings they are -------------------------------------------------------------------------------------------


def test_sayings_go_to_their_points_and_pitfalls_in_order(tmp_path: Path) -> None:
    extra = [line("Give it an expiry.", "expiry"), line("I would cache it all.", "cache-everything")]
    bank = sound_bank(bank_with(tmp_path, *LOAD, *extra, background=tuple(BACKGROUND)))
    question = bank.questions["why-cache"]
    load = question.point("less-load")
    by_kind = {
        k: tuple(json.loads(s)["text"] for s in LOAD if f'"kind": "{k}"' in s) for k in ("says", "against", "names")
    }
    assert (load.said, load.missaid, load.named) == tuple(by_kind.values())
    assert question.follow_up("invalidate").points[0].said == ("Give it an expiry.",)
    assert [p.said for p in question.pitfalls] == [("I would cache it all.",), ()]
    assert question.point("stale-data").said == () == bank.questions["queue-or-call"].points[0].said
    assert bank.lexicon.background == tuple(json.loads(s)["text"] for s in BACKGROUND)


@pytest.mark.parametrize("point", ["nothing", "", "survives", "why-cache"])
def test_a_saying_of_an_unknown_point_is_pointed_at(tmp_path: Path, point: str) -> None:
    folder = bank_with(tmp_path / "bank", *LOAD, line("So.", point), line("And so.", point))
    assert problems_of(folder) == [
        f"sayings/why-cache.jsonl:{len(LOAD) + 1}:1: why-cache has no point {point!r}",
    ]


@pytest.mark.parametrize("kind", ["against", "names"])
def test_what_only_names_a_pitfall_does_not_walk_into_it(tmp_path: Path, kind: str) -> None:
    folder = bank_with(tmp_path / "bank", line("I would never cache it all.", "cache-everything", kind))
    bank, problems = load_bank(folder)
    assert problems or bank.questions["why-cache"].pitfalls[0].said == ()


def test_a_pitfall_does_not_take_the_sayings_of_a_point_with_its_id(tmp_path: Path) -> None:
    topic = edited("id: no-price", "id: stale-data")
    bank, problems = load_bank(bank_with(tmp_path / "bank", line("It may be old.", "stale-data"), caches=topic))
    assert problems or all(p.said == () for p in bank.questions["why-cache"].pitfalls)


def test_a_point_needs_claims_or_enough_sayings(tmp_path: Path) -> None:
    at = place("id: less-load", CLAIMLESS)
    says = [s for s in LOAD if '"says"' in s]
    against = [s for s in LOAD if '"against"' in s]

    def found(n: str, *lines: str) -> list[str]:
        return problems_of(bank_with(tmp_path / n, *lines, caches=CLAIMLESS))

    wanted = [f"caches.yaml:{at}: needs something to be heard by: claims, or 6 sayings and 4 that go against it"]
    assert (FEWEST_SAID, FEWEST_MISSAID) == (6, 4)
    assert found("none") == wanted
    assert found("too few that say it", *says[:5], *against) == wanted
    assert found("too few against", *says, *against[:3]) == wanted
    assert found("only named", *[s.replace('"says"', '"names"') for s in says], *against) == wanted
    assert found("enough", *says[:6], *against[:4]) == []


def test_a_follow_ups_point_and_a_pitfall_need_something_as_well(tmp_path: Path) -> None:
    topic = edited(
        "            claims:\n              - patterns: [reads ... (hit|fall on) ... database]\n",
        "",
    )
    (found,) = problems_of(bank_with(tmp_path / "point", caches=topic))
    assert found.startswith(f"caches.yaml:{place('id: stampede', topic)}: needs something to be heard by")
    topic = edited("        claims:\n          - patterns: [cache everything]\n", "")
    (found,) = problems_of(bank_with(tmp_path / "pitfall", caches=topic))
    assert found.startswith(f"caches.yaml:{place('id: cache-everything', topic)}: say what gives it away")
    taught = bank_with(tmp_path / "taught", line("I would cache it all.", "cache-everything"), caches=topic)
    assert problems_of(taught) == []


# What they change -------------------------------------------------------------------------------------------------


def rubrics(folder: Path) -> dict[str, str]:
    return {q.id: q.rubric for q in sound_bank(folder).questions.values()}


@pytest.mark.parametrize(
    "extra",
    [
        line("It takes work away from the database."),
        line("It takes work away from the database.", kind="against"),
        line("It takes work away from the database.", kind="names"),
        line("Expire it.", "expiry"),
        line("Cache it all.", "cache-everything"),
    ],
)
def test_a_saying_changes_its_questions_rubric_and_no_other(tmp_path: Path, extra: str) -> None:
    before, after = rubrics(bank_with(tmp_path / "1", *LOAD)), rubrics(bank_with(tmp_path / "2", *LOAD, extra))
    assert before["why-cache"] != after["why-cache"]
    assert before["queue-or-call"] == after["queue-or-call"], "the neighbour's trend must not break"
    assert sound_bank(tmp_path / "1").version != sound_bank(tmp_path / "2").version


def test_blank_lines_and_line_ends_change_no_rubric(tmp_path: Path) -> None:
    before = rubrics(bank_with(tmp_path / "1", *LOAD))
    folder = bank_with(tmp_path / "2", *LOAD)
    path = folder / "sayings" / "why-cache.jsonl"
    path.write_bytes(b"\r\n" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert rubrics(folder) == before


def test_background_changes_every_rubric(tmp_path: Path) -> None:
    before = rubrics(bank_with(tmp_path / "1", background=tuple(BACKGROUND[:1])))
    after = rubrics(bank_with(tmp_path / "2", background=tuple(BACKGROUND)))
    assert all(before[q] != after[q] for q in before)


def test_background_changes_every_rubric_without_a_lexicon_too(tmp_path: Path) -> None:
    before = rubrics(bank_with(tmp_path / "1", background=tuple(BACKGROUND[:1]), lexicon=""))
    after = rubrics(bank_with(tmp_path / "2", background=tuple(BACKGROUND), lexicon=""))
    assert all(before[q] != after[q] for q in before)


# In a session -----------------------------------------------------------------------------------------------------

ANSWER = (
    "Reads come back much faster because they are answered from memory. The cache spares the database most of the "
    "reads, so the pressure is kept away from it. The cached value can be stale, that is the price of it."
)


def session_of(root: Path) -> tuple[Bank, store.SessionFolder]:
    folder = bank_with(root / "bank", *LOAD, background=tuple(BACKGROUND), caches=CLAIMLESS)
    bank = sound_bank(folder)
    plan = plan_questions(["why-cache", "queue-or-call"], bank.questions)
    kept = store.create(root / "sessions", plan, bank.lexicon, bank.version, {})
    return bank, store.find(root / "sessions", kept.id)


def test_a_session_keeps_sayings_and_background(tmp_path: Path) -> None:
    bank, kept = session_of(tmp_path)
    grounds = kept.grounds()
    assert {i: g.question for i, g in grounds.by_id.items()} == bank.questions
    assert all(g.lexicon == bank.lexicon for g in grounds.by_id.values())
    assert len(grounds.ground("why-cache").question.point("less-load").said) == 8
    assert len(grounds.ground("why-cache").lexicon.background) == 2


def test_a_stored_session_is_judged_the_same_without_the_bank(tmp_path: Path) -> None:
    bank, kept = session_of(tmp_path)
    question = bank.questions["why-cache"]
    ground = Ground(question, bank.lexicon, bank.version)

    def judged(by: Ground, text: str) -> tuple[Assessment, ...]:
        parent = assess(by, typed(text), "a001")
        return (parent, *assess_follow_up(by, question.follow_ups[0], parent, typed(small_bank.INVALIDATE), "a002"))

    texts = (ANSWER, small_bank.GOOD, ANSWER.replace("spares the database", "gives the database"))
    before = [judged(ground, text) for text in texts]
    shutil.rmtree(tmp_path / "bank")
    stored = kept.grounds().ground("why-cache")
    assert [judged(stored, text) for text in texts] == before
    assert before[0][0].points[1].why.startswith("sounds like saying it"), "what is judged here is known by sayings"
    assert stored.rubric.learned == ground.rubric.learned is not None


def test_a_lexicon_without_background_is_written_and_read(tmp_path: Path) -> None:
    bank = sound_bank(bank_with(tmp_path / "bank", lexicon=LEXICON, caches=TOPIC))
    kept = store.create(tmp_path / "sessions", plan_questions(["why-cache"], bank.questions), bank.lexicon, "1", {})
    assert kept.grounds().ground("why-cache").lexicon.background == ()
    assert kept.grounds().ground("why-cache").rubric.learned is None
