"""How verdicts are put into words: counts and quotes, no percentage, never "missed"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voiceprep.core.cost import Cost, Side, cost_beside
from voiceprep.core.delivery import ENOUGH_S, ENOUGH_WORDS, SILENT_PAUSE_S, STRETCH_S, Aim, Unmeasured
from voiceprep.core.disfluency import Said
from voiceprep.core.feedback import Assessment, Evidence, PointFeedback
from voiceprep.core.opinion import Opinion, Quote, beside
from voiceprep.core.question import Question
from voiceprep.core.spans import Span
from voiceprep.core.star import Role, StarShares
from voiceprep.core.takes import Kind, Takes, kind_of, other_kind, take_beside

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


def ticked(a: Assessment) -> str:
    """ "CORE 3 of 4 ticked by you, EXTRA 1 of 5": of an answer said in one's head; empty for any other."""
    if not rated_by_self(a):
        return ""
    parts = []
    for name, core in (("CORE", True), ("EXTRA", False)):
        of = [p for p in a.points if p.core is core]
        if of:
            parts.append(f"{name} {sum(p.id in a.self_rated for p in of)} of {len(of)}")
    return f"{', '.join(parts)}, ticked by you"


def rated_by_self(a: Assessment) -> bool:
    return a.unscored is not None and a.unscored.self_rated


def quote(piece: Evidence | Quote) -> str:
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
    if a.clocked is not None and a.clocked.cut is not None:
        unheard = "NOT REACHED" + (f", stopped at {clock(a.clocked.cut.at_s)}" if a.clocked.cut.at_s else "")
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
    """Length, longest pause, pace and fillers in one line; what wasn't measured says why, once."""
    d = a.delivery
    if isinstance(d.duration_s, Unmeasured):
        return ""
    aim = f", aim {clock(d.aim.low_s)} to {clock(d.aim.high_s)}" if isinstance(d.aim, Aim) else ""
    parts = [f"LENGTH {clock(d.duration_s)}{aim}"]
    if isinstance(d.longest_pause, Span) and d.longest_pause.length_s >= SILENT_PAUSE_S:
        pauses = () if isinstance(d.silent_pauses, Unmeasured) else d.silent_pauses
        place = next((f", {p.place}" for p in pauses if p.span == d.longest_pause and p.place != "unknown"), "")
        longest = d.longest_pause
        parts.append(f"LONGEST PAUSE {longest.length_s:.1f} s at {clock(longest.start_s)}{place}")
    if isinstance(d.words_per_minute, Unmeasured):
        parts.append(f"PACE not measured ({d.words_per_minute.reason})")
    else:
        parts.append(f"PACE about {d.words_per_minute:.0f} words/min{_over_time(d.pace)}")
    if isinstance(d.fillers_at_least, int):
        parts.append(f"UM at least {d.fillers_at_least}")
    return "   ".join(parts)


def hesitation_line(a: Assessment) -> str:
    """ "FIRST WORD after 1.2 s   PAUSES from 0.5 s: 7, inside a clause: 3   HEDGED at least 4: “I think” 3,
    “maybe”   REPEATED at least 1: “the”", without what isn't measured; the first word stands in `clock_line` where
    there's a clock."""
    d = a.delivery
    parts = []
    if isinstance(d.silent_pauses, Unmeasured):
        return ""
    if a.clocked is None and not isinstance(d.first_speech_s, Unmeasured):
        parts.append(f"FIRST WORD after {d.first_speech_s:.1f} s")
    inside = sum(p.place == "inside a clause" for p in d.silent_pauses)
    within = f", inside a clause: {inside}" if any(p.place != "unknown" for p in d.silent_pauses) else ""
    parts.append(f"PAUSES from {SILENT_PAUSE_S} s: {len(d.silent_pauses) or 'none'}{within}")
    for name, said in (("HEDGED", d.hedges), ("REPEATED", d.repetitions)):
        if not isinstance(said, Unmeasured) and said:
            times = sum(len(s.spans) for s in said)
            parts.append(f"{name} at least {times}: {', '.join(_said(s) for s in said[:MOST_SAID])}")
    return "   ".join(parts)


