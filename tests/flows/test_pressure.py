"""From the command line: rounds under a clock with recorded answers, which are cut where the clock would have been."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.kit.ports import ManualClock, instant_ports
from tests.sessions.command import Result, batch, run
from voiceprep.audio.capture import TakeRecorder
from voiceprep.audio.silero import SileroVad
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core import events as e
from voiceprep.core.feedback import Ground
from voiceprep.core.interview import State, fold
from voiceprep.core.pressure import CUT_OFF, Pressure
from voiceprep.pcm.recording import length_s, read_recording
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE
from voiceprep.runner import Runner
from voiceprep.sessions import store
from voiceprep.wiring.answers import FileAnswers
from voiceprep.wiring.demo import demo_folder

GRAPHQL = demo_folder() / "rest-or-graphql.ogg"
"""A good answer of 20 seconds to the question of the same name."""
QUESTION = ("--question", "rest-or-graphql")

ROUNDS = (
    small_bank.ROUNDS
    + """\
  - id: hurry
    title: Hurry
    about: Two questions in twelve seconds.
    questions: [queue-or-call, why-cache]
    follow_ups: 0
    pressure: {answer_s: 15, session_s: 12}
  - id: breath
    title: Breath
    about: Two questions in twenty seconds, with time to think.
    questions: [queue-or-call, why-cache]
    follow_ups: 0
    pressure: {answer_s: 15, think_s: 10, session_s: 20}
  - id: just
    title: Just
    about: Two questions, and twenty seconds for both answers.
    questions: [queue-or-call, why-cache]
    follow_ups: 0
    pressure: {answer_s: 15, session_s: 20}
