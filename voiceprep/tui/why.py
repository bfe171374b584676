"""Why a verdict is as it is, in sentences."""

from __future__ import annotations

from voiceprep.core.feedback import Assessment, PointFeedback
from voiceprep.report import wording

_SURE = ("covered", "partly", "missed", "contradicted")
_WHY = {
    "covered": "Your words say it.",
    "partly": "Your words say a part of it.",
    "unsure": "Something like it was heard, but not surely enough to count it either way.",
    "contradicted": "Every word of the quote was heard clearly, and it says the opposite.",
    "missed": "Nothing in what was heard says it.",
    "unheard": "It wasn't heard; this recogniser can't tell whether you said it.",
}


def why(own: Assessment, p: PointFeedback) -> list[str]:
    """A paragraph each: the verdict, the words it rests on, how often such a one is right. `own` is the assessment that
    the point stands in."""
    told = [f"{wording.MARKS[p.verdict]} {p.text}", _WHY[p.verdict]]
    told += [f"Your words: {wording.quote(piece)}" for piece in p.evidence]
    told += [wording.put_right(piece) for piece in p.put_right]
    if p.verdict == "contradicted":
        told.append(f"In fact: {p.correction}")
    if p.verdict in _SURE and p.probability:
        # The probability says that the point was truly made; whoever says "not heard" is right when it wasn't.
        right = p.probability if p.verdict in ("covered", "partly") else 1 - p.probability
        told.append(
            f"On answers written to develop the rubric, such a verdict was right about {round(right * 10)} times in 10."
        )
    if p.verdict == "unsure" and p.probability:
        told.append(
            f"On answers written to develop the rubric, the point had really been made about "
            f"{round(p.probability * 10)} times in 10."
        )
    if p.dispute:
        told.append(f"You say: {p.dispute}.")
    if theirs := wording.point_opinion(own, p.id):
        told.append(theirs)
    told.append(f"The rubric: matcher {own.matcher_version}, question {own.question_id}.")
    return told
