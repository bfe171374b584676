"""How it was said, or why it can't be known. Times, rates and pauses are from the VAD's spans, never from word times;
these only say which stretch of an answer a word belongs to, and what is said on either side of a pause."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from voiceprep.core.clauses import CONNECTIVE, CONTRAST, OPENERS
from voiceprep.core.disfluency import Said, fillers, hedges, repetitions
from voiceprep.core.spans import Span, gaps, total_s
from voiceprep.core.transcript import Transcript
from voiceprep.core.words import Token, tokenise

PAUSE_S = 0.25
"""Silence from which a gap between speech counts as a pause."""
SILENT_PAUSE_S = 0.5
"""From here on a pause is listed with its place: shorter ones come with breathing and with stop consonants."""
LONG_PAUSE_S = 1.0
ENOUGH_S, ENOUGH_WORDS = 15.0, 40
"""Below these no rate is given: the interval would be too wide."""
STRETCH_S = 15.0
"""The step of the pace over time."""
SPARSE = 60.0
"""Words per minute of speech under which it isn't all speech: slow speakers have twice as many between their pauses."""

Place = Literal["between sentences", "between clauses", "inside a clause", "unknown"]


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A measure that can't be given, and why."""

    reason: str


NOT_THEN = Unmeasured("not measured then")
"""In journals from before it was measured."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A silence between speech. Its place is by the recogniser's punctuation and by words that open a clause; unknown
    where nothing was punctuated, where a word's time goes across the pause, and where the transcript was edited."""

    span: Span
    place: Place = "unknown"


@dataclass(frozen=True, slots=True)
class Aim:
    """The question's target length, and how far the take's length lies outside it: 0 within, negative when shorter."""

    low_s: float
    high_s: float
    off_s: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """Times in seconds from the take's start, rates in words per minute. *Spoken time* is from the first speech's start
    to the last one's end; all rates and the ratio need ENOUGH_S of it.

    duration_s         the take's length
    first_speech_s     where the first speech starts, and the response latency: the take begins where the question's
                       last sound came in, so nothing of our own is in it. Known to 0.1 s with headphones, where no
                       echo says when the question ended; and less a pause that was asked for before speaking
    speech_s           all speech spans together
    pauses             gaps between speech of PAUSE_S and more; `long_pauses` those of LONG_PAUSE_S and more
    longest_pause      the longest of them
    words_per_minute   speech rate: 60 * words / spoken time (fillers are words where they were recognised)
    fillers_at_least   how many `fillers`
    pace               the speech rate in one stretch of STRETCH_S after the other: 60 * the words whose middle lies in
                       the stretch / its length. What is left over at the end is a stretch by itself from STRETCH_S / 2
                       on, else it belongs to the one before
    speech             the speech spans that all this is computed from
    silent_pauses      gaps of SILENT_PAUSE_S and more, each with its place
    phonation_ratio    speech_s / spoken time
    articulation_rate  60 * words / speech_s: the rate without the pauses
    aim                the take's length against the question's target
    fillers, hedges, repetitions    what was said and where (`core.disfluency`)"""

    duration_s: float | Unmeasured
    first_speech_s: float | Unmeasured
    speech_s: float | Unmeasured
    pauses: int | Unmeasured
    long_pauses: int | Unmeasured
    longest_pause: Span | Unmeasured
    words_per_minute: float | Unmeasured
    fillers_at_least: int | Unmeasured
    pace: tuple[float, ...] | Unmeasured = NOT_THEN
    speech: tuple[Span, ...] | Unmeasured = NOT_THEN
    silent_pauses: tuple[Pause, ...] | Unmeasured = NOT_THEN
    phonation_ratio: float | Unmeasured = NOT_THEN
    articulation_rate: float | Unmeasured = NOT_THEN
    aim: Aim | Unmeasured = NOT_THEN
    fillers: tuple[Said, ...] | Unmeasured = NOT_THEN
    hedges: tuple[Said, ...] | Unmeasured = NOT_THEN
    repetitions: tuple[Said, ...] | Unmeasured = NOT_THEN


def measure(transcript: Transcript, target_s: tuple[float, float] | None = None) -> Delivery:
    """The measures of one answer; each that can't be had says why. `target_s` is the length the question aims at."""
    if transcript.source == "typed":
        return _nothing("the answer was typed")
    if transcript.whispered:
        aim = _aim(transcript.duration_s, target_s)
        return replace(_nothing("it was whispered"), duration_s=transcript.duration_s, aim=aim)
    if not transcript.speech:
        return replace(_nothing("no speech was found"), duration_s=transcript.duration_s)
    if _noisy(transcript):
        return _with_words(_nothing("so few words in so much sound: part of it may be noise"), transcript, target_s)
    speech, rate = transcript.speech, _rate(transcript)
    pauses = [g for g in gaps(speech) if g.length_s >= PAUSE_S]
    longest = max(pauses, key=lambda p: p.length_s, default=None)
    timed = replace(
        _nothing(""),
        first_speech_s=speech[0].start_s,
        speech_s=total_s(speech),
        pauses=len(pauses),
        long_pauses=sum(p.length_s >= LONG_PAUSE_S for p in pauses),
        longest_pause=longest if longest is not None else Unmeasured("there was no pause"),
        words_per_minute=rate,
        pace=rate if isinstance(rate, Unmeasured) else _pace(transcript),
        silent_pauses=_with_places([p for p in pauses if p.length_s >= SILENT_PAUSE_S], transcript),
        phonation_ratio=_too_short(transcript) or total_s(speech) / _spoken_s(transcript),
        articulation_rate=rate if isinstance(rate, Unmeasured) else 60 * len(transcript.words) / total_s(speech),
    )
    return _with_words(timed, transcript, target_s)


