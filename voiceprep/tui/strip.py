"""A take drawn on one time line: level, speech and pauses, marks, seconds. Pure: values in, styled text out."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from voiceprep.core.disfluency import is_filler
from voiceprep.core.pinned import FEEDBACK, Mark, MarkKind
from voiceprep.core.replay import ReplayedTake
from voiceprep.report.timeline import SIGNS, pause
from voiceprep.report.wording import clock
from voiceprep.tui.literal import BAD, GOOD, MUTED, STRONG, TITLE, WARN, Styled

BLOCKS = " ▁▂▃▄▅▆▇█"
LOUDNESS = 0.35
"""The power of a sound's power that is drawn: twice as high is felt as about twice as loud."""
QUIETEST_DBFS = -90.0
EVERY_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
LEAST_APART = 10
"""Columns from one second that is written down to the next."""
HERE = "reverse"
TO_COME = "$foreground 45%"
STYLES: dict[MarkKind, str] = {
    "heard": GOOD, "partly": WARN, "check": WARN, "against": BAD, "put right": WARN, "pitfall": WARN, "cut off": BAD,
    "nudge": WARN, "your word": TITLE,
}  # fmt: skip
_WORTH: tuple[MarkKind, ...] = ("against", "cut off", "check", "partly", "heard", "pitfall", "nudge")
"""Which of two marks in one column is shown: the first of these, else the earlier one."""


