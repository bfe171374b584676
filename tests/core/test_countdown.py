"""Days until the interview: counted as a calendar counts them, and said so that each line is worth reading."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.wiring.countdown import countdown, day_number, day_of, days_left

SET, DATE = "2026-11-21", "2026-12-01"


@given(st.dates())
@settings(max_examples=300, deadline=None)
def test_days_are_counted_as_the_calendar_does(day: datetime.date) -> None:
    assert day_number(day.isoformat()) == day.toordinal()


@pytest.mark.parametrize("day", ["2024-02-29", "2000-02-29", "2026-12-31", "0001-01-01", "9999-12-31"])
def test_a_day_at_the_edge_is_one(day: str) -> None:
    assert day_number(day) == datetime.date.fromisoformat(day).toordinal()


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00", "0000-01-01",
     "2026-1-1", "20261201", "2026-12-01T00", "2026-12-1x", "-026-12-01", "+026-12-01", " 2026-12-01", "٢٠٢٦-١٢-٠١"],
)  # fmt: skip
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_number(text) is None
    assert days_left(text, DATE) is None and days_left(DATE, text) is None
    assert countdown(SET, SET, text) == "" == countdown(text, SET, DATE)


def test_days_left_go_over_the_ends_of_months_and_years_and_below_nought() -> None:
    assert days_left("2026-11-21", "2026-12-01") == 10
    assert days_left("2027-12-31", "2028-03-01") == 61
    assert days_left("2026-12-02", "2026-12-01") == -1


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2026-11-21", "10 days left."),
        ("2026-11-22", "Day 2 of 10."),
        ("2026-11-23", "Day 3 of 10."),
        ("2026-11-29", "Day 9 of 10."),
        ("2026-11-30", "Tomorrow. voiceprep night."),
        ("2026-12-01", "Today. Good luck."),
        ("2026-12-02", ""),
        ("2027-11-30", ""),
    ],
)
def test_the_days_in_words(today: str, said: str) -> None:
    assert countdown(today, SET, DATE) == said


def test_the_command_itself_is_not_told_to_run_it() -> None:
    assert countdown("2026-11-30", SET, DATE, command=False) == "Tomorrow."
    assert countdown("2026-11-23", SET, DATE, command=False) == "Day 3 of 10."


@pytest.mark.parametrize("set_on", ["", "nonsense", "2026-11-24", "2026-12-05"])
def test_without_the_day_it_was_set_the_days_left_are_said(set_on: str) -> None:
    assert countdown("2026-11-23", set_on, DATE) == "8 days left."


def test_the_days_of_practice_end_on_the_eve() -> None:
    assert day_of("2026-11-21", SET, DATE) == (1, 10)
    assert day_of("2026-11-30", SET, DATE) == (10, 10)
    assert day_of("2026-12-01", SET, DATE) is None and day_of("2026-11-20", SET, DATE) is None


def test_nothing_is_said_where_no_date_was_set() -> None:
    assert countdown("2026-11-23", "", "") == ""
