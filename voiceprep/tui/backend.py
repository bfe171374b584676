"""What the screens need of the rest of the house: plain data to show, and orders to give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from voiceprep.core.events import Event, Quiet
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.pressure import Pressure, Warnings
from voiceprep.core.progress import Progress
from voiceprep.core.question import Question
from voiceprep.core.replay import Replay
from voiceprep.core.state import State
from voiceprep.core.takes import QuestionTakes, Takes

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
    hands_free: str = ""
    """How answers end without a key; empty as it's set."""
    quiet: Quiet = ""
    """Captions only, and how it's answered."""
    demo: bool = False
    """A recorded candidate answers."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A take's recording, and what it's called while it plays ("the first take, on 3 Nov")."""

    session_id: str
    take_id: str
    name: str


class Plays(Protocol):
    """Who can play recordings of any session. No call waits for a device or the disk."""

    def hush(self) -> None:
        """Cuts short whatever is being said or played."""

    def play_recordings(self, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        """Plays them whole, one after another. `tell` gets a sentence for each, or why it can't be played, and "" when
        the last is over, from another thread; nothing more once it was hushed."""


class Controls(Plays, Protocol):
    """What can be done to a session while it's being held. No call waits for a device or the disk."""

    def deliver(self, event: Event) -> None: ...

    def level_dbfs(self) -> float | None:
        """The microphone's level now; None for digital silence."""

    def clipping(self) -> bool: ...

    def clock_left_s(self) -> float | None:
        """Seconds until the think time is over or the answer is cut off; None while no such clock runs."""

    def session_left_s(self) -> float | None:
        """The same of the whole round."""

    def ends_in_s(self) -> float | None:
        """Seconds until a hands-free answer is taken as done, while they're counted; else None."""

    def checked(self) -> tuple[int, int]:
        """How many pieces of the answers that are checked have been heard, of how many."""

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


class ReplayControls(Plays, Protocol):
    """What can be heard of a replayed session, and of any other while this one has the speaker. Only `levels` waits,
    for the disk."""

    def open(self, tell: Callable[[str], None]) -> None:
        """Looks for a speaker; `tell` gets a sentence about whatever can't be heard, from another thread."""

    @property
    def speaks(self) -> bool | None:
        """Whether there's a speaker; None while it's being looked for. It may be lost later."""

    @property
    def damaged(self) -> Collection[str]:
        """The takes that were to be played and whose recording can't be read."""

    def play(self, take_id: str, from_s: float) -> None:
        """Plays a take from there to its end, instead of whatever sounds."""

    def heard_s(self) -> float | None:
        """The position in the take that is leaving the speaker now; None before it has begun to."""

    def say(self, text: str) -> None:
        """Reads a text in the interviewer's voice, instead of whatever sounds."""

    def levels(self, take_id: str) -> tuple[float, ...]:
        """The level of each LEVEL_STEP_S of a take in dBFS; nothing when there's no recording that can be read."""

    def close(self) -> None:
        """Gives the speaker back, soon."""


LEVEL_STEP_S = 0.02


@dataclass(frozen=True)
class ReplayView:
    """A session to be replayed. `recorded_s` is how much of each take can be played; one without a recording isn't in
    it. `notices` say what is damaged or not there, a sentence each."""

    session_id: str
    title: str
    when: str
    replay: Replay
    controls: ReplayControls
    questions: Mapping[str, Question] = field(default_factory=dict)
    recorded_s: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def length_s(self, take_id: str) -> float:
        """How long a take is: what can be played of it, else what the journal says was recorded."""
        known_s = next((take.length_s for take in self.replay.takes if take.id == take_id), 0.0)
        return self.recorded_s.get(take_id) or known_s


@dataclass(frozen=True)
class ProgressView:
    """How it goes as of `today`, "2026-11-03"."""

    progress: Progress
    today: str


class Backend(Plays, Protocol):
    """It plays recordings while no session is being held; a session's controls do meanwhile."""

    def home(self) -> HomeView: ...

    def hold(self, wanted: Wanted, tell: Callable[[Told], None]) -> None:
        """Holds a session, in the calling thread, until it has ended; everything is told, nothing raised."""

    def warm_up(self, tell: Callable[[str, float | None], None], enough: Callable[[], bool]) -> WarmUp:
        """Asks for a few words, listens until `enough` or for 20 s, in the calling thread; `tell` gets what goes on
        and the level."""

    def night(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The page of the night before as paragraphs, and the known questions to go through; both empty while nothing
        was heard yet."""

    def replay(self, session_id: str) -> ReplayView:
        """A session from disk; "last" is the newest. Raises VoiceprepError."""

    def progress(self) -> ProgressView: ...

    def choose(self, first_choice: str) -> None:
        """Keeps what the candidate chose at the first start."""

    def log_path(self) -> str: ...

    def models_path(self) -> str: ...

    def takes(self, question_id: str) -> QuestionTakes:
        """All takes of a question. Raises SessionError when there is none."""
