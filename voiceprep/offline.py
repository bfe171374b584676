"""Offline is the default, and this process keeps to it: no socket leaves the machine unless a caller was let out."""

from __future__ import annotations

import ipaddress
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from voiceprep.errors import VoiceprepError

_REFUSED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
_door = threading.local()


class NetworkRefused(VoiceprepError, OSError):
    """Something tried to reach the network."""


def enforce() -> None:
    """From now on every attempt to reach the network raises NetworkRefused. It can't be undone in this process."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ[name] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    sys.addaudithook(_refuse)


@contextmanager
def allow(host: str, port: int) -> Iterator[None]:
    """Until the block ends this thread, and no other, may look `host` up and connect to it at `port`.

    For the judge that the user configured. Of a name only the port is checked when connecting: what the name led to
    isn't known here, but no other name can be looked up meanwhile."""
    before = getattr(_door, "to", None)
    _door.to = (host.lower(), port)
    try:
        yield
    finally:
        _door.to = before


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event not in _REFUSED:
        return
    address = args[1] if event in ("socket.connect", "socket.sendto") and len(args) > 1 else args[0] if args else ""
    if isinstance(address, str | bytes) and event == "socket.connect":
        return  # a UNIX socket: the sound server, on this machine
    if (door := getattr(_door, "to", None)) and _let_out(event, args, *door):
        return
    raise NetworkRefused("voiceprep is offline and refused to reach the network.", "Nothing was sent.")


def _let_out(event: str, args: tuple[Any, ...], host: str, port: int) -> bool:
    if event == "socket.getaddrinfo":
        return isinstance(args[0], str) and (args[0].lower(), args[1]) == (host, port)
    if event != "socket.connect" or args[1][1] != port:
        return False
    there = ipaddress.ip_address(args[1][0].partition("%")[0])
    if host == "localhost":
        return there.is_loopback
    try:
        return there == ipaddress.ip_address(host)
    except ValueError:
        return True  # a name; looking it up was let out for it alone
