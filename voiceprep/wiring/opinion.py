"""Who gives a second opinion, when the user has named somebody."""

from __future__ import annotations

from voiceprep.config import Settings
from voiceprep.ports import Judge


def judge(settings: Settings) -> Judge | None:
    """Who is asked; None, and nothing of it is even imported, while no server is set. Raises UsageError."""
    if not settings.judge_url:
        return None
    from voiceprep.judge import SecondOpinion, Server

    return SecondOpinion(
        Server(
            settings.judge_url,
            settings.judge_model,
            settings.judge_key_name,
            deadline_s=settings.judge_deadline_s,
            votes=settings.judge_votes,
        )
    )
