"""Answers recognised once more, with care, while nobody speaks: piece by piece, so that live speech waits for one at
most."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from voiceprep.core import events as e
from voiceprep.core.hearing import believed, pieces
from voiceprep.core.spans import Span
from voiceprep.core.state import State
from voiceprep.core.transcript import Word, heard
from voiceprep.errors import EngineError
from voiceprep.ports import TAKE_RATE, Deliver, Ports


class Checks:
    """Orders come from the loop, which calls `look` whenever something may have changed; pieces are heard in the
    recogniser's lane, one a time, and `wake` is called when one is."""

    def __init__(self, ports: Ports, deliver: Deliver, submit: Callable[..., None], wake: Callable[[], None]) -> None:
        self._ports, self._deliver, self._submit, self._wake = ports, deliver, submit, wake
        self._orders: deque[e.Check] = deque()
        self._left: list[Span] = []
        self._words: list[Word] = []
        self._doubts: list[str] = []
        self._of = 0
        self._under_way = False

    def add(self, order: e.Check) -> None:
        self._orders.append(order)
        if len(self._orders) == 1:
            self._begin()

    def share(self) -> tuple[int, int]:
        """How many pieces have been heard, of how many, over all that is due."""
        later = sum(len(pieces(order.speech)) for order in list(self._orders)[1:])
        return self._of - len(self._left), self._of + later

    def look(self, state: State) -> None:
        """Drops what is wanted no more, and hears the next piece when nobody speaks."""
        wanted = {(c.take_id, c.ending) for c in state.checks_due}
        if self._under_way or not self._orders:
            return
        if (self._orders[0].take_id, self._orders[0].ending) not in wanted:
            self._next()
            return self.look(state)
        if not _nobody_speaks(state):
            return
        self._under_way = True
        self._submit(self._ports.recogniser_lane, self._hear, self._orders[0])

    def _begin(self) -> None:
        self._left = list(pieces(self._orders[0].speech)) if self._orders else []
        self._of, self._words, self._doubts = len(self._left), [], []

    def _next(self) -> None:
        self._orders.popleft()
        self._begin()

    def _hear(self, order: e.Check) -> None:
        try:
            ear = self._ports.transcriber
            if ear is None:
                raise EngineError("No recogniser is installed.")
            span = self._left[0]
            path = self._ports.take_path(order.take_id)
            found = ear.transcribe(path, round(span.start_s * TAKE_RATE), round(span.end_s * TAKE_RATE))
            self._words += found.words
            self._doubts += found.doubts
            del self._left[0]
            if not self._left:
                whole = heard(self._words, engine=found.engine, credits_only=found.credits_only)
                whole = believed(replace(whole, doubts=tuple(self._doubts)), order)
                self._deliver(e.AnswerChecked(order.take_id, whole, order.ending))
                self._next()
        except (EngineError, OSError) as error:
            reason = error.message if isinstance(error, EngineError) else error.strerror or str(error)
            self._deliver(e.CheckFailed(order.take_id, reason, order.ending))
            self._next()
        finally:
            self._under_way = False
            self._wake()


def _nobody_speaks(state: State) -> bool:
    """Whether a recogniser has time: not from the candidate's first word until the interviewer speaks again."""
    if state.phase in ("transcribing", "assessing", "closed"):
        return False
    return state.phase != "listening" or not (state.speech or state.speaking_since_s is not None)
