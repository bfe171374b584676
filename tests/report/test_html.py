"""The HTML page: what was said is text on it, all that the feedback has is there, and it needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.report.test_report import HOSTILE, poisoned, spoken, squeezed
from tests.sessions import made
from voiceprep.cli import main
from voiceprep.core.delivery import Unmeasured
from voiceprep.core.events import Rescored
from voiceprep.core.feedback import Assessment, Chosen, Retake
from voiceprep.core.pressure import Clocked, Cut
from voiceprep.core.spans import Span
from voiceprep.report import wording
from voiceprep.report.html import Take, marked, page, said_in, time_line
from voiceprep.report.markdown import Facts
from voiceprep.sessions import store
from voiceprep.wiring.reports import report, write_report

__all__ = ["spoken"]  # the fixture
GOLDEN = Path(__file__).parents[1] / "sessions" / "golden" / "v1"
FACTS = Facts("s1", "Warm-up", "2026-11-22T00:44:11+0000", {"recogniser": "whisper:test"}, "Finished.")
VOID = {"meta", "br"}
SPEECH = (Span(0.1, 0.4), Span(1.6, 2.0))


class Parsed(HTMLParser):
    """What a browser would make of a page: its elements, where they nest, and the text outside script and style."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.inside: dict[str, str] = {}
        self.open: list[str] = []
        self.feed(source)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open[-1:] in (["script"], ["style"], ["title"]):
            self.inside[self.open[-1]] = self.inside.get(self.open[-1], "") + data
        else:
            self.text += data

    def values(self, tag: str, name: str) -> list[str]:
        return [v for t, n, v in self.attributes if (t, n) == (tag, name)]


def shown(*assessments: Assessment, facts: Facts = FACTS, **given: object) -> Parsed:
    return Parsed(page(facts, assessments, {}, **given))  # type: ignore[arg-type]


def with_sound(a: Assessment) -> dict[str, Take]:
    return {a.take_id: Take(2.0, SPEECH, b"not really sound", "audio/mpeg")}


@pytest.mark.parametrize("text", [*HOSTILE, "</script><script>alert(1)</script>", "\"' onclick=alert(1) x='", "]]>-->"])
def test_hostile_text_makes_no_element_and_no_attribute(spoken: Assessment, text: str) -> None:
    def made_of(words: str) -> Parsed:
        facts = Facts(words, words, words, {words: words}, words, ((words, words),), words, (words,))
        a = replace(
            poisoned(spoken, words),
            follow_up=Chosen("f", words, (), words),
            retakes=(Retake("p0", "a009", words, "covered"),),
        )
        return Parsed(
            page(
                facts, [a], {a.question_id: words}, {a.question_id: ((words, words),)}, {a.question_id: words},
                {(a.question_id, "invalidate"): words}, {"a001": Take(2.0, SPEECH, b"x", "audio/mpeg", words)},
            )
        )  # fmt: skip

    hostile, harmless = made_of(text), made_of("harmless words")
    assert hostile.tags == harmless.tags
    assert [(t, n) for t, n, _ in hostile.attributes] == [(t, n) for t, n, _ in harmless.attributes]
    assert hostile.inside["script"] == harmless.inside["script"]
    assert squeezed(hostile.text).count(squeezed(text)) >= 40


def test_control_and_direction_characters_never_reach_the_page(spoken: Assessment) -> None:
    source = page(FACTS, [poisoned(spoken, "a\u202eb\x1b[2Jc\u200b\ud800")], {})
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\ud800-\udfff]", source)
    source.encode("utf-8")


def test_an_answer_of_a_hundred_thousand_words_is_shown_whole(spoken: Assessment) -> None:
    text = "cache " * 100_000
    assert shown(replace(spoken, text=text)).text.count("cache") >= 100_000


