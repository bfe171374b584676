"""The power goes while a session is held: `python -m tests.faults.power_cut --cuts 20`, as root on Linux.

The session lies on an ext4 image. At a random moment the process is stopped and the image is copied: that is what the
kernel had given the device by then. The copy is mounted, which replays its own journal, and the session on it is
recovered. It doesn't model a drive that lies about its cache. Prints a line a cut, and the figures as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import json
import mmap
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import kill_subject
from tests.faults.kill_subject import Progress
from tests.faults.kill_table import SAID
from voiceprep.config import Places
from voiceprep.core.events import AnswerEnded, Assessed
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.sessions import store

SAID_S = 8.0
MOST_LOST_S = 1.2
IMAGE_BYTES = 300_000_000
DURABLE = (AnswerEnded, Assessed)
"""Some of the events that are on the device before anything is done about them."""


@dataclass(frozen=True)
class Cut:
    """What one cut left. `durable_lost` are events that had been waited for."""

    after_s: float
    handed_s: float
    lost_s: float
    bit_exact: bool
    events_accepted: int
    events_kept: int
    durable_lost: int
    problems: tuple[str, ...]


def possible() -> bool:
    """Whether images can be mounted here."""
    return (
        sys.platform == "linux"
        and os.geteuid() == 0
        and subprocess.run(["losetup", "-f"], capture_output=True, check=False).returncode == 0
    )


@contextlib.contextmanager
def mounted(image: Path, at: Path) -> Iterator[Path]:
    at.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(at)], check=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def _copy_at_one_moment(image: Path, copy: Path) -> None:
    """Two readings that are the same: nothing was written between them, so it's what stood there at one moment."""
    digests = [b"first", b"second"]
    while digests[-1] != digests[-2]:
        subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
        with copy.open("rb") as file:
            digests.append(hashlib.file_digest(file, "blake2b").digest())


def cut_once(folder: Path, after_s: float) -> Cut:
    """One session in real time, its power cut so many seconds after its first event."""
    kill_subject.SPEED = 1.0
    sound = TakeFile(folder / "said.wav")
    sound.append(read_16k(SAID)[: int(SAID_S * RATE) * 2])
    sound.close()
    image, copy = folder / "disk.img", folder / "cut.img"
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    memory, durable = mmap.mmap(-1, 4096), mmap.mmap(-1, 4096)
    progress = Progress(memory)
    bank = kill_subject.small(folder)
    with mounted(image, folder / "disk") as disk:
        where = Places(disk / "data", folder / "cache")
        hold = functools.partial(kill_subject.hold, bank, where, sound.path, progress, Progress(durable), DURABLE)
        pid = kill_subject.forked(hold, folder / "out")
        while not progress.accepted:
            time.sleep(0.005)
        time.sleep(after_s)
        os.kill(pid, signal.SIGSTOP)
        handed, accepted, waited_for = progress.handed, progress.accepted, Progress(durable).accepted
        _copy_at_one_moment(image, copy)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    with mounted(copy, folder / "after") as disk:
        there = [f for f in store.folders(disk / "data" / "sessions") if f.journal.is_file()]
        if not there:  # no second had passed since it began
            return Cut(round(after_s, 2), handed / RATE, handed / RATE, True, accepted, 0, waited_for, ())
        history = store.recover(there[0]).history
        takes = [read_recording(take) for take in there[0].takes()]
        known = read_16k(sound.path)
        problems = (p for p in store.verify(there[0]) if not isinstance(p, store.Bearable))
        return Cut(
            after_s=round(after_s, 2),
            handed_s=handed / RATE,
            lost_s=round(max(0, handed - len(takes[-1] if takes else b"") // 2) / RATE, 3),
            bit_exact=all(known.startswith(take) for take in takes),
            events_accepted=accepted,
            events_kept=len(history),
            durable_lost=max(0, waited_for - sum(isinstance(event, DURABLE) for event in history)),
            problems=tuple(problems),
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not possible():
        print("An image can only be mounted by root on Linux.")
        return 3
    rng, cuts = random.Random(args.seed), list[Cut]()
    for _ in range(args.cuts):
        with TemporaryDirectory() as name:
            cuts.append(cut_once(Path(name), rng.uniform(0.5, 2 * SAID_S)))
        print(json.dumps(asdict(cuts[-1])), flush=True)
    lost = sorted(c.lost_s for c in cuts)
    figures = {
        "cuts": len(cuts),
        "lost_s_median": lost[len(lost) // 2],
        "lost_s_max": lost[-1],
        "not_bit_exact": sum(not c.bit_exact for c in cuts),
        "durable_events_lost": sum(c.durable_lost for c in cuts),
        "damaged": sum(bool(c.problems) for c in cuts),
    }
    print(json.dumps(figures))
    return int(lost[-1] > MOST_LOST_S or any(figures[k] for k in ("not_bit_exact", "durable_events_lost", "damaged")))


if __name__ == "__main__":
    sys.exit(main())
