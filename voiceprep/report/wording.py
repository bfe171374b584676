"""How verdicts are put into words: counts and quotes, no percentage, never "missed"."""

from __future__ import annotations

from collections.abc import Iterator

from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment, Evidence, PointFeedback
from voiceprep.core.spans import Span

BASIC_NOTE = "Heard by the basic recogniser: it credits what it hears and holds nothing against you."


def clock(seconds: float) -> str:
    """Minutes and seconds, as on a player."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def counts(a: Assessment) -> str:
    """ "CORE 3 of 4   EXTRA 1 of 5, 1 to check   GOES AGAINST none"."""
    parts = []
    for name, core in (("CORE", True), ("EXTRA", False)):
        heard, of = a.heard(core)
        if of:
            check = sum(p.verdict == "unsure" for p in a.points if p.core is core)
            parts.append(f"{name} {heard} of {of}" + (f", {check} to check" if check else ""))
    against = sum(p.verdict == "contradicted" for p in a.points)
    return "   ".join([*parts, f"GOES AGAINST {against or 'none'}"])


def quote(piece: Evidence) -> str:
    """The words, with the second at which they fell when they were spoken."""
    at = f"  {clock(piece.start_s)}" if piece.start_s is not None else ""
    return f"“{piece.quote}”{at}"


def put_right(piece: Evidence) -> str:
    """What was said against a point before its quote put it right."""
    return f"Put right. Before that: {quote(piece)}"


def asked_again(a: Assessment) -> str:
    """That the question was asked once more, and why; empty when it wasn't."""
    if a.first_take is None or a.first_take.unscored is None:
        return ""
    return f"Asked once more, since the first answer was {a.first_take.unscored.reason}. It's kept, and not scored."


def sections(a: Assessment) -> Iterator[tuple[str, tuple[PointFeedback, ...]]]:
    """The points under the headings of the feedback screen, in its order; empty ones left out."""
    unheard = "NOT HEARD" if any(p.verdict == "missed" for p in a.points) else "NOT HEARD (or not by this recogniser)"
    for title, verdicts in (
        ("HEARD, in your words", ("covered",)),
        ("HEARD IN PART", ("partly",)),
        ("PLEASE CHECK, counted neither way yet", ("unsure",)),
        ("GOES AGAINST THE RUBRIC", ("contradicted",)),
        (unheard, ("missed", "unheard")),
    ):
        chosen = tuple(p for p in a.points if p.verdict in verdicts)
        if chosen:
            yield title, tuple(sorted(chosen, key=lambda p: (not p.core, -p.weight)))


MARKS = {"covered": "+", "partly": "~", "unsure": "?", "contradicted": "!", "missed": "-", "unheard": "-"}


def delivery_line(a: Assessment) -> str:
    """Length, pace and pauses in one line; what wasn't measured says why, once."""
    d = a.delivery
    if isinstance(d.duration_s, Unmeasured):
        return ""
    parts = [f"LENGTH {clock(d.duration_s)}"]
    if isinstance(d.longest_pause, Span):
        parts.append(f"LONGEST PAUSE {d.longest_pause.length_s:.1f} s at {clock(d.longest_pause.start_s)}")
    if isinstance(d.words_per_minute, Unmeasured):
        parts.append(f"PACE not measured ({d.words_per_minute.reason})")
    else:
        parts.append(f"PACE about {d.words_per_minute:.0f} words/min")
    if isinstance(d.fillers_at_least, int):
        parts.append(f"UM at least {d.fillers_at_least}")
    return "   ".join(parts)


def with_yours(a: Assessment) -> str:
    """ "CORE 3 of 4 heard, 4 with yours": with what the candidate says they said; empty when there is no such claim."""
    heard, of = a.heard(core=True)
    claimed = sum(
        p.core and p.dispute in ("I said it", "misheard") and p.verdict not in ("covered", "partly") for p in a.points
    )
    return f"CORE {heard} of {of} heard, {heard + claimed} with yours" if claimed else ""
