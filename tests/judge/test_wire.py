"""Real HTTP against a server that misbehaves: each case ends within its deadline, with one sentence."""

from __future__ import annotations

import gzip
import itertools
import json
import logging
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.judge.answers import ASK, FOUND, GOOD, POINTS, SAID, SLACK_S, asked, none, views
from tests.kit.scripted_server import (
    Request,
    ScriptedServer,
    Send,
    after,
    completion,
    endless,
    hang_up,
    http,
    in_turn,
    say,
)
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.transcript import typed
from voiceprep.errors import UsageError
from voiceprep.judge import SecondOpinion, Server

KEY = "canary-" + "7f3c" * 8


def test_a_good_server_gives_an_opinion() -> None:
    found, server = asked(GOOD)
    assert views(found) == FOUND
    assert isinstance(found, Opinion)
    assert found.model == f"tiny at 127.0.0.1:{server.port}" and found.votes == 1
    assert found.dropped == () and found.claims == 2 and not found.addressed
    assert found.prompt_version.startswith("second-opinion 1 (") and 0 < found.took_s < 5
    vote, alone = server.requests
    assert vote.path == "/v1/chat/completions" and not vote.asks_alone and alone.asks_alone
    assert vote.body["response_format"]["json_schema"]["strict"] is True
    assert set(vote.body) == {"model", "messages", "temperature", "response_format"}


def test_headers_say_no_more_than_they_must(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", KEY)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Secret: {KEY}\nAuthorization: Bearer {KEY}\nHost: {KEY}.invalid")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    _, server = asked(GOOD)
    for request in server.requests:
        assert KEY not in str(request.headers) and KEY.encode() not in request.raw
        assert "authorization" not in request.headers and request.headers["user-agent"] == "voiceprep"
        assert not [h for h in request.headers if h.startswith(("x-", "openai"))]


# Time and length ----------------------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "send",
    [
        after(30, completion("{}")),
        endless(itertools.repeat(b" "), 0.1),
        endless((bytes([b]) for b in itertools.chain(b"X-Slow: ", itertools.repeat(97))), 0.1, HEAD),
        endless((b"X-%d: a\r\n" % n for n in itertools.count()), 0.1, HEAD),
        endless(itertools.repeat(b"HTTP/1.1 102 Processing\r\n\r\n"), 0.1, b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "drip", "header-drip", "headers-without-end", "interim-without-end"],
)
def test_a_slow_server_is_left_at_the_deadline(send: Send) -> None:
    before = threading.active_count()
    found, server = asked(say(send), deadline_s=0.7)
    assert none(found) == f"tiny at 127.0.0.1:{server.port} gave no whole answer within 0.7 s."
    until = time.monotonic() + SLACK_S
    while threading.active_count() > before + 1 and time.monotonic() < until:
        time.sleep(0.02)
    assert threading.active_count() <= before + 1  # the server's own handler may still sleep


@pytest.mark.parametrize(
    "send",
    [
        endless(itertools.repeat(b"x" * 9000), 0.0),
        endless(itertools.repeat(b"x" * 9000), 0.0, HEAD + b"Content-Type: application/json\r\n\r\n"),
        http(500, b"x" * 100_000_000),
        http(200, b"x" * 100_000_000),
    ],
    ids=["chunks", "no-length", "error-page", "100-MB"],
)
def test_an_endless_reply_is_cut(send: Send) -> None:
    found, server = asked(say(send))
    assert none(found) == f"tiny at 127.0.0.1:{server.port} sent more than 64 kB."


@pytest.mark.parametrize("stage", ["look-up", "handshake"])
def test_the_deadline_holds_before_a_word_is_sent(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://localhost:{mute.getsockname()[1]}/v1"
        if stage == "look-up":
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_: time.sleep(3))
        began = time.monotonic()
        found = SecondOpinion(Server(url, "tiny", deadline_s=0.5)).opinion(ASK, POINTS, typed(SAID))
        assert "no whole answer within 0.5 s" in none(found) and time.monotonic() - began < 0.5 + SLACK_S


