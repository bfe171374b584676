"""What happened (events, in the past tense) and what is to be done (effects, as orders). Plain values.

Every result of something that takes time carries the `turn_id` or `take_id` it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voiceprep.core.feedback import Assessment
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.own_terms import Told
from voiceprep.core.pressure import Clocked, CutWhy, Pressure, Warnings
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Transcript, Word

EndReason = Literal["done", "recording ended", "typed", "no answer", "interrupted", "source lost"]
CloseReason = Literal["finished", "left", "fault"]
Quiet = Literal["", "typed", "whispered", "in your head"]
"""How somebody answers who can't speak aloud; empty for who can. The questions stand on the screen."""
IN_HEAD: Quiet = "in your head"
Dispute = Literal["", "I said it", "not said", "misheard", "not needed", "the rubric is wrong"]


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
    review: bool = False
    """Whether the interview stops after each question to look at the feedback."""
    minutes: float | None = None
    """How long the candidate has; None for as long as it takes."""
    judge: str = ""
    """Whose second opinion is asked for, and so where the text of the answers is sent; empty for nobody's."""
    asks_again: bool = False
    """Whether a question is asked once more when its answer was off topic; sessions of before it was done didn't."""
    pressure: Pressure | None = None
    """The rules of a round under a clock, with the candidate's own factor in them; None for a calm one."""
    real: bool = False
    """Whether feedback waits for the end, as in a real interview."""
    coached: bool = False
    """Whether the candidate sees which points were heard while still speaking."""
    quiet: Quiet = ""
    quick: bool = False
    """Whether the interviewer goes on by the quick words of an answer, and the careful ones come after that."""
    hands_free_s: float | None = None
    """After how much silence an answer is taken as done; 0: by what has been said so far. None: never."""


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
    """`ending` counts how often this take was ended: one that was gone on with is transcribed again. `quick` words are
    what the interviewer goes on by; the careful ones come as AnswerChecked."""

    take_id: str
    transcript: Transcript
    ending: int = 1
    quick: bool = False


@dataclass(frozen=True, slots=True)
class TranscriptionFailed:
    take_id: str
    reason: str
    ending: int = 1


@dataclass(frozen=True, slots=True)
class AnswerChecked:
    """The careful words of an answer, whatever has begun since: they stand in the place of the quick ones."""

    take_id: str
    transcript: Transcript
    ending: int = 1


@dataclass(frozen=True, slots=True)
class CheckFailed:
    """There won't be careful words of this answer; the quick ones stand."""

    take_id: str
    reason: str
    ending: int = 1


@dataclass(frozen=True, slots=True)
class Assessed:
    """The answer's assessment; for a follow-up also the parent's with what it filled in.

    With `anew` it is a question's whole assessment, judged again after that many edits, or words of the candidate on
    what was misheard; `lexicon` is the digest of the lexicon it was read with. To a program of before it's too late."""

    take_id: str
    assessment: Assessment
    parent: Assessment | None = None
    ending: int = 1
    anew: int = 0
    lexicon: str = ""


@dataclass(frozen=True, slots=True)
class OpinionGiven:
    """A second opinion on one answer has come, or why there will be none. Whatever has begun since goes on."""

    question_id: str
    follow_up_id: str | None
    take_id: str
    opinion: Opinion | NoOpinion
    ending: int = 1


@dataclass(frozen=True, slots=True)
class Rescored:
    """Answers of a closed session to a question, judged once more. It stands beside what was judged before, never in
    its place.

    `why` is in words: "today's rubric". `heard` are the transcripts of takes that were heard again for it, `lexicon` is
    the digest of the lexicon, `left_out` what today's question has no place for any more, a sentence each."""

    question_id: str
    take_id: str
    assessment: Assessment
    why: str
    heard: tuple[tuple[str, Transcript], ...] = ()
    lexicon: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineRestarted:
    """A recogniser or a voice died or hung and was started again."""

    engine: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionResumed:
    """The session was taken up again after its process died; `recovered_s` of the open take were on disk.

    With `review` a candidate is there to go on with that take; without, what was recorded is the answer."""

    recovered_s: float
    review: bool = False
    judge: str = ""
    quick: bool = False
    hands_free_s: float | None = None


@dataclass(frozen=True, slots=True)
class CandidateLeft:
    """The candidate (or the system) asked to stop here."""


@dataclass(frozen=True, slots=True)
class SessionClosed:
    reason: CloseReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MicrophoneLost:
    """The microphone died, hung, fell silent or became another; what it had recorded is on disk."""

    take_id: str
    why: str


@dataclass(frozen=True, slots=True)
class MicrophoneBack:
    """The lost microphone can be heard again."""


@dataclass(frozen=True, slots=True)
class TimeRanShort:
    """Too little of the candidate's time is left for another question or follow-up."""


