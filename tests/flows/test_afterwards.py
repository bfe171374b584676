"""A session that has ended is put right, disputed and judged once more, in its folder on disk."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.sessions import made
from tests.sessions.command import Result, batch
from tests.sessions.test_golden import GOLDEN
from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.rescore import Job, change, is_known, rescore
from voiceprep.core.transcript import Transcript
from voiceprep.durable import locked
from voiceprep.errors import SessionError, UsageError
from voiceprep.sessions import codec, store
from voiceprep.sessions.journal import FileJournal
from voiceprep.wiring.rescoring import Done, Heard, Passed, Told, Wish, rescored

FASTER = "Reads are faster when they come from memory, and it takes the load off the database."
POINT = "faster-reads"


@pytest.fixture
def folder(tmp_path: Path) -> store.SessionFolder:
    found = made.session(tmp_path)
    found.journal.chmod(0o600)
    return found


def verdicts(a: object) -> dict[str, str]:
    return {p.id: p.verdict for p in a.points}


def first_of(folder: store.SessionFolder) -> object:
    return folder.state().assessments[0]


def changed_bank(root: Path) -> Bank:
    """The small bank, where "load off" is no way to say its second point any more."""
    path = next(p for p in (root / "bank").glob("*.yaml") if "(takes|reduces|removes) ... load" in p.read_text())
    path.write_text(path.read_text().replace("(takes|reduces|removes) ... load", "takes ... pressure"))
    return sound_bank(root / "bank")


# Put right ----------------------------------------------------------------------------------------------------------


def test_words_put_right_are_judged_kept_and_reported_and_the_original_stays(folder: store.SessionFolder) -> None:
    before, written = folder.state(), folder.journal.read_bytes()
    heard = dict(before.given)["a001"]
    assert verdicts(before.assessments[0])[POINT] == "missed"
    after = wiring.edit(folder, "a001", FASTER)
    now = after.assessments[0]
    assert (now.source, now.engine, now.text, verdicts(now)[POINT]) == ("edited", "whisper:test", FASTER, "covered")
    assert folder.state() == after and after.heard == (("a001", heard),)
    assert store.verify(folder) == [], "every quote stands in the words as they are now"
    report = (folder.path / "report.md").read_text()
    assert "What was heard, put right by you" in report and "judged by your own words" in report
    assert folder.journal.read_bytes().startswith(written) and stat.S_IMODE(folder.journal.stat().st_mode) == 0o600
    back = wiring.edit(folder, "a001", heard.text)
    assert verdicts(back.assessments[0]) == verdicts(before.assessments[0])
    assert back.heard == () and back.given == before.given


@pytest.mark.parametrize(
    ("take", "text", "said"),
    [
        ("a001", " \n", "The text is empty."),
        ("a002", "x", "Take a002 of session .* was typed."),
        ("a004", "x", "Take a004 of session .* has no words that were heard."),
        ("a099", "x", "Take a099 of session .* has no words that were heard."),
    ],
)
def test_what_cannot_be_put_right_is_said_and_nothing_is_written(
    folder: store.SessionFolder, take: str, text: str, said: str
) -> None:
    before = folder.journal.read_bytes()
    with pytest.raises(UsageError, match=said):
        wiring.edit(folder, take, text)
    assert folder.journal.read_bytes() == before


def test_the_same_words_again_write_nothing(folder: store.SessionFolder) -> None:
    wiring.edit(folder, "a001", FASTER)
    before = folder.journal.read_bytes()
    wiring.edit(folder, "a001", f" {FASTER}\n")
    assert folder.journal.read_bytes() == before


def test_a_verdict_is_disputed_afterwards(folder: store.SessionFolder) -> None:
    after = wiring.amend(folder, e.Disputed("why-cache", None, POINT, "I said it"))
    assert after.assessments[0].points[0].dispute == "I said it" and folder.state() == after
    with pytest.raises(UsageError, match="That can't be said of a session that has ended"):
        wiring.amend(folder, e.NextAsked())


def test_a_session_that_is_open_damaged_or_held_is_left_as_it_is(folder: store.SessionFolder) -> None:
    whole = folder.journal.read_bytes()
    with locked(folder.path / "lock"), pytest.raises(SessionError, match="already open"):
        wiring.edit(folder, "a001", FASTER)
    folder.journal.write_bytes(whole[: whole.rindex(b'{"v":1')])
    with pytest.raises(SessionError, match="wasn't ended"):
        wiring.edit(folder, "a001", FASTER)
    newer = made.rewritten(
        made.lines(list(fold_events(whole, folder)))[-1], lambda r: r.update(type="Telepathy", seq=23)
    )
    folder.journal.write_bytes(whole + newer)
    with pytest.raises(SessionError, match="written by a newer voiceprep"):
        wiring.edit(folder, "a001", FASTER)
    assert folder.journal.read_bytes() == whole + newer, "a newer program's session isn't touched"
    assert any("written by a newer voiceprep" in problem for problem in store.verify(folder))


def fold_events(raw: bytes, folder: store.SessionFolder) -> tuple[e.Event, ...]:
    folder.journal.write_bytes(raw)
    return folder.history().events


def test_what_a_kill_left_unjudged_is_judged_with_the_next_amendment(folder: store.SessionFolder) -> None:
    journal = FileJournal(folder.journal, len(folder.history().events))
    journal.append(e.TranscriptEdited("a001", FASTER), durable=True)
    journal.close()
    assert folder.state().anew_due and verdicts(first_of(folder))[POINT] == "missed"
    wiring.amend(folder)
    assert folder.state().anew_due == () and verdicts(first_of(folder))[POINT] == "covered"


def test_a_session_of_the_first_format_is_put_right_too(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "v1", tmp_path / "v1")
    old = store.SessionFolder(tmp_path / "v1")
    assert old.state().assessments[1].coverage is None
    after = wiring.edit(old, "a003", "A queue decouples the caller from slow work, and messages wait while it is down.")
    assert after.assessments[1].coverage is not None and after.assessments[1].source == "edited"
    assert store.verify(old) == []


# Judged once more ---------------------------------------------------------------------------------------------------


def all_of(
    folders: list[store.SessionFolder], bank: Bank, where: Path, wish: Wish | None = None, jobs: int = 1
) -> list[Told]:
    return list(rescored(folders, bank, Places(where, where / "cache"), wish or Wish(), jobs))


def test_a_changed_rubric_stands_beside_the_old_one_with_both_versions(
    folder: store.SessionFolder, tmp_path: Path
) -> None:
    before, bank = folder.state(), changed_bank(tmp_path)
    told = all_of([folder], bank, tmp_path)
    (done,) = (one for one in told if isinstance(one, Done))
    state = folder.state()
    assert state.assessments == before.assessments, "nothing is replaced"
    assert state.rescored == (done.rescored,)
    assert (done.rescored.why, done.rescored.assessment.bank_version) == ("today's rubric", bank.version)
    found = change(done.before, done.rescored.assessment)
    assert found.lost == ("The database is asked less often.",) and not found.gained
    assert store.verify(folder) == []
    report = (folder.path / "report.md").read_text()
    old, new = report.index(done.before.rubric[:8]), report.index(done.rescored.assessment.rubric[:8])
    assert old < new and "Not heard any more: The database is asked less often." in report


def test_a_second_run_does_nothing_and_an_edit_makes_it_worth_doing_again(
    folder: store.SessionFolder, tmp_path: Path
) -> None:
    bank = changed_bank(tmp_path)
    all_of([folder], bank, tmp_path)
    before = folder.journal.read_bytes()
    again = all_of([folder], bank, tmp_path)
    assert {one.known for one in again} == {True} and folder.journal.read_bytes() == before
    wiring.edit(folder, "a001", FASTER)
    assert [type(one) for one in all_of([folder], bank, tmp_path)].count(Done) == 1


def test_today_as_it_was_then_needs_no_judging(folder: store.SessionFolder, tmp_path: Path) -> None:
    told = all_of([folder], sound_bank(tmp_path / "bank"), tmp_path)
    assert all(isinstance(one, Passed) and one.known for one in told) and folder.state().rescored == ()


def test_questions_points_and_follow_ups_that_are_gone_are_named(folder: store.SessionFolder, tmp_path: Path) -> None:
    bank = sound_bank(tmp_path / "bank")
    assert all_of([folder], replace(bank, questions={}), tmp_path) == [
        Passed(folder.id, q, "The bank has no such question any more.") for q in ("why-cache", "queue-or-call")
    ]
    question = bank.questions["why-cache"]
    shorter = replace(question, follow_ups=(), points=question.points[1:], rubric="f" * 64)
    told = all_of([folder], replace(bank, questions={**bank.questions, "why-cache": shorter}), tmp_path)
    (done,) = (one for one in told if isinstance(one, Done))
    assert done.rescored.left_out == (f"The follow-up “{question.follow_ups[0].ask}” isn't asked any more.",)
    assert done.rescored.assessment.follow_ups_asked == ()
    assert change(done.before, done.rescored.assessment).went[0] == question.points[0].text


def test_one_that_cannot_be_read_is_passed_and_the_others_are_judged(tmp_path: Path) -> None:
    broken, whole = made.session(tmp_path / "b"), made.session(tmp_path / "w")
    broken.journal.write_bytes(broken.journal.read_bytes().replace(b"why-cache", b"why-cash_", 1))
    told = all_of([broken, whole], changed_bank(tmp_path / "w"), tmp_path)
    assert "damaged at line 1" in told[0].why and sum(isinstance(one, Done) for one in told) == 1


def test_two_processes_judge_as_one_does_byte_for_byte(tmp_path: Path) -> None:
    lines = []
    for name, jobs in (("one", 1), ("two", 2)):
        root = tmp_path / name
        folder = made.session(root)
        told = all_of([folder], changed_bank(root), root, jobs=jobs)
        lines.append([encode_data(one.rescored) for one in told if isinstance(one, Done)])
    assert lines[0] == lines[1] and len(lines[0]) == 1


def encode_data(event: e.Event) -> str:
    return json.dumps(codec.to_json(event), ensure_ascii=False)


def test_a_job_is_a_value_that_goes_anywhere_and_its_result_too(folder: store.SessionFolder) -> None:
    state, ground = folder.state(), folder.grounds().by_id["why-cache"]
    job = Job(folder.id, ground.question, ground.lexicon, "b", state.assessments[0], state.given)
    there = pickle.loads(pickle.dumps(job))
    assert there == job and pickle.loads(pickle.dumps(rescore(there))) == rescore(job)
    one = rescore(job)
    assert is_known(job, [one]) and not is_known(job, [one], engine="basic") and not is_known(job, [one], judge="tiny")
    assert not is_known(replace(job, question=replace(job.question, rubric="0" * 64)), [one])
    assert not is_known(job, [replace(one, lexicon="0" * 64)])


class Ear:
    """A recogniser that hears the same words everywhere."""

    name = "whisper:better"
    phrase_s = (4.0, 9.0)
    hears_more_with_care = True

    def __init__(self) -> None:
        self.heard: list[Path] = []

    def transcribe(self, path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript:
        raise AssertionError("there is no speech in these recordings to be asked about")


def test_a_recording_is_heard_again_once_and_one_that_is_gone_is_named(
    folder: store.SessionFolder, tmp_path: Path
) -> None:
    folder.take("a004").unlink()
    wish, bank = Wish(ear=Ear()), sound_bank(tmp_path / "bank")
    told = all_of([folder], bank, tmp_path, wish)
    (done,) = (one for one in told if isinstance(one, Done))
    assert done.rescored.why == "heard again by whisper:better" and dict(done.rescored.heard).keys() == {"a001"}
    assert done.rescored.assessment.unscored is not None and done.rescored.assessment.engine == "whisper:better"
    assert Heard(folder.id, "a004", "there is no recording of it") in told
    assert dict(folder.state().given)["a001"].engine == "whisper:test", "the session's own words stay"
    again = [one for one in all_of([folder], bank, tmp_path, wish) if one.session_id and isinstance(one, Passed)]
    assert [one.known for one in again] == [True, False]
    assert store.verify(folder) == ["audio/a004.wav is missing (1.0 s were recorded)."]


class Judge:
    name = "tiny at 127.0.0.1:1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def opinion(self, ask: str, points: object, transcript: Transcript) -> Opinion | NoOpinion:
        self.asked.append(transcript.text)
        return replace(made.OPINION, points=())

    def stop(self) -> None: ...


def test_a_judges_opinion_is_given_on_what_is_judged_once_more_and_not_twice(
    folder: store.SessionFolder, tmp_path: Path
) -> None:
    judge, bank = Judge(), sound_bank(tmp_path / "bank")
    told = all_of([folder], bank, tmp_path, Wish(["why-cache"], judge=judge))
    (done,) = told
    assert isinstance(done, Done) and done.rescored.assessment.opinion == replace(made.OPINION, points=())
    assert judge.asked == [dict(folder.state().given)[take].text for take in ("a001", "a002")]
    assert done.rescored.why == "today's rubric, with a judge" and first_of(folder).opinion is None
    assert all_of([folder], bank, tmp_path, Wish(["why-cache"], judge=judge))[0].known and len(judge.asked) == 2
    assert "Second opinion (tiny" in (folder.path / "report.md").read_text()


# The commands -------------------------------------------------------------------------------------------------------


def test_the_commands_say_what_changed(folder: store.SessionFolder, tmp_path: Path) -> None:
    changed_bank(tmp_path)
    (tmp_path / "words").write_text(FASTER)
    here = ("--data-dir", str(tmp_path), "--bank", str(tmp_path / "bank"))
    put, taken, rest, whole, again, shown, listed, wrong = batch(
        [
            ("sessions", "edit", "last", "a001", "--text", str(tmp_path / "words"), *here),
            ("sessions", "edit", "last", "a001", "--text", "-", "--json", *here),
            ("sessions", "edit", "last", "a002", "--text", "-", *here),
            ("rescore", "last", *here),
            ("rescore", "--all", "--json", *here),
            ("sessions", "show", "last", *here),
            ("sessions", "show", "last", "--json", *here),
            ("rescore", "last", "--engine", "basic", *here),
        ],
        stdin=small_bank.HALF,
    )
    assert "judged by your words: 1 point more heard." in put.out and put.code == 0
    assert taken.json()["transcript"] == {"source": "asr", "text": small_bank.HALF}
    rest.failed(2, "Take a002 of session", "was typed")
    assert "why-cache: 1 point not heard any more" in whole.out and "  - The database is asked less often." in whole.out
    assert "Judged once more: 1. Changed: 1 (points heard now: 0, not heard any more: 1)." in whole.out
    assert (again.json()["rescored"], again.json()["known"]) == ([], 2)
    assert "JUDGED ONCE MORE" in shown.out and shown.out.index("Judged in the session") < shown.out.index("Rescored, t")
    assert listed.json()["rescored"][0]["answer"]["question_id"] == "why-cache"
    wrong.failed(2, "--engine and --model name what hears the recordings again.")


def test_killed_in_the_middle_it_goes_on_and_comes_to_the_same(tmp_path: Path) -> None:
    folders = [made.session(tmp_path) for _ in range(4)]
    bank = changed_bank(tmp_path)
    command = [sys.executable, "-m", "voiceprep", "rescore", "--all", "--jobs", "1", "--data-dir", str(tmp_path),
               "--bank", str(tmp_path / "bank")]  # fmt: skip
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 60
    while not any(f.state().rescored for f in folders) and running.poll() is None and time.monotonic() < limit:
        time.sleep(0.002)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    done = [len(f.state().rescored) for f in folders]
    told = all_of(folders, bank, tmp_path)
    assert sum(isinstance(one, Done) for one in told) == 4 - sum(done)
    assert [len(f.state().rescored) for f in folders] == [1] * 4
    assert len({encode_data(f.state().rescored[0]) for f in folders}) == 1
    for f in folders:
        assert store.verify(f) == [] and "Judged once more" in (f.path / "report.md").read_text()


def test_results_of_commands_are_told_by_lines_without_a_terminal(folder: store.SessionFolder, tmp_path: Path) -> None:
    (told,) = batch(
        [("rescore", "--all", "--jobs", "1", "--data-dir", str(tmp_path), "--bank", str(tmp_path / "bank"))]
    )
    assert isinstance(told, Result)
    assert told.err.splitlines() == [f"Rescoring session 1 of 1: {folder.id}", "1 session looked at."]
