"""Verdicts and delivery made into what a candidate is told: an Assessment, or one that says why there's no score."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from voiceprep.core.delivery import Delivery, Unmeasured, measure
from voiceprep.core.gate import OFF_TOPIC, reading_of, why_unscored
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.matching import MATCHER_VERSION, Reading, tokens_of
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.plain import plain_verdicts
from voiceprep.core.pressure import Clocked
from voiceprep.core.question import TOLD, FollowUp, Point, Question
from voiceprep.core.rubric import Rubric, compile_rubric, follow_up_rubric
from voiceprep.core.star import StarShares, star_shares, star_verdicts
from voiceprep.core.transcript import Source, TimedWord, Transcript
from voiceprep.core.verdicts import Status, Verdict, pitfalls, verdicts, weigh, weigh_traps
from voiceprep.core.weighing import Signs
from voiceprep.core.words import Token

SCHEMA = 1


SKIPPED = "skipped"
SELF_RATED = "said in your head, and rated by yourself"
MISHEARD = "you had said this before it was asked: I misheard you"


@dataclass(frozen=True, slots=True)
class Unscored:
    """Why an answer has no score. Not a zero: it stays out of every average."""

    reason: str

    @property
    def off_topic(self) -> bool:
        """Whether it was an answer to something else: then the question is asked once more."""
        return self.reason.startswith(OFF_TOPIC)

    @property
    def self_rated(self) -> bool:
        """Whether nobody but its speaker heard it: then `Assessment.self_rated` has what they ticked."""
        return self.reason == SELF_RATED


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidate's own words: an exact span of the transcript of `take_id`, with seconds when it was spoken."""

    quote: str
    char_start: int
    char_end: int
    start_s: float | None = None
    end_s: float | None = None
    take_id: str = ""


@dataclass(frozen=True, slots=True)
class PointFeedback:
    id: str
    text: str
    core: bool
    weight: float
    verdict: Status
    probability: float
    say: str
    evidence: tuple[Evidence, ...] = ()
    correction: str = ""
    why: str = ""
    dispute: str | None = None
    put_right: tuple[Evidence, ...] = ()
    """What was said against it before `evidence` put it right."""


@dataclass(frozen=True, slots=True)
class PitfallFeedback:
    id: str
    text: str
    advice: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The follow-up that the answer earned."""

    id: str
    text: str
    probes: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Retake:
    """One sentence said again for one point: what was heard, and what it made of the point. `unscored` says why it
    made nothing."""

    point_id: str
    take_id: str
    text: str
    verdict: Status
    unscored: Unscored | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One scored answer. `coverage` is for machines and trends: None when the answer isn't scored, or when a basic
    recogniser heard it and nobody has confirmed the words yet. `star` is there for scored answers to behavioral
    questions, and for a story told in answer to a situational one."""

    question_id: str
    follow_up_id: str | None
    take_id: str
    ask: str
    rubric: str
    bank_version: str
    matcher_version: str
    engine: str
    source: Source
    text: str
    unscored: Unscored | None
    coverage: float | None
    points: tuple[PointFeedback, ...]
    pitfalls: tuple[PitfallFeedback, ...]
    also_said: tuple[str, ...]
    follow_up: Chosen | None
    follow_ups_asked: tuple[Assessment, ...]
    delivery: Delivery
    next_step: str
    retakes: tuple[Retake, ...] = ()
    opinion: Opinion | NoOpinion | None = None
    """A second opinion on the words of `take_id`, or why there is none; None when nobody was asked, or not yet. It
    stands beside the verdicts and changes none of them."""
    star: StarShares | Unmeasured | None = None
    first_take: Assessment | None = None
    """The answer before, which was off topic, so that the question was asked once more."""
    not_asked: str = ""
    """Why nothing more was asked about it, in a sentence; empty unless time was the reason."""
    clocked: Clocked | None = None
    """The clock it was given under; None for a calm one."""
    self_rated: tuple[str, ...] = ()
    """Points that the candidate ticked, of an answer said in their head. No verdict rests on them."""
    doubts: tuple[str, ...] = ()
    """What of the recogniser's words wasn't believed, a sentence each."""
    earned: tuple[str, ...] = ()
    """Of a follow-up that was asked by quick words: the points of its question not heard in them."""

    @property
    def cut_short(self) -> bool:
        """Whether the interviewer ended it: then what wasn't heard was perhaps only not reached."""
        return self.clocked is not None and self.clocked.cut is not None

    def heard(self, core: bool) -> tuple[int, int]:
        """(heard, of) over the core or the extra points; partly heard counts as heard."""
        chosen = [p for p in self.points if p.core is core]
        return sum(p.verdict in ("covered", "partly") for p in chosen), len(chosen)

    def own_verdicts(self) -> dict[str, Status]:
        """The verdicts that this take earned by itself, without those that a follow-up or a retake improved."""
        return {p.id: p.verdict for p in self.points if all(piece.take_id == self.take_id for piece in p.evidence)}


