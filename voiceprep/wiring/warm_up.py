"""The spoken warm-up: listens for a while and says what came in. Nothing is kept."""

from __future__ import annotations

from collections.abc import Callable

from voiceprep.audio.capture import speech_spans
from voiceprep.audio.card import SoundCard
from voiceprep.audio.silero import SileroVad
from voiceprep.clock import MonotonicClock
from voiceprep.core.endpointing import spans
from voiceprep.core.room import Levels, advice
from voiceprep.core.spans import Span
from voiceprep.pcm.convert import Resampler, floor_dbfs, level_dbfs
from voiceprep.pcm.wav import RATE
from voiceprep.tui.backend import WarmUp

WARM_UP_S = 20.0
ROOM_S = 1.0
"""As long is listened whoever presses enter: less than that says nothing about a room."""


def warmed_up(card: SoundCard, tell: Callable[[str, float | None], None], enough: Callable[[], bool]) -> WarmUp:
    """Listens, and says what came in; nothing is kept."""
    microphone, clock = card.microphone, MonotonicClock()
    pcm, resampler = b"", None
    clipped = False
    microphone.open()
    began_s = clock.now_s()
    while (lasted_s := clock.now_s() - began_s) < WARM_UP_S and not (enough() and lasted_s > ROOM_S):
        block = microphone.read()
        if block is None:
            break
        resampler = resampler or Resampler(block.rate)
        pcm += resampler.feed(block.pcm)
        clipped = clipped or microphone.clipping
        tell("", microphone.level_dbfs())
    microphone.close()
    found = spans(speech_spans(pcm, SileroVad()))
    speech = b"".join(_piece(pcm, s) for s in found)
    trip = card.round_trip
    levels = Levels(level_dbfs(speech), floor_dbfs(pcm, RATE), clipped, round(trip.late_s * 1000) if trip else None)
    return WarmUp(
        bool(found), levels.speech_dbfs, levels.noise_dbfs, clipped, levels.echo_ms, advice=tuple(advice(levels))
    )


def _piece(pcm: bytes, span: Span) -> bytes:
    return pcm[int(span.start_s * RATE) * 2 : int(span.end_s * RATE) * 2]
