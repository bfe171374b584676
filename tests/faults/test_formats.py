"""Sessions of a newer program are looked at and never changed; those of an older one become today's or stay as they
are; of one that lacks a file, what is left is shown and what isn't is named."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.faults import stops
from tests.faults.kill_subject import forked
from tests.sessions import made
from tests.sessions.command import Result, batch
from voiceprep.sessions import store
from voiceprep.sessions.finalise import left_over

GOLDEN = Path(__file__).parents[1] / "sessions" / "golden"
LOOKING = ("sessions list", "sessions show last", "sessions verify", "replay last")
RESUME = "practice --text --voice none --resume last"
Harm = Callable[[store.SessionFolder], None]


def everything(folder: store.SessionFolder) -> dict[str, tuple[bytes, int]]:
    return {
        str(p.relative_to(folder.path)): (p.read_bytes(), p.stat().st_mode)
        for p in folder.path.rglob("*")
        if p.is_file() and p.name != "lock"
    }


def told(data: Sequence[Path], *lines: str) -> list[dict[str, Result]]:
    """What each command line says of each data folder, all forked from one process; none ends in a traceback."""
    commands = [[*line.split(), "--data-dir", folder] for folder in data for line in lines]
    done = iter(batch(commands, stdin="mine\n\n"))
    return [{line: next(done) for line in lines} for _ in data]


def newer_meta(folder: store.SessionFolder) -> None:
    meta = json.loads(folder.meta_path.read_text())
    folder.meta_path.write_text(json.dumps({**meta, "schema": store.SCHEMA + 1, "unheard_of": [1]}))


def newer_line(folder: store.SessionFolder) -> None:
    lines = folder.journal.read_bytes().splitlines(keepends=True)[:-1]
    lines[-1] = made.rewritten(lines[-1], lambda record: record.update(v=2, data={"unheard": "of"}))
    folder.journal.write_bytes(b"".join(lines))


def newer_event(folder: store.SessionFolder) -> None:
    lines = folder.journal.read_bytes().splitlines(keepends=True)[:-1]
    lines[-1] = made.rewritten(lines[-1], lambda record: record.update(type="Telepathy"))
    folder.journal.write_bytes(b"".join(lines))


def test_a_newer_session_is_said_to_be_one_and_no_byte_of_it_is_changed(tmp_path: Path) -> None:
    harms: tuple[Harm, ...] = (newer_meta, newer_line, newer_event)
    folders = {harm: made.session(tmp_path / harm.__name__) for harm in harms}
    for harm, folder in folders.items():
        harm(folder)
    before = {harm: everything(folder) for harm, folder in folders.items()}
    every = told([tmp_path / harm.__name__ for harm in harms], *LOOKING, RESUME, "rescore last")
    for (harm, folder), said in zip(folders.items(), every, strict=True):
        assert everything(folder) == before[harm], harm
        assert "newer voiceprep" in said["sessions verify"].out
        assert said[RESUME].code == 1 and "newer voiceprep" in said[RESUME].err, said[RESUME]
        listed = said["sessions list"]
        assert listed.code == 0 and folder.id in listed.out and "newer voiceprep" in listed.out, listed


@pytest.mark.parametrize("part", [0.0, 0.5])
def test_killed_while_an_older_session_becomes_todays_it_is_the_one_or_the_other(tmp_path: Path, part: float) -> None:
    old = json.loads((GOLDEN / "v1" / "session.json").read_text())
    schemas = set()
    for nth in range(30):
        root = tmp_path / str(nth)
        shutil.copytree(GOLDEN / "v1", root / "v1")
        folder = store.find(root, "v1")

        def deed(root: Path = root, nth: int = nth) -> None:
            stops.watch(root, stops.dies_at("session.json", nth, part))
            left_over(root, lambda: False)

        lived = os.waitstatus_to_exitcode(os.waitpid(forked(deed, tmp_path / "out"), 0)[1]) == 0
        raw = json.loads(folder.meta_path.read_text())
        schemas.add(raw["schema"])
        assert raw == old or raw == {**old, "schema": store.SCHEMA, "recordings": "kept"}
        assert store.verify(folder) == []
        assert len(folder.history().events) == 14
        left_over(root, lambda: False)
        assert [p.name for p in folder.audio.iterdir()] == ["a003.flac"] and store.verify(folder) == []
        if lived:
            assert schemas == {1, 2} and nth > 3
            return
    pytest.fail("it never ends")


NAMED = {"session.json": "session.json", "events.jsonl": "journal", "audio/a001.wav": "a001", "audio": "a001"}
"""What may be gone, and what `verify` calls it."""


def test_of_a_session_that_lacks_a_file_or_was_moved_the_rest_is_shown_and_what_is_gone_is_named(
    tmp_path: Path,
) -> None:
    folders = {gone: made.session(tmp_path / str(n)) for n, gone in enumerate(NAMED)}
    whole = [folder.state() for folder in folders.values()]
    for gone, folder in folders.items():
        path = folder.path / gone
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = {gone: everything(folder) for gone, folder in folders.items()}
    moved = tmp_path / "moved" / "sessions" / "my interview"
    moved.parent.mkdir(parents=True)
    shutil.move(made.session(tmp_path / "from").path, moved)
    *lacking, of_moved = told([*(tmp_path / str(n) for n in range(len(NAMED))), tmp_path / "moved"], *LOOKING)
    for (gone, folder), state, said in zip(folders.items(), whole, lacking, strict=True):
        assert said["sessions verify"].code == 1 and NAMED[gone] in said["sessions verify"].out
        assert said["sessions list"].code == 0 and folder.id in said["sessions list"].out
        if gone != "events.jsonl":
            assert folder.state() == state and said["replay last"].code == 0
        if gone.startswith("audio"):
            shown = said["sessions show last"]
            assert shown.code == 0 and "a001: The recording of this answer is missing." in shown.out
        assert everything(folder) == before[gone]
    assert [r.code for r in of_moved.values()] == [0] * len(LOOKING), of_moved
    assert all("my interview" in of_moved[line].out for line in ("sessions list", "sessions verify"))
