"""A file as the microphone, through capture, to the take's own WAV, the VAD and the boundaries of speech."""

from __future__ import annotations

import errno
import queue
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.kit.ports import ManualClock
from voiceprep import durable
from voiceprep.audio import capture
from voiceprep.audio.capture import DISK_IS_SLOW, FLOOR_BYTES, LONGEST_TAIL_S, TakeRecorder, speech_spans
from voiceprep.audio.files import FileMicrophone
from voiceprep.audio.silero import SileroVad
from voiceprep.core import events as e
from voiceprep.core.endpointing import spans
from voiceprep.errors import AudioFileError, DeviceError
from voiceprep.pcm.convert import Rechunker, Resampler, floor_dbfs, level_dbfs
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile, read_pcm
from voiceprep.ports import Sound


def record(folder: Path, sound: Path, clock: ManualClock | None = None, free: int = 10**12) -> list[e.Event]:
    """The events of one take."""
    events: list[e.Event] = []
    ended = threading.Event()

    def deliver(event: e.Event) -> None:
        events.append(event)
        if isinstance(event, e.AnswerEnded):
            ended.set()

    clock = clock or ManualClock()
    recorder = TakeRecorder(folder, SileroVad, clock, lambda path: free)
    recorder.start("a001", FileMicrophone(sound, clock), deliver)
    assert ended.wait(60)
    recorder.stop()
    return events


def test_it_says_which_takes_file_is_open(tmp_path: Path) -> None:
    said, clock = [], ManualClock()
    sound = tmp_path / "a.wav"
    soundfile.write(sound, noise(0.2, RATE), RATE)
    ended = threading.Event()

    def deliver(event: e.Event) -> None:
        said.append((type(event), recorder.writing))
        ended.set()

    class Asked(FileMicrophone):
        def read(self) -> Sound | None:
            said.append(("read", recorder.writing))
            return super().read()

    recorder = TakeRecorder(tmp_path, SileroVad, clock, lambda path: 10**12)
    recorder.start("a001", Asked(sound, clock), deliver)
    assert ended.wait(60)
    assert said[0] == ("read", "a001") and said[-1] == (e.AnswerEnded, "")


def noise(seconds: float, rate: int, channels: int = 1) -> np.ndarray:
    rng = np.random.default_rng(7)
    return rng.normal(0, 0.1, (round(seconds * rate), channels)).clip(-1, 1)


@pytest.mark.parametrize(
    ("name", "rate", "channels", "subtype"),
    [
        ("a.wav", 16_000, 1, "PCM_16"),
        ("a.wav", 8_000, 1, "PCM_U8"),
        ("a.wav", 44_100, 2, "PCM_24"),
        ("a.wav", 48_000, 1, "FLOAT"),
        ("a.wav", 96_000, 6, "DOUBLE"),
        ("a.flac", 44_100, 2, "PCM_16"),
        ("a.flac", 16_000, 1, "PCM_16"),
        ("a.ogg", 48_000, 2, "VORBIS"),
        ("a.ogg", 48_000, 1, "OPUS"),
    ],
)
def test_any_file_becomes_a_take(tmp_path: Path, name: str, rate: int, channels: int, subtype: str) -> None:
    sound = tmp_path / name
    soundfile.write(sound, noise(1.5, rate, channels), rate, subtype=subtype)
    events = record(tmp_path, sound)
    ended = events[-1]
    assert isinstance(ended, e.AnswerEnded)
    assert ended.reason == "recording ended"
    assert ended.duration_s == pytest.approx(1.5, abs=0.02)
    with soundfile.SoundFile(tmp_path / "a001.wav") as take:
        assert (take.samplerate, take.channels, take.subtype) == (RATE, 1, "PCM_16")
        assert take.frames == round(ended.duration_s * RATE)


