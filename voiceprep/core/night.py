"""The night before the interview: one page of the candidate's own best sentences, and what to say once more.

Nothing new is learned that night, so only questions that were answered before are on it, and of these only such as
something was heard in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voiceprep.core.feedback import Assessment, Evidence, PointFeedback
from voiceprep.core.home import heaviest_gap, minutes_of
from voiceprep.core.past import day_in_words, past_of
from voiceprep.core.plan import Past, Wants, choose
from voiceprep.core.question import Outline, Question

MINUTES = 20.0
LINES, WIDTH = 40, 92
"""Lines that the sentences get, headings included, and the characters that are reckoned for one. With the plan and the
questions to ask it's then a printed page, and no more than anybody reads that night."""

ASK = (
    "What would you like me to have done by the end of my first three months?",
    "How does a change get from somebody's machine to your users, and how long does that take?",
    "What broke last, and what do you do differently since?",
    "Which technical decision of the last years would the team take differently today?",
    "How do people here learn from one another?",
)
"""What to ask the interviewer."""

_WORTH = {"covered": 1.0, "partly": 0.5, "missed": 0.0, "contradicted": 0.0}

Asked = Outline | Question


@dataclass(frozen=True, slots=True)
class Session:
    """A past session's answers. `day` is "2026-11-03", or empty; `earlier` are those that a whole new answer replaced,
    oldest first."""

    id: str
    day: str
    answers: Sequence[Assessment]
    earlier: Sequence[Assessment] = ()