@dataclass(frozen=True)
class Ground:
    """What an answer is held against: the question, the lexicon, the bank's version."""

    question: Question
    lexicon: Lexicon
    bank_version: str

    @cached_property
    def rubric(self) -> Rubric:
        """The question's rubric, compiled once."""
        return compile_rubric(self.question, self.lexicon)


def assess(
    ground: Ground,
    transcript: Transcript | None,
    take_id: str = "",
    reason: str = "no answer",
    asked: Collection[str] = (),
    clocked: Clocked | None = None,
) -> Assessment:
    """The answer to the question itself. Without a transcript it's Unscored with `reason`. `asked` are follow-ups that
    earlier answers to it were asked: none is asked twice. `clocked` is the clock it was given under."""
    return _under(clocked, _assess(ground, None, ground.rubric, transcript, take_id, reason, asked))


def _under(clocked: Clocked | None, answer: Assessment) -> Assessment:
    """The answer with its clock. When that cut it short, what to do next is to begin with what wasn't reached."""
    answer = replace(answer, clocked=clocked)
    if not answer.cut_short or answer.unscored is not None:
        return answer
    gaps = [p for p in answer.points if p.core and p.verdict in ("missed", "unheard")]
    if not gaps or any(p.verdict == "contradicted" for p in answer.points):
        return answer
    first = max(gaps, key=lambda p: p.weight)
    return replace(answer, next_step=f"You were stopped before you came to this. Begin with it: {first.say}")


def assess_follow_up(
    ground: Ground,
    follow_up: FollowUp,
    parent: Assessment,
    transcript: Transcript | None,
    take_id: str = "",
    reason: str = "no answer",
    asked: Collection[str] = (),
    clocked: Clocked | None = None,
) -> tuple[Assessment, Assessment]:
    """The follow-up's answer on its own points, and the parent with what this answer filled in. The rest as above."""
    rubric = follow_up_rubric(ground.question, follow_up, ground.lexicon)
    own = _under(clocked, _assess(ground, follow_up, rubric, transcript, take_id, reason))
    filled = parent.points
    if transcript is not None and own.unscored is None:
        reading = reading_of(ground.rubric, transcript)
        found = verdicts_of(ground, ground.question.ask, ground.rubric, reading, transcript)
        filled = tuple(
            _fill(p, _point(ground.question.point(p.id), v, transcript, take_id))
            for p, v in zip(parent.points, found, strict=True)
        )
    follow_ups = (*parent.follow_ups_asked, own)
    used = {*asked, *(a.follow_up_id for a in follow_ups)}
    blames = parent.coverage is not None
    choice = choose_follow_up(ground.question, filled, used, blames=blames) if parent.unscored is None else None
    return own, replace(
        parent,
        points=filled,
        coverage=_coverage(filled) if parent.coverage is not None else None,
        pitfalls=tuple(p for p in parent.pitfalls if p.evidence or not _made_good(ground.question, p.id, filled)),
        follow_ups_asked=follow_ups,
        follow_up=choice,
        next_step=_next_step(filled, choice, parent.unscored),
        opinion=None,  # the interview keeps it: one may have come while this answer was being judged
        not_asked="",
    )


