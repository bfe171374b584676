"""Plays takes so that a key is answered at once and the position shown is the one that is being heard."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from voiceprep.core.clean import one_line
from voiceprep.errors import DeviceError, EngineError, VoiceprepError
from voiceprep.lanes import Lane
from voiceprep.pcm.convert import levels_dbfs
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.wav import RATE
from voiceprep.ports import Sound, Synthesizer
from voiceprep.tui.backend import LEVEL_STEP_S, Recording
from voiceprep.wiring.room import Room
from voiceprep.wiring.takes import play_all

PIECE_S = 600.0
"""As much of a take is made ready at once, and kept: nearly every answer is shorter, and a minute takes 20 ms."""
UNREADABLE = (OSError, VoiceprepError, RuntimeError)
"""libsndfile's errors are RuntimeErrors."""

Voice = tuple[Synthesizer, Callable[[str], str]]
"""An interviewer's voice, and a text as it should read it."""


class TakePlayer:
    """ReplayControls over a room's speaker. `room` and `voice` are made when they're first needed, in this player's own
    thread; `recording` gives a take's path; other sessions' are looked for under `root`."""

    def __init__(
        self, room: Callable[[], Room], voice: Callable[[], Voice | None], recording: Callable[[str], Path], root: Path
    ) -> None:
        self._make_room, self._make_voice, self._recording, self._root = room, voice, recording, root
        self._lane = Lane("replay")
        self._room: Room | None = None
        self._voice: Voice | None = None
        self._tell: Callable[[str], None] = lambda sentence: None
        self._changing = threading.Lock()
        self._orders = 0
        """How often something else was asked for: what belongs to an earlier order isn't wanted any more."""
        self._sounding: tuple[float, Sound] | None = None
        self._ready: tuple[str, int, Sound] | None = None
        """A piece of a take at the speaker's rate, so that going elsewhere in it answers at once."""
        self.speaks: bool | None = None
        self.damaged: set[str] = set()
        self._closed = False

    def open(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._lane.submit(self._open)

    def _open(self) -> None:
        if self._closed:
            return
        self._room = room = self._make_room()
        self.speaks = room.speaks
        if not room.speaks:
            why = one_line(" ".join(room.notices)) or "There is no speaker."
            self._tell(f"{why} It plays silently, on the clock.")

    def play(self, take_id: str, from_s: float) -> None:
        self._lane.submit(self._play, take_id, from_s, self._order())

    def say(self, text: str) -> None:
        self._lane.submit(self._say, text, self._order())

    def play_recordings(self, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        self._lane.submit(self._play_all, recordings, tell, self._order())

    def hush(self) -> None:
        self._order()

    def _order(self) -> int:
        with self._changing:
            self._orders += 1
            self._sounding = None
            order = self._orders
        if self._room is not None and self._room.card is not None:
            self._room.card.speaker.stop()
        return order

    def heard_s(self) -> float | None:
        sounding, room = self._sounding, self._room
        if sounding is None or room is None or room.card is None:
            return None
        heard_s = room.card.speaker.heard_s(sounding[1])
        return None if heard_s is None else sounding[0] + heard_s

    def levels(self, take_id: str) -> tuple[float, ...]:
        self._lane.submit(self._make_ready, take_id)
        try:
            return levels_dbfs(read_recording(self._recording(take_id)), RATE, LEVEL_STEP_S)
        except UNREADABLE:
            return ()

    def close(self) -> None:
        self._closed = True
        self._order()
        self._lane.submit(self._close)
        self._lane.shutdown(wait=False)

    # In the player's own thread

    def _play(self, take_id: str, from_s: float, order: int) -> None:
        try:
            while self._wanted(order):
                number = int(from_s // PIECE_S)
                piece = self._piece(take_id, number)
                skipped = round((from_s - number * PIECE_S) * piece.rate)
                if not piece.pcm[skipped * 2 :]:
                    return
                self._sound(Sound(piece.pcm[skipped * 2 :], piece.rate), from_s, order)
                from_s = (number + 1) * PIECE_S
        except UNREADABLE as error:
            if isinstance(error, DeviceError):
                self.speaks = False
            else:
                self.damaged.add(take_id)  # the others can still be heard
            self._tell(_sentence(error, "It goes on silently, on the clock."))

    def _play_all(self, recordings: Sequence[Recording], tell: Callable[[str], None], order: int) -> None:
        try:
            if self._room is None or not self._room.speaks:
                raise DeviceError("There is no speaker to play it on.", "What was heard is listed all the same.")
            play_all(recordings, self._root, self._room.speaker, tell, lambda: order == self._orders)
        except UNREADABLE as error:
            tell(one_line(str(error)))

    def _make_ready(self, take_id: str) -> None:
        with contextlib.suppress(*UNREADABLE):  # said when it's to be played
            if self.speaks:
                self._piece(take_id, 0)

    def _piece(self, take_id: str, number: int) -> Sound:
        """Ten minutes of a take at the speaker's rate. Raises what UNREADABLE names."""
        if self._ready is None or self._ready[:2] != (take_id, number):
            assert self._room is not None and self._room.card is not None, "only a speaker plays"
            start = round(number * PIECE_S * RATE)
            pcm = read_recording(self._recording(take_id), start, start + round(PIECE_S * RATE))
            self._ready = take_id, number, self._room.card.speaker.at_its_rate(Sound(pcm, RATE))
        return self._ready[2]

    def _say(self, text: str, order: int) -> None:
        try:
            if not self.speaks:
                raise EngineError("There is no speaker to play it on.", "It stands on the screen.")
            self._voice = self._voice or self._make_voice()
            if self._voice is None:
                raise EngineError("There is no voice to read it with.", "It stands on the screen.")
            mouth, spoken_form = self._voice
            if self._wanted(order):
                self._sound(mouth.synthesize(spoken_form(text)), 0.0, order, is_take=False)
        except (OSError, VoiceprepError) as error:
            self._tell(_sentence(error, "It stands on the screen."))

    def _sound(self, sound: Sound, from_s: float, order: int, *, is_take: bool = True) -> None:
        """Plays it to its end, or until something else is ordered."""
        if self._room is None or self._room.card is None or not self.speaks:
            return
        speaker = self._room.card.speaker
        stops = speaker.stops  # read before asking: whatever is ordered from now on is seen by one or the other
        with self._changing:
            if order != self._orders:
                return
            self._sounding = (from_s, sound) if is_take else None
        speaker.play(sound, stops)

    def _wanted(self, order: int) -> bool:
        return order == self._orders and bool(self.speaks)

    def _close(self) -> None:
        try:
            if self._voice is not None:
                self._voice[0].close()
        finally:
            if self._room is not None:
                self._room.close()


def _sentence(error: Exception, then: str) -> str:
    said = error.message if isinstance(error, VoiceprepError) else f"It can't be played ({one_line(str(error), 120)})."
    return f"{said} {then}"
