"""A whole session in a tenth of a second: the real wiring, typed answers, and recordings in which nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.bank import small_bank
from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.config import Places
from voiceprep.core.events import Event
from voiceprep.core.interview import State
from voiceprep.core.plan import Plan, plan_questions
from voiceprep.pcm.wav import RATE, TakeFile

HUM = np.random.default_rng(9).integers(-40, 40, 3 * RATE // 2, dtype=np.int16).tobytes()
"""What is recorded: nobody speaks in it, so no recogniser is asked."""


class Quick:
    """A bank, a plan and a sound under `folder`; each `hold` is one more session of them in `where`."""

    def __init__(self, folder: Path) -> None:
        self.bank: Bank = sound_bank(small_bank.write(folder / "bank"))
        self.plan: Plan = plan_questions(list(self.bank.questions), self.bank.questions)
        self.where = Places(folder / "data", folder / "cache")
        self.sound = folder / "hum.wav"
        take = TakeFile(self.sound)
        take.append(HUM)
        take.close()

    def hold(
        self, watch: Callable[[Event, State], None] = lambda event, state: None, where: Places | None = None
    ) -> wiring.Held:
        """The first question is answered in typing, its follow-up and the second question with the sound."""
        first, second = self.plan.questions
        script: dict[str, Path | str] = {first.ask: small_bank.HALF, second.ask: self.sound}
        script.update({f.ask: self.sound for f in first.follow_ups})
        return wiring.hold(
            self.plan, self.bank, wiring.ScriptedAnswers(script, paced=False), where or self.where,
            wiring.Choice("basic", voice="none"), watch, wiring.Manner(paced=False),
        )  # fmt: skip
