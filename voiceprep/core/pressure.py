"""A round's clock: what its times are, what the interviewer says about them, and when each of it is due.

Pure: seconds from the moment a phase begins. Whoever has a clock makes them into moments.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

CutWhy = Literal["limit", "nothing new", "session"]
Warnings = Literal["spoken", "bell", "silent"]
WARNINGS: tuple[Warnings, ...] = ("spoken", "bell", "silent")


def warnings_of(said: str) -> Warnings:
    """The setting as it's meant; spoken, when it means nothing."""
    return next((w for w in WARNINGS if w == said), "spoken")


COUNTED = ("Three.", "Two.", "One.")
"""Spoken in the last seconds of the think time, one a second."""
SOON_S = 10.0
"""Think time left at which it's said, when there was at least twice as much."""
FACTORS = (1.0, 1.25, 1.5, 2.0)
"""Times as they are, or so much longer for those who need it."""
EXTREMES_S = (5.0, 3600.0)
"""No time of a round's own is shorter or longer."""
FOLLOW_UP_S = 60.0
"""The longest that a clock made of numbers alone gives to a follow-up."""


@dataclass(frozen=True, slots=True)
class Pressure:
    """The rules of a round under a clock, times in seconds.

    `think_s` are given before each question's recording begins by itself; 0 none. `answer_s` and `follow_up_s` are
    what an answer may last. `takes` is how often a question may be answered. `session_s` bounds the whole round.
    `nudges_s` are the times left at which a warning is given. A `terse` interviewer says little and pushes back.
    `cuts_in_s`: so long nothing new was heard, and the interviewer cuts in; None never."""

    answer_s: float
    follow_up_s: float
    think_s: float = 0.0
    takes: int = 1
    repeats: bool = False
    session_s: float | None = None
    nudges_s: tuple[float, ...] = (30.0, 10.0)
    terse: bool = False
    cuts_in_s: float | None = None
    warnings: Warnings = "spoken"

    def longer(self, factor: float) -> Pressure:
        """The same rules with `factor` times the time, rounded up to what can be said: 5 s. The warnings stay where
        they were, before the end. What isn't one of FACTORS counts as 1."""
        if factor not in FACTORS:
            return self

        def more(seconds: float) -> float:
            return seconds if factor == 1 else math.ceil(seconds * factor / 5) * 5.0

        return replace(
            self,
            answer_s=more(self.answer_s),
            follow_up_s=more(self.follow_up_s),
            think_s=more(self.think_s),
            session_s=self.session_s and more(self.session_s),
            cuts_in_s=self.cuts_in_s and more(self.cuts_in_s),
        )

    def thought_s(self, left_s: float | None) -> float:
        """How much of the think time is over when so much is left."""
        return round(max(0.0, self.think_s - (left_s or 0.0)), 1)

    def limit_s(self, *, follow_up: bool) -> float:
        return self.follow_up_s if follow_up else self.answer_s


def with_numbers(
    rules: Pressure | None, answer_s: float | None = None, think_s: float | None = None, takes: int | None = None
) -> Pressure | None:
    """The clock with the candidate's numbers in it, and as it was in everything else; a follow-up never gets more than
    such an answer. Without `rules` a clock of these numbers alone; None when there's nothing to make one of."""
    if answer_s is not None:
        rules = rules or Pressure(answer_s, FOLLOW_UP_S)
        rules = replace(rules, answer_s=answer_s, follow_up_s=min(rules.follow_up_s, answer_s))
    if rules is None:
        return None
    return replace(
        rules,
        think_s=rules.think_s if think_s is None else think_s,
        takes=rules.takes if takes is None else takes,
    )


def turns_s(rules: Pressure, follow_ups: int) -> float:
    """What a question's turns can last together, with so many follow-ups: every take as long as it may be."""
    return rules.think_s + rules.takes * (rules.answer_s + follow_ups * rules.follow_up_s)


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the interviewer ended an answer, in seconds of it, and why."""

    why: CutWhy
    at_s: float


@dataclass(frozen=True, slots=True)
class Clocked:
    """The clock that an answer was given under. `thought_s` of `think_s` were used; `cut` None: ended by themselves."""

    limit_s: float
    think_s: float = 0.0
    thought_s: float = 0.0
    cut: Cut | None = None
    interrupted: str = ""
    """What broke while it ran, in a sentence: then it is no fair measure."""


# When ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens `in_s` from the beginning: so much time is left (0: none)."""

    in_s: float
    left_s: float


def thinking_dues(rules: Pressure, thought_s: float = 0.0) -> tuple[Due, ...]:
    """When the think time is spoken of, and when it's over, `thought_s` into it."""
    at = [SOON_S] if rules.think_s >= 2 * SOON_S else []
    at += [float(n) for n in range(len(COUNTED), 0, -1) if n < rules.think_s]
    return _dues(rules.think_s, [*at, 0.0], thought_s)


