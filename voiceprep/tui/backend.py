"""What the screens need of the rest of the house: plain data to show, and orders to give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from voiceprep.core.cost import Takes
from voiceprep.core.events import Event, Quiet
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.pressure import Pressure, Warnings
from voiceprep.core.question import Question
from voiceprep.core.state import State

Mode = Literal["practice", "coached", "real"]
"""Feedback after each question; besides, points that light up while one speaks; feedback only at the end."""


@dataclass(frozen=True, slots=True)
class RoundCard:
    id: str
    title: str
    about: str
    questions: int
    minutes: int
    group: str = ""
    """The heading under which it stands; empty for the first ones."""
    asks: tuple[str, ...] = ()
    """What it would ask now, and why, a line a question."""
    rules: str = ""
    """The rules of its clock, in words; empty for a calm one."""


@dataclass(frozen=True, slots=True)
class QuestionCard:
    id: str
    short: str
    ask: str
    topic: str
    technologies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session on disk: `core` is heard and of, over its scored answers; `open` when it can be gone on with."""

    id: str
    when: str
    title: str
    answered: int
    of: int
    core: tuple[int, int]
    open: bool
    left_at: str = ""
    """Where it was left, in words; empty for a finished one."""
    gap: str = ""
    """The heaviest core point that wasn't heard; of which question, by id and by its short name."""
    gap_question: str = ""
    gap_short: str = ""
    report: str = ""
    """The report's path."""


@dataclass(frozen=True, slots=True)
class HomeView:
    rounds: tuple[RoundCard, ...]
    questions: tuple[QuestionCard, ...]
    past: tuple[PastSession, ...]
    recogniser: str
    voice: str
    first_time: bool
    quiet: bool = False
    """Whether the candidate chose to type."""
    judge: str = ""
    """Whose second opinion is on; empty for nobody's."""
    countdown: str = ""
    """How far away the interview is, in words; empty without a date."""
    due: str = ""
    """What is due again, in a sentence; empty while nothing is."""
    notices: tuple[str, ...] = ()
    """What of the candidate's own isn't there, and why, a sentence or two each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session to be held: a round, questions, some that are chosen, so many minutes, or one to be gone
    on with."""

    round_id: str = ""
    questions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    minutes: float | None = None
    clock: Pressure | None = None
    """The clock it's held under; None for the round's own, where it has one."""
    mode: Mode = "practice"
    time: float | None = None
    """How much longer a round's times are; None as it's set."""
    resume: str = ""
    quiet: Quiet = ""
    """Captions only, and how it's answered."""
    demo: bool = False
    """A recorded candidate answers."""


class Controls(Protocol):
    """What can be done to a session while it's being held. No call waits for a device or the disk."""

    def deliver(self, event: Event) -> None: ...

    def hush(self) -> None:
        """Cuts short whatever is being said or played."""

    def level_dbfs(self) -> float | None:
        """The microphone's level now; None for digital silence."""

    def clipping(self) -> bool: ...

    def clock_left_s(self) -> float | None:
        """Seconds until the think time is over or the answer is cut off; None while no such clock runs."""

    def session_left_s(self) -> float | None:
        """The same of the whole round."""

    def recorded_s(self, take_id: str) -> float:
        """Seconds of a take that are on disk."""

    def play(self, take_id: str, start_s: float, end_s: float) -> None:
        """Plays a moment of a take."""

    def say(self, text: str) -> None:
        """Reads a text aloud in the interviewer's voice."""


@dataclass(frozen=True)
class Begun:
    """The session that has begun. `microphone` and `speaker` are empty where there's none; `notices` say why."""

    session_id: str
    folder: str
    recogniser: str
    voice: str
    microphone: str
    speaker: str
    questions: Mapping[str, Question]
    controls: Controls
    notices: tuple[str, ...] = ()
    lexicon: Lexicon = field(default_factory=Lexicon)
    """The session's, by which answers are read."""
    judge: str = ""
    """Who is asked for a second opinion, and so gets the text of the answers; empty for nobody."""
    time: float = 1.0
    """How much longer the times of clocks are for this candidate; and how these warn."""
    warnings: Warnings = "spoken"
    others: Mapping[str, Takes] = field(default_factory=dict)
    """Of each question the newest takes of other sessions, calm and under a clock."""


@dataclass(frozen=True, slots=True)
class Happened:
    event: Event
    state: State


@dataclass(frozen=True, slots=True)
class News:
    """Something about the machine, a sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Over:
    """The session has ended; `failed` says why when it couldn't be held, `hint` what to do."""

    report: str = ""
    failed: str = ""
    hint: str = ""


Told = Begun | Happened | News | Over


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What the spoken warm-up found; levels in dBFS, None for digital silence or nothing heard."""

    heard: bool
    speech_dbfs: float | None = None
    noise_dbfs: float | None = None
    clipped: bool = False
    echo_ms: int | None = None
    words: str = ""
    failed: str = ""
    advice: tuple[str, ...] = field(default=())


class Backend(Protocol):
    def home(self) -> HomeView: ...

    def hold(self, wanted: Wanted, tell: Callable[[Told], None]) -> None:
        """Holds a session, in the calling thread, until it has ended; everything is told, nothing raised."""

    def warm_up(self, tell: Callable[[str, float | None], None], enough: Callable[[], bool]) -> WarmUp:
        """Asks for a few words, listens until `enough` or for 20 s, in the calling thread; `tell` gets what goes on
        and the level."""

    def night(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The page of the night before as paragraphs, and the known questions to go through; both empty while nothing
        was heard yet."""

    def choose(self, first_choice: str) -> None:
        """Keeps what the candidate chose at the first start."""

    def log_path(self) -> str: ...

    def models_path(self) -> str: ...
