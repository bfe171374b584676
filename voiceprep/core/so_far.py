"""What an answer has said so far, by its rough words: for a coach, and for an impatient interviewer."""

from __future__ import annotations

from voiceprep.core.feedback import Ground, verdicts_of
from voiceprep.core.gate import FEWEST_WORDS, reading_of
from voiceprep.core.matching import tokens_of
from voiceprep.core.rubric import follow_up_rubric
from voiceprep.core.transcript import Transcript


def so_far(ground: Ground, follow_up_id: str | None, words: Transcript) -> tuple[tuple[str, ...], frozenset[str]]:
    """The points heard so far, in the rubric's order, and the terms of its field that were used. Nobody is judged by
    it: the words are rough, and the careful pass is still to come."""
    question = ground.question
    rubric, ask = ground.rubric, question.ask
    if follow_up_id is not None:
        follow_up = question.follow_up(follow_up_id)
        rubric, ask = follow_up_rubric(question, follow_up, ground.lexicon), follow_up.ask
    reading = reading_of(rubric, words)
    tokens = tokens_of(reading)
    if len(tokens) < FEWEST_WORDS:
        return (), frozenset()
    found = verdicts_of(ground, ask, rubric, reading, words)
    points = tuple(v.point_id for v in found if v.status in ("covered", "partly"))
    terms = {e.term for e in rubric.folder.fold(tokens, rubric.owned if reading.heard else ())}
    return points, frozenset(terms & rubric.domain)