def answer_dues(rules: Pressure, *, follow_up: bool, spoken_s: float = 0.0) -> tuple[Due, ...]:
    """When the answer's end is warned of, and when it's cut off, `spoken_s` into it."""
    limit_s = rules.limit_s(follow_up=follow_up)
    # A warning in the first half would only be noise.
    nudges = sorted((n for n in rules.nudges_s if 0 < n <= limit_s / 2), reverse=True)
    return _dues(limit_s, [*nudges, 0.0], spoken_s)


def _dues(whole_s: float, left: list[float], gone_s: float) -> tuple[Due, ...]:
    return tuple(Due(max(0.0, whole_s - at - gone_s), at) for at in left if whole_s - at > gone_s or not at)


# What is said -------------------------------------------------------------------------------------------------------


CUT_OFF: dict[CutWhy, str] = {
    "limit": "I'll stop you there.",
    "nothing new": "Let me cut in. I have what I need on that.",
    "session": "That's all the time we have. Thank you.",
}
NEXT = "Next."
"""All that a terse interviewer says between two questions."""


def said_at(left_s: float, *, thinking: bool) -> str:
    """What the interviewer says when so much time is left; "" when nothing."""
    if thinking and 0 < left_s <= len(COUNTED):
        return COUNTED[len(COUNTED) - round(left_s)]
    if left_s <= 0:
        return ""
    return f"{seconds_in_words(left_s).capitalize()}{' to think' if thinking else ' left'}."


def cues(rules: Pressure) -> tuple[str, ...]:
    """Everything that may have to be said at an exact moment, so that it can be made ahead."""
    dues = [(d, True) for d in thinking_dues(rules) if rules.think_s]
    for follow_up in (False, True):
        dues += [(d, False) for d in answer_dues(rules, follow_up=follow_up)]
    said = [said_at(d.left_s, thinking=thinking) for d, thinking in dues] if rules.warnings == "spoken" else []
    cuts = [text for why, text in CUT_OFF.items() if _cuts(rules, why)]
    return tuple(dict.fromkeys(filter(None, [*said, *cuts])))


def _cuts(rules: Pressure, why: CutWhy) -> bool:
    return {"limit": True, "nothing new": rules.cuts_in_s is not None, "session": rules.session_s is not None}[why]


def push_back(why: str) -> str:
    """What a terse interviewer says before a follow-up that was earned by this."""
    for earned, said in (
        ("you said something that goes against it", "Are you sure about that?"),
        ("not heard yet", "Something is missing."),
        ("heard in part", "That's half of it."),
        ("every core point was heard", "Fine. Further."),
    ):
        if why.startswith(earned):
            return said
    return "Go on."


def rules_in_words(rules: Pressure, questions: int, *, follows_up: bool) -> str:
    """The rules as they are spoken before the first question; `follows_up`: whether an answer may earn a follow-up."""
    return " ".join(_rules(rules, questions, follows_up=follows_up))


def _rules(rules: Pressure, questions: int, *, follows_up: bool) -> Iterator[str]:
    many = "One question" if questions == 1 else f"{_number(questions).capitalize()} questions"
    if rules.session_s is None:
        yield f"{many}."
    else:
        yield f"{many}, {seconds_in_words(rules.session_s)} for all of it; then we stop, wherever we are."
    if rules.think_s:
        each = "You have" if questions == 1 else "For each you have"
        yield f"{each} {seconds_in_words(rules.think_s)} to think; recording starts by itself."
        yield f"Then {seconds_in_words(rules.answer_s)} to answer, and I'll cut you off."
    else:
        each = "to answer" if questions == 1 else "for each answer"
        yield f"You have {seconds_in_words(rules.answer_s)} {each}, then I'll cut you off."
    if follows_up and rules.follow_up_s != rules.answer_s:
        yield f"A follow-up gets {seconds_in_words(rules.follow_up_s)}."
    takes = "One take" if rules.takes == 1 else f"{_number(rules.takes).capitalize()} takes"
    yield f"{takes}, {'I repeat a question if you ask' if rules.repeats else 'and no repeats'}."
    if rules.cuts_in_s is not None:
        yield "If I hear nothing new for a while, I'll cut in."


def seconds_in_words(seconds: float) -> str:
    """ "ninety seconds", "two minutes", "two and a half minutes": as one would say it."""
    whole = round(seconds)
    if whole <= 100:
        return f"{_number(whole)} second{'s' * (whole != 1)}"
    minutes, rest = divmod(whole, 60)
    if rest == 30:
        return f"{_number(minutes)} and a half minutes"
    said = f"{_number(minutes)} minute{'s' * (minutes != 1)}"
    return f"{said} and {_number(rest)} second{'s' * (rest != 1)}" if rest else said


_SMALL = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _number(n: int) -> str:
    if n < len(_SMALL):
        return _SMALL[n]
    if n < 100:
        tens, rest = divmod(n, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[rest]}" if rest else "")
    return "a hundred" if n == 100 else str(n)
