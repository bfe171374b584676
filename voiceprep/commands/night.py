"""`night`: one page for the night before the interview, and twenty minutes of what is known already."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from voiceprep import durable, wiring
from voiceprep.commands.banks import bank_of
from voiceprep.commands.conversation import width
from voiceprep.commands.output import data, note, say
from voiceprep.config import load_settings, places
from voiceprep.core.clean import one_line
from voiceprep.core.night import MINUTES, Night
from voiceprep.errors import SessionError, UsageError
from voiceprep.report.night import markdown, night_json, plain
from voiceprep.wiring.night import counted_down, night_page, sessions


def night(args: Namespace) -> int:
    if args.practise and args.json:
        raise UsageError("--practise and --json exclude each other.", "Leave one of them out.")
    if (args.quiet or args.plain or args.text) and not args.practise:
        raise UsageError(
            "--quiet, --plain and --text say how --practise is held.", "Add --practise, or leave them out."
        )
    where = places(args.data_dir)
    if not any(sessions(where.sessions)):
        raise SessionError(
            "There are no past sessions to make the page from.", "Hold one first: voiceprep practice --minutes 10."
        )
    # What is wrong with the candidate's own questions is said once: when the session is held, `practice` says it.
    bank = wiring.load_bank(args.bank, where) if args.practise else bank_of(args)
    page = night_page(bank, where)
    if page is None:
        raise SessionError(
            "No core point of any question in this bank has been heard yet.",
            "Practise one of its questions first: voiceprep practice --minutes 10.",
        )
    counted = counted_down(load_settings(where), command=False)
    if args.out:
        _write(Path(args.out), markdown(page, counted))
    if args.practise:
        return _practise(args, page)
    if args.json:
        data(night_json(page, counted))
        return 0
    for line in plain(page, counted, width()):
        say(line)
    if page.plan:
        note(f"Go through {len(page.plan)} of your questions, about {page.minutes} min: voiceprep night --practise")
    return 0


def _write(path: Path, text: str) -> None:
    path = path.expanduser().absolute()
    if path.is_dir():
        raise UsageError(f"{one_line(str(path), 200)} is a folder.", "Give a file to write to, such as night.md.")
    if not path.parent.is_dir():
        raise UsageError(
            f"There is no folder {one_line(str(path.parent), 200)}.", "Make it first, or give another file to write to."
        )
    durable.write_atomic(path, text.encode())
    note(f"Written to {one_line(str(path), 200)}")


def _practise(args: Namespace, page: Night) -> int:
    if not page.plan:
        raise SessionError(
            "None of the questions you answered can be gone through tonight.", "Read the page instead: voiceprep night."
        )
    from voiceprep.commands.practice import practice

    args.question = [p.id for p in page.plan]
    args.minutes = MINUTES
    return practice(args)
