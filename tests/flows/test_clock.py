"""Rounds whose clock runs beside the answers: the real core and runner, on a clock that tests move."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.kit.ports import HeldCapture, Inline, ManualClock, ScriptedVoice, Spoken, Waiting, instant_ports
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.clock import MonotonicClock
from voiceprep.core import events as e
from voiceprep.core.feedback import Ground
from voiceprep.core.hearing import ON_ITS_WAY_S, without_interviewer
from voiceprep.core.interview import State, fold
from voiceprep.core.pressure import CUT_OFF, Pressure
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word, heard
from voiceprep.errors import EngineError
from voiceprep.lanes import Lane
from voiceprep.ports import Deliver, Microphone, Sound, TypedLater
from voiceprep.runner import Runner

LIMIT_S = 90.0
VIDEO = Pressure(answer_s=LIMIT_S, follow_up_s=45, think_s=30)
AT_ONCE = replace(VIDEO, think_s=0)
PHONE = replace(AT_ONCE, repeats=True, session_s=200.0)
PANEL = Pressure(answer_s=120, follow_up_s=60, cuts_in_s=25, nudges_s=())

FASTER = "Reads come back much faster because they are answered from memory"
LOAD = "and it takes a lot of load off the database"
STALE = "The price is that the cached value can be stale"
ROUND_AND_ROUND = "so as I was saying that is how it is and how it was you know"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return sound_bank(small_bank.write(tmp_path_factory.mktemp("clock") / "bank"))


@dataclass(frozen=True)
class Talk(Spoken):
    """An answer in phrases, each at its second."""

    text: str = ""
    phrases: tuple[tuple[float, str], ...] = ()

    def spans(self) -> list[Span]:
        return [Span(w[0].start_s, w[-1].end_s) for w in (Spoken(text, at_s).words() for at_s, text in self.phrases)]

    def words(self) -> tuple[Word, ...]:
        return tuple(word for at_s, text in self.phrases for word in Spoken(text, at_s).words())


def talk(*phrases: tuple[float, str]) -> Talk:
    return Talk(phrases=phrases)


@dataclass
class Recorder(HeldCapture):
    """Takes as long as the clock says, with their speech in its time."""

    inbox: Waiting | None = None
    lasted: dict[str, float] = field(default_factory=dict)
    _running: tuple[str, float] | None = None

    def start(
        self, take_id: str, microphone: Microphone, deliver: Deliver, *, goes_on: bool = False,
        limit_s: float | None = None,
    ) -> None:  # fmt: skip
        assert isinstance(microphone, Talk) and limit_s is None and self.inbox is not None
        self.told.append(f"{'go on' if goes_on else 'start'} {take_id}")
        self.takes[take_id] = microphone
        self._running = take_id, self.inbox.clock.now_s()
        so_far_s = self.lasted.setdefault(take_id, 0.0)
        for span in microphone.spans():
            for at_s, event in ((span.start_s, e.SpeechStarted), (span.end_s, e.SpeechEnded)):
                if at_s >= so_far_s:
                    self.inbox.plan(at_s - so_far_s, self._reports(event(take_id, at_s), deliver))

    def _reports(self, event: e.SpeechStarted | e.SpeechEnded, deliver: Deliver) -> Callable[[], None]:
        def report() -> None:
            if (
                self._running
                and self._running[0] == event.take_id
                and self.recorded_s(event.take_id) > event.at_s - 0.1
            ):
                deliver(event)

        return report

    def pause(self) -> None:
        self.told.append("pause")
        if self._running:
            self.lasted[self._running[0]] = self.recorded_s(self._running[0])
            self._running = None

    def finish(self, take_id: str, deliver: Deliver) -> None:
        self.told.append(f"finish {take_id}")
        if self._running:
            self.lasted[take_id] = self.recorded_s(take_id)
            self._running = None
        deliver(e.AnswerEnded(take_id, "done", self.recorded_s(take_id)))

    def recorded_s(self, take_id: str) -> float:
        assert self.inbox is not None
        running_s = self.inbox.clock.now_s() - self._running[1] if self._running else 0.0
        return round(self.lasted.get(take_id, 0.0) + running_s, 3)


@dataclass
class Ear:
    """Hears the words that are spoken between two samples. `hears` is called first: it may hold things up."""

    capture: Recorder
    name: str = "script"
    hears: Callable[[], None] = lambda: None
    failures: list[EngineError] = field(default_factory=list)
    extra: tuple[Word, ...] = ()
    phrase_s: tuple[float, float] = (4.0, 9.0)
    hears_more_with_care: bool = True

    def transcribe(self, path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript:
        self.hears()
        if self.failures:
            raise self.failures.pop(0)
        take = self.capture.takes[path.stem]
        assert isinstance(take, Talk)
        last_s = self.capture.recorded_s(path.stem) if end is None else end / 16_000
        words = [w for w in (*take.words(), *self.extra) if start / 16_000 <= w.start_s < last_s]
        return heard(sorted(words, key=lambda w: w.start_s), engine=self.name, speech=tuple(take.spans()))

    def close(self) -> None: ...


@dataclass
class Voice(ScriptedVoice):
    """Each text is a sound of its own, one second long."""

    texts: dict[int, str] = field(default_factory=dict)
    kept: list[Sound] = field(default_factory=list)

    def synthesize(self, text: str) -> Sound:
        self.said.append(text)
        sound = Sound(b"\0\0" * 16_000, 16_000)
        self.kept.append(sound)
        self.texts[id(sound)] = text
        return sound


@dataclass
class Loudspeaker:
    """What was played, and when; it takes no time. `plays` is called first: it may hold things up."""

    clock: ManualClock
    voice: Voice
    played: list[tuple[float, str]] = field(default_factory=list)
    plays: Callable[[str], None] = lambda text: None

    stops = 0

    def play(self, sound: Sound, since: int | None = None) -> None:
        text = self.voice.texts.get(id(sound), "bell")
        self.played.append((round(self.clock.now_s(), 3), text))
        self.plays(text)

    def stop(self) -> None: ...

    def forget(self) -> None: ...


@dataclass
class Later(Executor):
    """Work that begins so many seconds after it was given."""

    inbox: Waiting
    in_s: float

    def submit(self, fn: Callable, /, *args: object, **kwargs: object) -> Future:
        self.inbox.plan(self.in_s, lambda: fn(*args, **kwargs))
        return Future()


What = e.Event | Callable[[], object] | None
Step = tuple[type, dict[float, What]]
"""When an event of this type comes: what happens so many seconds later, an event to deliver or something to do."""


@dataclass
class Round:
    """A round under `rules`, whose clock moves wherever the loop waits. `came` are its events with their seconds."""

    bank: Bank
    rules: Pressure | None
    script: list
    follow_ups: int = 0
    review: bool = True
    real_s: float = 0.0
    changes: dict = field(default_factory=dict)
    state: State = field(default_factory=State)
    came: list[tuple[float, e.Event]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = ManualClock()
        self.inbox = Waiting(self.clock, self.real_s)
        self.capture = Recorder(inbox=self.inbox)
        grounds = {i: Ground(q, self.bank.lexicon, self.bank.version) for i, q in self.bank.questions.items()}
        ports, self.journal, _ = instant_ports(self.script, grounds, self.clock, self.capture)
        self.voice, self.ear = Voice(), Ear(self.capture)
        self.speaker = Loudspeaker(self.clock, self.voice)
        ports = replace(
            ports, live=True, transcriber=self.ear, synthesizer=self.voice, speaker=self.speaker, cue_lane=Inline(),
            ahead_lane=Inline(),
            bell=Sound(b"\0\0" * 1_600, 16_000), recorded_s=self.capture.recorded_s,
        )  # fmt: skip
        self.ports = replace(ports, **self.changes)

    def opened(self) -> e.SessionOpened:
        planned = tuple(
            e.PlannedQuestion(q.id, q.ask, tuple((f.id, f.ask) for f in q.follow_ups))
            for q in self.bank.questions.values()
        )
        return e.SessionOpened(
            "s", "Test", planned, self.follow_ups, self.review, pressure=self.rules, real=self.rules is not None
        )

    def hold(self, *steps: Step, first: e.Event | None = None) -> State:
        left = list(steps)
        self.runner = runner = Runner(self.ports, state=self.state)
        runner._inbox = self.inbox  # its waiting is what moves the clock

        def do(what: What) -> None:
            if callable(what):
                what()
            elif what is not None:
                runner.deliver(what)

        def watch(event: e.Event, state: State) -> None:
            self.came.append((round(self.clock.now_s(), 3), event))
            if left and isinstance(event, left[0][0]):
                for in_s, what in left.pop(0)[1].items():
                    if in_s:
                        self.inbox.plan(in_s, lambda what=what: do(what))
                    else:
                        do(what)
            elif state.phase == "reviewing":
                runner.deliver(e.NextAsked())

        runner.watch = watch
        self.state = runner.run(first or self.opened())
        assert not left, f"it never came to {left[0]}"
        assert self.state.close_reason != "fault", self.journal.events[-1]
        assert fold(self.journal.events) == self.state, "the journal tells the same"
        return self.state

    def names(self) -> list[str]:
        return [type(event).__name__ for _, event in self.came]

    def when(self, *kinds: type) -> list[float]:
        return [at_s for at_s, event in self.came if isinstance(event, kinds)]

    def of(self, kind: type) -> list:
        return [event for _, event in self.came if isinstance(event, kind)]

    def sleeps(self, seconds: float, *, counted: bool = False) -> Callable[[], None]:
        """The machine sleeps; whether the clock that deadlines are on counts it."""

        def sleep() -> None:
            if counted:
                self.clock.at_s += seconds
                self.clock.counted += seconds
            else:
                self.clock.slept += seconds

        return sleep


SILENT = talk()
LONG = talk((1.0, FASTER), (80.0, " ".join([LOAD] * 8)))


# Deadlines ----------------------------------------------------------------------------------------------------------


def test_a_round_comes_off_by_itself_second_by_second(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    state = held.hold()
    heard_of = (e.SpeechStarted, e.SpeechEnded, e.WordsHeard)
    one = [
        (at_s, type(ev).__name__, getattr(ev, "left_s", "")) for at_s, ev in held.came if not isinstance(ev, heard_of)
    ]
    assert one[:14] == [
        (0, "SessionOpened", ""),
        (0, "QuestionSpoken", ""),
        (0, "QuestionSpoken", ""),
        (20, "CountedDown", 10.0),
        (27, "CountedDown", 3.0),
        (28, "CountedDown", 2.0),
        (29, "CountedDown", 1.0),
        (30, "ThinkingEnded", ""),
        (90, "Nudged", 30.0),
        (90, "InterviewerSaid", ""),
        (110, "Nudged", 10.0),
        (110, "InterviewerSaid", ""),
        (120, "CutOff", ""),
        (120, "InterviewerSaid", ""),
    ]
    assert [name for _, name, _ in one[14:17]] == ["AnswerEnded", "AnswerTranscribed", "Assessed"]
    assert held.capture.lasted == {"a001": LIMIT_S, "a002": LIMIT_S}
    first, second = state.assessments
    assert (first.clocked.thought_s, first.clocked.cut.why, first.clocked.cut.at_s) == (30, "limit", LIMIT_S)
    assert second.unscored is not None and state.close_reason == "finished"
    assert held.clock.at_s == pytest.approx(2 * (30 + LIMIT_S), abs=0.01)


def test_what_was_said_before_the_cut_is_judged(small: Bank) -> None:
    held = Round(small, AT_ONCE, [talk((1.0, FASTER), (40.0, LOAD)), SILENT])
    state = held.hold()
    verdicts = {p.id: p.verdict for p in state.assessments[0].points}
    assert verdicts["faster-reads"] == verdicts["less-load"] == "covered"


def test_who_is_ready_earlier_begins_earlier_and_keeps_the_whole_time(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    state = held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {12.0: e.Ready("t002", 12.0)}))
    assert held.when(e.CutOff)[0] == 12 + LIMIT_S
    assert [ev.left_s for at_s, ev in held.came if isinstance(ev, e.CountedDown) and at_s < 30] == [], "it had stopped"
    assert state.assessments[0].clocked.thought_s == 12


def test_one_s_own_done_stops_the_clock(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    state = held.hold((e.ThinkingEnded, {20.0: e.DoneAsked("a001")}))
    assert [ev.take_id for ev in held.of(e.CutOff)] == ["a002"]
    assert [ev.take_id for ev in held.of(e.Nudged)] == ["a002", "a002"]
    assert state.assessments[0].clocked.cut is None and held.capture.lasted["a001"] == 20


def test_a_follow_up_has_its_own_limit_and_no_time_to_think(small: Bank) -> None:
    held = Round(small, VIDEO, [talk((1.0, FASTER)), SILENT, SILENT], follow_ups=1)
    state = held.hold((e.ThinkingEnded, {10.0: e.DoneAsked("a001")}), (e.AnswerEnded, {}))
    (follow_up,) = state.assessments[0].follow_ups_asked
    assert (follow_up.clocked.limit_s, follow_up.clocked.think_s) == (45, 0)
    begun_s = held.when(e.QuestionSpoken)[2]
    assert held.when(e.CutOff)[0] == begun_s + 45
    assert [at_s - begun_s for at_s, ev in held.came if isinstance(ev, e.Nudged) and ev.take_id == "a002"] == [35], (
        "half a minute would be in its first half"
    )


def test_a_dead_microphone_does_not_stop_the_clock(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    state = held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {20.0: e.MicrophoneLost("a001", "It is gone.")}))
    assert held.when(e.CutOff)[0] == LIMIT_S, "at its second, though nothing comes in any more"
    first = state.assessments[0]
    assert held.capture.lasted["a001"] == 20 and "It is gone." in first.clocked.interrupted
    assert first.clocked.cut.at_s == LIMIT_S


def test_a_microphone_dead_from_the_first_moment_is_told_and_not_scored(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {0.0: e.MicrophoneLost("a001", "It is gone.")}))
    unscored = held.state.assessments[0].unscored
    assert unscored is not None and unscored.reason == "It is gone" and held.when(e.CutOff)[0] == LIMIT_S


def test_a_microphone_that_comes_back_goes_on_with_what_is_left(small: Bank) -> None:
    held = Round(small, AT_ONCE, [talk((1.0, FASTER), (25.0, LOAD)), SILENT])
    state = held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: e.MicrophoneLost("a001", "It is gone."), 30.0: e.Unpaused()}),
    )
    assert held.when(e.CutOff)[0] == LIMIT_S and held.capture.lasted["a001"] == LIMIT_S - 10
    assert {p.id for p in state.assessments[0].points if p.verdict == "covered"} >= {"less-load"}


def test_a_take_that_a_dead_microphone_spoilt_does_not_count(small: Bank) -> None:
    held = Round(small, AT_ONCE, [SILENT, LONG, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: e.MicrophoneLost("a001", "It is gone."), 50.0: e.TakeRestarted("a001")}),
        (e.TakeRestarted, {5.0: e.TakeRestarted("a002")}),
    )
    assert [ev.take_id for ev in held.of(e.TakeRestarted)] == ["a001"], "the second one would be one too many"
    assert held.when(e.CutOff)[0] == 50 + LIMIT_S, "the whole time anew"


def test_the_only_take_cannot_be_begun_again(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {20.0: e.TakeRestarted("a001")}))
    assert not held.of(e.TakeRestarted) and held.when(e.CutOff)[0] == LIMIT_S


def test_a_second_take_has_the_whole_time_and_there_is_no_third(small: Bank) -> None:
    held = Round(small, replace(AT_ONCE, takes=2), [LONG, LONG, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: e.TakeRestarted("a001"), 30.0: e.TakeRestarted("a002")}),
    )
    assert [ev.take_id for ev in held.of(e.TakeRestarted)] == ["a001"]
    assert held.when(e.CutOff)[0] == 20 + LIMIT_S


def test_a_spoilt_take_leaves_both_of_two(small: Bank) -> None:
    held = Round(small, replace(AT_ONCE, takes=2), [SILENT, LONG, LONG, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: e.MicrophoneLost("a001", "It is gone."), 30.0: e.TakeRestarted("a001")}),
        (e.TakeRestarted, {5.0: e.TakeRestarted("a002")}),
        (e.TakeRestarted, {5.0: e.TakeRestarted("a003")}),
    )
    assert [ev.take_id for ev in held.of(e.TakeRestarted)] == ["a001", "a002"]


def test_a_recogniser_that_hangs_does_not_hold_up_the_cut(small: Bank) -> None:
    released = threading.Event()
    lane = Lane("recogniser")
    held = Round(small, PANEL_CALM, [talk((1.0, FASTER), (8.0, STALE)), SILENT], real_s=0.0005,
                 changes={"recogniser_lane": lane})  # fmt: skip
    held.ear.hears = lambda: released.wait(5) and None
    held.hold((e.CutOff, {0.0: released.set}))
    lane.shutdown()
    assert held.when(e.CutOff)[0] == 120
    assert held.state.assessments[0].unscored is None, "it's judged when the recogniser is back"


PANEL_CALM = replace(PANEL, cuts_in_s=None, nudges_s=(30.0, 10.0))


def test_a_warning_that_plays_and_plays_does_not_hold_up_the_cut(small: Bank) -> None:
    released = threading.Event()
    lane = Lane("cues")
    held = Round(small, AT_ONCE, [LONG, SILENT], real_s=0.0005, changes={"cue_lane": lane})
    held.speaker.plays = lambda text: released.wait(5) and None if "left" in text else None
    held.hold((e.CutOff, {0.0: released.set}))
    lane.shutdown()
    assert held.when(e.Nudged, e.CutOff)[:3] == [60, 80, LIMIT_S]


def test_no_pause_while_asked_or_answering(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.hold((e.QuestionSpoken, {0.0: e.Paused()}), (e.QuestionSpoken, {20.0: e.Paused()}))
    assert not held.of(e.Paused) and held.when(e.CutOff)[0] == LIMIT_S


def test_a_pause_between_two_answers_holds_the_next_question(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    held.ports = replace(held.ports, recogniser_lane=Later(held.inbox, 3.0))
    held.hold((e.CutOff, {}), (e.AnswerEnded, {1.0: e.Paused()}), (e.Assessed, {50.0: e.Unpaused()}))
    (paused_s,), (on_s,) = held.when(e.Paused), held.when(e.Unpaused)
    assert (paused_s, on_s) == (121, 176)
    assert held.when(e.QuestionSpoken)[2:] == [on_s], "it was held back"
    assert held.when(e.ThinkingEnded)[1] == on_s + 30, "with the whole time to think"


def test_the_same_again_in_sixty_seconds_is_cut_off_and_the_next_question_is_calm(small: Bank) -> None:
    held = Round(small, None, [talk((1.0, FASTER)), talk((1.0, LOAD)), SILENT])
    state = held.hold(
        (e.QuestionSpoken, {20.0: e.DoneAsked("a001")}),
        (e.Assessed, {5.0: e.RetakeAsked("", 60.0)}),
        (e.RetakeAsked, {}),
        (e.QuestionSpoken, {}),
        (e.Assessed, {0.0: e.NextAsked()}),
        (e.QuestionSpoken, {400.0: e.DoneAsked("a003")}),
    )
    retaken_s = held.when(e.RetakeAsked)[0]
    assert held.when(e.Nudged, e.CutOff) == [retaken_s + 30, retaken_s + 50, retaken_s + 60]
    first, second = state.assessments
    assert first.clocked.limit_s == 60 and state.earlier[0].clocked is None and second.clocked is None


def test_a_box_that_is_typed_into_is_cut_off_with_what_stands_in_it(small: Bank) -> None:
    held = Round(small, AT_ONCE, [TypedLater(), SILENT])
    held.hold((e.CutOff, {0.2: e.AnswerTyped("a001", small_bank.GOOD)}))
    assert held.state.assessments[0].text == small_bank.GOOD
    assert held.state.assessments[0].clocked.cut.why == "limit" and held.when(e.AnswerTyped)[0] == LIMIT_S + 0.2


def test_a_box_that_gives_nothing_does_not_keep_the_round_waiting(small: Bank) -> None:
    held = Round(small, AT_ONCE, [TypedLater(), SILENT])
    held.hold()
    assert held.when(e.AnswerEnded)[0] == LIMIT_S + 0.5
    assert held.state.assessments[0].unscored.reason == "cut off before anything was said"


def test_who_was_cut_off_cannot_go_on_and_who_ended_can_with_the_rest(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.ports = replace(held.ports, recogniser_lane=Later(held.inbox, 3.0))
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: e.DoneAsked("a001")}),
        (e.AnswerEnded, {2.0: e.AnswerReopened("a001")}),
        (e.AnswerEnded, {2.0: e.AnswerReopened("a001")}),
    )
    assert held.when(e.AnswerReopened) == [22], "the second one came after the cut"
    assert held.when(e.CutOff)[0] == 22 + LIMIT_S - 20


def test_who_was_not_finished_has_the_rest_of_the_time_though_the_follow_up_has_begun(small: Bank) -> None:
    held = Round(small, AT_ONCE, [talk((1.0, FASTER)), SILENT, SILENT, SILENT], follow_ups=1)
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: e.DoneAsked("a001")}),
        (e.Assessed, {}),
        (e.QuestionSpoken, {4.0: e.AnswerReopened("a001")}),
    )
    assert held.when(e.AnswerReopened) == [24]
    assert held.when(e.CutOff)[0] == 24 + LIMIT_S - 20


def test_a_question_repeated_in_the_middle_of_an_answer_does_not_lift_the_limit(small: Bank) -> None:
    held = Round(small, replace(PHONE, session_s=None), [LONG, SILENT])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {20.0: e.RepeatAsked(), 300.0: e.DoneAsked("a001")}))
    assert held.state.assessments[0].clocked.cut is not None


# A machine that slept -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counted", [False, True], ids=["the clock stood still", "the clock went on"])
def test_a_machine_that_slept_asks_and_goes_on_with_what_was_left(small: Bank, counted: bool) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    phases: list[str] = []
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: held.sleeps(600, counted=counted)}),
        (e.MachineSlept, {0.0: lambda: phases.append(held.runner.state.phase), 300.0: e.Unpaused()}),
    )
    (slept,) = held.of(e.MachineSlept)
    assert slept.for_s == pytest.approx(600, abs=0.5) and slept.left_s == pytest.approx(LIMIT_S - 20, abs=0.5)
    assert phases == ["paused"]
    (cut_s, *_), (on_s,) = held.when(e.CutOff), held.when(e.Unpaused)
    assert cut_s - on_s == pytest.approx(LIMIT_S - 20, abs=0.5), "the clock stood still until somebody was there"
    first = held.state.assessments[0]
    assert "asleep for ten minutes" in first.clocked.interrupted
    assert held.capture.lasted["a001"] == pytest.approx(LIMIT_S, abs=601 if counted else 0.5)


def test_a_nap_is_not_asked_about(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {20.0: held.sleeps(5)}))
    assert not held.of(e.MachineSlept) and held.when(e.CutOff)[0] == LIMIT_S


def test_a_loop_that_was_held_up_over_a_deadline_fires_it_at_once(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {85.0: lambda: held.clock.sleep_s(9)}))
    assert held.when(e.CutOff)[0] == 94 and not held.of(e.MachineSlept)


def test_think_time_goes_on_with_what_was_left_after_a_sleep(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {12.0: held.sleeps(600)}),
        (e.MachineSlept, {50.0: e.Unpaused()}),
    )
    assert held.of(e.MachineSlept)[0].left_s == pytest.approx(18, abs=0.5)
    assert held.when(e.ThinkingEnded)[0] == pytest.approx(12 + 50 + 18, abs=0.5)
    assert [ev.left_s for ev in held.of(e.CountedDown)[:4]] == [10, 3, 2, 1]
    assert held.state.assessments[0].clocked.thought_s == 30


def test_a_question_that_a_sleep_cut_short_is_asked_again(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    held.ports = replace(held.ports, voice_lane=Later(held.inbox, 4.0))
    held.hold(
        (e.QuestionSpoken, {2.0: held.sleeps(600)}),
        (e.MachineSlept, {5.0: e.Unpaused()}),
    )
    assert held.voice.said.count(small.questions["why-cache"].ask) == 2
    assert held.of(e.MachineSlept)[0].left_s is None and held.state.close_reason == "finished"


def test_a_take_that_a_sleep_spoilt_does_not_count(small: Bank) -> None:
    held = Round(small, AT_ONCE, [SILENT, LONG, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: held.sleeps(600)}),
        (e.MachineSlept, {10.0: e.TakeRestarted("a001"), 15.0: e.TakeRestarted("a002")}),
    )
    assert [ev.take_id for ev in held.of(e.TakeRestarted)] == ["a001"]
    assert held.when(e.CutOff)[0] - held.when(e.TakeRestarted)[0] == pytest.approx(LIMIT_S, abs=0.01)
    assert held.state.assessments[0].take_id == "a002" and not held.state.assessments[0].clocked.interrupted


def test_a_sleep_while_the_microphone_was_away_stops_the_clock_too(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: e.MicrophoneLost("a001", "It is gone."), 30.0: held.sleeps(600)}),
        (e.MachineSlept, {200.0: e.Unpaused()}),
    )
    assert held.when(e.CutOff)[0] == pytest.approx(230 + LIMIT_S - 30, abs=0.5)


def test_a_machine_that_slept_twice_before_anybody_came_back(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: held.sleeps(600)}),
        (e.MachineSlept, {30.0: held.sleeps(600)}),
        (e.MachineSlept, {10.0: e.Unpaused(), 400.0: e.DoneAsked("a001")}),
    )
    first = held.state.assessments[0]
    assert first.clocked.cut is not None and held.capture.lasted["a001"] == pytest.approx(LIMIT_S, abs=1)


@pytest.mark.parametrize("wish", [e.DoneAsked("a001"), e.Skipped("t002")], ids=["done", "skipped"])
def test_the_next_question_has_its_whole_think_time_after_a_sleep(small: Bank, wish: e.Event) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    held.hold((e.ThinkingEnded, {20.0: held.sleeps(600)}), (e.MachineSlept, {10.0: wish}))
    asked_s, thought_s = held.when(e.QuestionSpoken)[2], held.when(e.ThinkingEnded)[1]
    assert thought_s - asked_s == pytest.approx(30, abs=0.5)


def test_who_types_the_rest_after_a_sleep_is_cut_off_too(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: held.sleeps(600)}),
        (e.MachineSlept, {10.0: e.TypingStarted("a001"), 400.0: e.AnswerTyped("a001", small_bank.GOOD)}),
    )
    assert held.state.assessments[0].clocked.cut is not None


def test_a_sleep_in_the_briefing_does_not_lift_the_whole_round_s_time(small: Bank) -> None:
    held = Round(small, replace(PHONE, session_s=60.0), [SILENT, SILENT])
    held.ports = replace(held.ports, voice_lane=Later(held.inbox, 4.0))
    held.hold((e.SessionOpened, {2.0: held.sleeps(600)}), (e.MachineSlept, {5.0: e.Unpaused()}))
    assert held.of(e.SessionTimeUp)


def test_after_a_sleep_an_impatient_interviewer_gives_the_whole_rest(small: Bank) -> None:
    new_every_15_s = talk((1.0, FASTER), (16.0, LOAD), (31.0, STALE))
    held = Round(small, PANEL, [new_every_15_s, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {10.0: held.sleeps(600)}),
        (e.MachineSlept, {0.1: e.Unpaused()}),
    )
    assert held.of(e.MachineSlept)[0].left_s == pytest.approx(110, abs=0.5)


@pytest.mark.parametrize("counted", [False, True], ids=["the clock stood still", "the clock went on"])
def test_a_sleep_costs_nothing_of_the_round_s_time(small: Bank, counted: bool) -> None:
    held = Round(small, up_after(170, AT_ONCE), [SILENT, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: held.sleeps(600, counted=counted)}),
        (e.MachineSlept, {0.1: e.Unpaused()}),
    )
    assert held.when(e.SessionTimeUp) == [pytest.approx(170 + (600 if counted else 0), abs=0.5)]


def test_the_round_s_time_stands_still_too_until_somebody_is_there(small: Bank) -> None:
    held = Round(small, up_after(170, AT_ONCE), [SILENT, SILENT])
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: held.sleeps(600)}),
        (e.MachineSlept, {300.0: e.Unpaused()}),
    )
    assert held.state.assessments[0].clocked.cut.why == "limit"


def test_a_sleep_in_the_moment_after_the_cut_does_not_give_the_answer_back(small: Bank) -> None:
    """The last words are still on their way from the microphone when the machine sleeps."""
    held = Round(small, AT_ONCE, [LONG, SILENT])
    finish = held.capture.finish
    held.capture.finish = lambda take, deliver: held.inbox.plan(1.0, lambda: finish(take, deliver))
    held.hold((e.CutOff, {0.3: held.sleeps(600), 60.0: e.Unpaused(), 300.0: e.DoneAsked("a001")}))
    assert "go on a001" not in held.capture.told


def test_what_the_machine_s_clock_says_of_a_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a sleep is counted, it's a gap between two looks; a loop that is merely late is none."""
    now_s = [1_000.0]
    monkeypatch.setattr("voiceprep.clock.time.monotonic", lambda: now_s[0])
    clock = MonotonicClock()
    slept: list[float] = []
    for gap_s in (0.2, 600.0, 0.2, 3.0, 0.2, 60.0):
        before = clock.slept_s()[1]
        now_s[0] += gap_s
        slept.append(clock.slept_s()[1] - before)
    assert slept == pytest.approx([0, 600, 0, 0, 0, 60])


