"""How soon the interviewer answers: `python -m tests.bench.answering [--quick]`.

The product itself on the virtual sound card: its runner, capture, VAD, engines in their children, prepared voice, open
output stream. A candidate made of flite speaks answers of 8 to 60 s into the microphone and presses *done* 50 ms after
the last word. Only the last sentence decides which follow-up is right. Measured is when the output callback takes the
first sample that isn't zero of "Thank you.", and of the right follow-up. The recogniser does its true passes over a
Whisper folder of base's true size and cost; then the words are those that were really said (see `answering_process`),
since made weights hear none. So nothing here says how often real weights would mishear the last sentence.

About 17 minutes on two quiet cores, --quick 4. Needs pulseaudio and flite. Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.answering_answers import (
    BESIDES,
    LENGTHS_S,
    Answer,
    Speaking,
    check,
    follow_up_ask,
    made_answer,
    made_bank,
)
from tests.bench.peers import WORDS_PER_S, machine
from tests.kit import virtual_card
from tests.kit.on_the_card import Handed, Session, Told, is_said
from tests.kit.virtual_card import VirtualCard
from voiceprep import durable, memory, wiring
from voiceprep.bank.contents import Bank
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core.plan import plan_questions
from voiceprep.core.transcript import Transcript
from voiceprep.speech import flite
from voiceprep.speech.child import Child
from voiceprep.speech.recogniser import ChildTranscriber
from voiceprep.speech.windows import Calibration, fingerprint, keep
from voiceprep.wiring.session import Steering

PRESSED_AFTER_S = 0.05
REACTS_S = 0.4
THINKS_AGAIN_S = 2.0
"""Before going on with an answer that was done; and until the piece that is being listened to with care is over."""
LONG_S, SHORT_S, AGAIN = 300, 10, 3
PADDED = 6
QUICK, QUICK_LONG_S = 6, 60
GOALS = {"ack_ms": (30, 80), "follow_up_ms": (700, 1500)}
LONGER = 1.2
FOLLOWS_WITHIN_S = 90.0


@dataclass
class Pass:
    """The recogniser asked about a stretch of a take, in seconds of it; and when, by the monotonic clock."""

    take: str
    start_s: float
    end_s: float
    quick: bool
    asked_s: float
    took_s: float = math.nan


@dataclass
class Row:
    """One *done*: milliseconds from when it was delivered. `pressed_ms` is after the last word, `tail_s` what was still
    to be recognised then and `tail_ms` how long that took."""

    windows: str
    length_s: float
    right: str
    chosen: str
    said: bool
    """Whether the right follow-up's own sound was handed over."""
    pressed_ms: float
    known_ms: float
    """The loop had the key, and the journal too."""
    ack_ms: float
    ack_audible_ms: float
    ended_ms: float
    transcribed_ms: float
    assessed_ms: float
    spoken_ms: float
    """The voice's lane gave the follow-up to the speaker."""
    follow_up_ms: float
    follow_up_audible_ms: float
    silent_ms: float
    """Nobody spoke, between the acknowledgement and the follow-up: they come out of the same stream."""
    tail_s: float
    tail_ms: float
    again: bool = False
    """Said after "I wasn't finished"."""