def assess_retake(
    ground: Ground,
    parent: Assessment,
    point_id: str,
    transcript: Transcript | None,
    take_id: str = "",
    reason: str = "no answer",
) -> Assessment:
    """The answer with one sentence added for one point. It can only add: a sentence that says nothing takes nothing."""
    old = next(p for p in parent.points if p.id == point_id)
    words = transcript.text if transcript else ""
    if transcript is None or not words:
        nothing = Unscored("no words were heard" if transcript else reason)
        retake = Retake(point_id, take_id, words, "unheard", nothing)
        return replace(parent, retakes=(*parent.retakes, retake), opinion=None)
    reading = reading_of(ground.rubric, transcript)
    found = verdicts_of(ground, ground.question.ask, ground.rubric, reading, transcript)
    verdict = next(v for v in found if v.point_id == point_id)
    new = _point(ground.question.point(point_id), verdict, transcript, take_id)
    points = tuple(_fill(old, new) if p.id == point_id else p for p in parent.points)
    return replace(
        parent,
        points=points,
        coverage=_coverage(points) if parent.coverage is not None else None,
        pitfalls=tuple(p for p in parent.pitfalls if p.evidence or not _made_good(ground.question, p.id, points)),
        next_step=_next_step(points, parent.follow_up, parent.unscored),
        retakes=(*parent.retakes, Retake(point_id, take_id, words, new.verdict)),
        opinion=None,
    )


def self_rated(
    ground: Ground,
    follow_up: FollowUp | None,
    parent: Assessment | None,
    take_id: str,
    reason: str,
    points: Collection[str],
) -> tuple[Assessment, Assessment | None]:
    """An answer that nobody heard, with the points that the candidate ticked; never scored. For a follow-up also the
    parent."""
    rubric = ground.rubric if follow_up is None else follow_up_rubric(ground.question, follow_up, ground.lexicon)
    own = _assess(ground, follow_up, rubric, None, take_id, reason)
    ticked = tuple(p.id for p in own.points if p.id in points)
    missing = max((p for p in own.points if p.core and p.id not in ticked), key=lambda p: p.weight, default=None)
    step = "Say it aloud the next time you can." if missing is None else f"Add one sentence: {missing.say}"
    own = replace(own, self_rated=ticked, next_step=step)
    if follow_up is None or parent is None:
        return own, None
    return own, replace(parent, follow_ups_asked=(*parent.follow_ups_asked, own), follow_up=None)


def once_more(first: Assessment, second: Assessment) -> Assessment:
    """The answer to a question that was asked again because `first` was off topic; the first is kept inside it."""
    step = second.next_step
    if second.unscored is not None and second.unscored.off_topic:
        step = "Leave this one for now: read its model answer, and come back to it another day."
    return replace(second, first_take=first, next_step=step)


def earned_by(answer: Assessment) -> tuple[str, ...]:
    """The points that the follow-up it earned asks for and that the answer itself hasn't."""
    own = answer.own_verdicts()
    return tuple(p for p in answer.follow_up.probes if own.get(p) != "covered") if answer.follow_up else ()


def with_earned(parent: Assessment, earned: tuple[str, ...]) -> Assessment:
    """`parent` with why its latest follow-up was asked. One that was asked for what the answer had said after all
    doesn't count."""
    latest = replace(parent.follow_ups_asked[-1], earned=earned)
    own = parent.own_verdicts()
    if earned and latest.unscored is None and all(own.get(p) == "covered" for p in earned):
        latest = replace(
            latest, unscored=Unscored(MISHEARD), coverage=None, next_step="Nothing: this one was my fault."
        )
    return replace(parent, follow_ups_asked=(*parent.follow_ups_asked[:-1], latest))


