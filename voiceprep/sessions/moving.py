"""Session folders that come and go as a whole: one process moves them at a time, and what a kill left is mended.

What comes in is written into `sessions/.import.*`; renaming that to `sessions/.imported.*` is the moment from which
the sessions are there, however many they are: whoever moves something next takes them to their places.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from voiceprep import durable
from voiceprep.errors import SessionError

STAGED, ARRIVED = ".import.", ".imported."


@contextlib.contextmanager
def moving(root: Path) -> Iterator[None]:
    """Nobody else moves sessions under `root` meanwhile, and nothing half done is left from before. Raises SessionError
    when somebody does, StorageError when the disk refuses."""
    durable.make_folder(root)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(durable.locked(root / ".moving"))
        except SessionError as error:
            raise SessionError(
                "Another voiceprep is importing, deleting or restoring sessions.",
                "Wait until it's done, then try again.",
            ) from error
        except OSError as error:
            raise durable.storage_error(error, root) from error
        try:
            settle(root)
        except OSError as error:
            raise durable.storage_error(error, root) from error
        yield


def settle(root: Path) -> None:
    """Takes sessions that arrived to their places, and removes what was never wholly there."""
    for folder in sorted(root.iterdir()):
        if folder.name.startswith(ARRIVED):
            for session in sorted(folder.iterdir()):
                os.rename(session, root / session.name)
            durable.sync_folder(root)
            folder.rmdir()
        elif folder.name.startswith(STAGED):
            shutil.rmtree(folder)


def arrive(staged: Path) -> None:
    """Everything in a staged folder is there from now on. Raises OSError, with all of it there or nothing."""
    root = staged.parent
    for session in staged.iterdir():
        durable.sync_folder(session)
    durable.sync_folder(staged)
    os.rename(staged, root / staged.name.replace(STAGED, ARRIVED, 1))
    durable.sync_folder(root)
    settle(root)