"""
)


@dataclass(frozen=True)
class Held:
    """A session that a command held."""

    result: Result
    folder: store.SessionFolder
    data: Path

    @property
    def lines(self) -> list[str]:
        return self.result.out.splitlines()

    @property
    def said(self) -> str:
        """All of it on one line, as it was before it was wrapped."""
        return " ".join(self.result.out.split())

    @property
    def events(self) -> Sequence[e.Event]:
        return self.folder.history().events

    @property
    def state(self) -> State:
        return fold(self.events)

    @property
    def report(self) -> str:
        return (self.folder.path / "report.md").read_text(encoding="utf-8")

    def samples(self, take_id: str) -> int:
        return round(length_s(self.folder.recording(take_id)) * RATE)

    def of_take(self, take_id: str) -> list[str]:
        """The names of the events of the turn of this take, and of its take, that the clock and its end tell."""
        kinds = (e.CountedDown, e.ThinkingEnded, e.Nudged, e.CutOff, e.SessionTimeUp, e.AnswerEnded)
        turns, found = int(take_id[1:]) + 1, []  # the rules are a turn too
        for event in self.events:
            if isinstance(event, kinds) and getattr(event, "turn_id", getattr(event, "take_id", take_id)) in (
                take_id,
                f"t{turns:03d}",
            ):
                left_s = getattr(event, "left_s", None)
                found.append(type(event).__name__ + ("" if left_s is None else f" {left_s:g}"))
        return found


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("sounds")
    speech = read_16k(GRAPHQL)

    def written(name: str, pcm: bytes) -> Path:
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(pcm)
        return folder / f"{name}.wav"

    def seconds(length: float) -> bytes:
        return bytes(2 * round(length * RATE))

    return {
        # Too long: it speaks on over the second at which it's stopped.
        "long": written("long", seconds(80) + speech),
        "short": written("short", speech[: 2 * RATE]),
        "silent": written("silent", seconds(5)),
        "silent 100 s": written("silent100", seconds(100)),
        "fine": GRAPHQL,
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bank.write(tmp_path_factory.mktemp("small") / "bank", rounds=ROUNDS)


@pytest.fixture(scope="module")
def held(sounds: Mapping[str, Path], small: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Held]:
    """Rounds that were held without a screen, each with a data folder of its own."""
    wanted: dict[str, tuple[list[str | Path], list[str]]] = {
        "video": (["--round", "pressure-video", "--seed", "7"], ["long", "short", "silent", "fine"]),
        "limit": ([*QUESTION, "--limit", "12", "--think", "20", "--takes", "2"], ["fine"]),
        "longer": ([*QUESTION, "--limit", "10", "--think", "22", "--time", "1.5"], ["silent 100 s"]),
        "borrowed": ([*QUESTION, "--pressure", "pressure-video"], ["silent 100 s"]),
        "real": ([*QUESTION, "--mode", "real"], ["short"]),
        "phone": (["--round", "pressure-phone", "--seed", "7"], ["silent 100 s"] * 5),
        "hurry": (["--bank", small, "--round", "hurry"], ["silent 100 s", "silent"]),
        "just": (["--bank", small, "--round", "just"], ["silent 100 s", "silent 100 s"]),
        "breath": (["--bank", small, "--round", "breath"], ["silent", "silent"]),
    }
    root = tmp_path_factory.mktemp("held")
    commands: list[list[str | Path]] = []
    for n, (args, answers) in enumerate(wanted.values()):
        given = [part for name in answers for part in ("--answer-audio", sounds[name])]
        engines = ["--engine", "basic", "--voice", "none", "--data-dir", root / str(n)]
        commands.append(["practice", "--headless", *args, *given, *engines])
    results = batch(commands)
    found = {}
    for n, (name, result) in enumerate(zip(wanted, results, strict=True)):
        assert result.code == 0, (name, result)
        found[name] = Held(result, store.folders(root / str(n) / "sessions")[0], root / str(n))
    return found


# Cut to the sample ----------------------------------------------------------------------------------------------------


def test_an_answer_that_is_too_long_is_cut_exactly_at_its_limit(held: Mapping[str, Held]) -> None:
    assert held["video"].samples("a001") == 90 * RATE
    assert held["limit"].samples("a001") == 12 * RATE
    assert held["borrowed"].samples("a001") == 90 * RATE


def test_what_is_kept_is_the_beginning_of_what_was_said(held: Mapping[str, Held]) -> None:
    assert read_recording(held["limit"].folder.recording("a001")) == read_16k(GRAPHQL)[: 2 * 12 * RATE]


def test_an_answer_within_its_time_is_kept_whole(held: Mapping[str, Held]) -> None:
    video = held["video"]
    assert (video.samples("a002"), video.samples("a003")) == (RATE, 5 * RATE)
    assert video.samples("a004") == len(read_16k(GRAPHQL)) // 2


def test_the_clock_tells_in_order(held: Mapping[str, Held]) -> None:
    thinking = ["CountedDown 10", "CountedDown 3", "CountedDown 2", "CountedDown 1", "ThinkingEnded"]
    assert held["video"].of_take("a001") == [*thinking, "Nudged 30", "Nudged 10", "CutOff", "AnswerEnded"]
    for within in ("a002", "a003", "a004"):
        assert held["video"].of_take(within) == [*thinking, "AnswerEnded"]


def test_a_clock_of_one_s_own_warns_in_its_second_half_only(held: Mapping[str, Held]) -> None:
    assert held["limit"].of_take("a001")[-2:] == ["CutOff", "AnswerEnded"], "ten seconds left of twelve is no warning"


def test_the_candidate_s_factor_lengthens_every_time_to_what_can_be_said(held: Mapping[str, Held]) -> None:
    longer = held["longer"]
    assert longer.samples("a001") == 15 * RATE
    assert "thirty-five seconds to think" in longer.said and "fifteen seconds to answer" in longer.said
    assert longer.state.assessments[0].clocked.think_s == 35


def test_the_setting_lengthens_a_round_and_the_command_line_goes_before_it(
    tmp_path: Path, sounds: Mapping[str, Path]
) -> None:
    practice = ["practice", "--headless", *QUESTION, "--limit", "10", "--answer-audio", sounds["silent 100 s"],
                "--voice", "none", "--engine", "basic", "--data-dir", tmp_path]  # fmt: skip
    done = batch([["config", "set", "time", "1.5", "--data-dir", tmp_path], practice, [*practice, "--time", "1"]])
    assert [r.code for r in done] == [0, 0, 0]
    folders = sorted(store.folders(tmp_path / "sessions"), key=lambda f: f.id)
    lengths = [len(read_recording(f.recording("a001"))) // 2 / RATE for f in folders]
    assert sorted(lengths) == [10, 15]


# What is shown --------------------------------------------------------------------------------------------------------


def test_the_rules_come_before_the_first_question(held: Mapping[str, Held]) -> None:
    said = held["video"].said
    rules = (
        "INTERVIEWER Four questions. For each you have thirty seconds to think; recording starts by itself. Then "
        "ninety seconds to answer, and I'll cut you off. One take, and no repeats."
    )
    assert said.index(rules) < said.index("question 1 of 4") and said.count("recording starts by itself") == 1


def test_a_clock_of_one_s_own_says_its_rules(held: Mapping[str, Held]) -> None:
    assert (
        "One question. You have twenty seconds to think; recording starts by itself. Then twelve seconds to answer, "
        "and I'll cut you off. Two takes, and no repeats."
    ) in held["limit"].said


def test_think_time_recording_warnings_and_the_cut_are_shown_in_order(held: Mapping[str, Held]) -> None:
    said = held["video"].said
    first = said[said.index("question 1 of 4") : said.index("question 2 of 4")]
    shown = ["[Ten seconds to think.]", "[recording]", "[Thirty seconds left.]", "[Ten seconds left.]",
             CUT_OFF["limit"], "[1:30 recorded as a001.]"]  # fmt: skip
    places = [first.index(one) for one in shown]
    assert places == sorted(places) and all(first.count(one) == 1 for one in shown)


def test_feedback_is_shown_at_the_end_only(held: Mapping[str, Held]) -> None:
    for name, questions in (("video", 4), ("real", 1), ("limit", 1)):
        lines = held[name].lines
        last = max(n for n, line in enumerate(lines) if line.startswith("── question "))
        feedback = [n for n, line in enumerate(lines) if line.strip().startswith("FEEDBACK")]
        heads = [line for line in lines if line.startswith("── feedback on question ")]
        assert len(heads) == questions and min(feedback) > last, name


def test_a_calm_session_in_real_mode_has_no_rules_and_no_clock(held: Mapping[str, Held]) -> None:
    assert "cut you off" not in held["real"].said and "UNDER A CLOCK" not in held["real"].said
    assert held["real"].state.assessments[0].clocked is None


def test_a_silent_answer_and_a_short_one_are_not_scored_and_no_fault(held: Mapping[str, Held]) -> None:
    _, short, silent, _ = held["video"].state.assessments
    assert silent.unscored is not None and silent.unscored.reason == "no words were heard"
    assert short.unscored is not None and short.clocked.cut is None
    assert held["video"].state.close_reason == "finished"


def test_a_cut_answer_is_scored_by_what_was_said_and_the_rest_was_not_reached(held: Mapping[str, Held]) -> None:
    limit = held["limit"]
    first = limit.state.assessments[0]
    verdicts = {p.id: p.verdict for p in first.points}
    assert verdicts["graphql-client-picks"] == "covered" and verdicts["rest-when"] == "unheard"
    assert (first.clocked.cut.why, first.clocked.cut.at_s, first.clocked.thought_s) == ("limit", 12, 20)
    assert "NOT REACHED, stopped at 0:12" in limit.said and "NOT HEARD" not in limit.said
    assert "UNDER A CLOCK OF 0:12 THOUGHT 0:20 of 0:20 FIRST WORD after" in limit.said
    assert "STOPPED at 0:12, its time was up" in limit.said


def test_the_report_says_the_rules_and_where_it_was_stopped(held: Mapping[str, Held]) -> None:
    report = held["limit"].report
    assert "Under a clock: One question. You have twenty seconds to think;" in report
    assert "**NOT REACHED, stopped at 0:12**" in report and "STOPPED at 0:12, its time was up" in report
    assert "not reached:" not in report, "every question was put"
    assert "Under a clock" not in held["real"].report


# The whole round's time -----------------------------------------------------------------------------------------------


def test_questions_that_the_round_s_time_did_not_reach_are_listed(held: Mapping[str, Held]) -> None:
    hurry = held["hurry"]
    assert hurry.samples("a001") == 12 * RATE and not hurry.folder.recording("a002").exists()
    assert hurry.of_take("a001") == ["SessionTimeUp", "AnswerEnded"]
    assert [a.question_id for a in hurry.state.assessments] == ["queue-or-call"]
    line = f"One question was not reached: {small_bank.WHY_CACHE}. That's no mark against you; it's the clock."
    assert line in hurry.report and line in hurry.said
    assert any(line.split() == ["why-cache", "not", "reached"] for line in hurry.lines)
    assert "STOPPED at 0:12, the round's time was up" in hurry.said


def test_what_the_interviewer_says_at_the_end_of_the_round_s_time_is_shown(held: Mapping[str, Held]) -> None:
    assert CUT_OFF["session"] in held["hurry"].said


def test_the_last_answer_has_what_the_round_has_left(held: Mapping[str, Held]) -> None:
    just = held["just"]
    assert (just.samples("a001"), just.samples("a002")) == (15 * RATE, 5 * RATE)
    first, second = just.state.assessments
    assert (first.clocked.cut.why, second.clocked.cut.why) == ("limit", "session")
    assert not just.state.not_reached and "not reached:" not in just.report


def test_think_time_is_the_round_s_time_too(held: Mapping[str, Held]) -> None:
    """On a clock that runs the time is up while the second question is thought about: it wasn't reached."""
    assert [q.id for q in held["breath"].state.not_reached] == ["why-cache"]


