"""Sessions judged once more: from a session's folder to jobs, jobs over processes, and results back to the folder."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

from voiceprep import offline
from voiceprep.bank.contents import Bank
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core import hearing
from voiceprep.core.anew import takes_of
from voiceprep.core.beside import follow_ups_before
from voiceprep.core.clean import one_line
from voiceprep.core.feedback import Assessment
from voiceprep.core.matching import MATCHER_VERSION
from voiceprep.core.rescore import TODAY, Job, has_opinion, is_known, rescore, worth_judging
from voiceprep.core.spans import Span
from voiceprep.core.state import State
from voiceprep.core.transcript import Transcript
from voiceprep.errors import EngineError, SessionError, UsageError, VoiceprepError
from voiceprep.ports import Judge
from voiceprep.sessions import store
from voiceprep.speech.recogniser import ChildTranscriber
from voiceprep.wiring.afterwards import amend
from voiceprep.wiring.engines import hear_file
from voiceprep.wiring.reports import write_report

AHEAD = 2
"""Jobs that wait for each process: a kill loses no more than these."""


@dataclass(frozen=True)
class Wish:
    """How sessions are to be judged once more: which questions (none: all), heard again by which recogniser, and with
    whose opinion beside it."""

    questions: Collection[str] = ()
    ear: ChildTranscriber | None = None
    judge: Judge | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A question that isn't judged once more, and why. `known`: since it would come out as it did already."""

    session_id: str
    question_id: str
    why: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """That a take wasn't heard again, and why; its words are judged as they stand."""

    session_id: str
    take_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """A question judged once more, and kept."""

    session_id: str
    before: Assessment
    rescored: e.Rescored


Told = Passed | Heard | Done


def rescored(
    folders: Iterable[store.SessionFolder], bank: Bank, places: Places, wish: Wish, jobs: int,
    begun: Callable[[store.SessionFolder], None] = lambda folder: None,
) -> Iterator[Told]:  # fmt: skip
    """Judges the sessions' answers once more, in `jobs` processes, and keeps each result as soon as it's there. What
    was done before is passed over, so that whoever was killed goes on. Sessions that can't be read are passed, too."""
    by_id = {folder.id: folder for folder in folders}

    def work() -> Iterator[Job | Told]:
        for folder in by_id.values():
            begun(folder)
            try:
                yield from _jobs(folder, bank, places, wish)
            except (VoiceprepError, OSError) as error:
                yield Passed(folder.id, "", f"It can't be read: {one_line(str(error))}")

    stale = ""
    for told in _mapped(work(), jobs):
        session_id = told[0].session_id if isinstance(told, tuple) else told.session_id
        if stale and session_id != stale:
            _report(by_id[stale])
            stale = ""
        one = _kept(by_id[session_id], *told, wish.judge) if isinstance(told, tuple) else told
        if isinstance(one, Done) or (isinstance(one, Passed) and one.known):
            stale = session_id
        yield one
    if stale:
        _report(by_id[stale])


