"""Do voices say hard texts as people do? `python -m tests.bench.spoken_form [--no-ear]`.

Thirty texts full of numbers, symbols and letters, each with what a person would say. Three forms are given to a voice:
as written, with the lexicon's terms only, and as `speakable` makes it. Counted is how many sounds are wrong, beside
those of the person's wording: as flite's own front end and Piper's (espeak-ng) have them, so no recogniser's errors are
in it. Then flite speaks the three forms and the basic recogniser hears them back: word errors. The texts and wordings
were written by the author of `speakable`: it shows what the rules do, not how often a text needs them. Nobody listened.
Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import jiwer
from rapidfuzz.distance import Levenshtein

from tests.bench.recogniser import plain
from voiceprep.bank import bank_folder
from voiceprep.bank.load import sound_bank
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.speakable import speakable
from voiceprep.pcm.convert import Resampler
from voiceprep.pcm.wav import TakeFile
from voiceprep.speech import recogniser
from voiceprep.speech.voice import ChildSynthesizer

VOICES = ("slt", "rms")
HARD = {
    "Keep it 99.9 % available for 10,000 users.":
        "keep it ninety nine point nine percent available for ten thousand users",
    "It answers in 200 ms, or in 1.5 s.": "it answers in two hundred milliseconds, or in one point five seconds",
    "The file has 5 GB, the disk writes 100 MB/s.":
        "the file has five gigabytes, the disk writes one hundred megabytes per second",
    "It is 3x faster than in 2019.": "it is three times faster than in twenty nineteen",
    "What does the p95 tell you?": "what does the {P} ninety five tell you",
    "Sorting takes O(n log n), a lookup O(1).": "sorting takes {O} of {N} log {N}, a lookup {O} of one",
    "What does HTTP/2 change?": "what does {HTTP} two change",
    "The team is on call 24/7.": "the team is on call twenty four seven",
    "Start with 2-3 nodes.": "start with two to three nodes",
    "Retry while n >= 5.": "retry while {N} greater than or equal to five",
    "Requests go client -> proxy -> server.": "requests go client to proxy to server",
    "Say it for R&D and for QA.": "say it for {R} and {D} and for {QA}",
    "Use a queue, e.g. Kafka, vs. a call.": "use a queue, for example Kafka, versus a call",
    "Read or write, i.e. both.": "read or write, that is both",
    "How would you version a REST API?": "how would you version a rest {API}",
    "Which URLs and JWTs would an API give?": "which {URL}s and {JWT}s would an {API} give",
    "Is it a CA system, or an AP one?": "is it a {CA} system, or an {AP} one",
    "Walk me through the CI/CD of your team in the US.": "walk me through the {CICD} of your team in the {US}",
    "What does user_id hold, and getUserById()?": "what does user {ID} hold, and get user by {ID}",
    "Look into main.py and config.yaml.": "look into main dot {PY} and config dot yaml",
    "Do you prefer C++, C# or .NET?": "do you prefer {C} plus plus, {C} sharp or dot net",
    "We moved from v2.1 to v3.": "we moved from version two point one to version three",
    "Since 1998 it costs $5 a month.": "since nineteen ninety eight it costs five dollars a month",
    "Open https://example.com/users.": "open example dot com slash users",
    "GET /users/42 answers with a 404.": "get slash users slash forty two answers with a four hundred four",
    "Files lie in S3, servers in EC2.": "files lie in {S} three, servers in {EC} two",
    "Set a=1 && b<2.": "set {A} equals one and {B} less than two",
    "Is UTF-8 the same as ASCII?": "is {UTF} eight the same as asskee",
    "It gets ~30 req/s, that's 50% of it.": "it gets about thirty req per second, that's fifty percent of it",
    "Is your schema idempotent in PostgreSQL?": "is your skeema eye dem potent in post gress",
}  # fmt: skip
SAID = "ay bee see dee ee eff jee aitch eye jay kay ell em en oh pee cue are ess tee you vee double-you ex why zee"
NAMES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", SAID.split(), strict=True))


def as_names(wording: str, **other: str) -> str:
    """The wording with its letters by name."""
    names = NAMES | other
    return re.sub(r"\{(\w+)\}", lambda m: " ".join(names[c].replace("-", " ") for c in m[1]), wording)


def as_letters(wording: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: " ".join(m[1].lower()), wording)


def terms_only(text: str, lexicon: Lexicon) -> str:
    """What was made sayable before there were rules for numbers and symbols."""
    said = {t.written: t.said for t in lexicon.terms if t.said}
    longest_first = "|".join(map(re.escape, sorted(said, key=lambda w: (-len(w), w))))
    return re.sub(rf"(?<![\w-])({longest_first})(?![\w-])", lambda m: said[m[1]], text)


def flite_sounds(text: str) -> list[str]:
    said = subprocess.run(["flite", "-voice", "slt", "-ps", "-t", text, "-o", "none"], capture_output=True, text=True)
    return [sound for sound in said.stdout.split() if sound != "pau"]


def piper_sounds() -> Callable[[str], list[str]]:
    from piper.phonemize_espeak import EspeakPhonemizer

    phonemizer = EspeakPhonemizer()

    def sounds(text: str) -> list[str]:
        return [
            s for sentence in phonemizer.phonemize("en-us", text) for s in sentence if s.isalpha() and s not in "ˈˌː"
        ]

    return sounds


def heard_back(forms: dict[str, list[str]], lexicon: Lexicon) -> dict[str, float]:
    """Word errors of each form, over the voices, as the basic recogniser hears it."""
    wanted = [plain(as_letters(wording)) for wording in HARD.values()]
    found: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ear = recogniser.basic(lexicon.sounds())
        for voice in VOICES:
            mouth = ChildSynthesizer(voice, {"engine": "flite", "voice": voice}, folder / voice)
            for form, texts in forms.items():
                for n, text in enumerate(texts):
                    sound, path = mouth.synthesize(text), folder / f"{voice}-{form}-{n}.wav"
                    take, resampler = TakeFile(path), Resampler(sound.rate)
                    take.append(resampler.feed(sound.pcm) + resampler.feed(b"", last=True))
                    take.close()
                    found[form].append(plain(ear.transcribe(path).text))
            mouth.close()
        ear.close()
    return {form: round(jiwer.wer(wanted * len(VOICES), heard), 3) for form, heard in found.items()}


def wrong(sounds: Callable[[str], list[str]], texts: Sequence[str], wordings: Sequence[str]) -> tuple[float, int]:
    """The share of sounds that are wrong, and how many texts have none."""
    errors = [Levenshtein.distance(sounds(w), sounds(t)) for t, w in zip(texts, wordings, strict=True)]
    return round(sum(errors) / sum(len(sounds(w)) for w in wordings), 3), sum(not e for e in errors)


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("--no-ear", action="store_true", help="count sounds only")
    args = given.parse_args()
    if shutil.which("flite") is None:
        print("flite is not installed.")
        return 3
    lexicon = sound_bank(bank_folder()).lexicon
    forms = {
        "as written": list(HARD),
        "terms only": [terms_only(text, lexicon) for text in HARD],
        "spoken form": [speakable(text, lexicon) for text in HARD],
    }
    wordings = [as_names(w) for w in HARD.values()]
    # espeak-ng says "ay" as "eye".
    piper_wordings = [as_names(w, A="eh") for w in HARD.values()]
    ear = {} if args.no_ear else heard_back({**forms, "wording": wordings}, lexicon)
    figures = {}
    print(f"{len(HARD)} texts   wrong sounds (texts without): flite, Piper   word errors heard back")
    for form, texts in forms.items():
        flite, piper = wrong(flite_sounds, texts, wordings), wrong(piper_sounds(), texts, piper_wordings)
        print(f"{form:<12} {flite[0]:.3f} ({flite[1]})  {piper[0]:.3f} ({piper[1]})  {ear.get(form, '-')}")
        figures[form] = {"flite": flite, "piper": piper, "wer": ear.get(form)}
    if ear:
        print(f"{'wording':<12} {'-':<10} {'-':<10} {ear['wording']}: what is left is the recogniser's own")
    print(json.dumps({**figures, "wording": {"wer": ear.get("wording")}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
