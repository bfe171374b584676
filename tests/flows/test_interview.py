"""A whole interview on ports that work at once, asserted as its ordered events."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from tests.kit.ports import HeldCapture, Inline, ManualClock, MemoryJournal, Spoken, instant_ports
from voiceprep.bank.contents import Bank
from voiceprep.clock import MonotonicClock
from voiceprep.core import events as e
from voiceprep.core.feedback import Ground
from voiceprep.core.interview import State, fold
from voiceprep.core.judged import ASK_AGAIN, MOVE_ON
from voiceprep.core.opinion import NoOpinion
from voiceprep.errors import EngineError
from voiceprep.lanes import Lane
from voiceprep.ports import Deliver, Microphone, Sound, TypedAnswer, TypedLater
from voiceprep.runner import LAST_QUESTION_S, Runner
from voiceprep.saying import BREATH_S

QUESTIONS = ("rest-or-graphql", "slow-endpoint")

GOOD = (
    "In GraphQL the client asks for exactly the fields it wants, so it never gets too much or too little. "
    "I would pick REST for a simple public API whose needs are stable, "
    "and GraphQL for a complex mobile app on a slow connection."
)
DEEPER = "With GraphQL a client can send a very deep query, so I would limit the depth of the queries."


COOKING = (
    "You start with olive oil and garlic on a low flame, and you don't let the garlic go brown, or it gets bitter."
)


def opened(bank: Bank, follow_ups: int = 1) -> e.SessionOpened:
    planned = tuple(
        e.PlannedQuestion(q.id, q.ask, tuple((f.id, f.ask) for f in q.follow_ups))
        for q in (bank.questions[i] for i in QUESTIONS)
    )
    return e.SessionOpened("s", "Test", planned, follow_ups)


def grounds(bank: Bank) -> dict[str, Ground]:
    return {i: Ground(bank.questions[i], bank.lexicon, bank.version) for i in QUESTIONS}


def held(bank: Bank, script: list, **changes: object) -> tuple[State, MemoryJournal, Runner]:
    ports, journal, _ = instant_ports(script, grounds(bank))
    runner = Runner(replace(ports, **changes))
    return runner.run(opened(bank)), journal, runner


def names(journal: MemoryJournal) -> list[str]:
    return [type(event).__name__ for event in journal.events]


def test_a_whole_interview_as_its_events(bank: Bank) -> None:
    clock = ManualClock()
    ports, journal, _ = instant_ports([Spoken(GOOD), TypedAnswer(DEEPER), None], grounds(bank), clock)
    state = Runner(ports).run(opened(bank))
    assert names(journal) == [
        "SessionOpened",
        # the question, spoken and answered aloud
        "QuestionSpoken", "SpeechStarted", "SpeechEnded", "AnswerEnded", "AnswerTranscribed", "Assessed",
        # its follow-up, typed
        "QuestionSpoken", "AnswerTyped", "Assessed",
        # the second question: the candidate has nothing more, and what isn't scored earns no follow-up
        "QuestionSpoken", "AnswerEnded", "Assessed",
        "SessionClosed",
    ]  # fmt: skip
    assert state.phase == "closed"
    assert state.close_reason == "finished"
    sentences_said = len(ports.synthesizer.said)
    breaths = sentences_said - 3
    assert clock.at_s == 2.0 * sentences_said + BREATH_S * breaths, "three turns were spoken, sentence by sentence"
    first, second = state.assessments
    assert [p.verdict for p in first.points if p.core] == ["covered"] * 4
    assert first.follow_up_id is None
    assert [f.follow_up_id for f in first.follow_ups_asked] == ["graphql-security"], "nothing missing: it goes deeper"
    assert second.unscored is not None
    assert second.unscored.reason == "no answer"


def test_what_the_candidate_would_miss_waits_for_the_disk(bank: Bank) -> None:
    _, journal, _ = held(bank, [Spoken(GOOD), TypedAnswer(DEEPER)])
    assert set(journal.waited) == {"AnswerEnded", "AnswerTyped", "Assessed", "SessionClosed"}


def test_the_journal_alone_tells_the_same_session(bank: Bank) -> None:
    state, journal, _ = held(bank, [Spoken(GOOD), TypedAnswer(DEEPER), TypedAnswer("I would look at the dashboards.")])
    assert fold(journal.events) == state


def test_a_half_answer_earns_the_follow_up_that_probes_its_gap_and_fills_it(bank: Bank) -> None:
    half = Spoken("In GraphQL the client asks for exactly the fields it wants. A REST endpoint returns a fixed shape.")
    rest = TypedAnswer("REST stays simple: a public API with stable needs is where I would pick REST.")
    state, journal, _ = held(bank, [half, rest])
    first = state.assessments[0]
    assert first.follow_ups_asked[0].follow_up_id == "versioning"
    choice = next(ev for ev in journal.events if isinstance(ev, e.Assessed)).assessment.follow_up
    assert choice is not None
    assert choice.why.startswith("not heard yet: REST suits")
    filled = next(p for p in first.points if p.id == "rest-when")
    assert filled.verdict == "covered"
    assert filled.evidence[0].take_id == "a002"


def asked_again(bank: Bank, script: list) -> tuple[State, MemoryJournal, Runner]:
    """An interview that asks once more where an answer was off topic."""
    ports, journal, _ = instant_ports(script, grounds(bank))
    runner = Runner(ports)
    state = runner.run(replace(opened(bank), asks_again=True))
    assert fold(journal.events) == state, "the journal alone tells the same"
    assert state.close_reason == "finished"
    return state, journal, runner


def test_a_typed_answer_off_topic_is_asked_once_more_and_the_second_is_judged(bank: Bank) -> None:
    state, journal, runner = asked_again(bank, [TypedAnswer(COOKING), TypedAnswer(GOOD), TypedAnswer(DEEPER), None])
    assert names(journal) == [
        "SessionOpened", "QuestionSpoken", "AnswerTyped", "Assessed", "QuestionSpoken", "AnswerTyped", "Assessed",
        "QuestionSpoken", "AnswerTyped", "Assessed", "QuestionSpoken", "AnswerEnded", "Assessed", "SessionClosed",
    ]  # fmt: skip
    question = bank.questions[QUESTIONS[0]].ask
    said = runner.ports.synthesizer.said
    assert said[:3] == [question, ASK_AGAIN, question], "sentence by sentence"
    assert runner.ports.answers.asked[:2] == [question, question], "the same question, whatever is said before it"
    first = state.assessments[0]
    assert (first.text, first.take_id, first.unscored) == (GOOD, "a002", None)
    assert (first.first_take.text, first.first_take.take_id) == (COOKING, "a001")
    assert first.first_take.unscored.off_topic
    assert [f.text for f in first.follow_ups_asked] == [DEEPER], "the second answer earns its follow-up"


def test_two_typed_answers_off_topic_are_enough(bank: Bank) -> None:
    state, _, runner = asked_again(bank, [TypedAnswer(COOKING), TypedAnswer(COOKING), TypedAnswer("I like trains.")])
    said = runner.ports.synthesizer.said
    assert " ".join(said[-3:]) == f"{MOVE_ON} {bank.questions[QUESTIONS[1]].ask}"
    assert [a.question_id for a in state.assessments] == list(QUESTIONS)
    assert state.assessments[0].coverage is None
    assert state.assessments[1].first_take is None, "three words are too short, and not off topic"


def test_late_results_of_earlier_turns_change_nothing(bank: Bank) -> None:
    ports, journal, _ = instant_ports([Spoken(GOOD)], grounds(bank))
    runner = Runner(ports)

    def intrude(event: e.Event, state: State) -> None:
        if isinstance(event, e.Assessed) and state.takes == 1:
            runner.deliver(e.AnswerEnded("a001", "done", 3.0))
            runner.deliver(e.QuestionSpoken("t001", "late", 1.0))
            runner.deliver(e.TranscriptionFailed("a001", "late"))

    runner.watch = intrude
    state = runner.run(opened(bank))
    assert state.close_reason == "finished"
    ended = [ev.take_id for ev in journal.events if isinstance(ev, e.AnswerEnded)]
    assert len(ended) == len(set(ended)), "no take ended twice"
    assert not any(isinstance(ev, e.TranscriptionFailed) for ev in journal.events)


@pytest.mark.parametrize(
    "impossible",
    [e.QuestionSpoken("t099", "", 0.0), e.AnswerTyped("a099", "x"), e.SessionOpened("s", "again", (), 0)],
)
def test_an_impossible_event_ends_the_session_cleanly(bank: Bank, impossible: e.Event) -> None:
    ports, journal, _ = instant_ports([Spoken(GOOD)], grounds(bank))
    runner = Runner(ports)
    runner.watch = lambda event, state: runner.deliver(impossible) if isinstance(event, e.SessionOpened) else None
    state = runner.run(opened(bank))
    assert state.close_reason == "fault"
    assert type(impossible).__name__ in journal.events[-1].detail
    assert fold(journal.events) == state, "the refused event isn't in the journal"


def test_a_recogniser_that_fails_costs_the_score_and_not_the_take(bank: Bank) -> None:
    ports, _journal, ear = instant_ports([Spoken(GOOD), None, None, None], grounds(bank))
    ear.failures = [EngineError("it hung")]
    state = Runner(ports).run(opened(bank))
    first = state.assessments[0]
    assert first.unscored is not None
    assert first.unscored.reason == "not recognised: it hung"
    assert first.coverage is None
    assert state.close_reason == "finished"


def test_without_a_voice_the_question_stands_on_the_screen(bank: Bank) -> None:
    state, journal, _ = held(bank, [], synthesizer=None, silent_because="no voice here")
    spoken = [ev for ev in journal.events if isinstance(ev, e.QuestionSpoken)]
    assert {(s.voice, s.why) for s in spoken} == {("", "no voice here")}
    assert state.close_reason == "finished"


def test_silence_is_never_given_to_the_recogniser(bank: Bank) -> None:
    ports, _, ear = instant_ports([Spoken("")], grounds(bank))
    state = Runner(ports).run(opened(bank))
    assert ear.calls == 0
    assert state.assessments[0].unscored is not None


def test_leaving_keeps_everything_and_says_where_one_was(bank: Bank) -> None:
    ports, journal, _ = instant_ports([Spoken(GOOD)], grounds(bank))
    runner = Runner(ports)

    def leave(event: e.Event, state: State) -> None:
        if isinstance(event, e.Assessed):
            runner.deliver(e.CandidateLeft())

    runner.watch = leave
    state = runner.run(opened(bank))
    assert state.close_reason == "left"
    assert state.left_from == "asking"
    again, _, _ = instant_ports([TypedAnswer(DEEPER), None, None], grounds(bank))
    resumed = Runner(again, state=fold(journal.events)).run(e.SessionResumed(0.0))
    assert resumed.close_reason == "finished"
    assert len(resumed.assessments) == 2
    assert resumed.assessments[0].follow_ups_asked


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """As in a terminal: what a shell starts in the background ignores it."""
    known = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, known)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_in_the_middle_of_a_step_tears_nothing(bank: Bank, number: signal.Signals, ctrl_c: None) -> None:
    ports, journal, _ = instant_ports([Spoken(GOOD)], grounds(bank))
    watched: list[str] = []

    def interrupt(event: e.Event, state: State) -> None:
        if isinstance(event, e.Assessed):
            signal.raise_signal(number)
        watched.append(type(event).__name__)

    before = signal.getsignal(number)
    state = Runner(ports, interrupt).run(opened(bank))
    assert state.close_reason == "left"
    assert watched == names(journal), "an event was written and then not acted on"
    assert signal.getsignal(number) is before


def test_whoever_interrupts_twice_means_it(bank: Bank, ctrl_c: None) -> None:
    ports, _, _ = instant_ports([Spoken(GOOD)], grounds(bank))

    def interrupt(event: e.Event, state: State) -> None:
        if isinstance(event, e.Assessed):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        Runner(ports, interrupt).run(opened(bank))


def test_a_lane_that_breaks_ends_the_session_with_a_fault(bank: Bank) -> None:
    class Broken:
        name = "broken"

        def synthesize(self, text: str) -> None:
            raise RuntimeError("boom")

        def close(self) -> None: ...

    state, journal, _ = held(bank, [], synthesizer=Broken())
    assert state.close_reason == "fault"
    assert "boom" in journal.events[-1].detail


@dataclass
class BadJudge:
    """Breaks, or never comes back whatever it's told."""

    hangs: bool = False
    name: str = "tiny at 127.0.0.1:1"

    def opinion(self, ask: str, points: object, transcript: object) -> NoOpinion:
        if self.hangs:
            threading.Event().wait(30)
        raise RuntimeError("boom")

    def stop(self) -> None: ...


