"""What processes cost, by /proc: processor time and memory of a process with all below it, and who else was busy."""

from __future__ import annotations

import os
import platform
import threading
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK_EVERY_S = 0.2


def _stat(pid: str) -> list[str]:
    """Fields of /proc/PID/stat from the state on; empty when it has ended."""
    try:
        return Path("/proc", pid, "stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []


def tree(root: int) -> dict[int, list[str]]:
    """The process and all below it, each with its fields."""
    every = {int(pid): fields for pid in os.listdir("/proc") if pid.isdigit() and (fields := _stat(pid))}
    found = {root: every[root]} if root in every else {}
    grew = bool(found)
    while grew:
        below = {pid: f for pid, f in every.items() if int(f[1]) in found and pid not in found}
        found |= below
        grew = bool(below)
    return found


def cpu_s(root: int, module: str = "") -> float:
    """Processor seconds of the tree so far, those of children that have ended included; with `module` of those
    processes only that run it."""
    return sum(int(t) for pid, fields in tree(root).items() if _runs(pid, module) for t in fields[11:15]) / TICKS


def _runs(pid: int, module: str) -> bool:
    try:
        return not module or module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def highest_mb(root: int) -> float:
    """Resident memory of the tree, each process at its own highest so far, what they share counted for each."""
    return sum(map(_highest, tree(root))) * 1024 / 1e6


def _highest(pid: int) -> int:
    """In KiB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def busy_s() -> float:
    """Processor seconds that were not idle on the whole machine, stolen ones included."""
    fields = [int(f) for f in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


class Watching:
    """Looks at a tree five times a second until the block ends."""

    def __init__(self, root: int) -> None:
        self._root, self._over = root, threading.Event()
        self.peak_mb = 0.0
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            self.peak_mb = max(self.peak_mb, highest_mb(self._root))

    def __enter__(self) -> Watching:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def only_two_cores() -> int:
    """Keeps this process and all it starts on two cores; how many there are to it now."""
    allowed = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, allowed)
    return len(allowed)


def described() -> str:
    """The machine in a line."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )
    pages = os.sysconf("SC_PHYS_PAGES") * PAGE / 2**30
    return f"{model}, {os.cpu_count()} cores, {pages:.0f} GiB, {platform.system()}"
