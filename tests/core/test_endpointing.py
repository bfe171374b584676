"""Where speech begins and ends: a second of silence, a second of speech, a second of silence."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceprep.core.endpointing import Boundary, Endpointer, Settings, finish, hear, spans
from voiceprep.core.spans import Span

CHUNK_S = 0.032
SPEECH, SILENCE, MURMUR = 0.95, 0.02, 0.42
"""MURMUR lies between the two thresholds: not enough to begin speech, enough to go on with it."""

Piece = tuple[float, float]
"""(seconds, probability of speech)."""


def probability_at(pieces: Iterable[Piece], at_s: float) -> float:
    for length_s, probability in pieces:
        if at_s < length_s:
            return probability
        at_s -= length_s
    return SILENCE


def boundaries(pieces: list[Piece], chunk_s: float = CHUNK_S, *, end: bool = True) -> list[Boundary]:
    """What is reported when the audio arrives in chunks of `chunk_s`."""
    state, found = Endpointer(), []
    for n in range(round(sum(length for length, _ in pieces) / chunk_s)):
        state, boundary = hear(state, probability_at(pieces, (n + 0.5) * chunk_s), chunk_s)
        found += [boundary] if boundary else []
    last = finish(state) if end else None
    return found + ([last] if last else [])


def rounded(found: list[Boundary]) -> list[tuple[str, float]]:
    return [(b.kind, round(b.at_s, 2)) for b in found]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([(1, SILENCE)], [], id="silence"),
        pytest.param([(1, SPEECH)], [("started", 0), ("ended", 1)], id="speech to the end"),
        pytest.param([(1, SILENCE), (1, SPEECH), (1, SILENCE)], [("started", 1), ("ended", 2)], id="speech between"),
        pytest.param([(1, SILENCE), (0.1, SPEECH), (1, SILENCE)], [], id="a click is not speech"),
        pytest.param([(0.1, SPEECH), (0.1, SILENCE)] * 8, [], id="clicks do not add up"),
        pytest.param(
            [(1, SPEECH), (0.15, SILENCE), (1, SPEECH), (1, SILENCE)],
            [("started", 0), ("ended", 2.15)],
            id="a short dip is not silence",
        ),
        pytest.param([(1, SILENCE), (1, MURMUR), (1, SILENCE)], [], id="a murmur does not begin speech"),
        pytest.param(
            [(1, SPEECH), (1, MURMUR), (1, SILENCE)], [("started", 0), ("ended", 2)], id="a murmur goes on with it"
        ),
        pytest.param(
            [(1, SPEECH), (1, SILENCE), (1, SPEECH), (0.1, SILENCE)],
            [("started", 0), ("ended", 1), ("started", 2), ("ended", 3)],
            id="the end of the audio ends speech where the sound ended",
        ),
        pytest.param(
            [(1, SPEECH), (1, SILENCE), (0.1, SPEECH)], [("started", 0), ("ended", 1)], id="a click at the end"
        ),
    ],
)
def test_boundaries(pieces: list[Piece], expected: list[tuple[str, float]]) -> None:
    assert rounded(boundaries(pieces, 0.01)) == expected


def test_a_boundary_is_reported_as_soon_as_it_is_sure_and_lies_where_the_sound_changed() -> None:
    state, chunk_s, reported_s = Endpointer(), 0.02, []
    for n in range(150):
        state, boundary = hear(state, SPEECH if 50 <= n < 100 else SILENCE, chunk_s)
        if boundary:
            reported_s.append((boundary.kind, round(boundary.at_s, 2), round(state.at_s, 2)))
    assert reported_s == [("started", 1.0, 1.16), ("ended", 2.0, 2.2)]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(
            [(1, SILENCE), (0.1, 0.25), (1, SPEECH)], [("started", 1), ("ended", 2.1)], id="a weak first sound"
        ),
        pytest.param(
            [(1, SPEECH), (0.1, 0.6), (1, SILENCE)], [("started", 0), ("ended", 1)], id="a voice that rings on"
        ),
        pytest.param([(1, SPEECH), (0.1, 0.6)], [("started", 0), ("ended", 1.1)], id="until the end of the audio"),
        pytest.param([(1, SILENCE), (0.4, 0.25), (1, SPEECH)], [("started", 1.4), ("ended", 2.4)], id="a long breath"),
        pytest.param([(1, SPEECH), (0.4, 0.6), (1, SILENCE)], [("started", 0), ("ended", 1.4)], id="quiet last words"),
        pytest.param(
            [(1, SILENCE), (0.1, 0.25), (0.1, SILENCE), (1, SPEECH)],
            [("started", 1.2), ("ended", 2.2)],
            id="a sound apart from it",
        ),
    ],
)
def test_a_boundary_is_moved_back_to_where_the_probability_turned(
    pieces: list[Piece], expected: list[tuple[str, float]]
) -> None:
    assert rounded(boundaries(pieces, 0.01)) == expected


def test_the_settings_are_what_decides() -> None:
    def first(settings_: Settings) -> list[str]:
        state, kinds = Endpointer(settings_), []
        for probability in [SPEECH] * 5 + [SILENCE] * 5:
            state, boundary = hear(state, probability, 0.1)
            kinds += [boundary.kind] if boundary else []
        return kinds

    assert first(Settings()) == ["started", "ended"]
    assert first(Settings(speech_s=0.6)) == []
    assert first(Settings(silence_s=0.6)) == ["started"]
    assert first(Settings(threshold=0.99)) == []


def test_finish_says_nothing_when_nobody_speaks() -> None:
    assert finish(Endpointer()) is None


def test_spans_pair_what_began_with_what_ended() -> None:
    audio = [(1, SILENCE), (1, SPEECH), (1, SILENCE), (1, SPEECH)]
    assert [(round(s.start_s, 2), round(s.end_s, 2)) for s in spans(tuple(boundaries(audio, 0.01)))] == [(1, 2), (3, 4)]
    assert spans(()) == ()
    assert spans((Boundary("started", 1.0), Boundary("ended", 2.0), Boundary("started", 3.0))) == (Span(1.0, 2.0),)


lengths = st.floats(0.4, 2.0)
audio = st.lists(st.tuples(lengths, lengths), min_size=1, max_size=6).map(
    lambda pairs: [piece for quiet, loud in pairs for piece in ((quiet, SILENCE), (loud, SPEECH))] + [(0.5, SILENCE)]
)


@given(audio, st.floats(0.005, 0.064), st.floats(0.005, 0.064))
@settings(max_examples=60, deadline=None)
def test_chunks_of_another_size_give_the_same_boundaries_within_a_chunk(
    pieces: list[Piece], one_s: float, other_s: float
) -> None:
    a, b = boundaries(pieces, one_s), boundaries(pieces, other_s)
    assert [x.kind for x in a] == [x.kind for x in b]
    for x, y in zip(a, b, strict=True):
        assert abs(x.at_s - y.at_s) <= max(one_s, other_s) + 1e-6


@given(
    st.lists(st.sampled_from([SPEECH, SILENCE, MURMUR, 0.5, 0.35]), max_size=80),
    st.lists(st.integers(1, 5), min_size=80, max_size=80),
)
@settings(max_examples=60, deadline=None)
def test_a_chunk_cut_into_pieces_changes_nothing(probabilities: list[float], cuts: list[int]) -> None:
    def found(pieces: list[int]) -> list[Boundary]:
        state, out = Endpointer(), []
        for probability, n in zip(probabilities, pieces, strict=False):
            for _ in range(n):
                state, boundary = hear(state, probability, CHUNK_S / n)
                out += [boundary] if boundary else []
        last = finish(state)
        return out + ([last] if last else [])

    whole, cut = found([1] * len(probabilities)), found(cuts)
    assert [(b.kind, round(b.at_s, 6)) for b in whole] == [(b.kind, round(b.at_s, 6)) for b in cut]


@given(st.lists(st.floats(0, 1), max_size=120))
@settings(max_examples=60, deadline=None)
def test_boundaries_alternate_run_forward_and_lie_inside_the_audio(probabilities: list[float]) -> None:
    state, out = Endpointer(), []
    for probability in probabilities:
        state, boundary = hear(state, probability, CHUNK_S)
        out += [boundary] if boundary else []
    last = finish(state)
    out += [last] if last else []
    assert [b.kind for b in out] == ["started", "ended"] * (len(out) // 2), "what began has ended"
    assert [b.at_s for b in out] == sorted(b.at_s for b in out)
    assert all(0 <= b.at_s <= state.at_s for b in out)
    assert len(spans(tuple(out))) == len(out) // 2
