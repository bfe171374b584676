"""The screens' backend: sessions held with the real sound card, and what home shows."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from voiceprep.audio.card import CardNews
from voiceprep.bank.contents import Bank
from voiceprep.config import Places, Settings
from voiceprep.core import events as e
from voiceprep.core import interview
from voiceprep.core.clean import clean, one_line
from voiceprep.core.past import due_line
from voiceprep.core.pressure import warnings_of
from voiceprep.core.takes import QuestionTakes
from voiceprep.errors import EngineError, SessionError, VoiceprepError
from voiceprep.pcm.recording import read_recording
from voiceprep.pcm.wav import RATE
from voiceprep.ports import Answers, Sound
from voiceprep.report import wording
from voiceprep.report.night import plain
from voiceprep.sessions import store
from voiceprep.speech.recogniser import BASIC
from voiceprep.tui.backend import (
    Begun,
    Happened,
    HomeView,
    News,
    Over,
    ProgressView,
    QuestionCard,
    Recording,
    ReplayView,
    Told,
    Wanted,
    WarmUp,
)
from voiceprep.wiring.answers import ScriptedAnswers
from voiceprep.wiring.countdown import today
from voiceprep.wiring.demo import demo_answers, plan_demo
from voiceprep.wiring.engines import Choice, bare_bank, load_bank, transcriber, voice
from voiceprep.wiring.hands_free import hands_free_s
from voiceprep.wiring.left_out import rounds_left_out, terms_left_out
from voiceprep.wiring.night import counted_down, night_page
from voiceprep.wiring.opinion import judge
from voiceprep.wiring.own_terms import heed
from voiceprep.wiring.past import newest_and_practised, other_takes, practised, progress
from voiceprep.wiring.past_session import past_session
from voiceprep.wiring.plans import planned, round_cards, under_pressure
from voiceprep.wiring.recordings import taken_up, where_to
from voiceprep.wiring.replays import replay_view
from voiceprep.wiring.room import Room, RoomAnswers
from voiceprep.wiring.session import Manner, Steering, hold, resume
from voiceprep.wiring.takes import Player, play_all, question_takes, takes_in
from voiceprep.wiring.warm_up import warm_up

SHOWN_SESSIONS = 5
NIGHT_WIDTH = 66
"""Columns of the page of the night before, in a dialog of the smallest screen at a usual size."""


class RoomControls:
    """Controls over a session held in a room."""

    def __init__(
        self, steering: Steering, room: Room, recorded: ScriptedAnswers | None, news: Callable[[str], None]
    ) -> None:
        self._steering, self._room, self._recorded, self._news = steering, room, recorded, news
        self._hushed = 0

    def deliver(self, event: e.Event) -> None:
        if isinstance(event, e.Unpaused) and self._room.card is not None and self._room.listens:
            self._room.card.microphone.accept_silence()  # going on says that the microphone is all right
        self._steering.runner.deliver(event)

    def hush(self) -> None:
        self._hushed += 1  # of several recordings those to come aren't played either
        self._steering.runner.hush()

    def level_dbfs(self) -> float | None:
        if self._recorded is not None:
            return self._recorded.speaking.level_dbfs() if self._recorded.speaking else None
        card = self._room.card
        return card.microphone.level_dbfs() if card and self._room.listens else None

    def clipping(self) -> bool:
        card = self._room.card
        return card is not None and self._room.listens and card.microphone.clipping

    def clock_left_s(self) -> float | None:
        return self._steering.runner.clock_left_s()

    def session_left_s(self) -> float | None:
        return self._steering.runner.session_left_s()

    def ends_in_s(self) -> float | None:
        return self._steering.runner.ends_in_s()

    def checked(self) -> tuple[int, int]:
        return self._steering.runner.checked()

    def recorded_s(self, take_id: str) -> float:
        return self._steering.runner.lasted_s(take_id)

    def play(self, take_id: str, start_s: float, end_s: float) -> None:
        folder = self._steering.folder

        def moment() -> Sound:
            if why := folder.no_recording(take_id):
                raise SessionError(why, "Its words stand on the screen.")
            pcm = read_recording(folder.recording(take_id), int(start_s * RATE), int(end_s * RATE))
            return Sound(pcm, RATE)

        self._sound(moment)

    def play_recordings(self, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        root = self._steering.folder.path.parent
        self._speak(lambda goes_on: play_all(recordings, root, self._room.speaker, tell, goes_on), tell)

    def say(self, text: str) -> None:
        ports = self._steering.ports

        def spoken() -> Sound:
            if ports.synthesizer is None:
                raise EngineError("There is no voice to read it with.", "Read it on the screen.")
            return ports.synthesizer.synthesize(ports.spoken_form(text))

        self._sound(spoken)

    def _sound(self, make: Callable[[], Sound]) -> None:
        def play(goes_on: Callable[[], bool]) -> None:
            sound = make()
            stops = self._room.speaker.stops  # read before asking: what is hushed from now on is seen by either
            if goes_on():
                self._room.speaker.play(sound, stops)

        self._speak(play, self._news)

    def _speak(self, play: Callable[[Callable[[], bool]], None], tell: Callable[[str], None]) -> None:
        """Has it played after what is being said was cut short; why it can't be is told."""
        self.hush()
        order = self._hushed

        def work() -> None:
            try:
                if not self._room.speaks:
                    raise EngineError("There is no speaker to play it on.", "It stands on the screen.")
                play(lambda: self._hushed == order)
            except (VoiceprepError, OSError) as error:
                tell(one_line(getattr(error, "message", "") or str(error)))

        self._steering.ports.voice_lane.submit(work)


