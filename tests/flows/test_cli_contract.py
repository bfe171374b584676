"""The command line is a contract: what it imports, which keys its JSON has, and data on stdout only."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bank import small_bank, template
from tests.report.test_report import check_shape
from tests.sessions import made
from tests.sessions.command import batch, run
from voiceprep import __version__
from voiceprep.core.judged import ASK_AGAIN
from voiceprep.sessions import store

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "sessions" / "golden" / "v1"
HEAVY = {
    "numpy", "textual", "faster_whisper", "piper", "openai", "sounddevice", "onnxruntime", "yaml", "pydantic",
    "soundfile", "soxr", "pocketsphinx", "rapidfuzz", "snowballstemmer", "platformdirs", "asyncio", "httpx", "httpx2",
}  # fmt: skip


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bank.write(tmp_path_factory.mktemp("small") / "bank")


# What it imports --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["practice", "--help"], ["fly"], []], ids=" ".join)
def test_help_and_usage_import_nothing_heavy(args: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "voiceprep", *args],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    imported = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "voiceprep.cli" in imported, "the check itself must see imports"
    assert not {name.split(".")[0] for name in imported} & HEAVY
    assert done.returncode == (0 if args and args[-1].startswith("--") else 2)
    if args == ["--version"]:
        assert done.stdout == f"voiceprep {__version__}\n"


def test_help_names_every_command_and_exit_code() -> None:
    out = run("--help").out
    for command in (
        "demo",
        "practice",
        "score",
        "grade",
        "transcribe",
        "bank",
        "lexicon",
        "sessions",
        "config",
        "doctor",
    ):
        assert re.search(rf"^    {command}\b", out, re.MULTILINE), command
    assert "0 ok, 1 failed, 2 usage, 3 set-up missing, 4 no audio source, 130 interrupted" in " ".join(out.split())


def test_imports_run_one_way() -> None:
    linter = shutil.which("lint-imports", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if linter is None:
        pytest.skip("import-linter is not installed, so the import contracts are not checked")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout[-3_000:]
    assert "0 broken" in done.stdout


# Shapes -----------------------------------------------------------------------------------------------------------


def test_the_banks_json_has_the_documented_keys(bank: Path, tmp_path: Path) -> None:
    listed, shown, checked, text, counted = batch(
        [
            ["bank", "list", "--json", "--bank", bank],
            ["bank", "show", "why-cache", "--json", "--bank", bank],
            ["bank", "check", "--json", template.write(tmp_path / "whole")],
            ["bank", "show", "why-cache", "--bank", bank],
            ["bank", "stats", "--json", "--bank", bank],
        ]
    )
    assert listed.err == shown.err == ""
    questions = listed.json()["questions"]
    assert [q["id"] for q in questions] == ["why-cache", "queue-or-call"]
    for question in questions:
        assert set(question) == {
            "id", "ask", "topic", "type", "difficulty", "level", "technologies", "sources", "points", "follow_ups",
        }  # fmt: skip
    assert (questions[0]["points"], questions[0]["follow_ups"]) == (3, 2)
    whole = shown.json()
    assert whole["schema"] == 1 and whole["id"] == "why-cache" and len(whole["rubric"]) == 64
    assert [p["id"] for p in whole["points"]] == ["faster-reads", "less-load", "stale-data"]
    assert checked.json() == {"schema": 1, "problems": []}
    assert checked.err == "", "the count is for people"
    assert set(counted.json()) == {
        "schema", "questions", "points", "pitfalls", "follow_ups", "rounds", "terms", "sources", "ask_s",
        "model_answer_s", "follow_up_answer_s",
    }  # fmt: skip
    assert "Core points" in text.out and "Pitfalls" in text.out


def test_a_scored_transcript_has_the_contracts_shape(bank: Path, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(small_bank.HALF)
    result = run("score", "--question", "why-cache", "--transcript", tmp_path / "t.txt", "--json", "--bank", bank)
    got = result.json()
    assert result.err == ""
    check_shape(got)
    assert got["transcript"] == {"source": "typed", "text": small_bank.HALF}
    assert got["core"] == [1, 2] and got["extra"] == [0, 1] and 0 < got["coverage"] < 0.5
    assert got["follow_up"]["id"] == "invalidate" and got["follow_up"]["probes"] == ["stale-data", "faster-reads"]
    assert got["pitfalls"] == [], "an answer of ten words leaves things out because it's short"


def test_a_scored_recording_has_the_same_shape_and_its_seconds(bank: Path, tmp_path: Path) -> None:
    scored, heard = batch(
        [
            ["score", "--question", "queue-or-call", "--audio", GOLDEN / "audio" / "a003.wav", "--engine", "basic",
             "--json", "--bank", bank, "--data-dir", tmp_path],
            ["transcribe", GOLDEN / "audio" / "a003.wav", "--engine", "basic", "--json", "--bank", bank],
        ]
    )  # fmt: skip
    got = scored.json()
    check_shape(got)
    assert got["engine"] == "basic" and got["transcript"]["source"] == "asr" and got["coverage"] is None
    assert "queue" in got["transcript"]["text"].split()
    assert {p["verdict"] for p in got["points"]} <= {"covered", "partly", "unheard", "unsure"}
    assert got["delivery"]["duration_s"] == pytest.approx(2.65, abs=0.1)
    assert not (tmp_path / "sessions").exists(), "scoring a file begins no session"
    words = heard.json()
    assert set(words) == {"schema", "engine", "duration_s", "text", "words", "speech", "doubts"}
    assert words["text"] == got["transcript"]["text"] == " ".join(w["text"] for w in words["words"])
    for word in words["words"]:
        assert set(word) == {"text", "start_s", "end_s", "probability"}
        assert 0 <= word["start_s"] < word["end_s"] <= words["duration_s"] + 0.1 and 0 <= word["probability"] <= 1
    for span in words["speech"]:
        assert 0 <= span["start_s"] < span["end_s"] <= words["duration_s"]


def test_grading_keeps_the_order_and_gives_a_line_for_a_line(bank: Path, tmp_path: Path) -> None:
    reference = "A lock makes one writer wait. Without a lock two writers overwrite each other."
    rows: list[dict[str, Any]] = [
        {"id": "good", "question_id": "why-cache", "transcript": small_bank.GOOD},
        {
            "id": 7,
            "question": "Why lock?",
            "reference": reference,
            "transcript": "Without it writers overwrite each other.",
        },
        {"id": "empty", "question_id": "why-cache", "transcript": ""},
        {"id": "good", "question_id": "queue-or-call", "transcript": small_bank.QUEUE, "more": "is left alone"},
        {"id": "hostile", "question_id": "why-cache", "transcript": "\x1b[2J\u202e " + small_bank.HALF + "\n# x"},
        {"id": "no reference", "question": "Why?", "reference": "", "transcript": small_bank.GOOD},
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\r\n".join(json.dumps(r) for r in rows) + "\n\n")
    written, again, streamed = batch(
        [
            ["grade", source, "--out", out, "--bank", bank],
            ["grade", source, "--out", tmp_path / "again.jsonl", "--bank", bank],
            ["grade", source, "--out", "-", "--bank", bank],
        ]
    )
    assert (written.code, written.out, written.err) == (0, "", f"6 answers graded to {out}\n")
    assert (streamed.code, streamed.err) == (0, "")
    assert out.read_bytes() == (tmp_path / "again.jsonl").read_bytes(), "grading is deterministic"
    assert streamed.out == out.read_text(encoding="utf-8")
    assert again.code == 0
    graded = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [g["id"] for g in graded] == [r["id"] for r in rows]
    for got in graded:
        assert next(iter(got)) == "id"
        check_shape({k: v for k, v in got.items() if k != "id"})
    good, derived, empty, queue, hostile, nothing = graded
    assert good["core"] == [2, 2] and good["question_id"] == "why-cache"
    assert derived["question_id"] == "" and len(derived["points"]) == 2
    assert derived["matcher_version"] != good["matcher_version"]
    assert empty["unscored"] == "no answer" and empty["coverage"] is None
    assert queue["core"] == [2, 2] and queue["question_id"] == "queue-or-call"
    assert "\x1b" not in hostile["transcript"]["text"] and hostile["core"] == [1, 2]
    assert nothing["unscored"] and nothing["coverage"] is None
    assert out.stat().st_mode & 0o777 == 0o600


def test_grading_by_a_reference_uses_what_the_bank_knows_of_it(bank: Path, tmp_path: Path) -> None:
    """The same two rows by the shipped bank, which knows of queues, and by one that doesn't."""
    told = {
        "question": "Why would a team put a message queue between two services?",
        "reference": (
            "The producer does not have to wait for the consumer. When there is a spike, the queue takes it up as a "
            "buffer and the workers go through it at their own pace. A message may arrive twice, so the consumers must "
            "be idempotent."
        ),
        "transcript": (
            "The sender just drops the job off and goes on with its own work, without waiting for the other side. "
            "And you may get the same thing two times, so handling it again has to be harmless."
        ),
    }
    bread = {"question": "How do you make bread?", "reference": "Flour, water and salt are mixed. The dough rests."}
    rows = [{"id": "queue", **told}, {"id": "bread", **bread, "transcript": "The dough rests for an hour."}]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    answers = batch([["grade", source, "--out", "-"], ["grade", source, "--out", "-", "--bank", bank]])
    assert [(a.code, a.err) for a in answers] == [(0, "")] * 2
    shipped, small = ([json.loads(line) for line in a.out.splitlines()] for a in answers)
    for got in (*shipped, *small):
        check_shape({k: v for k, v in got.items() if k != "id"})
        assert got["question_id"] == "" and got["unscored"] is None
    queue, alone = shipped[0], small[0]
    first, second, third = (p["verdict"] for p in queue["points"] if p["id"].startswith("k"))
    assert first in ("covered", "unsure") and (second, third) == ("missed", "covered")
    assert queue["points"][0]["text"] == "The producer does not have to wait for the consumer."
    assert queue["coverage"] > 0.6 > 0.2 > alone["coverage"]
    assert {p["id"][0] for p in alone["points"]} == {"p"}
    assert [p["id"] for p in shipped[1]["points"]] == ["p1", "p2"]
    assert shipped[1]["coverage"] == small[1]["coverage"] == 0.5


