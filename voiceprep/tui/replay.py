"""A recorded session again: level, speech and marks on one time line, the words lit in step, feedback to jump to."""

from __future__ import annotations

import threading
from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content

from voiceprep.core.pinned import Mark
from voiceprep.core.replay import ReplayedTake
from voiceprep.errors import VoiceprepError
from voiceprep.report import timeline
from voiceprep.report.wording import clock
from voiceprep.tui.backend import ReplayView, Wanted
from voiceprep.tui.base import Note, Page
from voiceprep.tui.literal import KEY, MUTED, STRONG, TITLE, Literal, Styled, hanging, literal
from voiceprep.tui.strip import Strip, Token, legend, lit, style_of, tokens, wrapped
from voiceprep.tui.takes import open_takes
from voiceprep.tui.why import why

TICK_S = 0.05
BEFORE_S = 0.3
"""As much before a mark is played with it."""
END_S = 0.02
WIDE = 100
"""Columns from which everything has a place of its own beside the other."""
TAKES_WIDTH = 28


class Moment(Literal):
    """A mark in the list."""


class ReplayScreen(Page):
    """One session from disk; `find` is asked for it, in a thread, when the screen comes up. Raises VoiceprepError."""

    HELP_TITLE = "Replay"
    BINDINGS = [
        Binding("space", "play", "play, pause"),
        Binding("enter", "here", "play this moment", tooltip="plays from the marked line's moment on"),
        Binding("n", "mark(1)", "next mark", tooltip="on to the next mark on the time line; N: back to the one before"),
        Binding("N", "mark(-1)", "mark before", show=False),
        Binding("left", "seek(-5)", "5 s back", tooltip="left and right: 5 s back, 5 s on"),
        Binding("right", "seek(5)", "5 s on", show=False),
        Binding("comma", "seek(-1)", show=False, key_display=",", description="1 s back"),
        Binding("full_stop", "seek(1)", show=False, key_display=".", description="1 s on"),
        Binding(
            "right_square_bracket",
            "take(1)",
            "next take",
            key_display="]",
            tooltip="] and [: the next take, the one before; 1 to 9: that take",
        ),
        Binding("left_square_bracket", "take(-1)", show=False, key_display="["),
        Binding("w", "why", "why", tooltip="why this verdict"),
        Binding("f", "follow_up", "follow-up", tooltip="the follow-ups that were asked, and why"),
        Binding("m", "model", "model answer", tooltip="a model answer, read in the interviewer's voice"),
        Binding("c", "takes", "compare takes", tooltip="all takes of this question, two of them beside each other"),
        Binding("g", "again", "answer it again", tooltip="a new session with this question, now"),
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False, tooltip="what was said, further up"),
        Binding("pagedown", "page(1)", "page down", show=False, tooltip="what was said, further down"),
        Binding("escape,q", "leave", "back"),
        Binding("question_mark", "help", "all keys"),
        *(Binding(str(n), f"pick({n - 1})", show=False) for n in range(1, 10)),
    ]

    def __init__(self, find: Callable[[], ReplayView]) -> None:
        super().__init__()
        self._find = find
        self.view: ReplayView | None = None
        self.take_at = self.at = 0
        """Which take, and which of its marks."""
        self.at_s = 0.0
        self.playing = False
        self._follows = True
        """Whether the marked line goes along with what is played."""
        self._since: tuple[float, float] | None = None
        """Without a speaker: when it began to play (by the app's clock), and from where."""
        self._levels: dict[str, tuple[float, ...]] = {}
        self._lines: list[list[Token]] = []
        self._scrolled = 0
        self._shown: object = None
        self._drawn: object = None
        self._listed: object = None
        self._news = " One moment ..."

    def body(self) -> ComposeResult:
        yield Literal(id="tabs")
        yield Literal(id="asked")
        yield Literal(id="strip")
        yield Literal(id="status")
        with Container(id="below"):
            yield Literal(id="takes")
            yield Literal(id="said")
            yield VerticalScroll(id="marks", can_focus=False)
        yield Literal(id="news")

    def head(self) -> Content:
        view = self.view
        if view is None:
            return literal(" Replay")
        silent = "  silent" if view.controls.speaks is False else ""
        return self.right(f" Replay | {view.title}, {view.when}", f"LOCAL{silent}")

    def judge(self) -> str:
        return ""  # nothing is sent from here

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(TICK_S, self.tick)

        def load() -> None:
            app = self.voiceprep
            try:
                view = self._find()
            except VoiceprepError as error:
                said = f" {error.message} {error.hint}"
                app.from_thread(lambda: self._tell(said))
            else:
                app.from_thread(lambda: self.show(view))

        threading.Thread(target=load, name="replay", daemon=True).start()

    def on_unmount(self) -> None:
        if self.view is not None:
            self.view.controls.close()

    def show(self, view: ReplayView) -> None:
        """The session is there."""
        if not self.is_attached:
            view.controls.close()
            return
        self.view = view
        nothing = "" if view.replay.takes else "No question was answered in it."
        self._news = " ".join(filter(None, (*view.notices, nothing)))
        tell = self._tell_from_thread
        view.controls.open(tell)
        self._choose_take(0)

    def _tell_from_thread(self, sentence: str) -> None:
        self.voiceprep.from_thread(lambda: self._tell(sentence))

    def _tell(self, sentence: str) -> None:
        self._news = sentence
        self.refresh_page()

    # What is shown ---------------------------------------------------------------------------------------------------

    @property
    def take(self) -> ReplayedTake | None:
        takes = self.view.replay.takes if self.view else ()
        return takes[self.take_at] if takes else None

    @property
    def length_s(self) -> float:
        return self.view.length_s(self.take.id) if self.view and self.take else 0.0

    @property
    def mark(self) -> Mark | None:
        marks = self.take.marks if self.take else ()
        return marks[self.at] if self.at < len(marks) else None

    def _choose_take(self, n: int) -> None:
        view = self.view
        if view is None or not 0 <= n < len(view.replay.takes):
            return
        self._halt()
        self.take_at, self.at, self.at_s, self._follows, self._scrolled = n, 0, 0.0, True, 0
        self._listed = None
        self.refresh_page()
        take_id = view.replay.takes[n].id
        if take_id not in self._levels and view.recorded_s.get(take_id):
            self._levels[take_id] = ()

            def look() -> None:
                found = view.controls.levels(take_id)
                self.voiceprep.from_thread(lambda: self._have_levels(take_id, found))

            threading.Thread(target=look, name="levels", daemon=True).start()

    def _have_levels(self, take_id: str, levels: tuple[float, ...]) -> None:
        self._levels[take_id] = levels
        if not levels and self.take is not None and self.take.id == take_id:
            self._news = "The recording of this take can't be read: what is known of it is shown."
        self.refresh_page()

    def refresh_page(self) -> None:
        super().refresh_page()
        view, take = self.view, self.take
        if not self.ready:
            return
        self.set_class(self.size.width >= WIDE, "-wide")
        self.query_one("#news", Literal).show((hanging(self._news.strip(), self.size.width - 2, " "), MUTED))
        if view is None or take is None:
            return
        self.query_one("#tabs", Literal).show(*self._tabs())
        self.query_one("#takes", Literal).show(*self._column())
        why_asked = f"  (asked since: {take.why})" if take.why else ""
        self.query_one("#asked", Literal).show((f" {take.ask}{why_asked}", STRONG))
        self._shown = self._drawn = None
        self.call_later(self._list)
        self.call_after_refresh(self.draw)

    def _tabs(self) -> list[Styled]:
        """The takes in one line, the chosen one's neighbours where there isn't room for all."""
        view, take = self.view, self.take
        assert view is not None and take is not None, "asked only with a take"
        takes = view.replay.takes
        of = next(n for n, q in enumerate(view.replay.questions, 1) if q.id == take.question_id)
        pieces: list[Styled] = [(f" Question {of} of {len(view.replay.questions)} ", MUTED)]
        tabs = [["  ", *self._tab(n, one)] for n, one in enumerate(takes)]
        first = last = self.take_at
        left = self.size.width - literal(*pieces, *tabs[first]).cell_length - len(f"  of {len(takes)}") - 1
        for n in sorted(set(range(len(tabs))) - {first}, key=lambda n: abs(n - self.take_at)):
            left -= literal(*tabs[n]).cell_length
            if left < 0:
                break
            first, last = min(first, n), max(last, n)
        for tab in tabs[first : last + 1]:
            pieces += tab
        return [*pieces, (f"  of {len(takes)}", MUTED)] if last + 1 - first < len(takes) else pieces

    def _tab(self, n: int, take: ReplayedTake) -> list[Styled]:
        assert self.view is not None, "asked only with a take"
        on = n == self.take_at
        how = clock(self.view.length_s(take.id)) if self.view.length_s(take.id) else take.source or "nothing"
        return [(f"{n + 1}", KEY), (f" {take.kind}, {how}", f"{STRONG} reverse" if on else "")]

    def _column(self) -> list[Styled]:
        assert self.view is not None, "asked only with a take"
        pieces: list[Styled] = [(" TAKES", TITLE)]
        n = 0
        for question in self.view.replay.questions:
            known = self.view.questions.get(question.id)
            short = hanging(known.short if known else question.ask, TAKES_WIDTH - 2, " ").splitlines()[0]
            pieces.append((f"\n{short}", STRONG))
            for take in question.takes:
                pieces += ["\n  ", *self._tab(n, take)]
                n += 1
        return pieces

    async def _list(self) -> None:
        """The marks as lines, made anew when the take changes."""
        take, key = self.take, (self.take_at, self.size.width)
        if take is None or not self.ready or self._listed == key:
            return
        self._listed = key
        box = self.query_one("#marks", VerticalScroll)
        await box.remove_children()
        head = [Literal((hanging(take.note, self._marks_width, " "), MUTED))] if take.note else []
        await box.mount_all([*head, *(Moment(classes="row moment") for _ in take.marks)])
        self._shown = None
        self.draw()

    @property
    def _marks_width(self) -> int:
        return (self.size.width - TAKES_WIDTH) // 2 - 2 if self.has_class("-wide") else self.size.width - 2

    def draw(self) -> None:
        """What moves with the position."""
        take, length_s = self.take, self.length_s
        if take is None or not self.ready:
            return
        columns = max(10, self.size.width - 2)
        mark = self.mark
        strip = Strip(take, length_s or 1.0, self._levels.get(take.id, ()), columns)
        now = (self.take_at, columns, strip.column(self.at_s), mark, strip.levels, int(self.at_s * 10), self.playing)
        if now == self._drawn:
            return
        self._drawn = now
        if length_s:
            self.query_one("#strip", Literal).show(*strip.rows(self.at_s, mark))
            state = "playing" if self.playing else "paused"
            at = f" {clock(self.at_s)}.{int(self.at_s * 10) % 10} of {clock(length_s)} "
            self.query_one("#status", Literal).show(
                (f" {state} ", KEY), (at, STRONG), (f"  {legend(take, timeline.LABELS)}", MUTED)
            )
        else:
            self.query_one("#strip", Literal).show((" It was typed: there's nothing to play.", MUTED))
            self.query_one("#status", Literal).show("")
        self._draw_words(take)
        self._draw_marks(take)

    def _draw_words(self, take: ReplayedTake) -> None:
        box = self.query_one("#said", Literal)
        width, height = box.size.width - 2, max(1, box.size.height)
        self._lines = wrapped(tokens(take), max(20, width))
        line = next(
            (n for n, words in enumerate(self._lines) for w in words if w.end_s is not None and w.end_s > self.at_s),
            len(self._lines) - 1 if self.length_s else 0,
        )
        middle = line - height // 2 if self.length_s else 0
        first = max(0, min(middle + self._scrolled, len(self._lines) - height))
        shown = lit(self._lines[first : first + height], self.at_s, self.mark)
        box.show(*shown) if take.text else box.show((" Nothing was heard.", MUTED))

    def _draw_marks(self, take: ReplayedTake) -> None:
        key = (self.take_at, self.at, self._listed)
        rows = list(self.query(Moment))
        if key == self._shown or len(rows) != len(take.marks):
            return
        self._shown = key
        for n, (row, mark) in enumerate(zip(rows, take.marks, strict=True)):
            row.set_class(n == self.at, "-chosen")
            row.show(*self._row(take, mark, chosen=n == self.at))
            if n == self.at:
                self.call_after_refresh(row.scroll_visible, animate=False, top=True)
        self.refresh_keys()

    def _row(self, take: ReplayedTake, mark: Mark, *, chosen: bool) -> list[Styled]:
        at = "    " if mark.at_s is None else f"{clock(mark.at_s):>4}"
        said = f"{timeline.label(mark, take)}: {timeline.said(mark)}"
        sign = (timeline.SIGNS[mark.kind], style_of(mark.kind))
        if not chosen:
            return [f"   {at} ", sign, f" {said}"]
        pieces: list[Styled] = [(" > ", KEY), (f"{at} ", STRONG), sign]
        pieces.append((hanging(said, self._marks_width, " " * 10)[9:], STRONG))
        if mark.quote:
            pieces.append(("\n" + hanging(f"“{mark.quote}”", self._marks_width, " " * 10), "italic"))
        return pieces

    # Playing ---------------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Twenty times a second."""
        if not self.playing or not self.ready:
            return
        self.at_s = min(self._heard_s(), self.length_s)
        if self.at_s >= self.length_s - END_S:
            self._halt()
            self.at_s = self.length_s
        if self._follows and self.take is not None:
            passed = [n for n, m in enumerate(self.take.marks) if m.at_s is not None and m.at_s <= self.at_s + BEFORE_S]
            self.at = passed[-1] if passed else self.at
        self.draw()

    def _heard_s(self) -> float:
        """The position that is being heard, or that the clock has come to where nothing can be."""
        view, take = self.view, self.take
        assert view is not None and take is not None, "nothing else plays"
        audible = self._audible(take.id)
        if audible and view.controls.speaks is None:
            return self.at_s  # the speaker is being looked for
        if audible and view.controls.speaks:
            heard_s = view.controls.heard_s()
            return self.at_s if heard_s is None else heard_s
        now_s = self.voiceprep.now_s()
        self._since = self._since or (now_s, self.at_s)
        return self._since[1] + now_s - self._since[0]

    def _audible(self, take_id: str) -> bool:
        view = self.view
        return view is not None and bool(view.recorded_s.get(take_id)) and take_id not in view.controls.damaged

    def _halt(self) -> None:
        self.playing, self._since = False, None
        if self.view is not None:
            self.view.controls.hush()

    def _go(self, at_s: float, *, play: bool) -> None:
        """To this position, and on from there."""
        view, take = self.view, self.take
        if view is None or take is None or not self.length_s:
            return
        self.at_s, self._since, self._scrolled = max(0.0, min(at_s, self.length_s)), None, 0
        self.playing = play and self.at_s < self.length_s
        if not self.playing:
            view.controls.hush()
        elif self._audible(take.id):
            view.controls.play(take.id, self.at_s)
        self.draw()

    # Keys ------------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("leave", "help"):
            return True
        view, take, mark = self.view, self.take, self.mark
        if view is None or take is None:
            return False
        return {
            "play": bool(self.length_s),
            "seek": bool(self.length_s),
            "mark": any(m.at_s is not None for m in take.marks),
            "here": mark is not None and mark.at_s is not None and bool(self.length_s),
            "take": len(view.replay.takes) > 1,
            "why": mark is not None and mark.point is not None,
            "follow_up": bool(self._follow_ups()),
            "model": take.question_id in view.questions,
        }.get(action, True)

    def action_play(self) -> None:
        if self.playing:
            self._halt()
            self._drawn = None
            self.draw()
        else:
            self._follows = True
            self._go(0.0 if self.at_s >= self.length_s - END_S else self.at_s, play=True)

    def action_seek(self, by_s: int) -> None:
        self._follows = True
        self._go(self.at_s + by_s, play=self.playing)

    def action_here(self) -> None:
        mark = self.mark
        if mark is not None and mark.at_s is not None:
            self._follows = True
            self._go(mark.at_s - BEFORE_S, play=True)

    def action_mark(self, by: int) -> None:
        marks = self.take.marks if self.take else ()
        timed = [n for n, m in enumerate(marks) if m.at_s is not None]
        beyond = [n for n in timed if n > self.at] if by > 0 else [n for n in reversed(timed) if n < self.at]
        if beyond:
            self.at = beyond[0]
            self._go((marks[self.at].at_s or 0.0) - BEFORE_S, play=self.playing)

    def action_move(self, by: int) -> None:
        count = len(self.take.marks) if self.take else 0
        self.at, self._follows = max(0, min(self.at + by, count - 1)), False
        self.draw()

    def action_take(self, by: int) -> None:
        self._choose_take(self.take_at + by)

    def action_pick(self, n: int) -> None:
        self._choose_take(n)

    def action_page(self, by: int) -> None:
        self._scrolled += by * max(1, self.query_one("#said", Literal).size.height - 1)
        self._scrolled = max(-len(self._lines), min(self._scrolled, len(self._lines)))
        self._drawn = None
        self.draw()

    def action_why(self) -> None:
        mark, view = self.mark, self.view
        if view is None or mark is None or mark.point is None:
            return
        judged = next((t.judged for t in view.replay.takes if t.id == mark.judged), None)
        if judged is not None:
            self.app.push_screen(Note("Why", why(judged, mark.point)))

    def _follow_ups(self) -> list[str]:
        """The follow-ups to the chosen take's question, a line each: what was asked, why, and in which take."""
        if self.view is None or self.take is None:
            return []
        return [
            f"Take {n}: {one.ask}" + (f"\nWhy: {one.why}." if one.why else "")
            for n, one in enumerate(self.view.replay.takes, 1)
            if one.kind == "follow-up" and one.question_id == self.take.question_id
        ]

    def action_follow_up(self) -> None:
        self.app.push_screen(Note("The follow-ups, and why they were asked", self._follow_ups(), also_closes="f"))

    def action_model(self) -> None:
        view, take = self.view, self.take
        if view is None or take is None:
            return
        self._halt()
        question = view.questions[take.question_id]
        text = question.model_answer
        if take.follow_up_id is not None:
            text = question.follow_up(take.follow_up_id).model_answer
        view.controls.say(text)
        self.app.push_screen(Note("A model answer", [text], also_closes="m"), lambda _: view.controls.hush())

    def action_takes(self) -> None:
        if self.view is not None and self.take is not None:
            self._halt()
            open_takes(self.voiceprep, self.take.question_id, self.view.controls)

    def action_again(self) -> None:
        if self.take is not None:
            self._halt()
            self.voiceprep.start(Wanted(questions=(self.take.question_id,), quiet=self.voiceprep.quiet))

    def action_leave(self) -> None:
        self._halt()
        self.voiceprep.leave_replay()
