"""Ours beside peers: `python -m tests.bench.peers [--quick] [--runs N] [--realtimestt PYTHON] [--out FILE]`.

One model folder, one machine, one run, one after the other in turns (A B A B), on two cores: how long a candidate waits
after an answer of 10, 60, 120 and 300 s, what hearing it costs, how much memory it takes, how soon everything starts.
Writes BENCHMARKS.md (with --quick only where --out says) and prints it; the last line is the figures as JSON. Takes
about 25 minutes on two quiet cores, --quick 3; RealtimeSTT adds 22, and 4. On Linux, since /proc is read.

RealtimeSTT needs an environment of its own, outside the project, and PortAudio's headers (portaudio19-dev):

    python3.11 -m venv ENV && ENV/bin/pip install 'RealtimeSTT[default]==1.1.2'
    python -m tests.bench.peers --realtimestt ENV/bin/python
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench.peers import machine, table
from tests.bench.peers.answers import made_answers, made_model
from tests.bench.peers.runs import FILES, OURS, OURS_SHORT, ROOT, Peer, realtimestt, run_one
from tests.bench.peers.start import starting
from tests.bench.peers.table import Row
from voiceprep.speech import flite

COMMAND = "python -m tests.bench.peers"
RUNS = {10: 3, 60: 2, 120: 1, 300: 1}
QUICK = {10: 1, 60: 1}
WITHOUT = "not run: no environment was given, see --realtimestt in `python -m tests.bench.peers --help`"
CANT_SHOW = """\
- **What is heard.** The weights are made: the cost of a real base model, words of a script. Nothing here says which
  peer hears better, nor what short windows, one beam or no context do to words (`voiceprep calibrate` does, for you).
- **How many words a text has.** Real weights stop when the sound does. Here each text ends after 2.5 words a second of
  the sound in its window, padding not counted, a batch with its longest window, the same for all; second tries after a
  doubtful window never happen.
- **A language model's judgement.** The stand-in app judges with our matcher, in some hundredths of a second. Apps like
  it ask a server: that comes on top of their figures. RealtimeSTT's end at the text: judging and voice come on top.
