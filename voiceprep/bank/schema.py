"""The shape of bank files, checked by pydantic and turned into the core's values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from voiceprep.core import question as q
from voiceprep.core.plan import Round, Wants
from voiceprep.core.pressure import EXTREMES_S, Pressure

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=2, max_length=600, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(min_length=40, max_length=4000, strip_whitespace=True)]
Pattern = Annotated[str, StringConstraints(min_length=3, max_length=600, strip_whitespace=True)]
Sources = Annotated[list[Text], Field(max_length=40)]
Saying = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"\w")]
Sayings = Annotated[list[Saying], Field(max_length=400)]
"""A point's sayings inside the question; the shipped bank's stand in files of their own (`sayings_file`)."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ClaimForm(_Form):
    about: Slug | None = None
    patterns: Annotated[list[Pattern], Field(max_length=80)] = []
    plain: Annotated[list[Pattern], Field(max_length=80)] = []

    def value(self) -> q.Claim:
        return q.Claim(tuple(self.patterns), tuple(self.plain), self.about)


class CounterclaimForm(_Form):
    about: Slug | None = None
    patterns: Annotated[list[Pattern], Field(min_length=1, max_length=80)]
    correction: Text

    def value(self) -> q.Counterclaim:
        return q.Counterclaim(tuple(self.patterns), self.correction, self.about)


class PointForm(_Form):
    id: Slug
    text: Text
    say: Text
    core: bool
    weight: Annotated[float, Field(gt=0, le=5)] = 1.0
    kind: q.Kind = "fact"
    needs: Annotated[int, Field(ge=1, le=10)] = 1
    claims: Annotated[list[ClaimForm], Field(max_length=20)] = []
    contradictions: Annotated[list[CounterclaimForm], Field(max_length=20)] = []
    sources: Sources = []
    says: Sayings = []
    against: Sayings = []
    names: Sayings = []

    def value(self) -> q.Point:
        return q.Point(
            id=self.id,
            text=self.text,
            say=self.say,
            core=self.core,
            weight=float(self.weight),
            kind=self.kind,
            claims=tuple(c.value() for c in self.claims),
            contradictions=tuple(c.value() for c in self.contradictions),
            needs=self.needs,
            sources=tuple(self.sources),
            said=tuple(self.says),
            missaid=tuple(self.against),
            named=tuple(self.names),
        )


class PitfallForm(_Form):
    id: Slug
    text: Text
    advice: Text
    claims: Annotated[list[ClaimForm], Field(max_length=20)] = []
    omits: Annotated[list[Slug], Field(max_length=20)] = []
    sources: Sources = []
    says: Sayings = []

    def value(self) -> q.Pitfall:
        claims, said = tuple(c.value() for c in self.claims), tuple(self.says)
        return q.Pitfall(self.id, self.text, self.advice, claims, tuple(self.omits), tuple(self.sources), said)


class FollowUpForm(_Form):
    id: Slug
    ask: Text
    probes: Annotated[list[Slug], Field(max_length=20)]
    deepens: bool = False
    points: Annotated[list[PointForm], Field(min_length=1, max_length=10)]
    model_answer: LongText
    sources: Sources = []

    def value(self) -> q.FollowUp:
        return q.FollowUp(
            id=self.id,
            ask=self.ask,
            probes=tuple(self.probes),
            deepens=self.deepens,
            points=tuple(p.value() for p in self.points),
            model_answer=self.model_answer,
            sources=tuple(self.sources),
        )


class QuestionForm(_Form):
    id: Slug
    version: Annotated[int, Field(ge=1)]
    ask: Text
    short: Annotated[str, StringConstraints(min_length=2, max_length=40)]
    type: Literal["technical", "behavioral", "situational", "system-design", "role-specific", "culture-fit", "hr"]
    difficulty: Literal["easy", "medium", "hard"]
    level: Literal["junior", "mid", "senior"]
    technologies: list[Slug]
    assesses: Annotated[list[Text], Field(min_length=1)]
    why: Text
    target_s: Annotated[list[int], Field(min_length=2, max_length=2)]
    subjects: dict[Slug, list[Text]] = {}
    points: Annotated[list[PointForm], Field(min_length=1, max_length=30)]
    pitfalls: list[PitfallForm] = []
    follow_ups: Annotated[list[FollowUpForm], Field(max_length=10)] = []
    model_answer: LongText
    tips: list[Text] = []
    sources: Sources = []
    topic: Slug | None = None
    """Instead of the file's, so that one file can hold questions of several topics."""

    def value(self, topic: str) -> q.Question:
        return q.Question(
            id=self.id,
            version=self.version,
            ask=self.ask,
            short=self.short,
            topic=self.topic or topic,
            type=self.type,
            difficulty=self.difficulty,
            level=self.level,
            technologies=tuple(self.technologies),
            assesses=tuple(self.assesses),
            why=self.why,
            target_s=(self.target_s[0], self.target_s[1]),
            points=tuple(p.value() for p in self.points),
            follow_ups=tuple(f.value() for f in self.follow_ups),
            model_answer=self.model_answer,
            pitfalls=tuple(p.value() for p in self.pitfalls),
            tips=tuple(self.tips),
            sources=tuple(self.sources),
            subjects={name: tuple(aliases) for name, aliases in self.subjects.items()},
        )


