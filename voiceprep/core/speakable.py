"""A question as a synthesiser should read it: terms in the way people say them."""

from __future__ import annotations

import re

from voiceprep.core.lexicon import Lexicon


def speakable(text: str, lexicon: Lexicon) -> str:
    """`text` with every term that has a spoken form written as it's said."""
    said = {t.written: t.said for t in lexicon.terms if t.said}
    if not said:
        return text
    longest_first = sorted(said, key=lambda w: (-len(w), w))
    pattern = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")
    return pattern.sub(lambda m: said[m[1]] or m[1], text)
