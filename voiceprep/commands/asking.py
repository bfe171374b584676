"""Whether something is really wanted, asked of whoever sits there."""

from __future__ import annotations

import sys

from voiceprep.commands.output import note
from voiceprep.errors import UsageError


def confirmed(question: str, *answers: str) -> bool:
    """Whether one of `answers` was typed. Raises UsageError where nobody can be asked."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("Nothing was done: nobody is there to be asked.", "Give --yes if you mean it.")
    note(question)
    return sys.stdin.readline().strip().lower() in answers
