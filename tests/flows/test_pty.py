"""What gets out of the program byte by byte, on a bare pty: nothing that a bank, a candidate or a path brought with it
may act on the terminal, whatever the terminal is there must be something usable, and it's left as it was found."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.kit.terminal import Pty, program_env

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no ptys here")

CLIPBOARD = "\x1b]52;c;aGFja2Vk\x07"
TITLE = "\x1b]0;CANARY\x1b\\"
C1 = "\x9b7;13;77m\x9d52;c;aGFja2Vk\x9c"
CSI = "\x1b[7;13;77m"
HOSTILE = f"{CLIPBOARD}{TITLE}{CSI}{C1}\x08\x08\u202eevil\u2066\u200b\ufeff"
PAYLOAD = tuple(
    p.encode()
    for p in (
        "\x1b]52",
        "\x1b]0;CANARY",
        "\x9b",
        "\x9c",
        "\x9d",
        "\x1b[7;13;77m",
        "\u202e",
        "\u2066",
        "\u200b",
    )
)
OWN = re.compile(rb"\x1b\[[0-9;?<>=:]*[ -/]*[@-~]|\x1b[78=>]|\x1b[()][A-Z0-9]|\x1b\]22;[a-z-]*\x07")
"""Sequences as Textual writes them (OSC 22 is the mouse pointer's shape); what is left over must be text."""
QUIET = ("practice", "--question", "why-cache", "--quiet")
ANSWER = "Reads come back much faster because they are answered from memory, and it takes load off the database."


def stray(written: bytes) -> set[bytes]:
    """Control bytes that are part of no sequence of Textual's own, C1 and direction marks among them."""
    text = OWN.sub(b"", written).decode("utf-8", "replace")
    return {
        c.encode()
        for c in re.findall("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    }


def clean_of(written: bytes) -> None:
    assert not [p for p in PAYLOAD if p in written]
    assert not stray(written)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Pty]]:
    """Starts the program in a home of its own, on the small bank."""
    made: list[Pty] = []
    bank = small_bank.write(tmp_path / "bank")

    def start(*words: str, bank: Path = bank, without: tuple[str, ...] = (), **env: str) -> Pty:
        given = {**program_env(tmp_path, TERM="xterm-256color"), **env}
        given = {name: value for name, value in given.items() if name not in without}
        made.append(Pty(given, [*words, "--bank", str(bank)]))
        return made[-1]

    yield start
    for one in made:
        one.close()


def leave(program: Pty) -> int:
    """Out by ctrl+c, which works everywhere."""
    program.press(b"\x03")
    return program.wait_ended()


# Hostile text ---------------------------------------------------------------------------------------------------------


def test_nothing_of_a_hostile_answer_acts_on_the_terminal(run: Callable[..., Pty]) -> None:
    program = run(*QUIET)
    program.wait_for(b"YOUR TURN: TYPE")
    time.sleep(0.3)
    first, second = small_bank.GOOD.split(". ")
    at = first.index(" faster")
    hostile = f"{first[:at]}{CSI}{C1}{first[at:]}. {HOSTILE}\r\n{second}"
    program.press(b"\x1b[200~" + hostile.encode() + b"\x1b[201~")
    program.wait_for(b"\xef\xbf\xbd")  # what is unwanted is shown as such, and doesn't vanish
    program.press("\x9b31m".encode())
    time.sleep(0.3)
    program.press_and_wait(b"\r", b"FOLLOW-UP", b"Feedback |")
    time.sleep(0.5)
    if b"Feedback |" not in program.written:
        program.press(b"\x1b[200~" + f"{HOSTILE} {small_bank.INVALIDATE}".encode() + b"\x1b[201~")
        time.sleep(0.3)
        program.press_and_wait(b"\r", b"Feedback |")
    program.wait_for(b"HEARD")
    for key, seen in ((b"w", b"Your words"), (b"\x1b", b"NEXT"), (b"f", b"You said"), (b"\x1b", b"NEXT")):
        program.press_and_wait(key, seen)
        time.sleep(0.2)
    program.press_and_wait(b"\x1b", b"WHAT WAS HEARD")
    program.press(b"q")
    assert program.wait_ended() == 0
    clean_of(program.written)
    assert b"aGFja2Vk" in program.written, "the harmless letters of it should have been shown"


def test_a_bank_with_control_characters_is_refused_without_writing_them(
    run: Callable[..., Pty], tmp_path: Path
) -> None:
    escaped = HOSTILE.encode("unicode_escape").decode()
    text = small_bank.edited("ask: Why would you put a cache", f'ask: "Why {escaped} would you put a cache')
    text = small_bank.edited("what does it cost you?\n", 'what does it cost you?"\n', text)
    program = run(*QUIET, bank=small_bank.write(tmp_path / "hostile", caches=text))
    assert program.wait_ended() not in (0, None)
    clean_of(program.written)
    assert b"caches.yaml" in program.written


def test_markup_of_a_bank_is_shown_as_it_stands_and_direction_marks_are_refused(
    run: Callable[..., Pty], tmp_path: Path
) -> None:
    nasty = "[@click=app.quit]x[/] [link=file:///etc]y[/link] [/no [bold]"
    text = small_bank.edited("ask: Why would you put a cache", f"ask: 'Why {nasty} would you put a cache")
    text = small_bank.edited("what does it cost you?\n", "what does it cost you?'\n", text)
    program = run(*QUIET, bank=small_bank.write(tmp_path / "markup", caches=text))
    program.wait_for(b"YOUR TURN: TYPE")
    program.wait_for(b"[@click=app.quit]x[/]")
    leave(program)
    clean_of(program.written)
    turned = small_bank.edited("short: Why a cache", "short: 'Why \u202ea\u200b cache'")
    program = run(*QUIET, bank=small_bank.write(tmp_path / "turned", caches=turned))
    assert program.wait_ended() not in (0, None), "the loader refuses direction marks"
    clean_of(program.written)


def test_a_hostile_folder_name_acts_on_nothing(run: Callable[..., Pty], tmp_path: Path) -> None:
    folder = tmp_path / ("data" + CLIPBOARD + CSI + "\x9b\u202e")
    program = run(*QUIET, "--data-dir", str(folder))
    program.wait_for(b"YOUR TURN: TYPE")
    time.sleep(0.3)
    leave(program)
    assert b"Session:" in program.written
    clean_of(program.written)


def test_hostile_text_in_a_stored_session_acts_on_nothing_at_home(run: Callable[..., Pty], tmp_path: Path) -> None:
    """A session that somebody sent may hold anything that JSON can."""
    program = run(*QUIET)
    program.wait_for(b"YOUR TURN: TYPE")
    time.sleep(0.3)
    leave(program)
    meta = next((tmp_path / "data" / "sessions").glob("*/session.json"))
    was = meta.read_text(encoding="utf-8")
    escaped = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in HOSTILE)
    now = re.sub(r'("title": *")', lambda m: m[1] + escaped, was)
    assert now != was
    meta.write_text(now, encoding="utf-8")
    program = run("home")
    program.wait_for(b"ROUNDS")
    program.wait_for(b"evil")  # the title is on the screen, what is harmless of it
    leave(program)
    clean_of(program.written)


