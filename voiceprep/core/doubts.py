"""What of a recogniser's words it may have made up: loops, speech faster than anybody speaks, words for no sound.

A network that writes text goes on writing where it hears nothing, and repeats itself where it's lost. Nothing here
knows the sound: lengths, probabilities and the speech that the VAD heard are handed in."""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from voiceprep.core.spans import Span, gaps
from voiceprep.core.transcript import Word

FASTEST = 7.0
"""Words a second that nobody keeps up for a second."""
ROUND_IT_S = 0.3
"""How much longer than the VAD's spans speech may be, on either side."""
APART_S = 1.0
"""Silence that parts one stretch of speech from the next."""
UNSURE = 0.1
"""The probability of a word that's kept and not to be relied on."""

NO_SPEECH, LOW_LOGPROB = 0.6, -1.0
"""Beyond both of these the model itself says that nobody spoke: Whisper's own limits."""
LOW_IN_CLOSING, LOW_PROBABILITY = -0.6, 0.5
DENSE = 2.4
"""How much shorter text gets when it's packed that says the same again and again: Whisper's own limit."""

_LONGEST_LOOP = 12
_CLOSING = re.compile(
    r"(thank you( (so|very) much)?|thanks) for (watching|listening|your (time|attention))|"
    r"(please )?(like and )?subscribe\b.*|see you (next time|in the next (one|video))|(bye ?)+|"
    r"(subtitles|captions|transcribed|translated) by\b.*|thank you( (so|very) much)?"
)
"""What Whisper ends recordings with that end in silence. Candidates say some of it, too: alone it proves nothing."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Words `start` to `end` (positions, the end not included), and why: the end of "some words were left out: ..."."""

    start: int
    end: int
    why: str


LOOP = "the recogniser repeated itself"
HURRY = "nobody speaks so fast"
NOTHING = "the recogniser itself heard no speech there"
CLOSING = "words that recognisers put into silence"


def made_up(words: Sequence[Word], length_s: float, no_speech: float = 0.0, logprob: float = 0.0) -> tuple[Doubt, ...]:
    """What is doubtful in the words of one piece of sound `length_s` long. `no_speech` is the model's own probability
    that nobody spoke, `logprob` the mean log probability of what it wrote."""
    if not words:
        return ()
    if no_speech > NO_SPEECH and logprob < LOW_LOGPROB:
        return (Doubt(0, len(words), NOTHING),)
    found = list(_loops([_bare(w.text) for w in words]))
    text = " ".join(w.text for w in words).encode()
    if not found and len(text) > DENSE * len(zlib.compress(text)):
        return (Doubt(0, len(words), LOOP),)
    left = len(words) - sum(d.end - d.start for d in found)
    if left > FASTEST * max(1.0, length_s):
        return (Doubt(0, len(words), HURRY),)
    start = _closing(words)
    tail = words[start:]
    mean = sum(w.probability for w in tail) / len(tail) if tail else 1.0
    if tail and (no_speech > NO_SPEECH or logprob < LOW_IN_CLOSING or mean < LOW_PROBABILITY):
        found.append(Doubt(start, len(words), CLOSING))
    return tuple(found)


def hurried(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Doubt, ...]:
    """Stretches of speech with more words in them than can be said in it. Times of single words aren't held against
    them: they are too rough."""
    found = []
    edges = [0.0, *((g.start_s + g.end_s) / 2 for g in gaps(speech) if g.length_s > APART_S), float("inf")]
    for since_s, until_s in itertools.pairwise(edges):
        spoken = [s for s in speech if since_s <= s.start_s < until_s]
        inside = [n for n, w in enumerate(words) if since_s <= (w.start_s + w.end_s) / 2 < until_s]
        room_s = sum(s.length_s for s in spoken) + 2 * ROUND_IT_S
        if spoken and inside and len(inside) > FASTEST * max(1.0, room_s):
            found.append(Doubt(inside[0], inside[-1] + 1, HURRY))
    return tuple(found)


def closing_in_silence(words: Sequence[Word], speech: Sequence[Span]) -> tuple[Doubt, ...]:
    """A well-known closing at the end, most of it where the VAD heard nobody."""
    start = _closing(words)
    tail = words[start:]
    in_speech = [w for w in tail if any(s.start_s <= (w.start_s + w.end_s) / 2 <= s.end_s for s in speech)]
    return (Doubt(start, len(words), CLOSING),) if tail and 2 * len(in_speech) < len(tail) else ()


def without(words: Sequence[Word], doubts: Sequence[Doubt]) -> tuple[Word, ...]:
    """The words that nobody doubts."""
    return tuple(w for n, w in enumerate(words) if not any(d.start <= n < d.end for d in doubts))


def marked(words: Sequence[Word], doubts: Sequence[Doubt]) -> tuple[Word, ...]:
    """The words, those that are only too many for their time marked unclear, what else is doubted left out."""
    hurry = [d for d in doubts if d.why == HURRY]
    unsure = [
        replace(w, probability=min(w.probability, UNSURE)) if any(d.start <= n < d.end for d in hurry) else w
        for n, w in enumerate(words)
    ]
    return without(unsure, [d for d in doubts if d.why != HURRY])


def told(doubts: Sequence[Doubt], at: Sequence[Word]) -> tuple[tuple[float, int, str], ...]:
    """Each doubt as what `sentence` takes. `at` are the words that the doubts count."""
    return tuple((at[d.start].start_s, d.end - d.start, d.why) for d in doubts)


def sentence(at_s: float, words: int, why: str) -> str:
    """What was done about `words` doubtful words from this second on."""
    done = "can't be relied on" if why == HURRY else "left out"
    return f"At {at_s:.0f} s {words} word{'s' * (words > 1)} {done}: {why}."


def sentences(doubts: Sequence[Doubt], at: Sequence[Word]) -> tuple[str, ...]:
    """Each doubt as a sentence."""
    return tuple(sentence(*one) for one in told(doubts, at))


def _bare(text: str) -> str:
    return re.sub(r"[^\w']+", "", text.lower())


def _loops(texts: Sequence[str]) -> list[Doubt]:
    """The second and further rounds of words said again and again. People repeat a word four times, and a phrase three
    times: more of one, or a long one so often, is a loop."""
    found, at = [], 0
    while at < len(texts):
        for size in range(1, _LONGEST_LOOP + 1):
            once = texts[at : at + size]
            rounds = 1
            while texts[at + rounds * size : at + (rounds + 1) * size] == once:
                rounds += 1
            if rounds > (6 if size == 1 else 3 if size < 5 else 2):
                end = at + rounds * size
                while end < len(texts) and texts[end] == once[(end - at) % size]:
                    end += 1  # the round that was cut off
                found.append(Doubt(at + size, end, LOOP))
                at = end - 1
                break
        at += 1
    return found


def _closing(words: Sequence[Word]) -> int:
    """Where a well-known closing starts that the words end with; their number when there is none."""
    texts = [_bare(w.text) for w in words]
    for start in range(max(0, len(texts) - _LONGEST_LOOP), len(texts)):
        if _CLOSING.fullmatch(" ".join(filter(None, texts[start:]))):
            return start
    return len(texts)
