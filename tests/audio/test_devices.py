"""Devices by name, errors in sentences, and nothing that C writes on the terminal. No sound here."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voiceprep.audio import devices, lines
from voiceprep.audio.devices import Desk, Device, explain, find, quiet
from voiceprep.errors import DeviceError


class PortAudioError(Exception):
    """As sounddevice's own."""


class FakeStream:
    """Takes the rates and channels it's told, with PortAudio's codes for the others."""

    rates: tuple[int, ...] = ()
    channels: tuple[int, ...] = (1, 2)

    def __init__(self, *, samplerate: int, channels: int, **_: object) -> None:
        if channels not in self.channels:
            raise PortAudioError("Invalid number of channels", -9998)
        if samplerate not in self.rates:
            raise PortAudioError("Invalid sample rate", -9997)

    def start(self) -> None:
        pass

    def close(self, ignore_errors: bool = True) -> None:
        pass


def fake_sounddevice(*names: str, default: int = 0, stream: type[FakeStream] = FakeStream) -> Any:
    made = [
        {"name": n, "hostapi": 0, "max_input_channels": 2, "max_output_channels": 0, "default_samplerate": 44100.0}
        for n in names
    ]
    return SimpleNamespace(
        query_devices=lambda: made,
        query_hostapis=lambda: ({"name": "ALSA"},),
        default=SimpleNamespace(device=(default, -1)),
        InputStream=stream,
        OutputStream=stream,
        PortAudioError=PortAudioError,
    )


def test_a_device_is_found_by_its_name_wherever_it_stands() -> None:
    sd = fake_sounddevice("Webcam: Mic (hw:0,0)", "Headset: USB (hw:1,0)", default=1)
    assert find(sd, "microphone", "Webcam: Mic (hw:0,0)")[0] == 0
    assert find(sd, "microphone", "Webcam: Mic (hw:3,0)")[0] == 0  # plugged into another socket
    assert find(sd, "microphone", "Headset: USB (hw:1,0) (ALSA)")[0] == 1
    number, device = find(sd, "microphone", None)
    assert number == 1 and device.default and device.rate == 44100


def test_an_absent_device_is_never_replaced() -> None:
    sd = fake_sounddevice("Webcam", "Headset")
    with pytest.raises(DeviceError, match='"Headphones" is not there') as raised:
        find(sd, "microphone", "Headphones")
    assert "Webcam, Headset" in raised.value.hint
    with pytest.raises(DeviceError, match="No speaker was found"):
        find(sd, "speaker", None)


def test_a_rate_that_is_refused_falls_back_to_the_devices_own() -> None:
    class Raw(FakeStream):
        rates = (44_100,)
        channels = (2,)

    device = Device("Raw", "ALSA", 2, 44_100, False)
    line = lines.open_input(fake_sounddevice("Raw", stream=Raw), 0, device)
    assert line.rate == 44_100
    assert lines.open_output(fake_sounddevice("Raw", stream=Raw), 0, device).rate == 44_100
    Raw.rates = (8_000,)
    with pytest.raises(DeviceError, match="usual sample rate"):
        lines.open_input(fake_sounddevice("Raw", stream=Raw), 0, device)


def test_the_first_of_two_channels_is_taken_and_the_ring_keeps_the_last_half_minute() -> None:
    line = lines.InputLine(Device("Raw", "ALSA", 2, 1000, False), 1000)
    times = SimpleNamespace(currentTime=0.0, inputBufferAdcTime=0.0)
    given = np.arange(40_000) % 30_011
    for start in range(0, 40_000, 100):
        block = np.stack([given[start : start + 100], np.zeros(100)], axis=1).astype(np.int16)
        line.heard(block, 100, times, None)
        block[:] = 0  # PortAudio uses its buffer again
    assert line.ring.end == 40_000 and line.ring.oldest == 11_000
    assert (line.ring.read(0, 50_000) == given[11_000:]).all()
    assert (line.ring.read(29_950, 30_050) == given[29_950:30_050]).all()
    line.heard(np.zeros((0, 1), np.int16), 0, None, None)  # whatever is wrong in there, a callback doesn't raise
    assert line.flags == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PortAudioError("Device unavailable", -9985), "in use by another program"),
        (PortAudioError("Illegal combination of I/O devices", -9993), "can't be opened any more"),
        (PortAudioError("Unanticipated host error", -9999, (0, -5, "Input/output error")), "can't be opened"),
        (ValueError("No input device matching 'x'"), "can't be opened"),
        (OSError("odd"), "can't be opened"),
    ],
)
def test_errors_in_a_sentence(error: Exception, said: str) -> None:
    with pytest.raises(DeviceError, match=said) as raised, devices.told_plainly("microphone"):
        raise error
    assert raised.value.hint and raised.value.message.startswith("The microphone")


