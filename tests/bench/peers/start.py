"""What starting costs: `--help`, the screen's first paint, the first question's first sample."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.peers.runs import ROOT
from tests.kit.terminal import Pty, program_env

HEAVY = ("numpy", "onnxruntime", "textual", "faster_whisper", "ctranslate2", "sounddevice", "yaml", "openai")
INSTALLED = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
"""As it starts where it's installed: compiled once, not at every start, whatever this shell is told."""
PAINTED, USABLE = b"One moment", b"leaves this machine"


def _spent(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """Wall and processor seconds of a program."""
    before, began_s = os.times(), time.monotonic()
    subprocess.run(command, env=env, check=True, capture_output=True)
    after = os.times()
    used_s = after.children_user - before.children_user + after.children_system - before.children_system
    return time.monotonic() - began_s, used_s


def _imports(env: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "voiceprep", "--help"], env=env, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return [line.rsplit("|", 1)[1].strip() for line in lines[1:]]


def _paints(folder: Path) -> tuple[float, float]:
    began_s = time.monotonic()
    with Pty(program_env(folder, **INSTALLED, TERM="xterm-256color"), []) as program:
        return program.wait_for(PAINTED) - began_s, program.wait_for(USABLE) - began_s


def first_question_s(model: Path, answer: Path, folder: Path) -> float:
    """From the launch of a session to the first sample of its first question."""
    order = {"model": str(model), "answer": str(answer), "folder": str(folder), "leaves": True, "done_s": 1.0}
    command = [sys.executable, "-m", "tests.bench.peers.ours"]
    order["began_s"] = time.monotonic()
    env = {**os.environ, **INSTALLED}
    done = subprocess.run([*command, json.dumps(order)], env=env, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["ready_s"])


def starting(model: Path, answer: Path, times: int) -> dict[str, Any]:
    """Medians of `times` starts, in seconds; the first one of a new user beside those after it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = program_env(folder, **INSTALLED)
        bare, asked = [sys.executable, "-c", "pass"], [sys.executable, "-m", "voiceprep", "--help"]
        pairs = [(_spent(bare, env), _spent(asked, env)) for _ in range(times + 1)][1:]
        imports = _imports(env)
        paints = [_paints(folder) for _ in range(times + 1)]
        first = [first_question_s(model, answer, folder / "session") for _ in range(times + 1)]
    return {
        "python_s": statistics.median(b[0] for b, _ in pairs),
        "python_cpu_s": statistics.median(b[1] for b, _ in pairs),
        "help_s": statistics.median(h[0] for _, h in pairs),
        "help_cpu_s": statistics.median(h[1] for _, h in pairs),
        "help_imports": len(imports),
        "help_heavy": [m for m in HEAVY if m in imports],
        "first_paint_s": statistics.median(p[0] for p in paints[1:]),
        "usable_s": statistics.median(p[1] for p in paints[1:]),
        "usable_first_time_s": paints[0][1],
        "first_question_s": statistics.median(first[1:]),
        "first_question_first_time_s": first[0],
    }
