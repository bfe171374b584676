"""A bank is loaded whole or reported whole: every problem of every file at once, each with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.bank.small_bank import LEXICON, ROUNDS, TOPIC, edited, place
from voiceprep.bank.load import MAX_FILES, load_bank, sound_bank
from voiceprep.errors import BankError


def problems_of(folder: Path, **changed: str) -> list[str]:
    """The problems as a compiler would print them, files by name only."""
    _, problems = load_bank(small_bank.write(folder / "bank", **changed))
    return [str(p).removeprefix(f"{folder}/bank/") for p in problems]


# One wrong thing in a good file: (old, new, what the place points at, message)
ONE = [
    ("tips: [Name", "tipps: [Name", "[Name the", "questions.0.tipps: this key isn't known"),
    ("    short: Why a cache\n", "", "id: why-cache", "questions.0.short: is missing: add it"),
    ("version: 1", "version: one", "one\n", "questions.0.version: Input should be a valid integer"),
    ("version: 1", "version: 1.0", "1.0\n", "questions.0.version: Input should be a valid integer"),
    ("short: Why a cache", "short: 42", "42\n", "questions.0.short: Input should be a valid string"),
    ("core: true", "core: yes", "yes\n", "questions.0.points.0.core: Input should be a valid boolean"),
    ("core: true", "core: 1", "1\n        weight", "questions.0.points.0.core: Input should be a valid boolean"),
    ("weight: 2", "weight: 0", "0\n        kind", "questions.0.points.0.weight: Input should be greater than 0"),
    ("weight: 2", "weight: .inf", ".inf", "questions.0.points.0.weight: Input should be a valid number"),
    ("kind: reason", "kind: guess", "guess", "questions.0.points.0.kind: Input should be"),
    ("id: faster-reads", "id: Faster Reads", "Faster Reads", "questions.0.points.0.id: String should match pattern"),
    ("id: why-cache", "id: ../../etc", "../../etc", "questions.0.id: String should match pattern"),
    ("technologies: [redis]", "technologies: redis", "redis\n", "questions.0.technologies: Input should be a valid"),
    ("type: technical", "type: trivia", "trivia", "questions.0.type: Input should be"),
    ("form: voiceprep-questions/1", "form: voiceprep-questions/2", "voiceprep-questions/2", "form: Input should be"),
]


@pytest.mark.parametrize(("old", "new", "at", "message"), ONE, ids=lambda v: " ".join(str(v).split())[:30])
def test_a_wrong_form_is_pointed_at(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    text = edited(old, new)
    found = problems_of(tmp_path, caches=text, rounds="")
    assert len(found) == 1
    assert found[0].startswith(f"caches.yaml:{place(at, text)}: {message}")


MEANING = [
    ("technologies: [redis]", "technologies: [redis, cobol]", "cobol", "'cobol' is not in tags.yaml"),
    ("target_s: [30, 90]", "target_s: [90, 30]", "[90, 30]", "the target length runs from low to high"),
    ("[cache everything]", "[(cache everything]", "(cache everything]", "can't read the pattern from column 1"),
    ("[cache everything]", "[(cache|) everything]", "(cache|) everything]", "an empty choice"),
    ("[cache everything]", "['everything?']", "'everything?'", "nothing in 'everything?' has to be said"),
    ("[cache everything]", "[everything]", "everything]", "one word"),
    ("[it speeds things up]", "[speed]", "speed]", "one word"),
    ("- about: queue", "- about: broker", "broker\n            patterns", "'broker' is not one of the question's"),
    ("probes: [stale-data, faster-reads]", "probes: [stale-data, cost]", "cost]", "there is no point 'cost'"),
    ("omits: [stale-data]", "omits: [stale]", "stale]\n    follow", "there is no point 'stale'"),
    ("probes: []\n        deepens: true", "probes: []", "id: lost-cache", "a follow-up probes at least one point"),
    ("        omits: [stale-data]\n", "", "id: no-price", "say what gives it away"),
    ("weight: 2", "needs: 2", "2\n        kind", "needs 2 claims, but there are only 1"),
    ("id: less-load", "id: faster-reads", "faster-reads\n        text: The database", "the point 'faster-reads' is"),
    ("id: lost-cache", "id: invalidate", "invalidate\n        ask: What happens", "the follow-up 'invalidate' is"),
    ("id: stampede", "id: less-load", "less-load\n            text: Every", "the point 'less-load' is defined twice"),
    ("id: queue-or-call", "id: why-cache", "why-cache\n    version: 1\n    ask: When", "the question 'why-cache' is"),
]


@pytest.mark.parametrize(("old", "new", "at", "message"), MEANING, ids=lambda v: " ".join(str(v).split())[:30])
def test_a_reference_or_pattern_that_leads_nowhere_is_pointed_at(
    tmp_path: Path, old: str, new: str, at: str, message: str
) -> None:
    text = edited(old, new)
    found = problems_of(tmp_path, caches=text, rounds="")
    assert len(found) == 1
    assert found[0].startswith(f"caches.yaml:{place(at, text)}: {message}")


STAR = edited(
    """        kind: reason
        claims:
          - patterns: [(read|response|query) ... (faster|quick|quicker), lowers ... latency]
            plain: [it speeds things up]