def test_what_is_not_a_devices_fault_stays_what_it_is() -> None:
    with pytest.raises(KeyError), devices.told_plainly("microphone"):
        raise KeyError("a bug")
    assert explain(DeviceError("Said already."), "microphone").message == "Said already."


def test_c_writes_into_the_log_and_python_may_go_on(tmp_path: Path) -> None:
    """In a process of its own: fd 2 belongs to all of it."""
    program = """
import os, sys, threading
from pathlib import Path
from voiceprep.audio.devices import quiet, shielded
log = Path(sys.argv[1])
os.write(2, b"before\\n")
with quiet(log):
    os.write(2, b"hidden one\\n")
    with quiet(log):
        os.write(2, b"hidden two\\n")
    os.write(2, b"hidden three\\n")
with quiet(log) as never_returns:
    never_returns.release()
    never_returns.release()
    os.write(2, b"between\\n")
ends = threading.Barrier(2)
def other():
    with quiet(log):
        ends.wait(5); ends.wait(5)
thread = threading.Thread(target=other); thread.start()
ends.wait(5)
with quiet(log):
    pass
os.write(2, b"hidden four\\n")
ends.wait(5); thread.join()
with shielded(log):
    os.write(2, b"hidden five\\n")
    print("ours", file=sys.stderr)
os.write(2, b"after\\n")
"""
    log = tmp_path / "audio.log"
    done = subprocess.run([sys.executable, "-c", program, str(log)], capture_output=True, text=True, check=True)
    assert done.stderr.split("\n") == ["before", "between", "ours", "after", ""]
    assert log.read_text().split("\n") == [f"hidden {n}" for n in ("one", "two", "three", "four", "five")] + [""]


def test_a_log_that_cant_be_written_hides_it_all_the_same(tmp_path: Path) -> None:
    kept = os.fstat(2)
    with quiet(tmp_path / "no such folder" / "log"):
        assert os.fstat(2) != kept
    assert os.fstat(2).st_ino == kept.st_ino


def test_whoever_asks_a_hung_desk_waits_no_longer_than_they_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_sounddevice", lambda: None)
    desk, free = Desk(), threading.Event()
    hung = desk.post(lambda sd: free.wait(20))
    at_s = time.monotonic()
    with pytest.raises(DeviceError, match="does not answer"):
        desk.ask(lambda sd: 1, 0.2)
    assert time.monotonic() - at_s < 2
    free.set()
    assert hung.done.wait(5)


def test_without_portaudio_there_is_a_sentence() -> None:
    """The library is hidden from a process of its own."""
    program = """
import ctypes.util, sys
ctypes.util.find_library = lambda name: None
from voiceprep.audio import devices
from voiceprep.audio.card import SoundCard
from voiceprep.errors import SetupMissing
from pathlib import Path
sys.modules.pop("_sounddevice_data", None)
sys.modules["_sounddevice_data"] = None
for call in (devices.inputs, devices.outputs, SoundCard(None, None, Path("/dev/null"), print).open):
    try:
        call()
    except SetupMissing as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert len(said) == 3 and not done.stderr
    for line in said:
        assert line.startswith("PortAudio, the library that reaches microphone and speaker, is not installed.")
        if sys.platform.startswith("linux"):
            assert "sudo apt install libportaudio2" in line


def test_importing_the_card_imports_no_sounddevice() -> None:
    program = "import sys, voiceprep.audio.card; print('sounddevice' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
