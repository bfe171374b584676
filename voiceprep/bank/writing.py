"""Whether a question is written well enough to be asked, heard and followed up: checks beyond what loading needs.

A bank that fails them can still be practised with; `voiceprep bank check` says what to mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from voiceprep.bank.sayings_file import Saying
from voiceprep.bank.yaml_file import Path_
from voiceprep.core.feedback import PointFeedback, choose_follow_up
from voiceprep.core.question import Point, Question
from voiceprep.core.star import STAR_KINDS
from voiceprep.core.verdicts import Status
from voiceprep.core.words import tokenise

WORDS_PER_S = 2.5
"""150 words a minute: somebody who answers calmly. The free voices are a little faster: 2.8 to 3.2."""
ASKED_S = 25.0
ANSWERED_S = (45.0, 120.0)
FOLLOWED_S = (20.0, 90.0)
TARGET_S = (20, 240)
TARGET_WIDTH_S = 15
NEARLY = 2 / 3
"""Share of the shorter target length that a model answer must reach: it is written denser than people speak."""
FEWEST_WORDINGS, FEWEST_CONTRADICTIONS = 6, 2
FEWEST_FOLLOW_UPS, MOST_FOLLOW_UPS = 2, 4
FEWEST_WORDS = 3
"""Of a saying: fewer only name something."""


def seconds(text: str) -> float:
    """How long `text` takes aloud."""
    return len(text.split()) / WORDS_PER_S


def wordings(point: Point) -> int:
    """In how many everyday ways a point can be said: its plain patterns and its sayings."""
    return sum(len(c.plain) for c in point.claims) + len(point.said)


def contradictions(point: Point) -> int:
    """In how many ways one can go against it: patterns and sayings."""
    return sum(len(c.patterns) for c in point.contradictions) + len(point.missaid)


def badly_written(question: Question) -> Iterator[tuple[Path_, str]]:
    """Where in the question something is wrong, and what, with what to do."""
    if (asked := seconds(question.ask)) > ASKED_S:
        yield ("ask",), f"takes {asked:.0f} seconds to ask aloud: cut it to {ASKED_S:.0f} ({_words(ASKED_S)} words)"
    yield from _length(question.model_answer, ANSWERED_S, ("model_answer",))
    yield from _target(question)
    for n, point in enumerate(question.points):
        yield from _point(point, ("points", n))
    yield from _follow_ups(question)


def _words(seconds_: float) -> int:
    return round(seconds_ * WORDS_PER_S)


def _length(text: str, allowed: tuple[float, float], path: Path_) -> Iterator[tuple[Path_, str]]:
    low, high = allowed
    if not low <= seconds(text) <= high:
        verb = "lengthen" if seconds(text) < low else "shorten"
        yield (
            path,
            (
                f"takes {seconds(text):.0f} seconds aloud: {verb} it to {low:.0f} to {high:.0f} "
                f"({_words(low)} to {_words(high)} words)"
            ),
        )


def _target(question: Question) -> Iterator[tuple[Path_, str]]:
    low, high = question.target_s
    answer = seconds(question.model_answer)
    if low < TARGET_S[0] or high > TARGET_S[1] or high - low < TARGET_WIDTH_S:
        yield (
            ("target_s",),
            (
                f"nobody can aim at {low} to {high} seconds: stay within {TARGET_S[0]} to {TARGET_S[1]}, "
                f"{TARGET_WIDTH_S} or more apart"
            ),
        )
    elif not low * NEARLY <= answer <= high:
        yield (
            ("target_s",),
            (f"the model answer takes {answer:.0f} seconds, the target is {low} to {high}: bring them together"),
        )


def _point(point: Point, path: Path_) -> Iterator[tuple[Path_, str]]:
    if point.kind in STAR_KINDS:
        return  # whatever is told covers it
    if (ways := wordings(point)) < FEWEST_WORDINGS:
        yield (
            path,
            (
                f"{point.id}: {ways} plain wordings are too few: write {FEWEST_WORDINGS} or more "
                "(sayings of the kind says, or `plain` patterns)"
            ),
        )
    if (ways := contradictions(point)) < FEWEST_CONTRADICTIONS:
        yield (
            path,
            (
                f"{point.id}: {ways} ways to go against it are too few: write {FEWEST_CONTRADICTIONS} or more "
                "(sayings of the kind against, or `contradictions`)"
            ),
        )


def _follow_ups(question: Question) -> Iterator[tuple[Path_, str]]:
    count = len(question.follow_ups)
    if not FEWEST_FOLLOW_UPS <= count <= MOST_FOLLOW_UPS:
        yield ("follow_ups",), f"has {count} follow-ups: write {FEWEST_FOLLOW_UPS} to {MOST_FOLLOW_UPS}"
    probed = {p for f in question.follow_ups for p in f.probes}
    for n, point in enumerate(question.points):
        if point.core and point.id not in probed:
            yield ("points", n), f"no follow-up gives another chance for {point.id}: let one probe it"
    if question.follow_ups and not any(f.deepens for f in question.follow_ups):
        yield ("follow_ups",), "nothing is left to ask when every core point was heard: give one deepens: true"
    reached = reachable(question)
    for n, follow_up in enumerate(question.follow_ups):
        path: Path_ = ("follow_ups", n)
        if follow_up.id not in reached:
            yield (
                path,
                (
                    f"{follow_up.id} is never chosen, since others come first whatever the answer: "
                    "let it probe a point that no earlier one probes"
                ),
            )
        if seconds(follow_up.ask) > ASKED_S:
            yield (*path, "ask"), f"takes {seconds(follow_up.ask):.0f} seconds to ask aloud: cut it to {ASKED_S:.0f}"
        yield from _length(follow_up.model_answer, FOLLOWED_S, (*path, "model_answer"))
        for m, point in enumerate(follow_up.points):
            yield from _point(point, (*path, "points", m))


def reachable(question: Question) -> frozenset[str]:
    """The follow-ups that some answer earns as its first one."""
    ids = [p.id for p in question.points]
    answers: list[dict[str, Status]] = [{}]
    for point_id in ids:
        answers += [{point_id: "contradicted"}, {point_id: "missed"}]
    for follow_up in question.follow_ups:
        # The deepening one depends on what may have been misheard: at most all that it doesn't touch itself.
        if follow_up.deepens:
            answers.append({i: "unsure" for i in ids if i not in follow_up.probes})
    chosen = (choose_follow_up(question, _told(question, answer), ()) for answer in answers)
    return frozenset(c.id for c in chosen if c is not None)


def _told(question: Question, verdicts: Mapping[str, Status]) -> list[PointFeedback]:
    return [
        PointFeedback(p.id, p.text, p.core, p.weight, verdicts.get(p.id, "covered"), 1.0, p.say)
        for p in question.points
    ]


def badly_said(sayings: Sequence[Saying]) -> Iterator[tuple[int, str]]:
    """Lines of a question's sayings that teach nothing, or the wrong thing."""
    first: dict[str, Saying] = {}
    for saying in sayings:
        words = " ".join(t.text for t in tokenise(saying.text))
        if saying.does != "names" and len(words.split()) < FEWEST_WORDS:
            yield saying.line, f"{saying.text!r} only names something: write a sentence that says what of it"
        earlier = first.setdefault(words, saying)
        if earlier is not saying:
            same = (earlier.point, earlier.does) == (saying.point, saying.does)
            why = "remove one" if same else "the same words can't mean both, so keep the right one"
            yield saying.line, f"the same words as in line {earlier.line}: {why}"
