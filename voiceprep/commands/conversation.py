"""A session printed as it happens: who speaks, what was heard, what it was worth."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from voiceprep.core import events as e
from voiceprep.core.anew import takes_of
from voiceprep.core.feedback import Assessment
from voiceprep.core.interview import State
from voiceprep.core.pressure import COUNTED, CUT_OFF, said_at
from voiceprep.core.question import Question
from voiceprep.report import amended, wording

WIDEST = 100
INDENT = " " * 13


def width() -> int:
    """Columns to fill: the terminal's, at most WIDEST; WIDEST where there's no terminal."""
    return max(40, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))


@dataclass
class Conversation:
    """Prints events. `say` takes one line; `questions` are the session's, by id, for what is told about them."""

    say: Callable[[str], None]
    questions: Mapping[str, Question] = field(default_factory=dict)
    _shown: str = ""
    _heard: tuple[str, frozenset[str]] = ("", frozenset())
    """Of the coached: the take, and the points that were told of it."""
    _anew: str = ""
    """With what answers are being judged anew."""
    _unchecked: list[str] = field(default_factory=list)
    """Takes of which only the quick words have been shown."""
    _opinions: list[str] = field(default_factory=list)
    """Lines on second opinions that came while somebody spoke; they're shown when nobody does."""

    def __call__(self, event: e.Event, state: State) -> None:
        match event:
            case e.NewHeard(points=points) if state.coached:
                self._lit(points, state)
            case e.CountedDown(left_s=left_s) if left_s > len(COUNTED):
                self._block("", f"[{said_at(left_s, thinking=True)}]")
            case e.ThinkingEnded() | e.Ready():
                self._block("", "[recording]")
            case e.Nudged(left_s=left_s):
                self._block("", f"[{said_at(left_s, thinking=False)}]")
            case e.CutOff(why=why):
                self._block("INTERVIEWER", CUT_OFF[why])
            case e.SessionTimeUp():
                self._block("INTERVIEWER", CUT_OFF["session"])
            case e.MachineSlept():
                self._block("", f"[{state.paused_because} p goes on; b begins this answer anew.]")
            case e.QuestionSpoken(voice="", why=why):
                self.say(f"{INDENT}[on the screen only: {why}]")
            case e.QuestionSpoken(voice=voice, duration_s=duration):
                self.say(f"{INDENT}[{duration:.1f} s, {voice}]")
            case e.WordsHeard(words=words) if words and state.phase == "listening":
                at = wording.clock(words[0].start_s)
                self._block("  (rough)", f"{at} … {' '.join(w.text for w in words)}")
            case e.AnswerTyped(text=text):
                self._block("YOU typed", text)
            case e.AnswerEnded(reason="no answer"):
                self._block("YOU", "[no answer]")
            case e.AnswerEnded(duration_s=0.0, detail=detail):
                self._block("YOU", f"[nothing was recorded{f': {detail}' if detail else ''}]")
            case e.AnswerEnded(duration_s=duration, detail=detail):
                where = f" {detail}" if detail else ""
                self._block("YOU", f"[{wording.clock(duration)} recorded as {event.take_id}.{where}]")
            case e.AnswerTranscribed(transcript=transcript, quick=True):
                self._block("(quickly)", transcript.text or "[nothing]")
                self._block("", "[I'll listen to it once more, with care; that is what is judged.]")
                self._unchecked.append(event.take_id)
            case e.AnswerTranscribed(transcript=transcript):
                self._block("HEARD", transcript.text or "[nothing]")
            case e.TranscriptionFailed(reason=reason):
                self._block("HEARD", f"[{reason}. The recording is kept.]")
            case e.EngineRestarted(engine=engine, reason=reason):
                self._block("", f"[The engine {engine} was restarted: {reason}. Nothing was lost.]")
            case e.Disputed(heard=heard) if heard:
                self._anew = amended.judged_anew(event, state)
            case e.TranscriptEdited(text=text):
                self._anew = amended.judged_anew(event, state)
                self._block("YOUR WORDS", text)
            case e.Assessed(take_id=take_id) if not event.anew and take_id in self._unchecked:
                pass  # quick words are no feedback
            case e.Assessed(assessment=own) if self._just_checked(own, state):
                pass  # it's shown when nobody speaks
            case e.Assessed(anew=anew, assessment=own) if anew:
                counts = wording.counts(own) if own.unscored is None else ""
                self._block("JUDGED ANEW", f"{self._anew}. {own.ask} {counts}")
            case e.Assessed() if state.real:
                pass  # feedback waits for the end
            case e.SessionClosed(reason=reason) if state.real and reason != "fault":
                self._at_the_end(state)
            case e.Assessed(assessment=own, parent=parent):
                self._feedback(own, parent, state)
                if state.follow_up_id is None and not state.again and own.question_id in self.questions:
                    # Not before the same question or a follow-up: it would be told what to say.
                    for line in looked_for_lines(self.questions[own.question_id]):
                        self.say(line)
            case e.OpinionGiven():
                self._opinions += opinion_lines(event, state)
            case e.SessionClosed(reason="fault", detail=detail):
                self._block("", f"[The session was ended by a fault: {detail}. What was recorded is kept.]")
        if state.phase not in ("asking", "listening", "paused"):
            self._show_checked(state)
            for line in self._opinions:
                self.say(line)
            self._opinions.clear()
        if isinstance(event, e.Assessed) and state.phase == "closing" and state.opinions_due:
            self._block("", "[The second opinion is still to come; ctrl+c ends without it.]")
        if state.phase == "briefing" and state.turn_id != self._shown:
            self._shown = state.turn_id
            self._block("INTERVIEWER", state.says)
        if state.phase == "asking" and state.turn_id != self._shown:
            self._shown = state.turn_id
            self._ask(state)

    def _just_checked(self, answer: Assessment, state: State) -> bool:
        """Whether an answer's careful words are what it was judged by."""
        due = {c.take_id for c in state.checks_due}
        return any(take in self._unchecked and take not in due for take in takes_of(answer))

    def _show_checked(self, state: State) -> None:
        """Feedback on answers that have been listened to with care; where nobody could, on the quick words."""
        waiting = {c.take_id for c in state.checks_due} | {q for q, _ in state.anew_due}
        answers = {one.take_id: (one, a) for a in state.assessments for one in (a, *a.follow_ups_asked)}
        for take_id in [t for t in self._unchecked if t in answers and t not in waiting]:
            own, parent = answers[take_id]
            if parent.question_id in waiting or state.phase in ("transcribing", "assessing"):
                continue
            self._unchecked.remove(take_id)
            if state.real:
                continue
            self._block("HEARD", own.text or "[nothing]")
            self._feedback(own, None if own is parent else parent, state)

    def _ask(self, state: State) -> None:
        self.say("")
        if state.again:
            reason = state.assessments[-1].unscored
            self._block("", f"── asked once more: {reason.reason if reason else ''}. The first answer is kept.")
        elif state.follow_up_id is None:
            rule = f"── question {state.at + 1} of {len(state.questions)} "
            self.say(rule + "─" * (width() - len(rule)))
        else:
            why = state.assessments[-1].follow_up
            self._block("", f"── follow-up: {why.why if why else ''}")
        self._block("INTERVIEWER", state.says)
        question = self.questions.get(state.question.id)
        if question is not None and question.type == "behavioral" and state.follow_up_id is None:
            self._block("", f"[{wording.CONFIDENTIAL}]")

    def _lit(self, points: Sequence[str], state: State) -> None:
        """For who is coached: points that were heard just now."""
        question = self.questions.get(state.question.id)
        if question is None:
            return
        before, self._heard = self._heard, (state.take_id, frozenset(points))
        known = before[1] if before[0] == state.take_id else frozenset()
        for point in question.points_of(state.follow_up_id):
            if point.id in points and point.id not in known:
                self._block("  (coach)", f"+ {point.text}")

    def _at_the_end(self, state: State) -> None:
        """All of the feedback, for who wanted none before."""
        for n, a in enumerate(state.assessments, 1):
            self.say("")
            self.say(f"── feedback on question {n}: {a.ask}")
            for one in (a, *a.follow_ups_asked):
                if one.follow_up_id is not None:
                    self._block("", f"── follow-up: {one.ask}")
                for line in feedback_lines(one):
                    self.say(line)
        if state.time_is_up and (line := wording.not_reached([q.ask for q in state.not_reached])):
            self.say("")
            self._block("", line)

    def _feedback(self, own: Assessment, parent: Assessment | None, state: State) -> None:
        latest = state.assessments[-1] if state.assessments else own
        # What the interview adds to an assessment: that it was asked again, what there was no time for.
        for line in feedback_lines(latest if latest.take_id == own.take_id and parent is None else own):
            self.say(line)
        if parent is None or parent.unscored is not None:
            return
        self._block("WITH THAT", f"{parent.ask} {wording.counts(parent)}")
        for point in parent.points:
            if point.put_right and all(piece.take_id == own.take_id for piece in point.evidence):
                self._block("PUT RIGHT", f"{point.text} {' '.join(map(wording.quote, point.evidence))}")
        if latest.not_asked:
            self._block("", latest.not_asked)

    def _block(self, who: str, text: str) -> None:
        lines = textwrap.wrap(text, width() - len(INDENT)) or [""]
        self.say(f"{who:<{len(INDENT)}}{lines[0]}".rstrip())
        for line in lines[1:]:
            self.say(INDENT + line)