def test_a_sleep_in_a_calm_interview_asks_too_and_sets_no_clock(small: Bank) -> None:
    held = Round(small, None, [talk((1.0, FASTER)), SILENT])
    held.hold(
        (e.QuestionSpoken, {5.0: held.sleeps(600)}),
        (e.MachineSlept, {10.0: e.Unpaused(), 500.0: e.DoneAsked("a001")}),
        (e.DoneAsked, {}),
        (e.QuestionSpoken, {5.0: e.DoneAsked("a002")}),
    )
    assert not held.of(e.CutOff) and held.state.assessments[0].clocked is None
    assert held.capture.lasted["a001"] == pytest.approx(5 + 490, abs=0.5)


# The whole round's time ---------------------------------------------------------------------------------------------


def up_after(session_s: float, rules: Pressure = VIDEO) -> Pressure:
    return replace(rules, session_s=session_s)


def test_the_round_s_time_begins_with_the_first_question_and_not_with_the_rules(small: Bank) -> None:
    held = Round(small, up_after(60), [SILENT, SILENT])
    held.ports = replace(held.ports, voice_lane=Later(held.inbox, 7.0))
    held.hold()
    assert held.when(e.QuestionSpoken)[0] == 7 and held.when(e.SessionTimeUp) == [67]


def test_the_round_s_time_is_up_while_a_question_is_put(small: Bank) -> None:
    held = Round(small, up_after(20), [SILENT, SILENT])
    held.ports = replace(held.ports, voice_lane=Later(held.inbox, 25.0))
    state = held.hold()
    assert held.when(e.SessionTimeUp) == [45] and not held.of(e.CutOff)
    assert [q.id for q in state.not_reached] == ["why-cache", "queue-or-call"] and not state.assessments
    assert held.speaker.played[-1][1] == CUT_OFF["session"]


