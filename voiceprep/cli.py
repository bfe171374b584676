"""The command line. Thin: the parser, and one import for the command that was asked for."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TypeAlias

from voiceprep import __version__
from voiceprep.errors import VoiceprepError

EXITS = "exit codes: 0 ok, 1 failed, 2 usage, 3 set-up missing, 4 no audio source, 130 interrupted"

ENGINES = ("auto", "basic", "whisper")


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="voiceprep", description="Practise a backend interview by voice, on your own machine.", epilog=EXITS
    )
    top.add_argument("--version", action="version", version=f"voiceprep {__version__}")
    commands = top.add_subparsers(metavar="COMMAND")

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data-dir", metavar="DIR", help="where sessions and models lie")
    common.add_argument("--bank", metavar="DIR", help="another question bank")
    ears = argparse.ArgumentParser(add_help=False)
    ears.add_argument("--engine", choices=ENGINES, default="auto", help="what recognises speech")
    ears.add_argument("--model", metavar="DIR", help="a Whisper model's folder")
    mouth = argparse.ArgumentParser(add_help=False)
    mouth.add_argument("--voice", metavar="NAME", help="what speaks the questions; `voices` lists them, or none")
    mouth.add_argument("--voice-model", metavar="FILE", help="a Piper voice, NAME.onnx")
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print data as JSON")

    def add(
        to: Commands,
        name: str,
        run: str,
        text: str,
        *parents: argparse.ArgumentParser,
    ) -> argparse.ArgumentParser:
        made = to.add_parser(name, help=text, description=text, parents=[common, *parents])
        made.set_defaults(run=run)
        return made

    devices = argparse.ArgumentParser(add_help=False)
    devices.add_argument("--microphone", metavar="NAME", help="which microphone; `doctor` lists them")
    devices.add_argument("--speaker", metavar="NAME", help="which speaker")
    add(commands, "home", "screen:home", "the screen (what `voiceprep` alone does)", ears, mouth, devices)

    demo = add(
        commands, "demo", "practice:demo", "a whole spoken interview with a recorded candidate", ears, mouth, devices
    )
    demo.add_argument("--out", metavar="DIR", help="where the session is written")
    demo.add_argument("--fast", action="store_true", help="without real-time pacing, printed")
    demo.add_argument("--plain", action="store_true", help="printed, in real time")

    practice = add(commands, "practice", "practice:practice", "hold one session", ears, mouth, devices)
    practice.add_argument("--round", metavar="R", help="a round of the bank")
    practice.add_argument("--question", metavar="ID", action="append", default=[], help="ask this (repeatable)")
    practice.add_argument("--topic", metavar="T", action="append", default=[], help="questions of it (repeatable)")
    practice.add_argument(
        "--technology", metavar="T", action="append", default=[], help="questions that name it (repeatable)"
    )
    practice.add_argument("--list", action="store_true", help="what would be asked, and why; nothing is held")
    practice.add_argument(
        "--answer-audio", metavar="FILE", action="append", default=[],
        help="a sound file as the microphone, one for each turn in order (repeatable)",
    )  # fmt: skip
    practice.add_argument("--for", dest="advert", metavar="FILE", help="the questions that a job advert asks for")
    practice.add_argument("--minutes", metavar="N", type=float, help="as many questions as fit into N minutes")
    practice.add_argument(
        "--mode", choices=("practice", "coached", "real"), default="practice",
        help="feedback after each question, with a coach meanwhile, or only at the end",
    )  # fmt: skip
    _clock(practice)
    practice.add_argument(
        "--hands-free", metavar="HOW",
        help="answers end without a key: after so many seconds of silence (3.5 or more) and a countdown of three, or "
        "quick: by what was said",
    )  # fmt: skip
    practice.add_argument(
        "--quiet", nargs="?", const="typed", choices=("typed", "whispered", "in your head"), metavar="HOW",
        help="captions only, and answers typed, whispered, or said in your head and ticked by yourself",
    )  # fmt: skip
    practice.add_argument("--plain", action="store_true", help="lines instead of a screen, for screen readers")
    practice.add_argument("--text", action="store_true", help="type the answers; an empty line ends each")
    practice.add_argument("--headless", action="store_true", help="no screen, no keyboard")
    practice.add_argument("--real-time", action="store_true", help="pace recorded answers as if spoken now")
    practice.add_argument("--seed", metavar="N", type=int, default=0, help="draw another order, or other questions")
    practice.add_argument("--resume", metavar="ID", help="go on with a session that was cut off; `last` works")

    what = "the night before: a page of your best sentences, and twenty minutes of what you know"
    _night(add(commands, "night", "night:night", what, ears, mouth, devices, as_json), practice)

    what = "a recorded session again, its feedback pinned to the second"
    replay = add(commands, "replay", "replay:replay", what, ears, mouth, devices, as_json)
    replay.add_argument("session", metavar="ID", help="`last` is the newest")
    replay.add_argument("--plain", action="store_true", help="the time line as text instead of a screen")

    opinion = argparse.ArgumentParser(add_help=False)
    opinion.add_argument("--opinion", action="store_true", help="ask the judge of the settings too: the text is sent")

    score = add(commands, "score", "score:score", "judge one answer", ears, opinion, as_json)
    score.add_argument("--question", metavar="ID", required=True)
    given = score.add_mutually_exclusive_group(required=True)
    given.add_argument("--audio", metavar="FILE")
    given.add_argument("--transcript", metavar="FILE")

    grade = add(commands, "grade", "score:grade", "judge many typed answers, one JSON object a line", opinion)
    grade.add_argument("input", metavar="IN.jsonl")
    grade.add_argument("--out", metavar="OUT.jsonl", required=True, help="- for standard output")

    hear = add(commands, "transcribe", "score:transcribe", "what a recogniser hears in a file", ears, as_json)
    hear.add_argument("file", metavar="FILE")

    _calibrate(add(commands, "calibrate", "calibrate:calibrate", "which model keeps up, and which windows are safe",
                   as_json))  # fmt: skip

    bank = commands.add_parser("bank", help="the questions").add_subparsers(metavar="WHAT", required=True)
    listed = add(bank, "list", "bank:list_", "every question", as_json)
    listed.add_argument("--rounds", action="store_true", help="every round instead")
    add(bank, "show", "bank:show", "one question, whole", as_json).add_argument("question", metavar="ID")
    check = add(bank, "check", "bank_check:check", "every problem in a bank's files", as_json)
    check.add_argument("folder", metavar="DIR", nargs="?")
    _own_questions(bank, add)
    check.add_argument(
        "--semantic", metavar="ID", nargs="*", help="also judge answers made for the purpose, of these questions or all"
    )
    ids = add(bank, "ids", "bank_check:ids", "write the list of permanent ids, with those that are new")
    ids.add_argument("folder", metavar="DIR", nargs="?")
    add(bank, "stats", "bank_stats:stats", "how many of what a bank holds", as_json)

    _lexicon(commands, add, as_json)

    sessions = commands.add_parser("sessions", help="what you practised").add_subparsers(metavar="WHAT", required=True)
    listed = add(sessions, "list", "sessions:list_", "every session", as_json)
    add(sessions, "show", "sessions:show", "one session", as_json).add_argument("session", metavar="ID")
    _amend(commands, sessions, add, ears, as_json)
    verify = add(sessions, "verify", "sessions:verify", "is everything there, as it was written?", as_json)
    verify.add_argument("session", metavar="ID", nargs="?")
    _yours(sessions, listed, add, as_json)

    takes = add(commands, "takes", "takes:takes", "a question's takes, the first beside the latest", as_json)
    takes.add_argument("question", metavar="QUESTION", nargs="?", help="its id; without one, what was taken again")
    takes.add_argument("--play", action="store_true", help="play the first and the latest take, back to back")
    takes.add_argument("--speaker", metavar="NAME", help="which speaker")

    _report(add(commands, "report", "report:report", "a session as a page, as Markdown, as JSON"))

    progress = add(commands, "progress", "progress:progress", "what is due, what stays weak, how it goes", as_json)
    progress.add_argument("--topic", metavar="T", help="of this topic only")

    config = commands.add_parser("config", help="settings that last").add_subparsers(metavar="WHAT", required=True)
    add(config, "path", "config:path", "where they lie")
    add(config, "show", "config:show", "every setting", as_json)
    change = add(config, "set", "config:set_", "change one; an empty VALUE takes it back")
    change.add_argument("name", metavar="NAME")
    change.add_argument("value", metavar="VALUE")

    heard = add(commands, "voices", "voices:voices", "who can speak the questions here", mouth, as_json)
    heard.add_argument("--say", metavar="TEXT", help="hear it, in the voice that is chosen")
    heard.add_argument("--speaker", metavar="NAME", help="which speaker")
    _models(commands, add, as_json)

    wipe = add(commands, "wipe", "wipe:wipe", "remove everything that voiceprep keeps: listed first", as_json)
    wipe.add_argument("--keep-models", action="store_true", help="all but the models")
    wipe.add_argument("--yes", action="store_true", help="remove it without asking")

    add(commands, "doctor", "doctor:doctor", "what this machine has and lacks", as_json)
    return top


def _models(commands: Commands, add: Callable[..., argparse.ArgumentParser], as_json: argparse.ArgumentParser) -> None:
    """The recognisers and voices on this machine."""
    what = commands.add_parser("models", help="recognisers and voices").add_subparsers(metavar="WHAT", required=True)
    add(what, "list", "models:list_", "what there is, here and to fetch", as_json)
    get = add(what, "fetch", "models:fetch", "fetch models; interrupted, it goes on where it was")
    get.add_argument("model_id", metavar="ID", nargs="+")
    again = add(what, "verify", "models:verify", "are their bytes as they were published?", as_json)
    again.add_argument("model_id", metavar="ID", nargs="?")
    gone = add(what, "remove", "models:remove", "remove one from the models folder")
    gone.add_argument("model_id", metavar="ID")
    for asks in (get, gone):
        asks.add_argument("--yes", action="store_true", help="without asking")


def _report(report: argparse.ArgumentParser) -> None:
    """Which sessions, in what form, and where to."""
    report.add_argument("session", metavar="ID", nargs="?", help="a session; `last` works")
    report.add_argument("--all", action="store_true", help="every session")
    report.add_argument("--format", choices=("html", "md", "json", "all"), default="html", help="html unless said")
    report.add_argument("--out", metavar="PATH", help="a file, or a folder; else each goes into its session's own")
    report.add_argument("--force", action="store_true", help="write over the file that --out names")
    report.add_argument(
        "--audio", action=argparse.BooleanOptionalAction, default=True, help="the recordings, inside the page"
    )


def _calibrate(calibrate: argparse.ArgumentParser) -> None:
    """What is heard, and by which model."""
    calibrate.add_argument("--answer-audio", metavar="FILE", help="a recording of yours; else the microphone")
    calibrate.add_argument("--microphone", metavar="NAME", help="which microphone; `doctor` lists them")
    calibrate.add_argument("--model", metavar="DIR", help="this Whisper model only; else all on this machine")


def _clock(practice: argparse.ArgumentParser) -> None:
    """A clock for what is asked, and how it's minded."""
    practice.add_argument("--pressure", metavar="R", help="the clock of that round, whatever is asked")
    practice.add_argument("--limit", metavar="S", type=float, help="a clock: seconds for each answer, then cut off")
    practice.add_argument("--think", metavar="S", type=float, help="under a clock: seconds to think before an answer")
    practice.add_argument("--takes", metavar="N", type=int, help="under a clock: how often a question may be answered")
    practice.add_argument(
        "--time", type=float, choices=(1.0, 1.25, 1.5, 2.0), help="how much longer the clock's times are for you"
    )


