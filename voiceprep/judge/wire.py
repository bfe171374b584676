"""One conversation with the server, that ends: by a reply, by its deadline, by its length, or by being cut.

Rules: no proxy, no redirect, no header but those named here, no environment variable of the client's own, one retry
for the whole conversation, and no word of the server's in a sentence of ours.
"""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import httpx2
import openai
from pydantic import BaseModel, ValidationError

from voiceprep.judge.reply import Silent
from voiceprep.judge.server import Server

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam as Message

RETRY_AFTER_S = 1.0
"""How long to wait before the one retry when the server doesn't say."""


class _Said(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Said


class _Completion(BaseModel):
    """As much of a chat completion as is read. The client's own types aren't checked against what came."""

    choices: list[_Choice]


class Wire:
    """Use it in one thread; `cut` may come from any other and ends what is under way."""

    def __init__(self, server: Server, ends_s: float) -> None:
        """`ends_s` is the deadline on the monotonic clock. Raises SetupMissing when there is no key."""
        self._server = server
        self._ends_s = ends_s
        self._cut = threading.Event()
        self._socket: socket.socket | None = None
        self._retried = False
        self._plain = False
        transport = _Transport(self, server.key())
        self._client = openai.OpenAI(
            base_url=server.base_url,
            api_key="none",  # the transport has the key; without one here the client takes OPENAI_API_KEY
            max_retries=0,
            http_client=httpx2.Client(transport=transport, trust_env=False, follow_redirects=False),
        )

    def left_s(self) -> float:
        """Seconds until the deadline. Raises Silent when there are none."""
        left = self._ends_s - time.monotonic()
        if self._cut.is_set() or left <= 0:
            raise Silent(f"{self._server.name} gave no whole answer within {self._server.deadline_s:g} s.")
        return left

    def cut(self) -> None:
        self._cut.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # The plain socket's own: an SSLSocket's would take the session from under the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        self._client.close()

    def ask(self, messages: list[Message], schema: Mapping[str, Any]) -> str:
        """The model's text. Raises Silent."""
        while True:
            try:
                return self._ask(messages, schema)
            except openai.APIStatusError as error:
                self._consider(error)
            except openai.APIConnectionError:
                self.left_s()
                raise Silent(f"{self._server.name} can't be reached.") from None

    def _ask(self, messages: list[Message], schema: Mapping[str, Any]) -> str:
        # Nothing else is ever sent: some servers refuse what others need.
        form: dict[str, Any] = {
            "temperature": 0,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "reply", "strict": True, "schema": dict(schema)},
            },
        }
        raw = self._client.chat.completions.with_raw_response.create(
            model=self._server.model,
            messages=messages,
            timeout=self.left_s(),
            **({} if self._plain else form),
        )
        try:
            return _Completion.model_validate_json(raw.content).choices[0].message.content or ""
        except (ValidationError, IndexError):
            raise Silent(f"{self._server.name} sent something that isn't a model's reply.") from None

    def _consider(self, error: openai.APIStatusError) -> None:
        """Returns when asking again may help; raises Silent when it won't."""
        status, name = error.status_code, self._server.name
        if status in (400, 422) and not self._plain:
            self._plain = True
            return
        if status in (401, 403):
            raise Silent(f"{name} refuses the key." if self._server.key_name else f"{name} wants a key.")
        if status == 404:
            raise Silent(f"{name} isn't there: no such model or address.")
        if 300 <= status < 400:
            raise Silent(f"{name} points elsewhere, which isn't followed.")
        if (status != 429 and status < 500) or self._retried:
            raise Silent(f"{name} answers with error {status}.")
        wait_s = _retry_after(error.response.headers)
        if wait_s >= self.left_s():
            raise Silent(f"{name} is busy for longer than the deadline allows.")
        self._retried = True
        self._cut.wait(wait_s)


def _retry_after(headers: Mapping[str, str]) -> float:
    try:
        wait_s = float(headers.get("retry-after", RETRY_AFTER_S))
    except ValueError:
        return RETRY_AFTER_S
    return wait_s if math.isfinite(wait_s) and wait_s >= 0 else RETRY_AFTER_S


class _Transport(httpx2.BaseTransport):
    def __init__(self, wire: Wire, key: str) -> None:
        self._wire, self._key = wire, key
        self._inner = httpx2.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        # Nothing the client put there is kept: it adds what it finds in the environment (organisation, project, any
        # header) and what machine it runs on.
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": "voiceprep",
            **({"Authorization": f"Bearer {self._key}"} if self._key else {}),
        }
        extensions = {**request.extensions, "trace": self._trace}
        bare = httpx2.Request(
            request.method, request.url, headers=headers, content=request.read(), extensions=extensions
        )
        response = self._inner.handle_request(bare)
        if response.headers.get("content-encoding", "identity") != "identity":
            response.close()
            raise Silent(f"{self._wire._server.name} sent a packed answer, which isn't unpacked.")
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Counted(response.stream, self._wire)
        return response

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._wire._socket = info["return_value"].get_extra_info("socket")
            self._wire.left_s()

    def close(self) -> None:
        self._inner.close()


class _Counted(httpx2.SyncByteStream):
    """A body that stops at the deadline and at the longest reply."""

    def __init__(self, inner: httpx2.SyncByteStream, wire: Wire) -> None:
        self._inner, self._wire = inner, wire

    def __iter__(self) -> Iterator[bytes]:
        room = self._wire._server.longest_reply
        for piece in self._inner:
            self._wire.left_s()
            room -= len(piece)
            if room < 0:
                kib = self._wire._server.longest_reply // 1024
                raise Silent(f"{self._wire._server.name} sent more than {kib} kB.")
            yield piece

    def close(self) -> None:
        self._inner.close()
