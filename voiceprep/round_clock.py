"""What is due when in an interview, by the monotonic clock: a turn's own clock, the whole round's, and other reminders.

Of answers that take no time (a recording that's read at once) it keeps what the clock would have told meanwhile.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator

from voiceprep.core import events as e
from voiceprep.core.pressure import Pressure
from voiceprep.ports import Clock

ASLEEP_S = 8.0
"""A sleep so long is asked about; a shorter one is like a pause of one's own."""
SAMPLE_S = 1 / 16_000
"""Times that differ by less are the same."""

Due = tuple[float, e.Event]


class RoundClock:
    """From any thread. `live`: whether answers take the time they take."""

    def __init__(self, clock: Clock, *, live: bool) -> None:
        self._clock, self._live = clock, live
        self._lock = threading.Lock()
        self._turn: list[Due] = []
        """What is due in this turn; a new turn's clock replaces it."""
        self._others: list[Due] = []
        self._unhurried: tuple[Due, ...] = ()
        """The turn's, in seconds of it, where it takes no time."""
        self._spent_s = 0.0
        """What answers that took no time would have taken."""
        self._held_s: float | None = None
        """What is left of the whole round while its clock stands still."""
        self._slept_s = clock.slept_s()

    def at(self, in_s: float, event: e.Event) -> None:
        with self._lock:
            self._others.append((self._clock.now_s() + in_s, event))

    def forget(self, kind: type) -> None:
        with self._lock:
            self._others = [one for one in self._others if not isinstance(one[1], kind)]

    def due(self) -> list[e.Event]:
        """What is due by now, in its order; it's told once."""
        now_s = self._clock.now_s()
        with self._lock:
            due = [one for one in (*self._turn, *self._others) if one[0] <= now_s]
            self._others = [one for one in self._others if one[0] > now_s]
            self._turn = [one for one in self._turn if one[0] > now_s]
        return [event for _, event in sorted(due, key=lambda one: one[0])]

    def next_in_s(self) -> float:
        """Seconds until something is due; infinite when nothing is."""
        with self._lock:
            nearest_s = min((at_s for at_s, _ in (*self._turn, *self._others)), default=math.inf)
        return max(0.0, nearest_s - self._clock.now_s())

    # The turn's ------------------------------------------------------------------------------------------------------

    def set_turn(self, dues: tuple[Due, ...]) -> None:
        now_s = self._clock.now_s()
        with self._lock:
            if self._live:
                self._turn = [(now_s + in_s, event) for in_s, event in dues]
            else:
                self._unhurried = dues

    def stop_turn(self) -> None:
        with self._lock:
            self._turn = []

    def wait_for_new(self, take_id: str, in_s: float) -> None:
        """The interviewer's patience, from now."""
        if not self._live:
            return
        at_s = self._clock.now_s() + in_s
        with self._lock:
            others = [o for o in self._turn if not (isinstance(o[1], e.CutOff) and o[1].why == "nothing new")]
            self._turn = [*others, (at_s, e.CutOff(take_id, "nothing new"))]

    def left_s(self) -> float | None:
        """Seconds until the think time is over or the answer is cut off; None while no such clock runs."""
        with self._lock:
            return self._until(self._turn, _ends)

    # The round's -----------------------------------------------------------------------------------------------------

    def set_round(self, rules: Pressure, share: float) -> None:
        """For the `share` of the questions that is still to be asked."""
        if rules.session_s is None:
            return
        self.forget(e.SessionTimeUp)
        self._spent_s = rules.session_s * (1 - share)
        if self._live:
            self.at(rules.session_s * share, e.SessionTimeUp())

    def round_left_s(self) -> float | None:
        """Seconds until the whole round's time is up; None without such a clock, or while it stands still."""
        with self._lock:
            return self._until(self._others, lambda event: isinstance(event, e.SessionTimeUp))

    def hold_round(self) -> None:
        """The round's clock stands still, until `go_on`."""
        if self._held_s is None:
            self._held_s = self.round_left_s()
            self.forget(e.SessionTimeUp)

    def go_on(self) -> None:
        if self._held_s is not None:
            self.at(self._held_s, e.SessionTimeUp())
            self._held_s = None

    def slept(self) -> e.MachineSlept | None:
        """Whether the machine has slept since this was asked last. No clock of ours has gone on meanwhile."""
        before, self._slept_s = self._slept_s, self._clock.slept_s()
        uncounted_s, counted_s = (now - then for now, then in zip(self._slept_s, before, strict=True))
        if max(uncounted_s, counted_s) < ASLEEP_S:
            return None
        with self._lock:
            self._others = [(at_s + counted_s, event) for at_s, event in self._others]
            self._turn = [(at_s + counted_s, event) for at_s, event in self._turn]
        return e.MachineSlept(round(max(uncounted_s, counted_s), 1), self.left_s())

    def _until(self, dues: list[Due], wanted: Callable[[e.Event], bool]) -> float | None:
        ends = [at_s for at_s, event in dues if wanted(event)]
        return None if not ends else max(0.0, min(ends) - self._clock.now_s())

    # Answers that take no time ---------------------------------------------------------------------------------------

    def spend(self, rules: Pressure, turn_s: float, spoken_s: float = 0.0) -> Iterator[e.Event]:
        """What the clock tells in `turn_s` of the turn; of the round's time as much of it as was thought is spent, and
        what was spoken."""
        dues, self._unhurried = self._unhurried, ()
        self._spent_s += spoken_s
        for in_s, event in dues:
            if in_s > turn_s:
                break
            self._spent_s += in_s if isinstance(event, e.ThinkingEnded) else 0.0
            if isinstance(event, e.ThinkingEnded) and self._round_is_over(rules):
                break
            yield event
        if self._round_is_over(rules):
            yield e.SessionTimeUp()

    def longest_s(self, rules: Pressure, *, follow_up: bool) -> float:
        """How long an answer that's read at once may be: its limit, or what is left of the round."""
        limit_s = rules.limit_s(follow_up=follow_up)
        return limit_s if rules.session_s is None else min(limit_s, max(0.0, rules.session_s - self._spent_s))

    def _round_is_over(self, rules: Pressure) -> bool:
        return rules.session_s is not None and self._spent_s > rules.session_s - SAMPLE_S / 2


def _ends(event: e.Event) -> bool:
    """Whether it's the end of the time that was given, and not an interviewer's impatience."""
    return isinstance(event, e.ThinkingEnded) or (isinstance(event, e.CutOff) and event.why == "limit")
