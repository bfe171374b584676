"""JSON as it may come from a stranger."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, NoReturn

from voiceprep.errors import SessionError


def strictly_json(path: Path, *, by_line: bool = False) -> None:
    """Raises SessionError where a file is UTF-8 JSON and yet nothing to work with: a key twice, no real number (NaN, or
    beyond a float), half a character. What isn't JSON at all is left to the file's own reader."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    for number, line in enumerate(text.split("\n") if by_line else [text], 1):
        try:
            value = json.loads(line, parse_constant=_refused, parse_float=_finite, object_pairs_hook=_once)
            json.dumps(value, ensure_ascii=False).encode()
        except _OddError as error:
            where = f" line {number}" if by_line else ""
            raise SessionError(f"{path.name}{where} {error}.", "") from None
        except UnicodeEncodeError:
            raise SessionError(f"{path.name} holds half a character.", "") from None
        except (ValueError, RecursionError):
            continue


class _OddError(Exception):
    """Python would read it."""


def _refused(constant: str) -> NoReturn:
    raise _OddError(f"holds {constant} for a number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _OddError("holds a number that is too large")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _OddError("holds a key twice")
    return found
