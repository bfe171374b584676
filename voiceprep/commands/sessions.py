"""`sessions list`, `sessions show`, `sessions verify`."""

from __future__ import annotations

from argparse import Namespace

from voiceprep.commands.conversation import feedback_lines, looked_for_lines
from voiceprep.commands.output import data, note, say
from voiceprep.config import places
from voiceprep.core.interview import ImpossibleEvent, State
from voiceprep.errors import SessionError
from voiceprep.report.answer_json import answer_json
from voiceprep.sessions import store

ENDED = {"finished": "finished", "left": "left early", "fault": "ended by a fault", None: "not ended"}


def list_(args: Namespace) -> int:
    rows = [_row(f) for f in store.folders(places(args.data_dir).sessions)]
    if args.json:
        data({"schema": 1, "sessions": rows})
        return 0
    if not rows:
        note("No sessions yet: hold one with `voiceprep practice`, or see `voiceprep demo`.")
    for row in rows:
        if "problem" in row:
            say(f"{row['id']:<24} {row['problem']}")
        else:
            say(f"{row['id']:<24} {row['created']}  {row['ended']:<12} {row['answered']} answered  {row['title']}")
    return 0


def _row(folder: store.SessionFolder) -> dict[str, object]:
    try:
        meta, state = folder.meta(), _state(folder)
    except SessionError as error:
        return {"id": folder.id, "problem": error.message}
    return {
        "id": folder.id,
        "created": meta.get("created", ""),
        "title": meta.get("title", ""),
        "ended": ENDED[state.close_reason],
        "answered": len(state.assessments),
        "questions": len(state.questions),
    }


def _state(folder: store.SessionFolder) -> State:
    try:
        return folder.state()
    except ImpossibleEvent as error:
        raise SessionError(f"The journal tells an impossible story: {error}.", "") from error


def show(args: Namespace) -> int:
    folder = store.find(places(args.data_dir).sessions, args.session)
    meta, state = folder.meta(), _state(folder)
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
            }
        )
        return 0
    grounds = folder.grounds()
    say(f"{meta['title']}, {meta['created']}, {ENDED[state.close_reason]}   {folder.path}")
    for number, a in enumerate(state.assessments, 1):
        say(f"\n{number}. {a.ask}")
        for line in feedback_lines(a):
            say(line)
        for follow_up in a.follow_ups_asked:
            say(f"\n   Follow-up: {follow_up.ask}")
            for line in feedback_lines(follow_up):
                say(f" {line}" if line else "")
        for line in looked_for_lines(grounds.by_id[a.question_id].question):
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
