"""Rounds as a bank's file lists them, and whether they can ever be held."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from voiceprep.bank import schema
from voiceprep.bank.contents import Problem
from voiceprep.bank.yaml_file import Document, Path_
from voiceprep.core.home import seconds_of
from voiceprep.core.plan import Round, Wants
from voiceprep.core.pressure import turns_s
from voiceprep.core.question import Outline, Question

TAGS = "tags.yaml"

Pool = Mapping[str, Question | Outline]


def read_rounds(
    document: Document, form: schema.RoundsFile, questions: Collection[str], problems: list[Problem]
) -> dict[str, Round]:
    """The rounds by id, and every problem of theirs that shows without the questions' texts."""
    rounds: dict[str, Round] = {}
    for n, item in enumerate(form.rounds):
        if item.id in rounds:
            problems.append(document.problem(("rounds", n, "id"), f"the round {item.id!r} is defined twice"))
        if (item.questions is None) is (item.choose is None):
            what = "a round lists its questions, or says how to choose them: give one of questions and choose"
            problems.append(document.problem(("rounds", n), what))
        for m, question_id in enumerate(item.questions or ()):
            place = ("rounds", n, "questions", m)
            if question_id not in questions:
                problems.append(document.problem(place, f"there is no question {question_id!r}"))
            elif item.questions and question_id in item.questions[:m]:
                problems.append(document.problem(place, f"the question {question_id!r} stands here twice: remove one"))
        rounds.setdefault(item.id, item.value())
    return rounds


def unheld(
    document: Document, rounds: Mapping[str, Round], questions: Pool, tags: frozenset[str] | None
) -> Iterator[Problem]:
    """Rounds that nobody could ever hold as they say: they choose what isn't there, or more than there is, or have a
    clock that can't run out."""
    written = document.data.get("rounds") if isinstance(document.data, dict) else None
    seen: set[str] = set()
    for n, item in enumerate(written if rounds and isinstance(written, list) else ()):
        round_ = rounds.get(item["id"])
        if round_ is None or round_.id in seen:
            continue
        seen.add(round_.id)
        where: Path_ = ("rounds", n)
        wants = round_.choose
        wrong = [] if wants is None else list(_unfilled(document, where, round_, wants, questions, tags))
        yield from wrong or _never_up(document, where, round_, questions)


def _unfilled(
    document: Document, at: Path_, round_: Round, wants: Wants, questions: Pool, tags: frozenset[str] | None
) -> Iterator[Problem]:
    """What it chooses that isn't there, or isn't there so often."""
    where = (*at, "choose")
    strange = list(_strange(wants, questions, tags))
    yield from (document.problem((*where, *path), message) for path, message in strange)
    fitting = wants.fitting(questions.values())
    if strange:
        return
    lasts = sum(seconds_of(q, round_.follow_ups) for q in fitting) / 60
    if len(fitting) < (wants.how_many or (1 if wants.minutes else wants.most or 1)):
        fits = f"{len(fitting)} question{'s' * (len(fitting) != 1)}"
        message = f"can never be filled: it fits {fits}, and asks for {wants.most or 1}: choose more widely, or fewer"
        yield document.problem((*where, "how_many"), message)
    elif wants.minutes and not wants.how_many and lasts < wants.minutes:
        message = f"can never be filled: what it fits lasts {lasts:.0f} minutes: choose more widely, or fewer minutes"
        yield document.problem((*where, "minutes"), message)


def _never_up(document: Document, at: Path_, round_: Round, questions: Pool) -> Iterator[Problem]:
    """A time for all of it that's longer than all of it can last."""
    rules = round_.pressure
    if rules is None or rules.session_s is None:
        return
    if round_.choose is not None:
        asked = round_.choose.fitting(questions.values())
    elif all(i in questions for i in round_.questions):
        asked = [questions[i] for i in round_.questions]
    else:
        return  # what isn't there is a problem by itself
    lasting = sorted((turns_s(rules, min(round_.follow_ups, len(q.follow_ups))) for q in asked), reverse=True)
    most_s = sum(lasting[: round_.choose.most] if round_.choose else lasting)
    if most_s < rules.session_s:
        lasts = f"all turns together last {most_s:g} seconds at most"
        message = f"session_s can never be up: {lasts}: give less than that, or leave it out"
        yield document.problem((*at, "pressure", "session_s"), message)


def _strange(wants: Wants, questions: Pool, tags: frozenset[str] | None) -> Iterator[tuple[Path_, str]]:
    """Topics and technologies of no question."""
    topics = {q.topic for q in questions.values()}
    used = {t for q in questions.values() for t in q.technologies}
    for m, topic in enumerate(wants.topics):
        if topic not in topics:
            yield ("topic", m), f"there is no question of the topic {topic!r}"
    for m, name in enumerate(wants.technologies):
        if tags is not None and name not in tags:
            yield ("technologies", m), f"{name!r} is not in {TAGS}: use one that is"
        elif name not in used:
            yield ("technologies", m), f"no question names the technology {name!r}"
