"""The same answers really spoken by free voices and heard by the basic engine, through its real child process.

What was heard is kept in a cache folder outside the repository (`VOICEPREP_BENCH_CACHE`, else the user's cache), by a
hash of the text, the voice, the expected words and the recogniser's code: a second run takes seconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from queue import Empty, SimpleQueue

import jiwer
import platformdirs

import voiceprep.speech
from tests.bench.validity import measures
from tests.bench.validity.data import SAID, VARIANTS, Asked, Row
from tests.bench.validity.figures import mean
from tests.bench.validity.judges import product, verdicts, weighted
from voiceprep.bank.contents import Bank
from voiceprep.core.feedback import Ground
from voiceprep.core.transcript import Transcript, Word, heard, typed
from voiceprep.core.words import tokenise
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import TakeFile
from voiceprep.speech import recogniser

VOICES = ("slt", "rms", "kal16")
LOST = ("full", "plain", "partial")
"""Variants whose mean coverage is the loss to recognition (`evaluation.md` 4)."""
FLOORS = {"loss": (0.10, 0.03), "false_contradiction": (0.02, 0.01)}


def cache_folder() -> Path:
    name = os.environ.get("VOICEPREP_BENCH_CACHE")
    return Path(name) if name else Path(platformdirs.user_cache_dir("voiceprep")) / "bench-heard"


def figures(
    rows: Sequence[Row],
    asked: Mapping[str, Asked],
    bank: Bank,
    grounds: Mapping[str, Ground],
    *,
    limit: int | None,
    jobs: int,
    every_voice: bool = False,
) -> dict:
    """By voice and variant, typed against heard; coverage here is the weighted share of all points that got credit.

    Each answer is spoken by one voice in turn, or by each."""
    if not shutil.which("flite"):
        return {"absent": "flite isn't installed"}
    chosen = spread(rows, limit)
    wanted = [(r, v) for n, r in enumerate(chosen) for v in (VOICES if every_voice else [VOICES[n % len(VOICES)]])]
    transcripts = _hear(wanted, bank, jobs)
    typed_points = {r.id: verdicts(product(grounds[r.question_id], typed(r.text))) for r in chosen}
    cells: dict[str, dict[str, Counter]] = {v: defaultdict(Counter) for v in (*VOICES, "all")}
    for row, voice, transcript in transcripts:
        found = product(grounds[row.question_id], transcript)
        points = verdicts(found)
        count: Counter = Counter(rows=1, unscored=found.unscored is not None)
        count["typed"] = weighted(typed_points[row.id], asked[row.question_id])
        count["heard"] = weighted(points, asked[row.question_id])
        for point_id, gold in row.gold.items():
            true, said = gold in SAID, points[point_id]
            count["true"] += true
            count["found"] += true and said.credit
            count["found typed"] += true and typed_points[row.id][point_id].credit
            count["against said"] += true and said.status == "contradicted"
            count["false credit"] += said.credit and not true
            count["not true"] += not true
        compared = jiwer.process_words(_plain(row.text), _plain(transcript.text) or "-")
        count["errors"] = compared.substitutions + compared.deletions + compared.insertions
        count["words"] = compared.hits + compared.substitutions + compared.deletions
        for name in (voice, "all"):
            cells[name][row.variant].update(count)
    return {"answers": len(chosen), "engine": recogniser.BASIC, "voices": {v: of_voice(c) for v, c in cells.items()}}


def of_voice(cells: Mapping[str, Counter]) -> dict:
    every: Counter = Counter()
    for count in cells.values():
        every.update(count)
    variants = {
        v: {
            "rows": c["rows"],
            "unscored": c["unscored"],
            "typed": c["typed"] / c["rows"],
            "heard": c["heard"] / c["rows"],
            "recall_typed": measures.share(c["found typed"], c["true"]),
            "recall_heard": measures.share(c["found"], c["true"]),
            "false_credit": measures.share(c["false credit"], c["not true"]),
            "false_contradiction": measures.share(c["against said"], c["true"]),
        }
        for v in VARIANTS
        if (c := cells.get(v))
    }
    lost = [variants[v]["typed"] - variants[v]["heard"] for v in LOST if v in variants]
    return {
        "wer": measures.share(every["errors"], every["words"]),
        "loss": mean(lost),
        "false_contradiction": measures.share(every["against said"], every["true"]),
        "variants": variants,
    }


def spread(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """The first `limit` rows, taken from the variants in turn so that each is there."""
    if limit is None:
        return list(rows)
    by_variant = [[r for r in rows if r.variant == v] for v in VARIANTS]
    longest = max(map(len, by_variant), default=0)
    turns = [group[n] for n in range(longest) for group in by_variant if n < len(group)]
    return turns[:limit]


def _plain(text: str) -> str:
    return " ".join(t.text for t in tokenise(text))


def _code() -> str:
    """A hash of the recogniser's code and version: heard words of another recogniser are none of ours."""
    digest = hashlib.sha256()
    for path in sorted(Path(voiceprep.speech.__path__[0]).glob("*recogni*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def kept(rows: Sequence[Row], bank: Bank) -> list[tuple[Row, Transcript]]:
    """What earlier runs heard of these answers."""
    ground = ground_of(bank)
    places = [(r, cache_folder() / f"{key(ground, r.text, v)}.json") for r in rows for v in VOICES]
    return [(row, read_heard(place)) for row, place in places if place.is_file()]


def ground_of(bank: Bank) -> str:
    """What else the heard words hang on: the recogniser and the words that it's told."""
    sounds = bank.lexicon.sounds()
    return json.dumps([_code(), {w: list(s) for w, s in sorted(sounds.items())}], sort_keys=True)


def key(ground: str, text: str, voice: str) -> str:
    return hashlib.sha256(f"{ground}\0{voice}\0{text}".encode()).hexdigest()


def _hear(wanted: Sequence[tuple[Row, str]], bank: Bank, jobs: int) -> list[tuple[Row, str, Transcript]]:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    sounds = bank.lexicon.sounds()
    ground = ground_of(bank)
    keys = {(row.id, voice): key(ground, row.text, voice) for row, voice in wanted}
    missing: SimpleQueue[tuple[Row, str]] = SimpleQueue()
    count = 0
    for row, voice in wanted:
        if not (folder / f"{keys[row.id, voice]}.json").is_file():
            missing.put((row, voice))
            count += 1
    if count:
        print(f"{count} of {len(wanted)} clips are to be spoken and heard; kept for the next run", file=sys.stderr)
        failed: list[BaseException] = []

        def work() -> None:
            ear = recogniser.basic(sounds)
            try:
                with tempfile.TemporaryDirectory() as name:
                    while not failed:
                        row, voice = missing.get_nowait()
                        hear_one(ear, row.text, voice, Path(name), folder / f"{keys[row.id, voice]}.json")
            except Empty:
                pass
            except Exception as error:  # noqa: BLE001 - raised again in the main thread
                failed.append(error)
            finally:
                ear.close()

        threads = [threading.Thread(target=work) for _ in range(max(1, min(jobs, count)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]
    return [(row, voice, read_heard(folder / f"{keys[row.id, voice]}.json")) for row, voice in wanted]


def hear_one(ear: recogniser.ChildTranscriber, text: str, voice: str, scratch: Path, out: Path) -> None:
    spoken, take = scratch / "spoken.wav", scratch / "take.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(spoken)], check=True, capture_output=True)
    take.unlink(missing_ok=True)
    file = TakeFile(take)
    file.append(read_16k(spoken))
    file.close()
    found = ear.transcribe(take)
    part = out.with_suffix(f".{threading.get_ident()}.part")
    part.write_text(json.dumps({"duration_s": found.duration_s, "words": [asdict(w) for w in found.words]}))
    part.replace(out)


def read_heard(path: Path) -> Transcript:
    kept = json.loads(path.read_text())
    words = [Word(**w) for w in kept["words"]]
    return heard(words, engine=recogniser.BASIC, credits_only=True, duration_s=kept["duration_s"])
