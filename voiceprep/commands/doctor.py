"""`doctor`: what this machine has, each line with what to do about it."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from voiceprep import __version__, durable
from voiceprep.bank import Bank, bank_folder
from voiceprep.bank.contents import Problem
from voiceprep.bank.load import load_bank
from voiceprep.bank.own_lexicon import read_additions
from voiceprep.belongings import bytes_in, size
from voiceprep.commands.output import data, say
from voiceprep.config import Places, load_settings, places
from voiceprep.core.clean import one_line
from voiceprep.core.own_terms import merged
from voiceprep.core.speakable import pronunciations
from voiceprep.errors import VoiceprepError
from voiceprep.sessions import store
from voiceprep.sessions.trash import KEPT_DAYS, deleted


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `ok`, `warn` (works with less) or `fail` (mend it)."""

    name: str
    status: Literal["ok", "warn", "fail"]
    found: str
    hint: str = ""


def doctor(args: Namespace) -> int:
    where = places(args.data_dir)
    folder = Path(args.bank) if args.bank else bank_folder()
    loaded = functools.cache(functools.partial(load_bank, folder))
    looks: tuple[Callable[[], Iterator[Check]], ...] = (
        _python,
        lambda: _bank(*loaded()),
        lambda: _places(where),
        _vad,
        lambda: _recognisers(where),
        lambda: _voices(where),
        _sound_card,
        lambda: _own_terms(*loaded(), where),
        lambda: _second_opinion(where),
        _terminal,
        lambda: _sessions(where),
    )
    checks = [check for look in looks for check in _guarded(look)]
    if args.json:
        data({"schema": 1, "version": __version__, "checks": [asdict(c) for c in checks]})
    else:
        for check in checks:
            say(f"{check.status:<5} {check.name:<14} {check.found}")
            if check.hint:
                say(f"{'':<21}{check.hint}")
    return 1 if any(c.status == "fail" for c in checks) else 0


