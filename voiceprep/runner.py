"""The loop: receive an event, journal it, step, carry out the effects. Nothing else decides or remembers.

Callbacks only put events into the queue. Slow work runs in lanes, one thread each: the voice, the recogniser, the
judge.
"""

from __future__ import annotations

import math
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field

from voiceprep.checks import Checks
from voiceprep.core import events as e
from voiceprep.core.anew import ground_with
from voiceprep.core.assessing import assessed, assessed_anew
from voiceprep.core.clean import one_line
from voiceprep.core.feedback import Ground
from voiceprep.core.hearing import believed
from voiceprep.core.interview import ImpossibleEvent, State, stale, step
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.own_terms import Told
from voiceprep.core.pressure import cues
from voiceprep.core.transcript import heard
from voiceprep.errors import EngineError
from voiceprep.ports import Judge, Microphone, Ports, TypedAnswer, TypedLater
from voiceprep.quick_words import QuickWords
from voiceprep.round_clock import RoundClock
from voiceprep.saying import Saying
from voiceprep.silence import Silence

DURABLE = (e.AnswerEnded, e.AnswerTyped, e.Assessed, e.TranscriptEdited, e.SessionClosed)
"""Events that wait for the disk: they are what the candidate would miss."""

BEHIND_AGAIN_S = 2.0
"""How soon an interviewer who wants to cut in asks again whether all was heard."""
WAKE_S = 0.2
"""How often the loop lets signals and deadlines through while it waits."""
LAST_QUESTION_S = 150.0
"""With less of the candidate's time left than this, nothing new is asked."""
STOPPED_S = 1.0
"""How long the session's end waits for a judge that was told to stop."""
TYPED_WITHIN_S = 0.5
"""How long a box that was cut off has to give what stands in it."""
CUES_WITHIN_S = 6.0
"""How long the session's end waits for the interviewer's last words."""


@dataclass(frozen=True)
class _Broken:
    """Something failed that nobody foresaw; the session ends cleanly and says so."""

    error: BaseException


@dataclass(frozen=True)
class _Wake:
    """Something has ended in a lane that nothing was to be reported of."""


Watch = Callable[[e.Event, State], None]


