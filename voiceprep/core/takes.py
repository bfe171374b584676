"""All takes of one question in order of time, and two of them beside each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from voiceprep.core.delivery import Delivery, Pause, Unmeasured
from voiceprep.core.feedback import SKIPPED, Assessment, PointFeedback
from voiceprep.core.past import day_in_words
from voiceprep.core.transcript import QUICK
from voiceprep.core.verdicts import Status

Kind = Literal["calm", "clocked"]
HEARD = ("covered", "partly")
NO_TAKE = (SKIPPED, "no answer")
"""Why an answer is none: nobody gave one."""


def kind_of(answer: Assessment) -> Kind:
    """Whether it was given calm or under a clock."""
    return "calm" if answer.clocked is None else "clocked"


def other_kind(answer: Assessment) -> Kind:
    return "clocked" if kind_of(answer) == "calm" else "calm"


# Which takes there are ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Take:
    """An answer, and when it was given: `day` is "2026-11-03", or "" where nobody knows. `session_id` is "" for a take
    of the session itself."""

    assessment: Assessment
    day: str = ""
    session_id: str = ""

    @property
    def when(self) -> str:
        """When it was, as a sentence has it."""
        if not self.session_id:
            return "earlier in this session"
        return f"on {day_in_words(self.day)}" if self.day else "before"


@dataclass(frozen=True, slots=True)
class SessionAnswers:
    """A session's answers, oldest first, those that were replaced among them."""

    session_id: str
    day: str
    answers: Sequence[Assessment]


@dataclass(frozen=True, slots=True)
class QuestionTakes:
    """All takes of one question, oldest first. `recorded` are those whose recording is on disk, those of follow-ups and
    single sentences as well: (session id, take id)."""

    question_id: str
    short: str
    ask: str
    takes: tuple[Take, ...] = ()
    recorded: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Addition:
    """A recording of its own that belongs to a take: a follow-up's answer, or one sentence said again for a point.
    `about` is the follow-up or the point; `heard` of its `of` points were heard, wholly or in part."""

    take_id: str
    kind: Literal["follow-up", "sentence"]
    about: str
    heard: int
    of: int
    unscored: str = ""


def additions(answer: Assessment) -> tuple[Addition, ...]:
    """What was added to an answer after it was given, in the order in which it was recorded."""
    texts = {p.id: p.text for p in answer.points}
    found = [
        Addition(
            a.take_id,
            "follow-up",
            a.ask,
            sum(p.verdict in HEARD for p in a.points),
            len(a.points),
            a.unscored.reason if a.unscored else "",
        )
        for a in answer.follow_ups_asked
        if _given(a)
    ]
    found += [
        Addition(
            r.take_id,
            "sentence",
            texts.get(r.point_id, r.point_id),
            int(r.verdict in HEARD),
            1,
            r.unscored.reason if r.unscored else "",
        )
        for r in answer.retakes
    ]
    return tuple(sorted(found, key=lambda a: _nth(a.take_id)))


def takes_by_question(sessions: Iterable[SessionAnswers]) -> dict[str, tuple[Take, ...]]:
    """Each question's takes, from sessions that come oldest first: whole answers, those that were off topic or replaced
    among them. What was skipped or never answered is no take."""
    found: dict[str, list[Take]] = {}
    for held in sessions:
        answers = [one for answer in held.answers for one in (answer.first_take, answer) if one is not None]
        for answer in sorted(answers, key=lambda a: _nth(a.take_id)):
            if _given(answer):
                found.setdefault(answer.question_id, []).append(Take(answer, held.day, held.session_id))
    return {question_id: tuple(takes) for question_id, takes in found.items()}


def _given(answer: Assessment) -> bool:
    return answer.unscored is None or answer.unscored.reason not in NO_TAKE


def _nth(take_id: str) -> int:
    return int(take_id[1:]) if take_id[1:].isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Takes:
    """The newest scored answers to one question; None where there is none of that kind."""

    calm: Take | None = None
    clocked: Take | None = None

    def of(self, kind: Kind) -> Take | None:
        return self.calm if kind == "calm" else self.clocked


