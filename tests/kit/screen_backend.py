"""A backend for the screens that holds real interviews without audio, engines, files or waiting.

Runner, core and bank are the real ones. The test is the candidate: it says words into the take that is being recorded,
sets what the microphone's meter reads, and lets the interviewer, the recogniser and the judge finish when it likes.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.kit.ports import Grounds, ManualClock, MemoryJournal, ScriptedVoice
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core import home
from voiceprep.core.feedback import Ground
from voiceprep.core.interview import State, fold
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.plan import Plan, plan_minutes, plan_questions, plan_round
from voiceprep.core.progress import progress_of
from voiceprep.core.question import Point, Question
from voiceprep.core.replay import replay_of
from voiceprep.core.spans import Span
from voiceprep.core.takes import QuestionTakes, SessionAnswers, additions, takes_by_question
from voiceprep.core.transcript import Transcript, Word, heard
from voiceprep.errors import EngineError, SessionError, VoiceprepError
from voiceprep.lanes import Lane
from voiceprep.ports import Deliver, Microphone, Sound, TypedLater
from voiceprep.runner import Ports, Runner
from voiceprep.tui.backend import (
    Begun,
    Happened,
    HomeView,
    Over,
    PastSession,
    ProgressView,
    QuestionCard,
    Recording,
    ReplayView,
    Told,
    Wanted,
    WarmUp,
)
from voiceprep.wiring.plans import round_cards

WITHIN_S = 20.0
"""How long anything waits for the test before it goes on by itself: a forgotten gate must not hang the run."""
WORD_S, AFTER_WORDS_S = 0.3, 0.5
RATE = 16_000
UNCLEAR = re.compile(r"\((\w+)\?\)")


class Gate:
    """A place where work waits until the test opens it."""

    def __init__(self, *, opened: bool = True) -> None:
        self._event = threading.Event()
        if opened:
            self._event.set()

    def open(self) -> None:
        self._event.set()

    def shut(self) -> None:
        self._event.clear()

    def wait(self, within_s: float = WITHIN_S) -> bool:
        return self._event.wait(within_s)


class CountedClock(ManualClock):
    """Moves only when the test moves it, and counts how often the runner's loop has looked at it."""

    rounds = 0

    def slept_s(self) -> tuple[float, float]:
        self.rounds += 1  # once a round
        return super().slept_s()


class FakeMicrophone:
    """What the meter and the clock read; the test sets it."""

    name = "fake microphone"

    def __init__(self) -> None:
        self.dbfs: float | None = -20.0
        self.clipping = False
        self.seconds: dict[str, float] = {}

    def open(self) -> None: ...

    def read(self) -> Sound | None:
        return None

    def lag_s(self) -> float:
        return 0.0

    def close(self) -> None: ...


class FakeSpeaker:
    """Returns at once; while `talks` it plays until it is told to stop or that the sentence is over."""

    def __init__(self) -> None:
        self.talks = False
        self.sentence = Gate()
        self.stops = 0

    def play(self, sound: Sound, since: int | None = None) -> None:
        if self.talks:
            self.sentence.shut()
            self.sentence.wait()

    def stop(self) -> None:
        self.stops += 1
        self.sentence.open()

    def forget(self) -> None: ...


class FakeCapture:
    """Keeps which take is recorded now and what was said into each."""

    def __init__(self, microphone: FakeMicrophone) -> None:
        self._microphone = microphone
        self.recording = ""
        self.words: dict[str, list[Word]] = {}
        self.deliver: Deliver = lambda event: None

    def start(self, take_id: str, microphone: Microphone, deliver: Deliver, **how: object) -> None:
        assert isinstance(microphone, FakeMicrophone)
        self.words.setdefault(take_id, [])
        self._microphone.seconds.setdefault(take_id, 0.0)
        self.deliver, self.recording = deliver, take_id

    def pause(self) -> None:
        self.recording = ""

    def finish(self, take_id: str, deliver: Deliver) -> None:
        self.recording = ""
        deliver(e.AnswerEnded(take_id, "done", self._microphone.seconds.get(take_id, 0.0)))

    def stop(self) -> None:
        if self.recording:
            self.finish(self.recording, self.deliver)


