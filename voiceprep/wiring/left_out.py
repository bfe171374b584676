"""What of the candidate's own isn't used, and why, in a sentence or two."""

from __future__ import annotations

from collections.abc import Sequence

from voiceprep.bank.contents import Bank, Problem
from voiceprep.core.clean import one_line


def terms_left_out(bank: Bank) -> str:
    """That the candidate's own terms are left out, and why, in a sentence or two; empty when they aren't."""
    return _left_out("Your own terms", bank.unheeded)


def rounds_left_out(bank: Bank) -> str:
    """The same of the candidate's own rounds."""
    return _left_out("Your own rounds", bank.rounds_refused)


def _left_out(what: str, problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    first, more = problems[0], len(problems) - 1
    others = f" (and {more} more)" if more else ""
    return f"{what} are left out: {one_line(str(first), 300)}{others}. Mend the file, or move it away."
