"""A CV's projects as "tell me about" questions whose answers are stories: situation, task, action, result."""

from __future__ import annotations

from typing import Any

from voiceprep.bank.contents import Problem
from voiceprep.bank.markdown import named, question_form, short
from voiceprep.bank.written import FORM
from voiceprep.bank.yaml_file import Document, Path_, Place
from voiceprep.core.clean import REPLACEMENT, clean
from voiceprep.core.projects import ACTIONS, Project, projects_in

TOPIC = "my-projects"
ASKED = "What was the situation, what did you do yourself, and how did it end?"
_LONGEST_SAID = 500


def curriculum_document(text: str, name: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """A question for each project found, or the problem that there's none. `name` stands in the problem.

    What was copied out of a PDF holds all sorts of characters; those that are no text are left out.
    """
    projects = projects_in(clean(text, len(text) + 1).replace(REPLACEMENT, ""))
    if not projects:
        what = "tells of no project: write a headline for each, and below it lines like '- Built the search.'"
        return None, (Problem(name, 1, 1, what),)
    places: dict[Path_, Place] = {(): (1, 1)}
    used: set[str] = set()
    items = []
    for n, project in enumerate(projects):
        question_id = named(project.title, used)
        used.add(question_id)
        places |= {("questions", n): (project.line, 1), ("questions", n, "id"): (project.line, 1)}
        items.append(_question(project, question_id))
    return Document(name, {"form": FORM, "topic": TOPIC, "questions": items}, places), ()


def _question(project: Project, question_id: str) -> dict[str, Any]:
    told = "What you wrote about it: " + _joined(project.done, 3_500)
    form = question_form(
        question_id,
        f"Tell me about \u201c{project.title}\u201d. {ASKED}",
        _points(project),
        told,
        topic=TOPIC,
        type_="behavioral",
    )
    return form | {
        "short": short(project.title),
        "assesses": ["Tells what they did themselves, and what came of it."],
        "why": "It stands in your CV, so an interviewer will ask about it.",
        "target_s": [60, 150],
        "follow_ups": _follow_ups(project, told),
    }


def _points(project: Project) -> list[dict[str, Any]]:
    when = f", {project.when}" if project.when else ""
    did = _first_person(project.deed)
    ended = _first_person(project.outcome) if project.outcome else "In the end it worked, and we still use it today."
    return [
        _point("situation", "star_s", 1.0, "The story says when and where it was, and what was the matter.",
               f"That was {project.title}{when}, and there was a problem to solve."),
        _point("task", "star_t", 1.0, "The story says what you had to achieve.", "My task was to get that done."),
        _point("action", "star_a", 2.0, "The story says what you did yourself.", did),
        _point("result", "star_r", 1.5, "The story says how it ended, with a figure where there is one.", ended),
    ]  # fmt: skip


def _follow_ups(project: Project, told: str) -> list[dict[str, Any]]:
    did, ended = _first_person(project.deed), _first_person(project.outcome or project.done[-1])
    return [
        {
            "id": "yourself",
            "ask": "What of that did you do yourself, and what did others do?",
            "probes": ["action", "task"],
            "points": [_point("own-part", "star_a", 1.0, "What you did yourself, in the first person.", did)],
            "model_answer": told,
        },
        {
            "id": "how-it-ended",
            "ask": "How did it end, and how do you know that it was worth it?",
            "probes": ["result", "situation"],
            "deepens": True,
            "points": [_point("proof", "star_r", 1.0, "What came of it, and what shows that.", ended)],
            "model_answer": told,
        },
    ]


def _point(point_id: str, kind: str, weight: float, text: str, say: str) -> dict[str, Any]:
    return {"id": point_id, "text": text, "say": say, "core": True, "weight": weight, "kind": kind}


def _first_person(sentence: str) -> str:
    """What a CV says without a subject, as one would say it: "I built the search"."""
    text = sentence if len(sentence) <= _LONGEST_SAID else sentence[: _LONGEST_SAID - 2].rsplit(" ", 1)[0] + "\u2026"
    first = text.split(" ", 1)[0]
    return f"I {first.lower()}{text[len(first) :]}" if first.lower() in ACTIONS else text


def _joined(sentences: tuple[str, ...], longest: int) -> str:
    found = ""
    for sentence in sentences:
        if len(found) + len(sentence) + 1 > longest:
            break
        found = f"{found} {sentence}".strip()
    return found or sentences[0][:longest]
