"""What turns a statement around, where a statement ends, and what was taken back."""

from __future__ import annotations

import pytest

from tests.core.questions import FOLDER
from voiceprep.core.clauses import denied, disclaimed, stretches, taken_back
from voiceprep.core.folding import Folder
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.patterns import compile_pattern, find
from voiceprep.core.words import tokenise


def polarity(source: str, text: str) -> str:
    """How the pattern stands in the text: "said", "denied", or "not there"."""
    tokens = tokenise(text)
    pattern = compile_pattern(source, FOLDER)
    for stretch in stretches(tokens, FOLDER.fold(tokens)):
        if (hit := find(pattern, stretch.line)) is not None:
            return "denied" if denied(hit, stretch.line) else "said"
    return "not there"


@pytest.mark.parametrize(
    ("source", "text", "stands"),
    [
        ("caches responses", "it caches the responses", "said"),
        # before
        ("caches responses", "it never caches the responses", "denied"),
        ("cache responses", "you can't cache the responses", "denied"),
        ("cache responses", "it does not really cache the responses", "denied"),
        ("cache responses", "it works without a cache of responses", "denied"),
        ("caching responses", "you should avoid caching the responses", "denied"),
        ("caching responses", "instead of caching the responses", "denied"),
        ("caches responses", "it no longer caches the responses", "denied"),
        # but no further than its clause and its reach
        ("caches responses", "it is not slow, it caches the responses", "said"),
        ("caches responses", "it is not slow because it caches the responses", "said"),
        ("caches responses", "it is not slow and it caches the responses", "said"),
        (
            "caches responses",
            "not many of all those very clever people working at that big old company know it caches responses",
            "said",
        ),
        # inside
        ("caches ... responses", "it caches nothing and not the responses", "denied"),
        ("server ... caches responses", "the server never caches responses", "denied"),
        # after
        ("caching responses", "caching the responses is a bad idea", "denied"),
        ("caching responses", "caching the responses does not help", "denied"),
        ("caching responses", "that caching responses is always good is a myth", "denied"),
        ("caching responses", "caching responses helps where the network is slow and a retry is not possible", "said"),
        # a negation written in the pattern belongs to it
        ("no responses cached", "there are no responses cached", "said"),
        ("not cache", "it does not cache", "said"),
        ("not cache", "it does cache", "not there"),
        ("without responses", "it is never without responses", "denied"),
        # phrases whose "not" says nothing against what follows
        ("caches responses", "it not only caches the responses", "said"),
        ("caches responses", "it caches not just the request and the responses", "said"),
        ("caches responses", "no matter what, it caches responses", "said"),
        ("caches responses", "no doubt it caches responses", "said"),
        # terms with a negation inside are terms
        ("stores documents", "a no SQL database stores documents", "said"),
        ("stores documents", "a non-relational database stores documents", "said"),
        ("stores documents", "no SQL database never stores documents", "denied"),
        ("SQL stores documents", "no SQL database stores documents", "not there"),
    ],
)
def test_what_turns_a_statement_around(source: str, text: str, stands: str) -> None:
    assert polarity(source, text) == stands


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it is slow. it caches", ["it is slow", "it caches"]),
        ("it is slow but it caches", ["it is slow", "but it caches"]),
        ("REST caches whereas GraphQL does not", ["REST caches", "whereas GraphQL does not"]),
        ("REST caches, although it is slow", ["REST caches", "although it is slow"]),
        ("it is slow, it caches", ["it is slow | it caches"]),
        ("it is slow because it caches", ["it is slow | because it caches"]),
        ("it caches and it is slow", ["it caches | and it is slow"]),
        ("it caches and retries", ["it caches and retries"]),
        ("it caches and REST retries", ["it caches | and REST retries"]),  # a subject opens a clause
        ("it caches and SQL retries", ["it caches and SQL retries"]),  # another term doesn't
        ("it is so much slower", ["it is so much slower"]),
        ("", []),
    ],
)
def test_stretches_and_their_clauses(text: str, expected: list[str]) -> None:
    tokens = tokenise(text)
    read = []
    for stretch in stretches(tokens, FOLDER.fold(tokens), {"rest", "graphql"}):
        row = stretch.line.tokens
        assert row == tokens[stretch.start : stretch.end]
        said = ""
        for n, token in enumerate(row):
            if n:
                said += " " if stretch.line.clause[n] == stretch.line.clause[n - 1] else " | "
            said += text[token.char_start : token.char_end]
        read.append(said)
    assert read == expected


