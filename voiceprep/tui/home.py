"""Home: one line that says what to do now, rounds, a search, the last sessions. And the first start's three ways."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input

from voiceprep.core.clean import one_line
from voiceprep.core.events import Quiet
from voiceprep.tui.backend import HomeView, Mode, PastSession, QuestionCard, RoundCard, Wanted
from voiceprep.tui.base import Note, Page
from voiceprep.tui.literal import KEY, TITLE, Literal, Styled, hanging
from voiceprep.tui.night import night
from voiceprep.tui.progress import open_progress

FOUND = 8
SHORT_MINUTES = 10.0


class Entry(Literal):
    """A line that can be chosen: what it starts, or shows."""

    def __init__(self, wanted: Wanted | None, *pieces: Styled) -> None:
        super().__init__(*pieces, classes="row")
        self.wanted = wanted
        self.plain = pieces
        self.session: PastSession | None = None
        """Which one on disk it's about."""


class Find(Input):
    """The search line; what is pasted is cleaned first."""

    def insert(self, text: str, index: int) -> None:
        super().insert(one_line(text), index)


class HomeScreen(Page):
    """The place to start from."""

    HELP_TITLE = "Home"
    BINDINGS = [
        Binding("enter", "choose", "start", tooltip="starts what is marked"),
        Binding("slash", "find", "find a question", tooltip="type a few letters of a question, a topic, a technology"),
        Binding("i", "look", "what it asks", tooltip="what the marked round would ask now, and why"),
        Binding("r", "replay", "replay", tooltip="the marked session again, its feedback pinned to the second"),
        Binding("p", "progress", "progress", tooltip="what is due, what stays weak, and how it goes"),
        Binding("m", "minutes", "ten minutes", tooltip="ten minutes, follow-ups and feedback included"),
        Binding("u", "warm_up", "try the microphone", tooltip="a spoken warm-up of 20 seconds, never scored"),
        Binding("n", "night", "the night before", tooltip="your best sentences on a page, and what you know once more"),
        Binding("c", "mode", "coached, or real", tooltip="practice; coached: points light up; real: feedback last"),
        Binding("q", "quiet", "quiet mode", tooltip="for a flat where one can't speak: typed, whispered, in your head"),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("escape", "back", "quit", tooltip="closes the search, or leaves voiceprep"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view: HomeView | None = None
        self.quiet: Quiet = ""
        self.mode: Mode = "practice"
        self.at = 0

    def body(self) -> ComposeResult:
        yield Literal(" One moment ...", id="now")
        yield Find(id="find", placeholder="a few letters, then enter")
        yield VerticalScroll(id="entries", can_focus=False)

    def head(self) -> Content:
        where = "TEXT IS SENT" if self.judge() else "LOCAL"
        engines = f"  {_ears(self.view.recogniser)}" if self.view else ""
        mode = "" if self.mode == "practice" else f" | {self.mode}"
        return self.right(" voiceprep" + (f" | quiet: {self.quiet}" if self.quiet else "") + mode, where + engines)

    def judge(self) -> str:
        return self.view.judge if self.view else ""

    async def show(self, view: HomeView) -> None:
        if self.view is None:
            self.quiet = "typed" if view.quiet else ""
        self.view, self.at = view, 0
        await self._draw()

    async def _draw(self) -> None:
        view = self.view
        if view is None:
            return
        wanted, said = what_now(view)
        said = f"{view.countdown} {said}".strip()
        self.query_one("#now", Literal).show((hanging(said, self.size.width - 2, " "), "bold"))
        box = self.query_one("#entries", VerticalScroll)
        await box.remove_children()
        await box.mount_all(list(self._lines(view, wanted)))
        self._mark()
        self.refresh_page()

    def _lines(self, view: HomeView, now: Wanted) -> list[Literal]:
        sought = self.query_one(Find).value.strip()
        if self.has_class("-finding"):
            found = search(view, sought)
            if not found:
                return [Literal(" No question has that in it.", classes="title")]
            return [Entry(Wanted(questions=(q.id,)), f"{q.short:<34} {q.topic}") for q in found]
        shown: list[Literal] = [Entry(now, "now: ", _now_title(view, now))]
        shown += [Literal(hanging(said, self.size.width - 2, " "), classes="title") for said in view.notices]
        shown.append(Literal((" ROUNDS", TITLE), classes="title"))
        shown += [_round(r) for r in view.rounds if not r.group]
        if view.past:
            shown.append(Literal((" LAST SESSIONS", TITLE), classes="title"))
        for p in view.past:
            if p.open:
                entry = Entry(Wanted(resume=p.id), f"{p.when}  {p.title:<20} go on: {p.left_at}")
            else:
                heard = f"core {p.core[0]} of {p.core[1]}" if p.core[1] else "nothing scored"
                entry = Entry(None, f"{p.when}  {p.title:<20} {p.answered} of {p.of} answered, {heard}")
            entry.session = p
            shown.append(entry)
        for group in dict.fromkeys(r.group for r in view.rounds if r.group):
            shown.append(Literal((f" {one_line(group).upper()}", TITLE), classes="title"))
            shown += [_round(r) for r in view.rounds if r.group == group]
        return shown

    def _mark(self) -> None:
        entries = list(self.query(Entry))
        self.at = max(0, min(self.at, len(entries) - 1))
        for n, entry in enumerate(entries):
            on = n == self.at
            entry.set_class(on, "-chosen")
            entry.show((" > ", KEY) if on else "   ", *entry.plain)
            if on:
                entry.scroll_visible(animate=False)
        self.refresh_keys()

    # Keys ----------------------------------------------------------------------------------------------------------

    @property
    def writing(self) -> bool:
        return self.has_class("-finding")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "replay" and ((entry := self._chosen()) is None or entry.session is None):
            return False
        return not self.writing or action in ("choose", "move", "back", "close_find")

    def working_keys(self) -> list[Binding]:
        if not self.writing:
            return super().working_keys()
        return [
            Binding("enter", "choose", "start"), Binding("up", "move(-1)", "up"), Binding("down", "move(1)", "down"),
            Binding("escape", "back", "close the search"),
        ]  # fmt: skip

    def _chosen(self) -> Entry | None:
        entries = list(self.query(Entry))
        return entries[self.at] if self.at < len(entries) else None

    def action_move(self, by: int) -> None:
        self.at += by
        self._mark()

    def action_choose(self) -> None:
        entry = self._chosen()
        if entry is None:
            return
        if entry.wanted is None:
            self.action_replay()
        else:
            self._start(entry.wanted)

    def _start(self, wanted: Wanted) -> None:
        self.voiceprep.start(replace(wanted, quiet=self.quiet, mode=self.mode))

    def action_minutes(self) -> None:
        self._start(Wanted(minutes=SHORT_MINUTES))

    def action_look(self) -> None:
        entry = self._chosen()
        if entry is not None and entry.session is not None and entry.session.report:
            self.app.push_screen(Note("A session", [entry.text.strip(" >"), f"Report: {entry.session.report}"]))
        if entry is None or entry.wanted is None or self.view is None:
            return
        card = next((r for r in self.view.rounds if r.id == entry.wanted.round_id), None)
        if card is not None:
            lines = [f"{n}. {line}" for n, line in enumerate(card.asks, 1)]
            rules = [card.rules, "More time for you: voiceprep config set time 1.5"] if card.rules else []
            self.app.push_screen(Note(card.title, [card.about, *rules, *lines]))

    def action_replay(self) -> None:
        entry = self._chosen()
        if entry is not None and entry.session is not None:
            self.voiceprep.replay(entry.session.id)

    def action_warm_up(self) -> None:
        self.voiceprep.warm_up()

    def action_quiet(self) -> None:
        ways = get_args(Quiet)
        self.quiet = ways[(ways.index(self.quiet) + 1) % len(ways)]
        self.refresh_page()

    def action_progress(self) -> None:
        open_progress(self.voiceprep, self._start)

    def action_night(self) -> None:
        night(self.voiceprep, self._start)

    def action_mode(self) -> None:
        modes = get_args(Mode)
        self.mode = modes[(modes.index(self.mode) + 1) % len(modes)]
        self.refresh_page()

    async def action_find(self) -> None:
        self.set_class(True, "-finding")
        find = self.query_one(Find)
        find.value = ""
        find.focus()
        self.at = 0
        await self._draw()

    async def action_back(self) -> None:
        if self.has_class("-finding"):
            self.set_class(False, "-finding")
            self.set_focus(None)
            self.at = 0
            await self._draw()
        else:
            self.app.exit()

    async def on_input_changed(self, message: Input.Changed) -> None:
        if self.has_class("-finding"):
            self.at = 0
            await self._draw()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self.action_choose()


def _round(card: RoundCard) -> Entry:
    size = f"{card.questions} question{'s' * (card.questions != 1)}, about {card.minutes} min"
    return Entry(Wanted(round_id=card.id), f"{card.title:<25} {size}")


def _ears(recogniser: str) -> str:
    if recogniser == "none":
        return "no recogniser"
    return "basic recogniser" if recogniser == "basic" else recogniser.replace(":", " ")


def what_now(view: HomeView) -> tuple[Wanted, str]:
    """What enter does, and the line that says it."""
    newest: PastSession | None = view.past[0] if view.past else None
    if newest is not None and newest.open:
        return Wanted(resume=newest.id), f"You left {newest.title} at {newest.left_at}. enter goes on from there."
    first = view.rounds[0] if view.rounds else None
    if view.due:
        return Wanted(), f"{view.due} enter asks what is due."
    if newest is not None and newest.gap:
        return (
            Wanted(questions=(newest.gap_question,)),
            f"Last time this wasn't heard in “{newest.gap_short}”: {newest.gap} enter asks that question again.",
        )
    if first is None:
        return Wanted(), "The question bank has no rounds. / finds a question."
    if newest is None:
        return Wanted(round_id=first.id), f"enter starts {first.title}: I ask aloud, you answer aloud."
    return Wanted(round_id=first.id), f"All core points were heard last time. enter starts {first.title}."


def _now_title(view: HomeView, now: Wanted) -> str:
    if now.resume:
        return "go on where you left"
    if now.questions:
        return next((q.short for q in view.questions if q.id == now.questions[0]), now.questions[0])
    if view.due and not now.round_id:
        return "what is due"
    return next((r.title for r in view.rounds if r.id == now.round_id), "a question")


def search(view: HomeView, sought: str) -> list[QuestionCard]:
    """The questions that fit best, the best first; all of them while nothing is typed."""
    if not sought:
        return list(view.questions)[:FOUND]
    from rapidfuzz import fuzz, process

    texts = {n: f"{q.short} {q.ask} {q.topic} {' '.join(q.technologies)}".lower() for n, q in enumerate(view.questions)}
    best = process.extract(sought.lower(), texts, scorer=fuzz.partial_token_set_ratio, limit=FOUND, score_cutoff=60)
    whole = sorted(best, key=lambda m: (sought.lower() not in texts[m[2]], -m[1]))
    return [view.questions[m[2]] for m in whole]


class FirstScreen(Page):
    """The three ways to begin, none of them second best."""

    HELP_TITLE = "The first start"
    BINDINGS = [
        Binding("1", "pick('whisper')", "Whisper"),
        Binding("2", "pick('type')", "type"),
        Binding("3,enter", "pick('rough')", "speak now"),
        Binding("escape,q", "quit", "quit"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self, voice: str, models: str, judge: str = "") -> None:
        super().__init__()
        self._voice, self._models, self._judge = voice, models, judge

    def head(self) -> Content:
        return self.right(" voiceprep", "TEXT IS SENT" if self._judge else "LOCAL, nothing leaves this machine")

    def judge(self) -> str:
        return self._judge

    def body(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Literal((" I ask, you answer aloud, and you see what was heard. Three ways to begin:", "bold"))
            yield Literal("")
            yield Literal((" 1  With Whisper and a natural voice", TITLE))
            yield Literal(
                "Hears you well and can tell what you left out. About 210 MB of models, a few minutes to copy. "
                "1 shows the one command that gets them.",
                classes="para",
            )
            yield Literal((" 2  Type today", TITLE))
            yield Literal(
                "Nothing to install. Typed answers are judged fully; the questions stand on the screen.",
                classes="para",
            )
            yield Literal((" 3  Speak now, with what came along", TITLE))
            yield Literal(
                "The rough recogniser records you, times you and hears terms. It credits what it hears and "
                f"holds nothing against you. The voice is {self._voice}.",
                classes="para",
            )

    def action_pick(self, choice: str) -> None:
        if choice == "whisper":
            self.app.push_screen(Note("Whisper and a natural voice", [
                "voiceprep models fetch base.en en_US-joe-medium   gets a Whisper model and a voice (about 210 MB); "
                "`voiceprep models list` shows all there are, with sizes and licences.",
                f"Without internet: put a model's folder into {self._models}/whisper, and a voice (NAME.onnx with "
                f"NAME.onnx.json) into {self._models}/piper.",
                "voiceprep takes them at its next start; `voiceprep doctor` says whether they are whole.",
            ]))  # fmt: skip
            return
        self.voiceprep.chosen(choice)

    def action_quit(self) -> None:
        self.app.exit()
