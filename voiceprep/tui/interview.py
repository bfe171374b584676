"""The interview screen, by priority: whose turn, clock, question, microphone, rough words, reassurance, keys."""

from __future__ import annotations

import math
from dataclasses import replace

from textual import events as textual_events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from voiceprep.core import events as e
from voiceprep.core.clean import clean
from voiceprep.core.coach import LONG_SILENCE_S, hints, pace_hint
from voiceprep.core.floor import SENTENCE_S
from voiceprep.core.pressure import CUT_OFF, said_at
from voiceprep.core.state import State
from voiceprep.core.transcript import Word
from voiceprep.report import wording
from voiceprep.tui.backend import Begun
from voiceprep.tui.base import Note, Page
from voiceprep.tui.literal import BAD, GOOD, MUTED, STRONG, TITLE, WARN, Literal, Styled, hanging, literal
from voiceprep.tui.meter import meter

TICK_S = 0.1
QUESTION_ROWS, SMALL_QUESTION_ROWS, COACHED_QUESTION_ROWS = 7, 5, 3
ROOMY = 30
"""Rows from which a window has room for all that a coach says besides."""
UNDO_S = 5.0
SILENT_FROM_S = 3.0
TOO_SOON_S = 1.0
"""How long into a silent take a key still means the question before it."""
ENDS_FROM_S = 1.5
"""Silence after which it's said how to end hands-free."""
NOTICE_S = 8.0
"""How long a notice stays, unless what it says goes on."""
FOLLOW_UP_AIM_S = (20, 60)
SOON_S, HURRY_S = 30.0, 10.0
"""Time left from which the clock changes colour."""
CONFIDENTIAL_S = 12.0
"""How long the reminder stands while one begins to tell."""


