"""Intervals of a take, in seconds from the take's start."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open interval from `start_s` to `end_s`, in seconds from the take's start."""

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.start_s <= self.end_s:
            raise ValueError(f"a span runs forward from 0: {self.start_s} to {self.end_s}")

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    def overlaps(self, other: Span) -> bool:
        return self.start_s < other.end_s and other.start_s < self.end_s


def gaps(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The silences between spans given in order (not before the first, not after the last)."""
    ordered = tuple(spans)
    return tuple(Span(a.end_s, b.start_s) for a, b in itertools.pairwise(ordered) if b.start_s > a.end_s)


def total_s(spans: Iterable[Span]) -> float:
    """Length of all spans together, in seconds; they must not overlap."""
    return sum(span.length_s for span in spans)