def test_a_16_khz_take_is_bit_exact(tmp_path: Path) -> None:
    samples = (noise(2, RATE) * 20_000).astype(np.int16)
    soundfile.write(tmp_path / "a.flac", samples, RATE, subtype="PCM_16")
    record(tmp_path, tmp_path / "a.flac")
    assert read_pcm(tmp_path / "a001.wav") == samples.tobytes()


def test_time_passes_as_the_sound_does(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(3, RATE), RATE)
    clock = ManualClock(at_s=100)
    record(tmp_path, tmp_path / "a.wav", clock)
    assert clock.at_s == pytest.approx(103, abs=0.03)


def test_done_ends_the_take_where_it_is(tmp_path: Path) -> None:
    """The candidate's done key in the middle of a long answer."""
    soundfile.write(tmp_path / "a.wav", noise(600, RATE), RATE)
    events: list[e.Event] = []
    gate = threading.Event()

    class Slow(FileMicrophone):
        blocks = 0

        def read(self):
            self.blocks += 1
            if self.blocks == 50:
                gate.set()
                stopping.wait(10)
            return super().read()

    stopping = threading.Event()
    clock = ManualClock()
    recorder = TakeRecorder(tmp_path, SileroVad, clock, lambda path: 10**12)
    recorder.start("a001", Slow(tmp_path / "a.wav", None), events.append)
    assert gate.wait(10)
    threading.Timer(0.05, stopping.set).start()
    recorder.stop()
    ended = events[-1]
    assert isinstance(ended, e.AnswerEnded)
    assert ended.reason == "done"
    assert 0.9 <= ended.duration_s <= 1.2


def test_a_file_that_is_no_sound_ends_the_take_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("not a sound")
    ended = record(tmp_path, tmp_path / "a.wav")[-1]
    assert isinstance(ended, e.AnswerEnded)
    assert (ended.reason, ended.duration_s) == ("source lost", 0.0)
    assert "is not a sound file" in ended.detail


def test_an_almost_full_disk_stops_the_take_and_keeps_it(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(20, RATE), RATE)
    ended = record(tmp_path, tmp_path / "a.wav", free=FLOOR_BYTES - 1)[-1]
    assert isinstance(ended, e.AnswerEnded)
    assert ended.reason == "source lost"
    assert "almost full" in ended.detail
    assert ended.duration_s >= 5
    assert len(read_pcm(tmp_path / "a001.wav")) == ended.duration_s * RATE * 2


def test_a_truncated_file_gives_what_it_has(tmp_path: Path) -> None:
    whole = tmp_path / "whole.flac"
    soundfile.write(whole, noise(10, RATE), RATE)
    cut = tmp_path / "cut.flac"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    ended = record(tmp_path, cut)[-1]
    assert isinstance(ended, e.AnswerEnded)
    assert 3 < ended.duration_s < 6
    cut.write_bytes(whole.read_bytes()[:20])
    with pytest.raises(AudioFileError):
        read_16k(cut)


def spliced(flite: str, tmp_path: Path, pauses_s: list[float]) -> tuple[bytes, list[float]]:
    """flite sentences with known silences before each; the pauses that a listener should find between them."""
    parts, edges, at = [], [], 0
    for n, pause in enumerate(pauses_s):
        out = tmp_path / f"{n}.wav"
        text = ("I would look at the dashboards", "then I read the logs", "and I follow a slow request")[n % 3]
        subprocess.run([flite, "-voice", "slt", "-t", text, "-o", str(out)], check=True)
        speech = np.frombuffer(read_16k(out), np.int16)
        loud = np.flatnonzero(np.abs(speech.astype(int)) > 300)
        speech = speech[loud[0] : loud[-1] + 1]
        silence = np.zeros(round(pause * RATE), np.int16)
        parts += [silence, speech]
        edges += [(at + len(silence)) / RATE, (at + len(silence) + len(speech)) / RATE]
        at += len(silence) + len(speech)
    parts.append(np.zeros(RATE, np.int16))
    return np.concatenate(parts).tobytes(), edges


