"""What a sound card plays arrives whole and in time, and stops when it's told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import soxr
from numpy.typing import NDArray

from tests.conftest import need
from tests.kit.virtual_card import VirtualCard, available
from voiceprep.audio.card import SoundCard
from voiceprep.audio.devices import DESK, inputs, list_anew, outputs
from voiceprep.errors import DeviceError
from voiceprep.ports import Sound

RATE = 22_050
Floats = NDArray[np.float64]


@pytest.fixture
def virtual(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualCard]:
    need("audio", *available())
    with VirtualCard(tmp_path_factory.mktemp("vc")) as card:
        for name, value in card.env.items():
            monkeypatch.setenv(name, value)
        DESK.ask(list_anew, 10)
        yield card


@pytest.fixture
def card(virtual: VirtualCard, tmp_path: Path) -> Iterator[SoundCard]:
    made = SoundCard(None, None, tmp_path / "audio.log", lambda news: None)
    made.open()
    yield made
    made.close()


def warble(seconds: float) -> NDArray[np.int16]:
    """A tone that is nowhere like itself."""
    slow = np.random.default_rng(7).normal(0, 4000, int(seconds * RATE / 5))
    return np.asarray(soxr.resample(slow, RATE / 5, RATE)).astype(np.int16)


def recorded(path: Path) -> Floats:
    """What was recorded, one channel at `RATE`."""
    samples, rate = sf.read(path, always_2d=True)
    return np.asarray(soxr.resample(samples[:, 0], rate, RATE), np.float64)


def loud_s(samples: Floats) -> float:
    """From the first to the last sample that can be heard, in seconds."""
    loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max() / 30)
    return float(loud[-1] - loud[0]) / RATE


def likeness(one: Floats, two: Floats) -> float:
    one, two = (np.asarray(soxr.resample(sound, 1, 4)) for sound in (one, two))
    size = 1 << (len(one) + len(two)).bit_length()
    cross = np.fft.irfft(np.conj(np.fft.rfft(one, size)) * np.fft.rfft(two, size), size)
    at = int(np.argmax(cross[: max(1, len(two) - len(one) + 1)]))
    return float(cross[at] / (np.linalg.norm(one) * np.linalg.norm(two[at : at + len(one)]) + 1e-9))


def test_two_seconds_take_two_seconds_and_arrive(card: SoundCard, virtual: VirtualCard, tmp_path: Path) -> None:
    sound = warble(2)
    with virtual.record(tmp_path / "heard.wav") as path:
        time.sleep(0.3)
        at_s = time.monotonic()
        card.speaker.play(Sound(sound.tobytes(), RATE))
        took_s = time.monotonic() - at_s
        time.sleep(0.5)
    alike = likeness(sound.astype(np.float64), recorded(path))
    print(f"took {took_s:.3f} s, arrived with correlation {alike:.5f}")
    assert 1.8 <= took_s <= 2.4
    assert alike >= 0.99


def test_the_silence_at_its_end_is_not_waited_for(card: SoundCard) -> None:
    sound = np.concatenate([warble(0.5), np.zeros(RATE * 3, np.int16)])
    at_s = time.monotonic()
    card.speaker.play(Sound(sound.tobytes(), RATE))
    assert time.monotonic() - at_s < 2


def test_stop_cuts_at_once(card: SoundCard, virtual: VirtualCard, tmp_path: Path) -> None:
    with virtual.record(tmp_path / "heard.wav") as path:
        time.sleep(0.3)
        playing = threading.Thread(target=card.speaker.play, args=(Sound(warble(8).tobytes(), RATE),))
        playing.start()
        time.sleep(1.2)
        line = card._output.line
        assert line is not None
        began_s = line.when_s(line.waiting[0].first)
        at_s = time.monotonic()
        card.speaker.stop()
        playing.join(2)
        returned_s = time.monotonic() - at_s
        assert not playing.is_alive()
        time.sleep(0.5)
    on_s = loud_s(recorded(path)) - (at_s - began_s)
    print(f"play returned after {returned_s * 1000:.0f} ms; it sounded on for {on_s * 1000:.0f} ms")
    assert returned_s < 0.3
    assert on_s < 0.15
    assert line.last_audible is not None and not card.speaker.playing


def test_what_is_handed_in_after_a_stop_sounds(card: SoundCard, virtual: VirtualCard, tmp_path: Path) -> None:
    card.speaker.stop()
    sound = warble(0.6)
    with virtual.record(tmp_path / "heard.wav") as path:
        time.sleep(0.3)
        card.speaker.play(Sound(sound.tobytes(), RATE))
        time.sleep(0.4)
    assert likeness(sound.astype(np.float64), recorded(path)) > 0.99


def test_devices_are_named_and_none_is_taken_in_place_of_another(virtual: VirtualCard, tmp_path: Path) -> None:
    there = inputs()
    assert [device.name for device in there if device.default] == ["default"]
    assert {device.host for device in (*there, *outputs())} == {"ALSA"}
    for wrong in (("Ghost", None), (None, "Ghost")):
        card = SoundCard(*wrong, tmp_path / "audio.log", lambda news: None)
        with pytest.raises(DeviceError, match='"Ghost" is not there') as raised:
            card.open()
        assert "pulse" in raised.value.hint and "default" in raised.value.hint
    card = SoundCard("pulse (ALSA)", "pulse", tmp_path / "audio.log", lambda news: None)
    card.open()
    assert card.microphone.name == "pulse"
    card.close()


def test_a_card_that_only_speaks_and_one_that_only_listens(virtual: VirtualCard, tmp_path: Path) -> None:
    speaking = SoundCard(None, "default", tmp_path / "audio.log", lambda news: None, listens=False)
    speaking.open()
    speaking.speaker.play(Sound(warble(0.2).tobytes(), RATE))
    with pytest.raises(DeviceError):
        speaking.microphone.open()
    speaking.close()
    listening = SoundCard(None, None, tmp_path / "audio.log", lambda news: None, speaks=False)
    listening.open()
    listening.microphone.open()
    assert listening.microphone.read() is not None
    listening.close()


def test_the_meter(card: SoundCard, virtual: VirtualCard, tmp_path: Path) -> None:
    time.sleep(0.5)
    level = card.microphone.level_dbfs()
    assert level is not None and -85 < level < -60
    assert not card.microphone.clipping
    sf.write(tmp_path / "loud.wav", np.clip(np.random.default_rng(1).normal(0, 1, 16_000), -1, 1), 16_000)
    saying = virtual.say(tmp_path / "loud.wav", wait=False)
    levels = []
    while saying.poll() is None:
        levels.append(card.microphone.level_dbfs())
        time.sleep(0.1)
    assert max(level for level in levels if level is not None) > -10
    assert card.microphone.clipping


def test_opening_and_closing_again(card: SoundCard) -> None:
    for _ in range(3):
        card.close()
        card.open()
    card.microphone.open()
    time.sleep(0.3)
    block = card.microphone.read()
    assert block is not None and block.pcm


def test_no_sound_server(virtual: VirtualCard, tmp_path: Path) -> None:
    virtual.kill()
    DESK.ask(list_anew, 10)
    if inputs():
        pytest.skip("this machine has a microphone of its own")
    assert outputs() == ()
    with pytest.raises(DeviceError, match="No microphone was found"):
        SoundCard(None, None, tmp_path / "audio.log", lambda news: None).open()