def test_a_judge_that_breaks_costs_its_opinion_only(bank: Bank) -> None:
    judge = BadJudge()
    for changes, why in (
        ({"judge": judge, "judge_lane": Inline()}, "Asking for it failed (RuntimeError)."),
        ({}, "There is no judge."),
    ):
        ports, journal, _ = instant_ports([TypedAnswer(GOOD)], grounds(bank))
        state = Runner(replace(ports, **changes)).run(replace(opened(bank, 0), judge=judge.name))
        assert state.close_reason == "finished"
        assert state.assessments[0].opinion == NoOpinion(why) and state.assessments[0].unscored is None
        assert fold(journal.events) == state


def test_a_judge_that_hangs_and_hears_no_stop_does_not_hold_up_leaving(bank: Bank) -> None:
    lane = Lane("judge")
    ports, journal, _ = instant_ports([TypedAnswer(GOOD)], grounds(bank))
    ports = replace(ports, judge=BadJudge(hangs=True), judge_lane=lane, clock=MonotonicClock())
    runner = Runner(ports)

    def watch(event: e.Event, state: State) -> None:
        if isinstance(event, e.Assessed) and state.phase == "closing":
            runner.deliver(e.CandidateLeft())  # nobody wants to wait for it at the end

    runner.watch = watch
    state = runner.run(replace(opened(bank, 0), judge="tiny"))
    lane.shutdown(wait=False)
    assert state.close_reason == "finished" and state.assessments[0].opinion is None
    assert names(journal)[-2:] == ["CandidateLeft", "SessionClosed"]


