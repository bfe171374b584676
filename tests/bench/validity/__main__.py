"""`python -m tests.bench.validity dev|check|fresh-N [--spoken [--limit N]] [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.bench import lexical
from tests.bench.validity import __doc__ as about
from tests.bench.validity import data, figures, generated, judges, mohler, spoken, table
from tests.bench.validity.data import Asked, Row
from tests.bench.validity.judges import Judged, Said
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core import matching, reference
from voiceprep.core.feedback import Assessment, Ground
from voiceprep.core.transcript import typed


def judge_all(
    rows: Sequence[Row], asked: dict[str, Asked], bank: Bank, grounds: dict[str, Ground]
) -> dict[str, list[Judged]]:
    """Every row by every judge that can judge it."""
    found: dict[str, list[Judged]] = {m: [] for m in (*table.MODES, *table.BASELINES)}
    everything = reference.known(tuple(grounds.values()))
    without = {
        q: reference.known(tuple(g for i, g in grounds.items() if i != q)) for q in {r.question_id for r in rows}
    }
    rare = lexical.TfIdf([r.text for r in rows] + [q.reference for q in asked.values()])
    for row in rows:
        question = asked[row.question_id]
        gold = data.gold_coverage(row, question)
        honest = judges.honest(row) if row.variant == "injection" else ""
        if row.question_id in grounds and set(row.gold) <= set(question.texts):
            ground = grounds[row.question_id]
            got = judges.product(ground, typed(row.text))
            gain = _gain(row, got.coverage, judges.product(ground, typed(honest)).coverage if honest else 0.0, gold)
            hits = frozenset(p.id for p in got.pitfalls)
            found["product"].append(_judged(row, gold, got, judges.verdicts(got), hits, gain))
        got, points = judges.by_points(question, row.text, bank, everything)
        bare = judges.by_points(question, honest, bank, everything)[0].coverage if honest else 0.0
        found["points"].append(_judged(row, gold, got, points, None, _gain(row, got.coverage, bare, gold)))
        for name, known in (("reference", everything), ("stranger", without[row.question_id])):
            got = judges.by_reference(question, row.text, bank, known)
            bare = judges.by_reference(question, honest, bank, known).coverage if honest else 0.0
            found[name].append(_judged(row, gold, got, None, None, _gain(row, got.coverage, bare, gold)))
        shares = lexical.keyword_shares(question.texts, row.text)
        marks = {p: Said("covered" if s >= lexical.HEARD else "missed") for p, s in shares.items()}
        coverage = sum(question.weights[p] * s for p, s in shares.items()) / sum(question.weights.values())
        found["keywords"].append(Judged(row, coverage, gold, points=marks))
        recall = lexical.stem_recall(question.ask, question.reference, row.text)
        found["stems"].append(Judged(row, recall, gold))
        found["tf-idf"].append(Judged(row, rare.cosine(question.reference, row.text), gold))
        found["length"].append(Judged(row, lexical.length(row.text), gold))
    return {name: rows for name, rows in found.items() if rows}


def _judged(
    row: Row,
    gold: float,
    got: Assessment,
    points: Mapping[str, Said] | None,
    hits: frozenset[str] | None,
    gain: float,
) -> Judged:
    return Judged(row, got.coverage or 0.0, gold, got.unscored is not None, points, hits, gain)


def _gain(row: Row, whole: float | None, honest: float | None, gold: float) -> float:
    """What an injection earned beyond its honest sentences, or beyond what it truly gives where that is more."""
    if row.variant != "injection":
        return 0.0
    return round(max(0.0, (whole or 0.0) - max(honest or 0.0, gold)), 3)  # the product rounds, too


def wrong(judged: Sequence[Judged]) -> Iterator[str]:
    """Each row with its verdicts and pitfalls that aren't gold's, and the quote that led there."""
    for j in judged:
        yield f"{j.row.id} {j.row.variant}: coverage {j.coverage:.2f}, gold {j.gold:.2f}{', unscored' * j.unscored}"
        for point_id, gold in j.row.gold.items():
            said = (j.points or {})[point_id]
            if said.status != gold:
                quote = f"«{said.quotes[0][2]}»" if said.quotes else ""
                yield f"    {point_id:<28} gold {gold:<12} got {said.status:<12} {quote}"
        if (j.pitfalls or frozenset()) != j.row.pitfalls:
            yield f"    pitfalls: gold {sorted(j.row.pitfalls)}, got {sorted(j.pitfalls or ())}"
    yield ""


def rounded(value: Any) -> Any:
    """The same figures, to four places."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split", type=split, help="dev, check, or fresh-N")
    parser.add_argument("--spoken", action="store_true", help="also speak the bank's answers and hear them; minutes")
    parser.add_argument("--every-voice", action="store_true", help="each of them by every voice, not by one in turn")
    parser.add_argument("--limit", type=int, default=None, metavar="N", help="speak only N answers")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="recognisers side by side")
    parser.add_argument("--json", action="store_true", help="only the last line")
    parser.add_argument("--rows", action="store_true", help="first every wrong verdict of the product (dev only)")
    args = parser.parse_args()
    if args.rows and args.split != "dev":
        parser.error("only dev's rows may be looked at")
    if not (data.YARDSTICK / f"{args.split}.jsonl").is_file():
        parser.error(f"there is no split {args.split}")
    bank = sound_bank(bank_folder())
    asked = data.questions(bank)
    rows = data.load(args.split)
    grounds = {q.id: Ground(q, bank.lexicon, bank.version) for q in bank.questions.values()}
    judged = judge_all(rows, asked, bank, grounds)
    if args.rows and not args.json:
        print("\n".join(wrong(judged["product"])))
    found = {
        "split": args.split,
        "rows": len(rows),
        "questions": len({r.question_id for r in rows}),
        "matchers": {"product": matching.MATCHER_VERSION, "reference": reference.MATCHER_VERSION},
        "bank": bank.version,
        "judges": {
            name: figures.report(ours, times=300 if name in table.MODES else 0) for name, ours in judged.items()
        },
        "generated": generated.figures(bank, grounds),
        "mohler": mohler.figures(bank),
    }
    if args.spoken:
        ours = [r for r in rows if r.question_id in grounds]
        found["spoken"] = spoken.figures(
            ours, asked, bank, grounds, limit=args.limit, jobs=args.jobs, every_voice=args.every_voice
        )
    if not args.json:
        print("\n".join(table.lines(found)))
    print(json.dumps(rounded(found), ensure_ascii=False))


def split(name: str) -> str:
    if not re.fullmatch(r"dev|check|fresh-\d+", name):
        raise argparse.ArgumentTypeError("it's dev, check, or fresh-N")
    return name


if __name__ == "__main__":
    main()
