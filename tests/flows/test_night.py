"""From the command line: the page for the night before, its twenty minutes, and the date that they count down to."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.kit.terminal import Pty, program_env
from tests.sessions import made
from tests.sessions.command import Result, batch, run
from voiceprep.config import places
from voiceprep.sessions import store
from voiceprep.wiring.demo import QUESTIONS
from voiceprep.wiring.night import sessions

CACHE = ("--question", "why-cache")
QUEUE = ("--question", "queue-or-call")
HALF_QUEUE = "The queue keeps the messages while the worker is down, and that is the main thing about it for me."


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bank.write(tmp_path_factory.mktemp("small") / "bank")


def hold(bank: Path, data: Path, day: int, asked: Sequence[str], *answers: str) -> str:
    """Holds a typed session and moves it to a day of November 2026; returns its id."""
    before = set(store.folders(data / "sessions"))
    held = run(
        "practice", "--text", "--voice", "none", "--bank", bank, "--data-dir", data, *asked,
        stdin="".join(f"{a}\n\n" for a in answers),
    )  # fmt: skip
    assert held.code == 0, held
    (new,) = set(store.folders(data / "sessions")) - before
    session_id = f"202611{day:02}-090000-abcd"
    new.path.rename(new.path.with_name(session_id))
    return session_id


@pytest.fixture(scope="module")
def practised(bank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three sessions: half of the one question, all of it, and half of the other."""
    data = tmp_path_factory.mktemp("practised")
    hold(bank, data, 3, CACHE, small_bank.HALF, small_bank.INVALIDATE)
    hold(bank, data, 4, CACHE, small_bank.GOOD, "All reads hit the database at once.")
    hold(bank, data, 5, QUEUE, HALF_QUEUE)
    return data


def night(bank: Path, data: Path, *args: str | Path, stdin: str = "") -> Result:
    return run("night", "--bank", bank, "--data-dir", data, *args, stdin=stdin)


# The page ---------------------------------------------------------------------------------------------------------


def test_the_page_is_data_and_the_rest_is_chatter(bank: Path, practised: Path, tmp_path: Path) -> None:
    out = tmp_path / "night.md"
    shown, written, as_json = batch(
        [["night", "--bank", bank, "--data-dir", practised, *more] for more in ([], ["--out", out], ["--json"])]
    )
    assert [r.code for r in (shown, written, as_json)] == [0, 0, 0]
    assert shown.out == written.out and shown.out.startswith("THE NIGHT BEFORE\n")
    assert shown.out.endswith("\nEnough. Sleep.\n")
    whole = " ".join(shown.out.split())
    assert "“Reads come back much faster” (Why a cache, 4 Nov, a001 of 20261104-090000-abcd)" in whole
    assert "20261103-090000-abcd" not in whole, "that take was the lesser one"
    assert "Queue or call. Say: With a direct call the caller has to wait for the answer." in whole
    assert shown.err == "Go through 2 of your questions, about 5 min: voiceprep night --practise\n"
    assert written.err.startswith(f"Written to {out}\n")
    assert out.stat().st_mode & 0o777 == 0o600
    page = out.read_text(encoding="utf-8")
    assert page.startswith("# The night before\n\n## Your best sentences\n") and page.endswith("\nEnough. Sleep.\n")
    assert page.count("?\n") == 5
    assert as_json.err == ""


def test_every_quote_is_an_exact_piece_of_the_take_it_names(bank: Path, practised: Path) -> None:
    got = night(bank, practised, "--json").json()
    (topic,) = got["topics"]
    assert topic["topic"] == "caches" and len(topic["sentences"]) >= 3
    assert {t["question_id"]: (t["session"], t["core"]) for t in topic["takes"]} == {
        "why-cache": ("20261104-090000-abcd", [2, 2]),
        "queue-or-call": ("20261105-090000-abcd", [1, 2]),
    }
    by_id = {f.id: f.state().given for f in store.folders(practised / "sessions")}
    for sentence in topic["sentences"]:
        text = dict(by_id[sentence["session"]])[sentence["take_id"]].text
        assert text[sentence["char_start"] : sentence["char_end"]] == sentence["quote"] != ""
    assert [q["id"] for q in got["plan"]["questions"]] == ["queue-or-call", "why-cache"], "the weakest first"
    assert got["plan"]["questions"][1]["say"] is None and len(got["ask"]) == 5