# A candidate at the keys ------------------------------------------------------------------------------------------

Step = tuple[type, object]
"""At the next event of this type: an event to deliver, or something to do. A None does nothing."""


@dataclass
class Evening:
    """An interview whose recording goes on until it's told to stop, steered step by step. What isn't steered is done:
    an answer after its speech, the feedback after a look."""

    bank: Bank
    script: list
    opened: e.SessionOpened
    changes: dict = field(default_factory=dict)
    capture: HeldCapture = field(default_factory=HeldCapture)
    clock: ManualClock = field(default_factory=ManualClock)
    state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        ports, self.journal, self.ear = instant_ports(self.script, grounds(self.bank), self.clock, self.capture)
        self.ports = replace(ports, **self.changes)

    def hold(self, *steps: Step, first: e.Event | None = None) -> State:
        left = list(steps)
        self.runner = runner = Runner(self.ports, state=self.state)

        def watch(event: e.Event, state: State) -> None:
            if left and isinstance(event, left[0][0]):
                what = left.pop(0)[1]
                for one in what if isinstance(what, list) else [what]:
                    if callable(one):
                        one()
                    elif one is not None:
                        runner.deliver(one)
            elif isinstance(event, e.SpeechEnded) and state.phase == "listening":
                runner.deliver(e.DoneAsked(event.take_id))
            elif state.phase == "reviewing":
                runner.deliver(e.NextAsked())

        runner.watch = watch
        hung = threading.Timer(5, lambda: runner.deliver(e.SessionClosed("fault", "it stood still")))
        hung.start()
        before = list(self.journal.events)
        self.state = runner.run(first or self.opened)
        hung.cancel()
        assert not left, f"it never came to {left[0]}"
        assert self.state.close_reason != "fault", self.journal.events[-1]
        assert fold(self.journal.events) == self.state, "the journal tells the same"
        assert self.journal.events[: len(before)] == before
        return self.state

    def of(self, *kinds: type) -> list[e.Event]:
        return [event for event in self.journal.events if isinstance(event, kinds)]

    def names(self) -> list[str]:
        return names(self.journal)