def test_the_round_s_time_is_up_in_think_time(small: Bank) -> None:
    held = Round(small, up_after(130), [SILENT, SILENT])
    state = held.hold()
    assert held.when(e.SessionTimeUp) == [130] and held.state.close_reason == "finished"
    assert [q.id for q in state.not_reached] == ["queue-or-call"]
    assert len(held.of(e.ThinkingEnded)) == 1, "nothing of the second question's clock fires any more"


def test_the_round_s_time_is_up_in_an_answer(small: Bank) -> None:
    held = Round(small, up_after(70), [LONG, SILENT])
    state = held.hold()
    (first,) = state.assessments
    assert (first.clocked.cut.why, first.clocked.cut.at_s) == ("session", 40)
    assert {p.id for p in first.points if p.verdict == "covered"} == {"faster-reads"}, "what was said is judged"
    assert [q.id for q in state.not_reached] == ["queue-or-call"]
    assert held.names().count("CutOff") == 0 and held.speaker.played[-1][1] == CUT_OFF["session"]


def test_the_round_s_time_is_up_while_the_microphone_is_away(small: Bank) -> None:
    held = Round(small, up_after(70, AT_ONCE), [LONG, SILENT])
    state = held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {20.0: e.MicrophoneLost("a001", "It is gone.")}))
    assert held.when(e.SessionTimeUp) == [70] and state.assessments[0].clocked.cut.why == "session"