def _guarded(look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except VoiceprepError as error:
        yield Check("set-up", "fail", error.message, error.hint)
    except OSError as error:
        yield Check("set-up", "fail", one_line(str(error)))


def _python() -> Iterator[Check]:
    version = platform.python_version()
    note = "" if sys.version_info[:2] == (3, 11) else "3.11 is what voiceprep is verified with."
    yield Check("python", "ok" if not note else "warn", f"{version} on {platform.system()}", note)


def _bank(bank: Bank, problems: Sequence[Problem]) -> Iterator[Check]:
    if problems:
        yield Check("question bank", "fail", f"{len(problems)} problems", "See `voiceprep bank check`.")
    else:
        yield Check("question bank", "ok", f"{len(bank.questions)} questions, {len(bank.lexicon.terms)} terms")


def _places(where: Places) -> Iterator[Check]:
    durable.make_folder(where.data)
    probe = where.data / ".doctor"
    durable.write_atomic(probe, b"")
    probe.unlink()
    free = durable.free_bytes(where.data)
    enough = free >= store.LEAST_FREE_BYTES
    hint = "" if enough else "A session needs 200 MB: free some space, or use --data-dir."
    yield Check("disk", "ok" if enough else "fail", f"{free // 1_000_000} MB free at {where.data}", hint)


def _vad() -> Iterator[Check]:
    from voiceprep.audio.silero import model_path

    yield Check("speech finder", "ok", model_path().name)


def _recognisers(where: Places) -> Iterator[Check]:
    from voiceprep.speech.models import whisper_folders

    found = list(whisper_folders(where.models))
    if found:
        yield Check("whisper", "ok", str(found[0]))
        yield _windows(found[0], where)
    else:
        hint = "Get one: voiceprep models fetch base.en (148 MB); until then the basic recogniser hears."
        yield Check("whisper", "warn", "no model on this machine", hint)
    if find_spec("pocketsphinx"):
        yield Check("basic ears", "ok", "pocketsphinx: rough, credits and never blames")
    elif not found:
        yield Check("basic ears", "fail", "pocketsphinx is not installed", "Use Python 3.11, or type with --text.")


def _windows(model: Path, where: Places) -> Check:
    """Which windows are in force while somebody waits."""
    from voiceprep.speech.windows import calibrated

    known = calibrated(model, where.calibration)
    if known is None:
        return Check("windows", "ok", "padded, as safe as can be", "Faster, where it's safe: voiceprep calibrate.")
    beside = f"{known.different} of {known.words} of your words came out otherwise in short ones"
    return Check("windows", "ok", f"{'short' if known.short else 'padded'}: {beside}")


def _voices(where: Places) -> Iterator[Check]:
    from voiceprep.speech import flite
    from voiceprep.speech.models import piper_voices
    from voiceprep.wiring.voices import chosen

    if voice := next(piper_voices(where.models), None):
        yield Check("piper", "ok", voice.stem)
    else:
        hint = "Get one: voiceprep models fetch en_US-joe-medium (63 MB); until then a plain voice speaks."
        yield Check("piper", "warn", "no voice on this machine", hint)
    if flite.program():
        yield Check("plain voice", "ok", "flite")
    if find_spec("espeakng_loader"):
        yield Check("basic voice", "ok", "espeak-ng: robotic")
    else:
        yield Check("basic voice", "warn", "espeakng-loader is not installed", "Questions stand on the screen only.")
    settings = load_settings(where)
    try:
        speaks = chosen(settings.voice, where)
    except VoiceprepError as error:
        hint = "Choose one of `voiceprep voices`: voiceprep config set voice NAME"
        yield Check("who speaks", "warn", one_line(error.message), hint)
    else:
        pace = f", {settings.rate:g} times as fast" if settings.rate != 1 else ""
        yield Check("who speaks", "ok", one_line(speaks.name) + pace if speaks else "nobody: see `voiceprep voices`")


def _sound_card() -> Iterator[Check]:
    """Microphones and speakers by name. Without them everything still works typed, so none is no failure."""
    from voiceprep.audio.devices import inputs, outputs

    for name, devices, without in (
        ("microphone", inputs, "answers are typed"),
        ("speaker", outputs, "questions stand on the screen"),
    ):
        try:
            found = devices()
        except VoiceprepError as error:
            yield Check(name, "warn", one_line(error.message), f"{error.hint} Without one, {without}.")
            continue
        said = ", ".join(one_line(d.name, 60) + (" (default)" if d.default else "") for d in found)
        yield Check(name, "ok" if found else "warn", said or "none", "" if found else f"Without one, {without}.")


def _own_terms(bank: Bank, problems: Sequence[Problem], where: Places) -> Iterator[Check]:
    """The candidate's own terms, and how the interviewer says others."""
    additions, wrong = read_additions(where.lexicon, bank.lexicon)
    if wrong:
        hint = "Your own terms are left out until you mend the file, or move it away."
        yield Check("own terms", "warn", one_line(str(wrong[0])), hint)
    else:
        yield Check("own terms", "ok", f"{len(additions)} added to; see `voiceprep lexicon list`")
    chosen, (what, _) = pronunciations(load_settings(where).pronounce, merged(bank.lexicon, additions))
    said = ", ".join(f"{written} as {way}" for written, way in chosen.items()) or "the lexicon's (SQL as sequel)"
    if what and not problems:
        yield Check("pronunciation", "warn", one_line(what), "Set it anew: voiceprep config set pronounce ...")
    else:
        yield Check("pronunciation", "ok", one_line(said))


def _second_opinion(where: Places) -> Iterator[Check]:
    from voiceprep.wiring.opinion import judge

    name = "second opinion"
    try:
        found = judge(load_settings(where))
    except VoiceprepError as error:
        yield Check(name, "fail", one_line(error.message), error.hint or "See `voiceprep config show`.")
        return
    if found is None:
        yield Check(name, "ok", "off: nothing leaves this machine")
    else:
        hint = 'Switch it off: voiceprep config set judge_url ""'
        yield Check(name, "ok", f"on: answers are sent, as text, to {found.name}", hint)


def _terminal() -> Iterator[Check]:
    size = shutil.get_terminal_size()
    colour = "no colour" if os.environ.get("NO_COLOR") else "colour"
    yield Check("terminal", "ok", f"{size.columns}x{size.lines}, {colour}, {sys.stdout.encoding}")


def _sessions(where: Places) -> Iterator[Check]:
    every = store.folders(where.sessions)
    bad = [f.id for f in every if any("practice --resume" not in p for p in store.verify(f))]
    space = f" ({size(bytes_in(where.sessions))}) in {where.sessions}" if every else ""
    hint = "See `voiceprep sessions verify`." if bad else ""
    yield Check("sessions", "warn" if bad else "ok", f"{len(every)} kept{space}, {len(bad)} damaged", hint)
    if gone := deleted(where.trash):
        found = f"{len(gone)} deleted ({size(bytes_in(where.trash))}), kept for {KEPT_DAYS} days"
        yield Check("trash", "ok", found, "See `voiceprep sessions list --trash`.")
