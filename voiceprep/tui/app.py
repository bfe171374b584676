"""The app: which screen is up, the session's thread, and what must happen when something breaks."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.message import Message
from textual.screen import ModalScreen, Screen

from voiceprep.core import events as e
from voiceprep.core.state import State
from voiceprep.errors import VoiceprepError
from voiceprep.tui.backend import Backend, Begun, Happened, Mode, News, Over, ReplayView, Told, Wanted
from voiceprep.tui.base import Note, Page, key_name, own_bindings
from voiceprep.tui.feedback import FeedbackScreen
from voiceprep.tui.home import FirstScreen, HomeScreen
from voiceprep.tui.interview import UNDO_S, InterviewScreen
from voiceprep.tui.replay import ReplayScreen
from voiceprep.tui.summary import SummaryScreen
from voiceprep.tui.ticking import TickScreen
from voiceprep.tui.warmup import WarmUpScreen

ENDS_WITHIN_S = 5.0
"""How long leaving waits for the session to be closed on disk."""


DEMO_READING_S = 9.0


class VoiceprepApp(App[None]):
    """`wanted` starts at once, or the session `replay` is shown; else it begins at home. `now_s` is the clock of what
    the screens count down."""

    CSS_PATH = "app.tcss"
    TITLE = "voiceprep"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS = [
        Binding("ctrl+c", "interrupt", "leave", show=False, priority=True),
        Binding("ctrl+q", "interrupt", show=False),
    ]

    class FromSession(Message):
        """Something the session's thread tells."""

        def __init__(self, told: Told) -> None:
            super().__init__()
            self.told = told

    class Do(Message):
        """Something to be done in the app's thread."""

        def __init__(self, work: Callable[[], None]) -> None:
            super().__init__()
            self.work = work

    def __init__(
        self,
        backend: Backend,
        wanted: Wanted | None = None,
        now_s: Callable[[], float] = time.monotonic,
        *,
        replay: ReplayView | None = None,
    ) -> None:
        super().__init__()
        self.backend, self._wanted, self._replay, self.now_s = backend, wanted, replay, now_s
        self.state = State()
        self.begun: Begun | None = None
        self.fault = ""
        self.quiet: e.Quiet = ""
        """How the session is answered when not aloud, because the candidate wants it so."""
        self.mode: Mode = "practice"
        self._session: threading.Thread | None = None
        self._began_s = 0.0
        self._done_s: float | None = None
        self._phase = ""
        self._leaving = self._left_early = False
        self._ended = False
        """Whether the session has told that it is over."""
        self._demo = wanted is not None and wanted.demo
        self._interview: InterviewScreen | None = None
        self._feedback: FeedbackScreen | None = None
        self._ticking: TickScreen | None = None

    # Starting --------------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
            try:
                signal.signal(number, self._asked_to_end)
            except ValueError:
                break  # not the main thread: whoever runs the app there looks after signals
        if self._wanted is not None:
            self.start(self._wanted)
        elif (view := self._replay) is not None:
            self.push_screen(ReplayScreen(lambda: view))
        else:
            self.push_screen(HomeScreen())
            self._load_home()

    def _load_home(self) -> None:
        def load() -> None:
            try:
                view = self.backend.home()
            except VoiceprepError as error:
                failed = error
                self.from_thread(lambda: self._give_up(failed))
                return

            def show() -> None:
                if view.first_time and not view.past and not isinstance(self.screen, FirstScreen):
                    self.push_screen(FirstScreen(view.voice, self.backend.models_path(), view.judge))
                home = next((s for s in self.screen_stack if isinstance(s, HomeScreen)), None)
                if home is not None:
                    self.call_later(home.show, view)

            self.from_thread(show)

        threading.Thread(target=load, name="home", daemon=True).start()

    def _give_up(self, error: VoiceprepError) -> None:
        self.fault = f"{error.message}\n  {error.hint}"
        self.exit(return_code=error.exit_code)

    def chosen(self, first_choice: str) -> None:
        """What was chosen at the first start."""
        threading.Thread(target=self.backend.choose, args=(first_choice,), name="settings", daemon=True).start()
        self.pop_screen()
        if isinstance(self.screen, HomeScreen):
            self.screen.quiet = "typed" if first_choice == "type" else ""
            self.screen.refresh_page()

    def start(self, wanted: Wanted) -> None:
        """Begins a session on a screen of its own."""
        before = self._session
        if before is not None and before.is_alive() and not self._ended:
            return
        self._ended = False
        self.state, self.begun, self._done_s, self._leaving = State(), None, None, False
        self._left_early = False
        self._forget_screens()
        self.quiet, self.mode = wanted.quiet, wanted.mode
        self._interview, self._feedback, self._ticking = InterviewScreen(), FeedbackScreen(), TickScreen()
        for screen in (self._interview, self._feedback, self._ticking):
            self.install_screen(screen, type(screen).__name__)  # kept while the other is up
        self._show(self._interview)

        def run() -> None:
            if before is not None:
                before.join(ENDS_WITHIN_S)  # it has told its end and still gives back the sound card
            self.backend.hold(wanted, lambda told: self._post(self.FromSession(told)))

        self._session = threading.Thread(target=run, name="session", daemon=True)
        self._session.start()

    def _forget_screens(self) -> None:
        for old in (self._interview, self._feedback, self._ticking):
            if old is not None:
                if old in self.screen_stack:
                    self.go_home()
                self.uninstall_screen(old)
                if old.is_attached:
                    old.remove()  # or its clock would go on for ever
        self._interview = self._feedback = self._ticking = None

    def warm_up(self) -> None:
        self._show(WarmUpScreen(self.backend))

    def replay(self, session_id: str) -> None:
        """A session from disk, above the screen that is up."""
        self.push_screen(ReplayScreen(lambda: self.backend.replay(session_id)))

    def leave_replay(self) -> None:
        """Back to where it was opened; where that was the command line, the program ends."""
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self.exit()

    def go_home(self) -> None:
        self._close_dialogs()
        home = next((s for s in self.screen_stack if isinstance(s, HomeScreen)), None)
        if home is None:
            self.switch_screen(HomeScreen())
        else:
            while self.screen is not home:
                self.pop_screen()
        self._load_home()

    # What the session tells -------------------------------------------------------------------------------------------

    def _post(self, message: Message) -> None:
        if self.is_running:
            self.post_message(message)

    def from_thread(self, work: Callable[[], None]) -> None:
        """Has something done in the app's thread, soon; nothing once the app has ended."""
        self._post(self.Do(work))

    def on_voiceprep_app_do(self, message: Do) -> None:
        if self.is_running:  # while it closes, messages still come and there is no screen any more
            message.work()

    def on_voiceprep_app_from_session(self, message: FromSession) -> None:
        self._ended = self._ended or isinstance(message.told, Over)
        if not self.is_running:
            return
        match message.told:
            case Begun() as begun if self._left_early:
                begun.controls.deliver(e.CandidateLeft())
            case _ if self._left_early:
                pass  # left before it had begun: it closes by itself
            case Begun() as begun:
                self.begun, self._began_s = begun, self.now_s()
                for screen in (self._interview, self._feedback, self._ticking):
                    if screen is not None:
                        screen.begin(begun)
            case Happened(event=event, state=state):
                self._happened(event, state)
            case News(sentence=sentence):
                if isinstance(self.screen, InterviewScreen | FeedbackScreen):
                    self.screen.news(sentence)
            case Over() as over:
                self._over(over)

    def _happened(self, event: e.Event, state: State) -> None:
        self.state = state
        if isinstance(event, e.AnswerEnded) and event.reason == "done":
            self._done_s = self.now_s()
        elif state.phase == "asking" and self._phase in ("transcribing", "assessing", "checking"):
            self._done_s = self.now_s()  # where words took their time, there's time to say so now
        self._phase = state.phase
        for screen in (self._interview, self._feedback, self._ticking):
            if screen is not None:
                screen.tell(event, state)
        if state.phase == "reviewing":
            self._show(self._feedback)
            if self._demo and isinstance(event, e.Assessed | e.CheckFailed):
                self.set_timer(DEMO_READING_S, self._demo_goes_on)
        elif state.phase == "rating":
            self._show(self._ticking)
        elif state.phase not in ("opening", "closing", "closed"):
            self._show(self._interview)

    def _demo_goes_on(self) -> None:
        """Nobody need touch a key to see the whole demo; who has, goes on by themselves."""
        if self._demo and self.begun is not None and self.state.phase == "reviewing":
            self.begun.controls.deliver(e.NextAsked())

    def on_key(self) -> None:
        self._demo = False

    def _over(self, over: Over) -> None:
        if self._leaving:
            self.exit()
            return
        if self.begun is None or not self.state.session_id:
            if self._wanted is not None:
                self.fault = f"{over.failed} {over.hint}".strip()
                self.exit(return_code=3)
                return
            self.go_home()
            if over.failed:
                self.push_screen(Note("It can't begin", [over.failed, over.hint]))
            return
        summary = SummaryScreen()
        self._show(summary)
        self.call_later(summary.show, self.state, self.begun, over.report)
        if over.failed:
            self.push_screen(Note("The session ended", [over.failed, over.hint]))

    def _show(self, screen: Page | None) -> None:
        """The screen under all dialogs; a dialog about another screen has nothing more to say."""
        if screen is None or screen is self.screen:
            return
        base = next((s for s in reversed(self.screen_stack) if not isinstance(s, ModalScreen)), None)
        if base is screen:
            return
        self._close_dialogs()
        if isinstance(self.screen, HomeScreen) or len(self.screen_stack) < 2:
            self.push_screen(screen)
        else:
            self.switch_screen(screen)

    def _close_dialogs(self) -> None:
        while isinstance(self.screen, ModalScreen):
            self.pop_screen()

    # What the screens ask -------------------------------------------------------------------------------------------

    def engine_line(self) -> str:
        if self.begun is None:
            return "LOCAL"
        where = "TEXT IS SENT" if self.begun.judge else "LOCAL"
        name = self.begun.recogniser
        heard = {"basic": "basic recogniser", "none": "typed"}.get(name, name.replace(":", " "))
        return f"{where}  {heard}" if self.begun.microphone else f"{where}  typed"

    def minutes_left(self, state: State) -> str:
        if self.begun is None:
            return ""
        if (left_s := self.begun.controls.session_left_s()) is not None:
            return f" | {math.ceil(left_s) // 60}:{math.ceil(left_s) % 60:02d} left"
        if state.minutes is None:
            return ""
        left = max(0.0, state.minutes - (self.now_s() - self._began_s) / 60)
        return f" | {left:.0f} min left"

    def undo_left_s(self) -> float:
        """Seconds for which "I wasn't finished" still works."""
        if self._done_s is None or self.state.before_end is None:
            return 0.0
        return max(0.0, UNDO_S - (self.now_s() - self._done_s))

    def undone(self) -> None:
        self._done_s = None

    def leave_session(self) -> None:
        """Everything is on disk; the summary comes when it is closed."""
        if self.begun is None:
            self._left_early = True
            self.go_home()
            return
        self.begun.controls.hush()
        self.begun.controls.deliver(e.CandidateLeft())

    # Ending ----------------------------------------------------------------------------------------------------------

    def action_interrupt(self) -> None:
        """ctrl+c and the like: leave with everything saved."""
        if self._session is None or not self._session.is_alive() or self.begun is None or self._leaving:
            self.exit()
            return
        self._leaving = True
        self.leave_session()
        self.set_timer(ENDS_WITHIN_S, self.exit)

    def _asked_to_end(self, number: int, frame: object) -> None:
        self.from_thread(self.action_interrupt)
        threading.Thread(target=self._end_anyway, args=(number,), name="ending", daemon=True).start()

    def _end_anyway(self, number: int) -> None:
        """A terminal that has gone can leave the screen waiting for it for ever; the session is on disk by then."""
        self.wait_for_session()
        time.sleep(ENDS_WITHIN_S)
        os._exit(128 + number)

    def wait_for_session(self) -> None:
        """After the app has run: gives the session's thread a moment to close what it writes."""
        if self._session is not None:
            self._session.join(ENDS_WITHIN_S)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every key of the screen by name, and how to leave."""
        if isinstance(screen, Page):
            for binding in own_bindings(screen):
                name = binding.action.split("(")[0]
                if binding.description and screen.works(binding) and hasattr(screen, f"action_{name}"):
                    what = binding.tooltip or binding.description
                    yield SystemCommand(
                        binding.description.capitalize(), f"{key_name(binding)}: {what}", _runner(self, screen, binding)
                    )
        yield SystemCommand("Leave voiceprep", "Everything is saved.", self.action_interrupt)

    def _handle_exception(self, error: Exception) -> None:
        """A fault in a screen: where it was goes to the log, never what was said. The session is on disk."""
        self._return_code = 1
        where = "; ".join(
            f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)
        )
        log = self.backend.log_path()
        try:
            with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
                file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} screen: {type(error).__name__} at {where}\n")
        except OSError:
            log = "nowhere: the log can't be written"
        self.fault = f"The screen broke ({type(error).__name__}). What you said is kept. Where: {log}."
        if self.begun is not None:
            self.begun.controls.deliver(e.CandidateLeft())
        self._close_messages_no_wait()


def _runner(app: VoiceprepApp, screen: Page, binding: Binding) -> Callable[[], object]:
    async def run() -> None:
        await app.run_action(binding.action, default_namespace=screen)

    return run