def test_the_round_s_time_is_up_while_an_answer_is_judged(small: Bank) -> None:
    held = Round(small, up_after(50, AT_ONCE), [LONG, SILENT], follow_ups=1)
    held.ports = replace(held.ports, recogniser_lane=Later(held.inbox, 10.0))
    state = held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {35.0: e.DoneAsked("a001")}))
    assert held.when(e.SessionTimeUp) == [50] and held.when(e.Assessed) == [55]
    (first,) = state.assessments
    assert first.clocked.cut is None and first.not_asked, "no follow-up any more, and it says so"
    assert [q.id for q in state.not_reached] == ["queue-or-call"]


def test_the_round_s_time_is_up_while_a_follow_up_is_put(small: Bank) -> None:
    held = Round(small, up_after(40, AT_ONCE), [LONG, SILENT], follow_ups=1)
    held.ports = replace(held.ports, voice_lane=Later(held.inbox, 6.0))
    state = held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {30.0: e.DoneAsked("a001")}))
    (first,) = state.assessments
    assert held.when(e.SessionTimeUp) == [46]
    assert first.follow_ups_asked == () and first.not_asked


def test_an_answer_under_way_is_judged_though_the_time_is_up_while_its_question_is_repeated(small: Bank) -> None:
    held = Round(small, replace(PHONE, session_s=30.0), [talk((1.0, FASTER)), SILENT])
    held.ports = replace(held.ports, voice_lane=Later(held.inbox, 6.0))
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {20.0: e.RepeatAsked()}),
    )
    assert len(held.state.assessments) == 1 and held.state.assessments[0].text