MOST_SAID = 3
"""So many hedges and repetitions are named; all of them are counted."""


def _said(said: Said) -> str:
    what = "I" + said.what[1:] if said.what.split()[0].split("'")[0] == "i" else said.what
    return f"“{what}”" + (f" {len(said.spans)}" if len(said.spans) > 1 else "")


def delivery_of_all(assessments: Sequence[Assessment]) -> str:
    """ "PACE 118 to 142 words/min   LONGEST PAUSE 4.1 s   UM at least 9, in 3 spoken answers": what several answers say
    together, follow-ups among them; empty with fewer than two whose pace was measured."""
    spoken = [d for a in assessments for d in (a.delivery, *(f.delivery for f in a.follow_ups_asked))]
    rates = [d.words_per_minute for d in spoken if not isinstance(d.words_per_minute, Unmeasured)]
    if len(rates) < 2:
        return ""
    parts = [f"PACE {min(rates):.0f} to {max(rates):.0f} words/min"]
    if pauses := [d.longest_pause.length_s for d in spoken if isinstance(d.longest_pause, Span)]:
        parts.append(f"LONGEST PAUSE {max(pauses):.1f} s")
    if ums := [d.fillers_at_least for d in spoken if isinstance(d.fillers_at_least, int)]:
        parts.append(f"UM at least {sum(ums)}")
    return "   ".join(parts)


HOW_MEASURED = (
    "Pauses and the first word are from the sound, by where speech was found in it, not by the recogniser's times.",
    "First word: from the question's last sound to the first speech; to 0.1 s with headphones, closer without.",
    f"Pauses: silences between speech of {SILENT_PAUSE_S} s and more; their place is by the recogniser's punctuation.",
    "Pace: words, fillers too where they were recognised, by the minutes from the first speech to the last.",
    "Um, hedges, repetitions: as far as the recogniser wrote them down. It leaves most out, so it's always at least.",
    f"Under {ENOUGH_S:.0f} seconds or {ENOUGH_WORDS} words there's no pace, and in noise nothing is timed.",
)
"""What the figures mean, for whoever reads a report."""


LEAST_STRETCHES = 3
"""With fewer the whole answer's pace says as much."""


def _over_time(pace: tuple[float, ...] | Unmeasured) -> str:
    """ " by 15 s: 118, 142, 171", or nothing for a short answer."""
    if isinstance(pace, Unmeasured) or len(pace) < LEAST_STRETCHES:
        return ""
    return f" by {STRETCH_S:.0f} s: {', '.join(f'{rate:.0f}' for rate in pace)}"


def clock_line(a: Assessment) -> str:
    """ "UNDER A CLOCK OF 1:30   THOUGHT 0:18 of 0:30   FIRST WORD after 1.2 s   STOPPED at 1:30, its time was up", or
    nothing for a calm answer."""
    under = a.clocked
    if under is None:
        return ""
    parts = [f"UNDER A CLOCK OF {clock(under.limit_s)}"]
    if under.think_s:
        parts.append(f"THOUGHT {clock(under.thought_s)} of {clock(under.think_s)}")
    if isinstance(a.delivery.first_speech_s, int | float):
        parts.append(f"FIRST WORD after {a.delivery.first_speech_s:.1f} s")
    if under.cut is not None:
        at = f" at {clock(under.cut.at_s)}" if under.cut.at_s else ""  # what is typed has no length
        parts.append(f"STOPPED{at}, {_CUT[under.cut.why]}")
    if under.interrupted:
        parts.append(f"It is no fair measure: {under.interrupted}")
    return "   ".join(parts)


_CUT = {
    "limit": "its time was up",
    "nothing new": "nothing new was heard for a while",
    "session": "the round's time was up",
}


SAME_PACE = 5
"""Words per minute below which two rates pass for the same: in the shortest answer that has one, a word more or less
makes four."""