def test_a_contrast_inside_a_term_is_no_contrast() -> None:
    tokens = tokenise("it is slow but sure caching")
    edges = Folder(Lexicon((Term("x", "slow but sure"),))).fold(tokens)
    assert len(list(stretches(tokens, edges))) == 1


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("GraphQL is simple", ""),
        ("REST picks the fields, no wait, GraphQL picks the fields", "REST picks the fields no wait"),
        ("REST picks the fields scratch that GraphQL does", "REST picks the fields scratch that"),
        (
            "It scales. REST picks the fields, I mean, scratch that, GraphQL does.",
            "REST picks the fields I mean scratch that",
        ),
        # the words that take it back are no part of the answer
        # a cue that opens a sentence takes back the sentence before it, and no other
        ("It scales. REST picks the fields. No wait, GraphQL does.", "REST picks the fields No wait"),
        ("It scales. REST picks the fields. I take that back. GraphQL does.", "REST picks the fields I take that back"),
        # a bare "sorry" takes back its clause only
        ("It scales well, it scales vertically, sorry, horizontally", "it scales vertically sorry"),
        ("sorry, it scales", ""),
        ("I am sorry to say it scales", ""),
        # what only sounds like it
        ("I mean it scales. Wait for the answer.", ""),
        ("It is no problem. It scales", ""),
    ],
)
def test_only_what_was_taken_back_is_gone(text: str, gone: str) -> None:
    tokens = tokenise(text)
    assert " ".join(text[tokens[n].char_start : tokens[n].char_end] for n in sorted(taken_back(tokens))) == gone


def test_a_repair_reaches_back_a_breath_and_no_further() -> None:
    tokens = tokenise("word " * 60 + "no wait")
    assert sorted(taken_back(tokens)) == list(range(60 - 22, 62))


# How far a negation reaches --------------------------------------------------------------------------------------

FAR = "cache deeply known hosted slow answers pages clients servers tables queries rows shards logs keys".split()


@pytest.mark.parametrize(
    ("before", "passed", "stands"),
    [
        ("it is not", 7, "denied"),
        ("it is not", 8, "said"),
        ("I do not", 8, "denied"),  # what a negated verb heads belongs to it
        ("we would not", 13, "denied"),
        ("we would not", 14, "said"),
        ("we avoid", 2, "denied"),
        ("we avoid", 3, "said"),
    ],
)
def test_a_negation_reaches_its_words_and_no_further(before: str, passed: int, stands: str) -> None:
    assert polarity("retries calls", f"{before} {' '.join(FAR[:passed])} retries calls") == stands


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("to prevent that I cache responses", "said"),
        ("we avoid cached responses", "denied"),
        ("to avoid it they cache the responses", "said"),
    ],
)
def test_what_somebody_does_about_it_is_not_avoided(text: str, stands: str) -> None:
    assert polarity("cache responses", text) == stands


# What denies a whole statement -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "denied_words"),
    [
        ("it is not true that tables need an index", "tables need an index"),
        ("it's simply false that tables need an index", "tables need an index"),
        ("nobody should think that tables need an index", "tables need an index"),
        ("you should think that tables need an index", ""),
        ("I doubt that tables need an index", "tables need an index"),
        ("it's a misconception that tables need it, they need it rarely", "tables need it"),
        ("it's a myth that tables need it, and queries slow down", "tables need it and queries slow down"),
        ("it is true that tables need an index", ""),
        ("tables need an index, and that is no myth", ""),
        ("it is not true that", ""),
        ("", ""),
    ],
)
def test_a_statement_denied_as_a_whole(text: str, denied_words: str) -> None:
    tokens = tokenise(text)
    assert " ".join(tokens[n].text for n in sorted(disclaimed(tokens))) == denied_words


def test_a_pattern_in_a_denied_statement_is_denied_and_in_the_next_sentence_not() -> None:
    assert polarity("caches responses", "it is not true that a server caches responses") == "denied"
    assert polarity("caches responses", "it is not true that a server is slow. it caches responses") == "said"
    assert polarity("caches responses", "it's a myth that a server is slow, it caches responses") == "said"
