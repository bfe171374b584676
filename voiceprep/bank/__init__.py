"""Question files in, questions and located problems out. Pure data: nothing in a bank file is ever run."""

from voiceprep.bank.contents import Bank, Problem
from voiceprep.bank.places import bank_folder

__all__ = ["Bank", "Problem", "bank_folder"]
