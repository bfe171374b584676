"""`practice` and `demo`: hold a session and print it."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path

from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.commands.banks import bank_of, plan_of
from voiceprep.commands.conversation import Conversation
from voiceprep.commands.output import note, say
from voiceprep.commands.sessions_trash import tidy
from voiceprep.config import Places, Settings, load_settings, places
from voiceprep.core.clean import clean
from voiceprep.core.home import clocked_minutes, minutes_of
from voiceprep.core.plan import Plan
from voiceprep.core.pressure import rules_in_words
from voiceprep.errors import NoAudioSource, UsageError
from voiceprep.ports import Answers
from voiceprep.report import wording
from voiceprep.sessions import store
from voiceprep.wiring.demo import answers_by_question, demo_folder, plan_demo
from voiceprep.wiring.plans import plan_lines

INTERRUPTED = 130
LONGEST_ANSWER = 200_000


def practice(args: Namespace) -> int:
    if args.advert and args.resume:
        raise UsageError("--for and --resume exclude each other.", "Leave one of them out.")
    clock = [name for name in ("pressure", "limit", "think", "takes", "time") if getattr(args, name) is not None]
    if args.resume and clock:
        raise UsageError(f"--{clock[0]} is for a new session; --resume goes on with its own clock.", "Leave one out.")
    if args.list:
        if args.resume:
            raise UsageError("--list shows a new session; --resume goes on with one.", "Leave one of them out.")
        where = places(args.data_dir)
        return list_plan(plan_of(args, bank_of(args), where), args.time or load_settings(where).time)
    tidy(places(args.data_dir))
    if not (args.answer_audio or args.text or args.headless or args.plain):
        from voiceprep.commands.screen import practise

        return practise(args)
    if args.plain:
        from voiceprep.commands.plain import practise_plain

        return practise_plain(args)
    where = places(args.data_dir)
    files_given = [Path(f) for f in args.answer_audio]
    wiring.check_files(files_given)
    answers = _answers(args, files_given)
    choice = replace(choice_of(args), ears=bool(files_given))
    settings = load_settings(where)
    manner = wiring.Manner(
        paced=args.real_time, judge=wiring.judge(settings), pronounce=settings.pronounce, real=args.mode == "real",
        coached=args.mode == "coached", time=args.time or settings.time, warnings=settings.warnings,
        keeps_audio=settings.keep_audio != "no", news=note,
        hands_free_s=wiring.hands_free_s(args.hands_free) if args.hands_free else None,
    )  # fmt: skip
    tell_removed(where, settings)
    if args.resume:
        folder = store.find(where.sessions, args.resume)
        if manner.judge is not None:
            say(wording.sent_to(manner.judge.name))
        shown = Conversation(say, {q: g.question for q, g in folder.grounds().by_id.items()})
        return finish(wiring.resume(folder, answers, where, choice, shown, manner, begun=recovered))
    bank = bank_of(args)
    plan = plan_of(args, bank, where)
    if line := wiring.cut_off_line(where.sessions):
        note(line)
    note(f"{plan.title}: {len(plan.questions)} question{'s' * (len(plan.questions) != 1)}.")
    shown = Conversation(say, bank.questions)
    manner = replace(manner, minutes=args.minutes)
    return finish(wiring.hold(plan, bank, answers, where, choice, shown, manner, begun=begun_with(plan, note)))


def list_plan(plan: Plan, time: float = 1.0) -> int:
    """`practice --list`: what would be asked, and why; nothing is held. `time` is how much longer its times are."""
    rules, questions = plan.pressure and plan.pressure.longer(time), plan.questions
    minutes = minutes_of(questions, plan.follow_ups)
    if rules is not None:
        minutes = clocked_minutes(rules, questions, plan.follow_ups)
    say(f"{plan.title}, about {minutes} min")
    if rules is not None:
        say(f"  {rules_in_words(rules, len(questions), follows_up=plan.follow_ups > 0)}")
    for line in plan_lines(plan):
        say(f"  {line}")
    return 0


def demo(args: Namespace) -> int:
    if not (args.fast or args.out or args.plain) and sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty():
        from voiceprep.commands.screen import show_demo

        return show_demo(args)
    where = places(args.data_dir)
    bank = wiring.load_bank(args.bank)
    started = time.monotonic()
    held = hold_demo(bank, where, choice_of(args), demo_folder(), paced=not args.fast,
                     root=Path(args.out).absolute() if args.out else None)  # fmt: skip
    code = finish(held)
    note(f"The demo took {time.monotonic() - started:.0f} s.")
    return code


def hold_demo(
    bank: Bank, where: Places, choice: wiring.Choice, folder: Path, *, paced: bool, root: Path | None = None
) -> wiring.Held:
    """The demo's interview: a good answer, a half one that earns its follow-up, and one that contradicts itself."""
    plan = plan_demo(bank)
    answers = wiring.ScriptedAnswers(answers_by_question(bank, folder), paced)
    shown = Conversation(say, bank.questions)
    manner = wiring.Manner(paced=paced, pronounce=load_settings(where).pronounce)
    return wiring.hold(plan, bank, answers, where, choice, shown, manner, root=root, begun=begun)