def feedback_lines(a: Assessment) -> list[str]:
    """The feedback on one answer, in the feedback screen's order and words."""
    lines = ["", f"  FEEDBACK   {wording.counts(a)}" if a.unscored is None else "  FEEDBACK   NOT SCORED"]
    if a.unscored is not None:
        lines += _wrap(f"{a.unscored.reason}.".capitalize(), "    ")
        if line := wording.ticked(a):
            lines += _wrap(line, "    ")
            lines += [
                row
                for p in a.points
                for row in _wrap(p.text, f"   [{'x' if p.id in a.self_rated else ' '}] ", "       ")
            ]
    if again := wording.asked_again(a):
        lines += _wrap(again, "  ")
    if how := amended.heard_note(a):
        lines += _wrap(how, "  ")
    lines += _wrap(f"NEXT  {a.next_step}", "  ", "        ")
    if a.not_asked:
        lines += _wrap(a.not_asked, "        ")
    if a.unscored is None:
        for title, points in wording.sections(a):
            lines += ["", f"  {title}"]
            for point in points:
                extra = "" if point.core else "  (extra)"
                lines += _wrap(f"{wording.MARKS[point.verdict]} {point.text}{extra}", "   ", "     ")
                for piece in point.evidence:
                    lines += _wrap(wording.quote(piece), "       ")
                for piece in point.put_right:
                    lines += _wrap(wording.put_right(piece), "       ")
                if point.verdict == "contradicted":
                    lines += _wrap(f"In fact: {point.correction}", "       ")
                if say := wording.would_say(point):
                    lines += _wrap(say, "       ")
    for pitfall in a.pitfalls:
        lines += ["", *_wrap(f"PITFALL  {pitfall.text} {pitfall.advice}", "  ", "           ")]
        for piece in pitfall.evidence:
            lines += _wrap(wording.quote(piece), "       ")
    if a.also_said:
        lines += ["", *_wrap(f"ALSO SAID  {', '.join(a.also_said)} (fine, just not in this rubric)", "  ")]
    if line := wording.star_line(a):
        lines += ["", *_wrap(line, "  ")]
    if line := wording.opinion(a):
        lines += ["", *_wrap(line, "  ")]
    if line := wording.clock_line(a):
        lines += ["", *_wrap(line, "  ")]
    if (line := wording.delivery_line(a)) and a.text:
        lines += ["", *_wrap(line, "  ")]
        if line := wording.hesitation_line(a):
            lines += _wrap(line, "  ")
    return lines


