"""How soon the screen answers: `python -m tests.bench.screen [--keys N]`.

The real program on a bare pty, with the virtual sound card: seconds from a key's byte going in to the painted text
coming out, at rest, while an answer is spoken and recognised in pieces, and during the second pass over it, when the
recogniser works without a break; then the done and pause keys while the sound card is broken. Goal: a p95 of 50 ms.
Needs pulseaudio and flite. Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from tests.kit import virtual_card
from tests.kit.speech_fixture import samples, spoken
from tests.kit.terminal import Pty, program_env
from tests.kit.virtual_card import VirtualCard
from voiceprep.pcm.wav import RATE, TakeFile

QUESTION = "sql-or-nosql"
HELP, WORDS = b"The interview", b"HEARING YOU"
ANSWER_S = 45
PAUSE_S = 1.2
ECHO = """
import os, sys, tty
tty.setraw(0)
os.write(1, b"ready")
while (key := os.read(0, 1)) != b"q":
    os.write(1, b"<" + key + b">")
"""
ANSWERS = Path(__file__).parents[1] / "answers" / "dev.jsonl"
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def listening(card: VirtualCard) -> Iterator[Pty]:
    """One session, in the candidate's turn."""
    with tempfile.TemporaryDirectory() as name:
        env = program_env(Path(name), TERM="xterm-256color", **card.env)
        with Pty(env, ["practice", "--question", QUESTION]) as program:
            program.wait_for(b"INTERVIEWER SPEAKS", within_s=30)
            time.sleep(0.3)
            program.press_and_wait(b"\r", b"YOUR TURN: SPEAK")
            time.sleep(0.5)
            yield program


def help_key(program: Pty) -> float:
    """Milliseconds until the help is painted; it's closed again."""
    took_s = program.press_and_wait(b"?", HELP)
    time.sleep(0.05)
    program.press(b"?")
    return took_s * 1000


def words_key(program: Pty) -> float:
    """Milliseconds until the rough words are shown again; they are hidden first."""
    program.press(b"w")
    time.sleep(0.15)
    return program.press_and_wait(b"w", WORDS) * 1000


Times = dict[str, list[float]]
KEYS: dict[str, Callable[[Pty], float]] = {"same screen": words_key, "new dialog": help_key}


def presses(program: Pty, keys: Sequence[str], wanted: Callable[[int], bool]) -> Times:
    """Times of keys pressed at odd moments, by kind, as long as `wanted(how many so far)`."""
    odd = random.Random(1)
    found: Times = {key: [] for key in keys}
    while wanted(sum(map(len, found.values()))):
        time.sleep(odd.uniform(0.05, 0.25))
        key = odd.choice(keys)
        found[key].append(KEYS[key](program))
    return found


def recogniser_pid(program: Pty) -> int | None:
    """The recogniser's process, once it's there."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines()[1:]:
        pid, parent, args = line.split(None, 2)
        if int(parent) == program.process.pid and "recogniser_process" in args:
            return int(pid)
    return None


def cpu_s(pid: int | None) -> float:
    """Seconds of processor time a process has used."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Busy:
    """The share of the block's time in which the recogniser worked."""

    def __init__(self, program: Pty) -> None:
        self._program, self.share = program, 0.0

    def __enter__(self) -> Busy:
        self._from_s, self._used_s = time.monotonic(), cpu_s(recogniser_pid(self._program))
        return self

    def __exit__(self, *_: object) -> None:
        used_s = cpu_s(recogniser_pid(self._program)) - self._used_s
        self.share = used_s / max(0.001, time.monotonic() - self._from_s)


Row = dict[str, float | int]


