"""What a voice is given to read, and where it may take breath; the screen's text is another matter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.questions import LEXICON
from voiceprep.bank.contents import Bank
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.speakable import SHORTEST_PIECE, sentences, speakable

SAID = {
    "Is GraphQL better?": "Is graph Q.L better?",
    "GraphQL, GraphQL-like, GraphQLs": "graph Q.L, graph Q.L-like, graph Q.L's",
    "endpoint, notGraphQL": "endpoint, not Graph Q.L",
    "A REST API, two APIs, the API's URLs": "A rest A.P.I, two A.P.I's, the A.P.I's U.R.L's",
    "PUT or POST, a JOIN, UNION ALL, do NOT": "put or post, a join, union all, do not",
    "the US, a CA system, the CEO": "the U.S, a C.A system, the C.E.O",
    "99.9 % of 10,000 requests": "99.9 percent of 10,000 requests",
    "200 ms, 1.5 s, 30s, 1 h, 5 GB, 1 MB": "200 milliseconds, 1.5 seconds, 30 seconds, 1 hour, 5 gigabytes, 1 megabyte",
    "answers with 500s, as in the 90s": "answers with 500s, as in the 90s",
    "3x faster, 4x4": "3 times faster, 4 by 4",
    "p95, p99.9, 99th": "P 95, P 99.9, 99th",
    "O(n log n), O(1), O(n²)": "O of n log n, O of 1, O of n squared",
    "f(x), getUserById() and user_id, question(s)": "f of x, get User By Id and user id, questions",
    "HTTP/2, on call 24/7, CI/CD": "H.T.T.P 2, on call 24 7, C.I C.D",
    "100 MB/s, 5 req/s, 3 days/week": "100 megabytes per second, 5 req per second, 3 days per week",
    "2-3 nodes, 2–3 nodes, 10 - 20": "2 to 3 nodes, 2 to 3 nodes, 10 to 20",
    "-5, ~10, .5, #1": "minus 5, about 10, 0.5, number 1",
    "a >= b, c -> d, x != y, R&D": "a greater than or equal to b, c to d, x not equal to y, R and D",
    "e.g. one, i.e. two, vs. three": "for example one, that is two, versus three",
    "https://example.com/users/42?page=2.": "example dot com slash users slash 42.",
    "GET /users/{id}/orders": "get slash users slash id slash orders",
    "main.py, config.yaml": "main dot P.Y, config dot yaml",
    "C++, C#, .NET": "C plus plus, C sharp, dot net",
    "v2.1, TLS 1.3, 1.2.3": "version 2.1, T.L.S 1.3, 1.2.3",
    "in 2024, since 1999, in 2005, of 2000 users, in 2000 ms":
        "in 20 24, since 19 99, in 2005, of 2000 users, in 2000 milliseconds",
    "$5, €1.5M, £1, 5 €": "5 dollars, 1.5 million euros, 1 pound, 5 euros",
    "1st, 2nd, 21st": "1st, 2nd, 21st",
    "S3, EC2, IPv6, UTF-8": "S 3, E.C 2, I.P version 6, U.T.F 8",
    "WebSockets, WhatsApp, SaaS": "Web Sockets, Whats App, sass",
    "a “quoted” `code`, *bold* — so…": "a quoted code, bold, so...",
    "well-known, one-to-one (see below)": "well-known, one-to-one (see below)",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SAID.items())
def test_a_text_is_read_as_people_say_it(text: str, said: str) -> None:
    assert speakable(text, LEXICON) == said
    assert speakable(said, Lexicon()) == said, "what is made to be said is left as it is"


def test_the_candidates_own_way_comes_before_the_lexicons() -> None:
    assert speakable("GraphQL", LEXICON, {"GraphQL": "G Q L"}) == "G.Q.L"


MARKS = re.compile(r"[^\w\s.,?!:;'()-]|_")


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_made_sayable(text: str) -> None:
    said = speakable(text, LEXICON)
    left = [m[0] for m in MARKS.finditer(said) if m[0].isascii()]
    assert not left
    assert len(said) <= 40 * len(text)


TRICKY = st.lists(
    st.sampled_from([*"/.-–%$€~#^()<>=&|+*_'²9kMxs ", "10", "ms", "API", "v2", "://", "e.g.", "\n", "\0"])
)


@given(TRICKY.map("".join))
@settings(max_examples=150, deadline=None)
def test_symbols_in_any_order_are_made_sayable(text: str) -> None:
    assert not MARKS.search(speakable(text, LEXICON))


def test_nothing_in_the_bank_is_left_for_a_voice_to_spell(bank: Bank) -> None:
    """No capitals that would be guessed at, no symbol; and everything that sounds by itself isn't touched."""
    texts = [t for q in bank.questions.values() for t in (q.ask, *(f.ask for f in q.follow_ups))]
    odd = {said for text in texts if re.search(r"[A-Z]{2}|[\d_/&]|[a-z][A-Z]", said := speakable(text, bank.lexicon))}
    assert {s for s in odd if "500s" not in s} == set()
    plain = "Tell me about a time you had to say no. What did you learn?"
    assert speakable(plain, bank.lexicon) == plain


# Sentence by sentence ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Take e.g. Node.js 3.5 or one such, i.e. JavaScript. Why does it help you there?",
        "It is what J. Doe and the U.S. Army called a good service. When would you use one yourself?",
        "You said that it's cached (in Redis.) Which of the two stays when it fills up?",
        'She asked: "And what does it cost us all?" What would you answer to that, please?',
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str) -> None:
    first, second = sentences(text)
    assert second[0].isupper()
    assert f"{first} {second}" == text


def test_what_is_too_short_is_said_with_its_neighbour() -> None:
    assert sentences("Good. Thank you. Now tell me how an index is built. Why?") == (
        "Good. Thank you. Now tell me how an index is built. Why?",
    )
    assert sentences("No") == ("No",)
    assert sentences(" \n") == ()


@given(st.lists(st.sampled_from(["Good.", "e.g.", "No?", "an API!", "3.5", "what", "It's", "(so.)", " ", "Now"])))
@settings(max_examples=200, deadline=None)
def test_the_pieces_are_the_text(words: list[str]) -> None:
    pieces = sentences(" ".join(words))
    assert " ".join(pieces) == " ".join(" ".join(words).split())
    assert all(len(p) >= SHORTEST_PIECE for p in pieces) or len(pieces) == 1
