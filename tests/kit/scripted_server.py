"""A language-model server on loopback that does as it's told: a good one, a slow one, a liar, or worse.

A script is a function of the request that says what to send: a text (the model's words, sent as a proper completion),
or a function that writes to the socket itself.
"""

from __future__ import annotations

import json
import re
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Send = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def told(self) -> str:
        """Everything the model is told, as one text."""
        return "\n".join(m["content"] for m in self.body["messages"])

    @property
    def asks_alone(self) -> bool:
        return "pairs of a point and a quote" in self.told

    @property
    def points(self) -> dict[str, str]:
        """The points of a vote: id as given to the model -> text."""
        found = re.search(r"^The points:\n(.*?)\n\nBEGIN", self._user, re.DOTALL | re.MULTILINE)
        assert found
        return {p["id"]: p["text"] for p in json.loads(found[1])}

    @property
    def data(self) -> list[dict[str, Any]]:
        """What stands between the boundaries: sentences of the answer, or pairs of a point and a quote."""
        found = re.search(r"^BEGIN (\w{16})\n(.*?)\nEND \1$", self._user, re.DOTALL | re.MULTILINE)
        assert found
        return json.loads(found[2])

    @property
    def answer(self) -> str:
        return " ".join(s["text"] for s in self.data)

    @property
    def _user(self) -> str:
        return next(m["content"] for m in self.body["messages"] if m["role"] == "user")


Script = Callable[[Request], str | Send]


@dataclass
class ScriptedServer:
    """`with ScriptedServer(script) as server:` listens at `server.url` and remembers `server.requests`."""

    script: Script
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)

    def __enter__(self) -> ScriptedServer:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    if outer.tls:
                        self.request = outer.tls.wrap_socket(self.request, server_side=True)
                        self.rfile = self.request.makefile("rb")
                    while outer._one(self.rfile, self.request):
                        pass
                except OSError:
                    pass  # the client cut the line: that's what most scripts are for

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _one(self, rfile: Any, sock: socket.socket) -> bool:
        if not self.tls and sock.recv(1, socket.MSG_PEEK) == b"\x16":  # a TLS greeting
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return False
        first = rfile.readline()
        if not first.strip():
            return False
        headers = {}
        while line := rfile.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        raw = rfile.read(int(headers.get("content-length", 0)))
        request = Request(first.decode("latin-1").split(" ")[1], headers, raw)
        self.requests.append(request)
        says = self.script(request)
        (completion(says) if isinstance(says, str) else says)(sock)
        return True


# What can be sent --------------------------------------------------------------------------------------------------


def http(status: int, body: bytes | str, headers: Mapping[str, str] | None = None) -> Send:
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    given = {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}
    head = f"HTTP/1.1 {status} Said\r\n" + "".join(f"{k}: {v}\r\n" for k, v in given.items()) + "\r\n"
    return lambda sock: sock.sendall(head.encode() + data)


def completion(text: str | None, finish: str = "stop") -> Send:
    message = {"role": "assistant", "content": text}
    return http(200, json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "m",
                                 "choices": [{"index": 0, "finish_reason": finish, "message": message}]}))  # fmt: skip


def after(seconds: float, send: Send) -> Send:
    def wait(sock: socket.socket) -> None:
        time.sleep(seconds)
        send(sock)

    return wait


def endless(pieces: Iterable[bytes], every_s: float, head: bytes = b"") -> Send:
    """A chunked body that never ends by itself."""
    start = head or b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    def pour(sock: socket.socket) -> None:
        sock.sendall(start)
        for piece in pieces:
            sock.sendall(piece if head else b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(every_s)

    return pour


def hang_up(sock: socket.socket) -> None:
    sock.shutdown(socket.SHUT_RDWR)


# What a model can say ----------------------------------------------------------------------------------------------


def claim(point_id: str, quote: str = "", relation: str = "supports", says: str = "It says so.") -> dict[str, Any]:
    return {
        "point_id": point_id,
        "claim_in_own_words": says,
        "quote": quote,
        "sentence_no": None,
        "relation": relation if quote else "absent",
    }


def honest(quotes: Mapping[str, str]) -> Script:
    """A model that finds each point by its quote when the quote was said: text of a point -> quote."""

    def script(request: Request) -> str:
        if request.asks_alone:
            good = quotes.items()
            told = [(p["id"], (p["point"], p["quote"]) in good) for p in request.data]
            return json.dumps({"quotes": [{"id": i, "quote_says": "the point" if g else "neither"} for i, g in told]})
        said = request.answer.casefold()
        claims = []
        for point_id, text in request.points.items():
            quote = quotes.get(text, "")
            claims.append(claim(point_id, quote if quote.casefold() in said else ""))
        return json.dumps({"claims": claims})

    return script


def say(what: str | Send) -> Script:
    return lambda request: what


def in_turn(*scripts: Script) -> Script:
    """Another one for each request; the last one stays."""
    left = list(scripts)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)
