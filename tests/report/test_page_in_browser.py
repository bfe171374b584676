"""The page in a real browser: a click plays the second that stands on it, nothing is asked of the network."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.bank import small_bank
from tests.conftest import need
from tests.kit.browser import Browser, find_browser
from tests.sessions import made
from voiceprep.core.feedback import Assessment, Ground, assess
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word, heard
from voiceprep.pcm.compressed import MIME, compressed
from voiceprep.pcm.wav import RATE
from voiceprep.report.html import Take, page
from voiceprep.report.markdown import Facts

LENGTH_S, FROM_HZ, HZ_A_SECOND = 40.0, 300.0, 60.0
"""The take's sound: a tone that rises steadily, so that a moment of it says which moment it is."""
FIRST_S, A_WORD_S = 19.0, 0.3
MOMENT = """
new Promise(done => {
  const audio = document.querySelector("audio");
  if (!window.heard) {
    const context = window.context = new AudioContext({sampleRate: 16000});
    const from = context.createMediaElementSource(audio), ear = context.createScriptProcessor(4096, 1, 1);
    window.heard = [];
    ear.onaudioprocess = event => {
      const block = Array.from(event.inputBuffer.getChannelData(0));
      if (Math.max(...block) > 0.05) window.heard.push(block);
    };
    from.connect(ear); ear.connect(context.destination);
    context.resume().then(() => done(true));
  } else { window.heard.length = 0; done(true); }
})"""


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    bank, plan = made.bank_and_plan(tmp_path_factory.mktemp("bank"))
    words = [
        Word(w, FIRST_S + A_WORD_S * n, FIRST_S + A_WORD_S * (n + 1), 0.9)
        for n, w in enumerate(small_bank.HALF.split())
    ]
    speech = (Span(FIRST_S, words[-1].end_s),)
    said = heard(words, engine="whisper:test", speech=speech, duration_s=LENGTH_S)
    return assess(Ground(plan.questions[0], bank.lexicon, bank.version), said, "a001")


@pytest.fixture(scope="module")
def source(answer: Assessment) -> str:
    at = np.arange(round(LENGTH_S * RATE)) / RATE
    tone = 0.3 * np.sin(2 * np.pi * (FROM_HZ * at + HZ_A_SECOND * at**2 / 2))
    sound = compressed((tone * 32767).astype(np.int16).tobytes())
    facts = Facts("s1", "Warm-up", "2026-11-22T00:44:11+0000", {"recogniser": "whisper:test"}, "Finished.")
    takes = {"a001": Take(LENGTH_S, (Span(FIRST_S, 36.0),), sound, MIME)}
    return page(facts, [answer], {answer.question_id: "A model answer, to its last word."}, takes=takes)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_browser()
    need("browser", program, "no Chromium is installed, so the page can't be opened in one")
    assert program
    with Browser(program) as browser:
        yield browser


@pytest.fixture
def opened(browser: Browser, source: str, tmp_path: Path) -> Browser:
    path = tmp_path / "report.html"
    path.write_text(source, encoding="utf-8")
    browser.shape(1000)
    browser.open(path)
    return browser


def first_quote(browser: Browser) -> tuple[float, float]:
    start, end = browser.js('(q => [q.dataset.start, q.dataset.end])(document.querySelector("button.quote"))')
    return float(start), float(end)


def listen(browser: Browser) -> None:
    """From now on what the page plays is kept, in blocks of 4,096 samples."""
    browser.call("Runtime.evaluate", expression=MOMENT, awaitPromise=True, userGesture=True)


def heard_at_s(browser: Browser) -> float:
    """The moment of the take with which what was heard began, by the tone's pitch in the second block."""
    browser.wait(lambda: browser.js("window.heard.length >= 2"), "a sound")
    first, second = (np.asarray(block) for block in browser.js("window.heard.slice(0, 2)"))
    spectrum = np.abs(np.fft.rfft(second * np.hanning(second.size), 1 << 17))
    middle_s = (float(np.argmax(spectrum)) * RATE / (1 << 17) - FROM_HZ) / HZ_A_SECOND
    before = first.size - int(np.argmax(np.abs(first) > 0.05)) + second.size / 2
    return middle_s - before / RATE


def paused(browser: Browser) -> bool:
    return bool(browser.js('document.querySelector("audio").paused'))


def position_s(browser: Browser) -> float:
    return float(browser.js('document.querySelector("audio").currentTime'))


def test_a_click_on_a_quote_plays_that_second_and_stops_at_the_quotes_end(opened: Browser) -> None:
    start_s, end_s = first_quote(opened)
    assert start_s > 15
    listen(opened)
    opened.click("button.quote")
    assert heard_at_s(opened) == pytest.approx(start_s, abs=0.1)
    opened.wait(lambda: paused(opened), "the quote's end")
    assert end_s <= position_s(opened) < LENGTH_S - 1, "it stops by itself, and not before the last word"
    opened.call("Runtime.evaluate", expression='document.querySelector("audio").play()', userGesture=True)
    opened.wait(lambda: position_s(opened) > end_s + 1, "what was said after the quote")
    assert not paused(opened)


