"""Question files in, questions and located problems out. Pure data: nothing in a bank file is ever run."""

from voiceprep.bank.load import Bank, load_bank
from voiceprep.bank.places import bank_folder
from voiceprep.bank.yaml_file import Problem

__all__ = ["Bank", "Problem", "bank_folder", "load_bank"]
