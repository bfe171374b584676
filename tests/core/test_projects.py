"""What a CV tells of: headlines, dates and deeds in the ways in which people write them; nothing is made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.core.projects import LONGEST_TITLE, MOST, projects_in

PLAIN = """\
JOHN SMITH
Berlin

WORK EXPERIENCE

Backend Engineer, Foo Ltd                                2019 - 2022
\u2022 Migrated 40 services to Kubernetes
\u2022 Reduced cloud costs by 30 %

Junior Developer
Bar Inc.
06/2017 \u2013 05/2019
\u2022 Implemented a REST API for invoices
\u2022 Java, Spring

SKILLS
Java, Go
- Built by myself

EDUCATION
BSc Physics, 2013-2016
- Wrote a thesis
"""


def titles(text: str) -> list[str]:
    return [p.title for p in projects_in(text)]


def test_roles_with_dates_and_bullets_as_a_word_processor_leaves_them() -> None:
    foo, bar = projects_in(PLAIN)
    assert (foo.title, foo.when, foo.line) == ("Backend Engineer, Foo Ltd", "2019 - 2022", 6)
    assert foo.done == ("Migrated 40 services to Kubernetes.", "Reduced cloud costs by 30 %.")
    assert foo.deed == "Migrated 40 services to Kubernetes." and foo.outcome == "Reduced cloud costs by 30 %."
    assert (bar.title, bar.when) == ("Junior Developer, Bar Inc", "06/2017 \u2013 05/2019")
    assert bar.done == ("Implemented a REST API for invoices.",), "a list of tools is no deed"
    assert bar.outcome == "", "no result is made up"


@pytest.mark.parametrize(
    ("text", "title", "when"),
    [
        ("## Search rewrite (2021)\n- Replaced the engine\n", "Search rewrite", "2021"),
        ("**Search rewrite**\n- Replaced the engine\n", "Search rewrite", ""),
        ("Search rewrite | March 2020 - now\n- Replaced the engine\n", "Search rewrite", "March 2020 - now"),
        ("Search rewrite\n2018-19\n- Replaced the engine\n", "Search rewrite", "2018-19"),
        ("Search rewrite\n\n1. Replaced the engine\n", "Search rewrite", ""),
        ("Search rewrite: I replaced the engine in 2019, and it got twice as fast.\n", "Search rewrite", "2019"),
        ("Last year we rewrote the search.\n", "Last year we rewrote the search", ""),
        ("### [Search rewrite](https://example.org)\nSuccessfully replaced the engine.\n", "Search rewrite", ""),
    ],
)
def test_a_project_in_one_way_or_another(text: str, title: str, when: str) -> None:
    (found,) = projects_in(text)
    assert (found.title, found.when) == (title, when)


def test_paragraphs_of_a_summary_are_projects_of_their_own() -> None:
    found = projects_in(
        "Payments: I moved billing to a new provider. We cut the fees in half.\n\n"
        "Search: I replaced the engine.\nIt was slow before.\n\n"
        "I like hiking and chess.\n"
    )
    assert [(p.title, p.done) for p in found] == [
        ("Payments", ("I moved billing to a new provider.", "We cut the fees in half.")),
        ("Search", ("I replaced the engine.", "It was slow before.")),
    ]
    assert found[0].outcome == "We cut the fees in half."


def test_of_many_projects_those_with_most_to_ask_about_stay_in_their_order() -> None:
    thin = "".join(f"## Thin {n}\n- Built it\n\n" for n in range(MOST))
    rich = "".join(f"## Rich {n} (2020)\n- Built it\n- Cut the costs by 40 %\n\n" for n in range(2))
    assert titles(thin + rich) == [*(f"Thin {n}" for n in range(MOST - 2)), "Rich 0", "Rich 1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Skills\n- Built to last\n",
        "Education\nBSc, 2015\n- Wrote a thesis\n",
        "I'm a nice person.\n",
        "Go\nKafka\n",
    ],
)
def test_what_tells_of_no_project_is_none(text: str) -> None:
    assert projects_in(text) == ()


def test_a_long_headline_is_cut_between_words() -> None:
    (found,) = projects_in("## " + "very long " * 30 + "\n- Built it\n")
    assert len(found.title) <= LONGEST_TITLE and found.title.endswith("long very\u2026")


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["## A\n", "- Built it\n", "2019 - 2021\n", "Skills\n", "\n", "**B**\n", "I wrote it. ", "* \n", "|"]
            ),
            st.text(max_size=30),
        ),
        max_size=30,
    ).map("".join)
)
def test_whatever_the_text_a_project_has_a_title_and_a_deed(text: str) -> None:
    found = projects_in(text)
    assert len(found) <= MOST and [p.line for p in found] == sorted(p.line for p in found)
    for project in found:
        assert project.title and len(project.title) <= LONGEST_TITLE and "\n" not in project.title
        assert project.done and all(d.strip() for d in project.done) and project.deed in project.done