def test_a_sign_on_the_time_line_plays_its_second_by_key(opened: Browser) -> None:
    listen(opened)
    start_s = float(opened.js('(m => (m.focus(), m.dataset.start))(document.querySelector("svg [role=button]"))'))
    opened.press("Enter", 13, "\r")
    assert heard_at_s(opened) == pytest.approx(start_s, abs=0.1)


def test_marked_words_of_the_transcript_play_their_second(opened: Browser) -> None:
    start_s = float(opened.js('document.querySelector("mark").dataset.start'))
    opened.click("mark")
    opened.wait(lambda: not paused(opened), "the sound")
    assert start_s <= position_s(opened) < LENGTH_S


def test_every_quote_can_be_reached_with_the_tab_key(opened: Browser) -> None:
    wanted = set(opened.js('[...document.querySelectorAll("button.quote")].map(q => q.textContent)'))
    reached = set()
    for _ in range(60):
        opened.press("Tab", 9)
        reached.add(opened.js("document.activeElement.textContent"))
    assert wanted and wanted <= reached


def test_moving_by_hand_ends_the_quote(opened: Browser) -> None:
    opened.click("button.quote")
    opened.wait(lambda: not paused(opened), "the sound")
    _, end_s = first_quote(opened)
    opened.js(f'document.querySelector("audio").currentTime = {end_s + 2}; 0')
    opened.wait(lambda: position_s(opened) > end_s + 2.3, "what stands there")
    assert not paused(opened)


def test_nothing_is_asked_of_anybody_and_nothing_is_refused(opened: Browser) -> None:
    opened.click("button.quote")
    opened.wait(lambda: not paused(opened), "the sound")
    elsewhere = [u for u in opened.requested() if not u.startswith(("file:///", "data:"))]
    assert elsewhere == []
    assert len([u for u in opened.requested() if u.startswith("file:")]) == 1
    assert opened.complaints() == []


def luminance(colour: str) -> float:
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_it_follows_the_readers_light_or_dark_and_can_be_read_in_both(opened: Browser, scheme: str, dark: bool) -> None:
    opened.shape(1000, scheme=scheme)
    paper = luminance(opened.js("getComputedStyle(document.body).backgroundColor"))
    assert (paper < 0.2) is dark
    colours = opened.js(
        '[...document.querySelectorAll("body, .soft, .sign, mark, .at, h2")].map(e => getComputedStyle(e).color)'
    )
    for colour in set(colours):
        lighter, darker = sorted((luminance(colour), paper), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, colour


@pytest.mark.parametrize("width", [320, 360, 768, 1400])
def test_no_width_overflows(opened: Browser, width: int) -> None:
    opened.shape(width)
    assert opened.js("document.documentElement.scrollWidth") <= width


def pdf_text(pdf: bytes) -> str:
    """The text of a PDF as Chromium writes it: each font's glyphs by its own table."""
    objects = {int(n): body for n, body in re.findall(rb"(?s)(\d+) 0 obj\s(.*?)endobj", pdf)}

    def stream(body: bytes) -> bytes:
        found = re.search(rb"(?s)stream\r?\n(.*?)\r?\nendstream", body)
        return zlib.decompress(found[1]) if found and b"FlateDecode" in body else b""

    tables: dict[bytes, dict[int, str]] = {}
    for number, body in objects.items():
        if refers := re.search(rb"/ToUnicode (\d+) 0 R", body):
            table = tables.setdefault(b"F%d" % number, {})
            cmap = stream(objects[int(refers[1])])
            for block in re.findall(rb"(?s)beginbfchar(.*?)endbfchar", cmap):
                for code, text in re.findall(rb"<(\w+)> <(\w+)>", block):
                    table[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
            for block in re.findall(rb"(?s)beginbfrange(.*?)endbfrange", cmap):
                for first, last, text in re.findall(rb"<(\w+)> <(\w+)> <(\w+)>", block):
                    for n in range(int(first, 16), int(last, 16) + 1):
                        table[n] = chr(int(text, 16) + n - int(first, 16))
    out = []
    for body in objects.values():
        font: dict[int, str] = {}
        for name, glyphs in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>", stream(body)):
            if name:
                font = tables.get(name, {})
            else:
                out += [font.get(int(glyphs[n : n + 4], 16), "") for n in range(0, len(glyphs), 4)]
    return unicodedata.normalize("NFKC", "".join(out))  # "ff" is one sign in some fonts


def test_on_paper_all_of_the_text_is_there_and_no_player(opened: Browser) -> None:
    wanted = opened.js('document.querySelector("main").innerText + " " + document.querySelector("h1").innerText')
    printed = re.sub(r"\s", "", pdf_text(opened.pdf()))
    hint = opened.js('document.querySelector(".hint").innerText')
    words = wanted.replace(hint, "").split()
    lacking = [w for w in words if w not in printed]
    assert len(words) > 100 and lacking == []
    opened.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert opened.js('getComputedStyle(document.querySelector("audio")).display') == "none"
    finally:
        opened.call("Emulation.setEmulatedMedia", media="")
