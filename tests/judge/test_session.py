"""Whole headless sessions of the program itself, offline guard and all, with a judge on loopback: whatever the server
does, every answer has the rubric's feedback, and beside it an opinion or one sentence that says why there's none."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bank import small_bank
from tests.judge.test_protocol import ATTACKS, obedient
from tests.judge.test_wire import KEY
from tests.kit.scripted_server import (
    Request,
    Script,
    ScriptedServer,
    Send,
    after,
    claim,
    completion,
    hang_up,
    honest,
    http,
    say,
)
from tests.report.test_report import check_shape
from tests.sessions.command import Result, batch, run
from voiceprep import wiring
from voiceprep.config import Settings, load_settings, places
from voiceprep.core import events as e
from voiceprep.judge.protocol import CANARIES
from voiceprep.sessions import store
from voiceprep.tui.backend import Begun, Happened, Over, Told, Wanted
from voiceprep.wiring.screens import ScreenBackend

FASTER = "Reads come back faster, because memory answers before the disk does."
LESS_LOAD = "The database is asked less often."
STALE = "A cached value can be stale."
FAST_ENOUGH_S, TOO_SLOW_S = 60.0, 2.0


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bank.write(tmp_path_factory.mktemp("small") / "bank")


@dataclass
class Practice:
    """A data folder with a judge set, and sessions in it."""

    data: Path
    bank: Path

    def judged_by(self, server: ScriptedServer, deadline_s: float = FAST_ENOUGH_S, **settings: Any) -> None:
        Settings(judge_url=server.url, judge_model="tiny", judge_deadline_s=deadline_s, **settings).save(
            places(str(self.data))
        )

    def run(self, *args: str | Path, stdin: str = "", **env: str) -> Result:
        return run(*args, "--bank", self.bank, "--data-dir", self.data, stdin=stdin, env=env)

    def hold(self, *answers: str, **env: str) -> Result:
        """One question, and what is said to it and to its follow-up."""
        said = "".join(f"{answer}\n\n" for answer in answers)
        return self.run(
            "practice", "--text", "--headless", "--voice", "none", "--question", "why-cache", stdin=said, **env
        )

    @property
    def folder(self) -> store.SessionFolder:
        (folder,) = store.folders(self.data / "sessions")
        return folder

    def answers(self) -> list[dict[str, Any]]:
        """The answer and its follow-up's, as every command gives them."""
        (answer,) = run("sessions", "show", "last", "--json", "--data-dir", self.data).json()["answers"]
        check_shape(answer)
        return [answer, *answer["follow_ups_asked"]]


@pytest.fixture
def practice(tmp_path: Path, bank: Path) -> Practice:
    return Practice(tmp_path / "data", bank)


def flat(text: str) -> str:
    return " ".join(text.split())


def without_opinions(answer: dict[str, Any]) -> dict[str, Any]:
    asked = [without_opinions(a) for a in answer["follow_ups_asked"]]
    return {**answer, "opinion": None, "follow_ups_asked": asked}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, bank: Path) -> list[dict[str, Any]]:
    """The same session without a judge."""
    practice = Practice(tmp_path_factory.mktemp("plain"), bank)
    assert practice.hold(small_bank.HALF, small_bank.INVALIDATE).code == 0
    return practice.answers()


ON_LOAD = "It takes a lot of load off the database"
GOOD = honest({LESS_LOAD: ON_LOAD, FASTER: "we hold the values in memory in front of it"})
"""Finds what our rubric doesn't: that it's faster."""


