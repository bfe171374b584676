"""Finding the speaker in what the microphone hears, to the sample; with a voice and noise over it, and without it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from voiceprep.audio import echo
from voiceprep.audio.devices import Device
from voiceprep.audio.gate import LATEST_S, NO_ECHO_S, TAIL_S, Gate, Question, RoundTrip
from voiceprep.audio.lines import Block, InputLine, OutputLine

RATE = echo.RATE
Sound = NDArray[np.float64]
BEFORE = 3_200
"""Where the clocks say that the echo begins in what was heard."""
EARLIEST, LATEST = BEFORE - 2_400, BEFORE + 9_600


def voice(seconds: float, pitch_hz: float, seed: int) -> Sound:
    """Like speech to a correlation: a buzz of harmonics whose pitch, colour and loudness change, with pauses."""
    random = np.random.default_rng(seed)
    count = int(seconds * RATE)
    slow = [soxr.resample(random.normal(0, 1, count // 1600 + 2), 10, RATE)[:count] for _ in range(3)]
    phase = np.cumsum(2 * np.pi * pitch_hz * (1 + 0.15 * slow[0]) / RATE)
    buzz = sum(np.sin(n * phase + n * n) / n * (1 + 0.5 * np.sin(n + slow[2])) for n in range(1, 30))
    loudness = np.clip(slow[1] + 0.5, 0, None)
    return np.asarray(0.08 * buzz * loudness + 0.01 * random.normal(0, 1, count) * loudness, np.float64)


def heard(played: Sound, delay: int, gain: float, *, noise_dbfs: float = -70, talk: Sound | None = None) -> Sound:
    """What the microphone gets: the echo, a wall's reflection of it, noise, and perhaps the candidate."""
    length = BEFORE + len(played) + 3_200
    wide = np.zeros(length + 24_000)
    for late, part in ((0, 1.0), (310, 0.4)):
        start = BEFORE + delay + late
        wide[start : start + len(played)] += gain * part * played
    got = wide[:length] + np.random.default_rng(abs(delay)).normal(0, 10 ** (noise_dbfs / 20), length)
    if talk is not None:
        got[-len(talk) :] += talk[:length]
    return np.asarray(got, np.float64)


@pytest.mark.parametrize("seconds", [0.5, 1, 3])
@pytest.mark.parametrize("delay", [-1_000, 0, 333, 8_000])
@pytest.mark.parametrize("gain", [0.5, 0.05, 0.01])
def test_an_echo_is_found_to_the_sample(seconds: float, delay: int, gain: float) -> None:
    played = voice(seconds, 190, 1)
    found = echo.find(played, heard(played, delay, gain), EARLIEST, LATEST)
    assert found is not None
    assert abs(found.at - (BEFORE + delay)) <= 1
    assert found.gain == pytest.approx(gain, rel=0.3)


@pytest.mark.parametrize(("gain", "seconds"), [(0.25, 2), (0.1, 1)])
def test_it_is_found_under_a_candidate_who_already_speaks(gain: float, seconds: float) -> None:
    played, candidate = voice(3, 190, 1), voice(seconds, 110, 2)
    found = echo.find(played, heard(played, 777, gain, talk=candidate), EARLIEST, LATEST)
    assert found is not None and abs(found.at - (BEFORE + 777)) <= 1


def test_it_is_found_in_loud_noise() -> None:
    played = voice(3, 190, 1)
    found = echo.find(played, heard(played, 777, 0.25, noise_dbfs=-35), EARLIEST, LATEST)
    assert found is not None and abs(found.at - (BEFORE + 777)) <= 1


@pytest.mark.parametrize("seed", range(6))
def test_with_headphones_none_is_found(seed: int) -> None:
    played = voice(0.5 + seed / 2, 190, seed)
    candidate = voice(1.5, 100 + 20 * seed, seed + 50)
    for talk in (None, candidate[: len(played)]):
        assert echo.find(played, heard(played, 500, 0, talk=talk), EARLIEST, LATEST) is None


def test_nothing_played_or_heard_is_no_echo() -> None:
    played = voice(1, 190, 1)
    assert echo.find(np.zeros(RATE), played, 0, 100) is None
    assert echo.find(played, np.zeros(RATE), 0, 100) is None
    assert echo.find(played, played, 100, 0) is None