def no_time_left(answer: Assessment) -> Assessment:
    """The answer, saying what isn't asked next because the candidate's time is nearly used up."""
    if answer.follow_up is not None:
        said = f"There's no time left for a follow-up: the one to prepare is \u201c{answer.follow_up.text}\u201d"
    else:
        said = "There's no time left to ask it again: this is the one to prepare."
    return replace(answer, not_asked=said)


def choose_follow_up(
    question: Question, points: Sequence[PointFeedback], asked: Collection[str | None], *, blames: bool = True
) -> Chosen | None:
    """The documented follow-up this answer earned, never one of those `asked`. In this order:

    1. one that probes a contradiction, of a core point or an extra one;
    2. one that probes a sure gap among the core points: not heard at all, then heard in part;
    3. the deepening one: when every core point was heard, when the gaps aren't sure, or when no follow-up probes them;
       first one that doesn't touch what may have been misheard;
    4. one that probes a sure gap among the extra points;
    5. one that probes what the recogniser didn't hear and can't be sure of.

    Among equals the core point, then the heavier, then the earlier one of the question decides; of several follow-ups
    that probe a point, the first. A gap is sure unless a recogniser heard the answer that may not blame (`blames`
    false). A *please check* is never probed: nothing annoys more than being asked for what one has just said."""
    left = [f for f in question.follow_ups if f.id not in asked]
    place = {p.id: n for n, p in enumerate(question.points)}
    ranked = sorted(points, key=lambda p: (not p.core, -p.weight, place[p.id]))
    core = [p for p in ranked if p.core]
    gaps = [p for p in core if p.verdict == "missed"]
    parts = [p for p in core if p.verdict == "partly" and blames]
    for wanted, why in (
        ([p for p in ranked if p.verdict == "contradicted"], "you said something that goes against it: {}"),
        (gaps, "not heard yet: {}"),
        (parts, "heard in part: {}"),
    ):
        if choice := _probing(left, wanted, why):
            return choice
    doubtful = {p.id for p in ranked if p.verdict in ("unsure", "unheard") or (p.verdict == "partly" and not blames)}
    if deepening := sorted((f for f in left if f.deepens), key=lambda f: not doubtful.isdisjoint(f.probes)):
        if gaps or parts or any(p.verdict == "contradicted" for p in core):
            why = "no follow-up left asks for what wasn't heard, so this goes deeper"
        elif any(p.id in doubtful for p in core):
            why = "I may have misheard what is still open, so I don't ask for it again: this goes deeper"
        else:
            why = "every core point was heard, so this goes deeper"
        return _chosen(deepening[0], why)
    return _probing(left, [p for p in ranked if p.verdict == "missed"], "not heard yet: {}") or _probing(
        left, [p for p in ranked if p.verdict == "unheard"], "not heard, though I may have misheard you: {}"
    )


def _probing(left: Sequence[FollowUp], wanted: Sequence[PointFeedback], why: str) -> Chosen | None:
    for point in wanted:
        for follow_up in left:
            if point.id in follow_up.probes:
                return _chosen(follow_up, why.format(point.text.rstrip(".")))
    return None


def _chosen(follow_up: FollowUp, why: str) -> Chosen:
    return Chosen(follow_up.id, follow_up.ask, follow_up.probes, why)