@dataclass
class Bench:
    """A session in which each answer is given in turn."""

    answers: Sequence[tuple[Answer, int]]
    """With how often the candidate goes on after it."""
    more: Sequence[Answer]
    """What is said then."""
    card: VirtualCard
    windows: str
    script: Path
    rows: list[Row] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    _parts: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def steered(self, steering: Steering) -> None:
        """The recogniser's process becomes the bench's, with the same settings."""
        ear = steering.ports.transcriber
        assert isinstance(ear, ChildTranscriber)
        ear.child.close()
        restarted, settings = ear.child.restarted, ear.child._command[-1]
        ear.child = Child("tests.bench.answering_process", [settings, str(self.script)])
        ear.child.restarted = restarted
        transcribe = ear.transcribe

        def noted(path: Path, start: int = 0, end: int | None = None, *, quick: bool = False) -> Transcript:
            one = Pass(path.stem, start / 16_000, (end or 0) / 16_000, quick, time.monotonic())
            self.passes.append(one)
            try:
                return transcribe(path, start, end, quick=quick)
            finally:
                one.took_s = time.monotonic() - one.asked_s

        ear.transcribe = noted  # type: ignore[method-assign]

    def tell(self, take: str, part: Answer) -> None:
        """Tells the recogniser's process what will be spoken next."""
        self._parts.setdefault(take, []).append(part.part())
        durable.write_atomic(self.script, json.dumps(self._parts).encode())

    def give(self, session: Session) -> None:
        """Every answer; in the candidate's thread."""
        take = ""
        for answer, times in self.answers:
            take = session.listening(take)
            self._speak(session, take, answer, answer, again=False)
            for n in range(times):
                session.deliver(e.AnswerReopened(take))
                session.listening(within_s=10.0)
                time.sleep(THINKS_AGAIN_S)
                session.wait(
                    lambda: not any(math.isnan(one.took_s) for one in self.passes), what="a careful piece's end"
                )
                self._speak(session, take, answer, self.more[n % len(self.more)], again=True)
            session.wait(lambda done=take: session.state.take_id != done and session.microphone.reading, 30.0)
            take = session.state.take_id
            time.sleep(REACTS_S)
            session.deliver(e.Skipped(session.state.turn_id))

    def _speak(self, session: Session, take: str, answer: Answer, part: Answer, *, again: bool) -> None:
        self.tell(take, part)
        time.sleep(REACTS_S)
        since = session.input.ring.end
        player = self.card.say(part.path, wait=False)
        last = session.hears(part.sound, since)
        late_s = session.wait_for_place(last, PRESSED_AFTER_S)
        done_s = time.monotonic()
        session.deliver(e.DoneAsked(take))
        session.wait(lambda: session.handed("voice", done_s), FOLLOWS_WITHIN_S, "the follow-up")
        player.wait()
        before = self.rows[-1].length_s if again else 0.0
        self.rows.append(self._row(session, take, answer, done_s, late_s, before + part.length_s, again))
        print(told(self.rows[-1]), file=sys.stderr, flush=True)

    def _row(
        self, session: Session, take: str, answer: Answer, done_s: float, late_s: float, length_s: float, again: bool
    ) -> Row:
        follow_up, ack = session.handed("voice", done_s), session.handed("cues", done_s)
        assert follow_up is not None

        def after(one: Told | None) -> float:
            return ms(one.at_s - done_s) if one is not None else math.nan

        def moment(one: Handed | None, which: str) -> float:
            return ms(getattr(one, which) - done_s) if one is not None else math.nan

        assessed = session.event(e.Assessed, done_s, take)
        tail = [one for one in self.passes if one.take == take and one.quick and one.asked_s >= done_s - 0.3]
        return Row(
            self.windows, round(length_s, 1), answer.right,
            chosen=(assessed.state.follow_up_id or "none") if assessed else "none",
            said=is_said(follow_up.sound, session, follow_up_ask(answer.right)), pressed_ms=ms(late_s),
            known_ms=after(session.event(e.DoneAsked, done_s, take)),
            ack_ms=moment(ack, "first_s"), ack_audible_ms=moment(ack, "audible_s"),
            ended_ms=after(session.event(e.AnswerEnded, done_s, take)),
            transcribed_ms=after(session.event(e.AnswerTranscribed, done_s, take)), assessed_ms=after(assessed),
            spoken_ms=moment(follow_up, "called_s"), follow_up_ms=moment(follow_up, "first_s"),
            follow_up_audible_ms=moment(follow_up, "audible_s"),
            silent_ms=ms(follow_up.audible_s - ack.over_s) if ack is not None else math.nan,
            tail_s=round(sum(one.end_s - one.start_s for one in tail), 2), tail_ms=ms(sum(one.took_s for one in tail)),
            again=again,
        )  # fmt: skip


