"""What a room's sound says, and the words of the meter."""

from __future__ import annotations

import pytest

from voiceprep.core.room import NOISY_DB, QUIET_DBFS, Levels, advice, level_word

WELL = "I hear you well."


@pytest.mark.parametrize(
    ("levels", "beginnings"),
    [
        pytest.param(Levels(None, None), ["Not even noise"], id="digital silence"),
        pytest.param(Levels(None, -60.0), ["No speech was heard"], id="only noise"),
        pytest.param(Levels(None, -60.0, clipped=True, echo_ms=200), ["No speech was heard"], id="no speech"),
        pytest.param(Levels(-20.0, -60.0), [WELL], id="well"),
        pytest.param(Levels(-20.0, None), [WELL], id="no noise at all"),
        pytest.param(Levels(-3.0, -60.0, clipped=True), ["It is too loud"], id="too loud"),
        pytest.param(Levels(-41.0, -80.0), ["You are quiet"], id="quiet"),
        pytest.param(Levels(-30.0, -40.0), ["The room is loud"], id="noisy"),
        pytest.param(Levels(-45.0, -50.0), ["You are quiet", "The room is loud"], id="quiet and noisy"),
        pytest.param(Levels(-45.0, -50.0, clipped=True), ["It is too loud", "The room is loud"], id="clipped"),
        pytest.param(Levels(-20.0, -60.0, echo_ms=180), ["The microphone hears the speaker", WELL], id="an echo"),
        pytest.param(
            Levels(-45.0, -80.0, echo_ms=0), ["You are quiet", "The microphone hears the speaker"], id="echo at once"
        ),
    ],
)  # fmt: skip
def test_a_room_earns_this_advice(levels: Levels, beginnings: list[str]) -> None:
    said = list(advice(levels))
    assert len(said) == len(beginnings)
    for sentence, beginning in zip(said, beginnings, strict=True):
        assert sentence.startswith(beginning)


def test_the_limits_themselves_are_good_enough() -> None:
    assert list(advice(Levels(QUIET_DBFS, QUIET_DBFS - NOISY_DB))) == [WELL]


@pytest.mark.parametrize(
    ("dbfs", "clipping", "word"),
    [
        (None, False, "no sound"),
        (-60.1, False, "silence"),
        (-60.0, False, "low"),
        (-40.1, False, "low"),
        (QUIET_DBFS, False, "good"),
        (-1.0, False, "good"),
        (-1.0, True, "too loud"),
        (None, True, "too loud"),
    ],
)
def test_the_meter_says_it_in_a_word(dbfs: float | None, clipping: bool, word: str) -> None:
    assert level_word(dbfs, clipping) == word
