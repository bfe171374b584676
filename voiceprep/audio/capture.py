"""One take's way from the microphone to the disk: resample, append, find speech. The recording on disk is the queue.

A block is on disk before anything else looks at it. What is recognised later is a path and a range of samples.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from voiceprep.core import endpointing
from voiceprep.core.clean import one_line
from voiceprep.core.events import AnswerEnded, EndReason, SpeechEnded, SpeechStarted
from voiceprep.errors import VoiceprepError
from voiceprep.pcm.convert import Rechunker, Resampler
from voiceprep.pcm.wav import BYTES_PER_SAMPLE, RATE, TakeFile
from voiceprep.ports import Clock, Deliver, Microphone, Vad

SYNC_EVERY_S = 1.0
FLOOR_BYTES = 50_000_000
"""Free space at which recording stops, so that what is there can still be closed and judged."""
SETTINGS = endpointing.Settings()
LOOK_EVERY_SAMPLES = 5 * RATE
"""How much sound goes by between two looks at the free space."""


class ResettableVad(Vad, Protocol):
    def reset(self) -> None: ...


class TakeRecorder:
    """Records takes into `folder`, one after another.

    `free_bytes` says how much space is left; `stop` ends the running take as the candidate's *done* does.
    """

    def __init__(
        self,
        folder: Path,
        vad: Callable[[], ResettableVad],
        clock: Clock,
        free_bytes: Callable[[Path], int],
        settings: endpointing.Settings = SETTINGS,
    ) -> None:
        self._folder, self._make_vad, self._clock = folder, vad, clock
        self._free_bytes = free_bytes
        self._settings = settings
        self._vad: ResettableVad | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self, take_id: str, microphone: Microphone, deliver: Deliver) -> None:
        """Opens the microphone and records until it ends or `stop` is called; events go to `deliver`."""
        self.stop()
        self._stopping.clear()
        self._thread = threading.Thread(
            target=self._record, args=(take_id, microphone, deliver), name=f"capture {take_id}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _record(self, take_id: str, microphone: Microphone, deliver: Deliver) -> None:
        file: TakeFile | None = None
        try:
            microphone.open()
            file = TakeFile(self._folder / f"{take_id}.wav")
            reason, detail = self._take(take_id, microphone, file, deliver)
        except VoiceprepError as error:
            reason, detail = "source lost", error.message
        except Exception as error:  # noqa: BLE001 - whatever breaks here, the answer must end and be kept
            reason, detail = "source lost", f"The microphone broke: {one_line(str(error))}."
        finally:
            microphone.close()
        try:
            if file is not None:
                file.close()
        except VoiceprepError as error:
            detail = detail or error.message
        samples = file.samples if file is not None else 0
        deliver(AnswerEnded(take_id, reason, samples / RATE, detail))

    def _take(self, take_id: str, microphone: Microphone, file: TakeFile, deliver: Deliver) -> tuple[EndReason, str]:
        def report(boundary: endpointing.Boundary) -> None:
            event = SpeechStarted if boundary.kind == "started" else SpeechEnded
            deliver(event(take_id, round(boundary.at_s, 3)))

        hearing = _Hearing(self._ready_vad(), self._settings, report)
        resampler: Resampler | None = None
        synced_s, looked = self._clock.now_s(), 0
        reason: EndReason = "done"
        while not self._stopping.is_set():
            block = microphone.read()
            if block is None:
                reason = "recording ended"
                break
            resampler = resampler or Resampler(block.rate)
            pcm = resampler.feed(block.pcm)
            file.append(pcm)
            hearing.feed(pcm)
            now_s = self._clock.now_s()
            if now_s - synced_s >= SYNC_EVERY_S:
                file.sync()
                synced_s = now_s
            if file.samples - looked >= LOOK_EVERY_SAMPLES:
                looked = file.samples
                if self._free_bytes(self._folder) < FLOOR_BYTES:
                    hearing.finish()
                    return "source lost", f"The disk is almost full. Saved up to {file.samples / RATE:.0f} s."
        if resampler is not None:
            tail = resampler.feed(b"", last=True)
            file.append(tail)
            hearing.feed(tail)
        hearing.finish()
        return reason, ""

    def _ready_vad(self) -> ResettableVad:
        if self._vad is None:
            self._vad = self._make_vad()
        self._vad.reset()
        return self._vad


class _Hearing:
    """Chunks for the VAD, its probabilities for the endpointer, its boundaries for `found`."""

    def __init__(self, vad: Vad, settings: endpointing.Settings, found: Callable[[endpointing.Boundary], None]) -> None:
        self._vad, self._found = vad, found
        self._chunks = Rechunker(vad.chunk_samples * BYTES_PER_SAMPLE)
        self._state = replace(endpointing.Endpointer(), settings=settings)

    def feed(self, pcm: bytes) -> None:
        for chunk in self._chunks.feed(pcm):
            probability = self._vad.probability(chunk)
            self._state, boundary = endpointing.hear(self._state, probability, self._vad.chunk_samples / RATE)
            if boundary is not None:
                self._found(boundary)

    def finish(self) -> None:
        if (boundary := endpointing.finish(self._state)) is not None:
            self._found(boundary)


def speech_spans(pcm: bytes, vad: ResettableVad) -> tuple[endpointing.Boundary, ...]:
    """Boundaries of speech in a whole recording (16 kHz int16), the way a live take finds them."""
    found: list[endpointing.Boundary] = []
    vad.reset()
    hearing = _Hearing(vad, SETTINGS, found.append)
    hearing.feed(pcm)
    hearing.finish()
    return tuple(found)
