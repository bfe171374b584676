"""The figures as one page of Markdown, and as plain data."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Run = Mapping[str, Any]
OURS = "voiceprep"
"""What our own rows' names begin with."""
NOISE_S = 0.01
"""Half a block of sound: what is quicker differs by chance, and nobody hears it."""
DISTURBED = 0.1
"""Above this share of the machine's time for others a run is set aside where an undisturbed one is left."""


@dataclass
class Row:
    """A peer's runs at each length."""

    name: str
    settings: str
    runs: dict[int, list[Run]] = field(default_factory=dict)
    not_run: str = ""

    def good(self, length_s: int) -> list[Run]:
        """Its measurements at a length, the undisturbed ones where there are any."""
        found = [run for run in self.runs.get(length_s, []) if "failed" not in run]
        return [run for run in found if run["other_load"] <= DISTURBED] or found

    def figure(self, key: str, length_s: int, of: Callable[[list[float]], float] = statistics.median) -> float | None:
        values = [float(run[key]) for run in self.good(length_s) if key in run]
        return of(values) if values else None

    def failed(self) -> str:
        """Why it has no figures; empty when it has."""
        every = [run for runs in self.runs.values() for run in runs]
        return self.not_run or next((str(run["failed"]) for run in every if "failed" in run), "")


def _shown(value: float | None, digits: int, unit: str = "") -> str:
    return "–" if value is None else f"{value:.{digits}f}{unit}"


def _over(value: float | None, base: float | None) -> float | None:
    return value / base if value is not None and base else None


def _times(value: float | None, base: float | None) -> str:
    ratio = _over(value, base)
    return "" if ratio is None else f" ({ratio:.1f}x)" if ratio < 10 else f" ({ratio:.0f}x)"


def _at_least(least: float, value: float | None) -> float | None:
    return None if value is None else max(least, value)


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))


def waits(rows: Sequence[Row], lengths_s: Sequence[int]) -> str:
    """Seconds from *done* to the question that the answer led to, and how many times ours that is."""
    ours = rows[0]
    firsts = [_shown(ours.figure("sound_s", n), 3, " s") for n in lengths_s]
    lines = [[f"{ours.name}: first sound", *firsts, _growth(ours, lengths_s, "sound_s")]]
    for row in rows:
        cells = []
        for length_s in lengths_s:
            took_s, base_s = row.figure("question_s", length_s), ours.figure("question_s", length_s)
            cells.append(_shown(took_s, 2, " s") + (_times(took_s, base_s) if row is not ours else ""))
        name = f"{row.name}: the next question" if row is ours else row.name
        lines.append([name, *cells, _growth(row, lengths_s, "question_s")])
    head = [
        "done to sound (RealtimeSTT: to text)",
        *(f"{n} s" for n in lengths_s),
        f"{lengths_s[-1]} s / {lengths_s[0]} s",
    ]
    return table(head, lines)


def _growth(row: Row, lengths_s: Sequence[int], key: str) -> str:
    ratio = _over(row.figure(key, lengths_s[-1]), row.figure(key, lengths_s[0]))
    return "–" if ratio is None else f"{ratio:.1f}x"


def costs(rows: Sequence[Row], lengths_s: Sequence[int]) -> str:
    """What hearing an answer costs, for each second of it: least of the runs."""
    lines = []
    for row in rows:
        measured = [n for n in lengths_s if row.good(n)]
        kinds = (("", "", ""),)
        if row is rows[0]:
            kinds = (
                ("until the question, the recogniser", "live_recogniser_", "live_"),
                ("until the question, all of it", "live_", "live_"), ("in all", "", ""),
            )  # fmt: skip
        for kind, of, prefix in kinds:
            if not measured:
                continue
            cells = []
            for n in (measured[0], measured[-1]):
                used_s = row.figure(f"{of}cpu_s", n, min)
                cells.append(f"{_shown(_over(used_s, n), 3)} ({n} s)")
            counts = [row.figure(prefix + key, measured[-1]) for key in ("frames_per_frame", "tokens_per_word")]
            lines.append([f"{row.name}{', ' + kind if kind else ''}", *cells, *(_shown(c, 2) for c in counts)])
    return table(["CPU-s per s of the answer", "short", "long", "frames per frame", "tokens per word"], lines)


def memory(rows: Sequence[Row], lengths_s: Sequence[int]) -> str:
    """Peak memory of each peer's processes together, and what a minute of answer adds."""
    lines = []
    for row in rows:
        measured = [n for n in lengths_s if row.good(n)]
        cells = [_shown(row.figure("peak_mb", n, max), 0, " MB") for n in lengths_s]
        slope = None
        if len(measured) > 1:
            grown = [row.figure("peak_mb", n, max) or 0.0 for n in (measured[-2], measured[-1])]
            slope = (grown[1] - grown[0]) / (measured[-1] - measured[-2]) * 60
        lines.append([row.name, *cells, _shown(slope, 1, " MB")])
    return table(["peak memory", *(f"{n} s" for n in lengths_s), "a minute more"], lines)


