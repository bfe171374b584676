"""Hands-free: how long a silence has to last before the answer is taken as done.

Silence alone can't tell a pause from an end. What can: how the last words end, whether the core points have been heard,
and how long this speaker's pauses are. An end that is said is believed soon, sooner when everything was heard. Any
other silence is taken for thinking, and gets more time than thinking takes. The time counts from the last sound: to
notice a silence (0.2 s) and to recognise the words before it (0.3 to 1 s) takes no time of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from voiceprep.core.endings import ending_of
from voiceprep.core.transcript import Word

SOON_S = 0.8
"""The least there is: the end was said, and every core point before it."""
SAID_S = 1.1
"""The end was said; or the answer was rounded off, and half of its core points were heard or it was long."""
CORE_S, PATIENT_S, MOST_S = 4.3, 6.0, 10.0
"""Nothing says that it was all: when every core point was heard, when not, and at most, for those who pause longer.
Even the first lets four seconds of thinking pass: most complete answers go on after their last core point."""
ALMOST_ALL = 0.95
"""This share of a speaker's pauses is shorter than what is waited for."""
MARGIN_S = 0.5
FEW_PAUSES = 5
"""Fewer say nothing about a speaker."""
ENOUGH_SAID_S, LONG_SAID_S = 8.0, 20.0
"""Of speech: under the first an ending that leaves points out is none ("that's how we do it at work" may be a start,
too); from the second there is something to round off."""


@dataclass(frozen=True, slots=True)
class Silence:
    """What is known when the candidate has fallen silent.

    `words`     the answer's words so far, with their times. Without those before this silence (`heard` is False until
                they have been recognised) nothing is known of how it ends
    `core`      core points heard, and how many there are
    `spoken_s`  seconds of speech so far
    `pauses_s`  this speaker's earlier pauses in the session, in seconds"""

    words: tuple[Word, ...]
    core: tuple[int, int]
    spoken_s: float
    pauses_s: tuple[float, ...] = ()
    heard: bool = True


def hold_s(silence: Silence) -> float | None:
    """Seconds from the last sound after which the answer is taken as done; None: never by itself."""
    if not silence.words:
        return None  # still thinking about the question
    core_heard, core = silence.core
    complete = 0 < core <= core_heard
    patient_s = min(MOST_S, max(CORE_S if complete else PATIENT_S, _own_s(silence.pauses_s)))
    if not silence.heard:
        return patient_s
    ending = ending_of(silence.words)
    if ending in ("open", "whole") or not (complete or silence.spoken_s >= ENOUGH_SAID_S):
        return max(PATIENT_S, patient_s) if ending == "open" else patient_s
    if ending == "said":
        return SOON_S if complete else SAID_S
    return SAID_S if 2 * core_heard >= core > 0 or silence.spoken_s >= LONG_SAID_S else patient_s


def _own_s(pauses_s: Sequence[float]) -> float:
    """A little more than nearly all of this speaker's pauses; 0 while there are too few."""
    if len(pauses_s) < FEW_PAUSES:
        return 0.0
    ordered = sorted(pauses_s)
    return ordered[math.ceil(ALMOST_ALL * len(ordered)) - 1] + MARGIN_S
