"""What was written stays, what couldn't be written is said, and nothing stands half: atomic files and takes."""

from __future__ import annotations

import errno
import io
import os
import stat
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.sessions import disks
from voiceprep import durable
from voiceprep.errors import AudioFileError, StorageError
from voiceprep.pcm.convert import Rechunker, Resampler, level_dbfs, to_int16
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile, header, read_pcm, repair

OLD, NEW = b'{"old": true}' * 50, b'{"new": true}' * 5_000
SOUND = np.random.default_rng(7).integers(-30_000, 30_000, 3 * RATE, dtype=np.int16).tobytes()
BLOCK = 640


class Failing:
    """Lets `good` of the named os functions through, then fails every one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], good: int, code: int) -> None:
        self.left, self.code = good, code
        for name in names:
            monkeypatch.setattr(os, name, self._guard(getattr(os, name)))

    def _guard(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise OSError(self.code, os.strerror(self.code))
            return real(*args, **kwargs)

        return call


# Whole or not at all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_the_nth_operation_fails_for_every_n_and_the_file_is_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    path = tmp_path / "state.json"
    for good in range(50):
        path.write_bytes(OLD)
        with monkeypatch.context() as patched:
            Failing(patched, ("write", "fsync", "replace", "open"), good, code)
            try:
                durable.write_atomic(path, NEW)
                said = "done"
            except StorageError as error:
                said = error.hint
        assert list(tmp_path.iterdir()) == [path], "a part was left behind"
        content = path.read_bytes()
        assert said, "a refusal says what to do"
        assert content in (OLD, NEW)
        if said == "done":
            assert content == NEW
            assert good >= 4, "it can't be safe with fewer operations: write, sync, rename, sync of the folder"
            return
    pytest.fail("it never succeeded")


def test_the_content_is_on_the_device_before_the_name_is_and_then_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **kwargs: (done.append(name), real(*args, **kwargs))[1]

    for name in ("write", "fsync", "replace"):
        monkeypatch.setattr(os, name, noted(name, getattr(os, name)))
    durable.write_atomic(tmp_path / "state.json", NEW)
    assert done == ["write", "fsync", "replace", "fsync"]


def test_short_writes_are_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:1000]))
    durable.write_atomic(tmp_path / "state.json", NEW)
    monkeypatch.undo()
    assert (tmp_path / "state.json").read_bytes() == NEW


def test_an_interrupted_write_leaves_the_old_file_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(fd: int, data: bytes) -> int:
        raise KeyboardInterrupt

    path = tmp_path / "state.json"
    path.write_bytes(OLD)
    monkeypatch.setattr(os, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        durable.write_atomic(path, NEW)
    assert path.read_bytes() == OLD and list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    with disks.tiny(tmp_path / "disk", "100k") as disk:
        path = disk / "state.json"
        durable.write_atomic(path, OLD)
        with pytest.raises(StorageError, match="The disk is full"):
            durable.write_atomic(path, NEW * 10)
        assert path.read_bytes() == OLD and list(disk.iterdir()) == [path]


def test_a_new_file_is_for_the_owner_only_even_where_a_wide_one_stood(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.touch(mode=0o644)
    durable.write_atomic(path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("where", ["nowhere/state.json", "file/state.json", "folder"])
def test_a_place_that_takes_no_file_is_a_sentence(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").touch()
    with pytest.raises(StorageError) as refused:
        durable.write_atomic(tmp_path / where, NEW)
    assert refused.value.message.endswith(".") and "\n" not in refused.value.message
    assert {p.name for p in tmp_path.iterdir()} == {"file", "folder"}


# A take ------------------------------------------------------------------------------------------------------------


def recorded(path: Path, sound: bytes, take: TakeFile | None = None) -> TakeFile:
    take = take or TakeFile(path)
    for start in range(0, len(sound), BLOCK):
        take.append(sound[start : start + BLOCK])
    return take


def test_a_closed_take_is_a_wav_for_everybody_and_bit_exact(tmp_path: Path) -> None:
    path = tmp_path / "a001.wav"
    take = recorded(path, SOUND)
    take.close()
    take.close()
    assert take.samples == len(SOUND) // 2
    assert path.read_bytes() == header(len(SOUND)) + SOUND
    samples, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE and samples.tobytes() == SOUND
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        assert file.readframes(10**9) == SOUND
    assert read_16k(path) == SOUND
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("torn", [0, 1, 2, 641])
def test_a_take_whose_writer_was_killed_is_all_there(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "a001.wav"
    take = recorded(path, SOUND[: 2 * RATE])
    take.sync()
    assert soundfile.info(path).frames == RATE, "a stranger's player opens it up to the last sync"
    recorded(path, SOUND[2 * RATE : 4 * RATE], take)
    os.write(take._fd, SOUND[4 * RATE : 4 * RATE + torn])
    os.close(take._fd)  # as a kill does: nothing is patched
    whole = 4 * RATE + torn // 2 * 2
    assert read_pcm(path) == SOUND[:whole], "no repair is needed to read all of it"
    assert repair(path).samples == whole // 2
    assert path.read_bytes() == header(whole) + SOUND[:whole]
    assert not repair(path).mended, "a second look changes nothing"
    assert soundfile.read(path, dtype="int16")[0].tobytes() == SOUND[:whole]


@pytest.mark.parametrize("size", [0, 1, 20, 43, 44, 45])
def test_a_take_killed_in_its_header_becomes_an_empty_one(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a001.wav"
    path.write_bytes((header(0) + b"x")[:size])
    assert repair(path).samples == 0
    assert path.read_bytes() == header(0)


def test_parts_of_a_take_are_the_samples_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a001.wav"
    recorded(path, SOUND).close()
    assert read_pcm(path, 10, 20) == SOUND[20:40]
    assert read_pcm(path, len(SOUND) // 2 - 3) == SOUND[-6:]
    assert read_pcm(path, len(SOUND) // 2 - 3, 10**9) == SOUND[-6:]
    assert read_pcm(path, 10**9) == b""


def test_a_take_never_writes_over_another(tmp_path: Path) -> None:
    path = tmp_path / "a001.wav"
    recorded(path, SOUND).close()
    with pytest.raises(AudioFileError):
        TakeFile(path)
    assert read_pcm(path) == SOUND


def test_half_a_sample_is_the_programs_fault(tmp_path: Path) -> None:
    take = TakeFile(tmp_path / "a001.wav")
    with pytest.raises(ValueError, match="half a sample"):
        take.append(b"\0\0\0")
    take.samples = 0xFFFFFFFF // 2
    with pytest.raises(AudioFileError, match="37 hours"):
        take.append(b"\0\0")
    take.samples = 0
    take.close()


def test_a_disk_that_fills_at_the_nth_block_keeps_those_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = SOUND[: BLOCK * 12]
    for good in range(20):
        path = tmp_path / f"{good}.wav"
        accepted = 0
        take = None
        with monkeypatch.context() as patched:
            Failing(patched, ("write",), good, errno.ENOSPC)
            try:
                take = TakeFile(path)
                for start in range(0, len(sound), BLOCK):
                    take.append(sound[start : start + BLOCK])
                    accepted = start + BLOCK
                said = ""
            except StorageError as error:
                said = error.message
        if take is None:
            continue
        assert take.samples == accepted // 2
        take.close()
        assert soundfile.read(path, dtype="int16")[0].tobytes() == sound[:accepted]
        assert said in ("", f"The disk is full: {path}.")
        if not said:
            assert accepted == len(sound)
            return
    pytest.fail("it never succeeded")


def test_a_close_that_fails_is_no_false_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take = recorded(tmp_path / "a001.wav", SOUND)
    with monkeypatch.context() as patched:
        Failing(patched, ("fdatasync", "fsync"), 0, errno.EIO)
        with pytest.raises(StorageError):
            take.close()
    take.close()
    assert read_pcm(take.path) == SOUND


def test_a_full_disk_keeps_what_fitted(tmp_path: Path) -> None:
    with disks.tiny(tmp_path / "disk", "60k") as disk:
        take = TakeFile(disk / "a001.wav")
        with pytest.raises(StorageError, match="The disk is full"):
            recorded(take.path, SOUND, take)
        take.close()
        accepted = take.samples * 2
        assert 50_000 < accepted <= 61_440
        assert soundfile.read(take.path, dtype="int16")[0].tobytes() == SOUND[:accepted]


# Sound of any kind -------------------------------------------------------------------------------------------------


def test_samples_that_are_no_numbers_are_silence_and_loud_ones_are_clipped() -> None:
    got = to_int16(np.array([0.0, 1.0, -1.0, 2.0, -9.9, np.nan, np.inf, -np.inf, 0.5], dtype=np.float32))
    assert got.tolist() == [0, 32767, -32768, 32767, -32768, 0, 32767, -32768, 16384]


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
def test_any_rate_becomes_16_khz_and_keeps_its_length_and_pitch(rate: int) -> None:
    tone = (np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate) * 16_000).astype(np.int16).tobytes()
    stream = Resampler(rate)
    step = rate // 50 * 2
    out = b"".join(stream.feed(tone[n : n + step]) for n in range(0, len(tone), step)) + stream.feed(b"", last=True)
    assert abs(len(out) // 2 - 2 * RATE) <= 2
    spectrum = np.abs(np.fft.rfft(np.frombuffer(out, np.int16)))
    assert abs(np.argmax(spectrum) * RATE / (len(out) / 2) - 440) < 1
    assert Resampler(RATE).feed(tone) == tone


def test_stereo_is_mixed_and_odd_blocks_come_out_whole(tmp_path: Path) -> None:
    left = np.full(RATE, 0.5)
    soundfile.write(tmp_path / "s.wav", np.stack([left, -left], axis=1), RATE)
    assert not any(read_16k(tmp_path / "s.wav"))
    chunks = Rechunker(64)
    got = [c for n in range(0, len(SOUND), 37) for c in chunks.feed(SOUND[n : n + 37])]
    assert all(len(c) == 64 for c in got) and b"".join(got) + chunks.rest == SOUND
    assert level_dbfs(b"\0\0" * 100) is None and level_dbfs(b"") is None
    assert abs((level_dbfs(np.full(100, 16384, np.int16).tobytes()) or 0) + 6.02) < 0.01


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: None, "is not there"),
        (lambda p: p.mkdir(), "is a folder"),
        (lambda p: p.touch(), "is empty"),
        (lambda p: p.write_bytes(b"not sound at all" * 100), "is not a sound file"),
        (lambda p: p.write_bytes((header(10) + b"x" * 10)[:30]), "is not a sound file"),
        (lambda p: p.write_bytes(header(0)), "holds no sound"),
        (lambda p: soundfile.write(p, np.zeros(100), 1_000, format="WAV"), "has 1000 samples per second"),
        (lambda p: soundfile.write(p, np.zeros((100, 40)), RATE, format="WAV"), "in 40 channels"),
    ],
    ids=["missing", "folder", "empty", "text", "half a header", "no samples", "1 kHz", "40 channels"],
)
def test_what_is_no_voice_is_refused_in_one_sentence(
    tmp_path: Path, make: Callable[[Path], object], message: str
) -> None:
    path = tmp_path / "answer.wav"
    make(path)
    with pytest.raises(AudioFileError, match=message) as refused:
        read_16k(path)
    assert refused.value.message.startswith(str(path)) and refused.value.hint


@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), ("FLAC", "PCM_16")])
def test_a_file_cut_short_gives_what_it_has(tmp_path: Path, kind: str, subtype: str) -> None:
    whole = io.BytesIO()
    sound = np.frombuffer(SOUND, np.int16)
    soundfile.write(whole, sound, RATE, format=kind, subtype=subtype)
    path = tmp_path / "answer"
    path.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    got = read_16k(path)
    assert got == SOUND[: len(got)]
    missing_s = (len(SOUND) / 2 - len(got)) / 2 / RATE
    assert missing_s < 0.01 if kind == "WAV" else missing_s <= 0.8, "a FLAC frame and a block of ours may be gone"


def test_a_folder_that_cant_be_written_to_refuses_the_lock_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StorageError, match="The disk is read-only") as refused:
        durable.locked(tmp_path / "lock").__enter__()
    assert "--data-dir" in refused.value.hint


def test_a_file_that_somebody_holds_for_a_moment_is_replaced_when_they_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "state.json"
    target.write_bytes(OLD)
    held, waited, real = 2, [], os.replace

    def busy(*args: Any) -> None:
        nonlocal held
        held -= 1
        if held >= 0:
            raise OSError(errno.EBUSY, "busy")
        real(*args)

    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr(durable.time, "sleep", waited.append)
    durable.write_atomic(target, NEW)
    assert target.read_bytes() == NEW and len(waited) == 2
    held = 99
    with pytest.raises(StorageError):
        durable.write_atomic(target, OLD)
    assert target.read_bytes() == NEW and [p.name for p in tmp_path.iterdir()] == ["state.json"]
