"""Models half fetched: they lie in a folder of their own, where nothing counts as a model."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

FETCHING = ".fetching"
"""Half fetched models lie there, in the models folder; nothing in it counts as a model."""


def begun(models: Path) -> dict[str, int]:
    """Bytes of models half fetched, by id; those of which nothing came aren't among them."""
    folder = models / FETCHING
    found = sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
    sizes = {p.name: sum(f.stat().st_size for f in p.iterdir() if f.suffix != ".etag") for p in found}
    return {name: size for name, size in sizes.items() if size}


def forget(model_id: str, models: Path) -> None:
    """Removes what was fetched of a model so far."""
    shutil.rmtree(models / FETCHING / model_id, ignore_errors=True)
    with contextlib.suppress(OSError):  # others are half fetched too
        (models / FETCHING).rmdir()
