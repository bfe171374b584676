"""What happens to a sound card while somebody uses it: each is noticed, said in a sentence, and mended when it can be.

The bounds are generous because the machine may be busy; the figures are printed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import soxr
from numpy.typing import NDArray

from tests.conftest import need
from tests.kit.virtual_card import VirtualCard, available
from voiceprep.audio.card import CardNews, SoundCard
from voiceprep.audio.devices import DESK, list_anew
from voiceprep.errors import DeviceError
from voiceprep.ports import Sound

pytestmark = pytest.mark.slow
Samples = NDArray[np.int16]
Made = Callable[..., tuple[VirtualCard, SoundCard, "Ear"]]


class Ear:
    """Reads the microphone as capture does, in a thread, until it is lost; and keeps the news."""

    def __init__(self) -> None:
        self.news: list[tuple[float, CardNews]] = []
        self.error: DeviceError | None = None
        self.rate = 0
        self._blocks: list[bytes] = []
        self._going = threading.Event()
        self._thread: threading.Thread | None = None

    def told(self, news: CardNews) -> None:
        self.news.append((time.monotonic(), news))

    def listen(self, card: SoundCard) -> None:
        card.microphone.open()
        self._going.set()
        self._thread = threading.Thread(target=self._read, args=(card,), daemon=True)
        self._thread.start()

    def _read(self, card: SoundCard) -> None:
        try:
            while self._going.is_set():
                block = card.microphone.read()
                assert block is not None
                self.rate = block.rate
                self._blocks.append(block.pcm)
        except DeviceError as error:
            self.error = error
        finally:
            card.microphone.close()

    def stop(self) -> Samples:
        self._going.clear()
        if self._thread is not None:
            self._thread.join(5)
            assert not self._thread.is_alive(), "read() hangs"
        return np.frombuffer(b"".join(self._blocks), np.int16)

    def hears(self, kind: str, since_s: float, within_s: float) -> CardNews:
        """Waits for news of that kind that came after `since_s`."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            for at_s, news in list(self.news):
                if news.kind == kind and at_s >= since_s:
                    print(f"{kind} after {at_s - since_s:.2f} s: {news.sentence}")
                    return news
            time.sleep(0.02)
        raise AssertionError(f"no news of {kind} within {within_s} s; there was {self.news}")


