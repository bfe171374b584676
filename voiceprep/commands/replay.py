"""`replay`: a recorded session again, on the screen; without a terminal its time line."""

from __future__ import annotations

import contextlib
import sys
from argparse import Namespace

from voiceprep.commands.output import data, note, say
from voiceprep.config import load_settings, places
from voiceprep.report.timeline import heading, replay_json, time_line
from voiceprep.tui.backend import ReplayView
from voiceprep.wiring import Choice
from voiceprep.wiring.replays import replay_view


def replay(args: Namespace) -> int:
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()
    if terminal and not (args.json or args.plain):
        from voiceprep.commands.screen import show_replay

        return show_replay(args)
    where = places(args.data_dir)
    choice = Choice(args.engine, args.model, args.voice, args.voice_model)
    view = replay_view(args.session, where, load_settings(where), choice)
    with contextlib.closing(view.controls):
        return _print(view, as_json=args.json)


def _print(view: ReplayView, *, as_json: bool) -> int:
    if as_json:
        whole = {"schema": 1, "id": view.session_id, **replay_json(view.replay)}
        data({**whole, "recorded_s": dict(view.recorded_s), "notices": list(view.notices)})
        return 0
    for sentence in view.notices:
        note(sentence)
    say(f"{view.title}, {view.when}")
    for number, question in enumerate(view.replay.questions, 1):
        say(f"\n{number}. {question.ask}")
        for take in question.takes:
            say(f"\n   {heading(take, view.length_s(take.id))}")
            if take.kind == "follow-up":
                say(f"   Follow-up: {take.ask}" + (f" ({take.why})" if take.why else ""))
            if take.note:
                say(f"   {take.note}")
            if take.text:
                say(f"   “{take.text}”")
            for line in time_line(take):
                say(f"  {line}")
    if not view.replay.questions:
        say("No question was answered.")
    return 0
