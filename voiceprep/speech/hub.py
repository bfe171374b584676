"""One file from a model hub, gone on with where it was cut.

Rules: one revision, one size, one sha256; https only (http on this machine, for mirrors and tests); no proxy, no
token, no cookie; the door of `offline` is opened for each host by name, and that host is announced first.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpx2

from voiceprep import durable, offline
from voiceprep.core.clean import one_line
from voiceprep.errors import UsageError, VoiceprepError
from voiceprep.speech.catalogue import HubFile

HUB = "https://huggingface.co"
HOPS = 6
REDIRECTS = (301, 302, 303, 307, 308)
_KEPT = "What came is kept: the same command goes on from there."


class FetchError(VoiceprepError):
    """A model can't be fetched; what is whole of it so far is kept."""


class _Cut(Exception):
    """The line broke; another try may help."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited, in seconds; `least_bytes_per_s` makes the deadline of a file out of what is left of it."""

    connect_s: float = 15.0
    idle_s: float = 30.0
    least_bytes_per_s: float = 20_000
    spare_s: float = 120.0
    tries: int = 3
    pause_s: float = 2.0


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the hub and its stores said about a file, over all redirects."""

    status: int
    headers: Mapping[str, str]

    def size(self) -> int | None:
        """The whole file's, in bytes."""
        total = self.headers.get("content-range", "").rpartition("/")[2]
        said = self.headers.get("x-linked-size") or total
        if not said and self.status == 200:
            said = self.headers.get("content-length", "")
        return int(said) if said.isdecimal() else None

    def sha256(self) -> str | None:
        """The hub's own, which it has for files that git keeps outside."""
        said = self.headers.get("x-linked-etag", "").strip('"')
        return said if re.fullmatch("[0-9a-f]{64}", said) else None

    def start(self) -> int | None:
        """Which byte of the file comes first; None when none of its bytes come."""
        if self.status == 200:
            return 0
        found = re.match(r"bytes (\d+)-", self.headers.get("content-range", ""))
        return int(found[1]) if found and self.status == 206 else None

    def validator(self) -> str:
        """A strong ETag, or an empty text."""
        etag = self.headers.get("etag", "")
        return etag if etag.startswith('"') else ""