def begun(folder: store.SessionFolder, engines: Mapping[str, str]) -> None:
    if "judge" in engines:
        say(f"voiceprep   {wording.sent_to(engines['judge'])}")
    else:
        say("voiceprep   LOCAL, nothing leaves this machine")
    if engines["voice"] != "none":
        say(f"The interviewer's voice is {engines['voice']}.")
    if engines["recogniser"] == "basic":
        say("Spoken answers are heard by the basic recogniser. It is rough: it credits what it hears and never blames.")
    elif engines["recogniser"] != "none":
        say(f"Spoken answers are heard by {engines['recogniser']}.")
    note(f"Recording to {folder.path}")
    if folder.recordings == "not kept":
        note(wiring.NONE_KEPT)


def begun_with(plan: Plan, tell: Callable[[str], None]) -> Callable[[store.SessionFolder, Mapping[str, str]], None]:
    """`begun`, and then what will be asked and why."""

    def told(folder: store.SessionFolder, engines: Mapping[str, str]) -> None:
        begun(folder, engines)
        for line in plan_lines(plan):
            tell(line)

    return told


def recovered(found: store.Recovered) -> None:
    say(wiring.taken_up(found))


def tell_removed(where: Places, settings: Settings) -> None:
    """Removes recordings that are older than they shall be, and says so."""
    if line := wiring.removed_line(where, settings):
        note(line)


def finish(held: wiring.Held) -> int:
    say("")
    asked = held.state.assessments
    for assessment in asked:
        shown = (
            wording.counts(assessment) if assessment.unscored is None else f"not scored: {assessment.unscored.reason}"
        )
        say(f"  {assessment.question_id:<24} {shown}")
    for question_id, line in held.costs.items():
        say(f"  {question_id:<24} {line}")
    say("")
    say(f"Session: {held.folder.path}")
    say(f"Report:  {held.report}")
    for asked_for in held.state.not_reached if held.state.time_is_up and held.state.close_reason != "left" else ():
        say(f"  {asked_for.id:<24} not reached")
    if held.state.close_reason == "left":
        say(f"Go on with it: voiceprep practice --resume {held.folder.id}")
        return INTERRUPTED
    if held.state.close_reason == "fault":
        note("voiceprep: The session was ended by a fault in the program.")
        note(f"  Everything up to it is kept; go on with: voiceprep practice --resume {held.folder.id}")
        return 1
    return 0


def choice_of(args: Namespace) -> wiring.Choice:
    return wiring.Choice(args.engine, args.model, args.voice, args.voice_model)


def _answers(args: Namespace, given: list[Path]) -> Answers:
    if args.text and given:
        raise UsageError("--text and --answer-audio exclude each other.", "Leave one of them out.")
    if given:
        return wiring.FileAnswers(given, args.real_time)
    if args.text:
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        return wiring.TypedAnswers(_typed)
    raise NoAudioSource(
        "There is nothing to listen to without a screen.",
        "Add --answer-audio FILE (once for each turn), or --text to type.",
    )


def _typed(question: str) -> str | None:
    """An answer from the keyboard or a pipe: lines up to an empty one; None when nothing more comes."""
    if sys.stdin.isatty():
        note("Your answer (an empty line ends it):")
    lines: list[str] = []
    for line in sys.stdin:
        if line.strip():
            lines.append(line.strip())
        elif lines:
            break
    return clean(" ".join(lines), LONGEST_ANSWER) if lines else None
