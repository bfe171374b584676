"""Does sound stay whole while everything works? `python -m tests.bench.soak [--minutes 10]`.

The product itself on the virtual sound card for so long, with all of it under way all the time: a candidate speaks
answers into the microphone, the interviewer's voice sounds beside them, another one is synthesised, and the recogniser,
a Whisper folder of base's true size and cost, has always something to listen to, in a hurry and with care. Counted are
underruns and overflows as PortAudio tells them, gaps between the callbacks, seconds that the watch missed, and, in the
recordings themselves, how much longer or shorter an answer became on its way. All of it must be 0.

Needs pulseaudio and flite. Linux, since /proc is read. Last line: the figures as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.answering import Bench, model_apart
from tests.bench.answering_answers import LENGTHS_S, Answer, Speaking, made_answer, made_bank
from tests.bench.peers import WORDS_PER_S, machine
from tests.kit import virtual_card
from tests.kit.on_the_card import Session, ends
from tests.kit.speech_fixture import samples
from tests.kit.virtual_card import VirtualCard
from voiceprep import memory, wiring
from voiceprep.audio.lines import Line
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core.plan import plan_questions
from voiceprep.errors import VoiceprepError
from voiceprep.pcm.wav import RATE
from voiceprep.speech import flite
from voiceprep.speech.recogniser import ChildTranscriber

GAP_S = 0.25
"""A callback that comes so late after the one before it has left the sound system without sound."""
OFF_S = 0.02
"""An answer may be so much longer or shorter in the recording: where a loud sample is the last isn't sure to more."""
LONG = LENGTHS_S.index(20)
"""Answers from this one on are as long as real ones."""
QUESTIONS = 40
PROCESSES = {"tests.bench.answering_process": "recogniser", "voiceprep.speech.voice_process": "voice"}
AFTER_S = 1.0
WARM = 2
"""After so many answers everything has been used once; what memory grows by then, it may grow by again."""


@dataclass
class Gaps:
    """Callbacks that came late, on both streams."""

    found: list[tuple[str, float]] = field(default_factory=list)
    callbacks: int = 0
    longest_s: dict[str, float] = field(default_factory=dict)

    def look(self, lines: dict[str, Line], over: threading.Event) -> None:
        """Until it's over; in a thread of its own."""
        latest = {name: time.monotonic() for name in lines}
        while not over.wait(0.5):
            for name, line in lines.items():
                for block in list(line.blocks):
                    if block.at_s <= latest[name]:
                        continue
                    gap_s, latest[name] = block.at_s - latest[name], block.at_s
                    self.callbacks += 1
                    self.longest_s[name] = max(gap_s, self.longest_s.get(name, 0.0))
                    if gap_s > GAP_S:
                        self.found.append((name, round(gap_s, 3)))


@dataclass
class Soak:
    """What a candidate and the load beside it do, and what came of it."""

    bench: Bench
    answers: list[Answer]
    lasts_s: float
    said: list[tuple[str, Answer]] = field(default_factory=list)
    """Take, and what was spoken into it."""
    figures: dict[str, Any] = field(default_factory=dict)
    made: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    speaks: threading.Event = field(default_factory=threading.Event)

    def give(self, session: Session) -> None:
        """In the candidate's thread."""
        gaps = Gaps()
        lines: dict[str, Line] = {"microphone": session.input, "speaker": session.output}
        works = (lambda: gaps.look(lines, self.over), lambda: self._synthesise(session), lambda: self._hear(session))
        threads = [threading.Thread(target=work, daemon=True) for work in works]
        take = session.listening()
        began_s, began_cpu_s, at_first = time.monotonic(), machine.cpu_s(os.getpid()), _memory()
        flags, warm = (session.input.flags, session.output.flags), at_first
        for thread in threads:
            thread.start()
        for answer in itertools.cycle(self.answers):
            self._speak(session, take, answer)
            warm = warm if len(self.said) > WARM else _memory()
            if time.monotonic() - began_s > self.lasts_s or session.state.at + 1 == QUESTIONS:
                break
            follow_up = session.listening(take, 120.0)
            session.deliver(e.Skipped(session.state.turn_id))
            take = session.listening(follow_up, 120.0)
        took_s = time.monotonic() - began_s
        self.over.set()
        for thread in threads:
            thread.join(30)
        ear = session.steering.ports.transcriber
        assert isinstance(ear, ChildTranscriber)
        self.figures = {
            "seconds": round(took_s), "answers": len(self.said), "callbacks": gaps.callbacks,
            "flags_microphone": session.input.flags - flags[0],
            "flags_speaker": session.output.flags - flags[1], "flags_before": flags,
            "lost_s": round(session.microphone.lost_s, 3), "gaps": gaps.found,
            "longest_gap_ms": {name: round(1000 * s) for name, s in gaps.longest_s.items()},
            "details": [t.event.detail for t in session.told if isinstance(t.event, e.AnswerEnded) and t.event.detail],
            "restarted": sum(isinstance(one.event, e.EngineRestarted) for one in session.told),
            "quick_s": round(ear.quick_work.sound_s), "careful_s": round(ear.careful_work.sound_s),
            "sentences_made": self.made, "sounds_played": len(session.speaker.handed),
            "cpu_share": round((machine.cpu_s(os.getpid()) - began_cpu_s) / took_s / (os.cpu_count() or 1), 2),
            "rss_mb_first": at_first, "rss_mb_warm": warm, "rss_mb_last": _memory(),
        }  # fmt: skip

    def _speak(self, session: Session, take: str, answer: Answer) -> None:
        time.sleep(AFTER_S)
        since = session.input.ring.end
        self.bench.tell(take, answer)
        player = self.bench.card.say(answer.path, wait=False)
        last = session.hears(answer.sound, since)
        self.speaks.set()
        session.wait_for_place(last, 0.3)
        self.speaks.clear()
        player.wait()
        self.said.append((take, answer))
        session.deliver(e.DoneAsked(take))

    def _synthesise(self, session: Session) -> None:
        """Sentences that nobody said before, one after the other; they sound while the candidate speaks."""
        ports = session.steering.ports
        assert ports.synthesizer is not None
        while not self.over.is_set():
            self.made += 1
            sound = ports.synthesizer.synthesize(f"This is sentence {self.made}, which is said for the load alone.")
            if self.speaks.is_set() and not self.over.is_set():
                with contextlib.suppress(VoiceprepError):
                    session.speaker.play(sound)

    def _hear(self, session: Session) -> None:
        """What was recorded already, with care, whenever the interview wants nothing; it may have to wait for one."""
        ports = session.steering.ports
        assert ports.transcriber is not None
        while not self.over.wait(0.05):
            if self.said:
                path = ports.take_path(self.said[-1][0])
                with contextlib.suppress(VoiceprepError):
                    ports.transcriber.transcribe(path, 0, 6 * RATE)