def evening(
    bank: Bank, script: list, *, follow_ups: int = 1, minutes: float | None = None, capture: HeldCapture | None = None,
    **changes: object,
) -> Evening:  # fmt: skip
    first = replace(opened(bank, follow_ups), review=True, minutes=minutes)
    return Evening(bank, script, first, changes, capture or HeldCapture())


def test_an_evening_with_nothing_special(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD), TypedAnswer(DEEPER), None])
    state = held.hold()
    assert held.names() == [
        "SessionOpened",
        "QuestionSpoken", "SpeechStarted", "SpeechEnded", "DoneAsked", "AnswerEnded", "AnswerTranscribed", "Assessed",
        "QuestionSpoken", "AnswerTyped", "Assessed", "NextAsked",
        "QuestionSpoken", "AnswerEnded", "Assessed", "NextAsked",
        "SessionClosed",
    ]  # fmt: skip
    assert held.capture.told == ["start a001", "finish a001"]
    assert state.close_reason == "finished"


def test_who_was_not_finished_goes_on_at_the_same_microphone_and_is_judged_once(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD)], follow_ups=0)
    state = held.hold((e.Assessed, e.AnswerReopened("a001")), (e.AnswerReopened, e.DoneAsked("a001")))
    assert held.capture.told == ["start a001", "finish a001", "go on a001", "finish a001"]
    assert len(held.ports.answers.asked) == 2, "the first question's answer was fetched once, the second's once"
    assert held.ear.calls == 2
    assert [ev.ending for ev in held.of(e.AnswerTranscribed)] == [1, 2]
    assert len(state.assessments) == 2 and state.assessments[0].unscored is None


