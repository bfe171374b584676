"""Wrong names, broken files, wrong disks: an exit code, a sentence, a hint, and nothing left half-written."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.bank import small_bank
from tests.bank.small_bank import edited, place
from tests.sessions import disks
from tests.sessions.command import Result, batch, run
from voiceprep.pcm.wav import RATE, header
from voiceprep.sessions import store

RAW_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_bank.write(tmp_path_factory.mktemp("small") / "bank")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder that must still not hold a session when the test is over."""
    yield tmp_path / "data"
    assert store.folders(tmp_path / "data" / "sessions") == []


def typing(*more: str | Path) -> list[str | Path]:
    return ["practice", "--text", "--voice", "none", *more]


# Wrong names ------------------------------------------------------------------------------------------------------


def test_what_does_not_exist_is_named_with_what_does(bank: Path, data: Path, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(small_bank.GOOD)
    here = ["--bank", bank, "--data-dir", data]
    near, far, practised, shown, round_, none, dots, root, verified, resumed = batch(
        [
            ["score", "--question", "why-cash", "--transcript", tmp_path / "t.txt", *here],
            ["score", "--question", "zzzz", "--transcript", tmp_path / "t.txt", *here],
            typing("--question", "queue-or-cal", *here),
            ["bank", "show", "why_cache\x1b[2J\u202e", *here],
            typing("--round", "warmup", *here),
            ["sessions", "show", "20260101-000000-abcd", *here],
            ["sessions", "show", "../../x", *here],
            ["sessions", "verify", "/etc", *here],
            ["sessions", "verify", "20260101-000000-abcd", *here],
            typing("--resume", "last", *here),
        ]
    )
    near.failed(2, "There is no question 'why-cash'.", "Did you mean why-cache")
    far.failed(2, "There is no question 'zzzz'.", "bank list")
    practised.failed(2, "There is no question 'queue-or-cal'.", "Did you mean queue-or-call")
    shown.failed(2, "There is no question 'why_cache\ufffd[2J\ufffd'.", "why-cache")
    round_.failed(2, "There is no round 'warmup'.", "There are: warm-up.")
    for result in (none, dots, root, verified, resumed):
        result.failed(1, "There is no session ", "hold one with `voiceprep practice`")


def test_what_does_not_fit_together_is_usage(bank: Path, data: Path, tmp_path: Path) -> None:
    tone = tmp_path / "tone.wav"
    soundfile.write(tone, np.zeros(RATE, np.int16), RATE)
    here = ["--bank", bank, "--data-dir", data]
    both, two, nothing, *usage = batch(
        [
            typing("--round", "warm-up", "--question", "why-cache", *here),
            typing("--answer-audio", tone, *here),
            ["practice", "--headless", *here],
            ["practice", "--seed", "x", *here],
            ["practice", "--engine", "telepathy", *here],
            ["score", "--question", "why-cache", *here],
            ["score", "--question", "why-cache", "--audio", "a", "--transcript", "b", *here],
            ["grade", "in.jsonl", *here],
            ["bank", *here],
            ["fly"],
        ]
    )
    both.failed(2, "--question and --round exclude each other.")
    two.failed(2, "--text and --answer-audio exclude each other.")
    nothing.failed(4, "nothing to listen to", "--answer-audio FILE", "--text")
    for result in usage:
        assert result.code == 2 and result.out == "" and result.err.startswith("usage: voiceprep")


def test_without_a_terminal_the_interface_is_one_complaint_and_2() -> None:
    result = run()
    assert result.code == 2 and result.out == ""
    assert result.err.count("voiceprep: ") == 1 and len(result.err.splitlines()) <= 2


# Banks ------------------------------------------------------------------------------------------------------------


def test_a_broken_bank_is_refused_whole_with_every_place(tmp_path: Path, data: Path) -> None:
    topic = edited("[cache everything]", "[everything]")
    broken = small_bank.write(tmp_path / "broken", caches=topic, tags="a: &x b\n", more="- [\n")
    at = place("everything]", topic)
    (broken / "latin.yaml").write_bytes(b"a: \xe9\n")
    (tmp_path / "t.txt").write_text(small_bank.GOOD)
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question_id": "why-cache", "transcript": "x"}\n')
    commands: list[list[str | Path]] = [
        ["bank", "list", "--bank", broken],
        ["bank", "show", "why-cache", "--bank", broken],
        ["score", "--question", "why-cache", "--transcript", tmp_path / "t.txt", "--bank", broken],
        ["grade", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "--bank", broken],
        typing("--bank", broken, "--data-dir", data),
        ["bank", "check", broken],
        ["bank", "check", broken, "--json"],
        ["bank", "list", "--bank", tmp_path / "nowhere"],
        ["bank", "check", tmp_path / "t.txt"],
    ]
    *refused, checked, as_json, nowhere, file = batch(commands)
    for result in refused:
        result.failed(1, "The question bank has 4 problems:", "latin.yaml:1:4: not UTF-8", lines=6)
        for problem in (f"caches.yaml:{at}: one word", "more.yaml:2:1: not valid YAML", "tags.yaml:1:4: anchors"):
            assert problem in result.err
    assert not (tmp_path / "out.jsonl").exists()
    assert checked.code == as_json.code == 1
    problems = json.loads(as_json.out)["problems"]
    assert checked.out.count("\n") == len(problems) and "4 of them keep the bank from being used" in checked.err
    places = {(Path(p["file"]).name, f"{p['line']}:{p['column']}") for p in problems}
    assert {("caches.yaml", at), ("latin.yaml", "1:4"), ("more.yaml", "2:1"), ("tags.yaml", "1:4")} <= places
    nowhere.failed(1, "There is no question bank at")
    file.failed(1, "There is no question bank at")


# Answers in files -------------------------------------------------------------------------------------------------


def bad_sounds(folder: Path) -> dict[Path, str]:
    """Files that are no voice, and what is said of each."""
    folder.mkdir()
    (folder / "empty.wav").touch()
    (folder / "folder.wav").mkdir()
    (folder / "text.wav").write_text("I would put a cache in front of the database.\n" * 20)
    (folder / "picture.flac").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(2_000))
    (folder / "cut-header.wav").write_bytes(header(2_000)[:30])
    (folder / "no-samples.wav").write_bytes(header(0))
    flac = io.BytesIO()
    soundfile.write(flac, np.zeros(RATE, np.int16), RATE, format="FLAC")
    (folder / "cut-header.flac").write_bytes(flac.getvalue()[:20])
    liar = bytearray(header(2_000) + bytes(2_000))
    struct.pack_into("<I", liar, 24, 0xFFFFFFFF)
    (folder / "rate.wav").write_bytes(liar)
    return {
        folder / "empty.wav": "is empty",
        folder / "folder.wav": "is a folder",
        folder / "text.wav": "is not a sound file",
        folder / "picture.flac": "is not a sound file",
        folder / "cut-header.wav": "is not a sound file",
        folder / "cut-header.flac": "is not a sound file",
        folder / "no-samples.wav": "holds no sound",
        folder / "rate.wav": "",
        folder / "missing.wav": "is not there",
        folder / "empty.wav" / "below.wav": "can't be read",
    }


