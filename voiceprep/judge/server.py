"""Which server is asked, and the key it gets. A key lives in the environment or the keyring, never in a setting."""

from __future__ import annotations

import importlib
import ipaddress
import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from voiceprep.core.clean import one_line
from voiceprep.errors import SetupMissing, UsageError

OPENAI, OPENAI_KEY = "api.openai.com", "OPENAI_API_KEY"
KEYRING_SERVICE = "voiceprep"
LONGEST_DEADLINE_S, MOST_VOTES = 600, 9
_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
"""What a key isn't likely to look like: one that was given instead of its name must not be kept as a setting."""


@dataclass(frozen=True, slots=True)
class Server:
    """An OpenAI-compatible server. `key_name` names the environment variable (or the keyring's entry) with its key;
    empty for a server that wants none. `votes` is odd: how often the model is asked before a majority counts."""

    base_url: str
    model: str
    key_name: str = ""
    deadline_s: float = 20.0
    """For everything together, from the asking to the opinion."""
    longest_reply: int = 64 * 1024
    """In bytes, of each reply."""
    votes: int = 1

    def __post_init__(self) -> None:
        try:
            url = urlsplit(self.base_url)
            host, _ = url.hostname, url.port
        except ValueError:
            url, host = urlsplit(""), None
        # No part of a refused address is repeated: it may hold a password.
        if url.scheme not in ("http", "https") or not host or not self.base_url.isascii():
            raise UsageError("The judge's address isn't one.", "Give it as http://127.0.0.1:11434/v1, for example.")
        if url.username is not None or url.password is not None or url.query or url.fragment:
            raise UsageError("The judge's address holds more than an address.", "Keep its key in a variable.")
        wrong = not self.model.strip() or not 0 < self.deadline_s <= LONGEST_DEADLINE_S or self.longest_reply <= 0
        if wrong or self.votes % 2 != 1 or not 0 < self.votes <= MOST_VOTES:
            raise UsageError(
                "The judge needs a model's name, a deadline and an odd number of votes.",
                f"At most {LONGEST_DEADLINE_S} s and {MOST_VOTES} votes: see `voiceprep config show`.",
            )
        if self.key_name and not _NAME.fullmatch(self.key_name):
            raise UsageError(
                "The judge's key_name isn't the name of a variable.",
                "Put the key into an environment variable (capitals, digits, _) and give its name.",
            )
        if self.key_name == OPENAI_KEY and host != OPENAI:
            raise UsageError(
                f"{OPENAI_KEY} is for {OPENAI} and isn't sent to {one_line(host)}.",
                "Name another variable for this server's key, or none.",
            )
        if self.key_name and url.scheme == "http" and not self.loopback:
            raise UsageError("A key isn't sent over plain http.", "Use https, or a server on this machine.")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def port(self) -> int:
        url = urlsplit(self.base_url)
        return url.port or (443 if url.scheme == "https" else 80)

    @property
    def loopback(self) -> bool:
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def name(self) -> str:
        """What the screen shows while it's on."""
        return one_line(f"{self.model} at {self.host}:{self.port}")

    def key(self) -> str:
        """The key, or an empty text when this server wants none. Raises SetupMissing."""
        if not self.key_name:
            return ""
        found = os.environ.get(self.key_name) or _from_keyring(self.key_name)
        if not found:
            raise SetupMissing(f"There is no key: {one_line(self.key_name)} isn't set.")
        if not found.isascii() or not found.isprintable() or " " in found:
            raise SetupMissing(f"What {one_line(self.key_name)} holds can't be a key.")
        return found


def _from_keyring(name: str) -> str:
    try:
        keyring = importlib.import_module("keyring")
        return keyring.get_password(KEYRING_SERVICE, name) or ""
    except ImportError:
        return ""
    except Exception as error:  # noqa: BLE001 - its back ends raise whatever they like
        raise SetupMissing(f"The keyring failed ({type(error).__name__}).") from None