def test_the_vad_finds_speech_and_the_known_pauses(flite: str, tmp_path: Path) -> None:
    pauses = [0.8, 1.0, 2.5, 0.6]
    pcm, edges = spliced(flite, tmp_path, pauses)
    found = spans(speech_spans(pcm, SileroVad()))
    assert len(found) == len(pauses)
    for span, start_s, end_s in zip(found, edges[::2], edges[1::2], strict=True):
        assert span.start_s == pytest.approx(start_s, abs=0.15)
        assert span.end_s == pytest.approx(end_s, abs=0.25)


def test_streaming_and_whole_give_the_same_boundaries(flite: str, tmp_path: Path) -> None:
    pcm, _ = spliced(flite, tmp_path, [0.5, 0.9])
    soundfile.write(tmp_path / "a.wav", np.frombuffer(pcm, np.int16), RATE)
    events = record(tmp_path, tmp_path / "a.wav")
    live = [ev.at_s for ev in events if isinstance(ev, e.SpeechStarted | e.SpeechEnded)]
    assert live == pytest.approx([b.at_s for b in speech_spans(pcm, SileroVad())], abs=0.001)


def test_no_speech_in_silence_noise_or_a_tone() -> None:
    t = np.arange(4 * RATE) / RATE
    for samples in (np.zeros(4 * RATE), noise(4, RATE)[:, 0] * 0.3, 0.3 * np.sin(2 * np.pi * 440 * t)):
        assert speech_spans((samples * 32767).astype(np.int16).tobytes(), SileroVad()) == ()


def test_rechunking_and_resampling_lose_nothing() -> None:
    data = bytes(range(256)) * 40
    chunks = Rechunker(1024)
    got = b"".join(c for n in range(0, len(data), 77) for c in chunks.feed(data[n : n + 77]))
    assert got + chunks.rest == data
    tone = (10_000 * np.sin(2 * np.pi * 300 * np.arange(44_100) / 44_100)).astype(np.int16)
    stream = Resampler(44_100)
    out = b"".join(stream.feed(tone[n : n + 441].tobytes()) for n in range(0, len(tone), 441))
    out += stream.feed(b"", last=True)
    assert len(out) // 2 == pytest.approx(RATE, abs=2)
    assert level_dbfs(out) == pytest.approx(level_dbfs(tone.tobytes()), abs=0.2)


# A live microphone: pauses, going on, losing it -------------------------------------------------------------------


class LoudVad:
    """Hears speech in whatever is loud."""

    chunk_samples = 512

    def probability(self, chunk: bytes) -> float:
        return float(np.abs(np.frombuffer(chunk, np.int16)).max() > 1000)

    def reset(self) -> None: ...


class LiveMicrophone:
    """Gives what a test feeds it, empty blocks in between, and notices when two threads are at it."""

    name = "live"

    def __init__(self, clock: ManualClock, rate: int = RATE) -> None:
        self.clock, self.rate = clock, rate
        self.lag = self.lost_s = 0.0
        self.opened = self.readers = self.most_readers = 0
        self.held = threading.Event()
        """Cleared, `open` and `read` hang until it's set."""
        self.held.set()
        self.waiting = threading.Event()
        self.wrong: Exception | None = None
        self._blocks: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

    def feed(self, *blocks: np.ndarray | Exception) -> None:
        for block in blocks:
            self._blocks.put(block if isinstance(block, Exception) else block.astype(np.int16).tobytes())

    def hang(self) -> None:
        self.held.clear()
        self.waiting.clear()
        assert self.waiting.wait(10)

    def open(self) -> None:
        self.opened += 1
        self._pass()
        if self.wrong is not None:
            raise self.wrong

    def read(self) -> Sound:
        self._pass()
        try:
            block = self._blocks.get(timeout=0.001)
        except queue.Empty:
            self.clock.sleep_s(0.05)
            return Sound(b"", self.rate)
        if isinstance(block, Exception):
            raise block
        return Sound(block, self.rate)

    def lag_s(self) -> float:
        return self.lag

    def close(self) -> None: ...

    @property
    def empty(self) -> bool:
        return self._blocks.empty()

    def _pass(self) -> None:
        self.readers += 1
        self.most_readers = max(self.most_readers, self.readers)
        self.waiting.set()
        assert self.held.wait(10)
        self.readers -= 1


