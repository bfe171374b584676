"""What a start costs: `python -m tests.bench.bank [--times N]`.

The shipped bank loaded from its files, by a compiled index that has to be written first, and by one that is there; one
question parsed, and all of them; then a pick from a bank of 5,000 generated questions, a third of them practised.
Milliseconds of work (CPU time), median of N; beside it the share of loading from the files. Last line: as JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.matcher import took_ms
from voiceprep.core.past import Practised
from voiceprep.core.plan import DIFFICULTIES, Wants, choose
from voiceprep.core.question import Outline

GENERATED = 5_000
GOAL_MS = 5.0


def generated(count: int = GENERATED, topics: int = 40) -> list[Outline]:
    """Outlines that differ in everything a round can ask for."""
    return [
        Outline(
            id=f"question-{n}",
            ask="What is it?",
            short="What it is",
            topic=f"topic-{n % topics}",
            type=("technical", "behavioral", "system-design")[n % 3],
            difficulty=DIFFICULTIES[n // 3 % 3],
            level=("junior", "mid", "senior")[n // 9 % 3],
            technologies=(f"technology-{n % 17}", "sql"),
            target_s=(60, 120),
            points=("one", "two", "three"),
            follow_ups=("deeper",),
        )
        for n in range(count)
    ]


def practised(questions: list[Outline]) -> dict[str, Practised]:
    """Every third of them, with none to three gaps."""
    return {q.id: Practised("2026-11-03", n, 4, ("A point.",) * (n % 4)) for n, q in enumerate(questions[::3])}


PICKS = {
    "four of the whole bank": Wants(),
    "forty of the whole bank": Wants(how_many=40),
    "sixty minutes of the whole bank": Wants(minutes=60),
    "four of one topic": Wants(topics=("topic-3",)),
    "four of a technology that all name": Wants(technologies=("sql",)),
    "four hard ones for seniors": Wants(difficulties=("hard",), levels=("senior",)),
}


START = """
import sys, time
from pathlib import Path
from voiceprep.bank import bank_folder
from voiceprep.bank.index import indexed_bank
from voiceprep.bank.load import sound_bank
way, cache = sys.argv[1], Path(sys.argv[2])
started = time.process_time()
bank = sound_bank(bank_folder()) if way == "files" else indexed_bank(bank_folder(), cache)
asked = {"one": 1, "all": len(bank.questions)}.get(way, 0)
for question_id in list(bank.questions)[:asked]:
    bank.questions[question_id]
print((time.process_time() - started) * 1000)
"""
WAYS = {
    "files": "from the files",
    "write": "from the files, writing the index",
    "index": "by the index",
    "one": "by the index, and one question",
    "all": "by the index, and all questions",
}


def starts(times: int) -> dict[str, float]:
    """Milliseconds of every way to load the shipped bank, each in processes of their own that have imported all: what
    a process has loaded once it loads faster."""

    def start(way: str, cache: Path) -> float:
        for path in cache.glob("*") if way == "write" else ():
            path.unlink()
        done = subprocess.run(
            [sys.executable, "-c", START, way, str(cache)], stdout=subprocess.PIPE, encoding="utf-8", check=True
        )
        return float(done.stdout)

    with tempfile.TemporaryDirectory() as name:
        cache = Path(name) / "bank"
        return {
            said: round(statistics.median(start(way, cache) for _ in range(times)), 1) for way, said in WAYS.items()
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=7, metavar="N", help="runs of which the median is given")
    times = parser.parse_args().times
    loads = starts(times)
    whole = loads["from the files"]
    print(f"{'loading the shipped bank':<42}{'ms':>9}{'share':>8}")
    for way, ms in loads.items():
        print(f"{way:<42}{ms:>9}{ms / whole:>8.3f}")
    pool = generated()
    past = practised(pool)
    picks = {
        what: took_ms(lambda wants=wants: choose(pool, wants, 1, 7, past, "the round asks for"), times)
        for what, wants in PICKS.items()
    }
    print(f"\n{f'a pick from {GENERATED:,} questions (goal {GOAL_MS:g} ms)':<42}{'ms':>9}")
    for what, ms in picks.items():
        print(f"{what:<42}{ms:>9}")
    print(json.dumps({"load_ms": loads, "pick_ms": picks, "questions": GENERATED}))


if __name__ == "__main__":
    main()
