"""Which questions a session asks, and in what order: explicit seed, explainable choice."""

from __future__ import annotations

import heapq
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from voiceprep.core.home import seconds_of
from voiceprep.core.past import Practised, said_of
from voiceprep.core.pressure import Pressure
from voiceprep.core.question import Difficulty, Level, Outline, Question, Type

HOW_MANY = 4
"""Questions of a round that chooses and says neither how many nor how long."""
LOOK_ON = 8
"""As many questions that are too long for the minutes left are passed over, before the plan is full."""
DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard")

Past = Mapping[str, Practised]


@dataclass(frozen=True, slots=True)
class Wants:
    """What a round's questions have to be: one of each that isn't empty. `how_many` and `minutes` bound the round."""

    topics: tuple[str, ...] = ()
    types: tuple[Type, ...] = ()
    technologies: tuple[str, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()
    levels: tuple[Level, ...] = ()
    how_many: int | None = None
    minutes: float | None = None

    @property
    def most(self) -> int | None:
        """How many questions at most; None when the minutes alone decide."""
        return self.how_many or (None if self.minutes else HOW_MANY)

    def fitting(self, pool: Iterable[Outline | Question]) -> list[Outline | Question]:
        """Those of `pool` that are all of this, in its order."""
        left = list(pool)
        if self.topics:
            left = [q for q in left if q.topic in self.topics]
        if self.types:
            left = [q for q in left if q.type in self.types]
        if self.technologies:
            named = set(self.technologies)
            left = [q for q in left if not named.isdisjoint(q.technologies)]
        if self.difficulties:
            left = [q for q in left if q.difficulty in self.difficulties]
        if self.levels:
            left = [q for q in left if q.level in self.levels]
        return left

    def met_by(self, question: Outline | Question) -> tuple[str, ...]:
        """What of all this the question is, in the author's words."""
        one = (
            (self.topics, question.topic),
            (self.types, question.type),
            (self.difficulties, question.difficulty),
            (self.levels, question.level),
        )
        named = [value for wanted, value in one if wanted]
        named += [t for t in self.technologies if t in question.technologies]
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Round:
    """Questions asked together, listed or chosen, and how many follow-ups each of them may earn. `group` is the heading
    under which it's shown; rounds without one come first."""

    id: str
    title: str
    about: str
    questions: tuple[str, ...]
    follow_ups: int = 1
    choose: Wants | None = None
    group: str = ""
    pressure: Pressure | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A question of a plan, and why it's there."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a session will ask: questions in order, each with why it was chosen."""

    title: str
    questions: tuple[Question, ...]
    why: tuple[str, ...]
    follow_ups: int
    seed: int
    pressure: Pressure | None = None
    """The clock it's held under; None for a calm one."""


def plan_round(
    round_: Round,
    questions: Mapping[str, Question],
    seed: int,
    past: Past | None = None,
    outlines: Mapping[str, Outline] | None = None,
) -> Plan:
    """A round's questions: chosen, or as listed, in the author's order (with a seed other than 0, in a drawn one).

    `outlines`, where given, spare the reading of questions that aren't chosen; `past` None says nothing of it."""
    picks = picks_of(round_, outlines or questions, seed, past)
    plan = planned(round_.title, picks, questions, round_.follow_ups, seed)
    return replace(plan, pressure=round_.pressure)


def picks_of(
    round_: Round, outlines: Mapping[str, Outline] | Mapping[str, Question], seed: int, past: Past | None = None
) -> tuple[Pick, ...]:
    """What a round asks now, and why."""
    if round_.choose is not None:
        return choose(outlines.values(), round_.choose, round_.follow_ups, seed, past or {}, "the round asks for")
    ids = _drawn(round_.questions, seed) if seed else list(round_.questions)
    why = f"drawn by seed {seed}" if seed else f"next in {round_.title}"
    return tuple(Pick(i, why if past is None else f"{why}; {said_of(past, i)}") for i in ids)


def planned(
    title: str, picks: Sequence[Pick], questions: Mapping[str, Question], follow_ups: int = 1, seed: int = 0
) -> Plan:
    """The plan that asks these."""
    return Plan(title, tuple(questions[p.id] for p in picks), tuple(p.why for p in picks), follow_ups, seed)


def plan_questions(ids: Sequence[str], questions: Mapping[str, Question], seed: int = 0) -> Plan:
    """Exactly the questions asked for, in that order."""
    title = questions[ids[0]].short if len(ids) == 1 else "Chosen questions"
    return planned(title, [Pick(i, "you chose it") for i in ids], questions, 1, seed)


def plan_minutes(plan: Plan, minutes: float) -> Plan:
    """As many of the plan's questions as fit, with a follow-up each where there's time; at least one question."""
    left_s, chosen = minutes * 60.0, 0
    for question in plan.questions:
        left_s -= seconds_of(question, plan.follow_ups)
        if left_s < 0 and chosen:
            break
        chosen += 1
    return replace(
        plan,
        title=f"{minutes:g} minutes",
        questions=plan.questions[:chosen],
        why=plan.why[:chosen],
    )


# Choosing ---------------------------------------------------------------------------------------------------------
#
# What is due comes first, longest due first. Then what wasn't practised, then what was heard least, then what was
# practised longest ago; before these two, topics that the session has least of. Who is still equal is drawn. A session
# goes from easy to hard.


def choose(
    pool: Iterable[Outline | Question], wants: Wants, follow_ups: int, seed: int, past: Past, asks: str
) -> tuple[Pick, ...]:
    """The questions of `pool` that `wants` gets now, from easy to hard; `asks` begins the reason it gives for one.

    The same pool, wants, seed and past give the same picks everywhere. At least one question where any fits."""
    fitting = wants.fitting(pool)
    chosen: list[tuple[Outline | Question, bool]] = []
    used: Counter[str] = Counter()
    most = wants.most or len(fitting)
    left_s = wants.minutes * 60.0 if wants.minutes else float("inf")
    passed = 0
    for question, drawn in _in_turn(fitting, used, seed, past):
        left = left_s - seconds_of(question, follow_ups)
        if left < 0 and chosen:
            passed += 1
            if passed > LOOK_ON:
                break
            continue
        left_s = left
        chosen.append((question, drawn))
        used[question.topic] += 1
        if len(chosen) >= most:
            break
    chosen.sort(key=lambda c: DIFFICULTIES.index(c[0].difficulty))
    return tuple(Pick(q.id, _why(q, wants, asks, drawn, seed, past)) for q, drawn in chosen)


def _in_turn(
    questions: Iterable[Outline | Question], used: Mapping[str, int], seed: int, past: Past
) -> Iterator[tuple[Outline | Question, bool]]:
    """Each question in its turn, and whether it was drawn among equals. `used` counts the topics asked meanwhile."""
    fresh: defaultdict[str, list[Outline | Question]] = defaultdict(list)
    known: defaultdict[tuple[int, str], list[tuple[float, int, str, Outline | Question]]] = defaultdict(list)
    due: list[tuple[str, float, int, Outline | Question]] = []
    for q in questions:
        before = past.get(q.id)
        if before is not None and before.due:
            due.append((before.due, -before.weak, before.nth, q))
        elif before is None:
            fresh[q.topic].append(q)
        else:
            weak = before.weak
            known[1 if weak else 2, q.topic].append((-weak, before.nth, q.id, q))
    for *_, q in sorted(due, key=lambda d: d[:3]):
        yield q, False
    yield from _drawn_in_turn(fresh, used, seed)
    for heap in known.values():
        heapq.heapify(heap)
    while known:
        at = min(known, key=lambda k: (k[0], used.get(k[1], 0), known[k][0][:3]))
        yield heapq.heappop(known[at])[3], False
        if not known[at]:
            del known[at]


def _drawn_in_turn(
    by_topic: Mapping[str, Sequence[Outline | Question]], used: Mapping[str, int], seed: int
) -> Iterator[tuple[Outline | Question, bool]]:
    """Questions that are equal but for their topics: the topic that's used least, drawn where several are, and one of
    its questions. Only topics that are drawn have their questions shuffled: a bank may hold thousands."""
    draw = _drawing(seed)
    topics = {topic: draw(topic) for topic in by_topic}
    shuffled: dict[str, list[Outline | Question]] = {}
    while topics:
        topic = min(topics, key=lambda t: (used.get(t, 0), topics[t]))
        if topic not in shuffled:
            shuffled[topic] = sorted(by_topic[topic], key=lambda q: draw(q.id), reverse=True)
        times = used.get(topic, 0)
        equals = len(shuffled[topic]) > 1 or any(t != topic and used.get(t, 0) == times for t in topics)
        yield shuffled[topic].pop(), equals
        if not shuffled[topic]:
            del topics[topic]


def _why(question: Outline | Question, wants: Wants, asks: str, drawn: bool, seed: int, past: Past) -> str:
    said = [said_of(past, question.id)]
    if met := wants.met_by(question):
        said.append(f"{asks} {', '.join(met)}")
    if drawn:
        said.append(f"drawn by seed {seed}")
    return "; ".join(said)


_PRIME = (1 << 61) - 1


def _drawing(seed: int) -> Callable[[str], int]:
    """A number for each text, others with every seed, the same on every platform and Python version.

    Not `hash()`, which is salted. Each text's number is its own, so that a new question doesn't shuffle the others."""
    state, numbers = seed & 0xFFFFFFFFFFFFFFFF, []
    for _ in range(2):  # SplitMix64
        state = (state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        numbers.append((mixed ^ (mixed >> 31)) % _PRIME)
    factor, plus = numbers[0] | 1, numbers[1]
    return lambda text: (zlib.crc32(text.encode()) * factor + plus) % _PRIME


def _drawn(ids: Sequence[str], seed: int) -> list[str]:
    # A small linear congruential generator: the same order on every platform and Python version.
    left, drawn, state = list(ids), [], seed & 0xFFFFFFFF
    while left:
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        drawn.append(left.pop((state >> 8) % len(left)))
    return drawn
