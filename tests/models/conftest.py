"""Models made on this machine, and a hub on loopback that serves them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.loopback_hub import LoopbackHub
from voiceprep.speech.catalogue import Model

MICRO = Path(__file__).parents[1] / "kit" / "models" / "micro_whisper"
WHISPER_FILES = ["config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.json", "model.bin"]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loopback only, here."""
    real, beyond = socket.socket.connect, []

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        if address[0] not in ("127.0.0.1", "::1"):
            beyond.append(address)
            raise OSError("a test reached beyond loopback")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    yield
    assert not beyond


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with LoopbackHub() as server:
        yield server


@pytest.fixture
def ears(hub: LoopbackHub) -> Model:
    """A Whisper that recognises, 1.3 MB."""
    return hub.add("whisper", "micro.en", MICRO, WHISPER_FILES)


@pytest.fixture(scope="session")
def voice_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.kit.models.piper_voice import make_voice

    folder = tmp_path_factory.mktemp("voice")
    make_voice(folder / "en_XX-made-low")
    return folder
