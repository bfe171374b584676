"""An engine in a process of its own: an abort, a leak or a hang costs a restart and a retry, not the session."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from voiceprep.errors import EngineError

START_S = 60.0
"""Seconds an engine may take to load."""
TRIES = 2


class Child:
    """Runs `python -m MODULE ARGS` and asks it things, one at a time.

    `log` takes what the process prints (None: nowhere). Whoever sets `restarted` is told, with the reason, when the
    process had to be started again.
    """

    def __init__(
        self,
        module: str,
        args: Sequence[str],
        *,
        log: Path | None = None,
    ) -> None:
        self._command = [sys.executable, "-m", module, *args]
        self._log = log
        self.restarted: Callable[[str], None] = lambda reason: None
        self._process: subprocess.Popen[str] | None = None
        self._replies: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._asked = 0
        self._turn = threading.Lock()
        self._closed = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def ask(self, request: dict[str, Any], deadline_s: float) -> dict[str, Any]:
        """The reply. A process that dies or is silent past the deadline is replaced and asked once more.

        Raises EngineError when that fails too, or when the engine itself says no.
        """
        with self._turn:
            reason = ""
            for attempt in range(TRIES):
                if self._closed:
                    raise EngineError("The engine was closed.")
                if attempt:
                    self.restarted(reason)
                started = self._start()
                reply, reason = self._once(request, deadline_s + (START_S if started else 0))
                if reply is not None:
                    if "error" in reply:
                        raise EngineError(str(reply["error"]))
                    return reply
                self._kill()
            raise EngineError(f"The engine failed twice: {reason}.")

    def close(self) -> None:
        """Ends the process; a question under way fails."""
        self._closed = True
        self._kill()

    def _once(self, request: dict[str, Any], deadline_s: float) -> tuple[dict[str, Any] | None, str]:
        process = self._process
        assert process is not None and process.stdin is not None
        self._asked += 1
        asked = self._asked
        try:
            process.stdin.write(json.dumps({"id": asked, **request}) + "\n")
            process.stdin.flush()
        except (OSError, ValueError):
            return None, "it had ended"
        while True:
            try:
                reply = self._replies.get(timeout=deadline_s)
            except queue.Empty:
                return None, f"no answer in {deadline_s:.0f} s"
            if reply is None:
                code = process.wait()
                return None, f"it ended with {_exit(code)}"
            if reply.get("id") == asked:
                return reply, ""

    def _start(self) -> bool:
        if self._process is not None:
            if (code := self._process.poll()) is None:
                return False
            self._kill()
            self.restarted(f"it ended with {_exit(code)}")
        env = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "PYTHONIOENCODING": "utf-8"}
        env.setdefault("MALLOC_ARENA_MAX", "1")  # glibc else keeps what every thread has ever freed
        log = None if self._log is None else os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if log is None else log,
                text=True,
                encoding="utf-8",
                env=env,
                # Ctrl-C in the terminal is the interview's business: it closes its engines itself.
                start_new_session=sys.platform != "win32",
                # Where there's no nice: recording and playing in this process come first.
                creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            )
        finally:
            if log is not None:
                os.close(log)
        self._process = process
        self._replies = queue.Queue()
        assert process.stdout is not None
        reader = threading.Thread(target=_read, args=(process.stdout, self._replies), daemon=True)
        reader.start()
        return True

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # a write that the dead process never took
                    pipe.close()


def _read(pipe: IO[str], replies: queue.Queue[dict[str, Any] | None]) -> None:
    try:
        for line in pipe:
            try:
                replies.put(json.loads(line))
            except json.JSONDecodeError:
                break  # a reply cut short by the process's death
    except (OSError, ValueError):
        pass  # the pipe was closed under us by a restart
    replies.put(None)


def _exit(code: int) -> str:
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"code {code}"
