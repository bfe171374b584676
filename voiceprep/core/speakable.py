"""A question as a synthesiser should read it: terms in the way people say them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from voiceprep.core.aloud import aloud, letters
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import term_of
from voiceprep.core.sounds_alike import nearest

LONGEST_SAID = 60
_SAYABLE = re.compile(r"[^\W_]+(?:['’. -]+[^\W_]+)*\.?")
_AS_YOU = "Write it as one would say it, in words or single letters: SQL=S Q L."


def speakable(text: str, lexicon: Lexicon, chosen: Mapping[str, str] | None = None) -> str:
    """`text` as it's said: its terms as the lexicon has them, its numbers and symbols in words. `chosen` are the
    candidate's own ways, by how the term is written. Only for voices: screens show the text itself."""
    said = {t.written: t.said for t in lexicon.terms if t.said} | dict(chosen or {})
    if not said:
        return aloud(text)
    longest_first = sorted(said, key=lambda w: (-len(w), w))
    terms = "|".join(map(re.escape, longest_first))
    # Before a digit's comma it's a part of a number: 1,301.
    pattern = re.compile(rf"(?<![\w.])(?<!\d,)({terms})(['’]?s)?(?!\w)")
    return aloud(pattern.sub(lambda m: _said(said[m[1]] or m[1], m[2] or ""), text))


def _said(way: str, ending: str) -> str:
    way = letters(way)
    spelled = way[-1:].isupper()  # "J.W.T's", but "end points"
    return way + (f"'{ending[-1]}" if ending and spelled else ending)


def pronunciations(setting: str, lexicon: Lexicon) -> tuple[dict[str, str], tuple[str, str]]:
    """What a setting such as "SQL=S Q L, GUI=gooey" says, by how each term is written; and the first thing wrong with
    it, with what to do, two empty sentences when nothing is. What is wrong is left out."""
    chosen: dict[str, str] = {}
    problem = ("", "")
    for written, said, wrong in _pairs(setting, lexicon):
        if wrong[0]:
            problem = problem if problem[0] else wrong
        elif written in chosen:
            problem = problem if problem[0] else (f"{written} stands in it twice.", "Give one way for each term.")
        else:
            chosen[written] = said
    return chosen, problem


def _pairs(setting: str, lexicon: Lexicon) -> Iterator[tuple[str, str, tuple[str, str]]]:
    for piece in setting.split(","):
        name, sign, said = (" ".join(part.split()) for part in piece.partition("="))
        if not (name or sign):
            continue
        term = term_of(name, lexicon) if name else None
        if not sign or not name:
            yield "", "", (f"{piece.strip()!r} has no term and its sound.", _AS_YOU)
        elif term is None:
            near = " or ".join(nearest(name, lexicon, 2))
            own = f"`voiceprep lexicon add {name!r}` makes it one of your own."
            hint = f"Did you mean {near}? If not, {own}" if near else own.capitalize()
            yield "", "", (f"There is no term {name!r}.", hint)
        elif len(said) > LONGEST_SAID or not _SAYABLE.fullmatch(said):
            yield "", "", (f"{said!r} can't be spoken.", _AS_YOU)
        else:
            yield term.written, said, ("", "")


# Sentence by sentence ---------------------------------------------------------------------------------------------

SHORTEST_PIECE = 24
"""Characters: what is shorter is said together with its neighbour, or the voice would stumble."""
_END = re.compile(r"(?<=[.?!])[\"'”’)]*(?= )")
_NO_END = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|vs|cf|etc|approx|incl|No|Mr|Mrs|Ms|Dr|St|(?:[A-Za-z]\.)*[A-Za-z])\.$")


def sentences(text: str) -> tuple[str, ...]:
    """`text` where it can be cut, so that its beginning sounds while the rest is being made. The pieces with spaces
    between them are the text, on one line; none is empty."""
    text = " ".join(text.split())
    pieces: list[str] = []
    begins = 0
    for end in [m.end() for m in _END.finditer(text)]:
        piece, rest = text[begins:end], text[end + 1 :]
        goes_on = rest[:1].islower() or _NO_END.search(piece)
        if not goes_on and len(piece) >= SHORTEST_PIECE and len(rest) >= SHORTEST_PIECE:
            pieces.append(piece)
            begins = end + 1
    return (*pieces, text[begins:]) if text[begins:] else tuple(pieces)
