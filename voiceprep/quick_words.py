"""An answer's quick words: recognised phrase by phrase while the candidate speaks, each once, so that at its end only
the last phrase is still to be heard. In a silence that one is heard ahead, in case it was the end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from voiceprep.core import events as e
from voiceprep.core.feedback import Ground
from voiceprep.core.so_far import so_far
from voiceprep.core.spans import total_s
from voiceprep.core.state import State
from voiceprep.core.transcript import QUICK, Transcript, Word, heard
from voiceprep.errors import EngineError
from voiceprep.ports import TAKE_RATE, Deliver, Ports

BEHIND_S = 0.4
"""How far behind the clock the recording surely is."""
MARGIN_S = 0.1
"""What is heard of the silence around a phrase."""
AHEAD_AFTER_S = 0.8
"""How long a silence is known before what comes before it is heard ahead."""
AHEAD_SHARE, AHEAD_FREE_S, LEAST_AHEAD_S = 0.3, 5.0, 5.0
"""How much may be heard ahead in vain: this share of the speech, and so many seconds. Even a word costs as much as
some seconds do."""
MINDED_S = (6.0, 10.0)
"""How much is gathered at most where somebody minds what is said while it's said."""
CHEAP_S = 10.0
"""A recogniser that wants more than this at a time pays as much for any less: it isn't asked in vain."""


@dataclass(frozen=True)
class _Ahead:
    """What was heard of a phrase before it was known to be over."""

    start_s: float
    until_s: float
    words: tuple[Word, ...]


