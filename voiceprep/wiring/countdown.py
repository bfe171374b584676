"""How long until the interview: days written "2026-12-01"."""

from __future__ import annotations

import datetime
import re
import time

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def today() -> str:
    """The machine's date, "2026-12-01"."""
    return time.strftime("%Y-%m-%d")


def day_number(day: str) -> int | None:
    """The day's number, 1 more each day; None for what isn't a day written "2026-12-01"."""
    if not _WRITTEN.fullmatch(day):
        return None  # the library takes other ways to write one, too
    try:
        return datetime.date.fromisoformat(day).toordinal()
    except ValueError:
        return None


def days_left(today: str, date: str) -> int | None:
    """Days from `today` to `date`: 0 on the day, negative after it; None when either isn't a day."""
    now, then = day_number(today), day_number(date)
    return None if now is None or then is None else then - now


def day_of(today: str, set_on: str, date: str) -> tuple[int, int] | None:
    """(3, 10) on the third of ten days of practice. The first is the day on which the date was set, the last is the
    eve of the interview; None on any other day, and when something isn't a day."""
    gone, of = days_left(set_on, today), days_left(set_on, date)
    return None if gone is None or of is None or not 0 <= gone < of else (gone + 1, of)


def countdown(today: str, set_on: str, date: str, *, command: bool = True) -> str:
    """A sentence or two on how far away the interview is: "10 days left." on the day the date was set (or where that
    isn't known), then "Day 3 of 10."; empty when it's past, or when there is no date. With `command` the eve names
    the command that is for it."""
    left = days_left(today, date)
    if left is None or left < 0:
        return ""
    if left == 0:
        return "Today. Good luck."
    if left == 1:
        return "Tomorrow. voiceprep night." if command else "Tomorrow."
    at = day_of(today, set_on, date)
    return f"{left} days left." if at is None or at[0] == 1 else f"Day {at[0]} of {at[1]}."
