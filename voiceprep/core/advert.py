"""A job advert's terms, and the questions of the bank that they ask for. Explicit seed, each choice with its reason."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from voiceprep.core.folding import Folder, folder_of
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.plan import Plan
from voiceprep.core.question import Question
from voiceprep.core.words import Token, tokenise

QUESTIONS = 5
"""How many questions an advert gets when no minutes are named."""
ASKED, TAGGED, NAMED, MOST_NAMED = 3.0, 2.0, 0.5, 2.0
"""Worth of a term that the question asks for, of its technologies, of one that a point names, and of all such points
together."""
AGAIN, MOST_AGAIN = 0.2, 2
"""What is left of a term's worth when an earlier question has it already, and how often that is counted."""
LEAST_WORTH = 2.0
"""Of a question's terms together, under which the advert doesn't ask for it."""
DRAWN_FROM = 3
"""Of the best so many questions a seed draws the next."""
SHOWN_TERMS = 3
GENERIC = frozenset(("backend",))
"""What every advert for this trade names."""


def terms_in(text: str, questions: Sequence[Question], lexicon: Lexicon) -> dict[str, str]:
    """The terms of the lexicon and the technologies of the questions that the text names, in its order: each term's
    key with the way it's written."""
    tokens = tokenise(text)
    written = {t.id: t.written for t in lexicon.terms}
    edges = folder_of(lexicon).fold(tokens)
    inside = {n for e in edges for n in range(e.start, e.end)}
    found = [(e.start, e.term, written[e.term]) for e in edges]
    tags = sorted({tag for q in questions for tag in q.technologies} - written.keys())
    for tag in tags:
        spoken = tag.replace("-", " ")
        places = _places(tokens, [t.stem for t in tokenise(spoken)])
        found += [(at, tag, spoken) for at in places if at not in inside]
    return {term: name for _, term, name in sorted(found) if term not in GENERIC}


def plan_advert(
    named: Mapping[str, str],
    questions: Sequence[Question],
    lexicon: Lexicon,
    *,
    title: str,
    seed: int = 0,
    most: int = QUESTIONS,
) -> Plan | None:
    """The questions that those terms ask for, the best first, so that together they speak of many of them; with a seed
    other than 0 each is drawn from the best few that are left. None when there's none. `named` as from `terms_in`.

    A term weighs the more, the fewer questions speak of it.
    """
    folder = folder_of(lexicon)
    worth = {q.id: {t: w for t, w in _worth(q, folder).items() if t in named} for q in questions}
    spoken_of = Counter(t for terms in worth.values() for t in terms)
    rarity = {t: math.log(1 + len(questions) / n) for t, n in spoken_of.items()}
    place = {q.id: n for n, q in enumerate(questions)}
    left = {q.id: q for q in questions if math.fsum(rarity[t] * w for t, w in worth[q.id].items()) >= LEAST_WORTH}
    had: Counter[str] = Counter()
    chosen: list[Question] = []
    why: list[str] = []
    state = seed & 0xFFFFFFFF
    while left and len(chosen) < most:
        gains = {
            i: {t: rarity[t] * w * AGAIN ** min(had[t], MOST_AGAIN) for t, w in sorted(worth[i].items())} for i in left
        }
        order = sorted(left, key=lambda i: (-math.fsum(gains[i].values()), place[i]))
        best = order[: DRAWN_FROM if seed else 1]
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF  # as in `core.plan`: the same draw everywhere
        next_ = best[(state >> 8) % len(best)]
        heaviest = sorted(gains[next_], key=lambda t: (-gains[next_][t], t))[:SHOWN_TERMS]
        chosen.append(left.pop(next_))
        why.append(f"the advert names {_listed([named[t] for t in heaviest])}")
        had.update(worth[next_])
    return Plan(title, tuple(chosen), tuple(why), 1, seed) if chosen else None


def _worth(question: Question, folder: Folder) -> dict[str, float]:
    """What each term is worth to a question: most where it asks for it."""
    asked = _terms(f"{question.ask}\n{question.short}", folder)
    inside = Counter(t for p in question.points for t in _terms(f"{p.text}\n{p.say}", folder))
    found = {t: min(MOST_NAMED, NAMED * n) for t, n in inside.items()}
    for tag in question.technologies:
        found[tag] = max(TAGGED, found.get(tag, 0.0))
    return {**found, **dict.fromkeys(asked, ASKED)}


def _terms(text: str, folder: Folder) -> frozenset[str]:
    return frozenset(e.term for e in folder.fold(tokenise(text)))


def _places(tokens: Sequence[Token], stems: Sequence[str]) -> list[int]:
    row = [t.stem for t in tokens]
    return [n for n in range(len(row) - len(stems) + 1) if stems and row[n : n + len(stems)] == list(stems)]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
