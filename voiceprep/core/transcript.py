"""What was said: words with times where a recogniser heard them, plain text where they were typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from voiceprep.core.spans import Span

Source = Literal["asr", "typed", "edited"]

UNCLEAR_BELOW = 0.35
"""A recogniser's word probability under which a word is marked unclear and never held against anyone."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the recogniser heard it: times in seconds from the take's start, probability 0..1."""

    text: str
    start_s: float
    end_s: float
    probability: float

    @property
    def unclear(self) -> bool:
        return self.probability < UNCLEAR_BELOW


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word and where it stands in the transcript's text."""

    word: Word
    char_start: int
    char_end: int


QUICK = "quick words"
"""At the end of an engine's name: nobody has listened with care yet."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The answer as text, with the words behind it when it was heard.

    `engine` names what heard it ("basic", "whisper:base.en") and is empty for typed text; a basic engine
    `credits_only`: what it didn't hear is never held against the candidate. `speech` are the VAD's spans.
    """

    source: Source
    text: str
    words: tuple[Word, ...] = ()
    speech: tuple[Span, ...] = ()
    duration_s: float = 0.0
    engine: str = ""
    credits_only: bool = False
    whispered: bool = False
    """Whether it was said under one's breath: then only its words and its length say something."""
    doubts: tuple[str, ...] = ()
    """What was left out of a recogniser's words, or marked, because it may have been made up: a sentence each."""

    def timed(self) -> tuple[TimedWord, ...]:
        """Each word with its place in `text`; empty when nothing was heard, as in typed text."""
        places, at = [], 0
        for word in self.words:
            start = self.text.index(word.text, at)
            at = start + len(word.text)
            places.append(TimedWord(word, start, at))
        return tuple(places)


def typed(text: str) -> Transcript:
    """A transcript that the candidate typed: nothing to mishear, judged fully."""
    return Transcript("typed", text)


def heard(
    words: Iterable[Word],
    *,
    engine: str,
    credits_only: bool = False,
    speech: Iterable[Span] = (),
    duration_s: float = 0.0,
    doubts: Iterable[str] = (),
) -> Transcript:
    """A transcript from a recogniser's words, joined by single spaces."""
    kept = tuple(replace(w, text=" ".join(w.text.split())) for w in words if w.text.strip())
    return Transcript(
        source="asr",
        text=" ".join(w.text for w in kept),
        words=kept,
        speech=tuple(speech),
        duration_s=duration_s,
        engine=engine,
        credits_only=credits_only,
        doubts=tuple(doubts),
    )
