"""Hands-free: an answer is taken as done after a silence, which any sound ends."""

from __future__ import annotations

import math
from collections.abc import Callable

from voiceprep.core import events as e
from voiceprep.core import patience
from voiceprep.core.spans import gaps, total_s
from voiceprep.core.state import State
from voiceprep.core.transcript import Word
from voiceprep.ports import Ports

COUNTED_S = 3.0
"""How long the screen counts down before an answer is taken as done."""
LOOK_AGAIN_S = 0.1


class Silence:
    """After the candidate's latest words. Loop thread but for `ends_in_s`."""

    def __init__(
        self,
        ports: Ports,
        known: Callable[[float], tuple[tuple[Word, ...], bool]],
        core: Callable[[State], tuple[int, int]],
    ) -> None:
        """`known` are the words up to there and whether they are all of them, `core` the core points among them."""
        self._ports, self._known, self._core = ports, known, core
        self._take = ""
        self._since_s: float | None = None
        """Since when nobody speaks, by the clock; None while somebody does, or hasn't begun to."""
        self._held: tuple[bool, float] | None = None
        """How long this silence has to last, and whether the words before it were known then."""
        self._pauses_s: dict[str, tuple[float, ...]] = {}
        """This speaker's pauses, by take."""

    def follow(self, event: e.Event, state: State) -> None:
        if state.hands_free_s is None or not self._ports.live:
            return
        if isinstance(event, e.SpeechStarted) or state.phase != "listening" or state.take_id != self._take:
            self._since_s, self._take = None, state.take_id
        if isinstance(event, e.SpeechEnded) and state.phase == "listening":
            behind_s = max(0.0, self._ports.recorded_s(event.take_id) - event.at_s)
            self._since_s, self._held = self._ports.clock.now_s() - behind_s, None
            self._pauses_s[event.take_id] = tuple(gap.length_s for gap in gaps(state.speech))

    def due(self, state: State) -> e.DoneAsked | None:
        """That the answer is done, when it is: unless a sound has just begun."""
        if self._ends_at_s(state) > self._ports.clock.now_s():
            return None
        if self._ports.capture.sounding():
            return None  # perhaps a word: the microphone's word on it comes in a moment
        self._since_s = None
        return e.DoneAsked(state.take_id, silence=True)

    def next_in_s(self, state: State) -> float:
        """Seconds until `due` is to be asked; infinite while nothing is."""
        left_s = self._ends_at_s(state) - self._ports.clock.now_s()
        return left_s if left_s > 0 else LOOK_AGAIN_S

    def ends_in_s(self, state: State) -> float | None:
        """Seconds until the answer is taken as done, while the screen is to count them."""
        if not state.hands_free_s:  # only a set silence is counted
            return None
        left_s = self._ends_at_s(state) - self._ports.clock.now_s()
        return max(0.0, left_s) if left_s <= COUNTED_S else None

    def _ends_at_s(self, state: State) -> float:
        since_s, hold_s = self._since_s, state.hands_free_s
        if since_s is None or hold_s is None or state.phase != "listening" or state.done_asked or state.typing:
            return math.inf
        return since_s + (hold_s + COUNTED_S if hold_s else self._patience_s(state))

    def _patience_s(self, state: State) -> float:
        """By how the answer ends, as soon as that is known; until then, as if nothing said that it did."""
        words, heard = self._known(state.speech[-1].end_s if state.speech else 0.0)
        if self._held is None or self._held[0] != heard:
            pauses_s = tuple(pause_s for take in self._pauses_s.values() for pause_s in take)
            silence = patience.Silence(words, self._core(state), total_s(state.speech), pauses_s, heard)
            wait_s = patience.hold_s(silence)
            self._held = heard, math.inf if wait_s is None else wait_s
        return self._held[1]
