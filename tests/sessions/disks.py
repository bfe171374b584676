"""Disks that are too small, where this machine lets us have one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def tiny(folder: Path, size: str) -> Iterator[Path]:
    """A file system of `size` ("1m") at `folder`; skips with a sentence where mounting isn't allowed."""
    folder.mkdir()
    allowed = sys.platform == "linux" and os.geteuid() == 0
    if (
        not allowed
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "voiceprep-test", str(folder)],
            capture_output=True,
            check=False,
        ).returncode
    ):
        pytest.skip("a small file system can only be mounted by root on Linux")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def read_only(disk: Path) -> None:
    """From now on nothing can be written to it."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
