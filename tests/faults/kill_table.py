"""Kills sessions and compares, sample by sample: `python -m tests.faults.kill_table --kills 300`.

Each kill is a SIGKILL of a real session (real engines, a file as the microphone): every fourth at a random moment, the
others at one of the calls by which the journal, session.json, a WAV, a FLAC or the report is written, in the middle of
what that call writes. Every third is killed once more while it's recovered and gone on with. Then: what does the disk
hold of the samples that were handed over and of the events that were accepted, does the session go on to its end, and
is it whole? Prints a line a kill, a summary, and as its last line the figures as JSON.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import mmap
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import kill_subject, stops
from tests.faults.kill_subject import Progress
from voiceprep.config import Places
from voiceprep.core.events import Event, SessionOpened
from voiceprep.core.state import State
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.sessions import store

SAID = Path(__file__).parents[2] / "voiceprep/demo/rest-or-graphql.ogg"
SAID_S = 3.0
MOST_LOST_S = 0.10
KINDS = ("events.jsonl", "wav", "flac") * 3 + ("session.json", "report")
"""What is being written when the kill comes; of the last two there is little to see."""


@dataclass(frozen=True)
class Whole:
    """The session as it is when nobody kills it: how long it takes, and how often it changes which kind of file."""

    takes_s: float
    calls: Counter[str]


@dataclass(frozen=True)
class Killed:
    """What one kill left. `where` says when it came, `again` when the second one did ("" for none)."""

    where: str
    again: str
    phase: str
    handed_s: float
    lost_s: float
    bit_exact: bool
    events_accepted: int
    events_kept: int
    finished: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """What is killed: made once, and forked from."""

    folder: Path
    sound: Path
    bank: kill_subject.Bank

    def places(self, name: str) -> Places:
        return Places(self.folder / name, self.folder / "cache")


def subject(folder: Path) -> Subject:
    sound = TakeFile(folder / "said.wav")
    sound.append(read_16k(SAID)[: int(SAID_S * RATE) * 2])
    sound.close()
    return Subject(folder, sound.path, kill_subject.small(folder))


def unkilled(of: Subject) -> Whole:
    """One session that nobody kills."""
    memory, where = mmap.mmap(-1, 4096), of.places("whole")

    def deed() -> None:
        calls: Counter[str] = Counter()
        stops.watch(where.sessions, lambda name, kind, data, write: calls.update([kind]))
        kill_subject.hold(of.bank, where, of.sound, Progress(memory))
        (of.folder / "calls").write_text(json.dumps(calls))

    begun = time.monotonic()
    pid = kill_subject.forked(deed, of.folder / "whole.out")
    if os.waitpid(pid, 0)[1]:
        raise SystemExit((of.folder / "whole.out").read_text())
    return Whole(time.monotonic() - begun, Counter(json.loads((of.folder / "calls").read_text())))


def kill_once(of: Subject, whole: Whole, seed: int) -> Killed | None:
    """One session, killed and gone on with; None when it was over before the kill."""
    rng, memory, where = random.Random(seed), mmap.mmap(-1, 4096), of.places(f"kill{seed}")
    progress = Progress(memory)
    out = of.folder / f"{seed}.out"
    hold = functools.partial(kill_subject.hold, of.bank, where, of.sound, progress)
    if seed % 4:
        kind = KINDS[rng.randrange(len(KINDS))]
        nth, part = rng.randrange(whole.calls[kind]), rng.random()
        place = f"{kind} call {nth + 1}"
        status = _ended(kill_subject.forked(_dying(where, kind, nth, part, hold), out))
    else:
        after_s = rng.uniform(0, whole.takes_s)
        place = f"{after_s:.2f} s"
        status = _ended(kill_subject.forked(hold, out), after_s)
    if status != -signal.SIGKILL:
        assert status == 0, out.read_text()
        return None
    begun = [f for f in store.folders(where.sessions) if _opened(f)]
    if not begun:
        return Killed(place, "", "not begun", progress.handed / RATE, 0.0, True, progress.accepted, 0, True, ())
    (session,) = begun
    known = read_16k(of.sound)
    recorded, kept = _on_disk(session), session.history().events
    newest = recorded[max(recorded)] if recorded else b""
    lost = progress.handed - len(newest) // 2
    state = session.state()
    go_on = functools.partial(kill_subject.resume, where, session.id, of.sound)
    again = ""
    if seed % 3 == 0 and state.close_reason != "finished":
        kind, nth = rng.choice(KINDS), rng.randrange(12)
        if _ended(kill_subject.forked(_dying(where, kind, nth, rng.random(), go_on), out)) == -signal.SIGKILL:
            again = f"{kind} call {nth + 1}"
    if session.state().close_reason != "finished":
        code = _ended(kill_subject.forked(go_on, out))
    else:  # killed when only takes and report were left to be made: the next start sees to it
        code = _ended(kill_subject.forked(functools.partial(kill_subject.tidy_up, where), out))
    after = _on_disk(session)
    exact = all(known.startswith(take) for take in (*recorded.values(), *after.values()))
    return Killed(
        where=place,
        again=again,
        phase=state.phase,
        handed_s=progress.handed / RATE,
        lost_s=round(max(0, lost) / RATE, 4),
        bit_exact=exact and all(after.get(name, b"").startswith(take) for name, take in recorded.items()),
        events_accepted=progress.accepted,
        events_kept=len(kept),
        finished=code == 0 and session.state().close_reason == "finished" and _grew(kept, session),
        problems=(
            *store.verify(session),
            *_left_behind(session),
            *_unsaid(state, recorded.get(state.take_id, b""), out),
        ),
    )


def _dying(where: Places, kind: str, nth: int, part: float, deed: Callable[[], None]) -> Callable[[], None]:
    def dying() -> None:
        stops.watch(where.sessions, stops.dies_at(kind, nth, part))
        deed()

    return dying


def _ended(pid: int, kill_after_s: float | None = None) -> int:
    """The exit code of a process; it's killed when it still runs after so many seconds."""
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _opened(folder: store.SessionFolder) -> bool:
    return folder.journal.is_file() and any(isinstance(e, SessionOpened) for e in folder.history().events)


