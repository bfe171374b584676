"""`bank stats` counts what is there."""

from __future__ import annotations

from pathlib import Path

from tests.bank import small_bank, template
from tests.bank.small_bank import TOPIC
from tests.sessions.command import batch
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.bank.stats import stats


def test_the_templates_figures(tmp_path: Path) -> None:
    text = template.files()["resilience.yaml"]
    text = text.replace("sources: []", "sources: [guide-1]")
    text = text.replace("        kind: fact\n", "        kind: fact\n        sources: ['guide-1#2', guide-1-p1]\n")
    found = stats(sound_bank(template.write(tmp_path, resilience=text)))
    assert found == {
        "questions": {
            "all": 1,
            "topic": {"resilience": 1},
            "type": {"technical": 1},
            "difficulty": {"medium": 1},
            "level": {"mid": 1},
        },
        "points": {
            "all": 4,
            "core": 2,
            "wordings": {"min": 6, "median": 6.5, "max": 7},
            "contradictions": {"min": 5, "median": 7.0, "max": 7},
        },
        "pitfalls": 2,
        "follow_ups": {
            "all": 2,
            "points": 4,
            "wordings": {"min": 6, "median": 6.0, "max": 6},
            "contradictions": {"min": 4, "median": 4.0, "max": 4},
        },
        "rounds": 0,
        "terms": 0,
        "sources": {"questions": 1, "facts": 2},
        "ask_s": {"min": 7, "median": 7, "max": 7},
        "model_answer_s": {"min": 57, "median": 57, "max": 57},
        "follow_up_answer_s": {"min": 35, "median": 35.0, "max": 35},
    }


def test_what_the_shipped_bank_holds(bank: Bank) -> None:
    found = stats(bank)
    questions = found["questions"]
    assert questions["all"] == len(bank.questions)
    for name in ("topic", "type", "difficulty", "level"):
        counts = list(questions[name].values())
        assert sum(counts) == len(bank.questions) and counts == sorted(counts, reverse=True)
    assert found["points"]["wordings"]["min"] >= 6 and found["points"]["contradictions"]["min"] >= 2
    assert found["sources"]["facts"] > found["sources"]["questions"] > 50


def test_the_command_says_the_same_in_words(tmp_path: Path) -> None:
    small = small_bank.write(tmp_path / "small")
    alone = TOPIC[: TOPIC.index("  - id: why-cache")] + TOPIC[TOPIC.index("  - id: queue-or-call") :]
    bare = small_bank.write(tmp_path / "bare", caches=alone, rounds="")
    full, none = batch([["bank", "stats", "--bank", small], ["bank", "stats", "--bank", bare]])
    assert full.code == 0 and full.err == ""
    assert full.out.startswith("2 questions, 1 rounds, 1 terms\n  by topic       caches 2\n")
    assert "5 points, 4 of them core; 2 pitfalls\n  plain wordings a point: 0, 0, 1;" in full.out
    assert none.code == 0 and "of a follow-up none" in none.out