def newest_takes(sessions: Iterable[SessionAnswers], question_ids: Collection[str]) -> dict[str, Takes]:
    """Each of these questions' newest scored answers, from sessions that come oldest first; a question that has none is
    left out."""
    newest: dict[str, Takes] = {}
    for question_id, takes in takes_by_question(sessions).items():
        scored = {kind_of(t.assessment): t for t in takes if t.assessment.unscored is None}
        if scored and question_id in question_ids:
            newest[question_id] = Takes(scored.get("calm"), scored.get("clocked"))
    return newest


def take_beside(answer: Assessment, earlier: Sequence[Assessment], others: Takes | None, kind: Kind) -> Take | None:
    """Which take of this kind an answer is held beside: the newest scored one among the `earlier` of its own session,
    oldest first, else the newest from other sessions. None for an answer without a score."""
    if answer.unscored is not None:
        return None
    for before in reversed(earlier):
        if before.question_id == answer.question_id and before.unscored is None and kind_of(before) == kind:
            return Take(before)
    return others.of(kind) if others is not None else None


def first_and_latest(takes: Sequence[Take]) -> tuple[Take, Take] | None:
    """The two takes that say most about getting better: the first scored one and the latest, both calm or both under a
    clock where there are two like the latest. None with fewer than two."""
    like = _like_the_latest(takes)
    return (like[0], like[-1]) if like else None


def the_last_two(takes: Sequence[Take]) -> tuple[Take, Take] | None:
    """The latest scored take and the one before, told apart in the same way."""
    like = _like_the_latest(takes)
    return (like[-2], like[-1]) if like else None


def _like_the_latest(takes: Sequence[Take]) -> list[Take]:
    scored = [t for t in takes if t.assessment.unscored is None]
    like = [t for t in scored if kind_of(t.assessment) == kind_of(scored[-1].assessment)]
    chosen = like if len(like) > 1 else scored
    return chosen if len(chosen) > 1 else []


# Two takes beside each other ---------------------------------------------------------------------------------------


def incomparable(one: Assessment, other: Assessment, names: tuple[str, str]) -> str:
    """Why what was heard in these two can't be compared, in a clause without a full stop; "" when it can. `names` say
    which is which ("calm one")."""
    both = tuple(zip((one, other), names, strict=True))
    if (one.question_id, one.follow_up_id) != (other.question_id, other.follow_up_id):
        return "they answer different questions"
    for answer, name in both:
        if answer.unscored is not None:
            return f"the {name} isn't scored ({answer.unscored.reason})"
    for answer, name in both:
        if answer.clocked is not None and answer.clocked.interrupted:
            return f"the {name} is no fair measure ({answer.clocked.interrupted.rstrip('.')})"
    if one.source != other.source:
        return f"the {names[0]} was {_SOURCES[one.source]}, the {names[1]} {_SOURCES[other.source]}"
    for answer, name in both:
        if answer.engine.endswith(QUICK):
            return f"nobody has listened to the {name} with care yet"
    if one.engine != other.engine:
        return f"{one.engine} heard the {names[0]}, {other.engine} the {names[1]}"
    if one.rubric != other.rubric:
        return "the question's points were changed in between"
    if one.matcher_version != other.matcher_version:
        return "answers are read in another way since one of them"
    return ""


_SOURCES = {"asr": "spoken", "typed": "typed", "edited": "edited"}

Said = Literal["heard", "asked for", "to check", "against", "not heard"]
"""How a point came out in one take: heard in the take itself, wholly or in part; heard only in a follow-up or a
sentence said again; counted neither way; gone against; not heard."""


def said_in(point: PointFeedback, own: Mapping[str, Status]) -> Said:
    """How this point of an answer came out; `own` are the verdicts that the take earned by itself."""
    if point.id not in own:
        return "asked for" if point.verdict in HEARD else "not heard"
    return _SAID[own[point.id]]


