"""Questions of one's own from the command line: shown, kept, practised, exported, taken back; and an advert's round."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.bank.test_incoming import CV, THREE
from tests.bank.test_own import OWN
from tests.core.test_advert import ADVERT
from tests.sessions.command import Result, batch, run
from voiceprep import wiring
from voiceprep.config import Settings, places
from voiceprep.wiring.screens import ScreenBackend

GOROUTINE = "own-what-is-a-goroutine-and-what-does-it"
SAID = (
    "It's a function that runs concurrently with others, and the runtime schedules it onto a few threads. It starts "
    "with a small stack of a few kilobytes."
)


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return small_bank.write(tmp_path / "bank")


@pytest.fixture
def go(tmp_path: Path) -> Path:
    (tmp_path / "go.md").write_text(THREE, encoding="utf-8")
    return tmp_path / "go.md"


def kept(data: Path) -> list[str]:
    return sorted(p.name for p in (data / "questions").rglob("*.yaml"))


def test_questions_are_shown_before_they_are_kept(tmp_path: Path, bank: Path, go: Path) -> None:
    here = ["--bank", bank, "--data-dir", tmp_path / "data"]
    shown, listed = batch([["bank", "import", go, *here], ["bank", "list", "--json", *here]], stdin="y\ny\n")
    assert shown.code == 0 and kept(tmp_path / "data") == []
    assert shown.err == "Nothing was kept: --yes keeps what is shown.\n"
    assert "  - It starts with a stack of a few kilobytes.\n      heard by its words: starts, stack, few" in shown.out
    assert "judged weakly" in shown.out
    assert len(listed.json()["questions"]) == 2


def test_kept_questions_are_listed_shown_scored_practised_and_found_at_home(
    tmp_path: Path, bank: Path, go: Path
) -> None:
    data = tmp_path / "data"
    here = ["--bank", bank, "--data-dir", data]
    (tmp_path / "said.txt").write_text(SAID)
    assert run("bank", "import", go, "--yes", *here).err.startswith("Kept 3 questions. Practise: ")
    as_json, listed, shown, scored, again, plan = batch(
        [
            ["bank", "list", "--json", *here],
            ["bank", "list", *here],
            ["bank", "show", GOROUTINE, *here],
            ["score", "--question", GOROUTINE, "--transcript", tmp_path / "said.txt", "--json", *here],
            ["bank", "import", go, "--yes", *here],
            ["practice", "--minutes", "60", "--text", "--voice", "none", *here],
        ]
    )
    mine = {q["id"]: q for q in as_json.json()["questions"] if q["sources"] == ["own"]}
    assert len(mine) == 3 and mine[GOROUTINE]["topic"] == "go-notes" and mine[GOROUTINE]["points"] == 2
    assert listed.out.count("(yours)") == 3 and "few kilobytes" in shown.out
    assert [p["verdict"] for p in scored.json()["points"]] == ["covered", "covered"]
    assert again.err == "Nothing to keep: you have all of it already.\n" and "(there already)" in again.out
    assert plan.code == 0 and "What is a goroutine" in plan.out

    held = run("practice", "--question", GOROUTINE, "--text", "--voice", "none", *here, stdin=f"{SAID}\n\n")
    assert held.code == 0 and "CORE 2 of 2" in held.out
    backend = ScreenBackend(places(str(data)), wiring.Choice(voice="none"), str(bank), Settings())
    assert GOROUTINE in [q.id for q in backend.home().questions]


def test_a_session_outlives_the_question(tmp_path: Path, bank: Path, go: Path) -> None:
    here = ["--bank", bank, "--data-dir", tmp_path / "data"]
    run("bank", "import", go, "--yes", *here)
    run("practice", "--question", GOROUTINE, "--text", "--voice", "none", *here, stdin=f"{SAID}\n\n")
    removed, gone, shown, verified = batch(
        [
            ["bank", "remove", GOROUTINE, *here],
            ["practice", "--question", GOROUTINE, "--text", *here],
            ["sessions", "show", "last", *here],
            ["sessions", "verify", *here],
        ]
    )
    assert (removed.code, removed.err) == (0, f"Removed {GOROUTINE}.\n") and len(kept(tmp_path / "data")) == 2
    gone.failed(2, f"There is no question '{GOROUTINE}'")
    assert shown.code == 0 and "few kilobytes" in shown.out and verified.code == 0


def test_one_wrong_line_keeps_all_of_it_away(tmp_path: Path, bank: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "good.yaml").write_text(OWN)
    (pack / "bad.md").write_text("## Why a lock?\nBecause.\n")
    (pack / "worse.yaml").write_text("a: &a [*a]\n")
    (pack / "z\x1b[2J.yaml").write_text("a: [\n")
    refused = run("bank", "import", pack, "--yes", "--bank", bank, "--data-dir", tmp_path / "data")
    assert refused.code == 1 and refused.out == "" and "\x1b" not in refused.err
    assert refused.err.splitlines() == [
        "voiceprep: Refused, with 3 problems:",
        f"{pack}/bad.md:1:1: its answer has 8 characters, not 40 to 4,000: write out what a good answer says",
        f"{pack}/worse.yaml:1:4: anchors and aliases are not allowed: write the value out",
        f"{pack}/z\ufffd[2J.yaml:2:1: not valid YAML: expected the node content, but found '<stream end>'",
        "  Mend these places and import again; nothing was kept.",
    ]
    assert not (tmp_path / "data" / "questions").exists()


def test_nothing_of_the_shipped_bank_can_be_replaced_or_removed(tmp_path: Path) -> None:
    out, data = tmp_path / "cdn.yaml", tmp_path / "data"
    exported, refused, replaced, removed = batch(
        [
            ["bank", "export", "cdn", "--out", out, "--data-dir", data],
            ["bank", "import", out, "--yes", "--data-dir", data],
            ["bank", "import", out, "--yes", "--replace", "--data-dir", data],
            ["bank", "remove", "cdn", "--data-dir", data],
        ]
    )
    assert (exported.code, exported.out, exported.err) == (0, "", f"1 question exported to {out}\n")
    for result in (refused, replaced):
        result.failed(1, "cdn.yaml:4:9: 'cdn' is a question that comes with the bank", lines=2)
    removed.failed(2, "'cdn' comes with the bank.")
    assert not data.exists()


def test_what_is_exported_is_imported_again_to_the_letter(tmp_path: Path, bank: Path, go: Path) -> None:
    one, other = ["--bank", bank, "--data-dir", tmp_path / "1"], ["--bank", bank, "--data-dir", tmp_path / "2"]
    (tmp_path / "mine.yaml").write_text(OWN)
    (tmp_path / "cv.md").write_text(CV)
    for command in (["import", go], ["import", tmp_path / "mine.yaml"], ["import", "--cv", tmp_path / "cv.md"]):
        assert run("bank", *command, "--yes", *one).code == 0
    results = batch(
        [
            ["bank", "export", "--own", "--out", tmp_path / "a.yaml", *one],
            ["bank", "export", "--own", "--out", tmp_path / "folder", *one],
            ["bank", "import", tmp_path / "a.yaml", "--yes", *other],
            ["bank", "export", "--own", "--out", tmp_path / "b.yaml", *other],
            ["bank", "import", tmp_path / "folder", "--yes", *other],
        ]
    )
    assert [r.code for r in results] == [0] * 5
    assert (tmp_path / "a.yaml").read_bytes() == (tmp_path / "b.yaml").read_bytes()
    assert kept(tmp_path / "1") == kept(tmp_path / "2") == sorted(p.name for p in (tmp_path / "folder").iterdir())
    assert len(kept(tmp_path / "1")) == 7 and results[4].err == "Nothing to keep: you have all of it already.\n"


def test_an_export_overwrites_nothing_and_says_what_fits(tmp_path: Path) -> None:
    (tmp_path / "there.yaml").write_text("mine")
    data = ["--data-dir", tmp_path / "data"]
    there, nowhere, none, unknown, large = batch(
        [
            ["bank", "export", "cdn", "--out", tmp_path / "there.yaml", *data],
            ["bank", "export", "cdn", "--out", tmp_path / "no" / "x.yaml", *data],
            ["bank", "export", "--own", "--out", tmp_path / "x.yaml", *data],
            ["bank", "export", "cdm", "--out", tmp_path / "x.yaml", *data],
            ["bank", "export", "--out", tmp_path / "x.yaml", *data],
        ]
    )
    there.failed(2, "exists already", "another --out")
    nowhere.failed(2, "There is no folder")
    none.failed(2, "You have no questions of your own.")
    unknown.failed(2, "There is no question 'cdm'.", "cdn")
    large.failed(2, "more than fits into one file", "Give a folder instead")
    assert (tmp_path / "there.yaml").read_text() == "mine" and sorted(p.name for p in tmp_path.iterdir()) == [
        "there.yaml"
    ]


def test_what_import_and_for_cannot_use_is_one_sentence(tmp_path: Path, bank: Path) -> None:
    (tmp_path / "job.txt").write_text(ADVERT)
    (tmp_path / "dull.txt").write_text("We look for a gardener.")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF\xff\xfe")
    here = ["--bank", bank, "--data-dir", tmp_path / "data"]
    text = ["--text", "--voice", "none", *here]
    nothing, both, pdf, absent, dull, binary, chosen, resumed = batch(
        [
            ["bank", "import", *here],
            ["bank", "import", "x.md", "--cv", "y.md", *here],
            ["bank", "import", "--cv", tmp_path / "scan.pdf", *here],
            ["practice", "--for", tmp_path / "none.txt", *text],
            ["practice", "--for", tmp_path / "dull.txt", *text],
            ["practice", "--for", tmp_path / "scan.pdf", *text],
            ["practice", "--for", tmp_path / "job.txt", "--question", "why-cache", *text],
            ["practice", "--for", tmp_path / "job.txt", "--resume", "last", *text],
        ]
    )
    for result in (nothing, both):
        result.failed(2, "bank import wants one thing to read.")
    pdf.failed(1, "scan.pdf:1:5: not UTF-8 text", lines=2)
    absent.failed(2, "can't be read")
    dull.failed(2, "dull.txt names no technology that the lexicon knows.")
    binary.failed(2, "not UTF-8 text", "plain text")
    chosen.failed(2, "--for chooses the questions by itself.")
    resumed.failed(2, "--for and --resume exclude each other.")
    assert not (tmp_path / "data" / "sessions").exists()


def advert(folder: Path, *more: str) -> Result:
    (folder / "job.txt").write_text(ADVERT)
    return run(
        "practice", "--for", folder / "job.txt", "--text", "--voice", "none", "--data-dir", folder / "data", *more
    )


def test_an_advert_gets_its_session_with_its_terms_and_reasons(tmp_path: Path) -> None:
    held = advert(tmp_path)
    assert held.code == 0
    said = held.err.splitlines()
    assert said[0] == "Found in job.txt: Kafka, PostgreSQL, Kubernetes, cache, Redis, monitoring, CI/CD, GraphQL."
    assert len(said[1:6]) == 5 and all("the advert names " in line for line in said[1:6])
    assert said[6] == "For job.txt: 5 questions."
    (session,) = (tmp_path / "data" / "sessions").iterdir()
    assert json.loads((session / "session.json").read_text())["title"] == "For job.txt"
    same, other = advert(tmp_path, "--seed", "7"), advert(tmp_path, "--seed", "7")
    assert same.err.splitlines()[:7] == other.err.splitlines()[:7]
    short = advert(tmp_path, "--minutes", "5")
    assert "Recording to" in short.err and "5 minutes: 1 question." in short.err


def test_a_question_that_was_damaged_by_hand_is_named_and_the_others_work(tmp_path: Path, bank: Path, go: Path) -> None:
    here = ["--bank", bank, "--data-dir", tmp_path / "data"]
    run("bank", "import", go, "--yes", *here)
    torn = next((tmp_path / "data" / "questions").rglob(f"{GOROUTINE}.yaml"))
    torn.write_text("form: voiceprep-questions/1\ntopic: [")
    listed, removed, after = batch(
        [["bank", "list", *here], ["bank", "remove", GOROUTINE, *here], ["bank", "list", *here]]
    )
    assert listed.code == 0 and listed.out.count("(yours)") == 2
    assert f"{torn}:2:9: not valid YAML" in listed.err and "voiceprep bank remove ID" in listed.err
    assert removed.code == 0 and after.err == ""


@pytest.mark.parametrize(("answer", "count"), [("y\n", 3), ("\n", 0), ("no\n", 0), ("\x04", 0)])
def test_in_a_terminal_a_key_keeps_them(tmp_path: Path, bank: Path, go: Path, answer: str, count: int) -> None:
    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "voiceprep", "bank", "import", str(go), "--bank", str(bank), "--data-dir",
         str(tmp_path / "data")],
        stdin=there, stdout=there, stderr=there,
    )  # fmt: skip
    os.close(there)
    seen, until = b"", time.monotonic() + 60
    while b"Keep these 3? y, then enter" not in seen and time.monotonic() < until:
        if select.select([here], [], [], 1)[0]:
            seen += os.read(here, 4096)
    assert kept(tmp_path / "data") == []
    os.write(here, answer.encode())
    assert process.wait(timeout=60) == 0
    os.close(here)
    assert len(kept(tmp_path / "data")) == count