@dataclass(frozen=True, slots=True)
class CountedDown:
    """So much of the think time is left; it was said."""

    turn_id: str
    left_s: float


@dataclass(frozen=True, slots=True)
class ThinkingEnded:
    """The think time is used up."""

    turn_id: str


@dataclass(frozen=True, slots=True)
class Nudged:
    """So much time is left for this answer; the candidate was warned."""

    take_id: str
    left_s: float


@dataclass(frozen=True, slots=True)
class CutOff:
    """The interviewer ends this answer."""

    take_id: str
    why: CutWhy


@dataclass(frozen=True, slots=True)
class SessionTimeUp:
    """The whole round's time is used up."""


@dataclass(frozen=True, slots=True)
class NewHeard:
    """Something new was heard in the answer so far; `points` are all that were heard in it, by the rough words."""

    take_id: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InterviewerSaid:
    """The interviewer said something while the candidate had the floor, in seconds of the take: it may be on it."""

    take_id: str
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class MachineSlept:
    """The machine was asleep; `left_s` are left on the clock of what it interrupted, None where there was none."""

    for_s: float
    left_s: float | None = None


# What the candidate asked for. A key pressed a moment too late is an expected race, never a fault.


@dataclass(frozen=True, slots=True)
class DoneAsked:
    """The answer is over: by the candidate's key, or hands-free by their `silence`."""

    take_id: str
    silence: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """Thought enough, after so long: the recording shall begin."""

    turn_id: str
    after_s: float


@dataclass(frozen=True, slots=True)
class AnswerReopened:
    """ "I wasn't finished": the take that was just ended goes on."""

    take_id: str


@dataclass(frozen=True, slots=True)
class Paused:
    pass


@dataclass(frozen=True, slots=True)
class Unpaused:
    pass


@dataclass(frozen=True, slots=True)
class RepeatAsked:
    pass


@dataclass(frozen=True, slots=True)
class HintTaken:
    """The candidate looked at the question's next hint."""

    question_id: str


@dataclass(frozen=True, slots=True)
class TypingStarted:
    """The rest of this turn is typed; the recording so far is kept."""

    take_id: str


@dataclass(frozen=True, slots=True)
class TypingStopped:
    """Back to speaking, in the same take."""

    take_id: str


@dataclass(frozen=True, slots=True)
class TakeRestarted:
    """Start again: the take so far is kept, a new one begins."""

    take_id: str


@dataclass(frozen=True, slots=True)
class Skipped:
    turn_id: str


@dataclass(frozen=True, slots=True)
class NextAsked:
    """Seen the feedback; on to the next question, or at the end to the next feedback."""


@dataclass(frozen=True, slots=True)
class PreviousAsked:
    """At the end: back to the feedback before."""


@dataclass(frozen=True, slots=True)
class FollowUpAsked:
    """The candidate wants the follow-up that is still open."""


@dataclass(frozen=True, slots=True)
class RetakeAsked:
    """The same question again; with a point, only the sentence that lacked; with a limit, under a clock."""

    point_id: str = ""
    limit_s: float | None = None
    warnings: Warnings = "spoken"


@dataclass(frozen=True, slots=True)
class Disputed:
    """The candidate's word on a verdict, kept beside it; an empty `claim` takes it back.

    With `heard` it says that these words were misheard and `said`, a term, was said: the question's answers are judged
    anew. It need not be about a point: then `point_id` is empty."""

    question_id: str
    follow_up_id: str | None
    point_id: str
    claim: Dispute
    heard: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class TranscriptEdited:
    """The candidate put right what was heard in a take: `text` are all of its words. What was heard takes it back."""

    take_id: str
    text: str


@dataclass(frozen=True, slots=True)
class SelfRated:
    """Which points an answer had that was said in the candidate's head, by their own word."""

    take_id: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpinionSkipped:
    """The candidate doesn't want the second opinions that are still to come."""


WISHES = (
    DoneAsked, AnswerReopened, Paused, Unpaused, RepeatAsked, HintTaken, TypingStarted, TypingStopped, TakeRestarted,
    Skipped, NextAsked, FollowUpAsked, RetakeAsked, Disputed, AnswerTyped, OpinionSkipped, Ready, PreviousAsked,
    SelfRated, TranscriptEdited,
)  # fmt: skip
"""Events that are ignored, and not even written down, where they don't fit."""


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
    | AnswerChecked
    | CheckFailed
    | Assessed
    | OpinionGiven
    | Rescored
    | EngineRestarted
    | MicrophoneLost
    | MicrophoneBack
    | TimeRanShort
    | CountedDown
    | ThinkingEnded
    | Nudged
    | CutOff
    | SessionTimeUp
    | NewHeard
    | InterviewerSaid
    | MachineSlept
    | SessionResumed
    | CandidateLeft
    | SessionClosed
    | DoneAsked
    | AnswerReopened
    | Paused
    | Unpaused
    | RepeatAsked
    | HintTaken
    | TypingStarted
    | TypingStopped
    | TakeRestarted
    | Skipped
    | NextAsked
    | FollowUpAsked
    | RetakeAsked
    | Disputed
    | OpinionSkipped
    | Ready
    | PreviousAsked
    | SelfRated
    | TranscriptEdited
)

