"""`report`: a session as one HTML page, as Markdown, as JSON."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from voiceprep import durable
from voiceprep.commands.output import note, say
from voiceprep.config import places
from voiceprep.core.clean import one_line
from voiceprep.errors import SessionError, StorageError, UsageError
from voiceprep.sessions import store
from voiceprep.wiring.reports import FORMATS, write_report


def report(args: Namespace) -> int:
    if args.all == bool(args.session):
        raise UsageError("`report` takes one session or --all.", "Try: voiceprep report last.")
    root = places(args.data_dir).sessions
    chosen = store.folders(root) if args.all else [store.find(root, args.session)]
    forms = FORMATS if args.format == "all" else (args.format,)
    out = Path(args.out).expanduser().absolute() if args.out else None
    many = args.all or len(forms) > 1
    if out is not None and many:
        durable.make_folder(out)
    elif out is not None and not out.is_dir() and not out.parent.is_dir():
        raise UsageError(f"There is no folder {one_line(str(out.parent))}.", "Make it first, or give another PATH.")
    elif out is not None and out.is_file() and not args.force:
        raise StorageError(
            f"{one_line(str(out))} is there already.", "Choose another name, or write over it with --force."
        )
    unread = 0
    for folder in chosen:
        for form in forms:
            path = out / f"{folder.id}.{form}" if out is not None and out.is_dir() else out
            try:
                say(one_line(str(write_report(folder, form=form, path=path, audio=args.audio)), 4_000))
            except SessionError as error:
                if not args.all:
                    raise
                unread += 1
                note(f"{folder.id}: {error.message}")
                break
    if not chosen:
        note("No sessions yet: hold one with `voiceprep practice`, or see `voiceprep demo`.")
    return 1 if unread else 0
