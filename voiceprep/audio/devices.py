"""The machine's microphones and speakers: which there are, and the one thread that talks to PortAudio.

PortAudio is one per process, isn't thread-safe, and any call into it can hang with the sound server. So every call is
made in one daemon thread, the *desk*, and whoever asks waits for so long and no longer.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import re
import sys
import threading
from collections.abc import Callable, Iterator
from ctypes import CDLL, CFUNCTYPE, c_char_p, c_int
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from voiceprep.errors import DeviceError, SetupMissing, VoiceprepError

Kind = Literal["microphone", "speaker"]
Result = TypeVar("Result")

LIST_WAIT_S = 5.0
"""How long a list of devices may take; the first call of a process loads and starts PortAudio."""


@dataclass(frozen=True, slots=True)
class Device:
    """A microphone or a speaker, known by its name and its host (ALSA, Core Audio, WASAPI), never by a number.

    `channels` is how many it has in this direction, `rate` its own samples per second, `default` whether the system
    takes it when none is named."""

    name: str
    host: str
    channels: int
    rate: int
    default: bool

    @property
    def label(self) -> str:
        return f"{self.name} ({self.host})"


def inputs(log: Path | None = None) -> tuple[Device, ...]:
    """Every microphone, in the system's order; empty where there is none. Raises SetupMissing, DeviceError."""
    return DESK.ask(lambda sd: _devices(sd, "microphone"), LIST_WAIT_S, log)


def outputs(log: Path | None = None) -> tuple[Device, ...]:
    """Every speaker, in the system's order; empty where there is none. Raises SetupMissing, DeviceError."""
    return DESK.ask(lambda sd: _devices(sd, "speaker"), LIST_WAIT_S, log)


def _devices(sd: Any, kind: Kind) -> tuple[Device, ...]:
    return tuple(device for _, device in numbered(sd, kind))


def numbered(sd: Any, kind: Kind) -> list[tuple[int, Device]]:
    """The devices that can do `kind`, each with PortAudio's number of this moment. Desk only."""
    hosts = [host["name"] for host in sd.query_hostapis()]
    side, way = (0, "input") if kind == "microphone" else (1, "output")
    default = sd.default.device[side]
    return [
        (
            number,
            Device(raw["name"], hosts[raw["hostapi"]], channels, round(raw["default_samplerate"]), number == default),
        )
        for number, raw in enumerate(sd.query_devices())
        if (channels := raw[f"max_{way}_channels"]) > 0
    ]


def find(sd: Any, kind: Kind, wish: str | None) -> tuple[int, Device]:
    """The device of that name or label, or the system's default for None. Desk only.

    Raises DeviceError when it isn't there, with the names of those which are: another is never taken in its place."""
    there = numbered(sd, kind)
    if not there:
        raise DeviceError(f"No {kind} was found.", f"Plug one in; without it {_WITHOUT[kind]}.")
    for same in (_same, _same_but_for_its_number):
        for number, device in sorted(there, key=lambda each: not each[1].default):
            if device.default if wish is None else same(wish, device):
                return number, device
    if wish is None:
        return there[0]
    names = ", ".join(device.name for _, device in there)
    raise DeviceError(f'The {kind} "{wish}" is not there.', f"Plug it in, or choose one of these: {names}.")


_WITHOUT: dict[Kind, str] = {
    "microphone": "answers can be typed",
    "speaker": "questions can be read on the screen",
}


def _same(wish: str, device: Device) -> bool:
    return wish in (device.name, device.label)


def _same_but_for_its_number(wish: str, device: Device) -> bool:
    """ALSA puts the card's number into its name, and the number changes with the socket it's plugged into."""
    return _unnumbered(wish) in (_unnumbered(device.name), _unnumbered(device.label))


def _unnumbered(name: str) -> str:
    return re.sub(r"\(hw:\d+,\d+\)", "", name).strip().casefold()


# What PortAudio's error codes mean to a person.
_MEANINGS: dict[object, tuple[str, str]] = {
    -9985: ("is in use by another program, or has just been unplugged", "Close the other program or plug it in again."),
    -9993: ("can't be opened any more", "Plug it in again, or choose another."),
    -9996: ("is not there", "Plug it in, or choose another."),
    -9997: ("doesn't take a usual sample rate", "Choose another one."),
    -9998: ("doesn't take one or two channels", "Choose another one."),
}


def explain(error: Exception, what: str) -> VoiceprepError:
    """What a person should hear of an OSError, ValueError or PortAudioError about `what` ("microphone", "speaker")."""
    if isinstance(error, VoiceprepError):
        return error
    code = error.args[1] if len(error.args) > 1 else None
    said, hint = _MEANINGS.get(code, ("can't be opened", "Look whether another program can use it."))
    return DeviceError(f"The {what} {said}.", hint)


def _missing() -> SetupMissing:
    said = "PortAudio, the library that reaches microphone and speaker, is not installed."
    if sys.platform.startswith("linux"):
        return SetupMissing(
            said,
            "Install it: sudo apt install libportaudio2 (Debian, Ubuntu), sudo dnf install portaudio (Fedora), "
            "sudo pacman -S portaudio (Arch).",
        )
    again = "pip install --force-reinstall sounddevice"
    if sys.platform == "darwin":
        return SetupMissing(said, f"It comes with sounddevice: {again} (or brew install portaudio).")
    return SetupMissing(said, f"It comes with sounddevice: {again}.")


# What sounddevice raises, PortAudioError among them: it is an Exception of its own that can't be named before the
# import has worked, so it is known by its name.
def _is_a_device_error(error: BaseException) -> bool:
    return isinstance(error, OSError | ValueError) or type(error).__name__ == "PortAudioError"


