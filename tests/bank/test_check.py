"""What `bank check` finds beyond the form: each check on the guide's template, made worse in one place."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from pathlib import Path

import pytest

from tests.bank import small_bank, template
from tests.bank.small_bank import edited, place
from tests.sessions.command import batch
from voiceprep.bank.check import check_bank
from voiceprep.bank.ids import IDS
from voiceprep.bank.writing import reachable
from voiceprep.commands import bank_check

FILES = template.files()
QUESTION, SAYINGS = FILES["resilience.yaml"], FILES["sayings/timeouts.jsonl"]
LONG = "and so on " * 50


def problems_of(folder: Path, **changed: str) -> list[str]:
    """The problems as a compiler would print them, files by name only."""
    bank = template.write(folder / "bank", **changed)
    return [str(p).removeprefix(f"{bank}/") for p in check_bank(bank).problems]


def at(needle: str, text: str) -> str:
    return f"resilience.yaml:{place(needle, text)}"


def test_the_guides_template_has_no_problems(tmp_path: Path) -> None:
    assert set(FILES) == {"resilience.yaml", "sayings/timeouts.jsonl"}
    assert problems_of(tmp_path) == []


WORSE = [
    (
        "ask: Why do you",
        f"ask: Why {LONG}do you",
        "Why and so",
        "takes 67 seconds to ask aloud: cut it to 25 (62 words)",
    ),
    (
        "ask: How do you find",
        f"ask: How {LONG}do you find",
        "How and so",
        "takes 64 seconds to ask aloud: cut it to 25",
    ),
    (
        "model_answer: I try again only if that's safe.",
        f"model_answer: {LONG * 2}",
        "and so on",
        "takes 152 seconds aloud: shorten it to 20 to 90 (50 to 225 words)",
    ),
    (
        "target_s: [50, 100]",
        "target_s: [5, 600]",
        "[5, 600]",
        "nobody can aim at 5 to 600 seconds: stay within 20 to 240",
    ),
    ("target_s: [50, 100]", "target_s: [70, 75]", "[70, 75]", "nobody can aim at 70 to 75 seconds"),
    (
        "target_s: [50, 100]",
        "target_s: [150, 240]",
        "[150, 240]",
        "the model answer takes 57 seconds, the target is 150",
    ),
    ("target_s: [50, 100]", "target_s: [30, 50]", "[30, 50]", "the model answer takes 57 seconds, the target is 30"),
    (
        "probes: [unknown-outcome, spreads]",
        "probes: [unknown-outcome]",
        "id: spreads",
        "no follow-up gives another chance for spreads: let one probe it",
    ),
    ("        deepens: true\n", "", "- id: how-long", "nothing is left to ask when every core point was heard"),
]


@pytest.mark.parametrize(("old", "new", "needle", "message"), WORSE, ids=lambda v: " ".join(str(v).split())[:24])
def test_what_is_badly_written_is_pointed_at(tmp_path: Path, old: str, new: str, needle: str, message: str) -> None:
    text = edited(old, new, QUESTION)
    found = problems_of(tmp_path, resilience=text)
    assert len(found) == 1, found
    assert found[0].startswith(f"{at(needle, text)}: ") and message in found[0]


def test_a_model_answer_that_is_too_long_or_too_short_is_pointed_at(tmp_path: Path) -> None:
    start = "    model_answer: Because slow"
    short = (
        QUESTION[: QUESTION.index(start)] + "    model_answer: Because slow is worse than broken, and waiting costs.\n"
    )
    found = problems_of(tmp_path / "short", resilience=short)
    assert [f.split(": ", 1)[1][:44] for f in found] == [
        "the model answer takes 4 seconds, the target",
        "takes 4 seconds aloud: lengthen it to 45 to ",
    ]
    long = edited("Because slow is", f"Because {LONG * 2}slow is", QUESTION)
    found = problems_of(tmp_path / "long", resilience=long)
    assert any(f.startswith(at("Because and so", long)) and "shorten it to 45 to 120 (112 to 300" in f for f in found)


def without(count: int, point: str, kind: str, text: str = SAYINGS) -> str:
    """The sayings without the first `count` of a point's."""
    for _ in range(count):
        text = re.sub(rf'\{{"point": "{point}", "kind": "{kind}".*\n', "", text, count=1)
    return text