@contextmanager
def _interrupts(leave: Callable[[], None]) -> Iterator[None]:
    """ctrl+c and SIGTERM are one event more, wherever they strike: raised in the middle of a step they would tear it.
    The second one is raised all the same. In another thread than the first one Python can't catch signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    left = False

    def interrupted(number: int, frame: object) -> None:
        nonlocal left
        if left:
            raise KeyboardInterrupt
        left = True
        leave()

    caught = [n for n in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(n) is not signal.SIG_IGN]
    known = {number: signal.signal(number, interrupted) for number in caught}
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)


@dataclass
class Runner:
    """Holds one interview. `watch` is told every accepted event with the state after it."""

    ports: Ports
    watch: Watch = lambda event, state: None
    state: State = field(default_factory=State)
    _inbox: queue.SimpleQueue[e.Event | _Broken | _Wake] = field(default_factory=queue.SimpleQueue)
    _floor_since_s: float = 0.0
    _cues_until_s: float = math.inf
    _sources: dict[str, Microphone] = field(default_factory=dict)
    _typed: str = ""
    """The take that is typed from its beginning."""
    _grown: Ground | None = None
    """The ground of the last answer that was judged with something told."""
    _unwanted: frozenset[tuple[str, int]] = frozenset()
    """Opinions that were due when they were stopped."""
    _opinions_until_s: float = math.inf
    _close: e.CloseReason | None = None
    """How the session ends, as soon as no opinion is due any more."""

    def __post_init__(self) -> None:
        ports = self.ports
        self._round_clock = RoundClock(ports.clock, live=ports.live)
        self._saying = Saying(ports, self.deliver, self._submit)
        self._quick_words = QuickWords(ports, self.deliver, self._submit, lambda: self.state, self._ground_now)
        self._checks = Checks(ports, self.deliver, self._submit, lambda: self._inbox.put(_Wake()))
        self._silence = Silence(ports, self._quick_words.known, self._quick_words.core)

    def deliver(self, event: e.Event) -> None:
        """Takes an event from any thread."""
        self._inbox.put(event)

    def run(self, first: e.Event) -> State:
        """From the first event (SessionOpened or SessionResumed) until the session is closed."""
        with _interrupts(lambda: self.deliver(e.CandidateLeft())):
            return self._run(first)

    def _run(self, first: e.Event) -> State:
        self._receive(first)
        if self.state.minutes is not None:
            self._round_clock.at(max(0.0, self.state.minutes * 60 - LAST_QUESTION_S), e.TimeRanShort())
        while self.state.phase != "closed":
            if slept := self._round_clock.slept():
                self._receive(slept)
            self._tell_what_is_due()
            self._quick_words.look(self.state)
            self._checks.look(self.state)
            self._close_when_nothing_is_due()
            try:
                event = self._inbox.get(timeout=self._next_in_s())
            except queue.Empty:
                continue
            if isinstance(event, _Wake):
                continue
            if isinstance(event, _Broken):
                event = e.SessionClosed("fault", one_line(f"{type(event.error).__name__}: {event.error}"))
            self._receive(event)
        self.ports.capture.stop()
        return self.state

    def _next_in_s(self) -> float:
        due_s = (
            self._round_clock.next_in_s(),
            self._quick_words.next_in_s(self.state),
            self._silence.next_in_s(self.state),
        )
        return min(WAKE_S, *due_s)

    def hush(self) -> None:
        """Cuts the interviewer short; the candidate has the floor. From any thread."""
        if self.state.phase in ("briefing", "asking"):
            self._saying.cut_short = self.state.turn_id  # the voice may not have begun yet
        self.ports.speaker.stop()

    def clock_left_s(self) -> float | None:
        """Seconds until the think time is over or the answer is cut off; None while no such clock runs."""
        return self._round_clock.left_s()

    def session_left_s(self) -> float | None:
        """Seconds until the whole round's time is up; None without such a clock."""
        return self._round_clock.round_left_s()

    def ends_in_s(self) -> float | None:
        """Seconds until a hands-free answer is taken as done, while they're counted; else None."""
        return self._silence.ends_in_s(self.state)

    def checked(self) -> tuple[int, int]:
        """How many pieces of the answers that are checked have been heard, of how many."""
        return self._checks.share()

    def spoken_s(self) -> float:
        """How long the candidate has had the floor for the current take, by the clock."""
        return max(0.0, self.ports.clock.now_s() - self._floor_since_s)

    def lasted_s(self, take_id: str) -> float:
        """Seconds of a take so far: what is on disk, or by the clock while it's said in one's head."""
        if self.state.quiet == e.IN_HEAD and self.state.phase == "listening":
            return self.spoken_s()
        return self.ports.recorded_s(take_id)

    def _tell_what_is_due(self) -> None:
        if (done := self._silence.due(self.state)) is not None:
            self._receive(done)
        for event in self._round_clock.due():
            if isinstance(event, e.CutOff) and event.why == "nothing new" and not self._has_heard_all(event.take_id):
                self._round_clock.wait_for_new(event.take_id, BEHIND_AGAIN_S)
            else:
                self._receive(event)

    def _has_heard_all(self, take_id: str) -> bool:
        """Whether nothing new was said, and not only nothing heard yet: a slow recogniser is nobody's fault."""
        return (
            self.ports.transcriber is not None and take_id != self._typed and not self._quick_words.behind(self.state)
        )

    def _mind_the_clock(self, event: e.Event, before: State, after: State) -> None:
        """What a step means for the clocks that run beside it."""
        clock, rules = self._round_clock, after.pressure
        begins = before.phase == "briefing" and after.phase == "asking"
        if rules is not None and (begins or isinstance(event, e.SessionResumed)) and after.phase != "closed":
            # Whoever comes back has their share of the round's time for the questions left.
            clock.set_round(rules, (len(after.questions) - after.at) / len(after.questions))
            if not begins:
                self._saying.prepare(e.Prepare(cues(rules)))
        if isinstance(event, e.MachineSlept) and after.phase == "paused":
            clock.hold_round()
        elif before.phase == "paused" and after.phase not in ("paused", "closing", "closed"):
            clock.go_on()
        runs_on = after.phase in ("thinking", "listening", "paused") or after.goes_on  # a repeat takes its time from it
        if not runs_on or after.done_asked:
            clock.stop_turn()

    def _receive(self, event: e.Event) -> None:
        try:
            late = stale(self.state, event)
            after, effects = step(self.state, event)
        except ImpossibleEvent as error:
            if self.state.phase != "closed":
                self._receive(e.SessionClosed("fault", str(error)))
            return
        if late:
            return
        # What quick words are worth is known again from the careful ones: nobody waits for the disk.
        quick = isinstance(event, e.Assessed) and any(c.take_id == event.take_id for c in after.checks_due)
        self.ports.journal.append(event, durable=isinstance(event, DURABLE) and not quick)
        before, self.state = self.state, after
        self._quick_words.follow(event, after)
        self._silence.follow(event, after)
        self._mind_the_clock(event, before, after)
        self.watch(event, after)
        for effect in effects:
            self._carry_out(effect, before)

    def _carry_out(self, effect: e.Effect, before: State) -> None:
        match effect:
            case e.Speak():
                self._saying.speak(effect)
            case e.Prepare():
                self._saying.prepare(effect)
            case e.Cue():
                self._saying.cue(effect)
            case e.SetClock():
                self._round_clock.set_turn(effect.dues)
                if not self.ports.live and self.state.phase == "thinking" and self.state.rules is not None:
                    for told in self._round_clock.spend(self.state.rules, math.inf):
                        self.deliver(told)
            case e.WaitForNew():
                self._round_clock.wait_for_new(effect.take_id, effect.in_s)
            case e.StopSpeaking():
                self._saying.hushed = before.turns  # a turn that begins with the same step is spoken
                self.ports.speaker.stop()
            case e.Listen():
                self._quick_words.begin(effect.take_id)
                if not effect.goes_on:
                    self._floor_since_s = self.ports.clock.now_s()
                    if self.ports.live:
                        self._submit(self.ports.recogniser_lane, self._get_ready, self.state)
                # In the voice lane: a typed answer is waited for there, and the loop must not be.
                self._submit(self.ports.voice_lane, self._listen, effect, self.state.text)
            case e.PauseListening():
                self._round_clock.forget(e.DoneAsked)
                self.ports.capture.pause()
            case e.StopListening(take_id=take_id, typed=typed):
                self._round_clock.forget(e.DoneAsked)
                if self.state.quiet == e.IN_HEAD:
                    self.deliver(e.AnswerEnded(take_id, "done", round(self.spoken_s(), 2)))
                elif typed or take_id == self._typed:
                    self._round_clock.at(TYPED_WITHIN_S, e.AnswerEnded(take_id, "done", self.ports.recorded_s(take_id)))
                else:
                    self.ports.capture.finish(take_id, self.deliver)
            case e.Transcribe():
                self._submit(self.ports.recogniser_lane, self._transcribe, effect)
            case e.Check():
                self._checks.add(effect)
            case e.Assess():
                self._submit(self.ports.recogniser_lane, self._assess, effect)
            case e.AssessAnew():
                self._submit(self.ports.recogniser_lane, self._assess_anew, effect)
            case e.Close():
                self.ports.capture.stop()  # so that the take's end comes before the session's
                self._close, self._cues_until_s = effect.reason, self.ports.clock.now_s() + CUES_WITHIN_S
                self._close_when_nothing_is_due()
            case e.SeekOpinion():
                self._opinions_until_s = math.inf
                if self.ports.judge is None or self.ports.judge_lane is None:
                    self._opinion(effect, NoOpinion("There is no judge."))
                else:
                    self._submit(self.ports.judge_lane, self._ask_judge, self.ports.judge, effect)
            case e.StopOpinions():
                self._unwanted = frozenset(self.state.opinions_due)
                self._opinions_until_s = self.ports.clock.now_s() + STOPPED_S
                if self.ports.judge is not None:
                    self.ports.judge.stop()

    def _submit(self, lane: Executor, work: Callable[..., None], *args: object) -> None:
        def guarded() -> None:
            try:
                work(*args)
            except BaseException as error:  # noqa: BLE001 - a lane must never die in silence
                self._inbox.put(_Broken(error))

        lane.submit(guarded)

    def _close_when_nothing_is_due(self) -> None:
        now_s = self.ports.clock.now_s()
        waits = bool(self.state.opinions_due) and now_s < self._opinions_until_s
        waits = waits or (self._saying.cues > 0 and self._close != "left" and now_s < self._cues_until_s)
        waits = waits or (bool(self.state.checks_due) and self._close != "left")
        waits = waits or (bool(self.state.anew_due) and now_s < self._cues_until_s)
        if self._close is not None and not waits:
            self.deliver(e.SessionClosed(self._close))
            self._close = None

    # Effects ------------------------------------------------------------------------------------------------------

    def _listen(self, order: e.Listen, question: str) -> None:
        known = self._sources.get(order.take_id) if order.goes_on else None
        source = known or self.ports.answers.next(question)
        if isinstance(source, TypedAnswer):
            self.deliver(e.AnswerTyped(order.take_id, source.text))
            return
        self._typed = order.take_id if isinstance(source, TypedLater) else ""
        if source is not None and not isinstance(source, TypedLater):
            self._sources = {order.take_id: source}
        if not self._is_recorded(order.take_id):
            return  # paused, ended or skipped before the floor was open
        if source is None and order.goes_on:
            self.ports.capture.finish(order.take_id, self.deliver)
        elif source is None:
            self.deliver(e.AnswerEnded(order.take_id, "no answer", 0.0, "no answer"))
        elif not isinstance(source, TypedLater):
            if order.from_now:
                self.ports.speaker.forget()
            limit_s, deliver = self._limit_s(), self.deliver if self.ports.live else self._in_order
            self.ports.capture.start(order.take_id, source, deliver, goes_on=order.goes_on, limit_s=limit_s)
            if order.limit_s is not None:
                self._round_clock.forget(e.DoneAsked)
                self._round_clock.at(order.limit_s, e.DoneAsked(order.take_id))
            if not self._is_recorded(order.take_id):
                self.ports.capture.pause()  # so it was in this very moment

    def _limit_s(self) -> float | None:
        """Where a recording that's read at once ends by the clock."""
        rules = self.state.rules
        if self.ports.live or rules is None:
            return None
        return self._round_clock.longest_s(rules, follow_up=self.state.follow_up_id is not None)

    def _in_order(self, event: e.Event) -> None:
        """What a recording that's read at once reports, with what the clock would have told meanwhile before it."""
        if isinstance(event, e.AnswerEnded) and self.state.rules is not None:
            for told in self._round_clock.spend(self.state.rules, event.duration_s, event.duration_s):
                self.deliver(told)
        self.deliver(event)

    def _is_recorded(self, take_id: str) -> bool:
        state = self.state
        return (state.phase, state.take_id) == ("listening", take_id) and not (state.done_asked or state.typing)

    def _transcribe(self, order: e.Transcribe) -> None:
        transcriber = self.ports.transcriber
        if transcriber is None:
            self.deliver(
                e.TranscriptionFailed(order.take_id, "not recognised: no recogniser is installed", order.ending)
            )
            return
        if not order.speech:
            # A recogniser asked about silence may invent words; where nobody spoke there is nothing to hear.
            nothing = heard((), engine=transcriber.name, duration_s=order.duration_s)
            self.deliver(e.AnswerTranscribed(order.take_id, nothing, order.ending))
            return
        try:
            if order.quick:
                transcript = self._quick_words.transcribe(order)
            else:
                transcript = transcriber.transcribe(self.ports.take_path(order.take_id))
        except (EngineError, OSError) as error:
            reason = error.message if isinstance(error, EngineError) else error.strerror or str(error)
            self.deliver(e.TranscriptionFailed(order.take_id, f"not recognised: {reason}", order.ending))
            return
        words = believed(transcript, order)
        quick = order.quick and transcriber.hears_more_with_care
        self.deliver(e.AnswerTranscribed(order.take_id, words, order.ending, quick))

    def _get_ready(self, state: State) -> None:
        """Compiles what the answer will be held against while it's given: it takes half a second."""
        _ = self._ground_now(state).rubric

    def _assess(self, order: e.Assess) -> None:
        self.deliver(assessed(self._ground(order.question_id, order.told), order))

    def _assess_anew(self, order: e.AssessAnew) -> None:
        self.deliver(assessed_anew(self._ground(order.latest.question_id, order.told), order))

    def _ground_now(self, state: State) -> Ground:
        return self._ground(state.question.id, state.told)

    def _ground(self, question_id: str, told: tuple[Told, ...]) -> Ground:
        """The session's, with what was told; the last one is kept, since its rubric is compiled again otherwise."""
        ground = self.ports.grounds.ground(question_id)
        grown = ground_with(ground, told)
        if grown is ground:
            return ground
        known = self._grown
        if known is None or (known.question.id, known.lexicon) != (question_id, grown.lexicon):
            self._grown = grown
            return grown
        return known

    def _ask_judge(self, judge: Judge, order: e.SeekOpinion) -> None:
        """In a lane of its own: the interview and the feedback go on meanwhile."""
        due = (order.take_id, order.ending)
        if due not in self.state.opinions_due:
            return  # the answer was gone on with
        if due in self._unwanted:
            self._opinion(order, NoOpinion("It was skipped."))
            return
        question = self.ports.grounds.ground(order.question_id).question
        asked = question if order.follow_up_id is None else question.follow_up(order.follow_up_id)
        try:
            self._opinion(order, judge.opinion(asked.ask, asked.points, order.transcript))
        except Exception as error:  # noqa: BLE001 - a second opinion must never end the interview
            self._opinion(order, NoOpinion(f"Asking for it failed ({type(error).__name__})."))

    def _opinion(self, order: e.SeekOpinion, found: Opinion | NoOpinion) -> None:
        self.deliver(e.OpinionGiven(order.question_id, order.follow_up_id, order.take_id, found, order.ending))
