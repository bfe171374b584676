"""The authoring guide's template as a bank: what the guide tells people to write passes what it tells them to run."""

from __future__ import annotations

import re
from pathlib import Path

from voiceprep.bank import bank_folder

GUIDE = bank_folder() / "AUTHORING.md"
FILE = re.compile(r"As `my-bank/([\w./-]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)


def files() -> dict[str, str]:
    """Every file of the template, by its path in the bank."""
    return dict(FILE.findall(GUIDE.read_text(encoding="utf-8")))


def write(folder: Path, **changed: str) -> Path:
    """The template in `folder`, with files replaced by their name up to the dot."""
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(path.stem, text), encoding="utf-8")
    return folder
