"""A session on disk to its replay: as the command prints it, with what is damaged or missing, and its sound."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.sessions import made
from voiceprep.audio.devices import Device
from voiceprep.audio.files import SilentSpeaker
from voiceprep.audio.lines import OutputLine
from voiceprep.audio.speaker import CardSpeaker
from voiceprep.cli import main
from voiceprep.config import Places, Settings
from voiceprep.core.events import Quiet
from voiceprep.errors import DeviceError, SessionError
from voiceprep.pcm.convert import SILENCE_DBFS, levels_dbfs
from voiceprep.pcm.wav import RATE
from voiceprep.ports import Sound
from voiceprep.sessions.store import SessionFolder
from voiceprep.tui.app import VoiceprepApp
from voiceprep.tui.backend import LEVEL_STEP_S, Recording, ReplayView
from voiceprep.tui.replay import ReplayScreen
from voiceprep.wiring import Choice
from voiceprep.wiring import room as room_module
from voiceprep.wiring.playing import TakePlayer
from voiceprep.wiring.replays import replay_view
from voiceprep.wiring.room import Room

GOLDEN = Path(__file__).parents[1] / "sessions" / "golden" / "v1"
WITHIN_S = 10.0


@pytest.fixture
def golden(tmp_path: Path) -> SessionFolder:
    """A copy of the golden session, where a user's would lie."""
    shutil.copytree(GOLDEN, tmp_path / "sessions" / "v1")
    return SessionFolder(tmp_path / "sessions" / "v1")


def viewed(folder: SessionFolder) -> ReplayView:
    home = folder.path.parents[1]
    return replay_view(folder.id, Places(home, home / "cache"), Settings(), Choice())


def test_the_command_prints_each_moment_with_its_second(
    golden: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", "last", "--data-dir", str(golden.path.parents[1])]) == 0
    printed = capsys.readouterr().out
    assert "take 3, answer, 0:02" in printed and "Follow-up: " in printed
    assert "0:00 heard: A queue keeps the work while the worker is down.  “the queue keeps the messages" in printed
    assert "-- not heard: A direct call makes the caller wait." in printed


def test_the_command_gives_the_same_as_json(golden: SessionFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "v1", "--json", "--data-dir", str(golden.path.parents[1])]) == 0
    told = json.loads(capsys.readouterr().out)
    take = told["questions"][1]["takes"][0]
    assert (told["schema"], told["id"], told["recorded_s"]) == (1, "v1", {"a003": 2.645})
    assert [(m["kind"], m["at_s"]) for m in take["marks"]] == [("heard", 0.1), ("not heard", None)]
    assert take["words"][0]["start_s"] == 0.1 and take["speech"] == [[0.192, 2.56]]


def test_a_session_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "nothing", "--data-dir", str(tmp_path)]) == 1
    assert "There is no session 'nothing'." in capsys.readouterr().err


def test_nothing_is_written_and_a_session_open_elsewhere_is_replayed(golden: SessionFolder) -> None:
    before = {p: p.stat().st_mtime_ns for p in golden.path.rglob("*")}
    with golden.locked():
        before[golden.path / "lock"] = (golden.path / "lock").stat().st_mtime_ns
        view = viewed(golden)
    after = {p: p.stat().st_mtime_ns for p in golden.path.rglob("*")}
    assert len(view.replay.takes) == 3 and {k: v for k, v in after.items() if k != golden.path} == {
        k: v for k, v in before.items() if k != golden.path
    }


def test_a_damaged_journal_is_replayed_up_to_the_damage_and_says_so(golden: SessionFolder) -> None:
    lines = golden.journal.read_bytes().split(b"\n")
    lines[7] = lines[7][:-9] + b"damaged}"
    golden.journal.write_bytes(b"\n".join(lines))
    view = viewed(golden)
    assert 1 <= len(view.replay.takes) < 3
    assert "The journal is damaged at line 8" in view.notices[0]


def test_a_lost_recording_is_said_and_the_rest_stands(golden: SessionFolder) -> None:
    golden.take("a003").unlink()
    view = viewed(golden)
    assert view.notices == ("No recording was kept: it plays silently, on the clock.",)
    assert view.recorded_s == {} and view.length_s("a003") == 2.645 and view.controls.levels("a003") == ()


def test_without_session_json_the_journal_is_replayed_without_model_answers(golden: SessionFolder) -> None:
    golden.meta_path.unlink()
    view = viewed(golden)
    assert len(view.replay.takes) == 3 and view.questions == {}
    assert "session.json can't be read" in view.notices[0]


def test_a_session_that_goes_on_says_so(tmp_path: Path) -> None:
    folder = made.session(tmp_path, lambda *given: made.story(*given)[:14])
    assert any("isn't over" in notice for notice in viewed(folder).notices)


def test_a_journal_that_cannot_be_read_is_refused(golden: SessionFolder) -> None:
    golden.journal.unlink()
    with pytest.raises(SessionError):
        viewed(golden)


