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
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from voiceprep.core import events as e
from voiceprep.core import feedback, hearing
from voiceprep.core.anew import assess_anew, ground_with
from voiceprep.core.clean import one_line
from voiceprep.core.feedback import Ground
from voiceprep.core.interview import ImpossibleEvent, State, stale, step
from voiceprep.core.judged import IN_HEAD, SELF_RATED
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.own_terms import Told
from voiceprep.core.pressure import cues
from voiceprep.core.so_far import so_far
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word, heard
from voiceprep.errors import EngineError, VoiceprepError
from voiceprep.ports import (
    Answers,
    Capture,
    Clock,
    Grounds,
    Journal,
    Judge,
    Microphone,
    Sound,
    Speaker,
    Synthesizer,
    Transcriber,
    TypedAnswer,
    TypedLater,
)

DURABLE = (e.AnswerEnded, e.AnswerTyped, e.Assessed, e.SessionClosed)
"""Events that wait for the disk: they are what the candidate would miss."""

PHRASE_S = 4.0
"""Speech that is gathered before it's recognised while the candidate goes on speaking."""
LONGEST_PHRASE_S = 9.0
BEHIND_AGAIN_S = 2.0
"""How soon an interviewer who wants to cut in asks again whether all was heard."""
BEHIND_S = 0.4
"""How far behind the clock the recording surely is."""
RATE = 16_000

WAKE_S = 0.2
"""How often the loop lets signals and deadlines through while it waits."""
LAST_QUESTION_S = 150.0
"""With less of the candidate's time left than this, nothing new is asked."""
STOPPED_S = 1.0
"""How long the session's end waits for a judge that was told to stop."""
TYPED_WITHIN_S = 0.5
"""How long a box that was cut off has to give what stands in it."""
ASLEEP_S = 8.0
"""A sleep so long is asked about; a shorter one is like a pause of one's own."""
CUES_WITHIN_S = 6.0
"""How long the session's end waits for the interviewer's last words."""


@dataclass(frozen=True)
class Ports:
    """Everything outside that an interview uses. `synthesizer` None: captions only, `silent_because` says why;
    `transcriber` None: typed answers only; `judge` None: no second opinion, and no lane for it."""

    journal: Journal
    answers: Answers
    capture: Capture
    transcriber: Transcriber | None
    synthesizer: Synthesizer | None
    speaker: Speaker
    clock: Clock
    grounds: Grounds
    take_path: Callable[[str], Path]
    voice_lane: Executor
    recogniser_lane: Executor
    spoken_form: Callable[[str], str] = lambda text: text
    silent_because: str = ""
    cue_lane: Executor | None = None
    """For what the interviewer says besides; None: it's only shown."""
    bell: Sound | None = None
    recorded_s: Callable[[str], float] = lambda take_id: 0.0
    """How much of a take is on disk."""
    live: bool = False
    """Whether answers take the time they take, so that rough words are recognised meanwhile and a clock can run beside
    them. A recording that's read at once is cut where the clock would have been."""
    judge: Judge | None = None
    judge_lane: Executor | None = None


def _ends(event: e.Event) -> bool:
    """Whether it's the end of the time that was given, and not an interviewer's impatience."""
    return isinstance(event, e.ThinkingEnded) or (isinstance(event, e.CutOff) and event.why == "limit")


class Lane(Executor):
    """One thread that does what it's given in order. It never keeps the program from ending: a keyboard that nobody
    types on any more must not hold up leaving."""

    def __init__(self, name: str) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - it's the future's to tell
                future.set_exception(error)

        self._work.put(work)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._work.put(None)
        if wait:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


