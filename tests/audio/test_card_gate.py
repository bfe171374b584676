"""A take begins right after its question: nothing of the question in it, and nothing of the answer missing.

Where things really fell is read from the whole stream of the microphone, with plain correlation, not with the card's
own arithmetic.
"""

from __future__ import annotations

import shutil
import subprocess
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
from voiceprep.audio.devices import DESK, list_anew
from voiceprep.ports import Sound

pytestmark = pytest.mark.slow
RATE = 16_000
Samples = NDArray[np.int16]
QUESTION = "How does Cassandra decide which node keeps a row?"
ANSWER = "Cassandra keeps everything on a ring."


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


def spoken(text: str, voice: str, path: Path) -> Samples:
    """The text in a voice, 16 kHz."""
    if shutil.which("flite"):
        command = ["flite", "-voice", voice, "-t", text, "-o", str(path)]
    else:
        espeak = shutil.which("espeak-ng") or shutil.which("espeak")
        need("audio", espeak, "neither flite nor espeak is installed, so nothing can be spoken for this test")
        assert espeak
        command = [espeak, "-v", {"slt": "en+f3", "rms": "en+m3"}[voice], "-w", str(path), text]
    subprocess.run(command, check=True, capture_output=True)
    samples, rate = sf.read(path, dtype="int16")
    return samples if rate == RATE else np.asarray(soxr.resample(samples, rate, RATE), np.int16)


def first_loud(samples: Samples, db: float = 40) -> int:
    """The first sample that can be heard: at most so much under the loudest."""
    loud = np.abs(samples.astype(np.int32))
    return int(np.argmax(loud > loud.max() * 10 ** (-db / 20)))


def last_loud(samples: Samples) -> int:
    return len(samples) - first_loud(samples[::-1], 50)


def where(needle: Samples, hay: Samples) -> tuple[int, float]:
    """Where `needle` begins in `hay`, and how well it correlates there (1: the same)."""
    one, two = needle.astype(np.float64), hay.astype(np.float64)
    size = 1 << (len(one) + len(two)).bit_length()
    cross = np.fft.irfft(np.conj(np.fft.rfft(one, size)) * np.fft.rfft(two, size), size)[: max(1, len(two) - len(one))]
    at = int(np.argmax(cross))
    there = two[at : at + len(one)]
    return at, float(cross[at] / (np.linalg.norm(one) * np.linalg.norm(there) + 1e-9))


def dbfs(samples: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean((samples / 32768.0) ** 2)) + 1e-9))


def everything_heard(card: SoundCard) -> tuple[Samples, int]:
    """The microphone's stream as far back as it's kept, and the place of its first sample."""
    line = card._input.line
    assert line is not None
    return line.ring.read(0, line.ring.end), line.ring.oldest


def take(card: SoundCard, seconds: float) -> Samples:
    card.microphone.open()
    blocks, until_s = [], time.monotonic() + seconds
    while time.monotonic() < until_s:
        block = card.microphone.read()
        assert block is not None and block.rate == RATE
        blocks.append(block.pcm)
    card.microphone.close()
    return np.frombuffer(b"".join(blocks), np.int16)


