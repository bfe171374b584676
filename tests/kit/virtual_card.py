"""A sound card that is only a program: a private PulseAudio with a speaker and a microphone, for tests.

Several can run side by side. Nothing of the user's sound system or home is touched. Debian packages: pulseaudio
pulseaudio-utils libasound2-plugins libportaudio2.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

import numpy as np

UP_WITHIN_S = 10.0
PACTL_WITHIN_S = 5.0
NOISE_DBFS = -70.0
NOISE_RATE = 48_000
PROGRAMS = ("pulseaudio", "pactl", "paplay", "pacat", "parecord")


def available() -> tuple[bool, str]:
    """Whether there can be a virtual card here, and a sentence when not."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return False, f"not installed: {', '.join(missing)} (apt install pulseaudio pulseaudio-utils)"
    if find_library("portaudio") is None:
        return False, "PortAudio is not installed (apt install libportaudio2)"
    folders = [Path(folder) for folder in ("/usr/lib", "/usr/lib64")]
    if not any(next(folder.glob("**/alsa-lib/libasound_module_pcm_pulse.so"), None) for folder in folders):
        return False, "ALSA's way to PulseAudio is not installed (apt install libasound2-plugins)"
    return True, ""


class VirtualCard:
    """Sinks `speaker` and `mic_in`; what is played on `mic_in` comes out of the source `mic`.

    Put `env` into os.environ before PortAudio is (re-)initialised. All waiting is bounded."""

    def __init__(self, folder: Path, *, mic_rate: int = 48_000, speaker_rate: int = 48_000) -> None:
        self.folder = folder
        self.mic_rate, self.speaker_rate = mic_rate, speaker_rate
        socket = folder / "native"
        self.env = {
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_RUNTIME_PATH": str(folder / "run"),
            "PULSE_STATE_PATH": str(folder / "state"),
            "PULSE_COOKIE": str(folder / "cookie"),
        }
        self._socket = socket
        self._daemon: subprocess.Popen[bytes] | None = None
        self._noise: _Noise | None = None
        self._noisy = True
        self._started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> VirtualCard:
        for name in ("run", "state"):
            (self.folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.restart()
        return self

    def __exit__(self, *_: object) -> None:
        self.noise(False)
        for process in self._started:
            _end(process)
        self.kill()

    def restart(self) -> None:
        """A new daemon with everything plugged in, after `kill` or for the first time."""
        # norewinds: without it an idle null sink renders up to 2 s at once, and the start of what is said is lost.
        self._daemon = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit=yes",
                "--high-priority=yes", "--disable-shm=yes", f"--log-target=file:{self.folder / 'pulse.log'}",
                "-L", f"module-native-protocol-unix socket={self._socket} auth-anonymous=1",
                "-L", f"module-null-sink sink_name=speaker norewinds=1 rate={self.speaker_rate} channels=2",
                "-L", f"module-null-sink sink_name=mic_in norewinds=1 rate={self.mic_rate} channels=1",
                "-L", "module-remap-source source_name=mic master=mic_in.monitor",
            ],
            env={**os.environ, **self.env}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until_s = time.monotonic() + UP_WITHIN_S
        while not self._answers():
            if time.monotonic() > until_s or self._daemon.poll() is not None:
                log = (self.folder / "pulse.log").read_text(errors="replace")
                raise RuntimeError(f"the virtual card did not come up: {log[-2000:]}")
            time.sleep(0.05)
        self.pactl("set-default-sink", "speaker")
        self.pactl("set-default-source", "mic")
        self.noise(self._noisy)

    def _answers(self) -> bool:
        try:
            return bool(self.pactl("list", "short", "sources"))
        except (subprocess.SubprocessError, OSError):
            return False

    def kill(self) -> None:
        """The sound server dies at once."""
        if self._daemon is not None:
            with contextlib.suppress(ProcessLookupError):
                self._daemon.send_signal(signal.SIGKILL)
            self._daemon.wait(PACTL_WITHIN_S)
            self._daemon = None
        self._socket.unlink(missing_ok=True)
        self._end_noise()

    def hang(self) -> None:
        """The sound server stands still and answers nobody."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    def unhang(self) -> None:
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGCONT)

    def unplug(self) -> None:
        """Pulls out the microphone: Pulse moves who records from it to the speaker's monitor, without a word."""
        self._unload("module-remap-source")

    def plug(self) -> None:
        self.pactl("load-module", "module-remap-source", "source_name=mic", "master=mic_in.monitor")
        self.pactl("set-default-source", "mic")

    def unplug_speaker(self) -> None:
        self._unload("module-null-sink", "sink_name=speaker")

    def plug_speaker(self) -> None:
        self.pactl(
            "load-module", "module-null-sink", "sink_name=speaker", "norewinds=1", f"rate={self.speaker_rate}",
            "channels=2",
        )  # fmt: skip
        self.pactl("set-default-sink", "speaker")

    def mute(self, on: bool) -> None:
        self.pactl("set-source-mute", "mic", "1" if on else "0")

    def leak(self, on: bool, *, delay_ms: int = 30, db: float = -12.0) -> None:
        """The microphone hears the speaker, so much later and quieter."""
        self._unload("module-loopback")
        if not on:
            return
        module = self.pactl(
            "load-module", "module-loopback", "source=speaker.monitor", "sink=mic_in", f"latency_msec={delay_ms}"
        ).strip()
        listed = self.pactl("list", "sink-inputs")
        for stream in listed.split("\n\n"):
            if f"Owner Module: {module}\n" in stream:
                number = stream.split("#", 1)[1].split("\n", 1)[0]
                self.pactl("set-sink-input-volume", number, f"{db}dB")

    def noise(self, on: bool) -> None:
        """The faint noise that every real microphone has."""
        self._noisy = on
        self._end_noise()
        if on:
            self._noise = _Noise({**os.environ, **self.env})

    def _end_noise(self) -> None:
        noise, self._noise = self._noise, None
        if noise is not None:
            noise.end()

    def say(self, wav: Path, *, wait: bool = True) -> subprocess.Popen[bytes]:
        """Plays a file into the microphone."""
        process = self._start("paplay", "--device=mic_in", str(wav))
        if wait:
            process.wait()
        return process

    @contextlib.contextmanager
    def record(self, path: Path) -> Iterator[Path]:
        """Records what the speaker plays into a WAV file, as long as the block runs."""
        process = self._start("parecord", "--device=speaker.monitor", "--file-format=wav", str(path))
        until_s = time.monotonic() + UP_WITHIN_S
        while not (path.exists() and path.stat().st_size > 1000) and time.monotonic() < until_s:
            time.sleep(0.02)
        yield path
        process.send_signal(signal.SIGINT)
        process.wait(PACTL_WITHIN_S)

    def pactl(self, *words: str) -> str:
        done = subprocess.run(
            ["pactl", *words], env={**os.environ, **self.env, "LC_ALL": "C"}, capture_output=True, text=True,
            check=True, timeout=PACTL_WITHIN_S,
        )  # fmt: skip
        return done.stdout

    def _unload(self, module: str, having: str = "") -> None:
        for line in self.pactl("list", "short", "modules").splitlines():
            number, name, *rest = line.split("\t")
            if name == module and having in " ".join(rest):
                self.pactl("unload-module", number)

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command, env={**os.environ, **self.env}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._started.append(process)
        return process


class _Noise:
    """Noise into `mic_in`, two seconds ahead, so that a busy machine doesn't interrupt it."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["pacat", "--playback", "--device=mic_in", "--raw", "--format=s16le", f"--rate={NOISE_RATE}",
             "--channels=1", "--latency-msec=2000"],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._feed, name="virtual noise", daemon=True)
        self._thread.start()

    def _feed(self) -> None:
        level = 32768 * 10 ** (NOISE_DBFS / 20)
        noise = np.random.default_rng(1).normal(0, level, 5 * NOISE_RATE).round().astype("<i2").tobytes()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            while True:
                self._process.stdin.write(noise)

    def end(self) -> None:
        _end(self._process)
        self._thread.join(PACTL_WITHIN_S)
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait(PACTL_WITHIN_S)
