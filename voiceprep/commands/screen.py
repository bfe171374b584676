"""The terminal interface: what it needs of the terminal, and what it leaves behind."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from voiceprep import memory
from voiceprep.commands.output import note
from voiceprep.errors import UsageError

if TYPE_CHECKING:
    from voiceprep.tui.backend import Wanted


def home(args: Namespace) -> int:
    """`voiceprep` alone."""
    need_terminal()
    from voiceprep.commands.sessions_trash import tidy
    from voiceprep.config import places

    tidy(places(args.data_dir))
    return _run(args, None, 0)


def practise(args: Namespace) -> int:
    """`voiceprep practice` in a terminal."""
    need_terminal()
    return _run(args, wanted_of(args), args.seed)


def wanted_of(args: Namespace) -> Wanted:
    """The session that `practice` asks the screens for. What can't be planned is raised before there's a screen."""
    from voiceprep.commands.banks import NUMBERS, bank_of, plan_of
    from voiceprep.config import places
    from voiceprep.sessions import store
    from voiceprep.tui.backend import Wanted

    if args.resume:
        return Wanted(resume=store.find(places(args.data_dir).sessions, args.resume).id, quiet=args.quiet or "",
                      hands_free=args.hands_free or "")  # fmt: skip
    questions, topics, technologies = tuple(args.question), tuple(args.topic), tuple(args.technology)
    clocked = any(getattr(args, name) is not None for name in ("pressure", *NUMBERS))
    clock = None
    if args.advert or questions or args.round or args.minutes or topics or technologies or clocked:
        plan = plan_of(args, bank_of(args), places(args.data_dir))
        questions = tuple(q.id for q in plan.questions) if args.advert else questions
        clock = plan.pressure if clocked else None
    return Wanted(
        args.round or "", questions, topics, technologies, args.minutes, clock, args.mode, args.time,
        quiet=args.quiet or "", hands_free=args.hands_free or "",
    )  # fmt: skip


def show_demo(args: Namespace) -> int:
    """`voiceprep demo` in a terminal."""
    need_terminal()
    from voiceprep.tui.backend import Wanted

    return _run(args, Wanted(demo=True), 0)


def show_replay(args: Namespace) -> int:
    """`voiceprep replay` in a terminal. What can't be shown is raised before there's a screen."""
    return _run(args, None, 0, args.session)


def _run(args: Namespace, wanted: Wanted | None, seed: int, replay: str | None = None) -> int:
    need_terminal()
    # Only now: without a terminal the sentence that says so shall come at once.
    from voiceprep import durable, wiring
    from voiceprep.config import load_settings, places
    from voiceprep.wiring.room import wait_for_card
    from voiceprep.wiring.screens import ScreenBackend

    where = places(args.data_dir)
    settings = load_settings(where).with_devices(args.microphone, args.speaker)
    if line := wiring.removed_line(where, settings):
        note(line)
    choice = wiring.Choice(args.engine, args.model, args.voice, args.voice_model)
    backend = ScreenBackend(where, choice, args.bank, settings, seed)
    view = backend.replay(replay) if replay is not None else None
    durable.make_folder(where.cache)
    with shielded_stderr(where.engine_log):
        from voiceprep.tui.app import VoiceprepApp

        app = VoiceprepApp(backend, wanted, replay=view)
        memory.settle()
        signals = {n: signal.getsignal(n) for n in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))}
        try:
            app.run()
        finally:
            for number, handler in signals.items():
                signal.signal(number, handler)
        app.wait_for_session()
        wait_for_card()
    if app.fault:
        note(f"voiceprep: {app.fault}")
        return app.return_code or 1
    if app.state.session_id and app.begun is not None:
        note(f"Session: {app.begun.folder}")
        if app.state.close_reason != "finished":
            note(f"Go on with it: voiceprep practice --resume {app.begun.session_id}")
    return app.return_code or 0


def need_terminal() -> None:
    if os.environ.get("TERM") == "dumb" or not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "The screen needs a terminal.",
            "Without one: voiceprep practice --plain, --text, or --answer-audio FILE.",
        )


@contextlib.contextmanager
def shielded_stderr(log: Path) -> Iterator[None]:
    """The screen keeps the terminal; what C libraries (ALSA, PortAudio) write to stderr goes to the log meanwhile.

    Textual draws on `sys.__stderr__` where there is POSIX, so the terminal gets a descriptor of its own there."""
    if os.name != "posix":
        yield
        return
    kept = sys.__stderr__
    sys.stderr.flush()
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1)
    fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(fd, 2)
    os.close(fd)
    sys.__stderr__ = terminal  # type: ignore[misc]
    try:
        yield
    finally:
        terminal.flush()
        os.dup2(terminal.fileno(), 2)
        sys.__stderr__ = kept  # type: ignore[misc]
