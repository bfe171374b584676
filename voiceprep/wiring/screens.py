"""The screens' backend: sessions held with the real sound card, and what home shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from voiceprep.audio.capture import speech_spans
from voiceprep.audio.card import CardNews, SoundCard
from voiceprep.audio.files import SilentSpeaker
from voiceprep.audio.silero import SileroVad
from voiceprep.bank.load import Bank
from voiceprep.clock import MonotonicClock
from voiceprep.config import Places, Settings
from voiceprep.core import events as e
from voiceprep.core import home as core_home
from voiceprep.core import interview
from voiceprep.core.clean import clean, one_line
from voiceprep.core.plan import Plan, plan_minutes, plan_questions, plan_round
from voiceprep.core.room import Levels, advice
from voiceprep.core.speakable import speakable
from voiceprep.errors import EngineError, SessionError, UsageError, VoiceprepError
from voiceprep.pcm.convert import Resampler, level_dbfs
from voiceprep.pcm.wav import RATE, read_pcm, recorded_s
from voiceprep.ports import Answers, Microphone, Sound, Speaker, TypedAnswer, TypedLater
from voiceprep.sessions import store
from voiceprep.tui.backend import (
    Begun,
    Happened,
    HomeView,
    News,
    Over,
    PastSession,
    QuestionCard,
    RoundCard,
    Told,
    Wanted,
    WarmUp,
)
from voiceprep.wiring.engines import Choice, transcriber, voice
from voiceprep.wiring.session import Manner, Steering, hold, resume

SHOWN_SESSIONS = 5
WARM_UP_S = 20.0
WARM_UP_ASK = "Hello. Tell me your name, and what you work on."


class RoomAnswers:
    """The card's microphone for each turn; without one the answers are typed into the screen."""

    def __init__(self, microphone: Microphone | None) -> None:
        self._microphone = microphone

    def next(self, question: str) -> Microphone | TypedAnswer | TypedLater | None:
        return self._microphone or TypedLater()


class Room:
    """What can be heard and said here: the card, or as much of one as this machine has, and why there isn't more."""

    def __init__(self, settings: Settings, log: Path, told: Callable[[CardNews], None], *, quiet: bool) -> None:
        self.card: SoundCard | None = None
        self.listens = self.speaks = False
        self.notices: list[str] = []
        if quiet:
            return
        for listens, speaks in ((True, True), (False, True), (True, False)):
            card = SoundCard(
                settings.microphone or None, settings.speaker or None, log, told, listens=listens, speaks=speaks
            )
            try:
                card.open()
            except VoiceprepError as error:
                if error.message not in self.notices:
                    self.notices.append(error.message)
                continue
            self.card, self.listens, self.speaks = card, listens, speaks
            break
        if self.card is not None and self.listens and self.speaks:
            self.notices.clear()
        if not self.listens:
            self.notices.append("Your answers are typed.")

    @property
    def microphone(self) -> Microphone | None:
        return self.card.microphone if self.card and self.listens else None

    @property
    def speaker(self) -> Speaker:
        """The card's, or a silent one that takes no time: the question stands on the screen."""
        return self.card.speaker if self.card and self.speaks else SilentSpeaker(None)

    def close(self) -> None:
        if self.card is not None:
            self.card.close()


class RoomControls:
    """Controls over a session held in a room."""

    def __init__(self, steering: Steering, room: Room, news: Callable[[str], None]) -> None:
        self._steering, self._room, self._news = steering, room, news

    def deliver(self, event: e.Event) -> None:
        if isinstance(event, e.Unpaused) and self._room.card is not None:
            self._room.card.microphone.accept_silence()  # going on says that the microphone is all right
        self._steering.runner.deliver(event)

    def hush(self) -> None:
        self._steering.runner.hush()

    def level_dbfs(self) -> float | None:
        card = self._room.card
        return card.microphone.level_dbfs() if card and self._room.listens else None

    def clipping(self) -> bool:
        card = self._room.card
        return card is not None and self._room.listens and card.microphone.clipping

    def recorded_s(self, take_id: str) -> float:
        return recorded_s(self._steering.folder.take(take_id))

    def play(self, take_id: str, start_s: float, end_s: float) -> None:
        def moment() -> Sound:
            pcm = read_pcm(self._steering.folder.take(take_id), int(start_s * RATE), int(end_s * RATE))
            return Sound(pcm, RATE)

        self._sound(moment)

    def say(self, text: str) -> None:
        ports = self._steering.ports

        def spoken() -> Sound:
            if ports.synthesizer is None:
                raise EngineError("There is no voice to read it with.", "Read it on the screen.")
            return ports.synthesizer.synthesize(ports.spoken_form(text))

        self._sound(spoken)

    def _sound(self, make: Callable[[], Sound]) -> None:
        self.hush()

        def work() -> None:
            try:
                if not self._room.speaks:
                    raise EngineError("There is no speaker to play it on.", "It stands on the screen.")
                self._room.speaker.play(make())
            except (VoiceprepError, OSError) as error:
                self._news(one_line(getattr(error, "message", "") or str(error)))

        self._steering.ports.voice_lane.submit(work)


