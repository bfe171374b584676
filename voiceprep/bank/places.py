"""Where the shipped bank lies (beside the package in a checkout, inside it in a wheel), and how a place is named."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def bank_folder() -> Path:
    """The folder of the shipped question bank."""
    inside = Path(str(files("voiceprep"))) / "_data" / "question_bank"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "question_bank"


def shown(path: Path) -> str:
    """The path as a problem names it: from here where it lies below, else whole."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