def cost_line(cost: Cost | Unmeasured, when: str, *, other: Kind = "calm") -> str:
    """ "CALM on 3 Nov: core 4 of 4, 132 words/min. UNDER THE CLOCK: core 2 of 4, 171 words/min, stopped at 1:30. It
    cost you 2 core points and 39 words/min." `when` says when the other of the two was, `other` which one that is."""
    if isinstance(cost, Unmeasured):
        return f"Calm and under the clock can't be compared: {cost.reason}."
    of_calm, of_clocked = (f" {when}" if when and other == kind else "" for kind in ("calm", "clocked"))
    stopped = "" if cost.cut_at_s is None else f", stopped at {clock(cost.cut_at_s)}"
    return (
        f"CALM{of_calm}: {_side(cost.calm)}. UNDER THE CLOCK{of_clocked}: {_side(cost.clocked)}{stopped}. "
        f"{_difference(cost)}"
    )


def cost_of(answer: Assessment, earlier: Sequence[Assessment], others: Takes | None) -> str:
    """What the clock cost, beside the take of the other kind; empty where there's none."""
    take = take_beside(answer, earlier, others, other_kind(answer))
    if take is None:
        return ""
    return cost_line(cost_beside(answer, take.assessment), take.when, other=kind_of(take.assessment))


def _side(side: Side) -> str:
    check = f", {side.to_check} to check" if side.to_check else ""
    rate = side.words_per_minute
    pace = "pace not measured" if rate is None else f"{rate:.0f} words/min"
    return f"core {side.heard} of {side.of}{check}, {pace}"


def _difference(cost: Cost) -> str:
    """What the clock made different, in a sentence: points first, then the pace where both have one."""
    lost, gained, faster = len(cost.lost), len(cost.gained), _faster(cost)
    hurry = f"; you spoke {abs(faster)} words/min {'faster' if faster > 0 else 'slower'}." if faster else "."
    if lost:
        points = f"It {'' if cost.sure else 'may have '}cost you {_core_points(lost)}"
        if gained:
            return f"{points} and brought {gained} other{'s' * (gained != 1)}{hurry}"
        return f"{points} and {faster} words/min." if faster and faster > 0 else f"{points}{hurry}"
    if gained:
        was = "was" if gained == 1 else "were"
        return f"Under the clock {gained} more core point{'s' * (gained != 1)} {was} heard{hurry}"
    if faster == 0:
        return "It made no difference to the core points, and hardly any to the pace."
    return f"It cost you no core point{hurry}"


def _faster(cost: Cost) -> int | None:
    """Words per minute more under the clock, as the difference of what is shown; None when not both were measured."""
    calm, clocked = cost.calm.words_per_minute, cost.clocked.words_per_minute
    if calm is None or clocked is None:
        return None
    more = round(clocked) - round(calm)
    return more if abs(more) >= SAME_PACE else 0


def _core_points(count: int) -> str:
    return f"{count} core point{'s' * (count != 1)}"


def not_reached(questions: Sequence[str]) -> str:
    """Which questions were never put, in a sentence; empty when all were."""
    if not questions:
        return ""
    many = "One question was" if len(questions) == 1 else f"{len(questions)} questions were"
    return f"{many} not reached: {'; '.join(questions)}. That's no mark against you; it's the clock."


CONFIDENTIAL = "Your own story: leave out names of people and customers, and what your employer keeps to itself."
"""Said before whoever answers from their work."""
QUICK_NOTE = "By the quick words only: nobody has listened to it with care yet."
HANDS_FREE = "Say \u201cthat's it\u201d when you have finished; otherwise I wait about six seconds."
HANDS_FREE_BASIC = "When you have finished, stay silent for about six seconds."
"""Said to whoever ends answers without a key; the basic recogniser hardly ever hears the end that is said."""
WHISPERED = "The basic recogniser hardly understands whispering. Whisper does better; typing is judged fully."


def sent_to(judge: str) -> str:
    """What must be said as long as a judge is on."""
    return f"SECOND OPINION ON: your answers are sent, as text, to {judge}."


def opinion(a: Assessment) -> str:
    """The second opinion beside the verdicts, in a sentence or two; empty when nobody was asked."""
    if a.opinion is None:
        return ""
    return beside(a.opinion, a.own_verdicts(), {p.id: p.text for p in a.points})