@pytest.mark.parametrize(("point", "left"), [("measured-limit", 5), ("hl-patience", 5)])
def test_too_few_sayings_are_counted_at_the_point(tmp_path: Path, point: str, left: int) -> None:
    found = problems_of(tmp_path, timeouts=without(1, point, "says"))
    assert any(f.startswith(at(f"id: {point}", QUESTION)) and f"{point}: {left} plain wordings" in f for f in found)


def test_patterns_are_counted_like_sayings(tmp_path: Path) -> None:
    """A point that is known by patterns alone needs as many ways to say it, and to go against it."""
    claims = """\
        claims:
          - plain: [call hangs, thread ... waits, worker is stuck, socket stays open, blocked for ever{more}]
        contradictions:
          - patterns: [waiting costs nothing{against}]
            correction: It costs a thread and a connection.
      - id: spreads
"""
    sayings = re.sub(r'\{"point": "holds-resources".*\n', "", SAYINGS)
    few = edited("      - id: spreads\n", claims.format(more="", against=""), QUESTION)
    enough = claims.format(more=", nobody else gets it", against=", thread is free meanwhile")
    assert (
        problems_of(tmp_path / "enough", timeouts=sayings, resilience=edited("      - id: spreads\n", enough, QUESTION))
        == []
    )
    found = problems_of(tmp_path / "few", timeouts=sayings, resilience=few)
    where = at("id: holds-resources", few)
    assert [f.split(" are too few")[0] for f in found] == [
        f"{where}: holds-resources: 1 ways to go against it",
        f"{where}: holds-resources: 5 plain wordings",
    ]


def test_a_story_needs_no_wordings(tmp_path: Path) -> None:
    story = edited("type: technical", "type: behavioral", edited("kind: reason", "kind: star_a", QUESTION))
    sayings = re.sub(r'\{"point": "holds-resources".*\n', "", SAYINGS)
    assert problems_of(tmp_path, resilience=story, timeouts=sayings) == []


def test_a_follow_up_that_others_always_come_before_is_pointed_at(tmp_path: Path) -> None:
    text = edited("        deepens: true\n", "", QUESTION)
    text = edited("probes: [unknown-outcome, spreads]", "probes: [spreads]", text)
    text = edited(
        "probes: [measured-limit, holds-resources]", "probes: [spreads, holds-resources]\n        deepens: true", text
    )
    found = problems_of(tmp_path, resilience=text)
    assert [f[: f.index(",")] for f in found] == [f"{at('id: after-it', text)}: after-it is never chosen"]


def test_what_can_be_chosen_is_what_choosing_does(tmp_path: Path) -> None:
    question = check_bank(template.write(tmp_path)).bank.questions["timeouts"]
    assert reachable(question) == {"how-long", "after-it"}


def test_a_follow_up_too_few_is_pointed_at(tmp_path: Path) -> None:
    start, end = QUESTION.index("      - id: after-it"), QUESTION.index("    model_answer: Because")
    found = problems_of(tmp_path, resilience=QUESTION[:start] + QUESTION[end:], timeouts=without(99, "ai-.*?", ".*?"))
    assert any("has 1 follow-ups: write 2 to 4" in f for f in found)


SAID = [
    ("Measure first, then choose", '"Timeouts, percentiles."', "only names something"),
    ("Measure first, then choose", '"Take the slow end of what\'s normal: ninety-nine of a hundred answers are quicker '
     'than that."', "the same words can't mean both"),
    ("Measure first, then choose", '"THE P99 is eight hundred milliseconds so one second is a sensible limit"',
     "the same words as in line"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), SAID)