def test_the_sessions_json_has_the_documented_keys(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    shutil.copytree(GOLDEN, tmp_path / "sessions" / "20260101-000000-gold")
    broken = tmp_path / "sessions" / "20260102-000000-torn"
    shutil.copytree(GOLDEN, broken)
    (broken / "events.jsonl").unlink()
    here = ["--data-dir", tmp_path]
    listed, shown, one, every, text, last = batch(
        [
            ["sessions", "list", "--json", *here],
            ["sessions", "show", "20260101-000000-gold", "--json", *here],
            ["sessions", "verify", folder.id, "--json", *here],
            ["sessions", "verify", "--json", *here],
            ["sessions", "list", *here],
            ["sessions", "show", "last", *here],
        ]
    )
    assert listed.err == shown.err == one.err == every.err == ""
    gold, torn, new = listed.json()["sessions"]
    assert set(gold) == set(new) == {"id", "created", "title", "ended", "answered", "questions"}
    assert (gold["id"], gold["ended"], gold["answered"], gold["questions"]) == (
        "20260101-000000-gold",
        "finished",
        2,
        2,
    )
    assert set(torn) == {"id", "problem"} and torn["id"] == broken.name
    whole = shown.json()
    assert set(whole) == {"schema", "id", "title", "created", "engines", "ended", "answers", "rescored"}
    assert [a["question_id"] for a in whole["answers"]] == ["why-cache", "queue-or-call"]
    for answer in whole["answers"]:
        check_shape(answer)
    assert [a["follow_up_id"] for a in whole["answers"][0]["follow_ups_asked"]] == ["invalidate"]
    assert one.json() == {"schema": 1, "sessions": [{"id": folder.id, "problems": []}]}
    assert every.code == 1
    problems = {s["id"]: s["problems"] for s in json.loads(every.out)["sessions"]}
    assert problems["20260101-000000-gold"] == [] and len(problems[broken.name]) == 1
    assert len(text.out.splitlines()) == 3 and "Recordings: a001.wav, a003.wav, a004.wav" in last.out


def test_a_practice_run_is_the_session_that_the_other_commands_show(bank: Path, tmp_path: Path) -> None:
    held = run(
        "practice", "--text", "--voice", "none", "--bank", bank, "--data-dir", tmp_path,
        stdin=f"{small_bank.HALF}\n\n{small_bank.INVALIDATE}\n\n{small_bank.QUEUE}\n\n",
    )  # fmt: skip
    assert held.code == 0
    assert "LOCAL, nothing leaves this machine" in held.out and "FEEDBACK" in held.out
    assert held.err.splitlines()[0] == "Warm-up: 2 questions."
    (folder,) = store.folders(tmp_path / "sessions")
    assert sorted(p.name for p in folder.path.iterdir()) == [
        "audio", "events.jsonl", "lock", "report.md", "session.json",
    ]  # fmt: skip
    shown, scored, resumed = batch(
        [
            ["sessions", "show", "last", "--json", "--data-dir", tmp_path],
            ["sessions", "verify", "last", "--data-dir", tmp_path],
            ["practice", "--text", "--voice", "none", "--resume", "last", "--bank", bank, "--data-dir", tmp_path],
        ]
    )
    first, second = shown.json()["answers"]
    assert first["transcript"]["text"] == small_bank.HALF and second["core"] == [2, 2]
    assert first["follow_ups_asked"][0]["transcript"]["text"] == small_bank.INVALIDATE
    assert scored.out == f"{folder.id}: whole\n"
    resumed.failed(2, f"Session {folder.id} is finished.", "sessions show")


def test_an_answer_off_topic_is_asked_once_more_and_both_are_kept(bank: Path, tmp_path: Path) -> None:
    cooking = "You start with olive oil and garlic, and you don't let it go brown, or it gets bitter."
    held = run(
        "practice", "--text", "--voice", "none", "--bank", bank, "--data-dir", tmp_path,
        stdin=f"{cooking}\n\n{small_bank.GOOD}\n\n\n{cooking}\n\n{cooking}\n\n{cooking}\n\n",
    )  # fmt: skip
    assert held.code == 0
    said = " ".join(held.out.split())
    assert "asked once more: off topic: nothing in it speaks of this question. The first answer is kept." in said
    assert f"{ASK_AGAIN} {small_bank.WHY_CACHE}" in said
    assert said.count("Asked once more, since the first answer was off topic") == 2
    (folder,) = store.folders(tmp_path / "sessions")
    shown = run("sessions", "show", "last", "--json", "--data-dir", tmp_path).json()
    first, second = shown["answers"]
    check_shape(first)
    assert first["core"] == [2, 2] and first["first_take"]["transcript"]["text"] == cooking
    assert first["first_take"]["unscored"].startswith("off topic: ") and first["first_take"]["first_take"] is None
    assert [f["unscored"][:9] for f in first["follow_ups_asked"]] == ["off topic"], "a follow-up isn't asked again"
    assert second["unscored"].startswith("off topic") and second["first_take"]["unscored"].startswith("off topic")
    report = (folder.path / "report.md").read_text(encoding="utf-8")
    assert report.count("### The first answer") == 2
    whole = run("sessions", "show", "last", "--data-dir", tmp_path).out
    assert "Asked once more" in whole and "read its model answer" in whole


def test_a_practice_run_with_too_few_minutes_says_which_follow_up_to_prepare(bank: Path, tmp_path: Path) -> None:
    held = run(
        "practice", "--text", "--voice", "none", "--bank", bank, "--data-dir", tmp_path, "--minutes", "2",
        "--round", "warm-up",
        stdin=f"{small_bank.HALF}\n\n{small_bank.INVALIDATE}\n\n",
    )  # fmt: skip
    said = "There's no time left for a follow-up: the one to prepare is “How do you keep the cached values from being"
    assert held.code == 0 and said in " ".join(held.out.split())
    (answer,) = run("sessions", "show", "last", "--json", "--data-dir", tmp_path).json()["answers"]
    assert answer["not_asked"].startswith(said) and answer["follow_ups_asked"] == []
    assert answer["follow_up"]["id"] == "invalidate"


def test_the_doctors_json_has_the_documented_keys(tmp_path: Path) -> None:
    result = run("doctor", "--json", "--data-dir", tmp_path / "data")
    got = json.loads(result.out)
    assert result.err == "" and set(got) == {"schema", "version", "checks"} and got["version"] == __version__
    for check in got["checks"]:
        assert set(check) == {"name", "status", "found", "hint"}
        assert check["status"] in ("ok", "warn", "fail") and check["found"]
        assert check["status"] != "fail" or check["hint"] or check["name"] == "set-up"
    names = {c["name"] for c in got["checks"]}
    assert {"python", "question bank", "disk", "speech finder", "whisper", "piper", "terminal", "sessions",
            "second opinion"} <= names  # fmt: skip
    assert result.code == (1 if any(c["status"] == "fail" for c in got["checks"]) else 0)
    assert list((tmp_path / "data").iterdir()) == [], "looking leaves nothing behind"


def test_a_reader_that_leaves_does_not_end_the_session(tmp_path: Path) -> None:
    """`voiceprep practice … | head -1`."""
    practice = [sys.executable, "-m", "voiceprep", "practice", "--text", "--voice", "none", "--data-dir", str(tmp_path)]
    process = subprocess.Popen(
        [*practice, "--question", "slow-endpoint"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write(b"I would look at the dashboards first.\n\nThen at the logs.\n\n")
    process.stdin.close()
    assert process.wait(timeout=60) == 0
    folder = next((tmp_path / "sessions").iterdir())
    assert '"SessionClosed"' in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()[-1]
