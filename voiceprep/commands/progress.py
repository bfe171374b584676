"""`progress`: what is due, what stays weak, and how it goes."""

from __future__ import annotations

from argparse import Namespace

from voiceprep.commands.banks import bank_of
from voiceprep.commands.conversation import width
from voiceprep.commands.output import data, note, say
from voiceprep.config import load_settings, places
from voiceprep.core.clean import clean
from voiceprep.errors import UsageError
from voiceprep.report.progress_lines import lines, progress_json
from voiceprep.wiring.countdown import today
from voiceprep.wiring.past import progress as progress_at


def progress(args: Namespace) -> int:
    where = places(args.data_dir)
    date = load_settings(where).interview_date
    asked = bank_of(args).outlines
    found = progress_at(where.sessions, asked, date, args.topic or "", note)
    if args.topic and not found.questions:
        topics = [t.topic for t in progress_at(where.sessions, asked, date).topics]
        there = f"Practised so far: {', '.join(topics)}." if topics else "Practise one: voiceprep practice --topic T."
        raise UsageError(f"No question of the topic {clean(args.topic, 80)!r} was answered yet.", there)
    if args.json:
        data(progress_json(found))
    elif not found.questions:
        note("No answers yet: hold a session with `voiceprep practice`.")
    else:
        for line in lines(found, today(), width()):
            say(line)
    return 0
