"""Every voice is as loud as another, whatever it says; nothing clips, and silence stays silence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.pcm.convert import to_int16
from voiceprep.pcm.loudness import CEILING_DB, TARGET_DB, loudness_db, made_even

RATE = 16_000
CEILING = 32768 * 10 ** (CEILING_DB / 20) + 1


def tone(hertz: float, level_db: float, seconds: float = 1.0) -> np.ndarray:
    return 10 ** (level_db / 20) * np.sqrt(2) * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)


def db(samples: np.ndarray) -> float:
    found = loudness_db(to_int16(samples).tobytes(), RATE)
    assert found is not None
    return found


def test_it_measures_as_an_ear_does() -> None:
    assert db(tone(400, -20)) == pytest.approx(-20, abs=0.2)
    assert db(tone(5_000, -20)) == pytest.approx(-16, abs=0.3), "high sounds are heard louder"
    assert db(tone(20, -20)) < -30, "rumble is hardly heard"


def test_pauses_dont_make_a_voice_quieter() -> None:
    pause = np.zeros(3 * RATE)
    assert db(np.concatenate([tone(400, -20, 2), pause, tone(400, -20, 2)])) == pytest.approx(-20, abs=0.7)


@pytest.mark.parametrize("level_db", [-45, -30, -20, -9])
@pytest.mark.parametrize("seconds", [0.2, 3])
def test_every_level_becomes_the_same(level_db: float, seconds: float) -> None:
    even = made_even(to_int16(tone(400, level_db, seconds)).tobytes(), RATE)
    assert loudness_db(even, RATE) == pytest.approx(TARGET_DB, abs=0.2)
    assert len(even) == 2 * round(seconds * RATE)


def test_a_lone_peak_is_turned_down_and_the_rest_is_not() -> None:
    samples = tone(400, -40, 2)
    samples[RATE] = 0.9
    even = np.frombuffer(made_even(to_int16(samples).tobytes(), RATE), np.int16).astype(int)
    assert np.abs(even).max() <= CEILING
    before, after = np.abs(samples[: RATE - RATE // 50]).max() * 32768, np.abs(even[: RATE - RATE // 50]).max()
    assert after / before > 5, "a crack doesn't keep a voice quiet"


def test_silence_stays_silence() -> None:
    for pcm in (b"", bytes(2), bytes(2 * RATE)):
        assert made_even(pcm, RATE) == pcm
        assert loudness_db(pcm, RATE) is None


@given(st.lists(st.integers(-32768, 32767), max_size=400), st.sampled_from([8_000, 16_000, 22_050]))
@settings(max_examples=100, deadline=None)
def test_nothing_clips(samples: list[int], rate: int) -> None:
    even = np.frombuffer(made_even(np.array(samples, np.int16).tobytes(), rate), np.int16).astype(int)
    assert len(even) == len(samples)
    assert np.abs(even).max(initial=0) <= CEILING
