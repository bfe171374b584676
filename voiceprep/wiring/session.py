"""A session, from its first question to its report."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from voiceprep import durable, memory
from voiceprep.audio.capture import TakeRecorder
from voiceprep.audio.files import SilentSpeaker
from voiceprep.audio.silero import SileroVad
from voiceprep.bank.contents import Bank
from voiceprep.clock import MonotonicClock
from voiceprep.config import Places
from voiceprep.core import events
from voiceprep.core.events import Event
from voiceprep.core.interview import State
from voiceprep.core.plan import Plan
from voiceprep.core.pressure import warnings_of
from voiceprep.core.speakable import pronunciations, speakable
from voiceprep.errors import UsageError
from voiceprep.lanes import Lane
from voiceprep.pcm.recording import length_s
from voiceprep.pcm.tone import RATE as BELL_RATE
from voiceprep.pcm.tone import bell
from voiceprep.ports import Answers, Judge, Ports, Sound, Speaker, Synthesizer
from voiceprep.runner import Runner
from voiceprep.sessions import store
from voiceprep.sessions.finalise import Finaliser
from voiceprep.sessions.journal import FileJournal
from voiceprep.speech.recogniser import ChildTranscriber
from voiceprep.speech.voice import ChildSynthesizer
from voiceprep.wiring.engines import Choice, engines
from voiceprep.wiring.past import cost_lines
from voiceprep.wiring.reports import write_report

Watch = Callable[[Event, State], None]


@dataclass(frozen=True)
class Steering:
    """What whoever shows a session can do to it, while it's being held."""

    runner: Runner
    folder: store.SessionFolder
    engines: Mapping[str, str]
    ports: Ports


@dataclass(frozen=True)
class Manner:
    """How a session is held. `speaker` None: a silent one, on the clock when `paced`. `review`: it stops after each
    question to look at the feedback. `judge` None: nobody is asked for a second opinion. `pronounce` is the setting of
    that name; what of it this session's lexicon doesn't know is left out. `steer` is told once, before the first
    question; None: nobody can do anything to it, so after a sleep of the machine it goes on by itself."""

    paced: bool
    speaker: Speaker | None = None
    review: bool = False
    minutes: float | None = None
    silent_because: str = "you chose no voice"
    judge: Judge | None = None
    pronounce: str = ""
    real: bool = False
    """Feedback waits for the end; so it always does under a clock."""
    coached: bool = False
    time: float = 1.0
    """How much longer a round's times are."""
    warnings: str = "spoken"
    quiet: events.Quiet = ""
    hands_free_s: float | None = None
    """After how much silence an answer is taken as done; 0: by what has been said so far. None: never."""
    keeps_audio: bool = True
    """Whether a new session's recordings are kept; one that is gone on with stays as it was begun."""
    news: Callable[[str], None] = lambda sentence: None
    """Given sentences for the candidate that are no event of the interview."""
    steer: Callable[[Steering], None] | None = None


class _Timeless(MonotonicClock):
    """For a session in which nothing waits for the clock: whether the machine slept is no news to it."""

    def slept_s(self) -> tuple[float, float]:
        return 0.0, 0.0


@dataclass(frozen=True)
class Held:
    """A session that has been held."""

    folder: store.SessionFolder
    state: State
    report: Path
    costs: Mapping[str, str]
    """What a clock cost, in a line for each question where there is something to hold it beside."""


def hold(
    plan: Plan, bank: Bank, answers: Answers, places: Places, choice: Choice, watch: Watch, manner: Manner, *,
    root: Path | None = None, begun: Callable[[store.SessionFolder, Mapping[str, str]], None] = lambda f, e: None,
) -> Held:  # fmt: skip
    """A new session from its first question to its report."""
    with engines(choice, places, bank.lexicon) as (ear, mouth):
        names = _names(ear, mouth, manner.judge)
        where = root or places.sessions
        folder = store.create(where, plan, bank.lexicon, bank.version, names, keeps_audio=manner.keeps_audio)
        begun(folder, names)
        questions = tuple(
            events.PlannedQuestion(q.id, q.ask, tuple((f.id, f.ask) for f in q.follow_ups)) for q in plan.questions
        )
        rules = plan.pressure
        if rules is not None:
            rules = replace(rules.longer(manner.time), warnings=warnings_of(manner.warnings))
        first = events.SessionOpened(
            folder.id,
            plan.title,
            questions,
            plan.follow_ups,
            manner.review,
            manner.minutes,
            _name(manner.judge),
            asks_again=rules is None,
            pressure=rules,
            real=manner.real or rules is not None,
            coached=manner.coached and rules is None and not manner.real,
            quiet=manner.quiet,
            quick=manner.paced and ear is not None,
            hands_free_s=manner.hands_free_s,
        )
        with folder.locked():
            state = _run(folder, State(), (), first, answers, ear, mouth, watch, manner)
            return _held(folder, state)