@dataclass(frozen=True)
class _Broken:
    """Something failed that nobody foresaw; the session ends cleanly and says so."""

    error: BaseException


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
    _inbox: queue.SimpleQueue[e.Event | _Broken] = field(default_factory=queue.SimpleQueue)
    _phrase_from_s: float = 0.0
    _speaking: tuple[float, float] | None = None
    """While the candidate speaks without a pause: since when, by the clock and in the take."""
    _rough_passes: int = 0
    _due: list[tuple[float, e.Event]] = field(default_factory=list)
    _clock: list[tuple[float, e.Event]] = field(default_factory=list)
    """What is due in this turn; a new turn's clock replaces it."""
    _of_turn: tuple[tuple[float, e.Event], ...] = ()
    """The same of a turn that takes no time, in seconds of the turn."""
    _due_lock: threading.Lock = field(default_factory=threading.Lock)
    _slept_s: tuple[float, float] = (0.0, 0.0)
    _floor_since_s: float = 0.0
    _session_left_s: float | None = None
    """What is left of the whole round while its clock stands still."""
    _spent_s: float = 0.0
    """What recordings that were read at once would have taken."""
    _ready: dict[str, Sound] = field(default_factory=dict)
    """What was made ahead, to be said at an exact moment."""
    _cues: int = 0
    _cues_until_s: float = math.inf
    _rough: list[Word] = field(default_factory=list)
    _known: frozenset[str] = frozenset()
    """Points and terms that the current answer had so far."""
    _sources: dict[str, Microphone] = field(default_factory=dict)
    _typed: str = ""
    """The take that is typed from its beginning."""
    _hushed: int = 0
    _grown: Ground | None = None
    """The ground of the last answer that was judged with something told."""
    _unwanted: frozenset[tuple[str, int]] = frozenset()
    """Opinions that were due when they were stopped."""
    _opinions_until_s: float = math.inf
    _close: e.CloseReason | None = None
    """How the session ends, as soon as no opinion is due any more."""

    def deliver(self, event: e.Event) -> None:
        """Takes an event from any thread."""
        self._inbox.put(event)

    def run(self, first: e.Event) -> State:
        """From the first event (SessionOpened or SessionResumed) until the session is closed."""
        with _interrupts(lambda: self.deliver(e.CandidateLeft())):
            return self._run(first)

    def _run(self, first: e.Event) -> State:
        self._slept_s = self.ports.clock.slept_s()
        self._receive(first)
        if self.state.minutes is not None:
            self._at(max(0.0, self.state.minutes * 60 - LAST_QUESTION_S), e.TimeRanShort())
        while self.state.phase != "closed":
            self._notice_sleep()
            self._fire_due()
            self._hear_on_without_a_pause()
            self._close_when_nothing_is_due()
            try:
                event = self._inbox.get(timeout=self._wake_in_s())
            except queue.Empty:
                continue
            if isinstance(event, _Broken):
                event = e.SessionClosed("fault", one_line(f"{type(event.error).__name__}: {event.error}"))
            self._receive(event)
        self.ports.capture.stop()
        return self.state

    def hush(self) -> None:
        """Cuts the interviewer short; the candidate has the floor. From any thread."""
        self.ports.speaker.stop()

    def _at(self, in_s: float, event: e.Event) -> None:
        with self._due_lock:
            self._due.append((self.ports.clock.now_s() + in_s, event))

    def _forget_limits(self) -> None:
        with self._due_lock:
            self._due = [due for due in self._due if not isinstance(due[1], e.DoneAsked)]

    def _fire_due(self) -> None:
        now_s = self.ports.clock.now_s()
        with self._due_lock:
            due = [one for one in (*self._clock, *self._due) if one[0] <= now_s]
            self._due = [one for one in self._due if one[0] > now_s]
            self._clock = [one for one in self._clock if one[0] > now_s]
        for _, event in sorted(due, key=lambda one: one[0]):
            if isinstance(event, e.CutOff) and event.why == "nothing new" and not self._has_heard_all(event.take_id):
                self._wait_for_new(e.WaitForNew(event.take_id, BEHIND_AGAIN_S))
            else:
                self._receive(event)

    def _has_heard_all(self, take_id: str) -> bool:
        """Whether nothing new was said, and not only nothing heard yet: a slow recogniser is nobody's fault."""
        return self.ports.transcriber is not None and take_id != self._typed and not self._rough_passes

    def _wake_in_s(self) -> float:
        with self._due_lock:
            nearest_s = min((at_s for at_s, _ in (*self._clock, *self._due)), default=math.inf)
        return min(WAKE_S, max(0.0, nearest_s - self.ports.clock.now_s()))

    # A round's clock ----------------------------------------------------------------------------------------------

    def clock_left_s(self) -> float | None:
        """Seconds until the think time is over or the answer is cut off; None while no such clock runs."""
        with self._due_lock:
            ends = [at_s for at_s, event in self._clock if _ends(event)]
        return None if not ends else max(0.0, min(ends) - self.ports.clock.now_s())

    def spoken_s(self) -> float:
        """How long the candidate has had the floor for the current take, by the clock."""
        return max(0.0, self.ports.clock.now_s() - self._floor_since_s)

    def session_left_s(self) -> float | None:
        """Seconds until the whole round's time is up; None without such a clock."""
        with self._due_lock:
            ends = [at_s for at_s, event in self._due if isinstance(event, e.SessionTimeUp)]
        return None if not ends else max(0.0, min(ends) - self.ports.clock.now_s())

    def _set_clock(self, order: e.SetClock) -> None:
        if self.ports.live:
            now_s = self.ports.clock.now_s()
            with self._due_lock:
                self._clock = [(now_s + in_s, event) for in_s, event in order.dues]
            return
        self._of_turn = order.dues
        if self.state.phase == "thinking":
            self._tell_dues(math.inf)

    def _tell_dues(self, until_s: float) -> None:
        """Of a turn that takes no time: what its clock would have told by then."""
        due, self._of_turn = self._of_turn, ()
        for in_s, event in due:
            if in_s > until_s:
                break
            self._spent_s += in_s if isinstance(event, e.ThinkingEnded) else 0.0
            if isinstance(event, e.ThinkingEnded) and self._round_is_over():
                self.deliver(e.SessionTimeUp())
                return
            self.deliver(event)

    def _round_is_over(self) -> bool:
        whole_s = self.state.rules.session_s if self.state.rules is not None else None
        return whole_s is not None and self._spent_s >= whole_s - 0.5 / RATE

    def _set_session_clock(self) -> None:
        """From the first question on. Whoever comes back has their share for the questions left."""
        rules, state = self.state.pressure, self.state
        if rules is None or rules.session_s is None or state.phase == "closed":
            return
        with self._due_lock:
            self._due = [one for one in self._due if not isinstance(one[1], e.SessionTimeUp)]
        share = (len(state.questions) - state.at) / len(state.questions)
        self._spent_s = rules.session_s * (1 - share)
        if self.ports.live:
            self._at(rules.session_s * share, e.SessionTimeUp())

    def _stop_session_clock_in_a_sleep(self, event: e.Event, before: State, after: State) -> None:
        """From the sleep until somebody goes on."""
        if isinstance(event, e.MachineSlept) and after.phase == "paused" and self._session_left_s is None:
            self._session_left_s = self.session_left_s()
            with self._due_lock:
                self._due = [one for one in self._due if not isinstance(one[1], e.SessionTimeUp)]
        elif self._session_left_s is not None and before.phase == "paused" and after.phase != "paused":
            if after.phase not in ("closing", "closed"):
                self._at(self._session_left_s, e.SessionTimeUp())
            self._session_left_s = None

    def _wait_for_new(self, order: e.WaitForNew) -> None:
        if not self.ports.live:
            return
        at_s = self.ports.clock.now_s() + order.in_s
        with self._due_lock:
            others = [o for o in self._clock if not (isinstance(o[1], e.CutOff) and o[1].why == "nothing new")]
            self._clock = [*others, (at_s, e.CutOff(order.take_id, "nothing new"))]

    def _notice_sleep(self) -> None:
        """A machine that slept asks, and no clock of ours has gone on meanwhile."""
        before, self._slept_s = self._slept_s, self.ports.clock.slept_s()
        uncounted_s, counted_s = (now - then for now, then in zip(self._slept_s, before, strict=True))
        if max(uncounted_s, counted_s) < ASLEEP_S:
            return
        with self._due_lock:
            self._due = [(at_s + counted_s, event) for at_s, event in self._due]
            self._clock = [(at_s + counted_s, event) for at_s, event in self._clock]
        self._receive(e.MachineSlept(round(max(uncounted_s, counted_s), 1), self.clock_left_s()))

    # What the interviewer says besides ------------------------------------------------------------------------------

    def _prepare(self, order: e.Prepare) -> None:
        synthesizer = self.ports.synthesizer
        if synthesizer is None:
            return
        for text in order.texts:
            try:
                self._ready[text] = synthesizer.synthesize(self.ports.spoken_form(text))
            except VoiceprepError:
                return  # said when it's due, if it can be said by then

    def _cue(self, order: e.Cue) -> None:
        ports = self.ports
        try:
            sound = ports.bell if order.bell else self._ready.get(order.text)
            if sound is None and ports.synthesizer is not None and not order.bell:
                sound = ports.synthesizer.synthesize(ports.spoken_form(order.text))
            if sound is not None:
                if order.take_id and not order.bell:
                    at_s = ports.recorded_s(order.take_id)
                    ends_s = round(at_s + sound.duration_s, 3)
                    self.deliver(e.InterviewerSaid(order.take_id, order.text, round(at_s, 3), ends_s))
                ports.speaker.play(sound)
        except VoiceprepError:
            pass  # it stands on the screen, too
        finally:
            self._cues -= 1

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
        self.ports.journal.append(event, durable=isinstance(event, DURABLE))
        before, self.state = self.state, after
        self._hear_on(event)
        if isinstance(event, e.SessionResumed) or (before.phase == "briefing" and after.phase == "asking"):
            self._set_session_clock()
            if after.pressure is not None and self.ports.cue_lane is not None and not self._ready:
                self._submit(self.ports.cue_lane, self._prepare, e.Prepare(cues(after.pressure)))
        self._stop_session_clock_in_a_sleep(event, before, after)
        runs_on = after.phase in ("thinking", "listening", "paused") or after.goes_on  # a repeat takes its time from it
        if not runs_on or after.done_asked:
            with self._due_lock:
                self._clock = []
        self.watch(event, after)
        for effect in effects:
            self._carry_out(effect, before)

    def _carry_out(self, effect: e.Effect, before: State) -> None:
        match effect:
            case e.Speak():
                self._submit(self.ports.voice_lane, self._speak, effect)
            case e.Prepare() if self.ports.cue_lane is not None:
                self._submit(self.ports.cue_lane, self._prepare, effect)
            case e.Cue() if self.ports.cue_lane is not None:
                self._cues += 1
                self._submit(self.ports.cue_lane, self._cue, effect)
            case e.SetClock():
                self._set_clock(effect)
            case e.WaitForNew():
                self._wait_for_new(effect)
            case e.StopSpeaking():
                self._hushed = before.turns  # a turn that begins with the same step is spoken
                self.ports.speaker.stop()
            case e.Listen():
                # What was said before a pause or a crash isn't heard roughly again.
                known_s = max(self._phrase_from_s, self.state.duration_s)
                self._phrase_from_s = known_s if effect.goes_on else 0.0
                if not effect.goes_on:
                    self._floor_since_s = self.ports.clock.now_s()
                    self._rough, self._known = [], frozenset()
                self._speaking = None
                # In the voice lane: a typed answer is waited for there, and the loop must not be.
                self._submit(self.ports.voice_lane, self._listen, effect, self.state.text)
            case e.PauseListening():
                self._forget_limits()
                self.ports.capture.pause()
            case e.StopListening(take_id=take_id, typed=typed):
                self._forget_limits()
                if self.state.quiet == IN_HEAD:
                    self.deliver(e.AnswerEnded(take_id, "done", round(self.spoken_s(), 2)))
                elif typed or take_id == self._typed:
                    self._at(TYPED_WITHIN_S, e.AnswerEnded(take_id, "done", self.ports.recorded_s(take_id)))
                else:
                    self.ports.capture.finish(take_id, self.deliver)
            case e.Transcribe():
                self._submit(self.ports.recogniser_lane, self._transcribe, effect)
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
        waits = self.state.opinions_due and now_s < self._opinions_until_s
        waits = waits or (self._cues > 0 and self._close != "left" and now_s < self._cues_until_s)
        if self._close is not None and not waits:
            self.deliver(e.SessionClosed(self._close))
            self._close = None

    # Effects ------------------------------------------------------------------------------------------------------

    def _speak(self, order: e.Speak) -> None:
        ports = self.ports
        if ports.synthesizer is None:
            self.deliver(e.QuestionSpoken(order.turn_id, "", 0.0, ports.silent_because))
            return
        try:
            sound = ports.synthesizer.synthesize(ports.spoken_form(order.text))
            if int(order.turn_id[1:]) <= self._hushed:
                return  # repeated, paused or skipped meanwhile
            ports.speaker.play(sound)
        except VoiceprepError as error:
            self.deliver(e.QuestionSpoken(order.turn_id, "", 0.0, error.message))
            return
        self.deliver(e.QuestionSpoken(order.turn_id, ports.synthesizer.name, round(sound.duration_s, 3)))

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
                self._forget_limits()
                self._at(order.limit_s, e.DoneAsked(order.take_id))
            if not self._is_recorded(order.take_id):
                self.ports.capture.pause()  # so it was in this very moment

    def _limit_s(self) -> float | None:
        """Where a recording that's read at once ends by the clock."""
        state = self.state
        if self.ports.live or state.rules is None:
            return None
        limit_s = state.rules.limit_s(follow_up=state.follow_up_id is not None)
        whole_s = state.rules.session_s
        return limit_s if whole_s is None else min(limit_s, max(0.0, whole_s - self._spent_s))

    def _in_order(self, event: e.Event) -> None:
        """What a recording that's read at once reports, with what the clock would have told meanwhile before it."""
        if isinstance(event, e.AnswerEnded) and self.state.rules is not None:
            self._spent_s += event.duration_s
            self._tell_dues(event.duration_s)
            if self._round_is_over():
                self.deliver(e.SessionTimeUp())
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
            transcript = transcriber.transcribe(self.ports.take_path(order.take_id))
        except (EngineError, OSError) as error:
            reason = error.message if isinstance(error, EngineError) else str(error)
            self.deliver(e.TranscriptionFailed(order.take_id, f"not recognised: {reason}", order.ending))
            return
        believed = hearing.within_speech(transcript, order.speech, order.duration_s)
        said = [(one.text, Span(one.start_s, one.end_s)) for one in order.said]
        believed = hearing.without_interviewer(believed, said)
        self.deliver(e.AnswerTranscribed(order.take_id, believed, order.ending))

    def _assess(self, order: e.Assess) -> None:
        ground = self._ground(order.question_id, order.told)
        reason = order.reason or "no answer"
        if order.self_rated or reason == SELF_RATED:
            self._assess_self_rated(ground, order)
            return
        if order.point_id and order.parent is not None:
            after = feedback.assess_retake(
                ground, order.parent, order.point_id, order.transcript, order.take_id, reason
            )
            self.deliver(e.Assessed(order.take_id, after, after, order.ending))
            return
        if order.follow_up_id is None or order.parent is None:
            own = feedback.assess(ground, order.transcript, order.take_id, reason, order.asked, order.clocked)
            self.deliver(e.Assessed(order.take_id, own, None, order.ending))
            return
        follow_up = ground.question.follow_up(order.follow_up_id)
        own, parent = feedback.assess_follow_up(
            ground, follow_up, order.parent, order.transcript, order.take_id, reason, order.asked, order.clocked
        )
        self.deliver(e.Assessed(order.take_id, own, parent, order.ending))

    def _assess_self_rated(self, ground: Ground, order: e.Assess) -> None:
        follow_up = ground.question.follow_up(order.follow_up_id) if order.follow_up_id else None
        own, parent = feedback.self_rated(
            ground, follow_up, order.parent, order.take_id, order.reason, order.self_rated
        )
        self.deliver(e.Assessed(order.take_id, replace(own, clocked=order.clocked), parent, order.ending))

    def _assess_anew(self, order: e.AssessAnew) -> None:
        ground = self._ground(order.latest.question_id, order.told)
        found = assess_anew(ground, order.latest, dict(order.given), order.asked)
        digest = ground.lexicon.digest
        self.deliver(e.Assessed(order.take_id, found, ending=order.ending, anew=order.anew, lexicon=digest))

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

    # Rough words while the candidate speaks -----------------------------------------------------------------------

    def _hear_on(self, event: e.Event) -> None:
        """Recognises each gathered phrase once, when a pause closes it."""
        if not self.ports.live or self.state.phase != "listening":
            return
        if isinstance(event, e.SpeechStarted):
            self._speaking = self.ports.clock.now_s(), event.at_s
        elif isinstance(event, e.SpeechEnded):
            self._speaking = None
            self._hear_phrase(event.at_s, PHRASE_S)

    def _hear_on_without_a_pause(self) -> None:
        """Some people don't pause: a phrase is closed where it has become too long."""
        if self._speaking is not None and self.state.phase == "listening":
            since_s, at_s = self._speaking
            self._hear_phrase(at_s + self.ports.clock.now_s() - since_s - BEHIND_S, LONGEST_PHRASE_S)

    def _hear_phrase(self, until_s: float, least_s: float) -> None:
        if until_s - self._phrase_from_s < least_s or self._rough_passes:
            return  # the next will be longer: what matters is that the careful pass never waits for many of them
        start_s, self._phrase_from_s = self._phrase_from_s, until_s
        self._rough_passes += 1
        self._submit(self.ports.recogniser_lane, self._hear_behind, self.state.take_id, start_s, until_s)

    def _hear_behind(self, take_id: str, start_s: float, end_s: float) -> None:
        try:
            self._hear_roughly(take_id, start_s, end_s)
        finally:
            self._rough_passes -= 1

    def _hear_roughly(self, take_id: str, start_s: float, end_s: float) -> None:
        transcriber = self.ports.transcriber
        if transcriber is None or self.state.take_id != take_id or self.state.phase != "listening":
            return  # the answer has ended: the careful pass is what is wanted now
        try:
            transcript: Transcript = transcriber.transcribe(
                self.ports.take_path(take_id), int(start_s * RATE), int(end_s * RATE)
            )
        except EngineError:
            return  # only the rough words are lost; the careful pass will say what is wrong
        self.deliver(e.WordsHeard(take_id, transcript.words))
        rules = self.state.rules
        if self.state.coached or (rules is not None and rules.cuts_in_s is not None):
            self._look_for_new(take_id, transcript)

    def _look_for_new(self, take_id: str, latest: Transcript) -> None:
        state = self.state
        self._rough = [*self._rough, *latest.words]
        words = heard(self._rough, engine=latest.engine, credits_only=latest.credits_only)
        ground = self._ground(state.question.id, state.told)
        points, terms = so_far(ground, state.follow_up_id, words)
        known = self._known | set(points) | terms
        if known != self._known:
            self._known = known
            self.deliver(e.NewHeard(take_id, points))