def _night(night: argparse.ArgumentParser, practice: argparse.ArgumentParser) -> None:
    """The page, and the session that it can hold: that one is given all that `practice` takes, as it is unless said."""
    night.set_defaults(**{name: usual for name, usual in vars(practice.parse_args([])).items() if name != "run"})
    night.add_argument("--out", metavar="FILE", help="write the page there too, as Markdown")
    night.add_argument("--practise", action="store_true", help="twenty minutes of questions that you know")
    night.add_argument("--quiet", action="store_const", const="typed", help="with --practise: captions, answers typed")
    night.add_argument("--plain", action="store_true", help="with --practise: lines instead of a screen")
    night.add_argument("--text", action="store_true", help="with --practise: type the answers")


def _lexicon(commands: Commands, add: Callable[..., argparse.ArgumentParser], as_json: argparse.ArgumentParser) -> None:
    """What the candidate adds to the lexicon."""
    own = commands.add_parser("lexicon", help="how you are misheard, and terms of your own")
    what = own.add_subparsers(metavar="WHAT", required=True)
    add(what, "list", "lexicon:list_", "what you added", as_json)
    more = add(what, "add", "lexicon:add", "believe that a term was said where something else was heard")
    more.add_argument("term", metavar="TERM", help="a term of the lexicon, or one of your own")
    more.add_argument("--heard", metavar="PHRASE", action="append", default=[], help="how it's misheard (repeatable)")
    more.add_argument(
        "--form", metavar="FORM", action="append", default=[], help="another way to say a term of your own (repeatable)"
    )
    more.add_argument("--new", action="store_true", help="a term of your own, though it looks like another")
    less = add(what, "remove", "lexicon:remove", "take back what you added about a term")
    less.add_argument("term", metavar="TERM")
    less.add_argument("--heard", metavar="PHRASE", action="append", default=[], help="only this (repeatable)")


