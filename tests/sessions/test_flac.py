"""A take's way from WAV to FLAC: killed or refused anywhere, one of them is there and whole; a flipped bit is found."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voiceprep.errors import AudioFileError, VoiceprepError
from voiceprep.pcm import flac
from voiceprep.pcm.recording import length_s, read_recording
from voiceprep.pcm.wav import RATE, TakeFile

SOUND = np.random.default_rng(3).integers(-3_000, 3_000, 25 * RATE + 7, dtype=np.int16).tobytes()
"""Two and a half of the blocks that are worked off at once, and no whole number of anything."""
CALLS = ("open", "close", "fsync", "replace", "unlink")


def take(folder: Path, pcm: bytes = SOUND) -> Path:
    file = TakeFile(folder / "a001.wav")
    file.append(pcm)
    file.close()
    return file.path


def before_each_call(fail: Callable[[], None]) -> Iterator[tuple[Any, str, Any]]:
    """Every call by which the disk is changed, with `fail` done before it."""

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            fail()
            return real(*args, **kwargs)

        return call

    for name in CALLS:
        yield os, name, guarded(getattr(os, name))
    for name in ("write", "close"):
        yield soundfile.SoundFile, name, guarded(getattr(soundfile.SoundFile, name))


def left_by_a_kill(path: Path, nth: int) -> bool:
    """Has a process die before the Nth change of the disk, or after all of them; whether it lived that long."""
    pid = os.fork()
    if pid == 0:
        left = nth

        def die() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)

        try:
            for owner, name, call in list(before_each_call(die)):
                setattr(owner, name, call)
            flac.from_wav(path)
        finally:
            os._exit(0 if left >= 0 else 9)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_the_flac_has_the_same_samples_and_the_wav_is_gone(tmp_path: Path) -> None:
    path = take(tmp_path)
    kept = flac.from_wav(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a001.flac"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert read_recording(kept) == SOUND and flac.is_whole(kept)
    assert length_s(kept) == len(SOUND) / 2 / RATE
    assert read_recording(kept, 1_000, 5_000) == SOUND[2_000:10_000]


def test_killed_before_any_change_of_the_disk_one_is_there_and_whole(tmp_path: Path) -> None:
    done, nth = False, 0
    seen = set()
    while not done:
        folder = tmp_path / str(nth)
        folder.mkdir()
        path = take(folder, SOUND[: 24 * RATE])
        done = left_by_a_kill(path, nth)
        there = frozenset(p.name for p in folder.iterdir())
        seen.add(there)
        kept = [p for p in (path, path.with_suffix(".flac")) if p.exists()]
        assert kept, nth
        for one in kept:
            assert read_recording(one) == SOUND[: 24 * RATE], (nth, one)
        flac.from_wav(path) if path.exists() else None
        assert [p.name for p in folder.iterdir()] == ["a001.flac"], nth
        nth += 1
    assert nth > 10
    names = {"a001.wav"}, {"a001.wav", "a001.flac.part"}, {"a001.wav", "a001.flac"}, {"a001.flac"}
    assert seen == {frozenset(n) for n in names}, "the kills didn't fall everywhere"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_refused_at_any_change_of_the_disk_the_recording_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    nth, refused = 0, True
    while refused:
        folder = tmp_path / str(nth)
        folder.mkdir()
        path = take(folder, SOUND[: 2 * RATE])
        left = nth

        def refuse() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patch:
            for owner, name, call in list(before_each_call(refuse)):
                if name != "close":  # a descriptor that isn't closed would only be left open here
                    patch.setattr(owner, name, call)
            try:
                flac.from_wav(path)
                refused = False
            except VoiceprepError:
                pass
        kept = path if path.exists() else path.with_suffix(".flac")
        assert read_recording(kept) == SOUND[: 2 * RATE], nth
        nth += 1
    assert nth > 5


def test_a_disk_that_keeps_something_else_is_found_before_the_wav_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = take(tmp_path)
    real = soundfile.SoundFile.write
    monkeypatch.setattr(soundfile.SoundFile, "write", lambda self, block: real(self, np.roll(block, 1)))
    with pytest.raises(AudioFileError, match="isn't what was recorded"):
        flac.from_wav(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a001.wav"] and read_recording(path) == SOUND


@pytest.mark.parametrize("harm", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"\0" * len(b)])
def test_while_the_wav_is_there_it_is_the_original(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    path = take(tmp_path)
    whole = path.read_bytes()
    kept = flac.from_wav(path)
    path.write_bytes(whole)
    kept.write_bytes(harm(kept.read_bytes()))
    flac.from_wav(path)
    assert not path.exists() and read_recording(kept) == SOUND


def test_a_flipped_bit_anywhere_is_found_or_changes_no_sample(tmp_path: Path) -> None:
    pcm = SOUND[: RATE // 16]
    kept = flac.from_wav(take(tmp_path, pcm))
    whole = kept.read_bytes()
    rng = np.random.default_rng(5)
    missed = 0
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(rng.integers(8))
        kept.write_bytes(flipped)
        if flac.is_whole(kept):
            missed += 1
            assert read_recording(kept) == pcm, place
    assert missed < len(whole) / 4, "most of a file is sound"


def test_nothing_is_recorded_into_a_take_that_has_become_a_flac(tmp_path: Path) -> None:
    path = take(tmp_path)
    kept = flac.from_wav(path)
    before = kept.read_bytes()
    for goes_on in (False, True):
        with pytest.raises(AudioFileError, match="There is a recording"):
            TakeFile(path, goes_on=goes_on)
    assert kept.read_bytes() == before and not path.exists()


def test_who_asked_for_the_wav_gets_the_flac_that_it_became(tmp_path: Path) -> None:
    path = take(tmp_path)
    flac.from_wav(path)
    assert read_recording(path, 10, 20) == SOUND[20:40]
    assert length_s(path) == len(SOUND) / 2 / RATE
    path.with_suffix(".flac").unlink()
    with pytest.raises(FileNotFoundError):
        read_recording(path)
    assert length_s(path) == 0.0
