"""What was heard, put right by the candidate: their words in its place, each with the seconds at which it fell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import LONGEST_WORDS, stands_in, term_of, told_problem
from voiceprep.core.transcript import Transcript, Word

_MARKS = ".,;:!?\"'“”‘’()"


def put_right(heard: Transcript, text: str) -> Transcript:
    """The transcript with these words, "edited": nothing in it was misheard, so it's judged fully. The same one where
    they are what was heard.

    A word that was heard so keeps its seconds; others share those of the words they replace, or what lies between
    their neighbours. Where nothing was heard there are none."""
    written = text.split()
    if written == heard.text.split():
        return heard
    words = tuple(_timed(heard.words, written)) if heard.words else ()
    return replace(heard, source="edited", text=" ".join(written), words=words, credits_only=False)


def with_words(text: str, wrong: str, right: str) -> str:
    """The text with the right words wherever the wrong ones stand in a row, marks and capitals counting for nothing;
    empty when they stand nowhere."""
    words, row = text.split(), [_bare(w) for w in wrong.split()]
    made: list[str] = []
    at, found = 0, False
    while at < len(words):
        if row and [_bare(w) for w in words[at : at + len(row)]] == row:
            made.append(right)
            at, found = at + len(row), True
        else:
            made.append(words[at])
            at += 1
    return " ".join(made) if found else ""


def learned(heard: Transcript, text: str, lexicon: Lexicon) -> tuple[str, str] | None:
    """(words as they were heard, the term they were): the first words put right that were a term of the lexicon
    misheard, and that may be taken for it elsewhere; None when there are none."""
    was, written = heard.text.split(), text.split()
    for tag, i, j, m, n in _changes(was, written):
        if tag != "replace" or j - i > LONGEST_WORDS:
            continue
        term = term_of(" ".join(written[m:n]).strip(_MARKS), lexicon)
        if term is None:
            continue
        words = stands_in(" ".join(was[i:j]), heard.text)
        if words and not told_problem(words, term.written, (heard.text,), lexicon):
            return words, term.written
    return None


def _changes(was: Sequence[str], written: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """How the one becomes the other, as difflib's opcodes; marks and capitals make no other word."""
    old, new = ([_bare(w) for w in words] for words in (was, written))
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _bare(word: str) -> str:
    return word.casefold().strip(_MARKS) or word


def _timed(heard: Sequence[Word], written: Sequence[str]) -> Iterator[Word]:
    was = [(piece, word) for word in heard for piece in word.text.split()]
    for tag, i, j, m, n in _changes([piece for piece, _ in was], written):
        if tag == "equal":
            for text, (_, word) in zip(written[m:n], was[i:j], strict=True):
                yield Word(text, word.start_s, word.end_s, 1.0)
            continue
        if i < j:
            start_s, end_s = was[i][1].start_s, was[j - 1][1].end_s
        else:  # between its neighbours, or right at the only one
            start_s = was[i - 1][1].end_s if i else was[0][1].start_s
            end_s = max(start_s, was[i][1].start_s if i < len(was) else start_s)
        each_s = (end_s - start_s) / max(1, n - m)
        for k, text in enumerate(written[m:n]):
            yield Word(text, round(start_s + k * each_s, 3), round(start_s + (k + 1) * each_s, 3), 1.0)
