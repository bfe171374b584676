"""How soon the cut-off sounds: `python -m tests.bench.cut_off [--times N]`.

Real sessions on the virtual sound card, with the real voice: milliseconds from the moment an answer's time is up to the
first audible sample of "I'll stop you there", as another program hears it at the speaker; so what the sound server and
that program take is in it. Goal: 150. Needs pulseaudio and flite. Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from tests.kit import virtual_card
from tests.kit.virtual_card import VirtualCard
from voiceprep.core.pressure import Pressure

GOAL_MS = 150
LIMIT_S = 5.0
QUESTION = "cdn"
LOUD = 0.01
RATE = 48_000
WITHIN_S = 1.5


class Ears:
    """What sounds at the speaker: for each chunk its last moment (monotonic) and its samples."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["parec", "--device=speaker.monitor", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1",
             "--latency-msec=5"],
            env={**os.environ, **env}, stdout=subprocess.PIPE, bufsize=0,
        )  # fmt: skip
        self.heard: list[tuple[float, np.ndarray]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read(960):
            samples = np.frombuffer(data[: len(data) // 2 * 2], np.int16) / 32768
            self.heard.append((time.monotonic(), samples))

    def onset_s(self, after_s: float) -> float | None:
        """When the first loud sample came in, from `after_s` on."""
        for came_s, samples in list(self.heard):
            loud = np.flatnonzero(np.abs(samples) > LOUD)
            if came_s > after_s and len(loud):
                return came_s - (len(samples) - int(loud[0])) / RATE
        return None

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def hold(times: int) -> None:
    """In a process of its own, with the virtual card: prints when each answer's time was up (monotonic)."""
    from voiceprep import wiring
    from voiceprep.config import Settings, places
    from voiceprep.core import events as e
    from voiceprep.core.plan import plan_questions
    from voiceprep.core.state import State
    from voiceprep.wiring.plans import under_pressure
    from voiceprep.wiring.room import Room, RoomAnswers

    where, bank = places(), wiring.load_bank(None)
    rules = Pressure(LIMIT_S, LIMIT_S)
    plan = under_pressure(plan_questions([QUESTION], bank.questions), rules)
    for _ in range(times):
        due: list[float] = []

        def watch(event: e.Event, state: State, due: list[float] = due) -> None:
            if isinstance(event, e.QuestionSpoken) and state.phase == "listening":
                due.append(time.monotonic() + LIMIT_S)
            if isinstance(event, e.CutOff):
                sys.stdout.write(f"{due[-1]} {time.monotonic()}\n")
                sys.stdout.flush()

        room = Room(Settings(), where.cache / "log", lambda news: None, quiet="")
        try:
            manner = wiring.Manner(paced=True, speaker=room.speaker)
            choice = wiring.Choice("auto", None, "auto", None)
            wiring.hold(plan, bank, RoomAnswers(room.microphone), where, choice, watch, manner)
        finally:
            room.close()


def measure(times: int) -> list[tuple[float, float]]:
    """(ms to the event, ms to the sound) of each cut-off."""
    found = []
    with tempfile.TemporaryDirectory() as name, VirtualCard(Path(name) / "card") as card:
        card.noise(True)
        ears = Ears(card.env)
        env = {
            **os.environ, **card.env, "VOICEPREP_DATA_DIR": f"{name}/data", "VOICEPREP_CACHE_DIR": f"{name}/cache",
        }  # fmt: skip
        Path(f"{name}/cache").mkdir()
        command = [sys.executable, "-m", "tests.bench.cut_off", "--hold", "--times", str(times)]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as held:
            assert held.stdout is not None
            for line in held.stdout:
                due_s, told_s = map(float, line.split())
                time.sleep(WITHIN_S)
                onset_s = ears.onset_s(due_s - 0.02)
                found.append((1000 * (told_s - due_s), 1000 * ((onset_s or float("inf")) - due_s)))
        ears.close()
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=6)
    arguments.add_argument("--hold", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.hold:
        hold(given.times)
        return
    able, why = virtual_card.available()
    if not able or shutil.which("flite") is None:
        print(f"cut-off: not measured ({why or 'flite is not installed'})")
        return
    found = measure(given.times)
    told, sounded = ([pair[n] for pair in found] for n in (0, 1))
    print(f"{'ms after the time is up':<34}{'p50':>8}{'worst':>8}")
    print(f"{'the interview knows':<34}{statistics.median(told):>8.0f}{max(told):>8.0f}")
    print(f"{'the cut-off sounds':<34}{statistics.median(sounded):>8.0f}{max(sounded):>8.0f}   goal {GOAL_MS}")
    print(json.dumps({"cut_off_ms": [round(ms, 1) for ms in sounded], "goal_ms": GOAL_MS}))


if __name__ == "__main__":
    main()
