"""A file as the microphone, through capture, to the take's own WAV, the VAD and the boundaries of speech."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.kit.ports import ManualClock
from voiceprep.audio.capture import FLOOR_BYTES, TakeRecorder, speech_spans
from voiceprep.audio.files import FileMicrophone
from voiceprep.audio.silero import SileroVad
from voiceprep.core import events as e
from voiceprep.core.endpointing import spans
from voiceprep.errors import AudioFileError
from voiceprep.pcm.convert import Rechunker, Resampler, level_dbfs
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, read_pcm


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

        def read(self):  # type: ignore[no-untyped-def]
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