def test_a_saying_that_teaches_nothing_is_pointed_at(tmp_path: Path, old: str, new: str, message: str) -> None:
    line = next(text for text in SAYINGS.splitlines() if old in text)
    sayings = edited(line, re.sub(r'"text": .*\}', lambda _: f'"text": {new}}}', line), SAYINGS)
    found = problems_of(tmp_path, timeouts=sayings)
    assert len(found) == 1 and message in found[0]
    assert found[0].startswith("sayings/timeouts.jsonl:")


def test_everything_wrong_comes_at_once_and_in_order(tmp_path: Path) -> None:
    text = edited("target_s: [50, 100]", "target_s: [5, 600]", edited("core: true", "core: maybe", QUESTION))
    good = edited("target_s: [50, 100]", "target_s: [5, 600]", QUESTION)
    bank = template.write(tmp_path / "bank", resilience=good)
    (bank / "bad.yaml").write_text(text, encoding="utf-8")
    (bank / "sayings" / "nobody.jsonl").write_text("{\n", encoding="utf-8")
    checked = check_bank(bank)
    found = [str(p).removeprefix(f"{bank}/") for p in checked.problems]
    assert [f.split(":")[0] for f in found] == ["bad.yaml", "resilience.yaml", "sayings/nobody.jsonl"]
    assert checked.refused == 2


# Ids --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The template with its ids written down."""
    bank = template.write(tmp_path / "bank")
    assert write_ids(bank) == 0
    return bank


def write_ids(bank: Path) -> int:
    """`voiceprep bank ids`, without a process of its own."""
    return bank_check.ids(Namespace(folder=str(bank), bank=None))


def ids_problems(bank: Path) -> list[str]:
    return [str(p).removeprefix(f"{bank}/") for p in check_bank(bank).problems]


def rewrite(bank: Path, old: str, new: str, name: str = "resilience.yaml") -> str:
    text = edited(old, new, (bank / name).read_text(encoding="utf-8"))
    (bank / name).write_text(text, encoding="utf-8")
    return text