def _mapped(work: Iterable[Job | Told], jobs: int) -> Iterator[tuple[Job, e.Rescored] | Told]:
    """Each job with its result, and what else there is, in their order, whatever number of processes there are."""
    if jobs == 1:
        for one in work:
            yield (one, rescore(one)) if isinstance(one, Job) else one
        return
    ahead: deque[tuple[Job, Future[e.Rescored]] | Told] = deque()
    # Forked beside a journal's thread a process may hang: each begins afresh, and as offline as this one.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=offline.enforce)
    try:
        for one in work:
            ahead.append((one, pool.submit(rescore, one)) if isinstance(one, Job) else one)
            if len(ahead) > AHEAD * jobs:
                yield _arrived(ahead.popleft())
        while ahead:
            yield _arrived(ahead.popleft())
    except BrokenExecutor as error:
        raise EngineError(
            "A process that judged answers was ended.", "Run it again, with --jobs 1: what was judged is kept."
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _arrived(one: tuple[Job, Future[e.Rescored]] | Told) -> tuple[Job, e.Rescored] | Told:
    return (one[0], one[1].result()) if isinstance(one, tuple) else one


def _jobs(folder: store.SessionFolder, bank: Bank, places: Places, wish: Wish) -> Iterator[Job | Told]:
    history = folder.history()
    for damage in history.damage[:1]:
        yield Passed(folder.id, "", f"Its journal is damaged at line {damage.line}: {damage.what}.")
        return
    state, grounds = history.state(), folder.grounds()
    if state.phase != "closed":
        yield Passed(folder.id, "", f"It wasn't ended; go on with: voiceprep practice --resume {folder.id}")
        return
    ear, judge = wish.ear, wish.judge.name if wish.judge else ""
    for latest in state.assessments:
        question_id = latest.question_id
        if wish.questions and question_id not in wish.questions:
            continue
        question = bank.questions.get(question_id)
        if question is None:
            yield Passed(folder.id, question_id, "The bank has no such question any more.")
            continue
        asked = follow_ups_before(state, question_id)
        why = f"heard again by {ear.name}" if ear else TODAY
        job = Job(
            folder.id, question, bank.lexicon, bank.version, latest, state.given, state.told, asked, why=why
        )  # fmt: skip
        first = grounds.ground(question_id)
        as_first = (first.question.rubric, first.lexicon.digest, latest.matcher_version) == (
            question.rubric, bank.lexicon.digest, MATCHER_VERSION,
        )  # fmt: skip
        as_first = as_first and ear is None and (not judge or has_opinion(latest, judge))
        if as_first or is_known(job, state.rescored, ear.name if ear else "", judge):
            yield Passed(folder.id, question_id, "It was judged with this rubric, lexicon and matcher.", known=True)
            continue
        if ear is not None:
            heard: dict[str, Transcript] = {}
            for told in _heard_again(folder, latest, state, history.events, ear, places):
                if isinstance(told, Heard):
                    yield told
                else:
                    heard.update(told)
            if not heard:
                yield Passed(folder.id, question_id, "No take of it could be heard again.")
                continue
            job = replace(job, heard=tuple(heard.items()))
        if nothing := worth_judging(latest, (take for take, _ in (*job.given, *job.heard))):
            yield Passed(folder.id, question_id, f"There is nothing to judge: {nothing}.")
        else:
            yield job


def _heard_again(
    folder: store.SessionFolder, latest: Assessment, state: State, history: Iterable[e.Event], ear: ChildTranscriber,
    places: Places,
) -> Iterator[Mapping[str, Transcript] | Heard]:  # fmt: skip
    """The takes of an answer that a recogniser had heard, heard by this one; what was typed or edited stays."""
    given = dict(state.given)
    said = [event for event in history if isinstance(event, e.InterviewerSaid)]
    for take_id in takes_of(latest):
        before = given.get(take_id)
        if before is not None and before.source != "asr":
            continue
        if folder.no_recording(take_id):
            yield Heard(folder.id, take_id, "there is no recording of it")
            continue
        try:
            now = hear_file(folder.recording(take_id), ear, places)
        except VoiceprepError as error:
            yield Heard(folder.id, take_id, error.message)
            continue
        warnings = [(one.text, Span(one.start_s, one.end_s)) for one in said if one.take_id == take_id]
        now = hearing.without_interviewer(now, warnings)
        yield {take_id: replace(now, whispered=before.whispered if before else state.quiet == "whispered")}


def _kept(folder: store.SessionFolder, job: Job, result: e.Rescored, judge: Judge | None) -> Done | Passed:
    if judge is not None:
        result = replace(result, assessment=_opined(job, result.assessment, judge), why=f"{result.why}, with a judge")
    try:
        amend(folder, result, report=False)
    except (SessionError, UsageError) as error:  # it was opened elsewhere meanwhile, or has no place for it
        return Passed(folder.id, job.question.id, error.message)
    return Done(folder.id, job.latest, result)


def _opined(job: Job, assessment: Assessment, judge: Judge) -> Assessment:
    """With the judge's opinion on each of its answers that is scored."""
    words = {**dict(job.given), **dict(job.heard)}

    def opined(a: Assessment) -> Assessment:
        if a.unscored is not None or a.take_id not in words:
            return a
        asked = job.question if a.follow_up_id is None else job.question.follow_up(a.follow_up_id)
        return replace(a, opinion=judge.opinion(asked.ask, asked.points, words[a.take_id]))

    own = opined(assessment)
    return replace(own, follow_ups_asked=tuple(map(opined, own.follow_ups_asked)))


def _report(folder: store.SessionFolder) -> None:
    """Written again where the journal has grown since: a kill may have come between the two."""
    report = folder.path / "report.md"
    if not report.is_file() or report.stat().st_mtime_ns < folder.journal.stat().st_mtime_ns:
        write_report(folder)
