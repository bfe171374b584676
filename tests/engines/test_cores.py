"""Threads are counted by cores, not by what runs on them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from voiceprep.speech.cores import cores


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system doesn't tell which cores may be used")
@pytest.mark.parametrize(("siblings", "found"), [(("0-1", "0-1", "2-3", "2-3"), 2), (("0", "1", "2", "3"), 4)])
def test_two_threads_of_one_core_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, siblings: tuple[str, ...], found: int
) -> None:
    for n, together in enumerate(siblings):
        folder = tmp_path / f"cpu{n}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(f"{together}\n")
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(len(siblings))))
    assert cores(tmp_path) == found
    assert cores(tmp_path / "nothing there") == len(siblings)
