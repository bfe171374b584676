"""The candidate's own terms from the command line: listed, taken back, used; and how the interviewer says them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.sessions.command import batch, run
from voiceprep import wiring
from voiceprep.commands.conversation import Conversation
from voiceprep.config import Places, load_settings, places
from voiceprep.core.feedback import Ground, assess
from voiceprep.core.plan import plan_questions
from voiceprep.core.transcript import Word, heard
from voiceprep.ports import Sound
from voiceprep.sessions import store
from voiceprep.speech.voice import ChildSynthesizer

HEARD = "  in spoken answers to questions about it: cooper netties\n"


def test_what_is_believed_is_printed_listed_and_taken_back(tmp_path: Path) -> None:
    here = ["--data-dir", tmp_path]
    added, again, new, listed, as_json, less, gone, empty = batch(
        [
            ["lexicon", "add", "kubernetes", "--heard", "cooper netties", *here],
            ["lexicon", "add", "Kubernetes", "--heard", "cooper netties", *here],
            ["lexicon", "add", "Fargate", "--form", "AWS Fargate", "--heard", "far gate", *here],
            ["lexicon", "list", *here],
            ["lexicon", "list", "--json", *here],
            ["lexicon", "remove", "Fargate", "--heard", "far gate", *here],
            ["lexicon", "remove", "Kubernetes", *here],
            ["lexicon", "list", "--json", "--data-dir", tmp_path / "none"],
        ]
    )
    assert added.out == again.out == f"Kubernetes\n{HEARD}" and added.err == ""
    assert new.out.startswith("Fargate  (a term of your own)\n  also, everywhere: AWS Fargate\n")
    assert listed.out == f"Kubernetes\n{HEARD}{new.out}"
    assert as_json.json()["terms"][1] == {
        "written": "Fargate", "forms": ["AWS Fargate"], "heard": ["far gate"], "own": True,
    }  # fmt: skip
    assert less.out == "Fargate  (a term of your own)\n  also, everywhere: AWS Fargate\n"
    assert gone.out == "Kubernetes: nothing of your own is believed about it any more.\n"
    assert empty.json() == {"schema": 1, "terms": [], "problems": []} and not (tmp_path / "none").exists()


def test_what_would_be_dangerous_is_one_sentence(tmp_path: Path) -> None:
    here = ["--data-dir", tmp_path]
    for result, said in zip(
        batch(
            [
                ["lexicon", "add", "Redis", "--heard", "rest", *here],
                ["lexicon", "add", "Redis", "--heard", "", *here],
                ["lexicon", "add", "Redis", "--heard", "\x1b[2J", *here],
                ["lexicon", "add", "Grafanna", *here],
                ["lexicon", "remove", "Redis", *here],
            ]
        ),
        (
            "'rest' is how people say REST.", "'' has no word in it.", "nobody says.", "Did you mean Grafana?",
            "You have added nothing about 'Redis'.",
        ),
        strict=True,
    ):  # fmt: skip
        result.failed(2, said)
        assert "\x1b" not in result.err
    assert not (tmp_path / "lexicon.yaml").exists()


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return small_bank.write(tmp_path / "bank")


def test_a_session_runs_without_a_bad_file_says_so_once_and_keeps_the_hash_of_what_it_used(
    tmp_path: Path, bank: Path
) -> None:
    data = tmp_path / "data"
    practice = ["practice", "--question", "why-cache", "--text", "--voice", "none", "--bank", bank, "--data-dir", data]
    typed = f"{small_bank.GOOD}\n\n"
    plain = run(*practice, stdin=typed)
    added = run("lexicon", "add", "Fargate", "--heard", "far gate", "--bank", bank, "--data-dir", data)
    with_own = run(*practice, stdin=typed)
    (data / "lexicon.yaml").write_text("form: voiceprep-own-lexicon/1\nterms:\n  - {written: Fargate, heard: [the]}\n")
    bad = run(*practice, stdin=typed)
    assert [r.code for r in (plain, added, with_own, bad)] == [0] * 4
    said = f"Your own terms are left out: {data}/lexicon.yaml:3:32: 'the' has only small words in it, which every"
    assert bad.err.count(said) == 1 and "left out" not in with_own.err + plain.err
    metas = [folder.meta() for folder in store.folders(data / "sessions")]
    # Sessions of one second stand in no order.
    own = {m["id"]: [t["id"] for t in m["lexicon"]["terms"] if t["id"].startswith("own-")] for m in metas}
    assert sorted(own.values()) == [[], [], ["own-fargate"]]
    with_term = {m["lexicon_sha256"] for m in metas if own[m["id"]]}
    without = {m["lexicon_sha256"] for m in metas if not own[m["id"]]}
    assert len(with_term) == len(without) == 1 and with_term != without
    for folder in store.folders(data / "sessions"):
        assert store.verify(folder) == []


def test_it_is_believed_in_speech_and_typed_answers_are_graded_as_before(tmp_path: Path, bank: Path) -> None:
    said = "With a direct call the caller has to wait. But a cubic keeps the messages while the worker is down."
    row = {"id": 1, "question_id": "queue-or-call", "transcript": said}
    (tmp_path / "in.jsonl").write_text(json.dumps(row))
    words = [Word(w, 0.3 * n, 0.3 * n + 0.3, 0.9) for n, w in enumerate(said.split())]

    def spoken() -> dict[str, str]:
        loaded = wiring.load_bank(str(bank), Places(tmp_path / "data", tmp_path / "cache"))
        ground = Ground(loaded.questions["queue-or-call"], loaded.lexicon, loaded.version)
        return {p.id: p.verdict for p in assess(ground, heard(words, engine="whisper")).points}

    here = ["--bank", bank, "--data-dir", tmp_path / "data"]
    before, unheard = run("grade", tmp_path / "in.jsonl", "--out", "-", *here), spoken()
    assert run("lexicon", "add", "queue", "--heard", "a cubic", *here).code == 0
    after, believed = run("grade", tmp_path / "in.jsonl", "--out", "-", *here), spoken()
    assert before.out == after.out != ""
    assert unheard["survives"] != "covered" and believed["survives"] == "covered"


# How the interviewer says it --------------------------------------------------------------------------------------


def test_a_pronunciation_is_checked_kept_shown_and_taken_back(tmp_path: Path) -> None:
    here = ["--data-dir", tmp_path]
    unknown, bad, pair, twice, fine, shown, doctor, off = batch(
        [
            ["config", "set", "pronounce", "Postgress=post gress", *here],
            ["config", "set", "pronounce", "SQL=[[Es]]", *here],
            ["config", "set", "pronounce", "SQL", *here],
            ["config", "set", "pronounce", "SQL=S Q L, sql=sequel", *here],
            ["config", "set", "pronounce", " SQL = S Q L,NoSQL=no S Q L", *here],
            ["config", "show", *here],
            ["doctor", *here],
            ["config", "set", "pronounce", "", *here],
        ]
    )
    unknown.failed(2, "There is no term 'Postgress'.", "Did you mean PostgreSQL")
    bad.failed(2, "'[[Es]]' can't be spoken.", "SQL=S Q L")
    pair.failed(2, "has no term and its sound.")
    twice.failed(2, "SQL stands in it twice.")
    assert fine.code == off.code == 0
    assert "pronounce          SQL = S Q L,NoSQL=no S Q L" in shown.out
    assert "pronunciation  SQL as S Q L, NoSQL as no S Q L" in doctor.out
    assert load_settings(places(str(tmp_path))).pronounce == ""


def held_with(tmp_path: Path, setting: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[int], str]:
    """What the real voice is given to say in a session, how long that lasts, and what stands on the screen."""
    where = Places(tmp_path / "data", tmp_path / "cache")
    bank = wiring.load_bank()
    spoken: list[str] = []
    lasted: list[int] = []
    synthesize = ChildSynthesizer.synthesize

    def listening(self: ChildSynthesizer, text: str) -> Sound:
        sound = synthesize(self, text)
        spoken.append(text)
        lasted.append(len(sound.pcm))
        return sound

    monkeypatch.setattr(ChildSynthesizer, "synthesize", listening)
    shown: list[str] = []
    wiring.hold(
        plan_questions(["sql-or-nosql"], bank.questions), bank, wiring.TypedAnswers(lambda question: None), where,
        wiring.Choice(voice="espeak", ears=False), Conversation(shown.append),
        wiring.Manner(paced=False, pronounce=setting),
    )  # fmt: skip
    monkeypatch.undo()
    return spoken, lasted, " ".join(" ".join(shown).split())


def test_the_voice_says_it_so_and_the_screen_writes_it_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual, usual_length, shown = held_with(tmp_path, "", monkeypatch)
    chosen, chosen_length, also_shown = held_with(tmp_path, "NoSQL=no S Q L, ancient=gone", monkeypatch)
    assert "no sequel" in usual[0] and "no S.Q.L" not in usual[0]
    assert chosen[0] == usual[0].replace("no sequel", "no S.Q.L") != usual[0]
    assert usual_length[0] != chosen_length[0] > 0, "it sounds different, too"
    ask = " ".join(wiring.load_bank().questions["sql-or-nosql"].ask.split())
    assert "NoSQL" in ask and ask in shown and ask in also_shown