def test_a_good_judge_stands_beside_the_rubric_and_its_dispute_is_named(
    practice: Practice, plain: list[dict[str, Any]]
) -> None:
    with ScriptedServer(GOOD) as server:
        practice.judged_by(server)
        held = practice.hold(small_bank.HALF, small_bank.INVALIDATE)
        assert held.code == 0, held
    name = f"tiny at 127.0.0.1:{server.port}"
    sent = f"SECOND OPINION ON: your answers are sent, as text, to {name}."
    assert sent in held.out and "LOCAL" not in held.out
    assert held.out.index(sent) < held.out.index("INTERVIEWER"), "said before a word is"
    first, second = practice.answers()
    assert [without_opinions(a) for a in (first, second)] == [without_opinions(a) for a in plain], "nothing is merged"
    assert first["opinion"]["model"] == name and first["opinion"]["votes"] == 1
    assert first["opinion"]["disagrees"] == [{"point_id": "faster-reads", "ours": "missed", "theirs": "covered"}]
    assert [p["view"] for p in second["opinion"]["points"]] == ["missed"], "the follow-up has its own"
    named = f"disagrees on 1: it finds said: {FASTER.rstrip('.')}."
    assert named in flat(held.out)
    report = flat((practice.folder.path / "report.md").read_text(encoding="utf-8"))
    assert named in report and f"judge: {name}" in report
    assert store.verify(practice.folder) == []
    told = [r for r in server.requests if not r.asks_alone]
    assert [r.answer for r in told] == [small_bank.HALF, small_bank.INVALIDATE], "the answers, and nothing else"


def lying(request: Request) -> str:
    """Claims every point, with words that nobody said."""
    if request.asks_alone:
        return json.dumps({"quotes": [{"id": p["id"], "quote_says": "the point"} for p in request.data]})
    claims = [claim(i, "" if t in CANARIES else "I have run this for many years") for i, t in request.points.items()]
    return json.dumps({"claims": claims})


ESCAPES = "\x1b]52;c;aGk=\x07[b]bold[/b] <script>x</script> \u202e"


@pytest.mark.parametrize(
    ("script", "deadline_s", "sentence"),
    [
        (say(after(60, completion("{}"))), TOO_SLOW_S, "gave no whole answer within 2 s."),
        (say(hang_up), FAST_ENOUGH_S, "can't be reached."),
        (say(http(200, "<html>Log in</html>")), FAST_ENOUGH_S, "sent something that isn't a model's reply."),
        (say(ESCAPES), FAST_ENOUGH_S, "gave no readable reply, twice."),
        (lying, FAST_ENOUGH_S, "proved none of its 3 claims."),
        (
            say(http(429, ESCAPES, {"Retry-After": "3600"})),
            FAST_ENOUGH_S,
            "is busy for longer than the deadline allows.",
        ),
        (say(http(429, "{}", {"Retry-After": "0"})), FAST_ENOUGH_S, "answers with error 429."),
        (say(http(401, KEY)), FAST_ENOUGH_S, "refuses the key."),
    ],
    ids=["slow", "cut off", "a log-in page", "hostile bytes", "lying", "busy", "busy twice", "refusing"],
)
def test_a_bad_judge_costs_one_sentence_and_nothing_else(
    practice: Practice, plain: list[dict[str, Any]], script: Script, deadline_s: float, sentence: str
) -> None:
    with ScriptedServer(script) as server:
        practice.judged_by(server, deadline_s, judge_key_name="JUDGE_KEY")
        held = practice.hold(small_bank.HALF, small_bank.INVALIDATE, JUDGE_KEY=KEY)
    assert held.code == 0, held
    first, second = practice.answers()
    assert [without_opinions(a) for a in (first, second)] == [without_opinions(a) for a in plain]
    whole = f"tiny at 127.0.0.1:{server.port} {sentence}"
    assert first["opinion"] == {"none": whole}
    # A lie about as many points as the question has: the follow-up has one.
    assert second["opinion"] == {"none": whole.replace("its 3 claims", "its 1 claims")}
    assert "FEEDBACK   CORE 1 of 2" in held.out
    assert f"No second opinion. {whole}" in flat(held.out)
    report = practice.folder.path / "report.md"
    assert f"No second opinion. {whole}" in flat(report.read_text(encoding="utf-8"))
    assert store.verify(practice.folder) == []
    everything = held.out + held.err + "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in practice.data.rglob("*") if path.is_file()
    )  # fmt: skip
    assert KEY not in everything, "the key goes to the server and is kept nowhere"
    assert "\x1b" not in everything and "<script>" not in everything
    assert all(r.headers["authorization"] == f"Bearer {KEY}" for r in server.requests)


