"""Offline is the default, and this process keeps to it: no socket leaves the machine unless a caller was let out."""

from __future__ import annotations

import os
import sys
from typing import Any

from voiceprep.errors import VoiceprepError

_REFUSED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


class NetworkRefused(VoiceprepError, OSError):
    """Something tried to reach the network."""


def enforce() -> None:
    """From now on every attempt to reach the network raises NetworkRefused. It can't be undone in this process."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ[name] = "1"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    sys.addaudithook(_refuse)


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event not in _REFUSED:
        return
    address = args[1] if event in ("socket.connect", "socket.sendto") and len(args) > 1 else args[0] if args else ""
    if isinstance(address, str | bytes) and event == "socket.connect":
        return  # a UNIX socket: the sound server, on this machine
    raise NetworkRefused("voiceprep is offline and refused to reach the network.", "Nothing was sent.")
