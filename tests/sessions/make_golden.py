"""Makes a golden session of today's format: `python -m tests.sessions.make_golden`, by hand, once a format.

It needs flite for the spoken answer. What lies in golden/ is never made again: it stands for what users have on disk.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.bank import small_bank
from voiceprep import wiring
from voiceprep.bank.load import sound_bank
from voiceprep.config import Places
from voiceprep.core.plan import plan_round
from voiceprep.sessions.store import SCHEMA

GOLDEN = Path(__file__).parent / "golden"
SAID = "the queue keeps the messages while the worker is down"


def main() -> None:
    target = GOLDEN / f"v{SCHEMA}"
    if target.exists():
        raise SystemExit(f"{target} is there already, and stays as it is")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound = folder / "queue.wav"
        subprocess.run(
            ["flite", "-voice", "rms", "--setf", "duration_stretch=0.8", "-t", SAID, "-o", sound],
            check=True,
        )
        bank = sound_bank(small_bank.write(folder / "bank"))
        question, follow_up = bank.questions["why-cache"], bank.questions["why-cache"].follow_up("invalidate")
        answers = wiring.ScriptedAnswers(
            {
                question.ask: small_bank.HALF,
                follow_up.ask: small_bank.INVALIDATE,
                bank.questions["queue-or-call"].ask: sound,
            },
            paced=False,
        )
        held = wiring.hold(
            plan_round(bank.rounds["warm-up"], bank.questions, 0), bank, answers,
            Places(folder / "data", folder / "cache"), wiring.Choice("basic", voice="none"), lambda e, s: None,
            wiring.Manner(paced=False),
        )  # fmt: skip
        shutil.copytree(held.folder.path, target, ignore=shutil.ignore_patterns("lock"))
    print(target)


if __name__ == "__main__":
    main()