def test_a_file_that_is_no_voice_is_refused_before_a_session_is_begun(bank: Path, data: Path, tmp_path: Path) -> None:
    sounds = bad_sounds(tmp_path / "sounds")
    good = tmp_path / "good.wav"
    soundfile.write(good, np.zeros(RATE, np.int16), RATE)
    here = ["--bank", bank, "--data-dir", data]
    commands: list[list[str | Path]] = []
    for path in sounds:
        commands += [
            ["practice", "--headless", "--voice", "none", "--answer-audio", good, "--answer-audio", path, *here],
            ["score", "--question", "why-cache", "--audio", path, "--json", *here],
            ["transcribe", path, *here],
        ]
    results = iter(batch(commands))
    for path, message in sounds.items():
        for _ in range(3):
            next(results).failed(1, str(path), message)


def odd_sounds(folder: Path) -> list[tuple[Path, float]]:
    """Files that are unusual and still hold sound, with their seconds."""
    folder.mkdir()
    seconds, rng = 1.5, np.random.default_rng(3)

    def tone(rate: int) -> np.ndarray:
        return np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate) * 0.3

    soundfile.write(folder / "8k.wav", tone(8_000), 8_000)
    stereo = np.stack([tone(44_100), rng.normal(0, 0.05, int(seconds * 44_100))], axis=1)
    soundfile.write(folder / "44k stereo.wav", stereo, 44_100, subtype="PCM_24")
    strange = np.stack([tone(48_000), tone(48_000)], axis=1).astype(np.float32)
    strange[::7, 0], strange[::11], strange[::13], strange[::17, 1] = np.nan, np.inf, -np.inf, 1e30
    soundfile.write(folder / "ü 日本 nan.wav", strange, 48_000, subtype="FLOAT")
    soundfile.write(folder / "whole.wav", tone(16_000), RATE)
    raw = (folder / "whole.wav").read_bytes()
    (folder / "cut.wav").write_bytes(raw[: 44 + RATE + 1])  # the header promises 1.5 s, half a sample at the end
    soundfile.write(folder / "whole.flac", rng.normal(0, 0.1, int(seconds * RATE)), RATE)
    raw = (folder / "whole.flac").read_bytes()
    (folder / "cut.flac").write_bytes(raw[: len(raw) // 2])
    soundfile.write(folder / "short.ogg", tone(16_000)[:160], RATE)
    return [
        (folder / "8k.wav", 1.5), (folder / "44k stereo.wav", 1.5), (folder / "ü 日本 nan.wav", 1.5),
        (folder / "cut.wav", 0.5), (folder / "cut.flac", 0.6), (folder / "short.ogg", 0.01),
    ]  # fmt: skip


def test_odd_sounds_are_recorded_whole_and_nothing_is_invented_from_them(bank: Path, tmp_path: Path) -> None:
    sounds = odd_sounds(tmp_path / "sounds")
    data = tmp_path / "my data ü 日本 🎤"
    command: list[str | Path] = ["practice", "--headless", "--voice", "none", "--bank", bank, "--data-dir", data]
    for path, _ in sounds:
        command += ["--question", "why-cache", "--answer-audio", path]
    before = os.umask(0o022)
    try:
        result = run(*command)
    finally:
        os.umask(before)
    assert result.code == 0, result
    assert result.out.count("not scored") == len(sounds)
    (folder,) = store.folders(data / "sessions")
    assert store.verify(folder) == []
    assert result.out.count(str(folder.path)) == 2
    assessments = folder.state().assessments
    assert all(a.unscored is not None and a.coverage is None and a.text == "" for a in assessments)
    for number, (path, seconds) in enumerate(sounds, 1):
        samples, rate = soundfile.read(folder.recording(f"a{number:03d}"), dtype="int16")
        assert rate == RATE and abs(len(samples) / RATE - seconds) < (0.2 if path.suffix == ".flac" else 0.02), path
        assert samples.any()
    for path in data.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    report = (folder.path / "report.md").read_text(encoding="utf-8")
    assert report.count("Not scored:") == len(sounds)


def test_transcripts_that_are_no_text_are_refused_and_empty_ones_unscored(bank: Path, tmp_path: Path) -> None:
    files = {
        "latin.txt": b"one\ntwo \xe9\n",
        "utf16.txt": "cache".encode("utf-16"),
        "empty.txt": b"",
        "blank.txt": b" \n\t\n",
        "hostile.txt": ("\x1b]52;c;aGk=\x07 \u202e cache [@click=app.quit]x[/] " + small_bank.GOOD).encode(),
        "bom.txt": b"\xef\xbb\xbf" + small_bank.GOOD.encode(),
        "crlf.txt": small_bank.GOOD.replace(". ", ".\r\n").encode(),
    }
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    (tmp_path / "folder.txt").mkdir()
    names = [*files, "folder.txt", "missing.txt"]
    results = dict(zip(names, batch(
        [["score", "--question", "why-cache", "--transcript", tmp_path / n, "--json", "--bank", bank] for n in names]
    ), strict=True))  # fmt: skip
    results["latin.txt"].failed(2, "latin.txt:2: not UTF-8 text", "UTF-8")
    results["utf16.txt"].failed(2, "utf16.txt:1: not UTF-8 text")
    results["folder.txt"].failed(2, "can't be read (Is a directory)")
    results["missing.txt"].failed(2, "can't be read (No such file or directory)")
    for name in ("empty.txt", "blank.txt"):
        got = results[name].json()
        assert got["unscored"] == "no answer" and got["coverage"] is None
    for name in ("bom.txt", "crlf.txt", "hostile.txt"):
        assert results[name].json()["core"] == [2, 2]
    assert not RAW_CONTROL.search(results["hostile.txt"].out)
    hostile = results["hostile.txt"].json()
    assert "[@click=app.quit]x[/]" in hostile["transcript"]["text"]
    for point in hostile["points"]:
        for piece in point["evidence"]:
            assert hostile["transcript"]["text"][piece["char_start"] : piece["char_end"]] == piece["quote"]


# grade ------------------------------------------------------------------------------------------------------------


def test_bad_lines_are_all_listed_and_nothing_is_written(bank: Path, tmp_path: Path) -> None:
    good = '{"id": "a", "question_id": "why-cache", "transcript": "x"}'
    rows = [
        good, "{", "", "[]", "null", '{"question_id": "why-cache", "transcript": "x"}',
        '{"id": "b", "question_id": "why-cash", "transcript": "x"}', '{"id": "c", "question_id": "why-cache"}',
        '{"id": "d", "transcript": "x"}', '{"id": "e", "transcript": 5, "question_id": "why-cache"}',
        '{"id": null, "transcript": "x", "question_id": "why-cache"}',
        '{"id": "f", "question": "q", "transcript": "x"}',
        "[" * 5_000, good, '{"id": "g", "question_id": "\\u001b[2J", "transcript": "x"}',
    ]  # fmt: skip
    (tmp_path / "in.jsonl").write_text("\n".join(rows))
    (tmp_path / "good.jsonl").write_text(f"{good}\n\n{good}\n")
    (tmp_path / "latin.jsonl").write_bytes(good.encode() + b"\n\xe9\n")
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    old.write_text("the last grading\n")
    (tmp_path / "folder").mkdir()
    before = sorted(p.name for p in tmp_path.iterdir())
    bad, over, latin, missing, nowhere, folder, to_stdout = batch(
        [["grade", tmp_path / i, "--out", o, "--bank", bank] for i, o in (
            ("in.jsonl", new), ("in.jsonl", old), ("latin.jsonl", new), ("missing.jsonl", new),
            ("good.jsonl", tmp_path / "nowhere" / "out.jsonl"), ("good.jsonl", tmp_path / "folder"),
            ("in.jsonl", "-"),
        )]
    )  # fmt: skip
    for result in (bad, over, to_stdout):
        result.failed(2, "has 12 bad lines:", "nothing was written", lines=13)
        listed = [line.split(": ", 1) for line in result.err.splitlines()[1:-1]]
        assert [where.split(":")[1] for where, _ in listed] == "2 4 5 6 7 8 9 10 11 12 13 15".split()
        assert all(where.startswith("in.jsonl:") and what for where, what in listed)
        assert not RAW_CONTROL.search(result.err)
    latin.failed(2, "latin.jsonl:2: not UTF-8 text")
    missing.failed(2, "can't be read")
    nowhere.failed(2, "There is no folder")
    folder.failed(1, "Is a directory")
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert old.read_text() == "the last grading\n"


# What isn't installed ---------------------------------------------------------------------------------------------

WHISPER = {"model.bin": "x", "config.json": "{}", "tokenizer.json": "{}", "vocabulary.txt": "x"}


def test_a_model_or_voice_that_lacks_a_file_is_3_and_names_it(bank: Path, data: Path, tmp_path: Path) -> None:
    here = ["--bank", bank, "--data-dir", data]
    (tmp_path / "answer.wav").write_bytes(header(RATE * 2) + bytes(RATE * 2))
    commands: list[list[str | Path]] = []
    for lacking in WHISPER:
        folder = tmp_path / f"no {lacking}"
        folder.mkdir()
        for name, text in WHISPER.items():
            if name != lacking:
                (folder / name).write_text(text)
        commands.append(typing("--engine", "whisper", "--model", folder, *here))
    empty = tmp_path / "no model.bin"
    (empty / "model.bin").touch()
    for name in ("a.onnx", "b.onnx", "c.onnx", "c.onnx.json"):
        (tmp_path / name).write_text("" if name == "b.onnx" else "{}")
    (tmp_path / "c.onnx").unlink()
    practise = ["practice", "--text", *here, "--voice"]
    commands += [
        ["score", "--question", "why-cache", "--audio", tmp_path / "answer.wav", "--model", tmp_path, *here],
        ["transcribe", tmp_path / "answer.wav", "--engine", "whisper", *here],
        typing("--engine", "whisper", *here),
        [*practise, "piper"],
        [*practise, "piper", "--voice-model", tmp_path / "a.onnx"],
        [*practise, "auto", "--voice-model", tmp_path / "b.onnx"],
        [*practise, "piper", "--voice-model", tmp_path / "c.onnx"],
    ]
    *whisper, scored, none, none_too, no_voice, no_json, emptied, no_onnx = batch(commands)
    for result, lacking in zip(whisper, WHISPER, strict=True):
        named = "vocabulary.json" if lacking == "vocabulary.txt" else lacking
        result.failed(3, f"{tmp_path}/no {lacking} lacks {named}.", "--engine basic", chatter=1)
    scored.failed(3, "lacks model.bin, config.json, tokenizer.json, vocabulary.json")
    none.failed(3, f"There is no Whisper model in {data}/models/whisper")
    none_too.failed(3, f"There is no Whisper model in {data}/models/whisper", chatter=1)
    no_voice.failed(3, f"There is no Piper voice in {data}/models/piper", chatter=1)
    no_json.failed(3, "a.onnx.json", "models fetch", chatter=1)
    emptied.failed(3, "b.onnx.", "models fetch", chatter=1)
    no_onnx.failed(3, "c.onnx.", "models fetch", chatter=1)


# Disks ------------------------------------------------------------------------------------------------------------


def everything(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_a_file_where_a_folder_should_be_is_refused_before_anything_is_asked(bank: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    below = tmp_path / "file" / "data"
    practised, direct, listed, verified = batch(
        [
            typing("--bank", bank, "--data-dir", below),
            typing("--bank", bank, "--data-dir", tmp_path / "file"),
            ["sessions", "list", "--data-dir", below],
            ["sessions", "verify", "--data-dir", below],
        ],
        stdin=small_bank.GOOD,
    )
    for result in (practised, direct):
        assert result.code == 1 and result.out == ""
        assert "voiceprep: A file stands where a folder is needed: " in result.err and "--data-dir" in result.err
    assert listed.code == verified.code == 0 and "No sessions yet" in listed.err
    assert (tmp_path / "file").read_text() == "mine"
    result = run(*typing("--bank", bank, "--data-dir", tmp_path / "d"), env={"VOICEPREP_CACHE_DIR": str(below)})
    assert result.code == 1 and "A file stands where a folder is needed" in result.err
    assert everything(tmp_path) == ["file"]


def test_a_read_only_disk_is_refused_before_anything_is_asked(bank: Path, tmp_path: Path) -> None:
    with disks.tiny(tmp_path / "disk", "1m") as disk:
        (disk / "sessions").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        practised, checked, graded = batch(
            [
                typing("--bank", bank, "--data-dir", disk),
                ["doctor", "--json", "--data-dir", disk / "below"],
                ["grade", os.devnull, "--out", disk / "out.jsonl", "--bank", bank],
            ],
            stdin=small_bank.GOOD,
        )
        assert practised.code == 1 and practised.out == ""
        assert re.search("voiceprep: (The disk is read-only|Only 1 MB are free)", practised.err)
        graded.failed(1, "The disk is read-only", "--data-dir")
        assert checked.code == 1
        assert any(
            c["status"] == "fail" and "The disk is read-only" in c["found"] for c in json.loads(checked.out)["checks"]
        )
        assert everything(disk) == ["sessions"]


def test_a_small_disk_is_refused_before_anything_is_asked(bank: Path, tmp_path: Path) -> None:
    with disks.tiny(tmp_path / "disk", "1m") as disk:
        (disk / "old.jsonl").write_text("the last grading\n")
        row = {"id": 1, "question_id": "why-cache", "transcript": small_bank.GOOD}
        (tmp_path / "in.jsonl").write_text(f"{json.dumps(row)}\n" * 600)
        practised, demo, graded = batch(
            [
                typing("--bank", bank, "--data-dir", disk / "data"),
                typing("--bank", bank, "--data-dir", disk / "data", "--question", "why-cache"),
                ["grade", tmp_path / "in.jsonl", "--out", disk / "old.jsonl", "--bank", bank],
            ],
            stdin=small_bank.GOOD,
        )
        for result in (practised, demo):
            assert result.code == 1 and result.out == ""
            assert re.search(
                r"voiceprep: Only [01] MB are free at .*; a session needs 200 MB\.\n  Free some", result.err
            )
        assert store.folders(disk / "data" / "sessions") == []
        graded.failed(1, "The disk is full")
        assert (disk / "old.jsonl").read_text() == "the last grading\n"
        assert [n for n in everything(disk) if n.endswith(".part")] == []


STRANGE = ["with space", "ü", "日本", "🎤 emoji", "quote'\"", "-dash", "a" * 200, "[@click=x]{0}%s", "..hidden"]


def test_folders_of_any_name_hold_sessions(bank: Path, tmp_path: Path) -> None:
    typed = batch(
        [typing("--bank", bank, "--question", "why-cache", f"--data-dir={tmp_path / n}") for n in STRANGE],
        stdin=f"{small_bank.GOOD}\n\nReads hit the \x1b[2J\u202edatabase at once.\n\n",
    )
    for name, result in zip(STRANGE, typed, strict=True):
        assert result.code == 0, result
        (folder,) = store.folders(tmp_path / name / "sessions")
        assert f"Session: {folder.path}" in result.out
        assert not RAW_CONTROL.search(result.out) and not RAW_CONTROL.search(result.err)
        for path in (folder.journal, folder.path / "report.md"):
            assert not RAW_CONTROL.search(path.read_text(encoding="utf-8"))
        (answer,) = folder.state().assessments
        assert answer.heard(core=True) == (2, 2)
        assert answer.follow_ups_asked[0].text == "Reads hit the \ufffd[2J\ufffddatabase at once."
        assert store.verify(folder) == []
    looked: list[Result] = batch(
        [[*c, f"--data-dir={tmp_path / n}", "--json"] for n in STRANGE for c in (("sessions", "show", "last"),
                                                                              ("sessions", "verify"))]
    )  # fmt: skip
    assert all(r.code == 0 for r in looked)


def test_nothing_typed_is_no_answer_and_no_score(bank: Path, tmp_path: Path) -> None:
    result = run(*typing("--bank", bank, "--data-dir", tmp_path), stdin="")
    assert result.code == 0
    assert result.out.count("not scored: no answer") == 2
    (folder,) = store.folders(tmp_path / "sessions")
    assert all(a.coverage is None for a in folder.state().assessments)
    assert list(folder.audio.iterdir()) == []


def test_a_terminal_without_unicode_gets_marks_and_not_a_traceback(bank: Path, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(small_bank.GOOD + " ü 日本")
    result = run(
        "score", "--question", "why-cache", "--transcript", tmp_path / "t.txt", "--json", "--bank", bank,
        env={"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert result.json()["transcript"]["text"].endswith("can be stale. ? ??")
