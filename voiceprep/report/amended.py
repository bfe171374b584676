"""What came after a verdict, in words: the candidate's corrections, and what was judged once more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from voiceprep.core import events as e
from voiceprep.core.feedback import Assessment
from voiceprep.core.opinion import Opinion
from voiceprep.core.rescore import Change, change
from voiceprep.core.state import State
from voiceprep.core.transcript import QUICK
from voiceprep.report import wording

EDITED_NOTE = "You put right what was heard: this is judged by your own words."


def heard_note(a: Assessment) -> str:
    """How an answer's words came to be, where that says something about its verdicts; else empty."""
    if a.source == "edited":
        return EDITED_NOTE
    basic = wording.BASIC_NOTE if a.engine.startswith("basic") and a.unscored is None else ""
    quick = wording.QUICK_NOTE if a.engine.endswith(QUICK) else ""
    return " ".join(filter(None, (basic, quick, *a.doubts)))


def words_title(a: Assessment) -> str:
    """Above an answer's words."""
    return {"asr": "What was heard", "typed": "What was typed", "edited": "What was heard, put right by you"}[a.source]


def judged_anew(event: e.Event, state: State) -> str:
    """With what answers are judged anew after this event, as the end of "Judged anew ..."; empty when they aren't."""
    match event:
        case e.Disputed(heard=heard, said=said, claim=claim) if heard:
            return f"with “{heard}” as {said}" if claim else "without it"
        case e.TranscriptEdited(take_id=take_id):
            return "by your words" if take_id in dict(state.heard) else "by what was heard"
    return ""


def changed_in_words(found: Change) -> str:
    """ "1 point more heard, 2 judged otherwise"; "nothing changed"."""
    parts = [
        f"{len(texts)} {'point' if len(texts) == 1 else 'points'} {what}"
        for texts, what in (
            (found.gained, "more heard"), (found.lost, "not heard any more"), (found.otherwise, "judged otherwise"),
            (found.came, "new in the rubric"), (found.went, "gone from the rubric"),
        )
        if texts
    ]  # fmt: skip
    return ", ".join(parts) or ("scored otherwise" if found.score else "nothing changed")


def versions(a: Assessment) -> str:
    """What stands behind an assessment: "rubric 1a2b3c4d of bank 0f0f0f0f0f0f, matcher claims-5, heard by basic"."""
    how = {"typed": "typed", "edited": f"heard by {a.engine}, put right by you"}.get(a.source, f"heard by {a.engine}")
    judge = f", opinion of {a.opinion.model}" if isinstance(a.opinion, Opinion) else ""
    return f"rubric {a.rubric[:8]} of bank {a.bank_version}, matcher {a.matcher_version}, {how}{judge}"


def rescored_lines(a: Assessment, rescored: Iterable[e.Rescored]) -> Iterator[str]:
    """The session's own assessment of an answer and each later one with its versions, the old one first, and what
    differs; nothing where there is no later one."""
    later = [one for one in rescored if one.question_id == a.question_id]
    if later:
        yield f"Judged in the session ({versions(a)}): {_result(a)}"
    for one in later:
        yield f"Rescored, {one.why} ({versions(one.assessment)}): {_result(one.assessment)}"
        found = change(a, one.assessment)
        for texts, what in (
            (found.gained, "Heard now"), (found.lost, "Not heard any more"), (found.otherwise, "Judged otherwise"),
            (found.came, "New in the rubric"), (found.went, "Gone from the rubric"),
        ):  # fmt: skip
            if texts:
                yield f"{what}: {'; '.join(text.rstrip('.') for text in texts)}."
        yield from one.left_out
        if line := wording.opinion(one.assessment):
            yield line


def _result(a: Assessment) -> str:
    return wording.counts(a) if a.unscored is None else f"not scored, {a.unscored.reason}"