@dataclass(frozen=True, slots=True)
class Take:
    """A scored answer and where it was given. What the candidate disputes is in neither figure: `heard` of `of` core
    points were heard, wholly or in part; `coverage` is the weighted share of what could be judged (0 to 1), None where
    a recogniser heard it that may not blame."""

    session_id: str
    day: str
    answer: Assessment
    heard: int
    of: int
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of the candidate's that cover a core point: an exact piece of the take that `piece` names."""

    question_id: str
    short: str
    point_id: str
    piece: Evidence
    probability: float
    session_id: str
    day: str

    @property
    def source(self) -> str:
        """Where it was said: "Why a cache, 3 Nov, a001 of 20261103-201500-ab12"."""
        on = f", {day_in_words(self.day)}" if self.day else ""
        return f"{self.short}{on}, {self.piece.take_id} of {self.session_id}"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic's best take of each of its questions, and its sentences, the surest first."""

    name: str
    takes: tuple[Take, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class OnceMore:
    """A question to go through. `say` would say the heaviest core point that its newest answer left out; empty when
    there is none."""

    id: str
    short: str
    why: str
    say: str


@dataclass(frozen=True, slots=True)
class Night:
    """The page. `minutes` are those of going through `plan` aloud, rounded up, 0 when there is nothing in it."""

    topics: tuple[Topic, ...]
    plan: tuple[OnceMore, ...]
    minutes: int
    ask: tuple[str, ...] = ASK

    @property
    def empty(self) -> bool:
        """Whether there is nothing of the candidate's on it."""
        return not self.plan and not any(t.sentences for t in self.topics)


def night_of(
    sessions: Sequence[Session], asked: Mapping[str, Asked], minutes: float = MINUTES, lines: int = LINES
) -> Night:
    """The page from the past sessions, the oldest first. `asked` are the questions that there are; others are left
    out. The plan is for `minutes`; the sentences take at most `lines` lines."""
    best = {i: t for i, t in best_takes(sessions).items() if i in asked}
    plan = _plan(sessions, [asked[i] for i, take in best.items() if take.heard], minutes)
    by_topic: dict[str, list[Take]] = {}
    for question_id, take in best.items():
        by_topic.setdefault(asked[question_id].topic, []).append(take)
    found = {name: _sentences(takes, asked) for name, takes in by_topic.items()}
    # When the page is full, it's full of what was practised most.
    names = sorted(found, key=lambda name: (-len(found[name]), name))
    chosen = _fitting({name: found[name] for name in names}, lines)
    return Night(
        topics=tuple(Topic(name, tuple(by_topic[name]), chosen[name]) for name in names),
        plan=plan,
        minutes=minutes_of([asked[p.id] for p in plan], 1),
    )


def best_takes(sessions: Iterable[Session]) -> dict[str, Take]:
    """Each question's best take: the one with most core points heard, then with most coverage, then the newest. Only
    answers in words that were scored: what somebody rated by themselves, or was in no average, is nobody's best."""
    best: dict[str, Take] = {}
    for session in sessions:
        for answer in _scored(session):
            take = _take(session, answer)
            before = best.get(answer.question_id)
            if before is None or _rank(take) >= _rank(before):
                best[answer.question_id] = take
    return best


def _scored(session: Session) -> Iterator[Assessment]:
    return (a for a in (*session.earlier, *session.answers) if a.unscored is None and a.text)


def _rank(take: Take) -> tuple[int, float]:
    return take.heard, -1.0 if take.coverage is None else take.coverage


def _take(session: Session, answer: Assessment) -> Take:
    undisputed = [p for p in answer.points if not p.dispute]
    core = [p for p in undisputed if p.core]
    judged = [p for p in undisputed if p.verdict in _WORTH]
    weight = sum(p.weight for p in judged)
    coverage = None
    if answer.coverage is not None and weight:
        coverage = sum(p.weight * _WORTH[p.verdict] for p in judged) / weight
    heard = sum(p.verdict in ("covered", "partly") for p in core)
    return Take(session.id, session.day, answer, heard, len(core), coverage)


# What to go through -----------------------------------------------------------------------------------------------


def _plan(sessions: Sequence[Session], known: Sequence[Asked], minutes: float) -> tuple[OnceMore, ...]:
    """Of the known questions those that fit, the weakest first: the last one answered that night went well before."""
    latest = [(s.day, {a.question_id: a for a in _scored(s)}) for s in sessions]
    past = past_of((day, tuple(answers.values())) for day, answers in latest)
    newest = {question_id: a for _, answers in latest for question_id, a in answers.items()}
    pool = {q.id: q for q in known}
    picks = choose(pool.values(), Wants(minutes=minutes), 1, 0, past, "")
    return tuple(
        OnceMore(p.id, pool[p.id].short, p.why, _say(newest[p.id]))
        for p in sorted(picks, key=lambda p: _weakest(past, p.id))
    )


def _weakest(past: Past, question_id: str) -> tuple[float, int]:
    return -past[question_id].weak, past[question_id].nth


def _say(answer: Assessment) -> str:
    gap = heaviest_gap([answer])
    return gap[1].say if gap else ""


# The sentences ----------------------------------------------------------------------------------------------------


def _sentences(takes: Iterable[Take], asked: Mapping[str, Asked]) -> list[Sentence]:
    """What covers the core points of these takes, the surest first, no words twice."""
    found: list[tuple[Sentence, float]] = []
    for take in takes:
        question = asked[take.answer.question_id]
        for point in take.answer.points:
            if piece := _words_of(point):
                sentence = Sentence(
                    question.id, question.short, point.id, piece, point.probability, take.session_id, take.day
                )
                found.append((sentence, point.weight))
    # Finer than tenths a probability says nothing of how well it was said; a longer quote says more of its point.
    found.sort(key=lambda f: (-round(f[0].probability, 1), -f[1], -len(f[0].piece.quote)))
    kept: list[Sentence] = []
    for sentence, _ in found:
        if not any(_overlap(sentence, other) for other in kept):
            kept.append(sentence)
    return kept


def _words_of(point: PointFeedback) -> Evidence | None:
    """The longest of the quotes that cover a core point: it says most of it."""
    if not point.core or point.verdict != "covered" or point.dispute:
        return None
    quoted = [e for e in point.evidence if e.quote.strip()]
    return max(quoted, key=lambda e: len(e.quote), default=None)


def _overlap(one: Sentence, other: Sentence) -> bool:
    return (
        (one.session_id, one.piece.take_id) == (other.session_id, other.piece.take_id)
        and one.piece.char_start < other.piece.char_end
        and other.piece.char_start < one.piece.char_end
    )


def _fitting(found: Mapping[str, Sequence[Sentence]], lines: int) -> dict[str, tuple[Sentence, ...]]:
    """Of each topic as many sentences as fit into `lines` together, in turns: each topic's surest before any second.

    A topic costs a line for its heading."""
    chosen: dict[str, list[Sentence]] = {name: [] for name in found}
    for name, sentence in _in_turns(found):
        costs = _lines(f"“{sentence.piece.quote}”  ({sentence.source})") + (not chosen[name])
        if costs <= lines:
            lines -= costs
            chosen[name].append(sentence)
    return {name: tuple(sentences) for name, sentences in chosen.items()}


def _in_turns(found: Mapping[str, Sequence[Sentence]]) -> Iterator[tuple[str, Sentence]]:
    for turn in range(max(map(len, found.values()), default=0)):
        for name, sentences in found.items():
            if turn < len(sentences):
                yield name, sentences[turn]


def _lines(text: str) -> int:
    return -(-len(text) // WIDTH)
