"""A session as Markdown. What the candidate said is shown literally: nothing in it can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from voiceprep.core.events import Rescored
from voiceprep.core.feedback import Assessment
from voiceprep.report import amended, wording

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&]|^[#+=-]|(?<=\d)[.)](?=\s)|(?<=\w):(?=//)|(?<=www)\.)")


def literal(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands at the top of a report."""

    session_id: str
    title: str
    created: str
    engines: Mapping[str, str]
    ended: str
    told: Sequence[tuple[str, str]] = ()
    """What the candidate said was misheard, and as what it was meant."""
    rules: str = ""
    """The rules of the round's clock, in words."""
    not_reached: Sequence[str] = ()
    """Questions that were never put, since the round's time was up."""


Looked = Sequence[tuple[str, str]]
"""What the interviewer looks for, as `wording.looked_for` gives it."""


def markdown(
    facts: Facts,
    assessments: Sequence[Assessment],
    model_answers: Mapping[str, str],
    looked_for: Mapping[str, Looked] = MappingProxyType({}),
    costs: Mapping[str, str] = MappingProxyType({}),
    rescored: Sequence[Rescored] = (),
) -> str:
    """The whole report. `model_answers`, `looked_for` and `costs` (what the clock cost, in a line) go by question
    id; `rescored` is what was judged once more, oldest first."""
    return "\n".join(_lines(facts, assessments, model_answers, looked_for, costs, rescored)) + "\n"


def _lines(
    facts: Facts,
    assessments: Sequence[Assessment],
    model_answers: Mapping[str, str],
    looked_for: Mapping[str, Looked],
    costs: Mapping[str, str],
    rescored: Sequence[Rescored],
) -> Iterator[str]:
    yield f"# {literal(facts.title)}"
    yield ""
    engines = ", ".join(f"{k}: {literal(v)}" for k, v in facts.engines.items())
    yield f"Session {literal(facts.session_id)}, {literal(facts.created)}. {engines}. {literal(facts.ended)}"
    if facts.told:
        said = "; ".join(f"“{literal(heard)}” was {literal(meant)}" for heard, meant in facts.told)
        yield ""
        yield f"By your word: {said}. These answers were judged anew with it."
    if facts.rules:
        yield ""
        yield f"Under a clock: {literal(facts.rules)}"
    if line := wording.not_reached(facts.not_reached):
        yield ""
        yield literal(line)
    for number, a in enumerate(assessments, 1):
        yield ""
        yield f"## {number}. {literal(a.ask)}"
        yield from _answer(a, costs.get(a.question_id, ""))
        for n, line in enumerate(amended.rescored_lines(a, rescored)):
            if not n:
                yield from ("", "**Judged once more**", "")
            yield f"- {literal(line)}"
        if a.first_take is not None:
            yield ""
            yield "### The first answer"
            yield ""
            yield literal(wording.asked_again(a))
            yield from _answer(a.first_take)
        for follow_up in a.follow_ups_asked:
            yield ""
            yield f"### Follow-up: {literal(follow_up.ask)}"
            yield from _answer(follow_up)
        if looked := looked_for.get(a.question_id):
            yield ""
            yield "**What the interviewer looks for**"
            yield ""
            for label, text in looked:
                yield f"- {label}{literal(text)}"
        if a.question_id in model_answers:
            yield ""
            yield "**A model answer**"
            yield ""
            yield f"> {literal(model_answers[a.question_id])}"
    if any(wording.hesitation_line(a) for a in assessments):
        yield ""
        yield "**How the delivery was measured**"
        yield ""
        for line in wording.HOW_MEASURED:
            yield f"- {literal(line)}"


def _answer(a: Assessment, cost: str = "") -> Iterator[str]:
    yield ""
    if a.unscored is not None:
        yield f"**Not scored:** {literal(a.unscored.reason)}. It is in no average."
        if line := wording.ticked(a):
            yield ""
            yield literal(line)
            yield ""
            for point in a.points:
                yield f"- [{'x' if point.id in a.self_rated else ' '}] {literal(point.text)}"
    else:
        yield f"**{wording.counts(a)}**"
    if how := amended.heard_note(a):
        yield ""
        yield literal(how)
    if a.next_step:
        yield ""
        yield f"**Next:** {literal(a.next_step)}"
    if a.not_asked:
        yield ""
        yield literal(a.not_asked)
    if a.unscored is None:
        for title, points in wording.sections(a):
            yield ""
            yield f"**{title}**"
            yield ""
            for point in points:
                core = "" if point.core else " (extra)"
                yield f"- `{wording.MARKS[point.verdict]}` {literal(point.text)}{core}"
                for piece in point.evidence:
                    yield f"  - {literal(wording.quote(piece))}"
                for piece in point.put_right:
                    yield f"  - {literal(wording.put_right(piece))}"
                if point.verdict == "contradicted":
                    yield f"  - In fact: {literal(point.correction)}"
                if say := wording.would_say(point):
                    yield f"  - {literal(say)}"
    for pitfall in a.pitfalls:
        yield ""
        yield f"**Pitfall:** {literal(pitfall.text)} {literal(pitfall.advice)}"
        for piece in pitfall.evidence:
            yield f"  - {literal(wording.quote(piece))}"
    if a.also_said:
        yield ""
        yield f"**Also said:** {literal(', '.join(a.also_said))} (fine, just not in this rubric)"
    if line := wording.star_line(a):
        yield ""
        yield literal(line)
    if line := wording.opinion(a):
        yield ""
        yield literal(line)
    for line in filter(None, (wording.clock_line(a), wording.delivery_line(a), wording.hesitation_line(a), cost)):
        yield ""
        yield literal(line)
    yield ""
    yield f"<details><summary>{amended.words_title(a)}</summary>"
    yield ""
    yield literal(a.text) or "(nothing)"
    yield ""
    yield "</details>"