def _memory() -> dict[str, float]:
    """Megabytes of each of our processes, by what it is; the card's own aside."""
    found: dict[str, float] = {}
    for pid, fields in machine.tree(os.getpid()).items():
        with contextlib.suppress(OSError):
            args = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
            name = "program" if pid == os.getpid() else next((n for n in PROCESSES if n in args), "")
            if name:
                found[PROCESSES.get(name, name)] = round(int(fields[21]) * machine.PAGE / 1e6, 1)
    return {**found, "all": round(sum(found.values()), 1)}


def off_s(path: Path, answer: Answer) -> float:
    """How much longer the answer is in its recording than it was spoken."""
    first, last = ends(samples(path))
    spoken_first, spoken_last = ends(answer.sound)
    return ((last - first) - (spoken_last - spoken_first)) / RATE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    given = parser.parse_args()
    memory.keep_little()  # as the command line does
    able, why = virtual_card.available()
    if not able or flite.program() is None:
        print(f"soak: not run ({why or 'flite is not installed'})")
        return
    load = [os.getloadavg()[0]]
    cores = machine.only_two_cores()
    os.environ["VOICEPREP_BENCH_WORDS_PER_S"] = str(WORDS_PER_S)
    with tempfile.TemporaryDirectory() as name, VirtualCard(Path(name) / "card") as card:
        os.environ.update(card.env)
        folder = Path(name)
        model, bank = model_apart(folder / "model"), made_bank(folder / "bank", QUESTIONS)
        speaking = Speaking(folder)
        answers = [made_answer(speaking, f"a{n}", n, s) for n, s in enumerate(LENGTHS_S[LONG:], LONG)]
        bench = Bench((), (), card, "padded", folder / "script.json")
        soak = Soak(bench, answers, 60 * given.minutes)
        plan = plan_questions([f"q{n:02}" for n in range(1, QUESTIONS + 1)], bank.questions)
        choice = wiring.Choice("whisper", str(model), "flite", None)
        held = Session(
            plan, bank, Places(folder / "data", folder / "cache"), choice, soak.give, steered=bench.steered
        ).hold()
        off = [off_s(held.folder.recording(take), answer) for take, answer in soak.said[:-1]]
    found = soak.figures
    found["longest_off_ms"] = round(1000 * max(map(abs, off), default=0.0), 1)
    found["recordings_off"] = sum(abs(s) > OFF_S for s in off)
    wrong = {
        "underruns and overflows at the microphone": found["flags_microphone"],
        "underruns and overflows at the speaker": found["flags_speaker"],
        f"callbacks later than {GAP_S} s": len(found["gaps"]),
        "seconds lost on the way": found["lost_s"],
        "answers that ended with a complaint": len(found["details"]),
        f"recordings more than {1000 * OFF_S:.0f} ms off": found["recordings_off"],
        "engines started again": found["restarted"],
    }
    load.append(os.getloadavg()[0])
    print(f"{machine.described()}; {cores} cores used; load {load[0]:.2f} before, {load[1]:.2f} after")
    print(
        f"{found['seconds']} s, {found['answers']} answers, {found['callbacks']} callbacks; recognised "
        f"{found['quick_s']} s in a hurry and {found['careful_s']} s with care; {found['sentences_made']} sentences "
        f"made, {found['sounds_played']} played; our processes used {found['cpu_share']:.0%} of the machine"
    )
    for what, count in wrong.items():
        print(f"{what:<48}{count:>8}")
    longest = ", ".join(f"{name} {gap} ms" for name, gap in found["longest_gap_ms"].items())
    print(f"longest between two callbacks: {longest}; longest off: {found['longest_off_ms']} ms")
    print(f"{'resident memory, MB':<28}{'first':>8}{f'after {WARM}':>8}{'last':>8}")
    for name, last in found["rss_mb_last"].items():
        before = "".join(f"{found[key].get(name, 0.0):>8.0f}" for key in ("rss_mb_first", "rss_mb_warm"))
        print(f"{name:<28}{before}{last:>8.0f}")
    whole = not any(wrong.values())
    print("Sound stayed whole." if whole else "Sound did not stay whole.")
    print(json.dumps({"whole": whole, "load": [round(n, 2) for n in load], **found}))


if __name__ == "__main__":
    main()
