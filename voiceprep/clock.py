"""The machine's clock as the interview sees it."""

from __future__ import annotations

import time

GAP_S = 8.0


class MonotonicClock:
    """Seconds of this machine, forward only."""

    def now_s(self) -> float:
        return time.monotonic()

    def __init__(self) -> None:
        self._looked_s = time.monotonic()
        self._counted_s = 0.0

    def slept_s(self) -> tuple[float, float]:
        """How long the machine has slept, from an arbitrary beginning: without `now_s` counting it (Linux, macOS), and
        with it counted. To be asked several times a second, by one thread: a gap of seconds in that was a sleep, too.
        Where there is no clock of the system for it the wall clock says it, and setting that is taken for a sleep."""
        now_s = time.monotonic()
        gap_s, self._looked_s = now_s - self._looked_s, now_s
        if gap_s >= GAP_S:
            self._counted_s += gap_s
        boot = getattr(time, "CLOCK_BOOTTIME", None)
        return (time.clock_gettime(boot) if boot is not None else time.time()) - now_s, self._counted_s

    def sleep_s(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)