def test_nothing_is_taken_from_elsewhere_and_only_this_script_may_run(spoken: Assessment) -> None:
    parsed = shown(spoken, takes=with_sound(spoken))
    for _tag, name, value in parsed.attributes:
        if name in ("src", "href", "action", "data", "poster", "xlink:href", "srcset"):
            assert value.startswith(("data:audio/mpeg;base64,", "#"))
        assert name != "style" and not name.startswith("on"), "the policy would refuse it"
    assert not {"link", "iframe", "object", "embed", "base", "form", "img"} & set(parsed.tags)
    assert "url(" not in parsed.inside["style"] and "@import" not in parsed.inside["style"]
    (policy,) = [v for v in parsed.values("meta", "content") if "default-src" in v]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for part, rule in (("script", "script-src"), ("style", "style-src")):
        digest = base64.b64encode(hashlib.sha256(parsed.inside[part].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["media-src"] == "data:"


def test_each_point_has_its_words_its_sign_and_its_second(spoken: Assessment) -> None:
    parsed = shown(spoken, takes=with_sound(spoken))
    assert squeezed(wording.counts(spoken)) in squeezed(parsed.text)
    assert f"NEXT {spoken.next_step}" in squeezed(parsed.text)
    for title, points in wording.sections(spoken):
        assert title in parsed.text
        for point in points:
            assert squeezed(f"{wording.MARKS[point.verdict]}{point.text}") in squeezed(parsed.text)
            for piece in point.evidence:
                assert f"“{piece.quote}”" in parsed.text
    heard = [p.start_s for point in spoken.points for p in point.evidence if p.take_id == spoken.take_id]
    assert heard and {str(at) for at in heard} <= set(parsed.values("button", "data-start"))


def test_no_percentage_stands_in_the_text(spoken: Assessment) -> None:
    assert "%" not in shown(spoken, takes=with_sound(spoken)).text


def test_headings_go_down_by_one_step(spoken: Assessment) -> None:
    levels = [int(t[1]) for t in shown(spoken, takes=with_sound(spoken)).tags if re.fullmatch("h[1-6]", t)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_without_a_recording_it_says_so_and_has_no_player(spoken: Assessment) -> None:
    parsed = shown(spoken, takes={spoken.take_id: Take(2.0, SPEECH, missing="There is no recording any more.")})
    assert "There is no recording any more." in parsed.text
    assert not {"audio", "button"} & set(parsed.tags)
    assert parsed.values("mark", "data-start") == []
    assert "svg" in parsed.tags, "where speech was is known all the same"


def test_a_dispute_stands_beside_the_verdict_with_the_counts_of_both(spoken: Assessment) -> None:
    points = tuple(replace(p, verdict="missed", evidence=(), dispute="I said it") for p in spoken.points)
    text = shown(replace(spoken, points=points)).text
    assert "You say: I said it." in text
    assert wording.with_yours(replace(spoken, points=points)) in text


def test_what_was_judged_once_more_stands_below_with_both_versions_the_old_one_first(spoken: Assessment) -> None:
    again = replace(spoken, bank_version="newer")
    text = shown(spoken, rescored=(Rescored(spoken.question_id, spoken.take_id, again, "today's rubric"),)).text
    before, after = text.index("Judged in the session"), text.index("Rescored, today's rubric")
    assert before < after < text.index("newer", after) and spoken.bank_version in text[before:after]
    assert "JUDGED ONCE MORE" not in shown(spoken).text


def test_the_second_opinion_is_named_and_shown_beside(spoken: Assessment) -> None:
    with_opinion = replace(spoken, opinion=made.OPINION)
    text = squeezed(shown(with_opinion).text)
    assert squeezed(wording.opinion(with_opinion)) in text
    assert squeezed(wording.point_opinion(with_opinion, "less-load")) in text


def test_an_answer_that_was_cut_off_has_the_moment_on_its_time_line(spoken: Assessment) -> None:
    cut = replace(spoken, clocked=Clocked(90.0, cut=Cut("limit", 1.5)))
    line = time_line(Take(2.0, SPEECH), said_in(cut, cut.take_id), Cut("limit", 1.5))
    assert line is not None and line.cut == (75.0, "0:01")
    assert "stopped at 0:01" in shown(cut, takes=with_sound(cut)).text


def test_the_time_line_has_speech_pauses_and_marks_where_they_were(spoken: Assessment) -> None:
    said = said_in(spoken, spoken.take_id)
    line = time_line(Take(2.0, SPEECH), said)
    assert line is not None
    assert line.speech == ((5.0, 15.0), (80.0, 20.0))
    assert line.pauses == ((20.0, 60.0, 1.2),)
    assert [m.x for m in line.marks] == sorted(round(50 * (s.piece.start_s or 0), 3) for s in said)
    by_row: dict[int, list[float]] = {}
    for mark in line.marks:
        by_row.setdefault(mark.row, []).append(mark.x)
    assert all(b - a >= 4.5 for row in by_row.values() for a, b in itertools.pairwise(row))
    assert time_line(Take(), said) is None, "what was typed has none"


def test_the_pieces_of_a_transcript_are_the_transcript_and_its_marks_the_quotes(spoken: Assessment) -> None:
    said = said_in(spoken, spoken.take_id)
    assert said
    pieces = list(marked(spoken.text, said))
    assert "".join(text for text, _, _ in pieces) == spoken.text
    for one in said:
        assert "".join(text for text, why, _ in pieces if one in why) == one.piece.quote


def test_the_pace_over_time_is_there_when_it_was_measured(spoken: Assessment) -> None:
    paced = replace(spoken, delivery=replace(spoken.delivery, first_speech_s=0.5, pace=(118.0, 142.0, 171.0)))
    assert "0:00 118, 0:15 142, 0:30 171" in " ".join(shown(paced).values("svg", "aria-label"))
    unmeasured = replace(spoken, delivery=replace(spoken.delivery, pace=Unmeasured("under 40 words")))
    assert not [v for v in shown(unmeasured).values("svg", "aria-label") if v.startswith("Words a minute")]


def test_the_page_of_a_session_tells_why_a_follow_up_was_asked_and_of_each_recording(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    parsed = Parsed(report(folder, "html"))
    events = made.story(*made.bank_and_plan(tmp_path / "again"))
    why = events[7].assessment.follow_up.why
    assert f"Why it was asked: {why}" in parsed.text
    assert len(parsed.values("audio", "src")) == 2, "two answers were spoken, one was typed"
    (folder.take("a001")).unlink()
    assert "There is no recording of this answer any more." in Parsed(report(folder, "html")).text
    assert "audio" not in Parsed(report(folder, "html", audio=False)).tags


def test_a_recording_that_cannot_be_read_costs_its_player_only(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    folder.take("a001").rename(folder.audio / "gone")
    (folder.audio / "a001.flac").write_bytes(b"fLaC and nothing more")
    assert "can't be read" in Parsed(report(folder, "html")).text


def test_the_golden_session_of_the_first_format_has_a_page() -> None:
    parsed = Parsed(report(store.SessionFolder(GOLDEN), "html"))
    assert "the queue keeps the messages" in parsed.text and len(parsed.values("audio", "src")) == 1


def test_a_damaged_journal_is_told_up_to_its_damage(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join([*lines[:8], b"{torn}\n", *lines[9:]]))
    text = Parsed(report(folder, "html")).text
    assert "Its journal is damaged at line 9: this is what stands before that." in text


def test_the_json_of_a_session_holds_its_answers_and_a_version(tmp_path: Path) -> None:
    told = json.loads(report(made.session(tmp_path), "json"))
    assert told["schema"] == 1
    assert [a["question_id"] for a in told["answers"]] == ["why-cache", "queue-or-call"]
    assert told["answers"][0]["follow_ups_asked"][0]["follow_up_id"] == "invalidate"


def test_reports_are_the_owners_alone(tmp_path: Path) -> None:
    folder = made.session(tmp_path)
    for form in ("html", "md", "json"):
        assert write_report(folder, form=form).stat().st_mode & 0o777 == 0o600


def run(tmp_path: Path, *args: str) -> int:
    return main(["report", *args, "--data-dir", str(tmp_path)])


def test_the_command_writes_into_the_session_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = made.session(tmp_path)
    assert run(tmp_path, "last") == 0
    assert capsys.readouterr().out.split() == [str(folder.path / "report.html")]
    assert run(tmp_path, folder.id, "--format", "all", "--no-audio") == 0
    assert {Path(p).suffix for p in capsys.readouterr().out.split()} == {".html", ".md", ".json"}
    assert "data:audio" not in (folder.path / "report.html").read_text()


def test_the_command_writes_to_a_file_or_a_folder_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = made.session(tmp_path)
    assert run(tmp_path, "last", "--format", "md", "--out", str(tmp_path / "mine.md")) == 0
    assert run(tmp_path, "--all", "--format", "json", "--out", str(tmp_path / "every")) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "mine.md"), str(tmp_path / "every" / f"{folder.id}.json")]
    assert not (folder.path / "report.json").exists()


def test_a_file_that_is_there_is_not_written_over_unasked(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    made.session(tmp_path)
    mine = tmp_path / "mine.md"
    mine.write_text("mine")
    args = ("last", "--format", "md", "--out", str(mine))
    assert run(tmp_path, *args) == 1 and mine.read_text() == "mine"
    assert "mine.md is there already." in capsys.readouterr().err
    assert run(tmp_path, *args, "--force") == 0 and mine.read_text() != "mine"


def test_one_unreadable_session_does_not_keep_the_others_from_their_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    whole, broken = made.session(tmp_path), made.session(tmp_path)
    broken.meta_path.write_text("{")
    assert run(tmp_path, "--all", "--format", "md") == 1
    told = capsys.readouterr()
    assert told.out.split() == [str(whole.path / "report.md")] and broken.id in told.err


@pytest.mark.parametrize("args", [(), ("last", "--all"), ("last", "--out", "nowhere/at/all.html")])
def test_what_makes_no_sense_is_refused_with_a_hint(tmp_path: Path, args: tuple[str, ...]) -> None:
    made.session(tmp_path)
    assert run(tmp_path, *args) == 2
