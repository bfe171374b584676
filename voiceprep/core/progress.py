"""How practice goes: per question and point, per topic, per measure of delivery. Answers compare only with their like.

Alike are answers whose words come from the same kind of source (typed, corrected by hand, one kind of recogniser), read
by the same matcher against the same rubric. A comparison takes those that are like the newest one; that others were
left out, and in what they differ, is a value beside it (`Break`). Unscored answers, those rated by oneself among them,
are in nothing here.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from voiceprep.core.answered import MEASURES, Answered, PointSeen, Said
from voiceprep.core.delivery import Unmeasured
from voiceprep.core.due import Due, due_of
from voiceprep.core.past import Practised, past_of, said_of

LAST = 5
"""As many of the newest answers are held beside as many before them."""
LEAST = 3
"""Fewer comparable answers are no trend."""
WINDOW = 30
"""Newest answers that a topic's trend, or delivery's, is looked for in."""

Differs = Literal["recogniser", "matcher", "rubric"]


@dataclass(frozen=True, slots=True)
class Break:
    """`left_out` answers aren't compared, since they differ in `what`. `since` is the day of the first answer compared,
    when all those left out are older; else ""."""

    since: str
    what: tuple[Differs, ...]
    ear: str
    """Where the words of those compared come from."""
    left_out: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Core points heard, of those that the answers tell about."""

    heard: int
    of: int


@dataclass(frozen=True, slots=True)
class PointStanding:
    """`last` is what the newest answer that tells about it told, on `day`; `ever`: heard in a comparable answer.
    `running` answers in a row told that it wasn't heard, or was gone against; 0 when it was heard."""

    id: str
    text: str
    core: bool
    weight: float
    last: Said
    day: str
    ever: bool
    running: int
    disputed: bool = False

    @property
    def weak(self) -> bool:
        return self.core and self.running > 0 and not self.disputed


@dataclass(frozen=True, slots=True)
class Standing:
    """One question's history in short. `answers` were scored, `comparable` of them are like the newest."""

    question_id: str
    title: str
    topic: str
    session_id: str
    nth: int
    """Of the newest answer; with `session_id` they order questions by when they were answered."""
    practised: Practised
    answers: int
    comparable: int
    now: Tally | None
    """Of the newest scored answer; `before` of the comparable one before it."""
    before: Tally | None
    broken: Break | None
    points: tuple[PointStanding, ...]
    due: Due | None


@dataclass(frozen=True, slots=True)
class TopicTrend:
    """Core points heard in the newest `n` comparable answers, and in the `n` before."""

    topic: str
    questions: int
    n: int
    now: Tally | Unmeasured
    before: Tally | Unmeasured
    broken: Break | None


@dataclass(frozen=True, slots=True)
class MeasureTrend:
    """The median of a measure in the newest `n` comparable calm answers, and in the `n` before."""

    name: str
    n: int
    now: float | Unmeasured
    before: float | Unmeasured
    broken: Break | None


@dataclass(frozen=True, slots=True)
class DueQuestion:
    """`since` is the day from which it's due; `why` is how it went last."""

    question_id: str
    title: str
    topic: str
    since: str
    why: str


@dataclass(frozen=True, slots=True)
class WeakPoint:
    question_id: str
    title: str
    point: PointStanding


@dataclass(frozen=True, slots=True)
class Progress:
    """`next_due` is the day on which something is due next, "" when nothing will be."""

    answers: int
    questions: int
    due: tuple[DueQuestion, ...]
    next_due: str
    weak: tuple[WeakPoint, ...]
    topics: tuple[TopicTrend, ...]
    delivery: tuple[MeasureTrend, ...]
    broken: tuple[tuple[str, Break], ...]
    """Questions by what they're about, with the break in their own history."""


# What compares ----------------------------------------------------------------------------------------------------


def alike(answers: Sequence[Answered], *, judged: bool = True) -> tuple[list[Answered], Break | None]:
    """Of the scored ones among `answers`, the oldest first, those like the newest; and the break, if any is left out.

    Each question has a rubric of its own, so an answer's is compared with that of the question's newest answer. What
    isn't `judged` (delivery) depends on neither matcher nor rubric."""
    scored = [a for a in answers if a.unscored is None]
    if not scored:
        return [], None
    newest = scored[-1]
    rubrics = {a.question_id: a.rubric for a in scored}

    def differs(a: Answered) -> tuple[Differs, ...]:
        found: list[Differs] = ["recogniser"] if a.ear != newest.ear else []
        if judged and a.matcher_version != newest.matcher_version:
            found.append("matcher")
        if judged and a.rubric != rubrics[a.question_id]:
            found.append("rubric")
        return tuple(found)

    others = [(n, what) for n, a in enumerate(scored) if (what := differs(a))]
    if not others:
        return scored, None
    left_out = {n for n, _ in others}
    kept = [a for n, a in enumerate(scored) if n not in left_out]
    older = max(left_out) < len(left_out)  # all of them come before all that are kept
    what = tuple(dict.fromkeys(w for _, different in others for w in different))
    return kept, Break(kept[0].day if older else "", what, newest.ear, len(others))


