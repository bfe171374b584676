"""RealtimeSTT, by the Python of an environment of its own: `PYTHON -m tests.bench.peers.realtimestt ORDER`.

Nothing of voiceprep is imported here. The answer is fed as a microphone would, block by block when it's due. Recordings
that a pause has ended are joined, as its own examples do. The last line printed is what it took, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

from tests.bench.peers import machine

BLOCK = 512
RATE = 16_000
GIVES_UP_S = 180.0


def main() -> None:
    order = json.loads(sys.argv[1])
    from RealtimeSTT import AudioToTextRecorder

    recorder = AudioToTextRecorder(
        model=order["model"], device="cpu", compute_type="int8", use_microphone=False, spinner=False, no_log_file=True,
        silero_backend="onnx", **order["options"],
    )  # fmt: skip
    ready_s = time.monotonic() - order["began_s"]
    sound = Path(order["answer"]).read_bytes()[44:]
    done_at, hurried = round(order["done_s"] * RATE), order.get("hurried", 1)
    texts: list[tuple[float, str]] = []
    over, fed_all = threading.Event(), threading.Event()

    def gather() -> None:
        while not over.is_set():
            said = recorder.text()
            if said:
                texts.append((time.monotonic(), said))
            if fed_all.is_set() and not recorder.is_recording:
                over.set()

    before_s, began_s = machine.cpu_s(os.getpid()), time.monotonic()
    threading.Thread(target=gather, daemon=True).start()
    done_s = 0.0
    due_s = began_s
    for at in range(0, len(sound) // 2, BLOCK):
        if at >= done_at and not done_s:
            done_s = time.monotonic()
            fed_all.set()
            if order["stops"]:
                recorder.stop()
        if over.is_set():
            break
        # What is behind the last five seconds may come faster where only the end is recognised.
        due_s += BLOCK / RATE / (hurried if done_at - at > 5 * RATE else 1)
        time.sleep(max(0.0, due_s - time.monotonic()))
        if not (done_s and order["stops"]):
            recorder.feed_audio(sound[2 * at : 2 * (at + BLOCK)])
    if not over.wait(GIVES_UP_S):
        texts.append((float("inf"), ""))
    used_s = machine.cpu_s(os.getpid()) - before_s
    print(
        json.dumps(
            {
                "question_s": texts[-1][0] - done_s,
                "cpu_s": used_s,
                "ready_s": ready_s,
                "from_at_s": began_s,
                "pieces": len(texts),
                "words": sum(len(said.split()) for _, said in texts),
            }
        ),
        flush=True,
    )
    over.set()
    os._exit(0)  # its own shutdown waits for workers that wait for sound


if __name__ == "__main__":
    main()
