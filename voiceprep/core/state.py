"""Where an interview stands: one immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment
from voiceprep.core.own_terms import Told
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript

Phase = Literal[
    "opening", "asking", "listening", "paused", "transcribing", "assessing", "reviewing", "closing", "closed"
]


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
    time_is_short: bool = False
    at: int = 0
    """Index of the question being asked."""
    follow_up_id: str | None = None
    """The follow-up being asked; None while it's the question itself."""
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
    """What was heard or typed in each take that was judged."""
    told: tuple[Told, ...] = ()
    """What the candidate said was misheard, and hasn't taken back."""
    anew: int = 0
    """How often the candidate said so, or took it back: what was judged anew belongs to one of these."""
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
        return f"{self.lead} {self.text}" if self.lead else self.text


Result = tuple[State, tuple[e.Effect, ...]]
