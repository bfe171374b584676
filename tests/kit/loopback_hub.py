"""A model hub on this machine that serves files made here, well or badly, and counts the bytes that it sends.

As the real one does: `/<repository>/resolve/<revision>/<path>` says the revision and, for weights, size and sha256,
and leads on to a store, which is asked under another name ("localhost") and knows ranges and ETags.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from voiceprep.speech.catalogue import HubFile, Kind, Model

REVISION = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class LoopbackHub:
    """`with LoopbackHub() as hub:`; `hub.add(...)` makes models, the other fields make it misbehave."""

    revision: str = REVISION
    """What it says it sends."""
    cut_after: dict[str, list[int]] = field(default_factory=dict)
    """By file name, after how many bytes of an answer the line breaks; each is used once."""
    stall_after: dict[str, int] = field(default_factory=dict)
    drip: dict[str, float] = field(default_factory=dict)
    """By file name, seconds between two small pieces."""
    ranges: bool = True
    status: dict[str, int] = field(default_factory=dict)
    elsewhere: str = ""
    """Where it leads on to instead of its own store."""
    linked: bool = True
    """Whether it says a size and a sha256 before leading on."""
    files: dict[str, bytes] = field(default_factory=dict)
    """By name; change one and it's altered on the hub."""
    sent: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """File name and Range of every request to the store."""

    def add(self, kind: Kind, model_id: str, folder: Path, names: list[str], pinned: bool = True) -> Model:
        """A model of these files, as the catalogue would have it, and its files to be served."""
        made = []
        for name in names:
            data = self.files[name] = (folder / name).read_bytes()
            made.append(HubFile(f"some/{name}", len(data), hashlib.sha256(data).hexdigest() if pinned else None))
        return Model(model_id, kind, "for tests", "CC0", "made/here", REVISION, tuple(made))

    def __enter__(self) -> LoopbackHub:
        outer = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                try:
                    outer._answer(self)
                except OSError:
                    self.close_connection = True  # the client left

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._over = threading.Event()
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, to: BaseHTTPRequestHandler) -> None:
        name = to.path.rpartition("/")[2]
        if name not in self.files or name in self.status:
            return _head(to, self.status.get(name, 404), {"Content-Length": "0"})
        data = self.files[name]
        sha256 = hashlib.sha256(data).hexdigest()
        if to.path.startswith("/made/here/resolve/"):
            linked = {"X-Linked-Size": str(len(data)), "X-Linked-ETag": f'"{sha256}"'} if self.linked else {}
            store = self.elsewhere or f"http://localhost:{self.port}/store"
            headers = {"X-Repo-Commit": self.revision, "Location": f"{store}/{name}", "Content-Length": "0"}
            return _head(to, 302, {**headers, **linked})
        self._store(to, name, data, f'"{sha256[:16]}"')

    def _store(self, to: BaseHTTPRequestHandler, name: str, data: bytes, etag: str) -> None:
        wanted = to.headers.get("Range", "")
        self.asked.append((name, wanted))
        same = to.headers.get("If-Range", etag) == etag
        start = int(re.findall(r"\d+", wanted)[0]) if wanted and self.ranges and same else 0
        status, headers = 200, {"ETag": etag, "Content-Length": str(len(data) - start)}
        if start:
            status, headers["Content-Range"] = 206, f"bytes {start}-{len(data) - 1}/{len(data)}"
        _head(to, status, headers)
        body = data[start:]
        cuts = self.cut_after.get(name, [])
        if cuts:
            body = body[: cuts.pop(0)]
            to.close_connection = True
        step = 64 if name in self.drip else 8192
        for at in range(0, len(body), step):
            piece = body[at : at + step]
            if self.sent.get(name, 0) >= self.stall_after.get(name, 1 << 60):
                self._over.wait(20)
                return
            to.wfile.write(piece)
            self.sent[name] = self.sent.get(name, 0) + len(piece)
            time.sleep(self.drip.get(name, 0))


def _head(to: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
    to.send_response(status)
    for name, value in headers.items():
        to.send_header(name, value)
    to.end_headers()
