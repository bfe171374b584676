"""`practice --plain`: the interview as lines, for screen readers and whoever likes them. Commands are one letter."""

from __future__ import annotations

import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from voiceprep import durable, wiring
from voiceprep.audio.card import CardNews
from voiceprep.audio.devices import shielded
from voiceprep.commands.banks import bank_of, plan_of
from voiceprep.commands.conversation import Conversation
from voiceprep.commands.output import say
from voiceprep.commands.practice import begun_with, choice_of, finish, recovered, tell_removed
from voiceprep.config import Places, load_settings, places
from voiceprep.core import events as e
from voiceprep.core.anew import takes_of, texts_heard
from voiceprep.core.clean import clean, one_line
from voiceprep.core.coach import hints
from voiceprep.core.edited import with_words
from voiceprep.core.interview import State
from voiceprep.core.own_terms import stands_in, term_of, told_lexicon, told_problem
from voiceprep.core.question import Point
from voiceprep.core.sounds_alike import nearest
from voiceprep.ports import Judge
from voiceprep.report import wording
from voiceprep.sessions import store
from voiceprep.wiring.room import Room, RoomAnswers

KEYS = (
    "An empty line: your answer is over (or: cut me short). p pause and go on, u I wasn't finished, r repeat the "
    "question, h hint, t then your answer: type it, b start again, s skip, m the model answer to the last "
    "question, e heard words = term: you misheard a term in it, c heard words = right words: put any words of it right "
    "(e - and c - take that back), q leave with everything saved, "
    "? this."
)
LONGEST_ANSWER = 200_000


