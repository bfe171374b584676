"""Is a stream still what it should be? Decided from numbers alone; time is an argument, in monotonic seconds.

A sound system seldom says that something is wrong (measured: of unplugged, muted, hung and killed it reports only the
last), so it is read from when blocks come and what is in them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

Fault = Literal["dead", "hung", "silent", "re-routed"]
Route = Literal["home", "away", "unplugged", "none", "unknown"]
"""Where the sound system says our stream is: where it began; on another device while that one is still there, or
because it's gone; on no microphone from the beginning; or no answer."""

HUNG_AFTER_S = 1.0
FIRST_BLOCK_WITHIN_S = 4.0
"""A device that was asleep takes its time to begin; a Bluetooth headset takes up to three seconds."""
LONGEST_TICK_S = 0.25
"""What one look counts for at most: when nobody looked for longer, we were the ones who stood still."""
SILENT_AFTER_S = 2.5
GATED_RUN_S = 0.1
GATED_RUNS = 3
"""So many runs of zeros that ended by themselves: this microphone sends zeros whenever it hears nothing loud."""
GAP_S = 0.25
BURST_WITHIN_S = 0.5
"""A gap that only stood in line is followed by what was missing, all at once."""
UNMADE_S = 0.1
ZEROS_AFTER_GAP_S = 0.5
ZEROS_BESIDE_GAP_S = 1.0
"""Zeros that begin so near to a gap belong to it: the stream is on something else now."""
ENVELOPE_S = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a stream, in a sentence for a person and one for what to do about it."""

    fault: Fault
    sentence: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Gap:
    ended_s: float
    behind_s: float
    """How far the stream was behind its own clock before the gap."""


class Watch:
    """One stream, from its start to its end. Feed `block` and `tick`, look at `verdict`.

    `lost_s` is the sound that never came; `suspicious` asks for the route to be looked up, which `routed` answers."""

    def __init__(self, kind: Literal["microphone", "speaker"], started_s: float) -> None:
        self.kind = kind
        self.verdict: Verdict | None = None
        self.lost_s = 0.0
        self.suspicious = False
        self.zeros_are_usual = False
        self.blocks = 0
        self._finished = False
        self._route: Route = "unknown"
        self._ticked_s = started_s
        self._waited_s = 0.0
        self._first_s = self._last_s = started_s
        self._length_s = 0.0
        self._behind: deque[tuple[float, float]] = deque()
        self._gap: _Gap | None = None
        self._moved_s: float | None = None
        self._zeros_since: float | None = None
        self._gated_runs = 0

    def block(self, at_s: float, duration_s: float, zeros: bool, *, speaking: bool = False) -> None:
        """A block came at `at_s`; `zeros`: every sample of it is 0; `speaking`: our own voice is sounding just now."""
        if not self.blocks:
            self._first_s = at_s
        elif at_s - self._last_s - duration_s > GAP_S:
            self._gap_ended(at_s)
        self.blocks += 1
        self._last_s, self._waited_s = at_s, 0.0
        self._follow(at_s, duration_s)
        if self.kind == "microphone":
            self._hear_zeros(at_s, zeros, speaking)
        if self._is("hung"):
            self.verdict = None

    def finished(self) -> None:
        """The sound system says that the stream has ended."""
        self._finished = True

    def routed(self, route: Route) -> None:
        """The answer to `suspicious`."""
        self.suspicious = False
        self._route = route
        if route in ("away", "unplugged", "none"):
            self._blame_route(route)
        elif route == "home" and self._is("re-routed"):
            self.verdict, self._moved_s = None, None

    def accept_zeros(self) -> None:
        """The person says that the microphone is fine: zeros are no longer taken for a fault."""
        self.zeros_are_usual = True
        if self._is("silent"):
            self.verdict = None

    def tick(self, now_s: float) -> None:
        """Looks at what didn't come. Call a few times a second."""
        self._waited_s += min(max(now_s - self._ticked_s, 0.0), LONGEST_TICK_S)
        self._ticked_s = now_s
        self._settle_gap(now_s)
        if self._finished:
            self._blame("dead")
        elif self._waited_s > (HUNG_AFTER_S if self.blocks else FIRST_BLOCK_WITHIN_S):
            self._blame("hung")

    def _is(self, fault: Fault) -> bool:
        return self.verdict is not None and self.verdict.fault == fault

    def _blame(self, fault: Fault) -> None:
        if not self._is(fault):
            self.verdict = Verdict(fault, *_SAID[self.kind, fault])

    def _blame_route(self, route: Route) -> None:
        if not (self._is("dead") or self._is("re-routed")):
            said = {"away": _MOVED[self.kind], "none": _NONE}.get(route, _SAID[self.kind, "re-routed"])
            self.verdict = Verdict("re-routed", *said)

    def _follow(self, at_s: float, duration_s: float) -> None:
        """Keeps how far the stream is behind its clock: the smallest of late is what a burst doesn't make up for."""
        self._length_s += duration_s
        self._behind.append((at_s, at_s - self._first_s - self._length_s))
        while self._behind[0][0] < at_s - ENVELOPE_S:
            self._behind.popleft()

    def _gap_ended(self, at_s: float) -> None:
        if self._gap is None and self._behind:
            self._gap = _Gap(at_s, min(behind for _, behind in self._behind))
            self.suspicious = True
            self._behind.clear()

    def _settle_gap(self, now_s: float) -> None:
        if self._gap is None or now_s < self._gap.ended_s + BURST_WITHIN_S or not self._behind:
            return
        lost_s = min(behind for _, behind in self._behind) - self._gap.behind_s
        self._gap = None
        if lost_s > UNMADE_S:
            self.lost_s += lost_s
            self.suspicious = True
            self._moved_s = None if self._is("re-routed") else now_s

    def _hear_zeros(self, at_s: float, zeros: bool, speaking: bool) -> None:
        if not zeros:
            self._zeros_ended(at_s, speaking)
            return
        if self._zeros_since is None:
            self._zeros_since = at_s
        run_s = at_s - self._zeros_since
        moved = self._moved_s is not None and abs(self._zeros_since - self._moved_s) < ZEROS_BESIDE_GAP_S
        if moved and run_s > ZEROS_AFTER_GAP_S:
            self._blame_route("unplugged")
        if run_s >= SILENT_AFTER_S and not self.zeros_are_usual and self.verdict is None:
            self._blame("silent")

    def _zeros_ended(self, at_s: float, speaking: bool) -> None:
        run_s = at_s - self._zeros_since if self._zeros_since is not None else 0.0
        self._zeros_since = None
        if GATED_RUN_S <= run_s < SILENT_AFTER_S:
            self._gated_runs += 1
            self.zeros_are_usual = self.zeros_are_usual or self._gated_runs >= GATED_RUNS
        back = self._is("re-routed") and self._route == "unknown" and self._moved_s is None and not speaking
        if back or self._is("silent"):
            self.verdict = None


