"""What can be heard and said on this machine: a sound card, or as much of one as there is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from voiceprep.audio.card import CardNews, SoundCard
from voiceprep.audio.files import SilentSpeaker
from voiceprep.config import Settings
from voiceprep.core.events import IN_HEAD, Quiet
from voiceprep.errors import VoiceprepError
from voiceprep.ports import Microphone, Speaker, TypedAnswer, TypedLater

TAKEN_S = 10.0
"""So long is waited for another room of this process to give its card back; what hangs there must not keep a session
from beginning."""
_taken = threading.Lock()
"""Held by the room whose card is open: two at once would both play, or one would find the device busy."""


def wait_for_card(within_s: float = TAKEN_S) -> None:
    """Returns when no room of this process has a card open: a program that ends before takes the ground from under the
    card's own threads."""
    if _taken.acquire(timeout=within_s):
        _taken.release()


class RoomAnswers:
    """The card's microphone for each turn; without one the answers are typed into the screen."""

    def __init__(self, microphone: Microphone | None) -> None:
        self._microphone = microphone

    def next(self, question: str) -> Microphone | TypedAnswer | TypedLater | None:
        return self._microphone or TypedLater()


class Room:
    """What can be heard and said here: the card, or as much of one as this machine has, and why there isn't more.
    Waits until the room before it is closed: a process has one card open at a time."""

    def __init__(
        self, settings: Settings, log: Path, told: Callable[[CardNews], None], *, quiet: Quiet, listens: bool = True
    ) -> None:
        self.card: SoundCard | None = None
        self.listens = self.speaks = False
        self.notices: list[str] = []
        self._has_turn = False
        if quiet in ("typed", IN_HEAD):
            return
        ways = ((True, True), (False, True), (True, False)) if listens else ((False, True),)
        if quiet == "whispered":
            ways = ((True, False),)
        self._has_turn = _taken.acquire(timeout=TAKEN_S)
        try:
            self._open(settings, log, told, ways)
        finally:
            if self.card is None:
                self._free()
        if self.card is not None and self.speaks and (self.listens or not listens):
            self.notices.clear()
        if listens and not self.listens:
            self.notices.append("Your answers are typed.")

    def _open(
        self, settings: Settings, log: Path, told: Callable[[CardNews], None], ways: tuple[tuple[bool, bool], ...]
    ) -> None:
        """The first of these ways to listen and to speak that this machine can."""
        for hears, speaks in ways:
            card = SoundCard(
                settings.microphone or None, settings.speaker or None, log, told, listens=hears, speaks=speaks
            )
            try:
                card.open()
            except VoiceprepError as error:
                if error.message not in self.notices:
                    self.notices.append(error.message)
                continue
            self.card, self.listens, self.speaks = card, hears, speaks
            break

    def _free(self) -> None:
        if self._has_turn:
            self._has_turn = False
            _taken.release()

    @property
    def microphone(self) -> Microphone | None:
        return self.card.microphone if self.card and self.listens else None

    @property
    def speaker(self) -> Speaker:
        """The card's, or a silent one that takes no time: the question stands on the screen."""
        return self.card.speaker if self.card and self.speaks else SilentSpeaker(None)

    def close(self) -> None:
        try:
            if self.card is not None:
                self.card.close()
        finally:
            self._free()
