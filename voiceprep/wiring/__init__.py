"""Puts the house together: the only package that names concrete engines."""

from voiceprep.wiring.afterwards import amend, edit
from voiceprep.wiring.answers import FileAnswers, ScriptedAnswers, TypedAnswers, check_files
from voiceprep.wiring.engines import Choice, bare_bank, hear_file, load_bank, transcriber, voice
from voiceprep.wiring.hands_free import hands_free_s
from voiceprep.wiring.left_out import terms_left_out
from voiceprep.wiring.opinion import judge
from voiceprep.wiring.own_terms import heed, pronounced
from voiceprep.wiring.recordings import NONE_KEPT, cut_off_line, removed_line, taken_up
from voiceprep.wiring.reports import write_report
from voiceprep.wiring.session import Held, Manner, Steering, hold, resume

__all__ = [
    "NONE_KEPT", "Choice", "FileAnswers", "Held", "Manner", "ScriptedAnswers", "Steering", "TypedAnswers", "amend",
    "bare_bank", "check_files", "cut_off_line", "edit", "hands_free_s", "hear_file", "heed", "hold", "judge",
    "load_bank", "pronounced", "removed_line", "resume", "taken_up", "terms_left_out", "transcriber", "voice",
    "write_report",
]  # fmt: skip