def test_an_answer_undone_while_the_follow_up_is_asked_comes_before_it(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD), TypedAnswer(DEEPER)])
    held.hold((e.Assessed, e.AnswerReopened("a001")), (e.AnswerReopened, e.DoneAsked("a001")))
    spoken = [ev.turn_id for ev in held.of(e.QuestionSpoken)]
    assert spoken[:2] == ["t001", "t004"], "the one that was cut short isn't told as spoken"
    assert held.state.assessments[0].follow_ups_asked


@pytest.mark.parametrize("repeat_at", [e.SessionOpened, e.SpeechEnded], ids=["being asked", "answering"])
def test_a_repeated_question_is_said_again_and_heard_to_its_end(bank: Bank, repeat_at: type) -> None:
    held = evening(bank, [Spoken(GOOD)], follow_ups=0)
    after: list[Step] = [] if repeat_at is e.SessionOpened else [(e.QuestionSpoken, [None, e.DoneAsked("a001")])]
    held.hold(*([(e.QuestionSpoken, None)] if after else []), (repeat_at, e.RepeatAsked()), *after)
    question = bank.questions[QUESTIONS[0]].ask
    assert held.ports.synthesizer.said.count(question) == 2
    takes = {ev.take_id for ev in held.of(e.AnswerEnded)}
    assert takes == {"a001", "a002"}, "the second is the second question's"
    if after:
        assert held.capture.told[:3] == ["start a001", "pause", "go on a001"]


def test_a_lost_microphone_is_waited_for(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD)], follow_ups=0)
    held.hold(
        (e.SpeechEnded, e.MicrophoneLost("a001", "unplugged")),
        (e.MicrophoneLost, [e.MicrophoneBack(), e.Unpaused()]),
        (e.Unpaused, e.DoneAsked("a001")),
    )
    assert held.capture.told == ["start a001", "pause", "go on a001", "finish a001"]
    assert held.state.assessments[0].unscored is None


def test_speech_cut_off_by_skipping_is_no_fault(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD)], follow_ups=0)
    held.capture.on_its_way = [
        e.SpeechStarted("a001", 20.0),
        e.SpeechEnded("a001", 21.0),
        e.AnswerEnded("a001", "recording ended", 21.0),
    ]
    state = held.hold((e.SpeechEnded, e.Skipped("t001")))
    assert state.close_reason == "finished"
    assert state.assessments[0].unscored is not None and state.assessments[0].unscored.reason == "skipped"