def test_who_was_not_finished_does_not_lift_the_whole_round_s_time(small: Bank) -> None:
    held = Round(small, up_after(30, AT_ONCE), [LONG, SILENT, SILENT])
    held.ports = replace(held.ports, recogniser_lane=Later(held.inbox, 5.0))
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {27.0: e.DoneAsked("a001")}),
        (e.SessionTimeUp, {1.0: e.AnswerReopened("a001"), 2.0: e.DoneAsked("a001")}),
    )
    assert [q.id for q in held.state.not_reached] == ["queue-or-call"]


def test_the_candidate_s_own_factor_is_the_caller_s_and_the_runner_takes_the_rules_as_they_are(small: Bank) -> None:
    held = Round(small, AT_ONCE.longer(1.5), [SILENT, SILENT])
    held.hold()
    assert held.when(e.CutOff)[0] == 135 and held.when(e.Nudged)[:2] == [105, 125]


def test_the_screen_is_told_what_is_left(small: Bank) -> None:
    held = Round(small, up_after(200), [LONG, SILENT])
    told: list[tuple[float | None, float | None]] = []

    def look() -> None:
        left = held.runner.clock_left_s(), held.runner.session_left_s()
        told.append(tuple(None if s is None else round(s, 1) for s in left))

    held.hold(
        (e.SessionOpened, {0.0: look}),
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {10.0: look}),
        (e.ThinkingEnded, {25.0: look, 89.5: look}),
        (e.CutOff, {0.0: look}),
    )
    assert told == [(None, None), (20.0, 190.0), (65.0, 145.0), (0.5, 80.5), (None, 80.0)]


