"""The judge behind the port: asks in a thread of its own, and is back by its deadline whatever the server does."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voiceprep import offline
from voiceprep.core.opinion import NoOpinion, Opinion
from voiceprep.core.question import Point
from voiceprep.core.transcript import Transcript
from voiceprep.errors import VoiceprepError
from voiceprep.judge.protocol import Examination
from voiceprep.judge.reply import Shape, Silent, Unreadable, read, schema_of
from voiceprep.judge.server import Server

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam as Message

    from voiceprep.judge.wire import Wire

GRACE_S = 0.2
"""How much longer than the deadline the asking thread may take to say what went wrong itself."""
REPEATED = 4_000
"""Characters of an unreadable reply that are shown to the model again."""


@dataclass(slots=True)
class _Run:
    done: threading.Event = field(default_factory=threading.Event)
    found: Opinion | NoOpinion | None = None
    wire: Wire | None = None

    def end(self) -> None:
        self.done.set()
        if self.wire is not None:
            self.wire.cut()


class SecondOpinion:
    """Asks one server. One opinion at a time."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._run = _Run()

    @property
    def name(self) -> str:
        return self._server.name

    def opinion(self, ask: str, points: Sequence[Point], transcript: Transcript) -> Opinion | NoOpinion:
        """What the model says about this answer, or why it says nothing; by the deadline, or soon after `stop`."""
        if not transcript.text.strip() or not points:
            return NoOpinion("There is nothing to judge.")
        self._run = run = _Run()
        began_s = time.monotonic()
        # A daemon: a name look-up that hangs must hold up neither the answer nor the end of the program.
        threading.Thread(target=self._work, args=(run, began_s, ask, points, transcript), daemon=True).start()
        in_time = run.done.wait(self._server.deadline_s + GRACE_S)
        run.end()
        if run.found is not None:
            return run.found
        if in_time:
            return NoOpinion("It was skipped.")
        return NoOpinion(f"{self.name} gave no whole answer within {self._server.deadline_s:g} s.")

    def stop(self) -> None:
        """Ends what is under way."""
        self._run.end()

    def _work(self, run: _Run, began_s: float, ask: str, points: Sequence[Point], transcript: Transcript) -> None:
        found: Opinion | NoOpinion
        try:
            found = self._asked(run, began_s, ask, points, transcript)
        except Silent as silent:
            found = NoOpinion(str(silent))
        except VoiceprepError as error:
            found = NoOpinion(error.message)
        except ImportError:
            found = NoOpinion("The package openai isn't installed.")
        except Exception as error:  # noqa: BLE001 - nothing of a second opinion may take the first one down
            # The message stays out of it: it may hold what the server sent, or the key.
            found = NoOpinion(f"Asking {self.name} failed ({type(error).__name__}).")
        if not run.done.is_set():
            run.found = found
            run.done.set()

    def _asked(self, run: _Run, began_s: float, ask: str, points: Sequence[Point], transcript: Transcript) -> Opinion:
        from voiceprep.judge.wire import Wire

        server = self._server
        wire = run.wire = Wire(server, began_s + server.deadline_s)
        try:
            if run.done.is_set():
                raise Silent("It was skipped.")

            def put(prompt: tuple[str, str], shape: type[Shape]) -> Shape:
                return _reply(wire, self.name, prompt, shape)

            examined = Examination(put, ask, points, transcript)
            with offline.allow(server.host, server.port):
                views = examined.run(server.votes)
        finally:
            wire.close()
        if all(v.view == "unsure" for v in views):
            raise Silent(f"{self.name} proved none of its {examined.claims} claims.")
        return Opinion(
            model=self.name,
            prompt_version=", ".join(p.version for p in examined.prompts),
            votes=server.votes,
            points=views,
            claims=examined.claims,
            dropped=tuple(examined.dropped),
            addressed=bool(examined.answer.addressed),
            took_s=round(time.monotonic() - began_s, 3),
        )


def _reply(wire: Wire, name: str, prompt: tuple[str, str], shape: type[Shape]) -> Shape:
    system, user = prompt
    messages: list[Message] = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    text = wire.ask(messages, schema_of(shape))
    try:
        return read(text, shape)
    except Unreadable as wrong:
        messages.append({"role": "assistant", "content": text[:REPEATED] or "(nothing)"})
        messages.append({"role": "user", "content": f"That can't be read: {wrong}. Reply again, JSON only."})
    try:
        return read(wire.ask(messages, schema_of(shape)), shape)
    except Unreadable:
        raise Silent(f"{name} gave no readable reply, twice.") from None