def test_keys_pressed_too_late_leave_no_trace(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD)], follow_ups=0)
    late: list[e.Event] = [
        e.DoneAsked("a001"), e.TakeRestarted("a001"), e.TypingStarted("a001"), e.TypingStopped("a001"),
        e.AnswerTyped("a001", "x"), e.Unpaused(), e.RepeatAsked(), e.HintTaken("x"), e.Skipped("t001"),
    ]  # fmt: skip
    held.hold(
        (e.SessionOpened, [e.DoneAsked("a000"), e.Unpaused(), e.NextAsked()]),
        (e.SpeechEnded, [e.DoneAsked("a001"), e.DoneAsked("a001")]),
        (e.AnswerTranscribed, None),
        (e.Assessed, [*late, e.RetakeAsked("no-such-point"), e.NextAsked(), e.NextAsked(), e.AnswerReopened("a001")]),
    )
    wishes = [type(ev).__name__ for ev in held.journal.events if isinstance(ev, e.WISHES)]
    assert wishes == ["DoneAsked", "NextAsked", "NextAsked"], "one is each question's own"


def test_an_answer_typed_into_the_screen_is_waited_for_and_nothing_is_recorded(bank: Bank) -> None:
    held = evening(bank, [TypedLater(), TypedLater()], follow_ups=0)
    state = held.hold(
        (e.QuestionSpoken, e.AnswerTyped("a001", GOOD)), (e.Assessed, e.NextAsked()),
        (e.QuestionSpoken, e.AnswerTyped("a002", "I would look at the dashboards first.")),
    )  # fmt: skip
    assert held.capture.told == []
    assert [a.source for a in state.assessments] == ["typed", "typed"]
    assert state.assessments[0].unscored is None


def test_the_rest_of_a_spoken_turn_can_be_typed(bank: Bank) -> None:
    held = evening(bank, [Spoken("In GraphQL the client")], follow_ups=0)
    state = held.hold((e.SpeechEnded, e.TypingStarted("a001")), (e.TypingStarted, e.AnswerTyped("a001", GOOD)))
    assert held.capture.told == ["start a001", "pause"]
    assert (state.assessments[0].source, state.assessments[0].text) == ("typed", GOOD)


def test_a_sentence_said_again_adds_to_its_answer(bank: Bank) -> None:
    half = Spoken("In GraphQL the client asks for exactly the fields it wants. A REST endpoint returns a fixed shape.")
    again = Spoken("REST stays simple: a public API with stable needs is where I would pick REST.")
    held = evening(bank, [half, again], follow_ups=0)
    state = held.hold((e.Assessed, e.RetakeAsked("rest-when")))
    assert held.capture.told[:4] == ["start a001", "finish a001", "start a002", "finish a002"]
    assert next(p.verdict for p in state.assessments[0].points if p.id == "rest-when") == "covered"
    assert [r.take_id for r in state.assessments[0].retakes] == ["a002"]
    assert len(state.assessments) == 2


def test_a_session_taken_up_in_mid_answer_goes_on_in_that_take(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD)], follow_ups=0)
    left = held.hold((e.SpeechEnded, e.CandidateLeft()))
    assert (left.close_reason, left.left_from) == ("left", "listening")
    assert held.capture.told == ["start a001", "finish a001"]
    held.ports.answers.script = [Spoken(GOOD)]
    state = held.hold((e.SessionResumed, e.Unpaused()), (e.Unpaused, e.DoneAsked("a001")),
                      first=e.SessionResumed(9.0, review=True))  # fmt: skip
    assert held.capture.told[2:] == ["go on a001", "finish a001"]
    assert state.close_reason == "finished" and state.assessments[0].unscored is None


def test_a_take_that_nobody_can_go_on_with_is_the_answer(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD)], follow_ups=0)
    held.hold((e.SpeechEnded, e.CandidateLeft()))
    assert held.ports.answers.script == []
    state = held.hold((e.SessionResumed, e.Unpaused()), first=e.SessionResumed(9.0, review=True))
    assert state.assessments[0].unscored is None, "it's on disk, and isn't called no answer"


def test_nothing_happens_to_a_session_that_is_over(bank: Bank) -> None:
    held = evening(bank, [], follow_ups=0)
    over = held.hold()
    written = len(held.journal.events)
    assert Runner(held.ports, state=over).run(e.SessionResumed(0.0)) == over
    assert len(held.journal.events) == written


# Deadlines, on a clock that only the test moves -------------------------------------------------------------------

TICK = e.EngineRestarted("clock", "tick")