@pytest.mark.parametrize("canary", [False, True], ids=["obeys", "obeys wholly"])
def test_an_answer_that_speaks_to_the_judge_gains_nothing(practice: Practice, canary: bool) -> None:
    attack = ATTACKS[0]

    def script(request: Request) -> str | Send:
        obeyed = request.asks_alone or attack[:20] in request.answer
        return obedient(attack, canary=canary)(request) if obeyed else GOOD(request)

    with ScriptedServer(script) as server:
        practice.judged_by(server)
        assert practice.hold(f"{small_bank.HALF} {attack}").code == 0
    opinion = practice.answers()[0]["opinion"]
    if canary:
        assert opinion["none"] == "The model finds a point that nobody made, so it isn't believed."
        return
    covered = [p["point_id"] for p in opinion["points"] if p["view"] == "covered"]
    assert opinion["addressed"] is True and "stale-data" not in covered
    assert {"point_id": "stale-data", "why": "only with words addressed to the judge"} in opinion["dropped"]


def test_an_answer_without_a_score_is_sent_to_nobody(practice: Practice) -> None:
    with ScriptedServer(GOOD) as server:
        practice.judged_by(server)
        assert practice.hold("I like trains and boats and planes.").code == 0
        assert server.requests == []
    assert practice.answers()[0]["opinion"] is None


def test_a_key_that_is_missing_is_said_and_nothing_is_sent(practice: Practice) -> None:
    with ScriptedServer(GOOD) as server:
        practice.judged_by(server, judge_key_name="JUDGE_KEY")
        assert practice.hold(small_bank.HALF).code == 0
        assert server.requests == []
    assert practice.answers()[0]["opinion"] == {"none": "There is no key: JUDGE_KEY isn't set."}


def test_settings_that_cannot_be_used_end_it_before_it_begins(practice: Practice) -> None:
    Settings(judge_url="ftp://example.org", judge_model="tiny").save(places(str(practice.data)))
    practice.hold(small_bank.HALF).failed(2, "The judge's address isn't one.")
    assert not (practice.data / "sessions").exists()


def test_a_judge_that_points_elsewhere_is_not_followed_there(practice: Practice) -> None:
    with ScriptedServer(GOOD) as other:
        there = http(307, "", {"Location": f"{other.url}/chat/completions"})
        with ScriptedServer(say(there)) as server:
            practice.judged_by(server)
            assert practice.hold(small_bank.HALF).code == 0
        assert other.requests == []
    assert practice.answers()[0]["opinion"]["none"].endswith("points elsewhere, which isn't followed.")