def _on_disk(session: store.SessionFolder) -> dict[str, bytes]:
    return {take.stem: read_recording(take) for take in session.takes()}


def _grew(kept: tuple[Event, ...], session: store.SessionFolder) -> bool:
    """Whether the journal has been added to and not otherwise changed."""
    return session.history().events[: len(kept)] == kept


def _left_behind(session: store.SessionFolder) -> list[str]:
    """What isn't a FLAC among the takes of a session that is over."""
    return [f"{p.name} is left" for p in session.audio.iterdir() if p.suffix != ".flac"]


def _unsaid(state: State, taken: bytes, out: Path) -> list[str]:
    """That the next start didn't say what it recovered."""
    owed = state.phase == "listening" and len(taken) >= 2 * RATE
    return ["what was recovered isn't said"] if owed and "Recovered: 0:0" not in out.read_text() else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=2)
    args = parser.parse_args()
    with TemporaryDirectory() as name:
        of = subject(Path(name))
        whole = unkilled(of)
        rows: list[Killed] = []
        with multiprocessing.get_context("fork").Pool(args.at_once) as pool:
            kill = functools.partial(kill_once, of, whole)
            seeds = itertools.count(args.seed)
            while len(rows) < args.kills:
                for row in pool.imap_unordered(kill, list(itertools.islice(seeds, args.kills - len(rows)))):
                    if row is not None:
                        rows.append(row)
                        _show(len(rows), row)
    figures = figures_of(rows)
    print(json.dumps(figures))
    return 0 if sound(figures) else 1


def _show(n: int, row: Killed) -> None:
    print(
        f"{n:>4}  {row.where:<24} {row.phase:<12} handed {row.handed_s:5.2f} s  lost {row.lost_s:6.3f} s  "
        f"exact {row.bit_exact}  events {row.events_kept}/{row.events_accepted}  again {row.again or '-':<22} "
        f"finished {row.finished}  {'; '.join(row.problems) or 'whole'}",
        flush=True,
    )


def figures_of(rows: list[Killed]) -> dict[str, object]:
    lost = sorted(r.lost_s for r in rows)
    return {
        "kills": len(rows),
        "killed_twice": sum(bool(r.again) for r in rows),
        "phases": Counter(r.phase for r in rows),
        "in": Counter(r.where.split(" call")[0] if "call" in r.where else "any moment" for r in rows),
        "lost_s_median": lost[len(lost) // 2],
        "lost_s_max": lost[-1],
        "not_bit_exact": sum(not r.bit_exact for r in rows),
        "events_lost": sum(max(0, r.events_accepted - r.events_kept) for r in rows),
        "not_finished": sum(not r.finished for r in rows),
        "not_whole": sum(bool(r.problems) for r in rows),
    }


def sound(figures: dict[str, object]) -> bool:
    """Whether nothing was lost."""
    bad = ("not_bit_exact", "events_lost", "not_finished", "not_whole")
    return float(str(figures["lost_s_max"])) <= MOST_LOST_S and not any(figures[k] for k in bad)


if __name__ == "__main__":
    sys.exit(main())
