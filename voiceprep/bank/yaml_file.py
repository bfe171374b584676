"""A YAML reader that can't be surprised.

No aliases, anchors or tags; duplicate keys refused; `true` and `false` are the only booleans; text is the only other
scalar besides whole and decimal numbers, so `no`, `1:30` and `010` stay what the author wrote. Size, depth and count
are limited. Every value keeps its line and column, so that a problem found later can be pointed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from voiceprep.bank.contents import MAX_BYTES, Problem

MAX_DEPTH = 12
MAX_NODES = 30_000

Place = tuple[int, int]
Path_ = tuple[str | int, ...]

_INT = re.compile(r"-?(0|[1-9][0-9]{0,14})\Z")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}\Z")
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

QUOTED = frozenset(("'", '"', "|", ">"))


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as plain dicts, lists and scalars, and where each of them stands."""

    file: str
    data: Any
    places: dict[Path_, Place]

    def problem(self, path: Path_, message: str) -> Problem:
        """A problem at the innermost place that `path` leads to."""
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return Problem(self.file, line, column, message)


class _Refused(Exception):
    def __init__(self, mark: Any, message: str) -> None:
        super().__init__(message)
        self.place: Place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.message = message


class _Events:
    """Builds values from the parser's events, so that nothing is resolved behind our back."""

    def __init__(self, text: str, loader: type) -> None:
        self.events = yaml.parse(text, Loader=loader)
        self.nodes = 0
        self.places: dict[Path_, Place] = {}

    def document(self) -> Any:
        event = next(self.events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise _Refused(event.start_mark, "the file is empty")
        value = self.value(event, ())
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise _Refused(event.start_mark, "only one document in a file: remove the second '---'")
        return value

    def value(self, event: yaml.Event, path: Path_) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _Refused(event.start_mark, f"more than {MAX_NODES} values in one file: split it")
        if len(path) > MAX_DEPTH:
            raise _Refused(event.start_mark, f"nested deeper than {MAX_DEPTH} levels")
        self.allowed(event)
        mark: Any = event.start_mark
        self.places[path] = (mark.line + 1, mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        return self.mapping(path)

    def allowed(self, event: yaml.Event) -> None:
        """Raises for what no value and no key may carry."""
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(event.start_mark, "anchors and aliases are not allowed: write the value out")
        if getattr(event, "tag", None):
            raise _Refused(event.start_mark, "tags (!…) are not allowed: remove the tag")
        if isinstance(event, yaml.ScalarEvent) and (bad := FORBIDDEN.search(str(event.value))):
            raise _Refused(event.start_mark, f"the control character U+{ord(bad[0]):04X} is not allowed in text")

    def sequence(self, path: Path_) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items))))
        return items

    def mapping(self, path: Path_) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused(event.start_mark, "a key must be plain text")
            self.allowed(event)
            key = str(event.value)
            if key in items:
                raise _Refused(event.start_mark, f"the key {key!r} stands here twice: remove one")
            if key == "<<":
                raise _Refused(event.start_mark, "merge keys are not allowed: write the values out")
            items[key] = self.value(next(self.events), (*path, key))
        return items

    @staticmethod
    def scalar(event: yaml.ScalarEvent) -> Any:
        text = str(event.value)
        if event.style in QUOTED:  # quoted or block: text, whatever it looks like
            return text
        if text in ("true", "false"):
            return text == "true"
        if _INT.match(text):
            return int(text)
        return float(text) if _FLOAT.match(text) else text


def read(path: Path, name: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """The file's content, or the one problem that keeps it from being read. `name` stands in the problem."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return None, (Problem(name, 1, 1, f"can't be read: {error.strerror or error}"),)
    if len(raw) > MAX_BYTES:
        return None, (Problem(name, 1, 1, f"larger than {MAX_BYTES:,} bytes: split it"),)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        return None, (Problem(name, line, column, "not UTF-8: save the file as UTF-8"),)
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None:
        events = _Events(text, fast)
        try:
            return Document(name, events.document(), events.places), ()
        except _Refused as refused:
            return None, (Problem(name, *refused.place, refused.message),)
        except Exception:  # noqa: BLE001, S110 - whatever is wrong with it, the slow loader says it better
            pass
    return _slowly(text, name)


def _slowly(text: str, name: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """By the loader written in Python: five times slower, and it knows where it is."""
    events = _Events(text, yaml.SafeLoader)
    try:
        data = events.document()
    except _Refused as refused:
        return None, (Problem(name, *refused.place, refused.message),)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, (Problem(name, line, column, f"not valid YAML: {error.problem or error.context}"),)
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = f"the control character U+{ord(text[error.position]):04X} is not allowed in text"
        return None, (Problem(name, line, column, what),)
    except (ValueError, OverflowError):
        return None, (Problem(name, 1, 1, "not valid YAML: a number in it is out of range"),)
    except yaml.YAMLError as error:
        return None, (Problem(name, 1, 1, f"not valid YAML: {' '.join(str(error).split())[:200]}"),)
    except RecursionError:
        return None, (Problem(name, 1, 1, f"nested deeper than {MAX_DEPTH} levels"),)
    return Document(name, data, events.places), ()