def starts(found: Mapping[str, Any], rows: Sequence[Row], length_s: int) -> str:
    """Start-up times in milliseconds of wall time."""

    def ms(key: str) -> str:
        return f"{found[key] * 1000:.0f} ms"

    heavy = ", ".join(found["help_heavy"]) or "none"
    lines = [
        ["bare Python", ms("python_s"), f"{found['python_cpu_s'] * 1000:.0f} ms of CPU"],
        ["`voiceprep --help`", ms("help_s"),
         f"{found['help_cpu_s'] * 1000:.0f} ms of CPU, {found['help_imports']} imports, heavy ones: {heavy}"],
        ["first paint on a terminal", ms("first_paint_s"), ""],
        ["first page that can be used", ms("usable_s"), f"the very first time {ms('usable_first_time_s')}"],
        ["launch to the first question's first sample", ms("first_question_s"),
         f"the very first time {ms('first_question_first_time_s')}"],
    ]  # fmt: skip
    for row in (row for row in rows if not row.name.startswith(OURS)):
        ready_s = row.figure("ready_s", length_s)
        if ready_s is not None:
            lines.append(
                [f"{row.name}: launch to ready", f"{ready_s * 1000:.0f} ms", "imports and model; no sound yet"]
            )
    return table(["start", "median", ""], lines)


def goals(rows: Sequence[Row], lengths_s: Sequence[int], found: Mapping[str, Any]) -> str:
    """The goals, each beside what was measured."""
    ours, app = rows[0], rows[1]
    first, last = lengths_s[0], lengths_s[-1]

    def line(goal: str, value: float | None, limit: float, digits: int, unit: str, least: bool = False) -> list[str]:
        sign = "≥" if least else "≤"
        met = "–" if value is None else "yes" if (value >= limit if least else value <= limit) else "**no**"
        return [goal, f"{sign} {limit:g}{unit}", _shown(value, digits, unit), met]

    lines = [
        line("done to the first sound, median", ours.figure("sound_s", first), 0.03, 3, " s"),
        line("done to the chosen question, median", ours.figure("question_s", first), 0.7, 2, " s"),
        *(
            line("the same with short windows", row.figure("question_s", first), 0.7, 2, " s")
            for row in rows[1:] if row.name.startswith(OURS)
        ),
        line(f"first sound at {last} s over {first} s, less than {NOISE_S * 1000:.0f} ms counted as that",
             _over(_at_least(NOISE_S, ours.figure("sound_s", last)), _at_least(NOISE_S, ours.figure("sound_s", first))),
             1.2, 2, "x"),
        line(f"chosen question at {last} s over {first} s",
             _over(ours.figure("question_s", last), ours.figure("question_s", first)), 1.2, 2, "x"),
        line("live recognition, CPU-s per s", _over(ours.figure("live_recogniser_cpu_s", last, min), last), 0.15, 3,
             ""),
        line("the whole program meanwhile", _over(ours.figure("live_cpu_s", last, min), last), 0.15, 3, ""),
        line("live frames per frame of speech", ours.figure("live_frames_per_frame", last), 2.0, 2, ""),
        line("live tokens per word", ours.figure("live_tokens_per_word", last), 1.6, 2, ""),
        *(
            line(f"stand-in app's wait over our first sound, {n} s",
                 _over(app.figure("question_s", n), ours.figure("sound_s", n)), least, 0, "x", True)
            for n, least in ((60, 20.0), (120, 40.0)) if n in lengths_s
        ),
        line("memory of all processes, without a screen", ours.figure("peak_mb", last, max), 500, 0, " MB"),
        line("`--help` over bare Python", (found["help_s"] - found["python_s"]) * 1000, 80, 0, " ms"),
        line("launch to first sound", found["first_question_s"] * 1000, 400, 0, " ms"),
    ]  # fmt: skip
    return table(["goal", "wanted", "measured", "met"], lines)


def peers_win(rows: Sequence[Row], lengths_s: Sequence[int]) -> list[str]:
    """A sentence for each thing in which a peer is better than ours."""
    found = []
    for row in (row for row in rows if not row.name.startswith(OURS)):
        for key, what in (("question_s", "waits, in s"), ("cpu_s", "CPU-s"), ("peak_mb", "memory, in MB")):
            pairs = [(n, row.figure(key, n), rows[0].figure(key, n)) for n in lengths_s]
            better = [
                f"{n} s {theirs:.3g} (ours {own:.3g})" for n, theirs, own in pairs if theirs and own and theirs < own
            ]
            if better:
                found.append(f"{row.name}, {what}: {', '.join(better)}.")
    return found


def loads(rows: Sequence[Row]) -> str:
    """How disturbed the runs were."""
    shares = [run["other_load"] for row in rows for runs in row.runs.values() for run in runs if "failed" not in run]
    if not shares:
        return "no run"
    disturbed = sum(share > DISTURBED for share in shares)
    return (
        f"{len(shares)} runs; others took {statistics.median(shares):.0%} of the machine (median), "
        f"{max(shares):.0%} at most; more than {DISTURBED:.0%} in {disturbed} runs"
    )