def point_opinion(a: Assessment, point_id: str) -> str:
    """What the second opinion makes of one point, with the words it rests on; empty where it says nothing."""
    if not isinstance(a.opinion, Opinion):
        return ""
    found = next((p for p in a.opinion.points if p.point_id == point_id), None)
    if found is None:
        return ""
    quotes = "".join(f" {quote(piece)}" for piece in found.quotes)
    reason = f" In its own words: {found.reason}" if found.reason else ""
    return f"The second opinion ({a.opinion.model}) {_VIEWS[found.view]}.{quotes}{reason}"


_VIEWS = {
    "covered": "finds it said",
    "contradicted": "finds the opposite said",
    "mentioned": "finds it only mentioned",
    "missed": "doesn't find it",
    "unsure": "isn't sure of it",
}


_PARTS: tuple[tuple[Role, str], ...] = (
    ("situation", "situation"), ("task", "task"), ("action", "what you did"), ("result", "result"), ("none", "other"),
)  # fmt: skip
OVERTOLD, UNDERTOLD = 0.35, 0.4
"""Share of the situation above which, and of the action below which, the balance is worth a hint. Coaches advise 10 to
20 of 100 words for situation, task and result each, and about 60 for the action."""
THIN = 0.05
"""Share under which a part counts as not told."""


def tenths(star: StarShares) -> dict[Role, int]:
    """The shares as whole tenths that make ten together."""
    exact = {role: 10 * star.share(role) for role, _ in _PARTS}
    whole: dict[Role, int] = {role: int(share) for role, share in exact.items()}
    by_rest = sorted(exact, key=lambda role: whole[role] - exact[role])
    for role in by_rest[: 10 - sum(whole.values())]:
        whole[role] += 1
    return whole


def star_line(a: Assessment) -> str:
    """ "STORY  of every 10 words: situation 3, task 1, what you did 4, result 2. <one hint>"; empty where the question
    asks for no story."""
    star = a.star
    if star is None or a.unscored is not None:
        return ""
    if isinstance(star, Unmeasured):
        return f"STORY  not measured ({star.reason})"
    if not star.story:
        return "STORY  none told yet. Pick one time it happened: say what you did then, and how it ended."
    parts = [f"{name} {n}" for role, name in _PARTS if (n := tenths(star)[role]) or role != "none"]
    return f"STORY  of every 10 words: {', '.join(parts)}. {star_hint(star)}".rstrip()


def star_hint(star: StarShares) -> str:
    """The one thing to change about the balance of a story; empty when there is none. A hint, no score."""
    if not any(span.role == "action" and span.sure for span in star.spans):
        return "Say what you did yourself: “I”, where it was you."
    if star.situation > OVERTOLD and star.action < UNDERTOLD:
        return f"The situation took {tenths(star)['situation']} of 10 words; tell more of what you did."
    if star.result < THIN:
        return "Say how it ended, with a number if there is one."
    if star.action < UNDERTOLD:
        return "Tell more of what you did."
    if star.situation < THIN and star.task < THIN:
        return "Begin with where it was and what your task was."
    return ""


def looked_for(question: Question) -> tuple[tuple[str, str], ...]:
    """What the interviewer looks for, as (label, sentence): what the question assesses, why it's asked, tips."""
    lines = [("", text) for text in question.assesses]
    if question.why:
        lines.append(("Why it is asked: ", question.why))
    return (*lines, *(("Tip: ", tip) for tip in question.tips))


LOOKED_FOR = "WHAT THE INTERVIEWER LOOKS FOR"


def would_say(point: PointFeedback) -> str:
    """For a point that wasn't heard: the sentence that would say it."""
    return f"One sentence would do it: {point.say}" if point.verdict in ("missed", "unheard") else ""


def with_yours(a: Assessment) -> str:
    """ "CORE 3 of 4 heard, 4 with yours": with what the candidate says they said; empty when there is no such claim."""
    heard, of = a.heard(core=True)
    claimed = sum(
        p.core and p.dispute in ("I said it", "misheard") and p.verdict not in ("covered", "partly") for p in a.points
    )
    return f"CORE {heard} of {of} heard, {heard + claimed} with yours" if claimed else ""
