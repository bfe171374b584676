"""How long learning and reading take: `python -m tests.bench.matcher [--times N]`.

For each question of the bank that has sayings: learning its weights, compiling its whole rubric, and judging a
two-minute answer (300 words of its own model answer and of talk), typed and heard. Milliseconds of work (CPU time, so
that others on the machine don't count), median of N. Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from itertools import cycle, islice

from tests.core.questions import spoken
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core.feedback import Ground, assess
from voiceprep.core.folding import Folder
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.question import Question
from voiceprep.core.rubric import compile_rubric
from voiceprep.core.sayings import learn, windows
from voiceprep.core.transcript import typed
from voiceprep.core.words import tokenise

WORDS = 300
"""Two minutes at 150 words a minute."""


def took_ms(work: Callable[[], object], times: int) -> float:
    """Median CPU time of `work`, in milliseconds, over `times` runs after one that warms the caches."""
    work()
    found = []
    for _ in range(times):
        started = time.process_time()
        work()
        found.append((time.process_time() - started) * 1000)
    return round(statistics.median(found), 1)


def two_minutes(question: Question, lexicon: Lexicon) -> str:
    """The model answer between background talk, cut or repeated to the length."""
    words = " ".join([*lexicon.background[:5], question.model_answer, *lexicon.background[5:10]]).split()
    return " ".join(islice(cycle(words), WORDS))


def figures(bank: Bank, question: Question, times: int) -> dict[str, float]:
    folder, ground = Folder(bank.lexicon), Ground(question, bank.lexicon, bank.version)
    text = two_minutes(question, bank.lexicon)
    as_typed, as_heard = typed(text), spoken(text)
    return {
        "sayings": sum(len(p.said) + len(p.missaid) + len(p.named) for p in question.points),
        "windows": sum(1 for _ in windows(tokenise(text), ())),
        "learn_ms": took_ms(
            lambda: learn(question.points, question.pitfalls, question.model_answer, bank.lexicon, folder), times
        ),
        "compile_ms": took_ms(lambda: compile_rubric(question, bank.lexicon), times),
        "typed_ms": took_ms(lambda: assess(ground, as_typed), times),
        "heard_ms": took_ms(lambda: assess(ground, as_heard), times),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, metavar="N", help="runs of which the median is given")
    args = parser.parse_args()
    started = time.process_time()
    bank = sound_bank(bank_folder())
    load_ms = round((time.process_time() - started) * 1000, 1)
    taught = [q for q in bank.questions.values() if any(p.said for p in q.points)]
    rows = {q.id: figures(bank, q, args.times) for q in taught}
    print(f"{'ms of work':<28}{'sayings':>8}{'windows':>8}{'learn':>8}{'compile':>8}{'typed':>8}{'heard':>8}")
    for question_id, row in rows.items():
        print(f"{question_id:<28}" + "".join(f"{value:>8}" for value in row.values()))
    print(f"loading the bank with its sayings, once: {load_ms} ms")
    print(json.dumps({"load_ms": load_ms, "questions": rows}))


if __name__ == "__main__":
    main()