def resume(
    folder: store.SessionFolder, answers: Answers, places: Places, choice: Choice, watch: Watch, manner: Manner, *,
    begun: Callable[[store.Recovered], None] = lambda r: None,
) -> Held:  # fmt: skip
    """Goes on with a session whose process died or whose candidate left."""
    grounds = folder.grounds()  # one of a newer program isn't even locked
    store.check_space(folder.path)
    with folder.locked():
        lexicon = next(iter(grounds.by_id.values())).lexicon
        recovered = store.recover(folder)
        if not store.is_open(recovered.state):
            raise UsageError(f"Session {folder.id} is finished.", f"Look at it: voiceprep sessions show {folder.id}.")
        if not recovered.history:
            raise UsageError(f"Session {folder.id} had not begun.", "Start a new one: voiceprep practice.")
        begun(recovered)
        with engines(choice, places, lexicon) as (ear, mouth):
            quick, hands_free_s = manner.paced and ear is not None, manner.hands_free_s
            if hands_free_s is None and manner.paced:
                hands_free_s = recovered.state.hands_free_s  # as it was begun
            recovered_s = round(recovered.take_s, 3)
            first = events.SessionResumed(recovered_s, manner.review, _name(manner.judge), quick, hands_free_s)
            state = _run(folder, recovered.state, recovered.history, first, answers, ear, mouth, watch, manner)
            return _held(folder, state)


def _held(folder: store.SessionFolder, state: State) -> Held:
    costs = cost_lines(folder.path.parent, folder.id, state)
    return Held(folder, state, write_report(folder, costs), costs)


def _run(
    folder: store.SessionFolder, state: State, history: tuple[Event, ...], first: Event, answers: Answers,
    ear: ChildTranscriber | None, mouth: Synthesizer | None, watch: Watch, manner: Manner,
) -> State:  # fmt: skip
    clock = MonotonicClock() if manner.paced or manner.steer else _Timeless()
    grounds = folder.grounds()
    lexicon = next(iter(grounds.by_id.values())).lexicon
    journal = FileJournal(folder.journal, len(history))
    capture = TakeRecorder(folder.audio, SileroVad, clock, durable.free_bytes, tell=manner.news)
    voice_lane, recogniser_lane, takes_lane = Lane("voice"), Lane("recogniser"), Lane("takes")
    finaliser = Finaliser(folder, history, takes_lane, lambda: capture.writing)
    judge_lane = Lane("judge") if manner.judge else None
    cue_lane, ahead_lane = (Lane("cues"), Lane("ahead")) if manner.paced else (None, None)
    chosen, _ = pronunciations(manner.pronounce, lexicon)
    try:
        ports = Ports(
            journal=journal,
            answers=answers,
            capture=capture,
            transcriber=ear,
            synthesizer=mouth,
            speaker=manner.speaker or SilentSpeaker(clock if manner.paced else None),
            clock=clock,
            grounds=grounds,
            take_path=folder.recording,
            voice_lane=voice_lane,
            recogniser_lane=recogniser_lane,
            spoken_form=functools.partial(speakable, lexicon=lexicon, chosen=chosen),
            silent_because=manner.silent_because,
            cue_lane=cue_lane,
            ahead_lane=ahead_lane,
            bell=Sound(bell(), BELL_RATE),
            audible=manner.speaker is not None,
            recorded_s=lambda take_id: length_s(folder.recording(take_id)),
            live=manner.paced,
            judge=manner.judge,
            judge_lane=judge_lane,
        )

        def seen(event: Event, after: State) -> None:
            watch(event, after)
            finaliser.follow(event, after)
            if isinstance(event, events.MachineSlept) and after.phase == "paused" and manner.steer is None:
                runner.deliver(events.Unpaused())

        runner = Runner(ports, seen, state)
        for engine in (ear, mouth):
            if isinstance(engine, ChildTranscriber | ChildSynthesizer):
                engine.child.restarted = _telling(runner, engine.name)
        if manner.steer is not None:
            manner.steer(Steering(runner, folder, _names(ear, mouth, manner.judge), ports))
        if ear is not None and manner.paced and manner.quiet not in ("typed", events.IN_HEAD):
            recogniser_lane.submit(ear.load)  # while the first question is put: a short answer has one pass only
        if manner.paced:
            memory.settle()
        return runner.run(first)
    finally:
        capture.stop()
        if manner.judge is not None and judge_lane is not None:
            manner.judge.stop()
            judge_lane.shutdown(wait=False)
        for engine in (ear, mouth):
            if engine is not None:
                engine.close()
        for lane in (voice_lane, *filter(None, (cue_lane, ahead_lane))):
            lane.shutdown(wait=False)
        recogniser_lane.shutdown(wait=True)
        try:
            journal.close()
        finally:  # a full disk must not let the lock go while takes are being seen to
            finaliser.close()
            takes_lane.shutdown(wait=False)


def _names(ear: ChildTranscriber | None, mouth: Synthesizer | None, judge: Judge | None) -> dict[str, str]:
    names = {"recogniser": ear.name if ear else "none", "voice": mouth.name if mouth else "none"}
    return {**names, "judge": judge.name} if judge else names


def _name(judge: Judge | None) -> str:
    return judge.name if judge else ""


def _telling(runner: Runner, engine: str) -> Callable[[str], None]:
    return lambda reason: runner.deliver(events.EngineRestarted(engine, reason))
