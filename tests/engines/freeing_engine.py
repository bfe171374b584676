"""An engine that takes 21 blocks of 3 MB, frees all but the last, and says how much memory it still has."""

from __future__ import annotations

import os
from pathlib import Path

from voiceprep.speech.protocol import Reply, Request, claim_pipes, serve

BLOCK = 3_100_000


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    requests, replies = claim_pipes()
    kept: list[bytes] = []

    def work(request: Request) -> Reply:
        _ = len(b"x" * BLOCK)  # who frees such a block keeps the next ones, if the library may
        before = _resident()
        blocks = [b"x" * BLOCK for _ in range(21)]
        highest = _resident() - before
        kept.append(blocks.pop())
        blocks.clear()
        return {"highest": highest, "left": _resident() - before}

    serve(work, requests, replies)


if __name__ == "__main__":
    main()
