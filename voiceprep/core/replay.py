"""A session as it can be replayed: each question's takes, and on each take's time line what was said and what was made
of it. One fold over the journal; no engine, no recording, no clock.

Positions are seconds of the take. Most stand in the events. Where one doesn't (a pause, a hint), it is what had been
recorded when the journal was written: right within a few tenths of a second, and marked `about`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from voiceprep.core import events as e
from voiceprep.core.feedback import SKIPPED, Assessment
from voiceprep.core.interview import ImpossibleEvent, stale, step
from voiceprep.core.pinned import Mark, MarkKind, feedback_marks
from voiceprep.core.pressure import CUT_OFF, said_at
from voiceprep.core.spans import Span, gaps
from voiceprep.core.state import State
from voiceprep.core.transcript import Source, Transcript, Word, typed

NAMED_PAUSE_S = 0.5
"""Silence between speech from which a pause is shown."""

TakeKind = Literal["answer", "follow-up", "asked again", "whole answer again", "one sentence"]
STARTED_AGAIN = "You started again here; this take is kept and not judged."
ROUGH = "It was never judged. These are the rough words that were heard meanwhile."


@dataclass(frozen=True, slots=True)
class ReplayedTake:
    """One attempt. `length_s` is what the journal knows was recorded, 0 for a typed answer. `words` have times and are
    empty where it was typed; `rough` when no careful pass was ever made. `note` says in a sentence why it isn't judged,
    empty when it is. `why` is why this follow-up was asked."""

    id: str
    question_id: str
    follow_up_id: str | None
    kind: TakeKind
    ask: str
    why: str = ""
    length_s: float = 0.0
    speech: tuple[Span, ...] = ()
    source: Source | None = None
    """None when nothing is known of what was said."""
    text: str = ""
    words: tuple[Word, ...] = ()
    rough: bool = False
    marks: tuple[Mark, ...] = ()
    """In the order of time; those without a moment last."""
    note: str = ""
    judged: Assessment | None = None

    @property
    def pauses(self) -> tuple[Span, ...]:
        """The silences between speech that are long enough to be named."""
        return tuple(gap for gap in gaps(self.speech) if gap.length_s >= NAMED_PAUSE_S)


@dataclass(frozen=True, slots=True)
class ReplayedQuestion:
    id: str
    ask: str
    takes: tuple[ReplayedTake, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """`ended` is False while somebody can still go on with it; `stopped` says at which event the story broke off."""

    title: str = ""
    questions: tuple[ReplayedQuestion, ...] = ()
    ended: bool = True
    stopped: str = ""

    @property
    def takes(self) -> tuple[ReplayedTake, ...]:
        """All of them, question by question."""
        return tuple(take for question in self.questions for take in question.takes)


def replay_of(history: Sequence[e.Event], at_s: Sequence[float] = ()) -> Replay:
    """The session that these events tell. `at_s` are the seconds at which the journal was given each, by a clock that
    only goes forward; without them what has no position of its own stands at the last one known."""
    state, takes, stopped = State(), _Takes(), ""
    for number, (event, now_s) in enumerate(itertools.zip_longest(history, at_s[: len(history)]), 1):
        try:
            late = stale(state, event)
            after, _ = step(state, event)
        except ImpossibleEvent:
            stopped = f"Event {number} doesn't fit what came before it; what came before is shown."
            break
        if not late:
            takes.tell(event, now_s, state, after)
        state = after
    return Replay(state.title, tuple(takes.questions(state)), state.close_reason == "finished", stopped)


@dataclass
class _Taking:
    """A take while its events come. `recorded_s` had been recorded at `since_s` of the journal's clock, since when it
    is being recorded; None while it isn't."""

    begun: ReplayedTake
    recorded_s: float = 0.0
    since_s: float | None = None
    known_s: float = 0.0
    """A position that it has reached for certain."""
    broken: bool = False
    """Whether the round's clock and the recording went apart."""
    rough: tuple[Word, ...] = ()
    sent: str | None = None
    marks: list[Mark] = field(default_factory=list)
    note: str = ""
    speech: tuple[Span, ...] = ()
    duration_s: float = 0.0

    def at_s(self, now_s: float | None) -> float:
        passed_s = 0.0 if self.since_s is None or now_s is None else max(0.0, now_s - self.since_s)
        return max(self.known_s, self.recorded_s + passed_s)

    def records(self, now_s: float | None, *, on: bool) -> None:
        if on and self.since_s is None:
            self.since_s = now_s
        elif not on:
            self.recorded_s, self.since_s = self.at_s(now_s), None

    def is_long(self, duration_s: float) -> None:
        """So much of it is on disk."""
        self.duration_s = self.recorded_s = self.known_s = duration_s
        self.since_s = None

    def mark(self, kind: MarkKind, text: str, now_s: float | None) -> None:
        self.marks.append(Mark(kind, self.at_s(now_s), None, text, about=True))