def figures(when: str, found: Times, busy: float) -> dict[str, Row]:
    table: dict[str, Row] = {}
    for key, times_ms in found.items():
        if ordered := sorted(times_ms):
            table[f"{when}, {key}"] = {
                "keys": len(ordered),
                "p50_ms": round(statistics.median(ordered), 1),
                "p95_ms": round(ordered[max(0, -(-len(ordered) * 95 // 100) - 1)], 1),
                "max_ms": round(ordered[-1], 1),
                "recogniser_busy": round(busy, 2),
            }
    return table


def answer_with_pauses(folder: Path) -> Path:
    """About a minute of speech; rough words come with each pause."""
    text = " ".join(r["text"] for r in map(json.loads, ANSWERS.open(encoding="utf-8")) if r["question_id"] == QUESTION)
    parts: list[np.ndarray] = []
    for sentence in text.split(". "):
        if sum(map(len, parts)) > ANSWER_S * RATE:
            break
        parts += [samples(spoken(sentence, folder / "sentence.wav")), np.zeros(int(PAUSE_S * RATE))]
    path = folder / "answer.wav"
    file = TakeFile(path)
    file.append(np.concatenate(parts).astype("<i2").tobytes())
    file.close()
    return path


def echo_alone(keys: int) -> list[float]:
    """Milliseconds until a program that does nothing else gives a key back: what the machine itself takes just now."""
    odd = random.Random(1)
    found = []
    with Pty(dict(os.environ), [], command=[sys.executable, "-c", ECHO]) as program:
        program.wait_for(b"ready")
        for _ in range(keys):
            time.sleep(odd.uniform(0.05, 0.25))
            found.append(program.press_and_wait(b"k", b"<k>") * 1000)
        program.press(b"q")
        program.wait_ended()
    return found


def key_to_paint(card: VirtualCard, folder: Path, keys: int) -> dict[str, Row]:
    answer = answer_with_pauses(folder)
    table = figures("this machine", {"bare echo": echo_alone(keys)}, 0.0)
    with listening(card) as program:
        with Busy(program) as busy:
            found = presses(program, list(KEYS), lambda n: n < keys)
        table |= figures("at rest", found, busy.share)
        saying = card.say(answer, wait=False)
        time.sleep(3)
        with Busy(program) as busy:
            found = presses(program, list(KEYS), lambda n: saying.poll() is None)
        table |= figures("while speaking", found, busy.share)
        time.sleep(0.5)
        begun = len(program.written)
        program.press_and_wait(b"\r", b"CHECKING")
        over = (b"FOLLOW-UP", b"Feedback |", b"SPEAKS")
        with Busy(program) as busy:
            found = presses(program, ["new dialog"], lambda n: not any(o in program.written[begun:] for o in over))
        found["new dialog"] = found["new dialog"][:-1] or found["new dialog"]  # the last may have met the next screen
        table |= figures("second pass", found, busy.share)
    return table


FAULTS: dict[str, tuple[Callable[[VirtualCard], None], Callable[[VirtualCard], None]]] = {
    "server hangs": (VirtualCard.hang, VirtualCard.unhang),
    "unplugged": (VirtualCard.unplug, VirtualCard.plug),
    "server killed": (VirtualCard.kill, VirtualCard.restart),
}


def broken(card: VirtualCard) -> dict[str, dict[str, float]]:
    """Milliseconds of done and pause 0.3 s into each fault; a killed server is noticed by then and has paused already,
    so pausing isn't measured there."""
    table: dict[str, dict[str, float]] = {}
    for fault, (break_it, mend_it) in FAULTS.items():
        table[fault] = {}
        for name, key, shows in (("pause_ms", b" ", (b"PAUSED",)), ("done_ms", b"\r", (b"DONE, SAVED", b"CHECKING"))):
            if name == "pause_ms" and fault == "server killed":
                continue
            with listening(card) as program:
                time.sleep(1)
                break_it(card)
                try:
                    time.sleep(0.3)
                    table[fault][name] = round(program.press_and_wait(key, *shows) * 1000, 1)
                finally:
                    mend_it(card)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=60)
    args = parser.parse_args()
    there, why_not = virtual_card.available()
    if not there or shutil.which("flite") is None:
        print(why_not or "flite is not installed")
        print(json.dumps({}))
        return
    with tempfile.TemporaryDirectory() as name, VirtualCard(Path(name) / "card") as card:
        paint = key_to_paint(card, Path(name), args.keys)
        faults = broken(card)
    print(f"{'key to paint':<28} {'keys':>5} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'recogniser busy':>16}")
    for row, f in paint.items():
        print(
            f"{row:<28} {f['keys']:>5} {f['p50_ms']:>8} {f['p95_ms']:>8} {f['max_ms']:>8} {f['recogniser_busy']:>16.0%}"
        )
    print(f"\n{'sound card broken':<28} {'pause ms':>9} {'done ms':>9}")
    for row, f in faults.items():
        print(f"{row:<28} {f.get('pause_ms', '-'):>9} {f.get('done_ms', '-'):>9}")
    print(json.dumps({"key_to_paint": paint, "faults": faults, "load": round(os.getloadavg()[0], 2)}))


if __name__ == "__main__":
    main()
