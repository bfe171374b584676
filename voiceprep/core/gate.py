"""Whether an answer can be judged at all: too short, too unclear, no sentences, or about something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voiceprep.core.fluency import FUNCTION_WORDS, listed, shuffled
from voiceprep.core.matching import Reading, believed, read
from voiceprep.core.rubric import Rubric
from voiceprep.core.star import star_verdicts
from voiceprep.core.transcript import Transcript
from voiceprep.core.verdicts import BRIEF_WORDS, sounds_like
from voiceprep.core.words import Token

FEWEST_WORDS = 5
"""An answer of fewer words is too short to hold against anything."""
FEWEST_FIELD_WORDS, FIELD_SHARE = 3, 0.03
"""Distinct words of the question's field, and their share of all words, under which an answer is off topic."""
SPOKEN, SOUNDS_WELL = 0.43, 12.0
"""Share of an answer's words in anything that sounds like the question, and log-odds of its likest window. Of 264
development answers to the question itself none came below 0.47 and 12.8; of those to questions of another topic nine in
ten do, of model answers to the nearest other questions half, and of those that truly give nothing of this one eight in
ten."""
SURELY, SURE_POINTS = 18.0, 2
"""So many points that something sounds so much like (log-odds) are on topic among however much else; one may be
chance."""
SHORT_FIELD_SHARE, RATHER_FIELD_SHARE, SOUNDS_RATHER = 0.2, 0.1, 4.0
"""For an answer of fewer words: shares of distinct words of the question's field, and the likest window that lets the
smaller one do. To tell somebody who answered in one sentence that it was off topic is worse than to find no point in
it. Of development answers cut down to a sentence or two 10% are refused, of those to another question 85%."""
ROUGHLY = 0.8
"""What a basic recogniser leaves of these shares; of the likest window it leaves all: a novel read aloud has 10.8."""
FIELD_WORDS, ROUGH_FIELD_SHARE = 6, 0.05
"""Distinct words of the question's field, and their share of all, from which a basic recogniser's text is on topic
whatever became of its sentences. A novel read aloud has up to five among 120; spoken development answers to something
else had three at most, to the question itself mostly seven or more."""
CLEAR_SHARE = 0.4
"""Share of clearly heard words under which an answer isn't judged."""
OFF_TOPIC = "off topic: "
"""How the reason of an answer to something else begins."""


def reading_of(rubric: Rubric, transcript: Transcript) -> Reading:
    """The transcript as the rubric's patterns read it."""
    if transcript.credits_only:
        # A basic recogniser's word probabilities don't tell right from wrong words; none is called unclear.
        words = tuple(replace(w, probability=1.0) for w in transcript.words)
        transcript = replace(transcript, words=words)
    return read(rubric, transcript)


def why_unscored(
    rubric: Rubric, reading: Reading, transcript: Transcript, tokens: Sequence[Token], parent: Rubric | None = None
) -> str | None:
    """Why this answer can't be judged at all; None when it can. `parent` is given for a follow-up's answer."""
    if not tokens:
        return "no words were heard" if transcript.source == "asr" else "no answer"
    if len(tokens) < FEWEST_WORDS:
        return f"only {len(tokens)} words"
    clear = sum(not t.unclear for t in tokens)
    if clear < CLEAR_SHARE * len(tokens):
        return f"unclear: {clear} of about {len(tokens)} words were heard clearly"
    if listed(tokens) or shuffled(tokens, heard=reading.heard):
        return "the words don't form sentences"
    if parent is not None:
        # A follow-up is answered in a sentence or two, and may be answered with what belongs to its question: only
        # when there's nothing at all of either is it about something else. "Go" is no word of a field that has "going".
        stems = {t.stem for t in tokens if len(t.text) > 3 and t.text not in FUNCTION_WORDS}
        for one in (rubric, parent):
            own = reading_of(one, transcript)
            if one.learned is not None:
                if sounds_like(one, own).spoken_of >= SPOKEN:
                    return None
            elif stems & one.domain or _terms(one, reading, tokens) or _spoken_of(own):
                return None
        return f"{OFF_TOPIC}nothing in it speaks of this question"
    if rubric.learned is not None:
        return _gate_by_sayings(rubric, reading, tokens, rough=transcript.credits_only)
    field = len({t.stem for t in tokens} & rubric.domain) + len(_terms(rubric, reading, tokens))
    spoken_of = _spoken_of(reading) + _told(rubric, tokens)
    if (field < FEWEST_FIELD_WORDS and spoken_of < 2) or (not spoken_of and field < FIELD_SHARE * len(tokens)):
        much = "too little" if spoken_of else "nothing"
        return f"{OFF_TOPIC}{much} in it speaks of this question"
    return None


def _gate_by_sayings(rubric: Rubric, reading: Reading, tokens: Sequence[Token], *, rough: bool) -> str | None:
    """Off topic where few words stand in anything that sounds like the question. `rough`: a basic recogniser's text."""
    heard = sounds_like(rubric, reading)
    most = max((h.log_odds for (_, does), h in heard.closest.items() if does != "pitfall"), default=0.0)
    share = ROUGHLY if rough else 1.0
    sure = sum(h.log_odds >= share * SURELY for (_, does), h in heard.closest.items() if does == "says")
    short = len(tokens) < BRIEF_WORDS
    if sure >= SURE_POINTS or (heard.spoken_of >= share * SPOKEN and most >= SOUNDS_WELL):
        return None
    if _told(rubric, tokens):
        return None
    field = len({t.stem for t in tokens} & rubric.domain)
    if rough and field >= max(FIELD_WORDS, ROUGH_FIELD_SHARE * len(tokens)):
        return None
    # A sentence or two gives sayings little to go by: a pattern that matches, or two of the question's terms, will do,
    # or every fifth word of its field, or fewer in a sentence that sounds rather like it.
    if short:
        of_field = field >= max(FEWEST_FIELD_WORDS, SHORT_FIELD_SHARE * len(tokens))
        rather = field >= max(2, RATHER_FIELD_SHARE * len(tokens)) and most >= share * SOUNDS_RATHER
        if of_field or rather or _spoken_of(reading) or len(_terms(rubric, reading, tokens)) >= 2:
            return None
    much = "too little" if heard.spoken_of else "nothing"
    return f"{OFF_TOPIC}{much} in it speaks of this question"


def _told(rubric: Rubric, tokens: Sequence[Token]) -> int:
    """A story can be about anything: what it tells speaks of the question where the question asks for a story."""
    return sum(v.status == "covered" for v in star_verdicts([c.point for c in rubric.points], tokens))


def _terms(rubric: Rubric, reading: Reading, tokens: Sequence[Token]) -> set[str]:
    """The terms of the rubric's field that were used."""
    terms = {e.term for e in rubric.folder.fold(tokens, rubric.owned if reading.heard else ())}
    return terms & rubric.domain


def _spoken_of(reading: Reading) -> int:
    """How many points and pitfalls were spoken of."""
    return len({f.item for f in believed(reading) if f.kind != "near"})
