"""Expecting the lexicon's words must not turn a wrong answer into a right one, nor foreign speech into an answer."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from tests.bench.validity import rows
from tests.conftest import MODELS, need
from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.config import Places
from voiceprep.core.feedback import Ground, assess
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.own_terms import HINT_TOKENS, expected
from voiceprep.core.transcript import Transcript
from voiceprep.pcm.wav import RATE
from voiceprep.speech import recogniser
from voiceprep.speech.recogniser import ChildTranscriber

WRONG = [r for r in rows("dev") if r["variant"] in ("wrong", "stuffed")]
SPOKEN_WORDS, FOREIGN_S = 24, 6
"""Of each wrong answer, and of each recording: they are heard twice, and slowly."""


def credited(ground: Ground, heard: Transcript) -> frozenset[str]:
    return frozenset(p.id for p in assess(ground, heard).points if p.verdict in ("covered", "partly"))


def nothing_more(
    files: Mapping[Path, str], ears: tuple[ChildTranscriber, ChildTranscriber], bank: Bank, places: Places
) -> None:
    """Hears each file with the bias and without; `files` name the question that each is taken as an answer to."""
    for path, question_id in files.items():
        ground = Ground(bank.questions[question_id], bank.lexicon, bank.version)
        on, off = (credited(ground, wiring.hear_file(path, ear, places)) for ear in ears)
        assert on <= off, f"{path.name}: {sorted(on - off)} more with the bias"


def spoken(flite: str, folder: Path, take: slice) -> dict[Path, str]:
    found = {}
    for n, row in enumerate(WRONG[take]):
        path = folder / f"{row['id']}.wav"
        text = " ".join(str(row["text"]).split()[:SPOKEN_WORDS])
        subprocess.run([flite, "-voice", ("slt", "rms")[n % 2], "-t", text, "-o", str(path)], check=True)
        found[path] = str(row["question_id"])
    return found


@pytest.fixture(scope="module")
def basic(bank: Bank) -> Iterator[tuple[ChildTranscriber, ChildTranscriber]]:
    """With the lexicon's pronunciations, and without."""
    both = recogniser.basic(bank.lexicon.sounds()), recogniser.basic({})
    yield both
    for ear in both:
        ear.close()


def test_wrong_answers_earn_no_point_more_by_the_lexicons_pronunciations(
    flite: str, basic: tuple[ChildTranscriber, ChildTranscriber], bank: Bank, tmp_path: Path
) -> None:
    nothing_more(spoken(flite, tmp_path, slice(0, None, 6)), basic, bank, Places(tmp_path, tmp_path / "cache"))


def test_foreign_human_speech_earns_no_point_more(
    shared_audio: Path, basic: tuple[ChildTranscriber, ChildTranscriber], bank: Bank, tmp_path: Path
) -> None:
    files = {}
    for name, question_id in (("jfk", "sql-or-nosql"), ("two_cities", "rest-or-graphql")):
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, soundfile.read(shared_audio / f"{name}.flac", frames=FOREIGN_S * RATE)[0], RATE)
        files[path] = question_id
    nothing_more(files, basic, bank, Places(tmp_path, tmp_path / "cache"))


@pytest.mark.models
def test_wrong_answers_earn_no_point_more_by_hot_words(flite: str, bank: Bank, tmp_path: Path) -> None:
    from voiceprep.speech.models import whisper_folders

    found = list(whisper_folders(MODELS))
    need("models", found, f"no Whisper weights: copy a model folder to {MODELS / 'whisper'}")

    ears = recogniser.whisper(found[0], hot_words=expected(bank.lexicon)), recogniser.whisper(found[0])
    try:
        nothing_more(spoken(flite, tmp_path, slice(None)), ears, bank, Places(tmp_path, tmp_path / "cache"))
    finally:
        for ear in ears:
            ear.close()


def test_what_is_expected_is_the_lexicons_own_and_bounded(bank: Bank) -> None:
    hints = expected(bank.lexicon)
    assert set(hints) <= {t.written for t in bank.lexicon.terms}
    assert "DynamoDB" in hints and not {"sharding", "transaction", "idempotent"} & set(hints)
    assert len(hints) > 20 and len(", ".join(hints)) <= 3 * HINT_TOKENS


def test_no_word_of_a_point_or_a_question_changes_what_is_expected(bank: Bank) -> None:
    """Nothing but the lexicon's terms goes in, so two banks with one lexicon hint the same."""
    terms = Lexicon(terms=bank.lexicon.terms, digest="another")
    assert expected(terms) == expected(bank.lexicon) == expected(replace(bank.lexicon, opposites=(), background=()))


def test_own_terms_come_first_and_stay_when_there_is_no_room_for_the_rest(bank: Bank) -> None:
    own = tuple(Term(f"own-{n}", f"Fargate{n}") for n in range(60))
    hints = expected(replace(bank.lexicon, terms=(*bank.lexicon.terms, *own)))
    assert hints == tuple(t.written for t in own[: len(hints)]) and len(hints) >= 40
    few = expected(replace(bank.lexicon, terms=(*bank.lexicon.terms, *own[:3])))
    assert few[:3] == ("Fargate0", "Fargate1", "Fargate2") and "Redis" in few


def test_in_a_hurry_nothing_but_ones_own_terms_is_expected(bank: Bank) -> None:
    own = (Term("own-1", "Fargate"),)
    assert expected(bank.lexicon, own_only=True) == ()
    assert expected(replace(bank.lexicon, terms=(*bank.lexicon.terms, *own)), own_only=True) == ("Fargate",)