def _yours(
    sessions: Commands,
    listed: argparse.ArgumentParser,
    add: Callable[..., argparse.ArgumentParser],
    as_json: argparse.ArgumentParser,
) -> None:
    """Sessions taken elsewhere, brought back, and thrown away."""
    listed.add_argument("--trash", action="store_true", help="those deleted, and until when they can be restored")
    give = add(sessions, "export", "sessions_archive:export_", "sessions as one file, with checksums", as_json)
    give.add_argument("session", metavar="ID", nargs="*")
    give.add_argument("--all", action="store_true", help="every session")
    give.add_argument("--out", metavar="FILE.zip", required=True)
    give.add_argument("--no-audio", action="store_true", help="without the recordings")
    give.add_argument("--force", action="store_true", help="write over FILE.zip")
    take = add(sessions, "import", "sessions_archive:import_", "sessions that were exported", as_json)
    take.add_argument("file", metavar="FILE.zip")
    gone = add(sessions, "delete", "sessions_trash:delete", "move sessions to the trash", as_json)
    gone.add_argument("session", metavar="ID", nargs="+")
    back = add(sessions, "restore", "sessions_trash:restore", "bring a session back from the trash", as_json)
    back.add_argument("session", metavar="ID")
    empty = add(sessions, "empty-trash", "sessions_trash:empty_trash", "remove deleted sessions for good", as_json)
    for asks in (gone, empty):
        asks.add_argument("--yes", action="store_true", help="without asking")