def test_where_a_sound_stops_being_audible() -> None:
    sound = np.zeros(1000, np.int16)
    assert echo.audible(sound) == 0
    sound[100:200] = -20_000
    sound[200:400] = 70  # 49 dB under the loudest
    sound[400:900] = 50  # 52 dB under it
    assert echo.audible(sound) == 400
    sound[100] = -32_768
    assert echo.audible(sound) == 200


def lines(
    played: Sound, late_s: float, gain: float, *, until_s: float = 0.0, rate: int = RATE, talk: Sound | None = None
) -> tuple[Question, InputLine]:
    """Both streams, begun at second 0 of the clock; a question ends at second 10; the microphone has given what was
    made until `until_s` after it, of which the echo comes `late_s` after what the clocks say. A candidate who talks
    begins 50 ms before the question's end."""
    device = Device("Fake", "Fake", 1, rate, True)
    out, line = OutputLine(device, 48_000), InputLine(device, rate)
    sent = soxr.resample(np.concatenate([np.zeros(int(10 * RATE) - len(played)), played]), RATE, 48_000)
    total = np.zeros(int((10 + until_s) * RATE) + RATE)
    at = int((10 + late_s) * RATE) - len(played)
    total[at : at + len(played)] += gain * played[: len(total) - at]
    total += np.random.default_rng(0).normal(0, 3e-4, len(total))
    if talk is not None:
        start = int(9.95 * RATE)
        total[start:] += talk[: len(total) - start]
    made = soxr.resample(total[: int((10 + until_s) * RATE)], RATE, rate)
    for stream, samples in ((out, sent), (line, made)):
        step = stream.rate // 50
        for start in range(0, len(samples), step):
            part = np.clip(samples[start : start + step] * 32767, -32768, 32767).astype(np.int16)
            stream.blocks.append(Block(start / stream.rate, start, len(part), start / stream.rate))
            stream.ring.write(part)
    return Question(out, 10 * 48_000), line


@pytest.mark.parametrize("rate", [16_000, 44_100])
@pytest.mark.parametrize("late_s", [0.0, 0.04, 0.3])
def test_the_gate_opens_where_the_question_ends_as_the_microphone_hears_it(rate: int, late_s: float) -> None:
    gate = Gate()
    question, line = lines(voice(3, 190, 1), late_s, 0.2, rate=rate)
    place = gate.place(question, line)
    assert place is not None
    assert place / rate == pytest.approx(10 + late_s + TAIL_S, abs=0.001)
    assert gate.round_trip is not None and gate.round_trip.late_s == pytest.approx(late_s, abs=0.001)


def test_without_an_echo_the_gate_goes_by_the_clocks() -> None:
    gate = Gate()
    place = gate.place(*lines(voice(3, 190, 1), 0, 0))
    assert place is not None and place / RATE == pytest.approx(10 - NO_ECHO_S, abs=0.001)
    assert gate.round_trip is None


def test_a_short_question_waits_until_enough_has_come_in() -> None:
    gate = Gate()
    assert gate.place(*lines(voice(0.4, 190, 1), 0.25, 0.2, until_s=-0.2)) is None
    place = gate.place(*lines(voice(0.4, 190, 1), 0.25, 0.2, until_s=0.7))
    assert place is not None and place / RATE == pytest.approx(10.25 + TAIL_S, abs=0.001)


CANDIDATE = voice(3, 110, 91)


def first_place(gate: Gate, played: Sound, gain: float, cut_s: float | None = None) -> float | None:
    """As the microphone looks for it: again with every tenth of a second that has come in. Seconds of the stream."""
    for until_s in np.arange(-0.05, LATEST_S + 0.15, 0.1):
        question, line = lines(played, 0.04, gain, until_s=float(until_s), talk=CANDIDATE)
        place = gate.place(Question(question.line, question.last, cut_s), line)
        if place is not None:
            return place / RATE
    return None


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.15, 0.25, 0.4])
def test_a_question_cut_short_without_an_echo_ends_when_it_was_cut(seconds: float) -> None:
    """What was still on its way to the speaker then can't be heard, and the candidate may already speak."""
    for seed in range(6):
        gate = Gate()
        played = voice(3, 190, seed)
        onset = int(np.argmax(np.abs(played) > 0.02))
        assert first_place(gate, played[onset : onset + int(seconds * RATE)], 0, 9.93) == pytest.approx(
            9.93 - NO_ECHO_S, abs=0.001
        )
        assert gate.round_trip is None