class Desk:
    """A recorder on a live microphone, and what it reports."""

    def __init__(self, folder: Path, rate: int = RATE) -> None:
        self.folder, self.clock = folder, ManualClock()
        self.microphone = LiveMicrophone(self.clock, rate)
        self.events: list[e.Event] = []
        self.free = 10**12
        self.recorder = TakeRecorder(folder, LoudVad, self.clock, lambda path: self.free)
        self._news = threading.Condition()

    def deliver(self, event: e.Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def start(self, *blocks: np.ndarray | Exception, take: str = "a001", goes_on: bool = False) -> None:
        """Begins to record, and comes back when all blocks have been read."""
        self.microphone.feed(*blocks)
        self.recorder.start(take, self.microphone, self.deliver, goes_on=goes_on)
        if self.microphone.held.is_set():
            self.until(lambda: self.microphone.empty)

    def pause(self) -> None:
        self.recorder.pause()
        self.ends()

    def finish(self, take: str = "a001") -> e.AnswerEnded:
        self.recorder.finish(take, self.deliver)
        return self.ended()

    def ends(self) -> None:
        """Until the recorder's thread has ended."""
        thread = self.recorder._current.thread
        thread.join(10)
        assert not thread.is_alive()

    def ended(self) -> e.AnswerEnded:
        """The one end that is reported."""
        self.until(lambda: any(isinstance(event, e.AnswerEnded) for event in self.events))
        (end,) = (event for event in self.events if isinstance(event, e.AnswerEnded))
        return end

    def until(self, happened: object) -> None:
        deadline = time.monotonic() + 10
        while not happened():
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def take(self, take: str = "a001") -> np.ndarray:
        return np.frombuffer(read_pcm(self.folder / f"{take}.wav"), np.int16)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.microphone.held.set()
    desk.recorder.stop()


def sound(seconds: float, seed: int = 1) -> np.ndarray:
    """Loud samples that no other seed has."""
    return np.random.default_rng(seed).integers(-20_000, 20_000, round(seconds * RATE), np.int16)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.int16)


def test_a_pause_keeps_the_take_and_reports_nothing(desk: Desk) -> None:
    desk.start(silence(0.3))
    desk.pause()
    assert desk.events == []
    assert soundfile.info(desk.folder / "a001.wav").frames == round(0.3 * RATE), "any player can open it"


def test_a_take_that_goes_on_is_added_to_bit_for_bit(desk: Desk) -> None:
    parts = [sound(0.7, 1), sound(0.0312, 2), sound(0.5, 3)]
    desk.start(parts[0])
    for part in parts[1:]:
        desk.pause()
        desk.start(part, goes_on=True)
    ended = desk.finish()
    assert desk.take().tobytes() == np.concatenate(parts).tobytes()
    assert (ended.reason, ended.duration_s) == ("done", len(desk.take()) / RATE)
    assert desk.microphone.opened == 3


def test_a_take_from_a_microphone_of_another_rate_loses_nothing_at_the_seam(tmp_path: Path) -> None:
    desk = Desk(tmp_path, rate=48_000)
    parts = [sound(0.9, 1), sound(0.6, 2)]
    desk.start(parts[0])
    desk.pause()
    first = len(desk.take())
    desk.start(parts[1], goes_on=True)
    desk.finish()
    whole = [Resampler(48_000).feed(part.tobytes(), last=True) for part in parts]
    assert first == len(whole[0]) // 2 == len(parts[0]) // 3
    assert desk.take().tobytes() == b"".join(whole)


