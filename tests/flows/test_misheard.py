"""Words put right in a session: by a line in `--plain`, kept for later sessions, taken back, told in the report."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.core.questions import COMPARE, LEXICON
from tests.core.test_anew import GROUND, JOURNAL, SAID, judged
from tests.core.test_anew import TOLD as TOLD_WORDS
from voiceprep import wiring
from voiceprep.commands.conversation import Conversation
from voiceprep.commands.plain import Lines
from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core.interview import State, fold
from voiceprep.core.transcript import typed
from voiceprep.report.markdown import Facts, markdown

WORD = e.Disputed(COMPARE.id, None, "", "misheard", "graph kewl", "GraphQL")
NEXT: list[e.Event] = [*JOURNAL, e.NextAsked(), e.QuestionSpoken("t002", "voice", 2.0)]


@pytest.fixture
def where(tmp_path: Path) -> Places:
    return Places(tmp_path / "data", tmp_path / "cache")


def lines_with(said: list[str]) -> Lines:
    steering = SimpleNamespace(ports=SimpleNamespace(grounds=SimpleNamespace(ground=lambda question_id: GROUND)))
    room = SimpleNamespace(listens=True, card=None)
    return Lines(room, Conversation(said.append), steering)


def test_a_line_says_what_was_misheard_and_another_takes_it_back() -> None:
    lines, state = lines_with([]), fold(NEXT)
    assert lines.meant("e Graph kewl = graphql", state) == WORD
    told = fold([*NEXT, WORD])
    assert lines.meant("e -", told) == e.Disputed(COMPARE.id, None, "", "", "graph kewl", "GraphQL")
    assert fold([*NEXT, WORD, lines.meant("e -", told)]).told == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("e cough cover = Kafka", "These words don't stand in what was heard"),
        ("e the = GraphQL", "“the” has only small words in it"),
        ("e graph kewl = Grafkewl", "I don't know “Grafkewl”. Did you mean GraphQL?"),
        ("e -", "There is nothing to take back."),
    ],
)
def test_what_a_line_cannot_put_right_is_said(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert lines_with([]).meant(line, fold(NEXT)) is None
    assert said in capsys.readouterr().out


def test_a_line_puts_any_words_right_and_another_takes_it_back() -> None:
    lines, state = lines_with([]), fold(NEXT)
    right = SAID.replace("graph kewl", "GraphQL")
    edit = lines.meant("c Graph kewl = GraphQL", state)
    assert edit == e.TranscriptEdited("a001", right)
    edited = fold([*NEXT, edit])
    assert lines.meant("c -", edited) == e.TranscriptEdited("a001", SAID)
    assert fold([*NEXT, edit, lines.meant("c -", edited)]).heard == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("c cough cover = Kafka", "These words don't stand in what was heard"),
        ("c graph kewl =", "Say what you said."),
        ("c -", "There is nothing to take back."),
    ],
)
def test_what_a_line_cannot_edit_is_said(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert lines_with([]).meant(line, fold(NEXT)) is None
    assert said in capsys.readouterr().out


def test_the_lines_say_what_the_edit_made_of_the_answer() -> None:
    said: list[str] = []
    shown, edit = Conversation(said.append), e.TranscriptEdited("a001", "Other words.")
    state = fold([*NEXT, edit])
    shown(edit, state)
    shown(judged(1, ()), fold([*NEXT, edit, judged(1, ())]))
    assert "YOUR WORDS   Other words." in said and any("JUDGED ANEW  by your words." in line for line in said)


def test_before_an_answer_there_is_nothing_to_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines_with([]).meant("e graph kewl = GraphQL", fold(NEXT[:2])) is None
    assert "after an answer was judged" in capsys.readouterr().out


def test_the_lines_say_what_it_made_of_the_answer() -> None:
    said: list[str] = []
    shown = Conversation(said.append)
    shown(WORD, fold([*NEXT, WORD]))
    shown(judged(1, TOLD_WORDS), fold([*NEXT, WORD, judged(1, TOLD_WORDS)]))
    assert "JUDGED ANEW  with “graph kewl” as GraphQL." in said[0] and "CORE" in " ".join(said)


def test_it_is_kept_for_later_sessions_and_taken_back(where: Places) -> None:
    assert wiring.heed(WORD, LEXICON, where) == ""
    assert "graph kewl" in where.lexicon.read_text()
    assert wiring.heed(WORD, LEXICON, where) == "", "told twice"
    assert wiring.heed(e.Disputed(COMPARE.id, None, "", "", "graph kewl", "GraphQL"), LEXICON, where) == ""
    assert "graph kewl" not in where.lexicon.read_text()


def test_a_term_of_ones_own_that_is_taken_back_leaves_nothing(where: Places) -> None:
    own = e.Disputed(COMPARE.id, None, "", "misheard", "far gate", "Fargate")
    assert wiring.heed(own, LEXICON, where) == ""
    assert wiring.heed(e.Disputed(COMPARE.id, None, "", "", "far gate", "Fargate"), LEXICON, where) == ""
    assert "Fargate" not in where.lexicon.read_text()


def test_what_the_lexicon_knows_already_needs_no_file(where: Places) -> None:
    assert wiring.heed(e.Disputed(COMPARE.id, None, "", "misheard", "graph cool", "GraphQL"), LEXICON, where) == ""
    assert not where.lexicon.exists()


def test_a_bad_file_is_left_alone_and_the_session_told(where: Places) -> None:
    where.data.mkdir()
    where.lexicon.write_text("a: [")
    said = wiring.heed(WORD, LEXICON, where)
    assert said.startswith("It counts in this session only.") and "Mend these lines" in said and "\n" not in said
    assert where.lexicon.read_text() == "a: ["


def test_the_report_says_whose_word_it_was() -> None:
    state: State = fold([*NEXT, WORD, judged(1, TOLD_WORDS)])
    facts = Facts("s", "Test", "now", {}, "Finished.", tuple((t.heard, t.said) for t in state.told))
    text = markdown(facts, state.assessments, {})
    assert "By your word: “graph kewl” was GraphQL. These answers were judged anew with it." in text
    assert SAID.split(".")[0] in text, "what was heard stands as it was heard"


def test_a_typed_answer_has_no_misheard_words(capsys: pytest.CaptureFixture[str]) -> None:
    state = fold([*NEXT[:2], e.AnswerTyped("a001", SAID), JOURNAL[4], e.NextAsked(), NEXT[-1]])
    assert dict(state.given)["a001"] == typed(SAID)
    assert lines_with([]).meant("e graph kewl = GraphQL", state) is None
    assert "don't stand in what was heard" in capsys.readouterr().out
