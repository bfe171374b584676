"""A second opinion on disk: it comes back as it was given, in the report, the JSON and a session taken up again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.test_report import check_shape
from tests.sessions import made
from tests.sessions.test_golden import GOLDEN
from voiceprep.core import events as e
from voiceprep.core.interview import fold, step
from voiceprep.core.opinion import Opinion, PointOpinion, Quote
from voiceprep.report.answer_json import answer_json
from voiceprep.sessions import store
from voiceprep.sessions.journal import Damage, read_journal
from voiceprep.wiring import write_report

WRITTEN = (
    rb'{"v":1,"seq":1,"mono_ns":4428542693973,"wall":"2026-11-21T11:00:00+0000","type":"OpinionGiven","data":{'
    rb'"question_id":"why-cache","follow_up_id":null,"take_id":"a001","opinion":{"model":"tiny at 127.0.0.1:1",'
    rb'"prompt_version":"second-opinion 1 (0123456789ab), quote-alone 1 (0123456789ab)","votes":1,"points":['
    rb'{"point_id":"less-load","view":"covered","agreed":1,"quotes":[{"quote":"load off the database",'
    rb'"char_start":18,"char_end":39,"start_s":null,"end_s":null}],'
    rb'"reason":"It says so."}],"claims":1,"dropped":[],"addressed":false,"took_s":0.5},'
    rb'"ending":1}}'
)
"""As the first version that could be given an opinion wrote it. It's never made again."""


@pytest.fixture
def folder(tmp_path: Path) -> store.SessionFolder:
    return made.session(tmp_path, made.opined_story)


def test_a_line_of_the_first_format_still_reads(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(made.rewritten(WRITTEN[:-1] + b',"crc":0}', lambda record: None))
    history = read_journal(path)
    assert history.damage == ()
    quote = Quote("load off the database", 18, 39)
    (event,) = history.events
    assert event == e.OpinionGiven(
        "why-cache", None, "a001",
        Opinion(
            "tiny at 127.0.0.1:1", "second-opinion 1 (0123456789ab), quote-alone 1 (0123456789ab)", 1,
            (PointOpinion("less-load", "covered", 1, (quote,), "It says so."),), 1, (), False, 0.5,
        ),
    )  # fmt: skip


def test_a_session_of_before_has_none(tmp_path: Path) -> None:
    events = read_journal(GOLDEN / "v1" / "events.jsonl").events
    state = fold(events)
    assert state.judge == "" and state.opinions_due == ()
    for a in state.assessments:
        assert a.opinion is None and answer_json(a)["opinion"] is None


def test_it_folds_back_to_the_answers_it_was_about(folder: store.SessionFolder) -> None:
    assert store.verify(folder) == []
    state = folder.state()
    first = state.assessments[0]
    assert (first.opinion, first.follow_ups_asked[0].opinion) == (made.OPINION, made.NO_OPINION)
    assert store.recover(folder).state == state
    plain = fold([event for event in folder.history().events if not isinstance(event, e.OpinionGiven)])
    assert replace(first, opinion=None, follow_ups_asked=plain.assessments[0].follow_ups_asked) == plain.assessments[0]


def test_a_kill_at_any_moment_keeps_what_was_given(folder: store.SessionFolder) -> None:
    events = folder.history().events
    for n in range(1, len(events)):
        state = fold(events[:n])
        if state.close_reason == "finished":
            continue
        after, _ = step(state, e.SessionResumed(0.0, True, "tiny at 127.0.0.1:1"))
        given = any(isinstance(event, e.OpinionGiven) for event in events[:n])
        assert [a.opinion for a in after.assessments[:1]] == ([made.OPINION] if given else [None] * (n > 7))
        assert after.opinions_due == ()


def test_the_report_and_the_json_name_what_it_disagrees_on(folder: store.SessionFolder) -> None:
    first = folder.state().assessments[0]
    ours = first.own_verdicts()
    assert ours["less-load"] == "covered"
    got = json.loads(json.dumps(answer_json(first), allow_nan=False))
    check_shape(got)
    assert got["opinion"]["model"] == made.OPINION.model and got["opinion"]["disagrees"] == []
    assert got["follow_ups_asked"][0]["opinion"] == {"none": made.NO_OPINION.reason}
    sees_less = replace(made.OPINION, points=(PointOpinion("less-load", "missed", 3),))
    disputed = answer_json(replace(first, opinion=sees_less))
    check_shape(json.loads(json.dumps(disputed)))
    assert disputed["opinion"]["disagrees"] == [{"point_id": "less-load", "ours": "covered", "theirs": "missed"}]
    apart = {k: v for k, v in disputed.items() if k != "opinion"}
    assert apart == {k: v for k, v in answer_json(first).items() if k != "opinion"}, "nothing of it is merged"
    text = write_report(folder).read_text(encoding="utf-8")
    assert "Second opinion (tiny at 127.0.0.1:1, 3 votes) agrees on " in text
    assert r"No second opinion. tiny at 127.0.0.1:1 can't be reached." in text


def test_a_quote_that_was_never_said_is_named_by_verify(tmp_path: Path) -> None:
    def lying(bank: object, plan: object, session_id: str) -> list[e.Event]:
        lie = replace(made.OPINION, points=(PointOpinion("less-load", "covered", 3, (Quote("never said", 0, 10),)),))
        story = made.opined_story(bank, plan, session_id)
        return [replace(v, opinion=lie) if isinstance(v, e.OpinionGiven) and v.take_id == "a001" else v for v in story]

    assert store.verify(made.session(tmp_path, lying)) == ["a001: a quote isn't in its transcript"]


def test_a_damaged_opinion_is_damage_and_no_opinion(folder: store.SessionFolder) -> None:
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if b'"OpinionGiven"' in line)
    lines[at] = made.rewritten(lines[at], lambda record: record["data"]["opinion"]["points"][0].update(view="great"))
    folder.journal.write_bytes(b"".join(lines))
    (damage,) = folder.history().damage
    assert isinstance(damage, Damage) and damage.line == at + 1
    assert folder.state().assessments[0].opinion is None