def _assess(
    ground: Ground,
    follow_up: FollowUp | None,
    rubric: Rubric,
    transcript: Transcript | None,
    take_id: str,
    reason: str,
    asked: Collection[str] = (),
) -> Assessment:
    question = ground.question
    by_id = {c.point.id: c.point for c in rubric.points}
    base = Assessment(
        question_id=question.id,
        follow_up_id=follow_up.id if follow_up else None,
        take_id=take_id,
        ask=follow_up.ask if follow_up else question.ask,
        rubric=question.rubric,
        bank_version=ground.bank_version,
        matcher_version=MATCHER_VERSION,
        engine=transcript.engine if transcript else "",
        source=transcript.source if transcript else "asr",
        doubts=transcript.doubts if transcript else (),
        text=transcript.text if transcript else "",
        unscored=Unscored(reason),
        coverage=None,
        points=tuple(_point(p, Verdict(p.id, "unheard", 0.0), None, take_id) for p in by_id.values()),
        pitfalls=(),
        also_said=(),
        follow_up=None,
        follow_ups_asked=(),
        delivery=measure(transcript or Transcript("asr", ""), None if follow_up else question.target_s),
        next_step="",
    )
    if transcript is None:
        return replace(base, next_step=_next_step(base.points, None, base.unscored))
    reading = reading_of(rubric, transcript)
    tokens = tokens_of(reading)
    why = why_unscored(rubric, reading, transcript, tokens, ground.rubric if follow_up else None)
    unscored = None if why is None else Unscored(why)
    if unscored is not None and not (unscored.off_topic and _speaks_plainly(ground, base.ask, rubric, reading)):
        return replace(base, unscored=unscored, next_step=_next_step(base.points, None, unscored))
    found = verdicts_of(ground, base.ask, rubric, reading, transcript)
    points = tuple(_point(by_id[v.point_id], v, transcript, take_id) for v in found)
    blames = not transcript.credits_only
    choice = choose_follow_up(question, points, asked, blames=blames) if follow_up is None else None
    timed = transcript.timed()
    # A recogniser that may not blame can't say that somebody walked into a pitfall either.
    hits = () if follow_up or transcript.credits_only else pitfalls(rubric, reading, found, len(tokens))
    known = {p.id: p for p in question.pitfalls}
    return replace(
        base,
        unscored=None,
        coverage=None if transcript.credits_only else _coverage(points),
        points=points,
        pitfalls=tuple(
            PitfallFeedback(
                h.pitfall_id,
                known[h.pitfall_id].text,
                known[h.pitfall_id].advice,
                tuple(_evidence(span, transcript, timed, take_id) for span in h.evidence),
            )
            for h in hits
        ),
        also_said=_also_said(rubric, ground, tokens),
        follow_up=choice,
        next_step=_next_step(points, choice, None),
        star=_star(question, tokens, transcript) if follow_up is None else None,
    )


def evidence_of(ground: Ground, transcript: Transcript) -> dict[str, Signs]:
    """What speaks for and against each point, before it's weighed; empty for an answer that isn't judged."""
    reading = reading_of(ground.rubric, transcript)
    if why_unscored(ground.rubric, reading, transcript, tokens_of(reading)) is not None:
        return {}
    return weigh(ground.rubric, reading)


def traps_of(ground: Ground, transcript: Transcript) -> dict[str, tuple[float, ...]]:
    """The same of each pitfall that has sayings."""
    reading = reading_of(ground.rubric, transcript)
    if why_unscored(ground.rubric, reading, transcript, tokens_of(reading)) is not None:
        return {}
    found = verdicts_of(ground, ground.question.ask, ground.rubric, reading, transcript)
    return weigh_traps(ground.rubric, reading, found)


def verdicts_of(
    ground: Ground, ask: str, rubric: Rubric, reading: Reading, transcript: Transcript
) -> tuple[Verdict, ...]:
    """The rubric's verdicts; those of STAR points come from what is told instead of from claims, and those of points
    that nobody wrote anything else for from their words."""
    found = verdicts(rubric, reading, credits_only=transcript.credits_only)
    points = [c.point for c in rubric.points]
    told = star_verdicts(points, tokens_of(reading), credits_only=transcript.credits_only)
    plain = plain_verdicts(points, ask, reading, ground.lexicon, credits_only=transcript.credits_only)
    by_id = {v.point_id: v for v in (*told, *plain)}
    return tuple(by_id.get(v.point_id, v) for v in found)


def _star(question: Question, tokens: Sequence[Token], transcript: Transcript) -> StarShares | Unmeasured | None:
    if question.type not in TOLD:
        return None
    if transcript.credits_only:
        return Unmeasured("the basic recogniser hears too roughly for it")
    shares = star_shares(tokens)
    if question.type == "situational" and not (isinstance(shares, StarShares) and shares.story):
        return None  # what one would do is what was asked for; a story is looked at where one is told
    return shares