@pytest.fixture
def waiting(practice: Practice) -> Iterator[subprocess.Popen[str]]:
    """A session that has been answered, with a judge that hasn't."""
    with ScriptedServer(say(after(60, completion("{}")))) as server:
        practice.judged_by(server)
        args = ["practice", "--text", "--headless", "--voice", "none", "--question", "why-cache"]
        process = subprocess.Popen(
            [sys.executable, "-m", "voiceprep", *args, "--bank", practice.bank, "--data-dir", practice.data],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background shell's children ignore it
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(f"{small_bank.HALF}\n\n{small_bank.INVALIDATE}\n\n")
        process.stdin.close()
        process.stdin = None
        yield process
        process.kill()
        process.communicate()


def test_who_does_not_want_to_wait_at_the_end_need_not(practice: Practice, waiting: subprocess.Popen[str]) -> None:
    assert waiting.stdout is not None
    shown = ""
    while "ctrl+c ends without it" not in shown:
        line = waiting.stdout.readline()
        assert line, shown
        shown += line
    assert "FEEDBACK   CORE 1 of 2" in shown, "the rubric's feedback was there long before"
    time.sleep(0.3)
    waiting.send_signal(signal.SIGINT)
    rest, _ = waiting.communicate(timeout=30)
    assert waiting.returncode == 0 and "No second opinion. It was skipped." in flat(rest)
    assert [a["opinion"] for a in practice.answers()] == [{"none": "It was skipped."}] * 2
    assert practice.folder.state().close_reason == "finished"


# Answers in files -------------------------------------------------------------------------------------------------


def test_score_and_grade_ask_only_when_told_to(practice: Practice, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(small_bank.HALF)
    rows = [
        {"id": 1, "question_id": "why-cache", "transcript": small_bank.HALF},
        {"id": 2, "question_id": "why-cache", "transcript": ""},
        {"id": 3, "question": "Why lock?", "reference": "A lock makes one writer wait.",
         "transcript": "A lock makes one writer wait for the other one."},
    ]  # fmt: skip
    (tmp_path / "in.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    score = ("score", "--question", "why-cache", "--transcript", tmp_path / "t.txt")
    grade = ("grade", tmp_path / "in.jsonl", "--out", "-")
    for command in (score, grade):
        practice.run(*command, "--opinion").failed(3, "Nobody is set to give a second opinion.", "config set judge_url")
    with ScriptedServer(GOOD) as server:
        practice.judged_by(server)
        quiet = practice.run(*score, "--json")
        assert quiet.json()["opinion"] is None and quiet.err == "" and server.requests == []
        told = practice.run(*score, "--json", "--opinion")
        assert told.err == f"SECOND OPINION ON: your answers are sent, as text, to tiny at 127.0.0.1:{server.port}.\n"
        check_shape(told.json())
        assert told.json()["opinion"]["disagrees"][0]["point_id"] == "faster-reads"
        assert without_opinions(told.json()) == quiet.json()
        assert "disagrees on 1" in flat(practice.run(*score, "--opinion").out)
        graded = [json.loads(line) for line in practice.run(*grade, "--opinion").out.splitlines()]
    assert [g["opinion"] and sorted(g["opinion"])[0] for g in graded] == ["addressed", None, "none"]


# The settings -----------------------------------------------------------------------------------------------------


def test_it_is_off_until_it_is_set_and_no_key_can_be_set(practice: Practice) -> None:
    data = ("--data-dir", practice.data)
    off = run("config", "show", "--json", *data).json()["settings"]
    assert off["judge_url"] == off["judge_model"] == off["judge_key_name"] == ""
    for name, value in (("judge_key_name", "JUDGE_KEY"), ("judge_votes", "3"), ("judge_model", "tiny"),
                        ("judge_url", "http://127.0.0.1:11434/v1")):  # fmt: skip
        assert run("config", "set", name, value, *data).code == 0
    on = run("config", "show", "--json", *data).json()["settings"]
    assert (on["judge_url"], on["judge_model"], on["judge_key_name"], on["judge_votes"]) == (
        "http://127.0.0.1:11434/v1", "tiny", "JUDGE_KEY", 3,
    )  # fmt: skip
    harms = (
        ("judge_key_name", KEY, "isn't the name of a variable"),
        ("judge_url", f"http://user:{KEY}@127.0.0.1/v1", "holds more than an address"),
        ("judge_url", "http://192.168.1.5:11434/v1", "isn't sent over plain http"),
        ("judge_votes", "2", "an odd number of votes"),
        ("judge_votes", "many", "wants a number"),
        ("judge_deadline_s", "nan", "a deadline"),
        ("judge_deadline_s", "1e9", "a deadline"),
        ("judge_key", KEY, "There is no setting"),
    )
    for refused, (*_, said) in zip(batch([["config", "set", *harm[:2], *data] for harm in harms]), harms, strict=True):
        refused.failed(2, said)
        assert KEY not in refused.err
    assert run("config", "show", "--json", *data).json()["settings"] == on, "nothing of that was kept"
    where = Path(run("config", "path", *data).out.strip())
    assert where == practice.data / "settings.json" and where.stat().st_mode & 0o777 == 0o600
    assert run("config", "set", "judge_url", "", *data).code == 0
    assert run("config", "show", "--json", *data).json()["settings"]["judge_url"] == ""


@pytest.mark.parametrize(
    "args", [["--help"], ["practice", "--help"], ["config", "show"], ["score"], ["practice"]], ids=" ".join
)
def test_without_a_judge_nothing_of_one_is_imported(practice: Practice, tmp_path: Path, args: list[str]) -> None:
    (tmp_path / "t.txt").write_text(small_bank.HALF)
    more = {
        "score": ["--question", "why-cache", "--transcript", str(tmp_path / "t.txt")],
        "practice": ["--text", "--headless", "--voice", "none", "--question", "why-cache"],
    }
    here = [] if args[-1] == "--help" else ["--data-dir", str(practice.data)]
    if args[-1] in more:
        here += [*more[args[-1]], "--bank", str(practice.bank)]
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "voiceprep", *args, *here],
        input=f"{small_bank.HALF}\n\n", capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    imported = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "voiceprep.cli" in imported
    assert not {name.split(".")[0] for name in imported} & {"openai", "httpx", "httpx2", "httpcore", "httpcore2"}
    assert "voiceprep.judge" not in imported


# With a screen, and in lines --------------------------------------------------------------------------------------


@pytest.mark.parametrize("demo", [False, True])
def test_what_is_behind_the_screens_asks_too_but_never_in_the_demo(practice: Practice, demo: bool) -> None:
    with ScriptedServer(GOOD) as server:
        practice.judged_by(server)
        where = places(str(practice.data))
        backend = ScreenBackend(where, wiring.Choice(voice="none"), str(practice.bank), load_settings(where))
        name = f"tiny at 127.0.0.1:{server.port}"
        assert backend.home().judge == name
        told: list[Told] = []

        def tell(what: Told) -> None:
            told.append(what)
            begun = next(t for t in told if isinstance(t, Begun)) if isinstance(what, Happened) else None
            if begun is None or not isinstance(what, Happened):
                return
            if demo:
                begun.controls.deliver(e.CandidateLeft())
            elif what.state.phase == "listening":
                begun.controls.deliver(e.AnswerTyped(what.state.take_id, small_bank.QUEUE))
            elif what.state.phase == "reviewing" and not what.state.opinions_due:
                begun.controls.deliver(e.NextAsked())

        if demo:
            backend = ScreenBackend(where, wiring.Choice(voice="none"), None, load_settings(where))
        backend.hold(Wanted(questions=() if demo else ("queue-or-call",), quiet="typed", demo=demo), tell)
    assert told and isinstance(told[-1], Over) and not told[-1].failed, told[-1]
    (begun,) = [t for t in told if isinstance(t, Begun)]
    assert begun.judge == ("" if demo else name)
    assert bool(server.requests) is (not demo)
    if not demo:
        assert isinstance(told[-2], Happened)
        assert told[-2].state.assessments[0].opinion is not None


def test_in_lines_it_is_said_and_told_when_nobody_speaks(practice: Practice) -> None:
    with ScriptedServer(GOOD) as server:
        practice.judged_by(server)
        process = subprocess.Popen(
            [sys.executable, "-m", "voiceprep", "practice", "--plain", "--quiet", "--question", "why-cache",
             "--bank", practice.bank, "--data-dir", practice.data],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        shown, left = "", [small_bank.HALF, small_bank.INVALIDATE]
        for line in process.stdout:
            shown += line
            if line.startswith("Your turn") and left:
                process.stdin.write(left.pop(0) + "\n")
        process.stdin.close()
        assert process.wait(30) == 0, shown
    assert f"sent, as text, to tiny at 127.0.0.1:{server.port}." in shown and "LOCAL" not in shown
    assert "disagrees on 1" in flat(shown) and flat(shown).count("ABOUT ") == 2