def test_a_packed_reply_is_not_unpacked() -> None:
    bomb = http(200, gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"})
    assert "packed" in none(asked(say(bomb))[0])


@pytest.mark.parametrize("at_s", [0.0, 0.3])
def test_stop_ends_it_at_once(at_s: float) -> None:
    with ScriptedServer(say(after(30, completion("{}")))) as server:
        judge = SecondOpinion(Server(server.url, "tiny"))
        found: list[Opinion | NoOpinion] = []
        asking = threading.Thread(target=lambda: found.append(judge.opinion(ASK, POINTS, typed(SAID))))
        asking.start()
        while not judge._run.wire:
            time.sleep(0.001)
        time.sleep(at_s)
        began = time.monotonic()
        judge.stop()
        asking.join(5)
        assert time.monotonic() - began < 0.5
        assert found == [NoOpinion("It was skipped.")]


# Refusals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("send", "sentence", "requests"),
    [
        (http(401, f'{{"error": "bad key {KEY}"}}'), "wants a key", 1),
        (http(403, ""), "wants a key", 1),
        (http(404, "<html>nothing</html>"), "no such model or address", 1),
        (http(429, "{}", {"Retry-After": "30"}), "busy for longer than the deadline allows", 1),
        (http(429, "{}", {"Retry-After": "9999999999999"}), "busy for longer", 1),
        (http(429, "{}", {"Retry-After": "0.1"}), "error 429", 2),
        (http(429, "{}", {"Retry-After": "nan"}), "error 429", 2),
        (http(429, "{}", {"Retry-After": "-5"}), "error 429", 2),
        (http(500, "{}", {"Retry-After": "0"}), "error 500", 2),
        (http(502, "<html>", {"Retry-After": "0"}), "error 502", 2),
        (http(418, "{}"), "error 418", 1),
        (http(400, "{}"), "error 400", 2),
        (hang_up, "can't be reached", 1),
        (lambda sock: sock.sendall(b"\x00\xff not http\r\n\r\n"), "can't be reached", 1),
    ],
)  # fmt: skip
def test_a_refusal_is_one_sentence(send: Send, sentence: str, requests: int) -> None:
    found, server = asked(say(send))
    assert sentence in none(found)
    assert KEY not in none(found)
    assert len(server.requests) == requests


def test_an_error_may_pass() -> None:
    found, server = asked(in_turn(say(http(500, "{}", {"Retry-After": "0"})), GOOD))
    assert views(found) == FOUND and len(server.requests) == 3


