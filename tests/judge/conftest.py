"""These tests speak real HTTP, to this machine and no other."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import openai  # noqa: F401 - seconds to import, which no deadline here should have to hold
import pytest


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that reaches beyond loopback fails, in whatever thread it did."""
    real, beyond = socket.socket.connect, []

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        if self.family != getattr(socket, "AF_UNIX", None) and not ipaddress.ip_address(address[0]).is_loopback:
            beyond.append(address)
            raise OSError("a test reached for the network")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    yield
    assert beyond == []