def test_the_screen_is_not_told_when_the_interviewer_will_cut_in(small: Bank) -> None:
    held = Round(small, PANEL, [talk((1.0, FASTER), (20.0, STALE)), SILENT])
    told: list[float | None] = []
    held.hold(
        (e.QuestionSpoken, {}),
        (e.QuestionSpoken, {10.0: lambda: told.append(held.runner.clock_left_s())}),
    )
    assert told == [pytest.approx(110)]


# Cutting in ---------------------------------------------------------------------------------------------------------


def test_who_says_nothing_new_is_cut_in_on(small: Bank) -> None:
    said = talk((1.0, FASTER), (15.0, ROUND_AND_ROUND), (22.0, ROUND_AND_ROUND), (30.0, ROUND_AND_ROUND))
    held = Round(small, PANEL, [said, SILENT])
    state = held.hold()
    at_s, *_ = held.when(e.NewHeard)
    assert held.of(e.NewHeard)[0].points == ("faster-reads",)
    (cut, *_) = held.of(e.CutOff)
    assert (cut.take_id, cut.why) == ("a001", "nothing new")
    assert held.when(e.CutOff)[0] == pytest.approx(at_s + 25, abs=0.01)
    assert state.assessments[0].clocked.cut.at_s == held.capture.lasted["a001"] < 120
    assert (held.when(e.CutOff)[0], CUT_OFF["nothing new"]) in held.speaker.played


def test_nobody_is_cut_in_on_while_new_points_are_heard(small: Bank) -> None:
    said = talk((1.0, FASTER), (22.0, LOAD + " as everybody knows who has measured it"), (45.0, STALE + " for a while"))
    held = Round(small, PANEL, [said, SILENT])
    held.hold()
    assert [ev.points for ev in held.of(e.NewHeard)][-1] == ("faster-reads", "less-load", "stale-data")
    last_s = held.when(e.NewHeard)[-1]
    assert held.when(e.CutOff)[0] == pytest.approx(last_s + 25, abs=0.01) and last_s > 45


def test_new_points_keep_the_floor_to_the_limit_and_no_further(small: Bank) -> None:
    said = talk((1.0, FASTER), (20.0, LOAD + " as everybody knows who has measured it"), (40.0, STALE + " for a while"))
    held = Round(small, replace(PANEL, answer_s=60), [said, SILENT])
    held.hold()
    assert (held.of(e.CutOff)[0].why, held.when(e.CutOff)[0]) == ("limit", 60)


def test_at_first_the_interviewer_waits_twice_as_long(small: Bank) -> None:
    held = Round(small, PANEL, [talk((1.0, ROUND_AND_ROUND)), SILENT])
    held.hold()
    assert held.when(e.CutOff)[0] == 50


def test_who_never_pauses_is_heard_all_the_same(small: Bank) -> None:
    """A phrase that is never closed by a pause is closed by its length."""
    endless = " ".join([ROUND_AND_ROUND, ROUND_AND_ROUND, ROUND_AND_ROUND, STALE, *[ROUND_AND_ROUND] * 10])
    held = Round(small, PANEL, [talk((1.0, endless)), SILENT])
    held.hold()
    new_s = held.when(e.NewHeard)
    assert new_s and 13 < new_s[0] < 30 and held.when(e.CutOff)[0] == pytest.approx(new_s[-1] + 25, abs=0.01)


def test_a_patient_interviewer_hears_nothing_new_and_says_nothing(small: Bank) -> None:
    held = Round(small, PANEL_CALM, [talk((1.0, FASTER), (20.0, ROUND_AND_ROUND)), SILENT])
    held.hold()
    assert not held.of(e.NewHeard) and held.of(e.WordsHeard) and held.when(e.CutOff)[0] == 120