class TopicFile(_Form):
    """`question_bank/<topic>.yaml`."""

    form: Literal["voiceprep-questions/1"]
    topic: Slug
    questions: list[QuestionForm]


class TermForm(_Form):
    id: Slug
    written: Text
    said: Text | None = None
    forms: list[Text] = []
    heard: list[Text] = []
    sounds: dict[Annotated[str, StringConstraints(pattern=r"^[a-z']+$")], list[Text]] = {}
    unlike: list[Text] = []


class LexiconFile(_Form):
    """`question_bank/lexicon.yaml`."""

    form: Literal["voiceprep-lexicon/1"]
    terms: list[TermForm]
    opposites: list[Annotated[list[Text], Field(min_length=2, max_length=2)]] = []


class OwnTermForm(_Form):
    """What a person adds about a term that is written so, by its id or by its own name."""

    written: Text
    forms: list[Text] = []
    heard: list[Text] = []


class OwnLexiconFile(_Form):
    """`lexicon.yaml` in the user's data folder."""

    form: Literal["voiceprep-own-lexicon/1"]
    terms: list[OwnTermForm]


class ChooseForm(_Form):
    """What the questions of a round have to be: of each list that is given, one."""

    topic: Annotated[list[Slug], Field(min_length=1, max_length=40)] | None = None
    type: Annotated[list[q.Type], Field(min_length=1)] | None = None
    technologies: Annotated[list[Slug], Field(min_length=1, max_length=40)] | None = None
    difficulty: Annotated[list[q.Difficulty], Field(min_length=1)] | None = None
    level: Annotated[list[q.Level], Field(min_length=1)] | None = None
    how_many: Annotated[int, Field(ge=1, le=40)] | None = None
    minutes: Annotated[float, Field(ge=1, le=600)] | None = None

    def value(self) -> Wants:
        return Wants(
            tuple(self.topic or ()),
            tuple(self.type or ()),
            tuple(self.technologies or ()),
            tuple(self.difficulty or ()),
            tuple(self.level or ()),
            self.how_many,
            self.minutes,
        )


Seconds = Annotated[float, Field(ge=EXTREMES_S[0], le=EXTREMES_S[1])]


class PressureForm(_Form):
    """The clock of a round, in seconds. What is left out isn't there: think time, a session clock, cutting in."""

    answer_s: Seconds
    follow_up_s: Seconds | None = None
    think_s: Seconds | None = None
    takes: Annotated[int, Field(ge=1, le=5)] = 1
    repeats: bool = False
    session_s: Seconds | None = None
    terse: bool = False
    cuts_in_s: Annotated[float, Field(ge=15, le=600)] | None = None

    def value(self) -> Pressure:
        return Pressure(
            answer_s=self.answer_s,
            follow_up_s=self.follow_up_s or self.answer_s,
            think_s=self.think_s or 0.0,
            takes=self.takes,
            repeats=self.repeats,
            session_s=self.session_s,
            terse=self.terse,
            cuts_in_s=self.cuts_in_s,
        )


class RoundForm(_Form):
    """A round lists its `questions`, or says how to `choose` them."""

    id: Slug
    title: Text
    about: Text
    questions: Annotated[list[Slug], Field(min_length=1)] | None = None
    choose: ChooseForm | None = None
    follow_ups: Annotated[int, Field(ge=0, le=3)] = 1
    group: Text | None = None
    pressure: PressureForm | None = None

    def value(self) -> Round:
        wants = self.choose.value() if self.choose else None
        listed = tuple(self.questions or ()) if wants is None else ()
        rules = self.pressure.value() if self.pressure else None
        return Round(self.id, self.title, self.about, listed, self.follow_ups, wants, self.group or "", rules)


class RoundsFile(_Form):
    """`question_bank/rounds.yaml`."""

    form: Literal["voiceprep-rounds/1"]
    rounds: list[RoundForm]


class TagsFile(_Form):
    """`question_bank/tags.yaml`: the closed list of technologies."""

    form: Literal["voiceprep-tags/1"]
    technologies: list[Slug]


class OmittedForm(_Form):
    reason: Text
    ids: Annotated[list[Text], Field(min_length=1)]


class OmittedFile(_Form):
    """`question_bank/omitted.yaml`: what the sources hold and this bank deliberately doesn't."""

    form: Literal["voiceprep-omitted/1"]
    omitted: list[OmittedForm]
