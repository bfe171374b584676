"""A report shows what was said and nothing else: no markup comes out of a text, no key leaves the contract."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.bank import small_bank
from tests.sessions import made
from voiceprep.commands.conversation import feedback_lines
from voiceprep.core.clean import clean
from voiceprep.core.feedback import (
    Assessment,
    Evidence,
    Ground,
    PitfallFeedback,
    Unscored,
    assess,
    assess_follow_up,
    no_time_left,
    once_more,
)
from voiceprep.core.spans import Span
from voiceprep.core.star import star_shares
from voiceprep.core.transcript import Word, heard, typed
from voiceprep.core.words import tokenise
from voiceprep.report import wording
from voiceprep.report.answer_json import answer_json
from voiceprep.report.markdown import Facts, literal, markdown

HOSTILE = [
    "**bold** _it_ `code` ~~gone~~ __x__ ``y``",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <!-- c --> <b>",
    "</details></summary> <details open>",
    "[click](javascript:alert(1)) ![i](file:///etc/passwd) [a]: b [^1] <ftp:x>",
    "[@click=app.quit]quit[/] [b]bold[/b] [link=x]l [/ no",
    "# heading ## two | a | b | > quote + plus - minus * star",
    "- item", "+ item", "* item", "> quote", "# one", "--- ***", "===", "```", "~~~ sh", "| a | b |", "    four",
    "\\ \\\\ \\* \\n {0.__class__} {{x}} %s $(id) ${HOME}",
    "“quoted” ü 日本 🎤 ‑ …",
]  # fmt: skip

STORY = (
    "Last spring our order service at a food company was timing out every evening. My job was to find out why before "
    "the summer. I added a timer to every call and moved the voucher call out of the transaction. After that the "
    "slowest page came in under one second, and nobody complained any more."
)
TAGS = {"h1", "h2", "h3", "p", "strong", "ul", "li", "code", "blockquote", "details", "summary"}


class Rendered(HTMLParser):
    """What a Markdown viewer would show: the tags it makes, their attributes, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[object] = []
        self.text = ""
        self.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(source))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    """The answer to the story's first question, follow-up included."""
    events = made.story(*made.bank_and_plan(tmp_path_factory.mktemp("report")))
    parent = events[10].parent
    assert parent is not None and parent.follow_ups_asked
    return parent


def poisoned(a: Assessment, text: str) -> Assessment:
    """The assessment with `text` wherever text comes from outside."""
    piece = Evidence(text, 0, len(text), 1.0, 2.0, "a001")
    point = replace(a.points[0], text=text, say=text, correction=text, evidence=(piece,), put_right=(piece,))
    points = tuple(
        replace(point, id=f"p{n}", verdict=verdict)
        for n, verdict in enumerate(("covered", "partly", "missed", "unheard", "unsure", "contradicted"))
    )
    return replace(
        a, ask=text, text=text, engine=text, next_step=text, points=points, also_said=(text,),
        pitfalls=(PitfallFeedback("p", text, text, (piece,)),),
        follow_ups_asked=(
            replace(a, ask=text, text=text, unscored=Unscored(text), points=(), follow_ups_asked=(), pitfalls=()),
        ),
        first_take=replace(a, ask=text, text=text, unscored=Unscored(text), follow_ups_asked=(), next_step=text),
        not_asked=text,
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_literally_wherever_it_stands(spoken: Assessment, text: str) -> None:
    facts = Facts(text, text, text, {"recogniser": text, "voice": text}, text)
    harmless = markdown(replace(facts, title="x"), [poisoned(spoken, "harmless words")], {})
    source = markdown(facts, [poisoned(spoken, text)], {spoken.question_id: text})
    shown = Rendered(source)
    assert set(shown.tags) <= TAGS
    assert shown.attributes == []
    assert shown.tags.count("details") == Rendered(harmless).tags.count("details") == 3
    assert shown.tags.count("h2") == 1 and shown.tags.count("h3") == 2
    assert squeezed(shown.text).count(squeezed(text)) >= 30


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.text(st.sampled_from("*_`~[](){}<>#+-!|\\ \n\tab1=^$%@:;'\""), min_size=1, max_size=40))
def test_any_row_of_signs_is_shown_as_it_is(text: str) -> None:
    shown = Rendered(f"before\n\n- {literal('x' + text)}")
    assert squeezed(shown.text) == squeezed(f"before x{text}")
    assert set(shown.tags) <= {"p", "ul", "li"}