def model_apart(out: Path) -> Path:
    """A Whisper folder of base's true size, made in another process: what that takes is none of this one's memory."""
    make = (
        f"import pathlib; from tests.bench.peers.answers import made_model as m; m(pathlib.Path({str(out)!r}), 'base')"
    )
    subprocess.run([sys.executable, "-c", make], check=True)
    return out


def ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def told(row: Row) -> str:
    right = "right" if row.said and row.chosen == row.right else f"WRONG: {row.chosen} for {row.right}"
    return (
        f"{row.windows:>6} {row.length_s:>6.1f} s  ack {row.ack_ms:>5.0f}  follow-up {row.follow_up_ms:>5.0f} ms "
        f"(ended {row.ended_ms:.0f}, heard {row.transcribed_ms:.0f}, judged {row.assessed_ms:.0f}, given "
        f"{row.spoken_ms:.0f}; tail {row.tail_s:.1f} s took {row.tail_ms:.0f})  {right}"
    )


def held(
    answers: Sequence[tuple[Answer, int]], more: Sequence[Answer], bank: Bank, model: Path, card: VirtualCard,
    folder: Path, *, short: bool,
) -> list[Row]:  # fmt: skip
    """A session of its own in `folder`, with short windows or padded ones."""
    where = Places(folder / "data", folder / "cache")
    if short:  # as `calibrate` writes it for a model whose words stay the same
        keep(model, Calibration(fingerprint(model), True, 100, 0, 0.1, 0.3, 3.0), where.calibration)
    bench = Bench(answers, more, card, "short" if short else "padded", folder / "script.json")
    plan = plan_questions([f"q{n:02}" for n in range(1, len(answers) + 1)], bank.questions)
    choice = wiring.Choice("whisper", str(model), "auto", None)
    Session(plan, bank, where, choice, bench.give, steered=bench.steered).hold()
    return bench.rows


Figures = dict[str, Any]


def figures(rows: Sequence[Row]) -> Figures:
    found: Figures = {"answers": len(rows), "right": sum(row.said and row.chosen == row.right for row in rows)}
    for name in (
        "pressed_ms", "known_ms", "ack_ms", "ack_audible_ms", "ended_ms", "transcribed_ms", "assessed_ms", "spoken_ms",
        "follow_up_ms", "follow_up_audible_ms", "silent_ms", "tail_ms",
    ):  # fmt: skip
        ordered = sorted(getattr(row, name) for row in rows if not math.isnan(getattr(row, name)))
        if ordered:
            at = (max(0, math.ceil(share * len(ordered)) - 1) for share in (0.5, 0.95, 1.0))
            found[name] = {
                "n": len(ordered),
                **{key: ordered[n] for key, n in zip(("p50", "p95", "worst"), at, strict=True)},
            }
    return found


NAMES = {
    "pressed_ms": "the key, after the last word",
    "known_ms": "the loop has it",
    "ack_ms": "G1a acknowledgement's first sample",
    "ack_audible_ms": "    its first audible one",
    "ended_ms": "the take is closed",
    "tail_ms": "    recognising the tail takes",
    "transcribed_ms": "the words are known",
    "assessed_ms": "judged, and the follow-up chosen",
    "spoken_ms": "the follow-up is with the speaker",
    "follow_up_ms": "G1b follow-up's first sample",
    "follow_up_audible_ms": "    its first audible one",
    "silent_ms": "    nobody spoke since the first words",
}


def table(title: str, found: Figures, *, goals: bool) -> str:
    lines = [f"\n{title}: {found['answers']} times *done*, right follow-up {found['right']}"]
    lines.append(f"{'ms from done':<38}{'n':>4}{'p50':>8}{'p95':>8}{'worst':>8}")
    for name, shown in NAMES.items():
        if name in found:
            f = found[name]
            goal = "   goal {} / {}".format(*GOALS[name]) if goals and name in GOALS else ""
            lines.append(f"{shown:<38}{f['n']:>4}{f['p50']:>8.0f}{f['p95']:>8.0f}{f['worst']:>8.0f}{goal}")
    return "\n".join(lines)