_SAID: dict[tuple[str, Fault], tuple[str, str]] = {
    ("microphone", "dead"): ("The microphone stopped.", "It is looked for every second; plug it in again."),
    ("microphone", "hung"): ("The sound system does not answer.", "Recording goes on as soon as it does."),
    ("microphone", "silent"): (
        "I hear nothing from the microphone, not even noise: it may be muted.",
        "Unmute it, or allow this terminal to use the microphone in the system's privacy settings.",
    ),
    ("microphone", "re-routed"): ("The microphone was unplugged.", "Plug it in again, or choose another."),
    ("speaker", "dead"): ("The speaker stopped.", "It is looked for every second; the question is on the screen."),
    ("speaker", "hung"): ("The sound system does not answer.", "The question is on the screen."),
    ("speaker", "silent"): ("The speaker is silent.", "The question is on the screen."),
    ("speaker", "re-routed"): ("The speaker was unplugged.", "Plug it in again, or choose another."),
}
_MOVED = {
    "microphone": (
        "The sound system has moved the recording to another microphone.",
        "Move it back, or choose that microphone.",
    ),
    "speaker": ("The sound system has moved the voice to another speaker.", "Move it back, or choose that speaker."),
}
_NONE = (
    "No microphone is plugged in: the sound system only offers what the speaker plays.",
    "Plug one in, or answer by typing.",
)


def stopped(kind: Literal["microphone", "speaker"]) -> Verdict:
    """The verdict on a stream that has ended, or that can't be opened again."""
    return Verdict("dead", *_SAID[kind, "dead"])