def test_what_was_written_before_is_replaced_as_a_whole(bank: Path, practised: Path, tmp_path: Path) -> None:
    out = tmp_path / "night.md"
    out.write_text("x" * 20_000)
    assert night(bank, practised, "--out", out).code == 0
    assert "xx" not in out.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["night.md"]


def test_a_page_that_cannot_be_made_says_why_and_what_to_do(bank: Path, practised: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    skipped = tmp_path / "skipped"
    hold(bank, skipped, 3, QUEUE, "You start with olive oil and garlic, and you don't let it go brown.", "")
    here = ["night", "--bank", bank, "--data-dir"]
    none, unscored, folder, missing, both, alone = batch(
        [
            [*here, nothing],
            [*here, skipped],
            [*here, practised, "--out", tmp_path],
            [*here, practised, "--out", tmp_path / "no" / "night.md"],
            [*here, practised, "--json", "--practise"],
            [*here, practised, "--text"],
        ]
    )
    none.failed(1, "There are no past sessions to make the page from.", "voiceprep practice --minutes 10")
    assert not nothing.exists(), "looking leaves nothing behind"
    unscored.failed(1, "No core point of any question in this bank has been heard yet.")
    folder.failed(2, "is a folder.")
    missing.failed(2, "There is no folder ")
    both.failed(2, "--practise and --json exclude each other.")
    alone.failed(2, "--quiet, --plain and --text say how --practise is held.")


def test_questions_of_another_bank_are_not_in_the_page(practised: Path) -> None:
    run("night", "--data-dir", practised).failed(1, "No core point of any question in this bank has been heard yet.")


def test_a_damaged_session_is_left_out(bank: Path, tmp_path: Path) -> None:
    hold(bank, tmp_path, 3, CACHE, small_bank.HALF, small_bank.INVALIDATE)
    broken = hold(bank, tmp_path, 4, CACHE, small_bank.GOOD, "All reads hit the database at once.")
    (tmp_path / "sessions" / broken / "events.jsonl").write_text("{}\n")
    shown = night(bank, tmp_path)
    assert shown.code == 0 and "20261103-090000-abcd" in shown.out and broken not in shown.out


def test_a_demos_sentences_are_not_the_candidates(tmp_path: Path) -> None:
    args = [a for i in QUESTIONS for a in ("--question", i)]
    held = run(
        "practice", "--text", "--voice", "none", "--data-dir", tmp_path, *args,
        stdin="I would look at the dashboards first, and then I follow a few slow requests in a trace.\n\n" * 12,
    )  # fmt: skip
    assert held.code == 0, held
    root = places(str(tmp_path)).sessions
    assert len(list(sessions(root))) == 1
    (folder,) = store.folders(root)
    first, *others = folder.journal.read_bytes().splitlines(keepends=True)
    opened = made.rewritten(first, lambda record: record["data"].update(title="Demo"))
    folder.journal.write_bytes(b"".join([opened, *others]))
    assert store.verify(folder) == [] and list(sessions(root)) == []


# Twenty minutes ---------------------------------------------------------------------------------------------------


def test_the_twenty_minutes_ask_what_is_known_the_weakest_first(bank: Path, tmp_path: Path) -> None:
    hold(bank, tmp_path, 3, CACHE, small_bank.HALF, small_bank.INVALIDATE)
    out = tmp_path / "night.md"
    held = night(
        bank, tmp_path, "--practise", "--text", "--voice", "none", "--out", out, stdin=f"{small_bank.GOOD}\n\n\n\n"
    )
    assert held.code == 0, held
    assert "question 1 of 1" in held.out and small_bank.WHY_CACHE in " ".join(held.out.split())
    assert "20 minutes: 1 question." in held.err and out.is_file()
    assert "THE NIGHT BEFORE" not in held.out, "the page is for reading, the session for speaking"
    assert "20 minutes" in [f.state().title for f in store.folders(tmp_path / "sessions")]


def test_both_known_questions_are_asked_in_the_pages_order(bank: Path, practised: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(practised, data)
    held = night(bank, data, "--practise", "--text", "--voice", "none", stdin=f"{HALF_QUEUE}\n\n{small_bank.GOOD}\n\n")
    assert held.code == 0, held
    (state,) = (s for s in (f.state() for f in store.folders(data / "sessions")) if s.title == "20 minutes")
    assert [q.id for q in state.questions] == ["queue-or-call", "why-cache"] and state.minutes == 20


@pytest.mark.skipif(os.name != "posix", reason="there are no ptys here")
def test_in_a_terminal_they_are_held_on_the_screen(bank: Path, practised: Path, tmp_path: Path) -> None:
    shutil.copytree(practised, tmp_path / "data")
    env = program_env(tmp_path, TERM="xterm-256color")
    with Pty(env, ["night", "--practise", "--quiet", "--voice", "none", "--bank", str(bank)]) as program:
        program.wait_for(b"question 1 of 2", b"When do you put work on a queue")
        program.press(b"\x03")
        program.wait_ended()
    titles = [f.state().title for f in store.folders(tmp_path / "data" / "sessions")]
    assert titles.count("20 minutes") == 1


def test_without_a_terminal_the_session_says_how_else(bank: Path, practised: Path) -> None:
    night(bank, practised, "--practise").failed(2, "The screen needs a terminal.")


# The date ---------------------------------------------------------------------------------------------------------


def day(offset: int) -> str:
    """The day so many days from now. Whoever runs this over midnight may see it fail once."""
    return (datetime.date.today() + datetime.timedelta(days=offset)).isoformat()


def test_the_interviews_date_is_kept_with_the_day_it_was_set(tmp_path: Path) -> None:
    here = ["--data-dir", tmp_path]
    soon = ["config", "set", "interview_date"]
    *_, bad, unset, shown, as_json = batch(
        [
            ["config", "show", *here],
            [*soon, f" {day(10)} ", *here],
            [*soon, "2026-02-30", *here],
            ["config", "set", "interview_set", day(0), *here],
            ["config", "show", *here],
            ["config", "show", "--json", *here],
        ]
    )
    bad.failed(2, "'2026-02-30' isn't a day.", "for example: 2026-12-01.")
    unset.failed(2, "There is no setting 'interview_set'.")
    assert f"interview_date     {day(10)}  10 days left.\n" in shown.out
    assert as_json.json()["settings"]["interview_date"] == day(10)
    kept = json.loads((tmp_path / "settings.json").read_text())
    assert (kept["interview_date"], kept["interview_set"]) == (day(10), day(0))


def test_the_days_are_counted_from_the_day_it_was_set_and_begin_anew_with_another_date(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"interview_date": day(8), "interview_set": day(-2)}))
    here = ["--data-dir", tmp_path]
    soon = ["config", "set", "interview_date"]
    first, _, same, _, other, _, past, _, none = batch(
        [
            ["config", "show", *here],
            [*soon, day(8), *here],
            ["config", "show", *here],
            [*soon, day(9), *here],
            ["config", "show", *here],
            [*soon, day(-1), *here],
            ["config", "show", *here],
            [*soon, "", *here],
            ["config", "show", *here],
        ]
    )
    assert f"interview_date     {day(8)}  Day 3 of 10.\n" in first.out and first.out == same.out
    assert f"interview_date     {day(9)}  9 days left.\n" in other.out
    assert f"interview_date     {day(-1)}\n" in past.out, "a date in the past is no mistake, and there's nothing to say"
    assert "interview_date\n" in none.out
    assert json.loads(settings.read_text())["interview_set"] == ""


def test_the_page_says_how_long_there_is_left(bank: Path, practised: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(practised, data)
    here = ["--bank", bank, "--data-dir", data]
    _, shown, config, _, today = batch(
        [
            ["config", "set", "interview_date", day(1), *here],
            ["night", *here],
            ["config", "show", *here],
            ["config", "set", "interview_date", day(0), *here],
            ["night", *here],
        ]
    )
    assert shown.out.startswith("THE NIGHT BEFORE\n\nTomorrow.\n\n")
    assert f"interview_date     {day(1)}  Tomorrow. voiceprep night.\n" in config.out
    assert today.out.startswith("THE NIGHT BEFORE\n\nToday. Good luck.\n\n")


def test_a_date_that_was_written_wrong_by_hand_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"interview_date": "soon", "interview_set": 7}))
    shown = run("config", "show", "--data-dir", tmp_path)
    assert shown.code == 0 and "interview_date     soon\n" in shown.out
