"""`sessions edit`: what was heard in a take, put right after the session."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from voiceprep import wiring
from voiceprep.bank.incoming import read_text
from voiceprep.commands.output import data, say
from voiceprep.commands.practice import LONGEST_ANSWER
from voiceprep.config import places
from voiceprep.core.anew import takes_of
from voiceprep.core.clean import clean, one_line
from voiceprep.core.rescore import change
from voiceprep.core.state import State
from voiceprep.errors import UsageError
from voiceprep.report import amended, wording
from voiceprep.report.answer_json import answer_json
from voiceprep.sessions import store


def edit(args: Namespace) -> int:
    folder = store.find(places(args.data_dir).sessions, args.session)
    take_id = one_line(args.take, 20)
    before = folder.state()
    after = wiring.edit(folder, take_id, " ".join(_text(args.text).split()))
    at = _place(after, take_id)
    was, now = before.assessments[at], after.assessments[at]
    if args.json:
        data(answer_json(now))
        return 0
    found = amended.changed_in_words(change(was, now))
    how = "by your words" if take_id in dict(after.heard) else "by what was heard"
    say(f"Take {take_id} is judged {how}: {found}. {now.ask}")
    say(wording.counts(now) if now.unscored is None else f"Not scored: {now.unscored.reason}.")
    say(f"What was heard is kept. The report: {folder.path / 'report.md'}")
    return 0


def _place(state: State, take_id: str) -> int:
    return next(n for n, a in enumerate(state.assessments) if take_id in takes_of(a))


def _text(name: str) -> str:
    if name == "-":
        return clean(sys.stdin.read(LONGEST_ANSWER + 1), LONGEST_ANSWER)
    text, problems = read_text(Path(name), one_line(name, 200))
    if problems:
        raise UsageError(f"{problems[0]}.", "Give a file of plain text, or - for standard input.")
    return clean(text, LONGEST_ANSWER)