""",
    "        kind: star_a\n",
)


@pytest.mark.parametrize("kind", ["behavioral", "situational"])
def test_a_star_point_needs_no_claims_in_a_question_whose_answer_is_told(tmp_path: Path, kind: str) -> None:
    assert problems_of(tmp_path, caches=edited("type: technical", f"type: {kind}", STAR)) == []


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("type: behavioral", "type: technical", "star_a", "star_a is for behavioral and situational questions only"),
        (
            "kind: star_a\n",
            "kind: star_a\n        claims: [{plain: [it helps]}]\n",
            "[{plain",
            "of kind star_a has none",
        ),
        ("kind: star_a\n", "kind: star_a\n        needs: 2\n", "2\n      - id: less", "of kind star_a needs 1"),
        ("kind: star_a\n", "kind: fact\n", "id: faster-reads", "needs something to be heard by: claims, or 6 sayings"),
    ],
)
def test_a_star_point_out_of_place_is_pointed_at(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    text = edited(old, new, edited("type: technical", "type: behavioral", STAR))
    found = problems_of(tmp_path, caches=text)
    assert len(found) == 1
    assert found[0].startswith(f"caches.yaml:{place(at, text)}: ") and message in found[0]


def test_a_question_without_a_core_point_is_pointed_at(tmp_path: Path) -> None:
    text = edited("core: true\n        weight: 2", "core: false\n        weight: 2")
    text = edited("database.\n        core: true", "database.\n        core: false", text)
    assert problems_of(tmp_path, caches=text) == [
        f"caches.yaml:{place('- id: faster-reads', text)}: at least one point must be core: true"
    ]


@pytest.mark.parametrize(
    ("file", "text", "at", "message"),
    [
        ("rounds", edited("[why-cache,", "[why-cash,", ROUNDS), "why-cash", "there is no question 'why-cash'"),
        ("rounds", edited("follow_ups: 1", "follow_ups: 9", ROUNDS), "9\n", "rounds.0.follow_ups: Input should be"),
        ("rounds", ROUNDS + ROUNDS.split("rounds:\n")[1], None, "the round 'warm-up' is defined twice"),
        ("lexicon", edited("K Y UW", "K YU", LEXICON), "K YU", "'YU' is no ARPAbet sound"),
        ("lexicon", edited("forms:", "froms:", LEXICON), "[message", "terms.0.froms: this key isn't known"),
        ("lexicon", edited("[faster, slower]", "[faster]", LEXICON), "[faster]", "opposites.0: List should have"),
        (
            "lexicon",
            edited("opposites:", "  - {id: queue, written: Q.}\nopposites:", LEXICON),
            None,
            "the term 'queue'",
        ),
        ("tags", "form: voiceprep-tags/1\ntechnologies: [redis, RabbitMQ]\n", "RabbitMQ", "technologies.1: String"),
    ],
    ids=lambda v: " ".join(str(v).split())[-30:],
)
def test_the_other_files_are_checked_as_well(
    tmp_path: Path, file: str, text: str, at: str | None, message: str
) -> None:
    found = problems_of(tmp_path, **{file: text})
    assert len(found) == 1
    assert message in found[0]
    assert found[0].startswith(f"{file}.yaml:" + (f"{place(at, text)}: " if at else ""))


def test_every_problem_of_every_file_comes_at_once_and_in_order(tmp_path: Path) -> None:
    topic = edited("[cache everything]", "[everything]")
    topic = edited("technologies: [redis]", "technologies: [cobol]", topic)
    topic = edited("target_s: [30, 90]", "target_s: [1, 9]", topic)
    found = problems_of(
        tmp_path,
        caches=topic,
        another="form: voiceprep-questions/1\ntopic: x\nquestions: []\nauthor: me\n",
        broken="a: [\n",
        rounds=edited("[why-cache,", "[nothing,", ROUNDS),
        lexicon=edited("K Y UW", "QQ", LEXICON),
    )
    assert [f.split(": ", 1)[0] for f in found] == [
        "another.yaml:4:9",
        "broken.yaml:2:1",
        f"caches.yaml:{place('cobol', topic)}",
        f"caches.yaml:{place('[1, 9]', topic)}",
        f"caches.yaml:{place('everything]', topic)}",
        f"lexicon.yaml:{place('QQ', edited('K Y UW', 'QQ', LEXICON))}",
        f"rounds.yaml:{place('nothing', edited('[why-cache,', '[nothing,', ROUNDS))}",
    ]


def test_an_id_may_stand_once_in_the_whole_bank(tmp_path: Path) -> None:
    found = problems_of(tmp_path, other=TOPIC)
    assert [f.split(": ", 1)[1] for f in found] == [
        "the question 'why-cache' is defined twice",
        "the question 'queue-or-call' is defined twice",
    ]
    assert all(f.startswith("other.yaml:") for f in found)


def test_a_refused_bank_names_all_its_problems_in_one_error(tmp_path: Path) -> None:
    with pytest.raises(BankError) as refused:
        sound_bank(small_bank.write(tmp_path, caches=edited("short: Why a cache", "short: 42"), rounds="x: y\n"))
    assert refused.value.message.startswith("The question bank has ")
    assert f"caches.yaml:{place('Why a cache')}: questions.0.short" in refused.value.message
    assert "rounds.yaml:1:1: form: is missing" in refused.value.message
    assert "bank check" in refused.value.hint


def test_a_folder_that_is_none_or_holds_too_much_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="no question bank"):
        load_bank(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(BankError, match="no question bank"):
        load_bank(tmp_path / "file")
    many = tmp_path / "many"
    many.mkdir()
    for n in range(MAX_FILES + 1):
        (many / f"{n}.yaml").touch()
    with pytest.raises(BankError, match="more than 500 files"):
        load_bank(many)


def test_files_that_are_not_yaml_are_left_alone(tmp_path: Path) -> None:
    folder = small_bank.write(tmp_path)
    (folder / "README.md").write_bytes(b"\xff")
    (folder / "guides").mkdir()
    assert load_bank(folder)[1] == ()


# The rubric's hash ------------------------------------------------------------------------------------------------


def rubrics(folder: Path, **changed: str) -> dict[str, str]:
    bank = sound_bank(small_bank.write(folder, **changed))
    return {q.id: q.rubric for q in bank.questions.values()}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("caches", edited("lowers ... latency", "lowers ... the latency")),
        ("caches", edited("weight: 2", "weight: 2.5")),
        ("caches", edited("cache is always current", "cache is always right")),
        ("caches", edited("remove ... on write", "removed ... on write")),
        ("caches", edited("omits: [stale-data]", "omits: [stale-data, less-load]")),
    ],
    ids=["pattern", "weight", "contradiction", "follow-up", "pitfall"],
)
def test_a_rubric_hash_changes_with_what_decides_a_verdict(tmp_path: Path, file: str, text: str) -> None:
    before = rubrics(tmp_path / "before")
    after = rubrics(tmp_path / "after", **{file: text})
    assert after["why-cache"] != before["why-cache"]
    assert after["queue-or-call"] == before["queue-or-call"], "the neighbour's trend must not break"


def test_a_rubric_hash_changes_with_the_lexicon(tmp_path: Path) -> None:
    before = rubrics(tmp_path / "before")
    after = rubrics(tmp_path / "after", lexicon=edited("[message queue]", "[job queue]", LEXICON))
    assert all(after[name] != before[name] for name in before)


def test_a_rubric_hash_stays_when_only_advice_or_layout_changes(tmp_path: Path) -> None:
    before = rubrics(tmp_path / "before")
    text = edited("tips: [Name the price without being asked.]", "tips:\n      - Be brief.\n      - Smile.")
    text = edited("why: A cache is the first", "why: Caching is the first", text)
    assert rubrics(tmp_path / "after", caches=f"# moved\n\n{text}") == before
    assert before["why-cache"] != before["queue-or-call"]
    assert all(len(r) == 64 for r in before.values())


def test_the_banks_version_follows_its_rubrics(tmp_path: Path) -> None:
    one = sound_bank(small_bank.write(tmp_path / "1")).version
    same = sound_bank(small_bank.write(tmp_path / "2", caches=edited("[Name the", "[Tell the"))).version
    other = sound_bank(small_bank.write(tmp_path / "3", caches=edited("weight: 2", "weight: 3"))).version
    assert one == same != other
