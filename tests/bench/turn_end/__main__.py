"""`python -m tests.bench.turn_end dev|check [--rows] [--ends TEXT] [--spoken N]`."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.bench.turn_end import __doc__ as about
from tests.bench.turn_end import spoken
from tests.bench.turn_end.answers import SPLITS, Marked, Seen, load, silences, true_words
from voiceprep.bank import bank_folder
from voiceprep.bank.load import sound_bank
from voiceprep.core.patience import hold_s

SILENCES_S = (0.3, 0.6, 1.0, 1.6, 2.5, 4.0)
NOTICED_S, QUICK_PASS_S, SOUND_S = 0.2, 0.6, 0.05
"""The budget: a silence is noticed, the words before it are recognised (0.26 to 1 s by model and length), and the
decision becomes sound. The first two run within the hold."""
GOAL_S, GOAL_SHARE = 1.2, 0.05
BY_ITSELF_S = 10.0
TIMES = 2000


@dataclass(frozen=True)
class Outcome:
    """What became of an answer: whether somebody was cut off in it, and the seconds from its end to the decision."""

    kind: str
    cut: bool
    wait_s: float


def by_silence(answer: Marked, after_s: float) -> Outcome:
    return Outcome(answer.kind, any(p > after_s for p in answer.pauses_s), after_s)


def by_patience(answer: Marked, seen: Sequence[Seen], pass_s: float = QUICK_PASS_S) -> Outcome:
    waits = [_wait_s(one, pass_s) for one in seen]
    cut = any(one.lasts_s is not None and one.lasts_s > wait for one, wait in zip(seen, waits, strict=True))
    return Outcome(answer.kind, cut, waits[-1])


def _wait_s(seen: Seen, pass_s: float) -> float:
    found = hold_s(seen.silence)
    return float("inf") if found is None else max(NOTICED_S + pass_s, found)


def figures(found: Sequence[Outcome]) -> dict[str, float | list[float]]:
    waits = sorted(o.wait_s for o in found)
    return {
        "answers": len(found),
        "cut": sum(o.cut for o in found) / len(found),
        "cut_95": interval([o.cut for o in found]),
        "p50_s": statistics.median(waits),
        "p95_s": waits[min(len(waits) - 1, round(0.95 * (len(waits) - 1)))],
        "sound_p50_s": statistics.median(waits) + SOUND_S,
        "soon": sum(w + SOUND_S <= GOAL_S for w in waits) / len(waits),
        "by_itself": sum(w <= BY_ITSELF_S for w in waits) / len(waits),
    }


def interval(cut: Sequence[bool]) -> list[float]:
    """The middle 95 % of the share, over answers drawn again."""
    chance = random.Random(1)
    shares = sorted(sum(chance.choices(cut, k=len(cut))) / len(cut) for _ in range(TIMES))
    return [shares[round(0.025 * (TIMES - 1))], shares[round(0.975 * (TIMES - 1))]]


def least_silence_s(answers: Sequence[Marked]) -> float:
    """The shortest silence, to 0.1 s, that cuts off no more than the goal's share."""
    return next(
        t / 10 for t in range(1, 1000) if figures([by_silence(a, t / 10) for a in answers])["cut"] <= GOAL_SHARE
    )


def rows(answers: Sequence[tuple[Marked, Sequence[Seen]]]) -> None:
    """Each false cut-off with the words before it, and each long wait."""
    for answer, seen in answers:
        for one in seen:
            wait_s = _wait_s(one, QUICK_PASS_S)
            last = " ".join(w.text for w in one.silence.words[-10:])
            core = "{} of {}".format(*one.silence.core)
            if one.lasts_s is not None and one.lasts_s > wait_s:
                print(f"cut  {answer.kind:<10}{one.lasts_s:.1f} > {wait_s:.1f}  {core}  {last}")
            if one.lasts_s is None and wait_s > GOAL_S:
                print(f"wait {answer.kind:<10}      {wait_s:.1f}  {core}  {last}")


def main() -> None:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split", choices=SPLITS)
    parser.add_argument("--rows", action="store_true", help="first every false cut-off and long wait (dev only)")
    parser.add_argument(
        "--ends", metavar="TEXT", help="every answer ends with this, after 0.4 s: who was told to say it"
    )
    parser.add_argument("--spoken", type=int, metavar="N", help="also N answers as a voice says and sphinx hears them")
    args = parser.parse_args()
    if args.rows and args.split != "dev":
        parser.error("only dev's rows may be looked at")
    bank = sound_bank(bank_folder())
    answers = load(args.split)
    if args.ends:
        answers = [replace(a, pieces=(*a.pieces, args.ends), pauses_s=(*a.pauses_s, 0.4)) for a in answers]
    seen = [(a, list(silences(a, true_words(a), bank, engine="whisper"))) for a in answers]
    if args.rows:
        rows(seen)
    table = {f"silence {s} s": figures([by_silence(a, s) for a in answers]) for s in SILENCES_S}
    least_s = least_silence_s(answers)
    table[f"silence {least_s} s, the least at {GOAL_SHARE:.0%}"] = figures([by_silence(a, least_s) for a in answers])
    ours = [by_patience(*one) for one in seen]
    table["patience"] = figures(ours)
    for kind in sorted({o.kind for o in ours}):
        table[f"  {kind}"] = figures([o for o in ours if o.kind == kind])
    boundaries = {}
    if args.spoken and shutil.which("flite"):
        chosen = answers[:: max(1, len(answers) // args.spoken)][: args.spoken]
        rough, boundaries = spoken.heard(chosen, bank)
        table[f"patience, sphinx's words of {len(chosen)}"] = figures([by_patience(*one) for one in rough])
        table["patience, their true words"] = figures([o for a, o in zip(answers, ours, strict=True) if a in chosen])
    print(f"{'':<30}{'answers':>8}{'cut off':>9}{'95 %':>12}{'p50 s':>7}{'p95 s':>7}{'sound p50':>11}{'<=1.2 s':>9}")
    for name, f in table.items():
        low, high = f["cut_95"]
        print(f"{name:<30}{f['answers']:>8}{f['cut']:>9.1%}{low:>6.0%}-{high:.0%}".ljust(59)
              + f"{f['p50_s']:>7.2f}{f['p95_s']:>7.2f}{f['sound_p50_s']:>11.2f}{f['soon']:>9.0%}")  # fmt: skip
    if boundaries:
        print(
            "silences over 0.25 s: {silences}, found {found:.1%}, their start off {off_median_ms:.0f} ms".format(
                **boundaries
            )
        )
    print(json.dumps({"bench": "turn_end", "split": args.split, "goal": [GOAL_S, GOAL_SHARE], "figures": table,
                      "boundaries": boundaries}))  # fmt: skip


if __name__ == "__main__":
    main()
