"""The interviewer goes on by quick words and the careful ones come afterwards: the real core and runner, on a clock
that tests move, with a recogniser that in a hurry hears less."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.bank import small_bank
from tests.flows.test_clock import FASTER, LOAD, ROUND_AND_ROUND, STALE, Ear, Round, talk
from voiceprep import checks
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core import events as e
from voiceprep.core.feedback import MISHEARD
from voiceprep.core.floor import ACKNOWLEDGED
from voiceprep.core.interview import State, fold
from voiceprep.core.transcript import Transcript, heard
from voiceprep.errors import EngineError
from voiceprep.silence import COUNTED_S

EXPIRY = "I give every value an expiry and remove it on write"
ALL = f"{FASTER} {LOAD} {STALE}"
OFF = (
    "My favourite season is autumn since the forest is golden and we go for long walks with the dog and a flask of tea"
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return sound_bank(small_bank.write(tmp_path_factory.mktemp("quick") / "bank"))


@dataclass
class HurriedEar(Ear):
    """In a hurry it hears less; `passes` are what it was asked for."""

    without: Iterable[str] = ()
    """Words that it doesn't hear in a hurry."""
    breaks: bool = False
    """Whether it breaks when it has time."""
    passes: list[tuple[str, float, float | None, bool]] = field(default_factory=list)

    def transcribe(self, path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript:
        self.passes.append((path.stem, start / 16_000, end and end / 16_000, quick))
        if self.breaks and not quick:
            raise EngineError("it died")
        found = super().transcribe(path, start, end, quick=quick)
        if not quick:
            return found
        return heard([w for w in found.words if w.text not in self.without], engine=found.engine)


@dataclass
class Quick(Round):
    """A calm interview that goes on by quick words; the candidate says *done* two seconds after each answer."""

    hands_free_s: float | None = None
    without: str = ""
    asks_again: bool = False
    done_in_s: float | None = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ear = HurriedEar(self.capture, without=self.without.split())
        self.ports = replace(self.ports, transcriber=self.ear)

    def opened(self) -> e.SessionOpened:
        opened = super().opened()
        return replace(opened, quick=True, hands_free_s=self.hands_free_s, asks_again=self.asks_again)

    def hold(self, *steps: object, first: e.Event | None = None) -> State:
        if self.done_in_s is not None:
            start = self.capture.start

            def started(take_id: str, microphone: object, *how: object, **more: object) -> None:
                start(take_id, microphone, *how, **more)  # type: ignore[arg-type]
                spoken = microphone.words()  # type: ignore[attr-defined]
                after_s = (spoken[-1].end_s if spoken else 0.0) + self.done_in_s  # type: ignore[operator]
                self.inbox.plan(after_s, lambda: self.runner.deliver(e.DoneAsked(take_id)))

            self.capture.start = started  # type: ignore[method-assign]
        return super().hold(*steps, first=first)  # type: ignore[arg-type]

    def order(self, *kinds: type) -> list[str]:
        return [type(event).__name__ for _, event in self.came if isinstance(event, kinds)]


def whole(held: Round, n: int = 0) -> dict[str, str]:
    return {p.id: p.verdict for p in held.state.assessments[n].points}


def test_the_follow_up_comes_by_quick_words_and_the_verdicts_by_careful_ones(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, FASTER), (9.0, STALE)), talk((1.0, EXPIRY)), talk()], follow_ups=1,
                 without="stale")  # fmt: skip
    state = held.hold()
    moves = (e.AnswerTranscribed, e.Assessed, e.QuestionSpoken, e.AnswerChecked)
    assert held.order(*moves)[:6] == [
        "QuestionSpoken", "AnswerTranscribed", "Assessed", "QuestionSpoken", "AnswerChecked", "Assessed",
    ]  # fmt: skip
    quick, careful = held.of(e.AnswerTranscribed)[0], held.of(e.AnswerChecked)[0]
    assert quick.quick and "stale" not in quick.transcript.text and "stale" in careful.transcript.text
    assert dict(state.given)["a001"] == careful.transcript
    assert whole(held)["stale-data"] == "covered" and state.checks_due == ()
    assert held.of(e.Assessed)[0].assessment.text == quick.transcript.text
    assert state.assessments[0].text == careful.transcript.text


def test_a_follow_up_for_what_had_been_said_does_not_count(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk((1.0, EXPIRY)), talk()], follow_ups=1, without="faster")
    state = held.hold()
    (asked,) = state.assessments[0].follow_ups_asked
    assert asked.follow_up_id == "invalidate" and asked.earned == ("faster-reads",)
    assert asked.unscored is not None and asked.unscored.reason == MISHEARD and asked.coverage is None
    assert whole(held)["faster-reads"] == "covered"


