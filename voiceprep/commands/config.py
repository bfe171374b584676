"""`config`: the settings that last, shown and changed."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict, replace
from typing import Any

from voiceprep import wiring
from voiceprep.belongings import belongings, size
from voiceprep.commands.banks import bank_of
from voiceprep.commands.output import data, note, say
from voiceprep.config import Settings, load_settings, places
from voiceprep.core.clean import one_line
from voiceprep.core.pressure import FACTORS, WARNINGS
from voiceprep.errors import UsageError
from voiceprep.wiring.countdown import day_number, today
from voiceprep.wiring.night import counted_down
from voiceprep.wiring.voices import FASTEST, SLOWEST, chosen

REMEMBERED = ("first_choice", "interview_set")
"""What the program notes by itself."""
SETTABLE = tuple(name for name in asdict(Settings()) if name not in REMEMBERED)


def path(args: Namespace) -> int:
    """The one path for scripts, and for people where everything else of theirs lies, what they may write included."""
    where = places(args.data_dir)
    say(str(where.settings))
    note(f"Rounds of your own go into {where.rounds}")
    for kind in belongings(where).kinds:
        note(f"{kind.name.capitalize()}: {kind.where} ({size(kind.bytes)})")
    return 0


def show(args: Namespace) -> int:
    settings = load_settings(places(args.data_dir))
    known = {name: value for name, value in asdict(settings).items() if name in SETTABLE}
    if args.json:
        data({"schema": 1, "settings": known})
        return 0
    for name, value in known.items():
        left = f"  {counted_down(settings)}" if name == "interview_date" else ""
        say(f"{name:<18} {one_line(str(value))}{left}".rstrip())
    return 0


def set_(args: Namespace) -> int:
    """Nothing is kept that couldn't be used."""
    where = places(args.data_dir)
    before = load_settings(where)
    if args.name not in SETTABLE:
        raise UsageError(f"There is no setting {one_line(args.name, 80)!r}.", f"There are: {', '.join(SETTABLE)}.")
    after = replace(before, **{args.name: _value(args.name, args.value)})
    if args.name.startswith("judge_"):
        # What isn't set yet is filled in, so that each can be set by itself, in any order.
        wiring.judge(
            replace(
                after,
                judge_url=after.judge_url or "https://api.openai.com/v1",
                judge_model=after.judge_model or "none yet",
            )
        )
    for name, allowed in (("time", FACTORS), ("warnings", WARNINGS), ("keep_audio", ("yes", "no"))):
        if args.name == name and getattr(after, name) not in allowed:
            raise UsageError(f"{name} can't be that.", f"It can be: {', '.join(f'{v}' for v in allowed)}.")
    if after.keep_audio_days < 0:
        raise UsageError("keep_audio_days can't be that.", "It's a number of days, or 0 to keep recordings for ever.")
    if args.name == "hands_free":
        wiring.hands_free_s(after.hands_free)
    if args.name == "voice":
        chosen(after.voice, where)
    if not SLOWEST <= after.rate <= FASTEST:
        raise UsageError("rate can't be that.", f"It's a number from {SLOWEST} to {FASTEST}; 1.0 is the voice's own.")
    if args.name == "pronounce":
        wiring.pronounced(after.pronounce, bank_of(args).lexicon)
    if args.name == "interview_date":
        after = _dated(before, after)
    after.save(where)
    return 0


def _dated(before: Settings, after: Settings) -> Settings:
    """With the day it was set. The same date set again doesn't begin the countdown anew; none takes the day back."""
    date = after.interview_date.strip()
    if date and day_number(date) is None:
        raise UsageError(f"{one_line(date, 80)!r} isn't a day.", "Write it as year-month-day, for example: 2026-12-01.")
    same = date == before.interview_date and before.interview_set
    return replace(after, interview_date=date, interview_set=(same or today()) if date else "")


def _value(name: str, given: str) -> Any:
    usual = getattr(Settings(), name)
    try:
        return type(usual)(given) if given else usual
    except ValueError:
        raise UsageError(f"{name} wants a number.", f"For example: {usual}.") from None