@pytest.mark.parametrize(
    "text",
    ["\x1b]52;c;aGk=\x07", "\x1b[2J", "\x9b31m", "a\rb", "a\x00b", "\u202egnp.exe", "\u200bx", "\ud800", "\u2028x",
     "\ufeffx", "x\U000e0041"],
)  # fmt: skip
def test_control_and_direction_characters_are_replaced_at_the_door(text: str) -> None:
    kept = clean(text)
    assert "\ufffd" in kept and len(kept) == len(text)
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]", kept
    )
    kept.encode("utf-8")


@settings(
    max_examples=300, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_clean_text_stays_clean_and_can_be_written(text: str) -> None:
    once = clean(text)
    assert clean(once) == once and len(once) <= len(text)
    once.encode("utf-8")


def test_a_long_text_is_cut_with_a_sign_that_it_was() -> None:
    assert clean("x" * 100, 10) == "x" * 9 + "…"
    assert clean("x" * 10, 10) == "x" * 10


# What a person reads ----------------------------------------------------------------------------------------------


def test_a_report_has_every_answer_its_quotes_and_no_percentage(spoken: Assessment) -> None:
    facts = Facts("id", "Warm-up", "2026-11-21T00:00:00+0000", {"recogniser": "whisper:test"}, "Finished.")
    text = Rendered(markdown(facts, [spoken], {"why-cache": "A model answer's words."})).text
    assert spoken.ask in text and spoken.text in text and spoken.follow_ups_asked[0].ask in text
    quotes = [piece for point in spoken.points for piece in point.evidence]
    assert quotes and all(wording.quote(piece).split("  ")[0] in text for piece in quotes)
    assert "A model answer's words." in text
    assert "%" not in text and "missed" not in text.lower() and "confiden" not in text.lower()


def test_an_answer_without_a_score_says_why_and_shows_no_figure(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    nothing = assess(Ground(plan.questions[0], bank.lexicon, bank.version), None, "a001", "no answer")
    text = Rendered(markdown(Facts("i", "t", "c", {}, "Finished."), [nothing], {})).text
    assert "Not scored: no answer" in text and "no average" in text
    assert "CORE" not in text and "NOT HEARD" not in text


def test_what_the_interviewer_looks_for_and_the_story_stand_in_it_literally(spoken: Assessment) -> None:
    star = star_shares(tokenise(STORY))
    told = replace(spoken, star=star)
    looked = (("", "Takes *problems* apart."), ("Why it is asked: ", "Past <b>behaviour</b> says most."))
    facts = Facts("i", "t", "c", {}, "Finished.")
    shown = Rendered(markdown(facts, [told], {spoken.question_id: "A model."}, {spoken.question_id: looked}))
    text = squeezed(shown.text)
    wanted = ["STORY of every 10 words: situation", "What the interviewer looks for", "Takes *problems* apart.",
              "Why it is asked: Past <b>behaviour</b> says most.", "A model answer"]  # fmt: skip
    assert [text.index(w) for w in wanted] == sorted(text.index(w) for w in wanted)
    assert set(shown.tags) <= TAGS


def test_the_json_of_a_told_answer_has_its_shares(spoken: Assessment) -> None:
    for star in (star_shares(tokenise(STORY)), star_shares(tokenise("I fixed it.")), None):
        got = json.loads(json.dumps(answer_json(replace(spoken, text=STORY, star=star)), allow_nan=False))
        assert got["star"] == star or set(got["star"]) in ({"unmeasured"}, {"story", "shares", "spans"})
        if star is None or "unmeasured" in got["star"]:
            continue
        assert got["star"]["story"] is True
        assert sum(got["star"]["shares"].values()) == pytest.approx(1, abs=1e-3)
        assert {s["role"] for s in got["star"]["spans"]} == {"situation", "task", "action", "result"}


def test_a_report_keeps_the_first_answer_to_a_question_asked_once_more(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    ground = Ground(plan.questions[0], bank.lexicon, bank.version)
    boats = typed("I like boats and trains and planes, and all that moves.")
    second = no_time_left(once_more(assess(ground, boats, "a001"), assess(ground, typed(small_bank.HALF), "a002")))
    source = markdown(Facts("i", "t", "c", {}, "Finished."), [second], {})
    text = squeezed(Rendered(source).text)
    assert text.index(small_bank.HALF) < text.index("The first answer") < text.index(boats.text)
    assert "Asked once more, since the first answer was off topic: nothing in it speaks of this question." in text
    assert "the one to prepare is “How do you keep the cached values from being stale?”" in text
    got = json.loads(json.dumps(answer_json(second), allow_nan=False))
    check_shape(got)
    assert (got["first_take"]["take_id"], got["first_take"]["transcript"]["text"]) == ("a001", boats.text)
    assert got["not_asked"] == second.not_asked
    plain = " ".join(squeezed(line) for line in feedback_lines(second))
    assert "Asked once more, since the first answer was off topic" in plain and second.not_asked in plain


def test_what_was_put_right_is_shown_with_what_it_put_right(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    ground = Ground(plan.questions[0], bank.lexicon, bank.version)
    wrong = assess(ground, typed("The cache is always current. It takes load off the database."), "a001")
    assert wrong.follow_up is not None and wrong.follow_up.id == "invalidate"
    said = typed("No, I was wrong: the cached value can be stale, so I give it an expiry.")
    own, parent = assess_follow_up(ground, ground.question.follow_up("invalidate"), wrong, said, "a002")
    point = next(p for p in parent.points if p.id == "stale-data")
    assert (own.unscored, point.verdict) == (None, "covered")
    text = squeezed(Rendered(markdown(Facts("i", "t", "c", {}, "Finished."), [parent], {})).text)
    shown = "Put right. Before that: “The cache is always current”"
    assert shown in text and "GOES AGAINST none" in text
    assert shown in " ".join(squeezed(line) for line in feedback_lines(parent))
    (piece,) = next(p for p in answer_json(parent)["points"] if p["id"] == "stale-data")["put_right"]
    assert (piece["quote"], piece["take_id"]) == ("The cache is always current", "a001")


def test_times_are_shown_as_on_a_player() -> None:
    assert [wording.clock(s) for s in (0, 9.99, 60, 61.5, 3_599, 3_600)] == [
        "0:00", "0:09", "1:00", "1:01", "59:59", "60:00",
    ]  # fmt: skip


# What a machine reads ---------------------------------------------------------------------------------------------

ANSWER = {
    "schema", "question_id", "rubric", "bank_version", "matcher_version", "engine", "transcript", "coverage", "core",
    "extra", "unscored", "points", "pitfalls", "also_said", "follow_up", "follow_ups_asked", "delivery", "next_step",
    "opinion",
}  # fmt: skip
POINT = {"id", "text", "core", "weight", "verdict", "probability", "dispute", "evidence"}
EVIDENCE = {"quote", "char_start", "char_end", "start_s", "end_s"}
PITFALL = {"id", "text", "hit", "evidence"}
# Given beside what design.md section 8 lists:
BESIDE = {"answer": {"follow_up_id", "take_id", "star", "first_take", "not_asked", "clocked", "self_rated"},
          "point": {"why", "correction", "put_right"}, "evidence": {"take_id"}, "pitfall": {"advice"}}  # fmt: skip
DELIVERY = {
    "duration_s", "first_speech_s", "speech_s", "pauses", "long_pauses", "longest_pause", "words_per_minute",
    "fillers_at_least", "pace", "speech", "silent_pauses", "phonation_ratio", "articulation_rate", "aim", "fillers",
    "hedges", "repetitions",
}  # fmt: skip
OPINION = {
    "model", "prompt_version", "votes", "points", "claims", "dropped", "addressed", "took_s", "disagrees",
}  # fmt: skip
VIEWS = {"covered", "contradicted", "mentioned", "missed", "unsure"}
VERDICTS = {"covered", "partly", "missed", "contradicted", "unsure", "unheard"}


def check_opinion(got: dict | None, points: set[str], text: str) -> None:
    """Nothing, or why there's none, or an opinion whose every quote is an exact span of the answer."""
    if got is None:
        return
    if "none" in got:
        assert set(got) == {"none"} and got["none"].endswith(".")
        return
    assert set(got) == OPINION
    for p in got["points"]:
        assert set(p) == {"point_id", "view", "agreed", "quotes", "reason"} and p["view"] in VIEWS
        for piece in p["quotes"]:
            assert set(piece) == EVIDENCE and text[piece["char_start"] : piece["char_end"]] == piece["quote"]
    for d in got["dropped"]:
        assert set(d) == {"point_id", "why"}
    for d in got["disagrees"]:
        assert set(d) == {"point_id", "ours", "theirs"} and d["point_id"] in points
        assert d["ours"] in VERDICTS and d["theirs"] in VIEWS


def check_measure(name: str, value: Any) -> None:
    """A number, or what it rests on with its spans, or why there's none."""
    if isinstance(value, dict) and set(value) == {"unmeasured"}:
        assert value["unmeasured"] and not value["unmeasured"].endswith(".")
    elif name == "aim":
        assert set(value) == {"low_s", "high_s", "off_s"}
    elif name == "pace":
        assert value and all(rate >= 0 for rate in value)
    elif name == "silent_pauses":
        assert all(set(p) == {"span", "place"} and p["span"]["end_s"] - p["span"]["start_s"] >= 0.499 for p in value)
    elif name in ("fillers", "hedges", "repetitions"):
        assert all(set(s) == {"what", "spans"} and s["what"] for s in value)
        assert all(set(span) == {"start_s", "end_s"} for s in value for span in s["spans"])
    elif name in ("speech", "longest_pause"):
        assert all(set(span) == {"start_s", "end_s"} for span in (value if isinstance(value, list) else [value]))
    else:
        assert isinstance(value, int | float)


def check_shape(got: dict) -> None:
    """A scored answer has the contract's keys and types, and no others."""
    assert set(got) == ANSWER | BESIDE["answer"]
    assert got["schema"] == 1
    check_opinion(got["opinion"], {p["id"] for p in got["points"]}, got["transcript"]["text"])
    assert set(got["transcript"]) == {"source", "text"} and got["transcript"]["source"] in ("asr", "typed", "edited")
    assert got["coverage"] is None or 0 <= got["coverage"] <= 1
    assert got["unscored"] is None or (got["unscored"] and got["coverage"] is None)
    for name in ("core", "extra"):
        heard_, of = got[name]
        assert 0 <= heard_ <= of
    for point in got["points"]:
        assert set(point) == POINT | BESIDE["point"]
        assert point["verdict"] in VERDICTS and 0 <= point["probability"] <= 1
    for pitfall in got["pitfalls"]:
        assert set(pitfall) == PITFALL | BESIDE["pitfall"] and pitfall["hit"] is True
    for piece in (
        *(p for item in (*got["points"], *got["pitfalls"]) for p in item["evidence"]),
        *(p for item in got["points"] for p in item["put_right"]),
    ):
        assert set(piece) == EVIDENCE | BESIDE["evidence"]
        assert 0 <= piece["char_start"] < piece["char_end"]
    assert got["follow_up"] is None or set(got["follow_up"]) == {"id", "text", "probes", "why"}
    assert set(got["delivery"]) == DELIVERY
    for name, value in got["delivery"].items():
        check_measure(name, value)
    star = got["star"]
    if star is not None and set(star) != {"unmeasured"}:
        assert set(star) == {"story", "shares", "spans"} and isinstance(star["story"], bool)
        assert set(star["shares"]) == {"situation", "task", "action", "result", "none"}
        assert sum(star["shares"].values()) == pytest.approx(1, abs=1e-3)
        for span in star["spans"]:
            assert set(span) == {"char_start", "char_end", "role", "sure"} and span["role"] in star["shares"]
            assert 0 <= span["char_start"] < span["char_end"] <= len(got["transcript"]["text"])
    under = got["clocked"]
    assert under is None or set(under) == {"limit_s", "think_s", "thought_s", "cut", "interrupted"}
    assert got["not_asked"] is None or got["not_asked"].endswith((".", "”"))
    for asked in (*got["follow_ups_asked"], *([got["first_take"]] if got["first_take"] else [])):
        check_shape(asked)


def test_the_json_of_an_answer_has_the_contracts_keys(spoken: Assessment) -> None:
    got = json.loads(json.dumps(answer_json(spoken), allow_nan=False))
    check_shape(got)
    assert got["core"] == [1, 2] and got["extra"] == [0, 1]
    assert got["follow_ups_asked"][0]["follow_up_id"] == "invalidate"
    assert got["follow_ups_asked"][0]["transcript"]["source"] == "typed"
    quoted = next(p for p in got["points"] if p["evidence"])["evidence"][0]
    assert got["transcript"]["text"][quoted["char_start"] : quoted["char_end"]] == quoted["quote"]
    assert quoted["start_s"] is not None and quoted["take_id"] == "a001"


def test_every_way_to_have_no_score_keeps_the_shape(tmp_path: Path) -> None:
    bank, plan = made.bank_and_plan(tmp_path)
    ground = Ground(plan.questions[0], bank.lexicon, bank.version)
    silent = heard((), engine="basic", credits_only=True, duration_s=3.0)
    words = [
        Word(w, n * 0.3, n * 0.3 + 0.3, 0.9) for n, w in enumerate("the cache is in front of the database".split())
    ]
    basic = heard(words, engine="basic", credits_only=True, speech=(Span(0, 2.4),), duration_s=3.0)
    for transcript in (None, typed(""), typed("two words"), typed("I like boats and trains and planes. " * 5), silent):
        got = json.loads(json.dumps(answer_json(assess(ground, transcript)), allow_nan=False))
        check_shape(got)
        assert got["unscored"] and got["coverage"] is None
        assert {p["verdict"] for p in got["points"]} == {"unheard"}
    got = answer_json(assess(ground, basic))
    check_shape(json.loads(json.dumps(got)))
    assert got["coverage"] is None, "a basic recogniser's words are confirmed by the candidate first"
    assert {p["verdict"] for p in got["points"]} <= {"covered", "partly", "unheard", "unsure"}