def test_rough_words_that_fail_are_no_answer_s_end(small: Bank) -> None:
    held = Round(small, PANEL_CALM, [talk((1.0, FASTER + " " + LOAD)), SILENT])
    held.ear.failures = [EngineError("it hung")]
    state = held.hold()
    assert state.assessments[0].unscored is None and held.when(e.CutOff)[0] == 120


def test_who_types_is_not_cut_in_on_for_what_cannot_be_heard(small: Bank) -> None:
    held = Round(small, PANEL, [TypedLater(), SILENT])
    held.hold((e.CutOff, {0.1: e.AnswerTyped("a001", small_bank.GOOD)}))
    assert held.of(e.CutOff)[0].why == "limit"


def test_a_recogniser_that_hangs_is_not_the_candidate_s_fault(small: Bank) -> None:
    released = threading.Event()
    lane = Lane("recogniser")
    held = Round(small, PANEL, [talk((1.0, FASTER), (20.0, STALE), (40.0, LOAD)), SILENT], real_s=0.0005,
                 changes={"recogniser_lane": lane})  # fmt: skip
    held.ear.hears = lambda: released.wait(5) and None
    held.hold((e.CutOff, {0.0: released.set}))
    lane.shutdown()
    assert held.of(e.CutOff)[0].why == "limit"


def test_a_dead_microphone_is_not_the_candidate_s_fault(small: Bank) -> None:
    held = Round(small, PANEL, [talk((1.0, FASTER)), SILENT])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {10.0: e.MicrophoneLost("a001", "It is gone.")}))
    assert held.of(e.CutOff)[0].why == "limit"


# What the interviewer says besides ------------------------------------------------------------------------------------


def test_warnings_and_the_cut_are_said_at_their_seconds(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    held.hold()
    said = [one for one in held.speaker.played if 0 < one[0] <= 120]
    assert said[:7] == [
        (20, "Ten seconds to think."), (27, "Three."), (28, "Two."), (29, "One."),
        (90, "Thirty seconds left."), (110, "Ten seconds left."), (120, CUT_OFF["limit"]),
    ]  # fmt: skip


def test_what_is_said_at_an_exact_moment_is_made_ahead(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    held.hold()
    before = held.voice.said.index(small.questions["why-cache"].ask)
    warnings = {"Ten seconds to think.", "Three.", "Thirty seconds left.", "Ten seconds left.", CUT_OFF["limit"]}
    assert warnings <= set(held.voice.said[:before])
    assert all(held.voice.said.count(text) == 1 for text in warnings), "made once, said for both questions"


def test_what_could_not_be_made_ahead_is_said_when_it_is_due(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    make = held.voice.synthesize
    failing = [EngineError("not yet")]

    def synthesize(text: str) -> Sound:
        if failing:
            raise failing.pop()
        return make(text)

    held.voice.synthesize = synthesize
    held.hold()
    assert (60, "Thirty seconds left.") in held.speaker.played and (90, CUT_OFF["limit"]) in held.speaker.played


def test_a_voice_that_fails_costs_the_warning_and_not_the_cut(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG, SILENT])
    make = held.voice.synthesize

    def synthesize(text: str) -> Sound:
        if text.endswith("left.") or text in CUT_OFF.values():
            raise EngineError("no voice")
        return make(text)

    held.voice.synthesize = synthesize
    held.hold()
    assert held.when(e.Nudged, e.CutOff)[:3] == [60, 80, 90] and held.state.close_reason == "finished"


def test_without_a_voice_the_clock_runs_all_the_same(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT], changes={"synthesizer": None, "silent_because": "none here"})
    held.hold()
    assert held.when(e.Nudged, e.CutOff)[:3] == [90, 110, 120] and not held.of(e.InterviewerSaid)


def test_bells_ring_for_warnings_and_the_cut_is_spoken(small: Bank) -> None:
    held = Round(small, replace(VIDEO, warnings="bell"), [LONG, SILENT])
    held.hold()
    assert [one for one in held.speaker.played if 0 < one[0] <= 120] [:7] == [
        (20, "bell"), (27, "bell"), (28, "bell"), (29, "bell"), (90, "bell"), (110, "bell"), (120, CUT_OFF["limit"]),
    ]  # fmt: skip
    assert [ev.text for ev in held.of(e.InterviewerSaid)] == [CUT_OFF["limit"]] * 2, "a bell has no words to take out"


def test_silent_warnings_come_on_the_screen_only(small: Bank) -> None:
    held = Round(small, replace(VIDEO, warnings="silent"), [LONG, SILENT])
    held.hold()
    assert next(one for one in held.speaker.played if one[0] > 0) == (120, CUT_OFF["limit"])
    assert held.when(e.CountedDown, e.Nudged)[:6] == [20, 27, 28, 29, 90, 110]


def test_a_warning_is_journalled_where_it_fell_in_the_take(small: Bank) -> None:
    held = Round(small, VIDEO, [LONG, SILENT])
    held.hold()
    said = [ev for ev in held.journal.events if isinstance(ev, e.InterviewerSaid) and ev.take_id == "a001"]
    assert [(ev.text, ev.start_s, ev.end_s) for ev in said] == [
        ("Thirty seconds left.", 60, 61), ("Ten seconds left.", 80, 81), (CUT_OFF["limit"], 90, 91),
    ]  # fmt: skip


def test_the_last_words_are_said_before_the_session_is_over(small: Bank) -> None:
    lane = Lane("cues")
    held = Round(small, up_after(20, AT_ONCE), [SILENT, SILENT], real_s=0.0005, changes={"cue_lane": lane})
    over: list[str] = []

    def plays(text: str) -> None:
        if text == CUT_OFF["session"]:
            threading.Event().wait(0.05)
            over.append(held.runner.state.phase)

    held.speaker.plays = plays
    held.inbox.real_s = 0.005
    held.hold()
    lane.shutdown()
    assert over == ["closing"] and held.state.close_reason == "finished"


def test_a_speaker_that_hangs_does_not_keep_the_session_from_its_end(small: Bank) -> None:
    released = threading.Event()
    lane = Lane("cues")
    held = Round(small, up_after(20, AT_ONCE), [SILENT, SILENT], real_s=0.0005, changes={"cue_lane": lane})
    held.speaker.plays = lambda text: released.wait(5) and None if text == CUT_OFF["session"] else None
    held.hold()
    released.set()
    lane.shutdown()
    assert held.when(e.SessionClosed) == [pytest.approx(26, abs=0.3)]


# Its words are not the candidate's ------------------------------------------------------------------------------------


def said_at(text: str, at_s: float) -> tuple[Word, ...]:
    return Spoken(text, at_s).words()


def without(words: tuple[Word, ...], *said: tuple[str, float, float], speech: tuple[Span, ...] = ()) -> Transcript:
    whole = heard(words, engine="script", speech=speech, duration_s=90.0)
    return without_interviewer(whole, [(text, Span(start_s, end_s)) for text, start_s, end_s in said])


def test_a_warning_s_words_are_taken_out_where_they_fell() -> None:
    words = (*said_at("the cache is", 50), *said_at("ten seconds left", 80.4), *said_at("in front", 83))
    assert without(words, ("Ten seconds left.", 80, 81.2)).text == "the cache is in front"


def test_the_candidate_s_own_ten_seconds_stay() -> None:
    words = (*said_at("after ten seconds it is left alone", 20), *said_at("ten seconds left", 80.4))
    assert without(words, ("Ten seconds left.", 80, 81.2)).text == "after ten seconds it is left alone"


def test_figures_are_the_same_words() -> None:
    assert without(said_at("10 seconds left", 80.2), ("Ten seconds left.", 80, 81.2)).text == ""
    assert without(said_at("30 seconds left", 60.2), ("Thirty seconds left.", 60, 61.2)).text == ""


def test_what_the_candidate_said_beneath_the_warning_stays() -> None:
    words = (*said_at("ten", 80.3), *said_at("replicas", 80.5), *said_at("left", 80.9))
    assert without(words, ("Ten seconds left.", 80, 81.2)).text == "replicas"


def test_a_warning_may_come_in_late_and_not_later_than_that() -> None:
    late = said_at("left", 81.2 + ON_ITS_WAY_S - 0.3)
    later = said_at("left", 81.2 + ON_ITS_WAY_S + 0.1)
    assert without(late, ("Ten seconds left.", 80, 81.2)).text == ""
    assert without(later, ("Ten seconds left.", 80, 81.2)).text == "left"


def test_speech_that_was_only_the_warning_is_not_the_candidate_s() -> None:
    own, warning, both = Span(1, 50), Span(80.1, 81.3), Span(60.5, 70)
    speech = without(
        (), ("Ten seconds left.", 80, 81.2), ("Thirty seconds left.", 60, 61.2), speech=(own, both, warning)
    )
    assert speech.speech == (own, both) and speech.duration_s == 90


def test_without_a_warning_nothing_is_taken_out() -> None:
    whole = heard(said_at("ten seconds left", 80), engine="script")
    assert without_interviewer(whole, []) is whole


def test_the_round_takes_its_own_words_out_of_the_answer(small: Bank) -> None:
    answer = talk((1.0, FASTER + " within ten seconds"), (76.0, " ".join([ROUND_AND_ROUND] * 3)))
    held = Round(small, AT_ONCE, [answer, SILENT])
    held.ear.extra = said_at("ten seconds left", 80.31)
    text = held.hold().assessments[0].text
    assert "within ten seconds" in text and "left" not in text and text.count("seconds") == 1


# Leaving and coming back ----------------------------------------------------------------------------------------------


def back(left: Round, script: list, *, review: bool = True) -> Round:
    """The same round in a new process, from its journal; the takes are on disk."""
    again = Round(left.bank, left.rules, script, left.follow_ups, review)
    again.state = fold(left.journal.events)
    again.capture.takes, again.capture.lasted = left.capture.takes, left.capture.lasted
    again.journal.events.extend(left.journal.events)
    return again


def test_who_leaves_in_think_time_is_asked_again_with_the_whole_of_it(small: Bank) -> None:
    held = Round(small, VIDEO, [])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {25.0: e.CandidateLeft()}))
    assert held.state.close_reason == "left" and not held.of(e.ThinkingEnded)
    again = back(held, [LONG, SILENT])
    state = again.hold(first=e.SessionResumed(0.0, True))
    assert again.when(e.ThinkingEnded)[0] == 30 and again.when(e.CutOff)[0] == 30 + LIMIT_S
    assert len(state.assessments) == 2 and state.close_reason == "finished"


