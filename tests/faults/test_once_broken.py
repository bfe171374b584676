"""Things that were once broken: each test failed on the day it was written."""

from __future__ import annotations

import errno
import io
import json
import os
import threading

import numpy as np
import pytest
import soundfile
from markdown_it import MarkdownIt

from tests.bank import small_bank
from tests.bank.small_bank import LEXICON, edited
from tests.sessions import made
from tests.sessions.command import batch, run
from voiceprep import durable
from voiceprep.bank.load import load_bank
from voiceprep.bank.yaml_file import MAX_NODES, read
from voiceprep.core import events as e
from voiceprep.errors import StorageError
from voiceprep.pcm.sound_file import read_16k
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.report.markdown import literal
from voiceprep.sessions import store
from voiceprep.sessions.journal import read_journal


def reading(folder, raw):
    p = folder / "t.yaml"
    p.write_text(raw)
    _d, pr = read(p, "t.yaml")
    return [str(x) for x in pr]


@pytest.mark.parametrize(
    "text", ['a: "\\U00110000"\n', 'a: "\\UFFFFFFFF"\n', "%YAML " + "1" * 5000 + ".1\n---\na: b\n"]
)
def test_yaml_escape(tmp_path, text):
    assert len(reading(tmp_path, text)) == 1


@pytest.mark.parametrize("text", ["&x a: b\n", "!!str a: b\n"])
def test_anchor_on_key(tmp_path, text):
    assert reading(tmp_path, text)


@pytest.mark.parametrize("text", ["c\u202e: x\n", '"c\\ud800": x\n'])
def test_bidi_key(tmp_path, text):
    assert reading(tmp_path, text)


def test_control_place(tmp_path):
    assert reading(tmp_path, "a: b\nc: d\x07e\n")[0].startswith("t.yaml:2:5: ")


def test_yaml_stops_at_its_limit(tmp_path):
    """A megabyte of small things is refused where the limit is reached, not read to its end first."""
    (problem,) = reading(tmp_path, "- {a: b, c: d}\n" * 66_000)
    line = int(problem.split(":")[1])
    assert line < MAX_NODES / 2, problem


def problems(folder, **ch):
    return [str(p) for p in load_bank(small_bank.write(folder / "b", **ch))[1]]


def test_opposites(tmp_path):
    assert problems(tmp_path, lexicon=edited("[faster, slower]", '["--", "++"]', LEXICON))


@pytest.mark.parametrize("alias", ["!!", "the", "(a"])
def test_alias(tmp_path, alias):
    assert problems(tmp_path, caches=edited("queue: [queue, broker]", f"queue: ['{alias}']"))


def test_dup_pitfall(tmp_path):
    assert problems(tmp_path, caches=edited("id: no-price", "id: cache-everything"))


def test_empty_claim(tmp_path):
    assert problems(
        tmp_path, caches=edited("- patterns: [(takes|reduces|removes) ... load, database ... asked less]", "- {}")
    )


def test_cascade(tmp_path):
    assert len(problems(tmp_path, caches=edited("short: Why a cache", "short: 42"))) == 1


def test_empty_bank(tmp_path):
    (tmp_path / "empty").mkdir()
    r = run("practice", "--text", "--voice", "none", "--bank", tmp_path / "empty", "--data-dir", tmp_path / "d")
    assert r.code in (1, 2)
    assert store.folders(tmp_path / "d" / "sessions") == []


def test_grade_list(tmp_path):
    b = small_bank.write(tmp_path / "b")
    (tmp_path / "in").write_text('{"id":1,"transcript":"x","question_id":[]}\n')
    run("grade", tmp_path / "in", "--out", tmp_path / "o", "--bank", b).failed(2, "in:1:1", lines=2)


def test_grade_bom(tmp_path):
    b = small_bank.write(tmp_path / "b")
    (tmp_path / "in").write_text('\ufeff{"id":1,"transcript":"x","question_id":"why-cache"}\n')
    assert run("grade", tmp_path / "in", "--out", tmp_path / "o", "--bank", b).code == 0


