"""Archives that somebody made to do harm: each is refused whole with what is wrong, and nothing is written for it."""

from __future__ import annotations

import io
import json
import random
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.faults import fuzz_import
from tests.sessions import archives
from tests.sessions.archives import SESSION, Members, changed, journal_changed, packed
from voiceprep import durable
from voiceprep.errors import SessionError, StorageError
from voiceprep.pcm import wav
from voiceprep.sessions import archive, incoming
from voiceprep.sessions.incoming import import_archive

JOURNAL, META, TAKE = (f"{SESSION}/{name}" for name in ("events.jsonl", "session.json", "audio/a001.wav"))
Make = Callable[[Path, Members], Path]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    return archives.exported(archives.session(folder), folder / "good.zip")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """Where sessions would be imported to; nothing at all may be there, or anywhere beside it, when it's over."""
    (tmp_path / "in").mkdir()
    yield tmp_path / "data" / "sessions"
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")}
    assert left <= {"in", "in/bad.zip", "data", "data/sessions", "data/sessions/.moving"}


def refuse(make: Make, good: Path, root: Path) -> SessionError:
    bad = make(root.parents[1] / "in" / "bad.zip", archives.members(good))
    with pytest.raises(SessionError) as refused:
        import_archive(bad, root)
    assert refused.value.hint.endswith(".") and refused.value.message.endswith(".")
    assert str(root) not in str(refused.value), "the folder that it was unpacked in says nothing to anybody"
    return refused.value


# Names and kinds of members -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../evil", f"{SESSION}/../../evil", "/etc/evil", "C:/evil", "C:\\evil", f"{SESSION}\\evil",
        f"{SESSION}/audio/../x", f"{SESSION}/audio/a001.WAV", f"{SESSION.upper()}/events.jsonl",
        f"{SESSION}/audio/con.wav", "nul", "aux/events.jsonl", f"{SESSION}/evil.py", f"{SESSION}/report.html",
        f"{SESSION}/audio/", f"{SESSION}/lock", "Manifest.json", "", ".", "a" * 60_000, f"{SESSION}/audio/a001.wav ",
        f"{SESSION}//events.jsonl", f"./{SESSION}/events.jsonl", "\u202egpj.exe", f"{META}\n",
    ],
)  # fmt: skip
def test_a_name_that_no_sessions_file_has(name: str, good: Path, root: Path) -> None:
    said = refuse(lambda out, files: packed(out, {**files, name: b"evil"}, sums=False), good, root)
    assert "which is no file of a session in it" in said.message and len(said.message) < 300
    assert "\u202e" not in said.message and "\n" not in said.message


@pytest.mark.parametrize("name", ["../evil", "audio/../../../evil", "/etc/evil", "audio/con.wav", "audio/a001.wav\n"])
def test_the_manifest_cannot_name_it_either(name: str, good: Path, root: Path) -> None:
    said = refuse(lambda out, files: packed(out, {**files, f"{SESSION}/{name}": b"evil"}), good, root)
    assert "manifest.json in the archive is damaged at sessions.0.files" in said.message