def test_the_times_of_speech_go_on_where_the_take_stopped(desk: Desk) -> None:
    desk.start(np.concatenate((silence(1), sound(1), silence(0.9))))
    desk.pause()
    desk.start(np.concatenate((silence(0.5), sound(1), silence(1))), goes_on=True)
    desk.finish()
    times = [(type(ev).__name__, ev.at_s) for ev in desk.events if isinstance(ev, e.SpeechStarted | e.SpeechEnded)]
    assert [name for name, _ in times] == ["SpeechStarted", "SpeechEnded"] * 2
    assert [at for _, at in times] == pytest.approx([1.0, 2.0, 3.4, 4.4], abs=0.04)


def test_speech_that_a_pause_cuts_off_has_an_end(desk: Desk) -> None:
    desk.start(np.concatenate((silence(0.5), sound(1))))
    desk.pause()
    assert [type(ev).__name__ for ev in desk.events] == ["SpeechStarted", "SpeechEnded"]
    assert desk.events[-1].at_s == pytest.approx(1.5, abs=0.04)


def test_a_file_that_stands_in_for_the_microphone_is_paused_too(tmp_path: Path) -> None:
    samples = sound(3)
    soundfile.write(tmp_path / "a.wav", samples, RATE, subtype="PCM_16")
    desk = Desk(tmp_path)
    passed, on = threading.Event(), threading.Event()

    class Stopping(FileMicrophone):
        reads = 0

        def read(self) -> Sound | None:
            self.reads += 1
            if self.reads == 50:
                passed.set()
                on.wait(10)
            return super().read()

    file = Stopping(tmp_path / "a.wav", None)
    desk.recorder.start("a001", file, desk.deliver)
    assert passed.wait(10)
    desk.recorder.pause()
    on.set()
    desk.ends()
    assert 0 < len(desk.take()) < len(samples)
    desk.recorder.start("a001", file, desk.deliver, goes_on=True)
    assert desk.ended().reason == "recording ended"
    assert desk.take().tobytes() == samples.tobytes()


# Done


def test_done_ends_a_recording(desk: Desk) -> None:
    desk.start(sound(0.5))
    assert desk.finish() == e.AnswerEnded("a001", "done", 0.5)
    desk.ends()


def test_done_in_a_pause_ends_the_take_as_it_lies_there(desk: Desk) -> None:
    desk.start(silence(0.5))
    desk.pause()
    opened = desk.microphone.opened
    assert desk.finish() == e.AnswerEnded("a001", "done", 0.5)
    assert desk.microphone.opened == opened, "nothing is recorded for it"


def test_done_without_a_recording_ends_an_empty_take(desk: Desk) -> None:
    assert desk.finish() == e.AnswerEnded("a001", "done", 0.0)
    assert not (desk.folder / "a001.wav").exists()


def test_done_of_a_take_is_not_done_of_the_one_that_still_runs(desk: Desk) -> None:
    desk.start(silence(0.5))
    assert desk.finish("a002") == e.AnswerEnded("a002", "done", 0.0)
    desk.events.clear()
    assert desk.finish("a001").duration_s == 0.5


def test_done_while_a_pause_still_closes_the_take_ends_it_once(desk: Desk) -> None:
    desk.start(silence(0.5))
    desk.microphone.hang()
    desk.recorder.pause()
    desk.recorder.finish("a001", desk.deliver)
    desk.microphone.held.set()
    desk.ends()
    assert desk.events == [e.AnswerEnded("a001", "done", 0.5)]


