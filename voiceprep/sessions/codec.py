"""Events, questions and lexicons to JSON and back, checked on the way in."""

from __future__ import annotations

import functools
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from voiceprep.core import events
from voiceprep.core.clean import one_line
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.question import Question
from voiceprep.errors import SessionError

EVENT_TYPES: dict[str, type] = {t.__name__: t for t in get_args(events.Event)}


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(value: Any) -> Any:
    """A core value as plain JSON data."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json")


def event_from(kind: str, data: Any) -> events.Event:
    """The event that `to_json` made. Raises SessionError for a kind or a shape that isn't known."""
    if kind not in EVENT_TYPES:
        hint = "Update voiceprep; nothing in the session was changed."
        raise SessionError(f"it was written by a newer voiceprep (an event {one_line(kind, 60)!r})", hint)
    return _checked(EVENT_TYPES[kind], data)  # type: ignore[no-any-return]


def question_from(data: Any) -> Question:
    return _checked(Question, data)  # type: ignore[no-any-return]


def lexicon_from(data: Any) -> Lexicon:
    return _checked(Lexicon, data)  # type: ignore[no-any-return]


def _checked(kind: type, data: Any) -> Any:
    try:
        return _adapter(kind).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(p) for p in first["loc"])
        raise SessionError(
            f"The session's data is damaged: {kind.__name__}.{where}: {first['msg']}.",
            "See what is left of it: voiceprep sessions verify.",
        ) from error