- **A device.** The speaker is a null device: sound is handed over, and a card's own 10 to 40 ms come on top for
  everyone. The microphone is a file: nothing is still on its way when *done* is pressed, 0.1 s after the last word."""
INTRODUCED = """\
Everyone has two cores and a Whisper folder of base's true size, int8; runs take turns. Waits are medians, CPU time the
least, memory the most of the runs. How many runs at each length: """
WAITED = """\
In brackets: how many times ours. *First sound* is whatever the interviewer says first; *the next question* is the one
that the answer led to. The stand-in app is ours, written for this table: record, and when all is said transcribe,
judge, synthesise, play."""
RESIDENT = """\
Resident memory of all processes of a peer, each at its own highest so far, added up five times a second; what they
share is counted for each. Ours runs without its screen: see ARCHITECTURE.md for both."""
COUNTED = """\
*All of it* has the whole program: recording, finding speech, matching, storing, and half a second in which the rubric
is compiled. *In all* has the careful pass that is scored and stored; until it's done the interviewer is speaking.
Frames and tokens are counted, not timed: windows encoded, padding included, and tokens of any kind for 2.5 words a
second."""


def turns(peers: Sequence[Peer], runs: Mapping[int, int]) -> list[tuple[Peer, int]]:
    """Everyone at a length, then again: A B A B."""
    found = []
    for turn in range(max(runs.values())):
        for length_s, times in runs.items():
            for peer in peers:
                if turn < (1 if peer.once else times):
                    found.append((peer, length_s))
    return found


def measure(
    peers: Sequence[Peer], runs: Mapping[int, int], folder: Path, size: str = "base"
) -> tuple[list[Row], Path, Path]:
    """A row for each peer; and the model and the shortest answer that were made for it."""
    model, answers = made_model(folder / "model", size), made_answers(folder, list(runs))
    rows = {peer.name: Row(peer.name, peer.settings) for peer in peers}
    for peer, length_s in turns(peers, runs):
        found = run_one(peer, model, answers[length_s], length_s)
        rows[peer.name].runs.setdefault(length_s, []).append(found)
        told = found.get("failed") or f"{found['question_s']:.2f} s, {found['cpu_s']:.1f} CPU-s"
        print(f"{length_s:>4} s  {peer.name}: {told}", file=sys.stderr, flush=True)
    return list(rows.values()), model, answers[min(runs)].path


def versions(python: str) -> str:
    """Of what was measured."""
    found = [f"{name} {version(name)}" for name in ("faster-whisper", "ctranslate2", "onnxruntime", "textual")]
    found.append(f"Python {sys.version.split()[0]}")
    if python:
        asked = (
            "from importlib.metadata import version as v; print('RealtimeSTT', v('RealtimeSTT'), 'torch', v('torch'))"
        )
        found.append(subprocess.run([python, "-c", asked], capture_output=True, text=True).stdout.strip())
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout
    return ", ".join([f"voiceprep {commit.strip()}", *found])


def page(rows: Sequence[Row], lengths_s: Sequence[int], start: Mapping[str, Any], about: Mapping[str, str]) -> str:
    """BENCHMARKS.md."""
    runs = ", ".join(f"{n} s: {len(rows[0].runs.get(n, []))}" for n in lengths_s)
    settings = [f"- **{row.name}**: {row.settings}" + (f" ({why})" if (why := row.failed()) else "") for row in rows]
    wins = [f"- {one}" for one in table.peers_win(rows, lengths_s)] or ["- Nowhere in these figures."]
    parts = [
        "# Benchmarks",
        f"Made by `{about['command']}`, whose --help says more. Don't edit it: make it again.",
        "\n".join(f"- {key}: {about[key]}" for key in ("day", "machine", "load", "versions", "speech")),
        INTRODUCED + runs + ".",
        "## How long the candidate waits",
        table.waits(rows, lengths_s),
        WAITED,
        "## Goals",
        table.goals(rows, lengths_s, start),
        "## What hearing costs",
        table.costs(rows, lengths_s),
        COUNTED,
        "## Memory",
        table.memory(rows, lengths_s),
        RESIDENT,
        "## Starting",
        table.starts(start, rows, min(lengths_s)),
        "## Where a peer wins",
        "\n".join(wins),
        "## What this can't show",
        CANT_SHOW,
        "## Who was measured, and how it was set",
        "\n".join(settings),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="10 and 60 s, one run of each")
    parser.add_argument("--runs", type=int, default=0, metavar="N", help="so many of each length")
    parser.add_argument("--realtimestt", default="", metavar="PYTHON", help="of the environment that has RealtimeSTT")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: BENCHMARKS.md, with --quick none")
    given = parser.parse_args()
    if not Path("/proc/self/stat").is_file():
        parser.exit(1, "Nothing was measured: this bench reads /proc, which only Linux has. Run it on Linux.\n")
    runs = dict.fromkeys(QUICK if given.quick else RUNS, given.runs) if given.runs else QUICK if given.quick else RUNS
    load = [os.getloadavg()[0]]
    cores, began_s = machine.only_two_cores(), time.monotonic()
    python = str(Path(given.realtimestt).absolute()) if given.realtimestt else ""
    peers = [OURS, *FILES, OURS_SHORT, *(realtimestt(python) if python else ())]
    with tempfile.TemporaryDirectory() as name:
        rows, model, answer = measure(peers, runs, Path(name))
        start = starting(model, answer, 2 if given.quick else 5)
    load.append(os.getloadavg()[0])
    if not python:
        rows.append(Row("RealtimeSTT", "1.1.2", not_run=WITHOUT))
    about = {
        "command": COMMAND + " --quick" * given.quick + " --realtimestt ENV/bin/python" * bool(python),
        "day": time.strftime("%Y-%m-%d"),
        "machine": f"{machine.described()}; {cores} of them used",
        "load": f"{load[0]:.2f} before, {load[1]:.2f} after; {table.loads(rows)}",
        "versions": versions(python),
        "speech": f"{'flite' if flite.program() else 'espeak-ng'}, sentences with pauses of 0.3 to 2 s",
    }
    written = page(rows, list(runs), start, about)
    out = given.out or (None if given.quick else ROOT / "BENCHMARKS.md")
    if out is not None:
        out.write_text(written, encoding="utf-8")
    print(written)
    data = {row.name: {str(n): found for n, found in row.runs.items()} or row.failed() for row in rows}
    print(json.dumps({"took_s": round(time.monotonic() - began_s), **about, "start": start, "runs": data}))


if __name__ == "__main__":
    main()
