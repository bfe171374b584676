"""Answers made from a question's own material, each broken in one known way; their worth says how well it is heard.

The same chance makes the same answers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from voiceprep.core.question import Question

BETWEEN = (", ", " ", " and ")
"""What may stand between the words of a list."""


@dataclass(frozen=True)
class Material:
    """What an answer can be made of. Each of `says` would say a point; `subjects` are the names of what is compared,
    `bound` the points about them."""

    id: str
    ask: str
    model_answer: str
    points: tuple[str, ...]
    says: tuple[str, ...]
    topic: str
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()


_FUNCTION = frozenset(
    """the and that this with from have when what which would could should your their there they then than into about
    only also more most some such each other many very much does doing being been were where while will because before
    after over under both every once often either rather without between same still stays stay them it's isn't don't
    say for not can may are but who how why its one two any all you our has had was out too get got so as is be of on
    in at to by or if an no nor we us he she his her him up a i it do me my""".split()
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'\-]*")
_SPEAKER = re.compile(
    r"^(I|You|We|They)( would| will| can| should| must| could|'d|'ll|'ve|'m|'re)?( always| usually| also| only)? (\w+)"
)
_DENIED = {"'d": " wouldn't", "'ll": " won't", "'ve": " haven't", "'m": "'m not", "'re": "'re not"}
_DENIALS = ("It's not true that", "I don't believe that", "It's simply false that", "Nobody should think that")


def material(question: Question) -> Material:
    """What answers to the question are made of."""
    return Material(
        id=question.id,
        ask=question.ask,
        model_answer=question.model_answer,
        points=tuple(p.text for p in question.points),
        says=tuple(p.say for p in question.points),
        topic=question.topic,
        subjects=question.subjects,
        bound=frozenset(p.id for p in question.points if any(c.about for c in p.claims)),
    )


def shuffled_words(m: Material, rng: random.Random) -> str:
    """Every word of the model answer, in no order; commas and stops fall where they like."""
    words = [w.lower() for w in _WORD.findall(m.model_answer)]
    rng.shuffle(words)
    parts, at = [], 0
    while at < len(words):
        size = rng.randint(6, 18)
        parts.append(" ".join(words[at : at + size]).capitalize() + ".")
        at += size
    return " ".join(parts)


def noun_list(m: Material, rng: random.Random, between: Sequence[str] = BETWEEN) -> str:
    """The content words of the points, listed; one of `between` stands between them."""
    words = [w.lower() for text in m.points for w in _WORD.findall(text)]
    keep = list(dict.fromkeys(w for w in words if len(w) > 2 and w not in _FUNCTION and not w.endswith(("ly", "ing"))))
    rng.shuffle(keep)
    return rng.choice(between).join(keep) + "."


def swapped_subjects(m: Material, rng: random.Random) -> str | None:
    """The model answer with the names of what it compares exchanged; None for a question that compares nothing."""
    names = sorted(m.subjects)
    if len(names) < 2:
        return None
    after = {name: m.subjects[names[(n + 1) % len(names)]][0] for n, name in enumerate(names)}
    place = {alias.lower(): after[name] for name in names for alias in m.subjects[name]}
    longest = sorted(place, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest))})(s?)(?![\w-])", re.IGNORECASE)
    return pattern.sub(lambda hit: place[hit[1].lower()] + hit[2], m.model_answer)


def negated_claims(m: Material, rng: random.Random) -> str:
    """Every sentence that would say a point, denied: at its verb where the speaker does it, else as a whole."""
    told = []
    for said in m.says:
        who = _SPEAKER.match(said)
        if who and "," not in said and rng.random() < 0.7:
            helper, rest = who[2] or "", said[who.end(2) if who[2] else who.end(1) :]
            told.append(who[1] + _DENIED.get(helper, f"{helper} not" if helper else " don't") + rest)
        else:
            start = said if re.match(r"(I\b|[A-Z]\w*[A-Z])", said) else said[:1].lower() + said[1:]
            told.append(f"{rng.choice(_DENIALS)} {start}")
    return " ".join(told)