_SAID: dict[Status, Said] = {
    "covered": "heard", "partly": "heard", "unsure": "to check", "contradicted": "against",
    "missed": "not heard", "unheard": "not heard",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PointThenNow:
    text: str
    core: bool
    then: Said
    now: Said


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of both takes, in its own unit."""

    then: float
    now: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in two takes. `points` are in the order of the rubric, without `disputed` ones, which are their
    texts; `pitfalls_gone` were walked into then and not now, `pitfalls_new` the other way round. `sure` is False when a
    basic recogniser heard them: then what wasn't heard may have been said."""

    points: tuple[PointThenNow, ...]
    disputed: tuple[str, ...] = ()
    pitfalls_gone: tuple[str, ...] = ()
    pitfalls_new: tuple[str, ...] = ()
    sure: bool = True

    @property
    def now_also(self) -> tuple[PointThenNow, ...]:
        """Heard now, and then not, or only when asked for; nothing that had to be checked."""
        return tuple(p for p in self.points if p.now == "heard" and p.then in ("asked for", "against", "not heard"))

    @property
    def no_longer(self) -> tuple[PointThenNow, ...]:
        """Heard then, and not now."""
        return tuple(p for p in self.points if p.then == "heard" and p.now == "not heard")

    @property
    def still_not(self) -> tuple[PointThenNow, ...]:
        """Heard neither then nor now."""
        return tuple(p for p in self.points if p.now == "not heard" and p.then != "heard")

    def now(self, said: Said) -> tuple[PointThenNow, ...]:
        return tuple(p for p in self.points if p.now == said)


@dataclass(frozen=True, slots=True)
class Compared:
    """An earlier take and a later one. Times in seconds, the pace in words per minute; whatever isn't known of both, or
    can't be compared, says why."""

    then: Take
    now: Take
    heard: Heard | Unmeasured
    pace: Change | Unmeasured
    pauses: Change | Unmeasured
    longest_pause_s: Change | Unmeasured
    length_s: Change | Unmeasured
    first_word_s: Change | Unmeasured


EARLIER, LATER = "earlier one", "later one"


def compare(then: Take, now: Take) -> Compared:
    """The two beside each other, each by itself: what a follow-up or a retake filled in counts for neither.

    Pauses and times are the VAD's, so they are compared whatever recognised the words; the pace is not."""
    one, other = then.assessment, now.assessment
    why = incomparable(one, other, (EARLIER, LATER))
    d, e = one.delivery, other.delivery
    return Compared(
        then,
        now,
        Unmeasured(why) if why else _heard(one, other),
        _pace(one, other),
        _change(_count(d.silent_pauses), _count(e.silent_pauses)),
        _change(_longest_s(d), _longest_s(e)),
        _change(d.duration_s, e.duration_s),
        _change(d.first_speech_s, e.first_speech_s),
    )


def _heard(one: Assessment, other: Assessment) -> Heard:
    before, after = one.own_verdicts(), other.own_verdicts()
    old = {p.id: p for p in one.points}
    disputed = {p.id for p in (*one.points, *other.points) if p.dispute}
    gone, new = _only_in(one, other), _only_in(other, one)
    return Heard(
        tuple(
            PointThenNow(p.text, p.core, said_in(old[p.id], before), said_in(p, after))
            for p in other.points
            if p.id in old and p.id not in disputed
        ),
        tuple(p.text for p in other.points if p.id in disputed),
        tuple(gone),
        tuple(new),
        sure=not any(v == "unheard" for v in (*before.values(), *after.values())),
    )


def _only_in(one: Assessment, other: Assessment) -> Iterator[str]:
    there = {p.id for p in other.pitfalls}
    return (p.text for p in one.pitfalls if p.id not in there)


def _count(pauses: Sequence[Pause] | Unmeasured) -> float | Unmeasured:
    return pauses if isinstance(pauses, Unmeasured) else float(len(pauses))


def _pace(one: Assessment, other: Assessment) -> Change | Unmeasured:
    found = _change(one.delivery.words_per_minute, other.delivery.words_per_minute)
    if isinstance(found, Change) and one.engine != other.engine:
        return Unmeasured(f"{one.engine} heard the {EARLIER}, {other.engine} the {LATER}")
    return found


def _longest_s(delivery: Delivery) -> float | Unmeasured:
    longest = delivery.longest_pause
    return longest if isinstance(longest, Unmeasured) else longest.length_s


def _change(then: float | Unmeasured, now: float | Unmeasured) -> Change | Unmeasured:
    if isinstance(then, Unmeasured):
        return Unmeasured(f"the {EARLIER}: {then.reason}")
    if isinstance(now, Unmeasured):
        return Unmeasured(f"the {LATER}: {now.reason}")
    return Change(float(then), float(now))