def test_a_round_whose_time_is_not_up_reaches_every_question(held: Mapping[str, Held]) -> None:
    phone = held["phone"]
    assert [phone.samples(f"a00{n}") for n in range(1, 6)] == [90 * RATE] * 5
    assert not phone.state.time_is_up and "not reached" not in phone.report.lower().replace("not reached, stopped", "")
    assert "ten minutes for all of it; then we stop, wherever we are." in phone.said


def test_a_shipped_round_s_time_is_one_that_can_be_up(bank: Bank) -> None:
    for round_ in bank.rounds.values():
        rules = round_.pressure
        if rules is not None and rules.session_s is not None:
            assert round_.choose is not None and round_.choose.how_many
            of_question = rules.think_s + rules.answer_s + round_.follow_ups * rules.follow_up_s
            assert round_.choose.how_many * of_question > rules.session_s, round_.id


def test_the_round_s_time_is_up_whatever_the_answers_add_up_to(tmp_path: Path) -> None:
    """Three answers whose seconds don't add up exactly; the fourth has the rest, the fifth isn't put."""
    small = sound_bank(small_bank.write(tmp_path / "bank"))
    paths = []
    for n, samples in enumerate((75_752, 40_531, 79_574, 30 * RATE, RATE)):
        paths.append(tmp_path / f"{n}.wav")
        with wave.open(str(paths[-1]), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(bytes(2 * samples))
    (tmp_path / "audio").mkdir()
    clock = ManualClock()
    question = small.questions["queue-or-call"]
    ports, journal, _ = instant_ports([], {question.id: Ground(question, small.lexicon, small.version)}, clock)
    capture = TakeRecorder(tmp_path / "audio", SileroVad, clock, lambda path: 10**12)
    ports = replace(
        ports, answers=FileAnswers(paths, False), capture=capture, take_path=lambda take: tmp_path / "audio" / take
    )
    planned = (e.PlannedQuestion(question.id, question.ask),) * 5
    rules = Pressure(answer_s=25, follow_up_s=25, session_s=30)
    state = Runner(ports).run(e.SessionOpened("s", "Test", planned, 0, pressure=rules, real=True))
    ends = [ev.duration_s for ev in journal.events if isinstance(ev, e.AnswerEnded)]
    assert sum(ends) == pytest.approx(30) and len(ends) == 4
    assert any(isinstance(ev, e.SessionTimeUp) for ev in journal.events) and len(state.not_reached) == 1


# For programs ---------------------------------------------------------------------------------------------------------


def test_a_session_s_json_has_the_clock_of_each_answer(held: Mapping[str, Held]) -> None:
    shown = {
        name: run("sessions", "show", "last", "--json", "--data-dir", held[name].data).json()["answers"]
        for name in ("limit", "real")
    }
    cut = {"why": "limit", "at_s": 12.0}
    assert shown["limit"][0]["clocked"] == {
        "limit_s": 12.0, "think_s": 20.0, "thought_s": 20.0, "cut": cut, "interrupted": "",
    }  # fmt: skip
    assert [a["clocked"] for a in shown["real"]] == [None] * len(shown["real"])


def test_a_session_under_a_clock_is_whole(held: Mapping[str, Held]) -> None:
    for name in ("video", "hurry", "longer"):
        assert store.verify(held[name].folder) == [], name


# What is asked for ----------------------------------------------------------------------------------------------------


def test_a_clock_that_makes_no_sense_is_refused(sounds: Mapping[str, Path], tmp_path: Path) -> None:
    practice = ["practice", "--headless", *QUESTION, "--answer-audio", sounds["short"], "--voice", "none",
                "--data-dir", tmp_path]  # fmt: skip
    refused = {
        ("--think", "20"): ("--think needs a clock", "--limit S"),
        ("--takes", "2"): ("--takes needs a clock", "--limit S"),
        ("--limit", "1"): ("--limit wants seconds from 5 to 3600",),
        ("--limit", "4000"): ("--limit wants seconds from 5 to 3600",),
        ("--limit", "nan"): ("--limit wants seconds from 5 to 3600",),
        ("--limit", "60", "--think", "2"): ("--think wants seconds from 5 to 3600",),
        ("--limit", "60", "--takes", "9"): ("--takes wants a number from 1 to 5",),
        ("--limit", "60", "--takes", "0"): ("--takes wants a number from 1 to 5",),
        ("--pressure", "foundations"): ("'foundations' has no clock", "pressure-video"),
        ("--pressure", "nothing"): ("'nothing' isn't there", "pressure-phone"),
        ("--limit", "1", "--pressure", "pressure-video"): ("--limit wants seconds from 5 to 3600",),
        ("--limit", "60", "--pressure", "nothing"): ("'nothing' isn't there", "pressure-phone"),
    }
    for result, fragments in zip(batch([[*practice, *options] for options in refused]), refused.values(), strict=True):
        result.failed(2, *fragments)
    assert not (tmp_path / "sessions").exists(), "nothing was begun"


def test_the_hint_is_about_the_option_that_was_wrong(tmp_path: Path) -> None:
    wrong = run("practice", "--list", *QUESTION, "--limit", "60", "--think", "2", "--data-dir", tmp_path)
    assert "--think" in wrong.err.splitlines()[1]


def test_a_clock_cannot_be_asked_for_in_the_middle_of_a_session(tmp_path: Path) -> None:
    resumed = run("practice", "--text", "--limit", "60", "--resume", "last", "--data-dir", tmp_path)
    assert resumed.code == 2 and "--limit" in resumed.err


def test_a_plan_shows_the_rules_of_its_clock_and_holds_nothing(tmp_path: Path) -> None:
    plain, video, phone, borrowed, own, shortened, changed = batch(
        [
            ["practice", "--list", "--data-dir", tmp_path, *args]
            for args in (
                QUESTION,
                ("--round", "pressure-video"),
                ("--round", "pressure-phone"),
                (*QUESTION, "--pressure", "pressure-video"),
                (*QUESTION, "--limit", "60", "--think", "15", "--takes", "3"),
                ("--round", "pressure-phone", "--limit", "30"),
                (*QUESTION, "--pressure", "pressure-video", "--limit", "60", "--takes", "2"),
            )
        ]
    )
    for result in (plain, video, phone, borrowed, own, shortened, changed):
        assert (result.code, result.err) == (0, ""), result
    assert "cut you off" not in plain.out
    assert video.out.splitlines()[1] == (
        "  Four questions. For each you have thirty seconds to think; recording starts by itself. Then ninety seconds "
        "to answer, and I'll cut you off. One take, and no repeats."
    )
    assert "ten minutes for all of it" in phone.out and "A follow-up gets forty-five seconds." in phone.out
    assert "I repeat a question if you ask" in phone.out
    assert "One question. You have thirty seconds to think;" in borrowed.out
    assert "Then sixty seconds to answer, and I'll cut you off." in own.out and "Three takes" in own.out
    assert "thirty seconds for each answer" in shortened.out and "ten minutes for all of it" in shortened.out
    assert "I repeat a question if you ask" in shortened.out and "A follow-up gets" not in shortened.out
    assert "You have thirty seconds to think;" in changed.out and "Then sixty seconds to answer" in changed.out
    assert "Two takes" in changed.out
    assert not (tmp_path / "sessions").exists()


def test_a_plan_shows_the_times_as_they_will_be(tmp_path: Path) -> None:
    listed = run("practice", "--list", *QUESTION, "--limit", "60", "--time", "1.5", "--data-dir", tmp_path)
    assert listed.code == 0 and "ninety seconds" in listed.out


def test_settings_of_the_clock_are_kept_and_others_refused(tmp_path: Path) -> None:
    at = ["--data-dir", str(tmp_path)]
    results = batch(
        [
            ["config", "set", "time", "1.5", *at],
            ["config", "set", "warnings", "bell", *at],
            ["config", "set", "warnings", "silent", *at],
            ["config", "set", "time", "3", *at],
            ["config", "set", "warnings", "loud", *at],
            ["config", "show", "--json", *at],
        ]
    )
    assert [r.code for r in results] == [0, 0, 0, 2, 2, 0]
    results[3].failed(2, "time can't be that", "1.25, 1.5, 2.0")
    results[4].failed(2, "warnings can't be that", "spoken, bell, silent")
    kept = results[5].json()["settings"]
    assert (kept["time"], kept["warnings"]) == (1.5, "silent"), "what was refused changed nothing"


# Without a microphone -------------------------------------------------------------------------------------------------


def test_a_clock_runs_beside_an_answer_that_nobody_types(tmp_path: Path) -> None:
    """Lines without any sound card: nothing comes in, and nothing is waited for."""
    command = [sys.executable, "-m", "voiceprep", "practice", "--plain", *QUESTION, "--limit", "5", "--voice", "none",
               "--data-dir", str(tmp_path)]  # fmt: skip
    without = {**os.environ, "PULSE_SERVER": "unix:/nowhere"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=without) as process:
        assert process.stdin is not None and process.stdout is not None
        out = process.stdout.read()  # to its end: it comes although stdin stays open
        process.stdin.close()
    assert process.returncode == 0 and CUT_OFF["limit"] in out
    assert "[nothing was recorded]" in out
    answer = store.folders(tmp_path / "sessions")[0].state().assessments[0]
    assert answer.clocked.cut.why == "limit" and answer.unscored is not None


# In real time ---------------------------------------------------------------------------------------------------------


def test_in_real_time_the_microphone_is_stopped_at_its_second(sounds: Mapping[str, Path], tmp_path: Path) -> None:
    """The one test here on the machine's own clock: five seconds, as short as a clock can be."""
    result = run(
        "practice", "--headless", "--real-time", *QUESTION, "--limit", "5", "--answer-audio", sounds["silent 100 s"],
        "--voice", "none", "--engine", "basic", "--data-dir", tmp_path,
    )  # fmt: skip
    assert result.code == 0 and CUT_OFF["limit"] in result.out
    folder = store.folders(tmp_path / "sessions")[0]
    lasted_s = len(read_recording(folder.recording("a001"))) / 2 / RATE
    assert 4.5 <= lasted_s <= 5.3
    assert folder.state().assessments[0].clocked.cut.at_s == 5
