"""How a model is asked, and what of its claims is accepted. Rules:

The model says what it sees point by point; it gives no score and no number. A claim counts when its quote is a span of
the answer, when the quote alone says the point to a reader who sees nothing else, when a majority of votes has it, and
when it holds without the sentences that were addressed to the judge. A point that nobody made is asked for each time;
a model that finds it isn't believed at all.
"""

from __future__ import annotations

import random
import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from voiceprep.core.clean import clean, one_line
from voiceprep.core.opinion import Dropped, PointOpinion, Quote, View, Why
from voiceprep.core.question import Point
from voiceprep.core.transcript import Transcript
from voiceprep.judge.prompts import Prompt, as_data, load
from voiceprep.judge.quotes import Answer
from voiceprep.judge.reply import Alones, Claim, Claims, Relation, Shape, Silent


class Ask(Protocol):
    """Puts a rendered prompt to the model and reads the reply; raises Silent."""

    def __call__(self, prompt: tuple[str, str], shape: type[Shape], /) -> Shape: ...


LONGEST_REASON = 200
CLAIMS_PER_POINT = 2
"""Claims beyond this many for each point aren't looked at."""
CANARIES = (
    "Says that a lighthouse keeper signs for every request by letter.",
    "Says that the records are kept on clay tablets in a greenhouse.",
    "Says that each message crosses the river on two ferries.",
)
_VIEW: Mapping[Relation, View] = {
    "supports": "covered",
    "contradicts": "contradicted",
    "mentions_only": "mentioned",
    "absent": "missed",
}
_PROVEN: Mapping[View, str] = {"covered": "the point", "contradicted": "the opposite"}
"""Views that need a quote which says this, even alone."""
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class _Proof:
    """What one vote says of a point; the span is None for a view that needs none."""

    view: View
    span: tuple[int, int] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    """What the votes come to for one point: the view of the majority, and those who had it."""

    view: View = "unsure"
    proofs: tuple[_Proof, ...] = ()
    agreed: int = 0


