"""One run of one peer: a process of its own, watched from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.peers import WORDS_PER_S, machine
from tests.bench.peers.answers import Spoken

DONE_AFTER_S = 0.1
"""How long after the last word *done* is pressed."""
ROOT = Path(__file__).parents[3]
COUNTED = Path(__file__).parent / "counted"
GIVES_UP_S = 420.0
TUNED = {"beam_size": 1, "language": "en"}


@dataclass(frozen=True)
class Peer:
    """Who is measured: `settings` as the table tells them, `module` and `order` as they're run. `python`: another
    environment's. `once`: at each length."""

    name: str
    settings: str
    module: str
    order: Mapping[str, Any] = field(default_factory=dict)
    python: str = sys.executable
    once: bool = False


OURS = Peer("voiceprep", "its own, as installed: padded windows", "ours")
OURS_SHORT = Peer(
    "voiceprep, short windows", "as `calibrate` leaves it for whose words stay the same", "ours", {"short": True},
    once=True,
)  # fmt: skip
FILES = (
    Peer("stand-in app", "faster-whisper's defaults", "app", {"batched": False, "options": {}}),
    Peer(
        "stand-in app, tuned",
        "beam 1, English, temperature 0, no earlier text, no VAD",
        "app",
        {"batched": False, "options": {**TUNED, "temperature": 0.0, "condition_on_previous_text": False}},
    ),
    *(
        Peer(
            f"stand-in app, batch {size}",
            f"BatchedInferencePipeline, batch {size}, beam 1, English, its VAD",
            "app",
            {"batched": True, "options": {**TUNED, "batch_size": size}},
        )
        for size in (4, 8)
    ),
)


def realtimestt(python: str) -> tuple[Peer, ...]:
    """RealtimeSTT in three ways, by the Python of its environment."""
    best = {**TUNED, "early_transcription_on_silence": 0.2, "faster_whisper_vad_filter": False, "batch_size": 0}
    whole = {**best, "early_transcription_on_silence": 0, "post_speech_silence_duration": 30.0}
    whole["allowed_latency_limit"] = 10_000  # nothing is dropped when it comes faster
    return (
        Peer(
            "RealtimeSTT",
            "its defaults, stop() at done; a pause of 0.6 s ends a piece, the pieces are joined",
            "realtimestt",
            {"stops": True, "options": {}},
            python=python,
            once=True,
        ),
        Peer(
            "RealtimeSTT, best",
            "early transcription after 0.2 s (in seconds, as its code reads it; its text says ms), beam 1, English, no "
            "filter, no batches; its own 0.6 s of silence ends it, and is in its wait",
            "realtimestt",
            {"stops": False, "options": best},
            python=python,
            once=True,
        ),
        Peer(
            "RealtimeSTT, whole answers",
            "as best, but pauses don't end the answer; stop() at done",
            "realtimestt",
            # Nothing but its gate works while the candidate speaks, so all but the end may come faster.
            {"stops": True, "options": whole, "hurried": 4},
            python=python,
            once=True,
        ),
    )


def run_one(peer: Peer, model: Path, answer: Spoken, length_s: int) -> dict[str, Any]:
    """What one run took. With `failed` it's no measurement but why there is none."""
    with tempfile.TemporaryDirectory() as name:
        counts = Path(name) / "counts"
        done_s = answer.end_s + DONE_AFTER_S
        env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("VOICEPREP_")},
            "PYTHONPATH": f"{COUNTED}{os.pathsep}{ROOT}",
            "VOICEPREP_BENCH_COUNTS": str(counts),
            "VOICEPREP_BENCH_WORDS_PER_S": str(WORDS_PER_S),
            "OMP_NUM_THREADS": "2",
            "HF_HUB_OFFLINE": "1",
            "PYTHONDONTWRITEBYTECODE": "",  # compiled once, as where it's installed
        }
        order = {"model": str(model), "answer": str(answer.path), "done_s": done_s, **peer.order}
        before, began_s = (machine.busy_s(), sum(os.times()[:4])), time.monotonic()
        command = [peer.python, "-m", f"tests.bench.peers.{peer.module}", json.dumps({**order, "began_s": began_s})]
        process = subprocess.Popen(
            command, cwd=name, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )  # fmt: skip
        try:
            with machine.Watching(process.pid) as watching:
                said, problem = process.communicate(timeout=GIVES_UP_S + length_s)
        except subprocess.TimeoutExpired:
            process.kill()
            return {"failed": "it gave nothing in time"}
        try:
            found: dict[str, Any] = json.loads(said.splitlines()[-1])
        except (IndexError, ValueError):
            return {"failed": (problem.strip().splitlines() or ["it said nothing"])[-1][:200]}
        wall_s, ours_s = time.monotonic() - began_s, sum(os.times()[:4]) - before[1]
        found["other_load"] = max(0.0, machine.busy_s() - before[0] - ours_s) / wall_s / (os.cpu_count() or 1)
        found["peak_mb"] = watching.peak_mb
        return {**found, **counted(counts, found, length_s)}


def counted(counts: Path, found: Mapping[str, Any], length_s: float) -> dict[str, float]:
    """Windows encoded and words made, for each that was spoken: in all, and until the next question sounded."""
    lines = counts.read_text().splitlines() if counts.is_file() else []
    calls = [c for c in map(json.loads, lines) if c["at_s"] >= found["from_at_s"]]
    live = [c for c in calls if c["at_s"] <= found.get("question_at_s", float("inf"))]
    frames, tokens = 100 * length_s, WORDS_PER_S * length_s
    return {
        "frames_per_frame": sum(c.get("frames", 0) for c in calls) / frames,
        "tokens_per_word": sum(c.get("tokens", 0) for c in calls) / tokens,
        "live_frames_per_frame": sum(c.get("frames", 0) for c in live) / frames,
        "live_tokens_per_word": sum(c.get("tokens", 0) for c in live) / tokens,
    }