@pytest.mark.parametrize("session_id", ["..", "con", "/etc", "20261122-010203-ABCD", "last", ""])
def test_a_session_with_an_id_that_none_has(session_id: str, good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        files = {name.replace(SESSION, session_id): data for name, data in files.items()}
        manifest = json.loads(files[archive.MANIFEST])
        manifest["sessions"][0]["id"] = session_id
        return packed(out, {**files, archive.MANIFEST: json.dumps(manifest).encode()})

    assert "manifest.json in the archive is damaged at sessions.0.id" in refuse(make, good, root).message


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_a_link_or_a_device(kind: int, good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        with zipfile.ZipFile(out, "w") as made_of:
            for name, data in files.items():
                info = archive._info(name)
                info.external_attr = (kind if name == TAKE else stat.S_IFREG) << 16
                made_of.writestr(info, b"/etc/passwd" if name == TAKE else data)
        return out

    assert refuse(make, good, root).message == f"'{TAKE}' in the archive is a link, a folder or a device."


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice(good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        packed(out, files)
        with zipfile.ZipFile(out, "a") as more:
            more.writestr(archive._info(JOURNAL), b"evil")
        return out

    assert refuse(make, good, root).message == f"The archive holds '{JOURNAL}' twice."


def test_a_take_in_two_forms(good: Path, root: Path) -> None:
    said = refuse(lambda out, files: packed(out, {**files, TAKE.replace("wav", "flac"): b""}), good, root)
    assert "names files of" in said.message and "twice" in said.message


@pytest.mark.parametrize("gone", [JOURNAL, META, archive.MANIFEST, TAKE])
def test_a_member_that_is_missing(gone: str, good: Path, root: Path) -> None:
    said = refuse(lambda out, files: packed_without(out, files, gone), good, root)
    assert "has no manifest.json" in said.message if gone == archive.MANIFEST else "lacks" in said.message


def packed_without(out: Path, files: Members, gone: str) -> Path:
    with zipfile.ZipFile(out, "w") as made_of:
        for name, data in files.items():
            if name != gone:
                made_of.writestr(archive._info(name), data)
    return out


# Size and form of the zip ---------------------------------------------------------------------------------------------


def test_text_that_unpacks_to_far_more(good: Path, root: Path) -> None:
    said = refuse(lambda out, files: changed(out, files, JOURNAL, lambda d: d + b" " * 60_000_000), good, root)
    assert "would become far too large" in said.message


def test_sound_that_is_packed(good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made_of:
            for name, data in files.items():
                made_of.writestr(name, data)
        return out

    assert "is packed, which recordings never are" in refuse(make, good, root).message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_another_way_of_packing(method: int, good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        with zipfile.ZipFile(out, "w", method) as made_of:
            for name, data in files.items():
                made_of.writestr(name, data)
        return out

    assert "is packed in a way" in refuse(make, good, root).message


def test_an_archive_larger_than_the_disk(good: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "free_bytes", lambda path: 1_000)
    with pytest.raises(StorageError, match="needs 1 MB; 0 MB are free"):
        import_archive(good, root)


def _entry(raw: bytes, name: str) -> int:
    """Where the member stands in the zip's list at its end."""
    at = raw.rindex(name.encode())
    return raw.rindex(b"PK\x01\x02", 0, at)


@pytest.mark.parametrize(
    ("what", "at", "data", "said"),
    [
        ("encrypted", 8, struct.pack("<H", 1), "is encrypted"),
        ("encrypted strongly", 8, struct.pack("<H", 0x41), "is encrypted"),
        ("a size of zip64", 20, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF), ""),
        ("a size that is too large", 20, struct.pack("<II", 60_000_000, 60_000_000), "more than there is in it"),
        ("a size that is too small", 24, struct.pack("<I", 3), "another size than its manifest.json says"),
        ("a place beyond the end", 42, struct.pack("<I", 0x7FFFFFFF), "damaged"),
        ("the place of another member", 42, struct.pack("<I", 0), "damaged"),
        ("another sum", 16, b"abcd", "damaged"),
    ],
    ids=lambda v: v if isinstance(v, str) and " " in v else "",
)  # fmt: skip
def test_a_list_that_says_something_else(what: str, at: int, data: bytes, said: str, good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        raw = bytearray(good.read_bytes())
        start = _entry(bytes(raw), JOURNAL) + at
        raw[start : start + len(data)] = data
        out.write_bytes(raw)
        return out

    assert said in refuse(make, good, root).message


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.999])
def test_an_archive_cut_short(share: float, good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        raw = good.read_bytes()
        out.write_bytes(raw[: int(len(raw) * share)])
        return out

    refuse(make, good, root)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar(mode: str, good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        with tarfile.open(out, mode) as made_of:
            info = tarfile.TarInfo("../evil")
            info.size = 4
            made_of.addfile(info, io.BytesIO(b"evil"))
        return out

    said = refuse(make, good, root)
    assert said.message.endswith("is a tar or a compressed file.") and "sessions export" in said.hint


# What the members hold ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [JOURNAL, META, TAKE])
def test_a_checksum_that_does_not_fit(name: str, good: Path, root: Path) -> None:
    flipped = lambda d: d[:500] + bytes([d[500] ^ 1]) + d[501:]  # noqa: E731
    said = refuse(lambda out, files: changed(out, files, name, flipped, sums=False), good, root)
    assert said.message == f"{name} in the archive isn't what was exported: its checksum differs."


def tone(samples: int, form: str = "FLAC", rate: int = wav.RATE, channels: int = 1, subtype: str = "PCM_16") -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.zeros((samples, channels), np.int16), rate, format=form, subtype=subtype)
    return out.getvalue()


@pytest.mark.parametrize(
    ("suffix", "sound", "said"),
    [
        ("wav", wav.header(32_000) + b"\0" * 31_000, "is no WAV of a take"),
        ("wav", wav.header(31_000) + b"\0" * 31_000, "holds 0.97 s, 1.00 s were recorded"),
        ("wav", tone(16_000), "is no WAV of a take"),
        ("wav", tone(16_000, "WAV", rate=44_100), "is no WAV of a take"),
        ("wav", b"", "is no WAV of a take"),
        ("wav", b"\xff" * 44, "is no WAV of a take"),
        ("flac", wav.header(32_000) + b"\0" * 32_000, "is no FLAC of a take"),
        ("flac", tone(16_000, "OGG", subtype="VORBIS"), "is no FLAC of a take"),
        ("flac", tone(16_000, channels=2), "is no FLAC of a take"),
        ("flac", tone(16_000, rate=8_000), "is no FLAC of a take"),
        ("flac", tone(16_000, subtype="PCM_24"), "is no FLAC of a take"),
        ("flac", tone(15_000), "holds 0.94 s, 1.00 s were recorded"),
        ("flac", tone(16_000)[:60], "FLAC"),
        ("flac", b"", "can't be read as FLAC"),
        # A head that claims 2 ** 36 - 1 samples.
        ("flac", (lambda d: d[:21] + bytes([d[21] | 15]) + b"\xff" * 4 + d[26:])(tone(16_000)), "far more"),
    ],
)  # fmt: skip
def test_sound_that_is_not_what_it_says(suffix: str, sound: bytes, said: str, good: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        del files[TAKE]
        return packed(out, {**files, TAKE.replace("wav", suffix): sound})

    message = refuse(make, good, root).message
    assert message.startswith(f"In the archive: Session {SESSION}: audio/a001.{suffix} ") and said in message


def set_(key: str, value: object) -> Callable[[bytes], bytes]:
    return lambda data: json.dumps({**json.loads(data), key: value}).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_("id", "20261122-010203-ffff"), "are not of this session"),
        (set_("id", ["x"]), "are not of this session"),
        (set_("schema", 99), "was written by a newer voiceprep"),
        (set_("schema", "1"), "session.json is damaged"),
        (set_("title", {}), "session.json is damaged"),
        (set_("engines", ["basic"]), "session.json is damaged"),
        (set_("questions", []), "lacks the question 'why-cache'"),
        (set_("questions", 7), "session.json is damaged"),
        (set_("lexicon", {"terms": 1}), "session's data is damaged"),
        (lambda d: b"[" * 3_000, "session.json is damaged"),
        (lambda d: d[:-9], "session.json is damaged"),
        (lambda d: b"\xff" + d, "session.json is damaged"),
        (lambda d: b'{"id": 1, ' + d[1:], "session.json holds a key twice"),
        (lambda d: d[:-1] + b', "x": NaN}', "session.json holds NaN for a number"),
        (lambda d: d[:-1] + b', "x": 1e999}', "session.json holds a number that is too large"),
        (lambda d: d[:-1] + b', "x": "\\ud800"}', "session.json holds half a character"),
    ],
)  # fmt: skip
def test_a_session_json_that_does_not_fit(change: Callable[[bytes], bytes], said: str, good: Path, root: Path) -> None:
    message = refuse(lambda out, files: changed(out, files, META, change), good, root).message
    assert message.startswith(f"In the archive: Session {SESSION}") and said in message


def line(number: int, **data: object) -> Callable[[bytes], bytes]:
    return lambda journal: journal_changed(journal, number, lambda record: record["data"].update(data))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d[: d.index(b"\n")] + d[d.index(b"\n") + 1 :], "events.jsonl line"),
        (lambda d: b"".join(sorted(d.splitlines(keepends=True))), "events.jsonl"),
        (line(0, session_id="20261122-010203-ffff"), "are not of this session"),
        (line(5, take_id="a999"), "impossible story"),
        (line(5, take_id="../../evil"), "impossible story"),
        (line(5, duration_s=float("nan")), "line 6 holds NaN for a number"),
        (line(5, duration_s=9.0), "holds 1.00 s, 9.00 s were recorded"),
        (line(5, reason="evil"), "line 6"),
        (lambda d: journal_changed(d, 3, lambda record: record.update(v=99)), "newer voiceprep"),
        (lambda d: journal_changed(d, 3, lambda record: record.update(type="Evil")), "newer voiceprep (an event"),
        (lambda d: journal_changed(d, 3, lambda record: record.update(seq=9)), "event 9 where 4 was due"),
        (lambda d: b"\0" * 99 + b"\n" + d, "line 1: not a whole event"),
    ],
)  # fmt: skip
def test_a_journal_that_does_not_fold(change: Callable[[bytes], bytes], said: str, good: Path, root: Path) -> None:
    message = refuse(lambda out, files: changed(out, files, JOURNAL, change), good, root).message
    assert message.startswith(f"In the archive: Session {SESSION}") and said in message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_("schema", 2), "was written by another voiceprep (format 2; this one reads 1)"),
        (set_("form", "other"), "form"),
        (set_("sessions", [7]), "sessions.0"),
        (set_("more", 1), "more"),
        (set_("audio", False), "which it says it doesn't"),
        (lambda d: d * 2, "damaged"),
        (lambda d: b"[" * 3_000, "damaged"),
        (lambda d: json.dumps({**json.loads(d), "sessions": json.loads(d)["sessions"] * 2}).encode(), "twice"),
    ],
)  # fmt: skip
def test_a_manifest_that_does_not_fit(change: Callable[[bytes], bytes], said: str, good: Path, root: Path) -> None:
    message = refuse(lambda out, files: changed(out, files, archive.MANIFEST, change, sums=False), good, root).message
    assert said in message


def test_one_bad_session_keeps_the_good_one_out(good: Path, tmp_path: Path, root: Path) -> None:
    def make(out: Path, files: Members) -> Path:
        second = "20261123-010203-beef"
        more = {n.replace(SESSION, second): d.replace(SESSION.encode(), second.encode()) for n, d in files.items()}
        manifest = json.loads(files[archive.MANIFEST])
        manifest["sessions"].append({"id": second, "files": []})
        return packed(out, {**more, **files, archive.MANIFEST: json.dumps(manifest).encode()})

    assert "20261123-010203-beef: events.jsonl line 1: the checksum" in refuse(make, good, root).message


def test_too_many_members(good: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "MOST_MEMBERS", 3)
    assert "more than 3 files" in refuse(lambda out, files: packed(out, files), good, root).message


# Mutated at random ----------------------------------------------------------------------------------------------------


def test_mutated_archives_are_refused_in_words_or_bring_what_they_say(good: Path, root: Path) -> None:
    refused = fuzz_import.fuzz(good, root, random.Random(7), 120)
    assert sum(refused.values()) == 120 and 0 < refused["imported."] < 40
    assert len(refused) > 10, f"the mutations find too few ways to be wrong: {refused}"
