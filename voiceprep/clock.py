"""The machine's clock as the interview sees it."""

from __future__ import annotations

import time


class MonotonicClock:
    """Seconds of this machine, forward only."""

    def now_s(self) -> float:
        return time.monotonic()

    def slept_s(self) -> float:
        """What this machine's sleep has cost the clock above, where that doesn't count it (Linux, macOS); from an
        arbitrary beginning. Elsewhere the wall clock says it, and setting that is taken for a sleep."""
        boot = getattr(time, "CLOCK_BOOTTIME", None)
        return (time.clock_gettime(boot) if boot is not None else time.time()) - time.monotonic()

    def sleep_s(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)
