"""A whole interview on ports that work at once, asserted as its ordered events."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.kit.ports import ManualClock, MemoryJournal, Spoken, instant_ports
from voiceprep.bank.load import Bank
from voiceprep.core import events as e
from voiceprep.core.feedback import Ground
from voiceprep.core.interview import State, fold
from voiceprep.errors import EngineError
from voiceprep.ports import TypedAnswer
from voiceprep.runner import Runner

QUESTIONS = ("rest-or-graphql", "slow-endpoint")

GOOD = (
    "In GraphQL the client asks for exactly the fields it wants, so it never gets too much or too little. "
    "I would pick REST for a simple public API whose needs are stable, "
    "and GraphQL for a complex mobile app on a slow connection."
)
DEEPER = "With GraphQL a client can send a very deep query, so I would limit the depth of the queries."


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
    runner = Runner(replace(ports, **changes))  # type: ignore[arg-type]
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
    assert clock.at_s == 6.0, "three turns of two seconds were spoken"
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
    assert type(impossible).__name__ in journal.events[-1].detail  # type: ignore[union-attr]
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


def test_a_lane_that_breaks_ends_the_session_with_a_fault(bank: Bank) -> None:
    class Broken:
        name = "broken"

        def synthesize(self, text: str) -> None:
            raise RuntimeError("boom")

        def close(self) -> None: ...

    state, journal, _ = held(bank, [], synthesizer=Broken())
    assert state.close_reason == "fault"
    assert "boom" in journal.events[-1].detail  # type: ignore[union-attr]
