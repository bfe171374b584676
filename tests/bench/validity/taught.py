"""Grounds for the yardstick's questions: the bank's own, and those that so far have points and sayings only."""

from __future__ import annotations

from voiceprep.bank.contents import Bank
from voiceprep.core.feedback import Ground


def grounds_of(bank: Bank) -> dict[str, Ground]:
    """By question id, every ground that answers can be held against by a rubric."""
    return {q.id: Ground(q, bank.lexicon, bank.version) for q in bank.questions.values()}