# Effects ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Speak:
    """Say `text`, then report QuestionSpoken."""

    turn_id: str
    text: str


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """Be quiet at once; what was being said is not said to its end."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Open the floor and record; report speech, words, and AnswerTyped or AnswerEnded.

    `goes_on`: the take has begun already and is added to. `limit_s`: after so long it is done. `from_now`: the question
    was long ago, so it isn't looked for in what the microphone heard."""

    take_id: str
    goes_on: bool = False
    limit_s: float | None = None
    from_now: bool = False


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have these ready to be said without a delay, in this order; nothing is reported. `ahead`: they may be said soon;
    a later such order replaces this one."""

    texts: tuple[str, ...]
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """Say this now, besides whatever goes on; `bell`: only ring, where it's a warning. With a take, report
    InterviewerSaid. `at_once`: now or not at all, since it says only that one was heard."""

    text: str
    take_id: str = ""
    bell: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class SetClock:
    """Report each event when it's due, in seconds from now. Replaces what was set before."""

    dues: tuple[tuple[float, CountedDown | ThinkingEnded | Nudged | CutOff], ...]


@dataclass(frozen=True, slots=True)
class WaitForNew:
    """Report CutOff for hearing nothing new in so many seconds, unless another such order comes first."""

    take_id: str
    in_s: float


@dataclass(frozen=True, slots=True)
class PauseListening:
    """Stop recording and keep the take; nothing is reported."""

    take_id: str


@dataclass(frozen=True, slots=True)
class StopListening:
    """The answer is over: record what is still on its way, then report AnswerEnded.

    `typed`: it's being typed; whoever shows the box reports AnswerTyped with what stands in it, soon or not at all."""

    take_id: str
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Recognise the whole take; report AnswerTranscribed or TranscriptionFailed. `quick`: with the words known already.

    `speech` is where the VAD heard speech: nothing is believed outside it."""

    take_id: str
    duration_s: float
    speech: tuple[Span, ...]
    ending: int = 1
    said: tuple[InterviewerSaid, ...] = ()
    """What the interviewer said meanwhile, which isn't the candidate's."""
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """Recognise a take that was transcribed quickly with care, when nobody speaks; report AnswerChecked or
    CheckFailed."""

    take_id: str
    duration_s: float
    speech: tuple[Span, ...]
    ending: int = 1
    said: tuple[InterviewerSaid, ...] = ()


@dataclass(frozen=True, slots=True)
class Assess:
    """Hold what was heard against the rubric; report Assessed. Without a transcript it is Unscored with `reason`.

    With `point_id` only that point of the parent is looked for. `asked` are follow-ups that earlier answers to the
    question were asked, `told` what the candidate said was misheard."""

    take_id: str
    question_id: str
    follow_up_id: str | None
    transcript: Transcript | None
    parent: Assessment | None
    reason: str = ""
    ending: int = 1
    point_id: str = ""
    asked: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    clocked: Clocked | None = None
    self_rated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessAnew:
    """Judge all answers to a question again, with what the candidate said was misheard or put right; report Assessed
    with the same `anew`. `given` are the transcripts of takes."""

    take_id: str
    latest: Assessment
    given: tuple[tuple[str, Transcript], ...]
    told: tuple[Told, ...]
    asked: tuple[str, ...]
    ending: int
    anew: int


@dataclass(frozen=True, slots=True)
class SeekOpinion:
    """Ask the judge about this answer; report OpinionGiven. Nothing waits for it but the end of a session that nobody
    looks at."""

    question_id: str
    follow_up_id: str | None
    take_id: str
    transcript: Transcript
    ending: int = 1


@dataclass(frozen=True, slots=True)
class StopOpinions:
    """Ask nobody any more; what is under way ends, and each opinion still due is reported as none."""


@dataclass(frozen=True, slots=True)
class Close:
    """Report SessionClosed and stop, when no opinion is due any more."""

    reason: CloseReason


Effect = (
    Speak
    | StopSpeaking
    | Prepare
    | Cue
    | SetClock
    | WaitForNew
    | Listen
    | PauseListening
    | StopListening
    | Transcribe
    | Check
    | Assess
    | AssessAnew
    | SeekOpinion
    | StopOpinions
    | Close
)
