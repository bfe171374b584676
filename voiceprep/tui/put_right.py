"""What the feedback screen does about misheard words: they are edited, or a term is told, and either is taken back."""

from __future__ import annotations

from voiceprep.core import events as e
from voiceprep.core.anew import takes_of, texts_heard
from voiceprep.core.edited import learned
from voiceprep.core.feedback import Assessment, PointFeedback
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import Told, told_lexicon
from voiceprep.core.state import State
from voiceprep.core.transcript import Transcript
from voiceprep.report import amended
from voiceprep.tui.backend import Begun
from voiceprep.tui.base import Choose, Page
from voiceprep.tui.edit import TERM, EditScreen
from voiceprep.tui.misheard import MisheardScreen


class PutRight(Page):
    """A page about one answer whose words can be put right. `point` and `follow_up_id` are what is chosen on it."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.begun: Begun | None = None
        self.how_anew = ""
        """With what the answer is being judged anew."""
        self.trouble = ""
        """Why the last word put right isn't kept for later sessions."""

    @property
    def assessment(self) -> Assessment | None:
        return self.state.looked_at

    @property
    def chosen(self) -> tuple[PointFeedback, str | None] | None:
        """The point that is chosen, and of which follow-up it is."""
        raise NotImplementedError

    def deliver(self, event: e.Event) -> None:
        if self.begun is not None:
            self.begun.controls.hush()
            self.begun.controls.deliver(event)

    def what_changed(self, before: State, after: State) -> str:
        """What became of the answer when it was judged anew."""
        shown = after.looked_at
        known = next((a for a in before.assessments if shown and a.question_id == shown.question_id), shown)
        if known is None or shown is None:
            return ""
        was, now = _verdicts(known), _verdicts(shown)
        changed = sum(now[p] != was.get(p) for p in now)
        became = f"{changed} point{'s' * (changed != 1)} changed" if changed else "no point changed"
        back = " x takes it back." if self._last_told() or self._edited() else ""
        return f"Judged anew {self.how_anew}: {became}.{back}"

    def judged_by(self, event: e.Event, state: State) -> None:
        """Keeps with what answers are judged anew."""
        self.how_anew = amended.judged_anew(event, state) or self.how_anew

    # The words of a take --------------------------------------------------------------------------------------------

    def take_heard(self) -> str:
        """The take whose words are put right: that of the chosen point's quote, of its retake, or of its answer; the
        first that was heard where that one wasn't. Empty when none was."""
        a = self.assessment
        if a is None:
            return ""
        point, follow_up_id = self.chosen or (None, None)
        wanted = [piece.take_id for piece in point.evidence] if point else []
        wanted += [r.take_id for r in reversed(a.retakes) if point and follow_up_id is None and r.point_id == point.id]
        wanted += [f.take_id for f in a.follow_ups_asked if f.follow_up_id == follow_up_id and follow_up_id is not None]
        given = dict(self.state.given)
        heard = (take for take in (*wanted, a.take_id, *takes_of(a)) if take in given and given[take].source != "typed")
        return next(heard, "")

    def action_edit(self) -> None:
        take_id = self.take_heard()
        if not take_id or self.begun is None:
            return
        now = dict(self.state.given)[take_id]

        def edited(text: str | object | None) -> None:
            if text is TERM:
                self._tell_term()
            elif isinstance(text, str):
                self._keep(take_id, now, text)

        take = f"take {int(take_id[1:])}"
        self.app.push_screen(EditScreen(take, now.text, terms=bool(self.texts_heard())), edited)

    def _keep(self, take_id: str, now: Transcript, text: str) -> None:
        a = self.assessment
        self.trouble = ""
        self.deliver(e.TranscriptEdited(take_id, text))
        heard = dict(self.state.heard).get(take_id, now)
        found = learned(heard, text, self._lexicon(a)) if a is not None and text != now.text else None
        if a is None or found is None:
            return
        misheard, said = found
        question_id = a.question_id

        def remember(n: int | None) -> None:
            if n == 0:
                self.deliver(e.Disputed(question_id, None, "", "misheard", misheard, said))

        asked = f"Shall I remember that “{misheard}” is {said}?"
        self.app.push_screen(Choose(asked, ["Yes, in later sessions too", "No, only here"]), remember)

    # A term ---------------------------------------------------------------------------------------------------------

    def texts_heard(self) -> list[str]:
        """What a recogniser heard in the answers to this question, that of the chosen row first."""
        a = self.assessment
        if a is None:
            return []
        first = self.take_heard()
        heard = texts_heard(a, dict(self.state.given))
        return [text for _, text in sorted(heard.items(), key=lambda one: one[0] != first)]

    def _lexicon(self, a: Assessment) -> Lexicon:
        assert self.begun is not None, "there is no answer before a session has begun"
        return told_lexicon(self.begun.lexicon, self.state.told, a.question_id)

    def _tell_term(self) -> None:
        a = self.assessment
        if a is None or self.begun is None:
            return
        question = self.begun.questions[a.question_id]
        points = (*question.points, *(p for f in question.follow_ups for p in f.points))
        about = [question.ask, *(f"{p.text}\n{p.say}" for p in points)]

        def fixed(told: tuple[str, str] | None) -> None:
            if told is not None:
                # On a point that wasn't heard it is a dispute of its verdict, too.
                point, follow_up_id = self.chosen or (None, None)
                disputed = point is not None and point.verdict != "covered"
                named = (follow_up_id, point.id) if point is not None and disputed else (None, "")
                self.trouble = ""
                self.deliver(e.Disputed(a.question_id, *named, "misheard", *told))

        self.app.push_screen(MisheardScreen(self.texts_heard(), about, self._lexicon(a)), fixed)

    # Taken back -----------------------------------------------------------------------------------------------------

    def can_take_back(self) -> bool:
        return self._last_told() is not None or self._edited() is not None

    def _last_told(self) -> Told | None:
        a = self.assessment
        return next((t for t in reversed(self.state.told) if a and t.question_id == a.question_id), None)

    def _edited(self) -> tuple[str, Transcript] | None:
        a = self.assessment
        return next((h for h in reversed(self.state.heard) if a and h[0] in takes_of(a)), None)

    def action_take_back(self) -> None:
        """The last edit; where there's none, the last term."""
        told, edited = self._last_told(), self._edited()
        self.trouble = ""
        if edited is not None:
            self.deliver(e.TranscriptEdited(edited[0], edited[1].text))
        elif told is not None:
            self.deliver(e.Disputed(told.question_id, told.follow_up_id, told.point_id, "", told.heard, told.said))


def _verdicts(a: Assessment) -> dict[tuple[str | None, str], str]:
    """Every point's verdict, those of follow-ups included."""
    return {(own.follow_up_id, p.id): p.verdict for own in (a, *a.follow_ups_asked) for p in own.points}
