"""What is measured of how it was said, held against takes whose truth is known, on the way of a real one. The voices,
phrases and seeds are those that nothing was tuned on; `python -m tests.bench.delivery` prints the table."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.kit import timed_speech
from tests.kit.timed_speech import Errors, Phrase
from voiceprep.core.delivery import Unmeasured, measure
from voiceprep.core.spans import Span
from voiceprep.core.transcript import heard

SEED = 500
NOISES_DB = (50, 20)


def errors_of(sources: Mapping[str, Sequence[Phrase]], folder: Path, takes: int, lasts_s: float = 30.0) -> Errors:
    errors = Errors()
    for snr_db in NOISES_DB:
        for phrases in sources.values():
            for n in range(takes):
                take = timed_speech.placed(phrases, np.random.default_rng(SEED + n), snr_db, lasts_s)
                errors.add(take, timed_speech.heard_speech(take, folder))
    return errors


def hold(errors: Errors) -> None:
    """The goals of evaluation.md, section 6.2."""
    figures = errors.figures()
    assert figures["pauses"] >= 30, "too few to tell"
    assert figures["f1"] >= 0.95, figures
    assert figures["pause_ms"] <= 60, figures
    assert figures["rate_worst"] <= 0.03, figures
    assert statistics.median(map(abs, errors.first_s)) <= 0.08, figures
    assert figures["articulation"] <= 0.03, figures


def test_pauses_rates_and_first_words_of_espeak_are_what_they_are(tmp_path: Path) -> None:
    """espeak comes with the package, so this is held everywhere."""
    voice = "espeak en-gb-scotland"
    hold(errors_of({voice: timed_speech.spoken(voice, "check", tmp_path)}, tmp_path, takes=4))


def test_those_of_flites_voices_are(flite: str, tmp_path: Path) -> None:
    voices = [v for v in timed_speech.VOICES["check"] if v.startswith("flite")]
    hold(errors_of({v: timed_speech.spoken(v, "check", tmp_path) for v in voices}, tmp_path, takes=2))


def test_those_of_people_are(shared_audio: Path, tmp_path: Path) -> None:
    hold(errors_of(timed_speech.recorded(shared_audio, "check"), tmp_path, takes=2))


def test_speech_that_is_found_in_the_wrong_place_is_an_error(tmp_path: Path) -> None:
    """The yardstick itself: what a tenth of a second late, or a pause nobody made, does to it."""
    voice = "espeak en-gb-scotland"
    take = timed_speech.placed(timed_speech.spoken(voice, "check", tmp_path), np.random.default_rng(1), 50)
    true = Errors()
    true.add(take, take.speech)
    assert (true.f1, true.figures()["pause_ms"], true.figures()["rate_worst"]) == (1.0, 0.0, 0.0)
    late = Errors()
    late.add(take, [Span(s.start_s + 0.1, s.end_s) for s in take.speech])
    assert late.first_s == [pytest.approx(0.1)] and late.figures()["pause_bias_ms"] == pytest.approx(100)
    first, *others = take.speech
    middle_s = (first.start_s + first.end_s) / 2
    cut = Errors()
    cut.add(take, [Span(first.start_s, middle_s - 0.3), Span(middle_s + 0.3, first.end_s), *others])
    assert (cut.invented, cut.missed) == (1, 0)
    joined = Errors()
    joined.add(take, [Span(first.start_s, others[-1].end_s)])
    assert joined.found == 0 and joined.missed == true.found


def test_noise_alone_has_no_figures(tmp_path: Path) -> None:
    """A room without anybody in it: no speech, and so nothing measured."""
    rng = np.random.default_rng(3)
    take = timed_speech.Take(timed_speech.room(16_000 * 10, rng) * 0.05, (), ())
    found = timed_speech.heard_speech(take, tmp_path)
    assert found == ()
    assert measure(heard((), engine="whisper", speech=found, duration_s=10.0)).pauses == Unmeasured(
        "no speech was found"
    )