@dataclass
class Lines:
    """Lines from the keyboard made into what the candidate asks for."""

    room: Room
    shown: Conversation
    steering: wiring.Steering | None = None
    hints: dict[str, int] = field(default_factory=dict)
    heed: Callable[[e.Disputed], str] = lambda event: ""
    """Keeps what was told to be misheard; says why it can't."""

    def watch(self, event: e.Event, state: State) -> None:
        match event:
            case e.Paused():
                say("Paused. p goes on.")
            case e.MicrophoneLost(why=why):
                say(f"{why} Paused; what you said is saved. p goes on.")
            case e.MicrophoneBack():
                say("The microphone is back. p goes on where you were.")
            case e.AnswerReopened():
                say("Go on.")
            case e.TakeRestarted():
                say("A new take; the other is kept. Go on.")
            case e.Disputed(heard=heard) if heard and (trouble := self.heed(event)):
                say(trouble)
        self.shown(event, state)
        if state.phase == "listening" and isinstance(event, e.QuestionSpoken | e.Unpaused | e.ThinkingEnded | e.Ready):
            how = "speak" if self.room.listens else "say it in your head" if state.quiet == e.IN_HEAD else "type"
            say(f"Your turn: {how}, then press enter.")
        if state.phase == "thinking" and isinstance(event, e.QuestionSpoken):
            say("Time to think. The recording begins by itself; an empty line begins it now.")
        if state.phase == "rating" and isinstance(event, e.AnswerEnded) and self.steering is not None:
            for n, point in enumerate(self._points(state), 1):
                say(f"  {n}. {point.text}{'' if point.core else ' (extra)'}")
            say("Which of these were in it? Their numbers, then enter.")

    def read(self) -> None:
        """Reads to the end of input; then the candidate has left."""
        for line in sys.stdin:
            if self.steering is None:
                continue
            event = self.meant(clean(line, LONGEST_ANSWER).strip(), self.steering.runner.state)
            if isinstance(event, e.Unpaused) and self.room.card is not None:
                self.room.card.microphone.accept_silence()
            if event is not None:
                self.steering.runner.deliver(event)
        if self.steering is not None:
            self.steering.runner.deliver(e.CandidateLeft())

    def meant(self, line: str, state: State) -> e.Event | None:
        """What a line asks for now; None for what was answered at once."""
        if state.phase == "rating" and line not in ("q", "s", "?"):
            return self._ticked(line, state)
        if line == "" and state.phase == "thinking" and self.steering is not None and state.rules is not None:
            return e.Ready(state.turn_id, state.rules.thought_s(self.steering.runner.clock_left_s()))
        runs = state.rules is not None and state.phase in ("asking", "thinking", "listening")
        if state.rules is not None and runs and (line == "p" or (line == "r" and not state.rules.repeats)):
            say("There is no pause under a clock." if line == "p" else "There are no repeats in this round.")
            return None
        if line == "" and state.phase == "checking":
            return e.NextAsked()
        if line == "" and state.phase in ("briefing", "asking") and self.steering is not None:
            self.steering.runner.hush()
            return None
        if line.startswith("t ") or (not self.room.listens and state.quiet != e.IN_HEAD and len(line) > 1):
            return e.AnswerTyped(state.take_id, line.removeprefix("t ").strip())
        if line == "u" and state.before_end is not None:
            return e.AnswerReopened(state.before_end.take_id)
        if line == "h":
            self._hint(state)
            return None
        if line == "m":
            self._model(state)
            return None
        if line.startswith("e ") and (line == "e -" or "=" in line):
            return self._misheard(line[2:], state)
        if line.startswith("c ") and (line == "c -" or "=" in line):
            return self._put_right(line[2:], state)
        if line in ("", "p", "r", "b", "s", "q"):
            return {
                "": e.DoneAsked(state.take_id),
                "p": e.Unpaused() if state.phase == "paused" else e.Paused(),
                "r": e.RepeatAsked(),
                "b": e.TakeRestarted(state.take_id),
                "s": e.Skipped(state.turn_id),
                "q": e.CandidateLeft(),
            }[line]
        say(KEYS)
        return None

    def _points(self, state: State) -> Sequence[Point]:
        assert self.steering is not None, "there is a session when something is answered"
        return self.steering.ports.grounds.ground(state.question.id).question.points_of(state.follow_up_id)

    def _ticked(self, line: str, state: State) -> e.SelfRated | None:
        """The points that were in an answer said in one's head, by their numbers."""
        points = self._points(state)
        numbers = line.replace(",", " ").split()
        if not all(n.isdecimal() and 1 <= int(n) <= len(points) for n in numbers):
            say(f"Numbers from 1 to {len(points)}, or an empty line for none.")
            return None
        return e.SelfRated(state.take_id, tuple(points[int(n) - 1].id for n in numbers))

    def _hint(self, state: State) -> None:
        if self.steering is None or not state.questions:
            return
        if state.rules is not None or state.real:
            say("There are no hints in a real interview.")
            return
        question = self.steering.ports.grounds.ground(state.question.id).question
        ladder = hints(question, state.live, coached=state.coached)
        n = self.hints.get(state.question.id, 0)
        self.hints[state.question.id] = n + 1
        say(f"Hint: {ladder[n]}" if n < len(ladder) else "There are no more hints.")

    def _misheard(self, line: str, state: State) -> e.Disputed | None:
        """The candidate's word on the question answered last: judged anew at once, and kept for later sessions."""
        latest = state.assessments[-1] if state.assessments else None
        if self.steering is None or latest is None or state.phase not in ("asking", "listening", "paused"):
            say("Say that after an answer was judged, before the next one is over.")
            return None
        if line == "-":
            last = next((t for t in reversed(state.told) if t.question_id == latest.question_id), None)
            if last is None:
                say("There is nothing to take back.")
                return None
            return e.Disputed(last.question_id, last.follow_up_id, last.point_id, "", last.heard, last.said)
        heard, _, said = (one_line(part, 200) for part in line.partition("="))
        ground = self.steering.ports.grounds.ground(latest.question_id)
        lexicon = told_lexicon(ground.lexicon, state.told, latest.question_id)
        term = term_of(said, lexicon)
        texts = texts_heard(latest, dict(state.given)).values()
        if problem := told_problem(heard, said, texts, lexicon):
            say(problem)
        elif term is None:
            near = "".join(f" Did you mean {name}?" for name in nearest(said, lexicon, 1))
            say(f"I don't know “{said}”.{near} A term of your own: voiceprep lexicon add.")
        else:
            exact = next(filter(None, (stands_in(heard, text) for text in texts)))
            return e.Disputed(latest.question_id, None, "", "misheard", exact, term.written)
        return None

    def _put_right(self, line: str, state: State) -> e.TranscriptEdited | None:
        """Other words where some stand in what was heard last; `sessions edit` takes a whole answer."""
        latest = state.assessments[-1] if state.assessments else None
        if latest is None or state.phase not in ("asking", "listening", "paused"):
            say("Say that after an answer was judged, before the next one is over.")
            return None
        given, heard = dict(state.given), dict(state.heard)
        takes = [take for take in reversed(takes_of(latest)) if take in given and given[take].source != "typed"]
        if line == "-":
            edited = next((take for take in takes if take in heard), None)
            if edited is None:
                say("There is nothing to take back.")
            return None if edited is None else e.TranscriptEdited(edited, heard[edited].text)
        wrong, _, right = (" ".join(part.split()) for part in line.partition("="))
        for take in takes:
            if right and wrong and (text := with_words(given[take].text, wrong, right)):
                return e.TranscriptEdited(take, text)
        say("These words don't stand in what was heard: copy them as they do." if right else "Say what you said.")
        return None

    def _model(self, state: State) -> None:
        """The model answer to the question answered last; not while its follow-up is still to be answered."""
        if self.steering is None or not state.assessments:
            say("A model answer comes after your own.")
        elif state.follow_up_id is not None and state.phase != "reviewing":
            say("The model answer comes after the follow-up.")
        else:
            question = self.steering.ports.grounds.ground(state.assessments[-1].question_id).question
            say(f"A model answer: {question.model_answer}")


