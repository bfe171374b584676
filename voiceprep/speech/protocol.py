"""How the interview and an engine's process talk: one JSON object a line, requests in, replies out.

Only the reply pipe carries replies: whatever an engine's libraries print goes to the log.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

Request = Mapping[str, Any]
Reply = Mapping[str, Any]

RATE_BYTES = 4
"""A made sound in a file: its rate in so many bytes, little-endian, then int16 samples."""


def serve(work: Callable[[Request], Reply], requests: TextIO, replies: TextIO) -> None:
    """Answers requests until the pipe closes. An exception becomes the reply `{"error": …}`."""
    for line in requests:
        request = json.loads(line)
        try:
            reply = {"id": request["id"], **work(request)}
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is an answer, not this process's end
            reply = {"id": request["id"], "error": f"{type(error).__name__}: {error}"[:500]}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def claim_pipes() -> tuple[TextIO, TextIO]:
    """This process's request and reply pipes; standard output is turned to standard error for everything else."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, replies
