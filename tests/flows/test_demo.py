"""The demo is real: what it prints follows from the recordings and the bank, and from nothing else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceprep import wiring
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.commands.practice import hold_demo
from voiceprep.config import Places
from voiceprep.core.events import Assessed
from voiceprep.core.feedback import Assessment
from voiceprep.core.plan import plan_questions
from voiceprep.sessions import store
from voiceprep.wiring.demo import answers_by_question, demo_folder, plan_demo

CHOICE = wiring.Choice(engine="basic", voice="espeak")
GOOD, HALF = "sql-or-nosql", "rest-or-graphql"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> wiring.Held:
    """The demo as `voiceprep demo --fast` holds it."""
    home = tmp_path_factory.mktemp("demo")
    bank = sound_bank(bank_folder())
    return hold_demo(bank, Places(home, home / "cache"), CHOICE, demo_folder(), paced=False, root=home / "out")


def answered(bank: Bank, question_id: str, recordings: Path, tmp_path: Path) -> Assessment:
    """One question of the demo, answered from `recordings`, without its follow-up."""
    plan = replace(plan_questions([question_id], bank.questions), follow_ups=0)
    answers = wiring.ScriptedAnswers(answers_by_question(bank, recordings), paced=False)
    places = Places(tmp_path, tmp_path / "cache")
    held = wiring.hold(plan, bank, answers, places, CHOICE, lambda event, state: None, wiring.Manner(paced=False))
    return held.state.assessments[0]


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A copy of the demo's answers, to be changed."""
    return Path(shutil.copytree(demo_folder(), tmp_path / "recordings"))


def verdicts(assessment: Assessment) -> dict[str, str]:
    return {p.id: p.verdict for p in assessment.points}


def test_a_good_answer_a_half_one_that_earns_its_follow_up_and_a_contradiction(demo: wiring.Held) -> None:
    good, half, typed = demo.state.assessments
    assert demo.state.close_reason == "finished"

    assert good.heard(core=True) == (4, 4)
    assert good.engine == "basic"
    assert good.coverage is None, "a basic recogniser's text gives no coverage until it's confirmed"

    # What a basic recogniser didn't hear is no sure gap: it isn't asked for.
    assert half.follow_ups_asked[0].follow_up_id == "graphql-security"
    assert half.follow_ups_asked[0].unscored is None
    filled = {p.id: p for p in half.points}["rest-when"]
    assert filled.verdict == "covered"
    assert filled.evidence[0].take_id == half.follow_ups_asked[0].take_id

    assert typed.source == "typed"
    first = next(
        event.assessment
        for event in demo.folder.history().events
        if isinstance(event, Assessed) and event.assessment.question_id == typed.question_id
    )
    assert first.follow_up is not None
    assert first.follow_up.why.startswith("you said something that goes against it")
    against = [p for p in first.points if p.verdict == "contradicted"]
    assert against, "the typed answer contradicts itself, and its follow-up's answer puts that right"
    for point in against:
        after = next(p for p in typed.points if p.id == point.id)
        assert (after.verdict, after.put_right) == ("covered", point.evidence)
    assert typed.pitfalls


def test_every_quote_is_an_exact_piece_of_what_was_heard_and_has_its_second(demo: wiring.Held) -> None:
    takes = {a.take_id: a for b in demo.state.assessments for a in (b, *b.follow_ups_asked)}
    quotes = [
        piece
        for b in demo.state.assessments
        for a in (b, *b.follow_ups_asked)
        for p in a.points
        for piece in p.evidence
    ]
    assert len(quotes) >= 10
    for piece in quotes:
        take = takes[piece.take_id]
        assert piece.quote == take.text[piece.char_start : piece.char_end]
        assert (piece.start_s is None) is (take.source == "typed")


