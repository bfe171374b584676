"""One take's way from the microphone to the disk: resample, append, find speech. The recording on disk is the queue.

A block is on disk before anything else looks at it. What is recognised later is a path and a range of samples.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from voiceprep.core import endpointing
from voiceprep.core.clean import one_line
from voiceprep.core.events import AnswerEnded, EndReason, MicrophoneLost, SpeechEnded, SpeechStarted
from voiceprep.errors import DeviceError, VoiceprepError
from voiceprep.lanes import Lane
from voiceprep.pcm.convert import Rechunker, Resampler
from voiceprep.pcm.wav import BYTES_PER_SAMPLE, RATE, TakeFile, recorded_s
from voiceprep.ports import Clock, Deliver, Microphone, Vad

SYNC_EVERY_S = 1.0
SLOW_S = 2.0
"""A disk that takes longer than this to keep a second of sound is worth a word. Meanwhile recording goes on."""
DISK_IS_SLOW = "The disk is slow. Nothing is lost so far; a disk of this machine itself would be safer."
FLOOR_BYTES = 50_000_000
"""Free space at which recording stops, so that what is there can still be closed and judged."""
SETTINGS = endpointing.Settings()
LOOK_EVERY_SAMPLES = 5 * RATE
"""How much sound goes by between two looks at the free space."""


LONGEST_TAIL_S = 2.0
"""How long the sound still on its way is waited for when an answer has ended."""
STOP_WITHIN_S = 4.0
LOST_WORTH_SAYING_S = 0.1


class ResettableVad(Vad, Protocol):
    def reset(self) -> None: ...


Order = Literal["", "pause", "done"]


@dataclass
class _Recording:
    """One stretch of a take being recorded, and what it was told to do; it looks after every block."""

    take_id: str
    thread: threading.Thread | None = None
    limit_s: float | None = None
    order: Order = ""
    over: bool = False


class TakeRecorder:
    """Records takes into `folder`, one after another; `free_bytes` says how much space is left, `tell` is given
    sentences for the candidate meanwhile."""

    def __init__(
        self,
        folder: Path,
        vad: Callable[[], ResettableVad],
        clock: Clock,
        free_bytes: Callable[[Path], int],
        settings: endpointing.Settings = SETTINGS,
        tell: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self._folder, self._make_vad, self._clock, self._tell_candidate = folder, vad, clock, tell
        self._free_bytes = free_bytes
        self._settings = settings
        self._vad: ResettableVad | None = None
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._current: _Recording | None = None
        self._hearing: _Hearing | None = None
        self.writing = ""
        """The take whose file is open, or about to be."""

    def start(
        self,
        take_id: str,
        microphone: Microphone,
        deliver: Deliver,
        *,
        goes_on: bool = False,
        limit_s: float | None = None,
    ) -> None:
        """Opens the microphone and records until it ends, the take is `limit_s` long, or it's told otherwise; events
        go to `deliver`."""
        earlier = self._current
        self.pause()
        recording = _Recording(take_id, limit_s=limit_s)

        def run() -> None:
            if earlier is not None and earlier.thread is not None:
                earlier.thread.join(STOP_WITHIN_S)
            if not self._reading.acquire(blocking=False):  # two threads never read one microphone
                duration_s = self._recorded_s(take_id) if goes_on else 0.0
                self._end(recording, deliver, duration_s=duration_s, lost="The microphone does not answer.")
                return
            try:
                self._record(recording, microphone, deliver, goes_on)
            finally:
                self._reading.release()

        recording.thread = threading.Thread(target=run, name=f"capture {take_id}", daemon=True)
        self._current = recording
        recording.thread.start()

    def pause(self) -> None:
        self._tell("pause")

    def finish(self, take_id: str, deliver: Deliver) -> None:
        with self._lock:
            running = self._current
            if running is not None and running.take_id == take_id and not running.over:
                running.order = "done"
                return
        deliver(AnswerEnded(take_id, "done", self._recorded_s(take_id)))

    def stop(self) -> None:
        self._tell("done")
        thread = self._current.thread if self._current else None
        if thread is not None and thread is not threading.current_thread():
            thread.join(STOP_WITHIN_S)

    def sounding(self) -> bool:
        """Whether what comes in just now may be speech that isn't reported yet."""
        return self._hearing is not None and self._hearing.sounding

    def _tell(self, order: Order) -> None:
        with self._lock:
            if self._current is not None and not self._current.over:
                self._current.order = self._current.order or order

    def _record(self, recording: _Recording, microphone: Microphone, deliver: Deliver, goes_on: bool) -> None:
        take_id = recording.take_id
        file: TakeFile | None = None
        lost, lost_before_s = "", microphone.lost_s
        reason: EndReason = "source lost"
        detail = ""
        try:
            self.writing = take_id
            microphone.open()
            file = TakeFile(self._folder / f"{take_id}.wav", goes_on=goes_on)
            reason, detail = self._take(recording, microphone, file, deliver)
        except DeviceError as error:
            lost = error.message
        except VoiceprepError as error:
            detail = error.message
        except Exception as error:  # noqa: BLE001 - whatever breaks here, the answer must end and be kept
            detail = f"The microphone broke: {one_line(str(error))}."
        finally:
            with contextlib.suppress(Exception):  # whatever it says, the answer must end
                microphone.close()
        try:
            if file is not None:
                file.close()
        except VoiceprepError as error:
            detail = detail or error.message
        self.writing = ""
        if (missing_s := microphone.lost_s - lost_before_s) >= LOST_WORTH_SAYING_S:
            detail = detail or f"{missing_s:.1f} s of sound were lost on the way."
        # Where the microphone or the file didn't even open, what was recorded earlier is still there.
        duration_s = file.samples / RATE if file else self._recorded_s(take_id) if goes_on else 0.0
        self._end(recording, deliver, reason, duration_s, detail, lost)

    def _recorded_s(self, take_id: str) -> float:
        return recorded_s(self._folder / f"{take_id}.wav")

    def _end(
        self,
        recording: _Recording,
        deliver: Deliver,
        reason: EndReason = "done",
        duration_s: float = 0.0,
        detail: str = "",
        lost: str = "",
    ) -> None:
        with self._lock:
            recording.over = True
        if lost and recording.order != "done":
            if recording.order != "pause":
                deliver(MicrophoneLost(recording.take_id, lost))
        elif recording.order != "pause":  # what ended it in a pause ends it again when it goes on
            deliver(AnswerEnded(recording.take_id, "done" if lost else reason, duration_s, detail))

    def _take(
        self, recording: _Recording, microphone: Microphone, file: TakeFile, deliver: Deliver
    ) -> tuple[EndReason, str]:
        take_id = recording.take_id

        def report(boundary: endpointing.Boundary) -> None:
            event = SpeechStarted if boundary.kind == "started" else SpeechEnded
            deliver(event(take_id, round(boundary.at_s, 3)))

        hearing = self._hearing = _Hearing(self._ready_vad(), self._settings, report, file.samples / RATE)
        resampler: Resampler | None = None
        syncing, looked = _Syncing(file, self._clock, self._tell_candidate), file.samples
        reason: EndReason = "done"
        tail_s: float | None = None
        told_s = 0.0
        try:
            while recording.order != "pause":
                if recording.order == "done" and tail_s is None:
                    # The last words may still be on their way from the device.
                    tail_s, told_s = microphone.lag_s(), self._clock.now_s()
                if tail_s is not None and (tail_s <= 0 or self._clock.now_s() - told_s > LONGEST_TAIL_S):
                    break
                block = microphone.read()
                if block is None:
                    reason = "recording ended"
                    break
                if tail_s is not None:
                    tail_s -= block.duration_s
                resampler = resampler or Resampler(block.rate)
                pcm = resampler.feed(block.pcm)
                if recording.limit_s is not None:
                    left = round(recording.limit_s * RATE) - file.samples
                    pcm = pcm[: max(0, left) * BYTES_PER_SAMPLE]
                file.append(pcm)
                hearing.feed(pcm)
                if recording.limit_s is not None and file.samples >= round(recording.limit_s * RATE):
                    return "recording ended", ""
                syncing.look()
                if file.samples - looked >= LOOK_EVERY_SAMPLES:
                    looked = file.samples
                    if self._free_bytes(self._folder) < FLOOR_BYTES:
                        minutes, seconds = divmod(file.samples // RATE, 60)
                        return "source lost", f"The disk is almost full. Saved up to {minutes}:{seconds:02d}."
            if resampler is not None:
                rest = resampler.feed(b"", last=True)
                file.append(rest)
                hearing.feed(rest)
            return reason, ""
        finally:
            syncing.finish()
            self._hearing = None
            hearing.finish()

    def _ready_vad(self) -> ResettableVad:
        if self._vad is None:
            self._vad = self._make_vad()
        self._vad.reset()
        return self._vad


class _Syncing:
    """Has the device keep the take once a second, in a thread of its own: a slow disk shall not hold the take up."""

    def __init__(self, file: TakeFile, clock: Clock, tell: Callable[[str], None]) -> None:
        self._file, self._clock, self._tell = file, clock, tell
        self._lane = Lane("take sync")
        self._running: Future[None] | None = None
        self._since_s = clock.now_s()
        self._told = False

    def look(self) -> None:
        """Begins the next sync when it's due. Raises StorageError when the last one failed."""
        waited_s = self._clock.now_s() - self._since_s
        if self._running is not None and not self._running.done():
            if waited_s >= SLOW_S and not self._told:
                self._told = True
                self._tell(DISK_IS_SLOW)
        elif waited_s >= SYNC_EVERY_S:
            if self._running is not None:
                self._running.result()
            self._running, self._since_s = self._lane.submit(self._file.sync), self._clock.now_s()

    def finish(self) -> None:
        """Waits for the sync under way: the file is closed next, which syncs it once more and says what fails."""
        if self._running is not None:
            self._running.exception()
        self._lane.shutdown(wait=False)


class _Hearing:
    """Chunks for the VAD, its probabilities for the endpointer, its boundaries for `found`."""

    def __init__(
        self,
        vad: Vad,
        settings: endpointing.Settings,
        found: Callable[[endpointing.Boundary], None],
        from_s: float = 0.0,
    ) -> None:
        self._vad, self._found = vad, found
        self._chunks = Rechunker(vad.chunk_samples * BYTES_PER_SAMPLE)
        self._state = endpointing.Endpointer(settings, at_s=from_s)

    def feed(self, pcm: bytes) -> None:
        for chunk in self._chunks.feed(pcm):
            probability = self._vad.probability(chunk)
            self._state, boundary = endpointing.hear(self._state, probability, self._vad.chunk_samples / RATE)
            if boundary is not None:
                self._found(boundary)

    @property
    def sounding(self) -> bool:
        return not self._state.speaking and self._state.run_s > 0

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