def _halves(count: int) -> tuple[int, bool]:
    """How many of `count` comparable answers make a side, and whether there is another side before it."""
    return (min(LAST, count // 2), True) if count >= 2 * LEAST else (min(LAST, count), False)


def _too_few(count: int, where: str = "") -> Unmeasured:
    return Unmeasured(f"{count} comparable answer{'s' * (count != 1)}{where}, {LEAST} are needed")


# A question -------------------------------------------------------------------------------------------------------


def standing_of(answers: Sequence[Answered]) -> Standing:
    """A question's history in short, from all answers to it, the oldest first; at least one."""
    newest = answers[-1]
    same, broken = alike(answers)
    # Within a session the last answer counts: what it replaced was given minutes before.
    kept = [a for a in answers if not a.replaced]
    practised = past_of((a.day, (a,)) for a in kept or answers)[newest.question_id]
    return Standing(
        question_id=newest.question_id,
        title=newest.title,
        topic=newest.topic,
        session_id=newest.session_id,
        nth=newest.nth,
        practised=practised,
        answers=sum(a.unscored is None for a in answers),
        comparable=len(same),
        now=Tally(*same[-1].tally()) if same else None,
        before=Tally(*same[-2].tally()) if len(same) > 1 else None,
        broken=broken,
        points=tuple(_point(p, same) for p in same[-1].points) if same else (),
        due=due_of(answers),
    )


def _point(point: PointSeen, same: Sequence[Answered]) -> PointStanding:
    told = [(a.day, said) for a in same for p in a.points if p.id == point.id and (said := a.said(p))]
    running = 0
    for _, said in reversed(told):
        if said == "heard":
            break
        running += 1
    last: Said = told[-1][1] if told else ""
    day = told[-1][0] if told else ""
    ever = any(said == "heard" for _, said in told)
    return PointStanding(
        point.id, point.text, point.core, point.weight, last, day, ever, running, bool(point.dispute)
    )  # fmt: skip


# Topics and delivery ----------------------------------------------------------------------------------------------


def topic_of(topic: str, questions: int, answers: Sequence[Answered]) -> TopicTrend:
    """A topic's trend from its newest answers, the oldest of them first."""
    same, broken = alike(answers)
    told = [t for a in same if (t := a.tally())[1]]
    n, has_before = _halves(len(told))
    if len(told) < LEAST:
        few = _too_few(len(told))
        return TopicTrend(topic, questions, len(told), few, few, broken)
    before = _sum(told[-2 * n : -n]) if has_before else _too_few(len(told) - n, " before")
    return TopicTrend(topic, questions, n, _sum(told[-n:]), before, broken)


def _sum(told: Iterable[tuple[int, int]]) -> Tally:
    heard, of = zip(*told, strict=True)
    return Tally(sum(heard), sum(of))


def delivery_of(answers: Sequence[Answered]) -> tuple[MeasureTrend, ...]:
    """Every measure's trend from the newest calm answers, the oldest of them first: a clock changes how one speaks."""
    return tuple(_measured(name, answers) for name in MEASURES)


def _measured(name: str, answers: Sequence[Answered]) -> MeasureTrend:
    values = {id(a): m.value for a in answers for m in a.delivery if m.name == name and m.value is not None}
    same, broken = alike([a for a in answers if not a.clocked and id(a) in values], judged=False)
    found = [values[id(a)] for a in same]
    if len(found) < LEAST:
        few = _too_few(len(found))
        return MeasureTrend(name, len(found), few, few, broken)
    n, has_before = _halves(len(found))
    before = statistics.median(found[-2 * n : -n]) if has_before else _too_few(len(found) - n, " before")
    return MeasureTrend(name, n, statistics.median(found[-n:]), before, broken)


# All of it --------------------------------------------------------------------------------------------------------


def progress_of(
    standings: Sequence[Standing],
    by_topic: Mapping[str, Sequence[Answered]],
    spoken: Sequence[Answered],
    today: str,
    interview: str = "",
) -> Progress:
    """How it goes on the day `today` ("2026-11-03"). `by_topic` and `spoken` are the newest answers of each topic, and
    those with a measured delivery, the oldest first; `interview` is the interview's day, or ""."""
    past = practised_of(standings, today, interview)
    days = [(s.due.before(interview, today), s) for s in standings if s.due is not None]
    due = sorted((d for d in days if d[0] <= today), key=lambda d: (d[0], d[1].session_id, d[1].nth))
    weak = [WeakPoint(s.question_id, s.title, p) for s in standings for p in s.points if p.weak]
    weak.sort(key=lambda w: (w.point.last != "against", -w.point.running, -w.point.weight, w.question_id))
    counts = {t: sum(s.topic == t for s in standings) for t in by_topic}
    return Progress(
        answers=sum(s.answers for s in standings),
        questions=len(standings),
        due=tuple(
            DueQuestion(s.question_id, s.title, s.topic, day, said_of({s.question_id: _undue(past, s)}, s.question_id))
            for day, s in due
        ),
        next_due=min((day for day, _ in days if day > today), default=""),
        weak=tuple(weak),
        topics=tuple(topic_of(t, counts[t], answers) for t, answers in sorted(by_topic.items())),
        delivery=delivery_of(spoken),
        broken=tuple((s.title, s.broken) for s in standings if s.broken is not None),
    )


def _undue(past: Mapping[str, Practised], s: Standing) -> Practised:
    return replace(past[s.question_id], due="")


def practised_of(standings: Iterable[Standing], today: str, interview: str = "") -> dict[str, Practised]:
    """How each question went so far, and since when it's due, as a plan wants it."""
    found = {}
    for nth, s in enumerate(sorted(standings, key=lambda s: (s.session_id, s.nth)), 1):
        day = s.due.before(interview, today) if s.due is not None else ""
        found[s.question_id] = replace(s.practised, nth=nth, due=day if day and day <= today else "")
    return found
