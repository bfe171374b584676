"""The sound card of a session: a microphone and a speaker, open from its beginning to its end, and watched.

Three kinds of threads touch it. PortAudio's own run the callbacks (see lines). The desk makes every call into PortAudio
(see devices). The card's watch looks 20 times a second at what the callbacks left, gives the news, and has what died
opened again. Callers wait for none of them longer than is said here.
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import numpy as np

from voiceprep.audio import lines, routes
from voiceprep.audio.devices import DESK, Device, Kind, Order, find, list_anew, told_plainly
from voiceprep.audio.gate import Gate, Question, RoundTrip
from voiceprep.audio.lines import InputLine, OutputLine, Samples
from voiceprep.audio.speaker import CardSpeaker
from voiceprep.audio.watchdog import Route, Verdict, Watch, stopped
from voiceprep.errors import DeviceError, VoiceprepError
from voiceprep.pcm.convert import level_dbfs
from voiceprep.ports import Sound

OPEN_WITHIN_S = 6.0
SWITCH_S = 0.001
"""How long another thread may compute before a callback gets its turn; Python's own 5 ms are meant for no sound."""
CLOSE_WITHIN_S = 0.8
LOOK_EVERY_S = 0.05
READ_WITHIN_S = 0.05
POLL_S = 0.005
MEND_EVERY_S = 1.0
LIST_ANEW_EVERY_S = 2.0
"""It closes and opens the side that works, for a tenth of a second."""
ASK_ROUTE_EVERY_S = 2.0
ASK_LOST_ROUTE_EVERY_S = 0.5
LOOK_AGAIN_S = 0.1
"""So much more has come in before the echo of a short question is looked for again."""
METER_S = 0.1
CLIPPED = 32_700
CLIPPING_S = 2.0

News = Literal["microphone lost", "microphone back", "speaker lost", "speaker back"]


@dataclass(frozen=True, slots=True)
class CardNews:
    """Something happened to the card; `sentence` tells a person."""

    kind: News
    sentence: str


LineT = TypeVar("LineT", InputLine, OutputLine)


@dataclass
class _Live(Generic[LineT]):
    """An open stream and who watches it; `seen` is the place up to which it has been told what came."""

    line: LineT
    watch: Watch
    seen: int = 0


