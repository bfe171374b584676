"""Kills sessions at random and compares, sample by sample: `python -m tests.faults.kill_table --kills 100`.

Each kill is a SIGKILL of a real session (real engines, a file as the microphone) at a random moment. Then: what does
the disk hold of the samples that were handed over, of the events that were accepted, and does the session go on to
its end? Prints a line a kill, a summary, and as its last line the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE
from voiceprep.sessions import store

SPEED = 4.0


@dataclass(frozen=True)
class Killed:
    """What one kill left."""

    after_s: float
    phase: str
    handed_s: float
    recovered_s: float
    lost_s: float
    bit_exact: bool
    events_accepted: int
    events_kept: int
    finished: bool
    whole: bool


def kill_once(sound: Path, seed: int, folder: Path, speed: float = SPEED) -> Killed | None:
    """One session, killed and gone on with; None when it was over before the kill."""
    rng = random.Random(seed)
    progress = folder / "progress"
    progress.write_bytes(b"\0" * 16)
    subject = [sys.executable, "-m", "tests.faults.kill_subject", str(folder), str(sound), str(progress), str(speed)]
    process = subprocess.Popen(subject, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # Time counts from the first event, so that the kill falls into the session and not into Python's start.
    while process.poll() is None and struct.unpack("<q", progress.read_bytes()[8:])[0] == 0:
        time.sleep(0.01)
    length_s = len(read_16k(sound)) / 2 / RATE / speed
    after_s = rng.uniform(0, 1.6 * length_s)
    time.sleep(after_s)
    over = process.poll() is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    if over:
        return None
    handed, accepted = struct.unpack("<qq", progress.read_bytes())
    session = store.folders(folder / "sessions")[0]
    with session.locked():
        found = store.recover(session)
    known = read_16k(sound)
    takes = session.takes()
    recovered = read_recording(takes[-1]) if takes else b""
    exact = all(known.startswith(read_recording(t)) for t in takes)
    finished = _goes_on(session, sound, folder)
    return Killed(
        after_s=round(after_s, 3),
        phase=found.state.phase,
        handed_s=handed / RATE,
        recovered_s=len(recovered) / 2 / RATE,
        lost_s=round(max(0, handed - len(recovered) // 2) / RATE, 4),
        bit_exact=exact,
        events_accepted=accepted,
        events_kept=len(found.history),
        finished=finished,
        whole=store.verify(session) == [],
    )


def _goes_on(session: store.SessionFolder, sound: Path, folder: Path) -> bool:
    """Whether `practice --resume` brings the session to its end."""
    answers = [part for _ in range(4) for part in ("--answer-audio", str(sound))]
    command = [sys.executable, "-m", "voiceprep", "practice", "--headless", "--resume", session.id, "--data-dir",
               str(folder), "--engine", "basic", "--voice", "none", *answers]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0 and session.state().close_reason == "finished"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sound", type=Path, default=Path(__file__).parents[2] / "voiceprep/demo/rest-or-graphql.ogg")
    args = parser.parse_args()
    rows: list[Killed] = []
    seed = args.seed
    while len(rows) < args.kills:
        seed += 1
        with TemporaryDirectory() as folder:
            row = kill_once(args.sound, seed, Path(folder))
        if row is None:
            continue
        rows.append(row)
        print(
            f"{len(rows):>4}  killed {row.after_s:6.2f} s, {row.phase:<12} handed {row.handed_s:6.2f} s  "
            f"lost {row.lost_s:6.3f} s  exact {row.bit_exact}  events {row.events_kept}/{row.events_accepted}  "
            f"finished {row.finished}  whole {row.whole}",
            flush=True,
        )
    lost = sorted(r.lost_s for r in rows)
    figures = {
        "kills": len(rows),
        "phases": {p: sum(r.phase == p for r in rows) for p in sorted({r.phase for r in rows})},
        "lost_s_median": lost[len(lost) // 2],
        "lost_s_max": lost[-1],
        "not_bit_exact": sum(not r.bit_exact for r in rows),
        "events_lost": sum(max(0, r.events_accepted - r.events_kept) for r in rows),
        "not_finished": sum(not r.finished for r in rows),
        "not_whole": sum(not r.whole for r in rows),
    }
    print(json.dumps(figures))
    bad = lost[-1] > 0.10 or any(figures[k] for k in ("not_bit_exact", "events_lost", "not_finished", "not_whole"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