@dataclass
class FakeTranscriber:
    """Hears what was said into a take, when its gate is open."""

    capture: FakeCapture
    gate: Gate
    name: str
    credits_only: bool
    rough: bool = False
    """Whether it hears a phrase while the answer goes on; else the test says what was heard roughly."""
    care: Gate = field(default_factory=Gate)
    """Where it waits, too, when it listens with care."""
    phrase_s: tuple[float, float] = (4.0, 9.0)
    hears_more_with_care: bool = True
    asked: bool = False

    def transcribe(self, path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript:
        if end is not None and not self.rough:
            raise EngineError("Nothing is heard roughly here.", "The test says it.")
        self.asked = True
        self.gate.wait()
        if not quick:
            self.care.wait()
        words = self.capture.words[path.stem]
        if end is not None:
            words = [w for w in words if start <= w.start_s * RATE < end]
        spans = (Span(words[0].start_s, words[-1].end_s),) if words else ()
        return heard(
            words,
            engine=self.name,
            credits_only=self.credits_only,
            speech=spans,
            duration_s=spans[-1].end_s + AFTER_WORDS_S if spans else 0.0,
        )

    def close(self) -> None: ...


@dataclass(frozen=True)
class GatedGrounds:
    """The judge: waits at its gate once there is something to judge. What is got ready before doesn't."""

    grounds: Grounds
    gate: Gate
    transcriber: FakeTranscriber

    def ground(self, question_id: str) -> Ground:
        if self.transcriber.asked:
            self.gate.wait()
        return self.grounds.ground(question_id)


@dataclass
class FakeJudge:
    """Gives its next opinion when its gate is open, or none when it was told to stop. Not the rubric's judging."""

    name: str = "tiny at 127.0.0.1:11434"
    found: list[Opinion | NoOpinion] = field(default_factory=list)
    gate: Gate = field(default_factory=Gate)
    asked: list[str] = field(default_factory=list)
    stops: int = 0

    def opinion(self, ask: str, points: Sequence[Point], transcript: Transcript) -> Opinion | NoOpinion:
        before = self.stops
        self.asked.append(transcript.text)
        self.gate.wait()
        if self.stops > before or not self.found:
            return NoOpinion("It was skipped.")
        return self.found.pop(0)

    def stop(self) -> None:
        self.stops += 1
        self.gate.open()


@dataclass(frozen=True)
class FromTheScreen:
    """A microphone for every turn, or the screen's box."""

    microphone: FakeMicrophone | None

    def next(self, question: str) -> Microphone | TypedLater:
        return self.microphone or TypedLater()


@dataclass
class HeldSession:
    """A session as this backend keeps it."""

    id: str
    title: str
    clocked: bool = False
    journal: MemoryJournal = field(default_factory=MemoryJournal)

    @property
    def state(self) -> State:
        return fold(self.journal.events)


class FakeControls:
    """Remembers every order and passes events on to the runner."""

    def __init__(self, backend: ScreenBackend, runner: Runner) -> None:
        self._backend, self._runner = backend, runner

    def deliver(self, event: e.Event) -> None:
        self._backend.delivered.append(event)
        self._runner.deliver(event)

    def hush(self) -> None:
        self._backend.hushes += 1
        self._runner.hush()

    def level_dbfs(self) -> float | None:
        return self._backend.microphone.dbfs

    def clipping(self) -> bool:
        return self._backend.microphone.clipping

    def ends_in_s(self) -> float | None:
        return self._runner.ends_in_s()

    def checked(self) -> tuple[int, int]:
        return self._runner.checked()

    def clock_left_s(self) -> float | None:
        return self._runner.clock_left_s()

    def session_left_s(self) -> float | None:
        return self._runner.session_left_s()

    def recorded_s(self, take_id: str) -> float:
        return self._runner.lasted_s(take_id)

    def play(self, take_id: str, start_s: float, end_s: float) -> None:
        self._backend.played.append((take_id, round(start_s, 2), round(end_s, 2)))

    def say(self, text: str) -> None:
        self._backend.said.append(text)

    def play_recordings(self, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        self._backend.play_recordings(recordings, tell)


@dataclass
class FakeReplayControls:
    """What a replay's player was told. The test says what is heard; `speaks` False is a room without a speaker."""

    speaks: bool | None = True
    at_s: float | None = None
    level: tuple[float, ...] = ()
    played: list[tuple[str, float]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    stops: int = 0
    damaged: set[str] = field(default_factory=set)
    recordings: list[Recording] = field(default_factory=list)
    closed: bool = False
    tell: Callable[[str], None] = lambda sentence: None

    def open(self, tell: Callable[[str], None]) -> None:
        self.tell = tell

    def play(self, take_id: str, from_s: float) -> None:
        self.played.append((take_id, round(from_s, 2)))
        self.at_s = None

    def heard_s(self) -> float | None:
        return self.at_s

    def hush(self) -> None:
        self.stops += 1

    def play_recordings(self, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        self.recordings += recordings

    def say(self, text: str) -> None:
        self.said.append(text)

    def levels(self, take_id: str) -> tuple[float, ...]:
        return self.level

    def close(self) -> None:
        self.closed = True


class ScreenBackend:
    """Implements tui.backend.Backend. Set its plain attributes before a session begins; the gates work at any time."""

    def __init__(self, bank: Bank, *, first_time: bool = False, past: tuple[PastSession, ...] = ()) -> None:
        self.bank = bank
        self.first_time, self.past = first_time, past
        self.microphone = FakeMicrophone()
        self.microphone_name = "MacBook microphone"
        self.speaker = FakeSpeaker()
        self.capture = FakeCapture(self.microphone)
        self.recogniser = "whisper:base"
        self.credits_only = False
        self.notices: tuple[str, ...] = ()
        self.judge: FakeJudge | None = None
        self.log = os.devnull
        self.folder = "sessions"
        self.report = "report.md"
        self.failing: VoiceprepError | None = None
        """Raised instead of holding the session."""
        self.change: Callable[[Question], Question] = lambda question: question
        """What becomes of a question before it is asked."""
        self.starting, self.recognising, self.judging = Gate(), Gate(), Gate()
        self.warming, self.found = Gate(), WarmUp(True, -20.0, -60.0, advice=("I hear you well.",))
        self.sessions: list[HeldSession] = []
        self.delivered: list[e.Event] = []
        self.played: list[tuple[str, float, float]] = []
        self.said: list[str] = []
        self.recordings: list[Recording] = []
        self.playing: Callable[[str], None] = lambda sentence: None
        """Says which recording plays now."""
        self.typed_only = False
        """Whether no take has a recording."""
        self.hushes = 0
        self.choices: list[str] = []
        self.wanted: list[Wanted] = []
        self.tell: Callable[[Told], None] = lambda told: None
        self.told = 0
        """How often the app was told something by a session."""
        self.runner: Runner | None = None
        self.replays: dict[str, ReplayView] = {}
        """What is replayed under an id, instead of a session held here."""
        self.progressed = ProgressView(progress_of([], {}, [], "2026-11-21"), "2026-11-21")
        self.page: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self.clock = CountedClock()
        """The interview's; the test moves it on."""
        self.live = self.rough = self.quick = False
        """Whether calm answers take their time, too; whether the recogniser itself hears them roughly meanwhile; and
        whether the interviewer goes on by these words."""
        self.care = Gate()
        self._over = Gate()

    # Backend --------------------------------------------------------------------------------------------------------

    def home(self) -> HomeView:
        bank = self.bank
        rounds = round_cards(bank)
        cards = tuple(QuestionCard(q.id, q.short, q.ask, q.topic, q.technologies) for q in bank.questions.values())
        past = tuple(map(self._past, reversed(self.sessions))) + self.past
        judge = self.judge.name if self.judge else ""
        return HomeView(rounds, cards, past, self.recogniser, "espeak", self.first_time, "type" in self.choices, judge)

    def _past(self, session: HeldSession) -> PastSession:
        state = session.state
        scored = [a for a in state.assessments if a.unscored is None]
        heard_of = [a.heard(core=True) for a in scored]
        gap = home.heaviest_gap(scored)
        running = state.close_reason != "finished"
        return PastSession(
            session.id, "21 Nov 19:30", session.title, len(state.assessments), len(state.questions),
            (sum(h for h, _ in heard_of), sum(of for _, of in heard_of)), running,
            home.left_at(state) if running else "", gap[1].text if gap else "", gap[0] if gap else "",
            self.bank.questions[gap[0]].short if gap else "",
        )  # fmt: skip

    def night(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.page

    def takes(self, question_id: str) -> QuestionTakes:
        takes = takes_by_question(
            SessionAnswers(s.id, "2026-11-21", (*s.state.earlier, *s.state.assessments)) for s in self.sessions
        ).get(question_id, ())
        if not takes:
            raise SessionError("There is no take of it.", "Answer it first.")
        ids = {
            (t.session_id, a)
            for t in takes
            for a in (t.assessment.take_id, *(x.take_id for x in additions(t.assessment)))
        }
        question = self.bank.questions[question_id]
        return QuestionTakes(
            question_id, question.short, question.ask, takes, frozenset() if self.typed_only else frozenset(ids)
        )

    def play_recordings(self, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        self.recordings += recordings
        self.playing = tell

    def hush(self) -> None:
        self.hushes += 1

    def replay(self, session_id: str) -> ReplayView:
        if session_id in self.replays:
            return self.replays[session_id]
        session = next((s for s in self.sessions if s.id == session_id), None)
        if session is None:
            raise SessionError(f"There is no session {session_id!r}.", "See `voiceprep sessions list`.")
        told = replay_of(session.journal.events)
        recorded = {take_id: s for take_id, s in self.microphone.seconds.items() if s}
        return ReplayView(
            session.id, session.title, "21 Nov 19:30", told, FakeReplayControls(), self.bank.questions, recorded
        )

    def progress(self) -> ProgressView:
        return self.progressed

    def choose(self, first_choice: str) -> None:
        self.choices.append(first_choice)
        self.first_time = False

    def log_path(self) -> str:
        return self.log

    def models_path(self) -> str:
        return "models"

    def warm_up(self, tell: Callable[[str, float | None], None], enough: Callable[[], bool]) -> WarmUp:
        tell("Hello. Tell me your name, and what you work on.", None)
        tell("", -20.0)
        self.warming.wait()
        return self.found

    def hold(self, wanted: Wanted, tell: Callable[[Told], None]) -> None:
        self.wanted.append(wanted)

        def counted(told: Told) -> None:
            tell(told)
            self.told += 1

        self.tell = counted
        self._over.shut()
        try:
            self.starting.wait()
            if self.failing is not None:
                raise self.failing
            self._hold(wanted, counted)
            counted(Over(report=self.report))
        except VoiceprepError as error:
            counted(Over(failed=error.message, hint=error.hint))
        finally:
            self._over.open()

    def _hold(self, wanted: Wanted, tell: Callable[[Told], None]) -> None:
        plan = self._plan(wanted)
        questions = {q.id: self.change(q) for q in self.bank.questions.values()}
        listens = bool(self.microphone_name) and wanted.quiet in ("", "whispered")
        state = State()
        judge = self.judge.name if self.judge else ""
        if wanted.resume:
            session = next(s for s in self.sessions if s.id == wanted.resume)
            state = session.state
            first: e.Event = e.SessionResumed(self.microphone.seconds.get(state.take_id, 0.0), True, judge)
        else:
            rules = wanted.clock or plan.pressure
            session = HeldSession(f"s{len(self.sessions) + 1}", plan.title, clocked=rules is not None)
            self.sessions.append(session)
            asked = tuple(
                e.PlannedQuestion(q.id, q.ask, tuple((f.id, f.ask) for f in q.follow_ups))
                for q in (questions[q.id] for q in plan.questions)
            )
            first = e.SessionOpened(
                session.id, plan.title, asked, plan.follow_ups, True, wanted.minutes, judge, asks_again=rules is None,
                pressure=rules, real=wanted.mode == "real" or rules is not None,
                coached=wanted.mode == "coached" and rules is None, quiet=wanted.quiet, quick=self.quick,
            )  # fmt: skip
        ports = self._ports(session, questions, listens=listens, speaks=not wanted.quiet)
        runner = self.runner = Runner(ports, lambda event, after: tell(Happened(event, after)), state)
        tell(Begun(
            session_id=session.id,
            folder=f"{self.folder}/{session.id}",
            recogniser=self.recogniser if listens else "none",
            voice="espeak" if not wanted.quiet else "none",
            microphone=self.microphone_name if listens else "",
            speaker="" if wanted.quiet else "speaker",
            questions=questions,
            controls=FakeControls(self, runner),
            notices=self.notices,
            lexicon=self.bank.lexicon,
            judge=judge,
        ))  # fmt: skip
        try:
            runner.run(first)
        finally:
            ports.voice_lane.shutdown(wait=False)
            ports.recogniser_lane.shutdown(wait=False)
            if ports.judge_lane is not None:
                ports.judge_lane.shutdown(wait=False)

    def _ports(self, session: HeldSession, questions: Mapping[str, Question], *, listens: bool, speaks: bool) -> Ports:
        grounds = Grounds({i: Ground(q, self.bank.lexicon, self.bank.version) for i, q in questions.items()})
        transcriber = FakeTranscriber(
            self.capture, self.recognising, self.recogniser, self.credits_only, self.rough, care=self.care
        )
        return Ports(
            journal=session.journal,
            answers=FromTheScreen(self.microphone if listens else None),
            capture=self.capture,
            transcriber=transcriber,
            synthesizer=ScriptedVoice() if speaks else None,
            speaker=self.speaker,
            clock=self.clock,
            recorded_s=lambda take_id: self.microphone.seconds.get(take_id, 0.0),
            live=session.clocked or self.live,
            grounds=GatedGrounds(grounds, self.judging, transcriber),
            take_path=lambda take_id: Path(f"{take_id}.wav"),
            voice_lane=Lane("voice"),
            recogniser_lane=Lane("recogniser"),
            silent_because="" if speaks else "quiet mode",
            judge=self.judge,
            judge_lane=Lane("judge") if self.judge else None,
        )

    def _plan(self, wanted: Wanted) -> Plan:
        bank = self.bank
        if wanted.questions:
            plan = plan_questions(wanted.questions, bank.questions)
        elif wanted.round_id or not wanted.minutes:
            plan = plan_round(bank.rounds[wanted.round_id or next(iter(bank.rounds))], bank.questions, 0)
        else:
            plan = plan_questions(list(bank.questions), bank.questions)
        return plan_minutes(plan, wanted.minutes) if wanted.minutes else plan

    # The candidate --------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """The runner's own."""
        return self.runner.state if self.runner is not None else State()

    def speak(self, text: str, *, pause_s: float = 1.0) -> None:
        """Says words into the take that is recorded, after `pause_s` of silence; "(this?)" is heard unclearly, as the
        screen writes it."""
        take = self.capture.recording
        assert take, "nobody is listening"
        at_s = self.microphone.seconds[take] + pause_s
        words = [
            Word(
                clearly(w),
                round(at_s + WORD_S * n, 3),
                round(at_s + WORD_S * (n + 1), 3),
                0.9 if clearly(w) == w else 0.1,
            )
            for n, w in enumerate(text.split())
        ]
        end_s = words[-1].end_s
        self.capture.words[take] += words
        self.microphone.seconds[take] = round(end_s + AFTER_WORDS_S, 3)
        for event in (e.SpeechStarted(take, at_s), e.SpeechEnded(take, end_s)):
            self.happens(event)
        if not self.rough:
            self.happens(e.WordsHeard(take, tuple(words)))

    def wait_silently(self, seconds: float) -> None:
        """The recording goes on and nothing is said."""
        self.microphone.seconds[self.capture.recording] += seconds

    def moves(self, seconds: float, *, recorded: bool = True) -> int:
        """The interview's clock moves on, the recording with it. Returns the round after which all that was due by
        then has happened."""
        if recorded and self.capture.recording:
            take = self.capture.recording
            self.microphone.seconds[take] = round(self.microphone.seconds[take] + seconds, 3)
        self.clock.at_s += seconds
        return self.clock.rounds + 2

    def wake(self) -> None:
        """Has the runner look at its clock now: a wish of before the first turn changes nothing."""
        self.happens(e.Skipped("t000"))

    def happens(self, event: e.Event) -> None:
        """Something from the machine's side: a lost microphone, rough words, an engine that was started again."""
        assert self.runner is not None
        self.runner.deliver(event)

    def release(self) -> None:
        """Opens every gate, so that no thread waits on after the test."""
        self.speaker.talks = False
        for gate in (self.starting, self.recognising, self.judging, self.warming, self.speaker.sentence):
            gate.open()
        if self.judge is not None:
            self.judge.gate.open()

    def end(self) -> None:
        """Has the session closed, whatever it is doing."""
        self.release()
        end_s = time.monotonic() + WITHIN_S
        while not self._over.wait(0.05) and time.monotonic() < end_s:
            if self.runner is not None:
                self.runner.deliver(e.CandidateLeft())  # again: a session may only just be beginning


def clearly(text: str) -> str:
    """What was said, without the signs of what was heard unclearly."""
    return UNCLEAR.sub(r"\1", text)


def with_ask(ask: str) -> Callable[[Question], Question]:
    """A `change` that has every question, and every follow-up, asked in these words."""

    def change(question: Question) -> Question:
        follow_ups = tuple(replace(f, ask=ask) for f in question.follow_ups)
        return replace(question, ask=ask, follow_ups=follow_ups)

    return change


def without_follow_ups(question: Question) -> Question:
    """A `change` after which the first answer is all there is."""
    return replace(question, follow_ups=())
