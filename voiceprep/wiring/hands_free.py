"""How answers end without a key, as the candidate wrote it."""

from __future__ import annotations

from voiceprep.core.clean import one_line
from voiceprep.errors import UsageError

LEAST_PAUSE_S = 3.5
"""Silence shorter than this is thinking."""
LONGEST_PAUSE_S = 60.0


def hands_free_s(how: str) -> float | None:
    """After how much silence an answer is taken as done; 0: by what has been said. None: never. Raises UsageError."""
    if how in ("", "no"):
        return None
    if how == "quick":
        return 0.0
    try:
        wanted_s = float(how)
    except ValueError:
        wanted_s = 0.0
    if not LEAST_PAUSE_S <= wanted_s <= LONGEST_PAUSE_S:
        raise UsageError(
            f"Answers can't end after {one_line(how, 40)!r}.",
            f"Hands-free is no, quick, or seconds of silence: {LEAST_PAUSE_S} to {LONGEST_PAUSE_S:.0f}.",
        )
    return wanted_s