class Answer(TextArea):
    """Where an answer is typed. Enter sends it; what is pasted is cleaned first."""

    class Sent(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Back to speaking."""

    async def _on_key(self, event: textual_events.Key) -> None:
        if event.key in ("enter", "escape"):
            event.stop()
            event.prevent_default()
            if event.key == "escape":
                self.post_message(self.Left())
            elif text := clean(self.text).strip():
                self.post_message(self.Sent(text))
            return
        await super()._on_key(event)

    async def _on_paste(self, event: textual_events.Paste) -> None:
        event.text = clean(event.text)  # the box's own handler comes after this one


class InterviewScreen(Page):
    """One interview, from its first question on. The app tells it every event with the state after it."""

    HELP_TITLE = "The interview"
    BINDINGS = [
        Binding("enter", "done", "I'm done", tooltip="your answer is over; cuts me short; begins, while you think"),
        Binding("enter", "send", "send", tooltip="in the box: sends what you typed"),
        Binding("escape", "speak", "back to speaking", tooltip="in the box: back to speaking, in the same take"),
        Binding("escape", "leave", "leave, all saved", tooltip="leave; the home screen offers to go on from here"),
        Binding("space,f2", "pause", "pause", tooltip="pause and go on; nothing is recorded meanwhile; in the box: f2"),
        Binding("u", "undo", "I wasn't finished", tooltip="for five seconds after enter: goes on with the same answer"),
        Binding("r,f3", "repeat", "repeat", tooltip="the question again; in the box: f3"),
        Binding("h,f4", "hint", "hint", tooltip="a hint, and the next one; in the box: f4"),
        Binding("t", "type", "type instead", tooltip="type this answer; enter sends it, esc goes back to speaking"),
        Binding("b", "again", "start again (keeps this take)", tooltip="a new take; this one is kept"),
        Binding("s,f5", "skip", "skip", tooltip="on to the next; what you said is kept, not judged; in the box: f5"),
        Binding("i", "whole", "the question", show=False, tooltip="the whole question, when it doesn't fit"),
        Binding("w", "words", "words", show=False, tooltip="hides or shows the rough words"),
        Binding("question_mark", "help", "all keys"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.begun: Begun | None = None
        self._rough: dict[str, list[Word]] = {}
        self._lit: list[str] = []
        """Points heard in the current take, the latest last."""
        self._ladder: tuple[str, ...] = ()
        self._words_shown = True
        self._notice = ""
        self._notice_until_s: float | None = None

    def body(self) -> ComposeResult:
        yield Literal(id="turn")
        yield Literal(id="kept")
        yield Literal(id="asked", classes="title")
        yield Literal(id="question")
        yield Literal(id="mic")
        yield Answer(id="answer", soft_wrap=True, show_line_numbers=False)
        yield Literal(id="so-far")
        yield Literal(id="hearing", classes="title")
        yield Literal(id="words")
        yield Literal(id="note")

    def on_mount(self) -> None:
        self.set_interval(TICK_S, self.tick)
        super().on_mount()

    # What the app tells ------------------------------------------------------------------------------------------

    def begin(self, begun: Begun) -> None:
        self.begun = begun
        self._say(" ".join(begun.notices))

    def tell(self, event: e.Event, state: State) -> None:
        self.state = state
        match event:
            case e.WordsHeard(take_id=take_id, words=words):
                self._rough.setdefault(take_id, []).extend(words)
            case e.MicrophoneBack():
                self._say("The microphone is back. space goes on where you were.", stays=True)
            case e.AnswerEnded() | e.AnswerTyped() if state.cut:
                pass  # what the interviewer said stays to be read
            case (
                e.Unpaused() | e.TakeRestarted() | e.Skipped() | e.AnswerEnded() | e.AnswerTyped() | e.MicrophoneLost()
            ):
                self._say("")
            case e.CutOff(take_id=take_id, why=why):
                self._say(CUT_OFF[why], stays=True)
                self._give_box(take_id)
            case e.SessionTimeUp():
                self._say(CUT_OFF["session"], stays=True)
                self._give_box(state.take_id)
            case e.Nudged(left_s=left_s) if not state.done_asked:
                self._say(said_at(left_s, thinking=False))
            case e.NewHeard(points=points):
                self._lit = [*(p for p in self._lit if p in points), *(p for p in points if p not in self._lit)]
            case e.QuestionSpoken(voice="", why=why) if self.begun and self.begun.speaker:
                self._say(f"On the screen only: {why}.", stays=True)
            case e.QuestionSpoken() if self._notice in CUT_OFF.values():
                self._say("")
            case e.EngineRestarted(engine=engine):
                self._say(f"{engine} was started again. Nothing was lost.")
        if self.ready:
            self.refresh_page()

    def _give_box(self, take_id: str) -> None:
        """What stands in the box when it's cut off is the answer."""
        if self.writing and (text := clean(self.query_one(Answer).text).strip()):
            self._deliver(e.AnswerTyped(take_id, text))

    def news(self, sentence: str) -> None:
        if self.state.phase == "paused" and self.state.paused_because:
            return  # it stands above already, or is said when it's back
        self._say(sentence)
        if self.ready:
            self._show_note()

    def _say(self, notice: str, *, stays: bool = False) -> None:
        self._notice = notice
        self._notice_until_s = None if stays else self.voiceprep.now_s() + NOTICE_S

    def _show_box(self) -> None:
        """The box to type in, while it's wanted; what was typed stays through a pause and a repeat."""
        state = self.state
        on = state.phase == "listening" and (state.typing or self._typed_only)
        box = self.query_one(Answer)
        if on and not self.has_class("-typing"):
            box.focus()
        elif not on and self.has_class("-typing"):
            self.set_focus(None)
        if state.phase not in ("listening", "paused") and not (state.phase == "asking" and state.goes_on):
            box.text = ""
        if not on and self.writing:
            self.scroll_home(animate=False)
        self.set_class(on, "-typing")
        if on:
            self.call_after_refresh(box.scroll_visible, animate=False)  # what is typed stays in sight in any window

    # Drawing -------------------------------------------------------------------------------------------------------

    def refresh_page(self) -> None:
        if self.ready:
            self._show_box()  # first, since it decides which keys work
        super().refresh_page()
        if not self.ready:
            return
        state = self.state
        self.set_class(state.phase == "paused", "-paused")
        self.set_class(state.coached, "-coached")
        self.query_one("#turn", Literal).show_content(self._turn())
        self.query_one("#asked", Literal).show((self._asked_title(), TITLE))
        self._show_question()
        self._show_note()
        self._show_words()
        self.tick()

    def tick(self) -> None:
        """Ten times a second: the clock, the level, how much is on disk."""
        parts = ("#turn", "#kept", "#head", "#mic", "#note")
        if not self.ready or self.begun is None or not all(self.query(part) for part in parts):
            return  # the last tick may come while the screen is being taken away
        self.query_one("#turn", Literal).show_content(self._turn())
        self.query_one("#kept", Literal).show(
            (hanging(self._kept(), self.size.width - 1, "  "), WARN if self.state.paused_because else MUTED)
        )
        self.query_one("#head", Literal).show_content(self.head())
        self.query_one("#mic", Literal).show_content(self._mic())
        self._show_note()
        undo = self.undo_left_s() > 0
        if undo != self.has_class("-undo"):
            self.set_class(undo, "-undo")
            self.refresh_keys()

    def head(self) -> Content:
        state = self.state
        left = " voiceprep"
        if state.questions:
            left += f" | {state.title} | question {state.at + 1} of {len(state.questions)}"
        left += self.voiceprep.minutes_left(state)
        return self.right(left, self.voiceprep.engine_line())

    def _turn(self) -> Content:
        state = self.state
        whose = {
            "opening": "ONE MOMENT",
            "briefing": "THE RULES",
            "thinking": "TIME TO THINK",
            "asking": "INTERVIEWER SPEAKS",
            "listening": f"YOUR TURN: {self._how()}",
            "paused": "PAUSED",
            "rating": "WHAT WAS IN IT?",
            "transcribing": "CHECKING WHAT I HEARD",
            "assessing": "CHECKING",
            "checking": "CHECKING WHAT I HEARD",
            "reviewing": "FEEDBACK",
            "closing": "SAVING",
            "closed": "SAVED",
        }[state.phase]
        if state.done_asked or (state.cut and state.phase in ("transcribing", "assessing")):
            whose = "STOPPED, SAVED" if state.cut else "DONE, SAVED"
        styles = {"listening": GOOD, "paused": WARN, "asking": TITLE, "briefing": TITLE, "thinking": WARN}
        pieces: list[Styled] = [(f"  {whose:<24}", styles.get(state.phase, STRONG))]
        if state.rules is not None and state.phase in ("thinking", "listening", "paused"):
            pieces += self._time_left()
        elif state.phase in ("listening", "paused") and not self._typed_only:
            pieces += [(f"{wording.clock(self._recorded_s()):>8}", STRONG), (self._aim(), MUTED)]
        return literal(*pieces)

    def _how(self) -> str:
        if self._in_head:
            return "IN YOUR HEAD"
        if self._typed_only or self.state.typing:
            return "TYPE"
        return "WHISPER" if self.state.quiet == "whispered" else "SPEAK"

    def _time_left(self) -> list[Styled]:
        """What the clock leaves, of how much."""
        state = self.state
        rules = state.rules
        left_s = self.begun.controls.clock_left_s() if self.begun is not None else None
        left_s = state.clock_left_s if left_s is None else left_s
        if rules is None or left_s is None:
            return []
        thinking = state.phase == "thinking" or state.paused_from == "thinking"
        whole_s = rules.think_s if thinking else rules.limit_s(follow_up=state.follow_up_id is not None)
        style = BAD if left_s <= HURRY_S else WARN if left_s <= SOON_S else STRONG
        of = f"    of {wording.clock(whole_s)}" + ("" if thinking or self.size.width < 70 else f", {self._takes()}")
        return [(f"{wording.clock(math.ceil(left_s))} left", style), (of, MUTED)]

    def _takes(self) -> str:
        left = self.state.takes_left
        return "" if left is None else "the last take" if left == 0 else f"{left} more take{'s' * (left != 1)}"

    @property
    def writing(self) -> bool:
        """Whether letters go into the box."""
        return self.has_class("-typing")

    @property
    def _typed_only(self) -> bool:
        return self.begun is not None and not self.begun.microphone and not self._in_head

    @property
    def _is_heard(self) -> bool:
        return not self._typed_only and not self._in_head

    @property
    def _in_head(self) -> bool:
        return self.state.quiet == e.IN_HEAD

    def _aim(self) -> str:
        state = self.state
        if state.retake:
            return f"    of {wording.clock(SENTENCE_S)}"
        if state.follow_up_id is not None:
            low, high = FOLLOW_UP_AIM_S
        elif self.begun and state.question.id in self.begun.questions:
            low, high = self.begun.questions[state.question.id].target_s
        else:
            return ""
        return f"    aim {wording.clock(low)} to {wording.clock(high)}"

    def _recorded_s(self) -> float:
        if self.begun is None or not self.state.takes:
            return 0.0
        return self.begun.controls.recorded_s(self.state.take_id)

    def _kept(self) -> str:
        state = self.state
        if state.phase == "paused":
            kept = self._recorded_s() if state.paused_from == "listening" else 0.0
            saved = f" {wording.clock(kept)} are on disk." if kept else ""
            if state.interrupted:
                saved += " b begins this answer anew: a take in which something broke doesn't count."
            return f"{state.paused_because or 'Paused.'}{saved} space goes on."
        if state.phase == "listening" and self._in_head:
            return "nothing is recorded; enter when you have said it"
        if state.phase == "listening" and not self._typed_only and not state.typing:
            calm = state.retake is None and state.rules is None and self.size.width >= 80
            limit = "no time limit in this round" if calm else ""
            return f"recording, on disk up to {wording.clock(self._recorded_s())}      {limit}"
        if state.phase == "thinking":
            what = "The recording" if self._is_heard else "Your time"
            return f"{what} begins by itself. enter begins it now."
        if state.phase in ("briefing", "asking"):
            return "enter cuts me short" if self.begun and self.begun.speaker else ""
        if state.phase == "checking":
            return self._checking()
        if state.phase in ("transcribing", "assessing"):
            wait = "Your answer is saved."
            return f"{wait} You asked for a pause: it comes next." if state.hold else wait
        return ""

    def _checking(self) -> str:
        """How far the careful pass is. Nobody need wait for it who doesn't want to read it now."""
        done, of = self.begun.controls.checked() if self.begun is not None else (0, 0)
        part = f" Part {min(done + 1, of)} of {of}." if of > 1 else ""
        skip = " enter goes on; this is checked meanwhile, and stands in the report."
        if self.state.awaited == "end":
            skip = " That was the last question; the feedback comes next."
        pause = " You asked for a pause: it comes next." if self.state.hold else ""
        return f"Your answer is saved; I'm listening to it once more, with care.{part}{pause or skip}"

    def _asked_title(self) -> str:
        if not self.state.questions:
            return ""
        if self.state.phase == "briefing":
            return "  HOW IT GOES"
        if self.state.retake:
            return "  SAY JUST THIS, IN YOUR OWN WORDS"
        if self.state.again:
            return "  QUESTION, ONCE MORE"
        return "  FOLLOW-UP" if self.state.follow_up_id is not None else "  QUESTION"

    def _question(self) -> str:
        state = self.state
        if not state.questions:
            return ""
        if state.retake and self.begun:
            return self.begun.questions[state.question.id].point(state.retake).say
        return state.says

    def _show_question(self) -> None:
        """The question, and where it doesn't fit a sign that it goes on; q shows all of it."""
        box = self.query_one("#question", Literal)
        rows = hanging(self._question(), self.size.width - 4, "").split("\n")
        room = SMALL_QUESTION_ROWS if self.has_class("-small") else QUESTION_ROWS
        if self.state.coached and self.size.height < ROOMY:
            room = COACHED_QUESTION_ROWS
        if len(rows) > room:
            rows = [*rows[: room - 1], "… goes on: i shows all of it"]
        box.show("\n".join(rows))

    def _mic(self) -> Content:
        if self.begun is None:
            return literal("")
        if not self.begun.microphone:
            how = "nothing is recorded" if self._in_head else "your answers are typed"
            return literal(f"  NO MICROPHONE   {how}")
        controls = self.begun.controls
        name = self.begun.microphone[: max(0, self.size.width - 44)]
        return literal(*meter(controls.level_dbfs(), controls.clipping()), (name, MUTED))

    def _show_words(self) -> None:
        shown = self._words_shown and self._is_heard and self.state.phase in ("listening", "paused")
        rough = "(rough)" if self.has_class("-small") else "(rough; a second pass is judged)"
        title: list[Styled] = [
            ("  HEARING YOU", TITLE),
            (f"  {rough}   w hides", MUTED),
        ]
        self.query_one("#hearing", Literal).show(*(title if shown else []))
        self._show_so_far()
        words = self._rough.get(self.state.take_id, [])
        unclear = bool(self.begun and self.begun.recogniser != "basic")
        text = " ".join(f"({w.text}?)" if unclear and w.unclear else w.text for w in words)
        rows = hanging(text, self.size.width - 4, "... ", "").split("\n") if shown and text else []
        room = 2 if self.has_class("-small") or self.state.coached else 5
        self.query_one("#words", Literal).show("\n".join(rows[-room:]))

    def _show_so_far(self) -> None:
        """For who is coached: the points that were heard light up; those still out say nothing."""
        state = self.state
        box = self.query_one("#so-far", Literal)
        if not state.coached or self.begun is None or state.phase not in ("listening", "paused") or state.retake:
            box.show("")
            return
        question = self.begun.questions[state.question.id]
        points = question.points_of(state.follow_up_id)
        pieces: list[Styled] = [("  HEARD SO FAR  ", TITLE)]
        for core in (True, False):
            dots = "".join("●" if p.id in state.live else "○" for p in points if p.core is core)
            pieces += [(dots, GOOD), (f" {'core' if core else 'extra'}   " if dots else "", MUTED)]
        known = {p.id: p.text for p in points}
        if lit := [known[p] for p in self._lit if p in state.live and p in known]:
            rows = hanging(lit[-1], self.size.width - 3, "   + ").split("\n")
            pieces.append("\n" + "\n".join(rows[:2]) + (" …" if len(rows) > 2 else ""))
        box.show(*pieces)

    def _show_note(self) -> None:
        if self._notice_until_s is not None and self.voiceprep.now_s() >= self._notice_until_s:
            self._notice = ""
        note, state = self._notice, self.state
        if (left := self.undo_left_s()) > 0:
            note = f"u  I wasn't finished ({math.ceil(left)} s)"
        elif not note and state.phase == "listening" and self._is_heard and not state.typing:
            note = self._reassurance()
        begins = state.phase == "thinking" or (state.phase == "listening" and self._typed_only)
        if not note and begins and self._is_told:
            note = wording.CONFIDENTIAL
        if not note and state.again and not state.real and state.phase in ("asking", "listening"):
            why = state.assessments[-1].unscored
            skip = "f5" if self.writing else "s"
            note = f"Your first answer was {why.reason if why else ''}. It's kept, and not scored. {skip} skips."
        self.query_one("#note", Literal).show(hanging(note, self.size.width - 1, "  ") if note else "")

    def _reassurance(self) -> str:
        """What there is to say to somebody who has the floor."""
        state, silent_s = self.state, self._silent_s()
        ends_in_s = self.begun.controls.ends_in_s() if self.begun is not None else None
        if ends_in_s is not None:
            return f"Taking that as done: {math.ceil(ends_in_s)}. Any sound keeps your answer open."
        if state.hands_free_s == 0 and (silent_s >= ENDS_FROM_S or self._recorded_s() < CONFIDENTIAL_S):
            basic = self.begun is not None and self.begun.recogniser == "basic"
            return wording.HANDS_FREE_BASIC if basic else wording.HANDS_FREE
        if silent_s >= SILENT_FROM_S and state.rules is None:
            if state.coached and silent_s >= LONG_SILENCE_S:
                return f"Silent for {int(silent_s)} s. A pause is fine: say what you are weighing."
            if state.hands_free_s:
                return (
                    f"Silent for {int(silent_s)} s. After {state.hands_free_s:g} s I count down; any sound stops that."
                )
            return f"Silent for {int(silent_s)} s. Take your time: I will not end your answer."
        if state.coached and (hint := pace_hint(self._rough.get(state.take_id, []))):
            return hint
        return wording.CONFIDENTIAL if self._is_told and self._recorded_s() < CONFIDENTIAL_S else ""

    @property
    def _is_told(self) -> bool:
        """Whether the question asks for something from the candidate's own work."""
        state = self.state
        return bool(self.begun and state.questions and self.begun.questions[state.question.id].type == "behavioral")

    def _silent_s(self) -> float:
        state = self.state
        if state.speaking_since_s is not None:
            return 0.0
        return self._recorded_s() - (state.speech[-1].end_s if state.speech else 0.0)

    def undo_left_s(self) -> float:
        return self.voiceprep.undo_left_s()

    # Keys ----------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.writing and action not in ("send", "speak", "leave", "pause", "hint", "repeat", "skip"):
            return False
        phase, state = self.state.phase, self.state
        floor = phase == "listening" and not state.done_asked
        mine = floor or (phase == "paused" and state.paused_from == "listening")
        return {
            "done": (mine and not self._typed_only and not state.typing)
            or phase == "thinking"
            or (phase == "checking" and state.awaited == "answer")
            or (phase in ("briefing", "asking") and bool(self.begun and self.begun.speaker)),
            "pause": phase in ("paused", "transcribing", "assessing", "checking")
            or (state.rules is None and phase in ("asking", "listening") and not state.done_asked),
            "undo": self.undo_left_s() > 0,
            "repeat": (floor or phase == "asking") and (state.rules is None or state.rules.repeats),
            "hint": mine and state.follow_up_id is None and not state.retake and state.rules is None and not state.real,
            "type": mine and not state.typing and not self._typed_only and not self._in_head,
            "send": self.writing,
            "speak": self.writing and not self._typed_only,
            "leave": not self.writing or self._typed_only,
            "again": mine and not self._typed_only and state.takes_left != 0,
            "skip": mine or phase in ("asking", "thinking", "paused"),
        }.get(action, True)

    def _deliver(self, event: e.Event) -> None:
        if self.begun is not None:
            self.begun.controls.deliver(event)

    def working_keys(self) -> list[Binding]:
        does = {"thinking": "start now", "briefing": "cut me short", "asking": "cut me short",
                "checking": "go on"}.get(self.state.phase)  # fmt: skip
        return [replace(b, description=does) if does and b.action == "done" else b for b in super().working_keys()]

    def _begin(self) -> None:
        rules, controls = self.state.rules, self.begun.controls if self.begun else None
        if rules is not None and controls is not None:
            self._deliver(e.Ready(self.state.turn_id, rules.thought_s(controls.clock_left_s())))

    def action_done(self) -> None:
        if self.state.phase == "thinking":
            self._begin()
        elif self.state.phase == "checking":
            self._deliver(e.NextAsked())
        elif self.state.phase in ("briefing", "asking"):
            if self.begun is not None:
                self.begun.controls.hush()
        elif self._meant_for_the_question():
            self._say("That came before your first word: go on. enter ends your answer.")
            self._show_note()
        else:
            self._deliver(e.DoneAsked(self.state.take_id))

    def _meant_for_the_question(self) -> bool:
        """Whether a key that cuts the interviewer short came a moment too late: it must not end the answer."""
        state = self.state
        nothing_said = not state.speech and state.speaking_since_s is None
        return self._is_heard and state.phase == "listening" and nothing_said and self._recorded_s() < TOO_SOON_S

    def action_pause(self) -> None:
        on = self.state.phase == "paused" or self.state.hold
        self._deliver(e.Unpaused() if on else e.Paused())

    def action_undo(self) -> None:
        if self.state.before_end is not None:
            self._deliver(e.AnswerReopened(self.state.before_end.take_id))
            self.voiceprep.undone()

    def action_repeat(self) -> None:
        self._deliver(e.RepeatAsked())

    def action_hint(self) -> None:
        if self.begun is None:
            return
        question = self.begun.questions[self.state.question.id]
        ladder, n = hints(question, self.state.live, coached=self.state.coached), self.state.hints
        if self.state.coached and n and self._ladder[:1] == ladder[:1] and n == len(self._ladder) - 1:
            ladder = self._ladder  # the sentence for the point that was named
        self._ladder = ladder
        self._say(
            f"Hint {n + 1} of {len(ladder)}: {ladder[n]}" if n < len(ladder) else "There are no more hints.", stays=True
        )
        self._deliver(e.HintTaken(question.id))
        self._show_note()

    def action_type(self) -> None:
        self._deliver(e.TypingStarted(self.state.take_id))

    def action_send(self) -> None:
        """The box sends itself."""

    def action_speak(self) -> None:
        """The box leaves itself."""

    def action_whole(self) -> None:
        self.app.push_screen(Note("The question", [self._question()]))

    def action_again(self) -> None:
        self._deliver(e.TakeRestarted(self.state.take_id))

    def action_skip(self) -> None:
        self._deliver(e.Skipped(self.state.turn_id))

    def action_leave(self) -> None:
        self.voiceprep.leave_session()

    def action_words(self) -> None:
        self._words_shown = not self._words_shown
        self._show_words()

    def on_answer_sent(self, message: Answer.Sent) -> None:
        self._deliver(e.AnswerTyped(self.state.take_id, message.text))

    def on_answer_left(self, message: Answer.Left) -> None:
        if self._typed_only:
            self.action_leave()
        else:
            self._deliver(e.TypingStopped(self.state.take_id))
