"""What the process keeps of memory, and when it looks for garbage. The C library is told with glibc only."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys

TRIM_THRESHOLD, ARENA_MAX = -1, -8
"""glibc's M_TRIM_THRESHOLD and M_ARENA_MAX."""
KEPT_BYTES = 1_000_000
OBJECTS, YOUNG, OLD = 50_000, 20, 20
"""How many new objects, and how many looks at the younger ones, until the next look for garbage."""


def keep_little() -> None:
    """Threads share one heap, so that what one has freed is there for the others (else each of the session's twenty
    keeps its own), and what is free at its end goes back to the system."""
    _call("mallopt", ARENA_MAX, 1)
    _call("mallopt", TRIM_THRESHOLD, KEPT_BYTES)


def give_back() -> None:
    """Returns freed memory to the system instead of keeping it for the next time: 80 MB after a pass of base. Takes a
    millisecond or two."""
    _call("malloc_trim", 0)


def settle() -> None:
    """What there is by now stays: later looks for garbage leave it out. A whole one among the bank's and the screen's
    objects takes 100 ms, in which no key and no block of sound gets through."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, YOUNG, OLD)
    give_back()


def _call(name: str, *numbers: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            getattr(ctypes.CDLL(None), name)(*numbers)
