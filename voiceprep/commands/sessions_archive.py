"""`sessions export`, `sessions import`."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from voiceprep.belongings import size
from voiceprep.commands.output import data, note, say
from voiceprep.config import places
from voiceprep.core.clean import one_line
from voiceprep.errors import UsageError
from voiceprep.sessions import archive, incoming, store


def export_(args: Namespace) -> int:
    if bool(args.session) == args.all:
        raise UsageError("sessions export wants to know which.", "Name sessions by their ID, or give --all.")
    root, out = places(args.data_dir).sessions, Path(args.out)
    every = {f.id: f for f in (store.folders(root) if args.all else (store.find(root, i) for i in args.session))}
    if not every:
        note("No sessions yet: there is nothing to export.")
        return 0
    done = archive.export(list(every.values()), out, audio=not args.no_audio, force=args.force, leave_out=args.all)
    for _, error in done.left_out:
        note(f"Left out: {error.message}")
    if args.json:
        left = [{"id": session_id, "why": error.message} for session_id, error in done.left_out]
        data({**asdict(done.manifest), "out": str(out), "bytes": done.bytes, "left_out": left})
    else:
        what = "" if done.manifest.audio else ", without recordings"
        say(f"{_count(len(done.manifest.sessions))} exported to {out} ({size(done.bytes)}){what}")
    return 1 if done.left_out else 0


def import_(args: Namespace) -> int:
    done = incoming.import_archive(Path(args.file), places(args.data_dir).sessions)
    if args.json:
        data({"schema": 1, "imported": done.new, "there_already": done.there})
        return 0
    for session_id in done.new:
        say(one_line(session_id))
    there = f"; {len(done.there)} {'was' if len(done.there) == 1 else 'were'} here already" if done.there else ""
    note(f"{_count(len(done.new))} imported{there}.")
    return 0


def _count(sessions: int) -> str:
    return f"{sessions} session{'s' * (sessions != 1)}"