def starting_time_s(card: SoundCard, virtual: VirtualCard, tmp_path: Path) -> float:
    """How long it takes from the order to say something until the microphone hears it."""
    noise = (np.random.default_rng(2).normal(0, 3000, RATE // 4)).astype(np.int16)
    sf.write(tmp_path / "mark.wav", noise, RATE)
    line = card._input.line
    assert line is not None
    begun_s = time.monotonic()
    virtual.say(tmp_path / "mark.wav")
    time.sleep(0.3)
    heard, start = everything_heard(card)
    return line.when_s(start + where(noise, heard)[0]) - begun_s


def interview(
    card: SoundCard, virtual: VirtualCard, tmp_path: Path, question: Samples, answer: Samples, offset_s: float
) -> Samples:
    """Asks, and has the candidate begin about `offset_s` after the question's last audible sample. The take."""
    lead_s = starting_time_s(card, virtual, tmp_path)
    wait_s = last_loud(question) / RATE + offset_s - first_loud(answer) / RATE - lead_s + 0.06
    silence = np.zeros(max(0, int(wait_s * RATE)), np.int16)
    sf.write(tmp_path / "answer.wav", np.concatenate([silence, answer]), RATE)
    saying = threading.Thread(target=virtual.say, args=(tmp_path / "answer.wav",))
    saying.start()
    card.speaker.play(Sound(question.tobytes(), RATE))
    heard = take(card, len(answer) / RATE + offset_s + 0.5)
    saying.join()
    return heard


# Without a leak the question's real end can't be heard, so the candidate is a little later: the clocks' error counts.
@pytest.mark.parametrize(
    ("delay_ms", "offset_s", "text"),
    [
        (30, 0.0, QUESTION),
        (30, 0.1, QUESTION),
        (30, 0.3, QUESTION),
        (200, 0.1, QUESTION),
        (30, 0.1, "Why?"),
        (None, 0.04, QUESTION),
    ],
)
def test_the_take_has_all_of_the_answer_and_none_of_the_question(
    card: SoundCard, virtual: VirtualCard, tmp_path: Path, delay_ms: int | None, offset_s: float, text: str
) -> None:
    if delay_ms is not None:
        virtual.leak(True, delay_ms=delay_ms)
    question, answer = spoken(text, "slt", tmp_path / "q.wav"), spoken(ANSWER, "rms", tmp_path / "a.wav")
    # The leak is later than the speaker; the candidate answers what they heard from the speaker itself.
    later_s = (delay_ms or 0) / 1000
    got = interview(card, virtual, tmp_path, question, answer, offset_s + later_s)
    heard, _ = everything_heard(card)
    begins = heard.tobytes().find(got[:1600].tobytes()) // 2
    assert begins >= 0, "the take isn't a stretch of what the microphone heard"
    at, alike = where(answer, heard)
    assert alike > 0.9
    onset = at + first_loud(answer)
    missing_ms = max(0, begins - onset) / RATE * 1000
    if delay_ms is None:
        print(f"no leak: the take begins {(onset - begins) / RATE * 1000:.1f} ms before the answer")
        assert missing_ms == 0
        return
    asked_at, echoed = where(question[: last_loud(question)], heard[: begins + RATE // 5])
    assert echoed > 0.5, "the leak wasn't heard, so this shows nothing"
    ends = asked_at + last_loud(question)
    real_ms = (onset - ends) / RATE * 1000
    before = heard[begins : at + first_loud(answer, 60)]  # the answer begins a little before it can be heard
    print(
        f"leak {delay_ms} ms, {card.round_trip}: the answer really began {real_ms:.1f} ms after the question; the take "
        f"begins {(begins - ends) / RATE * 1000:.1f} ms after it; {missing_ms:.1f} ms of the answer missing; "
        f"{dbfs(before) if len(before) else 0:.1f} dBFS before it"
    )
    assert -0.5 <= (begins - ends) / RATE * 1000 <= 8
    assert missing_ms <= max(0.0, 4 - real_ms)
    if len(before) > RATE // 50:
        assert dbfs(before) < -62
    tail = question[max(0, last_loud(question) - RATE) : last_loud(question)]
    # Half a second of any voice looks a little like half a second of another.
    assert where(tail, got[: 2 * RATE])[1] < (0.25 if len(tail) == RATE else 0.4)


@pytest.mark.parametrize("leaks", [False, True])
def test_who_cuts_a_question_in_its_first_syllable_loses_none_of_their_own(
    card: SoundCard, virtual: VirtualCard, tmp_path: Path, leaks: bool
) -> None:
    """What has sounded of it by then is like the beginning of any word, the candidate's too."""
    virtual.leak(leaks)
    question, answer = spoken(QUESTION, "slt", tmp_path / "q.wav"), spoken(ANSWER, "rms", tmp_path / "a.wav")
    question, answer = (sound[first_loud(sound) :] for sound in (question, answer))
    sf.write(tmp_path / "answer.wav", answer, RATE)
    for after_s in (0.03, 0.06, 0.1):  # some 20 to 40 ms more are handed over
        time.sleep(0.5)  # so that what's correlated is this round's
        stopping = threading.Timer(after_s, card.speaker.stop)
        stopping.start()
        card.speaker.play(Sound(question.tobytes(), RATE))
        returned_s = time.monotonic()
        saying = virtual.say(tmp_path / "answer.wav", wait=False)
        got = take(card, len(answer) / RATE + 0.4)
        saying.wait()
        line = card._input.line
        assert line is not None
        heard, oldest = everything_heard(card)
        begins = oldest + heard.tobytes().rfind(got[:1600].tobytes()) // 2
        since = line.place(returned_s - 0.5) - oldest
        at, alike = where(answer, heard[since:])
        early_ms, before_s = (oldest + since + at - begins) / RATE * 1000, returned_s - line.when_s(begins)
        print(f"cut after {after_s} s: the take begins {before_s:.3f} s before play returned; {early_ms:.1f} ms before")
        assert alike > 0.9
        assert early_ms >= 0, "the beginning of the answer is missing"
        assert before_s < 0.2, "the take looks back to before the question was cut"


def test_a_recogniser_finds_no_word_of_the_question(card: SoundCard, virtual: VirtualCard, tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx", reason="the basic recogniser isn't installed")
    from voiceprep.speech.sphinx import Sphinx

    virtual.leak(True, db=-6)
    question = spoken("Please tell me everything about money and water.", "slt", tmp_path / "q.wav")
    answer = spoken("Seven children went to school yesterday morning.", "rms", tmp_path / "a.wav")
    got = interview(card, virtual, tmp_path, question, answer, 0.2)
    words = {word["text"] for word in Sphinx({}).words(got.tobytes())}
    heard, _ = everything_heard(card)
    asked = {word["text"] for word in Sphinx({}).words(heard.tobytes())}
    assert asked & {"money", "water", "everything"}, f"the recogniser doesn't know the question anyway: {asked}"
    assert not words & {"please", "tell", "me", "everything", "about", "money", "water"}
    assert words & {"seven", "children", "school", "yesterday", "morning"}


def test_after_a_pause_the_take_goes_on_from_now(card: SoundCard, virtual: VirtualCard, tmp_path: Path) -> None:
    """Only a sound played since the last open is looked back to, and what was read is never given twice."""
    question = spoken("Why?", "slt", tmp_path / "q.wav")
    card.speaker.play(Sound(question.tobytes(), RATE))
    first = take(card, 1.0)
    time.sleep(0.5)
    line = card._input.line
    assert line is not None
    paused_at = line.ring.end
    second = take(card, 0.5)
    heard, start = everything_heard(card)
    starts = [heard.tobytes().find(part[:800].tobytes()) // 2 + start for part in (first, second)]
    assert starts[0] + len(first) <= starts[1]
    assert starts[1] >= paused_at
    assert heard[starts[0] - start :][: len(first)].tobytes() == first.tobytes()


def test_the_lag_is_what_was_said_and_not_read(card: SoundCard) -> None:
    card.microphone.open()
    time.sleep(0.5)
    behind_s = card.microphone.lag_s()
    assert 0.4 < behind_s < 1.2
    block = card.microphone.read()
    assert block is not None and block.duration_s > 0.3
    assert card.microphone.lag_s() < 0.3
    card.microphone.close()
    assert card.microphone.lag_s() == 0