def test_a_server_that_knows_no_schema_is_asked_plainly() -> None:
    def old(request: Request) -> str | Send:
        return http(400, "{}") if "response_format" in request.body else GOOD(request)

    found, server = asked(old)
    assert views(found) == FOUND
    assert [sorted(r.body) for r in server.requests[1:]] == [["messages", "model"]] * 2


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    found = SecondOpinion(Server(url, "tiny", deadline_s=5)).opinion(ASK, POINTS, typed(SAID))
    assert "can't be reached" in none(found)


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, so there is no certificate to refuse")
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    files = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    subprocess.run([*made.split(), *files], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with ScriptedServer(GOOD, tls) as server:
        url = f"https://localhost:{server.port}/v1"
        found = SecondOpinion(Server(url, "tiny", deadline_s=5)).opinion(ASK, POINTS, typed(SAID))
        assert "can't be reached" in none(found) and server.requests == []


def test_no_such_name_and_no_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(GOOD) as server:
        url = server.url.replace("http:", "https:")
        found = SecondOpinion(Server(url, "tiny", deadline_s=5)).opinion(ASK, POINTS, typed(SAID))
        assert "can't be reached" in none(found) and server.requests == []

    def unknown(*_: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = SecondOpinion(Server("https://nowhere.invalid/v1", "tiny", deadline_s=5)).opinion(ASK, POINTS, typed(SAID))
    assert none(found) == "tiny at nowhere.invalid:443 can't be reached."


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with ScriptedServer(GOOD) as other:
        there = http(status, "", {"Location": f"{other.url}/chat/completions"})
        found, _ = asked(say(there))
        assert "points elsewhere" in none(found)
        assert other.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_proxy_of_the_environment_is_used(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(GOOD) as proxy, ScriptedServer(GOOD) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "")
        url = f"http://{host}:{server.port}/v1"
        found = SecondOpinion(Server(url, "tiny", deadline_s=5)).opinion(ASK, POINTS, typed(SAID))
        assert views(found) == FOUND
        assert proxy.requests == []


def test_nothing_said_asks_nobody() -> None:
    found, server = asked(GOOD, "  \n ")
    assert none(found) == "There is nothing to judge." and server.requests == []


# Replies that aren't one --------------------------------------------------------------------------------------------

WHOLE = "sent something that isn't a model's reply"
TEXT = "gave no readable reply, twice"


@pytest.mark.parametrize(
    ("send", "sentence"),
    [
        (http(200, "<html>Log in</html>", {"Content-Type": "text/html"}), WHOLE),
        (http(200, ""), WHOLE),
        (http(200, "{"), WHOLE),
        (http(200, '{"choices": []}'), WHOLE),
        (http(200, '{"choices": "none"}'), WHOLE),
        (http(200, '{"choices": [{"message": 7}]}'), WHOLE),
        (http(200, "[" * 60_000), WHOLE),
        (http(200, '{"a":' * 9_000), WHOLE),
        (http(200, b"\xff\xfe\x00"), WHOLE),
        (completion(None), TEXT),
        (completion(""), TEXT),
        (completion("I can't help with that."), TEXT),
        (completion('{"claims": [{"point_id": "p1", "relation": "supports"', finish="length"), TEXT),
        (completion('{"claims": [{"point_id": "p1", "relation": "great"}]}'), TEXT),
        (completion('{"score": 10}'), TEXT),
        (completion("{" * 20_000 + "}"), TEXT),
        (completion('{"claims":' * 5_000 + "}"), TEXT),
        (completion("<think>" * 5_000), TEXT),
        (completion('{"claims": [{"point_id": "\ud800"}]}'), WHOLE),
        (completion('{"claims": [{"point_id": "\\ud800"}]}'), TEXT),
    ],
)
def test_what_is_no_reply_is_one_sentence(send: Send, sentence: str) -> None:
    found, server = asked(say(send))
    assert sentence in none(found)
    assert len(server.requests) == (1 if sentence == WHOLE else 2)


def test_an_empty_list_proves_nothing() -> None:
    assert none(asked(say('{"claims": []}'))[0]).endswith("proved none of its 0 claims.")


@pytest.mark.parametrize(
    "dressed",
    [
        "```json\n{}\n```",
        "<think>Hmm, { maybe } not.</think>\n{}",
        "reasoning without a start {{ </think>{}",
        "Here you are:\n{}\nAnything else?",
        "\ufeff  {}",
    ],
)
def test_json_is_found_in_what_stands_around_it(dressed: str) -> None:
    def script(request: Request) -> str:
        plain = GOOD(request)
        assert isinstance(plain, str)
        return plain.join(dressed.rsplit("{}", 1))

    found, server = asked(script)
    assert views(found) == FOUND and len(server.requests) == 2


def test_one_repair_is_enough_or_it_is_given_up() -> None:
    found, server = asked(in_turn(say("Sure! {'claims': []"), GOOD))
    assert views(found) == FOUND
    first, second = (r.body["messages"] for r in server.requests[:2])
    assert second[:2] == first and second[2]["role"] == "assistant" and "can't be read" in second[3]["content"]


# The key ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        for name in ("openai", "httpx2", "httpcore2"):
            caplog.set_level(logging.DEBUG, name)
        yield caplog


@pytest.mark.parametrize("script", [GOOD, say(http(401, KEY)), say(hang_up), say("no JSON"), say(http(302, ""))])
def test_the_key_goes_to_the_server_and_nowhere_else(
    script: object,
    monkeypatch: pytest.MonkeyPatch,
    logged: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    found, server = asked(script, key_name="JUDGE_KEY")
    assert all(r.headers["authorization"] == f"Bearer {KEY}" for r in server.requests)
    assert server.requests
    seen = logged.text + "".join(capfd.readouterr()) + repr(found)
    seen += repr(Server(server.url, "tiny", key_name="JUDGE_KEY"))
    assert KEY not in seen and "exactly the fields" not in logged.text


def test_a_key_that_is_missing_or_none_is_said_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    found, server = asked(GOOD, key_name="JUDGE_KEY")
    assert none(found) == "There is no key: JUDGE_KEY isn't set." and server.requests == []
    for value in (f"{KEY}\r\nX: y", f" {KEY}", f"{KEY}ü"):
        monkeypatch.setenv("JUDGE_KEY", value)
        found, server = asked(GOOD, key_name="JUDGE_KEY")
        assert none(found) == "What JUDGE_KEY holds can't be a key." and server.requests == []


def test_a_key_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {("voiceprep", "JUDGE_KEY"): KEY}
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=lambda s, n: keys.get((s, n))))
    _, server = asked(GOOD, key_name="JUDGE_KEY")
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "OTHER isn't set" in none(asked(GOOD, key_name="OTHER")[0])

    def locked(service: str, name: str) -> str:
        raise RuntimeError(KEY)

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=locked))
    assert none(asked(GOOD, key_name="JUDGE_KEY")[0]) == "The keyring failed (RuntimeError)."


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("http://127.0.0.1:1/v1", {"key_name": "OPENAI_API_KEY"}),
        ("https://api.openai.com.example.org/v1", {"key_name": "OPENAI_API_KEY"}),
        ("http://192.168.1.5:11434/v1", {"key_name": "JUDGE_KEY"}),
        (f"http://user:{KEY}@127.0.0.1/v1", {}),
        (f"https://example.org/v1?key={KEY}", {}),
        ("127.0.0.1:8080", {}),
        ("file:///etc/passwd", {}),
        ("http://127.0.0.1:99999/v1", {}),
        ("http://exämple.org/v1", {}),
        ("http://127.0.0.1/v1", {"votes": 2}),
        ("http://127.0.0.1/v1", {"deadline_s": 0}),
    ],
)
def test_a_server_that_must_not_be_asked_is_refused_when_it_is_named(url: str, settings: dict[str, object]) -> None:
    with pytest.raises(UsageError) as refused:
        Server(url, "tiny", **settings)
    assert KEY not in str(refused.value)


def test_nothing_heavy_is_imported_before_it_is_asked() -> None:
    script = (
        "import sys, voiceprep.judge as j; j.SecondOpinion(j.Server('http://127.0.0.1:1', 'm')); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"openai", "httpx2", "numpy"} & set(done.stdout.split())


def test_without_the_package_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "voiceprep.judge.wire", None)
    assert none(asked(GOOD)[0]) == "The package openai isn't installed."


def test_bodies_are_the_same_but_for_the_boundary() -> None:
    """The same answer is asked for in the same order: a second opinion can be repeated."""
    bodies = []
    for _ in range(2):
        _, server = asked(GOOD)
        bodies.append([json.dumps([r.data, list(r.points.values())]) for r in server.requests if not r.asks_alone])
    assert bodies[0] == bodies[1]