def test_version_digit(tmp_path):
    bank, plan = made.bank_and_plan(tmp_path)
    short = made.short_story(bank, plan)
    lines = made.lines(short)
    lines[2] = lines[2].replace(b'"v":1', b'"v":3')
    (tmp_path / "j").write_bytes(b"".join(lines))
    h = read_journal(tmp_path / "j")
    assert list(h.events) == short[:2] and h.damage[0].line == 3


def test_type_list(tmp_path):
    bank, plan = made.bank_and_plan(tmp_path)
    short = made.short_story(bank, plan)
    lines = made.lines(short)
    lines[2] = made.rewritten(lines[2], lambda r: r.update(type=[]))
    (tmp_path / "j").write_bytes(b"".join(lines))
    assert read_journal(tmp_path / "j").damage[0].line == 3


def other(a):
    pieces = [x for p in a["points"] for x in p["evidence"]]
    pieces[0]["quote"] = "I designed it"


@pytest.mark.parametrize(("n", "where"), [(8, "assessment"), (11, "assessment")], ids=["superseded", "typed follow-up"])
def test_verify_quotes(tmp_path, n, where):
    f = made.session(tmp_path)
    ls = f.journal.read_bytes().splitlines(keepends=True)
    ls[n - 1] = made.rewritten(ls[n - 1], lambda r: other(r["data"][where]))
    f.journal.write_bytes(b"".join(ls))
    assert store.verify(f)


def test_verify_closed(tmp_path):
    f = made.session(tmp_path)
    ls = f.journal.read_bytes().splitlines(keepends=True)
    f.journal.write_bytes(b"".join(ls[:17]))
    assert any("was not ended" in p for p in store.verify(f))


def test_no_meta_is_shown(tmp_path):
    f = made.session(tmp_path)
    f.meta_path.unlink()
    assert [x.id for x in store.folders(f.path.parent)] == [f.id]


@pytest.mark.parametrize("meta", ['{"schema": 1}', '{"schema": 1, "x": ' + "[" * 5000 + "]" * 5000 + "}"])
def test_meta_keys(tmp_path, meta):
    f = made.session(tmp_path)
    f.meta_path.write_text(meta)
    for r in batch(
        [
            ["sessions", "show", "last", "--data-dir", tmp_path],
            ["sessions", "show", "last", "--json", "--data-dir", tmp_path],
            ["sessions", "list", "--data-dir", tmp_path],
            ["sessions", "verify", "--data-dir", tmp_path],
            ["practice", "--text", "--resume", "last", "--data-dir", tmp_path],
        ]
    ):
        assert r.code in (0, 1)


def test_resume_over_orphan(tmp_path):
    small_bank.write(tmp_path / "b")
    bank, plan = made.bank_and_plan(tmp_path)
    f = store.create(tmp_path / "sessions", plan, bank.lexicon, bank.version, made.ENGINES)
    f.journal.write_bytes(
        made.lines([e.SessionOpened(f.id, "x", made.planned(plan), 1)])[0]
    )  # QuestionSpoken lost in a power cut
    t = TakeFile(f.take("a001"))
    t.append(made.SECOND)
    t.close()
    soundfile.write(tmp_path / "n.wav", np.sin(np.arange(RATE) / 9) * 0.3, RATE)
    r = run(
        "practice",
        "--headless",
        "--answer-audio",
        tmp_path / "n.wav",
        "--voice",
        "none",
        "--resume",
        "last",
        "--data-dir",
        tmp_path,
    )
    assert r.code == 0 and "A file stands" not in r.out, r.out


def test_stdin_latin(tmp_path):
    import subprocess
    import sys

    b = small_bank.write(tmp_path / "b")
    d = subprocess.run(
        [
            sys.executable,
            "-m",
            "voiceprep",
            "practice",
            "--text",
            "--voice",
            "none",
            "--bank",
            b,
            "--data-dir",
            tmp_path,
        ],
        input=b"caf\xe9 cache\n\n",
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )
    assert b"fault in the program" not in d.stderr, (d.returncode, d.stdout[-600:], d.stderr)