class ScreenBackend:
    """What the screens ask for, made of the concrete parts."""

    def __init__(self, places: Places, choice: Choice, bank: Bank, settings: Settings, seed: int = 0) -> None:
        self._places, self._choice, self._bank, self._settings = places, choice, bank, settings
        self._seed = seed

    # Home -------------------------------------------------------------------------------------------------------

    def home(self) -> HomeView:
        bank = self._bank
        return HomeView(
            rounds=tuple(
                RoundCard(r.id, r.title, r.about, len(r.questions), core_home.minutes_of(
                    [bank.questions[q] for q in r.questions], r.follow_ups
                ))
                for r in bank.rounds.values()
            ),
            questions=tuple(
                QuestionCard(q.id, q.short, q.ask, q.topic, q.technologies) for q in bank.questions.values()
            ),
            past=tuple(filter(None, map(_past, reversed(store.folders(self._places.sessions)[-SHOWN_SESSIONS:])))),
            recogniser=self._engine_name(),
            voice=self._voice_name(),
            first_time=not self._settings.first_choice,
        )  # fmt: skip

    def choose(self, first_choice: str) -> None:
        self._settings = replace(self._settings, first_choice=first_choice)
        self._settings.save(self._places)

    def log_path(self) -> str:
        return str(self._places.engine_log)

    def models_path(self) -> str:
        return str(self._places.models)

    def _engine_name(self) -> str:
        try:
            return transcriber(self._choice, self._places, self._bank.lexicon).name
        except VoiceprepError:
            return "none"

    def _voice_name(self) -> str:
        try:
            found = voice(self._choice, self._places)
        except VoiceprepError:
            return "none"
        return found.name if found else "none"

    # A session --------------------------------------------------------------------------------------------------

    def hold(self, wanted: Wanted, tell: Callable[[Told], None]) -> None:
        try:
            self._hold(wanted, tell)
        except VoiceprepError as error:
            tell(Over(failed=error.message, hint=error.hint))
        except Exception as error:  # noqa: BLE001 - the screen must learn that the session is over, whatever it was
            said = f"The session was ended by a fault in the program ({type(error).__name__})."
            tell(Over(failed=said, hint="What was recorded is kept."))

    def _hold(self, wanted: Wanted, tell: Callable[[Told], None]) -> None:
        runner: list[Steering] = []

        def card_news(news: CardNews) -> None:
            tell(News(news.sentence))
            if news.kind == "microphone back" and runner:
                runner[0].runner.deliver(e.MicrophoneBack())

        room = Room(self._settings, self._places.engine_log, card_news, quiet=wanted.quiet)
        try:
            answers: Answers = RoomAnswers(room.microphone)
            choice = self._choice if room.listens else replace(self._choice, ears=False)
            if not room.speaks:
                choice = replace(choice, voice="none")

            def steer(steering: Steering) -> None:
                runner.append(steering)
                tell(self._begun(steering, room, lambda sentence: tell(News(sentence))))

            manner = Manner(
                paced=room.listens, speaker=room.speaker, review=True, minutes=wanted.minutes,
                silent_because="quiet mode" if wanted.quiet else "there is no speaker", steer=steer,
            )  # fmt: skip

            def watch(event: e.Event, state: interview.State) -> None:
                tell(Happened(event, state))

            if wanted.resume:
                folder = store.find(self._places.sessions, wanted.resume)
                held = resume(folder, answers, self._places, choice, watch, manner)
            else:
                held = hold(self._plan(wanted), self._bank, answers, self._places, choice, watch, manner)
            tell(Over(report=str(held.report)))
        finally:
            room.close()

    def _begun(self, steering: Steering, room: Room, news: Callable[[str], None]) -> Begun:
        grounds = steering.folder.grounds()
        return Begun(
            session_id=steering.folder.id,
            folder=str(steering.folder.path),
            recogniser=steering.engines["recogniser"],
            voice=steering.engines["voice"],
            microphone=_named(room.card.microphone.name) if room.card and room.listens else "",
            speaker="speaker" if room.speaks else "",
            questions={q: g.question for q, g in grounds.by_id.items()},
            controls=RoomControls(steering, room, news),
            notices=tuple(room.notices),
        )

    def _plan(self, wanted: Wanted) -> Plan:
        bank = self._bank
        if wanted.questions:
            plan = plan_questions(wanted.questions, bank.questions, self._seed)
        elif wanted.round_id or not wanted.minutes:
            round_id = wanted.round_id or next(iter(bank.rounds), "")
            if round_id not in bank.rounds:
                raise UsageError(f"There is no round {round_id!r}.", f"There are: {', '.join(bank.rounds)}.")
            plan = plan_round(bank.rounds[round_id], bank.questions, self._seed)
        else:
            plan = plan_questions(list(bank.questions), bank.questions, self._seed)
        return plan_minutes(plan, wanted.minutes) if wanted.minutes else plan

    # The warm-up --------------------------------------------------------------------------------------------------

    def warm_up(self, tell: Callable[[str, float | None], None], enough: Callable[[], bool]) -> WarmUp:
        room = Room(self._settings, self._places.engine_log, lambda news: None, quiet=False)
        try:
            if room.card is None or not room.listens:
                return WarmUp(False, failed=" ".join(room.notices))
            if room.speaks and (mouth := voice(self._choice, self._places)):
                tell(WARM_UP_ASK, None)
                try:
                    room.speaker.play(mouth.synthesize(speakable(WARM_UP_ASK, self._bank.lexicon)))
                finally:
                    mouth.close()
            return _warmed_up(room.card, tell, enough)
        except VoiceprepError as error:
            return WarmUp(False, failed=str(error))
        finally:
            room.close()


