"""Hands-free on the virtual card: an answer with long pauses is let be, and ends by itself when it's over. Real Silero,
the built-in recogniser, and a candidate made of flite."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.bank import small_bank
from tests.conftest import need
from tests.kit.on_the_card import Session
from tests.kit.speech_fixture import likeness, samples, spoken
from tests.kit.virtual_card import VirtualCard, available
from voiceprep import wiring
from voiceprep.audio.devices import DESK, list_anew
from voiceprep.bank.load import sound_bank
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core.patience import PATIENT_S
from voiceprep.core.plan import plan_questions
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.sessions.journal import read_journal
from voiceprep.silence import COUNTED_S

pytestmark = pytest.mark.slow

PHRASES = (
    "Reads come back much faster because they are answered from memory and not from the disk.",
    "It takes a lot of load off the database.",
    "And that's all I know.",
)
"""The last one says that it's the end. Not "that's it": the built-in recogniser hears something else."""
PAUSE_S = 4.0
ALIKE = 0.9
NOTICED_S = 1.5
"""Within so long after the silence that was asked for it's over: what the card and a busy machine take."""


@pytest.fixture
def card(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualCard]:
    need("audio", *available())
    with VirtualCard(tmp_path_factory.mktemp("vc")) as made:
        for name, value in made.env.items():
            monkeypatch.setenv(name, value)
        DESK.ask(list_anew, 10)
        yield made


def answer(folder: Path, pauses_s: tuple[float, ...]) -> tuple[Path, list[np.ndarray]]:
    """The phrases with these pauses between them; as a file, and one by one."""
    phrases = [samples(spoken(text, folder / "said.wav")) for text in PHRASES]
    phrases = [phrase[slice(*np.flatnonzero(np.abs(phrase) > 300)[[0, -1]])] for phrase in phrases]
    silences = [np.zeros(round(s * RATE)) for s in (0.1, *pauses_s)]
    file = TakeFile(folder / "answer.wav")
    file.append(
        np.concatenate([x for pair in zip(silences, phrases, strict=True) for x in pair]).astype("<i2").tobytes()
    )
    file.close()
    return file.path, phrases


@pytest.mark.parametrize(
    ("hands_free_s", "pauses_s"), [(0.0, (PAUSE_S, PAUSE_S)), (3.5, (PAUSE_S, 0.6))], ids=["quick", "3.5"]
)
def test_an_answer_with_four_second_pauses_is_whole_and_ends_by_itself(
    hands_free_s: float,
    pauses_s: tuple[float, ...],
    card: VirtualCard,
    flite: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    path, phrases = answer(tmp_path, pauses_s)
    bank = sound_bank(small_bank.write(tmp_path / "bank"))
    waited: list[float] = []

    def speak(session: Session) -> None:
        session.listening()
        time.sleep(0.3)
        since = session.input.ring.end
        card.say(path, wait=False)
        end = session.hears(samples(path), since)
        session.wait_for_place(end)
        end_s = session.input.when_s(end)
        session.wait(lambda: session.event(e.DoneAsked), PATIENT_S + COUNTED_S + NOTICED_S, "the end of the answer")
        session.wait(lambda: session.speaker.handed[-1].first_s > end_s, 10.0, "the interviewer")
        done = session.event(e.DoneAsked)
        assert done is not None
        waited.extend((done.at_s - end_s, session.speaker.handed[-1].first_s - end_s))

    plan = plan_questions(["why-cache"], bank.questions)
    choice = wiring.Choice("basic", None, "flite", None)
    session = Session(plan, bank, Places(tmp_path / "data", tmp_path / "cache"), choice, speak, hands_free_s)
    held = session.hold()
    with capsys.disabled():
        print(f"\nhands-free {hands_free_s or 'quick'}: done {waited[0]:.2f} s after the end, sound {waited[1]:.2f} s")

    story = read_journal(held.folder.journal).events
    (done,) = [event for event in story if isinstance(event, e.DoneAsked)]
    (ended,) = [event for event in story if isinstance(event, e.AnswerEnded)]
    assert done.silence and done.take_id == ended.take_id == "a001" and not ended.detail
    if hands_free_s:
        assert hands_free_s + COUNTED_S - 0.3 < waited[0] < hands_free_s + COUNTED_S + NOTICED_S
    else:
        assert 0.5 < waited[0] < PATIENT_S, "the end was said"
    take = samples(held.folder.recording("a001"))
    assert [round(likeness(phrase, take), 2) > ALIKE for phrase in phrases] == [True, True, True]
    assert ended.duration_s > len(samples(path)) / RATE
