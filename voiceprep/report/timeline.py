"""A take's time line in words, and as JSON data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from voiceprep.core.disfluency import is_filler
from voiceprep.core.pinned import Mark, MarkKind
from voiceprep.core.replay import Replay, ReplayedTake
from voiceprep.core.spans import Span
from voiceprep.report.wording import MARKS, clock

SIGNS: dict[MarkKind, str] = {
    "heard": MARKS["covered"], "partly": MARKS["partly"], "check": MARKS["unsure"], "against": MARKS["contradicted"],
    "not heard": MARKS["missed"], "put right": "*", "pitfall": "*", "your word": "*", "hint": "h", "nudge": "o",
    "cut off": "x", "said besides": "i", "paused": "=", "microphone": "m", "slept": "z", "repeated": "r", "typed": "t",
    "went on": ">", "left": "=",
}  # fmt: skip
"""One column each, so that the time line needs no colour."""
LABELS: dict[MarkKind, str] = {
    "heard": "heard", "partly": "heard in part", "check": "please check", "against": "goes against",
    "not heard": "not heard", "put right": "put right later", "pitfall": "pitfall", "your word": "your word",
    "hint": "hint", "nudge": "warning", "cut off": "cut off", "said besides": "the interviewer", "paused": "paused",
    "microphone": "microphone", "slept": "asleep", "repeated": "repeated", "typed": "typed", "went on": "went on",
    "left": "left",
}  # fmt: skip


def label(mark: Mark, take: ReplayedTake) -> str:
    """What kind of mark it is, in words. What wasn't heard in an answer that was cut off may only
    not have been reached."""
    if mark.kind == "not heard" and take.judged is not None and take.judged.cut_short:
        return "not reached"
    return LABELS[mark.kind]


def said(mark: Mark) -> str:
    """What the mark says: the point, or what happened; and your word on it."""
    extra = "" if mark.point is None or mark.point.core else " (extra)"
    yours = f"  [you: {mark.point.dispute}]" if mark.point is not None and mark.point.dispute else ""
    return f"{mark.text}{extra}{yours}"


def heading(take: ReplayedTake, length_s: float) -> str:
    """ "take 3, follow-up, 0:48"."""
    how = {"typed": "typed", "edited": "corrected by you"}.get(take.source or "", "")
    return ", ".join(filter(None, (f"take {int(take.id[1:])}", take.kind, how, clock(length_s) if length_s else "")))


def pause(span: Span) -> str:
    return f"{span.length_s:.1f} s"


def time_line(take: ReplayedTake) -> Iterator[str]:
    """The take's moments in order, a line each ("0:06 heard: …"), then what has no moment."""
    moments = [(p.start_s, f"pause of {pause(p)}") for p in take.pauses]
    moments += [(w.start_s, f"filler: {w.text}") for w in take.words if is_filler(w)]
    timeless = []
    for mark in take.marks:
        quote = f"  “{mark.quote}”" if mark.quote else ""
        line = f"{label(mark, take)}: {said(mark)}{quote}"
        if mark.at_s is None:
            timeless.append(line)
        else:
            moments.append((mark.at_s, f"about here, {line}" if mark.about else line))
    for at_s, line in sorted(moments, key=lambda moment: moment[0]):
        yield f"{clock(at_s):>5} {line}"
    for line in timeless:
        yield f"   -- {line}"


def replay_json(replay: Replay) -> dict[str, Any]:
    """The whole replay as JSON data; times in seconds of the take."""
    return {
        "title": replay.title,
        "questions": [{"id": q.id, "ask": q.ask, "takes": [_take(take) for take in q.takes]} for q in replay.questions],
    }


def _take(take: ReplayedTake) -> dict[str, Any]:
    return {
        "id": take.id,
        "kind": take.kind,
        "follow_up_id": take.follow_up_id,
        "ask": take.ask,
        "why": take.why or None,
        "length_s": take.length_s,
        "note": take.note or None,
        "transcript": {"source": take.source, "text": take.text, "rough": take.rough},
        "words": [
            {"text": w.text, "start_s": w.start_s, "end_s": w.end_s, "unclear": w.unclear, "filler": is_filler(w)}
            for w in take.words
        ],
        "speech": [[s.start_s, s.end_s] for s in take.speech],
        "pauses": [[p.start_s, p.end_s] for p in take.pauses],
        "marks": [
            {
                "kind": m.kind,
                "at_s": m.at_s,
                "end_s": m.end_s,
                "about": m.about,
                "text": m.text,
                "quote": m.quote or None,
                "point_id": m.point.id if m.point else None,
                "dispute": m.point.dispute if m.point else None,
            }
            for m in take.marks
        ],
    }