class _Side(Generic[LineT]):
    """The microphone's or the speaker's half: its stream of now, who watches that, and what is wrong with it.

    `open`, `opens` and `close` run at the desk, `look` in the card's thread; the rest may come from anywhere."""

    def __init__(self, kind: Kind, wish: str | None, opener: Callable[[Any, int, Device], LineT], wanted: bool) -> None:
        self.kind, self.wanted = kind, wanted
        self.lost: Verdict | None = None
        self.known_lost = False
        """Whether the last news was that it's lost."""
        self.lost_before_s = 0.0
        self._wish = wish
        self._opener: Callable[[Any, int, Device], LineT] = opener
        self._device: Device | None = None
        self._live: _Live[LineT] | None = None
        self._home: str | None = None
        self._asking: threading.Thread | None = None
        self._asked_s = 0.0
        self._answers: deque[tuple[routes.Place | None, bool]] = deque()
        self._zeros_accepted = False

    @property
    def line(self) -> LineT | None:
        return self._live.line if self._live else None

    @property
    def name(self) -> str:
        return self._device.name if self._device else self._wish or f"the default {self.kind}"

    @property
    def lost_s(self) -> float:
        return self.lost_before_s + (self._live.watch.lost_s if self._live else 0.0)

    @property
    def dead(self) -> bool:
        line = self.line
        return self.wanted and (line is None or line.finished)

    @property
    def hung(self) -> bool:
        return self.lost is not None and self.lost.fault == "hung"

    def error(self) -> DeviceError:
        """What is wrong, to be raised."""
        if self.lost is None:
            return DeviceError(f"The {self.kind} is not open.", "Open it first.")
        return DeviceError(self.lost.sentence, self.lost.hint)

    def begin(self) -> None:
        """Forgets which device it was: the next opening looks for what was wished."""
        self._device = self._home = self.lost = None
        self.known_lost = False

    def open(self, sd: Any) -> None:
        """Raises DeviceError."""
        self.close()
        number, device = find(sd, self.kind, self._device.label if self._device else self._wish)
        line = self._opener(sd, number, device)
        watch = Watch(self.kind, time.monotonic())
        if self._zeros_accepted:
            watch.accept_zeros()
        self._device, self._live = device, _Live(line, watch)

    def opens(self, sd: Any) -> bool:
        """Opens it again under the name it had; says whether that went well."""
        try:
            with told_plainly(self.kind):
                self.open(sd)
        except VoiceprepError:
            self.lost = self.lost or stopped(self.kind)
            return False
        return True

    def close(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            self.lost_before_s += live.watch.lost_s
            live.line.close()

    def wait_for_first_block(self) -> None:
        """Until the stream runs. Raises DeviceError when it doesn't."""
        while self.wanted and not (self._live and self._live.watch.blocks):
            if self.lost is not None:
                raise self.error()
            time.sleep(POLL_S)

    def accept_zeros(self) -> None:
        self._zeros_accepted = True
        if self._live is not None:
            self._live.watch.accept_zeros()

    def look(self, now_s: float, speaking: bool) -> None:
        """Tells the watch what has come since the last look, and takes its verdict."""
        live = self._live
        if live is None:
            return
        watch = live.watch
        self._pass_on(live, speaking)
        while self._answers:
            watch.routed(self._route(*self._answers.popleft()))
        if live.line.finished:
            watch.finished()
        watch.tick(now_s)
        self._ask_if_due(watch, now_s)
        if watch.verdict is not None or watch.blocks:
            self.lost = watch.verdict

    def _pass_on(self, live: _Live[LineT], speaking: bool) -> None:
        for block in live.line.since(live.seen):
            live.seen = block.start + block.count
            zeros = not live.line.ring.read(block.start, live.seen).any()
            live.watch.block(block.at_s, block.count / live.line.rate, zeros, speaking=speaking)

    def _ask_if_due(self, watch: Watch, now_s: float) -> None:
        """Has the sound server asked, in a thread of its own, where our stream is."""
        lost = self.lost is not None and self.lost.fault == "re-routed"
        due = now_s >= self._asked_s + (ASK_LOST_ROUTE_EVERY_S if lost else ASK_ROUTE_EVERY_S)
        running = self._asking is not None and self._asking.is_alive()
        if running or not watch.blocks or not (watch.suspicious or due):
            return
        watch.suspicious, self._asked_s = False, now_s
        self._asking = threading.Thread(target=self._ask, name=f"{self.kind} route", daemon=True)
        self._asking.start()

    def _ask(self) -> None:
        place = routes.place(self.kind)
        ourselves = self.kind == "microphone" and place is not None and routes.hears_ourselves(place)
        self._answers.append((place, ourselves))

    def _route(self, place: routes.Place | None, ourselves: bool) -> Route:
        if place is not None and self._home is None:
            if ourselves:
                return "none"
            self._home = place.name
        return routes.compare(self._home, place)


class CardMicrophone:
    """The card's microphone, as ports.Microphone. The stream runs always; open and close say what is read of it.

    Where reading begins: after something was played since the last `open`, at its last audible sample as the
    microphone heard it (the gate), or, where too little of it was heard to tell, when it was cut short; but never
    before what was read already; otherwise now. So a take begins right after its question, and going on after a pause
    goes on from there."""

    def __init__(self, side: _Side[InputLine], speaker: CardSpeaker, gate: Gate) -> None:
        self._side, self._speaker, self._gate = side, speaker, gate
        self._line: InputLine | None = None
        self._question: Question | None = None
        self._place = self._look_again_at = 0
        self._skipped_s = 0.0
        self.reading = False

    @property
    def name(self) -> str:
        return self._side.name

    @property
    def lost_s(self) -> float:
        """Seconds of sound since the card was made that the sound system never gave, or that were read too late."""
        return self._side.lost_s + self._skipped_s

    @property
    def clipping(self) -> bool:
        """Whether the last two seconds were louder than the microphone can say."""
        loudest = np.abs(self._latest(CLIPPING_S).astype(np.int32)).max(initial=0)
        return bool(loudest >= CLIPPED)

    def level_dbfs(self) -> float | None:
        """The level of the last tenth of a second; None for digital silence, or no microphone."""
        return level_dbfs(self._latest(METER_S).tobytes())

    def accept_silence(self) -> None:
        """The person says that the microphone works: zeros are no longer a fault, as with one that gates its noise."""
        self._side.accept_zeros()

    def open(self) -> None:
        """Begins reading (see above where). Raises DeviceError at once when the microphone is lost."""
        line = self._side.line
        if self._side.lost is not None or line is None:
            raise self._side.error()
        if line is not self._line:
            self._line, self._place = line, 0
        self._question, self._look_again_at = self._speaker.take_question(), 0
        if self._question is None:
            self._place = line.ring.end
        self.reading = True

    def read(self) -> Sound | None:
        """What has come since the last read; empty when nothing has within 50 ms. Raises DeviceError when it's lost,
        after what had come before."""
        line, until_s = self._line, time.monotonic() + READ_WITHIN_S
        if line is None or not self.reading:
            return None
        while True:
            waiting = self._place_found(line) and line.ring.end > self._place
            if waiting and not (self._side.lost and self._side.lost.fault != "dead"):
                return self._next(line)
            if self._side.lost is not None or self._side.line is not line:
                raise self._side.error()
            if time.monotonic() >= until_s:
                return Sound(b"", line.rate)
            time.sleep(POLL_S)

    def lag_s(self) -> float:
        """Seconds of sound that were made and not read yet, those still on their way through the system included."""
        line = self._line
        if line is None or not self.reading:
            return 0.0
        question = self._question
        if question is not None:
            return max(0.0, time.monotonic() - question.line.when_s(question.last))
        if self._side.lost is not None:
            return max(0.0, (line.ring.end - self._place) / line.rate)
        return max(0.0, time.monotonic() - line.when_s(self._place))

    def close(self) -> None:
        self.reading = False
        self._question = None

    def _place_found(self, line: InputLine) -> bool:
        """Whether it is known where reading begins; looks for it while it isn't."""
        if self._question is None:
            return True
        if line.ring.end < self._look_again_at:
            return False
        found = self._gate.place(self._question, line)
        if found is None:
            self._look_again_at = line.ring.end + int(LOOK_AGAIN_S * line.rate)
            return False
        self._place, self._question = max(self._place, found, line.ring.oldest), None
        return True

    def _next(self, line: InputLine) -> Sound:
        end = line.ring.end
        if self._place < line.ring.oldest:
            self._skipped_s += (line.ring.oldest - self._place) / line.rate
            self._place = line.ring.oldest
        samples = line.ring.read(self._place, end)
        self._place = end
        return Sound(samples.tobytes(), line.rate)

    def _latest(self, seconds: float) -> Samples:
        line = self._side.line
        if line is None or self._side.lost is not None:
            return np.zeros(0, np.int16)
        return line.ring.read(line.ring.end - int(seconds * line.rate), line.ring.end)


class SoundCard:
    """Two streams, open throughout. `told` gets the news, from the card's own thread; it must return soon.

    `microphone` and `speaker` are names (or labels) of devices; None is the system's default of the moment it's opened,
    which is then kept by name. `listens` and `speaks` say which of the two are wanted at all."""

    def __init__(
        self,
        microphone: str | None,
        speaker: str | None,
        log: Path,
        told: Callable[[CardNews], None],
        *,
        listens: bool = True,
        speaks: bool = True,
    ) -> None:
        self._log, self._told = log, told
        self._input: _Side[InputLine] = _Side("microphone", microphone, lines.open_input, listens)
        self._output: _Side[OutputLine] = _Side("speaker", speaker, lines.open_output, speaks)
        self._closing = threading.Event()
        self._watching: threading.Thread | None = None
        self._mending: Order[None] | None = None
        self._mend_next_s = self._list_next_s = 0.0
        gate = Gate()
        self._gate = gate
        self.speaker = CardSpeaker(self._output)
        self.microphone = CardMicrophone(self._input, self.speaker, gate)

    @property
    def round_trip(self) -> RoundTrip | None:
        """What the last echo of a question showed; None when none was heard yet."""
        return self._gate.round_trip

    def open(self) -> None:
        """Opens both and waits for the first sound to come in. Raises SetupMissing, DeviceError; then all is closed."""
        self._closing.clear()
        sys.setswitchinterval(SWITCH_S)
        for side in self._sides():
            side.begin()
        try:
            with told_plainly("sound card"):
                DESK.ask(self._open_both, OPEN_WITHIN_S, self._log)
            self._watching = threading.Thread(target=self._watch, name="card", daemon=True)
            self._watching.start()
            for side in (self._input, self._output):
                side.wait_for_first_block()
        except BaseException:
            self.close()
            raise
        atexit.register(self.close)

    def close(self) -> None:
        """Closes both within a second; what a hung sound server keeps open is left to the end of the process."""
        atexit.unregister(self.close)
        self._closing.set()
        if self._watching is not None and self._watching is not threading.current_thread():
            self._watching.join(LOOK_EVERY_S * 4)
        order = DESK.post(self._close_both, self._log)
        if not order.done.wait(CLOSE_WITHIN_S):
            order.let_stderr_go()

    def _sides(self) -> list[_Side[Any]]:
        return [side for side in (self._input, self._output) if side.wanted]

    # At the desk

    def _open_both(self, sd: Any) -> None:
        for side in self._sides():
            side.open(sd)

    def _close_both(self, _sd: Any) -> None:
        for side in self._sides():
            side.close()

    def _mend(self, sd: Any) -> None:
        """Opens again what died; has PortAudio list the devices anew where that needs it and disturbs nothing."""
        if self._closing.is_set():
            return
        dead = [side for side in self._sides() if side.dead]
        failed = [side for side in dead if not side.opens(sd)]
        now_s = time.monotonic()
        costs_nothing = len(failed) == len(self._sides())
        if failed and (costs_nothing or now_s >= self._list_next_s) and not self._disturbs(failed):
            self._list_next_s = now_s + LIST_ANEW_EVERY_S
            self._close_both(sd)
            list_anew(sd)
            for side in self._sides():
                side.opens(sd)

    def _disturbs(self, failed: list[_Side[Any]]) -> bool:
        """Whether the other side is doing something, or hangs: then it can't be closed for a new list."""
        if self._input in failed and self._output in failed:
            return False
        if self._input in failed:
            return self._output.hung or self.speaker.playing
        return self._input.hung or self.microphone.reading

    # In the card's own thread

    def _watch(self) -> None:
        while not self._closing.wait(LOOK_EVERY_S):
            now_s = time.monotonic()
            for side in self._sides():
                side.look(now_s, self.speaker.playing)
                self._tell(side)
            self._mend_if_due(now_s)

    def _tell(self, side: _Side[Any]) -> None:
        """Gives the news, when there is some since it was given last."""
        lost: Verdict | None = side.lost
        if side.known_lost == (lost is not None):
            return
        side.known_lost = lost is not None
        kinds: tuple[News, News] = ("microphone lost", "microphone back")
        if side.kind == "speaker":
            kinds = ("speaker lost", "speaker back")
        news = CardNews(kinds[0], lost.sentence) if lost else CardNews(kinds[1], f"The {side.kind} is back.")
        with contextlib.suppress(Exception):  # the screen's trouble must not stop the watch
            self._told(news)

    def _mend_if_due(self, now_s: float) -> None:
        running = self._mending is not None and not self._mending.done.is_set()
        if running and self._mending is not None and now_s > self._mend_next_s:
            self._mending.let_stderr_go()  # it hangs
        if running or now_s < self._mend_next_s or not any(side.dead for side in self._sides()):
            return
        self._mend_next_s = now_s + MEND_EVERY_S
        self._mending = DESK.post(self._mend, self._log)