def rescored_block(a: Assessment, rescored: Sequence[e.Rescored]) -> list[str]:
    """What the answer was judged once more, beside what it was judged first."""
    lines = [line for text in amended.rescored_lines(a, rescored) for line in _wrap(text, "    ", "      ")]
    return ["", "  JUDGED ONCE MORE", *lines] if lines else []


def opinion_lines(event: e.OpinionGiven, state: State) -> list[str]:
    """A second opinion that has just come, and on which answer."""
    for parent in (*state.assessments, *state.earlier):
        for a in (parent, *parent.follow_ups_asked):
            if (a.take_id, a.follow_up_id) == (event.take_id, event.follow_up_id):
                return ["", *_wrap(f"ABOUT  {a.ask}", "  ", "         "), *_wrap(wording.opinion(a), "  ")]
    return []


def looked_for_lines(question: Question) -> list[str]:
    """What the interviewer looks for, as lines."""
    looked = wording.looked_for(question)
    if not looked:
        return []
    lines = ["", f"  {wording.LOOKED_FOR}"]
    for label, text in looked:
        lines += _wrap(f"- {label}{text}", "   ", "     ")
    return lines


def _wrap(text: str, first: str, rest: str | None = None) -> list[str]:
    indent = first if rest is None else rest
    return textwrap.wrap(text, width(), initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
