"""The app on a stage: a Pilot, the backend, a manual clock, and what stands on the screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from textual import events
from textual.pilot import Pilot

from tests.kit.ports import ManualClock
from tests.kit.screen_backend import ScreenBackend
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.state import Phase, State
from voiceprep.tui.app import VoiceprepApp
from voiceprep.tui.backend import Told, Wanted
from voiceprep.tui.base import KeyBar, Page
from voiceprep.tui.literal import Literal

WITHIN_S = 10.0
STEP_S, JUST_S = 5.0, 1e-6
"""Time goes by in such steps, and just over where something is due."""
ROUNDS = 3
"""A key makes a message, which may make another: a dialog opened, then composed, then drawn."""
CHARACTERS = {"space": " ", "slash": "/", "question_mark": "?"}
REST = "rest-or-graphql"
SQL = "sql-or-nosql"
SLOW = "slow-endpoint"

GOOD = (
    "In GraphQL the client asks for exactly the fields it wants, so it never gets too much or too little. "
    "I would pick REST for a simple public API whose needs are stable, "
    "and GraphQL for a complex mobile app on a slow connection."
)
HALF = "In GraphQL the client asks for exactly the fields it wants. A REST endpoint returns a fixed shape."
"""Leaves out when each of them is right, and earns a follow-up about it."""
VERSIONS = "REST puts the version into the path of the address, such as v1 and v2."
GAP_FILLED = "REST puts its version into the address. A public API with stable needs is where I would pick REST."
COOKING = (
    "You start with olive oil and garlic on a low flame, and you don't let the garlic go brown, or it gets bitter."
)
"""An answer to something else."""
WRONG = (
    "In GraphQL the client asks for exactly the fields it wants. "
    "GraphQL is always better than REST and I would use it for everything."
)
MIXED = (
    "A NoSQL store grows by adding machines. It depends on the shape of the data, I think. "
    "Several (writes?) (succeed?) together there. But NoSQL guarantees strict consistency. "
    "I would use Redis, Kafka for a cache."
)
"""To the SQL question: one core point each heard, heard in part, to check and gone against; and terms that nobody asked
for."""


class Stage:
    """What a test does and sees."""

    def __init__(self, app: VoiceprepApp, pilot: Pilot[None], backend: ScreenBackend, clock: ManualClock) -> None:
        self.app, self.pilot, self.backend, self.clock = app, pilot, backend, clock

    # Seeing

    @property
    def state(self) -> State:
        return self.app.state

    @property
    def screen(self) -> str:
        """Which screen is up, by its class."""
        return type(self.app.screen).__name__

    @property
    def page(self) -> Page:
        """The screen under all dialogs."""
        return next(s for s in reversed(self.app.screen_stack) if isinstance(s, Page))

    def text(self, selector: str) -> str:
        return self.page.query_one(selector, Literal).text

    def texts(self) -> str:
        """All literal text of the screen that is up, a dialog's included."""
        return "\n".join(widget.text for widget in self.app.screen.query(Literal))

    def bar(self) -> str:
        """The keys on offer."""
        return self.page.query_one(KeyBar).text

    def rows(self) -> list[str]:
        """The rows that can be chosen, as they stand."""
        return [row.text for row in self.page.query(".row").results(Literal)]

    def lines(self) -> list[str]:
        """What is drawn, row by row."""
        # The compositor is what Textual's own screenshots are made of; there is no public way to plain text.
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def drawn(self) -> str:
        return "\n".join(self.lines())

    def delivered(self, kind: type) -> list[e.Event]:
        return [event for event in self.backend.delivered if isinstance(event, kind)]

    # Doing

    async def press(self, *keys: str) -> None:
        """As the terminal's driver would; Pilot's own `press` waits 40 ms and more after each key."""
        for key in keys:
            self.app.post_message(events.Key(key, CHARACTERS.get(key, key if len(key) == 1 else None)))
            await self.settle()

    async def settle(self) -> None:
        """Until what is under way in the app's own thread has been done and drawn."""
        for _ in range(ROUNDS):
            if self.app.fault:
                return  # nobody answers any more
            await self.pilot.pause(0)

    async def until(self, fact: Callable[[], object], why: str = "", *, faults: bool = False) -> None:
        """Waits, bounded, for what another thread brings about; a screen that breaks meanwhile fails at once."""
        end_s = time.monotonic() + WITHIN_S
        while not fact():
            assert faults or not self.app.fault, self.app.fault
            assert time.monotonic() < end_s, f"{why or 'it never came'}; on the screen:\n{self.drawn()}"
            await asyncio.sleep(0.005)
        await self.settle()

    async def phase(self, *phases: Phase) -> None:
        await self.until(lambda: self.state.phase in phases, f"{phases} never came")

    async def settled(self) -> None:
        """Until the app has shown all that the runner knows, and what was called for later has been drawn."""
        await self.until(lambda: self.state is self.backend.state)
        await self.settle()

    async def told(self, told: Told) -> None:
        self.backend.tell(told)
        await self.settle()

    async def happens(self, event: e.Event) -> None:
        """The runner hears of it, and the app has been told."""
        before = self.backend.told
        self.backend.happens(event)
        await self.until(lambda: self.backend.told > before)

    async def exited(self) -> None:
        """Until the app has asked to end."""
        await self.until(lambda: self.app._exit, "the app didn't end", faults=True)

    async def speak(self, text: str, **how: object) -> None:
        """Says it, and waits until the screen knows the rough words."""
        take, spans = self.state.take_id, len(self.state.speech)
        await self.until(lambda: self.backend.capture.recording == take, "nobody listens")
        self.backend.speak(text, **how)
        await self.until(lambda: len(self.state.speech) > spans or self.state.take_id != take)
        self.tick()

    async def passes(self, seconds: float, *, recorded: bool = True) -> None:
        """So much time goes by, on every clock; a recording grows with it. In steps: a machine that is away for longer
        was asleep."""
        runner = self.backend.runner
        assert runner is not None
        while seconds > 0:
            dues = [left + JUST_S for left in (runner.clock_left_s(), runner.session_left_s()) if left]
            step = min(STEP_S, seconds, *dues)
            seconds = round(seconds - step, 6)
            self.clock.at_s += step
            after = self.backend.moves(step, recorded=recorded)
            self.backend.wake()
            self.backend.wake()
            await self.until(
                lambda after=after: self.backend.clock.rounds >= after or self.backend.state.phase == "closed",
                "the runner stands still",
            )
            if self.backend.state.phase == "closed":
                break
        await self.settled()
        self.tick()
        await self.settle()

    async def says(self, text: str, **how: object) -> None:
        """Says it in the time that it takes, by every clock."""
        await self.until(
            lambda: bool(self.backend.capture.recording) and self.backend.capture.recording == self.state.take_id,
            "nobody listens",
        )
        take = self.state.take_id
        before_s = self.backend.microphone.seconds[take]
        await self.speak(text, **how)
        await self.passes(self.backend.microphone.seconds[take] - before_s, recorded=False)

    def tick(self) -> None:
        """What the screen's own timer does ten times a second."""
        if hasattr(self.app.screen, "tick"):
            self.app.screen.tick()

    async def answer(self, text: str, **how: object) -> None:
        """Says it and hands over."""
        await self.phase("listening")
        await self.speak(text, **how)
        await self.press("enter")

    async def reviewed(self, text: str, follow_up: str | None = None, **how: object) -> None:
        """Answers, and any follow-up too, until the feedback is up and drawn."""
        await self.answer(text, **how)
        await self.until(lambda: self.state.phase in ("reviewing",) or self.state.follow_up_id is not None)
        if self.state.follow_up_id is not None:
            if follow_up is None:
                await self.phase("listening")
                await self.press("s")
            else:
                await self.answer(follow_up)
        await self.feedback()

    async def feedback(self) -> None:
        await self.phase("reviewing")
        await self.until(lambda: self.screen == "FeedbackScreen")
        await self.drawn_points()

    async def drawn_points(self) -> None:
        page = self.page
        await self.until(lambda: page.query("#points > *"))
        seen = ""
        while seen != self.drawn():  # on a busy machine what is mounted is laid out some rounds later
            seen = self.drawn()
            await asyncio.sleep(0.02)
            await self.settle()


