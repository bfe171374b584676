"""The spoken warm-up: a few words, to find out what the microphone hears. Nothing is kept, nothing judged."""

from __future__ import annotations

from collections.abc import Callable

from voiceprep.audio.capture import speech_spans
from voiceprep.audio.card import SoundCard
from voiceprep.audio.silero import SileroVad
from voiceprep.clock import MonotonicClock
from voiceprep.config import Places, Settings
from voiceprep.core.endpointing import spans
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.room import Levels, advice
from voiceprep.core.spans import Span
from voiceprep.core.speakable import pronunciations, speakable
from voiceprep.errors import VoiceprepError
from voiceprep.pcm.convert import Resampler, floor_dbfs, level_dbfs
from voiceprep.pcm.wav import RATE
from voiceprep.tui.backend import WarmUp
from voiceprep.wiring.engines import Choice, voice
from voiceprep.wiring.room import Room

WARM_UP_S = 20.0
ROOM_S = 1.0
"""As long is listened whoever presses enter: less than that says nothing about a room."""
WARM_UP_ASK = "Hello. Tell me your name, and what you work on."


def warm_up(
    settings: Settings,
    places: Places,
    choice: Choice,
    lexicon: Callable[[], Lexicon],
    tell: Callable[[str, float | None], None],
    enough: Callable[[], bool],
) -> WarmUp:
    """Asks, listens until `enough` or for WARM_UP_S, and says what came in. `tell` gets what is said, and the level."""
    room = Room(settings, places.engine_log, lambda news: None, quiet="")
    try:
        if room.card is None or not room.listens:
            return WarmUp(False, failed=" ".join(room.notices))
        if room.speaks and (mouth := voice(choice, places)):
            tell(WARM_UP_ASK, None)
            try:
                known = lexicon()
                chosen, _ = pronunciations(settings.pronounce, known)
                room.speaker.play(mouth.synthesize(speakable(WARM_UP_ASK, known, chosen)))
            finally:
                mouth.close()
        return _warmed_up(room.card, tell, enough)
    except VoiceprepError as error:
        return WarmUp(False, failed=str(error))
    finally:
        room.close()


def _warmed_up(card: SoundCard, tell: Callable[[str, float | None], None], enough: Callable[[], bool]) -> WarmUp:
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
