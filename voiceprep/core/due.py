"""When a question should come again: spaced repetition (FSRS), fed by verdicts and disputes.

There is a card a question, not a point: a question is what can be asked, a plan picks questions, and three or four core
points tell too little each. Which of its points are weak is `core.progress`'s business.

An answer becomes a rating by its core points. Those that the candidate disputes, that are to be checked, that a
recogniser may have misheard or that weren't reached count neither way:

- *again*: one was gone against, or fewer than half were heard;
- *hard*: one was not heard, or only in part;
- *good*: all were heard, but not all in the answer itself (a follow-up or a retake brought one), or some count neither
  way;
- *easy*: every core point was covered by the answer itself.

No rating, so that the day stays as it was: for an answer that isn't scored, that tells about fewer than half of its
core points, or that a recogniser heard which may not blame and in which not all were heard.

What is due is about memory and no comparison, so answers of every recogniser, matcher and rubric count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fsrs import Card, Rating, Scheduler

from voiceprep.core.answered import Answered

LONGEST_DAYS = 365
# Without steps of minutes: a question comes again on another day. Without fuzz: the same history gives the same days.
_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS, enable_fuzzing=False)


@dataclass(frozen=True, slots=True)
class Due:
    """The day ("2026-11-03") from which a question is due; `weak` when its newest rating was *again* or *hard*."""

    day: str
    weak: bool
    ratings: int
    """Answers that were rated."""

    def before(self, interview: str, today: str) -> str:
        """The day, but for a weak question not after the eve of the interview, when there is one to come."""
        try:
            eve = (date.fromisoformat(interview) - timedelta(days=1)).isoformat()
        except (ValueError, OverflowError):
            return self.day
        return min(self.day, max(eve, today)) if self.weak and interview > today else self.day


def rating_of(answer: Answered) -> Rating | None:
    """How well it went, or None when it doesn't say; see above."""
    core = [p for p in answer.points if p.core and not p.dispute]
    said = [answer.said(p) for p in core]
    heard, told = said.count("heard"), sum(map(bool, said))
    if answer.unscored is not None or told == 0 or 2 * told < len(core) or (not answer.sure and heard < len(core)):
        return None
    if "against" in said or 2 * heard < told:
        return Rating.Again
    if heard < told or any(p.verdict == "partly" for p in core):
        return Rating.Hard
    return Rating.Good if told < len(core) or any(p.late for p in core) else Rating.Easy


def due_of(answers: Iterable[Answered]) -> Due | None:
    """When the question of these answers, the oldest first, is due; None while none of them was rated."""
    card, count, rating = Card(0, due=datetime.min), 0, None
    for answer in answers:
        found = rating_of(answer)
        if found is None or (day := _noon(answer.day)) is None:
            continue
        card, _ = _SCHEDULER.review_card(card, found, day)
        rating, count = found, count + 1
    if rating is None:
        return None
    return Due(card.due.date().isoformat(), rating in (Rating.Again, Rating.Hard), count)


def _noon(day: str) -> datetime | None:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return None
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
