"""The page for the night before shows what was said and nothing else, as Markdown, as lines, and as data."""

from __future__ import annotations

import pytest

from tests.core.test_night import LONG, answer, asked, days, point
from tests.report.test_report import HOSTILE, Rendered, squeezed
from voiceprep.core.night import ASK, Night, night_of
from voiceprep.report.night import markdown, night_json, plain

GIVEN = answer("db-1", point("a", quote=LONG), point("b", "missed"))
NIGHT = night_of(days((GIVEN, answer("web-1", point("a")))), asked("db-1", "web-1"))


def texts(night: Night) -> list[str]:
    """The page as a viewer shows its Markdown, and as lines."""
    return [squeezed(Rendered(markdown(night, "Tomorrow.")).text), squeezed(" ".join(plain(night, "Tomorrow.", 80)))]


def test_the_page_has_its_parts_in_order() -> None:
    parts = (
        "The night before", "Tomorrow.", "Your best sentences", f"“{LONG}”", "About db-1, 1 Nov, a001 of 20261101-",
        "Once more, aloud: about 8 min", "About db-1. Say: Say b.", "About web-1: every core point was heard on 1 Nov",
        "Five questions to ask them", *ASK, "Enough. Sleep.",
    )  # fmt: skip
    for text in texts(NIGHT):
        at = [text.lower().index(part.lower()) for part in parts]
        assert at == sorted(at)
        assert text.endswith("Enough. Sleep.")


def test_the_markdown_is_headings_and_lists() -> None:
    shown = Rendered(markdown(NIGHT))
    assert shown.tags.count("ol") == 2 and shown.tags.count("ul") == 2 and shown.tags.count("h3") == 2
    assert set(shown.tags) <= {"h1", "h2", "h3", "p", "ul", "ol", "li"} and not shown.attributes


def test_lines_fit_the_columns_and_are_the_page() -> None:
    lines = list(plain(NIGHT, "", 60))
    assert max(map(len, lines)) <= 60 and "Tomorrow." not in lines
    assert lines[0] == "THE NIGHT BEFORE" and lines[-1] == "Enough. Sleep."


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_was_said_becomes_markup(text: str) -> None:
    night = night_of(days(answer("db-1", point("a", quote=text), point("b", "missed", say=text))), asked("db-1"))
    shown = Rendered(markdown(night))
    assert set(shown.tags) <= {"h1", "h2", "h3", "p", "ul", "ol", "li"} and not shown.attributes
    assert squeezed(shown.text).count(squeezed(text)) == 2


def test_what_a_terminal_would_obey_is_cleaned() -> None:
    night = night_of(days(answer("db-1", point("a", quote="one\x1b[2J two\u202e\nthree"))), asked("db-1"))
    for text in (markdown(night), *plain(night, "", 80)):
        assert "\x1b" not in text and "\u202e" not in text
    assert "two\ufffd three" in markdown(night)


def test_a_part_without_anything_in_it_is_left_out() -> None:
    for text in texts(night_of(days(answer("db-1", point("a", "partly"))), asked("db-1"))):
        assert "best sentences" not in text.lower() and "Five questions".lower() in text.lower()
    for text in texts(night_of([], asked("db-1"))):
        assert "once more" not in text.lower()


def test_the_data_has_the_documented_keys() -> None:
    got = night_json(NIGHT)
    assert set(got) == {"schema", "countdown", "topics", "plan", "ask"} and got["countdown"] is None
    assert night_json(NIGHT, "Tomorrow.")["countdown"] == "Tomorrow."
    db, web = sorted(got["topics"], key=lambda t: t["topic"])
    assert set(db) == {"topic", "takes", "sentences"} and web["topic"] == "web"
    assert db["takes"] == [
        {"question_id": "db-1", "session": "20261101-090000-abcd", "day": "2026-11-01", "take_id": GIVEN.take_id,
         "core": [1, 2], "coverage": 0.5}
    ]  # fmt: skip
    (sentence,) = db["sentences"]
    assert set(sentence) == {
        "question_id", "point_id", "session", "day", "probability", "quote", "char_start", "char_end", "start_s",
        "end_s", "take_id",
    }  # fmt: skip
    assert got["plan"] == {
        "minutes": NIGHT.minutes,
        "questions": [
            {"id": "db-1", "why": "1 core point was not heard on 1 Nov", "say": "Say b."},
            {"id": "web-1", "why": "every core point was heard on 1 Nov", "say": None},
        ],
    }