def test_done_waits_for_the_sound_that_is_on_its_way_and_no_longer(desk: Desk) -> None:
    said, tail = sound(0.5, 1), [sound(0.1, n) for n in range(2, 9)]
    desk.start(said)
    desk.microphone.hang()
    desk.microphone.lag = 0.3
    desk.microphone.feed(*tail)
    desk.recorder.finish("a001", desk.deliver)
    desk.microphone.held.set()
    assert desk.ended().duration_s == pytest.approx(0.5 + 0.4), "the block that was being read, and the lag"
    assert desk.take().tobytes() == np.concatenate((said, *tail[:4])).tobytes()


def test_done_waits_no_longer_than_two_seconds_for_sound_that_never_comes(desk: Desk) -> None:
    desk.start(silence(0.5))
    desk.microphone.hang()
    desk.microphone.lag = 3600.0
    began_s = desk.clock.now_s()
    desk.recorder.finish("a001", desk.deliver)
    desk.microphone.held.set()
    assert desk.ended().duration_s == 0.5
    assert LONGEST_TAIL_S == 2.0
    assert LONGEST_TAIL_S <= desk.clock.now_s() - began_s <= LONGEST_TAIL_S + 0.2


# The microphone is lost

GONE = DeviceError("The microphone was unplugged.", "Plug it in.")


def lost(desk: Desk) -> list[e.Event]:
    desk.until(lambda: any(isinstance(ev, e.MicrophoneLost) for ev in desk.events))
    return [ev for ev in desk.events if isinstance(ev, e.MicrophoneLost | e.AnswerEnded)]


def test_a_microphone_lost_in_mid_answer_keeps_what_came_and_can_be_gone_on_with(desk: Desk) -> None:
    desk.start(sound(0.4, 1), GONE)
    assert lost(desk) == [e.MicrophoneLost("a001", "The microphone was unplugged.")]
    assert soundfile.info(desk.folder / "a001.wav").frames == round(0.4 * RATE)
    desk.start(sound(0.3, 2), goes_on=True)
    assert desk.finish() == e.AnswerEnded("a001", "done", 0.7)
    assert desk.take().tobytes() == np.concatenate((sound(0.4, 1), sound(0.3, 2))).tobytes()


def test_a_microphone_that_does_not_open_is_lost_and_leaves_no_file(desk: Desk) -> None:
    desk.microphone.wrong = GONE
    desk.recorder.start("a001", desk.microphone, desk.deliver)
    assert lost(desk) == [e.MicrophoneLost("a001", "The microphone was unplugged.")]
    assert not (desk.folder / "a001.wav").exists()
    desk.microphone.wrong = None
    desk.start(silence(0.2), goes_on=True)
    assert desk.finish().duration_s == 0.2


def test_a_microphone_lost_after_done_only_ends_the_answer(desk: Desk) -> None:
    desk.start(sound(0.5))
    desk.microphone.hang()
    desk.microphone.lag = 1.0
    desk.microphone.feed(GONE)
    desk.recorder.finish("a001", desk.deliver)
    desk.microphone.held.set()
    assert desk.ended() == e.AnswerEnded("a001", "done", 0.5)
    assert not any(isinstance(ev, e.MicrophoneLost) for ev in desk.events)


def test_a_microphone_lost_as_the_pause_begins_is_no_news(desk: Desk) -> None:
    desk.start(silence(0.5))
    desk.microphone.hang()
    desk.microphone.feed(GONE)
    desk.recorder.pause()
    desk.microphone.held.set()
    desk.ends()
    assert desk.events == []


@pytest.mark.parametrize("wrong", [GONE, AudioFileError("It is no sound.", "")], ids=["lost", "broken"])
def test_a_take_that_can_not_go_on_is_as_long_as_it_was(desk: Desk, wrong: Exception) -> None:
    """Done is said while the microphone is still being opened for the second stretch, and it doesn't open."""
    desk.start(silence(0.5))
    desk.pause()
    desk.microphone.held.clear()
    desk.microphone.wrong = wrong
    desk.start(goes_on=True)
    desk.recorder.finish("a001", desk.deliver)
    desk.microphone.held.set()
    assert desk.ended().duration_s == 0.5
    assert len(desk.take()) == 0.5 * RATE