class QuickWords:
    """Of the take being recorded. `follow`, `begin` and `look` belong to the loop, the rest to the recogniser's lane;
    what the lane writes (`_words`, `_heard_s`) the loop doesn't touch while something is under way there."""

    def __init__(
        self,
        ports: Ports,
        deliver: Deliver,
        submit: Callable[..., None],
        state: Callable[[], State],
        ground: Callable[[State], Ground],
    ) -> None:
        self._ports, self._deliver, self._submit, self._state, self._ground = ports, deliver, submit, state, ground
        self._take = ""
        self._words: tuple[Word, ...] = ()
        self._heard_s = 0.0
        """How far into the take all speech was heard."""
        self._asked_s = 0.0
        """How far it was heard, or somebody was asked to."""
        self._ahead: _Ahead | None = None
        self._ahead_at_s = math.inf
        """When, by the clock, the last phrase is heard ahead."""
        self._in_vain_s = 0.0
        self._speaking: tuple[float, float] | None = None
        """While the candidate speaks without a pause: since when, by the clock and in the take."""
        self._passes = 0
        self._known: frozenset[str] = frozenset()
        """Points and terms that the answer had so far."""
        self._points: tuple[str, ...] = ()
        self._credits_only = False
        """Whether the recogniser's silence proves nothing, as its last words told."""

    # The loop's -----------------------------------------------------------------------------------------------------

    def behind(self, state: State) -> bool:
        """Whether something that was said hasn't been recognised yet."""
        return self._passes > 0 or bool(state.speech and not self.known(state.speech[-1].end_s)[1])

    def begin(self, take_id: str) -> None:
        """A take begins, or goes on."""
        if take_id != self._take:
            self._take, self._words, self._heard_s, self._asked_s = take_id, (), 0.0, 0.0
            self._ahead, self._in_vain_s, self._known, self._points = None, 0.0, frozenset(), ()
        self._speaking, self._ahead_at_s = None, math.inf

    def known(self, until_s: float) -> tuple[tuple[Word, ...], bool]:
        """The words so far, and whether they are all up to there."""
        ahead = self._ahead
        heard_s = self._heard_s if ahead is None else ahead.until_s
        return (*self._words, *(ahead.words if ahead else ())), heard_s >= until_s

    def core(self, state: State) -> tuple[int, int]:
        """How many core points of what is asked were heard so far, of how many."""
        core = {p.id for p in self._ground(state).question.points_of(state.follow_up_id) if p.core}
        return len(core & set(self._points)), len(core)

    def follow(self, event: e.Event, state: State) -> None:
        ear = self._ports.transcriber
        if ear is None or not self._ports.live or state.phase != "listening":
            return
        if isinstance(event, e.SpeechStarted):
            self._speaking, self._ahead_at_s = (self._ports.clock.now_s(), event.at_s), math.inf
            if self._ahead is not None and event.at_s - self._ahead.until_s >= AHEAD_AFTER_S:
                self._hear_phrase(self._ahead.until_s, 0.0)  # known already: neither it nor the silence is heard again
            if not state.speech or state.speech[-1].end_s <= self._asked_s:
                self._asked_s = max(self._asked_s, event.at_s - 2 * MARGIN_S)  # nobody listens to silence
        elif isinstance(event, e.SpeechEnded):
            self._speaking = None
            if not self._hear_phrase(event.at_s + MARGIN_S, self._phrase_s(state)[0]):
                self._ahead_at_s = self._ports.clock.now_s() + self._patience_s(state)

    def look(self, state: State) -> None:
        """What the clock makes due."""
        ear, now_s = self._ports.transcriber, self._ports.clock.now_s()
        if ear is None or state.phase != "listening":
            return
        if self._speaking is not None:  # some people don't pause
            since_s, at_s = self._speaking
            self._hear_phrase(at_s + now_s - since_s - BEHIND_S, self._phrase_s(state)[1])
        elif now_s >= self._ahead_at_s and self._passes:
            self._ahead_at_s = now_s + BEHIND_S
        elif now_s >= self._ahead_at_s and state.speech:
            self._ahead_at_s = math.inf
            until_s = state.speech[-1].end_s + MARGIN_S
            if until_s > self._asked_s and self._may_be_in_vain(until_s - self._asked_s, state):
                self._passes += 1
                self._submit(self._ports.recogniser_lane, self._hear_ahead, self._take, self._asked_s, until_s)

    def next_in_s(self, state: State) -> float:
        """Seconds until `look` has something to do; infinite when it hasn't."""
        if state.phase != "listening":
            return math.inf
        return max(0.0, self._ahead_at_s - self._ports.clock.now_s())

    def _phrase_s(self, state: State) -> tuple[float, float]:
        assert self._ports.transcriber is not None
        least_s, most_s = self._ports.transcriber.phrase_s
        return (min(least_s, MINDED_S[0]), min(most_s, MINDED_S[1])) if _minds(state) else (least_s, most_s)

    def _patience_s(self, state: State) -> float:
        return 0.0 if _minds(state) else AHEAD_AFTER_S

    def _may_be_in_vain(self, length_s: float, state: State) -> bool:
        """Where somebody waits for it, it is well spent; else it's a bet, and bets are limited."""
        if _minds(state):
            return True
        ear = self._ports.transcriber
        if ear is None or ear.phrase_s[0] > CHEAP_S:
            return False
        stake_s = max(length_s, LEAST_AHEAD_S)
        spoken_s = total_s(state.speech)
        if self._in_vain_s + stake_s > AHEAD_SHARE * spoken_s + AHEAD_FREE_S:
            return False
        self._in_vain_s += stake_s
        return True

    def _hear_phrase(self, until_s: float, least_s: float) -> bool:
        if self._passes or until_s - self._asked_s < least_s:
            return False  # the next will be longer: what matters is that nobody waits for many of them
        start_s, self._asked_s = self._asked_s, until_s
        self._passes += 1
        self._submit(self._ports.recogniser_lane, self._hear_on, self._take, start_s, until_s)
        return True

    # The recogniser's lane's ------------------------------------------------------------------------------------------

    def _hear_on(self, take_id: str, start_s: float, until_s: float) -> None:
        """A phrase that is over."""
        try:
            if self._is_spoken(take_id):
                self._commit(take_id, self._pass(take_id, start_s, until_s), until_s)
            else:  # it's heard with what comes after the pause, or with the rest of the answer
                self._asked_s = self._heard_s
        except EngineError:
            self._asked_s = self._heard_s  # with the next one; at the answer's end it's said what is wrong
        finally:
            self._passes -= 1

    def _hear_ahead(self, take_id: str, start_s: float, until_s: float) -> None:
        try:
            if self._is_spoken(take_id):
                words = self._pass(take_id, start_s, until_s)
                if take_id == self._take:
                    self._ahead = _Ahead(start_s, until_s, words)
                    self._look_for_new(take_id)
        except EngineError:
            self._ahead_at_s = self._ports.clock.now_s() + BEHIND_S  # once more; the engine was started again
        finally:
            self._passes -= 1

    def transcribe(self, order: e.Transcribe) -> Transcript:
        """The whole answer: what was heard while it was given, and what wasn't yet. Raises EngineError."""
        ear = self._ports.transcriber
        assert ear is not None
        if order.take_id != self._take:
            self._take, self._words, self._heard_s = order.take_id, (), 0.0  # given to a process that has ended
        left = [span for span in order.speech if span.end_s > self._heard_s + MARGIN_S]
        if left:
            start_s = max(self._heard_s, left[0].start_s - 2 * MARGIN_S)
            until_s = min(order.duration_s, left[-1].end_s + MARGIN_S)
            self._commit(order.take_id, self._pass(order.take_id, start_s, until_s), until_s)
        name = f"{ear.name}, {QUICK}" if ear.hears_more_with_care else ear.name
        return heard(self._words, engine=name, credits_only=self._credits_only, duration_s=order.duration_s)

    def _is_spoken(self, take_id: str) -> bool:
        state = self._state()
        return state.take_id == take_id and state.phase == "listening"

    def _pass(self, take_id: str, start_s: float, until_s: float) -> tuple[Word, ...]:
        known = self._ahead
        if known is not None and abs(known.until_s - until_s) < MARGIN_S and known.start_s <= start_s + MARGIN_S:
            return known.words
        ear = self._ports.transcriber
        assert ear is not None
        found = ear.transcribe(
            self._ports.take_path(take_id), round(start_s * TAKE_RATE), round(until_s * TAKE_RATE), quick=True
        )
        self._credits_only = found.credits_only
        return found.words

    def _commit(self, take_id: str, words: tuple[Word, ...], until_s: float) -> None:
        if take_id != self._take:
            return  # a new one was begun meanwhile
        self._words, self._heard_s, self._ahead = (*self._words, *words), until_s, None
        self._asked_s = max(self._asked_s, until_s)
        if self._is_spoken(take_id):
            self._deliver(e.WordsHeard(take_id, words))
            self._look_for_new(take_id)

    def _look_for_new(self, take_id: str) -> None:
        state = self._state()
        if not _minds(state):
            return
        words, _ = self.known(0.0)
        ear = self._ports.transcriber
        name = ear.name if ear is not None else ""
        rough = heard(words, engine=name, credits_only=self._credits_only)
        points, terms = so_far(self._ground(state), state.follow_up_id, rough)
        self._points = points
        known = self._known | set(points) | terms
        if known != self._known:
            self._known = known
            self._deliver(e.NewHeard(take_id, points))


def _minds(state: State) -> bool:
    """Whether somebody minds what is said while it's said: a coach, an impatient interviewer, who waits for an end."""
    cuts_in = state.rules is not None and state.rules.cuts_in_s is not None
    return state.coached or cuts_in or state.hands_free_s is not None
