"""Prompts are Markdown files with a version and named variables. A value can't hold a variable or end its block."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

_FILE = re.compile(
    r"\A---\nversion: (?P<version>\d+)\nvariables: (?P<variables>[\w ]*)\n---\n"
    r".*?^## System\n(?P<system>.+?)^## User\n(?P<user>.+)\Z",
    re.DOTALL | re.MULTILINE,
)
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    version: str
    """The version in the file and the beginning of the file's hash."""
    variables: frozenset[str]
    system: str
    user: str

    def render(self, **values: str) -> tuple[str, str]:
        """The system's and the user's text. Raises ValueError unless exactly the named variables are given."""
        if values.keys() != self.variables:
            raise ValueError(f"the prompt wants {sorted(self.variables)}, not {sorted(values)}")
        return _filled(self.system, values), _filled(self.user, values)


def load(name: str) -> Prompt:
    """The prompt of that name. Raises ValueError when the file isn't one."""
    inside = Path(str(files("voiceprep"))) / "_data" / "prompts"
    folder = inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "prompts"
    text = (folder / f"{name}.md").read_text(encoding="utf-8")
    found = _FILE.match(text)
    if not found or set(_VARIABLE.findall(text)) != set(found["variables"].split()):
        raise ValueError(f"{name}.md isn't a prompt, or its variables aren't those it names")
    version = f"{name} {found['version']} ({hashlib.sha256(text.encode()).hexdigest()[:12]})"
    return Prompt(version, frozenset(found["variables"].split()), found["system"].strip(), found["user"].strip())


def as_data(value: Any) -> str:
    """JSON in which no text can look like a chat template's mark, a tag or a boundary."""
    lines = json.dumps(value, ensure_ascii=False, indent=0)
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: m[0].replace("<", "\\u003c").replace("[", "\\u005b"), lines)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda m: values[m[1]], text)