def test_whatever_else_breaks_ends_the_answer_with_a_sentence(desk: Desk) -> None:
    desk.start(sound(0.4), RuntimeError("boom\x1b[2J"))
    ended = desk.ended()
    assert (ended.reason, ended.duration_s) == ("source lost", 0.4)
    assert ended.detail.startswith("The microphone broke: boom") and "\x1b" not in ended.detail


def test_a_recording_that_is_there_already_is_never_written_over(desk: Desk) -> None:
    there = TakeFile(desk.folder / "a001.wav")
    there.append(sound(1, 9).tobytes())
    there.close()
    desk.recorder.start("a001", desk.microphone, desk.deliver)
    ended = desk.ended()
    assert (ended.reason, ended.duration_s) == ("source lost", 0.0)
    assert "already" in ended.detail
    assert desk.take().tobytes() == sound(1, 9).tobytes()


def test_a_take_that_ended_on_a_full_disk_goes_on_and_ends_again_with_all_of_it(desk: Desk) -> None:
    desk.free = FLOOR_BYTES - 1
    desk.start(silence(5.5))
    assert "Saved up to 0:06" in desk.ended().detail or "Saved up to 0:05" in desk.ended().detail
    desk.events.clear()
    desk.start(silence(4.0), goes_on=True)
    assert desk.events == [], "so much is written before it's looked at again"
    desk.microphone.feed(silence(2.0))
    assert desk.ended() == e.AnswerEnded("a001", "source lost", 11.5, "The disk is almost full. Saved up to 0:11.")


def test_a_disk_that_takes_its_time_is_told_of_once_and_holds_nothing_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    desk.recorder = TakeRecorder(desk.folder, LoudVad, desk.clock, lambda path: desk.free, tell=told.append)
    kept, syncs = threading.Event(), 0

    def slowly(fd: int) -> None:
        nonlocal syncs
        syncs += 1
        assert kept.wait(10)

    monkeypatch.setattr(durable, "sync", slowly)
    desk.start(silence(5.0))
    desk.until(lambda: told)
    desk.microphone.feed(silence(5.0))
    desk.until(lambda: len(desk.take()) == 10 * RATE)  # recording doesn't wait for the disk
    assert (told, syncs) == ([DISK_IS_SLOW], 1)
    kept.set()
    ended = desk.finish()
    assert (ended.reason, ended.duration_s, ended.detail) == ("done", 10.0, "")


def test_a_disk_that_stops_keeping_ends_the_take_with_its_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(fd: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(durable, "sync", broken)
    desk.start(silence(5.0))
    ended = desk.ended()
    assert ended.reason == "source lost" and "Writing failed" in ended.detail
    assert len(desk.take()) == ended.duration_s * RATE == 5 * RATE


def test_sound_that_was_lost_on_its_way_is_said_with_the_answers_end(desk: Desk) -> None:
    desk.microphone.lost_s = 5.0
    desk.start(sound(0.4))
    desk.microphone.lost_s = 5.25
    assert desk.finish() == e.AnswerEnded("a001", "done", 0.4, "0.2 s of sound were lost on the way.")


# One at a time


def test_a_new_take_ends_the_old_one_first(desk: Desk) -> None:
    desk.start(sound(0.5, 1))
    desk.microphone.hang()
    desk.start(take="a002")
    time.sleep(0.01)
    assert desk.microphone.opened == 1, "the first is still at the microphone"
    desk.microphone.held.set()
    desk.until(lambda: desk.microphone.opened == 2)
    desk.microphone.feed(sound(0.3, 2))
    desk.until(lambda: desk.microphone.empty)
    assert desk.finish("a002") == e.AnswerEnded("a002", "done", 0.3)
    assert desk.take("a001").tobytes() == sound(0.5, 1).tobytes()
    assert desk.microphone.most_readers == 1


def test_two_threads_never_read_one_microphone_even_when_one_hangs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "STOP_WITHIN_S", 0.02)
    desk.start(sound(0.5, 1))
    desk.microphone.hang()
    for _ in range(2):
        desk.events.clear()
        desk.start(take="a001", goes_on=True)
        assert lost(desk) == [e.MicrophoneLost("a001", "The microphone does not answer.")]
    assert desk.finish() == e.AnswerEnded("a001", "done", 0.5), "what there is can still be the answer"
    assert (desk.microphone.opened, desk.microphone.most_readers) == (1, 1)
    desk.microphone.held.set()
    desk.until(lambda: not desk.recorder._reading.locked())
    desk.events.clear()
    desk.start(sound(0.25, 2), goes_on=True)
    assert desk.finish().duration_s == 0.75
    assert desk.microphone.most_readers == 1


