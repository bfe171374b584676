"""How each question went so far: what a plan prefers, and why it does, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from voiceprep.core.answered import Answered
from voiceprep.core.feedback import Assessment
from voiceprep.core.home import core_gaps
from voiceprep.core.question import Outline, Question

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
LONGEST_POINT = 60


@dataclass(frozen=True, slots=True)
class Practised:
    """A question's newest answer that was scored. `day` is "2026-11-03"; `nth` grows with time; `gaps` and `against`
    are the texts of core points that weren't heard or were gone against, `again` those not heard twice running.
    Disputed points are in none of them, and not in `of`."""

    day: str
    nth: int
    of: int
    gaps: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    scored: bool = True
    """False when the question was asked and no answer to it was ever scored."""
    due: str = ""
    """The day since which it's due again; empty while it isn't."""

    @property
    def weak(self) -> float:
        """The share of the core points that weren't heard; 1 when nothing was scored."""
        return len(self.gaps) / self.of if self.scored and self.of else float(not self.scored)


def past_of(sessions: Iterable[tuple[str, Sequence[Assessment | Answered]]]) -> dict[str, Practised]:
    """Each question's past, from the sessions' (day, assessments), the oldest first."""
    found: dict[str, Practised] = {}
    unheard: dict[str, frozenset[str]] = {}
    nth = 0
    for day, assessments in sessions:
        for assessment in assessments:
            nth += 1
            question_id = assessment.question_id
            if assessment.unscored is not None:
                if question_id not in found or not found[question_id].scored:
                    found[question_id] = Practised(day, nth, 0, scored=False)
                continue
            gaps = core_gaps(assessment)
            before = unheard.get(question_id, frozenset())
            unheard[question_id] = frozenset(p.id for p in gaps)
            found[question_id] = Practised(
                day,
                nth,
                sum(p.core and not p.dispute for p in assessment.points),
                tuple(p.text for p in gaps),
                tuple(p.text for p in gaps if p.verdict == "contradicted"),
                tuple(p.text for p in gaps if p.id in before),
            )
    return found


def said_of(past: Mapping[str, Practised], question_id: str) -> str:
    """What the past has to do with asking this question now."""
    known = past.get(question_id)
    if known is None:
        return "not practised yet"
    went = _went(known)
    return f"due since {day_in_words(known.due)}; {went}" if known.due else went


def _went(known: Practised) -> str:
    on = f"on {day_in_words(known.day)}" if known.day else "before"
    if not known.scored:
        return f"no answer scored yet, asked {on}"
    if known.again:
        more = f" and {len(known.again) - 1} more" * (len(known.again) > 1)
        return f"not heard twice: “{_short(known.again[0])}”{more}"
    if known.against:
        return f"{_core(len(known.against))} went against the rubric {on}"
    if known.gaps:
        return f"{_core(len(known.gaps))} {'was' if len(known.gaps) == 1 else 'were'} not heard {on}"
    return f"every core point was heard {on}"


def due_line(past: Mapping[str, Practised], asked: Mapping[str, Outline | Question]) -> str:
    """ "3 questions are due, “Why a cache” since 3 Nov." of those among `asked`; empty while none is."""
    due = sorted((p.due, q) for q, p in past.items() if p.due and q in asked)
    if not due:
        return ""
    many = "One question is due" if len(due) == 1 else f"{len(due)} questions are due"
    return f"{many}, “{asked[due[0][1]].short}” since {day_in_words(due[0][0])}."


def day_in_words(day: str) -> str:
    """ "3 Nov" of "2026-11-03"; what isn't a day comes back as it is."""
    parts = day[:10].split("-")
    if len(parts) == 3 and all(p.isascii() and p.isdigit() for p in parts) and 1 <= int(parts[1]) <= 12:
        return f"{int(parts[2])} {_MONTHS[int(parts[1]) - 1]}"
    return day


def _core(count: int) -> str:
    return f"{count} core point{'s' * (count != 1)}"


def _short(text: str) -> str:
    text = text.rstrip(".")
    return text if len(text) <= LONGEST_POINT else text[: LONGEST_POINT - 2].rsplit(" ", 1)[0] + " …"
