"""Answers in which only the last sentence decides which follow-up is right, and the bank that asks for them.

One question with four core points, of which each has its follow-up, asked again and again under other names. An answer
leaves out one point, or none, and says another one last: without that sentence the follow-up would be another."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bank import small_bank
from tests.kit.on_the_card import ends
from voiceprep.audio.lines import Samples
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core.feedback import Ground, assess
from voiceprep.core.transcript import Word, heard
from voiceprep.pcm.convert import Resampler
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.speech import espeak, flite

POINTS = {
    "faster": "Reads come back much faster than before.",
    "load": "It takes a lot of load off the database.",
    "stale": "A cached value can be stale at times.",
    "expiry": "I give every value a time to live.",
}
"""In the order in which a follow-up asks for them."""
DEEPER = "deeper"
PAIRS = [
    *(p for p in itertools.product(POINTS, POINTS) if list(POINTS).index(p[0]) < list(POINTS).index(p[1])),
    *((last, "") for last in POINTS),
]
"""What is said last, and what is left out."""
LENGTHS_S = (8, 8, 9, 9, 10, 10, 11, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 26, 36, 60)
BESIDES = (
    "Let me think about the shop that I worked on two years ago.",
    "We had four people in the team and a deadline in spring.",
    "On Mondays the whole company looked at the same page.",
    "My colleague drew it on the board and we argued for an hour.",
    "I remember that the office was very quiet on that day.",
    "There was a long mail from the people who paid for it.",
    "We tried it with a small part of our customers first.",
    "After the holidays we wrote down what we had learned.",
    "Nobody had asked the people who use it every morning.",
    "In the end the plan fitted on a single sheet of paper.",
)
PAUSES_S = (0.45, 0.8, 0.5, 1.4, 0.35, 0.6, 2.0)
PAUSE_BEFORE_LAST_S = 0.5

_POINT = """\
      - id: {id}
        text: {text}
        say: {say}
        core: true
        weight: 2
        claims:
          - patterns: ["{pattern}"]
"""
_FOLLOW_UP = """\
      - id: {id}
        ask: {ask}
        probes: [{probes}]
{deepens}        points:
          - id: {id}-more
            text: {text}
            say: {text}
            core: true
            claims:
              - patterns: ["{pattern}"]
        model_answer: In short there is one thing to say, namely this. {text}
"""
_QUESTION = """\
  - id: {id}
    version: 1
    ask: {ask}
    short: Cache {id}
    type: technical
    difficulty: easy
    level: mid
    technologies: [redis]
    assesses: [Knows what a cache buys and what it costs.]
    why: It is asked often.
    target_s: [8, 300]
    points:
{points}    follow_ups:
{follow_ups}    model_answer: {model}
    tips: [Name the price.]