@contextlib.contextmanager
def told_plainly(what: str) -> Iterator[None]:
    """The one place where OSError, ValueError and PortAudioError become a DeviceError about `what`."""
    try:
        yield
    except Exception as error:
        if isinstance(error, VoiceprepError) or not _is_a_device_error(error):
            raise
        raise explain(error, what) from error


class Hush:
    """One holder of the redirection of fd 2. `release` may come from any thread and more than once."""

    def __init__(self) -> None:
        self._held = True

    def release(self) -> None:
        with _Redirection.lock:
            if self._held:
                self._held = False
                _Redirection.holders -= 1
                if _Redirection.holders == 0 and _Redirection.kept is not None:
                    os.dup2(_Redirection.kept, 2)
                    os.close(_Redirection.kept)
                    _Redirection.kept = None


class _Redirection:
    lock = threading.RLock()
    holders = 0
    kept: int | None = None


@contextlib.contextmanager
def quiet(log: Path | None) -> Iterator[Hush]:
    """While it lasts, what C libraries write to fd 2 goes to `log` (None: nowhere).

    fd 2 belongs to the whole process: the first in redirects, the last out restores, and `release` on what this gives
    ends it early, for a call that never returns."""
    with _Redirection.lock:
        if _Redirection.holders == 0:
            _redirect(log)
        _Redirection.holders += 1
    hush = Hush()
    try:
        yield hush
    finally:
        hush.release()


@contextlib.contextmanager
def shielded(log: Path | None) -> Iterator[None]:
    """`quiet` for a whole session without a screen: our own sys.stderr still reaches the terminal.

    PortAudio writes from its own threads too, when the sound server dies for one."""
    with quiet(log):
        kept, ours = _Redirection.kept, sys.stderr
        if kept is None or ours is not sys.__stderr__:
            yield  # nothing to keep apart: sys.stderr isn't fd 2
            return
        with os.fdopen(os.dup(kept), "w", encoding="utf-8", errors="replace", buffering=1) as terminal:
            sys.stderr = terminal
            try:
                yield
            finally:
                sys.stderr = ours


def _redirect(log: Path | None) -> None:
    try:
        kept = os.dup(2)
    except OSError:
        return  # no fd 2, so nothing can be written to it
    try:
        # A log that can't be written is no reason not to hear anything.
        target = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        target = os.open(os.devnull, os.O_WRONLY)
    os.dup2(target, 2)
    os.close(target)
    _Redirection.kept = kept


class Order(Generic[Result]):
    """A call on its way to the desk. `wait` gives its result or raises what it raised."""

    def __init__(self, call: Callable[[Any], Result], log: Path | None) -> None:
        self._call, self._log = call, log
        self._result: Result | None = None
        self._error: Exception | None = None
        self._hush: Hush | None = None
        self._given_up = False
        self.done = threading.Event()

    def carry_out(self) -> None:
        try:
            if not self._given_up:
                with quiet(self._log) as self._hush:
                    self._result = self._call(_sounddevice())
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
            self._error = error
        finally:
            self.done.set()

    def wait(self, seconds: float) -> Result:
        """Raises DeviceError when it takes longer; the call is then left alone, and skipped if it hasn't begun."""
        if not self.done.wait(seconds):
            self.give_up()
            raise DeviceError("The sound system does not answer.", "Restart the computer's sound, then try again.")
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def give_up(self) -> None:
        self._given_up = True
        self.let_stderr_go()

    def let_stderr_go(self) -> None:
        """fd 2 back to where it was, though the call is still running."""
        if self._hush is not None:
            self._hush.release()


class Desk:
    """The one thread that calls PortAudio, started when it's first needed. A hang in it hangs nobody else."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[Order[Any]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def post(self, call: Callable[[Any], Result], log: Path | None = None) -> Order[Result]:
        """Hands over a call, which is given the sounddevice module; returns at once."""
        order = Order(call, log)
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="devices", daemon=True)
                self._thread.start()
        self._orders.put(order)
        return order

    def ask(self, call: Callable[[Any], Result], wait_s: float, log: Path | None = None) -> Result:
        """The call's result, within `wait_s`. Raises SetupMissing, DeviceError, or what the call raised."""
        with told_plainly("sound system"):
            return self.post(call, log).wait(wait_s)

    def _work(self) -> None:
        while True:
            self._orders.get().carry_out()


def _sounddevice() -> Any:
    """The module, imported when first needed: without PortAudio its import raises OSError."""
    try:
        import sounddevice
    except (OSError, ImportError) as error:
        raise _missing() from error
    # At exit it would close what is open, for ever when the sound server hangs. Cards close themselves, in time.
    atexit.unregister(getattr(sounddevice, "_exit_handler", None))  # type: ignore[arg-type]
    _mute_alsa()
    return sounddevice


_MUTED: list[object] = []
"""What ALSA calls in place of writing to fd 2; kept, since it has no reference of its own."""


def _mute_alsa() -> None:
    """ALSA also complains from its own threads, at any time, of an underrun for one: not any more."""
    if _MUTED or not sys.platform.startswith("linux"):
        return
    silent = CFUNCTYPE(None, c_char_p, c_int, c_char_p, c_int, c_char_p)(lambda *_: None)
    _MUTED.append(silent)
    with contextlib.suppress(OSError, AttributeError):
        CDLL("libasound.so.2").snd_lib_error_set_handler(silent)


def list_anew(sd: Any) -> None:
    """PortAudio lists devices once, at its start. Desk only, with no stream open."""
    sd._terminate()
    sd._initialize()


DESK = Desk()
