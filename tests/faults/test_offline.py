"""Offline is the default, and it's kept: in the program, in its engines, and whatever a library tries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TRY = """
import socket, sys
from voiceprep import offline
offline.enforce()
for reach in (
    lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
    lambda: socket.getaddrinfo("example.invalid", 80),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)),
):
    try:
        reach()
    except offline.NetworkRefused as refused:
        print("refused", refused.hint)
    else:
        print("REACHED")
"""


def test_nothing_reaches_the_network_once_it_is_enforced() -> None:
    done = subprocess.run([sys.executable, "-c", TRY], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["refused Nothing was sent."] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="UNIX sockets")
def test_a_sound_server_on_this_machine_is_not_the_network(tmp_path: Path) -> None:
    script = f"""
import socket
from voiceprep import offline
server = socket.socket(socket.AF_UNIX); server.bind({str(tmp_path / "s")!r}); server.listen()
offline.enforce()
socket.socket(socket.AF_UNIX).connect({str(tmp_path / "s")!r})
print("connected")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "connected"


@pytest.mark.parametrize("module", ["recogniser_process", "voice_process"])
def test_the_engines_processes_are_offline_too(module: str) -> None:
    """Their first act, before anything heavy is imported."""
    source = Path(__file__).parents[2].joinpath("voiceprep", "speech", f"{module}.py").read_text()
    body = source[source.index("def main(") :]
    assert body.index("offline.enforce()") < body.index("claim_pipes()")