def test_the_session_is_whole_and_its_report_is_written(demo: wiring.Held) -> None:
    assert store.verify(demo.folder) == []
    report = demo.report.read_text(encoding="utf-8")
    assert "GOES AGAINST" in report
    takes = sorted(p.name for p in demo.folder.audio.iterdir())
    assert len(takes) == 4, "two answers and two follow-ups were spoken; the rest was typed"
    kinds = [json.loads(line)["type"] for line in demo.folder.journal.read_text(encoding="utf-8").splitlines()]
    assert kinds[0] == "SessionOpened"
    assert kinds[-1] == "SessionClosed"


def test_the_recording_decides_the_verdicts_not_the_question(bank: Bank, recordings: Path, tmp_path: Path) -> None:
    """The good and the half recording, each given to the other's question: what was heard goes with the recording."""
    good, half = recordings / f"{GOOD}.ogg", recordings / f"{HALF}.ogg"
    good.rename(recordings / "x")
    half.rename(good)
    (recordings / "x").rename(half)
    swapped_good = answered(bank, GOOD, recordings, tmp_path)
    swapped_half = answered(bank, HALF, recordings, tmp_path)
    assert "graphql" in swapped_good.text
    assert "cassandra" in swapped_half.text
    for a in (swapped_good, swapped_half):
        assert a.unscored is not None or a.heard(core=True)[0] <= 1


def test_a_half_answer_to_the_same_question_gets_half(bank: Bank, recordings: Path, tmp_path: Path) -> None:
    """The good recording cut in half: what was said late is not heard, what was said early still is."""
    good = recordings / f"{GOOD}.ogg"
    whole = verdicts(answered(bank, GOOD, recordings, tmp_path))
    samples, rate = soundfile.read(good)
    soundfile.write(good, samples[: len(samples) // 2], rate, format="OGG", subtype="VORBIS")
    cut = verdicts(answered(bank, GOOD, recordings, tmp_path))
    heard = [p for p, v in cut.items() if v == "covered"]
    lost = [p for p, v in whole.items() if v == "covered" and cut[p] == "unheard"]
    assert {"decide-by-need", "sql-for-transactions"} <= set(heard)
    assert {"nosql-eventual", "example-why"} <= set(lost)


def test_silence_is_unscored(bank: Bank, recordings: Path, tmp_path: Path) -> None:
    soundfile.write(recordings / f"{GOOD}.ogg", np.zeros(16_000 * 5), 16_000, format="OGG", subtype="VORBIS")
    found = answered(bank, GOOD, recordings, tmp_path)
    assert found.unscored is not None
    assert found.unscored.reason == "no words were heard"
    assert found.coverage is None


def test_unrelated_human_speech_is_unscored(bank: Bank, recordings: Path, tmp_path: Path, shared_audio: Path) -> None:
    for name in ("jfk.flac", "two_cities.flac"):
        samples, rate = soundfile.read(shared_audio / name)
        soundfile.write(recordings / f"{GOOD}.ogg", samples, rate, format="OGG", subtype="VORBIS")
        found = answered(bank, GOOD, recordings, tmp_path)
        assert found.text, "it was heard"
        assert found.unscored is not None, name
        assert found.unscored.reason.startswith("off topic")


def test_a_point_changed_in_the_bank_changes_the_verdict(recordings: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bank_folder(), tmp_path / "bank"))
    path = folder / "databases.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("- id: nosql-scales-out")
    claims = text.index("claims:", start)
    end = text.index("contradictions:", claims)
    indent = " " * (claims - text.rindex("\n", 0, claims) - 1)
    changed = f"claims:\n{indent}  - patterns: [mainframes are the future]\n{indent}"
    path.write_text(text[:claims] + changed + text[end:], encoding="utf-8")
    before = sound_bank(bank_folder())
    after = sound_bank(folder)
    assert before.questions[GOOD].rubric != after.questions[GOOD].rubric
    assert verdicts(answered(before, GOOD, recordings, tmp_path))["nosql-scales-out"] == "covered"
    assert verdicts(answered(after, GOOD, recordings, tmp_path))["nosql-scales-out"] == "unheard"


def test_every_turn_of_the_demo_has_an_answer(bank: Bank) -> None:
    answers = answers_by_question(bank, demo_folder())
    assert all(q.ask in answers for q in plan_demo(bank).questions)