def _amend(
    commands: Commands,
    sessions: Commands,
    add: Callable[..., argparse.ArgumentParser],
    ears: argparse.ArgumentParser,
    as_json: argparse.ArgumentParser,
) -> None:
    """What changes a session that has ended."""
    edit = add(
        sessions, "edit", "edit:edit", "put right what was heard in a take; judged anew, the original kept", as_json
    )
    edit.add_argument("session", metavar="ID")
    edit.add_argument("take", metavar="TAKE", help="a001, a002 ...; `sessions show` names them")
    edit.add_argument("--text", metavar="FILE", required=True, help="all words of the take; - for standard input")

    what = "judge answers once more, beside what was judged before"
    again = add(commands, "rescore", "rescore:rescore", what, ears, as_json)
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("session", metavar="ID", nargs="?", help="`last` works")
    which.add_argument("--all", action="store_true", help="every session; goes on where it was stopped")
    again.add_argument("--question", metavar="Q", action="append", default=[], help="only this (repeatable)")
    again.add_argument(
        "--hear-again", action="store_true", help="recognise the recordings again, with --engine, --model"
    )
    again.add_argument(
        "--judge", action="store_true", help="with the opinion of the judge of the settings: text is sent"
    )
    again.add_argument("--jobs", metavar="N", type=int, help="so many processes; one a core unless said")


def _own_questions(bank: Commands, add: Callable[..., argparse.ArgumentParser]) -> None:
    """What changes the candidate's own questions, and what takes questions elsewhere."""
    take = add(bank, "import", "bank_own:import_", "questions of your own: shown first, then kept")
    take.add_argument("path", metavar="PATH", nargs="?", help="a file or a folder: our YAML, or Markdown (## question)")
    take.add_argument("--cv", metavar="FILE", help="a CV or a project summary: its projects are asked about")
    take.add_argument("--yes", action="store_true", help="keep them without asking")
    take.add_argument(
        "--replace", action="store_true", help="where you have such a question already, the new one counts"
    )
    add(bank, "remove", "bank_own:remove", "take one of your own back").add_argument("question", metavar="ID")
    give = add(bank, "export", "bank_own:export", "questions as a file that `bank import` reads")
    give.add_argument("question", metavar="ID", nargs="*")
    give.add_argument("--own", action="store_true", help="all of your own")
    give.add_argument("--out", metavar="PATH", required=True, help="a file NAME.yaml, or a folder: a file a question")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given = ["home", *given]  # `voiceprep`, `voiceprep --bank DIR`
    args = parser().parse_args(given)
    os.umask(0o077)
    try:
        from voiceprep import memory, offline
        from voiceprep.commands.output import complain

        offline.enforce()
        memory.keep_little()
        signal.signal(signal.SIGTERM, _interrupt)
        module, function = args.run.split(":")
        run: Callable[[argparse.Namespace], int] = getattr(import_module(f"voiceprep.commands.{module}"), function)
        return run(args)
    except VoiceprepError as error:
        return complain(error)
    except KeyboardInterrupt:
        sys.stderr.write("\nvoiceprep: Interrupted.\n")
        return 130
    except OSError as error:
        return complain(_disk(error))


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _disk(error: OSError) -> VoiceprepError:
    from pathlib import Path

    from voiceprep.durable import storage_error

    return storage_error(error, Path(str(error.filename or "the disk")))
