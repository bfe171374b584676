"""How an answer's words came to be, as it's said beside its verdicts."""

from __future__ import annotations

from dataclasses import replace

from tests.core.questions import WHOLE, scored
from voiceprep.report import wording
from voiceprep.report.amended import heard_note

HEARD = replace(scored(WHOLE), source="asr", engine="whisper:base.en")


def test_of_careful_words_nothing_need_be_said() -> None:
    assert heard_note(HEARD) == ""


def test_quick_words_are_called_so() -> None:
    assert heard_note(replace(HEARD, engine="whisper:base.en, quick words")) == wording.QUICK_NOTE
    both = heard_note(replace(HEARD, engine="basic, quick words"))
    assert wording.BASIC_NOTE in both and wording.QUICK_NOTE in both


def test_what_was_not_believed_is_told() -> None:
    assert heard_note(replace(HEARD, doubts=("At 0:12 three words were left out.",))).startswith("At 0:12")
