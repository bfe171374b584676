"""A whole model, fetched: file by file beside its place, checked there, and then put there at once."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from voiceprep import durable
from voiceprep.belongings import size
from voiceprep.errors import SessionError, StorageError
from voiceprep.speech.begun import FETCHING, begun, forget
from voiceprep.speech.catalogue import HubFile, Model
from voiceprep.speech.hub import FetchError, Hub
from voiceprep.speech.models import check
from voiceprep.speech.records import Record, Recorded, sha256_of

SPARE_BYTES = 100_000_000
"""What the disk should still have free afterwards."""


def fetch(
    model: Model,
    models: Path,
    hub: Hub,
    arrived: Callable[[int], None],
    free_bytes: Callable[[Path], int] = durable.free_bytes,
) -> Path:
    """Fetches what is missing of `model` and returns its folder. `arrived` gets the bytes as they come.

    Raises FetchError, StorageError, and SetupMissing when the hub's files are no whole model. Whatever happens,
    the model is there as a whole or isn't there."""
    place, staged = models / model.kind / model.id, models / FETCHING / model.id
    if os.path.lexists(place):
        raise FetchError(f"Something lies at {place} already.", f"Remove it first: voiceprep models remove {model.id}")
    for folder in (place.parent, staged):
        durable.make_folder(folder)
    with _alone(staged):
        missing = model.bytes - begun(models).get(model.id, 0)
        if (free := free_bytes(staged)) < missing + SPARE_BYTES:
            raise StorageError(
                f"{model.id} needs {size(missing)} more, and the disk has {size(free)} free: {models}.",
                "Free some space, or choose another folder with --data-dir.",
            )
        files = {f.name: _fetch_file(model, f, staged, hub, arrived) for f in model.files}
        check(model.kind, model.id, staged)
        Record(f"{hub.host}/{model.repository}", model.revision, files).save(staged)
        try:
            os.rename(staged, place)
            durable.sync_folder(place.parent)
        except OSError as error:
            raise durable.storage_error(error, place) from error
    forget(model.id, models)
    return place


def _fetch_file(model: Model, file: HubFile, staged: Path, hub: Hub, arrived: Callable[[int], None]) -> Recorded:
    done, part = staged / file.name, staged / f"{file.name}.part"
    if done.is_file():
        found = sha256_of(done)
        if done.stat().st_size == file.size and file.sha256 in (None, found):
            return Recorded(file.size, found)
        arrived(-done.stat().st_size)
        done.unlink()
    found = hub.fetch(model.repository, model.revision, file, part, arrived)
    os.replace(part, done)
    return Recorded(file.size, found)


@contextlib.contextmanager
def _alone(staged: Path) -> Iterator[None]:
    """One process at a time fetches a model."""
    lock = staged.with_name(f"{staged.name}.lock")
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(durable.locked(lock))
        except SessionError:
            raise FetchError(f"Another voiceprep is fetching {staged.name}.", "Wait for it, or end it.") from None
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