class Hub:
    """`with Hub(url, announce) as hub:`; `announce` is called with each host before it's connected to."""

    def __init__(self, url: str, announce: Callable[[str], None], limits: Limits | None = None) -> None:
        """Raises UsageError for an address that isn't one, or isn't https."""
        self._url = url.rstrip("/")
        self._announce = announce
        self._limits = limits or Limits()
        self._announced: set[str] = set()
        if not _may_be_asked(self._url, local=True):
            raise UsageError("The hub's address isn't an https one.", f"Give VOICEPREP_HUB_URL as {HUB}, or unset it.")
        self.host = urlsplit(self._url).hostname or ""
        self._client = httpx2.Client(
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(self._limits.idle_s, connect=self._limits.connect_s),
        )

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._client.close()

    def fetch(self, repository: str, revision: str, file: HubFile, part: Path, arrived: Callable[[int], None]) -> str:
        """Makes `part` the whole file and returns its sha256; `arrived` gets the bytes as they come, negative ones
        when some are thrown away. Raises FetchError, and StorageError; `part` stays for the next time unless its
        bytes are wrong."""
        url = f"{self._url}/{repository}/resolve/{revision}/{file.path}"
        for left in reversed(range(self._limits.tries)):
            try:
                return self._try(url, revision, file, part, arrived)
            except _Cut as cut:
                if not left:
                    raise FetchError(f"{file.name} wasn't fetched: {cut}.", _KEPT) from None
                time.sleep(self._limits.pause_s)
        raise AssertionError("at least one try")

    def _try(self, url: str, revision: str, file: HubFile, part: Path, arrived: Callable[[int], None]) -> str:
        mark = _mark(part)
        etag = mark.read_text() if mark.is_file() else ""
        have = part.stat().st_size if part.is_file() else 0
        if have > file.size or (have and not etag and file.sha256 is None):
            _forget(part)  # too much, or nothing says that what follows belongs to it
            arrived(-have)
            have = 0
        expected = file.sha256
        if have < file.size:
            with self._asked(url, _range(have, etag), revision, file) as (response, facts):
                expected = expected or facts.sha256()
                start = facts.start()
                if start != have:  # a server that knows no ranges, or has another file now, sends all again
                    _forget(part)
                    arrived(-have)
                    have = 0
                if start != have:
                    raise _Cut("the server sent another part of it")
                self._pour(response, facts, file, part, have, arrived)
        with part.open("rb") as whole:
            found = hashlib.file_digest(whole, "sha256").hexdigest()
        if expected and found != expected:
            _forget(part)
            arrived(-file.size)
            raise FetchError(
                f"{file.name} isn't what was published: its sha256 differs.",
                "It was thrown away; try again, and from another network if it stays so.",
            )
        mark.unlink(missing_ok=True)
        return found

    def _pour(
        self,
        response: httpx2.Response,
        facts: _Facts,
        file: HubFile,
        part: Path,
        have: int,
        arrived: Callable[[int], None],
    ) -> None:
        ends_s = time.monotonic() + self._limits.spare_s + (file.size - have) / self._limits.least_bytes_per_s
        durable.write_atomic(_mark(part), facts.validator().encode())
        fd = durable.open_append(part)
        try:
            for block in self._blocks(response):
                have += len(block)
                if have > file.size:
                    _forget(part)
                    raise FetchError(f"{file.name} is larger than what was published.", "Nothing of it is used.")
                durable.write_all(fd, block, part)
                arrived(len(block))
                if time.monotonic() > ends_s:
                    raise FetchError(f"{file.name} comes too slowly.", _KEPT)
            durable.sync(fd)
        finally:
            os.close(fd)
        if have < file.size:
            raise _Cut("the server stopped early")

    def _blocks(self, response: httpx2.Response) -> Iterator[bytes]:
        try:
            yield from response.iter_raw()
        except httpx2.TimeoutException:
            raise _Cut(f"nothing came for {self._limits.idle_s:g} s") from None
        except httpx2.TransportError:
            raise _Cut("the connection broke") from None

    @contextlib.contextmanager
    def _asked(
        self, url: str, headers: Mapping[str, str], revision: str, file: HubFile
    ) -> Iterator[tuple[httpx2.Response, _Facts]]:
        """The answer of whoever has the file in the end, and what it and the hub itself said of it."""
        told: dict[str, str] = {}
        local = _is_local(url)
        for _ in range(HOPS):
            if not _may_be_asked(url, local=local):
                raise FetchError(
                    f"{self.host} points to {one_line(url, 80)}, which isn't followed.", "Nothing came from there."
                )
            response = self._send(url, headers)
            try:
                said = {k.lower(): v for k, v in response.headers.items()}
                if response.status_code not in REDIRECTS:
                    facts = _Facts(response.status_code, {**said, **told})
                    _check(facts, revision, file)
                    yield response, facts
                    return
                told.update({k: v for k, v in said.items() if k.startswith("x-")})
                _check_published(_Facts(response.status_code, told), revision, file)
                url = urljoin(url, said.get("location", ""))
            finally:
                response.close()
        raise FetchError(f"{self.host} points on and on.", "Try again later.")

    def _send(self, url: str, headers: Mapping[str, str]) -> httpx2.Response:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if host not in self._announced:
            self._announced.add(host)
            self._announce(host)
        fixed = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "voiceprep", **headers}
        self._client.cookies.clear()
        try:
            with offline.allow(host, port):
                return self._client.send(self._client.build_request("GET", url, headers=fixed), stream=True)
        except httpx2.TimeoutException:
            raise _Cut(f"{one_line(host)} didn't answer") from None
        except httpx2.TransportError:
            raise _Cut(f"{one_line(host)} can't be reached") from None


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _may_be_asked(url: str, *, local: bool) -> bool:
    """Https, or http on this machine where the hub itself is there (`local`)."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None or not url.isascii():
        return False
    return parts.scheme == "https" or (local and parts.scheme == "http" and _is_local(url))


def _check(facts: _Facts, revision: str, file: HubFile) -> None:
    """Raises FetchError when this isn't the file that was asked for, _Cut when it may be later."""
    if facts.status in (408, 429) or facts.status >= 500:
        raise _Cut(f"the hub answers with error {facts.status}")
    if facts.status not in (200, 206, 416):
        raise FetchError(
            f"The hub doesn't have {file.name} (error {facts.status}).", "It may have moved: a newer voiceprep knows."
        )
    if facts.headers.get("content-encoding", "identity") != "identity":
        raise FetchError(f"{file.name} came packed, which isn't unpacked.", "Unset VOICEPREP_HUB_URL, or try again.")
    _check_published(facts, revision, file)


def _check_published(facts: _Facts, revision: str, file: HubFile) -> None:
    """Raises FetchError when the hub offers another file than the one that was published."""
    commit = facts.headers.get("x-repo-commit", revision)
    if commit != revision:
        raise FetchError(
            f"The hub offers another revision of {file.name} ({one_line(commit, 12)}).", "Nothing of it was used."
        )
    size, sha256 = facts.size(), facts.sha256()
    if (size is not None and size != file.size) or (sha256 and file.sha256 and sha256 != file.sha256):
        raise FetchError(
            f"The hub's {file.name} isn't the one that was published: its size or its sha256 differs.",
            "Nothing of it was used; a newer voiceprep may know the new one.",
        )


def _range(have: int, etag: str) -> dict[str, str]:
    if not have:
        return {}
    return {"Range": f"bytes={have}-", **({"If-Range": etag} if etag else {})}


def _mark(part: Path) -> Path:
    """Beside a half file, the ETag that it began with: what follows must be of the same."""
    return part.with_name(f"{part.name}.etag")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _mark(part).unlink(missing_ok=True)