def style_of(kind: MarkKind) -> str:
    return STYLES.get(kind, STRONG if kind in FEEDBACK else TITLE)


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn: `length_s` of a take over so many columns; `levels` in dBFS over the whole of it, empty where
    there is no recording."""

    take: ReplayedTake
    length_s: float
    levels: tuple[float, ...]
    columns: int

    def column(self, at_s: float) -> int:
        """Where a moment stands."""
        return max(0, min(self.columns - 1, int(at_s / self.length_s * self.columns)))

    def rows(self, at_s: float, chosen: Mark | None) -> list[Styled]:
        """Five lines, with the column of `at_s` marked through all of them."""
        here = self.column(at_s)
        level = [[(c, TITLE if n <= here else TO_COME) for n, c in enumerate(row)] for row in self._levels()]
        rows = [*level, self._speech(), self._marks(chosen), self._seconds()]
        for row in rows[:4]:
            row[here] = (row[here][0], f"{row[here][1]} {HERE}".strip())
        pieces: list[Styled] = []
        for n, row in enumerate(rows):
            pieces.append("\n " if n else " ")
            for style, cells in itertools.groupby(row, key=lambda cell: cell[1]):
                pieces.append(("".join(c for c, _ in cells), style))
        return pieces

    def _levels(self) -> tuple[list[str], list[str]]:
        """The loudest moment of each column, two lines high."""
        heights = self._heights()
        return [BLOCKS[max(0, h - 8)] for h in heights], [BLOCKS[max(1, min(8, h))] for h in heights]

    def _heights(self) -> list[int]:
        """In sixteenths: by loudness beside the loudest column, which is about how loud it's felt to be."""
        if not self.levels:
            return [8 if cell[0] != " " else 0 for cell in self._spoken()]
        edges = [round(n * len(self.levels) / self.columns) for n in range(self.columns + 1)]
        power = [_mean(self.levels[a : max(b, a + 1)]) for a, b in itertools.pairwise(edges)]
        loudest = max(power)
        return [round(16 * (p / loudest) ** LOUDNESS) if loudest else 0 for p in power]

    def _spoken(self) -> list[tuple[str, str]]:
        row: list[tuple[str, str]] = [(" ", "")] * self.columns
        for span in self.take.speech:
            for n in range(self.column(span.start_s), self.column(span.end_s) + 1):
                row[n] = ("━", "")
        return row

    def _speech(self) -> list[tuple[str, str]]:
        """Speech as a line, pauses as what they last where there is room, fillers as "u"."""
        row = self._spoken()
        for gap in self.take.pauses:
            first, last = self.column(gap.start_s) + 1, self.column(gap.end_s)
            said = next((t for t in (pause(gap), f"{gap.length_s:.1f}") if len(t) <= last - first), "·")
            at = first + max(0, (last - first - len(said)) // 2)
            row[at : at + len(said)] = [(c, WARN) for c in said][: self.columns - at]
        for word in self.take.words:
            if is_filler(word):
                row[self.column(word.start_s)] = ("u", WARN)
        return row

    def _marks(self, chosen: Mark | None) -> list[tuple[str, str]]:
        row: list[tuple[str, str]] = [(" ", "")] * self.columns
        ranked = sorted(self.take.marks, key=lambda m: _WORTH.index(m.kind) if m.kind in _WORTH else len(_WORTH))
        for mark in reversed([m for m in ranked if m is not chosen]):
            if mark.at_s is not None:
                row[self.column(mark.at_s)] = (SIGNS[mark.kind], style_of(mark.kind))
        if chosen is not None and chosen.at_s is not None:
            row[self.column(chosen.at_s)] = (SIGNS[chosen.kind], f"{style_of(chosen.kind)} underline")
        return row

    def _seconds(self) -> list[tuple[str, str]]:
        every = next((s for s in EVERY_S if s * self.columns / self.length_s >= LEAST_APART), EVERY_S[-1])
        row = [" "] * self.columns
        for second in range(0, int(self.length_s) + 1, every):
            at, said = self.column(second), clock(second)
            if at + len(said) <= self.columns:
                row[at : at + len(said)] = said
        return [(c, MUTED) for c in row]


def _mean(levels: Sequence[float]) -> float:
    """The mean power of levels in dBFS; digital silence is none."""
    return sum(10 ** (level / 10) for level in levels if level > QUIETEST_DBFS) / max(1, len(levels))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the transcript: a word, or the length of a pause (then `start_s` is where that begins)."""

    text: str
    start_s: float | None = None
    end_s: float | None = None
    style: str = ""
    word: bool = True


def tokens(take: ReplayedTake) -> list[Token]:
    """What was said, in pieces: unclear words as "(this?)", pauses between the words they stand between."""
    if not take.words:
        return [Token(text) for text in take.text.split()]
    pauses = list(take.pauses)
    said: list[Token] = []
    for word in take.words:
        while pauses and pauses[0].end_s <= (word.start_s + word.end_s) / 2:
            gap = pauses.pop(0)
            if said:
                said.append(Token(f"[{pause(gap)}]", gap.start_s, gap.end_s, WARN, word=False))
        style = WARN if is_filler(word) else ""
        said.append(Token(f"({word.text}?)" if word.unclear else word.text, word.start_s, word.end_s, style))
    return said


def wrapped(said: Sequence[Token], width: int) -> list[list[Token]]:
    """The tokens in lines of at most so many columns."""
    lines: list[list[Token]] = [[]]
    left = width
    for token in said:
        if len(token.text) + 1 > left and lines[-1]:
            lines.append([])
            left = width
        lines[-1].append(token)
        left -= len(token.text) + 1
    return lines


def lit(lines: Sequence[Sequence[Token]], at_s: float, quoted: Mark | None) -> list[Styled]:
    """Lines of tokens: the word that is being said stands out, what comes later is dim, what the chosen mark quotes is
    underlined."""
    pieces: list[Styled] = []
    for n, line in enumerate(lines):
        pieces.append("\n " if n else " ")
        for token in line:
            styles = [token.style]
            if token.start_s is not None and token.end_s is not None:
                if token.start_s > at_s:
                    styles.append(TO_COME if not token.style else "")
                elif token.word and at_s < token.end_s:
                    styles.append("bold reverse")
                if _within(token, quoted):
                    styles.append("underline")
            pieces += [(token.text, " ".join(filter(None, styles))), " "]
    return pieces


def _within(token: Token, mark: Mark | None) -> bool:
    if mark is None or mark.at_s is None or mark.end_s is None or not mark.quote or not token.word:
        return False
    middle_s = ((token.start_s or 0.0) + (token.end_s or 0.0)) / 2
    return mark.at_s <= middle_s <= mark.end_s


def legend(take: ReplayedTake, labels: dict[MarkKind, str]) -> str:
    """The signs on this take's time line, in words."""
    kinds = dict.fromkeys(m.kind for m in take.marks if m.at_s is not None)
    signs = [f"{SIGNS[kind]} {labels[kind]}" for kind in kinds]
    if any(is_filler(word) for word in take.words):
        signs.append("u um")
    return "  ".join(signs)
