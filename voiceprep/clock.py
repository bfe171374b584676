"""The machine's clock as the interview sees it."""

from __future__ import annotations

import time


class MonotonicClock:
    """Seconds of this machine, forward only."""

    def now_s(self) -> float:
        return time.monotonic()

    def sleep_s(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)
