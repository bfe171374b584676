"""`wipe`: everything that voiceprep keeps on this machine, listed and then removed."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from voiceprep.belongings import MODELS, Belongings, Kind, belongings, size
from voiceprep.commands.asking import confirmed
from voiceprep.commands.output import data, note, say
from voiceprep.config import Places, places
from voiceprep.core.clean import one_line
from voiceprep.errors import StorageError
from voiceprep.sessions import store

SHOWN = 20
_NOTHING = "Nothing was removed."
_LINK = "a link: what it leads to was not touched"


def wipe(args: Namespace) -> int:
    """Exit code 1 when something of voiceprep's is still there. `--json` without `--yes` only lists."""
    where = places(args.data_dir)
    found = belongings(where)
    chosen = _chosen(found, args.keep_models)
    if not args.json:
        for line in _listed(found, chosen):
            say(line)
    if not chosen:
        note("There is nothing of voiceprep's to remove.")
    wanted = bool(chosen) and (args.yes or (not args.json and confirmed("Type wipe, then enter (else: no)", "wipe")))
    left = _removed(where, args.keep_models) if wanted else {}
    if args.json:
        data(_json(found, chosen, left, removed=wanted))
    elif chosen:
        counted = f"{sum(len(k.files) for k in chosen)} files, {size(sum(k.bytes for k in chosen))}"
        note(f"Removed: {counted}." if wanted and not left else "Not everything was removed." if wanted else _NOTHING)
    if left:
        some = "; ".join(f"{one_line(str(path))}: {why}" for path, why in list(left.items())[:SHOWN])
        raise StorageError(f"{len(left)} could not be removed ({some}).", "Remove them yourself.")
    return 0


def _chosen(found: Belongings, keep_models: bool) -> tuple[Kind, ...]:
    return tuple(kind for kind in found.kinds if not (keep_models and kind.name == MODELS))


def _removed(where: Places, keep_models: bool) -> dict[Path, str]:
    """Removes it and looks again; what is left of it, and why."""
    for session in (*store.folders(where.sessions), *store.folders(where.data / "demo")):
        with session.locked():
            pass  # a session that is being held isn't taken away from under it
    found = belongings(where)
    left = _remove(found, _chosen(found, keep_models))
    after = belongings(where)
    again = (path for kind in _chosen(after, keep_models) for path in kind.files)
    return {**dict.fromkeys(again, "it's there again"), **dict.fromkeys(after.links, _LINK), **left}


def _remove(found: Belongings, chosen: Sequence[Kind]) -> dict[Path, str]:
    """What couldn't be removed, and why."""
    left: dict[Path, str] = {}
    for kind in chosen:
        for path in kind.files:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                left[path] = error.strerror or str(error)
    for folder in found.folders:
        with contextlib.suppress(OSError):  # something is in it
            folder.rmdir()
    return left


def _listed(found: Belongings, chosen: Sequence[Kind]) -> Iterator[str]:
    names = {k.name for k in chosen}
    for kind in found.kinds:
        keeps = "" if kind.name in names else "  (kept)"
        many = f"{len(kind.files)} file{'s' * (len(kind.files) != 1)}"
        yield f"{kind.name:<29} {many:>12} {size(kind.bytes):>9}  {one_line(str(kind.where))}{keeps}"
    yield from _others("Not voiceprep's, left alone:", found.foreign)
    yield from _others("Links, left alone with what they lead to:", found.links)


def _others(title: str, paths: tuple[Path, ...]) -> Iterator[str]:
    if paths:
        yield title
        yield from (f"  {one_line(str(path))}" for path in paths[:SHOWN])
    if len(paths) > SHOWN:
        yield f"  ... and {len(paths) - SHOWN} more"


def _json(found: Belongings, chosen: Sequence[Kind], left: dict[Path, str], *, removed: bool) -> dict[str, object]:
    return {
        "schema": 1,
        "kinds": [{"name": k.name, "where": str(k.where), "files": len(k.files), "bytes": k.bytes} for k in chosen],
        "foreign": [str(path) for path in found.foreign],
        "links": [str(path) for path in found.links],
        "removed": removed,
        "left": [{"path": str(path), "why": why} for path, why in left.items()],
    }
