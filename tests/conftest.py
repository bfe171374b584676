"""Every test runs in a home of its own, without the network; what a machine lacks skips with a sentence.

VOICEPREP_REQUIRE=audio,engines,browser,shared,models makes such a skip a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import platformdirs
import pytest

from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core.feedback import Ground

REQUIRED = frozenset(filter(None, os.environ.get("VOICEPREP_REQUIRE", "").split(",")))
MODELS = Path(os.environ.get("VOICEPREP_TEST_MODELS") or platformdirs.user_data_path("voiceprep", False) / "models")
"""Where the user's real model weights lie; looked at before any test moves the home."""
SHARED = Path(__file__).resolve().parents[2] / "shared"


WITH_MODELS = "models" in REQUIRED or bool(os.environ.get("VOICEPREP_WITH_MODELS"))
"""Whether what needs real weights is run where they are; only VOICEPREP_REQUIRE makes their absence a failure."""


def need(kind: str, there: object, sentence: str) -> None:
    """Skips with `sentence` unless `there`; fails when this run requires `kind`."""
    if kind == "models" and not WITH_MODELS:
        pytest.skip("needs real model weights: `make test-models` runs it")
    if not there:
        if kind in REQUIRED:
            pytest.fail(f"VOICEPREP_REQUIRE names {kind}: {sentence}")
        pytest.skip(sentence)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's is read or written, by this process or any it starts."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in list(os.environ):
        if name.startswith(("XDG_", "OPENAI_", "HF_", "VOICEPREP_")) and name != "VOICEPREP_REQUIRE":
            monkeypatch.delenv(name)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        if self.family != getattr(socket, "AF_UNIX", None):
            raise AssertionError(f"a test reached for the network: {address}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="session")
def bank() -> Bank:
    """The shipped bank."""
    return sound_bank(bank_folder())


@pytest.fixture(scope="session")
def grounds(bank: Bank) -> Mapping[str, Ground]:
    """The shipped questions by id, so that each is compiled once: that takes a good part of a second."""
    return {q.id: Ground(q, bank.lexicon, bank.version) for q in bank.questions.values()}


@pytest.fixture
def flite() -> str:
    """The flite program, a free voice that a recogniser can hear."""
    found = shutil.which("flite")
    need("engines", found, "flite is not installed, so nothing can be spoken for this test")
    assert found
    return found


@pytest.fixture
def shared_audio() -> Path:
    """Real human speech, where the folder with it stands beside the checkout."""
    folder = SHARED / "audio"
    need("shared", folder.is_dir(), "the recordings of human speech are not beside this checkout")
    return folder


@pytest.fixture
def no_children() -> Iterator[None]:
    """Fails when a test leaves a process of ours running."""
    yield
    import subprocess

    left = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "voiceprep.speech"], capture_output=True, text=True, check=False
    )
    assert not left.stdout.strip(), f"engine processes left running: {left.stdout.split()}"
