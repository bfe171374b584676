"""A real session's journal, cut at every byte and with every byte flipped: its beginning, or damage with its line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.sessions import made
from voiceprep.core import interview
from voiceprep.errors import SessionError
from voiceprep.sessions import store
from voiceprep.sessions.journal import Damage, read_journal

GOLDEN = Path(__file__).parent / "golden"
NOT_WHOLE = "not a whole event"


@pytest.fixture(params=sorted(p.name for p in GOLDEN.iterdir()))
def raw(request: pytest.FixtureRequest) -> bytes:
    return (GOLDEN / request.param / "events.jsonl").read_bytes()


def test_cut_at_every_byte_it_folds_to_a_prefix(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(raw)
    whole = read_journal(path)
    states = [interview.fold(whole.events[:n]) for n in range(len(whole.events) + 1)]
    ends = [0]
    for line in raw.splitlines(keepends=True):
        ends.append(ends[-1] + len(line))
    # From the end on, in one file: every cut is one byte less of what stands there.
    with path.open("r+b") as file:
        for cut in range(len(raw), -1, -1):
            file.truncate(cut)
            history = read_journal(path)
            n = sum(end <= cut for end in ends) - 1
            assert history.events == whole.events[:n], cut
            assert (history.damage, history.torn_at) == ((), None if cut == ends[n] else ends[n]), cut
            if cut == ends[n] or cut == ends[n] + 1:
                assert interview.fold(history.events) == states[n]


def test_every_flipped_byte_is_found_and_named_with_its_line(tmp_path: Path) -> None:
    """Each line is looked at with the next one behind it: what is flipped in it, its end among that."""
    path = tmp_path / "events.jsonl"
    path.write_bytes((GOLDEN / "v2" / "events.jsonl").read_bytes())
    events = read_journal(path).events
    lines = path.read_bytes().splitlines(keepends=True)
    begins = [sum(map(len, lines[:n])) for n in range(len(lines) + 2)]
    with path.open("r+b", buffering=0) as file:
        for number in range(len(lines), 0, -1):
            file.truncate(min(begins[number + 1], begins[len(lines)]))
            for at, byte in enumerate(lines[number - 1], begins[number - 1]):
                os.pwrite(file.fileno(), bytes([byte ^ (0xFF if at % 2 else 0x01)]), at)
                history = read_journal(path)
                os.pwrite(file.fileno(), bytes([byte]), at)
                assert history.events == events[: number - 1], (number, at)
                torn = (number, at) == (len(lines), begins[number] - 1)  # only a last line without its end can look so
                assert [d.line for d in history.damage[:1]] == [number] * (not torn), (number, at)
                assert history.torn_at == (begins[number - 1] if torn else None), (number, at)


@pytest.mark.parametrize("version", [b"0", b"2", b"9", b"-1", b"1e3", b'"1"', b"null", b"1.5", b"true", b"[]"])
def test_a_line_of_any_version_is_read_damage_or_a_newer_program_by_name(tmp_path: Path, version: bytes) -> None:
    raw = (GOLDEN / "v1" / "events.jsonl").read_bytes()
    lines = raw.splitlines(keepends=True)
    lines[3] = made.rewritten(lines[3], lambda record: record.update(v=json.loads(version)))
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines))
    if json.loads(version) in (2, 9):
        with pytest.raises(SessionError, match="newer voiceprep"):
            read_journal(path)
    else:
        assert read_journal(path).damage == (() if version in (b"0", b"-1", b"true") else (Damage(4, NOT_WHOLE),))
    assert path.read_bytes() == b"".join(lines)


def test_a_cut_journal_in_its_folder_is_verified_without_an_exception(raw: bytes, tmp_path: Path) -> None:
    name = "v1" if raw == (GOLDEN / "v1" / "events.jsonl").read_bytes() else "v2"
    folder = store.SessionFolder(tmp_path / name)
    folder.audio.mkdir(parents=True)
    folder.meta_path.write_bytes((GOLDEN / name / "session.json").read_bytes())
    for cut in range(0, len(raw), 211):
        folder.journal.write_bytes(raw[:cut])
        found = store.verify(folder)
        assert found and all(isinstance(problem, store.Bearable) for problem in found), (cut, found)