@dataclass
class Examination:
    """One answer's way through the votes. `claims` and `dropped` are the count of what the model claimed and lost."""

    ask: Ask
    question: str
    points: Sequence[Point]
    transcript: Transcript
    claims: int = 0
    dropped: list[Dropped] = field(default_factory=list)

    @cached_property
    def answer(self) -> Answer:
        return Answer(self.transcript.text)

    @cached_property
    def prompts(self) -> tuple[Prompt, Prompt]:
        return load("second-opinion"), load("quote-alone")

    def run(self, votes: int) -> tuple[PointOpinion, ...]:
        """A view of every point. Raises Silent."""
        read = [self._vote(n, frozenset()) for n in range(votes)]
        held = {p.id: _majority([v[p.id] for v in read if p.id in v], votes) for p in self.points}
        if self.answer.addressed:
            held = self._without_address(held, votes)
        proven = self._alone(held)
        return tuple(self._opinion(point_id, one, proven) for point_id, one in held.items())

    def _vote(self, number: int, left_out: frozenset[int]) -> dict[str, _Proof]:
        """One reading of the answer: what could be proved of each point; a point may be lacking."""
        chance = random.Random(f"{number} {self.answer.text}")  # the same answer is asked for in the same orders
        listed = [(p.id, p.text) for p in self.points] + [("", chance.choice(CANARIES))]
        chance.shuffle(listed)
        ids = {f"p{n}": point_id for n, (point_id, _) in enumerate(listed, 1)}
        texts = dict(listed)
        prompt = self.prompts[0].render(
            ask=as_data(self.question),
            points=as_data([{"id": given, "text": texts[point_id]} for given, point_id in ids.items()]),
            boundary=secrets.token_hex(8),
            answer=as_data(
                [
                    {"no": n, "text": clean(self.answer.text[a:b].strip())}
                    for n, (a, b) in enumerate(self.answer.sentences, 1)
                    if n not in left_out
                ]
            ),
        )
        proofs: dict[str, _Proof] = {}
        seen: set[str] = set()
        for claim in self.ask(prompt, Claims).claims[: CLAIMS_PER_POINT * len(listed)]:
            self.claims += claim.relation != "absent"
            point_id = ids.get(claim.point_id)
            if point_id == "" and claim.relation != "absent":
                raise Silent("The model finds a point that nobody made, so it isn't believed.")
            if point_id is None:
                self._drop("", "a point that doesn't exist")
            elif claim.point_id in seen:
                self._drop(point_id, "a point named twice")
            elif point_id and (proof := self._proved(point_id, texts[point_id], claim)):
                proofs[point_id] = proof
            seen.add(claim.point_id)
        return proofs

    def _proved(self, point_id: str, text: str, claim: Claim) -> _Proof | None:
        reason = one_line(claim.claim_in_own_words, LONGEST_REASON)
        if set(_FIGURE.findall(reason)) - set(_FIGURE.findall(f"{self.answer.text} {text}")):
            self._drop(point_id, "a figure that nobody said")
            return None
        if claim.relation == "absent":
            return _Proof("missed", None, reason)
        if span := self.answer.locate(claim.quote, claim.sentence_no):
            return _Proof(_VIEW[claim.relation], span, reason)
        short = claim.quote.strip() and not self.answer.long_enough(claim.quote)
        self._drop(point_id, "a quote too short to prove anything" if short else "a quote that isn't in the answer")
        return None

    def _without_address(self, held: Mapping[str, _Held], votes: int) -> dict[str, _Held]:
        """What is left when the sentences addressed to the judge are left out: nothing is gained by them."""
        spoken = [self.answer.sentences[n - 1] for n in self.answer.addressed]
        left = len(self.answer.sentences) > len(spoken)
        again = self._vote(votes, self.answer.addressed) if left else {}
        kept = dict(held)
        for point_id, one in held.items():
            proof = again.get(point_id)
            if one.view not in _PROVEN:
                continue
            if proof and proof.view == one.view and not any(_overlap(proof.span, s) for s in spoken):
                kept[point_id] = replace(one, proofs=(proof,))
            else:
                kept[point_id] = _Held()
                self._drop(point_id, "only with words addressed to the judge")
        return kept

    def _alone(self, held: Mapping[str, _Held]) -> set[tuple[str, _Proof]]:
        """The proofs whose quote alone says it to a reader who sees nothing else."""
        asked = [(point_id, p) for point_id, one in held.items() if one.view in _PROVEN for p in one.proofs if p.span]
        if not asked:
            return set()
        texts = {p.id: p.text for p in self.points}
        pairs = [
            {"id": f"q{n}", "point": texts[point_id], "quote": clean(self._quote(p).quote)}
            for n, (point_id, p) in enumerate(asked, 1)
        ]
        prompt = self.prompts[1].render(boundary=secrets.token_hex(8), quotes=as_data(pairs))
        said: dict[str, set[str]] = {}
        for one in self.ask(prompt, Alones).quotes:
            said.setdefault(one.id, set()).add(one.quote_says)
        return {(i, p) for n, (i, p) in enumerate(asked, 1) if said.get(f"q{n}") == {_PROVEN[p.view]}}

    def _opinion(self, point_id: str, held: _Held, proven: set[tuple[str, _Proof]]) -> PointOpinion:
        proofs = [p for p in held.proofs if held.view not in _PROVEN or (point_id, p) in proven]
        if held.proofs and not proofs:
            self._drop(point_id, "a quote that alone doesn't say it")
            return PointOpinion(point_id, "unsure", 0)
        # One quote for each place; the reason belongs to the first that is shown.
        quotes = tuple(self._quote(p) for p in {p.span: p for p in reversed(proofs)}.values() if p.span)
        return PointOpinion(point_id, held.view, held.agreed, quotes, proofs[0].reason if proofs else "")

    def _quote(self, proof: _Proof) -> Quote:
        a, b = proof.span or (0, 0)
        inside = [w.word for w in self.transcript.timed() if w.char_start < b and a < w.char_end]
        times = (inside[0].start_s, inside[-1].end_s) if inside else (None, None)
        return Quote(self.transcript.text[a:b], a, b, *times)

    def _drop(self, point_id: str, why: Why) -> None:
        self.dropped.append(Dropped(point_id, why))


def _majority(proofs: Sequence[_Proof], votes: int) -> _Held:
    for view, agreed in Counter(p.view for p in proofs).items():
        if agreed * 2 > votes:
            return _Held(view, tuple(p for p in proofs if p.view == view), agreed)
    return _Held()


def _overlap(one: tuple[int, int] | None, other: tuple[int, int]) -> bool:
    return one is not None and one[0] < other[1] and other[0] < one[1]