def passes(held: Evening, seconds: float) -> Callable[[], None]:
    return lambda: held.clock.sleep_s(seconds)


def test_a_sentence_said_again_ends_after_twenty_seconds(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD), Spoken(GOOD)], follow_ups=0)
    held.hold(
        (e.Assessed, e.RetakeAsked("rest-when")),
        (e.SpeechStarted, passes(held, 19.9)),
        (e.SpeechEnded, [TICK]),
        (e.EngineRestarted, passes(held, 0.1)),
    )
    retake = held.names()[held.names().index("RetakeAsked") :]
    assert retake[1:6] == ["SpeechStarted", "SpeechEnded", "EngineRestarted", "DoneAsked", "AnswerEnded"]


def test_a_pause_stops_the_limit_and_going_on_starts_it_anew(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD), Spoken(GOOD)], follow_ups=0)
    held.hold(
        (e.Assessed, e.RetakeAsked("rest-when")),
        (e.SpeechEnded, [passes(held, 15), e.Paused()]),
        (e.Paused, [passes(held, 3600), TICK]),
        (e.EngineRestarted, [passes(held, 0), e.Unpaused()]),
        (e.Unpaused, [TICK]),
        (e.EngineRestarted, [passes(held, 19.9), TICK]),
        (e.EngineRestarted, passes(held, 0.1)),
    )
    retake = held.names()[held.names().index("Paused") :]
    assert retake[:7] == [
        "Paused", "EngineRestarted", "Unpaused", "EngineRestarted", "EngineRestarted", "DoneAsked", "AnswerEnded",
    ]  # fmt: skip


def test_the_limit_of_one_answer_does_not_end_another(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD), Spoken(GOOD), Spoken("I would look at the dashboards.")], follow_ups=0)
    held.hold(
        (e.Assessed, e.RetakeAsked("rest-when")),
        (e.SpeechEnded, e.DoneAsked("a002")),
        (e.Assessed, e.NextAsked()),
        (e.SpeechEnded, [passes(held, 3600), TICK]),
        (e.EngineRestarted, [TICK]),
        (e.EngineRestarted, e.DoneAsked("a003")),
    )
    assert [ev.take_id for ev in held.of(e.DoneAsked)] == ["a001", "a002", "a003"]
    assert held.names().count("EngineRestarted") == 2, "it was a while before the third was done"


def test_an_answer_has_no_limit(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD)], follow_ups=0)
    held.hold((e.SpeechEnded, [passes(held, 7200), TICK]), (e.EngineRestarted, e.DoneAsked("a001")))
    names = held.names()
    assert names[names.index("SpeechEnded") + 1] == "EngineRestarted"


def test_when_the_time_is_nearly_up_nothing_new_is_asked(bank: Bank) -> None:
    held = evening(bank, [Spoken(GOOD), TypedAnswer(DEEPER)], minutes=10)
    state = held.hold(  # on these ports the first question is spoken before the time begins to count
        (e.SpeechStarted, passes(held, 600 - LAST_QUESTION_S - 0.1)),
        (e.SpeechEnded, [TICK]),
        (e.EngineRestarted, [passes(held, 0.1), TICK]),
        (e.TimeRanShort, e.DoneAsked("a001")),
    )
    assert held.of(e.EngineRestarted, e.TimeRanShort) == [TICK, e.TimeRanShort(), TICK], "to the tenth of a second"
    assert held.names()[-2:] == ["NextAsked", "SessionClosed"]
    assert len(state.assessments) == 1 and state.assessments[0].follow_ups_asked == ()
    assert state.assessments[0].follow_up is not None, "it earned one"
    assert "no time left for a follow-up" in state.assessments[0].not_asked
    assert held.ports.synthesizer.said == [bank.questions[QUESTIONS[0]].ask]


@pytest.mark.parametrize(("minutes", "questions"), [(1.0, 1), (2.5, 1), (2.6, 2), (None, 2)])
def test_a_short_time_is_one_question_at_least(bank: Bank, minutes: float | None, questions: int) -> None:
    held = evening(bank, [], follow_ups=0, minutes=minutes)
    assert len(held.hold().assessments) == questions
    assert len(held.of(e.TimeRanShort)) == (0 if questions == 2 else 1)


