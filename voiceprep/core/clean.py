"""One door for text from outside: recognisers, models, packs, file names, exceptions, keyboards."""

from __future__ import annotations

import re

LONGEST = 20_000
REPLACEMENT = "\ufffd"

_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(text: str, longest: int = LONGEST) -> str:
    """The text without control characters, direction marks and halves of characters, cut at `longest`.

    Each unwanted character becomes U+FFFD, so that nothing disappears unseen; newlines and tabs stay.
    """
    text = _UNWANTED.sub(REPLACEMENT, text.replace("\r\n", "\n"))
    return text if len(text) <= longest else text[: longest - 1] + "\u2026"


def one_line(text: str, longest: int = 400) -> str:
    """Clean text on one line, for messages and names."""
    return " ".join(clean(text, longest).split())
