"""Words that keep their place in the text, and the lexicon's terms found in them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import FOLDER
from voiceprep.core.folding import Folder
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.words import stem, tokenise


def texts(text: str) -> list[str]:
    return [t.text for t in tokenise(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't", "do not"),
        ("it doesn\u2019t", "it does not"),
        ("can't cannot won't", "can not can not will not"),
        ("It's what's there", "it is what is there"),
        ("they're, we've, you'll, I'd, I'm", "they are we have you will i would i am"),
        ("the client's fields", "the client fields"),
        ("HTTP/2, over-fetching and v1.2 in 1.5 s", "http 2 over fetching and v 1.2 in 1.5 s"),
        ("caf\u00e9 na\u00efve", "caf\u00e9 na\u00efve"),
        ("... \u2014 !", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert " ".join(texts(text)) == expected


def test_both_halves_of_a_contraction_stand_where_it_stands() -> None:
    text = "It doesn't cache."
    assert [(t.text, text[t.char_start : t.char_end]) for t in tokenise(text)] == [
        ("it", "It"),
        ("does", "doesn't"),
        ("not", "doesn't"),
        ("cache", "cache"),
    ]


prose = st.text(st.sampled_from("aBcdnrstvlIm \u00e9\u00dc\u2019'.,?-;\n12()\u2014"), max_size=60)


@given(prose)
@settings(max_examples=60, deadline=None)
def test_a_words_offsets_always_cut_it_out_of_the_text(text: str) -> None:
    tokens = tokenise(text)
    for token in tokens:
        cut = text[token.char_start : token.char_end].lower().replace("\u2019", "'")
        # Only a contraction is spelled out; everything else is as it's written.
        assert token.text == cut or "'" in cut
        assert cut.strip() == cut != ""
    starts = [t.char_start for t in tokens]
    assert starts == sorted(starts)
    assert all(a.char_end <= b.char_start or a.char_start == b.char_start for a, b in pairwise(tokens))


@given(prose, prose)
@settings(max_examples=60, deadline=None)
def test_text_read_further_on_stands_further_on(first: str, second: str) -> None:
    at = len(first) + 1
    alone, moved = tokenise(second), tokenise(second, at=at)
    assert [(t.text, t.char_start + at, t.char_end + at) for t in alone] == [
        (t.text, t.char_start, t.char_end) for t in moved
    ]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("one two", ""),
        ("one, two", "soft"),
        ("one (two", "soft"),
        ("one \u2014 two", "soft"),
        ("one - two", "soft"),
        ("one-two", ""),
        ("one. Two", "hard"),
        ("one? two", "hard"),
        ("one; two", "hard"),
        ("one\ntwo", "hard"),
        ("one,. two", "hard"),
    ],
)
def test_the_boundary_before_a_word(text: str, before: str) -> None:
    assert [t.before for t in tokenise(text)] == ["", before]


@pytest.mark.parametrize(
    ("text", "pause", "before"),
    [
        ("one two", "soft", "soft"),
        ("one two", "hard", "hard"),
        ("one, two", "hard", "hard"),
        ("one. two", "soft", "hard"),
    ],
)
def test_of_a_pause_and_a_comma_the_stronger_counts(text: str, pause: str, before: str) -> None:
    assert tokenise(text, {text.index("two"): pause})[1].before == before


def test_a_contraction_that_was_unclear_is_unclear_in_both_halves() -> None:
    tokens = tokenise("it doesn't cache", unclear=frozenset({3}))
    assert [t.unclear for t in tokens] == [False, True, True, False]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("queries", "query"),
        ("caching", "caches"),
        ("chose", "choose"),
        ("written", "writes"),
        ("sent", "sending"),
        ("indices", "indexes"),
        ("isn't".removesuffix("n't"), "be"),
        ("2", "two"),
    ],
)
def test_inflections_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_different_words_keep_different_stems() -> None:
    assert len({stem(w) for w in ("client", "server", "cache", "rest", "query", "one", "not")}) == 7


# Terms ------------------------------------------------------------------------------------------------------------


def terms(text: str, owned: tuple[str, ...] = (), folder: Folder = FOLDER) -> list[tuple[str, str]]:
    """(term, the text it stands on) of everything found."""
    tokens = tokenise(text)
    return [(e.term, text[tokens[e.start].char_start : tokens[e.end - 1].char_end]) for e in folder.fold(tokens, owned)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We use a REST API.", [("rest", "REST")]),
        ("The rest of it is easy.", []),
        ("In REST the rest of it is easy.", [("rest", "REST")]),
        ("two load balancers", [("load-balancer", "load balancers")]),  # longer than "balancer"
        ("two balancers", [("balancer", "balancers")]),
        ("the end points", [("endpoint", "end points")]),
        ("at the end. Points follow.", []),  # a term doesn't reach over a full stop
        ("no SQL here", [("nosql", "no SQL")]),  # and not a negated SQL
        ("some SQL here", [("sql", "SQL")]),
        ("a non-relational, not a relational database", [("nosql", "non-relational"), ("sql", "relational database")]),
        ("nothing at all", []),
        ("", []),
    ],
)
def test_terms_are_found_longest_first(text: str, found: list[tuple[str, str]]) -> None:
    assert terms(text) == found


def test_a_mishearing_is_believed_only_where_the_question_owns_the_term() -> None:
    text = "I would pick no sequel for that"
    assert terms(text) == []
    assert terms(text, owned=("nosql",)) == [("nosql", "no sequel")]
    assert terms(text, owned=("sql", "graphql")) == []


def test_a_phrase_unlike_the_term_hides_it_even_where_it_is_owned() -> None:
    assert terms("there is no sequel to that film", owned=("nosql",)) == []


def test_mishearings_are_exact_while_forms_are_inflected() -> None:
    assert terms("graph cool", owned=("graphql",)) == [("graphql", "graph cool")]
    assert terms("graphs cool", owned=("graphql",)) == []


def test_no_two_terms_overlap() -> None:
    folder = Folder(Lexicon((Term("ab", "alpha bravo"), Term("bc", "bravo charlie"), Term("c", "charlie"))))
    assert terms("alpha bravo charlie", folder=folder) == [("ab", "alpha bravo"), ("c", "charlie")]


@given(st.lists(st.sampled_from("the rest of load balancer no sql sequel to end point graph cool . ,".split())))
@settings(max_examples=60, deadline=None)
def test_edges_lie_in_order_inside_the_words(pieces: list[str]) -> None:
    tokens = tokenise(" ".join(pieces))
    edges = FOLDER.fold(tokens, ("nosql", "graphql"))
    borders = [n for e in edges for n in (e.start, e.end)]
    assert borders == sorted(borders)
    assert all(0 <= e.start < e.end <= len(tokens) for e in edges)
    assert not any(t.before == "hard" for e in edges for t in tokens[e.start + 1 : e.end])
