"""What may stand in the lexicon's `heard`, and that what stands there may."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.bench.misheard import CARRIERS, Caution, Clip, in_place, is_found, misheard, said_by_the_bank, stable, ways
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core.folding import Folder
from voiceprep.core.lexicon import Term
from voiceprep.core.words import tokenise

LEXICON = """\
form: voiceprep-lexicon/1
terms:
  - id: queue
    written: queue
    forms: [message queue]
    heard: [cue tip]
  - id: redis
    written: Redis
    forms: [Redis cluster]
    heard: [read us]
  - id: lag
    written: consumer lag
    unlike: [consumer leg pain]
"""
SAME = {"cash", "cpus"}
"""The same sound, so that the recogniser writes either (the bank speaks of money only elsewhere), and a plural."""


@pytest.fixture(scope="module")
def caution(tmp_path_factory: pytest.TempPathFactory) -> Caution:
    return Caution(sound_bank(small_bank.write(tmp_path_factory.mktemp("bank"), lexicon=LEXICON)))


def clip(heard: str, *, term: str = "redis", voice: str = "slt", carrier: int = 0) -> Clip:
    return Clip(term, "Redis", carrier, voice, tuple(heard.split()))


@pytest.mark.parametrize(
    ("heard", "phrase"),
    [
        ("people asked about three days many times", "three days"),
        ("people asked about read us any times", None),
        ("people ask about three days many times", "three days"),
        ("people ask a bout three days many times", None),
        ("people asked about many times", None),
        ("people asked about many many times", "many"),
        ("three days", None),
        ("", None),
    ],
)
def test_what_stands_between_the_sentences_own_words(heard: str, phrase: str | None) -> None:
    assert CARRIERS[0] == "people asked about {} many times"
    assert in_place(clip(heard)) == phrase


def test_at_the_end_of_a_sentence_nothing_has_to_follow() -> None:
    assert in_place(clip("my favorite subject is read us", carrier=2)) == "read us"
    assert in_place(clip("my favorite subject is", carrier=2)) is None


def test_a_term_is_spoken_as_said_and_in_forms_that_sound_otherwise() -> None:
    term = Term("cdn", "CDN", "C D N", ("CDN", "C D N cache", "content delivery network", "edge cache", "edge"))
    assert ways(term) == ("C D N", "content delivery network", "edge cache")


@pytest.mark.parametrize(
    ("term", "phrase", "reason"),
    [
        ("redis", "redder skies", None),
        ("redis", "one two three four five six seven", "too long"),
        ("redis", "asked less often", "the bank says so itself"),
        ("redis", "the message queues", "is said of queue"),
        ("redis", "consumer lag", "is said of lag"),
        ("redis", "cue tip", "is heard for another term"),
        ("redis", "this", "is what people say"),
        ("redis", "is it", "is what people say"),
        ("lag", "consumer leg", None),
        ("lag", "consumer leg pain", "is hidden by another phrase"),
    ],
)
def test_what_stands_against_a_phrase(caution: Caution, term: str, phrase: str, reason: str | None) -> None:
    assert caution.against(term, phrase) == reason


def test_heard_twice_and_of_one_term_only(caution: Caution, tmp_path: Path) -> None:
    folder = Folder(sound_bank(small_bank.write(tmp_path, lexicon=LEXICON)).lexicon)
    about = "people asked about {} many times"
    clips = [
        clip(about.format("redder skies")),
        clip(about.format("the redder skies"), voice="rms"),
        clip(about.format("rid hiss"), voice="rms"),
        clip(about.format("wrecked tea"), voice="rms"),
        clip(about.format("wrecked tea")),
        clip(about.format("wrecked tea"), term="lag"),
        clip(about.format("wrecked tea"), term="lag"),
        clip(about.format("redis clusters")),
        clip(about.format("redis clusters")),
    ]
    found = misheard(clips, folder)
    assert found["redis"]["redder skies"] == {"slt": 1, "rms": 1}, "an article before it is nobody's"
    assert "redis clusters" not in found["redis"]
    assert stable(found, caution) == {"redis": ["redder skies"], "lag": []}


def test_a_mishearing_counts_only_where_it_is_believed(tmp_path: Path) -> None:
    folder = Folder(sound_bank(small_bank.write(tmp_path, lexicon=LEXICON)).lexicon)
    heard = clip("people asked about read us many times")
    assert not is_found(heard, folder, misheard=False)
    assert is_found(heard, folder, misheard=True)


def test_nothing_in_the_shipped_lists_is_said_by_the_bank_in_another_sense(bank: Bank) -> None:
    own, says = Folder(bank.lexicon), said_by_the_bank(bank)
    wrong = [
        (term.id, phrase)
        for term in bank.lexicon.terms
        for phrase in term.heard
        if phrase not in SAME and says(phrase) and term.id not in {e.term for e in own.fold(tokenise(phrase))}
    ]
    assert wrong == [], "take them out of `heard`"


def test_every_shipped_mishearing_is_heard_as_its_term(bank: Bank) -> None:
    folder = Folder(bank.lexicon)
    wrong = [
        (term.id, phrase)
        for term in bank.lexicon.terms
        for phrase in term.heard
        if term.id not in {e.term for e in folder.fold(tokenise(phrase), {term.id})}
    ]
    assert wrong == [], "another term, or what looks like one, hides them"
