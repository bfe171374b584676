"""The figures as text."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.validity import spoken
from tests.bench.validity.figures import GOALS
from tests.bench.validity.generated import BOUNDS

MODES = ("product", "points", "reference", "stranger")
BASELINES = ("keywords", "stems", "tf-idf", "length")
TOO_EASY = 0.4


def number(value: float | None, width: int = 5) -> str:
    return f"{'-' if value is None else f'{value:.2f}':>{width}}"


def lines(found: dict) -> Iterator[str]:
    """The whole report but its last line."""
    yield (
        f"{found['split']}: {found['rows']} answers to {found['questions']} questions; "
        f"matchers {found['matchers']['product']}, {found['matchers']['reference']}"
    )
    yield "A floor that is missed is marked with !  Brackets: 95 % bootstrap over questions."
    yield ""
    yield from _overall(found)
    yield ""
    yield from _easy(found)
    for mode in MODES:
        if mode in found["judges"]:
            yield ""
            yield from _variants(mode, found["judges"][mode])
    yield ""
    yield from _generated(found["generated"])
    if "spoken" in found:
        yield ""
        yield from _spoken(found["spoken"])
    yield ""
    yield _mohler(found["mohler"])


def _overall(found: dict) -> Iterator[str]:
    judges = found["judges"]
    modes = [m for m in MODES if m in judges]
    yield (f"{'':<27}floor  moon" + "".join(f"  {m:<18}" for m in modes) + "".join(f" {b:>8}" for b in BASELINES))
    yield (
        f"{'questions':<38}"
        + "".join(f"  {judges[m]['questions']:>5}{'':<13}" for m in modes)
        + "".join(f" {judges[b]['questions']:>8}" for b in BASELINES)
    )
    for goal in GOALS:
        text = f"{goal.label:<27}{number(goal.floor)} {number(goal.moonshot)}"
        for mode in modes:
            value = judges[mode]["figures"][goal.name]
            spread = judges[mode]["interval"].get(goal.name)
            shown = f"{number(value)}{'!' if goal.missed(value) else ' '}"
            bracket = f"[{spread[0]:.2f} {spread[1]:.2f}]" if spread else ""
            text += f"  {shown}{bracket:<12}"
        yield text + "".join(f" {number(judges[b]['figures'][goal.name], 8)}" for b in BASELINES)


def _easy(found: dict) -> Iterator[str]:
    values = {b: found["judges"][b]["figures"]["auc_full_stuffed"] for b in BASELINES}
    easy = [b for b, v in values.items() if v is not None and v >= TOO_EASY]
    told = ", ".join(f"{b} {v:.3f}" for b, v in values.items() if v is not None)
    if easy:
        yield f"TOO EASY: a baseline that only counts words ranks full above stuffed in {TOO_EASY} or more: {told}"
    else:
        yield f"The baselines fail as they must (AUC full > stuffed below {TOO_EASY}): {told}"


def _variants(mode: str, judge: dict) -> Iterator[str]:
    yield (
        f"{mode:<12} rows unscored unsure  coverage  gold  recall  false credit  false contr.  contr. F1"
        "  pitfall P     R    F1"
    )
    for variant, v in judge["variants"].items():
        yield (
            f"{variant:<12}{v['rows']:>5}{v['unscored']:>9}{v['unsure']:>7}{number(v['coverage'], 10)}"
            f"{number(v['gold'], 6)}{number(v['recall'], 8)}{number(v['false_credit'], 14)}"
            f"{number(v['false_contradiction'], 14)}{number(v['contradiction_f1'], 11)}"
            f"{number(v['pitfall_precision'], 11)}{number(v['pitfall_recall'], 6)}{number(v['pitfall_f1'], 6)}"
        )


def _generated(found: dict) -> Iterator[str]:
    yield f"{'generated':<18}{'measure':<23}answers  bound  moon  product unscored  reference unscored"
    for kind, bound in BOUNDS.items():
        row = found[kind]
        marks = {m: "!" if row[f"missed_{m}"] else " " for m in ("product", "reference")}
        yield (
            f"{kind:<18}{bound.measure:<23}{row['answers']:>7}  {'<=' if bound.low else '>='}{bound.bound:.2f}"
            f"  {bound.moonshot:.2f}  {number(row['product'], 7)}{marks['product']}{row['unscored_product']:>8}"
            f"  {number(row['reference'], 8)}{marks['reference']}{row['unscored_reference']:>9}"
        )


def _spoken(found: dict) -> Iterator[str]:
    if "absent" in found:
        yield f"Not spoken: {found['absent']}."
        return
    yield (
        f"{found['answers']} answers really spoken, heard by the {found['engine']} engine; coverage is the share "
        "of all points that got credit"
    )
    for voice, v in found["voices"].items():
        shown = [f"WER {number(v['wer']).strip()}"]
        for name, label in (("loss", "loss on full, plain, partial"), ("false_contradiction", "false contradictions")):
            floor, moonshot = spoken.FLOORS[name]
            mark = "!" if v[name] is not None and v[name] > floor + 1e-9 else ""
            shown.append(f"{label} {number(v[name]).strip()}{mark} (<= {floor:.2f}, {moonshot:.2f})")
        yield f"{voice}: " + "; ".join(shown)
    yield f"{'all voices':<12} clips unscored  typed  heard   loss  recall typed  heard  false credit  false contr."
    for variant, v in found["voices"]["all"]["variants"].items():
        yield (
            f"{variant:<12}{v['rows']:>6}{v['unscored']:>9}{number(v['typed'], 7)}{number(v['heard'], 7)}"
            f"{number(v['typed'] - v['heard'], 7)}{number(v['recall_typed'], 14)}{number(v['recall_heard'], 7)}"
            f"{number(v['false_credit'], 14)}{number(v['false_contradiction'], 14)}"
        )


def _mohler(found: dict) -> str:
    if "absent" in found:
        return f"Mohler: no figures, {found['absent']}."
    marks = {
        "raw_r": "!" if (found["raw_r"] or 0.0) < 0.58 else "",
        "mapped_rmse": "!" if (found["mapped_rmse"] or 9.0) > 0.90 else "",
    }
    return (
        f"Mohler, {found['answers']} answers to {found['questions']} questions ({found['unscored']} unscored): raw r "
        f"{number(found['raw_r']).strip()}{marks['raw_r']} (>= 0.58, 0.65); through a line fitted on other questions, "
        f"r {number(found['mapped_r']).strip()}, error {number(found['mapped_rmse']).strip()}{marks['mapped_rmse']} "
        "(<= 0.90, 0.84)"
    )
