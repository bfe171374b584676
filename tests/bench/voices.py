"""Are voices equally loud, and what does a cached text cost? `python -m tests.bench.voices`.

Every flite voice, espeak-ng and the made Piper voice say three texts, short to long: their loudness in dB as the engine
gives it, and as it's played. Then one clip is asked for a hundred times from a full cache. Last line: JSON.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.kit.models.piper_voice import make_voice
from voiceprep.pcm.loudness import loudness_db
from voiceprep.speech import flite
from voiceprep.speech.voice import ChildSynthesizer

TEXTS = (
    "No.",
    "How do the two differ, and where would you still meet the older one today?",
    "Design a link shortener. Take me from what it has to do to an architecture that copes with heavy traffic. " * 2,
)
RAW = """import json, sys
from voiceprep.speech.voice_process import load
voice = load(json.loads(sys.argv[1]))
from voiceprep.pcm.loudness import loudness_db
print(json.dumps([loudness_db(*voice.speak(text)) for text in json.loads(sys.argv[2])]))"""
FULL = 2_000


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = make_voice(folder / "made")
        settings = [{"engine": "flite", "voice": voice} for voice in flite.voices()]
        settings += [{"engine": "espeak", "voice": "en-us"}, {"engine": "espeak", "voice": "en-gb"}]
        settings += [{"engine": "piper", "model": str(model)}]
        before, after = [], []
        for one in settings:
            # In a process of its own: espeak-ng keeps one voice a process.
            command = [sys.executable, "-c", RAW, json.dumps(one), json.dumps(TEXTS)]
            raw = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            mouth = ChildSynthesizer("voice", one, folder / "cache")
            even = [loudness_db(sound.pcm, sound.rate) for sound in map(mouth.synthesize, TEXTS)]
            mouth.close()
            before, after = before + raw, after + even
            name = one.get("voice", "made")
            print(f"{one['engine']}:{name:<8} {[round(x, 1) for x in raw]} -> {[round(x, 2) for x in even]}")
        for n in range(FULL):
            (folder / "cache" / f"{n}.pcm").touch()
        times = []
        for _ in range(100):
            began = time.perf_counter()
            mouth.synthesize(TEXTS[-1])  # closed: only the cache can answer
            times.append((time.perf_counter() - began) * 1000)
    figures = {
        "spread_before_db": round(max(before) - min(before), 1),
        "spread_after_db": round(max(after) - min(after), 2),
        "cached_ms_p50": round(statistics.median(times), 2),
        "cached_ms_worst": round(max(times), 2),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
