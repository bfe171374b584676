"""Answers made from a question's own material, each broken (or not) in one known way. The same seed makes the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field


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

_FUNCTION = frozenset(
    """the and that this with from have when what which would could should your their there they then than into about
    only also more most some such each other many very much does doing being been were where while will because before
    after over under both every once often either rather without between same still stays stay them it's isn't don't
    say for not can may are but who how why its one two any all you our has had was out too get got so as is be of on
    in at to by or if an no nor we us he she his her him up a i it do me my""".split()
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'\-]*")
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_SPEAKER = re.compile(
    r"^(I|You|We|They)( would| will| can| should| must| could|'d|'ll|'ve|'m|'re)?( always| usually| also| only)? (\w+)"
)
_DENIED = {"'d": " wouldn't", "'ll": " won't", "'ve": " haven't", "'m": "'m not", "'re": "'re not"}
_DENIALS = ("It's not true that", "I don't believe that", "It's simply false that", "Nobody should think that")


def sentences(text: str) -> list[str]:
    return [s for s in _SENTENCE.split(text.strip()) if s]


def read_aloud(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """The model answer itself."""
    return m.model_answer


def shuffled_words(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """Every word of the model answer, in no order; commas and stops fall where they like."""
    words = [w.lower() for w in _WORD.findall(m.model_answer)]
    rng.shuffle(words)
    parts, at = [], 0
    while at < len(words):
        size = rng.randint(6, 18)
        parts.append(" ".join(words[at : at + size]).capitalize() + ".")
        at += size
    return " ".join(parts)


def noun_list(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """The content words of the points, listed."""
    words = [w.lower() for text in m.points for w in _WORD.findall(text)]
    keep = list(dict.fromkeys(w for w in words if len(w) > 2 and w not in _FUNCTION and not w.endswith(("ly", "ing"))))
    rng.shuffle(keep)
    return rng.choice((", ", " ", " and ")).join(keep) + "."


def swapped_subjects(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
    """The model answer with the names of what it compares exchanged; None for a question that compares nothing."""
    names = sorted(m.subjects)
    if len(names) < 2:
        return None
    after = {name: m.subjects[names[(n + 1) % len(names)]][0] for n, name in enumerate(names)}
    place = {alias.lower(): after[name] for name in names for alias in m.subjects[name]}
    longest = sorted(place, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest))})(s?)(?![\w-])", re.IGNORECASE)
    return pattern.sub(lambda hit: place[hit[1].lower()] + hit[2], m.model_answer)


def negated_claims(m: Material, rng: random.Random, others: Sequence[Material]) -> str | None:
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
    "shuffled words": shuffled_words,
    "noun list": noun_list,
    "swapped subjects": swapped_subjects,
    "negated claims": negated_claims,
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
