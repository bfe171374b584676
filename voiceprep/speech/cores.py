"""How many cores there are to compute on: two threads on one core only get into each other's way."""

from __future__ import annotations

import contextlib
import os
import platform
from pathlib import Path

CPUS = Path("/sys/devices/system/cpu")


def cores(cpus: Path = CPUS) -> int:
    """Cores this process may use, as the kernel tells it; elsewhere a guess: each is two where processors do that."""
    if hasattr(os, "sched_getaffinity"):
        allowed = os.sched_getaffinity(0)
        siblings = set()
        with contextlib.suppress(OSError):
            for cpu in allowed:
                siblings.add((cpus / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text().strip())
        return len(siblings) or len(allowed)
    count = os.cpu_count() or 1
    return count if platform.machine().lower() in ("arm64", "aarch64") else max(1, count // 2)