def _named(device: str) -> str:
    return "the system's microphone" if device in ("default", "sysdefault") else clean(device, 60)


def _warmed_up(card: SoundCard, tell: Callable[[str, float | None], None], enough: Callable[[], bool]) -> WarmUp:
    """Listens, and says what came in; nothing is kept."""
    microphone, clock = card.microphone, MonotonicClock()
    pcm, resampler = b"", None
    clipped = False
    microphone.open()
    until_s = clock.now_s() + WARM_UP_S
    while clock.now_s() < until_s and not enough():
        block = microphone.read()
        if block is None:
            break
        resampler = resampler or Resampler(block.rate)
        pcm += resampler.feed(block.pcm)
        clipped = clipped or microphone.clipping
        tell("", microphone.level_dbfs())
    microphone.close()
    found = interview_spans(pcm)
    speech = b"".join(pcm[int(a * RATE) * 2 : int(b * RATE) * 2] for a, b in found)
    silence = pcm
    for a, b in reversed(found):
        silence = silence[: int(a * RATE) * 2] + silence[int(b * RATE) * 2 :]
    trip = card.round_trip
    levels = Levels(level_dbfs(speech), level_dbfs(silence), clipped, round(trip.late_s * 1000) if trip else None)
    return WarmUp(
        bool(found), levels.speech_dbfs, levels.noise_dbfs, clipped, levels.echo_ms, advice=tuple(advice(levels))
    )


def interview_spans(pcm: bytes) -> list[tuple[float, float]]:
    """Where speech is in 16 kHz int16, in seconds."""
    marks = [b.at_s for b in speech_spans(pcm, SileroVad())]
    return list(zip(marks[::2], marks[1::2], strict=False))


def _past(folder: store.SessionFolder) -> PastSession | None:
    """One line of home; None for what can't be read (`sessions verify` says why)."""
    try:
        meta, state = folder.meta(), folder.state()
        shorts = {q.id: q.short for q in (g.question for g in folder.grounds().by_id.values())}
    except (SessionError, OSError, interview.ImpossibleEvent, KeyError, TypeError):
        return None
    scored = [a for a in state.assessments if a.unscored is None]
    heard = sum(a.heard(core=True)[0] for a in scored)
    gap = core_home.heaviest_gap(scored)
    running = store.is_open(state)
    return PastSession(
        id=folder.id,
        when=_when(str(meta["created"])),
        title=str(meta["title"]),
        answered=len(state.assessments),
        of=len(state.questions),
        core=(heard, sum(a.heard(core=True)[1] for a in scored)),
        open=running,
        left_at=core_home.left_at(state) if running else "",
        gap=gap[1].text if gap else "",
        gap_question=gap[0] if gap else "",
        gap_short=shorts.get(gap[0], gap[0]) if gap else "",
    )


def _when(created: str) -> str:
    try:
        return time.strftime("%d %b %H:%M", time.strptime(created[:16], "%Y-%m-%dT%H:%M"))
    except ValueError:
        return created[:16]
