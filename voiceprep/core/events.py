"""What happened (events, in the past tense) and what is to be done (effects, as orders). Plain values.

Every result of something that takes time carries the `turn_id` or `take_id` it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voiceprep.core.feedback import Assessment
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word

EndReason = Literal["done", "recording ended", "typed", "no answer", "interrupted", "source lost"]
CloseReason = Literal["finished", "left", "fault"]


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question as the interview needs it: what to say, and what to say after it."""

    id: str
    ask: str
    follow_ups: tuple[tuple[str, str], ...] = ()


# Events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionOpened:
    session_id: str
    title: str
    questions: tuple[PlannedQuestion, ...]
    follow_ups: int


@dataclass(frozen=True, slots=True)
class QuestionSpoken:
    """The interviewer has finished. `voice` is empty when it stood on the screen only, and `why` says why."""

    turn_id: str
    voice: str
    duration_s: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    take_id: str
    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    take_id: str
    at_s: float


@dataclass(frozen=True, slots=True)
class WordsHeard:
    """Rough words of the answer so far, while the candidate still speaks."""

    take_id: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class AnswerTyped:
    take_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    take_id: str
    reason: EndReason
    duration_s: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AnswerTranscribed:
    take_id: str
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class TranscriptionFailed:
    take_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """The answer's assessment; for a follow-up also the parent's with what it filled in."""

    take_id: str
    assessment: Assessment
    parent: Assessment | None = None


@dataclass(frozen=True, slots=True)
class EngineRestarted:
    """A recogniser or a voice died or hung and was started again."""

    engine: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionResumed:
    """The session was taken up again after its process died; `recovered_s` of the open take were on disk."""

    recovered_s: float


@dataclass(frozen=True, slots=True)
class CandidateLeft:
    """The candidate (or the system) asked to stop here."""


@dataclass(frozen=True, slots=True)
class SessionClosed:
    reason: CloseReason
    detail: str = ""


Event = (
    SessionOpened
    | QuestionSpoken
    | SpeechStarted
    | SpeechEnded
    | WordsHeard
    | AnswerTyped
    | AnswerEnded
    | AnswerTranscribed
    | TranscriptionFailed
    | Assessed
    | EngineRestarted
    | SessionResumed
    | CandidateLeft
    | SessionClosed
)

# Effects ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Speak:
    """Say `text`, then report QuestionSpoken."""

    turn_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Open the floor and record; report speech, words, and AnswerTyped or AnswerEnded."""

    take_id: str


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Recognise the whole take at full quality; report AnswerTranscribed or TranscriptionFailed.

    `speech` is where the VAD heard speech: nothing is believed outside it."""

    take_id: str
    duration_s: float
    speech: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Assess:
    """Hold what was heard against the rubric; report Assessed. Without a transcript it is Unscored with `reason`."""

    take_id: str
    question_id: str
    follow_up_id: str | None
    transcript: Transcript | None
    parent: Assessment | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StopListening:
    take_id: str


@dataclass(frozen=True, slots=True)
class Close:
    """Report SessionClosed and stop."""

    reason: CloseReason


Effect = Speak | Listen | Transcribe | Assess | StopListening | Close
