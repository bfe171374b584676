"""Real terminals for tests: tmux on a socket of its own, where keys are pressed and the screen is read as a person does
it, and a bare pty, where every byte counts."""

from __future__ import annotations

import fcntl
import itertools
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

_COUNT = itertools.count(1)
LOOK_EVERY_S = 0.05
ENDS_WITHIN_S = 10.0
RUN = """sh -c 'echo $$ > "$0/pid.new"; mv "$0/pid.new" "$0/pid"; exec "$@"' "$0" "$@"; echo $? > "$0/code" """
"""tmux misses the end of a program now and then, so a shell around it keeps its number and its exit code."""
MARK = "VOICEPREP_TEST_TERMINAL"
"""Every process started in a terminal carries this in its environment, so that what is left over can be found."""


def available() -> tuple[bool, str]:
    return shutil.which("tmux") is not None, "tmux is not installed, so there is no terminal to press keys in"


def program_env(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a program that lives in `folder` alone."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TMUX", "PYTEST", "VOICEPREP_", "TEXTUAL"))}
    return {
        **kept,
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "VOICEPREP_DATA_DIR": str(folder / "data"),
        "VOICEPREP_CACHE_DIR": str(folder / "cache"),
        **more,
    }


class Terminal:
    """`start` runs the program in it, again and again if wished. What it shows stays readable after its end."""

    def __init__(self, folder: Path, env: Mapping[str, str], columns: int = 80, rows: int = 24) -> None:
        self._socket = f"voiceprep-test-{os.getpid()}-{next(_COUNT)}"
        self._env = {**env, MARK: self._socket}
        self._size = columns, rows
        self._kept = folder / self._socket
        self._kept.mkdir()
        self._settings = self._kept / "tmux.conf"
        self._settings.write_text("set -g remain-on-exit on\nset -g status off\nset -g escape-time 0\n")
        self._running = False

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running:
            self.close_window()

    # The program ------------------------------------------------------------------------------------------------

    def start(self, *words: str) -> float:
        """`python -m voiceprep WORDS`; returns when, on the monotonic clock."""
        if self._running:
            self.close_window()
        for name in ("pid", "code"):
            (self._kept / name).unlink(missing_ok=True)
        columns, rows = self._size
        at_s = time.monotonic()
        self._tmux(
            "new-session", "-d", "-s", "v", "-x", str(columns), "-y", str(rows), "--",
            "sh", "-c", RUN, str(self._kept), sys.executable, "-m", "voiceprep", *words,
        )  # fmt: skip
        self._running = True
        return at_s

    @property
    def pid(self) -> int:
        self._until((self._kept / "pid").exists, ENDS_WITHIN_S, "it was never started")
        return int((self._kept / "pid").read_text())

    def ended(self) -> int | None:
        """The exit code, 128 more than the signal's number when one ended it; None while it runs."""
        try:
            return int((self._kept / "code").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def wait_ended(self, within_s: float = ENDS_WITHIN_S) -> int:
        self._until(lambda: self.ended() is not None, within_s, "the program goes on")
        code = self.ended()
        assert code is not None
        return code

    def close_window(self) -> None:
        """As when the window is shut: the program gets SIGHUP and its terminal is gone."""
        subprocess.run(self._command("kill-window", "-t", "v"), capture_output=True, check=False)
        self._running = False

    def left_running(self) -> list[int]:
        """Processes that were started in this terminal and still run, the program's children among them."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    # tmux itself carries it too.
                    if f"{MARK}={self._socket}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                        name = (entry / "comm").read_text().strip()
                        if not name.startswith("tmux") and "Z" not in (entry / "stat").read_text().split()[2]:
                            found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def wait_none_left(self, within_s: float = ENDS_WITHIN_S) -> None:
        self._until(lambda: not self.left_running(), within_s, "processes are left running", look=False)

    # Keys and screen ---------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> float:
        """tmux's names of keys, one after another; returns when the last was sent."""
        self._tmux("send-keys", "-t", "v", *keys)
        return time.monotonic()

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-t", "v", "-l", "--", text)

    def resize(self, columns: int, rows: int) -> None:
        self._size = columns, rows
        self._tmux("resize-window", "-t", "v", "-x", str(columns), "-y", str(rows))

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p", "-t", "v")

    def wait_for(self, *texts: str, within_s: float = 20.0) -> float:
        """Until any of the texts stands on the screen; returns when it was seen."""
        self._until(lambda: any(t in self.screen() for t in texts), within_s, f"never on the screen: {texts}")
        return time.monotonic()

    def wait_gone(self, text: str, within_s: float = 20.0) -> float:
        self._until(lambda: text not in self.screen(), within_s, f"still on the screen: {text!r}")
        return time.monotonic()

    def wait_changed(self, texts: tuple[str, ...], within_s: float = 5.0) -> float:
        """As `wait_for`, looking all the time: for what is timed."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            shown = self.screen()
            if any(t in shown for t in texts):
                return time.monotonic()
            time.sleep(0.005)
        raise AssertionError(f"never on the screen: {texts}\n{self.screen()}")

    def _until(self, there: Callable[[], bool], within_s: float, what: str, *, look: bool = True) -> None:
        until_s = time.monotonic() + within_s
        while not there():
            if time.monotonic() > until_s:
                raise AssertionError(f"{what} (after {within_s} s)\n{self.screen() if look else ''}")
            time.sleep(LOOK_EVERY_S)

    def _command(self, *words: str) -> list[str]:
        return ["tmux", "-u", "-L", self._socket, "-f", str(self._settings), *words]

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            self._command(*words), env=self._env, capture_output=True, text=True, errors="replace", check=False
        )
        assert done.returncode == 0, f"tmux {words[0]}: {done.stderr}"
        return done.stdout


class Pty:
    """The program on a bare pty, without a terminal emulator: every byte it writes is kept."""

    def __init__(
        self, env: Mapping[str, str], words: Sequence[str], columns: int = 80, rows: int = 24,
        command: Sequence[str] = (sys.executable, "-m", "voiceprep"),
    ) -> None:  # fmt: skip
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [*command, *words], env=dict(env), stdin=self.slave, stdout=self.slave,
            stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # the pty is its terminal, signals included
        )  # fmt: skip
        self._written = bytearray()
        self._came = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            if not data:
                return
            with self._came:
                self._written += data
                self._came.notify_all()

    @property
    def written(self) -> bytes:
        """Everything so far."""
        with self._came:
            return bytes(self._written)

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def wait_for(self, *texts: bytes, since: int = 0, within_s: float = 20.0) -> float:
        """Until any of the texts has been written behind the first `since` bytes; returns when, monotonic."""
        until_s = time.monotonic() + within_s
        with self._came:
            while not any(self._written.find(t, since) >= 0 for t in texts):
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    raise AssertionError(f"never written: {texts}\n{bytes(self._written[since:])[-3000:]!r}")
                self._came.wait(left_s)
            return time.monotonic()

    def press_and_wait(self, keys: bytes, *texts: bytes, within_s: float = 20.0) -> float:
        """Seconds from a key to the first byte-chunk in which one of the texts is complete."""
        since = len(self.written)
        at_s = time.monotonic()
        self.press(keys)
        return self.wait_for(*texts, since=since, within_s=within_s) - at_s

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def wait_ended(self, within_s: float = ENDS_WITHIN_S) -> int:
        code = self.process.wait(within_s)
        time.sleep(0.1)  # the last bytes may still be in the pty
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.slave)
        self._thread.join(2)
        os.close(self.master)

    def __enter__(self) -> Pty:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