def test_every_id_is_written_down_once(kept: Path) -> None:
    lines = [line for line in (kept / IDS).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [line.rsplit(" ", 1)[0] for line in lines] == [
        "timeouts 1",
        "timeouts/follow_ups/after-it 1",
        "timeouts/follow_ups/after-it/points/ai-growing-pauses 1",
        "timeouts/follow_ups/after-it/points/ai-same-key 1",
        "timeouts/follow_ups/how-long 1",
        "timeouts/follow_ups/how-long/points/hl-patience 1",
        "timeouts/follow_ups/how-long/points/hl-percentile 1",
        "timeouts/pitfalls/no-consequence 1",
        "timeouts/pitfalls/very-long-limit 1",
        "timeouts/points/holds-resources 1",
        "timeouts/points/measured-limit 1",
        "timeouts/points/spreads 1",
        "timeouts/points/unknown-outcome 1",
    ]
    assert ids_problems(kept) == []


CHANGED = [
    ("id: spreads", "text: Waiting calls pile up", "text: Calls pile up", "timeouts/points/spreads"),
    ("id: how-long", "ask: How do you find", "ask: How would you find", "timeouts/follow_ups/how-long"),
    (
        "id: hl-patience",
        "text: The limit must",
        "text: A limit must",
        "timeouts/follow_ups/how-long/points/hl-patience",
    ),
    ("id: very-long-limit", "text: Sets a limit", "text: Takes a limit", "timeouts/pitfalls/very-long-limit"),
    ("id: timeouts", "ask: Why do you put", "ask: Why would you put", "timeouts"),
]


@pytest.mark.parametrize(("needle", "old", "new", "key"), CHANGED, ids=lambda v: str(v)[:24])
def test_a_text_may_change_only_with_its_questions_version(
    kept: Path, capsys: pytest.CaptureFixture[str], needle: str, old: str, new: str, key: str
) -> None:
    text = rewrite(kept, old, new)
    where = at(needle, text).rsplit(":", 1)[0]
    found = ids_problems(kept)
    assert len(found) == 1
    assert re.match(rf"{where}:\d+: the text of {key} has changed: raise the question's version to 2", found[0])
    before = (kept / IDS).read_text(encoding="utf-8")
    assert write_ids(kept) == 1
    assert f"the text of {key} has changed" in capsys.readouterr().out
    assert (kept / IDS).read_text(encoding="utf-8") == before, "writing the list is no way around the promise"

    rewrite(kept, "version: 1", "version: 2")
    assert [f.split(": ", 1)[1] for f in ids_problems(kept)] == [
        f"{key} isn't in ids.txt as it is now: `voiceprep bank ids` writes it"
    ]
    assert write_ids(kept) == 0
    assert ids_problems(kept) == []
    rewrite(kept, "version: 2", "version: 1")
    assert "versions only go up" in ids_problems(kept)[0]


def test_better_layout_needs_no_version(kept: Path) -> None:
    rewrite(kept, "text: Waiting calls pile up until", "text: Waiting calls pile\n          up until")
    rewrite(kept, "tips:\n", "tips:\n      - Keep calm.\n")
    assert ids_problems(kept) == []


def test_an_id_that_vanishes_is_missed_until_it_is_given_up_with_a_reason(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(kept, "id: very-long-limit", "id: endless-limit")
    sayings = kept / "sayings" / "timeouts.jsonl"
    sayings.write_text(SAYINGS.replace("very-long-limit", "endless-limit"), encoding="utf-8")
    assert [f.split(": ", 1)[1] for f in ids_problems(kept)] == [
        "timeouts/pitfalls/very-long-limit is gone: put it back, "
        "or write `gone` and why in place of its version and digest",
        "timeouts/pitfalls/endless-limit isn't in ids.txt as it is now: `voiceprep bank ids` writes it",
    ]
    assert ids_problems(kept)[0].startswith("ids.txt:11:1: ")
    assert write_ids(kept) == 1
    assert "very-long-limit is gone" in capsys.readouterr().out
    listed = (kept / IDS).read_text(encoding="utf-8")
    (kept / IDS).write_text(re.sub(r"(very-long-limit) 1 \w+", r"\1 gone", listed), encoding="utf-8")
    assert [f.split(": ", 1)[1] for f in ids_problems(kept)] == [
        "timeouts/pitfalls/very-long-limit is given up without a reason: add it"
    ]
    (kept / IDS).write_text(re.sub(r"(very-long-limit) 1 \w+", r"\1 gone said better", listed), encoding="utf-8")
    assert ids_problems(kept) == []

    rewrite(kept, "id: endless-limit", "id: very-long-limit")
    sayings.write_text(SAYINGS, encoding="utf-8")
    assert any("was given up (said better): choose a new id" in f for f in ids_problems(kept))
    assert write_ids(kept) == 1, "and isn't taken back by writing the list"
    assert "very-long-limit gone said better" in (kept / IDS).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("timeouts/points/x", "has no version and digest"),
        ("timeouts/points/x 1 xyz", "has no version and digest"),
        ("timeouts/points/x 0 0123456789ab", "has no version and digest"),
        ("../../etc 1 0123456789ab", "is no id with its version"),
        ("timeouts/claims/x 1 0123456789ab", "is no id with its version"),
        ("timeouts/points/spreads 1 0123456789ab", "stands in line"),
    ],
)
def test_a_line_that_is_none_is_pointed_at_and_nothing_is_written_over_it(kept: Path, line: str, message: str) -> None:
    path = kept / IDS
    text = f"{path.read_text(encoding='utf-8')}{line}\n"
    path.write_text(text, encoding="utf-8")
    assert [f for f in ids_problems(kept) if f.startswith("ids.txt:16:1: ") and message in f]
    assert write_ids(kept) == 1
    assert path.read_text(encoding="utf-8") == text