"""
_PATTERNS = {
    "faster": "(reads|queries) ... (faster|quicker)",
    "load": "(takes|removes) ... load",
    "stale": "(cached|cache) ... (stale|outdated)",
    "expiry": "(give|set) ... (time to live|expiry)",
}
_ASKS = {
    "faster": ("And what do the readers notice of it?", "They wait for less long.", "wait ... less"),
    "load": ("What does it change for the database?", "The database is asked less often.", "asked less"),
    "stale": ("Can you always trust what it gives you?", "A value may be older than the row.", "older than"),
    "expiry": ("How do old values leave it?", "They are removed when the row is written.", "removed ... written"),
    DEEPER: ("What happens when all of it is lost at once?", "Every read falls on the database.", "falls on"),
}


def made_bank(folder: Path, questions: int) -> Bank:
    """The question so many times, `q01` and on, with the shipped lexicon."""
    shipped = bank_folder()
    points = "".join(_POINT.format(id=i, text=s, say=s, pattern=_PATTERNS[i]) for i, s in POINTS.items())
    follow_ups = "".join(
        _FOLLOW_UP.format(
            id=i, ask=ask, text=text, pattern=pattern, probes="" if i == DEEPER else i,
            deepens="        deepens: true\n" if i == DEEPER else "",
        )
        for i, (ask, text, pattern) in _ASKS.items()
    )  # fmt: skip
    whole = " ".join(POINTS.values())
    topic = "form: voiceprep-questions/1\ntopic: caches\nquestions:\n" + "".join(
        _QUESTION.format(
            id=f"q{n:02}", ask=f"Number {n}. Why would you put a cache in front of a database?",
            points=points, follow_ups=follow_ups, model=whole,
        )
        for n in range(1, questions + 1)
    )  # fmt: skip
    rounds = small_bank.ROUNDS.replace("why-cache, queue-or-call", "q01")
    small_bank.write(folder, caches=topic, rounds=rounds, lexicon="", tags="")
    for name in ("lexicon.yaml", "tags.yaml"):
        (folder / name).write_bytes((shipped / name).read_bytes())
    return sound_bank(folder)


def follow_up_ask(follow_up_id: str) -> str:
    return _ASKS[follow_up_id][0]


@dataclass(frozen=True)
class Answer:
    """Sentences with their sound. `right`: the follow-up that the whole of it earns; `length_s` from its first loud
    sample to its last; `words` with times from that first one on."""

    sentences: tuple[str, ...]
    right: str
    path: Path
    sound: Samples
    words: tuple[tuple[str, float, float], ...]
    length_s: float

    def part(self) -> dict[str, object]:
        """As `answering_process` reads it."""
        return {"words": self.words, "length_s": self.length_s}


class Speaking:
    """Says sentences as the candidate, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._voice = flite.Flite("rms") if flite.program() else espeak.Espeak()
        self._said: dict[str, Samples] = {}

    def sentence(self, text: str) -> Samples:
        """Without the silence around it."""
        if text not in self._said:
            pcm, rate = self._voice.speak(text)
            resampler = Resampler(rate)
            sound = np.frombuffer(resampler.feed(pcm) + resampler.feed(b"", last=True), "<i2")
            first, last = ends(sound)
            self._said[text] = sound[first : last + 1]
        return self._said[text]

    def answer(self, name: str, sentences: Sequence[str], right: str, pauses_s: Sequence[float]) -> Answer:
        """The sentences with a pause before each but the first; a sentence's words are spread evenly over it, by their
        letters."""
        parts, words, at = [np.zeros(RATE // 10, "<i2")], [], 0
        for n, text in enumerate(sentences):
            if n:
                pause = np.zeros(round(pauses_s[(n - 1) % len(pauses_s)] * RATE), "<i2")
                parts.append(pause)
                at += len(pause)
            sound = self.sentence(text)
            spoken = text.split()
            edges = np.cumsum([0, *(len(word) for word in spoken)]) / sum(map(len, spoken)) * len(sound) + at
            words += [(w, float(a) / RATE, float(b) / RATE) for w, a, b in zip(spoken, edges, edges[1:], strict=False)]
            parts.append(sound)
            at += len(sound)
        whole = np.concatenate([*parts, np.zeros(RATE // 10, "<i2")])
        file = TakeFile(self._folder / f"{name}.wav")
        file.append(whole.tobytes())
        file.close()
        return Answer(tuple(sentences), right, file.path, whole, tuple(words), at / RATE)


def made_answer(speaking: Speaking, name: str, n: int, length_s: float) -> Answer:
    """The nth kind of answer, about so long, never shorter than its points."""
    last, left_out = PAIRS[n % len(PAIRS)]
    others = [p for p in POINTS if p not in (last, left_out)]
    others = others[n % len(others) :] + others[: n % len(others)]
    final = speaking.sentence(POINTS[last])
    left_s = length_s - len(final) / RATE - PAUSE_BEFORE_LAST_S
    points = [POINTS[p] for p in others]
    left_s -= sum(len(speaking.sentence(p)) / RATE + PAUSES_S[0] for p in points)
    besides, pauses_s = [], list(itertools.islice(itertools.cycle(PAUSES_S), 200))
    for text in itertools.islice(itertools.cycle(BESIDES), n, n + 200):
        left_s -= len(speaking.sentence(text)) / RATE + pauses_s[len(besides)]
        if left_s < 0:
            break
        besides.append(text)
    middle = list(besides)
    for k, point in enumerate(points):
        middle.insert(round((k + 1) * len(middle) / (len(points) + 1)), point)
    pauses_s[len(middle) - 1] = PAUSE_BEFORE_LAST_S
    right = left_out or DEEPER
    return speaking.answer(name, [*middle, POINTS[last]], right, pauses_s)


def check(answers: Sequence[Answer], bank: Bank) -> None:
    """Raises AssertionError unless each answer earns the follow-up it was made for, and another one without its last
    sentence."""
    ground = Ground(bank.questions["q01"], bank.lexicon, bank.version)
    for answer in answers:
        whole, cut = (_choice(ground, sentences) for sentences in (answer.sentences, answer.sentences[:-1]))
        assert (whole, cut != whole) == (answer.right, True), (answer.sentences, answer.right, whole, cut)


def _choice(ground: Ground, sentences: Sequence[str]) -> str | None:
    words = [Word(w, 0.4 * n, 0.4 * n + 0.3, 0.9) for n, w in enumerate(" ".join(sentences).split())]
    choice = assess(ground, heard(words, engine="whisper:base", duration_s=0.4 * len(words))).follow_up
    return choice.id if choice is not None else None
