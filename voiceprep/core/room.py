"""What a room's sound says about how well somebody can be heard in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

QUIET_DBFS = -40.0
NOISY_DB = 15.0
"""Speech less than this above the room's noise is hard to recognise."""


@dataclass(frozen=True, slots=True)
class Levels:
    """In dBFS: the mean level of the speech, and the room's own. None for digital silence or nothing of the kind.
    `echo_ms`: how late the speaker is heard in the microphone; None when it isn't."""

    speech_dbfs: float | None
    noise_dbfs: float | None
    clipped: bool = False
    echo_ms: int | None = None


def advice(levels: Levels) -> Iterator[str]:
    """What to do, a sentence each; the last says that all is well when nothing is wrong."""
    speech, noise = levels.speech_dbfs, levels.noise_dbfs
    if speech is None:
        if noise is None:
            yield "Not even noise came from the microphone: it may be muted, or not allowed for this terminal."
        else:
            yield "No speech was heard: speak up, or choose another microphone in the system's settings."
        return
    fine = True
    if levels.clipped:
        fine = False
        yield "It is too loud and breaks up: turn the microphone down, or move away a little."
    elif speech < QUIET_DBFS:
        fine = False
        yield "You are quiet: come closer, or turn the microphone up."
    if noise is not None and speech - noise < NOISY_DB:
        fine = False
        yield "The room is loud against your voice: close a window, or use a headset."
    if levels.echo_ms is not None:
        yield "The microphone hears the speaker. That's fine: I don't listen while I speak."
    if fine:
        yield "I hear you well."


def level_word(dbfs: float | None, clipping: bool) -> str:
    """A meter's word, so that no bar has to be read by colour."""
    if clipping:
        return "too loud"
    if dbfs is None:
        return "no sound"
    if dbfs < -60:
        return "silence"
    return "low" if dbfs < QUIET_DBFS else "good"