def _speaks_plainly(ground: Ground, ask: str, rubric: Rubric, reading: Reading) -> bool:
    """Whether a point that is heard by its words alone was heard: then they speak of the question, however few."""
    points = [c.point for c in rubric.points]
    return any(v.status == "covered" for v in plain_verdicts(points, ask, reading, ground.lexicon))


def _point(point: Point, verdict: Verdict, transcript: Transcript | None, take_id: str) -> PointFeedback:
    timed = transcript.timed() if transcript else ()
    evidence = tuple(_evidence(s, transcript, timed, take_id) for s in verdict.evidence) if transcript else ()
    return PointFeedback(
        id=point.id,
        text=point.text,
        core=point.core,
        weight=point.weight,
        verdict=verdict.status,
        probability=verdict.probability,
        say=point.say,
        evidence=evidence,
        correction=verdict.correction or (point.say if verdict.status == "contradicted" else ""),
        why=verdict.why,
    )


def _evidence(span: tuple[int, int], transcript: Transcript, timed: Sequence[TimedWord], take_id: str) -> Evidence:
    start, end = span
    inside = [w.word for w in timed if w.char_start < end and start < w.char_end]
    return Evidence(
        quote=transcript.text[start:end],
        char_start=start,
        char_end=end,
        start_s=inside[0].start_s if inside else None,
        end_s=inside[-1].end_s if inside else None,
        take_id=take_id,
    )


_RANK = {"unheard": 0, "missed": 0, "unsure": 1, "partly": 2, "covered": 3}


def _fill(old: PointFeedback, new: PointFeedback) -> PointFeedback:
    """A later answer can add to the earlier one and never takes away: its gaps are not the other's. What went against
    a point is lifted only by words that wholly cover it, and stays in view beside them."""
    if old.verdict == "contradicted" and new.verdict == "covered":
        return replace(new, put_right=old.evidence)
    if "contradicted" in (old.verdict, new.verdict):
        return old
    return new if _RANK[new.verdict] > max(_RANK[old.verdict], 1) else old


def _made_good(question: Question, pitfall_id: str, points: Sequence[PointFeedback]) -> bool:
    status = {p.id: p.verdict for p in points}
    omits = next(p.omits for p in question.pitfalls if p.id == pitfall_id)
    return any(status.get(o) in ("covered", "partly") for o in omits)


def _coverage(points: Sequence[PointFeedback]) -> float | None:
    """Weighted share of judged points; unheard and unsure leave the denominator."""
    judged = [p for p in points if p.verdict in ("covered", "partly", "missed", "contradicted")]
    weight = sum(p.weight for p in judged)
    if not weight:
        return None
    worth = {"covered": 1.0, "partly": 0.5}
    share = sum(p.weight * worth.get(p.verdict, 0.0) for p in judged) / weight
    against = sum(p.verdict == "contradicted" for p in judged)
    if against > sum(p.verdict == "covered" for p in judged):
        share = min(share, 0.3)
    return round(share, 4)


def _also_said(rubric: Rubric, ground: Ground, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Terms that the answer used and that neither this rubric nor its question's asks for."""
    written = {t.id: t.written for t in ground.lexicon.terms}
    asked = rubric.owned | rubric.domain | ground.rubric.owned | ground.rubric.domain
    terms = [e.term for e in rubric.folder.fold(tokens)]
    return tuple(dict.fromkeys(written[t] for t in terms if t not in asked))


def _next_step(points: Sequence[PointFeedback], choice: Chosen | None, unscored: Unscored | None) -> str:
    """The one thing to do next."""
    if unscored is not None:
        return "Answer it again; this one is in no average."
    for point in points:
        if point.verdict == "contradicted":
            return f"Put this right: {point.correction}"
    gaps = [p for p in points if p.verdict in ("missed", "unheard", "partly")]
    if gaps:
        worst = min(gaps, key=lambda p: (not p.core, p.verdict == "partly", -p.weight))
        return f"Add one sentence: {worst.say}"
    return f"Go deeper: {choice.text}" if choice else "Say it again in half the time."
