"""`sessions list`, `sessions show`, `sessions verify`."""

from __future__ import annotations

from argparse import Namespace

from voiceprep.commands.conversation import feedback_lines, looked_for_lines, rescored_block
from voiceprep.commands.output import data, note, say
from voiceprep.commands.sessions_trash import list_trash, tidy
from voiceprep.config import places
from voiceprep.report.answer_json import answer_json, rescored_json
from voiceprep.sessions import store
from voiceprep.sessions.rows import SessionRow
from voiceprep.wiring.past import index

ENDED = {"finished": "finished", "left": "left early", "fault": "ended by a fault", None: "not ended"}


def list_(args: Namespace) -> int:
    tidy(places(args.data_dir))
    if args.trash:
        return list_trash(args)
    with index(places(args.data_dir).sessions, note) as found:
        rows = [_row(row) for row in found.sessions()]
    if args.json:
        data({"schema": 1, "sessions": rows})
        return 0
    if not rows:
        note("No sessions yet: hold one with `voiceprep practice`, or see `voiceprep demo`.")
    for row in rows:
        if "title" not in row:
            say(f"{row['id']:<24} {row['problem']}")
        else:
            say(f"{row['id']:<24} {row['created']}  {row['ended']:<12} {row['answered']} answered  {row['title']}")
            if "problem" in row:
                say(f"{'':<24} {row['problem']}")
    return 0


def _row(row: SessionRow) -> dict[str, object]:
    problem = {"problem": row.problem} if row.problem else {}
    if row.unreadable:
        return {"id": row.id, **problem}
    return {
        "id": row.id,
        "created": row.created,
        "title": row.title,
        "ended": ENDED[row.close_reason],
        "answered": row.answered,
        "questions": row.of,
        **problem,
    }


def show(args: Namespace) -> int:
    folder = store.find(places(args.data_dir).sessions, args.session)
    meta, state = folder.meta(), folder.state()
    if args.json:
        data(
            {
                "schema": 1,
                "id": folder.id,
                "title": meta["title"],
                "created": meta["created"],
                "engines": meta["engines"],
                "ended": ENDED[state.close_reason],
                "answers": [answer_json(a) for a in state.assessments],
                "rescored": [rescored_json(r) for r in state.rescored],
            }
        )
        return 0
    grounds = folder.grounds()
    say(f"{meta['title']}, {meta['created']}, {ENDED[state.close_reason]}   {folder.path}")
    for number, a in enumerate(state.assessments, 1):
        say(f"\n{number}. {a.ask}")
        for line in (*feedback_lines(a), *rescored_block(a, state.rescored)):
            say(line)
        for follow_up in a.follow_ups_asked:
            say(f"\n   Follow-up: {follow_up.ask}")
            for line in feedback_lines(follow_up):
                say(f" {line}" if line else "")
        for line in looked_for_lines(grounds.ground(a.question_id).question):
            say(line)
    say(f"\nRecordings: {', '.join(t.name for t in folder.takes()) or 'none'}")
    for take_id in store.missing(folder):
        say(f"  {take_id}: {folder.no_recording(take_id)}")
    return 0


def verify(args: Namespace) -> int:
    root = places(args.data_dir).sessions
    chosen = [store.find(root, args.session)] if args.session else store.folders(root)
    found = {f.id: store.verify(f) for f in chosen}
    if args.json:
        data({"schema": 1, "sessions": [{"id": i, "problems": p} for i, p in found.items()]})
    else:
        for session_id, problems in found.items():
            say(f"{session_id}: {'whole' if not problems else ''}")
            for problem in problems:
                say(f"  {problem}")
        if not found:
            note("No sessions yet.")
    return 1 if any(found.values()) else 0
