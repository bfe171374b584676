"""A question as a synthesiser should read it: terms in the way people say them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import term_of
from voiceprep.core.sounds_alike import nearest

LONGEST_SAID = 60
_SAYABLE = re.compile(r"[^\W_]+(?:['’. -]+[^\W_]+)*\.?")
_AS_YOU = "Write it as one would say it, in words or single letters: SQL=S Q L."


def speakable(text: str, lexicon: Lexicon, chosen: Mapping[str, str] | None = None) -> str:
    """`text` with every term that has a spoken form written as it's said; `chosen` are the candidate's own ways, by
    how the term is written."""
    said = {t.written: t.said for t in lexicon.terms if t.said} | dict(chosen or {})
    if not said:
        return text
    longest_first = sorted(said, key=lambda w: (-len(w), w))
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")
    return pattern.sub(lambda m: said[m[1]] or m[1], text)


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