@pytest.fixture
def made(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    need("audio", *available())
    closing: list[Callable[[], object]] = []

    def make(*, noise: bool = True, mic_rate: int = 48_000) -> tuple[VirtualCard, SoundCard, Ear]:
        virtual = VirtualCard(tmp_path_factory.mktemp("vc"), mic_rate=mic_rate)
        for name, value in virtual.env.items():
            monkeypatch.setenv(name, value)
        virtual.__enter__()
        closing.append(virtual.__exit__)
        virtual.noise(noise)
        DESK.ask(list_anew, 10)
        ear = Ear()
        card = SoundCard(None, None, tmp_path / "audio.log", ear.told)
        closing.append(card.close)
        card.open()
        # Begin with what a session has: a stream that runs, whose place the sound server has been asked for.
        time.sleep(0.6)
        return virtual, card, ear

    yield make
    for close in reversed(closing):
        close()
    left = [t.name for t in threading.enumerate() if not t.daemon and t is not threading.main_thread()]
    assert not left


def tone(seconds: float, rate: int = 16_000) -> Sound:
    moments = np.arange(int(seconds * rate)) / rate
    return Sound((8000 * np.sin(2 * np.pi * (300 + 200 * moments) * moments)).astype(np.int16).tobytes(), rate)


def likeness(fed: Samples, got: Samples) -> float:
    """How well `fed` correlates with the stretch of `got` that is most like it; resampling may have moved it by a
    part of a sample."""
    one, two = (soxr.resample(sound.astype(np.float64), 1, 8) for sound in (fed, got))
    size = 1 << (len(one) + len(two)).bit_length()
    cross = np.fft.irfft(np.conj(np.fft.rfft(one, size)) * np.fft.rfft(two, size), size)
    at = int(np.argmax(cross[: max(1, len(two) - len(one) + 1)]))
    there = two[at : at + len(one)]
    return float(cross[at] / (np.linalg.norm(one) * np.linalg.norm(there) + 1e-9))


def babble(seconds: float) -> Samples:
    """16 kHz of something that is nowhere like itself, up to 2 kHz: a cheap resampler spoils what is above."""
    slow = np.random.default_rng(5).normal(0, 3000, int(seconds * 4_000))
    return np.asarray(soxr.resample(slow, 4_000, 16_000)).astype(np.int16)


def test_unplugged_and_plugged_in_again(made: Made) -> None:
    virtual, card, ear = made()
    ear.listen(card)
    time.sleep(0.5)
    at_s = time.monotonic()
    virtual.unplug()
    assert ear.hears("microphone lost", at_s, 5).sentence == "The microphone was unplugged."
    ear.stop()
    assert ear.error is not None and ear.error.message == "The microphone was unplugged." and ear.error.hint
    with pytest.raises(DeviceError, match="unplugged"):
        card.microphone.open()
    assert card.microphone.level_dbfs() is None
    at_s = time.monotonic()
    virtual.plug()
    ear.hears("microphone back", at_s, 6)
    ear.error = None
    ear.listen(card)
    time.sleep(1)
    assert len(ear.stop()) > 8000 and ear.error is None


def test_the_speakers_own_voice_is_not_taken_for_the_unplugged_microphone(made: Made) -> None:
    """Pulse moves the stream to the speaker's monitor, so what comes in is loud, and still isn't the microphone."""
    virtual, card, ear = made()
    playing = threading.Thread(target=card.speaker.play, args=(tone(4),))
    playing.start()
    at_s = time.monotonic()
    virtual.unplug()
    ear.hears("microphone lost", at_s, 5)
    time.sleep(2)
    assert [news.kind for _, news in ear.news] == ["microphone lost"]
    playing.join()


def test_no_microphone_at_the_beginning(made: Made) -> None:
    """Pulse then offers the speaker's monitor as if it were one."""
    virtual, card, ear = made()
    card.close()
    virtual.unplug()
    at_s = time.monotonic()
    card.open()
    assert ear.hears("microphone lost", at_s, 4).sentence.startswith("No microphone is plugged in")
    at_s = time.monotonic()
    virtual.plug()
    ear.hears("microphone back", at_s, 4)


def test_the_sound_server_dies_and_comes_back(made: Made, tmp_path: Path) -> None:
    virtual, card, ear = made()
    ear.listen(card)
    time.sleep(0.5)
    at_s = time.monotonic()
    virtual.kill()
    ear.hears("microphone lost", at_s, 4)
    ear.hears("speaker lost", at_s, 4)
    ear.stop()
    assert ear.error is not None and "stopped" in ear.error.message
    with pytest.raises(DeviceError):
        card.speaker.play(tone(0.2))
    at_s = time.monotonic()
    virtual.restart()
    up_s = time.monotonic()
    ear.hears("microphone back", at_s, 10)
    ear.hears("speaker back", at_s, 10)
    print(f"of which the server took {up_s - at_s:.2f} s")
    ear.listen(card)
    fed = babble(1)
    sf.write(tmp_path / "fed.wav", fed, 16_000)
    virtual.say(tmp_path / "fed.wav")
    time.sleep(0.3)
    assert likeness(fed, ear.stop()) > 0.99


def test_the_sound_server_hangs_and_goes_on(made: Made) -> None:
    virtual, card, ear = made()
    ear.listen(card)
    time.sleep(0.5)
    at_s = time.monotonic()
    virtual.hang()
    try:
        assert ear.hears("microphone lost", at_s, 4).sentence == "The sound system does not answer."
        ear.hears("speaker lost", at_s, 4)
        ear.stop()
        assert ear.error is not None
    finally:
        virtual.unhang()
    at_s = time.monotonic()
    ear.hears("microphone back", at_s, 6)
    ear.hears("speaker back", at_s, 6)
    card.speaker.play(tone(0.3))
    ear.listen(card)
    time.sleep(0.5)
    assert len(ear.stop()) > 0


def test_closing_while_the_sound_server_hangs(made: Made, tmp_path: Path) -> None:
    virtual, card, _ = made()
    virtual.hang()
    try:
        at_s = time.monotonic()
        card.close()
        took_s = time.monotonic() - at_s
        print(f"close took {took_s:.2f} s")
        assert took_s < 2
        other = SoundCard(None, None, tmp_path / "other.log", lambda news: None)
        at_s = time.monotonic()
        with pytest.raises(DeviceError, match="does not answer"):
            other.open()
        assert time.monotonic() - at_s < 10
    finally:
        virtual.unhang()


def test_a_speaker_that_dies_or_hangs_while_playing(made: Made) -> None:
    for fault in ("kill", "hang"):
        virtual, card, _ = made()
        failed: list[float] = []

        def play(card: SoundCard = card, failed: list[float] = failed) -> None:
            with pytest.raises(DeviceError):
                card.speaker.play(tone(20))
            failed.append(time.monotonic())

        playing = threading.Thread(target=play)
        playing.start()
        time.sleep(0.7)
        at_s = time.monotonic()
        getattr(virtual, fault)()
        playing.join(4)
        if fault == "hang":
            virtual.unhang()
        assert failed, f"play() goes on after {fault}"
        print(f"{fault}: play raised after {failed[0] - at_s:.2f} s")
        assert failed[0] - at_s < 2.5
        card.close()


def test_the_speaker_is_unplugged_and_plugged_in_again(made: Made) -> None:
    virtual, card, ear = made()
    time.sleep(0.5)
    at_s = time.monotonic()
    virtual.unplug_speaker()
    assert ear.hears("speaker lost", at_s, 5).sentence == "The speaker was unplugged."
    at_s = time.monotonic()
    virtual.plug_speaker()
    ear.hears("speaker back", at_s, 6)
    card.speaker.play(tone(0.2))


def test_muted_and_unmuted(made: Made) -> None:
    virtual, card, ear = made()
    ear.listen(card)
    time.sleep(0.5)
    for _ in range(2):
        at_s = time.monotonic()
        virtual.mute(True)
        assert "may be muted" in ear.hears("microphone lost", at_s, 6).sentence
        at_s = time.monotonic()
        virtual.mute(False)
        ear.hears("microphone back", at_s, 4)
    ear.stop()
    assert ear.error is not None and "muted" in ear.error.message


def test_silent_from_the_beginning_until_told_that_it_is_fine(made: Made) -> None:
    at_s = time.monotonic()
    _, card, ear = made(noise=False)
    ear.hears("microphone lost", at_s, 8)
    at_s = time.monotonic()
    card.microphone.accept_silence()
    ear.hears("microphone back", at_s, 2)
    ear.listen(card)
    time.sleep(3.5)
    assert len(ear.stop()) > 40_000 and ear.error is None


def test_a_machine_that_stands_still_is_not_a_fault(made: Made, tmp_path: Path) -> None:
    """Callbacks come late and then all at once: nothing is lost, so nothing is said."""
    virtual, card, ear = made()
    ear.listen(card)
    fed = babble(4)
    sf.write(tmp_path / "fed.wav", fed, 16_000)
    saying = virtual.say(tmp_path / "fed.wav", wait=False)
    time.sleep(0.5)
    at_s = time.monotonic()
    sum(range(1_000_000))
    sum(range(int(1_200_000 / (time.monotonic() - at_s))))  # one call of C lets no other thread of ours run
    print(f"stood still for {time.monotonic() - at_s:.2f} s")
    assert time.monotonic() - at_s > 0.5
    saying.wait()
    time.sleep(0.5)
    got = ear.stop()
    assert ear.news == [] and ear.error is None
    assert card.microphone.lost_s == 0
    assert likeness(fed, got) > 0.99


@pytest.mark.parametrize("fault", ["kill", "unplug"])
def test_what_was_read_before_the_fault_is_whole(made: Made, tmp_path: Path, fault: str) -> None:
    """At 16 kHz all the way, without noise, sample for sample."""
    virtual, card, ear = made(noise=False, mic_rate=16_000)
    ear.listen(card)
    fed = babble(4)
    sf.write(tmp_path / "fed.wav", fed, 16_000)
    virtual.say(tmp_path / "fed.wav", wait=False)
    time.sleep(1.8)
    getattr(virtual, fault)()
    time.sleep(2.5)
    got = ear.stop()
    assert ear.error is not None
    begins = int(np.argmax(got != 0))
    same = got[begins:] == fed[: len(got) - begins]
    whole = len(same) if same.all() else int(np.argmin(same))
    print(f"{fault}: {whole / 16_000:.3f} s the same, sample for sample")
    assert whole > 16_000
    assert likeness(fed[:whole], got) > 0.999


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_any_rate_of_the_microphone(made: Made, tmp_path: Path, rate: int) -> None:
    virtual, card, ear = made(mic_rate=rate)
    ear.listen(card)
    fed = babble(1)
    sf.write(tmp_path / "fed.wav", fed, 16_000)
    virtual.say(tmp_path / "fed.wav")
    time.sleep(0.4)
    got = ear.stop()
    assert ear.rate == 16_000
    alike = likeness(fed, got)
    print(f"{rate}: {alike:.5f}")
    assert alike > 0.999