def test_a_question_cut_in_its_first_syllable_goes_by_the_clocks_at_once() -> None:
    """Even after an echo was heard: a piece of a syllable in the take does less harm than a word that isn't."""
    gate = Gate()
    gate.round_trip = RoundTrip(0.3, 0.2)
    question, line = lines(voice(0.15, 190, 1), 0.3, 0.2, until_s=-0.05)
    place = gate.place(Question(question.line, question.last, 9.93), line)
    assert place is not None and place / RATE == pytest.approx(9.93 - NO_ECHO_S, abs=0.001)
    hardly_audible = voice(3, 190, 1) * 0.003
    place = gate.place(*lines(hardly_audible, 0, 0, until_s=-0.05))
    assert place is not None and place / RATE == pytest.approx(10 - NO_ECHO_S, abs=0.001)


@pytest.mark.parametrize(("seconds", "score", "found"), [(0.4, 28, False), (0.4, 36, True), (1.5, 28, True)])
def test_of_a_short_piece_the_echo_has_to_be_found_more_surely(
    monkeypatch: pytest.MonkeyPatch, seconds: float, score: float, found: bool
) -> None:
    def find(played: Sound, heard: Sound, earliest: int, latest: int, sure: float) -> echo.Echo | None:
        return echo.Echo(latest, score, 0.2) if score >= sure else None

    monkeypatch.setattr(echo, "find", find)
    place_s = first_place(Gate(), voice(seconds, 190, 1), 0, 9.93)
    assert place_s == pytest.approx(10 + LATEST_S + TAIL_S if found else 9.93 - NO_ECHO_S, abs=0.001)


def test_a_question_that_was_cut_later_ends_where_its_echo_does() -> None:
    place_s = first_place(Gate(), voice(1.5, 190, 1), 0.25, 9.93)
    assert place_s == pytest.approx(10.04 + TAIL_S, abs=0.001)


@pytest.mark.parametrize("seed", range(12))
def test_a_short_question_is_not_waited_for_longer_than_an_echo_can_be_late(seed: int) -> None:
    """However its length falls between two samples of the microphone's."""
    question, line = lines(voice(0.4, 190, seed), 0, 0, until_s=LATEST_S + 0.05)
    assert Gate().place(question, line) is not None


def test_how_long_a_sound_can_be_heard() -> None:
    sound = np.zeros(RATE, np.int16)
    assert echo.sounding_s(sound, RATE) == echo.sounding_s(sound[:0], RATE) == echo.sounding_s(sound[:10], RATE) == 0
    sound[1600:4800] = 40  # -58 dBFS
    assert echo.sounding_s(sound, RATE) == 0
    sound[1600:4800] = 200
    assert echo.sounding_s(sound, RATE) == pytest.approx(0.2)
    sound[8000:8800] = 20_000  # what is 40 dB quieter doesn't count beside it
    assert echo.sounding_s(sound, RATE) == pytest.approx(0.05)


def test_a_covered_echo_goes_by_the_last_one_and_a_missing_one_doesnt() -> None:
    gate = Gate()
    gate.round_trip = RoundTrip(0.2, 0.1)
    place = gate.place(*lines(voice(3, 190, 1), 0.2, 0.0))  # headphones were put on
    assert place is not None and place / RATE == pytest.approx(10 - NO_ECHO_S, abs=0.001)
    question, line = lines(voice(3, 190, 1), 0.2, 0.0)
    loud = np.random.default_rng(3).normal(0, 8000, line.ring.end).astype(np.int16)
    covered = InputLine(line.device, RATE)
    covered.blocks.extend(line.blocks)
    covered.ring.write(loud)
    place = gate.place(question, covered)
    assert place is not None and place / RATE == pytest.approx(10.2, abs=0.001)
    assert gate.round_trip == RoundTrip(0.2, 0.1)


def test_clocks_that_waver_are_averaged_and_silly_ones_ignored() -> None:
    line = InputLine(Device("Fake", "Fake", 1, RATE, True), RATE)
    random = np.random.default_rng(4)
    for n in range(100):
        line.blocks.append(Block(n * 0.02, n * 320, 320, n * 0.02 - 0.05 + abs(random.normal(0, 0.004))))
        line.ring.write(np.zeros(320, np.int16))
    assert line.when_s(16_000) == pytest.approx(1 - 0.05, abs=0.005)
    assert line.place(line.when_s(1234)) == 1234
    silly = SimpleNamespace(currentTime=5.0, inputBufferAdcTime=0.0)
    line.heard(np.zeros((320, 1), np.int16), 320, silly, None)
    assert line.blocks[-1].moment_s == pytest.approx(line.blocks[-1].at_s - 0.02)