def test_a_follow_up_for_what_was_really_missing_counts(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, f"{LOAD} {STALE}")), talk((1.0, EXPIRY)), talk()], follow_ups=1)
    state = held.hold()
    (asked,) = state.assessments[0].follow_ups_asked
    assert asked.follow_up_id == "invalidate" and asked.unscored is None and asked.coverage == 1.0


def test_an_answer_is_not_called_off_topic_by_quick_words(small: Bank) -> None:
    lost = (
        f"{ALL} memory database load cached value come back much because they are answered from and it takes a lot of"
    )
    held = Quick(small, None, [talk((1.0, ALL)), talk((1.0, ALL)), talk()], asks_again=True, without=lost)
    state = held.hold()
    assert held.of(e.Assessed)[0].assessment.unscored is not None, "in a hurry nothing was heard"
    assert state.assessments[0].unscored is None and state.assessments[0].first_take is None
    assert held.order(e.QuestionSpoken, e.AnswerChecked)[:3] == ["QuestionSpoken", "AnswerChecked", "QuestionSpoken"]


def test_an_answer_that_is_off_topic_with_care_is_asked_again(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, OFF)), talk((1.0, ALL)), talk()], asks_again=True)
    state = held.hold()
    first = state.assessments[0]
    assert (
        first.first_take is not None and first.first_take.unscored is not None and first.first_take.unscored.off_topic
    )
    assert first.unscored is None
    assert held.order(e.QuestionSpoken, e.AnswerChecked)[:3] == ["QuestionSpoken", "AnswerChecked", "QuestionSpoken"]


def test_feedback_is_shown_when_the_answer_was_listened_to_with_care(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk()])
    held.hold()
    story = held.journal.events
    phases = [fold(story[:n]).phase for n in range(1, len(story) + 1)]
    first = phases.index("reviewing")
    assert phases[first - 1] == "checking"
    assert type(story[first]).__name__ == "Assessed" and story[first].anew


def test_where_care_fails_the_quick_words_stand(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk()])
    held.ear.breaks = True
    state = held.hold()
    assert [event.reason for event in held.of(e.CheckFailed)] == ["it died"]
    assert state.assessments[0].unscored is None and state.close_reason == "finished"
    assert state.assessments[0].engine == "script, quick words", "who looks at it knows what it rests on"


def test_nothing_is_listened_to_with_care_while_the_candidate_speaks(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk((3.0, EXPIRY)), talk()], follow_ups=1)
    listening: list[bool] = []
    held.ear.hears = lambda: listening.append(held.runner.state.phase == "listening" and bool(held.runner.state.speech))
    held.hold()
    careful = [at for at, one in zip(listening, held.ear.passes, strict=True) if not one[3]]
    assert careful and not any(careful)


def test_each_phrase_is_recognised_once_and_only_the_tail_is_left_at_the_end(small: Bank) -> None:
    """Six phrases of four seconds, with pauses too short to guess that one was the last."""
    phrases, at_s = [], 1.0
    for text in [FASTER, LOAD, STALE] * 2:
        phrases.append((at_s, text))
        at_s += 0.3 * len(text.split()) + 0.5
    held = Quick(small, None, [talk(*phrases), talk()], done_in_s=0.1)
    held.hold()
    quick = [(start, end) for take, start, end, hurried in held.ear.passes if hurried and take == "a001"]
    assert all(later[0] >= earlier[1] - 0.01 for earlier, later in itertools.pairwise(quick))
    done_s = held.when(e.AnswerEnded)[0]
    assert quick[-1][1] - quick[-1][0] < 9 < quick[-1][1] <= done_s
    words = held.of(e.AnswerTranscribed)[0].transcript
    assert [w.text for w in words.words] == [w for _, text in phrases for w in text.split()]


def test_what_was_heard_in_a_long_pause_is_not_heard_again_with_the_pause(small: Bank) -> None:
    """None of the later phrases is long enough to be recognised by itself."""
    phrases, at_s = [], 1.0
    for text in (FASTER, "and it takes load off", "off the whole database", "I think that's it"):
        phrases.append((at_s, text))
        at_s = talk(phrases[-1]).spans()[-1].end_s + 4.0
    held = Quick(small, None, [talk(*phrases), talk()], hands_free_s=0.0, done_in_s=None)
    held.hold((e.AnswerEnded, {0.0: e.CandidateLeft()}))
    quick = [(start, end) for take, start, end, hurried in held.ear.passes if hurried and take == "a001"]
    assert len(quick) == 4 and all(later[0] > earlier[1] + 3 for earlier, later in itertools.pairwise(quick))
    words = [w.text for w in held.of(e.AnswerTranscribed)[0].transcript.words]
    assert words == [w for _, text in phrases for w in text.split()]


