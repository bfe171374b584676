"""`score`, `grade` and `transcribe`: answers in files, judged without a session."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from voiceprep import wiring
from voiceprep.bank.contents import Bank
from voiceprep.commands.banks import bank_of
from voiceprep.commands.conversation import feedback_lines, looked_for_lines
from voiceprep.commands.output import data, note, say
from voiceprep.commands.practice import LONGEST_ANSWER
from voiceprep.config import load_settings, places
from voiceprep.core import reference
from voiceprep.core.clean import clean
from voiceprep.core.feedback import Assessment, Ground, assess
from voiceprep.core.opinion import NoOpinion
from voiceprep.core.transcript import Transcript, typed
from voiceprep.durable import write_atomic
from voiceprep.errors import SetupMissing, UsageError
from voiceprep.ports import Judge
from voiceprep.report import wording
from voiceprep.report.answer_json import answer_json
from voiceprep.wiring.plans import known_question

LONGEST_FILE = 50_000_000


def score(args: Namespace) -> int:
    bank = bank_of(args)
    known_question(bank, args.question)
    judge = asked_judge(args) if args.opinion else None
    transcript = _given(args, bank)
    found = assess(Ground(bank.questions[args.question], bank.lexicon, bank.version), transcript)
    if judge is not None:
        found = _opined(found, judge, bank, transcript)
    if args.json:
        data(answer_json(found))
    else:
        say(found.ask)
        for line in (*feedback_lines(found), *looked_for_lines(bank.questions[args.question])):
            say(line)
    return 0


def asked_judge(args: Namespace) -> Judge:
    """Who is asked for a second opinion, having said where the text goes. Raises SetupMissing."""
    judge = wiring.judge(load_settings(places(args.data_dir)))
    if judge is None:
        raise SetupMissing(
            "Nobody is set to give a second opinion.",
            "Name a server and a model: voiceprep config set judge_url URL, and judge_model NAME.",
        )
    note(wording.sent_to(judge.name))
    return judge


def _opined(found: Assessment, judge: Judge, bank: Bank, transcript: Transcript) -> Assessment:
    """The assessment with a second opinion beside it; what isn't scored isn't asked about either."""
    if found.unscored is not None:
        return found
    question = bank.questions.get(found.question_id)
    if question is None:
        return replace(found, opinion=NoOpinion("It's given on the bank's own questions only."))
    return replace(found, opinion=judge.opinion(question.ask, question.points, transcript))


def _given(args: Namespace, bank: Bank) -> Transcript:
    if args.transcript:
        return typed(clean(_text(Path(args.transcript)), LONGEST_ANSWER))
    where = places(args.data_dir)
    wiring.check_files([Path(args.audio)])
    ear = wiring.transcriber(wiring.Choice(args.engine, args.model), where, bank.lexicon)
    try:
        return wiring.hear_file(Path(args.audio), ear, where)
    finally:
        ear.close()


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read ({error.strerror}).", "Check the path.") from error
    if len(raw) > LONGEST_FILE:
        raise UsageError(f"{path} is larger than {LONGEST_FILE // 1_000_000} MB.", "Split it.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}:{line}: not UTF-8 text.", "Save it as UTF-8.") from error


def transcribe(args: Namespace) -> int:
    where = places(args.data_dir)
    bank = bank_of(args)
    path = Path(args.file)
    wiring.check_files([path])
    ear = wiring.transcriber(wiring.Choice(args.engine, args.model), where, bank.lexicon)
    try:
        heard = wiring.hear_file(path, ear, where)
    finally:
        ear.close()
    if not args.json:
        say(heard.text or "(nothing was heard)")
        for doubt in heard.doubts:
            note(doubt)
        return 0
    data(
        {
            "schema": 1,
            "engine": heard.engine,
            "duration_s": round(heard.duration_s, 3),
            "text": heard.text,
            "words": [
                {"text": w.text, "start_s": w.start_s, "end_s": w.end_s, "probability": w.probability}
                for w in heard.words
            ],
            "speech": [{"start_s": s.start_s, "end_s": s.end_s} for s in heard.speech],
            "doubts": list(heard.doubts),
        }
    )
    return 0


# Many answers -----------------------------------------------------------------------------------------------------


def grade(args: Namespace) -> int:
    """Every line is checked before any is graded; the output appears whole or not at all."""
    bank = bank_of(args)
    source = Path(args.input)
    rows, problems = _rows(_text(source), source.name, bank)
    if problems:
        shown = "\n".join(problems[:20])
        raise UsageError(
            f"{source} has {len(problems)} bad line{'s' * (len(problems) > 1)}:\n{shown}",
            "Mend them and grade again; nothing was written.",
        )
    grounds = {q.id: Ground(q, bank.lexicon, bank.version) for q in bank.questions.values()}
    judge = asked_judge(args) if args.opinion else None
    known = reference.known(tuple(g for i, g in grounds.items() if i not in bank.own))
    graded = ((row["id"], _grade(row, grounds, known, bank, judge)) for row in rows)
    lines = [json.dumps({"id": row_id, **answer_json(found)}, ensure_ascii=False) for row_id, found in graded]
    text = "".join(f"{line}\n" for line in lines)
    if args.out == "-":
        for line in lines:
            say(line)
    else:
        out = Path(args.out)
        if not out.absolute().parent.is_dir():
            raise UsageError(f"There is no folder {out.absolute().parent}.", "Create it, or choose another --out.")
        write_atomic(out.absolute(), text.encode("utf-8", "replace"))
        note(f"{len(rows)} answers graded to {out}")
    return 0


def _rows(text: str, name: str, bank: Bank) -> tuple[list[dict[str, Any]], list[str]]:
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            column = getattr(error, "colno", 1)
            problems.append(f"{name}:{number}:{column}: not a JSON object on one line")
            continue
        if problem := _row_problem(row, bank):
            problems.append(f"{name}:{number}:1: {problem}")
        else:
            rows.append(row)
    return rows, problems


def _row_problem(row: Any, bank: Bank) -> str:
    if not isinstance(row, dict):
        return "not a JSON object"
    if not isinstance(row.get("id"), str | int):
        return "the key id is missing"
    if not isinstance(row.get("transcript"), str):
        return "the key transcript is missing, or not text"
    question_id = row.get("question_id")
    if isinstance(row.get("reference"), str) and isinstance(row.get("question"), str):
        return "" if question_id is None or isinstance(question_id, str) else "the key question_id is not text"
    if question_id is None:
        return "give question_id, or question and reference"
    if not isinstance(question_id, str) or question_id not in bank.questions:
        return f"there is no question {clean(str(question_id), 80)!r}"
    return ""


def _grade(
    row: dict[str, Any], grounds: Mapping[str, Ground], known: reference.Known, bank: Bank, judge: Judge | None
) -> Assessment:
    answer = typed(clean(row["transcript"], LONGEST_ANSWER))
    if ground := grounds.get(row.get("question_id") or ""):
        found = assess(ground, answer)
    else:
        question = clean(row["question"], LONGEST_ANSWER)
        found = reference.assess(question, clean(row["reference"], LONGEST_ANSWER), answer, bank.lexicon, known)
    return _opined(found, judge, bank, answer) if judge else found
