"""The interviewer's voice in an interview: what is said in a turn, what is said besides, what is made ready for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from voiceprep.core import events as e
from voiceprep.core.speakable import sentences
from voiceprep.errors import VoiceprepError
from voiceprep.ports import Deliver, Ports, Sound

BREATH_S = 0.25
"""Silence between two sentences."""


class Saying:
    """Orders come from the loop; `submit` gives what takes time to a lane."""

    def __init__(self, ports: Ports, deliver: Deliver, submit: Callable[..., None]) -> None:
        self._ports, self._deliver, self._submit = ports, deliver, submit
        self._ready: dict[str, Sound] = {}
        """What may have to be said at an exact moment."""
        self._ahead = 0
        """Which order to make something ready ahead is the latest."""
        self.cues = 0
        """How much is still to be said besides."""
        self.hushed = 0
        """The last turn whose words nobody waits for."""
        self.cut_short = ""
        """The turn that the candidate wants no more of."""

    def prepare(self, order: e.Prepare) -> None:
        lane = self._ports.ahead_lane
        if lane is None or self._ports.synthesizer is None:
            return
        if order.ahead:
            self._ahead += 1
            pieces = [piece for text in order.texts for piece in sentences(text)]
            self._submit(lane, self._prepare, pieces, self._ahead)
        else:
            self._submit(lane, self._prepare, list(order.texts), 0)

    def cue(self, order: e.Cue) -> None:
        if self._ports.cue_lane is not None and (not order.at_once or order.text in self._ready):
            self.cues += 1
            self._submit(self._ports.cue_lane, self._cue, order)

    def speak(self, order: e.Speak) -> None:
        self._submit(self._ports.voice_lane, self._speak, order)

    # In the lanes ---------------------------------------------------------------------------------------------------

    def _prepare(self, texts: list[str], ahead: int) -> None:
        """One at a time, so that what is to be said now needn't wait for all of them."""
        lane = self._ports.ahead_lane
        if not texts or lane is None or (ahead and ahead != self._ahead):
            return
        try:
            sound = self._made(texts[0])
        except VoiceprepError:
            return  # said when it's due, if it can be said by then
        if not ahead:
            self._ready[texts[0]] = sound
        self._submit(lane, self._prepare, texts[1:], ahead)

    def _made(self, text: str) -> Sound:
        """Raises EngineError."""
        assert self._ports.synthesizer is not None
        return self._ports.synthesizer.synthesize(self._ports.spoken_form(text))

    def _making(self, text: str) -> Future[Sound]:
        lane = self._ports.ahead_lane
        if lane is not None:
            return lane.submit(self._made, text)
        made: Future[Sound] = Future()
        made.set_result(self._made(text))
        return made

    def _cue(self, order: e.Cue) -> None:
        ports = self._ports
        try:
            sound = ports.bell if order.bell else self._ready.get(order.text)
            if sound is None and ports.synthesizer is not None and not order.bell:
                sound = self._made(order.text)
            if sound is not None:
                if order.take_id and ports.audible and not order.bell:
                    at_s = ports.recorded_s(order.take_id)
                    ends_s = round(at_s + sound.duration_s, 3)
                    self._deliver(e.InterviewerSaid(order.take_id, order.text, round(at_s, 3), ends_s))
                ports.speaker.play(sound)
        except VoiceprepError:
            pass  # it stands on the screen, too
        finally:
            self.cues -= 1

    def _speak(self, order: e.Speak) -> None:
        """Sentence by sentence: the first one sounds while the next is being made."""
        ports = self._ports
        if ports.synthesizer is None:
            self._deliver(e.QuestionSpoken(order.turn_id, "", 0.0, ports.silent_because))
            return
        said_s = 0.0
        try:
            first, *others = sentences(order.text) or (order.text,)
            sound = self._made(first)
            while True:
                since = ports.speaker.stops
                if self._unwanted(order):
                    break
                following = self._making(others.pop(0)) if others else None
                sound = _with_breath(sound) if following else sound
                ports.speaker.play(sound, since)
                said_s += sound.duration_s
                if following is None or self._unwanted(order):
                    break
                sound = following.result()
        except VoiceprepError as error:
            self._deliver(e.QuestionSpoken(order.turn_id, "", 0.0, error.message))
            return
        if int(order.turn_id[1:]) > self.hushed:  # else it was repeated, paused or skipped meanwhile
            self._deliver(e.QuestionSpoken(order.turn_id, ports.synthesizer.name, round(said_s, 3)))

    def _unwanted(self, order: e.Speak) -> bool:
        return int(order.turn_id[1:]) <= self.hushed or order.turn_id == self.cut_short


def _with_breath(sound: Sound) -> Sound:
    return Sound(sound.pcm + b"\0\0" * round(BREATH_S * sound.rate), sound.rate)