def practise_plain(args: Namespace) -> int:
    where = places(args.data_dir)
    settings = load_settings(where).with_devices(args.microphone, args.speaker)

    def news(told: CardNews) -> None:
        say(told.sentence)
        if told.kind == "microphone back" and lines.steering is not None:
            lines.steering.runner.deliver(e.MicrophoneBack())

    durable.make_folder(where.cache)
    with shielded(where.engine_log):
        room = Room(settings, where.engine_log, news, quiet=args.quiet or "")
        lines = Lines(room, Conversation(say))
        try:
            return _hold(args, where, lines, wiring.judge(settings))
        finally:
            room.close()


def _hold(args: Namespace, where: Places, lines: Lines, judge: Judge | None) -> int:
    room, settings = lines.room, load_settings(where)
    tell_removed(where, settings)
    for notice in room.notices:
        say(notice)
    say(KEYS)
    ends_s = wiring.hands_free_s(args.hands_free or settings.hands_free)
    if ends_s == 0:
        say(wording.HANDS_FREE)
    choice = replace(choice_of(args), ears=room.listens)
    if not room.speaks:
        choice = replace(choice, voice="none")

    def steer(steering: wiring.Steering) -> None:
        lines.steering = steering

    lines.heed = lambda event: wiring.heed(event, wiring.bare_bank(args.bank, where).lexicon, where)
    manner = wiring.Manner(
        pronounce=settings.pronounce, real=args.mode == "real", coached=args.mode == "coached",
        time=args.time or settings.time, warnings=settings.warnings, keeps_audio=settings.keep_audio != "no", news=say,
        paced=True, speaker=room.speaker, minutes=args.minutes,
        silent_because="there is no speaker", judge=judge, steer=steer, quiet=args.quiet or "",
        hands_free_s=ends_s,
    )  # fmt: skip
    answers = RoomAnswers(room.microphone)
    threading.Thread(target=lines.read, name="keyboard", daemon=True).start()
    if args.resume:
        folder = store.find(where.sessions, args.resume)
        if judge is not None:
            say(wording.sent_to(judge.name))
        lines.shown.questions = {q: g.question for q, g in folder.grounds().by_id.items()}
        return finish(wiring.resume(folder, answers, where, choice, lines.watch, manner, begun=recovered))
    if line := wiring.cut_off_line(where.sessions):
        say(line)
    bank = bank_of(args)
    lines.shown.questions = bank.questions
    plan = plan_of(args, bank, where)
    return finish(wiring.hold(plan, bank, answers, where, choice, lines.watch, manner, begun=begun_with(plan, say)))
