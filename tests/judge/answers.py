"""A small question, an answer to it, and a judge asked through a scripted server."""

from __future__ import annotations

import time
from typing import Any

from tests.core.questions import point
from tests.kit.scripted_server import Script, ScriptedServer, honest
from voiceprep.core.opinion import NoOpinion, Opinion, View
from voiceprep.core.transcript import Transcript, typed
from voiceprep.judge import SecondOpinion, Server

ASK = "How do REST and GraphQL differ?"
PICKS = point("picks", say="In GraphQL the client picks the fields.")
FIXED = point("fixed", say="In REST each endpoint returns a fixed shape.")
SINGLE = point("single", say="GraphQL has a single endpoint.")
POINTS = (PICKS, FIXED, SINGLE)
SAID = "Well, in GraphQL the client picks exactly the fields it wants. With REST every endpoint gives the same shape."
ON_PICKS = "the client picks exactly the fields it wants"
ON_FIXED = "every endpoint gives the same shape"
QUOTES = {PICKS.text: ON_PICKS, FIXED.text: ON_FIXED}
GOOD = honest(QUOTES)
FOUND = {"picks": "covered", "fixed": "covered", "single": "missed"}
SLACK_S = 1.5
"""What a slow machine may take beyond a deadline."""


def asked(
    script: Script, said: str | Transcript = SAID, *, deadline_s: float = 5.0, **settings: Any
) -> tuple[Opinion | NoOpinion, ScriptedServer]:
    """The opinion of a judge that speaks to `script`, and the server as it was left. Holds every call to its end."""
    with ScriptedServer(script) as server:
        judge = SecondOpinion(Server(server.url, "tiny", deadline_s=deadline_s, **settings))
        began = time.monotonic()
        found = judge.opinion(ASK, POINTS, typed(said) if isinstance(said, str) else said)
        assert time.monotonic() - began < deadline_s + SLACK_S
    sound(found, said if isinstance(said, str) else said.text)
    return found, server


def sound(found: Opinion | NoOpinion, text: str) -> None:
    """What holds of every opinion, whoever gave it."""
    if isinstance(found, NoOpinion):
        assert found.reason.endswith(".") and "\n" not in found.reason and found.reason.isprintable()
        return
    assert [p.point_id for p in found.points] == [p.id for p in POINTS]
    for p in found.points:
        for quote in p.quotes:
            assert text[quote.char_start : quote.char_end] == quote.quote
        assert p.quotes or p.view in ("missed", "unsure")
        assert p.reason.isprintable() and len(p.reason) <= 200


def views(found: Opinion | NoOpinion) -> dict[str, View]:
    assert isinstance(found, Opinion), found
    return {p.point_id: p.view for p in found.points}


def none(found: Opinion | NoOpinion) -> str:
    assert isinstance(found, NoOpinion), found
    return found.reason
