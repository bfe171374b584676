"""The spoken warm-up on a real (virtual) card: it asks aloud, listens, and says how the voice came over."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import need
from tests.kit.speech_fixture import spoken
from tests.kit.virtual_card import VirtualCard, available
from voiceprep.audio.devices import DESK, list_anew
from voiceprep.config import Places, Settings
from voiceprep.tui.backend import WarmUp
from voiceprep.wiring import Choice
from voiceprep.wiring.screens import ScreenBackend
from voiceprep.wiring.warm_up import WARM_UP_ASK


@pytest.fixture
def virtual(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualCard]:
    need("audio", *available())
    need("engines", shutil.which("flite") is not None, "flite, the candidate's voice, is not installed")
    with VirtualCard(tmp_path_factory.mktemp("vc")) as card:
        for name, value in card.env.items():
            monkeypatch.setenv(name, value)
        DESK.ask(list_anew, 10)
        yield card


def warmed_up(virtual: VirtualCard, folder: Path, voice: Path | None) -> tuple[WarmUp, list[str]]:
    """The warm-up with a candidate who says `voice` when the question has been asked, and presses enter then."""
    backend = ScreenBackend(Places(folder / "data", folder / "cache"), Choice(voice="espeak"), None, Settings())
    asked: list[str] = []
    enough = threading.Event()

    def answer() -> None:
        if voice is not None:
            virtual.say(voice)
        enough.set()

    listening = threading.Event()

    def tell(said: str, level: float | None) -> None:
        if said:
            asked.append(said)
        elif not listening.is_set():
            listening.set()
            threading.Thread(target=answer, daemon=True).start()

    return backend.warm_up(tell, enough.is_set), asked


@pytest.mark.slow
def test_a_voice_is_heard_with_its_level_and_the_rooms(virtual: VirtualCard, tmp_path: Path) -> None:
    voice = spoken("My name is Sam, and I build the back end of a booking service.", tmp_path / "sam.wav")
    found, asked = warmed_up(virtual, tmp_path, voice)
    assert asked == [WARM_UP_ASK]
    assert found.heard
    assert not found.failed
    assert found.speech_dbfs is not None
    assert found.noise_dbfs is not None
    assert found.speech_dbfs > found.noise_dbfs + 20
    assert found.advice[-1] == "I hear you well."


@pytest.mark.slow
def test_who_says_nothing_is_told_so(virtual: VirtualCard, tmp_path: Path) -> None:
    found, _ = warmed_up(virtual, tmp_path, None)
    assert not found.heard
    assert any("No speech was heard" in sentence for sentence in found.advice)