def test_levels_are_the_power_of_each_step() -> None:
    full = np.full(RATE, 32767, np.int16)
    full[RATE // 2 :] = 0
    found = levels_dbfs(full.tobytes(), RATE, LEVEL_STEP_S)
    assert len(found) == round(1 / LEVEL_STEP_S)
    assert found[0] == pytest.approx(0, abs=0.01) and found[-1] == SILENCE_DBFS
    assert levels_dbfs(b"", RATE, LEVEL_STEP_S) == ()


# Sound ------------------------------------------------------------------------------------------------------------


class Side:
    """The speaker's half of a card whose callback the test runs."""

    def __init__(self) -> None:
        self.line = OutputLine(Device("fake", "none", 1, RATE, True), RATE)
        self.lost: object | None = None

    def error(self) -> DeviceError:
        return DeviceError("The speaker stopped.", "Look at its cable.")

    def block(self, count: int = 160) -> np.ndarray:
        """What the sound system is given next."""
        block = np.zeros((count, 1), np.int16)
        times = SimpleNamespace(currentTime=1.0, outputBufferDacTime=1.0)
        self.line.wanted(block, count, times, None)
        return block[:, 0]


class SilentRoom:
    """A room with this card's speaker."""

    def __init__(self, side: Side, *, speaks: bool = True) -> None:
        self.card, self.speaks = SimpleNamespace(speaker=CardSpeaker(side)), speaks
        self.speaker = self.card.speaker
        self.notices = [] if speaks else ["No speaker was found."]
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()


def until(fact: Callable[[], object]) -> None:
    waiting = threading.Event()
    for _ in range(int(WITHIN_S / 0.005)):
        if fact():
            return
        waiting.wait(0.005)
    raise AssertionError("it never came")


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """Three seconds, each sample of which says where it is: second n is n + 1 thousand."""
    from voiceprep.pcm.wav import TakeFile

    file = TakeFile(tmp_path / "a001.wav")
    file.append(np.repeat(np.array([1000, 2000, 3000], np.int16), RATE).tobytes())
    file.close()
    return file.path


def test_a_take_sounds_from_the_moment_asked_for_and_is_quiet_with_the_next_block_after_stop(take: Path) -> None:
    side = Side()
    room = SilentRoom(side)
    player = TakePlayer(lambda: room, lambda: None, lambda take_id: take, take.parent)
    player.open(lambda sentence: None)
    player.play("a001", 1.0)
    until(lambda: side.line.waiting)
    assert player.heard_s() is None, "nothing has left the speaker yet"
    assert side.block()[0] == 2000
    until(lambda: player.heard_s() is not None)
    assert 1.0 <= player.heard_s() <= 3.0
    player.play("a001", 2.0)
    until(lambda: side.block()[-1] == 3000)
    player.hush()
    side.block()
    assert not side.block().any() and player.heard_s() is None
    player.close()
    until(room.closed.is_set)


def test_what_was_stopped_while_it_was_made_ready_never_sounds() -> None:
    side = Side()
    speaker = CardSpeaker(side)
    stops = speaker.stops
    speaker.stop()
    sound = Sound(np.full(RATE, 5000, np.int16).tobytes(), RATE)
    playing = threading.Thread(target=speaker.play, args=(sound, stops))
    playing.start()
    until(lambda: not side.block().any() and not playing.is_alive())
    assert not side.block().any()


def test_a_room_without_a_speaker_says_so_once(take: Path) -> None:
    told: list[str] = []
    player = TakePlayer(lambda: SilentRoom(Side(), speaks=False), lambda: None, lambda take_id: take, take.parent)
    player.open(told.append)
    player.play("a001", 0.0)
    until(lambda: player.speaks is False)
    player.say("A model answer.")
    until(lambda: len(told) == 2)
    assert told == [
        "No speaker was found. It plays silently, on the clock.",
        "There is no speaker to play it on. It stands on the screen.",
    ]
    player.close()


def test_a_damaged_recording_goes_on_silently_and_the_other_takes_still_sound(tmp_path: Path, take: Path) -> None:
    damaged = tmp_path / "a002.flac"
    damaged.write_bytes(os.urandom(2000))
    side = Side()
    told: list[str] = []
    player = TakePlayer(
        lambda: SilentRoom(side), lambda: None, lambda take_id: take if take_id == "a001" else damaged, tmp_path
    )
    player.open(told.append)
    player.play("a002", 0.0)
    until(lambda: told)
    assert told[0].endswith("It goes on silently, on the clock.") and player.levels("a002") == ()
    assert player.speaks is True and player.damaged == {"a002"}
    player.play("a001", 0.0)
    until(lambda: side.block()[-1] == 1000)
    player.close()


def test_a_lost_speaker_makes_every_take_silent(take: Path) -> None:
    side = Side()
    side.lost = "unplugged"
    told: list[str] = []
    player = TakePlayer(lambda: SilentRoom(side), lambda: None, lambda take_id: take, take.parent)
    player.open(told.append)
    player.play("a001", 0.0)
    until(lambda: told)
    assert player.speaks is False and not player.damaged
    assert told == ["The speaker stopped. It goes on silently, on the clock."]
    player.close()


def test_takes_of_any_session_are_played_by_the_replays_own_speaker(golden: SessionFolder) -> None:
    side, told, rooms = Side(), [], []

    def room() -> SilentRoom:
        rooms.append(SilentRoom(side))
        return rooms[-1]

    player = TakePlayer(room, lambda: None, golden.recording, golden.path.parent)
    player.open(told.append)
    player.play_recordings([Recording("v1", "a003", "the first")], told.append)
    until(lambda: side.block().any())
    player.hush()
    side.block()
    assert not side.block().any() and told == ["Playing the first, 0:02."]
    player.play_recordings([Recording("v1", "a009", "the second")], told.append)
    until(lambda: len(told) == 2)
    assert told[1].startswith("The recording of the second isn't there any more.") and len(rooms) == 1
    player.close()
    until(rooms[0].closed.is_set)


class OnlyCard:
    """A sound card of which only one may be open."""

    open_now = most = 0
    speaker = SilentSpeaker(None)
    failing = False

    def __init__(self, *wishes: object, **wanted: bool) -> None: ...

    def open(self) -> None:
        if OnlyCard.failing:
            raise DeviceError("No speaker was found.", "Plug one in.")
        OnlyCard.open_now += 1
        OnlyCard.most = max(OnlyCard.most, OnlyCard.open_now)

    def close(self) -> None:
        OnlyCard.open_now -= 1


@pytest.fixture
def only_card(monkeypatch: pytest.MonkeyPatch) -> type[OnlyCard]:
    monkeypatch.setattr("voiceprep.wiring.room.SoundCard", OnlyCard)
    for name, value in (("open_now", 0), ("most", 0), ("failing", False)):
        monkeypatch.setattr(OnlyCard, name, value)
    return OnlyCard


def room_here(tmp_path: Path, quiet: Quiet = "") -> Room:
    return Room(Settings(), tmp_path / "log", lambda news: None, quiet=quiet)


def test_a_session_gets_the_card_when_the_replay_has_given_it_back(
    golden: SessionFolder, only_card: type[OnlyCard]
) -> None:
    view = viewed(golden)
    view.controls.open(lambda sentence: None)
    until(lambda: view.controls.speaks)
    held: list[Room] = []
    session = threading.Thread(target=lambda: held.append(room_here(golden.path)))
    session.start()
    session.join(0.2)
    assert not held and only_card.open_now == 1
    view.controls.close()
    until(lambda: held)
    assert held[0].speaks and (only_card.open_now, only_card.most) == (1, 1)
    held[0].close()
    held[0].close()
    session.join()


def test_a_room_that_got_no_card_keeps_nobody_waiting(tmp_path: Path, only_card: type[OnlyCard]) -> None:
    only_card.failing = True
    without, typed = room_here(tmp_path), room_here(tmp_path, "typed")
    only_card.failing = False
    room = room_here(tmp_path)
    assert not without.speaks and not typed.speaks and room.speaks and only_card.open_now == 1
    room.close()
    assert not room_module._taken.locked()


def test_a_replay_left_before_its_speaker_was_opened_opens_none(
    golden: SessionFolder, only_card: type[OnlyCard]
) -> None:
    view = viewed(golden)
    room = room_here(golden.path)
    assert isinstance(view.controls, TakePlayer)
    view.controls.close()
    view.controls._open()
    assert only_card.most == 1
    room.close()


class CountedPlayer(TakePlayer):
    made = closed = 0

    def open(self, tell: Callable[[str], None]) -> None: ...

    def __init__(self, *parts: object) -> None:
        CountedPlayer.made += 1
        super().__init__(*parts)  # type: ignore[arg-type]

    def close(self) -> None:
        if not self._closed:
            CountedPlayer.closed += 1
        super().close()


@pytest.mark.parametrize("terminal", [True, False])
def test_the_command_reads_the_session_once_and_closes_its_player(
    golden: SessionFolder, terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[ReplayView] = []

    def walk(app: VoiceprepApp) -> None:
        async def look() -> None:
            async with app.run_test() as pilot:
                while not isinstance(app.screen, ReplayScreen) or app.screen.view is None:
                    await pilot.pause(0.01)
                shown.append(app.screen.view)
                await pilot.press("escape")

        asyncio.run(look())

    for name in ("made", "closed"):
        monkeypatch.setattr(CountedPlayer, name, 0)
    monkeypatch.setattr("voiceprep.wiring.replays.TakePlayer", CountedPlayer)
    monkeypatch.setattr(VoiceprepApp, "run", walk)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert main(["replay", "v1", "--data-dir", str(golden.path.parents[1])]) == 0
    assert [view.session_id for view in shown] == ["v1"] * terminal
    assert (CountedPlayer.made, CountedPlayer.closed) == (1, 1)
