"""What `calibrate` makes of a clip that was heard both ways: whether short windows are safe, and which model keeps up.

Pure: who hears and who measures is elsewhere. Nothing here says how right the words are: nobody knows what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from voiceprep.core.spans import Span
from voiceprep.core.words import tokenise

FEWEST_WORDS = 30
"""With fewer words nobody can tell whether short windows change them."""
MAY_DIFFER = 0.03
"""Of the words, how many may come out otherwise in short windows."""
MOST_LIVE = 0.5
"""Of real time, how much live recognition may take: the rest is the voice's, the screen's and the system's."""
LONGEST_TAIL_S = 1.5
"""How long one may wait for the last phrase after an answer."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One way of hearing the clip's phrases: all words, and for each phrase its length and the seconds it took."""

    text: str
    took: tuple[tuple[float, float], ...]

    @property
    def cost(self) -> float:
        """Seconds of work for each second of sound."""
        return sum(work_s for _, work_s in self.took) / max(0.1, sum(length_s for length_s, _ in self.took))

    @property
    def tail(self) -> tuple[float, float]:
        """The median phrase: its length, and how long one waits for it."""
        return median(length_s for length_s, _ in self.took), median(work_s for _, work_s in self.took)


@dataclass(frozen=True, slots=True)
class Tried:
    """A model that heard the clip: the phrases padded and short, and longer ones padded as they are live. `short` None:
    it has no short windows; `gave_up`: one phrase took so long that the rest wasn't tried."""

    name: str
    bytes: int
    padded: Heard
    short: Heard | None = None
    live_padded: Heard | None = None
    gave_up: bool = False

    @property
    def words(self) -> int:
        return len(tokenise(self.padded.text))

    @property
    def different(self) -> int:
        """Words that came out otherwise in short windows: put in, left out or exchanged."""
        return 0 if self.short is None else _distance(_texts(self.padded.text), _texts(self.short.text))

    @property
    def safe(self) -> bool:
        """Whether short windows left the words as they are."""
        return self.short is not None and self.words >= FEWEST_WORDS and self.different <= MAY_DIFFER * self.words

    @property
    def in_force(self) -> Heard:
        return self.short if self.safe and self.short is not None else self.padded

    @property
    def live_cost(self) -> float:
        """Of real time, what live recognition takes with the windows that are in force."""
        return self.in_force.cost if self.safe or self.live_padded is None else self.live_padded.cost

    @property
    def keeps_up(self) -> bool:
        return not self.gave_up and self.live_cost <= MOST_LIVE and self.in_force.tail[1] <= LONGEST_TAIL_S


def phrases(speech: Sequence[Span], least_s: float, most_s: float) -> tuple[Span, ...]:
    """The clip as a live answer is cut: at the first pause after `least_s`, without one after `most_s`."""
    found: list[Span] = []
    start_s = 0.0
    for span in speech:
        while span.end_s - start_s > most_s:
            found.append(Span(start_s, start_s + most_s))
            start_s += most_s
        if span.end_s - start_s >= least_s:
            found.append(Span(start_s, span.end_s))
            start_s = span.end_s
    if speech and speech[-1].end_s > start_s:
        found.append(Span(start_s, speech[-1].end_s))
    return tuple(found)


def windows_line(tried: Tried) -> str:
    """Which windows it will use, and why, in a sentence."""
    if tried.short is None or tried.gave_up:
        return "Padded windows stay."
    if tried.words < FEWEST_WORDS:
        return f"Padded windows stay: {tried.words} words are too few to tell (it takes {FEWEST_WORDS})."
    beside = f"{tried.different} of {tried.words} words come out otherwise in short windows"
    if tried.safe:
        return f"Short windows from now on: {beside}."
    return f"Padded windows stay: {beside}."


def suggestion(tried: Sequence[Tried]) -> str:
    """The largest model that keeps up on this machine, and the next that wouldn't, in a sentence."""
    by_size = sorted(tried, key=lambda t: t.bytes)
    able = [t for t in by_size if t.keeps_up]
    larger = [t for t in by_size if not t.keeps_up and (not able or t.bytes > able[-1].bytes)]
    slow = ""
    if larger:
        length_s, work_s = larger[0].in_force.tail
        slow = f"{larger[0].name} would not: a phrase of {length_s:.0f} s takes {work_s:.1f} s"
        if work_s <= LONGEST_TAIL_S:
            slow += f", and live recognition {larger[0].live_cost:.0%} of the time"
    if not able:
        return f"No model here keeps up: {slow.replace(' would not:', ':')}."
    return f"{able[-1].name} keeps up here{f'; {slow}' if slow else ''}."


def _texts(text: str) -> list[str]:
    return [t.text for t in tokenise(text)]


def _distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words must be put in, left out or exchanged to make one of the other."""
    row = list(range(len(other) + 1))
    for n, word in enumerate(one, 1):
        above, row[0] = row[0], n
        for m, its in enumerate(other, 1):
            above, row[m] = row[m], min(above + (word != its), row[m] + 1, row[m - 1] + 1)
    return row[-1]