@asynccontextmanager
async def on_stage(
    bank: Bank,
    wanted: Wanted | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    backend: ScreenBackend | None = None,
    faults: bool = False,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """The running app; afterwards everything is closed, and unless `faults`, no screen has broken."""
    backend = backend or ScreenBackend(bank)
    clock = ManualClock(1000.0)
    app = VoiceprepApp(backend, wanted, clock.now_s)
    try:
        async with app.run_test(size=size) as pilot:
            stage = Stage(app, pilot, backend, clock)
            if wanted is None:
                await stage.until(lambda: app._exit or "One moment" not in stage.texts(), faults=faults)
            yield stage
    finally:
        await asyncio.to_thread(backend.end)
    assert faults or not app.fault, app.fault


@asynccontextmanager
async def interviewed(
    bank: Bank, *questions: str, size: tuple[int, int] = (80, 24), backend: ScreenBackend | None = None, **how: object
) -> AsyncIterator[Stage]:
    """A session on these questions (the REST one alone when none is named), at its first listening or typing."""
    wanted = Wanted(questions=questions or (REST,), **how)
    async with on_stage(bank, wanted, size=size, backend=backend) as stage:
        await stage.phase("listening")
        if stage.app.begun is not None and stage.app.begun.microphone:
            await stage.until(lambda: stage.backend.capture.recording)
        yield stage