def test_nothing_is_said_to_be_gone_while_a_file_is_refused(kept: Path) -> None:
    rewrite(kept, "core: true", "core: maybe")
    found = ids_problems(kept)
    assert len(found) == 1 and "is gone" not in found[0], found


def test_a_bank_without_the_list_promises_nothing(kept: Path) -> None:
    (kept / IDS).unlink()
    rewrite(kept, "text: Waiting calls pile up", "text: Calls pile up")
    assert ids_problems(kept) == []


# Left out ---------------------------------------------------------------------------------------------------------


def test_what_is_left_out_is_neither_used_nor_named_twice(tmp_path: Path) -> None:
    bank = template.write(tmp_path / "bank", resilience=edited("sources: []", "sources: [guide-1]", QUESTION))
    (bank / "omitted.yaml").write_text(
        "form: voiceprep-omitted/1\nomitted:\n  - reason: Later.\n    ids: [guide-2, guide-1, guide-2]\n",
        encoding="utf-8",
    )
    assert ids_problems(bank) == [
        "omitted.yaml:4:20: guide-1 is used, and isn't left out: remove it here, or from `sources`",
        "omitted.yaml:4:29: guide-2 stands here twice: remove one",
    ]
    (bank / "omitted.yaml").write_text("form: voiceprep-omitted/1\nomitted:\n  - ids: [guide-2]\n", encoding="utf-8")
    assert ids_problems(bank) == ["omitted.yaml:3:5: omitted.0.reason: is missing: add it"]


# The command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_every_problem_and_fails(tmp_path: Path) -> None:
    good = template.write(tmp_path / "good")
    bad = template.write(tmp_path / "bad", resilience=edited("target_s: [50, 100]", "target_s: [5, 600]", QUESTION))
    small = small_bank.write(tmp_path / "small", caches=edited("core: true", "core: maybe"), rounds="")
    fine, worse, as_json, unusable = batch(
        [["bank", "check", good], ["bank", "check", bad], ["bank", "check", bad, "--json"], ["bank", "check", small]]
    )
    assert (fine.code, fine.out) == (0, "") and "1 questions" in fine.err and "no problems" in fine.err
    assert worse.code == 1 and worse.out.count("\n") == 1 and "1 problem." in worse.err
    assert re.match(r".*resilience\.yaml:\d+:\d+: nobody can aim at", worse.out)
    shape = json.loads(as_json.out)
    assert as_json.code == 1 and as_json.err == "" and set(shape) == {"schema", "problems"}
    assert [set(p) for p in shape["problems"]] == [{"file", "line", "column", "message"}]
    assert unusable.code == 1 and "1 of them keep the bank from being used" in unusable.err


def test_with_semantic_it_judges_the_questions_named(tmp_path: Path) -> None:
    good, bad = template.write(tmp_path / "good"), template.write(tmp_path / "bad")
    path = bad / "resilience.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.rindex("\n    model_answer: ") + len("\n    model_answer: ")
    first, end = text.index(". ", start) + 2, text.index("\n    tips:")
    path.write_text(text[:first] + "Apart from that I have nothing to say on it. " * 12 + text[end:], encoding="utf-8")
    fine, worse, unknown = batch(
        [
            ["bank", "check", good, "--json", "--semantic", "timeouts"],
            ["bank", "check", bad, "--semantic"],
            ["bank", "check", good, "--semantic", "timeout"],
        ]
    )
    assert fine.code == 0
    heard = json.loads(fine.out)["heard"]
    assert heard == {"timeouts": {"model answer": 1.0, "negated claims": 0, "noun list": 0, "shuffled words": 0}}
    assert worse.code == 1 and "model answer" in worse.out
    assert re.match(r".*resilience\.yaml:\d+:\d+: its ", worse.out)
    assert unknown.code == 2 and "timeouts" in unknown.err
