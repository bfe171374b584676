"""The one door that the configured judge and `models fetch` are let out by, and how narrow it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import voiceprep

SCRIPT = """
import socket, sys, threading
from voiceprep import offline
server = socket.create_server(("127.0.0.1", 0)); port = server.getsockname()[1]
other = socket.create_server(("127.0.0.1", 0)); elsewhere = other.getsockname()[1]
offline.enforce()

def reach(host, port):
    try:
        socket.create_connection((host, port), timeout=2).close()
    except offline.NetworkRefused:
        return "refused"
    except OSError:
        return "tried"
    return "reached"

def direct(address):
    s = socket.socket(); s.settimeout(2)
    try:
        s.connect(address)
    except offline.NetworkRefused:
        return "refused"
    except OSError:
        return "tried"
    return "reached"

print("before", reach("127.0.0.1", port))
with offline.allow("127.0.0.1", port):
    print("inside", reach("127.0.0.1", port))
    print("another-port", reach("127.0.0.1", elsewhere), direct(("127.0.0.1", elsewhere)))
    print("another-host", reach("example.invalid", port), direct(("192.0.2.1", port)))
    seen = []
    thread = threading.Thread(target=lambda: seen.append(reach("127.0.0.1", port))); thread.start(); thread.join()
    print("another-thread", *seen)
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))
    except offline.NetworkRefused:
        print("datagram refused")
    with offline.allow("localhost", port):
        print("by-name", reach("localhost", port), reach("127.0.0.1", port), direct(("192.0.2.1", port)))
    print("inside-again", reach("127.0.0.1", port))
try:
    with offline.allow("127.0.0.1", port):
        raise KeyError
except KeyError:
    pass
print("after", reach("127.0.0.1", port))
"""


def test_the_door_is_for_one_host_one_port_one_thread_and_a_while() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "before refused",
        "inside reached",
        "another-port refused refused",
        "another-host refused refused",
        "another-thread refused",
        "datagram refused",
        "by-name reached refused refused",
        "inside-again reached",
        "after refused",
    ]


JUDGE = """
import sys
from tests.judge.answers import ASK, POINTS, SAID, GOOD
from tests.kit.scripted_server import ScriptedServer
from voiceprep import offline
from voiceprep.core.transcript import typed
from voiceprep.judge import SecondOpinion, Server
with ScriptedServer(GOOD) as server:
    offline.enforce()
    found = SecondOpinion(Server(server.url, "tiny")).opinion(ASK, POINTS, typed(SAID))
    print(type(found).__name__, getattr(found, "reason", ""))
    import socket
    try:
        socket.create_connection(("127.0.0.1", server.port))
    except offline.NetworkRefused:
        print("closed again")
"""


def test_the_judge_is_let_out_while_it_asks() -> None:
    done = subprocess.run([sys.executable, "-c", JUDGE], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["Opinion ", "closed again"]


HUB = """
from pathlib import Path
from tempfile import TemporaryDirectory
from tests.kit.loopback_hub import LoopbackHub
from tests.models.conftest import MICRO, WHISPER_FILES
from voiceprep import offline
from voiceprep.speech import fetching
from voiceprep.speech.hub import Hub
with LoopbackHub() as server, TemporaryDirectory() as folder:
    model = server.add("whisper", "micro.en", MICRO, WHISPER_FILES)
    offline.enforce()
    hosts = []
    with Hub(server.url, hosts.append) as hub:
        print(fetching.fetch(model, Path(folder), hub, lambda count: None).name, *hosts)
    import socket
    for host in ("127.0.0.1", "localhost"):
        try:
            socket.create_connection((host, server.port))
        except offline.NetworkRefused:
            print("closed again")
"""


def test_fetching_a_model_is_let_out_to_the_hosts_that_it_names() -> None:
    done = subprocess.run([sys.executable, "-c", HUB], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["micro.en 127.0.0.1 localhost", "closed again", "closed again"]


def test_nobody_else_opens_the_door() -> None:
    package = Path(voiceprep.__file__).parent
    openers = {p.relative_to(package).as_posix() for p in package.rglob("*.py") if "offline.allow(" in p.read_text()}
    assert openers == {"judge/second_opinion.py", "speech/hub.py"}