class ScreenBackend:
    """What the screens ask for, made of the concrete parts."""

    def __init__(
        self, places: Places, choice: Choice, bank_folder: str | None, settings: Settings, seed: int = 0
    ) -> None:
        self._places, self._choice, self._bank_folder, self._settings = places, choice, bank_folder, settings
        self._seed = seed
        self._loading = threading.Lock()
        self._player = Player(places, settings)
        self._demo: store.SessionFolder | None = None
        """The demo's session while one is being held."""

    @property
    def _bank(self) -> Bank:
        """Read once, when it's first needed: the first screen shall not wait for it. Raises BankError."""
        with self._loading:
            return self._bank_once

    @functools.cached_property
    def _bank_once(self) -> Bank:
        return load_bank(self._bank_folder, self._places)

    # Home -------------------------------------------------------------------------------------------------------

    def home(self) -> HomeView:
        bank = self._bank
        root = self._places.sessions
        newest, past = newest_and_practised(root, SHOWN_SESSIONS, self._settings.interview_date)
        recogniser = self._engine_name()
        return HomeView(
            rounds=round_cards(bank, past, self._seed),
            questions=tuple(
                QuestionCard(q.id, q.short, q.ask, q.topic, q.technologies) for q in bank.outlines.values()
            ),
            past=tuple(past_session(row, store.SessionFolder(root / row.id)) for row in newest if not row.unreadable),
            recogniser=recogniser,
            voice=self._voice_name(),
            # Whoever has fetched a model, or names one, has chosen.
            first_time=not self._settings.first_choice and recogniser in (BASIC, "none"),
            quiet=self._settings.first_choice == "type",
            judge=self._judge_name(),
            countdown=counted_down(self._settings),
            due=due_line(past, bank.outlines),
            notices=tuple(filter(None, (rounds_left_out(bank),))),
        )  # fmt: skip

    def night(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        page = night_page(self._bank, self._places)
        if page is None:
            return (), ()
        said = plain(page, counted_down(self._settings, command=False), NIGHT_WIDTH)
        return tuple(said), tuple(p.id for p in page.plan)

    def replay(self, session_id: str) -> ReplayView:
        return replay_view(session_id, self._places, self._settings, self._choice)

    def progress(self) -> ProgressView:
        return ProgressView(
            progress(self._places.sessions, self._bank.outlines, self._settings.interview_date), today()
        )

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

    def _judge_name(self) -> str:
        try:
            found = judge(self._settings)
        except VoiceprepError:
            return ""  # a session says what is wrong with the settings
        return found.name if found else ""

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
        notices: list[str] = []
        keeps_audio = self._settings.keep_audio != "no"

        def card_news(news: CardNews) -> None:
            tell(News(news.sentence))
            if news.kind == "microphone back" and runner:
                runner[0].runner.deliver(e.MicrophoneBack())

        self._player.close()
        room = Room(self._settings, self._places.engine_log, card_news, quiet=wanted.quiet, listens=not wanted.demo)
        try:
            recorded = demo_answers(self._bank) if wanted.demo else None
            answers: Answers = recorded or RoomAnswers(room.microphone)
            choice = self._choice if room.listens or recorded else replace(self._choice, ears=False)
            if not room.speaks and not recorded:
                choice = replace(choice, voice="none")

            def steer(steering: Steering) -> None:
                runner.append(steering)
                self._demo = steering.folder if wanted.demo else None
                longer = wanted.time or self._settings.time
                begun = self._begun(steering, room, recorded, lambda sentence: tell(News(sentence)), longer)
                begun = replace(begun, notices=(*begun.notices, *filter(None, notices)))
                rough = steering.engines["recogniser"] == "basic" and wanted.quiet == "whispered"
                tell(replace(begun, notices=(*begun.notices, wording.WHISPERED)) if rough else begun)

            manner = Manner(
                judge=None if wanted.demo else judge(self._settings),
                pronounce=self._settings.pronounce,
                paced=True,
                speaker=room.speaker if room.speaks or not recorded else None, review=True, minutes=wanted.minutes,
                silent_because="quiet mode" if wanted.quiet else "there is no speaker", steer=steer,
                quiet=wanted.quiet, real=wanted.mode == "real", coached=wanted.mode == "coached",
                time=wanted.time or self._settings.time, warnings=self._settings.warnings,
                hands_free_s=None if recorded else hands_free_s(wanted.hands_free or self._settings.hands_free),
                keeps_audio=keeps_audio or wanted.demo, news=lambda sentence: tell(News(sentence)),
            )  # fmt: skip

            def watch(event: e.Event, state: interview.State) -> None:
                tell(Happened(event, state))
                if isinstance(event, e.Disputed) and event.heard and (trouble := self._heed(event, demo=wanted.demo)):
                    tell(News(trouble))

            if wanted.resume:
                folder = store.find(self._places.sessions, wanted.resume)
                held = resume(folder, answers, self._places, choice, watch, manner,
                              begun=lambda found: notices.append(taken_up(found)))  # fmt: skip
            else:
                plan = plan_demo(self._bank) if wanted.demo else planned(
                    self._bank, round_id=wanted.round_id, questions=wanted.questions, topics=wanted.topics,
                    technologies=wanted.technologies, minutes=wanted.minutes, seed=self._seed,
                    past=practised(self._places.sessions, self._settings.interview_date),
                )  # fmt: skip
                if room.listens and not wanted.demo:
                    notices.append(where_to(self._places.sessions, keeps_audio=keeps_audio))
                if wanted.clock is not None:
                    plan = under_pressure(plan, wanted.clock)
                root = self._places.data / "demo" if wanted.demo else None  # a demo is nobody's practice
                held = hold(plan, self._bank, answers, self._places, choice, watch, manner, root=root)
            tell(Over(report=str(held.report)))
        finally:
            self._demo = None
            room.close()

    def _heed(self, event: e.Disputed, *, demo: bool) -> str:
        if demo:
            return "It counts here only: nothing of a demo is kept for your own sessions."
        return heed(event, bare_bank(self._bank_folder, self._places).lexicon, self._places)

    def _begun(
        self,
        steering: Steering,
        room: Room,
        recorded: ScriptedAnswers | None,
        news: Callable[[str], None],
        time: float,
    ) -> Begun:
        grounds = steering.folder.grounds()
        microphone = _named(room.card.microphone.name) if room.card and room.listens else ""
        return Begun(
            session_id=steering.folder.id,
            folder=str(steering.folder.path),
            recogniser=steering.engines["recogniser"],
            voice=steering.engines["voice"],
            microphone="a recorded candidate" if recorded else microphone,
            speaker="speaker" if room.speaks else "",
            questions={q: g.question for q, g in grounds.by_id.items()},
            controls=RoomControls(steering, room, recorded, news),
            notices=(*room.notices, *filter(None, (terms_left_out(self._bank),))),
            lexicon=next(iter(grounds.by_id.values())).lexicon,
            judge=steering.engines.get("judge", ""),
            time=time,
            warnings=warnings_of(self._settings.warnings),
            others=other_takes(self._places.sessions, list(grounds.by_id), steering.folder.id) if not recorded else {},
        )

    # The warm-up --------------------------------------------------------------------------------------------------

    def warm_up(self, tell: Callable[[str, float | None], None], enough: Callable[[], bool]) -> WarmUp:
        return warm_up(self._settings, self._places, self._choice, lambda: self._bank.lexicon, tell, enough)

    # Takes --------------------------------------------------------------------------------------------------------

    def takes(self, question_id: str) -> QuestionTakes:
        if self._demo is not None:
            return takes_in(self._demo, question_id)
        return question_takes(self._places.sessions, question_id)

    def play_recordings(self, recordings: Sequence[Recording], tell: Callable[[str], None]) -> None:
        self._player.play_recordings(recordings, tell)

    def hush(self) -> None:
        self._player.hush()


def _named(device: str) -> str:
    return "the system's microphone" if device in ("default", "sysdefault") else clean(device, 60)