# Between threads --------------------------------------------------------------------------------------------------


@dataclass
class StoppableSpeaker:
    """Plays at once; `stopped` is set by `stop`."""

    played: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    stops: int = 0

    def play(self, sound: Sound, since: int | None = None) -> None:
        self.played += 1

    def stop(self) -> None:
        self.stops += 1
        self.stopped.set()


@pytest.mark.parametrize("wish", [e.Paused(), e.RepeatAsked(), e.Skipped("t001")], ids=lambda w: type(w).__name__)
def test_what_was_being_synthesised_when_it_was_cut_short_is_never_played(bank: Bank, wish: e.Event) -> None:
    speaker = StoppableSpeaker()

    class SlowVoice:
        """Has the first question ready only when it's no longer wanted."""

        name = "slow voice"
        said = 0

        def synthesize(self, text: str) -> Sound:
            self.said += 1
            if self.said == 1:
                assert speaker.stopped.wait(5)
            return Sound(b"", 16_000)

        def close(self) -> None: ...

    lane = Lane("voice")
    voice = SlowVoice()
    held = evening(bank, [Spoken(GOOD)], follow_ups=0, voice_lane=lane, synthesizer=voice, speaker=speaker)
    steps: list[Step] = [(e.SessionOpened, wish)]
    if isinstance(wish, e.Paused):
        steps.append((e.Paused, e.Unpaused()))
    held.hold(*steps)
    lane.shutdown()
    spoken = [ev.turn_id for ev in held.of(e.QuestionSpoken)]
    assert "t001" not in spoken and len(spoken) >= 1
    assert speaker.played == voice.said - 1 >= len(spoken), "sentence by sentence"


@dataclass
class GatedCapture(HeldCapture):
    """`paused` is set by the first pause. With `begun`, recording takes its time to begin: it's told, and then waits
    for that pause."""

    begun: Callable[[], None] | None = None
    paused: threading.Event = field(default_factory=threading.Event)

    def start(
        self,
        take_id: str,
        microphone: Microphone,
        deliver: Deliver,
        *,
        goes_on: bool = False,
        limit_s: float | None = None,
    ) -> None:
        if self.begun is not None:
            self.begun()
            assert self.paused.wait(5)
        super().start(take_id, microphone, deliver, goes_on=goes_on)

    def pause(self) -> None:
        super().pause()
        self.paused.set()


@dataclass
class SlowCandidate:
    """Has the microphone in hand only when the first pause has come."""

    paused: threading.Event
    asked: int = 0

    def next(self, question: str) -> Microphone | None:
        self.asked += 1
        assert self.paused.wait(5)
        return Spoken(GOOD) if self.asked == 1 else None


def test_a_pause_before_the_microphone_is_there_records_nothing_and_loses_nothing(bank: Bank) -> None:
    capture, lane = GatedCapture(), Lane("voice")
    candidate = SlowCandidate(capture.paused)
    held = evening(bank, [], follow_ups=0, capture=capture, voice_lane=lane, answers=candidate)
    held.hold(
        (e.QuestionSpoken, e.Paused()),
        (e.Paused, e.Unpaused()),
        (e.Unpaused, [TICK]),
        (e.EngineRestarted, e.DoneAsked("a001")),
    )
    lane.shutdown()
    assert capture.told[0] == "pause"
    assert "start a001" not in capture.told
    assert candidate.asked == 2, "what was in hand is used, the second is the second question's"


def test_a_pause_in_the_very_moment_recording_begins_pauses_it(bank: Bank) -> None:
    lane = Lane("voice")
    capture = GatedCapture(begun=lambda: held.runner.deliver(e.Paused()))
    held = evening(bank, [Spoken(GOOD)], follow_ups=0, capture=capture, voice_lane=lane)

    def paused_twice() -> None:
        for _ in range(500):
            if capture.told.count("pause") == 2:
                return
            threading.Event().wait(0.01)
        raise AssertionError(capture.told)

    held.hold((e.Paused, [TICK]), (e.EngineRestarted, [paused_twice, e.CandidateLeft()]))
    lane.shutdown()
    assert capture.told == ["pause", "start a001", "pause"], "the first pause came too early to hold"
