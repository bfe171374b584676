"""A session that was tampered with or damaged is told of in a sentence wherever it is met; no path is made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sessions import archives, made
from voiceprep import cli, wiring
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.errors import SessionError, UsageError
from voiceprep.sessions import archive, store
from voiceprep.wiring import rescoring
from voiceprep.wiring.reports import report
from voiceprep.wiring.rescoring import Done, Passed, Wish, rescored


def changed(folder: store.SessionFolder, line: int, change: Callable[[dict], object]) -> None:
    folder.journal.write_bytes(archives.journal_changed(folder.journal.read_bytes(), line, change))


@pytest.fixture
def impossible(tmp_path: Path) -> store.SessionFolder:
    folder = made.session(tmp_path)
    changed(folder, 5, lambda record: record["data"].update(take_id="a009"))
    return folder


@pytest.mark.parametrize(
    "meet",
    [
        store.SessionFolder.state,
        store.recover,
        lambda f: report(f, "md"),
        lambda f: wiring.edit(f, "a001", "words"),
        lambda f: wiring.amend(f, e.Disputed("why-cache", None, "faster-reads", "said it")),
    ],
    ids=["state", "resume", "report", "edit", "amend"],
)
def test_a_journal_that_cant_be_true(impossible: store.SessionFolder, meet: Callable) -> None:
    before = impossible.journal.read_bytes()
    with pytest.raises(SessionError, match="impossible story: AnswerEnded of 'a009', which was never given out") as met:
        meet(impossible)
    assert "sessions verify" in met.value.hint and impossible.journal.read_bytes() == before


def test_the_command_that_meets_one_ends_with_a_sentence(
    impossible: store.SessionFolder, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "words").write_text("words")
    args = ["sessions", "edit", "last", "a001", "--text", str(tmp_path / "words"), "--data-dir", str(tmp_path)]
    assert cli.main(args) == 1
    assert "impossible story" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("engines", None), ("engines", "basic"), ("engines", {"recogniser": 7}), ("title", 7), ("created", None),
        ("questions", [7]), ("questions", None), ("questions", [{"id": "why-cache"}]), ("questions", []),
        ("lexicon", 7),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["md", "html"])
def test_a_session_json_that_holds_something_else(tmp_path: Path, key: str, value: object, form: str) -> None:
    folder = made.session(tmp_path)
    folder.meta_path.write_text(json.dumps({**folder.meta(), key: value}))
    with pytest.raises(SessionError):
        report(folder, form)  # type: ignore[arg-type]


@pytest.mark.parametrize("take_id", ["../../../evil", "/etc/passwd", "a1", "a001\n", "a001/../x", "", "a٠٠١"])
def test_what_no_take_is_called_becomes_no_path(tmp_path: Path, take_id: str) -> None:
    folder = made.session(tmp_path)
    for ask in (folder.take, folder.recording):
        with pytest.raises(SessionError, match="No take is called"):
            ask(take_id)
    assert folder.no_recording(take_id) == store.ABSENT["kept"]
    assert folder.take("a1000").name == "a1000.wav" and folder.recording("a001.orphan-00ff").suffix == ".wav"


@pytest.mark.parametrize(
    ("line", "told", "said"),
    [
        (20, {"question_id": "evil"}, "lacks the question 'evil'"),
        (20, {"take_id": "../../evil"}, "No take is called '../../evil'"),
    ],
)
def test_an_assessment_of_something_else_is_no_session_to_import(
    tmp_path: Path, line: int, told: dict, said: str
) -> None:
    folder = archives.session(tmp_path)
    archive.check(folder)
    changed(folder, line, lambda record: record["data"]["assessment"].update(told))
    with pytest.raises(SessionError) as refused:
        archive.check(folder)
    assert said in refused.value.message


def test_a_quote_of_nothing_is_of_no_take_that_there_isnt(tmp_path: Path) -> None:
    folder = archives.session(tmp_path)

    def elsewhere(record: dict) -> None:
        points = record["data"]["assessment"]["points"]
        evidence = next(one for point in points for one in point["evidence"])
        evidence.update(take_id="../../evil", quote="", char_start=0, char_end=0)

    changed(folder, 7, elsewhere)
    with pytest.raises(SessionError, match="a quote isn't in its transcript"):
        archive.check(folder)


def test_one_that_has_no_place_for_it_is_passed_and_the_others_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = made.session(tmp_path / "1"), made.session(tmp_path / "2")
    bank, _ = made.bank_and_plan(tmp_path)
    amend = rescoring.amend

    def refused(folder: store.SessionFolder, *wanted: e.Event, report: bool) -> object:
        if folder == first:
            raise UsageError("That can't be said of a session that has ended.", "Nothing was changed.")
        return amend(folder, *wanted, report=report)

    monkeypatch.setattr(rescoring, "amend", refused)
    monkeypatch.setattr(rescoring, "MATCHER_VERSION", "another")
    told = list(rescored([first, second], bank, Places(tmp_path, tmp_path), Wish(questions=["why-cache"]), 1))
    assert [(type(one), one.session_id) for one in told] == [(Passed, first.id), (Done, second.id)]
