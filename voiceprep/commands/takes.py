"""`takes`: all takes of a question, and what became of it from the first to the latest."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from collections.abc import Iterator, Sequence

from voiceprep import durable
from voiceprep.commands.conversation import width
from voiceprep.commands.output import data, note, say
from voiceprep.config import load_settings, places
from voiceprep.core.takes import QuestionTakes, Take, additions, compare, first_and_latest, the_last_two
from voiceprep.errors import SessionError, UsageError
from voiceprep.report.takes import (
    SCHEMA,
    addition_line,
    compared_lines,
    name_of,
    no_recording,
    result,
    take_line,
    takes_json,
)
from voiceprep.tui.backend import Recording
from voiceprep.wiring.takes import play_here, question_takes, questions_taken_again


def takes(args: Namespace) -> int:
    root = places(args.data_dir).sessions
    if args.question is None:
        if args.play:
            raise UsageError("--play plays the takes of one question.", "Name it: voiceprep takes QUESTION --play.")
        return _list(questions_taken_again(root), as_json=args.json)
    found = question_takes(root, args.question)
    if args.play:
        return _play(args, found)
    if args.json:
        data(takes_json(found))
        return 0
    for line in _lines(found):
        say(line)
    return 0


def _list(again: Sequence[QuestionTakes], *, as_json: bool) -> int:
    if as_json:
        data({"schema": SCHEMA, "questions": [
            {"question_id": q.question_id, "ask": q.ask, "takes": len(q.takes)} for q in again
        ]})  # fmt: skip
        return 0
    if not again:
        note("No question was answered twice yet. Answer one again: voiceprep practice --question ID.")
    for q in again:
        two = first_and_latest(q.takes)
        told = f"{two[0].when} {result(two[0].assessment)}, {two[1].when} {result(two[1].assessment)}" if two else ""
        say(f"{q.question_id:<28} {len(q.takes)} takes")
        for line in filter(None, (q.ask, told)):
            say(textwrap.fill(line, width(), initial_indent="    ", subsequent_indent="    "))
    return 0


def _lines(found: QuestionTakes) -> Iterator[str]:
    yield from textwrap.wrap(found.ask, width())
    yield ""
    for n, take in enumerate(found.takes, 1):
        yield from _wrapped(f"{n:>3}  ", take_line(take))
        yield from _wrapped("     ", f"{take.assessment.take_id} of {take.session_id}, {_recorded(found, take)}")
        for added in additions(take.assessment):
            yield from _wrapped("     + ", f"{added.take_id}: {addition_line(added)}")
    two = first_and_latest(found.takes)
    if two is None:
        yield ""
        yield from textwrap.wrap(
            f"Two scored takes can be compared. Answer it again: voiceprep practice --question {found.question_id}",
            width(),
        )
        return
    yield from _beside(found, *two)
    last = the_last_two(found.takes)
    if last is not None and last != two:
        yield from _beside(found, *last)


def _beside(found: QuestionTakes, then: Take, now: Take) -> Iterator[str]:
    one, other = (found.takes.index(take) + 1 for take in (then, now))
    yield ""
    yield f"FROM TAKE {one} TO TAKE {other}"
    for title, told in compared_lines(compare(then, now)):
        if len(told) == 1 and len(title) + len(told[0]) + 4 <= width():
            yield f"  {title}  {told[0]}"
        else:
            yield f"  {title}"
            for line in told:
                yield from _wrapped("    ", line)


def _wrapped(first: str, text: str) -> list[str]:
    return textwrap.wrap(text, width(), initial_indent=first, subsequent_indent=" " * (len(first) + 2))


def _recorded(found: QuestionTakes, take: Take) -> str:
    if (take.session_id, take.assessment.take_id) in found.recorded:
        return "recording kept"
    return "typed" if take.assessment.source == "typed" else "no recording"


def _play(args: Namespace, found: QuestionTakes) -> int:
    """The first and the latest take, back to back; of those there is a recording of."""
    recorded = [t for t in found.takes if (t.session_id, t.assessment.take_id) in found.recorded]
    if not recorded:
        raise SessionError(no_recording(found.takes[-1].assessment), "What was heard is listed: leave out --play.")
    two = first_and_latest(recorded) or tuple(recorded[-1:])
    where = places(args.data_dir)
    settings = load_settings(where).with_devices(None, args.speaker)
    durable.make_folder(where.cache)

    def told(sentence: str) -> None:
        if sentence:
            note(sentence)

    chosen = [Recording(t.session_id, t.assessment.take_id, name_of(found, t)) for t in two]
    play_here(chosen, where, settings, told)
    return 0