def test_many_orders_at_once_leave_one_take_whole(desk: Desk) -> None:
    """Pause and go on, as fast as keys can be pressed, while sound comes in."""
    desk.start(silence(0.1))
    for n in range(30):
        desk.microphone.feed(sound(0.02, n))
        desk.recorder.pause()
        desk.recorder.start("a001", desk.microphone, desk.deliver, goes_on=True)
    desk.until(lambda: desk.microphone.empty)
    ended = desk.finish()
    expected = np.concatenate((silence(0.1), *(sound(0.02, n) for n in range(30))))
    assert desk.take().tobytes() == expected.tobytes()
    assert ended.duration_s == pytest.approx(0.7)
    assert desk.microphone.most_readers == 1


# Stop


def test_stop_ends_what_runs_and_waits_for_its_end(desk: Desk) -> None:
    desk.start(sound(0.5))
    desk.recorder.stop()
    assert desk.events[-1] == e.AnswerEnded("a001", "done", 0.5)


def test_stop_of_a_pause_or_of_nothing_reports_nothing(desk: Desk) -> None:
    desk.recorder.stop()
    desk.start(silence(0.5))
    desk.pause()
    desk.recorder.stop()
    assert desk.events == []


def test_stop_does_not_wait_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert capture.STOP_WITHIN_S <= 4.0
    monkeypatch.setattr(capture, "STOP_WITHIN_S", 0.02)
    desk.start(sound(0.5))
    desk.microphone.hang()
    began = time.monotonic()
    desk.recorder.stop()
    assert time.monotonic() - began < 2


def test_who_is_told_of_a_lost_microphone_may_stop_at_once(desk: Desk) -> None:
    """The runner's way: the recorder's own thread delivers, and what it delivers may lead to `stop`."""
    stopped = threading.Event()

    def deliver(event: e.Event) -> None:
        desk.deliver(event)
        desk.recorder.stop()
        stopped.set()

    desk.microphone.feed(silence(0.1), GONE)
    desk.recorder.start("a001", desk.microphone, deliver)
    assert stopped.wait(2)
    assert desk.events == [e.MicrophoneLost("a001", "The microphone was unplugged.")]


def test_the_rooms_level_is_found_under_a_voice() -> None:
    rng = np.random.default_rng(3)
    room = rng.normal(0, 32768 * 10 ** (-60 / 20), 16_000 * 4)
    voice = np.zeros(16_000 * 4)
    fade = np.linspace(1.0, 0.0, 8_000)
    voice[16_000:40_000] = 6_000 * np.sin(np.arange(24_000) / 5)
    voice[40_000:48_000] = 6_000 * np.sin(np.arange(8_000) / 5) * fade
    pcm = b"\0\0" * 8_000 + (room + voice).astype(np.int16).tobytes()
    assert floor_dbfs(pcm, 16_000) == pytest.approx(-60, abs=1.5)
    assert floor_dbfs(b"\0\0" * 16_000, 16_000) is None
    assert floor_dbfs(b"", 16_000) is None