def test_what_failed_in_a_hurry_is_heard_with_the_next(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, FASTER), (9.0, LOAD), (17.0, STALE)), talk()])
    held.ear.failures = [EngineError("it hung")]
    held.hold()
    assert held.of(e.AnswerTranscribed)[0].transcript.text == ALL


def test_an_answer_is_acknowledged_the_moment_it_is_done(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk()])
    held.hold()
    done_s = next(at_s for at_s, event in held.came if isinstance(event, e.DoneAsked))
    said = [(at_s, text) for at_s, text in held.speaker.played if text in ACKNOWLEDGED]
    assert said[0][0] == done_s
    spoken = held.voice.said.index(said[0][1])
    assert spoken < len(held.voice.said) - 1, "it was made before it was needed"


def test_what_may_be_said_next_is_made_while_the_candidate_speaks(small: Bank) -> None:
    held = Quick(small, None, [talk((30.0, ALL)), talk()], follow_ups=1)
    before: list[str] = []
    held.hold((e.SpeechStarted, {0.0: lambda: before.extend(held.voice.said)}))
    why, queue = small.questions["why-cache"], small.questions["queue-or-call"]
    assert {f.ask for f in why.follow_ups} | {queue.ask} <= set(before)


def test_who_leaves_is_not_kept_waiting_and_finds_it_checked_when_back(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk((2.0, EXPIRY))], follow_ups=1, done_in_s=2.0)
    held.hold((e.AnswerTranscribed, {0.0: e.CandidateLeft()}))
    assert held.state.close_reason == "left" and len(held.state.checks_due) == 1
    again = Quick(small, None, [talk((2.0, EXPIRY)), talk()], follow_ups=1)
    again.capture.takes.update(held.capture.takes)
    again.capture.lasted.update(held.capture.lasted)
    again.state, again.journal.events[:] = held.state, held.journal.events
    state = again.hold(first=e.SessionResumed(0.0, review=True, quick=True))
    assert again.of(e.AnswerChecked)[0].take_id == "a001" and not state.checks_due


# Hands-free -----------------------------------------------------------------------------------------------------------


def test_a_set_silence_ends_the_answer_after_a_countdown(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk()], hands_free_s=5.0, done_in_s=None)
    counted: list[float | None] = []
    end_s = talk((1.0, ALL)).spans()[-1].end_s
    look = {in_s: lambda: counted.append(held.runner.ends_in_s()) for in_s in (4.5, 6.0, 7.0)}
    held.hold((e.SpeechEnded, {**look, 20.0: e.CandidateLeft()}))
    ((at_s, done),) = [(at_s, event) for at_s, event in held.came if isinstance(event, e.DoneAsked)]
    assert done.silence and at_s == pytest.approx(end_s + 5.0 + COUNTED_S, abs=0.2)
    assert (
        counted[0] is None and counted[1] == pytest.approx(2.0, abs=0.1) and counted[2] == pytest.approx(1.0, abs=0.1)
    )


def test_any_sound_ends_the_countdown(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, FASTER), (11.0, LOAD)), talk()], hands_free_s=5.0, done_in_s=None)
    last_s = talk((11.0, LOAD)).spans()[-1].end_s
    held.hold((e.AnswerEnded, {0.0: e.CandidateLeft()}))
    assert held.when(e.DoneAsked)[0] == pytest.approx(last_s + 5.0 + COUNTED_S, abs=0.2)


def test_a_sound_that_has_only_begun_holds_the_end_up(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk()], hands_free_s=5.0, done_in_s=None)
    held.capture.sounding = lambda: held.clock.now_s() < 30  # type: ignore[method-assign]
    held.hold((e.AnswerEnded, {0.0: e.CandidateLeft()}))
    assert held.when(e.DoneAsked)[0] == pytest.approx(30.0, abs=0.3)


def test_who_says_that_it_is_all_is_answered_within_a_second_or_so(small: Bank) -> None:
    said = talk((1.0, ALL), (14.0, "and that's it"))
    held = Quick(small, None, [said, talk()], hands_free_s=0.0, done_in_s=None)
    held.hold((e.AnswerEnded, {0.0: e.CandidateLeft()}))
    waited_s = held.when(e.DoneAsked)[0] - said.spans()[-1].end_s
    assert 0.7 < waited_s < 1.2


def test_a_four_second_pause_is_waited_through(small: Bank) -> None:
    first_s = talk((1.0, FASTER)).spans()[-1].end_s
    held = Quick(small, None, [talk((1.0, FASTER), (first_s + 4.0, f"{LOAD} that's it")), talk()],
                 hands_free_s=0.0, done_in_s=None)  # fmt: skip
    held.hold((e.AnswerEnded, {0.0: e.CandidateLeft()}))
    assert held.when(e.DoneAsked)[0] > first_s + 4.0