def test_long_typed(tmp_path):
    b = small_bank.write(tmp_path / "b")
    run("practice", "--text", "--voice", "none", "--bank", b, "--data-dir", tmp_path, stdin="word " * 6000 + "end\n\n")
    (f,) = store.folders(tmp_path / "sessions")
    assert f.state().assessments[0].text.endswith("end"), len(f.state().assessments[0].text)


def test_doctor_bank(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.yaml").write_text("a: [\n")
    r = run("doctor", "--json", "--bank", tmp_path / "b", "--data-dir", tmp_path / "d")
    assert any(
        c["name"] == "question bank" and c["status"] == "fail" and c["found"].startswith("1 problem")
        for c in json.loads(r.out)["checks"]
    ), r.out[:900]


def test_kept_lie(tmp_path):
    b = small_bank.write(tmp_path / "b")
    (tmp_path / "t").write_text("two words")
    assert (
        "your recording is kept"
        not in run("score", "--question", "why-cache", "--transcript", tmp_path / "t", "--json", "--bank", b).json()[
            "next_step"
        ]
    )


def test_inf_stereo(tmp_path):
    x = np.full((RATE, 2), 0.1, np.float32)
    x[5] = [np.inf, -np.inf]
    soundfile.write(tmp_path / "a.wav", x, RATE, subtype="FLOAT")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_16k(tmp_path / "a.wav")


def test_nan_one_channel(tmp_path):
    x = np.full((RATE, 2), 0.5, np.float32)
    x[:, 0] = np.nan
    soundfile.write(tmp_path / "a.wav", x, RATE, subtype="FLOAT")
    assert any(read_16k(tmp_path / "a.wav"))


def test_flac_tail(tmp_path):
    s = np.random.default_rng(7).integers(-30000, 30000, 3 * RATE, dtype=np.int16)
    w = io.BytesIO()
    soundfile.write(w, s, RATE, format="FLAC")
    (tmp_path / "a").write_bytes(w.getvalue()[: len(w.getvalue()) // 2])
    got = read_16k(tmp_path / "a")
    assert 1.5 - len(got) / 2 / RATE < 0.3, len(got) / 2 / RATE


@pytest.mark.parametrize(
    "t", ["1. one", "&lt;b&gt; &copy;", "see https://evil.example/x now", "www.evil.example", "me@evil.example"]
)
def test_md(t):
    h = MarkdownIt("gfm-like").render(literal(t))
    assert "<a" not in h and "<ol" not in h and "©" not in h
    if "&" in t:
        assert "&amp;lt;" in h


def test_sync_error_does_not_hang(tmp_path, monkeypatch):
    from tests.kit.ports import ManualClock
    from voiceprep.audio.capture import TakeRecorder
    from voiceprep.audio.files import FileMicrophone
    from voiceprep.audio.silero import SileroVad

    soundfile.write(tmp_path / "n.wav", np.zeros(3 * RATE, np.int16), RATE)
    clock = ManualClock()
    got = []
    done = threading.Event()

    def broken(fd):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(durable, "sync", broken)
    r = TakeRecorder(tmp_path, SileroVad, clock, lambda p: 10**12)
    monkeypatch.setattr(threading, "excepthook", lambda a: got.append(a.exc_value))
    r.start(
        "a001",
        FileMicrophone(tmp_path / "n.wav", clock),
        lambda ev: (got.append(ev), done.set()) if isinstance(ev, e.AnswerEnded) else None,
    )
    assert done.wait(5), got


def test_disk_full_take_verifies(tmp_path, monkeypatch):
    t = TakeFile(tmp_path / "a001.wav")
    t.append(made.SECOND[:6400])
    real = os.write
    n = [0]

    def write(fd, d):
        n[0] += 1
        if n[0] == 1:
            return real(fd, bytes(d)[:300])
        if n[0] == 2:
            raise OSError(errno.ENOSPC, "x")
        return real(fd, d)

    with monkeypatch.context() as m:
        m.setattr(os, "write", write)
        with pytest.raises(StorageError):
            t.append(made.SECOND[6400:7040])
    t.close()
    assert (tmp_path / "a001.wav").stat().st_size == 44 + 6400
