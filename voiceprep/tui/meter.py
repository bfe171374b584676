"""The microphone's level as a bar and a word."""

from __future__ import annotations

from voiceprep.core.room import level_word
from voiceprep.tui.literal import GOOD, MUTED, TITLE, WARN, Styled

WIDTH = 15
FLOOR_DBFS = -60.0


def meter(dbfs: float | None, clipping: bool) -> list[Styled]:
    """ "MIC   [#########------]  good": None is digital silence."""
    share = 0.0 if dbfs is None else max(0.0, min(1.0, 1 - dbfs / FLOOR_DBFS))
    bar = round(share * WIDTH)
    return [
        ("  MIC   ", TITLE),
        "[",
        ("#" * bar, WARN if clipping else GOOD),
        ("-" * (WIDTH - bar), MUTED),
        f"]  {level_word(dbfs, clipping):<10}  ",
    ]
