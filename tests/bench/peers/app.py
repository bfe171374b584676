"""A stand-in for the usual open-source app, ours and labelled as such: `python -m tests.bench.peers.app ORDER`.

Record; when the candidate is done write a WAV, transcribe the whole file, judge the whole answer, synthesise the whole
reply, play. It's kinder to itself than such apps are: the model is loaded and warm, the judge is our matcher (they ask
a language model), and so is the voice. The last line it prints is what it took, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.bench.peers import NEXT, QUESTION, machine
from voiceprep.bank import bank_folder
from voiceprep.bank.load import sound_bank
from voiceprep.core.feedback import Ground, assess
from voiceprep.core.transcript import typed
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import espeak, flite


def main() -> None:
    order = json.loads(sys.argv[1])
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(order["model"], device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    ear = BatchedInferencePipeline(model) if order["batched"] else model
    bank = sound_bank(bank_folder())
    ground = Ground(bank.questions[QUESTION], bank.lexicon, bank.version)
    voice = flite.Flite("slt") if flite.program() else espeak.Espeak()
    ready_s = time.monotonic() - order["began_s"]
    list(model.transcribe(np.zeros(RATE, np.float32), language="en", beam_size=1)[0])
    assess(ground, typed("Indexes make reads faster."))

    recorded = [Path(order["answer"]).read_bytes()[44:][: round(order["done_s"] * RATE) * 2]]
    before_s, done_s = machine.cpu_s(os.getpid()), time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        file = TakeFile(Path(name) / "answer.wav")
        file.append(b"".join(recorded))
        file.close()
        segments, _ = ear.transcribe(str(file.path), **order["options"])
        text = " ".join(segment.text.strip() for segment in segments)
    text_s = time.monotonic()
    found = assess(ground, typed(text))
    judged_s = time.monotonic()
    voice.speak(found.follow_up.text if found.follow_up else bank.questions[NEXT].ask)
    sound_s = time.monotonic()
    print(
        json.dumps(
            {
                "question_s": sound_s - done_s,
                "text_s": text_s - done_s,
                "judged_s": judged_s - text_s,
                "voice_s": sound_s - judged_s,
                "cpu_s": machine.cpu_s(os.getpid()) - before_s,
                "ready_s": ready_s,
                "from_at_s": done_s,
                "words": len(text.split()),
            }
        )
    )


if __name__ == "__main__":
    main()
