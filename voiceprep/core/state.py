"""Where an interview stands: one immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment
from voiceprep.core.own_terms import Told
from voiceprep.core.pressure import Clocked, Cut, CutWhy, Pressure, rules_in_words
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript

Phase = Literal[
    "opening", "briefing", "asking", "thinking", "listening", "paused", "rating", "transcribing", "assessing",
    "checking", "reviewing", "closing", "closed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """Where the interview stands. Ids count up from 1; `turn` and `take` are the current ones, `turns` and `takes` how
    many were given out."""

    phase: Phase = "opening"
    session_id: str = ""
    title: str = ""
    questions: tuple[e.PlannedQuestion, ...] = ()
    follow_ups: int = 0
    review: bool = False
    minutes: float | None = None
    judge: str = ""
    asks_again: bool = False
    pressure: Pressure | None = None
    """The round's rules; None for a calm one."""
    timed: Pressure | None = None
    """The rules of a retake under a clock."""
    real: bool = False
    coached: bool = False
    quiet: e.Quiet = ""
    quick: bool = False
    hands_free_s: float | None = None
    time_is_short: bool = False
    time_is_up: bool = False
    at: int = 0
    """Index of the question being asked."""
    follow_up_id: str | None = None
    """The follow-up being asked; None while it's the question itself."""
    earned: tuple[str, ...] = ()
    """Points not heard in the answer by its quick words, which is why the follow-up is asked."""
    retake: str | None = None
    """None the first time; "" while the whole answer is given again, a point's id while one sentence is added."""
    again: bool = False
    """Whether the question is being asked once more, since the answer to it was off topic."""
    lead: str = ""
    """What the interviewer says before the question in this turn, in words of our own."""
    turns: int = 0
    turn: int = 0
    takes: int = 0
    take: int = 0
    ending: int = 1
    """Which ending of the current take results belong to."""
    goes_on: bool = False
    """Whether the take goes on when the interviewer has repeated the question."""
    done_asked: bool = False
    typing: bool = False
    hints: int = 0
    speech: tuple[Span, ...] = ()
    """Where speech was heard in the current take."""
    speaking_since_s: float | None = None
    duration_s: float = 0.0
    transcript: Transcript | None = None
    reason: str = ""
    hold: bool = False
    """A pause asked for while an answer is being judged: it begins before the next turn."""
    paused_from: Phase | None = None
    paused_because: str = ""
    """What broke, in a sentence; empty when the candidate paused."""
    microphone_back: bool = False
    thought_s: float = 0.0
    """How much of the think time was used."""
    own_takes: int = 0
    """Takes of this turn that count."""
    cut: CutWhy | None = None
    """Why the interviewer ended the current take."""
    interrupted: str = ""
    """What broke in the current take, in a sentence: it doesn't count."""
    clock_left_s: float | None = None
    """What was left on the clock when it was stopped; None while it runs, or where there is none."""
    live: tuple[str, ...] = ()
    """Points heard in the current take so far, by the rough words."""
    said: tuple[e.InterviewerSaid, ...] = ()
    """What the interviewer said during the current take."""
    debrief: int | None = None
    """Which answer's feedback is looked at, at the end; None before that."""
    before_end: State | None = None
    """The state in which the last answer was ended, to go back to."""
    left_from: Phase | None = None
    """The phase in which the candidate left, to come back to."""
    close_reason: e.CloseReason | None = None
    assessments: tuple[Assessment, ...] = ()
    """The latest assessment of each question asked so far, follow-ups inside them."""
    earlier: tuple[Assessment, ...] = ()
    """Assessments that a whole new answer replaced, oldest first."""
    given: tuple[tuple[str, Transcript], ...] = ()
    """What was heard, edited or typed in each take that was judged."""
    heard: tuple[tuple[str, Transcript], ...] = ()
    """Of each take that was edited, what was heard in it."""
    rescored: tuple[e.Rescored, ...] = ()
    """What was judged once more after the session, oldest first."""
    told: tuple[Told, ...] = ()
    """What the candidate said was misheard, and hasn't taken back."""
    anew: int = 0
    """How often the candidate said so, took it back, or edited: what was judged anew belongs to one of these."""
    anew_due: tuple[tuple[str, int], ...] = ()
    """Questions, each with the latest of these, whose answers are being judged anew."""
    checks_due: tuple[e.Check, ...] = ()
    """Answers of which only the quick words are known."""
    awaited: Literal["", "answer", "end"] = ""
    """What checks are awaited for: to go on after this answer, or to look at the feedback on all of them."""
    opinions_due: tuple[tuple[str, int], ...] = ()
    """Takes, each with its ending, about which the judge was asked and hasn't answered."""

    @property
    def turn_id(self) -> str:
        return f"t{self.turn:03d}"

    @property
    def take_id(self) -> str:
        return f"a{self.take:03d}"

    @property
    def newest_take_id(self) -> str:
        return f"a{self.takes:03d}"

    @property
    def question(self) -> e.PlannedQuestion:
        return self.questions[self.at]

    @property
    def text(self) -> str:
        """What is asked in this turn."""
        if self.follow_up_id is None:
            return self.question.ask
        return dict(self.question.follow_ups)[self.follow_up_id]

    @property
    def says(self) -> str:
        """All that the interviewer says in this turn."""
        if self.phase == "briefing" and self.pressure is not None:
            return rules_in_words(self.pressure, len(self.questions), follows_up=self.follow_ups > 0)
        return f"{self.lead} {self.text}" if self.lead else self.text

    @property
    def rules(self) -> Pressure | None:
        """The clock that this turn is under."""
        return self.timed or self.pressure

    @property
    def thinks(self) -> bool:
        """Whether there is time to think before this turn's answer."""
        return self.rules is not None and self.rules.think_s > 0 and self.follow_up_id is None

    @property
    def takes_left(self) -> int | None:
        """How often this turn may still be answered anew; None: as often as one likes."""
        if self.rules is None:
            return None
        return max(0, self.rules.takes - self.own_takes) + bool(self.interrupted)

    @property
    def clocked(self) -> Clocked | None:
        """The clock that the current take was given under."""
        rules = self.rules
        if rules is None:
            return None
        limit_s = rules.limit_s(follow_up=self.follow_up_id is not None)
        think_s = rules.think_s if self.thinks else 0.0
        # With a dead microphone less was recorded than the clock counted.
        cut = Cut(self.cut, limit_s if self.cut == "limit" else self.duration_s) if self.cut else None
        return Clocked(limit_s, think_s, self.thought_s if think_s else 0.0, cut, self.interrupted)

    @property
    def looked_at(self) -> Assessment | None:
        """The answer whose feedback is looked at."""
        if not self.assessments:
            return None
        return self.assessments[-1 if self.debrief is None else self.debrief]

    @property
    def not_reached(self) -> tuple[e.PlannedQuestion, ...]:
        """Questions that were never put."""
        return self.questions[len(self.assessments) :]


Result = tuple[State, tuple[e.Effect, ...]]
