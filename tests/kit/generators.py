"""Answers of every kind made from questions, broken (or not) in known ways. The same seed makes the same.

Those that the product's own check holds questions to are made by `voiceprep.bank.made_answers`; here are the others.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceprep.bank.made_answers import Material, negated_claims, noun_list, shuffled_words, swapped_subjects


@dataclass(frozen=True)
class Made:
    """One made answer: of which question, in which way, and what it was made from."""

    kind: str
    question_id: str
    text: str


CHATTER = (
    "My grandmother bakes a plum cake every Sunday and nobody may touch it before four.",
    "The train was late again this morning, so I stood on the platform in the rain.",
    "Last summer we walked along the coast and slept in a small tent.",
    "My brother plays the trumpet in a brass band, rather loudly I must say.",
    "I usually water the tomatoes on the balcony after dinner.",
    "The cat next door likes our sofa more than her own.",
    "We painted the kitchen yellow and it looks much warmer now.",
    "On Thursdays I go swimming, and the lake is still quite cold in May.",
    "My neighbour collects old postcards of lighthouses.",
    "There was a lovely football match on television, though our side lost.",
    "I learned to knit from a book, and my first scarf was three metres long.",
    "The bakery at the corner has the best bread in town.",
)

_SENTENCE = re.compile(r"(?<=[.?!])\s+")


def sentences(text: str) -> list[str]:
    return [s for s in _SENTENCE.split(text.strip()) if s]


def read_aloud(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """The model answer itself."""
    return m.model_answer


def question_echoed(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """The question said back, with words around it that say nothing."""
    return (
        f"That's a really good question. {m.ask} So you're asking me this, and I think it's important. {m.ask} "
        "It always depends on the situation, and one has to think about it carefully."
    )


def another_answer(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """The model answer to a question of another topic."""
    far = [o for o in others if o.topic != m.topic]
    return rng.choice(far).model_answer if far else None


def half_irrelevant(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """The model answer, and as many words about nothing of the kind, between its sentences."""
    told = sentences(m.model_answer)
    left = len(m.model_answer.split())
    chatter: list[str] = []
    while left > 0:
        chatter.append(rng.choice(CHATTER))
        left -= len(chatter[-1].split())
    for sentence in chatter:
        told.insert(rng.randint(0, len(told)), sentence)
    return " ".join(told)


def gibberish(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """Syllables in the shape of sentences."""
    told = []
    for _ in range(rng.randint(5, 8)):
        words = [
            "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(1, 4)))
            + rng.choice(("", "", "n", "k", "sh"))
            for _ in range(rng.randint(6, 14))
        ]
        told.append(" ".join(words).capitalize() + ".")
    return " ".join(told)


def silence(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    return ""


Generator = Callable[[Material, random.Random, Sequence[Material]], str | None]
GENERATORS: Mapping[str, Generator] = {
    "read aloud": read_aloud,
    "shuffled words": lambda m, rng, others: shuffled_words(m, rng),
    "noun list": lambda m, rng, others: noun_list(m, rng),
    "swapped subjects": lambda m, rng, others: swapped_subjects(m, rng),
    "negated claims": lambda m, rng, others: negated_claims(m, rng),
    "question echoed": question_echoed,
    "another's answer": another_answer,
    "half irrelevant": half_irrelevant,
    "gibberish": gibberish,
    "silence": silence,
}


def made(materials: Sequence[Material], *, seed: int = 4, each: int = 1) -> Iterator[Made]:
    """Every kind of answer for every question, `each` of those that chance has a part in."""
    for kind, generator in GENERATORS.items():
        for m in materials:
            others = [o for o in materials if o.id != m.id]
            texts: dict[str, None] = {}
            for n in range(each):
                text = generator(m, random.Random(f"{seed} {kind} {m.id} {n}"), others)
                if text is not None:
                    texts[text] = None
            for text in texts:
                yield Made(kind, m.id, text)
