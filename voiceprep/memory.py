"""What the C library keeps of memory that was freed. With glibc; elsewhere nothing is changed."""

from __future__ import annotations

import contextlib
import ctypes
import sys

TRIM_THRESHOLD, ARENA_MAX = -1, -8
"""glibc's M_TRIM_THRESHOLD and M_ARENA_MAX."""
KEPT_BYTES = 1_000_000


def keep_little() -> None:
    """Threads share one heap, so that what one has freed is there for the others (else each of the session's twenty
    keeps its own), and what is free at its end goes back to the system."""
    _call("mallopt", ARENA_MAX, 1)
    _call("mallopt", TRIM_THRESHOLD, KEPT_BYTES)


def give_back() -> None:
    """Returns freed memory to the system instead of keeping it for the next time: 80 MB after a pass of base."""
    _call("malloc_trim", 0)


def _call(name: str, *numbers: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            getattr(ctypes.CDLL(None), name)(*numbers)
