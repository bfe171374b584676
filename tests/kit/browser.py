"""A headless Chromium, steered over its two DevTools pipes: one page from disk, real clicks, what it asked for.

No client library: each message is JSON ending in a NUL byte, ours on the browser's descriptor 3, its own on 4.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PATIENCE_S = 60.0
"""Longer than any answer takes on a busy machine."""


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser:
    """One browser with one page. `said` are the page's events so far, in order."""

    def __init__(self, program: str, *, width: int = 1000, height: int = 800) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()

        def only_three_and_four() -> None:
            high_in, high_out = os.dup(theirs_in), os.dup(theirs_out)
            while min(high_in, high_out) < 5:  # neither may be overwritten by the other's place
                high_in, high_out = os.dup(high_in), os.dup(high_out)
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)

        self._process = subprocess.Popen(
            [
                program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                "--disable-default-apps", "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars",
                f"--user-data-dir={self._profile.name}", f"--window-size={width},{height}", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=only_three_and_four,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._rest = b""
        self._sent = 0
        self._session = ""
        self.said: list[dict[str, Any]] = []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(t["targetId"] for t in targets if t["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Sends one command and gives back its result. Raises RuntimeError when the browser refuses or is gone."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE_S
        while True:
            answer = self._next(until)
            if answer.get("id") != self._sent:
                self.said.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']['message']}")
            else:
                return dict(answer["result"])

    def _next(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._in], [], [], max(0.0, until - time.monotonic()))[0]:
                raise RuntimeError("the browser doesn't answer")
            read = os.read(self._in, 1 << 20)
            if not read:
                raise RuntimeError("the browser is gone")
            self._rest += read
        line, self._rest = self._rest.split(b"\0", 1)
        return dict(json.loads(line))

    def open(self, path: Path) -> None:
        """Opens a file and waits until it has loaded."""
        self.said.clear()
        self.call("Page.navigate", url=path.absolute().as_uri())
        self.wait(lambda: any(e.get("method") == "Page.loadEventFired" for e in self.said))

    def js(self, expression: str) -> Any:
        """The value of an expression (or of the promise it gives) in the page."""
        got = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=False
        )
        if "exceptionDetails" in got:
            raise RuntimeError(str(got["exceptionDetails"].get("exception", got["exceptionDetails"])))
        return got["result"].get("value")

    def wait(self, there: Callable[[], Any], what: str = "it") -> Any:
        """Asks until the answer is true, and gives it back."""
        until = time.monotonic() + PATIENCE_S
        while not (found := there()):
            assert time.monotonic() < until, f"{what} never came"
            self.js("new Promise(done => setTimeout(done, 20))")
        return found

    def click(self, selector: str, number: int = 0) -> None:
        """A real click in the middle of what the selector finds."""
        x, y = self.js(
            f"""(() => {{ const it = document.querySelectorAll({json.dumps(selector)})[{number}];
            it.scrollIntoView({{block: "center"}}); const r = it.getClientRects()[0];
            return [r.x + r.width / 2, r.y + r.height / 2]; }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, code: int, text: str = "") -> None:
        """A real key: its name, its key code, and what it types."""
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, text=text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def shape(self, width: int, height: int = 800, scheme: str = "light") -> None:
        """The window's size in CSS pixels, and what the reader prefers: light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def picture(self) -> bytes:
        """The whole page as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def pdf(self) -> bytes:
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def requested(self) -> list[str]:
        """Every address that the page asked for."""
        return [e["params"]["request"]["url"] for e in self.said if e.get("method") == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """What the browser or the page's script complained of: a refused script, an error."""
        found = [e["params"]["entry"]["text"] for e in self.said if e.get("method") == "Log.entryAdded"]
        return found + [str(e["params"]) for e in self.said if e.get("method") == "Runtime.exceptionThrown"]
