"""`rescore`: answers judged once more, beside what was judged before."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.commands.banks import bank_of
from voiceprep.commands.output import data, note, progress, say
from voiceprep.commands.score import asked_judge
from voiceprep.config import Places, places
from voiceprep.core.rescore import change
from voiceprep.errors import UsageError
from voiceprep.report import amended
from voiceprep.report.answer_json import answer_json
from voiceprep.sessions import store
from voiceprep.speech.recogniser import ChildTranscriber
from voiceprep.wiring.rescoring import Done, Heard, Passed, Told, Wish, rescored

MOST_JOBS = 64


def rescore(args: Namespace) -> int:
    where = places(args.data_dir)
    jobs = _jobs(args)
    if not args.hear_again and (args.engine != "auto" or args.model):
        raise UsageError("--engine and --model name what hears the recordings again.", "Add --hear-again.")
    folders = store.folders(where.sessions) if args.all else [store.find(where.sessions, args.session)]
    bank = bank_of(args)
    judge = asked_judge(args) if args.judge else None
    begun = 0

    def begin(folder: store.SessionFolder) -> None:
        nonlocal begun
        begun += 1
        progress(f"Rescoring session {begun} of {len(folders)}: {folder.id}", begun - 1, len(folders))

    with _ear(args, where, bank) as ear:
        wish = Wish(frozenset(args.question), ear, judge)
        found = list(rescored(folders, bank, where, wish, jobs, begin))
    if folders:
        progress(f"{len(folders)} session{'s' * (len(folders) != 1)} looked at.", len(folders), len(folders))
    if args.json:
        data({"schema": 1, **_summary(found)})
    else:
        _say(found)
    return 0


def _jobs(args: Namespace) -> int:
    if args.jobs is not None and not 1 <= args.jobs <= MOST_JOBS:
        raise UsageError(f"--jobs wants a number from 1 to {MOST_JOBS}.", "Leave it out for one a core.")
    # Another process costs a second to begin: for one session that's more than it saves.
    return args.jobs or (min(MOST_JOBS, os.cpu_count() or 1) if args.all else 1)


@contextmanager
def _ear(args: Namespace, where: Places, bank: Bank) -> Iterator[ChildTranscriber | None]:
    if not args.hear_again:
        yield None
        return
    ear = wiring.transcriber(wiring.Choice(args.engine, args.model), where, bank.lexicon)
    try:
        yield ear
    finally:
        ear.close()


def _say(found: list[Told]) -> None:
    done = [one for one in found if isinstance(one, Done)]
    changes = [(one, change(one.before, one.rescored.assessment)) for one in done]
    for one, what in changes:
        if what or one.rescored.left_out:
            say(f"{one.session_id}  {one.rescored.question_id}: {amended.changed_in_words(what)}")
            for texts, sign in ((what.gained, "+"), (what.lost, "-"), (what.otherwise, "~")):
                for text in texts:
                    say(f"  {sign} {text}")
            for left in one.rescored.left_out:
                say(f"  {left}")
    for told in found:
        if isinstance(told, Heard):
            note(f"{told.session_id}  take {told.take_id} isn't heard again: {told.why}")
        elif isinstance(told, Passed) and not told.known:
            note(f"{told.session_id}  {told.question_id or 'the session'} isn't judged once more. {told.why}")
    gained, lost = (sum(len(getattr(c, name)) for _, c in changes) for name in ("gained", "lost"))
    changed = sum(bool(c) for _, c in changes)
    known = sum(isinstance(one, Passed) and one.known for one in found)
    if not done and known:
        say(f"Nothing new to judge: {known} answer{'s were' if known != 1 else ' was'} judged so before.")
        return
    say(
        f"Judged once more: {len(done)}. Changed: {changed} (points heard now: {gained}, not heard any more: {lost}). "
        f"Unchanged: {len(done) - changed}. Judged so before: {known}."
    )


def _summary(found: list[Told]) -> dict[str, object]:
    done = [one for one in found if isinstance(one, Done)]
    passed = [one for one in found if isinstance(one, Passed)]
    return {
        "rescored": [
            {
                "session": one.session_id,
                "question_id": one.rescored.question_id,
                "why": one.rescored.why,
                **{
                    name: list(getattr(change(one.before, one.rescored.assessment), name))
                    for name in ("gained", "lost", "otherwise", "came", "went")
                },
                "left_out": list(one.rescored.left_out),
                "before": answer_json(one.before),
                "after": answer_json(one.rescored.assessment),
            }
            for one in done
        ],
        "unchanged": sum(not change(one.before, one.rescored.assessment) for one in done),
        "known": sum(one.known for one in passed),
        "passed": [
            {"session": one.session_id, "question_id": one.question_id or None, "why": one.why}
            for one in passed
            if not one.known
        ],
        "not_heard_again": [
            {"session": one.session_id, "take_id": one.take_id, "why": one.why}
            for one in found
            if isinstance(one, Heard)
        ],
    }
