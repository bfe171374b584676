"""`sessions delete`, `restore`, `empty-trash`, `list --trash`; and what every start does about the trash."""

from __future__ import annotations

from argparse import Namespace
from datetime import date

from voiceprep.belongings import bytes_in, size
from voiceprep.commands.asking import confirmed
from voiceprep.commands.output import data, note, say
from voiceprep.config import Places, places
from voiceprep.core.clean import one_line
from voiceprep.errors import SessionError
from voiceprep.sessions import store, trash

YES = ("y", "yes")


def tidy(where: Places) -> None:
    if gone := trash.tidy(where.sessions, where.trash, date.today()):
        note(f"Removed for good, {trash.KEPT_DAYS} days after they were deleted: {_count(len(gone))}.")


def delete(args: Namespace) -> int:
    where = places(args.data_dir)
    ids = list(dict.fromkeys(store.find(where.sessions, i).id for i in args.session))
    question = f"Move {_count(len(ids))} to the trash ({', '.join(ids)})? y, then enter (anything else: no)"
    if not (args.yes or confirmed(question, *YES)):
        note("Nothing was deleted.")
        return 0
    gone = trash.delete(where.sessions, where.trash, ids, date.today())
    if args.json:
        data({"schema": 1, "deleted": [_row(one) for one in gone]})
        return 0
    for one in gone:
        say(one.session_id)
    note(f"In the trash for {trash.KEPT_DAYS} days. Bring one back: voiceprep sessions restore {gone[0].session_id}")
    return 0


def restore(args: Namespace) -> int:
    where = places(args.data_dir)
    folder = trash.restore(where.sessions, where.trash, args.session)
    if args.json:
        data({"schema": 1, "restored": folder.id})
    else:
        say(folder.id)
        note("It's back, as it was.")
    return 0


def list_trash(args: Namespace) -> int:
    found = trash.deleted(places(args.data_dir).trash)
    if args.json:
        data({"schema": 1, "kept_days": trash.KEPT_DAYS, "sessions": [_row(one) for one in found]})
        return 0
    for one in found:
        when = f"deleted {one.day}, gone on {one.gone_on}"
        say(f"{one.session_id:<24} {when}  {size(bytes_in(one.path)):>8}  {_title(one)}")
    note(_KEPT if found else "The trash is empty.")
    return 0


_KEPT = f"Deleted sessions are kept for {trash.KEPT_DAYS} days: voiceprep sessions restore ID, or sessions empty-trash."


def empty_trash(args: Namespace) -> int:
    where = places(args.data_dir)
    many = len(trash.deleted(where.trash))
    question = f"Remove {_count(many)} for good ({size(bytes_in(where.trash))})? y, then enter (anything else: no)"
    if many and not (args.yes or confirmed(question, *YES)):
        note("Nothing was removed.")
        return 0
    gone = trash.empty(where.sessions, where.trash)
    if args.json:
        data({"schema": 1, "removed": [one.session_id for one in gone]})
    else:
        note(f"Removed for good: {_count(len(gone))}." if gone else "The trash is empty.")
    return 0


def _row(one: trash.Deleted) -> dict[str, object]:
    return {
        "id": one.session_id,
        "deleted": str(one.day),
        "gone_on": str(one.gone_on),
        "title": _title(one),
        "bytes": bytes_in(one.path),
    }


def _title(one: trash.Deleted) -> str:
    try:
        return one_line(str(store.SessionFolder(one.path).meta()["title"]), 80)
    except SessionError:
        return ""


def _count(sessions: int) -> str:
    return f"{sessions} session{'s' * (sessions != 1)}"