def test_nobody_is_ended_before_a_word(small: Bank) -> None:
    held = Quick(small, None, [talk((60.0, ALL)), talk()], hands_free_s=3.5, done_in_s=None)
    held.hold((e.AnswerEnded, {0.0: e.CandidateLeft()}))
    assert held.when(e.DoneAsked)[0] > 60


def test_the_longest_talk_never_ends_by_itself_without_hands_free(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, f"{ALL} that's it"), (80.0, ROUND_AND_ROUND)), talk()], done_in_s=3.0)
    held.hold()
    assert not held.of(e.DoneAsked)[0].silence and held.when(e.DoneAsked)[0] > 80


def test_a_report_about_an_earlier_answer_does_not_hold_the_end_up(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk()], hands_free_s=5.0, done_in_s=None)
    end_s = talk((1.0, ALL)).spans()[-1].end_s
    held.hold((e.SpeechEnded, {2.0: e.TimeRanShort(), 3.0: e.EngineRestarted("voice", "it hung")}),
              (e.AnswerEnded, {0.0: e.CandidateLeft()}))  # fmt: skip
    assert held.when(e.DoneAsked)[0] == pytest.approx(end_s + 5.0 + COUNTED_S, abs=0.2)


def test_a_take_begun_anew_has_nothing_of_the_one_before(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, FASTER), (5.0, LOAD)), talk((1.0, STALE)), talk()], done_in_s=None)
    held.hold((e.SpeechEnded, {}), (e.SpeechEnded, {0.5: e.TakeRestarted("a001")}),
              (e.SpeechEnded, {2.0: e.DoneAsked("a002")}), (e.QuestionSpoken, {5.0: e.DoneAsked("a003")}))  # fmt: skip
    assert held.of(e.AnswerTranscribed)[0].transcript.text == STALE


def test_what_was_said_before_a_pause_is_among_the_quick_words(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, FASTER), (8.0, LOAD)), talk()], done_in_s=None)
    held.hold((e.SpeechEnded, {0.3: e.Paused()}), (e.Paused, {20.0: e.Unpaused()}),
              (e.SpeechEnded, {1.0: e.DoneAsked("a001")}), (e.QuestionSpoken, {5.0: e.DoneAsked("a002")}))  # fmt: skip
    assert held.of(e.AnswerTranscribed)[0].transcript.text == f"{FASTER} {LOAD}"


def test_a_careful_verdict_waits_for_the_disk(small: Bank) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk((1.0, EXPIRY)), talk()], follow_ups=1)
    held.hold()
    careful = [event for event in held.of(e.Assessed) if event.anew]
    others = [event for event in held.of(e.Assessed) if event.take_id not in dict(held.state.given)]
    assert careful and held.journal.waited.count("Assessed") >= len(careful) + len(others)


def test_a_careful_verdict_waits_for_the_disk_while_another_answers_words_are_quick_ones(
    small: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Quick(small, None, [talk((1.0, ALL)), talk((1.0, ALL))], review=False)
    nobody_speaks, append = checks._nobody_speaks, held.journal.append
    waits: list[tuple[bool, set[str], bool]] = []
    slow = [True]

    def has_time(state: State) -> bool:
        """Not before both are due: a slow machine's recogniser."""
        slow[0] = slow[0] and len(state.checks_due) < 2
        return not slow[0] and nobody_speaks(state)

    def appended(event: e.Event, *, durable: bool) -> None:
        append(event, durable=durable)
        if isinstance(event, e.Assessed) and event.take_id == "a001":
            waits.append((event.anew, {c.take_id for c in held.runner.state.checks_due}, durable))

    monkeypatch.setattr(checks, "_nobody_speaks", has_time)
    monkeypatch.setattr(held.journal, "append", appended)
    held.hold()
    assert waits == [(False, {"a001"}, False), (True, {"a002"}, True)]


def test_what_an_answer_is_held_against_is_compiled_while_it_is_given(
    small: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Quick(small, None, [talk((1.0, FASTER), (9.0, STALE)), talk()])
    compiled: list[bool] = []
    transcribe = held.ear.transcribe

    def asked(*args: Any, **options: Any) -> Transcript:
        ground = held.ports.grounds.ground(held.runner.state.question.id)
        compiled.append("rubric" in vars(ground))
        return transcribe(*args, **options)

    monkeypatch.setattr(held.ear, "transcribe", asked)
    held.hold()
    assert compiled and all(compiled), "before the first words are recognised"