class _Takes:
    """All takes of a journal, as far as it has been read."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Taking] = {}
        self._why: dict[tuple[str, str], str] = {}

    def tell(self, event: e.Event, now_s: float | None, before: State, after: State) -> None:
        """An event that wasn't stale, and the states around it."""
        if isinstance(event, e.Assessed):
            for a in filter(None, (event.assessment, event.parent)):
                if a.follow_up is not None:
                    self._why[a.question_id, a.follow_up.id] = a.follow_up.why
        in_take = before.phase == "listening" or before.paused_from == "listening" or before.goes_on
        taking = self._by_id.get(before.take_id)
        if taking is not None:
            left_in_take = before.left_from == "listening" or (
                before.left_from == "paused" and before.paused_from == "listening"
            )
            self._heard(taking, event, now_s, given=in_take or left_in_take)
            if in_take:
                self._happened(taking, event, now_s, before, after)
        if after.takes > before.takes:
            self._by_id[after.take_id] = _Taking(self._begun(after))
        for take_id, one in self._by_id.items():
            one.records(now_s, on=take_id == after.take_id and after.phase == "listening" and not after.typing)
        current = self._by_id.get(after.take_id)
        if current is not None and after.speech:
            current.speech = after.speech
        if current is not None and after.reason == SKIPPED:
            current.note = "You skipped it."
        if current is not None and isinstance(event, e.AnswerReopened):
            current.note = ""
            current.marks.append(Mark("went on", current.duration_s, None, "You weren't finished, and went on."))

    def _begun(self, state: State) -> ReplayedTake:
        kind: TakeKind = "answer"
        if state.follow_up_id is not None:
            kind = "follow-up"
        elif state.retake is not None:
            kind = "one sentence" if state.retake else "whole answer again"
        elif state.again:
            kind = "asked again"
        why = self._why.get((state.question.id, state.follow_up_id or ""), "")
        return ReplayedTake(state.take_id, state.question.id, state.follow_up_id, kind, state.text, why)

    @staticmethod
    def _heard(taking: _Taking, event: e.Event, now_s: float | None, *, given: bool) -> None:
        """What says something of a take whether or not it's still being `given`."""
        match event:
            case e.SpeechStarted() | e.SpeechEnded():
                taking.known_s = max(taking.known_s, event.at_s)
            case e.WordsHeard():
                last_s = taking.rough[-1].start_s if taking.rough else -1.0
                taking.rough += tuple(word for word in event.words if word.start_s > last_s)
            case e.AnswerTyped():
                taking.sent = event.text
            case e.AnswerEnded():
                taking.is_long(event.duration_s)
            case e.TranscriptionFailed():
                taking.note = f"Not judged: {event.reason}"
            case e.SessionResumed() if event.recovered_s and given:
                taking.is_long(event.recovered_s)
                taking.mark("left", "The session was left here, and taken up again.", now_s)

    @staticmethod
    def _happened(taking: _Taking, event: e.Event, now_s: float | None, before: State, after: State) -> None:
        """What happened while the candidate had the floor."""
        match event:
            case e.HintTaken():
                taking.mark("hint", "You looked at a hint.", now_s)
            case e.Nudged():
                taking.mark("nudge", said_at(event.left_s, thinking=False), now_s)
                if before.rules is not None and not taking.broken:
                    limit_s = before.rules.limit_s(follow_up=before.follow_up_id is not None)
                    taking.marks[-1] = replace(taking.marks[-1], at_s=limit_s - event.left_s, about=False)
            case e.CutOff():
                taking.mark("cut off", CUT_OFF[event.why], now_s)
            case e.SessionTimeUp() if after.cut and not before.cut:
                taking.mark("cut off", CUT_OFF["session"], now_s)
            case e.InterviewerSaid():
                said = Mark("said besides", event.start_s, event.end_s, event.text)
                last = taking.marks[-1] if taking.marks else None
                if last is not None and last.text == event.text:  # how a warning or the end was said
                    taking.marks[-1] = replace(said, kind=last.kind)
                else:
                    taking.marks.append(said)
            case e.Paused() if before.phase == "listening" and not before.done_asked:
                taking.mark("paused", "You paused.", now_s)
            case e.MicrophoneLost():
                taking.mark("microphone", event.why, now_s)
            case e.MicrophoneBack():
                taking.mark("microphone", "The microphone was back.", now_s)
            case e.MachineSlept() if before.phase == "listening":
                taking.mark("slept", "The machine was asleep here.", now_s)
            case e.RepeatAsked():
                taking.mark("repeated", "The question was said again.", now_s)
            case e.TypingStarted():
                taking.mark("typed", "From here on you typed.", now_s)
            case e.TakeRestarted():
                taking.duration_s = taking.at_s(now_s)
                taking.note = STARTED_AGAIN
        if isinstance(event, e.Paused | e.MicrophoneLost | e.MachineSlept | e.RepeatAsked | e.TypingStarted):
            taking.broken = True

    # In the end

    def questions(self, state: State) -> Iterable[ReplayedQuestion]:
        """Every question that was put, with its takes in the order they were given."""
        answers = list(_every((*state.earlier, *state.assessments)))
        judged = {a.take_id: a for a in answers}
        given = dict(state.given)
        takes = [self._whole(one, given.get(take_id), judged.get(take_id)) for take_id, one in self._by_id.items()]
        pinned = feedback_marks(takes, answers, state.told)
        for question in state.questions:
            own = tuple(
                replace(take, marks=_in_order((*take.marks, *pinned.get(take.id, ()))))
                for take in takes
                if take.question_id == question.id
            )
            if own:
                yield ReplayedQuestion(question.id, question.ask, own)

    @staticmethod
    def _whole(taking: _Taking, transcript: Transcript | None, judged: Assessment | None) -> ReplayedTake:
        if transcript is None and taking.sent is not None:
            transcript = typed(taking.sent)
        rough = transcript is None and bool(taking.rough)
        note = taking.note
        if judged is not None and judged.unscored is not None:
            note = f"Not scored: {judged.unscored.reason}."
        elif judged is not None:
            note = ""
        elif rough:
            note = f"{note} {ROUGH}".strip()
        elif transcript is None and not note:
            note = "It was never judged."
        words = transcript.words if transcript else taking.rough
        spoken = transcript is None or transcript.source != "typed"
        length_s = max(taking.duration_s, words[-1].end_s if words else 0.0) if spoken else 0.0
        return replace(
            taking.begun,
            length_s=length_s,
            speech=((transcript.speech if transcript else ()) or taking.speech) if spoken else (),
            source=transcript.source if transcript else "asr" if rough else None,
            text=transcript.text if transcript else " ".join(word.text for word in taking.rough),
            words=words,
            rough=rough,
            marks=tuple(
                replace(m, at_s=min(m.at_s, length_s) if length_s and m.at_s is not None else None)
                for m in taking.marks
            ),
            note=note,
            judged=judged,
        )


def _every(assessments: Iterable[Assessment]) -> Iterable[Assessment]:
    """Each answer by itself: the first one that was off topic, the answer, and its follow-ups."""
    for a in assessments:
        if a.first_take is not None:
            yield from _every((a.first_take,))
        yield a
        yield from a.follow_ups_asked


def _in_order(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(marks, key=lambda m: (m.at_s is None, m.at_s or 0.0)))