def _nothing(reason: str) -> Delivery:
    return Delivery(*(Unmeasured(reason) for _ in fields(Delivery)))


def _with_words(delivery: Delivery, transcript: Transcript, target_s: tuple[float, float] | None) -> Delivery:
    """With what a room's noise can't spoil: the take's length, and what its words say."""
    words = transcript.words
    said = fillers(words)
    rough = Unmeasured("the basic recogniser hears too roughly for it") if transcript.credits_only else None
    deaf = Unmeasured("the basic recogniser doesn't hear fillers") if transcript.credits_only else None
    edited = Unmeasured("the transcript was edited") if transcript.source == "edited" else None
    return replace(
        delivery,
        duration_s=transcript.duration_s,
        aim=_aim(transcript.duration_s, target_s),
        speech=transcript.speech,
        fillers=edited or deaf or said,
        fillers_at_least=edited or deaf or sum(len(s.spans) for s in said),
        hedges=edited or rough or hedges(words),
        repetitions=edited or rough or repetitions(words),
    )


def _aim(duration_s: float, target_s: tuple[float, float] | None) -> Aim | Unmeasured:
    if target_s is None:
        return Unmeasured("it has no target length")
    low_s, high_s = target_s
    return Aim(low_s, high_s, duration_s - min(max(duration_s, low_s), high_s))


def _spoken_s(transcript: Transcript) -> float:
    return transcript.speech[-1].end_s - transcript.speech[0].start_s


def _too_short(transcript: Transcript) -> Unmeasured | None:
    return Unmeasured(f"under {ENOUGH_S:.0f} seconds of speech") if _spoken_s(transcript) < ENOUGH_S else None


def _noisy(transcript: Transcript) -> bool:
    """Whether the VAD took something else for speech: the recogniser heard next to nothing in it."""
    speech_s = total_s(transcript.speech)
    return transcript.source == "asr" and speech_s >= ENOUGH_S and 60 * len(transcript.words) < SPARSE * speech_s


def _rate(transcript: Transcript) -> float | Unmeasured:
    if short := _too_short(transcript):
        return short
    if len(transcript.words) < ENOUGH_WORDS:
        return Unmeasured(f"under {ENOUGH_WORDS} words")
    if transcript.source == "edited":
        return Unmeasured("the transcript was edited")
    return 60 * len(transcript.words) / _spoken_s(transcript)


def _pace(transcript: Transcript) -> tuple[float, ...]:
    start_s, end_s = transcript.speech[0].start_s, transcript.speech[-1].end_s
    stretches = math.floor((end_s - start_s) / STRETCH_S + 0.5)  # half a stretch or more is one
    words = [0] * stretches
    for word in transcript.words:
        # A word may begin a little before the speech was noticed, and end a little after it.
        at = math.floor(((word.start_s + word.end_s) / 2 - start_s) / STRETCH_S)
        words[min(max(at, 0), stretches - 1)] += 1
    last_s = end_s - start_s - STRETCH_S * (stretches - 1)
    return (*(60 * n / STRETCH_S for n in words[:-1]), 60 * words[-1] / last_s)


# Where a pause falls ----------------------------------------------------------------------------------------------


def _with_places(pauses: Sequence[Span], transcript: Transcript) -> tuple[Pause, ...]:
    tokens = tokenise(transcript.text)
    if transcript.source == "edited" or not any(mark in f"{transcript.text} " for mark in (". ", ", ", "? ", "! ")):
        return tuple(Pause(span) for span in pauses)  # nobody heard the punctuation
    opens = {token.char_start: n for n, token in reversed(list(enumerate(tokens)))}  # of a word's tokens the first
    timed = transcript.timed()

    def place(pause: Span) -> Place:
        middle_s = (pause.start_s + pause.end_s) / 2
        sides = [(t.word.start_s + t.word.end_s) / 2 > middle_s for t in timed]
        # Recognisers stretch a word over the silence beside it: then nobody knows on which side it was said.
        across = any(_covers(t.word.start_s, t.word.end_s, pause) for t in timed)
        if across or True not in sides or False not in sides:
            return "unknown"
        after = opens.get(timed[sides.index(True)].char_start)
        return "unknown" if after is None else _boundary(tokens, after)

    return tuple(Pause(span, place(span)) for span in pauses)


def _covers(start_s: float, end_s: float, pause: Span) -> bool:
    return min(end_s, pause.end_s) - max(start_s, pause.start_s) > pause.length_s / 2


def _boundary(tokens: Sequence[Token], after: int) -> Place:
    """What ends before token `after`."""
    token = tokens[after]
    if token.before == "hard":
        return "between sentences"
    joins = token.text == "and" and after + 1 < len(tokens) and tokens[after + 1].text in OPENERS
    if token.before or joins or token.text in CONTRAST | CONNECTIVE:
        return "between clauses"
    return "inside a clause"
