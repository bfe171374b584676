"""Draws the interview's table into ARCHITECTURE.md: `python -m tests.kit.diagram`."""

from __future__ import annotations

import re
from pathlib import Path

from voiceprep.core.interview import diagram

DOCUMENT = Path(__file__).parents[2] / "ARCHITECTURE.md"
BLOCK = re.compile(r"(```mermaid\n).*?(\n```)", re.DOTALL)


def drawn(text: str) -> str:
    """The document with the diagram of today's table."""
    return BLOCK.sub(lambda m: m[1] + diagram() + m[2], text, count=1)


if __name__ == "__main__":
    DOCUMENT.write_text(drawn(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
