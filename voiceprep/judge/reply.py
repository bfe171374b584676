"""What a model is asked to reply, and a reply read as far as it can be believed to be one."""

from __future__ import annotations

import re
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

Relation = Literal["supports", "contradicts", "mentions_only", "absent"]

_CLOSED = ConfigDict(json_schema_extra={"additionalProperties": False})


class Claim(BaseModel):
    """What the model claims about one point. No confidence is asked for: a number of its own would be invented."""

    model_config = _CLOSED
    point_id: str
    claim_in_own_words: str
    quote: str
    sentence_no: int | None
    relation: Relation


class Claims(BaseModel):
    model_config = _CLOSED
    claims: list[Claim]


class Alone(BaseModel):
    """What a quote says when nothing else is known."""

    model_config = _CLOSED
    id: str
    quote_says: Literal["the point", "the opposite", "neither"]


class Alones(BaseModel):
    model_config = _CLOSED
    quotes: list[Alone]


Shape = TypeVar("Shape", bound=BaseModel)


class Silent(Exception):
    """There will be no opinion; the message is the sentence that says why."""


class Unreadable(Exception):
    """The reply isn't of the shape; the message says what is wrong, for the model."""


def read(text: str, shape: type[Shape]) -> Shape:
    """The JSON in the reply, whatever stands around it. Raises Unreadable."""
    text = re.sub(r"<think>.*?(</think>|\Z)", "", text, flags=re.DOTALL).rpartition("</think>")[2]
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise Unreadable("there is no JSON object in it")
    try:
        return shape.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)[:3]
        raise Unreadable("; ".join(f"{'.'.join(str(p)[:30] for p in f['loc'])}: {f['msg']}" for f in found)) from None


def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    return shape.model_json_schema()
