"""What can be heard and said on this machine: a sound card, or as much of one as there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from voiceprep.audio.card import CardNews, SoundCard
from voiceprep.audio.files import SilentSpeaker
from voiceprep.config import Settings
from voiceprep.core.events import IN_HEAD, Quiet
from voiceprep.errors import VoiceprepError
from voiceprep.ports import Microphone, Speaker, TypedAnswer, TypedLater


class RoomAnswers:
    """The card's microphone for each turn; without one the answers are typed into the screen."""

    def __init__(self, microphone: Microphone | None) -> None:
        self._microphone = microphone

    def next(self, question: str) -> Microphone | TypedAnswer | TypedLater | None:
        return self._microphone or TypedLater()


class Room:
    """What can be heard and said here: the card, or as much of one as this machine has, and why there isn't more."""

    def __init__(
        self, settings: Settings, log: Path, told: Callable[[CardNews], None], *, quiet: Quiet, listens: bool = True
    ) -> None:
        self.card: SoundCard | None = None
        self.listens = self.speaks = False
        self.notices: list[str] = []
        if quiet in ("typed", IN_HEAD):
            return
        ways = ((True, True), (False, True), (True, False)) if listens else ((False, True),)
        if quiet == "whispered":
            ways = ((True, False),)
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
        if self.card is not None and self.speaks and (self.listens or not listens):
            self.notices.clear()
        if listens and not self.listens:
            self.notices.append("Your answers are typed.")

    @property
    def microphone(self) -> Microphone | None:
        return self.card.microphone if self.card and self.listens else None

    @property
    def speaker(self) -> Speaker:
        """The card's, or a silent one that takes no time: the question stands on the screen."""
        return self.card.speaker if self.card and self.speaks else SilentSpeaker(None)

    def close(self) -> None:
        if self.card is not None:
            self.card.close()
