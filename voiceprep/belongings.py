"""What voiceprep keeps on this machine: which files are its own, in kinds, and which only lie among them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voiceprep.config import Places

_SESSION = (
    r"(\.moving|([^/]+/){1,2}(session\.json|events\.jsonl|lock|report\.(md|html|json)"
    r"|audio/[^/]+\.(wav|flac|part)))"
)
_PART = r"([^/]+/)*\.[^/]+\.part"
MODELS = "models"
KINDS: tuple[tuple[str, str, str], ...] = (
    ("sessions", "data", f"sessions/{_SESSION}"),
    ("the demo's sessions", "data", f"demo/{_SESSION}"),
    ("trash", "data", f"trash/{_SESSION}"),
    ("questions of your own", "data", r"questions/[^/]+/[^/]+\.yaml"),
    ("terms and rounds of your own", "data", r"(lexicon|rounds)\.yaml"),
    ("settings", "data", r"(settings|calibration)\.json"),
    (MODELS, "data", r"models/(whisper|piper|minilm|\.fetching)/.+"),
    ("cache", "cache", r"(speech|bank|tmp[^/]+)/.+"),
    ("index of the sessions", "cache", r"sessions/[^/]+\.db(-wal|-shm|-journal|\.closed)?"),
    ("log of the engines", "cache", r"engines\.log"),
    ("what was being written", "data", _PART),
    ("what was being written there", "cache", _PART),
)
"""Name, folder, and what of that folder is voiceprep's own: nothing else is ever removed."""
_FOLDERS = {"data": "sessions|demo|trash|questions|models", "cache": "speech|bank|sessions|tmp[^/]*"}
"""Folders that are looked into."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one kind. `where` is what holds them all."""

    name: str
    where: Path
    files: tuple[Path, ...]
    bytes: int


@dataclass(frozen=True, slots=True)
class Belongings:
    """Everything of voiceprep's; `foreign` is what isn't, and `links` what leads elsewhere and is never followed."""

    kinds: tuple[Kind, ...]
    foreign: tuple[Path, ...]
    links: tuple[Path, ...]
    folders: tuple[Path, ...]
    """Folders that are voiceprep's when they're empty, the innermost first."""


def belongings(where: Places) -> Belongings:
    """What there is now. Raises OSError for a folder that can't be read."""
    sides = {"data": where.data, "cache": where.cache}
    roots = list(dict.fromkeys(sides.values()))
    files: dict[str, list[Path]] = {name: [] for name, _, _ in KINDS}
    foreign: list[Path] = []
    links: list[Path] = []
    folders: list[Path] = []
    for root in roots:
        own = re.compile("|".join(_FOLDERS[side] for side, lies in sides.items() if lies == root))
        patterns = {name: pattern for name, side, pattern in KINDS if sides[side] == root}
        for path in _walk(root, own):
            inside = path.relative_to(root).as_posix()
            kind = next((name for name, pattern in patterns.items() if re.fullmatch(pattern, inside)), None)
            if path.is_symlink():
                links.append(path)
            elif path.is_dir() and own.fullmatch(inside.partition("/")[0]):
                folders.append(path)
            elif kind is not None and not path.is_dir():
                files[kind].append(path)
            elif path not in roots:
                foreign.append(path)
    kinds = tuple(_kind(name, sides[side], paths) for name, side, _ in KINDS if (paths := files[name]))
    inner_first = sorted([*folders, *roots], key=lambda p: -len(p.parts))
    return Belongings(kinds, tuple(foreign), tuple(links), tuple(inner_first))


def _walk(root: Path, into: re.Pattern[str]) -> Iterator[Path]:
    """What lies in `root`, and below it in the folders of these names; links are named and not followed."""

    def refused(error: OSError) -> None:
        raise error

    if not root.is_dir():
        return
    for folder, names, files in os.walk(root, onerror=refused):
        yield from (Path(folder, name) for name in sorted((*names, *files)))
        if Path(folder) == root:
            names[:] = [name for name in names if into.fullmatch(name)]


def _kind(name: str, root: Path, paths: list[Path]) -> Kind:
    tops = {root / path.relative_to(root).parts[0] for path in paths}
    return Kind(name, tops.pop() if len(tops) == 1 else root, tuple(paths), sum(p.lstat().st_size for p in paths))


def bytes_in(folder: Path) -> int:
    """Bytes of all files below `folder`; 0 where there is none."""
    return sum(Path(at, name).lstat().st_size for at, _, names in os.walk(folder) for name in names)


def size(count: int) -> str:
    """Bytes in words: "310 B", "6.2 kB", "24.0 MB"."""
    for unit, of in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= of:
            return f"{count / of:.1f} {unit}"
    return f"{count} B"