def test_who_leaves_in_an_answer_goes_on_with_what_was_left_of_it(small: Bank) -> None:
    answer = talk((1.0, FASTER), (40.0, STALE))
    held = Round(small, VIDEO, [answer])
    held.hold((e.ThinkingEnded, {25.0: e.CandidateLeft()}))
    assert held.capture.lasted["a001"] == 25
    again = back(held, [answer, SILENT])
    state = again.hold((e.SessionResumed, {100.0: e.Unpaused()}), first=e.SessionResumed(25.0, True))
    assert again.when(e.CutOff)[0] == pytest.approx(100 + LIMIT_S - 25)
    assert again.capture.told[0] == "go on a001" and again.capture.lasted["a001"] == pytest.approx(LIMIT_S)
    verdicts = {p.id: p.verdict for p in state.assessments[0].points}
    assert verdicts["faster-reads"] == verdicts["stale-data"] == "covered", "nothing of either part is lost"


def test_who_comes_back_to_the_last_seconds_has_a_few_all_the_same(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {89.0: e.CandidateLeft()}))
    again = back(held, [LONG, SILENT])
    again.hold((e.SessionResumed, {1.0: e.Unpaused()}), first=e.SessionResumed(89.0, True))
    assert again.when(e.CutOff)[0] == pytest.approx(6)


def test_a_take_that_nobody_comes_back_to_is_judged_as_it_lies_there(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG])
    held.hold((e.QuestionSpoken, {}), (e.QuestionSpoken, {25.0: e.CandidateLeft()}))
    again = back(held, [SILENT], review=False)
    state = again.hold(first=e.SessionResumed(25.0, False))
    assert state.assessments[0].points[0].verdict == "covered" and state.assessments[0].clocked.cut is None


def test_who_comes_back_has_their_share_of_the_round_s_time(small: Bank) -> None:
    held = Round(small, up_after(200, AT_ONCE), [SILENT])
    held.hold((e.CutOff, {}), (e.QuestionSpoken, {0.0: e.CandidateLeft()}))
    assert held.state.at == 1, "one question of two is left"
    again = back(held, [SILENT])
    told: list[float | None] = []
    again.hold((e.SessionResumed, {0.0: lambda: told.append(again.runner.session_left_s())}),
               first=e.SessionResumed(0.0, True))  # fmt: skip
    assert told == [100.0]


def test_who_was_cut_off_and_left_is_not_given_the_answer_back(small: Bank) -> None:
    held = Round(small, AT_ONCE, [LONG])
    held.ports = replace(held.ports, recogniser_lane=Later(held.inbox, 5.0))
    held.hold((e.CutOff, {1.0: e.CandidateLeft()}))
    again = back(held, [SILENT])
    state = again.hold(first=e.SessionResumed(LIMIT_S, True))
    assert state.assessments[0].clocked.cut.why == "limit" and not again.of(e.Unpaused)
    assert again.capture.told[0] == "start a002", "the first take isn't gone on with"