# Every kind of terminal -------------------------------------------------------------------------------------------


def test_a_dumb_terminal_gets_one_plain_line_and_what_works_instead(run: Callable[..., Pty]) -> None:
    program = run(*QUIET, TERM="dumb")
    assert program.wait_ended() == 2
    assert b"\x1b" not in program.written
    assert b"needs a terminal" in program.written
    assert b"--plain" in program.written
    assert len(program.written.splitlines()) <= 2


@pytest.mark.parametrize("words", [(), QUIET])
def test_without_a_terminal_there_is_one_plain_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voiceprep", *words, "--bank", str(small_bank.write(tmp_path / "bank"))],
        env=program_env(tmp_path), stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"\x1b" not in done.stderr
    assert 1 <= len(done.stderr.splitlines()) <= 2


def test_no_color_means_no_colour_at_all(run: Callable[..., Pty]) -> None:
    program = run(*QUIET, NO_COLOR="1")
    program.wait_for(b"YOUR TURN: TYPE")
    time.sleep(0.3)
    leave(program)
    for sequence in re.findall(rb"\x1b\[([0-9;]*)m", program.written):
        codes = sequence.split(b";")
        if codes[:2] in ([b"38", b"2"], [b"48", b"2"]):
            red, green, blue = codes[2:5]
            assert red == green == blue, f"a colour: {sequence!r}"
        else:
            assert not {*codes} & {*(b"%d" % n for n in (*range(31, 37), *range(41, 47), *range(91, 97)))}, sequence


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "en_US.ISO-8859-1", "PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C", "ascii", "latin-1"],
)
def test_a_locale_without_utf_8_gives_a_usable_screen(
    run: Callable[..., Pty], tmp_path: Path, locale: dict[str, str]
) -> None:
    text = small_bank.edited("short: Why a cache", "short: Wärum “a” cache 日本")
    bank = small_bank.write(tmp_path / "wide", caches=text)
    program = run(*QUIET, "--data-dir", str(tmp_path / "dätä"), bank=bank, **locale)
    program.wait_for(b"YOUR TURN: TYPE")
    time.sleep(0.3)
    program.press(ANSWER.encode())
    program.press_and_wait(b"\r", b"FOLLOW-UP", b"Feedback |")
    assert leave(program) in (0, 130)
    assert b"Traceback" not in program.written
    assert b"Session:" in program.written
    clean_of(program.written)


# The terminal afterwards ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["quit", "ctrl+c in a session", "SIGTERM in a session", "refused"])
def test_the_terminal_is_left_as_it_was_found(run: Callable[..., Pty], way: str) -> None:
    if way == "refused":
        program = run("practice", "--question", "nonsense", "--quiet")
        assert program.wait_ended() == 2
        assert b"\x1b" not in program.written
    elif way == "quit":
        program = run("home")
        program.wait_for(b"Three ways")
        time.sleep(0.3)
        program.press(b"q")
        assert program.wait_ended() == 0
    else:
        program = run(*QUIET)
        program.wait_for(b"YOUR TURN: TYPE")
        time.sleep(0.3)
        if way == "ctrl+c in a session":
            program.press(b"\x03")
        else:
            program.process.send_signal(signal.SIGTERM)
        assert program.wait_ended() in (0, 130, 143)
        assert b"Session:" in program.written, "it doesn't say where the session lies"
    written = program.written
    after = termios.tcgetattr(program.slave)
    assert after[3] & termios.ECHO
    assert after[3] & termios.ICANON
    assert after[:4] == program.before[:4]
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?2004h", b"\x1b[?2004l"),
                    (b"\x1b[?1000h", b"\x1b[?1000l"), (b"\x1b[?1003h", b"\x1b[?1003l")):  # fmt: skip
        assert written.rfind(off) >= written.rfind(on), f"{on!r} was not taken back"
