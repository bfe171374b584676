"""A journal folds into what a replay shows: takes in order, and marks at the second they belong to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.sessions import made
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core import events as e
from voiceprep.core.feedback import Ground, assess
from voiceprep.core.plan import Plan, plan_questions
from voiceprep.core.pressure import CUT_OFF, Pressure
from voiceprep.core.replay import STARTED_AGAIN, Replay, ReplayedTake, replay_of
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word, heard
from voiceprep.report.timeline import replay_json, time_line
from voiceprep.sessions.store import SessionFolder

GOLDEN = Path(__file__).parents[1] / "sessions" / "golden"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return sound_bank(small_bank.write(tmp_path_factory.mktemp("small") / "bank"))


@pytest.fixture(scope="module")
def plan(bank: Bank) -> Plan:
    return plan_questions(list(bank.questions), bank.questions)


def opened(plan: Plan, **how: object) -> list[e.Event]:
    return [e.SessionOpened("s", "Made", made.planned(plan)[:1], 0, **how), e.QuestionSpoken("t001", "", 0.0)]


def spoken(text: str = small_bank.HALF, start_s: float = 0.0) -> Transcript:
    words = [Word(w, start_s + 0.4 * n, start_s + 0.4 * n + 0.3, 0.9) for n, w in enumerate(text.split())]
    return heard(words, engine="whisper:test", speech=(Span(start_s, words[-1].end_s),), duration_s=words[-1].end_s + 1)


def only(replay: Replay) -> ReplayedTake:
    assert len(replay.takes) == 1
    return replay.takes[0]


def marks(take: ReplayedTake, *kinds: str) -> list[tuple[str, float | None, str]]:
    return [(m.kind, m.at_s, m.text) for m in take.marks if m.kind in kinds]


def test_every_take_stands_under_its_question_in_the_order_it_was_given(bank: Bank, plan: Plan) -> None:
    replay = replay_of(made.story(bank, plan))
    assert [[(t.id, t.kind) for t in q.takes] for q in replay.questions] == [
        [("a001", "answer"), ("a002", "follow-up")],
        [("a003", "answer"), ("a004", "answer")],
    ]
    assert replay.ended and not replay.stopped
    follow_up = replay.takes[1]
    assert follow_up.ask == dict(made.planned(plan)[0].follow_ups)["invalidate"] and follow_up.why


def test_a_quote_is_pinned_to_its_words_and_what_was_not_heard_has_no_moment(bank: Bank, plan: Plan) -> None:
    take = replay_of(made.story(bank, plan)).takes[0]
    point = next(m for m in take.marks if m.kind == "heard")
    first = small_bank.HALF.split().index(point.quote.split()[0])
    assert point.at_s == take.words[first].start_s
    assert [m.at_s for m in take.marks if m.kind == "not heard"] == [None] * sum(
        m.kind == "not heard" for m in take.marks
    )
    timed = [m.at_s is None for m in take.marks]
    assert timed == sorted(timed), "those without a moment come last"


def test_a_typed_answer_has_quotes_and_no_seconds(bank: Bank, plan: Plan) -> None:
    take = replay_of(made.story(bank, plan)).takes[1]
    assert (take.source, take.words, take.length_s, take.speech) == ("typed", (), 0.0, ())
    assert [m for m in take.marks if m.quote] and all(m.at_s is None for m in take.marks)


def test_silences_from_half_a_second_on_are_pauses(bank: Bank, plan: Plan) -> None:
    said = replace(spoken(), speech=(Span(0, 1), Span(1.4, 2), Span(2.5, 3)))
    take = only(replay_of([*opened(plan), e.AnswerEnded("a001", "done", 4.0), e.AnswerTranscribed("a001", said)]))
    assert take.pauses == (Span(2, 2.5),)
    assert "    0:02 pause of 0.5 s".strip() in [line.strip() for line in time_line(take)]


def test_what_the_candidate_did_stands_where_the_recording_was(bank: Bank, plan: Plan) -> None:
    told = [
        *zip(opened(plan), (100.0, 102.0), strict=True),
        (e.SpeechStarted("a001", 0.5), 102.7),
        (e.HintTaken("why-cache"), 105.0),
        (e.Paused(), 106.0),
        (e.Unpaused(), 130.0),
        (e.MicrophoneLost("a001", "It was unplugged."), 131.5),
        (e.MicrophoneBack(), 140.0),
        (e.Unpaused(), 141.0),
        (e.RepeatAsked(), 142.0),
        (e.QuestionSpoken("t002", "", 3.0), 145.0),
        (e.AnswerEnded("a001", "done", 7.25), 146.8),
    ]
    take = only(replay_of([event for event, _ in told], [at_s for _, at_s in told]))
    assert marks(take, "hint", "paused", "microphone", "repeated") == [
        ("hint", 3.0, "You looked at a hint."),
        ("paused", 4.0, "You paused."),
        ("microphone", 5.5, "It was unplugged."),
        ("microphone", 5.5, "The microphone was back."),
        ("repeated", 6.5, "The question was said again."),
    ]
    assert take.length_s == 7.25 and all(m.about for m in take.marks)


def test_a_warning_stands_by_the_rounds_clock_and_where_it_was_heard(bank: Bank, plan: Plan) -> None:
    rules = Pressure(answer_s=20.0, follow_up_s=10.0)
    begun = opened(plan, pressure=rules)
    take = only(
        replay_of(
            [
                begun[0],
                e.QuestionSpoken("t001", "", 0.0),
                e.QuestionSpoken("t002", "", 0.0),
                e.Nudged("a001", 15.0),
                e.Nudged("a001", 10.0),
                e.InterviewerSaid("a001", "Ten seconds left.", 10.2, 11.0),
                e.CutOff("a001", "limit"),
                e.InterviewerSaid("a001", CUT_OFF["limit"], 20.1, 21.0),
                e.AnswerEnded("a001", "done", 20.0),
            ]
        )
    )
    assert marks(take, "nudge", "cut off", "said besides") == [
        ("nudge", 5.0, "Fifteen seconds left."),
        ("nudge", 10.2, "Ten seconds left."),
        ("cut off", 20.0, CUT_OFF["limit"]),
    ]


def test_i_was_not_finished_joins_one_take_and_says_where(bank: Bank, plan: Plan) -> None:
    ground = Ground(plan.questions[0], bank.lexicon, bank.version)
    said = spoken()
    take = only(
        replay_of(
            [
                *opened(plan, review=True),
                e.AnswerEnded("a001", "done", 3.0),
                e.AnswerReopened("a001"),
                e.AnswerEnded("a001", "done", 12.0),
                e.AnswerTranscribed("a001", said, 2),
                e.Assessed("a001", assess(ground, said, "a001"), None, 2),
            ]
        )
    )
    assert marks(take, "went on") == [("went on", 3.0, "You weren't finished, and went on.")]
    assert take.length_s == 12.0 and take.judged is not None


def test_a_take_that_was_started_again_is_kept_with_its_rough_words(bank: Bank, plan: Plan) -> None:
    words = (Word("so", 0.2, 0.4, 0.9), Word("um", 0.6, 0.8, 0.9))
    told = [*opened(plan), e.WordsHeard("a001", words[:1]), e.WordsHeard("a001", words), e.TakeRestarted("a001")]
    replay = replay_of([*told, e.AnswerEnded("a002", "done", 2.0)], [0.0, 1.0, 2.0, 3.0, 4.5, 9.0])
    first, second = replay.takes
    assert (first.text, first.rough, first.length_s, second.length_s) == ("so um", True, 3.5, 2.0)
    assert first.note.startswith(STARTED_AGAIN)
    assert any(line.endswith("filler: um") for line in time_line(first))


def test_a_word_put_right_and_a_dispute_stand_on_the_line(bank: Bank, plan: Plan) -> None:
    said = spoken()
    first = Ground(plan.questions[0], bank.lexicon, bank.version)
    answer = assess(first, said, "a001")
    wrong = " ".join(small_bank.HALF.split()[2:4])
    replay = replay_of(
        [
            *opened(plan, review=True),
            e.AnswerEnded("a001", "done", 9.0),
            e.AnswerTranscribed("a001", said),
            e.Assessed("a001", answer),
            e.Disputed("why-cache", None, answer.points[0].id, "I said it"),
            e.Disputed("why-cache", None, "", "misheard", wrong, "Redis"),
        ]
    )
    take = only(replay)
    assert marks(take, "your word") == [("your word", said.words[2].start_s, "You said that this was Redis.")]
    assert [m.point.dispute for m in take.marks if m.point and m.point.id == answer.points[0].id] == ["I said it"]


def test_a_story_that_breaks_off_is_shown_up_to_there(bank: Bank, plan: Plan) -> None:
    whole = made.story(bank, plan)
    replay = replay_of([*whole[:8], e.SelfRated("a001", ()), e.AnswerEnded("a009", "done", 1.0), *whole[8:]])
    assert [t.id for t in replay.takes] == ["a001"] and "Event 10" in replay.stopped and not replay.ended


@pytest.mark.parametrize("cut", range(0, 23))
def test_any_beginning_of_a_journal_can_be_replayed(bank: Bank, plan: Plan, cut: int) -> None:
    replay = replay_of(made.story(bank, plan)[:cut])
    assert not replay.stopped and replay_json(replay)["questions"] is not None


@pytest.mark.parametrize("version", sorted(p.name for p in GOLDEN.iterdir()))
def test_a_golden_session_replays_with_its_spoken_answer_timed(version: str) -> None:
    history = SessionFolder(GOLDEN / version).history()
    take = replay_of(history.events, [ns / 1e9 for ns in history.mono_ns]).takes[-1]
    assert take.length_s == 2.645 and take.words and take.speech
    assert [m.at_s for m in take.marks if m.kind == "heard"] == [0.1]
