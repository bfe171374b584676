"""What the process keeps of memory, and when it looks for garbage. The C library is told with glibc only."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys

TRIM_THRESHOLD, ARENA_MAX = -1, -8
"""glibc's M_TRIM_THRESHOLD and M_ARENA_MAX."""
KEPT_BYTES = 1_000_000
TUNABLES = ":".join(
    f"glibc.malloc.{name}={value}"
    for name, value in (("arena_max", 1), ("mmap_threshold", 2_500_000), ("trim_threshold", 4_000_000), ("hugetlb", 1))
)
"""What an engine's process is started with, as GLIBC_TUNABLES: one heap for all threads, and whatever is as large as
one layer's numbers (3 MB with base) by itself, so that it goes back when it's freed: 30 MB less at base's highest. Each
such place is new then, and pages of 2 MB make that as quick as keeping them was."""
OBJECTS, YOUNG, OLD = 50_000, 20, 20
"""How many new objects, and how many looks at the younger ones, until the next look for garbage."""


def keep_little() -> None:
    """Threads share one heap, so that what one has freed is there for the others (else each of the session's twenty
    keeps its own), and what is free at its end goes back to the system."""
    _call("mallopt", ARENA_MAX, 1)
    _call("mallopt", TRIM_THRESHOLD, KEPT_BYTES)


def give_back() -> None:
    """Returns freed memory to the system instead of keeping it for the next time: 80 MB after a pass of base."""
    _call("malloc_trim", 0)


def settle() -> None:
    """What there is by now stays: later looks for garbage leave it out. A whole one among the bank's and the screen's
    objects takes 100 ms, in which no key and no block of sound gets through."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, YOUNG, OLD)


def _call(name: str, *numbers: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            getattr(ctypes.CDLL(None), name)(*numbers)
