"""Pictures of every screen, from a session recorded in this run: `python -m tests.kit.screenshots FOLDER`.

The demo's recorded candidate is heard by the real recogniser, in the real app; nothing on the pictures is sample data.
For each size it holds the session's first question, then opens what else there is.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from textual.pilot import Pilot

from voiceprep.config import Places, Settings
from voiceprep.core.pressure import Pressure
from voiceprep.tui.app import VoiceprepApp
from voiceprep.tui.backend import Wanted
from voiceprep.wiring import Choice
from voiceprep.wiring.screens import ScreenBackend

SIZES = ((80, 24), (120, 40), (60, 20))
PATIENCE_S = 240.0
CLOCK = Pressure(answer_s=12.0, follow_up_s=5.0, think_s=5.0)


async def until(pilot: Pilot[None], happened: object) -> None:
    """Waits until `happened()` is true."""
    end_s = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > end_s:
            raise TimeoutError("the session didn't get there")
        await pilot.pause(0.1)


async def shoot(folder: Path, size: tuple[int, int], places: Places) -> list[Path]:
    """The pictures at one size, as SVG, with what stands on each as text beside it."""
    taken: list[Path] = []
    backend = ScreenBackend(places, Choice("basic"), None, Settings())
    app = VoiceprepApp(backend)

    def take(name: str) -> None:
        path = folder / f"{name}-{size[0]}x{size[1]}.svg"
        path.write_text(app.export_screenshot(title="voiceprep"), encoding="utf-8")
        taken.append(path)

    async with app.run_test(size=size) as pilot:
        await pilot.pause(2)
        take("first")
        app.start(Wanted(demo=True))
        await pilot.pause()
        app._demo = False  # the feedback stays until it's left
        state = lambda: app.state  # noqa: E731
        await until(pilot, lambda: state().phase == "asking")
        take("asking")
        await until(pilot, lambda: state().phase == "listening" and app.begun.controls.recorded_s("a001") > 20)
        take("listening")
        await pilot.press("space")
        await until(pilot, lambda: state().phase == "paused")
        take("paused")
        await pilot.press("space")
        await until(pilot, lambda: state().follow_up_id is not None and state().phase == "listening")
        take("follow-up")
        await until(pilot, lambda: state().phase == "reviewing")
        await pilot.pause(0.5)
        take("feedback")
        for key, name in (("w", "why"), ("d", "dispute"), ("f", "follow-up-told"), ("question_mark", "help")):
            await pilot.press(key)
            await pilot.pause(0.2)
            take(name)
            await pilot.press("escape")
            await pilot.pause(0.2)
        await pilot.press("q")
        await until(pilot, lambda: type(app.screen).__name__ == "SummaryScreen")
        await pilot.pause(0.3)
        take("summary")
        places.sessions.mkdir(parents=True, exist_ok=True)
        for held in (places.data / "demo").iterdir():  # home doesn't count demos as practice; this one is, for once
            held.rename(places.sessions / held.name)
        await pilot.press("enter")
        await pilot.pause(1)
        take("home-after")
        await pilot.press("slash", *"slow")
        await pilot.pause(0.3)
        take("find")
        app.start(Wanted(questions=("sql-or-nosql",), clock=CLOCK, quiet="typed"))
        await until(pilot, lambda: state().phase == "thinking")
        await pilot.pause(1)
        take("thinking")
        await until(pilot, lambda: state().phase == "listening")
        await pilot.press(*"I would keep orders in SQL, since several writes must succeed together")
        await until(pilot, lambda: (app.begun.controls.clock_left_s() or 99) < 4)
        take("under-a-clock")
        await until(pilot, lambda: state().debrief is not None)
        await pilot.pause(0.5)
        take("feedback-at-the-end")
    return taken


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        for size in SIZES:
            data = Path(home) / f"{size[0]}"
            for path in asyncio.run(shoot(folder, size, Places(data, Path(home) / "cache"))):
                print(path)


if __name__ == "__main__":
    main()
