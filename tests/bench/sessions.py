"""What lists and trends cost with many sessions: `python -m tests.bench.sessions [--sessions N] [--times N]`.

N made sessions of four answers each, written as real journals. First what folding every journal costs, then the same
asked of the index: made from nothing, as it stands, after one session changed. Milliseconds of work (CPU time), median;
beside it the share of folding all journals in the same run. Last line: as JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from tests.bench.matcher import took_ms
from tests.sessions import many
from voiceprep.core.progress import WINDOW, Progress, practised_of, progress_of
from voiceprep.sessions import store
from voiceprep.sessions.index import Index
from voiceprep.sessions.rows import read_session

GOAL_MS = 100.0
"""Tens of milliseconds."""
FOLDED = 200
"""As many sessions are folded for the figure of folding them all."""


def trends(root: Path, path: Path) -> Progress:
    with Index(root, path) as index:
        standings = index.standings()
        by_topic = {t: index.newest_of(t, WINDOW) for t in dict.fromkeys(s.topic for s in standings)}
        return progress_of(standings, by_topic, index.newest_measured(WINDOW), "2026-11-03")


def listed(root: Path, path: Path, newest: int | None = None) -> int:
    with Index(root, path) as index:
        return len(index.sessions(newest))


def home(root: Path, path: Path) -> None:
    with Index(root, path) as index:
        index.sessions(5)
        practised_of(index.standings(), "2026-11-03")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=10_000, metavar="N")
    parser.add_argument("--times", type=int, default=7, metavar="N", help="runs of which the median is given")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root, path = Path(name) / "sessions", Path(name) / "index.db"
        folders = many.write_many(root, args.sessions)
        some = folders[:: max(1, len(folders) // FOLDED)]
        every_ms = took_ms(lambda: [read_session(f) for f in some], 1) / len(some) * len(folders)
        began = time.process_time()
        assert listed(root, path) == len(folders)
        cold_ms = round((time.process_time() - began) * 1000, 1)

        def change() -> None:
            folder = folders[len(folders) // 2]
            folder.journal.touch()
            trends(root, path)

        figures = {
            "folding every journal": round(every_ms, 1),
            "the index from nothing": cold_ms,
            "home: the newest, and what is due": took_ms(lambda: home(root, path), args.times),
            "the list of all": took_ms(lambda: listed(root, path), args.times),
            "all trends": took_ms(lambda: trends(root, path), args.times),
            "all trends after one session changed": took_ms(change, args.times),
            "only seeing that nothing changed": took_ms(lambda: listed(root, path, 0), args.times),
        }
        size_mb = path.stat().st_size / 1e6
        seen = len(store.folders(root))
    print(f"{f'{seen:,} sessions (goal for a warm index: {GOAL_MS:g} ms)':<56}{'ms':>10}{'share':>9}")
    for what, ms in figures.items():
        print(f"{what:<56}{ms:>10}{ms / every_ms:>9.4f}")
    print(f"index: {size_mb:.1f} MB, made at {seen / cold_ms * 1000:.0f} sessions a second")
    print(json.dumps({"sessions": seen, "ms": figures, "index_mb": round(size_mb, 1)}))


if __name__ == "__main__":
    main()
