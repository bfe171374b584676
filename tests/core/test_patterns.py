"""The language of patterns: what each sign lets match, and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import FOLDER
from voiceprep.core.folding import Edge
from voiceprep.core.patterns import (
    Atom,
    Hit,
    Line,
    Pattern,
    PatternError,
    compile_pattern,
    find,
    find_all,
    opposite_of,
)
from voiceprep.core.words import stem, tokenise


def line(text: str, clauses: tuple[int, ...] = ()) -> Line:
    tokens = tokenise(text)
    edges: dict[int, Edge] = {e.start: e for e in FOLDER.fold(tokens)}
    return Line(tokens, edges, clauses or (0,) * len(tokens))


def compiled(source: str) -> Pattern:
    return compile_pattern(source, FOLDER)


def found(source: str, text: str, missing: int = 0) -> str | None:
    """The words that belong to the match."""
    read = line(text)
    hit = find(compiled(source), read, missing)
    return None if hit is None else " ".join(read.tokens[n].text for n in sorted(hit.used))


@pytest.mark.parametrize(
    ("source", "text", "match"),
    [
        # words match by their stem, in order
        ("client picks fields", "the clients picked a field", "clients picked field"),
        ("client picks fields", "the fields picked the client", None),
        ("client", "nobody", None),
        # a gap of three words, in which light words don't count
        ("client fields", "client one two three fields", "client fields"),
        ("client fields", "client one two three four fields", None),
        ("client fields", "client um one you know two actually the three fields", "client fields"),
        # a wide gap of eight
        ("client ... fields", "client one two three four five six seven eight fields", "client fields"),
        ("client ... fields", "client one two three four five six seven eight nine fields", None),
        ("client ... picks fields", "client picks one two three four fields", None),  # wide only where it's written
        # a choice, also of several words; articles in it are never looked at
        ("client (picks|asks for) fields", "the client asks for the fields", "client asks for fields"),
        ("client (picks|asks for) fields", "the client asks about the fields", None),
        ("client (asks the server|picks) fields", "the client asks server fields", "client asks server fields"),
        ("asks for a fields", "asks for fields", "asks for fields"),
        ("(asks for) fields", "asks not for fields", None),  # words of one choice stand together
        ("(asks for) fields", "asks the for fields", "asks the for fields"),  # but for an article
        # what may be absent
        ("client always? picks", "the client always picks", "client always picks"),
        ("client always? picks", "the client picks", "client picks"),
        ("(in|with)? GraphQL fields", "fields of GraphQL fields", "graphql fields"),
        ("client (picks|a) fields", "client fields", "client fields"),  # a choice of an article may be absent too
        # an exact spelling
        ("=caching", "caching", "caching"),
        ("=caching", "caches", None),
        ("(=caching|query)", "the queries", "queries"),
        # terms: any form of them, and no word that only looks like one
        ("REST api", "a REST API", "rest api"),
        ("REST", "the rest of it", None),
        ("relational database", "we use SQL", "sql"),
        ("no SQL", "we use NoSQL", "nosql"),
        ("no SQL", "we use no SQL", "no sql"),
        ("SQL", "we use no SQL", None),  # NoSQL isn't SQL
        ("load balancer", "balancing load", None),
        ("(load balancer|proxy)", "behind load balancers", "load balancers"),
        ("balancer", "behind load balancers", None),
        ("=balancers", "behind load balancers", "balancers"),  # a pattern may still read the words inside a term
        ("new end point", "a new endpoint", "new endpoint"),
    ],
)
def test_what_matches(source: str, text: str, match: str | None) -> None:
    assert found(source, text) == match


def test_neighbouring_words_make_one_term_across_slots() -> None:
    (slot,) = compiled("load balancer").slots
    assert slot.choices == ((Atom("term", "load-balancer"),),)
    assert [s.choices[0] for s in compiled("new load balancer").slots] == [
        (Atom("stem", "new"),),
        (Atom("term", "load-balancer"),),
    ]
    assert [s.choices[0][0].kind for s in compiled("load ... balancer").slots] == ["stem", "term"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("(client|server", "column 1"),
        ("client picks)", "column 7"),
        ("client fields|data", "column 7"),
        ("client (a (b|c))", "column 7"),
        ("(client||server)", "an empty choice"),
        ("(|client)", "an empty choice"),
        ("()", "an empty choice"),
        ("", "has to be said"),
        ("the", "has to be said"),
        ("...", "has to be said"),
        ("client? fields?", "has to be said"),
    ],
)
def test_a_bad_pattern_says_what_is_wrong_with_it(source: str, says: str) -> None:
    with pytest.raises(PatternError, match=says):
        compiled(source)


def test_a_complete_match_is_preferred_to_an_earlier_incomplete_one() -> None:
    read = line("the client picks nothing that anybody would ever want and the client picks fields")
    pattern = compiled("client picks fields")
    assert find(pattern, read, allow_missing=1) == Hit(11, 14, frozenset({11, 12, 13}), 0)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("the client picks something", "client picks"),
        ("the client and its fields", "client fields"),
        ("the server picks fields", None),  # the first slot is never left out
        ("the client", None),  # one slot may be missing, not two
    ],
)
def test_one_slot_may_be_missing_where_that_is_allowed(text: str, match: str | None) -> None:
    assert found("client picks fields", text, missing=1) == match
    assert found("client picks fields", text) is None


def test_a_match_crosses_no_more_than_two_clauses() -> None:
    assert find(compiled("client fields"), line("client one two fields", (0, 1, 1, 2))) is not None
    assert find(compiled("client fields"), line("client one two fields", (0, 1, 2, 3))) is None


def test_all_complete_matches_are_found_left_to_right() -> None:
    read = line("the client picks, the client asks us for this, and the client picks again")
    assert [(h.start, h.end) for h in find_all(compiled("client picks"), read)] == [(1, 3), (11, 13)]


def test_a_flipped_word_is_turned_around_by_its_opposite_and_no_other() -> None:
    turned = opposite_of(compiled("~single endpoint"), {"singl": ("multiple", "many")})
    assert [s.choices for s in turned[0].slots] == [
        ((Atom("stem", stem("many")),), (Atom("stem", stem("multiple")),)),
        ((Atom("term", "endpoint"),),),
    ]
    assert len(turned) == 1
    assert opposite_of(compiled("single endpoint"), {"singl": ("multiple",)}) == ()
    assert opposite_of(compiled("~quick endpoint"), {"singl": ("multiple",)}) == ()


def test_two_flips_are_turned_one_at_a_time() -> None:
    opposites = {stem("client"): ("server",), stem("more"): ("less",)}
    turned = opposite_of(compiled("~client sends ~more"), opposites)
    keys = [[s.choices[0][0].key for s in p.slots] for p in turned]
    assert keys == [["server", "send", "more"], ["client", "send", "less"]]


words = st.lists(st.sampled_from("client server picks asks for fields the um no load balancer REST of rest".split()))
SOURCES = [
    "client picks fields",
    "client ... (picks|asks for) ... fields",
    "(the|no)? load balancer",
    "REST ... fields? client",
    "=rest",
    "(client|server) (asks for|picks)",
]


@given(words, st.sampled_from(SOURCES), st.integers(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_match_lies_inside_the_words_and_uses_only_what_it_matched(
    said: list[str], source: str, missing: int
) -> None:
    read, pattern = line(" ".join(said)), compiled(source)
    hit = find(pattern, read, missing)
    complete = find(pattern, read)
    assert (hit is not None) or complete is None
    if complete is not None:
        assert hit == complete, "allowing a slot to be missing changes no complete match"
    if hit is None:
        return
    assert 0 <= hit.start < hit.end <= len(read.tokens)
    assert (min(hit.used), max(hit.used)) == (hit.start, hit.end - 1)
    every = {a for s in pattern.slots for c in s.choices for a in c}
    terms = {n for e in read.edges.values() if Atom("term", e.term) in every for n in range(e.start, e.end)}
    for n in hit.used - terms:
        token = read.tokens[n]
        assert Atom("stem", token.stem) in every or Atom("exact", token.text) in every
