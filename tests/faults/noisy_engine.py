"""An engine whose library says ten million bytes on both of its streams before each reply."""

from __future__ import annotations

import os

from voiceprep.speech.protocol import Reply, Request, claim_pipes, serve

NOISE = b"warning: " * 1_111_111


def main() -> None:
    requests, replies = claim_pipes()

    def work(request: Request) -> Reply:
        for stream in (1, 2):
            left = NOISE
            while left:
                left = left[os.write(stream, left) :]
        return {"said": 2 * len(NOISE)}

    serve(work, requests, replies)


if __name__ == "__main__":
    main()
