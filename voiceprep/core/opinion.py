"""A language model's second opinion, as values that stand beside our verdicts and are never merged into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voiceprep.core.verdicts import Status

View = Literal["covered", "contradicted", "mentioned", "missed", "unsure"]
"""What the model makes of a point. `mentioned`: its words fall, the point isn't made. `unsure`: the votes differ, the
model passed the point over, or what it claimed could not be proved."""

Why = Literal[
    "a quote that isn't in the answer",
    "a quote too short to prove anything",
    "a point that doesn't exist",
    "a point named twice",
    "a figure that nobody said",
    "a quote that alone doesn't say it",
    "only with words addressed to the judge",
]


@dataclass(frozen=True, slots=True)
class Quote:
    """The candidate's own words: an exact span of the transcript's text, with seconds when it was spoken."""

    quote: str
    char_start: int
    char_end: int
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class PointOpinion:
    """The model's view of one point. `agreed` of the opinion's votes had it; `reason` is the model's own sentence."""

    point_id: str
    view: View
    agreed: int
    quotes: tuple[Quote, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim of the model that wasn't accepted. `point_id` is empty when it named no point of ours."""

    point_id: str
    why: Why


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one model said about one answer, after every quote was held against the transcript.

    `claims` counts all that it claimed with a quote, `dropped` those that fell. `addressed`: the answer spoke to its
    judge, so it was judged again without those sentences and nothing gained by them counts."""

    model: str
    prompt_version: str
    votes: int
    points: tuple[PointOpinion, ...]
    claims: int
    dropped: tuple[Dropped, ...]
    addressed: bool
    took_s: float


@dataclass(frozen=True, slots=True)
class NoOpinion:
    """Why there is no second opinion, in one sentence. The rubric's feedback stands as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A point that the model sees differently from our matcher."""

    point_id: str
    ours: Status
    theirs: View


_DIFFERS: Mapping[Status, tuple[View, ...]] = {
    "covered": ("contradicted", "mentioned", "missed"),
    "partly": ("contradicted",),
    "missed": ("covered", "contradicted"),
    "unheard": ("covered", "contradicted"),
    "contradicted": ("covered", "mentioned", "missed"),
    "unsure": (),
}
"""Where the two can't both be right. What either of them isn't sure of is no disagreement."""

_FOUND: Mapping[View, str] = {
    "covered": "finds said",
    "contradicted": "finds contradicted",
    "mentioned": "finds only mentioned",
    "missed": "doesn't find",
    "unsure": "isn't sure of",
}


def disagreements(opinion: Opinion, ours: Mapping[str, Status]) -> tuple[Disagreement, ...]:
    """The points, in the opinion's order, on which it disagrees with our verdicts."""
    return tuple(
        Disagreement(p.point_id, ours[p.point_id], p.view)
        for p in opinion.points
        if p.point_id in ours and p.view in _DIFFERS[ours[p.point_id]]
    )


def beside(opinion: Opinion | NoOpinion, ours: Mapping[str, Status], texts: Mapping[str, str]) -> str:
    """One sentence to show under our verdicts: on what the model disagrees, or why it has nothing to say."""
    if isinstance(opinion, NoOpinion):
        return f"No second opinion. {opinion.reason}"
    votes = "one vote" if opinion.votes == 1 else f"{opinion.votes} votes"
    who = f"Second opinion ({opinion.model}, {votes})"
    differs = [f"it {_FOUND[d.theirs]}: {texts[d.point_id].rstrip('.')}" for d in disagreements(opinion, ours)]
    sure = [p for p in opinion.points if p.view != "unsure" and ours.get(p.point_id, "unsure") != "unsure"]
    found = f"agrees on {len(sure) - len(differs)} of {len(opinion.points)}"
    if differs:
        found += f", disagrees on {len(differs)}: {'; '.join(differs)}"
    fell = f" {len(opinion.dropped)} of its claims were dropped." if opinion.dropped else ""
    return f"{who} {found}.{fell}"