def longer(rows: Sequence[Row]) -> Figures:
    """G3: the medians of the long answer and of going on with it, beside those of the short one."""
    found: Figures = {}
    for name in ("ack_ms", "follow_up_ms"):
        few, many = (figures(some).get(name, {}) for some in (rows[: AGAIN + 1], rows[AGAIN + 1 :]))
        if few and many:
            found[name] = {"short": few["p50"], "long": many["p50"], "times": round(many["p50"] / few["p50"], 2)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} answers, {QUICK_LONG_S} s instead of {LONG_S}")
    parser.add_argument("--answers", type=int, help="so many with short windows")
    parser.add_argument("--padded", type=int, help="so many with padded ones")
    parser.add_argument("--long", type=int, metavar="S", help="the long answer; 0: none")
    given = parser.parse_args()
    memory.keep_little()  # as the command line does
    able, why = virtual_card.available()
    if not able or flite.program() is None:
        print(f"answering: not measured ({why or 'flite is not installed'})")
        return
    many = given.answers if given.answers is not None else QUICK if given.quick else len(LENGTHS_S)
    padded = given.padded if given.padded is not None else 2 if given.quick else PADDED
    long_s = given.long if given.long is not None else QUICK_LONG_S if given.quick else LONG_S
    began_s, load = time.monotonic(), [os.getloadavg()[0]]
    cores = machine.only_two_cores()
    os.environ["VOICEPREP_BENCH_WORDS_PER_S"] = str(WORDS_PER_S)
    with tempfile.TemporaryDirectory() as name, VirtualCard(Path(name) / "card") as card:
        folder = Path(name)
        os.environ.update(card.env)
        model, bank = model_apart(folder / "model"), made_bank(folder / "bank", len(LENGTHS_S) + 2)
        speaking = Speaking(folder)
        answers = [(made_answer(speaking, f"a{n:02}", n, s), 0) for n, s in enumerate(LENGTHS_S)]
        check([answer for answer, _ in answers], bank)
        more = [speaking.answer(f"more{n}", BESIDES[2 * n : 2 * n + 2], "", (0.5,)) for n in range(AGAIN)]
        lengths_s = (SHORT_S, long_s) if long_s else ()
        others = [(made_answer(speaking, f"long{n}", 4, s), AGAIN) for n, s in enumerate(lengths_s)]
        check([answer for answer, _ in others], bank)
        # Few of them, but the shortest and the longest, when it's to be quick.
        chosen = [answers[round(n * (len(answers) - 1) / max(1, many - 1))] for n in range(many)]
        rows = held(chosen, more, bank, model, card, folder / "one", short=True) if many else []
        grown = held(others, more, bank, model, card, folder / "two", short=True) if others else []
        wide = [answers[(7 * n + 1) % len(answers)] for n in range(padded)]
        slow = held(wide, more, bank, model, card, folder / "three", short=False) if padded else []
    load.append(os.getloadavg()[0])
    took_s = time.monotonic() - began_s
    data: Figures = {
        "machine": f"{machine.described()}; {cores} of them used", "load": [round(n, 2) for n in load],
        "took_s": round(took_s), "short": figures(rows), "padded": figures(slow),
        "longer": longer(grown),
    }  # fmt: skip
    print(f"{data['machine']}; load {load[0]:.2f} before, {load[1]:.2f} after; {took_s / 60:.0f} minutes")
    for title, kind in (("Short windows", "short"), ("Padded windows", "padded")):
        if data[kind]["answers"]:
            print(table(title, data[kind], goals=kind == "short"))
    if grown:
        print(table(f"After {SHORT_S} and {long_s} s, and going on {AGAIN} times", figures(grown), goals=False))
        for key, f in data["longer"].items():
            print(f"G3 {key}: {f['short']:.0f} -> {f['long']:.0f}, {f['times']} times (goal {LONGER})")
    data["rows"] = [asdict(row) for row in (*rows, *grown, *slow)]
    print(json.dumps(data))


if __name__ == "__main__":
    main()
